/* What datagrams (dissect.c) and streams (follow.c) have in common. */
#ifndef WARD_SENSE_NET_DISSECT_H
#define WARD_SENSE_NET_DISSECT_H

#include "sense/net/flow.h"

/* A call of module i for the flow's side, which makes it the flow's candidate. p says addresses and
 * ports. */
struct ward_dissect ward_dissect_begin(struct ward_net *n, const struct ward_packet *p,
	struct ward_flow *flow, size_t i, unsigned side);
/* A payload whose module is looked for. */
struct ward_dissect_ask {
	const struct ward_packet *packet;
	struct ward_slice payload;
	uint64_t tried; /* bit per module that has said that it is not its own */
	/* Of a stream: */
	bool middle; /* bytes before it were passed over: weak probes are asked on their ports */
	bool amid; /* the same, and nobody has answered since: only a long segment may be a begin */
	bool last; /* nothing follows that would say more */
	bool lost; /* where in its messages it is was never known: only who is on its port waits */
	bool wait; /* set with no module: more bytes will say */
};
/* The module that may see the flow's payload: the confirmed one, else the candidate so far if it
 * knows the payload, else the one that was announced, else whoever does, hinted ports first.
 * n->n_module when there is none (yet). */
size_t ward_dissect_pick(
	struct ward_net *n, const struct ward_flow *flow, struct ward_dissect_ask *a);
/* A whole message: the flow's candidate is its service. */
void ward_dissect_confirm(struct ward_net *n, struct ward_flow *flow);
/* Another protocol follows the flow's service, if it had one, and is found anew. */
void ward_dissect_hand_over(struct ward_net *n, struct ward_flow *flow);
/* Counts and reports what the candidate said with MALFORMED. */
void ward_dissect_malformed(
	struct ward_net *n, const struct ward_flow *flow, const struct ward_dissect *d);
/* Payload that nobody knows, of a flow that is not confirmed: it has no candidate any more, and is
 * left alone when that happened too often. counts: it is not only more of what nobody knew. */
void ward_dissect_fail(struct ward_net *n, struct ward_flow *flow, bool counts);
/* The flow's streams have ended, or the flow: its dissector may say what never came. */
void ward_dissect_over(struct ward_net *n, struct ward_flow *flow);
/* No dissector sees the flow any more. Not from within a call of its stream. */
void ward_dissect_leave(struct ward_net *n, struct ward_flow *flow);

#endif
