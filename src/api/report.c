/* One incident with all that belongs to it, as docs/report.md has it, and what can be done. */
#include "api/duty.h"

#include "respond/playbook/about.h"

#include <stdlib.h>

enum { PLANS_MAX = 8 };

/* Rows for a report, as they are gathered. */
struct rows {
	struct api_request *r;
	struct ward_report_row *at;
	struct ward_record *is;
	size_t n;
};

static size_t rows_of(const struct ward_api *a, const struct api_incident *in)
{
	return in->n_turn + 3 + in->part.n + a->photo.n;
}

/* An earlier revision, of which only how it stood is kept. */
static void add_turn(struct rows *x, const struct api_incident *in, const struct api_turn *t)
{
	struct ward_record *is = &x->is[x->n];

	*is = (struct ward_record){.kind = WARD_RECORD_INCIDENT,
		.id = in->id,
		.revision = t->revision,
		.level = t->level,
		.state = ward_str_z(t->state),
		.first = in->first,
		.last = t->last};
	x->at[x->n++] = (struct ward_report_row){WARD_STR(""), is, t->row, t->time};
}

static enum ward_err add(struct rows *x, const struct api_kept *k)
{
	struct ward_record *is = &x->is[x->n];
	enum ward_err err = WARD_OK;

	*is = (struct ward_record){.kind = WARD_RECORD_OTHER};
	if (k->kind <= WARD_ROW_IMPACT)
		err = ward_record_read(x->r->a->reader, k->json, &x->r->a->scratch, is);
	if (err)
		return WARD_ERR_NOMEM; /* it was read before */
	x->at[x->n++] = (struct ward_report_row){k->json, is, k->row, k->time};
	return WARD_OK;
}

/* By rows; of one row once. */
static int by_row(const void *va, const void *vb)
{
	const struct ward_report_row *x = va, *y = vb;

	return x->row < y->row ? -1 : x->row > y->row;
}

static enum ward_err collect(struct rows *x, const struct api_incident *in)
{
	struct ward_api *a = x->r->a;
	const struct api_incident *into = api_is_zero(in->into) ? NULL : api_incident(a, in->into);
	size_t most = rows_of(a, in), kept = 0;
	enum ward_err err = WARD_OK;

	x->at = ward_arena_array(&a->scratch, most, sizeof(*x->at));
	x->is = ward_arena_array(&a->scratch, most, sizeof(*x->is));
	if (!x->at || !x->is)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < in->n_turn; i++)
		if (in->turn[i].row != in->last->row && in->turn[i].row != in->named->row)
			add_turn(x, in, &in->turn[i]);
	err = add(x, in->last);
	if (!err && in->named != in->last)
		err = add(x, in->named);
	if (!err && into)
		err = add(x, into->last);
	for (size_t i = 0; i < in->part.n && !err; i++)
		err = add(x, in->part.at[i]);
	for (size_t i = 0; i < a->photo.n && !err; i++)
		err = add(x, a->photo.at[i]);
	qsort(x->at, x->n, sizeof(*x->at), by_row);
	for (size_t i = 0; i < x->n; i++)
		if (!i || x->at[i].row != x->at[i - 1].row)
			x->at[kept++] = x->at[i];
	x->n = kept;
	return err;
}

/* No pseudonym of a person, as the hospital's own table has it. */
static enum ward_err share(struct ward_api *a, struct ward_report *report)
{
	const struct ward_share_ask own = {.recipient = WARD_STR("own")};
	struct ward_shared did = {.mem = a->o.mem};
	struct ward_diag diag;

	if (!a->o.sharing)
		return WARD_OK;
	ward_diag_init(&diag, a->o.mem);
	enum ward_err err = ward_share(a->o.sharing, &own, &report->x, a->o.mem, &diag, &did);

	ward_shared_fini(&did);
	ward_diag_fini(&diag);
	return err;
}

