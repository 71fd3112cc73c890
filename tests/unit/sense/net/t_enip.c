#include "sense/net/proto/enip/enip.h"

#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

/* command, length, session 0x12345678, status, context, options */
#define HEAD(command, len) command " " len " 78563412 00000000 0102030405060708 00000000 "
#define FAILED(command, len) command " " len " 78563412 64000000 0102030405060708 00000000 "
#define NO_SESSION(command, len) command " " len " 00000000 00000000 0000000000000000 00000000 "
/* unconnected message of `len` bytes */
#define RR(all, len) HEAD("6f00", all) "00000000 0000 0200 0000 0000 b200 " len " "
/* connected message, its length with the sequence 9 */
#define UNIT(all, len) HEAD("7000", all) "00000000 0000 0200 a100 0400 01000000 b100 " len " 0900 "
#define IDENTITY                                                                        \
	NO_SESSION("6300", "3300")                                                      \
	"0100 0c00 2d00 0100 0002 af12 0a000002 0000000000000000 0100 0c00 3a00 04 03 " \
	"3000 8e4d5200 0b 313735362d454e42542f41 03"

static const struct {
	const char *hex;
	bool response;
} good[] = {
	{NO_SESSION("6300", "0000"), false},
	{IDENTITY, true},
	{NO_SESSION("0400", "0000"), false},
	{NO_SESSION("6500", "0400") "0100 0000", false},
	{HEAD("6500", "0400") "0100 0000", true},
	{HEAD("6600", "0000"), false},
	{HEAD("0000", "0000"), false},
	{FAILED("6f00", "0000"), true},
	/* reset of the identity object, type 1 */
	{RR("1700", "0700") "05 02 2001 2401 01", false},
	{RR("1400", "0400") "85 00 00 00", true},
	{RR("1600", "0600") "85 00 0f 01 0102", true},
	/* get_attribute_single 1/1/7, 16-bit instance */
	{RR("1a00", "0a00") "0e 04 2001 2500 0100 3007", false},
	/* unconnected_send of stop to 0x64/1 by port 1, address 0 */
	{RR("2400", "1400") "52 02 2006 2401 05f7 0600 07 02 2064 2401 0100 0100", false},
	/* forward_open with a key and a network segment on its way */
	{RR("4e00", "3e00") "54 02 2006 2401 0a 0e 01000200 03000400 0500 0d00 efbeadde 00 000000 "
			    "80841e00 f443 80841e00 f443 a3 09 3404 0000 0000 0000 00 00 "
			    "4305 2002 2401 2c01 0101",
		false},
	{UNIT("2a00", "1600") "0a 02 2002 2401 0200 0600 0a00 06 01 206b 07 01 206b", false},
	{UNIT("2800", "1400") "8a 00 00 00 0200 0600 0a00 86 00 00 00 87 00 10 00", true},
	/* write_tag of "abc" */
	{UNIT("2300", "0f00") "4d 03 91 03 61626300 c400 0100 ff", false},
	{UNIT("1c00", "0800") "07 02 2064 2401", false},
};

static bool parse_exact(struct ward_slice s, size_t len, struct ward_enip *m)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, s.p, len);
	bool ok = ward_enip_parse(ward_slice_of(copy, len), m);

	free(copy);
	return ok;
}

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i].hex);
		uint8_t *p = (uint8_t *)(uintptr_t)s.p;
		struct ward_enip m;

		if (!parse_exact(s, s.len, &m) || m.size != s.len)
			fail_msg("%s: reason %d at %zu, %zu of %zu", good[i].hex, (int)m.reason,
				m.off, m.size, s.len);
		for (size_t cut = 0; cut < s.len; cut++) {
			assert_int_equal(
				ward_enip_frame(ward_slice_of(s.p, cut), &m), WARD_ENIP_MORE);
			assert_true(m.size == 0 || m.size == s.len);
			assert_false(parse_exact(s, cut, &m));
			assert_int_equal(m.reason, WARD_ENIP_HEADER_SHORT);
		}
		for (size_t cut = WARD_ENIP_HEAD; cut < s.len; cut++) {
			p[2] = (uint8_t)(cut - WARD_ENIP_HEAD);
			if (!parse_exact(s, cut, &m))
				assert_true(m.reason < WARD_ENIP_REASON_N && m.off <= cut);
		}
		bytes_free(s);
	}
}

