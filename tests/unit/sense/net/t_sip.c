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

/* A sensor that has not heard anything. */
static void fresh(void)
{
	proto_lab_close(&lab);
	proto_lab_open(&lab, &ward_dissect_sip);
	again(&ward_dissect_sip);
	lab.frame.time = WARD_NS_PER_S;
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

/* A message of who calls, or to them: what is not given is as in any call. */
struct words {
	const char *first, *call, *cseq; /* cseq: "1 INVITE" */
	const char *from, *to, *tag, *to_tag, *branch, *more;
};

static enum ward_verdict deliver(unsigned side, struct words w)
{
	char text[4096];

	(void)snprintf(text, sizeof(text),
		"%s\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK%s\r\nFrom: %s;tag=%s\r\n"
		"To: %s%s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n%sContent-Length: 0\r\n\r\n",
		w.first, w.branch ? w.branch : "a",
		w.from ? w.from : "<sip:+33639980001@c.example>", w.tag ? w.tag : "1",
		w.to ? w.to : "<sip:15@10.0.0.1>", w.to_tag ? ";tag=" : "",
		w.to_tag ? w.to_tag : "", w.call, w.cseq, w.more ? w.more : "");
	return feed(side, text);
}

static void must(
	unsigned side, const char *first, const char *call, const char *cseq, struct words w)
{
	w.first = first;
	w.call = call;
	w.cseq = cseq;
	assert_int_equal(deliver(side, w), WARD_VERDICT_OK);
}

/* One message of a call between tags 1 and 2; more: further lines, each with its end. */
static enum ward_verdict say(
	unsigned side, const char *first, const char *call, const char *cseq, const char *more)
{
	char text[2048];
	bool answers = strncmp(first, "SIP/2.0", 7) == 0;
	bool begins = !answers && (strstr(cseq, "INVITE") || strstr(cseq, "REGISTER"));
	bool turned = answers == (side == 0); /* it belongs to what the called side asks */

	(void)snprintf(text, sizeof(text),
		"%s\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa\r\n"
		"From: \"DOE, Jane\" <sip:+33639980001@carrier.example>;tag=%s\r\n"
		"To: <sip:0491550015@10.0.0.1>%s\r\nCall-ID: %s\r\nCSeq: %s\r\n%s"
		"Content-Length: 0\r\n\r\n",
		first, turned ? "2" : "1", begins ? "" : (turned ? ";tag=1" : ";tag=2"), call, cseq,
		more);
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
		later(40 * WARD_NS_PER_S);
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
	assert_int_equal(say(0, "OPTIONS sip:b SIP/2.0", "g", "1 OPTIONS", ""), WARD_VERDICT_OK);
	expect_told("\"outcome\":\"cancelled\"", 1);
	expect_told("\"outcome\":\"unanswered\"", 1);
	again(&ward_dissect_sip);
	for (size_t i = 0; i < WARD_SIP_CALLS + 8; i++) {
		(void)snprintf(call, sizeof(call), "h%zu", i);
		invite(call);
		answer(call, "SIP/2.0 200 OK");
		if (i < WARD_SIP_CALLS) /* whatever Call-IDs are chosen: all that fit */
			expect_told("\"outcome\":\"unseen\"", 0);
	}
	expect_told("\"outcome\":\"unseen\"", 8);
	/* What rings gives way to what is new, not what lasts. */
	for (size_t i = 0; i < WARD_SIP_CALLS; i++) {
		(void)snprintf(call, sizeof(call), "r%zu", i);
		invite(call);
	}
	expect_told("\"outcome\":\"unseen\"", 8 + WARD_SIP_CALLS);
	/* whether somebody answers them nobody knows */
	expect_told("\"outcome\":\"unanswered\"", 0);
}

static const char ring[] = "INVITE sip:15@10.0.0.1 SIP/2.0", took[] = "SIP/2.0 200 OK",
		  bye[] = "BYE sip:15@10.0.0.1 SIP/2.0", ack[] = "ACK sip:15@10.0.0.1 SIP/2.0",
		  busy[] = "SIP/2.0 486 Busy Here";

/* One Call-ID, a tag for each: each is a call (RFC 3261 12). */
static void test_one_call_id(void **state)
{
	static const char *const tag[] = {"t1", "t2", "t3"}, *const theirs[] = {"x1", "x2", "x3"};

	(void)state;
	fresh();
	for (size_t i = 0; i < 3; i++) {
		must(0, ring, "one", "1 INVITE", (struct words){.tag = tag[i]});
		must(1, took, "one", "1 INVITE",
			(struct words){.tag = tag[i], .to_tag = theirs[i]});
		must(0, ack, "one", "1 ACK", (struct words){.tag = tag[i], .to_tag = theirs[i]});
	}
	later(WARD_NS_PER_S);
	expect_told("net.sip.invite", 3);
	must(0, bye, "one", "2 BYE", (struct words){.tag = "t1", .to_tag = "x1"});
	must(1, bye, "one", "2 BYE", (struct words){.tag = "x2", .to_tag = "t2"});
	expect_told("\"duration_ns\":1000000000,\"sip.ended_by\":\"caller\"", 1);
	expect_told("\"duration_ns\":1000000000,\"sip.ended_by\":\"called\"", 1);
	expect_told("net.sip.call", 2);
	/* The tag, too, is the same: what was not asked for again is a call of its own. */
	must(0, ring, "two", "1 INVITE", (struct words){.more = NULL});
	must(0, ring, "two", "2 INVITE", (struct words){.more = NULL});
	must(1, took, "two", "2 INVITE", (struct words){.to_tag = "x"});
	must(0, ring, "two", "3 INVITE", (struct words){.more = NULL});
	expect_told("net.sip.invite", 6);
	later(200 * WARD_NS_PER_S);
	must(0, bye, "none", "1 BYE", (struct words){.to_tag = "x"});
	expect_told("\"outcome\":\"unanswered\"", 2);
	later(12 * 3600 * WARD_NS_PER_S);
	must(0, bye, "none", "1 BYE", (struct words){.to_tag = "x"});
	expect_told("\"outcome\":\"unseen\"", 2); /* the third of "one" as well */
}

/* Who floods a number under one Call-ID, tag and CSeq: a branch of its own is a call of its own
 * (17.2.3), and what becomes of each is told of that one. */
static void test_one_cseq(void **state)
{
	static const char *const branch[] = {"p", "q", "r", "s"}, *const tag[] = {"w", "x", "y"};

	(void)state;
	fresh();
	for (size_t n = 0; n < 2; n++) /* each is sent twice */
		for (size_t i = 0; i < 4; i++)
			must(0, ring, "one", "1 INVITE", (struct words){.branch = branch[i]});
	expect_told("net.sip.invite", 4);
	must(0, "CANCEL sip:15@10.0.0.1 SIP/2.0", "one", "1 CANCEL", (struct words){.branch = "p"});
	must(1, "SIP/2.0 487 No", "one", "1 INVITE", (struct words){.branch = "p", .to_tag = "v"});
	must(1, busy, "one", "1 INVITE", (struct words){.branch = "s", .to_tag = "v"});
	for (size_t i = 0; i < 2; i++) /* of one that is aside, and of all others the last */
		must(1, took, "one", "1 INVITE",
			(struct words){.branch = branch[1 + i], .to_tag = tag[i]});
	expect_told("\"outcome\":\"cancelled\"", 1);
	expect_told("\"outcome\":\"busy\"", 1);
	later(2 * WARD_NS_PER_S);
	must(0, bye, "one", "2 BYE", (struct words){.branch = "t", .to_tag = "w"});
	must(1, bye, "one", "2 BYE", (struct words){.branch = "u", .tag = "x", .to_tag = "1"});
	expect_told("\"duration_ns\":2000000000,\"sip.ended_by\":\"caller\"", 1);
	expect_told("\"duration_ns\":2000000000,\"sip.ended_by\":\"called\"", 1);
	expect_told("net.sip.call", 4);
	/* one after the other, each taken: its own answers' tags tell them apart */
	for (size_t i = 0; i < 3; i++) {
		must(0, ring, "two", "1 INVITE", (struct words){.branch = branch[i]});
		must(1, took, "two", "1 INVITE",
			(struct words){.branch = branch[i], .to_tag = tag[i]});
	}
	for (size_t i = 0; i < 3; i++)
		must(0, bye, "two", "2 BYE", (struct words){.branch = "t", .to_tag = tag[i]});
	expect_told("net.sip.invite", 7);
	expect_told("\"sip.rang_ns\":0,\"duration_ns\":0", 3);
	/* refused, acknowledged, and asked anew */
	for (size_t i = 0; i < 3; i++) {
		const struct words of = {.branch = branch[i], .to_tag = "z"};

		must(0, ring, "three", "1 INVITE", (struct words){.branch = branch[i]});
		must(1, busy, "three", "1 INVITE", of);
		must(0, ack, "three", "1 ACK", of);
	}
	expect_told("net.sip.invite", 10);
	expect_told("\"outcome\":\"busy\"", 4);
	expect_told("\"outcome\":\"unseen\"", 0);
}

/* Nor do they hide behind one branch who call others, or send it from elsewhere. */
static void test_one_branch(void **state)
{
	static const char *const to[] = {"INVITE sip:15@10.0.0.1 SIP/2.0",
		"INVITE sip:17@10.0.0.1 SIP/2.0", "INVITE sip:18@10.0.0.1 SIP/2.0"};

	(void)state;
	fresh();
	for (size_t i = 0; i < 9; i++)
		must(0, to[i % 3], "one", "1 INVITE", (struct words){.more = NULL});
	expect_told("net.sip.invite", 9);
	assert_int_equal(feed(0, "INVITE sip:18@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.8;"
				 "branch=z9hG4bKa\r\nFrom: <sip:+33639980001@c.example>;tag=1\r\n"
				 "To: <sip:15@10.0.0.1>\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\n"
				 "Content-Length: 0\r\n\r\n"),
		WARD_VERDICT_OK);
	expect_told("net.sip.invite", 10);
}

/* Proxies ask for passwords as well (22.3), and who is behind one asks for another. */
static void test_proxy(void **state)
{
	static const char ask[] = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n",
			  ask_behind[] = "WWW-Authenticate: Digest realm=\"s\", nonce=\"n\"\r\n",
			  show[] = "Proxy-Authorization: Digest username=\"u\", response=\"x\"\r\n",
			  both[] = "Proxy-Authorization: Digest username=\"u\", response=\"x\"\r\n"
				   "Authorization: Digest username=\"u\", response=\"x\"\r\n",
			  no[] = "SIP/2.0 407 No", no_behind[] = "SIP/2.0 401 No",
			  reg[] = "REGISTER sip:10.0.0.1 SIP/2.0";

	(void)state;
	fresh();
	must(0, ring, "a", "1 INVITE", (struct words){.branch = "p"});
	must(1, no, "a", "1 INVITE", (struct words){.branch = "p", .more = ask});
	expect_told("net.login", 0);
	must(0, ring, "a", "2 INVITE", (struct words){.branch = "q", .more = show});
	must(1, no, "a", "2 INVITE", (struct words){.branch = "q", .more = ask});
	expect_told("\"login.outcome\":\"failed\"", 1);
	must(0, ring, "a", "3 INVITE", (struct words){.branch = "r", .more = show});
	must(1, no_behind, "a", "3 INVITE", (struct words){.branch = "r", .more = ask_behind});
	expect_told("net.login", 1); /* the proxy took it */
	must(0, ring, "a", "4 INVITE", (struct words){.branch = "s", .more = both});
	must(1, no_behind, "a", "4 INVITE", (struct words){.branch = "s", .more = ask_behind});
	expect_told("\"login.outcome\":\"failed\"", 2);
	expect_told("net.sip.invite", 1);
	must(0, reg, "b", "1 REGISTER", (struct words){.more = show});
	must(1, no, "b", "1 REGISTER", (struct words){.more = ask});
	expect_told("\"login.outcome\":\"failed\"", 3);
	must(0, reg, "b", "2 REGISTER", (struct words){.more = show});
	must(1, took, "b", "2 REGISTER", (struct words){.more = NULL});
	expect_told("\"login.outcome\":\"ok\"", 1);
}

/* Passwords that nobody asked for make no call of two, whichever header they come in: many calls
 * under one Call-ID are many. */
static void test_unasked(void **state)
{
	static const char *const show[] = {"",
		"Authorization: Digest username=\"u\", response=\"x\"\r\n",
		"Proxy-Authorization: Digest username=\"u\", response=\"x\"\r\n"};
	static const unsigned rows[][2] = {{1, 2}, {0, 1}, {2, 0}, {1, 1}};
	char cseq[32], branch[16];

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(rows); k++) {
		fresh();
		for (unsigned i = 0; i < 12; i++) {
			(void)snprintf(cseq, sizeof(cseq), "%u INVITE", i + 1);
			(void)snprintf(branch, sizeof(branch), "u%u", i);
			must(0, ring, "u", cseq,
				(struct words){.branch = branch, .more = show[rows[k][i % 2]]});
		}
		expect_told("net.sip.invite", 12);
	}
}

