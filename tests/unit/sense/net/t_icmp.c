#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/icmp/icmp.h"

#define A6 "20010db8000000000000000000000001"
#define B6 "fe800000000000000000000000000002"
/* A datagram from 10.0.0.1:1000 to 10.0.0.2:53, its header and eight bytes. */
#define QUOTED4 "4500001d 0001 0000 4011 0000 0a000001 0a000002 03e8 0035 0009 0000 "
#define QUOTED6 "60000000 0009 06 40 " A6 B6 "03e8 01bb "
#define SOURCE_MAC "01 01 020000000001 "
#define TARGET_MAC "02 01 020000000002 "

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_icmp6);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static void again(unsigned version)
{
	proto_lab_again(&lab, version == 4 ? &ward_dissect_icmp : &ward_dissect_icmp6);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, 0, s, false);

	bytes_free(s);
	return v;
}

static void told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_errors(void **state)
{
	(void)state;
	again(4);
	assert_int_equal(feed("03 03 0000 00000000 " QUOTED4), WARD_VERDICT_OK);
	told("\"class\":\"net.icmp.error\"", 1);
	told("\"icmp.type\":3,\"icmp.code\":3,\"icmp.message\":\"destination-unreachable\","
	     "\"icmp.quoted_src_ip\":\"10.0.0.1\",\"icmp.quoted_dst_ip\":\"10.0.0.2\","
	     "\"icmp.quoted_proto\":17,\"icmp.quoted_src_port\":1000,\"icmp.quoted_dst_port\":53}",
		1);
	/* the same again says nothing new, though its IP header has another number */
	assert_int_equal(feed("03 03 0000 00000000 4500001d 0002 0000 4011 0000 0a000001 0a000002 "
			      "03e8 0035 0009 0000"),
		WARD_VERDICT_OK);
	told("net.icmp.error", 1);
	assert_int_equal(feed("03 04 0000 000005dc " QUOTED4), WARD_VERDICT_OK);
	again(4);
	assert_int_equal(feed("03 04 0000 000005dc " QUOTED4), WARD_VERDICT_OK);
	told("\"icmp.mtu\":1500", 1);
	/* as little as may be quoted: nothing, no ports */
	again(4);
	assert_int_equal(feed("0b 00 0000 00000000"), WARD_VERDICT_OK);
	told("quoted", 0);
	assert_int_equal(feed("0b 00 0000 00000000 4500001d 0001 0000 4011 0000 0a000001 0a000002"),
		WARD_VERDICT_OK);
	told("\"icmp.quoted_proto\":17}", 1);
	again(6);
	assert_int_equal(feed("02 00 0000 00000500 " QUOTED6), WARD_VERDICT_OK);
	told("\"icmp.message\":\"packet-too-big\"", 1);
	told("\"icmp.quoted_dst_port\":443,\"icmp.mtu\":1280", 1);
}

static void test_redirect(void **state)
{
	(void)state;
	again(4);
	assert_int_equal(feed("05 01 0000 0a0000fe " QUOTED4), WARD_VERDICT_OK);
	told("\"class\":\"net.icmp.redirect\"", 1);
	told("\"icmp.quoted_dst_ip\":\"10.0.0.2\"", 1);
	told("\"icmp.gateway\":\"10.0.0.254\"", 1);
	again(6);
	assert_int_equal(feed("89 00 0000 00000000 " B6 A6 TARGET_MAC), WARD_VERDICT_OK);
	told("\"icmp.gateway\":\"fe80::2\",\"icmp.destination\":\"2001:db8::1\","
	     "\"icmp.target_lladdr\":\"02:00:00:00:00:02\"",
		1);
	told("net.host", 0);
}

static void test_router(void **state)
{
	(void)state;
	again(6);
	assert_int_equal(
		feed("86 00 0000 40 c8 0708 00000000 00000000 " SOURCE_MAC "05 01 0000 000005dc "
		     "03 04 40 c0 00015180 00003840 00000000 20010db8000000000000000000000000 "
		     "19 03 0000 00000258 " A6 "18 01 000000000000"),
		WARD_VERDICT_OK);
	told("\"class\":\"net.icmp.router_advertisement\"", 1);
	told("\"icmp.mtu\":1500,\"icmp.router_lifetime_s\":1800,\"icmp.hop_limit\":64,"
	     "\"icmp.managed\":true,\"icmp.other_config\":true,\"icmp.preference\":\"high\","
	     "\"icmp.prefix\":\"2001:db8::/64\",\"icmp.prefix_valid_s\":86400,"
	     "\"icmp.rdnss\":\"2001:db8::1\",\"icmp.source_lladdr\":\"02:00:00:00:00:01\"",
		1);
	told("anomaly", 0);
	again(6);
	assert_int_equal(feed("85 00 0000 00000000 " SOURCE_MAC), WARD_VERDICT_OK);
	told("\"class\":\"net.icmp.router_solicitation\"", 1);
	again(4);
	assert_int_equal(feed("09 00 0000 01 02 0708 0a0000fe 00000000"), WARD_VERDICT_OK);
	told("\"icmp.gateway\":\"10.0.0.254\",\"icmp.router_lifetime_s\":1800", 1);
	again(4);
	assert_int_equal(feed("0a 00 0000 00000000"), WARD_VERDICT_OK);
	told("\"icmp.message\":\"router-solicitation\"", 1);
}

