/* What the notary says of the ledger, as rows of it: signed tree heads, keys, breaks.
 *
 * A head is SignedTreeHeadDataV2 of RFC 9162 4.10 in JSON, under its names. A log is known by the
 * SHA-256 of its first key and its number: where a ledger does not go on from what was signed (a
 * database that was put back), a log ends, and another begins that says so. A new key is signed by
 * the one before. Read are exactly the bytes that are written here: anything else is MALFORMED.
 * Pure; any thread. */
#ifndef WARD_COMPLY_HEAD_H
#define WARD_COMPLY_HEAD_H

#include "base/id.h"
#include "comply/ledger.h"

enum ward_head_what {
	WARD_HEAD_TREE,  /* a signed tree head */
	WARD_HEAD_KEY,   /* from here on `next` signs; the tree is as of then */
	WARD_HEAD_BREAK, /* tree.log ended at `tree`, the ledger had `found` instead */
};

enum { WARD_HEAD_JSON_MAX = 1024 };

struct ward_head {
	enum ward_head_what what;
	struct ward_tree_head tree;            /* signed; signature over all of it by key */
	uint8_t key[WARD_LEDGER_PUBLIC];       /* that signed */
	uint8_t next[WARD_LEDGER_PUBLIC];      /* KEY */
	uint64_t found;                        /* BREAK: leaves, and … */
	struct ward_hash found_root, next_log; /* BREAK: … their root; the log that begins */
};

/* The log with this number, from 0, of whoever has this first key. */
void ward_head_log(
	const uint8_t first_key[WARD_LEDGER_PUBLIC], uint32_t number, struct ward_hash *ret);
/* Signs it with the secret whose public half is h->key. */
void ward_head_sign(struct ward_head *h, const uint8_t secret[WARD_LEDGER_SECRET]);
/* The signature is h->key's; whether that is the log's key is the caller's to know. */
bool ward_head_verify(const struct ward_head *h);
/* One JSON object. */
void ward_head_write(struct ward_wr *w, const struct ward_head *h);
/* MALFORMED: it is not what ward_head_write gives. */
WARD_MUST_CHECK enum ward_err ward_head_read(struct ward_str json, struct ward_head *ret);
/* The id of its row: the same for the same. */
struct ward_id ward_head_id(const struct ward_head *h);

#endif
