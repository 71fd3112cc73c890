/* The worked examples of impact propagation (W1 to W16). Elsewhere: W7 and W9 (structure functions)
 * in t_exact.c, W8 and W12 (hitting sets and cuts) in tests/unit/paths/t_aog.c, W14 (ranking of
 * actions) in tests/unit/actions/t_effect.c. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NODE(c) "  - {id: " c ", name: " c ", class: device.n." c "}\n"
#define ARC(a, b) "  - {from: " a ", relation: supplies, to: " b "}\n"
/* A rule for one arc. */
#define WORM(a, b, p, rest)                                                                       \
	"  - {id: " a "-" b ", when: {threat: malware.worm, class: device.n." a                   \
	"}, relation: supplies, to: {class: device.n." b "}, gives: malware.worm, likelihood: " p \
	", why: w" rest "}\n"
#define SUPPLY(rest)                                                                           \
	"rules:\n  - {id: feed, when: {threat: outage, class: device}, relation: powers, to: " \
	"{class: device}, gives: outage, mode: supply, likelihood: 1, why: w" rest "}\n"
#define POWER(a, b) "  - {from: " a ", relation: powers, to: " b "}\n"

static void interval(const struct lab *l, const char *asset, int64_t lo, int64_t hi)
{
	const struct ward_impact *it = lab_find(l, asset, "malware.worm");

	assert_non_null(it);
	assert_int_equal(it->lo_micro, lo);
	assert_int_equal(it->hi_micro, hi);
}

/* Exact 0.58 = the upper bound, as the paths are independent; best proof 0.40. */
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
	interval(&l, "t", 400000, 580000);
	lab_close(&l);
}

/* Exact 0.45; independence would give 0.55, which is an upper bound. */
static void w2_shared_prefix(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("c") NODE("a") NODE("b") NODE("t") "relations:\n" ARC(
			"s", "c") ARC("c", "a") ARC("c", "b") ARC("a", "t") ARC("b", "t"),
		"rules:\n" WORM("s", "c", "0.5", "") WORM("c", "a", "1", "") WORM("c", "b", "1", "")
			WORM("a", "t", "0.8", "") WORM("b", "t", "0.5", ""));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	interval(&l, "t", 400000, 550000);
	lab_close(&l);
}

/* A fixpoint of noisy-OR would say 0.84 and 0.76; the bounds here are exact. */
static void w3_cycle(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") "relations:\n" ARC("s", "a") ARC("a", "b")
			ARC("b", "a"),
		"rules:\n" WORM("s", "a", "0.5", "") WORM("a", "b", "0.9", "")
			WORM("b", "a", "0.9", ""));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	interval(&l, "a", 500000, 500000);
	interval(&l, "b", 450000, 450000);
	lab_close(&l);
}

/* W4 and W5: 2 of 3 that fail with 0.1, 0.2, 0.3: exact 0.098, with a common cause 0.10702. */
static void w4_w5_two_of_three(void **state)
{
	static const char hospital[] =
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("c") "relations:\n" ARC("s", "a")
			ARC("s", "b") ARC("s", "c") "services:\n  - {id: k, name: K, class: "
						    "service.care, requires: [{name: g, need: "
						    "2, of: [a, b, c]}]}\n";
	static const char rules[] = "rules:\n" WORM("s", "a", "0.1", "") WORM(
		"s", "b", "0.2", "") WORM("s", "c", "0.3",
		"") "  - {id: dead, when: {threat: malware.worm, class: device}, relation: self, "
		    "gives: outage, likelihood: 1, why: w}\n"
		    "  - {id: common, when: {threat: malware.virus, class: device.n.s}, relation: "
		    "supplies, gives: outage, likelihood: 0.01, why: w}\n";
	struct lab l;

	(void)state;
	lab_open(&l, hospital, rules);
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	const struct ward_impact *it = lab_find(&l, "k", "outage");

	assert_int_equal(it->lo_micro, 60000);  /* 0.3 · 0.2 <= 0.098 */
	assert_int_equal(it->hi_micro, 300000); /* min((.1+.2+.3)/2, .1+.2) */
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm s malware.virus");
	it = lab_find(&l, "k", "outage");
	assert_true(it->lo_micro <= 107020 && it->hi_micro >= 107020);
	lab_close(&l);
}

