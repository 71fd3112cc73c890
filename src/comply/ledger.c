#include "comply/ledger.h"

#include "base/id.h"
#include "base/mem.h"
#include "base/wr.h"

#include <sodium.h>

static void hash2(uint8_t prefix, struct ward_slice a, struct ward_slice b, struct ward_hash *ret)
{
	const struct ward_slice part[] = {ward_slice_of(&prefix, 1), a, b};

	ward_sha256_parts(part, WARD_ARRAY_LEN(part), ret->b);
}

static struct ward_slice bytes(const struct ward_hash *h)
{
	return ward_slice_of(h->b, sizeof(h->b));
}

void ward_ledger_leaf(struct ward_slice data, struct ward_hash *ret)
{
	hash2(0, data, ward_slice_of(NULL, 0), ret);
}

void ward_ledger_node(
	const struct ward_hash *left, const struct ward_hash *right, struct ward_hash *ret)
{
	hash2(1, bytes(left), bytes(right), ret);
}

void ward_ledger_commitment(const uint8_t salt[WARD_LEDGER_SALT], const struct ward_hash *payload,
	struct ward_hash *ret)
{
	const struct ward_slice part[] = {ward_slice_of(salt, WARD_LEDGER_SALT), bytes(payload)};

	ward_sha256_parts(part, WARD_ARRAY_LEN(part), ret->b);
}

void ward_salts_next(struct ward_salts *s, uint8_t ret[WARD_LEDGER_SALT])
{
	if (!s->left) {
		WARD_ASSERT(sodium_init() >= 0);
		randombytes_buf(s->b, sizeof(s->b));
		s->left = sizeof(s->b) / WARD_LEDGER_SALT;
	}
	uint8_t *at = s->b + --s->left * WARD_LEDGER_SALT;

	memcpy(ret, at, WARD_LEDGER_SALT);
	ward_wipe(at, WARD_LEDGER_SALT);
}

size_t ward_ledger_peaks(const struct ward_ledger *l)
{
	return (size_t)__builtin_popcountll(l->n);
}

void ward_ledger_init(struct ward_ledger *l)
{
	memset(l, 0, sizeof(*l));
}

void ward_ledger_add(struct ward_ledger *l, const struct ward_hash *leaf)
{
	size_t n = ward_ledger_peaks(l);
	struct ward_hash h = *leaf;

	/* Equal subtrees at the end join, as ones carry in a binary counter. */
	for (uint64_t size = l->n; size & 1; size >>= 1)
		ward_ledger_node(&l->peak[--n], &h, &h);
	WARD_ASSERT(n < WARD_LEDGER_DEPTH);
	l->peak[n] = h;
	l->n++;
}

void ward_ledger_root(const struct ward_ledger *l, struct ward_hash *ret)
{
	size_t n = ward_ledger_peaks(l);

	if (n == 0) {
		(void)crypto_hash_sha256(ret->b, (const uint8_t *)"", 0);
		return;
	}
	*ret = l->peak[--n];
	while (n--)
		ward_ledger_node(&l->peak[n], ret, ret);
}

/* Root of the leaves from (inclusive) to (exclusive). */
static enum ward_err range_root(
	const struct ward_ledger_source *src, uint64_t from, uint64_t to, struct ward_hash *ret)
{
	struct ward_ledger l;

	ward_ledger_init(&l);
	for (uint64_t i = from; i < to; i++) {
		struct ward_hash leaf;
		enum ward_err err = src->leaf(src->ctx, i, &leaf);

		if (err != WARD_OK)
			return err;
		ward_ledger_add(&l, &leaf);
	}
	ward_ledger_root(&l, ret);
	return WARD_OK;
}

enum ward_err ward_ledger_root_of(
	const struct ward_ledger_source *src, uint64_t n, struct ward_hash *ret)
{
	return range_root(src, 0, n, ret);
}

/* The largest power of two below n; n > 1. */
static uint64_t split(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct ward_hash *h, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct ward_hash t = h[i];

		h[i] = h[n - 1 - i];
		h[n - 1 - i] = t;
	}
}

enum ward_err ward_ledger_inclusion(const struct ward_ledger_source *src, uint64_t index,
	uint64_t n, struct ward_hash ret[WARD_LEDGER_PROOF], size_t *ret_n)
{
	uint64_t lo = 0, hi = n;
	size_t len = 0;

	if (index >= n)
		return WARD_ERR_NOT_FOUND;
	while (hi - lo > 1) { /* down from the root; the proof runs upwards */
		uint64_t mid = lo + split(hi - lo);
		bool left = index < mid;
		enum ward_err err = range_root(src, left ? mid : lo, left ? hi : mid, &ret[len++]);

		if (err != WARD_OK)
			return err;
		*(left ? &hi : &lo) = mid;
	}
	reverse(ret, len);
	*ret_n = len;
	return WARD_OK;
}

