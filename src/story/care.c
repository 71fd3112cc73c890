/* What an attack costs: which care services will be hit, when, and why. */
#include "story/priv.h"

#include <stdlib.h>

#define MINUTE (60 * WARD_NS_PER_S)

enum {
	LESS_MIN = 5,  /* a shift in time of fewer minutes is not told */
	OPEN_NAMED = 3 /* services that can't be ruled out are named, of the others how many */
};

/* A service with the word for its likelihood. */
struct ranked {
	struct care *c;
	enum ward_likely tier;
};

static enum ward_likely tier_of(const struct care *c)
{
	return ward_likely(c->lo_micro, c->hi_micro);
}

static ward_ns minus(ward_ns a, ward_ns b)
{
	ward_ns d;

	if (ward_sub(a, b, &d))
		return d;
	return a > b ? INT64_MAX : INT64_MIN;
}

static int rank_cmp(const void *va, const void *vb)
{
	const struct ranked *a = va, *b = vb;

	if (a->tier != b->tier)
		return a->tier > b->tier ? -1 : 1;
	if (a->c->priority_micro != b->c->priority_micro)
		return a->c->priority_micro > b->c->priority_micro ? -1 : 1;
	if (a->c->expected != b->c->expected)
		return a->c->expected < b->c->expected ? -1 : 1;
	if (!ward_str_eq(a->c->name, b->c->name))
		return ward_str_cmp(a->c->name, b->c->name);
	return ward_str_cmp(a->c->threat_name, b->c->threat_name);
}

/* Those alive, best first; in the scratch arena. */
static struct ranked *rank(struct ward_story *s, const struct tale *t, size_t *ret_n)
{
	struct ranked *r = ward_arena_array(&s->scratch, t->n_care, sizeof(*r));

	*ret_n = 0;
	for (size_t i = 0; r && i < t->n_care; i++) {
		struct care *c = &t->care[i];

		if (c->alive)
			r[(*ret_n)++] = (struct ranked){c, tier_of(c)};
	}
	if (*ret_n)
		qsort(r, *ret_n, sizeof(*r), rank_cmp);
	return r;
}

/* "6 min", "1 h 30 min", "2 d 4 h"; ns >= 0. */
static struct ward_str span_text(struct brief *b, const struct ward_story *s, ward_ns ns)
{
	int64_t min = ns / MINUTE + (ns % MINUTE >= MINUTE / 2);
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct brief big, small;

	if (min < 1)
		ward_say(&w, s->lang, WARD_TEXT("a moment"));
	else if (min < 100)
		WARD_SAY(&w, s->lang, WARD_TEXT("{min}\u00a0min"),
			{"min", ward_tell_digits(&small, min)});
	else if (min < 48 * 60)
		WARD_SAY(&w, s->lang, WARD_TEXT("{h}\u00a0h\u00a0{min}\u00a0min"),
			{"h", ward_tell_digits(&big, min / 60)},
			{"min", ward_tell_digits(&small, min % 60)});
	else
		WARD_SAY(&w, s->lang, WARD_TEXT("{d}\u00a0d\u00a0{h}\u00a0h"),
			{"d", ward_tell_digits(&big, min / 1440)},
			{"h", ward_tell_digits(&small, min / 60 % 24)});
	return ward_wr_text(&w);
}

/* What is said of when a service is hit, as it looks at `now`. */
static const char *when_of(const struct care *c, ward_ns now)
{
	if (minus(c->expected, now) <= 0)
		return tier_of(c) >= WARD_LIKELY_LIKELY
			       ? WARD_TEXT("since about\u00a0{time}")
			       : WARD_TEXT("may have begun about\u00a0{time}");
	if (minus(c->expected, c->earliest) < MINUTE || tier_of(c) < WARD_LIKELY_POSSIBLE)
		return WARD_TEXT("about\u00a0{time}, in\u00a0{span}");
	if (c->earliest <= now)
		return WARD_TEXT("about\u00a0{time}, in\u00a0{span} or any moment");
	return WARD_TEXT("about\u00a0{time}, in\u00a0{span}, not before\u00a0{earliest}");
}

