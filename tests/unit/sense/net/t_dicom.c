#include "dicom_make.h"
#include "proto_lab.h"

#include "sense/net/proto/dicom/names.h"
#include "sense/net/proto/dicom/stream.h"
#include "sense/net/proto/dissectors.h"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_dicom);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

/* Explicit VR little endian. */
static void put_query(struct ward_wr *w)
{
	ward_wr_bytes(w, "\x08\0\x52\0CS\x06\0STUDY ", 14);
	ward_wr_bytes(w, "\x10\0\x10\0PN\x08\0DOE^JOHN", 16);
	ward_wr_bytes(w, "\x10\0\x20\0LO\0\0", 8);
	ward_wr_bytes(w, "\x99\0\x10\x10SQ\0\0\xff\xff\xff\xff", 12);
	ward_wr_bytes(w, "\xfe\xff\0\xe0\xff\xff\xff\xff", 8);
	ward_wr_bytes(w,
		"\x10\0\x30\0DA\x08\0"
		"19700101",
		16);
	ward_wr_bytes(w, "\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0", 16);
}

/* A conversation with a bit of everything: steps in order, each of one side. */
struct step {
	unsigned side;
	struct made made;
};
enum { STEPS = 16 };
static struct step steps[STEPS];
static size_t n_step;

static struct ward_wr *step(unsigned side)
{
	assert_true(n_step < STEPS);
	steps[n_step].side = side;
	return make(&steps[n_step++].made);
}

static void make_query(struct ward_wr *w)
{
	struct made query;

	put_message(w, 3,
		&(struct message){.field = 0x20, .id = 2, .dataset = true, .uid = STUDY_FIND});
	put_query(make(&query));
	put_pdv(w, 3, 0, ward_slice_of(query.buf, 20));
	put_pdv(w, 3, LAST, ward_slice_of(query.buf + 20, query.w.len - 20));
}

static void make_store(struct ward_wr *w)
{
	static const uint8_t pixels[3000];
	struct made m, set;
	struct ward_wr *b = make(&m);

	/* Two PDVs in one PDU, the command in two fragments. */
	put_set(make(&set),
		&(struct message){
			.field = 1, .id = 3, .dataset = true, .uid = CT, .instance = INSTANCE});
	put_pdv(w, 5, COMMAND, ward_slice_of(set.buf, 33));
	ward_wr_be32(b, (uint32_t)set.w.len - 33 + 2);
	ward_wr_be16(b, 0x0503);
	ward_wr_bytes(b, set.buf + 33, set.w.len - 33);
	ward_wr_be32(b, sizeof(pixels) + 2);
	ward_wr_be16(b, 0x0500);
	ward_wr_bytes(b, pixels, sizeof(pixels));
	put_pdu(w, 4, bytes_of(&m));
	put_pdv(w, 5, LAST, ward_slice_of(pixels, 100));
}

static void make_conversation(void)
{
	static const uint8_t fixed[4];
	struct ward_wr *w;

	n_step = 0;
	put_associate(step(0), false, &usual);
	put_associate(step(1), true, &usual);
	put_message(step(0), 1, &(struct message){.field = 0x30, .id = 1, .uid = VERIFICATION});
	put_message(step(1), 1, &(struct message){.field = 0x8030, .id = 1});
	make_query(step(0));
	w = step(1);
	put_message(w, 3,
		&(struct message){.field = 0x8020, .id = 2, .status = 0xff00, .dataset = true});
	put_pdv(w, 3, LAST, ward_slice_of("\x10\0\x10\0PN\x08\0ROE^JANE", 16));
	put_message(w, 3, &(struct message){.field = 0x8020, .id = 2});
	make_store(step(0));
	put_message(step(1), 5, &(struct message){.field = 0x8001, .id = 3, .status = 0xa700});
	w = step(0);
	put_message(w, 3,
		&(struct message){.field = 0x21,
			.id = 4,
			.dataset = true,
			.uid = STUDY_FIND,
			.destination = "EVIL"});
	put_pdv(w, 3, LAST, ward_slice_of("\x08\0\x52\0CS\x06\0STUDY ", 14));
	put_message(w, 3, &(struct message){.field = 0x0fff, .id = 4});
	put_message(step(1), 3,
		&(struct message){.field = 0x8021, .id = 4, .status = 0xfe00, .completed = 7});
	put_pdu(step(0), 5, ward_slice_of(fixed, 4));
	put_pdu(step(1), 6, ward_slice_of(fixed, 4));
}

