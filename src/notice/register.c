/* The record of processing (GDPR 30) with the processors (GDPR 28), for who answers for personal
 * data; and what is and is not watched, for the staff's representatives. */
#include "notice/priv.h"

enum { CELL = 4000 };

static struct ward_str name_of(const struct notice_job *j, const struct ward_proc_verdict *v)
{
	return v->source ? v->name : ward_lang_text(j->q->lang, v->name);
}

/* ---- rows: "what | is" ---- */

static void begin_table(struct notice_job *j)
{
	const struct ward_str head[2] = {
		notice_say(j, WARD_TEXT("What")), notice_say(j, WARD_TEXT("On record"))};

	ward_doc_row(&j->x->doc, WARD_DOC_HEAD, head, 2);
}

static void row(struct notice_job *j, const char *what, struct ward_str is)
{
	const struct ward_str cell[2] = {notice_say(j, what), is.len ? is : WARD_STR("–")};

	ward_doc_row(&j->x->doc, WARD_DOC_ROW, cell, 2);
}

/* What stands in the writer, and empties it. */
static void row_written(struct notice_job *j, const char *what)
{
	if (ward_wr_bad(&j->w))
		j->x->doc.err = WARD_ERR_NOMEM;
	else
		row(j, what, ward_wr_text(&j->w));
	ward_wr_reset(&j->w);
}

static void row_span(struct notice_job *j, const char *what, ward_ns t)
{
	if (t)
		ward_proc_say_span(&j->w, j->q->lang, t);
	row_written(j, what);
}

/* Ready-made texts in the reader's language, others as they are written. */
static void row_texts(struct notice_job *j, const char *what, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			ward_say_semicolon(&j->w, j->q->lang);
		ward_wr_str(&j->w, ward_lang_text(j->q->lang, l->at[i]));
	}
	row_written(j, what);
}

/* By their names; what is no role of the hospital's as it is written. */
static void row_roles(struct notice_job *j, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		uint32_t node = ward_model_find(j->q->m, l->at[i]);

		ward_wr_z(&j->w, i ? ", " : "");
		ward_wr_str(
			&j->w, node == WARD_NONE ? l->at[i] : ward_model_node(j->q->m, node)->name);
	}
	row_written(j, WARD_TEXT("Seen by"));
}

static void row_processors(struct notice_job *j, const struct ward_proc_list *l)
{
	ward_proc_say_processors(&j->w, j->q->p, l);
	row_written(j, WARD_TEXT("Processors"));
}

/* "agreement of 2 March (RSU), 2 March 2026 to 1 March 2029" */
static void write_agreement(struct notice_job *j, const struct ward_proc_agreement *g)
{
	bool ends = g->until != WARD_NS_NEVER;
	char from[64], until[64];
	struct ward_wr f = ward_wr_fixed(from, sizeof(from)),
		       u = ward_wr_fixed(until, sizeof(until));

	ward_proc_say_day(&f, j->q->lang, g->from);
	ward_proc_say_day(&u, j->q->lang, ends ? g->until - 1 : g->until);
	const struct ward_word_slot slot[] = {{"ref", ward_proc_ref(g)}, {"with", g->with},
		{"from", ward_wr_text(&f)}, {"until", ward_wr_text(&u)}};

	ward_say_text(&j->w,
		notice_say(j, ends ? WARD_TEXT("{ref} ({with}), {from} to {until}")
				   : WARD_TEXT("{ref} ({with}), from {from} on")),
		slot, ends ? 4 : 3);
}

static void row_agreement(
	struct notice_job *j, const char *what, const struct ward_proc_agreement *g)
{
	if (g)
		write_agreement(j, g);
	row_written(j, what);
}

/* ---- one thing ---- */

static void row_state(struct notice_job *j, const struct ward_proc_verdict *v)
{
	ward_say(&j->w, j->q->lang, ward_proc_state_says(v->state));
	if (v->state != WARD_PROC_RUNS) {
		ward_say_colon(&j->w, j->q->lang);
		ward_processing_say(&j->w, j->q->lang, v);
	}
	row_written(j, WARD_TEXT("State"));
}

/* Ids as they are written, where there are any. */
static void row_ids(struct notice_job *j, const char *what, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		ward_wr_printf(&j->w, "%s%.*s", i ? ", " : "", WARD_STR_ARG(l->at[i]));
	if (l->n)
		row_written(j, what);
}

