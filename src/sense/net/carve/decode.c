#include "sense/net/carve/decode.h"

#include <stdalign.h>

#define ZLIB_CONST
#include <zlib.h>

enum {
	FRONT = 2,             /* bytes that tell whether and how it is encoded */
	RATIO_FROM = 16 << 20, /* smaller content is no danger, however small it came */
	WINDOW = 15,           /* zlib: 32 KiB */
	GZIP = 16,             /* zlib: its header and check only */
};

struct ward_decoder {
	z_stream z;
	uint64_t in, out;
	struct ward_decode_max max;
	enum ward_coding coding;
	bool full;    /* there may be more content without more bytes */
	bool between; /* a member has ended, and no other has begun */
	uint8_t n_front, front[FRONT];
	size_t taken; /* of room */
	alignas(max_align_t) uint8_t room[];
};

_Static_assert(sizeof(struct ward_decoder) + 7200 + 32768 + 8192 < WARD_DECODER_BYTES,
	"zlib's state, its window, and what other versions add to them");

enum ward_coding ward_coding_of(struct ward_str field)
{
	struct ward_str s = ward_str_trim(field);

	if (ward_str_ieq(s, WARD_STR("gzip")) || ward_str_ieq(s, WARD_STR("x-gzip")))
		return WARD_CODING_GZIP;
	return ward_str_ieq(s, WARD_STR("deflate")) ? WARD_CODING_DEFLATE : WARD_CODING_NONE;
}

/* zlib's memory: never given back one by one, all of it anew with each begin. */
static void *take(void *ctx, unsigned n, unsigned size)
{
	struct ward_decoder *d = ctx;
	size_t len, most = WARD_DECODER_BYTES - offsetof(struct ward_decoder, room) - d->taken;

	if (!ward_mul((size_t)n, (size_t)size, &len) || len > most - most % 16)
		return NULL;
	void *p = d->room + d->taken;

	d->taken += (len + 15) / 16 * 16;
	return p;
}

static void give_back(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

struct ward_decoder *ward_decoder_begin(
	void *room, enum ward_coding coding, struct ward_decode_max max)
{
	struct ward_decoder *d = room;

	WARD_ASSERT(coding != WARD_CODING_NONE);
	memset(d, 0, sizeof(*d));
	d->z.zalloc = take;
	d->z.zfree = give_back;
	d->z.opaque = d;
	d->coding = coding;
	d->max = max;
	return d;
}

/* How zlib is to read what begins so; 0: it is not encoded. */
static int bits_of(const struct ward_decoder *d)
{
	const uint8_t *p = d->front;

	bool gzip = d->coding == WARD_CODING_GZIP;

	if (gzip && p[0] == 0x1f && p[1] == 0x8b)
		return WINDOW + GZIP;
	/* RFC 1950 2.2, which clients take for gzip too; else RFC 1951, of whose block types one is
	 * reserved. */
	if ((p[0] & 0x0f) == Z_DEFLATED && (p[0] * 256 + p[1]) % 31 == 0 && !(p[1] & 0x20))
		return WINDOW;
	return !gzip && (p[0] >> 1 & 3) != 3 ? -WINDOW : 0;
}

/* More for zlib, which what it gives says. */
static enum ward_decoded inflate_some(
	struct ward_decoder *d, struct ward_slice *in, uint8_t *out, size_t cap, size_t *ret_n)
{
	d->z.next_in = in->p;
	d->z.avail_in = in->len < UINT32_MAX ? (uInt)in->len : UINT32_MAX;
	d->z.next_out = out;
	d->z.avail_out = (uInt)cap;
	int z = inflate(&d->z, Z_NO_FLUSH);
	size_t used = (size_t)(d->z.next_in - in->p);

	*in = ward_slice_of(in->p + used, in->len - used);
	*ret_n = cap - d->z.avail_out;
	d->in += used;
	d->out += *ret_n;
	d->full = !d->z.avail_out;
	if (d->out > d->max.size || (d->out > RATIO_FROM && d->out / d->max.ratio > d->in))
		return WARD_DECODED_LARGE;
	d->between = z == Z_STREAM_END;
	if (d->between)
		return d->coding == WARD_CODING_GZIP ? WARD_DECODED_SOME : WARD_DECODED_END;
	if (z != Z_OK && z != Z_BUF_ERROR)
		return WARD_DECODED_DAMAGED;
	return in->len || d->full ? WARD_DECODED_SOME : WARD_DECODED_MORE;
}

/* The first bytes are kept until there are enough of them. */
static enum ward_decoded begin(
	struct ward_decoder *d, struct ward_slice *in, uint8_t *out, size_t cap, size_t *ret_n)
{
	struct ward_slice front = ward_slice_of(d->front, FRONT);

	while (d->n_front < FRONT && in->len) {
		d->front[d->n_front++] = in->p[0];
		*in = ward_slice_of(in->p + 1, in->len - 1);
	}
	if (d->n_front < FRONT)
		return WARD_DECODED_MORE;
	int bits = bits_of(d);

	if (!bits) {
		WARD_ASSERT(cap >= FRONT);
		memcpy(out, d->front, FRONT);
		*ret_n = FRONT;
		return WARD_DECODED_PLAIN;
	}
	if (bits == WINDOW)
		d->coding = WARD_CODING_DEFLATE; /* one stream, and no members */
	if (inflateInit2(&d->z, bits) != Z_OK)
		return WARD_DECODED_DAMAGED;
	enum ward_decoded v = inflate_some(d, &front, out, cap, ret_n);

	return v == WARD_DECODED_MORE && in->len ? WARD_DECODED_SOME : v;
}

enum ward_decoded ward_decoder_some(
	struct ward_decoder *d, struct ward_slice *in, uint8_t *out, size_t cap, size_t *ret_n)
{
	*ret_n = 0;
	if (!d->z.state)
		return begin(d, in, out, cap, ret_n);
	if (!in->len && (!d->full || d->between))
		return WARD_DECODED_MORE;
	/* RFC 1952 2.2: members one behind the other are one content. */
	if (d->between && (in->p[0] != 0x1f || inflateReset(&d->z) != Z_OK))
		return WARD_DECODED_END;
	return inflate_some(d, in, out, cap, ret_n);
}

bool ward_decoder_is_done(const struct ward_decoder *d)
{
	return d->between;
}

struct ward_slice ward_decoder_front(const struct ward_decoder *d)
{
	return ward_slice_of(d->front, d->z.state ? 0 : d->n_front);
}
