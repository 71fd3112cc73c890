#include "base/id.h"

#include <sodium.h>
#include <sys/random.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct ward_idgen),
	"the generator must hold a SHA-256 state");

static crypto_hash_sha256_state *state(struct ward_idgen *g)
{
	return (crypto_hash_sha256_state *)(void *)g->opaque;
}

void ward_idgen_init(struct ward_idgen *g, const char *domain)
{
	(void)crypto_hash_sha256_init(state(g));
	ward_idgen_str(g, ward_str_z(domain));
}

void ward_idgen_bytes(struct ward_idgen *g, const void *p, size_t len)
{
	uint8_t buf[8];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_be64(&w, len);
	(void)crypto_hash_sha256_update(state(g), buf, sizeof(buf));
	if (len)
		(void)crypto_hash_sha256_update(state(g), p, len);
}

void ward_idgen_str(struct ward_idgen *g, struct ward_str s)
{
	ward_idgen_bytes(g, s.p, s.len);
}

void ward_idgen_u64(struct ward_idgen *g, uint64_t v)
{
	uint8_t buf[8];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_be64(&w, v);
	ward_idgen_bytes(g, buf, sizeof(buf));
}

void ward_idgen_id(struct ward_idgen *g, struct ward_id id)
{
	ward_idgen_bytes(g, id.b, sizeof(id.b));
}

static struct ward_id stamp(struct ward_id id, uint8_t version)
{
	id.b[6] = (uint8_t)((id.b[6] & 0x0f) | version << 4);
	id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
	return id;
}

struct ward_id ward_idgen_final(struct ward_idgen *g)
{
	uint8_t out[crypto_hash_sha256_BYTES];
	struct ward_id id;

	(void)crypto_hash_sha256_final(state(g), out);
	memcpy(id.b, out, sizeof(id.b));
	return stamp(id, 8);
}

struct ward_id ward_id_keyed(const uint8_t key[16], struct ward_slice s)
{
	struct ward_id id;

	_Static_assert(sizeof(id.b) == crypto_shorthash_siphashx24_BYTES &&
			       crypto_shorthash_siphashx24_KEYBYTES == 16,
		"SipHash of 128 bits");
	(void)crypto_shorthash_siphashx24(id.b, s.p, s.len, key);
	return stamp(id, 8);
}

struct ward_id ward_id_v7(const struct ward_clock *clock)
{
	uint64_t ms = (uint64_t)(ward_clock_now(clock) / WARD_NS_PER_MS);
	struct ward_id id;

	WARD_ASSERT(getrandom(id.b, sizeof(id.b), 0) == (ssize_t)sizeof(id.b));
	for (int i = 5; i >= 0; i--, ms >>= 8)
		id.b[i] = (uint8_t)ms;
	return stamp(id, 7);
}

void ward_id_write(struct ward_wr *w, struct ward_id id)
{
	static const uint8_t part[] = {4, 2, 2, 2, 6};
	size_t at = 0;

	for (size_t i = 0; i < sizeof(part); at += part[i++]) {
		if (i)
			ward_wr_ch(w, '-');
		ward_wr_hex(w, ward_slice_of(id.b + at, part[i]));
	}
}

void ward_id_text(struct ward_id id, char ret[WARD_ID_TEXT])
{
	struct ward_wr w = ward_wr_fixed(ret, WARD_ID_TEXT);

	ward_id_write(&w, id);
	ward_wr_u8(&w, 0);
}

bool ward_id_parse(struct ward_str s, struct ward_id *ret)
{
	char hex[32];
	size_t n = 0;

	if (s.len != 36 || s.p[8] != '-' || s.p[13] != '-' || s.p[18] != '-' || s.p[23] != '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (i != 8 && i != 13 && i != 18 && i != 23)
			hex[n++] = s.p[i];
	return ward_str_unhex((struct ward_str){hex, sizeof(hex)}, ret->b, sizeof(ret->b));
}
