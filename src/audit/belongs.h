/* Which clips, photos and kept files are of an incident: by the members that Ward writes into rows,
 * whatever else stands in them. Words of people, as reasons, name anything.
 *
 * The revisions of an incident, and of those that became it, say of which detections and former
 * incidents it is, its detections of which events; a clip says of which incident, a photo of which
 * report, which is an event, a file of which event. Pure. */
#ifndef WARD_AUDIT_BELONGS_H
#define WARD_AUDIT_BELONGS_H

#include "base/hash.h"
#include "store/store.h"

struct ward_belongs {
	struct ward_id is;
	struct ward_tab incident, detection, event; /* sets */
	uint64_t n_incident, n_detection; /* as many as a revision counts, listed or not */
	enum ward_err err;
};

/* Borrows mem. */
void ward_belongs_init(struct ward_belongs *b, const struct ward_mem *mem, struct ward_id incident);
void ward_belongs_fini(struct ward_belongs *b);
/* Reads the rows of a store. NOMEM, LIMIT, and errors of the store. O(rows of incidents) for each
 * generation of incidents that became one, and once of detections. */
WARD_MUST_CHECK enum ward_err ward_belongs_find(struct ward_belongs *b, struct ward_store *s);
/* How many detections and former incidents it has, as its rows count them, that none of these rows
 * lists, since a list has its limit: what is of them is not known to be. */
uint64_t ward_belongs_unlisted(const struct ward_belongs *b);
/* Is the clip of that incident, or the photo or file of that event, of it? */
bool ward_belongs_clip(const struct ward_belongs *b, bool of_event, struct ward_id of);
/* Is that one of its detections, or of their events, a report for one? */
bool ward_belongs_named(const struct ward_belongs *b, struct ward_id id);
/* Is the row one of a clip, photo or file that is of it? */
bool ward_belongs_row(const struct ward_belongs *b, const struct ward_store_row *r);

#endif
