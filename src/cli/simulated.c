#include "cli/simulated.h"

#include "range/range.h"

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

static enum ward_err take(struct ward_scenario *s, const struct ward_range_loss *loss, size_t n)
{
	struct ward_expect *e = &s->expect;
	uint32_t outage = ward_threats_find(ward_model_threats(s->model), WARD_STR("outage"));

	e->care = ward_arena_array(&s->arena, n, sizeof(*e->care));
	if (!e->care)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (loss[i].hit * 2 >= RUNS)
			e->care[e->n_care++] = (struct ward_truth_care){.threat = outage,
				.node = ward_model_find(s->model, loss[i].service),
				.at = loss[i].at,
				.lasts = loss[i].lost};
	return WARD_OK;
}

enum ward_err ward_cli_simulated(struct ward_scenario *s, const char *hospital,
	const struct ward_limits *lim, struct ward_diag *diag)
{
	struct ward_range *r = NULL;
	struct ward_range_loss *loss;
	struct ward_arena a;
	struct ward_str bad;
	size_t n;

	if (!s->expect.reckon_care)
		return WARD_OK;
	ward_arena_init(&a, ward_mem_heap(), ARENA_MAX);
	struct ward_range_in in = {
		.runs = RUNS, .until = HOURS * 3600 * WARD_NS_PER_S, .seed = seed_of(s)};
	enum ward_err err = ward_range_load(hospital, lim, ward_mem_heap(), diag, &r);

	in.act = acts_of(s, &a, &in.n_act);
	if (!err && !in.act)
		err = WARD_ERR_NOMEM;
	if (!err)
		err = ward_range_run(r, &in, &a, &loss, &n, &bad);
	if (!err)
		err = take(s, loss, n);
	ward_range_free(r);
	ward_arena_fini(&a);
	return err;
}
