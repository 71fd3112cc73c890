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
		T(test_rome), T(test_change), T(test_unknown), T(test_ends)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
