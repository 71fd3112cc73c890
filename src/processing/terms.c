/* What an entry says, as people read it. */
#include "processing/terms.h"

void ward_proc_say_basis(struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct ward_str s = l->at[i], a, b;

		ward_wr_z(w, i ? ", " : "");
		if (!ward_str_starts(s, WARD_STR("A"))) {
			ward_wr_str(w, s);
			continue;
		}
		s = ward_str_sub(s, 1, s.len);
		a = ward_str_cut(&s, '-');
		b = ward_str_cut(&s, '-');
		WARD_SAY(w, lang, WARD_TEXT("GDPR {article}"), {"article", {NULL, 0}});
		ward_wr_printf(
			w, "%.*s(%.*s)(%.*s)", WARD_STR_ARG(a), WARD_STR_ARG(b), WARD_STR_ARG(s));
	}
}

/* Terms of the vocabulary that ready-made entries use. Others stand as they are written. */
static struct ward_str term(struct ward_lang *lang, struct ward_str s)
{
	static const struct {
		const char *term, *says;
	} of[] = {{"dpv:Patient", WARD_TEXT("patients")}, {"dpv:Visitor", WARD_TEXT("visitors")},
		{"dpv:Employee", WARD_TEXT("staff")}, {"pd:Picture", WARD_TEXT("pictures")},
		{"pd:Location", WARD_TEXT("places and times")},
		{"pd:Behavioural", WARD_TEXT("behaviour")},
		{"pd:UID", WARD_TEXT("numbers of badges")}, {"pd:Username", WARD_TEXT("accounts")},
		{"pd:IPAddress", WARD_TEXT("network addresses")},
		{"pd:MACAddress", WARD_TEXT("device addresses")},
		{"pd:TelephoneNumber", WARD_TEXT("telephone numbers")},
		{"pd:MedicalHealth", WARD_TEXT("data about health")},
		{"pd:Health", WARD_TEXT("data about health")},
		{"pd:HealthRecord", WARD_TEXT("patient records")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		if (ward_str_eqz(s, of[i].term))
			return ward_lang_text(lang, ward_str_z(of[i].says));
	return s;
}

void ward_proc_say_terms(struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		ward_wr_z(w, i ? ", " : "");
		ward_wr_str(w, term(lang, l->at[i]));
	}
}

void ward_proc_say_processors(
	struct ward_wr *w, const struct ward_processing *p, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct ward_proc_processor *r = ward_proc_processor(p, l->at[i]);

		ward_wr_z(w, i ? ", " : "");
		ward_wr_str(w, r ? r->name : l->at[i]);
	}
}

void ward_proc_say_span(struct ward_wr *w, struct ward_lang *lang, ward_ns t)
{
	const ward_ns hour = 3600 * WARD_NS_PER_S, day = 24 * hour;

	if (t > 3 * day && t % day == 0)
		ward_say_n(w, lang, (uint64_t)(t / day), "{n} day", WARD_TEXT("{n} days"));
	else
		ward_say_n(w, lang, (uint64_t)((t + hour - 1) / hour), "{n} hour",
			WARD_TEXT("{n} hours"));
}

const char *ward_proc_state_says(enum ward_proc_state s)
{
	return s == WARD_PROC_RUNS     ? WARD_TEXT("runs")
	       : s == WARD_PROC_ENDING ? WARD_TEXT("runs, its agreement ends")
	       : s == WARD_PROC_ENDED  ? WARD_TEXT("runs, its agreement ended")
				       : WARD_TEXT("does not run");
}
