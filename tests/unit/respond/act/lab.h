/* The pilot hospital of Turin, real forecasts, and a table of systems: what the tests of this room
 * share. Failures end the test. */
#ifndef WARD_TESTS_RESPOND_ACT_LAB_H
#define WARD_TESTS_RESPOND_ACT_LAB_H

#include "impact/impact.h"
#include "respond/act/effect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LAB_SYSTEM                                                   \
	"actuators:\n  - id: sw\n    webhook: http://127.0.0.1:1/\n" \
	"    secret_file: s\n    can:\n"
#define LAB_SYSTEMS                                                                            \
	LAB_SYSTEM                                                                             \
	"      - {id: port, does: isolate, on: [ws-a0-office-1, ahu-03], roles: it-on-call,\n" \
	"         repeat: same-key, lasts: 30min}\n"                                           \
	"      - {id: bms, does: isolate, on: [ahu-03, net-bms], cuts: net-bms,\n"             \
	"         roles: it-on-call, repeat: never, lasts: 1h}\n"                              \
	"      - {id: medical, does: isolate, on: net-medical, roles: it-on-call,\n"           \
	"         repeat: same-key, lasts: 1h}\n"                                              \
	"      - {id: lock, does: lock, on: [door-au-server], roles: security-guard,\n"        \
	"         repeat: never, lasts: 1h}\n"                                                 \
	"      - {id: note, does: tell, on: [ws-a0-office-1], roles: it-on-call,\n"            \
	"         repeat: same-key, undo: false}\n"

/* By SSH, on one thing. */
#define LAB_SSH_ON(on, host, undo, what)                                                \
	"actuators:\n  - id: fw\n    ssh: " host "\n    user: ward\n"                   \
	"    host_key: fw.pub\n    secret_file: s\n    can:\n"                          \
	"      - {id: host, does: isolate, on: " on ", roles: it-on-call, lasts: 1h,\n" \
	"         repeat: same-key, undo: '" undo "', look: 'look {address}',\n"        \
	"         run: 'nft add element inet ward off " what "'}\n"
#define LAB_SSH(on) LAB_SSH_ON(on, "fw.hospital.example", "free {thing}", "{ {address} }")
#define LAB_SSH_OF(host, undo, what) LAB_SSH_ON("ws-a0-office-1", host, undo, what)

/* A second system, which is asked by RADIUS. */
#define LAB_RADIUS                                                                             \
	"  - id: nac\n    radius: 127.0.0.1:3799\n    nas: sw-a0\n    secret_file: s\n"        \
	"    can:\n      - {id: vlan, does: isolate, on: ws-a0-office-1, roles: it-on-call,\n" \
	"         repeat: same-key, lasts: 1h, set: vlan 999, set_back: vlan 20}\n"

/* A third one, which is asked by SNMP. What of care hangs on a port with it is in its `cuts`. */
#define LAB_SNMP                                                                               \
	"  - id: access\n    snmp: 127.0.0.1\n    user: ward\n    security: sha256-aes\n"      \
	"    uplinks: [Gi1/0/48]\n    secret_file: s\n    can:\n"                              \
	"      - {id: shut, does: isolate, ports: {ws-a0-office-1: Gi1/0/7}, set: shutdown,\n" \
	"         roles: it-on-call, repeat: same-key, lasts: 1h}\n"                           \
	"      - {id: shared, does: isolate, ports: {ahu-03: ifIndex 12}, set: vlan 999,\n"    \
	"         set_back: vlan 20, cuts: monitor-01, roles: it-on-call, repeat: same-key,\n" \
	"         lasts: 1h}\n"

/* Hosts that the hospital does not know, by a webhook and by a command. */
#define LAB_HOSTS                                                                           \
	LAB_SYSTEM                                                                          \
	"      - {id: host, does: isolate, on: [net-bms, net-medical], hosts: true,\n"      \
	"         roles: it-on-call, repeat: same-key, lasts: 1h}\n"                        \
	"      - {id: net, does: isolate, on: net-bms, cuts: net-bms, roles: it-on-call,\n" \
	"         repeat: same-key, lasts: 1h}\n"                                           \
	"  - id: nac\n    radius: 127.0.0.1:3799\n    nas: sw-a0\n    secret_file: s\n"     \
	"    can:\n      - {id: vlan, does: isolate, on: net-bms, hosts: true,\n"           \
	"         roles: it-on-call, repeat: same-key, lasts: 1h, set: vlan 999,\n"         \
	"         set_back: vlan 20}\n"

