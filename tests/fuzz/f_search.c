#include "fuzz.h"

#include "search/indicator.h"
#include "search/query.h"

/* The parts of an input are divided by line ends: an item of a query, a line of a list of
 * indicators, a value of an event. What matches is never passed over by the event's index, nor by
 * its binary record. */
struct made {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_event e;
	struct ward_wr file;
	struct ward_index ix;
};

static const struct ward_look_seg seg = {.lane = WARD_LANE_TELEMETRY, .tag = 1, .sealed = true};

static void make(struct made *m, struct ward_str value)
{
	struct ward_index_maker maker;

	ward_event_init(&m->e, &m->arena);
	m->e.source = m->e.class = ward_name(&m->names, WARD_STR("net.flow"));
	WARD_ASSERT(ward_event_set(&m->e, WARD_FIELD_MESSAGE, ward_value_str(value)) == WARD_OK);
	ward_index_maker_init(&maker, ward_mem_heap());
	ward_index_maker_add(&maker, &m->e, &m->names);
	ward_index_write(&maker, &seg, &m->file);
	ward_index_maker_fini(&maker);
	WARD_ASSERT(ward_index_read(ward_wr_slice(&m->file), &seg, &m->ix) == WARD_OK);
}

static bool never(void *ctx, struct ward_str text)
{
	(void)ctx;
	(void)text;
	return false;
}

static void query(struct made *m, struct ward_str item)
{
	struct ward_query q;
	const char *why;

	ward_query_init(&q, &m->names);
	if (ward_query_add(&q, item, &why) != WARD_OK || !ward_query_match(&q, &m->e))
		return;
	WARD_ASSERT(ward_query_may(&q, &m->ix));
	ward_query_settle(&q, never, NULL);
	ward_wr_reset(&m->file);
	ward_event_encode(&m->e, &m->names, &m->file);
	WARD_ASSERT(ward_query_stands(&q, ward_wr_slice(&m->file)));
}

static void indicator(struct made *m, struct ward_str line)
{
	struct ward_indicators *in = NULL;
	struct ward_diag diag;
	uint32_t hit[4];

	ward_diag_init(&diag, ward_mem_heap());
	WARD_ASSERT(ward_indicators_read(WARD_STR("list"), ward_str_bytes(line), ward_mem_heap(),
			    &diag, &in) == WARD_OK);
	if (ward_indicators_match(in, &m->e, &m->names, hit, WARD_ARRAY_LEN(hit)))
		WARD_ASSERT(ward_indicators_may(in, &m->ix));
	ward_indicators_free(in);
	ward_diag_fini(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *p = fuzz_copy(data, len);
	struct ward_str rest = ward_slice_text(ward_slice_of(p, len));
	struct ward_str item = ward_str_cut(&rest, '\n');
	struct ward_str line = rest.p ? ward_str_cut(&rest, '\n') : item;
	struct made m = {.file = ward_wr_grow(ward_mem_heap(), 8 << 20)};

	ward_limits_default(&m.lim);
	WARD_ASSERT(ward_names_init(&m.names, ward_mem_heap(), &m.lim) == WARD_OK);
	ward_arena_init(&m.arena, ward_mem_heap(), 1 << 20);
	if (ward_utf8_valid(ward_str_bytes(rest), NULL)) {
		make(&m, rest);
		indicator(&m, line);
		query(&m, item);
	}
	ward_wr_fini(&m.file);
	ward_arena_fini(&m.arena);
	ward_names_fini(&m.names);
	free(p);
	return 0;
}
