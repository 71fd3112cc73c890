#include "sense/flow/export.h"

#include "base/wr.h"

#include "../net/bytes.h"

/* One collector; its events are lines of text. */
struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_export *x;
	struct ward_export_sink sink;
	char text[16384];
	struct ward_wr w;
	ward_ns now;
	uint64_t seq;
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct lab *l = ctx;

	ward_event_write_json(e, &l->names, &l->w);
	ward_wr_ch(&l->w, '\n');
	return WARD_OK;
}

static void lab_init(struct lab *l, uint64_t exporters, uint64_t templates)
{
	struct ward_export_opts opts = {.source = WARD_STR("flow"), .epoch = 1};

	memset(l, 0, sizeof(*l));
	ward_limits_default(&l->lim);
	l->lim.v[WARD_LIMIT_FLOW_EXPORTERS] = exporters;
	l->lim.v[WARD_LIMIT_FLOW_TEMPLATES] = templates;
	l->w = ward_wr_fixed(l->text, sizeof(l->text) - 1);
	l->sink = (struct ward_export_sink){put, l};
	l->now = 1768435200 * WARD_NS_PER_S;
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(
		ward_export_new(ward_mem_heap(), &l->lim, &l->names, &opts, &l->x), WARD_OK);
}

static void lab_fini(struct lab *l)
{
	ward_export_free(l->x);
	ward_names_fini(&l->names);
}

static void give_bytes(struct lab *l, uint8_t sender, struct ward_slice bytes)
{
	struct ward_export_datagram d = {.seen = l->now,
		.seq = l->seq++,
		.ip_version = 4,
		.ip = {10, 0, 0, sender},
		.port = 9995,
		.bytes = bytes};

	assert_int_equal(ward_export_datagram(l->x, &d, &l->sink), WARD_OK);
}

static void give(struct lab *l, uint8_t sender, const char *hex)
{
	struct ward_slice s = unhex(hex);

	give_bytes(l, sender, s);
	bytes_free(s);
}

static uint64_t counted(const struct lab *l, const char *name)
{
	struct ward_counters c;

	ward_counters_init(&c);
	ward_export_counters(l->x, &c);
	return ward_counter_get(&c, name);
}

static void has(const struct lab *l, const char *what)
{
	if (!strstr(l->text, what))
		fail_msg("'%s' is not in:\n%s", what, l->text);
}

static void forget(struct lab *l)
{
	memset(l->text, 0, sizeof(l->text));
	ward_wr_reset(&l->w);
}

/* Uptime 100 s at 2026-01-15T00:00:00Z; a flow from 90 s to 95 s. SEQ is its number. */
#define V5(SEQ, SAMPLING)                                                                    \
	"0005 0001 000186a0 69682e00 00000000" SEQ "0001" SAMPLING                           \
	"0a000001 0a000002 00000000 0003 0004 0000000a 000003e8 00015f90 00017318 c001 0050" \
	"00 12 06 00 0000 0000 00 00 0000"

static void netflow5_record(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l, 8, 8);
	give(&l, 1, V5("00000007", "4002"));
	has(&l, "\"flow.exporter\":\"10.0.0.1\",\"flow.format\":\"netflow5\",\"flow.domain\":1,"
		"\"flow.skew_ns\":0,\"flow.sampling\":2");
	has(&l, "\"time\":\"2026-01-14T23:59:55Z\"");
	has(&l, "\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"src_port\":49153,"
		"\"dst_port\":80,\"proto\":\"tcp\",\"packets\":20,\"bytes\":2000,"
		"\"flow.sampling\":2,\"duration_ns\":5000000000");
	has(&l, "\"flow.tcp_flags\":\"SA\",\"flow.input_if\":3,\"flow.output_if\":4");
	lab_fini(&l);
}

