/* When a camera is told to be away and back, and how long one waits for it. */
#include "sense/video/health.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const ward_ns second = WARD_NS_PER_S, patience = 10 * WARD_NS_PER_S;

static struct ward_health begun(void)
{
	struct ward_health h;

	ward_health_init(&h, (struct ward_seed){1, 2}, patience, 0);
	return h;
}

static void t_gap(void **state)
{
	struct ward_health h = begun();

	(void)state;
	for (ward_ns t = 0; t < 9 * second; t += second) {
		ward_health_heard(&h, t);
		assert_int_equal(ward_health_tick(&h, t), WARD_HEALTH_SAME);
	}
	(void)ward_health_lost(&h, WARD_HEALTH_ENDED, 9 * second);
	assert_int_equal(ward_health_tick(&h, 17 * second), WARD_HEALTH_SAME);
	ward_health_heard(&h, 17 * second); /* back within ten seconds: nobody's alarm */
	assert_int_equal(ward_health_tick(&h, 20 * second), WARD_HEALTH_SAME);
}

static void t_away_and_back(void **state)
{
	struct ward_health h = begun();

	(void)state;
	ward_health_heard(&h, 5 * second);
	(void)ward_health_lost(&h, WARD_HEALTH_REFUSED, 6 * second);
	assert_int_equal(ward_health_tick(&h, 14 * second), WARD_HEALTH_SAME);
	assert_int_equal(ward_health_tick(&h, 15 * second), WARD_HEALTH_WENT);
	assert_int_equal(h.reason, WARD_HEALTH_REFUSED);
	assert_int_equal(h.gone, 5 * second);
	assert_int_equal(ward_health_tick(&h, 16 * second), WARD_HEALTH_SAME);
	for (ward_ns t = 20 * second; t < 30 * second; t += second) {
		ward_health_heard(&h, t);
		assert_int_equal(ward_health_tick(&h, t), WARD_HEALTH_SAME);
	}
	ward_health_heard(&h, 30 * second);
	assert_int_equal(ward_health_tick(&h, 30 * second), WARD_HEALTH_CAME);
	assert_int_equal(ward_health_tick(&h, 31 * second), WARD_HEALTH_SAME);
}

/* Each minute for an hour it is there for five seconds: one alarm. */
static void t_comes_and_goes(void **state)
{
	struct ward_health h = begun();
	unsigned n = 0;

	(void)state;
	for (ward_ns t = 0; t < 3600 * second; t += second) {
		if (t % (60 * second) < 5 * second)
			ward_health_heard(&h, t);
		if (t % (60 * second) == 5 * second)
			(void)ward_health_lost(&h, WARD_HEALTH_ENDED, t);
		n += ward_health_tick(&h, t) != WARD_HEALTH_SAME;
	}
	assert_int_equal(n, 1);
	assert_true(h.offline);
}

static void t_waits_longer(void **state)
{
	struct ward_health h = begun(), other;
	ward_ns usual = second, t = 0;
	unsigned n_same = 0;

	(void)state;
	ward_health_init(&other, (struct ward_seed){3, 4}, patience, 0);
	for (int i = 0; i < 12; i++) {
		ward_ns wait = ward_health_lost(&h, WARD_HEALTH_REFUSED, t);

		assert_in_range(wait, usual * 3 / 4, usual * 5 / 4);
		n_same += wait == ward_health_lost(&other, WARD_HEALTH_REFUSED, t);
		t += wait;
		usual = usual * 2 < 60 * second ? usual * 2 : 60 * second;
	}
	assert_int_equal(n_same, 0);
	/* a few packets are no recovery; as many seconds as it is waited for are */
	ward_health_heard(&h, t);
	assert_true(ward_health_lost(&h, WARD_HEALTH_ENDED, t) >= 45 * second);
	for (ward_ns k = 0; k <= 11; k++)
		ward_health_heard(&h, t + k * second);
	assert_in_range(ward_health_lost(&h, WARD_HEALTH_ENDED, t + 11 * second), 3 * second / 4,
		5 * second / 4);
}

static void t_stalled(void **state)
{
	struct ward_health h = begun();

	(void)state;
	assert_false(ward_health_stalled(&h, 0, 7 * second));
	assert_true(ward_health_stalled(&h, 0, 8 * second));
	ward_health_heard(&h, 7 * second);
	assert_false(ward_health_stalled(&h, 0, 14 * second));
	assert_true(ward_health_stalled(&h, 0, 15 * second));
	assert_int_equal(ward_health_tick(&h, 17 * second), WARD_HEALTH_WENT);
	assert_int_equal(h.reason, WARD_HEALTH_STALLED);
}

static void t_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WARD_HEALTH_N; i++)
		assert_int_equal(
			ward_health_find(ward_str_z(ward_health_word((enum ward_health_reason)i))),
			i);
	assert_int_equal(ward_health_find(WARD_STR("fine")), WARD_HEALTH_N);
}

/* A report each five seconds: what jumps to and fro is not told, what stands for a minute is. */
static void t_clock(void **state)
{
	struct ward_health_clock c = {0};
	ward_ns t = 0;

	(void)state;
	for (unsigned n = 0; n < 1000; n++, t += 5 * second)
		assert_false(ward_health_clock(&c, n % 4 < 2, t));
	for (unsigned round = 0; round < 2; round++) {
		bool wrong = round == 0;

		for (unsigned n = 0; n < 12; n++, t += 5 * second)
			assert_false(ward_health_clock(&c, wrong, t));
		assert_true(ward_health_clock(&c, wrong, t));
		assert_int_equal(c.wrong, wrong);
		assert_false(ward_health_clock(&c, wrong, t += 600 * second));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_gap),
		cmocka_unit_test(t_away_and_back),
		cmocka_unit_test(t_comes_and_goes),
		cmocka_unit_test(t_waits_longer),
		cmocka_unit_test(t_stalled),
		cmocka_unit_test(t_clock),
		cmocka_unit_test(t_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
