/* The table of files, and what dissectors hand over to it. */
#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/carve/magic.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/ftp/ftp.h"
#include "sense/net/proto/tftp/tftp.h"

#define ZLIB_CONST
#include <zlib.h>

static struct proto_lab lab;
/* What the sink was given: of the last file that began. */
static uint8_t taken[65536];
static struct {
	size_t begun, ended, told, with_event;
	uint64_t at, gaps;
	struct ward_file_result result;
} told;

static void on_begin(void *ctx, uint32_t number, const struct ward_file_ends *ends,
	const struct ward_file_meta *m)
{
	(void)ctx;
	assert_true(number && ends->ip_version == 4 && m->service);
	told.begun++;
	told.at = told.gaps = 0;
}

static void on_bytes(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	(void)ctx;
	(void)number;
	assert_true(off == told.at && off + bytes.len <= sizeof(taken));
	memcpy(taken + off, bytes.p, bytes.len);
	told.at += bytes.len;
}

static void on_gap(void *ctx, uint32_t number, uint64_t off, uint64_t len)
{
	(void)ctx;
	(void)number;
	assert_true(off == told.at && len);
	told.at += len;
	told.gaps += len;
}

static void on_end(void *ctx, uint32_t number, const struct ward_file_result *r)
{
	(void)ctx;
	(void)number;
	told.ended++;
	told.result = *r;
}

/* After the end, with the event that bears what the result says. */
static void on_told(
	void *ctx, uint32_t number, const struct ward_file_range *range, const struct ward_event *e)
{
	(void)ctx;
	(void)range;
	assert_true(number);
	if (told.told == told.ended) /* it ended before there was a sink */
		return;
	told.told++;
	told.with_event += e != NULL;
	if (e && told.told == told.ended)
		assert_int_equal(
			ward_event_get(e, WARD_FIELD_FILE_BYTES)->i, (int64_t)told.result.seen);
}

static const struct ward_file_sink sink = {on_begin, on_bytes, on_gap, on_end, on_told, NULL};

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_http);
	ward_net_files(lab.net, &sink);
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
	memset(&told, 0, sizeof(told));
}

static enum ward_verdict feed(unsigned side, const char *text)
{
	return proto_lab_feed(&lab, side, ward_slice_of(text, strlen(text)), false);
}

static void expect_told(const char *what, size_t n)
{
	proto_lab_files(&lab);
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

/* One file event with this text, of these bytes, which the sink had. */
static void expect_file(const char *body, const char *what)
{
	char hex[128];
	uint8_t sum[WARD_SHA256_BYTES];
	struct ward_wr w = ward_wr_fixed(hex, sizeof(hex) - 1);
	size_t len = strlen(body);

	assert_true(ward_digest_sha256(ward_slice_of(body, len), sum));
	ward_wr_z(&w, "\"file.hash.sha256\":\"");
	ward_wr_hex(&w, ward_slice_of(sum, sizeof(sum)));
	ward_wr_u8(&w, 0);
	expect_told("\"class\":\"net.file\"", 1);
	expect_told(hex, 1);
	expect_told(what, 1);
	assert_int_equal(told.at, len);
	assert_memory_equal(taken, body, len);
	assert_true(told.result.hashed && told.begun == told.ended);
	assert_true(told.told == told.ended && told.with_event);
}

static struct ward_dissect call(void)
{
	return (struct ward_dissect){.net = lab.net,
		.packet = &lab.packet[1],
		.module = &ward_dissect_http,
		.files = &lab.files};
}

static uint32_t open_file(void)
{
	struct ward_dissect d = call();
	struct ward_file_meta m = {.service = "test"};

	ward_file_note(&m, WARD_FIELD_FILE_NAME, WARD_STR("scan.PDF"));
	ward_file_note(&m, WARD_FIELD_URI, WARD_STR(""));
	return ward_carve_begin(&d, &m);
}

static void give(uint32_t number, uint64_t off, const char *text)
{
	struct ward_slice exact = ward_slice_of(strdup(text), strlen(text));

	ward_carve_bytes(lab.net, number, off, exact);
	bytes_free(exact);
}

static void test_order(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	uint32_t number = open_file();

	give(number, 6, "six");
	give(number, 3, "thr");
	assert_int_equal(told.at, 0);
	give(number, 0, "MZ0");
	assert_int_equal(told.at, 9);
	give(number, 1, "XXXXXXXXninetw"); /* what was there stands */
	ward_carve_end(lab.net, &number, WARD_FILE_WHOLE);
	assert_int_equal(number, 0);
	expect_file("MZ0thrsixninetw",
		"\"service\":\"test\",\"file.direction\":\"download\",\"file.name\":\"scan.PDF\","
		"\"file.mime_type\":\"application/x-dosexec\",\"file.program\":true,"
		"\"file.mime_by_name\":\"application/pdf\",\"file.disguised\":true,"
		"\"file.bytes\":15,\"file.complete\":true,\"file.end\":\"whole\"");
	expect_told("\"src_ip\":\"10.0.0.2\",\"dst_ip\":\"10.0.0.1\"", 1);
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILES), 1);
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_BYTES), 15);
}

