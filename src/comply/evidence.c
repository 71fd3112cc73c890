#include "comply/evidence.h"

#include <sodium.h>

enum { VERSION = 1, PIECE = 64 * 1024, MORE = crypto_secretstream_xchacha20poly1305_ABYTES };

static const char magic[8] = {'W', 'A', 'R', 'D', 'C', 'L', 'I', 'P'};

_Static_assert(WARD_EVIDENCE_PUBLIC == crypto_box_PUBLICKEYBYTES, "libsodium's size");
_Static_assert(WARD_EVIDENCE_SECRET == crypto_box_SECRETKEYBYTES, "libsodium's size");
_Static_assert(WARD_EVIDENCE_SEALED ==
		       crypto_secretstream_xchacha20poly1305_KEYBYTES + crypto_box_SEALBYTES,
	"libsodium's size");

static void start(void)
{
	WARD_ASSERT(sodium_init() >= 0);
}

void ward_evidence_keys(
	uint8_t ret_public[WARD_EVIDENCE_PUBLIC], uint8_t ret_secret[WARD_EVIDENCE_SECRET])
{
	start();
	WARD_ASSERT(crypto_box_keypair(ret_public, ret_secret) == 0);
}

void ward_evidence_public(
	const uint8_t secret[WARD_EVIDENCE_SECRET], uint8_t ret[WARD_EVIDENCE_PUBLIC])
{
	start();
	WARD_ASSERT(crypto_scalarmult_base(ret, secret) == 0);
}

static void put_head(struct ward_wr *w, const struct ward_evidence *e)
{
	ward_wr_bytes(w, e->id.b, sizeof(e->id.b));
	ward_wr_bytes(w, e->incident.b, sizeof(e->incident.b));
	ward_wr_lv(w, ward_str_bytes(e->camera));
	ward_wr_be64(w, (uint64_t)e->from);
	ward_wr_be64(w, (uint64_t)e->to);
	ward_wr_be64(w, (uint64_t)e->made);
	ward_wr_be64(w, (uint64_t)e->expires);
}

/* The stream, whose pieces are all bound to the head. */
static void put_stream(struct ward_wr *w, struct ward_slice head, struct ward_slice clip,
	const uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES])
{
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t begin[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	size_t at = 0;
	bool last = false;

	WARD_ASSERT(crypto_secretstream_xchacha20poly1305_init_push(&state, begin, key) == 0);
	ward_wr_bytes(w, begin, sizeof(begin));
	while (!last && !ward_wr_bad(w)) {
		size_t n = clip.len - at < PIECE ? clip.len - at : PIECE;
		uint8_t tag;

		last = at + n == clip.len;
		tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
		ward_wr_be32(w, (uint32_t)(n + MORE));
		uint8_t *to = ward_wr_room(w, n + MORE);

		if (to)
			WARD_ASSERT(crypto_secretstream_xchacha20poly1305_push(&state, to, NULL,
					    clip.p + at, n, head.p, head.len, tag) == 0);
		at += n;
	}
	sodium_memzero(&state, sizeof(state));
}

enum ward_err ward_evidence_write(const struct ward_evidence *e,
	const uint8_t public_key[WARD_EVIDENCE_PUBLIC], struct ward_slice clip, struct ward_wr *w,
	uint8_t ret_sealed[WARD_EVIDENCE_SEALED])
{
	uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES], buf[WARD_EVIDENCE_HEAD_MAX];
	struct ward_wr head = ward_wr_fixed(buf, sizeof(buf));
	enum ward_err err = WARD_OK;

	start();
	if (e->camera.len > WARD_EVIDENCE_CAMERA_MAX)
		return WARD_ERR_LIMIT;
	if (!clip.len)
		return WARD_ERR_MALFORMED;
	put_head(&head, e);
	crypto_secretstream_xchacha20poly1305_keygen(key);
	if (crypto_box_seal(ret_sealed, key, sizeof(key), public_key) != 0)
		err = WARD_ERR_MALFORMED; /* a point that no key has */
	if (!err) {
		ward_wr_bytes(w, magic, sizeof(magic));
		ward_wr_u8(w, VERSION);
		ward_wr_lv(w, ward_wr_slice(&head));
		put_stream(w, ward_wr_slice(&head), clip, key);
	}
	sodium_memzero(key, sizeof(key));
	return err ? err : ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK;
}

