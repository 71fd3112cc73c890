/* A small hospital from attack steps to measures: redundancy needs both members struck, full
 * protection stops, locks spare ways of escape, side effects are the engine's, every number adds
 * up, and the order of files changes nothing. */
#include "../model/lab.h"
#include "paths/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char more[] =
	"doors:\n"
	"  - {id: d-3, from: hall, to: or-1}\n"
	"assets:\n"
	"  - {id: ahu-3, name: AHU 3, class: device.ahu, room: or-1, network: n-deep, ip: "
	"10.1.2.8}\n"
	"services:\n"
	"  - {id: ward, name: Ward, class: service.care, rooms: [hall], weight: 2, role: "
	"engineer,\n"
	"     requires: [{name: air, need: 1, of: [ahu-2, ahu-3], buffer: 10min}]}\n"
	"  - {id: safe, name: Safe, class: service.care, rooms: [hall], requires: [{of: "
	"[ahu-1]}]}\n";

static const char rules[] =
	"rules:\n"
	"  - {id: stop, when: {threat: bms.command, class: device.ahu},\n"
	"     relation: self, gives: outage, likelihood: [0.5, 1], why: w}\n"
	"  - {id: net, when: {threat: outage, class: network}, relation: connects,\n"
	"     to: {class: device.ahu}, gives: outage, likelihood: 1, why: w}\n";

static const char *const attack[] = {
	"states:\n"
	"  - {id: at, text: 'is at {}'}\n  - {id: through, text: 'is through {}'}\n"
	"  - {id: on, text: 'sends on {}'}\n",
	"steps:\n"
	"  - {id: come, text: 'Comes to {to}', to: {class: room.outside}, gives: at, likelihood: "
	"1,\n"
	"     time: 0s, technique: physical}\n"
	"  - {id: open, text: 'Goes through {to}', from: {has: at, class: room}, relation: "
	"leads_to,\n"
	"     to: {class: door}, gives: through, likelihood: [0.8, 1], time: 1min, noise: 0.5,\n"
	"     seen: [device.reader], technique: physical}\n"
	"  - {id: enter, text: 'Enters {to}', from: {has: through}, relation: leads_to,\n"
	"     to: {class: room}, gives: at, likelihood: 1, time: 0s, technique: physical}\n"
	"  - {id: plug, text: 'Plugs into {to}', from: {has: at}, relation: contains,\n"
	"     to: {class: device.ahu}, gives: on, likelihood: [0.4, 0.6], time: 10min, cost: 3,\n"
	"     technique: T1200}\n"
	"  - {id: send, text: 'Sends on {to}', from: {has: on, class: device}, relation: "
	"connects,\n"
	"     direction: in, to: {class: network}, gives: on, likelihood: 1, time: 0s,\n"
	"     technique: T1200}\n"
	"  - {id: write, text: 'Stops {to}', from: {has: on, class: network}, relation: connects,\n"
	"     to: {class: device.ahu}, threat: bms.command, likelihood: [0.5, 0.9], time: 5min,\n"
	"     technique: T0855}\n",
	"measures:\n"
	"  - {id: lock, text: 'Lock {}', steps: [open], class: door, degree: 1, cost: 1, locks: "
	"true}\n"
	"  - {id: wire, text: 'Wire {}', steps: [write], class: device.ahu, degree: 1, cost: 9}\n"
	"  - {id: off, text: 'Switch off {}', steps: [send], class: network, degree: 1, cost: 2,\n"
	"     side: outage}\n"};

/* A plan of evacuation that names no door. */
static const struct ward_escape no_ways = {NULL, 0, true};

struct world {
	struct lab lab;
	struct ward_rules *rules;
	struct ward_engine *e;
	struct ward_attack *a;
	struct ward_facts facts;
	struct ward_paths_world w;
	struct ward_paths_ask ask;
	struct ward_paths p;
};