/* Feeds all steps in pieces of at most `piece` bytes; the last verdict. */
static enum ward_verdict play(size_t piece)
{
	enum ward_verdict v = WARD_VERDICT_MORE;

	proto_lab_again(&lab, &ward_dissect_dicom);
	proto_lab_forget(&lab);
	lab.net->index = 0;
	for (size_t i = 0; i < n_step; i++) {
		struct ward_slice all = bytes_of(&steps[i].made);

		for (size_t at = 0; at < all.len; at += piece) {
			size_t n = all.len - at < piece ? all.len - at : piece;

			v = proto_lab_feed(
				&lab, steps[i].side, ward_slice_of(all.p + at, n), false);
		}
	}
	return v;
}

/* What a file of the object is: the head that PS3.10 7.1 asks for, then its 3100 zeros. */
static void expect_object(void)
{
	static const uint8_t zeros[3100];
	uint8_t bytes[WARD_DICOM_HEAD + sizeof(zeros)], sum[WARD_SHA256_BYTES];
	char hex[2 * WARD_SHA256_BYTES + 1];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes)), h = ward_wr_fixed(hex, sizeof(hex));

	assert_true(ward_dicom_head(WARD_STR("1.2.840.10008.5.1.4.1.1.2"), WARD_STR(INSTANCE),
		WARD_STR("1.2.840.10008.1.2.1"), &w));
	ward_wr_bytes(&w, zeros, sizeof(zeros));
	assert_true(ward_digest_sha256(ward_wr_slice(&w), sum));
	ward_wr_hex(&h, ward_slice_of(sum, sizeof(sum)));
	ward_wr_u8(&h, 0);
	assert_int_equal(proto_lab_seen(&lab, "\"file.complete\":true,\"file.end\":\"whole\""), 1);
	assert_int_equal(proto_lab_seen(&lab, hex), 1);
}

/* Byte by byte: preamble, prefix, and the elements of group 2 in order, each of even length. */
static void test_head(void **state)
{
	static const char elements[] = "DICM"
				       "\2\0\0\0UL\4\0\x78\0\0\0"
				       "\2\0\1\0OB\0\0\2\0\0\0\0\1"
				       "\2\0\2\0UI\4\0"
				       "1.2\0"
				       "\2\0\3\0UI\4\0"
				       "1.22"
				       "\2\0\x10\0UI\2\0"
				       "9\0"
				       "\2\0\x12\0UI\x2c\0"
				       "2.25.132976964233822410068357953244391154285"
				       "\2\0\x13\0SH\x0c\0WARD_CARVED ";
	uint8_t bytes[WARD_DICOM_HEAD];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	(void)state;
	assert_true(ward_dicom_head(WARD_STR("1.2"), WARD_STR("1.22"), WARD_STR("9"), &w));
	assert_int_equal(w.len, 128 + sizeof(elements) - 1);
	for (size_t i = 0; i < 128; i++)
		assert_int_equal(bytes[i], 0);
	assert_memory_equal(bytes + 128, elements, sizeof(elements) - 1);
	assert_false(ward_dicom_head(WARD_STR(""), WARD_STR("1"), WARD_STR("9"), &w));
	assert_false(ward_dicom_head(WARD_STR("1"), WARD_STR(""), WARD_STR("9"), &w));
	assert_false(ward_dicom_head(WARD_STR("1"), WARD_STR("1"), WARD_STR(""), &w));
	w = ward_wr_fixed(bytes, 200);
	assert_false(ward_dicom_head(WARD_STR("1"), WARD_STR("1"), WARD_STR("9"), &w));
}

