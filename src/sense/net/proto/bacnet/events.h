/* The events of BACnet, after what pdu.c has read. Private to this folder. */
#ifndef WARD_SENSE_NET_BACNET_EVENTS_H
#define WARD_SENSE_NET_BACNET_EVENTS_H

#include "sense/net/dissector.h"
#include "sense/net/proto/bacnet/flow.h"

/* What the flow knows of a message beyond itself. */
struct ward_bacnet_join {
	const struct ward_bacnet_pending *request; /* that it answers; NULL: none is known */
	const char *anomaly;                       /* NULL: none */
	unsigned n_segment;                        /* put together; 0: it was whole */
	bool turned;                               /* the other side than d's said it */
};

extern const char *const ward_bacnet_reasons[WARD_BACNET_REASON_N];

bool ward_bacnet_name_at(size_t i, struct ward_wr *w);
void ward_bacnet_emit(const struct ward_dissect *d, const struct ward_bacnet *m,
	const struct ward_bacnet_join *j);
/* A request that nobody answered; turned: of the other side than d's. */
void ward_bacnet_emit_unanswered(
	const struct ward_dissect *d, const struct ward_bacnet_pending *p, bool turned);

#endif
