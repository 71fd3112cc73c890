#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/ftp/ftp.h"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_ftp);
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
	proto_lab_again(&lab, &ward_dissect_ftp);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *text)
{
	return proto_lab_feed(&lab, side, ward_slice_of(text, strlen(text)), false);
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

static void test_session(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(1, "220-ProFTPD 1.3\r\n more\r\n220 ready\r\n"), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ftp.server\"", 1);
	expect_told("\"ftp.banner\":\"ProFTPD 1.3\"", 1);
	(void)feed(0, "user anna\r\n");
	(void)feed(1, "331 password\r\n");
	expect_told("net.login", 0);
	(void)feed(0, "PASS geheim\r\n");
	(void)feed(1, "230 in\r\n");
	expect_told("\"user\":\"anna\",\"login.method\":\"password\",\"login.outcome\":\"ok\","
		    "\"login.cleartext\":true",
		1);
	(void)feed(0, "RETR /reports/a b.pdf\r\n");
	(void)feed(1, "150 here it comes\r\n");
	expect_told("RETR", 0);
	(void)feed(1, "226 done\r\n");
	expect_told("\"src_port\":50000,\"dst_port\":21,\"proto\":\"tcp\","
		    "\"ftp.command\":\"RETR\",\"file.name\":\"/reports/a b.pdf\","
		    "\"ftp.reply_code\":226,\"ftp.latency_ns\":0,\"ftp.outcome\":\"ok\"",
		1);
	(void)feed(0, "SYST\r\n\xff\xf4\xff\xf2"
		      "ABOR\r\nXYZZY geheim\r\n");
	(void)feed(1, "215 UNIX Type: L8\r\n226 ok\r\n500 what?\r\n");
	expect_told("\"ftp.system\":\"UNIX Type: L8\"", 1);
	expect_told("\"ftp.command\":\"ABOR\"", 1);
	expect_told("\"ftp.command\":\"other\",\"ftp.reply_code\":500,", 1);
	(void)feed(0, "QUIT\r\n");
	end();
	expect_told("\"ftp.command\":\"QUIT\",\"ftp.outcome\":\"unanswered\"", 1);
	expect_told("geheim", 0);
	expect_told("net.malformed", 0);
}

static void test_logins(void **state)
{
	(void)state;
	again();
	(void)feed(0, "USER a\r\nPASS x\r\n");
	(void)feed(1, "331 \r\n530 no\r\n");
	expect_told("\"login.outcome\":\"failed\",\"login.cleartext\":true", 1);
	(void)feed(0, "USER b\r\n");
	(void)feed(1, "230 no password needed\r\n");
	expect_told("\"user\":\"b\",\"login.method\":\"password\",\"login.outcome\":\"ok\"}", 1);
	(void)feed(0, "USER c\r\nPASS x\r\nACCT y\r\n");
	(void)feed(1, "331 \r\n332 account\r\n230 in\r\n");
	expect_told("\"user\":\"c\",\"login.method\":\"password\",\"login.outcome\":\"ok\","
		    "\"login.cleartext\":true",
		1);
	(void)feed(0, "USER d\r\nPASS x\r\n");
	(void)feed(1, "331 \r\n");
	end();
	expect_told(
		"\"user\":\"d\",\"login.method\":\"password\",\"login.outcome\":\"unknown\"", 1);
	expect_told("net.login", 4);
}

static void test_endpoints(void **state)
{
	(void)state;
	again();
	(void)feed(0, "PORT 10,0,0,1,4,1\r\nPORT 10,9,9,9,0,22\r\nPASV\r\nEPSV\r\n"
		      "EPRT |2|fe80::1|1000|\r\nPORT nowhere\r\nPASV\r\n");
	(void)feed(1, "200 ok\r\n200 ok\r\n227 Entering (10,0,0,2,4,2).\r\n"
		      "229 Entering (|||5000|)\r\n200 ok\r\n501 no\r\n227 =10,0,0,2,1,1\r\n");
	expect_told("\"ftp.data_ip\":\"10.0.0.1\",\"ftp.data_port\":1025,"
		    "\"ftp.data_mode\":\"active\",\"ftp.reply_code\":200",
		1);
	expect_told("\"ftp.data_ip\":\"10.9.9.9\",\"ftp.data_port\":22,"
		    "\"ftp.data_mode\":\"active\",\"ftp.anomaly\":\"data-address-differs\"",
		1);
	expect_told("\"ftp.data_ip\":\"10.0.0.2\",\"ftp.data_port\":1026,"
		    "\"ftp.data_mode\":\"passive\"",
		1);
	expect_told("\"ftp.command\":\"EPSV\",\"ftp.data_port\":5000,", 1);
	expect_told("\"ftp.data_ip\":\"fe80::1\",\"ftp.data_port\":1000", 1);
	expect_told("\"ftp.data_ip\":\"10.0.0.2\",\"ftp.data_port\":257,", 1);
	expect_told("ftp.anomaly", 2); /* and the one of IPv6 */
}

