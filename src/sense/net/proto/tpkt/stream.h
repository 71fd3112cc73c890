/* A stream of TPKTs whose data belongs to one protocol, known by the first byte of its data. */
#ifndef WARD_SENSE_NET_TPKT_STREAM_H
#define WARD_SENSE_NET_TPKT_STREAM_H

#include "sense/net/dissector.h"
#include "sense/net/proto/tpkt/tpkt.h"

/* Part of what a dissector keeps per flow. */
struct ward_tpkt_stream {
	bool seen;    /* the protocol was there, not only its transport: set by the dissector */
	bool lost[2]; /* by side: a begin must be found again */
};

/* The next packet. OK: it is in t, or t->size is 0 and d->used says what is passed over. MALFORMED:
 * reason and off are in t. MORE and FOREIGN are the dissector's verdict too. Before the protocol
 * was seen the transport alone does not tell (MMS and others use it too), so the first data is
 * waited for. */
enum ward_verdict ward_tpkt_next(struct ward_dissect *d, struct ward_tpkt_stream *s,
	struct ward_slice payload, uint8_t id, struct ward_tpkt *t);

/* Whole packets, or a begin of a connection with addresses of transport users. */
enum ward_probe ward_tpkt_probe(struct ward_slice payload, uint8_t id);

#endif
