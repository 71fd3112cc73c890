#include "directory/jwt.h"

#include "base/id.h"
#include "base/wr.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

enum {
	RSA_BYTES = 1024, /* of a modulus: 8192 bits */
	EC_BYTES = 32,    /* of a coordinate on P-256 */
	HASH_BYTES = 32,
	SIGNATURE_DER = 80,
};

/* ---- base64url ---- */

static int digit_of(char c)
{
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : c >= 'a' && c <= 'z' ? c - 'a' + 26
	       : c >= '0' && c <= '9' ? c - '0' + 52
	       : c == '-'             ? 62
	       : c == '_'             ? 63
				      : -1;
}

size_t ward_jwt_base64url_read(struct ward_str s, uint8_t *ret, size_t cap)
{
	uint32_t acc = 0;
	size_t n = 0;
	unsigned bits = 0;

	if (s.len % 4 == 1)
		return SIZE_MAX;
	for (size_t i = 0; i < s.len; i++) {
		int d = digit_of(s.p[i]);

		if (d < 0)
			return SIZE_MAX;
		acc = (acc << 6 | (uint32_t)d) & 0xFFFFu;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (n == cap)
			return SIZE_MAX;
		ret[n++] = (uint8_t)(acc >> bits);
	}
	/* what is left is zero, else one text could be written in two ways */
	return acc & ((1u << bits) - 1) ? SIZE_MAX : n;
}

void ward_jwt_base64url_write(struct ward_wr *w, struct ward_slice s)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		uint32_t v = (uint32_t)s.p[i] << 16 | (left > 1 ? (uint32_t)s.p[i + 1] << 8 : 0) |
			     (left > 2 ? s.p[i + 2] : 0u);

		ward_wr_ch(w, digit[v >> 18]);
		ward_wr_ch(w, digit[v >> 12 & 63]);
		if (left > 1)
			ward_wr_ch(w, digit[v >> 6 & 63]);
		if (left > 2)
			ward_wr_ch(w, digit[v & 63]);
	}
}

/* ---- keys (RFC 7517, 7518 6) ---- */

struct key {
	char kid[WARD_JWT_KID + 1];
	char alg[8]; /* empty: the key says none */
	bool rsa;    /* else on P-256 */
	EVP_PKEY *is;
};

struct ward_jwt_keys {
	const struct ward_limits *lim;
	struct key key[WARD_JWT_KEYS];
	size_t n;
};

static struct ward_str word(const struct ward_conf *c, const char *name)
{
	const struct ward_conf *v = ward_conf_get(c, name);

	return v && v->kind == WARD_CONF_SCALAR && v->quoted ? v->text : (struct ward_str){0};
}

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *b)
{
	OSSL_PARAM *p = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *ret = NULL;

	if (!p || !c || EVP_PKEY_fromdata_init(c) <= 0 ||
		EVP_PKEY_fromdata(c, &ret, EVP_PKEY_PUBLIC_KEY, p) <= 0)
		ret = NULL;
	EVP_PKEY_CTX_free(c);
	OSSL_PARAM_free(p);
	return ret;
}

static EVP_PKEY *rsa_of(const struct ward_conf *c)
{
	uint8_t n[RSA_BYTES], e[8];
	size_t n_len = ward_jwt_base64url_read(word(c, "n"), n, sizeof(n)),
	       e_len = ward_jwt_base64url_read(word(c, "e"), e, sizeof(e));
	EVP_PKEY *ret = NULL;

	if (n_len == SIZE_MAX || e_len == SIZE_MAX || !n_len || !e_len)
		return NULL;
	BIGNUM *bn = BN_bin2bn(n, (int)n_len, NULL), *be = BN_bin2bn(e, (int)e_len, NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();

	/* a small exponent makes forging easier where padding is checked with less care */
	if (bn && be && b && BN_num_bits(bn) >= WARD_JWT_RSA_BITS && BN_is_odd(be) &&
		BN_num_bits(be) >= 17 && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, bn) &&
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, be))
		ret = from_params("RSA", b);
	OSSL_PARAM_BLD_free(b);
	BN_free(bn);
	BN_free(be);
	return ret;
}

static bool is_on_curve(EVP_PKEY *k)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, k, NULL);
	bool ok = c && EVP_PKEY_public_check(c) == 1;

	EVP_PKEY_CTX_free(c);
	return ok;
}

