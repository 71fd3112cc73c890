/* Tokens: keys of each kind made here, what is signed by them, and what is not taken. More of it,
 * by another maker of tokens, is in tests/e2e/provider.py. */
#include "base/id.h"
#include "directory/jwt.h"
#include "directory/oidc.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const ward_ns now = 1800000000 * WARD_NS_PER_S;

struct fix {
	EVP_PKEY *rsa, *ec;
	struct ward_limits lim;
	struct ward_jwt_keys *keys;
	struct ward_arena a;
	char token[8192];
};

static void put_number(struct ward_wr *w, EVP_PKEY *k, const char *name, int n)
{
	uint8_t b[1024];
	BIGNUM *v = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(k, name, &v), 1);
	n = n ? n : BN_num_bytes(v);
	assert_int_equal(BN_bn2binpad(v, b, n), n);
	ward_jwt_base64url_write(w, ward_slice_of(b, (size_t)n));
	BN_free(v);
}

static int set_up(void **state)
{
	struct fix *x = test_calloc(1, sizeof(*x));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 16384);
	size_t n, left;

	ward_limits_default(&x->lim);
	ward_arena_init(&x->a, ward_mem_heap(), WARD_JWT_ARENA);
	x->rsa = EVP_RSA_gen(2048);
	x->ec = EVP_EC_gen("P-256");
	ward_wr_z(&w, "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"use\":\"sig\",\"n\":\"");
	put_number(&w, x->rsa, "n", 0);
	ward_wr_z(
		&w, "\",\"e\":\"AQAB\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\",\"x\":\"");
	put_number(&w, x->ec, "qx", 32);
	ward_wr_z(&w, "\",\"y\":\"");
	put_number(&w, x->ec, "qy", 32);
	/* an exponent of 3, a short one, one for encryption, a point off the curve, a keyed hash's
	 */
	ward_wr_z(&w, "\"},{\"kty\":\"RSA\",\"n\":\"");
	put_number(&w, x->rsa, "n", 0);
	ward_wr_z(&w, "\",\"e\":\"Aw\"},{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"},{\"kty\":"
		      "\"RSA\",\"use\":\"enc\","
		      "\"n\":\"AQAB\",\"e\":\"AQAB\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""
		      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\",\"y\":\""
		      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"},{\"kty\":\"oct\",\"k\":"
		      "\"AAAA\"},3]}");
	assert_int_equal(
		ward_jwt_keys_read(ward_wr_slice(&w), &x->lim, &x->keys, &n, &left), WARD_OK);
	assert_int_equal(n, 2);
	assert_int_equal(left, 6);
	ward_wr_fini(&w);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fix *x = *state;

	ward_jwt_keys_free(x->keys);
	EVP_PKEY_free(x->rsa);
	EVP_PKEY_free(x->ec);
	ward_arena_fini(&x->a);
	test_free(x);
	return 0;
}

static size_t sign(EVP_PKEY *k, bool pss, struct ward_str what, uint8_t *ret, size_t cap)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	uint8_t der[1024];
	size_t n = sizeof(der);

	assert_int_equal(EVP_DigestSignInit_ex(c, &p, "SHA256", NULL, NULL, k, NULL), 1);
	if (pss) {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(p, RSA_PSS_SALTLEN_DIGEST), 1);
	}
	assert_int_equal(EVP_DigestSign(c, der, &n, (const uint8_t *)what.p, what.len), 1);
	EVP_MD_CTX_free(c);
	if (EVP_PKEY_is_a(k, "RSA")) {
		memcpy(ret, der, n);
		return n;
	}
	const uint8_t *at = der;
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &at, (long)n);

	assert_true(s && cap >= 64);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(s), ret, 32), 32);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(s), ret + 32, 32), 32);
	ECDSA_SIG_free(s);
	return 64;
}

static struct ward_str made(struct fix *x, EVP_PKEY *k, const char *head, const char *body)
{
	struct ward_wr w = ward_wr_fixed(x->token, sizeof(x->token));
	uint8_t sig[1024];

	ward_jwt_base64url_write(&w, ward_str_bytes(ward_str_z(head)));
	ward_wr_ch(&w, '.');
	ward_jwt_base64url_write(&w, ward_str_bytes(ward_str_z(body)));
	size_t n = sign(k, strstr(head, "PS256") != NULL, ward_wr_text(&w), sig, sizeof(sig));

	ward_wr_ch(&w, '.');
	ward_jwt_base64url_write(&w, ward_slice_of(sig, n));
	assert_false(ward_wr_bad(&w));
	return ward_wr_text(&w);
}

static enum ward_err verify(
	struct fix *x, struct ward_str token, const struct ward_conf **ret, const char **why)
{
	const struct ward_jwt_wanted w = {.issuer = WARD_STR("https://i"),
		.audience = WARD_STR("ward"),
		.nonce = WARD_STR("n"),
		.now = now};

	ward_arena_reset(&x->a);
	return ward_jwt_verify(x->keys, token, &w, &x->a, ret, why);
}

#define REST                 \
	"\"iss\":\"https://" \
	"i\",\"sub\":\"s\",\"nonce\":\"n\",\"exp\":1800000300,\"iat\":1800000000"