static void test_gaps(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	uint32_t number = open_file();

	give(number, 0, "abc");
	ward_carve_gap(lab.net, number, 3, 2);
	give(number, 4, "xfg");
	give(number, 20, "late");
	ward_carve_gap(lab.net, number, 30, 5); /* of what is not known to be there */
	ward_carve_total(lab.net, number, 40);
	ward_carve_end(lab.net, &number, WARD_FILE_WHOLE);
	expect_told("\"file.bytes\":9,\"file.total_bytes\":40,\"file.missing_bytes\":15,\"file."
		    "missing_at\":3,"
		    "\"file.complete\":false,\"file.end\":\"whole\"",
		1);
	expect_told("file.hash.sha256", 0);
	expect_told("\"file.front.sha256\":\"" /* of abc, FIPS 180-4's example */
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
		1);
	assert_int_equal(told.at, 24);
	assert_int_equal(told.gaps, 15);
	assert_false(told.result.hashed);
}

/* Short of what was declared: there is a hash of what came, but no word of a whole file. */
static void test_short(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	uint32_t number = open_file();

	ward_carve_total(lab.net, number, 4);
	give(number, 0, "abc");
	ward_carve_end(lab.net, &number, WARD_FILE_WHOLE);
	expect_file("abc", "\"file.complete\":false");
	again(&ward_dissect_http);
	number = open_file();
	ward_carve_end(lab.net, &number, WARD_FILE_WHOLE);
	expect_told("net.file", 0); /* no byte, no file */
	assert_int_equal(told.ended, 1);
}

/* Numbers that stand for nothing, places at the end of all numbers. */
static void test_odd_calls(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	uint32_t number = open_file(), old = number, none = 0;

	give(0, 0, "x");
	give(number + 7, 0, "x");
	give(number, UINT64_MAX - 1, "xyz");
	give(number, UINT64_MAX - 3, "xyz");
	ward_carve_gap(lab.net, number, 1, UINT64_MAX);
	ward_carve_bytes(lab.net, number, 0, ward_slice_of(NULL, 0));
	ward_carve_end(lab.net, &none, WARD_FILE_WHOLE);
	ward_carve_end(lab.net, &number, WARD_FILE_ABORTED);
	give(old, 0, "x");
	ward_carve_gap(lab.net, old, 0, 1);
	ward_carve_total(lab.net, old, 1);
	ward_carve_end(lab.net, &old, WARD_FILE_WHOLE);
	ward_net_files(lab.net, &sink);
	expect_told("\"class\":\"net.file\"", 1);
	expect_told(
		"\"file.bytes\":3,\"file.missing_bytes\":9223372036854775807,\"file.missing_at\":0,"
		"\"file.complete\":false,\"file.end\":\"aborted\"",
		1);
}

