/* What the record shows of duties and norms, and the board's month (proof/proof.h): the numbers are
 * folded as rows come, so that an answer counts months and not rows. */
#include "api/priv.h"

#include "proof/board.h"

enum { DOCUMENT = 4 << 20 };

/* It goes through the whole hospital: a part of it would be another number. False: refused. */
static bool begin(struct api_request *r, struct ward_proof_ask *ask, struct ward_proof_facts *facts)
{
	const struct ward_api_cell *c = &r->a->o.cell;

	if (!r->scope.everywhere) {
		api_refuse(r, 403,
			WARD_TEXT(
				"this goes through the whole hospital, and your account sees some "
				"places of it"));
		return false;
	}
	if (!c->norms) {
		api_refuse(r, 404,
			WARD_TEXT("the norms can't be read here: see content/evidence, and "
				  "ward.log"));
		return false;
	}
	*ask = (struct ward_proof_ask){.proof = r->a->proof,
		.setup = {.processing = c->processing,
			.people_known = c->n_person > 0,
			.n_person = c->n_person,
			.n_factor = c->n_factor},
		.now = r->ask->now,
		.month = ward_month_of(r->ask->now)};
	if (r->param[API_MONTH].p && !ward_month_parse(r->param[API_MONTH], &ask->month)) {
		api_refuse(r, 400, WARD_TEXT("'month' is written as 2026-11"));
		return false;
	}
	if (ward_proof_gather(ask, facts) == WARD_OK)
		return true;
	r->w->bad = true; /* there is not enough memory, which is said */
	return false;
}

static struct ward_proof_tell tell_of(const struct api_request *r, const struct ward_proof_ask *ask,
	const struct ward_proof_facts *facts)
{
	return (struct ward_proof_tell){.proof = r->a->proof,
		.facts = facts,
		.norms = r->a->o.cell.norms,
		.model = r->a->o.model,
		.lang = r->lang,
		.at = r->ask->now,
		.month = ask->month,
		.exercise = r->a->o.exercise};
}

/* As a member "markdown", for who keeps it. */
static void put_markdown(struct api_request *r, struct ward_doc *d)
{
	struct ward_wr w = ward_wr_grow(r->a->o.mem, DOCUMENT);

	ward_doc_markdown(d, &w);
	r->w->bad |= d->err || ward_wr_bad(&w);
	ward_json_put_str(&r->j, "markdown", ward_wr_text(&w));
	ward_wr_fini(&w);
}

void api_proof(struct api_request *r)
{
	struct ward_proof_facts facts;
	struct ward_proof_ask ask;
	struct ward_doc d;

	if (!begin(r, &ask, &facts))
		return;
	struct ward_proof_tell t = tell_of(r, &ask, &facts);

	t.only = r->param[API_NORM].p ? ward_norm_of(t.norms, r->param[API_NORM]) : NULL;
	if (r->param[API_NORM].p && !t.only) {
		API_REFUSE(r, 400, WARD_TEXT("no norm is called '{name}' here"),
			{"name", r->param[API_NORM]});
		return;
	}
	ward_json_obj(&r->j);
	ward_evidence_json(&t, &r->j);
	ward_json_put_bool(&r->j, "may", api_may(r, WARD_RIGHT_VOUCH));
	api_ledger_put(r);
	ward_doc_init(&d, ward_lang_code(r->lang));
	ward_evidence_tell(&t, &d);
	put_markdown(r, &d);
	ward_doc_fini(&d);
	ward_json_obj_end(&r->j);
}

/* What `reckon` says, as a tree for as long as the request; false: the request is answered. */
static bool reckoned(
	struct api_request *r, struct ward_reckon_ask *ask, const struct ward_conf **ret)
{
	struct ward_str text;
	enum ward_err err = api_reckon_ask(r, ask, &text);

	*ret = NULL;
	if (err == WARD_ERR_AGAIN)
		return false;
	if (!err)
		*ret = api_row_of(r, text); /* without it less is told */
	return true;
}

void api_board(struct api_request *r)
{
	const struct ward_conf *risks, *paths;
	struct ward_reckon_ask risk = {.what = WARD_RECKON_RISKS, .limit = WARD_BOARD_RISKS},
			       path = {.what = WARD_RECKON_PATHS, .budget = WARD_RECKON_WHATEVER};
	struct ward_proof_facts facts;
	struct ward_proof_ask ask;
	struct ward_doc d;

	if (!begin(r, &ask, &facts) || !reckoned(r, &risk, &risks) || !reckoned(r, &path, &paths))
		return;
	struct ward_board b = {
		.t = tell_of(r, &ask, &facts), .processing = r->a->o.cell.processing};

	ward_board_lend(&b, risks, paths);
	ward_json_obj(&r->j);
	ward_board_json(&b, &r->j);
	ward_doc_init(&d, ward_lang_code(r->lang));
	ward_board_tell(&b, &d);
	put_markdown(r, &d);
	ward_doc_fini(&d);
	ward_json_obj_end(&r->j);
}

enum ward_err ward_api_vouch_check(
	struct ward_api *a, const struct ward_decision *d, struct ward_wr *ret_why)
{
	if (a->o.cell.norms && ward_norm_has(a->o.cell.norms, d->subject))
		return WARD_OK;
	ward_wr_z(ret_why,
		WARD_TEXT("name the norm and its clause, as 'nis2/g': docs/evidence.md has them"));
	return WARD_ERR_CONFIG;
}
