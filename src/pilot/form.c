#include "pilot/form.h"

#include <stdio.h>

enum { LINE_BYTES = 8 << 10 };

const char *ward_pilot_sus_text(size_t i)
{
	static const char *const text[WARD_SUS_ITEMS] = {
		WARD_TEXT("I would like to use it on my watch."),
		WARD_TEXT("It is more involved than it need be."),
		WARD_TEXT("It is easy to handle."),
		WARD_TEXT("I would need somebody technical beside me."),
		WARD_TEXT("Its parts fit together."),
		WARD_TEXT("It contradicts itself."),
		WARD_TEXT("Most colleagues would learn it quickly."),
		WARD_TEXT("It is cumbersome."),
		WARD_TEXT("I was sure of what I did."),
		WARD_TEXT("I had to learn much before I could begin."),
	};

	WARD_ASSERT(i < WARD_SUS_ITEMS);
	return text[i];
}

const char *ward_pilot_tlx_text(size_t i)
{
	static const char *const text[WARD_TLX_SCALES] = {
		WARD_TEXT("How much thinking, looking and deciding did it take?"),
		WARD_TEXT("How much bodily effort did it take?"),
		WARD_TEXT("How pressed for time were you?"),
		WARD_TEXT("How well did you do what was to be done? 0: very well, 100: badly"),
		WARD_TEXT("How hard did you have to work for that?"),
		WARD_TEXT("How irritated, discouraged or tense were you?"),
	};

	WARD_ASSERT(i < WARD_TLX_SCALES);
	return text[i];
}

const char *ward_pilot_tlx_name(size_t i)
{
	static const char *const text[WARD_TLX_SCALES] = {
		WARD_TEXT("thinking"),
		WARD_TEXT("bodily effort"),
		WARD_TEXT("pressure of time"),
		WARD_TEXT("how well it went"),
		WARD_TEXT("work"),
		WARD_TEXT("tension"),
	};

	WARD_ASSERT(i < WARD_TLX_SCALES);
	return text[i];
}

static struct ward_str say(struct ward_lang *lang, const char *english)
{
	return ward_lang_text(lang, ward_str_z(english));
}

static void put_top(struct ward_lang *lang, struct ward_doc *d, const char *title, const char *how)
{
	ward_doc_put(d, WARD_DOC_TITLE, say(lang, title));
	ward_doc_row(d, WARD_DOC_HEAD,
		(struct ward_str[]){say(lang, WARD_TEXT("Number of the person")),
			say(lang, WARD_TEXT("Day")), say(lang, WARD_TEXT("Watch")),
			say(lang, WARD_TEXT("Occasion"))},
		4);
	ward_doc_row(d, WARD_DOC_ROW,
		(struct ward_str[]){WARD_STR("________"), WARD_STR("____-__-__"),
			say(lang, WARD_TEXT("☐ with Ward ☐ with today's tools")),
			WARD_STR("________________")},
		4);
	ward_doc_put(d, WARD_DOC_TEXT, say(lang, how));
	ward_doc_put(d, WARD_DOC_TEXT,
		say(lang, WARD_TEXT("Please fill it in alone, right after, without your name. The "
				    "number links your own sheets; who has which number is not "
				    "kept.")));
}

static void put_numbered(
	struct ward_lang *lang, struct ward_doc *d, size_t i, const char *text, const char *boxes)
{
	char line[WARD_WORDS_BYTES_MAX + 16];
	struct ward_str said = say(lang, text);
	int n = snprintf(line, sizeof(line), "%zu. %.*s", i + 1, WARD_STR_ARG(said));

	ward_doc_row(d, WARD_DOC_ROW,
		(struct ward_str[]){{line, n > 0 ? (size_t)n : 0}, ward_str_z(boxes)}, 2);
}

