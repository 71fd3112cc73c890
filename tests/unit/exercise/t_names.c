#include "exercise/names.h"

#include "sense/bacnet/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* The player's numbers and the sensor's names are of one standard, written down twice. */
static void agree(enum ward_bacnet_list list, const struct ward_bacnet_word *word, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *name = ward_bacnet_name(list, word[i].number);

		assert_non_null(name);
		assert_string_equal(name, word[i].name);
	}
}

static void numbers(void **state)
{
	size_t n;
	const struct ward_bacnet_word *word = ward_bacnet_object_words(&n);
	uint32_t v = 0;

	(void)state;
	agree(WARD_BACNET_NAMES_OBJECT_TYPE, word, n);
	word = ward_bacnet_property_words(&n);
	agree(WARD_BACNET_NAMES_PROPERTY, word, n);
	assert_true(ward_bacnet_property_number(WARD_STR("priority-array"), &v));
	assert_int_equal(v, WARD_BACNET_PRIORITY_ARRAY);
	assert_false(ward_bacnet_property_number(WARD_STR(""), &v));
	assert_false(ward_bacnet_object_number(WARD_STR("Device"), &v));
}

static void classes(void **state)
{
	(void)state;
	assert_true(ward_exercise_device_class(WARD_STR("door.forced")));
	assert_false(ward_exercise_device_class(WARD_STR("net.arp")));
	assert_false(ward_exercise_device_class(WARD_STR("door.melted")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(classes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
