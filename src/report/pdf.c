/* A document laid out on pages. It is laid out twice: once to count the pages, once to draw them.
 */
#include "report/pdf.h"

#include "report/page.h"

#include <math.h>

#define LEFT 50.0f
#define TOP 792.0f
#define BOTTOM 56.0f
#define FOOT 32.0f
#define WIDTH (WARD_PAGE_WIDTH - 2 * LEFT)
#define GAP 7.0f /* between columns */
#define LEADING 1.3f
#define CAMERA 140.0f /* high, with what is free below */

enum { FOOT_BYTES = 512, UNIT_BYTES = 3 };

struct style {
	float size, before; /* before: free space above, in sizes */
	bool bold, red;
	const char *bullet;
	enum ward_page_role role;
};
static const struct style style[] = {
	[WARD_DOC_MARK] = {11, 0.4f, true, true, NULL, WARD_PAGE_TEXT},
	[WARD_DOC_TITLE] = {19, 0, true, false, NULL, WARD_PAGE_TITLE},
	[WARD_DOC_HEADING] = {13, 0.9f, true, false, NULL, WARD_PAGE_HEADING},
	[WARD_DOC_TEXT] = {10, 0.4f, false, false, NULL, WARD_PAGE_TEXT},
	[WARD_DOC_STRONG] = {10, 0.4f, true, false, NULL, WARD_PAGE_TEXT},
	[WARD_DOC_ITEM] = {10, 0.2f, false, false, "•", WARD_PAGE_BODY},
	[WARD_DOC_HEAD] = {8.5f, 0.5f, true, false, NULL, WARD_PAGE_HEAD},
	[WARD_DOC_ROW] = {8.5f, 0.25f, false, false, NULL, WARD_PAGE_CELL},
	[WARD_DOC_BARS] = {8.5f, 0.9f, true, false, NULL, WARD_PAGE_TEXT},
};

struct layout {
	const struct ward_doc *d;
	const struct ward_pdf_how *how;
	struct ward_page *page;
	bool draw;
	float scale, y;
	size_t n_page, n_all;
	const struct ward_doc_block *head;   /* of the table in hand */
	struct ward_page_part *table, *list; /* in hand; NULL: none */
	float column[WARD_DOC_CELLS];
};

static struct ward_page_ink ink_of(const struct layout *l, enum ward_doc_kind k)
{
	return (struct ward_page_ink){style[k].size * l->scale, style[k].bold, style[k].red, false};
}

/* Is the blank at `at` between a number and its unit ("57 min", "84 %")? They stay on one line. */
static bool before_unit(struct ward_str s, size_t at)
{
	struct ward_str unit = ward_str_sub(s, at + 1, s.len - at - 1);
	size_t len = 0;

	if (!at || s.p[at - 1] < '0' || s.p[at - 1] > '9')
		return false;
	while (len < unit.len && len <= UNIT_BYTES && !strchr(" ,;:)", unit.p[len]))
		len++;
	return len && len <= UNIT_BYTES;
}

/* How many bytes of s a line of this width takes: whole words, or of a longer one what has room. */
static size_t fitting(
	const struct layout *l, const struct ward_page_ink *ink, struct ward_str s, float width)
{
	float used = 0;
	size_t at = 0, words = 0;

	while (at < s.len) {
		size_t len = ward_utf8_len((const uint8_t *)s.p + at, s.len - at);

		len = len ? len : 1;
		used += ward_page_width(l->page, ink, ward_str_sub(s, at, len));
		if (s.p[at] == ' ' && !before_unit(s, at))
			words = at;
		else if (used > width && at)
			return words ? words : at;
		at += len;
	}
	return s.len;
}

static float longest_word(
	const struct layout *l, const struct ward_page_ink *ink, struct ward_str s)
{
	float longest = 0;

	for (size_t at = 0, end; at < s.len; at = end + 1) {
		for (end = at; end < s.len && (s.p[end] != ' ' || before_unit(s, end));)
			end++;
		longest = fmaxf(
			longest, ward_page_width(l->page, ink, ward_str_sub(s, at, end - at)));
	}
	return longest;
}

static struct ward_str next_line(
	const struct layout *l, const struct ward_page_ink *ink, struct ward_str *rest, float width)
{
	size_t n = fitting(l, ink, *rest, width);
	/* a space at its end, which nobody sees: who reads it out must not join two words */
	struct ward_str line =
		ward_str_sub(*rest, 0, n < rest->len && rest->p[n] == ' ' ? n + 1 : n);

	*rest = ward_str_trim(ward_str_sub(*rest, n, rest->len));
	return line;
}

