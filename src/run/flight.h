/* What a sensor took from its socket and what is not durable yet: kept in memory that the
 * supervisor holds, so that the next life of the process finds it there.
 *
 * A record is received into ward_flight_room, and with ward_flight_put it is kept, before it is
 * dealt with and before it leaves the socket. After a commit of the journal all of them go with
 * ward_flight_clear. The next life deals with what is left first, under the same numbers, so that
 * its events are the same ones. A record in whose midst several lives have ended is given up.
 * Single-threaded. What an earlier life left is read as outside bytes. */
#ifndef WARD_RUN_FLIGHT_H
#define WARD_RUN_FLIGHT_H

#include "base/clock.h"
#include "base/mem.h"
#include "base/slice.h"

struct ward_flight;

enum {
	WARD_FLIGHT_BYTES = 4 << 20, /* of the file: whoever makes it gives it this size */
	WARD_FLIGHT_SOURCE = 255,    /* of a source's id */
	WARD_FLIGHT_LIVES = 3,       /* that may end in the midst of one record */
};

struct ward_flight_record {
	struct ward_str source; /* at most WARD_FLIGHT_SOURCE bytes */
	uint64_t seq, epoch;
	ward_ns stamp; /* of the kernel, when it came; 0: none */
	struct ward_slice bytes;
};

/* Maps the file of fd, which must have WARD_FLIGHT_BYTES. Takes fd on success. STATE when it has
 * another size; IO, NOMEM. What is not understood in it is as if it had never been kept:
 * *ret_torn says that there was such. */
WARD_MUST_CHECK enum ward_err ward_flight_attach(
	const struct ward_mem *mem, int fd, bool *ret_torn, struct ward_flight **ret);
/* NULL is allowed. */
void ward_flight_close(struct ward_flight *f);

/* The next record that an earlier life left, counted as tried until this is called again; false
 * when there is none. *ret_given_up: WARD_FLIGHT_LIVES have tried it: leave it. Borrows the memory
 * until ward_flight_clear. */
bool ward_flight_next(struct ward_flight *f, struct ward_flight_record *ret, bool *ret_given_up);

/* Where up to cap bytes of the next record of this source may be written; NULL when there is no
 * room: what is kept must become durable first. Valid until put or clear. */
uint8_t *ward_flight_room(struct ward_flight *f, struct ward_str source, size_t cap);
/* Keeps r.bytes, which lie at the front of the room, for r.source. */
void ward_flight_put(struct ward_flight *f, const struct ward_flight_record *r);
/* All that was kept is durable. */
void ward_flight_clear(struct ward_flight *f);

#endif
