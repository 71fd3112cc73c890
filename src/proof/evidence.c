/* What the record shows for duties and norms, as a document. */
#include "proof/norm.h"
#include "proof/say.h"

enum { LINE_BYTES = 64 << 10 };

struct tell {
	const struct ward_proof_tell *t;
	struct ward_doc *d;
	struct ward_wr line;
};

static struct ward_str say(const struct tell *x, const char *english)
{
	return ward_lang_text(x->t->lang, ward_str_z(english));
}

static void put(struct tell *x, enum ward_doc_kind kind)
{
	ward_doc_put(x->d, kind, ward_wr_text(&x->line));
	if (ward_wr_bad(&x->line))
		x->d->err = WARD_ERR_NOMEM;
	ward_wr_reset(&x->line);
}

static void put_text(struct tell *x, const char *english)
{
	ward_doc_put(x->d, WARD_DOC_TEXT, say(x, english));
}

static void put_head(struct tell *x, const char *const *column, size_t n)
{
	struct ward_str cell[WARD_DOC_CELLS];

	for (size_t i = 0; i < n; i++)
		cell[i] = say(x, column[i]);
	ward_doc_row(x->d, WARD_DOC_HEAD, cell, n);
}

static enum ward_norm_state state_of(
	const struct tell *x, const struct ward_norm *n, const struct ward_norm_control *c)
{
	return ward_norm_state(c, x->t->facts, ward_norm_added(x->t->proof, n, c));
}

/* ---- one control with its numbers ---- */

static void put_fact(struct tell *x, enum ward_fact f)
{
	const struct ward_proof_value *v = &x->t->facts->value[f];
	bool of_rows = ward_fact_from(f) == WARD_FROM_RECORD;
	struct ward_str cell[5];
	size_t at[5];

	ward_wr_str(&x->line, say(x, ward_fact_text(f)));
	at[0] = x->line.len;
	proof_number(&x->line, x->t->lang, f, v, false);
	at[1] = x->line.len;
	if (of_rows)
		proof_number(&x->line, x->t->lang, f, v, true);
	at[2] = x->line.len;
	if (of_rows)
		proof_day(&x->line, x->t->lang, v->last);
	at[3] = x->line.len;
	ward_wr_str(&x->line, say(x, ward_from_text(ward_fact_from(f))));
	at[4] = x->line.len;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cell); i++)
		cell[i] = ward_str_sub(
			ward_wr_text(&x->line), i ? at[i - 1] : 0, at[i] - (i ? at[i - 1] : 0));
	ward_doc_row(x->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	if (ward_wr_bad(&x->line))
		x->d->err = WARD_ERR_NOMEM;
	ward_wr_reset(&x->line);
}

static void put_missing(struct tell *x, const struct ward_norm_control *c)
{
	for (size_t i = 0; i < c->n_show; i++) {
		if (ward_proof_has(x->t->facts, c->show[i]))
			continue;
		WARD_SAY(&x->line, x->t->lang, WARD_TEXT("Nothing on record: {what}"),
			{"what", say(x, ward_fact_text(c->show[i]))});
		put(x, WARD_DOC_ITEM);
	}
}

static struct ward_str role_name(const struct tell *x, struct ward_str role)
{
	uint32_t node = ward_model_find(x->t->model, role);

	return node == WARD_NONE ? role : ward_model_node(x->t->model, node)->name;
}

static void put_added(
	struct tell *x, const struct ward_norm_control *c, const struct ward_proof_added *added)
{
	char day[48];
	struct ward_wr w = ward_wr_fixed(day, sizeof(day));

	for (size_t i = 0; i < c->n_add && !added; i++) {
		WARD_SAY(&x->line, x->t->lang,
			WARD_TEXT("Not known to Ward; the hospital adds it: {what}"),
			{"what", ward_lang_text(x->t->lang, c->add[i])});
		put(x, WARD_DOC_ITEM);
	}
	if (!added)
		return;
	proof_day(&w, x->t->lang, added->at);
	WARD_SAY(&x->line, x->t->lang, WARD_TEXT("Added by {role}, {day}: {text}"),
		{"role", role_name(x, added->role)}, {"day", ward_wr_text(&w)},
		{"text", added->text});
	put(x, WARD_DOC_ITEM);
}

