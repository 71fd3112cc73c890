/* Sheets: lines, what there is no room for, their hash, and the way through args. */
#include "watch/sheet.h"

#include "base/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Its args, read back as the room that folds them does. */
static void goes_through_args(struct ward_str text, struct ward_wr *back)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_json j = ward_json_on(&w);
	const struct ward_conf *c = NULL;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	ward_diag_init(&d, ward_mem_heap());
	ward_json_obj(&j);
	ward_sheet_put_args(text, &j);
	ward_json_obj_end(&j);
	assert_int_equal(
		ward_conf_json(&a, &lim, WARD_STR("args"), 1, ward_wr_slice(&w), &d, &c), WARD_OK);
	ward_sheet_of_args(c, back);
	ward_wr_fini(&w);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
}

static void is_read_as_it_was_written(void **state)
{
	const struct ward_str hostile[] = {WARD_STR("a|b\"c\\d\n"), WARD_STR("")};
	struct ward_wr back = ward_wr_grow(ward_mem_heap(), 1 << 16);
	char one[WARD_SHEET_HASH], two[WARD_SHEET_HASH];
	struct ward_str cell[WARD_SHEET_CELLS];
	enum ward_sheet_part part;
	struct ward_sheet s;
	size_t n, lines = 0;

	(void)state;
	ward_sheet_begin(&s, ward_mem_heap());
	ward_sheet_line(&s, WARD_SHEET_INCIDENTS, hostile, 2);
	for (int i = 0; i < 12; i++) {
		const struct ward_str x[] = {
			WARD_STR("id"), WARD_STR("key"), WARD_STR("t"), WARD_STR("Padiglione A")};

		ward_sheet_line(&s, WARD_SHEET_OPEN, x, 4);
	}
	struct ward_str text = ward_sheet_end(&s), rest = text;

	assert_true(ward_sheet_next(&rest, &part, cell, &n));
	assert_int_equal(part, WARD_SHEET_INCIDENTS);
	assert_true(ward_str_eqz(cell[0], "a/b'c/d "));
	assert_int_equal(n, 2);
	while (ward_sheet_next(&rest, &part, cell, &n))
		lines++;
	assert_int_equal(lines, 11); /* ten, and how many more */
	assert_int_equal(part, WARD_SHEET_MORE);
	assert_true(ward_str_eqz(cell[0], "open") && ward_str_eqz(cell[1], "2"));
	goes_through_args(text, &back);
	assert_true(ward_str_eq(ward_wr_text(&back), text));
	ward_sheet_hash(text, one);
	ward_sheet_hash(ward_wr_text(&back), two);
	assert_string_equal(one, two);
	ward_sheet_hash(ward_str_sub(text, 0, text.len - 1), two);
	assert_string_not_equal(one, two);
	ward_wr_fini(&back);
	ward_sheet_fini(&s);
}

static void keeps_characters_whole(void **state)
{
	char long_text[200];
	struct ward_sheet s;

	(void)state;
	for (size_t i = 0; i < sizeof(long_text); i += 2)
		memcpy(long_text + i, "\xc3\xa9", 2);
	const struct ward_str cell[] = {{long_text + 1, 0}, {long_text, sizeof(long_text)}};

	ward_sheet_begin(&s, ward_mem_heap());
	ward_sheet_line(&s, WARD_SHEET_BROKEN, cell, 2);
	assert_true(ward_utf8_valid(ward_str_bytes(ward_sheet_end(&s)), NULL));
	assert_int_equal(s.text.len, strlen("broken||") + WARD_SHEET_CELL + 1);
	ward_sheet_fini(&s);
}

static void all_parts_fit_in_args(void **state)
{
	char full[WARD_SHEET_CELL];
	struct ward_sheet s;

	(void)state;
	memset(full, 'x', sizeof(full));
	const struct ward_str f = {full, sizeof(full)}, id = {full, 36}, word = {full, 10};

	ward_sheet_begin(&s, ward_mem_heap());
	for (int i = 0; i < 99; i++) {
		const struct ward_str in[] = {id, word, word, word, f, f},
				      open[] = {id, word, word, f}, broken[] = {id, word, f};

		ward_sheet_line(&s, WARD_SHEET_INCIDENTS, in, 6);
		ward_sheet_line(&s, WARD_SHEET_OPEN, open, 4);
		ward_sheet_line(&s, WARD_SHEET_BROKEN, broken, 3);
	}
	(void)ward_sheet_end(&s);
	assert_false(ward_wr_bad(&s.text));
	ward_sheet_fini(&s);
}

/* On the worst night it can be handed over, too: what there is no room for is counted. */
static void never_is_too_long(void **state)
{
	char full[WARD_SHEET_CELL];
	struct ward_str cell[WARD_SHEET_CELLS], rest;
	enum ward_sheet_part part;
	struct ward_sheet s;
	size_t n;
	uint64_t lines = 0, more = 0;

	(void)state;
	memset(full, 'x', sizeof(full));
	const struct ward_str f = {full, sizeof(full)}, all[] = {f, f, f, f, f, f};

	ward_sheet_begin(&s, ward_mem_heap());
	for (unsigned p = 0; p < WARD_SHEET_MORE; p++)
		for (int i = 0; i < 20; i++)
			ward_sheet_line(&s, (enum ward_sheet_part)p, all, WARD_SHEET_CELLS);
	rest = ward_sheet_end(&s);
	assert_false(ward_wr_bad(&s.text));
	while (ward_sheet_next(&rest, &part, cell, &n)) {
		uint64_t v = 0;

		lines += part != WARD_SHEET_MORE;
		if (part == WARD_SHEET_MORE)
			assert_true(ward_str_u64(cell[1], &v));
		more += v;
	}
	assert_int_equal(rest.len, 0);
	assert_int_equal(lines + more, WARD_SHEET_MORE * 20);
	assert_true(lines > 10);
	ward_sheet_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read_as_it_was_written),
		cmocka_unit_test(keeps_characters_whole),
		cmocka_unit_test(all_parts_fit_in_args),
		cmocka_unit_test(never_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
