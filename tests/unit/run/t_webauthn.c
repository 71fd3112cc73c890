/* Security keys: a new one and its answers, signed here by a key of our own as a real one does; and
 * what is forged, copied, replayed, of another page, cut short. */
#include "run/webauthn.h"

#include "base/id.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ORIGIN "https://ward.example:8443"

static const uint8_t challenge[WARD_WEBAUTHN_CHALLENGE] = {1, 2, 3, 4, 5};

struct token { /* what a person holds in their hand */
	EVP_PKEY *key;
	uint8_t id[16];
	uint32_t count;
	struct ward_limits lim;
};

static struct token begin(void)
{
	struct token t = {.key = EVP_EC_gen("P-256"), .id = {9, 8, 7}};

	assert_non_null(t.key);
	ward_limits_default(&t.lim);
	return t;
}

static struct ward_webauthn_of of(void)
{
	return (struct ward_webauthn_of){challenge, WARD_STR(ORIGIN), WARD_STR("ward.example")};
}

static void client(struct ward_webauthn *w, const char *type, const char *origin)
{
	char text[64];
	struct ward_wr t = ward_wr_fixed(text, sizeof(text)),
		       c = ward_wr_fixed(w->client, sizeof(w->client));

	ward_base64url_write(&t, ward_slice_of(challenge, sizeof(challenge)));
	ward_wr_printf(&c,
		"{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\","
		"\"crossOrigin\":false}",
		type, WARD_STR_ARG(ward_wr_text(&t)), origin);
	w->n_client = c.len;
}

static void auth(const struct token *t, struct ward_webauthn *w, const char *host, uint8_t flags)
{
	struct ward_wr a = ward_wr_fixed(w->auth, sizeof(w->auth));
	uint8_t hash[32], xy[65];
	size_t n;

	ward_sha256(ward_str_bytes(ward_str_z(host)), hash);
	ward_wr_bytes(&a, hash, sizeof(hash));
	ward_wr_u8(&a, flags);
	ward_wr_be32(&a, t->count);
	if (flags & 0x40) { /* AAGUID, length and id, COSE_Key of ES256 (RFC 9053 7.1.1) */
		static const uint8_t aaguid[16],
			begins[] = {0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32},
			y[] = {0x22, 0x58, 32};

		assert_int_equal(EVP_PKEY_get_octet_string_param(t->key,
					 OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, xy, sizeof(xy), &n),
			1);
		assert_int_equal(n, sizeof(xy));
		ward_wr_bytes(&a, aaguid, sizeof(aaguid));
		ward_wr_be16(&a, sizeof(t->id));
		ward_wr_bytes(&a, t->id, sizeof(t->id));
		ward_wr_bytes(&a, begins, sizeof(begins));
		ward_wr_bytes(&a, xy + 1, 32);
		ward_wr_bytes(&a, y, sizeof(y));
		ward_wr_bytes(&a, xy + 33, 32);
	}
	w->n_auth = a.len;
	memcpy(w->id, t->id, sizeof(t->id));
	w->n_id = sizeof(t->id);
}

static struct ward_webauthn made(const struct token *t)
{
	struct ward_webauthn w = {.n_id = 0};

	client(&w, "webauthn.create", ORIGIN);
	auth(t, &w, "ward.example", 0x41);
	return w;
}

static void sign(const struct token *t, struct ward_webauthn *w)
{
	uint8_t bytes[2048];
	struct ward_wr b = ward_wr_fixed(bytes, sizeof(bytes));
	uint8_t hash[32];
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	ward_sha256(ward_slice_of(w->client, w->n_client), hash);
	ward_wr_bytes(&b, w->auth, w->n_auth);
	ward_wr_bytes(&b, hash, sizeof(hash));
	w->n_signature = sizeof(w->signature);
	assert_int_equal(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, t->key), 1);
	assert_int_equal(EVP_DigestSign(c, w->signature, &w->n_signature, bytes, b.len), 1);
	EVP_MD_CTX_free(c);
}

static struct ward_webauthn answer(struct token *t)
{
	struct ward_webauthn w = {.n_id = 0};

	t->count++;
	client(&w, "webauthn.get", ORIGIN);
	auth(t, &w, "ward.example", 0x01);
	sign(t, &w);
	return w;
}

static enum ward_err answers(
	const struct token *t, const struct ward_webauthn *w, struct ward_webauthn_key *k)
{
	const struct ward_webauthn_of is = of();

	return ward_webauthn_answers(w, &is, &t->lim, k);
}

