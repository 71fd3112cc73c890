#include "props_baseline.h"

#include "detect/baseline/baseline.h"

#include <stdlib.h>

enum { EVENTS_MAX = 40 };

/* Without a rate: that one needs the order of time. */
static const char profiles[] =
	"baselines:\n"
	"  - {id: p, title: P, class: c, key: k, min_events: 4, new: true, learn: [\n"
	"     {id: s, kind: set, of: v, says: s},\n"
	"     {id: r, kind: range, of: n, by: v, says: r},\n"
	"     {id: f, kind: range, of: n, factor: 2, says: f},\n"
	"     {id: h, kind: hours, says: h}]}\n";

/* Ordered: a rate and all else may come in any order within a minute. */
static const char ordered[] =
	"baselines:\n"
	"  - {id: p, title: P, class: c, key: k, min_events: 4, period: 1h, ordered: true, new: "
	"true,\n"
	"     home: s, learn: [\n"
	"     {id: s, kind: set, of: v, says: s}, {id: w, kind: week, says: w},\n"
	"     {id: n, kind: rate, floor: 1, factor: 1, says: n},\n"
	"     {id: f, kind: range, of: n, factor: 2, says: f}]}\n";

struct drawn {
	ward_ns time;
	int64_t k, v, n;
	ward_ns arrival;
};

struct house {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag diag;
	struct ward_bl_profiles *ps;
	struct ward_arena arena;
	uint32_t class, k, v, n;
};

static struct house *house_of(struct house *at, const char *text)
{
	if (at->ps)
		return at;
	ward_limits_default(&at->lim);
	ward_diag_init(&at->diag, ward_mem_heap());
	WARD_ASSERT(ward_names_init(&at->names, ward_mem_heap(), &at->lim) == WARD_OK);
	WARD_ASSERT(ward_bl_profiles_parse(WARD_STR("p"), ward_str_bytes(ward_str_z(text)), NULL,
			    &at->names, &at->lim, &at->diag, &at->ps) == WARD_OK);
	ward_arena_init(&at->arena, ward_mem_heap(), 1 << 16);
	at->class = ward_name(&at->names, WARD_STR("c"));
	at->k = ward_name(&at->names, WARD_STR("k"));
	at->v = ward_name(&at->names, WARD_STR("v"));
	at->n = ward_name(&at->names, WARD_STR("n"));
	return at;
}

static struct house *house(void)
{
	static struct house h;

	return house_of(&h, profiles);
}

static size_t draw(struct ward_rd *r, struct drawn d[EVENTS_MAX])
{
	size_t n = 1 + prop_below(r, EVENTS_MAX);

	for (size_t i = 0; i < n; i++) {
		d[i].time = (ward_ns)prop_below(r, 1000000) * WARD_NS_PER_S;
		d[i].k = (int64_t)prop_below(r, 3);
		d[i].v = (int64_t)prop_below(r, 4);
		d[i].n = (int64_t)(prop_u64(r) >> 12) - ((int64_t)1 << 40);
	}
	return n;
}

static void sink(void *ctx, const struct ward_detection *d)
{
	(void)ctx;
	(void)d;
}

static void feed_to(struct house *h, struct ward_baseline *b, const struct drawn *d,
	ward_detect_sink to, void *ctx)
{
	struct ward_event e;

	ward_arena_reset(&h->arena);
	ward_event_init(&e, &h->arena);
	e.class = h->class;
	e.time = e.seen = d->time;
	e.id = ward_event_id(WARD_STR("p"), 1, (uint64_t)d->time, 0);
	WARD_ASSERT(ward_event_set(&e, h->k, ward_value_int(d->k)) == WARD_OK);
	WARD_ASSERT(ward_event_set(&e, h->v, ward_value_int(d->v)) == WARD_OK);
	WARD_ASSERT(ward_event_set(&e, h->n, ward_value_int(d->n)) == WARD_OK);
	WARD_ASSERT(ward_baseline_event(b, &e, d->time, to, ctx) == WARD_OK);
}

static void feed(struct house *h, struct ward_baseline *b, const struct drawn *d)
{
	feed_to(h, b, d, sink, NULL);
}

