#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/rdp/rdp.h"

static struct proto_lab lab;
static uint8_t buf[2048];

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_rdp);
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
	proto_lab_again(&lab, &ward_dissect_rdp);
	proto_lab_forget(&lab);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void end(void)
{
	for (unsigned side = 0; side < 2; side++)
		(void)proto_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
}

/* A request or confirmation with what follows its fixed part. */
static struct ward_slice connect(uint8_t code, const void *rest, size_t len)
{
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_be16(&w, 0x0300);
	ward_wr_be16(&w, (uint16_t)(11 + len));
	ward_wr_u8(&w, (uint8_t)(6 + len));
	ward_wr_u8(&w, code);
	ward_wr_bytes(&w, "\0\0\0\0\0", 5);
	ward_wr_bytes(&w, rest, len);
	return ward_wr_slice(&w);
}

#define CONNECT(code, text) connect(code, text, sizeof(text) - 1)
#define COOKIE "Cookie: mstshash=anna\r\n"
#define ASKS "\1\1\10\0\13\0\0\0" /* restricted admin; TLS, CredSSP, its extension */

static enum ward_verdict feed(unsigned side, struct ward_slice s)
{
	return proto_lab_feed(&lab, side, s, false);
}

static void test_negotiation(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, CONNECT(0xe0, COOKIE ASKS)), WARD_VERDICT_OK);
	/* the client may be hasty */
	assert_int_equal(feed(0, ward_slice_of("\x16\3\1", 3)), WARD_VERDICT_MORE);
	expect_told("net.", 0);
	assert_int_equal(feed(1, CONNECT(0xd0, "\2\0\10\0\2\0\0\0")), WARD_VERDICT_OK);
	assert_true(lab.d.handover);
	expect_told("\"class\":\"net.rdp.connection\"", 1);
	expect_told("\"src_port\":50000,\"dst_port\":3389,\"proto\":\"tcp\",\"user\":\"anna\","
		    "\"rdp.requested_protocols\":[\"tls\",\"credssp\",\"credssp-ex\"],"
		    "\"rdp.restricted_admin\":true,\"rdp.selected_protocol\":\"credssp\","
		    "\"rdp.latency_ns\":0,\"rdp.outcome\":\"accepted\"",
		1);
	expect_told("\"service\":\"rdp\",\"user\":\"anna\",\"login.method\":\"credssp\","
		    "\"login.outcome\":\"unknown\"",
		1);
}

static void test_outcomes(void **state)
{
	(void)state;
	again();
	(void)feed(0, CONNECT(0xe0, ASKS));
	(void)feed(1, CONNECT(0xd0, "\3\0\10\0\5\0\0\0"));
	assert_false(lab.d.handover);
	expect_told("\"rdp.failure\":\"hybrid-required-by-server\"", 1);
	expect_told("\"rdp.outcome\":\"refused\"", 1);
	expect_told("net.login", 0);
	(void)feed(0, CONNECT(0xe0, ASKS));
	(void)feed(1, CONNECT(0xd0, "\3\0\10\0\143\0\0\0"));
	expect_told("\"rdp.failure\":99", 1);
	again();
	(void)feed(0, CONNECT(0xe0, COOKIE));
	end();
	expect_told("\"user\":\"anna\",\"rdp.outcome\":\"unanswered\"", 1);
	/* without negotiation it is RDP's own security */
	again();
	(void)feed(0, CONNECT(0xe0, "Cookie: msts=3640205228.15629.0000\r\n"));
	(void)feed(1, CONNECT(0xd0, ""));
	expect_told("\"rdp.routing_token\":\"3640205228.15629.0000\","
		    "\"rdp.selected_protocol\":\"rdp\"",
		1);
	assert_false(lab.d.handover);
	/* an empty line, of those who think that one must be there */
	again();
	(void)feed(0, CONNECT(0xe0, "\r\n"));
	(void)feed(1, CONNECT(0xd0, ""));
	expect_told("\"rdp.outcome\":\"accepted\"", 1);
	/* begun in the middle */
	again();
	(void)feed(0, CONNECT(0xd0, "\2\0\10\0\1\0\0\0"));
	expect_told("\"rdp.selected_protocol\":\"tls\",\"rdp.outcome\":\"accepted\"", 1);
	expect_told("\"src_port\":3389", 2); /* the port of who was asked, in the lab */
}

