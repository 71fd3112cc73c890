#include "sense/file/seek.h"

#include "base/attr.h"

#include <limits.h>

enum { STEP = 8 };

static uint8_t fold(uint8_t c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static uint8_t capital(uint8_t c)
{
	return (uint8_t)(c >= 'a' && c <= 'z' ? c & ~0x20 : c);
}

/* How often texts and scripts have it, roughly, of a thousand letters. */
static unsigned common(uint8_t c)
{
	static const struct {
		const char *bytes;
		unsigned often;
	} of[] = {{" ", 180}, {"e", 100}, {"tao", 70}, {"insr", 60}, {"lhdcu", 35}, {"mpfgy_", 20},
		{"wbvk(.", 12}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		if (strchr(of[i].bytes, c))
			return of[i].often;
	return 4;
}

static size_t rarest(const uint8_t *word, size_t len)
{
	size_t best = 0;
	unsigned least = UINT_MAX;

	for (size_t i = 0; i + 1 < len; i++) {
		unsigned often = common(word[i]) * common(word[i + 1]);

		if (often < least) {
			least = often;
			best = i;
		}
	}
	return best;
}

static void mark(struct ward_seek *v, uint8_t a, uint8_t b)
{
	const uint8_t both[2] = {a, b};
	uint16_t n;

	memcpy(&n, both, sizeof(n));
	v->pair[n >> 3] |= (uint8_t)(1u << (n & 7));
}

static unsigned bucket(uint8_t a, uint8_t b)
{
	return (fold(a) * 31u + fold(b)) % WARD_SEEK_BUCKETS;
}

void ward_seek_init(struct ward_seek *v, const char *const *word, size_t n)
{
	*v = (struct ward_seek){.word = word, .n = n};
	for (size_t i = 0; i < n; i++) {
		const uint8_t *w = (const uint8_t *)word[i];
		size_t len = strlen(word[i]), at = rarest(w, len);
		uint8_t *first = &v->first[bucket(w[at], w[at + 1])];

		v->len[i] = (uint8_t)len;
		v->at[i] = (uint8_t)at;
		v->next[i] = *first;
		*first = (uint8_t)(i + 1);
		mark(v, w[at], w[at + 1]);
		mark(v, capital(w[at]), w[at + 1]);
		mark(v, w[at], capital(w[at + 1]));
		mark(v, capital(w[at]), capital(w[at + 1]));
	}
}

static bool stands(const struct ward_seek *v, size_t i, struct ward_slice s, size_t at)
{
	const uint8_t *w = (const uint8_t *)v->word[i];
	size_t from = at - v->at[i], k = 0;

	if (at < v->at[i] || s.len - from < v->len[i])
		return false;
	while (k < v->len[i] && fold(s.p[from + k]) == w[k])
		k++;
	return k == v->len[i];
}

/* The words whose pair stands at this place, and that do themselves. */
static uint64_t here(const struct ward_seek *v, struct ward_slice s, size_t at)
{
	uint64_t found = 0;

	for (size_t i = v->first[bucket(s.p[at], s.p[at + 1])]; i; i = v->next[i - 1])
		if (stands(v, i - 1, s, at))
			found |= UINT64_C(1) << (i - 1);
	return found;
}

static inline unsigned has_pair(const struct ward_seek *v, const uint8_t *p)
{
	uint16_t n;

	memcpy(&n, p, sizeof(n));
	return (unsigned)v->pair[n >> 3] >> (n & 7) & 1;
}

uint64_t ward_seek(const struct ward_seek *v, struct ward_slice s)
{
	uint64_t found = 0;
	size_t i = 0;

	for (; i + STEP < s.len; i += STEP) {
		const uint8_t *p = s.p + i;

		if (!(has_pair(v, p) | has_pair(v, p + 1) | has_pair(v, p + 2) |
			    has_pair(v, p + 3) | has_pair(v, p + 4) | has_pair(v, p + 5) |
			    has_pair(v, p + 6) | has_pair(v, p + 7)))
			continue;
		for (size_t k = i; k < i + STEP; k++)
			if (has_pair(v, s.p + k))
				found |= here(v, s, k);
	}
	for (; i + 1 < s.len; i++)
		if (has_pair(v, s.p + i))
			found |= here(v, s, i);
	return found;
}
