#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/hl7/hl7.h"
#include "sense/net/proto/hl7/stream.h"
#include "sense/net/proto/dissectors.h"

#define SOB "\x0b"
#define EOB "\x1c\r"
#define MSH(type, id) \
	"MSH|^~\\&|HIS|HOSP|LIS|LAB|20250101120000||" type "|" id "|P|2.5||||||UNICODE UTF-8"
#define PID "PID|1||4711^^^HOSP^MR||DOE^JOHN||19700101|M|||Elm Street 1"
#define ADT SOB MSH("ADT^A01^ADT_A01", "DOE4711") "\rEVN|A01\r" PID "\rNK1|1|DOE^JANE\r" EOB
#define ACK(code, id) SOB MSH("ACK", "9") "\rMSA|" code "|" id "|DOE is not known\r" EOB

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_hl7);
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
	proto_lab_again(&lab, &ward_dissect_hl7);
	proto_lab_forget(&lab);
	lab.net->index = 0;
}

static enum ward_verdict feed(unsigned side, const char *text)
{
	return proto_lab_feed(&lab, side, ward_slice_of(text, strlen(text)), false);
}

static enum ward_verdict end(unsigned side)
{
	return proto_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_transaction(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, ADT), WARD_VERDICT_OK);
	assert_int_equal(feed(1, ACK("AA", "DOE4711")), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.hl7.message\"", 1);
	expect_told("\"hl7.type\":\"ADT\",\"hl7.trigger\":\"A01\",\"hl7.structure\":\"ADT_A01\","
		    "\"hl7.sending_application\":\"HIS\",\"hl7.sending_facility\":\"HOSP\","
		    "\"hl7.receiving_application\":\"LIS\",\"hl7.receiving_facility\":\"LAB\","
		    "\"hl7.time\":\"20250101120000\",\"hl7.processing_id\":\"P\","
		    "\"hl7.version\":\"2.5\",\"hl7.charset\":\"UNICODE UTF-8\","
		    "\"hl7.control_id_given\":true,\"hl7.segments\":4,"
		    "\"hl7.segment\":[\"MSH\",\"EVN\",\"PID\",\"NK1\"]",
		1);
	expect_told("\"class\":\"net.hl7.ack\"", 1);
	expect_told("\"hl7.ack_code\":\"AA\",\"hl7.outcome\":\"accept\","
		    "\"hl7.answers_type\":\"ADT\",\"hl7.answers_trigger\":\"A01\"",
		1);
	(void)end(0);
	(void)end(1);
	expect_told("unanswered", 0);
	expect_told("net.malformed", 0);
}

static void test_values_are_not_told(void **state)
{
	static const char *const secret[] = {
		"DOE", "4711", "JOHN", "JANE", "19700101", "Elm", "known"};

	(void)state;
	again();
	(void)feed(0, ADT);
	(void)feed(1, ACK("AE", "DOE4711"));
	(void)feed(0, ADT);
	(void)end(0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(secret); i++)
		expect_told(secret[i], 0);
}

/* A pump by its values (IHE PCD-01), a participating device with UDI; and a pacemaker, which is a
 * patient's. */
static void test_device(void **state)
{
	(void)state;
	again();
	(void)feed(0, SOB MSH("ORU^R01",
			      "1") "\r" PID "\rOBX|1|NM|157985^MDC_DOSE|1.0|5|||||||F||||||PUMP7^"
				   "ACME^001B1CFFFE00A1B2^EUI-64"
				   "\rOBX|2|NM|157986^MDC_DOSE|1.0|5|||||||F||||||PUMP8\r" EOB);
	expect_told("\"hl7.device\":\"PUMP7\",\"hl7.device_universal_id\":\"001B1CFFFE00A1B2\","
		    "\"hl7.devices\":2",
		1);
	(void)feed(0,
		SOB MSH("ADT^A01", "2") "\r" PID "\rPRT|1|AD||EQUIP||||||MON3^ACME|||||| "
					"(01)00643169007222|20250101|20300101|L0T|S3R1AL\r" EOB);
	expect_told("\"hl7.device\":\"MON3\",\"hl7.device_udi\":\" (01)00643169007222\","
		    "\"hl7.devices\":1",
		1);
	expect_told("L0T", 0);
	expect_told("S3R1AL", 0);
	(void)feed(0, SOB MSH("ORU^R01", "3") "\r" PID "\rOBX|1|ST|720897^MDC_IDC_DEV_TYPE|1|x|||||"
					      "||F||||||HEART99^MDT\r" EOB);
	expect_told("HEART99", 0);
	expect_told("\"hl7.devices\"", 2);
}

