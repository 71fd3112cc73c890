/* A serial line that Ward listens to, whatever is spoken there: bytes in, events out.
 *
 * One face for the decoders of lines (osdp.h, espa.h), for whoever reads a line; and it knows when
 * a line gives nothing, since on all of them somebody polls. Pure, as they are; nothing is ever
 * written to a line. Single-threaded. */
#ifndef WARD_SENSE_FIELD_TAP_H
#define WARD_SENSE_FIELD_TAP_H

#include "sense/field/espa.h"

enum ward_tap_protocol { WARD_TAP_OSDP, WARD_TAP_ESPA, WARD_TAP_N };
/* "osdp", "espa"; WARD_TAP_N: no such protocol. */
enum ward_tap_protocol ward_tap_find(struct ward_str name);

struct ward_tap_opts {
	enum ward_tap_protocol protocol;
	const struct ward_mem *mem; /* pointers are borrowed for the line's life */
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_field_sink sink;
	struct ward_str source, line;   /* as in osdp.h and espa.h */
	enum ward_espa_charset charset; /* ESPA */
	uint64_t epoch;
	ward_ns silent; /* so long without a byte, or without a first one, and the line is told as
			   silent (field.silent), and as back (field.online) with the next one; 0:
			   never (a file) */
};

struct ward_tap;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_tap_new(const struct ward_tap_opts *opts, struct ward_tap **ret);
void ward_tap_free(struct ward_tap *t);
/* NOMEM, or the sink's error, all three. */
WARD_MUST_CHECK enum ward_err ward_tap_bytes(
	struct ward_tap *t, struct ward_slice bytes, ward_ns now);
/* About once a second while the line can be heard: the first time is its beginning. */
WARD_MUST_CHECK enum ward_err ward_tap_tick(struct ward_tap *t, ward_ns now);
/* The line ended, or its connection: what was not whole is counted. It may begin again. */
WARD_MUST_CHECK enum ward_err ward_tap_end(struct ward_tap *t, ward_ns now);

#endif
