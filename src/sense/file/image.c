/* Images: what lies behind their end, which viewers never look at. */
#include "sense/file/exam.h"

#include <stdlib.h>

enum { TAIL_LEAST = 16 };

/* PNG (ISO/IEC 15948) 11.2.5: behind IEND nothing follows. */
static size_t png_end(struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);

	ward_rd_skip(&r, 8);
	while (ward_rd_left(&r) >= 12) {
		uint32_t len = ward_rd_be32(&r), type = ward_rd_be32(&r);

		ward_rd_skip(&r, (size_t)len + 4);
		if (type == 0x49454e44) /* IEND */
			return ward_rd_bad(&r) ? s.len : r.off;
	}
	return s.len;
}

/* GIF89a: blocks up to the trailer. */
static size_t gif_end(struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);

	ward_rd_skip(&r, 10);
	uint8_t flags = ward_rd_u8(&r);

	ward_rd_skip(&r, 2 + (flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0));
	while (ward_rd_left(&r)) {
		uint8_t block = ward_rd_u8(&r), n = 0;

		if (block == 0x3b)
			return r.off;
		if (block == 0x2c) {
			ward_rd_skip(&r, 8);
			flags = ward_rd_u8(&r);
			ward_rd_skip(&r, (flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0) + 1);
		} else if (block == 0x21) {
			ward_rd_skip(&r, 1);
		} else {
			return s.len;
		}
		while ((n = ward_rd_u8(&r)) != 0)
			ward_rd_skip(&r, n);
	}
	return s.len;
}

/* JPEG (ITU-T T.81) B.1.1: segments by their lengths, coded data up to the next marker. */
static size_t jpeg_end(struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);

	ward_rd_skip(&r, 2);
	while (ward_rd_left(&r) >= 2) {
		const uint8_t *at = memchr(r.p + r.off, 0xff, ward_rd_left(&r) - 1);

		if (!at)
			return s.len;
		ward_rd_skip(&r, (size_t)(at - (r.p + r.off)) + 1);
		uint8_t marker = ward_rd_u8(&r);

		if (marker == 0xd9)
			return r.off;
		if (marker == 0xff)
			r.off--; /* fill */
		else if (marker >= 0xc0 && !(marker >= 0xd0 && marker <= 0xd8)) {
			uint16_t len = ward_rd_be16(&r); /* with its own two bytes */

			ward_rd_skip(&r, len < 2 ? 0 : len - 2u);
		}
	}
	return s.len;
}

static size_t end_of(const struct ward_piece *p)
{
	return p->kind == WARD_KIND_PNG   ? png_end(p->bytes)
	       : p->kind == WARD_KIND_GIF ? gif_end(p->bytes)
					  : jpeg_end(p->bytes);
}

static void close_image(void *it)
{
	free(it);
}

/* It counts what was given. */
static void *open_image(struct ward_exam *x, const struct ward_piece *p)
{
	(void)x;
	(void)p;
	return calloc(1, sizeof(unsigned));
}

static bool next_image(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	unsigned *n = it;
	size_t end = *n ? p->bytes.len : end_of(p);

	++*n;
	if (end + TAIL_LEAST > p->bytes.len)
		return false;
	struct ward_slice tail = ward_slice_of(p->bytes.p + end, p->bytes.len - end);
	enum ward_kind k = ward_kind_of(tail, WARD_STR(""));

	if (k == WARD_KIND_DATA || k == WARD_KIND_TEXT || ward_kind_sort(k) == WARD_SORT_IMAGE)
		return false;
	if (ward_kind_sort(k) == WARD_SORT_ARCHIVE)
		ward_exam_say(x, p, WARD_SUSPECT_TWO_KINDS, ward_str_z(ward_kind_text(p->kind)),
			ward_str_z(ward_kind_text(k)));
	*ret = (struct ward_child){.name = WARD_STR("behind the image"), .bytes = tail, .kind = k};
	return true;
}

const struct ward_opener ward_open_image = {open_image, next_image, close_image};
