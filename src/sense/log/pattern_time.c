/* The times that programs write into their own lines, where no log header has one. */
#include "base/clock.h"
#include "sense/log/pattern_part.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* n digits at off as a number. */
static bool number(struct ward_str s, size_t off, size_t n, int *ret)
{
	int v = 0;

	if (off > s.len || s.len - off < n)
		return false;
	for (size_t i = off; i < off + n; i++) {
		if (!digit(s.p[i]))
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*ret = v;
	return true;
}

static int month(struct ward_str s, size_t off)
{
	static const char name[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (off <= s.len && s.len - off >= 3 && memcmp(s.p + off, name + 3 * i, 3) == 0)
			return i + 1;
	return 0;
}

struct civil {
	int year, mon, day;
	int64_t second, ns;
	int64_t offset_s; /* east of UTC */
};

/* hh:mm:ss[.fff] at *off. */
static bool clock_time(struct ward_str s, size_t *off, struct civil *c)
{
	int h, m, sec;
	int64_t unit = WARD_NS_PER_S / 10;

	if (!number(s, *off, 2, &h) || !number(s, *off + 3, 2, &m) ||
		!number(s, *off + 6, 2, &sec) || s.p[*off + 2] != ':' || s.p[*off + 5] != ':' ||
		h > 23 || m > 59 || sec > 60)
		return false;
	c->second = h * 3600 + m * 60 + (sec > 59 ? 59 : sec);
	*off += 8;
	if (*off + 1 >= s.len || (s.p[*off] != '.' && s.p[*off] != ',') || !digit(s.p[*off + 1]))
		return true;
	for (++*off; *off < s.len && digit(s.p[*off]); ++*off, unit /= 10)
		c->ns += unit * (s.p[*off] - '0');
	return true;
}

/* "Z", "+0200", "+02:00", each with a blank before it or not; none is UTC. */
static void zone(struct ward_str s, size_t *off, struct civil *c)
{
	size_t i = *off;
	int h, m;

	if (i < s.len && s.p[i] == 'Z') {
		++*off;
		return;
	}
	if (i < s.len && s.p[i] == ' ')
		i++;
	if (i >= s.len || (s.p[i] != '+' && s.p[i] != '-') || !number(s, i + 1, 2, &h))
		return;
	size_t minute = i + 3 < s.len && s.p[i + 3] == ':' ? i + 4 : i + 3;

	if (!number(s, minute, 2, &m) || h > 14 || m > 59)
		return;
	c->offset_s = (h * 3600 + m * 60) * (s.p[i] == '-' ? -1 : 1);
	*off = minute + 2;
}

/* 2026-01-15 10:11:12, with '/' or 'T' too. */
static bool iso(struct ward_str s, size_t *off, struct civil *c)
{
	if (!number(s, 0, 4, &c->year) || !number(s, 5, 2, &c->mon) || !number(s, 8, 2, &c->day) ||
		(s.p[4] != '-' && s.p[4] != '/') || s.p[7] != s.p[4] || s.len < 19 ||
		(s.p[10] != ' ' && s.p[10] != 'T'))
		return false;
	*off = 11;
	if (!clock_time(s, off, c))
		return false;
	zone(s, off, c);
	return true;
}

/* 15/Jan/2026:10:11:12 +0100 (web servers), 15-Jan-2026 10:11:12.345 (BIND). */
static bool day_first(struct ward_str s, size_t *off, struct civil *c)
{
	size_t n = s.len > 1 && digit(s.p[1]) ? 2 : 1; /* of the day */

	if (s.len < n + 18 || !number(s, 0, n, &c->day) || (s.p[n] != '/' && s.p[n] != '-') ||
		!(c->mon = month(s, n + 1)) || s.p[n + 4] != s.p[n] ||
		!number(s, n + 5, 4, &c->year) || (s.p[n + 9] != ':' && s.p[n + 9] != ' '))
		return false;
	*off = n + 10;
	if (!clock_time(s, off, c))
		return false;
	zone(s, off, c);
	return true;
}

/* Thu Jan 15 10:11:12.345 2026 (asctime; Apache adds a fraction). */
static bool asc(struct ward_str s, size_t *off, struct civil *c)
{
	bool one = s.len > 8 && s.p[8] == ' ';

	if (s.len < 24 || !(c->mon = month(s, 4)) || s.p[3] != ' ' || s.p[7] != ' ' ||
		!number(s, one ? 9 : 8, one ? 1 : 2, &c->day) || s.p[10] != ' ')
		return false;
	*off = 11;
	if (!clock_time(s, off, c) || *off >= s.len || s.p[*off] != ' ' ||
		!number(s, *off + 1, 4, &c->year))
		return false;
	*off += 5;
	return true;
}

/* Seconds since 1970 with a fraction, as squid writes them. */
static bool epoch(struct ward_str s, size_t *off, ward_ns *ret)
{
	int64_t sec = 0, unit = WARD_NS_PER_S / 10, ns = 0;
	size_t i = 0;

	for (; i < s.len && i < 10 && digit(s.p[i]); i++)
		sec = sec * 10 + (s.p[i] - '0');
	if (i < 9 || (i < s.len && digit(s.p[i])))
		return false;
	if (i + 1 < s.len && s.p[i] == '.' && digit(s.p[i + 1]))
		for (i++; i < s.len && digit(s.p[i]); i++, unit /= 10)
			ns += unit * (s.p[i] - '0');
	*off = i;
	*ret = sec * WARD_NS_PER_S + ns; /* ten digits fit */
	return *ret >= 0;
}

bool ward_log_time_take(struct ward_str *s, ward_ns *ret)
{
	static bool (*const form[])(struct ward_str, size_t *, struct civil *) = {
		iso, day_first, asc};
	size_t off = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(form); i++) {
		struct civil c = {.year = 0};

		if (!form[i](*s, &off, &c))
			continue;
		if (c.mon < 1 || c.mon > 12 || c.day < 1 || c.day > 31 || c.year < 1970 ||
			ward_time_civil(c.year, c.mon, c.day, c.second - c.offset_s, c.ns, ret) !=
				WARD_OK)
			return false;
		*s = ward_str_sub(*s, off, s->len);
		return true;
	}
	if (!epoch(*s, &off, ret))
		return false;
	*s = ward_str_sub(*s, off, s->len);
	return true;
}
