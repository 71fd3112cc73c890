/* The graph of an incident: what records say becomes nodes and edges, and where these lie. */
#include "../model/lab.h"
#include "plan/graph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LINK(asset, threat, rule)                                                              \
	"{\"asset\":\"" asset "\",\"asset_name\":\"N " asset "\",\"threat\":\"" threat         \
	"\",\"threat_name\":\"T " threat "\",\"rule\":\"" rule "\",\"why\":\"because of " rule \
	"\",\"group\":\"\"}"
#define IMPACT(chain)                                                                            \
	"{\"kind\":\"impact\",\"likelihood\":[0.25,0.75],\"expected\":\"2026-03-12T02:23:10Z\"," \
	"\"chain\":[" chain "]}"

static struct lab l;

static struct ward_graph make(struct ward_arena *a, const struct ward_str *record, size_t n)
{
	const struct ward_graph_in in = {record, n, l.m, &l.lim};
	struct ward_graph g;

	ward_arena_init(a, ward_mem_heap(), 1 << 26);
	assert_int_equal(ward_graph_make(&in, a, &g), WARD_OK);
	return g;
}

/* No two nodes overlap, all are on the page, and each edge leads from one to the other, to the
 * right unless it closes a circle. */
static void facts(const struct ward_graph *g)
{
	for (size_t i = 0; i < g->n_node; i++) {
		const struct ward_graph_node *n = &g->node[i];

		assert_true(n->x >= 0 && n->x + WARD_GRAPH_WIDE <= g->width);
		assert_true(n->y >= 0 && n->y + WARD_GRAPH_HIGH <= g->height);
		for (size_t k = 0; k < i; k++)
			assert_true(abs(n->x - g->node[k].x) >= WARD_GRAPH_WIDE ||
				    abs(n->y - g->node[k].y) >= WARD_GRAPH_HIGH);
	}
	for (size_t i = 0; i < g->n_edge; i++) {
		const struct ward_graph_edge *e = &g->edge[i];

		assert_true(e->from < g->n_node && e->to < g->n_node && e->n_point >= 2);
		assert_int_equal(e->point[0].x, g->node[e->from].x + WARD_GRAPH_WIDE);
		assert_int_equal(e->point[e->n_point - 1].x, g->node[e->to].x);
	}
}

static void chains_that_meet(void **state)
{
	const struct ward_str record[] = {
		WARD_STR(IMPACT(LINK("ahu-1", "bms.command", "seed") "," LINK(
			"ahu-1", "outage", "stops") "," LINK("surgery", "outage", "requires"))),
		WARD_STR(IMPACT(LINK("ahu-2", "bms.command", "seed") "," LINK(
			"surgery", "outage", "requires"))),
		WARD_STR("{\"kind\":\"impact\",\"withdrawn\":true}"),
		WARD_STR("{\"kind\":\"detection\"}"),
		WARD_STR("{\"kind\":\"impact\""),
		WARD_STR(IMPACT("3")),
		WARD_STR(IMPACT("{\"asset\":\"x\"}")),
	};
	struct ward_arena a;
	struct ward_graph g = make(&a, record, WARD_ARRAY_LEN(record));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	facts(&g);
	assert_int_equal(g.n_node, 4);
	assert_int_equal(g.n_edge, 3);
	assert_int_equal(g.n_unread, 4);
	assert_true(g.node[0].seed && !g.node[1].seed && !g.node[0].told);
	assert_true(g.node[2].service && g.node[2].told && g.node[2].lo_micro == 250000);
	/* the longest way decides: the second seed's edge crosses a layer */
	assert_int_equal(g.node[2].layer, 2);
	assert_int_equal(g.node[3].layer, 0);
	assert_int_equal(g.edge[2].n_point, 4);
	ward_graph_write_json(&g, l.m, NULL, &w);
	struct ward_str json = ward_wr_text(&w);

	assert_true(ward_str_find(json, WARD_STR("{\"id\":\"surgery/outage\",\"node\":\"surgery\","
						 "\"name\":\"N surgery\",\"kind\":\"service\"")) !=
		    SIZE_MAX);
	assert_true(ward_str_find(json, WARD_STR("\"from\":\"ahu-2/bms.command\",\"to\":"
						 "\"surgery/outage\",\"why\":\"because of "
						 "requires\"")) != SIZE_MAX);
	ward_wr_fini(&w);
	ward_arena_fini(&a);
}

static void nothing(void **state)
{
	struct ward_arena a;
	struct ward_graph g = make(&a, NULL, 0);

	(void)state;
	assert_int_equal(g.n_node, 0);
	assert_true(g.width > 0 && g.height > 0);
	ward_arena_fini(&a);
}

