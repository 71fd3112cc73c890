#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/smtp/smtp.h"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_smtp);
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
	proto_lab_again(&lab, &ward_dissect_smtp);
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

static void greet(void)
{
	again();
	(void)feed(1, "220 mx.example ESMTP Postfix\r\n");
	(void)feed(0, "EHLO pc17.example\r\n");
	(void)feed(1, "250-mx.example\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE\r\n");
}

#define ENVELOPE                                                           \
	"MAIL FROM:<anna@a.example> SIZE=9\r\nRCPT TO:<ben@b.example>\r\n" \
	"RCPT TO:<carl@B.example>\r\nRCPT TO: dora@c.example\r\n"

static void test_message(void **state)
{
	(void)state;
	greet();
	expect_told("\"class\":\"net.smtp.hello\"", 1);
	expect_told("\"smtp.hello\":\"pc17.example\","
		    "\"smtp.banner\":\"mx.example ESMTP Postfix\",\"smtp.command\":\"EHLO\","
		    "\"smtp.starttls_offered\":true,\"smtp.auth_offered\":\"PLAIN LOGIN\"",
		1);
	(void)feed(0, ENVELOPE "DATA\r\n");
	(void)feed(1, "250 ok\r\n250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n");
	(void)feed(0, "Subject: secret filename=x\r\nX-Mailer: Device 3.1\r\n"
		      "Content-Type: multipart/mixed;\r\n boundary=b\r\n\r\n"
		      "name=text.txt\r\n--b\r\nContent-Type: application/pdf; name=\"a b.pdf\"\r\n"
		      "Content-Disposition: attachment;\r\n\tfilename=\"a b.pdf\"\r\n\r\nxx\r\n"
		      "--b\r\nContent-Disposition: attachment; filename=c.txt; size=1\r\n\r\n"
		      "..dot\r\n.\r\n");
	expect_told("net.smtp.message", 0);
	(void)feed(1, "250 queued\r\n");
	expect_told("\"smtp.sender_domain\":\"a.example\",\"smtp.recipients\":3,"
		    "\"smtp.recipients_refused\":1,"
		    "\"smtp.recipient_domains\":[\"b.example\",\"c.example\"],",
		1);
	expect_told("\"smtp.user_agent\":\"Device 3.1\","
		    "\"file.name\":[\"a b.pdf\",\"c.txt\"],\"smtp.reply_code\":250,"
		    "\"smtp.latency_ns\":0,\"smtp.outcome\":\"ok\"",
		1);
	(void)feed(0, "QUIT\r\n");
	(void)feed(1, "221 bye\r\n");
	expect_told("\"smtp.command\":\"QUIT\",\"smtp.reply_code\":221", 1);
	expect_told("secret", 0);
	expect_told("anna", 0);
	expect_told("dora", 0);
	expect_told("net.malformed", 0);
}

static void test_transactions(void **state)
{
	(void)state;
	greet();
	(void)feed(0, ENVELOPE "RSET\r\n");
	(void)feed(1, "250 ok\r\n550 no\r\n550 no\r\n550 no\r\n250 ok\r\n");
	expect_told("\"smtp.recipients_refused\":3", 1);
	expect_told("\"smtp.outcome\":\"abandoned\"", 1);
	(void)feed(0, "MAIL FROM:<>\r\n");
	(void)feed(1, "451 later\r\n");
	expect_told("\"smtp.outcome\":\"abandoned\"", 2);
	(void)feed(0, ENVELOPE "DATA\r\n");
	(void)feed(1, "250 \r\n250 \r\n250 \r\n250 \r\n");
	/* held until the answer says what it is */
	assert_int_equal(feed(0, "VRFY root\r\n"), WARD_VERDICT_MORE);
	(void)feed(1, "554 no\r\n");
	expect_told("\"smtp.reply_code\":554", 1);
	(void)feed(0, "EXPN staff\r\n");
	(void)feed(1, "252 maybe\r\n550 no\r\n");
	expect_told("\"smtp.command\":\"VRFY\",\"smtp.reply_code\":252", 1);
	expect_told("\"smtp.command\":\"EXPN\",\"smtp.reply_code\":550", 1);
	expect_told("root", 0);
	(void)feed(0, ENVELOPE "NOOP\r\n");
	end();
	expect_told("\"smtp.command\":\"NOOP\",\"smtp.outcome\":\"unanswered\"", 1);
	expect_told("\"smtp.outcome\":\"abandoned\"", 3);
}

static void test_chunks(void **state)
{
	(void)state;
	greet();
	(void)feed(0, ENVELOPE "BDAT 40\r\nContent-Type: image/png; name=scan.png\r\n");
	(void)feed(0, "BDAT 3\r\n.\r\nBDAT 0 LAST\r\n");
	(void)feed(1, "250 \r\n250 \r\n250 \r\n250 \r\n250 40\r\n250 3\r\n");
	expect_told("net.smtp.message", 0);
	(void)feed(1, "250 done\r\n");
	expect_told("\"smtp.data_bytes\":43,\"file.name\":\"scan.png\"", 1);
}