static void test_conversation(void **state)
{
	static const char *const told[] = {
		"\"class\":\"net.dicom.associate\"",
		"\"dicom.calling_ae\":\"CT1\",\"dicom.called_ae\":\"PACS\","
		"\"dicom.application_context\":\"DICOMApplicationContext\",\"dicom.contexts\":3,",
		"\"dicom.abstract_syntax\":[\"Verification\","
		"\"StudyRootQueryRetrieveInformationModelFind\",\"CTImageStorage\"],",
		"\"dicom.user_identity\":\"username-passcode\"",
		"\"class\":\"net.dicom.accepted\"",
		"\"dicom.contexts_accepted\":3",
		"\"class\":\"net.dicom.c_echo\"",
		"\"class\":\"net.dicom.c_find\"",
		"\"dicom.query_level\":\"STUDY\",\"dicom.keys\":[\"QueryRetrieveLevel\","
		"\"PatientName\",\"PatientID\",\"00991010\"],\"dicom.keys_valued\":["
		"\"QueryRetrieveLevel\",\"PatientName\",\"00991010\"],\"dicom.keys_seen\":4,",
		"\"dicom.responses_pending\":1,\"dicom.bytes\":90,\"dicom.bytes_back\":16",
		"\"class\":\"net.dicom.c_store\"",
		"\"dicom.sop_class\":\"CTImageStorage\",\"dicom.sop_instance\":\"" INSTANCE "\"",
		"\"dicom.status\":42752,\"dicom.outcome\":\"failure\",\"dicom.bytes\":3100,",
		"\"class\":\"net.dicom.c_move\"",
		"\"dicom.move_destination\":\"EVIL\"",
		"\"dicom.outcome\":\"cancel\",\"dicom.suboperations_completed\":7,"
		"\"dicom.cancelled\":true",
		"\"class\":\"net.dicom.released\"",
		"\"dicom.requests\":4,\"dicom.requests_failed\":1,\"dicom.requests_unanswered\":0,"
		"\"dicom.bytes\":3204,\"dicom.bytes_back\":16",
	};

	(void)state;
	make_conversation();
	assert_int_equal(play(ROOM), WARD_VERDICT_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++)
		if (proto_lab_seen(&lab, told[i]) == 0)
			fail_msg("not told: %s in\n%.*s", told[i],
				WARD_STR_ARG(ward_wr_text(&lab.out)));
	assert_int_equal(proto_lab_seen(&lab, "net.malformed"), 0);
	assert_int_equal(proto_lab_seen(&lab, "\"class\":"), 7);
	/* All is told from the requestor's side. */
	assert_int_equal(proto_lab_seen(&lab, "\"src_ip\":\"10.0.0.1\""), 7);
	/* The stored object, with a file's head before it, and nothing of queries. */
	proto_lab_files(&lab);
	assert_int_equal(proto_lab_seen(&lab, "\"class\":\"net.file\""), 1);
	assert_int_equal(
		proto_lab_seen(&lab,
			"\"service\":\"dicom\",\"file.direction\":\"upload\","
			"\"file.mime_declared\":\"application/dicom\",\"dicom.calling_ae\":\"CT1\","
			"\"dicom.called_ae\":\"PACS\",\"dicom.sop_class\":\"CTImageStorage\","
			"\"dicom.sop_instance\":\"" INSTANCE "\",\"dicom.transfer_syntax\":"
			"\"ExplicitVRLittleEndian\",\"file.mime_type\":\"application/dicom\","),
		1);
	expect_object();
}

static void test_values_are_not_told(void **state)
{
	static const char *const secret[] = {"DOE", "ROE", "JOHN", "19700101", "gregory", "secret"};

	(void)state;
	make_conversation();
	(void)play(ROOM);
	for (size_t i = 0; i < WARD_ARRAY_LEN(secret); i++)
		assert_int_equal(proto_lab_seen(&lab, secret[i]), 0);
}

/* However the stream is cut, the same is told. */
static void test_pieces(void **state)
{
	static const size_t piece[] = {1, 2, 3, 5, 7, 11, 100, 1460};
	char *whole;
	size_t len;

	(void)state;
	make_conversation();
	(void)play(ROOM);
	len = lab.out.len;
	whole = malloc(len);
	assert_non_null(whole);
	memcpy(whole, lab.out.p, len);
	for (size_t i = 0; i < WARD_ARRAY_LEN(piece); i++) {
		assert_int_equal(play(piece[i]), WARD_VERDICT_OK);
		assert_int_equal(lab.out.len, len);
		assert_memory_equal(lab.out.p, whole, len);
	}
	free(whole);
}

