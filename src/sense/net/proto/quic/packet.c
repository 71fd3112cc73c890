#include "sense/net/proto/quic/quic.h"

enum {
	LONG = 0x80,
	FIXED = 0x40,
	NUMBER_LEAST = 4, /* RFC 9001 5.4.2: the sample begins so far behind the number's begin */
	VERSION_2 = 0x6b3343cf,
};

static const struct {
	uint32_t version;
	const char *name;
} versions[] = {
	{1, "1"},
	{VERSION_2, "2"},
	{0xff00001b, "draft-27"},
	{0xff00001c, "draft-28"},
	{0xff00001d, "draft-29"},
	{0xff00001e, "draft-30"},
	{0xff00001f, "draft-31"},
	{0xff000020, "draft-32"},
	{0xff000021, "draft-33"},
	{0xff000022, "draft-34"},
	{0xfaceb002, "mvfst-draft-27"},
};

const char *ward_quic_version_name(uint32_t version)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(versions); i++)
		if (versions[i].version == version)
			return versions[i].name;
	return NULL;
}

uint64_t ward_quic_varint(struct ward_rd *r)
{
	uint8_t first = ward_rd_u8(r);
	uint64_t v = first & 0x3f;

	for (unsigned more = (1u << (first >> 6)) - 1; more; more--)
		v = v << 8 | ward_rd_u8(r);
	return ward_rd_bad(r) ? 0 : v;
}

static bool refuse(struct ward_quic_packet *p, enum ward_quic_reason why, size_t off)
{
	p->reason = why;
	p->off = off;
	return false;
}

static struct ward_slice varbytes(struct ward_rd *r)
{
	uint64_t len = ward_quic_varint(r);

	if (len > ward_rd_left(r))
		r->bad = true;
	return ward_rd_bytes(r, (size_t)len);
}

/* RFC 9000 17.2.1 */
static bool negotiation(struct ward_rd *r, struct ward_quic_packet *p)
{
	p->type = WARD_QUIC_VERSIONS;
	p->versions = ward_rd_rest(r);
	if (!p->versions.len || p->versions.len % 4)
		return refuse(p, WARD_QUIC_BAD_VERSIONS, r->off - p->versions.len);
	return true;
}

/* 17.2.2, 17.2.4: what has a length */
static bool protected(struct ward_rd *r, struct ward_quic_packet *p)
{
	size_t from = r->off;

	if (p->type == WARD_QUIC_INITIAL)
		p->token = varbytes(r);
	uint64_t len = ward_quic_varint(r);

	if (ward_rd_bad(r) || len > ward_rd_left(r) || len < NUMBER_LEAST + WARD_QUIC_TAG)
		return refuse(p, WARD_QUIC_BAD_LENGTH, from);
	p->number_at = r->off;
	p->size = r->off + (size_t)len;
	return true;
}

static bool retry(struct ward_rd *r, struct ward_quic_packet *p)
{
	struct ward_slice rest = ward_rd_rest(r);

	/* 17.2.5: a token, and a tag over it */
	if (rest.len <= WARD_QUIC_TAG)
		return refuse(p, WARD_QUIC_BAD_LENGTH, r->off - rest.len);
	p->token = ward_slice_of(rest.p, rest.len - WARD_QUIC_TAG);
	return true;
}

/* RFC 9369 3.2 turned the types of 17.2 by one. */
static enum ward_quic_type type_of(uint8_t first, uint32_t version)
{
	unsigned bits = first >> 4 & 3;

	return (enum ward_quic_type)(version == VERSION_2 ? (bits + 3) & 3 : bits);
}

