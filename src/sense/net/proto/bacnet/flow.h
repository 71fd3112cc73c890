/* What is kept of one BACnet/IP conversation: confirmed requests without answer, and the segments
 * of messages (clause 5.4). Private to this folder; lives in the flow's state. */
#ifndef WARD_SENSE_NET_BACNET_FLOW_H
#define WARD_SENSE_NET_BACNET_FLOW_H

#include "base/clock.h"
#include "sense/bacnet/bacnet.h"

enum {
	WARD_BACNET_PENDING = 64,
	WARD_BACNET_WHOLE = 4096, /* longest service that is put together of segments */
};

/* The device behind a router; net 0: the one whose datagram it is. */
struct ward_bacnet_station {
	uint16_t net;
	uint8_t len, p[WARD_BACNET_ADDRESS];
};

struct ward_bacnet_pending {
	bool open;
	bool has_password;
	uint8_t side, invoke_id, service;
	struct ward_bacnet_station server;
	struct ward_bacnet_item item; /* the first that it asks for, without value */
	ward_ns time;
};

struct ward_bacnet_segments {
	bool open;
	bool headless; /* the first segment was not seen */
	enum ward_bacnet_pdu pdu;
	uint8_t invoke_id, service, next;
	struct ward_bacnet_station from, to;
	unsigned n;
	size_t len; /* of all; what is over WARD_BACNET_WHOLE is not kept */
	uint8_t bytes[WARD_BACNET_WHOLE];
};

struct ward_bacnet_flow {
	struct ward_bacnet_pending pending[WARD_BACNET_PENDING];
	size_t next;                             /* place of the next request: the oldest one's */
	struct ward_bacnet_segments segments[2]; /* by side */
};

/* Where the next request goes; what is there may still be open. */
static inline struct ward_bacnet_pending *ward_bacnet_place(struct ward_bacnet_flow *f)
{
	return &f->pending[f->next];
}

/* Keeps a confirmed request of that side there. */
void ward_bacnet_remember(
	struct ward_bacnet_flow *f, unsigned side, const struct ward_bacnet *m, ward_ns now);
/* The open request that m, said by that side, answers, aborts or repeats; or NULL. */
struct ward_bacnet_pending *ward_bacnet_request_of(
	struct ward_bacnet_flow *f, unsigned side, const struct ward_bacnet *m);

/* Does the request ask the same again? */
bool ward_bacnet_repeats(const struct ward_bacnet_pending *p, const struct ward_bacnet *m);

/* Is it a segment of another message than the unfinished one of its side? */
bool ward_bacnet_displaces(const struct ward_bacnet_segments *s, const struct ward_bacnet *m);

enum ward_bacnet_progress {
	WARD_BACNET_HELD,    /* more will come, or this one came before */
	WARD_BACNET_JOINED,  /* bytes[0 .. len) is the whole service */
	WARD_BACNET_MISSING, /* the last is there, the first never was */
	WARD_BACNET_TOO_LONG,
};

/* Adds a segment. After all but HELD nothing is open. A segment out of turn is left out: its
 * receiver asks for it again (clause 5.4.1). */
enum ward_bacnet_progress ward_bacnet_add_segment(
	struct ward_bacnet_segments *s, const struct ward_bacnet *m);

#endif
