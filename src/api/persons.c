/* What persons asked by law (subject/subject.h): until when each is answered, what it waits for;
 * and whether what somebody says of one can be. */
#include "api/priv.h"

#include "api/watched.h"
#include "processing/processing.h"
#include "subject/subject.h"

static void put_list(struct api_request *r, const char *key, const struct ward_str *s, size_t n)
{
	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		ward_json_str(&r->j, s[i]);
	ward_json_arr_end(&r->j);
}

static void put_request(struct api_request *r, const struct ward_subject_request *q)
{
	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", q->id);
	ward_json_put_str(&r->j, "right", ward_str_z(ward_subject_right_name(q->right)));
	ward_json_put_str(&r->j, "says",
		ward_lang_text(r->lang, ward_str_z(ward_subject_right_says(q->right))));
	ward_json_put_str(&r->j, "state", ward_str_z(ward_subject_state_name(q->state)));
	ward_json_put_str(&r->j, "ref", q->ref);
	ward_json_put_str(&r->j, "identity", q->identity);
	ward_json_put_time_or_null(&r->j, "received", q->received);
	ward_json_put_time_or_null(&r->j, "due", q->due);
	ward_json_put_time_or_null(&r->j, "closed", q->closed);
	ward_json_put_bool(&r->j, "late", ward_subject_open(q->state) && q->due < r->ask->now);
	ward_json_put_bool(
		&r->j, "mine", r->ask->who && ward_str_eq(r->ask->who->person, q->first));
	ward_json_put_bool(&r->j, "extended", q->extended);
	api_put_role(r, "role", "role_name", q->role);
	api_put_role(r, "second", "second_name", q->second_role);
	ward_json_put_str(&r->j, "more", q->more);
	ward_json_put_str(&r->j, "text", q->text);
	ward_json_put_str(&r->j, "digest", q->digest);
	put_list(r, "goes", q->goes, q->n_goes);
	put_list(r, "stays", q->stays, q->n_stays);
	ward_json_obj_end(&r->j);
}

/* Those that are open first, by their end; then the others, the latest first. */
void api_persons(struct api_request *r)
{
	const struct ward_subject_book *b = r->a->subject;
	ward_ns after = 0;
	size_t n_open = 0, n = 0;

	ward_json_obj(&r->j);
	ward_json_key(&r->j, "requests");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < b->n && r->scope.everywhere; i++)
		n_open += ward_subject_open(b->r[i].state);
	while (n < n_open) {
		ward_ns next = WARD_NS_NEVER;

		for (size_t i = 0; i < b->n; i++)
			if (ward_subject_open(b->r[i].state) && b->r[i].due > after &&
				b->r[i].due < next)
				next = b->r[i].due;
		for (size_t i = 0; i < b->n; i++)
			if (ward_subject_open(b->r[i].state) && b->r[i].due == next) {
				put_request(r, &b->r[i]);
				n++;
			}
		if (next == WARD_NS_NEVER)
			break;
		after = next;
	}
	for (size_t i = b->n; i-- && r->scope.everywhere;)
		if (!ward_subject_open(b->r[i].state))
			put_request(r, &b->r[i]);
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "forgotten", b->n_forgotten);
	ward_json_obj_end(&r->j);
}

/* ---- the letter ---- */

static void put_letter(struct api_request *r, const struct ward_subject_request *q,
	const struct ward_processing *p, struct ward_proc_verdict *v)
{
	size_t n = ward_processing_judge(p, r->a->o.model, r->ask->now, v, WARD_NOTICE_THINGS);
	const struct ward_subject_letter letter = {.r = q,
		.p = p,
		.m = r->a->o.model,
		.v = v,
		.n = n < WARD_NOTICE_THINGS ? n : WARD_NOTICE_THINGS,
		.lang = r->lang,
		.now = r->ask->now};
	struct ward_doc doc;

	ward_doc_init(&doc, ward_lang_code(r->lang));
	ward_subject_letter(&letter, &doc);
	if (doc.err) {
		api_refuse(r, 503, WARD_TEXT("there is not enough room: try again"));
	} else {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "title", doc.block[0].cell[0]);
		ward_json_put_str(&r->j, "lang", doc.lang);
		ward_json_key(&r->j, "blocks");
		ward_notice_blocks(&doc, &r->j);
		ward_json_obj_end(&r->j);
	}
	ward_doc_fini(&doc);
}

/* As the request stands: what a command found or erased is in the letter that it wrote. */
void api_person_letter(struct api_request *r)
{
	const struct ward_processing *p = r->a->o.cell.processing;
	const size_t bytes = WARD_NOTICE_THINGS * sizeof(struct ward_proc_verdict);
	const struct ward_subject_request *q = NULL;
	struct ward_id id;

	if (r->scope.everywhere && ward_id_parse(r->arg, &id))
		q = ward_subject_find(r->a->subject, id);
	if (!q || !p) {
		api_refuse(r, 404, WARD_TEXT("there is no such document here"));
		return;
	}
	struct ward_proc_verdict *v = ward_mem_alloc(r->a->o.mem, bytes);

	if (v)
		put_letter(r, q, p, v);
	else
		api_refuse(r, 503, WARD_TEXT("there is not enough room: try again"));
	ward_mem_free(r->a->o.mem, v, bytes);
}

/* ---- whether it can be said ---- */

static const char *wrong(struct ward_api *a, const struct ward_decision *d,
	const struct ward_api_who *who, const struct ward_conf *args)
{
	const struct ward_subject_request *r = NULL;
	struct ward_id id;

	if (d->kind == WARD_DECISION_PERSON_REQUEST)
		return ward_str_eqz(d->subject, WARD_SUBJECT_OF)
			       ? ward_subject_wrong_request(args)
			       : WARD_TEXT("a new request is about 'requests'");
	if (d->kind == WARD_DECISION_ASSESS)
		return ward_conf_word(args, "digest").len != WARD_NOTICE_DIGEST
			       ? WARD_TEXT("its digest is not that of an assessment")
		       : d->text.len ? NULL
				     : WARD_TEXT("say what risk is left, and what you advise");
	if (ward_subject_is_done(args) != (d->kind == WARD_DECISION_PERSON_DONE))
		return WARD_TEXT("what was done is said by person-done, and nothing else is");
	if (ward_id_parse(d->subject, &id))
		r = ward_subject_find(a->subject, id);
	return ward_subject_wrong_answer(r, args, who->person, d->text);
}

enum ward_err ward_api_person_check(struct ward_api *a, const struct ward_api_who *who,
	const struct ward_decision *d, struct ward_wr *ret_why)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;
	const char *why;

	ward_arena_reset(&a->scratch);
	ward_diag_init(&diag, a->o.mem);
	enum ward_err err = ward_conf_json(
		&a->scratch, a->o.lim, WARD_STR("args"), 1, ward_str_bytes(d->args), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		return err;
	why = wrong(a, d, who, err ? NULL : c);
	if (!why && d->kind == WARD_DECISION_ASSESS) {
		err = api_notice_is(a, d->at, ward_conf_word(c, "digest"));
		if (err != WARD_ERR_STATE)
			return err;
		ward_wr_z(ret_why, WARD_TEXT("what it rests on is other by now: read the "
					     "assessment again"));
		return err;
	}
	if (!why)
		return WARD_OK;
	ward_wr_z(ret_why, why);
	return WARD_ERR_CONFIG;
}
