/* Shared by literals.c, which makes a set, and literals_find.c, which looks for it: what a set is,
 * and how bytes of texts become keys. */
#ifndef WARD_DETECT_LITERALS_IMPL_H
#define WARD_DETECT_LITERALS_IMPL_H

#include "detect/literals.h"
#include "detect/packed.h"

enum {
	PACKED_RUNS_MAX = 64, /* more would make most places look like one of them */
	PACKED_PAIRS_MAX = 32,
	RUN = 4,
	STEP_MAX = 8,  /* without short literals, as far as these are long enough */
	STEP_MANY = 2, /* with more runs than STEP_RUNS_MAX */
	STEP_RUNS_MAX = 8192,
	/* What it costs, about, in instructions: to look at a place; for each byte, to have the
	 * filter or to look at each place for the shorter ones, too. */
	COST_PLACE = 90,
	COST_PACKED = 15,
	COST_PAIRS = 80,
	BITS_MIN = 13,
	BITS_MAX = 17,
};

/* One run of a literal. */
struct run {
	uint32_t value;
	uint32_t literal;
	uint32_t off; /* of the run in the literal */
};

/* The longer literals that may stand anywhere, each with all of `step` runs one after the other, so
 * that one of them stands at a place that is looked at. */
struct sieve {
	uint64_t *bit; /* 1 << bits, by hash of a run */
	uint32_t
		*first; /* (1 << bits) / SPREAD + 1: a bucket's runs are first[b] to first[b + 1] */
	struct run *run;
	size_t n_run;
	unsigned bits;
	size_t step;                      /* every step-th place of a text is looked at */
	const struct ward_packed *packed; /* or those that it finds; NULL: it is not used */
	size_t len_min;
};

/* The shorter ones, by one pair of their bytes; and those of one byte. The filter looks for three
 * bytes from the pair on where all are long enough. */
struct shorts {
	uint64_t *bit;   /* 65536, by pair */
	uint32_t *first; /* SHORT_BUCKETS + 1 */
	struct run *run; /* value: the pair */
	size_t n;
	const struct ward_packed *packed; /* or those that it finds; NULL: it is not used */
	uint32_t *single;
	size_t n_single;
};

/* Long ones that end a text, by their last eight bytes; and whether one that begins it has the
 * text's first eight. */
enum { EDGE = 8 };
struct edge {
	uint64_t key; /* the bytes; case does not count */
	uint32_t first, n;
};
struct edges {
	struct edge *slot; /* n_slot, a power of two; n == 0: empty */
	size_t n_slot;
	uint32_t *literal; /* those of slot s: first to first + n - 1 */
};

/* Those that are looked up whole: by length, ascending, then by hash. */
struct whole {
	uint32_t *slot; /* n_slot, a power of two; number of the literal + 1 */
	uint64_t *hash; /* by slot */
	size_t n_slot;
	size_t *len; /* n_len, each once, ascending */
	size_t n_len;
};

struct ward_literals {
	const struct ward_literal *literal;
	size_t n;
	struct sieve sieve;
	struct shorts shorts;
	size_t shortest;
	bool long_texts;
	struct whole whole[WARD_LITERAL_PLACE_N];
	struct edges starts, ends;
};

enum {
	SPREAD = 16,
	SHORT_BITS = 8,
	SHORT_BUCKETS = 1 << SHORT_BITS
}; /* SPREAD: bits of the sieve for a bucket */

/* Bytes that differ in ASCII case only become equal; some others do too. */
static inline uint32_t run_at(const char *p)
{
	uint32_t v;

	memcpy(&v, p, RUN);
	return v | 0x20202020u;
}

static inline uint32_t pair_at(const char *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v | 0x2020u;
}

static inline uint32_t run_hash(uint32_t v, unsigned bits)
{
	return (v * 0x9e3779b1u) >> (32 - bits);
}

static inline uint8_t lower(char c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static inline uint64_t load8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* lower() of eight bytes: those of A to Z get the bit of small letters. */
static inline uint64_t lower8(uint64_t v)
{
	const uint64_t one = 0x0101010101010101u, seven = v & 0x7f * one;
	uint64_t from_a = seven + (0x80 - 'A') * one, beyond_z = seven + (0x80 - 'Z' - 1) * one;

	return v | (from_a & ~beyond_z & ~v & 0x80 * one) >> 2;
}

static inline bool equal(const char *literal, const char *text, size_t len)
{
	size_t i = 0;

	for (; len - i >= 8; i += 8)
		if (load8(literal + i) != lower8(load8(text + i)))
			return false;
	for (; i < len; i++)
		if ((uint8_t)literal[i] != lower(text[i]))
			return false;
	return true;
}

static inline uint64_t edge_at(const char *p)
{
	return load8(p) | 0x2020202020202020u;
}

static inline size_t edge_slot(const struct edges *e, uint64_t key)
{
	size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (e->n_slot - 1);

	while (e->slot[at].n && e->slot[at].key != key)
		at = (at + 1) & (e->n_slot - 1);
	return at;
}

/* FNV-1a, then stirred: the texts of rules do not know it, and those of events meet at most one
 * literal of each length that is theirs. */
static inline uint64_t hash_more(uint64_t h, char c)
{
	return (h ^ lower(c)) * 0x100000001b3u;
}

static inline uint64_t hash_end(uint64_t h)
{
	return (h ^ h >> 29) * 0x9e3779b97f4a7c15u;
}

enum { HASH_START = 1469598103 };

static inline uint64_t hash_of(struct ward_str s, bool backward)
{
	uint64_t h = HASH_START;

	for (size_t i = 0; i < s.len; i++)
		h = hash_more(h, s.p[backward ? s.len - 1 - i : i]);
	return hash_end(h);
}

/* Of whole texts: eight bytes at a time. */
static inline uint64_t hash_whole(struct ward_str s)
{
	uint64_t h = HASH_START ^ s.len, rest = 0;
	size_t off = 0;

	for (; s.len - off >= 8; off += 8) {
		h = (h ^ edge_at(s.p + off)) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	for (; off < s.len; off++)
		rest = rest << 8 | ((uint8_t)s.p[off] | 0x20u);
	return hash_end(h ^ rest);
}

static inline uint32_t short_bucket(uint32_t pair)
{
	return (pair * 0x9e3779b1u) >> (32 - SHORT_BITS);
}

#endif
