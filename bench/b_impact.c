/* Propagation of the worst that one kind of threat can do, over hospitals of three sizes and the
 * pilot's: it strikes the first thing of one class in every building at once. Against the least
 * that any answer has to do: one breadth-first walk over the same relations from the same places.
 */
#include "bench.h"
#include "events.h"
#include "files.h"
#include "hospital.h"
#include "sweeps.h"

#include "impact/impact.h"
#include "impact/known.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEDS_MAX = 256, INCIDENTS = 301, UPDATES = 1001, LARGE = 1000000 };

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

/* All that one hospital is measured with. */
struct house {
	struct ward_model *m;
	struct ward_rules *rules;
	struct load l;
	uint64_t random;
};

/* Takes m. */
static void house_open(struct house *h, struct ward_model *m)
{
	struct bench_path dir = bench_source("content/propagation");
	struct ward_limits lim;
	struct ward_diag diag;

	*h = (struct house){.m = m, .l = {.m = m}, .random = 1};
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_IMPACT_STATES] = ward_limit_info(WARD_LIMIT_IMPACT_STATES)->max;
	lim.v[WARD_LIMIT_IMPACT_EDGES] = ward_limit_info(WARD_LIMIT_IMPACT_EDGES)->max;
	ward_diag_init(&diag, ward_mem_heap());
	h->l.queue = calloc(ward_model_n(m), sizeof(*h->l.queue));
	h->l.seen = calloc(ward_model_n(m), sizeof(*h->l.seen));
	if (!h->l.queue || !h->l.seen ||
		ward_rules_load(dir.s, m, &lim, ward_mem_heap(), &diag, &h->rules) != WARD_OK ||
		ward_engine_new(m, h->rules, &lim, ward_mem_heap(), &h->l.e) != WARD_OK)
		bench_die("%s can't be loaded", dir.s);
	ward_diag_fini(&diag);
}

static void house_close(struct house *h)
{
	free(h->l.queue);
	free(h->l.seen);
	ward_engine_free(h->l.e);
	ward_rules_free(h->rules);
	ward_model_free(h->m);
}

/* Takes m. Looks for the worst blow when none is given; gives what it measured with. */
static struct blow measure(
	const char *name, struct ward_model *m, size_t rounds, const struct blow *given)
{
	struct house h;

	house_open(&h, m);
	struct blow b = given ? *given : worst(&h.l);

	strike(&h.l, b);
	bench_pair(&(struct bench){name, "run", 1, rounds, BENCH_CPU},
		(struct bench_side){"propagation", run, &h.l, NULL},
		(struct bench_side){"breadth-first walk", walk, &h.l, NULL});
	note(name, &h.l);
	house_close(&h);
	return b;
}

/* Against the plain sweeps, each of which is printed too. */
static void against_sweeps(struct house *h, const char *size, struct blow b, size_t rounds)
{
	static const struct {
		const char *name;
		void (*work)(void *ctx);
	} part[] = {{"supply", bench_sweep_supply}, {"earliest", bench_sweep_earliest},
		{"expected", bench_sweep_expected}, {"low", bench_sweep_low},
		{"high", bench_sweep_high}};
	const struct ward_impact_plan *p = h->l.e->plan[WARD_IMPACT_FULL];
	struct sweeps s;
	char name[96];

	strike(&h->l, b);
	run(&h->l); /* what is seen has its row then */
	bench_sweeps_init(&s, p, h->l.seed, h->l.n_seed);
	(void)snprintf(name, sizeof(name), "impact/%s assets, all", size);
	bench_pair(&(struct bench){name, "run", 1, rounds, BENCH_CPU},
		(struct bench_side){"propagation", run, &h->l, NULL},
		(struct bench_side){"its plain sweeps", bench_sweep_all, &s, NULL});
	bench_pair(&(struct bench){name, "run", 1, rounds, BENCH_CPU},
		(struct bench_side){"propagation", run, &h->l, NULL},
		(struct bench_side){"supply, earliest, low, high", bench_sweep_four, &s, NULL});
	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		(void)snprintf(name, sizeof(name), "impact/%s assets, plain sweep: %s", size,
			part[i].name);
		bench_alone(&(struct bench){name, "sweep", 1, rounds, BENCH_CPU},
			(struct bench_side){part[i].name, part[i].work, &s, NULL});
	}
	size_t n_asset, n_relation = count(h->m, &n_asset);

	walk(&h->l);
	note(name, &h->l);
	bench_note(name,
		"compiled: %zu states, %zu edges, %zu gates; bytes per relation: %zu compiled, %zu "
		"to work with after this run, %zu the result",
		p->n_state, p->n_edge, p->n_gate, ward_impact_plan_bytes(p) / n_relation,
		ward_engine_bytes(h->l.e) / n_relation,
		h->l.e->cap_item * sizeof(*h->l.e->item) / n_relation);
	bench_sweeps_fini(&s);
}

