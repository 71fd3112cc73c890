/* Filters of PDF's streams (ISO 32000-1 7.4). Those of images give what is the image's own. */
#include "sense/file/pdf.h"

#include <zlib.h>

enum { LZW_CODES = 4096, LZW_CLEAR = 256, LZW_END = 257, LZW_FIRST = 258, CHUNK = 65536 };

static void from_hex(struct ward_slice in, struct ward_wr *w)
{
	char pair[2];
	size_t n = 0;
	uint8_t b;

	for (size_t i = 0; i < in.len && in.p[i] != '>'; i++) {
		pair[n] = (char)in.p[i];
		if (!ward_str_unhex((struct ward_str){(const char[]){'0', pair[n]}, 2}, &b, 1))
			continue;
		if (++n == 2 && ward_str_unhex((struct ward_str){pair, 2}, &b, 1)) {
			ward_wr_u8(w, b);
			n = 0;
		}
	}
	if (n == 1 && ward_str_unhex((struct ward_str){(const char[]){pair[0], '0'}, 2}, &b, 1))
		ward_wr_u8(w, b); /* as if a zero followed (7.4.2) */
}

/* ASCII85 (7.4.3). */
static void from_85(struct ward_slice in, struct ward_wr *w)
{
	uint64_t v = 0;
	unsigned n = 0;

	for (size_t i = 0; i < in.len && in.p[i] != '~'; i++) {
		uint8_t c = in.p[i];

		if (c == 'z' && n == 0) {
			ward_wr_be32(w, 0);
			continue;
		}
		if (c < '!' || c > 'u')
			continue;
		v = v * 85 + (uint64_t)(c - '!');
		if (++n == 5) {
			ward_wr_be32(w, (uint32_t)v);
			v = n = 0;
		}
	}
	if (n < 2)
		return;
	for (unsigned i = n; i < 5; i++)
		v = v * 85 + 84;
	for (unsigned i = 0; i + 1 < n; i++)
		ward_wr_u8(w, (uint8_t)(v >> (24 - 8 * i)));
}

struct lzw {
	uint16_t before[LZW_CODES]; /* a code is that of `before`, and one byte more */
	uint16_t length[LZW_CODES];
	uint8_t last[LZW_CODES], first[LZW_CODES];
	unsigned next, width;
};

static void lzw_clear(struct lzw *z)
{
	for (unsigned i = 0; i < LZW_CLEAR; i++) {
		z->last[i] = z->first[i] = (uint8_t)i;
		z->length[i] = 1;
	}
	z->next = LZW_FIRST;
	z->width = 9;
}

static void lzw_put(const struct lzw *z, unsigned code, struct ward_wr *w)
{
	size_t n = z->length[code];
	uint8_t *to = ward_wr_room(w, n);

	for (; to && n; n--) {
		to[n - 1] = z->last[code];
		code = z->before[code];
	}
}

static void lzw_add(struct lzw *z, unsigned before, uint8_t byte)
{
	if (z->next >= LZW_CODES)
		return;
	z->before[z->next] = (uint16_t)before;
	z->length[z->next] = (uint16_t)(z->length[before] + 1);
	z->first[z->next] = z->first[before];
	z->last[z->next++] = byte;
}

/* LZW (7.4.4), its codes a bit longer one code early, as nearly all writers have it, or not (early
 * is 0). */
static void from_lzw(struct ward_exam *x, const struct ward_piece *p, unsigned early,
	struct ward_slice in, struct ward_wr *w)
{
	struct lzw z = {.next = 0};
	unsigned n_bit = 0, before = LZW_CLEAR;
	size_t told = w->len;
	uint32_t bits = 0;

