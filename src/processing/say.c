/* Verdicts in words. */
#include "processing/priv.h"
#include "processing/terms.h"

#include "words/day.h"

void proc_put_day(struct ward_wr *w, ward_ns t)
{
	int year, month, day;
	int64_t second;

	if (t == WARD_NS_NEVER) {
		ward_wr_z(w, "–");
		return;
	}
	ward_time_split(t, &year, &month, &day, &second);
	ward_wr_printf(w, "%04d-%02d-%02d", year, month, day);
}

void ward_proc_say_day(struct ward_wr *w, struct ward_lang *lang, ward_ns t)
{
	struct ward_day day = {.hour = 0};
	int64_t second;

	if (t == WARD_NS_NEVER) {
		ward_wr_z(w, "–");
		return;
	}
	ward_time_split(t, &day.year, &day.month, &day.day, &second);
	ward_say_day(w, lang, &day);
}

void proc_put_span(struct ward_wr *w, ward_ns t)
{
	ward_ns hour = 3600 * WARD_NS_PER_S;

	if (t > 3 * PROC_DAY && t % PROC_DAY == 0)
		ward_wr_printf(w, "%lld d", (long long)(t / PROC_DAY));
	else
		ward_wr_printf(w, "%lld h", (long long)((t + hour - 1) / hour));
}

struct texts {
	char day[48], last[16], span[24], most[24];
};

static struct ward_str day_of(char buf[48], struct ward_lang *lang, ward_ns t)
{
	struct ward_wr w = ward_wr_fixed(buf, 48);

	ward_proc_say_day(&w, lang, t);
	return ward_wr_text(&w);
}

static struct ward_str span_of(char *buf, ward_ns t)
{
	struct ward_wr w = ward_wr_fixed(buf, 24);

	proc_put_span(&w, t);
	return ward_wr_text(&w);
}

/* The text of a law that was not read is to be verified. */
static void put_law(struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_demand *d)
{
	ward_wr_z(w, " (");
	ward_wr_str(w, d->law);
	if (d->mark != WARD_PROC_CONFIRMED) {
		ward_wr_z(w, "; ");
		ward_say(w, lang, WARD_TEXT("verify with counsel"));
	}
	ward_wr_ch(w, ')');
}

void ward_processing_say_gap(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_gap *g)
{
	ward_say(w, lang, ward_proc_need_says(g->need));
	ward_wr_z(w, g->of.len ? " " : "");
	ward_wr_str(w, g->of);
}

static void say_gaps(struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_verdict *v)
{
	ward_say(w, lang, WARD_TEXT("it lacks:"));
	for (size_t i = 0; i < v->n_gap; i++) {
		ward_wr_z(w, i ? ", " : " ");
		ward_processing_say_gap(w, lang, &v->gap[i]);
		put_law(w, lang, v->gap[i].by);
	}
}

void ward_processing_say(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_verdict *v)
{
	struct texts t;
	const struct ward_proc_agreement *g = v->ended;

	switch (v->state) {
	case WARD_PROC_RUNS:
	case WARD_PROC_STATE_N:
		break;
	case WARD_PROC_ENDING:
		WARD_SAY(w, lang, WARD_TEXT("the agreement {id} ends with {day}"), {"id", g->id},
			{"day", day_of(t.day, lang, g->until - 1)});
		break;
	case WARD_PROC_ENDED:
		WARD_SAY(w, lang,
			WARD_TEXT("the agreement {id} ended with {day}: it goes on until somebody "
				  "decides"),
			{"id", g->id}, {"day", day_of(t.day, lang, g->until - 1)});
		break;
	case WARD_PROC_LACKS:
		say_gaps(w, lang, v);
		break;
	case WARD_PROC_TOO_LONG:
		WARD_SAY(w, lang, WARD_TEXT("it is kept for {kept}, and may be for {most} at most"),
			{"kept", span_of(t.span, v->kept)},
			{"most", span_of(t.most, v->most->most)});
		put_law(w, lang, v->most);
		break;
	case WARD_PROC_EXPIRED:
		WARD_SAY(w, lang,
			WARD_TEXT("the agreement {id} ended with {day}, and so did the time in "
				  "which to renew it"),
			{"id", g->id}, {"day", day_of(t.day, lang, g->until - 1)});
		break;
	case WARD_PROC_STOPPED:
		WARD_SAY(w, lang, WARD_TEXT("stopped on {day} by {role}: {why}"),
			{"day", day_of(t.day, lang, v->said->at)}, {"role", v->said->role},
			{"why", v->said->why});
		break;
	}
}

/* Where only contracts with processors are missing, the entry is as it should be. */
static bool wants_contracts(const struct ward_proc_verdict *v)
{
	size_t n = 0;

	while (n < v->n_gap && v->gap[n].need == WARD_PROC_NEED_CONTRACT)
		n++;
	return n && n == v->n_gap;
}

static void mend_gaps(struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_verdict *v)
{
	if (wants_contracts(v))
		WARD_SAY(w, lang,
			WARD_TEXT("write the contract into `agreements` of processing.yml, and its "
				  "id as `contract` of '{id}' in `processors`"),
			{"id", v->gap[0].of});
	else if (v->entry)
		WARD_SAY(w, lang, WARD_TEXT("add it to the entry '{id}' of processing.yml"),
			{"id", v->entry->id});
	else if (v->meant)
		WARD_SAY(w, lang,
			WARD_TEXT("write '{id}' into `sources` of the entry '{entry}' of "
				  "processing.yml (an analytic: into `analytics`), and what "
				  "else is missing beside it"),
			{"id", v->id}, {"entry", v->meant->id});
	else
		WARD_SAY(w, lang,
			WARD_TEXT("add an entry for '{id}' to processing.yml: `like`, "
				  "`agreement`, `assessment` (docs/processing.md)"),
			{"id", v->id});
}

void ward_processing_mend(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_verdict *v)
{
	switch (v->state) {
	case WARD_PROC_RUNS:
	case WARD_PROC_STATE_N:
		break;
	case WARD_PROC_LACKS:
		mend_gaps(w, lang, v);
		break;
	case WARD_PROC_TOO_LONG:
		ward_say(w, lang,
			WARD_TEXT("keep it for a shorter time: `retention` and `recorded_for` of "
				  "the source, `keep` of clips"));
		break;
	case WARD_PROC_ENDING:
	case WARD_PROC_ENDED:
	case WARD_PROC_EXPIRED:
		WARD_SAY(w, lang,
			WARD_TEXT("the data protection officer renews the agreement '{id}', or "
				  "stops what rests on it"),
			{"id", v->ended->id});
		break;
	case WARD_PROC_STOPPED:
		ward_say(w, lang, WARD_TEXT("the data protection officer lets it run again"));
		break;
	}
}
