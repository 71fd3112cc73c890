#include "bytes.h"
#include "ber_make.h"
#include "proto_lab.h"

#include "sense/net/proto/kerberos/event.h"
#include "sense/net/proto/dissectors.h"

#define NAME(n, type, parts) "a" n "( 30( a0( 02=" type " ) a1( 30( " parts " ) ) ) ) "
#define REALM(n) "a" n "( 1b'EXAMPLE.ORG' ) "
#define ENCRYPTED(etype) "30( a0( 02=" etype " ) a1( 02=2 ) a2( 04:00 ) ) "
#define TICKET(n, etype, sname)                  \
	"a" n "( 61( 30( a0( 02=5 ) " REALM("1") \
		NAME("2", "2", sname) "a3( " ENCRYPTED(etype) ") ) ) ) "
#define PADATA(n, list) "a" n "( 30( " list " ) ) "
#define PA(type, value) "30( a1( 02=" type " ) a2( 04" value " ) ) "
#define PAC "( 30( a0( 01:00 ) ) )"
#define TIMESTAMP "( " ENCRYPTED("23") ")"
#define KRBTGT "1b'krbtgt' 1b'EXAMPLE.ORG'"
#define BODY(options, client, service, nonce)                                                 \
	"a4( 30( a0( 03:00" options " ) " client REALM("2") service                           \
		"a5( 18'20370913024805Z' ) a7( 02=" nonce " ) a8( 30( 02=18 02=23 02=99 ) ) " \
		"a9( 30( 30( a0( 02=20 ) a1( 04'WS01            ' ) ) ) ) ) ) "
#define REQ(tag, type, padata, body) tag "( 30( a1( 02=5 ) a2( 02=" type " ) " padata body ") ) "
#define AS_REQ(padata, nonce)   \
	REQ("6a", "10", padata, \
		BODY("50800010", NAME("1", "1", "1b'anna'"), NAME("3", "2", KRBTGT), nonce))
#define REP(tag, type, client, ticket, etype)                              \
	tag "( 30( a0( 02=5 ) a1( 02=" type " ) " REALM("3") client ticket \
		"a6( " ENCRYPTED(etype) ") ) ) "
#define AS_REP REP("6b", "11", NAME("4", "1", "1b'anna'"), TICKET("5", "18", KRBTGT), "23")
#define ERROR(code)                                                                        \
	"7e( 30( a0( 02=5 ) a1( 02=30 ) a4( 18'20250101000000Z' ) a5( 02=1 ) a6( 02=" code \
	" ) " REALM("9") NAME("a", "2", KRBTGT) ") ) "
#define AP_REQ                                                        \
	"6e( 30( a0( 02=5 ) a1( 02=14 ) a2( 03:0000000000 ) " TICKET( \
		"3", "17", "1b'kadmin' 1b'changepw'") "a4( " ENCRYPTED("18") ") ) ) "

static struct proto_lab lab;
static struct ber_make bytes;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_kerberos);
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
	lab.frame.time = 1000;
}

static enum ward_verdict feed(unsigned side, const char *notation)
{
	return proto_lab_feed(&lab, side, ber_make(&bytes, notation), false);
}

/* With the length that a stream puts before it, or what RFC 3244 does. */
static struct ward_slice framed(const char *notation, bool kpasswd, size_t behind)
{
	static uint8_t out[4096];
	struct ward_slice s = ber_make(&bytes, notation);
	size_t head = kpasswd ? 6 : 4, len = kpasswd ? s.len + behind + 6 : s.len;

