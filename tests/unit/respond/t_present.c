#include "lab_incident.h"

#define T(name) cmocka_unit_test(name)

enum { SOC, GUARD, OFFICER };
enum { VOID = 99 }; /* of a decision that was not taken */

static const struct ward_str guard_role = {"security-guard", 14},
			     officer_role = {"security-officer", 16};
static const struct ward_respond_post room = {{"guard-room", 10}, &guard_role, 1};

/* The SOC is told; the guard is asked, then the officer. Guards man a post. */
static struct lab *fresh(void)
{
	struct lab *l = lab_new(3);

	l->listener[GUARD].id = WARD_STR("guard");
	l->listener[GUARD].role = &guard_role;
	l->listener[OFFICER].id = WARD_STR("officer");
	l->listener[OFFICER].role = &officer_role;
	l->listener[OFFICER].person = WARD_STR("bea");
	l->listener[GUARD].n_role = l->listener[OFFICER].n_role = 1;
	l->listener[GUARD].acknowledge = 300 * WARD_NS_PER_S;
	l->listener[OFFICER].acknowledge = 300 * WARD_NS_PER_S;
	l->listener[OFFICER].after = 1u << GUARD;
	l->post = &room;
	l->n_post = 1;
	lab_life(l);
	l->remembers = true;
	return l;
}

static void wait_min(struct lab *l, unsigned minutes)
{
	l->now += minutes * 60 * WARD_NS_PER_S;
	lab_settle(l);
}

static size_t last_to(const struct lab *l, size_t k)
{
	for (size_t i = l->n_got; i-- > 0;)
		if (l->got[i].listener == k)
			return i;
	return SIZE_MAX;
}

static size_t n_to(const struct lab *l, size_t k)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_got; i++)
		n += l->got[i].listener == k;
	return n;
}

static void give(struct lab *l, unsigned revision, const char *state)
{
	struct lab_incident in = {1, revision, 30, 1, "high", state, "physical", NULL};

	lab_incident(l, &in);
	lab_settle(l);
}

#define INCIDENT "00000001-0000-8000-8000-000000000000"

static void take(struct lab *l, const char *role, unsigned id)
{
	const struct ward_decision of = {.kind = WARD_DECISION_ACKNOWLEDGE,
		.id = {{(uint8_t)id, 9}},
		.at = l->now,
		.person = WARD_STR("ann"),
		.role = ward_str_z(role),
		.subject = WARD_STR(INCIDENT)};
	struct ward_delivery d;
	const char *why;

	assert_int_equal(ward_respond_acknowledge(l->r, &of, SIZE_MAX, &d, &why), WARD_OK);
	lab_add(l, &d, d.json);
	lab_settle(l);
}

/* As the brain tells of it. */
static void decided(struct lab *l, unsigned id, const char *what, const char *subject,
	const char *person, const char *more)
{
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"c0000000-0000-8000-8000-%012u\",\"what\":\"%s\","
		"\"subject\":\"%s\",\"person\":\"%s\",\"role\":\"security-guard\",\"taken\":%s%s}",
		id, what, subject, person, id == VOID ? "false" : "true", more);
	assert_int_equal(ward_respond_decision(l->r, ward_str_z(json)), WARD_OK);
	lab_settle(l);
}

#define HAND_OVER "c0000000-0000-8000-8000-000000000002"

