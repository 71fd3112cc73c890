#include "inv_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define MIN (60 * WARD_NS_PER_S)
#define DAY (1440 * MIN)

static const uint8_t pump[6] = {0, 0x11, 0x22, 0, 0, 1};
static ward_ns noon;

static enum ward_err put(struct inv_lab *l, const char *file, const char *text)
{
	return ward_places_read(l->places, ward_str_z(file), ward_str_bytes(ward_str_z(text)), noon,
		&l->hospital.d);
}

static size_t where(const struct inv_lab *l, const char *asset, ward_ns at,
	struct ward_placement ret[WARD_PLACEMENTS])
{
	uint32_t node = asset ? lab_node(&l->hospital, asset) : WARD_NONE;

	return ward_places_of(l->places, &pump, 1, node, at, ret);
}

static int open_lab(void **state)
{
	static struct inv_lab l;

	assert_int_equal(ward_time_parse(WARD_STR("2026-03-01T12:00:00Z"), &noon), WARD_OK);
	assert_true(inv_lab_open(&l, NULL));
	*state = &l;
	return 0;
}

static int close_lab(void **state)
{
	inv_lab_close(*state);
	return 0;
}

static void test_fade(void **state)
{
	(void)state;
	assert_int_equal(ward_place_fade(80, -DAY, DAY), 80);
	assert_int_equal(ward_place_fade(80, 0, DAY), 80);
	assert_int_equal(ward_place_fade(80, DAY / 2, DAY), 60);
	assert_int_equal(ward_place_fade(80, DAY, DAY), 40);
	assert_int_equal(ward_place_fade(80, 3 * DAY, DAY), 10);
	assert_int_equal(ward_place_fade(100, INT64_MAX, DAY), 0);
	assert_int_equal(ward_place_fade(100, INT64_MAX / 2, INT64_MAX), 75);
	for (ward_ns a = 0; a < 9 * DAY; a += 7 * MIN)
		assert_true(ward_place_fade(90, a + MIN, DAY) <= ward_place_fade(90, a, DAY));
}

/* Port of a switch, patch list, room; the list of patching may come later. */
static void test_switch(void **state)
{
	struct inv_lab *l = *state;
	struct ward_placement p[WARD_PLACEMENTS];

	assert_int_equal(
		put(l, "fdb.csv", "switch,port,mac,vlan\nsw-1,7,00-11-22-00-00-01,40\n"), WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 0);
	assert_int_equal(
		put(l, "patch.csv", "switch,port,outlet,room\nsw-1,7,114-A,hall\n"), WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 1);
	assert_true(ward_str_eqz(p[0].room, "hall") && p[0].confidence == 90 && p[0].as_of == noon);
	assert_true(ward_str_eqz(p[0].at, "sw-1 7, outlet 114-A"));
	assert_string_equal(p[0].kind, "switch");
	assert_int_equal(where(l, NULL, noon + 30 * DAY, p), 1);
	assert_int_equal(p[0].confidence, 45);
	assert_int_equal(where(l, NULL, noon + 300 * DAY, p), 0);
}

/* Behind a port with many is a switch: it is no place. */
static void test_uplink(void **state)
{
	struct inv_lab *l = *state;
	struct ward_placement p[WARD_PLACEMENTS];
	char text[100];

	assert_int_equal(put(l, "patch.csv", "switch,port,room\nsw-1,7,hall\n"), WARD_OK);
	for (int i = 1; i <= 5; i++) {
		(void)snprintf(
			text, sizeof(text), "switch,port,mac\nsw-1,7,00:11:22:00:00:%02d\n", i);
		assert_int_equal(put(l, "fdb.csv", text), WARD_OK);
		assert_int_equal(where(l, NULL, noon, p), i < 5);
		assert_true(i == 5 || p[0].confidence == (i < 3 ? 90 : 60));
	}
}

