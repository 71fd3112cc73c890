#include "sense/net/ber.h"

enum {
	TAG_NUMBER = 0x1f, /* 8.1.2.4: all ones, the number follows */
	LENGTH_LONG = 0x80,
	LENGTH_OCTETS = 4, /* longer lengths are of no message here */
	MORE_FOLLOWS = 0x80,
};

bool ward_ber_head(struct ward_rd *r, uint8_t *ret_tag, size_t *ret_len)
{
	size_t len = 0, n;

	*ret_tag = ward_rd_u8(r);
	n = ward_rd_u8(r);
	if (ward_rd_bad(r) || (*ret_tag & TAG_NUMBER) == TAG_NUMBER || n == LENGTH_LONG ||
		n > LENGTH_LONG + LENGTH_OCTETS)
		return false;
	if (n < LENGTH_LONG)
		len = n;
	else
		for (; n > LENGTH_LONG; n--)
			len = len << 8 | ward_rd_u8(r);
	*ret_len = len;
	return !ward_rd_bad(r);
}

struct ward_ber ward_ber_next(struct ward_rd *r)
{
	struct ward_ber e = {0};
	size_t begin = r->off, len;

	if (ward_rd_bad(r))
		return e;
	if (ward_ber_head(r, &e.tag, &len))
		e.body = ward_rd_bytes(r, len);
	else
		r->bad = true;
	if (!ward_rd_bad(r))
		return e;
	r->off = begin;
	return (struct ward_ber){0};
}

static struct ward_rd bad_at(struct ward_rd *r, size_t off)
{
	r->bad = true;
	r->off = off;
	return *r;
}

struct ward_rd ward_ber_open(struct ward_rd *r, uint8_t tag)
{
	size_t begin = r->off;
	struct ward_ber e = ward_ber_next(r);

	if (ward_rd_bad(r) || e.tag != tag)
		return bad_at(r, begin);
	return (struct ward_rd){.p = r->p, .len = r->off, .off = r->off - e.body.len};
}

bool ward_ber_open_if(struct ward_rd *r, uint8_t tag, struct ward_rd *ret)
{
	if (!ward_rd_left(r) || ward_rd_peek(r) != tag)
		return false;
	*ret = ward_ber_open(r, tag);
	return true;
}

void ward_ber_leave(struct ward_rd *r, const struct ward_rd *inner)
{
	if (ward_rd_bad(inner) && !ward_rd_bad(r))
		(void)bad_at(r, inner->off);
}

void ward_ber_close(struct ward_rd *r, const struct ward_rd *inner)
{
	ward_ber_leave(r, inner);
	if (ward_rd_left(inner) && !ward_rd_bad(r))
		(void)bad_at(r, inner->off);
}

struct ward_slice ward_ber_bytes(struct ward_rd *r, uint8_t tag)
{
	struct ward_rd inner = ward_ber_open(r, tag);

	return ward_rd_rest(&inner);
}

bool ward_ber_uint_of(struct ward_slice body, uint64_t *ret)
{
	struct ward_rd r = ward_rd_slice(body);
	uint64_t v = 0;

	/* At most one octet more than it has bytes, so that its sign is a plus (8.3). */
	if (body.len == 0 || body.len > 9 || (body.len == 9 && ward_rd_peek(&r) != 0))
		return false;
	while (ward_rd_left(&r))
		v = v << 8 | ward_rd_u8(&r);
	*ret = v;
	return true;
}

bool ward_ber_int_of(struct ward_slice body, int64_t *ret)
{
	uint64_t v;

	if (body.len > 8 || !ward_ber_uint_of(body, &v))
		return false;
	if (body.len < 8 && v >> (body.len * 8 - 1))
		v |= UINT64_MAX << (body.len * 8);
	*ret = (int64_t)v;
	return true;
}

int64_t ward_ber_int(struct ward_rd *r, uint8_t tag, int64_t min, int64_t max)
{
	size_t begin = r->off;
	struct ward_slice body = ward_ber_bytes(r, tag);
	int64_t v = 0;

	if (ward_rd_bad(r))
		return 0;
	if (!ward_ber_int_of(body, &v) || v < min || v > max) {
		(void)bad_at(r, begin);
		return 0;
	}
	return v;
}

bool ward_ber_bool(struct ward_rd *r, uint8_t tag)
{
	size_t begin = r->off;
	struct ward_slice body = ward_ber_bytes(r, tag);

	if (!ward_rd_bad(r) && body.len != 1)
		(void)bad_at(r, begin);
	return !ward_rd_bad(r) && body.p[0] != 0;
}

/* 8.19.2: seven bits an octet, the high bit on all but the last. */
static bool arc(struct ward_rd *r, uint64_t *ret)
{
	uint64_t v = 0;
	uint8_t octet = MORE_FOLLOWS;

	while (octet & MORE_FOLLOWS) {
		octet = ward_rd_u8(r);
		v = v << 7 | (octet & 0x7f);
		/* The first holds two arcs (8.19.4). */
		if (ward_rd_bad(r) || v > UINT64_C(80) + UINT32_MAX)
			return false;
	}
	*ret = v;
	return true;
}

bool ward_ber_oid_of(struct ward_slice body, struct ward_ber_oid *ret)
{
	struct ward_rd r = ward_rd_slice(body);
	uint64_t v;

	ret->n = 0;
	if (!arc(&r, &v))
		return false;
	ret->arc[0] = v < 80 ? (uint32_t)v / 40 : 2;
	ret->arc[1] = (uint32_t)(v - ret->arc[0] * UINT64_C(40));
	for (ret->n = 2; ward_rd_left(&r); ret->n++) {
		if (ret->n == WARD_BER_ARCS || !arc(&r, &v) || v > UINT32_MAX)
			return false;
		ret->arc[ret->n] = (uint32_t)v;
	}
	return true;
}

void ward_ber_oid_text(struct ward_wr *w, const struct ward_ber_oid *oid)
{
	enum { ARC_TEXT = 11, CUT_TEXT = 4 }; /* ".4294967295", " ..." */
	size_t from = w->len;

	for (size_t i = 0; i < oid->n; i++) {
		if (w->len - from + ARC_TEXT + CUT_TEXT > WARD_BER_OID_TEXT) {
			ward_wr_z(w, "...");
			return;
		}
		if (i)
			ward_wr_ch(w, '.');
		ward_wr_u64(w, oid->arc[i]);
	}
}

enum ward_ber_framing ward_ber_frame(struct ward_slice bytes, uint8_t tag, size_t *ret_size)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t seen;
	size_t len;

	*ret_size = 0;
	if (ward_rd_left(&r) && ward_rd_peek(&r) != tag)
		return WARD_BER_NOT;
	if (!ward_ber_head(&r, &seen, &len))
		return ward_rd_bad(&r) ? WARD_BER_MORE : WARD_BER_NOT;
	*ret_size = r.off + len; /* len is below 2^32 */
	return *ret_size <= bytes.len ? WARD_BER_WHOLE : WARD_BER_MORE;
}
