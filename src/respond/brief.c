#include "respond/brief.h"

#include "story/zone.h"

struct ward_str respond_time(struct brief *b, ward_ns t, ward_ns now)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct ward_local l, today;

	ward_zone_local(t, &l);
	ward_zone_local(now, &today);
	if (l.year != today.year || l.month != today.month || l.day != today.day)
		ward_wr_printf(&w, "%04d-%02d-%02d ", l.year, l.month, l.day);
	ward_wr_printf(&w, "%02d:%02d", l.hour, l.minute);
	return ward_wr_text(&w);
}

struct ward_str respond_digits(struct brief *b, uint64_t n)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));

	ward_wr_u64(&w, n);
	return ward_wr_text(&w);
}

struct ward_str respond_span(struct brief *b, struct ward_lang *lang, ward_ns ns)
{
	uint64_t min = (uint64_t)(ns / RESPOND_MINUTE);
	struct ward_wr to = ward_wr_fixed(b->p, sizeof(b->p));
	struct brief big, small;

	if (min < 100)
		WARD_SAY(&to, lang, WARD_TEXT("{min}\u00a0min"),
			{"min", respond_digits(&small, min)});
	else if (min < 48 * 60)
		WARD_SAY(&to, lang, WARD_TEXT("{h}\u00a0h\u00a0{min}\u00a0min"),
			{"h", respond_digits(&big, min / 60)},
			{"min", respond_digits(&small, min % 60)});
	else
		WARD_SAY(&to, lang, WARD_TEXT("{d}\u00a0d\u00a0{h}\u00a0h"),
			{"d", respond_digits(&big, min / 1440)},
			{"h", respond_digits(&small, min / 60 % 24)});
	return ward_wr_text(&to);
}
