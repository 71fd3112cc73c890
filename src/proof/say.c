/* Numbers for people. */
#include "proof/say.h"

#include "story/zone.h"

void proof_day(struct ward_wr *w, struct ward_lang *lang, ward_ns t)
{
	if (t == WARD_NS_NEVER)
		return;
	const struct ward_day day = ward_zone_day(t);

	ward_say_day(w, lang, &day);
}

void proof_time(struct ward_wr *w, struct ward_lang *lang, ward_ns t)
{
	if (t == WARD_NS_NEVER)
		return;
	const struct ward_day day = ward_zone_day(t);

	ward_say_moment(w, lang, &day);
}

void proof_span(struct ward_wr *w, ward_ns t)
{
	uint64_t s = t < 0 ? 0 : (uint64_t)(t / WARD_NS_PER_S);

	if (s < 120)
		ward_wr_printf(w, "%llu s", (unsigned long long)s);
	else if (s < (uint64_t)120 * 60)
		ward_wr_printf(w, "%llu min", (unsigned long long)(s / 60));
	else if (s < (uint64_t)48 * 3600)
		ward_wr_printf(w, "%llu h", (unsigned long long)(s / 3600));
	else
		ward_wr_printf(w, "%llu d", (unsigned long long)(s / 86400));
}

void proof_number(struct ward_wr *w, struct ward_lang *lang, enum ward_fact f,
	const struct ward_proof_value *v, bool month)
{
	if (!v->known) {
		ward_say(w, lang, WARD_TEXT("not known"));
		return;
	}
	if (v->few) {
		ward_say(w, lang, WARD_TEXT("fewer than five"));
		return;
	}
	if (ward_fact_kind(f) == WARD_FACT_LASTS) {
		if (month ? v->now : v->n)
			proof_span(w, month ? v->mean : v->mean_all);
		else
			ward_wr_z(w, "–");
		return;
	}
	if (f == WARD_FACT_KEY) {
		ward_say(w, lang, v->n ? WARD_TEXT("yes") : WARD_TEXT("no"));
		return;
	}
	ward_say_number(w, lang, month ? v->now : v->n);
	if (v->of && !month) {
		char of[32];
		struct ward_wr n = ward_wr_fixed(of, sizeof(of));

		ward_say_number(&n, lang, v->of);
		ward_wr_z(w, " / ");
		ward_wr_str(w, ward_wr_text(&n));
	}
}