/* Which ward a patient comes to and leaves: codes, and of ADT only. */
static void test_visit(void **state)
{
	(void)state;
	again();
	(void)feed(0,
		SOB MSH("ADT^A02", "1") "\r" PID
					"\rPV1|1|I|CARD^12^B^HOSP|E|V4711|ICU-1^3|DOC^WHO\r" EOB);
	expect_told("\"hl7.point_of_care\":\"CARD\",\"hl7.prior_point_of_care\":\"ICU-1\"", 1);
	(void)feed(0, SOB MSH("ADT^A01", "2") "\r" PID "\rPV1|1|I|DOE JOHN^1\r" EOB);
	(void)feed(0, SOB MSH("ADT^A01", "3") "\r" PID "\rPV1|1|I|A23456789012345678901\r" EOB);
	(void)feed(0, SOB MSH("ORU^R01", "4") "\r" PID "\rPV1|1|I|CARD\r" EOB);
	expect_told("\"hl7.type\":\"ADT\"", 3);
	expect_told("point_of_care", 2);
	for (size_t i = 0; i < 5; i++)
		expect_told((const char *const[]){"DOE", "V4711", "WHO", "4711", "^12"}[i], 0);
	/* the next message knows nothing of it */
	(void)feed(0, SOB MSH("ADT^A03", "5") "\r" PID "\r" EOB);
	expect_told("point_of_care", 2);
}

static void test_unanswered_and_refused(void **state)
{
	(void)state;
	again();
	(void)feed(0, SOB MSH("ORU^R01", "1") "\r" EOB SOB MSH("ORM^O01", "2") "\r" EOB);
	(void)feed(1, SOB MSH("ACK",
			      "3") "\rMSA|AR|2\rERR|||207^text DOE^HL70357|E|||DOE\rERR|||1\r" EOB);
	expect_told("\"hl7.ack_code\":\"AR\",\"hl7.outcome\":\"reject\",\"hl7.errors\":2,"
		    "\"hl7.error_code\":\"207\",\"hl7.error_severity\":\"E\","
		    "\"hl7.answers_type\":\"ORM\"",
		1);
	(void)feed(1, ACK("CE", "7"));
	expect_told("\"hl7.outcome\":\"error\",\"hl7.request_unseen\":true", 1);
	(void)end(0);
	expect_told("net.hl7.unanswered", 0); /* the other side may still do it */
	(void)end(1);
	expect_told("\"class\":\"net.hl7.unanswered\"", 1);
	expect_told(
		"\"src_port\":50000,\"dst_port\":2575,\"proto\":\"tcp\",\"hl7.type\":\"ORU\"", 2);
	expect_told("DOE", 0);
}

/* 2.9.3: a commit acknowledgment does not end the wait, nor is it an answer that lacks. */
static void test_enhanced_mode(void **state)
{
	(void)state;
	again();
	(void)feed(0, ADT);
	(void)feed(1, ACK("CA", "DOE4711"));
	(void)feed(1, ACK("AA", "DOE4711"));
	expect_told("\"hl7.answers_type\":\"ADT\"", 2);
	(void)feed(0, ADT);
	(void)feed(1, ACK("CA", "DOE4711"));
	(void)feed(0, SOB "MSH|^~\\&|A||B||1||ADT^A01|5|P|2.5|||NE|NE\r" EOB);
	(void)end(0);
	(void)end(1);
	expect_told("unanswered", 0);
}

static void test_too_many(void **state)
{
	(void)state;
	again();
	for (unsigned i = 0; i < WARD_HL7_PENDING + 2; i++) {
		char text[128];

		(void)snprintf(
			text, sizeof(text), SOB "MSH|^~\\&|A||B||1||ADT^A01|%u|P|2.5\r" EOB, i);
		assert_int_equal(feed(0, text), WARD_VERDICT_OK);
	}
	/* answers may yet come, and the questions were seen */
	expect_told("unanswered", 0);
	(void)feed(1, ACK("AA", "0"));
	(void)feed(1, ACK("AA", "1"));
	expect_told("hl7.request_unseen", 0);
	(void)feed(1, ACK("AA", "none"));
	expect_told("hl7.request_unseen", 1);
	/* half a minute later nobody waits for them any more */
	lab.frame.time += 30 * WARD_NS_PER_S;
	(void)feed(0, SOB MSH("ADT^A01", "x") "\r" EOB);
	expect_told("net.hl7.unanswered", 1);
}

