/* The last resort: a page for the wall or a runner, and a text for the radio. */
#include "report/priv.h"

#include "story/likely.h"
#include "story/text.h"

enum { LINE_BYTES = 64 << 10, WORDS_MAX = 30 };

/* ---- the wall ---- */

static void put(struct ward_doc *d, enum ward_doc_kind kind, struct ward_wr *w)
{
	ward_doc_put(d, kind, ward_wr_text(w));
	if (ward_wr_bad(w))
		d->err = WARD_ERR_NOMEM;
	ward_wr_reset(w);
}

static void wall_care(
	const struct ward_report *r, struct ward_lang *lang, struct ward_doc *d, struct ward_wr *w)
{
	const struct ward_exchange_impact *worst = report_worst(r->i);
	struct report_brief time;

	if (worst)
		WARD_SAY(w, lang, WARD_TEXT("Care: {service}: about\u00a0{time}, {word}"),
			{"service", worst->name},
			{"time", report_time_on(&time, lang, worst->expected, r->x.at)},
			{"word",
				ward_lang_text(lang, ward_str_z(ward_likely_word(ward_likely(
							     worst->lo_micro, worst->hi_micro))))});
	else
		ward_say(w, lang, WARD_TEXT("Care: so far no service is expected to be hit"));
	put(d, WARD_DOC_TEXT, w);
}

static void wall_step(
	const struct ward_report *r, struct ward_lang *lang, struct ward_doc *d, struct ward_wr *w)
{
	const struct ward_exchange_incident *i = r->i;

	if (i->step_text.len)
		WARD_SAY(w, lang,
			i->step_role.len ? WARD_TEXT("To do, {role}: {text}")
					 : WARD_TEXT("To do: {text}"),
			{"role", i->step_role}, {"text", ward_lang_text(lang, i->step_text)});
	put(d, WARD_DOC_STRONG, w);
}

/* What ended it, instead of what to do. */
static const char *end_of(const struct ward_exchange_incident *i)
{
	return i->phase == WARD_PHASE_DISMISSED ? WARD_TEXT("Dismissed: there is no incident")
						: WARD_TEXT("This incident is over.");
}

void ward_report_sheet(const struct ward_report *r, struct ward_lang *lang, struct ward_doc *d)
{
	const struct ward_exchange_incident *i = r->i;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LINE_BYTES);
	struct report_brief time;

	ward_doc_put(d, WARD_DOC_TITLE, ward_lang_text(lang, i->name.what));
	if (r->x.exercise)
		ward_doc_put(d, WARD_DOC_MARK,
			ward_lang_text(
				lang, ward_str_z(WARD_TEXT("EXERCISE: none of this is real"))));
	ward_wr_str(&w, i->name.on);
	if (report_where(i).len) {
		ward_wr_z(&w, i->name.on.len ? " · " : "");
		ward_wr_str(&w, report_where(i));
	}
	put(d, WARD_DOC_STRONG, &w);
	ward_headline_effect(&i->name, lang, &w);
	put(d, WARD_DOC_STRONG, &w);
	if (i->phase == WARD_PHASE_OPEN) {
		wall_care(r, lang, d, &w);
		wall_step(r, lang, d, &w);
	} else {
		ward_doc_put(d, WARD_DOC_STRONG, ward_lang_text(lang, ward_str_z(end_of(i))));
	}
	WARD_SAY(&w, lang, WARD_TEXT("{hospital}, as of {time}"),
		{"hospital", ward_model_hospital(r->x.model)->name},
		{"time", report_time(&time, lang, r->x.at)});
	put(d, WARD_DOC_TEXT, &w);
	ward_wr_fini(&w);
}

/* ---- the radio ---- */

static const char *digit_word(char c)
{
	static const char *const word[] = {WARD_TEXT("zero"), WARD_TEXT("one"), WARD_TEXT("two"),
		WARD_TEXT("three"), WARD_TEXT("four"), WARD_TEXT("five"), WARD_TEXT("six"),
		WARD_TEXT("seven"), WARD_TEXT("eight"), WARD_TEXT("nine")};

	return word[c - '0'];
}

/* ITU Radio Regulations, appendix 14: the same in every language. */
static const char *letter_word(char c)
{
	static const char *const word[] = {"Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot",
		"Golf", "Hotel", "India", "Juliett", "Kilo", "Lima", "Mike", "November", "Oscar",
		"Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey",
		"X-ray", "Yankee", "Zulu"};

	size_t i = (size_t)(unsigned char)(c | 0x20) - 'a';

	return i < WARD_ARRAY_LEN(word) ? word[i] : "";
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return is_capital(c) || (c >= 'a' && c <= 'z');
}

/* "AHU-05", "CT", "A": what is read letter by letter. A word with other letters is read as it is.
 */
static bool is_spelled(struct ward_str s)
{
	size_t digits = 0, capitals = 0, small = 0;

	for (size_t i = 0; i < s.len; i++) {
		digits += is_digit(s.p[i]);
		capitals += is_capital(s.p[i]);
		small += !is_digit(s.p[i]) && !is_capital(s.p[i]) &&
			 (is_letter(s.p[i]) || (uint8_t)s.p[i] >= 0x80);
	}
	return digits || (capitals && !small);
}

