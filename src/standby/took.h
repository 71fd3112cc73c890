/* How a machine came to lead its epoch, and when: kept, so that people are told of a take-over also
 * when it was begun anew just then. */
#ifndef WARD_STANDBY_TOOK_H
#define WARD_STANDBY_TOOK_H

#include "base/clock.h"
#include "journal/io.h"

enum ward_took_how {
	WARD_TOOK_UNKNOWN, /* nobody kept it */
	WARD_TOOK_FIRST,   /* nobody led before */
	WARD_TOOK_OVER,    /* who led was not heard any more */
	WARD_TOOK_SWITCH,  /* it was handed over */
	WARD_TOOK_FORCED,  /* by hand, from one that was alone */
	WARD_TOOK_HOWS,
};

struct ward_took {
	uint64_t epoch;
	enum ward_took_how how;
	ward_ns at; /* wall clock */
};

/* "unknown", "first", "over", "switch", "forced"; lives forever. */
const char *ward_took_name(enum ward_took_how how);
/* NOT_FOUND, CORRUPT, IO. */
WARD_MUST_CHECK enum ward_err ward_took_read(const struct ward_io *io, struct ward_took *ret);
/* Durable, whole or as before. FULL, IO. */
WARD_MUST_CHECK enum ward_err ward_took_write(const struct ward_io *io, const struct ward_took *t);

#endif