/* The linear inoperability model q = Aq + c, A = [[0, .3], [.5, 0]], c = (.2, 0): q = (4/17, 2/17).
 * Its loop feeds itself: as likelihoods the truth is (.2, .1), which the interval must give, and q
 * is an upper bound. */
static void w6_inoperability(void **state)
{
	double q[2] = {0, 0};
	struct lab l;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		double first = .3 * q[1] + .2;

		q[1] = .5 * q[0];
		q[0] = first;
	}
	assert_true(q[0] > 4. / 17 - 1e-9 && q[0] < 4. / 17 + 1e-9);
	assert_true(q[1] > 2. / 17 - 1e-9 && q[1] < 2. / 17 + 1e-9);
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") "relations:\n" ARC("s", "a") ARC("a", "b")
			ARC("b", "a"),
		"rules:\n" WORM("s", "a", "0.2", "") WORM("a", "b", "0.5", "")
			WORM("b", "a", "0.3", ""));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	interval(&l, "a", 200000, 200000);
	interval(&l, "b", 100000, 100000);
	assert_true((double)lab_find(&l, "a", "malware.worm")->hi_micro <= q[0] * 1e6);
	assert_true((double)lab_find(&l, "b", "malware.worm")->hi_micro <= q[1] * 1e6);
	lab_close(&l);
}

/* Chillers fail at 10, 40 and 25 min; 2 of 3 needed; thermal buffer 30 min: down at 55 min. */
static void w10_chillers(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("c") NODE("w") "relations:\n" ARC(
			"s", "a") ARC("s", "b") ARC("s", "c") POWER("a", "w") POWER("b", "w")
			POWER("c", "w") "buffers: [{on: w, kind: thermal, lasts: 30min}]\n"
					"services:\n  - {id: k, name: K, class: service.care, "
					"requires: [{name: g, need: "
					"2, of: [a, b, c], buffer: 30min}]}\n",
		SUPPLY(", keep: 2, buffer: thermal") WORM(
			"s", "a", "1", ", delay: {earliest: 10min}") WORM("s", "b", "1",
			", delay: {earliest: 40min}") WORM("s", "c", "1",
			", delay: {earliest: 25min}") "  - {id: dead, when: {threat: malware.worm, "
						      "class: device}, relation: self, "
						      "gives: outage, likelihood: 1, why: w}\n"
						      "  - {id: spare, when: {threat: "
						      "malware.worm, class: device.n.s}, relation: "
						      "self, "
						      "gives: loiter, likelihood: 1, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	assert_int_equal(lab_find(&l, "w", "outage")->expected, 55 * LAB_MIN);
	assert_int_equal(lab_find(&l, "w", "outage")->buffered, 30 * LAB_MIN);
	assert_int_equal(lab_find(&l, "k", "outage")->expected, 55 * LAB_MIN);
	assert_int_equal(lab_find(&l, "k", "outage")->earliest, 55 * LAB_MIN);
	lab_close(&l);
}

/* A room warms up in 15 min where nobody said how fast; where its thermal minutes are stated, in
 * those, not in both, and at once when they are spent. Without buffer_instead they come on top. */
