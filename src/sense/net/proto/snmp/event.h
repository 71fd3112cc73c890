/* What a flow's SNMP keeps between datagrams, and the events made of it. Private to this folder. */
#ifndef WARD_SENSE_NET_SNMP_EVENT_H
#define WARD_SENSE_NET_SNMP_EVENT_H

#include "sense/net/proto/snmp/snmp.h"
#include "sense/net/sensor.h"

enum { WARD_SNMP_PENDING = 8, WARD_SNMP_KEPT = 32 };

/* A request without its answer yet. */
struct ward_snmp_pending {
	bool open, from_client, reportable;
	uint8_t version, flags;
	bool community_default;
	enum ward_snmp_pdu pdu;
	int32_t id;
	uint64_t who; /* hash of community or user: the community is not kept */
	ward_ns time;
	uint8_t n_user, user[WARD_SNMP_KEPT]; /* RFC 3414 2.4: at most 32 */
	uint8_t n_oid, oid[WARD_SNMP_KEPT];   /* the first one, when it is as short */
};

struct ward_snmp_flow {
	struct ward_snmp_pending pending[WARD_SNMP_PENDING];
	size_t next;  /* place of the next request: the oldest one's */
	uint64_t who; /* who was told last to be let in */
};

/* How a message stands to those before it. */
struct ward_snmp_join {
	bool answer, repeated;
	const struct ward_snmp_pending *request; /* of an answer; NULL: none was seen */
};

const char *ward_snmp_reason_name(enum ward_snmp_reason reason);
bool ward_snmp_name_at(size_t i, struct ward_wr *w);
/* m->pdu is known; m may be malformed behind that. */
void ward_snmp_emit(
	const struct ward_dissect *d, const struct ward_snmp *m, const struct ward_snmp_join *join);
void ward_snmp_emit_unanswered(const struct ward_dissect *d, const struct ward_snmp_pending *p);

/* The last arc of what a report counts (RFC 3414 5: usmStats), or 0. */
enum ward_snmp_usm_stats {
	WARD_SNMP_NO_STATS,
	WARD_SNMP_UNSUPPORTED_LEVEL,
	WARD_SNMP_NOT_IN_TIME,
	WARD_SNMP_UNKNOWN_USER,
	WARD_SNMP_UNKNOWN_ENGINE,
	WARD_SNMP_WRONG_DIGEST,
	WARD_SNMP_DECRYPTION,
	WARD_SNMP_USM_STATS,
};
enum ward_snmp_usm_stats ward_snmp_report(const struct ward_snmp *m);

#endif
