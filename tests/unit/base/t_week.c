#include "unit.h"

#include "base/week.h"

enum { MON = 1, TUE = 2, WED = 4, THU = 8, FRI = 16, SAT = 32, SUN = 64, ALL = 127 };

static unsigned days(const char *s)
{
	unsigned ret = 0;

	return ward_week_days(ward_str_z(s), &ret) ? ret : 0;
}

static void days_as_written(void **state)
{
	(void)state;
	assert_int_equal(days("mon"), MON);
	assert_int_equal(days("mon-fri"), MON | TUE | WED | THU | FRI);
	assert_int_equal(days("sat-mon"), SAT | SUN | MON);
	assert_int_equal(days(" sat  wed-wed "), SAT | WED);
	assert_int_equal(days("tue-mon"), ALL);
	static const char *const none[] = {
		"", " ", "Mon", "monday", "mon-", "-fri", "mon-fri-sat", "mon,tue", "mon x"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_int_equal(days(none[i]), 0);
}

/* What is written is read as the same days, for each set of them, in as few words as its runs. */
static void days_there_and_back(void **state)
{
	(void)state;
	for (unsigned set = 1; set <= ALL; set++) {
		char text[64];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
		unsigned back = 0, runs = 0, words = 1;

		ward_week_days_put(&w, set);
		assert_false(ward_wr_bad(&w));
		assert_true(ward_week_days(ward_wr_text(&w), &back));
		assert_int_equal(back, set);
		for (unsigned d = 0; d < WARD_WEEK_DAYS; d++)
			runs += set >> d & 1 && !(set >> (d + 6) % WARD_WEEK_DAYS & 1);
		for (size_t i = 0; i < w.len; i++)
			words += text[i] == ' ';
		assert_int_equal(words, runs ? runs : 1);
	}
}

static void clocks(void **state)
{
	uint32_t m = 0;

	(void)state;
	assert_true(ward_week_clock(WARD_STR("00:00"), &m) && m == 0);
	assert_true(ward_week_clock(WARD_STR("08:30"), &m) && m == 510);
	assert_true(ward_week_clock(WARD_STR("24:00"), &m) && m == WARD_DAY_MINUTES);
	static const char *const none[] = {
		"", "8:30", "08:3", "08:60", "24:01", "25:00", "08", "0830", "08:30:00", "-1:00"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_false(ward_week_clock(ward_str_z(none[i]), &m));
}

/* Minute by minute of a week, against what the words say. */
static void turns(void **state)
{
	static const uint32_t time[] = {0, 1, 6 * 60, 12 * 60, 22 * 60, WARD_DAY_MINUTES - 1};

	(void)state;
	for (unsigned set = 0; set <= ALL; set += 9)
		for (size_t a = 0; a < WARD_ARRAY_LEN(time); a++)
			for (size_t b = 0; b < WARD_ARRAY_LEN(time); b++) {
				struct ward_week_turn t = ward_week_turn(set, time[a], time[b]);
				bool over = time[b] <= time[a];

				for (uint32_t m = 0; m < WARD_WEEK_MINUTES; m += 7) {
					uint32_t day = m / WARD_DAY_MINUTES,
						 at = m % WARD_DAY_MINUTES;
					bool today = set >> day & 1,
					     before = set >> (day + 6) % 7 & 1;
					bool want = over ? (today && at >= time[a]) ||
								    (before && at < time[b])
							 : today && at >= time[a] && at < time[b];

					assert_int_equal(ward_week_turn_has(&t, m), want);
				}
			}
	const struct ward_week_turn day = ward_week_turn(MON, 0, WARD_DAY_MINUTES);

	assert_true(ward_week_turn_has(&day, 0) && ward_week_turn_has(&day, WARD_DAY_MINUTES - 1));
	assert_false(ward_week_turn_has(&day, WARD_DAY_MINUTES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(days_as_written), T(days_there_and_back), T(clocks), T(turns)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
