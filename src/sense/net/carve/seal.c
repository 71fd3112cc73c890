#include "sense/net/carve/seal.h"

#include "base/rd.h"
#include "base/wr.h"

#include <sodium.h>

enum { VERSION = 1, OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES };

/* The library's sizes. */
_Static_assert(WARD_SEAL_KEY == crypto_box_PUBLICKEYBYTES, "of a box");
_Static_assert(WARD_SEAL_KEY == crypto_secretstream_xchacha20poly1305_KEYBYTES, "of a stream");
_Static_assert((int)WARD_SEAL_SEALED == WARD_SEAL_KEY + crypto_box_SEALBYTES, "of a sealed key");
_Static_assert((int)WARD_SEAL_MORE == 4 + OVERHEAD, "of a piece");

static const uint8_t magic[8] = {'W', 'A', 'R', 'D', 'F', 'I', 'L', 'E'};

static void start(void)
{
	WARD_ASSERT(sodium_init() >= 0);
}

bool ward_seal_fits(const uint8_t public_key[WARD_SEAL_KEY])
{
	static const uint8_t key[WARD_SEAL_KEY];
	uint8_t sealed[WARD_SEAL_SEALED];

	start();
	return crypto_box_seal(sealed, key, sizeof(key), public_key) == 0;
}

void ward_seal_begin(struct ward_seal *s, const uint8_t public_key[WARD_SEAL_KEY],
	uint8_t ret_head[WARD_SEAL_HEAD])
{
	uint8_t key[WARD_SEAL_KEY];

	start();
	crypto_secretstream_xchacha20poly1305_keygen(key);
	WARD_ASSERT(crypto_box_seal(s->sealed, key, sizeof(key), public_key) == 0);
	memcpy(ret_head, magic, sizeof(magic));
	ret_head[sizeof(magic)] = VERSION;
	WARD_ASSERT(crypto_secretstream_xchacha20poly1305_init_push(
			    &s->state, ret_head + sizeof(magic) + 1, key) == 0);
	sodium_memzero(key, sizeof(key));
}

size_t ward_seal_piece(struct ward_seal *s, struct ward_slice content, bool last, uint8_t *out)
{
	uint8_t tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
	struct ward_wr w = ward_wr_fixed(out, 4);

	WARD_ASSERT(content.len <= WARD_SEAL_PIECE);
	ward_wr_be32(&w, (uint32_t)(content.len + OVERHEAD));
	WARD_ASSERT(crypto_secretstream_xchacha20poly1305_push(
			    &s->state, out + 4, NULL, content.p, content.len, NULL, 0, tag) == 0);
	return content.len + WARD_SEAL_MORE;
}

enum ward_err ward_unseal_begin(struct ward_seal *s, struct ward_slice head,
	const uint8_t sealed[WARD_SEAL_SEALED], const uint8_t secret[WARD_SEAL_KEY])
{
	uint8_t key[WARD_SEAL_KEY], public_key[WARD_SEAL_KEY];
	struct ward_rd r = ward_rd_slice(head);
	struct ward_slice begin = ward_rd_bytes(&r, sizeof(magic));
	uint8_t version = ward_rd_u8(&r);
	struct ward_slice stream =
		ward_rd_bytes(&r, crypto_secretstream_xchacha20poly1305_HEADERBYTES);

	start();
	if (ward_rd_bad(&r) || memcmp(begin.p, magic, sizeof(magic)) != 0)
		return WARD_ERR_FOREIGN;
	if (version != VERSION)
		return WARD_ERR_VERSION;
	if (crypto_scalarmult_base(public_key, secret) != 0 ||
		crypto_box_seal_open(key, sealed, WARD_SEAL_SEALED, public_key, secret) != 0)
		return WARD_ERR_DENIED;
	s->ended = false;
	int bad = crypto_secretstream_xchacha20poly1305_init_pull(&s->state, stream.p, key);

	sodium_memzero(key, sizeof(key));
	return bad ? WARD_ERR_CORRUPT : WARD_OK;
}

size_t ward_unseal_size(const uint8_t front[4])
{
	struct ward_rd r = ward_rd_slice(ward_slice_of(front, 4));
	uint32_t n = ward_rd_be32(&r);

	return n >= OVERHEAD && n <= WARD_SEAL_PIECE + OVERHEAD ? n : 0;
}

enum ward_err ward_unseal_piece(
	struct ward_seal *s, struct ward_slice piece, uint8_t *out, size_t *ret_n)
{
	uint8_t tag;

	if (s->ended || piece.len < OVERHEAD ||
		crypto_secretstream_xchacha20poly1305_pull(
			&s->state, out, NULL, &tag, piece.p, piece.len, NULL, 0) != 0)
		return WARD_ERR_CORRUPT;
	s->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	*ret_n = piece.len - OVERHEAD;
	return WARD_OK;
}
