/* What is to be erased since a person asked for it (GDPR 17, 21): an order that `ward person erase`
 * leaves in the folder of whoever keeps it, who erases, proves it on the ledger, and takes the
 * order away. It names numbers and no person. A text of lines, read as bytes from outside:
 *
 *	ward erasing 1
 *	request 75d74679-…     whose id every proof names
 *	record 8123            of the journal, by its number
 *	row 1 17               of the store, by its kind and number
 *	clip 5f0c…             by its id
 *
 * Pure. Single-threaded. docs/transparency.md */
#ifndef WARD_COMPLY_ORDER_H
#define WARD_COMPLY_ORDER_H

#include "base/id.h"
#include "base/mem.h"
#include "base/rd.h"

/* The file's name in the folders of journal, store and clips, and how it is begun there. */
#define WARD_ORDER_FILE "erase-order"
#define WARD_ORDER_TMP "erase-order.tmp"

enum { WARD_ORDER_ITEMS = 1 << 20, WARD_ORDER_BYTES = 48 << 20, WARD_ORDER_RULE = 64 };

enum ward_order_of { WARD_ORDER_RECORD, WARD_ORDER_ROW, WARD_ORDER_CLIP, WARD_ORDER_OF_N };

struct ward_order_item {
	enum ward_order_of of;
	unsigned kind;     /* of a row; else 0 */
	uint64_t number;   /* of a record or row; else 0 */
	struct ward_id id; /* of a clip; else zero */
};

struct ward_order {
	const struct ward_mem *mem;
	struct ward_id request;
	struct ward_order_item *item; /* by of, kind, number, id once they are sorted */
	size_t n, cap;
};
void ward_order_init(struct ward_order *o, const struct ward_mem *mem);
void ward_order_fini(struct ward_order *o);
/* LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_order_add(
	struct ward_order *o, const struct ward_order_item *item);
/* Before it is asked for anything. O(n log n). */
void ward_order_sort(struct ward_order *o);
/* Those of one sort alone: who erases these. */
void ward_order_write(const struct ward_order *o, enum ward_order_of of, struct ward_wr *w);
/* Into a fresh one, sorted. MALFORMED: it is no order, all of it; LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_order_read(struct ward_order *o, struct ward_slice bytes);

/* Is it in there? O(log n). */
bool ward_order_has(const struct ward_order *o, const struct ward_order_item *item);
/* The first record, or row of the kind, with that number or a later one; false: there is none. */
bool ward_order_next(const struct ward_order *o, enum ward_order_of of, unsigned kind,
	uint64_t number, uint64_t *ret);
/* By which rule it goes, as each proof says it: "request ID". */
void ward_order_rule(struct ward_id request, char ret[WARD_ORDER_RULE]);
/* Is a proof's rule that, also where something is said before it ("intended, then killed: …")? */
bool ward_order_is_rule(struct ward_str rule);

#endif
