/* How services fare hour by hour, with nothing done, with actions, and with the best together. */
#include "actions/timeline.h"

#include "words/words.h"

enum { CELLS = 48, NAME_CELLS = 28 };

/* '#': likelier down than not; '-': less likely so. */
static void bar(const struct ward_actions_spells *s, uint32_t service,
	const struct ward_actions_ask *ask, char ret[CELLS + 1])
{
	for (int i = 0; i < CELLS; i++) {
		ward_ns t = ask->now + ask->horizon / CELLS * i;

		ret[i] = '.';
		for (size_t k = 0; k < s->n; k++)
			if (s->at[k].service == service && s->at[k].from <= t && t < s->at[k].to)
				ret[i] =
					s->at[k].lo_micro + s->at[k].hi_micro > 1000000 ? '#' : '-';
	}
	ret[CELLS] = 0;
}

/* Names of many bytes per letter are cut between letters. */
static void row(struct ward_wr *to, struct ward_str name, const char *marks)
{
	size_t cells = 0;

	for (size_t i = 0; i < name.len; i++) {
		cells += ((uint8_t)name.p[i] & 0xc0) != 0x80;
		if (cells > NAME_CELLS)
			break;
		ward_wr_ch(to, name.p[i]);
	}
	for (cells = cells > NAME_CELLS ? NAME_CELLS : cells; cells <= NAME_CELLS; cells++)
		ward_wr_ch(to, ' ');
	ward_wr_z(to, marks);
	ward_wr_ch(to, '\n');
}

static void with(struct ward_wr *to, struct ward_lang *lang, size_t rank, const char *marks)
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
	row(to, ward_wr_text(&w), marks);
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
	char nothing[CELLS + 1], marks[CELLS + 1];
	bool chosen = false;

	bar(&p->nothing_spells, node, ask, nothing);
	row(to, ward_model_node(w->m, node)->name, nothing);
	for (size_t i = 0, told = 0; i < p->n_item; i++) {
		const struct ward_actions_item *it = &p->item[i];

		chosen = chosen || it->chosen;
		if (!ward_actions_changes(p, it) || (told >= WARD_ACTIONS_SHOWN && !it->chosen))
			continue;
		told++;
		bar(&it->spells, node, ask, marks);
		if (strcmp(marks, nothing) != 0)
			with(to, lang, i + 1, marks);
	}
	bar(&p->best_spells, node, ask, marks);
	if (chosen && strcmp(marks, nothing) != 0)
		with(to, lang, 0, marks);
}

void ward_actions_timeline(const struct ward_actions *p, const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, struct ward_lang *lang, struct ward_wr *to)
{
	char number[24];
	struct ward_wr n = ward_wr_fixed(number, sizeof(number));

	ward_wr_i64(&n, ask->horizon / CELLS / (60 * WARD_NS_PER_S));
	ward_wr_ch(to, '\n');
	WARD_SAY(to, lang,
		WARD_TEXT("If nothing is done, and with what changes it; a mark for {min} min (. "
			  "up, - "
			  "maybe down, # likelier down than not):"),
		{"min", ward_wr_text(&n)});
	ward_wr_ch(to, '\n');
	for (uint32_t i = 0; i < ward_model_n(w->m); i++) {
		bool any = falls(&p->nothing_spells, i) || falls(&p->best_spells, i);

		for (size_t k = 0; k < p->n_item && !any; k++)
			any = falls(&p->item[k].spells, i);
		if (any)
			service(p, w, ask, lang, i, to);
	}
}
