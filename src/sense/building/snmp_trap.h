/* SNMP notifications that agents send of their own accord: Trap of version 1 (RFC 1157 4.1.6),
 * SNMPv2-Trap and InformRequest of versions 2c and 3 (RFC 3416 4.2.6, 4.2.7), read by net-snmp from
 * datagrams that are handed in.
 *
 * Of version 3 only what is authentic and encrypted counts (RFC 3414); of the others the community
 * is all that is asked, which is no secret on the way. What is to be answered is given back, and
 * sent by whoever has the socket: an Inform's answer says that it is recorded, so it must not leave
 * before. Faces whoever reaches the port. */
#ifndef WARD_SENSE_BUILDING_SNMP_TRAP_H
#define WARD_SENSE_BUILDING_SNMP_TRAP_H

#include "sense/building/snmp.h"

enum { WARD_SNMP_TRAP_OBJECTS = 32 /* that are told of one */ };

struct ward_snmp_traps_opts {
	const struct ward_mem *mem; /* pointers are borrowed */
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_poll_sink sink;
	struct ward_str source;
	uint64_t epoch;
	ward_ns wall; /* when this life begins */
	/* How messages are protected: a community, or a user; of fd and timeout nothing is used. */
	const struct ward_snmp_opts *as;
};

struct ward_snmp_traps;

/* Before the cage. NOMEM; CONFIG: a pass phrase is shorter than eight bytes. One in a process. */
WARD_MUST_CHECK enum ward_err ward_snmp_traps_new(
	const struct ward_snmp_traps_opts *o, struct ward_snmp_traps **ret);
void ward_snmp_traps_free(struct ward_snmp_traps *t);
/* One datagram from ip (its text): a field.alarm, or a field.refused; nothing of an Inform that was
 * told and comes again, since its answer was lost. *ret_good: it was authentic. NOMEM, LIMIT or the
 * sink's. */
WARD_MUST_CHECK enum ward_err ward_snmp_traps_hear(struct ward_snmp_traps *t, struct ward_str ip,
	struct ward_slice bytes, ward_ns wall, bool *ret_good);
/* A datagram that was not read, and why (a literal): counted, and told as any refusal. */
WARD_MUST_CHECK enum ward_err ward_snmp_traps_refuse(struct ward_snmp_traps *t, struct ward_str ip,
	const char *reason, struct ward_poll_refused *r, ward_ns wall);
/* What is due to the sender of the last datagram, once all that was told is durable: an Inform's
 * answer, or (version 3) who we are. Empty: nothing. Valid until the next one. */
struct ward_slice ward_snmp_traps_answer(const struct ward_snmp_traps *t);

#endif
