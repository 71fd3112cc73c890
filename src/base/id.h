/* Identities: 128 bits, written as a UUID (RFC 9562).
 *
 * What sensors and rules derive is UUIDv8 made of its parts by SHA-256, or of its number by a keyed
 * hash, so that the same thing seen twice has one id; UUIDv7 is only for what people create. */
#ifndef WARD_BASE_ID_H
#define WARD_BASE_ID_H

#include "base/clock.h"
#include "base/hash.h"
#include "base/wr.h"

struct ward_id {
	uint8_t b[16];
};

/* Feeds length-prefixed parts, so that ("ab","c") and ("a","bc") differ. */
struct ward_idgen {
	uint64_t opaque[16]; /* a SHA-256 state; see id.c */
};
void ward_idgen_init(struct ward_idgen *g, const char *domain);
void ward_idgen_bytes(struct ward_idgen *g, const void *p, size_t len);
void ward_idgen_str(struct ward_idgen *g, struct ward_str s);
void ward_idgen_u64(struct ward_idgen *g, uint64_t v);
void ward_idgen_id(struct ward_idgen *g, struct ward_id id);
/* Ends the generation. Version and variant bits of UUIDv8 (RFC 9562 5.8) are set. */
struct ward_id ward_idgen_final(struct ward_idgen *g);

/* For what is numbered instead of named, faster: SipHash-2-4-128 of s under a key that says of what
 * these are the numbers. UUIDv8. */
struct ward_id ward_id_keyed(const uint8_t key[16], struct ward_slice s);

/* UUIDv7 (RFC 9562 5.7): 48 bits of milliseconds, the rest random. */
struct ward_id ward_id_v7(const struct ward_clock *clock);

/* Lower case, with dashes: 36 bytes. */
void ward_id_write(struct ward_wr *w, struct ward_id id);
/* The same with the NUL, for a stack buffer. */
#define WARD_ID_TEXT 37
void ward_id_text(struct ward_id id, char ret[WARD_ID_TEXT]);
bool ward_id_parse(struct ward_str s, struct ward_id *ret);

static inline int ward_id_cmp(struct ward_id a, struct ward_id b)
{
	return memcmp(a.b, b.b, sizeof(a.b));
}

static inline bool ward_id_eq(struct ward_id a, struct ward_id b)
{
	return ward_id_cmp(a, b) == 0;
}

/* SHA-256 in one call (FIPS 180-4). */
void ward_sha256(struct ward_slice s, uint8_t ret[32]);
/* The same of n parts, one behind the other. */
void ward_sha256_parts(const struct ward_slice *part, size_t n, uint8_t ret[32]);

#endif
