#include "sense/video/photo.h"

#include "sense/video/veil.h"

#include <stdio.h>
#include <stdlib.h>

/* ITU-T T.81 table B.1 */
enum {
	SOF0 = 0xC0, /* baseline */
	SOF2 = 0xC2, /* progressive; SOF1 between them is extended sequential */
	DHT = 0xC4,
	JPG = 0xC8,
	DAC = 0xCC,
	SOF15 = 0xCF,
	RST0 = 0xD0,
	RST7 = 0xD7,
	SOI = 0xD8,
	EOI = 0xD9,
	SOS = 0xDA,
	DQT = 0xDB,
	DRI = 0xDD,
	APP1 = 0xE1,
	APP14 = 0xEE, /* Adobe's: how colours are coded */
	TEM = 0x01,
};

enum {
	ORIENTATION = 0x0112, /* EXIF 2.32, 4.6.4 A; a SHORT */
	TIFF_SHORT = 3,
	TIFF_ENTRIES = 256,
	ADOBE_BYTES = 12,
	PNG_CHUNK_MAX = INT32_MAX, /* PNG 1.2, 3.2 */
};

struct strip {
	struct ward_rd r;
	struct ward_wr *w;
	struct ward_photo_coded c;
	uint64_t pixels_max;
	unsigned n_scan;
	char *why;
};

static enum ward_err refuse(struct strip *s, enum ward_err err, const char *why)
{
	(void)snprintf(s->why, WARD_PHOTO_WHY, "%s", why);
	return err;
}

static enum ward_err cut_short(struct strip *s)
{
	return refuse(s, WARD_ERR_MALFORMED,
		"the photo ends before its picture does: it was not copied as a whole; take the "
		"file anew");
}

static enum ward_err take_size(struct strip *s, unsigned w, unsigned h)
{
	if (s->c.w)
		return refuse(s, WARD_ERR_MALFORMED, "the photo says twice how large it is");
	if (w && h && (uint64_t)w * h > s->pixels_max) {
		(void)snprintf(s->why, WARD_PHOTO_WHY,
			"the photo has %u by %u pixels, more than photo.pixels (%llu); make it "
			"smaller, or raise that in limits.yml",
			w, h, (unsigned long long)s->pixels_max);
		return WARD_ERR_LIMIT;
	}
	if (!ward_image_shape(w, h) || !ward_image_shape(h, w))
		return refuse(s, WARD_ERR_MALFORMED,
			"the photo is no picture but a strip, or has less than 16 pixels");
	s->c.w = w;
	s->c.h = h;
	return WARD_OK;
}

/* ---- JPEG ---- */

/* TIFF's first directory, of which one entry matters: how the camera was held. What is no such
 * thing says nothing. */
static void read_orientation(struct strip *s, struct ward_rd exif)
{
	struct ward_slice all;
	struct ward_rd r;
	bool big;

	ward_rd_skip(&exif, 6); /* "Exif\0\0" */
	all = ward_rd_rest(&exif);
	r = ward_rd_slice(all);
	big = ward_rd_be16(&r) == 0x4D4D; /* "MM", else "II" */
	ward_rd_skip(&r, 2);
	uint32_t off = big ? ward_rd_be32(&r) : ward_rd_le32(&r);

	r = ward_rd_slice(all);
	ward_rd_skip(&r, off);
	unsigned n = big ? ward_rd_be16(&r) : ward_rd_le16(&r);

	for (unsigned i = 0; i < n && i < TIFF_ENTRIES && !ward_rd_bad(&r); i++) {
		struct ward_rd e = ward_rd_sub(&r, 12);
		unsigned tag = big ? ward_rd_be16(&e) : ward_rd_le16(&e);
		unsigned type = big ? ward_rd_be16(&e) : ward_rd_le16(&e);

		ward_rd_skip(&e, 4);
		unsigned v = big ? ward_rd_be16(&e) : ward_rd_le16(&e);

		if (!ward_rd_bad(&e) && tag == ORIENTATION && type == TIFF_SHORT && v >= 1 &&
			v <= 8)
			s->c.turned = v;
	}
}

static void copy_segment(struct strip *s, uint8_t marker, struct ward_slice body)
{
	ward_wr_u8(s->w, 0xFF);
	ward_wr_u8(s->w, marker);
	ward_wr_be16(s->w, (uint16_t)(body.len + 2));
	ward_wr_bytes(s->w, body.p, body.len);
}

/* The coded samples up to the next marker that is no part of them. */
static enum ward_err copy_scan(struct strip *s)
{
	struct ward_rd from = s->r;
	size_t n = 0;

	for (;;) {
		uint8_t b = ward_rd_u8(&s->r), next = ward_rd_peek(&s->r);

		if (ward_rd_bad(&s->r) || (b == 0xFF && !ward_rd_left(&s->r)))
			return cut_short(s);
		if (b == 0xFF && next && (next < RST0 || next > RST7))
			break;
		n++;
	}
	struct ward_slice samples = ward_rd_bytes(&from, n);

