/* What may be taken over of an event that others made in Ward's own form. Internal to the room. */
#ifndef WARD_SENSE_LOG_POSTED_H
#define WARD_SENSE_LOG_POSTED_H

#include "event/event.h"

/* May it be of that class? A device gives some; a sensor of Ward's all but those that only its own
 * processes tell; also one that we do not know, if it has the form of one: it may be of a later
 * version. */
bool log_posted_may(struct ward_str class, bool sensor);
/* Leaves out the fields that only Ward writes; how many. */
size_t log_posted_own(const struct ward_names *names, struct ward_event *e);
/* Of an event that has an id, ours: the same of the same source, however often it comes. */
void log_posted_id(struct ward_str source, struct ward_id theirs, struct ward_id *id);

#endif
