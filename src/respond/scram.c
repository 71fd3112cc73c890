#include "respond/scram.h"

#include <sodium.h>

enum { HASH = crypto_hash_sha256_BYTES, SALT_MAX = 128, USER_MAX = 255 };

static void base64(struct ward_wr *w, const uint8_t *p, size_t n)
{
	size_t len = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
	uint8_t *to = ward_wr_room(w, len); /* with its NUL, which is given back */

	if (!to)
		return;
	(void)sodium_bin2base64((char *)to, len, p, n, sodium_base64_VARIANT_ORIGINAL);
	w->len--;
}

/* HMAC of two pieces; they fail at nothing. */
static void hmac(const uint8_t *key, size_t n, struct ward_str a, struct ward_str b, uint8_t *ret)
{
	crypto_auth_hmacsha256_state st;

	(void)crypto_auth_hmacsha256_init(&st, key, n);
	(void)crypto_auth_hmacsha256_update(&st, (const uint8_t *)a.p, a.len);
	(void)crypto_auth_hmacsha256_update(&st, (const uint8_t *)b.p, b.len);
	(void)crypto_auth_hmacsha256_final(&st, ret);
	ward_wipe(&st, sizeof(st));
}

/* RFC 5802 2.2: Hi() */
static void stretch(
	struct ward_str password, struct ward_str salt, uint64_t rounds, uint8_t ret[HASH])
{
	crypto_auth_hmacsha256_state keyed, st;
	uint8_t u[HASH];

	hmac((const uint8_t *)password.p, password.len, salt, WARD_STR("\0\0\0\1"), u);
	memcpy(ret, u, HASH);
	(void)crypto_auth_hmacsha256_init(&keyed, (const uint8_t *)password.p, password.len);
	for (uint64_t i = 1; i < rounds; i++) {
		st = keyed;
		(void)crypto_auth_hmacsha256_update(&st, u, HASH);
		(void)crypto_auth_hmacsha256_final(&st, u);
		for (size_t k = 0; k < HASH; k++)
			ret[k] ^= u[k];
	}
	ward_wipe(u, sizeof(u));
	ward_wipe(&keyed, sizeof(keyed));
	ward_wipe(&st, sizeof(st));
}

void ward_scram_begin(struct ward_scram *s, struct ward_str user, struct ward_str password,
	const uint8_t *nonce, struct ward_wr *out)
{
	struct ward_wr w = ward_wr_fixed(s->first, sizeof(s->first));

	WARD_ASSERT(user.len <= USER_MAX);
	ward_wr_z(&w, "n=");
	for (size_t i = 0; i < user.len; i++)
		if (user.p[i] == '=' || user.p[i] == ',') /* 5.1 */
			ward_wr_z(&w, user.p[i] == '=' ? "=3D" : "=2C");
		else
			ward_wr_ch(&w, user.p[i]);
	ward_wr_z(&w, ",r=");
	base64(&w, nonce, WARD_SCRAM_NONCE);
	WARD_ASSERT(!ward_wr_bad(&w));
	s->password = password;
	s->len = w.len;
	s->answered = false;
	ward_wr_z(out, "n,,");
	ward_wr_str(out, ward_wr_text(&w));
}

/* "KEY=VALUE" at the front, with its comma. */
static bool attribute(struct ward_str *rest, const char *key, struct ward_str *ret)
{
	struct ward_str a = ward_str_cut(rest, ',');

	*ret = ward_str_sub(a, 2, a.len);
	return a.len > 2 && a.p[0] == key[0] && a.p[1] == '=';
}

/* What the server says first: its nonce, which begins with ours, salt, and rounds. */
struct challenge {
	struct ward_str nonce;
	uint8_t salt[SALT_MAX];
	size_t len;
	uint64_t rounds;
};

static bool read_challenge(const struct ward_scram *s, struct ward_str text, struct challenge *ret)
{
	struct ward_str ours = {s->first, s->len}, rest = text, salt, rounds;

	ours = ward_str_sub(ours, ward_str_find(ours, WARD_STR(",r=")) + 3, ours.len);
	return text.len <= WARD_SCRAM_MESSAGE / 2 && attribute(&rest, "r", &ret->nonce) &&
	       ret->nonce.len > ours.len && ward_str_starts(ret->nonce, ours) &&
	       attribute(&rest, "s", &salt) &&
	       sodium_base642bin(ret->salt, sizeof(ret->salt), salt.p, salt.len, NULL, &ret->len,
		       NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       ret->len && attribute(&rest, "i", &rounds) && ward_str_u64(rounds, &ret->rounds) &&
	       ret->rounds >= WARD_SCRAM_ROUNDS_MIN && ret->rounds <= WARD_SCRAM_ROUNDS_MAX;
}

/* RFC 5802 3; `all` is AuthMessage. */
static void prove(struct ward_scram *s, const struct challenge *c, struct ward_str all,
	uint8_t ret_proof[HASH])
{
	const struct ward_str none = WARD_STR(""), salt = {(const char *)c->salt, c->len};
	uint8_t salted[HASH], client[HASH], stored[HASH], server[HASH], signature[HASH];

	stretch(s->password, salt, c->rounds, salted);
	hmac(salted, HASH, WARD_STR("Client Key"), none, client);
	(void)crypto_hash_sha256(stored, client, HASH);
	hmac(stored, HASH, all, none, signature);
	for (size_t i = 0; i < HASH; i++)
		ret_proof[i] = client[i] ^ signature[i];
	hmac(salted, HASH, WARD_STR("Server Key"), none, server);
	hmac(server, HASH, all, none, s->proof);
	ward_wipe(salted, sizeof(salted));
	ward_wipe(client, sizeof(client));
	ward_wipe(stored, sizeof(stored));
	ward_wipe(server, sizeof(server));
}

enum ward_err ward_scram_answer(
	struct ward_scram *s, struct ward_str server_first, struct ward_wr *out)
{
	char text[3 * WARD_SCRAM_MESSAGE];
	struct ward_wr all = ward_wr_fixed(text, sizeof(text));
	struct challenge c = {.rounds = 0};
	uint8_t proof[HASH];

	if (s->answered || !read_challenge(s, server_first, &c))
		return WARD_ERR_MALFORMED;
	ward_wr_str(&all, (struct ward_str){s->first, s->len});
	ward_wr_printf(&all, ",%.*s,", WARD_STR_ARG(server_first));
	size_t at = all.len;

	ward_wr_printf(&all, "c=biws,r=%.*s", WARD_STR_ARG(c.nonce)); /* of "n,," */
	WARD_ASSERT(!ward_wr_bad(&all));
	prove(s, &c, ward_wr_text(&all), proof);
	ward_wr_str(out, ward_str_sub(ward_wr_text(&all), at, all.len));
	ward_wr_z(out, ",p=");
	base64(out, proof, sizeof(proof));
	s->answered = true;
	return WARD_OK;
}

bool ward_scram_proves(const struct ward_scram *s, struct ward_str server_final)
{
	uint8_t proof[HASH];
	struct ward_str v, rest = server_final;
	size_t n;

	return s->answered && attribute(&rest, "v", &v) &&
	       sodium_base642bin(proof, sizeof(proof), v.p, v.len, NULL, &n, NULL,
		       sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       n == sizeof(proof) && sodium_memcmp(proof, s->proof, sizeof(proof)) == 0;
}
