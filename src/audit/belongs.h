/* Which clips and photos are of an incident: by the members that Ward writes into rows, whatever
 * else stands in them. Words of people, as reasons, name anything.
 *
 * An incident's revisions say of which detections and former incidents it is, its detections of
 * which events; a clip says of which incident, a photo of which report, which is an event. Pure. */
#ifndef WARD_AUDIT_BELONGS_H
#define WARD_AUDIT_BELONGS_H

#include "base/hash.h"
#include "store/store.h"

struct ward_belongs {
	struct ward_id is;
	struct ward_tab incident, detection, event; /* sets */
	enum ward_err err;
};

/* Borrows mem. */
void ward_belongs_init(struct ward_belongs *b, const struct ward_mem *mem, struct ward_id incident);
void ward_belongs_fini(struct ward_belongs *b);
/* Each row of the store to the first, then each again to the second, in their order. */
void ward_belongs_first(struct ward_belongs *b, const struct ward_store_row *r);
void ward_belongs_second(struct ward_belongs *b, const struct ward_store_row *r);
/* Both, of a whole store. NOMEM, LIMIT, and errors of the store. O(all). */
WARD_MUST_CHECK enum ward_err ward_belongs_find(struct ward_belongs *b, struct ward_store *s);
/* Is the clip of that incident, or the photo of that report, of it? */
bool ward_belongs_clip(const struct ward_belongs *b, bool photo, struct ward_id of);
/* Is the row one of a clip or photo that is of it? */
bool ward_belongs_row(const struct ward_belongs *b, const struct ward_store_row *r);

#endif