static void put_foot(struct layout *l)
{
	const struct ward_page_ink ink = {8, false, false, true};
	char n[24], m[24], text[FOOT_BYTES];
	struct ward_wr wn = ward_wr_fixed(n, sizeof(n)), wm = ward_wr_fixed(m, sizeof(m));
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&wn, l->n_page);
	ward_wr_u64(&wm, l->n_all);
	WARD_SAY(&w, l->how->lang, WARD_TEXT("page {n} of {m}"), {"n", ward_wr_text(&wn)},
		{"m", ward_wr_text(&wm)});
	float wide = ward_page_width(l->page, &ink, ward_wr_text(&w));
	struct ward_str foot = l->how->foot;

	ward_page_line(l->page, LEFT, FOOT + 11, LEFT + WIDTH);
	ward_page_text(l->page, &ink, (struct ward_page_at){NULL, LEFT, FOOT},
		next_line(l, &ink, &foot, WIDTH - wide - GAP));
	ward_page_text(l->page, &ink, (struct ward_page_at){NULL, LEFT + WIDTH - wide, FOOT},
		ward_wr_text(&w));
}

/* On each page but the first, where it stands beneath the title. */
static void put_mark(struct layout *l)
{
	const struct ward_page_ink ink = {9, true, true, false};

	for (size_t i = 0; i < l->d->n; i++)
		if (l->d->block[i].kind == WARD_DOC_MARK)
			ward_page_text(l->page, &ink, (struct ward_page_at){NULL, LEFT, TOP + 20},
				l->d->block[i].cell[0]);
}

/* A camera on its bracket: body, lens, and what holds it at the wall. */
static void put_camera(struct layout *l)
{
	static const float shape[][6][2] = {
		{{0, 62}, {118, 98}, {132, 52}, {14, 16}, {0, 62}, {0, 62}},
		{{122, 90}, {158, 92}, {166, 64}, {130, 62}, {122, 90}, {122, 90}},
		{{46, 26}, {40, 0}, {54, 0}, {62, 30}, {46, 26}, {46, 26}},
		{{-34, 14}, {-24, 14}, {-24, -12}, {54, -12}, {54, 2}, {-34, 2}},
		{{-40, 30}, {-26, 30}, {-26, -28}, {-40, -28}, {-40, 30}, {-40, 30}},
	};
	float left = (WARD_PAGE_WIDTH - 130) / 2, bottom = TOP - 92;

	for (size_t i = 0; i < WARD_ARRAY_LEN(shape); i++) {
		float at[6][2];

		for (size_t k = 0; k < 6; k++) {
			at[k][0] = left + shape[i][k][0];
			at[k][1] = bottom + shape[i][k][1];
		}
		ward_page_shape(l->page, (const float(*)[2])at, 6);
	}
}

static void next_page(struct layout *l)
{
	l->n_page++;
	l->y = TOP;
	if (l->d->camera && l->n_page == 1)
		l->y -= CAMERA;
	if (!l->draw)
		return;
	ward_page_next(l->page);
	put_foot(l);
	if (l->d->camera && l->n_page == 1)
		put_camera(l);
	if (l->n_page > 1)
		put_mark(l);
}

/* ---- tables ---- */

static float column_x(const struct layout *l, size_t c)
{
	float x = LEFT;

	for (size_t i = 0; i < c; i++)
		x += l->column[i] + GAP;
	return x;
}

/* How many lines the row takes. */
static size_t row_lines(const struct layout *l, const struct ward_doc_block *b)
{
	const struct ward_page_ink ink = ink_of(l, b->kind);
	size_t most = 1;

	for (size_t c = 0; c < b->n; c++) {
		struct ward_str rest = b->cell[c];
		size_t n = 0;

		for (; rest.len; n++)
			(void)next_line(l, &ink, &rest, l->column[c]);
		most = n > most ? n : most;
	}
	return most;
}

static void put_row(struct layout *l, const struct ward_doc_block *b, bool again);

static void go_on(struct layout *l)
{
	next_page(l);
	if (l->head)
		put_row(l, l->head, true);
}

/* The parts of a row, a cell each; of a head that is written again there are none. */
static void row_parts(struct layout *l, const struct ward_doc_block *b, bool again,
	struct ward_page_part *ret[WARD_DOC_CELLS])
{
	if (!l->draw || again)
		return;
	struct ward_page_part *row = ward_page_part(l->page, l->table, WARD_PAGE_ROW);

	for (size_t c = 0; c < b->n; c++)
		ret[c] = ward_page_part(l->page, row, style[b->kind].role);
}