	ward_wr_bytes(s->w, samples.p, samples.len);
	s->r = from;
	return WARD_OK;
}

static enum ward_err read_frame(struct strip *s, uint8_t marker, struct ward_slice body)
{
	struct ward_rd r = ward_rd_slice(body);
	unsigned bits = ward_rd_u8(&r), h = ward_rd_be16(&r), w = ward_rd_be16(&r);

	if (ward_rd_bad(&r))
		return cut_short(s);
	if (marker > SOF2 || bits != 8)
		return refuse(s, WARD_ERR_UNSUPPORTED,
			"the photo is a JPEG of a rare kind (lossless, arithmetic or of 12 bits); "
			"save it as a usual one");
	return take_size(s, w, h);
}

/* One segment with a body. *ret_scan: samples come behind it. */
static enum ward_err read_segment(struct strip *s, uint8_t marker, bool *ret_scan)
{
	unsigned len = ward_rd_be16(&s->r);
	struct ward_rd sub = len >= 2 ? ward_rd_sub(&s->r, len - 2u) : s->r;
	struct ward_slice body = len >= 2 ? ward_rd_rest(&sub) : (struct ward_slice){NULL, 0};
	bool frame = marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG &&
		     marker != DAC;

	if (len < 2 || ward_rd_bad(&s->r))
		return cut_short(s);
	if (marker == APP1 && body.len > 6 && memcmp(body.p, "Exif\0\0", 6) == 0)
		read_orientation(s, ward_rd_slice(body));
	if (frame) {
		enum ward_err err = read_frame(s, marker, body);

		if (err)
			return err;
	}
	if (marker == SOS && (!s->c.w || ++s->n_scan > WARD_PHOTO_SCANS))
		return refuse(s, s->c.w ? WARD_ERR_LIMIT : WARD_ERR_MALFORMED,
			s->c.w ? "the photo comes in too many parts; save it as a usual JPEG"
			       : "the photo does not say how large it is");
	if (frame || marker == DHT || marker == DQT || marker == DRI || marker == SOS ||
		(marker == APP14 && body.len >= ADOBE_BYTES && memcmp(body.p, "Adobe", 5) == 0))
		copy_segment(
			s, marker, marker == APP14 ? ward_slice_of(body.p, ADOBE_BYTES) : body);
	*ret_scan = marker == SOS;
	return WARD_OK;
}

static enum ward_err strip_jpeg(struct strip *s)
{
	ward_rd_skip(&s->r, 2);
	ward_wr_bytes(s->w, "\xFF\xD8", 2);
	for (;;) {
		uint8_t ff = ward_rd_u8(&s->r), marker = 0xFF;
		bool scan = false;
		enum ward_err err;

		while (marker == 0xFF && !ward_rd_bad(&s->r))
			marker = ward_rd_u8(&s->r);
		if (ward_rd_bad(&s->r))
			return cut_short(s);
		if (ff != 0xFF || marker <= TEM || (marker >= RST0 && marker <= SOI))
			return refuse(s, WARD_ERR_MALFORMED, "the photo is a JPEG that is damaged");
		if (marker == EOI)
			break;
		err = read_segment(s, marker, &scan);
		if (!err && scan)
			err = copy_scan(s);
		if (err)
			return err;
	}
	ward_wr_bytes(s->w, "\xFF\xD9", 2);
	return s->n_scan ? WARD_OK
			 : refuse(s, WARD_ERR_MALFORMED, "there is no picture in the photo");
}

/* ---- PNG ---- */

static const uint8_t png_head[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

static enum ward_err strip_png(struct strip *s)
{
	static const char *const keep[] = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};
	bool over = false;

	s->c.png = true;
	ward_rd_skip(&s->r, sizeof(png_head));
	ward_wr_bytes(s->w, png_head, sizeof(png_head));
	for (bool first = true; !over; first = false) {
		struct ward_rd chunk = s->r;
		uint32_t len = ward_rd_be32(&s->r);
		struct ward_slice type = ward_rd_bytes(&s->r, 4);
		struct ward_rd body = ward_rd_sub(&s->r, len <= PNG_CHUNK_MAX ? len : SIZE_MAX);
		enum ward_err err = WARD_OK;
		size_t k = 0;

		ward_rd_skip(&s->r, 4); /* its sum, which the decoder checks */
		if (ward_rd_bad(&s->r))
			return cut_short(s);
		while (k < WARD_ARRAY_LEN(keep) && memcmp(type.p, keep[k], 4) != 0)
			k++;
		if (first != (k == 0) || (k == 0 && len != 13))
			return refuse(s, WARD_ERR_MALFORMED, "the photo is a PNG that is damaged");
		if (k == 0) {
			unsigned w = ward_rd_be32(&body), h = ward_rd_be32(&body);

			err = take_size(s, w, h);
		}
		if (err)
			return err;
		struct ward_slice whole = ward_rd_bytes(&chunk, (size_t)len + 12);

		if (k < WARD_ARRAY_LEN(keep))
			ward_wr_bytes(s->w, whole.p, whole.len);
		over = k + 1 == WARD_ARRAY_LEN(keep);
	}
	return WARD_OK;
}

