/* What the journal erased, as its process put it on record: told on, so that the ledger has it.
 * Judges nothing. */
#include "brain/priv.h"

#include "comply/deletion.h"

enum ward_err ward_brain_erased(struct ward_brain *b, const struct ward_event *e)
{
	struct ward_deletion d;
	enum ward_err err = ward_deletion_of_event(e, b->c.names, &d);

	if (err == WARD_ERR_FOREIGN)
		return WARD_OK;
	if (err) {
		ward_count_name(b->c.counters, "brain.erased_malformed", 1);
		return WARD_OK;
	}
	ward_wr_reset(&b->json);
	ward_deletion_write(&b->json, &d);
	ward_count_name(b->c.counters, "brain.erased", 1);
	ward_brain_put(b, WARD_OUTPUT_DELETION, e->id, 1, e->time);
	return b->err;
}
