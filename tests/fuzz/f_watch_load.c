/* What was saved of points, the bytes of another process: what is taken in is saved to bytes that
 * load again to the same bytes, and points go on. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "detect/point/watch.h"

static const char rows[] =
	"id,asset,low,high,confirm,rate,stuck,noise,drift,mean,peer,tolerance,actor,relation\n"
	"a,ahu-1,5,80,20s,60/40s,60s,3,30/100s,,b,40,30s,\n"
	"b,or-1,5,95,3s,,,,,,,,,if a > 70 then > 40 within 9s\n";

static struct lab l;
static struct ward_names names;
static struct ward_points *points;

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	WARD_ASSERT(e->n_field >= 4 && e->n_field <= 16);
	for (size_t i = 0; i < e->n_field; i++) {
		int64_t whole;

		if (e->field[i].v.kind == WARD_VALUE_NUM)
			WARD_ASSERT(ward_number_kind(e->field[i].v.s, &whole) != WARD_VALUE_NULL);
	}
	return WARD_OK;
}

static struct ward_watch *watch(void)
{
	struct ward_watch *w = NULL;

	WARD_ASSERT(ward_watch_new(points, l.m, &names, &l.lim, ward_mem_heap(), &w) == WARD_OK);
	return w;
}

static void go_on(struct ward_watch *w)
{
	static const char *const value[] = {"90", "3.25", "-7e3", "80"};
	struct ward_arena arena;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 16);
	for (unsigned i = 0; i < 2 * WARD_ARRAY_LEN(value); i++) {
		struct ward_event e;

		ward_event_init(&e, &arena);
		e.id.b[0] = (uint8_t)(i + 1);
		e.class = ward_name(&names, WARD_STR("field.point"));
		e.time = e.seen = (ward_ns)i * 20 * WARD_NS_PER_S;
		WARD_ASSERT(
			ward_event_set(&e, WARD_FIELD_POINT,
				ward_value_str(i & 1 ? WARD_STR("a") : WARD_STR("b"))) == WARD_OK);
		WARD_ASSERT(ward_event_set(&e, WARD_FIELD_VALUE,
				    (struct ward_value){.kind = WARD_VALUE_NUM,
					    .s = ward_str_z(value[i / 2])}) == WARD_OK);
		WARD_ASSERT(ward_watch_event(w, &e, e.time, e.seen, hear, NULL) == WARD_OK);
	}
	WARD_ASSERT(ward_watch_tick(w, WARD_NS_NEVER, hear, NULL) == WARD_OK);
	ward_arena_fini(&arena);
}

static void begin(void)
{
	const struct ward_point_in in = {l.m, &l.lim, ward_mem_heap(), &l.d};

	WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	l.lim.v[WARD_LIMIT_POINT_HELD] = 16;
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &l.lim) == WARD_OK);
	WARD_ASSERT(ward_points_parse(&in, ward_str_bytes(ward_str_z(rows)),
			    ward_str_bytes(WARD_STR("")), &points) == WARD_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!points)
		begin();
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	struct ward_watch *w = watch(), *again;
	enum ward_err err = ward_watch_load(w, &r);

	free(copy);
	WARD_ASSERT(!err || ward_err_class(err) == WARD_ERR_CLASS_INPUT || err == WARD_ERR_LIMIT);
	if (!err) {
		struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 24),
			       two = ward_wr_grow(ward_mem_heap(), 1 << 24);

		ward_watch_save(w, &one);
		r = ward_rd_slice(ward_wr_slice(&one));
		again = watch();
		WARD_ASSERT(ward_watch_load(again, &r) == WARD_OK);
		ward_watch_save(again, &two);
		WARD_ASSERT(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
		ward_watch_free(again);
		ward_wr_fini(&one);
		ward_wr_fini(&two);
		go_on(w);
	}
	ward_watch_free(w);
	return 0;
}
