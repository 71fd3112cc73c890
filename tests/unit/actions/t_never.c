/* What is never proposed, whatever the content says, with the content that is shipped and with
 * content that asks for the worst: acting on a medical device, isolating what one hangs on without
 * a clinical word, locking a way of escape or while it burns; and doing nothing is always first. */
#include "../model/lab.h"
#include "actions/actions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char house[] =
	"hospital: {id: h, name: Test, city: Turin, country: IT, timezone: Europe/Rome,\n"
	"  synthetic: true, languages: [it]}\n"
	"sites: [{id: s, name: Site}]\n"
	"buildings: [{id: b, name: House, site: s}]\n"
	"floors: [{id: f, name: Ground, building: b, level: 0}]\n"
	"zones: [{id: z, name: Inside, kind: clinical}]\n"
	"rooms:\n"
	"  - {id: corridor, name: Corridor, floor: f, class: room.corridor, zone: z}\n"
	"  - {id: stairs, name: Stairs, floor: f, class: room.stairs, zone: z}\n"
	"  - {id: pharmacy, name: Pharmacy, floor: f, class: room.pharmacy, zone: z}\n"
	"  - {id: wing, name: Wing, floor: f, class: room.corridor, zone: z}\n"
	"  - {id: gas, name: Gas, floor: f, class: room.store, zone: z}\n"
	"  - {id: store, name: Store, floor: f, class: room.store, zone: z}\n"
	"  - {id: ward, name: Ward, floor: f, class: room.ward, zone: z}\n"
	"doors:\n"
	"  - {id: d-stairs, from: corridor, to: stairs, class: door.controlled, keys: 'door:1'}\n"
	"  - {id: d-back, from: stairs, to: store, class: door.controlled, keys: 'door:2'}\n"
	"  - {id: d-fire, from: corridor, to: ward, class: door.fire}\n"
	"  - {id: d-exit, from: corridor, to: ward, class: door.exit}\n"
	"  - {id: d-wing, from: corridor, to: wing, class: door.controlled}\n"
	"  - {id: d-store, from: corridor, to: store, class: door.controlled}\n"
	"  - {id: d-gas, from: corridor, to: gas, class: door.controlled}\n"
	"  - {id: d-pharmacy, from: corridor, to: pharmacy, class: door.controlled, keys: "
	"'door:3'}\n"
	"networks:\n"
	"  - {id: n-med, name: Medical, class: network.medical, cidr: 10.1.0.0/24}\n"
	"  - {id: n-it, name: IT, class: network.it, cidr: 10.2.0.0/24}\n"
	"%s"
	"assets:\n"
	"  - {id: monitor, name: Monitor, class: device.medical.monitor, room: ward, network: "
	"n-med,\n"
	"     ip: 10.1.0.2}\n"
	"  - {id: pump, name: Pump, class: device.medical.infusion, room: ward, network: n-it,\n"
	"     ip: 10.2.0.9}\n"
	"  - {id: central, name: Central, class: device.medical.central, room: ward, network: "
	"n-med,\n"
	"     ip: 10.1.0.3}\n"
	"  - {id: ws, name: Workstation, class: device.computer.workstation, room: store, "
	"network:\n"
	"     n-it, ip: 10.2.0.2}\n"
	"  - {id: feed, name: Board, class: device.building.distribution, room: store}\n"
	"  - {id: spare-1, name: Spare 1, class: device.computer.server, room: store}\n"
	"  - {id: spare-2, name: Spare 2, class: device.computer.server, room: store}\n"
	"relations: [{from: feed, relation: powers, to: monitor}]\n"
	"services:\n"
	"  - {id: icu, name: ICU, class: service.care.icu, rooms: [ward], weight: 3,%s\n"
	"     requires: [{of: [monitor]}]}\n"
	"  - {id: lab, name: Lab, class: service.care.emergency, rooms: [store], weight: 1,\n"
	"     requires: [{of: [spare-1, spare-2], need: 1}]}\n";
/* Everything, on everything. */
static const char worst[] =
	"actions:\n"
	"  - {id: a, text: 'Isolate {name}', threats: [malware.*, outage, net.*], class: device,\n"
	"     isolates: true, takes: 0s, team: it, role: it}\n"
	"  - {id: b, text: 'Repair {name}', threats: [malware.*, outage], class: device, repairs: "
	"true,\n"
	"     takes: 0s, team: it, role: it}\n"
	"  - {id: c, text: 'Cut {name}', threats: [malware.*, net.*], class: network, isolates: "
	"true,\n"
	"     takes: 0s, team: it, role: it}\n"
	"  - {id: d, text: 'Lock {name}', threats: [access.*], class: door, locks: true,\n"
	"     protects: [access.forced-door], takes: 0s, team: security, role: it}\n";

