/* Documents for those of whom something is read: signs, the text behind them, the draft of the
 * impact assessment, and of each analytic what it can't do (notice/notice.h). */
#include "api/priv.h"

#include "api/watched.h"
#include "processing/processing.h"
#include "subject/subject.h"

/* What they are made of, as of then; v: of the heap, NULL where they can't be. */
static struct ward_notice_ask ask_at(
	const struct ward_api *a, ward_ns now, struct ward_proc_verdict **ret_v)
{
	const struct ward_processing *p = a->o.cell.processing;
	struct ward_proc_verdict *v =
		p && a->o.cell.notice ? ward_mem_alloc(a->o.mem, WARD_NOTICE_THINGS * sizeof(*v))
				      : NULL;
	size_t n = v ? ward_processing_judge(p, a->o.model, now, v, WARD_NOTICE_THINGS) : 0;

	*ret_v = v;
	return (struct ward_notice_ask){.c = a->o.cell.notice,
		.p = p,
		.m = a->o.model,
		.lim = a->o.lim,
		.v = v,
		.n = n < WARD_NOTICE_THINGS ? n : WARD_NOTICE_THINGS,
		.now = now,
		.was = &a->subject->assessed};
}

static struct ward_notice_ask ask_of(struct api_request *r, struct ward_proc_verdict **ret_v)
{
	struct ward_notice_ask ask = ask_at(r->a, r->ask->now, ret_v);

	ask.lang = r->lang;
	return ask;
}

static void forget(const struct ward_api *a, struct ward_proc_verdict *v)
{
	ward_mem_free(a->o.mem, v, WARD_NOTICE_THINGS * sizeof(*v));
}

enum ward_err api_notice_is(const struct ward_api *a, ward_ns now, struct ward_str digest)
{
	struct ward_proc_verdict *v;
	struct ward_notice_ask ask = ask_at(a, now, &v);
	struct ward_notice x;
	enum ward_err err = a->o.cell.processing ? WARD_ERR_NOMEM : WARD_ERR_STATE;

	if (v) {
		err = ward_notice_make(WARD_NOTICE_DPIA, &ask, &x);
		if (!err && !ward_str_eqz(digest, x.digest))
			err = WARD_ERR_STATE;
		ward_notice_fini(&x);
	}
	forget(a, v);
	return err;
}

/* ---- which there are ---- */

static void put_one(struct api_request *r, const struct ward_notice_ask *ask,
	enum ward_notice_kind kind, const char *before, struct ward_str name)
{
	char id[WARD_PROC_ID + 16];
	struct ward_wr w = ward_wr_fixed(id, sizeof(id));
	struct ward_notice x;

	ward_wr_z(&w, before);
	ward_wr_str(&w, ask->of);
	if (ward_notice_make(kind, ask, &x) == WARD_OK) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", ward_wr_text(&w));
		ward_json_put_str(&r->j, "kind", ward_str_z(ward_notice_name(kind)));
		ward_json_put_str(&r->j, "title", x.doc.block[0].cell[0]);
		ward_json_put_str(&r->j, "of", name);
		ward_json_put_u64(&r->j, "gaps", x.n_gap);
		ward_json_put_bool(&r->j, "open", x.open);
		ward_json_obj_end(&r->j);
	}
	ward_notice_fini(&x);
}

static void put_notes(struct api_request *r)
{
	const struct ward_notice_content *c = r->a->o.cell.notice;

	ward_json_key(&r->j, "notes");
	ward_json_arr(&r->j);
	for (size_t i = 0; c && i < c->n_note; i++) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", c->note[i].id);
		ward_json_put_str(&r->j, "name", ward_lang_text(r->lang, c->note[i].name));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

void api_notices(struct api_request *r)
{
	struct ward_proc_verdict *v;
	struct ward_notice_ask ask = ask_of(r, &v);

	ward_json_obj(&r->j);
	ward_json_key(&r->j, "documents");
	ward_json_arr(&r->j);
	if (v && r->scope.everywhere) {
		put_one(r, &ask, WARD_NOTICE_DPIA, "dpia", WARD_STR(""));
		put_one(r, &ask, WARD_NOTICE_TEXT, "text", WARD_STR(""));
		put_one(r, &ask, WARD_NOTICE_REGISTER, "register", WARD_STR(""));
		put_one(r, &ask, WARD_NOTICE_WORKS, "works", WARD_STR(""));
		for (size_t i = 0; i < ask.n; i++) {
			if (!ward_notice_films(&v[i]))
				continue;
			ask.of = v[i].id;
			put_one(r, &ask, WARD_NOTICE_SIGN, "sign-", v[i].name);
		}
	}
	ward_json_arr_end(&r->j);
	put_notes(r);
	ward_json_obj_end(&r->j);
	forget(r->a, v);
}

/* ---- one ---- */

static void put(
	struct api_request *r, const struct ward_notice_ask *ask, enum ward_notice_kind kind)
{
	struct ward_notice x;
	enum ward_err err = ward_notice_make(kind, ask, &x);

	if (err == WARD_ERR_NOT_FOUND)
		api_refuse(r, 404, WARD_TEXT("there is no such document here"));
	else if (err)
		api_refuse(r, 503, WARD_TEXT("there is not enough room: try again"));
	if (!err) {
		ward_json_obj(&r->j);
		ward_notice_json(&x, &r->j);
		ward_json_obj_end(&r->j);
	}
	ward_notice_fini(&x);
}

void api_notice(struct api_request *r)
{
	struct ward_proc_verdict *v;
	struct ward_notice_ask ask = ask_of(r, &v);
	struct ward_str rest = r->arg;
	enum ward_notice_kind kind = ward_notice_parse(ward_str_cut(&rest, '-'));

	ask.of = rest;
	if (!v || !r->scope.everywhere || kind == WARD_NOTICE_N || kind == WARD_NOTICE_ETHICS)
		api_refuse(r, 404, WARD_TEXT("there is no such document here"));
	else
		put(r, &ask, kind);
	forget(r->a, v);
}

/* By the note's id, or by what it is about: "video.fall", of what cameras see also "fall". */
void api_ethics(struct api_request *r)
{
	const struct ward_notice_content *c = r->a->o.cell.notice;
	const struct ward_notice_note *n = c ? ward_notice_note(c, r->arg) : NULL;

	char seen[64];
	struct ward_wr w = ward_wr_fixed(seen, sizeof(seen));

	ward_wr_z(&w, "video.");
	ward_wr_str(&w, r->arg);
	if (c && !n)
		n = ward_notice_about(c, r->arg);
	if (c && !n && !ward_wr_bad(&w))
		n = ward_notice_about(c, ward_wr_text(&w));
	if (!n) {
		api_refuse(r, 404, WARD_TEXT("there is no such document here"));
		return;
	}
	const struct ward_notice_ask ask = {.c = c,
		.p = r->a->o.cell.processing,
		.m = r->a->o.model,
		.lim = r->a->o.lim,
		.lang = r->lang,
		.of = n->id};

	put(r, &ask, WARD_NOTICE_ETHICS);
}
