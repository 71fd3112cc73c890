#include "sense/net/proto/s7comm/s7comm.h"

#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

#define CONNECT "0300 0016 11 e0 0000 0001 00 c0010a c1020100 c2020102"
#define CONFIRM "0300 0016 11 d0 0001 0002 00 c0010a c1020100 c2020102"
/* job or ack_data with reference 7 */
#define JOB(param, data) "32 01 0000 0007 " param " " data " "
#define ACK(param, data) "32 03 0000 0007 " param " " data " 00 00 "
#define USERDATA(param, data) "32 07 0000 0007 " param " " data " "
#define SETUP "f0 00 0001 0001 01e0"
#define DB1 "12 0a 10 02 0004 0001 84 000010"
#define MODULES                                                        \
	"ff 09 0040 0011 0000 001c 0002 "                              \
	"0001 36455337203331352d32454831342d304142302000c0 0004 0001 " \
	"0007 2020202020202020202020202020202020202020 00c0 5603 0206"
#define COMPONENT(index, text) index text "00000000000000000000000000000000000000000000000000000000"

static const char *const good[] = {
	JOB("0008", "0000") SETUP,
	ACK("0008", "0000") SETUP,
	JOB("000e", "0000") "04 01 " DB1,
	ACK("0002", "0009") "04 01 ff 04 0020 00000001 00",
	ACK("0002", "0008") "04 02 0a 000004 0a 000004",
	JOB("001c", "0000") "04 02 " DB1 " 12 0b b2 ff000000000000000000 00",
	JOB("001a", "000d") "05 02 " DB1 DB1 " 00 03 0001 01 00 00 04 0018 010203",
	ACK("0002", "0002") "05 02 ff 0a",
	"32 02 0000 0007 0000 0000 d2 41",
	JOB("0020", "0000") "1a 00 0000 00000000 09 5f30413030303031500d "
			    "31303030353030303030343030",
	ACK("0001", "0000") "1a",
	JOB("0012", "0000") "1b 00 0000 00000000 09 5f3041303030303150",
	ACK("0002", "0006") "1b 00 0002 00fb 0102",
	JOB("0012", "0000") "1c 00 0000 00000000 09 5f3041303030303150",
	JOB("0012", "0000") "1d 00 0000 00000000 09 5f3038303030303141",
	ACK("0010", "0000") "1d 00 0100 00000007 07 30303030303530",
	JOB("0008", "0000") "1e 00 0000 00000007",
	JOB("0008", "0000") "1f 00 0000 00000007",
	JOB("0014", "0000") "28 000000000000fd 0000 09 505f50524f4752414d",
	JOB("0016", "0000") "28 000000000000fd 0002 4320 09 505f50524f4752414d",
	JOB("001a", "0000") "28 000000000000fd 000a 0100 3041303030303150 05 5f494e5345",
	JOB("0010", "0000") "29 0000000000 09 505f50524f4752414d",
	JOB("0001", "0000") "00",
	USERDATA("0008", "0008") "000112 04 11 44 01 00 ff 09 0004 0011 0000",
	USERDATA("000c", "0044") "000112 08 12 84 01 00 00 00 0000 " MODULES,
	USERDATA("0008", "000c") "000112 04 11 45 01 00 ff 09 0008 0102030405060708",
	USERDATA("000c", "0004") "000112 08 12 85 01 01 00 00 d602 0a 00 0000",
	USERDATA("0008", "000e") "000112 04 11 47 02 00 ff 09 000a 00192611260231000000",
	USERDATA("0008", "0006") "000112 04 11 43 02 00 ff 09 0002 3038",
	USERDATA("0008", "000c") "000112 04 11 43 03 00 ff 09 0008 3041303030303142",
	USERDATA("000c", "0018") "000112 08 11 04 03 00 00 00 0000 ff 09 0014 "
				 "4304ff84000000000000000094010921 53421521",
	USERDATA("0008", "0000") "010010 10 00 00 00 00",
};

