/* What is known as JSON lines: the file that people read and edit, and the brain's checkpoint. */
#include "detect/baseline/priv.h"

#include "event/json.h"

#include <stdlib.h>

enum { VERSION = 2 };

static const char *const state_name[] = {
	[WARD_BL_USUAL] = "usual", [WARD_BL_ODD] = "odd", [WARD_BL_APPROVED] = "approved"};

const char *ward_bl_state_name(enum ward_bl_state s)
{
	_Static_assert(WARD_ARRAY_LEN(state_name) == WARD_BL_STATE_N, "a name for each state");
	return s < WARD_BL_STATE_N ? state_name[s] : "unknown";
}

/* ---- out ---- */

static void put_time(struct ward_json *j, const char *key, ward_ns t)
{
	if (t == INT64_MAX || t == INT64_MIN)
		return;
	ward_json_key(j, key);
	ward_json_time(j, t);
}

static void put_milli(struct ward_json *j, const char *key, int64_t milli)
{
	char text[32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_json_key(j, key);
	ward_bl_put_milli(&w, milli);
	ward_json_raw(j, ward_wr_text(&w));
}

static void put_parts(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	while (s.p)
		ward_json_str(j, ward_str_cut(&s, WARD_BL_PART));
	ward_json_arr_end(j);
}

static void put_hist(struct ward_json *j, const struct ward_bl_entry *en)
{
	put_milli(j, "min", en->min);
	put_milli(j, "max", en->max);
	ward_json_key(j, "buckets");
	ward_json_arr(j);
	for (size_t i = 0; i < en->hist.n; i++) {
		ward_json_i64(j, en->hist.b[i].bucket);
		ward_json_u64(j, en->hist.b[i].count);
	}
	ward_json_arr_end(j);
}

static struct ward_json line(struct ward_wr *w, const char *kind)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, kind);
	return j;
}

