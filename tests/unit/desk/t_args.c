/* What decisions for the brain say besides: one form of it is on record, whatever was written. */
#include "desk/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limit.h"

static struct ward_arena arena;
static struct ward_limits lim;

static enum ward_err read_of(
	enum ward_decision_kind k, const char *args, struct ward_str *ret, const char **why)
{
	struct ward_decision d = {.kind = k, .args = ward_str_z(args)};

	*why = "";
	return ward_args_read(&d, &lim, &arena, ret, why);
}

static void one_form(void **state)
{
	struct ward_str form;
	const char *why;

	(void)state;
	assert_int_equal(
		read_of(WARD_DECISION_REPORT, " {\n\"report\" : \"f\\u0069re\"}", &form, &why), 0);
	assert_true(ward_str_eqz(form, "{\"report\":\"fire\"}"));
	assert_true(ward_str_eqz(ward_args_text(form, "report", &lim, &arena), "fire"));
	assert_int_equal(ward_args_text(form, "other", &lim, &arena).len, 0);
	assert_int_equal(read_of(WARD_DECISION_NOTE, "{}", &form, &why), 0);
	assert_int_equal(form.len, 0);
	assert_int_equal(read_of(WARD_DECISION_NOTE, "", &form, &why), 0);
	assert_int_equal(form.len, 0);
}

static void lists(void **state)
{
	struct ward_str form;
	const char *why;

	(void)state;
	assert_int_equal(
		read_of(WARD_DECISION_SPLIT, "{\"signs\":[\"a\", \"b\"]}", &form, &why), 0);
	assert_true(ward_str_eqz(form, "{\"signs\":[\"a\",\"b\"]}"));
	const struct ward_conf *c = ward_args_list(form, "signs", &lim, &arena);

	assert_true(c && ward_str_eqz(c->text, "a") && ward_str_eqz(c->next->text, "b"));
	assert_null(c->next->next);
	assert_null(ward_args_list(form, "other", &lim, &arena));
	assert_null(ward_args_list(WARD_STR(""), "signs", &lim, &arena));
}

static void what_is_refused(void **state)
{
	static const struct {
		enum ward_decision_kind kind;
		const char *args, *why;
	} all[] = {
		{WARD_DECISION_NOTE, "[]", "no JSON object"},
		{WARD_DECISION_NOTE, "{", "no JSON object"},
		{WARD_DECISION_NOTE, "{\"x\":\"y\"}", "has not"},
		{WARD_DECISION_REPORT, "{\"report\":\"fire\",\"report\":\"bomb\"}",
			"no JSON object"},
		{WARD_DECISION_REPORT, "{\"report\":[\"fire\"]}", "a text"},
		{WARD_DECISION_REPORT, "{\"report\":\"fire\",\"x\":1}", "has not"},
		{WARD_DECISION_ASSIGN, "", "lack"},
		{WARD_DECISION_MERGE, "{\"to\":\"x\"}", "lack"},
		{WARD_DECISION_SPLIT, "{\"signs\":\"x\"}", "1 to 64"},
		{WARD_DECISION_SPLIT, "{\"signs\":[]}", "1 to 64"},
		{WARD_DECISION_SPLIT, "{\"signs\":[[\"x\"]]}", "512 bytes"},
		{WARD_DECISION_TUNE, "{\"rule\":\"x\",\"thing\":\"y\"}", "lack"},
	};
	struct ward_str form = WARD_STR("as it was");
	const char *why;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		assert_int_equal(
			read_of(all[i].kind, all[i].args, &form, &why), WARD_ERR_MALFORMED);
		assert_non_null(strstr(why, all[i].why));
		assert_true(ward_str_eqz(form, "as it was"));
	}
}

static int set_up(void **state)
{
	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ward_arena_fini(&arena);
	return 0;
}

/* Every member of the table is found by its kind, and none twice. */
static void members_are_found(void **state)
{
	size_t n = 0;

	(void)state;
	for (enum ward_decision_kind k = 0; k < WARD_DECISION_N; k++) {
		const struct ward_args_member *m;

		for (size_t i = 0; (m = ward_args_member(k, i)); i++, n++) {
			assert_int_equal(m->kind, k);
			for (size_t j = 0; j < i; j++)
				assert_string_not_equal(m->key, ward_args_member(k, j)->key);
		}
	}
	assert_true(n > 30);
	assert_null(ward_args_member(WARD_DECISION_CONFIRM, 0));
	assert_string_equal(ward_args_member(WARD_DECISION_SPLIT, 0)->key, "signs");
	assert_true(ward_args_member(WARD_DECISION_SPLIT, 0)->list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found),
		cmocka_unit_test(one_form),
		cmocka_unit_test(lists),
		cmocka_unit_test(what_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
