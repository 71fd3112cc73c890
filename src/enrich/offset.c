#include "enrich/offset.h"

#include "event/event.h"

#include <stdlib.h>

static const ward_ns burst = 10 * WARD_NS_PER_S, bound_max = 60 * WARD_NS_PER_S;
static const ward_ns half_hour = 1800 * WARD_NS_PER_S;
/* What an offset may differ from the one that is applied, or from half hours, beside `unsure`. */
static const ward_ns near = 5 * WARD_NS_PER_S;

void ward_offsets_init(
	struct ward_offsets *t, const struct ward_mem *mem, const struct ward_limits *lim)
{
	*t = (struct ward_offsets){.mem = mem, .max = ward_limit(lim, WARD_LIMIT_ENRICH_CLOCKS)};
	ward_tab_init(&t->of, mem, sizeof(struct ward_id), sizeof(uint32_t), t->max);
}

void ward_offsets_fini(struct ward_offsets *t)
{
	ward_tab_fini(&t->of);
	ward_mem_free(t->mem, t->item, t->cap * sizeof(*t->item));
}

static struct ward_id key_of(struct ward_str source, struct ward_str sender)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "enrich.offset");
	ward_idgen_str(&g, source);
	ward_idgen_str(&g, sender);
	return ward_idgen_final(&g);
}

/* One that was not heard since the hand came by last (second chance). */
static size_t give_up(struct ward_offsets *t)
{
	for (;;) {
		struct ward_offset *o = &t->item[t->hand];
		size_t at = t->hand;

		t->hand = (t->hand + 1) % t->n;
		if (!o->heard) {
			(void)ward_tab_del(&t->of, &o->key);
			t->n_given_up++;
			return at;
		}
		o->heard = false;
	}
}

static enum ward_err of_key(struct ward_offsets *t, struct ward_id key, struct ward_offset **ret)
{
	void *val = ward_tab_find(&t->of, &key);
	uint32_t at;
	enum ward_err err;

	if (val) {
		memcpy(&at, val, sizeof(at));
		t->item[at].heard = true;
		*ret = &t->item[at];
		return WARD_OK;
	}
	if (t->n < t->max) {
		err = ward_mem_more(t->mem, &t->item, t->n, &t->cap, sizeof(*t->item), t->max);
		if (err)
			return err;
		at = (uint32_t)t->n;
	} else {
		at = (uint32_t)give_up(t);
	}
	err = ward_tab_put(&t->of, &key, &val, NULL);
	if (err)
		return err;
	memcpy(val, &at, sizeof(at));
	t->n += at == t->n;
	t->item[at] = (struct ward_offset){.key = key}; /* heard once only: goes first in a flood */
	*ret = &t->item[at];
	return WARD_OK;
}

enum ward_err ward_offsets_of(struct ward_offsets *t, struct ward_str source,
	struct ward_str sender, struct ward_offset **ret)
{
	struct ward_offset *o;
	enum ward_err err = of_key(t, key_of(source, sender), &o);

	if (err)
		return err;
	if (!o->begun)
		o->source = key_of(source, WARD_STR(""));
	*ret = o;
	return WARD_OK;
}

ward_ns ward_offset_bound(ward_ns skew)
{
	return skew < bound_max ? skew : bound_max;
}

static int by_size(const void *a, const void *b)
{
	ward_ns x = *(const ward_ns *)a, y = *(const ward_ns *)b;

	return (x > y) - (x < y);
}

/* The distance, or WARD_NS_NEVER where it is beyond all. */
static ward_ns apart(ward_ns a, ward_ns b)
{
	ward_ns d;

	if (!ward_sub(a, b, &d) || d == INT64_MIN)
		return WARD_NS_NEVER;
	return d < 0 ? -d : d;
}

/* A daylight saving time or a zone that is taken for another. */
static ward_ns snapped(ward_ns by, ward_ns unsure)
{
	ward_ns up;

	if (!ward_add(by, by < 0 ? -half_hour / 2 : half_hour / 2, &up))
		return by;
	ward_ns whole = up - up % half_hour;

	return whole && apart(by, whole) <= near + unsure ? whole : by;
}

/* What the bursts say, once enough of them agree. */
static bool judge(struct ward_offset *o, ward_ns bound)
{
	ward_ns lag[WARD_OFFSET_BURSTS];
	size_t n = o->n_lag;

	if (n < WARD_OFFSET_ENOUGH)
		return false;
	memcpy(lag, o->lag, n * sizeof(*lag));
	qsort(lag, n, sizeof(*lag), by_size);
	ward_ns low = lag[n / 4], unsure = apart(lag[n / 2], low);

	if (unsure > bound / 2)
		return false;
	o->unsure = unsure;
	if (apart(low, 0) > bound) {
		ward_ns by = snapped(low, unsure),
			moved = o->off ? apart(by, o->by) : WARD_NS_NEVER;

		if (moved > near + unsure)
			o->by = by;
		o->off = true;
		return moved > bound / 2;
	}
	if (!o->off || apart(low, 0) > bound / 2)
		return false;
	o->off = false;
	o->by = 0;
	return true;
}