/* "about 03:42, in 6 min or any moment" */
static void put_when(
	struct ward_wr *w, const struct ward_story *s, const struct care *c, ward_ns now)
{
	ward_ns until = minus(c->expected, now);
	struct brief time, span, earliest;

	WARD_SAY(w, s->lang, when_of(c, now),
		{"time", ward_tell_forecast(&time, s, c->expected, now)},
		{"span", span_text(&span, s, until > 0 ? until : 0)},
		{"earliest", ward_tell_forecast(&earliest, s, c->earliest, now)});
}

/* "possible (12–100 %)" */
static struct ward_str likelihood_text(
	struct brief *b, const struct ward_story *s, const struct care *c)
{
	int64_t lo = (c->lo_micro + 5000) / 10000, hi = (c->hi_micro + 5000) / 10000;
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct brief from, to;

	WARD_SAY(&w, s->lang,
		lo == hi ? WARD_TEXT("{word} ({lo}\u00a0%)")
			 : WARD_TEXT("{word} ({lo}–{hi}\u00a0%)"),
		{"word", ward_tell_text(s, ward_str_z(ward_likely_word(tier_of(c))))},
		{"lo", ward_tell_digits(&from, lo)}, {"hi", ward_tell_digits(&to, hi)});
	return ward_wr_text(&w);
}

/* The slot {service}: "Pharmacy", or with what else threatens it than that it does not work. */
static struct piece service_piece(struct ward_story *s, const struct care *c)
{
	ward_wr_reset(&s->aside);
	if (!c->outage) {
		ward_wr_z(&s->aside, ", ");
		ward_say_inner(&s->aside, c->threat_name);
	}
	return (struct piece){"service", c->name, WARD_STYLE_BOLD, ward_wr_text(&s->aside)};
}

static void end_line(struct ward_story *s)
{
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

/* The chain, from the last service in it that stands above in the same list. */
static struct ward_str short_chain(
	struct ward_story *s, const struct ranked *above, size_t n, const struct care *c)
{
	struct ward_str chain = c->chain;

	for (size_t i = 0; i < n; i++) {
		size_t at;

		if (above[i].c->asset == c->asset || !above[i].c->outage)
			continue;
		ward_wr_z(&s->line, " → ");
		WARD_SAY(&s->line, s->lang, WARD_TEXT("{name}: {what}"), {"name", above[i].c->name},
			{"what", WARD_STR("")});
		at = ward_str_find(chain, ward_wr_text(&s->line));
		ward_wr_reset(&s->line);
		if (at != SIZE_MAX)
			chain = ward_str_sub(chain, at + sizeof(" → ") - 1, chain.len);
	}
	return chain;
}

/* One service: name, time, likelihood. */
static void tell_one(struct ward_story *s, const struct care *c, ward_ns now)
{
	struct brief likelihood;

	put_when(&s->line, s, c, now);
	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("{service}: {when}; {likelihood}"), service_piece(s, c),
		PLAIN("when", ward_wr_text(&s->line)),
		PLAIN("likelihood", likelihood_text(&likelihood, s, c)));
	ward_wr_reset(&s->line);
	ward_text_close(&s->text);
}

static void tell_chain(struct ward_story *s, struct ward_str chain)
{
	if (!chain.len)
		return;
	ward_text_open(&s->text, COL_BODY + 4, COL_BODY + 6);
	ward_text_put(&s->text, WARD_STYLE_DIM, chain);
	ward_text_close(&s->text);
}

static void note_told(struct care *c)
{
	c->told = true;
	c->told_tier = tier_of(c);
	c->told_expected = c->expected;
}

/* Is the service at this place of the list also at one before it, by another threat? */
static bool named_before(const struct ranked *r, size_t at)
{
	for (size_t k = 0; k < at; k++)
		if (r[k].c->asset == r[at].c->asset)
			return true;
	return false;
}

