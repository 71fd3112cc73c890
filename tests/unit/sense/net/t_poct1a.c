#include "sense/net/proto/poct1a/poct1a.h"

#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

#define XML "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
#define HDR(id)                                                            \
	"<HDR><HDR.control_id V=\"" id "\"/><HDR.version_id V=\"POCT1\"/>" \
	"<HDR.creation_dttm V=\"2025-01-01T12:00:00-00:00\"/></HDR>"
#define HELLO                                                                         \
	XML "<HEL.R01>" HDR(                                                          \
		"4242") "<DEV><DEV.device_id V=\"00-11-22\"/>"                        \
			"<DEV.vendor_id V=\"ACME\"/><DEV.model_id V=\"Glu&amp;Co\"/>" \
			"<DEV.serial_id V=\"SN1\"/>"                                  \
			"<DEV.manufacturer_name V=\"Acme Inc\"/>"                     \
			"<DEV.sw_version V=\"2.1\"/><DCP><DCP.x V=\"1\"/></DCP>"      \
			"<DSC><DSC.connection_profile_cd V=\"SA\"/></DSC></DEV></HEL.R01>"
#define ACK(type, id)                                                                        \
	"<ACK.R01>" HDR("9") "<ACK><ACK.type_cd V=\"" type "\"/><ACK.ack_control_id V=\"" id \
			     "\"/><ACK.note_txt V=\"Doe is unknown\"/></ACK></ACK.R01>\r\n"
#define OBSERVATION                                                                       \
	"<OBS.R01>" HDR(                                                                  \
		"5151") "<SVC><SVC.role_cd V=\"OBS\"/><PT><PT.patient_id V=\"4711\"/>"    \
			"<PT.name V=\"John Doe\"/><OBS><OBS.value V=\"5.6\" U=\"mmol\"/>" \
			"</OBS></PT><OPR><OPR.operator_id V=\"nurse7\"/></OPR></SVC></OBS.R01>"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_poct1a);
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
	proto_lab_again(&lab, &ward_dissect_poct1a);
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

static void test_hello(void **state)
{
	(void)state;
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, HELLO), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.poct1a.hello\"", 1);
	expect_told("\"poct1a.message_type\":\"HEL.R01\",\"poct1a.version_id\":\"POCT1\","
		    "\"poct1a.device_id\":\"00-11-22\",\"poct1a.vendor_id\":\"ACME\","
		    "\"poct1a.model_id\":\"Glu&Co\",\"poct1a.serial_id\":\"SN1\","
		    "\"poct1a.manufacturer_name\":\"Acme Inc\",\"poct1a.sw_version\":\"2.1\","
		    "\"poct1a.connection_profile\":\"SA\"",
		1);
	assert_int_equal(feed(1, ACK("AA", "4242")), WARD_VERDICT_OK);
	expect_told("\"poct1a.ack_type\":\"AA\"", 1);
	expect_told("\"poct1a.outcome\":\"accept\",\"poct1a.answers_type\":\"HEL.R01\"", 1);
	(void)feed(0, XML
		"<DST.R01>" HDR("2") "<DST><DST.new_observations_qty V=\"3\"/></DST></DST.R01>");
	expect_told("\"poct1a.new_observations\":\"3\"", 1);
	(void)feed(1, ACK("AE", "2") ACK("AE", "3"));
	expect_told("\"poct1a.outcome\":\"error\",\"poct1a.answers_type\":\"DST.R01\"", 1);
	expect_told("\"poct1a.outcome\":\"error\",\"poct1a.request_unseen\":true", 1);
	(void)feed(1, "<REQ.R01><REQ><REQ.request_cd V=\"ROBS\"/></REQ></REQ.R01>");
	expect_told("\"class\":\"net.poct1a.message\"", 2);
	expect_told("\"poct1a.request\":\"ROBS\"", 1);
	proto_lab_over(&lab, 0);
	expect_told("unanswered", 0);
}

static void test_persons_are_not_told(void **state)
{
	static const char *const secret[] = {
		"4711", "Doe", "John", "5.6", "nurse7", "mmol", "4242", "5151"};

	(void)state;
	again();
	(void)feed(0, HELLO);
	(void)feed(1, ACK("AA", "4242"));
	(void)feed(0, OBSERVATION);
	(void)feed(1, ACK("AE", "1"));
	proto_lab_over(&lab, 0);
	expect_told("\"class\":\"net.poct1a.unanswered\"", 1);
	expect_told("\"poct1a.message_type\":\"OBS.R01\"", 2);
	for (size_t i = 0; i < WARD_ARRAY_LEN(secret); i++)
		expect_told(secret[i], 0);
}

static void test_long(void **state)
{
	static char text[200000];

	(void)state;
	again();
	assert_int_equal(feed(0, HELLO), WARD_VERDICT_OK);
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "<OBS.R02><OBS>", 14);
	memcpy(text + sizeof(text) - 30, "</OBS></OBS.R02><END.R01></END.R01>", 29);
	(void)feed(0, text);
	assert_int_equal(feed(0, "D.R01>"), WARD_VERDICT_OK);
	expect_told("\"poct1a.message_type\":\"OBS.R02\"", 1);
	expect_told("\"poct1a.message_type\":\"END.R01\"", 1);
}

static void expect_reason(const char *text, enum ward_poct1a_reason reason)
{
	uint64_t before = proto_lab_reason(&lab, reason);

	again();
	assert_int_equal(feed(0, HELLO), WARD_VERDICT_OK);
	assert_int_equal(feed(0, text), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, reason), before + 1);
}

static void test_reasons(void **state)
{
	(void)state;
	expect_reason("GET / HTTP/1.1\r\n", WARD_POCT1A_START);
	expect_reason("<html>", WARD_POCT1A_START);
	expect_reason("<HEL.R09></HEL.R09>", WARD_POCT1A_START);
	expect_reason("<QQQ.R01></QQQ.R01>", WARD_POCT1A_START);
	expect_reason("<HEL.R01><a></b></HEL.R01>", WARD_POCT1A_XML);
	again();
	(void)feed(0, HELLO);
	assert_true(proto_lab_gap(&lab, 0, 9));
	assert_int_equal(feed(0, "V=\"1\"/></x>" HELLO), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.poct1a.hello\"", 2);
}

static void test_probe(void **state)
{
	static const char *const foreign[] = {"", "<", "<?xml version=\"1.0\"?>", "<HEL",
		"<HEL.R01", "<soap:Envelope>", "<?xml version=\"1.0\"?><HEL.R019>", "HEL.R01",
		"<HEL.X01>"};
	static char blanks[600];

	(void)state;
	assert_true(ward_dissect_poct1a.probe_stream(ward_slice_of(HELLO, sizeof(HELLO) - 1)) ==
		    WARD_PROBE_YES);
	assert_true(ward_dissect_poct1a.probe_stream(
			    ward_slice_of("<!DOCTYPE x>\n<OBS.R02 a=\"\">", 27)) == WARD_PROBE_YES);
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
		assert_false(ward_dissect_poct1a.probe_stream(ward_slice_of(
				     foreign[i], strlen(foreign[i]))) == WARD_PROBE_YES);
	memset(blanks, ' ', sizeof(blanks));
	assert_false(ward_dissect_poct1a.probe_stream(ward_slice_of(blanks, sizeof(blanks))) ==
		     WARD_PROBE_YES);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "<html></html>"), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "<HEL.R01></x></HEL.R01>"), WARD_VERDICT_FOREIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_persons_are_not_told),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