struct world {
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_arena files;
	struct ward_model *m;
	struct ward_rules *r;
	struct ward_works *works;
	struct ward_action_set *set;
	struct ward_engine *e;
	struct ward_actions_world w;
	struct ward_seed_threat seed[16];
	struct ward_actions_ask ask;
	struct ward_actions p;
	struct ward_wr out;
};

static const char *below(const char *what)
{
	static char path[4][4096];
	static unsigned at;
	const char *root = getenv("WARD_SOURCE_ROOT");

	at = (at + 1) % 4;
	snprintf(path[at], sizeof(path[at]), "%s/content/%s", root ? root : ".", what);
	return path[at];
}

static struct ward_model_file content(struct world *x, const char *name)
{
	struct ward_model_file f = {ward_str_z(name), ward_str_z(name), {0}};

	assert_int_equal(ward_conf_read(&x->files, &x->lim, below(name), &x->d, &f.bytes), WARD_OK);
	return f;
}

/* The classes that are shipped, and some below them as a hospital may add. */
static struct ward_model_file classes(struct world *x)
{
	static const char mark[] = "  # Computers\n";
	static const char more[] = "  - {id: network.medical.icu, name: ICU network}\n"
				   "  - {id: software.patient-monitoring.alarms, name: Alarms}\n";
	struct ward_model_file f = content(x, "ontology.yml");
	struct ward_str all = {(const char *)f.bytes.p, f.bytes.len};
	size_t at = ward_str_find(all, ward_str_z(mark)), n = sizeof(more) - 1;
	char *text = ward_arena_array(&x->files, all.len + n + 1, 1);

	assert_true(text && at != SIZE_MAX);
	memcpy(text, all.p, at);
	memcpy(text + at, more, n);
	memcpy(text + at + n, all.p + at, all.len - at);
	f.bytes = ward_str_bytes((struct ward_str){text, all.len + n});
	return f;
}

static void open_house(struct world *x, const char *text, const char *actions)
{
	const struct ward_mem *mem = ward_mem_heap();
	struct ward_content_text a = {WARD_STR("a.yml"), {0}};

	*x = (struct world){0};
	ward_limits_default(&x->lim);
	ward_diag_init(&x->d, mem);
	ward_arena_init(&x->files, mem, 1 << 24);
	x->out = ward_wr_grow(mem, 1 << 20);
	struct ward_model_file file = {
		WARD_STR("base.yml"), WARD_STR("base.yml"), ward_str_bytes(ward_str_z(text))};
	struct ward_model_file c[] = {classes(x), content(x, "threats.yml")};

	if (ward_model_load_files(&file, 1, c, &x->lim, mem, &x->d, &x->m) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(x->d.item[0].what));
	assert_int_equal(
		ward_rules_load(below("propagation"), x->m, &x->lim, mem, &x->d, &x->r), WARD_OK);
	assert_int_equal(
		ward_works_load(below("recovery"), NULL, x->m, &x->lim, mem, &x->d, &x->works),
		WARD_OK);
	if (actions) { /* content of one's own: the nurse answers for patients */
		x->works->clinical[0] = WARD_STR("nurse");
		x->works->n_clinical = 1;
	}
	a.bytes = ward_str_bytes(ward_str_z(actions ? actions : ""));
	assert_int_equal(
		actions ? ward_actions_parse(&a, x->m, x->works, &x->lim, mem, &x->d, &x->set)
			: ward_actions_load(
				  below("actions"), NULL, x->m, x->works, &x->lim, &x->d, &x->set),
		WARD_OK);
	assert_int_equal(ward_engine_new(x->m, x->r, &x->lim, mem, &x->e), WARD_OK);
	x->w = (struct ward_actions_world){x->m, x->r, x->works, x->set, x->e};
	x->ask = (struct ward_actions_ask){.seed = x->seed,
		.horizon = (ward_ns)8 * 3600 * WARD_NS_PER_S,
		.budget = UINT64_MAX};
}

static void open_world(struct world *x, const char *roles, const char *role, const char *actions)
{
	char text[8192];

	snprintf(text, sizeof(text), house, roles, role);
	open_house(x, text, actions);
}

