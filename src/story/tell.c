/* Signs, headings and first steps. */
#include "story/priv.h"

#include <stdio.h>
#include <stdlib.h>

/* From here on the name of a day says too little; less than seven days, for the change of clocks.
 */
#define WEEK (6 * 86400 * WARD_NS_PER_S)
/* A sign that came again is told of twice as often, or so long after it was. */
#define AGAIN_AFTER (15 * 60 * WARD_NS_PER_S)

static const char *const date_in[] = {WARD_TEXT("{weekday} {day} January {year}"),
	WARD_TEXT("{weekday} {day} February {year}"), WARD_TEXT("{weekday} {day} March {year}"),
	WARD_TEXT("{weekday} {day} April {year}"), WARD_TEXT("{weekday} {day} May {year}"),
	WARD_TEXT("{weekday} {day} June {year}"), WARD_TEXT("{weekday} {day} July {year}"),
	WARD_TEXT("{weekday} {day} August {year}"), WARD_TEXT("{weekday} {day} September {year}"),
	WARD_TEXT("{weekday} {day} October {year}"), WARD_TEXT("{weekday} {day} November {year}"),
	WARD_TEXT("{weekday} {day} December {year}")};
static const char *const day_name[] = {WARD_TEXT("Sunday"), WARD_TEXT("Monday"),
	WARD_TEXT("Tuesday"), WARD_TEXT("Wednesday"), WARD_TEXT("Thursday"), WARD_TEXT("Friday"),
	WARD_TEXT("Saturday")};
static const char *const time_in[] = {WARD_TEXT("{day}\u00a0Jan\u00a0{time}"),
	WARD_TEXT("{day}\u00a0Feb\u00a0{time}"), WARD_TEXT("{day}\u00a0Mar\u00a0{time}"),
	WARD_TEXT("{day}\u00a0Apr\u00a0{time}"), WARD_TEXT("{day}\u00a0May\u00a0{time}"),
	WARD_TEXT("{day}\u00a0Jun\u00a0{time}"), WARD_TEXT("{day}\u00a0Jul\u00a0{time}"),
	WARD_TEXT("{day}\u00a0Aug\u00a0{time}"), WARD_TEXT("{day}\u00a0Sep\u00a0{time}"),
	WARD_TEXT("{day}\u00a0Oct\u00a0{time}"), WARD_TEXT("{day}\u00a0Nov\u00a0{time}"),
	WARD_TEXT("{day}\u00a0Dec\u00a0{time}")};
static const char *const time_on[] = {WARD_TEXT("Sun\u00a0{time}"), WARD_TEXT("Mon\u00a0{time}"),
	WARD_TEXT("Tue\u00a0{time}"), WARD_TEXT("Wed\u00a0{time}"), WARD_TEXT("Thu\u00a0{time}"),
	WARD_TEXT("Fri\u00a0{time}"), WARD_TEXT("Sat\u00a0{time}")};

struct ward_str ward_tell_text(const struct ward_story *s, struct ward_str english)
{
	return ward_lang_text(s->lang, english);
}

void ward_tell_pieces(struct ward_story *s, enum ward_style style, const char *english,
	const struct piece *piece, size_t n_piece)
{
	struct ward_str text = ward_tell_text(s, ward_str_z(english)), literal, slot;

	while (ward_words_next(&text, &literal, &slot)) {
		size_t i = 0;

		ward_text_put(&s->text, style, literal);
		while (i < n_piece && !ward_str_eqz(slot, piece[i].name))
			i++;
		if (i == n_piece)
			continue;
		ward_text_put(&s->text, piece[i].style, piece[i].text);
		ward_text_put(&s->text, WARD_STYLE_PLAIN, piece[i].tail);
	}
}

void ward_tell_say(struct ward_story *s, enum ward_style style, const char *english)
{
	ward_text_put(&s->text, style, ward_tell_text(s, ward_str_z(english)));
}

struct ward_str ward_tell_digits(struct brief *b, int64_t n)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));

	ward_wr_i64(&w, n);
	return ward_wr_text(&w);
}

struct ward_str ward_tell_incident(struct brief *b, const struct ward_story *s, uint32_t number)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct brief n;

	WARD_SAY(&w, s->lang, WARD_TEXT("INCIDENT {n}"), {"n", ward_tell_digits(&n, number)});
	return ward_wr_text(&w);
}

