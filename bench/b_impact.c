/* Propagation of the worst that one kind of threat can do, over hospitals of three sizes and the
 * pilot's: it strikes the first thing of one class in every building at once. Against the least
 * that any answer has to do: one breadth-first walk over the same relations from the same places.
 */
#include "bench.h"
#include "events.h"
#include "files.h"
#include "hospital.h"

#include "impact/impact.h"

#include <stdlib.h>

enum { SEEDS_MAX = 256 };

/* Threats and classes come from the same content: their numbers hold for all models here. */
struct blow {
	uint32_t class, threat;
};

struct load {
	const struct ward_model *m;
	struct ward_engine *e;
	struct ward_seed_threat seed[SEEDS_MAX];
	size_t n_seed;
	uint32_t *queue, *seen; /* [nodes] */
	uint32_t round;
	size_t n_impact, n_walked;
};

static void run(void *ctx)
{
	struct load *l = ctx;
	struct ward_impacts all;

	if (ward_engine_run(l->e, WARD_IMPACT_FULL, l->seed, l->n_seed, &all) != WARD_OK)
		bench_die("the engine");
	l->n_impact = all.n;
}

static size_t visit(struct load *l, const struct ward_rel *rel, size_t n_rel, size_t n)
{
	for (size_t i = 0; i < n_rel; i++) {
		if (l->seen[rel[i].node] == l->round)
			continue;
		l->seen[rel[i].node] = l->round;
		l->queue[n++] = rel[i].node;
	}
	return n;
}

/* Along relations and against them, as the rules may ask. */
static void walk(void *ctx)
{
	struct load *l = ctx;
	size_t n = 0;

	l->round++;
	for (size_t i = 0; i < l->n_seed; i++) {
		l->seen[l->seed[i].asset] = l->round;
		l->queue[n++] = l->seed[i].asset;
	}
	for (size_t at = 0; at < n; at++) {
		size_t n_rel;
		const struct ward_rel *rel = ward_model_out(l->m, l->queue[at], &n_rel);

		n = visit(l, rel, n_rel, n);
		rel = ward_model_in(l->m, l->queue[at], &n_rel);
		n = visit(l, rel, n_rel, n);
	}
	l->n_walked = n;
}

/* The first thing of the class in each building, or outside of all. */
static void strike(struct load *l, struct blow b)
{
	uint32_t last = WARD_NONE - 1; /* no building */

	l->n_seed = 0;
	for (uint32_t i = 0; i < ward_model_n(l->m) && l->n_seed < SEEDS_MAX; i++) {
		uint32_t building;

		if (ward_model_node(l->m, i)->class != b.class)
			continue;
		building = ward_model_up(l->m, i, WARD_NODE_BUILDING);
		if (building == last)
			continue;
		last = building;
		l->seed[l->n_seed++] = (struct ward_seed_threat){
			.asset = i, .threat = b.threat, .lo_micro = 1000000, .hi_micro = 1000000};
	}
}

/* The blow that reaches most states. */
static struct blow worst(struct load *l)
{
	struct blow b, best = {0, 0};
	size_t most = 0;

	for (b.class = 0; b.class < ward_ontology_n(ward_model_ontology(l->m)); b.class ++)
		for (b.threat = 0; b.threat < ward_threats_n(ward_model_threats(l->m));
			b.threat++) {
			strike(l, b);
			if (!l->n_seed)
				break;
			run(l);
			if (l->n_impact <= most)
				continue;
			most = l->n_impact;
			best = b;
		}
	return best;
}

static size_t count(const struct ward_model *m, size_t *ret_asset)
{
	size_t n_relation = 0, n;

	*ret_asset = 0;
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		*ret_asset += ward_model_node(m, i)->kind == WARD_NODE_ASSET;
		(void)ward_model_out(m, i, &n);
		n_relation += n;
	}
	return n_relation;
}

static void note(const char *name, const struct load *l)
{
	const struct ward_node *node = ward_model_node(l->m, l->seed[0].asset);
	struct ward_str code = ward_threats_at(ward_model_threats(l->m), l->seed[0].threat)->code;
	size_t n_asset, n_relation = count(l->m, &n_asset);

	bench_note(name,
		"%zu assets, %u nodes, %zu relations; %.*s on %.*s and %zu more: %zu states "
		"reached; the walk visits %zu nodes",
		n_asset, ward_model_n(l->m), n_relation, WARD_STR_ARG(code), WARD_STR_ARG(node->id),
		l->n_seed - 1, l->n_impact, l->n_walked);
}

/* Takes m. Looks for the worst blow when none is given; gives what it measured with. */
static struct blow measure(
	const char *name, struct ward_model *m, size_t rounds, const struct blow *given)
{
	struct bench_path dir = bench_source("content/propagation");
	struct ward_rules *rules = NULL;
	struct load l = {.m = m};
	struct ward_limits lim;
	struct ward_diag diag;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	l.queue = calloc(ward_model_n(m), sizeof(*l.queue));
	l.seen = calloc(ward_model_n(m), sizeof(*l.seen));
	if (!l.queue || !l.seen ||
		ward_rules_load(dir.s, m, &lim, ward_mem_heap(), &diag, &rules) != WARD_OK ||
		ward_engine_new(m, rules, &lim, ward_mem_heap(), &l.e) != WARD_OK)
		bench_die("%s can't be loaded", dir.s);
	struct blow b = given ? *given : worst(&l);

	strike(&l, b);
	bench_pair(&(struct bench){name, "run", 1, rounds, BENCH_CPU},
		(struct bench_side){"propagation", run, &l, NULL},
		(struct bench_side){"breadth-first walk", walk, &l, NULL});
	note(name, &l);
	free(l.queue);
	free(l.seen);
	ward_engine_free(l.e);
	ward_rules_free(rules);
	ward_diag_fini(&diag);
	ward_model_free(m);
	return b;
}

int main(void)
{
	struct blow b;

	(void)measure("impact/turin", bench_pilot(), 301, NULL);
	b = measure("impact/500 assets", bench_hospital(500, 1), 301, NULL);
	(void)measure("impact/5,000 assets", bench_hospital(5000, 1), 101, &b);
	(void)measure("impact/50,000 assets", bench_hospital(50000, 1), 21, &b);
	bench_published("impact/500 assets, published", "run", 1e9,
		"SAFECARE's impact propagation model, below 1 s for propagation and score at 500 "
		"assets, on hardware that the article does not state (IEEE Access 2022, "
		"10.1109/ACCESS.2022.3171252, section V-D)");
	return 0;
}