static void put_sus(struct ward_lang *lang, struct ward_doc *d)
{
	put_top(lang, d, WARD_TEXT("Usability"),
		WARD_TEXT("Ten statements about what you worked with on this watch. One cross in "
			  "each row: 1 is “I disagree wholly”, 5 is “I agree wholly”. If you are "
			  "not sure: 3."));
	ward_doc_row(d, WARD_DOC_HEAD,
		(struct ward_str[]){say(lang, WARD_TEXT("Statement")),
			say(lang, WARD_TEXT("disagree (1) to agree (5)"))},
		2);
	for (size_t i = 0; i < WARD_SUS_ITEMS; i++)
		put_numbered(lang, d, i, ward_pilot_sus_text(i), "☐ 1   ☐ 2   ☐ 3   ☐ 4   ☐ 5");
}

static void put_tlx(struct ward_lang *lang, struct ward_doc *d)
{
	put_top(lang, d, WARD_TEXT("Task load"),
		WARD_TEXT("Six questions about this watch. One cross in each row, from 0 (low) to "
			  "100 (high)."));
	ward_doc_row(d, WARD_DOC_HEAD,
		(struct ward_str[]){say(lang, WARD_TEXT("Question")),
			say(lang, WARD_TEXT("low (0) to high (100)"))},
		2);
	for (size_t i = 0; i < WARD_TLX_SCALES; i++)
		put_numbered(lang, d, i, ward_pilot_tlx_text(i),
			"☐0 ☐10 ☐20 ☐30 ☐40 ☐50 ☐60 ☐70 ☐80 ☐90 ☐100");
}

/* Of each two scales, which counted more; and how often each was ticked. */
static void put_weights(struct ward_lang *lang, struct ward_doc *d)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LINE_BYTES);

	ward_doc_put(d, WARD_DOC_HEADING, say(lang, WARD_TEXT("What counted more")));
	ward_doc_put(d, WARD_DOC_TEXT,
		say(lang, WARD_TEXT("Of each two, cross the one that made up more of the load of "
				    "this watch.")));
	for (size_t i = 0; i < WARD_TLX_SCALES; i++) {
		for (size_t k = i + 1; k < WARD_TLX_SCALES; k++) {
			ward_wr_z(&w, "☐ ");
			ward_wr_str(&w, say(lang, ward_pilot_tlx_name(i)));
			ward_wr_z(&w, "   ☐ ");
			ward_wr_str(&w, say(lang, ward_pilot_tlx_name(k)));
			ward_doc_put(d, WARD_DOC_ITEM, ward_wr_text(&w));
			if (ward_wr_bad(&w))
				d->err = WARD_ERR_NOMEM;
			ward_wr_reset(&w);
		}
	}
	ward_wr_fini(&w);
}

void ward_pilot_sheet(enum ward_pilot_sheet s, struct ward_lang *lang, struct ward_doc *d)
{
	if (s == WARD_SHEET_SUS)
		put_sus(lang, d);
	else
		put_tlx(lang, d);
	if (s == WARD_SHEET_TLX_WEIGHTED)
		put_weights(lang, d);
}

/* ---- tables to fill ---- */

static void comment(struct ward_wr *w, struct ward_str name, struct ward_str text)
{
	ward_wr_z(w, "# ");
	ward_wr_str(w, name);
	ward_wr_z(w, " = ");
	ward_wr_str(w, text);
	ward_wr_ch(w, '\n');
}

static bool is_weight(const struct ward_pilot_column *c)
{
	return c->name[0] == 'w' && c->name[1] == '_';
}

static void comment_kind(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_pilot_column *c)
{
	static const char *const kind[] = {[WARD_PILOT_NAME] = WARD_TEXT("a name or a number"),
		[WARD_PILOT_TEXT] = WARD_TEXT("a few words"),
		[WARD_PILOT_DATE] = WARD_TEXT("a day as 2026-09-14"),
		[WARD_PILOT_WORD] = WARD_TEXT("one of: {words}"),
		[WARD_PILOT_COUNT] = WARD_TEXT("a whole number from {lo} to {hi}"),
		[WARD_PILOT_HOURS] = WARD_TEXT("hours such as 3.5"),
		[WARD_PILOT_SPAN] = WARD_TEXT("minutes:seconds such as 4:30 or 1:04:30; or never")};
	char words[160], text[400], number[2][24];
	struct ward_wr all = ward_wr_fixed(words, sizeof(words));
	struct ward_wr t = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; c->word && c->word[i]; i++) {
		ward_wr_z(&all, i ? " | " : "");
		ward_wr_z(&all, c->word[i]);
	}
	(void)snprintf(number[0], sizeof(number[0]), "%lld", (long long)c->min);
	(void)snprintf(number[1], sizeof(number[1]), "%lld", (long long)c->max);
	WARD_SAY(&t, lang, kind[c->kind], {"words", ward_wr_text(&all)},
		{"lo", ward_str_z(number[0])}, {"hi", ward_str_z(number[1])});
	if (c->optional) {
		ward_wr_z(&t, " (");
		ward_say(&t, lang, WARD_TEXT("may be empty"));
		ward_wr_ch(&t, ')');
	}
	comment(w, ward_str_z(c->name), ward_wr_text(&t));
}

