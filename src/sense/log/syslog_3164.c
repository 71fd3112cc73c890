#include "sense/log/syslog_part.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool number(struct ward_str s, size_t off, size_t len, int *ret)
{
	int v = 0;

	if (off > s.len || s.len - off < len)
		return false;
	for (size_t i = off; i < off + len; i++) {
		if (!digit(s.p[i]))
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*ret = v;
	return true;
}

static int month(struct ward_str s)
{
	static const char name[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12 && s.len >= 3; i++)
		if (s.p[2] == name[3 * i + 2] && memcmp(s.p, name + 3 * i, 2) == 0)
			return i + 1;
	return 0;
}

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool has_day(int year, int mon, int day)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return day >= 1 && day <= days[mon - 1] && (mon != 2 || day < 29 || leap(year));
}

struct stamp {
	int year; /* 0: not given */
	int mon, day;
	int64_t second; /* of the day */
	int64_t ns;
};

/* When it was, had it been in this year. False: there is no such day, or no number for it. */
static bool in_year(const struct stamp *st, int year, int32_t offset_s, ward_ns *ret)
{
	return has_day(year, st->mon, st->day) &&
	       ward_time_civil(year, st->mon, st->day, st->second - offset_s, st->ns, ret) ==
		       WARD_OK;
}

/* A log is of the past: one of last December that is read in January is last year's, one of March
 * that is read in November this year's. A clock may run ahead, by a day at most: one that does by
 * minutes on New Year's Eve is in next year. So it is the latest year that is not further ahead;
 * where each that has such a day is, the first of them. */
static bool place(const struct stamp *st, ward_ns reference, int32_t offset_s, ward_ns *ret)
{
	const ward_ns ahead_max = (ward_ns)86400 * WARD_NS_PER_S;
	const ward_ns latest =
		reference > WARD_NS_NEVER - ahead_max ? WARD_NS_NEVER : reference + ahead_max;
	int y, m, d;
	int64_t s;
	bool found = false;

	if (st->year)
		return in_year(st, st->year, offset_s, ret);
	ward_time_split(reference, &y, &m, &d, &s);
	/* next year's days are a month away until December */
	for (int year = m == 12 ? y + 1 : y; year >= y - 1; year--) {
		ward_ns t;

		if (!in_year(st, year, offset_s, &t))
			continue;
		*ret = t;
		found = true;
		if (t <= latest)
			break;
	}
	return found || in_year(st, y + 1, offset_s, ret);
}

static size_t fraction(struct ward_str s, size_t off, int64_t *ns)
{
	int64_t unit = 100000000;

	if (off + 1 >= s.len || s.p[off] != '.' || !digit(s.p[off + 1]))
		return off;
	for (off++; off < s.len && digit(s.p[off]); off++, unit /= 10)
		*ns += unit * (s.p[off] - '0');
	return off;
}

/* "Mmm dd [yyyy] hh:mm:ss[.f]" (RFC 3164 4.1.2; year and fraction as routers write them): its
 * length, 0 when it is none. */
static size_t bsd_stamp(struct ward_str s, struct stamp *st)
{
	size_t off = 4;
	int h, m, sec;

	*st = (struct stamp){.mon = month(s)};
	if (!st->mon || s.len < 15 || s.p[3] != ' ')
		return 0;
	if (s.p[off] == ' ')
		off++;
	size_t n = off + 1 < s.len && digit(s.p[off + 1]) ? 2 : 1;

	if (!number(s, off, n, &st->day))
		return 0;
	off += n;
	if (off >= s.len || s.p[off++] != ' ')
		return 0;
	if (number(s, off, 4, &st->year) && off + 4 < s.len && s.p[off + 4] == ' ')
		off += 5;
	else
		st->year = 0;
	if (!number(s, off, 2, &h) || !number(s, off + 3, 2, &m) || !number(s, off + 6, 2, &sec) ||
		s.p[off + 2] != ':' || s.p[off + 5] != ':' || h > 23 || m > 59 || sec > 60)
		return 0;
	st->second = h * 3600 + m * 60 + (sec > 59 ? 59 : sec);
	off = fraction(s, off + 8, &st->ns);
	return off < s.len && s.p[off] == ':' ? off + 1 : off;
}

/* RFC 3339, as rsyslog and syslog-ng write it in files: its length, 0 when it is none. */
static size_t iso_stamp(struct ward_str s, ward_ns *ret)
{
	if (s.len < 19 || !digit(s.p[0]) || s.p[10] != 'T')
		return 0;
	struct ward_str rest = s, word = ward_str_cut(&rest, ' ');

	if (word.len < 19 || ward_time_parse(word, ret) != WARD_OK)
		return 0;
	return word.len;
}

static bool tag_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit(c) || c == '_' ||
	       c == '-' || c == '.' || c == '/';
}

/* TAG[PID]: at the beginning of s; the rest is the message. */
static void take_tag(struct ward_str *s, struct ward_syslog *m)
{
	size_t n = 0, i;
	struct ward_str pid = {"", 0};

	while (n < s->len && n < 64 && tag_char(s->p[n]))
		n++;
	i = n;
	if (n && i < s->len && s->p[i] == '[') {
		struct ward_str rest = ward_str_sub(*s, i + 1, 32);
		size_t close = ward_str_find(rest, WARD_STR("]"));

		if (close == SIZE_MAX)
			return;
		pid = ward_str_sub(rest, 0, close);
		i += close + 2;
	}
	if (n == 0 || i >= s->len || s->p[i] != ':')
		return;
	m->app = ward_str_sub(*s, 0, n);
	m->procid = pid;
	i++;
	if (i < s->len && s->p[i] == ' ')
		i++;
	*s = ward_str_sub(*s, i, s->len);
}

bool ward_syslog_3164(
	struct ward_str s, ward_ns reference, int32_t utc_offset_s, struct ward_syslog *m)
{
	struct stamp st;
	size_t n = iso_stamp(s, &m->time);

	m->has_time = n > 0;
	if (!n && (n = bsd_stamp(s, &st)) > 0)
		m->has_time = place(&st, reference, utc_offset_s, &m->time);
	if (!m->has_time && m->pri < 0)
		return false;
	m->form = WARD_SYSLOG_3164;
	if (m->has_time) {
		s = ward_str_sub(s, n, s.len);
		while (s.len && s.p[0] == ' ')
			s = ward_str_sub(s, 1, s.len);
		struct ward_str rest = s, host = ward_str_cut(&rest, ' ');

		/* "su: …" and "sshd[7]: …" are tags: the host was left out. */
		if (host.len && rest.p && host.p[host.len - 1] != ':') {
			m->host = host;
			s = rest;
		}
	}
	take_tag(&s, m);
	m->message = s;
	return true;
}