/* A prefix of an association's PDU wants more, says how much, and tells nothing. */
static void test_prefixes(void **state)
{
	(void)state;
	make_conversation();
	for (unsigned i = 0; i < 2; i++) {
		struct ward_slice all = bytes_of(&steps[i].made);

		for (size_t cut = 1; cut < all.len; cut++) {
			proto_lab_again(&lab, &ward_dissect_dicom);
			proto_lab_forget(&lab);
			assert_int_equal(proto_lab_feed(&lab, i, ward_slice_of(all.p, cut), false),
				WARD_VERDICT_MORE);
			assert_int_equal(lab.d.need,
				cut < WARD_DICOM_PDU_HEADER ? WARD_DICOM_PDU_HEADER : all.len);
			assert_int_equal(lab.out.len, 0);
		}
	}
}

static void test_flips(void **state)
{
	static const uint8_t mask[] = {0x01, 0x80, 0xff};

	(void)state;
	for (size_t s = 0; s < STEPS - 1; s++) {
		make_conversation();
		if (s >= n_step)
			break;
		size_t len = steps[s].made.w.len;

		for (size_t at = 0; at<len; at += len> 500 && at > 200 ? 37 : 1)
			for (size_t m = 0; m < WARD_ARRAY_LEN(mask); m++) {
				steps[s].made.buf[at] ^= mask[m];
				(void)play(ROOM);
				steps[s].made.buf[at] ^= mask[m];
			}
	}
}

/* Feeds bytes to an open association and asks for one reason. */
static void expect_reason(unsigned side, const struct made *m, enum ward_dicom_reason reason)
{
	uint64_t before = proto_lab_reason(&lab, reason);
	enum ward_verdict v = proto_lab_feed(&lab, side, bytes_of(m), false);

	assert_int_equal(proto_lab_reason(&lab, reason), before + 1);
	if (reason == WARD_DICOM_ASSOCIATE_ITEM) /* either, by how early it is */
		assert_true(v == WARD_VERDICT_OK || v == WARD_VERDICT_MALFORMED);
	else
		assert_int_equal(v, reason <= WARD_DICOM_COMMAND_LENGTH ? WARD_VERDICT_MALFORMED
									: WARD_VERDICT_OK);
}

static void open_association(void)
{
	make_conversation();
	n_step = 2;
	(void)play(ROOM);
}

static void expect_hex(unsigned side, const char *hex, enum ward_dicom_reason reason)
{
	struct made m;
	struct ward_slice s = unhex(hex);

	ward_wr_bytes(make(&m), s.p, s.len);
	bytes_free(s);
	expect_reason(side, &m, reason);
}

static void test_stream_reasons(void **state)
{
	struct made m, zeros;

	(void)state;
	memset(&zeros, 0, sizeof(zeros));
	open_association();
	expect_hex(0, "080000000004 00000000", WARD_DICOM_PDU_TYPE);
	open_association();
	expect_hex(0, "050000000005 0000000000", WARD_DICOM_PDU_LENGTH);
	open_association();
	expect_hex(0, "010000010001 0000000000", WARD_DICOM_PDU_LENGTH);
	open_association();
	expect_hex(0, "040000000005 0000000001", WARD_DICOM_PDV_OVERRUN);
	open_association();
	expect_hex(0, "040000000008 00000005 01020000", WARD_DICOM_PDV_OVERRUN);
	open_association(); /* three bytes are left behind the first PDV */
	expect_hex(0, "04000000000b 00000002 0100 000000000000", WARD_DICOM_PDV_OVERRUN);
	open_association();
	put_pdv(make(&m), 1, COMMAND, ward_slice_of(zeros.buf, WARD_DICOM_BUFFER + 1));
	expect_reason(0, &m, WARD_DICOM_COMMAND_LENGTH);
	open_association();
	put_pdv(make(&m), 7, COMMAND, ward_slice_of(zeros.buf, 4));
	expect_reason(0, &m, WARD_DICOM_PDV_CONTEXT);
	open_association(); /* a data set that no command has announced */
	put_pdv(make(&m), 1, LAST, ward_slice_of(zeros.buf, 4));
	expect_reason(0, &m, WARD_DICOM_PDV_ORDER);
	open_association(); /* a command in the place of a data set */
	put_message(
		make(&m), 5, &(struct message){.field = 1, .id = 3, .dataset = true, .uid = CT});
	put_message(&m.w, 5, &(struct message){.field = 0x30, .id = 4});
	expect_reason(0, &m, WARD_DICOM_PDV_ORDER);
	open_association();
	((struct ward_dicom_flow *)lab.flow)->side[1].max_length = 64;
	put_message(make(&m), 5,
		&(struct message){
			.field = 1, .id = 3, .dataset = true, .uid = CT, .instance = INSTANCE});
	expect_reason(0, &m, WARD_DICOM_PDU_BEYOND_MAXIMUM);
	open_association();
	put_associate(make(&m), false, &usual);
	expect_reason(0, &m, WARD_DICOM_PDU_STATE);
}