/* Who handed over and is relieved in time is missed by nobody; who is not, is asked after. */
static void test_watch_ends(void **state)
{
	struct lab *l = fresh();

	(void)state;
	decided(l, 1, "take-over", "guard-room", "ann", "");
	give(l, 1, "suspected");
	take(l, "security-guard", 1);
	size_t before = l->n_got;

	decided(l, 2, "hand-over", "guard-room", "bob", ""); /* who does not man it */
	decided(l, 2, "hand-over", "guard-room", "ann", "");
	wait_min(l, 9);
	decided(l, 3, "take-over", "guard-room", "bob", ""); /* it waits for who accepts */
	decided(l, 3, "take-over", HAND_OVER, "bob", "");
	wait_min(l, 30);
	assert_int_equal(l->n_got, before);
	decided(l, 2, "hand-over", "guard-room", "bob", "");
	wait_min(l, 9);
	lab_life(l); /* a new life knows that nobody is there, and waits anew */
	lab_settle(l);
	wait_min(l, 9);
	assert_int_equal(l->n_got, before);
	wait_min(l, 1);
	assert_int_equal(lab_rows(l, "\"kind\":\"left\""), 1);
	assert_says(l, last_to(l, SOC), "Who took it is not there any more: HIGH");
	assert_says(l, last_to(l, SOC), "\"change\":\"left\"");
	assert_says(l, last_to(l, GUARD), "Acknowledge it before ");
	assert_int_equal(n_to(l, OFFICER), 0);
	wait_min(l, 5); /* as if nobody had answered */
	assert_says(l, last_to(l, OFFICER), "Nobody acknowledged it");
	take(l, "security-officer", 2);
	assert_says(l, last_to(l, SOC), "Somebody takes it");
	assert_says(l, last_to(l, GUARD), "\"change\":\"withdrawn\"");
	size_t n = l->n_got;

	for (size_t i = 0; i < 20; i++)
		wait_min(l, 15);
	assert_int_equal(l->n_got, n);
	assert_int_equal(lab_rows(l, "\"kind\":\"left\""), 1);
	lab_free(l);
}

/* All recipients that have the role went off duty. */
static void test_duty_ends(void **state)
{
	struct lab *l = fresh();

	(void)state;
	give(l, 1, "suspected");
	take(l, "security-officer", 1);
	l->off_duty = 1u << OFFICER;
	wait_min(l, 0);
	wait_min(l, 10);
	assert_says(l, last_to(l, GUARD), "Who took it is not there any more");
	give(l, 2, "closed");
	assert_says(l, last_to(l, SOC), "Over");
	lab_free(l);
}

/* Handed to a role, to somebody else, taken; to a person, who need not be on duty. */
static void test_assigned(void **state)
{
	struct lab *l = fresh();
	size_t n;

	(void)state;
	give(l, 1, "suspected");
	decided(l, 1, "assign", INCIDENT, "ann", ",\"args\":{\"to\":\"security-guard\"}");
	assert_says(l, last_to(l, GUARD), "You are asked to see to an incident, security-guard: ");
	assert_says(l, last_to(l, GUARD), "incident " INCIDENT);
	assert_says(l, last_to(l, GUARD), "\"assigned\":\"c0000000-");
	assert_int_equal(n_to(l, OFFICER), 0);
	l->off_duty = 1u << OFFICER;
	decided(l, 2, "assign", INCIDENT, "ann",
		",\"text\":\"it is your badge\",\"args\":{\"to\":\"bea\"}");
	assert_says(l, last_to(l, GUARD), "You need not see to it any more");
	assert_says(l, last_to(l, OFFICER), "see to an incident, bea: it is your badge");
	take(l, "security-officer", 3);
	assert_says(l, last_to(l, OFFICER), "Somebody takes it, bea: it is your badge");
	n = l->n_got;
	decided(l, VOID, "assign", INCIDENT, "ann", ",\"args\":{\"to\":\"security-guard\"}");
	decided(l, 4, "assign", "turin", "ann", ",\"args\":{\"to\":\"security-guard\"}");
	assert_int_equal(l->n_got, n);
	decided(l, 5, "assign", INCIDENT, "ann", ",\"args\":{\"to\":\"security-guard\"}");
	assert_int_equal(l->n_got, n + 1);
	give(l, 2, "closed");
	wait_min(l, 2); /* there were many messages */
	assert_says(l, last_to(l, GUARD), "You need not see to it any more");
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_watch_ends), T(test_duty_ends), T(test_assigned)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