enum ward_err ward_ledger_consistency(const struct ward_ledger_source *src, uint64_t m, uint64_t n,
	struct ward_hash ret[WARD_LEDGER_PROOF], size_t *ret_n)
{
	uint64_t lo = 0, hi = n;
	size_t len = 0;

	if (m > n)
		return WARD_ERR_NOT_FOUND;
	while (m && m < n && m < hi) {
		uint64_t mid = lo + split(hi - lo);
		bool left = m <= mid;
		enum ward_err err = range_root(src, left ? mid : lo, left ? hi : mid, &ret[len++]);

		if (err != WARD_OK)
			return err;
		*(left ? &hi : &lo) = mid;
	}
	/* The old tree is the subtree reached; its root is known unless it began in the middle. */
	if (lo) {
		enum ward_err err = range_root(src, lo, hi, &ret[len++]);

		if (err != WARD_OK)
			return err;
	}
	reverse(ret, len);
	*ret_n = len;
	return WARD_OK;
}

bool ward_ledger_verify_inclusion(const struct ward_hash *leaf, uint64_t index, uint64_t n,
	const struct ward_hash *proof, size_t n_proof, const struct ward_hash *root)
{
	if (index >= n)
		return false;
	uint64_t fn = index, sn = n - 1;
	struct ward_hash r = *leaf;

	for (size_t i = 0; i < n_proof; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			ward_ledger_node(&proof[i], &r, &r);
			while (!(fn & 1) && fn) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			ward_ledger_node(&r, &proof[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && ward_hash_eq(&r, root);
}

bool ward_ledger_verify_consistency(const struct ward_tree_head *old,
	const struct ward_tree_head *new_, const struct ward_hash *proof, size_t n_proof)
{
	struct ward_hash fr, sr;
	size_t i = 0;

	if (old->n > new_->n)
		return false;
	if (old->n == new_->n)
		return n_proof == 0 && ward_hash_eq(&old->root, &new_->root);
	if (old->n == 0) {
		ward_ledger_root(&(struct ward_ledger){0}, &fr);
		return n_proof == 0 && ward_hash_eq(&old->root, &fr);
	}
	uint64_t fn = old->n - 1, sn = new_->n - 1;

	if (n_proof == 0)
		return false;
	/* A complete old tree stands in the new one as it was: its root begins the path. */
	fr = old->n & (old->n - 1) ? proof[i++] : old->root;
	sr = fr;
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	for (; i < n_proof; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			ward_ledger_node(&proof[i], &fr, &fr);
			ward_ledger_node(&proof[i], &sr, &sr);
			while (!(fn & 1) && fn) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			ward_ledger_node(&sr, &proof[i], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && ward_hash_eq(&fr, &old->root) && ward_hash_eq(&sr, &new_->root);
}

enum { HEAD_BYTES = 112 };

static struct ward_slice head_bytes(const struct ward_tree_head *h, uint8_t *buf, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(buf, cap);

	ward_wr_z(&w, "ward tree head v2");
	ward_wr_bytes(&w, h->log.b, sizeof(h->log.b));
	ward_wr_be64(&w, (uint64_t)(h->time / WARD_NS_PER_MS));
	ward_wr_be64(&w, h->n);
	ward_wr_bytes(&w, h->root.b, sizeof(h->root.b));
	WARD_ASSERT(!ward_wr_bad(&w));
	return ward_wr_slice(&w);
}

void ward_tree_head_sign(struct ward_tree_head *h, const uint8_t secret[WARD_LEDGER_SECRET])
{
	uint8_t buf[HEAD_BYTES];
	struct ward_slice s = head_bytes(h, buf, sizeof(buf));

	WARD_ASSERT(sodium_init() >= 0);
	(void)crypto_sign_detached(h->signature, NULL, s.p, s.len, secret);
	h->is_signed = true;
}

bool ward_tree_head_verify(
	const struct ward_tree_head *h, const uint8_t public_key[WARD_LEDGER_PUBLIC])
{
	uint8_t buf[HEAD_BYTES];
	struct ward_slice s = head_bytes(h, buf, sizeof(buf));

	return h->is_signed &&
	       crypto_sign_verify_detached(h->signature, s.p, s.len, public_key) == 0;
}