static bool parse_exact(struct ward_slice s, size_t len, struct ward_s7comm *m)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, s.p, len);
	bool ok = ward_s7comm_parse(ward_slice_of(copy, len), m);

	free(copy);
	return ok;
}

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i]);
		struct ward_s7comm m;

		if (!parse_exact(s, s.len, &m))
			fail_msg("%s: reason %d at %zu of %zu", good[i], (int)m.reason, m.off,
				s.len);
		for (size_t cut = 0; cut < s.len; cut++) {
			assert_false(parse_exact(s, cut, &m));
			assert_true(m.reason == WARD_S7COMM_HEADER_SHORT ||
				    m.reason == WARD_S7COMM_LENGTH);
			assert_true(m.off <= cut);
		}
		bytes_free(s);
	}
}

static void test_bytes_turned(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i]);
		uint8_t *p = (uint8_t *)(uintptr_t)s.p;
		struct ward_s7comm m;

		for (size_t at = 0; at < s.len; at++)
			for (unsigned v = 0; v < 256; v++) {
				uint8_t was = p[at];

				p[at] = (uint8_t)v;
				bool ok = parse_exact(s, s.len, &m);

				assert_true(ok == (m.reason == WARD_S7COMM_REASON_N));
				assert_true(m.off <= s.len);
				p[at] = was;
			}
		bytes_free(s);
	}
}

static const struct sample {
	const char *hex;
	enum ward_s7comm_reason reason;
	size_t off;
} bad[] = {
	{"33 01 0000 0007 0001 0000 00", WARD_S7COMM_PROTOCOL, 0},
	{"32 03 0000 0007 0001 0000 00", WARD_S7COMM_HEADER_SHORT, 11},
	{"32 04 0000 0007 0000 0000", WARD_S7COMM_ROSCTR, 1},
	{JOB("0002", "0000") "00", WARD_S7COMM_LENGTH, 6},
	{JOB("0000", "0000"), WARD_S7COMM_PARAMETER_SHORT, 10},
	{JOB("0002", "0000") "f0 00", WARD_S7COMM_PARAMETER_SHORT, 12},
	{JOB("0003", "0000") "04 01 12", WARD_S7COMM_PARAMETER_SHORT, 13},
	{JOB("0008", "0000") "28 00000000000000", WARD_S7COMM_PARAMETER_SHORT, 18},
	{JOB("0002", "0000") "29 00", WARD_S7COMM_PARAMETER_SHORT, 11},
	{JOB("0002", "0000") "1a 00", WARD_S7COMM_PARAMETER_SHORT, 11},
	{USERDATA("0004", "0000") "000112 04", WARD_S7COMM_PARAMETER_SHORT, 14},
	{USERDATA("0008", "0000") "000112 08 12 84 01 00", WARD_S7COMM_PARAMETER_SHORT, 18},
	{JOB("000e", "0000") "04 01 13 0a 10 02 0004 0001 84 000010", WARD_S7COMM_ITEM, 12},
	{JOB("0005", "0000") "04 01 12 01 10", WARD_S7COMM_ITEM, 12},
	{ACK("0002", "0005") "04 01 ff 04 0020 00", WARD_S7COMM_DATA_SHORT, 18},
	{USERDATA("0008", "0004") "000112 04 11 44 01 00 ff 09 0004", WARD_S7COMM_DATA_SHORT, 22},
	{JOB("0012", "0000") "1b 00 0000 00000000 09 5f3041303030304150", WARD_S7COMM_FILE_NAME,
		18},
	{JOB("000a", "0000") "1b 00 0000 00000000 01 5f", WARD_S7COMM_FILE_NAME, 18},
	{JOB("0014", "0000") "1a 00 0000 00000000 09 5f3041303030303150 01 31",
		WARD_S7COMM_FILE_NAME, 28},
	{USERDATA("0008", "0000") "000113 04 11 44 01 00", WARD_S7COMM_USERDATA_HEAD, 10},
	{USERDATA("0008", "0000") "000112 05 11 44 01 00", WARD_S7COMM_USERDATA_HEAD, 10},
};

