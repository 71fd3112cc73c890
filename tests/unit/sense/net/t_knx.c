#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/knx/knx.h"

/* Endpoints at the client's and the server's address of the lab, and one to answer back to. */
#define CLIENT "0801 0a000001 c350 "
#define SERVER "0801 0a000002 0e57 "
#define BACK "0801 00000000 0000 "
#define BACK_TCP "0802 00000000 0000 "
#define DEVICE                                                      \
	"3601 02 01 1101 0000 00a6 12345678 e000170c 000e8c012345 " \
	"4b4e582049502052 6f75746572000000 0000000000000000 000000000000 "
#define FAMILIES "0a02 0201 0302 0401 0502 "
#define TUNNEL(channel, seq) "04 " channel " " seq " 00 "
/* group 1/2/3 of 1.1.5, through the interface */
#define GROUP "bce0 1105 0a03 "
#define DEVICE_1_1_7 "b060 1105 1107 "

static const char *const good[] = {
	"0610 0201 000e " CLIENT,
	"0610 0202 004e " SERVER DEVICE FAMILIES,
	"0610 020b 0014 " CLIENT "0684 01020608",
	"0610 020c 005a " SERVER DEVICE FAMILIES "0808 00 00 00fe 07b0 04fe 0083",
	"0610 0203 000e " CLIENT,
	"0610 0204 0046 " DEVICE FAMILIES,
	"0610 0205 001a " CLIENT CLIENT "04 04 02 00",
	"0610 0205 001c " CLIENT CLIENT "06 04 02 00 1105",
	"0610 0206 0014 15 00 " SERVER "04 04 1105",
	"0610 0206 0008 00 24",
	"0610 0205 0018 " CLIENT CLIENT "02 03",
	"0610 0206 0012 15 00 " SERVER "02 03",
	"0610 0207 0010 15 00 " CLIENT,
	"0610 0208 0008 15 21",
	"0610 0209 0010 15 00 " CLIENT,
	"0610 020a 0008 15 00",
	"0610 0420 0015 " TUNNEL("15", "00") "11 00 " GROUP "01 0081",
	"0610 0421 000a 04 15 00 00",
	"0610 0420 0017 " TUNNEL("15", "01") "29 00 " GROUP "03 0080 0c1a",
	"0610 0420 0015 " TUNNEL("15", "02") "2e 00 bde0 1105 0a03 01 0081",
	"0610 0420 0015 " TUNNEL("15", "03") "11 00 " GROUP "01 0000",
	"0610 0420 0015 " TUNNEL("15", "03") "29 00 " GROUP "01 0041",
	"0610 0420 0014 " TUNNEL("15", "04") "11 00 " DEVICE_1_1_7 "00 80",
	"0610 0420 0014 " TUNNEL("15", "04") "11 00 " DEVICE_1_1_7 "00 81",
	"0610 0420 0014 " TUNNEL("15", "04") "29 00 " DEVICE_1_1_7 "00 c2",
	"0610 0420 0015 " TUNNEL("15", "05") "11 00 " DEVICE_1_1_7 "01 43 00",
	"0610 0420 0017 " TUNNEL("15", "05") "29 00 " DEVICE_1_1_7 "03 43 40 07b0",
	"0610 0420 0019 " TUNNEL("15", "06") "11 00 " DEVICE_1_1_7 "05 46 82 0100 0102",
	"0610 0420 0017 " TUNNEL("15", "06") "11 00 " DEVICE_1_1_7 "03 46 02 0100",
	"0610 0420 0015 " TUNNEL("15", "07") "11 00 " DEVICE_1_1_7 "01 47 80",
	"0610 0420 0017 " TUNNEL("15", "07") "11 00 " DEVICE_1_1_7 "03 47 81 02 00",
	"0610 0420 001a " TUNNEL("15", "08") "11 00 " DEVICE_1_1_7 "06 43 d1 00 deadbeef",
	"0610 0420 0016 " TUNNEL("15", "08") "29 00 " DEVICE_1_1_7 "02 43 d2 03",
	"0610 0420 001a " TUNNEL("15", "08") "11 00 " DEVICE_1_1_7 "06 43 d3 03 deadbeef",
	"0610 0420 001a " TUNNEL("15", "09") "11 00 " DEVICE_1_1_7 "06 43 d7 00 36 1001 01",
	"0610 0420 001f " TUNNEL("15", "09") "29 00 " DEVICE_1_1_7
					     "0b 43 d6 00 0b 1001 00a612345678",
	"0610 0420 0017 " TUNNEL("15", "0a") "11 00 b0e0 1105 0000 03 00 c0 1109",
	"0610 0420 0021 " TUNNEL("15", "0a") "11 00 b0e0 1105 0000 0d 03 de 00a612345678 1109 "
					     "00000000",
	"0610 0420 0019 " TUNNEL("15", "0b") "11 00 " DEVICE_1_1_7 "05 42 c2 12 3456 ff",
	"0610 0420 001a " TUNNEL("15", "0b") "11 00 " DEVICE_1_1_7 "06 41 fb 01 123456 ff",
	"0610 0420 001d " TUNNEL("15", "0b") "11 00 " DEVICE_1_1_7 "09 41 cc 0011 001033 01 0001",
	"0610 0420 0018 " TUNNEL("15", "0c") "29 00 " DEVICE_1_1_7 "04 42 c6 83 0001",
	"0610 0420 0018 " TUNNEL("15", "0c") "11 00 " DEVICE_1_1_7 "04 42 c7 01 02 ff",
	"0610 0420 0016 " TUNNEL("15", "0d") "11 00 " GROUP "02 03 f1 90",
	"0610 0420 000f " TUNNEL("15", "0e") "2b 03 07 01 00",
	"0610 0310 0011 " TUNNEL("15", "00") "fc 0000 01 34 1001",
	"0610 0311 000a 04 15 00 00",
	"0610 0310 0012 " TUNNEL("15", "00") "fb 0000 01 36 0001 07",
	"0610 0310 0017 " TUNNEL("15", "00") "fb 0000 01 0b 1001 00a612345678",
	"0610 0310 0012 " TUNNEL("15", "01") "f6 0000 01 36 1001 01",
	"0610 0310 0011 " TUNNEL("15", "01") "f5 0000 01 36 1001",
	"0610 0310 000f " TUNNEL("15", "01") "f8 0000 01 36",
	"0610 0310 000b " TUNNEL("15", "02") "f1",
	"0610 0422 000c " TUNNEL("15", "00") "01 00",
	"0610 0423 000e " TUNNEL("15", "00") "03 00 0001",
	"0610 0530 0011 29 00 " GROUP "01 0081",
	"0610 0530 0015 29 04 0102 0304 " GROUP "01 0081",
	"0610 0531 000a 04 00 0005",
	"0610 0532 000c 06 00 0064 0000",
	"0610 0533 0011 29 00 " GROUP "01 0081",
	"0610 0740 0010 " CLIENT "02 01",
	"0610 0741 0012 02 01 " FAMILIES,
	"0610 0742 001a " CLIENT "02 01 " FAMILIES,
	"0610 0743 0010 08 02 000e8c012345 01 00",
	"0610 0950 0029 0001 000000000001 00a612345678 0000 aabb cc "
	"00112233445566778899aabbccddeeff",
	"0610 0951 002e " BACK_TCP
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	"0610 0952 0038 0001 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	"00112233445566778899aabbccddeeff",
	"0610 0953 0018 00 02 00112233445566778899aabbccddeeff",
	"0610 0954 0008 00 00",
	"0610 0955 0024 000000000001 00a612345678 0000 00112233445566778899aabbccddeeff",
};

