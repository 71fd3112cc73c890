#include "sense/net/proto/astm/astm.h"

#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

#define ENQ "\x05"
#define ACK "\x06"
#define NAK "\x15"
#define EOT "\x04"
#define HEADER                                                                                \
	"H|\\^&|4711|hunter2|H7600^1.2^SN99|Elm Street 1||555-0199||HOST|John Doe|P|LIS2-A2|" \
	"20250101120000\r"
#define PATIENT "P|1|4711||DOE|DOE^JOHN||19700101|M\r"
#define RESULT "O|1|4711||^^^GLU|R\rR|1|^^^GLU|5.6|mmol/L\rC|1|I|seen by Doe\r"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_astm);
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
	proto_lab_again(&lab, &ward_dissect_astm);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *text)
{
	return proto_lab_feed(&lab, side, ward_slice_of(text, strlen(text)), false);
}

/* A frame with its checksum, turned by `wrong`. */
static enum ward_verdict frame_of(
	unsigned side, unsigned number, const char *text, char end, uint8_t wrong)
{
	char whole[2048];
	struct ward_wr w = ward_wr_fixed(whole, sizeof(whole));
	uint8_t sum = wrong;

	ward_wr_ch(&w, 2);
	ward_wr_u64(&w, number);
	ward_wr_z(&w, text);
	ward_wr_ch(&w, end);
	for (size_t i = 1; i < w.len; i++)
		sum = (uint8_t)(sum + w.p[i]);
	ward_wr_printf(&w, "%02X\r\n", sum);
	assert_false(ward_wr_bad(&w));
	return proto_lab_feed(&lab, side, ward_wr_slice(&w), false);
}

static enum ward_verdict frame(unsigned side, unsigned number, const char *text)
{
	return frame_of(side, number, text, 3, 0);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void talk(void)
{
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, ENQ), WARD_VERDICT_MORE);
	assert_int_equal(feed(1, ACK), WARD_VERDICT_MORE);
	assert_int_equal(frame(0, 1, HEADER), WARD_VERDICT_OK);
	(void)feed(1, ACK);
	(void)frame(0, 2, PATIENT);
	(void)feed(1, ACK);
	(void)frame_of(0, 3, "O|1|4711||^^^", 0x17, 0);
	(void)feed(1, ACK);
	(void)frame(0, 4, "GLU|R\rR|1|^^^GLU|5.6|mmol/L\rC|1|I|seen by Doe\rX|1\r");
	(void)feed(1, ACK);
	(void)frame(0, 5, "L|1|N\r");
	(void)feed(1, ACK);
	expect_told("net.astm.message", 0);
	(void)feed(0, EOT);
}

static void test_message(void **state)
{
	(void)state;
	talk();
	expect_told("\"class\":\"net.astm.message\"", 1);
	expect_told("\"astm.sender_name\":\"H7600\",\"astm.sender_detail\":\"1.2^SN99\","
		    "\"astm.receiver_id\":\"HOST\",\"astm.processing_id\":\"P\","
		    "\"astm.version\":\"LIS2-A2\",\"astm.delimiters\":\"|\\\\^&\","
		    "\"astm.records\":7,"
		    "\"astm.record\":[\"H\",\"P\",\"O\",\"R\",\"C\",\"L\"],"
		    "\"astm.record_count\":[1,1,1,1,1,1],\"astm.records_other\":1,"
		    "\"astm.termination_code\":\"N\",\"astm.frames\":5,",
		1);
	expect_told("\"astm.outcome\":\"complete\"", 1);
	expect_told("\"src_port\":50000", 2);
	expect_told("\"class\":\"net.login\"", 1);
	expect_told("\"login.outcome\":\"unknown\",\"login.cleartext\":true", 1);
	expect_told("net.malformed", 0);
}

/* A frame byte by byte, and one of the longest after it: what was read is not read again, and the
 * checksum is that of the whole. */
