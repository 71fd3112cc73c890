/* Where people get out, where the brigade comes in, where oxygen is shut. */
#include "book/priv.h"

static void compartments(struct book *b, struct ward_wr *w, const uint32_t *at, size_t n)
{
	size_t told = n > BOOK_NAMES + 1 ? BOOK_NAMES : n;

	for (size_t i = 0; i < told; i++) {
		ward_wr_z(w, i ? ", " : "");
		ward_wr_str(w, b->is->evac->compartment[at[i]].name);
	}
	if (told == n)
		return;
	ward_wr_z(w, ", ");
	ward_say_n(w, b->lang, n - told, WARD_TEXT("{n} more"), WARD_TEXT("{n} more"));
}

static void access(struct book *b, const struct ward_evac *e)
{
	for (size_t i = 0; i < e->n_access; i++) {
		if (!i)
			book_say(b, WARD_DOC_STRONG, WARD_TEXT("The fire brigade comes in by"));
		ward_wr_str(&b->w, ward_model_node(b->is->m, e->access[i].building)->name);
		ward_say_colon(&b->w, b->lang);
		ward_wr_str(&b->w, e->access[i].text);
		book_put(b, WARD_DOC_ITEM);
	}
}

static void oxygen(struct book *b, const struct ward_evac *e)
{
	static const char *const head[] = {
		WARD_TEXT("Oxygen is shut off at"), WARD_TEXT("Where"), WARD_TEXT("It serves")};

	for (size_t i = 0; i < e->n_oxygen; i++) {
		char text[2][BOOK_CELL];
		struct ward_wr where = ward_wr_fixed(text[0], sizeof(text[0])),
			       serves = ward_wr_fixed(text[1], sizeof(text[1]));

		if (!i)
			book_head(b, head, WARD_ARRAY_LEN(head));
		ward_wr_str(&where, ward_model_node(b->is->m, e->oxygen[i].place)->name);
		compartments(b, &serves, e->oxygen[i].serves, e->oxygen[i].n_serves);
		const struct ward_str cell[] = {
			e->oxygen[i].name, ward_wr_text(&where), ward_wr_text(&serves)};

		ward_doc_row(b->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	}
}

/* Where lifts may be used in a fire, and which take a bed. */
static void lifts(struct book *b, const struct ward_evac *e)
{
	static const char *const use[] = {[WARD_EVAC_LIFT_ORDINARY] = WARD_TEXT("never in a fire"),
		[WARD_EVAC_LIFT_BRIGADE] = WARD_TEXT("in a fire for the brigade alone"),
		[WARD_EVAC_LIFT_EVACUATION] = WARD_TEXT("to evacuate, also in a fire")};
	static const char *const head[] = {WARD_TEXT("Lift"), WARD_TEXT("Use"), WARD_TEXT("Bed")};
	bool begun = false;

	for (size_t i = 0; i < e->n_way; i++) {
		const struct ward_evac_way *w = &e->way[i];

		if (w->kind != WARD_EVAC_LIFT)
			continue;
		if (!begun)
			book_head(b, head, WARD_ARRAY_LEN(head));
		begun = true;
		const struct ward_str cell[] = {w->name,
			ward_lang_text(b->lang, ward_str_z(use[w->lift])),
			ward_lang_text(
				b->lang, ward_str_z(w->bed ? WARD_TEXT("yes") : WARD_TEXT("no")))};

		ward_doc_row(b->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	}
}

static void hazards(struct book *b, const struct ward_evac *e)
{
	for (size_t i = 0; i < e->n_hazard; i++) {
		if (!i)
			book_say(b, WARD_DOC_STRONG, WARD_TEXT("What the brigade has to know"));
		ward_wr_str(&b->w, ward_model_node(b->is->m, e->hazard[i].place)->name);
		ward_say_colon(&b->w, b->lang);
		ward_wr_str(&b->w, e->hazard[i].text);
		book_put(b, WARD_DOC_ITEM);
	}
}

void book_ways_out(struct book *b)
{
	const struct ward_evac *e = b->is->evac;

	book_chapter(b, WARD_TEXT("Getting people out"));
	if (!e) {
		book_say(b, WARD_DOC_STRONG,
			WARD_TEXT("The directory does not say how the hospital is left: its own "
				  "plan rules."));
		return;
	}
	if (e->plan.len) {
		WARD_SAY(&b->w, b->lang, WARD_TEXT("The hospital's plan: {plan}"),
			{"plan", e->plan});
		book_put(b, WARD_DOC_TEXT);
	}
	access(b, e);
	oxygen(b, e);
	lifts(b, e);
	hazards(b, e);
}
