/* The register for people: as a table, as the officer's record, and as what the staff's
 * representatives want to know. */
#include "processing/priv.h"
#include "processing/terms.h"

/* What people wrote, without what would drive a terminal or begin a table's cell. */
static void put_plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		ward_wr_ch(w, c < ' ' || c == 0x7f ? ' ' : c == '|' ? '/' : s.p[i]);
	}
}

static void put_list(struct ward_wr *w, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		ward_wr_z(w, i ? ", " : "");
		put_plain(w, l->at[i]);
	}
}

static struct ward_str name_of(
	const struct ward_processing_view *x, const struct ward_proc_verdict *v)
{
	return v->source ? v->name : ward_lang_text(x->lang, v->name);
}

static const char *state_text(enum ward_proc_state s)
{
	return s == WARD_PROC_RUNS     ? WARD_TEXT("runs")
	       : s == WARD_PROC_ENDING ? WARD_TEXT("runs, its agreement ends")
	       : s == WARD_PROC_ENDED  ? WARD_TEXT("runs, its agreement ended")
				       : WARD_TEXT("does not run");
}

static bool is_shown(const struct ward_processing_view *x, const struct ward_proc_verdict *v)
{
	return !x->missing || v->state != WARD_PROC_RUNS;
}

void ward_processing_write_table(const struct ward_processing_view *x, struct ward_wr *w)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct ward_proc_verdict *v = &x->v[i];

		if (!is_shown(x, v))
			continue;
		n++;
		put_plain(w, v->id);
		ward_wr_z(w, "  ");
		put_plain(w, name_of(x, v));
		ward_wr_z(w, "\n  ");
		ward_say(w, x->lang, state_text(v->state));
		if (v->state != WARD_PROC_RUNS) {
			ward_wr_z(w, ": ");
			ward_processing_say(w, x->lang, v);
			ward_wr_z(w, "\n  ");
			ward_say(w, x->lang, WARD_TEXT("mend:"));
			ward_wr_ch(w, ' ');
			ward_processing_mend(w, x->lang, v);
		}
		ward_wr_z(w, "\n  ");
		put_plain(w, ward_proc_purpose(v));
		ward_wr_z(w, "\n  ");
		put_list(w, ward_proc_basis(v));
		ward_wr_z(w, "; ");
		put_list(w, ward_proc_people(v));
		if (v->kept) {
			ward_wr_z(w, "; ");
			proc_put_span(w, v->kept);
		}
		ward_wr_ch(w, '\n');
	}
	if (!n) {
		ward_say(w, x->lang,
			x->missing ? WARD_TEXT("Nothing is missing.")
				   : WARD_TEXT("No source here has personal data."));
		ward_wr_ch(w, '\n');
	}
}

/* ---- Markdown ---- */

static void row(struct ward_wr *w, struct ward_lang *lang, const char *what, struct ward_str is)
{
	ward_wr_z(w, "| ");
	ward_say(w, lang, what);
	ward_wr_z(w, " | ");
	put_plain(w, is.len ? is : WARD_STR("–"));
	ward_wr_z(w, " |\n");
}

static void row_list(
	struct ward_wr *w, struct ward_lang *lang, const char *what, const struct ward_proc_list *l)
{
	ward_wr_z(w, "| ");
	ward_say(w, lang, what);
	ward_wr_z(w, " | ");
	put_list(w, l);
	ward_wr_z(w, l->n ? " |\n" : "– |\n");
}

/* What is said of it in words: terms, clauses. */
static void row_said(struct ward_wr *w, struct ward_lang *lang, const char *what,
	void (*says)(struct ward_wr *, struct ward_lang *, const struct ward_proc_list *),
	const struct ward_proc_list *l)
{
	char text[2048];
	struct ward_wr said = ward_wr_fixed(text, sizeof(text));

	says(&said, lang, l);
	row(w, lang, what, ward_wr_text(&said));
}

/* Those of ready-made entries in the reader's language. */
static void say_texts(struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			ward_say_semicolon(w, lang);
		ward_wr_str(w, ward_lang_text(lang, l->at[i]));
	}
}

static void head(struct ward_wr *w, struct ward_lang *lang, const char *title,
	const struct ward_processing_view *x)
{
	ward_wr_z(w, "# ");
	ward_say(w, lang, title);
	ward_wr_z(w, "\n\n");
	put_plain(w, ward_model_hospital(x->m)->name);
	ward_wr_z(w, ", ");
	proc_say_day(w, lang, x->now);
	ward_wr_z(w, "\n\n");
}

