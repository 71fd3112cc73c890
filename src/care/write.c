/* Availability for people: what is not as usual first, each with its reason, then what is open. */
#include "care/care.h"
#include "story/text.h"
#include "story/zone.h"
#include "words/words.h"

#include <stdio.h>

enum { COL_NAME = 16, COL_BODY = 18, COL_BEDS = 54, SAID_BYTES = 4096, SHOWN = 3, LOW_BYTES = 256 };

struct writer {
	const struct ward_availability *c;
	const struct ward_model *m;
	struct ward_lang *lang;
	struct ward_text t;
	struct ward_wr say; /* a sentence while it is made */
	uint8_t said[SAID_BYTES];
};

/* A short text of its own. */
struct brief {
	char p[48];
};

static struct ward_str clock_of(struct brief *b, ward_ns t, ward_ns now)
{
	struct ward_local l, n;
	int len;

	ward_zone_local(t, &l);
	ward_zone_local(now, &n);
	len = l.year == n.year && l.month == n.month && l.day == n.day
		      ? snprintf(b->p, sizeof(b->p), "%02d:%02d", l.hour, l.minute)
		      : snprintf(b->p, sizeof(b->p), "%04d-%02d-%02d\u00a0%02d:%02d", l.year,
				l.month, l.day, l.hour, l.minute);
	return (struct ward_str){b->p, len > 0 ? (size_t)len : 0};
}

static struct ward_str number_of(struct brief *b, int64_t n)
{
	int len = n == WARD_CARE_NONE ? snprintf(b->p, sizeof(b->p), "?")
				      : snprintf(b->p, sizeof(b->p), "%lld", (long long)n);

	return (struct ward_str){b->p, len > 0 ? (size_t)len : 0};
}

/* Minutes, hours or days; ns >= 0. */
static struct ward_str span_of(struct brief *b, struct ward_lang *lang, ward_ns ns)
{
	int64_t min = ns / (60 * WARD_NS_PER_S);
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct brief n, rest;

	if (min < 100)
		WARD_SAY(&w, lang, WARD_TEXT("{min}\u00a0min"), {"min", number_of(&n, min)});
	else if (min < 48 * 60)
		WARD_SAY(&w, lang, WARD_TEXT("{h}\u00a0h\u00a0{min}\u00a0min"),
			{"h", number_of(&n, min / 60)}, {"min", number_of(&rest, min % 60)});
	else
		WARD_SAY(&w, lang, WARD_TEXT("{d}\u00a0d\u00a0{h}\u00a0h"),
			{"d", number_of(&n, min / 1440)}, {"h", number_of(&rest, min / 60 % 24)});
	return ward_wr_text(&w);
}

static struct ward_str word(struct writer *x, enum ward_care_field f, int64_t v)
{
	return ward_lang_text(x->lang, ward_str_z(ward_care_word_text(f, v)));
}

static void flush(struct writer *x, enum ward_style style)
{
	ward_text_put(&x->t, style, ward_wr_text(&x->say));
	ward_wr_reset(&x->say);
}

#define SAY(x, style, english, ...)                                   \
	do {                                                          \
		WARD_SAY(&(x)->say, (x)->lang, english, __VA_ARGS__); \
		flush(x, style);                                      \
	} while (0)

static enum ward_style style_of(int64_t state)
{
	return state >= WARD_CARE_STATE_EVACUATING   ? WARD_STYLE_ALARM
	       : state >= WARD_CARE_STATE_THREATENED ? WARD_STYLE_WARN
						     : WARD_STYLE_PLAIN;
}

static void open_body(struct writer *x)
{
	ward_text_open(&x->t, COL_BODY, COL_BODY + 2);
}

/* Both sides of a field that was entered, and which counts. */
static void sides(struct writer *x, const struct ward_care_value *v, struct ward_str computed,
	struct ward_str entered)
{
	const struct ward_care_entry *e = v->entry;
	struct brief made, until;

