/* How many events in an hour: counted, put where they belong, and judged. */
#include "detect/baseline/priv.h"

enum {
	REASON_MAX = 400,
	AGE_WEEKS = 26, /* then old hours count half */
	WEEK_HOURS = 168,
};

static const ward_ns hour_ns = 3600 * WARD_NS_PER_S, day_ns = 86400 * WARD_NS_PER_S;

/* Puts the count of an hour that is over where it belongs. */
static enum ward_err count_hour(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim)
{
	struct ward_bl_dim_state *d = &l->key->dim[dim];
	char text[16];
	struct ward_str where[] = {WARD_STR("all"), ward_bl_hour_text(d->hour, text)};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_ARRAY_LEN(where) && !err; i++) {
		struct ward_bl_entry *en =
			ward_bl_entry_find(b, ward_bl_entry_id(l->key, dim, where[i]));

		if (!en)
			err = ward_bl_entry_new(b, l->key, dim, where[i], &en);
		if (err)
			break;
		if (i == 0 && !l->learning && en->hist.n)
			ward_bl_anchor(en, en->min, en->max);
		err = ward_bl_entry_see(b, l->key, dim, en, 1, d->hour, d->hour);
		if (!err)
			err = ward_bl_number_see(b, l->key, dim, en, (int64_t)d->in_hour * 1000, 1);
		if (!err && !l->learning)
			err = ward_bl_age(b, l->key, dim, en, AGE_WEEKS * (i ? 1 : WEEK_HOURS));
	}
	return err;
}

static struct ward_str too_many(
	const struct ward_bl_usual *u, uint64_t n, struct ward_str hour, struct ward_wr *w)
{
	ward_wr_printf(w, "%llu within the hour, ", (unsigned long long)n);
	if (u->usual >= 1000)
		ward_wr_printf(w, "%llu × its usual ",
			(unsigned long long)(n * 1000 / (uint64_t)u->usual));
	else
		ward_wr_z(w, "usual are fewer than one ");
	ward_wr_z(w, "for ");
	ward_wr_str(w, hour);
	ward_wr_z(w, ":00 UTC");
	return ward_wr_text(w);
}

/* While it is learned: more than its peers' busiest hours by the dimension's factor. */
static struct ward_str peers_fewer(
	const struct ward_bl_look *l, size_t dim, int64_t most, uint64_t n, struct ward_wr *w)
{
	ward_wr_printf(w, "%llu within the hour; of the %zu like it (", (unsigned long long)n,
		ward_bl_peers(l->key));
	ward_bl_put_parts(w, (struct ward_str){l->key->group->text, l->key->group->len});
	ward_wr_z(w, ") one busy hour in 200 has more than ");
	ward_bl_put_milli(w, most / l->p->dim[dim].factor);
	return ward_wr_text(w);
}

static enum ward_err judge_hour(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim)
{
	struct ward_bl_dim_state *d = &l->key->dim[dim];
	int64_t n = (int64_t)d->in_hour * 1000;

	if (n <= l->p->dim[dim].floor * 1000)
		return WARD_OK;
	struct ward_bl_usual u = {.limit = ward_bl_peers_most(b, l->key, dim)};

	if (!l->learning)
		u = ward_bl_rate(b, l->key, dim, d->hour);
	char hour[16], text[64], buf[REASON_MAX], own[32], usual[64];
	struct ward_wr wt = ward_wr_fixed(text, sizeof(text));
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr wo = ward_wr_fixed(own, sizeof(own));
	struct ward_wr wu = ward_wr_fixed(usual, sizeof(usual));
	ward_ns since;

	if (n <= u.limit)
		return WARD_OK;
	d->told = true;
	/* A flood that lasts is one deviation a day. */
	if (d->told_at != INT64_MIN && ward_sub(d->hour, d->told_at, &since) && since < day_ns) {
		b->stats.n_repeated++;
		return WARD_OK;
	}
	d->told_at = d->hour;
	struct ward_str at = ward_bl_hour_text(d->hour, hour);

	ward_wr_printf(&wo, "%llu an hour", (unsigned long long)d->in_hour);
	ward_wr_z(&wu, l->learning ? "at most " : "");
	ward_bl_put_milli(&wu, l->learning ? u.limit / l->p->dim[dim].factor : u.usual);
	ward_wr_z(&wu, l->learning ? " of its peers" : "");
	const struct ward_bl_words words = {l->learning
						    ? peers_fewer(l, dim, u.limit, d->in_hour, &w)
						    : too_many(&u, d->in_hour, at, &w),
		ward_wr_text(&wo), ward_wr_text(&wu)};

	return ward_bl_deviate(b, l, dim, ward_bl_beyond(at, "above", n, &wt), &n, &words);
}

enum ward_err ward_bl_rate_see(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim)
{
	struct ward_bl_dim_state *d = &l->key->dim[dim];
	ward_ns hour;
	enum ward_err err = WARD_OK;

	if (!ward_mul(b->time / hour_ns - (b->time % hour_ns < 0), hour_ns, &hour))
		return WARD_OK; /* the first hour of 1677 that is not whole */
	if (d->hour != INT64_MIN && hour < d->hour) {
		b->stats.n_late++;
		return WARD_OK;
	}
	if (hour != d->hour) {
		if (d->hour != INT64_MIN && !d->told && !l->frozen)
			err = count_hour(b, l, dim);
		d->hour = hour;
		d->in_hour = 0;
		d->told = false;
	}
	if (err)
		return err;
	d->in_hour++;
	bool may = l->learning ? b->cfg.mode == WARD_BL_LIVE : l->judged;

	return may && !d->told ? judge_hour(b, l, dim) : WARD_OK;
}