/* What ends no call: a BYE with other tags, and one before the answer (RFC 3261 15). */
static void test_bye(void **state)
{
	static const char none[] = "SIP/2.0 481 Call/Transaction Does Not Exist";

	(void)state;
	fresh();
	must(0, ring, "b", "1 INVITE", (struct words){.more = NULL});
	must(0, bye, "b", "2 BYE", (struct words){.to_tag = "bogus"});
	must(1, none, "b", "2 BYE", (struct words){.to_tag = "bogus"});
	must(1, took, "b", "1 INVITE", (struct words){.to_tag = "x"});
	must(0, bye, "b", "3 BYE", (struct words){.to_tag = "bogus"});
	expect_told("net.sip.call", 0);
	later(2 * WARD_NS_PER_S);
	must(0, bye, "b", "4 BYE", (struct words){.to_tag = "x"});
	expect_told("\"outcome\":\"answered\",\"sip.rang_ns\":0,\"duration_ns\":2000000000", 1);
	must(0, ring, "c", "1 INVITE", (struct words){.more = NULL});
	must(1, "SIP/2.0 180 Ringing", "c", "1 INVITE", (struct words){.to_tag = "x"});
	later(WARD_NS_PER_S);
	must(0, bye, "c", "2 BYE", (struct words){.to_tag = "x"});
	must(1, took, "c", "2 BYE", (struct words){.to_tag = "x"});
	must(1, "SIP/2.0 487 Request Terminated", "c", "1 INVITE", (struct words){.to_tag = "x"});
	expect_told("\"outcome\":\"cancelled\",\"sip.status\":487,\"sip.rang_ns\":1000000000", 1);
	expect_told("net.sip.call", 2);
}

