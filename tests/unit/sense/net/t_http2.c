#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/http2/http2.h"

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_http2);
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
	proto_lab_again(&lab, &ward_dissect_http2);
	proto_lab_forget(&lab);
}

static void end(unsigned side)
{
	(void)proto_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

/* One frame whose payload is given in hex. */
static enum ward_verdict frame(
	unsigned side, uint8_t type, uint8_t flags, uint32_t stream, const char *hex)
{
	struct ward_slice body = unhex(hex);
	uint8_t bytes[2048];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_u8(&w, 0);
	ward_wr_be16(&w, (uint16_t)body.len);
	ward_wr_u8(&w, type);
	ward_wr_u8(&w, flags);
	ward_wr_be32(&w, stream);
	ward_wr_bytes(&w, body.p, body.len);
	free((void *)body.p);
	return proto_lab_feed(&lab, side, ward_wr_slice(&w), false);
}

static void begin(void)
{
	again();
	(void)proto_lab_feed(&lab, 0, ward_slice_of(PREFACE, 24), false);
	(void)frame(0, WARD_HTTP2_SETTINGS, 0, 0, "000300000064");
	(void)frame(1, WARD_HTTP2_SETTINGS, 0, 0, "");
}

/* RFC 7541 C.4.1 to C.4.3: requests of one connection, in Huffman's code. */
#define REQUEST_1 "828684418cf1e3c2e5f23a6ba0ab90f4ff"
#define REQUEST_2 "828684be5886a8eb10649cbf"
#define REQUEST_3 "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"
/* C.6.1: an answer of 302. */
#define ANSWER_1                                                                                   \
	"488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c7" \
	"8f0b97c8e9ae82ae43d3"
#define ANSWER_2 "4883640effc1c0bf"

static void test_hpack(void **state)
{
	static const struct {
		const char *hex, *fields;
	} rows[] = {
		{REQUEST_1, ":method=GET;:scheme=http;:path=/;:authority=www.example.com;"},
		{REQUEST_2, ":method=GET;:scheme=http;:path=/;:authority=www.example.com;"
			    "cache-control=no-cache;"},
		{REQUEST_3, ":method=GET;:scheme=https;:path=/index.html;"
			    ":authority=www.example.com;custom-key=custom-value;"},
	};
	struct ward_hpack h = {.max = WARD_HPACK_TABLE};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_slice block = unhex(rows[i].hex);
		struct ward_rd r = ward_rd_slice(block);
		uint8_t text[512], out[512];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text)),
			       o = ward_wr_fixed(out, sizeof(out));
		struct ward_hpack_field f;

		while (ward_hpack_next(&h, &r, &w, &f)) {
			ward_wr_str(&o, f.name);
			ward_wr_ch(&o, '=');
			ward_wr_str(&o, f.value);
			ward_wr_ch(&o, ';');
		}
		assert_false(ward_rd_bad(&r));
		assert_true(ward_str_eqz(ward_wr_text(&o), rows[i].fields));
		free((void *)block.p);
	}
	/* C.4.3: three entries of 164 bytes. */
	assert_int_equal(h.n, 3);
	assert_int_equal(h.bytes, 164);
}

/* Of a table made larger only the newest entries are held. */
static void test_hpack_table(void **state)
{
	static const struct {
		const char *hex;
		bool good, large;
		uint16_t n;
	} rows[] = {
		{"3fe11f", true, false, 1},     /* 4096 again */
		{"20", true, false, 0},         /* none: all go */
		{"4001610162", true, false, 0}, /* too large for it */
		{"3fe1ff03"
		 "4001610162",
			true, false, 1},
		{"be", true, false, 1},
		{"bf", false, true, 1},  /* held by the peer only */
		{"80", false, false, 1}, /* no entry */
		{"41", false, false, 1},
		{"40ffffffffff", false, false, 1},     /* a number without an end */
		{"3fffffff7f", false, false, 1},       /* a table beyond measure */
		{"4081ff0162", false, false, 1},       /* padding of a whole byte */
		{"4084fffffffc0162", false, false, 1}, /* the end is coded */
		{"40018001", false, false, 1},
	};
	struct ward_hpack h = {.max = WARD_HPACK_TABLE};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_slice block = unhex(rows[i].hex);
		struct ward_rd r = ward_rd_slice(block);
		uint8_t text[64];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		struct ward_hpack_field f = {{"a", 1}, {"b", 1}};

		if (i == 0) {
			struct ward_slice one = unhex("4001610162");
			struct ward_rd first = ward_rd_slice(one);

			assert_true(ward_hpack_next(&h, &first, &w, &f));
			free((void *)one.p);
		}
		while (ward_hpack_next(&h, &r, &w, &f))
			;
		if (ward_rd_bad(&r) == rows[i].good || h.n != rows[i].n)
			fail_msg("row %zu: n %u", i, h.n);
		if (!rows[i].good)
			assert_int_equal(h.large, rows[i].large);
		h.large = false;
		free((void *)block.p);
	}
	/* An entry larger than what is held leaves no place known. */
	struct ward_wr big = ward_wr_grow(ward_mem_heap(), 1 << 16), w = ward_wr_fixed(NULL, 0);
	struct ward_hpack_field f;

	ward_wr_bytes(&big, "\x40\x01\x61\x7f\x81\x27", 6); /* 5120 bytes */
	memset(ward_wr_room(&big, 5120), 'x', 5120);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&big));

	assert_true(ward_hpack_next(&h, &r, &w, &f));
	assert_true(h.lost);
	assert_int_equal(f.value.len, 5120);
	ward_wr_fini(&big);
}