static void a_buffer_instead_of_a_delay(void **state)
{
	static const struct {
		const char *rule;
		int64_t stated, spent;
	} of[] = {{", buffer: thermal, delay: {earliest: 5min, expected: 15min}", 25, 15},
		{", buffer: thermal, buffer_instead: true, delay: {earliest: 5min, expected: "
		 "15min}",
			10, 0}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		struct lab l;
		char rules[512];

		(void)snprintf(rules, sizeof(rules),
			"rules:\n  - {id: warm, when: {threat: outage, class: device}, relation: "
			"supplies, to: {class: device}, gives: outage, mode: supply, likelihood: "
			"1, "
			"why: w%s}\n",
			of[i].rule);
		lab_open(&l,
			"assets:\n" NODE("s") NODE("a") NODE("b") "relations:\n" ARC("s", "a")
				ARC("s", "b") "buffers: [{on: a, kind: thermal, lasts: 10min}]\n",
			rules);
		lab_run(&l, WARD_IMPACT_FULL, "s outage");
		assert_int_equal(lab_find(&l, "a", "outage")->expected, of[i].stated * LAB_MIN);
		assert_int_equal(lab_find(&l, "a", "outage")->buffered, 10 * LAB_MIN);
		assert_int_equal(lab_find(&l, "b", "outage")->expected, 15 * LAB_MIN);
		assert_int_equal(lab_find(&l, "b", "outage")->earliest, 5 * LAB_MIN);

		const struct ward_seed_threat seed = {lab_find(&l, "s", "outage")->asset,
			lab_find(&l, "s", "outage")->threat, 0, 1000000, 1000000};
		const struct ward_change spent = {.kind = WARD_CHANGE_BUFFER,
			.asset = lab_find(&l, "a", "outage")->asset,
			.threat = WARD_NONE,
			.buffer = WARD_STR("thermal")};

		assert_int_equal(ward_engine_what_if(l.e, &seed, 1, &spent, 1, &l.all), WARD_OK);
		assert_int_equal(lab_find(&l, "a", "outage")->expected, of[i].spent * LAB_MIN);
		lab_close(&l);
	}
}

/* What somebody must do is left out of things as they stand, unless it was seen; what it then leads
 * to is not. A rule says it, or the dictionary does where the threat is another one. */
static void as_things_stand(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("a") NODE("b") NODE("c") NODE("d") NODE("e") "relations:\n" ARC(
			"a", "b") ARC("b", "c") ARC("a", "d") ARC("d", "e"),
		"rules:\n"
		"  - {id: worm, when: {threat: malware.worm, class: device}, relation: "
		"supplies, to: {class: device}, gives: malware.worm, likelihood: 0.5, why: w}\n"
		"  - {id: falls, when: {threat: malware.worm, class: device}, relation: self, "
		"gives: outage, likelihood: 1, why: w}\n"
		"  - {id: goes-on, when: {threat: malware.virus, class: device}, relation: "
		"supplies, to: {class: device}, gives: malware.worm, likelihood: 0.5, why: w}\n"
		"  - {id: by-hand, when: {threat: intrusion, class: device}, relation: self, "
		"gives: outage, act: true, likelihood: 0.5, why: w}\n"
		"  - {id: by-itself, when: {threat: intrusion, class: device}, relation: "
		"supplies, to: {class: device}, gives: theft, act: false, "
		"likelihood: 0.5, why: w}\n");
	lab_run(&l, WARD_IMPACT_STANDS, "a malware.virus");
	assert_int_equal(l.all.n, 1);
	lab_run(&l, WARD_IMPACT_FULL, "a malware.virus");
	assert_int_equal(lab_find(&l, "c", "outage")->lo_micro, 250000);

	lab_run(&l, WARD_IMPACT_STANDS, "b malware.worm");
	assert_int_equal(lab_find(&l, "c", "outage")->lo_micro, 500000);
	lab_run(&l, WARD_IMPACT_STANDS, "a intrusion");
	assert_int_equal(l.all.n, 3); /* itself, and what b and d lose */
	lab_run(&l, WARD_IMPACT_FULL, "a intrusion");
	assert_int_equal(lab_find(&l, "a", "outage")->lo_micro, 500000);

	/* An update goes on as it began, and narrowing knows it, too. */
	lab_run(&l, WARD_IMPACT_STANDS, "b malware.worm");
	const struct ward_change also = {.kind = WARD_CHANGE_THREAT,
		.asset = lab_find(&l, "b", "malware.worm")->asset,
		.threat = ward_threats_find(ward_model_threats(l.m), WARD_STR("intrusion")),
		.lo_micro = 1000000,
		.hi_micro = 1000000};

	assert_int_equal(ward_engine_update(l.e, &also, 1), WARD_OK);
	assert_int_equal(ward_engine_result(l.e, &l.all), WARD_OK);
	assert_int_equal(l.all.n, 6);
	assert_int_equal(lab_find(&l, "c", "outage")->lo_micro, 500000);
	lab_close(&l);
}

/* W11 without chance: the grid is lost at 0. Generator not started: the UPS holds 15 min. Started
 * at 1 min with fuel to 481 min: the UPS has 14 min left after that, so down at 495 min. What a
 * short gap took from a buffer is not modelled: the remaining 14 min are stated. */
