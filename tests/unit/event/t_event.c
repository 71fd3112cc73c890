#include "ev.h"

static void test_set_get(void **state)
{
	struct ev t;
	struct ward_event e, copy;
	char name[16];

	(void)state;
	ev_init(&t);
	ward_event_init(&e, &t.arena);
	for (int i = 0; i < 4096; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(ward_event_set(&e, ward_name(&t.names, ward_str_z(name)),
					 ward_value_int(i)),
			WARD_OK);
	}
	assert_int_equal(
		ward_event_set(&e, WARD_FIELD_DOOR, ward_value_bool(true)), WARD_ERR_LIMIT);
	assert_int_equal(e.n_field, 4096);
	assert_int_equal(ward_event_set(&e, ward_name(&t.names, WARD_STR("n7")),
				 ward_value_str(WARD_STR("seven"))),
		WARD_OK);
	assert_int_equal(e.n_field, 4096);
	assert_int_equal(ward_event_copy(&e, &t.arena, &copy), WARD_OK);
	assert_true(
		ward_str_eqz(ward_event_str(&copy, ward_name(&t.names, WARD_STR("n7"))), "seven"));
	assert_null(ward_event_get(&e, WARD_FIELD_DOOR));
	ev_fini(&t);
}

static void test_names(void **state)
{
	struct ev t;
	char longer[600];

	(void)state;
	ev_init(&t);
	for (uint32_t i = 0; i < WARD_FIELD_N; i++)
		assert_int_equal(ward_name(&t.names,
					 ward_str_z(ward_field_info((enum ward_field_id)i)->name)),
			i);
	memset(longer, 'x', sizeof(longer));
	assert_int_equal(ward_name(&t.names, (struct ward_str){longer, sizeof(longer)}),
		WARD_FIELD_WARD_OVERFLOW);
	assert_int_equal(t.names.n_overflow, 1);
	for (size_t i = 0; i < t.lim.v[WARD_LIMIT_EVENT_NAMES]; i++) {
		snprintf(longer, sizeof(longer), "n%zu", i);
		assert_int_equal(ward_name(&t.names, ward_str_z(longer)), WARD_FIELD_N + i);
	}
	assert_int_equal(ward_name(&t.names, WARD_STR("one too many")), WARD_FIELD_WARD_OVERFLOW);
	assert_int_equal(t.names.n_overflow, 2);
	t.names.round = UINT32_MAX;
	assert_int_equal(ward_names_once(&t.names, 3), WARD_OK);
	ward_names_round(&t.names);
	assert_int_equal(ward_names_once(&t.names, 3), WARD_OK);
	assert_int_equal(ward_names_once(&t.names, 3), WARD_ERR_DUPLICATE);
	ev_fini(&t);
}

static void test_id(void **state)
{
	struct ward_id a = ward_event_id(WARD_STR("s"), 1, 2, 3);

	(void)state;
	assert_true(ward_id_eq(a, ward_event_id(WARD_STR("s"), 1, 2, 3)));
	assert_false(ward_id_eq(a, ward_event_id(WARD_STR("s"), 1, 2, 4)));
	assert_false(ward_id_eq(a, ward_event_id(WARD_STR("t"), 1, 2, 3)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_get),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
