/* What is built, as the sensors of others' bytes read it. */
#include "exercise/record.h"
#include "exercise/ber.h"
#include "sense/field/espa.h"
#include "sense/field/field.h"
#include "sense/log/log.h"
#include "sense/net/net.h"

#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static struct stage st;
static struct ward_names names;
static struct ward_counters counters;
static struct ward_wr out;
static struct ward_arena arena;
static uint64_t seq;

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	ward_event_write_json(e, &names, &out);
	ward_wr_ch(&out, '\n');
	return WARD_OK;
}

static int setup(void **state)
{
	(void)state;
	stage_open(&st);
	ward_counters_init(&counters);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 24);
	out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	seq = 0;
	return ward_names_init(&names, ward_mem_heap(), &st.lab.lim) == WARD_OK ? 0 : 1;
}

static int teardown(void **state)
{
	(void)state;
	ward_arena_fini(&arena);
	ward_wr_fini(&out);
	ward_names_fini(&names);
	stage_close(&st);
	return 0;
}

static bool saw(const char *what)
{
	bool is = ward_str_find(ward_wr_text(&out), ward_str_z(what)) != SIZE_MAX;

	if (!is)
		print_message("no %s in\n%.*s\n", what, WARD_STR_ARG(ward_wr_text(&out)));
	return is;
}

/* All frames of a scenario through the network sensor. */
static void watch(const struct ward_scenario *s)
{
	struct ward_net_opts opts = {.source = WARD_STR("t"), .epoch = 1};
	const struct ward_net_sink sink = {put, NULL};
	struct ward_limits lim = st.lab.lim;
	struct ward_net *net;

	lim.v[WARD_LIMIT_NET_FLOWS] = 1024; /* a scenario is small, and there are many */
	lim.v[WARD_LIMIT_NET_STREAMS] = lim.v[WARD_LIMIT_NET_STATES] = 64;
	assert_int_equal(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &net), WARD_OK);
	for (size_t i = 0; i < s->n_step; i++)
		for (size_t k = 0; k < ward_act_frames(&s->step[i]); k++) {
			uint8_t buf[WARD_ACT_FRAME_MAX];
			struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

			ward_act_frame(s, i, k, &w);
			assert_false(ward_wr_bad(&w));
			assert_true(w.len >= 60);
			struct ward_frame f = {.time = (ward_ns)seq,
				.seen = (ward_ns)seq,
				.seq = seq,
				.link = WARD_LINK_ETHERNET,
				.bytes = ward_wr_slice(&w),
				.len = w.len};

			seq++;
			assert_int_equal(ward_net_packet(net, &f, &sink), WARD_OK);
		}
	ward_net_counters(net, &counters);
	ward_net_free(net);
}

static void arp(void **state)
{
	struct ward_scenario *s =
		stage_steps(&st, "- {at: 0s, arp: {from: intruder, target: 10.1.0.5}}\n");

	(void)state;
	watch(s);
	assert_true(saw("\"class\":\"net.arp\""));
	assert_true(saw("10.1.0.99"));
	assert_true(saw("00:1b:63:84:45:e6"));
	assert_int_equal(seq, 2);
	ward_scenario_free(s);
}

static void services(void **state)
{
	struct ward_scenario *s = stage_steps(&st,
		"- {at: 0s, bacnet: {from: sup, to: broadcast, service: who-is}}\n"
		"- {at: 0s, bacnet: {from: sup, to: ahu-1, service: who-is, low: 1, high: "
		"4194303}}\n"
		"- {at: 0s, bacnet: {from: ahu-1, to: broadcast, service: i-am, device: 4005,\n"
		"    vendor: 999}}\n"
		"- {at: 0s, bacnet: {from: sup, to: ahu-1, service: read-property,\n"
		"    object: 'analog-input:70000', property: units}}\n"
		"- {at: 0s, bacnet: {from: sup, to: ahu-1, service: write-property,\n"
		"    object: 'binary-value:1', property: present-value, value: {enumerated: 0},\n"
		"    priority: 8, reply: ack}}\n");

	(void)state;
	watch(s);
	assert_true(saw("\"class\":\"net.bacnet.who_is\""));
	assert_true(saw("\"dst_ip\":\"10.1.255.255\""));
	assert_true(saw("\"bacnet.low_limit\":1"));
	assert_true(saw("\"bacnet.high_limit\":4194303"));
	assert_true(saw("\"class\":\"net.bacnet.i_am\""));
	assert_true(saw("\"bacnet.device_instance\":4005"));
	assert_true(saw("\"bacnet.vendor_id\":999"));
	assert_true(saw("\"class\":\"net.bacnet.read_property\""));
	assert_true(
		saw("\"bacnet.object_type\":\"analog-input\",\"bacnet.object_instance\":70000"));
	assert_true(saw("\"class\":\"net.bacnet.write_property\""));
	assert_true(saw("\"bacnet.priority\":8"));
	assert_true(saw("\"class\":\"net.bacnet.ack\""));
	assert_true(ward_str_find(ward_wr_text(&out), WARD_STR("malformed")) == SIZE_MAX);
	ward_scenario_free(s);
}