static void end(struct ward_json *j)
{
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

static struct ward_json of_key(struct ward_wr *w, const char *kind, const struct ward_bl_profile *p,
	const struct ward_bl_key *k)
{
	struct ward_json j = line(w, kind);

	ward_json_put_str(&j, "profile", p->id);
	put_parts(&j, "key", (struct ward_str){k->text, k->len});
	return j;
}

static void put_id(struct ward_json *j, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_key(j, "id");
	ward_json_z(j, text);
}

static void put_approval(struct ward_json *j, const struct ward_bl_approval *a)
{
	ward_json_put_str(j, "by", (struct ward_str){a->who, a->who_len});
	ward_json_put_str(j, "why", (struct ward_str){a->why, a->why_len});
	put_time(j, "at", a->at);
}

static void save_entry(struct ward_wr *w, const struct ward_bl_profile *p,
	const struct ward_bl_key *k, size_t dim, const struct ward_bl_entry *en)
{
	struct ward_json j = of_key(w, "baseline.value", p, k);
	struct ward_str by = {en->text, en->len}, rest = by;

	ward_json_put_str(&j, "dimension", p->dim[dim].id);
	by = ward_str_cut(&rest, WARD_BL_BEYOND);
	if (en->len)
		put_parts(&j, "value", by.p ? by : WARD_STR(""));
	if (rest.p)
		ward_json_put_str(&j, "beyond", rest);
	ward_json_put_str(&j, "state", ward_str_z(state_name[en->state]));
	if (en->state == WARD_BL_ODD) {
		put_id(&j, en->id);
		ward_json_put_u64(&j, "days", en->days);
	}
	ward_json_put_u64(&j, "count", en->count);
	put_time(&j, "first", en->first);
	put_time(&j, "last", en->last);
	if (en->hist.n)
		put_hist(&j, en);
	if (en->anchored) {
		put_milli(&j, "anchor_low", en->anchor_low);
		put_milli(&j, "anchor_high", en->anchor_high);
	}
	if (en->state == WARD_BL_APPROVED)
		put_approval(&j, &en->by);
	end(&j);
}

static void save_dim(struct ward_baseline *b, struct ward_wr *w, const struct ward_bl_profile *p,
	const struct ward_bl_key *k, size_t dim)
{
	const struct ward_bl_dim_state *d = &k->dim[dim];

	if (d->evicted || d->hour != INT64_MIN || d->where) {
		struct ward_json j = of_key(w, "baseline.dimension", p, k);

		ward_json_put_str(&j, "dimension", p->dim[dim].id);
		ward_json_put_u64(&j, "given_up", d->evicted);
		put_time(&j, "hour", d->hour);
		ward_json_put_u64(&j, "in_hour", d->in_hour);
		ward_json_key(&j, "told");
		ward_json_bool(&j, d->told);
		put_time(&j, "told_at", d->told_at);
		if (d->where) {
			put_parts(&j, "place", (struct ward_str){d->where, d->where_len});
			put_time(&j, "at", d->at);
		}
		end(&j);
	}
	ward_arena_reset(&b->arena);
	struct ward_bl_entry **en = ward_bl_sorted(&b->arena, d, false);

	if (!en && d->n)
		w->bad = true;
	for (size_t i = 0; en && i < d->n; i++)
		save_entry(w, p, k, dim, en[i]);
}

static void save_profile(struct ward_baseline *b, struct ward_wr *w, size_t i)
{
	const struct ward_bl_profile *p = &b->profiles->p[i];
	char print[WARD_ID_TEXT];
	struct ward_json j = line(w, "baseline.profile");

	ward_id_text(p->print, print);
	ward_json_put_str(&j, "profile", p->id);
	ward_json_put_str(&j, "print", ward_str_z(print));
	ward_json_put_u64(&j, "events", b->of[i].n_event);
	put_time(&j, "first", b->of[i].first);
	put_time(&j, "last", b->of[i].last);
	end(&j);
}

static int held_cmp(const void *a, const void *b)
{
	const struct ward_bl_held *x = a, *y = b;

	return x->time != y->time ? (x->time < y->time ? -1 : 1) : ward_id_cmp(x->id, y->id);
}

/* Sorted, which a heap may be. */
static void save_held(struct ward_baseline *b, struct ward_wr *w)
{
	if (b->n_held)
		qsort(b->held, b->n_held, sizeof(*b->held), held_cmp);
	for (size_t i = 0; i < b->n_held; i++) {
		struct ward_json j = line(w, "baseline.held");

		put_time(&j, "time", b->held[i].time);
		ward_json_key(&j, "event");
		ward_wr_ch(w, '"');
		ward_wr_hex(w, (struct ward_slice){b->held[i].bytes, b->held[i].len});
		ward_wr_ch(w, '"');
		end(&j);
	}
}

/* A key's own line. */
static void save_key(
	struct ward_wr *w, const struct ward_bl_profile *p, const struct ward_bl_key *k)
{
	struct ward_json j = of_key(w, "baseline.key", p, k);

	ward_json_put_str(&j, "state", ward_str_z(state_name[k->state]));
	if (k->state == WARD_BL_ODD)
		put_id(&j, ward_bl_new_id(k));
	ward_json_put_u64(&j, "count", k->count);
	put_time(&j, "first", k->first);
	put_time(&j, "last", k->last);
	put_time(&j, "odd_at", k->odd_at);
	if (k->group)
		put_parts(&j, "group", (struct ward_str){k->group->text, k->group->len});
	if (k->state == WARD_BL_APPROVED)
		put_approval(&j, &k->by);
	end(&j);
}

void ward_baseline_save(struct ward_baseline *b, struct ward_wr *w)
{
	struct ward_json j = line(w, "baseline");

	ward_json_put_u64(&j, "version", VERSION);
	put_time(&j, "latest", b->latest);
	put_time(&j, "released", b->released);
	end(&j);
	for (size_t i = 0; i < b->profiles->n; i++)
		if (b->allowed >> i & 1)
			save_profile(b, w, i);
	ward_bl_sort_keys(b);
	for (size_t i = 0; i < b->n_key; i++) {
		const struct ward_bl_key *k = b->key[i];
		const struct ward_bl_profile *p = &b->profiles->p[k->profile];

		save_key(w, p, k);
		for (size_t d = 0; d < p->n_dim; d++)
			save_dim(b, w, p, k, d);
	}
	save_held(b, w);
}
