#include "sense/net/proto/ieee11073/ieee11073.h"

#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

#define B(lit) ward_slice_of(lit, sizeof(lit) - 1)
#define SIDE(type, id, config) \
	"\x80\0\0\0\xa0\0\x80\0\0\0\0\0\0\0" type "\0\x08" id config "\0\x01\x01\0\0\0\0\0"
#define AGENT SIDE("\0\x80\0\0", "\0\x09\x1f\xff\xfe\x80\x12\x34", "\x01\x90")
#define REQUEST "\xe2\0\0\x32\x80\0\0\0\0\x01\0\x2a\x50\x79\0\x26" AGENT
#define RESPONSE(result)        \
	"\xe3\0\0\x2c\0" result \
	"\x50\x79\0\x26" SIDE("\x80\0\0\0", "\x11\x22\x33\x44\x55\x66\x77\x88", "\0\0")
#define MEASURED "\xe7\0\0\x0e\0\x0c\0\x01\x01\x01\0\x06SECRET"
/* MDC_ATTR_ID_MODEL, MDC_ATTR_SYS_ID, MDC_ATTR_ID_PROD_SPECN of object 0 */
#define DEVICE                                                   \
	"\xe7\0\0\x4e\0\x4c\0\x02\x02\x03\0\x46\0\0\0\x03\0\x40" \
	"\x09\x28\0\x0e\0\x04"                                   \
	"Acme"                                                   \
	"\0\x06"                                                 \
	"OX-5\0\0"                                               \
	"\x09\x84\0\x08"                                         \
	"12345678"                                               \
	"\x09\x2d\0\x1e\0\x02\0\x1a\0\x01\0\0\0\x08"             \
	"SN-00042"                                               \
	"\0\x05\0\0\0\x06"                                       \
	"1.2.34"
#define RELEASE "\xe4\0\0\x02\0\0"
#define RELEASED "\xe5\0\0\x02\0\0"
#define ABORT "\xe6\0\0\x02\0\x02"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_ieee11073);
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
	proto_lab_again(&lab, &ward_dissect_ieee11073);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, struct ward_slice bytes)
{
	return proto_lab_feed(&lab, side, bytes, false);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_association(void **state)
{
	(void)state;
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, B(REQUEST)), WARD_VERDICT_OK);
	assert_int_equal(feed(1, B(RESPONSE("\x03"))), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ieee11073.association\"", 1);
	expect_told("\"ieee11073.system_id\":\"00091ffffe801234\","
		    "\"ieee11073.vendor_oui\":\"00091f\",\"ieee11073.dev_config_id\":400,"
		    "\"ieee11073.specialisation\":\"pulse oximeter\","
		    "\"ieee11073.manager_system_id\":\"1122334455667788\","
		    "\"ieee11073.result\":\"accepted-unknown-config\","
		    "\"ieee11073.outcome\":\"accepted\"",
		1);
	(void)feed(0, B(MEASURED MEASURED));
	assert_int_equal(feed(0, B(DEVICE)), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ieee11073.device\"", 1);
	expect_told("\"ieee11073.manufacturer\":\"Acme\",\"ieee11073.model_number\":\"OX-5\","
		    "\"ieee11073.serial_number\":\"SN-00042\",\"ieee11073.fw_revision\":\"1.2.34\"",
		1);
	(void)feed(1, B(RELEASE));
	(void)feed(0, B(RELEASED));
	expect_told("\"class\":\"net.ieee11073.end\"", 1);
	expect_told("\"src_port\":50000", 3);
	expect_told("\"ieee11073.ended\":\"release\",\"ieee11073.reason\":\"normal\","
		    "\"ieee11073.agent_messages\":3,\"ieee11073.agent_bytes\":106,"
		    "\"ieee11073.manager_messages\":0",
		1);
	expect_told("SECRET", 0);
	expect_told("12345678", 0);
	expect_told("net.malformed", 0);
}

static void test_outcomes(void **state)
{
	(void)state;
	again();
	(void)feed(0, B(REQUEST));
	(void)feed(1, B(RESPONSE("\x07")));
	expect_told("\"ieee11073.result\":\"rejected-unauthorized\","
		    "\"ieee11073.outcome\":\"rejected\"",
		1);
	(void)feed(0, B(REQUEST REQUEST));
	expect_told("\"ieee11073.outcome\":\"unanswered\"", 1);
	(void)feed(0, B(ABORT));
	expect_told("\"ieee11073.outcome\":\"unanswered\"", 2);
	(void)feed(0, B(REQUEST));
	(void)feed(1, B(RESPONSE("\0")));
	(void)feed(1, B(ABORT));
	expect_told("\"ieee11073.ended\":\"abort\",\"ieee11073.reason\":\"response-timeout\"", 1);
	(void)feed(0, B(MEASURED));
	proto_lab_over(&lab, 0);
	expect_told("\"ieee11073.ended\":\"connection\",\"ieee11073.agent_messages\":1", 1);
	/* whose request was not seen */
	again();
	(void)feed(1, B(RESPONSE("\0")));
	expect_told("\"src_port\":50000", 1);
	(void)feed(0, B(REQUEST));
	proto_lab_over(&lab, 0);
	expect_told("\"ieee11073.outcome\":\"unanswered\"", 1);
	expect_told("\"ieee11073.ended\":\"connection\"", 1);
}