static void test_bytes_turned(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i].hex);
		uint8_t *p = (uint8_t *)(uintptr_t)s.p;
		struct ward_enip m;

		for (size_t at = 0; at < s.len; at++)
			for (unsigned v = 0; v < 256; v++) {
				uint8_t was = p[at];

				p[at] = (uint8_t)v;
				bool ok = parse_exact(s, s.len, &m);

				assert_true(ok == (m.reason == WARD_ENIP_REASON_N));
				assert_true(m.off <= s.len);
				p[at] = was;
			}
		bytes_free(s);
	}
}

static const struct sample {
	const char *hex;
	enum ward_enip_reason reason;
	size_t off;
} bad[] = {
	{"6f00 0000", WARD_ENIP_HEADER_SHORT, 4},
	{HEAD("6100", "0000"), WARD_ENIP_COMMAND, 0},
	{"6300 0000 00000000 00000000 0000000000000000 01000000", WARD_ENIP_OPTIONS, 20},
	{HEAD("6500", "0200") "0100", WARD_ENIP_BODY_SHORT, 24},
	{HEAD("6f00", "0600") "00000000 0000", WARD_ENIP_BODY_SHORT, 30},
	{HEAD("6f00", "0800") "00000000 0000 4100", WARD_ENIP_ITEM, 30},
	{HEAD("6f00", "0c00") "00000000 0000 0100 b200 0500", WARD_ENIP_ITEM, 32},
	{HEAD("7000", "0d00") "00000000 0000 0100 b100 0100 09", WARD_ENIP_ITEM, 36},
	{NO_SESSION("6300", "0800") "0100 0c00 0200 0100", WARD_ENIP_ITEM, 30},
	{RR("1200", "0200") "05 02", WARD_ENIP_CIP_SHORT, 42},
	{RR("1200", "0200") "85 00", WARD_ENIP_CIP_SHORT, 42},
	{RR("1900", "0900") "52 02 2006 2401 05f7 06", WARD_ENIP_CIP_SHORT, 48},
	{RR("1400", "0400") "05 01 2301", WARD_ENIP_CIP_PATH, 43},
	{RR("1400", "0400") "05 01 e001", WARD_ENIP_CIP_PATH, 43},
	{RR("1400", "0400") "05 01 9105", WARD_ENIP_CIP_PATH, 44},
	{RR("1c00", "0c00") "0a 02 2002 2401 0200 0600 0100", WARD_ENIP_CIP_MULTIPLE, 52},
	{RR("1800", "0800") "0a 02 2002 2401 0100", WARD_ENIP_CIP_MULTIPLE, 48},
};

static void test_reasons(void **state)
{
	bool met[WARD_ENIP_REASON_N] = {[WARD_ENIP_LENGTH] = true}; /* of datagrams */

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_slice s = unhex(bad[i].hex);
		struct ward_enip m;

		if (parse_exact(s, s.len, &m) || m.reason != bad[i].reason || m.off != bad[i].off)
			fail_msg("%s: reason %d at %zu", bad[i].hex, (int)m.reason, m.off);
		met[m.reason] = true;
		bytes_free(s);
	}
	for (size_t i = 0; i < WARD_ENIP_REASON_N; i++)
		assert_true(met[i]);
}

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_enip);
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