/* Losses are told at most once a minute, and at the end. */
static void sequences(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l, 8, 8);
	give(&l, 1, V5("00000007", "0000"));
	give(&l, 1, V5("0000000b", "0000"));
	assert_null(strstr(l.text, "net.loss"));
	give(&l, 1, V5("00000009", "0000")); /* late: one less is lost */
	assert_int_equal(counted(&l, "flow.odd.sequence.late"), 1);
	l.now += 60 * WARD_NS_PER_S;
	give(&l, 1, V5("0000000c", "0000"));
	has(&l, "\"class\":\"net.loss\"");
	has(&l, "\"lost\":2,\"loss.flow_records\":2");
	assert_int_equal(counted(&l, "flow.loss.records"), 2);
	give(&l, 1, V5("80000000", "0000"));
	assert_int_equal(counted(&l, "flow.odd.sequence.restart"), 1);
	give(&l, 1, V5("80000004", "0000"));
	give(&l, 2, V5("00000001", "0000"));
	give(&l, 2, V5("00000003", "0000"));
	forget(&l);
	assert_int_equal(ward_export_flush(l.x, &l.sink), WARD_OK);
	const char *first = strstr(l.text, "\"10.0.0.1\""),
		   *second = strstr(l.text, "\"10.0.0.2\"");

	assert_true(first && second && first < second);
	assert_int_equal(counted(&l, "flow.loss.records"), 6);
	lab_fini(&l);
}

#define IPFIX(LEN, SEQ) "000a" LEN "69682e00" SEQ "00000005"
/* src, dst, bytes (4), enterprise 9.1 (2), bytes back, application (variable), begin, end: */
#define IPFIX_SET                                                              \
	"0002 0030 0100 0008 0008 0004 000c 0004 0001 0004 8001 0002 00000009" \
	"8001 0004 00007279 0060 ffff 0098 0008 0099 0008"
#define IPFIX_DATA                                                                  \
	"0100 0028 0a000001 0a000002 00000064 dead 00000032 0168 0000019bbef3b000 " \
	"0000019bbef3b3e8"

static void ipfix_records(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l, 8, 8);
	give(&l, 1, IPFIX("0038", "00000000") IPFIX_DATA);
	assert_int_equal(counted(&l, "flow.skip.no_template"), 1);
	give(&l, 1, IPFIX("0068", "00000001") IPFIX_SET IPFIX_DATA);
	has(&l, "\"time\":\"2026-01-15T00:00:01Z\"");
	has(&l, "\"bytes\":100,\"bytes_back\":50,\"duration_ns\":1000000000");
	has(&l, "\"flow.application\":\"h\"");
	give(&l, 1, IPFIX("0038", "00000005") IPFIX_DATA);
	assert_int_equal(ward_export_flush(l.x, &l.sink), WARD_OK);
	assert_int_equal(counted(&l, "flow.loss.records"), 3);
	/* of another domain or sender the template is not theirs */
	give(&l, 2, IPFIX("0038", "00000006") IPFIX_DATA);
	assert_int_equal(counted(&l, "flow.skip.no_template"), 2);
	/* nobody can take it back over UDP; it grows old */
	give(&l, 1, IPFIX("0018", "00000006") "0002 0008 0100 0000");
	assert_int_equal(counted(&l, "flow.odd.template.withdrawal"), 1);
	l.now += 7201 * WARD_NS_PER_S;
	give(&l, 1, IPFIX("0038", "00000006") IPFIX_DATA);
	assert_int_equal(counted(&l, "flow.skip.template.expired"), 1);
	lab_fini(&l);
}

/* addresses, UDP, ports, bytes, reverse bytes, biflowDirection */
#define IPFIX_BIFLOW                                                                      \
	"0002 002c 0102 0008 0008 0004 000c 0004 0004 0001 0007 0002 000b 0002 0001 0004" \
	"8001 0004 00007279 00ef 0001"                                                    \
	"0102 001a 0a000001 0a000002 11 0035 0fa0 00000064 00000032"

#define IPFIX_UPTIMES                                                                     \
	"0002 0020 0101 0006 0008 0004 000c 0004 0001 0004 0016 0004 0015 0004 00a0 0008" \
	"0101 0020 0a000001 0a000002 00000064"

