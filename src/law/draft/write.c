/* A draft as a document, and as JSON. */
#include "law/draft/priv.h"

#include <stdio.h>

static struct ward_str text_of(const struct ward_draft *d, const char *english)
{
	return ward_lang_text(d->ask->lang, ward_str_z(english));
}

/* ---- a document ---- */

/* Its name, as long as the hospital has it. */
static struct ward_str role_of(const struct ward_model *m, struct ward_str id)
{
	uint32_t node = ward_model_find(m, id);

	return node == WARD_NONE ? id : ward_model_node(m, node)->name;
}

/* "GDPR 33(1)" as the language calls that law: "RGPD 33(1)". */
static void put_law(struct ward_wr *w, struct ward_lang *lang, struct ward_str law)
{
	const struct ward_str eu = WARD_STR("GDPR ");

	if (ward_str_starts(law, eu))
		WARD_SAY(w, lang, WARD_TEXT("GDPR {article}"),
			{"article", ward_str_sub(law, eu.len, law.len)});
	else
		ward_wr_str(w, law);
}

static void put_head(const struct ward_draft *d, struct ward_doc *doc)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_WORDS_BYTES_MAX * 2);
	char number[16];

	(void)snprintf(number, sizeof(number), "%u", d->version);
	ward_doc_put(doc, WARD_DOC_TITLE,
		ward_lang_text(
			d->ask->lang, d->form->letter.len ? d->form->letter : d->form->name));
	if (d->ask->exercise)
		ward_doc_put(doc, WARD_DOC_MARK,
			text_of(d,
				WARD_TEXT(
					"EXERCISE: none of this is real, and none of it is sent")));
	if (d->form->letter.len) /* it goes to persons as it is */
		goto out;
	WARD_SAY(&w, d->ask->lang,
		WARD_TEXT("Draft {n}, {digits}. Ward sends nothing of it: people do. An aid, and "
			  "no legal advice."),
		{"n", ward_str_z(number)}, {"digits", ward_str_sub(ward_str_z(d->digest), 0, 8)});
	ward_doc_put(doc, WARD_DOC_TEXT, ward_wr_text(&w));
	for (size_t i = 0; i < d->form->n_rule; i++) {
		const struct ward_law_rule *u = &d->ask->law->rule[d->form->rule[i]];

		ward_wr_reset(&w);
		put_law(&w, d->ask->lang, u->law);
		ward_wr_z(&w, " → ");
		ward_wr_str(&w, ward_lang_text(d->ask->lang, u->to));
		if (u->mark != WARD_LAW_CONFIRMED) {
			ward_wr_z(&w, " · ");
			ward_say(&w, d->ask->lang,
				WARD_TEXT("its text is not confirmed here: verify with counsel"));
		}
		ward_doc_put(doc, WARD_DOC_TEXT, ward_wr_text(&w));
	}
out:
	ward_wr_fini(&w);
}

static void put_gaps(const struct ward_draft *d, struct ward_doc *doc)
{
	if (!d->n_gap)
		return;
	ward_doc_put(doc, WARD_DOC_STRONG, text_of(d, WARD_TEXT("Still missing:")));
	for (size_t i = 0; i < d->n; i++)
		if (d->field[i].gap)
			ward_doc_put(doc, WARD_DOC_ITEM,
				ward_lang_text(d->ask->lang, d->field[i].of->ask));
}

/* Inside the house: who said so, as what, and when. */
static void put_who(const struct ward_draft *d, const struct ward_law_said *s, struct ward_doc *doc)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_WORDS_BYTES_MAX);
	struct ward_str person = ward_str_z(s->person);

	ward_wr_str(&w, d->ask->person ? d->ask->person(d->ask->ctx, person) : person);
	ward_wr_z(&w, ", ");
	ward_wr_str(&w, role_of(d->ask->report->x.model, ward_str_z(s->role)));
	ward_wr_z(&w, ", ");
	draft_time(d->ask, &w, s->at);
	ward_doc_put(doc, WARD_DOC_TEXT, ward_wr_text(&w));
	ward_wr_fini(&w);
}

static void put_field(const struct ward_draft *d, size_t i, struct ward_doc *doc)
{
	const struct ward_draft_field *f = &d->field[i];

	if (!f->text.len && !f->must)
		return;
	ward_doc_put(doc, WARD_DOC_HEADING,
		ward_lang_text(d->ask->lang,
			d->form->letter.len && f->of->letter.len ? f->of->letter : f->of->ask));
	for (struct ward_str rest = f->text; rest.len;)
		ward_doc_put(doc, WARD_DOC_TEXT, ward_str_cut(&rest, '\n'));
	if (d->form->inside && (f->answer || f->own))
		put_who(d, f->answer ? f->answer : f->own, doc);
	if (!f->text.len || f->guess)
		ward_doc_put(doc, WARD_DOC_STRONG,
			text_of(d, f->text.len ? WARD_TEXT("[to be confirmed]")
					       : WARD_TEXT("[missing]")));
}