static void put_thing(
	const struct ward_processing_view *x, const struct ward_proc_verdict *v, struct ward_wr *w)
{
	static const struct ward_proc_list none = {.n = 0};
	const struct ward_proc_entry *e = v->entry;
	struct ward_lang *lang = x->lang;

	ward_wr_z(w, "## ");
	put_plain(w, name_of(x, v));
	ward_wr_z(w, "\n\n|  |  |\n|---|---|\n");
	row(w, lang, WARD_TEXT("Purpose"), ward_lang_text(lang, ward_proc_purpose(v)));
	row_said(w, lang, WARD_TEXT("Legal basis"), ward_proc_say_basis, ward_proc_basis(v));
	if (v->source && v->source->legal_basis.len)
		row(w, lang, WARD_TEXT("Legal basis"), v->source->legal_basis);
	row_said(w, lang, WARD_TEXT("Whom it concerns"), ward_proc_say_terms, ward_proc_people(v));
	row_said(w, lang, WARD_TEXT("Categories of data"), ward_proc_say_terms, ward_proc_data(v));
	ward_wr_z(w, "| ");
	ward_say(w, lang, WARD_TEXT("Kept for"));
	ward_wr_z(w, " | ");
	if (v->kept)
		ward_proc_say_span(w, lang, v->kept);
	else
		ward_wr_z(w, "–");
	ward_wr_z(w, " |\n");
	row_list(w, lang, WARD_TEXT("Given to"), e ? &e->recipients : &none);
	row_list(w, lang, WARD_TEXT("To other countries"), e ? &e->transfers : &none);
	row_list(w, lang, WARD_TEXT("Seen by"), e ? &e->roles : &none);
	row_said(w, lang, WARD_TEXT("Measures"), say_texts, ward_proc_measures(v));
	row(w, lang, WARD_TEXT("Agreement"),
		!v->agreement               ? WARD_STR("")
		: v->agreement->renewed.len ? v->agreement->renewed
		: v->agreement->ref.len     ? v->agreement->ref
					    : v->agreement->id);
	row(w, lang, WARD_TEXT("Impact assessment"), e ? e->assessment : WARD_STR(""));
	ward_wr_ch(w, '\n');
	ward_say(w, lang, state_text(v->state));
	if (v->state != WARD_PROC_RUNS) {
		ward_wr_z(w, ": ");
		ward_processing_say(w, lang, v);
	}
	ward_wr_z(w, "\n\n");
}

static void put_aid(struct ward_wr *w, struct ward_lang *lang)
{
	ward_say(w, lang,
		WARD_TEXT("An aid for those who answer for it, and no legal advice: what is marked "
			  "so is to be verified with counsel."));
	ward_wr_ch(w, '\n');
}

void ward_processing_write_markdown(const struct ward_processing_view *x, struct ward_wr *w)
{
	head(w, x->lang, WARD_TEXT("Record of processing"), x);
	ward_wr_z(w, "|  |  |\n|---|---|\n");
	row(w, x->lang, WARD_TEXT("Controller"), x->p->controller);
	row(w, x->lang, WARD_TEXT("Contact"), x->p->contact);
	row(w, x->lang, WARD_TEXT("Data protection officer"), x->p->officer);
	ward_wr_ch(w, '\n');
	for (size_t i = 0; i < x->n; i++)
		if (is_shown(x, &x->v[i]))
			put_thing(x, &x->v[i], w);
	put_aid(w, x->lang);
}

/* ---- for the staff's representatives ---- */

/* What Ward never does, whatever is written into a register: tools/absent looks that nothing that
 * could is linked. */
static const char *const never_done[] = {
	WARD_TEXT("recognising faces, gaits or voices, or comparing pictures of persons"),
	WARD_TEXT("guessing moods, feelings, attention or health from pictures or behaviour"),
	WARD_TEXT("sorting people by origin, sex, age, belief or any other trait"),
	WARD_TEXT("measuring how fast, how long or how well somebody works"),
	WARD_TEXT("figures of groups of fewer than five people"),
};

const char *ward_processing_never(size_t i)
{
	return i < WARD_ARRAY_LEN(never_done) ? never_done[i] : NULL;
}

static void put_works_thing(
	const struct ward_processing_view *x, const struct ward_proc_verdict *v, struct ward_wr *w)
{
	ward_wr_z(w, "- **");
	put_plain(w, name_of(x, v));
	ward_wr_z(w, "**");
	ward_say_colon(w, x->lang);
	put_plain(w, ward_lang_text(x->lang, ward_proc_purpose(v)));
	if (v->kept) {
		ward_wr_ch(w, ' ');
		ward_say(w, x->lang, WARD_TEXT("Kept for"));
		ward_wr_ch(w, ' ');
		ward_proc_say_span(w, x->lang, v->kept);
		ward_wr_z(w, ".");
	}
	if (v->agreement) {
		ward_wr_ch(w, ' ');
		ward_say(w, x->lang, WARD_TEXT("Agreement"));
		ward_say_colon(w, x->lang);
		put_plain(w, v->agreement->renewed.len ? v->agreement->renewed
			     : v->agreement->ref.len   ? v->agreement->ref
						       : v->agreement->id);
		if (v->agreement->until != WARD_NS_NEVER) {
			ward_wr_z(w, ", → ");
			proc_say_day(w, x->lang, v->agreement->until - 1);
		}
		ward_wr_z(w, ".");
	}
	if (v->state != WARD_PROC_RUNS) {
		ward_wr_ch(w, ' ');
		ward_processing_say(w, x->lang, v);
	}
	ward_wr_ch(w, '\n');
}

void ward_processing_write_works(const struct ward_processing_view *x, struct ward_wr *w)
{
	static const char *const title[] = {
		WARD_TEXT("What runs and has data of people"), WARD_TEXT("What does not run")};

	head(w, x->lang, WARD_TEXT("What is watched here, and what is not"), x);
	for (size_t k = 0; k < WARD_ARRAY_LEN(title); k++) {
		size_t n = 0;

		ward_wr_z(w, "## ");
		ward_say(w, x->lang, title[k]);
		ward_wr_z(w, "\n\n");
		for (size_t i = 0; i < x->n; i++)
			if (ward_proc_runs(x->v[i].state) == !k) {
				put_works_thing(x, &x->v[i], w);
				n++;
			}
		ward_wr_z(w, n ? "\n" : "–\n\n");
	}
	ward_wr_z(w, "## ");
	ward_say(w, x->lang, WARD_TEXT("What is never done"));
	ward_wr_z(w, "\n\n");
	for (size_t i = 0; i < WARD_ARRAY_LEN(never_done); i++) {
		ward_wr_z(w, "- ");
		ward_say(w, x->lang, never_done[i]);
		ward_wr_ch(w, '\n');
	}
	ward_wr_ch(w, '\n');
	put_aid(w, x->lang);
}
