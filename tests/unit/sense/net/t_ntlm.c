#include "bytes.h"

#include "sense/net/proto/ntlm/ntlm.h"
#include "sense/net/utf16.h"

#define SIGN "4e544c4d53535000 "
#define NEGOTIATE SIGN "01000000 07320000 0100 0100 20000000 0200 0200 21000000 48 5753"
#define CHALLENGE                                                           \
	SIGN "02000000 0200 0200 38000000 05000202 0102030405060708 "       \
	     "0000000000000000 1400 1400 3a000000 0a00 6345 0000000f 4800 " \
	     "0100 0200 5300 0300 0200 6400 0500 0000 00000000"
#define AUTHENTICATE                                                              \
	SIGN "03000000 1800 1800 4c000000 0000 0000 00000000 0200 0200 48000000 " \
	     "0200 0200 4a000000 0000 0000 00000000 0000 0000 00000000 01000002 " \
	     "0a00 6345 0000000f 4800 6100 "                                      \
	     "000000000000000000000000000000000000000000000000"

static bool parse(struct ward_slice s, struct ward_ntlm *m)
{
	uint8_t *copy = malloc(s.len ? s.len : 1);

	assert_non_null(copy);
	memcpy(copy, s.p, s.len);
	bool ok = ward_ntlm_parse(ward_slice_of(copy, s.len), m);

	free(copy);
	return ok;
}

static void test_messages(void **state)
{
	struct ward_slice s = unhex(NEGOTIATE);
	struct ward_ntlm m;

	(void)state;
	assert_true(ward_ntlm_parse(s, &m));
	assert_int_equal(m.type, WARD_NTLM_NEGOTIATE);
	assert_int_equal(m.domain.len, 1);
	assert_int_equal(m.workstation.len, 2);
	bytes_free(s);
	s = unhex(CHALLENGE);
	assert_true(ward_ntlm_parse(s, &m));
	assert_int_equal(m.type, WARD_NTLM_CHALLENGE);
	assert_int_equal(m.nb_computer.len, 2);
	assert_int_equal(m.dns_computer.len, 2);
	assert_int_equal(m.version.build, 17763);
	bytes_free(s);
	s = unhex(AUTHENTICATE);
	assert_true(ward_ntlm_parse(s, &m));
	assert_int_equal(m.type, WARD_NTLM_AUTHENTICATE);
	assert_int_equal(m.user.len, 2);
	assert_int_equal(m.lm_len, 24);
	assert_true(m.unicode);
	bytes_free(s);
}

/* Prefixes and turned bytes: what is given lies inside. */
static void test_damage(void **state)
{
	static const char *const texts[] = {NEGOTIATE, CHALLENGE, AUTHENTICATE};
	struct ward_ntlm m;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(texts); i++) {
		struct ward_slice s = unhex(texts[i]);
		uint8_t *p = (uint8_t *)(uintptr_t)s.p;

		for (size_t cut = 0; cut < s.len; cut++)
			if (cut < 16)
				assert_false(parse(ward_slice_of(s.p, cut), &m));
			else
				(void)parse(ward_slice_of(s.p, cut), &m);
		for (size_t at = 0; at < s.len; at++)
			for (unsigned v = 0; v < 256; v++) {
				uint8_t was = p[at];

				p[at] = (uint8_t)v;
				(void)parse(s, &m);
				p[at] = was;
			}
		bytes_free(s);
	}
}

static void test_find(void **state)
{
	struct ward_slice s = unhex("6048 0606 2b0601050502 " NEGOTIATE);
	struct ward_slice k = unhex("60 06092a864886f712010202 0100 6e");

	(void)state;
	assert_int_equal(ward_ntlm_find(s).len, s.len - 10);
	assert_int_equal(ward_ntlm_find(k).len, 0);
	assert_false(ward_ntlm_is_kerberos(s));
	assert_true(ward_ntlm_is_kerberos(k));
	bytes_free(s);
	bytes_free(k);
}

static void test_session(void **state)
{
	struct ward_ntlm_session session = {0};
	struct ward_slice c = unhex(CHALLENGE), a = unhex(AUTHENTICATE);

	(void)state;
	assert_true(ward_ntlm_see(&session, c));
	assert_true(session.challenged && !session.authenticated);
	assert_true(ward_ntlm_see(&session, a));
	assert_true(session.authenticated && !session.anonymous);
	assert_int_equal(session.user.len, 1);
	assert_int_equal(session.user.p[0], 'a');
	assert_int_equal(session.nb_computer.p[0], 'S');
	assert_false(ward_ntlm_see(&session, ward_slice_of("NTLMSSP", 7)));
	bytes_free(c);
	bytes_free(a);
}

static void expect_text(const char *hex, const char *want)
{
	struct ward_slice s = unhex(hex);
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_utf16le_text(&w, s);
	assert_true(ward_str_eqz(ward_wr_text(&w), want));
	bytes_free(s);
}

static void test_text(void **state)
{
	(void)state;
	expect_text("4100 e900 ac20 3dd800de 42", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	expect_text("3dd8 4100 00de", "\xef\xbf\xbd"
				      "A\xef\xbf\xbd");
	expect_text("0900 7f00 4100 0000 4200", "??A");
	expect_text("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