static struct piece level_piece(const struct ward_story *s, unsigned level)
{
	static const enum ward_style style[WARD_RECORD_LEVELS] = {WARD_STYLE_PLAIN,
		WARD_STYLE_PLAIN, WARD_STYLE_WARN, WARD_STYLE_ALARM, WARD_STYLE_ALARM};

	static const char *const word[WARD_RECORD_LEVELS] = {WARD_TEXT("info"), WARD_TEXT("low"),
		WARD_TEXT("medium"), WARD_TEXT("HIGH"), WARD_TEXT("CRITICAL")};

	WARD_ASSERT(level < WARD_RECORD_LEVELS);
	return (struct piece){.name = "level",
		.text = ward_tell_text(s, ward_str_z(word[level])),
		.style = style[level]};
}

static struct ward_str clock_of(struct brief *b, const struct ward_local *l, bool seconds)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));

	ward_wr_printf(&w, "%02d:%02d", l->hour, l->minute);
	if (seconds)
		ward_wr_printf(&w, ":%02d", l->second);
	return ward_wr_text(&w);
}

struct ward_str ward_tell_forecast(
	struct brief *b, const struct ward_story *s, ward_ns t, ward_ns now)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct ward_local at, here;
	struct brief day, time;
	ward_ns apart;

	ward_zone_local(t, &at);
	ward_zone_local(now, &here);
	if (!ward_sub(t, now, &apart) || apart >= WEEK || apart <= -WEEK)
		WARD_SAY(&w, s->lang, time_in[at.month - 1],
			{"day", ward_tell_digits(&day, at.day)},
			{"time", clock_of(&time, &at, false)});
	else if (at.day != here.day)
		WARD_SAY(&w, s->lang, time_on[at.weekday], {"time", clock_of(&time, &at, false)});
	else
		return clock_of(b, &at, false);
	return ward_wr_text(&w);
}

void ward_tell_put(struct ward_story *s, enum ward_style style)
{
	ward_text_put(&s->text, style, ward_wr_text(&s->line));
	ward_wr_reset(&s->line);
}

void ward_tell_line(
	struct ward_story *s, size_t indent, uint64_t n, const char *one, const char *others)
{
	ward_say_n(&s->line, s->lang, n, one, others);
	ward_text_open(&s->text, indent, indent);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

/* "UTC+1, Europe/Rome" */
static struct ward_str zone_text(struct ward_story *s, int offset_min)
{
	ward_wr_reset(&s->aside);
	ward_wr_printf(&s->aside, "UTC%c%d", offset_min < 0 ? '-' : '+', abs(offset_min) / 60);
	if (offset_min % 60)
		ward_wr_printf(&s->aside, ":%02d", abs(offset_min) % 60);
	if (s->zone.len) {
		ward_wr_z(&s->aside, ", ");
		ward_wr_str(&s->aside, s->zone);
	}
	return ward_wr_text(&s->aside);
}

/* Whose story this is, once; and the date, each time that it changes. */
static void tell_day(struct ward_story *s, ward_ns t, bool gap_after)
{
	struct brief number, year;
	struct ward_local l;
	int day;

	ward_zone_local(t, &l);
	day = (l.year * 100 + l.month) * 100 + l.day;
	if (s->headed && day == s->day)
		return;
	if (s->begun)
		ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, 0);
	if (!s->headed && s->hospital.len) {
		ward_text_put(&s->text, WARD_STYLE_BOLD, s->hospital);
		ward_text_z(&s->text, WARD_STYLE_PLAIN, ", ");
	}
	WARD_SAY(&s->line, s->lang, date_in[l.month - 1],
		{"weekday", ward_tell_text(s, ward_str_z(day_name[l.weekday]))},
		{"day", ward_tell_digits(&number, l.day)},
		{"year", ward_tell_digits(&year, l.year)});
	ward_tell_put(s, WARD_STYLE_BOLD);
	ward_text_z(&s->text, WARD_STYLE_PLAIN, " ");
	const struct ward_str zone = zone_text(s, l.offset_min);

	WARD_SAY(&s->line, s->lang, WARD_TEXT("(local time, {zone})"), {"zone", zone});
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
	if (gap_after)
		ward_text_gap(&s->text);
	s->headed = s->begun = true;
	s->day = day;
}

