/* Checked writer: bounded, growing or fixed, sticky on failure.
 *
 * Two kinds of storage behind one type: the caller's buffer (ward_wr_fixed) or a heap buffer that
 * grows to a stated maximum (ward_wr_grow; release with ward_wr_fini). After the first byte that
 * does not fit nothing more is written and ward_wr_bad() says so; check once at the end. */
#ifndef WARD_BASE_WR_H
#define WARD_BASE_WR_H

#include "base/mem.h"
#include "base/slice.h"

struct ward_wr {
	uint8_t *p;
	size_t len;
	size_t cap;
	size_t max;                 /* cap may grow up to here; == cap for a fixed buffer */
	const struct ward_mem *mem; /* NULL: fixed */
	bool bad;
};

struct ward_wr ward_wr_fixed(void *p, size_t cap);
/* Borrows mem for as long as the writer lives. Nothing is allocated before the first byte. */
struct ward_wr ward_wr_grow(const struct ward_mem *mem, size_t max);
/* Frees a growing buffer; harmless on a fixed one. The writer is then empty and usable again. */
void ward_wr_fini(struct ward_wr *w);

static inline bool ward_wr_bad(const struct ward_wr *w)
{
	return w->bad;
}

/* Forgets content and failure, keeps the storage. */
static inline void ward_wr_reset(struct ward_wr *w)
{
	w->len = 0;
	w->bad = false;
}

/* Lives until the next write, reset or fini. */
static inline struct ward_slice ward_wr_slice(const struct ward_wr *w)
{
	return (struct ward_slice){w->p, w->len};
}

static inline struct ward_str ward_wr_text(const struct ward_wr *w)
{
	return (struct ward_str){(const char *)w->p, w->len};
}

/* What ward_wr_room does when the storage has no room yet. */
uint8_t *ward_wr_room_more(struct ward_wr *w, size_t n);

/* Room for n > 0 more bytes, or NULL and bad. The bytes count as written. */
static inline uint8_t *ward_wr_room(struct ward_wr *w, size_t n)
{
	if (w->bad || n > w->cap - w->len)
		return ward_wr_room_more(w, n);
	uint8_t *p = w->p + w->len;

	w->len += n;
	return p;
}

static inline void ward_wr_bytes(struct ward_wr *w, const void *p, size_t n)
{
	uint8_t *to = n ? ward_wr_room(w, n) : NULL;

	if (to)
		memcpy(to, p, n);
}

static inline void ward_wr_u8(struct ward_wr *w, uint8_t v)
{
	uint8_t *to = ward_wr_room(w, 1);

	if (to)
		*to = v;
}

void ward_wr_be16(struct ward_wr *w, uint16_t v);
void ward_wr_be32(struct ward_wr *w, uint32_t v);
void ward_wr_be64(struct ward_wr *w, uint64_t v);
void ward_wr_le16(struct ward_wr *w, uint16_t v);
void ward_wr_le32(struct ward_wr *w, uint32_t v);
void ward_wr_le64(struct ward_wr *w, uint64_t v);
void ward_wr_varint(struct ward_wr *w, uint64_t v);
void ward_wr_lv(struct ward_wr *w, struct ward_slice s); /* varint length, bytes */

static inline void ward_wr_str(struct ward_wr *w, struct ward_str s)
{
	ward_wr_bytes(w, s.p, s.len);
}

static inline void ward_wr_z(struct ward_wr *w, const char *s)
{
	ward_wr_bytes(w, s, strlen(s));
}

static inline void ward_wr_ch(struct ward_wr *w, char c)
{
	ward_wr_u8(w, (uint8_t)c);
}

void ward_wr_u64(struct ward_wr *w, uint64_t v);          /* decimal */
void ward_wr_i64(struct ward_wr *w, int64_t v);           /* decimal */
void ward_wr_hex(struct ward_wr *w, struct ward_slice s); /* lower case */
/* For people's text only: not for wire formats, not on the hot path. */
void ward_wr_printf(struct ward_wr *w, const char *fmt, ...) WARD_PRINTF(2, 3);

#endif