static bool parse_exact(struct ward_slice s, size_t len, struct ward_knx *m)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, s.p, len);
	bool ok = ward_knx_parse(ward_slice_of(copy, len), m);

	free(copy);
	return ok;
}

/* Every prefix lacks something; with the total length made to fit, it is valid or has a reason. */
static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i]);
		uint8_t *p = (uint8_t *)(uintptr_t)s.p;
		struct ward_knx m;

		if (!parse_exact(s, s.len, &m) || m.size != s.len)
			fail_msg("%s: reason %d at %zu, %zu of %zu bytes", good[i], (int)m.reason,
				m.off, m.size, s.len);
		for (size_t cut = 0; cut < s.len; cut++) {
			assert_int_equal(
				ward_knx_frame(ward_slice_of(s.p, cut), &m), WARD_KNX_MORE);
			assert_true(m.size == 0 || m.size == s.len);
			assert_false(parse_exact(s, cut, &m));
			assert_int_equal(m.reason, WARD_KNX_HEADER_SHORT);
		}
		for (size_t cut = 6; cut < s.len; cut++) {
			p[5] = (uint8_t)cut;
			if (!parse_exact(s, cut, &m))
				assert_true(m.reason < WARD_KNX_REASON_N && m.off <= cut);
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
		struct ward_knx m;

		for (size_t at = 0; at < s.len; at++)
			for (unsigned v = 0; v < 256; v++) {
				uint8_t was = p[at];

				p[at] = (uint8_t)v;
				bool ok = parse_exact(s, s.len, &m);

				assert_true(ok == (m.reason == WARD_KNX_REASON_N));
				assert_true(m.off <= s.len);
				p[at] = was;
			}
		bytes_free(s);
	}
}