static void it_answers(void **state)
{
	struct token t = begin(), other = begin();
	struct ward_webauthn w = made(&t), x;
	const struct ward_webauthn_of is = of();
	struct ward_webauthn_key k, was;

	(void)state;
	assert_int_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	assert_memory_equal(k.id, t.id, sizeof(t.id));
	w = answer(&t);
	assert_int_equal(answers(&t, &w, &k), WARD_OK);
	assert_int_equal(k.count, 1);
	was = k;
	assert_int_equal(answers(&t, &w, &k), WARD_ERR_DENIED); /* replayed, or a copy of it */
	w = answer(&t);
	for (size_t i = 0; i < w.n_auth; i++) { /* not a bit of it can be changed */
		x = w;
		x.auth[i] ^= 1;
		assert_int_not_equal(answers(&t, &x, &k), WARD_OK);
	}
	x = w;
	x.signature[w.n_signature - 1] ^= 1;
	assert_int_not_equal(answers(&t, &x, &k), WARD_OK);
	x = w;
	x.n_signature = 0;
	assert_int_equal(answers(&t, &x, &k), WARD_ERR_MALFORMED);
	memcpy(other.id, t.id, sizeof(t.id)); /* the id is no secret */
	other.count = 7;
	x = answer(&other);
	assert_int_equal(answers(&t, &x, &k), WARD_ERR_DENIED);
	assert_memory_equal(&k, &was, sizeof(k));
	assert_int_equal(answers(&t, &w, &k), WARD_OK);
	EVP_PKEY_free(t.key);
	EVP_PKEY_free(other.key);
}

/* Signed by the real key, and yet of no use: of another page, for another act, untouched. */
static void of_something_else(void **state)
{
	static const struct {
		const char *type, *origin, *host;
		uint8_t flags;
	} all[] = {{"webauthn.create", ORIGIN, "ward.example", 1},
		{"webauthn.get", "https://ward.example", "ward.example", 1},
		{"webauthn.get", "https://evil.example:8443", "ward.example", 1},
		{"webauthn.get", ORIGIN, "evil.example", 1},
		{"webauthn.get", ORIGIN, "ward.example", 0}};
	struct token t = begin();
	struct ward_webauthn w = made(&t);
	struct ward_webauthn_of is = of();
	struct ward_webauthn_key k;
	static const uint8_t another[WARD_WEBAUTHN_CHALLENGE] = {1};

	(void)state;
	assert_int_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		t.count++;
		client(&w, all[i].type, all[i].origin);
		auth(&t, &w, all[i].host, all[i].flags);
		sign(&t, &w);
		assert_int_equal(answers(&t, &w, &k), WARD_ERR_DENIED);
	}
	is.challenge = another;
	w = answer(&t);
	assert_int_equal(ward_webauthn_answers(&w, &is, &t.lim, &k), WARD_ERR_DENIED);
	w = made(&t);
	assert_int_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_ERR_DENIED);
	EVP_PKEY_free(t.key);
}

static void cut_short(void **state)
{
	struct token t = begin();
	struct ward_webauthn whole = made(&t), w = whole;
	const struct ward_webauthn_of is = of();
	struct ward_webauthn_key k;

	(void)state;
	for (size_t i = 0; i < whole.n_auth; i++) {
		w = whole;
		w.n_auth = i;
		assert_int_not_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	}
	for (size_t i = 0; i < whole.n_client; i++) {
		w = whole;
		w.n_client = i;
		assert_int_not_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	}
	w = whole;
	w.id[0] ^= 1;
	assert_int_not_equal(ward_webauthn_made(&w, &is, &t.lim, &k), WARD_OK);
	EVP_PKEY_free(t.key);
}

static void as_json(void **state)
{
	static const char *const wrong[] = {"", "[]", "{", "{}", "{\"id\":\"AQ\"}",
		"{\"id\":\"AQ\",\"client\":\"AQ\",\"auth\":5}",
		"{\"id\":\"AQ==\",\"client\":\"AQ\",\"auth\":\"AQ\"}",
		"{\"id\":\"A+\",\"client\":\"AQ\",\"auth\":\"AQ\"}",
		"{\"id\":\"\",\"client\":\"AQ\",\"auth\":\"AQ\"}",
		"{\"id\":\"AQ\",\"client\":\"AQ\",\"auth\":\"AQ\",\"signature\":\"\"}"};
	struct ward_limits lim;
	struct ward_webauthn w;

	(void)state;
	ward_limits_default(&lim);
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++)
		assert_int_equal(
			ward_webauthn_read(ward_str_z(wrong[i]), &lim, &w), WARD_ERR_MALFORMED);
	assert_int_equal(
		ward_webauthn_read(WARD_STR("{\"id\":\"AQI\",\"client\":\"AQ\",\"auth\":\"_-8\","
					    "\"signature\":\"AQ\"}"),
			&lim, &w),
		WARD_OK);
	assert_int_equal(w.n_id, 2);
	assert_int_equal(w.auth[0], 0xFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(it_answers),
		cmocka_unit_test(of_something_else), cmocka_unit_test(cut_short),
		cmocka_unit_test(as_json)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