	if (!e)
		return;
	open_body(x);
	SAY(x, WARD_STYLE_PLAIN, WARD_TEXT("entered by {by} at {made}: {entered}, until {until}"),
		{"by", e->by}, {"made", clock_of(&made, e->made, x->c->at)}, {"entered", entered},
		{"until", clock_of(&until, e->until, x->c->at)});
	if (e->why.len) {
		ward_text_z(&x->t, WARD_STYLE_PLAIN, ": ");
		ward_text_quote(&x->t, WARD_STYLE_PLAIN, e->why);
	}
	ward_text_close(&x->t);
	if (v->computed == WARD_CARE_NONE || v->why == WARD_CARE_WHY_SAME)
		return;
	open_body(x);
	SAY(x, WARD_STYLE_PLAIN, WARD_TEXT("computed: {computed};"), {"computed", computed});
	ward_text_z(&x->t, WARD_STYLE_PLAIN, " ");
	ward_say(&x->say, x->lang, ward_care_why_text(v->why));
	flush(x, WARD_STYLE_BOLD);
	ward_text_close(&x->t);
}

static void word_sides(struct writer *x, enum ward_care_field f, const struct ward_care_value *v)
{
	if (v->entry)
		sides(x, v, v->computed == WARD_CARE_NONE ? WARD_STR("") : word(x, f, v->computed),
			word(x, f, v->entered));
}

/* What it begins with, and the last thing before the ward itself. */
static void because(struct writer *x, const struct ward_record *r)
{
	size_t last = r->n_link > 1 ? r->n_link - 2 : 0;

	for (size_t i = 0; i < r->n_link - (r->n_link > 0); i += last ? last : 1) {
		const struct ward_record_link *l = &r->link[i];
		char low[LOW_BYTES];
		struct ward_wr w = ward_wr_fixed(low, sizeof(low));

		ward_say_inner(&w, ward_lang_text(x->lang, l->threat));
		ward_text_z(&x->t, WARD_STYLE_DIM, !i ? " ← " : last > 1 ? " → … → " : " → ");
		SAY(x, WARD_STYLE_DIM, WARD_TEXT("{name}: {threat}"), {"name", l->name},
			{"threat", ward_wr_text(&w)});
	}
}

static void loss(struct writer *x, const struct ward_care_loss *l)
{
	const struct ward_record *r = l->impact;
	struct brief n, time, from, to;
	ward_ns now = x->c->at;

	open_body(x);
	SAY(x, WARD_STYLE_PLAIN, WARD_TEXT("incident {number}:"),
		{"number", number_of(&n, l->number)});
	ward_text_z(&x->t, WARD_STYLE_PLAIN, " ");
	ward_text_put(&x->t, WARD_STYLE_PLAIN, ward_lang_text(x->lang, r->threat_name));
	ward_text_z(&x->t, WARD_STYLE_PLAIN, ", ");
	if (r->expected <= now)
		SAY(x, WARD_STYLE_PLAIN,
			l->sure >= WARD_LIKELY_LIKELY
				? WARD_TEXT("since about\u00a0{time}")
				: WARD_TEXT("may have begun about\u00a0{time}"),
			{"time", clock_of(&time, r->expected, now)});
	else
		SAY(x, WARD_STYLE_PLAIN, WARD_TEXT("about\u00a0{time}, not before\u00a0{earliest}"),
			{"time", clock_of(&time, r->expected, now)},
			{"earliest", clock_of(&from, r->earliest, now)});
	ward_text_z(&x->t, WARD_STYLE_PLAIN, "; ");
	SAY(x, WARD_STYLE_BOLD, WARD_TEXT("{word} ({lo}–{hi}\u00a0%)"),
		{"word", ward_lang_text(x->lang, ward_str_z(ward_likely_word(l->sure)))},
		{"lo", number_of(&from, (r->lo_micro + 5000) / 10000)},
		{"hi", number_of(&to, (r->hi_micro + 5000) / 10000)});
	if (ward_care_is_old(l->heard, now)) {
		ward_text_z(&x->t, WARD_STYLE_PLAIN, "; ");
		SAY(x, WARD_STYLE_WARN, WARD_TEXT("last heard {span} ago"),
			{"span", span_of(&time, x->lang, now - l->heard)});
	}
	because(x, r);
	ward_text_close(&x->t);
}

