/* One that floods, and many that do: who is still heard. */
#include "sense/building/flood.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint8_t *peer(uint32_t n)
{
	static uint8_t p[WARD_FLOOD_PEER];

	memcpy(p, &n, sizeof(n));
	return p;
}

/* Messages of the sender that are read, of n that come evenly within these seconds. */
static size_t hear(struct ward_flood *f, uint32_t who, size_t n, int64_t seconds, ward_ns *now)
{
	struct ward_flood_sender *s;
	size_t heard = 0;

	for (size_t i = 0; i < n; i++) {
		*now += seconds * WARD_NS_PER_S / (ward_ns)n;
		heard += ward_flood_may(f, peer(who), peer(who), *now, &s);
	}
	return heard;
}

static void bounds_each(void **state)
{
	struct ward_flood *f = calloc(1, sizeof(*f));
	ward_ns now = 5 * WARD_NS_PER_S;
	size_t n;

	(void)state;
	assert_non_null(f);
	assert_int_equal(hear(f, 1, WARD_FLOOD_RATE * 60, 60, &now), WARD_FLOOD_RATE * 60);
	n = hear(f, 1, 10000, 10, &now);
	assert_true(n >= WARD_FLOOD_RATE * 10 && n <= WARD_FLOOD_BURST + WARD_FLOOD_RATE * 10 + 1);
	/* meanwhile another one is heard as ever, and this one again when it is calm */
	assert_int_equal(hear(f, 2, 10, 0, &now), 10);
	assert_int_equal(hear(f, 1, 1000, 0, &now), 0);
	now += 60 * WARD_NS_PER_S;
	assert_int_equal(hear(f, 1, 1000, 0, &now), WARD_FLOOD_BURST);
	free(f);
}

/* Is one message read, that is authentic or not? */
static bool one(struct ward_flood *f, uint32_t host, uint32_t net, bool authentic, ward_ns now)
{
	uint8_t h[WARD_FLOOD_PEER];
	struct ward_flood_sender *s;

	memcpy(h, peer(host), sizeof(h));
	if (!ward_flood_may(f, h, peer(net), now, &s))
		return false;
	ward_flood_read(f, h, s, authentic, now);
	return true;
}

/* Addresses that are made up: who sent something authentic, and who is named and was never heard,
 * is heard. */
static void bounds_all(void **state)
{
	struct ward_flood *f = calloc(1, sizeof(*f));
	ward_ns now = WARD_NS_PER_S;
	size_t n = 0;

	(void)state;
	assert_non_null(f);
	ward_flood_name(f, peer(2));
	assert_true(one(f, 1, 1, true, now));
	for (uint32_t i = 0; i < 20000; i++) {
		now += WARD_NS_PER_MS / 2;
		n += one(f, 100 + i, 100 + i, false, now);
		if (i % 2000 == 0)
			assert_true(one(f, 1, 1, true, now));
	}
	assert_true(
		n >= WARD_FLOOD_NEW_BURST && n <= WARD_FLOOD_NEW_BURST + WARD_FLOOD_NEW_RATE * 11);
	assert_true(one(f, 2, 2, true, now));
	/* … also when many were authentic meanwhile */
	free(f);
	f = calloc(1, sizeof(*f));
	assert_non_null(f);
	ward_flood_name(f, peer(2));
	for (uint32_t i = 0; i < 4 * WARD_FLOOD_SENDERS; i++) {
		now += WARD_NS_PER_S;
		assert_true(one(f, 100 + i, 100 + i, true, now));
	}
	for (uint32_t i = 0; i < 2 * WARD_FLOOD_SENDERS; i++)
		(void)one(f, 9000 + i, 9000 + i, false, now);
	assert_true(one(f, 2, 2, true, now));
	free(f);
}

/* Garbage with the address of one that is known leaves it its own measure, and so does the rest of
 * its network; neither makes it speak without end. */
static void leaves_the_known_their_own(void **state)
{
	ward_ns now = WARD_NS_PER_S;

	(void)state;
	for (unsigned named = 0; named < 2; named++) {
		struct ward_flood *f = calloc(1, sizeof(*f));
		size_t n = 0;

		assert_non_null(f);
		if (named)
			ward_flood_name(f, peer(1));
		else
			assert_true(one(f, 1, 7, true, now));
		for (uint32_t i = 0; i < 4000; i++) {
			now += 5 * WARD_NS_PER_MS;
			assert_true(one(f, 1, 7, false, now));
			n += one(f, 50 + i, 7, false, now); /* of the same network */
			if (i % 100 == 0)
				assert_true(one(f, 1, 7, true, now));
		}
		assert_true(n >= WARD_FLOOD_RATE * 20 &&
			    n <= WARD_FLOOD_BURST + WARD_FLOOD_RATE * 20 + 1);
		for (n = 0; n < 100000 && one(f, 1, 7, true, now); n++)
			;
		assert_true(n <= WARD_FLOOD_BURST);
		now += 60 * WARD_NS_PER_S;
		for (n = 0; n < 100000 && one(f, 1, 7, false, now); n++)
			;
		assert_int_equal(n, WARD_FLOOD_BAD_BURST);
		free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_each),
		cmocka_unit_test(bounds_all), cmocka_unit_test(leaves_the_known_their_own)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
