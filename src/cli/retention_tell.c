/* What is kept and what was erased, for the officer: a document, and JSON. */
#include "cli/retention.h"

#include "cli/speak.h"

enum { CELL = 256 };

struct tell {
	const struct ward_cli_retention *r;
	struct ward_lang *lang;
	struct ward_doc *d;
};

static struct ward_str say(const struct tell *t, const char *english)
{
	return ward_lang_text(t->lang, ward_str_z(english));
}

/* Cells of a row, each with its text. */
struct cells {
	char text[WARD_DOC_CELLS][CELL];
	struct ward_wr w[WARD_DOC_CELLS];
};

static void begin(struct cells *c)
{
	for (size_t i = 0; i < WARD_DOC_CELLS; i++)
		c->w[i] = ward_wr_fixed(c->text[i], CELL);
}

static void put(const struct tell *t, struct cells *c, enum ward_doc_kind kind)
{
	struct ward_str cell[WARD_DOC_CELLS];

	for (size_t i = 0; i < WARD_DOC_CELLS; i++)
		cell[i] = ward_wr_text(&c->w[i]);
	ward_doc_row(t->d, kind, cell, WARD_DOC_CELLS);
	begin(c);
}

static void head(const struct tell *t, const char *const *english)
{
	struct ward_str cell[WARD_DOC_CELLS];

	for (size_t i = 0; i < WARD_DOC_CELLS; i++)
		cell[i] = say(t, english[i]);
	ward_doc_row(t->d, WARD_DOC_HEAD, cell, WARD_DOC_CELLS);
}

static void put_length(const struct tell *t, struct ward_wr *w, ward_ns keep)
{
	char text[24];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));
	bool days = keep >= 4 * 86400 * WARD_NS_PER_S;

	if (keep <= 0) {
		ward_wr_str(w, say(t, WARD_TEXT("as long as there is room")));
		return;
	}
	ward_wr_printf(&n, "%lld", (long long)(keep / WARD_NS_PER_S / (days ? 86400 : 3600)));
	if (days)
		WARD_SAY(w, t->lang, WARD_TEXT("{n} days"), {"n", ward_wr_text(&n)});
	else
		WARD_SAY(w, t->lang, WARD_TEXT("{n} hours"), {"n", ward_wr_text(&n)});
}

static void put_sources(const struct tell *t)
{
	static const char *const columns[] = {WARD_TEXT("Source"), WARD_TEXT("Entry"),
		WARD_TEXT("Kept for"), WARD_TEXT("Oldest record"), WARD_TEXT("Records")};
	struct cells c = {.text = {{0}}};

	begin(&c);
	ward_doc_put(t->d, WARD_DOC_HEADING, say(t, WARD_TEXT("What sources gave, and is kept")));
	head(t, columns);
	for (size_t i = 0; i < t->r->n_source; i++) {
		const struct ward_cli_kept_source *s = &t->r->source[i];

		ward_wr_z(&c.w[0], s->id);
		if (s->v && (s->v->entry || s->v->ready))
			ward_wr_str(&c.w[1], s->v->entry ? s->v->entry->id : s->v->ready->id);
		if (s->s)
			put_length(t, &c.w[2], s->s->retention);
		else
			ward_wr_str(&c.w[2], say(t, WARD_TEXT("not in sources.yml any more")));
		if (s->n)
			ward_cli_put_time(&c.w[3], s->oldest);
		ward_say_number(&c.w[4], t->lang, s->n);
		put(t, &c, WARD_DOC_ROW);
	}
}

static void put_rows(const struct tell *t)
{
	static const char *const columns[] = {WARD_TEXT("Rows of the ledger"), "", "",
		WARD_TEXT("Oldest record"), WARD_TEXT("Records")};
	struct cells c = {.text = {{0}}};

	begin(&c);
	head(t, columns);
	for (unsigned k = WARD_ROW_DETECTION; k <= WARD_ROW_KIND_LAST; k++) {
		const struct ward_cli_kept_rows *x = &t->r->rows[k];

		if (!x->n)
			continue;
		ward_wr_z(&c.w[0], ward_row_kind_name((enum ward_row_kind)k));
		ward_cli_put_time(&c.w[3], x->oldest);
		ward_say_number(&c.w[4], t->lang, x->n);
		put(t, &c, WARD_DOC_ROW);
	}
}

