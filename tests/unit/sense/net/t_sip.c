#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/sip/sip.h"

#include <stdio.h>

static struct proto_lab lab;
static const struct ward_dissector *module = &ward_dissect_sip;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_sip);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

/* A new connection; what the sensor remembers of calls stays. */
static void again(const struct ward_dissector *m)
{
	module = m;
	proto_lab_again(&lab, m);
	proto_lab_forget(&lab);
	lab.trusted = true;
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

static void later(ward_ns time)
{
	lab.frame.time += time;
}

/* One message; cseq "1 INVITE"; more: further lines, each with its end. */
static enum ward_verdict say(
	unsigned side, const char *first, const char *call, const char *cseq, const char *more)
{
	char text[2048];

	(void)snprintf(text, sizeof(text),
		"%s\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa\r\n"
		"From: \"DOE, Jane\" <sip:+33639980001@carrier.example>;tag=1\r\n"
		"To: <sip:0491550015@10.0.0.1>%s\r\nCall-ID: %s\r\nCSeq: %s\r\n%s"
		"Content-Length: 0\r\n\r\n",
		first, strstr(cseq, "INVITE") || strstr(cseq, "REGISTER") ? "" : ";tag=2", call,
		cseq, more);
	return feed(side, text);
}

static void invite(const char *call)
{
	assert_int_equal(say(0, "INVITE sip:0491550015@10.0.0.1 SIP/2.0", call, "1 INVITE", ""),
		WARD_VERDICT_OK);
}

static void answer(const char *call, const char *first)
{
	assert_int_equal(say(1, first, call, "1 INVITE", ""), WARD_VERDICT_OK);
}

static void test_call(void **state)
{
	(void)state;
	again(&ward_dissect_sip);
	invite("a");
	invite("a"); /* sent again, since nothing was answered yet */
	expect_told("\"class\":\"net.sip.invite\"", 1);
	expect_told("\"sip.method\":\"INVITE\",\"user\":\"+33639980001\","
		    "\"target_user\":\"0491550015\"",
		1);
	expect_told("DOE", 0);
	later(4 * WARD_NS_PER_S);
	answer("a", "SIP/2.0 180 Ringing");
	answer("a", "SIP/2.0 200 OK");
	assert_int_equal(say(0, "ACK sip:b SIP/2.0", "a", "1 ACK", ""), WARD_VERDICT_OK);
	expect_told("net.sip.call", 0);
	later(90 * WARD_NS_PER_S);
	/* Who was called hangs up, on another flow: told from who called all the same. */
	again(&ward_dissect_sip);
	assert_int_equal(say(1, "BYE sip:a SIP/2.0", "a", "7 BYE", ""), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.sip.call\"", 1);
	expect_told("\"outcome\":\"answered\",\"sip.rang_ns\":4000000000,"
		    "\"duration_ns\":90000000000,\"sip.ended_by\":\"called\"",
		1);
	expect_told("\"src_ip\":\"10.0.0.1\"", 1);
	assert_int_equal(say(0, "SIP/2.0 200 OK", "a", "7 BYE", ""), WARD_VERDICT_OK);
	expect_told("\"class\"", 1);
}

static void test_outcomes(void **state)
{
	static const struct {
		const char *answer, *outcome;
	} rows[] = {
		{"SIP/2.0 486 Busy Here", "busy"},
		{"SIP/2.0 600 Busy Everywhere", "busy"},
		{"SIP/2.0 503 Service Unavailable", "unavailable"},
		{"SIP/2.0 487 Request Terminated", "cancelled"},
		{"SIP/2.0 480 Temporarily Unavailable", "unanswered"},
		{"SIP/2.0 408 Request Timeout", "unanswered"},
		{"SIP/2.0 404 Not Found", "unknown_number"},
		{"SIP/2.0 604 Does Not Exist Anywhere", "unknown_number"},
		{"SIP/2.0 302 Moved Temporarily", "redirected"},
		{"SIP/2.0 603 Decline", "refused"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		char want[64];

		again(&ward_dissect_sip);
		invite("b");
		answer("b", rows[i].answer);
		answer("b", rows[i].answer); /* sent again */
		(void)snprintf(want, sizeof(want), "\"outcome\":\"%s\"", rows[i].outcome);
		expect_told(want, 1);
		expect_told("net.sip.call", 1);
	}
}

/* A password is asked for: it is one call all along. */
static void test_challenged(void **state)
{
	static const char ask[] = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
	static const char old[] =
		"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", stale=TRUE\r\n";
	static const char show[] = "Authorization: Digest username=\"u\", response=\"x\"\r\n";
	static const char call[] = "INVITE sip:c@10.0.0.1 SIP/2.0";
	static const char no[] = "SIP/2.0 401 Unauthorized";

	(void)state;
	again(&ward_dissect_sip);
	assert_int_equal(say(0, call, "c", "1 INVITE", ""), WARD_VERDICT_OK);
	assert_int_equal(say(1, no, "c", "1 INVITE", ask), WARD_VERDICT_OK);
	expect_told("net.login", 0);
	assert_int_equal(say(0, call, "c", "2 INVITE", show), WARD_VERDICT_OK);
	assert_int_equal(say(1, no, "c", "2 INVITE", old), WARD_VERDICT_OK);
	expect_told("net.login", 0);
	assert_int_equal(say(0, call, "c", "3 INVITE", show), WARD_VERDICT_OK);
	assert_int_equal(say(1, no, "c", "3 INVITE", ask), WARD_VERDICT_OK);
	expect_told("\"service\":\"sip\",\"user\":\"+33639980001\",\"login.method\":\"digest\","
		    "\"login.outcome\":\"failed\"",
		1);
	expect_told("net.sip.invite", 1);
	expect_told("net.sip.call", 0);
	assert_int_equal(say(1, "SIP/2.0 200 OK", "c", "3 INVITE", ""), WARD_VERDICT_OK);
	assert_int_equal(say(0, "BYE sip:b SIP/2.0", "c", "4 BYE", ""), WARD_VERDICT_OK);
	expect_told("\"sip.ended_by\":\"caller\"", 1);
}

static void test_register(void **state)
{
	static const char reg[] = "REGISTER sip:10.0.0.1 SIP/2.0";
	static const char show[] = "Authorization: Digest username=\"u\", response=\"x\"\r\n"
				   "User-Agent: phone/1\r\n";

	(void)state;
	again(&ward_dissect_sip);
	assert_int_equal(say(0, reg, "d", "1 REGISTER", ""), WARD_VERDICT_OK);
	assert_int_equal(say(1, "SIP/2.0 401 No", "d", "1 REGISTER", ""), WARD_VERDICT_OK);
	assert_int_equal(say(0, reg, "d", "2 REGISTER", show), WARD_VERDICT_OK);
	assert_int_equal(say(0, reg, "d", "2 REGISTER", show), WARD_VERDICT_OK);
	assert_int_equal(say(1, "SIP/2.0 403 No", "d", "2 REGISTER", ""), WARD_VERDICT_OK);
	expect_told("\"login.outcome\":\"failed\"", 1);
	expect_told("\"class\":\"net.sip.request\"", 2);
	expect_told("\"sip.user_agent\":\"phone/1\"", 1);
	expect_told("\"class\":\"net.sip.refused\"", 1);
	expect_told("\"sip.method\":\"REGISTER\",\"sip.status\":403", 1);
	assert_int_equal(say(0, reg, "d", "3 REGISTER", show), WARD_VERDICT_OK);
	assert_int_equal(say(1, "SIP/2.0 200 OK", "d", "3 REGISTER", ""), WARD_VERDICT_OK);
	expect_told("\"login.outcome\":\"ok\"", 1);
	expect_told("net.sip.call", 0);
}

/* Who calls gives up; a call of which no end is seen; more calls at once than are kept. */
static void test_without_end(void **state)
{
	char call[32];

	(void)state;
	again(&ward_dissect_sip);
	invite("e");
	assert_int_equal(say(0, "CANCEL sip:b SIP/2.0", "e", "1 CANCEL", ""), WARD_VERDICT_OK);
	invite("f");
	later(200 * WARD_NS_PER_S);
	for (size_t i = 0; i < 2 * WARD_SIP_CALL_SETS; i++)
		assert_int_equal(
			say(0, "OPTIONS sip:b SIP/2.0", "g", "1 OPTIONS", ""), WARD_VERDICT_OK);
	expect_told("\"outcome\":\"cancelled\"", 1);
	expect_told("\"outcome\":\"unanswered\"", 1);
	again(&ward_dissect_sip);
	for (size_t i = 0; i < 2 * WARD_SIP_CALL_SETS * WARD_SIP_CALL_WAYS; i++) {
		(void)snprintf(call, sizeof(call), "h%zu", i);
		invite(call);
		answer(call, "SIP/2.0 200 OK");
	}
	assert_true(proto_lab_seen(&lab, "\"outcome\":\"unseen\"") >=
		    WARD_SIP_CALL_SETS * WARD_SIP_CALL_WAYS);
}

static void test_who(void **state)
{
	(void)state;
	again(&ward_dissect_sip);
	assert_int_equal(say(0, "INVITE sip:b@c SIP/2.0", "i", "1 INVITE",
				 "P-Asserted-Identity: <tel:+33639980777;ext=1>\r\n"),
		WARD_VERDICT_OK);
	expect_told("\"user\":\"+33639980777\"", 1);
	again(&ward_dissect_sip);
	assert_int_equal(feed(0, "MESSAGE sip:b@c SIP/2.0\r\nv: SIP/2.0/UDP a\r\n"
				 "f: <sip:anonymous@anonymous.invalid>;tag=1\r\nt: <sip:x:y@c>\r\n"
				 "i: j\r\nCSeq: 1 MESSAGE\r\n\r\nhello"),
		WARD_VERDICT_OK);
	expect_told("\"sip.method\":\"MESSAGE\",\"target_user\":\"x\"", 1);
	expect_told("\"user\"", 0);
	expect_told("hello", 0);
}

static void test_reasons(void **state)
{
	static const char head[] = "OPTIONS sip:a@b SIP/2.0\r\n";
	char many[8192] = "OPTIONS sip:a@b SIP/2.0\r\n";

	(void)state;
	while (strlen(many) + 64 < sizeof(many))
		strncat(many, "Via: SIP/2.0/UDP a\r\n", sizeof(many) - strlen(many) - 1);
	const struct {
		const struct ward_dissector *module;
		const char *text, *reason;
	} rows[] = {
		{&ward_dissect_sip, "no message", "net.sip.reject.start_line"},
		{&ward_dissect_sip, "GET / HTTP/1.1\r\n\r\n", "net.sip.reject.start_line"},
		{&ward_dissect_sip, "SIP/2.0 700 No\r\n\r\n", "net.sip.reject.start_line"},
		{&ward_dissect_sip, head, "net.sip.reject.fields"},
		{&ward_dissect_sip, many, "net.sip.reject.limit"},
		{&ward_dissect_sip_stream, "INVITE http://a", "net.sip.reject.start_line"},
		{&ward_dissect_sip_stream, "OPTIONS sip:a@b SIP/2.0\r\nVia: a\r\n\r\n",
			"net.sip.reject.length"},
		{&ward_dissect_sip_stream, "OPTIONS sip:a@b SIP/2.0\r\nl: -1\r\n\r\n",
			"net.sip.reject.length"},
		{&ward_dissect_sip_stream, "OPTIONS sip:a@b SIP/2.0\r\nl: 9000\r\n\r\n",
			"net.sip.reject.limit"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		again(rows[i].module);
		lab.confirmed = true; /* it was SIP until now */
		assert_int_equal(feed(0, rows[i].text), WARD_VERDICT_MALFORMED);
		assert_string_equal(rows[i].module->reason[lab.d.reason], rows[i].reason);
		expect_told("\"class\"", 0);
	}
	again(&ward_dissect_sip);
	assert_int_equal(feed(0, "\r\n\r\n"), WARD_VERDICT_OK);
	lab.partial = true;
	assert_int_equal(feed(0, head), WARD_VERDICT_MORE);
	lab.partial = false;
	expect_told("\"class\"", 0);
}

static void test_stream(void **state)
{
	static const char message[] = "SUBSCRIBE sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n"
				      "From: <sip:1@b>;tag=1\r\nTo: <sip:2@b>\r\nCall-ID: k\r\n"
				      "CSeq: 1 SUBSCRIBE\r\nContent-Length:\t5\r\n\r\n12345";

	(void)state;
	again(&ward_dissect_sip_stream);
	for (size_t i = 0; i + 1 < sizeof(message); i++) {
		expect_told("\"class\"", 0);
		assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of(message + i, 1), false),
			i + 2 < sizeof(message) ? WARD_VERDICT_MORE : WARD_VERDICT_OK);
	}
	expect_told("\"sip.method\":\"SUBSCRIBE\"", 1);
	/* Something is lost, and what follows is found where it begins. */
	assert_true(proto_lab_gap(&lab, 0, 100));
	assert_int_equal(feed(0, "a: b\r\n\r\n"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, message), WARD_VERDICT_OK);
	expect_told("\"sip.method\":\"SUBSCRIBE\"", 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_challenged),
		cmocka_unit_test(test_register),
		cmocka_unit_test(test_without_end),
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