/* X.224 data with an element of T.125; parts: its own bytes up to the user data. */
static struct ward_slice mcs(
	uint8_t number, struct ward_slice parts, const char *key, struct ward_slice blocks)
{
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t data = 4 + 2 + blocks.len, body = parts.len + 4 + data;

	ward_wr_be16(&w, 0x0300);
	ward_wr_be16(&w, (uint16_t)(7 + 5 + body));
	ward_wr_bytes(&w, "\2\xf0\x80\x7f", 4);
	ward_wr_u8(&w, number);
	ward_wr_u8(&w, 0x82);
	ward_wr_be16(&w, (uint16_t)body);
	ward_wr_bytes(&w, parts.p, parts.len);
	ward_wr_bytes(&w, "\4\x82", 2);
	ward_wr_be16(&w, (uint16_t)data);
	ward_wr_z(&w, key);
	ward_wr_be16(&w, (uint16_t)(0x8000 | blocks.len));
	ward_wr_bytes(&w, blocks.p, blocks.len);
	assert_false(ward_wr_bad(&w));
	return ward_wr_slice(&w);
}

#define INITIAL ward_slice_of("\4\1\1\4\1\1\1\1\xff\x30\0\x30\0\x30\0", 15)
#define RESPONSE ward_slice_of("\x0a\1\0\2\1\0\x30\0", 8)

static struct ward_slice client_blocks(uint8_t *p, size_t cap, bool long_core)
{
	struct ward_wr w = ward_wr_fixed(p, cap);
	static const uint8_t zero[128];

	ward_wr_le16(&w, 0xc001);
	ward_wr_le16(&w, long_core ? 4 + 128 + 14 + 64 : 4 + 128);
	ward_wr_le32(&w, 0x80004);
	ward_wr_le16(&w, 1280);
	ward_wr_le16(&w, 1024);
	ward_wr_bytes(&w, zero, 4);
	ward_wr_le32(&w, 0x409);
	ward_wr_le32(&w, 2600);
	ward_wr_bytes(&w, "P\0C\0\xe9\0\x31\0\0\0x\0", 12);
	ward_wr_bytes(&w, zero, 20 + 76);
	if (long_core) {
		ward_wr_bytes(&w, zero, 14);
		ward_wr_bytes(&w, "i\0d\0", 4);
		ward_wr_bytes(&w, zero, 60);
	}
	ward_wr_bytes(&w, "\2\xc0\14\0\33\0\0\0\0\0\0\0", 12);
	ward_wr_bytes(&w, "\3\xc0\40\0\2\0\0\0rdpdr\0\0\0\0\0\0\0cliprdr\0\0\0\0\0", 32);
	ward_wr_bytes(&w, "\4\xc0\4\0", 4);
	assert_false(ward_wr_bad(&w));
	return ward_wr_slice(&w);
}

static void settle(void)
{
	again();
	(void)feed(0, CONNECT(0xe0, COOKIE));
	(void)feed(1, CONNECT(0xd0, ""));
}

static void test_settings(void **state)
{
	uint8_t p[512];

	(void)state;
	settle();
	assert_int_equal(feed(0, mcs(101, INITIAL, "Duca", client_blocks(p, sizeof(p), true))),
		WARD_VERDICT_OK);
	expect_told("\"rdp.client_name\":\"PC?1\",\"rdp.client_build\":2600,"
		    "\"rdp.client_version\":524292,\"rdp.client_product_id\":\"id\","
		    "\"rdp.keyboard_layout\":1033,\"rdp.desktop_width\":1280,"
		    "\"rdp.desktop_height\":1024,\"rdp.channels\":[\"rdpdr\",\"cliprdr\"],"
		    "\"rdp.encryption_methods\":27",
		1);
	assert_int_equal(
		feed(1, mcs(102, RESPONSE, "McDn",
				ward_slice_of(
					"\1\x0c\10\0\4\0\10\0\2\x0c\14\0\2\0\0\0\3\0\0\0", 20))),
		WARD_VERDICT_OK);
	expect_told("\"src_port\":50000", 4);
	expect_told("\"rdp.server_version\":524292,\"rdp.encryption_method\":2,"
		    "\"rdp.encryption_level\":3",
		1);
	/* nothing more is read */
	assert_int_equal(feed(0, ward_slice_of("anything", 8)), WARD_VERDICT_OK);
	settle();
	(void)feed(0, mcs(101, INITIAL, "Duca", client_blocks(p, sizeof(p), false)));
	expect_told("rdp.client_name", 1);
	expect_told("rdp.client_product_id", 0);
	/* other data is passed over */
	assert_int_equal(feed(0, ward_slice_of("\3\0\0\x0a\2\xf0\x80\4\1\0", 10)), WARD_VERDICT_OK);
	assert_int_equal(feed(1, ward_slice_of("\3\0\0\x0a\2\xf0\x80\4\1\0", 10)), WARD_VERDICT_OK);
}

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t cut = 1; cut < 11 + sizeof(COOKIE ASKS) - 1; cut++) {
		again();
		struct ward_slice s = CONNECT(0xe0, COOKIE ASKS);

		assert_int_equal(feed(0, ward_slice_of(s.p, cut)), WARD_VERDICT_MORE);
	}
}

