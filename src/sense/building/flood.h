/* How much of one sender is read, so that one that floods makes nobody else unheard.
 *
 * Each sender has WARD_FLOOD_RATE messages a second, and WARD_FLOOD_BURST at once. Senders that
 * were not heard before share one measure, since an address of UDP is easily made up; the table
 * keeps those that sent something good before those that never did. Pure; time is monotonic and
 * handed in. */
#ifndef WARD_SENSE_BUILDING_FLOOD_H
#define WARD_SENSE_BUILDING_FLOOD_H

#include "sense/building/poll_tell.h"

enum {
	WARD_FLOOD_SENDERS = 512,
	WARD_FLOOD_RATE = 16,
	WARD_FLOOD_BURST = 128,
	WARD_FLOOD_NEW_RATE = 64, /* senders a second that were not heard before */
	WARD_FLOOD_NEW_BURST = WARD_FLOOD_SENDERS,
	WARD_FLOOD_PEER = 16, /* bytes of an address */
};

struct ward_flood_sender {
	uint8_t peer[WARD_FLOOD_PEER];
	bool taken, good;
	ward_ns due, last;             /* when its measure is full again; when it was heard */
	struct ward_poll_refused over; /* told of it */
};

struct ward_flood {
	struct ward_flood_sender sender[WARD_FLOOD_SENDERS];
	ward_ns new_due;
	struct ward_poll_refused over; /* of senders that have no place */
};

/* Is a message of this sender read? *ret: who it is, for `good` and `over`; NULL: nobody known. The
 * sender is valid until the next call. */
bool ward_flood_may(struct ward_flood *f, const uint8_t peer[WARD_FLOOD_PEER], ward_ns mono,
	struct ward_flood_sender **ret);

#endif