static const struct sample {
	const char *hex;
	enum ward_knx_reason reason;
	size_t off;
} bad[] = {
	{"0610 0201 00", WARD_KNX_HEADER_SHORT, 5},
	{"0611 0201 000e " CLIENT, WARD_KNX_HEADER, 0},
	{"0710 0201 000e " CLIENT, WARD_KNX_HEADER, 0},
	{"0610 0201 0005 " CLIENT, WARD_KNX_TOTAL_LENGTH, 4},
	{"0610 0201 0401 " CLIENT, WARD_KNX_TOTAL_LENGTH, 4},
	{"0610 0201 000c 0801 0a000001", WARD_KNX_BODY_SHORT, 12},
	{"0610 0208 0009 15 00 00", WARD_KNX_BODY_LONG, 8},
	{"0610 0201 000e 0701 0a000001 c350", WARD_KNX_HPAI, 6},
	{"0610 0201 000e 0803 0a000001 c350", WARD_KNX_HPAI, 6},
	{"0610 0204 0008 00 02", WARD_KNX_DIB, 6},
	{"0610 0204 000a 04 01 02 01", WARD_KNX_DIB, 6},
	{"0610 0204 0009 03 02 02", WARD_KNX_DIB, 6},
	{"0610 0204 000a 0a 02 02 01", WARD_KNX_DIB, 6},
	{"0610 0205 0018 " CLIENT CLIENT "02 04", WARD_KNX_CRI, 22},
	{"0610 0206 0012 15 00 " SERVER "01 03", WARD_KNX_CRI, 16},
	{"0610 0531 000a 05 00 0005", WARD_KNX_STRUCTURE, 6},
	{"0610 0532 000c 04 00 0064 0000", WARD_KNX_STRUCTURE, 6},
	{"0610 0743 000a 03 02 00 01", WARD_KNX_STRUCTURE, 6},
	{"0610 020b 0010 " CLIENT "01 84", WARD_KNX_STRUCTURE, 14},
	{"0610 0421 000a 05 15 00 00", WARD_KNX_CONNECTION_HEADER, 6},
	{"0610 0530 0008 29 05", WARD_KNX_ADDITIONAL_INFO, 7},
	{"0610 0530 0011 29 00 " GROUP "02 0081", WARD_KNX_FRAME_LENGTH, 15},
	{"0610 0530 0010 29 00 " GROUP "00 00", WARD_KNX_FRAME_LENGTH, 15},
	{"0610 0530 0006", WARD_KNX_FRAME_SHORT, 6},
	{"0610 0530 000f 29 00 " GROUP "01", WARD_KNX_FRAME_SHORT, 15},
	{"0610 0530 0011 29 00 " GROUP "01 0281", WARD_KNX_FRAME_SHORT, 17},
	{"0610 0310 000d 04 15 00 00 fc 0000", WARD_KNX_FRAME_SHORT, 13},
	{"0610 0310 000d 04 15 00 00 f8 0000", WARD_KNX_FRAME_SHORT, 13},
};

