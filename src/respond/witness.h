/* Inside respond: signed heads of the ledger (docs/audit.md), told to those who keep them
 * elsewhere: on a timer, and soon after what matters most. */
#ifndef WARD_RESPOND_WITNESS_H
#define WARD_RESPOND_WITNESS_H

#include "respond/priv.h"

/* What is on record now is to be witnessed soon: an incident ended, evidence was handed out. */
void respond_witness_soon(struct ward_respond *r);
/* The row that queues the last head for a listener that gets heads. False: it is not due. */
bool respond_witness_next(
	struct ward_respond *r, size_t listener, ward_ns now, struct ward_delivery *ret);
/* A better one is there than the one that waits for its next attempt. */
bool respond_witness_newer(const struct ward_respond *r, size_t listener);
/* A row that queued one. */
void respond_witness_queued(struct ward_respond *r, size_t listener, const struct ward_conf *c);

#endif
