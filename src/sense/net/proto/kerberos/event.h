/* What a flow's Kerberos keeps between messages, and the events made of it. Private to this
 * folder. */
#ifndef WARD_SENSE_NET_KERBEROS_EVENT_H
#define WARD_SENSE_NET_KERBEROS_EVENT_H

#include "sense/net/proto/kerberos/kerberos.h"
#include "sense/net/sensor.h"

enum { WARD_KERBEROS_PENDING = 4, WARD_KERBEROS_NAME = 128 };

/* What an answer repeats of its request, so that each is complete. */
struct ward_kerberos_kept {
	uint8_t type;
	uint8_t n_user, n_service;
	uint32_t options;
	char user[WARD_KERBEROS_NAME], service[WARD_KERBEROS_NAME];
	int32_t etype[WARD_KERBEROS_ETYPES], padata[WARD_KERBEROS_PADATA];
	size_t n_etype, n_padata;
	struct ward_kerberos_etype preauth_etype;
};

struct ward_kerberos_pending {
	bool open, from_client;
	uint32_t nonce;
	ward_ns time;
	struct ward_kerberos_kept kept;
};

struct ward_kerberos_flow {
	struct ward_kerberos_pending pending[WARD_KERBEROS_PENDING];
	size_t next;  /* place of the next request: the oldest one's */
	bool seen;    /* a message was there */
	bool lost[2]; /* by side, server second: a begin must be found again */
};

bool ward_kerberos_name_at(size_t i, struct ward_wr *w);
bool ward_kerberos_is_request(uint8_t type);
/* Fills *kept from a request. */
void ward_kerberos_keep(struct ward_kerberos_kept *kept, const struct ward_kerberos *m);
void ward_kerberos_emit_request(
	const struct ward_dissect *d, const struct ward_kerberos *m, bool kpasswd, bool repeated);
/* p: the request, or NULL when none was seen. Tells a login, too. */
void ward_kerberos_emit_answer(const struct ward_dissect *d, const struct ward_kerberos *m,
	bool kpasswd, const struct ward_kerberos_pending *p);
void ward_kerberos_emit_unanswered(
	const struct ward_dissect *d, const struct ward_kerberos_pending *p);

#endif
