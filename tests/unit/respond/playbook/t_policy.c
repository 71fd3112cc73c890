/* Roles that a policy plays answer what runs ask of them, after their time and once, by the way and
 * under the checks of everybody; the rest stays with people. */
#include "driven.h"
#include "respond/playbook/policy.h"

static const ward_ns minute = 60 * WARD_NS_PER_S;

/* Begins that playbook, and goes on until it waits for somebody. */
static void go_on(struct bench *b)
{
	struct ward_drive_row row;

	while (ward_drive_next(b->d, noon, &row))
		keep(b, &row);
}

static void begin_run(struct bench *b, const char *file)
{
	char id[256];
	struct ward_drive_row row;
	struct ward_decided said;

	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(called(b, file)->id));
	struct ward_decision of = decision(b, WARD_DECISION_START, id);

	assert_true(ward_drive_decide(b->d, &of, noon, &row, &said));
	keep(b, &row);
	go_on(b);
}

/* The first open request; false: none. */
static bool first(struct bench *b, struct ward_run_request *q)
{
	struct ward_drive_run r;

	for (size_t i = 0; i < ward_drive_n(b->d); i++) {
		ward_drive_at(b->d, i, &r);
		if (r.run && ward_run_open(r.run, 0, q))
			return true;
	}
	return false;
}

static void plays(struct ward_playbook_policy *p, struct ward_str role, const char *how)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "%.*s:%s", WARD_STR_ARG(role), how);
	*p = (struct ward_playbook_policy){.n_role = 0};
	assert_int_equal(ward_playbook_policy_add(p, ward_str_z(text)), WARD_OK);
	p->role[0].id = role;
}

static void test_answers(void **state)
{
	struct bench *b = *state;
	struct ward_playbook_policy p;
	struct ward_run_request q;
	struct ward_decision of;
	struct ward_drive_row row;
	struct ward_decided said;

	begin_run(b, "gas.json");
	assert_true(first(b, &q));
	assert_true(q.role.len);
	plays(&p, q.role, "480000000000:100");
	assert_false(ward_playbook_policy_next(&p, b->d, 0, &of));
	assert_false(ward_playbook_policy_next(&p, b->d, 7 * minute, &of));
	assert_true(ward_playbook_policy_next(&p, b->d, 8 * minute, &of));
	assert_int_equal(of.kind, WARD_DECISION_DONE);
	assert_true(ward_str_eqz(of.args, "{\"__leak__\":\"true\"}"));
	assert_true(ward_str_eqz(of.person, "policy"));
	assert_true(ward_str_eq(of.role, q.role));
	of.at = noon;
	assert_true(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_not_equal(ward_str_find(row.json, WARD_STR("\"person\":\"policy\"")), SIZE_MAX);
	keep(b, &row);
	struct ward_id was = of.id; /* once, whatever became of it */

	while (ward_playbook_policy_next(&p, b->d, 8 * minute, &of))
		assert_false(ward_id_eq(of.id, was));
}

/* By the chance that the file says: never, and what is no role of it stays with people. */
static void test_refuses(void **state)
{
	struct bench *b = *state;
	struct ward_playbook_policy p;
	struct ward_run_request q;
	struct ward_decision of, again;

	begin_run(b, "gas.json");
	assert_true(first(b, &q));
	plays(&p, q.role, "0:0");
	assert_true(ward_playbook_policy_next(&p, b->d, 0, &of));
	assert_true(ward_str_eqz(of.args, "{\"__leak__\":\"false\"}")); /* a question: no */
	/* another life of the process says the same of it */
	plays(&p, q.role, "0:0");
	assert_true(ward_playbook_policy_next(&p, b->d, minute, &again));
	assert_true(ward_id_eq(of.id, again.id));
	plays(&p, WARD_STR("nobody-here"), "0:100");
	assert_false(ward_playbook_policy_next(&p, b->d, 24 * 60 * minute, &of));
	p.n_role = 0;
	assert_false(ward_playbook_policy_next(&p, b->d, 24 * 60 * minute, &of));
}

/* Whole playbooks are answered to their end, or to what needs a value that nobody gave. */
static void test_all(void **state)
{
	struct bench *b = *state;
	struct ward_playbook_policy p = {.n_role = 0};
	struct ward_run_request q;
	struct ward_decision of;
	struct ward_drive_row row;
	struct ward_decided said;
	size_t answered = 0, failed = 0;

	begin_run(b, "gas.json");
	for (unsigned turn = 0; turn < 200 && first(b, &q); turn++) {
		bool known = false;

		for (size_t i = 0; i < p.n_role; i++)
			known |= ward_str_eq(p.role[i].id, q.role);
		if (!known) {
			assert_true(p.n_role < WARD_PLAYBOOK_POLICY_ROLES);
			p.role[p.n_role].id = q.role;
			p.role[p.n_role].answers = minute;
			p.role[p.n_role++].agrees = 70;
		}
		if (!ward_playbook_policy_next(&p, b->d, turn * minute, &of))
			continue;
		of.at = noon;
		if (ward_drive_decide(b->d, &of, noon, &row, &said)) {
			keep(b, &row);
			answered++;
			failed += of.kind == WARD_DECISION_FAILED;
			go_on(b);
		}
		assert_true(p.n_asked <= WARD_PLAYBOOK_POLICY_OPEN);
	}
	assert_true(answered > 8 && failed && failed < answered);
	assert_false(first(b, &q)); /* to its end */
}

static void test_mistakes(void **state)
{
	static const char *const bad[] = {"", "role", "role:", "role:1", "role:1:", "role:-1:5",
		"role:1:101", ":1:5", "role:99999999999999999999:5"};
	struct ward_playbook_policy p = {.n_role = 0};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(
			ward_playbook_policy_add(&p, ward_str_z(bad[i])), WARD_ERR_MALFORMED);
	while (p.n_role < WARD_PLAYBOOK_POLICY_ROLES)
		assert_int_equal(ward_playbook_policy_add(&p, WARD_STR("r:1:5")), WARD_OK);
	assert_int_equal(ward_playbook_policy_add(&p, WARD_STR("r:1:5")), WARD_ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answers, begin, end),
		cmocka_unit_test_setup_teardown(test_refuses, begin, end),
		cmocka_unit_test_setup_teardown(test_all, begin, end),
		cmocka_unit_test(test_mistakes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
