/* Files in content codings: their content, and what was sent. */
#include "bytes.h"
#include "carve_lab.h"

#define ZLIB_CONST
#include <zlib.h>

/* An answer with its body in gzip, deflate of either kind, or not encoded though it says so: the
 * content, whatever the pieces it comes in. */
static void expect_decoded(const char *coding, struct ward_slice body, size_t piece,
	const char *content, const char *what)
{
	char head[160];

	again(&ward_dissect_http);
	(void)feed(0, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)snprintf(head, sizeof(head),
		"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n", coding,
		body.len);
	(void)feed(1, head);
	for (size_t at = 0; at < body.len; at += piece)
		(void)proto_lab_feed(&lab, 1,
			ward_slice_of(body.p + at, piece < body.len - at ? piece : body.len - at),
			false);
	expect_file(content, what);
}

/* bits as inflateInit2's. */
static struct ward_slice packed(const char *text, int bits, uint8_t *to, size_t cap)
{
	z_stream z = {.next_in = (const uint8_t *)text,
		.avail_in = (uInt)strlen(text),
		.next_out = to,
		.avail_out = (uInt)cap};

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&z), Z_OK);
	return ward_slice_of(to, (size_t)(z.next_out - to));
}

static void test_decoded(void **state)
{
	static char text[40001];
	static uint8_t bytes[45000];
	static const struct {
		const char *coding;
		int bits;
	} rows[] = {{"gzip", 31}, {"X-GZip", 31}, {"deflate", 15}, {"deflate", -15}, {"gzip", 15}};

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = (char)('a' + (i * i >> 5) % 26);
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		for (size_t piece = 1; piece < 50000; piece = piece * 7 + 3)
			expect_decoded(rows[i].coding,
				packed(text, rows[i].bits, bytes, sizeof(bytes)), piece, text,
				"\"file.bytes\":40000,\"file.decoded\":true,"
				"\"file.encoded_bytes\":");
	expect_decoded("gzip", ward_slice_of("plain text", 10), 1, "plain text",
		"\"file.bytes\":10,\"file.total_bytes\":10,\"file.complete\":true");
	expect_decoded("gzip", ward_slice_of("x", 1), 1, "x", "\"file.complete\":true");
	/* what is called so and is not, at once or a few bytes on: who undoes nothing has it */
	for (size_t piece = 1; piece < 100; piece = piece * 3 + 1) {
		expect_decoded("deflate", ward_slice_of("X5O!P%@AP plain", 15), piece,
			"X5O!P%@AP plain", "\"file.bytes\":15,");
		expect_decoded("deflate", ward_slice_of("MZ\x90 program", 11), piece,
			"MZ\x90 program", "\"file.bytes\":11,");
	}
	assert_int_equal(lab.net->carve.n_decoder, lab.net->carve.n_decoder_max);
}

/* All that came is given as it came. */
static void expect_sent(struct ward_slice body)
{
	assert_int_equal(told.sent, body.len);
	assert_memory_equal(sent, body.p, body.len);
}

/* Two members are one content; what follows that is none is no content. */
static void test_decoded_members(void **state)
{
	uint8_t bytes[200];
	size_t len = packed("one ", 31, bytes, sizeof(bytes)).len;

	(void)state;
	len += packed("two", 31, bytes + len, sizeof(bytes) - len).len;
	expect_decoded("gzip", ward_slice_of(bytes, len), 5, "one two", "\"file.complete\":true");
	expect_sent(ward_slice_of(bytes, len));
	bytes[len] = 'x';
	for (size_t piece = 1; piece < 500; piece = piece * 3 + 1) {
		expect_decoded("gzip", ward_slice_of(bytes, len + 1), piece, "one two",
			"\"file.complete\":false,\"file.end\":\"damaged\"");
		expect_sent(ward_slice_of(bytes, len + 1));
	}
}

/* Who fetches a file may undo no coding, and read it from its end: what no decoder gives is given
 * as it was sent, whether it stands in a field of the header (RFC 1952 2.3.1: FEXTRA, FNAME,
 * FCOMMENT), behind the end, or before damage. */
