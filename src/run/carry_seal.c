#include "run/carry_seal.h"

#include <sodium.h>
#include <string.h>

enum { HELLO = '1', ANSWER = '2', SEALED = '3', ANEW = '0' };
enum {
	KEY = WARD_CARRY_KEY,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	CODE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

_Static_assert(KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a key of a direction");
_Static_assert(KEY == crypto_scalarmult_BYTES, "a key of a session");
_Static_assert(WARD_CARRY_SEALED_MAX >= WARD_CARRY_MAX + 1 + 8 + CODE, "what is sealed has room");

bool ward_carry_passes(struct ward_slice said, bool to_giver)
{
	if (!said.len)
		return false;
	return said.p[0] == SEALED ||
	       (to_giver ? said.p[0] == HELLO : said.p[0] == ANSWER || said.p[0] == ANEW);
}

void ward_carry_seal_init(
	struct ward_carry_seal *s, const uint8_t secret[WARD_CARRY_KEY], bool gives)
{
	*s = (struct ward_carry_seal){.gives = gives};
	memcpy(s->secret, secret, KEY);
}

/* Of the secret and these: what for, the key of who takes, that of who gives, what both share. */
static void digest(const struct ward_carry_seal *s, const char *what, const uint8_t *taker,
	const uint8_t *giver, const uint8_t *shared, struct ward_slice ret)
{
	crypto_generichash_state h;

	(void)crypto_generichash_init(&h, s->secret, KEY, ret.len);
	(void)crypto_generichash_update(&h, (const uint8_t *)what, strlen(what) + 1);
	(void)crypto_generichash_update(&h, taker, KEY);
	if (giver)
		(void)crypto_generichash_update(&h, giver, KEY);
	if (shared)
		(void)crypto_generichash_update(&h, shared, KEY);
	(void)crypto_generichash_final(&h, (uint8_t *)(uintptr_t)ret.p, ret.len);
}

static void own_key(struct ward_carry_seal *s)
{
	randombytes_buf(s->own, KEY);
	(void)crypto_scalarmult_base(s->own_public, s->own);
	s->ready = false;
	s->sent = s->got = 0;
}

/* The keys of both directions; false: the other's key is none. */
static bool agree(struct ward_carry_seal *s, const uint8_t *taker, const uint8_t *giver)
{
	uint8_t shared[KEY], keys[2 * KEY];
	bool ok = crypto_scalarmult(shared, s->own, s->gives ? taker : giver) == 0;

	if (ok) {
		digest(s, "ward carry keys", taker, giver, shared,
			ward_slice_of(keys, sizeof(keys)));
		memcpy(s->gives ? s->in : s->out, keys, KEY);
		memcpy(s->gives ? s->out : s->in, keys + KEY, KEY);
	}
	sodium_memzero(shared, sizeof(shared));
	sodium_memzero(keys, sizeof(keys));
	sodium_memzero(s->own, sizeof(s->own));
	s->ready = ok;
	return ok;
}

static void put_beginning(struct ward_wr *w, uint8_t what, const uint8_t *key, const uint8_t *code)
{
	ward_wr_u8(w, what);
	ward_wr_bytes(w, key, KEY);
	ward_wr_bytes(w, code, KEY);
}

void ward_carry_seal_begin(struct ward_carry_seal *s, struct ward_wr *w)
{
	uint8_t code[KEY];

	WARD_ASSERT(!s->gives);
	own_key(s);
	digest(s, "ward carry hello", s->own_public, NULL, NULL, ward_slice_of(code, KEY));
	put_beginning(w, HELLO, s->own_public, code);
}

static bool is_code(const uint8_t *a, const uint8_t *b)
{
	return sodium_memcmp(a, b, KEY) == 0;
}

static enum ward_err on_hello(
	struct ward_carry_seal *s, const uint8_t *taker, const uint8_t *code, struct ward_wr *w)
{
	uint8_t due[KEY];

	digest(s, "ward carry hello", taker, NULL, NULL, ward_slice_of(due, KEY));
	if (!is_code(due, code))
		return WARD_ERR_DENIED;
	own_key(s);
	if (!agree(s, taker, s->own_public))
		return WARD_ERR_DENIED;
	digest(s, "ward carry answer", taker, s->own_public, NULL, ward_slice_of(due, KEY));
	put_beginning(w, ANSWER, s->own_public, due);
	return WARD_ERR_AGAIN;
}

static enum ward_err on_answer(struct ward_carry_seal *s, const uint8_t *giver, const uint8_t *code)
{
	uint8_t due[KEY];

	digest(s, "ward carry answer", s->own_public, giver, NULL, ward_slice_of(due, KEY));
	/* one session, one answer: an earlier one may have been long on its way */
	if (!s->ready && is_code(due, code) && !agree(s, s->own_public, giver))
		return WARD_ERR_DENIED;
	return WARD_ERR_AGAIN;
}

/* The number is the nonce: a key is of one direction of one session. */
static void nonce_of(uint64_t number, uint8_t nonce[NONCE])
{
	struct ward_wr w = ward_wr_fixed(nonce, NONCE);

	memset(nonce, 0, NONCE);
	ward_wr_be64(&w, number);
}

enum ward_err ward_carry_seal_put(
	struct ward_carry_seal *s, struct ward_slice text, struct ward_wr *w)
{
	static uint8_t sealed[WARD_CARRY_MAX + CODE];
	uint8_t nonce[NONCE];

	WARD_ASSERT(text.len <= WARD_CARRY_MAX);
	if (!s->ready)
		return WARD_ERR_STATE;
	nonce_of(++s->sent, nonce);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(
		sealed, NULL, text.p, text.len, NULL, 0, NULL, nonce, s->out);
	ward_wr_u8(w, SEALED);
	ward_wr_be64(w, s->sent);
	ward_wr_bytes(w, sealed, text.len + CODE);
	return WARD_OK;
}

static enum ward_err open_it(struct ward_carry_seal *s, uint64_t number, struct ward_slice sealed,
	uint8_t *room, struct ward_slice *ret)
{
	uint8_t nonce[NONCE];

	if (sealed.len < CODE || sealed.len > WARD_CARRY_MAX + CODE)
		return WARD_ERR_MALFORMED;
	if (!s->ready) /* of who takes: what was on its way when it began anew */
		return s->gives ? WARD_ERR_STATE : WARD_ERR_AGAIN;
	nonce_of(number, nonce);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    room, NULL, NULL, sealed.p, sealed.len, NULL, 0, nonce, s->in) != 0)
		return s->gives ? WARD_ERR_STATE : WARD_ERR_DENIED;
	if (number <= s->got)
		return WARD_ERR_DENIED;
	s->got = number;
	*ret = ward_slice_of(room, sealed.len - CODE);
	return WARD_OK;
}

