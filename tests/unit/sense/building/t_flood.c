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
		heard += ward_flood_may(f, peer(who), *now, &s);
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
	n = hear(f, 1, 100000, 10, &now);
	assert_true(n >= WARD_FLOOD_RATE * 10 && n <= WARD_FLOOD_BURST + WARD_FLOOD_RATE * 10 + 1);
	/* meanwhile another one is heard as ever, and this one again when it is calm */
	assert_int_equal(hear(f, 2, 10, 0, &now), 10);
	assert_int_equal(hear(f, 1, 1000, 0, &now), 0);
	now += 60 * WARD_NS_PER_S;
	assert_int_equal(hear(f, 1, 1000, 0, &now), WARD_FLOOD_BURST);
	free(f);
}

/* Addresses that are made up: who sent something good keeps his place, and is heard. */
static void bounds_all(void **state)
{
	struct ward_flood *f = calloc(1, sizeof(*f));
	struct ward_flood_sender *s;
	ward_ns now = WARD_NS_PER_S;
	size_t n = 0;

	(void)state;
	assert_non_null(f);
	assert_true(ward_flood_may(f, peer(1), now, &s));
	s->good = true;
	for (uint32_t i = 0; i < 200000; i++) {
		now += 50 * WARD_NS_PER_MS / 1000;
		n += ward_flood_may(f, peer(100 + i), now, &s);
		if (i % 20000 == 0)
			assert_true(ward_flood_may(f, peer(1), now, &s) && s->good);
	}
	assert_true(
		n >= WARD_FLOOD_NEW_BURST && n <= WARD_FLOOD_NEW_BURST + WARD_FLOOD_NEW_RATE * 11);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_each), cmocka_unit_test(bounds_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
