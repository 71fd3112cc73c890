#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/ntp/ntp.h"

/* The frame's time is 2020-01-01T00:00:00Z: 0xe1b65f80 in NTP. */
static const ward_ns now = INT64_C(1577836800) * WARD_NS_PER_S;

#define ZERO "0000000000000000 "
#define CLIENT "23 00 06 ec 00000000 00000000 00000000 " ZERO ZERO ZERO "e1b65f7f80000000 "
/* Stratum 2 of 10.0.0.9, 1 s away; root delay 0.5 s, dispersion 0.25 s, set 64 s ago. */
#define SERVER                                                                      \
	"24 02 06 ec 00008000 00004000 0a000009 e1b65f4100000000 e1b65f7f80000000 " \
	"e1b65f8100000000 e1b65f8100000000 "

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_ntp);
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
	proto_lab_again(&lab, &ward_dissect_ntp);
	proto_lab_forget(&lab);
	lab.frame.time = now;
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

static void test_exchange(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, CLIENT), WARD_VERDICT_OK);
	told("net.ntp", 0);
	lab.frame.time = now + 1000;
	assert_int_equal(feed(1, SERVER), WARD_VERDICT_OK);
	told("\"class\":\"net.ntp\",\"fields\":{\"src_ip\":\"10.0.0.1\"", 1);
	told("\"ntp.version\":4,\"ntp.mode\":\"server\",\"ntp.outcome\":\"ok\",\"ntp.leap\":"
	     "\"none\","
	     "\"ntp.stratum\":2,\"ntp.poll\":6,\"ntp.precision\":-20,\"ntp.root_delay_ns\":"
	     "500000000,"
	     "\"ntp.root_dispersion_ns\":250000000,\"ntp.reference_id\":\"10.0.0.9\","
	     "\"ntp.offset_ns\":999999000,\"ntp.reference_age_ns\":64000000000,"
	     "\"ntp.client_offset_ns\":-500000000,\"ntp.latency_ns\":1000",
		1);
	assert_int_equal(feed(1, SERVER), WARD_VERDICT_OK);
	told("\"ntp.outcome\":\"unrequested\"", 1);
	/* two questions, and an answer to neither */
	assert_int_equal(feed(0, CLIENT), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "1b 00 06 ec 00000000 00000000 00000000 " ZERO ZERO ZERO
				 "7123456780000000 "),
		WARD_VERDICT_OK);
	told("\"ntp.mode\":\"client\",\"ntp.outcome\":\"unanswered\",\"ntp.client_offset_ns\"", 1);
	assert_int_equal(feed(1, SERVER), WARD_VERDICT_OK);
	told("\"ntp.outcome\":\"origin-differs\"", 1);
	told("ntp.client_offset_ns", 2); /* a random number is no time */
}

static void test_others(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, CLIENT), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "e4 00 06 ec 00000000 00000000 52415445 " ZERO
				 "e1b65f7f80000000 e1b65f8100000000 e1b65f8100000000"),
		WARD_VERDICT_OK);
	told("\"ntp.outcome\":\"refused\",\"ntp.leap\":\"unsynchronized\"", 1);
	told("\"ntp.reference_id\":\"RATE\"", 1);
	/* broadcast of a GPS clock with a key; symmetric; the reserved mode of version 1 */
	assert_int_equal(feed(1, "25 01 06 ec 00000000 00000000 47505300 " ZERO ZERO ZERO
				 "e1b65f8100000000 00000007 000102030405060708090a0b0c0d0e0f"),
		WARD_VERDICT_OK);
	told("\"ntp.mode\":\"broadcast\"", 1);
	told("\"ntp.reference_id\":\"GPS\"", 1);
	told("\"ntp.key_id\":7", 1);
	assert_int_equal(
		feed(0, "21"
			"02 06 ec 00000000 00000000 0a000009 " ZERO ZERO ZERO "e1b65f8100000000"),
		WARD_VERDICT_OK);
	told("\"ntp.mode\":\"symmetric-active\"", 1);
	/* two extension fields and a MAC; one that is last without */
	assert_int_equal(
		feed(1, SERVER
			"0104 0010 000000000000000000000000"
			"0204 001c 000000000000000000000000000000000000000000000000 00000001"),
		WARD_VERDICT_OK);
	told("\"ntp.key_id\":1,\"ntp.extensions\":2", 1);
	assert_int_equal(
		feed(1, SERVER
			"0104 0020 00000000000000000000000000000000000000000000000000000000"),
		WARD_VERDICT_OK);
	told("\"ntp.extensions\":1", 1);
}

static void test_era(void **state)
{
	(void)state;
	/* 2036-02-07T06:28:16Z is second 0 of the next */
	ward_ns turn = INT64_C(2085978496) * WARD_NS_PER_S;

	assert_int_equal(ward_ntp_offset(0, turn), 0);
	assert_int_equal(ward_ntp_offset(UINT64_C(0xffffffff80000000), turn), -500000000);
	assert_int_equal(ward_ntp_offset(UINT64_C(0xe1b65f8040000000), now), 250000000);
	assert_int_equal(ward_ntp_offset(UINT64_C(1) << 32, turn - 1), WARD_NS_PER_S + 1);
}