	lzw_clear(&z);
	for (size_t i = 0; i < in.len || n_bit >= z.width;) {
		if (n_bit < z.width) {
			bits = bits << 8 | in.p[i++];
			n_bit += 8;
			continue;
		}
		unsigned code = bits >> (n_bit -= z.width) & ((1u << z.width) - 1);

		if (code == LZW_END)
			break;
		if (code == LZW_CLEAR) {
			lzw_clear(&z);
		} else if (before == LZW_CLEAR) {
			if (code > LZW_CLEAR)
				break; /* damaged */
			lzw_put(&z, code, w);
		} else {
			if (code > z.next || (code == z.next && z.next >= LZW_CODES))
				break;
			lzw_add(&z, before, z.first[code < z.next ? code : before]);
			lzw_put(&z, code, w);
		}
		before = code;
		z.width = z.next + early >= 2048   ? 12
			  : z.next + early >= 1024 ? 11
			  : z.next + early >= 512  ? 10
						   : 9;
		if (w->len - told >= CHUNK) {
			if (!ward_exam_unpacked(x, p, w->len - told))
				return;
			told = w->len;
		}
	}
	(void)ward_exam_unpacked(x, p, w->len - told);
}

/* Run length (7.4.5): at most 64 times as long. */
static void from_runs(
	struct ward_exam *x, const struct ward_piece *p, struct ward_slice in, struct ward_wr *w)
{
	size_t most = ward_exam_left(x), before = w->len;

	for (size_t i = 0; i + 1 < in.len && in.p[i] != 128 && w->len - before < most;) {
		size_t n = in.p[i++];

		if (n > 128) {
			uint8_t *to = ward_wr_room(w, 257 - n);

			if (to)
				memset(to, in.p[i], 257 - n);
			i++;
			continue;
		}
		n = n + 1 < in.len - i ? n + 1 : in.len - i;
		ward_wr_bytes(w, in.p + i, n);
		i += n;
	}
	(void)ward_exam_unpacked(x, p, w->len - before);
}

/* Does its last block end (RFC 1951 3.2.3)? A checksum that is wrong or missing is no matter: no
 * reader minds. What comes out is at most `most` bytes. */
static bool has_last_block(struct ward_slice in, size_t most)
{
	uint8_t out[4096];
	size_t head = in.len < 2 ? in.len : 2;
	z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)(in.p + head),
		.avail_in = (uInt)(in.len - head < UINT32_MAX ? in.len - head : UINT32_MAX)};
	int rc = inflateInit2(&z, -15);

	for (size_t n = 0; rc == Z_OK && n <= most; n += sizeof(out)) {
		z.next_out = out;
		z.avail_out = sizeof(out);
		rc = inflate(&z, Z_NO_FLUSH);
	}
	(void)inflateEnd(&z);
	return rc == Z_STREAM_END;
}

/* What is no more than a head (RFC 1950 2.2) is empty, not cut off. */
static void from_flate(struct ward_exam *x, const struct ward_piece *p, struct ward_slice in,
	struct ward_wr *w, struct ward_pdf_ends *ends)
{
	size_t before = w->len;
	bool whole = ward_exam_inflate(x, p, in, 15, w) ||
		     (in.len && has_last_block(in, w->len - before));

	ends->whole |= whole;
	ends->cut |= !whole && in.len > 2 && !x->stop;
}

bool ward_pdf_unfilter(struct ward_exam *x, const struct ward_piece *p,
	const struct ward_pdf_filter *f, struct ward_slice in, struct ward_wr *w,
	struct ward_pdf_ends *ends)
{
	static const char *const names[][2] = {{"FlateDecode", "Fl"}, {"ASCIIHexDecode", "AHx"},
		{"ASCII85Decode", "A85"}, {"LZWDecode", "LZW"}, {"RunLengthDecode", "RL"},
		{"Crypt", "Crypt"}};
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(names) && strcmp(f->name, names[i][0]) != 0 &&
		strcmp(f->name, names[i][1]) != 0)
		i++;
	switch (i) {
	case 0:
		from_flate(x, p, in, w, ends);
		w->len = ward_pdf_predict(f, w->p, w->len, &ends->odd_row);
		return true;
	case 1:
		from_hex(in, w);
		return true;
	case 2:
		from_85(in, w);
		return true;
	case 3:
		from_lzw(x, p, f->late ? 0 : 1, in, w);
		w->len = ward_pdf_predict(f, w->p, w->len, &ends->odd_row);
		return true;
	case 4:
		from_runs(x, p, in, w);
		return true;
	case 5: /* which cipher it names does not matter: each was tried, and none (7.4.10) */
		ward_wr_bytes(w, in.p, in.len);
		return true;
	default:
		return false;
	}
}