static void w11_ups_and_generator(void **state)
{
	static const char text[] =
		"assets:\n" NODE("g") NODE("d") NODE("u") "relations:\n" POWER("g", "u")
			POWER("d", "u") "buffers:\n  - {on: u, kind: ups, lasts: %dmin}\n"
					"  - {on: d, kind: fuel, lasts: 481min}\n";
	static const char rules[] =
		SUPPLY(", buffer: ups") "  - {id: burns, when: {threat: heat, class: device.n.d}, "
					"relation: self, gives: "
					"outage, buffer: fuel, likelihood: 1, why: w}\n";
	char hospital[1024];
	struct lab l;

	(void)state;
	snprintf(hospital, sizeof(hospital), text, 15);
	lab_open(&l, hospital, rules);
	lab_run(&l, WARD_IMPACT_FULL, "g outage d outage");
	assert_int_equal(lab_find(&l, "u", "outage")->expected, 15 * LAB_MIN);
	lab_close(&l);
	snprintf(hospital, sizeof(hospital), text, 14);
	lab_open(&l, hospital, rules);
	lab_run(&l, WARD_IMPACT_FULL, "g outage d heat");
	assert_int_equal(lab_find(&l, "u", "outage")->expected, 495 * LAB_MIN);
	lab_close(&l);
}

/* W1 with s->a in [0.4, 0.6]: the exact interval is [0.524, 0.636]. */
static void w13_interval(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") NODE("t") "relations:\n" ARC("s", "a")
			ARC("s", "b") ARC("a", "t") ARC("b", "t"),
		"rules:\n" WORM("s", "a", "[0.4, 0.6]", "") WORM("a", "t", "0.8", "")
			WORM("s", "b", "0.6", "") WORM("b", "t", "0.5", ""));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	interval(&l, "t", 320000, 636000);
	lab_close(&l);
}

static void w15_earliest_in_a_cycle(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("s") NODE("a") NODE("b") "relations:\n" ARC("s", "a") ARC("s", "b")
			ARC("a", "b") ARC("b", "a"),
		"rules:\n" WORM("s", "a", "1", ", delay: {earliest: 5min}")
			WORM("a", "b", "1", ", delay: {earliest: 2min}")
				WORM("b", "a", "1", ", delay: {earliest: 1min}")
					WORM("s", "b", "1", ", delay: {earliest: 10min}"));
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	assert_int_equal(lab_find(&l, "a", "malware.worm")->expected, 5 * LAB_MIN);
	assert_int_equal(lab_find(&l, "b", "malware.worm")->expected, 7 * LAB_MIN);
	assert_int_equal(lab_find(&l, "b", "malware.worm")->earliest, 7 * LAB_MIN);
	lab_close(&l);
}

/* a and b feed each other; g, the only source, is lost: both are down, and it is said why. */
static void w16_supply_loop_is_down(void **state)
{
	static const char hospital[] = "assets:\n" NODE("g") NODE("a") NODE("b") NODE("c")
		NODE("h") "relations:\n" POWER("g", "a") POWER("g", "b") POWER("a", "b")
			POWER("b", "a") POWER("a", "c")
				POWER("h", "c") "buffers: [{on: a, kind: ups, lasts: 7min}]\n";
	struct lab l;

	(void)state;
	lab_open(&l, hospital, SUPPLY(", buffer: ups, delay: {earliest: 1min, expected: 2min}"));
	lab_run(&l, WARD_IMPACT_FULL, "g outage");
	assert_int_equal(l.all.n, 3);
	assert_int_equal(lab_find(&l, "b", "outage")->earliest, 1 * LAB_MIN);
	assert_int_equal(lab_find(&l, "b", "outage")->expected, 2 * LAB_MIN);
	assert_int_equal(lab_find(&l, "a", "outage")->expected, 9 * LAB_MIN);
	assert_int_equal(lab_find(&l, "a", "outage")->buffered, 7 * LAB_MIN);
	assert_true(lab_find(&l, "a", "outage")->loop);
	assert_true(lab_find(&l, "b", "outage")->loop);
	assert_int_equal(lab_find(&l, "a", "outage")->lo_micro, 1000000);
	assert_null(lab_find(&l, "c", "outage")); /* h still feeds it */
	/* Half sure that g is lost: half sure that they are. */
	lab_run_with(&l, "g outage", 500000, 500000);
	assert_int_equal(lab_find(&l, "b", "outage")->lo_micro, 500000);
	assert_int_equal(lab_find(&l, "b", "outage")->hi_micro, 500000);
	/* With h gone as well, c follows when a has fallen, by the ordinary way. */
	lab_run(&l, WARD_IMPACT_FULL, "g outage h outage");
	assert_int_equal(lab_find(&l, "c", "outage")->expected, 11 * LAB_MIN);
	assert_false(lab_find(&l, "c", "outage")->loop);
	lab_close(&l);
}