enum ward_err ward_carry_seal_get(struct ward_carry_seal *s, struct ward_slice said, uint8_t *room,
	struct ward_wr *w, struct ward_slice *ret)
{
	struct ward_rd r = ward_rd_slice(said);
	uint8_t what = ward_rd_u8(&r);
	enum ward_err err;

	if (ward_rd_bad(&r) || !ward_carry_passes(said, s->gives))
		return WARD_ERR_MALFORMED;
	if (what == SEALED) {
		uint64_t number = ward_rd_be64(&r);
		struct ward_slice sealed = ward_rd_rest(&r);

		err = ward_rd_bad(&r) ? WARD_ERR_MALFORMED : open_it(s, number, sealed, room, ret);
		if (err == WARD_ERR_STATE)
			ward_wr_u8(w, ANEW);
		return err;
	}
	if (what == ANEW)
		return ward_rd_left(&r) ? WARD_ERR_MALFORMED : WARD_ERR_STATE;
	const uint8_t *key = ward_rd_take(&r, KEY), *code = ward_rd_take(&r, KEY);

	if (ward_rd_bad(&r) || ward_rd_left(&r))
		return WARD_ERR_MALFORMED;
	return what == HELLO ? on_hello(s, key, code, w) : on_answer(s, key, code);
}