/* Without blocks a message ends at the next, at its answer, and at the end. */
static void test_unframed(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, MSH("ADT^A01", "1") "\r" PID "\r"), WARD_VERDICT_OK);
	expect_told("net.hl7.message", 0);
	assert_int_equal(feed(1, MSH("ACK", "9") "\rMSA|AA|1\r"), WARD_VERDICT_OK);
	expect_told("\"hl7.trigger\":\"A01\"", 1);
	(void)feed(0, MSH("ADT^A02", "2") "\nEVN|x\n" MSH("ADT^A03", "3") "\r");
	expect_told("\"hl7.answers_trigger\":\"A01\"", 1);
	expect_told("\"hl7.trigger\":\"A02\"", 1);
	(void)end(0);
	(void)end(1);
	expect_told("\"hl7.trigger\":\"A03\"", 2); /* with the one unanswered */
	expect_told("\"hl7.framed\":true", 0);
	expect_told("net.malformed", 0);
}

static void test_batch(void **state)
{
	(void)state;
	again();
	assert_int_equal(
		feed(0, SOB "FHS|^~\\&|DOE\rBHS|^~\\&\r" MSH("ADT^A01", "1") "\r" PID "\r" MSH(
				"ADT^A02", "2") "\rBTS|2\rFTS|1\r" EOB),
		WARD_VERDICT_OK);
	expect_told("net.hl7.message", 2);
	expect_told("DOE", 0);
}

static const char *const talk[] = {
	ADT, ACK("AA", "DOE4711"), MSH("ORU^R01", "2") "\rOBX|1\r", ACK("AE", "2"), ADT};

static void play(size_t piece)
{
	again();
	for (size_t i = 0; i < WARD_ARRAY_LEN(talk); i++) {
		size_t len = strlen(talk[i]);

		for (size_t at = 0; at < len; at += piece)
			(void)proto_lab_feed(&lab, i % 2,
				ward_slice_of(talk[i] + at, len - at < piece ? len - at : piece),
				false);
	}
	(void)end(0);
	(void)end(1);
}

static void test_pieces(void **state)
{
	static const size_t piece[] = {1, 2, 3, 7, 31, 100};

	(void)state;
	play(SIZE_MAX / 2);
	size_t len = lab.out.len;
	char *whole = malloc(len + 1);

	assert_non_null(whole);
	memcpy(whole, lab.out.p, len);
	for (size_t i = 0; i < WARD_ARRAY_LEN(piece); i++) {
		play(piece[i]);
		assert_int_equal(lab.out.len, len);
		assert_memory_equal(lab.out.p, whole, len);
	}
	free(whole);
}

/* No prefix of a message is told as one, and nothing is confirmed before its MSH is whole. */
static void test_prefixes(void **state)
{
	static const char whole[] = ADT;
	size_t msh = strcspn(whole, "\r");

	(void)state;
	for (size_t cut = 1; cut < sizeof(whole) - 3; cut++) {
		again();
		lab.trusted = false;
		enum ward_verdict v = proto_lab_feed(&lab, 0, ward_slice_of(whole, cut), false);

		assert_int_equal(v, cut <= msh ? WARD_VERDICT_MORE : WARD_VERDICT_OK);
		assert_int_equal(lab.out.len, 0);
	}
}

static void test_flips(void **state)
{
	static const uint8_t mask[] = {0x01, 0x10, 0x80, 0xff};
	char bytes[sizeof(ADT)];

	(void)state;
	memcpy(bytes, ADT, sizeof(bytes));
	for (size_t at = 0; at < sizeof(bytes) - 1; at++)
		for (size_t m = 0; m < WARD_ARRAY_LEN(mask); m++) {
			bytes[at] = (char)(bytes[at] ^ mask[m]);
			again();
			(void)proto_lab_feed(
				&lab, 0, ward_slice_of(bytes, sizeof(bytes) - 1), false);
			(void)feed(1, ACK("AA", "DOE4711"));
			(void)feed(0, ADT);
			(void)end(0);
			bytes[at] = (char)(bytes[at] ^ mask[m]);
		}
}

static void expect_reason(const char *text, enum ward_hl7_reason reason)
{
	uint64_t before = proto_lab_reason(&lab, reason);

	again();
	enum ward_verdict v = feed(0, text);

	assert_int_equal(proto_lab_reason(&lab, reason), before + 1);
	assert_int_equal(
		v, reason <= WARD_HL7_MSH_SEPARATOR ? WARD_VERDICT_MALFORMED : WARD_VERDICT_OK);
}