static void put_control(
	struct tell *x, const struct ward_norm *n, const struct ward_norm_control *c)
{
	static const char *const column[] = {WARD_TEXT("What"), WARD_TEXT("12 months"),
		WARD_TEXT("This month"), WARD_TEXT("Last"), WARD_TEXT("From")};
	const struct ward_proof_added *added = ward_norm_added(x->t->proof, n, c);

	ward_wr_ch(&x->line, '(');
	ward_wr_str(&x->line, c->id);
	ward_wr_z(&x->line, ") ");
	ward_wr_str(&x->line, ward_lang_text(x->t->lang, c->title));
	ward_wr_z(&x->line, " – ");
	ward_wr_str(&x->line, say(x, ward_norm_state_text(state_of(x, n, c))));
	put(x, WARD_DOC_STRONG);
	if (c->n_show)
		put_head(x, column, WARD_ARRAY_LEN(column));
	for (size_t i = 0; i < c->n_show; i++)
		put_fact(x, c->show[i]);
	put_missing(x, c);
	put_added(x, c, added);
	WARD_SAY(&x->line, x->t->lang, WARD_TEXT("Who answers: {role}"),
		{"role", ward_model_find(x->t->model, c->who) != WARD_NONE
				 ? role_name(x, c->who)
				 : say(x, WARD_TEXT("whom the hospital's management names"))});
	put(x, WARD_DOC_ITEM);
}

/* ---- a norm in lines ---- */

static void put_line(struct tell *x, const struct ward_norm *n, const struct ward_norm_control *c)
{
	const struct ward_proof_added *added = ward_norm_added(x->t->proof, n, c);
	struct ward_str cell[4] = {c->id, ward_lang_text(x->t->lang, c->title),
		say(x, ward_norm_state_text(state_of(x, n, c)))};

	for (size_t i = 0; i < c->n_show; i++) {
		const struct ward_proof_value *v = &x->t->facts->value[c->show[i]];

		if (!ward_proof_has(x->t->facts, c->show[i]))
			continue;
		if (x->line.len)
			ward_say_semicolon(&x->line, x->t->lang);
		ward_wr_str(&x->line, say(x, ward_fact_text(c->show[i])));
		ward_say_colon(&x->line, x->t->lang);
		proof_number(&x->line, x->t->lang, c->show[i], v, false);
	}
	if (added) {
		if (x->line.len)
			ward_say_semicolon(&x->line, x->t->lang);
		ward_wr_str(&x->line, added->text);
	}
	cell[3] = ward_wr_text(&x->line);
	ward_doc_row(x->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	if (ward_wr_bad(&x->line))
		x->d->err = WARD_ERR_NOMEM;
	ward_wr_reset(&x->line);
}

static void put_lines(struct tell *x, const struct ward_norm *n)
{
	static const char *const column[] = {WARD_TEXT("Clause"), WARD_TEXT("About"),
		WARD_TEXT("State"), WARD_TEXT("On record, 12 months")};

	put_head(x, column, WARD_ARRAY_LEN(column));
	for (size_t i = 0; i < n->n_control; i++)
		if (n->control[i].title.len)
			put_line(x, n, &n->control[i]);
}

static void put_counts(struct tell *x, const struct ward_norm *n)
{
	size_t count[WARD_NORM_STATE_N] = {0};

	for (size_t i = 0; i < n->n_control; i++)
		count[state_of(x, n, &n->control[i])]++;
	for (int s = WARD_NORM_STATE_N - 1; s >= 0; s--) {
		if (!count[s])
			continue;
		if (x->line.len)
			ward_say_semicolon(&x->line, x->t->lang);
		ward_wr_str(&x->line, say(x, ward_norm_state_text((enum ward_norm_state)s)));
		ward_say_colon(&x->line, x->t->lang);
		ward_say_number(&x->line, x->t->lang, count[s]);
	}
	put(x, WARD_DOC_TEXT);
}

static void put_not(struct tell *x, const struct ward_norm *n)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LINE_BYTES);

	for (size_t i = 0; i < n->n_control; i++)
		if (!n->control[i].title.len) {
			ward_wr_z(&w, w.len ? ", " : "");
			ward_wr_str(&w, n->control[i].id);
		}
	if (w.len)
		WARD_SAY(&x->line, x->t->lang, WARD_TEXT("Not shown by Ward: {list}"),
			{"list", ward_wr_text(&w)});
	ward_wr_fini(&w);
	put(x, WARD_DOC_TEXT);
}