/* ---- both ---- */

/* ISO/IEC 14496-12's first box, with a brand of ISO/IEC 23008-12 or AV1's. */
static bool is_heif(struct ward_slice file)
{
	static const char *const brand[] = {
		"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif", "avis"};

	if (file.len < 12 || memcmp(file.p + 4, "ftyp", 4) != 0)
		return false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(brand); i++)
		if (memcmp(file.p + 8, brand[i], 4) == 0)
			return true;
	return false;
}

enum ward_err ward_photo_strip(struct ward_slice file, const struct ward_limits *lim,
	struct ward_wr *w, struct ward_photo_coded *ret, char why[WARD_PHOTO_WHY])
{
	struct strip s = {.r = ward_rd_slice(file),
		.w = w,
		.c = {.turned = 1},
		.pixels_max = ward_limit(lim, WARD_LIMIT_PHOTO_PIXELS),
		.why = why};
	enum ward_err err;

	why[0] = 0;
	if (is_heif(file))
		return refuse(&s, WARD_ERR_UNSUPPORTED,
			"the photo is HEIC or AVIF; let the phone take JPEG (iPhone: Settings, "
			"Camera, "
			"Formats, Most Compatible), or save it as JPEG");
	if (file.len > 2 && memcmp(file.p, "\xFF\xD8\xFF", 3) == 0)
		err = strip_jpeg(&s);
	else if (file.len >= sizeof(png_head) && memcmp(file.p, png_head, sizeof(png_head)) == 0)
		err = strip_png(&s);
	else
		return refuse(&s, WARD_ERR_FOREIGN, "that is no JPEG and no PNG; save it as JPEG");
	if (!err && ward_wr_bad(w))
		err = refuse(&s, WARD_ERR_NOMEM, ward_err_text(WARD_ERR_NOMEM));
	if (!err)
		*ret = s.c;
	return err;
}

bool ward_photo_box_ok(const struct ward_photo_box *b)
{
	return b->x >= 0 && b->y >= 0 && b->w > 0 && b->h > 0 && b->x + b->w <= 1.0001F &&
	       b->y + b->h <= 1.0001F;
}

bool ward_photo_box_parse(struct ward_str s, struct ward_photo_box *ret)
{
	struct ward_photo_box b = {0, 0, 0, 0};
	float *const to[] = {&b.x, &b.y, &b.w, &b.h};

	for (size_t i = 0; i < WARD_ARRAY_LEN(to); i++) {
		struct ward_str word = ward_str_cut(&s, ',');
		char text[16], *end;

		if (!word.len || word.len >= sizeof(text))
			return false;
		for (size_t k = 0; k < word.len; k++)
			if ((word.p[k] < '0' || word.p[k] > '9') && word.p[k] != '.')
				return false;
		memcpy(text, word.p, word.len);
		text[word.len] = 0;
		*to[i] = strtof(text, &end);
		if (*end)
			return false;
	}
	if (s.len || !ward_photo_box_ok(&b))
		return false;
	*ret = b;
	return true;
}

enum ward_err ward_photo_veil(const struct ward_photo_box *box, size_t n, struct ward_veil *ret)
{
	struct ward_veil v;
	unsigned shown = 0;

	memset(v.row, 0xFF, sizeof(v.row));
	for (unsigned y = 0; y < WARD_VEIL_ROWS; y++)
		for (unsigned x = 0; x < WARD_VEIL_COLUMNS; x++)
			for (size_t i = 0; i < n; i++) {
				const float slack = 0.0001F, x0 = (float)x / WARD_VEIL_COLUMNS,
					    y0 = (float)y / WARD_VEIL_ROWS;

				if (x0 + slack < box[i].x || y0 + slack < box[i].y ||
					x0 + 1.0F / WARD_VEIL_COLUMNS >
						box[i].x + box[i].w + slack ||
					y0 + 1.0F / WARD_VEIL_ROWS > box[i].y + box[i].h + slack)
					continue;
				shown += v.row[y] >> x & 1;
				v.row[y] &= ~(1ULL << x);
			}
	if (shown > WARD_VEIL_COLUMNS * WARD_VEIL_ROWS / 2)
		return WARD_ERR_LIMIT;
	*ret = v;
	return WARD_OK;
}
