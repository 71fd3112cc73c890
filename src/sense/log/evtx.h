/* Private to this room: the records of one chunk of a Windows event log file (.evtx).
 *
 * A chunk of 64 KiB stands alone: its names and templates are in it, so that a broken one takes no
 * other along, and a file is read as a stream. Source: the description of the format in libevtx's
 * documentation and [MS-EVEN6] for what is inside of a record. Pure; sees untrusted bytes. */
#ifndef WARD_SENSE_LOG_EVTX_H
#define WARD_SENSE_LOG_EVTX_H

#include "base/clock.h"
#include "base/slice.h"

enum { WARD_EVTX_HEADER = 4096, WARD_EVTX_CHUNK = 65536 };

struct ward_evtx_record {
	uint64_t id;
	bool has_time;
	ward_ns time;    /* when it was written */
	size_t off;      /* of the record in its chunk */
	size_t xml, len; /* where its binary XML stands in the chunk */
};

struct ward_evtx_chunk {
	struct ward_slice bytes;
	size_t at, end;
	bool lost; /* bytes were passed over since the last record */
};

/* "ElfFile" and its sizes. *ret_skip: bytes of the header block beyond WARD_EVTX_HEADER. False for
 * what is no such file. */
bool ward_evtx_header(struct ward_slice head, size_t *ret_skip);
/* OK; CLOSED for a chunk that was never used; MALFORMED for no chunk at all. *ret_sums is false
 * when a checksum does not fit: such a chunk is read nevertheless. */
WARD_MUST_CHECK enum ward_err ward_evtx_chunk_on(
	struct ward_slice bytes, struct ward_evtx_chunk *ret, bool *ret_sums);
/* The next record; false at the end. c->lost then and before says that bytes were passed over that
 * are no record. */
bool ward_evtx_next(struct ward_evtx_chunk *c, struct ward_evtx_record *ret);

#endif
