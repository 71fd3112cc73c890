#include "props_enrich.h"

#include "enrich/offset.h"

enum { RECORDS_MAX = 96 };

static const ward_ns second = WARD_NS_PER_S, skew = 60 * WARD_NS_PER_S;

struct record {
	ward_ns happened, seen;
};

static int by_arrival(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return x->seen != y->seen ? (x->seen > y->seen) - (x->seen < y->seen)
				  : (x->happened > y->happened) - (x->happened < y->happened);
}

/* Things happen up to 99 s apart, and each is on its way for up to delay s: they arrive in any
 * order. */
static size_t draw(struct ward_rd *r, ward_ns delay, struct record *ret)
{
	size_t n = prop_below(r, RECORDS_MAX + 1);
	ward_ns t = 100000 * second;

	for (size_t i = 0; i < n; i++) {
		t += (ward_ns)prop_below(r, 100) * second;
		ret[i] = (struct record){
			t, t + (ward_ns)prop_below(r, (uint64_t)delay + 1) * second};
	}
	if (n)
		qsort(ret, n, sizeof(*ret), by_arrival);
	return n;
}

static struct ward_offset *fresh(struct ward_offsets *t, const struct ward_limits *lim)
{
	struct ward_offset *o;

	ward_offsets_init(t, ward_mem_heap(), lim);
	WARD_ASSERT(ward_offsets_of(t, WARD_STR("s"), WARD_STR("a"), &o) == WARD_OK);
	return o;
}

/* A right clock is never found ahead, however late its records are; nor behind, when they are late
 * by less than what counts as wrong. */
static bool late_is_not_wrong(struct ward_rd *r)
{
	static const ward_ns delay[] = {59, 3600, 86400};
	struct record rec[RECORDS_MAX];
	struct ward_limits lim;
	struct ward_offsets t;
	size_t which = prop_below(r, WARD_ARRAY_LEN(delay)), n = draw(r, delay[which], rec);
	bool holds = true;

	ward_limits_default(&lim);
	struct ward_offset *o = fresh(&t, &lim);

	for (size_t i = 0; i < n && holds; i++) {
		(void)ward_offset_take(&t, o, rec[i].seen, rec[i].happened, skew);
		holds = !o->off || (which > 0 && o->by > 0);
	}
	ward_offsets_fini(&t);
	return holds;
}

/* A clock that is wrong, in any order of arrival: what is corrected is as far from the truth as its
 * records were late at most, all of it by the same while nothing else is found, and not farther
 * from its arrival than the skew. */
static bool corrected_is_true(struct ward_rd *r)
{
	static const ward_ns wrong[] = {420, -420, 3600, -3600, 5400, 61 + 20, -86400};
	enum { DELAY = 20 };
	struct record rec[RECORDS_MAX];
	struct ward_limits lim;
	struct ward_offsets t;
	ward_ns off = wrong[prop_below(r, WARD_ARRAY_LEN(wrong))] * second, by = 0, error = 0;
	size_t n = draw(r, DELAY, rec);
	bool holds = true;

	ward_limits_default(&lim);
	struct ward_offset *o = fresh(&t, &lim);

	for (size_t i = 0; i < n && holds; i++) {
		ward_ns at, said = rec[i].happened - off;

		(void)ward_offset_take(&t, o, rec[i].seen, said, skew);
		if (!ward_offset_correct(o, rec[i].seen, said, skew, &at))
			continue;
		holds = at - rec[i].happened <= DELAY * second &&
			rec[i].happened - at <= (DELAY + 5) * second && rec[i].seen - at <= skew &&
			at - rec[i].seen <= skew && (by != o->by || error == at - rec[i].happened);
		by = o->by;
		error = at - rec[i].happened;
	}
	ward_offsets_fini(&t);
	return holds;
}

/* Killed at any record and loaded again: nothing changes. */
static bool saved_is_same(struct ward_rd *r)
{
	struct record rec[RECORDS_MAX];
	struct ward_limits lim;
	struct ward_offsets t, u;
	ward_ns off = ((ward_ns)prop_below(r, 7200) - 3600) * second;
	size_t n = draw(r, 50, rec), kill = prop_below(r, n + 1);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	bool holds = true;

	ward_limits_default(&lim);
	struct ward_offset *o = fresh(&t, &lim), *p;

	for (size_t i = 0; i < kill; i++)
		(void)ward_offset_take(&t, o, rec[i].seen, rec[i].happened - off, skew);
	ward_offsets_save(&t, &w);
	p = fresh(&u, &lim);
	ward_offsets_fini(&u);
	ward_offsets_init(&u, ward_mem_heap(), &lim);
	struct ward_rd saved = ward_rd_slice(ward_wr_slice(&w));

	WARD_ASSERT(ward_offsets_load(&u, &saved) == WARD_OK && ward_rd_left(&saved) == 0);
	WARD_ASSERT(ward_offsets_of(&u, WARD_STR("s"), WARD_STR("a"), &p) == WARD_OK);
	for (size_t i = kill; i < n && holds; i++) {
		ward_ns time = rec[i].happened - off;

		holds = ward_offset_take(&t, o, rec[i].seen, time, skew) ==
				ward_offset_take(&u, p, rec[i].seen, time, skew) &&
			o->off == p->off && o->by == p->by && o->unsure == p->unsure;
	}
	ward_wr_fini(&w);
	ward_offsets_fini(&t);
	ward_offsets_fini(&u);
	return holds;
}

const struct prop *props_enrich(size_t *ret_n)
{
	static const struct prop list[] = {
		{"a record that is late has no wrong clock", late_is_not_wrong},
		{"a corrected time is true", corrected_is_true},
		{"saved offsets go on as if nothing had been", saved_is_same},
	};

	*ret_n = WARD_ARRAY_LEN(list);
	return list;
}