static void put_thing(struct notice_job *j, const struct ward_proc_verdict *v)
{
	static const struct ward_proc_list none = {.n = 0};
	const struct ward_proc_entry *e = v->entry;
	struct ward_lang *lang = j->q->lang;

	ward_doc_put(&j->x->doc, WARD_DOC_HEADING, name_of(j, v));
	begin_table(j);
	row(j, WARD_TEXT("Purpose"), ward_lang_text(lang, ward_proc_purpose(v)));
	ward_proc_say_basis(&j->w, lang, ward_proc_basis(v));
	row_written(j, WARD_TEXT("Legal basis"));
	if (v->source && v->source->legal_basis.len)
		row(j, WARD_TEXT("Legal basis"), v->source->legal_basis);
	ward_proc_say_terms(&j->w, lang, ward_proc_people(v));
	row_written(j, WARD_TEXT("Whom it concerns"));
	ward_proc_say_terms(&j->w, lang, ward_proc_data(v));
	row_written(j, WARD_TEXT("Categories of data"));
	row_span(j, WARD_TEXT("Kept for"), v->kept);
	row_texts(j, WARD_TEXT("Given to"), e ? &e->recipients : &none);
	row_processors(j, e ? &e->processors : &none);
	row_texts(j, WARD_TEXT("To other countries"), e ? &e->transfers : &none);
	row_ids(j, WARD_TEXT("Of recipients.yml"), e ? &e->to : &none);
	row_ids(j, WARD_TEXT("By rules"), e ? &e->rules : &none);
	row_ids(j, WARD_TEXT("Rows of the ledger"), e ? &e->rows : &none);
	row_roles(j, e ? &e->roles : &none);
	row_texts(j, WARD_TEXT("Measures"), ward_proc_measures(v));
	row_agreement(j, WARD_TEXT("Agreement"), v->agreement);
	row(j, WARD_TEXT("Impact assessment"), e ? e->assessment : WARD_STR(""));
	row_state(j, v);
}

/* ---- processors ---- */

static void put_contract(struct notice_job *j, const struct ward_proc_processor *r)
{
	const struct ward_proc_agreement *g = ward_proc_contract(j->q->p, r);

	row_agreement(j, WARD_TEXT("Contract"), g);
	if (!g || g->from > j->q->now || g->until <= j->q->now) {
		WARD_SAY(&j->w, j->q->lang, WARD_TEXT("{name}: no contract in force"),
			{"name", r->name});
		notice_gap(j, ward_wr_text(&j->w));
		ward_wr_reset(&j->w);
	}
}

static void put_processor(struct notice_job *j, const struct ward_proc_processor *r)
{
	ward_doc_put(&j->x->doc, WARD_DOC_STRONG, r->name);
	begin_table(j);
	row(j, WARD_TEXT("Purpose"), r->does);
	put_contract(j, r);
	ward_wr_str(&j->w, r->place);
	if (r->country.len)
		ward_wr_printf(&j->w, "%s%.*s", r->place.len ? ", " : "", WARD_STR_ARG(r->country));
	row_written(j, WARD_TEXT("Place"));
	row(j, WARD_TEXT("Instructions"), r->instructions);
	row_texts(j, WARD_TEXT("Processors that it engages"), &r->others);
	row_span(j, WARD_TEXT("Tells of a breach within"), r->tells);
	for (size_t i = 0; i < j->q->n; i++) {
		const struct ward_proc_verdict *v = &j->q->v[i];

		for (size_t k = 0; v->entry && k < v->entry->processors.n; k++) {
			if (!ward_str_eq(v->entry->processors.at[k], r->id))
				continue;
			ward_wr_z(&j->w, j->w.len ? ", " : "");
			ward_wr_str(&j->w, name_of(j, v));
		}
	}
	row_written(j, WARD_TEXT("Works on"));
}

static void put_processors(struct notice_job *j)
{
	const struct ward_processing *p = j->q->p;

	if (!p->n_processor)
		return;
	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("Processors (GDPR 28)"));
	for (size_t i = 0; i < p->n_processor; i++)
		put_processor(j, &p->processor[i]);
}

/* ---- documents ---- */

