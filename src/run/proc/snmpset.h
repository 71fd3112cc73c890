/* Inside the process `snmpset`: how a switch is read (snmpset_read.c), and where something hangs
 * (snmpset_find.c). Whatever ends a request early has been answered by who ended it. */
#ifndef WARD_RUN_PROC_SNMPSET_H
#define WARD_RUN_PROC_SNMPSET_H

#include "respond/act/port.h"
#include "respond/webhook.h"
#include "run/process.h"
#include "sense/building/snmp_set.h"

enum { SETTER_MAC = 6, SETTER_ROWS = 64 };

struct setter {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_snmp *snmp;
	struct ward_str uplinks;
	int link, sock;
	/* what is asked */
	struct ward_id id;
	struct ward_port_ask ask;
	ward_ns until;
	/* what is looked for in a column, and where it was found */
	struct ward_str name;
	int64_t number;
	uint32_t found;
	unsigned n_found;
	uint32_t mac[WARD_PORT_DEVICES + 1][SETTER_MAC]; /* that are behind the port */
	size_t n_mac;
	/* of what is looked for: its rows, the bridge's ports at which it is, and whether a
	 * neighbour at that local port (0: at any) passes things on */
	struct setter_row {
		uint32_t index[1 + SETTER_MAC];
		size_t n;
		uint32_t port;
	} row[SETTER_ROWS];
	size_t n_row;
	uint32_t at[WARD_PORT_MACS], neighbour;
	size_t n_at;
	size_t n_there, n_alone; /* neighbours there; those that say that they pass nothing on */
	bool passed_on, any;     /* any: there are rows, whatever of */
	bool late, seeks;        /* asked is where something hangs; nothing is set */
	uint8_t buf[WARD_MSG_MAX];
};

typedef bool setter_each_fn(
	void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v);

/* Columns: IF-MIB (RFC 2863); BRIDGE-MIB (RFC 4188): the interface of a port, the port at which an
 * address is, and how it came there; Q-BRIDGE-MIB (RFC 4363): the same for each VLAN. */
extern const struct ward_snmp_oid setter_if_descr, setter_if_name, setter_base_port, setter_fdb,
	setter_fdb_status, setter_vlan_fdb, setter_vlan_fdb_status;

ward_ns setter_mono(const struct setter *s);
/* The answer to the request in hand. */
void setter_say(struct setter *s, enum ward_sent what, const char *why);
/* What a question that was not answered says of the request; nothing was set yet. False: it was
 * said. */
bool setter_heard(struct setter *s, enum ward_snmp_end e, const char *why);
enum ward_snmp_end setter_read(struct setter *s, const struct ward_snmp_oid *column, uint32_t index,
	struct ward_snmp_value *ret, const char **ret_why);
/* The same, of a row with an index of n numbers. */
enum ward_snmp_end setter_read_row(struct setter *s, const struct ward_snmp_oid *column,
	const struct setter_row *row, struct ward_snmp_value *ret, const char **ret_why);
/* To the end, or as far as `row` wants; its ctx is s. False: it was said why not. */
bool setter_walk(struct setter *s, const struct ward_snmp_oid *column, setter_each_fn *row);
/* Whose value in the column is the name, or, if that is empty, the number: s->found, s->n_found,
 * which are counted on. False as above. */
bool setter_find(struct setter *s, const struct ward_snmp_oid *column);
/* Is that interface an uplink, by whichever of its names? False: it was said. */
bool setter_uplink(struct setter *s, uint32_t if_index, bool *ret);
/* The addresses behind that port of the bridge, into s->mac: one more than are touched at most.
 * False: it was said. */
bool setter_behind(struct setter *s, uint32_t base);
/* Is it among n addresses, one after the other? */
bool setter_among(const uint32_t mac[SETTER_MAC], const uint8_t *of, size_t n);

/* The ports of the bridge at which the addresses of s->ask are now, as it learned itself, into
 * s->at. False: it was said. */
bool setter_where(struct setter *s);
/* Does a neighbour behind that interface pass things on, as it says by LLDP? False: it was said. */
bool setter_neighbour(struct setter *s, uint32_t if_index, bool *ret);
/* Where the things of s->ask hang, and answers it. */
void setter_seek(struct setter *s);

#endif
