/* Whether a ledger is what was signed of it: heads against a tree that is computed anew.
 *
 * First every row of the notary in order (ward_trail_head), and what witnesses have; then every
 * leaf in order. Each fault is told as it is found, with its row. Bytes of heads and leaves may be
 * anybody's. Pure. */
#ifndef WARD_AUDIT_TRAIL_H
#define WARD_AUDIT_TRAIL_H

#include "base/mem.h"
#include "comply/code.h"
#include "comply/head.h"

enum { WARD_TRAIL_HEADS = 1 << 22 };

/* what: lives forever; row 0: none's. */
typedef void (*ward_trail_fault_fn)(void *ctx, const char *what, uint64_t row);

struct ward_trail_expect;
struct ward_trail {
	const struct ward_mem *mem;
	ward_trail_fault_fn fault;
	void *ctx;
	struct ward_trail_expect *expect; /* n */
	size_t n, cap, next;
	struct ward_ledger tree;         /* of the leaves so far */
	uint8_t key[WARD_LEDGER_PUBLIC]; /* that signs by now */
	struct ward_hash log;
	bool has_log, broken;
	struct ward_head last; /* the last tree head, if n_head */
	uint64_t n_head, n_key, n_break, n_fault;
};

void ward_trail_init(
	struct ward_trail *c, const struct ward_mem *mem, ward_trail_fault_fn fault, void *ctx);
void ward_trail_fini(struct ward_trail *c);
/* The row `row` of the notary, whose JSON this is. LIMIT, NOMEM; a fault is none of these. */
WARD_MUST_CHECK enum ward_err ward_trail_head(
	struct ward_trail *c, struct ward_str json, uint64_t row);
/* A head that somebody else has, by its code, or whole. */
WARD_MUST_CHECK enum ward_err ward_trail_code(struct ward_trail *c, const struct ward_code *code);
WARD_MUST_CHECK enum ward_err ward_trail_witness(
	struct ward_trail *c, const struct ward_head *head);
/* The next leaf. */
void ward_trail_leaf(struct ward_trail *c, const struct ward_hash *commitment);
/* That was all. */
void ward_trail_end(struct ward_trail *c);

#endif