/* A thing on wheels: the newest sighting leads, the older ones and the directory fade behind it. */
static void test_mobile(void **state)
{
	struct inv_lab *l = *state;
	struct ward_placement p[WARD_PLACEMENTS];

	assert_int_equal(where(l, "ahu-1", noon, p), 1);
	assert_int_equal(p[0].confidence, 60);
	assert_int_equal(where(l, "reader-1", noon, p), 1);
	assert_int_equal(p[0].confidence, 20);
	assert_int_equal(p[0].as_of, INT64_MIN);
	assert_int_equal(put(l, "ap.csv", "ap,room\nap-1,or-1\nap-2,yard\n"), WARD_OK);
	assert_int_equal(put(l, "wifi.csv",
				 "mac,ap,time\n"
				 "00:11:22:00:00:01,ap-2,2026-03-01T11:50:00Z\n"
				 "00:11:22:00:00:01,ap-1,2026-03-01T12:00:00Z\n"),
		WARD_OK);
	assert_int_equal(where(l, "reader-1", noon, p), 3);
	assert_true(ward_str_eqz(p[0].room, "or-1") && p[0].confidence == 70);
	assert_true(ward_str_eqz(p[1].room, "yard") && p[1].confidence == 10);
	assert_true(ward_str_eqz(p[2].room, "hall"));
	/* An hour later nobody knows any more: only where it belongs. */
	assert_int_equal(where(l, "reader-1", noon + 60 * MIN, p), 1);
	assert_true(ward_str_eqz(p[0].room, "hall") && p[0].confidence < 20);
}

static void test_login(void **state)
{
	struct inv_lab *l = *state;
	struct ward_placement p[WARD_PLACEMENTS];

	assert_int_equal(put(l, "patch.csv", "switch,port,room\nsw-1,Gi1/0/7,hall\n"), WARD_OK);
	assert_int_equal(put(l, "radius.csv",
				 "time,mac,nas,port,user\n"
				 "2026-03-01T12:00:00Z,0011.2200.0001,sw-1,Gi1/0/7,x\n"),
		WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 1);
	assert_string_equal(p[0].kind, "login");
	assert_int_equal(p[0].confidence, 80);
	/* Two kinds of list about one room are surer than one. */
	assert_int_equal(
		put(l, "fdb.csv", "switch,port,mac\nsw-1,Gi1/0/7,00:11:22:00:00:01\n"), WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 1);
	assert_true(p[0].confidence > 90);
}

static void test_walk(void **state)
{
	struct inv_lab *l = *state;
	struct ward_placement p[WARD_PLACEMENTS];

	assert_int_equal(
		put(l, "patch.csv", "switch,port,room\nsw-9,Gi1/0/3,hall\nsw-9,8,yard\n"), WARD_OK);
	assert_int_equal(put(l, "walks/sw-9.txt",
				 ".1.3.6.1.2.1.17.4.3.1.2.0.17.34.0.0.1 = INTEGER: 3\n"
				 ".1.3.6.1.2.1.17.4.3.1.2.0.17.34.0.0.999 = INTEGER: 3\n"
				 ".1.3.6.1.2.1.17.4.3.1.2.0.17.34 = INTEGER: 3\n"
				 ".1.3.6.1.2.1.17.4.3.1.2.0.17.34.0.0.9 = INTEGER: 0\n"
				 ".1.3.6.1.2.1.17.1.4.1.2.3 = INTEGER: 10103\n"
				 ".1.3.6.1.2.1.31.1.1.1.1.10103 = STRING: \"Gi1/0/3\"\n"
				 "nothing\n"),
		WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 1);
	assert_true(ward_str_eqz(p[0].room, "hall") && ward_str_eqz(p[0].at, "sw-9 Gi1/0/3"));
	/* By VLAN; the name that it says itself counts; a neighbour that passes on is no place. */
	assert_int_equal(put(l, "x.txt",
				 ".1.3.6.1.2.1.1.5.0 = STRING: sw-9\n"
				 ".1.3.6.1.2.1.17.7.1.2.2.1.2.40.0.17.34.0.0.1 = INTEGER: 8\n"
				 ".1.0.8802.1.1.2.1.4.1.1.12.0.8.1 = Hex-STRING: 28 00 \n"),
		WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 1);
	assert_true(ward_str_eqz(p[0].room, "hall"));
}

#define SWITCH "\"src_ip\":\"10.0.0.9\",\"dst_ip\":\"10.0.0.2\","

