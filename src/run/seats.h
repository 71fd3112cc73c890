/* Who may keep a connection when more want one than there is room for.
 *
 * One peer has a share at most. A new connection takes a free seat, or that of somebody who has not
 * shown that he knows the secret: of those the one that has asked for nothing for longest. Whoever
 * has shown it is never ended for another one. Pure; time is monotonic and handed in. */
#ifndef WARD_RUN_SEATS_H
#define WARD_RUN_SEATS_H

#include "base/clock.h"

#include <sys/socket.h>

enum { WARD_SEATS_PEER = 16 };

/* From the first byte of a request to its last; and between two. */
#define WARD_SEATS_REQUEST_MAX (10 * WARD_NS_PER_S)
#define WARD_SEATS_IDLE_MAX (60 * WARD_NS_PER_S)

struct ward_seat {
	bool taken;
	bool known; /* a request of it was authorised */
	bool busy;  /* a request is coming, or an answer is going */
	uint8_t peer[WARD_SEATS_PEER];
	ward_ns since; /* the request that is coming, or the last one; or the connection */
};

/* Which peer an address is: of IPv6 the network of 64 bits, since a host has as many addresses as
 * it wants there. */
void ward_seat_peer(const struct sockaddr_storage *from, uint8_t ret[WARD_SEATS_PEER]);
/* The whole address, of IPv4 as a mapped one. */
void ward_seat_host(const struct sockaddr_storage *from, uint8_t ret[WARD_SEATS_PEER]);
/* The seat for a new connection of this peer, which may be one that is taken: then its connection
 * is to be ended. n: the new one is to be refused. share: seats of one peer at most. */
size_t ward_seats_pick(
	const struct ward_seat *seat, size_t n, size_t share, const uint8_t peer[WARD_SEATS_PEER]);
/* Has it had its time? */
bool ward_seat_late(const struct ward_seat *seat, ward_ns now);

#endif
