/* The cases that the SAFECARE papers tell in prose, as small hospitals. */
#include "lab.h"
#include "impact/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define R(id, when, class, relation, rest)                                                       \
	"  - {id: " id ", when: {threat: " when                                                  \
	", class: " class "}, relation: " relation ", likelihood: [0.5, 1], why: because, " rest \
			  "}\n"

static const char rules[] = "rules:\n" R("phish-scan", "mail.phishing", "device.mail", "connects",
	"direction: in, to: {class: network}, gives: net.scan") R("scan-server", "net.scan",
	"network", "connects", "to: {class: device.server}, gives: net.scan") R("scan-change",
	"net.scan", "device.server", "hosts",
	"to: {class: software.planning}, gives: data.change") R("change-desk", "data.change",
	"software.planning", "requires", "direction: in, to: {class: service}, gives: data.change")
	R("change-crowd", "data.change", "service", "hosts",
		"direction: in, to: {class: room.waiting}, gives: crowd") R("crowd-loiter", "crowd",
		"room.waiting", "self", "gives: loiter") R("loiter-next", "loiter", "room",
		"leads_to", "to: {class: room}, gives: intrusion") R("intrusion-theft", "intrusion",
		"room", "contains", "to: {class: device}, gives: theft") R("theft-outage", "theft",
		"device", "self", "gives: outage") R("fire-power", "fire", "room.technical",
		"contains", "to: {class: device.power}, gives: outage")
		R("no-power", "outage", "device.power", "powers",
			"to: {class: device}, gives: outage, mode: supply, buffer: ups")
			R("server-soft", "outage", "device.server", "hosts",
				"to: {class: software}, gives: outage, mode: supply")
				R("virus-service", "malware.*", "device.pc", "requires",
					"direction: in, to: {class: service}, gives: outage");

static const char campaign[] =
	"rooms:\n"
	"  - {id: waiting, name: Waiting room, floor: f, class: room.waiting}\n"
	"  - {id: pharmacy, name: Pharmacy, floor: f, class: room.pharmacy}\n"
	"  - {id: tech, name: Technical room, floor: f, class: room.technical}\n"
	"networks: [{id: net, name: Office network, class: network, cidr: [10.0.0.0/24]}]\n"
	"assets:\n"
	"  - {id: mail, name: Mail, class: device.mail, room: tech, network: net}\n"
	"  - {id: server, name: Server, class: device.server, room: tech, network: net}\n"
	"  - {id: planning, name: Appointments, class: software.planning}\n"
	"  - {id: fridge, name: Vaccine fridge, class: device.fridge, room: pharmacy}\n"
	"  - {id: board, name: Switchboard, class: device.power, room: tech}\n"
	"relations:\n"
	"  - {from: server, relation: hosts, to: planning}\n"
	"  - {from: waiting, relation: leads_to, to: pharmacy}\n"
	"  - {from: board, relation: powers, to: server}\n"
	"  - {from: board, relation: powers, to: fridge}\n"
	"services:\n"
	"  - {id: vaccination, name: Vaccination, class: service.care, weight: 2,\n"
	"     requires: [{name: vaccine, of: [fridge]}]}\n"
	"  - {id: reception, name: Reception, class: service.care, rooms: [waiting],\n"
	"     requires: [{name: programs, of: [planning]}]}\n";

/* S1: theft of vaccine, from the mail to the fridge. */
static void s1_mail_to_vaccine(void **state)
{
	static const char *const reached[][2] = {{"mail", "mail.phishing"}, {"net", "net.scan"},
		{"server", "net.scan"}, {"planning", "data.change"}, {"reception", "data.change"},
		{"waiting", "crowd"}, {"waiting", "loiter"}, {"pharmacy", "intrusion"},
		{"fridge", "theft"}, {"fridge", "outage"}, {"vaccination", "outage"}};
	struct lab l;

	(void)state;
	lab_open(&l, campaign, rules);
	lab_run(&l, WARD_IMPACT_FULL, "mail mail.phishing");
	for (size_t i = 0; i < WARD_ARRAY_LEN(reached); i++)
		assert_non_null(lab_find(&l, reached[i][0], reached[i][1]));
	assert_int_equal(l.all.n, WARD_ARRAY_LEN(reached));
	const struct ward_impact *it = lab_find(&l, "vaccination", "outage");

	assert_int_equal(it->hops, 10);
	assert_int_equal(it->loss_micro, 2000000);
	assert_int_equal(it->lo_micro, 1000000 / 512); /* nine rules of 0.5, rounded down */
	assert_int_equal(it->hi_micro, 1000000);
	assert_null(lab_find(&l, "reception", "outage"));
	lab_close(&l);
}

