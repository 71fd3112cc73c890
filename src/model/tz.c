#include "model/tz.h"

enum { DAY_S = 86400, HOURS_MAX = 167, ZONE_MAX = 24 };

/* A number of at most three digits, from *s, which loses it. */
static bool number(struct ward_str *s, int32_t max, int32_t *ret)
{
	size_t n = 0;
	int32_t v = 0;

	while (n < s->len && n < 3 && s->p[n] >= '0' && s->p[n] <= '9')
		v = 10 * v + (s->p[n++] - '0');
	*s = ward_str_sub(*s, n, s->len - n);
	*ret = v;
	return n && v <= max;
}

static bool take(struct ward_str *s, char c)
{
	if (!s->len || s->p[0] != c)
		return false;
	*s = ward_str_sub(*s, 1, s->len - 1);
	return true;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool clock_time(struct ward_str *s, int32_t hours_max, int32_t *ret)
{
	bool minus = take(s, '-');
	int32_t h, part[2] = {0, 0};

	if (!minus)
		(void)take(s, '+');
	if (!number(s, hours_max, &h))
		return false;
	for (int i = 0; i < 2 && take(s, ':'); i++)
		if (!number(s, 59, &part[i]))
			return false;
	*ret = h * 3600 + part[0] * 60 + part[1];
	*ret = minus ? -*ret : *ret;
	return true;
}

/* "CET" or "<+03>". */
static bool name(struct ward_str *s)
{
	bool quoted = take(s, '<');
	size_t n = 0;

	while (n < s->len &&
		(quoted ? s->p[n] != '>'
			: (s->p[n] >= 'A' && s->p[n] <= 'Z') || (s->p[n] >= 'a' && s->p[n] <= 'z')))
		n++;
	*s = ward_str_sub(*s, n, s->len - n);
	return n >= 3 && (!quoted || take(s, '>'));
}

/* ",Mm.w.d[/time]" */
static bool turn(struct ward_str *s, struct ward_tz_turn *ret)
{
	ret->at_s = 2 * 3600;
	return take(s, ',') && take(s, 'M') && number(s, 12, &ret->month) && ret->month > 0 &&
	       take(s, '.') && number(s, 5, &ret->week) && ret->week > 0 && take(s, '.') &&
	       number(s, 6, &ret->day) && (!take(s, '/') || clock_time(s, HOURS_MAX, &ret->at_s));
}

bool ward_tz_parse(struct ward_str rule, struct ward_tz *ret)
{
	struct ward_tz z = {0};
	int32_t west;

	*ret = z;
	if (!name(&rule) || !clock_time(&rule, ZONE_MAX, &west))
		return false;
	z.usual_s = z.summer_s = -west;
	if (rule.len) {
		if (!name(&rule))
			return false;
		z.summer_s = z.usual_s + 3600;
		if (rule.len && rule.p[0] != ',') {
			if (!clock_time(&rule, ZONE_MAX, &west))
				return false;
			z.summer_s = -west;
		}
		if (!turn(&rule, &z.start) || !turn(&rule, &z.end) || rule.len)
			return false;
	}
	*ret = z;
	return true;
}

struct ward_str ward_tz_footer(struct ward_slice file)
{
	struct ward_str s = {(const char *)file.p, file.len}, none = {"", 0};
	size_t from;

	if (s.len < 44 || memcmp(s.p, "TZif", 4) != 0 || s.p[4] < '2' || s.p[s.len - 1] != '\n')
		return none;
	from = s.len - 1;
	while (from && s.p[from - 1] != '\n')
		from--;
	return from ? ward_str_sub(s, from, s.len - 1 - from) : none;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Seconds since 1970 on the wall clock at which that turn of the year comes. */
static int64_t turn_at(const struct ward_tz_turn *t, int year)
{
	int next_year = t->month == 12 ? year + 1 : year;
	int32_t next_month = t->month == 12 ? 1 : t->month + 1;
	ward_ns first_ns = 0, next_ns = 0;

	if (ward_time_civil(year, t->month, 1, 0, 0, &first_ns) ||
		ward_time_civil(next_year, next_month, 1, 0, 0, &next_ns))
		return 0; /* at the ends of what can be written */
	int64_t first = floor_div(first_ns, DAY_S * WARD_NS_PER_S);
	int64_t next = floor_div(next_ns, DAY_S * WARD_NS_PER_S);
	int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	int64_t day = first + (t->day - weekday + 7) % 7 + 7 * (int64_t)(t->week - 1);

	while (day >= next)
		day -= 7;
	return day * DAY_S + t->at_s;
}

int32_t ward_tz_offset(const struct ward_tz *z, ward_ns t)
{
	int year, month, day;
	int64_t second, now = floor_div(t, WARD_NS_PER_S);

	if (z->usual_s == z->summer_s)
		return z->usual_s;
	ward_time_split(t, &year, &month, &day, &second);
	int64_t start = turn_at(&z->start, year) - z->usual_s;
	int64_t end = turn_at(&z->end, year) - z->summer_s;
	bool summer = start < end ? now >= start && now < end : now >= start || now < end;

	return summer ? z->summer_s : z->usual_s;
}

uint32_t ward_tz_minute(const struct ward_tz *z, ward_ns t)
{
	int64_t minute = floor_div(floor_div(t, WARD_NS_PER_S) + ward_tz_offset(z, t), 60);

	/* 1970-01-01 was a Thursday: three days after a Monday */
	minute = (minute + 3 * 24 * 60) % WARD_WEEK_MINUTES;
	return (uint32_t)(minute < 0 ? minute + WARD_WEEK_MINUTES : minute);
}
