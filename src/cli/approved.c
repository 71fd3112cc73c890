#include "cli/approved.h"

#include "cli/seeds.h"
#include "evacuate/plan.h"
#include "respond/act/effect.h"
#include "respond/act/fire.h"

#include <stdio.h>

enum { ARENA_BYTES = 64 << 20, PATH_BYTES = 4096, EFFECT_BYTES = 1 << 20 };

struct proposal {
	uint32_t node;
	const struct ward_ability *by;
	ward_ns at;
	bool clinical;
};
struct ward_cli_approved {
	const struct ward_cli_rerun *rerun; /* loaded */
	const char *hospital;
	const struct ward_policy *policy;
	struct ward_arena arena, scratch;
	struct ward_record_reader *reader;
	struct ward_works *works;
	struct ward_evac *evac;
	struct ward_escape escape;
	struct ward_actuators table;
	struct ward_act_forecast forecast;
	struct ward_act_fires fires;
	ward_ns burns; /* since when; NEVER: it does not */
	struct ward_policy_known known;
	struct ward_str by[WARD_POLICY_ROLES]; /* the recipient by which each was told first */
	struct proposal proposal[WARD_CLI_PROPOSALS];
	size_t n;
};

static enum ward_err read_table(struct ward_cli_approved *x, struct ward_diag *diag)
{
	const struct ward_cli_rerun *r = x->rerun;
	const struct ward_actuators_in in = {r->model, &x->escape, &r->lim, ward_mem_heap(), diag};
	enum ward_err err = ward_evac_load(
		r->content, x->hospital, r->model, &r->lim, ward_mem_heap(), diag, &x->evac);

	if (!err)
		err = ward_evac_escape(x->evac, &x->escape);
	if (!err || err == WARD_ERR_NOT_FOUND) /* no plan: no door is locked */
		err = ward_actuators_load(&in, x->hospital, &x->table);
	return err;
}

static enum ward_err read_works(struct ward_cli_approved *x, struct ward_diag *diag)
{
	const struct ward_cli_rerun *r = x->rerun;
	char content[PATH_BYTES], own[PATH_BYTES];

	if (snprintf(content, sizeof(content), "%s/recovery", r->content) >= (int)sizeof(content) ||
		snprintf(own, sizeof(own), "%s/recovery", x->hospital) >= (int)sizeof(own))
		return WARD_ERR_LIMIT;
	return ward_works_load(content, own, r->model, &r->lim, ward_mem_heap(), diag, &x->works);
}

static enum ward_err load(struct ward_cli_approved *x, struct ward_diag *diag)
{
	const struct ward_cli_rerun *r = x->rerun;
	struct ward_act_forecast *f = &x->forecast;
	enum ward_err err = read_table(x, diag);

	if (!err)
		err = read_works(x, diag);
	if (!err)
		err = ward_engine_new(r->model, r->propagation, &r->lim, ward_mem_heap(), &f->e);
	if (!err)
		err = ward_care_find(r->model, &x->arena, &f->care);
	if (!err)
		err = ward_record_reader_new(ward_mem_heap(), &r->lim, &x->reader);
	for (size_t i = 0; !err && i < x->policy->n; i++) {
		x->known.told[i] = WARD_NS_NEVER;
		x->known.answers[i] = ward_care_answers(x->works, x->policy->role[i].role);
	}
	return err;
}

enum ward_err ward_cli_approved_new(const struct ward_cli_rerun *rerun, const char *hospital,
	const struct ward_policy *policy, struct ward_diag *diag, struct ward_cli_approved **ret)
{
	*ret = NULL;
	if (!ward_policy_approves(policy))
		return WARD_OK;
	struct ward_cli_approved *x = ward_mem_alloc(ward_mem_heap(), sizeof(*x));

	if (!x)
		return WARD_ERR_NOMEM;
	*x = (struct ward_cli_approved){.rerun = rerun,
		.hospital = hospital,
		.policy = policy,
		.burns = WARD_NS_NEVER,
		.forecast = {.m = rerun->model,
			.outage = ward_threats_find(
				ward_model_threats(rerun->model), WARD_STR("outage")),
			.to = ward_wr_grow(ward_mem_heap(), EFFECT_BYTES)}};
	ward_arena_init(&x->arena, ward_mem_heap(), ARENA_BYTES);
	ward_arena_init(&x->scratch, ward_mem_heap(), ARENA_BYTES);
	enum ward_err err = load(x, diag);

	if (err)
		ward_cli_approved_free(x);
	else
		*ret = x;
	return err;
}

