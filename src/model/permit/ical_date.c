/* Dates, lengths and recurrence of RFC 5545. */
#include "model/permit/ical_int.h"

static const int64_t never = INT64_MAX;

/* n decimal digits at off. */
static bool digits(struct ward_str s, size_t off, size_t n, int *ret)
{
	int v = 0;

	if (off + n > s.len)
		return false;
	for (size_t i = off; i < off + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*ret = v;
	return true;
}

static int days_of_month(int year, int month)
{
	static const int n[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return n[month - 1] + (month == 2 && leap);
}

bool ward_ical_time_parse(struct ward_str s, struct ward_ical_time *ret)
{
	struct ward_ical_civil c = {0, 0, 0, 0, 0, 0};
	enum ward_ical_form form = s.len == 8    ? WARD_ICAL_DATE
				   : s.len == 15 ? WARD_ICAL_LOCAL
				   : s.len == 16 && (s.p[15] == 'Z' || s.p[15] == 'z')
					   ? WARD_ICAL_UTC
					   : WARD_ICAL_NONE;

	if (form == WARD_ICAL_NONE || !digits(s, 0, 4, &c.year) || !digits(s, 4, 2, &c.month) ||
		!digits(s, 6, 2, &c.day))
		return false;
	if (c.year < 1970 || c.year > WARD_ICAL_YEAR_MAX || c.month < 1 || c.month > 12 ||
		c.day < 1 || c.day > days_of_month(c.year, c.month))
		return false;
	if (form != WARD_ICAL_DATE &&
		((s.p[8] != 'T' && s.p[8] != 't') || !digits(s, 9, 2, &c.hour) ||
			!digits(s, 11, 2, &c.minute) || !digits(s, 13, 2, &c.second) ||
			c.hour > 23 || c.minute > 59 || c.second > 60))
		return false;
	c.second = c.second == 60 ? 59 : c.second; /* a leap second */
	*ret = (struct ward_ical_time){form, c, {"", 0}};
	return true;
}

/* One "12H" of a length; false when there is none. */
static bool part(struct ward_str *s, uint64_t *ret_n, char *ret_unit)
{
	size_t n = 0;

	while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (n == 0 || n > 7 || n == s->len || !ward_str_u64(ward_str_sub(*s, 0, n), ret_n))
		return false;
	*ret_unit = s->p[n];
	*s = ward_str_sub(*s, n + 1, s->len);
	return true;
}

bool ward_ical_length_parse(struct ward_str s, int64_t *ret_days, ward_ns *ret_rest)
{
	static const char order[] = "WDHMS"; /* each at most once, in this order */
	static const int64_t scale[] = {7, 1, 3600, 60, 1};
	size_t from = 0;
	bool time = false;

	*ret_days = 0;
	*ret_rest = 0;
	if (s.len && s.p[0] == '+')
		s = ward_str_sub(s, 1, s.len);
	if (s.len < 2 || s.p[0] != 'P')
		return false;
	s = ward_str_sub(s, 1, s.len);
	while (s.len) {
		uint64_t n;
		char unit;
		size_t at = from;

		if (s.p[0] == 'T' && !time) {
			time = true;
			from = 2;
			s = ward_str_sub(s, 1, s.len);
			at = from;
		}
		if (!part(&s, &n, &unit))
			return false;
		while (at < 5 && order[at] != unit)
			at++;
		if (at == 5 || (at >= 2) != time)
			return false;
		if (at < 2)
			*ret_days += (int64_t)n * scale[at];
		else
			*ret_rest += (int64_t)n * scale[at] * WARD_NS_PER_S;
		from = at + 1;
	}
	return *ret_days || *ret_rest;
}

/* Howard Hinnant's days_from_civil: eras of 400 years that begin in March. */
int64_t ward_ical_day(const struct ward_ical_civil *c)
{
	int64_t y = c->year - (c->month <= 2), era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (c->month + (c->month > 2 ? -3 : 9)) + 2) / 5 + c->day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void ward_ical_date_of(int64_t day, struct ward_ical_civil *c)
{
	int64_t z = day + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c->year = (int)(yoe + era * 400 + (c->month <= 2));
}

unsigned ward_ical_weekday(int64_t day)
{
	return (unsigned)((day % 7 + 7 + 3) % 7); /* 1970-01-01 was a Thursday */
}

static const char *const weekday[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

static bool weekday_of(struct ward_str s, unsigned *ret)
{
	for (unsigned i = 0; i < WARD_ARRAY_LEN(weekday); i++)
		if (ward_str_ieq(s, ward_str_z(weekday[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

static bool days_of(struct ward_str s, unsigned *ret)
{
	unsigned day;

	for (struct ward_str rest = s; rest.p;) {
		if (!weekday_of(ward_str_cut(&rest, ','), &day))
			return false;
		*ret |= 1u << day;
	}
	return true;
}

static const char *take_part(struct ward_str name, struct ward_str v, struct ward_ical_rule *r)
{
	if (ward_str_ieq(name, WARD_STR("FREQ"))) {
		r->weekly = ward_str_ieq(v, WARD_STR("WEEKLY"));
		r->given = r->weekly || ward_str_ieq(v, WARD_STR("DAILY"));
		return r->given ? NULL
				: WARD_TEXT("a series that is neither daily nor weekly\nwrite its "
					    "dates as events of their own");
	}
	if (ward_str_ieq(name, WARD_STR("INTERVAL")))
		return ward_str_u64(v, &r->interval) && r->interval && r->interval <= 1000
			       ? NULL
			       : WARD_TEXT("RRULE has a bad INTERVAL\nwrite a whole number from 1 "
					   "to 1000");
	if (ward_str_ieq(name, WARD_STR("COUNT")))
		return ward_str_u64(v, &r->count) && r->count
			       ? NULL
			       : WARD_TEXT("RRULE has a bad COUNT\nwrite a whole number from 1 on");
	if (ward_str_ieq(name, WARD_STR("UNTIL")))
		return ward_ical_time_parse(v, &r->until)
			       ? NULL
			       : WARD_TEXT("RRULE has a bad UNTIL\nwrite 20260331 or "
					   "20260331T215959Z");
	if (ward_str_ieq(name, WARD_STR("BYDAY")))
		return days_of(v, &r->days)
			       ? NULL
			       : WARD_TEXT("RRULE has a BYDAY that is no list of weekdays\nwrite "
					   "MO,WE; a numbered day (1MO) belongs to months");
	if (ward_str_ieq(name, WARD_STR("WKST")))
		return weekday_of(v, &r->week_start)
			       ? NULL
			       : WARD_TEXT("RRULE has a bad WKST\nwrite MO or SU");
	return WARD_TEXT("RRULE has a part that is not understood\nFREQ, INTERVAL, COUNT, UNTIL, "
			 "BYDAY and WKST are; write other dates as events of their own");
}

const char *ward_ical_rule_parse(struct ward_str s, struct ward_ical_rule *ret)
{
	struct ward_ical_rule r = {.interval = 1};

	for (struct ward_str rest = s; rest.p;) {
		struct ward_str v = ward_str_cut(&rest, ';'), name = ward_str_cut(&v, '=');
		const char *why = take_part(name, v.p ? v : WARD_STR(""), &r);

		if (why)
			return why;
	}
	if (!r.given)
		return WARD_TEXT("RRULE has no FREQ\nadd FREQ=DAILY or FREQ=WEEKLY");
	if (!r.count && r.until.form == WARD_ICAL_NONE)
		return WARD_TEXT(
			"a series without an end\nadd COUNT or UNTIL to its RRULE: a permit ends");
	if (r.count && r.until.form != WARD_ICAL_NONE)
		return WARD_TEXT("RRULE has both COUNT and UNTIL\nremove one of them");
	*ret = r;
	return NULL;
}

/* The day at a step; never when that is too far. */
static int64_t day_at(const struct ward_ical_rule *r, int64_t first, int64_t at)
{
	int64_t interval = (int64_t)r->interval;
	int64_t back = (ward_ical_weekday(first) + 7 - r->week_start) % 7;

	if (at > 7 * 2 * WARD_ICAL_DATES_MAX)
		return never;
	if (!r->weekly)
		return first + at * interval;
	return first - back + at / 7 * 7 * interval + at % 7;
}

bool ward_ical_rule_next(
	const struct ward_ical_rule *r, int64_t first, int64_t *at, uint64_t *n, int64_t *ret)
{
	unsigned days = r->days ? r->days : r->weekly ? 1u << ward_ical_weekday(first) : 0x7f;

	if (r->count && *n >= r->count)
		return false;
	for (;;) {
		int64_t day = day_at(r, first, (*at)++);

		if (day == never)
			return false;
		if (day < first || !(days >> ward_ical_weekday(day) & 1))
			continue;
		++*n;
		*ret = day;
		return true;
	}
}
