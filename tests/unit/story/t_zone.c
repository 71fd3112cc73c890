#include "lab.h"

static void assert_local(const char *utc, const char *want)
{
	ward_ns t;
	struct ward_local l;
	char got[128];

	assert_int_equal(ward_time_parse(ward_str_z(utc), &t), WARD_OK);
	ward_zone_local(t, &l);
	(void)snprintf(got, sizeof(got), "%d %04d-%02d-%02d %02d:%02d:%02d %+d", l.weekday, l.year,
		l.month, l.day, l.hour, l.minute, l.second, l.offset_min);
	assert_string_equal(got, want);
}

static void test_rome(void **state)
{
	(void)state;
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	assert_local("2026-03-12T02:10:40Z", "4 2026-03-12 03:10:40 +60");
	assert_local("2026-03-29T00:59:59.9Z", "0 2026-03-29 01:59:59 +60");
	assert_local("2026-03-29T01:00:00Z", "0 2026-03-29 03:00:00 +120");
	assert_local("2026-12-31T23:30:00Z", "5 2027-01-01 00:30:00 +60");
	assert_local("2050-07-01T12:00:00Z", "5 2050-07-01 14:00:00 +120");
	assert_local("1969-12-31T23:59:59.5Z", "4 1970-01-01 00:59:59 +60");
}

static void assert_at(struct ward_local l, const char *want)
{
	char text[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	ward_ns t;

	assert_int_equal(ward_zone_at(&l, &t), WARD_OK);
	ward_time_write(&w, t);
	assert_true(ward_str_eqz(ward_wr_text(&w), want));
}

/* Back from the wall clock; twice and never, as RFC 5545 3.3.5 has it. */
static void test_at(void **state)
{
	(void)state;
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	assert_at((struct ward_local){2026, 3, 12, 0, 9, 0, 0, 0}, "2026-03-12T08:00:00Z");
	assert_at((struct ward_local){2026, 7, 12, 0, 9, 30, 5, 0}, "2026-07-12T07:30:05Z");
	assert_at((struct ward_local){2026, 10, 25, 0, 2, 30, 0, 0}, "2026-10-25T00:30:00Z");
	assert_at((struct ward_local){2026, 10, 25, 0, 3, 0, 0, 0}, "2026-10-25T02:00:00Z");
	assert_at((struct ward_local){2026, 3, 29, 0, 2, 30, 0, 0}, "2026-03-29T01:30:00Z");
	for (ward_ns t = 0; t < 800 * 86400 * WARD_NS_PER_S; t += 3601 * WARD_NS_PER_S) {
		struct ward_local l, back;
		ward_ns again;

		ward_zone_local(t, &l);
		assert_int_equal(ward_zone_at(&l, &again), WARD_OK);
		ward_zone_local(again, &back);
		assert_true(again <= t && back.hour == l.hour && back.minute == l.minute &&
			    back.second == l.second && back.day == l.day);
	}
	assert_int_equal(ward_zone_use(WARD_STR("UTC")), WARD_OK);
	assert_at((struct ward_local){2026, 3, 12, 0, 9, 0, 0, 0}, "2026-03-12T09:00:00Z");
}

static void test_change(void **state)
{
	(void)state;
	assert_int_equal(ward_zone_use(WARD_STR("Asia/Kathmandu")), WARD_OK);
	assert_local("2026-03-12T02:10:40Z", "4 2026-03-12 07:55:40 +345");
	assert_int_equal(ward_zone_use(WARD_STR("America/Argentina/Ushuaia")), WARD_OK);
	assert_local("2026-03-12T02:10:40Z", "3 2026-03-11 23:10:40 -180");
}

/* Then it is UTC. */
static void test_unknown(void **state)
{
	static const char *const bad[] = {"", "/etc/localtime", "../../../etc/passwd",
		"Europe/Ro me", "Europe/Rome\n", ":Europe/Rome", "CET-1CEST,M3.5.0,M10.5.0/3",
		"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
		assert_int_equal(ward_zone_use(ward_str_z(bad[i])), WARD_ERR_MALFORMED);
		assert_local("2026-03-12T02:10:40Z", "4 2026-03-12 02:10:40 +0");
	}
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Atlantis")), WARD_ERR_NOT_FOUND);
	assert_local("2026-03-12T02:10:40Z", "4 2026-03-12 02:10:40 +0");
}

/* The ends of what a ward_ns holds. */
static void test_ends(void **state)
{
	struct ward_local l;

	(void)state;
	assert_int_equal(ward_zone_use(WARD_STR("UTC")), WARD_OK);
	ward_zone_local(INT64_MAX, &l);
	assert_int_equal(l.year, 2262);
	ward_zone_local(INT64_MIN, &l);
	assert_int_equal(l.year, 1677);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_rome), T(test_at), T(test_change), T(test_unknown), T(test_ends)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
