/* Purposes that had pseudonyms of their own, also those that identifiers.yml has no more, or has
 * under another name: what is kept may still hold their tokens, and who asks what is kept of them
 * is to be found under these, too. A file of the process `pseudonym` beside its keys, a line for
 * each: the last day on which it was a purpose, and its name. Pure. */
#ifndef WARD_COMPLY_PURPOSES_KEPT_H
#define WARD_COMPLY_PURPOSES_KEPT_H

#include "comply/purposes.h"

#define WARD_PURPOSES_FILE "purposes"

enum { WARD_PURPOSES_KEPT = 24, WARD_PURPOSES_FILE_BYTES = 4096 };

struct ward_purposes_kept {
	struct {
		char name[WARD_PURPOSE_NAME + 1];
		uint64_t day; /* the last one, of the Unix epoch */
	} of[WARD_PURPOSES_KEPT];
	size_t n;
};

/* How many lines were none. */
size_t ward_purposes_kept_read(struct ward_str text, struct ward_purposes_kept *ret);
void ward_purposes_kept_write(const struct ward_purposes_kept *k, struct ward_wr *w);
/* Those of now are purposes today; those of more than `keep` days ago are forgotten. How many had
 * to go sooner, for want of room: the oldest. */
size_t ward_purposes_kept_note(struct ward_purposes_kept *k, const struct ward_purposes *now,
	uint64_t today, uint64_t keep);

#endif
