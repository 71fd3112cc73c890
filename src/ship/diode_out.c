#include "ship/diode.h"

#include "base/rd.h"
#include "base/wr.h"
#include "ship/diode_priv.h"

#include <sodium.h>

struct ward_diode_out {
	const struct ward_clock *clock;
	uint8_t key[WARD_DIODE_KEY], session[WARD_DIODE_SESSION];
	uint64_t seq, group, before; /* of the next datagram; of the group in hand */
	uint64_t lines;              /* of the group in hand */
	size_t bytes, len, k, m, i;  /* len: of a shard; i: the next */
	ward_ns time;
	bool ends; /* the session does, with the group in hand */
	uint8_t shard[WARD_FEC_SHARDS * WARD_DIODE_SHARD];
};

void ward_diode_key(struct ward_str secret, uint8_t ret[WARD_DIODE_KEY])
{
	static const uint8_t domain[] = "ward one-way line 1";

	_Static_assert((int)WARD_DIODE_KEY == (int)crypto_generichash_BYTES, "a hash is a key");
	_Static_assert(
		(int)WARD_DIODE_KEY == (int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one key");
	crypto_generichash_state s;

	(void)crypto_generichash_init(&s, NULL, 0, WARD_DIODE_KEY);
	(void)crypto_generichash_update(&s, domain, sizeof(domain) - 1);
	(void)crypto_generichash_update(&s, (const uint8_t *)secret.p, secret.len);
	(void)crypto_generichash_final(&s, ret, WARD_DIODE_KEY);
	ward_wipe(&s, sizeof(s));
}

size_t diode_shards(size_t bytes)
{
	return bytes ? (bytes + WARD_DIODE_SHARD - 1) / WARD_DIODE_SHARD : 1;
}

/* A quarter and four more: of a single shard four, of 64 sixteen. */
size_t diode_parity(size_t k)
{
	return 4 + k * 12 / WARD_FEC_DATA;
}

size_t diode_shard_bytes(size_t bytes, size_t k)
{
	return (bytes + k - 1) / k;
}

size_t ward_diode_count(size_t bytes)
{
	size_t k = diode_shards(bytes);

	return k + diode_parity(k);
}

enum ward_err ward_diode_out_new(const uint8_t key[WARD_DIODE_KEY], const struct ward_clock *clock,
	struct ward_diode_out **ret)
{
	struct ward_diode_out *o = ward_mem_alloc(ward_mem_heap(), sizeof(*o));
	struct ward_wr w;

	if (!o)
		return WARD_ERR_NOMEM;
	*o = (struct ward_diode_out){.clock = clock, .group = UINT64_MAX};
	memcpy(o->key, key, sizeof(o->key));
	w = ward_wr_fixed(o->session, sizeof(o->session));
	ward_wr_be64(&w, (uint64_t)ward_clock_now(clock));
	randombytes_buf(o->session + 8, sizeof(o->session) - 8);
	*ret = o;
	return WARD_OK;
}

ward_ns ward_diode_after(struct ward_diode_out *o, ward_ns last)
{
	struct ward_rd r = ward_rd_from(o->session, 8);
	ward_ns now = (ward_ns)ward_rd_be64(&r), start = now > last ? now : last + 1;
	struct ward_wr w = ward_wr_fixed(o->session, 8);

	ward_wr_be64(&w, (uint64_t)start);
	return start;
}

void ward_diode_out_free(struct ward_diode_out *o)
{
	if (!o)
		return;
	ward_wipe(o, sizeof(*o));
	ward_mem_free(ward_mem_heap(), o, sizeof(*o));
}

void ward_diode_put(struct ward_diode_out *o, struct ward_str lines)
{
	WARD_ASSERT(lines.len <= WARD_DIODE_BYTES);
	o->before += o->lines;
	o->group++; /* the first is 0 */
	o->lines = 0;
	for (size_t i = 0; i < lines.len; i++)
		o->lines += lines.p[i] == '\n';
	WARD_ASSERT(o->lines <= WARD_DIODE_LINES);
	o->bytes = lines.len;
	o->k = diode_shards(o->bytes);
	o->m = diode_parity(o->k);
	o->len = diode_shard_bytes(o->bytes, o->k);
	o->time = ward_clock_now(o->clock);
	o->i = 0;
	o->ends = false;
	memset(o->shard, 0, o->k * o->len);
	memcpy(o->shard, lines.len ? lines.p : "", lines.len);
	ward_fec_encode(o->shard, o->k, o->m, o->len);
}

void ward_diode_finish(struct ward_diode_out *o)
{
	ward_diode_put(o, WARD_STR(""));
	o->ends = true;
}

size_t ward_diode_next(struct ward_diode_out *o, uint8_t ret[WARD_DIODE_DATAGRAM])
{
	uint8_t inner[WARD_DIODE_INNER + WARD_DIODE_SHARD],
		nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
	struct ward_wr head = ward_wr_fixed(ret, WARD_DIODE_HEAD),
		       w = ward_wr_fixed(inner, sizeof(inner));
	unsigned long long n = 0;

	if (o->i == o->k + o->m)
		return 0;
	ward_wr_bytes(&head, DIODE_MAGIC, DIODE_MAGIC_BYTES);
	ward_wr_bytes(&head, o->session, sizeof(o->session));
	ward_wr_be64(&head, o->seq++);
	ward_wr_be64(&w, o->group);
	ward_wr_be64(&w, o->before);
	ward_wr_be64(&w, (uint64_t)o->time);
	ward_wr_be32(&w, (uint32_t)o->bytes);
	ward_wr_be16(&w, (uint16_t)o->lines);
	ward_wr_u8(&w, (uint8_t)(o->i | (o->ends ? DIODE_ENDS : 0)));
	ward_wr_bytes(&w, o->shard + o->i * o->len, o->len);
	WARD_ASSERT(!ward_wr_bad(&head) && !ward_wr_bad(&w));
	o->i++;
	/* no number comes twice in a session, and no session twice */
	memcpy(nonce, ret + DIODE_MAGIC_BYTES, sizeof(nonce));
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(
		ret + WARD_DIODE_HEAD, &n, inner, w.len, ret, WARD_DIODE_HEAD, NULL, nonce, o->key);
	return WARD_DIODE_HEAD + (size_t)n;
}
