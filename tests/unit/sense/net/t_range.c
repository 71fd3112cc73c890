/* Pieces of resources that HTTP hands over: which piece of what each file is. */
#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/carve/range.h"
#include "sense/net/proto/dissectors.h"

static struct proto_lab lab;
static struct ward_file_range told_range; /* of the last file */

static void on_begin(void *ctx, uint32_t number, const struct ward_file_ends *ends,
	const struct ward_file_meta *m)
{
	(void)ctx;
	assert_true(number && ends->ip_version == 4 && m->service);
}

static void on_bytes(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	(void)ctx;
	assert_true(number && off < UINT32_MAX && bytes.len);
}

static void on_gap(void *ctx, uint32_t number, uint64_t off, uint64_t len)
{
	(void)ctx;
	assert_true(number && off < UINT32_MAX && len);
}

static void on_end(void *ctx, uint32_t number, const struct ward_file_result *r)
{
	(void)ctx;
	assert_true(number && r->end < WARD_FILE_END_N);
}

static void on_told(
	void *ctx, uint32_t number, const struct ward_file_range *range, const struct ward_event *e)
{
	(void)ctx;
	assert_true(number && e);
	told_range = range ? *range : (struct ward_file_range){0};
}

static const struct ward_file_sink sink = {on_begin, on_bytes, NULL, on_gap, on_end, on_told, NULL};

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
	told_range = (struct ward_file_range){0};
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

static void test_read(void **state)
{
	static const struct {
		const char *field;
		bool piece;
		uint64_t from, total;
	} of[] = {{"bytes 0-499/1234", true, 0, 1234}, {" Bytes  42-1233/1234", true, 42, 1234},
		{"bytes 42-1233/*", true, 42, 0}, {"bytes 1233-1233/1234", true, 1233, 1234},
		{"bytes */1234", false, 0, 0}, {"bytes 5-4/10", false, 0, 0},
		{"bytes 0-10/10", false, 0, 0}, {"bytes 0-9", false, 0, 0},
		{"bytes -5/10", false, 0, 0}, {"lines 0-9/10", false, 0, 0},
		{"bytes=0-9/10", false, 0, 0}, {"bytes 0-18446744073709551615/*", false, 0, 0},
		{"bytes 0-18446744073709551616/*", false, 0, 0}, {"", false, 0, 0}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		struct ward_file_range r = {0};

		if (ward_range_read(ward_str_z(of[i].field), &r) != of[i].piece ||
			r.piece != of[i].piece || r.from != of[i].from || r.total != of[i].total)
			fail_msg("%s", of[i].field);
	}
}

static struct ward_file_range piece_of(const char *request, const char *answer)
{
	again(&ward_dissect_http);
	(void)feed(0, request);
	(void)feed(1, answer);
	proto_lab_files(&lab);
	return told_range;
}

/* What is a piece of what, by address, version and who: the same for pieces of one resource alone.
 */
static void test_http_ranges(void **state)
{
#define GET "GET /a?id=1 HTTP/1.1\r\nHost: h\r\n\r\n"
#define PIECE(fields) "HTTP/1.1 206 Partial\r\nContent-Length: 3\r\n" fields "\r\n\r\nabc"
	struct ward_file_range a = piece_of(GET, PIECE("ETag: \"x\"\r\nLast-Modified: "
						       "yesterday\r\nContent-Range: bytes 3-5/20")),
			       b = piece_of(
				       GET, PIECE("ETag: \"x\"\r\nContent-Range: bytes 9-11/*"));

	(void)state;
	assert_true(a.piece && a.resource && a.from == 3 && a.total == 20);
	assert_true(b.piece && b.resource == a.resource && b.from == 9 && !b.total);
	assert_int_not_equal(
		piece_of(GET, PIECE("ETag: \"y\"\r\nContent-Range: bytes 3-5/20")).resource,
		a.resource);
	assert_int_not_equal(piece_of("GET /a?id=2 HTTP/1.1\r\nHost: h\r\n\r\n",
				     PIECE("ETag: \"x\"\r\nContent-Range: bytes 3-5/20"))
				     .resource,
		a.resource);
	assert_int_not_equal(piece_of("GET /a?id=1 HTTP/1.1\r\nHost: i\r\n\r\n",
				     PIECE("ETag: \"x\"\r\nContent-Range: bytes 3-5/20"))
				     .resource,
		a.resource);
	/* what makes no sense is no piece; nor is what was not asked for while somebody listened */
	assert_false(piece_of(GET, PIECE("Content-Range: bytes 5-3/20")).piece);
	assert_false(piece_of(GET, PIECE("Content-Range: bytes 3-25/20")).piece);
	assert_false(piece_of(GET, PIECE("Content-Range: bytes */20")).piece);
	assert_false(piece_of("", PIECE("Content-Range: bytes 3-5/20")).piece);
	assert_false(piece_of(GET, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Range: bytes "
				   "3-5/20\r\n\r\nabc")
			     .piece);
}

/* RFC 9110 14.6: several at once, each with a range of its own. */
static void test_http_byteranges(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	(void)feed(0, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)feed(1, "HTTP/1.1 206 Partial\r\nContent-Length: 139\r\n"
		      "Content-Type: multipart/byteranges; boundary=B\r\n\r\n"
		      "--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-2/9\r\n\r\nabc\r\n"
		      "--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 6-8/9\r\n\r\nghi\r\n"
		      "--B--\r\n");
	expect_told("\"uri\":\"/a\",\"http.host\":\"h\",\"file.within\":\"multipart/byteranges\","
		    "\"file.mime_declared\":\"text/plain\",\"http.content_range\":\"bytes 0-2/9\"",
		1);
	expect_told("\"http.content_range\":\"bytes 6-8/9\"", 1);
	expect_told("\"class\":\"net.file\"", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_http_ranges),
		cmocka_unit_test(test_http_byteranges),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
