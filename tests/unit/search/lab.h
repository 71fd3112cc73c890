/* Events out of one field, and the index of a segment that holds only that event. */
#ifndef WARD_TESTS_SEARCH_LAB_H
#define WARD_TESTS_SEARCH_LAB_H

#include "search/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_event e;
	struct ward_wr file;
	struct ward_index ix;
};

static const struct ward_look_seg lab_seg = {
	.lane = WARD_LANE_TELEMETRY, .index = 5, .tag = 99, .len = 8192, .sealed = true};

static inline void lab_init(struct lab *l)
{
	ward_limits_default(&l->lim);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 20);
	l->file = ward_wr_grow(ward_mem_heap(), 8 << 20);
}

static inline void lab_fini(struct lab *l)
{
	ward_names_fini(&l->names);
	ward_arena_fini(&l->arena);
	ward_wr_fini(&l->file);
}

/* The event, and an index of it alone. */
static inline void lab_event(
	struct lab *l, const char *class, const char *field, struct ward_value v)
{
	struct ward_index_maker m;

	ward_event_init(&l->e, &l->arena);
	l->e.time = 7;
	l->e.source = ward_name(&l->names, WARD_STR("Door-1"));
	l->e.class = ward_name(&l->names, ward_str_z(class));
	assert_int_equal(
		ward_event_set(&l->e, ward_name(&l->names, ward_str_z(field)), v), WARD_OK);
	ward_index_maker_init(&m, ward_mem_heap());
	ward_index_maker_add(&m, &l->e, &l->names);
	ward_wr_reset(&l->file);
	ward_index_write(&m, &lab_seg, &l->file);
	ward_index_maker_fini(&m);
	assert_int_equal(ward_index_read(ward_wr_slice(&l->file), &lab_seg, &l->ix), WARD_OK);
}

#endif
