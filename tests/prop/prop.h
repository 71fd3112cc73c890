/* Properties: facts that hold for every input.
 *
 * A property draws all its choices from a cursor over random bytes (a cursor that has run out gives
 * zeros) and returns whether the fact held. So one function is a seeded test here, something to
 * shrink, and a libFuzzer target (tests/fuzz/f_props_<room>.c). The seed is fixed, so that runs are
 * repeatable; WARD_PROP_SEED and WARD_PROP_RUNS in the environment change it. */
#ifndef WARD_TESTS_PROP_H
#define WARD_TESTS_PROP_H

#include "base/rd.h"

#include <stdio.h>
#include <stdlib.h>

typedef bool (*prop_fn)(struct ward_rd *r);

struct prop {
	const char *name;
	prop_fn holds;
};

enum { PROP_RUNS = 2000, PROP_LEN_MAX = 768, PROP_SHRINKS_MAX = 20000 };

/* 0..n-1, from as many bytes as that needs; 0 when n is 0 or the bytes have run out. */
static inline uint64_t prop_below(struct ward_rd *r, uint64_t n)
{
	uint64_t v = 0;

	for (uint64_t m = n; m > 1; m >>= 8)
		v = v << 8 | (ward_rd_left(r) ? ward_rd_u8(r) : 0);
	return n ? v % n : 0;
}

/* Up to max of the bytes that are left. */
static inline struct ward_slice prop_bytes(struct ward_rd *r, size_t max)
{
	size_t len = prop_below(r, max + 1);

	return ward_rd_bytes(r, len < ward_rd_left(r) ? len : ward_rd_left(r));
}

static inline struct ward_str prop_text(struct ward_rd *r, size_t max)
{
	return ward_slice_text(prop_bytes(r, max));
}

/* 64 bits whose magnitude varies: small numbers and both ends are as likely as large ones. */
static inline uint64_t prop_u64(struct ward_rd *r)
{
	unsigned bits = (unsigned)prop_below(r, 66);
	uint64_t v = prop_below(r, UINT64_MAX);

	return bits == 65 ? UINT64_MAX : bits == 0 ? 0 : v >> (64 - (bits > 64 ? 64 : bits));
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static inline uint64_t prop_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* An exact-size copy, so that a sanitizer sees a read past the end. */
static inline bool prop_holds_on(const struct prop *p, const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct ward_rd r = ward_rd_from(copy, len);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	bool ok = p->holds(&r);

	free(copy);
	return ok;
}

/* Cuts the end off and sets bytes to zero as long as the property still fails. */
static inline size_t prop_shrink(const struct prop *p, uint8_t *data, size_t len)
{
	size_t left = PROP_SHRINKS_MAX;

	for (size_t cut = len; cut > 0; cut /= 2)
		while (cut <= len && left && left-- && !prop_holds_on(p, data, len - cut))
			len -= cut;
	for (size_t i = 0; i < len && left; i++, left--) {
		uint8_t was = data[i];

		data[i] = 0;
		if (prop_holds_on(p, data, len))
			data[i] = was;
	}
	return len;
}

static inline uint64_t prop_env(const char *name, uint64_t otherwise)
{
	uint64_t v;

	return ward_str_u64(ward_str_z(getenv(name)), &v) ? v : otherwise;
}

/* True when p held on every run; else prints the shrunk input as hex. */
static inline bool prop_check(const struct prop *p)
{
	uint64_t seed = prop_env("WARD_PROP_SEED", 20260101), state = seed;
	uint64_t runs = prop_env("WARD_PROP_RUNS", PROP_RUNS);
	uint8_t data[PROP_LEN_MAX];

	for (uint64_t run = 0; run < runs; run++) {
		size_t len = prop_random(&state) % (run % 4 ? 64 : PROP_LEN_MAX + 1);

		for (size_t i = 0; i < len; i++)
			data[i] = (uint8_t)(prop_random(&state) >> 56);
		if (prop_holds_on(p, data, len))
			continue;
		len = prop_shrink(p, data, len);
		fprintf(stderr, "property %s fails (seed %llu, run %llu) on %zu bytes:", p->name,
			(unsigned long long)seed, (unsigned long long)run, len);
		for (size_t i = 0; i < len; i++)
			fprintf(stderr, " %02x", data[i]);
		fputc('\n', stderr);
		return false;
	}
	return true;
}

#endif