#define BODY "{\"aud\":\"ward\"," REST "}"

static void what_is_signed(void **state)
{
	struct fix *x = *state;
	const struct ward_conf *c;
	const char *why;

	assert_int_equal(
		verify(x, made(x, x->rsa, "{\"alg\":\"RS256\",\"kid\":\"r\"}", BODY), &c, &why),
		WARD_OK);
	assert_true(ward_str_eqz(ward_conf_word(c, "sub"), "s"));
	assert_int_equal(
		verify(x, made(x, x->rsa, "{\"alg\":\"PS256\",\"kid\":\"r\"}", BODY), &c, &why),
		WARD_OK);
	assert_int_equal(
		verify(x, made(x, x->ec, "{\"alg\":\"ES256\",\"kid\":\"e\"}", BODY), &c, &why),
		WARD_OK);
	/* no name of a key: the only one of the kind */
	assert_int_equal(verify(x, made(x, x->ec, "{\"alg\":\"ES256\"}", BODY), &c, &why), WARD_OK);
	assert_int_equal(
		verify(x, made(x, x->rsa, "{\"alg\":\"RS256\",\"kid\":\"new\"}", BODY), &c, &why),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(
		verify(x, made(x, x->rsa, "{\"alg\":\"RS256\"}", "{\"aud\":[\"ward\"]," REST "}"),
			&c, &why),
		WARD_OK);
	assert_int_equal(verify(x,
				 made(x, x->rsa, "{\"alg\":\"RS256\"}",
					 "{\"aud\":[\"ward\",\"b\"],\"azp\":\"ward\"," REST "}"),
				 &c, &why),
		WARD_OK);
}

static void what_is_not_taken(void **state)
{
	static const struct {
		const char *head, *body;
	} bad[] = {{"{\"alg\":\"none\"}", BODY}, {"{\"alg\":\"HS256\"}", BODY},
		{"{\"alg\":\"RS512\"}", BODY}, {"{}", BODY}, {"[]", BODY},
		{"{\"alg\":\"RS256\",\"alg\":\"RS256\"}", BODY},
		{"{\"alg\":\"RS256\",\"crit\":[]}", BODY},
		{"{\"alg\":\"PS256\",\"enc\":\"x\"}", BODY}, {"{\"alg\":\"RS256\"}", "{" REST "}"},
		{"{\"alg\":\"RS256\"}", "{\"aud\":7," REST "}"},
		{"{\"alg\":\"RS256\"}", "{\"aud\":[]," REST "}"},
		{"{\"alg\":\"RS256\"}", "{\"aud\":\"ward\",\"azp\":\"b\"," REST "}"},
		{"{\"alg\":\"RS256\"}", "{\"aud\":\"ward\",\"aud\":\"b\"," REST "}"},
		{"{\"alg\":\"RS256\"}", "[" BODY "]"}, {"{\"alg\":\"RS256\"}", ""}};
	struct fix *x = *state;
	const struct ward_conf *c;
	const char *why;

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		enum ward_err err = verify(x, made(x, x->rsa, bad[i].head, bad[i].body), &c, &why);

		if (err != WARD_ERR_DENIED || !why[0])
			fail_msg("%s %s: %s", bad[i].head, bad[i].body, ward_err_name(err));
	}
	/* any byte changed, any part cut */
	struct ward_str t = made(x, x->ec, "{\"alg\":\"ES256\",\"kid\":\"e\"}", BODY);

	for (size_t i = 0; i < t.len; i++) {
		char was = x->token[i];

		x->token[i] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(verify(x, t, &c, &why), WARD_OK);
		x->token[i] = was;
		assert_int_not_equal(verify(x, ward_str_sub(t, 0, i), &c, &why), WARD_OK);
	}
	assert_int_equal(verify(x, t, &c, &why), WARD_OK);
}

static void base64url(void **state)
{
	static const char *const bad[] = {"A", "AB", "A=", "AAA=", "A+AA", "AA A", "AAAAA"};
	uint8_t b[8];
	char text[16];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (ward_jwt_base64url_read(ward_str_z(bad[i]), b, sizeof(b)) != SIZE_MAX)
			fail_msg("%s", bad[i]);
	assert_int_equal(ward_jwt_base64url_read(WARD_STR(""), b, 0), 0);
	assert_int_equal(ward_jwt_base64url_read(WARD_STR("AAAA"), b, 2), SIZE_MAX);
	ward_jwt_base64url_write(&w, ward_slice_of("\xff\xef\xfe\x01", 4));
	assert_true(ward_str_eqz(ward_wr_text(&w), "_-_-AQ"));
	assert_int_equal(ward_jwt_base64url_read(ward_wr_text(&w), b, sizeof(b)), 4);
}

