/* A Modbus client that only reads: functions 1 to 4 of the MODBUS Application Protocol 1.1b3, over
 * one connection to one controller or gateway.
 *
 * A state machine without socket and clock: it decides what to read when, and a callback reads.
 * Neighbouring registers are read together; where a unit has a hole between them, apart. One
 * question is open at a time, for a gateway's serial line has room for no more. A unit that does
 * not answer is told once as field.offline and once as field.online. Single-threaded. */
#ifndef WARD_SENSE_BUILDING_MODBUS_CLIENT_H
#define WARD_SENSE_BUILDING_MODBUS_CLIENT_H

#include "sense/building/modbus_ref.h"
#include "sense/building/poll_tell.h"

enum {
	WARD_MODBUS_REGISTERS = 120, /* in one question; the standard allows 125 (6.3) */
	WARD_MODBUS_BITS = 1000,     /* … and 2000 (6.1) */
	WARD_MODBUS_GAP = 8,         /* registers nobody wants that are read along, at most */
};

/* How a reading ended; an exception has its code (clause 7) in it. */
struct ward_modbus_end {
	enum ward_modbus_ended {
		WARD_MODBUS_DONE,
		WARD_MODBUS_EXCEPTION,
		WARD_MODBUS_MISSED, /* no answer, or no connection */
		WARD_MODBUS_WRONG,  /* an answer that is none */
	} what;
	uint8_t code;
};

struct ward_modbus_client_opts {
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
	/* Reads n bits or registers of a unit into ret, and waits for the answer. */
	struct ward_modbus_end (*read)(void *ctx, uint8_t unit, enum ward_modbus_table table,
		uint16_t start, uint16_t n, uint16_t *ret);
	/* Both clocks, which went on meanwhile. */
	struct ward_poll_now (*now)(void *ctx);
	void *ctx;
};

struct ward_modbus_client;

/* NOMEM; CONFIG: an address of the plan is none, *ret_point is its index and *ret_why says the
 * mend. */
WARD_MUST_CHECK enum ward_err ward_modbus_client_new(const struct ward_modbus_client_opts *opts,
	struct ward_modbus_client **ret, size_t *ret_point, const char **ret_why);
void ward_modbus_client_free(struct ward_modbus_client *c);
/* Asks for one thing that is due, if anything is. NOMEM or the sink's. */
WARD_MUST_CHECK enum ward_err ward_modbus_client_tick(struct ward_modbus_client *c);
/* Monotonic: when the next tick has something to do. O(units). */
ward_ns ward_modbus_client_due(const struct ward_modbus_client *c);

#endif