static void put_erased(const struct tell *t)
{
	static const char *const columns[] = {WARD_TEXT("Erased"), WARD_TEXT("Recorded from"),
		WARD_TEXT("Recorded to"), WARD_TEXT("Records"),
		WARD_TEXT("Proof: leaves of the ledger")};
	struct cells c = {.text = {{0}}};

	begin(&c);
	ward_doc_put(t->d, WARD_DOC_HEADING, say(t, WARD_TEXT("What was erased in this time")));
	if (!t->r->is.n_sum)
		ward_doc_put(t->d, WARD_DOC_TEXT, say(t, WARD_TEXT("Nothing was erased.")));
	else
		head(t, columns);
	for (size_t i = 0; i < t->r->is.n_sum; i++) {
		const struct ward_retained_sum *s = &t->r->is.sum[i];

		ward_wr_printf(&c.w[0], "%s: %s", s->what, s->of);
		ward_cli_put_time(&c.w[1], s->from);
		ward_cli_put_time(&c.w[2], s->to);
		ward_say_number(&c.w[3], t->lang, s->n);
		ward_wr_printf(&c.w[4], "%llu: %llu … %llu", (unsigned long long)s->deletions,
			(unsigned long long)s->first_row, (unsigned long long)s->last_row);
		put(t, &c, WARD_DOC_ROW);
	}
}

static void put_holds(const struct tell *t)
{
	static const char *const columns[] = {WARD_TEXT("Held"), WARD_TEXT("Held until"),
		WARD_TEXT("Answers for it"), WARD_TEXT("Why"), WARD_TEXT("State")};
	static const char *const state[] = {[WARD_HOLD_RUNS] = WARD_TEXT("held"),
		[WARD_HOLD_ENDS_SOON] = WARD_TEXT("ends soon"),
		[WARD_HOLD_ENDED] = WARD_TEXT("ended"),
		[WARD_HOLD_RELEASED] = WARD_TEXT("released")};
	struct cells c = {.text = {{0}}};

	begin(&c);
	ward_doc_put(t->d, WARD_DOC_HEADING, say(t, WARD_TEXT("Legal holds")));
	if (!t->r->is.n_hold)
		ward_doc_put(t->d, WARD_DOC_TEXT, say(t, WARD_TEXT("Nothing is held.")));
	else
		head(t, columns);
	for (size_t i = 0; i < t->r->is.n_hold; i++) {
		const struct ward_retained_hold *h = &t->r->is.hold[i];

		ward_wr_printf(&c.w[0], "%s %s", ward_hold_scope_name(h->h.scope), h->h.subject);
		ward_cli_put_time(&c.w[1], h->h.until);
		ward_wr_z(&c.w[2], h->owner);
		ward_wr_str(&c.w[3], ward_str_sub(ward_str_z(h->why), 0, CELL - 8));
		ward_wr_str(&c.w[4], say(t, state[ward_retained_state(h, t->r->now)]));
		put(t, &c, WARD_DOC_ROW);
	}
}

/* What should have gone and has not. */
static void put_failures(const struct tell *t)
{
	char text[CELL];
	size_t n = 0;

	ward_doc_put(t->d, WARD_DOC_HEADING, say(t, WARD_TEXT("What should be gone and is not")));
	for (size_t i = 0; i < t->r->n_source; i++) {
		const struct ward_cli_kept_source *s = &t->r->source[i];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text)), k = ward_wr_fixed(NULL, 0);
		char number[24];

		if (!s->n_late)
			continue;
		k = ward_wr_fixed(number, sizeof(number));
		ward_say_number(&k, t->lang, s->n_late);
		WARD_SAY(&w, t->lang, WARD_TEXT("{source}: {n} records are kept for too long"),
			{"source", ward_str_z(s->id)}, {"n", ward_wr_text(&k)});
		ward_doc_put(t->d, WARD_DOC_STRONG, ward_wr_text(&w));
		n++;
	}
	if (t->r->n_damaged) {
		ward_doc_put(t->d, WARD_DOC_STRONG,
			say(t, WARD_TEXT("Places of the journal can't be read, and are not erased "
					 "before room is needed: see the log.")));
		n++;
	}
	if (!n)
		ward_doc_put(t->d, WARD_DOC_TEXT, say(t, WARD_TEXT("There is nothing.")));
}