/* An answer that was lost is asked for again; after that the same words are another call. */
static void test_answer_lost(void **state)
{
	(void)state;
	fresh();
	for (size_t i = 0; i < 3; i++) {
		must(0, ring, "l", "1 INVITE", (struct words){.more = NULL});
		must(1, busy, "l", "1 INVITE", (struct words){.to_tag = "x"});
		later(4 * WARD_NS_PER_S);
	}
	must(0, ack, "l", "1 ACK", (struct words){.to_tag = "x"});
	expect_told("net.sip.invite", 1);
	expect_told("\"outcome\":\"busy\"", 1);
	later(6 * WARD_NS_PER_S);
	must(0, ring, "l", "1 INVITE", (struct words){.more = NULL});
	expect_told("net.sip.invite", 2);
	must(1, busy, "l", "1 INVITE", (struct words){.to_tag = "x"});
	must(0, ring, "l", "2 INVITE", (struct words){.more = NULL});
	expect_told("net.sip.invite", 3);
	expect_told("net.sip.call", 2);
}

/* Passwords guessed behind a call of that Call-ID, and many before the answers come. */
static void test_guessed(void **state)
{
	static const char reg[] = "REGISTER sip:10.0.0.1 SIP/2.0";
	static const char show[] = "Authorization: Digest username=\"u\", response=\"x\"\r\n";
	static const char ask[] = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
	static const char *const cseq[] = {"1 REGISTER", "2 REGISTER", "3 REGISTER"};
	static const char *const branch[] = {"p", "q", "r"};

	(void)state;
	fresh();
	must(0, ring, "g", "1 INVITE", (struct words){.more = NULL});
	for (unsigned to = 0; to < 2; to++)
		for (size_t i = 0; i < 3; i++)
			must(to, to ? "SIP/2.0 401 No" : reg, "g", cseq[i],
				(struct words){.more = to ? ask : show});
	expect_told("\"login.outcome\":\"failed\"", 3);
	for (unsigned to = 0; to < 2; to++) /* nor does it help to count no further */
		for (size_t i = 0; i < 3; i++)
			must(to, to ? "SIP/2.0 401 No" : reg, "g", cseq[0],
				(struct words){.branch = branch[i], .more = to ? ask : show});
	expect_told("\"login.outcome\":\"failed\"", 6);
	must(0, "CANCEL sip:15@10.0.0.1 SIP/2.0", "g", "1 CANCEL", (struct words){.more = NULL});
	must(1, "SIP/2.0 487 No", "g", "1 INVITE", (struct words){.to_tag = "x"});
	expect_told("\"outcome\":\"cancelled\"", 1);
}