/* What a program logs is its message, as it stands. */
static void log_line(void **state)
{
	struct ward_scenario *s = stage_steps(&st, "- {at: 0s, log: {source: doors, host: pc-1, "
						   "app: systemd, text: \"a.service: Failed\"}}\n");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	(void)state;
	ward_record_syslog(s, NULL, &w);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR(" pc-1 systemd - - - a.service: Failed\n")) != SIZE_MAX);
	ward_wr_fini(&w);
	ward_scenario_free(s);
}

/* A conversation is whole for who listens, also when what is said needs several segments. */
static void talk(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	ward_wr_z(&w, "- {at: 0s, tcp: {from: intruder, to: sup, port: 8080, say: [\n"
		      "    {client: \"POST /x HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 4000\\r\\n"
		      "\\r\\n\"}, {client: \"");
	for (int i = 0; i < 4000; i++)
		ward_wr_ch(&w, 'a');
	ward_wr_z(&w,
		"\"},\n    {server: \"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}\"}]}}\n"
		"- {at: 1s, tcp: {from: intruder, to: sup, port: 445, reply: refused}}\n"
		"- {at: 2s, udp: {from: sup, to: ahu-1, port: 53, say: [{client_hex: \"12 34 01 "
		"00 00 01 00 00 00 00 00 00 01 61 02 6e 6c 00 00 01 00 01\"}]}}\n");
	ward_wr_u8(&w, 0);
	struct ward_scenario *s = stage_steps(&st, (const char *)w.p);

	watch(s);
	assert_true(saw("\"http.request_bytes\":4000"));
	assert_true(saw("\"http.status\":200"));
	assert_true(saw("a.nl"));
	assert_true(ward_str_find(ward_wr_text(&out), WARD_STR("malformed")) == SIZE_MAX);
	ward_wr_fini(&w);
	ward_scenario_free(s);
}

static void smb(void **state)
{
	struct ward_scenario *s = stage_steps(&st, "- {at: 0s, smb: {from: intruder, to: sup, "
						   "share: care, folder: letters, rename: 3,\n"
						   "    into: locked}}\n");
	size_t renamed = 0;

	(void)state;
	watch(s);
	assert_true(saw("letters\\\\file003.doc.locked"));
	for (struct ward_str left = ward_wr_text(&out); left.len;) {
		size_t at = ward_str_find(left, WARD_STR("\"class\":\"net.smb.rename\""));

		if (at == SIZE_MAX)
			break;
		renamed++;
		left = (struct ward_str){left.p + at + 1, left.len - at - 1};
	}
	assert_int_equal(renamed, 3);
	assert_true(ward_str_find(ward_wr_text(&out), WARD_STR("malformed")) == SIZE_MAX);
	ward_scenario_free(s);
}

static size_t count(const char *what)
{
	struct ward_str left = ward_wr_text(&out);
	size_t n = 0;

	for (size_t at; (at = ward_str_find(left, ward_str_z(what))) < left.len; n++)
		left = ward_str_sub(left, at + 1, left.len);
	return n;
}

/* Opened and closed, and no more. */
static void smb_open(void **state)
{
	struct ward_scenario *s = stage_steps(&st, "- {at: 0s, smb: {from: intruder, to: sup, "
						   "share: care, folder: letters, open: 2}}\n");

	(void)state;
	watch(s);
	assert_int_equal(count("\"class\":\"net.smb.open\""), 2);
	assert_int_equal(count("\"class\":\"net.smb.rename\""), 0);
	assert_int_equal(count("malformed"), 0);
	ward_scenario_free(s);
}