static void put_norm(struct tell *x, const struct ward_norm *n)
{
	const struct ward_norm *like = ward_norm_of(x->t->norms, n->like);

	ward_doc_put(x->d, WARD_DOC_HEADING, ward_lang_text(x->t->lang, n->name));
	if (!ward_str_eqz(n->mark, "confirmed"))
		put_text(x, WARD_TEXT("Its clauses are by the word of others, not read in the norm "
				      "itself: verify them."));
	put_counts(x, n);
	if (like && !x->t->only) {
		WARD_SAY(&x->line, x->t->lang,
			WARD_TEXT("Its clauses have the numbers of those of {norm}; alone it is "
				  "told "
				  "whole."),
			{"norm", ward_lang_text(x->t->lang, like->name)});
		put(x, WARD_DOC_TEXT);
		return;
	}
	if (n->detail)
		for (size_t i = 0; i < n->n_control; i++)
			put_control(x, n, &n->control[i]);
	else
		put_lines(x, n);
	put_not(x, n);
}

void ward_evidence_tell(const struct ward_proof_tell *t, struct ward_doc *d)
{
	struct tell x = {t, d, ward_wr_grow(ward_mem_heap(), LINE_BYTES)};
	char when[64], since[48];
	struct ward_wr a = ward_wr_fixed(when, sizeof(when)),
		       b = ward_wr_fixed(since, sizeof(since));

	ward_doc_put(d, WARD_DOC_TITLE, say(&x, WARD_TEXT("What the record shows")));
	if (t->exercise)
		ward_doc_put(
			d, WARD_DOC_MARK, say(&x, WARD_TEXT("EXERCISE: none of this is real")));
	proof_time(&a, t->lang, t->at);
	proof_day(&b, t->lang, t->facts->since);
	WARD_SAY(&x.line, t->lang,
		t->facts->since == WARD_NS_NEVER
			? WARD_TEXT("{hospital}, as of {time}; nothing is on record yet")
			: WARD_TEXT("{hospital}, as of {time}; on record since {since}"),
		{"hospital", ward_model_hospital(t->model)->name}, {"time", ward_wr_text(&a)},
		{"since", ward_wr_text(&b)});
	put(&x, WARD_DOC_TEXT);
	put_text(&x, WARD_TEXT("An aid: no certificate, and no legal advice. Numbers are counted "
			       "by Ward as it runs; titles are in its own words."));
	for (size_t i = 0; i < t->norms->n; i++)
		if (!t->only || t->only == &t->norms->norm[i])
			put_norm(&x, &t->norms->norm[i]);
	ward_wr_fini(&x.line);
}

/* ---- for programs and pages ---- */

static void key_number(struct ward_json *j, const char *key, uint64_t n, bool given)
{
	if (given)
		ward_json_put_u64(j, key, n);
	else
		ward_json_put_null(j, key);
}