/* S1, step 8: the fire beside the technical room takes the power and all that hangs on it. */
static void fire_near_technical_room(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l, campaign, rules);
	lab_run(&l, WARD_IMPACT_FULL, "tech fire");
	assert_non_null(lab_find(&l, "board", "outage"));
	assert_non_null(lab_find(&l, "server", "outage"));
	assert_non_null(lab_find(&l, "planning", "outage"));
	assert_non_null(lab_find(&l, "reception", "outage"));
	assert_non_null(lab_find(&l, "vaccination", "outage"));
	assert_null(lab_find(&l, "waiting", "crowd"));
	assert_int_equal(l.all.n, 7);
	lab_close(&l);
}

/* Firewall (0.9) and segmentation of the port (1) together stop the scan; the attack on the
 * other way, through the door, stays open. */
static void firewall_and_segmentation_are_a_barrier(void **state)
{
	char text[4096];
	struct lab l;

	(void)state;
	snprintf(text, sizeof(text), "%s%s", campaign,
		"protections:\n"
		"  - {id: fw, name: Firewall, on: server, against: net.*, degree: 0.9}\n"
		"  - {id: seg, name: Segmentation, on: server, against: net.scan, degree: 1}\n");
	lab_open(&l, text, rules);
	lab_run(&l, WARD_IMPACT_FULL, "mail mail.phishing waiting loiter");
	assert_null(lab_find(&l, "server", "net.scan"));
	assert_null(lab_find(&l, "planning", "data.change"));
	assert_non_null(lab_find(&l, "fridge", "theft"));
	const struct ward_barrier *b = lab_barrier(&l, "server", "net.scan");
	size_t n;

	assert_non_null(b);
	assert_int_equal(l.all.n_barrier, 1);
	const struct ward_protection *p = ward_model_protections(l.m, b->asset, &n);

	assert_true(ward_str_eqz(p[b->protection].id, "seg"));
	assert_true(ward_str_eqz(ward_rules_id(l.r, b->rule), "scan-server"));
	assert_ptr_equal(&l.all.item[b->parent], lab_find(&l, "net", "net.scan"));
	char *json = lab_json(&l);

	assert_non_null(strstr(json, "{\"kind\":\"barrier\",\"asset\":\"server\""));
	free(json);
	/* The published score is zero there, and 1 - protection elsewhere. */
	lab_run(&l, WARD_IMPACT_REFERENCE, "mail mail.phishing");
	assert_null(lab_find(&l, "server", "net.scan"));
	assert_int_equal(lab_find(&l, "net", "net.scan")->score_micro, 1000000);
	lab_close(&l);
}

/* The same seven rooms: dispersed (a chain) and dense (all doors into one hall). */
static void loitering_hits_more_in_a_dense_building(void **state)
{
	static const char rooms[] = "rooms:\n"
				    "  - {id: r1, name: R1, floor: f, class: room}\n"
				    "  - {id: r2, name: R2, floor: f, class: room}\n"
				    "  - {id: r3, name: R3, floor: f, class: room}\n"
				    "  - {id: r4, name: R4, floor: f, class: room}\n"
				    "assets:\n"
				    "  - {id: a2, name: A2, class: device.fridge, room: r2}\n"
				    "  - {id: a3, name: A3, class: device.fridge, room: r3}\n"
				    "  - {id: a4, name: A4, class: device.fridge, room: r4}\n"
				    "relations:\n  - {from: r1, relation: leads_to, to: r2}\n";
	char dense[2048];
	struct lab l;
	size_t n;

	(void)state;
	snprintf(dense, sizeof(dense), "%s%s", rooms,
		"  - {from: r1, relation: leads_to, to: r3}\n"
		"  - {from: r1, relation: leads_to, to: r4}\n");
	lab_open(&l, rooms, rules);
	lab_run(&l, WARD_IMPACT_FULL, "r1 loiter");
	n = l.all.n;
	assert_int_equal(n, 4); /* the seed, one room, its fridge stolen and out */
	lab_close(&l);
	lab_open(&l, dense, rules);
	lab_run(&l, WARD_IMPACT_FULL, "r1 loiter");
	assert_int_equal(l.all.n, 10);
	lab_close(&l);
}

/* Telephone down: the emergency call centre is unavailable. */
static void emergency_calls_depend_on_the_telephone(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets: [{id: phone, name: Telephone exchange, class: device.phone}]\n"
		"services:\n"
		"  - {id: samu, name: Emergency call centre, class: service.care,\n"
		"     requires: [{name: calls, of: [phone], buffer: 5min}]}\n",
		rules);
	lab_run(&l, WARD_IMPACT_FULL, "phone outage");
	const struct ward_impact *it = lab_find(&l, "samu", "outage");

	assert_non_null(it);
	assert_int_equal(it->expected, 5 * LAB_MIN);
	assert_int_equal(it->buffered, 5 * LAB_MIN);
	assert_true(ward_str_eqz(ward_rules_id(l.r, it->rule), "requires"));
	assert_true(ward_str_eqz(ward_model_group(l.m, it->group)->name, "calls"));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);

	ward_impact_write_text(&l.all, (size_t)(it - l.all.item), l.m, NULL, &w);
	ward_wr_u8(&w, 0);
	assert_string_equal((const char *)w.p,
		"Telephone exchange: Outage → Emergency call centre: Outage in 5 min, "
		"likelihood 100 %");
	ward_wr_fini(&w);
	lab_close(&l);
}

