/* Files that pass by, from the network sensor's process to the one that looks at them (`file`):
 * the sink of one, the reader of the other.
 *
 * The sensor must never wait for long, since frames are lost meanwhile: what the queue has no room
 * for within some milliseconds is shed, file by file. Its event says how much there was, so that
 * the reader knows whether it has all of it (passed.h). Bodies, message FILE, integers big-endian:
 *
 *   u8 1, be64 number                                     a file begins
 *   u8 2, be64 number, be64 offset, bytes                 what comes of it
 *   u8 3, be64 number, an event (event/README)            its net.file; none: nobody hears of it
 *   u8 4, be64 number, be64 resource, be64 from,          the same of a piece of a resource
 *         be64 total, an event                            (struct ward_file_range)
 *
 * Numbers are of one sender, whatever interface the file passed by on. */
#ifndef WARD_RUN_FILING_H
#define WARD_RUN_FILING_H

#include "run/ipc.h"
#include "sense/net/carve/sink.h"

enum {
	WARD_FILING_PIECE = 65536,
	WARD_FILING_SHED = 64,  /* files that are shed at once and of which no more is sent */
	WARD_FILING_OWED = 256, /* files that ended unheard, as many as the reader keeps at once */
};

struct ward_filing;
/* fd: of the link; it is made not to block. NOMEM. Borrows clock and names. */
WARD_MUST_CHECK enum ward_err ward_filing_new(int fd, const struct ward_clock *clock,
	const struct ward_names *names, struct ward_filing **ret);
void ward_filing_free(struct ward_filing *f);
/* For one interface of at most 16; lives as long as f. */
const struct ward_file_sink *ward_filing_sink(struct ward_filing *f, unsigned tap);
/* How many files' events found no room since it was last asked: of those nothing is known there. */
uint64_t ward_filing_lost(struct ward_filing *f);

/* At the other end. The slices look into the body. */
enum ward_filing_what {
	WARD_FILING_BEGIN = 1,
	WARD_FILING_BYTES,
	WARD_FILING_TOLD,
	WARD_FILING_PIECE_TOLD
};
struct ward_filed {
	enum ward_filing_what what;
	uint64_t number;
	uint64_t off;                 /* BYTES */
	struct ward_slice bytes;      /* BYTES, TOLD, PIECE_TOLD */
	struct ward_file_range range; /* PIECE_TOLD */
};
/* MALFORMED: no sensor of ours says this, and *ret is zeros. */
WARD_MUST_CHECK enum ward_err ward_filing_read(const struct ward_msg *m, struct ward_filed *ret);

#endif
