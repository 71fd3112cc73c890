#include "cli/when.h"

#include "story/zone.h"

#include <stdio.h>

/* Two digits and nothing else. */
static bool two(struct ward_str s, int *ret)
{
	uint64_t v;

	if (s.len != 2 || !ward_str_u64(s, &v))
		return false;
	*ret = (int)v;
	return true;
}

static bool clock_of(struct ward_str s, struct ward_local *l)
{
	struct ward_str minute = s, hour = ward_str_cut(&minute, ':');

	l->second = 0;
	return minute.p && two(hour, &l->hour) && two(minute, &l->minute) && l->hour < 24 &&
	       l->minute < 60;
}

static bool date_of(struct ward_str s, struct ward_local *l)
{
	char text[32];
	ward_ns t;
	int64_t unused;

	/* as UTC: only to see whether there is such a day */
	(void)snprintf(text, sizeof(text), "%.*sT00:00:00Z", s.len < 16 ? (int)s.len : 16, s.p);
	if (s.len != 10 || ward_time_parse(ward_str_z(text), &t) != WARD_OK)
		return false;
	ward_time_split(t, &l->year, &l->month, &l->day, &unused);
	return true;
}

bool ward_cli_time(struct ward_str s, ward_ns now, ward_ns *ret)
{
	struct ward_local l;
	bool zoned = s.len > 10 && (s.p[s.len - 1] == 'Z' || s.p[s.len - 1] == 'z');

	for (size_t i = 11; i < s.len; i++)
		zoned |= s.p[i] == '+' || s.p[i] == '-';
	if (zoned)
		return ward_time_parse(s, ret) == WARD_OK;
	ward_zone_local(now, &l);
	if (s.len == 10 && date_of(s, &l)) {
		l.hour = l.minute = l.second = 0;
		return ward_zone_at(&l, ret) == WARD_OK;
	}
	if (s.len == 16 && (s.p[10] == ' ' || s.p[10] == 'T')) {
		if (!date_of(ward_str_sub(s, 0, 10), &l))
			return false;
		s = ward_str_sub(s, 11, 5);
	}
	return clock_of(s, &l) && ward_zone_at(&l, ret) == WARD_OK;
}

int ward_cli_since(const struct ward_cmd *cmd, const char *text, ward_ns now, ward_ns *ret)
{
	struct ward_str s = ward_str_z(text);
	ward_ns back;

	if (ward_duration_parse(s, &back) == WARD_OK) {
		if (back < 0 || !ward_sub(now, back, ret))
			*ret = INT64_MIN;
		return WARD_EXIT_DONE;
	}
	if (ward_cli_time(s, now, ret))
		return WARD_EXIT_DONE;
	return ward_cli_usage(cmd,
		"--since: '%s' is neither a length of time nor a time; write 7d, 2026-03-12, "
		"'2026-03-12 09:00' or 2026-03-12T09:00:00+01:00",
		text);
}