/* More files than there is room for: the one that got bytes least recently is given up. */
static void test_evicted(void **state)
{
	enum { MOST = 1024 / WARD_CARVE_FLOWS }; /* of the lab's flows */
	static uint32_t number[MOST + 1];
	uint64_t before = ward_net_count(lab.net, WARD_NET_FILE_EVICTED);

	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	for (size_t i = 0; i < MOST; i++)
		give(number[i] = open_file(), 0, "one");
	give(number[0], 3, "two");
	number[MOST] = open_file();
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_EVICTED), before + 1);
	expect_told("\"file.end\":\"evicted\"", 1);
	give(number[1], 3, "x"); /* that one is gone */
	give(number[0], 6, "three");
	ward_carve_leave(lab.net, &lab.files);
	ward_net_files(lab.net, &sink);
	expect_told("\"file.end\":\"closed\"", MOST - 1);
	expect_told("\"file.bytes\":11,", 1);
	assert_null(lab.files.first);
	assert_int_equal(lab.net->carve.n_hash, lab.net->carve.n_hash_max);
}

static void test_http(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	(void)feed(0, "GET /a/picture.png?name=DOE HTTP/1.1\r\nHost: pacs\r\n\r\n");
	(void)feed(1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: image/png; "
		      "x=y\r\nContent-Encoding: br\r\n\r\n4\r\nMZab\r\n3;x=1\r\ncde\r\n");
	expect_told("net.file", 0);
	(void)feed(1, "0\r\n\r\n");
	expect_file("MZabcde",
		"\"service\":\"http\",\"file.direction\":\"download\",\"uri\":\"/a/picture.png\","
		"\"http.host\":\"pacs\",\"file.mime_declared\":\"image/"
		"png\",\"file.encoding\":\"br\","
		"\"file.mime_type\":\"application/x-dosexec\",\"file.program\":true,"
		"\"file.mime_by_name\":\"image/png\",\"file.disguised\":true,\"file.bytes\":7,");
	again(&ward_dissect_http);
	(void)feed(0, "PUT /up HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
		      "Content-Disposition: attachment; filename=\"a.sh\"\r\n\r\n#!/b");
	expect_file("#!/b", "\"file.direction\":\"upload\",\"uri\":\"/up\",\"http.host\":\"h\","
			    "\"file.name\":\"a.sh\",\"file.mime_type\":\"text/x-shellscript\","
			    "\"file.program\":true,\"file.bytes\":4,\"file.total_bytes\":4,"
			    "\"file.complete\":true");
}

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
	} rows[] = {{"gzip", 31}, {"X-GZip", 31}, {"deflate", 15}, {"deflate", -15}};

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

