#include "sense/file/exam.h"

#include "base/base64.h"

#include <zlib.h>

enum { CHUNK = 65536 };

bool ward_exam_inflate(struct ward_exam *x, const struct ward_piece *p, struct ward_slice in,
	int bits, struct ward_wr *w)
{
	z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)in.p,
		.avail_in = (uInt)(in.len < UINT32_MAX ? in.len : UINT32_MAX)};
	int rc = inflateInit2(&z, bits);

	while (rc == Z_OK) {
		uint8_t *to = ward_wr_room(w, CHUNK);

		if (!to)
			break;
		z.next_out = to;
		z.avail_out = CHUNK;
		rc = inflate(&z, Z_NO_FLUSH);
		w->len -= z.avail_out;
		if (!ward_exam_unpacked(x, p, CHUNK - z.avail_out))
			break;
	}
	(void)inflateEnd(&z);
	return rc == Z_STREAM_END;
}

void ward_exam_base64(
	struct ward_exam *x, const struct ward_piece *p, struct ward_slice in, struct ward_wr *w)
{
	size_t most = ward_exam_left(x), before = w->len;
	struct ward_base64 b = {.n = 0};
	uint8_t out[3];

	for (size_t i = 0; i < in.len && w->len - before < most; i++)
		ward_wr_bytes(w, out, ward_base64_put(&b, in.p[i], out));
	ward_wr_bytes(w, out, ward_base64_end(&b, out));
	(void)ward_exam_unpacked(x, p, w->len - before);
}

size_t ward_exam_find(struct ward_slice s, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= s.len; i++) {
		size_t k = 0;

		while (k < len && (s.p[i + k] == (uint8_t)word[k] ||
					  (s.p[i + k] >= 'A' && s.p[i + k] <= 'Z' &&
						  s.p[i + k] + 32 == (uint8_t)word[k])))
			k++;
		if (k == len)
			return i;
	}
	return SIZE_MAX;
}

struct ward_slice ward_exam_fold(struct ward_exam *x, struct ward_slice s)
{
	ward_wr_reset(&x->folded);
	uint8_t *to = s.len ? ward_wr_room(&x->folded, s.len) : NULL;

	for (size_t i = 0; to && i < s.len; i++)
		to[i] = (uint8_t)(s.p[i] | (s.p[i] >= 'A' && s.p[i] <= 'Z' ? 0x20 : 0));
	return to ? ward_wr_slice(&x->folded) : ward_slice_of(NULL, 0);
}

size_t ward_exam_next(struct ward_slice s, size_t off, const void *what, size_t len)
{
	const uint8_t *at = off < s.len ? memmem(s.p + off, s.len - off, what, len) : NULL;

	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

static bool is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/';
}

/* A run that begins here has a letter at each of its places: they are tried from the last one on,
 * and behind the first that has none the next may begin. So most bytes of a text are passed over.
 */
bool ward_exam_letters(struct ward_slice s, size_t least, size_t *at, struct ward_slice *ret)
{
	size_t from = *at;

	while (s.len >= from && s.len - from >= least) {
		size_t n = least;

		while (n && is_letter(s.p[from + n - 1]))
			n--;
		if (n) {
			from += n;
			continue;
		}
		for (n = least; n < s.len - from && is_letter(s.p[from + n]);)
			n++;
		*ret = ward_slice_of(s.p + from, n);
		*at = from + n;
		return true;
	}
	*at = s.len;
	return false;
}