/* The same alone, which other files say otherwise. */
#define LAB_SNMP_OF(security, uplinks, port, set)                                                  \
	"actuators:\n  - id: access\n    snmp: 127.0.0.1\n    user: ward\n    security: " security \
	"\n    uplinks: [" uplinks "]\n    secret_file: s\n    can:\n"                             \
	"      - {id: shut, does: isolate, ports: {ws-a0-office-1: " port "}, set: " set           \
	",\n         roles: it-on-call, repeat: same-key, lasts: 1h}\n"

/* By calls of HTTP, and of OpenC2, on one thing. */
#define LAB_CALLS                                                                                  \
	"actuators:\n"                                                                             \
	"  - id: api\n    name: Switch API\n    http-api: https://switches.hospital.example\n"     \
	"    secret_file: s\n    can:\n"                                                           \
	"      - {id: far, does: isolate, on: ws-a0-office-1, cuts: net-bms, roles: it-on-call,\n" \
	"         repeat: never, lasts: 1h, run: POST /off, undo: POST /on}\n"                     \
	"      - {id: port, does: isolate, on: [ws-a0-office-1, ahu-03], roles: it-on-call,\n"     \
	"         lasts: 1h, repeat: same-key, run: 'POST /v1/quarantine/{thing}?why=ward',\n"     \
	"         content: '{\"vlan\": 999, \"who\": [\"{thing}\", \"{address}\"]}',\n"            \
	"         undo: 'DELETE /v1/quarantine/{thing}'}\n"                                        \
	"  - id: c2\n    openc2-http: https://c2.hospital.example:8443\n"                          \
	"    header: 'X-Api-Key: {secret}'\n    secret_file: s\n    can:\n"                        \
	"      - {id: contain, does: isolate, on: ws-a0-office-1, roles: it-on-call, lasts: 1h,\n" \
	"         repeat: same-key, run: POST /.well-known/openc2, undo: POST "                    \
	"/.well-known/openc2,\n"                                                                   \
	"         content: "                                                                       \
	"'{\"action\":\"contain\",\"target\":{\"device\":{\"device_id\":\"{thing}\"}}}',\n"        \
	"         undo_content: "                                                                  \
	"'{\"action\":\"restore\",\"target\":{\"device\":{\"device_id\":\"{thing}\"}}}'}\n"

/* One call, to that kind of system, with that field, content, and content that takes it back. */
#define LAB_CALL_OF(way, header, content, back)                                                    \
	"actuators:\n  - id: api\n    " way ": https://api.hospital.example\n    header: '" header \
	": {secret}'\n    secret_file: s\n    can:\n"                                              \
	"      - {id: x, does: isolate, on: ws-a0-office-1, roles: it-on-call, lasts: 1h,\n"       \
	"         repeat: same-key, run: POST /x, undo: POST /x, content: '{\"action\": "          \
	"\"" content                                                                               \
	"\", \"target\": {\"device\": {}}}',\n         undo_content: '{\"action\": \"" back        \
	"\", \"target\": {\"device\": {}}}'}\n"

/* What is sent of these, and to take it back; and a playbook's command that is the same. */
#define LAB_SET "\"run\":\"vlan 999\",\"back\":\"vlan 20\",\"mac\":\"02:20:00:00:00:34\""
#define LAB_SET_BACK "\"run\":\"vlan 20\",\"mac\":\"02:20:00:00:00:34\""
#define LAB_CALLED                                                                        \
	"\"run\":\"POST /v1/quarantine/ws-a0-office-1?why=ward\",\"back\":\"DELETE "      \
	"/v1/quarantine/ws-a0-office-1\",\"content\":\"{\\\"vlan\\\": 999, \\\"who\\\": " \
	"[\\\"ws-a0-office-1\\\", \\\"10.20.0.72\\\"]}\",\"type\":\"application/json\","  \
	"\"header\":\"Authorization: Bearer {secret}\"}"