/* Two members are one content; what follows that is none is left out. */
static void test_decoded_members(void **state)
{
	uint8_t bytes[200];
	size_t len = packed("one ", 31, bytes, sizeof(bytes)).len;

	(void)state;
	len += packed("two", 31, bytes + len, sizeof(bytes) - len).len;
	expect_decoded("gzip", ward_slice_of(bytes, len), 5, "one two", "\"file.complete\":true");
	bytes[len] = 'x';
	expect_decoded(
		"gzip", ward_slice_of(bytes, len + 1), 500, "one two", "\"file.complete\":true");
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
	bytes[len - 5] ^= 1;
	expect_decoded("gzip", ward_slice_of(bytes, len - 4), 9, text,
		"\"file.complete\":false,\"file.end\":\"damaged\"");
	/* with a hole in it: its front */
	again(&ward_dissect_http);
	(void)feed(0, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)feed(1, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n\r\n");
	(void)proto_lab_feed(&lab, 1, ward_slice_of(bytes, 20), false);
	assert_true(proto_lab_gap(&lab, 1, 10));
	(void)feed(1, "0123456789");
	expect_told("\"file.missing_bytes\":10,\"file.missing_at\":", 1);
	expect_told("\"file.complete\":false,\"file.end\":\"whole\"", 1);
	expect_told("file.hash.sha256", 0);
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
	ward_net_files(lab.net, &sink);
	expect_told("\"file.bytes\":3,", 1);
	assert_int_equal(lab.net->carve.n_decoder, lab.net->carve.n_decoder_max);
}

/* Nothing is looked at, and nothing taken for it. */
static void test_no_files(void **state)
{
	struct ward_net_opts opts = {.source = WARD_STR("off"), .no_files = true};
	struct ward_packet p = {.has_ip = true, .ip_version = 4};
	struct ward_carve_list list = {NULL};
	struct ward_file_meta m = {.service = "test"};
	struct ward_net *net;

	(void)state;
	assert_int_equal(ward_net_new(ward_mem_heap(), &lab.lim, &lab.names, &opts, &net), WARD_OK);
	struct ward_dissect d = {.net = net, .packet = &p, .files = &list};
	uint32_t number = ward_carve_begin(&d, &m);

	assert_int_equal(number, 0);
	ward_carve_bytes(net, 1, 0, ward_slice_of("x", 1));
	ward_carve_end(net, &number, WARD_FILE_WHOLE);
	assert_null(net->carve.file.item);
	assert_null(net->carve.decoders);
	ward_net_free(net);
}

/* Objects in parts, as DICOMweb stores them: a file each, whose name is not told; then the whole.
 */
static void test_inside(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	(void)feed(0, "POST /dicom-web/studies HTTP/1.1\r\nHost: h\r\nContent-Type: "
		      "multipart/related; type=\"application/dicom\"; boundary=\"a b\"\r\n"
		      "Content-Length: 114\r\n\r\n--a b\r\nContent-Type: application/dicom\r\n"
		      "Content-Disposition: x; filename=\"DOE.dcm\"\r\n\r\none\r\n--a b\r\n\r\ntwo"
		      "\r\n--a b--\r\n");
	expect_told("\"class\":\"net.file\"", 3);
	expect_told("\"file.within\":\"multipart/related\",\"file.mime_declared\":\"application/"
		    "dicom\","
		    "\"file.mime_type\":\"unknown\",\"file.bytes\":3,\"file.complete\":true,"
		    "\"file.end\":\"whole\"",
		1);
	expect_told("\"file.bytes\":114,\"file.total_bytes\":114,\"file.complete\":true", 1);
	expect_told("\"uri\":\"/dicom-web/studies\"", 3);
	expect_told("DOE", 0);
	assert_int_equal(lab.net->carve.n_parts, lab.net->carve.n_decoder_max);
	ward_net_files(lab.net, &sink);
}

/* Bytes of a mail are lost within an attachment: its front, and the next one whole. */
static void test_inside_torn(void **state)
{
	(void)state;
	again(&ward_dissect_smtp);
	ward_net_files(lab.net, NULL);
	(void)feed(1, "220 mx ESMTP\r\n");
	(void)feed(0, "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n");
	(void)feed(1, "250 ok\r\n250 ok\r\n354 go\r\n");
	(void)feed(0, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
		      "Content-Type: a/b; name=torn\r\n\r\nfront\r\n");
	assert_true(proto_lab_gap(&lab, 0, 100));
	(void)feed(0, "rest\r\n--b\r\nContent-Type: a/b; name=next\r\n"
		      "Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b--\r\n.\r\n");
	expect_told("\"file.name\":\"torn\",\"file.mime_declared\":\"a/"
		    "b\",\"file.mime_type\":\"unknown\","
		    "\"file.bytes\":5,\"file.complete\":false,\"file.end\":\"torn\"",
		1);
	expect_told("\"file.name\":\"next\",\"file.mime_declared\":\"a/"
		    "b\",\"file.mime_type\":\"unknown\","
		    "\"file.bytes\":3,\"file.complete\":true",
		1);
	expect_told("\"file.missing_bytes\":100", 1);
	assert_int_equal(lab.net->carve.n_parts, lab.net->carve.n_decoder_max);
	ward_net_files(lab.net, &sink);
}

/* More with parts than there is memory for: they are files all the same. */
static void test_inside_many(void **state)
{
	struct ward_dissect d = call();
	struct ward_file_meta m = {.service = "test", .parts = WARD_PARTS_MESSAGE};
	uint64_t before = ward_net_count(lab.net, WARD_NET_FILE_PARTS);
	uint32_t number = 0;

	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	for (size_t n = lab.net->carve.n_parts + 1; n; n--)
		number = ward_carve_begin(&d, &m);
	give(number, 0, "Content-Type: a/b\n\nx");
	ward_carve_leave(lab.net, &lab.files);
	ward_net_files(lab.net, &sink);
	expect_told("\"class\":\"net.file\"", 1);
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_PARTS), before + 1);
	assert_int_equal(lab.net->carve.n_parts, lab.net->carve.n_decoder_max);
}

