#include "sense/bacnet/bacnet.h"

#include "sense/bacnet/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct sample {
	const char *hex; /* blanks allowed */
	enum ward_bacnet_reason reason;
	size_t off;
};

static uint8_t text_buf[16384];

static size_t unhex(const char *hex, uint8_t *ret, size_t cap)
{
	size_t n = 0;

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		char two[3] = {hex[0], hex[1], 0};

		assert_true(n < cap);
		ret[n++] = (uint8_t)strtoul(two, NULL, 16);
		hex++;
	}
	return n;
}

/* From a heap block of exactly the right size, so that a read past it is caught. */
static bool parse_exact(const uint8_t *p, size_t len, struct ward_bacnet *m)
{
	static struct ward_wr text;
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, p, len);
	text = ward_wr_fixed(text_buf, sizeof(text_buf));
	bool ok = ward_bacnet_parse(ward_slice_of(copy, len), &text, m);

	free(copy);
	return ok;
}

static bool parse_hex(const char *hex, struct ward_bacnet *m)
{
	uint8_t bytes[512];

	return parse_exact(bytes, unhex(hex, bytes, sizeof(bytes)), m);
}

#define WHO_IS "810b000c 0120ffff00ff 1008"
#define WHO_IS_RANGE "810b0010 0120ffff00ff 1008 0901 190a"
#define I_AM "810b0018 0120ffff00ff 1000 c402000065 220400 9100 2105"
#define READ_PROPERTY "810a0011 0104 0005010c 0c00000005 1955"
#define READ_PROPERTY_ACK "810a0017 0100 30010c 0c00000005 1955 3e4441b400003f"
#define WRITE_PROPERTY "810a001a 0104 0005020f 0c00800005 1955 3e4442c800003f 4908"
#define REINITIALIZE "810a0015 0104 00050314 0900 1d0700736563726574"

static void test_who_is(void **state)
{
	struct ward_bacnet m;

	(void)state;
	assert_true(parse_hex(WHO_IS, &m));
	assert_int_equal(m.pdu, WARD_BACNET_PDU_UNCONFIRMED);
	assert_int_equal(m.service, 8);
	assert_true(m.has_dst);
	assert_int_equal(m.dst_net, 0xffff);
	assert_int_equal(m.hop_count, 255);
	assert_false(m.low.is || m.high.is);
	assert_true(parse_hex(WHO_IS_RANGE, &m));
	assert_int_equal(m.low.v, 1);
	assert_int_equal(m.high.v, 10);
}

static void test_i_am(void **state)
{
	struct ward_bacnet m;

	(void)state;
	assert_true(parse_hex(I_AM, &m));
	assert_int_equal(m.device.v, 101);
	assert_int_equal(m.max_apdu.v, 1024);
	assert_int_equal(m.segmentation.v, 0);
	assert_int_equal(m.vendor.v, 5);
}

static void test_write_property(void **state)
{
	struct ward_bacnet m;

	(void)state;
	assert_true(parse_hex(WRITE_PROPERTY, &m));
	assert_true(m.has_apdu && m.expects_reply);
	assert_int_equal(m.invoke_id, 2);
	assert_int_equal(m.n_item, 1);
	assert_int_equal(m.item[0].type, 2);
	assert_int_equal(m.item[0].instance, 5);
	assert_string_equal(
		ward_bacnet_name(WARD_BACNET_NAMES_OBJECT_TYPE, m.item[0].type), "analog-value");
	assert_string_equal(
		ward_bacnet_name(WARD_BACNET_NAMES_PROPERTY, m.item[0].property), "present-value");
	assert_int_equal(m.item[0].priority, 8);
	assert_int_equal(m.item[0].value.kind, WARD_BACNET_VALUE_NUM);
	assert_true(ward_str_eqz(m.item[0].value.s, "100"));
}

static void test_password_is_not_kept(void **state)
{
	struct ward_bacnet m;

	(void)state;
	memset(text_buf, 0, sizeof(text_buf));
	assert_true(parse_hex(REINITIALIZE, &m));
	assert_true(m.has_password);
	assert_int_equal(m.state.v, 0);
	assert_null(memmem(text_buf, sizeof(text_buf), "secret", 6));
}

/* Every prefix fails with a reason; so does one whose BVLC length was made to fit, unless what was
 * cut off is optional. */
static void test_prefixes(void **state)
{
	static const char *const whole[] = {
		WHO_IS_RANGE, I_AM, READ_PROPERTY, READ_PROPERTY_ACK, WRITE_PROPERTY, REINITIALIZE};
	uint8_t bytes[512];
	struct ward_bacnet m;

	(void)state;
	for (size_t w = 0; w < WARD_ARRAY_LEN(whole); w++) {
		size_t len = unhex(whole[w], bytes, sizeof(bytes));

		assert_true(parse_exact(bytes, len, &m));
		assert_int_equal(m.n_unparsed, 0);
		for (size_t cut = 0; cut < len; cut++) {
			assert_false(parse_exact(bytes, cut, &m));
			assert_true(m.reason < WARD_BACNET_REASON_N && m.off <= cut);
		}
		for (size_t cut = 4; cut < len; cut++) {
			bytes[2] = 0;
			bytes[3] = (uint8_t)cut;
			(void)parse_exact(bytes, cut, &m);
			assert_true(m.reason == WARD_BACNET_REASON_N || m.off <= cut);
		}
	}
}

static void test_reasons(void **state)
{
	static const struct sample samples[] = {
		{"81", WARD_BACNET_BVLC_SHORT, 1},
		{"810a0003", WARD_BACNET_BVLC_LENGTH, 4},
		{"81200004", WARD_BACNET_BVLC_FUNCTION, 4},
		{"8105000400", WARD_BACNET_BVLC_BODY, 4},
		{"810a000501", WARD_BACNET_NPDU_SHORT, 4},
		{"810a00060200", WARD_BACNET_NPDU_VERSION, 4},
		{"810a00090120000000", WARD_BACNET_NPDU_ADDRESS, 6},
		{"810a000a0120000113ff", WARD_BACNET_NPDU_ADDRESS, 6},
		{"810a00090108ffff01", WARD_BACNET_NPDU_ADDRESS, 6},
		{"810a00060180", WARD_BACNET_NETWORK_SHORT, 6},
		{"810a0007018003", WARD_BACNET_NETWORK_SHORT, 7},
		{"810a00060100", WARD_BACNET_APDU_SHORT, 6},
		{"810a0007010080", WARD_BACNET_APDU_TYPE, 6},
		{"810a000801001000", WARD_BACNET_TAG_SHORT, 8},
		{"810a000a 0100 1000 0900", WARD_BACNET_TAG_UNEXPECTED, 8},
		{"810a0009 0100 1000 06", WARD_BACNET_TAG_INVALID, 8},
		{"810a000e 0100 1000 c402000065 20", WARD_BACNET_TAG_LENGTH, 14},
		{"810a0022 0100 0005020f 0c00800005 1955 3e 2e2e2e2e2e2e2e2e 2e2e2e2e2e2e2e2e",
			WARD_BACNET_TAG_DEPTH, 33},
		{"810a0014 0100 0005020f 0c00800005 1955 3e 2e 3f", WARD_BACNET_TAG_UNBALANCED, 19},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		struct ward_bacnet m;
		bool ok = parse_hex(samples[i].hex, &m);

		assert_false(ok);
		assert_int_equal(m.reason, samples[i].reason);
		assert_int_equal(m.off, samples[i].off);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is),
		cmocka_unit_test(test_i_am),
		cmocka_unit_test(test_write_property),
		cmocka_unit_test(test_password_is_not_kept),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