static void test_parsers(void **state)
{
	static const char *const wrong[] = {"", "1,2,3,4,5", "1,2,3,4,5,256", "a,b", "1,,2,3,4,5",
		"1 2,3,4,5,6", "1000,2,3,4,5,6"};
	static const char *const wrong_eprt[] = {"", "|", "|1|10.0.0.1|", "|1|10.0.0.1|0|",
		"|1|10.0.0.1|70000|", "|1|name|1|", "|1|10.0.0.1|x|"};
	struct ward_ftp_endpoint e;
	struct ward_ftp_command c;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++)
		assert_false(ward_ftp_port(ward_str_z(wrong[i]), &e));
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong_eprt); i++)
		assert_false(ward_ftp_eprt(ward_str_z(wrong_eprt[i]), &e));
	assert_true(ward_ftp_port(WARD_STR("x 12 (1,2,3,4,5,6)"), &e));
	assert_true(ward_str_eqz(e.address, "1.2.3.4"));
	assert_true(ward_ftp_port(WARD_STR("255,255,255,255,255,255"), &e));
	assert_true(ward_str_eqz(e.address, "255.255.255.255"));
	assert_false(ward_ftp_command(WARD_STR("no"), &c));
	assert_false(ward_ftp_command(WARD_STR("us3r x"), &c));
	assert_false(ward_ftp_command(WARD_STR("USER \x01"), &c));
}

/* RFC 4217 4; whoever asked may go on at once. */
static void test_handover(void **state)
{
	(void)state;
	again();
	(void)feed(0, "AUTH TLS\r\n");
	assert_int_equal(feed(0, "\x16\x03\x01"), WARD_VERDICT_MORE);
	(void)feed(1, "234 go on\r\n");
	assert_true(lab.d.handover);
	expect_told("\"ftp.auth_mechanism\":\"TLS\"", 1);
	again();
	(void)feed(0, "AUTH TLS\r\n");
	assert_int_equal(feed(0, "USER x\r\n"), WARD_VERDICT_MORE);
	(void)feed(1, "502 no\r\n");
	assert_false(lab.d.handover);
	assert_int_equal(feed(0, "PASS y\r\n"), WARD_VERDICT_OK);
	(void)feed(1, "331 \r\n530 \r\n");
	expect_told("\"user\":\"x\"", 1);
}

static void test_too_many(void **state)
{
	(void)state;
	again();
	for (int i = 0; i < 10; i++)
		(void)feed(0, "NOOP\r\n");
	expect_told("\"ftp.outcome\":\"unanswered\"", 2);
	end();
	expect_told("\"ftp.outcome\":\"unanswered\"", 10);
}

static void test_gap(void **state)
{
	(void)state;
	again();
	(void)feed(0, "NOOP\r\nSTO");
	assert_true(proto_lab_gap(&lab, 0, 10));
	assert_int_equal(feed(0, "rest of it"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, " and\r\nTYPE I\r\n"), WARD_VERDICT_OK);
	(void)feed(1, "200 \r\n200 \r\n");
	expect_told("\"ftp.command\":\"TYPE\"", 1);
	again();
	assert_false(proto_lab_gap(&lab, 0, 10));
}

/* On a port of something else. */
static void test_probe(void **state)
{
	static const char *const foreign[] = {"GET / HTTP/1.1\r\n", "EHLO a\r\n", "hello\r\n",
		"SSH-2.0-x\r\n", "* OK IMAP\r\n", "+OK\r\n", "\x16\x03\x01\r\n", "USER x", ""};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
		assert_false(ward_dissect_ftp.probe_stream(ward_slice_of(
				     foreign[i], strlen(foreign[i]))) == WARD_PROBE_YES);
	again();
	lab.trusted = false;
	assert_int_equal(feed(1, "220 mail ESMTP\r\n"), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "USER x\r\n"), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(feed(1, "421 busy\r\n"), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(feed(1, "220 vsFTPd\r\n"), WARD_VERDICT_OK);
	again();
	lab.trusted = false;
	assert_int_equal(feed(1, "220 hello\r\n"), WARD_VERDICT_MORE);
	assert_int_equal(feed(0, "USER x\r\n"), WARD_VERDICT_OK);
	/* who begins is not always the client */
	again();
	lab.packet[0].src_port = 21;
	lab.packet[0].dst_port = 40000;
	assert_int_equal(feed(0, "220 hello\r\n"), WARD_VERDICT_OK);
	expect_told("\"dst_port\":21", 1);
}

static void expect_reason(unsigned side, const char *text, enum ward_ftp_reason reason)
{
	again();
	(void)feed(0, "NOOP\r\n");
	assert_int_equal(feed(side, text), WARD_VERDICT_MALFORMED);
	assert_int_equal(lab.d.reason, reason);
	assert_true(lab.d.used > 0);
}

static void test_reasons(void **state)
{
	static char longest[5000];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	expect_reason(0, longest, WARD_FTP_LINE_LENGTH);
	expect_reason(1, longest, WARD_FTP_LINE_LENGTH);
	expect_reason(0, "12345\r\n", WARD_FTP_COMMAND);
	expect_reason(1, "hello\r\n", WARD_FTP_REPLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_parsers),
		cmocka_unit_test(test_handover),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
