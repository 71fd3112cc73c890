/* What an action avoids, worked out by hand: when it has its effect, what it costs itself, what it
 * relies on, and how that is shown by the hour. */
#include "play.h"

#include "actions/timeline.h"

#include <stdio.h>
#include <stdlib.h>

/* That service is down once, for sure, in that time. */
static void spell(const struct play *x, const struct ward_actions_spells *s, const char *id,
	ward_ns from, ward_ns to)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->at[i].service != lab_node(&x->h.lab, id))
			continue;
		n++;
		assert_int_equal(s->at[i].from, from);
		assert_int_equal(s->at[i].to, to);
		assert_int_equal(s->at[i].lo_micro, 1000000);
	}
	assert_int_equal(n, 1);
}

/* An action counts from when it has its effect; what it costs care itself counts too. */
static void by_hand(void **state)
{
	struct play x;

	(void)state;
	play_open(&x, CHAIN,
		"actions:\n"
		"  - {id: repair, text: R, threats: [outage], class: device, except: "
		"[device.ahu],\n"
		"     repairs: true, takes: 10min, team: it, role: engineer}\n"
		"  - {id: late, text: L, threats: [outage], class: device, fails_over: true,\n"
		"     takes: 2h, team: it, role: engineer}\n"
		"  - {id: relieve, text: M, threats: [outage], class: service.care, relieves: "
		"0.5,\n"
		"     takes: 20min, cost: 3, team: it, role: engineer}\n");
	house_strike(&x.h, "aa", "outage");
	x.ask.timeline = true;
	play_find(&x);
	/* care is down for 60 min of weight 2; side from 30 on, weight 1. */
	spell(&x, &x.p.nothing_spells, "care", 0, 60 * MIN);
	spell(&x, &x.p.nothing_spells, "side", 30 * MIN, 60 * MIN);
	spell(&x, &play_item(&x, "repair")->spells, "care", 0, 10 * MIN);
	assert_int_equal(play_item(&x, "repair")->spells.n, 1);
	assert_int_equal(x.p.nothing.care_micro, (120 + 30) * 1000000);
	assert_int_equal(x.p.nothing.minutes_micro, (60 + 30) * 1000000);
	assert_int_equal(x.p.nothing.services, 2);
	assert_int_equal(play_item(&x, "repair")->after.care_micro, 20 * 1000000);
	assert_int_equal(play_item(&x, "repair")->n_saved, 2);
	assert_int_equal(play_item(&x, "late")->after.care_micro, 150 * 1000000);
	/* 20 min whole, 40 by half. */
	assert_int_equal(play_item(&x, "relieve")->after.care_micro, (40 + 40 + 30) * 1000000);
	assert_int_equal(play_item(&x, "relieve")->gain_micro, (40 - 3) * 1000000);
	assert_true(play_item(&x, "repair")->chosen);
	assert_false(play_item(&x, "late")->chosen);
	play_close(&x);
}

/* A mark is the worst within its 75 seconds; what is otherwise only within a mark has its row. */
static void marks(void **state)
{
	static const ward_ns sec = WARD_NS_PER_S;
	struct ward_actions_spell nothing[2], done[1];
	char told[4096], text[4096], want[512], rest[47] = "";
	struct ward_wr w = ward_wr_fixed(told, sizeof(told));
	struct play x;

	(void)state;
	play_open(&x, CHAIN,
		"actions:\n"
		"  - {id: repair, text: R, threats: [outage], class: device, except: "
		"[device.ahu],\n"
		"     repairs: true, takes: 10min, team: it, role: engineer}\n");
	house_strike(&x.h, "aa", "outage");
	x.ask.timeline = true;
	play_find(&x);
	uint32_t care = lab_node(&x.h.lab, "care"), side = lab_node(&x.h.lab, "side");

	/* Both begin after the begin of a mark and end before that of the next. */
	nothing[0] = (struct ward_actions_spell){care, 80 * sec, 140 * sec, 600000, 800000};
	nothing[1] = (struct ward_actions_spell){side, 10 * sec, 30 * sec, 100000, 200000};
	done[0] = (struct ward_actions_spell){care, 80 * sec, 110 * sec, 600000, 800000};
	x.p.nothing_spells = (struct ward_actions_spells){nothing, 2, false};
	for (size_t i = 0; i < x.p.n_item; i++) {
		x.p.item[i].chosen = true;
		x.p.item[i].spells = (struct ward_actions_spells){done, 1, false};
	}
	x.p.best_spells = x.p.nothing_spells;
	ward_actions_timeline(&x.p, &x.w, &x.ask, NULL, &w);
	memset(rest, '.', sizeof(rest) - 1);
	snprintf(want, sizeof(want), "%-29s.#%s  down for 60 s\n%-29s.#%s  down for 30 s\n", "Care",
		rest, "  with 1", rest);
	snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(ward_wr_text(&w)));
	assert_non_null(strstr(text, "a mark for the worst of 75 s"));
	assert_non_null(strstr(text, want));
	assert_non_null(strstr(text, "  maybe down for 20 s\n"));
	assert_null(strstr(text, "with the best together"));
	play_close(&x);
}

