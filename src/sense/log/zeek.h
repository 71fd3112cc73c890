/* Private to this room: Zeek's logs. Its connections as flows, and its own text form. */
#ifndef WARD_SENSE_LOG_ZEEK_H
#define WARD_SENSE_LOG_ZEEK_H

#include "sense/log/flow.h"
#include "sense/input.h"
#include "sense/log/shape.h"

enum ward_zeek_key {
	WARD_ZEEK_ORIG_H,
	WARD_ZEEK_RESP_H,
	WARD_ZEEK_ORIG_P,
	WARD_ZEEK_RESP_P,
	WARD_ZEEK_DURATION,
	WARD_ZEEK_STATE,
	WARD_ZEEK_ORIG_PKTS,
	WARD_ZEEK_ORIG_BYTES,
	WARD_ZEEK_RESP_PKTS,
	WARD_ZEEK_RESP_BYTES,
	WARD_ZEEK_ORIG_MAC,
	WARD_ZEEK_RESP_MAC,
	WARD_ZEEK_PROTO,
	WARD_ZEEK_SERVICE,
	WARD_ZEEK_VLAN,
	WARD_ZEEK_KEY_N,
};

enum { WARD_ZEEK_COLUMNS = 256 };

struct ward_zeek {
	struct ward_names *names;
	struct ward_flow_names flow;
	uint32_t class_conn;
	const struct ward_shape *shape;
	uint32_t role[WARD_ZEEK_KEY_N * 2]; /* with a dot, with '_' as some shippers write */
	uint32_t flow_role[WARD_FLOW_FIELD_N];
	uint32_t name_path, name_service; /* its log; where its own words for services are kept */
	/* The header of the text form; n_column 0: none yet. */
	uint32_t column[WARD_ZEEK_COLUMNS];
	uint8_t type[WARD_ZEEK_COLUMNS];
	size_t n_column;
	char path[32], set_separator, unset[16], empty[16];
};

/* Borrows names and shape, which has seen no record yet. */
void ward_zeek_init(struct ward_zeek *z, struct ward_names *names, struct ward_shape *shape);

/* A net.zeek.conn event, as shape lifted it last, whose time is the connection's begin, becomes a
 * net.flow whose time is its end, as that of every flow. Anything else, and a connection without
 * two addresses, stays as it is. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_zeek_flow(struct ward_zeek *z, struct ward_event *e);

/* A line of the text form ("#fields", tabs). OK: *ret has its fields, its log's name as "_path".
 * AGAIN: a line of the header, which is now known. MALFORMED with *ret_problem: no header came, or
 * it does not fit. Fields that are unset are left out; sets and vectors become lists. Memory is
 * the arena's. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_zeek_line(struct ward_zeek *z, struct ward_str line,
	struct ward_arena *arena, struct ward_event *ret, struct ward_input_problem *ret_problem);

#endif