static void test_http_ends(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	(void)feed(0, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)feed(1, "HTTP/1.1 206 Partial\r\nContent-Length: 9\r\n"
		      "Content-Range: bytes 3-11/20\r\n\r\nabc");
	assert_true(proto_lab_gap(&lab, 1, 4));
	(void)feed(1, "yz");
	expect_told("\"http.content_range\":\"bytes 3-11/20\",\"file.mime_type\":\"unknown\","
		    "\"file.bytes\":5,\"file.total_bytes\":9,\"file.missing_bytes\":4,\"file."
		    "missing_at\":3,"
		    "\"file.part\":true,\"file.complete\":false,\"file.end\":\"whole\"",
		1);
	again(&ward_dissect_http);
	(void)feed(0, "GET /x HTTP/1.0\r\n\r\n");
	(void)feed(1, "HTTP/1.0 200 OK\r\n\r\nuntil it closes");
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_file("until it closes", "\"file.complete\":true");
	again(&ward_dissect_http);
	(void)feed(0, "GET /x HTTP/1.0\r\n\r\n");
	(void)feed(1, "HTTP/1.0 200 OK\r\nContent-Length: 20\r\n\r\nshort");
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_file("short", "\"file.complete\":false,\"file.end\":\"closed\"");
}

/* Ids and values of patients are in no file's event either. */
static void test_http_care(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	(void)feed(0, "POST /fhir/Patient/DOE-17?name=DOE HTTP/1.1\r\nHost: h\r\n"
		      "Content-Type: application/fhir+json\r\nContent-Length: 3\r\n"
		      "Content-Disposition: attachment; filename=\"DOE.json\"\r\n\r\n{}\n");
	expect_told("\"uri\":\"/fhir/Patient/{id}\"", 1);
	expect_told("DOE", 0);
}

static void test_smtp(void **state)
{
	(void)state;
	again(&ward_dissect_smtp);
	(void)feed(1, "220 mx ESMTP\r\n");
	(void)feed(0, "EHLO a\r\n");
	(void)feed(1, "250 mx\r\n");
	(void)feed(0, "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n");
	(void)feed(1, "250 ok\r\n250 ok\r\n354 go\r\n");
	(void)feed(0, "Subject: x\r\n\r\n..dot\r\n.x\r\nend\r\n.\r\n");
	expect_file("Subject: x\r\n\r\n.dot\r\nx\r\nend\r\n",
		"\"service\":\"smtp\",\"file.direction\":\"upload\","
		"\"file.mime_declared\":\"message/rfc822\",");
	(void)feed(1, "250 queued\r\n");
	(void)feed(0, "MAIL FROM:<a@a.example>\r\nBDAT 4\r\n.\r\nxBDAT 2 LAST\r\n\r\n");
	(void)feed(1, "250 ok\r\n250 ok\r\n250 ok\r\n");
	proto_lab_files(&lab);
	assert_int_equal(proto_lab_seen(&lab, "\"net.file\""), 2);
	assert_int_equal(told.at, 6);
	assert_memory_equal(taken, ".\r\nx\r\n", 6);
	assert_true(told.result.complete);
}

