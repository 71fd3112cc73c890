/* An SNMP client that only reads (GetRequest and GetBulkRequest, RFC 3416 4.2.1, 4.2.3), of one
 * agent.
 *
 * A state machine without socket and clock: it decides what to read when, and a callback reads.
 * Several objects are asked for together; fewer where an answer would be too big. Instances of one
 * column are read as a part of their table. Single-threaded. */
#ifndef WARD_SENSE_BUILDING_SNMP_CLIENT_H
#define WARD_SENSE_BUILDING_SNMP_CLIENT_H

#include "sense/building/poll_tell.h"

enum { WARD_SNMP_IDS = 64, WARD_SNMP_GROUP = 16, WARD_SNMP_BULK_MIN = 4, WARD_SNMP_TEXT = 256 };

/* An object identifier: at least two numbers (RFC 2578 3.5 allows 128; real ones are shorter). */
struct ward_snmp_oid {
	uint32_t id[WARD_SNMP_IDS];
	size_t n;
};

/* ".1.3.6.1.2.1.1.3.0", with or without the first point. MALFORMED; *ret_why says the mend, lives
 * forever. */
WARD_MUST_CHECK enum ward_err ward_snmp_oid_parse(
	struct ward_str s, struct ward_snmp_oid *ret, const char **ret_why);

/* What came for one object: a value (its text, if it has one, is in `text`), or why there is none.
 */
struct ward_snmp_value {
	struct ward_value value;
	const char *reason; /* NULL: there is one; lives forever */
	bool cut;           /* there is more of it than `text` has room for */
	char text[WARD_SNMP_TEXT];
};

enum ward_snmp_end {
	WARD_SNMP_DONE,
	WARD_SNMP_TOO_BIG, /* tooBig (RFC 3416 4.2.1) */
	WARD_SNMP_REFUSED, /* another error status, or a report: *ret_why */
	WARD_SNMP_MISSED,  /* no answer */
	WARD_SNMP_WRONG,   /* an answer about something else */
	WARD_SNMP_SPARSE,  /* of a table: other instances lie between, and the answer ends before */
};

struct ward_snmp_client_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the client's life */
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_poll_sink sink;
	struct ward_str source, ip; /* of the events; ip may be empty */
	const struct ward_poll_plan *plan;
	unsigned rate; /* questions a second; 0: poll.rate */
	ward_ns every; /* how often each point is read */
	uint64_t seed, epoch;
	/* Reads n objects into ret, in their order, and waits for the answer. bulk: they are
	 * instances of one column, in the order of the table. */
	enum ward_snmp_end (*read)(void *ctx, const struct ward_snmp_oid *const *oid, size_t n,
		bool bulk, struct ward_snmp_value *ret, const char **ret_why);
	/* Both clocks, which went on meanwhile. */
	struct ward_poll_now (*now)(void *ctx);
	void *ctx;
};

struct ward_snmp_client;

/* NOMEM; CONFIG: an address of the plan is none, *ret_point is its index and *ret_why says the
 * mend. */
WARD_MUST_CHECK enum ward_err ward_snmp_client_new(const struct ward_snmp_client_opts *opts,
	struct ward_snmp_client **ret, size_t *ret_point, const char **ret_why);
void ward_snmp_client_free(struct ward_snmp_client *c);
/* Asks for one group that is due, if one is. NOMEM or the sink's. */
WARD_MUST_CHECK enum ward_err ward_snmp_client_tick(struct ward_snmp_client *c);
/* Monotonic: when the next tick has something to do. */
ward_ns ward_snmp_client_due(const struct ward_snmp_client *c);

#endif
