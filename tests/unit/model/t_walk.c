#include "lab.h"
#include "walk_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ward_diag diag;

static struct ward_model *house(void)
{
	struct ward_model *m = NULL;

	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(walk_lab_with("none.txt", "", ward_mem_heap(), &diag, &m), WARD_OK);
	return m;
}

/* Hand-worked: 12 m of corridor 3 s, 4 m of room 1 s, a door 0.5 s, a floor of stairs 3 s, the lift
 * 5 s and 1.5 s a floor. */
static void t_ways(void **state)
{
	static const struct {
		const char *from, *to;
		int64_t ms; /* -1: none */
		uint32_t rooms;
	} row[] = {
		{"d-store", "d-store", 0, 0}, {"d-store", "d-s0", 3000, 1}, {"store", "c0", 500, 0},
		{"d-store", "d-lab", 3000 + 500 + 1000 + 3000 + 500 + 1000 + 500 + 3000, 4},
		{"d-lab", "d-store", 12500, 4},
		{"d-store", "d-lab5", 3000 + 500 + 1000 + 5000 + 5 * 1500 + 1000 + 500 + 3000, 4},
		{"d-store", "d-far", 3000 + 500 + 20000, 2},
		/* A door is on the floor that it leads to. */
		{"d-lab", "d-exit", 1000 + 3000, 1}, {"d-lab", "yard", 4000 + 500, 1},
		{"d-exit", "d-lab", -1, 0}, {"d-store", "island", -1, 0},
		{"d-store", "lo", -1, 0}, /* no lift goes to another house */
	};
	struct ward_model *m = house();
	struct ward_walk *w = NULL;

	(void)state;
	assert_int_equal(ward_walk_new(m, ward_mem_heap(), &w), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		int64_t ms = -1;
		uint32_t rooms = 0;
		bool found = ward_walk_ms(w, ward_model_find(m, ward_str_z(row[i].from)),
			ward_model_find(m, ward_str_z(row[i].to)), &ms, &rooms);

		if (found != (row[i].ms >= 0) || ms != row[i].ms || rooms != row[i].rooms)
			fail_msg("%s to %s: %lld ms, %u rooms", row[i].from, row[i].to,
				(long long)ms, rooms);
	}
	ward_walk_free(w);
	ward_model_free(m);
	ward_diag_fini(&diag);
}

/* In the pilot: shortest ways keep the triangle's inequality from each place to each by a third. */
static void t_pilot(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_limits lim;
	struct ward_model *m = NULL;
	struct ward_walk *w = NULL;
	char dir[512], content[512];
	int64_t longest = 0;

	(void)state;
	assert_non_null(root);
	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_model_load(dir, content, &lim, ward_mem_heap(), &diag, &m), WARD_OK);
	assert_int_equal(ward_walk_new(m, ward_mem_heap(), &w), WARD_OK);
	uint32_t third = ward_model_find(m, WARD_STR("a0-corridor-public"));

	for (uint32_t i = 0; i < ward_model_n(m); i += 7)
		for (uint32_t k = 0; k < ward_model_n(m); k += 11) {
			int64_t whole, to, from;

			if (ward_model_node(m, i)->kind != WARD_NODE_DOOR ||
				ward_model_node(m, k)->kind != WARD_NODE_DOOR ||
				!ward_walk_ms(w, i, k, &whole, NULL))
				continue;
			longest = whole > longest ? whole : longest;
			if (ward_walk_ms(w, i, third, &to, NULL) &&
				ward_walk_ms(w, third, k, &from, NULL))
				assert_true(whole <= to + from + 3000);
		}
	print_message("the longest way takes %lld s at a run\n", (long long)longest / 1000);
	assert_true(longest > 20000 && longest < 600000);
	ward_walk_free(w);
	ward_model_free(m);
	ward_diag_fini(&diag);
}