/* Decisions that its state (fuse/decide.c), this hospital and the rights of who asks allow. */
static void put_may(struct api_request *r, const struct api_incident *in)
{
	bool open = in->phase == WARD_PHASE_OPEN, joined = !api_is_zero(in->into);
	bool suspected = strcmp(in->state, "suspected") == 0,
	     contained = strcmp(in->state, "contained") == 0,
	     closed = strcmp(in->state, "closed") == 0;
	const struct {
		enum ward_decision_kind kind;
		bool can;
	} all[] = {{WARD_DECISION_CONFIRM, open && suspected},
		{WARD_DECISION_CONTAIN, open && !contained}, {WARD_DECISION_RECOVER, open},
		{WARD_DECISION_CLOSE, open || (!closed && in->phase == WARD_PHASE_OVER)},
		{WARD_DECISION_DISMISS, open}, {WARD_DECISION_REOPEN, !open},
		{WARD_DECISION_NOTE, true}, {WARD_DECISION_ASSIGN, open},
		{WARD_DECISION_MERGE, open}, {WARD_DECISION_SPLIT, open && in->n_sign > 1},
		{WARD_DECISION_TUNE, open || in->phase == WARD_PHASE_DISMISSED},
		{WARD_DECISION_ACKNOWLEDGE, open && r->a->o.tells},
		{WARD_DECISION_ON_MY_WAY, open && r->a->o.tells}, {WARD_DECISION_START, open},
		{WARD_DECISION_PROPOSE, open && r->a->o.acts}};

	ward_json_key(&r->j, "may");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all) && !joined; i++)
		if (all[i].can && api_may(r, ward_decision_right(all[i].kind)))
			ward_json_z(&r->j, ward_decision_name(all[i].kind));
	ward_json_arr_end(&r->j);
}

/* The surest of those that are not named yet; weights only fall. */
static const struct ward_playbook *next_answer(
	const struct ward_api *a, const struct ward_about *about, bool *put)
{
	const struct ward_playbook *best = NULL;
	int64_t weight = 0;
	size_t at = 0;

	for (size_t i = 0; i < a->o.n_playbook; i++) {
		const struct ward_playbook *b = a->o.playbooks->item[i];
		int64_t is = put[i] || !b->sound
				     ? 0
				     : ward_about_answered(about, b->threat, b->n_threat);

		if (is <= weight)
			continue;
		weight = is;
		best = b;
		at = i;
	}
	if (best)
		put[at] = true;
	return best;
}

/* Playbooks that answer it, the surest first. */
static enum ward_err put_plans(struct api_request *r, const struct api_incident *in)
{
	struct ward_api *a = r->a;
	bool *put = ward_arena_array(&a->scratch, a->o.n_playbook + 1, sizeof(*put));
	const struct ward_playbook *b;
	struct ward_about about;
	enum ward_err err =
		put ? ward_about_read(&a->scratch, a->o.lim, a->o.mem, in->named->json, &about)
		    : WARD_ERR_NOMEM;

	ward_json_key(&r->j, "plans");
	ward_json_arr(&r->j);
	for (size_t n = 0; !err && n < PLANS_MAX && (b = next_answer(a, &about, put)); n++) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", b->id);
		ward_json_put_str(&r->j, "name", ward_lang_text(r->lang, b->name));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

/* {…} of the report, without its end, then what is more. */
static enum ward_err put_all(
	struct api_request *r, struct api_incident *in, const struct ward_report *report)
{
	enum ward_err err = api_line(r->a, in, r->at);

	ward_report_json(report, r->lang, r->w);
	if (err || ward_wr_bad(r->w))
		return WARD_ERR_NOMEM;
	WARD_ASSERT(ward_str_ends(ward_wr_text(r->w), WARD_STR("}\n")));
	r->w->len -= strlen("}\n");
	ward_wr_z(r->w, ",\"line\":");
	ward_wr_str(r->w, in->line[r->at]);
	ward_wr_ch(r->w, ',');
	put_may(r, in);
	api_put_undo(r, in);
	err = put_plans(r, in);
	ward_wr_ch(r->w, '}');
	return err;
}

enum ward_err api_gather(
	struct api_request *r, const struct api_incident *in, struct ward_report *ret)
{
	struct ward_api *a = r->a;
	struct rows x = {.r = r};
	enum ward_err err = collect(&x, in);
	const struct ward_report_ask ask = {.model = a->o.model,
		.lim = a->o.lim,
		.row = x.at,
		.n_row = x.n,
		.id = in->id,
		.at = a->time,
		.exercise = a->o.exercise};

	if (!err)
		err = ward_report_gather(&ask, &a->scratch, ret);
	return err ? err : share(a, ret);
}

void api_report(struct api_request *r)
{
	struct api_incident *in = api_asked(r);
	struct ward_report report;

	if (!in)
		return;
	enum ward_err err = api_gather(r, in, &report);

	if (!err)
		err = put_all(r, in, &report);
	if (err)
		r->w->bad = true; /* there is not enough memory, which is said */
}