/* A ring with a second source stays up; nothing touched, nothing reported. */
static void a_loop_with_a_live_source_stays_up(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("g") NODE("h") NODE("a") NODE("b") NODE("c") NODE("x")
			NODE("y") "relations:\n" POWER("g", "a") POWER("a", "b") POWER("b", "a")
				POWER("b", "c") POWER("c", "b") POWER("h", "c") POWER("x", "y")
					POWER("y", "x"),
		SUPPLY(""));
	lab_run(&l, WARD_IMPACT_FULL, "g outage");
	assert_int_equal(l.all.n, 1);
	lab_run(&l, WARD_IMPACT_FULL, "h outage");
	assert_int_equal(l.all.n, 1);
	lab_run(&l, WARD_IMPACT_FULL, "g outage h outage");
	assert_int_equal(l.all.n, 5);
	lab_close(&l);
}

/* The same policy for services that require each other or a third. */
static void w16_for_what_services_require(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("g") "services:\n"
				      "  - {id: k1, name: K1, class: service.care, requires: "
				      "[{name: g1, need: 1, of: "
				      "[g, k2], buffer: 3min}]}\n"
				      "  - {id: k2, name: K2, class: service.care, requires: "
				      "[{name: g2, need: 1, of: "
				      "[g, k1]}]}\n",
		SUPPLY(""));
	lab_run(&l, WARD_IMPACT_FULL, "g outage");
	assert_int_equal(l.all.n, 3);
	assert_int_equal(lab_find(&l, "k1", "outage")->expected, 3 * LAB_MIN);
	assert_int_equal(lab_find(&l, "k2", "outage")->expected, 0);
	lab_close(&l);
}

/* A loop through a rule on the same asset: no power -> outage -> feeds nothing. */
static void w16_through_same_asset_rules(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("g") NODE("a") NODE("b") "relations:\n" POWER("g", "a")
			POWER("b", "a") POWER("a", "b"),
		"rules:\n"
		"  - {id: feed, when: {threat: outage, class: device}, relation: powers, gives: "
		"heat, mode: supply, likelihood: 1, why: w}\n"
		"  - {id: stop, when: {threat: heat}, relation: self, gives: outage, likelihood: "
		"1, delay: {earliest: 1min}, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "g outage");
	assert_int_equal(l.all.n, 5);
	assert_int_equal(lab_find(&l, "a", "heat")->expected, 0);
	assert_int_equal(lab_find(&l, "a", "outage")->expected, 1 * LAB_MIN);
	lab_close(&l);
}

/* k of n: need all = any loss takes it; need one = the last loss takes it. */
static void k_of_n_ends(void **state)
{
	static const int minutes[] = {0, 10, 25, 40};

	(void)state;
	for (int need = 1; need <= 3; need++) {
		char text[2048];
		struct lab l;

		snprintf(text, sizeof(text),
			"assets:\n" NODE("s") NODE("a") NODE("b")
				NODE("c") "relations:\n" ARC("s", "a") ARC("s", "b")
					ARC("s", "c") "services:\n  - {id: k, name: K, class: "
						      "service.care, requires: [{name: "
						      "g, need: %d, of: [a, b, c]}]}\n",
			need);
		lab_open(&l, text,
			"rules:\n" WORM("s", "a", "0.5", ", delay: {earliest: 10min}") WORM(
				"s", "b", "0.6", ", delay: {earliest: 40min}") WORM("s", "c", "0.7",
				", delay: {earliest: 25min}") "  - {id: dead, when: {threat: "
							      "malware.worm, class: device}, "
							      "relation: "
							      "self, gives: outage, likelihood: 1, "
							      "why: w}\n"
							      "  - {id: x, when: {threat: "
							      "malware.worm, class: device.n.s}, "
							      "relation: "
							      "self, gives: heat, likelihood: 1, "
							      "why: w}\n");
		lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
		const struct ward_impact *it = lab_find(&l, "k", "outage");

		assert_int_equal(it->expected, minutes[4 - need] * LAB_MIN);
		if (need == 3) { /* OR: 1 - .5·.4·.3 */
			assert_int_equal(it->lo_micro, 700000);
			assert_int_equal(it->hi_micro, 940000);
		}
		if (need == 1) { /* AND: at least the product, at most the least */
			assert_int_equal(it->lo_micro, 210000);
			assert_int_equal(it->hi_micro, 500000);
		}
		lab_close(&l);
	}
}

