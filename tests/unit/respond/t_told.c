#include "respond/told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)
#define TEXTS "\"subject\": \"New incident: HIGH\", \"text\": \"New incident\\nSeen\\n\""

static void reads(const char *body, const char *subject, const char *text, const char *brief)
{
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_told t;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	enum ward_err err = ward_told_read(&a, &lim, ward_str_z(body), &t);

	if (!subject) {
		assert_int_equal(err, WARD_ERR_MALFORMED);
	} else {
		assert_int_equal(err, WARD_OK);
		assert_true(ward_str_eqz(t.subject, subject));
		assert_true(ward_str_eqz(t.text, text));
		assert_true(ward_str_eqz(t.brief, brief));
	}
	ward_arena_fini(&a);
}

static void test_texts(void **state)
{
	(void)state;
	reads("{" TEXTS "}", "New incident: HIGH", "New incident\nSeen\n", "New incident: HIGH");
	reads("{" TEXTS ", \"tlp\": \"TLP:RED\", \"incidents\": [{\"where\": \"Plant room\"}], "
	      "\"more\": 0}",
		"New incident: HIGH · Plant room [TLP:RED]", "TLP:RED\nNew incident\nSeen\n",
		"New incident: HIGH · Plant room");
	/* of several the text says where each is; who writes a short text knows better */
	reads("{" TEXTS ", \"short\": \"HIGH door\", \"incidents\": [{\"where\": \"Plant room\"}], "
	      "\"more\": 1}",
		"New incident: HIGH", "New incident\nSeen\n", "HIGH door");
	reads("{" TEXTS ", \"incidents\": [{\"where\": \"a\"}, {\"where\": \"b\"}], \"more\": 0}",
		"New incident: HIGH", "New incident\nSeen\n", "New incident: HIGH");
}

static void test_within(void **state)
{
	(void)state;
	assert_true(ward_str_eqz(ward_told_within(WARD_STR("one\ntwo\n"), 8), "one\ntwo\n"));
	assert_true(ward_str_eqz(ward_told_within(WARD_STR("one\ntwo\n"), 7), "one\n"));
	assert_int_equal(ward_told_within(WARD_STR("one\ntwo\n"), 3).len, 0);
}

static void test_none(void **state)
{
	static const char *const bad[] = {"", "[]", "{", "{\"subject\": \"a\"}",
		"{\"subject\": [1], \"text\": \"b\"}", "{\"subject\": \"\", \"text\": \"b\"}"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		reads(bad[i], NULL, NULL, NULL);
}

/* It fails whole, wherever memory ends. */
static void test_memory(void **state)
{
	static const char body[] = "{" TEXTS ", \"tlp\": \"TLP:RED\"}";
	enum ward_err err = WARD_ERR_NOMEM;
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	for (uint64_t at = 1; err == WARD_ERR_NOMEM; at++) {
		struct ward_mem_failing f;
		struct ward_arena a;
		struct ward_told t;

		ward_mem_failing_init(&f, at);
		ward_arena_init(&a, &f.mem, 1 << 20);
		err = ward_told_read(&a, &lim, ward_str_z(body), &t);
		ward_arena_fini(&a);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
	}
	assert_int_equal(err, WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_texts), T(test_within), T(test_none), T(test_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
