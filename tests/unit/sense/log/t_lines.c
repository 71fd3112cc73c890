#include "sense/log/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct lab {
	struct ward_limits lim;
	struct ward_lines *l;
	char got[1024];
};

static void begin(struct lab *b, const char *multiline)
{
	ward_limits_default(&b->lim);
	b->lim.v[WARD_LIMIT_LOG_LINES] = 3;
	assert_int_equal(ward_lines_new(ward_mem_heap(), &b->lim, WARD_FRAME_LINES, 64,
				 ward_str_z(multiline), 100, &b->l),
		WARD_OK);
}

static void feed(struct lab *b, const char *text)
{
	size_t cap, n = strlen(text);
	uint8_t *p = ward_lines_room(b->l, &cap);

	assert_true(n <= cap);
	memcpy(p, text, n);
	ward_lines_add(b->l, n);
}

static const char *take(struct lab *b, bool end)
{
	struct ward_joined j;
	size_t n = 0;

	b->got[0] = 0;
	while (ward_lines_next(b->l, end, &j))
		n += (size_t)snprintf(b->got + n, sizeof(b->got) - n, "[%llu %.*s%s]",
			(unsigned long long)j.off, WARD_STR_ARG(j.text), j.cut ? " CUT" : "");
	return b->got;
}

/* Its place is behind what came out, whole lines only. */
static void test_place(void **state)
{
	struct lab b;

	(void)state;
	begin(&b, "");
	feed(&b, "one\n\ntwo\nth");
	assert_string_equal(take(&b, false), "[100 one][105 two]");
	assert_int_equal(ward_lines_place(b.l), 109);
	feed(&b, "ree\n");
	assert_string_equal(take(&b, false), "[109 three]");
	feed(&b, "end");
	assert_string_equal(take(&b, true), "[115 end]");
	assert_int_equal(ward_lines_place(b.l), 118);
	ward_lines_free(b.l);
}

static void test_joined(void **state)
{
	struct lab b;
	struct ward_joined j;

	(void)state;
	begin(&b, "indent");
	feed(&b, "a\n 1\n 2\n 3\nb\n");
	assert_string_equal(take(&b, false), "[100 a\n 1\n 2 CUT]");
	assert_int_equal(ward_lines_place(b.l), 111);
	assert_true(ward_lines_rest(b.l, &j));
	assert_int_equal(j.off, 111);
	assert_false(ward_lines_rest(b.l, &j));
	assert_int_equal(ward_lines_place(b.l), 113);
	ward_lines_free(b.l);
}

/* More audit events at once than are held: the oldest comes out as it is. */
static void test_audit(void **state)
{
	struct lab b;
	char text[64];

	(void)state;
	begin(&b, "");
	for (int i = 0; i < 9; i++) {
		(void)snprintf(text, sizeof(text), "type=CWD msg=audit(1:%d): cwd=x\n", i);
		feed(&b, text);
		assert_string_equal(
			take(&b, false), i < 8 ? "" : "[100 type=CWD msg=audit(1:0): cwd=x]");
	}
	feed(&b, "type=EOE msg=audit(1:8): \n");
	assert_non_null(strstr(take(&b, false), "audit(1:8): cwd=x\ntype=EOE"));
	(void)take(&b, true);
	assert_non_null(strstr(b.got, "audit(1:1)"));
	assert_non_null(strstr(b.got, "audit(1:7)"));
	ward_lines_free(b.l);
}

static void test_too_long(void **state)
{
	struct lab b;

	(void)state;
	begin(&b, "");
	feed(&b, "0123456789012345678901234567890123456789012345678901234567890123456789");
	assert_string_equal(take(&b, false), "");
	feed(&b, "0123456789\nshort\n");
	assert_string_equal(take(&b, false), "[181 short]");
	assert_int_equal(ward_lines_faults(b.l), 1);
	assert_int_equal(ward_lines_faults(b.l), 0);
	ward_lines_free(b.l);
}

static void test_no_memory(void **state)
{
	struct ward_limits lim;
	struct ward_lines *l;

	(void)state;
	ward_limits_default(&lim);
	for (uint64_t at = 1; at < 3; at++) {
		struct ward_mem_failing mem;

		ward_mem_failing_init(&mem, at);
		assert_int_equal(
			ward_lines_new(&mem.mem, &lim, WARD_FRAME_LINES, 64, WARD_STR(""), 0, &l),
			WARD_ERR_NOMEM);
	}
	assert_int_equal(
		ward_lines_new(ward_mem_heap(), &lim, WARD_FRAME_LINES, 64,
			WARD_STR("0123456789012345678901234567890123456789012345678901234567"
				 "890123456789"),
			0, &l),
		WARD_ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_audit),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
