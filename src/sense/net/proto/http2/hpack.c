#include "sense/net/proto/http2/hpack.h"

enum { ENTRY_BYTES = 32, INTEGER_MAX = 1 << 20 };

/* Canonical codes of each length are consecutive numbers, so that a code is known by its place
 * among those of its length. */
bool ward_hpack_huffman(struct ward_slice s, struct ward_wr *w)
{
	uint32_t code = 0, first = 0, index = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < s.len * 8; i++) {
		code = code << 1 | ((uint32_t)s.p[i / 8] >> (7 - i % 8) & 1);
		first <<= 1;
		if (++bits > WARD_HPACK_CODE_BITS)
			return false;
		uint32_t count = ward_hpack_code_count[bits];

		if (code - first < count) {
			uint16_t symbol = ward_hpack_code_symbol[index + code - first];

			if (symbol > 255) /* 5.2: the end must not be coded */
				return false;
			ward_wr_u8(w, (uint8_t)symbol);
			code = first = index = 0;
			bits = 0;
			continue;
		}
		index += count;
		first += count;
	}
	/* 5.2: what is left over is the beginning of the end's code, all ones, less than a byte. */
	return bits < 8 && code == (1u << bits) - 1 && !ward_wr_bad(w);
}

/* 5.1, with the rest of the first byte as its prefix. */
static uint32_t integer(struct ward_rd *r, uint8_t first, unsigned prefix_bits)
{
	uint32_t mask = (1u << prefix_bits) - 1, v = first & mask;

	if (v < mask)
		return v;
	for (unsigned shift = 0; shift <= 14; shift += 7) {
		uint8_t b = ward_rd_u8(r);

		v += (uint32_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v <= INTEGER_MAX ? v : INTEGER_MAX;
	}
	r->bad = true;
	return 0;
}

/* 5.2 */
static struct ward_str string(struct ward_rd *r, struct ward_wr *w)
{
	uint8_t first = ward_rd_u8(r);
	struct ward_slice s = ward_rd_bytes(r, integer(r, first, 7));
	size_t at = w->len;

	if (!(first & 0x80))
		return ward_slice_text(s);
	if (!ward_hpack_huffman(s, w))
		r->bad = true;
	return r->bad ? WARD_STR("") : (struct ward_str){(const char *)w->p + at, w->len - at};
}

/* 2.3.3: the static table, then the newest entry. */
static bool lookup(struct ward_hpack *h, uint32_t index, struct ward_hpack_field *ret)
{
	size_t at = 0;

	if (index && index <= WARD_HPACK_STATIC) {
		ret->name = ward_str_z(ward_hpack_static[index - 1].name);
		ret->value = ward_str_z(ward_hpack_static[index - 1].value);
		return true;
	}
	if (!index || index - WARD_HPACK_STATIC > h->n || h->lost) {
		h->large = index && h->max > WARD_HPACK_TABLE;
		return false;
	}
	index -= WARD_HPACK_STATIC + 1;
	for (size_t i = 0; i < index; i++)
		at += (size_t)h->name_len[i] + h->value_len[i];
	ret->name = (struct ward_str){(const char *)h->text + at, h->name_len[index]};
	ret->value = (struct ward_str){
		(const char *)h->text + at + h->name_len[index], h->value_len[index]};
	return true;
}

/* 4.3: the oldest go until the table fits. */
static void evict(struct ward_hpack *h, size_t room)
{
	while (h->n && h->bytes > room) {
		h->n--;
		h->bytes =
			(uint16_t)(h->bytes - ENTRY_BYTES - h->name_len[h->n] - h->value_len[h->n]);
	}
}

/* 4.4; the field lies outside of the table. */
static void insert(struct ward_hpack *h, const struct ward_hpack_field *f)
{
	size_t len = f->name.len + f->value.len, held;
	size_t max = h->max < WARD_HPACK_TABLE ? h->max : WARD_HPACK_TABLE;

	if (len + ENTRY_BYTES > max) {
		evict(h, 0);
		h->lost |= len + ENTRY_BYTES <= h->max;
		return;
	}
	evict(h, max - len - ENTRY_BYTES);
	held = h->bytes - (size_t)h->n * ENTRY_BYTES;
	memmove(h->text + len, h->text, held);
	if (f->name.len)
		memcpy(h->text, f->name.p, f->name.len);
	if (f->value.len)
		memcpy(h->text + f->name.len, f->value.p, f->value.len);
	memmove(h->name_len + 1, h->name_len, h->n * sizeof(h->name_len[0]));
	memmove(h->value_len + 1, h->value_len, h->n * sizeof(h->value_len[0]));
	h->name_len[0] = (uint16_t)f->name.len;
	h->value_len[0] = (uint16_t)f->value.len;
	h->n++;
	h->bytes = (uint16_t)(h->bytes + len + ENTRY_BYTES);
}

/* 6.2; a name out of the dynamic table is copied, for its entry may go or move. */
static void literal(struct ward_hpack *h, struct ward_rd *r, struct ward_wr *w, uint32_t name,
	struct ward_hpack_field *ret)
{
	if (!name)
		ret->name = string(r, w);
	else if (!lookup(h, name, ret))
		r->bad = true;
	if (!r->bad && name > WARD_HPACK_STATIC) {
		size_t at = w->len;

		ward_wr_str(w, ret->name);
		ret->name = (struct ward_str){(const char *)w->p + at, w->len - at};
	}
	ret->value = string(r, w);
	r->bad |= ward_wr_bad(w);
}

bool ward_hpack_next(
	struct ward_hpack *h, struct ward_rd *r, struct ward_wr *w, struct ward_hpack_field *ret)
{
	while (ward_rd_left(r)) {
		uint8_t first = ward_rd_u8(r);

		if (first & 0x80) { /* 6.1 */
			if (!lookup(h, integer(r, first, 7), ret))
				r->bad = true;
			return !r->bad;
		}
		if ((first & 0xe0) == 0x20) { /* 6.3 */
			uint32_t max = integer(r, first, 5);

			r->bad |= max > WARD_HPACK_MAX;
			if (r->bad)
				return false;
			h->max = max;
			evict(h, h->max);
			continue;
		}
		bool indexed = first & 0x40;

		literal(h, r, w, integer(r, first, indexed ? 6 : 4), ret);
		if (!r->bad && indexed)
			insert(h, ret);
		return !r->bad;
	}
	return false;
}
