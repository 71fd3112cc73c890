#include "base/rd.h"
#include "base/wr.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t ward_rd_varint(struct ward_rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t b = ward_rd_u8(r);

		if (r->bad)
			return 0;
		if (shift == 63 && b > 1)
			break;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	r->bad = true;
	return 0;
}

struct ward_slice ward_rd_lv(struct ward_rd *r, size_t max)
{
	uint64_t len = ward_rd_varint(r);

	if (len > max)
		r->bad = true;
	return ward_rd_bytes(r, r->bad ? 0 : (size_t)len);
}

struct ward_wr ward_wr_fixed(void *p, size_t cap)
{
	return (struct ward_wr){.p = p, .cap = cap, .max = cap};
}

struct ward_wr ward_wr_grow(const struct ward_mem *mem, size_t max)
{
	return (struct ward_wr){.max = max, .mem = mem};
}

void ward_wr_fini(struct ward_wr *w)
{
	if (w->mem) {
		ward_mem_free(w->mem, w->p, w->cap);
		w->p = NULL;
		w->cap = 0;
	}
	ward_wr_reset(w);
}

static bool grow(struct ward_wr *w, size_t need)
{
	size_t cap = w->cap ? w->cap : 256;

	if (!w->mem || need > w->max)
		return false;
	while (cap < need)
		cap = cap > w->max / 2 ? w->max : cap * 2;
	if (cap > w->max)
		cap = w->max;
	uint8_t *p = ward_mem_resize(w->mem, w->p, w->cap, cap);

	if (!p)
		return false;
	w->p = p;
	w->cap = cap;
	return true;
}

uint8_t *ward_wr_room_more(struct ward_wr *w, size_t n)
{
	size_t need;

	if (w->bad || !ward_add(w->len, n, &need) || (need > w->cap && !grow(w, need))) {
		w->bad = true;
		return NULL;
	}
	uint8_t *p = w->p ? w->p + w->len : NULL;

	w->len = need;
	return p;
}

void ward_wr_be16(struct ward_wr *w, uint16_t v)
{
	uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	ward_wr_bytes(w, b, sizeof(b));
}

void ward_wr_be32(struct ward_wr *w, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};

	ward_wr_bytes(w, b, sizeof(b));
}

void ward_wr_be64(struct ward_wr *w, uint64_t v)
{
	ward_wr_be32(w, (uint32_t)(v >> 32));
	ward_wr_be32(w, (uint32_t)v);
}

void ward_wr_le16(struct ward_wr *w, uint16_t v)
{
	uint8_t b[2] = {(uint8_t)v, (uint8_t)(v >> 8)};

	ward_wr_bytes(w, b, sizeof(b));
}

void ward_wr_le32(struct ward_wr *w, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

	ward_wr_bytes(w, b, sizeof(b));
}

void ward_wr_le64(struct ward_wr *w, uint64_t v)
{
	ward_wr_le32(w, (uint32_t)v);
	ward_wr_le32(w, (uint32_t)(v >> 32));
}

void ward_wr_varint(struct ward_wr *w, uint64_t v)
{
	while (v >= 0x80) {
		ward_wr_u8(w, (uint8_t)(v | 0x80));
		v >>= 7;
	}
	ward_wr_u8(w, (uint8_t)v);
}

void ward_wr_lv(struct ward_wr *w, struct ward_slice s)
{
	ward_wr_varint(w, s.len);
	ward_wr_bytes(w, s.p, s.len);
}

void ward_wr_u64(struct ward_wr *w, uint64_t v)
{
	char buf[20];
	size_t at = sizeof(buf);

	do {
		buf[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	ward_wr_bytes(w, buf + at, sizeof(buf) - at);
}

void ward_wr_i64(struct ward_wr *w, int64_t v)
{
	if (v < 0)
		ward_wr_ch(w, '-');
	ward_wr_u64(w, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void ward_wr_hex(struct ward_wr *w, struct ward_slice s)
{
	static const char digit[] = "0123456789abcdef";

	if (s.len > SIZE_MAX / 2) {
		w->bad = true;
		return;
	}
	uint8_t *to = s.len ? ward_wr_room(w, s.len * 2) : NULL;

	for (size_t i = 0; to && i < s.len; i++) {
		*to++ = (uint8_t)digit[s.p[i] >> 4];
		*to++ = (uint8_t)digit[s.p[i] & 15];
	}
}

void ward_wr_printf(struct ward_wr *w, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);

	va_end(ap);
	if (n < 0) {
		w->bad = true;
		return;
	}
	ward_wr_bytes(w, text, (size_t)n);
	free(text);
}
