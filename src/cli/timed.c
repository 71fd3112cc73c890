#include "cli/timed.h"

#include "cli/seeds.h"

#include <stdlib.h>

enum { RUNS = 11 };

static enum ward_err forecast(struct ward_engine *e, const struct ward_seed_threat *seed, size_t n)
{
	enum { NODES = 1 << 12, WORLDS = 2048, AMONG = 4096 }; /* as src/brain/impacts.c has them */
	struct ward_impacts all;
	enum ward_err err = ward_engine_run(e, WARD_IMPACT_STANDS, seed, n, &all);

	if (err)
		return err;
	size_t among = all.n > AMONG ? all.n : AMONG;
	const struct ward_narrow how = {.nodes = NODES,
		.worlds = (uint32_t)((size_t)(WORLDS - 1) * AMONG / among + 1),
		.seed = 1};

	err = ward_engine_narrow_services(e, &how, &all);
	return err ? err : ward_engine_run(e, WARD_IMPACT_FULL, seed, n, &all);
}

static int by_length(const void *a, const void *b)
{
	ward_ns x = *(const ward_ns *)a, y = *(const ward_ns *)b;

	return (x > y) - (x < y);
}

enum ward_err ward_cli_timed(const struct ward_cli_rerun *r, struct ward_str incident,
	struct ward_diag *diag, struct ward_debrief_timed *ret)
{
	const struct ward_clock *clock = ward_clock_system();
	struct ward_seed_threat seed[WARD_CLI_SEEDS];
	struct ward_engine *e = NULL;
	ward_ns took[RUNS];
	size_t n = 0;

	*ret = (struct ward_debrief_timed){.runs = 0};
	if (!incident.len)
		return WARD_OK;
	enum ward_err err = ward_cli_seeds(r, incident, diag, seed, &n);

	if (!err && n)
		err = ward_engine_new(r->model, r->propagation, &r->lim, ward_mem_heap(), &e);
	if (!err && n)
		err = forecast(e, seed, n); /* its plans are made */
	for (size_t i = 0; !err && n && i < RUNS; i++) {
		ward_ns begun = ward_clock_mono(clock);

		err = forecast(e, seed, n);
		took[i] = ward_clock_mono(clock) - begun;
	}
	if (!err && n) {
		qsort(took, RUNS, sizeof(*took), by_length);
		*ret = (struct ward_debrief_timed){.took = took[RUNS / 2], .runs = RUNS};
		for (uint32_t i = 0; i < ward_model_n(r->model); i++)
			ret->assets += ward_model_node(r->model, i)->kind == WARD_NODE_ASSET;
	}
	ward_engine_free(e);
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}
