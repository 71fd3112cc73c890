/* What each care service needs, and what postpones its loss. */
#include "book/priv.h"
#include "impact/write.h"

#include <stdlib.h>

enum { BOOK_ALIKE = 64 /* things in one row */ };

static int graver(const void *a, const void *b, void *ctx)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct ward_node *x = ward_model_node(ctx, i), *y = ward_model_node(ctx, k);

	if (x->criticality != y->criticality)
		return x->criticality < y->criticality ? 1 : -1;
	if (x->weight_micro != y->weight_micro)
		return x->weight_micro < y->weight_micro ? 1 : -1;
	return i < k ? -1 : i > k;
}

static void span(struct book *b, struct ward_wr *w, ward_ns t)
{
	if (t)
		ward_impact_write_span(w, t, b->lang);
	else
		ward_say(w, b->lang, WARD_TEXT("not said"));
}

/* Beds, and the patients that the directory counts. */
static void people(struct book *b, struct ward_wr *w, const struct ward_node *s)
{
	if (s->beds)
		ward_say_n(w, b->lang, s->beds, WARD_TEXT("{n} bed"), WARD_TEXT("{n} beds"));
	if (!s->patients)
		return;
	ward_wr_z(w, s->beds ? ", " : "");
	ward_say_n(w, b->lang, s->patients, WARD_TEXT("{n} patient"), WARD_TEXT("{n} patients"));
}