/* Behind its name; those of several types each in a line of its own. */
static void beds_of(struct writer *x, const struct ward_care_ward *w)
{
	for (size_t k = 0; k < w->n_bed; k++) {
		const struct ward_care_beds *b = &w->bed[k];
		struct brief staffed, free;

		if (w->n_bed > 1) {
			ward_text_close(&x->t);
			open_body(x);
			ward_text_z(&x->t, WARD_STYLE_PLAIN, ward_bed_type_name(b->type));
		}
		ward_text_tab(&x->t, COL_BEDS);
		SAY(x, WARD_STYLE_PLAIN, WARD_TEXT("{free} of {staffed} beds free"),
			{"staffed", number_of(&staffed, b->staffed.is)},
			{"free", number_of(&free, b->available.is)});
	}
}

static struct ward_str beds_text(struct brief *b, struct writer *x, int64_t n, const char *english)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct brief number;

	ward_say_text(&w, ward_lang_text(x->lang, ward_str_z(english)),
		&(struct ward_word_slot){"n", number_of(&number, n)}, 1);
	return ward_wr_text(&w);
}

/* Who came and went is told with its source and its age. */
static void moved(struct writer *x, const struct ward_care_moved *m)
{
	struct brief came, went, time;

	if (m->last == WARD_NS_NEVER)
		return;
	open_body(x);
	SAY(x, WARD_STYLE_PLAIN,
		WARD_TEXT("by HL7 ADT {came} came and {went} went since; last {time}"),
		{"came", number_of(&came, m->came)}, {"went", number_of(&went, m->went)},
		{"time", clock_of(&time, m->last, x->c->at)});
	ward_text_close(&x->t);
}

static void bed_sides(struct writer *x, const struct ward_care_ward *w)
{
	for (size_t k = 0; k < w->n_bed; k++) {
		bool free = w->bed[k].available.entry != NULL;
		const struct ward_care_value *v = free ? &w->bed[k].available : &w->bed[k].occupied;
		const char *text = free ? WARD_TEXT("{n} free") : WARD_TEXT("{n} occupied");
		struct brief computed, entered;

		if (v->entry)
			sides(x, v, beds_text(&computed, x, v->computed, text),
				beds_text(&entered, x, v->entered, text));
		moved(x, &w->bed[k].moved);
	}
}

static void ward(struct writer *x, const struct ward_care_ward *w)
{
	const struct ward_node *n = ward_model_node(x->m, w->node);
	struct brief a, b, c;

	ward_text_open(&x->t, 0, COL_BODY);
	ward_text_put(&x->t, style_of(w->state.is), word(x, WARD_CARE_STATE, w->state.is));
	ward_text_tab(&x->t, COL_NAME);
	ward_text_put(&x->t, WARD_STYLE_BOLD, n->name);
	beds_of(x, w);
	ward_text_close(&x->t);
	word_sides(x, WARD_CARE_STATE, &w->state);
	bed_sides(x, w);
	word_sides(x, WARD_CARE_STAFFING, &w->staffing);
	for (size_t i = 0; i < w->n_loss && i < SHOWN; i++)
		loss(x, &w->loss[i]);
	if (w->n_loss + w->n_loss_more > SHOWN) {
		open_body(x);
		SAY(x, WARD_STYLE_DIM, WARD_TEXT("and {n} more losses (--json shows them)"),
			{"n", number_of(&a, (int64_t)(w->n_loss + w->n_loss_more - SHOWN))});
		ward_text_close(&x->t);
	}
	if (w->n_device_lost + w->n_device_threatened) {
		open_body(x);
		SAY(x, WARD_STYLE_PLAIN,
			WARD_TEXT("of {n} medical devices that it needs {lost} do not work and "
				  "{threatened} are threatened"),
			{"n", number_of(&a, w->n_device)},
			{"lost", number_of(&b, w->n_device_lost)},
			{"threatened", number_of(&c, w->n_device_threatened)});
		ward_text_close(&x->t);
	}
	if (w->overdue != WARD_NS_NEVER) {
		open_body(x);
		SAY(x, WARD_STYLE_WARN,
			WARD_TEXT("overdue: it could be open again since {time}; nobody said that "
				  "it is (ward care set)"),
			{"time", clock_of(&a, w->overdue, x->c->at)});
		ward_text_close(&x->t);
	} else if (w->n_loss && n->recovery) {
		open_body(x);
		SAY(x, WARD_STYLE_DIM,
			WARD_TEXT("opens again {span} after what it needs is back (ward recover)"),
			{"span", span_of(&a, x->lang, n->recovery)});
		ward_text_close(&x->t);
	}
}

