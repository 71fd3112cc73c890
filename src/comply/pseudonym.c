#include "comply/pseudonym.h"

#include "comply/identity.h"

#include <sodium.h>

enum { TOKEN_BYTES = 10, WHO_BYTES_MAX = 1024 };

void ward_pseudonym_init_replay(struct ward_pseudonym *p, struct ward_str text)
{
	static const unsigned char salt[crypto_generichash_KEYBYTES] = "ward replay, not a secret";

	(void)crypto_generichash(p->key, sizeof(p->key), (const unsigned char *)text.p, text.len,
		salt, sizeof(salt));
}

/* RFC 4648 base32 alphabet in lower case; 10 bytes are 16 characters. */
static void put_base32(struct ward_wr *w, const uint8_t *p)
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz234567";

	for (size_t i = 0; i < TOKEN_BYTES; i += 5) {
		uint64_t v = 0;

		for (size_t k = 0; k < 5; k++)
			v = v << 8 | p[i + k];
		for (int shift = 35; shift >= 0; shift -= 5)
			ward_wr_ch(w, digit[v >> shift & 31]);
	}
}

static void put_token(const struct ward_pseudonym *p, struct ward_str who, struct ward_wr *w)
{
	crypto_generichash_state s;
	uint8_t out[crypto_generichash_BYTES], low[256];

	if (ward_identity_well_known(who)) {
		ward_wr_str(w, who);
		return;
	}
	(void)crypto_generichash_init(&s, p->key, sizeof(p->key), sizeof(out));
	for (size_t at = 0; at < who.len;) {
		size_t n = who.len - at < sizeof(low) ? who.len - at : sizeof(low);

		for (size_t i = 0; i < n; i++)
			low[i] = ward_identity_lower(who.p[at + i]);
		(void)crypto_generichash_update(&s, low, n);
		at += n;
	}
	(void)crypto_generichash_final(&s, out, sizeof(out));
	ward_wr_z(w, "p-");
	put_base32(w, out);
}

void ward_pseudonym_write(const struct ward_pseudonym *p, struct ward_str who, struct ward_wr *w)
{
	size_t slash = ward_identity_last(who, '\\'), at = ward_identity_last(who, '@');
	struct ward_str tail = {NULL, 0};

	if (slash != SIZE_MAX) {
		ward_wr_str(w, ward_str_sub(who, 0, slash + 1));
		who = ward_str_sub(who, slash + 1, who.len);
	} else if (at != SIZE_MAX && at > 0) {
		tail = ward_str_sub(who, at, who.len);
		who = ward_str_sub(who, 0, at);
	}
	if (who.len > 1 && who.p[who.len - 1] == '$') {
		who.len--;
		tail = (struct ward_str){who.p + who.len, tail.len + 1}; /* "$" or "$@domain" */
	}
	if (who.len)
		put_token(p, who, w);
	ward_wr_str(w, tail);
}

struct ward_str ward_pseudonym_token(void *pseudonym, struct ward_arena *a, struct ward_str who)
{
	uint8_t buf[WHO_BYTES_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_pseudonym_write(pseudonym, who, &w);
	if (ward_wr_bad(
		    &w)) { /* absurdly long: the token of all of it, without its readable parts */
		ward_wr_reset(&w);
		put_token(pseudonym, who, &w);
	}
	return ward_arena_str(a, ward_wr_text(&w));
}