static void test_sent(void **state)
{
	static const struct {
		const char *coding;
		int bits;
	} rows[] = {{"gzip", 31}, {"deflate", 15}, {"deflate", -15}};
	static const char header[] = "\x1f\x8b\x08\x1c\0\0\0\0\0\3\x0a\0MZ program"
				     "name\0comment";
	uint8_t bytes[600];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		for (size_t piece = 1; piece < 300; piece = piece * 5 + 2) {
			size_t len = packed("hello", rows[i].bits, bytes, sizeof(bytes)).len;

			memcpy(bytes + len, "MZ program", 10);
			expect_decoded(rows[i].coding, ward_slice_of(bytes, len + 10), piece,
				"hello", "\"file.end\":\"damaged\"");
			expect_sent(ward_slice_of(bytes, len + 10));
		}
	for (size_t piece = 1; piece < 300; piece = piece * 5 + 2) {
		size_t len = packed("hello", 31, bytes + sizeof(header) - 10, 300).len;

		memcpy(bytes, header, sizeof(header)); /* with its last zero */
		expect_decoded("gzip", ward_slice_of(bytes, sizeof(header) - 10 + len), piece,
			"hello", "\"file.complete\":true");
		expect_sent(ward_slice_of(bytes, sizeof(header) - 10 + len));
	}
	/* a block of the reserved kind behind a long name: no content at all */
	memset(bytes, 'n', sizeof(bytes));
	memcpy(bytes, "\x1f\x8b\x08\x08\0\0\0\0\0\3", 10);
	bytes[500] = 0;
	bytes[501] = 7;
	again(&ward_dissect_http);
	(void)feed(0, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)feed(1, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 600\r\n\r\n");
	(void)proto_lab_feed(&lab, 1, ward_slice_of(bytes, 400), false);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(bytes + 400, 200), false);
	expect_told("\"file.bytes\":0,\"file.decoded\":true,\"file.encoded_bytes\":600,", 1);
	expect_told("\"class\":\"net.file\"", 1);
	expect_sent(ward_slice_of(bytes, 600));
}

/* What makes no sense is said, and what came before it is no whole file. */
static void test_decoded_badly(void **state)
{
	static char text[3000];
	uint8_t bytes[3000];
	size_t len;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	len = packed(text, 31, bytes, sizeof(bytes)).len;
	bytes[len - 5] ^= 1; /* the checksum */
	expect_decoded("gzip", ward_slice_of(bytes, len), 9, text,
		"\"file.complete\":false,\"file.end\":\"damaged\"");
	expect_sent(ward_slice_of(bytes, len)); /* its length, too */
	len = packed(text, 31, bytes, sizeof(bytes)).len;
	expect_decoded("gzip", ward_slice_of(bytes, len - 4), 9, text,
		"\"file.complete\":false,\"file.end\":\"damaged\"");
	/* with a hole in it: its front */
	again(&ward_dissect_http);
	(void)feed(0, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)feed(1, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n\r\n");
	(void)proto_lab_feed(&lab, 1, ward_slice_of(bytes, 20), false);
	assert_true(proto_lab_gap(&lab, 1, 10));
	(void)feed(1, "0123456789");
	expect_told("\"file.missing_bytes\":10,\"file.missing_at\":20,", 1);
	expect_told("\"file.complete\":false,\"file.end\":\"whole\"", 1);
	expect_told("file.hash.sha256", 0);
	assert_memory_equal(sent, bytes, 20);
	assert_memory_equal(sent + 30, "0123456789", 10);
	assert_int_equal(lab.net->carve.n_decoder, lab.net->carve.n_decoder_max);
}

/* A thousand times its size, and more than is allowed: it ends there. */
static void test_decoded_large(void **state)
{
	static char text[20000];
	static uint8_t bytes[2000];
	struct ward_decode_max before = lab.net->carve.decode_max;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	lab.net->carve.decode_max.size = 17000;
	again(&ward_dissect_http);
	struct ward_slice body = packed(text, 31, bytes, sizeof(bytes));

	(void)feed(0, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)feed(1, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
	(void)proto_lab_feed(&lab, 1, body, true);
	expect_told("\"file.complete\":false,\"file.end\":\"large\"", 1);
	assert_true(told.at <= 17000 + WARD_CARVE_OUT);
	lab.net->carve.decode_max = before;
}

/* More encoded bodies at once than there is memory for: they stay as they are. */
static void test_decoders(void **state)
{
	struct ward_dissect d = call();
	struct ward_file_meta m = {.service = "test", .coding = WARD_CODING_GZIP};
	uint32_t number = 0;

	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	for (size_t n = lab.net->carve.n_decoder_max + 1; n; n--)
		number = ward_carve_begin(&d, &m);
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_CODED), 1);
	give(number, 0, "\x1f\x8b\x08");
	ward_carve_leave(lab.net, &lab.files);
	ward_net_files(lab.net, &carve_sink);
	expect_told("\"file.bytes\":3,", 1);
	assert_int_equal(lab.net->carve.n_decoder, lab.net->carve.n_decoder_max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoded),
		cmocka_unit_test(test_decoded_members),
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_decoded_badly),
		cmocka_unit_test(test_decoded_large),
		cmocka_unit_test(test_decoders),
	};

	return cmocka_run_group_tests(tests, carve_lab_open, carve_lab_close);
}
