/* Private to the two files that know net-snmp. */
#ifndef WARD_SENSE_BUILDING_SNMP_PRIV_H
#define WARD_SENSE_BUILDING_SNMP_PRIV_H

/* net-snmp's headers need its own first. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include "sense/building/snmp_client.h"

/* The library, for this process: nothing is read from files or written to them, and nothing is said
 * on standard error. */
void snmp_prepare(void);
/* "1.3.6.1 …" into text; what has no room is cut after a number. */
struct ward_str snmp_oid_text(char *text, size_t cap, const oid *id, size_t n);
/* What one object of a message has (RFC 2578 7.1). */
void snmp_take(const netsnmp_variable_list *var, struct ward_snmp_value *v);

#endif