static void test_reasons(void **state)
{
	bool met[WARD_KNX_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_slice s = unhex(bad[i].hex);
		struct ward_knx m;

		if (parse_exact(s, s.len, &m) || m.reason != bad[i].reason || m.off != bad[i].off)
			fail_msg("%s: reason %d at %zu", bad[i].hex, (int)m.reason, m.off);
		met[m.reason] = true;
		bytes_free(s);
	}
	for (size_t i = 0; i < WARD_KNX_REASON_N; i++)
		assert_true(met[i]);
}

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_knx);
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

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_device(void **state)
{
	(void)state;
	again(&ward_dissect_knx);
	assert_int_equal(feed(0, "0610 0203 000e " CLIENT), WARD_VERDICT_OK);
	lab.frame.time += 1000;
	assert_int_equal(feed(1, "0610 0204 0046 " DEVICE FAMILIES), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.knx.description_response\"", 1);
	expect_told("\"knx.medium\":\"tp1\",\"knx.programming_mode\":true,"
		    "\"knx.individual_address\":\"1.1.1\",\"knx.project\":0,"
		    "\"knx.serial\":\"00a612345678\",\"knx.mac\":\"00:0e:8c:01:23:45\","
		    "\"knx.multicast\":\"224.0.23.12\",\"knx.device_name\":\"KNX IP Router\","
		    "\"knx.families\":[\"core\",\"device_management\",\"tunnelling\",\"routing\"],"
		    "\"knx.outcome\":\"ok\",\"knx.latency_ns\":1000",
		1);
	assert_int_equal(feed(1, good[3]), WARD_VERDICT_OK);
	expect_told("\"knx.manufacturer_id\":131,\"knx.mask_version\":1968,"
		    "\"knx.max_apdu_length\":254",
		1);
}

static void test_tunnel(void **state)
{
	(void)state;
	again(&ward_dissect_knx);
	(void)feed(0, "0610 0205 001a " CLIENT CLIENT "04 04 02 00");
	(void)feed(1, "0610 0206 0014 15 00 " SERVER "04 04 1105");
	expect_told("\"knx.connection_type\":\"tunnel\",\"knx.layer\":\"link\"", 1);
	expect_told("\"knx.channel\":21,\"knx.status\":\"no_error\","
		    "\"knx.connection_type\":\"tunnel\",\"knx.tunnel_address\":\"1.1.5\"",
		1);
	(void)feed(0, "0610 0420 0015 " TUNNEL("15", "00") "11 00 " GROUP "01 0081");
	(void)feed(1, "0610 0421 000a 04 15 00 00");
	(void)feed(1, "0610 0420 0015 " TUNNEL("15", "00") "2e 00 bde0 1105 0a03 01 0081");
	(void)feed(0, "0610 0421 000a 04 15 00 00");
	expect_told("\"class\":\"net.knx.group_value_write\"", 1);
	expect_told("\"knx.message\":\"L_Data.req\",\"knx.priority\":\"low\",\"knx.hop_count\":6,"
		    "\"knx.source\":\"1.1.5\",\"knx.destination\":\"1/2/3\","
		    "\"knx.transport\":\"data\",\"knx.apci\":\"group_value_write\","
		    "\"knx.apci_code\":129,\"knx.value\":1",
		1);
	expect_told("\"class\":\"net.knx.confirmation\"", 1);
	expect_told("\"knx.outcome\":\"error\"", 1);
	expect_told("tunnelling_ack", 0);
	/* One that nobody asked for, one that says no. */
	(void)feed(1, "0610 0421 000a 04 15 07 00");
	expect_told("\"knx.outcome\":\"unrequested\"", 1);
	(void)feed(0, "0610 0420 0017 " TUNNEL("15", "01") "11 00 " GROUP "03 0080 0c1a");
	(void)feed(1, "0610 0421 000a 04 15 01 29");
	expect_told("\"knx.data_bytes\":2,\"knx.data\":\"0c1a\"", 1);
	expect_told("\"knx.status\":\"tunnelling_layer\",\"knx.outcome\":\"error\"", 1);
}

