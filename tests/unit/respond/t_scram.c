#include "respond/scram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

/* RFC 7677, 3 */
#define SERVER_NONCE "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SALT ",s=W22ZaJ0SNY7soEsUEjb6gQ=="
static const uint8_t nonce[WARD_SCRAM_NONCE] = {
	0xac, 0xea, 0x6b, 0x34, 0x67, 0xf0, 0x11, 0xb7, 0x91, 0x5a, 0x06, 0xcd, 0x12, 0x4a, 0x8e};

static void begin(struct ward_scram *s, const char *user, const char *wanted)
{
	char buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_scram_begin(s, ward_str_z(user), WARD_STR("pencil"), nonce, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w), wanted));
}

static void test_rfc(void **state)
{
	struct ward_scram s;
	char buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	begin(&s, "user", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
	assert_false(ward_scram_proves(&s, WARD_STR("v=AAAA")));
	assert_int_equal(
		ward_scram_answer(&s, WARD_STR("r=" SERVER_NONCE SALT ",i=4096"), &w), WARD_OK);
	assert_true(ward_str_eqz(ward_wr_text(&w),
		"c=biws,r=" SERVER_NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
	assert_true(
		ward_scram_proves(&s, WARD_STR("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
	assert_false(
		ward_scram_proves(&s, WARD_STR("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=")));
	assert_false(ward_scram_proves(&s, WARD_STR("v=6rriTRBi")));
	assert_false(ward_scram_proves(&s, WARD_STR("e=invalid-proof")));
	assert_false(ward_scram_proves(&s, WARD_STR("")));
	/* once */
	assert_int_equal(ward_scram_answer(&s, WARD_STR("r=" SERVER_NONCE SALT ",i=4096"), &w),
		WARD_ERR_MALFORMED);
	begin(&s, "a=b,c", "n,,n=a=3Db=2Cc,r=rOprNGfwEbeRWgbNEkqO");
}

static void test_nonsense(void **state)
{
	static const char *const bad[] = {"", "r=", "m=ext,r=" SERVER_NONCE SALT ",i=4096",
		"r=rOprNGfwEbeRWgbNEkqO" SALT ",i=4096", "r=another" SALT ",i=4096",
		"r=" SERVER_NONCE SALT ",i=4095", "r=" SERVER_NONCE SALT ",i=600001",
		"r=" SERVER_NONCE SALT ",i=-1",
		"r=" SERVER_NONCE SALT ",i=", "r=" SERVER_NONCE SALT,
		"r=" SERVER_NONCE ",s=!,i=4096", "r=" SERVER_NONCE ",s=,i=4096",
		"r=" SERVER_NONCE ",i=4096" SALT};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_scram s;
		char buf[512];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		begin(&s, "user", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
		assert_int_equal(ward_scram_answer(&s, ward_str_z(bad[i]), &w), WARD_ERR_MALFORMED);
		assert_int_equal(w.len, 0);
		assert_false(ward_scram_proves(
			&s, WARD_STR("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_rfc), T(test_nonsense)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