static void test_associate_reasons(void **state)
{
	static const struct {
		struct asked asked;
		enum ward_dicom_reason reason;
	} samples[] = {
		{{"PACS", "CT1", 2, 1, VERIFICATION}, WARD_DICOM_ASSOCIATE_VERSION},
		{{"PACS", "CT\xe9", 1, 1, VERIFICATION}, WARD_DICOM_ASSOCIATE_AE_TITLE},
		{{"", "CT1", 1, 1, VERIFICATION}, WARD_DICOM_ASSOCIATE_AE_TITLE},
		{{"PA\\CS", "CT1", 1, 1, VERIFICATION}, WARD_DICOM_ASSOCIATE_AE_TITLE},
		{{"PACS", "CT1", 1, 2, VERIFICATION}, WARD_DICOM_ASSOCIATE_CONTEXT_ID},
		{{"PACS", "CT1", 1, 5, VERIFICATION}, WARD_DICOM_ASSOCIATE_CONTEXT_ID},
		{{"PACS", "CT1", 1, 1, "1.2.x"}, WARD_DICOM_ASSOCIATE_UID},
	};
	struct made m;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		proto_lab_again(&lab, &ward_dissect_dicom);
		proto_lab_forget(&lab);
		put_associate(make(&m), false, &samples[i].asked);
		expect_reason(0, &m, samples[i].reason);
		/* It is told all the same. */
		assert_int_equal(proto_lab_seen(&lab, "net.dicom.associate\""), 1);
		assert_int_equal(
			proto_lab_seen(&lab, "\"dicom.malformed\":\"net.dicom.reject."), 1);
	}
	proto_lab_again(&lab, &ward_dissect_dicom);
	put_associate(make(&m), false, &usual);
	m.buf[m.w.len - 17] = 0xff; /* the last item's length */
	m.buf[m.w.len - 18] = 0xff;
	expect_reason(0, &m, WARD_DICOM_ASSOCIATE_ITEM);
	proto_lab_again(&lab, &ward_dissect_dicom);
	expect_hex(0, "010000000002 0001", WARD_DICOM_ASSOCIATE_ITEM);
}

static void test_command_reasons(void **state)
{
	struct made m, set;

	(void)state;
	open_association();
	put_pdv(make(&m), 1, COMMAND | LAST, ward_slice_of("\0\0\0\1\2\0\0\0\1", 9));
	expect_reason(0, &m, WARD_DICOM_COMMAND_ELEMENT);
	open_association();
	put_pdv(make(&m), 1, COMMAND | LAST, ward_slice_of("\x08\0\0\1\2\0\0\0\1\0", 10));
	expect_reason(0, &m, WARD_DICOM_COMMAND_ELEMENT);
	open_association();
	put_pdv(make(&m), 1, COMMAND | LAST, ward_slice_of("\0\0\0\1\1\0\0\0\1", 9));
	expect_reason(0, &m, WARD_DICOM_COMMAND_ELEMENT);
	open_association();
	put_message(make(&m), 1, &(struct message){.field = 0x31, .id = 1});
	expect_reason(0, &m, WARD_DICOM_COMMAND_FIELD);
	open_association();
	put_u16(make(&set), 0x0100, 0x30);
	put_pdv(make(&m), 1, COMMAND | LAST, bytes_of(&set));
	expect_reason(0, &m, WARD_DICOM_COMMAND_INCOMPLETE);
	open_association();
	put_message(make(&m), 3, &(struct message){.field = 0x20, .id = 2, .dataset = true});
	put_pdv(&m.w, 3, LAST, ward_slice_of("\x08\0\x52\0CS\x20\0STUDY ", 14));
	expect_reason(0, &m, WARD_DICOM_IDENTIFIER_ELEMENT);
}

