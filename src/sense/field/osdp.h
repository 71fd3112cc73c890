/* What is said on an OSDP line between a controller and its badge readers: bytes in, events out
 * (docs/osdp.md).
 *
 * A pure state machine over (bytes, time); it only listens. Whatever is no frame is passed over,
 * and counted, until the next one. Remembered are the states of 128 addresses, and at most one
 * frame that is not whole; a card's number only in the event, whose sink makes a token of it; keys
 * that were pressed not at all. Single-threaded. */
#ifndef WARD_SENSE_FIELD_OSDP_H
#define WARD_SENSE_FIELD_OSDP_H

#include "base/counter.h"
#include "event/classes.h"
#include "event/event.h"
#include "sense/field/field.h"
#include "sense/field/osdp_frame.h"

struct ward_osdp_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the line's life */
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_field_sink sink;
	struct ward_str source; /* of the events; empty: "osdp" */
	struct ward_str line;   /* readers are called LINE/ADDRESS, or ADDRESS when it is empty */
	uint64_t epoch;         /* of the ids: a number of this life of a live line, 0 for a file */
};

struct ward_osdp;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_osdp_new(
	const struct ward_osdp_opts *opts, struct ward_osdp **ret);
void ward_osdp_free(struct ward_osdp *o);
/* The next bytes of the line, heard at now. NOMEM, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_osdp_bytes(
	struct ward_osdp *o, struct ward_slice bytes, ward_ns now);
/* Nothing more comes: what was not whole is passed over. */
WARD_MUST_CHECK enum ward_err ward_osdp_end(struct ward_osdp *o, ward_ns now);

#endif