static void open_world(struct world *w, bool backwards, const char *measures)
{
	struct ward_attack_text text[3];
	struct ward_propagation_text r = {WARD_STR("r.yml"), ward_str_bytes(ward_str_z(rules))};
	struct ward_slice file[WARD_FACTS_N] = {0};
	struct ward_str path[WARD_FACTS_N] = {0};
	const struct ward_mem *mem = ward_mem_heap();

	*w = (struct world){0};
	assert_int_equal(lab_load(&w->lab, mem, NULL, "more.yml", more), WARD_OK);
	for (size_t i = 0; i < 3; i++)
		text[backwards ? 2 - i : i] = (struct ward_attack_text){WARD_STR("a.yml"),
			ward_str_bytes(ward_str_z(i == 2 && measures ? measures : attack[i]))};
	struct lab *l = &w->lab;

	assert_int_equal(ward_rules_parse(&r, l->m, &l->lim, mem, &l->d, &w->rules), WARD_OK);
	assert_int_equal(ward_attack_parse(text, 3, l->m, &l->lim, mem, &l->d, &w->a), WARD_OK);
	assert_int_equal(
		ward_facts_read(file, path, l->m, &l->lim, mem, &l->d, &w->facts), WARD_OK);
	assert_int_equal(ward_engine_new(l->m, w->rules, &l->lim, mem, &w->e), WARD_OK);
	w->w = (struct ward_paths_world){l->m, w->rules, w->a, &w->facts, NULL, &no_ways, 0};
	w->ask = (struct ward_paths_ask){.k = 10,
		.threat = ward_threats_find(ward_model_threats(l->m), WARD_STR("outage")),
		.budget = WARD_AOG_NEVER};
}

static void find(struct world *w, const char *service)
{
	w->ask.service[0] = lab_node(&w->lab, service);
	w->ask.n_service = 1;
	assert_int_equal(ward_paths_find(&w->w, w->e, &w->ask, ward_mem_heap(), &w->p), WARD_OK);
}

static void close_world(struct world *w)
{
	ward_paths_fini(&w->p);
	ward_engine_free(w->e);
	ward_facts_fini(&w->facts);
	ward_attack_free(w->a);
	ward_rules_free(w->rules);
	lab_free(&w->lab);
}

static size_t count(const struct world *w, const struct ward_paths_plan *p, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < p->plan.n; i++) {
		const struct ward_ground_step *s = &w->p.ground.step[p->plan.step[i]];

		n += s->kind == WARD_GROUND_ATTACK && ward_str_eqz(w->a->step[s->index].id, id);
	}
	return n;
}

/* yard → d-1 → hall, a cable at ahu-2, both units of n-deep commanded: 0.9 · 0.5 · 0.7² · 0.75². */
static void redundancy(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, false, NULL);
	find(&w, "ward");
	assert_true(w.p.n_plan >= 1);
	const struct ward_paths_plan *p = &w.p.plan[0];

	assert_int_equal(count(&w, p, "write"), 2);
	assert_int_equal(count(&w, p, "plug"), 1);
	assert_int_equal(p->lo_micro, 20000);  /* 0.8 · 0.4 · 0.5 · 0.5 · 0.5 · 0.5 */
	assert_int_equal(p->hi_micro, 486000); /* 1 · 0.6 · 0.9 · 0.9 · 1 · 1 */
	assert_int_equal(p->cost, 3);
	assert_int_equal(p->time, (60 + 600 + 300 + 300) * WARD_NS_PER_S);
	assert_true(p->forecast);
	assert_int_equal(p->care_time, 600 * WARD_NS_PER_S);
	assert_int_equal(p->loss_micro, 2000000);
	close_world(&w);
}

/* ahu-1 is fully protected against outage: nothing leads to what only it serves. */
static void barrier(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, false, NULL);
	find(&w, "safe");
	assert_int_equal(w.p.n_plan, 0);
	assert_int_equal(w.p.rest[0].before, WARD_AOG_NEVER);
	close_world(&w);
}

static bool chosen(const struct world *w, const char *id, const char *on)
{
	for (size_t i = 0; i < w->p.n_measure; i++)
		if (w->p.measure[i].chosen && w->p.measure[i].node == lab_node(&w->lab, on) &&
			ward_str_eqz(w->a->measure[w->p.measure[i].measure].id, id))
			return true;
	return false;
}

/* The lock would be cheapest, but the door leads out; switching the network off costs care: 2 care
 * units a minute, 120 in an hour; so one unit is wired, which redundancy makes enough. */
