/* The way that an incident took: signs become steps in the order of time, in lanes. */
#include "../model/lab.h"
#include "plan/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct lab l;

static struct ward_trail_sign on(
	const char *node, const char *address, const char *title, ward_ns at)
{
	return (struct ward_trail_sign){.node = *node ? lab_node(&l, node) : WARD_NONE,
		.address = ward_str_z(address),
		.title = ward_str_z(title),
		.level = 2,
		.at = at};
}

static struct ward_trail make(struct ward_arena *a, const struct ward_trail_sign *sign, size_t n)
{
	struct ward_trail t;

	ward_arena_init(a, ward_mem_heap(), 1 << 22);
	assert_int_equal(ward_trail_make(sign, n, l.m, a, &t), WARD_OK);
	for (size_t i = 0; i < t.n_step; i++) { /* to the right, in its lane, on the page */
		const struct ward_trail_step *s = &t.step[i];
		const struct ward_trail_lane *in = &t.lane[s->lane];

		assert_int_equal(in->network, s->network);
		assert_true(!i || s->x >= t.step[i - 1].x + WARD_TRAIL_WIDE);
		assert_true(!i || s->at >= t.step[i - 1].at);
		assert_true(s->y >= in->y && s->y + WARD_TRAIL_HIGH <= in->y + in->high);
		assert_true(s->x + WARD_TRAIL_WIDE <= t.width && in->y + in->high <= t.height);
	}
	return t;
}

/* Through a door into a room, a device that nobody knows, the plant, and what came of it. */
static void door_to_plant(void **state)
{
	const struct ward_trail_sign sign[] = {
		on("ahu-1", "", "Commanded", 40),
		on("n-bms", "02:77:19:c3:5a:0e", "Unknown device", 30),
		on("d-1", "", "Forced", 10),
		on("hall", "", "Opened", 20),
		on("n-bms", "", "Asked for", 35),
		on("ahu-1", "", "Read out", 38),
		on("or-1", "", "Too warm", 50),
	};
	struct ward_arena a;
	struct ward_trail t = make(&a, sign, WARD_ARRAY_LEN(sign));

	(void)state;
	assert_int_equal(t.n_step, 5);
	assert_int_equal(t.step[0].node, lab_node(&l, "d-1"));
	assert_int_equal(t.step[1].node, lab_node(&l, "hall"));
	assert_int_equal(t.step[2].node, WARD_NONE);
	assert_true(ward_str_eqz(t.step[2].address, "02:77:19:c3:5a:0e"));
	assert_int_equal(t.step[2].network, lab_node(&l, "n-bms"));
	assert_int_equal(t.step[3].node, lab_node(&l, "ahu-1"));
	assert_true(ward_str_eqz(t.step[3].title, "Read out"));
	assert_int_equal(t.step[4].node, lab_node(&l, "or-1"));
	assert_int_equal(t.n_lane, 2);
	assert_int_equal(t.lane[0].network, WARD_NONE);
	assert_int_equal(t.lane[1].n_other, 0); /* ahu-1 is all that is on it */
	ward_arena_fini(&a);
}

/* An address that the model knows is the host itself; one that it does not lies in its network. */
static void addresses(void **state)
{
	const struct ward_trail_sign sign[] = {
		on("n-bms", "10.1.0.5", "Scans", 1),
		on("", "10.1.2.99", "Answers", 2),
		on("", "192.0.2.1", "Far away", 3),
		on("ahu-2", "10.1.0.5", "Written to", 4), /* it is on the thing, by whom it says */
		on("", "", "Nothing", 5),
	};
	struct ward_arena a;
	struct ward_trail t = make(&a, sign, WARD_ARRAY_LEN(sign));

	(void)state;
	assert_int_equal(t.n_step, 4);
	assert_int_equal(t.step[0].node, lab_node(&l, "ahu-1"));
	assert_int_equal(t.step[1].network, lab_node(&l, "n-deep"));
	assert_int_equal(t.step[2].network, WARD_NONE);
	assert_int_equal(t.step[3].node, lab_node(&l, "ahu-2"));
	ward_arena_fini(&a);
}

/* The same sign on one thing after the other of a place or network is one step with all of them. */
static void the_same_next_to_each_other(void **state)
{
	const struct ward_trail_sign sign[] = {
		on("hall", "", "Too warm", 1),
		on("or-1", "", "Too warm", 2),
		on("yard", "", "Too warm", 2),
		on("or-1", "", "Smoke", 3),
		on("ahu-1", "", "Too warm", 4),
	};
	struct ward_arena a;
	struct ward_trail t = make(&a, sign, WARD_ARRAY_LEN(sign));

	(void)state;
	assert_int_equal(t.n_step, 2);
	assert_int_equal(t.step[0].n_also, 2);
	ward_arena_fini(&a);
}

static void too_many(void **state)
{
	enum { N = 3 * WARD_TRAIL_STEPS };
	static char address[N][32];
	static struct ward_trail_sign sign[N];
	struct ward_arena a;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		(void)snprintf(address[i], sizeof(address[i]), "10.1.7.%zu", i);
		sign[i] = on("n-bms", address[i], "Scans", (ward_ns)i);
	}
	struct ward_trail t = make(&a, sign, N);

	assert_int_equal(t.n_step, WARD_TRAIL_STEPS);
	assert_int_equal(t.n_left, N - WARD_TRAIL_STEPS);
	ward_arena_fini(&a);
}

static void no_memory(void **state)
{
	const struct ward_trail_sign sign[] = {
		on("hall", "", "Too warm", 1), on("or-1", "", "Too warm", 2)};
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t n = 0; n < 100 && err; n++) {
		struct ward_mem_failing f;
		struct ward_arena a;
		struct ward_trail t;

		ward_mem_failing_init(&f, n);
		ward_arena_init(&a, &f.mem, 1 << 22);
		err = ward_trail_make(sign, WARD_ARRAY_LEN(sign), l.m, &a, &t);
		ward_arena_fini(&a);
	}
	assert_int_equal(err, WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(door_to_plant),
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_same_next_to_each_other),
		cmocka_unit_test(too_many),
		cmocka_unit_test(no_memory),
	};

	if (lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") != WARD_OK)
		return 1;
	int code = cmocka_run_group_tests(tests, NULL, NULL);

	lab_free(&l);
	return code;
}
