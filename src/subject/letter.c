/* The answer to who asked: what there is of them, or what was erased and what stays, and why. */
#include "subject/subject.h"

#include "processing/terms.h"
#include "story/zone.h"

#include <stdio.h>

enum { TEXT_BYTES = 64 << 10, DAY_BYTES = 48 };

struct job {
	const struct ward_subject_letter *l;
	struct ward_doc *doc;
	struct ward_wr w;
};

static struct ward_str say(const struct job *j, const char *english)
{
	return ward_lang_text(j->l->lang, ward_str_z(english));
}

static void put(struct job *j, enum ward_doc_kind kind, const char *english)
{
	ward_doc_put(j->doc, kind, say(j, english));
}

static void put_written(struct job *j, enum ward_doc_kind kind)
{
	ward_doc_put(j->doc, kind, ward_wr_text(&j->w));
	ward_wr_reset(&j->w);
}

static struct ward_str day(const struct job *j, char text[DAY_BYTES], ward_ns t)
{
	struct ward_wr w = ward_wr_fixed(text, DAY_BYTES);

	if (t == WARD_NS_NEVER)
		return WARD_STR("–");
	const struct ward_day d = ward_zone_day(t);

	ward_say_day(&w, j->l->lang, &d);
	return ward_wr_text(&w);
}

static void put_head(struct job *j)
{
	static const char *const title[] = {WARD_TEXT("The data that we have about you"),
		WARD_TEXT("What was erased, and what stays"), WARD_TEXT("Your objection")};
	char came[DAY_BYTES], now[DAY_BYTES];

	put(j, WARD_DOC_TITLE, title[j->l->r->right]);
	WARD_SAY(&j->w, j->l->lang,
		WARD_TEXT("{hospital}, {day}. Your letter of {came}, our file {ref}."),
		{"hospital", j->l->p->controller.len ? j->l->p->controller
						     : ward_model_hospital(j->l->m)->name},
		{"day", day(j, now, j->l->now)}, {"came", day(j, came, j->l->r->received)},
		{"ref", j->l->r->ref});
	put_written(j, WARD_DOC_TEXT);
	if (!j->l->r->more.len)
		return;
	WARD_SAY(&j->w, j->l->lang, WARD_TEXT("It took longer than a month: {why}"),
		{"why", j->l->r->more});
	put_written(j, WARD_DOC_TEXT);
}

/* ---- access ---- */

static void count(struct job *j, uint64_t n, const char *one, const char *others)
{
	ward_say_n(&j->w, j->l->lang, n, one, others);
	put_written(j, WARD_DOC_ITEM);
}

static void put_found(struct job *j)
{
	const struct ward_subject_found *f = j->l->found;

	if (!f)
		return;
	if (!f->n_event && !f->n_row && !f->n_clip) {
		put(j, WARD_DOC_TEXT,
			WARD_TEXT("Nothing was found of you under what you gave us. What was kept "
				  "for "
				  "shorter than since then is erased."));
		return;
	}
	put(j, WARD_DOC_TEXT, WARD_TEXT("The files beside this letter hold all of it:"));
	count(j, f->n_event, "{n} entry of logs of doors and systems (entries.json)",
		WARD_TEXT("{n} entries of logs of doors and systems (entries.json)"));
	count(j, f->n_row, "{n} sign, incident or decision about it (rows.json)",
		WARD_TEXT("{n} signs, incidents and decisions about it (rows.json)"));
	count(j, f->n_reveal, "{n} time somebody asked whose pseudonym it is (in rows.json)",
		WARD_TEXT("{n} times somebody asked whose pseudonym it is (in rows.json)"));
	count(j, f->n_clip, "{n} clip of the places and times that you named",
		WARD_TEXT("{n} clips of the places and times that you named"));
	put(j, WARD_DOC_TEXT,
		WARD_TEXT("In entries a pseudonym stands for you. What names somebody else was "
			  "left out "
			  "(GDPR 15(4))."));
	if (f->n_left)
		count(j, f->n_left, "{n} place where something was left out",
			WARD_TEXT("{n} places where something was left out"));
	put(j, WARD_DOC_TEXT,
		WARD_TEXT("Clips are blurred when they are made: everybody in them, you too. No "
			  "clear picture is kept here, so none can be given; a recorder of the "
			  "hospital may "
			  "have one for a short time: ask for it by place and time."));
}