/* Records of different times may close a circle together. */
static void a_circle(void **state)
{
	const struct ward_str record[] = {
		WARD_STR(IMPACT(
			LINK("a", "t", "seed") "," LINK("b", "t", "r") "," LINK("c", "t", "r"))),
		WARD_STR(IMPACT(
			LINK("c", "t", "seed") "," LINK("a", "t", "r") "," LINK("a", "t", "r"))),
	};
	struct ward_arena a;
	struct ward_graph g = make(&a, record, WARD_ARRAY_LEN(record));

	(void)state;
	facts(&g);
	assert_int_equal(g.n_node, 3);
	assert_int_equal(g.n_edge, 3);
	ward_arena_fini(&a);
}

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return *seed >> 33;
}

static void link(struct ward_wr *w, uint64_t i, bool first)
{
	ward_wr_printf(w,
		"%s{\"asset\":\"n%u\",\"asset_name\":\"N\",\"threat\":\"t\",\"rule\":\"%s\"}",
		first ? "" : ",", (unsigned)i, first ? "seed" : "r");
}

/* Chains at random among n nodes: as many records as nodes. */
static void random_graph(uint64_t seed, uint64_t n, uint64_t length, bool tree)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_str *record = ward_mem_alloc(ward_mem_heap(), n * sizeof(*record));
	size_t *from = ward_mem_alloc(ward_mem_heap(), (n + 1) * sizeof(*from));
	struct ward_wr out[2];

	assert_true(record && from);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = i;

		from[i] = w.len;
		ward_wr_z(&w, "{\"kind\":\"impact\",\"likelihood\":[0,1],\"expected\":"
			      "\"2026-03-12T02:23:10Z\",\"chain\":[");
		if (tree && i) /* from its parent, that of a heap */
			link(&w, (i - 1) / 3, true);
		link(&w, at, !tree || !i);
		for (uint64_t k = 0; k < length && !tree; k++)
			link(&w, next(&seed) % n, false);
		ward_wr_z(&w, "]}");
	}
	from[n] = w.len;
	for (uint64_t i = 0; i < n; i++)
		record[i] = ward_str_sub(ward_wr_text(&w), from[i], from[i + 1] - from[i]);
	for (unsigned turn = 0; turn < 2; turn++) {
		struct ward_arena a;
		struct ward_graph g = make(&a, record, n);

		if (!turn)
			facts(&g);
		assert_int_equal(g.n_unread, 0);
		out[turn] = ward_wr_grow(ward_mem_heap(), 1 << 26);
		ward_graph_write_json(&g, l.m, NULL, &out[turn]);
		assert_false(ward_wr_bad(&out[turn]));
		ward_arena_fini(&a);
	}
	assert_true(ward_str_eq(ward_wr_text(&out[0]), ward_wr_text(&out[1])));
	ward_wr_fini(&out[0]);
	ward_wr_fini(&out[1]);
	ward_mem_free(ward_mem_heap(), record, n * sizeof(*record));
	ward_mem_free(ward_mem_heap(), from, (n + 1) * sizeof(*from));
	ward_wr_fini(&w);
}

static void any_graph(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (unsigned i = 0; i < 30; i++)
		random_graph(next(&seed), 1 + next(&seed) % 40, next(&seed) % 5, false);
	random_graph(7, 2000, 0, true);
	random_graph(8, 1500, 2, false);
}

/* Beyond the most nodes the rest is counted. */
static void too_many(void **state)
{
	enum { N = WARD_GRAPH_NODES + 3 };
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	static size_t from[N + 1];
	static struct ward_str record[N];
	struct ward_arena a;

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		from[i] = w.len;
		ward_wr_z(&w, "{\"kind\":\"impact\",\"likelihood\":[0,1],\"expected\":"
			      "\"2026-03-12T02:23:10Z\",\"chain\":[");
		link(&w, i, true);
		ward_wr_z(&w, "]}");
	}
	from[N] = w.len;
	for (unsigned i = 0; i < N; i++)
		record[i] = ward_str_sub(ward_wr_text(&w), from[i], from[i + 1] - from[i]);
	struct ward_graph g = make(&a, record, N);

	assert_int_equal(g.n_node, WARD_GRAPH_NODES);
	assert_int_equal(g.n_left, 3);
	ward_arena_fini(&a);
	ward_wr_fini(&w);
}

static void no_memory(void **state)
{
	const struct ward_str record = WARD_STR(
		IMPACT(LINK("a", "t", "seed") "," LINK("b", "t", "r") "," LINK("c", "t", "r")));
	const struct ward_graph_in in = {&record, 1, l.m, &l.lim};
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t n = 1; err == WARD_ERR_NOMEM; n++) {
		struct ward_mem_failing f;
		struct ward_arena a;
		struct ward_graph g;

		ward_mem_failing_init(&f, n);
		ward_arena_init(&a, &f.mem, 1 << 26);
		err = ward_graph_make(&in, &a, &g);
		ward_arena_fini(&a);
	}
	assert_int_equal(err, WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_that_meet),
		cmocka_unit_test(nothing),
		cmocka_unit_test(a_circle),
		cmocka_unit_test(any_graph),
		cmocka_unit_test(too_many),
		cmocka_unit_test(no_memory),
	};

	if (lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") != WARD_OK)
		return 1;
	int code = cmocka_run_group_tests(tests, NULL, NULL);

	lab_free(&l);
	return code;
}
