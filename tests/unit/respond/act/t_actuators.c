#include "lab.h"

#define LAB_SWITCH                                                                         \
	"actuators:\n  - id: a0\n    snmp: sw-a0\n    user: ward\n    security: sha-aes\n" \
	"    uplinks: [Gi48, ifIndex 49]\n    secret_file: s\n    can:\n"

static void t_good(void **state)
{
	struct turin t;
	struct ward_actuators x;

	(void)state;
	turin_load(&t);
	if (turin_systems(&t,
		    LAB_SYSTEMS
		    "      - {id: ticket, does: tell, on: ahu-03, roles: [it-on-call],\n"
		    "         repeat: same-key, persons: 2}\n",
		    &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	assert_int_equal(x.n_ability, 6);
	assert_int_equal(x.ability[1].repeat, WARD_REPEAT_ONCE);
	assert_true(x.ability[0].undo && !x.ability[5].undo && x.ability[5].two);
	assert_int_equal(ward_ability_find(&x, WARD_STR("sw/bms")), 1);
	assert_int_equal(ward_ability_find(&x, WARD_STR("bms")), SIZE_MAX);
	/* a port before a network */
	assert_int_equal(
		ward_ability_narrowest(&x, WARD_DOES_ISOLATE, turin_node(&t, "ahu-03")), 0);
	assert_int_equal(
		ward_ability_narrowest(&x, WARD_DOES_ISOLATE, turin_node(&t, "net-bms")), 1);
	assert_int_equal(
		ward_ability_narrowest(&x, WARD_DOES_LOCK, turin_node(&t, "ahu-03")), SIZE_MAX);
	ward_actuators_free(&x);
	turin_free(&t);
}

/* What is asked by RADIUS: of whose session, what is set, and what when it is taken back. */
static void t_radius(void **state)
{
	struct turin t;
	struct ward_actuators x;

	(void)state;
	turin_load(&t);
	if (turin_systems(&t,
		    "actuators:\n  - id: nac\n    radius: nac.hospital.example\n    nas: "
		    "sw-a0\n"
		    "    secret_file: s\n    can:\n"
		    "      - {id: vlan, does: isolate, on: [ws-a0-office-1, ahu-03], roles: "
		    "it-on-call,\n"
		    "         repeat: same-key, lasts: 1h, set: vlan 999, set_back: vlan 20}\n",
		    &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	assert_int_equal(x.a[0].way, WARD_ACT_WAY_RADIUS);
	assert_true(ward_str_eqz(x.a[0].where, "nac.hospital.example:3799"));
	assert_true(ward_str_eqz(x.a[0].nas, "sw-a0"));
	assert_true(ward_str_eqz(x.ability[0].run, "vlan 999"));
	assert_true(ward_str_eqz(x.ability[0].back, "vlan 20"));
	ward_actuators_free(&x);
	turin_free(&t);
}

/* What is set of whose port, once by its name and once by its index. */
static void t_snmp(void **state)
{
	struct turin t;
	struct ward_actuators x;

	(void)state;
	turin_load(&t);
	if (turin_systems(&t, "actuators:\n" LAB_SNMP, &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	assert_int_equal(x.a[0].way, WARD_ACT_WAY_SNMP);
	assert_true(ward_str_eqz(x.a[0].where, "127.0.0.1:161"));
	assert_true(ward_str_eqz(x.a[0].uplinks, "Gi1/0/48"));
	assert_int_equal(x.ability[0].on[0], turin_node(&t, "ws-a0-office-1"));
	assert_true(ward_str_eqz(x.ability[0].port[0], "Gi1/0/7"));
	assert_true(ward_str_eqz(x.ability[0].back, "up") && x.ability[0].undo);
	assert_true(ward_str_eqz(x.ability[1].port[0], "ifIndex 12"));
	assert_true(ward_str_eqz(x.ability[1].run, "vlan 999"));
	assert_true(ward_str_eqz(x.ability[1].back, "vlan 20"));
	ward_actuators_free(&x);
	/* two on a port, which both entries say */
	if (turin_systems(&t,
		    LAB_SWITCH
		    "      - {id: a, does: isolate, ports: {ahu-01: 1, ahu-02: 1}, set: shutdown,\n"
		    "         cuts: [ahu-01, ahu-02], roles: it-on-call, repeat: never, lasts: "
		    "1h}\n",
		    &x) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
	ward_actuators_free(&x);
	turin_free(&t);
}

static void t_ssh(void **state)
{
	static const struct {
		const char *host, *where;
	} all[] = {{"fw", "fw:22"}, {"fw:2222", "fw:2222"}, {"'[fd00::1]'", "[fd00::1]:22"},
		{"'[fd00::1]:2'", "[fd00::1]:2"}};
	struct turin t;
	struct ward_actuators x;
	char text[512];

	(void)state;
	turin_load(&t);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		(void)snprintf(text, sizeof(text),
			"actuators:\n  - {id: a, ssh: %s, user: u, host_key: k, secret_file: s,\n"
			"     can: [{id: t, does: tell, on: ahu-01, roles: it-on-call, repeat: "
			"never, run: 'say {thing}'}]}\n",
			all[i].host);
		if (turin_systems(&t, text, &x) != WARD_OK)
			fail_msg("%.*s", WARD_STR_ARG(t.d.item[0].what));
		assert_int_equal(x.a[0].way, WARD_ACT_WAY_SSH);
		assert_true(ward_str_eqz(x.a[0].where, all[i].where));
		assert_false(x.ability[0].undo);
		ward_actuators_free(&x);
	}
	turin_free(&t);
}

struct mistake {
	const char *text, *what;
	bool planless;
};

/* Each mistake is found in its line, with its mend. */
static void find_each(const struct mistake *all, size_t n)
{
	struct turin t;

	turin_load(&t);
	for (size_t i = 0; i < n; i++) {
		struct ward_actuators x;
		bool found = false;

		ward_diag_fini(&t.d);
		ward_diag_init(&t.d, ward_mem_heap());
		t.plan.known = !all[i].planless;
		assert_int_equal(turin_systems(&t, all[i].text, &x), WARD_ERR_CONFIG);
		for (size_t k = 0; k < t.d.n; k++)
			found = found || (t.d.item[k].line && t.d.item[k].mend.len &&
						 ward_str_find(t.d.item[k].what,
							 ward_str_z(all[i].what)) != SIZE_MAX);
		if (!found)
			fail_msg("not told: %s", all[i].what);
		ward_actuators_free(&x);
	}
	turin_free(&t);
}

#define CAN LAB_SYSTEM "      - {id: x, roles: it-on-call, repeat: never, "

static void t_mistakes(void **state)
{
	static const struct mistake all[] = {{"actuators: {}\n", "no list of systems", false},
		{"actuators:\n  - id: a\n    webhook: ftp://x/\n    secret_file: s\n    can: []\n",
			"no address of a system", false},
		{LAB_SYSTEM "      []\n", "can do nothing", false},
		{CAN "does: isolate, on: monitor-01, lasts: 1h}\n", "never acted on", false},
		{CAN "does: lock, on: door-au-server, lasts: 1h}\n", "no plan says", true},
		{CAN "does: lock, on: door-au-stairs, lasts: 1h}\n", "way of escape", false},
		{CAN "does: lock, on: ahu-01, lasts: 1h}\n", "is no door", false},
		{CAN "does: isolate, on: au-server, lasts: 1h}\n", "is on no network", false},
		{CAN "does: isolate, on: ahu-01}\n", "lasts", false},
		{CAN "does: isolate, on: ahu-01, lasts: 0s}\n", "stand for good", false},
		{CAN "does: isolate, on: ahu-01, lasts: 25h}\n", "longer than a day", false},
		{CAN "does: isolate, on: ahu-01, undo: false}\n", "has to be undone", false},
		{CAN "does: tell, on: ahu-01, lasts: 1h}\n", "has no end", false},
		{CAN "does: burn, on: ahu-01, lasts: 1h}\n", "nothing that a system does", false},
		{CAN "does: isolate, on: nobody, lasts: 1h}\n", "nothing of the hospital", false},
		{CAN "does: isolate, on: [], lasts: 1h}\n", "acts on nothing", false},
		{LAB_SYSTEM "      - {id: x, does: tell, on: ahu-01, repeat: never}\n",
			"nobody may approve", false},
		{LAB_SYSTEM "      - {id: x, does: tell, on: ahu-01, repeat: x, roles: ahu-01}\n",
			"is no role", false},
		{LAB_SYSTEM "      - {id: x, does: tell, on: ahu-01, repeat: x, roles: "
			    "it-on-call}\n",
			"no way to repeat", false},
		{CAN "does: tell, on: ahu-01, wrong: 1}\n", "wrong", false}};

	(void)state;
	find_each(all, WARD_ARRAY_LEN(all));
}

#define RADIUS                                                                    \
	"actuators:\n  - id: sw\n    radius: 10.0.0.1:3799\n    secret_file: s\n" \
	"    can:\n      - {id: x, roles: it-on-call, repeat: same-key, "
#define SSH(where)                                                              \
	"actuators:\n  - id: sw\n    " where "\n    user: u\n    host_key: k\n" \
	"    secret_file: s\n    can:\n"
#define SSH_CAN "      - {id: x, does: isolate, roles: it-on-call, repeat: never, "

static void t_mistakes_of_ways(void **state)
{
	static const struct mistake all[] = {
		{CAN "does: isolate, on: ahu-01, lasts: 1h, set: vlan 9}\n", "set", false},
		{RADIUS "does: isolate, on: ahu-03, lasts: 1h, set: vlan 9}\n", "set_back", false},
		{RADIUS "does: isolate, on: ahu-03, lasts: 1h, set: port 9, set_back: vlan 4}\n",
			"nothing to set", false},
		{RADIUS "does: isolate, on: ahu-03, lasts: 1h, set: vlan a;b, set_back: vlan 4}\n",
			"nothing to set", false},
		{RADIUS "does: tell, on: ahu-03, set: vlan 9, set_back: vlan 4}\n",
			"and nothing else", false},
		{RADIUS "does: isolate, on: net-bms, lasts: 1h, set: vlan 9, set_back: vlan 4}\n",
			"no MAC address", false},
		{RADIUS "does: isolate, undo: false, on: ahu-03, set: vlan 9, set_back: vlan 4}\n",
			"has to be undone", false},
		{"actuators:\n  - {id: a, radius: 'a b', secret_file: s, can: []}\n", "is no host",
			false},
		{"actuators:\n  - {id: a, radius: nac, user: u, secret_file: s, can: []}\n", "user",
			false},
		{"actuators:\n  - {id: a, radius: nac, webhook: 'http://x/', secret_file: s, "
		 "can: []}\n",
			"at once", false},
		{CAN "does: tell, on: ahu-01, run: x}\n", "run", false},
		{SSH("ssh: a/b\n    webhook: https://a/") "      []\n", "at once", false},
		{SSH("ssh: a:0") "      []\n", "is no host", false},
		{SSH("ssh: '[::1'") "      []\n", "is no host", false},
		{SSH("ssh: a\n    certificate: x") "      []\n", "certificate", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x}\n", "run", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, run: x}\n", "has to be undone",
			false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x, run: 'x {ip}'}\n",
			"no slot", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x, run: 'x {name}'}\n",
			"can't stand in a command", false},
		{SSH("ssh: a") SSH_CAN "on: net-bms, lasts: 1h, undo: x, run: 'x {address}'}\n",
			"no address", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x, run: \"a\\nb\"}\n",
			"control characters", false},
		{SSH("ssh: a") SSH_CAN "on: ahu-01, lasts: 1h, undo: x, run: 'caf\xc3\xa9'}\n",
			"can be printed", false}};

	(void)state;
	find_each(all, WARD_ARRAY_LEN(all));
}

#define PORT LAB_SWITCH "      - {id: x, roles: it-on-call, repeat: same-key, "
#define SHUT PORT "does: isolate, lasts: 1h, set: shutdown, "
#define SWITCH(keys) \
	"actuators:\n  - {id: a, snmp: sw, secret_file: s, user: u, can: [], " keys "}\n"

static void t_mistakes_of_ports(void **state)
{
	static const struct mistake all[] = {
		{SWITCH("security: v2c, uplinks: []"), "can be read by all", false},
		{SWITCH("security: md5-des, uplinks: []"), "bad value", false},
		{SWITCH("uplinks: []"), "security", false},
		{SWITCH("security: sha-aes"), "lead to other switches", false},
		{SWITCH("security: sha-aes, uplinks: Gi48"), "lead to other switches", false},
		{SWITCH("security: sha-aes, uplinks: ['']"), "is no port", false},
		{SWITCH("security: sha-aes, uplinks: [], nas: x"), "nas", false},
		{SHUT "on: ahu-01}\n", "'on'", false},
		{SHUT "ports: ahu-01}\n", "which port is not said", false},
		{SHUT "ports: {}}\n", "acts on nothing", false},
		{SHUT "ports: {nobody: 1}}\n", "nothing of the hospital", false},
		{SHUT "ports: {ahu-01: [1]}}\n", "is no port", false},
		{SHUT "ports: {ahu-01: ifIndex 0}}\n", "is no port", false},
		{SHUT "ports: {ahu-01: \"a\\tb\"}}\n", "is no port", false},
		{SHUT "ports: {monitor-01: 1}}\n", "never acted on", false},
		{SHUT "ports: {net-bms: 1}}\n", "hangs on a port alone", false},
		{SHUT "ports: {switch-it-a0: 1}}\n", "hangs on a port alone", false},
		{SHUT "ports: {ahu-01: Gi48}}\n", "is an uplink", false},
		{SHUT "ports: {ahu-01: ifIndex 49}}\n", "is an uplink", false},
		{SHUT "ports: {ahu-01: 1, ahu-02: 1}}\n", "hang on one port", false},
		{SHUT "ports: {ahu-01: 1, ahu-02: 1}, cuts: ahu-02}\n", "hang on one port", false},
		{SHUT "ports: {ahu-01: 1}}\n      - {id: y, roles: it-on-call, repeat: never, "
		      "does: "
		      "isolate, lasts: 1h, set: shutdown, ports: {ahu-02: 1}, cuts: ahu-01}\n",
			"hang on one port", false},
		{SHUT "ports: {ahu-01: 1}, set_back: up}\n", "opened again", false},
		{SHUT "ports: {ahu-01: 1}, undo: false}\n", "has to be undone", false},
		{PORT "does: isolate, lasts: 1h, set: up, ports: {ahu-01: 1}}\n",
			"nothing to set of a port", false},
		{PORT "does: isolate, lasts: 1h, set: vlan 4095, ports: {ahu-01: 1}}\n",
			"nothing to set of a port", false},
		{PORT "does: isolate, lasts: 1h, set: vlan 9, ports: {ahu-01: 1}}\n", "set_back",
			false},
		{PORT "does: isolate, lasts: 1h, set: vlan 9, set_back: vlan 9, ports: {ahu-01: "
		      "1}}\n",
			"no other VLAN", false},
		{PORT "does: tell, set: shutdown, ports: {ahu-01: 1}}\n", "and nothing else",
			false}};

	(void)state;
	find_each(all, WARD_ARRAY_LEN(all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_good), cmocka_unit_test(t_radius),
		cmocka_unit_test(t_snmp), cmocka_unit_test(t_ssh), cmocka_unit_test(t_mistakes),
		cmocka_unit_test(t_mistakes_of_ways), cmocka_unit_test(t_mistakes_of_ports)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
