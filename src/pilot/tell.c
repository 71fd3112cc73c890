/* The report's head: what it is of, and each measure against its aim. */
#include "pilot/priv.h"

#include <math.h>

enum { LINE_BYTES = 16 << 10 };

static const char *held_text(enum ward_pilot_held h)
{
	static const char *const text[] = {[WARD_PILOT_UNKNOWN] = WARD_TEXT("no data"),
		[WARD_PILOT_HELD] = WARD_TEXT("yes"),
		[WARD_PILOT_MISSED] = WARD_TEXT("no"),
		[WARD_PILOT_OPEN] = WARD_TEXT("can't be told yet")};

	return text[h];
}

static void put_aim(struct pilot_tell *x, struct ward_str what, struct ward_str found,
	struct ward_str span, struct ward_str aim, enum ward_pilot_held h)
{
	ward_doc_row(x->d, WARD_DOC_ROW,
		(struct ward_str[]){what, h ? found : WARD_STR("–"), h ? span : WARD_STR("–"), aim,
			pilot_say(x, held_text(h))},
		5);
}

static void put_times(struct pilot_tell *x, const struct ward_pilot_times *t, const char *what)
{
	struct pilot_text found, span;

	put_aim(x, pilot_say(x, what), pilot_time(&found, x, t->pairs.diff.median),
		pilot_span(&span, x, &t->pairs.diff.span, pilot_time),
		pilot_say(x, WARD_TEXT("less than 0")), t->held);
}

static struct ward_str at_least(struct pilot_text *t, struct pilot_tell *x, struct ward_str amount)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));

	WARD_SAY(&w, x->lang, WARD_TEXT("at least {amount}"), {"amount", amount});
	return ward_wr_text(&w);
}

static struct ward_str at_most(struct pilot_text *t, struct pilot_tell *x, struct ward_str amount)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));

	WARD_SAY(&w, x->lang, WARD_TEXT("at most {amount}"), {"amount", amount});
	return ward_wr_text(&w);
}

static void put_roles(struct pilot_tell *x)
{
	bool any = false;

	for (size_t i = 0; i < x->r->n_interrupted; i++) {
		const struct ward_pilot_interrupted *k = &x->r->interrupted[i];
		struct pilot_text found, span, number, hours, aim;

		if (k->with != WARD_PILOT_WARD)
			continue;
		any = true;
		WARD_SAY(&x->line, x->lang, WARD_TEXT("Interruptions of {role} in {hours} hours"),
			{"role", k->role->name},
			{"hours", pilot_number(&hours, x, (double)k->role->hours, 0)});
		put_aim(x, ward_wr_text(&x->line), pilot_tenth(&found, x, k->rate.rate),
			pilot_span(&span, x, &k->rate.span, pilot_tenth),
			at_most(&aim, x, pilot_number(&number, x, (double)k->role->most, 0)),
			k->held);
		ward_wr_reset(&x->line);
	}
	if (!any)
		put_aim(x, pilot_say(x, WARD_TEXT("Interruptions")), WARD_STR(""), WARD_STR(""),
			WARD_STR(""), WARD_PILOT_UNKNOWN);
}

static struct ward_str in_days(struct pilot_text *t, struct pilot_tell *x)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));

	ward_say_n(&w, x->lang, (uint64_t)x->r->p->complaints, WARD_TEXT_ONE("each within {n} day"),
		WARD_TEXT("each within {n} days"));
	return ward_wr_text(&w);
}

static void put_people(struct pilot_tell *x)
{
	const struct ward_pilot_report *r = x->r;
	struct pilot_text found, span, number, aim, lo;

	put_aim(x, pilot_say(x, WARD_TEXT("Upkeep, hours a week (median)")),
		pilot_tenth(&found, x, r->upkeep.week.median),
		pilot_span(&span, x, &r->upkeep.week.span, pilot_tenth),
		at_most(&aim, x, pilot_number(&number, x, (double)r->p->upkeep, 0)),
		r->upkeep.held);
	put_aim(x,
		pilot_say(x, WARD_TEXT("Task load with Ward less today's (median over persons)")),
		pilot_tenth(&found, x, r->tlx.pairs.diff.median),
		pilot_span(&span, x, &r->tlx.pairs.diff.span, pilot_tenth),
		at_most(&aim, x, WARD_STR("0")), r->tlx.held);
	put_aim(x, pilot_say(x, WARD_TEXT("Usability (median over persons)")),
		pilot_tenth(&found, x, r->sus.with[WARD_PILOT_WARD].median),
		pilot_span(&span, x, &r->sus.with[WARD_PILOT_WARD].span, pilot_tenth),
		at_least(&aim, x, pilot_number(&number, x, (double)r->p->usability, 0)),
		r->sus.held);
	WARD_SAY(&x->line, x->lang, WARD_TEXT("{n} of {all}"),
		{"n", pilot_number(&lo, x, (double)r->complaints.in_time, 0)},
		{"all", pilot_number(&number, x, (double)r->complaints.n, 0)});
	put_aim(x, pilot_say(x, WARD_TEXT("Complaints answered in time")), ward_wr_text(&x->line),
		WARD_STR("–"), in_days(&aim, x), r->complaints.held);
	ward_wr_reset(&x->line);
}