/* The front of a line: the time, and in the next column the level or a word in its place. */
static void open_front(struct ward_story *s, ward_ns t, struct piece word)
{
	struct ward_local l;
	struct brief time;

	s->block = 0;
	ward_zone_local(t, &l);
	ward_text_open(&s->text, 0, COL_SIGN);
	ward_text_put(&s->text, WARD_STYLE_PLAIN, clock_of(&time, &l, true));
	ward_text_tab(&s->text, COL_LEVEL);
	if (!word.text.len)
		return;
	ward_text_put(&s->text, word.style, word.text);
	ward_text_tab(&s->text, COL_SIGN);
}

static void sign_head(struct ward_story *s, ward_ns t, unsigned level, bool compact)
{
	bool gap = !compact || s->block;

	tell_day(s, t, !gap);
	if (gap)
		ward_text_gap(&s->text);
	open_front(s, t, level_piece(s, level));
}

/* The same thing, by what it is. */
static const char *same_thing(struct ward_str kind)
{
	static const struct {
		const char *kind, *text;
	} same[] = {{"asset", WARD_TEXT("the same device as in {sign}")},
		{"site", WARD_TEXT("the same site as in {sign}")},
		{"building", WARD_TEXT("the same building as in {sign}")},
		{"floor", WARD_TEXT("the same floor as in {sign}")},
		{"zone", WARD_TEXT("the same zone as in {sign}")},
		{"room", WARD_TEXT("the same room as in {sign}")},
		{"door", WARD_TEXT("the same door as in {sign}")},
		{"network", WARD_TEXT("the same network as in {sign}")},
		{"role", WARD_TEXT("the same role as in {sign}")},
		{"service", WARD_TEXT("the same service as in {sign}")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(same); i++)
		if (ward_str_eqz(kind, same[i].kind))
			return same[i].text;
	return WARD_TEXT("the same place or device as in {sign}");
}

/* Why a sign belongs to its incident, a sentence about {sign}; NULL when it is not known. */
static const char *reason_of(const struct ward_record_member *m)
{
	bool before = m->with_time == WARD_NS_NEVER || m->with_time <= m->time;

	if (ward_str_eqz(m->joined_by, "asset"))
		return same_thing(m->on_kind);
	if (ward_str_eqz(m->joined_by, "actor"))
		return WARD_TEXT("the same person as in {sign}");
	if (ward_str_eqz(m->joined_by, "place") && m->hops == 0)
		return WARD_TEXT("the same place as in {sign}");
	if (ward_str_eqz(m->joined_by, "cause"))
		return before ? WARD_TEXT("may follow from {sign}")
			      : WARD_TEXT("may lead to {sign}");
	if (ward_str_eqz(m->joined_by, "event"))
		return WARD_TEXT("rests on the same event as {sign}");
	return NULL;
}

/* “Too warm” at 03:15 */
static void put_with(
	struct ward_wr *w, const struct ward_story *s, const struct ward_record_member *m)
{
	struct ward_str title = ward_tell_text(s, m->with);
	struct brief time;

	if (m->with_time == WARD_NS_NEVER)
		WARD_SAY(w, s->lang, WARD_TEXT("“{title}”"), {"title", title});
	else
		WARD_SAY(w, s->lang, WARD_TEXT("“{title}” at\u00a0{time}"), {"title", title},
			{"time", ward_tell_forecast(&time, s, m->with_time, m->time)});
}

static void tell_reason(
	struct ward_story *s, const struct tale *t, const struct ward_record_member *m)
{
	const char *reason = reason_of(m);
	struct brief n, hops;

	ward_wr_reset(&s->aside);
	put_with(&s->aside, s, m);
	const struct ward_word_slot slot[] = {
		{"sign", ward_wr_text(&s->aside)}, {"n", ward_tell_digits(&hops, m->hops)}};

	if (reason) {
		ward_say_text(&s->line, ward_tell_text(s, ward_str_z(reason)), slot, 2);
	} else if (ward_str_eqz(m->joined_by, "place")) {
		ward_say_text(&s->line,
			ward_lang_text_n(s->lang, (uint64_t)m->hops,
				WARD_TEXT_ONE("{n} door or room away from {sign}"),
				WARD_TEXT("{n} doors or rooms away from {sign}")),
			slot, 2);
	} else {
		ward_wr_str(&s->line, m->joined_by);
		ward_wr_ch(&s->line, ' ');
		ward_wr_str(&s->line, slot[0].text);
	}
	ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
	TELL(s, WARD_STYLE_DIM, WARD_TEXT("incident {n}: {reason}"),
		STYLED("n", ward_tell_digits(&n, t->number), WARD_STYLE_DIM),
		STYLED("reason", ward_wr_text(&s->line), WARD_STYLE_DIM));
	ward_wr_reset(&s->line);
	ward_text_close(&s->text);
}

/* Was there a sign of the same title before this one? Then title and place are enough. */
static bool title_known(const struct tale *t, const struct sign *sign)
{
	for (size_t i = 0; i < t->n_sign; i++)
		if (&t->sign[i] != sign && t->sign[i].n_told &&
			ward_str_eq(t->sign[i].title, sign->title))
			return true;
	return false;
}

void ward_tell_sign(struct ward_story *s, const struct tale *t, const struct sign *sign,
	const struct ward_record_member *m)
{
	struct ward_str title = ward_tell_text(s, sign->title);
	bool known = title_known(t, sign);

	sign_head(s, m->time, m->level, known);
	if (known) {
		TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("{title}, also: {on}"), PLAIN("title", title),
			PLAIN("on", sign->on));
		ward_text_close(&s->text);
		ward_tell_not_covered(s, &m->permit, m->time);
		return;
	}
	ward_text_put(&s->text, WARD_STYLE_BOLD, title);
	ward_text_close(&s->text);
	ward_wr_str(&s->line, sign->on);
	if (sign->on.len && sign->where.len)
		ward_wr_z(&s->line, " · ");
	ward_wr_str(&s->line, sign->where);
	ward_text_open(&s->text, COL_SIGN, COL_SIGN);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
	ward_tell_because(s, ward_story_loose(s, m->detection));
	if (m->with.len)
		tell_reason(s, t, m);
	ward_tell_not_covered(s, &m->permit, m->time);
}

