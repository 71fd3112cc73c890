#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct stage st;

static int setup(void **state)
{
	(void)state;
	stage_open(&st);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stage_close(&st);
	return 0;
}

static void whole(void **state)
{
	struct ward_scenario *s;

	(void)state;
	assert_int_equal(
		stage_load(&st, ward_mem_heap(), ward_str_bytes(ward_str_z(stage_scenario)), &s),
		WARD_OK);
	assert_int_equal(st.d.n, 0);
	assert_int_equal(s->start, (ward_ns)1773281400 * WARD_NS_PER_S);
	assert_int_equal(s->utc_offset, 3600 * WARD_NS_PER_S);
	assert_int_equal(s->n_step, 4);
	assert_int_equal(s->n_host, 2); /* intruder and ahu-1 */
	assert_memory_equal(s->host[1].ip, "\x0a\x01\x00\x05", 4);
	assert_memory_equal(s->host[1].mac, "\x00\x1b\x63\x84\x45\xe6", 6);
	assert_memory_equal(s->host[1].broadcast, "\x0a\x01\xff\xff", 4);
	assert_int_equal(s->expect.n_rule, 1);
	assert_int_equal(s->expect.n_threat, 1);
	assert_int_equal(s->expect.impact[0].within, 3600 * WARD_NS_PER_S);
	assert_int_equal(s->expect.n_untouched, 1);
	assert_int_equal(s->step[1].real, 20 * WARD_NS_PER_S);
	assert_int_equal(s->step[2].arp.answer, 1);
	assert_int_equal(s->step[3].bacnet.reply, WARD_REPLY_ACK);
	ward_scenario_free(s);
}

/* A step says what it is, or says only that; who could notice it is looked up. */
static void truth(void **state)
{
	struct ward_scenario *s = stage_steps(&st, "  - at: 1s\n"
						   "    truth: {phase: know}\n"
						   "  - at: 2s\n"
						   "    note: seen\n"
						   "    truth: {phase: get-in, by: [sip, syslog],\n"
						   "      signs: [{threat: bms.command, on: "
						   "ahu-1, within: 5s}]}\n"
						   "    syslog: {source: doors, host: dc-1, class: "
						   "door.forced, fields: {door: D1}}\n"
						   "  - at: 3s\n"
						   "    truth: {by: [sip]}\n"
						   "  - at: 4s\n"
						   "    truth: {by: [ward]}\n");

	(void)state;
	assert_int_equal(s->step[0].act, WARD_ACT_NONE);
	assert_int_equal(s->step[0].truth->phase, WARD_EBIOS_KNOW);
	assert_false(s->step[0].truth->visible);
	assert_int_equal(s->step[1].act, WARD_ACT_SYSLOG);
	assert_true(s->step[1].truth->visible);
	assert_int_equal(s->step[1].truth->sign[0].within, 5 * WARD_NS_PER_S);
	assert_false(s->step[2].truth->visible); /* the hospital has no such source */
	assert_true(s->step[3].truth->visible);  /* Ward's own record needs none */
	assert_int_equal(st.d.n, 2);
	assert_int_equal(st.d.item[0].level, WARD_DIAG_NOTE);
	assert_int_equal(st.d.item[1].level, WARD_DIAG_WARNING);
	assert_non_null(strstr(st.d.item[1].what.p, "no sensor of the hospital"));
	ward_diag_fini(&st.d);
	ward_diag_init(&st.d, ward_mem_heap());
	ward_scenario_free(s);
}

struct finding {
	const char *from, *to; /* replaced in stage_scenario */
	uint32_t line;
	const char *what;
};

