#include "law/term.h"

#include "story/zone.h"

enum { DAYS_A_WEEK = 7, SATURDAY = 6 };

enum ward_err ward_term_parse(struct ward_str s, bool working, struct ward_term *ret)
{
	static const struct {
		char unit;
		bool time; /* behind a T */
		enum ward_term_unit is;
		unsigned times;
	} units[] = {{'H', true, WARD_TERM_HOURS, 1}, {'D', false, WARD_TERM_DAYS, 1},
		{'W', false, WARD_TERM_DAYS, DAYS_A_WEEK}, {'M', false, WARD_TERM_MONTHS, 1}};
	bool time = ward_str_starts(s, WARD_STR("PT"));
	size_t head = time ? 2 : 1;
	uint64_t n;

	if (s.len < head + 2 || s.p[0] != 'P' ||
		!ward_str_u64(ward_str_sub(s, head, s.len - head - 1), &n) || !n ||
		n > WARD_TERM_MAX)
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; i < WARD_ARRAY_LEN(units); i++) {
		if (units[i].unit != s.p[s.len - 1] || units[i].time != time)
			continue;
		if (working && units[i].is != WARD_TERM_DAYS)
			return WARD_ERR_MALFORMED;
		*ret = (struct ward_term){working ? WARD_TERM_WORKING_DAYS : units[i].is,
			(unsigned)n * units[i].times};
		return WARD_OK;
	}
	return WARD_ERR_MALFORMED;
}

/* ---- days ---- */

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of(int year, int month)
{
	static const int of[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return of[month - 1] + (month == 2 && is_leap(year));
}

static void next_day(struct ward_local *l)
{
	l->weekday = (l->weekday + 1) % DAYS_A_WEEK;
	if (++l->day <= days_of(l->year, l->month))
		return;
	l->day = 1;
	if (++l->month <= 12)
		return;
	l->month = 1;
	l->year++;
}

/* Since 1 January, from 0. */
static int day_of_year(int year, int month, int day)
{
	int n = day - 1;

	for (int m = 1; m < month; m++)
		n += days_of(year, m);
	return n;
}

/* Easter Sunday in the Gregorian calendar, as a day of its year: golden number and epact. */
static int easter(int year)
{
	int golden = year % 19, century = year / 100;
	int leap_left_out = century - century / 4;
	int moon = (leap_left_out - (8 * century + 13) / 25 + 19 * golden + 15) % 30;

	moon -= moon / 28 * (1 - moon / 28 * (29 / (moon + 1)) * ((21 - golden) / 11));
	int weekday = (year + year / 4 + moon + 2 - leap_left_out) % DAYS_A_WEEK;

	/* days after 28 March, from -6 on */
	return day_of_year(year, 3, 28) + moon - weekday;
}

static bool is_holiday(const struct ward_local *l, const struct ward_holiday *holiday, size_t n)
{
	int after = day_of_year(l->year, l->month, l->day) - easter(l->year);

	for (size_t i = 0; i < n; i++)
		if (holiday[i].month ? holiday[i].month == l->month && holiday[i].day == l->day
				     : holiday[i].day == after)
			return true;
	return false;
}

enum ward_err ward_holiday_parse(struct ward_str s, struct ward_holiday *ret)
{
	const struct ward_str word = WARD_STR("easter");
	struct ward_str day = s, month = ward_str_cut(&day, '-');
	uint64_t m = 0, d = 0;

	if (ward_str_starts(s, word)) {
		struct ward_str n = ward_str_sub(s, word.len + 1, s.len);
		char sign = s.len > word.len ? s.p[word.len] : '\0';

		if (sign && ((sign != '+' && sign != '-') || !ward_str_u64(n, &d) || d > 100))
			return WARD_ERR_MALFORMED;
		*ret = (struct ward_holiday){0, sign == '-' ? -(int)d : (int)d};
		return WARD_OK;
	}
	if (!day.p || !ward_str_u64(month, &m) || !ward_str_u64(day, &d) || m < 1 || m > 12 ||
		d < 1 || d > (uint64_t)days_of(2000, (int)m))
		return WARD_ERR_MALFORMED;
	*ret = (struct ward_holiday){(int)m, (int)d};
	return WARD_OK;
}

/* ---- ends ---- */

static void add_months(struct ward_local *l, unsigned n)
{
	unsigned month = (unsigned)l->month - 1 + n;

	l->year += (int)(month / 12);
	l->month = (int)(month % 12) + 1;
	l->day = l->day < days_of(l->year, l->month) ? l->day : days_of(l->year, l->month);
}

static void add_days(struct ward_local *l, const struct ward_term *t,
	const struct ward_holiday *holiday, size_t n_holiday)
{
	for (unsigned left = t->n; left;) {
		next_day(l);
		if (t->unit == WARD_TERM_DAYS ||
			(l->weekday % SATURDAY != 0 && !is_holiday(l, holiday, n_holiday)))
			left--;
	}
}

enum ward_err ward_term_end(const struct ward_term *t, ward_ns from,
	const struct ward_holiday *holiday, size_t n_holiday, ward_ns *ret)
{
	ward_ns rest = from % WARD_NS_PER_S, end;
	struct ward_local l;

	if (t->unit == WARD_TERM_NONE) {
		*ret = WARD_NS_NEVER;
		return WARD_OK;
	}
	if (t->unit == WARD_TERM_HOURS)
		return ward_add(from, (ward_ns)t->n * 3600 * WARD_NS_PER_S, ret) ? WARD_OK
										 : WARD_ERR_LIMIT;
	ward_zone_local(from, &l);
	if (t->unit == WARD_TERM_MONTHS)
		add_months(&l, t->n);
	else
		add_days(&l, t, holiday, n_holiday);
	rest += rest < 0 ? WARD_NS_PER_S : 0;
	return ward_zone_at(&l, &end) == WARD_OK && ward_add(end, rest, ret) ? WARD_OK
									     : WARD_ERR_LIMIT;
}
