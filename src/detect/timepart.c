/* The parts of a time as its text has them. */
#include "detect/rule.h"

/* n digits at off. */
static bool digits(struct ward_str s, size_t off, size_t n, int64_t *ret)
{
	uint64_t v = 0;

	if (off + n > s.len || !ward_str_u64(ward_str_sub(s, off, n), &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

static bool leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int64_t days_in(int64_t y, int64_t m)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[m - 1] + (m == 2 && leap(y));
}

/* 0 is Monday; the first of January of the year 1 was one. */
static int64_t weekday_of_new_year(int64_t y)
{
	int64_t p = y - 1;

	return (p + p / 4 - p / 100 + p / 400) % 7;
}

/* ISO 8601 5.7: week 1 has the year's first Thursday. */
static int64_t week(int64_t y, int64_t m, int64_t d)
{
	int64_t day = d - 1, first;

	for (int64_t i = 1; i < m; i++)
		day += days_in(y, i);
	first = weekday_of_new_year(y);
	/* Monday of week 1, in days from New Year. */
	int64_t monday = first <= 3 ? -first : 7 - first;

	if (day < monday)
		return week(y - 1, 12, 31);
	int64_t ret = (day - monday) / 7 + 1, next = weekday_of_new_year(y + 1);

	/* The last days may be of the next year's first week. */
	if (next <= 3 && day >= (leap(y) ? 366 : 365) - next)
		return 1;
	return ret;
}

bool ward_time_part(struct ward_str s, enum ward_time_part part, int64_t *ret)
{
	int64_t y, m, d;

	/* RFC 3339 5.6, also with blanks or a slash between the parts, and the date alone. */
	if (!digits(s, 0, 4, &y) || !digits(s, 5, 2, &m) || !digits(s, 8, 2, &d) ||
		(s.p[4] != '-' && s.p[4] != '/') || s.p[7] != s.p[4] || y < 1 || m < 1 || m > 12 ||
		d < 1 || d > days_in(y, m) || (s.len > 10 && s.p[10] >= '0' && s.p[10] <= '9'))
		return false;
	switch (part) {
	case WARD_TIME_YEAR:
		*ret = y;
		return true;
	case WARD_TIME_MONTH:
		*ret = m;
		return true;
	case WARD_TIME_WEEK:
		*ret = y > 1 || m > 1 ? week(y, m, d) : 1;
		return true;
	case WARD_TIME_DAY:
		*ret = d;
		return true;
	case WARD_TIME_HOUR:
		return digits(s, 11, 2, ret) && *ret < 24;
	case WARD_TIME_MINUTE:
		return digits(s, 14, 2, ret) && s.p[13] == ':' && *ret < 60;
	}
	return false;
}