/* What works by things of a class is not proposed while one of them is out within the horizon, nor
 * where there is none. */
static void not_by_what_fails_too(void **state)
{
	static const struct {
		const char *by, *struck;
		ward_ns horizon;
		bool proposed;
	} row[] = {{"device.ahu", NULL, 60, true}, {"device.ahu", "gen", 60, false},
		{"device.ahu", "late", 60, false}, {"device.ahu", "late", 30, true},
		{"supply", NULL, 60, false}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct play x;
		char text[512];
		size_t n = 0;

		(void)snprintf(text, sizeof(text),
			"actions:\n"
			"  - {id: by, text: B, threats: [outage], class: device, except: "
			"[device.ahu],\n"
			"     relies_on: %s, fails_over: true, takes: 0s, team: it, role: "
			"engineer}\n",
			row[i].by);
		play_open(&x,
			"assets:\n"
			"  - {id: aa, name: A, class: device, room: hall}\n"
			"  - {id: gen, name: G, class: device.ahu, room: hall}\n"
			"  - {id: late, name: L, class: device, room: hall}\n"
			"relations: [{from: late, relation: powers, to: gen}]\n"
			"buffers: [{on: gen, kind: ups, lasts: 40min}]\n",
			text);
		x.ask.horizon = row[i].horizon * MIN;
		house_strike(&x.h, "aa", "outage");
		if (row[i].struck)
			house_strike(&x.h, row[i].struck, "outage");
		play_find(&x);
		for (size_t k = 0; k < x.p.n_item; k++)
			n += x.p.item[k].node == lab_node(&x.h.lab, "aa");
		assert_int_equal(n, row[i].proposed);
		assert_int_equal(x.p.n_unreliable > 0, !row[i].proposed);
		play_close(&x);
	}
}

/* What it works by runs dry, but is filled up in time: proposed with that, never alone. */
static void only_together(void **state)
{
	static const struct {
		bool fill;
		ward_ns horizon;
		bool proposed;
		uint64_t budget;
	} row[] = {{true, 60, true, 3}, {false, 60, false, 3}, {true, 120, false, 3},
		{true, 60, false, 2}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct play x;
		char text[1024];

		(void)snprintf(text, sizeof(text),
			"actions:\n"
			"  - {id: by, text: B, threats: [outage], class: device, except: "
			"[device.ahu, device.reader],\n"
			"     relies_on: device.ahu, fails_over: true, takes: 0s, cost: 2, team: "
			"it, "
			"role: engineer}\n%s",
			row[i].fill ? "  - {id: fill, text: F, threats: [outage], class: "
				      "device.ahu, buffer: ups,\n     lasts: 40min, on_top: true, "
				      "takes: 5min, cost: 1, team: plant, role: engineer}\n"
				    : "");
		play_open(&x,
			"assets:\n"
			"  - {id: aa, name: A, class: device, room: hall}\n"
			"  - {id: gen, name: G, class: device.ahu, room: hall}\n"
			"  - {id: late, name: L, class: device.reader, room: hall}\n"
			"relations: [{from: late, relation: powers, to: gen}]\n"
			"buffers: [{on: gen, kind: ups, lasts: 40min}]\n"
			"services:\n"
			"  - {id: care, name: C, class: service.care, rooms: [hall], weight: 2,\n"
			"     requires: [{of: [aa]}]}\n",
			text);
		x.ask.horizon = row[i].horizon * MIN;
		x.ask.budget = row[i].budget;
		house_strike(&x.h, "aa", "outage");
		house_strike(&x.h, "late", "outage");
		play_find(&x);
		assert_int_equal(x.p.n_unreliable + x.p.n_short, row[i].proposed ? 0 : 1);
		assert_int_equal(x.p.n_short, row[i].budget == 2);
		if (row[i].proposed) {
			assert_true(play_item(&x, "by")->with && play_item(&x, "by")->chosen);
			assert_true(play_item(&x, "fill")->chosen);
			assert_int_equal(x.p.best.care_micro, 0);
			assert_int_equal(play_item(&x, "by")->after.care_micro, 0);
			assert_true(x.p.bound_micro <= x.p.best.care_micro);
		} else {
			for (size_t k = 0; k < x.p.n_item; k++)
				assert_false(x.p.item[k].with);
			assert_int_equal(x.p.best.care_micro, x.p.nothing.care_micro);
		}
		play_close(&x);
	}
}