/* Services of tiers lo to hi from place `from` on, each once. */
static size_t count_services(
	const struct ranked *r, size_t n, size_t from, enum ward_likely lo, enum ward_likely hi)
{
	size_t count = 0;

	for (size_t i = from; i < n; i++)
		count += r[i].tier >= lo && r[i].tier <= hi && !named_before(r, i);
	return count;
}

static bool is_open(const struct ranked *r, size_t at, bool further)
{
	return r[at].tier == WARD_LIKELY_OPEN && r[at].c->further == further &&
	       !named_before(r, at);
}

/* "Pharmacy (about 04:17), Dialysis (about 05:02), 8 more", in s->aside; empty: there are none. */
static struct ward_str open_text(
	struct ward_story *s, const struct ranked *r, size_t n, bool further, ward_ns now)
{
	size_t named = 0, all = 0;
	struct ward_wr *w = &s->aside;

	ward_wr_reset(w);
	for (size_t i = 0; i < n; i++) {
		struct brief time;

		if (!is_open(r, i, further) || ++all > OPEN_NAMED)
			continue;
		ward_wr_z(w, named++ ? ", " : "");
		WARD_SAY(w, s->lang, WARD_TEXT("{service} (about\u00a0{time})"),
			{"service", r[i].c->name},
			{"time", ward_tell_forecast(&time, s, r[i].c->expected, now)});
	}
	if (all > named) {
		ward_wr_z(w, ", ");
		ward_say_n(w, s->lang, all - named, WARD_TEXT_ONE("{n}\u00a0more"),
			WARD_TEXT("{n}\u00a0more"));
	}
	return ward_wr_text(w);
}

/* "can't be ruled out: Pharmacy (about 04:17), …", and what only further acts could bring, behind
 * what stands in the line. */
static void put_open(struct ward_story *s, const struct ranked *r, size_t n, ward_ns now)
{
	static const char *const text[] = {WARD_TEXT("can't be ruled out: {services}"),
		WARD_TEXT("only if whoever did this goes on: {services}")};

	for (unsigned further = 0; further < WARD_ARRAY_LEN(text); further++) {
		struct ward_str open = open_text(s, r, n, further != 0, now);

		if (!open.len)
			continue;
		if (s->line.len)
			ward_say(&s->line, s->lang, WARD_TEXT("; "));
		WARD_SAY(&s->line, s->lang, text[further], {"services", open});
	}
}

/* What is not told at length: "and 2 more services; can't be ruled out: …" */
static void tell_rest(struct ward_story *s, const struct ranked *r, size_t n, ward_ns now)
{
	size_t more = count_services(r, n, TOP, WARD_LIKELY_POSSIBLE, WARD_LIKELY_CERTAIN);

	if (more)
		ward_say_n(&s->line, s->lang, more, WARD_TEXT_ONE("and {n}\u00a0more service"),
			WARD_TEXT("and {n}\u00a0more services"));
	put_open(s, r, n, now);
	if (!s->line.len)
		return;
	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	end_line(s);
}

/* Beneath the incident's own heading, if that is what stands above. */
static void heading(struct ward_story *s, const struct tale *t, const char *what, ward_ns now)
{
	struct ward_str text = ward_tell_text(s, ward_str_z(what));
	bool alone = s->block != t->number;
	struct brief n, time;

	ward_wr_reset(&s->aside);
	if (alone) {
		ward_text_gap(&s->text);
		ward_text_open(&s->text, 0, COL_BODY);
		ward_say_inner(&s->aside, text);
		WARD_SAY(&s->line, s->lang, WARD_TEXT("{name}: {what}"),
			{"name", ward_tell_incident(&n, s, t->number)},
			{"what", ward_wr_text(&s->aside)});
		s->block = t->number;
	} else {
		ward_text_open(&s->text, COL_BODY, COL_BODY + 2);
		ward_wr_str(&s->line, text);
	}
	TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("{heading} (as of\u00a0{time})"),
		STYLED("heading", ward_wr_text(&s->line), WARD_STYLE_BOLD),
		PLAIN("time", ward_tell_forecast(&time, s, t->last, now)));
	ward_wr_reset(&s->line);
}