	memset(out, 0, sizeof(out));
	memcpy(out + head, s.p, s.len);
	out[kpasswd ? 0 : 2] = (uint8_t)(len >> 8);
	out[kpasswd ? 1 : 3] = (uint8_t)len;
	if (kpasswd) {
		out[3] = 1;
		out[4] = (uint8_t)(s.len >> 8);
		out[5] = (uint8_t)s.len;
	}
	return ward_slice_of(out, head + s.len + behind);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_as(void **state)
{
	(void)state;
	again(&ward_dissect_kerberos);
	assert_int_equal(feed(0, AS_REQ(PADATA("3", PA("128", PAC)), "7")), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.kerberos.as_req\"", 1);
	expect_told("\"kerberos.realm\":\"EXAMPLE.ORG\",\"kerberos.request_type\":\"AS\","
		    "\"user\":\"anna\",\"kerberos.service\":\"krbtgt/EXAMPLE.ORG\","
		    "\"kerberos.option\":[\"forwardable\",\"proxiable\",\"renewable\","
		    "\"renewable_ok\"],"
		    "\"kerberos.etype\":[\"aes256-cts-hmac-sha1-96\",\"rc4-hmac\",99],"
		    "\"kerberos.preauth\":\"PA-PAC-REQUEST\",\"kerberos.till\":"
		    "\"20370913024805Z\",\"kerberos.netbios_host\":\"WS01\","
		    "\"kerberos.pac_requested\":false",
		1);
	(void)feed(0, AS_REQ(PADATA("3", PA("128", PAC)), "7"));
	expect_told("\"kerberos.repeated\":true", 1);
	lab.frame.time = 4000;
	(void)feed(1, ERROR("25"));
	expect_told("\"class\":\"net.kerberos.error\"", 1);
	expect_told("\"kerberos.error\":\"KDC_ERR_PREAUTH_REQUIRED\",\"kerberos.error_code\":25,"
		    "\"kerberos.outcome\":\"error\",\"kerberos.latency_ns\":3000",
		1);
	expect_told("\"user\":\"anna\"", 3); /* the error has it of its request */
	expect_told("net.login", 0);
	(void)feed(0, AS_REQ(PADATA("3", PA("2", TIMESTAMP)), "8"));
	expect_told("\"kerberos.preauth\":\"PA-ENC-TIMESTAMP\",\"kerberos.preauth_etype\":\"rc4-"
		    "hmac\"",
		1);
	(void)feed(1, AS_REP);
	expect_told("\"kerberos.ticket_etype\":\"aes256-cts-hmac-sha1-96\","
		    "\"kerberos.reply_etype\":\"rc4-hmac\",\"kerberos.outcome\":\"ok\"",
		1);
	expect_told("\"src_ip\":\"10.0.0.1\"", 6);
	expect_told("\"user\":\"anna\",\"login.method\":\"kerberos\",\"login.outcome\":\"ok\"}", 1);
}

static void test_logins(void **state)
{
	static const struct {
		const char *answer;
		unsigned failed;
	} sample[] = {
		{ERROR("6"), 1},
		{ERROR("18"), 1},
		{ERROR("23"), 1},
		{ERROR("24"), 1},
		{ERROR("25"), 0},
		{ERROR("37"), 0},
		{ERROR("-1"), 0},
		{ERROR("262"), 0},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		again(&ward_dissect_kerberos);
		(void)feed(0, AS_REQ(PADATA("3", PA("16", ":00")), "7"));
		(void)feed(1, sample[i].answer);
		expect_told("\"login.method\":\"pkinit\",\"login.outcome\":\"failed\"",
			sample[i].failed);
		expect_told("net.login", sample[i].failed);
	}
	/* an error without its request is nobody's login */
	again(&ward_dissect_kerberos);
	(void)feed(1, ERROR("24"));
	expect_told("net.login", 0);
	expect_told("\"kerberos.outcome\":\"unrequested\"", 1);
	(void)feed(1, AS_REP);
	expect_told("\"login.outcome\":\"ok\"", 1);
}

static void test_tgs(void **state)
{
	(void)state;
	again(&ward_dissect_kerberos);
	(void)feed(
		0, REQ("6c", "12",
			   PADATA("3", PA("1", "( " AP_REQ ")") PA("129", ":00") PA("77", ":00")),
			   BODY("40020000", "", NAME("3", "2", "1b'MSSQLSvc' 1b'db1:1433'"), "1")));
	expect_told("\"kerberos.request_type\":\"TGS\",\"kerberos.service\":\"MSSQLSvc/db1:1433\","
		    "\"kerberos.option\":[\"forwardable\",\"constrained_delegation\"]",
		1);
	expect_told("\"kerberos.preauth\":[\"PA-TGS-REQ\",\"PA-FOR-USER\",77],"
		    "\"kerberos.s4u\":\"self\"",
		1);
	expect_told("\"kerberos.ticket_etype\":\"aes128-cts-hmac-sha1-96\","
		    "\"kerberos.authenticator_etype\":\"aes256-cts-hmac-sha1-96\"",
		1);
	(void)feed(1, REP("6d", "13", NAME("4", "1", "1b'bert'"),
			      TICKET("5", "23", "1b'MSSQLSvc' 1b'db1:1433'"), "18"));
	expect_told("\"class\":\"net.kerberos.tgs_rep\"", 1);
	expect_told("\"user\":\"bert\"", 1);
	expect_told("\"kerberos.ticket_etype\":\"rc4-hmac\"", 1);
	expect_told("net.login", 0);
	/* services that are accounts may be persons; machines are not */
	(void)feed(
		0, REQ("6c", "12", "", BODY("40020000", "", NAME("3", "10", "1b'carla@x'"), "2")));
	expect_told("carla", 0);
	expect_told("\"kerberos.service\":\"?\"", 1);
	expect_told("\"kerberos.s4u\":\"proxy\"", 1);
	(void)feed(0, REQ("6c", "12", "", BODY("00000000", "", NAME("3", "1", "1b'WS01$'"), "3")));
	expect_told("\"kerberos.service\":\"WS01$\"", 1);
}

static void test_unanswered(void **state)
{
	static const char *const nonce[] = {"1", "2", "3", "4", "5"};
	char text[2048];

	(void)state;
	again(&ward_dissect_kerberos);
	for (size_t i = 0; i < WARD_ARRAY_LEN(nonce); i++) {
		(void)snprintf(text, sizeof(text), "%s", AS_REQ("", "7"));
		char *at = strstr(text, "a7( 02=7");

		assert_non_null(at);
		at[7] = nonce[i][0];
		(void)feed(0, text);
	}
	expect_told("\"class\":\"net.kerberos.unanswered\"", 1);
	again(&ward_dissect_kerberos_stream);
	(void)proto_lab_feed(&lab, 0, framed(AS_REQ("", "7"), false, 0), false);
	(void)proto_lab_feed(&lab, 0, ward_slice_of(NULL, 0), true);
	expect_told("unanswered", 0);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_told("\"class\":\"net.kerberos.unanswered\"", 1);
	expect_told("\"src_ip\":\"10.0.0.1\"", 2);
}

static void test_kpasswd(void **state)
{
	(void)state;
	again(&ward_dissect_kerberos);
	assert_int_equal(proto_lab_feed(&lab, 0, framed(AP_REQ, true, 20), false), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.kerberos.ap_req\"", 1);
	expect_told("\"kerberos.request_type\":\"AP\",\"kerberos.service\":\"kadmin/changepw\","
		    "\"kerberos.ticket_etype\":\"aes128-cts-hmac-sha1-96\","
		    "\"kerberos.authenticator_etype\":\"aes256-cts-hmac-sha1-96\","
		    "\"kerberos.kpasswd\":true",
		1);
	(void)proto_lab_feed(&lab, 1,
		framed("6f( 30( a0( 02=5 ) a1( 02=15 ) a2( " ENCRYPTED("18") ") ) )", true, 9),
		false);
	expect_told("\"class\":\"net.kerberos.ap_rep\"", 1);
	expect_told("\"kerberos.outcome\":\"ok\"", 1);
	/* an error in the place of both */
	struct ward_slice s = framed(ERROR("60"), true, 0);

	((uint8_t *)(uintptr_t)s.p)[4] = 0;
	((uint8_t *)(uintptr_t)s.p)[5] = 0;
	(void)proto_lab_feed(&lab, 0, framed(AP_REQ, true, 20), false);
	s = framed(ERROR("60"), true, 0);
	((uint8_t *)(uintptr_t)s.p)[4] = 0;
	((uint8_t *)(uintptr_t)s.p)[5] = 0;
	(void)proto_lab_feed(&lab, 1, s, false);
	expect_told("\"kerberos.error\":\"KRB_ERR_GENERIC\"", 1);
	expect_told("\"kerberos.kpasswd\":true", 4);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *notation;
		enum ward_kerberos_reason reason;
	} sample[] = {
		{"30( 02=1 )", WARD_KERBEROS_BAD_MESSAGE},
		{"6a( 31( ) )", WARD_KERBEROS_BAD_MESSAGE},
		{AS_REP "05:", WARD_KERBEROS_BAD_MESSAGE},
		{"6a( 30( a1( 02=4 ) ) )", WARD_KERBEROS_BAD_VERSION},
		{"6a( 30( a0( 02=5 ) ) )", WARD_KERBEROS_BAD_VERSION},
		{"6a( 30( a1( 02=5 ) a2( 02=11 ) ) )", WARD_KERBEROS_BAD_TYPE},
		{"6a( 30( a1( 02=5 ) ) )", WARD_KERBEROS_BAD_TYPE},
		{REQ("6a", "10", "a3( 30( 02=1 ) )", ""), WARD_KERBEROS_BAD_PADATA},
		{REQ("6a", "10", "", "a4( 30( a0( 02=1 ) ) )"), WARD_KERBEROS_BAD_BODY},
		{REQ("6a", "10", "", ""), WARD_KERBEROS_BAD_BODY},
		{REP("6b", "11", "", "", "1"), WARD_KERBEROS_BAD_REPLY},
		{REP("6b", "11", NAME("4", "1", "1b'a'"), "", "1"), WARD_KERBEROS_BAD_TICKET},
		{"6b( 30( a0( 02=5 ) a1( 02=11 ) " REALM("3") NAME("4", "1", "1b'a'")
				TICKET("5", "1", "1b'a'") ") )",
			WARD_KERBEROS_BAD_REPLY},
		{"6e( 30( a0( 02=5 ) a1( 02=14 ) ) )", WARD_KERBEROS_BAD_TICKET},
		{"6f( 30( a0( 02=5 ) a1( 02=15 ) ) )", WARD_KERBEROS_BAD_REPLY},
		{"7e( 30( a0( 02=5 ) a1( 02=30 ) ) )", WARD_KERBEROS_BAD_ERROR},
	};
	bool met[WARD_KERBEROS_REASON_N] = {false};
	struct ward_kerberos m;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		again(&ward_dissect_kerberos);
		assert_int_equal(feed(0, sample[i].notation), WARD_VERDICT_MALFORMED);
		if (lab.d.reason != sample[i].reason)
			fail_msg("%s: reason %zu at %zu", sample[i].notation, lab.d.reason,
				lab.d.off);
		met[lab.d.reason] = true;
	}
	again(&ward_dissect_kerberos_stream);
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of("\x80\0\0\0", 4), false),
		WARD_VERDICT_MALFORMED);
	met[lab.d.reason] = true;
	assert_false(ward_kerberos_kpasswd(ward_slice_of("\0\x08\0\x01\0\x09\0\0", 8), &m));
	met[m.reason] = true;
	for (size_t i = 0; i < WARD_KERBEROS_REASON_N; i++)
		assert_true(met[i]);
}