static void test_reject_and_abort(void **state)
{
	struct made m;

	(void)state;
	proto_lab_again(&lab, &ward_dissect_dicom);
	proto_lab_forget(&lab);
	put_associate(make(&m), false, &usual);
	(void)proto_lab_feed(&lab, 0, bytes_of(&m), false);
	put_pdu(make(&m), 3, ward_slice_of("\0\1\1\7", 4));
	assert_int_equal(proto_lab_feed(&lab, 1, bytes_of(&m), false), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.reject_result\":\"rejected-permanent\","
					      "\"dicom.source\":\"service-user\",\"dicom.why\":"
					      "\"called-ae-title-not-recognized\""),
		1);
	open_association();
	put_message(make(&m), 1, &(struct message){.field = 0x30, .id = 9});
	(void)proto_lab_feed(&lab, 0, bytes_of(&m), false);
	put_pdu(make(&m), 7, ward_slice_of("\0\0\2\6", 4));
	assert_int_equal(proto_lab_feed(&lab, 1, bytes_of(&m), false), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.outcome\":\"unanswered\""), 1);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.source\":\"service-provider\","
					      "\"dicom.why\":\"invalid-pdu-parameter-value\""),
		1);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.requests_unanswered\":1"), 1);
}

static void test_end_tells_what_is_open(void **state)
{
	struct made m;

	(void)state;
	open_association();
	put_message(make(&m), 1, &(struct message){.field = 0x30, .id = 9});
	(void)proto_lab_feed(&lab, 0, bytes_of(&m), true);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.outcome\":\"unanswered\""), 1);
	assert_int_equal(proto_lab_seen(&lab, "net.dicom.closed"), 1);
}

static void test_too_many_requests(void **state)
{
	struct made m;

	(void)state;
	open_association();
	for (uint16_t i = 0; i < WARD_DICOM_PENDING + 3; i++) {
		put_message(make(&m), 1, &(struct message){.field = 0x30, .id = i});
		assert_int_equal(proto_lab_feed(&lab, 0, bytes_of(&m), false), WARD_VERDICT_OK);
	}
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.outcome\":\"unanswered\""), 3);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.message_id\":2,"), 1);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.message_id\":3,"), 0);
}

/* A capture that begins in the middle, on any port. */
static void test_late(void **state)
{
	struct made m, query;

	(void)state;
	proto_lab_again(&lab, &ward_dissect_dicom);
	proto_lab_forget(&lab);
	lab.trusted = false;
	put_element(make(&query), 0, "\x38"); /* a group length must stand first */
	query.w.len = 0;
	ward_wr_bytes(&query.w, "\0\0\0\0\4\0\0\0\x38\0\0\0", 12);
	put_set(&query.w, &(struct message){.field = 0x20, .id = 2, .dataset = true});
	put_pdv(make(&m), 3, COMMAND | LAST, bytes_of(&query));
	put_query(make(&query));
	put_pdv(&m.w, 3, LAST, bytes_of(&query));
	assert_int_equal(proto_lab_feed(&lab, 0, bytes_of(&m), false), WARD_VERDICT_OK);
	put_message(make(&m), 3, &(struct message){.field = 0x8020, .id = 2});
	put_message(&m.w, 3, &(struct message){.field = 0x8020, .id = 5});
	assert_int_equal(proto_lab_feed(&lab, 1, bytes_of(&m), false), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.keys\":[\"QueryRetrieveLevel\""), 1);
	assert_int_equal(proto_lab_seen(&lab, "\"dicom.request_unseen\":true"), 1);
}

static void test_gap(void **state)
{
	struct made m;

	(void)state;
	open_association();
	put_message(
		make(&m), 5, &(struct message){.field = 1, .id = 3, .dataset = true, .uid = CT});
	ward_wr_bytes(&m.w, "\4\0\0\0\x10\0\0\0\x0f\xfc\5\2", 12);
	assert_int_equal(proto_lab_feed(&lab, 0, bytes_of(&m), false), WARD_VERDICT_OK);
	/* Inside of a data set it does not matter. */
	assert_true(proto_lab_gap(&lab, 0, 4090));
	proto_lab_again(&lab, &ward_dissect_dicom);
	assert_false(proto_lab_gap(&lab, 0, 1)); /* nothing is known that could be found again */
}

/* A hole where a PDU's header was: what follows is found again, at whatever edges the bytes come,
 * and of what the hole took nothing is called malformed. */
