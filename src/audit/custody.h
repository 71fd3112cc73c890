/* The chain of custody of an incident's clips, photos and kept files, as PROV-JSON (W3C Member
 * Submission, 2013): what was captured by what, who looked and why, what was erased, what is handed
 * out.
 *
 * Made of the store's rows of kind CLIP, in their order. Pure. */
#ifndef WARD_AUDIT_CUSTODY_H
#define WARD_AUDIT_CUSTODY_H

#include "base/json.h"
#include "store/store.h"

struct ward_custody_export {
	struct ward_id incident;
	ward_ns at;
	struct ward_str who, why; /* of who hands it out */
};

/* The rows of clips, as they lie in the ledger; each becomes members of the document. */
struct ward_custody {
	/* on the heap */
	struct ward_wr entity, activity, agent, used, made, associated, derived, erased;
	size_t n;
};
void ward_custody_init(struct ward_custody *c);
void ward_custody_fini(struct ward_custody *c);
/* A row that is none of these is left. */
void ward_custody_row(struct ward_custody *c, const struct ward_store_row *row);
/* A file that is handed out, with its hash, made of the clip `of` (zeros: of the ledger). */
void ward_custody_file(
	struct ward_custody *c, const char *name, const uint8_t sha256[32], struct ward_id of);
/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_custody_write(
	struct ward_custody *c, const struct ward_custody_export *x, struct ward_wr *w);

#endif
