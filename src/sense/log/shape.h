/* Private to this room: what a foreign JSON record is, and when it happened. */
#ifndef WARD_SENSE_LOG_SHAPE_H
#define WARD_SENSE_LOG_SHAPE_H

#include "event/event.h"

/* The names that decide about a record, as ids, and the names that are written anew. */
struct ward_shape;

/* Borrows names and mem. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_shape_new(
	struct ward_names *names, const struct ward_mem *mem, struct ward_shape **ret);
void ward_shape_free(struct ward_shape *s);

/* Renames the fields of a record in place: Windows records lose their wrapping (Event.System.X and
 * Event.EventData.X become X, and so do what Winlogbeat and Wazuh make of them; of two that would
 * be one the later keeps its long name), and no outsider's field stays under "ward." (it gets
 * "foreign." before it). Values that are read here are no longer RAW. Renames cost O(1) per field
 * after a name's first time. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_shape_lift(struct ward_shape *s, struct ward_event *e);

/* Of the record that was lifted last: the class by the fields that are there; source is the file's
 * name. NOMEM when the table of names is full gives the plain class. */
uint32_t ward_shape_class(struct ward_shape *s, const struct ward_event *e, struct ward_str source);

/* Of the same: the time by the first of the known fields that holds one. False: none does. */
bool ward_shape_time(struct ward_shape *s, const struct ward_event *e, ward_ns *ret);

/* A time as text or number in any of the known formats. */
bool ward_shape_time_value(const struct ward_value *v, ward_ns *ret);

#endif
