#include "cli/saved.h"

#include "cli/seeds.h"
#include "recover/recover.h"

#include <stdio.h>

enum { LIKELY_MICRO = 500000, PATH_BYTES = 4096 };

struct plans {
	const struct ward_cli_saved *x;
	struct ward_recover_world world;
	struct ward_seed_threat seed[WARD_CLI_SEEDS];
	size_t n_seed;
};

/* Nobody works before `now`. */
static enum ward_err plan(struct plans *p, ward_ns now, struct ward_recover *ret)
{
	const struct ward_recover_ask ask = {.seed = p->seed,
		.n_seed = p->n_seed,
		.at = p->x->act,
		.now = now > p->x->act ? now : p->x->act,
		.stopped = WARD_NS_NEVER,
		.likely_micro = LIKELY_MICRO};

	return ward_recover_find(&p->world, &ask, ward_mem_heap(), ret);
}

static ward_ns first_down(const struct ward_recover *r)
{
	ward_ns down = WARD_NS_NEVER;

	for (size_t i = 0; i < r->n_service; i++)
		if (r->service[i].down < r->service[i].back && r->service[i].down < down)
			down = r->service[i].down;
	return down;
}

/* The plan on the hospital's physics. */
static enum ward_err reckon(struct plans *p, const struct ward_recover *plan, ward_ns late,
	struct ward_debrief_saved *ret)
{
	struct ward_cli_away away;

	if (!p->x->physics->r)
		return WARD_OK;
	enum ward_err err = ward_cli_physics_away(
		p->x->physics, p->x->rerun->model, plan, p->x->start, late, &away);

	if (err)
		return err;
	ret->reckoned = true;
	ret->nobody = away.nobody;
	ret->plan = away.plan;
	ret->late = away.late;
	ret->first = away.first;
	return WARD_OK;
}

/* Works that begin when somebody decided to contain it, on the forecast and on the physics. */
static enum ward_err contain(struct plans *p, struct ward_debrief_saved *ret)
{
	struct ward_recover then = {.n_job = 0};
	struct ward_cli_away away = {.nobody = 0};

	if (p->x->contained == WARD_NS_NEVER)
		return WARD_OK;
	enum ward_err err = plan(p, p->x->contained, &then);

	if (!err && p->x->physics->r)
		err = ward_cli_physics_away(
			p->x->physics, p->x->rerun->model, &then, p->x->start, 0, &away);
	if (!err) {
		ret->decided = true;
		ret->contained = p->x->contained - p->x->act;
		ret->contained_lost = then.plan.lost;
		ret->contained_away = away.plan;
	}
	ward_recover_fini(&then);
	return err;
}

/* Both plans; without a service that falls there is nothing to save. */
static enum ward_err compare(struct plans *p, struct ward_debrief_saved *ret)
{
	struct ward_recover with = {.n_job = 0}, without = {.n_job = 0};
	enum ward_err err = plan(p, p->x->told, &with);
	ward_ns unaided = p->x->hit;

	if (!err && unaided == WARD_NS_NEVER)
		unaided = first_down(&with);
	if (!err && unaided != WARD_NS_NEVER && unaided < p->x->told)
		unaided = p->x->told;
	if (!err && unaided != WARD_NS_NEVER)
		err = plan(p, unaided, &without);
	if (!err && unaided != WARD_NS_NEVER)
		*ret = (struct ward_debrief_saved){.known = true,
			.told = p->x->told - p->x->act,
			.unaided = unaided - p->x->act,
			.lost = with.plan.lost,
			.alert = without.plan.lost - with.plan.lost,
			.order = with.naive.lost - with.plan.lost,
			.alert_micro = without.plan.care_micro - with.plan.care_micro,
			.order_micro = with.naive.care_micro - with.plan.care_micro};
	if (!err && ret->known)
		err = reckon(p, &with, unaided - p->x->told, ret);
	if (!err && ret->known)
		err = contain(p, ret);
	ward_recover_fini(&with);
	ward_recover_fini(&without);
	return err;
}

static enum ward_err load_works(
	const struct ward_cli_rerun *r, struct ward_diag *diag, struct ward_works **ret)
{
	char content[PATH_BYTES], own[PATH_BYTES];

	if (snprintf(content, sizeof(content), "%s/recovery", r->content) >= (int)sizeof(content) ||
		snprintf(own, sizeof(own), "%s/recovery", r->dir) >= (int)sizeof(own))
		return WARD_ERR_LIMIT;
	return ward_works_load(content, own, r->model, &r->lim, ward_mem_heap(), diag, ret);
}

enum ward_err ward_cli_saved(
	const struct ward_cli_saved *x, struct ward_diag *diag, struct ward_debrief_saved *ret)
{
	struct plans p = {.x = x};
	struct ward_works *works = NULL;
	struct ward_engine *e = NULL;
	const struct ward_cli_rerun *r = x->rerun;
	enum ward_err err;

	*ret = (struct ward_debrief_saved){.known = false};
	if (!x->incident.len || x->told == WARD_NS_NEVER || x->act == WARD_NS_NEVER)
		return WARD_OK;
	err = load_works(r, diag, &works);
	if (!err)
		err = ward_engine_new(r->model, r->propagation, &r->lim, ward_mem_heap(), &e);
	if (!err)
		err = ward_cli_seeds(r, x->incident, diag, p.seed, &p.n_seed);
	p.world = (struct ward_recover_world){r->model, r->propagation, works, e};
	if (!err && p.n_seed)
		err = compare(&p, ret);
	ward_engine_free(e);
	ward_works_free(works);
	return err == WARD_ERR_LIMIT ? WARD_OK : err; /* more works than can be planned */
}
