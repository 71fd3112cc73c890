/* Files of the spool erased, with what proves it. Reads and changes one folder; any thread, as long
 * as nobody else changes the same file. */
#ifndef WARD_SENSE_NET_CARVE_ERASE_H
#define WARD_SENSE_NET_CARVE_ERASE_H

#include "base/err.h"
#include "base/slice.h"

struct ward_spool_erased {
	uint64_t bytes;  /* that its file had */
	uint8_t sum[32]; /* SHA-256 of them: who has a copy of what went can tell that it was this
			  */
	bool sealed;     /* only its key could make sense of them */
	bool key_was_there; /* sealed: and went first */
};

/* A name that ward_spool.h gives: [incomplete-]SHA256-NAME or [incomplete-]SHA256.sealed. */
bool ward_spool_is_name(const char *name, bool *ret_sealed);

/* The key, where there is one, is overwritten and removed before the file; of a file that is not
 * sealed the content is overwritten first. Each step is on disk before the next, and in the end
 * both names are looked for. What a copying or flash file system still holds below is out of reach:
 * of a sealed file it is noise without its key, of others it is not, which is why nothing but the
 * names is proven of those. MALFORMED: it is no such name; NOT_FOUND; IO (errno): it may be there
 * still, or its key alone gone; *ret is untouched then. O(bytes). */
WARD_MUST_CHECK enum ward_err ward_spool_erase(
	int dir, const char *name, struct ward_spool_erased *ret);

#endif