static struct ward_baseline *make(struct house *h, enum ward_bl_mode mode)
{
	struct ward_baseline *b = NULL;

	WARD_ASSERT(ward_baseline_new(h->ps, &(struct ward_bl_config){.mode = mode},
			    ward_mem_heap(), &b) == WARD_OK);
	return b;
}

/* Its text; frees it. */
static struct ward_wr text_of(struct ward_baseline *b)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);

	ward_baseline_save(b, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_baseline_free(b);
	return w;
}

static bool same(struct ward_wr a, struct ward_wr b)
{
	bool ret = ward_str_eq(ward_wr_text(&a), ward_wr_text(&b));

	ward_wr_fini(&a);
	ward_wr_fini(&b);
	return ret;
}

static struct ward_wr learned(struct house *h, const struct drawn *d, size_t from, size_t to)
{
	struct ward_baseline *b = make(h, WARD_BL_LEARN);

	for (size_t i = from; i < to; i++)
		feed(h, b, &d[i]);
	return text_of(b);
}

static bool order(struct ward_rd *r)
{
	struct house *h = house();
	struct drawn d[EVENTS_MAX];
	size_t n = draw(r, d);
	struct ward_wr first = learned(h, d, 0, n);

	for (size_t i = n; i > 1; i--) {
		size_t k = prop_below(r, i);
		struct drawn swap = d[i - 1];

		d[i - 1] = d[k];
		d[k] = swap;
	}
	return same(first, learned(h, d, 0, n));
}

static bool sum(struct ward_rd *r)
{
	struct house *h = house();
	struct drawn d[EVENTS_MAX];
	size_t n = draw(r, d), cut = prop_below(r, n + 1);
	struct ward_wr a = learned(h, d, 0, cut), b = learned(h, d, cut, n);
	struct ward_baseline *both = make(h, WARD_BL_LEARN);

	WARD_ASSERT(ward_baseline_load(both, ward_wr_slice(&b), NULL) == WARD_OK);
	WARD_ASSERT(ward_baseline_load(both, ward_wr_slice(&a), NULL) == WARD_OK);
	ward_wr_fini(&a);
	ward_wr_fini(&b);
	return same(text_of(both), learned(h, d, 0, n));
}

/* Saved and loaded on the way makes no difference, in any mode. */
static bool resumed(struct ward_rd *r)
{
	struct house *h = house();
	enum ward_bl_mode mode = (enum ward_bl_mode)prop_below(r, 3);
	struct drawn d[EVENTS_MAX];
	size_t n = draw(r, d), cut = prop_below(r, n + 1), learn = prop_below(r, cut + 1);
	struct ward_wr begin = learned(h, d, 0, learn);
	struct ward_baseline *a = make(h, mode), *b = make(h, mode);

	WARD_ASSERT(ward_baseline_load(a, ward_wr_slice(&begin), NULL) == WARD_OK);
	for (size_t i = learn; i < cut; i++)
		feed(h, a, &d[i]);
	ward_wr_reset(&begin);
	ward_baseline_save(a, &begin);
	WARD_ASSERT(ward_baseline_load(b, ward_wr_slice(&begin), NULL) == WARD_OK);
	ward_wr_fini(&begin);
	for (size_t i = cut; i < n; i++) {
		feed(h, a, &d[i]);
		feed(h, b, &d[i]);
	}
	return same(text_of(a), text_of(b));
}

/* ---- order within a minute ---- */

struct said {
	struct ward_id id[8 * EVENTS_MAX];
	size_t n;
};

static void note(void *ctx, const struct ward_detection *d)
{
	struct said *s = ctx;

	WARD_ASSERT(s->n < WARD_ARRAY_LEN(s->id));
	s->id[s->n++] = d->id;
}

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

static void play(
	struct house *h, const struct drawn *d, size_t n, struct said *s, struct ward_wr *w)
{
	struct ward_baseline *b = make(h, WARD_BL_LIVE);