static bool as_usual(const struct ward_care_ward *w)
{
	bool entered = w->state.entry || w->staffing.entry;

	for (size_t k = 0; k < w->n_bed; k++)
		entered |= w->bed[k].available.entry || w->bed[k].occupied.entry;
	return !w->n_loss && !entered && w->state.is == WARD_CARE_STATE_OPEN;
}

static void site(struct writer *x, const struct ward_care_site *s)
{
	struct brief staffed, occupied, free;
	struct ward_str name = s->node == WARD_NONE ? ward_model_hospital(x->m)->name
						    : ward_model_node(x->m, s->node)->name;

	ward_text_open(&x->t, 0, 2);
	SAY(x, style_of(s->state.is), WARD_TEXT("{site}: {state};"), {"site", name},
		{"state", word(x, WARD_CARE_STATE, s->state.is)});
	ward_text_z(&x->t, WARD_STYLE_PLAIN, " ");
	ward_text_put(&x->t,
		s->traffic.is == WARD_CARE_TRAFFIC_CLOSED     ? WARD_STYLE_ALARM
		: s->traffic.is == WARD_CARE_TRAFFIC_ADVISORY ? WARD_STYLE_WARN
							      : WARD_STYLE_PLAIN,
		word(x, WARD_CARE_TRAFFIC, s->traffic.is));
	if (s->security.is != WARD_CARE_NONE) {
		ward_text_z(&x->t, WARD_STYLE_PLAIN, "; ");
		ward_text_put(&x->t, WARD_STYLE_WARN, word(x, WARD_CARE_SECURITY, s->security.is));
	}
	ward_text_close(&x->t);
	ward_text_open(&x->t, 2, 2);
	SAY(x, WARD_STYLE_PLAIN,
		WARD_TEXT("{staffed} beds with staff, {occupied} occupied, {free} free"),
		{"staffed", number_of(&staffed, s->staffed)},
		{"occupied", number_of(&occupied, s->occupied)},
		{"free", number_of(&free, s->available)});
	ward_text_close(&x->t);
	word_sides(x, WARD_CARE_STATE, &s->state);
	word_sides(x, WARD_CARE_TRAFFIC, &s->traffic);
	word_sides(x, WARD_CARE_SECURITY, &s->security);
	word_sides(x, WARD_CARE_STAFFING, &s->staffing);
}

static void heading(struct writer *x)
{
	struct brief time;
	const struct ward_hospital *h = ward_model_hospital(x->m);

	ward_text_open(&x->t, 0, 0);
	ward_text_put(&x->t, WARD_STYLE_BOLD, h->name);
	ward_text_z(&x->t, WARD_STYLE_PLAIN, ", ");
	SAY(x, WARD_STYLE_PLAIN, WARD_TEXT("as of {time}"), {"time", clock_of(&time, x->c->at, 0)});
	ward_text_z(&x->t, WARD_STYLE_PLAIN, "; ");
	ward_say_n(&x->say, x->lang, x->c->n_incident, WARD_TEXT_ONE("{n} incident goes on"),
		WARD_TEXT("{n} incidents go on"));
	flush(x, WARD_STYLE_PLAIN);
	ward_text_close(&x->t);
}

void ward_care_write_text(const struct ward_availability *c, const struct ward_model *m,
	struct ward_lang *lang, size_t width, bool colour, struct ward_wr *w)
{
	struct writer x = {.c = c, .m = m, .lang = lang};

	x.say = ward_wr_fixed(x.said, sizeof(x.said));
	ward_text_init(&x.t, width ? width : 80, colour);
	x.t.w = w;
	heading(&x);
	for (size_t i = 0; i < c->n_site; i++)
		site(&x, &c->site[i]);
	ward_text_gap(&x.t);
	for (size_t i = 0; i < c->n_ward; i++)
		if (!as_usual(&c->ward[i]))
			ward(&x, &c->ward[i]);
	for (size_t i = 0; i < c->n_ward; i++)
		if (as_usual(&c->ward[i]))
			ward(&x, &c->ward[i]);
}