static void overview(struct book *b, const uint32_t *service, size_t n)
{
	static const char *const head[] = {WARD_TEXT("Service"), WARD_TEXT("Answers for it"),
		WARD_TEXT("Can be away"), WARD_TEXT("Open again after"),
		WARD_TEXT("Beds, patients")};

	book_head(b, head, WARD_ARRAY_LEN(head));
	for (size_t i = 0; i < n; i++) {
		const struct ward_node *s = ward_model_node(b->is->m, service[i]);
		char text[3][BOOK_CELL / 8];
		struct ward_wr away = ward_wr_fixed(text[0], sizeof(text[0])),
			       back = ward_wr_fixed(text[1], sizeof(text[1])),
			       who = ward_wr_fixed(text[2], sizeof(text[2]));

		span(b, &away, s->mtpd);
		span(b, &back, s->recovery);
		people(b, &who, s);
		const struct ward_str cell[] = {s->name,
			s->role == WARD_NONE ? WARD_STR("")
					     : ward_model_node(b->is->m, s->role)->name,
			ward_wr_text(&away), ward_wr_text(&back), ward_wr_text(&who)};

		ward_doc_row(b->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	}
}

/* Names of what a group counts; a part stands for what it is called. */
static void need(struct book *b, const struct ward_group *g)
{
	char text[BOOK_CELL], number[2][24];
	struct ward_wr names = ward_wr_fixed(text, sizeof(text)),
		       least = ward_wr_fixed(number[0], sizeof(number[0])),
		       all = ward_wr_fixed(number[1], sizeof(number[1]));

	book_names(b, &names, g->member, g->n_member);
	ward_say_number(&least, b->lang, g->need);
	ward_say_number(&all, b->lang, g->n_member);
	ward_wr_str(&b->w, g->name);
	ward_say_colon(&b->w, b->lang);
	if (g->need < g->n_member)
		WARD_SAY(&b->w, b->lang, WARD_TEXT("at least {need} of {all}: {names}"),
			{"need", ward_wr_text(&least)}, {"all", ward_wr_text(&all)},
			{"names", ward_wr_text(&names)});
	else
		ward_wr_str(&b->w, ward_wr_text(&names));
	if (g->buffer) {
		char time[64];
		struct ward_wr w = ward_wr_fixed(time, sizeof(time));

		ward_impact_write_span(&w, g->buffer, b->lang);
		ward_wr_z(&b->w, " · ");
		WARD_SAY(&b->w, b->lang, WARD_TEXT("goes on without for {time}"),
			{"time", ward_wr_text(&w)});
	}
	book_put(b, WARD_DOC_ITEM);
}

void book_care(struct book *b)
{
	const struct ward_model *m = b->is->m;
	size_t n = 0, room = (size_t)ward_model_n(m) + 1;
	uint32_t *service = ward_mem_alloc(ward_mem_heap(), room * sizeof(*service));

	if (!service) {
		b->err = WARD_ERR_NOMEM;
		return;
	}
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		if (ward_model_node(m, i)->kind == WARD_NODE_SERVICE)
			service[n++] = i;
	qsort_r(service, n, sizeof(*service), graver, (void *)(uintptr_t)m);
	book_chapter(b, WARD_TEXT("Services, the most critical first"));
	if (n)
		overview(b, service, n);
	else
		book_say(b, WARD_DOC_STRONG, WARD_TEXT("The directory names no service."));
	book_chapter(b, WARD_TEXT("What each service needs"));
	for (size_t i = 0; i < n; i++) {
		size_t n_group;
		const struct ward_group *g = ward_model_groups(m, service[i], &n_group);

		if (n_group)
			ward_doc_put(b->d, WARD_DOC_STRONG, ward_model_node(m, service[i])->name);
		for (size_t k = 0; k < n_group; k++)
			need(b, &g[k]);
	}
	ward_mem_free(ward_mem_heap(), service, room * sizeof(*service));
}

/* ---- what postpones ---- */

static const char *kind_word(struct ward_str kind)
{
	return ward_str_eqz(kind, "ups")       ? WARD_TEXT("battery (UPS)")
	       : ward_str_eqz(kind, "fuel")    ? WARD_TEXT("fuel")
	       : ward_str_eqz(kind, "tank")    ? WARD_TEXT("tank")
	       : ward_str_eqz(kind, "thermal") ? WARD_TEXT("slow to warm up or cool down")
	       : ward_str_eqz(kind, "paper")   ? WARD_TEXT("work on paper")
					       : NULL;
}

/* What holds, and in which building: rows that differ only by name are one. */
struct held {
	const struct ward_buffer *is;
	uint32_t house;
};

static int alike(const struct held *x, const struct held *y)
{
	if (x->is->lasts != y->is->lasts)
		return x->is->lasts < y->is->lasts ? -1 : 1;
	if (x->house != y->house)
		return x->house < y->house ? -1 : 1;
	return ward_str_cmp(x->is->kind, y->is->kind);
}

static int soonest(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	int by = alike(x, y);

	return by ? by : (x->is->node > y->is->node) - (x->is->node < y->is->node);
}

static void held_row(struct book *b, const struct held *x, size_t n)
{
	char text[3][BOOK_CELL / 2];
	struct ward_wr where = ward_wr_fixed(text[0], sizeof(text[0])),
		       lasts = ward_wr_fixed(text[1], sizeof(text[1])),
		       names = ward_wr_fixed(text[2], sizeof(text[2]));
	const char *word = kind_word(x->is->kind);
	uint32_t node[BOOK_ALIKE];

	for (size_t i = 0; i < n; i++)
		node[i] = x[i].is->node;
	book_names(b, &names, node, n);
	if (n == 1)
		book_where(b, &where, x->is->node);
	else if (x->house != WARD_NONE)
		ward_wr_str(&where, ward_model_node(b->is->m, x->house)->name);
	ward_impact_write_span(&lasts, x->is->lasts, b->lang);
	const struct ward_str cell[] = {ward_wr_text(&lasts), ward_wr_text(&names),
		word ? ward_lang_text(b->lang, ward_str_z(word)) : x->is->kind,
		ward_wr_text(&where)};

	ward_doc_row(b->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
}

static size_t collect(struct book *b, struct held **ret, size_t *ret_room)
{
	const struct ward_model *m = b->is->m;
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(m) && !b->err; i++) {
		size_t n_here;
		const struct ward_buffer *here = ward_model_buffers(m, i, &n_here);

		for (size_t k = 0; k < n_here && !b->err; k++) {
			b->err = ward_mem_more(
				ward_mem_heap(), ret, n, ret_room, sizeof(**ret), WARD_DOC_BLOCKS);
			if (!b->err)
				(*ret)[n++] = (struct held){
					&here[k], ward_model_up(m, i, WARD_NODE_BUILDING)};
		}
	}
	return n;
}

void book_buffers(struct book *b)
{
	static const char *const head[] = {
		WARD_TEXT("Lasts"), WARD_TEXT("What"), WARD_TEXT("By"), WARD_TEXT("Where")};
	struct held *all = NULL;
	size_t room = 0, n = collect(b, &all, &room);

	if (n)
		qsort(all, n, sizeof(*all), soonest);
	book_chapter(b, WARD_TEXT("What holds for how long"));
	if (n)
		book_head(b, head, WARD_ARRAY_LEN(head));
	else
		book_say(b, WARD_DOC_STRONG,
			WARD_TEXT("The directory names no battery, fuel, tank or work on paper."));
	for (size_t i = 0, same; i < n; i += same) {
		for (same = 1; i + same < n && same < BOOK_ALIKE; same++)
			if (alike(&all[i], &all[i + same]) != 0)
				break;
		held_row(b, &all[i], same);
	}
	ward_mem_free(ward_mem_heap(), all, room * sizeof(*all));
}
