/* What a machine knows of who led: its epoch, whether it leads, and where each epoch began.
 *
 * An epoch begins with a sequence number of the journal; so each record has one, and two journals
 * can be held against each other without reading them: what a machine has beyond the beginning of
 * an epoch that it did not know is not what was acknowledged there. Durable before it is acted on.
 */
#ifndef WARD_STANDBY_TERM_H
#define WARD_STANDBY_TERM_H

#include "journal/io.h"

enum { WARD_TERM_EPOCHS = 64 };

struct ward_term {
	uint64_t epoch; /* the latest that it knows; 0: none */
	bool leads;     /* it is the leader of that one, or was when it ended */
	uint32_t n;     /* epochs of which it knows the beginning, the oldest first */
	struct ward_term_epoch {
		uint64_t epoch, began;
	} at[WARD_TERM_EPOCHS];
};

/* A later epoch begins; the oldest one known makes room. False: it is not later. */
bool ward_term_begin(struct ward_term *t, uint64_t epoch, uint64_t began, bool leads);
/* Of a journal that ends before `next`, of a machine that knows of `epoch`, what is also ours: all
 * before the number that is given; ours ends before own_next. 0: too long ago to say. */
uint64_t ward_term_common(
	const struct ward_term *t, uint64_t epoch, uint64_t next, uint64_t own_next);
/* Where our epoch began; 0: not known. */
uint64_t ward_term_began(const struct ward_term *t);

/* NOT_FOUND: it is new. CORRUPT, IO. */
WARD_MUST_CHECK enum ward_err ward_term_read(const struct ward_io *io, struct ward_term *ret);
/* Durable, whole or as before. FULL, IO. */
WARD_MUST_CHECK enum ward_err ward_term_write(const struct ward_io *io, const struct ward_term *t);

#endif
