/* A form of the law, filled in from what is on record of an incident. */
#include "api/duty.h"

enum { DOCUMENT = 1 << 20 };

static bool form_asked(struct api_request *r, size_t *ret)
{
	const struct ward_law *l = r->a->o.cell.law;

	*ret = l ? ward_law_form_of(l, r->param[API_FORM]) : SIZE_MAX;
	if (*ret == SIZE_MAX)
		api_refuse(r, 404,
			WARD_TEXT(
				"no such form of the law here; the incident's clocks name theirs"));
	return *ret != SIZE_MAX;
}

static struct ward_lang *lang_of(const struct api_request *r, const char *code)
{
	for (size_t i = 0; i < r->a->n_lang; i++)
		if (ward_str_eqz(ward_lang_code(r->a->lang[i]), code))
			return r->a->lang[i];
	return r->lang;
}

/* ---- what is other than when it was sent ---- */

/* Told in the language in which it was sent, where there is that one. */
static enum ward_err as_sent(struct api_request *r, const struct ward_law_said *sent,
	const struct ward_draft_ask *of, struct ward_draft *ret)
{
	struct ward_draft_ask ask = *of;

	ret->n = 0;
	ask.form = ward_law_form_of(ask.law, ward_str_z(sent->form));
	ask.lang = lang_of(r, sent->lang);
	if (ask.form == SIZE_MAX || !sent->value_len)
		return WARD_OK; /* nobody knows what stood in it */
	enum ward_err err = ward_draft_make(&ask, &r->a->scratch, ret);

	if (!err && (!ret->sent || ret->sent->of != sent->of))
		ret->n = 0; /* of another rule the same form was sent, which says it */
	return err;
}

enum ward_err api_law_moved(struct api_request *r, struct api_incident *in,
	const struct ward_law_case *c, struct ward_law_record *record)
{
	struct ward_report report;
	struct ward_draft_ask ask = {.law = r->a->o.cell.law,
		.c = c,
		.record = record,
		.report = &report,
		.exercise = r->a->o.exercise};
	bool gathered = false;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < c->n && !err; i++) {
		const struct ward_law_said *s = &c->said[i];

		if (s->say != WARD_LAW_SAY_SENT || s->is != WARD_LAW_YES || !s->value_len)
			continue;
		if (!gathered)
			err = api_gather(r, in, &report);
		gathered = true;
		if (!err)
			err = ward_draft_record_moved(&ask, s, &record->moved[s->of]);
	}
	return err;
}

enum ward_err api_law_moved_fields(struct api_request *r, struct api_incident *in,
	const struct ward_law_case *c, const struct ward_law_said *sent, api_moved_fn fn, void *ctx)
{
	const struct ward_law_record record = api_law_record(r->a, in, r->ask->now);
	struct ward_report report;
	const struct ward_draft_ask ask = {.law = r->a->o.cell.law,
		.c = c,
		.record = &record,
		.report = &report,
		.exercise = r->a->o.exercise};
	struct ward_draft d = {.n = 0};
	enum ward_err err = sent->value_len ? api_gather(r, in, &report) : WARD_OK;

	if (!err)
		err = as_sent(r, sent, &ask, &d);
	for (size_t i = 0; i < d.n && !err; i++)
		if (d.field[i].moved)
			fn(ctx, &d.field[i]);
	return err;
}

static enum ward_err put_markdown(struct api_request *r, const struct ward_draft *d)
{
	struct ward_wr w = ward_wr_grow(r->a->o.mem, DOCUMENT);
	struct ward_doc doc;

	ward_doc_init(&doc, ward_lang_code(r->lang));
	ward_draft_tell(d, &doc);
	ward_doc_markdown(&doc, &w);
	enum ward_err err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : doc.err;

	ward_json_put_str(&r->j, "markdown", ward_wr_text(&w));
	ward_doc_fini(&doc);
	ward_wr_fini(&w);
	return err;
}

static struct ward_str name_of(const void *api, struct ward_str id)
{
	return api_person_name(api, id);
}

static enum ward_err put(
	struct api_request *r, struct api_incident *in, size_t form, struct ward_law_case *c)
{
	const struct ward_law_record record = api_law_record(r->a, in, r->ask->now);
	struct ward_report report;
	struct ward_draft_ask ask = {.law = r->a->o.cell.law,
		.form = form,
		.c = c,
		.record = &record,
		.report = &report,
		.lang = r->lang,
		.exercise = r->a->o.exercise,
		.person = name_of,
		.ctx = r->a};
	struct ward_draft d;
	enum ward_err err = api_law_case(r->a, in, c);

	if (!err)
		err = api_gather(r, in, &report);
	if (!err)
		err = ward_draft_make(&ask, &r->a->scratch, &d);
	if (err)
		return err;
	ward_json_obj(&r->j);
	ward_draft_json(&d, &r->j);
	err = put_markdown(r, &d);
	ward_json_put_bool(
		&r->j, "may", api_may(r, WARD_RIGHT_ANSWER_LAW) && api_is_zero(in->into));
	ward_json_obj_end(&r->j);
	return err;
}

void api_draft(struct api_request *r)
{
	struct api_incident *in = api_asked(r);
	struct ward_law_case c;
	size_t form;

	if (!in || !form_asked(r, &form))
		return;
	ward_law_case_init(&c, r->a->o.mem);
	if (put(r, in, form, &c) != WARD_OK)
		r->w->bad = true; /* there is not enough memory, which is said */
	ward_law_case_fini(&c);
}