static void test_gap(void **state)
{
	(void)state;
	settle();
	assert_true(proto_lab_gap(&lab, 0, 10));
	assert_int_equal(feed(0, ward_slice_of("anything", 8)), WARD_VERDICT_OK);
	again();
	assert_false(proto_lab_gap(&lab, 0, 10));
}

static void test_probe(void **state)
{
	(void)state;
	assert_true(ward_dissect_rdp.probe_stream(CONNECT(0xe0, COOKIE ASKS)) == WARD_PROBE_YES);
	assert_true(ward_dissect_rdp.probe_stream(CONNECT(0xd0, "\2\0\10\0\2\0\0\0")) ==
		    WARD_PROBE_YES);
	/* S7: parameters of X.224 */
	assert_false(ward_dissect_rdp.probe_stream(
			     CONNECT(0xe0, "\xc0\1\12\xc1\2\1\0\xc2\2\1\2")) == WARD_PROBE_YES);
	assert_false(ward_dissect_rdp.probe_stream(ward_slice_of("\3\0\0\7\2\xf0\x80", 7)) ==
		     WARD_PROBE_YES);
	assert_false(ward_dissect_rdp.probe_stream(ward_slice_of("\3\0", 2)) == WARD_PROBE_YES);
	assert_false(ward_dissect_rdp.probe_stream(ward_slice_of("GET / HTTP/1.1\r\n", 16)) ==
		     WARD_PROBE_YES);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, CONNECT(0xe0, "")), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, CONNECT(0xe0, ASKS)), WARD_VERDICT_OK);
}

static void expect_reason(unsigned side, struct ward_slice s, enum ward_rdp_reason reason)
{
	uint8_t copy[2048];

	memcpy(copy, s.p, s.len);
	settle();
	assert_int_equal(feed(side, ward_slice_of(copy, s.len)), WARD_VERDICT_MALFORMED);
	assert_int_equal(lab.d.reason, reason);
}

static void test_reasons(void **state)
{
	uint8_t p[512];
	struct ward_slice blocks = client_blocks(p, sizeof(p), false);

	(void)state;
	expect_reason(0, ward_slice_of("GET / HTTP", 10), WARD_RDP_TPKT);
	expect_reason(0, ward_slice_of("\3\0\0\7\2\x99\x80", 7), WARD_RDP_X224);
	expect_reason(0, CONNECT(0xe0, "Cookie: mstshash=anna"), WARD_RDP_X224);
	expect_reason(0, CONNECT(0xe0, "\2\0\10\0\1\0\0\0"), WARD_RDP_NEGOTIATION);
	expect_reason(0, CONNECT(0xe0, ASKS "x"), WARD_RDP_NEGOTIATION);
	expect_reason(1, CONNECT(0xd0, "\2\0\11\0\1\0\0\0"), WARD_RDP_NEGOTIATION);
	expect_reason(0, mcs(101, RESPONSE, "Duca", blocks), WARD_RDP_MCS);
	expect_reason(1, mcs(102, INITIAL, "McDn", blocks), WARD_RDP_MCS);
	expect_reason(0, mcs(101, INITIAL, "Else", blocks), WARD_RDP_GCC);
	expect_reason(1, mcs(102, RESPONSE, "Else", blocks), WARD_RDP_GCC);
	expect_reason(0, mcs(101, INITIAL, "Duca", ward_slice_of("\1\xc0\3\0", 4)), WARD_RDP_BLOCK);
	expect_reason(
		0, mcs(101, INITIAL, "Duca", ward_slice_of("\1\xc0\10\0abcd", 8)), WARD_RDP_BLOCK);
	expect_reason(
		1, mcs(102, RESPONSE, "McDn", ward_slice_of("\2\x0c\10\0abcd", 8)), WARD_RDP_BLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_negotiation),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