/* What is filled up goes on for so long after its own; otherwise for so long in all. */
static void on_top_of_its_own(void **state)
{
	static const struct {
		const char *key;
		bool otherwise;
		int64_t down; /* minutes */
	} row[] = {{"on_top: true", false, 60 - 40}, {"on_top: false", false, 60 - 20},
		{"on_top: true", true, 60 - 30}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct play x;
		char text[512];

		(void)snprintf(text, sizeof(text),
			"actions:\n"
			"  - {id: fill, text: F, threats: [outage], class: device, buffer: ups,\n"
			"     lasts: 20min, %s, takes: 5min, team: it, role: engineer}\n",
			row[i].key);
		play_open(&x,
			"assets:\n"
			"  - {id: aa, name: A, class: device, room: hall}\n"
			"  - {id: bb, name: B, class: device, room: hall}\n"
			"relations: [{from: aa, relation: powers, to: bb}]\n"
			"buffers: [{on: bb, kind: ups, lasts: 20min}]\n"
			"services: [{id: care, name: Care, class: service.care, rooms: [hall], "
			"weight: 1,\n"
			"     requires: [{of: [bb]}]}]\n",
			text);
		struct ward_change less = {.kind = WARD_CHANGE_BUFFER,
			.asset = lab_node(&x.h.lab, "bb"),
			.threat = WARD_NONE,
			.buffer = WARD_STR("ups"),
			.at = 10 * MIN};

		x.ask.change = &less;
		x.ask.n_change = row[i].otherwise;
		house_strike(&x.h, "aa", "outage");
		play_find(&x);
		assert_int_equal(play_item(&x, "fill")->after.care_micro, row[i].down * 1000000);
		play_close(&x);
	}
}

/* The lab's rules and one by which an action's own threat takes a service down. */
static const char side_rules[] =
	"rules:\n"
	"  - {id: aside, when: {threat: bms.discovery, class: device}, relation: supplies,\n"
	"     to: {class: service.care}, gives: outage, likelihood: 1, why: w}\n";

static void with_rules(struct play *x, const char *rules)
{
	struct ward_propagation_text t = {WARD_STR("s.yml"), ward_str_bytes(ward_str_z(rules))};
	struct lab *l = &x->h.lab;

	ward_engine_free(x->h.e);
	ward_rules_free(x->h.rules);
	assert_int_equal(
		ward_rules_parse(&t, l->m, &l->lim, ward_mem_heap(), &l->d, &x->h.rules), WARD_OK);
	assert_int_equal(
		ward_engine_new(l->m, x->h.rules, &l->lim, ward_mem_heap(), &x->h.e), WARD_OK);
	x->w.r = x->h.rules;
	x->w.e = x->h.e;
}

/* Whole care units: weights of a hundredth are told in doubles. */
static void units(int64_t micro, int64_t want)
{
	if (micro < want * 1000000 - 10 || micro > want * 1000000 + 10)
		fail_msg("%lld instead of %lld units", (long long)micro, (long long)want);
}

/* W14: 100 are lost. A prevents 80, costs 5 and harms 20; B 50, 10 and 2; C 10, 1 and 0; A with B
 * prevents 85. Net: A 55, B 38, C 9, A with B 48: gains are not added, so B is not. */
