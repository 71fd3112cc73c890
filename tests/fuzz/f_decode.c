/* Bodies in gzip or deflate from anywhere: in any pieces and with any room they decode alike, and
 * what zlib takes as a whole is what comes out. */
#include "fuzz.h"

#include "sense/net/carve/decode.h"

#define ZLIB_CONST
#include <zlib.h>

enum { OUT = 1 << 18 };

struct out {
	uint8_t byte[OUT];
	size_t n;
	enum ward_decoded verdict;
	bool done;
};

static void decode(
	struct ward_slice in, enum ward_coding coding, size_t piece, size_t cap, struct out *o)
{
	static _Alignas(max_align_t) uint8_t room[WARD_DECODER_BYTES];
	struct ward_decoder *d =
		ward_decoder_begin(room, coding, (struct ward_decode_max){OUT / 2, 1000});
	enum ward_decoded v = WARD_DECODED_MORE;

	o->n = 0;
	for (size_t at = 0; at < in.len && v == WARD_DECODED_MORE; at += piece) {
		size_t len = in.len - at < piece ? in.len - at : piece;
		uint8_t *exact = fuzz_copy(in.p + at, len);
		struct ward_slice s = ward_slice_of(exact, len);

		do {
			size_t n, left = s.len;

			v = ward_decoder_some(d, &s, o->byte + o->n, cap, &n);
			WARD_ASSERT(n <= cap && (n || s.len < left || v != WARD_DECODED_SOME));
			o->n += n;
		} while (v == WARD_DECODED_SOME);
		free(exact);
	}
	o->verdict = v;
	o->done = ward_decoder_is_done(d);
}

static bool zlib_takes(struct ward_slice in, uint8_t *out, size_t *ret_n)
{
	z_stream z = {.next_in = in.p, .avail_in = (uInt)in.len, .next_out = out, .avail_out = OUT};
	bool good = inflateInit2(&z, 15 + 16) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END;

	*ret_n = z.total_out;
	good = good && z.avail_in == 0;
	(void)inflateEnd(&z);
	return good;
}

/* data: coding, piece, room, then the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct out a, b;
	static uint8_t whole[OUT];
	size_t n;

	if (len < 3)
		return 0;
	enum ward_coding coding = data[0] & 1 ? WARD_CODING_GZIP : WARD_CODING_DEFLATE;
	struct ward_slice in = ward_slice_of(data + 3, len - 3);

	decode(in, coding, (size_t)data[1] + 1, (size_t)data[2] + 2, &a);
	decode(in, coding, in.len + 1, 4096, &b);
	if (a.verdict != WARD_DECODED_LARGE && b.verdict != WARD_DECODED_LARGE &&
		a.verdict != WARD_DECODED_PLAIN) {
		WARD_ASSERT(a.n == b.n && a.verdict == b.verdict && a.done == b.done);
		WARD_ASSERT(memcmp(a.byte, b.byte, a.n) == 0);
	}
	if (coding == WARD_CODING_GZIP && zlib_takes(in, whole, &n) && n <= OUT / 2)
		WARD_ASSERT(b.done && b.n == n && memcmp(b.byte, whole, n) == 0);
	return 0;
}
