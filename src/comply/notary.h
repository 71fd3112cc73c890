/* Who signs the ledger: grows a tree of its own from the leaves that it is told, so that it signs
 * only what goes on from what it signed before.
 *
 * Pure: no files, no clock, no store. The caller tells leaves in order, asks whether a head is due,
 * and keeps what ward_notary_save gives, durable, before it shows a head to anybody. The secret is
 * in there and in what is saved: wipe both. */
#ifndef WARD_COMPLY_NOTARY_H
#define WARD_COMPLY_NOTARY_H

#include "comply/head.h"

enum {
	WARD_NOTARY_SEED = 32,
	WARD_NOTARY_SAVED_MAX = 4096, /* bytes */
};

/* What a leaf is of, as far as it matters for when to sign. */
enum ward_notary_leaf {
	WARD_NOTARY_OWN,      /* what the notary said itself: no reason to sign */
	WARD_NOTARY_SENT,     /* that somebody was told something: a head of before, perhaps */
	WARD_NOTARY_ANY,      /* all else */
	WARD_NOTARY_DECISION, /* of a person: to be signed at once */
};

struct ward_notary {
	uint8_t secret[WARD_LEDGER_SECRET], key[WARD_LEDGER_PUBLIC];
	uint8_t first_key[WARD_LEDGER_PUBLIC];
	uint32_t number;           /* of the log */
	struct ward_ledger ledger; /* all that it was told of this log */
	bool has_last;
	struct ward_head last; /* said last */
	/* since the last tree head, in this life */
	bool sent, any, decided;
};

/* A notary with a new key, for a new log. Aborts if libsodium can't start. */
void ward_notary_new(const uint8_t seed[WARD_NOTARY_SEED], struct ward_notary *ret);
void ward_notary_tell(
	struct ward_notary *n, enum ward_notary_leaf what, const struct ward_hash *commitment);
/* Has enough come to sign, so long after the last head (of this life; never: WARD_NS_NEVER)? every:
 * how long any leaf may wait. A decision waits a thirtieth of it, what was sent twelve times. */
bool ward_notary_due(const struct ward_notary *n, ward_ns since, ward_ns every);
/* Signs all that it was told. Becomes n->last. */
void ward_notary_sign(struct ward_notary *n, ward_ns now);
/* The key signs a new one, and is forgotten. As above. */
void ward_notary_rotate(struct ward_notary *n, const uint8_t seed[WARD_NOTARY_SEED], ward_ns now);
/* Does the store's ledger of so many leaves go on from what it was told? All of them were told
 * before, or there are fewer. */
bool ward_notary_agrees(
	const struct ward_notary *n, uint64_t n_ledger, const struct ward_hash *root);
/* It does not: says so, and begins another log, of which nothing is told yet. */
void ward_notary_break(
	struct ward_notary *n, uint64_t n_ledger, const struct ward_hash *root, ward_ns now);

/* In this form (base/formats.h, WARD_FORM_NOTARY). */
void ward_notary_save(const struct ward_notary *n, uint32_t form, struct ward_wr *w);
/* CORRUPT: it is not what was saved. VERSION: a newer Ward saved it. */
WARD_MUST_CHECK enum ward_err ward_notary_load(struct ward_slice s, struct ward_notary *ret);

#endif
