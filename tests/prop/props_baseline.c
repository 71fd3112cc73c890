#include "props_baseline.h"

#include "detect/baseline/baseline.h"

enum { EVENTS_MAX = 40 };

/* Without a rate: that one needs the order of time. */
static const char profiles[] =
	"baselines:\n"
	"  - {id: p, title: P, class: c, key: k, min_events: 4, new: true, learn: [\n"
	"     {id: s, kind: set, of: v, says: s},\n"
	"     {id: r, kind: range, of: n, by: v, says: r},\n"
	"     {id: f, kind: range, of: n, factor: 2, says: f},\n"
	"     {id: h, kind: hours, says: h}]}\n";

struct drawn {
	ward_ns time;
	int64_t k, v, n;
};

struct house {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag diag;
	struct ward_bl_profiles *ps;
	struct ward_arena arena;
	uint32_t class, k, v, n;
};

static struct house *house(void)
{
	static struct house h;

	if (h.ps)
		return &h;
	ward_limits_default(&h.lim);
	ward_diag_init(&h.diag, ward_mem_heap());
	WARD_ASSERT(ward_names_init(&h.names, ward_mem_heap(), &h.lim) == WARD_OK);
	WARD_ASSERT(ward_bl_profiles_parse(WARD_STR("p"), ward_str_bytes(ward_str_z(profiles)),
			    NULL, &h.names, &h.lim, &h.diag, &h.ps) == WARD_OK);
	ward_arena_init(&h.arena, ward_mem_heap(), 1 << 16);
	h.class = ward_name(&h.names, WARD_STR("c"));
	h.k = ward_name(&h.names, WARD_STR("k"));
	h.v = ward_name(&h.names, WARD_STR("v"));
	h.n = ward_name(&h.names, WARD_STR("n"));
	return &h;
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

static void feed(struct house *h, struct ward_baseline *b, const struct drawn *d)
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
	WARD_ASSERT(ward_baseline_event(b, &e, d->time, sink, NULL) == WARD_OK);
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

static const struct prop props[] = {
	{"the order of what is learned does not count", order},
	{"learned in parts and added is learned at once", sum},
	{"a checkpoint makes no difference", resumed},
};

const struct prop *props_baseline(size_t *ret_n)
{
	*ret_n = WARD_ARRAY_LEN(props);
	return props;
}