static void put_aims(struct pilot_tell *x)
{
	const struct ward_pilot_report *r = x->r;
	const struct ward_pilot_care *care = &r->care[WARD_PILOT_WARD];
	const struct ward_stats_share *worth = &r->graded.worth[WARD_PILOT_WARD];
	struct pilot_text found, span, number, aim;

	pilot_heading(x, WARD_TEXT("What was aimed at"));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){pilot_say(x, WARD_TEXT("What")),
			pilot_say(x, WARD_TEXT("Found")), pilot_say(x, WARD_TEXT("95 % interval")),
			pilot_say(x, WARD_TEXT("Asked for")), pilot_say(x, WARD_TEXT("Held to"))},
		5);
	put_times(x, &r->understood,
		WARD_TEXT("Time to the right understanding, with Ward less today's (median of "
			  "pairs)"));
	put_times(x, &r->acted,
		WARD_TEXT("Time to the first right act, with Ward less today's (median of pairs)"));
	put_aim(x, pilot_say(x, WARD_TEXT("Care that was said to be hit, F-score")),
		pilot_number(&found, x, care->f, 2), pilot_say(x, WARD_TEXT("see below")),
		at_least(&aim, x, pilot_number(&number, x, (double)r->p->care_micro / 1e6, 2)),
		care->held);
	put_roles(x);
	put_aim(x, pilot_say(x, WARD_TEXT("Worth it, of the blind sample")),
		pilot_percent(&found, x, worth->share),
		pilot_span(&span, x, &worth->span, pilot_percent),
		at_least(&aim, x, pilot_percent(&number, x, (double)r->p->worth_micro / 1e6)),
		r->graded.held);
	put_people(x);
	ward_doc_put(x->d, WARD_DOC_TEXT,
		pilot_say(
			x, WARD_TEXT("“Can't be told yet”: the interval holds both numbers that "
				     "meet the aim and numbers that do not, there are too few for "
				     "one, or a complaint is not answered yet. Every interval is "
				     "of 95 % at least.")));
}

static void put_phases(struct pilot_tell *x)
{
	static const char *const name[WARD_PILOT_PHASES] = {
		[WARD_PILOT_INVENTORY] = WARD_TEXT("inventory"),
		[WARD_PILOT_SHADOW] = WARD_TEXT("shadow"),
		[WARD_PILOT_LIVE] = WARD_TEXT("live"),
		[WARD_PILOT_RED_TEAM] = WARD_TEXT("red team")};

	pilot_heading(x, WARD_TEXT("Phases"));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){pilot_say(x, WARD_TEXT("Phase")),
			pilot_say(x, WARD_TEXT("First day")), pilot_say(x, WARD_TEXT("Last day")),
			pilot_say(x, WARD_TEXT("Days"))},
		4);
	for (unsigned i = 0; i < WARD_PILOT_PHASES; i++) {
		struct pilot_text from, to, days;
		bool known = x->r->p->phase[i].known;
		int64_t a = x->r->p->phase[i].from, b = x->r->p->phase[i].to;

		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){pilot_say(x, name[i]),
				known ? pilot_date(&from, x, a) : WARD_STR("–"),
				known ? pilot_date(&to, x, b) : WARD_STR("–"),
				known ? pilot_number(&days, x, (double)(b - a + 1), 0)
				      : WARD_STR("–")},
			4);
	}
}

static void put_missing(struct pilot_tell *x)
{
	bool any = false;

	for (unsigned i = 0; i < WARD_PILOT_TABLES; i++) {
		if (x->r->p->table[i].there)
			continue;
		if (!any)
			WARD_SAY(&x->line, x->lang,
				WARD_TEXT("Not there, so nothing is said of it: {files}"),
				{"files", WARD_STR("")});
		ward_wr_z(&x->line, any ? ", " : "");
		ward_wr_z(&x->line, ward_pilot_schema((enum ward_pilot_table_id)i)->file);
		any = true;
	}
	if (any)
		pilot_put(x, WARD_DOC_TEXT);
}

void ward_pilot_tell(const struct ward_pilot_report *r, struct ward_lang *lang, struct ward_doc *d)
{
	struct pilot_tell x = {r, lang, d, ward_wr_grow(ward_mem_heap(), LINE_BYTES)};
	struct pilot_text day;

	WARD_SAY(&x.line, lang, WARD_TEXT("Pilot {name}: what was measured"), {"name", r->p->name});
	pilot_put(&x, WARD_DOC_TITLE);
	ward_doc_put(d, WARD_DOC_TEXT, r->p->hospital);
	if (r->p->synthetic)
		ward_doc_put(d, WARD_DOC_STRONG,
			pilot_say(&x, WARD_TEXT("Made-up numbers, to try the forms: no hospital "
						"measured them.")));
	if (r->stopped != INT64_MAX) {
		WARD_SAY(&x.line, lang, WARD_TEXT("The pilot was stopped on {day}."),
			{"day", pilot_date(&day, &x, r->stopped)});
		pilot_put(&x, WARD_DOC_STRONG);
	}
	put_missing(&x);
	put_aims(&x);
	put_phases(&x);
	pilot_tell_times(&x);
	pilot_tell_care(&x);
	pilot_tell_daily(&x);
	pilot_tell_forms(&x);
	pilot_tell_stop(&x);
	ward_doc_end(d, pilot_say(&x, WARD_TEXT("There was no room for more.")));
	ward_wr_fini(&x.line);
}

void ward_pilot_tell_forms(
	const struct ward_pilot_report *r, struct ward_lang *lang, struct ward_doc *d)
{
	struct pilot_tell x = {r, lang, d, ward_wr_grow(ward_mem_heap(), LINE_BYTES)};

	if (r->p->table[WARD_PILOT_SUS].n + r->p->table[WARD_PILOT_TLX].n)
		pilot_tell_forms(&x);
	ward_wr_fini(&x.line);
}