/* "permit w-1 (Rossi Impianti, until 11:00)", in s->aside */
static struct ward_str permit_text(
	struct ward_story *s, const struct ward_record_permit *p, ward_ns now)
{
	struct brief time;

	ward_wr_reset(&s->aside);
	WARD_SAY(&s->aside, s->lang, WARD_TEXT("permit {id} ({who}, until {time})"), {"id", p->id},
		{"who", p->who}, {"time", ward_tell_forecast(&time, s, p->until, now)});
	return ward_wr_text(&s->aside);
}

/* The part of s between these two, if it begins and ends so. */
static bool between(struct ward_str s, const char *begin, const char *end, struct ward_str *ret)
{
	struct ward_str b = ward_str_z(begin), e = ward_str_z(end);

	if (s.len <= b.len + e.len || !ward_str_starts(s, b) || !ward_str_ends(s, e))
		return false;
	*ret = ward_str_sub(s, b.len, s.len - b.len - e.len);
	return true;
}

/* Why a permit does not cover a sign (model/permit says it in English); one that is not known
 * stays. In s->line. */
static struct ward_str because_text(struct ward_story *s, struct ward_str because)
{
	static const char *const known[] = {WARD_TEXT("it expects threats, and this tells of none"),
		WARD_TEXT("it has not begun"), WARD_TEXT("it began meanwhile"),
		WARD_TEXT("it was ended early"), WARD_TEXT("it is over"),
		WARD_TEXT("it ended meanwhile"), WARD_TEXT("it is for another badge")};
	struct ward_str what;

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(because, known[i]))
			return ward_tell_text(s, because);
	if (between(because, "it does not expect “", "”", &what))
		WARD_SAY(&s->line, s->lang, WARD_TEXT("it does not expect “{threat}”"),
			{"threat", ward_tell_text(s, what)});
	else if (between(because, "it is for ", "", &what))
		WARD_SAY(&s->line, s->lang, WARD_TEXT("it is for {what}"), {"what", what});
	else
		return because;
	return ward_wr_text(&s->line);
}

void ward_tell_not_covered(struct ward_story *s, const struct ward_record_permit *p, ward_ns now)
{
	if (!p->id.len || p->expected)
		return;
	ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
	TELL(s, WARD_STYLE_DIM, WARD_TEXT("{permit} does not cover this: {because}"),
		STYLED("permit", permit_text(s, p, now), WARD_STYLE_DIM),
		STYLED("because", because_text(s, p->because), WARD_STYLE_DIM));
	ward_wr_reset(&s->line);
	ward_text_close(&s->text);
}