static void put_span(struct job *j, ward_ns kept)
{
	char text[48];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!kept)
		return;
	ward_proc_say_span(&w, j->l->lang, kept);
	ward_wr_ch(&j->w, ' ');
	WARD_SAY(&j->w, j->l->lang, WARD_TEXT("Kept for {span}."), {"span", ward_wr_text(&w)});
}

/* "Categories of data: accounts, network addresses."; nothing where there is none. */
static void put_list(struct job *j, const char *what, const struct ward_proc_list *l)
{
	if (!l->n)
		return;
	ward_wr_ch(&j->w, ' ');
	ward_wr_str(&j->w, say(j, what));
	ward_say_colon(&j->w, j->l->lang);
	ward_proc_say_terms(&j->w, j->l->lang, l);
	ward_wr_ch(&j->w, '.');
}

/* Processors are recipients, too (GDPR 4(9)). */
static void put_processors(struct job *j, const struct ward_proc_list *l)
{
	if (!l->n)
		return;
	ward_wr_ch(&j->w, ' ');
	ward_wr_str(&j->w, say(j, WARD_TEXT("Processed for us by")));
	ward_say_colon(&j->w, j->l->lang);
	ward_proc_say_processors(&j->w, j->l->p, l);
	ward_wr_ch(&j->w, '.');
}

/* What GDPR 15(1) wants told beside the data themselves: (a) to (d). */
static void put_terms(struct job *j)
{
	for (size_t i = 0; i < j->l->n; i++) {
		const struct ward_proc_verdict *v = &j->l->v[i];
		struct ward_str name = v->source ? v->name : ward_lang_text(j->l->lang, v->name);

		WARD_SAY(&j->w, j->l->lang, WARD_TEXT("{what}: {is}"), {"what", name},
			{"is", ward_lang_text(j->l->lang, ward_proc_purpose(v))});
		put_span(j, v->kept);
		put_list(j, WARD_TEXT("Categories of data"), ward_proc_data(v));
		if (v->entry) {
			put_list(j, WARD_TEXT("Given to"), &v->entry->recipients);
			put_processors(j, &v->entry->processors);
		}
		put_written(j, WARD_DOC_ITEM);
	}
}

/* ---- erasure, objection ---- */

static void put_things(struct job *j, const char *title, const struct ward_str *s, size_t n)
{
	put(j, WARD_DOC_HEADING, title);
	if (!n)
		put(j, WARD_DOC_TEXT, WARD_TEXT("Nothing."));
	for (size_t i = 0; i < n; i++)
		ward_doc_put(j->doc, WARD_DOC_ITEM, s[i]);
}

/* What a command found and erased of it. */
static void put_erased(struct job *j)
{
	const struct ward_subject_erased *e = j->l->erased;
	char first[24], last[24];

	put(j, WARD_DOC_HEADING, WARD_TEXT("What the system erased"));
	count(j, e->n_record, "{n} entry of logs of doors and systems",
		WARD_TEXT("{n} entries of logs of doors and systems"));
	count(j, e->n_row, "{n} sign or conclusion", WARD_TEXT("{n} signs and conclusions"));
	count(j, e->n_clip, "{n} clip of the places and times that were named",
		WARD_TEXT("{n} clips of the places and times that were named"));
	if (e->n_wait)
		count(j, e->n_wait,
			"{n} record stays as long as an incident is open or a legal hold lasts "
			"(GDPR 17(3)(e))",
			WARD_TEXT("{n} records stay as long as an incident is open or a legal hold "
				  "lasts (GDPR 17(3)(e))"));
	if (e->n_duty)
		count(j, e->n_duty,
			"{n} record stays, since it proves who decided or did what (GDPR "
			"17(3)(b))",
			WARD_TEXT("{n} records stay, since they prove who decided or did what "
				  "(GDPR 17(3)(b))"));
	if (e->n_new)
		count(j, e->n_new, "{n} record came meanwhile; it is erased next",
			WARD_TEXT("{n} records came meanwhile; they are erased next"));
	if (e->n_damaged)
		count(j, e->n_damaged,
			"{n} record could not be erased yet, since what holds it is damaged",
			WARD_TEXT("{n} records could not be erased yet, since what holds them is "
				  "damaged"));
	if (e->n_left)
		count(j, e->n_left, "{n} record was not erased yet; why is looked into",
			WARD_TEXT("{n} records were not erased yet; why is looked into"));
	put(j, WARD_DOC_TEXT,
		WARD_TEXT("In all of it a pseudonym stood for you. Whose it is stands nowhere: it "
			  "can "
			  "be computed only as long as a list of the hospital names you. Copies of "
			  "before end in their own time."));
	if (!e->first)
		return;
	(void)snprintf(first, sizeof(first), "%llu", (unsigned long long)e->first);
	(void)snprintf(last, sizeof(last), "%llu", (unsigned long long)e->last);
	WARD_SAY(&j->w, j->l->lang,
		WARD_TEXT(
			"Rows {first} to {last} of the hospital's ledger prove it; nothing of what "
			"was erased is in them."),
		{"first", ward_str_z(first)}, {"last", ward_str_z(last)});
	put_written(j, WARD_DOC_TEXT);
}

