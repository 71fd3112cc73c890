#include "sense/video/damage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const ward_ns second = WARD_NS_PER_S;

enum { RATE = 5 };

/* A camera with five packets a second, of a picture each, as a decoder sees them. */
struct lab {
	struct ward_damage d;
	struct ward_damage_decoder of;
	ward_ns time;
	unsigned n_on, n_off, n_anew;
};

static void packet(struct lab *l, ward_ns after)
{
	l->time += after;
	switch (ward_damage_packet(&l->d, l->time, &l->of)) {
	case WARD_DAMAGE_SAME:
		break;
	case WARD_DAMAGE_ON:
		l->n_on++;
		break;
	case WARD_DAMAGE_OFF:
		l->n_off++;
		break;
	case WARD_DAMAGE_ANEW:
		l->n_anew++;
		l->of.n_picture = l->of.n_failed = 0;
		ward_damage_begin(&l->d);
		break;
	}
}

/* One picture in `every` is decoded; 0: none is. */
static void stream(struct lab *l, unsigned seconds, unsigned every)
{
	for (unsigned i = 0; i < seconds * RATE; i++) {
		packet(l, second / RATE);
		l->of.n_picture += every && i % every == 0;
	}
}

static void noise(struct lab *l, unsigned seconds)
{
	for (unsigned i = 0; i < seconds * RATE; i++) {
		packet(l, second / RATE);
		l->of.n_failed++;
	}
}

static void t_noise(void **state)
{
	struct lab l = {.time = 7 * second};

	(void)state;
	stream(&l, 60, 1);
	noise(&l, 9);
	assert_int_equal(l.n_on, 0);
	noise(&l, 21);
	assert_int_equal(l.n_on, 1);
	stream(&l, 5, 1);
	assert_int_equal(l.n_off, 0);
	stream(&l, 2, 1);
	assert_int_equal(l.n_off, 1);
	assert_int_equal(l.n_anew, 1);
	assert_false(l.d.damaged);
}

/* Key pictures are 40 s apart, and the stream is entered just after one. One that never gives a
 * picture is told after a minute, noise after ten seconds. */
static void t_entered_in_the_midst(void **state)
{
	struct lab l = {.time = 7 * second}, never = {0}, bad = {0};

	(void)state;
	stream(&l, 39, 0);
	stream(&l, 60, 1);
	assert_int_equal(l.n_on, 0);
	stream(&l, 11, 0); /* it had begun: this is no entry */
	assert_int_equal(l.n_on, 1);
	stream(&never, 59, 0);
	assert_int_equal(never.n_on, 0);
	stream(&never, 2, 0);
	assert_int_equal(never.n_on, 1);
	noise(&bad, 9);
	assert_int_equal(bad.n_on, 0);
	noise(&bad, 2);
	assert_int_equal(bad.n_on, 1);
}

/* Nothing is read for a quarter of a minute, then what came meanwhile at once: an hour of it. */
static void t_read_late(void **state)
{
	struct lab l = {0};

	(void)state;
	for (unsigned n = 0; n < 240; n++) {
		packet(&l, 15 * second);
		for (unsigned i = 0; i < 30; i++) {
			packet(&l, WARD_NS_PER_MS);
			l.of.n_picture += i % 10 == 0;
		}
	}
	assert_int_equal(l.n_on, 0);
}

/* What a starved camera left out is not decoded either: every tenth picture is enough. */
static void t_shed(void **state)
{
	struct lab l = {0};

	(void)state;
	stream(&l, 60, 1);
	l.of.keyed = true;
	stream(&l, 300, 10);
	l.of.keyed = false;
	stream(&l, 60, 1);
	assert_int_equal(l.n_on, 0);
}

/* Key pictures twenty seconds apart: no alarm when only they are decoded, nor when all are again;
 * and noise is still found, later. */
static void t_key_pictures_far_apart(void **state)
{
	struct lab l = {0};

	(void)state;
	stream(&l, 60, 1);
	l.of.keyed = true;
	stream(&l, 315, 20 * RATE);
	l.of.keyed = false;
	stream(&l, 60, 1);
	l.of.keyed = true;
	stream(&l, 300, 20 * RATE);
	assert_int_equal(l.n_on, 0);
	noise(&l, 45);
	assert_int_equal(l.n_on, 1);
	stream(&l, 300, 20 * RATE);
	assert_int_equal(l.n_off, 1);
	assert_int_equal(l.n_on, 1);
}

/* It is whole again while only key pictures are decoded, two seconds apart, and read late. */
static void t_back_while_starved(void **state)
{
	struct lab l = {.of = {.keyed = true}};

	(void)state;
	stream(&l, 60, 2 * RATE);
	noise(&l, 30);
	assert_int_equal(l.n_on, 1);
	for (unsigned n = 0; n < 10; n++) {
		packet(&l, 6 * second);
		for (unsigned i = 1; i < 2 * RATE; i++)
			packet(&l, WARD_NS_PER_S / 10);
		l.of.n_picture++;
	}
	assert_int_equal(l.n_off, 1);
	assert_int_equal(l.n_on, 1);
	assert_in_range(l.n_anew, 0, 1);
}

/* Pictures that noise makes end nothing, and the decoder is not made anew without end. */
static void t_picture_of_noise(void **state)
{
	struct lab l = {0};

	(void)state;
	stream(&l, 10, 1);
	for (unsigned n = 0; n < 60; n++) {
		noise(&l, 10);
		l.of.n_picture++;
	}
	assert_int_equal(l.n_on, 1);
	assert_int_equal(l.n_off, 0);
	assert_in_range(l.n_anew, 10, 40);
}

/* Another stream of a camera that was damaged is judged by its own pictures; what can't be decoded
 * at all is told once. */
static void t_useless_then_another(void **state)
{
	struct lab l = {0};

	(void)state;
	assert_true(ward_damage_useless(&l.d));
	assert_false(ward_damage_useless(&l.d));
	ward_damage_stream(&l.d);
	ward_damage_begin(&l.d);
	l.time = -5 * second;
	stream(&l, 10, 1);
	assert_int_equal(l.n_off, 1);
	assert_int_equal(l.n_on, 0);
}

/* Times that a clock can't have change nothing. */
static void t_lies(void **state)
{
	static const ward_ns times[] = {INT64_MAX, INT64_MIN, 0, INT64_MAX, -1};
	struct ward_damage d = {0};
	struct ward_damage_decoder of = {0};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(times); i++)
		assert_int_equal(ward_damage_packet(&d, times[i], &of), WARD_DAMAGE_SAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_noise),
		cmocka_unit_test(t_entered_in_the_midst),
		cmocka_unit_test(t_read_late),
		cmocka_unit_test(t_shed),
		cmocka_unit_test(t_key_pictures_far_apart),
		cmocka_unit_test(t_back_while_starved),
		cmocka_unit_test(t_picture_of_noise),
		cmocka_unit_test(t_useless_then_another),
		cmocka_unit_test(t_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
