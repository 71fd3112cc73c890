/* What was saved of doors, the bytes of another process: what is taken in is saved to bytes that
 * load again to the same bytes, and doors go on. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "model/door/doors.h"

static const char rules_text[] = "doors: [{class: door, exits: told}]\n";

static struct lab l;
static struct ward_names names;
static struct ward_door_rules *rules;

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	WARD_ASSERT(e->n_field >= 1 && e->n_field <= 8);
	return WARD_OK;
}

static struct ward_doors *doors(void)
{
	struct ward_doors *d = NULL;

	WARD_ASSERT(ward_doors_new(rules, l.m, &names, &l.lim, ward_mem_heap(), &d) == WARD_OK);
	return d;
}

static void go_on(struct ward_doors *d)
{
	static const char *const class[] = {"door.opened", "door.granted", "door.closed"};
	struct ward_arena arena;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 16);
	for (unsigned i = 0; i < WARD_ARRAY_LEN(class); i++) {
		struct ward_event e;

		ward_event_init(&e, &arena);
		e.id.b[0] = (uint8_t)(i + 1);
		e.class = ward_name(&names, ward_str_z(class[i]));
		e.time = e.seen = (ward_ns)i * WARD_NS_PER_S;
		WARD_ASSERT(ward_event_set(&e, WARD_FIELD_DOOR, ward_value_str(WARD_STR("D-1"))) ==
			    WARD_OK);
		WARD_ASSERT(ward_doors_event(d, &e, e.time, e.seen, hear, NULL) == WARD_OK);
	}
	WARD_ASSERT(ward_doors_tick(d, WARD_NS_NEVER, hear, NULL) == WARD_OK);
	ward_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!l.m) {
		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
		l.lim.v[WARD_LIMIT_DOOR_DOORS] = 64;
		l.lim.v[WARD_LIMIT_DOOR_HELD] = 16;
		l.lim.v[WARD_LIMIT_DOOR_BADGES] = 16;
		WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &l.lim) == WARD_OK);
		WARD_ASSERT(ward_door_rules_parse(WARD_STR("doors.yml"),
				    ward_str_bytes(ward_str_z(rules_text)), NULL, &l.lim,
				    ward_mem_heap(), &l.d, &rules) == WARD_OK);
	}
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	struct ward_doors *d = doors(), *again;
	enum ward_err err = ward_doors_load(d, &r);

	free(copy);
	WARD_ASSERT(!err || ward_err_class(err) == WARD_ERR_CLASS_INPUT || err == WARD_ERR_LIMIT);
	if (!err) {
		struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 24),
			       two = ward_wr_grow(ward_mem_heap(), 1 << 24);

		ward_doors_save(d, &one);
		r = ward_rd_slice(ward_wr_slice(&one));
		again = doors();
		WARD_ASSERT(ward_doors_load(again, &r) == WARD_OK);
		ward_doors_save(again, &two);
		WARD_ASSERT(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
		ward_doors_free(again);
		ward_wr_fini(&one);
		ward_wr_fini(&two);
		go_on(d);
	}
	ward_doors_free(d);
	return 0;
}
