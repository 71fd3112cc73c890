/* The likeliest ways to an impact: lists that are known by hand, all ways of small random nets
 * counted one by one, and on the pilot what must hold of every way. */
#include "impact/engine.h"
#include "impact/route.h"

#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NODE(c) "  - {id: " c ", name: " c ", class: device.n." c "}\n"
#define ARC(a, b) "  - {from: " a ", relation: supplies, to: " b "}\n"
#define POWER(a, b) "  - {from: " a ", relation: powers, to: " b "}\n"
/* A rule for one arc. */
#define WORM(a, b, p, rest)                                                                       \
	"  - {id: " a "-" b ", when: {threat: malware.worm, class: device.n." a                   \
	"}, relation: supplies, to: {class: device.n." b "}, gives: malware.worm, likelihood: " p \
	", why: w" rest "}\n"

struct ask {
	struct ward_router *router;
	const struct ward_routes *routes;
};

static struct ask ask(struct lab *l, const char *asset, const char *threat, size_t k)
{
	const struct ward_impact *it = lab_find(l, asset, threat);
	struct ask a;

	assert_non_null(it);
	assert_int_equal(ward_router_new(l->e, &l->all, &a.router), WARD_OK);
	assert_int_equal(
		ward_router_find(a.router, (size_t)(it - l->all.item), k, &a.routes), WARD_OK);
	return a;
}

/* "s>a>t 400000" of each way, one a line. */
static void expect(const struct lab *l, const struct ask *a, const char *want)
{
	char text[4096];
	size_t n = 0;

	text[0] = 0;
	for (size_t i = 0; i < a->routes->n; i++) {
		const struct ward_route *w = &a->routes->route[i];

		for (size_t k = 0; k < w->n_step; k++) {
			struct ward_str id =
				ward_model_node(l->m, a->routes->step[w->step + k].asset)->id;

			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s", k ? ">" : "",
				WARD_STR_ARG(id));
		}
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, " %lld\n", (long long)w->lo_micro);
	}
	assert_string_equal(text, want);
}

static void w1_diamond(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("t") "relations:\n" ARC("s", "a")
			ARC("s", "b") ARC("a", "t") ARC("b", "t"),
		"rules:\n" WORM("s", "a", "0.5", "") WORM("a", "t", "0.8", "")
			WORM("s", "b", "0.6", "") WORM("b", "t", "0.5", ""));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	struct ask a = ask(&l, "t", "malware.worm", 3);

	expect(&l, &a, "s>a>t 400000\ns>b>t 300000\n");
	assert_true(a.routes->whole);
	ward_router_free(a.router);
	a = ask(&l, "t", "malware.worm", 1);
	expect(&l, &a, "s>a>t 400000\n");
	ward_router_free(a.router);
	a = ask(&l, "s", "malware.worm", 3);
	expect(&l, &a, "s 1000000\n");
	ward_router_free(a.router);
	lab_close(&l);
}

/* A circle between a and b: no way goes round. */
static void no_way_goes_round(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("t") "relations:\n" ARC("s", "a")
			ARC("s", "b") ARC("a", "b") ARC("b", "a") ARC("b", "t"),
		"rules:\n" WORM("s", "a", "0.9", "") WORM("s", "b", "0.2", "")
			WORM("a", "b", "0.5", "") WORM("b", "a", "1", "") WORM("b", "t", "1", ""));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	struct ask a = ask(&l, "t", "malware.worm", 16);

	expect(&l, &a, "s>a>b>t 450000\ns>b>t 200000\n");
	ward_router_free(a.router);
	a = ask(&l, "a", "malware.worm", 16);
	expect(&l, &a, "s>a 900000\ns>b>a 200000\n");
	ward_router_free(a.router);
	lab_close(&l);
}

/* Of equally likely ways the soonest are first, after the one that is told. */
static void the_soonest_of_equals(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("c")
			NODE("t") "relations:\n" ARC("s", "a") ARC("s", "b") ARC("s", "c")
				ARC("a", "t") ARC("b", "t") ARC("c", "t"),
		"rules:\n" WORM("s", "a", "0.8", ", delay: {earliest: 9min}") WORM(
			"a", "t", "0.5", "") WORM("s", "b", "0.5", ", delay: {earliest: 5min}")
			WORM("b", "t", "0.4", "") WORM("s", "c", "0.4", ", delay: {earliest: 2min}")
				WORM("c", "t", "0.5", ", delay: {earliest: 1min, expected: 4min}"));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	struct ask a = ask(&l, "t", "malware.worm", 3);

	expect(&l, &a, "s>a>t 400000\ns>c>t 200000\ns>b>t 200000\n");
	assert_int_equal(a.routes->route[1].earliest, 3 * LAB_MIN);
	assert_int_equal(a.routes->route[1].expected, 6 * LAB_MIN);
	assert_int_equal(a.routes->route[2].earliest, 5 * LAB_MIN);
	ward_router_free(a.router);
	lab_close(&l);
}

