#include "carve_lab.h"

#include "bytes.h"

struct proto_lab lab;
uint8_t taken[CARVE_TAKEN], sent[CARVE_TAKEN];
struct carve_told told;

static void on_begin(void *ctx, uint32_t number, const struct ward_file_ends *ends,
	const struct ward_file_meta *m)
{
	(void)ctx;
	assert_true(number && ends->ip_version == 4 && m->service);
	told.begun++;
	told.at = told.gaps = told.sent = 0;
}

static void on_bytes(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	(void)ctx;
	assert_true(number);
	assert_true(off == told.at && off + bytes.len <= sizeof(taken));
	memcpy(taken + off, bytes.p, bytes.len);
	told.at += bytes.len;
}

/* Behind a gap at their place. */
static void on_sent(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	(void)ctx;
	assert_true(number && bytes.len && off >= told.sent && off + bytes.len <= sizeof(sent));
	memcpy(sent + off, bytes.p, bytes.len);
	told.sent = off + bytes.len;
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
	assert_true(number);
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

const struct ward_file_sink carve_sink = {
	on_begin, on_bytes, on_sent, on_gap, on_end, on_told, NULL};

int carve_lab_open(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_http);
	ward_net_files(lab.net, &carve_sink);
	return 0;
}

int carve_lab_close(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

void again(const struct ward_dissector *module)
{
	proto_lab_again(&lab, module);
	proto_lab_forget(&lab);
	memset(&told, 0, sizeof(told));
}

enum ward_verdict feed(unsigned side, const char *text)
{
	return proto_lab_feed(&lab, side, ward_slice_of(text, strlen(text)), false);
}

void expect_told(const char *what, size_t n)
{
	proto_lab_files(&lab);
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

void expect_file(const char *body, const char *what)
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

struct ward_dissect call(void)
{
	return (struct ward_dissect){.net = lab.net,
		.packet = &lab.packet[1],
		.module = &ward_dissect_http,
		.files = &lab.files};
}

uint32_t open_file(void)
{
	struct ward_dissect d = call();
	struct ward_file_meta m = {.service = "test"};

	ward_file_note(&m, WARD_FIELD_FILE_NAME, WARD_STR("scan.PDF"));
	ward_file_note(&m, WARD_FIELD_URI, WARD_STR(""));
	return ward_carve_begin(&d, &m);
}

void give(uint32_t number, uint64_t off, const char *text)
{
	struct ward_slice exact = ward_slice_of(strdup(text), strlen(text));

	ward_carve_bytes(lab.net, number, off, exact);
	bytes_free(exact);
}
