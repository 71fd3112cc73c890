/* Roles played by policy: what is read, and what is refused. */
#include "exercise/policy.h"

#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct stage st;
static struct ward_arena arena;
static struct ward_policy policy;

static int setup(void **state)
{
	(void)state;
	stage_open(&st);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ward_arena_fini(&arena);
	stage_close(&st);
	return 0;
}

static enum ward_err read_text(const char *text)
{
	const struct ward_conf_beside in = {
		WARD_STR("night.yml"), ward_str_bytes(ward_str_z(text))};

	return ward_policy_read(&arena, &st.lab.lim, st.lab.m, in, &st.d, &policy);
}

static void test_read(void **state)
{
	const ward_ns minute = 60 * WARD_NS_PER_S;

	(void)state;
	assert_int_equal(
		read_text("roles:\n  engineer: {acknowledges: 3min, contains: never}\n"), WARD_OK);
	assert_int_equal(policy.n, 1);
	uint32_t role[] = {WARD_NONE, ward_model_find(st.lab.m, WARD_STR("engineer"))};

	assert_int_equal(ward_policy_acknowledges(&policy, role, 2), 3 * minute);
	assert_int_equal(ward_policy_acknowledges(&policy, role, 1), WARD_NS_NEVER);
	assert_int_equal(ward_policy_contains(&policy, role, 2), WARD_NS_NEVER);
	assert_int_equal(policy.role[0].answers, WARD_NS_NEVER);
	assert_int_equal(policy.role[0].agrees, 100);
	assert_int_equal(read_text("roles:\n  engineer: {answers: 8min, agrees: 90}\n"), WARD_OK);
	assert_int_equal(policy.role[0].answers, 8 * minute);
	assert_int_equal(policy.role[0].agrees, 90);
	assert_int_equal(read_text("roles:\n  engineer: {contains: 12min}\n"), WARD_OK);
	assert_int_equal(ward_policy_contains(&policy, role, 2), 12 * minute);
	assert_int_equal(ward_policy_acknowledges(&policy, role, 2), WARD_NS_NEVER);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
	} row[] = {{"roles:\n  nobody: {contains: 1min}\n", 2},
		{"roles:\n  ahu-1: {contains: 1min}\n", 2}, {"roles: [engineer]\n", 1},
		{"rules: {}\n", 1}, {"roles:\n  engineer: 3min\n", 2},
		{"roles:\n  engineer: {contains: soon}\n", 2},
		{"roles:\n  engineer: {acknowledge: 1min}\n", 2},
		{"roles:\n  engineer: {answers: 1min, agrees: 101}\n", 2},
		{"roles:\n  engineer: {answers: 1min, agrees: often}\n", 2}, {"", 1}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		size_t before = st.d.n;

		if (read_text(row[i].text) != WARD_ERR_CONFIG)
			fail_msg("taken: %s", row[i].text);
		assert_true(st.d.n > before);
		assert_int_equal(st.d.item[before].line, row[i].line);
		assert_true(st.d.item[before].mend.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