static void login(const char *client, const char *reply)
{
	greet();
	(void)feed(0, "AUTH ");
	(void)feed(0, client);
	(void)feed(1, "334 \r\n");
	(void)feed(1, reply);
}

static void test_logins(void **state)
{
	(void)state;
	login("PLAIN AGFubmEAZ2VoZWlt\r\n", "235 ok\r\n");
	expect_told("\"user\":\"anna\",\"login.method\":\"plain\",\"login.outcome\":\"ok\","
		    "\"login.cleartext\":true",
		1);
	login("PLAIN\r\nAGFubmEAZ2VoZWlt\r\n", "535 no\r\n");
	expect_told("\"user\":\"anna\",\"login.method\":\"plain\",\"login.outcome\":\"failed\"", 1);
	login("login\r\nYW5uYQ==\r\nZ2VoZWlt\r\n", "235 ok\r\n");
	expect_told("\"user\":\"anna\",\"login.method\":\"login\",\"login.outcome\":\"ok\"", 1);
	login("LOGIN YW5uYQ==\r\nZ2VoZWlt\r\n", "235 ok\r\n");
	expect_told("\"user\":\"anna\"", 1);
	login("CRAM-MD5\r\nYW5uYSBkMQ==\r\n", "235 ok\r\n");
	expect_told("\"user\":\"anna\",\"login.method\":\"cram-md5\",\"login.outcome\":\"ok\"}", 1);
	login("XOAUTH2 dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHQBAQ==\r\n", "235 ok\r\n");
	expect_told("\"user\":\"anna\",\"login.method\":\"xoauth2\"", 1);
	login("NTLM TlRM\r\n*\r\n", "501 cancelled\r\n");
	expect_told("\"login.method\":\"ntlm\",\"login.outcome\":\"failed\"", 1);
	login("SCRAM-SHA-1 eCx5\r\neCx5\r\neCx5\r\n", "235 ok\r\n");
	expect_told("\"service\":\"smtp\",\"login.outcome\":\"ok\"", 1);
	login("PLAIN AGFubmEAZ2VoZWlt\r\n", "");
	end();
	expect_told("\"login.outcome\":\"unknown\"", 1);
	expect_told("geheim", 0);
	/* the commands go on */
	login("PLAIN AGFubmEAZ2VoZWlt\r\nNOOP\r\n", "235 ok\r\n250 ok\r\n");
	expect_told("\"smtp.command\":\"NOOP\"", 1);
}

static void test_handover(void **state)
{
	(void)state;
	greet();
	(void)feed(0, "STARTTLS\r\n");
	assert_int_equal(feed(0, "\x16\x03\x01"), WARD_VERDICT_MORE);
	(void)feed(1, "220 go\r\n");
	assert_true(lab.d.handover);
	greet();
	(void)feed(0, "STARTTLS\r\n");
	(void)feed(1, "454 no\r\n");
	assert_false(lab.d.handover);
	expect_told("\"smtp.command\":\"STARTTLS\",\"smtp.reply_code\":454", 1);
}

/* Only the client is heard. */
static void test_one_side(void **state)
{
	(void)state;
	again();
	(void)feed(0, "EHLO a\r\n" ENVELOPE "DATA\r\nhello\r\n.\r\nQUIT\r\n");
	expect_told("\"smtp.data_bytes\":7,\"smtp.outcome\":\"unanswered\"", 1);
	end();
	expect_told("\"smtp.command\":\"QUIT\",\"smtp.outcome\":\"unanswered\"", 1);
}

static void test_limits(void **state)
{
	static char longest[9000];

	(void)state;
	greet();
	for (int i = 0; i < 40; i++)
		(void)feed(0, "NOOP\r\n");
	expect_told("\"smtp.outcome\":\"unanswered\"", 8);
	greet();
	(void)feed(0, ENVELOPE "DATA\r\n");
	(void)feed(1, "250 \r\n250 \r\n250 \r\n250 \r\n354 go\r\n");
	memset(longest, 'x', sizeof(longest) - 1);
	(void)feed(0, longest);
	(void)feed(0, "\r\n.\r\n");
	(void)feed(1, "250 ok\r\n");
	expect_told("\"smtp.data_bytes\":9001", 1);
}

