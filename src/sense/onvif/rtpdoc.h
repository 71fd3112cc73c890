/* Documents out of RTP packets (ONVIF Streaming 5.1.2: a document is all packets up to the one with
 * the marker bit).
 *
 * Sees untrusted bytes; memory is one document of WARD_RTPDOC_BYTES at most. Single-threaded. */
#ifndef WARD_SENSE_ONVIF_RTPDOC_H
#define WARD_SENSE_ONVIF_RTPDOC_H

#include "base/counter.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/wr.h"

enum { WARD_RTPDOC_BYTES = 1 << 20 };

struct ward_rtpdoc {
	struct ward_counters *counters;
	struct ward_wr doc;
	bool any;      /* a packet came */
	bool skipping; /* a part of the document is missing: until the next begins */
	bool whole;    /* doc was given out */
	uint16_t seq;  /* that comes next */
	uint32_t time; /* of the document in hand */
};

/* mem and counters are borrowed. */
void ward_rtpdoc_init(
	struct ward_rtpdoc *d, const struct ward_mem *mem, struct ward_counters *counters);
void ward_rtpdoc_fini(struct ward_rtpdoc *d);
/* Forgets what it has: a new stream. */
void ward_rtpdoc_begin(struct ward_rtpdoc *d);
/* One packet (RFC 3550 5.1). OK: *ret is a whole document, until the next call; MORE: none yet.
 * NOMEM. What is lost is counted: onvif.packets_lost, and as documents onvif.metadata_cut,
 * .metadata_long; a packet that is none as onvif.packets_odd. */
WARD_MUST_CHECK enum ward_err ward_rtpdoc_take(
	struct ward_rtpdoc *d, struct ward_slice rtp, struct ward_slice *ret);

#endif
