/* What was found in a text before: most values of events repeat.
 *
 * A ring of bytes holds what was put last, a table leads to it; the oldest is overwritten, so
 * memory is bounded and nothing is ever cleaned up. It forgets when it likes. Single-threaded;
 * texts are untrusted (hashed under a random seed). */
#ifndef WARD_DETECT_MEMO_H
#define WARD_DETECT_MEMO_H

#include "base/hash.h"

struct ward_memo {
	const struct ward_mem *mem;
	uint64_t seed;
	uint8_t *ring;
	size_t n_ring, n_max; /* powers of two */
	uint64_t begin, end;  /* bytes ever put: before this ring, and in all */
	struct ward_memo_slot *slot;
	size_t n_slot; /* a power of two */
	uint64_t at;   /* where it stands that was got or put last; 0: nowhere */
};

enum {
	WARD_MEMO_TEXT_MAX = 4096, /* with the numbers, less than the smallest ring */
	WARD_MEMO_FOUND_MAX = 1024,
};

/* The ring begins small and grows to bytes_max, a power of two of at least 64 KB; the table takes
 * an eighth more. Borrows mem. NOMEM leaves nothing to free. */
WARD_MUST_CHECK enum ward_err ward_memo_init(
	struct ward_memo *m, const struct ward_mem *mem, size_t bytes_max);
void ward_memo_fini(struct ward_memo *m);

uint64_t ward_memo_hash(const struct ward_memo *m, uint32_t unit, struct ward_str text);
/* What was found in this text for this unit: *ret_n numbers, or false. Valid until the next put. */
bool ward_memo_get(struct ward_memo *m, uint64_t hash, uint32_t unit, struct ward_str text,
	const uint32_t **ret, size_t *ret_n);
/* The same where its place is known, which m->at was. false: it is another's now, or was. */
bool ward_memo_again(const struct ward_memo *m, uint64_t at, uint32_t unit, struct ward_str text,
	const uint32_t **ret, size_t *ret_n);
/* Keeps it, unless it is longer than the limits above. */
void ward_memo_put(struct ward_memo *m, uint64_t hash, uint32_t unit, struct ward_str text,
	const uint32_t *found, size_t n);

#endif
