/* Of an analytic: what it does, what it can't, whom a mistake hurts, how often it was wrong. */
#include "notice/priv.h"

/* Numbers of a result have a point in the content, and the language's mark here. */
static void put_result(struct notice_job *j, struct ward_str is)
{
	while (is.len) {
		size_t n = 0;

		while (n < is.len && ((is.p[n] >= '0' && is.p[n] <= '9') || is.p[n] == '.'))
			n++;
		if (n)
			ward_say_decimal(&j->w, j->q->lang, ward_str_sub(is, 0, n));
		else
			ward_wr_ch(&j->w, is.p[n++]);
		is = ward_str_sub(is, n, is.len);
	}
}

static void put_number(struct notice_job *j, const struct ward_notice_number *n)
{
	struct ward_str cell[4] = {ward_lang_text(j->q->lang, n->what), n->is, n->by, n->on};

	put_result(j, n->is);
	cell[1] = n->is.len ? ward_wr_text(&j->w) : notice_say(j, WARD_TEXT("not measured"));
	ward_doc_row(&j->x->doc, WARD_DOC_ROW, cell, 4);
	ward_wr_reset(&j->w);
}

static void put_note(struct notice_job *j, const struct ward_notice_note *n)
{
	struct ward_lang *lang = j->q->lang;
	const struct ward_str head[4] = {notice_say(j, WARD_TEXT("What was measured")),
		notice_say(j, WARD_TEXT("Result")), notice_say(j, WARD_TEXT("By")),
		notice_say(j, WARD_TEXT("On"))};

	ward_doc_put(&j->x->doc, WARD_DOC_HEADING, ward_lang_text(lang, n->name));
	ward_doc_put(&j->x->doc, WARD_DOC_TEXT, ward_lang_text(lang, n->does));
	notice_put(j, WARD_DOC_STRONG, WARD_TEXT("What it can't do"));
	for (size_t i = 0; i < n->n_cannot; i++)
		ward_doc_put(&j->x->doc, WARD_DOC_ITEM, ward_lang_text(lang, n->cannot[i]));
	notice_put(j, WARD_DOC_STRONG, WARD_TEXT("What a mistake costs"));
	ward_doc_put(&j->x->doc, WARD_DOC_TEXT, ward_lang_text(lang, n->wrong));
	ward_doc_row(&j->x->doc, WARD_DOC_HEAD, head, 4);
	for (size_t i = 0; i < n->n_number; i++)
		put_number(j, &n->number[i]);
}

enum ward_err notice_ethics(struct notice_job *j)
{
	const struct ward_notice_content *c = j->q->c;
	bool any = false;

	notice_put(j, WARD_DOC_TITLE, WARD_TEXT("What the analytics can't do"));
	notice_put(j, WARD_DOC_TEXT,
		WARD_TEXT("None of them recognises anybody or decides anything: each tells people, "
			  "who "
			  "look. Numbers are of recordings and texts that there are, not of this "
			  "hospital."));
	for (size_t i = 0; i < c->n_note; i++) {
		if (j->q->of.len && !ward_str_eq(c->note[i].id, j->q->of))
			continue;
		put_note(j, &c->note[i]);
		any = true;
	}
	return any ? WARD_OK : WARD_ERR_NOT_FOUND;
}
