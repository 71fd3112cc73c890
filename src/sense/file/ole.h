/* Compound files (MS-CFB): older Office documents, MSI, Outlook's mail. And the compression of VBA
 * (MS-OVBA 2.4.1), which lies in them. */
#ifndef WARD_SENSE_FILE_OLE_H
#define WARD_SENSE_FILE_OLE_H

#include "base/rd.h"
#include "base/wr.h"

enum { WARD_OLE_NAME = 128 };

struct ward_ole {
	struct ward_slice file;
	unsigned sector_bits, mini_bits;
	uint32_t mini_cutoff, n_fat, dir, mini_fat, difat, n_difat;
	uint32_t fat[109];                          /* of the head; more by difat */
	struct ward_wr directory, mini, mini_table; /* read whole */
	uint32_t entry;                             /* the next one of the directory */
	size_t budget; /* sectors that may still be followed: chains may be cycles */
};

struct ward_ole_stream {
	char name[WARD_OLE_NAME]; /* UTF-8 */
	size_t name_len;
	uint64_t size; /* as the directory says */
	bool whole;    /* all of it was there */
};

/* MALFORMED: it has no head or no directory. NOMEM. Fini in each case. */
WARD_MUST_CHECK enum ward_err ward_ole_open(struct ward_ole *o, struct ward_slice file);
void ward_ole_fini(struct ward_ole *o);
/* The next stream; its bytes go to w. MORE: there is none. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ole_next(
	struct ward_ole *o, struct ward_ole_stream *ret, struct ward_wr *w);

/* MALFORMED: it is no compressed container; what came before is in w. */
WARD_MUST_CHECK enum ward_err ward_vba_unpack(struct ward_slice in, struct ward_wr *w);

#endif