static void test_gap(void **state)
{
	(void)state;
	greet();
	(void)feed(0, ENVELOPE "DATA\r\n");
	(void)feed(1, "250 \r\n250 \r\n250 \r\n250 \r\n354 go\r\n");
	(void)feed(0, "hello\r\n");
	assert_true(proto_lab_gap(&lab, 0, 100));
	(void)feed(0, ".\r\nmore\r\n.\r\n");
	(void)feed(1, "250 ok\r\n");
	expect_told("\"smtp.data_bytes\":116", 1);
	(void)feed(0, ENVELOPE "BDAT 100 LAST\r\n");
	assert_true(proto_lab_gap(&lab, 0, 100));
	(void)feed(0, "NOOP\r\n");
	assert_true(proto_lab_gap(&lab, 0, 100));
	assert_int_equal(feed(0, "rest\r\nVRFY x\r\n"), WARD_VERDICT_OK);
	(void)feed(1, "250 \r\n250 \r\n250 \r\n250 \r\n250 ok\r\n250 ok\r\n252 ?\r\n");
	expect_told("\"smtp.data_bytes\":100", 1);
	expect_told("\"smtp.command\":\"NOOP\"", 1);
	expect_told("\"smtp.command\":\"VRFY\",\"smtp.reply_code\":252", 1);
	again();
	assert_false(proto_lab_gap(&lab, 0, 1));
}

/* On a port of something else. */
static void test_probe(void **state)
{
	static const char *const foreign[] = {"GET / HTTP/1.1\r\n", "hello\r\n", "SSH-2.0-x\r\n",
		"* OK IMAP\r\n", "+OK\r\n", "\x16\x03\x01\r\n", "EHLO x", ""};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
		assert_false(ward_dissect_smtp.probe_stream(ward_slice_of(
				     foreign[i], strlen(foreign[i]))) == WARD_PROBE_YES);
	again();
	lab.trusted = false;
	assert_int_equal(feed(1, "220 my FTP\r\n"), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "QUIT\r\n"), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(feed(1, "220 hello\r\n"), WARD_VERDICT_MORE);
	assert_int_equal(feed(0, "HELO a\r\n"), WARD_VERDICT_OK);
	(void)feed(1, "250 a\r\n");
	expect_told("\"smtp.banner\":\"hello\"", 1); /* though the client was faster */
	again();
	lab.packet[0].src_port = 25;
	lab.packet[0].dst_port = 40000;
	lab.packet[1].src_port = 40000;
	lab.packet[1].dst_port = 25;
	assert_int_equal(feed(0, "220 hello\r\n"), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "HELO a\r\n"), WARD_VERDICT_OK);
	end();
	expect_told("\"dst_port\":25", 1);
}

static void test_parsers(void **state)
{
	struct ward_str domain;
	uint64_t n;
	bool last;

	(void)state;
	assert_true(ward_smtp_domain(WARD_STR("FROM:<\"a@b\"@c.example>"), &domain));
	assert_true(ward_str_eqz(domain, "c.example"));
	assert_true(ward_smtp_domain(WARD_STR("to:<postmaster>"), &domain) && !domain.len);
	assert_true(ward_smtp_domain(WARD_STR("TO:<a@b c>"), &domain) && !domain.len);
	assert_false(ward_smtp_domain(WARD_STR("<a@b>"), &domain));
	assert_true(ward_smtp_chunk(WARD_STR("10 last"), &n, &last) && n == 10 && last);
	assert_false(ward_smtp_chunk(WARD_STR("10 first"), &n, &last));
	assert_false(ward_smtp_chunk(WARD_STR(""), &n, &last));
	assert_int_equal(
		ward_smtp_identity(WARD_SMTP_MECHANISM_PLAIN, ward_slice_of("anna", 4)).len, 0);
	assert_int_equal(
		ward_smtp_identity(WARD_SMTP_MECHANISM_CRAM_MD5, ward_slice_of("anna", 4)).len, 0);
	assert_int_equal(
		ward_smtp_identity(WARD_SMTP_MECHANISM_XOAUTH2, ward_slice_of("anna", 4)).len, 0);
}

static void expect_reason(unsigned side, const char *text, enum ward_smtp_reason reason)
{
	greet();
	assert_int_equal(feed(side, text), WARD_VERDICT_MALFORMED);
	assert_int_equal(lab.d.reason, reason);
	assert_true(lab.d.used > 0);
}

static void test_reasons(void **state)
{
	static char longest[5000];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	expect_reason(0, longest, WARD_SMTP_LINE_LENGTH);
	expect_reason(0, "1 2 3\r\n", WARD_SMTP_COMMAND);
	expect_reason(0, "MAIL anna@a.example\r\n", WARD_SMTP_ADDRESS);
	expect_reason(0, "BDAT\r\n", WARD_SMTP_CHUNK);
	expect_reason(0, "AUTH PLAIN a b\r\n", WARD_SMTP_RESPONSE);
	expect_reason(0, "AUTH PLAIN\r\n?\r\n", WARD_SMTP_RESPONSE);
	expect_reason(1, "hello\r\n", WARD_SMTP_REPLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_transactions),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_handover),
		cmocka_unit_test(test_one_side),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_parsers),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