static void w14_ranking(void **state)
{
	struct play x;

	(void)state;
	play_open(&x,
		"assets:\n"
		"  - {id: aa, name: A, class: device.ahu, room: hall}\n"
		"  - {id: bb, name: B, class: device.reader, room: hall}\n"
		"  - {id: cc, name: C, class: software}\n"
		"  - {id: dd, name: D, class: data}\n"
		"relations: [{from: aa, relation: supplies, to: a-side},\n"
		"  {from: bb, relation: supplies, to: b-side}]\n"
		"services:\n"
		"  - {id: only-a, name: S, class: service.care, rooms: [hall], weight: 0.35,\n"
		"     requires: [{of: [aa]}]}\n"
		"  - {id: either, name: S, class: service.care, rooms: [hall], weight: 0.45,\n"
		"     requires: [{need: 1, of: [aa, bb]}]}\n"
		"  - {id: only-b, name: S, class: service.care, rooms: [hall], weight: 0.05,\n"
		"     requires: [{of: [bb]}]}\n"
		"  - {id: only-c, name: S, class: service.care, rooms: [hall], weight: 0.10,\n"
		"     requires: [{of: [cc]}]}\n"
		"  - {id: lost, name: S, class: service.care, rooms: [hall], weight: 0.05,\n"
		"     requires: [{of: [dd]}]}\n"
		"  - {id: a-side, name: S, class: service.care, rooms: [hall], weight: 0.20,\n"
		"     requires: [{of: [hall]}]}\n"
		"  - {id: b-side, name: S, class: service.care, rooms: [hall], weight: 0.02,\n"
		"     requires: [{of: [hall]}]}\n",
		"actions:\n"
		"  - {id: a, text: A, threats: [outage], class: device.ahu, fails_over: true,\n"
		"     side: bms.discovery, takes: 0s, cost: 5, team: it, role: engineer}\n"
		"  - {id: b, text: B, threats: [outage], class: device.reader, fails_over: true,\n"
		"     side: bms.discovery, takes: 0s, cost: 10, team: it, role: engineer}\n"
		"  - {id: c, text: C, threats: [outage], class: software, fails_over: true,\n"
		"     takes: 0s, cost: 1, team: it, role: engineer}\n");
	with_rules(&x, side_rules);
	x.ask.horizon = 100 * MIN;
	x.ask.teams[0] = 3;
	house_strike(&x.h, "aa", "outage");
	house_strike(&x.h, "bb", "outage");
	house_strike(&x.h, "cc", "outage");
	house_strike(&x.h, "dd", "outage");
	play_find(&x);
	units(x.p.nothing.care_micro, 100);
	units(play_item(&x, "a")->gain_micro, 55);
	units(play_item(&x, "b")->gain_micro, 38);
	units(play_item(&x, "c")->gain_micro, 9);
	units(play_item(&x, "a")->harm_micro * 100, 20);
	units(play_item(&x, "b")->harm_micro * 100, 2);
	assert_ptr_equal(play_item(&x, "a"), &x.p.item[0]);
	assert_true(x.p.exact);
	assert_true(play_item(&x, "a")->chosen && play_item(&x, "c")->chosen);
	assert_false(play_item(&x, "b")->chosen);
	/* with C, whose gain stands by itself: A 55 and 9, A with B 48 and 9 */
	units(x.p.best.care_micro, 100 - 80 + 20 - 10);
	assert_int_equal(x.p.best_cost, 6);
	play_close(&x);
}

/* The same minutes cost by the hour: care counts half from half past twelve on. */
static void by_the_hour(void **state)
{
	struct play x;

	(void)state;
	play_open(&x,
		"assets: [{id: aa, name: A, class: device, room: hall}]\n"
		"services:\n"
		"  - {id: care, name: Care, class: service.care, rooms: [hall], weight: 2,\n"
		"     hours: [{from: \"00:00\", to: \"00:30\", weight: 1}], otherwise: 0.5,\n"
		"     requires: [{of: [aa]}]}\n",
		"actions:\n"
		"  - {id: repair, text: R, threats: [outage], class: device, repairs: true,\n"
		"     takes: 45min, team: it, role: engineer}\n");
	house_strike(&x.h, "aa", "outage");
	play_find(&x);
	assert_int_equal(x.p.nothing.care_micro, (60 + 30) * 1000000);
	assert_int_equal(x.p.nothing.minutes_micro, 60 * 1000000);
	assert_int_equal(play_item(&x, "repair")->after.care_micro, (60 + 15) * 1000000);
	play_close(&x);
}