static void test_reasons(void **state)
{
	bool met[WARD_S7COMM_REASON_N] = {[WARD_S7COMM_TPKT] = true, [WARD_S7COMM_TPDU] = true};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_slice s = unhex(bad[i].hex);
		struct ward_s7comm m;

		if (parse_exact(s, s.len, &m) || m.reason != bad[i].reason || m.off != bad[i].off)
			fail_msg("%s: reason %d at %zu", bad[i].hex, (int)m.reason, m.off);
		met[m.reason] = true;
		bytes_free(s);
	}
	for (size_t i = 0; i < WARD_S7COMM_REASON_N; i++)
		assert_true(met[i]);
}

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_s7comm);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static void again(const struct ward_dissector *module)
{
	proto_lab_again(&lab, module);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	bytes_free(s);
	return v;
}

/* One PDU in its own packet. */
static enum ward_verdict send(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	uint8_t packet[512] = {3, 0, 0, (uint8_t)(7 + s.len), 2, 0xf0, 0x80};

	memcpy(packet + 7, s.p, s.len);
	enum ward_verdict v = proto_lab_feed(&lab, side, ward_slice_of(packet, 7 + s.len), false);

	bytes_free(s);
	return v;
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

/* The connection is told only once S7comm came over it. */
static void test_connect(void **state)
{
	(void)state;
	again(&ward_dissect_s7comm);
	assert_int_equal(feed(0, CONNECT), WARD_VERDICT_MORE);
	assert_int_equal(feed(1, CONFIRM), WARD_VERDICT_MORE);
	expect_told("net.", 0);
	assert_int_equal(send(0, JOB("0008", "0000") SETUP), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.s7comm.connect\"", 1);
	expect_told("\"s7comm.calling_tsap\":\"0100\",\"s7comm.called_tsap\":\"0102\","
		    "\"s7comm.connection_type\":\"pg\",\"s7comm.rack\":0,\"s7comm.slot\":2",
		1);
	lab.frame.time += 500;
	assert_int_equal(send(1, ACK("0008", "0000") SETUP), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.s7comm.connected\"", 1);
	expect_told(
		"\"s7comm.pdu_length\":480,\"s7comm.outcome\":\"ok\",\"s7comm.latency_ns\":500", 1);
	assert_int_equal(feed(1, "0300 000b 06 80 0001 0002 80"), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.s7comm.disconnect\"", 1);
}

/* MMS begins in the same way. */
static void test_other_protocol(void **state)
{
	(void)state;
	again(&ward_dissect_s7comm);
	(void)feed(0, CONNECT);
	assert_int_equal(feed(0, "0300 0009 02f080 0d0a"), WARD_VERDICT_FOREIGN);
	expect_told("net.", 0);
}

static void test_functions(void **state)
{
	static const struct {
		const char *pdu, *class, *fields;
	} told[] = {
		{JOB("0010", "0000") "29 0000000000 09 505f50524f4752414d", "plc_stop",
			"\"s7comm.function\":\"plc_stop\",\"s7comm.pi_service\":\"P_PROGRAM\""},
		{JOB("0016", "0000") "28 000000000000fd 0002 4320 09 505f50524f4752414d",
			"pi_service",
			"\"s7comm.pi_service\":\"P_PROGRAM\",\"s7comm.pi_argument\":\"C\""},
		{JOB("001a", "0000") "28 000000000000fd 000a 0100 3041303030303150 05 5f494e5345",
			"pi_service",
			"\"s7comm.block_type\":\"db\",\"s7comm.block_number\":1,"
			"\"s7comm.blocks\":1,\"s7comm.pi_service\":\"_INSE\""},
		{JOB("0020", "0000") "1a 00 0000 00000000 09 5f30413030303031500d "
				     "31303030353030303030343030",
			"request_download",
			"\"s7comm.block_type\":\"db\",\"s7comm.block_number\":1,"
			"\"s7comm.load_length\":500,\"s7comm.code_length\":400"},
		{JOB("0012", "0000") "1d 00 0000 00000000 09 5f3038303030303141", "start_upload",
			"\"s7comm.block_type\":\"ob\",\"s7comm.block_number\":1,"
			"\"s7comm.upload_id\":0"},
		{JOB("001a", "000d") "05 02 " DB1 DB1 " 00 03 0001 01 00 00 04 0018 010203",
			"write_var",
			"\"s7comm.items\":2,\"s7comm.area\":[\"data_block\",\"data_block\"],"
			"\"s7comm.db\":[1,1],\"s7comm.address\":[16,16],\"s7comm.count\":[4,4],"
			"\"s7comm.transport_size\":[\"byte\",\"byte\"],"
			"\"s7comm.values\":[\"01\",\"010203\"]"},
		{USERDATA("0008", "000e") "000112 04 11 47 02 00 ff 09 000a 00192611260231000000",
			"time_functions",
			"\"s7comm.subfunction\":\"set_clock\",\"s7comm.direction\":\"request\""},
		{USERDATA("0008", "000c") "000112 04 11 43 03 00 ff 09 0008 3041303030303142",
			"block_functions", "\"s7comm.subfunction\":\"get_block_info\""},
		{USERDATA("000c", "0018") "000112 08 11 04 03 00 00 00 0000 ff 09 0014 "
					  "4304ff84000000000000000094010921 53421521",
			"cpu_functions", "\"s7comm.event_id\":17156"},
		{USERDATA("0008", "0000") "010010 10 00 00 00 00", "mode_transition",
			"\"s7comm.mode\":\"stop\""},
		{USERDATA("0008", "0000") "000112 04 11 41 0c 00", "programmer_commands",
			"\"s7comm.subfunction\":\"memory_reset\""},
		{JOB("0001", "0000") "77", "other", "\"s7comm.function\":119"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++) {
		char class[80];

		again(&ward_dissect_s7comm);
		assert_int_equal(send(0, told[i].pdu), WARD_VERDICT_OK);
		(void)snprintf(class, sizeof(class), "\"class\":\"net.s7comm.%s\"", told[i].class);
		expect_told(class, 1);
		expect_told(told[i].fields, 1);
	}
}

static void test_outcomes(void **state)
{
	(void)state;
	again(&ward_dissect_s7comm);
	(void)send(0, JOB("000e", "0000") "04 01 " DB1);
	(void)send(1, ACK("0002", "0004") "04 01 0a 00 0000");
	expect_told("\"s7comm.results\":\"object_does_not_exist\",\"s7comm.outcome\":\"error\"", 1);
	(void)send(0, JOB("0010", "0000") "29 0000000000 09 505f50524f4752414d");
	(void)send(1, "32 02 0000 0007 0000 0000 d2 41");
	expect_told("\"s7comm.error\":\"function_not_permitted_in_protection_level\","
		    "\"s7comm.function\":\"plc_stop\",\"s7comm.outcome\":\"error\"",
		1);
	(void)send(1, ACK("0001", "0000") "29");
	expect_told("\"s7comm.outcome\":\"unrequested\"", 1);
}

static void test_identity(void **state)
{
	(void)state;
	again(&ward_dissect_s7comm);
	(void)send(0, USERDATA("0008", "0008") "000112 04 11 44 01 00 ff 09 0004 0011 0000");
	(void)send(1, USERDATA("000c", "0044") "000112 08 12 84 01 00 00 00 0000 " MODULES);
	expect_told("\"class\":\"net.s7comm.identity\"", 1);
	expect_told(
		"\"s7comm.order_number\":\"6ES7 315-2EH14-0AB0\",\"s7comm.firmware\":\"3.2.6\"", 1);
	(void)send(0, USERDATA("0008", "0008") "000112 04 11 44 01 00 ff 09 0004 001c 0000");
	(void)send(1, USERDATA("000c", "0050") "000112 08 12 84 01 00 00 00 0000 ff 09 004c "
					       "001c 0000 0022 0002 " COMPONENT("0001", "504c4331")
						       COMPONENT("0005", "53204331"));
	expect_told("\"s7comm.system_name\":\"PLC1\",\"s7comm.serial\":\"S C1\"", 1);
	/* What goes on has no head. */
	(void)send(0, USERDATA("000c", "0004") "000112 08 12 44 01 01 01 00 0000 0a 00 0000");
	(void)send(1, USERDATA("000c", "0044") "000112 08 12 84 01 01 01 00 0000 " MODULES);
	expect_told("\"class\":\"net.s7comm.ack\"", 1);
}

static void test_login(void **state)
{
	(void)state;
	again(&ward_dissect_s7comm);
	(void)send(0, USERDATA("0008", "000c") "000112 04 11 45 01 00 ff 09 0008 0102030405060708");
	expect_told("0102", 0);
	(void)send(1, USERDATA("000c", "0004") "000112 08 12 85 01 01 00 00 d602 0a 00 0000");
	expect_told("\"s7comm.error\":\"incorrect_password\"", 1);
	expect_told("\"login.outcome\":\"failed\"", 1);
	expect_told("\"login.method\":\"password\"", 1);
	(void)send(0, USERDATA("0008", "000c") "000112 04 11 45 01 00 ff 09 0008 0102030405060708");
	(void)send(1, USERDATA("000c", "0004") "000112 08 12 85 01 01 00 00 0000 ff 00 0000");
	expect_told("\"login.outcome\":\"ok\"", 1);
}

static void test_unanswered(void **state)
{
	(void)state;
	again(&ward_dissect_s7comm);
	for (unsigned i = 0; i < 9; i++)
		(void)send(0, JOB("0008", "0000") SETUP);
	expect_told("\"class\":\"net.s7comm.unanswered\"", 1);
	(void)proto_lab_feed(&lab, 0, ward_slice_of(NULL, 0), true);
	expect_told("\"class\":\"net.s7comm.unanswered\"", 1);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_told("\"class\":\"net.s7comm.unanswered\"", 9);
	expect_told("\"dst_port\":102,\"proto\":\"tcp\",\"s7comm.reference\":7,"
		    "\"s7comm.function\":\"setup_communication\"",
		9);
}

static void test_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		again(&ward_dissect_s7comm);
		assert_int_equal(send(0, JOB("0008", "0000") SETUP), WARD_VERDICT_OK);
		assert_int_equal(send(0, bad[i].hex), WARD_VERDICT_MALFORMED);
		again(&ward_dissect_s7comm);
		lab.trusted = false;
		assert_int_equal(send(0, bad[i].hex), WARD_VERDICT_FOREIGN);
		expect_told("net.", 0);
	}
	again(&ward_dissect_s7comm);
	assert_int_equal(feed(0, "0200"), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_S7COMM_TPKT), 1);
	again(&ward_dissect_s7comm);
	assert_int_equal(feed(0, "0300 0007 021080"), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_S7COMM_TPDU), 1);
}

