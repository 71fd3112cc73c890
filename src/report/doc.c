#include "report/doc.h"

#include "story/text.h"

enum { ARENA_BYTES = 64 << 20, LINE_BYTES = 64 << 10 };

void ward_doc_init(struct ward_doc *d, struct ward_str lang)
{
	*d = (struct ward_doc){.lang = lang};
	ward_arena_init(&d->arena, ward_mem_heap(), ARENA_BYTES);
}

void ward_doc_fini(struct ward_doc *d)
{
	ward_mem_free(ward_mem_heap(), d->block, d->cap * sizeof(*d->block));
	ward_arena_fini(&d->arena);
}

static struct ward_str clean(struct ward_doc *d, struct ward_str s)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LINE_BYTES);

	(void)ward_text_paper(&w, ward_str_trim(s), WARD_DOC_TEXT_MAX);
	struct ward_str copy = ward_arena_str(&d->arena, ward_wr_text(&w));

	if (ward_wr_bad(&w) || !copy.p)
		d->err = WARD_ERR_NOMEM;
	ward_wr_fini(&w);
	return copy.p ? copy : WARD_STR("");
}

void ward_doc_row(
	struct ward_doc *d, enum ward_doc_kind kind, const struct ward_str *cell, size_t n)
{
	struct ward_doc_block b = {.kind = kind, .n = n};

	WARD_ASSERT(n <= WARD_DOC_CELLS);
	if (d->n == WARD_DOC_BLOCKS) {
		d->n_left++;
		return;
	}
	for (size_t i = 0; i < n; i++)
		b.cell[i] = clean(d, cell[i]);
	enum ward_err err = ward_mem_more(ward_mem_heap(), (void *)&d->block, d->n, &d->cap,
		sizeof(*d->block), WARD_DOC_BLOCKS);

	if (err)
		d->err = err;
	else
		d->block[d->n++] = b;
}

void ward_doc_put(struct ward_doc *d, enum ward_doc_kind kind, struct ward_str text)
{
	if (text.len)
		ward_doc_row(d, kind, &text, 1);
}

void ward_doc_end(struct ward_doc *d, struct ward_str text)
{
	if (d->n_left && d->n)
		d->block[d->n - 1] = (struct ward_doc_block){WARD_DOC_STRONG, 1, {clean(d, text)}};
}
