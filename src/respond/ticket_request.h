/* Inside respond: a request to a ticket system as its template has it, filled. Pure. */
#ifndef WARD_RESPOND_TICKET_REQUEST_H
#define WARD_RESPOND_TICKET_REQUEST_H

#include "conf/conf.h"
#include "respond/ticket_system.h"

struct ticket_values {
	const struct ward_ticket_system *system;
	const struct ward_weburl *url; /* where the system's interface begins */
	struct ward_str user, secret, login, session, ticket, incident;
	const struct ward_conf *c; /* what is said of the incident; NULL: nothing */
};

/* *text and *reason are room for texts of several lines. What does not fit makes *to bad. */
void respond_ticket_write(const struct ticket_values *v, enum ward_ticket_do d,
	struct ward_wr *text, struct ward_wr *reason, struct ward_wr *to);

#endif