/* What changes or stops a device is a class of its own. */
static void test_management(void **state)
{
	static const struct {
		const char *hex, *class, *fields;
	} told[] = {
		{"0610 0420 0015 " TUNNEL("15", "07") "11 00 " DEVICE_1_1_7 "01 47 80", "restart",
			"\"knx.destination\":\"1.1.7\",\"knx.transport\":\"data_connected\","
			"\"knx.transport_sequence\":1,\"knx.apci\":\"restart\","
			"\"knx.apci_code\":896,\"knx.master_reset\":false"},
		{"0610 0420 0017 " TUNNEL("15", "07") "11 00 " DEVICE_1_1_7 "03 47 81 02 00",
			"restart",
			"\"knx.master_reset\":true,\"knx.erase_code\":\"factory_reset\","
			"\"knx.restart_channel\":0"},
		{"0610 0420 0019 " TUNNEL("15", "06") "11 00 " DEVICE_1_1_7 "05 46 82 0100 0102",
			"memory_write", "\"knx.memory_address\":256,\"knx.count\":2"},
		{"0610 0420 0019 " TUNNEL("15", "0b") "11 00 " DEVICE_1_1_7 "05 42 c2 12 3456 ff",
			"user_memory_write", "\"knx.memory_address\":78934,\"knx.count\":2"},
		{"0610 0420 001a " TUNNEL("15", "09") "11 00 " DEVICE_1_1_7
						      "06 43 d7 00 36 1001 01",
			"property_value_write",
			"\"knx.count\":1,\"knx.object_index\":0,\"knx.property_id\":54,"
			"\"knx.start_index\":1"},
		{"0610 0420 0017 " TUNNEL("15", "0a") "11 00 b0e0 1105 0000 03 00 c0 1109",
			"individual_address_write",
			"\"knx.destination\":\"0/0/0\",\"knx.transport\":\"data\","
			"\"knx.apci\":\"individual_address_write\",\"knx.apci_code\":192,"
			"\"knx.new_address\":\"1.1.9\""},
		{"0610 0310 0012 " TUNNEL("15", "01") "f6 0000 01 36 1001 01", "m_prop_write",
			"\"knx.message\":\"M_PropWrite.req\",\"knx.count\":1,"
			"\"knx.object_type\":0,\"knx.object_instance\":1,\"knx.property_id\":54"},
		{"0610 0310 000b " TUNNEL("15", "02") "f1", "m_reset",
			"\"knx.message\":\"M_Reset.req\""},
		{"0610 0743 0010 08 02 000e8c012345 01 00", "remote_reset_request",
			"\"knx.reset_command\":\"restart\",\"knx.mac\":\"00:0e:8c:01:23:45\""},
		{"0610 0742 001a " CLIENT "02 01 " FAMILIES, "remote_basic_configuration_request",
			"\"knx.control_ip\":\"10.0.0.1\""},
		{"0610 0532 000c 06 00 0064 0000", "routing_busy", "\"knx.wait_ms\":100"},
		{"0610 0531 000a 04 00 0005", "routing_lost_message", "\"knx.lost_messages\":5"},
		{"0610 0420 0014 " TUNNEL("15", "04") "11 00 " DEVICE_1_1_7 "00 80", "transport",
			"\"knx.transport\":\"connect\""},
		{"0610 0420 000f " TUNNEL("15", "0e") "2b 03 07 01 00", "busmonitor",
			"\"knx.message\":\"L_Busmon.ind\""},
		{"0610 0420 0016 " TUNNEL("15", "0d") "11 00 " GROUP "02 03 f1 90",
			"secure_service", "\"knx.tool_access\":true,\"knx.secure\":true"},
		{"0610 0951 002e " BACK_TCP
		 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
			"session_request", "\"knx.secure\":true"},
		{"0610 0954 0008 01 00", "session_status",
			"\"knx.status\":\"authentication_failed\""},
		{"0610 f080 0008 15 00", "other", "\"knx.service\":61568"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++) {
		char class[80];

		again(&ward_dissect_knx);
		assert_int_equal(feed(0, told[i].hex), WARD_VERDICT_OK);
		(void)snprintf(class, sizeof(class), "\"class\":\"net.knx.%s\"", told[i].class);
		expect_told(class, 1);
		expect_told(told[i].fields, 1);
	}
}

/* A property's value may be a key: only what says who the device is, is told. */
static void test_secrets(void **state)
{
	(void)state;
	again(&ward_dissect_knx);
	(void)feed(0,
		"0610 0420 001a " TUNNEL("15", "08") "11 00 " DEVICE_1_1_7 "06 43 d1 00 deadbeef");
	expect_told("\"class\":\"net.knx.authorize_request\"", 1);
	expect_told("\"class\":\"net.login\"", 1);
	expect_told("\"login.method\":\"access_key\"", 1);
	expect_told("\"login.cleartext\":true", 1);
	(void)feed(0,
		"0610 0420 001a " TUNNEL("15", "08") "11 00 " DEVICE_1_1_7 "06 43 d3 03 deadbeef");
	(void)feed(0, "0610 0420 001d " TUNNEL("15", "09") "11 00 " DEVICE_1_1_7
							   "09 43 d7 00 36 1001 deadbeef");
	expect_told("deadbeef", 0);
	(void)feed(1, "0610 0420 001f " TUNNEL("15", "09") "29 00 " DEVICE_1_1_7
							   "0b 43 d6 00 0b 1001 00a612345678");
	expect_told("\"knx.data\":\"00a612345678\"", 1);
}

static void test_answer_elsewhere(void **state)
{
	(void)state;
	again(&ward_dissect_knx);
	(void)feed(0, "0610 0203 000e " BACK);
	(void)feed(0, "0610 0203 000e " CLIENT);
	expect_told("knx.anomaly", 0);
	(void)feed(0, "0610 0203 000e 0801 c0a80001 c350");
	expect_told("\"knx.anomaly\":\"answer_elsewhere\"", 1);
}

static void test_unanswered(void **state)
{
	(void)state;
	again(&ward_dissect_knx);
	for (unsigned i = 0; i < 9; i++)
		(void)feed(0, "0610 0203 000e " CLIENT);
	expect_told("\"class\":\"net.knx.unanswered\"", 1);
	again(&ward_dissect_knx_stream);
	(void)feed(0, "0610 0205 001a " BACK_TCP BACK_TCP "04 04 02 00");
	(void)feed(0, "0610 0420 0015 " TUNNEL("15", "00") "11 00 " GROUP "01 0081");
	(void)proto_lab_feed(&lab, 0, ward_slice_of(NULL, 0), true);
	expect_told("unanswered", 0);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_told("\"class\":\"net.knx.unanswered\"", 1);
	expect_told("\"src_port\":50000,\"dst_port\":3671,\"proto\":\"tcp\","
		    "\"knx.service\":\"connect_request\"",
		2);
}

static void test_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		again(&ward_dissect_knx);
		assert_int_equal(feed(0, bad[i].hex), WARD_VERDICT_MALFORMED);
		again(&ward_dissect_knx);
		lab.trusted = false;
		assert_int_equal(feed(0, bad[i].hex), WARD_VERDICT_FOREIGN);
		expect_told("net.", 0);
	}
	again(&ward_dissect_knx);
	assert_int_equal(feed(0, "0610 0201 000e " CLIENT "00"), WARD_VERDICT_MALFORMED);
	again(&ward_dissect_knx);
	lab.partial = true;
	assert_int_equal(feed(0, "0610 0201 000e 0801"), WARD_VERDICT_MORE);
}