/* What control connections say of those for data, and those. */
static void test_ftp(void **state)
{
	static const struct ward_expect_note list = {.kind = WARD_FTP_A_LIST};
	struct ward_packet p;

	(void)state;
	again(&ward_dissect_ftp);
	(void)feed(1, "220 FTP ready\r\n");
	(void)feed(0, "EPSV\r\n");
	(void)feed(1, "229 Entering (|||4001|)\r\n");
	p = lab.packet[0];
	p.dst_port = 4001;
	assert_int_equal(ward_expect_module(lab.net, &p), lab.net->n_module);
	(void)feed(0, "RETR images/boot.bin\r\n");
	size_t module = ward_expect_module(lab.net, &p);

	assert_ptr_equal(ward_dissector_at(module), &ward_dissect_ftp_data);
	again(&ward_dissect_ftp_data);
	lab.packet[0].dst_port = lab.packet[1].src_port = 4001;
	assert_int_equal(feed(1, "\x7f"
				 "ELF"),
		WARD_VERDICT_OK);
	assert_int_equal(feed(1, "more"), WARD_VERDICT_OK);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_file("\x7f"
		    "ELFmore",
		"\"service\":\"ftp-data\",\"file.direction\":\"download\","
		"\"file.name\":\"images/boot.bin\",\"file.mime_type\":\"application/"
		"x-executable\"");
	/* it was said of one connection */
	assert_int_equal(ward_expect_module(lab.net, &p), lab.net->n_module);
	again(&ward_dissect_ftp_data);
	assert_int_equal(feed(1, "who are you?"), WARD_VERDICT_FOREIGN);
	again(&ward_dissect_ftp);
	(void)feed(1, "220 FTP ready\r\n227 Passive (10,0,0,2,15,161)\r\n");
	(void)feed(0, "PASV\r\n");
	(void)feed(1, "227 Passive (10,0,0,2,15,161)\r\n");
	(void)feed(0, "REST 100\r\nRETR x.log\r\n");
	again(&ward_dissect_ftp_data);
	lab.packet[0].dst_port = lab.packet[1].src_port = 4001;
	assert_int_equal(feed(1, "the rest"), WARD_VERDICT_OK);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_file("the rest", "\"file.bytes\":8,\"file.part\":true");
	/* a listing is no file, and announcements are for a minute */
	ward_expect(lab.net, &ward_dissect_ftp_data, p.dst_ip, 4, 4001, &list);
	lab.frame.time += 61 * WARD_NS_PER_S;
	assert_int_equal(ward_expect_module(lab.net, &p), lab.net->n_module);
	ward_expect(lab.net, &ward_dissect_ftp_data, p.dst_ip, 4, 4001, &list);
	again(&ward_dissect_ftp_data);
	lab.packet[0].dst_port = lab.packet[1].src_port = 4001;
	assert_int_equal(feed(1, "-rw-r--r-- x"), WARD_VERDICT_OK);
	expect_told("net.file", 0);
}

static void test_ftp_active(void **state)
{
	struct ward_packet p;

	(void)state;
	again(&ward_dissect_ftp);
	(void)feed(1, "220 FTP ready\r\n");
	(void)feed(0, "PORT 10,0,0,1,16,1\r\n");
	(void)feed(1, "200 ok\r\n");
	(void)feed(0, "STOR x\r\n");
	p = lab.packet[1];
	p.src_port = 20;
	p.dst_port = 16 * 256 + 1;
	assert_ptr_equal(
		ward_dissector_at(ward_expect_module(lab.net, &p)), &ward_dissect_ftp_data);
}

static void datagram(unsigned side, const char *head, size_t n_head, char fill, size_t n)
{
	uint8_t bytes[1024];

	memcpy(bytes, head, n_head);
	memset(bytes + n_head, fill, n);
	(void)proto_lab_feed(&lab, side, ward_slice_of(bytes, n_head + n), false);
}

