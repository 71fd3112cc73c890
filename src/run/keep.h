/* How much the live journal keeps, and what makes room when that is used up. */
#ifndef WARD_RUN_KEEP_H
#define WARD_RUN_KEEP_H

#include "journal/journal.h"

/* Gives each lane a share of journal.bytes of its own, so that neither can crowd out another and
 * the journal goes on for ever: beyond its share the oldest segment goes. What the brain has not
 * acknowledged stays, but for telemetry; when such a lane is full its producers wait. */
void ward_keep_options(struct ward_journal_options *o, const struct ward_limits *limits);

#endif