static void strike(struct world *x, const char *id, const char *threat)
{
	x->seed[x->ask.n_seed++] = (struct ward_seed_threat){ward_model_find(x->m, ward_str_z(id)),
		ward_threats_find(ward_model_threats(x->m), ward_str_z(threat)), 0, 1000000,
		1000000};
}

static void find(struct world *x)
{
	assert_int_equal(ward_actions_find(&x->w, &x->ask, ward_mem_heap(), &x->p), WARD_OK);
}

static void close_world(struct world *x)
{
	ward_actions_fini(&x->p);
	ward_engine_free(x->e);
	ward_actions_free(x->set);
	ward_works_free(x->works);
	ward_rules_free(x->r);
	ward_model_free(x->m);
	ward_wr_fini(&x->out);
	ward_arena_fini(&x->files);
	ward_diag_fini(&x->d);
}

static const struct ward_actions_item *item(
	const struct world *x, const char *action, const char *id)
{
	for (size_t i = 0; i < x->p.n_item; i++)
		if (x->p.item[i].node == ward_model_find(x->m, ward_str_z(id)) &&
			ward_str_eqz(x->set->action[x->p.item[i].action].id, action))
			return &x->p.item[i];
	return NULL;
}

static const char roles[] =
	"roles: [{id: it, name: IT, reach: '1'}, {id: nurse, name: Nurse, reach: "
	"'2'}]\n";

static void never_on_medical_devices(void **state)
{
	struct world x;

	(void)state;
	open_world(&x, roles, " role: nurse,", worst);
	strike(&x, "monitor", "malware.virus");
	strike(&x, "monitor", "outage");
	strike(&x, "central", "outage");
	strike(&x, "pump", "malware.ransomware");
	strike(&x, "ws", "malware.virus");
	find(&x);
	for (size_t i = 0; i < x.p.n_item; i++) {
		struct ward_str class = ward_ontology_class(
			ward_model_ontology(x.m), ward_model_node(x.m, x.p.item[i].node)->class)
						->id;

		assert_false(ward_str_starts(class, WARD_STR("device.medical")));
	}
	assert_true(x.p.n_medical >= 4);
	assert_non_null(item(&x, "a", "ws"));
	close_world(&x);
}

/* Cutting the network of a medical device, or the port of what feeds one, asks the clinical side;
 * the content names no side effect, so it can't hide it. */