static void test_tftp(void **state)
{
	char body[520] = {0};

	(void)state;
	again(&ward_dissect_tftp);
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of("\0\1cfg.txt\0octet\0", 16), false),
		WARD_VERDICT_OK);
	expect_told("\"class\":\"net.tftp.request\"", 1);
	expect_told("\"tftp.operation\":\"read\",\"file.name\":\"cfg.txt\","
		    "\"tftp.mode\":\"octet\"",
		1);
	datagram(1, "\0\3\0\2", 4, 'b', 3); /* the last comes first */
	expect_told("net.file", 0);
	datagram(1, "\0\3\0\1", 4, 'a', 512);
	datagram(1, "\0\3\0\1", 4, 'a', 512);
	memset(body, 'a', 512);
	memset(body + 512, 'b', 3);
	expect_told("net.file", 1);
}

static void test_tftp_messages(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum ward_tftp_reason reason;
	} rows[] = {
		{"\0", 1, WARD_TFTP_SHORT},
		{"\0\3\0", 3, WARD_TFTP_SHORT},
		{"\0\0", 2, WARD_TFTP_OPCODE},
		{"\0\7", 2, WARD_TFTP_OPCODE},
		{"\0\1x", 3, WARD_TFTP_STRING},
		{"\0\1\0octet\0", 9, WARD_TFTP_STRING},
		{"\0\1x\0oct", 7, WARD_TFTP_STRING},
		{"\0\1x\0odd\0", 8, WARD_TFTP_MODE},
		{"\0\1x\0octet\0blksize\0"
		 "7\0",
			20, WARD_TFTP_BLOCK_SIZE},
		{"\0\6tsize\0", 8, WARD_TFTP_OPTION},
	};
	struct ward_tftp m;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		assert_false(ward_tftp_parse(ward_slice_of(rows[i].bytes, rows[i].len), &m));
		assert_int_equal(m.reason, rows[i].reason);
	}
	assert_true(ward_tftp_parse(ward_slice_of("\0\2x\0NetASCII\0BLKSIZE\0"
						  "16\0tsize\0"
						  "9\0odd\0?\0",
					    38),
		&m));
	assert_int_equal(m.block_size, 16);
	assert_true(m.has_total && m.total == 9 && m.opcode == WARD_TFTP_WRITE);
}

static void test_types(void **state)
{
	(void)state;
	assert_string_equal(ward_file_promised(WARD_STR("a/b.Pdf")), "application/pdf");
	assert_string_equal(ward_file_promised(WARD_STR("c:\\x.y\\scan.dcm")), "application/dicom");
	assert_null(ward_file_promised(WARD_STR("pdf")));
	assert_null(ward_file_promised(WARD_STR(".pdf")));
	assert_null(ward_file_promised(WARD_STR("a.pdf/b")));
	assert_null(ward_file_promised(WARD_STR("setup.exe")));
	assert_null(ward_file_promised(WARD_STR("")));
	assert_true(ward_file_is_program("application/x-dosexec"));
	assert_false(ward_file_is_program("application/pdf"));
	assert_false(ward_file_is_program(NULL));
	assert_string_equal(ward_file_mime(ward_slice_of("\xca\xfe\xba\xbe\0\0\0\2", 8)),
		"application/x-mach-o");
	assert_string_equal(ward_file_mime(ward_slice_of("\xca\xfe\xba\xbe\0\0\0\x34", 8)),
		"application/java-vm");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_odd_calls),
		cmocka_unit_test(test_evicted),
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_decoded),
		cmocka_unit_test(test_decoded_members),
		cmocka_unit_test(test_decoded_badly),
		cmocka_unit_test(test_decoded_large),
		cmocka_unit_test(test_decoders),
		cmocka_unit_test(test_no_files),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_inside_torn),
		cmocka_unit_test(test_inside_many),
		cmocka_unit_test(test_http_ends),
		cmocka_unit_test(test_http_care),
		cmocka_unit_test(test_smtp),
		cmocka_unit_test(test_ftp),
		cmocka_unit_test(test_ftp_active),
		cmocka_unit_test(test_tftp),
		cmocka_unit_test(test_tftp_messages),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