static void test_identity(void **state)
{
	(void)state;
	again(&ward_dissect_enip_udp);
	assert_int_equal(feed(0, NO_SESSION("6300", "0000")), WARD_VERDICT_OK);
	lab.frame.time += 700;
	assert_int_equal(feed(1, IDENTITY), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.enip.list_identity\"", 1);
	expect_told("\"class\":\"net.enip.identity\"", 1);
	expect_told("\"enip.vendor_id\":1,\"enip.device_type\":12,\"enip.product_code\":58,"
		    "\"enip.revision\":\"4.3\",\"enip.device_status\":48,"
		    "\"enip.serial\":\"00524d8e\",\"enip.product_name\":\"1756-ENBT/A\","
		    "\"enip.state\":\"operational\",\"enip.device_ip\":\"10.0.0.2\","
		    "\"enip.outcome\":\"ok\",\"enip.latency_ns\":700",
		1);
	/* The answer to a broadcast comes alone. */
	again(&ward_dissect_enip_udp);
	assert_int_equal(feed(1, IDENTITY), WARD_VERDICT_OK);
	expect_told("\"enip.outcome\":\"unrequested\"", 1);
}

/* Get_Attributes_All of the identity object says the same. */
static void test_cip_identity(void **state)
{
	(void)state;
	again(&ward_dissect_enip);
	(void)feed(0, RR("1600", "0600") "01 02 2001 2401");
	(void)feed(1, RR("2800", "1800") "81 00 00 00 0100 0e00 3a00 14 0b 3000 8e4d5200 "
					 "05 4c6f676978");
	expect_told("\"class\":\"net.enip.identity\"", 1);
	expect_told("\"enip.product_name\":\"Logix\"", 1);
}

static void test_services(void **state)
{
	const struct {
		const char *hex, *class, *fields;
	} told[] = {
		{RR("1700", "0700") "05 02 2001 2401 01", "cip.reset",
			"\"cip.service\":\"reset\",\"cip.service_code\":5,\"cip.class\":1,"
			"\"cip.instance\":1,\"cip.reset_type\":1"},
		{RR("2400", "1400") "52 02 2006 2401 05f7 0600 07 02 2064 2401 0100 0100",
			"cip.stop",
			"\"cip.service\":\"stop\",\"cip.service_code\":7,\"cip.class\":100,"
			"\"cip.instance\":1,\"cip.routed\":true"},
		{UNIT("2a00", "1600") "0a 02 2002 2401 0200 0600 0a00 06 01 206b 07 01 206b",
			"cip.multiple_service_packet",
			"\"cip.embedded\":[\"start\",\"stop\"],"
			"\"cip.embedded_path\":[\"107\",\"107\"],\"cip.embedded_services\":2"},
		{UNIT("2300", "0f00") "4d 03 91 03 61626300 c400 0100 ff", "cip.write_tag",
			"\"cip.symbol\":\"abc\",\"cip.data_bytes\":5"},
		{good[13].hex, "cip.forward_open",
			"\"cip.originator_vendor_id\":13,\"cip.originator_serial\":3735928559"},
		{RR("1800", "0800") "4c 02 2037 2401 0100", "cip.initiate_download",
			"\"cip.class\":55"},
		{RR("1600", "0600") "77 02 2037 2401", "cip.other", "\"cip.service\":119"},
		{NO_SESSION("6500", "0400") "0100 0000", "enip.register_session",
			"\"enip.command\":\"register_session\""},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++) {
		char class[80];

		again(&ward_dissect_enip);
		if (feed(0, told[i].hex) != WARD_VERDICT_OK)
			fail_msg("%s", told[i].hex);
		(void)snprintf(class, sizeof(class), "\"class\":\"net.%s\"", told[i].class);
		expect_told(class, 1);
		expect_told(told[i].fields, 1);
	}
}