static void put_decided(struct job *j)
{
	const struct ward_subject_request *r = j->l->r;

	put_things(j, WARD_TEXT("Erased"), r->goes, r->n_goes);
	put_things(j, WARD_TEXT("Stays, and why"), r->stays, r->n_stays);
	ward_doc_put(j->doc, WARD_DOC_TEXT, r->text);
	if (j->l->erased)
		put_erased(j);
	if (!r->digest.len)
		return;
	WARD_SAY(&j->w, j->l->lang,
		WARD_TEXT("What was erased is proven by the hospital's ledger: {digest}"),
		{"digest", r->digest});
	put_written(j, WARD_DOC_TEXT);
}

/* ---- not answered yet ---- */

static void put_received(struct job *j)
{
	static const char *const asked[] = {WARD_TEXT("access to your data (GDPR 15)"),
		WARD_TEXT("erasure of your data (GDPR 17)"), WARD_TEXT("your objection (GDPR 21)")};
	char due[DAY_BYTES];

	WARD_SAY(&j->w, j->l->lang,
		WARD_TEXT("We have what you asked for: {what}. You are answered by {day} at the "
			  "latest (GDPR 12(3))."),
		{"what", say(j, asked[j->l->r->right])}, {"day", day(j, due, j->l->r->due)});
	put_written(j, WARD_DOC_TEXT);
}

/* ---- all of it ---- */

static void put_rights(struct job *j)
{
	const struct ward_processing *p = j->l->p;

	put(j, WARD_DOC_HEADING, WARD_TEXT("Your rights"));
	put(j, WARD_DOC_TEXT,
		WARD_TEXT("You may have what is wrong put right, have it erased or blocked, "
			  "object, and "
			  "complain to the data protection authority, or go to court (GDPR 16 to "
			  "21, 77, "
			  "79)."));
	WARD_SAY(&j->w, j->l->lang, WARD_TEXT("{what}: {is}"),
		{"what", say(j, WARD_TEXT("Contact"))},
		{"is", p->contact.len ? p->contact : say(j, WARD_TEXT("[missing]"))});
	put_written(j, WARD_DOC_TEXT);
	WARD_SAY(&j->w, j->l->lang, WARD_TEXT("{what}: {is}"),
		{"what", say(j, WARD_TEXT("Data protection officer"))},
		{"is", p->officer.len ? p->officer : say(j, WARD_TEXT("[missing]"))});
	put_written(j, WARD_DOC_TEXT);
}

void ward_subject_letter(const struct ward_subject_letter *l, struct ward_doc *doc)
{
	struct job j = {l, doc, ward_wr_grow(ward_mem_heap(), TEXT_BYTES)};

	put_head(&j);
	if (l->r->state == WARD_SUBJECT_REFUSED) {
		put(&j, WARD_DOC_STRONG, WARD_TEXT("What you asked for is not done:"));
		ward_doc_put(doc, WARD_DOC_TEXT, l->r->text);
	} else if (!l->found && !l->erased && l->r->state < WARD_SUBJECT_READY) {
		put_received(&j);
	} else if (l->r->right == WARD_SUBJECT_ACCESS) {
		put_found(&j);
		put(&j, WARD_DOC_HEADING, WARD_TEXT("What is read here, why and for how long"));
		put_terms(&j);
	} else {
		put_decided(&j);
	}
	put_rights(&j);
	ward_wr_fini(&j.w);
}