static void measures(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, false, NULL);
	find(&w, "ward");
	assert_true(w.p.all);
	assert_int_equal(w.p.cut.price, 9);
	assert_int_equal(w.p.cut.bound, 9);
	assert_true(chosen(&w, "wire", "ahu-2") != chosen(&w, "wire", "ahu-3"));
	assert_false(chosen(&w, "lock", "d-1"));
	assert_true(w.p.n_refused > 0);
	assert_int_equal(w.p.rest[0].after, WARD_AOG_NEVER);
	assert_null(w.p.gentle);
	for (size_t i = 0; i < w.p.n_measure; i++) {
		const struct ward_paths_measure *x = &w.p.measure[i];

		if (!ward_str_eqz(w.a->measure[x->measure].id, "off"))
			continue;
		assert_int_equal(x->side_micro, 2000000);
		assert_int_equal(x->price, 122);
		assert_true(x->clinical);
		assert_int_equal(x->side_service, lab_node(&w.lab, "ward"));
	}
	close_world(&w);
}

/* To leave no way takes the network away from care: what is possible without that is told, too. */
static void without_harm(void **state)
{
	static const char few[] = "measures:\n  - {id: wire, text: 'Wire {}', steps: [write], "
				  "class: device.ahu, degree: "
				  "0.9, cost: 9}\n"
				  "  - {id: off, text: 'Switch off {}', steps: [send], class: "
				  "network, degree: 1, cost: "
				  "2, side: outage}\n";
	struct ward_wr to = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct world w;

	(void)state;
	open_world(&w, false, few);
	find(&w, "ward");
	assert_true(w.p.all);
	assert_int_equal(w.p.cut.price, 122);
	assert_non_null(w.p.gentle);
	for (size_t i = 0; i < w.p.n_measure; i++)
		assert_true(!w.p.gentle[i] || !w.p.measure[i].side_micro);
	/* Both units are wired: either plan takes both, each a tenth as likely as before. */
	assert_int_equal(w.p.without_harm.n_measure, 2);
	assert_int_equal(w.p.without_harm.price, 18);
	assert_true(w.p.without_harm.after > w.p.rest[0].before + 6 * 4096);
	assert_true(w.p.without_harm.after < WARD_AOG_NEVER);
	ward_paths_write_text(&w.p, &w.w, &w.ask, &to);
	assert_true(
		ward_str_find(ward_wr_text(&to),
			WARD_STR("Without what costs care itself, together 1,800 EUR, likeliest "
				 "way ")) != SIZE_MAX);
	ward_wr_reset(&to);
	ward_paths_write_json(&w.p, &w.w, &w.ask, &to);
	assert_true(ward_str_find(ward_wr_text(&to),
			    WARD_STR("{\"kind\":\"without_harm\",\"price\":18,\"after\":")) !=
		    SIZE_MAX);
	ward_wr_fini(&to);
	close_world(&w);
}

/* Where the hospital does not tell its ways of escape no door is locked, whatever it leads to, and
 * that is counted; a door that its plan names is none to lock either. */
static void locks(void **state)
{
	static const char inner[] =
		"measures:\n  - {id: lock, text: 'Lock {}', steps: [open], class: door, "
		"degree: 1, cost: 1, locks: true}\n";
	struct world w;

	(void)state;
	for (unsigned how = 0; how < 2; how++) {
		open_world(&w, false, inner);
		const uint32_t door = lab_node(&w.lab, "d-1");
		const struct ward_escape plan = {&door, 1, true};

		w.w.escape = how ? &plan : NULL;
		find(&w, "ward");
		assert_int_equal(w.p.n_measure, 0);
		assert_true((how ? w.p.n_refused : w.p.n_planless) > 0);
		assert_int_equal(how ? w.p.n_planless : w.p.n_refused, 0);
		assert_false(w.p.all);
		close_world(&w);
	}
}

/* Nothing is bought that the budget does not allow. */
static void poor(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, false, NULL);
	w.ask.budget = 8;
	find(&w, "ward");
	assert_false(w.p.all);
	assert_int_equal(w.p.cut.price, 0);
	assert_int_equal(w.p.all_price, 9);
	assert_int_equal(w.p.rest[0].after, w.p.rest[0].before);
	close_world(&w);
}

