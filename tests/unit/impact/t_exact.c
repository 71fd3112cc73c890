/* Likelihoods narrowed: the worked examples exactly (W1 to W5, W7, W9, W13), what happens when the
 * diagram does not fit, and what is said of it. */
#include "lab.h"
#include "impact/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NODE(c) "  - {id: " c ", name: " c ", class: device.n." c "}\n"
#define ARC(a, b) "  - {from: " a ", relation: supplies, to: " b "}\n"
/* A rule for one arc. */
#define WORM(a, b, p)                                                                             \
	"  - {id: " a "-" b ", when: {threat: malware.worm, class: device.n." a                   \
	"}, relation: supplies, to: {class: device.n." b "}, gives: malware.worm, likelihood: " p \
	", why: w}\n"
#define DEAD                                                                                  \
	"  - {id: dead, when: {threat: malware.worm, class: device}, relation: self, gives: " \
	"outage, likelihood: 1, why: w}\n"
#define SERVICE(requires) \
	"services:\n  - {id: k, name: K, class: service.care, requires: [" requires "]}\n"

static const struct ward_narrow exactly = {.nodes = 1 << 12};

static const struct ward_impact *narrowed(
	struct lab *l, const char *asset, const char *threat, const struct ward_narrow *how)
{
	const struct ward_impact *it = lab_find(l, asset, threat);

	assert_non_null(it);
	uint32_t i = (uint32_t)(it - l->all.item);

	assert_int_equal(ward_engine_narrow(l->e, how, &i, 1), WARD_OK);
	return it;
}

static void is(struct lab *l, const char *asset, const char *threat, int64_t lo, int64_t hi)
{
	const struct ward_impact *it = narrowed(l, asset, threat, &exactly);

	assert_int_equal(it->by, WARD_LIKELIHOOD_EXACT);
	assert_int_equal(it->lo_micro, lo);
	assert_int_equal(it->hi_micro, hi);
}

#define DIAMOND                                                                          \
	"assets:\n" NODE("s") NODE("a") NODE("b") NODE("t") "relations:\n" ARC("s", "a") \
		ARC("s", "b") ARC("a", "t") ARC("b", "t")

static void diamonds(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l, DIAMOND,
		"rules:\n" WORM("s", "a", "0.5") WORM("a", "t", "0.8") WORM("s", "b", "0.6")
			WORM("b", "t", "0.5"));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	is(&l, "t", "malware.worm", 580000, 580000); /* W1 */
	is(&l, "s", "malware.worm", 1000000, 1000000);
	lab_run_with(&l, "s malware.worm", 500000, 500000); /* the seed is shared by both ways */
	is(&l, "t", "malware.worm", 290000, 290000);
	lab_close(&l);
	lab_open(&l, DIAMOND,
		"rules:\n" WORM("s", "a", "[0.4, 0.6]") WORM("a", "t", "0.8") WORM("s", "b", "0.6")
			WORM("b", "t", "0.5"));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	is(&l, "t", "malware.worm", 524000, 636000); /* W13 */
	lab_close(&l);
}

static void shared_prefix_and_cycle(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("c") NODE("a") NODE("b") NODE("t") "relations:\n" ARC(
			"s", "c") ARC("c", "a") ARC("c", "b") ARC("a", "t") ARC("b", "t"),
		"rules:\n" WORM("s", "c", "0.5") WORM("c", "a", "1") WORM("c", "b", "1")
			WORM("a", "t", "0.8") WORM("b", "t", "0.5"));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	is(&l, "t", "malware.worm", 450000, 450000); /* W2 */
	lab_close(&l);
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") "relations:\n" ARC("s", "a") ARC("a", "b")
			ARC("b", "a"),
		"rules:\n" WORM("s", "a", "0.5") WORM("a", "b", "0.9") WORM("b", "a", "0.9"));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	is(&l, "a", "malware.worm", 500000, 500000); /* W3 */
	is(&l, "b", "malware.worm", 450000, 450000);
	lab_close(&l);
}

