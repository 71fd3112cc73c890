/* One sweep of a propagation beside what others would run for it: igraph's Dijkstra and a
 * Bellman-Ford in GraphBLAS (min-plus, a sparse frontier, one thread). First the engine's own pass
 * for the earliest time, with its ways, ties and gates, over a hospital; the others know no gates,
 * they are given the graph of what is reached alone, numbered as it was met, where one way in is
 * enough, so that all settle the same states. Then a plain sweep with the engine's queue over a
 * graph of five relations a node (an 8-ary tree of places, neighbours, hubs, anything): the same
 * graph, and the same times to the nanosecond, for all.
 * The igraph and GraphBLAS packages are for this program only; it is built where they are. */
#include "bench.h"
#include "files.h"
#include "hospital.h"

#include "impact/engine.h"

#include <GraphBLAS.h>
#include <igraph/igraph.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 7, LARGE = 1000000, ARCS = 5, AHEAD = 32 };
#define FAR (INT64_MAX / 4)

/* What the peers are given, and what they say. */
struct peers {
	igraph_t graph;
	igraph_vector_t weight;
	igraph_matrix_t distance;
	GrB_Matrix a;
	size_t n;
	uint32_t seed;
	size_t n_blas; /* states that GraphBLAS came to */
};

struct house {
	struct ward_model *m;
	struct ward_rules *rules;
	struct ward_engine *e;
	struct peers peers;
};

static void must(bool ok, const char *what)
{
	if (!ok)
		bench_die("%s", what);
}

static void run(struct house *h)
{
	struct bench_path dir = bench_source("content/propagation");
	struct ward_seed_threat seed = {.asset = ward_model_find(h->m, WARD_STR("site")),
		.threat =
			ward_threats_find(ward_model_threats(h->m), WARD_STR("hazard.earthquake")),
		.lo_micro = 1000000,
		.hi_micro = 1000000};
	struct ward_impacts all;
	struct ward_limits lim;
	struct ward_diag diag;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_IMPACT_STATES] = ward_limit_info(WARD_LIMIT_IMPACT_STATES)->max;
	lim.v[WARD_LIMIT_IMPACT_EDGES] = ward_limit_info(WARD_LIMIT_IMPACT_EDGES)->max;
	ward_diag_init(&diag, ward_mem_heap());
	must(ward_rules_load(dir.s, h->m, &lim, ward_mem_heap(), &diag, &h->rules) == WARD_OK &&
			ward_engine_new(h->m, h->rules, &lim, ward_mem_heap(), &h->e) == WARD_OK &&
			ward_engine_run(h->e, WARD_IMPACT_FULL, &seed, 1, &all) == WARD_OK &&
			ward_near_build(h->e) == WARD_OK,
		"the propagation");
	ward_diag_fini(&diag);
	h->peers.seed = h->e->number[h->e->seed[0].state];
}

/* The engine's pass from the beginning. */
static void pass(void *ctx)
{
	struct house *h = ctx;
	struct ward_engine *e = h->e;

	for (size_t i = 0; i < e->n_cell; i++)
		e->keys[METRIC_EARLIEST][i] = KEY_WORST;
	must(ward_pass_run(e, METRIC_EARLIEST) == WARD_OK, "a pass");
}

/* One arc from reached to reached, in numbers of cells; false when it leads nowhere. */
static bool arc(
	const struct ward_engine *e, uint32_t src, uint32_t i, uint32_t *ret_to, int64_t *ret_ns)
{
	const struct ward_impact_plan *p = e->p;
	const struct plan_edge *edge = &p->edge[i];
	bool slot = plan_is_slot(p, edge);
	uint32_t g = slot ? plan_slot_of(p, edge)->gate : WARD_NONE;
	uint32_t dst = slot ? p->gate[g].target : edge->dst;
	struct way way = {src, slot ? WAY_GATE + g : edge->rule};

	if (!ward_cell_is(e, dst, STATE_REACHED))
		return false;
	*ret_to = e->number[dst];
	*ret_ns = ward_pass_combine(e, METRIC_EARLIEST, 0, dst, &way);
	return true;
}

struct arcs {
	GrB_Index *from, *to;
	int64_t *ns;
	size_t n;
};

