#include "respond/act/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const struct ward_slice key = {(const uint8_t *)"12345678901234567890", 20};

/* RFC 6238 appendix B, of which the last six digits. */
static void t_rfc(void **state)
{
	static const struct {
		uint64_t seconds;
		uint32_t code;
	} all[] = {{59, 287082}, {1111111109, 81804}, {1111111111, 50471}, {1234567890, 5924},
		{2000000000, 279037}, {20000000000, 353130}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		uint32_t code = 0;

		assert_int_equal(ward_totp(key, all[i].seconds / 30, &code), WARD_OK);
		assert_int_equal(code, all[i].code);
	}
}

static void t_window(void **state)
{
	const ward_ns now = (ward_ns)1111111111 * WARD_NS_PER_S; /* in step 37037037 */
	uint64_t step = 0;

	(void)state;
	assert_int_equal(ward_totp_check(key, WARD_STR("050471"), now, 0, &step), WARD_OK);
	assert_int_equal(step, 37037037);
	assert_int_equal(ward_totp_check(key, WARD_STR("081804"), now, 0, &step), WARD_OK);
	assert_int_equal(step, 37037036);
	/* taken already, and too old */
	assert_int_equal(
		ward_totp_check(key, WARD_STR("050471"), now, 37037037, &step), WARD_ERR_DENIED);
	assert_int_equal(
		ward_totp_check(key, WARD_STR("081804"), now + 60 * WARD_NS_PER_S, 0, &step),
		WARD_ERR_DENIED);
	static const char *const bad[] = {"", "50471", "0050471", "05047a", "050472"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(
			ward_totp_check(key, ward_str_z(bad[i]), now, 0, &step), WARD_ERR_DENIED);
	assert_int_equal(
		ward_totp_check((struct ward_slice){NULL, 0}, WARD_STR("050471"), now, 0, &step),
		WARD_ERR_DENIED);
}

/* RFC 4648 section 10. */
static void t_base32(void **state)
{
	static const char *const all[][2] = {{"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"},
		{"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
	uint8_t back[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		char text[32];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_base32_write(&w, ward_str_bytes(ward_str_z(all[i][0])));
		assert_true(ward_str_eqz(ward_wr_text(&w), all[i][1]));
		assert_true(ward_base32_read(ward_wr_text(&w), back, sizeof(back), &len));
		assert_int_equal(len, strlen(all[i][0]));
		assert_memory_equal(back, all[i][0], len);
	}
	assert_true(ward_base32_read(WARD_STR("mzxw 6ytb-oi=="), back, sizeof(back), &len));
	assert_int_equal(len, 6);
	assert_false(ward_base32_read(WARD_STR("MZ1W"), back, sizeof(back), &len));
	assert_false(ward_base32_read(WARD_STR("MZXW6YTBOI"), back, 5, &len));
	assert_false(ward_base32_read(WARD_STR(""), back, sizeof(back), &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_rfc), cmocka_unit_test(t_window), cmocka_unit_test(t_base32)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
