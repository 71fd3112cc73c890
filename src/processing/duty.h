/* What the law itself wants to be kept, and for how long at least: of sources whose entry is like a
 * ready-made one, and of kinds of the ledger's rows. Pure. docs/processing.md */
#ifndef WARD_PROCESSING_DUTY_H
#define WARD_PROCESSING_DUTY_H

#include "processing/processing.h"

/* By which law what such an entry is about (`like`: a ready-made one; may be empty), or rows of
 * that kind (may be empty), is to be kept for at least d->least. NULL: by none. */
const struct ward_proc_demand *ward_processing_least(
	const struct ward_processing *p, struct ward_str like, struct ward_str rows, ward_ns now);
/* The entry that is about that source; NULL: none of the hospital's. */
const struct ward_proc_entry *ward_processing_entry(
	const struct ward_processing *p, struct ward_str source);

#endif