static void test_byte_by_byte(void **state)
{
	static uint8_t whole[WARD_ASTM_FRAME_MAX + 64];
	struct ward_wr w = ward_wr_fixed(whole, sizeof(whole));
	struct ward_astm_scan scan = {0};
	struct ward_astm_frame f;
	uint8_t sum = 0;

	(void)state;
	ward_wr_z(&w, "\x02"
		      "7");
	memset(ward_wr_room(&w, WARD_ASTM_FRAME_MAX - 2), 'x', WARD_ASTM_FRAME_MAX - 2);
	ward_wr_ch(&w, 3);
	for (size_t i = 1; i < w.len; i++)
		sum = (uint8_t)(sum + w.p[i]);
	ward_wr_printf(&w, "%02X\r\n", sum);
	assert_false(ward_wr_bad(&w));
	for (size_t n = 1; n < w.len; n++) {
		assert_int_equal(ward_astm_frame(ward_slice_of(w.p, n), &scan, &f), WARD_ASTM_MORE);
		assert_in_range(scan.at, n < 2 || n > WARD_ASTM_FRAME_MAX ? 0 : n, n);
	}
	assert_int_equal(ward_astm_frame(ward_wr_slice(&w), &scan, &f), WARD_ASTM_WHOLE);
	assert_true(f.sum_good && f.last);
	assert_int_equal(f.size, w.len);
	assert_int_equal(f.text.len, WARD_ASTM_FRAME_MAX - 2);

	again();
	(void)feed(0, ENQ);
	for (const char *p = "\x02"
			     "1" HEADER "L|1|N\r\x03";
		*p; p++)
		assert_int_equal(feed(0, (const char[]){*p, 0}), WARD_VERDICT_MORE);
}

static void test_persons_are_not_told(void **state)
{
	static const char *const secret[] = {
		"4711", "DOE", "Doe", "JOHN", "19700101", "GLU", "5.6", "hunter2", "Elm", "555"};

	(void)state;
	talk();
	(void)frame(1, 1, HEADER PATIENT RESULT);
	proto_lab_over(&lab, 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(secret); i++)
		expect_told(secret[i], 0);
	expect_told("\"class\":\"net.astm.message\"", 2);
}

/* What was refused or damaged comes again and counts once. */
static void test_retransmission(void **state)
{
	(void)state;
	again();
	(void)feed(0, ENQ);
	(void)frame(0, 1, HEADER);
	(void)feed(1, ACK);
	(void)frame(0, 2, PATIENT);
	(void)feed(1, NAK);
	(void)frame(0, 2, PATIENT);
	(void)feed(1, ACK);
	assert_int_equal(frame_of(0, 3, RESULT, 3, 1), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_ASTM_FRAME_CHECKSUM), 1);
	(void)feed(1, NAK);
	(void)frame(0, 3, RESULT);
	(void)feed(1, ACK);
	(void)frame(0, 5, "L|1|N\r");
	(void)feed(1, ACK);
	(void)feed(0, EOT);
	expect_told("\"astm.records\":6,", 1);
	expect_told("\"astm.frames\":4,", 1);
	expect_told("\"astm.checksum_errors\":1,\"astm.naks\":2,\"astm.retransmissions\":1,"
		    "\"astm.frame_number_errors\":1,\"astm.outcome\":\"complete\"",
		1);
}

static void test_outcomes(void **state)
{
	(void)state;
	again();
	(void)frame(0, 1, HEADER "L|1|N\r");
	(void)feed(0, EOT);
	expect_told("\"astm.outcome\":\"unanswered\"", 1);
	(void)feed(0, ENQ);
	(void)frame(0, 1, HEADER "L|1\r");
	(void)feed(1, NAK);
	(void)feed(0, EOT);
	expect_told("\"astm.outcome\":\"refused\"", 1);
	(void)feed(0, ENQ);
	(void)frame(0, 1, HEADER "L|1|N\r");
	(void)feed(1, EOT);
	(void)feed(0, EOT);
	expect_told("\"astm.outcome\":\"interrupted\"", 1);
	/* The other side's turn ends it; a message of its own begins with the next H. */
	(void)frame(0, 1, HEADER);
	(void)feed(1, ENQ);
	expect_told("\"astm.outcome\":\"cut\"", 1);
	(void)frame(1, 1, "H|\\^&\rQ|1|^4711\rL|1|N\rH|\\^&\r");
	expect_told("\"src_port\":2575", 0);
	expect_told("\"astm.record\":[\"H\",\"Q\",\"L\"]", 1);
	proto_lab_over(&lab, 0);
	expect_told("\"astm.outcome\":\"cut\"", 2);
}