/* The front of a line about a sign that is part of no incident; word stands where its level would.
 */
static void open_loose(struct ward_story *s, const struct loose *l, const char *word)
{
	tell_day(s, l->first, !s->block);
	if (s->block)
		ward_text_gap(&s->text);
	open_front(s, l->first,
		(struct piece){
			.text = ward_tell_text(s, ward_str_z(word)), .style = WARD_STYLE_DIM});
}

void ward_tell_expected(struct ward_story *s, const struct loose *l)
{
	open_loose(s, l, WARD_TEXT("works"));
	TELL(s, WARD_STYLE_PLAIN,
		l->on.len ? WARD_TEXT("expected: {title}, {on}; {permit}")
			  : WARD_TEXT("expected: {title}; {permit}"),
		PLAIN("title", ward_tell_text(s, l->title)), PLAIN("on", l->on),
		PLAIN("permit", permit_text(s, &l->permit, l->first)));
	ward_text_close(&s->text);
	ward_tell_because(s, l);
}

void ward_tell_works(struct ward_story *s, const struct tale *t)
{
	ward_text_open(&s->text, COL_BODY, COL_BODY + 2);
	ward_say_n(&s->line, s->lang, t->n_expected,
		WARD_TEXT_ONE("{n}\u00a0sign near it is expected by a works permit, and not "
			      "counted here"),
		WARD_TEXT("{n}\u00a0signs near it are expected by a works permit, and not counted "
			  "here"));
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

void ward_tell_note(struct ward_story *s, const struct loose *l)
{
	struct ward_str title = ward_tell_text(s, l->title);

	open_loose(s, l, WARD_TEXT("note"));
	if (l->on.len)
		TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("{name}: {what}"), PLAIN("name", title),
			PLAIN("what", l->on));
	else
		ward_text_put(&s->text, WARD_STYLE_PLAIN, title);
	ward_text_close(&s->text);
	ward_tell_because(s, l);
}

void ward_tell_lone(struct ward_story *s, const struct loose *l)
{
	sign_head(s, l->first, l->level, false);
	ward_text_put(&s->text, WARD_STYLE_BOLD, ward_tell_text(s, l->title));
	ward_text_close(&s->text);
	ward_text_open(&s->text, COL_SIGN, COL_SIGN);
	TELL(s, WARD_STYLE_PLAIN,
		l->on.len ? WARD_TEXT("{on} (belongs to no incident)")
			  : WARD_TEXT("belongs to no incident"),
		PLAIN("on", l->on));
	ward_text_close(&s->text);
	ward_tell_because(s, l);
	ward_tell_not_covered(s, &l->permit, l->first);
}

static const char *domain_word(struct ward_str domain)
{
	return ward_str_eqz(domain, "hybrid")     ? WARD_TEXT("physical and cyber at once")
	       : ward_str_eqz(domain, "physical") ? WARD_TEXT("physical")
						  : WARD_TEXT("cyber");
}

/* Of an incident's state what its language says; one that is not known stays. */
static struct ward_str state_text(const struct ward_story *s, struct ward_str state)
{
	static const char *const known[] = {WARD_TEXT("suspected"), WARD_TEXT("confirmed"),
		WARD_TEXT("contained"), WARD_TEXT("recovered"), WARD_TEXT("closed"),
		WARD_TEXT("dismissed")};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(state, known[i]))
			return ward_tell_text(s, state);
	return state;
}

void ward_tell_standing(
	struct ward_story *s, const struct tale *t, const char *english, struct ward_str span)
{
	struct brief n;

	TELL(s, WARD_STYLE_PLAIN, english,
		STYLED("incident", ward_tell_incident(&n, s, t->number), WARD_STYLE_BOLD),
		level_piece(s, t->level),
		PLAIN("domain", ward_tell_text(s, ward_str_z(domain_word(t->domain)))),
		PLAIN("state", state_text(s, t->state)), PLAIN("span", span));
}