/* 2 of 3 that fall with .1, .2, .3 (W4): a and c together, b and c together; a with b needs more
 * than c, which is likelier than both. The part that a way takes with it is named. */
static void parts_of_a_gate(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("c") "relations:\n" ARC("s", "a")
			ARC("s", "b") ARC("s", "c") "services:\n  - {id: k, name: K, class: "
						    "service.care, requires: [{name: g, need: "
						    "2, of: [a, b, c]}]}\n",
		"rules:\n" WORM("s", "a", "0.1", "") WORM("s", "b", "0.2", "") WORM("s", "c", "0.3",
			"") "  - {id: dead, when: {threat: malware.worm, class: device}, relation: "
			    "self, gives: outage, likelihood: 1, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	struct ask a = ask(&l, "k", "outage", 16);

	expect(&l, &a, "s>b>b>k 60000\ns>a>a>k 30000\n");
	const struct ward_route_step *last = &a.routes->step[a.routes->route[0].n_step - 1];

	assert_int_equal(last->must, 2);
	assert_int_equal(last->of, 3);
	assert_int_equal(last->n_part, 1);
	assert_int_equal(a.routes->part[last->part].asset, ward_model_find(l.m, WARD_STR("c")));
	assert_true(ward_str_eq(ward_model_group(l.m, last->group)->name, WARD_STR("g")));
	assert_int_equal(last->rel, WARD_REL_REQUIRES);
	ward_router_free(a.router);
	lab_close(&l);
}

/* b goes down through what the gate itself gives: it is no part of a way through that gate. */
static void no_part_needs_the_way(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("w") "relations:\n" ARC("s", "a")
			ARC("s", "w") ARC("w", "b") POWER("a", "w") POWER("b", "w"),
		"rules:\n" WORM("s", "a", "0.5", "") WORM("s", "w", "0.4", "") WORM("w", "b", "1",
			"") "  - {id: dead, when: {threat: malware.worm, class: device}, relation: "
			    "self, gives: outage, likelihood: 1, why: w}\n"
			    "  - {id: feed, when: {threat: outage, class: device}, relation: "
			    "powers, to: {class: device.n.w}, gives: malware.worm, mode: supply, "
			    "likelihood: 1, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	struct ask a = ask(&l, "w", "malware.worm", 16);

	expect(&l, &a, "s>w 400000\n");
	assert_true(a.routes->whole);
	ward_router_free(a.router);
	lab_close(&l);
}

/* What full protection keeps out would have come two steps further to t. */
static void barriers_beside(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("t") NODE("x") "relations:\n" ARC(
			"s", "t") ARC("s", "a") ARC("a", "b") ARC("b", "t") ARC("s",
			"x") "protections:\n  - {id: p, on: a, against: malware.worm, degree: 1}\n"
			     "  - {id: q, on: x, against: malware.worm, degree: 1}\n"
			     "  - {id: h, on: t, against: malware.worm, degree: 0.25}\n",
		"rules:\n" WORM("s", "t", "0.4", "") WORM("s", "a", "1", "") WORM("a", "b", "1", "")
			WORM("b", "t", "1", "") WORM("s", "x", "1", ""));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	assert_int_equal(l.all.n_barrier, 2);
	struct ask a = ask(&l, "t", "malware.worm", 3);

	expect(&l, &a, "s>t 300000\n");
	assert_int_equal(a.routes->step[1].kept_micro, 750000);
	assert_int_equal(a.routes->n_barrier, 1);
	assert_int_equal(
		l.all.barrier[a.routes->barrier[0]].asset, ward_model_find(l.m, WARD_STR("a")));
	ward_router_free(a.router);
	lab_close(&l);
}

/* Only a loop still held b and c: the way says so. */
static void a_supply_loop(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("a") NODE("b") NODE("c") "relations:\n" POWER("a", "b")
			POWER("b", "c") POWER("c", "b"),
		"rules:\n  - {id: feed, when: {threat: outage, class: device}, relation: powers, "
		"to: {class: device}, gives: outage, mode: supply, likelihood: 1, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "a outage");
	struct ask a = ask(&l, "c", "outage", 3);

	assert_true(a.routes->n >= 1);
	assert_int_equal(a.routes->route[0].lo_micro, lab_find(&l, "c", "outage")->lo_micro);
	bool loop = false;

	for (size_t i = 0; i < a.routes->route[0].n_step; i++)
		loop = loop || a.routes->step[i].loop;
	assert_true(loop);
	ward_router_free(a.router);
	lab_close(&l);
}