/* A virus does not touch the room that the PC stands in, but the reception that needs the PC. */
static void a_virus_is_no_matter_of_the_room(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"rooms: [{id: hall, name: Hall, floor: f, class: room}]\n"
		"assets: [{id: pc, name: PC, class: device.pc, room: hall}]\n"
		"services:\n"
		"  - {id: reception, name: Reception, class: service.care, rooms: [hall],\n"
		"     requires: [{name: pc, of: [pc]}]}\n",
		rules);
	lab_run(&l, WARD_IMPACT_FULL, "pc malware.virus");
	assert_non_null(lab_find(&l, "reception", "outage"));
	assert_int_equal(l.all.n, 2);
	lab_run(&l, WARD_IMPACT_FULL, "pc malware.worm");
	assert_non_null(lab_find(&l, "reception", "outage"));
	lab_close(&l);
}

/* Two antiviruses of one scope count as the better one; of two scopes they multiply. */
static void protections_of_one_scope_do_not_add(void **state)
{
	static const char *const scope[] = {"scope: av, ", ""};
	static const int64_t score[] = {400000, 240000};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char text[2048];
		struct lab l;

		snprintf(text, sizeof(text),
			"rooms:\n  - {id: r1, name: R1, floor: f, class: room}\n"
			"  - {id: r2, name: R2, floor: f, class: room}\n"
			"relations: [{from: r1, relation: leads_to, to: r2}]\n"
			"protections:\n"
			"  - {id: p1, on: r2, against: intrusion, %sdegree: 0.4}\n"
			"  - {id: p2, on: r2, against: intrusion, %sdegree: 0.6}\n",
			scope[i], scope[i]);
		lab_open(&l, text, rules);
		lab_run(&l, WARD_IMPACT_REFERENCE, "r1 loiter");
		assert_int_equal(lab_find(&l, "r2", "intrusion")->score_micro, score[i]);
		lab_run(&l, WARD_IMPACT_FULL, "r1 loiter");
		assert_int_equal(lab_find(&l, "r2", "intrusion")->lo_micro, score[i] / 2);
		assert_int_equal(lab_find(&l, "r2", "intrusion")->hi_micro, score[i]);
		lab_close(&l);
	}
}

/* The barrier stands on one way; the target is reached by the other. */
static void a_barrier_on_one_path_leaves_another_open(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n"
		"  - {id: s, name: S, class: device.n.s}\n"
		"  - {id: a, name: A, class: device.n.a}\n"
		"  - {id: b, name: B, class: device.n.b}\n"
		"  - {id: t, name: T, class: device.n.t}\n"
		"relations:\n"
		"  - {from: s, relation: supplies, to: a}\n"
		"  - {from: s, relation: supplies, to: b}\n"
		"  - {from: a, relation: supplies, to: t}\n"
		"  - {from: b, relation: supplies, to: t}\n"
		"protections: [{id: p, on: a, against: malware.*, degree: 1}]\n",
		"rules:\n  - {id: worm, when: {threat: malware.worm}, relation: supplies, gives: "
		"malware.worm, likelihood: 1, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "s malware.worm");
	assert_null(lab_find(&l, "a", "malware.worm"));
	assert_non_null(lab_barrier(&l, "a", "malware.worm"));
	const struct ward_impact *t = lab_find(&l, "t", "malware.worm");

	assert_non_null(t);
	assert_ptr_equal(&l.all.item[t->parent], lab_find(&l, "b", "malware.worm"));
	/* What was seen on the protected asset itself is there, whatever protects it. */
	lab_run(&l, WARD_IMPACT_FULL, "a malware.worm");
	assert_non_null(lab_find(&l, "a", "malware.worm"));
	assert_int_equal(l.all.n_barrier, 0);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s1_mail_to_vaccine),
		cmocka_unit_test(fire_near_technical_room),
		cmocka_unit_test(firewall_and_segmentation_are_a_barrier),
		cmocka_unit_test(loitering_hits_more_in_a_dense_building),
		cmocka_unit_test(emergency_calls_depend_on_the_telephone),
		cmocka_unit_test(a_virus_is_no_matter_of_the_room),
		cmocka_unit_test(protections_of_one_scope_do_not_add),
		cmocka_unit_test(a_barrier_on_one_path_leaves_another_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