static void sip(void **state)
{
	struct ward_scenario *s = stage_steps(&st,
		"- {at: 0s, sip: {from: intruder, to: sup, number: \"15\", caller: \"+336\",\n"
		"    callers: 2, calls: 4, what: short}}\n"
		"- {at: 1s, sip: {from: intruder, to: sup, number: \"15\", caller: \"+336\",\n"
		"    callers: 9, first: 8, calls: 2, what: begin}}\n"
		"- {at: 2s, sip: {from: intruder, to: sup, number: \"15\", caller: \"+337\",\n"
		"    callers: 1, calls: 3, what: busy}}\n"
		"- {at: 95s, sip: {from: intruder, to: sup, number: \"15\", caller: \"+336\",\n"
		"    callers: 9, first: 8, calls: 2, what: end}}\n");

	(void)state;
	watch(s);
	assert_int_equal(count("\"class\":\"net.sip.invite\""), 9);
	assert_int_equal(count("\"user\":\"+33600\""), 6); /* each begins and ends */
	assert_int_equal(count("\"outcome\":\"answered\""), 6);
	assert_int_equal(count("\"outcome\":\"busy\",\"sip.status\":486"), 3);
	assert_int_equal(count("\"target_user\":\"15\""), 18);
	assert_int_equal(count("\"sip.ended_by\":\"caller\""), 6);
	assert_int_equal(count("malformed"), 0);
	ward_scenario_free(s);
}

/* Each application type, as the decoder tells it. */
static void values(void **state)
{
	static const struct {
		const char *written, *read;
	} of[] = {{"{null: }", "\"null\""}, {"{boolean: true}", "\"true\""},
		{"{boolean: false}", "\"false\""}, {"{unsigned: 0}", "0"},
		{"{unsigned: 255}", "255"}, {"{unsigned: 256}", "256"},
		{"{unsigned: 65536}", "65536"}, {"{unsigned: 4294967295}", "4294967295"},
		{"{signed: -1}", "-1"}, {"{signed: 127}", "127"}, {"{signed: 128}", "128"},
		{"{signed: -129}", "-129"}, {"{signed: -8388609}", "-8388609"},
		{"{signed: 32768}", "32768"}, {"{signed: 2147483647}", "2147483647"},
		{"{signed: -2147483648}", "-2147483648"}, {"{real: 20.5}", "20.5"},
		{"{real: -0.1}", "-0.1"}, {"{enumerated: 300}", "300"}, {"{text: x}", "\"x\""},
		{"{text: 'Küche'}", "\"Küche\""}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		char step[512], want[128];

		(void)snprintf(step, sizeof(step),
			"- {at: 0s, bacnet: {from: sup, to: ahu-1, service: read-property,\n"
			"    object: 'device:1', property: description, reply: %s}}\n",
			of[i].written);
		(void)snprintf(want, sizeof(want), "\"bacnet.value\":%s", of[i].read);
		struct ward_scenario *s = stage_steps(&st, step);

		ward_wr_reset(&out);
		watch(s);
		assert_true(saw(want));
		ward_scenario_free(s);
	}
}

/* The longest text needs a two-byte length; a priority array has sixteen slots. */
static void long_values(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_scenario *s;

	(void)state;
	ward_wr_z(&w, "- {at: 0s, bacnet: {from: sup, to: ahu-1, service: read-property,\n"
		      "    object: 'device:1', property: description, reply: {text: ");
	for (int i = 0; i < WARD_SCENARIO_TEXT_MAX; i++)
		ward_wr_ch(&w, 'x');
	ward_wr_z(&w,
		"}}}\n- {at: 0s, bacnet: {from: sup, to: ahu-1, service: read-property,\n"
		"    object: 'binary-value:1', property: priority-array, reply: {null: }}}\n");
	ward_wr_u8(&w, 0);
	s = stage_steps(&st, (const char *)w.p);
	watch(s);
	assert_true(saw("xxxxxxxxxx\""));
	assert_true(
		saw("null null null null null null null null null null null null null null null "
		    "null") ||
		saw("null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,"
		    "null"));
	ward_wr_fini(&w);
	ward_scenario_free(s);
}