static void put_head(struct notice_job *j, const char *title)
{
	notice_put(j, WARD_DOC_TITLE, title);
	ward_wr_str(&j->w, ward_model_hospital(j->q->m)->name);
	ward_wr_z(&j->w, ", ");
	notice_day(&j->w, j->q->lang, j->q->now);
	notice_put_written(j, WARD_DOC_TEXT);
	notice_put(j, WARD_DOC_TEXT,
		WARD_TEXT("An aid for those who answer for it, and no legal advice: what is marked "
			  "so is to be verified with counsel."));
}

static void find_gaps_of(struct notice_job *j, const struct ward_proc_verdict *v)
{
	for (size_t k = 0; k < v->n_gap; k++) {
		ward_wr_str(&j->w, name_of(j, v));
		ward_say_colon(&j->w, j->q->lang);
		ward_processing_say_gap(&j->w, j->q->lang, &v->gap[k]);
		notice_gap(j, ward_wr_text(&j->w));
		ward_wr_reset(&j->w);
	}
}

/* Entries about who is told, rules, roles and rows: exports begin whatever they lack, which is
 * said. */
static void each_entry(
	struct notice_job *j, void (*put)(struct notice_job *, const struct ward_proc_verdict *))
{
	const struct ward_processing *p = j->q->p;
	struct ward_proc_verdict v;

	for (size_t i = 0; i < p->n_entry; i++)
		if (ward_processing_judge_entry(p, &p->entry[i], j->q->now, &v))
			put(j, &v);
}

enum ward_err notice_register(struct notice_job *j)
{
	const struct ward_processing *p = j->q->p;

	put_head(j, WARD_TEXT("Record of processing"));
	notice_fact(j, WARD_TEXT("Controller"), p->controller);
	notice_fact(j, WARD_TEXT("Contact"), p->contact);
	notice_fact(j, WARD_TEXT("Data protection officer"), p->officer);
	for (size_t i = 0; i < j->q->n; i++)
		find_gaps_of(j, &j->q->v[i]);
	each_entry(j, find_gaps_of);
	for (size_t i = 0; i < j->q->n; i++)
		put_thing(j, &j->q->v[i]);
	each_entry(j, put_thing);
	put_processors(j);
	return WARD_OK;
}

static void put_watched(struct notice_job *j, const struct ward_proc_verdict *v)
{
	struct ward_lang *lang = j->q->lang;

	WARD_SAY(&j->w, lang, WARD_TEXT("{what}: {is}"), {"what", name_of(j, v)},
		{"is", ward_lang_text(lang, ward_proc_purpose(v))});
	if (v->kept) {
		ward_wr_ch(&j->w, ' ');
		ward_say(&j->w, lang, WARD_TEXT("Kept for"));
		ward_wr_ch(&j->w, ' ');
		ward_proc_say_span(&j->w, lang, v->kept);
		ward_wr_z(&j->w, ".");
	}
	if (v->agreement) {
		ward_wr_ch(&j->w, ' ');
		ward_say(&j->w, lang, WARD_TEXT("Agreement"));
		ward_say_colon(&j->w, lang);
		write_agreement(j, v->agreement);
		ward_wr_z(&j->w, ".");
	}
	if (v->state != WARD_PROC_RUNS) {
		ward_wr_ch(&j->w, ' ');
		ward_processing_say(&j->w, lang, v);
	}
	notice_put_written(j, WARD_DOC_ITEM);
}

enum ward_err notice_works(struct notice_job *j)
{
	static const char *const title[] = {
		WARD_TEXT("What runs and has data of people"), WARD_TEXT("What does not run")};
	const char *never;

	put_head(j, WARD_TEXT("What is watched here, and what is not"));
	for (size_t k = 0; k < WARD_ARRAY_LEN(title); k++) {
		size_t n = 0;

		notice_put(j, WARD_DOC_HEADING, title[k]);
		for (size_t i = 0; i < j->q->n; i++)
			if (ward_proc_runs(j->q->v[i].state) == !k) {
				put_watched(j, &j->q->v[i]);
				n++;
			}
		if (!n)
			ward_doc_put(&j->x->doc, WARD_DOC_TEXT, WARD_STR("–"));
	}
	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("What is never done"));
	for (size_t i = 0; (never = ward_processing_never(i)) != NULL; i++)
		notice_put(j, WARD_DOC_ITEM, never);
	return WARD_OK;
}
