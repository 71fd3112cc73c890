/* Rows of the ledger with the proof that they are in it, as one text that anyone can check offline.
 *
 * JSON lines, in this order; a reader takes exactly what is written here, byte for byte:
 *   {"what":"bundle","version":1,"of":"all" or an incident's id,"leaves":N}
 *   {"what":"head","row":R,"record":HEAD}       HEAD as in comply/head.h, as it stands in row R
 *   {"what":"consistency","from":M,"to":N,"path":["hex", …]}            RFC 9162 2.1.4.1
 *   {"what":"row","row":R,"row_kind":K,"id":"…","revision":V,"time":NS,"salt":"hex",
 *    "commitment":"hex","path":["hex", …],"record":JSON}                RFC 9162 2.1.3.1
 *   {"what":"end","lines":L,"sha256":"hex"}     of all lines before
 * The last head of kind "head" is the one that all is proven against; every other head of its log
 * has its consistency. Of an erased row salt is "" and record null: its leaf shows that something
 * was there. With "of":"all" every row is there, in order, without path. A record is the bytes
 * behind "record": up to the line's last brace. docs/audit.md says how to check it by hand. */
#ifndef WARD_AUDIT_BUNDLE_H
#define WARD_AUDIT_BUNDLE_H

#include "audit/trail.h"
#include "store/store.h"

enum { WARD_BUNDLE_BYTES = 1 << 30 };

struct ward_bundle_made {
	uint64_t n_row, n_erased, n_late; /* late: of it, but behind the last signed head */
	struct ward_head top;
};

/* Writes the bundle of an incident, by its id (NULL: of the whole ledger), to w. An incident's are
 * the rows that name it, those that its revisions and their detections name, and photos of reports
 * among these. STATE: nothing was signed yet.
 * NOT_FOUND: no row names it. LIMIT, NOMEM; else the errors of ward_store_leaves. O(all). */
WARD_MUST_CHECK enum ward_err ward_bundle_write(struct ward_store *s,
	const struct ward_id *incident, const struct ward_mem *mem, struct ward_wr *w,
	struct ward_bundle_made *ret);

struct ward_bundle_seen {
	uint64_t n_row, n_erased, n_head, n_fault;
	uint64_t line; /* the one that MALFORMED is about, from 1 */
	struct ward_head top;
	bool whole; /* of the whole ledger */
};

/* Checks all that can be checked of it: each fault is told with its row. CORRUPT: there was one;
 * MALFORMED: it is no bundle, from ret->line on; NOMEM. Whose key it is, and that there is no later
 * head, only somebody who has a head or a code (NULL: nobody) can say: code must be that of a head
 * in the bundle, or with a whole one of any size. */
WARD_MUST_CHECK enum ward_err ward_bundle_check(struct ward_slice bytes,
	const struct ward_code *code, const struct ward_mem *mem, ward_trail_fault_fn fault,
	void *ctx, struct ward_bundle_seen *ret);

#endif