/* RFC 5103 6.3: 2 says that the destination asked; then source and destination change places. */
static void ipfix_biflow_direction(void **state)
{
	static const char *const want[] = {
		[1] = "\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"src_port\":53,"
		      "\"dst_port\":4000",
		[2] = "\"src_ip\":\"10.0.0.2\",\"dst_ip\":\"10.0.0.1\",\"src_port\":4000,"
		      "\"dst_port\":53"};
	static const char *const bytes[] = {
		[1] = "\"bytes\":100,\"bytes_back\":50", [2] = "\"bytes\":50,\"bytes_back\":100"};

	(void)state;
	for (unsigned i = 1; i <= 2; i++) {
		struct lab l;

		lab_init(&l, 8, 8);
		give(&l, 1,
			i == 1 ? IPFIX("0056", "00000000") IPFIX_BIFLOW "01"
			       : IPFIX("0056", "00000000") IPFIX_BIFLOW "02");
		has(&l, want[i]);
		has(&l, bytes[i]);
		lab_fini(&l);
	}
}

/* Uptimes count from when the exporter began; wrapped or not, the nearest time is meant. */
static void ipfix_uptimes(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l, 8, 8);
	give(&l, 1, IPFIX("0050", "00000000") IPFIX_UPTIMES "00015f90 00017318 0000019bbef22960");
	has(&l, "\"time\":\"2026-01-14T23:59:55Z\"");
	has(&l, "\"duration_ns\":5000000000");
	forget(&l);
	give(&l, 1, IPFIX("0050", "00000001") IPFIX_UPTIMES "ffffd8f0 ffffec78 0000019bbef3b000");
	has(&l, "\"time\":\"2026-01-14T23:59:55Z\"");
	lab_fini(&l);
}

#define V9(SEQ) "0009 0001 000186a0 69682e00" SEQ "00000001"

static void netflow9_options(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l, 8, 8);
	/* scope system (1), samplingInterval */
	give(&l, 1,
		V9("00000001") "0001 0014 0101 0004 0004 0001 0004 0022 0004 0000"
			       "0101 000c 00000000 00000064");
	has(&l, "\"flow.sampling\":100");
	/* IPv6 addresses, ICMP type and code, MACs, VLAN, 1 packet */
	give(&l, 1,
		V9("00000002") "0000 0028 0102 0008 001b 0010 001c 0010 0004 0001 0020 0002"
			       "0038 0006 0050 0006 003a 0002 0002 0001"
			       "0102 0037 20010db8000000000000000000000001"
			       "20010db8000000000000000000000002 3a 8000 020000000001"
			       "020000000002 000a 01 00");
	has(&l, "\"vlan\":10,\"src_mac\":\"02:00:00:00:00:01\",\"dst_mac\":\"02:00:00:00:00:02\","
		"\"src_ip\":\"2001:db8::1\",\"dst_ip\":\"2001:db8::2\",\"icmp.type\":128,"
		"\"icmp.code\":0,\"proto\":\"icmp\",\"packets\":100,\"flow.sampling\":100");
	lab_fini(&l);
}

#define SFLOW_HEAD "00000005 00000001 c0000207 00000000 00000009 000003e8 00000001"
#define SFLOW_PACKET                                                                           \
	"00000001 00000054 00000001 0000004e 00000004 0000003a"                                \
	"020000000002 020000000001 8100000a 0800 4500003c 00010000 40060000 0a000001 0a000002" \
	"c0010050 00000001 00000000 5002ffff 00000000 0000"