/* What a threat has come to by the time that the action has its effect stays. */
static void too_late(void **state)
{
	static const char *const takes[] = {"5min", "15min"};
	struct play x;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		char text[512];

		snprintf(text, sizeof(text),
			"actions:\n"
			"  - {id: off, text: O, threats: [bms.command], class: device, repairs: "
			"true,\n"
			"     takes: %s, team: it, role: engineer}\n",
			takes[i]);
		play_open(&x,
			"assets:\n"
			"  - {id: aa, name: A, class: device, room: hall}\n"
			"  - {id: bb, name: B, class: device, room: hall}\n"
			"relations: [{from: aa, relation: supplies, to: bb}]\n"
			"services: [{id: care, name: C, class: service.care, rooms: [hall], "
			"weight: 1,\n"
			"  requires: [{of: [bb]}]}]\n",
			text);
		house_strike(&x.h, "aa", "bms.command");
		play_find(&x);
		/* bb is reached after 10 min with 20 to 90 %: 50 min at 55 %. */
		assert_int_equal(x.p.nothing.care_micro, 27500000);
		/* 20 % of that, and 90 % from minute 1 on */
		assert_int_equal(x.p.nothing.least_micro, 10000000);
		assert_int_equal(x.p.nothing.worst_micro, 53100000);
		for (size_t k = 0; k < x.p.n_item; k++) {
			const struct ward_actions_item *it = &x.p.item[k];

			if (it->node != lab_node(&x.h.lab, "aa"))
				continue;
			assert_int_equal(it->after.care_micro, i ? 27500000 : 0);
			/* at the worst it has come over after 1 min, and stays; not looked at where
			 * nothing changes */
			assert_int_equal(
				it->after.worst_micro, i ? WARD_ACTIONS_UNKNOWN : 53100000);
			assert_int_equal(it->after.least_micro, i ? 10000000 : 0);
		}
		play_close(&x);
	}
}

/* What its cause leaves behind goes away in its own time, one after the other: b 10 min after a,
 * care 5 min after b. */
static void lingers(void **state)
{
	static const char works[] =
		"teams: [{id: it, name: IT, number: 1}, {id: plant, name: Plant, number: 1}]\n"
		"works:\n"
		"  - {id: any, text: Repair, lasts: 1h, team: plant}\n"
		"  - {id: begin, start: true, text: Start, lasts: 30min, team: plant}\n"
		"returns:\n"
		"  - {id: device, threats: [outage], class: device, lasts: 10min}\n"
		"  - {id: care, class: service, lasts: 5min}\n";
	struct ward_content_text t = {WARD_STR("w.yml"), ward_str_bytes(ward_str_z(works))};
	struct play x;

	(void)state;
	play_open(&x, CHAIN,
		"actions:\n"
		"  - {id: repair, text: R, threats: [bms.command, outage], class: device, repairs: "
		"true,\n"
		"     takes: 10min, team: it, role: engineer}\n");
	ward_works_free(x.h.works);
	assert_int_equal(ward_works_parse(&t, 1, x.h.lab.m, &x.h.lab.lim, ward_mem_heap(),
				 &x.h.lab.d, &x.h.works),
		WARD_OK);
	x.w.works = x.h.works;
	house_strike(&x.h, "aa", "outage");
	play_find(&x);
	for (size_t i = 0; i < x.p.n_item; i++)
		if (x.p.item[i].node == lab_node(&x.h.lab, "aa"))
			assert_int_equal(x.p.item[i].after.care_micro, 2 * 25 * 1000000);
	assert_int_equal(x.p.n_item, 2);
	play_close(&x);
}

/* Isolating takes the thing's own service down: that is in its effect. */
static void own_harm(void **state)
{
	struct play x;

	(void)state;
	play_open(&x, CHAIN,
		"actions:\n"
		"  - {id: off, text: O, threats: [bms.discovery], class: device, isolates: true,\n"
		"     side: outage, takes: 10min, team: it, role: engineer}\n");
	house_strike(&x.h, "bb", "bms.discovery");
	play_find(&x);
	assert_int_equal(x.p.nothing.care_micro, 0);
	assert_int_equal(play_item(&x, "off")->after.care_micro, 100 * 1000000);
	assert_int_equal(play_item(&x, "off")->harm_micro, 2000000);
	assert_int_equal(play_item(&x, "off")->n_side, 1);
	assert_int_equal(play_item(&x, "off")->n_down, 1);
	assert_int_equal(play_item(&x, "off")->down_micro, 2000000);
	assert_true(play_item(&x, "off")->clinical);
	assert_false(play_item(&x, "off")->chosen);
	assert_int_equal(x.p.best.care_micro, 0);
	play_close(&x);
}