/* Who is called is where the request goes, whatever its sender calls it in To. */
static void test_called(void **state)
{
	static const struct {
		const char *first, *to, *told;
	} rows[] = {
		{ring, "<sip:1577@10.0.0.1>", "15"},
		{ring, "<sip:anonymous@anonymous.invalid>", "15"},
		{ring, "<urn:service:sos>", "15"},
		{"INVITE sip:%31%35@10.0.0.1 SIP/2.0", NULL, "15"},
		{"INVITE sip:1%35:x;y=z@10.0.0.1;user=phone SIP/2.0", NULL, "15"},
		{"INVITE tel:15;phone-context=+33 SIP/2.0", NULL, "15"},
		{"INVITE urn:service:SOS SIP/2.0", "<sip:112@10.0.0.1>", "urn:service:sos"},
		{"INVITE sip:10.0.0.1 SIP/2.0", "<sip:1%358@10.0.0.1>", "158"},
		{"INVITE sip:10.0.0.1 SIP/2.0", "<URN:service:sos.fire>", "urn:service:sos.fire"},
		{"INVITE sip:1%zz%3@10.0.0.1 SIP/2.0", NULL, "1%zz%3"},
		{"INVITE sip:1-5@10.0.0.1 SIP/2.0", NULL, "15"},
		{"INVITE sip:%281%2E)5.@10.0.0.1 SIP/2.0", NULL, "15"},
		{"INVITE tel:+39-0.1(1) SIP/2.0", NULL, "+39011"},
		{"INVITE sip:a-5.b@10.0.0.1 SIP/2.0", NULL, "a-5.b"},
		{"INVITE sip:+-@10.0.0.1 SIP/2.0", NULL, "+-"},
	};
	char want[64];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		again(&ward_dissect_sip);
		must(0, rows[i].first, "w", "1 INVITE", (struct words){.to = rows[i].to});
		must(1, busy, "w", "1 INVITE", (struct words){.to = rows[i].to, .to_tag = "x"});
		must(0, ack, "w", "1 ACK", (struct words){.to = rows[i].to, .to_tag = "x"});
		later(10 * WARD_NS_PER_S);
		(void)snprintf(want, sizeof(want), "\"target_user\":\"%s\"", rows[i].told);
		expect_told(want, 2); /* at its begin and at its end */
	}
}