static void put_row(struct layout *l, const struct ward_doc_block *b, bool again)
{
	const struct ward_page_ink ink = ink_of(l, b->kind);
	struct ward_str rest[WARD_DOC_CELLS] = {{NULL, 0}};
	struct ward_page_part *part[WARD_DOC_CELLS] = {NULL};
	size_t n = row_lines(l, b);
	float high = ink.size * LEADING;

	l->y -= style[b->kind].before * ink.size;
	if (b != l->head && l->y - (float)n * high < BOTTOM && (float)n * high < TOP - BOTTOM - 60)
		go_on(l);
	row_parts(l, b, again, part);
	memcpy(rest, b->cell, sizeof(rest));
	for (size_t k = 0; k < n; k++) {
		if (b != l->head && l->y - high < BOTTOM)
			go_on(l);
		l->y -= high;
		for (size_t c = 0; c < b->n; c++) {
			struct ward_str line = next_line(l, &ink, &rest[c], l->column[c]);

			if (l->draw)
				ward_page_text(l->page, &ink,
					(struct ward_page_at){part[c], column_x(l, c), l->y}, line);
		}
	}
	if (l->draw)
		ward_page_line(l->page, LEFT, l->y - 3, LEFT + WIDTH);
	l->y -= 3;
}

/* Columns as wide as their widest cell. Where there is no room for that, those that want more than
 * a share of what the others leave get that share: the more, the longer their texts (by the root,
 * so that a long one does not starve the others), and at least what their longest word takes. */
static void columns(struct layout *l, size_t at)
{
	const struct ward_doc_block *head = &l->d->block[at];
	float want[WARD_DOC_CELLS] = {0}, word[WARD_DOC_CELLS] = {0};
	float left = WIDTH - GAP * (float)(head->n - 1), even = left / (float)head->n;
	bool set[WARD_DOC_CELLS] = {false}, again = true;

	for (size_t i = at; i < l->d->n && (i == at || l->d->block[i].kind == WARD_DOC_ROW); i++)
		for (size_t c = 0; c < head->n; c++) {
			const struct ward_page_ink ink = ink_of(l, l->d->block[i].kind);
			struct ward_str cell = l->d->block[i].cell[c];

			want[c] = fmaxf(want[c], ward_page_width(l->page, &ink, cell) + 1);
			word[c] = fmaxf(word[c], longest_word(l, &ink, cell) + 1);
		}
	while (again) {
		float roots = 0;

		again = false;
		for (size_t c = 0; c < head->n; c++)
			roots += set[c] ? 0 : sqrtf(want[c]);
		for (size_t c = 0; c < head->n && !again; c++) {
			if (set[c])
				continue;
			float share = left * sqrtf(want[c]) / roots, least = fminf(word[c], even);

			set[c] = again = want[c] <= share || least > share;
			l->column[c] = fminf(want[c], fmaxf(share, least));
			left -= again ? l->column[c] : 0;
		}
	}
}

/* ---- all of it ---- */

/* The part of a text; of an item its body, and *ret_label. */
static struct ward_page_part *text_part(
	struct layout *l, const struct style *s, struct ward_page_part **ret_label)
{
	*ret_label = NULL;
	if (!s->bullet)
		l->list = NULL;
	if (!l->draw || !s->bullet)
		return l->draw ? ward_page_part(l->page, NULL, s->role) : NULL;
	if (!l->list)
		l->list = ward_page_part(l->page, NULL, WARD_PAGE_LIST);
	struct ward_page_part *item = ward_page_part(l->page, l->list, WARD_PAGE_ITEM);

	*ret_label = ward_page_part(l->page, item, WARD_PAGE_LABEL);
	return ward_page_part(l->page, item, s->role);
}

static void put_text(struct layout *l, const struct ward_doc_block *b)
{
	const struct style *s = &style[b->kind];
	struct ward_page_part *label, *part = text_part(l, s, &label);
	const struct ward_page_ink ink = ink_of(l, b->kind);
	float indent = s->bullet ? ink.size * 1.2f : 0, high = ink.size * LEADING;
	float need = b->kind == WARD_DOC_HEADING ? high * 4 : high; /* not alone at the foot */
	struct ward_str rest = b->cell[0];

	l->y -= s->before * ink.size;
	if (l->y - need < BOTTOM)
		next_page(l);
	for (size_t k = 0; rest.len; k++) {
		struct ward_str line = next_line(l, &ink, &rest, WIDTH - indent);

		if (l->y - high < BOTTOM)
			next_page(l);
		l->y -= high;
		if (l->draw && !k && s->bullet)
			ward_page_text(l->page, &ink, (struct ward_page_at){label, LEFT, l->y},
				ward_str_z(s->bullet));
		if (l->draw)
			ward_page_text(l->page, &ink,
				(struct ward_page_at){part, LEFT + indent, l->y}, line);
	}
}

/* ---- bars ---- */