static void test_reasons(void **state)
{
	static char longest[WARD_HL7_LINE + 200];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	memcpy(longest, "MSH|^~\\&|", 9);
	expect_reason("GET / HTTP/1.1\r\n", WARD_HL7_START);
	expect_reason(SOB "PID|1\r" EOB, WARD_HL7_START);
	expect_reason(longest, WARD_HL7_MSH_LENGTH);
	expect_reason("MSHA^~\\&A\r", WARD_HL7_MSH_SEPARATOR);
	expect_reason("MSH|^^^^|\r", WARD_HL7_MSH_SEPARATOR);
	expect_reason("MSH|^~\\&|a|b\r", WARD_HL7_MSH_SHORT);
	expect_reason(MSH("adt^a01", "1") "\r", WARD_HL7_MSH_TYPE);
	expect_reason(
		SOB MSH("ADT", "1") "\r" SOB MSH("ADT", "1") "\r" EOB, WARD_HL7_FRAME_RESTART);
	expect_reason(
		SOB MSH("ADT", "1") "\r\x1c" SOB MSH("ADT", "2") "\r" EOB, WARD_HL7_FRAME_END);
	expect_reason(SOB MSH("ADT", "1") "\rDOE JOHN\r" EOB, WARD_HL7_SEGMENT);
	expect_told("DOE", 0);
	expect_reason(ACK("OK", "1"), WARD_HL7_ACK_CODE);
}

/* Other marks are followed, and a type written with the usual ones is read all the same. */
static void test_marks(void **state)
{
	struct ward_hl7_msh m;

	(void)state;
	assert_true(ward_hl7_msh(WARD_STR("MSH#*~\\&#A#B#C#D#1##ADT*A01#12#P#2.5"), &m));
	assert_true(ward_str_eqz(m.type, "ADT") && ward_str_eqz(m.trigger, "A01"));
	assert_int_equal(m.fault, WARD_HL7_REASON_N);
	assert_true(ward_hl7_msh(WARD_STR("MSH#*~\\&#A#B#C#D#1##ADT^A01#12#P#2.5"), &m));
	assert_true(ward_str_eqz(m.type, "ADT") && ward_str_eqz(m.trigger, "A01"));
	assert_int_equal(m.fault, WARD_HL7_MSH_TYPE);
	/* A trigger that is no code is somebody's text. */
	assert_true(ward_hl7_msh(WARD_STR("MSH|^~\\&|A|B|C|D|1||ADT^John Doe|12|P|2.5"), &m));
	assert_int_equal(m.trigger.len, 0);
}

static void test_gap(void **state)
{
	(void)state;
	again();
	(void)feed(0, SOB MSH("ADT^A01", "1") "\rPID|");
	assert_true(proto_lab_gap(&lab, 0, 10));
	expect_told("\"hl7.cut\":true", 1);
	assert_int_equal(feed(0, "DOE|x\r" EOB ADT), WARD_VERDICT_OK);
	expect_told("\"hl7.structure\":\"ADT_A01\"", 1);
	expect_told("DOE", 0);
}

static void test_probe(void **state)
{
	static const char *const foreign[] = {"", "M", "MSH", "MSH|", "MSH|^~\\&", "MSHA^~\\&A",
		SOB, "GET / HTTP/1.1", "MSH|^|", "MSH|abc|", "MSH |||| |"};

	(void)state;
	assert_true(ward_dissect_hl7.probe_stream(ward_slice_of(ADT, sizeof(ADT) - 1)) ==
		    WARD_PROBE_YES);
	assert_true(
		ward_dissect_hl7.probe_stream(ward_slice_of("MSH|^~\\&|x", 10)) == WARD_PROBE_YES);
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
		assert_false(ward_dissect_hl7.probe_stream(ward_slice_of(
				     foreign[i], strlen(foreign[i]))) == WARD_PROBE_YES);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "GET / HTTP/1.1\r\n"), WARD_VERDICT_FOREIGN);
	/* A client that calls somebody else from a port of ours. */
	again();
	lab.packet[0].src_port = 2575;
	lab.packet[0].dst_port = 21;
	assert_int_equal(feed(0, "USER admin\r\n"), WARD_VERDICT_FOREIGN);
}

static void test_segments(void **state)
{
	(void)state;
	for (size_t i = 0; i < ward_hl7_segment_count(); i++)
		assert_int_equal(ward_hl7_segment_at(ward_hl7_segment_nth(i)), i);
	assert_int_equal(ward_hl7_segment_at("DOE"), SIZE_MAX);
	assert_null(ward_hl7_segment_nth(ward_hl7_segment_count()));
	/* Numbers are kept in a byte. */
	assert_true(ward_hl7_segment_count() <= 256);
}