static void never_without_the_clinical_word(void **state)
{
	struct world x;

	(void)state;
	open_world(&x, roles, " role: nurse,", worst);
	strike(&x, "n-med", "net.scan");
	strike(&x, "n-it", "malware.ransomware");
	strike(&x, "feed", "malware.virus");
	strike(&x, "ws", "malware.virus");
	find(&x);
	uint32_t nurse = ward_model_find(x.m, WARD_STR("nurse"));
	static const char *const touched[][2] = {{"c", "n-med"}, {"c", "n-it"}, {"a", "feed"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(touched); i++) {
		const struct ward_actions_item *it = item(&x, touched[i][0], touched[i][1]);

		if (!it)
			fail_msg("%s is not proposed", touched[i][1]);
		assert_true(it->clinical);
		assert_int_equal(it->word, nurse);
	}
	const struct ward_actions_item *ws = item(&x, "a", "ws");

	assert_non_null(ws);
	assert_false(ws->clinical);
	ward_actions_write_text(&x.p, &x.w, &x.ask, NULL, &x.out);
	close_world(&x);

	/* A house without any clinical role: it is not proposed, and counted. */
	open_world(&x, "roles: [{id: it, name: IT, reach: '1'}]\n", "", worst);
	strike(&x, "n-med", "net.scan");
	strike(&x, "n-it", "malware.ransomware");
	strike(&x, "feed", "malware.virus");
	find(&x);
	for (size_t i = 0; i < WARD_ARRAY_LEN(touched); i++)
		assert_null(item(&x, touched[i][0], touched[i][1]));
	assert_true(x.p.n_unanswered >= 3);
	close_world(&x);
}

/* A house whose directory names no medical device at all: what is kept for them, what runs that and
 * what is on its way is known by class and by how these hang together. No service needs any of it.
 */
static const char bare[] =
	"hospital: {id: h, name: Test, city: Turin, country: IT, timezone: Europe/Rome,\n"
	"  synthetic: true, languages: [it]}\n"
	"sites: [{id: s, name: Site}]\n"
	"buildings: [{id: b, name: House, site: s}]\n"
	"floors: [{id: f, name: Ground, building: b, level: 0}]\n"
	"rooms: [{id: store, name: Store, floor: f, class: room.store}]\n"
	"networks:\n"
	"  - {id: n-med, name: Medical, class: network.medical.icu, cidr: 10.1.0.0/24}\n"
	"  - {id: n-it, name: IT, class: network.it, cidr: 10.2.0.0/24}\n"
	"  - {id: n-core, name: Core, class: network.it, cidr: 10.3.0.0/24}\n"
	"  - {id: n-far, name: Far, class: network.it, cidr: 10.4.0.0/24}\n"
	"%s"
	"assets:\n"
	"  - {id: gateway, name: Alarms, class: software.patient-monitoring.alarms}\n"
	"  - {id: log, name: Log, class: data.operating}\n"
	"  - {id: vm, name: Machine, class: device.computer.server, room: store, network: n-it,\n"
	"     ip: 10.2.0.2}\n"
	"  - {id: esx, name: Host, class: software.hypervisor}\n"
	"  - {id: iron, name: Iron, class: device.computer.server, room: store}\n"
	"  - {id: sw-med, name: Switch M, class: device.computer.switch, room: store, network: "
	"n-med,\n"
	"     ip: 10.1.0.3}\n"
	"  - {id: sw-it, name: Switch I, class: device.computer.switch, room: store, network: "
	"n-it,\n"
	"     ip: 10.2.0.3}\n"
	"  - {id: sw-far, name: Switch F, class: device.computer.switch, room: store, network: "
	"n-far,\n"
	"     ip: 10.4.0.3}\n"
	"  - {id: bridge, name: Bridge, class: device.computer.workstation, room: store}\n"
	"  - {id: ruler, name: Ruler, class: device.computer.server, room: store}\n"
	"  - {id: port, name: Port, class: device.computer.workstation, room: store, network: "
	"n-med,\n"
	"     ip: 10.1.0.4}\n"
	"  - {id: plain, name: Plain, class: device.computer.workstation, room: store, network: "
	"n-it,\n"
	"     ip: 10.2.0.4}\n"
	"relations:\n"
	"  - {from: vm, relation: hosts, to: gateway}\n"
	"  - {from: gateway, relation: hosts, to: log}\n"
	"  - {from: iron, relation: hosts, to: esx}\n"
	"  - {from: esx, relation: hosts, to: gateway}\n"
	"  - {from: n-core, relation: connects, to: n-med}\n"
	"  - {from: n-med, relation: connects, to: bridge}\n"
	"  - {from: n-far, relation: connects, to: bridge}\n"
	"  - {from: ruler, relation: controls, to: n-med}\n"
	"services:\n"
	"  - {id: kitchen, name: Kitchen, class: service.support.kitchen, rooms: [store], weight: "
	"1,\n"
	"     requires: [{of: [store]}]}\n";
static const char any[] =
	"actions:\n"
	"  - {id: cut, text: 'Isolate {name}', threats: [outage, malware.*, net.*, data.*, "
	"creds.*],\n"
	"     class: network, isolates: true, takes: 0s, team: it, role: it}\n"
	"  - {id: off, text: 'Isolate {name}', threats: [outage, malware.*, data.*], class: "
	"device,\n"
	"     isolates: true, takes: 0s, team: it, role: it}\n"
	"  - {id: mend, text: 'Repair {name}', threats: [outage, malware.*, data.*, net.*],\n"
	"     class: network, repairs: true, takes: 0s, team: it, role: it}\n"
	"  - {id: fix, text: 'Repair {name}', threats: [outage, malware.*, data.*], class: "
	"device,\n"
	"     repairs: true, takes: 0s, team: it, role: it}\n"
	"  - {id: run, text: 'Restart {name}', threats: [outage, malware.*, data.*], class: "
	"software,\n"
	"     repairs: true, takes: 0s, team: it, role: it}\n"
	"  - {id: wipe, text: 'Restore {name}', threats: [data.*], class: data, repairs: true,\n"
	"     takes: 0s, team: it, role: it}\n";

static void never_on_what_is_kept_for_devices(void **state)
{
	static const struct {
		const char *action, *node;
		bool asks;
	} known[] = {{"cut", "n-med", true}, {"mend", "n-med", true}, {"run", "gateway", true},
		{"wipe", "log", true}, {"off", "vm", true}, {"fix", "vm", true},
		{"run", "esx", true}, {"fix", "iron", true}, {"off", "iron", true},
		{"fix", "sw-med", true}, {"off", "sw-it", true}, {"fix", "sw-it", true},
		{"cut", "n-it", true}, {"mend", "n-it", true}, {"cut", "n-core", true},
		{"fix", "bridge", true}, {"fix", "ruler", true}, {"off", "port", true},
		{"fix", "port", false}, {"off", "plain", false}, {"fix", "plain", false},
		{"off", "sw-far", false}, {"fix", "sw-far", false}};
	static const char *const outages[] = {"n-med", "gateway", "vm", "esx", "iron", "sw-med",
		"sw-it", "sw-far", "bridge", "ruler", "port", "plain"};
	struct world x;
	char text[8192];

	(void)state;
	for (unsigned nurse = 0; nurse < 2; nurse++) {
		snprintf(text, sizeof(text), bare,
			nurse ? roles : "roles: [{id: it, name: IT, reach: '1'}]\n");
		open_house(&x, text, any);
		for (size_t i = 0; i < WARD_ARRAY_LEN(outages); i++)
			strike(&x, outages[i], "outage");
		strike(&x, "n-it", "net.scan");
		strike(&x, "n-core", "net.scan");
		strike(&x, "log", "data.destruction");
		find(&x);
		for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++) {
			const struct ward_actions_item *it =
				item(&x, known[i].action, known[i].node);

			if ((it != NULL) != (nurse || !known[i].asks))
				fail_msg("%s %s: %s", known[i].action, known[i].node,
					it ? "proposed" : "not proposed");
			if (!it)
				continue;
			if (it->clinical != known[i].asks)
				fail_msg("%s %s: asked %d", known[i].action, known[i].node,
					it->clinical);
			assert_true(!known[i].asks ||
				    it->word == ward_model_find(x.m, WARD_STR("nurse")));
		}
		assert_true(nurse || x.p.n_unanswered >= 18);
		close_world(&x);
	}
}

