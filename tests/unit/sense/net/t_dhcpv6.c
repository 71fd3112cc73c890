#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dhcpv6/dhcpv6.h"
#include "sense/net/proto/dissectors.h"

/* DUID-LLT of a client, DUID-EN of a server */
#define CLIENT "0001 000e 0001 0001 12345678 020000000001 "
#define SERVER "0002 000a 0002 00000137 01020304 "
#define FQDN "0027 0009 00 0264 650361 6263 00 "
#define IP "20010db8000000000000000000000001"
#define IA_NA "0003 0028 00000001 00000e10 00001518 0005 0018 " IP "00001c20 00002a30 "
#define IA_PD "0019 0029 00000002 00000e10 00001518 001a 0019 00001c20 00002a30 38 " IP
#define SOLICIT                                                                               \
	"01 00abcd " CLIENT "0008 0002 0064 0006 0004 0017 0018 " FQDN                        \
	"0010 000e 00000137 0008 4d53465420352e30 000f 0005 0003 616263 000e 0000 0003 000c " \
	"00000001 00000000 00000000"
#define REPLY                                                  \
	"07 00abcd " CLIENT SERVER IA_NA IA_PD "0017 0010 " IP \
	"0018 0008 02686f 036c616e 00 000d 0002 0000 "

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_dhcpv6);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static void again(void)
{
	proto_lab_again(&lab, &ward_dissect_dhcpv6);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	bytes_free(s);
	return v;
}

static void told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_solicit(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, SOLICIT), WARD_VERDICT_OK);
	told("\"class\":\"net.dhcpv6.solicit\"", 1);
	told("\"dhcpv6.message_type\":1,\"dhcpv6.xid\":43981,"
	     "\"dhcpv6.options\":[1,8,6,39,16,15,14,3],\"dhcpv6.requested_options\":[23,24],"
	     "\"dhcpv6.client_duid\":\"0001000112345678020000000001\","
	     "\"dhcpv6.client_duid_type\":\"llt\",\"dhcpv6.client_mac\":\"02:00:00:00:00:01\","
	     "\"dhcpv6.client_fqdn\":\"de.abc\",\"dhcpv6.vendor_enterprise\":311,"
	     "\"dhcpv6.vendor_class\":\"MSFT 5.0\",\"dhcpv6.user_class\":\"abc\","
	     "\"dhcpv6.elapsed_ms\":1000,\"dhcpv6.rapid_commit\":true",
		1);
}

static void test_reply(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(1, REPLY), WARD_VERDICT_OK);
	told("\"class\":\"net.dhcpv6.reply\"", 1);
	told("\"dhcpv6.server_duid\":\"00020000013701020304\",\"dhcpv6.server_duid_type\":\"en\","
	     "\"dhcpv6.server_enterprise\":311,\"dhcpv6.address\":\"2001:db8::1\","
	     "\"dhcpv6.prefix\":\"2001:db8::1/56\",\"dhcpv6.valid_lifetime_s\":10800,"
	     "\"dhcpv6.dns_server\":\"2001:db8::1\",\"dhcpv6.domain\":\"ho.lan\","
	     "\"dhcpv6.status\":\"success\",\"dhcpv6.status_code\":0",
		1);
	/* an association without an address says why; DUID-LL, DUID-UUID */
	again();
	assert_int_equal(feed(1, "02 000001 0001 000a 0003 0001 020000000002 "
				 "0002 0012 0004 000102030405060708090a0b0c0d0e0f "
				 "0003 0012 00000001 00000000 00000000 000d 0002 0002"),
		WARD_VERDICT_OK);
	told("\"class\":\"net.dhcpv6.advertise\"", 1);
	told("\"dhcpv6.client_duid_type\":\"ll\",\"dhcpv6.client_mac\":\"02:00:00:00:00:02\"", 1);
	told("\"dhcpv6.server_duid_type\":\"uuid\"", 1);
	told("\"dhcpv6.status\":\"no-addresses\"", 1);
}

/* Relay-forward in relay-forward, with an interface and a remote id on the outer. */
static void test_relay(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, "0c 01 " IP IP "0012 0002 6162 0025 0005 00000009 63 0009 003c "
				 "0c 00 " IP IP "0009 0016 0b 000001 " CLIENT),
		WARD_VERDICT_OK);
	told("\"class\":\"net.dhcpv6.information_request\"", 1);
	told("\"dhcpv6.relays\":2,\"dhcpv6.relay_link\":\"2001:db8::1\","
	     "\"dhcpv6.relay_peer\":\"2001:db8::1\",\"dhcpv6.relay_interface_id\":\"6162\","
	     "\"dhcpv6.relay_remote_id\":\"0000000963\"",
		1);
}