/* Both feeds are there in 2 min, over a way of a tenth; what is told first takes an hour. */
static void the_soonest_way(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("c") NODE("d") "relations:\n" ARC(
			"s", "a") ARC("s", "b") ARC("s", "c") ARC("s", "d") ARC("d",
			"a") "services:\n  - {id: k, name: K, class: service.care, requires: "
			     "[{name: g, need: 2, of: [a, b, c], buffer: 1min}]}\n",
		"rules:\n" WORM("s", "a", "0.1", ", delay: {earliest: 1min, expected: 3min}") WORM(
			"s", "b", "0.5", ", delay: {earliest: 1min, expected: 2min}") WORM("s", "c",
			"0.9", ", delay: {earliest: 60min}") WORM("s", "d", "0.9",
			", delay: {earliest: 60min}") WORM("d", "a", "1",
			"") "  - {id: dead, when: {threat: malware.worm, class: device}, relation: "
			    "self, gives: outage, likelihood: 1, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	const struct ward_impact *it = lab_find(&l, "k", "outage");
	struct ask a = ask(&l, "k", "outage", 1);

	assert_int_equal(it->expected, 4 * LAB_MIN);
	assert_int_equal(a.routes->route[0].expected, 61 * LAB_MIN);
	assert_int_equal(
		ward_router_soonest(a.router, (size_t)(it - l.all.item), &a.routes), WARD_OK);
	expect(&l, &a, "s>a>a>k 50000\n");
	assert_int_equal(a.routes->route[0].expected, 4 * LAB_MIN);
	assert_int_equal(a.routes->route[0].earliest, 2 * LAB_MIN);
	const struct ward_route_step *last = &a.routes->step[a.routes->n_step - 1];

	assert_int_equal(last->n_part, 1);
	assert_int_equal(a.routes->part[last->part].asset, ward_model_find(l.m, WARD_STR("b")));
	assert_int_equal(last->buffered, LAB_MIN);
	ward_router_free(a.router);
	lab_close(&l);
}

/* ---- all ways of small random nets, one by one */

enum { NODES = 7, ARCS = 16, ROUNDS = 150, TEXT = 1 << 14 };

static uint64_t rng = 88172645463325252u;

static int draw(int n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (int)(rng % (uint64_t)n);
}

struct net {
	int p[NODES][NODES]; /* tenths; 0: no arc */
};

static void count_ways(
	const struct net *net, int at, unsigned seen, double lo, double *ret, size_t *n)
{
	if (at == 1) {
		assert_true(*n < 4096);
		ret[(*n)++] = lo;
		return;
	}
	for (int to = 0; to < NODES; to++)
		if (net->p[at][to] && !(seen >> to & 1))
			count_ways(net, to, seen | 1u << to, lo * net->p[at][to] / 10, ret, n);
}

static int greater(const void *va, const void *vb)
{
	double a = *(const double *)va, b = *(const double *)vb;

	return (a < b) - (a > b);
}

static void as_counted(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct net net = {0};
		char hospital[TEXT], rules[TEXT];
		double lo[4096];
		size_t n = 0;
		struct lab l;
		int h = snprintf(hospital, TEXT, "assets:\n"),
		    r = snprintf(rules, TEXT, "rules:\n");

		for (int i = 0; i < ARCS; i++)
			net.p[draw(NODES)][draw(NODES)] = 1 + draw(10);
		for (int i = 0; i < NODES; i++)
			h += snprintf(hospital + h, (size_t)(TEXT - h),
				"  - {id: n%d, name: N, class: device.n.%c}\n", i, 'a' + i);
		h += snprintf(hospital + h, (size_t)(TEXT - h), "relations:\n");
		for (int i = 0; i < NODES; i++)
			for (int k = 0; k < NODES; k++) {
				if (i == k)
					net.p[i][k] = 0;
				if (!net.p[i][k])
					continue;
				h += snprintf(hospital + h, (size_t)(TEXT - h),
					"  - {from: n%d, relation: supplies, to: n%d}\n", i, k);
				r += snprintf(rules + r, (size_t)(TEXT - r),
					"  - {id: r%d-%d, when: {threat: malware.worm, class: "
					"device.n.%c}, relation: supplies, to: {class: "
					"device.n.%c}, gives: malware.worm, likelihood: %d.%d, "
					"why: w}\n",
					i, k, 'a' + i, 'a' + k, net.p[i][k] / 10, net.p[i][k] % 10);
			}
		count_ways(&net, 0, 1, 1, lo, &n);
		if (!n)
			continue;
		qsort(lo, n, sizeof(*lo), greater);
		lab_open(&l, hospital, rules);
		lab_run(&l, WARD_IMPACT_FULL, "n0 malware.worm");
		struct ask a = ask(&l, "n1", "malware.worm", WARD_ROUTES_MAX);

		assert_true(a.routes->whole);
		assert_int_equal(a.routes->n, n < WARD_ROUTES_MAX ? n : WARD_ROUTES_MAX);
		for (size_t i = 0; i < a.routes->n; i++)
			assert_true(
				labs((long)(lo[i] * 1e6) - (long)a.routes->route[i].lo_micro) <= 1);
		ward_router_free(a.router);
		lab_close(&l);
	}
}

