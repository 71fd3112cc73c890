#include "report/plain.h"

#include "story/text.h"

enum { GAP = 2, NARROWEST = 6, ITEM = 2, CELL_LINES = 64 };

struct plain {
	struct ward_text t;
	size_t wide[WARD_DOC_CELLS]; /* columns of the table that is written */
	size_t width;
};

static bool is_row(const struct ward_doc_block *b)
{
	return b->kind == WARD_DOC_HEAD || b->kind == WARD_DOC_ROW;
}

/* Of the table that begins with block `from`: as wide as its texts, then the widest narrower until
 * all have room. */
static void fit(struct plain *p, const struct ward_doc *d, size_t from)
{
	size_t n = d->block[from].n, sum = 0;

	for (size_t k = 0; k < WARD_DOC_CELLS; k++)
		p->wide[k] = 0;
	for (size_t i = from; i < d->n && is_row(&d->block[i]); i++) {
		if (i > from && d->block[i].kind == WARD_DOC_HEAD)
			break;
		for (size_t k = 0; k < d->block[i].n; k++) {
			size_t wide = ward_text_columns(d->block[i].cell[k]);

			p->wide[k] = wide > p->wide[k] ? wide : p->wide[k];
		}
	}
	for (size_t k = 0; k < n; k++)
		sum += p->wide[k] + (k ? GAP : 0);
	while (sum > p->width) {
		size_t widest = 0;

		for (size_t k = 1; k < n; k++)
			widest = p->wide[k] > p->wide[widest] ? k : widest;
		if (p->wide[widest] <= NARROWEST)
			break;
		p->wide[widest]--;
		sum--;
	}
}

/* The part of *rest that fits on a line of a cell, broken at a blank where there is one. */
static struct ward_str cut_line(struct ward_str *rest, size_t wide)
{
	size_t end = 0, blank = 0;

	while (end < rest->len) {
		size_t next = end + 1;

		while (next < rest->len && ((uint8_t)rest->p[next] & 0xc0) == 0x80)
			next++;
		if (ward_text_columns(ward_str_sub(*rest, 0, next)) > wide)
			break;
		if (rest->p[end] == ' ')
			blank = end;
		end = next;
	}
	if (end < rest->len && rest->p[end] != ' ' && blank)
		end = blank;
	struct ward_str line = ward_str_sub(*rest, 0, end);

	while (end < rest->len && rest->p[end] == ' ')
		end++;
	*rest = ward_str_sub(*rest, end, rest->len - end);
	return line;
}

static void put_row(struct plain *p, const struct ward_doc_block *b)
{
	enum ward_style style = b->kind == WARD_DOC_HEAD ? WARD_STYLE_BOLD : WARD_STYLE_PLAIN;
	struct ward_str rest[WARD_DOC_CELLS];
	bool more = true;

	memcpy(rest, b->cell, sizeof(rest));
	for (size_t n = 0; more && n < CELL_LINES; n++) {
		size_t at = 0;

		more = false;
		ward_text_open(&p->t, 0, 0);
		for (size_t k = 0; k < b->n; k++) {
			ward_text_tab(&p->t, at);
			ward_text_quote(&p->t, style, cut_line(&rest[k], p->wide[k]));
			at += p->wide[k] + GAP;
			more |= rest[k].len != 0;
		}
		ward_text_close(&p->t);
	}
}

static void put_text(struct plain *p, const struct ward_doc_block *b)
{
	static const enum ward_style style[] = {[WARD_DOC_MARK] = WARD_STYLE_WARN,
		[WARD_DOC_TITLE] = WARD_STYLE_BOLD,
		[WARD_DOC_HEADING] = WARD_STYLE_BOLD,
		[WARD_DOC_TEXT] = WARD_STYLE_PLAIN,
		[WARD_DOC_STRONG] = WARD_STYLE_WARN,
		[WARD_DOC_ITEM] = WARD_STYLE_PLAIN,
		[WARD_DOC_BARS] = WARD_STYLE_PLAIN};
	bool item = b->kind == WARD_DOC_ITEM;

	ward_text_open(&p->t, 0, item ? ITEM : 0);
	if (item)
		ward_text_z(&p->t, WARD_STYLE_DIM, "- ");
	for (size_t k = 0; k < b->n; k++) /* bars: what, numbers, from, to */
		ward_text_put(&p->t, style[b->kind], b->cell[k]);
	ward_text_close(&p->t);
}

void ward_doc_plain(const struct ward_doc *d, size_t width, bool colour, struct ward_wr *w)
{
	struct plain p;

	ward_text_init(&p.t, width, colour);
	p.t.w = w;
	p.width = p.t.width;
	for (size_t i = 0; i < d->n; i++) {
		const struct ward_doc_block *b = &d->block[i];
		bool begins = b->kind == WARD_DOC_HEADING || b->kind == WARD_DOC_HEAD ||
			      (i && d->block[i - 1].kind != b->kind && !is_row(b) &&
				      d->block[i - 1].kind != WARD_DOC_HEADING);

		if (i && begins && d->block[i - 1].kind != WARD_DOC_HEADING)
			ward_text_gap(&p.t);
		if (b->kind == WARD_DOC_HEAD)
			fit(&p, d, i);
		if (is_row(b))
			put_row(&p, b);
		else
			put_text(&p, b);
	}
}