static EVP_PKEY *ec_of(const struct ward_conf *c)
{
	uint8_t point[1 + 2 * EC_BYTES] = {4}; /* uncompressed: SEC 1, 2.3.3 */
	OSSL_PARAM_BLD *b;
	EVP_PKEY *ret = NULL;

	if (!ward_str_eqz(word(c, "crv"), "P-256") ||
		ward_jwt_base64url_read(word(c, "x"), point + 1, EC_BYTES) != EC_BYTES ||
		ward_jwt_base64url_read(word(c, "y"), point + 1 + EC_BYTES, EC_BYTES) != EC_BYTES)
		return NULL;
	b = OSSL_PARAM_BLD_new();
	if (b && OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
		OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)))
		ret = from_params("EC", b);
	OSSL_PARAM_BLD_free(b);
	if (ret && !is_on_curve(ret)) {
		EVP_PKEY_free(ret);
		ret = NULL;
	}
	return ret;
}

/* False: it is of no use here, which is no error: providers have keys for other things, too. */
static bool take_key(struct ward_jwt_keys *k, const struct ward_conf *c)
{
	struct key *to = &k->key[k->n];
	struct ward_str kid = word(c, "kid"), use = word(c, "use"), alg = word(c, "alg"),
			type = word(c, "kty");

	if (c->kind != WARD_CONF_MAP || k->n == WARD_JWT_KEYS || kid.len > WARD_JWT_KID ||
		(use.len && !ward_str_eqz(use, "sig")) || alg.len >= sizeof(to->alg) ||
		(kid.len && memchr(kid.p, 0, kid.len)))
		return false;
	*to = (struct key){.rsa = ward_str_eqz(type, "RSA")};
	if (!to->rsa && !ward_str_eqz(type, "EC"))
		return false;
	to->is = to->rsa ? rsa_of(c) : ec_of(c);
	if (!to->is)
		return false;
	if (kid.len)
		memcpy(to->kid, kid.p, kid.len);
	if (alg.len)
		memcpy(to->alg, alg.p, alg.len);
	k->n++;
	return true;
}

/* A JSON object in the arena; NULL: it is none. *ret_err: NOMEM. */
static const struct ward_conf *object(struct ward_slice text, struct ward_arena *a,
	const struct ward_limits *lim, enum ward_err *ret_err)
{
	const struct ward_conf *c = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	*ret_err = ward_conf_json(a, lim, WARD_STR("token"), 1, text, &d, &c);
	ward_diag_fini(&d);
	return !*ret_err && c->kind == WARD_CONF_MAP ? c : NULL;
}

enum ward_err ward_jwt_keys_read(struct ward_slice text, const struct ward_limits *lim,
	struct ward_jwt_keys **ret, size_t *ret_n, size_t *ret_left)
{
	struct ward_jwt_keys *k = ward_mem_alloc(ward_mem_heap(), sizeof(*k));
	struct ward_arena a;
	enum ward_err err = k ? WARD_OK : WARD_ERR_NOMEM;

	*ret_left = 0;
	if (err)
		return err;
	*k = (struct ward_jwt_keys){.lim = lim};
	ward_arena_init(&a, ward_mem_heap(), WARD_JWT_ARENA);
	const struct ward_conf *c = object(text, &a, lim, &err), *keys = ward_conf_get(c, "keys");

	if (keys && keys->kind == WARD_CONF_SEQ)
		for (const struct ward_conf *x = keys->child; x; x = x->next)
			*ret_left += !take_key(k, x);
	else
		err = err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	ward_arena_fini(&a);
	if (err) {
		ward_jwt_keys_free(k);
		return err;
	}
	*ret = k;
	*ret_n = k->n;
	return WARD_OK;
}

void ward_jwt_keys_free(struct ward_jwt_keys *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n; i++)
		EVP_PKEY_free(k->key[i].is);
	ward_mem_free(ward_mem_heap(), k, sizeof(*k));
}

/* ---- signatures (RFC 7518 3.3, 3.4, 3.5) ---- */

static const struct alg {
	const char *name;
	bool rsa, pss;
} algs[] = {{"RS256", true, false}, {"PS256", true, true}, {"ES256", false, false}};

