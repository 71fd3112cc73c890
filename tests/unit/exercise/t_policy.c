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
	assert_false(ward_policy_approves(&policy));
	assert_null(ward_policy_begins(&policy, role, 2));
	assert_int_equal(read_text("roles:\n  guard: {begins: 9min}\n  engineer: {begins: 4min}\n"),
		WARD_OK);
	role[0] = ward_model_find(st.lab.m, WARD_STR("guard"));
	assert_int_equal(ward_policy_begins(&policy, role, 2)->role, role[1]);
	assert_int_equal(ward_policy_begins(&policy, role, 2)->begins, 4 * minute);
	assert_int_equal(ward_policy_begins(&policy, role, 1)->begins, 9 * minute);
	assert_int_equal(policy.role[1].line, 3);
	assert_int_equal(
		read_text("roles:\n  engineer:\n    does: {panel: 6min,\n      pump: never}\n"),
		WARD_OK);
	assert_int_equal(policy.role[0].n_does, 2);
	assert_string_equal(policy.role[0].does[0].word, "panel");
	assert_int_equal(policy.role[0].does[0].after, 6 * minute);
	assert_string_equal(policy.role[0].does[1].word, "pump");
	assert_int_equal(policy.role[0].does[1].after, WARD_NS_NEVER);
	assert_int_equal(policy.role[0].does[1].line, 4);
	assert_int_equal(read_text("roles:\n  engineer: {approves: 5min}\n"), WARD_OK);
	assert_int_equal(policy.role[0].approves, 5 * minute);
	assert_int_equal(policy.role[0].refuses, WARD_NS_NEVER);
	assert_true(ward_policy_approves(&policy));
	assert_int_equal(
		read_text("roles:\n  engineer: {refuses: 1min, approves: never}\n"), WARD_OK);
	assert_true(ward_policy_approves(&policy));
}

/* Roles 10, 11 … of a policy, with minutes until they approve and refuse (0: never), and when they
 * were told (-1: not). */
struct played {
	int approves, refuses, told;
	bool answers;
};
enum { ROLE = 10 };

static struct ward_policy_verdict decide(
	const struct played *r, size_t n, bool two, bool clinical, size_t n_role)
{
	static const uint32_t may[] = {ROLE, ROLE + 1, ROLE + 2};
	const ward_ns minute = 60 * WARD_NS_PER_S;
	struct ward_policy p = {.n = n};
	struct ward_policy_known known;

	for (size_t i = 0; i < n; i++) {
		p.role[i] = (struct ward_policy_role){.role = ROLE + (uint32_t)i,
			.approves = r[i].approves ? r[i].approves * minute : WARD_NS_NEVER,
			.refuses = r[i].refuses ? r[i].refuses * minute : WARD_NS_NEVER};
		known.told[i] = r[i].told < 0 ? WARD_NS_NEVER : r[i].told * minute;
		known.answers[i] = r[i].answers;
	}
	const struct ward_policy_proposal x = {100 * minute, may, n_role, two, clinical};
	struct ward_policy_verdict v = ward_policy_decide(&p, &known, &x);

	for (size_t i = 0; i < v.n; i++)
		v.when[i] = v.when[i] / minute - 100;
	v.at = v.at == WARD_NS_NEVER ? -1 : v.at / minute - 100;
	return v;
}

/* Who approves what is proposed, as people would: told, in a role that may, two where it takes two,
 * with one who answers for patients where care is touched, in half an hour, unless somebody refuses
 * before. */