/* RFC 7636, appendix B. */
static void the_challenge(void **state)
{
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	ward_oidc_put_challenge(&w, WARD_STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
	assert_true(ward_str_eqz(ward_wr_text(&w), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
}

static void the_provider(void **state)
{
	static const char good[] =
		"{\"issuer\":\"https://i/r\",\"authorization_endpoint\":\"https://other/a?x=1\","
		"\"token_endpoint\":\"https://I:443/t\",\"jwks_uri\":\"https://i/k\"}";
	static const char *const bad[] = {"", "[]", "{}",
		"{\"issuer\":\"https://i/r/\",\"authorization_endpoint\":\"https://i/"
		"a\",\"token_endpoint\":\"https://i/"
		"t\",\"jwks_uri\":\"https://i/k\"}",
		"{\"issuer\":\"https://i/"
		"r\",\"authorization_endpoint\":\"javascript:alert(1)\",\"token_endpoint\":"
		"\"https://i/t\",\"jwks_uri\":\"https://i/k\"}",
		"{\"issuer\":\"https://i/r\",\"authorization_endpoint\":\"https://i/"
		"a\",\"token_endpoint\":\"https://evil/"
		"t\",\"jwks_uri\":\"https://i/k\"}",
		"{\"issuer\":\"https://i/r\",\"authorization_endpoint\":\"https://i/"
		"a\",\"token_endpoint\":\"https://i/"
		"t\",\"jwks_uri\":\"http://i/k\"}",
		"{\"issuer\":\"https://i/r\",\"authorization_endpoint\":\"https://i/"
		"a\",\"token_endpoint\":\"https://i/t "
		"HTTP/1.1\",\"jwks_uri\":\"https://i/k\"}"};
	struct fix *x = *state;
	const struct ward_directory d = {.kind = WARD_DIRECTORY_OIDC,
		.issuer = WARD_STR("https://i/r"),
		.at = {WARD_STR("i"), 443, WARD_STR("/r")},
		.client = WARD_STR("w&d"),
		.address = WARD_STR("https://w/"),
		.scope = {WARD_STR("openid"), WARD_STR("email")},
		.n_scope = 2};
	struct ward_oidc_provider p;
	const char *why;
	char text[2048];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		if (ward_oidc_provider_read(&d, ward_str_bytes(ward_str_z(bad[i])), &x->lim, &p,
			    &why) != WARD_ERR_MALFORMED)
			fail_msg("%s", bad[i]);
		assert_non_null(why);
	}
	assert_int_equal(
		ward_oidc_provider_read(&d, ward_str_bytes(ward_str_z(good)), &x->lim, &p, &why),
		WARD_OK);
	assert_string_equal(p.token, "/t");
	assert_false(p.posts_secret);
	ward_oidc_put_url(&w, &d, &p,
		&(struct ward_oidc_begin){WARD_STR("s"), WARD_STR("n"),
			WARD_STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")});
	assert_true(ward_str_eqz(ward_wr_text(&w),
		"https://other/"
		"a?x=1&response_type=code&scope=openid%20email&client_id=w%26d&redirect_uri="
		"https%3A%2F%2Fw%2Fapi%2Fv1%2Fsession%2Foidc%2Fcallback&state=s&nonce=n&code_"
		"challenge="
		"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"));
	/* a code with a line end in it stays a code */
	ward_wr_reset(&w);
	ward_oidc_put_grant(&w, &d, &p,
		&(struct ward_oidc_grant){.code = WARD_STR("a\r\nb&c"),
			.verifier = WARD_STR("v"),
			.secret = WARD_STR("s:%")});
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("code=a%0D%0Ab%26c&")) != SIZE_MAX);
	/* w%26d:s%3A%25 */
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("Authorization: Basic dyUyNmQ6cyUzQSUyNQ==\r\n")) != SIZE_MAX);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("Host: i\r\n")) != SIZE_MAX);
}

/* A token that names no group says that somebody is in none: providers leave an empty claim out. */
static void nobody_keeps_a_group(void **state)
{
	static const struct {
		const char *claims;
		uint64_t group;
	} all[] = {{"{\"sub\":\"1\",\"preferred_username\":\"anna\",\"groups\":[\"Guards\"]}", 1},
		{"{\"sub\":\"1\",\"preferred_username\":\"anna\",\"groups\":[]}", 0},
		{"{\"sub\":\"1\",\"preferred_username\":\"anna\"}", 0}};
	struct fix *x = *state;
	struct ward_directory_group g = {.name = WARD_STR("guards")};
	const struct ward_directory d = {.person = WARD_STR("preferred_username"),
		.groups_from = WARD_STR("groups"),
		.group = &g,
		.n_group = 1};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_directory_who who;
		const struct ward_conf *c;
		struct ward_diag diag;

		ward_diag_init(&diag, ward_mem_heap());
		assert_int_equal(ward_conf_json(&x->a, &x->lim, WARD_STR("token"), 1,
					 ward_str_bytes(ward_str_z(all[i].claims)), &diag, &c),
			WARD_OK);
		ward_diag_fini(&diag);
		assert_int_equal(ward_oidc_who(&d, c, &who), WARD_OK);
		assert_true(who.has_groups);
		assert_int_equal(who.group, all[i].group);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_signed),
		cmocka_unit_test(what_is_not_taken), cmocka_unit_test(base64url),
		cmocka_unit_test(the_challenge), cmocka_unit_test(the_provider),
		cmocka_unit_test(nobody_keeps_a_group)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
