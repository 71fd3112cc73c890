#include "book/priv.h"

#include "story/zone.h"

enum { LINE_BYTES = 1 << 20 };

void book_put(struct book *b, enum ward_doc_kind kind)
{
	ward_doc_put(b->d, kind, ward_wr_text(&b->w));
	if (ward_wr_bad(&b->w))
		b->d->err = WARD_ERR_NOMEM;
	ward_wr_reset(&b->w);
}

void book_say(struct book *b, enum ward_doc_kind kind, const char *english)
{
	ward_doc_put(b->d, kind, ward_lang_text(b->lang, ward_str_z(english)));
}

void book_chapter(struct book *b, const char *english)
{
	ward_wr_u64(&b->w, ++b->chapter);
	ward_wr_z(&b->w, ". ");
	ward_say(&b->w, b->lang, english);
	book_put(b, WARD_DOC_HEADING);
}

void book_head(struct book *b, const char *const *english, size_t n)
{
	struct ward_str cell[WARD_DOC_CELLS];

	for (size_t i = 0; i < n; i++)
		cell[i] = ward_lang_text(b->lang, ward_str_z(english[i]));
	ward_doc_row(b->d, WARD_DOC_HEAD, cell, n);
}

void book_names(struct book *b, struct ward_wr *w, const uint32_t *node, size_t n)
{
	size_t told = n > BOOK_NAMES + 1 ? BOOK_NAMES : n;

	for (size_t i = 0; i < told; i++) {
		ward_wr_z(w, i ? ", " : "");
		ward_wr_str(w, ward_model_node(b->is->m, node[i])->name);
	}
	if (told == n)
		return;
	ward_wr_z(w, ", ");
	ward_say_n(w, b->lang, n - told, WARD_TEXT("{n} more"), WARD_TEXT("{n} more"));
}

void book_where(const struct book *b, struct ward_wr *w, uint32_t node)
{
	const struct ward_model *m = b->is->m;
	uint32_t room = ward_model_up(m, node, WARD_NODE_ROOM),
		 house = ward_model_up(m, node, WARD_NODE_BUILDING);

	if (room != WARD_NONE && room != node)
		ward_wr_str(w, ward_model_node(m, room)->name);
	if (house == WARD_NONE || house == node)
		return;
	ward_wr_z(w, room != WARD_NONE && room != node ? ", " : "");
	ward_wr_str(w, ward_model_node(m, house)->name);
}

/* What it is, of when, and what to do with it. */
static void cover(struct book *b)
{
	const struct ward_day day = ward_zone_day(b->is->at);
	char text[96];
	struct ward_wr when = ward_wr_fixed(text, sizeof(text));
	uint8_t hash[32];

	ward_say_moment(&when, b->lang, &day);
	book_say(b, WARD_DOC_TITLE, WARD_TEXT("Emergency book"));
	if (b->is->exercise)
		book_say(b, WARD_DOC_MARK, WARD_TEXT("EXERCISE: none of this is real"));
	WARD_SAY(&b->w, b->lang, WARD_TEXT("{hospital}, as of {time}"),
		{"hospital", ward_model_hospital(b->is->m)->name}, {"time", ward_wr_text(&when)});
	book_put(b, WARD_DOC_STRONG);
	book_say(b, WARD_DOC_TEXT,
		WARD_TEXT("For when no screen is lit: what is open, who is called, what care needs "
			  "and for how long it can be without. Put it in the place of the older "
			  "one, and destroy that."));
	book_say(b, WARD_DOC_TEXT,
		WARD_TEXT("It has names and numbers of people: keep it where only those take it "
			  "who need it."));
	ward_model_hash(b->is->m, hash);
	struct ward_wr code = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < 6; i++)
		ward_wr_printf(&code, "%02x", hash[i]);
	WARD_SAY(&b->w, b->lang, WARD_TEXT("Version of the hospital's directory: {hash}"),
		{"hash", ward_wr_text(&code)});
	book_put(b, WARD_DOC_TEXT);
}

enum ward_err ward_book_tell(const struct ward_book *is, struct ward_doc *d)
{
	struct book b = {
		.is = is, .d = d, .lang = is->lang, .w = ward_wr_grow(ward_mem_heap(), LINE_BYTES)};

	cover(&b);
	book_incidents(&b);
	book_calls(&b);
	book_care(&b);
	book_buffers(&b);
	book_worst(&b);
	book_ways_out(&b);
	book_alone(&b);
	book_sheets(&b);
	ward_doc_end(d, ward_lang_text(b.lang,
				ward_str_z(WARD_TEXT("There was no room for more: what follows is "
						     "left out."))));
	ward_wr_fini(&b.w);
	return b.err ? b.err : d->err;
}
