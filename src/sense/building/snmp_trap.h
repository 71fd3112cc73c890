/* SNMP notifications that agents send of their own accord: Trap of version 1 (RFC 1157 4.1.6) and
 * SNMPv2-Trap of version 2c (RFC 3416 4.2.6), read by net-snmp from datagrams that are handed in.
 * Nothing is answered: of InformRequests neither. Faces whoever reaches the port; the community,
 * which is no secret on the way, is all that is asked. */
#ifndef WARD_SENSE_BUILDING_SNMP_TRAP_H
#define WARD_SENSE_BUILDING_SNMP_TRAP_H

#include "sense/building/poll_tell.h"

enum { WARD_SNMP_TRAP_OBJECTS = 32 /* that are told of one */ };

struct ward_snmp_traps_opts {
	const struct ward_mem *mem; /* pointers are borrowed */
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_poll_sink sink;
	struct ward_str source;
	uint64_t epoch;
	const char *community; /* copied */
};

struct ward_snmp_traps;

/* Before the cage. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_snmp_traps_new(
	const struct ward_snmp_traps_opts *o, struct ward_snmp_traps **ret);
void ward_snmp_traps_free(struct ward_snmp_traps *t);
/* One datagram from ip (its text): a field.alarm, or a field.refused. NOMEM, LIMIT or the sink's.
 */
WARD_MUST_CHECK enum ward_err ward_snmp_traps_hear(
	struct ward_snmp_traps *t, struct ward_str ip, struct ward_slice bytes, ward_ns wall);

#endif
