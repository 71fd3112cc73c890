#include "update/update.h"

#include <sodium.h>

#define FORM "ward-bundle-signature 1"

_Static_assert(WARD_UPDATE_KEY == crypto_sign_PUBLICKEYBYTES, "a public key");
_Static_assert(WARD_UPDATE_KEY == crypto_sign_SEEDBYTES, "a seed");

void ward_update_key_id(const uint8_t key[WARD_UPDATE_KEY], char ret[WARD_UPDATE_ID])
{
	uint8_t sum[32];

	ward_sha256(ward_slice_of(key, WARD_UPDATE_KEY), sum);
	(void)sodium_bin2hex(ret, WARD_UPDATE_ID, sum, WARD_UPDATE_ID / 2);
}

void ward_update_key_public(const uint8_t seed[WARD_UPDATE_KEY], uint8_t ret[WARD_UPDATE_KEY])
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	WARD_ASSERT(sodium_init() >= 0);
	(void)crypto_sign_seed_keypair(ret, secret, seed);
	sodium_memzero(secret, sizeof(secret));
}

void ward_update_key_new(uint8_t ret_public[WARD_UPDATE_KEY], uint8_t ret_seed[WARD_UPDATE_KEY])
{
	WARD_ASSERT(sodium_init() >= 0);
	randombytes_buf(ret_seed, WARD_UPDATE_KEY);
	ward_update_key_public(ret_seed, ret_public);
}

static bool has(const struct ward_update_keys *keys, const uint8_t key[WARD_UPDATE_KEY])
{
	for (size_t i = 0; i < keys->n; i++)
		if (memcmp(keys->key[i], key, WARD_UPDATE_KEY) == 0)
			return true;
	return false;
}

enum ward_err ward_update_keys_parse(
	const struct ward_update_in *in, struct ward_slice text, struct ward_update_keys *keys)
{
	struct ward_str rest = ward_slice_text(text);
	enum ward_err err = WARD_OK;

	for (uint32_t line = 1; rest.p; line++) {
		struct ward_str l = ward_str_trim(ward_str_cut(&rest, '\n'));
		struct ward_str hex = ward_str_cut(&l, ' ');
		uint8_t key[WARD_UPDATE_KEY];

		if (!hex.len || hex.p[0] == '#')
			continue;
		if (!ward_str_unhex(hex, key, sizeof(key))) {
			ward_diag_addf(in->diag, WARD_DIAG_ERROR, in->name, line,
				WARD_TEXT(
					"it is no public key\nwrite 64 hexadecimal digits, then a "
					"blank and whose it is"));
			err = WARD_ERR_CONFIG;
		} else if (has(keys, key)) {
			continue;
		} else if (keys->n == WARD_UPDATE_KEYS) {
			ward_diag_addf(in->diag, WARD_DIAG_ERROR, in->name, line,
				WARD_TEXT(
					"there are more than %s keys\nleave out those that are no "
					"longer used"),
				"16");
			return WARD_ERR_CONFIG;
		} else {
			memcpy(keys->key[keys->n++], key, sizeof(key));
		}
	}
	return err;
}

void ward_update_sign(
	const uint8_t seed[WARD_UPDATE_KEY], struct ward_slice manifest, struct ward_wr *w)
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES], key[WARD_UPDATE_KEY], sig[crypto_sign_BYTES];
	char id[WARD_UPDATE_ID];

	WARD_ASSERT(sodium_init() >= 0);
	(void)crypto_sign_seed_keypair(key, secret, seed);
	(void)crypto_sign_detached(sig, NULL, manifest.p, manifest.len, secret);
	sodium_memzero(secret, sizeof(secret));
	ward_update_key_id(key, id);
	ward_wr_printf(w, FORM "\nkey %s\nsignature ", id);
	ward_wr_hex(w, ward_slice_of(sig, sizeof(sig)));
	ward_wr_ch(w, '\n');
}

/* As it is written: lower case, so that no bit of it may be another. */
static bool unhex(struct ward_str hex, uint8_t ret[crypto_sign_BYTES])
{
	char again[2 * crypto_sign_BYTES];
	struct ward_wr w = ward_wr_fixed(again, sizeof(again));

	if (!ward_str_unhex(hex, ret, crypto_sign_BYTES))
		return false;
	ward_wr_hex(&w, ward_slice_of(ret, crypto_sign_BYTES));
	return ward_str_eq(ward_wr_text(&w), hex);
}

/* The value of the next line, which must have this key. */
static bool line(struct ward_str *rest, const char *key, struct ward_str *ret)
{
	struct ward_str l = ward_str_cut(rest, '\n');

	if (!ward_str_eqz(ward_str_cut(&l, ' '), key))
		return false;
	*ret = l;
	return l.p && l.len;
}

enum ward_err ward_update_signed(const struct ward_update_in *in,
	const struct ward_update_keys *keys, struct ward_slice manifest, struct ward_slice sig)
{
	struct ward_str rest = ward_slice_text(sig), of = {0}, hex = {0};
	uint8_t bytes[crypto_sign_BYTES];
	char id[WARD_UPDATE_ID];
	size_t i = 0;

	WARD_ASSERT(sodium_init() >= 0);
	if (!ward_str_eqz(ward_str_cut(&rest, '\n'), FORM) || !line(&rest, "key", &of) ||
		!line(&rest, "signature", &hex) || rest.len || of.len != WARD_UPDATE_ID - 1 ||
		!unhex(hex, bytes))
		return ward_update_bad(in, WARD_TEXT("'%.*s' holds no signature\n%s"),
			WARD_STR_ARG(WARD_STR(WARD_UPDATE_SIGNATURE)),
			WARD_TEXT("do not use this bundle: get it from its maker anew"));
	for (; i < keys->n; i++) {
		ward_update_key_id(keys->key[i], id);
		if (ward_str_eqz(of, id))
			break;
	}
	if (i == keys->n)
		return ward_update_bad(in,
			WARD_TEXT(
				"it is signed with the key %.*s, which nobody here trusts\nask its "
				"maker by another way than this bundle came; only if it is theirs, "
				"add "
				"it to the file of keys"),
			WARD_STR_ARG(of));
	if (crypto_sign_verify_detached(bytes, manifest.p, manifest.len, keys->key[i]) != 0)
		return ward_update_bad(in, WARD_TEXT("the manifest is not what was signed\n%s"),
			WARD_TEXT("do not use this bundle: get it from its maker anew"));
	return WARD_OK;
}