#define BATCH "FHS|^~\\&|HIS\rBHS|^~\\&|HIS\r"
#define MERGE(id) MSH("ADT^A40", id) "\r" PID "\r"

/* One acknowledgement answers a batch, at the begin of a connection as later (2.10.3). */
static void test_batch_answered(void **state)
{
	(void)state;
	for (unsigned by_message = 0; by_message < 2; by_message++) {
		again();
		lab.trusted = false;
		assert_int_equal(feed(0, SOB BATCH MERGE("1") MERGE("2") "BTS|2\rFTS|1\r" EOB),
			WARD_VERDICT_OK);
		expect_told("\"hl7.trigger\":\"A40\"", 2);
		expect_told("\"hl7.framed\":true", 2);
		(void)feed(1, by_message ? ACK("AA", "2") : ACK("AA", "batch"));
		(void)feed(0, SOB BATCH MERGE("3") MERGE("4") "BTS|2\rFTS|1\r" EOB ADT);
		(void)feed(1, ACK("AA", "4"));
		(void)end(0);
		(void)end(1);
		expect_told("\"class\":\"net.hl7.message\"", 5);
		/* what came behind the batch is not answered with it */
		expect_told("\"class\":\"net.hl7.unanswered\"", 1);
		expect_told("\"hl7.trigger\":\"A01\",\"duration_ns\"", 1);
		expect_told("net.malformed", 0);
	}
	/* each may have its own, and nobody answers one batch: it is told once */
	again();
	(void)feed(0, SOB BATCH MERGE("1") MERGE("2") "BTS|2\r" EOB);
	(void)feed(1, ACK("AA", "1") ACK("AA", "2"));
	expect_told("\"hl7.answers_trigger\":\"A40\"", 2);
	(void)feed(0, SOB BATCH MERGE("3") MERGE("4") "BTS|2\r" EOB);
	(void)end(0);
	(void)end(1);
	expect_told("\"class\":\"net.hl7.unanswered\"", 1);
}

/* MLLP release 2: one byte says that a message has arrived; an empty block says nothing. */
static void test_commit(void **state)
{
	static const char *const ack[] = {"\x06", SOB "\x06" EOB}, *const nak[] = {
									   "\x15", SOB "\x15" EOB};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(ack); i++) {
		again();
		(void)feed(0, SOB EOB);
		(void)feed(0, ADT);
		(void)feed(1, ack[i]);
		expect_told("\"hl7.ack_code\":\"CA\",\"hl7.outcome\":\"accept\","
			    "\"hl7.answers_type\":\"ADT\"",
			1);
		(void)feed(1, ACK("AA", "DOE4711"));
		(void)feed(0, ADT);
		(void)feed(1, nak[i]);
		expect_told("\"hl7.ack_code\":\"CR\",\"hl7.outcome\":\"reject\"", 1);
		(void)feed(1, ack[i]);
		expect_told("\"hl7.request_unseen\":true", 1);
		(void)end(0);
		(void)end(1);
		expect_told("\"class\":\"net.hl7.message\"", 2);
		expect_told("\"class\":\"net.hl7.ack\"", 4);
		expect_told("unanswered", 0);
		expect_told("net.malformed", 0);
	}
}

/* What the port alone makes HL7, and fronts. */
static void test_probe_fronts(void **state)
{
	static const struct {
		const char *text;
		enum ward_probe said;
	} rows[] = {{SOB, WARD_PROBE_MORE}, {SOB "M", WARD_PROBE_MORE}, {"FH", WARD_PROBE_MORE},
		{"BHS|^~\\", WARD_PROBE_MORE}, {"BHS|^~\\&|x", WARD_PROBE_YES},
		{"FHS|^~\\&|x", WARD_PROBE_YES}, {"BTS|1", WARD_PROBE_NO}, {SOB "x", WARD_PROBE_NO},
		{"MSH|^^", WARD_PROBE_MORE}, {"MSH|^~\\&#{}", WARD_PROBE_NO},
		{SOB EOB, WARD_PROBE_ON_PORT}, {"\x06", WARD_PROBE_ON_PORT},
		{SOB "\x15", WARD_PROBE_MORE}, {SOB "\x15" EOB, WARD_PROBE_ON_PORT}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		assert_int_equal(ward_dissect_hl7.probe_stream(
					 ward_slice_of(rows[i].text, strlen(rows[i].text))),
			rows[i].said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transaction),
		cmocka_unit_test(test_values_are_not_told),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_visit),
		cmocka_unit_test(test_unanswered_and_refused),
		cmocka_unit_test(test_enhanced_mode),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_unframed),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_batch_answered),
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_probe_fronts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
