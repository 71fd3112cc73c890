#include "base/clock.h"

#include <time.h>

static ward_ns read_clock(clockid_t id)
{
	struct timespec ts;

	WARD_ASSERT(clock_gettime(id, &ts) == 0);
	return (ward_ns)ts.tv_sec * WARD_NS_PER_S + ts.tv_nsec;
}

static ward_ns system_now(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static ward_ns system_mono(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_MONOTONIC);
}

const struct ward_clock *ward_clock_system(void)
{
	static const struct ward_clock clock = {system_now, system_mono, NULL};

	return &clock;
}

static ward_ns fake_now(void *ctx)
{
	return ((struct ward_clock_fake *)ctx)->at;
}

void ward_clock_fake_init(struct ward_clock_fake *f, ward_ns at)
{
	*f = (struct ward_clock_fake){{fake_now, fake_now, f}, at};
}

/* Days since 1970-01-01 of a proleptic Gregorian date (Hinnant, days_from_civil). */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

enum ward_err ward_time_civil(
	int year, int month, int day, int64_t second_of_day, int64_t nanosecond, ward_ns *ret)
{
	int64_t second, ns;

	if (!ward_mul(days_from_civil(year, month, day), (int64_t)86400, &second) ||
		!ward_add(second, second_of_day, &second) ||
		!ward_mul(second, (int64_t)WARD_NS_PER_S, &ns) || !ward_add(ns, nanosecond, &ns))
		return WARD_ERR_LIMIT;
	*ret = ns;
	return WARD_OK;
}

static bool two(const char *p, int *ret)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*ret = (p[0] - '0') * 10 + (p[1] - '0');
	return true;
}

static int days_in_month(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : days[m - 1];
}

/* "Z", "+02:00", "-0330" or nothing; minutes east of UTC. */
static bool parse_offset(struct ward_str s, int *ret)
{
	int h, m;

	*ret = 0;
	if (s.len == 0 || (s.len == 1 && (s.p[0] == 'Z' || s.p[0] == 'z')))
		return true;
	if (s.p[0] != '+' && s.p[0] != '-')
		return false;
	if (s.len == 6 && s.p[3] == ':') {
		if (!two(s.p + 1, &h) || !two(s.p + 4, &m))
			return false;
	} else if (s.len != 5 || !two(s.p + 1, &h) || !two(s.p + 3, &m)) {
		return false;
	}
	*ret = (s.p[0] == '-' ? -1 : 1) * (h * 60 + m);
	return h < 24 && m < 60;
}

static size_t parse_fraction(struct ward_str s, int64_t *ret)
{
	int64_t scale = 100000000;
	size_t i = 1;

	*ret = 0;
	if (s.len < 2 || (s.p[0] != '.' && s.p[0] != ','))
		return 0;
	for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++, scale /= 10)
		*ret += scale * (s.p[i] - '0');
	return i == 1 ? 0 : i;
}

enum ward_err ward_time_parse(struct ward_str s, ward_ns *ret)
{
	int c, y, mo, d, h, mi, se, off;
	int64_t ns;

	if (s.len < 19 || s.p[4] != '-' || s.p[7] != '-' || s.p[13] != ':' || s.p[16] != ':' ||
		(s.p[10] != 'T' && s.p[10] != 't' && s.p[10] != ' '))
		return WARD_ERR_MALFORMED;
	if (!two(s.p, &c) || !two(s.p + 2, &y) || !two(s.p + 5, &mo) || !two(s.p + 8, &d) ||
		!two(s.p + 11, &h) || !two(s.p + 14, &mi) || !two(s.p + 17, &se))
		return WARD_ERR_MALFORMED;
	y += c * 100;
	if (mo < 1 || mo > 12 || d < 1 || d > days_in_month(y, mo) || h > 23 || mi > 59 || se > 60)
		return WARD_ERR_MALFORMED;
	struct ward_str rest = ward_str_sub(s, 19, s.len);

	rest = ward_str_sub(rest, parse_fraction(rest, &ns), rest.len);
	if (!parse_offset(rest, &off))
		return WARD_ERR_MALFORMED;
	if (se == 60)
		se = 59;
	return ward_time_civil(y, mo, d, ((int64_t)h * 60 + mi - off) * 60 + se, ns, ret);
}

void ward_time_split(
	ward_ns t, int *ret_year, int *ret_month, int *ret_day, int64_t *ret_second_of_day)
{
	int64_t second = t / WARD_NS_PER_S - (t % WARD_NS_PER_S < 0);
	int64_t day = second / 86400 - (second % 86400 < 0);
	int64_t z = day + 719468; /* Hinnant, civil_from_days */
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
	*ret_second_of_day = second - day * 86400;
}

static char *put_digits(char *to, int64_t v, int n)
{
	for (int i = n; i-- > 0; v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + n;
}

static char *put_char(char *to, char c)
{
	*to = c;
	return to + 1;
}

void ward_time_write(struct ward_wr *w, ward_ns t)
{
	char text[sizeof("2262-04-11T23:47:16.854775807Z")], *to = text;
	int y, mo, d, n = 9;
	int64_t sod, ns = t % WARD_NS_PER_S;

	if (ns < 0)
		ns += WARD_NS_PER_S;
	ward_time_split(t, &y, &mo, &d, &sod);
	to = put_char(put_digits(to, y, 4), '-');
	to = put_char(put_digits(to, mo, 2), '-');
	to = put_char(put_digits(to, d, 2), 'T');
	to = put_char(put_digits(to, sod / 3600, 2), ':');
	to = put_char(put_digits(to, sod / 60 % 60, 2), ':');
	to = put_digits(to, sod % 60, 2);
	if (ns) {
		for (; ns % 10 == 0; ns /= 10)
			n--;
		to = put_digits(put_char(to, '.'), ns, n);
	}
	to = put_char(to, 'Z');
	ward_wr_bytes(w, text, (size_t)(to - text));
}

enum ward_err ward_duration_parse(struct ward_str s, ward_ns *ret)
{
	static const struct {
		const char *unit;
		ward_ns ns;
	} units[] = {{"ms", WARD_NS_PER_MS}, {"s", WARD_NS_PER_S}, {"m", 60 * WARD_NS_PER_S},
		{"min", 60 * WARD_NS_PER_S}, {"h", 3600 * WARD_NS_PER_S},
		{"d", 86400 * WARD_NS_PER_S}};
	size_t n = 0;
	int64_t v, ns;

	while (n < s.len && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	struct ward_str unit = ward_str_trim(ward_str_sub(s, n, s.len));

	for (size_t i = 0; i < WARD_ARRAY_LEN(units); i++) {
		if (!ward_str_eqz(unit, units[i].unit))
			continue;
		if (n == 0)
			return WARD_ERR_MALFORMED;
		if (!ward_str_i64(ward_str_sub(s, 0, n), &v) || !ward_mul(v, units[i].ns, &ns))
			return WARD_ERR_LIMIT;
		*ret = ns;
		return WARD_OK;
	}
	return WARD_ERR_MALFORMED;
}