static void expect_reason(const char *bytes, enum ward_astm_reason reason)
{
	uint64_t before = proto_lab_reason(&lab, reason);

	again();
	assert_int_equal(frame(0, 1, HEADER), WARD_VERDICT_OK);
	assert_int_equal(feed(0, bytes), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, reason), before + 1);
}

static void test_reasons(void **state)
{
	static char longest[WARD_ASTM_FRAME_MAX + 100];
	uint64_t before = proto_lab_reason(&lab, WARD_ASTM_HEADER_DELIMITERS);

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	memcpy(longest,
		"\x02"
		"2",
		2);
	expect_reason("GET / HTTP/1.1\r\n", WARD_ASTM_START);
	expect_reason("\x02"
		      "8P|1",
		WARD_ASTM_FRAME_NUMBER);
	expect_reason("\x02"
		      "2P|1\x02"
		      "3",
		WARD_ASTM_FRAME_TEXT);
	expect_reason(longest, WARD_ASTM_FRAME_LENGTH);
	expect_reason("\x02"
		      "2P|1\r\x03"
		      "0g\r\n",
		WARD_ASTM_FRAME_END);
	expect_reason("\x02"
		      "2P|1\r\x03"
		      "00\n\r",
		WARD_ASTM_FRAME_END);
	expect_reason("\x02"
		      "2P|1\r\x03"
		      "00\r\n",
		WARD_ASTM_FRAME_CHECKSUM);
	again();
	(void)frame(0, 1, HEADER);
	assert_int_equal(frame(0, 2, "H||||\r"), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_ASTM_HEADER_DELIMITERS), before + 1);
	/* After a gap the next control is a begin. */
	again();
	(void)frame(0, 1, HEADER);
	assert_true(proto_lab_gap(&lab, 0, 5));
	assert_int_equal(feed(0, "junk" EOT), WARD_VERDICT_OK);
	expect_told("\"astm.outcome\":\"cut\"", 1);
}

static void test_probe(void **state)
{
	static const char *const foreign[] = {"H|\\^&|", "\x05\x01",
		"\x02"
		"1P|",
		"\x02"
		"9H",
		"\x06\x06G", "GET /", "\x05\x02\x04\x05"};
	static const char *const front[] = {ENQ, ACK, ACK ACK, ENQ "\x02",
		ENQ "\x02"
		    "1"};
	static const char own[] = ENQ "\x02"
				      "1H|\\^&";

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
		assert_int_equal(ward_dissect_astm.probe_stream(
					 ward_slice_of(foreign[i], strlen(foreign[i]))),
			WARD_PROBE_NO);
	for (size_t i = 0; i < WARD_ARRAY_LEN(front); i++)
		assert_int_equal(
			ward_dissect_astm.probe_stream(ward_slice_of(front[i], strlen(front[i]))),
			WARD_PROBE_MORE);
	assert_int_equal(ward_dissect_astm.probe_stream(ward_slice_of(own, sizeof(own) - 1)),
		WARD_PROBE_YES);
	again();
	lab.trusted = false;
	assert_int_equal(frame(0, 1, "P|1\r"), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(frame_of(0, 1, HEADER, 3, 9), WARD_VERDICT_FOREIGN);
	again();
	assert_int_equal(feed(0, "\x05\x05\x05\x05\x05\x05\x05\x05\x05"), WARD_VERDICT_FOREIGN);
	again();
	assert_int_equal(feed(0, "\x05xyz"), WARD_VERDICT_FOREIGN);
	again();
	assert_int_equal(feed(0, "\x02"
				 "1H\x02"),
		WARD_VERDICT_FOREIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_persons_are_not_told),
		cmocka_unit_test(test_retransmission),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