/* ---- the pilot */

static bool related(const struct ward_model *m, uint32_t from, uint32_t to, unsigned rel)
{
	size_t n;
	const struct ward_rel *out = ward_model_out(m, from, &n);

	for (size_t i = 0; i < n; i++)
		if (out[i].node == to && out[i].type == rel)
			return true;
	return false;
}

static void check_step(
	const struct lab *l, const struct ward_route_step *from, const struct ward_route_step *to)
{
	assert_true(to->lo_micro <= from->lo_micro);
	assert_true(to->earliest >= from->earliest && to->expected >= to->earliest);
	if (to->group != WARD_NONE) {
		/* Of a part: its service requires what the part is of. */
		assert_int_equal(to->rel, WARD_REL_REQUIRES);
		assert_true(related(l->m, to->asset, from->asset, WARD_REL_REQUIRES));
		return;
	}
	struct ward_rule_view rule = ward_rules_view(l->r, to->rule);
	bool when = false;

	for (size_t i = 0; i < rule.n_when; i++)
		when = when || rule.when[i] == from->threat;
	assert_true(when && rule.gives == to->threat && rule.rel == to->rel);
	assert_true(rule.rel == WARD_REL_N
			    ? from->asset == to->asset
			    : related(l->m, to->against ? to->asset : from->asset,
				      to->against ? from->asset : to->asset, rule.rel));
}

static bool same_way(
	const struct ward_routes *w, const struct ward_route *a, const struct ward_route *b)
{
	if (a->n_step != b->n_step)
		return false;
	for (size_t i = 0; i < a->n_step; i++) {
		const struct ward_route_step *x = &w->step[a->step + i], *y = &w->step[b->step + i];

		if (x->asset != y->asset || x->threat != y->threat || x->rule != y->rule ||
			x->group != y->group)
			return false;
	}
	return true;
}

static void check_ways(const struct lab *l, size_t item, const struct ward_routes *w)
{
	const struct ward_impact *it = &l->all.item[item];
	uint32_t at = (uint32_t)item;

	assert_true(w->n >= 1);
	assert_int_equal(w->route[0].lo_micro, it->lo_micro);
	/* The first is the chain that is told. */
	for (size_t k = w->route[0].n_step; k-- > 0; at = l->all.item[at].parent) {
		const struct ward_route_step *s = &w->step[w->route[0].step + k];

		assert_int_equal(s->asset, l->all.item[at].asset);
		assert_int_equal(s->threat, l->all.item[at].threat);
		assert_int_equal(s->rule, l->all.item[at].rule);
		assert_int_equal(s->group, l->all.item[at].group);
		assert_true(k || l->all.item[at].parent == at);
	}
	for (size_t i = 0; i < w->n; i++) {
		const struct ward_route *x = &w->route[i];
		const struct ward_route_step *s = &w->step[x->step];

		assert_true(!i || w->route[i - 1].lo_micro >= x->lo_micro);
		assert_true(x->earliest >= it->earliest && x->expected >= it->expected);
		assert_int_equal(s[0].rule, WARD_IMPACT_SEED);
		assert_int_equal(s[x->n_step - 1].asset, it->asset);
		assert_int_equal(s[x->n_step - 1].threat, it->threat);
		for (size_t k = 0; k < i; k++)
			assert_false(same_way(w, &w->route[k], x));
		for (size_t k = 1; k < x->n_step; k++) {
			for (size_t j = 0; j < k; j++)
				assert_true(s[j].asset != s[k].asset || s[j].threat != s[k].threat);
			if (!s[k].loop)
				check_step(l, &s[k - 1], &s[k]);
		}
	}
}