/* Work on the network of a medical device, and taking off the second of two, asks the clinical
 * side; so does what loses more than it avoids. */
static void never_by_a_healthy_house(void **state)
{
	static const char pair[] =
		"actions:\n"
		"  - {id: pull, text: 'Pull from {name}', threats: [net.unknown-device], class: "
		"network,\n"
		"     repairs: true, takes: 0s, team: it, role: it}\n"
		"  - {id: off, text: 'Isolate {name}', threats: [net.unknown-device, malware.*],\n"
		"     class: device, isolates: true, side: outage, takes: 0s, team: it, role: "
		"it}\n";
	struct world x;

	(void)state;
	open_world(&x, roles, " role: nurse,", pair);
	strike(&x, "n-med", "net.unknown-device");
	strike(&x, "spare-1", "malware.virus");
	find(&x);
	assert_non_null(item(&x, "pull", "n-med"));
	assert_true(item(&x, "pull", "n-med")->clinical);
	assert_non_null(item(&x, "off", "spare-1"));
	assert_false(item(&x, "off", "spare-1")->clinical); /* the other one serves */
	ward_actions_fini(&x.p);
	strike(&x, "spare-2", "outage");
	find(&x);
	const struct ward_actions_item *last = item(&x, "off", "spare-1");

	assert_non_null(last);
	assert_true(last->clinical);
	assert_int_equal(last->word, ward_model_find(x.m, WARD_STR("nurse")));
	assert_int_equal(last->n_side, 1);
	assert_true(last->harm_micro > 0);
	ward_actions_fini(&x.p);
	/* The same by a change of the question. */
	struct ward_change gone = {.kind = WARD_CHANGE_THREAT,
		.asset = x.seed[2].asset,
		.threat = x.seed[2].threat,
		.lo_micro = 1000000,
		.hi_micro = 1000000};

	x.ask.n_seed = 2;
	x.ask.change = &gone;
	x.ask.n_change = 1;
	find(&x);
	assert_true(item(&x, "off", "spare-1")->clinical);
	close_world(&x);
}

