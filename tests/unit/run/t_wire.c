#include "run/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ALL_LANES = (1 << WARD_LANE_N) - 1, SOURCE = 42 };

static struct ward_batch batch;
static struct ward_record rec[WARD_WIRE_BATCH_MAX];

static struct ward_slice bytes_of(const char *s)
{
	return ward_str_bytes(ward_str_z(s));
}

/* From a heap block of exactly that size, so that a sanitizer sees a read past the end. */
static enum ward_err read_append(struct ward_slice body, unsigned lanes, size_t *ret_n)
{
	uint8_t *exact = malloc(body.len ? body.len : 1);

	assert_non_null(exact);
	if (body.len)
		memcpy(exact, body.p, body.len);
	struct ward_rd r = ward_rd_from(exact, body.len);
	enum ward_err err = ward_wire_append(&r, lanes, SOURCE, rec, ret_n);

	free(exact);
	return err;
}

static void batch_round_trip(void **state)
{
	size_t n = 0;

	(void)state;
	ward_batch_begin(&batch);
	assert_true(ward_batch_add(&batch, WARD_LANE_EVIDENCE, WARD_RECORD_EVENT, bytes_of("a")));
	assert_true(ward_batch_add(&batch, WARD_LANE_TELEMETRY, WARD_RECORD_LOSS, bytes_of("")));
	assert_true(ward_batch_add(&batch, WARD_LANE_EVIDENCE, 0xffff, bytes_of("third")));
	assert_int_equal(batch.n, 3);
	assert_int_equal(batch.n_evidence, 2);
	struct ward_rd r = ward_rd_slice(ward_batch_body(&batch));

	assert_int_equal(ward_wire_append(&r, ALL_LANES, SOURCE, rec, &n), WARD_OK);
	assert_int_equal(n, 3);
	assert_int_equal(rec[0].lane, WARD_LANE_EVIDENCE);
	assert_int_equal(rec[0].type, WARD_RECORD_EVENT);
	assert_int_equal(rec[0].source, SOURCE);
	assert_memory_equal(rec[0].data.p, "a", 1);
	assert_int_equal(rec[1].lane, WARD_LANE_TELEMETRY);
	assert_int_equal(rec[1].data.len, 0);
	assert_int_equal(rec[2].type, 0xffff);
	assert_memory_equal(rec[2].data.p, "third", 5);
	/* begun anew, it is empty: and an empty APPEND is none */
	ward_batch_begin(&batch);
	assert_int_equal(read_append(ward_batch_body(&batch), ALL_LANES, &n), WARD_ERR_MALFORMED);
	assert_int_equal(n, 3); /* untouched */
}

static void batch_is_full(void **state)
{
	static const uint8_t big[WARD_MSG_BODY_MAX];
	size_t n = 0;

	(void)state;
	ward_batch_begin(&batch);
	for (size_t i = 0; i < WARD_WIRE_BATCH_MAX; i++)
		assert_true(ward_batch_add(
			&batch, WARD_LANE_DERIVED, WARD_RECORD_IMPACT, bytes_of("x")));
	assert_false(ward_batch_add(&batch, WARD_LANE_DERIVED, WARD_RECORD_IMPACT, bytes_of("x")));
	assert_int_equal(read_append(ward_batch_body(&batch), ALL_LANES, &n), WARD_OK);
	assert_int_equal(n, WARD_WIRE_BATCH_MAX);
	/* no room for the bytes: what is in it stays good */
	ward_batch_begin(&batch);
	assert_false(ward_batch_add(
		&batch, WARD_LANE_EVIDENCE, WARD_RECORD_EVENT, ward_slice_of(big, sizeof(big))));
	assert_int_equal(batch.n, 0);
	assert_true(ward_batch_add(&batch, WARD_LANE_EVIDENCE, WARD_RECORD_EVENT,
		ward_slice_of(big, WARD_WIRE_RECORD_MAX)));
	assert_true(ward_batch_add(
		&batch, WARD_LANE_EVIDENCE, WARD_RECORD_EVENT, ward_slice_of(big, 32 - 2 - 6 - 4)));
	assert_false(ward_batch_add(&batch, WARD_LANE_EVIDENCE, WARD_RECORD_EVENT, bytes_of("")));
	assert_int_equal(ward_batch_body(&batch).len, sizeof(big));
	assert_int_equal(read_append(ward_batch_body(&batch), ALL_LANES, &n), WARD_OK);
	assert_int_equal(n, 2);
	assert_int_equal(rec[0].data.len, WARD_WIRE_RECORD_MAX);
}

