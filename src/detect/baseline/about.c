/* What is usual of one thing, as JSON for a page: whom it talks to, what it asks, how much, at
 * which hours of the week, and for how long that has been learned. */
#include "detect/baseline/priv.h"

enum { WEEK = 7 * 24, DAY = 24, DAYS = 7, WORKDAYS = 5 };

static struct ward_str said(const struct ward_bl_about *ask, struct ward_str english)
{
	return ask->say ? ask->say(ask->ctx, english) : english;
}

static void key_time(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_key(j, key);
	ward_json_time(j, t - t % WARD_NS_PER_S);
}

static void key_milli(struct ward_json *j, const char *key, int64_t milli)
{
	char text[32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_bl_put_milli(&w, milli);
	ward_json_key(j, key);
	ward_json_raw(j, ward_wr_text(&w));
}

static void key_parts(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	while (s.p && s.len)
		ward_json_str_cut(j, ward_str_cut(&s, WARD_BL_PART), 128);
	ward_json_arr_end(j);
}

static void put_value(const struct ward_bl_entry *en, struct ward_json *j)
{
	struct ward_str text = {en->text, en->len};

	ward_json_obj(j);
	key_parts(j, "value", ward_str_cut(&text, WARD_BL_BEYOND));
	ward_json_put_u64(j, "count", en->count);
	key_time(j, "first", en->first);
	key_time(j, "last", en->last);
	ward_json_put_str(j, "state", ward_str_z(ward_bl_state_name(en->state)));
	if (en->hist.n) {
		int64_t median = ward_hist_quantile(&en->hist, 0, 500);

		key_milli(j, "min", en->min);
		key_milli(j, "max", en->max);
		key_milli(j, "median",
			median < en->min   ? en->min
			: median > en->max ? en->max
					   : median);
	}
	ward_json_obj_end(j);
}

/* ---- hours ---- */

/* "Tue 03" is one hour of the week; "workday 03" is that of five days, "weekend 03" of two: bit h.
 * False: the text is none of them. */
static bool hours_of(struct ward_str text, bool ret[WEEK])
{
	static const char *const day[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	struct ward_str hour = text, name = ward_str_cut(&hour, ' ');
	uint64_t h;
	bool any = false;

	if (!hour.p || !ward_str_u64(hour, &h) || h >= DAY)
		return false;
	for (size_t d = 0; d < DAYS; d++) {
		ret[d * DAY + h] = ward_str_eqz(name, day[d]) ||
				   (d < WORKDAYS && ward_str_eqz(name, "workday")) ||
				   (d >= WORKDAYS && ward_str_eqz(name, "weekend"));
		any |= ret[d * DAY + h];
	}
	return any;
}

/* Of each hour of the week, Monday 00 first: of a rate how many in it are usual, else how many
 * there were in such hours. */
static void put_week(
	struct ward_bl_entry *const *en, size_t n, enum ward_bl_kind kind, struct ward_json *j)
{
	uint64_t count[WEEK] = {0};

	for (size_t i = 0; i < n; i++) {
		bool at[WEEK] = {false};

		if (en[i]->state == WARD_BL_ODD ||
			!hours_of((struct ward_str){en[i]->text, en[i]->len}, at))
			continue;
		int64_t median = ward_hist_quantile(&en[i]->hist, 0, 500) / 1000;

		for (size_t h = 0; h < WEEK; h++)
			if (at[h])
				count[h] = kind != WARD_BL_RATE ? en[i]->count
					   : median > 0         ? (uint64_t)median
								: 0;
	}
	ward_json_key(j, "week");
	ward_json_arr(j);
	for (size_t h = 0; h < WEEK; h++)
		ward_json_u64(j, count[h]);
	ward_json_arr_end(j);
}

static bool is_hours(enum ward_bl_kind k)
{
	return k == WARD_BL_RATE || k == WARD_BL_HOURS || k == WARD_BL_WEEK;
}

/* ---- */

static void put_dim(struct ward_baseline *b, const struct ward_bl_about *ask,
	const struct ward_bl_key *k, size_t dim, struct ward_json *j)
{
	const struct ward_bl_dim *d = &b->profiles->p[k->profile].dim[dim];
	const struct ward_bl_dim_state *s = &k->dim[dim];
	bool hours = is_hours(d->kind);

	if (!s->n)
		return;
	ward_arena_reset(&b->arena);
	struct ward_bl_entry **en = ward_bl_sorted(&b->arena, s, true);

	if (!en) {
		j->w->bad = true;
		return;
	}
	ward_json_obj(j);
	ward_json_put_str(j, "id", d->id);
	ward_json_put_str(j, "kind", ward_str_z(ward_bl_kind_name(d->kind)));
	ward_json_put_str(j, "says", said(ask, d->says));
	ward_json_key(j, "judged");
	ward_json_bool(j, !s->evicted && (d->kind != WARD_BL_SET || ward_bl_closed(s)));
	if (hours)
		put_week(en, s->n, d->kind, j);
	ward_json_key(j, "values");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n && i < ask->rows && !hours; i++)
		put_value(en[i], j);
	ward_json_arr_end(j);
	ward_json_put_u64(j, "more", hours || s->n <= ask->rows ? 0 : s->n - ask->rows);
	ward_json_obj_end(j);
}

static bool is_learned(
	const struct ward_baseline *b, const struct ward_bl_about *ask, const struct ward_bl_key *k)
{
	const struct ward_bl_profile *p = &b->profiles->p[k->profile];
	uint64_t enough = b->cfg.min_events ? b->cfg.min_events : p->min_events;
	ward_ns age;

	return k->count >= enough && ward_sub(ask->now, k->first, &age) && age >= p->period;
}

static void put_key(struct ward_baseline *b, const struct ward_bl_about *ask,
	const struct ward_bl_key *k, struct ward_json *j)
{
	const struct ward_bl_profile *p = &b->profiles->p[k->profile];
	struct ward_str text = {k->text, k->len};
	bool learned = is_learned(b, ask, k);
	ward_ns until;

	(void)ward_str_cut(&text, WARD_BL_PART); /* the thing */
	ward_json_obj(j);
	ward_json_put_str(j, "profile", p->id);
	ward_json_put_str(j, "title", said(ask, p->title));
	key_parts(j, "of", text.p ? text : WARD_STR(""));
	ward_json_put_u64(j, "events", k->count);
	key_time(j, "first", k->first);
	key_time(j, "last", k->last);
	ward_json_key(j, "learned");
	ward_json_bool(j, learned);
	if (!learned && ward_add(k->first, p->period, &until))
		key_time(j, "until", until);
	ward_json_key(j, "new");
	ward_json_bool(j, k->state == WARD_BL_ODD);
	ward_json_put_u64(j, "like_it", k->group ? k->group->n_key - 1 : 0);
	ward_json_key(j, "does");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_dim; i++)
		put_dim(b, ask, k, i, j);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static bool is_of(const struct ward_bl_key *k, struct ward_str thing)
{
	struct ward_str text = {k->text, k->len};

	return ward_str_eq(ward_str_cut(&text, WARD_BL_PART), thing);
}

void ward_baseline_about(
	struct ward_baseline *b, const struct ward_bl_about *ask, struct ward_json *j)
{
	uint64_t more = 0;

	ward_bl_sort_keys(b);
	ward_json_key(j, "usual");
	ward_json_arr(j);
	for (size_t i = 0; i < b->n_key; i++) {
		const struct ward_bl_key *k = b->key[i];

		if (b->profiles->p[k->profile].persons || !is_of(k, ask->thing) ||
			k->first > k->last)
			continue;
		if (j->w->len < ask->bytes)
			put_key(b, ask, k, j);
		else
			more++;
	}
	ward_json_arr_end(j);
	ward_json_put_u64(j, "more", more);
}