static uint16_t folded(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* A right checksum makes the sum all ones (RFC 1071), header and pseudo header alike. */
static void checksums(void **state)
{
	struct ward_scenario *s;
	uint8_t b[WARD_ACT_FRAME_MAX];

	(void)state;
	for (unsigned vendor = 0; vendor < 3000; vendor++) {
		char step[256];

		(void)snprintf(step, sizeof(step),
			"- {at: 0s, bacnet: {from: sup, to: broadcast, service: i-am, device: %u, "
			"vendor: %u}}\n",
			vendor * 7, vendor);
		s = stage_steps(&st, step);
		struct ward_wr w = ward_wr_fixed(b, sizeof(b));

		ward_act_frame(s, 0, 0, &w);
		size_t len = (size_t)(b[38] << 8 | b[39]);

		assert_int_equal(folded(b + 14, 20, 0), 0xffff);
		assert_int_equal(
			folded(b + 34, len, folded(b + 26, 8, 17 + (uint32_t)len)), 0xffff);
		assert_true(b[40] || b[41]);
		ward_scenario_free(s);
	}
}

static void syslog(void **state)
{
	struct ward_scenario *s =
		stage_steps(&st, "- at: 0s\n"
				 "  syslog: {source: doors, host: dc-1, class: door.held,\n"
				 "    fields: {door: 'a\"b\\c]d', count: 5, text: 'è caldo'}}\n");
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &st.lab.lim,
		.names = &names,
		.counters = &counters,
		.source = WARD_STR("t"),
		.seen = 1};
	struct ward_log_sensor *log;
	struct ward_input_problem problem = {.counter = NULL};
	struct ward_event e;
	struct ward_wr line = ward_wr_grow(ward_mem_heap(), WARD_ACT_TEXT_MAX);

	(void)state;
	ward_act_syslog(s, &s->step[0], s->start + 1500 * WARD_NS_PER_MS, &line);
	struct ward_str want = WARD_STR(
		"<134>1 2026-03-12T03:10:01.500+01:00 dc-1 ward - door.held [ward@32473 "
		"class=\"door.held\" door=\"a\\\"b\\\\c\\]d\" count=\"5\" text=\"è caldo\"]");

	assert_true(ward_str_eq(ward_wr_text(&line), want));
	assert_int_equal(ward_log_sensor_new(&opts, WARD_LOG_SYSLOG, &log), WARD_OK);
	assert_int_equal(
		ward_log_sensor_record(log, ward_wr_text(&line), 0, &arena, &e, &problem), WARD_OK);
	assert_null(problem.counter);
	assert_int_equal(e.time, s->start + 1500 * WARD_NS_PER_MS);
	assert_int_equal(put(NULL, &e), WARD_OK);
	assert_true(saw("\"class\":\"door.held\""));
	assert_true(saw("\"door\":\"a\\\"b\\\\c]d\""));
	assert_true(saw("è caldo"));
	ward_log_sensor_free(log);
	ward_wr_fini(&line);
	ward_scenario_free(s);
}

/* How the devices' clocks show the time: as `start` is written. */
static void zones(void **state)
{
	static const struct {
		const char *start, *shown;
	} of[] = {{"2026-03-12T03:10:00Z", "<134>1 2026-03-12T03:10:00.000Z "},
		{"2026-03-12 03:10:00", "<134>1 2026-03-12T03:10:00.000Z "},
		{"2026-03-12T03:10:00-03:30", "<134>1 2026-03-12T03:10:00.000-03:30 "},
		{"2026-03-12T00:10:00.25+01:00", "<134>1 2026-03-12T00:10:00.250+01:00 "}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		struct ward_str base = ward_str_z(stage_scenario),
				old = WARD_STR("2026-03-12T03:10:00+01:00");
		size_t at = ward_str_find(base, old);
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_scenario *s;

		ward_wr_str(&w, ward_str_sub(base, 0, at));
		ward_wr_z(&w, of[i].start);
		ward_wr_str(&w, ward_str_sub(base, at + old.len, base.len));
		assert_int_equal(stage_load(&st, ward_mem_heap(), ward_wr_slice(&w), &s), WARD_OK);
		ward_wr_reset(&w);
		ward_act_syslog(s, &s->step[0], s->start, &w);
		assert_true(ward_str_starts(ward_wr_text(&w), ward_str_z(of[i].shown)));
		ward_wr_fini(&w);
		ward_scenario_free(s);
	}
}