/* A number that the network does not give is nobody's. */
static void test_withheld(void **state)
{
	static const char *const from[] = {"<sip:anonymous@anonymous.invalid>",
		"<sip:unavailable@unknown.invalid>", "<sip:Unknown@c.example>",
		"<sip:Restricted@c.example>", "\"Private\" <sip:private@c.example>",
		"<sip:%61nonymous@c.example>", "<sip:c.example>"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(from); i++) {
		again(&ward_dissect_sip);
		must(0, ring, "n", "1 INVITE", (struct words){.from = from[i]});
		must(1, busy, "n", "1 INVITE", (struct words){.from = from[i], .to_tag = "x"});
		must(0, ack, "n", "1 ACK", (struct words){.from = from[i], .to_tag = "x"});
		later(10 * WARD_NS_PER_S);
		expect_told("\"class\"", 2);
		expect_told("\"user\"", 0);
	}
	again(&ward_dissect_sip);
	must(0, ring, "n", "1 INVITE",
		(struct words){.from = from[1],
			.more = "P-Asserted-Identity: <sip:anonymous@c.example>\r\n"});
	expect_told("\"user\"", 0);
}

/* More of each kind than whoever answers takes, in each message: the call is seen. */
static void test_many_lines(void **state)
{
	char many[3072] = "";

	(void)state;
	fresh();
	while (strlen(many) + 128 < sizeof(many))
		strncat(many, "Via: SIP/2.0/UDP b\r\nRecord-Route: <sip:r>\r\nRequire: 100rel\r\n",
			sizeof(many) - strlen(many) - 1);
	again(&ward_dissect_sip);
	must(0, ring, "m", "1 INVITE", (struct words){.more = many});
	must(1, took, "m", "1 INVITE", (struct words){.to_tag = "x", .more = many});
	later(WARD_NS_PER_S);
	must(0, bye, "m", "2 BYE", (struct words){.to_tag = "x", .more = many});
	expect_told("\"duration_ns\":1000000000", 1);
}

