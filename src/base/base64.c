#include "base/base64.h"

static int sextet(uint8_t c)
{
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : c >= 'a' && c <= 'z' ? c - 'a' + 26
	       : c >= '0' && c <= '9' ? c - '0' + 52
	       : c == '+'             ? 62
	       : c == '/'             ? 63
				      : -1;
}

/* What there is of four letters: n of them are n - 1 bytes. */
size_t ward_base64_end(struct ward_base64 *b, uint8_t *out)
{
	size_t n = b->n ? (size_t)b->n - 1U : 0;

	b->damaged |= b->n == 1;
	b->bits <<= 6 * (4 - b->n);
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(b->bits >> (16 - 8 * i));
	b->n = 0;
	b->bits = 0;
	return n;
}

size_t ward_base64_put(struct ward_base64 *b, uint8_t c, uint8_t *out)
{
	int v = sextet(c);

	if (c == '=')
		return ward_base64_end(b, out);
	if (v < 0)
		return 0;
	b->bits = b->bits << 6 | (uint32_t)v;
	return ++b->n == 4 ? ward_base64_end(b, out) : 0;
}
