#include "report/priv.h"

#include "story/likely.h"
#include "story/zone.h"

struct ward_str report_time(struct report_brief *b, struct ward_lang *lang, ward_ns t)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));

	if (t == WARD_NS_NEVER)
		return WARD_STR("");
	const struct ward_day day = ward_zone_day(t);

	ward_say_moment(&w, lang, &day);
	return ward_wr_text(&w);
}

struct ward_str report_time_on(
	struct report_brief *b, struct ward_lang *lang, ward_ns t, ward_ns day)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	const struct ward_day x = ward_zone_day(t), on = ward_zone_day(day);

	if (t == WARD_NS_NEVER || x.year != on.year || x.month != on.month || x.day != on.day)
		return report_time(b, lang, t);
	ward_wr_printf(&w, "%02d:%02d", x.hour, x.minute);
	return ward_wr_text(&w);
}

const char *report_level(unsigned level)
{
	static const char *const word[WARD_RECORD_LEVELS] = {WARD_TEXT("info"), WARD_TEXT("low"),
		WARD_TEXT("medium"), WARD_TEXT("HIGH"), WARD_TEXT("CRITICAL")};

	return word[level < WARD_RECORD_LEVELS ? level : WARD_RECORD_LEVELS - 1];
}

const char *report_domain(struct ward_str domain)
{
	return ward_str_eqz(domain, "hybrid")     ? WARD_TEXT("physical and cyber at once")
	       : ward_str_eqz(domain, "physical") ? WARD_TEXT("physical")
						  : WARD_TEXT("cyber");
}

struct named {
	const char *name, *word;
};

static struct ward_str word_of(
	struct ward_lang *lang, struct ward_str name, const struct named *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(name, all[i].name))
			return ward_lang_text(lang, ward_str_z(all[i].word));
	return name;
}

struct ward_str report_state(struct ward_lang *lang, struct ward_str state)
{
	static const struct named all[] = {{"queued", WARD_TEXT("waiting to be sent")},
		{"sent", WARD_TEXT("delivered")}, {"failed", WARD_TEXT("not delivered yet")},
		{"refused", WARD_TEXT("refused")},
		{"superseded", WARD_TEXT("replaced by a newer one")},
		{"proposed", WARD_TEXT("proposed")}, {"approved", WARD_TEXT("approved")},
		{"done", WARD_TEXT("done")}, {"finished", WARD_TEXT("done")},
		{"undone", WARD_TEXT("taken back")}, {"expired", WARD_TEXT("expired")},
		{"in-doubt", WARD_TEXT("in doubt")}};

	return word_of(lang, state, all, WARD_ARRAY_LEN(all));
}

struct ward_str report_change(struct ward_lang *lang, struct ward_str change)
{
	static const struct named all[] = {{"opened", WARD_TEXT("New incident")},
		{"raised", WARD_TEXT("More serious than told")},
		{"grown", WARD_TEXT("More care may be hit")},
		{"spread", WARD_TEXT("In another room, too")},
		{"more", WARD_TEXT("Something else critical in it")},
		{"confirmed", WARD_TEXT("Confirmed")},
		{"lowered", WARD_TEXT("Less serious than told")}, {"over", WARD_TEXT("Over")},
		{"dismissed", WARD_TEXT("Dismissed: there is no incident")},
		{"merged", WARD_TEXT("Part of another incident")},
		{"recording_near", WARD_TEXT("A recording is about to be overwritten")},
		{"recording_lost", WARD_TEXT("A recording was not kept and is overwritten")}};

	return word_of(lang, change, all, WARD_ARRAY_LEN(all));
}

const struct ward_exchange_impact *report_worst(const struct ward_exchange_incident *i)
{
	const struct ward_exchange_impact *worst = NULL;

	for (size_t k = 0; k < i->n_impact; k++) {
		const struct ward_exchange_impact *f = &i->impact[k];

		if (!worst || ward_likely(f->lo_micro, f->hi_micro) >
				      ward_likely(worst->lo_micro, worst->hi_micro))
			worst = f;
	}
	return worst;
}

struct ward_str report_where(const struct ward_exchange_incident *i)
{
	for (size_t k = 0; k < i->n_sign; k++)
		if (!i->name.on.len || ward_str_eq(i->sign[k].on, i->name.on))
			return i->sign[k].where;
	return WARD_STR("");
}
