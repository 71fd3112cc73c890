/* Where something is, asked from both sides: is it in this place, and which places is it in. */
#include "model/within.h"

#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PLACES = 64 };

static bool has(const uint32_t *place, size_t n, uint32_t node)
{
	for (size_t i = 0; i < n; i++)
		if (place[i] == node)
			return true;
	return false;
}

/* Of each thing of the pilot and each place: both say the same, each place once, and what is in
 * none is nowhere. */
static void both_sides_agree(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_model *m = NULL;
	uint32_t place[PLACES];
	char dir[512], content[512];
	size_t n_in = 0, most = 0;

	(void)state;
	assert_non_null(root);
	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_model_load(dir, content, &lim, ward_mem_heap(), &diag, &m), WARD_OK);
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		size_t n = ward_model_places_of(m, i, place, PLACES), is_in = 0;

		assert_true(n < PLACES);
		assert_true(n || !ward_model_placed(m, i));
		for (uint32_t k = 0; k < ward_model_n(m); k++) {
			bool in = ward_model_node(m, k)->kind <= WARD_NODE_NETWORK &&
				  ward_model_within(m, &k, 1, i);

			assert_int_equal(in, has(place, n, k));
			is_in += in;
		}
		assert_int_equal(is_in, n);
		n_in += n;
		most = n > most ? n : most;
	}
	assert_true(n_in > 3 * ward_model_n(m) && most > 5);
	assert_int_equal(ward_model_places_of(m, WARD_NONE, place, PLACES), 0);
	ward_model_free(m);
	ward_diag_fini(&diag);
}

/* A service is in the rooms that host it; of more places than asked for there are as many as that,
 * the nearest first. */
static void as_many_as_asked_for(void **state)
{
	struct lab l;
	uint32_t place[PLACES];

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "x.yml", ""), WARD_OK);
	size_t n = ward_model_places_of(l.m, lab_node(&l, "surgery"), place, PLACES);

	assert_true(n >= 4);
	assert_int_equal(place[0], lab_node(&l, "or-1"));
	assert_true(has(place, n, lab_node(&l, "f")) && has(place, n, lab_node(&l, "z-in")));
	assert_int_equal(ward_model_places_of(l.m, lab_node(&l, "surgery"), place, 1), 1);
	assert_int_equal(place[0], lab_node(&l, "or-1"));
	lab_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_agree),
		cmocka_unit_test(as_many_as_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