static bool verifies(
	const struct key *k, const struct alg *alg, struct ward_str what, struct ward_slice sig)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	bool ok = c && EVP_DigestVerifyInit_ex(c, &p, "SHA256", NULL, NULL, k->is, NULL) == 1;

	if (ok && alg->pss)
		ok = EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING) == 1 &&
		     EVP_PKEY_CTX_set_rsa_pss_saltlen(p, RSA_PSS_SALTLEN_DIGEST) == 1;
	ok = ok &&
	     EVP_DigestVerify(c, sig.p, sig.len, (const unsigned char *)what.p, what.len) == 1;
	EVP_MD_CTX_free(c);
	return ok;
}

/* Two numbers one after the other, as OpenSSL reads them. */
static size_t to_der(const uint8_t *raw, uint8_t ret[SIGNATURE_DER])
{
	ECDSA_SIG *s = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, EC_BYTES, NULL), *v = BN_bin2bn(raw + EC_BYTES, EC_BYTES, NULL);
	unsigned char *p = ret;
	int n = 0;

	if (s && r && v && ECDSA_SIG_set0(s, r, v) == 1) {
		r = v = NULL; /* they are its own */
		n = i2d_ECDSA_SIG(s, NULL);
		n = n > 0 && n <= SIGNATURE_DER ? i2d_ECDSA_SIG(s, &p) : 0;
	}
	BN_free(r);
	BN_free(v);
	ECDSA_SIG_free(s);
	return n > 0 ? (size_t)n : 0;
}

static bool is_signed(
	const struct key *k, const struct alg *alg, struct ward_str what, struct ward_str signature)
{
	uint8_t raw[RSA_BYTES], der[SIGNATURE_DER];
	size_t n = ward_jwt_base64url_read(signature, raw, sizeof(raw));

	if (n == SIZE_MAX || !n)
		return false;
	if (alg->rsa)
		return verifies(k, alg, what, ward_slice_of(raw, n));
	n = n == 2 * EC_BYTES ? to_der(raw, der) : 0;
	return n && verifies(k, alg, what, ward_slice_of(der, n));
}

/* The key that the head names; without a name the only one that it can be. */
static const struct key *key_of(
	const struct ward_jwt_keys *k, struct ward_str kid, const struct alg *alg)
{
	const struct key *found = NULL;

	for (size_t i = 0; i < k->n; i++) {
		const struct key *x = &k->key[i];

		if (x->rsa != alg->rsa || (x->alg[0] && strcmp(x->alg, alg->name) != 0) ||
			(kid.p && !ward_str_eqz(kid, x->kid)))
			continue;
		if (found)
			return NULL;
		found = x;
	}
	return found;
}

/* ---- claims ---- */

static bool is_audience(const struct ward_conf *c, struct ward_str client)
{
	const struct ward_conf *aud = ward_conf_get(c, "aud"), *azp = ward_conf_get(c, "azp");
	bool found = false;

	if (azp && !ward_str_eq(word(c, "azp"), client))
		return false;
	if (!aud)
		return false;
	if (aud->kind == WARD_CONF_SCALAR)
		return ward_str_eq(word(c, "aud"), client);
	for (const struct ward_conf *x = aud->kind == WARD_CONF_SEQ ? aud->child : NULL; x;
		x = x->next)
		found = found ||
			(x->kind == WARD_CONF_SCALAR && x->quoted && ward_str_eq(x->text, client));
	/* for several: who asked for it has to be said */
	return found && (aud->n_child == 1 || azp);
}

/* Seconds since 1970, with a fraction that is left (RFC 7519 2). */
static bool time_of(const struct ward_conf *c, const char *name, ward_ns *ret)
{
	const struct ward_conf *v = ward_conf_get(c, name);
	struct ward_str s =
		v && v->kind == WARD_CONF_SCALAR && !v->quoted ? v->text : (struct ward_str){0};
	uint64_t n;

	if (!s.len || !ward_str_u64(ward_str_cut(&s, '.'), &n) || n > 9000000000u)
		return false;
	*ret = (ward_ns)n * WARD_NS_PER_S;
	return true;
}

static const char *late(const struct ward_conf *c, ward_ns now)
{
	ward_ns exp, iat, nbf;

	if (!time_of(c, "exp", &exp) || exp <= now - WARD_JWT_SKEW)
		return WARD_TEXT("the token is over, or says nothing of its end");
	if (!time_of(c, "iat", &iat) || iat > now + WARD_JWT_SKEW ||
		iat < now - WARD_JWT_FRESH - WARD_JWT_SKEW)
		return WARD_TEXT("the token was not made just now: is one of the clocks wrong?");
	if (ward_conf_get(c, "nbf") && (!time_of(c, "nbf", &nbf) || nbf > now + WARD_JWT_SKEW))
		return WARD_TEXT("the token is not good yet");
	return NULL;
}

