/* Things whose outage takes most care with it: each tried by itself, on a whole hospital. */
#include "book/priv.h"
#include "impact/write.h"

#include <stdlib.h>

enum { TOLD = 6 /* services of one thing */ };
#define SPAN (24 * 3600 * WARD_NS_PER_S) /* what falls later than a day is left out */
#define HALF 500000

struct tried {
	uint32_t node;
	size_t links; /* relations of it: how much may hang on it */
	int64_t loss_micro;
	uint32_t n_service, service[TOLD];
	ward_ns first; /* after so long the first of them falls */
};

static int most_links(const void *a, const void *b)
{
	const struct tried *x = a, *y = b;

	if (x->links != y->links)
		return x->links < y->links ? 1 : -1;
	return x->node < y->node ? -1 : x->node > y->node;
}

static int most_care(const void *a, const void *b)
{
	const struct tried *x = a, *y = b;

	if (x->loss_micro != y->loss_micro)
		return x->loss_micro < y->loss_micro ? 1 : -1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

/* A service falls with it, more likely than not: kept where it is among the first to fall. */
static void falls(struct tried *t, const struct ward_impact *x, ward_ns from)
{
	for (uint32_t i = 0; i < t->n_service && i < TOLD; i++)
		if (t->service[i] == x->asset)
			return;
	if (t->n_service < TOLD)
		t->service[t->n_service] = x->asset;
	if (!t->n_service)
		t->first = x->expected - from; /* they come by time */
	t->n_service++;
	t->loss_micro += x->loss_micro;
}

static enum ward_err try(struct book *b, struct tried *t, uint32_t outage)
{
	const struct ward_seed_threat seed = {t->node, outage, b->is->at, 1000000, 1000000};
	struct ward_impacts all;
	enum ward_err err = ward_engine_run(b->is->e, WARD_IMPACT_FULL, &seed, 1, &all);

	for (size_t i = 0; !err && i < all.n; i++) {
		const struct ward_impact *x = &all.item[i];

		if (x->expected - b->is->at > SPAN)
			break;
		if (x->threat == outage && x->lo_micro >= HALF &&
			ward_model_node(b->is->m, x->asset)->kind == WARD_NODE_SERVICE)
			falls(t, x, b->is->at);
	}
	return err;
}

static void row(struct book *b, const struct tried *t)
{
	char text[3][BOOK_CELL];
	struct ward_wr where = ward_wr_fixed(text[0], sizeof(text[0])),
		       first = ward_wr_fixed(text[1], sizeof(text[1])),
		       names = ward_wr_fixed(text[2], sizeof(text[2]));
	uint32_t told = t->n_service < TOLD ? t->n_service : TOLD;

	book_where(b, &where, t->node);
	if (t->first)
		ward_impact_write_span(&first, t->first, b->lang);
	else
		ward_say(&first, b->lang, WARD_TEXT("at once"));
	book_names(b, &names, t->service, told);
	if (told < t->n_service) {
		ward_wr_z(&names, ", ");
		ward_say_n(&names, b->lang, t->n_service - told, WARD_TEXT("{n} more"),
			WARD_TEXT("{n} more"));
	}
	const struct ward_str cell[] = {ward_model_node(b->is->m, t->node)->name,
		ward_wr_text(&where), ward_wr_text(&names), ward_wr_text(&first)};

	ward_doc_row(b->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
}

/* Things that something else needs, those with most relations first. */
static size_t candidates(const struct ward_model *m, struct tried *t)
{
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		enum ward_node_kind kind = ward_model_node(m, i)->kind;
		size_t n_out, n_in;

		if (kind != WARD_NODE_ASSET && kind != WARD_NODE_NETWORK)
			continue;
		(void)ward_model_out(m, i, &n_out);
		(void)ward_model_in(m, i, &n_in);
		if (n_out + n_in)
			t[n++] = (struct tried){.node = i, .links = n_out + n_in};
	}
	qsort(t, n, sizeof(*t), most_links);
	return n;
}

static void tell(struct book *b, struct tried *t, size_t n)
{
	static const char *const head[] = {WARD_TEXT("If it is lost"), WARD_TEXT("Where"),
		WARD_TEXT("it takes with it"), WARD_TEXT("The first after")};
	size_t tried = n < WARD_BOOK_TRIED ? n : WARD_BOOK_TRIED;
	char number[24];
	struct ward_wr w = ward_wr_fixed(number, sizeof(number));

	qsort(t, tried, sizeof(*t), most_care);
	for (size_t i = 0; i < tried && i < WARD_BOOK_WORST && t[i].n_service; i++) {
		if (!i)
			book_head(b, head, WARD_ARRAY_LEN(head));
		row(b, &t[i]);
	}
	ward_say_number(&w, b->lang, tried);
	WARD_SAY(&b->w, b->lang,
		tried < n
			? WARD_TEXT("By the rules of propagation, each alone, within a day; tried "
				    "were the {n} things with most relations.")
			: WARD_TEXT("By the rules of propagation, each alone, within a day; all "
				    "{n} things were tried."),
		{"n", ward_wr_text(&w)});
	book_put(b, WARD_DOC_TEXT);
}

void book_worst(struct book *b)
{
	const struct ward_model *m = b->is->m;
	uint32_t outage = ward_threats_find(ward_model_threats(m), WARD_STR("outage"));
	size_t room = (size_t)ward_model_n(m) + 1;
	struct tried *t = ward_mem_alloc(ward_mem_heap(), room * sizeof(*t));

	if (!t) {
		b->err = WARD_ERR_NOMEM;
		return;
	}
	size_t n = candidates(m, t);

	book_chapter(b, WARD_TEXT("What takes most care with it"));
	for (size_t i = 0; i < n && i < WARD_BOOK_TRIED && !b->err; i++)
		b->err = try(b, &t[i], outage);
	if (!b->err)
		tell(b, t, n);
	ward_mem_free(ward_mem_heap(), t, room * sizeof(*t));
}
