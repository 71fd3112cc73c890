#include "sense/building/poll_pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const ward_ns ms = WARD_NS_PER_MS;

/* A device that answers at once is asked `rate` times a second, in any second. */
static void asks_evenly(void **state)
{
	enum { RATE = 7, ASKS = 200 };
	struct ward_poll_pace_opts o = ward_poll_pace_default(RATE);
	struct ward_poll_pace p;
	ward_ns now = 0, at[ASKS];
	size_t n = 0;

	(void)state;
	ward_poll_pace_init(&p, &o, 1, now);
	for (; n < ASKS; now += ms) {
		if (!ward_poll_pace_may(&p, now))
			continue;
		at[n++] = now;
		ward_poll_pace_asked(&p, now);
		enum ward_poll_pace_news news =
			ward_poll_pace_ended(&p, WARD_POLL_PACE_ANSWERED, now);

		assert_int_equal(news, n == 1 ? WARD_POLL_PACE_CAME : WARD_POLL_PACE_NONE);
	}
	for (size_t i = 0; i + RATE < ASKS; i++)
		assert_true(at[i + RATE] - at[i] >= WARD_NS_PER_S);
	assert_true(now < (ward_ns)ASKS * WARD_NS_PER_S / RATE + WARD_NS_PER_S);
}

/* One question at a time; whoever takes long is left alone for twice as long. */
static void waits_for_the_slow(void **state)
{
	struct ward_poll_pace_opts o = ward_poll_pace_default(10);
	struct ward_poll_pace p;
	ward_ns now = WARD_NS_PER_S;

	(void)state;
	ward_poll_pace_init(&p, &o, 2, 0);
	ward_poll_pace_asked(&p, now);
	assert_false(ward_poll_pace_may(&p, now + 2 * WARD_NS_PER_S));
	assert_false(ward_poll_pace_late(&p, now + 2 * WARD_NS_PER_S));
	assert_true(ward_poll_pace_due(&p) == now + 3 * WARD_NS_PER_S);
	now += 2 * WARD_NS_PER_S;
	assert_int_equal(
		ward_poll_pace_ended(&p, WARD_POLL_PACE_ANSWERED, now), WARD_POLL_PACE_CAME);
	assert_false(ward_poll_pace_may(&p, now + 3999 * ms));
	assert_true(ward_poll_pace_may(&p, now + 4000 * ms));
	/* an answer in parts: each has its time, and all of them count for the rest */
	now += 4 * WARD_NS_PER_S;
	ward_poll_pace_asked(&p, now);
	for (size_t i = 0; i < 4; i++) {
		now += 2 * WARD_NS_PER_S;
		assert_false(ward_poll_pace_late(&p, now));
		ward_poll_pace_goes_on(&p, now);
		assert_true(ward_poll_pace_due(&p) == now + 3 * WARD_NS_PER_S);
	}
	assert_int_equal(
		ward_poll_pace_ended(&p, WARD_POLL_PACE_ANSWERED, now), WARD_POLL_PACE_NONE);
	assert_false(ward_poll_pace_may(&p, now + 15999 * ms));
	assert_true(ward_poll_pace_may(&p, now + 16000 * ms));
}

/* Gone after three in a row, and back, once each; pauses double up to the longest, with jitter. */
static void leaves_the_silent_alone(void **state)
{
	struct ward_poll_pace_opts o = ward_poll_pace_default(10);
	struct ward_poll_pace p;
	ward_ns now = WARD_NS_PER_S, longest = 0;

	(void)state;
	ward_poll_pace_init(&p, &o, 3, 0);
	for (unsigned i = 0; i < 30; i++) {
		ward_poll_pace_asked(&p, now);
		now += o.timeout;
		assert_true(ward_poll_pace_late(&p, now));
		assert_int_equal(ward_poll_pace_ended(&p, WARD_POLL_PACE_MISSED, now),
			i == 2 ? WARD_POLL_PACE_WENT : WARD_POLL_PACE_NONE);
		ward_ns pause = ward_poll_pace_due(&p) - now,
			least = o.back_off << (i < 20 ? i : 20);

		least = least < o.back_off_max ? least : o.back_off_max;
		assert_true(pause >= least && pause <= least + least / 2);
		longest = pause > longest ? pause : longest;
		now += pause;
	}
	assert_true(longest > o.back_off_max);
	ward_poll_pace_asked(&p, now);
	assert_int_equal(
		ward_poll_pace_ended(&p, WARD_POLL_PACE_ANSWERED, now), WARD_POLL_PACE_CAME);
	ward_poll_pace_asked(&p, ward_poll_pace_due(&p));
	assert_int_equal(
		ward_poll_pace_ended(&p, WARD_POLL_PACE_BUSY, ward_poll_pace_due(&p) - o.timeout),
		WARD_POLL_PACE_NONE);
	assert_int_equal(p.state, WARD_POLL_PACE_ON);
	assert_true(p.paused == 1);
}

/* Two devices that failed together are not asked together again. */
static void jitter_parts_them(void **state)
{
	struct ward_poll_pace_opts o = ward_poll_pace_default(10);
	struct ward_poll_pace p[2];
	unsigned n_same = 0;

	(void)state;
	for (uint64_t i = 0; i < 2; i++)
		ward_poll_pace_init(&p[i], &o, i, 0);
	for (ward_ns now = WARD_NS_PER_S; now < 3600 * WARD_NS_PER_S; now += 600 * WARD_NS_PER_S) {
		for (size_t i = 0; i < 2; i++) {
			ward_poll_pace_asked(&p[i], now);
			(void)ward_poll_pace_ended(&p[i], WARD_POLL_PACE_MISSED, now);
		}
		n_same += ward_poll_pace_due(&p[0]) == ward_poll_pace_due(&p[1]);
	}
	assert_int_equal(n_same, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(asks_evenly),
		cmocka_unit_test(waits_for_the_slow), cmocka_unit_test(leaves_the_silent_alone),
		cmocka_unit_test(jitter_parts_them)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
