#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/coap/coap.h"
#include "sense/net/proto/dissectors.h"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_coap);
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
	proto_lab_again(&lab, &ward_dissect_coap);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	free((void *)s.p);
	return v;
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

/* GET coap://h/temp?u=C, confirmable, token 71; 2.05 with 5 bytes of text. */
#define GET "41 01 7d34 71 31 68 84 74656d70 43 753d43"
#define CONTENT "61 45 7d34 71 c0 ff 32322e3543"

static void test_transaction(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, GET), WARD_VERDICT_OK);
	assert_int_equal(feed(0, GET), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.coap.request\"", 1);
	expect_told("outcome", 0);
	assert_int_equal(feed(1, CONTENT), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.coap.response\"", 1);
	expect_told("\"src_ip\":\"10.0.0.1\"", 2);
	expect_told("\"coap.method\":\"GET\",\"coap.confirmable\":true,\"uri\":\"/temp?u=C\","
		    "\"coap.host\":\"h\",\"coap.request_bytes\":0,\"coap.retransmits\":1,"
		    "\"coap.code\":\"2.05\",\"coap.code_name\":\"Content\","
		    "\"coap.response_format\":0,\"coap.response_bytes\":5,\"coap.outcome\":\"ok\","
		    "\"coap.latency_ns\":0",
		1);
	/* An empty acknowledgement first, then the response on its own. */
	again();
	(void)feed(0, GET);
	(void)feed(1, "60 00 7d34");
	expect_told("class", 1);
	(void)feed(1, "41 84 0001 71");
	expect_told("\"coap.code\":\"4.04\",\"coap.code_name\":\"Not Found\"", 1);
	expect_told("\"coap.outcome\":\"client-error\"", 1);
	(void)feed(1, "51 a0 0002 71");
	expect_told("\"coap.outcome\":\"unrequested\"", 1);
	expect_told("\"src_ip\":\"10.0.0.1\"", 3);
	/* Refused. */
	again();
	(void)feed(0, GET);
	(void)feed(1, "70 00 7d34");
	(void)feed(1, "70 00 7d34");
	expect_told("\"coap.outcome\":\"reset\"", 1);
}

static void test_observe(void **state)
{
	(void)state;
	again();
	(void)feed(0, "41 01 0001 4a 60 54 74656d70"); /* Observe: register */
	(void)feed(1, "61 45 0001 4a 61 09 60 ff 31");
	(void)feed(1, "51 45 0010 4a 61 0a 60 ff 32");
	(void)feed(1, "51 a3 0011 4a");
	(void)feed(1, "51 45 0012 4a 61 0b");
	expect_told(
		"\"class\":\"net.coap.response\"", 2); /* the last one answers nothing any more */
	expect_told("\"class\":\"net.coap.notification\"", 2);
	expect_told("\"coap.observe\":10", 1);
	expect_told("\"coap.outcome\":\"unrequested\"", 1);
	expect_told("\"coap.outcome\":\"server-error\"", 1);
}

static void test_blocks_and_others(void **state)
{
	(void)state;
	again();
	(void)feed(0, "50 03 0001 b1 61 10 d1 02 3a ff 00"); /* PUT, Block1 3/more/64 */
	(void)feed(1, "50 44 0009 d1 0e 32");
	expect_told("\"coap.block1\":\"3/last/64\"", 1);
	(void)feed(0, "41 01 0002 01 d9 16 2e2e2e2e2e2e2e2e2e"); /* Proxy-Uri */
	(void)feed(1, "61 45 0002 01");
	expect_told("\"uri\":\".........\"", 2);
	(void)feed(0, "40 02 0003 90 22 2025"); /* OSCORE; a path of " %" */
	(void)feed(0, "40 02 0004 b0");         /* the same token for something else */
	expect_told("\"class\":\"net.coap.unanswered\"", 1);
	expect_told("\"coap.oscore\":true", 2);
	expect_told("\"uri\":\"/%20%25\"", 2);
	for (unsigned i = 0; i < 12; i++) {
		char hex[32];

		(void)snprintf(hex, sizeof(hex), "41 01 %04x %02x b1 61", 100 + i, 16 + i);
		(void)feed(0, hex);
	}
	expect_told("\"class\":\"net.coap.unanswered\"", 6);
}

static void test_reasons(void **state)
{
	static const struct {
		enum ward_coap_reason reason;
		const char *hex;
	} rows[] = {
		{WARD_COAP_SHORT, "40 01 00"},
		{WARD_COAP_SHORT, "42 01 0001 71"},
		{WARD_COAP_VERSION, "80 01 0001"},
		{WARD_COAP_TOKEN, "49 01 0001 000000000000000000"},
		{WARD_COAP_CODE, "40 3f 0001"},
		{WARD_COAP_CODE, "70 01 0001"},
		{WARD_COAP_EMPTY, "40 00 0001 71"},
		{WARD_COAP_OPTION, "40 01 0001 f1 00"},
		{WARD_COAP_OPTION, "40 01 0001 b5 61"},
		{WARD_COAP_OPTION, "40 01 0001 e0 ff00 e0 ff00"},
		{WARD_COAP_OPTION, "40 01 0001 d0"},
		{WARD_COAP_OPTION_LENGTH, "40 01 0001 30"},
		{WARD_COAP_OPTION_LENGTH, "40 01 0001 64 00000000"},
		{WARD_COAP_PAYLOAD, "40 01 0001 b1 61 ff"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		uint64_t before = proto_lab_reason(&lab, rows[i].reason);

		again();
		assert_int_equal(feed(0, rows[i].hex), WARD_VERDICT_MALFORMED);
		assert_int_equal(proto_lab_reason(&lab, rows[i].reason), before + 1);
		again();
		lab.trusted = false;
		assert_int_equal(feed(0, rows[i].hex), WARD_VERDICT_FOREIGN);
	}
	again();
	lab.partial = true;
	assert_int_equal(feed(0, "40 01 0001 b5 61"), WARD_VERDICT_MORE);
}

static void test_probe(void **state)
{
	static const struct {
		const char *hex;
		bool good;
	} rows[] = {
		{GET, true},
		{CONTENT, true},
		{"40 01 0001 b1 61", true},
		{"40 01 0001", false},       /* nothing to know it by */
		{"60 01 0001 b1 61", false}, /* no request is an acknowledgement */
		{"60 00 0001", false},
		{"60 45 0001 c0", false},
		{"40 01 0001 b1 61 20", false}, /* option 13 is nobody's */
		{"4f 01 0001 b1 61", false},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_slice s = unhex(rows[i].hex);

		if (ward_dissect_coap.probe(s) != rows[i].good)
			fail_msg("row %zu", i);
		free((void *)s.p);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transaction),
		cmocka_unit_test(test_observe),
		cmocka_unit_test(test_blocks_and_others),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