static void test_probe_and_gap(void **state)
{
	struct ward_slice s = framed(AS_REQ("", "7"), false, 0);

	(void)state;
	assert_true(ward_dissect_kerberos_stream.probe_stream(s) == WARD_PROBE_YES);
	/* the length, both heads, the version and what stands before it */
	for (size_t n = 0; n < s.len; n++)
		assert_int_equal(ward_dissect_kerberos_stream.probe_stream(ward_slice_of(s.p, n)) ==
					 WARD_PROBE_YES,
			n >= 19);
	assert_false(ward_dissect_kerberos.probe(s));
	assert_true(ward_dissect_kerberos.probe(framed(AP_REQ, true, 20)));
	assert_false(ward_dissect_kerberos.probe(ber_make(&bytes, "6a( 30( a1( 02=4 ) ) )")));
	assert_false(ward_dissect_kerberos.probe(ber_make(&bytes, "60( 30( a1( 02=5 ) ) )")));
	again(&ward_dissect_kerberos_stream);
	assert_false(proto_lab_gap(&lab, 0, 5));
	again(&ward_dissect_kerberos_stream);
	(void)proto_lab_feed(&lab, 0, framed(AS_REQ("", "7"), false, 0), false);
	assert_true(proto_lab_gap(&lab, 0, 5));
	assert_int_equal(feed(0, "04'rest'"), WARD_VERDICT_OK);
	(void)proto_lab_feed(&lab, 0, framed(AS_REQ("", "8"), false, 0), false);
	expect_told("\"class\":\"net.kerberos.as_req\"", 2);
	again(&ward_dissect_kerberos);
	lab.trusted = false;
	assert_int_equal(feed(0, "6a( 30( a1( 02=5 ) ) )"), WARD_VERDICT_FOREIGN);
	again(&ward_dissect_kerberos);
	lab.partial = true;
	assert_int_equal(feed(0, AS_REP), WARD_VERDICT_MORE);
}

static void test_names(void **state)
{
	(void)state;
	assert_null(ward_kerberos_type_name(20));
	assert_null(ward_kerberos_error_name(1000));
	assert_null(ward_kerberos_etype_name(1000));
	assert_null(ward_kerberos_padata_name(1000));
	assert_null(ward_kerberos_option_name(0));
	assert_null(ward_kerberos_option_name(32));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as),
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_tgs),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_kpasswd),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe_and_gap),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