static void test_outcomes(void **state)
{
	(void)state;
	again(&ward_dissect_enip);
	(void)feed(0, RR("1600", "0600") "05 02 2001 2401");
	lab.frame.time += 5;
	(void)feed(1, RR("1600", "0600") "85 00 0f 01 0102");
	expect_told("\"class\":\"net.cip.ack\"", 1);
	expect_told("\"cip.service\":\"reset\",\"cip.service_code\":5,\"cip.class\":1,"
		    "\"cip.instance\":1,\"cip.status\":\"privilege_violation\","
		    "\"cip.extended_status\":513",
		1);
	expect_told("\"enip.outcome\":\"error\",\"enip.latency_ns\":5", 1);
	/* Connected data is matched by its sequence. */
	(void)feed(0, UNIT("2a00", "1600") "0a 02 2002 2401 0200 0600 0a00 06 01 206b 07 01 206b");
	(void)feed(1, UNIT("2800", "1400") "8a 00 00 00 0200 0600 0a00 86 00 00 00 87 00 10 00");
	expect_told("\"cip.embedded_status\":[\"success\",\"device_state_conflict\"]", 1);
	expect_told("\"enip.outcome\":\"ok\"", 1);
	(void)feed(1, FAILED("6f00", "0000"));
	expect_told("\"class\":\"net.enip.ack\"", 1);
	expect_told("\"enip.status\":\"invalid_session\",\"enip.outcome\":\"unrequested\"", 1);
}

static void test_unanswered(void **state)
{
	(void)state;
	again(&ward_dissect_enip);
	for (unsigned i = 0; i < 9; i++)
		(void)feed(0, RR("1600", "0600") "05 02 2001 2401");
	expect_told("\"class\":\"net.enip.unanswered\"", 1);
	(void)proto_lab_feed(&lab, 0, ward_slice_of(NULL, 0), true);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_told("\"class\":\"net.enip.unanswered\"", 9);
	expect_told("\"dst_port\":44818,\"proto\":\"tcp\",\"enip.command\":\"send_rr_data\","
		    "\"cip.service\":\"reset\",\"cip.class\":1",
		9);
}

static void test_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		again(&ward_dissect_enip_udp);
		assert_int_equal(feed(0, bad[i].hex), WARD_VERDICT_MALFORMED);
		again(&ward_dissect_enip_udp);
		lab.trusted = false;
		assert_int_equal(feed(0, bad[i].hex), WARD_VERDICT_FOREIGN);
		expect_told("net.", 0);
	}
	again(&ward_dissect_enip_udp);
	assert_int_equal(feed(0, NO_SESSION("6300", "0000") "00"), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_ENIP_LENGTH), 1);
	again(&ward_dissect_enip_udp);
	lab.partial = true;
	assert_int_equal(feed(0, "6300 0000"), WARD_VERDICT_MORE);
}

static void test_stream(void **state)
{
	(void)state;
	again(&ward_dissect_enip);
	assert_false(proto_lab_gap(&lab, 0, 10));
	again(&ward_dissect_enip);
	assert_int_equal(feed(0, "6500 0400 00000000"), WARD_VERDICT_MORE);
	assert_int_equal(feed(0, "00000000 0000000000000000 00000000 0100 0000"), WARD_VERDICT_OK);
	assert_true(proto_lab_gap(&lab, 0, 10));
	assert_int_equal(feed(0, "000102030405060708"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, RR("1600", "0600") "05 02 2001 2401"), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.cip.reset\"", 1);
	expect_told("net.malformed", 0);
}

static void test_probe(void **state)
{
	static const char *const other[] = {NO_SESSION("0000", "0000"), "6300 0000",
		"6300 0000 00000000 ff000000 0000000000000000 00000000",
		"474554202f20485454502f312e310d0a0d0a0d0a0d0a0d0a"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i].hex);
		bool is = s.p[0] || s.p[1];

		assert_true((ward_dissect_enip.probe_stream(s) == WARD_PROBE_YES) == is);
		assert_true(ward_dissect_enip_udp.probe(s) == is);
		bytes_free(s);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(other); i++) {
		struct ward_slice s = unhex(other[i]);

		assert_false(ward_dissect_enip.probe_stream(s) == WARD_PROBE_YES);
		assert_false(ward_dissect_enip_udp.probe(s));
		bytes_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_bytes_turned),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_cip_identity),
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
