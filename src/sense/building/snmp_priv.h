/* Private to the files that know net-snmp. */
#ifndef WARD_SENSE_BUILDING_SNMP_PRIV_H
#define WARD_SENSE_BUILDING_SNMP_PRIV_H

/* net-snmp's headers need its own first. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include "sense/building/snmp.h"

/* The library, for this process: nothing is read from files or written to them, and nothing is said
 * on standard error. */
void snmp_prepare(void);
/* "1.3.6.1 …" into text; what has no room is cut after a number, and *ret_cut is set then. */
struct ward_str snmp_oid_text(char *text, size_t cap, const oid *id, size_t n, bool *ret_cut);
/* The user of version 3 and its keys into a session (RFC 3414 11); the session's owner frees them
 * by snmp_unprotect. False: a pass phrase is too short, or there is no memory. */
bool snmp_protect(netsnmp_session *s, const struct ward_snmp_opts *o);
void snmp_unprotect(netsnmp_session *s);

/* snmp_user.c: engines that send by version 3. Keys are of one engine (RFC 3414 2.6), and of a trap
 * that is its sender's: so the user is made for each engine that is heard, and stays known for
 * those whose message was authentic. */
enum { SNMP_ENGINES = 512, SNMP_ENGINE_BYTES = 32 /* RFC 3411 5 */ };

struct snmp_engine {
	uint8_t id[SNMP_ENGINE_BYTES];
	size_t len;
	ward_ns last; /* authentic message */
};

struct snmp_users {
	netsnmp_session user; /* with the keys before they are an engine's */
	bool has_user;
	struct snmp_engine own, engine[SNMP_ENGINES], in_hand;
	size_t n;
};

/* A new life of an engine of that name, begun at `wall`. */
bool snmp_users_init(
	struct snmp_users *u, const struct ward_snmp_opts *o, const char *name, ward_ns wall);
void snmp_users_fini(struct snmp_users *u);
/* Before a datagram is read, if it is one of version 3; true: it is. */
bool snmp_users_expect(struct snmp_users *u, struct ward_slice datagram);
/* Behind it. */
void snmp_users_settle(struct snmp_users *u, bool authentic, ward_ns wall);
/* Is the datagram in hand for our own engine, or for none (RFC 3414 4: who asks which it is)? */
bool snmp_users_own(const struct snmp_users *u);

/* Sends that, which it takes, and waits for the answer: the caller's, or NULL. *ret_why is set of
 * what is REFUSED, and of what is MISSED where the agent said why it gives no answer. */
enum ward_snmp_end snmp_ask(
	struct ward_snmp *s, netsnmp_pdu *pdu, netsnmp_pdu **ret, const char **ret_why);

/* What one object of a message has (RFC 2578 7.1). */
void snmp_take(const netsnmp_variable_list *var, struct ward_snmp_value *v);

#endif
