/* The ledger's mathematics: a Merkle tree over leaves that are only ever added (RFC 9162 2.1).
 *
 * Pure; any thread; no allocation. Who holds a tree head can prove that a leaf is in the tree and
 * that a later tree only added to it. A leaf is a salted commitment to a record, so that a record
 * can be deleted (with its salt) and the tree stays. Persisting is store's. */
#ifndef WARD_COMPLY_LEDGER_H
#define WARD_COMPLY_LEDGER_H

#include "base/clock.h"
#include "base/slice.h"

enum {
	WARD_LEDGER_DEPTH = 64,
	WARD_LEDGER_PROOF = WARD_LEDGER_DEPTH + 1,
	WARD_LEDGER_SALT = 32,
	WARD_LEDGER_PUBLIC = 32, /* Ed25519 (RFC 8032) */
	WARD_LEDGER_SECRET = 64,
	WARD_LEDGER_SIGNATURE = 64,
};

struct ward_hash {
	uint8_t b[32];
};

static inline bool ward_hash_eq(const struct ward_hash *a, const struct ward_hash *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* SHA-256(0x00 || data): the hash of a leaf. */
void ward_ledger_leaf(struct ward_slice data, struct ward_hash *ret);
/* SHA-256(0x01 || left || right). */
void ward_ledger_node(
	const struct ward_hash *left, const struct ward_hash *right, struct ward_hash *ret);
/* What a leaf holds instead of a record: SHA-256(salt || SHA-256 of the record). Without the salt
 * it says nothing about a record that can be guessed. */
void ward_ledger_commitment(const uint8_t salt[WARD_LEDGER_SALT], const struct ward_hash *payload,
	struct ward_hash *ret);

/* Salts out of random bytes that are drawn for many at once; zeros begin it. What is given is wiped
 * here. Aborts if libsodium can't start. */
struct ward_salts {
	uint8_t b[64 * WARD_LEDGER_SALT];
	size_t left;
};
void ward_salts_next(struct ward_salts *s, uint8_t ret[WARD_LEDGER_SALT]);

/* A tree that grows: the roots of its complete subtrees, largest first. */
struct ward_ledger {
	uint64_t n; /* leaves */
	struct ward_hash peak[WARD_LEDGER_DEPTH];
};

/* Peaks in use: the bits that are set in n. */
size_t ward_ledger_peaks(const struct ward_ledger *l);
/* The empty tree. */
void ward_ledger_init(struct ward_ledger *l);
/* Amortised O(1). */
void ward_ledger_add(struct ward_ledger *l, const struct ward_hash *leaf);
/* The Merkle tree hash of all leaves; of none: SHA-256 of nothing. */
void ward_ledger_root(const struct ward_ledger *l, struct ward_hash *ret);

/* Where leaf hashes come from, by index from 0. */
struct ward_ledger_source {
	enum ward_err (*leaf)(void *ctx, uint64_t index, struct ward_hash *ret);
	void *ctx;
};

/* Root of the first n leaves. An error of the source is passed on. O(n). */
WARD_MUST_CHECK enum ward_err ward_ledger_root_of(
	const struct ward_ledger_source *src, uint64_t n, struct ward_hash *ret);
/* That leaf index is among the first n (RFC 9162 2.1.3.1). NOT_FOUND when index >= n. O(n). */
WARD_MUST_CHECK enum ward_err ward_ledger_inclusion(const struct ward_ledger_source *src,
	uint64_t index, uint64_t n, struct ward_hash ret[WARD_LEDGER_PROOF], size_t *ret_n);
/* That the first n leaves begin with the first m (RFC 9162 2.1.4.1): no hashes when m is 0 or n.
 * NOT_FOUND when m > n. O(n). */
WARD_MUST_CHECK enum ward_err ward_ledger_consistency(const struct ward_ledger_source *src,
	uint64_t m, uint64_t n, struct ward_hash ret[WARD_LEDGER_PROOF], size_t *ret_n);

/* RFC 9162 2.1.3.2. leaf: the leaf's hash. O(log n). */
bool ward_ledger_verify_inclusion(const struct ward_hash *leaf, uint64_t index, uint64_t n,
	const struct ward_hash *proof, size_t n_proof, const struct ward_hash *root);

struct ward_tree_head {
	uint64_t n;
	ward_ns time;         /* of which the signature holds the milliseconds */
	struct ward_hash log; /* which log it is of (comply/head.h); 0: none */
	struct ward_hash root;
	bool is_signed;
	uint8_t signature[WARD_LEDGER_SIGNATURE];
};

/* RFC 9162 2.1.4.2, on the sizes and roots of both heads (signatures are not looked at). */
bool ward_ledger_verify_consistency(const struct ward_tree_head *old,
	const struct ward_tree_head *new_, const struct ward_hash *proof, size_t n_proof);

/* Signs "ward tree head v2", log, then as a TreeHeadDataV2 (RFC 9162 4.10) the milliseconds since
 * 1970, n (64 bits each, big-endian), root. Aborts if libsodium can't start. */
void ward_tree_head_sign(struct ward_tree_head *h, const uint8_t secret[WARD_LEDGER_SECRET]);
bool ward_tree_head_verify(
	const struct ward_tree_head *h, const uint8_t public_key[WARD_LEDGER_PUBLIC]);

#endif
