/* Inside the room: where in a text one of a few runs of bytes may begin, 32 places at a time.
 *
 * Each byte of a run is known by its two halves; a table for each says which of eight buckets of
 * runs have it, so that a few shuffles and ANDs tell of 32 places at once that hardly any begins a
 * run ("Teddy" of Hyperscan). It may say yes wrongly and never no. Bytes that differ in the bit of
 * ASCII case are the same. Read-only once made, any thread; texts are untrusted. */
#ifndef WARD_DETECT_PACKED_H
#define WARD_DETECT_PACKED_H

#include "base/slice.h"

enum { WARD_PACKED_BYTES = 3, WARD_PACKED_OUT = 128, WARD_PACKED_BUCKETS = 8 };

struct ward_packed {
	uint8_t lower[WARD_PACKED_BYTES][16], upper[WARD_PACKED_BYTES][16];
	size_t n_byte; /* of each run: 2 or 3 */
};

/* Can this processor do it faster than bytewise? */
bool ward_packed_here(void);
/* A run of f->n_byte bytes, in a bucket; those of one bucket should be alike. */
void ward_packed_add(struct ward_packed *f, const char *run, unsigned bucket);
/* The places from *off on, ascending, at most WARD_PACKED_OUT; *off is where to go on, s.len when
 * there are no more. s.len < 2^32. */
size_t ward_packed_find(
	const struct ward_packed *f, struct ward_str s, size_t *off, uint32_t ret[WARD_PACKED_OUT]);
/* The same, bytewise: for processors that can't, and for tests. */
size_t ward_packed_find_bytewise(
	const struct ward_packed *f, struct ward_str s, size_t *off, uint32_t ret[WARD_PACKED_OUT]);

#endif
