#include "detect/fold.h"

/* Ranges of capitals. step 1: each of them, shift by delta. step 2: every second, from the first
 * on, its small letter follows it. */
static const struct fold_range {
	uint32_t lo, hi;
	uint32_t step;
	int32_t delta;
} ranges[] = {
	{0x41, 0x5a, 1, 32}, {0xb5, 0xb5, 1, 775}, /* micro sign to Greek mu */
	{0xc0, 0xd6, 1, 32}, {0xd8, 0xde, 1, 32}, {0x100, 0x12e, 2, 1}, {0x132, 0x136, 2, 1},
	{0x139, 0x147, 2, 1}, {0x14a, 0x176, 2, 1}, {0x178, 0x178, 1, -121}, {0x179, 0x17d, 2, 1},
	{0x17f, 0x17f, 1, -268}, /* long s */
	{0x386, 0x386, 1, 38}, {0x388, 0x38a, 1, 37}, {0x38c, 0x38c, 1, 64}, {0x38e, 0x38f, 1, 63},
	{0x391, 0x3a1, 1, 32}, {0x3a3, 0x3ab, 1, 32}, {0x3c2, 0x3c2, 1, 1}, /* final sigma */
	{0x400, 0x40f, 1, 80}, {0x410, 0x42f, 1, 32}, {0x460, 0x480, 2, 1}, {0x48a, 0x4be, 2, 1},
	{0x4c0, 0x4c0, 1, 15}, {0x4c1, 0x4cd, 2, 1}, {0x4d0, 0x52e, 2, 1},
	{0x1e9e, 0x1e9e, 1, -7615}, /* capital sharp s */
	{0x212a, 0x212a, 1, -8383}, /* Kelvin */
	{0x212b, 0x212b, 1, -8262}, /* Angstrom */
};

uint32_t ward_fold_cp(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	for (size_t i = 1; i < WARD_ARRAY_LEN(ranges) && ranges[i].lo <= cp; i++)
		if (cp <= ranges[i].hi && (cp - ranges[i].lo) % ranges[i].step == 0)
			return (uint32_t)((int32_t)cp + ranges[i].delta);
	return cp;
}

uint32_t ward_fold_other(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'a' && cp <= 'z' ? cp - 32 : cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	if (ward_fold_cp(cp) != cp)
		return ward_fold_cp(cp);
	for (size_t i = 1; i < WARD_ARRAY_LEN(ranges); i++) {
		const struct fold_range *r = &ranges[i];
		uint32_t up = (uint32_t)((int32_t)cp - r->delta);

		if (up >= r->lo && up <= r->hi && (up - r->lo) % r->step == 0)
			return up;
	}
	return cp;
}

static bool tail(uint8_t b)
{
	return (b & 0xc0) == 0x80;
}

uint32_t ward_fold_next(struct ward_str s, size_t off, size_t *ret_len)
{
	const uint8_t *p = (const uint8_t *)s.p + off;
	size_t left = s.len - off;

	*ret_len = 1;
	if (p[0] < 0x80)
		return p[0];
	if (p[0] >= 0xc2 && p[0] < 0xe0 && left >= 2 && tail(p[1])) {
		*ret_len = 2;
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	}
	if (p[0] >= 0xe0 && p[0] < 0xf0 && left >= 3 && tail(p[1]) && tail(p[2])) {
		*ret_len = 3;
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	}
	if (p[0] >= 0xf0 && p[0] < 0xf5 && left >= 4 && tail(p[1]) && tail(p[2]) && tail(p[3])) {
		*ret_len = 4;
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 |
		       (p[3] & 0x3fu);
	}
	return 0x110000u + p[0];
}

/* cp is a folded letter: at most two bytes. */
static size_t put(uint32_t cp, char *out)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	out[0] = (char)(0xc0 | cp >> 6);
	out[1] = (char)(0x80 | (cp & 0x3f));
	return 2;
}

/* Eight ASCII characters at once. False: some are none. */
static WARD_ALWAYS_INLINE bool fold8(const char *p, char *out)
{
	const uint64_t one = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t v, from_a, beyond_z;

	memcpy(&v, p, sizeof(v));
	if (v & high)
		return false;
	from_a = v + one * (0x80 - 'A');
	beyond_z = v + one * (0x80 - 'Z' - 1);
	v |= ((from_a & ~beyond_z) & high) >> 2; /* 0x20 where a capital stands */
	memcpy(out, &v, sizeof(v));
	return true;
}

size_t ward_fold(struct ward_str s, char *out)
{
	size_t n = 0, len;

	for (size_t off = 0; off < s.len; off += len) {
		if (s.len - off >= 8 && fold8(s.p + off, out + n)) { /* n <= off */
			n += len = 8;
			continue;
		}
		uint8_t c = (uint8_t)s.p[off];

		if (c < 0x80) { /* nearly all text */
			out[n++] = (char)ward_fold_cp(c);
			len = 1;
			continue;
		}
		uint32_t cp = ward_fold_next(s, off, &len);
		uint32_t low = ward_fold_cp(cp);

		if (low != cp) {
			n += put(low, out + n);
			continue;
		}
		memmove(out + n, s.p + off, len);
		n += len;
	}
	return n;
}