/* Theatres need one of: the grid's board, or both the generator and its fuel, which is felt after 2
 * min; board and generator fall with the flooded room, fuel does not. The inner group is nobody's
 * business: what led to it is told. */
#define TREE(c)                                                                                  \
	"assets:\n" NODE("s") NODE("a") NODE("b") NODE("c")                                      \
		NODE("d") "relations:\n" POWER("s", "a") POWER(                                  \
			"s", "b") "services:\n  - {id: k, name: K, class: service.care, "        \
				  "requires: [{name: power, buffer: 1min, any: [a, {all: [b, " c \
				  "], buffer: 2min}]}]}\n"

static void groups_in_groups(void **state)
{
	struct ward_change cut = {.kind = WARD_CHANGE_CUT, .rel = WARD_REL_REQUIRES};
	struct ward_impacts all;
	struct lab l;

	(void)state;
	lab_open(&l, TREE("c"), SUPPLY(""));
	lab_run(&l, WARD_IMPACT_FULL, "b outage");
	assert_null(lab_find(&l, "k", "outage"));
	lab_run(&l, WARD_IMPACT_FULL, "a outage c outage");
	const struct ward_impact *it = lab_find(&l, "k", "outage");

	assert_non_null(it);
	assert_int_equal(it->expected, 3 * LAB_MIN);
	assert_int_equal(it->buffered, 3 * LAB_MIN);
	assert_int_equal(it->hops, 1);
	lab_run(&l, WARD_IMPACT_FULL, "s outage");
	it = lab_find(&l, "k", "outage");
	assert_non_null(it);
	assert_int_equal(l.all.n, 4); /* s, a, b, k */
	assert_int_equal(it->hops, 2);
	assert_int_equal(l.all.item[it->parent].hops, 1);
	for (size_t i = 0; i < l.all.n; i++)
		assert_true(l.all.item[i].asset < ward_model_n(l.m));
	/* Without what makes the inner group fall, the service stands. */
	cut.asset = ward_model_find(l.m, WARD_STR("k"));
	cut.other = ward_model_find(l.m, WARD_STR("b"));
	struct ward_seed_threat seed = {.asset = ward_model_find(l.m, WARD_STR("s")),
		.threat = ward_threats_find(ward_model_threats(l.m), WARD_STR("outage")),
		.lo_micro = 1000000,
		.hi_micro = 1000000};

	assert_int_equal(ward_engine_what_if(l.e, &seed, 1, &cut, 1, &all), WARD_OK);
	assert_int_equal(all.n, 3);
	cut.undo = true;
	assert_int_equal(ward_engine_update(l.e, &cut, 1), WARD_OK);
	assert_int_equal(ward_engine_result(l.e, &all), WARD_OK);
	assert_int_equal(all.n, 4);
	lab_close(&l);
	lab_open(&l, TREE("{need: 1, of: [c, d]}"), SUPPLY(""));
	lab_run(&l, WARD_IMPACT_FULL, "a outage c outage");
	assert_null(lab_find(&l, "k", "outage"));
	lab_run(&l, WARD_IMPACT_FULL, "a outage c outage d outage");
	assert_non_null(lab_find(&l, "k", "outage"));
	lab_close(&l);
}