/* The network management's answers, in any order; the patch list names the port. */
static void test_heard(void **state)
{
	struct inv_lab *l = *state;
	struct ward_placement p[WARD_PLACEMENTS];

	inv_lab_event(l, "net.snmp.response", 1,
		SWITCH "\"snmp.fdb_port\":[3,0,4],\"snmp.fdb_mac\":[\"00:11:22:00:00:01\","
		       "\"00:11:22:00:00:01\",\"no\"]");
	inv_lab_event(l, "net.snmp.response", 2,
		SWITCH "\"snmp.if_name_index\":10103,\"snmp.if_name\":\"Gi1/0/3\"");
	inv_lab_event(l, "net.snmp.response", 3,
		SWITCH "\"snmp.bridge_port\":[3,8],\"snmp.bridge_if\":[10103,10108]");
	assert_int_equal(where(l, NULL, noon, p), 0);
	inv_lab_event(l, "net.snmp.response", 4, SWITCH "\"snmp.sys_name\":\"sw-9\"");
	assert_int_equal(
		put(l, "patch.csv",
			"switch,port,room,outlet\nsw-9,Gi1/0/3,hall,114-A\nsw-9,8,yard,\n"),
		WARD_OK);
	assert_int_equal(ward_places_settle(l->places), WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 1);
	assert_true(ward_str_eqz(p[0].room, "hall"));
	assert_true(ward_str_eqz(p[0].at, "sw-9 Gi1/0/3, outlet 114-A"));
	assert_string_equal(p[0].kind, "switch");
	assert_true(p[0].confidence >= 88 && p[0].confidence < 90 && p[0].as_of < noon);
	/* A neighbour of LLDP at a port that has its own numbers and names; later, so it counts. */
	inv_lab_event(l, "net.snmp.response", 9,
		SWITCH "\"snmp.lldp_chassis_port\":8,"
		       "\"snmp.lldp_chassis\":\"00:11:22:00:00:01\"");
	assert_int_equal(ward_places_settle(l->places), WARD_OK);
	assert_true(where(l, NULL, noon, p) >= 1);
	assert_true(ward_str_eqz(p[0].room, "yard") && ward_str_eqz(p[0].at, "sw-9 8"));
	/* Whoever passes on what others say is no place. */
	inv_lab_event(l, "net.snmp.response", 10,
		SWITCH "\"snmp.lldp_enabled_port\":8,\"snmp.lldp_enabled\":\"2800\"");
	assert_int_equal(ward_places_settle(l->places), WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 1);
	assert_true(ward_str_eqz(p[0].room, "hall"));
}

/* An endpoint says its room; what a switch says is of others, and rooms that nobody knows are none.
 */
static void test_announced(void **state)
{
	struct inv_lab *l = *state;
	struct ward_placement p[WARD_PLACEMENTS];

	inv_lab_event(l, "net.lldp", 1,
		"\"src_mac\":\"00:11:22:00:00:01\",\"lldp.med.class\":\"network\","
		"\"lldp.med.civic\":\"room=hall\"");
	inv_lab_event(l, "net.lldp", 2,
		"\"src_mac\":\"00:11:22:00:00:01\",\"lldp.med.class\":\"endpoint_3\","
		"\"lldp.med.civic\":[\"floor=1\",\"room=nowhere\",\"room=\"]");
	assert_int_equal(ward_places_settle(l->places), WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 0);
	inv_lab_event(l, "net.lldp", 3,
		"\"src_mac\":\"00:11:22:00:00:01\",\"lldp.med.class\":\"endpoint_3\","
		"\"lldp.med.civic\":[\"floor=1\",\"room=hall\"]");
	assert_int_equal(ward_places_settle(l->places), WARD_OK);
	assert_int_equal(where(l, NULL, noon, p), 1);
	assert_true(ward_str_eqz(p[0].room, "hall"));
	assert_string_equal(p[0].kind, "announced");
	assert_int_equal(p[0].confidence, 49);
}

static void test_findings(void **state)
{
	static const char *const bad[] = {
		"a,b\n1,2\n",
		"switch,port,room\nsw-1,7,nowhere\n",
		"switch,port,room\nsw-1,7,n-bms\n",
		"switch,port,mac\nsw-1,7,hall\n",
		"mac,ap,time\n00:11:22:00:00:01,ap,yesterday\n",
		"mac,ap\n00:11:22:00:00:01\n",
		"",
	};
	struct inv_lab *l = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (put(l, "x.csv", bad[i]) != WARD_ERR_CONFIG)
			fail_msg("taken: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fade),
		cmocka_unit_test_setup_teardown(test_switch, open_lab, close_lab),
		cmocka_unit_test_setup_teardown(test_uplink, open_lab, close_lab),
		cmocka_unit_test_setup_teardown(test_mobile, open_lab, close_lab),
		cmocka_unit_test_setup_teardown(test_login, open_lab, close_lab),
		cmocka_unit_test_setup_teardown(test_walk, open_lab, close_lab),
		cmocka_unit_test_setup_teardown(test_heard, open_lab, close_lab),
		cmocka_unit_test_setup_teardown(test_announced, open_lab, close_lab),
		cmocka_unit_test_setup_teardown(test_findings, open_lab, close_lab),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
