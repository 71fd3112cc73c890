#include "props_net.h"

#include "sense/net/ber.h"
#include "sense/net/packet.h"
#include "sense/net/stream.h"

/* One direction of a connection against a model that knows, for every place, which byte came there
 * first. */
enum { LEN_MAX = 600, STEPS_MAX = 64 };

struct model {
	uint8_t sent[LEN_MAX];  /* what the sender means */
	uint8_t first[LEN_MAX]; /* what came first to a place */
	bool came[LEN_MAX];
	size_t len;
	uint64_t at; /* the user's place */
	uint64_t n_gap;
	bool leaps;     /* the user passes over some */
	bool stops;     /* a gap ends it */
	bool right;     /* nothing was wrong so far */
	bool after_end; /* called with end */
};

/* Messages of 1 to 16 bytes by their first byte; some are followed by bytes that are not wanted. */
static struct ward_stream_take on_bytes(void *ctx, unsigned side, struct ward_slice bytes, bool end)
{
	struct ward_stream_take take = {0};
	struct model *m = ctx;

	if (side == 1) { /* says nothing, and ends */
		m->right &= end && !bytes.len;
		return take;
	}
	m->right &= !m->after_end && (bytes.len ? m->at + bytes.len <= m->len : end);
	if (!m->right)
		return (struct ward_stream_take){.stop = true};
	for (size_t i = 0; i < bytes.len; i++)
		m->right &= m->came[m->at + i] && m->first[m->at + i] == bytes.p[i];
	while (take.used < bytes.len) {
		uint8_t head = bytes.p[take.used];

		take.need = head % 16 + 1u;
		if (take.used + take.need > bytes.len)
			break;
		take.used += take.need;
		take.need = 0;
		if (m->leaps && head >= 240)
			take.used += head;
	}
	if (take.need % 3 == 1)
		take.need = 0; /* not known */
	m->at += take.used;
	m->after_end = end;
	return take;
}

static bool on_gap(void *ctx, unsigned side, uint64_t lost)
{
	struct model *m = ctx;

	m->right &= side == 0 && lost > 0 && !m->after_end && m->at + lost <= m->len;
	m->at += lost;
	m->n_gap++;
	return !m->stops;
}

static bool on_room(void *ctx)
{
	(void)ctx;
	return false;
}

struct run {
	struct model m;
	struct ward_stream_pool pool;
	struct ward_stream s;
	uint64_t count[WARD_NET_COUNTER_N];
	uint32_t isn;
	bool lies; /* bytes differ from what was sent before */
};

static void send(struct run *r, size_t from, size_t len, size_t cut, const uint8_t *bytes)
{
	struct ward_stream_user user = {on_bytes, on_gap, on_room, &r->m};
	size_t captured = len - cut;
	uint8_t *exact = malloc(captured ? captured : 1);

	if (!exact)
		abort();
	memcpy(exact, bytes + from, captured);
	for (size_t i = from; i < from + captured; i++) {
		if (!r->m.came[i])
			r->m.first[i] = bytes[i];
		r->m.came[i] = true;
	}
	struct ward_segment seg = {.seq = r->isn + (uint32_t)from,
		.flags = from + len == r->m.len ? WARD_TCP_FIN : 0,
		.bytes = {exact, captured},
		.len = len};

	(void)ward_stream_see(&r->pool, &r->s, &seg, &user);
	free(exact);
}

static void acknowledge(struct run *r, size_t upto)
{
	struct ward_stream_user user = {on_bytes, on_gap, on_room, &r->m};
	struct ward_segment seg = {
		.side = 1, .flags = WARD_TCP_ACK, .ack = r->isn + (uint32_t)upto};

	(void)ward_stream_see(&r->pool, &r->s, &seg, &user);
}

static void begin(struct run *r, struct ward_rd *in, uint64_t bytes, uint64_t side_bytes)
{
	struct ward_limits lim;

	*r = (struct run){.m = {.right = true}};
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_STREAM_BYTES] = bytes;
	lim.v[WARD_LIMIT_NET_STREAM_SIDE] = side_bytes;
	WARD_ASSERT(ward_stream_init(&r->pool, ward_mem_heap(), &lim, r->count) == WARD_OK);
	r->isn = (uint32_t)prop_u64(in);
	r->m.leaps = prop_below(in, 2);
	r->m.len = 1 + prop_below(in, LEN_MAX);
	uint64_t random = prop_below(in, 256);

	for (size_t i = 0; i < r->m.len; i++)
		r->m.sent[i] = (uint8_t)prop_random(&random);
	ward_stream_begin(&r->s, 0, r->isn);
}