/* All that is expected, the first at length. Gives how many of the list are at least possible. */
static size_t tell_list(
	struct ward_story *s, const struct tale *t, const struct ranked *r, size_t n, ward_ns now)
{
	size_t sure = 0;

	while (sure < n && r[sure].tier >= WARD_LIKELY_POSSIBLE)
		sure++;
	if (!sure) {
		heading(s, t, WARD_TEXT("Care: no loss likely yet"), now);
		put_open(s, r, n, now);
		if (s->line.len)
			ward_tell_say(s, WARD_STYLE_PLAIN, WARD_TEXT("; "));
		end_line(s);
		return 0;
	}
	heading(s, t, WARD_TEXT("Care that may be lost"), now);
	end_line(s);
	for (size_t i = 0; i < sure && i < TOP; i++) {
		tell_one(s, r[i].c, now);
		tell_chain(s, short_chain(s, r, i, r[i].c));
	}
	tell_rest(s, r, n, now);
	return sure;
}

static void tell_first(struct ward_story *s, struct tale *t, const struct ranked *r, size_t n)
{
	size_t sure = tell_list(s, t, r, n, t->last);

	for (size_t i = 0; i < sure; i++)
		note_told(r[i].c);
	t->care_told = true;
	t->care_sure = sure > 0;
}

enum change { SAME, NEW, SURER, LESS_SURE, MOVED };

static enum change change_of(const struct ranked *r, ward_ns now)
{
	const struct care *c = r->c;
	ward_ns shift = minus(c->expected, c->told_expected), left = minus(c->told_expected, now);

	if (!c->told)
		return r->tier >= WARD_LIKELY_POSSIBLE ? NEW : SAME;
	if (r->tier != c->told_tier)
		return r->tier > c->told_tier ? SURER : LESS_SURE;
	if (r->tier < WARD_LIKELY_POSSIBLE)
		return SAME;
	if (shift < 0)
		shift = shift == INT64_MIN ? INT64_MAX : -shift;
	if (c->expected <= now && c->told_expected <= now)
		return SAME;
	return shift >= LESS_MIN * MINUTE && shift >= left / 4 ? MOVED : SAME;
}

static void tell_change(struct ward_story *s, struct care *c, ward_ns now, enum change what)
{
	if (what == NEW || what == SURER) {
		tell_one(s, c, now);
		note_told(c);
		return;
	}
	struct brief brief;

	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	if (what == LESS_SURE) {
		TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("{service}: now only {likelihood}"),
			service_piece(s, c), PLAIN("likelihood", likelihood_text(&brief, s, c)));
	} else {
		put_when(&s->line, s, c, now);
		TELL(s, WARD_STYLE_PLAIN,
			c->told_expected < c->expected
				? WARD_TEXT("{service}: now {when}; later than {time}")
				: WARD_TEXT("{service}: now {when}; was {time}"),
			service_piece(s, c), PLAIN("when", ward_wr_text(&s->line)),
			PLAIN("time", ward_tell_forecast(&brief, s, c->told_expected, now)));
		ward_wr_reset(&s->line);
	}
	ward_text_close(&s->text);
	note_told(c);
}

/* Told before, and now no more expected; in order of name. */
static struct ranked *gone(struct ward_story *s, const struct tale *t, size_t *ret_n)
{
	struct ranked *r = ward_arena_array(&s->scratch, t->n_care, sizeof(*r));