static void test_control(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, "16 02 0001 0000 0000 0000 0000"), WARD_VERDICT_OK);
	told("\"ntp.response\":false,\"ntp.operation\":\"read-variables\"", 1);
	/* version="a, b", system=X */
	assert_int_equal(feed(1, "16 a2 0001 0000 0000 0000 0018 "
				 "76657273696f6e3d22612c2062222c 2073797374656d3d58"),
		WARD_VERDICT_OK);
	told("\"ntp.more_follows\":true", 1);
	told("\"ntp.daemon\":\"a, b\",\"ntp.system\":\"X\"", 1);
	assert_int_equal(feed(1, "16 df 0001 0000 0000 0000 0000"), WARD_VERDICT_OK);
	told("\"ntp.operation_code\":31,\"ntp.error\":true", 1);
	/* monlist, and its first answer: two items of 4 bytes */
	assert_int_equal(feed(0, "17 00 03 2a 0000 0000"), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "d7 00 03 2a 0002 0004 0001020304050607"), WARD_VERDICT_OK);
	told("\"class\":\"net.ntp.private\"", 2);
	told("\"ntp.response\":true,\"ntp.operation\":\"monlist-1\",\"ntp.operation_code\":42,"
	     "\"ntp.implementation\":3,\"ntp.more_follows\":true,\"ntp.items\":2,\"ntp.item_"
	     "bytes\":4,"
	     "\"ntp.data_bytes\":8",
		1);
	assert_int_equal(feed(1, "97 00 03 2b 4000 0000"), WARD_VERDICT_OK);
	told("\"ntp.error\":4", 1);
}

static void test_variables(void **state)
{
	static const struct {
		const char *list, *value;
	} row[] = {{"a=1,b=2", "2"}, {"b=2", "2"}, {"a=\"x,b=3\", b=\"4\"", "4"}, {" b = 5 ", "5"},
		{"bb=1", ""}, {"b", ""}, {"", ""}, {"a,b=1", ""}, {"b=\"", ""}, {"=,b=7", "7"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_str v =
			ward_ntp_variable(ward_slice_of(row[i].list, strlen(row[i].list)), "b");

		if (!ward_str_eqz(v, row[i].value))
			fail_msg("%s: %.*s", row[i].list, WARD_STR_ARG(v));
	}
}

static void test_reasons(void **state)
{
	static const struct {
		const char *hex;
		enum ward_ntp_reason reason;
	} row[] = {
		{"03", WARD_NTP_BAD_VERSION},
		{"2b", WARD_NTP_BAD_VERSION},
		{"23", WARD_NTP_BAD_SHORT},
		{"16 02 0001 0000 0000 0000 00", WARD_NTP_BAD_SHORT},
		{"17 00 03 2a 0000 00", WARD_NTP_BAD_SHORT},
		{CLIENT "0104", WARD_NTP_BAD_TRAILER},
		{CLIENT "0104 000c 000000000000000000000000", WARD_NTP_BAD_TRAILER},
		{CLIENT "0104 0020 000000000000000000000000", WARD_NTP_BAD_TRAILER},
		{"16 82 0001 0000 0000 0000 0002 00", WARD_NTP_BAD_CONTROL},
		{"97 00 03 2a 0002 0004 00010203", WARD_NTP_BAD_PRIVATE},
	};
	bool met[WARD_NTP_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		again();
		enum ward_verdict v = feed(0, row[i].hex);

		if (v != WARD_VERDICT_MALFORMED || lab.d.reason != row[i].reason)
			fail_msg("%s: %d, %zu", row[i].hex, (int)v, lab.d.reason);
		met[row[i].reason] = true;
	}
	for (size_t i = 0; i < WARD_NTP_REASON_N; i++)
		assert_true(met[i]);
}

static void test_prefixes(void **state)
{
	struct ward_slice s = unhex(SERVER);
	struct ward_ntp m;

	(void)state;
	for (size_t cut = 0; cut < s.len; cut++) {
		uint8_t *exact = malloc(cut ? cut : 1);

		assert_non_null(exact);
		memcpy(exact, s.p, cut);
		assert_false(ward_ntp_parse(ward_slice_of(exact, cut), &m));
		assert_int_equal(m.reason, WARD_NTP_BAD_SHORT);
		free(exact);
	}
	again();
	lab.partial = true;
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of(s.p, 20), false), WARD_VERDICT_MORE);
	bytes_free(s);
}

/* On a port of something else an answer with a time that is near, and nothing less. */
static void test_foreign(void **state)
{
	(void)state;
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, CLIENT), WARD_VERDICT_FOREIGN);
	assert_int_equal(feed(0, "17 00 03 2a 0000 0000"), WARD_VERDICT_FOREIGN);
	lab.frame.time = 2 * now;
	assert_int_equal(feed(1, SERVER), WARD_VERDICT_FOREIGN);
	lab.frame.time = now;
	assert_int_equal(feed(1, SERVER), WARD_VERDICT_OK);
	told("net.malformed", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_era),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
