/* How much of one sender is read, so that one that floods makes nobody else unheard.
 *
 * A sender that is known, since the hospital names it or since it sent something authentic, has two
 * measures: WARD_FLOOD_RATE authentic messages a second, and WARD_FLOOD_BAD_RATE others, so that
 * who writes its address on garbage leaves it its own. All others share: those of one network of 64
 * bits one measure of WARD_FLOOD_RATE, and networks that were not heard before another one, since
 * an address of UDP is easily made up. Pure; time is monotonic and handed in. */
#ifndef WARD_SENSE_BUILDING_FLOOD_H
#define WARD_SENSE_BUILDING_FLOOD_H

#include "sense/building/poll_tell.h"

enum {
	WARD_FLOOD_SENDERS = 512, /* that are known; and as many networks of others */
	WARD_FLOOD_RATE = 16,
	WARD_FLOOD_BURST = 128,
	WARD_FLOOD_BAD_RATE = 1024,
	WARD_FLOOD_BAD_BURST = 2048,
	WARD_FLOOD_NEW_RATE = 64, /* networks a second that were not heard before */
	WARD_FLOOD_NEW_BURST = WARD_FLOOD_SENDERS,
	WARD_FLOOD_PEER = 16, /* bytes of an address */
};

struct ward_flood_sender {
	uint8_t peer[WARD_FLOOD_PEER];
	bool taken, known;
	bool named;                    /* by the hospital: it keeps its place */
	ward_ns due, bad_due;          /* when its measures are full again */
	ward_ns last;                  /* when it was heard */
	struct ward_poll_refused over; /* told of it */
};

struct ward_flood {
	struct ward_flood_sender known[WARD_FLOOD_SENDERS], other[WARD_FLOOD_SENDERS];
	ward_ns new_due;
	struct ward_poll_refused over; /* of senders that have no place */
};

/* The hospital names this address; of more than WARD_FLOOD_SENDERS the rest is as any. */
void ward_flood_name(struct ward_flood *f, const uint8_t host[WARD_FLOOD_PEER]);
/* Is a message of this address, of this network, read? *ret: its measure, for `over` and
 * ward_flood_read; NULL: it has none. Valid until another sender is heard. */
bool ward_flood_may(struct ward_flood *f, const uint8_t host[WARD_FLOOD_PEER],
	const uint8_t net[WARD_FLOOD_PEER], ward_ns mono, struct ward_flood_sender **ret);
/* It was read, and was authentic or not. s is not to be used afterwards. */
void ward_flood_read(struct ward_flood *f, const uint8_t host[WARD_FLOOD_PEER],
	struct ward_flood_sender *s, bool authentic, ward_ns mono);

#endif
