/* Playbooks as sheets to work by on paper, and how Ward itself is reached. */
#include "book/priv.h"

static void line(void *ctx, const struct ward_playbook_line *l)
{
	struct book *b = ctx;

	for (unsigned i = 0; i < l->depth; i++)
		ward_wr_z(&b->w, "\u203a ");
	if (l->number)
		ward_wr_printf(&b->w, "\u2610 %u. ", (unsigned)l->number);
	ward_wr_str(&b->w, l->text);
	book_put(b, l->number ? WARD_DOC_ITEM : WARD_DOC_TEXT);
}

/* What each role that takes part does first. */
static void cards(struct book *b, const struct ward_playbook *p)
{
	for (size_t i = 0; b->is->country && i < p->n_party; i++) {
		const struct ward_playbook_card *c =
			ward_playbook_card(b->is->country, p->party[i].role);

		if (!c)
			continue;
		ward_wr_str(&b->w, c->title);
		ward_say_colon(&b->w, b->lang);
		ward_wr_str(&b->w, c->first);
		book_put(b, WARD_DOC_ITEM);
	}
}

void book_sheets(struct book *b)
{
	const struct ward_playbooks *all = b->is->playbooks;
	size_t n = 0;

	for (size_t i = 0; all && i < all->n && !b->err; i++) {
		const struct ward_playbook *p = all->item[i];
		const struct ward_playbook_sheet sheet = {b->lang, b->is->m, all, line, b};
		char name[BOOK_CELL];
		struct ward_wr w = ward_wr_fixed(name, sizeof(name));

		if (!p->sound)
			continue;
		n++;
		ward_wr_u64(&b->w, ++b->chapter);
		ward_wr_z(&b->w, ". ");
		WARD_SAY(&w, b->lang, WARD_TEXT("Sheet: {name}"),
			{"name", ward_lang_text(b->lang, p->name)});
		ward_wr_str(&b->w, ward_wr_text(&w));
		book_put(b, WARD_DOC_HEADING);
		ward_doc_put(b->d, WARD_DOC_TEXT, ward_lang_text(b->lang, p->description));
		b->err = ward_playbook_tell(p, &sheet);
		cards(b, p);
	}
	if (n)
		return;
	book_chapter(b, WARD_TEXT("Sheets"));
	book_say(b, WARD_DOC_STRONG, WARD_TEXT("There is no playbook."));
}

void book_alone(struct book *b)
{
	book_chapter(b, WARD_TEXT("When Ward is alone, too"));
	for (size_t i = 0; i < b->is->n_console; i++) {
		WARD_SAY(&b->w, b->lang,
			WARD_TEXT("Console: {address} (needs only the hospital's own cables: no "
				  "name server, no internet)"),
			{"address", b->is->console[i]});
		book_put(b, WARD_DOC_ITEM);
	}
	if (!b->is->n_console)
		book_say(b, WARD_DOC_ITEM,
			WARD_TEXT(
				"Console: the directory does not say where (console.yml). Write it "
				"here: ____________________"));
	book_say(b, WARD_DOC_ITEM,
		WARD_TEXT("The directory of people does not answer: who is on duty signs in by the "
			  "password that he has in Ward itself; break-glass people always do."));
	book_say(b, WARD_DOC_ITEM,
		WARD_TEXT("No browser: sit down at Ward's own machine: ward incident list, "
			  "ward care and ward decide need nothing else."));
	book_say(b, WARD_DOC_ITEM,
		WARD_TEXT("Ward is away: this book is what it knew; write down what is decided, "
			  "when, and by whom, and tell it Ward later, with the times."));
}