static void test_found_again(void **state)
{
	static const uint8_t pixels[300], fixed[4];
	struct made m;

	(void)state;
	for (size_t piece = 1; piece <= 400; piece = piece < 20 ? piece + 1 : piece * 2) {
		open_association();
		proto_lab_forget(&lab);
		put_message(make(&m), 5,
			&(struct message){.field = 1, .id = 3, .dataset = true, .uid = CT});
		put_pdv(&m.w, 5, 0, ward_slice_of(pixels, 200));
		assert_int_equal(proto_lab_feed(&lab, 0, bytes_of(&m), false), WARD_VERDICT_OK);
		assert_true(proto_lab_gap(&lab, 0, 1000));
		ward_wr_bytes(make(&m), pixels, 123); /* what was in the middle of a PDV */
		put_pdv(&m.w, 5, 0, ward_slice_of(pixels, 200));
		put_pdv(&m.w, 5, LAST, ward_slice_of(pixels, 100));
		put_message(
			&m.w, 1, &(struct message){.field = 0x30, .id = 4, .uid = VERIFICATION});
		put_pdu(&m.w, 5, ward_slice_of(fixed, 4));
		for (size_t at = 0; at < m.w.len; at += piece)
			(void)proto_lab_feed(&lab, 0,
				ward_slice_of(
					m.buf + at, m.w.len - at < piece ? m.w.len - at : piece),
				false);
		put_message(make(&m), 5, &(struct message){.field = 0x8001, .id = 3});
		put_message(&m.w, 1, &(struct message){.field = 0x8030, .id = 4});
		put_pdu(&m.w, 6, ward_slice_of(fixed, 4));
		(void)proto_lab_feed(&lab, 1, bytes_of(&m), false);
		assert_int_equal(proto_lab_seen(&lab, "\"class\":\"net.dicom.c_store\""), 1);
		assert_int_equal(proto_lab_seen(&lab, "\"class\":\"net.dicom.c_echo\""), 1);
		assert_int_equal(proto_lab_seen(&lab, "\"dicom.outcome\":\"success\""), 2);
		assert_int_equal(proto_lab_seen(&lab, "\"class\":\"net.dicom.released\""), 1);
		assert_int_equal(proto_lab_seen(&lab, "net.malformed"), 0);
	}
}

/* A hole before the release, which is the last. */
static void test_release_found_again(void **state)
{
	static const uint8_t fixed[4];
	struct made m;

	(void)state;
	open_association();
	proto_lab_forget(&lab);
	assert_true(proto_lab_gap(&lab, 0, 5));
	put_pdu(make(&m), 5, ward_slice_of(fixed, 4));
	assert_int_equal(proto_lab_feed(&lab, 0, bytes_of(&m), false), WARD_VERDICT_OK);
	put_pdu(make(&m), 6, ward_slice_of(fixed, 4));
	assert_int_equal(proto_lab_feed(&lab, 1, bytes_of(&m), false), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&lab, "\"class\":\"net.dicom.released\""), 1);
	assert_int_equal(proto_lab_seen(&lab, "net.malformed"), 0);
}

static void test_probe(void **state)
{
	static const char *const foreign[] = {"", "01", "474554202f20485454502f312e310d0a0d0a",
		"160301020001000001fc0303",
		"0100000000cd 00010000 41414141414141414141414141414141 00000000000000000000000000",
		"040000000004 00000002 0103",
		"0400000000ff 00000002 0103 00000000 04000000 00000000",
		"000000000000000000000000000000000000000000000000"};

	(void)state;
	make_conversation();
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(ward_dicom_probe(bytes_of(&steps[i].made)), WARD_PROBE_YES);
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++) {
		struct ward_slice s = unhex(foreign[i]);

		assert_int_equal(ward_dicom_probe(s),
			s.len == 1 || s.len == 39 ? WARD_PROBE_MORE : WARD_PROBE_NO);
		proto_lab_again(&lab, &ward_dissect_dicom);
		lab.trusted = false;
		if (s.len > 12)
			assert_int_not_equal(proto_lab_feed(&lab, 0, s, false), WARD_VERDICT_OK);
		bytes_free(s);
	}
}

/* A rejection is ten bytes: on a port of its own only. */
static void test_probe_rejection(void **state)
{
	struct ward_slice s = unhex("03000000000400010107");

	(void)state;
	for (size_t n = 1; n < s.len; n++)
		assert_int_equal(ward_dicom_probe(ward_slice_of(s.p, n)), WARD_PROBE_MORE);
	assert_int_equal(ward_dicom_probe(s), WARD_PROBE_ON_PORT);
	((uint8_t *)(uintptr_t)s.p)[7] = 9;
	assert_int_equal(ward_dicom_probe(s), WARD_PROBE_NO);
	bytes_free(s);
}