static struct arcs arcs_of(const struct ward_engine *e)
{
	struct arcs a = {malloc(e->n_edge * sizeof(*a.from)), malloc(e->n_edge * sizeof(*a.to)),
		malloc(e->n_edge * sizeof(*a.ns)), 0};

	must(a.from && a.to && a.ns, "no memory");
	for (size_t k = 0; k < e->queue.n; k++) {
		uint32_t s = e->queue.p[k], to;

		for (uint32_t i = e->p->state[s].edge; i < e->p->state[s + 1].edge; i++)
			if (arc(e, s, i, &to, &a.ns[a.n])) {
				a.from[a.n] = e->number[s];
				a.to[a.n++] = to;
			}
	}
	return a;
}

static void give_igraph(struct peers *h, const struct arcs *a)
{
	igraph_vector_int_t pairs;

	must(!igraph_vector_int_init(&pairs, (igraph_integer_t)(2 * a->n)) &&
			!igraph_vector_init(&h->weight, (igraph_integer_t)a->n) &&
			!igraph_matrix_init(&h->distance, 0, 0),
		"igraph's vectors");
	for (size_t i = 0; i < a->n; i++) {
		VECTOR(pairs)[2 * i] = (igraph_integer_t)a->from[i];
		VECTOR(pairs)[2 * i + 1] = (igraph_integer_t)a->to[i];
		VECTOR(h->weight)[i] = (double)a->ns[i] * 1e-9;
	}
	must(!igraph_create(&h->graph, &pairs, (igraph_integer_t)h->n, IGRAPH_DIRECTED),
		"igraph's graph");
	igraph_vector_int_destroy(&pairs);
}

static void give_blas(struct peers *h, const struct arcs *a)
{
	GrB_Index n = h->n;

	must(GrB_Matrix_new(&h->a, GrB_INT64, n, n) == GrB_SUCCESS &&
			GrB_Matrix_build_INT64(h->a, a->from, a->to, a->ns, a->n, GrB_MIN_INT64) ==
				GrB_SUCCESS &&
			GrB_Matrix_wait(h->a, GrB_MATERIALIZE) == GrB_SUCCESS,
		"the GraphBLAS matrix");
}

static void by_igraph(void *ctx)
{
	struct peers *h = ctx;

	must(!igraph_distances_dijkstra(&h->graph, &h->distance,
		     igraph_vss_1((igraph_integer_t)h->seed), igraph_vss_all(), &h->weight,
		     IGRAPH_OUT),
		"igraph's Dijkstra");
}

/* d = min(d, f·A) until nothing gets less; f: what the last round made less. */
static void by_blas(void *ctx)
{
	struct peers *h = ctx;
	GrB_Index n = h->n, n_f = 1;
	GrB_Vector d, f, less;

	must(GrB_Vector_new(&d, GrB_INT64, n) == GrB_SUCCESS &&
			GrB_Vector_new(&f, GrB_INT64, n) == GrB_SUCCESS &&
			GrB_Vector_new(&less, GrB_BOOL, n) == GrB_SUCCESS &&
			GrB_Vector_assign_INT64(d, NULL, NULL, FAR, GrB_ALL, n, NULL) ==
				GrB_SUCCESS &&
			GrB_Vector_setElement_INT64(d, 0, h->seed) == GrB_SUCCESS &&
			GrB_Vector_setElement_INT64(f, 0, h->seed) == GrB_SUCCESS,
		"GraphBLAS vectors");
	while (n_f) {
		bool ok = GrB_vxm(f, NULL, NULL, GrB_MIN_PLUS_SEMIRING_INT64, f, h->a,
				  GrB_DESC_R) == GrB_SUCCESS &&
			  GrB_Vector_eWiseMult_BinaryOp(less, NULL, NULL, GrB_LT_INT64, f, d,
				  GrB_DESC_R) == GrB_SUCCESS &&
			  GrB_Vector_assign(f, less, NULL, f, GrB_ALL, n, GrB_DESC_R) ==
				  GrB_SUCCESS &&
			  GrB_Vector_assign(d, less, NULL, f, GrB_ALL, n, NULL) == GrB_SUCCESS &&
			  GrB_Vector_nvals(&n_f, f) == GrB_SUCCESS;

		must(ok, "a round of GraphBLAS");
	}
	h->n_blas = 0;
	for (GrB_Index i = 0; i < n; i++) {
		int64_t v = FAR;

		(void)GrB_Vector_extractElement_INT64(&v, d, i);
		h->n_blas += v < FAR;
	}
	GrB_Vector_free(&d);
	GrB_Vector_free(&f);
	GrB_Vector_free(&less);
}