static void fact_json(const struct ward_proof_tell *t, struct ward_json *j, enum ward_fact f)
{
	const struct ward_proof_value *v = &t->facts->value[f];
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_json_obj(j);
	ward_json_put_str(j, "id", ward_str_z(ward_fact_name(f)));
	ward_json_put_str(j, "what", ward_lang_text(t->lang, ward_str_z(ward_fact_text(f))));
	ward_json_put_str(j, "from", ward_str_z(ward_from_name(ward_fact_from(f))));
	key_number(j, "n", v->n, v->known && !v->few);
	key_number(j, "of", v->of, !v->few);
	key_number(j, "month", v->now, !v->few);
	key_number(j, "before", v->then, !v->few);
	proof_number(&w, t->lang, f, v, false);
	ward_json_put_str(j, "says", ward_wr_text(&w));
	ward_json_put_time_or_null(j, "last", v->last);
	ward_json_obj_end(j);
}

static void control_json(const struct ward_proof_tell *t, struct ward_json *j,
	const struct ward_norm *n, const struct ward_norm_control *c)
{
	const struct ward_proof_added *added = ward_norm_added(t->proof, n, c);
	const struct tell x = {.t = t};

	ward_json_obj(j);
	ward_json_put_str(j, "id", c->id);
	ward_json_put_str(j, "title", ward_lang_text(t->lang, c->title));
	ward_json_put_str(
		j, "state", ward_str_z(ward_norm_state_name(ward_norm_state(c, t->facts, added))));
	ward_json_key(j, "shows");
	ward_json_arr(j);
	for (size_t i = 0; i < c->n_show; i++)
		ward_json_str(j, ward_str_z(ward_fact_name(c->show[i])));
	ward_json_arr_end(j);
	ward_json_key(j, "adds");
	ward_json_arr(j);
	for (size_t i = 0; i < c->n_add; i++)
		ward_json_str(j, ward_lang_text(t->lang, c->add[i]));
	ward_json_arr_end(j);
	ward_json_put_str(j, "who", c->who.len ? role_name(&x, c->who) : WARD_STR(""));
	ward_json_key(j, "added");
	if (added) {
		ward_json_obj(j);
		ward_json_put_time_or_null(j, "at", added->at);
		ward_json_put_str(j, "role", role_name(&x, added->role));
		ward_json_put_str(j, "text", added->text);
		ward_json_obj_end(j);
	} else {
		ward_json_null(j);
	}
	ward_json_obj_end(j);
}

static void norm_json(
	const struct ward_proof_tell *t, struct ward_json *j, const struct ward_norm *n)
{
	ward_json_obj(j);
	ward_json_put_str(j, "id", n->id);
	ward_json_put_str(j, "name", ward_lang_text(t->lang, n->name));
	ward_json_put_str(j, "mark", n->mark);
	ward_json_put_str(j, "like", n->like);
	ward_json_key(j, "controls");
	ward_json_arr(j);
	for (size_t i = 0; i < n->n_control; i++)
		control_json(t, j, n, &n->control[i]);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

void ward_evidence_json(const struct ward_proof_tell *t, struct ward_json *j)
{
	ward_json_put_str(j, "schema", WARD_STR("ward.evidence/1"));
	ward_json_put_str(j, "hospital", ward_model_hospital(t->model)->name);
	ward_json_key(j, "exercise");
	ward_json_bool(j, t->exercise);
	ward_json_put_time_or_null(j, "at", t->at);
	ward_json_put_time_or_null(j, "since", t->facts->since);
	ward_json_put_u64(j, "left", t->facts->left);
	ward_json_key(j, "facts");
	ward_json_arr(j);
	for (size_t f = 0; f < WARD_FACT_N; f++)
		fact_json(t, j, (enum ward_fact)f);
	ward_json_arr_end(j);
	ward_json_key(j, "norms");
	ward_json_arr(j);
	for (size_t i = 0; i < t->norms->n; i++)
		if (!t->only || t->only == &t->norms->norm[i])
			norm_json(t, j, &t->norms->norm[i]);
	ward_json_arr_end(j);
}