static void test_pieces(void **state)
{
	(void)state;
	again(&ward_dissect_s7comm);
	(void)send(0, JOB("0008", "0000") SETUP);
	/* An acknowledgement without data, then a PDU over two TPDUs. */
	assert_int_equal(feed(0, "0300 0007 02f000"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "0300 0009 02f000 3201"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "0300 0009 02f080 0000"), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.s7comm.segmented\"", 1);
	(void)send(0, JOB("0008", "0000") SETUP);
	expect_told("\"class\":\"net.s7comm.setup_communication\"", 2);
	/* After a gap the next begin is found. */
	assert_true(proto_lab_gap(&lab, 0, 10));
	assert_int_equal(feed(0, "0001020304"), WARD_VERDICT_OK);
	(void)send(0, JOB("0008", "0000") SETUP);
	expect_told("\"class\":\"net.s7comm.setup_communication\"", 3);
	expect_told("net.malformed", 0);
	again(&ward_dissect_s7comm);
	assert_false(proto_lab_gap(&lab, 0, 10));
}

/* create_object of version 1 as "SIMATIC-ROOT-HMI", then one with integrity over two packets */
static void test_plus(void **state)
{
	(void)state;
	again(&ward_dissect_s7comm_plus);
	(void)feed(0, "0300 0024 1f e0 0000 0001 00 c0010a c1020600 "
		      "c210 53494d415449432d524f4f542d484d49");
	expect_told("net.", 0);
	(void)send(0, "72 01 000a 31 0000 04ca 0000 0001 36 72 01 0000");
	expect_told("\"s7comm_plus.called_tsap\":\"SIMATIC-ROOT-HMI\"", 1);
	expect_told("\"class\":\"net.s7comm_plus.create_object\"", 1);
	expect_told("\"s7comm_plus.version\":1,\"s7comm_plus.opcode\":\"request\","
		    "\"s7comm_plus.function\":\"create_object\",\"s7comm_plus.sequence\":1,"
		    "\"s7comm_plus.integrity\":false",
		1);
	(void)send(1, "72 01 000a 32 0000 04ca 0000 0001 36 72 01 0000");
	(void)send(0, "72 03 002b 20 00112233445566778899aabbccddeeff00112233445566778899aabb"
		      "ccddeeff 31 0000 0542 0000 0002 34");
	expect_told("\"class\":\"net.s7comm_plus.set_multi_variables\"", 1);
	expect_told("\"s7comm_plus.integrity\":true", 1);
	(void)send(0, "72 03 0002 0102 72 03 0000");
	(void)send(1, "72 02 000a 33 0000 0001 0000 0002 34 72 02 0000");
	expect_told("\"class\":\"net.s7comm_plus.notification\"", 1);
	(void)send(0, "72 02 000a 31 0000 0999 0000 0003 34 72 02 0000");
	expect_told("\"class\":\"net.s7comm_plus.other\"", 1);
	(void)send(0, "72 ff 0002 0000");
	expect_told("\"class\":\"net.s7comm_plus.", 5);
}