static size_t igraph_settled(const struct peers *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += MATRIX(h->distance, 0, (igraph_integer_t)i) < IGRAPH_INFINITY;
	return n;
}

static void peers_open(struct peers *h, const struct arcs *a)
{
	give_igraph(h, a);
	give_blas(h, a);
}

static void peers_close(struct peers *h)
{
	igraph_destroy(&h->graph);
	igraph_vector_destroy(&h->weight);
	igraph_matrix_destroy(&h->distance);
	GrB_Matrix_free(&h->a);
}

static void arcs_free(struct arcs *a)
{
	free(a->from);
	free(a->to);
	free(a->ns);
}

static void both(const char *name, struct bench_side ours, struct peers *h)
{
	bench_pair(&(struct bench){name, "sweep", 1, ROUNDS, BENCH_CPU}, ours,
		(struct bench_side){"igraph's Dijkstra", by_igraph, h, NULL});
	bench_pair(&(struct bench){name, "sweep", 1, ROUNDS, BENCH_CPU}, ours,
		(struct bench_side){"GraphBLAS, min-plus", by_blas, h, NULL});
}

/* Do all come to as many? Else nothing was compared. */
static void same(const struct peers *h, size_t own)
{
	size_t theirs = igraph_settled(h);

	if (own != theirs || own != h->n_blas)
		bench_die("settled: %zu, by igraph %zu, by GraphBLAS %zu", own, theirs, h->n_blas);
}

static void measure(size_t n_asset, const char *size)
{
	struct house h = {.m = bench_hospital(n_asset, 1)};
	size_t own = 0;
	char name[96];

	run(&h);
	struct arcs a = arcs_of(h.e);

	h.peers.n = h.e->n_cell;
	peers_open(&h.peers, &a);
	(void)snprintf(name, sizeof(name), "sweep/%s assets, earliest", size);
	both(name, (struct bench_side){"the engine's pass", pass, &h, NULL}, &h.peers);
	for (size_t i = 0; i < h.e->n_cell; i++)
		own += h.e->keys[METRIC_EARLIEST][i] != KEY_WORST;
	same(&h.peers, own);
	bench_note(name, "hazard.earthquake on the site: all three settle %zu states by %zu arcs",
		own, a.n);
	peers_close(&h.peers);
	arcs_free(&a);
	ward_engine_free(h.e);
	ward_rules_free(h.rules);
	ward_model_free(h.m);
}

/* Compressed rows of a graph that is no hospital, and a sweep over them. */
struct plain {
	size_t n, n_arc;
	uint32_t *first, *to; /* [n + 1], [n_arc] */
	int64_t *ns;          /* [n_arc] */
	uint64_t *key;        /* [n] */
	uint32_t *level;      /* [n]: of one key, each once */
	size_t n_level;
	struct radix heap;
	struct peers peers;
};

/* Brings what the next nodes lead to into the cache, as the engine's pass does. */
static void look_ahead(const struct plain *g, size_t at)
{
	const uint32_t *v = g->level + at;
	size_t n = g->n_level - at < AHEAD ? g->n_level - at : AHEAD;

	for (size_t k = 0; k < n; k++)
		__builtin_prefetch(&g->to[g->first[v[k]]]);
	for (size_t k = 0; k < n; k++) {
		__builtin_prefetch(&g->ns[g->first[v[k]]]);
		for (uint32_t i = g->first[v[k]]; i < g->first[v[k] + 1]; i++)
			__builtin_prefetch(&g->key[g->to[i]]);
	}
}

/* Each node of the key that is left has its final one: no arc takes no time. */
static bool settle_level(struct plain *g)
{
	bool ok = true;

	for (size_t at = 0; ok && at < g->n_level; at++) {
		uint32_t v = g->level[at];

		if (at % AHEAD == 0)
			look_ahead(g, at);
		for (uint32_t i = g->first[v]; i < g->first[v + 1]; i++) {
			uint64_t key = g->heap.last + (uint64_t)g->ns[i];

			if (key >= g->key[g->to[i]])
				continue;
			g->key[g->to[i]] = key;
			ok = ok && ward_radix_put(&g->heap, key, g->to[i]) == WARD_OK;
		}
	}
	return ok;
}