/* Half a measure: the budget buys the one that makes the likeliest way least likely. */
static void weakened(void **state)
{
	static const char half[] =
		"measures:\n"
		"  - {id: weak, text: w, steps: [plug], class: device.ahu, degree: 0.5, cost: 5}\n"
		"  - {id: guard, text: g, steps: [write], on: attacker, degree: 0.5, cost: 5}\n";
	struct world w;

	(void)state;
	open_world(&w, false, half);
	w.ask.budget = 5;
	find(&w, "ward");
	assert_false(w.p.all);
	assert_int_equal(w.p.all_price, WARD_AOG_NEVER);
	assert_int_equal(w.p.cut.price, 5);
	/* Two commands are halved, the cable is one of two that both stand open. */
	assert_int_equal(w.p.rest[0].after - w.p.rest[0].before, 2 * 4096);
	close_world(&w);
}

/* Both units must be commanded (0.75 of 0.7 each) once there is a cable: no draw succeeds without
 * both, and what can be had is at most their product. Care follows 10 min after the work's end at
 * the soonest, as that is how long the ward bears it. */
static void times(void **state)
{
	enum { DRAWS = 2000 };
	struct world w;

	(void)state;
	open_world(&w, false, NULL);
	w.ask.samples = DRAWS;
	find(&w, "ward");
	const struct ward_sample_time *t = &w.p.time[0];

	assert_int_equal(w.p.n_sample, DRAWS);
	assert_in_range(t->n_reached, 1, DRAWS * 3 / 10);
	assert_int_equal(t->all_ms[0], t->work_ms[0] + 600000);
	assert_int_equal(t->all_ms[2], WARD_AOG_NEVER);
	close_world(&w);
	open_world(&w, false, NULL);
	w.ask.samples = DRAWS;
	find(&w, "safe");
	assert_int_equal(w.p.time[0].n_reached, 0);
	close_world(&w);
}

static void same_bytes(void **state)
{
	static void (*const write[])(const struct ward_paths *, const struct ward_paths_world *,
		const struct ward_paths_ask *, struct ward_wr *) = {
		ward_paths_write_text, ward_paths_write_json, ward_paths_write_ebios};
	struct world a, b;

	(void)state;
	open_world(&a, false, NULL);
	open_world(&b, true, NULL);
	a.ask.samples = b.ask.samples = 50;
	find(&a, "ward");
	find(&b, "ward");
	for (size_t i = 0; i < WARD_ARRAY_LEN(write); i++) {
		struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_wr two = ward_wr_grow(ward_mem_heap(), 1 << 20);

		write[i](&a.p, &a.w, &a.ask, &one);
		write[i](&b.p, &b.w, &b.ask, &two);
		assert_true(one.len > 100 && !ward_wr_bad(&one));
		assert_int_equal(one.len, two.len);
		assert_memory_equal(one.p, two.p, one.len);
		ward_wr_fini(&one);
		ward_wr_fini(&two);
	}
	close_world(&a);
	close_world(&b);
}

static void no_memory(void **state)
{
	enum ward_err err = WARD_ERR_NOMEM;
	struct world w;

	(void)state;
	open_world(&w, false, NULL);
	w.ask.service[0] = lab_node(&w.lab, "ward");
	w.ask.n_service = 1;
	w.ask.samples = 2;
	for (uint64_t n = 1; err; n++) {
		struct ward_mem_failing mem;

		ward_mem_failing_init(&mem, n);
		err = ward_paths_find(&w.w, w.e, &w.ask, &mem.mem, &w.p);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		ward_paths_fini(&w.p);
	}
	close_world(&w);
}

static void logarithm(void **state)
{
	(void)state;
	assert_int_equal(ward_ground_bits(1000000), 0);
	assert_int_equal(ward_ground_bits(500000), 4096);
	assert_int_equal(ward_ground_bits(250000), 8192);
	assert_int_equal(ward_ground_bits(0), WARD_AOG_NEVER);
	assert_in_range(ward_ground_bits(100000), 13606, 13608); /* 3.321928 · 4096 = 13606.6 */
	for (int64_t v = 2; v <= 1000000; v += 37)
		assert_true(ward_ground_bits(v) <= ward_ground_bits(v - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(redundancy), cmocka_unit_test(barrier),
		cmocka_unit_test(measures), cmocka_unit_test(without_harm), cmocka_unit_test(locks),
		cmocka_unit_test(poor), cmocka_unit_test(weakened), cmocka_unit_test(times),
		cmocka_unit_test(same_bytes), cmocka_unit_test(no_memory),
		cmocka_unit_test(logarithm)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
