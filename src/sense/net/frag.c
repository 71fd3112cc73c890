#include "sense/net/frag.h"

/* TINY: no real link has so little room; what is meant is to hide the transport header from those
 * who look at first fragments only (RFC 1858 3). */
enum { LENGTH_MAX = 65535, TINY = 64 };
#define WAIT_MAX (30 * WARD_NS_PER_S)

struct key {
	uint8_t src_ip[16], dst_ip[16];
	uint32_t id;
	uint16_t vlan;
	uint8_t proto; /* of IPv4: RFC 791 3.2; 0 for IPv6 */
	uint8_t version;
};
_Static_assert(sizeof(struct key) == 40, "compared as bytes");

struct datagram {
	ward_ns first;
	struct ward_chunks held;
	uint32_t total; /* 0: the last fragment was not seen */
	uint32_t n_packet, n_byte;
	uint8_t proto; /* the first fragment's, RFC 8200 4.5 */
	bool dropped;  /* what follows of it is, too */
};

enum ward_err ward_frags_init(struct ward_frags *f, const struct ward_mem *mem,
	const struct ward_limits *lim, uint64_t *count)
{
	enum ward_err err = ward_lru_init(&f->table, mem, sizeof(struct key),
		sizeof(struct datagram), ward_limit(lim, WARD_LIMIT_NET_FRAGMENTS));

	f->count = count;
	if (err)
		return err;
	err = ward_chunk_pool_init(
		&f->chunks, mem, ward_limit(lim, WARD_LIMIT_NET_FRAGMENT_BYTES), LENGTH_MAX);
	if (err)
		ward_frags_fini(f);
	return err;
}

void ward_frags_fini(struct ward_frags *f)
{
	ward_lru_fini(&f->table);
	ward_chunk_pool_fini(&f->chunks);
}

static void give_up(struct ward_frags *f, struct datagram *d, enum ward_net_counter why)
{
	(void)ward_chunks_drop(&f->chunks, &d->held);
	if (!d->dropped)
		f->count[why]++;
	ward_lru_del(&f->table, d);
}

static void expire(struct ward_frags *f, ward_ns now)
{
	struct datagram *d;

	while ((d = ward_lru_oldest(&f->table, 0)) &&
		(uint64_t)now - (uint64_t)d->first > (uint64_t)WAIT_MAX)
		give_up(f, d, WARD_NET_FRAGMENT_TIMEOUT);
}

static struct datagram *find(struct ward_frags *f, const struct ward_packet *p, ward_ns now)
{
	struct key key = {.id = p->frag.id,
		.vlan = p->vlan,
		.proto = p->ip_version == 4 ? p->proto : 0,
		.version = p->ip_version};

	memcpy(key.src_ip, p->src_ip, 16);
	memcpy(key.dst_ip, p->dst_ip, 16);
	struct datagram *d = ward_lru_find(&f->table, &key);

	if (d)
		return d;
	if (ward_lru_full(&f->table))
		give_up(f, ward_lru_oldest(&f->table, 0), WARD_NET_FRAGMENT_EVICTED);
	d = ward_lru_add(&f->table, &key, 0);
	d->first = now;
	return d;
}

/* Nothing of the datagram is believed any more. */
static enum ward_net_counter drop(
	struct ward_frags *f, struct datagram *d, enum ward_net_counter why)
{
	(void)ward_chunks_drop(&f->chunks, &d->held);
	d->dropped = true;
	return why;
}

/* Stores the fragment's bytes; says what was odd. */
static enum ward_net_counter put(
	struct ward_frags *f, struct datagram *d, const struct ward_packet *p)
{
	uint64_t off = p->frag.off, end = off + p->frag.bytes.len;
	struct ward_slice bytes = p->frag.bytes;
	size_t repeat;
	bool same;

	if (end > LENGTH_MAX || (p->frag.more && bytes.len % 8))
		return drop(f, d, WARD_NET_FRAGMENT_LENGTH);
	if ((d->total && (end > d->total || (!p->frag.more && end != d->total))) ||
		(!p->frag.more && d->held.n && ward_chunks_end(&f->chunks, &d->held) > end))
		return drop(f, d, WARD_NET_FRAGMENT_OVERLAP);
	if (!p->frag.more)
		d->total = (uint32_t)end;
	ward_chunks_put(&f->chunks, &d->held, &off, &bytes, &repeat, &same);
	while (bytes.len) {
		struct datagram *oldest = ward_lru_oldest(&f->table, 0);
		size_t n;

		if (ward_chunks_full(&f->chunks, &d->held) || oldest == d)
			return drop(f, d, WARD_NET_FRAGMENT_EVICTED);
		give_up(f, oldest, WARD_NET_FRAGMENT_EVICTED);
		ward_chunks_put(&f->chunks, &d->held, &off, &bytes, &n, &same);
	}
	/* the same once more is no attempt at anything */
	if (repeat && (repeat < p->frag.bytes.len || !same))
		return p->ip_version == 6 ? drop(f, d, WARD_NET_FRAGMENT_OVERLAP)
					  : WARD_NET_FRAGMENT_OVERLAP;
	return WARD_NET_COUNTER_N;
}

struct ward_frag_result ward_frags_see(
	struct ward_frags *f, const struct ward_packet *p, ward_ns now)
{
	struct ward_frag_result ret = {.odd = WARD_NET_COUNTER_N};
	uint64_t after;

	expire(f, now);
	if (p->frag.snapped) {
		/* of a first fragment it was counted with its payload */
		f->count[WARD_NET_SNAPPED_PAYLOAD] += p->frag.off != 0;
		return ret;
	}
	struct datagram *d = find(f, p, now);

	if (d->dropped)
		return ret;
	ret.odd = put(f, d, p);
	if (ret.odd == WARD_NET_COUNTER_N && p->frag.more && p->frag.bytes.len < TINY)
		ret.odd = WARD_NET_FRAGMENT_TINY;
	if (ret.odd != WARD_NET_COUNTER_N)
		f->count[ret.odd]++;
	if (p->frag.off) {
		d->n_packet++;
		d->n_byte += p->ip_bytes;
	} else {
		d->proto = p->frag.proto;
	}
	if (!d->total || ward_chunks_run(&f->chunks, &d->held, 0, &after) != d->total)
		return ret;
	f->count[WARD_NET_FRAGMENT_WHOLE]++;
	ret.whole = ward_chunks_flat(&f->chunks, &d->held, d->total);
	ret.proto = d->proto;
	ret.n_packet = d->n_packet;
	ret.n_byte = d->n_byte;
	d->dropped = true; /* not counted as given up */
	give_up(f, d, WARD_NET_FRAGMENT_EVICTED);
	return ret;
}
