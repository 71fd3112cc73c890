/* What the tests of this room share. */
#ifndef WARD_TESTS_EV_H
#define WARD_TESTS_EV_H

#include "event/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct ev {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_json_reader reader;
	struct ward_wr w;
};

static inline void ev_init(struct ev *t)
{
	ward_limits_default(&t->lim);
	assert_int_equal(ward_names_init(&t->names, ward_mem_heap(), &t->lim), WARD_OK);
	ward_arena_init(&t->arena, ward_mem_heap(), 1 << 24);
	assert_int_equal(
		ward_json_reader_init(&t->reader, &t->names, ward_mem_heap(), &t->lim), WARD_OK);
	t->w = ward_wr_grow(ward_mem_heap(), 1 << 24);
}

static inline void ev_fini(struct ev *t)
{
	ward_json_reader_fini(&t->reader);
	ward_names_fini(&t->names);
	ward_arena_fini(&t->arena);
	ward_wr_fini(&t->w);
}

/* The event as JSON text; valid until the next call. */
static inline struct ward_str ev_json(struct ev *t, const struct ward_event *e)
{
	ward_wr_reset(&t->w);
	ward_event_write_json(e, &t->names, &t->w);
	assert_false(ward_wr_bad(&t->w));
	return ward_wr_text(&t->w);
}

/* From a heap block of exactly its size, so that a read past the end is seen. */
static inline enum ward_err ev_read(struct ev *t, struct ward_str s, struct ward_event *ret)
{
	char *p = malloc(s.len ? s.len : 1);

	assert_non_null(p);
	if (s.len)
		memcpy(p, s.p, s.len);
	enum ward_err err =
		ward_json_read_event(&t->reader, (struct ward_str){p, s.len}, &t->arena, ret);

	free(p);
	return err;
}

#endif