static void mqtt(void **state)
{
	struct ward_scenario *s = stage_steps(&st,
		"- {at: 0s, mqtt: {source: sensors, kind: temperature, sensor: t-1,\n"
		"    payload: {state: normal, value: 20.1, unit: Cel}}}\n"
		"- {at: 1s, mqtt: {source: sensors, kind: temperature, sensor: t-1,\n"
		"    payload: {state: normal, value: -1.5e1, a: '5', b: 05, c: 1., d: null, e: ~,\n"
		"      f: true, g: -, h: 1e}}}\n");
	char boot[WARD_ACT_BOOT], other[WARD_ACT_BOOT], name[WARD_ACT_TOPIC_MAX];
	struct ward_str b = ward_act_boot(s, 5, boot);
	struct ward_wr topic = ward_wr_fixed(name, sizeof(name));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_ACT_TEXT_MAX);
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = &st.lab.lim,
		.names = &names,
		.counters = &counters,
		.sink = {put, NULL}};
	struct ward_field_sensor *field;

	(void)state;
	assert_int_equal(b.len, WARD_ACT_BOOT);
	assert_true(ward_str_eq(b, ward_act_boot(s, 5, other)));
	assert_false(ward_str_eq(b, ward_act_boot(s, 6, other)));
	b = WARD_STR("b00t");
	ward_act_topic(s, &s->step[0], &topic);
	assert_true(ward_str_eqz(ward_wr_text(&topic), "ward/v1/h/temperature/t-1"));
	ward_act_payload(&s->step[0], b, 0, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w), "{\"boot\":\"b00t\",\"seq\":0,\"time\":\"1970-"
						   "01-01T00:00:00Z\",\"state\":\"normal\","
						   "\"value\":20.1,\"unit\":\"Cel\"}"));
	assert_int_equal(ward_field_new(&o, &field), WARD_OK);
	assert_int_equal(
		ward_field_message(field, ward_wr_text(&topic), ward_wr_slice(&w), 0), WARD_OK);
	assert_true(saw("\"class\":\"env.temperature\""));
	ward_wr_reset(&w);
	ward_act_payload(&s->step[1], b, WARD_NS_PER_S, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w),
		"{\"boot\":\"b00t\",\"seq\":1,\"time\":\"1970-01-01T00:00:01Z\",\"state\":"
		"\"normal\","
		"\"value\":-1.5e1,\"a\":\"5\",\"b\":\"05\",\"c\":\"1.\",\"d\":null,\"e\":null,"
		"\"f\":true,\"g\":\"-\",\"h\":\"1e\"}"));
	assert_int_equal(
		ward_field_message(field, ward_wr_text(&topic), ward_wr_slice(&w), 0), WARD_OK);
	assert_true(saw("\"class\":\"field.point\""));
	ward_field_free(field);
	ward_wr_fini(&w);
	ward_scenario_free(s);
}

/* An answer never stands behind a later request in the file. */
/* A call, as who listens to the line hears it; what is between two calls is none. */
static void espa(void **state)
{
	struct ward_scenario *s = stage_steps(&st,
		"- {at: 1s, espa: {source: line, address: \"4711\", message: ALARME FEU, "
		"priority: alarm}}\n"
		"- {at: 2s, espa: {source: line, address: \"4711\", message: ALARME FEU, "
		"type: reset}}\n");
	const struct ward_espa_opts o = {.mem = ward_mem_heap(),
		.names = &names,
		.counters = &counters,
		.sink = {put, NULL},
		.line = WARD_STR("line")};
	uint8_t buf[WARD_ACT_ESPA_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf)), plan = ward_wr_grow(o.mem, 4096);
	struct ward_espa *e;

	(void)state;
	assert_int_equal(ward_espa_new(&o, &e), WARD_OK);
	ward_act_espa_poll(&w);
	assert_int_equal(ward_espa_bytes(e, ward_wr_slice(&w), 0), WARD_OK);
	assert_int_equal(out.len, 0);
	ward_act_espa_plan(s, s->step[0].source, &plan);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&plan));

	for (ward_ns at = 1; at <= 2; at++) {
		assert_true((ward_ns)ward_rd_varint(&r) == at * WARD_NS_PER_S);
		assert_true(ward_rd_varint(&r) == (uint64_t)at - 1);
		struct ward_slice call = ward_rd_lv(&r, WARD_ACT_ESPA_MAX);

		assert_int_equal(ward_espa_bytes(e, call, at), WARD_OK);
	}
	assert_true(!ward_rd_bad(&r) && !ward_rd_left(&r));
	assert_true(saw("\"sensor\":\"line/4711\""));
	assert_true(saw("\"message\":\"ALARME FEU\""));
	assert_true(saw("\"espa.type\":\"standard\",\"espa.times\":1,\"espa.priority\":\"alarm\""));
	assert_true(saw("\"espa.type\":\"reset\",\"espa.times\":1,\"espa.priority\":\"normal\""));
	ward_espa_free(e);
	ward_wr_fini(&plan);
	ward_scenario_free(s);
}