static void test_transactions(void **state)
{
	(void)state;
	begin();
	(void)frame(0, WARD_HTTP2_HEADERS, 5, 1, REQUEST_1);
	(void)frame(0, WARD_HTTP2_HEADERS, 4, 3, REQUEST_2);
	(void)frame(1, WARD_HTTP2_HEADERS, 4, 1, ANSWER_1);
	(void)frame(1, WARD_HTTP2_HEADERS, 4, 3, ANSWER_2);
	(void)frame(0, WARD_HTTP2_DATA, 9, 3, "02 255044462d 0000");
	(void)frame(1, WARD_HTTP2_DATA, 0, 3, "4d5a");
	(void)frame(1, WARD_HTTP2_DATA, 1, 3, "4d5a");
	(void)frame(1, WARD_HTTP2_HEADERS, 5, 1, "4003666f6f03626172"); /* a trailer */
	expect_told("\"class\":\"net.http\"", 2);
	expect_told("\"http.method\":\"GET\",\"uri\":\"/\",\"http.host\":\"www.example.com\"", 2);
	expect_told("\"http.version\":\"2\",\"http.depth\":2,\"http.request_bytes\":5,"
		    "\"http.request_mime\":\"application/pdf\",\"http.status\":307",
		1);
	expect_told("\"http.response_bytes\":4,\"http.response_mime\":\"application/x-dosexec\","
		    "\"http.outcome\":\"answered\"",
		1);
	expect_told("\"http.status\":302", 1);
	expect_told("\"http.location\":\"https://www.example.com\"", 2);
	(void)frame(0, WARD_HTTP2_HEADERS, 5, 5, REQUEST_3);
	(void)frame(0, WARD_HTTP2_RST_STREAM, 0, 5, "00000008");
	expect_told("\"http.request_headers\":\"custom-key\"", 1);
	expect_told("\"http.outcome\":\"unanswered\"", 1);
	(void)frame(0, WARD_HTTP2_PING, 0, 0, "0000000000000000");
	(void)frame(0, WARD_HTTP2_WINDOW_UPDATE, 0, 0, "00000001");
	(void)frame(0, 0xfa, 0, 0, "0001");
	(void)frame(1, WARD_HTTP2_GOAWAY, 0, 0, "000000000000000b");
	end(0);
	expect_told("\"class\":\"net.http2\"", 0);
	end(1);
	expect_told("\"http2.client_settings\":\"3:100\",\"http2.streams\":3,\"http2.resets\":1,"
		    "\"http2.reset_error\":\"cancel\",\"http2.goaway_error\":\"enhance-your-calm\","
		    "\"http2.goaway_by\":\"server\"",
		1);
	expect_told("malformed", 0);
}

static void test_continuation_and_push(void **state)
{
	(void)state;
	begin();
	(void)frame(0, WARD_HTTP2_HEADERS, 1 | 8 | 0x20, 1, "01 0000000010 8286 00");
	(void)frame(0, WARD_HTTP2_CONT, 0, 1, "84");
	(void)frame(0, WARD_HTTP2_CONT, 4, 1, "0001610162");
	(void)frame(1, WARD_HTTP2_PUSH_PROMISE, 4, 1, "00000002 828684");
	(void)frame(1, WARD_HTTP2_HEADERS, 4, 1, "48033130 30"); /* interim: 100 */
	(void)frame(1, WARD_HTTP2_HEADERS, 5, 1, "88");
	expect_told("\"uri\":\"/\"", 1);
	expect_told("\"http.request_headers\":\"a\"", 1);
	expect_told("\"http.status\":200", 1);
}

