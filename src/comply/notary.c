#include "comply/notary.h"

#include "base/formats.h"
#include "base/rd.h"
#include "comply/notary_form.h"

#include <sodium.h>

static void use_seed(struct ward_notary *n, const uint8_t seed[WARD_NOTARY_SEED])
{
	WARD_ASSERT(sodium_init() >= 0);
	(void)crypto_sign_seed_keypair(n->key, n->secret, seed);
}

void ward_notary_new(const uint8_t seed[WARD_NOTARY_SEED], struct ward_notary *ret)
{
	*ret = (struct ward_notary){.number = 0};
	use_seed(ret, seed);
	memcpy(ret->first_key, ret->key, sizeof(ret->first_key));
}

void ward_notary_tell(
	struct ward_notary *n, enum ward_notary_leaf what, const struct ward_hash *commitment)
{
	struct ward_hash leaf;

	ward_ledger_leaf(ward_slice_of(commitment->b, sizeof(commitment->b)), &leaf);
	ward_ledger_add(&n->ledger, &leaf);
	n->sent |= what == WARD_NOTARY_SENT;
	n->any |= what >= WARD_NOTARY_ANY;
	n->decided |= what == WARD_NOTARY_DECISION;
}

bool ward_notary_due(const struct ward_notary *n, ward_ns since, ward_ns every)
{
	return (n->decided && since >= every / 30) || (n->any && since >= every) ||
	       (n->sent && since / 12 >= every);
}

/* What all that it says begins with: the tree as it is. */
static struct ward_head begin(const struct ward_notary *n, enum ward_head_what what, ward_ns now)
{
	struct ward_head h = {
		.what = what, .tree = {.n = n->ledger.n, .time = now - now % WARD_NS_PER_MS}};

	ward_head_log(n->first_key, n->number, &h.tree.log);
	ward_ledger_root(&n->ledger, &h.tree.root);
	memcpy(h.key, n->key, sizeof(h.key));
	return h;
}

static void say(struct ward_notary *n, struct ward_head *h)
{
	ward_head_sign(h, n->secret);
	n->last = *h;
	n->has_last = true;
}

void ward_notary_sign(struct ward_notary *n, ward_ns now)
{
	struct ward_head h = begin(n, WARD_HEAD_TREE, now);

	say(n, &h);
	n->sent = n->any = n->decided = false;
}

void ward_notary_rotate(struct ward_notary *n, const uint8_t seed[WARD_NOTARY_SEED], ward_ns now)
{
	struct ward_head h = begin(n, WARD_HEAD_KEY, now);
	struct ward_notary next = {.number = 0};

	use_seed(&next, seed);
	memcpy(h.next, next.key, sizeof(h.next));
	say(n, &h);
	memcpy(n->key, next.key, sizeof(n->key));
	memcpy(n->secret, next.secret, sizeof(n->secret));
	ward_wipe(&next, sizeof(next));
	n->decided = true; /* the new key shows itself soon */
}

bool ward_notary_agrees(
	const struct ward_notary *n, uint64_t n_ledger, const struct ward_hash *root)
{
	struct ward_hash own;

	ward_ledger_root(&n->ledger, &own);
	return n_ledger > n->ledger.n || (n_ledger == n->ledger.n && ward_hash_eq(&own, root));
}

void ward_notary_break(
	struct ward_notary *n, uint64_t n_ledger, const struct ward_hash *root, ward_ns now)
{
	struct ward_head h = begin(n, WARD_HEAD_BREAK, now);

	h.found = n_ledger;
	h.found_root = *root;
	ward_head_log(n->first_key, n->number + 1, &h.next_log);
	say(n, &h);
	n->number++;
	ward_ledger_init(&n->ledger);
}

void ward_notary_save(const struct ward_notary *n, uint32_t form, struct ward_wr *w)
{
	size_t begin_at = w->len;
	uint8_t sum[32], json[WARD_HEAD_JSON_MAX];
	struct ward_wr last = ward_wr_fixed(json, sizeof(json));

	if (n->has_last)
		ward_head_write(&last, &n->last);
	notary_form_put(form, w);
	ward_wr_bytes(w, n->secret, sizeof(n->secret));
	ward_wr_bytes(w, n->first_key, sizeof(n->first_key));
	ward_wr_be32(w, n->number);
	ward_wr_be64(w, n->ledger.n);
	ward_wr_bytes(w, n->ledger.peak, ward_ledger_peaks(&n->ledger) * sizeof(n->ledger.peak[0]));
	ward_wr_u8(w, (uint8_t)(n->sent | n->any << 1 | n->decided << 2));
	ward_wr_lv(w, ward_wr_slice(&last));
	if (ward_wr_bad(w))
		return;
	ward_sha256((struct ward_slice){w->p + begin_at, w->len - begin_at}, sum);
	ward_wr_bytes(w, sum, sizeof(sum));
}

static enum ward_err read_last(struct ward_slice json, struct ward_notary *n)
{
	n->has_last = json.len > 0;
	if (!n->has_last)
		return WARD_OK;
	return ward_head_read(ward_slice_text(json), &n->last) || !ward_head_verify(&n->last)
		       ? WARD_ERR_CORRUPT
		       : WARD_OK;
}

static enum ward_err read_all(struct ward_rd *r, struct ward_notary *n)
{
	uint32_t form;

	if (!notary_form_get(r, &form))
		return WARD_ERR_CORRUPT;
	if (form > ward_form_in(WARD_FORM_NOTARY, ward_formats_most()))
		return WARD_ERR_VERSION;
	struct ward_slice secret = ward_rd_bytes(r, sizeof(n->secret));
	struct ward_slice first = ward_rd_bytes(r, sizeof(n->first_key));

	n->number = ward_rd_be32(r);
	n->ledger.n = ward_rd_be64(r);
	if (ward_rd_bad(r))
		return WARD_ERR_CORRUPT;
	struct ward_slice peaks =
		ward_rd_bytes(r, ward_ledger_peaks(&n->ledger) * sizeof(n->ledger.peak[0]));
	uint8_t since = ward_rd_u8(r);
	struct ward_slice last = ward_rd_lv(r, WARD_HEAD_JSON_MAX);

	if (ward_rd_bad(r) || ward_rd_left(r))
		return WARD_ERR_CORRUPT;
	memcpy(n->secret, secret.p, sizeof(n->secret));
	memcpy(n->first_key, first.p, sizeof(n->first_key));
	if (peaks.len)
		memcpy(n->ledger.peak, peaks.p, peaks.len);
	n->sent = since & 1;
	n->any = since & 2;
	n->decided = since & 4;
	(void)crypto_sign_ed25519_sk_to_pk(n->key, n->secret);
	return read_last(last, n);
}

enum ward_err ward_notary_load(struct ward_slice s, struct ward_notary *ret)
{
	struct ward_notary n = {.number = 0};
	uint8_t sum[32];
	enum ward_err err = WARD_ERR_CORRUPT;

	WARD_ASSERT(sodium_init() >= 0);
	if (s.len <= sizeof(sum))
		return err;
	struct ward_rd r = ward_rd_from(s.p, s.len - sizeof(sum));

	ward_sha256((struct ward_slice){s.p, s.len - sizeof(sum)}, sum);
	if (memcmp(sum, s.p + s.len - sizeof(sum), sizeof(sum)) == 0)
		err = read_all(&r, &n);
	if (!err)
		*ret = n;
	ward_wipe(&n, sizeof(n));
	return err;
}