/* The caption says all numbers, for who does not see the bars; under each its own. */
static void bars_caption(struct layout *l, const struct ward_doc_block *b)
{
	const struct ward_page_ink bold = ink_of(l, b->kind),
				   small = {bold.size * 0.85f, false, false, true};
	struct ward_page_part *part =
		l->draw ? ward_page_part(l->page, NULL, WARD_PAGE_TEXT) : NULL;
	float x = LEFT + ward_page_width(l->page, &bold, b->cell[0]) + GAP;

	l->y -= bold.size * LEADING;
	if (!l->draw)
		return;
	ward_page_text(l->page, &bold, (struct ward_page_at){part, LEFT, l->y}, b->cell[0]);
	ward_page_text(l->page, &small, (struct ward_page_at){part, x, l->y}, b->cell[2]);
	x += ward_page_width(l->page, &small, b->cell[2]);
	ward_page_text(l->page, &small, (struct ward_page_at){part, x, l->y}, WARD_STR(" – "));
	x += ward_page_width(l->page, &small, WARD_STR(" – "));
	ward_page_text(l->page, &small, (struct ward_page_at){part, x, l->y}, b->cell[3]);
}

static uint64_t most_of(struct ward_str numbers, size_t *ret_n)
{
	uint64_t most = 1;

	for (*ret_n = 0; numbers.len; (*ret_n)++) {
		uint64_t v = 0;

		(void)ward_str_u64(ward_str_cut(&numbers, ' '), &v);
		most = v > most ? v : most;
	}
	return most;
}

static void put_bars(struct layout *l, const struct ward_doc_block *b)
{
	const float high = 34.0f * l->scale;
	const struct ward_page_ink small = {7.0f * l->scale, false, false, true};
	struct ward_str rest = b->cell[1];
	size_t n;
	uint64_t most = most_of(rest, &n);
	float step = n ? WIDTH / (float)n : WIDTH;

	l->y -= style[b->kind].before * ink_of(l, b->kind).size;
	if (l->y - high - 40 < BOTTOM)
		next_page(l);
	bars_caption(l, b);
	l->y -= high + small.size * LEADING;
	struct ward_page_part *part =
		l->draw ? ward_page_part(l->page, NULL, WARD_PAGE_TEXT) : NULL;

	for (size_t i = 0; i < n && l->draw; i++) {
		struct ward_str text = ward_str_cut(&rest, ' ');
		uint64_t v = 0;

		(void)ward_str_u64(text, &v);
		const struct ward_page_box box = {LEFT + step * (float)i, l->y + small.size,
			step * 0.7f, high * (float)v / (float)most, i + 1 == n};

		ward_page_bar(l->page, &box);
		ward_page_text(l->page, &small, (struct ward_page_at){part, box.x, l->y}, text);
	}
	l->y -= small.size * 0.4f;
}

static void lay_out(struct layout *l)
{
	l->n_page = 0;
	l->head = NULL;
	l->list = NULL;
	next_page(l);
	for (size_t i = 0; i < l->d->n; i++) {
		const struct ward_doc_block *b = &l->d->block[i];

		if (b->kind == WARD_DOC_HEAD) {
			columns(l, i);
			l->head = b;
			l->list = NULL;
			if (l->draw)
				l->table = ward_page_part(l->page, NULL, WARD_PAGE_TABLE);
			if (l->y - 60 < BOTTOM)
				next_page(l);
			put_row(l, b, false);
		} else if (b->kind == WARD_DOC_ROW) {
			put_row(l, b, false);
		} else if (b->kind == WARD_DOC_BARS) {
			l->head = NULL;
			l->list = NULL;
			put_bars(l, b);
		} else {
			l->head = NULL;
			put_text(l, b);
		}
	}
}

/* The largest scale at which all stands on one page; the smallest when none is. In twentieths. */
static void fit(struct layout *l, int largest, int smallest, int step)
{
	for (int k = largest; k >= smallest; k -= step) {
		l->scale = (float)k / 20.0f;
		lay_out(l);
		if (l->n_page == 1)
			return;
	}
}

static enum ward_err write(
	const struct ward_doc *d, const struct ward_pdf_how *how, bool one, struct ward_wr *w)
{
	const struct ward_page_how page = {
		d->n ? d->block[0].cell[0] : WARD_STR("Ward"), d->lang, how->made};
	struct layout l = {.d = d, .how = how, .scale = 1};
	enum ward_err err = d->err ? d->err : ward_page_open(&page, &l.page);

	if (err)
		return err;
	if (how->wall)
		fit(&l, 90, 20, 2);
	else if (one)
		fit(&l, 20, 10, 1);
	else
		lay_out(&l);
	l.n_all = l.n_page;
	l.draw = true;
	lay_out(&l);
	err = ward_page_end(l.page, w);
	ward_page_free(l.page);
	return err;
}

enum ward_err ward_doc_pdf(
	const struct ward_doc *d, const struct ward_pdf_how *how, struct ward_wr *w)
{
	return write(d, how, false, w);
}

enum ward_err ward_doc_pdf_page(
	const struct ward_doc *d, const struct ward_pdf_how *how, struct ward_wr *w)
{
	return write(d, how, true, w);
}