/* To shut a network down cuts the ways by which its loss would go on in the engine: what hangs on
 * it is down nevertheless. */
static void shut_down(void **state)
{
	struct play x;

	(void)state;
	play_open(&x,
		"networks: [{id: net, name: N, class: network.bms, cidr: 10.9.0.0/24}]\n"
		"assets: [{id: aa, name: A, class: device, room: hall, network: net, ip: "
		"10.9.0.2}]\n"
		"services: [{id: care, name: C, class: service.care, rooms: [hall], weight: 2,\n"
		"  requires: [{of: [aa], buffer: 10min}]}]\n",
		"actions:\n"
		"  - {id: off, text: O, threats: [bms.discovery], class: network, isolates: true,\n"
		"     side: outage, takes: 20min, team: it, role: engineer}\n");
	house_strike(&x.h, "net", "bms.discovery");
	play_find(&x);
	assert_int_equal(x.p.nothing.care_micro, 0);
	assert_int_equal(play_item(&x, "off")->n_side, 1);
	assert_int_equal(play_item(&x, "off")->after.care_micro, 2 * 30 * 1000000);
	assert_false(play_item(&x, "off")->chosen);
	play_close(&x);
}

/* The care that is lost without and with a measure (and another one later) where the thing is
 * protected by so many tenths already. */
struct lost {
	int64_t nothing, with, later, best;
};

static struct lost lost_by(unsigned own, unsigned degree, unsigned later)
{
	char more[1024], actions[1024];
	struct lost ret;
	struct play x;

	(void)snprintf(more, sizeof(more),
		"assets:\n"
		"  - {id: aa, name: A, class: device, room: hall}\n"
		"  - {id: bb, name: B, class: device.ahu, room: hall}\n"
		"relations: [{from: aa, relation: supplies, to: bb}]\n"
		"protections: [{id: p, on: bb, against: bms.command, degree: %u.%u, scope: s}]\n"
		"services: [{id: care, name: C, class: service.care, rooms: [hall], weight: 2,\n"
		"  requires: [{of: [bb]}]}]\n",
		own / 10, own % 10);
	(void)snprintf(actions, sizeof(actions),
		"actions:\n"
		"  - {id: bar, text: B, threats: [bms.command], class: device.ahu,\n"
		"     protects: [bms.command], degree: %u.%u, takes: 1min, team: it, role: "
		"engineer}\n"
		"  - {id: post, text: P, threats: [bms.command], class: device.ahu,\n"
		"     protects: [bms.command], degree: %u.%u, takes: 2min, team: it, role: "
		"engineer}\n",
		degree / 10, degree % 10, later / 10, later % 10);
	play_open(&x, more, actions);
	house_strike(&x.h, "aa", "bms.command");
	play_find(&x);
	ret = (struct lost){.nothing = x.p.nothing.care_micro, .best = x.p.best.care_micro};
	ret.with = ret.later = ret.nothing; /* what a full protection stops is not proposed for */
	for (size_t i = 0; i < x.p.n_item; i++) {
		bool bar = ward_str_eqz(x.set->action[x.p.item[i].action].id, "bar");

		*(bar ? &ret.with : &ret.later) = x.p.item[i].after.care_micro;
	}
	play_close(&x);
	return ret;
}

/* A guard at a door that is locked well does not unlock it: whatever protects a thing already, a
 * measure leaves the stronger of both, also after another measure. */
static void weaker_beside_stronger(void **state)
{
	(void)state;
	for (unsigned own = 1; own <= 10; own++)
		for (unsigned degree = 1; degree <= 10; degree++) {
			struct lost x = lost_by(own, degree, 11 - degree);

			assert_true(x.nothing > 0 || own == 10);
			assert_true(x.with <= x.nothing && x.later <= x.nothing);
			assert_int_equal(x.with<x.nothing, degree> own);
			assert_int_equal(x.later<x.nothing, 11 - degree> own);
			assert_true(x.best <= x.with && x.best <= x.later);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(marks),
		cmocka_unit_test(not_by_what_fails_too), cmocka_unit_test(only_together),
		cmocka_unit_test(on_top_of_its_own), cmocka_unit_test(w14_ranking),
		cmocka_unit_test(by_the_hour), cmocka_unit_test(too_late),
		cmocka_unit_test(lingers), cmocka_unit_test(own_harm), cmocka_unit_test(shut_down),
		cmocka_unit_test(weaker_beside_stronger)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
