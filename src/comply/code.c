#include "comply/code.h"

#include "base/id.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { CHARS = 32, SIZE_BYTES = 5, ROOT_AT = SIZE_BYTES, MIXED = 17 };

/* The last 20 bits, of all before. */
static void put_check(uint8_t b[WARD_CODE_BYTES])
{
	uint8_t buf[64], sum[32];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_z(&w, "ward head code v1");
	ward_wr_bytes(&w, b, MIXED);
	ward_wr_u8(&w, b[MIXED] & 0xf0);
	ward_sha256(ward_wr_slice(&w), sum);
	b[MIXED] = (uint8_t)((b[MIXED] & 0xf0) | (sum[0] & 0x0f));
	b[MIXED + 1] = sum[1];
	b[MIXED + 2] = sum[2];
}

enum ward_err ward_code_of(const struct ward_tree_head *h, struct ward_code *ret)
{
	struct ward_code c = {.n = h->n};

	if (h->n >> (8 * SIZE_BYTES))
		return WARD_ERR_LIMIT;
	for (size_t i = 0; i < SIZE_BYTES; i++)
		c.b[i] = (uint8_t)(h->n >> (8 * (SIZE_BYTES - 1 - i)));
	memcpy(c.b + ROOT_AT, h->root.b, MIXED - ROOT_AT);
	c.b[MIXED] = h->root.b[MIXED - ROOT_AT] & 0xf0;
	put_check(c.b);
	*ret = c;
	return WARD_OK;
}

void ward_code_text(const struct ward_code *c, char ret[WARD_CODE_TEXT])
{
	size_t at = 0;

	for (size_t i = 0; i < CHARS; i++) {
		size_t bit = 5 * i, byte = bit / 8, off = bit % 8;
		unsigned two = (unsigned)c->b[byte] << 8 |
			       (byte + 1 < WARD_CODE_BYTES ? c->b[byte + 1] : 0u);

		if (i && i % 4 == 0)
			ret[at++] = '-';
		ret[at++] = alphabet[two >> (11 - off) & 31];
	}
	ret[at] = 0;
}

static int value_of(char ch)
{
	char c = (char)(ch >= 'a' && ch <= 'z' ? ch - 'a' + 'A' : ch);

	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

enum ward_err ward_code_read(struct ward_str text, struct ward_code *ret)
{
	struct ward_code c = {.n = 0};
	uint8_t want[WARD_CODE_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '-' || text.p[i] == ' ')
			continue;
		int v = value_of(text.p[i]);

		if (v < 0 || n == CHARS)
			return WARD_ERR_MALFORMED;
		for (size_t k = 0; k < 5; k++)
			if (v >> (4 - k) & 1)
				c.b[(5 * n + k) / 8] |= (uint8_t)(0x80 >> (5 * n + k) % 8);
		n++;
	}
	if (n != CHARS)
		return WARD_ERR_MALFORMED;
	memcpy(want, c.b, sizeof(want));
	put_check(want);
	if (memcmp(want, c.b, sizeof(want)) != 0)
		return WARD_ERR_CORRUPT;
	for (size_t i = 0; i < SIZE_BYTES; i++)
		c.n = c.n << 8 | c.b[i];
	*ret = c;
	return WARD_OK;
}

bool ward_code_fits(const struct ward_code *c, uint64_t n, const struct ward_hash *root)
{
	struct ward_code own;

	return ward_code_of(&(struct ward_tree_head){.n = n, .root = *root}, &own) == WARD_OK &&
	       memcmp(own.b, c->b, sizeof(own.b)) == 0;
}
