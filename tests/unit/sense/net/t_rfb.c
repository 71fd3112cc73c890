#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/rfb/rfb.h"

#define INIT "\5\0\3\0" PIXEL
#define PIXEL "\40\30\0\1\0\xff\0\xff\0\xff\20\10\0\0\0\0"
#define RESPONSE "0123456789abcdef"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_rfb);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static enum ward_verdict feed(unsigned side, const char *bytes, size_t len)
{
	return proto_lab_feed(&lab, side, ward_slice_of(bytes, len), false);
}

#define FEED(side, text) feed(side, text, sizeof(text) - 1)

static void greet(const char *client)
{
	proto_lab_again(&lab, &ward_dissect_rfb);
	proto_lab_forget(&lab);
	assert_int_equal(FEED(1, "RFB 003.008\n"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, client, strlen(client)), WARD_VERDICT_OK);
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

static void test_vnc(void **state)
{
	(void)state;
	greet("RFB 003.008\n");
	assert_int_equal(FEED(1, "\2\2\20"), WARD_VERDICT_OK);
	assert_int_equal(FEED(0, "\2"), WARD_VERDICT_OK);
	assert_int_equal(FEED(1, RESPONSE), WARD_VERDICT_OK);
	assert_int_equal(FEED(0, RESPONSE), WARD_VERDICT_OK);
	expect_told("net.", 0);
	assert_int_equal(FEED(1, "\0\0\0\0"), WARD_VERDICT_OK);
	expect_told("\"src_port\":50000,\"dst_port\":5900,\"proto\":\"tcp\",\"service\":\"rfb\","
		    "\"login.method\":\"vnc\",\"login.outcome\":\"ok\"",
		1);
	assert_int_equal(FEED(0, "\1"), WARD_VERDICT_OK);
	assert_int_equal(FEED(1, INIT "\0\0\0\26anna's X desktop (a:1)"), WARD_VERDICT_OK);
	expect_told("\"rfb.server_version\":\"003.008\",\"rfb.client_version\":\"003.008\","
		    "\"rfb.security_types\":[\"vnc\",\"tight\"],\"rfb.security_type\":\"vnc\","
		    "\"rfb.shared\":true,\"rfb.width\":1280,\"rfb.height\":768,"
		    "\"rfb.desktop_name\":\"X desktop (a:1)\",\"rfb.outcome\":\"open\"",
		1);
	expect_told("anna", 0);
	(void)FEED(0, "anything");
	(void)FEED(1, "anything");
	end();
	expect_told("net.", 2);
}

static void test_refusals(void **state)
{
	(void)state;
	greet("RFB 003.008\n");
	(void)FEED(1, "\1\2");
	(void)FEED(0, "\2");
	(void)FEED(1, RESPONSE);
	(void)FEED(0, RESPONSE);
	(void)FEED(1, "\0\0\0\1\0\0\0\2no");
	expect_told("\"login.outcome\":\"failed\"", 1);
	expect_told("\"rfb.outcome\":\"failed\"", 1);
	greet("RFB 003.008\n");
	(void)FEED(1, "\0\0\0\0\2no");
	expect_told("\"rfb.outcome\":\"refused\"", 1);
	greet("RFB 003.003\n");
	(void)FEED(1, "\0\0\0\0\0\0\0\2no");
	expect_told("\"rfb.outcome\":\"refused\"", 1);
	expect_told("net.login", 0);
	greet("RFB 003.008\n");
	(void)FEED(1, "\1\2");
	(void)FEED(0, "\2");
	end();
	expect_told("\"login.method\":\"vnc\",\"login.outcome\":\"unknown\"", 1);
	expect_told("\"rfb.outcome\":\"incomplete\"", 1);
}

/* 7.1.1: what differs before 3.8. */
static void test_versions(void **state)
{
	(void)state;
	greet("RFB 003.003\n");
	(void)FEED(1, "\0\0\0\1");
	expect_told("\"login.method\":\"none\",\"login.outcome\":\"ok\"", 1);
	(void)FEED(0, "\0");
	(void)FEED(1, INIT "\0\0\0\1x");
	expect_told("\"rfb.shared\":false", 1);
	greet("RFB 003.003\n");
	(void)FEED(1, "\0\0\0\2" RESPONSE);
	(void)FEED(0, RESPONSE);
	(void)FEED(1, "\0\0\0\2");
	expect_told("\"login.outcome\":\"failed\"", 1);
	greet("RFB 003.007\n");
	(void)FEED(1, "\1\1");
	(void)FEED(0, "\1\1");
	(void)FEED(1, INIT "\0\0\0\0");
	expect_told("\"rfb.outcome\":\"open\"", 1);
	greet("RFB 003.008\n");
	(void)FEED(1, "\1\1");
	(void)FEED(0, "\1\1");
	(void)FEED(1, "\0\0\0\0" INIT "\0\0\0\0");
	expect_told("\"login.method\":\"none\",\"login.outcome\":\"ok\"", 1);
	expect_told("\"rfb.outcome\":\"open\"", 1);
	/* the server's types can't be read before the client has spoken */
	proto_lab_again(&lab, &ward_dissect_rfb);
	assert_int_equal(FEED(1, "RFB 004.001\n\1\2"), WARD_VERDICT_MORE);
	(void)FEED(0, "RFB 004.001\n\x13");
	(void)FEED(1, "\0");
	expect_told("\"rfb.security_type\":\"vencrypt\"", 1);
	expect_told("\"rfb.outcome\":\"other-security\"", 1);
}

static void test_ard(void **state)
{
	static char bytes[256];

	(void)state;
	greet("RFB 003.889\n");
	(void)FEED(1, "\1\x1e");
	(void)FEED(0, "\x1e");
	(void)FEED(1, "\0\2\0\4PPPPKKKK");
	(void)feed(0, bytes, 128 + 4);
	(void)FEED(1, "\0\0\0\0");
	(void)FEED(0, "\1");
	(void)FEED(1, INIT "\0\0\0\6\0\1\0Mac");
	expect_told("\"login.method\":\"ard\",\"login.outcome\":\"ok\"", 1);
	expect_told("\"rfb.desktop_name\":\"Mac\"", 1);
}

/* A viewer that listens is called by the server. */
static void test_reversed(void **state)
{
	(void)state;
	proto_lab_again(&lab, &ward_dissect_rfb);
	proto_lab_forget(&lab);
	(void)FEED(0, "RFB 003.008\n");
	(void)FEED(1, "RFB 003.003\n");
	(void)FEED(0, "\0\0\0\1");
	expect_told("\"src_port\":5900", 1);
}

static void test_gap(void **state)
{
	(void)state;
	greet("RFB 003.008\n");
	assert_true(proto_lab_gap(&lab, 1, 5));
	assert_int_equal(FEED(1, "anything"), WARD_VERDICT_OK);
	end();
	expect_told("\"rfb.outcome\":\"incomplete\"", 1);
	proto_lab_again(&lab, &ward_dissect_rfb);
	assert_false(proto_lab_gap(&lab, 1, 5));
}

static void test_probe(void **state)
{
	static const char *const foreign[] = {
		"", "RFB", "RFB 003.00", "RFB 003.008\r", "RFB 003x008\n", "SSH-2.0-abcd\n"};

	(void)state;
	assert_true(ward_dissect_rfb.probe_stream(ward_slice_of("RFB 003.008\n", 12)) ==
		    WARD_PROBE_YES);
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
		assert_false(ward_dissect_rfb.probe_stream(ward_slice_of(
				     foreign[i], strlen(foreign[i]))) == WARD_PROBE_YES);
	proto_lab_again(&lab, &ward_dissect_rfb);
	assert_int_equal(FEED(1, "RFB 00"), WARD_VERDICT_MORE);
	proto_lab_again(&lab, &ward_dissect_rfb);
	assert_int_equal(FEED(1, "GET / HTTP/1.1\r\n"), WARD_VERDICT_FOREIGN);
}

static void expect_reason(enum ward_rfb_reason reason, enum ward_verdict v)
{
	assert_int_equal(v, WARD_VERDICT_MALFORMED);
	assert_int_equal(lab.d.reason, reason);
}

static void test_reasons(void **state)
{
	(void)state;
	proto_lab_again(&lab, &ward_dissect_rfb);
	(void)FEED(1, "RFB 003.008\n");
	expect_reason(WARD_RFB_BAD_VERSION, FEED(0, "GET / HTTP/1.1\r\n"));
	greet("RFB 003.008\n");
	(void)FEED(1, "\1\1");
	expect_reason(WARD_RFB_CHOICE, FEED(0, "\0"));
	greet("RFB 003.008\n");
	(void)FEED(1, "\1\1");
	(void)FEED(0, "\1");
	expect_reason(WARD_RFB_RESULT, FEED(1, "\0\0\1\0"));
	greet("RFB 003.008\n");
	expect_reason(WARD_RFB_LENGTH, FEED(1, "\0\1\0\0\0"));
	greet("RFB 003.007\n");
	(void)FEED(1, "\1\1");
	(void)FEED(0, "\1");
	expect_reason(WARD_RFB_LENGTH, FEED(1, INIT "\1\0\0\0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vnc),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_ard),
		cmocka_unit_test(test_reversed),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