/* What net-snmp makes of a trap is seen by tests/e2e/record.sh. */
static void trap(void **state)
{
	struct ward_scenario *s = stage_steps(&st,
		"- {at: 90s, trap: {source: traps, from: sup, oid: 1.3.6.1.2.1.33.2.1, "
		"objects: {1.3.6.1.2.1.33.1.2.3.0: -9, 1.3.6.1.4.1.9.1: text}}}\n");
	uint8_t buf[WARD_ACT_TRAP_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_ber_message m;
	struct ward_snmp_oid oid;
	size_t n = 0;

	(void)state;
	ward_act_trap(s, &s->step[0], &w);
	assert_true(ward_ber_get_message(ward_wr_slice(&w), &m));
	assert_int_equal(m.pdu, WARD_BER_TRAP);
	for (struct ward_rd r = ward_rd_slice(m.bindings); ward_rd_left(&r); n++) {
		uint8_t tag;
		struct ward_rd one = ward_ber_get(&r, &tag);

		assert_true(ward_ber_get_oid(&one, &oid));
		if (n == 1) { /* snmpTrapOID.0 is the second (RFC 3416 4.2.6) */
			assert_true(ward_ber_get_oid(&one, &oid));
			assert_int_equal(oid.id[oid.n - 1], 1);
			assert_int_equal(oid.n, 9);
		}
	}
	assert_int_equal(n, 4);
	ward_scenario_free(s);
}

static void record_order(void **state)
{
	struct ward_scenario *s = stage_steps(&st,
		"- {at: 0s, bacnet: {from: sup, to: ahu-1, service: read-property,\n"
		"    object: 'device:1', property: object-name, reply: {text: a}}}\n"
		"- {at: 0s, arp: {from: sup, target: 10.1.0.5}}\n"
		"- {at: 1s, syslog: {source: doors, host: d, class: door.held}}\n");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint32_t last = 0;
	size_t n = 0;

	(void)state;
	assert_int_equal(ward_record_frames(s, NULL, &w), WARD_OK);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_rd_le32(&r), 0xa1b2c3d4);
	ward_rd_skip(&r, 20);
	while (ward_rd_left(&r)) {
		uint32_t s_of = ward_rd_le32(&r), us = ward_rd_le32(&r), len = ward_rd_le32(&r);

		assert_int_equal(s_of, 1773281400);
		assert_true(us >= last);
		last = us;
		ward_rd_skip(&r, len + 4);
		n++;
	}
	assert_false(ward_rd_bad(&r));
	assert_int_equal(n, 4);
	assert_int_equal(last, 12000);
	assert_int_equal(ward_record_count(s, WARD_ACT_SYSLOG), 1);
	assert_int_equal(ward_record_count(s, WARD_ACT_MQTT), 0);
	ward_wr_reset(&w);
	ward_record_syslog(s, NULL, &w);
	assert_true(
		ward_str_ends(ward_wr_text(&w), WARD_STR("[ward@32473 class=\"door.held\"]\n")));
	ward_wr_fini(&w);
	ward_scenario_free(s);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(arp), T(services), T(values), T(long_values), T(talk),
		T(smb), T(smb_open), T(sip), T(log_line), T(checksums), T(syslog), T(zones),
		T(mqtt), T(espa), T(trap), T(record_order)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