/* OpenID Connect Core 3.1.3.6: the left half of the other token's hash. */
static bool is_hash_of(struct ward_str said, struct ward_str token)
{
	uint8_t sum[HASH_BYTES], raw[HASH_BYTES];

	ward_sha256(ward_str_bytes(token), sum);
	return ward_jwt_base64url_read(said, raw, sizeof(raw)) == HASH_BYTES / 2 &&
	       memcmp(raw, sum, HASH_BYTES / 2) == 0;
}

static const char *wrong(const struct ward_conf *c, const struct ward_jwt_wanted *w)
{
	struct ward_str sub = word(c, "sub");

	if (!ward_str_eq(word(c, "iss"), w->issuer))
		return WARD_TEXT("the token is of another provider");
	if (!is_audience(c, w->audience))
		return WARD_TEXT("the token is for another program");
	if (w->nonce.len ? !ward_str_eq(word(c, "nonce"), w->nonce) : false)
		return WARD_TEXT("the token is of another sign-in");
	if (!sub.len || sub.len > 255)
		return WARD_TEXT("the token says of nobody who it is");
	if (w->access.len && ward_conf_get(c, "at_hash") &&
		!is_hash_of(word(c, "at_hash"), w->access))
		return WARD_TEXT("the tokens do not belong together");
	return late(c, w->now);
}

/* ---- the whole ---- */

static const struct ward_conf *part(struct ward_str s, struct ward_arena *a,
	const struct ward_limits *lim, enum ward_err *ret_err)
{
	uint8_t *bytes = ward_arena_raw(a, s.len + 1);
	size_t n = bytes ? ward_jwt_base64url_read(s, bytes, s.len) : SIZE_MAX;

	*ret_err = bytes ? WARD_OK : WARD_ERR_NOMEM;
	return n == SIZE_MAX ? NULL : object(ward_slice_of(bytes, n), a, lim, ret_err);
}

static enum ward_err because(const char *why, enum ward_err err, const char **ret_why)
{
	*ret_why = why;
	return err == WARD_ERR_NOMEM ? err : WARD_ERR_DENIED;
}

static const struct alg *alg_of(struct ward_str name)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(algs); i++)
		if (ward_str_eqz(name, algs[i].name))
			return &algs[i];
	return NULL;
}

enum ward_err ward_jwt_verify(const struct ward_jwt_keys *k, struct ward_str token,
	const struct ward_jwt_wanted *w, struct ward_arena *a, const struct ward_conf **ret_claims,
	const char **ret_why)
{
	struct ward_str rest = token, head = ward_str_cut(&rest, '.'),
			body = ward_str_cut(&rest, '.'), sig = rest;
	enum ward_err err = WARD_OK;

	*ret_why = "";
	if (token.len > WARD_JWT_TOKEN || !head.len || !body.len || !sig.p || !sig.len)
		return because(WARD_TEXT("it is no signed token"), WARD_ERR_DENIED, ret_why);
	const struct ward_conf *h = part(head, a, k->lim, &err);

	if (!h)
		return because(WARD_TEXT("the token's head can't be read"), err, ret_why);
	const struct alg *alg = alg_of(word(h, "alg"));

	if (!alg || ward_conf_get(h, "crit") || ward_conf_get(h, "enc"))
		return because(
			WARD_TEXT("the token is signed in a way that is not taken: the provider "
				  "is to sign by RS256, PS256 or ES256"),
			WARD_ERR_DENIED, ret_why);
	const struct key *key = key_of(k, word(h, "kid"), alg);

	if (!key) {
		*ret_why = WARD_TEXT(
			"the token is signed by a key that the provider does not publish");
		return WARD_ERR_NOT_FOUND;
	}
	if (!is_signed(key, alg, (struct ward_str){head.p, head.len + 1 + body.len}, sig))
		return because(
			WARD_TEXT("the token's signature is wrong"), WARD_ERR_DENIED, ret_why);
	const struct ward_conf *c = part(body, a, k->lim, &err);

	if (!c)
		return because(WARD_TEXT("the token can't be read"), err, ret_why);
	const char *why = wrong(c, w);

	if (why)
		return because(why, WARD_ERR_DENIED, ret_why);
	*ret_claims = c;
	return WARD_OK;
}