static void sweep(void *ctx)
{
	struct plain *g = ctx;
	struct radix *h = &g->heap;
	struct radix_item it;
	bool more = true, ok;

	memset(g->key, 0xff, g->n * sizeof(*g->key));
	ward_radix_clear(h);
	g->key[0] = 0;
	ok = ward_radix_put(h, 0, 0) == WARD_OK;
	while (ok && ward_radix_least(h, &more) == WARD_OK && more) {
		g->n_level = 0;
		while (ward_radix_take(h, &it))
			if (g->key[it.state] == it.key)
				g->level[g->n_level++] = it.state;
		ok = settle_level(g);
	}
	must(ok, "no memory for the queue");
}

/* To the place above, to a neighbour, to one of a hundred hubs, to the places below, anywhere. */
static uint32_t target(size_t v, int i, size_t n, uint64_t *random)
{
	uint64_t r = bench_random(random);

	switch (i) {
	case 0:
		return (uint32_t)(v ? (v - 1) / 8 : 1);
	case 1:
		return (uint32_t)((v + 1 + r % 32) % n);
	case 2:
		return (uint32_t)(r % 100);
	case 3:
		return (uint32_t)(8 * v + 1 + r % 8 < n ? 8 * v + 1 + r % 8 : r % n);
	default:
		return (uint32_t)(r % n);
	}
}

static struct arcs plain_open(struct plain *g, size_t n)
{
	struct arcs a = {malloc(ARCS * n * sizeof(*a.from)), malloc(ARCS * n * sizeof(*a.to)),
		malloc(ARCS * n * sizeof(*a.ns)), 0};
	uint64_t random = 1;

	*g = (struct plain){.n = n, .n_arc = ARCS * n, .heap.mem = ward_mem_heap(), .ns = a.ns};
	g->first = malloc((n + 1) * sizeof(*g->first));
	g->to = malloc(g->n_arc * sizeof(*g->to));
	g->key = malloc(n * sizeof(*g->key));
	g->level = malloc(n * sizeof(*g->level));
	must(a.from && a.to && a.ns && g->first && g->to && g->key && g->level, "no memory");
	for (size_t v = 0; v < n; v++) {
		g->first[v] = (uint32_t)a.n;
		for (int i = 0; i < ARCS; i++) {
			g->to[a.n] = target(v, i, n, &random);
			a.from[a.n] = v;
			a.to[a.n] = g->to[a.n];
			/* whole seconds up to an hour, as rules have */
			a.ns[a.n++] = (int64_t)(1 + bench_random(&random) % 3600) * 1000000000;
		}
	}
	g->first[n] = (uint32_t)a.n;
	g->peers.n = n;
	return a;
}

static void measure_plain(size_t n, const char *size)
{
	struct plain g;
	struct arcs a = plain_open(&g, n);
	size_t own = 0;
	char name[96];

	peers_open(&g.peers, &a);
	(void)snprintf(name, sizeof(name), "sweep/%s nodes, plain", size);
	both(name, (struct bench_side){"a plain sweep", sweep, &g, NULL}, &g.peers);
	for (size_t i = 0; i < n; i++)
		own += g.key[i] != UINT64_MAX;
	same(&g.peers, own);
	bench_note(name, "all three settle %zu nodes by %zu arcs", own, a.n);
	peers_close(&g.peers);
	arcs_free(&a);
	free(g.first);
	free(g.to);
	free(g.key);
	free(g.level);
	ward_radix_fini(&g.heap);
}

int main(void)
{
	must(GrB_init(GrB_NONBLOCKING) == GrB_SUCCESS &&
			GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, 1) == GrB_SUCCESS,
		"GraphBLAS");
	measure(100000, "100,000");
	measure_plain(100000, "100,000");
	if (getenv("WARD_BENCH_LARGE")) {
		measure(LARGE, "1,000,000");
		measure_plain(LARGE, "1,000,000");
	} else {
		bench_skip("sweep/1,000,000", "WARD_BENCH_LARGE is not set");
	}
	return GrB_finalize() == GrB_SUCCESS ? 0 : 1;
}