void ward_cli_retention_tell(
	const struct ward_cli_retention *r, struct ward_lang *lang, struct ward_doc *d)
{
	const struct tell t = {r, lang, d};
	char text[CELL], from[40], to[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text)), a = ward_wr_fixed(from, sizeof(from)),
		       b = ward_wr_fixed(to, sizeof(to));

	ward_doc_put(d, WARD_DOC_TITLE, say(&t, WARD_TEXT("What is kept, and what was erased")));
	ward_cli_put_time(&a, r->since);
	ward_cli_put_time(&b, r->now);
	WARD_SAY(&w, lang, WARD_TEXT("{hospital}, from {from} to {to}"),
		{"hospital", ward_model_hospital(r->x.model)->name}, {"from", ward_wr_text(&a)},
		{"to", ward_wr_text(&b)});
	ward_doc_put(d, WARD_DOC_TEXT, ward_wr_text(&w));
	put_failures(&t);
	put_holds(&t);
	put_sources(&t);
	put_rows(&t);
	put_erased(&t);
	ward_doc_put(d, WARD_DOC_TEXT,
		say(&t, WARD_TEXT("Each deletion is a row of the ledger: `ward audit verify` shows "
				  "that none was changed or taken out since.")));
}

/* ---- JSON ---- */

static void json_source(struct ward_json *j, const struct ward_cli_kept_source *s)
{
	ward_json_obj(j);
	ward_json_put_str(j, "id", ward_str_z(s->id));
	if (s->v && (s->v->entry || s->v->ready))
		ward_json_put_str(j, "entry", s->v->entry ? s->v->entry->id : s->v->ready->id);
	if (s->v)
		ward_json_put_str(j, "purpose", ward_proc_purpose(s->v));
	if (s->s && s->s->retention > 0)
		ward_json_put_u64(
			j, "retention_seconds", (uint64_t)(s->s->retention / WARD_NS_PER_S));
	ward_json_put_u64(j, "records", s->n);
	if (s->n)
		ward_json_put_time(j, "oldest", s->oldest);
	ward_json_put_u64(j, "held", s->n_held);
	ward_json_put_u64(j, "due", s->n_due);
	ward_json_put_u64(j, "late", s->n_late);
	ward_json_obj_end(j);
}

static void json_sums(const struct ward_retained *is, struct ward_json *j)
{
	ward_json_key(j, "erased");
	ward_json_arr(j);
	for (size_t i = 0; i < is->n_sum; i++) {
		const struct ward_retained_sum *s = &is->sum[i];

		ward_json_obj(j);
		ward_json_put_str(j, "what", ward_str_z(s->what));
		ward_json_put_str(j, "of", ward_str_z(s->of));
		ward_json_put_u64(j, "n", s->n);
		ward_json_put_u64(j, "deletions", s->deletions);
		ward_json_put_time(j, "from", s->from);
		ward_json_put_time(j, "to", s->to);
		ward_json_put_u64(j, "first_row", s->first_row);
		ward_json_put_u64(j, "last_row", s->last_row);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void json_kept(struct ward_json *j, const struct ward_cli_kept_rows *k)
{
	ward_json_put_u64(j, "n", k->n);
	ward_json_put_u64(j, "held", k->n_held);
	ward_json_put_u64(j, "due", k->n_due);
	if (k->n)
		ward_json_put_time(j, "oldest", k->oldest);
}

void ward_cli_retention_json(const struct ward_cli_retention *r, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_time(j, "since", r->since);
	ward_json_put_time(j, "now", r->now);
	ward_json_put_time(j, "horizon", r->horizon);
	ward_json_key(j, "sources");
	ward_json_arr(j);
	for (size_t i = 0; i < r->n_source; i++)
		json_source(j, &r->source[i]);
	ward_json_arr_end(j);
	ward_json_key(j, "rows");
	ward_json_arr(j);
	for (unsigned k = WARD_ROW_DETECTION; k <= WARD_ROW_KIND_LAST; k++) {
		if (!r->rows[k].n)
			continue;
		ward_json_obj(j);
		ward_json_put_str(j, "kind", ward_str_z(ward_row_kind_name((enum ward_row_kind)k)));
		json_kept(j, &r->rows[k]);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "clips");
	ward_json_obj(j);
	json_kept(j, &r->clips);
	ward_json_obj_end(j);
	json_sums(&r->is, j);
	ward_retained_write(&r->is, r->now, WARD_RETAINED_LAST, j);
	ward_json_put_u64(j, "damaged", r->n_damaged);
	ward_json_obj_end(j);
}
