#include "sense/net/ber.h"

#include "bytes.h"

static void test_next(void **state)
{
	static const struct {
		const char *hex;
		uint8_t tag; /* 0: refused */
		size_t body;
	} sample[] = {
		{"0500", 0x05, 0},
		{"040161", 0x04, 1},
		{"30820002 0500", 0x30, 2}, /* needless octets */
		{"30840000 0002 0500", 0x30, 2},
		{"04", 0, 0},
		{"0402 61", 0, 0},
		{"0480 61 0000", 0, 0},        /* indefinite */
		{"0485 00000000 01 61", 0, 0}, /* five octets of length */
		{"0484 ffffffff 61", 0, 0},    /* beyond the message */
		{"0482 00", 0, 0},             /* the length is cut */
		{"1f 01 00", 0, 0},            /* a tag number over 30 */
		{"", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		struct ward_slice s = unhex(sample[i].hex);
		struct ward_rd r = ward_rd_slice(s);
		struct ward_ber e = ward_ber_next(&r);

		assert_int_equal(e.tag, sample[i].tag);
		assert_int_equal(e.body.len, sample[i].body);
		assert_int_equal(ward_rd_bad(&r), sample[i].tag == 0);
		assert_int_equal(r.off, sample[i].tag ? s.len : 0);
		bytes_free(s);
	}
}

/* Offsets count from the message's first byte, also in inner elements, and of what failed. */
static void test_nested(void **state)
{
	struct ward_slice s = unhex("3009 020105 a104 0402 4142");
	struct ward_rd r = ward_rd_slice(s), seq, ctx, none;

	(void)state;
	seq = ward_ber_open(&r, WARD_BER_SEQUENCE);
	assert_int_equal(seq.off, 2);
	assert_int_equal(ward_ber_int(&seq, WARD_BER_INTEGER, 0, 5), 5);
	assert_false(ward_ber_open_if(&seq, WARD_BER_CTX_OF(0), &none));
	assert_true(ward_ber_open_if(&seq, WARD_BER_CTX_OF(1), &ctx));
	assert_int_equal(ctx.off, 7);
	assert_int_equal(ward_ber_int(&ctx, WARD_BER_INTEGER, 0, 5), 0); /* it is OCTETS */
	assert_true(ward_rd_bad(&ctx));
	ward_ber_close(&seq, &ctx);
	ward_ber_close(&r, &seq);
	assert_true(ward_rd_bad(&r));
	assert_int_equal(r.off, 7);
	assert_true(ward_rd_bad(&r) && ward_ber_next(&r).tag == 0);
	assert_false(ward_ber_open_if(&r, WARD_BER_SEQUENCE, &none));
	bytes_free(s);
}

static void test_left_over(void **state)
{
	struct ward_slice s = unhex("3005 020105 0500 0500");
	struct ward_rd r = ward_rd_slice(s), seq = ward_ber_open(&r, WARD_BER_SEQUENCE);

	(void)state;
	(void)ward_ber_int(&seq, WARD_BER_INTEGER, 0, 5);
	ward_ber_leave(&r, &seq);
	assert_false(ward_rd_bad(&r));
	assert_int_equal(ward_rd_left(&r), 2);
	ward_ber_close(&r, &seq);
	assert_true(ward_rd_bad(&r));
	assert_int_equal(r.off, 5);
	bytes_free(s);
}

static void test_integers(void **state)
{
	static const struct {
		const char *hex;
		bool fits, fits_unsigned;
		int64_t v;
		uint64_t u;
	} sample[] = {
		{"00", true, true, 0, 0},
		{"7f", true, true, 127, 127},
		{"80", true, true, -128, 128},
		{"ff7f", true, true, -129, 0xff7f},
		{"00000001", true, true, 1, 1},
		{"7fffffffffffffff", true, true, INT64_MAX, INT64_MAX},
		{"8000000000000000", true, true, INT64_MIN, UINT64_C(1) << 63},
		{"00ffffffffffffffff", false, true, 0, UINT64_MAX},
		{"01ffffffffffffffff", false, false, 0, 0},
		{"0000ffffffffffffffff", false, false, 0, 0},
		{"", false, false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		struct ward_slice s = unhex(sample[i].hex);
		int64_t v = 0;
		uint64_t u = 0;

		assert_int_equal(ward_ber_int_of(s, &v), sample[i].fits);
		assert_int_equal(ward_ber_uint_of(s, &u), sample[i].fits_unsigned);
		assert_true(v == sample[i].v && u == sample[i].u);
		bytes_free(s);
	}
}

static void test_bounds(void **state)
{
	struct ward_slice s = unhex("020107 0a0108 0101ff 01020000");
	struct ward_rd r = ward_rd_slice(s);

	(void)state;
	assert_int_equal(ward_ber_int(&r, WARD_BER_INTEGER, 7, 7), 7);
	assert_int_equal(ward_ber_int(&r, WARD_BER_ENUMERATED, 0, 8), 8);
	assert_true(ward_ber_bool(&r, WARD_BER_BOOLEAN));
	assert_false(ward_ber_bool(&r, WARD_BER_BOOLEAN));
	assert_true(ward_rd_bad(&r));
	assert_int_equal(r.off, 9);
	r = ward_rd_slice(s);
	assert_int_equal(ward_ber_int(&r, WARD_BER_INTEGER, 0, 6), 0);
	assert_true(ward_rd_bad(&r));
	assert_int_equal(r.off, 0);
	bytes_free(s);
}

static void test_oids(void **state)
{
	static const struct {
		const char *hex, *text; /* NULL: refused */
	} sample[] = {
		{"2b06010201", "1.3.6.1.2.1"},
		{"00", "0.0"},
		{"28", "1.0"},
		{"78", "2.40"},
		{"8837", "2.999"},
		{"28c462", "1.0.8802"},
		{"2b8fffffff7f", "1.3.4294967295"},
		{"2b9080808000", NULL}, /* 2^32 */
		{"2b86", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		struct ward_slice s = unhex(sample[i].hex);
		struct ward_ber_oid oid;
		char text[WARD_BER_OID_TEXT];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		assert_int_equal(ward_ber_oid_of(s, &oid), sample[i].text != NULL);
		if (sample[i].text) {
			ward_ber_oid_text(&w, &oid);
			assert_true(ward_str_eqz(ward_wr_text(&w), sample[i].text));
		}
		bytes_free(s);
	}
}

/* As many arcs as there may be, of the greatest; the text is cut at a bound. */
static void test_oid_bounds(void **state)
{
	uint8_t body[1 + 5 * WARD_BER_ARCS];
	struct ward_ber_oid oid;
	char text[WARD_BER_OID_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	body[0] = 0x2b;
	for (size_t i = 0; i < WARD_BER_ARCS; i++)
		memcpy(&body[1 + i * 5], "\x8f\xff\xff\xff\x7f", 5);
	assert_true(ward_ber_oid_of(ward_slice_of(body, 1 + 5 * (WARD_BER_ARCS - 2)), &oid));
	assert_int_equal(oid.n, WARD_BER_ARCS);
	ward_ber_oid_text(&w, &oid);
	assert_false(ward_wr_bad(&w));
	assert_true(ward_str_ends(ward_wr_text(&w), WARD_STR(".4294967295...")));
	assert_false(ward_ber_oid_of(ward_slice_of(body, 1 + 5 * (WARD_BER_ARCS - 1)), &oid));
}

static void test_frame(void **state)
{
	struct ward_slice s = unhex("3082 0003 020105 ff");
	size_t size;

	(void)state;
	assert_int_equal(ward_ber_frame(s, WARD_BER_SEQUENCE, &size), WARD_BER_WHOLE);
	assert_int_equal(size, 7);
	for (size_t n = 0; n < 7; n++) {
		assert_int_equal(ward_ber_frame(ward_slice_of(s.p, n), WARD_BER_SEQUENCE, &size),
			WARD_BER_MORE);
		assert_int_equal(size, n < 4 ? 0 : 7);
	}
	assert_int_equal(ward_ber_frame(s, WARD_BER_SET, &size), WARD_BER_NOT);
	assert_int_equal(
		ward_ber_frame(ward_slice_of("\x30\x80\x00\x00", 4), 0x30, &size), WARD_BER_NOT);
	bytes_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_left_over),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_oids),
		cmocka_unit_test(test_oid_bounds),
		cmocka_unit_test(test_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
