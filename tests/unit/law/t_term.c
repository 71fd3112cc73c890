/* Lengths of time as laws count them. tests/prop/terms.py has the many; here are those one would
 * look for. */
#include "law/term.h"

#include "story/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct ward_holiday dutch[] = {
	{1, 1}, {0, -2}, {0, 1}, {0, 39}, {0, 50}, {4, 27}, {5, 5}, {12, 25}, {12, 26}};

static void ends(const char *from, const char *term, bool working, const char *want)
{
	char text[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	struct ward_term t;
	ward_ns begin, end;

	assert_int_equal(ward_time_parse(ward_str_z(from), &begin), WARD_OK);
	assert_int_equal(ward_term_parse(ward_str_z(term), working, &t), WARD_OK);
	assert_int_equal(ward_term_end(&t, begin, dutch, WARD_ARRAY_LEN(dutch), &end), WARD_OK);
	ward_time_write(&w, end);
	text[w.len] = '\0';
	if (strcmp(text, want) != 0)
		fail_msg("%s after %s: %s, not %s", term, from, text, want);
}

static void t_ends(void **state)
{
	(void)state;
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Amsterdam")), WARD_OK);
	/* hours run through the night in which clocks go forward; days keep the wall's hour */
	ends("2026-03-28T12:00:00Z", "PT72H", false, "2026-03-31T12:00:00Z");
	ends("2026-03-28T12:00:00Z", "P3D", false, "2026-03-31T11:00:00Z");
	ends("2026-10-24T12:00:00Z", "P1D", false, "2026-10-25T13:00:00Z");
	/* leap days, and months that are shorter */
	ends("2028-02-27T23:30:00Z", "PT72H", false, "2028-03-01T23:30:00Z");
	ends("2027-01-31T09:00:00.5Z", "P1M", false, "2027-02-28T09:00:00.5Z");
	ends("2028-01-31T09:00:00Z", "P1M", false, "2028-02-29T09:00:00Z");
	ends("2026-12-15T09:00:00Z", "P1M", false, "2027-01-15T09:00:00Z");
	ends("2026-11-10T09:00:00Z", "P6W", false, "2026-12-22T09:00:00Z");
	/* the night in which it is gone: half past two, as if clocks had not gone forward */
	ends("2026-02-28T01:30:00Z", "P29D", false, "2026-03-29T01:30:00Z");
	/* three working days: over a weekend, over Easter, over Christmas */
	ends("2026-11-26T10:00:00Z", "P3D", true, "2026-12-01T10:00:00Z");
	ends("2026-04-01T08:00:00Z", "P3D", true, "2026-04-08T08:00:00Z");
	ends("2026-12-23T08:00:00Z", "P3D", true, "2026-12-29T08:00:00Z");
	ends("1969-12-30T23:00:00.25Z", "P1D", false, "1969-12-31T23:00:00.25Z");
}

static void t_no_end(void **state)
{
	const struct ward_term never = {WARD_TERM_NONE, 0}, hour = {WARD_TERM_HOURS, 1};
	ward_ns end;

	(void)state;
	assert_int_equal(ward_term_end(&never, 5, NULL, 0, &end), WARD_OK);
	assert_true(end == WARD_NS_NEVER);
	assert_int_equal(ward_term_end(&hour, INT64_MAX - 5, NULL, 0, &end), WARD_ERR_LIMIT);
}

static void t_no_term(void **state)
{
	static const char *const bad[] = {"", "P", "PT", "P1", "1D", "PT1D", "P1H", "PT0H", "P1Y",
		"P1D2H", "P-1D", "P1.5D", "P10001D", "PT72h", "P 1D", "P99999999999999999999D"};
	struct ward_term t;
	struct ward_holiday h;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (ward_term_parse(ward_str_z(bad[i]), false, &t) != WARD_ERR_MALFORMED)
			fail_msg("'%s' is a length of time", bad[i]);
	assert_int_equal(ward_term_parse(WARD_STR("PT3H"), true, &t), WARD_ERR_MALFORMED);
	assert_int_equal(ward_term_parse(WARD_STR("P1M"), true, &t), WARD_ERR_MALFORMED);

	static const char *const no_day[] = {"", "13-01", "02-30", "1", "easter39", "easter+",
		"easter+999", "12-25-1", "-1-1", "Easter+1"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(no_day); i++)
		if (ward_holiday_parse(ward_str_z(no_day[i]), &h) != WARD_ERR_MALFORMED)
			fail_msg("'%s' is a holiday", no_day[i]);
	assert_int_equal(ward_holiday_parse(WARD_STR("easter"), &h), WARD_OK);
	assert_int_equal(h.month + h.day, 0);
	assert_int_equal(ward_holiday_parse(WARD_STR("02-29"), &h), WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_ends), cmocka_unit_test(t_no_end), cmocka_unit_test(t_no_term)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