/* A body may hold any bytes (RFC 3261 7.4, 18.1.1), and a datagram more than who answers takes. */
static void test_body(void **state)
{
	static const char head[] = "INVITE sip:15@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n"
				   "From: <sip:1@b>;tag=1\r\nTo: <sip:15@b>\r\nCall-ID: k\r\n"
				   "CSeq: 1 INVITE\r\nContent-Length: 9000\r\n\r\n";
	static char text[sizeof(head) - 1 + 9000];

	(void)state;
	fresh();
	memcpy(text, head, sizeof(head) - 1);
	assert_int_equal(
		proto_lab_feed(&lab, 0, ward_slice_of(text, sizeof(text)), false), WARD_VERDICT_OK);
	expect_told("net.sip.invite", 1);
	text[40] = '\0'; /* in the head */
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of(text, sizeof(text)), false),
		WARD_VERDICT_MALFORMED);
}

/* However it is spelled: what a server takes, or passes over, hides no call. */
static void test_spelling(void **state)
{
	static const struct {
		const char *first, *more;
	} rows[] = {
		{"INVITE SIP:15@10.0.0.1 SIP/2.0", ""},
		{"INVITE Tel:15 SIP/2.0", ""},
		{"INVITE sip:15@10.0.0.1 sip/2.0", ""},
		{ring, "Content-Length:\r\n 0\r\n"},
		{ring, "l:\r\n\t\r\n 0\r\n"},
		{ring, "no field\r\n"},
		{ring, "X: \x01\r\nMax-Forwards: x\r\n"},
	};

	(void)state;
	for (size_t stream = 0; stream < 2; stream++)
		for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
			fresh();
			if (stream)
				again(&ward_dissect_sip_stream);
			must(0, rows[i].first, "s", "1 INVITE",
				(struct words){.more = rows[i].more});
			must(1, "sip/2.0 486 Busy", "s", "1 INVITE", (struct words){.to_tag = "x"});
			expect_told("net.sip.invite", 1);
			expect_told("\"outcome\":\"busy\"", 1);
		}
}