static void k_of_n(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("c") NODE("x") "relations:\n" ARC(
			"s", "a") ARC("s", "b") ARC("s", "c") ARC("s", "x")
			SERVICE("{name: g, need: 2, of: [a, b, c]}, {name: h, "
				"need: 1, of: [x]}"),
		"rules:\n" WORM("s", "a", "0.1") WORM("s", "b", "0.2") WORM("s", "c", "0.3") DEAD
		"  - {id: shared, when: {threat: malware.virus, class: device.n.s}, relation: "
		"supplies, to: {class: device.n.x}, gives: outage, likelihood: 0.01, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	is(&l, "k", "outage", 98000, 98000); /* W4 */
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm s malware.virus");
	is(&l, "k", "outage", 107020, 107020); /* W5 */
	lab_close(&l);
}

/* Two trains of a valve and a pump each: 0.85 · 0.85. */
static void w7_two_trains(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("c") NODE("d") NODE("t")
			NODE("u") "relations:\n" ARC("s", "a") ARC("s", "b") ARC("s", "c")
				ARC("s", "d") ARC("a", "t") ARC("b", "t") ARC("c", "u")
					ARC("d", "u") SERVICE("{name: g, need: 1, of: [t, u]}"),
		"rules:\n" WORM("s", "a", "0.5") WORM("s", "b", "0.7") WORM("s", "c", "0.5")
			WORM("s", "d", "0.7") WORM("a", "t", "1") WORM("b", "t", "1")
				WORM("c", "u", "1") WORM("d", "u", "1") DEAD);
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	is(&l, "k", "outage", 722500, 722500); /* W7 */
	lab_close(&l);
}

/* The link in the middle goes both ways; which of them is drawn never matters at once. */
#define BRIDGE                                                                           \
	"assets:\n" NODE("s") NODE("u") NODE("v") NODE("t") "relations:\n" ARC("s", "u") \
		ARC("s", "v") ARC("u", "v") ARC("v", "u") ARC("u", "t") ARC("v", "t")
#define BRIDGE_RULES                                                                 \
	"rules:\n" WORM("s", "u", "0.9") WORM("s", "v", "0.9") WORM("u", "v", "0.9") \
		WORM("v", "u", "0.9") WORM("u", "t", "0.9") WORM("v", "t", "0.9")

static void w9_bridge(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l, BRIDGE, BRIDGE_RULES);
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	is(&l, "t", "malware.worm", 978480, 978480); /* W9 */
	lab_close(&l);
}

#define TWO_IN_A_ROOM(rest)                                                                  \
	"assets:\n" NODE("s") NODE("a") NODE("b") "relations:\n" ARC("s", "a") ARC("s", "b") \
		SERVICE("{name: g, need: 1, of: [a, b]}" rest)
#define TO_BOTH(rest)                                                                     \
	"rules:\n  - {id: r, when: {threat: malware.worm, class: device.n.s}, relation: " \
	"supplies, gives: outage, likelihood: [0.4, 0.9], why: w" rest "}\n"

/* What comes to all or to none takes two that stand in for each other as often as one; the bounds,
 * which multiply, hold it. */
static void common_cause(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l, TWO_IN_A_ROOM(""), TO_BOTH(""));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	is(&l, "k", "outage", 160000, 810000);
	lab_close(&l);

	lab_open(&l, TWO_IN_A_ROOM(""), TO_BOTH(", common: true"));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	const struct ward_impact *it = lab_find(&l, "k", "outage");

	assert_non_null(it);
	assert_int_equal(it->lo_micro, 160000);
	assert_int_equal(it->hi_micro, 900000);
	is(&l, "k", "outage", 400000, 900000);
	lab_close(&l);
}

