#include "run/webauthn.h"

#include "base/id.h"
#include "conf/conf.h"

#include <fido.h>
#include <fido/es256.h>
#include <sodium.h>

enum {
	ARENA = 1 << 16,
	HASH = 32,
	TOUCHED = 0x01, /* flags: a person was there; the key's data follow */
	HAS_KEY = 0x40,
	DEEP = 8, /* CBOR within CBOR; CTAP2 has 4 */
};

void ward_base64url_write(struct ward_wr *w, struct ward_slice s)
{
	char text[2 * WARD_WEBAUTHN_BYTES];

	WARD_ASSERT(s.len <= WARD_WEBAUTHN_BYTES);
	(void)sodium_bin2base64(
		text, sizeof(text), s.p, s.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	ward_wr_z(w, text);
}

bool ward_base64url_read(struct ward_str s, uint8_t *ret, size_t cap, size_t *ret_len)
{
	const char *end = NULL;

	return s.len &&
	       sodium_base642bin(ret, cap, s.p, s.len, NULL, ret_len, &end,
		       sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	       end == s.p + s.len;
}

/* ---- JSON ---- */

/* A text of it that is there once, and its only kind; NULL otherwise. */
static const struct ward_conf *text_at(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR && v->quoted ? v : NULL;
}

static bool bytes_at(
	const struct ward_conf *c, const char *key, uint8_t *ret, size_t cap, size_t *ret_len)
{
	const struct ward_conf *v = text_at(c, key);

	return v && ward_base64url_read(v->text, ret, cap, ret_len);
}

struct parsed {
	struct ward_arena arena;
	struct ward_diag diag;
	const struct ward_conf *c;
};

static enum ward_err parse(struct parsed *p, struct ward_slice text, const struct ward_limits *lim)
{
	ward_arena_init(&p->arena, ward_mem_heap(), ARENA);
	ward_diag_init(&p->diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(&p->arena, lim, WARD_STR("key"), 1, text, &p->diag, &p->c);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	return p->c->kind == WARD_CONF_MAP ? WARD_OK : WARD_ERR_MALFORMED;
}

static void unparse(struct parsed *p)
{
	ward_diag_fini(&p->diag);
	ward_arena_fini(&p->arena);
}

enum ward_err ward_webauthn_read(
	struct ward_str json, const struct ward_limits *lim, struct ward_webauthn *ret)
{
	struct parsed p;
	struct ward_webauthn w = {.n_id = 0};

	if (json.len > WARD_WEBAUTHN_JSON)
		return WARD_ERR_LIMIT;
	enum ward_err err = parse(&p, ward_str_bytes(json), lim);

	if (!err && (!bytes_at(p.c, "id", w.id, sizeof(w.id), &w.n_id) ||
			    !bytes_at(p.c, "client", w.client, sizeof(w.client), &w.n_client) ||
			    !bytes_at(p.c, "auth", w.auth, sizeof(w.auth), &w.n_auth)))
		err = WARD_ERR_MALFORMED;
	if (!err && ward_conf_get(p.c, "signature") &&
		!bytes_at(p.c, "signature", w.signature, sizeof(w.signature), &w.n_signature))
		err = WARD_ERR_MALFORMED;
	unparse(&p);
	if (!err)
		*ret = w;
	return err;
}

/* ---- what it is of ---- */

/* 5.8.1 of the standard: what the browser was asked, and by whose page: by no frame within another
 * server's page, where people don't see who asks. */
static enum ward_err client_is(const struct ward_webauthn *w, const char *type,
	const struct ward_webauthn_of *of, const struct ward_limits *lim)
{
	uint8_t challenge[WARD_WEBAUTHN_CHALLENGE];
	struct parsed p;
	size_t n = 0;
	enum ward_err err = parse(&p, ward_slice_of(w->client, w->n_client), lim);

	if (!err) {
		const struct ward_conf *is = text_at(p.c, "type"), *by = text_at(p.c, "origin"),
				       *framed = ward_conf_get(p.c, "crossOrigin");

		if (!is || !by || !bytes_at(p.c, "challenge", challenge, sizeof(challenge), &n))
			err = WARD_ERR_MALFORMED;
		else if ((framed && !ward_str_eqz(framed->text, "false")) ||
			 !ward_str_eqz(is->text, type) || !ward_str_eq(by->text, of->origin) ||
			 n != sizeof(challenge) ||
			 sodium_memcmp(challenge, of->challenge, sizeof(challenge)) != 0)
			err = WARD_ERR_DENIED;
	}
	unparse(&p);
	return err;
}

/* 6.1: hash of the host, flags, count. */
static enum ward_err auth_is(const struct ward_webauthn *w, const struct ward_webauthn_of *of,
	uint8_t flags, uint32_t *ret_count)
{
	struct ward_rd r = ward_rd_from(w->auth, w->n_auth);
	struct ward_slice hash = ward_rd_bytes(&r, HASH);
	uint8_t is = ward_rd_u8(&r), want[HASH];
	uint32_t count = ward_rd_be32(&r);

	if (ward_rd_bad(&r))
		return WARD_ERR_MALFORMED;
	ward_sha256(ward_str_bytes(of->host), want);
	if (memcmp(hash.p, want, sizeof(want)) != 0 || (is & flags) != flags)
		return WARD_ERR_DENIED;
	*ret_count = count;
	return WARD_OK;
}

/* ---- CBOR ---- */

/* One head (RFC 8949 section 3): how many bytes of text follow it, or how many items are in it.
 * False: it declares more than there is, or its length is not definite, as CTAP2 has it. */
static bool read_head(struct ward_rd *r, uint64_t *ret_items)
{
	enum { BYTES = 2, TEXT, ARRAY, MAP, TAG };
	uint8_t head = ward_rd_u8(r);
	unsigned major = head >> 5, info = head & 31;
	uint64_t n = info < 24    ? info
		     : info == 24 ? ward_rd_u8(r)
		     : info == 25 ? ward_rd_be16(r)
		     : info == 26 ? ward_rd_be32(r)
				  : ward_rd_be64(r);
	size_t left = ward_rd_left(r);

	*ret_items = 0;
	if (info > 27 || ward_rd_bad(r))
		return false;
	if (major == BYTES || major == TEXT) {
		if (n > left)
			return false;
		ward_rd_skip(r, (size_t)n);
	} else if (major == ARRAY || major == MAP) {
		if (n > left / (major == MAP ? 2 : 1))
			return false;
		*ret_items = major == MAP ? 2 * n : n;
	} else if (major == TAG) {
		*ret_items = 1;
	}
	return true;
}

/* Whether what is behind the fixed part is CBOR that declares no more than there is: libcbor makes
 * room for what a head declares before it looks whether it is there. */
static bool is_bounded(const struct ward_webauthn *w)
{
	struct ward_rd r = ward_rd_slice(ward_slice_of(w->auth, w->n_auth));
	uint64_t items, open[DEEP];
	size_t depth = 0;

	ward_rd_skip(&r, HASH);
	uint8_t flags = ward_rd_u8(&r);

	ward_rd_skip(&r, 4); /* the count */
	if (flags & HAS_KEY) {
		ward_rd_skip(&r, 16); /* AAGUID */
		ward_rd_skip(&r, ward_rd_be16(&r));
	}
	while (ward_rd_left(&r)) {
		if (!read_head(&r, &items) || (items && depth == DEEP))
			return false;
		if (items) {
			open[depth++] = items;
			continue;
		}
		while (depth && --open[depth - 1] == 0)
			depth--;
	}
	return !ward_rd_bad(&r) && !depth;
}

/* The key in what a new one says; libfido2 reads its CBOR. */
static enum ward_err key_of(const struct ward_webauthn *w, struct ward_webauthn_key *ret)
{
	if (!is_bounded(w))
		return WARD_ERR_MALFORMED;
	fido_cred_t *c = fido_cred_new();
	enum ward_err err = WARD_ERR_MALFORMED;

	if (!c)
		return WARD_ERR_NOMEM;
	if (fido_cred_set_type(c, COSE_ES256) == FIDO_OK &&
		fido_cred_set_authdata_raw(c, w->auth, w->n_auth) == FIDO_OK &&
		fido_cred_pubkey_len(c) == WARD_WEBAUTHN_KEY && fido_cred_id_len(c) == w->n_id &&
		memcmp(fido_cred_id_ptr(c), w->id, w->n_id) == 0) {
		memcpy(ret->key, fido_cred_pubkey_ptr(c), WARD_WEBAUTHN_KEY);
		memcpy(ret->id, w->id, w->n_id);
		ret->n_id = w->n_id;
		err = WARD_OK;
	}
	fido_cred_free(&c);
	return err;
}

enum ward_err ward_webauthn_made(const struct ward_webauthn *w, const struct ward_webauthn_of *of,
	const struct ward_limits *lim, struct ward_webauthn_key *ret)
{
	struct ward_webauthn_key k = {.n_id = 0};
	enum ward_err err = client_is(w, "webauthn.create", of, lim);

	if (!err)
		err = auth_is(w, of, TOUCHED | HAS_KEY, &k.count);
	if (!err)
		err = key_of(w, &k);
	if (!err)
		*ret = k;
	return err;
}

/* The signature over auth and the hash of client. */
static enum ward_err signed_by(
	const struct ward_webauthn *w, struct ward_str host, const struct ward_webauthn_key *k)
{
	if (!is_bounded(w))
		return WARD_ERR_DENIED;
	fido_assert_t *a = fido_assert_new();
	es256_pk_t *pk = es256_pk_new();
	char name[256];
	enum ward_err err = a && pk ? WARD_ERR_DENIED : WARD_ERR_NOMEM;

	if (err == WARD_ERR_NOMEM || host.len >= sizeof(name))
		goto out;
	memcpy(name, host.p, host.len);
	name[host.len] = 0;
	if (es256_pk_from_ptr(pk, k->key, sizeof(k->key)) == FIDO_OK &&
		fido_assert_set_clientdata(a, w->client, w->n_client) == FIDO_OK &&
		fido_assert_set_rp(a, name) == FIDO_OK && fido_assert_set_count(a, 1) == FIDO_OK &&
		fido_assert_set_authdata_raw(a, 0, w->auth, w->n_auth) == FIDO_OK &&
		fido_assert_set_sig(a, 0, w->signature, w->n_signature) == FIDO_OK &&
		fido_assert_set_up(a, FIDO_OPT_TRUE) == FIDO_OK &&
		fido_assert_verify(a, 0, COSE_ES256, pk) == FIDO_OK)
		err = WARD_OK;
out:
	es256_pk_free(&pk);
	fido_assert_free(&a);
	return err;
}

enum ward_err ward_webauthn_answers(const struct ward_webauthn *w,
	const struct ward_webauthn_of *of, const struct ward_limits *lim,
	struct ward_webauthn_key *k)
{
	uint32_t count = 0;
	enum ward_err err =
		w->n_signature ? client_is(w, "webauthn.get", of, lim) : WARD_ERR_MALFORMED;

	if (!err)
		err = auth_is(w, of, TOUCHED, &count);
	if (!err && (w->n_id != k->n_id || memcmp(w->id, k->id, k->n_id) != 0))
		err = WARD_ERR_DENIED;
	if (!err)
		err = signed_by(w, of->host, k);
	/* 7.2, step 21 */
	if (!err && (count || k->count) && count <= k->count)
		err = WARD_ERR_DENIED;
	if (!err)
		k->count = count;
	return err;
}