void ward_cli_approved_free(struct ward_cli_approved *x)
{
	if (!x)
		return;
	ward_record_reader_free(x->reader);
	ward_engine_free(x->forecast.e);
	ward_wr_fini(&x->forecast.to);
	ward_actuators_free(&x->table);
	ward_works_free(x->works);
	ward_evac_free(x->evac);
	ward_arena_fini(&x->scratch);
	ward_arena_fini(&x->arena);
	ward_mem_free(ward_mem_heap(), x, sizeof(*x));
}

/* Of what an exercise plays, where there is any; else of what is real, of which nothing is asked.
 */
static const struct ward_ability *ability(
	const struct ward_cli_approved *x, enum ward_does does, uint32_t node)
{
	size_t at = ward_ability_narrowest(&x->table, does, node, true);

	if (at == SIZE_MAX)
		at = ward_ability_narrowest(&x->table, does, node, false);
	return at == SIZE_MAX ? NULL : &x->table.ability[at];
}

static bool is_proposed(const struct ward_cli_approved *x, enum ward_does does, uint32_t node)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->proposal[i].node == node && x->proposal[i].by->does == does)
			return true;
	return false;
}

static enum ward_err propose(
	struct ward_cli_approved *x, enum ward_does does, uint32_t node, ward_ns now)
{
	const struct ward_ability *by = ability(x, does, node);
	struct ward_act_effect effect = {.clinical = false};

	if (!by || is_proposed(x, does, node) ||
		(does == WARD_DOES_LOCK && x->burns != WARD_NS_NEVER))
		return WARD_OK;
	enum ward_err err = ward_act_forecast(
		&x->forecast, by, (struct ward_act_thing){.node = node}, now, &effect);

	if (err == WARD_ERR_LIMIT || err == WARD_ERR_NOT_FOUND)
		return WARD_OK; /* what can't be forecast is not proposed */
	if (!err && x->n == WARD_CLI_PROPOSALS)
		return WARD_ERR_LIMIT;
	if (!err)
		x->proposal[x->n++] = (struct proposal){node, by, now, effect.clinical};
	return err;
}

enum ward_err ward_cli_approved_row(struct ward_cli_approved *x, struct ward_str json, ward_ns now)
{
	struct ward_seed_threat seed[WARD_CLI_SEEDS];
	struct ward_diag diag;
	size_t n = 0;

	if (!x)
		return WARD_OK;
	ward_arena_reset(&x->scratch);
	(void)ward_act_fires_take(&x->fires, x->reader, &x->scratch, json); /* Ward's own row */
	if (x->burns == WARD_NS_NEVER && ward_act_burns(&x->fires))
		x->burns = now;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_cli_seeds(x->rerun, json, &diag, seed, &n);

	ward_diag_fini(&diag);
	for (size_t i = 0; !err && i < n; i++) {
		err = propose(x, WARD_DOES_ISOLATE, seed[i].asset, now);
		if (!err)
			err = propose(x, WARD_DOES_LOCK, seed[i].asset, now);
	}
	return err;
}

void ward_cli_approved_told(struct ward_cli_approved *x, const uint32_t *role, size_t n_role,
	struct ward_str name, ward_ns now)
{
	for (size_t i = 0; x && i < x->policy->n; i++)
		for (size_t k = 0; k < n_role; k++)
			if (role[k] == x->policy->role[i].role && now < x->known.told[i]) {
				x->known.told[i] = now;
				x->by[i] = name;
			}
}

size_t ward_cli_approved_n(const struct ward_cli_approved *x)
{
	return x ? x->n : 0;
}

struct ward_cli_approval ward_cli_approved_at(const struct ward_cli_approved *x, size_t i)
{
	const struct proposal *p = &x->proposal[i];
	const struct ward_policy_proposal is = {
		p->at, p->by->role, p->by->n_role, p->by->two, p->clinical};
	struct ward_cli_approval a = {p->node, p->by->does == WARD_DOES_LOCK,
		ward_policy_decide(x->policy, &x->known, &is)};

	if (a.lock && !a.verdict.refused && a.verdict.at >= x->burns)
		a.verdict.at = WARD_NS_NEVER;
	return a;
}

struct ward_str ward_cli_approved_by(const struct ward_cli_approved *x, size_t role)
{
	return x->by[role];
}
