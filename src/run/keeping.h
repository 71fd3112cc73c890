/* Files that were found suspicious or malicious, handed to `clips`, which keeps them sealed for the
 * evidence key, for as long as the hospital said: as photos are handed over (photo.h), of the event
 * of the verdict, with what they have to be by their hash: a file of a folder may be another by
 * then. Nothing waits here; of what is to be kept WARD_KEEPING are held open at once, and what
 * finds no room, is larger than file.kept_bytes, or is another now, is counted and not kept. */
#ifndef WARD_RUN_KEEPING_H
#define WARD_RUN_KEEPING_H

#include "base/clock.h"
#include "base/counter.h"
#include "base/limit.h"
#include "run/photo.h"

enum { WARD_KEEPING = 8 };

struct ward_keeping {
	int link; /* with `clips`; WARD_FD_NONE: nothing is kept */
	uint64_t most;
	const struct ward_clock *clock; /* borrowed, as the next */
	struct ward_counters *counters;
	uint32_t next_id;
	struct ward_kept_file {
		int fd;             /* its own */
		struct ward_id of;  /* the event */
		struct ward_id is;  /* the first half of its SHA-256; zeros: nobody knows it */
		uint32_t size, off; /* off: of the piece that goes next, or is out */
		bool anew;          /* it was begun anew, since `clips` had nothing of it */
		uint32_t asked;     /* 0: it is not out */
		ward_ns sent;       /* monotonic */
	} file[WARD_KEEPING];
	size_t n; /* the first of them is on its way */
	uint8_t buf[WARD_MSG_MAX], piece[WARD_PHOTO_PIECE];
};

/* What is set before: link, most, clock, counters, next_id. fd is looked at and duplicated. sha256:
 * of what was looked at, 32 bytes; NULL: that is not known. */
void ward_keeping_add(struct ward_keeping *k, int fd, struct ward_id of, const uint8_t *sha256);
/* Takes what `clips` says, and sends what can go. CLOSED: the link is gone. */
WARD_MUST_CHECK enum ward_err ward_keeping_turn(struct ward_keeping *k);
/* Lets go of what is not handed over. */
void ward_keeping_end(struct ward_keeping *k);

#endif