static const struct finding findings[] = {
	{"    note: A badge\n", "    truth: x\n", 18, "'truth' is no map"},
	{"    note: A badge\n", "    truth: {phase: enter}\n", 18, "'phase' has the bad value"},
	{"    note: A badge\n", "    truth: {by: [radar]}\n", 18, "'radar' is no kind of source"},
	{"    note: A badge\n", "    truth: {signs: [x]}\n", 18, "'signs' holds maps"},
	{"    note: A badge\n", "    truth: {signs: [{threat: x, on: hall}]}\n", 18,
		"there is no threat 'x'"},
	{"    note: A badge\n", "    truth: {does: [{on: b, what: burns}]}\n", 18,
		"'b' is no room"},
	{"    note: A badge\n", "    truth: {does: [{on: ahu-1, what: floods}]}\n", 18,
		"'ahu-1' is no room"},
	{"    note: A badge\n", "    truth: {does: [{on: f, what: stops}]}\n", 18,
		"'f' is nothing that stops or starts"},
	{"    note: A badge\n", "    truth: {does: [{on: d-1, what: starts}]}\n", 18,
		"'d-1' is nothing that stops or starts"},
	{"    note: A badge\n", "    truth: {does: [{on: or-1, what: holds, lasts: 9h}]}\n", 18,
		"'or-1' has no battery, fuel, tank or paper"},
	{"    note: A badge\n", "    truth: {does: [{on: ahu-1, what: holds, lasts: 9h}]}\n", 18,
		"'ahu-1' has no battery, fuel, tank or paper"},
	{"  untouched: [surgery]\n", "  told: [{role: surgery}]\n", 14, "'surgery' is no role"},
	{"  untouched: [surgery]\n", "  told: [{role: enginer}]\n", 14,
		"the hospital has no role 'enginer'"},
	{"  untouched: [surgery]\n", "  told: [engineer]\n", 14, "'told' holds maps"},
	{"  untouched: [surgery]\n", "  care: [{threat: outage, on: hall, at: 1s}]\n", 14,
		"'hall' is no service"},
	{"  untouched: [surgery]\n", "  care: [{threat: outage, on: surgery}]\n", 14,
		"'at' is missing"},
	{"  untouched: [surgery]\n", "  playbooks: [{}]\n", 14, "a playbook is named by its id"},
	{"id: s\n", "id: other\n", 1, "lies in the folder 's'"},
	{"id: s\n", "", 1, "'id' is missing"},
	{"title: A test\n", "", 1, "'title' is missing"},
	{"title: A test\n", "titel: A test\n", 2, "'titel' means nothing"},
	{"hospital: h\n", "hospital: x\n", 3, "lies in the directory of 'h'"},
	{"synthetic: true", "synthetic: maybe", 4, "'synthetic' has the bad value"},
	{"+01:00\n", " noon\n", 5, "'start' is no time"},
	{"start: 2026", "start: 1926", 5, "'start' is no time"},
	{"expect:\n", "recording: [a/b]\nexpect:\n", 8, "a recording is the name of a file"},
	{"expect:\n", "recording: x\nexpect:\n", 8, "'recording' is no list"},
	{"expect:\n", "footage: [{source: doors, clip: a}]\nexpect:\n", 8,
		"is no camera that can be played"},
	{"expect:\n", "footage: [{source: gone, clip: a}]\nexpect:\n", 8,
		"is no camera that can be played"},
	{"expect:\n", "footage: [{source: cam}]\nexpect:\n", 8, "'clip' is missing"},
	{"expect:\n", "footage: [{source: cam, clip: b/../../a}]\nexpect:\n", 8,
		"lies outside of the scenario"},
	{"expect:\n", "footage: [{source: cam, clip: /a}]\nexpect:\n", 8,
		"lies outside of the scenario"},
	{"expect:\n", "footage: [{source: cam, clip: a, again: x}]\nexpect:\n", 8,
		"'again' has the bad value"},
	{"expect:\n", "footage: [{source: cam, clip: a, loop: 1}]\nexpect:\n", 8,
		"'loop' means nothing"},
	{"expect:\n", "footage: [{source: cam, clip: a}, {source: cam, clip: b}]\nexpect:\n", 8,
		"has footage already"},
	{"expect:\n", "footage: [x]\nexpect:\n", 8, "footage is a map"},
	{"expect:\n", "controllers: [x]\nexpect:\n", 8, "a controller is a map"},
	{"expect:\n", "controllers: [{source: gone}]\nexpect:\n", 8, "'gone' is no source"},
	{"expect:\n", "controllers: [{source: doors, values: {a: 1}}]\nexpect:\n", 8,
		"'doors' can't be played"},
	{"expect:\n", "controllers: [{source: meters}]\nexpect:\n", 8, "answers nothing"},
	{"expect:\n",
		"controllers: [{source: air, values: {supply: [{at: 0s, to: 7}]}}]\nexpect:\n", 8,
		"'at' is missing"},
	{"expect:\n",
		"controllers: [{source: air, at: 127.0.0.1, values: {supply: [{at: 0s, to: "
		"7}]}}]\nexpect:\n",
		8, "is none of the 'controllers'"},
	{"expect:\n", "controllers:\n  - {source: meters, values: {volts: 7}}\nexpect:\n", 9,
		"a value is a list"},
	{"expect:\n", "controllers:\n  - {source: meters, values: {volts: [7]}}\nexpect:\n", 9,
		"a value is a list of maps"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: [{at: 0s, to: "
		"hot}]}}\nexpect:\n",
		9, "'to' is no number: 'hot'"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: [{at: 0s, to: "
		"nan}]}}\nexpect:\n",
		9, "'to' is no number: 'nan'"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: [{at: 0s, to: 1, by: "
		"2}]}}\nexpect:\n",
		9, "by"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: [{at: 5s, over: 2s, to: 1}, "
		"{at: 6s, to: 2}]}}\nexpect:\n",
		9, "before the move before it has ended"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: [{at: 31d, to: 1}]}}\n"
		"expect:\n",
		9, "'at' is above 30d"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: [{at: 1s, over: 999999h, to: "
		"1}]}}\nexpect:\n",
		9, "'over' is above 30d"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {lamp: {begins: 0}, volts: {begins: "
		"1, follows: lamp, when: [0, 1], is: [0, 1], within: 31d}}}\nexpect:\n",
		9, "'within' is above 30d"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: [{at: 0s, to: 1}], supply: "
		"[{at: 0s, to: 1}]}}\nexpect:\n",
		9, "'supply' is no point of the source 'meters'"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: [{at: 0s, to: 1}]}}\n  - "
		"{source: meters, values: {volts: [{at: 0s, to: 1}]}}\nexpect:\n",
		10, "there is a controller at '127.0.0.1:1502' already"},
	{"expect:\n",
		"controllers:\n  - {source: air, at: \"127.0.0.1:47809\", values: {supply: [{at: "
		"0s, to: 1}], other: [{at: 0s, to: 1}]}}\nexpect:\n",
		9, "the point is of device 4002, others here of 4001"},
	{"expect:\n",
		"controllers:\n  - {source: air, at: \"127.0.0.1:47809\", values: {state: [{at: "
		"0s, to: 1}]}}\nexpect:\n",
		9, "'state' can't be played"},
	{"expect:\n",
		"controllers:\n  - {source: air, at: \"127.0.0.1:47809\", values: {supply: [{at: "
		"0s, to: 1}]}}\nexpect:\n",
		8, "the point 'fan' of the source 'air' has no value"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: {begins: 1, follows: amps, "
		"when: [0, 1], is: [0, 1], within: 5s}}}\nexpect:\n",
		9, "'volts' follows 'amps', which is no other value of this controller"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: {begins: 1, follows: volts, "
		"when: [0], is: [0, 1], within: 5s}}}\nexpect:\n",
		9, "'when' is no pair of numbers"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: {begins: 1, follows: amps, "
		"when: [1, 1], is: [0, 1], within: 5s}}}\nexpect:\n",
		9, "it follows nothing that way"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: {begins: 1, follows: [], when: "
		"[0, "
		"1], is: [0, 1], within: 5s}}}\nexpect:\n",
		9, "'follows' is empty"},
	{"expect:\n",
		"controllers:\n  - {source: meters, values: {volts: {begins: 1, follows: [lamp, "
		"lamp], "
		"when: [0, 1], is: [0, 1], within: 5s}}}\nexpect:\n",
		9, "'follows' names no point, one twice or more than 8"},
	{"expect:\n", "controllers:\n  - {source: meters, values: {volts: {begins: x}}}\nexpect:\n",
		9, "'begins' is no number"},
	{"expect:\n",
		"controllers:\n  - {source: ups, for: [ahu-1], values: {charge: {begins: "
		"1}}}\nexpect:\n",
		9, "nothing is written to an SNMP agent"},
	{"expect:\n",
		"controllers:\n  - {source: meters, for: [hall], values: {volts: {begins: "
		"1}}}\nexpect:\n",
		9, "'hall' is no asset to which steps can write"},
	{"expect:\n",
		"controllers:\n  - {source: meters, for: [sup, sup], values: {volts: {begins: "
		"1}}}\nexpect:\n",
		9, "there is a controller for 'sup' already"},
	{"{id: intruder,", "{id: ahu-1,", 7, "there is a 'ahu-1' already"},
	{"network: n-bms,", "network: hall,", 7, "no network 'hall'"},
	{"ip: 10.1.0.99", "ip: 10.1.0", 7, "'ip' is no IPv4 address"},
	{"ip: 10.1.0.99", "ip: 10.1.2.99", 7, "not of the network 'n-bms'"},
	{"ip: 10.1.0.99, ", "", 7, "'ip' is missing"},
	{"mac: \"02:00:00:00:00:99\"", "mac: \"02:00\"", 7, "'mac' is no hardware address"},
	{"mac: \"02:00:00:00:00:99\"", "mac: \"02-00-00-00-00-99\"", 7, "'mac' is no hardware"},
	{"  - {id: intruder", "  - nobody\n  - {id: intruder", 7, "an actor is a map"},
	{"expect:\n", "expected:\n", 8, "'expected' means nothing"},
	{"  incidents: 1\n", "", 8, "'incidents' is missing"},
	{"kind: hybrid", "kind: bad", 10, "'kind' has the bad value 'bad'"},
	{"rules: [fd949a25-1aad", "rules: [fd949a25", 11, "a rule is named by its id"},
	{"threat: bms.command", "threat: bms.magic", 12, "there is no threat 'bms.magic'"},
	{"on: ahu-1}", "on: ahu-9}", 12, "the hospital has no 'ahu-9'"},
	{"[{threat: bms.command, on: ahu-1}]", "[bms.command]", 12, "'threats' holds maps"},
	{"on: ahu-1}]", "on: ahu-1, within: 1h}]", 12, "'within' means nothing"},
	{"within: 60min", "within: soon", 13, "'within' has the bad value"},
	{"untouched: [surgery]", "untouched: [hall]", 14, "'hall' is no service"},
	{"steps:\n", "steps: []\nstories:\n", 1, "there are no steps"},
	{"  - at: 1s\n", "  - 7\n  - at: 1s\n", 16, "a step is a map"},
	{"  - at: 1s\n    real: 2s\n", "  - real: 2s\n", 16, "'at' is missing"},
	{"  - at: 1s\n", "  - at: 1s\n    when: now\n", 17, "'when' means nothing"},
	{"at: 1s", "at: -1s", 16, "'at' has the bad value"},
	{"at: 1s", "at: 31d", 16, "'at' is above 30d"},
	{"  - at: 3s", "  - at: 1s", 26, "'at' goes back"},
	{"real: 30s", "real: 19s", 27, "'real' goes back"},
	{"    real: 30s\n", "", 26, "in the recording the step goes back"},
	{"    note: A badge\n", "    arp: {from: sup, target: 10.1.0.5}\n", 16, "exactly one act"},
	{"    arp: {from: intruder, target: 10.1.0.5}\n", "", 23, "exactly one act"},
	{"arp: {from: intruder, target: 10.1.0.5}", "arp: who", 25, "'arp' is no map"},
	{"arp: {from: intruder, target: 10.1.0.5}", "espa: {source: doors, address: x, message: y}",
		25, "is of kind syslog"},
	{"arp: {from: intruder, target: 10.1.0.5}", "espa: {source: wire, address: x, message: y}",
		25, "a device of this machine"},
	{"arp: {from: intruder, target: 10.1.0.5}", "set: {point: volts, to: 1}", 25,
		"'volts' is no value of a played controller"},
	{"arp: {from: intruder, target: 10.1.0.5}", "set: {point: volts, to: much}", 25,
		"'to' is no number: 'much'"},
	{"arp: {from: intruder, target: 10.1.0.5}", "set: {to: 1}", 25, "'point' is missing"},
	{"arp: {from: intruder, target: 10.1.0.5}", "espa: {source: line, message: y}", 25,
		"'address' is missing"},
	{"arp: {from: intruder, target: 10.1.0.5}", "espa: {source: line, address: x}", 25,
		"'message' is missing"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"espa: {source: line, address: x, message: \"\\u00e9\"}", 25,
		"others than printable ASCII"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"espa: {source: line, address: x, message: y, type: loud}", 25,
		"'loud' is no type"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"espa: {source: line, address: x, message: y, priority: low}", 25,
		"'low' is no priority"},
	{"arp: {from: intruder, target: 10.1.0.5}", "trap: {source: ups, from: sup, oid: 1.3.6}",
		25, "hears no traps"},
	{"arp: {from: intruder, target: 10.1.0.5}", "trap: {source: traps, oid: 1.3.6}", 25,
		"'from' is missing"},
	{"arp: {from: intruder, target: 10.1.0.5}", "trap: {source: traps, from: gone, oid: 1.3.6}",
		25, "no asset or actor 'gone'"},
	{"arp: {from: intruder, target: 10.1.0.5}", "trap: {source: traps, from: sup, oid: 1.x}",
		25, "is no object identifier"},
	{"arp: {from: intruder, target: 10.1.0.5}", "trap: {source: traps, from: sup, oid: 7.1.1}",
		25, "is no object identifier"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"trap: {source: traps, from: sup, oid: 1.3.6, objects: {up: 1}}", 25,
		"'up' is no object identifier"},
	{"arp: {from: intruder, target: 10.1.0.5}", "tcp: {from: intruder, to: deep, port: 80}", 25,
		"on two networks"},
	{"arp: {from: intruder, target: 10.1.0.5}", "tcp: {from: intruder, to: sup}", 25,
		"'port' is missing"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"tcp: {from: intruder, to: sup, port: 80, say: [{both: x}]}", 25,
		"nothing that one side says"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"tcp: {from: intruder, to: sup, port: 80, say: [{client_hex: 0b4}]}", 25,
		"is no list of bytes"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"tcp: {from: intruder, to: sup, port: 80, say: [{client: x}], reply: refused}", 25,
		"nothing is said"},
	{"arp: {from: intruder, target: 10.1.0.5}", "udp: {from: intruder, to: sup, port: 53}", 25,
		"nothing is said"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"log: {source: doors, host: x, app: y, text: \"a\\nb\"}", 25, "more than one line"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"smb: {from: intruder, to: sup, share: s, folder: f, into: x, rename: 65}", 25,
		"'rename' has the bad value"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"smb: {from: intruder, to: sup, share: s, folder: f, open: 65}", 25,
		"'open' has the bad value"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"smb: {from: intruder, to: sup, share: s, folder: f, open: 2, rename: 2}", 25,
		"files are opened, or renamed"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"sip: {from: intruder, to: sup, number: 1, caller: 2, callers: 1, calls: 49, what: "
		"busy}",
		25, "'calls' has the bad value"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"sip: {from: intruder, to: sup, number: 1, caller: a@b, callers: 1, calls: 4, "
		"what: busy}",
		25, "'caller' has the bad value"},
	{"arp: {from: intruder, target: 10.1.0.5}",
		"sip: {from: intruder, to: sup, number: 1, caller: 2, callers: 1, calls: 4, what: "
		"long}",
		25, "'long' is no part of a call"},
	{"source: doors", "source: gates", 19, "no source 'gates'"},
	{"source: doors", "source: sensors", 19, "is of kind mqtt"},
	{"source: doors", "source: book", 19, "reads a file and has no address"},
	{"source: doors, ", "", 19, "'source' is missing"},
	{"host: dc-1", "host: \"dc 1\"", 19, "'host' has the bad value"},
	{"class: door.granted", "class: field.point", 19, "no device gives the class"},
	{"fields: {reader: R9}", "fields: [R9]", 19, "'fields' is no map"},
	{"fields: {reader: R9}", "fields: {class: x}", 19, "'class' is added by the player"},
	{"fields: {reader: R9}", "fields: {\"a b\": x}", 19, "is no name of a field"},
	{"fields: {reader: R9}", "fields: {reader: [1]}", 19, "no single value"},
	{"kind: temperature", "kind: a/b", 22, "'kind' has the bad value"},
	{"sensor: t-1", "sensor: \"#\"", 22, "'sensor' has the bad value"},
	{"{state: normal}", "{seq: 5}", 22, "'seq' is added by the player"},
	{"{from: intruder, target", "{from: nobody, target", 25, "no asset or actor 'nobody'"},
	{"{from: intruder, target", "{from: hall, target", 25, "no asset or actor 'hall'"},
	{"{from: intruder, target", "{from: ahu-2, target", 25, "'ahu-2' cannot send"},
	{"{from: intruder, target", "{from: six, target", 25, "'six' cannot send"},
	{"target: 10.1.0.5", "target: fd00::5", 25, "'target' is no IPv4 address"},
	{"write-property, object", "what-is, object", 28, "the player has no service 'what-is'"},
	{"to: ahu-1, service", "to: broadcast, service", 28, "a request goes to one host"},
	{"to: ahu-1, service", "to: deep, service", 28, "on two networks"},
	{"to: ahu-1, service", "service", 28, "'to' is missing"},
	{"binary-value:1", "binary-thing:1", 28, "'object' has the bad value"},
	{"binary-value:1", "binary-value:4194304", 28, "'object' has the bad value"},
	{"binary-value:1", "binary-value", 28, "'object' has the bad value"},
	{"property: present-value", "property: presence", 29, "no property 'presence'"},
	{"value: {enumerated: 0}, ", "", 28, "'value' is missing"},
	{"value: {enumerated: 0}", "value: 0", 29, "no BACnet value"},
	{"value: {enumerated: 0}", "value: {byte: 0}", 29, "no BACnet value"},
	{"value: {enumerated: 0}", "value: {enumerated: -1}", 29, "no enumerated value"},
	{"value: {enumerated: 0}", "value: {unsigned: 4294967296}", 29, "no unsigned value"},
	{"value: {enumerated: 0}", "value: {signed: 2147483648}", 29, "no signed value"},
	{"value: {enumerated: 0}", "value: {real: warm}", 29, "no real value"},
	{"value: {enumerated: 0}", "value: {real: inf}", 29, "no real value"},
	{"value: {enumerated: 0}", "value: {boolean: 1}", 29, "no boolean value"},
	{"value: {enumerated: 0}", "value: {null: 1}", 29, "no null value"},
	{"value: {enumerated: 0}", "value: {text: [a]}", 29, "no text value"},
	{"priority: 8", "priority: 17", 29, "'priority' has the bad value"},
	{"reply: ack", "reply: no", 29, "the reply to a write is not 'no'"},
	{"write-property, object", "i-am, object", 28, "'object' means nothing"},
	{"write-property, object", "who-is, low: 5, high: 4, object", 28, "'low' is above 'high'"},
	{"write-property, object", "who-is, low: 5, object", 28, "'high' is missing"},
	{"    bacnet: {from: intruder, to: ahu-1, service: write-property",
		"    bacnet: {from: intruder, to: ahu-1, service: i-am, device: 4194304, x", 28,
		"'device' has the bad value"},
};

static void every_finding(void **state)
{
	struct ward_str base = ward_str_z(stage_scenario);
	size_t n_missed = 0;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(findings); i++) {
		const struct finding *f = &findings[i];
		struct ward_str from = ward_str_z(f->from);
		size_t at = ward_str_find(base, from);
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_scenario *s;
		bool found = false;

		assert_true(at != SIZE_MAX);
		ward_wr_str(&w, ward_str_sub(base, 0, at));
		ward_wr_z(&w, f->to);
		ward_wr_str(&w, ward_str_sub(base, at + from.len, base.len));
		assert_int_equal(
			stage_load(&st, ward_mem_heap(), ward_wr_slice(&w), &s), WARD_ERR_CONFIG);
		assert_null(s);
		for (size_t k = 0; k < st.d.n; k++) {
			const struct ward_diag_item *it = &st.d.item[k];

			assert_true(it->level == WARD_DIAG_ERROR && it->mend.len > 0);
			found |= it->line == f->line && ward_str_eqz(it->file, "scenario.yml") &&
				 ward_str_find(it->what, ward_str_z(f->what)) != SIZE_MAX;
		}
		if (!found) {
			struct ward_wr all = ward_wr_grow(ward_mem_heap(), 1 << 20);

			ward_diag_write_text(&st.d, &all);
			print_message("case %zu wants %u: %s\nhas:\n%.*s\n", i, f->line, f->what,
				WARD_STR_ARG(ward_wr_text(&all)));
			ward_wr_fini(&all);
		}
		n_missed += !found;
		ward_wr_fini(&w);
		ward_diag_fini(&st.d);
		ward_diag_init(&st.d, ward_mem_heap());
	}
	assert_int_equal(n_missed, 0);
}

static void no_map(void **state)
{
	static const char *const text[] = {"", "[]", "a: 1\n---\nb: 1\n", "just text", "a: [", "x"};
	struct ward_scenario *s;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++)
		assert_int_equal(
			stage_load(&st, ward_mem_heap(), ward_str_bytes(ward_str_z(text[i])), &s),
			WARD_ERR_CONFIG);
}

static void too_long(void **state)
{
	struct ward_scenario *s;

	(void)state;
	st.lab.lim.v[WARD_LIMIT_EXERCISE_STEPS] = 3;
	assert_int_equal(
		stage_load(&st, ward_mem_heap(), ward_str_bytes(ward_str_z(stage_scenario)), &s),
		WARD_ERR_CONFIG);
	assert_true(
		ward_str_find(st.d.item[0].what, WARD_STR("exercise.steps allows 3")) != SIZE_MAX);
}

/* Each allocation fails once, and all after it: NOMEM, and nothing is given. */
static const char controlled[] = "controllers:\n"
				 "  - source: meters\n"
				 "    for: [sup]\n"
				 "    values:\n"
				 "      volts: [{at: 1s, to: 230.5}, {at: 3s, over: 2s, to: 0}]\n"
				 "      lamp: {begins: 1}\n"
				 "      watts: {begins: 60, follows: [lamp, volts], when: [0, "
				 "231.5], is: [0, 60], within: 1s}\n";

static void every_allocation(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	ward_wr_z(&w, stage_scenario);
	ward_wr_z(&w, controlled);
	for (uint64_t n = 1; err; n++) {
		struct ward_mem_failing f;
		struct ward_scenario *s;

		ward_mem_failing_init(&f, n);
		err = stage_load(&st, &f.mem, ward_wr_slice(&w), &s);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true((s != NULL) == (err == WARD_OK));
		ward_scenario_free(s);
	}
	ward_wr_fini(&w);
}

/* Counts go per sensor and per sender; steps of other kinds do not count. */
static void counts(void **state)
{
	struct ward_scenario *s;

	(void)state;
	s = stage_steps(&st,
		"- {at: 0s, mqtt: {source: sensors, kind: door, sensor: a}}\n"
		"- {at: 0s, mqtt: {source: sensors, kind: door, sensor: b}}\n"
		"- {at: 0s, bacnet: {from: sup, to: ahu-1, service: read-property,\n"
		"    object: 'device:1', property: object-name}}\n"
		"- {at: 0s, bacnet: {from: sup, to: broadcast, service: who-is}}\n"
		"- {at: 0s, bacnet: {from: intruder, to: ahu-1, service: read-property,\n"
		"    object: 'device:1', property: object-name}}\n"
		"- {at: 0s, bacnet: {from: sup, to: ahu-1, service: read-property,\n"
		"    object: 'device:1', property: object-name}}\n"
		"- {at: 0s, mqtt: {source: sensors, kind: door, sensor: a}}\n"
		"- {at: 0s, mqtt: {source: sensors, kind: fire, sensor: a}}\n");
	assert_int_equal(s->step[0].mqtt.seq, 0);
	assert_int_equal(s->step[1].mqtt.seq, 0);
	assert_int_equal(s->step[2].bacnet.invoke, 1);
	assert_int_equal(s->step[4].bacnet.invoke, 1);
	assert_int_equal(s->step[5].bacnet.invoke, 2);
	assert_int_equal(s->step[6].mqtt.seq, 1);
	assert_int_equal(s->step[7].mqtt.seq, 0);
	ward_scenario_free(s);
}

/* Who answers to an address: a host of the same network, but not the one that asks. */
static void controllers(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_scenario *s;

	(void)state;
	ward_wr_z(&w, stage_scenario);
	ward_wr_z(&w, controlled);
	assert_int_equal(stage_load(&st, ward_mem_heap(), ward_wr_slice(&w), &s), WARD_OK);
	assert_int_equal(st.d.n, 0);
	assert_int_equal(s->n_controller, 1);
	assert_true(ward_str_eqz(s->controller[0].at, "127.0.0.1:1502"));
	assert_true(ward_str_eqz(s->controller[0].value[0].point, "volts"));
	assert_true(ward_moves_at(&s->controller[0].value[0].moves, 4 * WARD_NS_PER_S) == 115.25);
	assert_true(ward_scenario_controls(s, ward_model_source(st.lab.m, WARD_STR("meters"))));
	assert_false(ward_scenario_controls(s, ward_model_source(st.lab.m, WARD_STR("air"))));
	ward_scenario_free(s);
	ward_wr_fini(&w);
}

static void who_answers(void **state)
{
	struct ward_scenario *s;

	(void)state;
	s = stage_steps(&st, "- {at: 0s, arp: {from: intruder, target: 10.1.0.99}}\n"
			     "- {at: 0s, arp: {from: intruder, target: 10.1.0.10}}\n"
			     "- {at: 0s, arp: {from: intruder, target: 10.1.2.9}}\n"
			     "- {at: 0s, arp: {from: intruder, target: 10.1.2.7}}\n"
			     "- {at: 0s, arp: {from: sup, target: 10.1.0.99}}\n"
			     "- {at: 0s, bacnet: {from: deep, to: broadcast, service: who-is}}\n");
	assert_int_equal(s->step[0].arp.answer, WARD_NONE);
	assert_true(ward_str_eqz(s->host[s->step[1].arp.answer].id, "sup"));
	assert_int_equal(s->step[2].arp.answer, WARD_NONE);
	assert_int_equal(s->step[3].arp.answer, WARD_NONE);
	assert_true(ward_str_eqz(s->host[s->step[4].arp.answer].id, "intruder"));
	assert_memory_equal(s->host[s->step[5].from].broadcast, "\x0a\x01\x02\xff", 4);
	ward_scenario_free(s);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void folders(void **state)
{
	char dir[] = "/tmp/ward-scenario-XXXXXX", path[256];
	const struct ward_scenario_in in = {
		.m = st.lab.m, .lim = &st.lab.lim, .mem = ward_mem_heap(), .diag = &st.d};
	struct ward_scenario *s = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(ward_scenarios_check(dir, &in), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/scenarios", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/scenarios/s", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(ward_scenarios_check(dir, &in), WARD_OK); /* no scenario.yml in it */
	assert_int_equal(ward_scenario_load(path, &in, &s), WARD_ERR_NOT_FOUND);
	assert_int_equal(st.d.n, 1);
	(void)snprintf(path, sizeof(path), "%s/scenarios/s/scenario.yml", dir);
	write_file(path, stage_scenario);
	assert_int_equal(ward_scenarios_check(dir, &in), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/scenarios/s//", dir); /* slashes do not count */
	assert_int_equal(ward_scenario_load(path, &in, &s), WARD_OK);
	ward_scenario_free(s);
	(void)snprintf(path, sizeof(path), "%s/scenarios/t", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/scenarios/t/scenario.yml", dir);
	write_file(path, "id: t\nrecording: [gone]\n");
	assert_int_equal(ward_scenarios_check(dir, &in), WARD_ERR_CONFIG);
	write_file(path, "[");
	assert_int_equal(ward_scenarios_check(dir, &in), WARD_ERR_CONFIG);
	assert_int_equal(unlink(path), 0);
	/* a recording that is named and not there: a warning */
	(void)snprintf(path, sizeof(path), "%s/scenarios/s/scenario.yml", dir);
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	assert_true(fputs("recording: [gone.pcap]\n", f) >= 0 && fclose(f) == 0);
	size_t n = st.d.n_warning;

	assert_int_equal(ward_scenarios_check(dir, &in), WARD_OK);
	assert_int_equal(st.d.n_warning, n + 1);
	/* without its clip a camera can't be played */
	f = fopen(path, "a");
	assert_non_null(f);
	assert_true(fputs("footage: [{source: cam, clip: gone.mkv}]\n", f) >= 0 && fclose(f) == 0);
	assert_int_equal(ward_scenarios_check(dir, &in), WARD_ERR_CONFIG);
	assert_int_equal(unlink(path), 0);
	static const char *const made[] = {"/scenarios/s", "/scenarios/t", "/scenarios", ""};

	for (size_t i = 0; i < WARD_ARRAY_LEN(made); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", dir, made[i]);
		assert_int_equal(rmdir(path), 0);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(truth), T(whole), T(every_finding), T(no_map),
		T(too_long), T(every_allocation), T(counts), T(controllers), T(who_answers),
		T(folders)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