/* A client that calls somebody else from a port of ours. */
static void test_client_port(void **state)
{
	(void)state;
	proto_lab_again(&lab, &ward_dissect_dicom);
	lab.packet[0].src_port = 11112;
	lab.packet[0].dst_port = 80;
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of("GET / HTTP/1.1\r\n", 16), false),
		WARD_VERDICT_FOREIGN);
}

static void expect_keys(const char *hex, enum ward_dicom_encoding e, size_t n)
{
	struct ward_slice s = unhex(hex);
	struct ward_dicom_keys k;

	ward_dicom_keys(s, true, e, &k);
	assert_int_equal(k.fault.reason, WARD_DICOM_REASON_N);
	assert_int_equal(k.n_seen, n);
	for (size_t cut = 0; cut < s.len; cut++) {
		uint8_t *exact = malloc(cut + 1);

		assert_non_null(exact);
		memcpy(exact + 1, s.p, cut);
		ward_dicom_keys(ward_slice_of(exact + 1, cut), false, e, &k);
		assert_true(k.n_seen <= n && k.fault.reason == WARD_DICOM_REASON_N);
		free(exact);
	}
	bytes_free(s);
}

static void test_encodings(void **state)
{
	struct ward_dicom_keys k;

	(void)state;
	expect_keys("08005200 06000000 535455445920 10001000 00000000", WARD_DICOM_IMPLICIT_LE, 2);
	expect_keys(
		"08005200 4353 0600 535455445920 10001000 504e 0000", WARD_DICOM_EXPLICIT_LE, 2);
	expect_keys(
		"00080052 4353 0006 535455445920 00100010 504e 0000", WARD_DICOM_EXPLICIT_BE, 2);
	expect_keys("08001011 ffffffff feff00e0 08000000 08005011 00000000 feffdde0 00000000 "
		    "10001000 00000000",
		WARD_DICOM_IMPLICIT_LE, 2);
	ward_dicom_keys(ward_slice_of("\xff\xff", 2), true, WARD_DICOM_UNKNOWN, &k);
	assert_int_equal(k.n_seen, 0);
	assert_int_equal(ward_dicom_encoding(ward_slice_of("1.2.840.10008.1.2.1.99", 22)),
		WARD_DICOM_UNKNOWN);
	assert_int_equal(ward_dicom_encoding(ward_slice_of("1.2.840.10008.1.2.2", 19)),
		WARD_DICOM_EXPLICIT_BE);
}

static const char *name_of(const char *uid)
{
	return ward_dicom_uid_name(ward_slice_of(uid, strlen(uid)));
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(name_of("1.2.840.10008.1.1"), "Verification");
	assert_string_equal(name_of("1.2.840.10008.5.1.4.45.1"), "ImplantTemplateGroupStorage");
	assert_string_equal(name_of(CT), "CTImageStorage");
	assert_null(name_of("1.2.840.10008"));
	assert_null(name_of("1.2.840.10008.1.1.0"));
	assert_null(name_of("1.3.6.1"));
	assert_string_equal(ward_dicom_tag_name(0x00080005), "SpecificCharacterSet");
	assert_string_equal(ward_dicom_tag_name(0x00403001),
		"ConfidentialityConstraintOnPatientDataDescription");
	assert_null(ward_dicom_tag_name(0));
	assert_null(ward_dicom_tag_name(UINT32_MAX));
	assert_string_equal(ward_dicom_status_name(0xb006), "warning");
	assert_null(ward_dicom_result_name(5));
	assert_null(ward_dicom_abort_name(3));
	assert_null(ward_dicom_identity_name(0));
	assert_null(ward_dicom_reject_name(9, 9));
	assert_null(ward_dicom_reject_result(3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_conversation),
		cmocka_unit_test(test_values_are_not_told),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_stream_reasons),
		cmocka_unit_test(test_associate_reasons),
		cmocka_unit_test(test_command_reasons),
		cmocka_unit_test(test_reject_and_abort),
		cmocka_unit_test(test_end_tells_what_is_open),
		cmocka_unit_test(test_too_many_requests),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_found_again),
		cmocka_unit_test(test_release_found_again),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_probe_rejection),
		cmocka_unit_test(test_client_port),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