static void test_plus_malformed(void **state)
{
	static const struct {
		const char *hex, *reason;
	} wrong[] = {
		{"0200", "net.s7comm_plus.reject.tpkt"},
		{"0300 0007 021080", "net.s7comm_plus.reject.tpdu"},
		{"0300 0009 02f080 7204", "net.s7comm_plus.reject.version"},
		{"0300 000b 02f080 7202 0001", "net.s7comm_plus.reject.length"},
		{"0300 000d 02f080 7202 0001 0000", "net.s7comm_plus.reject.length"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		again(&ward_dissect_s7comm_plus);
		(void)send(0, "72 01 000a 31 0000 04ca 0000 0001 36 72 01 0000");
		assert_int_equal(feed(0, wrong[i].hex), WARD_VERDICT_MALFORMED);
		assert_string_equal(lab.module->reason[lab.d.reason], wrong[i].reason);
	}
	again(&ward_dissect_s7comm_plus);
	(void)send(0, "72 01 000a 31 0000 04ca 0000 0001 36 72 01 0000");
	assert_int_equal(feed(0, "0300 0008 02f080 32"), WARD_VERDICT_MALFORMED);
	assert_string_equal(lab.module->reason[lab.d.reason], "net.s7comm_plus.reject.protocol");
}

static void test_probe(void **state)
{
	static const struct {
		const char *hex;
		bool is, is_plus;
	} first[] = {
		{CONNECT, true, true},
		{CONFIRM, true, true},
		{"0300 000b 02f080 32 07 0000", true, false},
		{"0300 000b 02f080 72 01 0000", false, true},
		/* RDP, without and with its line */
		{"0300 000b 06 e0 0000 0000 00", false, false},
		{"0300 0013 0e e0 0000 0000 00 0100080003000000", false, false},
		{"0300 0009 02f080 0d0a", false, false},
		{"4745 5420 2f20", false, false},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(first); i++) {
		struct ward_slice s = unhex(first[i].hex);

		if (ward_dissect_s7comm.probe_stream(s) != ward_probe_of(first[i].is) ||
			ward_dissect_s7comm_plus.probe_stream(s) != ward_probe_of(first[i].is_plus))
			fail_msg("%s", first[i].hex);
		bytes_free(s);
	}
	struct ward_slice front = unhex("0300 000f 02f080 32 07 0000 0000");

	for (size_t n = 1; n <= front.len; n++) {
		assert_int_equal(ward_dissect_s7comm.probe_stream(ward_slice_of(front.p, n)),
			WARD_PROBE_MORE);
		assert_int_equal(ward_dissect_s7comm_plus.probe_stream(ward_slice_of(front.p, n)),
			WARD_PROBE_MORE);
	}
	bytes_free(front);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_bytes_turned),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_other_protocol),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_plus),
		cmocka_unit_test(test_plus_malformed),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
