#include "base/week.h"

const char *const ward_week_day_name[WARD_WEEK_DAYS] = {
	"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

unsigned ward_week_day(struct ward_str s)
{
	unsigned i = 0;

	while (i < WARD_WEEK_DAYS && !ward_str_eqz(s, ward_week_day_name[i]))
		i++;
	return i;
}

bool ward_week_days(struct ward_str s, unsigned *ret)
{
	bool any = false;

	while (s.p) {
		struct ward_str last = ward_str_cut(&s, ' '), first;

		if (!last.len)
			continue;
		first = ward_str_cut(&last, '-');
		unsigned a = ward_week_day(first), b = last.p ? ward_week_day(last) : a;

		if (a == WARD_WEEK_DAYS || b == WARD_WEEK_DAYS)
			return false;
		for (*ret |= 1u << a; a != b; *ret |= 1u << a)
			a = (a + 1) % WARD_WEEK_DAYS;
		any = true;
	}
	return any;
}

void ward_week_days_put(struct ward_wr *w, unsigned days)
{
	unsigned first = 0, n;
	const char *space = "";

	/* past the days that go on from Sunday, unless all are */
	while (first < WARD_WEEK_DAYS - 1 && days >> first & 1 && days >> (WARD_WEEK_DAYS - 1) & 1)
		first++;
	if (first == WARD_WEEK_DAYS - 1)
		first = 0;
	for (unsigned i = 0; i < WARD_WEEK_DAYS; i += n ? n : 1) {
		unsigned d = (first + i) % WARD_WEEK_DAYS;

		for (n = 0; i + n < WARD_WEEK_DAYS && days >> (d + n) % WARD_WEEK_DAYS & 1;)
			n++;
		if (!n)
			continue;
		ward_wr_printf(w, "%s%s", space, ward_week_day_name[d]);
		if (n > 1)
			ward_wr_printf(w, "-%s", ward_week_day_name[(d + n - 1) % WARD_WEEK_DAYS]);
		space = " ";
	}
}

bool ward_week_clock(struct ward_str s, uint32_t *ret)
{
	struct ward_str rest = s, hour = ward_str_cut(&rest, ':');
	uint64_t h, m;

	if (hour.len != 2 || rest.len != 2 || !ward_str_u64(hour, &h) || !ward_str_u64(rest, &m) ||
		m > 59 || h * 60 + m > WARD_DAY_MINUTES)
		return false;
	*ret = (uint32_t)(h * 60 + m);
	return true;
}

struct ward_week_turn ward_week_turn(unsigned days, uint32_t from, uint32_t until)
{
	uint32_t end = until > from ? until : until + WARD_DAY_MINUTES;

	return (struct ward_week_turn){.days = days, .at = from, .minutes = end - from};
}

bool ward_week_turn_has(const struct ward_week_turn *t, uint32_t week_minute)
{
	for (uint32_t d = 0; d < WARD_WEEK_DAYS; d++) {
		uint32_t begin = d * WARD_DAY_MINUTES + t->at;
		uint32_t since = (week_minute + WARD_WEEK_MINUTES - begin % WARD_WEEK_MINUTES) %
				 WARD_WEEK_MINUTES;

		if (t->days >> d & 1 && since < t->minutes)
			return true;
	}
	return false;
}