static void test_decide(void **state)
{
	static const struct {
		struct played r[3];
		bool two, clinical;
		size_t n_role; /* that may */
		int at;        /* -1: never */
		bool refused;
		size_t n; /* who it took, or who has said so until now */
	} row[] = {
		{{{5, 0, 90, false}}, false, false, 3, 5, false, 1},
		{{{5, 0, 110, false}}, false, false, 3, 15, false,
			1},                                           /* told later than proposed */
		{{{5, 0, -1, false}}, false, false, 3, -1, false, 0}, /* not told */
		{{{0, 0, 90, false}}, false, false, 3, -1, false, 0},
		{{{30, 0, 90, false}}, false, false, 3, 30, false, 1},
		{{{31, 0, 90, false}}, false, false, 3, -1, false, 0}, /* over by then */
		{{{5, 0, 90, false}, {3, 0, 90, false}}, false, false, 1, 5, false, 1},
		{{{5, 0, 90, false}, {3, 0, 90, false}}, false, false, 3, 3, false, 1},
		{{{5, 0, 90, false}}, true, false, 3, -1, false, 1}, /* one is not two */
		{{{5, 0, 90, false}, {3, 0, 90, false}}, true, false, 3, 5, false, 2},
		{{{5, 0, 90, false}, {3, 0, 90, false}}, false, true, 3, -1, false, 1},
		{{{5, 0, 90, false}, {3, 0, 90, false}, {9, 0, 90, true}}, false, true, 2, 9, false,
			2},
		{{{5, 0, 90, false}, {3, 0, 90, true}}, false, true, 1, 5, false, 2},
		{{{5, 0, 90, false}, {3, 0, 90, true}}, true, false, 1, -1, false, 1},
		{{{5, 0, 90, false}, {0, 5, 90, false}}, false, false, 3, 5, true, 1},
		{{{5, 0, 90, false}, {0, 6, 90, false}}, false, false, 3, 5, false, 1},
		{{{5, 0, 90, false}, {0, 2, 90, false}}, false, false, 1, 5, false, 1},
		{{{5, 0, 90, false}, {0, 8, 90, false}}, true, false, 3, 8, true, 1},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		size_t n = row[i].r[2].approves ? 3 : 2;
		struct ward_policy_verdict v =
			decide(row[i].r, n, row[i].two, row[i].clinical, row[i].n_role);

		if (v.at != row[i].at || v.refused != row[i].refused || v.n != row[i].n)
			fail_msg("row %zu: at %lld, %s, by %zu", i, (long long)v.at,
				v.refused ? "refused" : "approved", v.n);
	}
	/* who refuses stands there, with when */
	struct ward_policy_verdict v = decide(row[14].r, 2, false, false, 3);

	assert_int_equal(v.by[0], 1);
	assert_int_equal(v.when[0], 5);
	v = decide(row[11].r, 3, false, true, 2);
	assert_int_equal(v.by[0], 1);
	assert_int_equal(v.by[1], 2);
	assert_int_equal(v.when[0], 3);
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
		{"roles:\n  engineer: {answers: 1min, agrees: often}\n", 2},
		{"roles:\n  engineer: {approves: at once}\n", 2},
		{"roles:\n  engineer: {refuses: 5}\n", 2},
		{"roles:\n  engineer: {begins: at last}\n", 2},
		{"roles:\n  engineer: {does: panel}\n", 2},
		{"roles:\n  engineer: {does: [panel]}\n", 2},
		{"roles:\n  engineer: {does: {panel: soon}}\n", 2},
		{"roles:\n  engineer:\n    does: {a: 0s, b: 0s, c: 0s, d: 0s, e: 0s, f: 0s, g: 0s, "
		 "h: 0s,\n      i: 0s}\n",
			4},
		{"roles:\n  engineer: {does: {"
		 "a-word-that-is-longer-than-any-story-would-have-one-for-its-branches: 0s}}\n",
			2},
		{"roles:\n  engineer: {begins: bms-takeover}\n", 2},
		{"roles:\n  engineer: {approves: 1min, refuses: 2min}\n", 2}, {"", 1}};

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

/* What people play is left to them, also where the policy says nothing of it. */
static void test_left(void **state)
{
	const struct ward_model *m = st.lab.m;
	uint32_t guard = ward_model_find(m, WARD_STR("guard")), it = guard + 1;

	(void)state;
	assert_int_equal(
		read_text("roles:\n  guard: {acknowledges: 3min, contains: 1min,"
			  " answers: 1min, approves: 1min, begins: 1min, does: {x: 1s}}\n"),
		WARD_OK);
	assert_true(ward_policy_approves(&policy));
	assert_int_equal(ward_policy_leave(&policy, guard), WARD_OK);
	assert_int_equal(ward_policy_leave(&policy, it), WARD_OK);
	assert_int_equal(policy.n, 2);
	assert_true(policy.role[0].left && policy.role[1].left);
	assert_int_equal(policy.role[0].answers, WARD_NS_NEVER);
	assert_int_equal(ward_policy_acknowledges(&policy, &guard, 1), WARD_NS_NEVER);
	assert_int_equal(ward_policy_contains(&policy, &guard, 1), WARD_NS_NEVER);
	assert_false(ward_policy_approves(&policy));
	assert_null(ward_policy_begins(&policy, &guard, 1));
	assert_int_equal(policy.role[0].n_does, 0);
	policy.n = WARD_POLICY_ROLES;
	for (size_t i = 0; i < WARD_POLICY_ROLES; i++)
		policy.role[i].role = it;
	assert_int_equal(ward_policy_leave(&policy, guard), WARD_ERR_LIMIT);
	assert_int_equal(ward_policy_leave(&policy, it), WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left, setup, teardown),
		cmocka_unit_test(test_decide)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