static void ordinary(void *ctx)
{
	struct house *h = ctx;
	uint32_t n_threat = ward_threats_n(ward_model_threats(h->m));

	/* A threat of which something can come, somewhere. */
	h->l.n_seed = 1 + bench_random(&h->random) % 2;
	for (size_t i = 0; i < h->l.n_seed; i++) {
		struct ward_seed_threat *s = &h->l.seed[i];

		*s = (struct ward_seed_threat){.lo_micro = 900000, .hi_micro = 1000000};
		do {
			s->asset = (uint32_t)(bench_random(&h->random) % ward_model_n(h->m));
			s->threat = (uint32_t)(bench_random(&h->random) % n_threat);
		} while (ward_rules_known(h->rules, h->m, s->asset, s->threat).leads !=
			 WARD_LEADS_ON);
	}
}

static void update(void *ctx)
{
	struct house *h = ctx;
	struct ward_change c = {.lo_micro = 500000, .hi_micro = 1000000};
	static const enum ward_change_kind kind[] = {WARD_CHANGE_THREAT, WARD_CHANGE_PROTECTED,
		WARD_CHANGE_ISOLATED, WARD_CHANGE_REPAIRED};
	const struct list *q = &h->l.e->queue;
	uint64_t draw = bench_random(&h->random);
	const struct plan_state *s = &h->l.e->p->state[q->p[draw % q->n]];

	c.kind = kind[draw >> 40 & 3];
	c.undo = draw >> 50 & 1;
	c.asset = c.kind == WARD_CHANGE_THREAT ? (uint32_t)(draw >> 20) % ward_model_n(h->m)
					       : s->asset;
	c.threat = s->threat;
	if (ward_engine_update(h->l.e, &c, 1) != WARD_OK)
		bench_die("an update");
}

static void update_all(void *ctx)
{
	struct house *h = ctx;
	struct ward_impacts all;

	update(h);
	if (ward_engine_result(h->l.e, &all) != WARD_OK)
		bench_die("its result");
}

static void next_incident(void *ctx)
{
	struct house *h = ctx;
	struct ward_impacts all;

	ordinary(h);
	if (ward_engine_run(h->l.e, WARD_IMPACT_FULL, h->l.seed, h->l.n_seed, &all) != WARD_OK)
		bench_die("the engine");
}

static void incident_run(void *ctx)
{
	run(&((struct house *)ctx)->l);
}

static void incidents(struct house *h, const char *size)
{
	char name[3][96];

	(void)snprintf(name[0], sizeof(name[0]), "impact/%s assets, an incident", size);
	(void)snprintf(name[1], sizeof(name[1]), "impact/%s assets, low and times updated", size);
	(void)snprintf(name[2], sizeof(name[2]), "impact/%s assets, all updated", size);
	bench_alone(&(struct bench){name[0], "run", 1, INCIDENTS, BENCH_CPU},
		(struct bench_side){"an incident", incident_run, h, ordinary});
	bench_alone(&(struct bench){name[1], "update", 1, UPDATES, BENCH_CPU},
		(struct bench_side){"an update", update, h, next_incident});
	bench_alone(&(struct bench){name[2], "update", 1, INCIDENTS, BENCH_CPU},
		(struct bench_side){"an update", update_all, h, next_incident});
}

int main(void)
{
	struct house h;
	struct blow b;

	(void)measure("impact/turin", bench_pilot(), 301, NULL);
	b = measure("impact/500 assets", bench_hospital(500, 1), 301, NULL);
	(void)measure("impact/5,000 assets", bench_hospital(5000, 1), 101, &b);
	(void)measure("impact/50,000 assets", bench_hospital(50000, 1), 21, &b);
	house_open(&h, bench_hospital(100000, 1));
	against_sweeps(&h, "100,000", b, 11);
	incidents(&h, "100,000");
	house_close(&h);
	if (getenv("WARD_BENCH_LARGE")) {
		house_open(&h, bench_hospital(LARGE, 1));
		against_sweeps(&h, "1,000,000", b, 3);
		house_close(&h);
	} else {
		bench_skip("impact/1,000,000 assets", "WARD_BENCH_LARGE is not set");
	}
	bench_published("impact/500 assets, published", "run", 1e9,
		"SAFECARE's impact propagation model, below 1 s for propagation and score at 500 "
		"assets, on hardware that the article does not state (IEEE Access 2022, "
		"10.1109/ACCESS.2022.3171252, section V-D)");
	return 0;
}