void ward_draft_tell(const struct ward_draft *d, struct ward_doc *doc)
{
	put_head(d, doc);
	put_gaps(d, doc);
	if (d->form->before.len)
		ward_doc_put(doc, WARD_DOC_TEXT, ward_lang_text(d->ask->lang, d->form->before));
	for (size_t i = 0; i < d->n; i++)
		put_field(d, i, doc);
	ward_doc_end(doc, text_of(d, WARD_TEXT("There is more, for which there was no room.")));
}

/* ---- JSON ---- */

static void put_one(
	const struct ward_draft *d, const struct ward_draft_field *f, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_str(j, "id", f->of->id);
	ward_json_put_str(j, "ask", ward_lang_text(d->ask->lang, f->of->ask));
	ward_json_put_str(j, "text", f->text);
	ward_json_put_str(
		j, "source", ward_str_z(f->own ? "person" : ward_law_source_name(f->of->source)));
	if (f->of->term.len)
		ward_json_put_str(j, "@type", f->of->term);
	ward_json_put_bool(j, "must", f->must);
	ward_json_put_bool(j, "gap", f->gap);
	ward_json_put_bool(j, "guess", f->guess);
	ward_json_put_bool(j, "moved", f->moved);
	ward_json_put_str(j, "was", f->was);
	const struct ward_law_said *by = f->own ? f->own : f->answer;

	ward_json_key(j, "role");
	if (by)
		ward_json_str(j, role_of(d->ask->report->x.model, ward_str_z(by->role)));
	else
		ward_json_null(j);
	ward_json_key(j, "at");
	if (by)
		ward_json_time(j, by->at);
	else
		ward_json_null(j);
	ward_json_obj_end(j);
}

static void put_kept(const struct ward_draft *d, struct ward_json *j)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);

	ward_json_key(j, "kept");
	ward_json_arr(j);
	for (size_t i = 0; i < d->n; i++) {
		ward_wr_reset(&w);
		ward_draft_keep(&d->field[i], &w);
		ward_json_str(j, ward_wr_text(&w));
	}
	ward_json_arr_end(j);
	ward_wr_fini(&w);
}

static void put_context(struct ward_json *j)
{
	static const struct {
		const char *prefix, *of;
	} name[] = {{"dpv", "https://w3id.org/dpv#"}, {"risk", "https://w3id.org/dpv/risk#"},
		{"eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"},
		{"eu-nis2", "https://w3id.org/dpv/legal/eu/nis2#"}};

	ward_json_key(j, "@context");
	ward_json_obj(j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		ward_json_put_str(j, name[i].prefix, ward_str_z(name[i].of));
	ward_json_obj_end(j);
}

void ward_draft_json(const struct ward_draft *d, struct ward_json *j)
{
	char id[WARD_ID_TEXT];

	ward_id_text(d->ask->report->i->id, id);
	put_context(j);
	if (d->form->type.len)
		ward_json_put_str(j, "@type", d->form->type);
	ward_json_put_str(j, "form", d->form->id);
	ward_json_put_str(j, "name", ward_lang_text(d->ask->lang, d->form->name));
	ward_json_put_str(j, "incident", ward_str_z(id));
	ward_json_put_str(j, "lang", ward_lang_code(d->ask->lang));
	ward_json_put_bool(j, "exercise", d->ask->exercise);
	ward_json_put_bool(j, "letter", d->form->letter.len > 0);
	ward_json_put_bool(j, "inside", d->form->inside);
	ward_json_put_str(j, "before", ward_lang_text(d->ask->lang, d->form->before));
	ward_json_key(j, "version");
	ward_json_u64(j, d->version);
	ward_json_put_str(j, "draft", ward_str_z(d->digest));
	ward_json_key(j, "gaps");
	ward_json_u64(j, d->n_gap);
	ward_json_key(j, "sent");
	if (d->sent)
		ward_json_z(j, d->sent->draft);
	else
		ward_json_null(j);
	ward_json_key(j, "sent_lang");
	if (d->sent)
		ward_json_z(j, d->sent->lang);
	else
		ward_json_null(j);
	ward_json_key(j, "moved");
	ward_json_u64(j, d->n_moved);
	ward_json_put_bool(j, "older", d->older);
	ward_json_key(j, "rules");
	ward_json_arr(j);
	for (size_t i = 0; i < d->form->n_rule; i++)
		ward_json_str(j, d->ask->law->rule[d->form->rule[i]].id);
	ward_json_arr_end(j);
	ward_json_key(j, "fields");
	ward_json_arr(j);
	for (size_t i = 0; i < d->n; i++)
		put_one(d, &d->field[i], j);
	ward_json_arr_end(j);
	put_kept(d, j);
}