#define LAB_CALLED_BACK "\"run\":\"DELETE /v1/quarantine/ws-a0-office-1\",\"type\""
#define LAB_COMMAND                                                               \
	"{\"command\":\"http-api\",\"systems\":[\"Switch API\"],\"call\":\"POST " \
	"/v1/quarantine/ws-a0-office-1?why=ward\",\"content\":\"{\\\"who\\\":"    \
	"[\\\"ws-a0-office-1\\\",\\\"10.20.0.72\\\"],\\\"vlan\\\":999}\"}"

/* Systems, what proposes, what is sent, then and back, and which of them it is. */
#define LAB_SHOWN                                                                         \
	{LAB_SYSTEMS LAB_RADIUS, "{\"ability\":\"nac/vlan\"}", LAB_SET, LAB_SET_BACK, 1}, \
		{LAB_SYSTEMS LAB_RADIUS LAB_SNMP, "{\"ability\":\"access/shut\"}",        \
			"\"back\":\"up\",\"port\":\"Gi1/0/7\",\"from\":\"up\"",           \
			"\"run\":\"up\",\"port\":\"Gi1/0/7\",\"from\":\"shutdown\"", 2},  \
	{                                                                                 \
		LAB_CALLS, LAB_COMMAND, LAB_CALLED, LAB_CALLED_BACK, 0                    \
	}

/* Doors and a port of one system. */
#define LAB_DOORS                                                                           \
	LAB_SYSTEM                                                                          \
	"      - {id: port, does: isolate, on: ws-a0-office-1, roles: it-on-call,\n"        \
	"         repeat: same-key, lasts: 1h}\n"                                           \
	"      - {id: lock, does: lock, on: door-au-server, roles: security-guard,\n"       \
	"         repeat: same-key, lasts: 2h}\n"                                           \
	"      - {id: release, does: release, on: door-au-server, roles: security-guard,\n" \
	"         repeat: same-key, lasts: 30min}\n"

/* One for exercises, and then a real one, which can do less. */
#define LAB_TWIN(id, more, on)                                                         \
	"  - id: " id "\n    webhook: http://127.0.0.1:1/\n    secret_file: s\n" more  \
	"    can:\n      - {id: port, does: isolate, on: " on ", roles: it-on-call,\n" \
	"         repeat: same-key, lasts: 30min}\n"
#define LAB_TWINS                                                                            \
	"actuators:\n" LAB_TWIN("drill", "    exercise: true\n", "[ws-a0-office-1, ahu-03]") \
		LAB_TWIN("real", "", "ws-a0-office-1")

struct turin {
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_model *m;
	struct ward_escape plan;
};

static inline void turin_load(struct turin *t)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char dir[512], content[512];

	assert_non_null(root);
	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	ward_limits_default(&t->lim);
	ward_diag_init(&t->d, ward_mem_heap());
	assert_int_equal(
		ward_model_load(dir, content, &t->lim, ward_mem_heap(), &t->d, &t->m), WARD_OK);
	t->plan = (struct ward_escape){.known = true};
}

static inline void turin_free(struct turin *t)
{
	ward_model_free(t->m);
	ward_diag_fini(&t->d);
}

static inline enum ward_err turin_systems(
	struct turin *t, const char *text, struct ward_actuators *ret)
{
	const struct ward_actuators_in in = {t->m, &t->plan, &t->lim, ward_mem_heap(), &t->d};

	return ward_actuators_read(
		&in, WARD_STR("actuators.yml"), ward_str_bytes(ward_str_z(text)), ret);
}

static inline uint32_t turin_node(const struct turin *t, const char *id)
{
	uint32_t n = ward_model_find(t->m, ward_str_z(id));

	assert_int_not_equal(n, WARD_NONE);
	return n;
}

#endif
