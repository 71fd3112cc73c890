#include "cli/simulated.h"

#include "range/range.h"
#include "recover/recover.h"

enum { RUNS = 31, HOURS = 24, ARENA_MAX = 64 << 20 };

/* What the steps do, in order. */
static struct ward_range_act *acts_of(
	const struct ward_scenario *s, struct ward_arena *a, size_t *ret_n)
{
	struct ward_range_act *act;
	size_t n = 0;

	for (size_t i = 0; i < s->n_step; i++)
		n += s->step[i].truth ? s->step[i].truth->n_does : 0;
	act = ward_arena_array(a, n, sizeof(*act));
	n = 0;
	for (size_t i = 0; act && i < s->n_step; i++)
		for (size_t k = 0; s->step[i].truth && k < s->step[i].truth->n_does; k++) {
			act[n] = s->step[i].truth->does[k];
			act[n++].at += s->step[i].real;
		}
	*ret_n = n;
	return act;
}

/* The same scenario draws the same spread, wherever it is scored. */
static uint64_t seed_of(const struct ward_scenario *s)
{
	return ward_siphash((struct ward_seed){.k0 = 0, .k1 = 0}, s->id.p, s->id.len);
}

/* Why, by nodes; what the model does not know is left out. */
static enum ward_err take_causes(
	struct ward_scenario *s, const struct ward_range_loss *loss, struct ward_truth_care *c)
{
	struct ward_truth_cause *cause = ward_arena_array(&s->arena, loss->n_cause, sizeof(*cause));

	if (!cause)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < loss->n_cause; i++) {
		uint32_t node = ward_model_find(s->model, loss->cause[i].id);

		if (node != WARD_NONE)
			cause[c->n_cause++] = (struct ward_truth_cause){node, loss->cause[i].why};
	}
	c->cause = cause;
	return WARD_OK;
}

static enum ward_err take(struct ward_scenario *s, const struct ward_range_loss *loss, size_t n)
{
	struct ward_expect *e = &s->expect;
	uint32_t outage = ward_threats_find(ward_model_threats(s->model), WARD_STR("outage"));

	e->care = ward_arena_array(&s->arena, n, sizeof(*e->care));
	if (!e->care)
		return WARD_ERR_NOMEM;
	e->care_until = (ward_ns)HOURS * 3600 * WARD_NS_PER_S;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++) {
		if (loss[i].hit * 2 < RUNS)
			continue;
		e->care[e->n_care] = (struct ward_truth_care){.threat = outage,
			.node = ward_model_find(s->model, loss[i].service),
			.at = loss[i].at,
			.lasts = loss[i].lost,
			.early = loss[i].early,
			.late = loss[i].late};
		err = take_causes(s, &loss[i], &e->care[e->n_care++]);
	}
	return err;
}

/* The first step that does something to it. */
static void say_bad(const struct ward_scenario *s, struct ward_str bad, struct ward_diag *diag)
{
	uint32_t line = 0;

	for (size_t i = 0; i < s->n_step && !line; i++)
		for (size_t k = 0; s->step[i].truth && k < s->step[i].truth->n_does; k++)
			if (ward_str_eq(s->step[i].truth->does[k].on, bad))
				line = s->step[i].truth->line;
	ward_diag_addf(diag, WARD_DIAG_ERROR, s->file, line,
		WARD_TEXT(
			"what a step does to '%.*s' is nothing that the physics know\nname another "
			"thing under `does`, or do something else to it"),
		WARD_STR_ARG(bad));
}

static ward_ns all_lost(const struct ward_range_loss *loss, size_t n)
{
	ward_ns lost = 0;

	for (size_t i = 0; i < n; i++)
		lost += loss[i].lost;
	return lost;
}

enum ward_err ward_cli_physics_open(struct ward_cli_physics *p, struct ward_scenario *s,
	const char *hospital, const struct ward_limits *lim, struct ward_diag *diag)
{
	struct ward_range_loss *loss;
	struct ward_str bad;
	size_t n;

	*p = (struct ward_cli_physics){.r = NULL};
	ward_arena_init(&p->arena, ward_mem_heap(), ARENA_MAX);
	if (!s->expect.reckon_care)
		return WARD_OK;
	p->in = (struct ward_range_in){
		.runs = RUNS, .until = HOURS * 3600 * WARD_NS_PER_S, .seed = seed_of(s)};
	p->in.act = acts_of(s, &p->arena, &p->in.n_act);
	enum ward_err err = p->in.act ? ward_range_load(hospital, lim, ward_mem_heap(), diag, &p->r)
				      : WARD_ERR_NOMEM;

	if (!err)
		err = ward_range_run(p->r, &p->in, &p->arena, &loss, &n, &bad);
	if (err == WARD_ERR_NOT_FOUND) {
		say_bad(s, bad, diag);
		return WARD_ERR_CONFIG;
	}
	if (err)
		return err;
	p->nobody = all_lost(loss, n);
	return take(s, loss, n);
}

void ward_cli_physics_close(struct ward_cli_physics *p)
{
	ward_range_free(p->r);
	p->r = NULL;
	if (p->arena.mem)
		ward_arena_fini(&p->arena);
}

/* With these works, of which those count that are on something physical; times are after the
 * beginning of the scenario. Without any it is as if nobody acts, which is known. */
static enum ward_err away(
	struct ward_cli_physics *p, const struct ward_range_work *work, size_t n, ward_ns *ret)
{
	struct ward_range_work *real = ward_arena_array(&p->arena, n, sizeof(*real));
	struct ward_range_in in = p->in;
	struct ward_range_loss *loss;
	struct ward_arena a;
	struct ward_str bad;
	size_t n_loss = 0;

	if (!real)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (ward_range_can(p->r, work[i].on, WARD_RANGE_STARTS))
			real[in.n_work++] = work[i];
	*ret = p->nobody;
	if (!in.n_work)
		return WARD_OK;
	in.work = real;
	ward_arena_init(&a, ward_mem_heap(), ARENA_MAX);
	enum ward_err err = ward_range_run(p->r, &in, &a, &loss, &n_loss, &bad);

	if (!err)
		*ret = all_lost(loss, n_loss);
	ward_arena_fini(&a);
	return err;
}

enum ward_err ward_cli_physics_away(struct ward_cli_physics *p, const struct ward_model *m,
	const struct ward_recover *plan, ward_ns start, ward_ns late, struct ward_cli_away *ret)
{
	struct ward_range_work *work = ward_arena_array(&p->arena, plan->n_job, sizeof(*work));

	if (!work)
		return WARD_ERR_NOMEM;
	ret->nobody = p->nobody;
	for (size_t i = 0; i < plan->n_job; i++)
		work[i] = (struct ward_range_work){
			ward_model_node(m, plan->job[i].node)->id, plan->job[i].end - start};
	enum ward_err err = away(p, work, plan->n_job, &ret->plan);

	for (size_t i = 0; i < plan->n_job; i++)
		work[i].done += late;
	if (!err)
		err = away(p, work, plan->n_job, &ret->late);
	for (size_t i = 0; i < plan->n_job; i++)
		work[i].done = plan->job[i].first - start;
	return err ? err : away(p, work, plan->n_job, &ret->first);
}
