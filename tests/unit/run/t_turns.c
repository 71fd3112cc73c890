/* Two people and more ask for what is computed one after the other, one of whom asks without end.
 */
#include "run/turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct ward_id person(uint8_t n)
{
	return (struct ward_id){{n}};
}

/* The place whose turn it is, which begins and ends. */
static size_t turn(struct ward_turns *t)
{
	size_t i = SIZE_MAX;

	assert_true(ward_turns_next(t, &i));
	ward_turns_begin(t, i);
	ward_turns_end(t, i);
	return i;
}

static size_t put(struct ward_turns *t, uint8_t who)
{
	size_t i = SIZE_MAX;

	assert_int_equal(ward_turns_put(t, person(who), &i), WARD_OK);
	return i;
}

static void floods_nobody(void **state)
{
	struct ward_turns t = {.round = 0};
	size_t flood[WARD_TURNS_EACH], i, other, second;

	(void)state;
	for (size_t k = 0; k < WARD_TURNS_EACH; k++)
		flood[k] = put(&t, 1);
	assert_int_equal(ward_turns_put(&t, person(1), &i), WARD_ERR_AGAIN);
	assert_true(ward_turns_next(&t, &i));
	assert_int_equal(i, flood[0]);
	ward_turns_begin(&t, i);
	assert_false(ward_turns_next(&t, &i)); /* one after the other */
	other = put(&t, 2);
	second = put(&t, 2);
	ward_turns_end(&t, flood[0]);
	assert_int_equal(turn(&t), other); /* though seven came before */
	/* whoever floods asks again at once, and then has no turn before others either */
	(void)put(&t, 1);
	assert_int_equal(turn(&t), flood[1]);
	assert_int_equal(turn(&t), second);
	for (size_t k = 2; k < WARD_TURNS_EACH; k++)
		assert_int_equal(turn(&t), flood[k]);
	(void)turn(&t);
	assert_false(ward_turns_next(&t, &i));
}

static void has_bounds(void **state)
{
	struct ward_turns t = {.round = 0};
	size_t i;

	(void)state;
	for (size_t k = 0; k < WARD_TURNS; k++)
		(void)put(&t, (uint8_t)(k / WARD_TURNS_EACH));
	assert_int_equal(ward_turns_put(&t, person(200), &i), WARD_ERR_LIMIT);
	for (size_t k = 0; k < WARD_TURNS; k++)
		(void)turn(&t);
	(void)put(&t, 200);
}

/* Who asks the same waits for it too, and it counts for them. */
static void joins(void **state)
{
	struct ward_turns t = {.round = 0};
	size_t a, b, i;

	(void)state;
	a = put(&t, 1);
	assert_int_equal(ward_turns_join(&t, a, person(2)), WARD_OK);
	for (size_t k = 1; k < WARD_TURNS_EACH; k++)
		assert_int_equal(ward_turns_join(&t, a, person(2)), WARD_OK);
	assert_int_equal(ward_turns_join(&t, a, person(2)), WARD_ERR_AGAIN);
	assert_int_equal(ward_turns_put(&t, person(2), &i), WARD_ERR_AGAIN);
	for (size_t k = 1 + WARD_TURNS_EACH; k < WARD_TURNS_WAITING; k++)
		assert_int_equal(ward_turns_join(&t, a, person((uint8_t)(10 + k))), WARD_OK);
	assert_int_equal(ward_turns_join(&t, a, person(99)), WARD_ERR_LIMIT);
	b = put(&t, 99);
	assert_int_equal(turn(&t), a);
	assert_int_equal(turn(&t), b);
	(void)put(&t, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(floods_nobody),
		cmocka_unit_test(has_bounds), cmocka_unit_test(joins)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