static bool is_alone(const struct ward_offsets *t, const struct ward_offset *o, ward_ns bound)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct ward_offset *p = &t->item[i];

		if (p != o && p->off && ward_id_eq(p->source, o->source) &&
			(!o->off || apart(p->by, o->by) <= bound))
			return false;
	}
	return true;
}

/* The burst is over: its least lag counts, unless it was a batch, whose records waited. One from
 * the future did not wait. */
static bool close_burst(struct ward_offsets *t, struct ward_offset *o, ward_ns bound)
{
	if (o->least > 0 && apart(o->most, o->least) > bound) {
		t->n_batch++;
		return false;
	}
	o->lag[o->at_lag] = o->least;
	o->at_lag = (o->at_lag + 1) % WARD_OFFSET_BURSTS;
	o->n_lag += o->n_lag < WARD_OFFSET_BURSTS;
	return judge(o, bound) && is_alone(t, o, bound);
}

bool ward_offset_take(
	struct ward_offsets *t, struct ward_offset *o, ward_ns seen, ward_ns time, ward_ns bound)
{
	ward_ns lag;
	bool turned = false;

	if (!ward_sub(seen, time, &lag))
		return false; /* centuries off: no clock's */
	if (o->begun && apart(seen, o->began) < burst) {
		o->least = lag < o->least ? lag : o->least;
		o->most = lag > o->most ? lag : o->most;
		return false;
	}
	if (o->begun)
		turned = close_burst(t, o, bound);
	o->begun = true;
	o->began = seen;
	o->least = o->most = lag;
	return turned;
}

bool ward_offset_correct(
	const struct ward_offset *o, ward_ns seen, ward_ns time, ward_ns skew, ward_ns *ret)
{
	ward_ns at, late, back = skew > WARD_LATENESS ? skew : WARD_LATENESS;

	if (!o->off || !ward_add(time, o->by, &at) || !ward_sub(seen, at, &late) || late > back ||
		late < -ward_offset_bound(skew))
		return false;
	*ret = at;
	return true;
}

void ward_offsets_save(const struct ward_offsets *t, struct ward_wr *w)
{
	ward_wr_varint(w, t->n);
	ward_wr_varint(w, t->hand);
	for (size_t i = 0; i < t->n; i++) {
		const struct ward_offset *o = &t->item[i];

		ward_wr_bytes(w, o->key.b, sizeof(o->key.b));
		ward_wr_bytes(w, o->source.b, sizeof(o->source.b));
		ward_wr_u8(w, (uint8_t)(o->heard | o->begun << 1 | o->off << 2));
		ward_wr_be64(w, (uint64_t)o->began);
		ward_wr_be64(w, (uint64_t)o->least);
		ward_wr_be64(w, (uint64_t)o->most);
		ward_wr_be64(w, (uint64_t)o->by);
		ward_wr_be64(w, (uint64_t)o->unsure);
		ward_wr_u8(w, (uint8_t)o->n_lag);
		ward_wr_u8(w, (uint8_t)o->at_lag);
		for (size_t k = 0; k < o->n_lag; k++)
			ward_wr_be64(w, (uint64_t)o->lag[k]);
	}
}

static bool load_one(struct ward_rd *r, struct ward_offset *o)
{
	struct ward_slice key = ward_rd_bytes(r, sizeof(o->key.b));
	struct ward_slice source = ward_rd_bytes(r, sizeof(o->source.b));
	uint8_t flags = ward_rd_u8(r);

	*o = (struct ward_offset){
		.heard = flags & 1, .begun = (flags & 2) != 0, .off = (flags & 4) != 0};
	if (key.p)
		memcpy(o->key.b, key.p, sizeof(o->key.b));
	if (source.p)
		memcpy(o->source.b, source.p, sizeof(o->source.b));
	o->began = (ward_ns)ward_rd_be64(r);
	o->least = (ward_ns)ward_rd_be64(r);
	o->most = (ward_ns)ward_rd_be64(r);
	o->by = (ward_ns)ward_rd_be64(r);
	o->unsure = (ward_ns)ward_rd_be64(r);
	o->n_lag = ward_rd_u8(r);
	o->at_lag = ward_rd_u8(r);
	if (ward_rd_bad(r) || flags > 7 || o->n_lag > WARD_OFFSET_BURSTS ||
		o->at_lag >= WARD_OFFSET_BURSTS)
		return false;
	for (size_t k = 0; k < o->n_lag; k++)
		o->lag[k] = (ward_ns)ward_rd_be64(r);
	return !ward_rd_bad(r);
}

enum ward_err ward_offsets_load(struct ward_offsets *t, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r), hand = ward_rd_varint(r);

	if (ward_rd_bad(r) || (n ? hand >= n : hand != 0))
		return WARD_ERR_MALFORMED;
	if (n > t->max)
		return WARD_ERR_LIMIT;
	for (uint64_t i = 0; i < n; i++) {
		struct ward_offset saved, *o;

		if (!load_one(r, &saved))
			return WARD_ERR_MALFORMED;
		enum ward_err err = of_key(t, saved.key, &o);

		if (err)
			return err;
		if (t->n != i + 1)
			return WARD_ERR_MALFORMED; /* a key twice */
		*o = saved;
	}
	t->hand = (size_t)hand;
	return WARD_OK;
}
