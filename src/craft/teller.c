#include "craft/teller.h"

enum { LABEL = 14, INSIDE = 4, TEXT_BYTES = 1 << 20 };

/* ---- a page ---- */

void ward_teller_end(struct ward_teller *x)
{
	if (!x->items)
		return;
	ward_json_arr_end(x->j);
	ward_json_obj_end(x->j);
	x->items = false;
}

static void page_begin(struct ward_teller *x, const char *label)
{
	ward_teller_end(x);
	ward_json_obj(x->j);
	ward_json_key(x->j, "label");
	ward_json_str(x->j, ward_lang_text(x->lang.labels, ward_str_z(label)));
}

static void page_row(struct ward_teller *x, const char *label, struct ward_str s)
{
	page_begin(x, label);
	ward_json_key(x->j, "text");
	ward_json_str(x->j, s);
	if (x->spoken.len) {
		ward_json_key(x->j, "lang");
		ward_json_str(x->j, x->spoken);
	}
	ward_json_obj_end(x->j);
}

/* Of the rule's own words the name; items follow. */
static void page_group(struct ward_teller *x, const char *label, struct ward_str name)
{
	page_begin(x, label);
	ward_json_key(x->j, "name");
	ward_json_str(x->j, name);
	if (x->lang.labels) {
		ward_json_key(x->j, "lang");
		ward_json_str(x->j, ward_lang_code(x->lang.labels));
	}
	ward_json_key(x->j, "items");
	ward_json_arr(x->j);
	x->items = true;
}

/* ---- rows ---- */

/* Text of several lines runs on: the sink would show each line feed. */
static void flow(struct ward_text *t, enum ward_style style, struct ward_str s)
{
	while (s.p) {
		ward_text_put(t, style, ward_str_cut(&s, '\n'));
		ward_text_z(t, style, " ");
	}
}

void ward_teller_row(struct ward_teller *x, const char *label, struct ward_str s)
{
	struct ward_text *t = x->t;

	if (!s.len)
		return;
	if (x->j) {
		page_row(x, label, s);
		return;
	}
	ward_text_open(t, 2, 2 + LABEL);
	ward_text_put(t, WARD_STYLE_DIM, ward_lang_text(x->lang.labels, ward_str_z(label)));
	ward_text_tab(t, 2 + LABEL);
	flow(t, WARD_STYLE_PLAIN, s);
	ward_text_close(t);
}

void ward_teller_row_end(struct ward_teller *x, const char *label)
{
	ward_teller_row(x, label, ward_wr_text(&x->w));
	ward_wr_reset(&x->w);
	x->spoken = WARD_STR("");
}

void ward_teller_told_end(struct ward_teller *x, const char *label)
{
	x->spoken = x->lang.labels ? ward_lang_code(x->lang.labels) : WARD_STR("");
	ward_teller_row_end(x, label);
}

/* ---- what the rule says ---- */

/* Lines run on: a text is one, however it was broken in its file. */
static void one_line(struct ward_wr *w, struct ward_str s)
{
	while (s.p) {
		ward_wr_str(w, ward_str_trim(ward_str_cut(&s, '\n')));
		ward_wr_z(w, s.p ? " " : "");
	}
}

bool ward_teller_own(struct ward_teller *x, struct ward_str s)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);

	one_line(&w, s);
	struct ward_str english = ward_wr_text(&w);
	struct ward_str said = ward_lang_text(x->lang.rules, english);
	bool translated = said.p != english.p;

	ward_wr_str(&x->w, translated ? said : s);
	ward_wr_fini(&w);
	return translated;
}

void ward_teller_own_row(struct ward_teller *x, const char *label, struct ward_str s)
{
	if (s.len && ward_teller_own(x, s))
		x->spoken = ward_lang_code(x->lang.rules);
	ward_teller_row_end(x, label);
}

/* ---- items ---- */

void ward_teller_item(struct ward_teller *x, size_t first)
{
	if (x->j) {
		ward_json_str(x->j, ward_wr_text(&x->w));
		ward_wr_reset(&x->w);
		return;
	}
	ward_text_open(x->t, first, first + 2);
	ward_text_z(x->t, WARD_STYLE_PLAIN, "- ");
	ward_text_quote(x->t, WARD_STYLE_PLAIN, ward_wr_text(&x->w));
	ward_text_close(x->t);
	ward_wr_reset(&x->w);
}

void ward_teller_or(struct ward_teller *x)
{
	const char *label = WARD_TEXT("or");

	if (x->j) {
		page_group(x, label, WARD_STR(""));
		return;
	}
	ward_text_open(x->t, INSIDE, INSIDE);
	ward_text_put(x->t, WARD_STYLE_DIM, ward_lang_text(x->lang.labels, ward_str_z(label)));
	ward_text_close(x->t);
}

void ward_teller_group(struct ward_teller *x, struct ward_str name, bool any)
{
	const char *how = any ? WARD_TEXT("any of these groups") : WARD_TEXT("all of these");

	if (x->j) {
		page_group(x, how, name);
		return;
	}
	ward_text_open(x->t, 2, 2);
	ward_text_put(x->t, WARD_STYLE_BOLD, name);
	ward_text_z(x->t, WARD_STYLE_DIM, " (");
	ward_text_put(x->t, WARD_STYLE_DIM, ward_lang_text(x->lang.labels, ward_str_z(how)));
	ward_text_z(x->t, WARD_STYLE_DIM, "):");
	ward_text_close(x->t);
}