/* RFC 8999 5.1: what holds for every version, then what for those that are known. */
bool ward_quic_packet(struct ward_slice datagram, struct ward_quic_packet *p)
{
	struct ward_rd r = ward_rd_slice(datagram);
	uint8_t first = ward_rd_u8(&r);

	memset(p, 0, sizeof(*p));
	p->reason = WARD_QUIC_REASON_N;
	p->size = datagram.len;
	if (ward_rd_bad(&r))
		return refuse(p, WARD_QUIC_BAD_HEADER, 0);
	p->type = WARD_QUIC_SHORT;
	if (!(first & LONG))
		return true;
	p->version = ward_rd_be32(&r);
	p->dcid = ward_rd_bytes(&r, ward_rd_u8(&r));
	p->scid = ward_rd_bytes(&r, ward_rd_u8(&r));
	if (ward_rd_bad(&r))
		return refuse(p, WARD_QUIC_BAD_HEADER, datagram.len);
	if (!p->version)
		return negotiation(&r, p);
	p->type = WARD_QUIC_OTHER;
	if (!ward_quic_version_name(p->version))
		return true;
	if (p->dcid.len > WARD_QUIC_ID_MAX || p->scid.len > WARD_QUIC_ID_MAX)
		return refuse(p, WARD_QUIC_BAD_CONNECTION_ID, 5);
	p->type = type_of(first, p->version);
	return p->type == WARD_QUIC_RETRY ? retry(&r, p) : protected(&r, p);
}

size_t ward_quic_crypto_len(const struct ward_quic_crypto *c)
{
	size_t n = 0;

	while (n < WARD_QUIC_CRYPTO && c->have[n / 8] >> n % 8 & 1)
		n++;
	return n;
}

static void put(struct ward_quic_crypto *c, uint64_t at, struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint64_t to = at + i - c->from; /* what lies before it wraps around */

		if (to >= WARD_QUIC_CRYPTO)
			continue;
		uint8_t bit = (uint8_t)(1u << to % 8);

		if (c->have[to / 8] & bit)
			continue;
		c->have[to / 8] |= bit;
		c->byte[to] = s.p[i];
	}
}

enum {
	PADDING = 0,
	PING = 1,
	ACK = 2,
	ACK_ECN = 3,
	CRYPTO = 6,
	CONNECTION_CLOSE = 0x1c,
};

/* 19.3: each range takes two bytes at least, so that the loop ends with them. */
static void skip_ack(struct ward_rd *r, bool ecn)
{
	(void)ward_quic_varint(r); /* largest */
	(void)ward_quic_varint(r); /* delay */
	uint64_t ranges = ward_quic_varint(r);

	(void)ward_quic_varint(r);
	for (uint64_t i = 0; i < ranges && !ward_rd_bad(r); i++) {
		(void)ward_quic_varint(r);
		(void)ward_quic_varint(r);
	}
	for (unsigned i = 0; ecn && i < 3; i++)
		(void)ward_quic_varint(r);
}

static void take_close(struct ward_rd *r, struct ward_quic_close *end)
{
	end->error = ward_quic_varint(r);
	(void)ward_quic_varint(r); /* frame type */
	end->reason = varbytes(r);
	end->is = !ward_rd_bad(r);
}

static bool frame(struct ward_rd *r, struct ward_quic_crypto *crypto, struct ward_quic_close *end)
{
	uint64_t type = ward_quic_varint(r), at;

	switch (type) {
	case PADDING:
	case PING:
		return true;
	case ACK:
	case ACK_ECN:
		skip_ack(r, type == ACK_ECN);
		return !ward_rd_bad(r);
	case CRYPTO: {
		at = ward_quic_varint(r);
		struct ward_slice s = varbytes(r);

		if (!ward_rd_bad(r))
			put(crypto, at, s);
		return !ward_rd_bad(r);
	}
	case CONNECTION_CLOSE:
		take_close(r, end);
		return end->is;
	default:
		return false;
	}
}

bool ward_quic_frames(
	struct ward_slice plain, struct ward_quic_crypto *crypto, struct ward_quic_close *end)
{
	struct ward_rd r = ward_rd_slice(plain);

	*end = (struct ward_quic_close){.is = false};
	while (ward_rd_left(&r)) /* each takes a byte at least */
		if (!frame(&r, crypto, end))
			return false;
	return true;
}