static void say_word(struct ward_wr *w, struct ward_lang *lang, struct ward_str s)
{
	bool first = true;

	if (!is_spelled(s)) {
		ward_wr_str(w, s);
		return;
	}
	for (size_t i = 0; i < s.len; i++) {
		if (!is_digit(s.p[i]) && !is_letter(s.p[i]))
			continue;
		ward_wr_z(w, first ? "" : " ");
		first = false;
		if (is_digit(s.p[i]))
			ward_say(w, lang, digit_word(s.p[i]));
		else
			ward_wr_z(w, letter_word(s.p[i]));
	}
}

/* A name as it is said: without what stands in brackets. */
static void say_name(struct ward_wr *w, struct ward_lang *lang, struct ward_str s)
{
	struct ward_wr plain = ward_wr_grow(ward_mem_heap(), LINE_BYTES);
	unsigned deep = 0;
	bool first = true;

	for (size_t i = 0; i < s.len; i++) {
		deep += s.p[i] == '(';
		if (!deep)
			ward_wr_ch(&plain, s.p[i] == '/' || s.p[i] == ':' ? ' ' : s.p[i]);
		deep -= deep && s.p[i] == ')';
	}
	for (struct ward_str rest = ward_str_trim(ward_wr_text(&plain)); rest.len;) {
		struct ward_str word = ward_str_cut(&rest, ' ');

		if (!word.len)
			continue;
		ward_wr_z(w, first ? "" : " ");
		first = false;
		say_word(w, lang, word);
	}
	ward_wr_fini(&plain);
}

static size_t words(struct ward_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] != ' ' && (!i || s.p[i - 1] == ' ');
	return n;
}

/* Another sentence, if there is time for it. */
static void add(struct ward_wr *w, struct ward_wr *sentence)
{
	struct ward_str s = ward_wr_text(sentence), told = ward_wr_text(w);

	if (s.len && (!told.len || words(told) + words(s) <= WORDS_MAX)) {
		ward_wr_z(w, told.len ? " " : "");
		ward_wr_str(w, s);
	}
	ward_wr_reset(sentence);
}

static void add_care(const struct ward_report *r, struct ward_lang *lang, struct ward_wr *name,
	struct ward_wr *sentence)
{
	const struct ward_exchange_impact *worst = report_worst(r->i);

	ward_wr_reset(name);
	if (!worst) {
		ward_say(sentence, lang, WARD_TEXT("No care at risk so far."));
		return;
	}
	say_name(name, lang, worst->name);
	WARD_SAY(sentence, lang, WARD_TEXT("Care at risk: {service}, {word}."),
		{"service", ward_wr_text(name)},
		{"word", ward_lang_text(lang, ward_str_z(ward_likely_word(ward_likely(
						      worst->lo_micro, worst->hi_micro))))});
}

/* What is seen already, without the things that it is on. */
static void add_effect(const struct ward_exchange_incident *i, struct ward_lang *lang,
	struct ward_wr *name, struct ward_wr *sentence)
{
	ward_wr_reset(name);
	say_name(name, lang, ward_lang_text(lang, i->name.effect));
	if (ward_wr_text(name).len)
		WARD_SAY(sentence, lang, WARD_TEXT("{title}."), {"title", ward_wr_text(name)});
}

void ward_report_radio(const struct ward_report *r, struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_exchange_incident *i = r->i;
	struct ward_wr name = ward_wr_grow(ward_mem_heap(), LINE_BYTES);
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), LINE_BYTES);
	struct ward_wr line = ward_wr_grow(ward_mem_heap(), LINE_BYTES);

	if (r->x.exercise)
		ward_say(&text, lang, WARD_TEXT("Exercise, exercise."));
	say_name(&name, lang, ward_lang_text(lang, i->name.what));
	WARD_SAY(&line, lang, WARD_TEXT("{title}."), {"title", ward_wr_text(&name)});
	add(&text, &line);
	ward_wr_reset(&name);
	say_name(&name, lang, i->name.on.len ? i->name.on : report_where(i));
	if (ward_wr_text(&name).len)
		WARD_SAY(&line, lang, WARD_TEXT("Place: {place}."), {"place", ward_wr_text(&name)});
	add(&text, &line);
	if (i->phase == WARD_PHASE_OPEN) {
		add_effect(i, lang, &name, &line);
		add(&text, &line);
		add_care(r, lang, &name, &line);
		add(&text, &line);
		ward_wr_reset(&name);
		say_name(&name, lang, i->step_role);
		if (ward_wr_text(&name).len)
			WARD_SAY(&line, lang, WARD_TEXT("To act: {role}."),
				{"role", ward_wr_text(&name)});
	} else {
		ward_say(&line, lang, end_of(i));
	}
	add(&text, &line);
	(void)ward_text_line(w, ward_wr_text(&text), SIZE_MAX);
	ward_wr_ch(w, '\n');
	ward_wr_fini(&name);
	ward_wr_fini(&text);
	ward_wr_fini(&line);
}