/* One way, there when the item is expected, by no more than is known of its likelihood. */
static void check_soonest(const struct lab *l, size_t item, const struct ward_routes *w)
{
	const struct ward_impact *it = &l->all.item[item];
	const struct ward_route_step *s = w->step;
	size_t n = w->route[0].n_step;

	assert_int_equal(w->n, 1);
	assert_int_equal(w->route[0].expected, it->expected);
	assert_true(w->route[0].earliest >= it->earliest);
	assert_true(w->route[0].lo_micro <= it->lo_micro);
	assert_int_equal(s[0].rule, WARD_IMPACT_SEED);
	assert_int_equal(s[n - 1].asset, it->asset);
	assert_int_equal(s[n - 1].threat, it->threat);
	for (size_t k = 1; k < n; k++)
		if (!s[k].loop)
			check_step(l, &s[k - 1], &s[k]);
}

static void of_the_pilot(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	static const char *const seeds[][2] = {{"ahu-05", "bms.command"},
		{"esx-1", "malware.ransomware"}, {"switchgear-emergency", "outage"},
		{"net-bms", "net.unknown-device"}, {"santa-giulia", "hazard.earthquake"},
		{"au-electrical-mv", "fire.fire"}};
	struct lab l = {.m = NULL};
	char dir[512], content[512];
	size_t more = 0, cut = 0, beside = 0;

	(void)state;
	assert_non_null(root);
	ward_limits_default(&l.lim);
	ward_diag_init(&l.diag, ward_mem_heap());
	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	assert_int_equal(
		ward_model_load(dir, content, &l.lim, ward_mem_heap(), &l.diag, &l.m), WARD_OK);
	(void)snprintf(content, sizeof(content), "%s/content/propagation", root);
	assert_int_equal(
		ward_rules_load(content, l.m, &l.lim, ward_mem_heap(), &l.diag, &l.r), WARD_OK);
	assert_int_equal(ward_engine_new(l.m, l.r, &l.lim, ward_mem_heap(), &l.e), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(seeds); i++) {
		struct ward_router *router;
		const struct ward_routes *w;
		char both[128];

		(void)snprintf(both, sizeof(both), "%s %s", seeds[i][0], seeds[i][1]);
		lab_run(&l, WARD_IMPACT_FULL, both);
		assert_int_equal(ward_router_new(l.e, &l.all, &router), WARD_OK);
		for (size_t k = 0; k < l.all.n; k++) {
			assert_int_equal(ward_router_find(router, k, 3, &w), WARD_OK);
			check_ways(&l, k, w);
			more += w->n > 1;
			cut += !w->whole;
			beside += w->n_barrier;
			assert_int_equal(ward_router_soonest(router, k, &w), WARD_OK);
			check_soonest(&l, k, w);
		}
		ward_router_free(router);
	}
	print_message("%zu impacts have more ways than one, of %zu not all were looked at; "
		      "%zu barriers beside them\n",
		more, cut, beside);
	assert_true(more);
	ward_engine_free(l.e);
	ward_rules_free(l.r);
	ward_model_free(l.m);
	ward_diag_fini(&l.diag);
}

/* Not of a run that is over, nor of the published score. */
static void refused(void **state)
{
	struct ward_change c = {.kind = WARD_CHANGE_REPAIRED};
	struct ward_router *router = NULL;
	struct lab l;

	(void)state;
	lab_open(&l, "assets:\n" NODE("s") NODE("a") "relations:\n" ARC("s", "a"),
		"rules:\n" WORM("s", "a", "0.5", ""));
	lab_run(&l, WARD_IMPACT_REFERENCE, "s malware.worm");
	assert_int_equal(ward_router_new(l.e, &l.all, &router), WARD_ERR_STATE);
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	c.asset = ward_model_find(l.m, WARD_STR("a"));
	assert_int_equal(ward_engine_update(l.e, &c, 1), WARD_OK);
	assert_int_equal(ward_router_new(l.e, &l.all, &router), WARD_ERR_STATE);
	assert_null(router);
	/* A seed that no rule leads to or from has itself. */
	lab_run(&l, WARD_IMPACT_FULL, "s crowd");
	struct ask a = ask(&l, "s", "crowd", 3);

	expect(&l, &a, "s 1000000\n");
	ward_router_free(a.router);
	lab_close(&l);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(w1_diamond),
		cmocka_unit_test(no_way_goes_round),
		cmocka_unit_test(the_soonest_of_equals),
		cmocka_unit_test(parts_of_a_gate),
		cmocka_unit_test(no_part_needs_the_way),
		cmocka_unit_test(barriers_beside),
		cmocka_unit_test(a_supply_loop),
		cmocka_unit_test(the_soonest_way),
		cmocka_unit_test(as_counted),
		cmocka_unit_test(of_the_pilot),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
