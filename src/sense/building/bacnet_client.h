/* A BACnet/IP client that only reads: ASHRAE 135 clauses 5.4 (transactions), 13.12 (events), 15.5
 * and 15.7 (reading), 16.10 (finding devices), Annex J (UDP).
 *
 * A state machine without socket and clock: datagrams and times are handed in, events and datagrams
 * come out. It finds the devices of its plan by Who-Is, reads their points in rounds, several at
 * once where the device can (ReadPropertyMultiple, in smaller groups when an answer would be too
 * long), and hears the alarms that devices send. What it can send is in bacnet_ask.h. An answer is
 * taken only from the address of the device that was asked, with the open question's id and
 * service; anything else is counted, and told as field.refused. Faces whatever is on the
 * controllers' network; its memory is bounded by poll.devices and poll.points. Single-threaded. */
#ifndef WARD_SENSE_BUILDING_BACNET_CLIENT_H
#define WARD_SENSE_BUILDING_BACNET_CLIENT_H

#include "sense/building/bacnet_ask.h"
#include "sense/building/poll_tell.h"

/* Counters of what is not believed: X(IDENT, "name") */
#define WARD_BACNET_REJECT_LIST(X)                                                             \
	X(MALFORMED, "bacnet.reject.malformed") /* a message that is wrong */                  \
	X(STRANGER, "bacnet.reject.stranger")   /* from an address outside of `controllers` */ \
	X(UNASKED, "bacnet.reject.unasked")     /* an answer without its question */           \
	X(ADDRESS, "bacnet.reject.address")     /* another address says that it is a device */ \
	X(SEGMENT, "bacnet.reject.segment")     /* a segment out of turn */                    \
	X(TOO_LONG, "bacnet.reject.too_long")   /* an answer without an end */                 \
	X(OTHER, "bacnet.reject.other")         /* an answer about something else */           \
	X(ALARMS, "bacnet.reject.alarms")       /* more alarms than poll.alarms */

enum ward_bacnet_reject {
#define X(IDENT, name) WARD_BACNET_REJECT_##IDENT,
	WARD_BACNET_REJECT_LIST(X)
#undef X
		WARD_BACNET_REJECT_N,
};

/* Whom to ask, and so whom to believe: an address, or a network with its broadcast address. */
struct ward_bacnet_scope {
	uint8_t ip[4];
	unsigned prefix; /* 32: one controller */
	uint16_t port;
};

struct ward_bacnet_client_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the client's life */
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_poll_sink sink;
	struct ward_str source;            /* of the events */
	const struct ward_poll_plan *plan; /* without points: says which devices there are */
	const struct ward_bacnet_scope *scope;
	size_t n_scope;
	unsigned may;         /* of enum ward_bacnet_may */
	unsigned rate;        /* questions a second, to one device; 0: poll.rate */
	ward_ns every;        /* how often each point is read */
	uint64_t seed, epoch; /* epoch: of this life, a part of the events' ids */
	/* Sends one datagram; what can't be sent is as good as lost. */
	void (*send)(void *ctx, const uint8_t ip[4], uint16_t port, struct ward_slice bytes);
	void *ctx;
};

enum { WARD_BACNET_RECEIPTS = 64 /* that wait for ward_bacnet_client_receipts */ };

struct ward_bacnet_client;

/* "ADDR[/PREFIX][:PORT]": MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_bacnet_scope_parse(
	struct ward_str s, struct ward_bacnet_scope *ret);

/* NOMEM; LIMIT: more devices than poll.devices; CONFIG: an address of the plan is none, *ret_point
 * is its index and *ret_why says the mend, lives forever. */
WARD_MUST_CHECK enum ward_err ward_bacnet_client_new(const struct ward_bacnet_client_opts *opts,
	struct ward_poll_now now, struct ward_bacnet_client **ret, size_t *ret_point,
	const char **ret_why);
void ward_bacnet_client_free(struct ward_bacnet_client *c);
/* One datagram as it came. NOMEM or the sink's. */
WARD_MUST_CHECK enum ward_err ward_bacnet_client_hear(struct ward_bacnet_client *c,
	const uint8_t ip[4], uint16_t port, struct ward_slice bytes, struct ward_poll_now now);
/* Acknowledges the confirmed alarms that came since the last call, if `durable`: all that was told
 * of them is on the disk. Otherwise not: their devices send them again. At most
 * WARD_BACNET_RECEIPTS wait; of more the rest is not acknowledged. */
void ward_bacnet_client_receipts(struct ward_bacnet_client *c, bool durable);
/* Asks what is due, gives up what is late; the same errors. O(devices). */
WARD_MUST_CHECK enum ward_err ward_bacnet_client_tick(
	struct ward_bacnet_client *c, struct ward_poll_now now);
/* Monotonic: when the next tick has something to do. O(devices). */
ward_ns ward_bacnet_client_due(const struct ward_bacnet_client *c);

#endif