/* What a neighbour says of an address is evidence of a host, and when it changes, of a move. */
static void test_neighbor(void **state)
{
	(void)state;
	again(6);
	assert_int_equal(feed("88 00 0000 e0000000 " B6 TARGET_MAC), WARD_VERDICT_OK);
	told("\"class\":\"net.icmp.neighbor_advertisement\"", 1);
	told("\"icmp.target\":\"fe80::2\",\"icmp.router\":true,\"icmp.solicited\":true,"
	     "\"icmp.override\":true,\"icmp.target_lladdr\":\"02:00:00:00:00:02\"",
		1);
	told("\"class\":\"net.host\"", 1);
	told("\"evidence\":\"ndp\"", 1);
	assert_int_equal(feed("88 00 0000 20000000 " B6 "02 01 020000000003"), WARD_VERDICT_OK);
	told("\"class\":\"net.host.moved\"", 1);
	/* said again: nothing new; from another link: not believed */
	assert_int_equal(feed("88 00 0000 20000000 " B6 "02 01 020000000003"), WARD_VERDICT_OK);
	told("neighbor_advertisement", 2);
	lab.packet[0].ttl = 64;
	assert_int_equal(feed("88 00 0000 20000000 " B6 "02 01 020000000004"), WARD_VERDICT_OK);
	told("\"icmp.anomaly\":\"hop-limit\"", 1);
	told("net.host.moved", 1);
	again(6);
	memcpy(lab.packet[0].src_ip, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x7", 16);
	assert_int_equal(feed("87 00 0000 00000000 " B6 SOURCE_MAC), WARD_VERDICT_OK);
	told("\"class\":\"net.icmp.neighbor_solicitation\"", 1);
	told("\"src_mac\":\"02:00:00:00:00:01\",\"src_ip\":\"2001:db8::7\"", 1);
}

static void test_queries(void **state)
{
	(void)state;
	again(4);
	assert_int_equal(feed("11 00 0000 00010001 00000000"), WARD_VERDICT_OK);
	told("\"class\":\"net.icmp.query\"", 1);
	told("\"icmp.message\":\"address-mask-request\"", 1);
	assert_int_equal(feed("fd 00 0000"), WARD_VERDICT_OK);
	told("\"class\":\"net.icmp.other\"", 1);
	again(6);
	assert_int_equal(feed("8f 00 0000 00000001"), WARD_VERDICT_OK);
	told("\"icmp.message\":\"multicast-listener-report-2\"", 1);
}

static void test_echo(void **state)
{
	char hex[128];

	(void)state;
	again(4);
	/* a time of 16 bytes in front of what stays the same */
	for (unsigned i = 0; i < 5; i++) {
		(void)snprintf(
			hex, sizeof(hex), "08 00 0000 0001%04x %032x 1011121314151617", i, i);
		assert_int_equal(feed(hex), WARD_VERDICT_OK);
	}
	told("net.icmp", 0);
	for (unsigned i = 0; i < 8; i++) {
		(void)snprintf(hex, sizeof(hex), "08 00 0000 0001%04x %032x %08x%s", i, i, i,
			i == 7 ? "00" : "");
		assert_int_equal(feed(hex), WARD_VERDICT_OK);
	}
	told("\"class\":\"net.icmp.echo\"", 4); /* 1, 2, 4, 8 */
	told("\"icmp.echoes\":13,\"icmp.payload_changes\":8,\"icmp.payload_bytes_min\":20,"
	     "\"icmp.payload_bytes_max\":24",
		1);
	again(6);
	assert_int_equal(feed("80 00 0000 00010001"), WARD_VERDICT_OK);
	assert_int_equal(feed("80 00 0000 00010002 00"), WARD_VERDICT_OK);
	told("\"icmp.payload_bytes_min\":0,\"icmp.payload_bytes_max\":1", 1);
}

static void test_reasons(void **state)
{
	static const struct {
		unsigned version;
		const char *hex;
		enum ward_icmp_reason reason;
	} row[] = {
		{4, "08 00 00", WARD_ICMP_BAD_SHORT},
		{4, "08 00 0000 0001", WARD_ICMP_BAD_SHORT},
		{4, "05 00 0000 0a00", WARD_ICMP_BAD_SHORT},
		{4, "09 00 0000 0102", WARD_ICMP_BAD_SHORT},
		{6, "86 00 0000 40 00 0708 00000000", WARD_ICMP_BAD_SHORT},
		{6, "87 00 0000 00000000 20010db8", WARD_ICMP_BAD_SHORT},
		{6, "89 00 0000 00000000 " A6, WARD_ICMP_BAD_SHORT},
		{6, "87 00 0000 00000000 " A6 "01 00 000000000000", WARD_ICMP_BAD_OPTION},
		{6, "87 00 0000 00000000 " A6 "01 02 000000000000", WARD_ICMP_BAD_OPTION},
		{6, "85 00 0000 00000000 01", WARD_ICMP_BAD_OPTION},
	};
	bool met[WARD_ICMP_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		again(row[i].version);
		enum ward_verdict v = feed(row[i].hex);

		if (v != WARD_VERDICT_MALFORMED || lab.d.reason != row[i].reason)
			fail_msg("%s: %d, %zu", row[i].hex, (int)v, lab.d.reason);
		met[row[i].reason] = true;
	}
	for (size_t i = 0; i < WARD_ICMP_REASON_N; i++)
		assert_true(met[i]);
	again(6);
	lab.partial = true;
	assert_int_equal(feed("87 00 0000 00000000 20010db8"), WARD_VERDICT_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_router),
		cmocka_unit_test(test_neighbor),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