	*ret_n = 0;
	for (size_t i = 0; r && i < t->n_care; i++)
		if (!t->care[i].alive && t->care[i].told)
			r[(*ret_n)++] = (struct ranked){&t->care[i], WARD_UNLIKELY};
	if (*ret_n)
		qsort(r, *ret_n, sizeof(*r), rank_cmp);
	return r;
}

static void tell_gone(struct ward_story *s, const struct ranked *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
		TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("{service}: no longer expected"),
			service_piece(s, r[i].c));
		ward_text_close(&s->text);
		r[i].c->told = false;
	}
}

static void tell_changes(struct ward_story *s, struct tale *t, const struct ranked *r, size_t n)
{
	size_t n_told = 0, n_more = 0;

	for (size_t i = 0; i < n; i++) {
		enum change what = change_of(&r[i], t->last);

		if (what == SAME)
			continue;
		if (n_told == TOP) {
			n_more++;
			note_told(r[i].c);
			continue;
		}
		if (!n_told++) {
			heading(s, t, WARD_TEXT("What changes for care"), t->last);
			end_line(s);
		}
		tell_change(s, r[i].c, t->last, what);
		if ((what == NEW || what == SURER) && r[i].tier >= WARD_LIKELY_POSSIBLE)
			tell_chain(s, short_chain(s, r, i, r[i].c));
	}
	if (n_more)
		ward_tell_line(s, COL_BODY + 2, n_more, WARD_TEXT_ONE("and {n} more that changed"),
			WARD_TEXT("and {n} more that changed"));
}

/* What was seen and nobody has said what follows from: silence would reassure. */
static void tell_unknown(struct ward_story *s, struct tale *t)
{
	if (t->n_unknown_told == t->n_unknown)
		return;
	heading(s, t, WARD_TEXT("What is not known"), t->last);
	end_line(s);
	for (; t->n_unknown_told < t->n_unknown; t->n_unknown_told++) {
		ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
		TELL(s, WARD_STYLE_PLAIN,
			WARD_TEXT("Nothing is known of what this leads to: {what}"),
			PLAIN("what", t->unknown[t->n_unknown_told]));
		ward_text_close(&s->text);
	}
}

enum ward_err ward_tell_care(struct ward_story *s, struct tale *t)
{
	size_t n, n_gone;
	struct ranked *r = rank(s, t, &n), *g = gone(s, t, &n_gone);

	if (!r || !g)
		return WARD_ERR_NOMEM;
	t->care_changed = false;
	/* the list once, and once more when the first of it becomes possible */
	if (n && (!t->care_told || (!t->care_sure && r[0].tier >= WARD_LIKELY_POSSIBLE)))
		tell_first(s, t, r, n);
	else
		tell_changes(s, t, r, n);
	if (n_gone) {
		heading(s, t, WARD_TEXT("What need no longer be feared"), t->last);
		end_line(s);
	}
	tell_gone(s, g, n_gone);
	tell_unknown(s, t);
	return WARD_OK;
}

static void put_all(struct ward_story *s, size_t n)
{
	struct brief digits;
	struct ward_wr d = ward_wr_fixed(digits.p, sizeof(digits.p));

	ward_say_number(&d, s->lang, n);
	const struct ward_word_slot slot[] = {{"n", ward_wr_text(&d)}, {"command", s->all}};

	ward_say_text(&s->line,
		ward_lang_text_n(s->lang, n,
			WARD_TEXT_ONE("all of it, with {n}\u00a0device or room: {command}"),
			WARD_TEXT("all of it, with {n}\u00a0devices and rooms: {command}")),
		slot, 2);
}

enum ward_err ward_tell_care_all(struct ward_story *s, const struct tale *t, ward_ns now)
{
	size_t n;
	struct ranked *r = rank(s, t, &n);

	if (!r)
		return WARD_ERR_NOMEM;
	if (!n)
		return WARD_OK;
	(void)tell_list(s, t, r, n, now);
	if (!t->asset.n || !s->all.len)
		return WARD_OK;
	put_all(s, t->asset.n);
	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	end_line(s);
	return WARD_OK;
}
