/* A field that came with the later formats: its number is written only by who was told to write
 * these; whoever was told nothing writes what both read. */
#include "base/formats.h"
#include "event/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LATER = WARD_FIELD_FILE_OWNER, FORMER = WARD_FIELD_FILE_PATH };

struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
};

static void begin(struct lab *l)
{
	ward_limits_default(&l->lim);
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
}

static void end(struct lab *l)
{
	ward_names_fini(&l->names);
	ward_arena_fini(&l->arena);
}

static bool has(const struct ward_wr *w, uint32_t field)
{
	const char *text = ward_field_info((enum ward_field_id)field)->name;

	return memmem(w->p, w->len, text, strlen(text)) != NULL;
}

static void write_both(struct lab *l, struct ward_wr *w)
{
	struct ward_event e;

	ward_event_init(&e, &l->arena);
	e.source = ward_name(&l->names, WARD_STR("desk"));
	e.class = ward_name(&l->names, WARD_STR("ward.decision"));
	assert_int_equal(ward_event_set(&e, FORMER, ward_value_str(WARD_STR("a"))), WARD_OK);
	assert_int_equal(ward_event_set(&e, LATER, ward_value_str(WARD_STR("b"))), WARD_OK);
	ward_event_encode(&e, &l->names, w);
}

/* By a process of its own: what `l` calls a name means nothing there. */
static void both_are_read(const struct ward_wr *w)
{
	struct ward_event e;
	struct lab l;

	begin(&l);
	assert_int_equal(
		ward_event_decode(ward_wr_slice(w), &l.names, &l.arena, &l.lim, &e), WARD_OK);
	assert_true(ward_str_eqz(ward_event_str(&e, FORMER), "a"));
	assert_true(ward_str_eqz(ward_event_str(&e, LATER), "b"));
	end(&l);
}

static void who_was_told_nothing_writes_what_the_former_version_reads(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct lab l;

	(void)state;
	assert_int_equal(ward_formats_most(), 2);
	begin(&l);
	write_both(&l, &w);
	assert_true(has(&w, LATER));
	assert_false(has(&w, FORMER));
	both_are_read(&w);
	ward_wr_fini(&w);
	end(&l);
}

static void by_number_once_somebody_said_so(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct lab l;

	(void)state;
	begin(&l);
	l.names.numbered = ward_fields_in(2);
	write_both(&l, &w);
	assert_false(has(&w, LATER) || has(&w, FORMER));
	both_are_read(&w);
	ward_wr_fini(&w);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_was_told_nothing_writes_what_the_former_version_reads),
		cmocka_unit_test(by_number_once_somebody_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
