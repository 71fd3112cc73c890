/* Tickets of another system, kept as incidents go (docs/tickets.md): a letter of `respond` as the
 * requests of a ticket system, one after the other, and what its answers mean.
 *
 * Pure: bytes in, bytes out, no socket. Each ticket is looked for by the incident's id first, so
 * nothing is to be remembered here, and a letter that comes again makes no second ticket. Answers
 * are outside bytes: bounded by http/message, read as JSON, and what of them goes into the next
 * request is escaped by where it stands. */
#ifndef WARD_RESPOND_TICKET_H
#define WARD_RESPOND_TICKET_H

#include "base/clock.h"
#include "respond/ticket_system.h"
#include "respond/webhook.h"

enum {
	WARD_TICKET_ITEMS = 64, /* of one letter */
	WARD_TICKET_USER = 512,
};

struct ward_ticket_opts {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	const struct ward_ticket_system *system; /* borrowed, as the texts */
	const struct ward_weburl *url;
	struct ward_str user, secret;
	/* Of the ticket of one incident. REFUSED: it was not kept, and the letter goes on with the
	 * others. CLOSED: of one that is not over here, it is closed there; DELIVERED: of one that
	 * was, it is open there. why: its number, may be empty. False:
	 * nobody heard it. */
	bool (*says)(void *ctx, struct ward_id incident, const struct ward_outcome *o);
	void *ctx;
};

enum ward_ticket_next {
	WARD_TICKET_ON,    /* send what was written, and wait for bytes */
	WARD_TICKET_AGAIN, /* the other side ends its connections: another one, then _connected */
	WARD_TICKET_OVER,  /* the outcome is there; what was written is a goodbye */
};

struct ward_ticket;

/* Copies o. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ticket_new(
	const struct ward_ticket_opts *o, struct ward_ticket **ret);
void ward_ticket_free(struct ward_ticket *t);

/* A letter: "ward.tickets/1" or "ward.test/1". One that failed on its way goes on where it was,
 * and a look with what the last one did not get to.
 * MALFORMED: it is neither; the outcome says so. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ticket_begin(
	struct ward_ticket *t, struct ward_id id, struct ward_str body);
/* A connection is there: the request that is due. */
enum ward_ticket_next ward_ticket_connected(struct ward_ticket *t, struct ward_wr *w);
/* Bytes that came; none: the other side ended the connection. now: of the wall clock. NOMEM: of no
 * use any more. */
WARD_MUST_CHECK enum ward_err ward_ticket_take(struct ward_ticket *t, struct ward_slice bytes,
	ward_ns now, struct ward_wr *w, enum ward_ticket_next *ret);
const struct ward_outcome *ward_ticket_outcome(const struct ward_ticket *t);

#endif
