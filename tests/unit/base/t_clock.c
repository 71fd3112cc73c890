#include "unit.h"

#include "base/clock.h"

static void clocks(void **state)
{
	const struct ward_clock *c = ward_clock_system();
	struct ward_clock_fake f;
	ward_ns a = ward_clock_mono(c), b = ward_clock_mono(c);

	(void)state;
	assert_true(b >= a);
	assert_true(ward_clock_now(c) > (ward_ns)1700000000 * WARD_NS_PER_S);
	ward_clock_fake_init(&f, 5);
	assert_int_equal(ward_clock_now(&f.clock), 5);
	f.at = 9;
	assert_int_equal(ward_clock_now(&f.clock), 9);
	assert_int_equal(ward_clock_mono(&f.clock), 9);
}

static void parses(void **state)
{
	static const struct {
		const char *text;
		int64_t second, ns;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0, 0},
		{"1969-12-31T23:59:59.999999999Z", -1, 999999999},
		{"2000-02-29T12:00:00z", 951825600, 0},
		{"2026-11-23T23:17:06.000000001Z", 1795475826, 1},
		{"2026-11-23 23:17:06,25", 1795475826, 250000000},
		{"2026-11-23t23:17:06", 1795475826, 0},
		{"2026-11-24T00:17:06+01:00", 1795475826, 0},
		{"2026-11-23T17:47:06-0530", 1795475826, 0},
		{"2026-11-23T23:17:06.1234567899Z", 1795475826, 123456789}, /* cut */
		{"2016-12-31T23:59:60Z", 1483228799, 0},                    /* leap second */
		{"1678-01-01T00:00:00Z", -9214560000, 0},
		{"2261-12-31T23:59:59.999999999Z", 9214646399, 999999999},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		ward_ns t = 0;

		assert_int_equal(ward_time_parse(ward_str_z(rows[i].text), &t), WARD_OK);
		assert_true(t == rows[i].second * WARD_NS_PER_S + rows[i].ns);
	}
}

static void refuses(void **state)
{
	static const char *const malformed[] = {"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
		"2026-01-01T00:00:00.5.5Z", "2026-01-01T00:00:00+24:00",
		"2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+01:0",
		"2026-01-01T00:00:00 Z", "2026-01-01T00:00:00ZZ", "2026-01-01X00:00:00Z",
		"2026/01/01T00:00:00Z", "2026-01-01T00.00:00Z", "+026-01-01T00:00:00Z",
		"2026-01-01T00:00:-1Z"};
	static const char whole[] = "2026-11-23T23:17:06.5+01:00";
	ward_ns t = 42;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(malformed); i++)
		assert_int_equal(ward_time_parse(ward_str_z(malformed[i]), &t), WARD_ERR_MALFORMED);
	for (size_t len = 0; len < 19; len++)
		assert_int_equal(
			ward_time_parse((struct ward_str){whole, len}, &t), WARD_ERR_MALFORMED);
	assert_int_equal(ward_time_parse((struct ward_str){NULL, 0}, &t), WARD_ERR_MALFORMED);
	assert_int_equal(ward_time_parse(WARD_STR("1677-01-01T00:00:00Z"), &t), WARD_ERR_LIMIT);
	assert_int_equal(ward_time_parse(WARD_STR("2263-01-01T00:00:00Z"), &t), WARD_ERR_LIMIT);
	assert_int_equal(ward_time_parse(WARD_STR("0000-01-01T00:00:00Z"), &t), WARD_ERR_LIMIT);
	assert_int_equal(ward_time_parse(WARD_STR("9999-12-31T23:59:59Z"), &t), WARD_ERR_LIMIT);
	assert_int_equal(t, 42);
}

static void civil_overflow(void **state)
{
	ward_ns t = 42;

	(void)state;
	assert_int_equal(ward_time_civil(INT32_MAX, 12, 31, 0, 0, &t), WARD_ERR_LIMIT);
	assert_int_equal(ward_time_civil(INT32_MIN, 1, 1, 0, 0, &t), WARD_ERR_LIMIT);
	assert_int_equal(ward_time_civil(2026, 1, 1, INT64_MAX, 0, &t), WARD_ERR_LIMIT);
	assert_int_equal(ward_time_civil(2262, 4, 11, 0, INT64_MAX, &t), WARD_ERR_LIMIT);
	assert_int_equal(t, 42);
	assert_int_equal(ward_time_civil(1970, 1, 2, 3, 4, &t), WARD_OK);
	assert_true(t == 86403 * WARD_NS_PER_S + 4);
}

static void written(ward_ns t, const char *want)
{
	char buf[40];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_time_write(&w, t);
	assert_text(ward_wr_text(&w), want);
}

static void writes(void **state)
{
	(void)state;
	written(0, "1970-01-01T00:00:00Z");
	written(-1, "1969-12-31T23:59:59.999999999Z");
	written(WARD_NS_PER_MS * 1500, "1970-01-01T00:00:01.5Z");
	written(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
	written(WARD_NS_NEVER, "2262-04-11T23:47:16.854775807Z");
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		ward_ns ns;
	} rows[] = {{"250ms", 250 * WARD_NS_PER_MS}, {"90s", 90 * WARD_NS_PER_S},
		{"15m", 900 * WARD_NS_PER_S}, {"15min", 900 * WARD_NS_PER_S},
		{"2h", 7200 * WARD_NS_PER_S}, {"7 d", 604800 * WARD_NS_PER_S}, {"0s", 0}};
	static const char *const malformed[] = {
		"", "s", "15", "1.5h", "-1s", "15 minutes", "h2", "1h30m", " 5s"};
	ward_ns t = 42;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(malformed); i++)
		assert_int_equal(
			ward_duration_parse(ward_str_z(malformed[i]), &t), WARD_ERR_MALFORMED);
	assert_int_equal(ward_duration_parse(WARD_STR("106752d"), &t), WARD_ERR_LIMIT);
	assert_int_equal(
		ward_duration_parse(WARD_STR("99999999999999999999s"), &t), WARD_ERR_LIMIT);
	assert_int_equal(t, 42);
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		assert_int_equal(ward_duration_parse(ward_str_z(rows[i].text), &t), WARD_OK);
		assert_true(t == rows[i].ns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(clocks), T(parses), T(refuses), T(civil_overflow), T(writes), T(durations)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