/* From 01:00 in Rome: 3 of the next 4 hours count half, one wholly: 150 min of 2 care units. */
static void by_the_hour(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("a") NODE("b") "relations:\n" POWER(
			"a", "b") "services:\n  - {id: k, "
				  "name: K, class: service.care, weight: 2, criticality: 5, "
				  "requires: [{of: [a]}], hours: "
				  "[{days: thu, from: \"03:00\", to: \"04:00\", weight: 1}], "
				  "otherwise: 0.5}\n",
		SUPPLY(""));
	lab_run(&l, WARD_IMPACT_FULL, "a outage");
	const struct ward_impact *it = lab_find(&l, "k", "outage");

	assert_int_equal(it->loss_micro, 1000000);
	assert_int_equal(it->score_micro, 500000);
	assert_int_equal(
		ward_impact_priority(&l.all, (size_t)(it - l.all.item), l.m), 301 * 1000000);
	lab_close(&l);
}

/* b and c feed each other and nothing feeds them: before anything happens they have no live source.
 * So d, which a and c feed, loses a and stands; bounds, exact likelihood and updates say the same.
 * When b itself falls, c and d fall with it as everything else does. */
static void a_loop_without_a_source_before(void **state)
{
	struct ward_narrow how = {.nodes = 1 << 10};
	struct ward_change c = {
		.kind = WARD_CHANGE_THREAT, .lo_micro = 1000000, .hi_micro = 1000000};
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n" NODE("a") NODE("b") NODE("c") NODE("d") "relations:\n" POWER("a", "d")
			POWER("c", "d") POWER("d", "c") POWER("b", "c") POWER("c", "b"),
		"rules:\n"
		"  - {id: one, when: {threat: outage, class: device}, relation: powers, to: "
		"{class: "
		"device.n.d}, gives: outage, mode: supply, keep: 1, likelihood: 0.5, why: w}\n"
		"  - {id: any, when: {threat: outage, class: device}, relation: powers, to: "
		"{class: "
		"device.n.c}, gives: outage, mode: supply, keep: 2, likelihood: 0.5, why: w}\n"
		"  - {id: all, when: {threat: outage, class: device}, relation: powers, to: "
		"{class: "
		"device.n.b}, gives: outage, mode: supply, keep: 1, likelihood: 0.5, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "a outage");
	assert_int_equal(l.all.n, 1);
	c.asset = ward_model_find(l.m, WARD_STR("b"));
	c.threat = ward_threats_find(ward_model_threats(l.m), WARD_STR("outage"));
	assert_int_equal(ward_engine_update(l.e, &c, 1), WARD_OK);
	assert_int_equal(ward_engine_result(l.e, &l.all), WARD_OK);
	const struct ward_impact *d = lab_find(&l, "d", "outage");

	assert_int_equal(l.all.n, 4);
	assert_int_equal(d->lo_micro, 250000);
	assert_false(d->loop);
	uint32_t at = (uint32_t)(d - l.all.item);

	assert_int_equal(ward_engine_narrow(l.e, &how, &at, 1), WARD_OK);
	assert_int_equal(d->by, WARD_LIKELIHOOD_EXACT);
	assert_int_equal(d->lo_micro, 250000);
	assert_int_equal(d->hi_micro, 250000);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(w1_diamond),
		cmocka_unit_test(w2_shared_prefix),
		cmocka_unit_test(w3_cycle),
		cmocka_unit_test(w4_w5_two_of_three),
		cmocka_unit_test(w6_inoperability),
		cmocka_unit_test(w10_chillers),
		cmocka_unit_test(a_buffer_instead_of_a_delay),
		cmocka_unit_test(as_things_stand),
		cmocka_unit_test(w11_ups_and_generator),
		cmocka_unit_test(w13_interval),
		cmocka_unit_test(w15_earliest_in_a_cycle),
		cmocka_unit_test(w16_supply_loop_is_down),
		cmocka_unit_test(a_loop_with_a_live_source_stays_up),
		cmocka_unit_test(w16_for_what_services_require),
		cmocka_unit_test(w16_through_same_asset_rules),
		cmocka_unit_test(k_of_n_ends),
		cmocka_unit_test(groups_in_groups),
		cmocka_unit_test(by_the_hour),
		cmocka_unit_test(a_loop_without_a_source_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