static void test_stream(void **state)
{
	(void)state;
	again(&ward_dissect_knx_stream);
	assert_int_equal(feed(0, "0610 0205"), WARD_VERDICT_MORE);
	assert_int_equal(
		feed(0, "001a " BACK_TCP BACK_TCP "04 04 02 00 0610 0422 000c"), WARD_VERDICT_MORE);
	assert_int_equal(feed(0, TUNNEL("15", "00") "01 00"), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.knx.tunnelling_feature_get\"", 1);
	/* After a gap the next begin is found. */
	assert_true(proto_lab_gap(&lab, 0, 10));
	assert_int_equal(feed(0, "000102030405060708"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "0610 0422 000c " TUNNEL("15", "01") "01 00"), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.knx.tunnelling_feature_get\"", 2);
	expect_told("net.malformed", 0);
}

static void test_probe(void **state)
{
	static const char *const other[] = {"0610 f080 0008 15 00", "0610", "0610 0201 000e 0801",
		"0610 0201 0010 " CLIENT "0000", "474554202f20485454502f312e310d0a"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i]);

		assert_true(ward_dissect_knx.probe(s));
		assert_true(ward_dissect_knx_stream.probe_stream(s) == WARD_PROBE_YES);
		bytes_free(s);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(other); i++) {
		struct ward_slice s = unhex(other[i]);

		assert_false(ward_dissect_knx.probe(s));
		bytes_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_bytes_turned),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_tunnel),
		cmocka_unit_test(test_management),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_answer_elsewhere),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
