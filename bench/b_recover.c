/* What to do now and the way back, on the pilot hospital: everything that `ward recover` and `ward
 * actions` do after loading, against one propagation of the same
 * incident, which both begin with. */
#include "bench.h"
#include "events.h"
#include "files.h"

#include "actions/actions.h"
#include "recover/recover.h"

#include <stdio.h>

enum { ROUNDS = 11, ALL = 1000000 };

struct load {
	struct ward_model *m;
	struct ward_rules *rules;
	struct ward_works *works;
	struct ward_action_set *set;
	struct ward_engine *e;
	struct ward_seed_threat seed;
	size_t n_job, n_item;
};

static void forecast(void *ctx)
{
	struct load *l = ctx;
	struct ward_impacts all;

	if (ward_engine_run(l->e, WARD_IMPACT_FULL, &l->seed, 1, &all) != WARD_OK)
		bench_die("the forecast");
	bench_keep(all.n);
}

static void recover(void *ctx)
{
	struct load *l = ctx;
	struct ward_recover_world w = {l->m, l->rules, l->works, l->e};
	struct ward_recover_ask ask = {.seed = &l->seed,
		.n_seed = 1,
		.at = l->seed.since,
		.now = l->seed.since,
		.stopped = WARD_NS_NEVER,
		.likely_micro = ALL / 2};
	struct ward_recover p;

	if (ward_recover_find(&w, &ask, ward_mem_heap(), &p) != WARD_OK)
		bench_die("the plan");
	l->n_job = p.n_job;
	ward_recover_fini(&p);
}

static void actions(void *ctx)
{
	struct load *l = ctx;
	struct ward_actions_world w = {l->m, l->rules, l->works, l->set, l->e};
	struct ward_actions_ask ask = {.seed = &l->seed,
		.n_seed = 1,
		.now = l->seed.since,
		.horizon = (ward_ns)8 * 3600 * WARD_NS_PER_S,
		.budget = UINT64_MAX};
	struct ward_actions p;

	if (ward_actions_find(&w, &ask, ward_mem_heap(), &p) != WARD_OK)
		bench_die("the actions");
	l->n_item = p.n_item;
	ward_actions_fini(&p);
}

static void incident(struct load *l, const char *name, const char *asset, const char *threat)
{
	char row[64];

	l->seed = (struct ward_seed_threat){.asset = ward_model_find(l->m, ward_str_z(asset)),
		.threat = ward_threats_find(ward_model_threats(l->m), ward_str_z(threat)),
		.since = (ward_ns)1773907200 * WARD_NS_PER_S, /* a Thursday morning */
		.lo_micro = ALL,
		.hi_micro = ALL};
	snprintf(row, sizeof(row), "recover/%s", name);
	bench_pair(&(struct bench){row, "plan", 1, ROUNDS, BENCH_CPU},
		(struct bench_side){"the order of works", recover, l, NULL},
		(struct bench_side){"one propagation", forecast, l, NULL});
	bench_note(row, "%zu works", l->n_job);
	snprintf(row, sizeof(row), "actions/%s", name);
	bench_pair(&(struct bench){row, "question", 1, ROUNDS, BENCH_CPU},
		(struct bench_side){"ranked actions", actions, l, NULL},
		(struct bench_side){"one propagation", forecast, l, NULL});
	bench_note(row, "%zu actions on things", l->n_item);
}

int main(void)
{
	struct bench_path rules = bench_source("content/propagation");
	struct bench_path works = bench_source("content/recovery");
	struct bench_path set = bench_source("content/actions");
	const struct ward_mem *mem = ward_mem_heap();
	struct load l = {.m = bench_pilot()};
	struct ward_limits lim;
	struct ward_diag d;

	ward_limits_default(&lim);
	ward_diag_init(&d, mem);
	if (ward_rules_load(rules.s, l.m, &lim, mem, &d, &l.rules) != WARD_OK ||
		ward_works_load(works.s, NULL, l.m, &lim, mem, &d, &l.works) != WARD_OK ||
		ward_actions_load(set.s, NULL, l.m, l.works, &lim, &d, &l.set) != WARD_OK ||
		ward_engine_new(l.m, l.rules, &lim, mem, &l.e) != WARD_OK)
		bench_die("the content");
	incident(&l, "cooling", "ahu-05", "bms.command");
	incident(&l, "ransomware", "esx-1", "malware.ransomware");
	incident(&l, "power", "switchgear-emergency", "outage");
	ward_engine_free(l.e);
	ward_actions_free(l.set);
	ward_works_free(l.works);
	ward_rules_free(l.rules);
	ward_model_free(l.m);
	ward_diag_fini(&d);
	return 0;
}
