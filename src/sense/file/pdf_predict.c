/* Predictors of PDF's filters (ISO 32000-1 7.4.4.4): what PNG (ISO/IEC 15948 9) and TIFF 6.0
 * (section 14) do to rows of pixels before they are packed. Any bytes may stand in such rows. */
#include "sense/file/pdf.h"

#include <stdlib.h>

enum { TIFF = 2, PNG_FIRST = 10, PNG_TAGS = 5, COLUMNS_MOST = 1 << 28, COLORS_MOST = 256 };

struct row {
	size_t len;     /* bytes */
	size_t samples; /* in them */
	unsigned colors, bits;
};

static struct row row_of(const struct ward_pdf_filter *f)
{
	struct row r = {.colors = f->colors ? f->colors : 1, .bits = f->bits ? f->bits : 8};
	size_t columns = f->columns ? f->columns : 1;

	if (r.colors > COLORS_MOST || columns > COLUMNS_MOST || r.bits > 16 ||
		(r.bits & (r.bits - 1)) != 0)
		return (struct row){.len = 0};
	r.samples = columns * r.colors;
	r.len = (r.samples * r.bits + 7) / 8;
	return r;
}

static uint8_t nearest(int left, int up, int corner)
{
	int v = left + up - corner, a = abs(v - left), b = abs(v - up), c = abs(v - corner);

	return (uint8_t)(a <= b && a <= c ? left : b <= c ? up : corner);
}

/* Rows move towards the begin, as each loses its first byte, which says how it was made. */
static size_t png(const struct row *r, uint8_t *p, size_t len)
{
	size_t out = 0, pixel = ((size_t)r->colors * r->bits + 7) / 8;

	for (size_t i = 0; i < len;) {
		uint8_t tag = p[i++];
		size_t n = r->len < len - i ? r->len : len - i;

		for (size_t k = 0; k < n; k++) {
			uint8_t left = k >= pixel ? p[out + k - pixel] : 0,
				up = out ? p[out + k - r->len] : 0,
				corner = out && k >= pixel ? p[out + k - pixel - r->len] : 0,
				add[PNG_TAGS] = {0, left, up, (uint8_t)((left + up) / 2),
					nearest(left, up, corner)};

			p[out + k] = (uint8_t)(p[i + k] + (tag < PNG_TAGS ? add[tag] : 0));
		}
		i += n;
		out += n;
	}
	return out;
}

static unsigned sample(const uint8_t *p, size_t i, unsigned bits)
{
	if (bits == 16)
		return p[2 * i] * 256U + p[2 * i + 1];
	return p[i * bits / 8] >> (8 - bits - i * bits % 8) & ((1U << bits) - 1);
}

static void put_sample(uint8_t *p, size_t i, unsigned bits, unsigned v)
{
	if (bits == 16) {
		p[2 * i] = (uint8_t)(v >> 8);
		p[2 * i + 1] = (uint8_t)v;
		return;
	}
	unsigned shift = 8 - bits - (unsigned)(i * bits % 8), mask = (1U << bits) - 1;
	uint8_t *to = &p[i * bits / 8];

	*to = (uint8_t)((*to & ~(mask << shift)) | (v & mask) << shift);
}

static void tiff(const struct row *r, uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i += r->len) {
		size_t n = r->len < len - i ? r->len : len - i, samples = n * 8 / r->bits;

		samples = samples < r->samples ? samples : r->samples;
		for (size_t k = r->colors; k < samples; k++)
			put_sample(p + i, k, r->bits,
				sample(p + i, k, r->bits) + sample(p + i, k - r->colors, r->bits));
	}
}

size_t ward_pdf_predict(const struct ward_pdf_filter *f, uint8_t *p, size_t len, bool *odd_row)
{
	struct row r = row_of(f);

	if (r.len && len && f->predictor >= PNG_FIRST) {
		bool odd = p[0] >= PNG_TAGS;

		*odd_row |= odd;
		return odd && !f->any_row ? len : png(&r, p, len);
	}
	if (r.len && f->predictor == TIFF)
		tiff(&r, p, len);
	return len;
}