static void sflow_sample(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l, 8, 8);
	give(&l, 1,
		SFLOW_HEAD "00000001 00000074 00000001 00000003 00000200 000003e8 00000000"
			   "00000003 00000004 00000001 00000001 0000004c 00000001 0000004e"
			   "00000004 0000003a 020000000002 020000000001 8100000a 0800"
			   "4500003c 00010000 40060000 0a000001 0a000002 c0010050 00000001"
			   "00000000 5002ffff 00000000 0000");
	has(&l, "\"flow.exporter\":\"192.0.2.7\",\"flow.format\":\"sflow5\"");
	has(&l, "\"vlan\":10,\"src_mac\":\"02:00:00:00:00:01\",\"dst_mac\":\"02:00:00:00:00:02\","
		"\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"src_port\":49153,"
		"\"dst_port\":80,\"proto\":\"tcp\",\"packets\":512,\"bytes\":30720,"
		"\"flow.sampling\":512");
	has(&l, "\"flow.tcp_flags\":\"S\",\"flow.input_if\":3,\"flow.output_if\":4,"
		"\"end\":\"sample\"");
	/* counters of interface 3 */
	give(&l, 1,
		SFLOW_HEAD "00000002 0000006c 00000001 00000003 00000001 00000001 00000058"
			   "00000003 00000006 000000003b9aca00 00000001 00000003"
			   "00000000000003e8 0000000a 00000001 00000002 00000000 00000000"
			   "00000000 00000000000007d0 00000014 00000003 00000004 00000005"
			   "00000006 00000000");
	has(&l, "\"if.index\":3,\"if.speed\":1000000000,\"if.up\":\"up\",\"if.in_bytes\":1000,"
		"\"if.in_packets\":13,\"if.in_discards\":0,\"if.in_errors\":0,"
		"\"if.out_bytes\":2000,\"if.out_packets\":27,\"if.out_discards\":5,"
		"\"if.out_errors\":6");
	lab_fini(&l);
}

static const struct {
	const char *hex, *counter;
} reasons[] = {
	{"00", "flow.reject.short"},
	{"0005 0001", "flow.reject.short"},
	{"0009 0001", "flow.reject.short"},
	{"000a 0010", "flow.reject.short"},
	{"00000005 00000001", "flow.reject.short"},
	{"0005 0002 000186a0 69682e00 00000000 00000001 0000 0000", "flow.reject.netflow5.length"},
	{IPFIX("000f", "00000000"), "flow.reject.ipfix.length"},
	{V9("00000001") "0100 0003", "flow.reject.set.length"},
	{V9("00000001") "0000 000c 00ff 0001 0001 0004", "flow.reject.template.id"},
	{V9("00000001") "0000 0008 0100 0081", "flow.reject.template.fields"},
	{V9("00000001") "0000 000c 0100 0001 0001 0000", "flow.reject.template.empty"},
	{V9("00000001") "0000 000c 0100 0002 0001 0004", "flow.reject.template.short"},
	{V9("00000001") "0001 000e 0100 0003 0004 0001 0004", "flow.reject.template.scope"},
	{IPFIX("001e", "00000000") "0003 000e 0100 0001 0000 0001 0004",
		"flow.reject.template.scope"},
	{IPFIX("0024", "00000000") "0002 000c 0100 0001 0060 ffff 0100 0008 05616263",
		"flow.reject.record.short"},
	{"00000005 00000003 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
	 "00000000",
		"flow.reject.sflow.agent"},
	{SFLOW_HEAD "00000001 00000040", "flow.reject.sflow.sample"},
	{SFLOW_HEAD "00000001 00000004 00000000", "flow.reject.sflow.sample"},
	{SFLOW_HEAD "00000002 00000004 00000000", "flow.reject.sflow.sample"},
	{SFLOW_HEAD "00000001 00000028 00000001 00000003 00000200 000003e8 00000000 00000003"
		    "00000004 00000001 00000001 0000004c",
		"flow.reject.sflow.record"},
	{SFLOW_HEAD "00000001 00000038 00000001 00000003 00000200 000003e8 00000000 00000003"
		    "00000004 00000001 00000001 00000010 00000001 0000004e 00000004 00000010",
		"flow.reject.sflow.header"},
	{"0007 0001", "flow.reject.version"},
	{V9("00000001") "0005 0004", "flow.skip.set.reserved"},
	{V9("00000001") "0000 000c 0100 0001 0001 0004 0100 0008 00000001", "flow.skip.no_address"},
	{SFLOW_HEAD "00001001 00000004 00000000", "flow.skip.sflow.format"},
	{SFLOW_HEAD "00000001 00000038 00000001 00000003 00000200 000003e8 00000000 00000003"
		    "00000004 00000001 00000001 00000010 00000005 0000004e 00000004 00000000",
		"flow.skip.sflow.link"},
};