static void never_locks_a_way_of_escape(void **state)
{
	static const char *const escape[] = {
		"d-stairs", "d-back", "d-fire", "d-exit", "d-wing", "d-store", "d-gas"};
	struct world x;

	(void)state;
	for (unsigned shipped = 0; shipped < 2; shipped++) {
		open_world(&x, roles, " role: nurse,", shipped ? NULL : worst);
		for (size_t i = 0; i < WARD_ARRAY_LEN(escape); i++)
			strike(&x, escape[i], "access.forced-door");
		strike(&x, "d-pharmacy", "access.forced-door");
		/* As the plan of evacuation says: that door, and where oxygen is shut off. */
		uint32_t free_of[] = {ward_model_find(x.m, WARD_STR("d-store")),
			ward_model_find(x.m, WARD_STR("gas"))};
		x.ask.free = free_of;
		x.ask.n_free = 2;
		x.ask.knows_ways = true;
		find(&x);
		for (size_t i = 0; i < x.p.n_item; i++) {
			if (!x.set->action[x.p.item[i].action].locks)
				continue;
			for (size_t k = 0; k < WARD_ARRAY_LEN(escape); k++)
				assert_true(x.p.item[i].node !=
					    ward_model_find(x.m, ward_str_z(escape[k])));
		}
		assert_non_null(item(&x, shipped ? "lock-door" : "d", "d-pharmacy"));
		assert_int_equal(x.p.n_escape, shipped ? 5 : 7);
		ward_actions_fini(&x.p);
		strike(&x, "store", "fire.smoke"); /* nothing is locked while there is fire */
		find(&x);
		for (size_t i = 0; i < x.p.n_item; i++)
			assert_false(x.set->action[x.p.item[i].action].locks);
		assert_int_equal(x.p.n_fire, 1);
		close_world(&x);
	}
}

/* Where no plan of evacuation says which doors people need, none is locked, and that is told. */
static void never_locks_without_a_plan(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct world x;

	(void)state;
	for (unsigned shipped = 0; shipped < 2; shipped++) {
		open_world(&x, roles, " role: nurse,", shipped ? NULL : worst);
		strike(&x, "d-pharmacy", "access.forced-door");
		strike(&x, "d-exit", "access.forced-door");
		find(&x);
		for (size_t i = 0; i < x.p.n_item; i++)
			assert_false(x.set->action[x.p.item[i].action].locks);
		/* whoever forced these comes to the other controlled doors of the corridor */
		assert_int_equal(x.p.n_planless, shipped ? 5 : 6);
		assert_int_equal(x.p.n_escape, 0);
		ward_actions_write_text(&x.p, &x.w, &x.ask, NULL, &w);
		assert_true(
			ward_str_find(ward_wr_text(&w),
				WARD_STR("Not proposed, locks: the hospital gives no plan of "
					 "evacuation (evacuation.yml), so no door is known not to "
					 "be a way of escape: ")) != SIZE_MAX);
		ward_wr_reset(&w);
		close_world(&x);
	}
	ward_wr_fini(&w);
}

/* Nobody is sent to where it burns. */
static void never_into_fire(void **state)
{
	struct world x;

	(void)state;
	open_world(&x, roles, " role: nurse,", worst);
	strike(&x, "feed", "outage");
	strike(&x, "ws", "malware.virus");
	find(&x);
	assert_non_null(item(&x, "b", "feed"));
	assert_non_null(item(&x, "a", "ws"));
	ward_actions_fini(&x.p);
	strike(&x, "store", "fire.fire");
	find(&x);
	assert_null(item(&x, "b", "feed"));
	assert_null(item(&x, "a", "ws"));
	assert_true(x.p.n_burning >= 2);
	close_world(&x);
}

/* Whatever is asked, and also where there is no action at all or no money. */
static void doing_nothing_is_first(void **state)
{
	static const char *const asked[][2] = {{"feed", "outage"}, {"ws", "malware.virus"},
		{"d-pharmacy", "access.forced-door"}, {"store", "watch.blind"}};
	struct world x;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(asked); i++) {
		open_world(&x, roles, " role: nurse,", i % 2 ? NULL : worst);
		strike(&x, asked[i][0], asked[i][1]);
		x.ask.budget = i;
		find(&x);
		ward_actions_write_text(&x.p, &x.w, &x.ask, NULL, &x.out);
		assert_true(
			ward_str_starts(ward_wr_text(&x.out), WARD_STR("If nothing is done: ")));
		ward_wr_reset(&x.out);
		ward_actions_write_json(&x.p, &x.w, &x.ask, NULL, &x.out);
		assert_true(
			ward_str_starts(ward_wr_text(&x.out), WARD_STR("{\"kind\":\"nothing\",")));
		close_world(&x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(never_on_medical_devices),
		cmocka_unit_test(never_without_the_clinical_word),
		cmocka_unit_test(never_on_what_is_kept_for_devices),
		cmocka_unit_test(never_by_a_healthy_house),
		cmocka_unit_test(never_locks_a_way_of_escape),
		cmocka_unit_test(never_locks_without_a_plan), cmocka_unit_test(never_into_fire),
		cmocka_unit_test(doing_nothing_is_first)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