static void expect_reason(struct ward_slice bytes, enum ward_ieee11073_reason reason)
{
	uint64_t before = proto_lab_reason(&lab, reason);

	again();
	assert_int_equal(feed(0, B(REQUEST)), WARD_VERDICT_OK);
	assert_int_equal(feed(0, bytes), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, reason), before + 1);
}

static void test_reasons(void **state)
{
	(void)state;
	expect_reason(B("GET / HTTP/1.1"), WARD_IEEE11073_TYPE);
	expect_reason(B("\xe2\x01\0\0"), WARD_IEEE11073_TYPE);
	expect_reason(B("\xe2\0\0\x02\x80\0"), WARD_IEEE11073_REQUEST);
	expect_reason(
		B("\xe2\0\0\x0c\x80\0\0\0\0\x01\0\x04\x50\x79\0\x26"), WARD_IEEE11073_REQUEST);
	expect_reason(B("\xe2\0\0\x0c\x80\0\0\0\0\x01\0\x04\x50\x79\0\0"), WARD_IEEE11073_REQUEST);
	expect_reason(B("\xe3\0\0\x06\0\x09\x50\x79\0\0"), WARD_IEEE11073_RESPONSE);
	expect_reason(B("\xe4\0\0\x03\0\0\0"), WARD_IEEE11073_END);
	expect_reason(B("\xe7\0\0\x04\0\x03\0\0"), WARD_IEEE11073_PRESENTATION);
	expect_reason(B("\xe7\0\0\x08\0\x06\0\0\x01\x01\0\x01"), WARD_IEEE11073_PRESENTATION);
	expect_reason(B("\xe7\0\0\x0e\0\x0c\0\0\x02\x03\0\x06\0\0\0\x01\0\x01"),
		WARD_IEEE11073_ATTRIBUTES);
	expect_reason(B("\xe7\0\0\x12\0\x10\0\0\x02\x03\0\x0a\0\0\0\x01\0\x04\x09\x28\0\0"),
		WARD_IEEE11073_ATTRIBUTES);
	/* after it and after a gap the side is passed over, its end is told */
	again();
	(void)feed(0, B(REQUEST));
	assert_true(proto_lab_gap(&lab, 0, 1));
	assert_int_equal(feed(0, B("xyz")), WARD_VERDICT_OK);
}

static void test_probe(void **state)
{
	static const uint8_t random[16] = {0xe2, 0, 0, 50, 0x12, 3, 4, 5, 0, 1, 0, 42};

	(void)state;
	for (size_t cut = 0; cut < 12; cut++)
		assert_false(ward_dissect_ieee11073.probe_stream(ward_slice_of(REQUEST, cut)) ==
			     WARD_PROBE_YES);
	assert_true(
		ward_dissect_ieee11073.probe_stream(ward_slice_of(REQUEST, 12)) == WARD_PROBE_YES);
	assert_true(ward_dissect_ieee11073.probe_stream(B(RESPONSE("\0"))) == WARD_PROBE_YES);
	assert_false(ward_dissect_ieee11073.probe_stream(B(RESPONSE("\x10"))) == WARD_PROBE_YES);
	assert_false(ward_dissect_ieee11073.probe_stream(B(MEASURED)) == WARD_PROBE_YES);
	assert_false(ward_dissect_ieee11073.probe_stream(ward_slice_of(random, sizeof(random))) ==
		     WARD_PROBE_YES);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, B(MEASURED)), WARD_VERDICT_FOREIGN);
	again();
	assert_int_equal(feed(0, B(ABORT)), WARD_VERDICT_FOREIGN);
	again();
	assert_int_equal(feed(0, B("\xe3\0\0\x06\0\x01\x50\x79\0\0")), WARD_VERDICT_FOREIGN);
	assert_string_equal(ward_ieee11073_specialisation(1900), "insulin pump");
	assert_null(ward_ieee11073_specialisation(0x4000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_association),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
