#include "story/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64 };

static bool plausible(struct ward_str s)
{
	if (!s.len || s.len > NAME_MAX_BYTES || s.p[0] == '/')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '/' || c == '_' || c == '-' || c == '+'))
			return false; /* no '.', so no way out of the directory either */
	}
	return true;
}

/* glibc takes UTC for a zone that it can't find, and says nothing: ask the file first. */
static bool exists(const char *name)
{
	const char *dir = getenv("TZDIR");
	char path[4096];
	int n = snprintf(
		path, sizeof(path), "%s/%s", dir && *dir ? dir : "/usr/share/zoneinfo", name);

	return n > 0 && (size_t)n < sizeof(path) && access(path, R_OK) == 0;
}

enum ward_err ward_zone_use(struct ward_str name)
{
	char zone[NAME_MAX_BYTES + 1] = "UTC0";
	enum ward_err err = WARD_OK;

	if (plausible(name))
		(void)snprintf(zone, sizeof(zone), "%.*s", WARD_STR_ARG(name));
	else
		err = WARD_ERR_MALFORMED;
	if (!err && !exists(zone)) {
		(void)snprintf(zone, sizeof(zone), "UTC0");
		err = WARD_ERR_NOT_FOUND;
	}
	if (setenv("TZ", zone, 1) != 0)
		return WARD_ERR_NOMEM;
	tzset();
	return err;
}

void ward_zone_local(ward_ns t, struct ward_local *ret)
{
	time_t s = (time_t)(t / WARD_NS_PER_S - (t % WARD_NS_PER_S < 0));
	struct tm tm = {.tm_mday = 1, .tm_year = 70, .tm_wday = 4};

	(void)localtime_r(&s, &tm);
	*ret = (struct ward_local){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_wday,
		tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(tm.tm_gmtoff / 60)};
}

static time_t second_of(const struct ward_local *l, int summer)
{
	struct tm tm = {.tm_year = l->year - 1900,
		.tm_mon = l->month - 1,
		.tm_mday = l->day,
		.tm_hour = l->hour,
		.tm_min = l->minute,
		.tm_sec = l->second,
		.tm_isdst = summer};

	return mktime(&tm);
}

static bool shows(time_t s, const struct ward_local *l)
{
	struct tm tm;

	return localtime_r(&s, &tm) && tm.tm_year == l->year - 1900 && tm.tm_mon == l->month - 1 &&
	       tm.tm_mday == l->day && tm.tm_hour == l->hour && tm.tm_min == l->minute;
}

enum ward_err ward_zone_at(const struct ward_local *l, ward_ns *ret)
{
	time_t usual = second_of(l, 0), summer = second_of(l, 1), s = usual;
	ward_ns t;

	if (shows(summer, l) && (!shows(usual, l) || summer < usual))
		s = summer;
	if (!ward_mul((ward_ns)s, WARD_NS_PER_S, &t))
		return WARD_ERR_LIMIT;
	*ret = t;
	return WARD_OK;
}

struct ward_day ward_zone_day(ward_ns t)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	return (struct ward_day){l.year, l.month, l.day, l.hour, l.minute};
}