static bool finish(struct run *r)
{
	struct ward_stream_user user = {on_bytes, on_gap, on_room, &r->m};

	ward_stream_end(&r->pool, &r->s, &user);
	bool ok = r->m.right && r->pool.chunks.n == 0;

	ward_stream_fini(&r->pool);
	return ok;
}

static void send_any(struct run *r, struct ward_rd *in, bool snapped)
{
	size_t from = prop_below(in, r->m.len), len = 1 + prop_below(in, 64), cut = 0;

	if (len > r->m.len - from)
		len = r->m.len - from;
	if (snapped && prop_below(in, 4) == 0)
		cut = prop_below(in, len + 1);
	if (r->lies && prop_below(in, 4) == 0) {
		uint8_t other[LEN_MAX];

		for (size_t i = 0; i < r->m.len; i++)
			other[i] = (uint8_t)(r->m.sent[i] ^ 1);
		send(r, from, len, cut, other);
		return;
	}
	send(r, from, len, cut, r->m.sent);
}

/* Pieces in any order and number; in the end each was there. All is heard, without a gap, and of
 * what was sent twice the first. */
static bool all_is_heard(struct ward_rd *in)
{
	struct run r;

	begin(&r, in, 1 << 20, 1 << 19);
	r.lies = prop_below(in, 2);
	for (size_t i = 0; i < STEPS_MAX && ward_rd_left(in); i++)
		send_any(&r, in, false);
	for (size_t at = 0, n; at < r.m.len; at += n) {
		n = 1 + prop_below(in, 64);
		n = n < r.m.len - at ? n : r.m.len - at;
		send(&r, at, n, 0, r.m.sent);
	}
	bool ok = r.m.n_gap == 0 && r.s.side[0].closed;

	return finish(&r) && ok;
}

/* Pieces are missing, cut or acknowledged early, and memory is short: what is heard is right, in
 * its place and in order, and nothing is kept. */
static bool losses_are_told(struct ward_rd *in)
{
	struct run r;
	uint64_t chunks = 2 + prop_below(in, 6);

	begin(&r, in, chunks * 2048, prop_below(in, 4) * 2032);
	r.m.stops = prop_below(in, 8) == 7;
	for (size_t i = 0; i < STEPS_MAX && ward_rd_left(in); i++) {
		if (prop_below(in, 5) == 0)
			acknowledge(&r, prop_below(in, r.m.len + 2));
		else
			send_any(&r, in, true);
		if (prop_below(in, 32) == 31)
			ward_stream_shed(&r.pool, &r.s);
	}
	return finish(&r);
}

static struct ward_stream_take take_some(
	void *ctx, unsigned side, struct ward_slice bytes, bool end)
{
	struct ward_rd *in = ctx;

	WARD_ASSERT(side < 2 && (bytes.len > 0 || end));
	uint64_t used = prop_u64(in);

	return (struct ward_stream_take){.used = used,
		.need = prop_u64(in),
		.stop = prop_below(in, 64) == 63 && !end,
		.wake = used % 8 == 7};
}

static bool any_gap(void *ctx, unsigned side, uint64_t lost)
{
	WARD_ASSERT(side < 2 && lost > 0);
	return prop_below(ctx, 16) != 15;
}

