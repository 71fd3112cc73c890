/* Trees of up to 5,000 rows, of which some are erased: roots, inclusion and consistency proofs
 * against the definitions of RFC 9162 2.1 as they are written there, by recursion; Ward's own are
 * loops over bits. */
#include "props_ledger.h"

#include "comply/ledger.h"

enum { ROWS = 5000 };

struct row {
	uint8_t salt[WARD_LEDGER_SALT];
	struct ward_hash record, commitment, leaf;
};

static struct row row[ROWS];

static enum ward_err leaf_of(void *ctx, uint64_t i, struct ward_hash *ret)
{
	(void)ctx;
	*ret = row[i].leaf;
	return WARD_OK;
}

static const struct ward_ledger_source source = {leaf_of, NULL};

static void make(void)
{
	uint64_t state = 42;

	for (size_t i = 0; i < ROWS; i++) {
		for (size_t k = 0; k < WARD_LEDGER_SALT; k++)
			row[i].salt[k] = (uint8_t)prop_random(&state);
		for (size_t k = 0; k < sizeof(row[i].record.b); k++)
			row[i].record.b[k] = (uint8_t)prop_random(&state);
	}
	for (size_t i = 0; i < ROWS; i++) {
		ward_ledger_commitment(row[i].salt, &row[i].record, &row[i].commitment);
		ward_ledger_leaf(ward_slice_of(row[i].commitment.b, sizeof(row[i].commitment.b)),
			&row[i].leaf);
	}
}

/* Most trees are small, some are as large as they get. */
static uint64_t size_of(struct ward_rd *r)
{
	uint64_t n = 1 + prop_below(r, ROWS);

	for (int i = 0; i < 3; i++)
		n = 1 + prop_below(r, n);
	return n;
}

/* The largest power of two below n. */
static uint64_t split(uint64_t n)
{
	uint64_t k = 1;

	while (2 * k < n)
		k *= 2;
	return k;
}

/* MTH(D[from:from + n]) */
static struct ward_hash root_of(uint64_t from, uint64_t n)
{
	struct ward_hash left, right, h = row[from].leaf;

	if (n == 1)
		return h;
	left = root_of(from, split(n));
	right = root_of(from + split(n), n - split(n));
	ward_ledger_node(&left, &right, &h);
	return h;
}

struct proof {
	struct ward_hash h[WARD_LEDGER_PROOF];
	size_t n;
	bool bad;
};

static struct ward_hash last(struct proof *p)
{
	p->bad = p->bad || !p->n;
	return p->n ? p->h[--p->n] : (struct ward_hash){{0}};
}

/* The root that PATH(i, D[n]) leads to. */
static struct ward_hash by_path(
	struct proof *p, const struct ward_hash *leaf, uint64_t i, uint64_t n)
{
	struct ward_hash mine, other, h;

	if (n == 1)
		return *leaf;
	other = last(p);
	bool right = i >= split(n);

	mine = by_path(p, leaf, right ? i - split(n) : i, right ? n - split(n) : split(n));
	ward_ledger_node(right ? &other : &mine, right ? &mine : &other, &h);
	return h;
}

struct both {
	struct ward_hash old, new_;
};

/* The roots that SUBPROOF(m, D[n], whole) leads to. */
static struct both by_subproof(
	struct proof *p, const struct ward_hash *old, uint64_t m, uint64_t n, bool whole)
{
	struct ward_hash other;
	struct both b;

	if (m == n && whole)
		return (struct both){*old, *old};
	if (m == n) {
		other = last(p);
		return (struct both){other, other};
	}
	other = last(p);
	if (m <= split(n)) {
		b = by_subproof(p, old, m, split(n), whole);
		ward_ledger_node(&b.new_, &other, &b.new_);
		return b;
	}
	b = by_subproof(p, old, m - split(n), n - split(n), false);
	ward_ledger_node(&other, &b.old, &b.old);
	ward_ledger_node(&other, &b.new_, &b.new_);
	return b;
}

/* Row i is proven from its text and salt, whatever of the others was erased: their leaves stay. */
static bool inclusion(struct ward_rd *r)
{
	uint64_t n = size_of(r), i = prop_below(r, n), bit = prop_below(r, 256);
	struct ward_hash root, want = root_of(0, n), commitment, leaf;
	struct proof p = {.bad = false};

	ward_ledger_commitment(row[i].salt, &row[i].record, &commitment);
	ward_ledger_leaf(ward_slice_of(commitment.b, sizeof(commitment.b)), &leaf);
	if (ward_ledger_root_of(&source, n, &root) || !ward_hash_eq(&root, &want) ||
		ward_ledger_inclusion(&source, i, n, p.h, &p.n))
		return false;
	size_t len = p.n;
	bool ours = ward_ledger_verify_inclusion(&leaf, i, n, p.h, p.n, &root);
	struct ward_hash theirs = by_path(&p, &leaf, i, n);

	if (!ours || p.bad || p.n || !ward_hash_eq(&theirs, &root))
		return false;
	/* another row, another place, a bit of the proof */
	if (n > 1 && ward_ledger_verify_inclusion(&leaf, (i + 1) % n, n, p.h, len, &root))
		return false;
	leaf.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	if (ward_ledger_verify_inclusion(&leaf, i, n, p.h, len, &root))
		return false;
	leaf.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	if (!len)
		return true;
	p.h[bit % len].b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	return !ward_ledger_verify_inclusion(&leaf, i, n, p.h, len, &root);
}

static bool consistency(struct ward_rd *r)
{
	uint64_t n = size_of(r), m = 1 + prop_below(r, n), bit = prop_below(r, 256);
	struct ward_tree_head old = {.n = m, .root = root_of(0, m)}, new_ = {.n = n};
	struct proof p = {.bad = false};

	new_.root = root_of(0, n);
	if (ward_ledger_consistency(&source, m, n, p.h, &p.n))
		return false;
	size_t len = p.n;
	bool ours = ward_ledger_verify_consistency(&old, &new_, p.h, p.n);
	struct both theirs = by_subproof(&p, &old.root, m, n, true);

	if (!ours || p.bad || p.n || !ward_hash_eq(&theirs.old, &old.root) ||
		!ward_hash_eq(&theirs.new_, &new_.root))
		return false;
	old.root.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	if (ward_ledger_verify_consistency(&old, &new_, p.h, len))
		return false;
	old.root.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	if (!len)
		return true;
	p.h[bit % len].b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	return !ward_ledger_verify_consistency(&old, &new_, p.h, len);
}

/* Row by row it is the same tree. */
static bool growth(struct ward_rd *r)
{
	uint64_t n = size_of(r), m = prop_below(r, n + 1);
	struct ward_ledger l;
	struct ward_hash root, want;

	ward_ledger_init(&l);
	for (uint64_t i = 0; i < n; i++) {
		ward_ledger_add(&l, &row[i].leaf);
		if (i + 1 != m)
			continue;
		want = root_of(0, m);
		ward_ledger_root(&l, &root);
		if (!ward_hash_eq(&root, &want))
			return false;
	}
	want = root_of(0, n);
	ward_ledger_root(&l, &root);
	return ward_hash_eq(&root, &want);
}

const struct prop *props_ledger(size_t *ret_n)
{
	static const struct prop all[] = {
		{"inclusion", inclusion}, {"consistency", consistency}, {"growth", growth}};

	make();
	*ret_n = WARD_ARRAY_LEN(all);
	return all;
}