static void t_origins(void **state)
{
	static const struct {
		const char *ip, *id;
	} of[] = {{"192.0.2.7", "turin"}, {"198.51.100.9", "turin"}, {"198.51.100.200", "vpn"},
		{"2001:db8::1", "sydney"}, {"10.0.0.1", NULL}, {"x", NULL}};
	static const struct {
		const char *a, *b;
		int64_t low, high;
	} km[] = {{"turin", "turin", 0, 0},
		/* 270 km over the earth: the chord is the same to the kilometre. */
		{"turin", "marseille", 269, 271},
		/* 16,679 km over the earth, 12,308 through it. */
		{"turin", "sydney", 12307, 12309}};
	struct ward_model *m = house();

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		const struct ward_origin *o = ward_model_origin_of(m, ward_str_z(of[i].ip));

		assert_true(of[i].id ? o && ward_str_eqz(o->id, of[i].id) : !o);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(km); i++) {
		int64_t d = ward_origin_km(ward_model_origin(m, ward_str_z(km[i].a)),
			ward_model_origin(m, ward_str_z(km[i].b)));

		if (d < km[i].low || d > km[i].high)
			fail_msg("%s to %s: %lld km", km[i].a, km[i].b, (long long)d);
	}
	struct ward_origin pole[] = {{.lat_micro = 90000000}, {.lat_micro = -90000000},
		{.lon_micro = 180000000}, {.lon_micro = -180000000}, {.lon_micro = 0}};

	assert_in_range(ward_origin_km(&pole[0], &pole[1]), 12740, 12742);
	assert_in_range(ward_origin_km(&pole[2], &pole[4]), 12740, 12742);
	assert_int_equal(ward_origin_km(&pole[2], &pole[3]), 0);
	assert_false(ward_model_origin(m, WARD_STR("vpn"))->placed);
	assert_null(ward_model_origin(m, WARD_STR("rome")));
	assert_string_equal(ward_model_hospital(m)->staff_agreement.p, "Agreement of 2 March");
	ward_model_free(m);
	ward_diag_fini(&diag);
}

static void t_mistakes(void **state)
{
	static const struct {
		const char *text, *says;
		uint32_t line;
	} row[] = {
		{"id,name,cidr,latitude,longitude\no,O,192.0.3.0/24,91,0\n", "are no place", 2},
		{"id,name,cidr,latitude,longitude\no,O,192.0.3.0/24,1,181\n", "are no place", 2},
		{"id,name,cidr,latitude,longitude\no,O,192.0.3.0/24,45,\n", "are no place", 2},
		{"id,name,cidr,latitude,longitude\no,O,192.0.3.0/24,4.1234567,1\n", "are no place",
			2},
		{"id,name,cidr,latitude,longitude\no,O,192.0.3.0/24,-,1\n", "are no place", 2},
		{"id,name,cidr\no,O,192.0.2.0/24\n", "twice: 'turin' has it", 2},
		{"id,name,cidr\no,O,192.0.2.1/24\n", "bits set after its prefix", 2},
		{"id,name,cidr\no,O,Turin\n", "is no network", 2},
		{"id,name,cidr\no,O,\n", "has no networks", 2},
		{"id,name,cidr\nstore,O,192.0.3.0/24\n", "store", 2},
		{"id,name,cidr,where\no,O,192.0.3.0/24,x\n", "where", 0},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_model *m = NULL;

		ward_diag_init(&diag, ward_mem_heap());
		enum ward_err err =
			walk_lab_with("origins.csv", row[i].text, ward_mem_heap(), &diag, &m);

		assert_int_equal(err, WARD_ERR_CONFIG);
		size_t k = 0;

		assert_int_equal(diag.n_error, 1);
		while (diag.item[k].level != WARD_DIAG_ERROR)
			k++;
		if (ward_str_find(diag.item[k].what, ward_str_z(row[i].says)) == SIZE_MAX ||
			diag.item[k].line != row[i].line)
			fail_msg("%s: %u: %.*s", row[i].text, diag.item[k].line,
				WARD_STR_ARG(diag.item[k].what));
		ward_model_free(m);
		ward_diag_fini(&diag);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_ways), cmocka_unit_test(t_pilot),
		cmocka_unit_test(t_origins), cmocka_unit_test(t_mistakes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