/* A byte that is no text spoils its line, and of the message no more than that line's worth. */
static void test_nul(void **state)
{
	char text[] = "INVITE sip:15@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=b\r\n"
		      "From: <sip:1@b>;tag=1\r\nTo: <sip:15@b>\r\nCall-ID: k\r\n"
		      "CSeq: 1 INVITE\r\nX: #\r\nContent-Length: 9\r\n\r\n";

	(void)state;
	fresh();
	*strchr(text, '#') = '\0'; /* nor is there what its Content-Length says */
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of(text, sizeof(text) - 1), false),
		WARD_VERDICT_OK);
	expect_told("net.sip.invite", 1);
}

/* A tag in To does not make a call of what is none; it is seen all the same (RFC 3261 12.2.2). */
static void test_to_tag(void **state)
{
	(void)state;
	fresh();
	for (size_t i = 0; i < 3; i++)
		must(0, ring, "t", "1 INVITE", (struct words){.to_tag = "fake"});
	expect_told("\"class\":\"net.sip.request\"", 3);
	expect_told("\"sip.method\":\"INVITE\"", 3);
	must(0, ring, "t", "1 INVITE", (struct words){.more = NULL});
	must(1, took, "t", "1 INVITE", (struct words){.to_tag = "x"});
	must(0, ring, "t", "2 INVITE", (struct words){.to_tag = "x"}); /* music while they wait */
	must(1, ring, "t", "3 INVITE", (struct words){.tag = "x", .to_tag = "1"});
	expect_told("\"class\":\"net.sip.request\"", 3);
	must(0, ring, "t", "4 INVITE", (struct words){.to_tag = "fake"});
	expect_told("\"class\":\"net.sip.request\"", 4);
	expect_told("net.sip.invite", 1);
	expect_told("net.sip.call", 0);
}

/* An INVITE beyond what a datagram bears comes over TCP, the BYE over UDP (RFC 3261 18.1.1). */
static void test_two_ways(void **state)
{
	(void)state;
	fresh();
	again(&ward_dissect_sip_stream);
	must(0, ring, "y", "1 INVITE", (struct words){.more = NULL});
	must(1, took, "y", "1 INVITE", (struct words){.to_tag = "x"});
	later(WARD_NS_PER_S);
	again(&ward_dissect_sip);
	must(0, bye, "y", "2 BYE", (struct words){.to_tag = "x"});
	expect_told("\"duration_ns\":1000000000", 1);
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
	expect_told("\"sip.method\":\"MESSAGE\",\"target_user\":\"b\"", 1);
	expect_told("\"user\"", 0);
	expect_told("hello", 0);
}

static void test_reasons(void **state)
{
	static const char head[] = "OPTIONS sip:a@b SIP/2.0\r\n";

	(void)state;
	const struct {
		const struct ward_dissector *module;
		const char *text, *reason;
	} rows[] = {
		{&ward_dissect_sip, "no message", "net.sip.reject.start_line"},
		{&ward_dissect_sip, "GET / HTTP/1.1\r\n\r\n", "net.sip.reject.start_line"},
		{&ward_dissect_sip, "SIP/2.0 700 No\r\n\r\n", "net.sip.reject.start_line"},
		{&ward_dissect_sip, head, "net.sip.reject.fields"},
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
		cmocka_unit_test(test_one_call_id),
		cmocka_unit_test(test_one_cseq),
		cmocka_unit_test(test_one_branch),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_unasked),
		cmocka_unit_test(test_bye),
		cmocka_unit_test(test_answer_lost),
		cmocka_unit_test(test_guessed),
		cmocka_unit_test(test_called),
		cmocka_unit_test(test_withheld),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_to_tag),
		cmocka_unit_test(test_two_ways),
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