static void each_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(reasons); i++) {
		struct lab l;

		lab_init(&l, 8, 8);
		give(&l, 1, reasons[i].hex);
		if (counted(&l, reasons[i].counter) != 1)
			fail_msg("%zu: no %s: %s", i, reasons[i].counter, l.text);
		if (strstr(reasons[i].counter, "reject"))
			has(&l, reasons[i].counter);
		lab_fini(&l);
	}
}

static void full_tables(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l, 1, 8);
	give(&l, 1, V5("00000001", "0000"));
	give(&l, 2, V5("00000001", "0000"));
	assert_int_equal(counted(&l, "flow.loss.exporter_evicted"), 1);
	for (unsigned id = 0; id < 9; id++) {
		char hex[128];

		l.now++;
		(void)snprintf(
			hex, sizeof(hex), V9("00000001") "0000 000c 01%02x 0001 0001 0004", id);
		give(&l, 1, hex);
	}
	assert_int_equal(counted(&l, "flow.templates"), 9);
	assert_int_equal(counted(&l, "flow.loss.template_evicted"), 1);
	/* of one datagram, one alone makes room */
	l.now++;
	give(&l, 1, V9("00000002") "0000 0014 0180 0001 0001 0004 0181 0001 0001 0004");
	assert_int_equal(counted(&l, "flow.loss.template_evicted"), 2);
	assert_int_equal(counted(&l, "flow.loss.template_refused"), 1);
	lab_fini(&l);
}

/* Every begin of every good datagram is no export, or one that ends early: never more than that. */
static void prefixes(void **state)
{
	static const char *const good[] = {V5("00000007", "0000"),
		IPFIX("0068", "00000001") IPFIX_SET IPFIX_DATA,
		SFLOW_HEAD "00000001 00000074" SFLOW_PACKET};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice all = unhex(good[i]);
		struct lab l;

		assert_true(ward_export_knows(all));
		lab_init(&l, 8, 8);
		for (size_t n = 0; n < all.len; n++) {
			uint8_t *exact = malloc(n ? n : 1);

			assert_non_null(exact);
			memcpy(exact, all.p, n);
			if (i < 2)
				assert_false(ward_export_knows(ward_slice_of(exact, n)));
			forget(&l);
			give_bytes(&l, 1, ward_slice_of(exact, n));
			free(exact);
		}
		bytes_free(all);
		lab_fini(&l);
	}
}

static void no_memory(void **state)
{
	struct ward_export_opts opts = {.source = WARD_STR("flow"), .epoch = 1};
	struct ward_mem_failing f;
	struct lab l;

	(void)state;
	lab_init(&l, 8, 8);
	ward_export_free(l.x);
	ward_mem_failing_init(&f, 1);
	assert_int_equal(ward_export_new(&f.mem, &l.lim, &l.names, &opts, &l.x), WARD_ERR_NOMEM);
	ward_mem_failing_init(&f, 2);
	assert_int_equal(ward_export_new(&f.mem, &l.lim, &l.names, &opts, &l.x), WARD_OK);
	give(&l, 1, V5("00000001", "0000"));
	assert_int_equal(counted(&l, "flow.loss.memory"), 1);
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(netflow5_record),
		cmocka_unit_test(sequences),
		cmocka_unit_test(ipfix_records),
		cmocka_unit_test(ipfix_biflow_direction),
		cmocka_unit_test(ipfix_uptimes),
		cmocka_unit_test(netflow9_options),
		cmocka_unit_test(sflow_sample),
		cmocka_unit_test(each_reason),
		cmocka_unit_test(full_tables),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
