#include "lab_incident.h"

#define T(name) cmocka_unit_test(name)

enum { SOC, DESK };

static void wait_min(struct lab *l, unsigned minutes)
{
	l->now += minutes * 60 * WARD_NS_PER_S;
	lab_settle(l);
}

/* Of a recipient that is not reached the others are told, and when it is again; once each. */
static void test_not_reached(void **state)
{
	struct lab *l = lab_new(2);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "cyber", NULL};

	(void)state;
	l->listener[DESK].level = 4; /* it is not told of the incident */
	l->bad_of = 1u << SOC;
	l->bad = (struct ward_outcome){.what = WARD_SENT_FAILED, .status = 503};
	lab_life(l);
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	wait_min(l, 9);
	assert_int_equal(l->n_got, 1);
	wait_min(l, 2);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "\"subject\":\"Recipient 'soc' is not reached since 03:40: see that");
	assert_says(l, 1, "\"recipients\":[{\"recipient\":\"soc\",\"reached\":false,\"since\":");
	assert_int_equal(lab_rows(l, "\"not_reached\":[\"soc\"]"), 1);
	lab_life(l);
	for (size_t i = 0; i < 30; i++)
		wait_min(l, 10);
	assert_int_equal(l->n_got, 2);
	l->bad_of = 0;
	wait_min(l, 20);
	wait_min(l, 20);
	assert_int_equal(l->n_got, 3);
	assert_says(l, 2, "\"subject\":\"Recipient 'soc' is reached again\"");
	/* refused is at once */
	l->bad_of = 1u << SOC;
	l->bad = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 401};
	in.id = 2;
	lab_incident(l, &in);
	wait_min(l, 2);
	assert_int_equal(l->n_got, 5);
	assert_says(l, 4, "is not reached since");
	lab_free(l);
}

static void weekly(struct lab *l)
{
	/* Thursday, 03:50 of Rome's wall clock; it is 03:40 */
	l->listener[SOC].test = 3 * 24 * 60 + 3 * 60 + 50 + 1;
	lab_life(l);
	wait_min(l, 9);
	assert_int_equal(l->n_got, 0);
	for (size_t h = 0; h < 8 * 24; h++)
		wait_min(l, 60);
}

/* At its hour, each week; killed after each step it is the same message. */
static void test_weekly(void **state)
{
	struct lab *whole = lab_new(1);

	(void)state;
	weekly(whole);
	assert_int_equal(whole->n_got, 2);
	assert_says(whole, 0, "\"schema\":\"ward.test/1\"");
	assert_says(whole, 0, "\"test\":true");
	assert_says(whole, 0, "TEST: Ward reaches you; there is nothing to do");
	assert_int_equal(lab_rows(whole, "\"test\":true"), 2);
	for (size_t at = 1; at < whole->step; at++) {
		struct lab *l = lab_new(1);

		l->kill_at = at;
		weekly(l);
		assert_int_equal(l->n_got, 2);
		assert_int_equal(l->n_row, whole->n_row);
		lab_free(l);
	}
	lab_free(whole);
}

/* A test that fails tells the others. */
static void test_weekly_fails(void **state)
{
	struct lab *l = lab_new(2);

	(void)state;
	l->listener[SOC].test = 3 * 24 * 60 + 3 * 60 + 50 + 1;
	l->bad_of = 1u << SOC;
	l->bad = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 404};
	lab_life(l);
	wait_min(l, 11);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "Recipient 'soc' is not reached since");
	lab_free(l);
}

/* Signs of life are no rows, but one for each day. */
static void test_heartbeat(void **state)
{
	const struct ward_outcome delivered = {.what = WARD_SENT_DELIVERED},
				  failed = {.what = WARD_SENT_FAILED};
	struct lab *l = lab_new(1);
	struct ward_id id, last = {{0}};
	struct ward_str body;
	size_t n = 0;

	(void)state;
	l->listener[SOC].heartbeat = 300 * WARD_NS_PER_S;
	lab_life(l);
	for (size_t minutes = 0; minutes < 24 * 60; minutes++, wait_min(l, 1)) {
		if (!ward_respond_beat(l->r, SOC, l->now, &id, &body))
			continue;
		n++;
		assert_false(ward_id_eq(id, last));
		last = id;
		assert_true(ward_str_find(body, WARD_STR("\"schema\":\"ward.heartbeat/1\"")) !=
			    SIZE_MAX);
		assert_true(ward_respond_beat_said(l->r, SOC, id, n % 100 ? &delivered : &failed));
		assert_false(ward_respond_beat(l->r, SOC, l->now, &id, &body));
	}
	assert_int_equal(n, 288);
	assert_int_equal(l->n_got, 0);
	assert_int_equal(l->n_row, 1); /* it is 03:40 of the next day */
	assert_int_equal(lab_rows(l, "\"kind\":\"heartbeats\",\"recipient\":\"soc\",\"day\":"
				     "\"2026-03-12T00:00:00Z\",\"sent\":256,\"failed\":2"),
		1);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_not_reached), T(test_weekly), T(test_weekly_fails), T(test_heartbeat)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