static void test_limits(void **state)
{
	(void)state;
	begin();
	for (uint32_t i = 0; i < WARD_HTTP2_STREAMS + 1; i++)
		(void)frame(0, WARD_HTTP2_HEADERS, 5, 2 * i + 1, "828684");
	expect_told("\"http.outcome\":\"unpaired\"", 1);
	(void)frame(1, WARD_HTTP2_HEADERS, 5, 2 * WARD_HTTP2_STREAMS + 1, "88");
	expect_told("\"http.outcome\":\"unpaired\"", 2);
	/* The server makes its table large and uses what is not held: its fields are lost. */
	(void)frame(1, WARD_HTTP2_HEADERS, 5, 1, "3fe1ff03 bf");
	expect_told("\"http.outcome\":\"unread\"", 0);
	(void)frame(1, WARD_HTTP2_HEADERS, 5, 3, "88");
	end(1);
	expect_told("\"http.outcome\":\"unread\"", WARD_HTTP2_STREAMS);
	expect_told("\"http2.fields_unread\":true", 1);
	begin();
	(void)frame(0, WARD_HTTP2_HEADERS, 5, 1, "828684");
	assert_false(proto_lab_gap(&lab, 1, 10));
	expect_told("\"http.outcome\":\"unanswered\"", 1);
	expect_told("\"class\":\"net.http2\"", 1);
}

static void test_reasons(void **state)
{
	static const struct {
		enum ward_http2_reason reason;
		uint8_t type, flags;
		uint32_t stream;
		const char *hex;
	} rows[] = {
		{WARD_HTTP2_FRAME_LENGTH, WARD_HTTP2_PING, 0, 0, "00"},
		{WARD_HTTP2_FRAME_LENGTH, WARD_HTTP2_WINDOW_UPDATE, 0, 0, "00"},
		{WARD_HTTP2_FRAME_LENGTH, WARD_HTTP2_SETTINGS, 0, 0, "0003"},
		{WARD_HTTP2_FRAME_STREAM, WARD_HTTP2_SETTINGS, 0, 1, ""},
		{WARD_HTTP2_FRAME_STREAM, WARD_HTTP2_DATA, 0, 0, ""},
		{WARD_HTTP2_PADDING, WARD_HTTP2_DATA, 8, 1, "05 00"},
		{WARD_HTTP2_PADDING, WARD_HTTP2_DATA, 8, 1, ""},
		{WARD_HTTP2_PADDING, WARD_HTTP2_HEADERS, 12, 1, "05 82"},
		{WARD_HTTP2_CONTINUATION, WARD_HTTP2_CONT, 4, 1, "82"},
		{WARD_HTTP2_HPACK, WARD_HTTP2_HEADERS, 4, 1, "ff"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		uint64_t before = proto_lab_reason(&lab, rows[i].reason);

		begin();
		assert_int_equal(frame(0, rows[i].type, rows[i].flags, rows[i].stream, rows[i].hex),
			WARD_VERDICT_MALFORMED);
		assert_int_equal(proto_lab_reason(&lab, rows[i].reason), before + 1);
	}
	begin();
	(void)frame(0, WARD_HTTP2_HEADERS, 0, 1, "82");
	assert_int_equal(
		frame(0, WARD_HTTP2_PING, 0, 0, "0000000000000000"), WARD_VERDICT_MALFORMED);
	begin();
	assert_int_equal(proto_lab_feed(&lab, 0,
				 ward_slice_of("\x01\x00\x00\x01\x04\x00\x00\x00\x01", 9), false),
		WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_HTTP2_HEAD_LONG), 1);
	begin();
	(void)frame(0, WARD_HTTP2_HEADERS, 0, 1, "82");
	assert_int_equal(proto_lab_feed(&lab, 0,
				 ward_slice_of("\x01\x00\x00\x09\x04\x00\x00\x00\x01", 9), false),
		WARD_VERDICT_MALFORMED);
	again();
	assert_int_equal(frame(1, WARD_HTTP2_PING, 0, 0, ""), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_HTTP2_PREFACE), 1);
	again();
	lab.trusted = false;
	assert_int_equal(frame(1, WARD_HTTP2_PING, 0, 0, ""), WARD_VERDICT_FOREIGN);
}

static void test_probe(void **state)
{
	static const struct {
		const char *hex;
		bool good;
	} rows[] = {
		{"000006 04 00 00000000 000300000064", true},
		{"00000c 04 00 00000000 000300000064 0008", true},
		{"000006 04 00 00000000 000700000064", false},
		{"000000 04 00 00000000", false},
		{"000006 04 01 00000000 000300000064", false},
		{"000006 04 00 00000001 000300000064", false},
		{"000007 04 00 00000000 00030000006400", false},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_slice s = unhex(rows[i].hex);

		assert_int_equal(
			ward_dissect_http2.probe_stream(s) == WARD_PROBE_YES, rows[i].good);
		free((void *)s.p);
	}
	assert_true(ward_dissect_http2.probe_stream(ward_slice_of(PREFACE, 24)) == WARD_PROBE_YES);
	assert_false(ward_dissect_http2.probe_stream(ward_slice_of(PREFACE, 20)) == WARD_PROBE_YES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hpack),
		cmocka_unit_test(test_hpack_table),
		cmocka_unit_test(test_transactions),
		cmocka_unit_test(test_continuation_and_push),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
