/* Checked reading cursor: the only way into outside bytes.
 *
 * A cursor borrows a buffer and can't step outside it. It fails sticky: after the first read past
 * the end every read gives 0 (or an empty view) and ward_rd_bad() says so; check once, before any
 * value is used. Not shared between threads. */
#ifndef WARD_BASE_RD_H
#define WARD_BASE_RD_H

#include "base/slice.h"

struct ward_rd {
	const uint8_t *p;
	size_t len;
	size_t off; /* off <= len */
	bool bad;
};

static inline struct ward_rd ward_rd_from(const void *p, size_t len)
{
	return (struct ward_rd){p, len, 0, false};
}

static inline struct ward_rd ward_rd_slice(struct ward_slice s)
{
	return (struct ward_rd){s.p, s.len, 0, false};
}

static inline bool ward_rd_bad(const struct ward_rd *r)
{
	return r->bad;
}

static inline size_t ward_rd_left(const struct ward_rd *r)
{
	return r->bad ? 0 : r->len - r->off;
}

/* Takes n bytes off the front and returns where they are; NULL and bad when fewer are left. */
static inline const uint8_t *ward_rd_take(struct ward_rd *r, size_t n)
{
	if (r->bad || n > r->len - r->off) {
		r->bad = true;
		return NULL;
	}
	const uint8_t *p = r->p ? r->p + r->off : (const uint8_t *)"";

	r->off += n;
	return p;
}

static inline void ward_rd_skip(struct ward_rd *r, size_t n)
{
	(void)ward_rd_take(r, n);
}

static inline struct ward_slice ward_rd_bytes(struct ward_rd *r, size_t n)
{
	const uint8_t *p = ward_rd_take(r, n);

	return p ? (struct ward_slice){p, n} : (struct ward_slice){NULL, 0};
}

/* A cursor over the next n bytes; bad from the start when fewer are left. */
static inline struct ward_rd ward_rd_sub(struct ward_rd *r, size_t n)
{
	const uint8_t *p = ward_rd_take(r, n);

	return p ? (struct ward_rd){p, n, 0, false} : (struct ward_rd){NULL, 0, 0, true};
}

static inline struct ward_slice ward_rd_rest(struct ward_rd *r)
{
	return ward_rd_bytes(r, ward_rd_left(r));
}

static inline uint8_t ward_rd_u8(struct ward_rd *r)
{
	const uint8_t *p = ward_rd_take(r, 1);

	return p ? p[0] : 0;
}

/* The next byte without taking it; 0 at the end, which is not an error. */
static inline uint8_t ward_rd_peek(const struct ward_rd *r)
{
	return ward_rd_left(r) ? r->p[r->off] : 0;
}

static inline uint16_t ward_rd_be16(struct ward_rd *r)
{
	const uint8_t *p = ward_rd_take(r, 2);

	return (uint16_t)(p ? p[0] << 8 | p[1] : 0);
}

static inline uint32_t ward_rd_be24(struct ward_rd *r)
{
	const uint8_t *p = ward_rd_take(r, 3);

	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t ward_rd_be32(struct ward_rd *r)
{
	const uint8_t *p = ward_rd_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t ward_rd_be64(struct ward_rd *r)
{
	uint64_t hi = ward_rd_be32(r);

	return hi << 32 | ward_rd_be32(r);
}

static inline uint16_t ward_rd_le16(struct ward_rd *r)
{
	const uint8_t *p = ward_rd_take(r, 2);

	return (uint16_t)(p ? p[1] << 8 | p[0] : 0);
}

static inline uint32_t ward_rd_le32(struct ward_rd *r)
{
	const uint8_t *p = ward_rd_take(r, 4);

	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

static inline uint64_t ward_rd_le64(struct ward_rd *r)
{
	uint64_t lo = ward_rd_le32(r);

	return (uint64_t)ward_rd_le32(r) << 32 | lo;
}

/* Unsigned LEB128, at most ten bytes; a longer or overflowing one is bad. */
uint64_t ward_rd_varint(struct ward_rd *r);
/* varint length, then that many bytes; bad when the length is over max. */
struct ward_slice ward_rd_lv(struct ward_rd *r, size_t max);

#endif