/* Up to the stream. */
static enum ward_err get_head(struct ward_rd *r, struct ward_slice *ret)
{
	struct ward_slice begin = ward_rd_bytes(r, sizeof(magic));
	uint8_t version = ward_rd_u8(r);

	if (ward_rd_bad(r) || memcmp(begin.p, magic, sizeof(magic)) != 0)
		return WARD_ERR_FOREIGN;
	if (version != VERSION)
		return WARD_ERR_VERSION;
	*ret = ward_rd_lv(r, WARD_EVIDENCE_HEAD_MAX);
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}

static void get_id(struct ward_rd *r, struct ward_id *ret)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(ret->b));

	if (!ward_rd_bad(r))
		memcpy(ret->b, s.p, sizeof(ret->b));
}

enum ward_err ward_evidence_read(struct ward_slice file, struct ward_evidence *ret)
{
	struct ward_rd r = ward_rd_slice(file), h;
	struct ward_evidence e = {.from = 0};
	struct ward_slice head;
	size_t bad;
	enum ward_err err = get_head(&r, &head);

	if (err)
		return err;
	h = ward_rd_slice(head);
	get_id(&h, &e.id);
	get_id(&h, &e.incident);
	e.camera = ward_slice_text(ward_rd_lv(&h, WARD_EVIDENCE_CAMERA_MAX));
	e.from = (ward_ns)ward_rd_be64(&h);
	e.to = (ward_ns)ward_rd_be64(&h);
	e.made = (ward_ns)ward_rd_be64(&h);
	e.expires = (ward_ns)ward_rd_be64(&h);
	if (ward_rd_bad(&h) || ward_rd_left(&h) || !ward_utf8_valid(ward_str_bytes(e.camera), &bad))
		return WARD_ERR_MALFORMED;
	*ret = e;
	return WARD_OK;
}

static enum ward_err get_stream(
	struct ward_rd *r, struct ward_slice head, const uint8_t *key, struct ward_wr *w)
{
	crypto_secretstream_xchacha20poly1305_state state;
	struct ward_slice begin =
		ward_rd_bytes(r, crypto_secretstream_xchacha20poly1305_HEADERBYTES);
	uint8_t tag = 0;
	enum ward_err err = WARD_OK;

	if (ward_rd_bad(r) ||
		crypto_secretstream_xchacha20poly1305_init_pull(&state, begin.p, key) != 0)
		return WARD_ERR_CORRUPT;
	while (!err && tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
		uint32_t n = ward_rd_be32(r);
		struct ward_slice piece = ward_rd_bytes(r, n);

		if (ward_rd_bad(r) || n <= MORE || n > PIECE + MORE) {
			err = WARD_ERR_CORRUPT;
			break;
		}
		uint8_t *to = ward_wr_room(w, n - MORE);

		if (!to)
			err = WARD_ERR_NOMEM;
		else if (crypto_secretstream_xchacha20poly1305_pull(
				 &state, to, NULL, &tag, piece.p, piece.len, head.p, head.len) != 0)
			err = WARD_ERR_CORRUPT;
	}
	sodium_memzero(&state, sizeof(state));
	return !err && ward_rd_left(r) ? WARD_ERR_CORRUPT : err;
}

enum ward_err ward_evidence_open(struct ward_slice file, const uint8_t sealed[WARD_EVIDENCE_SEALED],
	const uint8_t secret[WARD_EVIDENCE_SECRET], struct ward_wr *w)
{
	uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES],
		public_key[WARD_EVIDENCE_PUBLIC];
	struct ward_rd r = ward_rd_slice(file);
	struct ward_evidence e;
	struct ward_slice head;
	enum ward_err err = ward_evidence_read(file, &e);

	if (!err)
		err = get_head(&r, &head);
	if (err)
		return err;
	ward_evidence_public(secret, public_key);
	if (crypto_box_seal_open(key, sealed, WARD_EVIDENCE_SEALED, public_key, secret) != 0)
		return WARD_ERR_DENIED;
	err = get_stream(&r, head, key, w);
	sodium_memzero(key, sizeof(key));
	return err;
}