/* Segments that no peer would send, and a user that asks for anything. */
static bool nothing_is_kept(struct ward_rd *in)
{
	struct ward_stream_user user = {take_some, any_gap, on_room, in};
	struct run r;
	uint64_t chunks = 2 + prop_below(in, 6);

	begin(&r, in, chunks * 2048, prop_below(in, 4) * 2032);
	while (ward_rd_left(in)) {
		uint32_t far = prop_below(in, 8) == 7 ? (uint32_t)prop_u64(in) : 0;
		struct ward_segment seg = {.side = prop_below(in, 2) ? 1 : 0,
			.seq = r.isn + (uint32_t)prop_below(in, 256) + far,
			.ack = r.isn + (uint32_t)prop_below(in, 256)};
		size_t len = prop_below(in, 32);

		/* now and then more than a chunk */
		len = len > 30 ? LEN_MAX : len;
		seg.hasty = prop_below(in, 8) == 7;
		seg.flags = prop_below(in, 4) == 3 ? (uint8_t)prop_below(in, 32) : WARD_TCP_ACK;
		seg.bytes = ward_slice_of(r.m.sent, len);
		seg.len = len + (prop_below(in, 8) == 7 ? prop_below(in, 256) : 0);
		(void)ward_stream_see(&r.pool, &r.s, &seg, &user);
		WARD_ASSERT(r.pool.chunks.n == r.s.side[0].held.n + r.s.side[1].held.n);
	}
	ward_stream_end(&r.pool, &r.s, &user);
	bool ok = r.pool.chunks.n == 0;

	ward_stream_fini(&r.pool);
	return ok;
}

/* Identifier and length in any of the forms that are read. */
static void put_head(struct ward_wr *w, struct ward_rd *in, uint8_t tag, size_t len)
{
	size_t n = prop_below(in, 5); /* octets of length behind the first */

	while (n < 4 && (n ? len >> n * 8 : len >> 7))
		n++;
	ward_wr_u8(w, tag);
	ward_wr_u8(w, (uint8_t)(n ? 0x80 | n : len));
	while (n--)
		ward_wr_u8(w, (uint8_t)(len >> n * 8));
}

static void put_oid(struct ward_wr *w, const struct ward_ber_oid *oid)
{
	for (size_t i = 1; i < oid->n; i++) {
		uint64_t v = i > 1 ? oid->arc[i] : oid->arc[0] * UINT64_C(40) + oid->arc[1];

		for (unsigned shift = 35; shift; shift -= 7)
			if (v >> shift)
				ward_wr_u8(w, (uint8_t)(0x80 | (v >> shift & 0x7f)));
		ward_wr_u8(w, (uint8_t)(v & 0x7f));
	}
}

/* What was written in ASN.1 is read again. */
static bool ber_is_read(struct ward_rd *in)
{
	struct ward_ber_oid oid = {.n = 2 + prop_below(in, WARD_BER_ARCS - 1)}, got;
	uint8_t body[1024], message[2048];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body)),
		       m = ward_wr_fixed(message, sizeof(message));
	int64_t v = (int64_t)prop_u64(in);
	size_t before;

	oid.arc[0] = (uint32_t)prop_below(in, 3);
	oid.arc[1] = (uint32_t)(oid.arc[0] < 2 ? prop_below(in, 40) : prop_u64(in) >> 32);
	for (size_t i = 2; i < oid.n; i++)
		oid.arc[i] = (uint32_t)(prop_u64(in) >> prop_below(in, 33));
	put_head(&w, in, WARD_BER_INTEGER, sizeof(v));
	ward_wr_be64(&w, (uint64_t)v);
	before = w.len;
	put_oid(&w, &oid);
	put_head(&m, in, WARD_BER_SEQUENCE, before);
	ward_wr_bytes(&m, body, before);
	put_head(&m, in, WARD_BER_OID, w.len - before);
	ward_wr_bytes(&m, body + before, w.len - before);

	struct ward_rd r = ward_rd_from(message, m.len), seq = ward_ber_open(&r, WARD_BER_SEQUENCE);
	bool same = ward_ber_int(&seq, WARD_BER_INTEGER, INT64_MIN, INT64_MAX) == v;

	ward_ber_close(&r, &seq);
	same &= ward_ber_oid_of(ward_ber_bytes(&r, WARD_BER_OID), &got) && got.n == oid.n;
	return same && !ward_rd_bad(&r) && !ward_rd_left(&r) && !ward_wr_bad(&m) &&
	       memcmp(got.arc, oid.arc, oid.n * sizeof(oid.arc[0])) == 0;
}

static const struct prop props[] = {
	{"ber_is_read", ber_is_read},
	{"all_is_heard", all_is_heard},
	{"losses_are_told", losses_are_told},
	{"nothing_is_kept", nothing_is_kept},
};

const struct prop *props_net(size_t *ret_n)
{
	*ret_n = WARD_ARRAY_LEN(props);
	return props;
}
