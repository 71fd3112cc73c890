/* Roles that nobody plays in an exercise: what they approve and refuse, that two are two, and that
 * nothing which has an address is ever theirs. */
#include "world.h"

#define S WARD_NS_PER_S
#define ENGINEER "facility-engineer"
#define DIRECTOR "medical-director"

#define PLAYED "actuators:\n  - id: sw\n    played: switches\n    can:\n"
#define CAN_OF(can, roles, more)                                                       \
	"      - {id: " can ", does: isolate, roles: [" roles "], repeat: same-key,\n" \
	"         lasts: 30min, " more "}\n"
#define PORT PLAYED CAN_OF("port", "it-on-call, facility-engineer", "on: ws-a0-office-1")
#define TWO PLAYED CAN_OF("two", "it-on-call, facility-engineer", "persons: 2, on: ws-a0-office-1")
#define CARE PLAYED CAN_OF("medical", "it-on-call", "on: net-medical")

/* A play in which these roles are played so. */
static void play(
	struct world *w, const char *systems, const struct ward_act_policy_role *p, size_t n)
{
	w->exercise = true;
	w->n_policy = n;
	memcpy(w->policy, p, n * sizeof(*p));
	use(w, systems);
}

static struct ward_act_policy_role plays(struct world *w, const char *role, ward_ns approves)
{
	return (struct ward_act_policy_role){turin_node(&w->t, role), approves, WARD_NS_NEVER};
}

static struct ward_act_policy_role refuses(struct world *w, const char *role, ward_ns after)
{
	return (struct ward_act_policy_role){turin_node(&w->t, role), WARD_NS_NEVER, after};
}

/* What is decided by then, kept; the role, or "". */
static const char *says_at(struct world *w, ward_ns gone)
{
	static char role[64];
	struct ward_act_row row;
	size_t at;

	if (!ward_act_policy(w->a, gone, w->now, &row))
		return "";
	assert_true(says(row.json, "\"person\":\"policy\",\"policy\":true,"));
	assert_true(says(row.json, "\"exercise\":true"));
	assert_false(says(row.json, "\"step\":")); /* no code was given */
	at = ward_str_find(row.json, WARD_STR("\"role\":\""));
	assert_int_not_equal(at, SIZE_MAX);
	struct ward_str rest = ward_str_sub(row.json, at + 8, row.json.len - at - 8);
	struct ward_str is = ward_str_cut(&rest, '"');

	(void)snprintf(role, sizeof(role), "%.*s", WARD_STR_ARG(is));
	keep(w, &row);
	return role;
}

static void t_approves(void **state)
{
	struct world *w = *state;
	const struct ward_act_policy_role p[] = {plays(w, IT, 5 * S), plays(w, DIRECTOR, 0)};

	play(w, PORT, p, 2);
	assert_string_equal(says_at(w, 100 * S), "");
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_string_equal(
		says_at(w, 100 * S), ""); /* it counts from here; the director may not */
	assert_string_equal(says_at(w, 104 * S), "");
	assert_int_equal(at(w), WARD_ACT_PROPOSED);
	assert_string_equal(says_at(w, 105 * S), IT);
	assert_int_equal(at(w), WARD_ACT_READY);
	assert_string_equal(says_at(w, 200 * S), "");
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_DONE);
	/* it neither renews nor undoes: that is for people, or time */
	assert_string_equal(says_at(w, 4000 * S), "");
	w->now += 31 * 60 * S;
	go(w);
	assert_int_equal(at(w), WARD_ACT_UNDOING);
}

static void t_refuses(void **state)
{
	struct world *w = *state;
	const struct ward_act_policy_role p[] = {plays(w, IT, 5 * S), refuses(w, ENGINEER, 5 * S)};

	play(w, PORT, p, 2);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_string_equal(says_at(w, 0), "");
	assert_string_equal(says_at(w, 5 * S), ENGINEER);
	assert_int_equal(at(w), WARD_ACT_REFUSED);
	assert_string_equal(says_at(w, 50 * S), "");
}

/* Two are two roles, whoever plays them, also when another life goes on in between. */
static void t_two(void **state)
{
	struct world *w = *state;
	const struct ward_act_policy_role both[] = {plays(w, IT, 5 * S), plays(w, ENGINEER, 9 * S)};

	play(w, TWO, both, 2);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_string_equal(says_at(w, 0), "");
	assert_string_equal(says_at(w, 6 * S), IT);
	assert_int_equal(at(w), WARD_ACT_AGREED);
	assert_string_equal(says_at(w, 6 * S), "");
	life(w);
	assert_string_equal(says_at(w, 6 * S), "");  /* it counts anew */
	assert_string_equal(says_at(w, 11 * S), ""); /* who agreed is no second one */
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_DENIED);
	assert_string_equal(says_at(w, 15 * S), ENGINEER);
	assert_int_equal(at(w), WARD_ACT_READY);
}

