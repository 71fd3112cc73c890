#include "report/priv.h"

#include "story/likely.h"
#include "story/zone.h"

struct ward_str report_time(struct report_brief *b, ward_ns t)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct ward_local l;

	if (t == WARD_NS_NEVER)
		return WARD_STR("");
	ward_zone_local(t, &l);
	ward_wr_printf(&w, "%04d-%02d-%02d %02d:%02d", l.year, l.month, l.day, l.hour, l.minute);
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

struct ward_str report_state(struct ward_lang *lang, struct ward_str state)
{
	static const struct {
		const char *state, *word;
	} words[] = {{"queued", WARD_TEXT("waiting to be sent")}, {"sent", WARD_TEXT("delivered")},
		{"failed", WARD_TEXT("not delivered yet")}, {"refused", WARD_TEXT("refused")},
		{"superseded", WARD_TEXT("replaced by a newer one")},
		{"proposed", WARD_TEXT("proposed")}, {"approved", WARD_TEXT("approved")},
		{"done", WARD_TEXT("done")}, {"undone", WARD_TEXT("taken back")},
		{"expired", WARD_TEXT("expired")}, {"in doubt", WARD_TEXT("in doubt")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(words); i++)
		if (ward_str_eqz(state, words[i].state))
			return ward_lang_text(lang, ward_str_z(words[i].word));
	return state;
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