void ward_pilot_blank(
	enum ward_pilot_table_id id, bool weights, struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_pilot_schema *s = ward_pilot_schema(id);
	bool first = true;

	for (size_t i = 0; i < s->n; i++) {
		size_t k = i - WARD_FORM_ANSWERS;

		if (id == WARD_PILOT_SUS && i >= WARD_FORM_ANSWERS && k < WARD_SUS_ITEMS)
			comment(w, ward_str_z(s->column[i].name),
				say(lang, ward_pilot_sus_text(k)));
		else if (id == WARD_PILOT_TLX && i >= WARD_FORM_ANSWERS && k < WARD_TLX_SCALES)
			comment(w, ward_str_z(s->column[i].name),
				say(lang, ward_pilot_tlx_text(k)));
		else if (weights || !is_weight(&s->column[i]))
			comment_kind(w, lang, &s->column[i]);
	}
	for (size_t i = 0; i < s->n; i++) {
		if (!weights && is_weight(&s->column[i]))
			continue;
		ward_wr_z(w, first ? "" : ",");
		ward_wr_z(w, s->column[i].name);
		first = false;
	}
	ward_wr_ch(w, '\n');
}

void ward_pilot_blank_about(struct ward_wr *w)
{
	ward_wr_z(w,
		"# A hospital's own pilot: fill in what stands in brackets, before anything is\n"
		"# connected (docs/pilot-report.md). Days are the hospital's.\n"
		"pilot: \"[name of the pilot]\"\n"
		"hospital: \"[name of the hospital]\"\n"
		"synthetic: false # true: made-up numbers, to try the forms\n"
		"\n"
		"phases: # the last day is part of the phase\n"
		"  inventory: {from: 2027-01-04, to: 2027-01-24}\n"
		"  shadow: {from: 2027-01-25, to: 2027-02-21}\n"
		"  live: {from: 2027-02-22, to: 2027-03-21}\n"
		"  red-team: {from: 2027-03-22, to: 2027-03-28}\n"
		"\n"
		"roles: # interrupted at most so often in so many hours\n"
		"  - {id: guard, name: Guard, most: 6, hours: 12}\n"
		"  - {id: it, name: IT on call, most: 15, hours: 12}\n"
		"  - {id: crisis-manager, name: Crisis manager, most: 1, hours: 168}\n"
		"\n"
		"aims:\n"
		"  worth: 0.6      # of the blind sample, real or worth knowing\n"
		"  care: 0.9       # F-score of care that was said to be hit\n"
		"  upkeep: 4       # hours of staff a week\n"
		"  usability: 70   # 0 to 100\n"
		"  complaints: 5   # days to an answer\n"
		"\n"
		"stop: # written before the first phase, decided by one person alone\n"
		"  written: 2026-12-14\n"
		"  by: \"[who decides]\"\n"
		"  criteria:\n"
		"    - {id: device, text: \"A medical device, a network or plant is disturbed, and "
		"Ward can't be ruled out within an hour\"}\n"
		"    - {id: harm, text: \"A message of Ward led to an act that harmed somebody, or "
		"delayed care\"}\n"
		"    - {id: interruptions, text: \"The guard or IT is interrupted more than twice "
		"the limit on three days in a row\"}\n"
		"    - {id: privacy, text: \"Personal data went to somebody who may not have them, "
		"or an authority or the staff representatives object\"}\n"
		"    - {id: asked, text: \"Two of the roles ask for it\"}\n");
}