/* A person is one of them, and another person of that role is not taken for the policy. */
static void t_beside_people(void **state)
{
	struct world *w = *state;
	const struct ward_act_policy_role both[] = {plays(w, IT, 5 * S), plays(w, ENGINEER, 9 * S)};

	play(w, TWO, both, 2);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_string_equal(says_at(w, 0), "");
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	assert_string_equal(says_at(w, 8 * S), "");
	assert_string_equal(says_at(w, 9 * S), ENGINEER);
	assert_int_equal(at(w), WARD_ACT_READY);
}

static void t_care(void **state)
{
	struct world *w = *state;
	const struct ward_act_policy_role p[] = {plays(w, IT, 5 * S), plays(w, DIRECTOR, 60 * S)};

	play(w, CARE, p, 2);
	assert_int_equal(propose(w, "net-medical", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_true(says(w->said.json, "\"clinical\":true"));
	assert_string_equal(says_at(w, 0), "");
	assert_string_equal(says_at(w, 30 * S), IT);
	assert_string_equal(says_at(w, 30 * S), "");
	assert_string_equal(says_at(w, 60 * S), DIRECTOR);
	assert_int_equal(at(w), WARD_ACT_ASKED);
	assert_string_equal(says_at(w, 60 * S), DIRECTOR); /* that no patient depends on it */
	assert_int_equal(at(w), WARD_ACT_READY);

	/* nobody who answers for patients is played: it waits for a person */
	play(w, CARE, p, 1);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_REFUSED));
	assert_int_equal(propose(w, "net-medical", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_string_equal(says_at(w, 0), "");
	assert_string_equal(says_at(w, 30 * S), IT);
	assert_string_equal(says_at(w, 300 * S), "");
	assert_int_equal(at(w), WARD_ACT_AGREED);
	w->now += 31 * 60 * S;
	go(w);
	assert_int_equal(at(w), WARD_ACT_EXPIRED);
}

/* What is over is not approved any more, though nobody wrote yet that it is. */
static void t_late(void **state)
{
	struct world *w = *state;
	const struct ward_act_policy_role p[] = {plays(w, IT, 5 * S)};

	play(w, PORT, p, 1);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_string_equal(says_at(w, 0), "");
	w->now += 30 * 60 * S;
	assert_string_equal(says_at(w, 1800 * S), "");
	go(w);
	assert_int_equal(at(w), WARD_ACT_EXPIRED);
}

/* Of no system that has an address, whatever actuators.yml says of it; of none at all outside of an
 * exercise; and by no message. */
static void t_never_real(void **state)
{
	struct world *w = *state;
	const struct ward_act_policy_role p[] = {plays(w, IT, 0)};
	const struct ward_act_opts real = {.mem = ward_mem_heap(),
		.lim = &w->t.lim,
		.m = w->t.m,
		.table = &w->table,
		.policy = p,
		.n_policy = 1};
	struct ward_act *a = NULL;

	assert_int_equal(ward_act_new(&real, &a), WARD_ERR_DENIED);
	assert_null(a);
	play(w, LAB_TWINS, p, 1);
	assert_int_equal(
		propose(w, "ws-a0-office-1", "{\"ability\":\"real/port\"}"), WARD_ERR_DENIED);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"ability\":\"drill/port\"}"), WARD_OK);
	assert_string_equal(says_at(w, 0), "");
	assert_string_equal(says_at(w, 600 * S), "");
	assert_int_equal(at(w), WARD_ACT_PROPOSED);
	/* people may, with their code, as ever */
	struct ward_decision d = coded(w, WARD_DECISION_APPROVE, ANNA, IT);

	d.person = WARD_STR(WARD_DECISION_POLICY);
	assert_int_equal(decide(w, d, true), WARD_ERR_DENIED);
	assert_int_equal(decide(w, d, false), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	/* proposed while it was played, and not any more: what is shown is not what would be asked
	 */
	play(w, PORT, p, 1);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	use(w, LAB_TWINS);
	assert_string_equal(says_at(w, 0), "");
	assert_int_equal(at(w), WARD_ACT_PROPOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_approves, setup, teardown),
		cmocka_unit_test_setup_teardown(t_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(t_two, setup, teardown),
		cmocka_unit_test_setup_teardown(t_beside_people, setup, teardown),
		cmocka_unit_test_setup_teardown(t_care, setup, teardown),
		cmocka_unit_test_setup_teardown(t_late, setup, teardown),
		cmocka_unit_test_setup_teardown(t_never_real, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