/* A record that comes in must also go out to a reader, in a message of its own. */
static void record_is_too_long(void **state)
{
	static const uint8_t big[WARD_WIRE_RECORD_MAX + 1];
	static uint8_t out[WARD_MSG_BODY_MAX];
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_record longest = {.seq = UINT64_MAX, .data = {big, sizeof(big) - 1}};
	size_t n = 0;

	(void)state;
	ward_wire_put_record(&w, &longest);
	assert_false(ward_wr_bad(&w));
	ward_batch_begin(&batch);
	assert_false(ward_batch_add(
		&batch, WARD_LANE_EVIDENCE, WARD_RECORD_EVENT, ward_slice_of(big, sizeof(big))));
	ward_wr_reset(&w);
	ward_wr_varint(&w, 1);
	ward_wr_u8(&w, WARD_LANE_EVIDENCE);
	ward_wr_be16(&w, WARD_RECORD_EVENT);
	ward_wr_lv(&w, ward_slice_of(big, sizeof(big)));
	assert_false(ward_wr_bad(&w));
	assert_int_equal(read_append(ward_wr_slice(&w), ALL_LANES, &n), WARD_ERR_MALFORMED);
}

static void append_prefixes(void **state)
{
	size_t n = 0;

	(void)state;
	ward_batch_begin(&batch);
	for (unsigned i = 0; i < 3; i++)
		assert_true(ward_batch_add(
			&batch, (enum ward_lane)i, WARD_RECORD_EVENT, bytes_of("some bytes")));
	struct ward_slice body = ward_batch_body(&batch);

	for (size_t len = 0; len < body.len; len++)
		assert_int_equal(read_append((struct ward_slice){body.p, len}, ALL_LANES, &n),
			WARD_ERR_MALFORMED);
	/* and a byte too many */
	batch.buf[body.len] = 0;
	assert_int_equal(read_append((struct ward_slice){body.p, body.len + 1}, ALL_LANES, &n),
		WARD_ERR_MALFORMED);
	assert_int_equal(n, 0);
}

static void append_refusals(void **state)
{
	static const uint8_t lane_9[] = {1, 9, 0, 1, 0}, none[] = {0}, many[] = {0x81, 0x08, 0, 0},
			     huge[] = {0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0},
			     long_data[] = {1, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0},
			     overlong[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				     0xff, 0xff, 0};
	static const struct ward_slice bad[] = {{lane_9, sizeof(lane_9)}, {none, sizeof(none)},
		{many, sizeof(many)}, {huge, sizeof(huge)}, {long_data, sizeof(long_data)},
		{overlong, sizeof(overlong)}};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(read_append(bad[i], ALL_LANES, &n), WARD_ERR_MALFORMED);
	for (unsigned lane = 0; lane < WARD_LANE_N; lane++) {
		ward_batch_begin(&batch);
		assert_true(ward_batch_add(
			&batch, (enum ward_lane)lane, WARD_RECORD_EVENT, bytes_of("x")));
		assert_int_equal(
			read_append(ward_batch_body(&batch), ALL_LANES & ~(1u << lane), &n),
			WARD_ERR_DENIED);
		assert_int_equal(read_append(ward_batch_body(&batch), 0, &n), WARD_ERR_DENIED);
		assert_int_equal(read_append(ward_batch_body(&batch), 1u << lane, &n), WARD_OK);
	}
}

static void record_round_trip(void **state)
{
	const struct ward_record want = {.seq = UINT64_MAX,
		.time = INT64_MIN,
		.lane = WARD_LANE_CONTROL,
		.type = 0xfffe,
		.source = UINT32_MAX,
		.data = bytes_of("payload")};
	uint8_t buf[128];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_record got;

	(void)state;
	ward_wire_put_record(&w, &want);
	assert_false(ward_wr_bad(&w));
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_wire_get_record(&r, &got), WARD_OK);
	assert_int_equal(ward_rd_left(&r), 0);
	assert_true(got.seq == want.seq && got.time == want.time && got.lane == want.lane);
	assert_true(got.type == want.type && got.source == want.source);
	assert_int_equal(got.data.len, want.data.len);
	assert_memory_equal(got.data.p, want.data.p, want.data.len);
	for (size_t len = 0; len < w.len; len++) {
		uint8_t *exact = malloc(len ? len : 1);

		assert_non_null(exact);
		memcpy(exact, buf, len);
		r = ward_rd_from(exact, len);
		assert_int_equal(ward_wire_get_record(&r, &got), WARD_ERR_MALFORMED);
		free(exact);
	}
	buf[16] = WARD_LANE_N; /* behind sequence and time */
	r = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_wire_get_record(&r, &got), WARD_ERR_MALFORMED);
	assert_true(got.seq == want.seq); /* untouched */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(batch_round_trip),
		cmocka_unit_test(batch_is_full), cmocka_unit_test(record_is_too_long),
		cmocka_unit_test(append_prefixes), cmocka_unit_test(append_refusals),
		cmocka_unit_test(record_round_trip)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
