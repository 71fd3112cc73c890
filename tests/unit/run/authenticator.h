/* A security key for tests: makes a credential and signs with it as a real one does. */
#ifndef WARD_TESTS_UNIT_RUN_AUTHENTICATOR_H
#define WARD_TESTS_UNIT_RUN_AUTHENTICATOR_H

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

static uint8_t challenge[WARD_WEBAUTHN_CHALLENGE] = {1, 2, 3, 4, 5};

struct token { /* what a person holds in their hand */
	EVP_PKEY *key;
	uint8_t id[16];
	uint32_t count;
	struct ward_limits lim;
};

static inline struct token key_new(void)
{
	struct token t = {.key = EVP_EC_gen("P-256"), .id = {9, 8, 7}};

	assert_non_null(t.key);
	ward_limits_default(&t.lim);
	return t;
}

static inline void key_client(struct ward_webauthn *w, const char *type, const char *origin)
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

static inline void key_auth(
	const struct token *t, struct ward_webauthn *w, const char *host, uint8_t flags)
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

static inline struct ward_webauthn key_made(const struct token *t)
{
	struct ward_webauthn w = {.n_id = 0};

	key_client(&w, "webauthn.create", ORIGIN);
	key_auth(t, &w, "ward.example", 0x41);
	return w;
}

static inline void key_sign(const struct token *t, struct ward_webauthn *w)
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

static inline struct ward_webauthn key_answer(struct token *t)
{
	struct ward_webauthn w = {.n_id = 0};

	t->count++;
	key_client(&w, "webauthn.get", ORIGIN);
	key_auth(t, &w, "ward.example", 0x01);
	key_sign(t, &w);
	return w;
}

#endif
