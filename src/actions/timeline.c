/* How services fare hour by hour, with nothing done, with actions, and with the best together. */
#include "actions/timeline.h"

#include "words/words.h"
#include "impact/write.h"

enum { CELLS = 48, NAME_CELLS = 28 };

/* Up, maybe down, likelier down than not. */
enum level { UP, MAYBE, DOWN, LEVELS };

/* How one service fares within the horizon. */
struct fare {
	const struct ward_actions_spells *s;
	uint32_t service;
	ward_ns now, end;
};

static enum level level_at(const struct fare *f, ward_ns t)
{
	for (size_t k = 0; k < f->s->n; k++) {
		const struct ward_actions_spell *x = &f->s->at[k];

		if (x->service == f->service && x->from <= t && t < x->to)
			return x->lo_micro + x->hi_micro > 1000000 ? DOWN : MAYBE;
	}
	return UP;
}

/* When a spell begins or ends after t, no later than `end`. */
static ward_ns next_moment(const struct fare *f, ward_ns t, ward_ns end)
{
	for (size_t k = 0; k < f->s->n; k++) {
		const struct ward_actions_spell *x = &f->s->at[k];

		if (x->service != f->service)
			continue;
		end = x->from > t && x->from < end ? x->from : end;
		end = x->to > t && x->to < end ? x->to : end;
	}
	return end;
}

static bool equal(const struct fare *a, const struct fare *b)
{
	for (ward_ns t = a->now; t < a->end; t = next_moment(a, t, next_moment(b, t, a->end)))
		if (level_at(a, t) != level_at(b, t))
			return false;
	return true;
}

/* Each mark is the worst within its part of the horizon. */
static void bar(const struct fare *f, struct ward_wr *to)
{
	static const char marks[LEVELS] = {'.', '-', '#'};
	ward_ns part = (f->end - f->now) / CELLS;

	for (int i = 0; i < CELLS; i++) {
		ward_ns until = f->now + part * (i + 1);
		enum level worst = UP;

		for (ward_ns t = f->now + part * i; t < until; t = next_moment(f, t, until))
			worst = level_at(f, t) > worst ? level_at(f, t) : worst;
		ward_wr_ch(to, marks[worst]);
	}
}

/* For how long it is down. */
static void lasts(const struct fare *f, struct ward_lang *lang, struct ward_wr *to)
{
	ward_ns sum[LEVELS] = {0}, next;
	char text[64];
	struct ward_wr span = ward_wr_fixed(text, sizeof(text));

	for (ward_ns t = f->now; t < f->end; t = next) {
		next = next_moment(f, t, f->end);
		sum[level_at(f, t)] += next - t;
	}
	if (!sum[DOWN] && !sum[MAYBE])
		return;
	ward_impact_write_span(&span, sum[DOWN] ? sum[DOWN] : sum[MAYBE], lang);
	ward_wr_z(to, "  ");
	WARD_SAY(to, lang,
		sum[DOWN] ? WARD_TEXT("down for {span}") : WARD_TEXT("maybe down for {span}"),
		{"span", ward_wr_text(&span)});
}

static void row(
	const struct fare *f, struct ward_str name, struct ward_lang *lang, struct ward_wr *to)
{
	ward_impact_write_name(to, name, NAME_CELLS);
	bar(f, to);
	lasts(f, lang, to);
	ward_wr_ch(to, '\n');
}

static void with(const struct fare *f, size_t rank, struct ward_lang *lang, struct ward_wr *to)
{
	char text[128], number[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_wr n = ward_wr_fixed(number, sizeof(number));

	ward_wr_u64(&n, rank);
	ward_wr_z(&w, "  ");
	if (rank)
		WARD_SAY(&w, lang, WARD_TEXT("with {n}"), {"n", ward_wr_text(&n)});
	else
		ward_say(&w, lang, WARD_TEXT("with the best together"));
	row(f, ward_wr_text(&w), lang, to);
}

static bool falls(const struct ward_actions_spells *s, uint32_t service)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].service == service)
			return true;
	return false;
}

/* Only what fares otherwise than with nothing done. */
static void service(const struct ward_actions *p, const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, struct ward_lang *lang, uint32_t node,
	struct ward_wr *to)
{
	struct fare nothing = {&p->nothing_spells, node, ask->now, ask->now + ask->horizon};
	struct fare f = nothing;
	bool chosen = false;

	row(&nothing, ward_model_node(w->m, node)->name, lang, to);
	for (size_t i = 0, told = 0; i < p->n_item; i++) {
		const struct ward_actions_item *it = &p->item[i];

		chosen = chosen || it->chosen;
		if (!ward_actions_changes(p, it) || (told >= WARD_ACTIONS_SHOWN && !it->chosen))
			continue;
		told++;
		f.s = &it->spells;
		if (!f.s->beyond && !equal(&f, &nothing))
			with(&f, i + 1, lang, to);
	}
	f.s = &p->best_spells;
	if (chosen && !f.s->beyond && !equal(&f, &nothing))
		with(&f, 0, lang, to);
}

/* What is not told hour by hour. */
static void beyond(const struct ward_actions *p, struct ward_lang *lang, struct ward_wr *to)
{
	size_t n = p->best_spells.beyond;
	char text[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < p->n_item; i++)
		n += p->item[i].spells.beyond;
	if (!n)
		return;
	ward_say_number(&w, lang, n);
	WARD_SAY(to, lang,
		WARD_TEXT("LIMIT: not told hour by hour, as the forecast is beyond the limit: {n}"),
		{"n", ward_wr_text(&w)});
	ward_wr_ch(to, '\n');
}

void ward_actions_timeline(const struct ward_actions *p, const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, struct ward_lang *lang, struct ward_wr *to)
{
	char text[24];
	struct ward_wr mark = ward_wr_fixed(text, sizeof(text));

	ward_impact_write_mark(&mark, ask->horizon / CELLS, lang);
	ward_wr_ch(to, '\n');
	WARD_SAY(to, lang,
		WARD_TEXT("If nothing is done, and with what changes it; a mark for the worst of "
			  "{span} (. up, - maybe down, # likelier down than not):"),
		{"span", ward_wr_text(&mark)});
	ward_wr_ch(to, '\n');
	for (uint32_t i = 0; i < ward_model_n(w->m); i++) {
		bool any = falls(&p->nothing_spells, i) || falls(&p->best_spells, i);

		for (size_t k = 0; k < p->n_item && !any; k++)
			any = falls(&p->item[k].spells, i);
		if (any)
			service(p, w, ask, lang, i, to);
	}
	beyond(p, lang, to);
}
