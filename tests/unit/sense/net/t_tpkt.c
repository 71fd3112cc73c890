#include "sense/net/proto/tpkt/tpkt.h"

#include "bytes.h"

/* A connection request with size and both addresses, as S7 sends it. */
#define REQUEST "0300 0016 11 e0 0000 0001 00 c0010a c1020100 c2020102"

static enum ward_tpkt_framing read_hex(const char *hex, struct ward_tpkt *t)
{
	struct ward_slice s = unhex(hex);
	enum ward_tpkt_framing f = ward_tpkt_read(s, t);

	bytes_free(s);
	return f;
}

static void test_good(void **state)
{
	struct ward_slice s = unhex(REQUEST), value;
	struct ward_tpkt t;

	(void)state;
	assert_int_equal(ward_tpkt_read(s, &t), WARD_TPKT_WHOLE);
	assert_int_equal(t.code, WARD_COTP_CR);
	assert_int_equal(t.size, s.len);
	assert_int_equal(t.src_ref, 1);
	assert_true(ward_cotp_parameter(t.variable, WARD_COTP_CALLED, &value));
	assert_int_equal(value.len, 2);
	assert_int_equal(value.p[1], 2);
	assert_true(ward_cotp_parameter(t.variable, 0xc7, &value));
	assert_int_equal(value.len, 0);
	for (size_t cut = 0; cut < s.len; cut++) {
		assert_int_equal(ward_tpkt_read(ward_slice_of(s.p, cut), &t), WARD_TPKT_MORE);
		assert_true(t.size == 0 || t.size == s.len);
	}
	bytes_free(s);
	assert_int_equal(read_hex("0300 0008 02f080 32", &t), WARD_TPKT_WHOLE);
	assert_true(t.last && t.data.len == 1 && t.data_off == 7);
	assert_int_equal(read_hex("0300 0007 02f000", &t), WARD_TPKT_WHOLE);
	assert_true(!t.last && t.data.len == 0);
	assert_int_equal(read_hex("0300 000b 06 80 0001 0002 05", &t), WARD_TPKT_WHOLE);
	assert_int_equal(t.option, 5);
	assert_int_equal(read_hex("0300 0009 04 70 0001 02", &t), WARD_TPKT_WHOLE);
}

static void test_bad(void **state)
{
	static const struct {
		const char *hex;
		enum ward_tpkt_reason reason;
		size_t off;
	} bad[] = {
		{"02", WARD_TPKT_HEADER, 0},
		{"0301", WARD_TPKT_HEADER, 0},
		{"0300 0006 0000", WARD_TPKT_HEADER, 2},
		{"0300 0007 00f080", WARD_TPKT_TPDU, 4},
		{"0300 0007 03f080", WARD_TPKT_TPDU, 4},
		{"0300 0007 02f180", WARD_TPKT_TPDU, 4},
		{"0300 0007 021080", WARD_TPKT_TPDU, 4},
		{"0300 0008 03f08000", WARD_TPKT_TPDU, 4},
		{"0300 0008 03e00000", WARD_TPKT_TPDU, 4},
		{"0300 000c 06 80 0001 0002 05 00", WARD_TPKT_TPDU, 11},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_tpkt t;

		assert_int_equal(read_hex(bad[i].hex, &t), WARD_TPKT_NOT);
		assert_int_equal(t.reason, bad[i].reason);
		assert_int_equal(t.off, bad[i].off);
	}
}

/* RDP puts a line of text there. */
static void test_no_parameters(void **state)
{
	struct ward_slice s = unhex("436f6f6b6965"), value;

	(void)state;
	assert_false(ward_cotp_parameter(s, WARD_COTP_CALLED, &value));
	bytes_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_no_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