	s->n = 0;
	for (size_t i = 0; i < n; i++)
		feed_to(h, b, &d[i], note, s);
	WARD_ASSERT(ward_baseline_tick(b, WARD_NS_NEVER, note, s) == WARD_OK);
	qsort(s->id, s->n, sizeof(s->id[0]), id_cmp);
	*w = text_of(b);
}

static int by_arrival(const void *a, const void *b)
{
	const struct drawn *x = a, *y = b;

	return x->arrival != y->arrival ? (x->arrival < y->arrival ? -1 : 1)
					: (x->time > y->time) - (x->time < y->time);
}

/* Each event comes up to a minute after its time; arrival is when. Same verdicts, same knowledge.
 */
static bool late(struct ward_rd *r)
{
	static struct house h;
	struct drawn d[EVENTS_MAX];
	struct said first, second;
	struct ward_wr a, b;
	size_t n = draw(r, d);

	(void)house_of(&h, ordered);
	for (size_t i = 0; i < n; i++) {
		/* Bursts of a minute and a half, a day apart: many overtake each other. A time of
		 * its own each. */
		int64_t t = d[i].time / WARD_NS_PER_S;

		d[i].time = (t / 100000 * 100000000 + t % 1000 * 100 + (int64_t)i) *
			    (WARD_NS_PER_S / 1000);
		d[i].arrival = d[i].time;
	}
	qsort(d, n, sizeof(d[0]), by_arrival);
	play(&h, d, n, &first, &a);
	for (size_t i = 0; i < n; i++)
		d[i].arrival += (ward_ns)prop_below(r, 59999) * (WARD_NS_PER_S / 1000);
	qsort(d, n, sizeof(d[0]), by_arrival);
	play(&h, d, n, &second, &b);
	bool equal =
		first.n == second.n &&
		(first.n == 0 || memcmp(first.id, second.id, first.n * sizeof(first.id[0])) == 0);

	return same(a, b) && equal;
}

/* ---- who makes up new ones ---- */

/* However many keys and values somebody makes up: within the limits, all counted, and what was well
 * known before is known after. */
static bool flood(struct ward_rd *r)
{
	static struct house h;
	struct drawn d = {.n = 1};
	uint64_t n = 40 + prop_below(r, 120), kinds = 1 + prop_below(r, n), seed = prop_u64(r);

	(void)house_of(&h, profiles);
	h.lim.v[WARD_LIMIT_BASELINE_KEYS] = 16;
	h.lim.v[WARD_LIMIT_BASELINE_VALUES] = 8;
	h.lim.v[WARD_LIMIT_BASELINE_BYTES] = 65536;
	struct ward_baseline *b = make(&h, WARD_BL_LIVE);

	for (int i = 0; i < 40; i++) {
		d = (struct drawn){.time = (ward_ns)i * WARD_NS_PER_S, .k = -1, .v = 1, .n = 1};
		feed(&h, b, &d);
	}
	for (uint64_t i = 0; i < n; i++) {
		d.time = (ward_ns)(1000 + i) * WARD_NS_PER_S;
		d.k = (int64_t)((i * 2654435761u + seed) % kinds);
		d.v = (int64_t)(i % 3 ? i : 1);
		feed(&h, b, &d);
	}
	struct ward_bl_stats s = ward_baseline_stats(b);
	struct ward_wr w = text_of(b);
	bool known =
		ward_str_find(ward_wr_text(&w),
			WARD_STR("\"key\":[\"-1\"],\"state\":\"usual\",\"count\":40")) != SIZE_MAX;
	/* A line is at most some hundred bytes of text for each that the limit counts. */
	bool bounded = w.len < 4 * 65536 + 4096;
	bool counted = kinds < 64 || s.n_evicted_key > 0;

	ward_wr_fini(&w);
	return known && bounded && counted;
}

static const struct prop props[] = {
	{"the order of what is learned does not count", order},
	{"learned in parts and added is learned at once", sum},
	{"a checkpoint makes no difference", resumed},
	{"order within a minute makes no difference to an ordered profile", late},
	{"who makes up keys and values drives out neither memory nor what is known", flood},
};

const struct prop *props_baseline(size_t *ret_n)
{
	*ret_n = WARD_ARRAY_LEN(props);
	return props;
}