static void test_too_many_relays(void **state)
{
	uint8_t bytes[1024];
	size_t len = 0;

	(void)state;
	for (size_t i = 0, left = 10 * 38 + 4; i < 10; i++) {
		left -= 38;
		memset(bytes + len, 0, 38);
		bytes[len] = 12;
		bytes[len + 35] = 9;
		bytes[len + 36] = (uint8_t)(left >> 8);
		bytes[len + 37] = (uint8_t)left;
		len += 38;
	}
	memset(bytes + len, 1, 4);
	again();
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of(bytes, len + 4), false),
		WARD_VERDICT_MALFORMED);
	assert_int_equal(lab.d.reason, WARD_DHCPV6_BAD_RELAY);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *hex;
		enum ward_dhcpv6_reason reason;
	} row[] = {
		{"00 000001", WARD_DHCPV6_BAD_TYPE},
		{"0e 000001", WARD_DHCPV6_BAD_TYPE},
		{"01 0000", WARD_DHCPV6_BAD_SHORT},
		{"0c 00 " IP, WARD_DHCPV6_BAD_SHORT},
		{"01 000001 0001 00", WARD_DHCPV6_BAD_OPTION},
		{"01 000001 0001 0004 0001", WARD_DHCPV6_BAD_OPTION},
		{"0c 00 " IP IP "0009 0009 01", WARD_DHCPV6_BAD_OPTION},
		{"0c 00 " IP IP "0012 0001 01", WARD_DHCPV6_BAD_RELAY},
		{"01 000001 0001 0002 0001", WARD_DHCPV6_BAD_CONTENT},
		{"01 000001 0006 0003 000102", WARD_DHCPV6_BAD_CONTENT},
		{"01 000001 0008 0001 00", WARD_DHCPV6_BAD_CONTENT},
		{"01 000001 0003 0004 00000001", WARD_DHCPV6_BAD_CONTENT},
		{"01 000001 0004 000c 00000001 0005 0004 00000000", WARD_DHCPV6_BAD_CONTENT},
		{"01 000001 0010 0002 0000", WARD_DHCPV6_BAD_CONTENT},
		{"01 000001 0017 0004 20010db8", WARD_DHCPV6_BAD_CONTENT},
		{"01 000001 0027 0000", WARD_DHCPV6_BAD_CONTENT},
		{"01 000001 0019 0029 00000002 00000e10 00001518 001a 0019 00001c20 00002a30 "
		 "81 " IP,
			WARD_DHCPV6_BAD_CONTENT},
	};
	bool met[WARD_DHCPV6_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		again();
		enum ward_verdict v = feed(0, row[i].hex);

		if (v != WARD_VERDICT_MALFORMED || lab.d.reason != row[i].reason)
			fail_msg("%s: %d, %zu", row[i].hex, (int)v, lab.d.reason);
		met[row[i].reason] = true;
	}
	for (size_t i = 0; i < WARD_DHCPV6_REASON_N; i++)
		assert_true(met[i]);
}

static void test_names(void **state)
{
	static const struct {
		const char *hex, *text;
	} row[] = {{"0161 0162 00", "a.b"}, {"0161", "a"}, {"00", ""}, {"", ""}, {"0561", ""},
		{"c000", ""}, {"01 2e 00", "\\."}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_slice s = unhex(row[i].hex);
		struct ward_rd r = ward_rd_slice(s);
		char text[64];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		bool is = ward_dhcpv6_name(&r, &w);

		assert_int_equal(is, *row[i].text != 0);
		if (is)
			assert_true(ward_str_eqz(ward_wr_text(&w), row[i].text));
		bytes_free(s);
	}
	assert_string_equal(ward_dhcpv6_status_name(6), "no-prefixes");
	assert_null(ward_dhcpv6_status_name(7));
}

static void test_foreign(void **state)
{
	(void)state;
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "01 000001 0008 0002 0000"), WARD_VERDICT_FOREIGN);
	assert_int_equal(feed(0, "01 000001 0001 0004 0009 0001"), WARD_VERDICT_FOREIGN);
	assert_int_equal(feed(0, "474554202f"), WARD_VERDICT_FOREIGN);
	assert_int_equal(feed(0, SOLICIT), WARD_VERDICT_OK);
	again();
	lab.partial = true;
	assert_int_equal(feed(0, "01 000001 0001 000e 0001"), WARD_VERDICT_MORE);
	told("net", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_solicit),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_relay),
		cmocka_unit_test(test_too_many_relays),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