/* Of what the service says itself how many it needs, the rule of thumb says nothing. */
static void gives_way_to_requires(void **state)
{
	static const char rules[] =
		"rules:\n  - {id: r, when: {threat: malware.worm}, relation: hosts, gives: outage, "
		"unless_required: true, likelihood: 1, why: w}\n";
	char text[1024];
	struct lab l;

	(void)state;
	for (int asked = 0; asked < 2; asked++) {
		assert_true(snprintf(text, sizeof(text),
				    "rooms:\n  - {id: a, name: A, floor: f, class: room}\n"
				    "assets:\n" NODE(
					    "b") "services:\n"
						 "  - {id: k, name: K, class: service.care, rooms: "
						 "[a], "
						 "requires: [{name: g, need: 1, of: [%sb]}]}\n",
				    asked ? "a, " : "") < (int)sizeof(text));
		lab_open(&l, text, rules);
		lab_run(&l, WARD_IMPACT_FULL, "a malware.worm");
		assert_int_equal(lab_find(&l, "k", "outage") == NULL, asked);
		lab_close(&l);
	}
}

static void what_does_not_fit_is_sampled(void **state)
{
	struct ward_narrow how = {.nodes = 4, .worlds = 10000, .seed = 7};
	const struct ward_impact *it;
	struct lab l;
	int64_t lo, hi;

	(void)state;
	lab_open(&l, BRIDGE, BRIDGE_RULES);
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	it = narrowed(&l, "t", "malware.worm", &how);
	assert_int_equal(it->by, WARD_LIKELIHOOD_SAMPLED);
	assert_true(it->lo_micro < 978480 && it->hi_micro > 978480);
	assert_true(it->hi_micro - it->lo_micro < 8000);
	lo = it->lo_micro;
	hi = it->hi_micro;
	/* The same seed gives the same worlds, another one others. */
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	it = narrowed(&l, "t", "malware.worm", &how);
	assert_int_equal(it->lo_micro, lo);
	assert_int_equal(it->hi_micro, hi);
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	how.seed = 8;
	it = narrowed(&l, "t", "malware.worm", &how);
	assert_true(it->lo_micro != lo || it->hi_micro != hi);
	/* Without worlds the bounds stay. */
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	how.worlds = 0;
	it = lab_find(&l, "t", "malware.worm");
	lo = it->lo_micro;
	hi = it->hi_micro;
	it = narrowed(&l, "t", "malware.worm", &how);
	assert_int_equal(it->by, WARD_LIKELIHOOD_BOUND);
	assert_int_equal(it->lo_micro, lo);
	assert_int_equal(it->hi_micro, hi);
	lab_close(&l);
}

static void it_is_told(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint32_t none = 0;
	struct lab l;

	(void)state;
	lab_open(&l, BRIDGE, BRIDGE_RULES);
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	(void)narrowed(&l, "t", "malware.worm", &exactly);
	char *text = lab_json(&l);

	assert_non_null(strstr(text, "\"likelihood_by\":\"exact\""));
	assert_non_null(strstr(text, "\"likelihood_by\":\"bound\""));
	assert_non_null(strstr(text, "\"likelihood\":[0.97848,0.97848]"));
	free(text);
	ward_impact_write_likelihood(&w, lab_find(&l, "t", "malware.worm"), NULL);
	assert_true(ward_str_eqz(ward_wr_text(&w), "98 % (exact)"));
	ward_wr_fini(&w);
	/* The published score knows no likelihood. */
	lab_run(&l, WARD_IMPACT_REFERENCE, "s malware.worm");
	assert_int_equal(ward_engine_narrow(l.e, &exactly, &none, 1), WARD_ERR_STATE);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diamonds),
		cmocka_unit_test(shared_prefix_and_cycle),
		cmocka_unit_test(k_of_n),
		cmocka_unit_test(w7_two_trains),
		cmocka_unit_test(w9_bridge),
		cmocka_unit_test(common_cause),
		cmocka_unit_test(gives_way_to_requires),
		cmocka_unit_test(what_does_not_fit_is_sampled),
		cmocka_unit_test(it_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
