/* One badge at two doors: told when the walk between them takes longer than was taken. */
#include "../walk_lab.h"
#include "door_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The house to walk through: from d-store it takes 12.5 s to d-lab and 23.5 s to d-far. */
static struct house *house(void)
{
	struct house *h = house_new(NULL);

	ward_doors_free(h->doors);
	h->doors = NULL;
	ward_model_free(h->lab.m);
	h->lab.m = NULL;
	assert_int_equal(
		walk_lab_with("none.txt", "", ward_mem_heap(), &h->lab.d, &h->lab.m), WARD_OK);
	house_again(h);
	return h;
}

static void badge(struct house *h, int64_t ms, const char *door, const char *badge)
{
	char said[64], ward[64];

	(void)snprintf(said, sizeof(said), "door=%s", door);
	(void)snprintf(ward, sizeof(ward), "ward.door=%s", door);
	tell(h, ms, "door.granted", said, ward, badge, NULL);
}

/* The readers' clocks may be 2 s off each: 4 s are given. */
static void t_too_soon(void **state)
{
	static const struct {
		const char *from, *to;
		int64_t ms;
		bool told;
	} row[] = {{"d-store", "d-far", 19000, true}, {"d-store", "d-far", 20000, false},
		{"d-store", "d-lab", 8000, true}, {"d-store", "d-lab", 9000, false},
		{"d-store", "d-store", 0, false}, {"d-store", "d-s0", 0, false},
		{"d-exit", "d-lab", 0, false}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct house *h = house();
		char expected[128];

		badge(h, 0, row[i].from, "badge=p-one");
		badge(h, row[i].ms, row[i].to, "badge=p-one");
		badge(h, row[i].ms, row[i].to, "badge=p-two");
		tick(h, INT64_MAX);
		(void)snprintf(expected, sizeof(expected), "badge.two_places %s %lld.000  [1 2]",
			row[i].to, (long long)(row[i].ms / 1000));
		said(h, row[i].told ? expected : NULL, NULL);
		house_free(h);
	}
}

/* In whatever order they come; once, however often it goes to and fro; and again when the badge was
 * not used for a while. */
static void t_once(void **state)
{
	struct house *h = house();

	(void)state;
	(void)tell_at(h, 5000, 5000, "door.granted", "door=d-far", "ward.door=d-far", "badge=p-one",
		NULL);
	(void)tell_at(h, 0, 5000, "door.granted", "door=d-store", "ward.door=d-store",
		"badge=p-one", NULL);
	for (int64_t t = 10000; t < 100000; t += 5000)
		badge(h, t, t % 10000 ? "d-far" : "d-store", "badge=p-one");
	tick(h, INT64_MAX);
	said(h, "badge.two_places d-far 5.000  [1 2]", NULL);
	badge(h, 2000000, "d-store", "badge=p-one");
	badge(h, 2001000, "d-far", "badge=p-one");
	tick(h, INT64_MAX);
	said(h, "badge.two_places d-far 2001.000  [21 22]", NULL);
	house_free(h);
}

/* A copy that never rests is told of every twenty minutes. */
static void t_constant(void **state)
{
	struct house *h = house();

	(void)state;
	for (int64_t t = 0; t < 3600000; t += 5000)
		badge(h, t, t % 10000 ? "d-far" : "d-store", "badge=p-one");
	tick(h, INT64_MAX);
	said(h, "badge.two_places d-far 5.000  [1 2]",
		"badge.two_places d-store 1210.000  [242 243]",
		"badge.two_places d-far 2415.000  [483 484]", NULL);
	house_free(h);
}

/* A refused badge, one without a number, a time that is not believed, a door that the model does
 * not have: nothing can be said. */
static void t_not_judged(void **state)
{
	struct house *h = house();

	(void)state;
	badge(h, 0, "d-store", "badge=p-one");
	tell(h, 1000, "door.denied", "door=d-far", "ward.door=d-far", "badge=p-one", NULL);
	tell(h, 1000, "door.granted", "door=d-far", "badge=p-one", NULL);
	badge(h, 1000, "d-far", "badge=");
	badge(h, 1000, "d-nowhere", "badge=p-one");
	badge(h, 2000, "d-far", "badge=p-one-whose-name-is-longer-than-forty-bytes");
	badge(h, 3000, "d-store", "badge=p-one-whose-name-is-longer-than-forty-bytes");
	tick(h, INT64_MAX);
	said(h, NULL);
	house_free(h);
}

/* Badges that were not used lately make room; who invents more than there is room for is counted.
 */
static void t_bounds(void **state)
{
	struct house *h = house();
	char name[40];

	(void)state;
	assert_int_equal(ward_limits_set(&h->lab.lim, WARD_STR("door.badges"), 16), WARD_OK);
	house_again(h);
	for (int64_t i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "badge=p-%lld", (long long)i);
		badge(h, i * 100000, "d-store", name);
	}
	tick(h, INT64_MAX);
	assert_int_equal(ward_doors_stats(h->doors).n_unplaced, 0);
	for (int64_t i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "badge=q-%lld", (long long)i);
		badge(h, 200000000 + i, "d-store", name);
	}
	tick(h, INT64_MAX);
	assert_int_equal(ward_doors_stats(h->doors).n_unplaced, 100 - 16);
	said(h, NULL);
	house_free(h);
}

/* The full table is looked through once in ten seconds, not for each invented badge. */
static void t_looked_through(void **state)
{
	static const struct {
		int64_t ms;
		uint64_t unplaced;
	} late[] = {{1195000, 1}, {1201000, 2}, {1206000, 2}};
	struct house *h = house();
	char name[40];

	(void)state;
	assert_int_equal(ward_limits_set(&h->lab.lim, WARD_STR("door.badges"), 16), WARD_OK);
	house_again(h);
	for (int64_t i = 0; i < 16; i++) {
		(void)snprintf(name, sizeof(name), "badge=p-%lld", (long long)i);
		badge(h, 0, "d-store", name);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(late); i++) {
		(void)snprintf(name, sizeof(name), "badge=q-%zu", i);
		badge(h, late[i].ms, "d-store", name);
		tick(h, late[i].ms + 12000);
		assert_int_equal(ward_doors_stats(h->doors).n_unplaced, late[i].unplaced);
	}
	/* The one that found a place is followed. */
	badge(h, 1209000, "d-far", "badge=q-2");
	tick(h, INT64_MAX);
	assert_int_equal(h->n_said, 1);
	house_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_too_soon),
		cmocka_unit_test(t_once),
		cmocka_unit_test(t_constant),
		cmocka_unit_test(t_not_judged),
		cmocka_unit_test(t_bounds),
		cmocka_unit_test(t_looked_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
