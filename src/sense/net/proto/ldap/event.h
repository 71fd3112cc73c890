/* What a connection's LDAP keeps between messages, and the events made of it. Private to this
 * folder. */
#ifndef WARD_SENSE_NET_LDAP_EVENT_H
#define WARD_SENSE_NET_LDAP_EVENT_H

#include "sense/net/proto/ldap/ldap.h"
#include "sense/net/sensor.h"

enum { WARD_LDAP_PENDING = 8, WARD_LDAP_KEPT = 592 };

/* A request until its result: one event tells both. */
struct ward_ldap_pending {
	bool open, from_client;
	bool cleartext, empty; /* a bind's secret: could be read, is none */
	uint8_t op, auth;
	uint8_t version, scope;
	bool start_tls;
	const char *method; /* of a login; lives forever */
	int32_t id, size_limit;
	uint32_t entries, references;
	size_t n_attribute;
	ward_ns time;
	/* Fields as text: field, length, bytes; the same field again makes a list. */
	size_t len;
	uint8_t kept[WARD_LDAP_KEPT];
};

struct ward_ldap_flow {
	struct ward_ldap_pending pending[WARD_LDAP_PENDING];
	size_t next;     /* place of the next request: the oldest one's */
	bool heard[2];   /* by side, server second: a message was there */
	bool layer;      /* SASL: messages may be wrapped from here on */
	bool layer_told; /* one was */
	bool lost[2];    /* by side, server second: a begin must be found again */
};

bool ward_ldap_name_at(size_t i, struct ward_wr *w);

/* Fills p from a request, what is told of it as text. */
void ward_ldap_remember(
	struct ward_ldap_pending *p, const struct ward_ldap *m, const struct ward_dissect *d);
/* The transaction; m: its result, or NULL and outcome says why there is none. Tells a login, too.
 */
void ward_ldap_emit(const struct ward_dissect *d, const struct ward_ldap_pending *p,
	const struct ward_ldap *m, const char *outcome);
/* A result that nobody asked for. */
void ward_ldap_emit_unrequested(const struct ward_dissect *d, const struct ward_ldap *m);
void ward_ldap_emit_unbind(const struct ward_dissect *d, const struct ward_ldap *m);
/* What an entry tells of the server that gives it; nothing of other entries. */
void ward_ldap_emit_server(const struct ward_dissect *d, const struct ward_ldap *m);
void ward_ldap_emit_layer(const struct ward_dissect *d);

#endif