void ward_tell_opened(struct ward_story *s, const struct tale *t, bool changed, bool new_step)
{
	struct brief n;

	ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, COL_BODY);
	if (changed)
		ward_tell_standing(s, t,
			t->revision > 1 ? WARD_TEXT("{incident} is now: {level}, {domain}, {state}")
					: WARD_TEXT("{incident} opens: {level}, {domain}, {state}"),
			WARD_STR(""));
	if (changed && new_step) {
		ward_text_close(&s->text);
		ward_text_open(&s->text, COL_BODY, COL_BODY + 2);
	}
	if (new_step) {
		const struct step *step = &t->step[t->n_step - 1];

		TELL(s, WARD_STYLE_PLAIN,
			!changed        ? WARD_TEXT("{incident}, next step, {role}: {text}")
			: t->n_step > 1 ? WARD_TEXT("Next step, {role}: {text}")
					: WARD_TEXT("First step, {role}: {text}"),
			STYLED("incident", ward_tell_incident(&n, s, t->number), WARD_STYLE_BOLD),
			ward_tell_role(s, step), PLAIN("text", ward_tell_text(s, step->text)));
	}
	ward_text_close(&s->text);
	s->block = t->number;
}

void ward_tell_taken_back(struct ward_story *s, struct ward_str title, struct ward_str on)
{
	ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
	TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("taken back: {title}, {on}"),
		PLAIN("title", ward_tell_text(s, title)), PLAIN("on", on));
	ward_text_close(&s->text);
}

/* A sign that came again: how often by now, instead of a line each time. */
static void again(struct ward_story *s, const struct tale *t, const struct sign *sign)
{
	struct brief digits;
	struct ward_wr n = ward_wr_fixed(digits.p, sizeof(digits.p));
	struct ward_word_slot slot[] = {
		{"title", ward_tell_text(s, sign->title)}, {"on", sign->on}, {"n", {NULL, 0}}};

	tell_day(s, sign->last, !s->block);
	if (s->block)
		ward_text_gap(&s->text);
	open_front(s, sign->last, (struct piece){.text = WARD_STR("")});
	ward_say_number(&n, s->lang, sign->n);
	slot[2].text = ward_wr_text(&n);
	ward_say_text(&s->line,
		title_known(t, sign)
			? ward_lang_text_n(s->lang, sign->n,
				  WARD_TEXT_ONE("again: {title}, {on} ({n}\u00a0time\u00a0now)"),
				  WARD_TEXT("again: {title}, {on} ({n}\u00a0times\u00a0now)"))
			: ward_lang_text_n(s->lang, sign->n,
				  WARD_TEXT_ONE("again: {title} ({n}\u00a0time\u00a0now)"),
				  WARD_TEXT("again: {title} ({n}\u00a0times\u00a0now)")),
		slot, WARD_ARRAY_LEN(slot));
	ward_tell_put(s, WARD_STYLE_DIM);
	ward_text_close(&s->text);
}

void ward_tell_repeats(struct ward_story *s, struct tale *t)
{
	for (size_t i = 0; i < t->n_sign; i++) {
		struct sign *sign = &t->sign[i];
		ward_ns since;

		if (!sign->n_told || sign->n <= sign->n_told)
			continue;
		if (sign->n / 2 < sign->n_told && ward_sub(sign->last, sign->told_last, &since) &&
			since < AGAIN_AFTER)
			continue;
		again(s, t, sign);
		sign->n_told = sign->n;
		sign->told_last = sign->last;
	}
}

struct piece ward_tell_role(struct ward_story *s, const struct step *step)
{
	ward_wr_reset(&s->aside);
	if (step->reach.len) {
		ward_wr_z(&s->aside, " (");
		ward_wr_str(&s->aside, step->reach);
		ward_wr_ch(&s->aside, ')');
	}
	return (struct piece){"role", step->role, WARD_STYLE_BOLD, ward_wr_text(&s->aside)};
}

void ward_tell_undelivered(struct ward_story *s, const struct ward_record *r)
{
	bool refused = ward_str_eqz(r->state, "refused");

	if (!refused && !ward_str_eqz(r->state, "given_up"))
		return;
	ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, 2);
	TELL(s, WARD_STYLE_WARN,
		refused ? WARD_TEXT("Recipient '{name}' refuses what Ward tells ({why}); call them")
			: WARD_TEXT("Recipient '{name}' could not be told for a day ({why}); call "
				    "them"),
		STYLED("name", r->recipient, WARD_STYLE_BOLD),
		PLAIN("why", r->why.len ? r->why : WARD_STR("?")));
	ward_text_close(&s->text);
	s->block = 0;
}
