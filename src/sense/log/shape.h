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

/* A name whose field is found by ward_shape_where; gives its role. For WARD_SHAPE_WATCHED of them
 * at most, all before the first record. */
enum { WARD_SHAPE_WATCHED = 64 };
uint32_t ward_shape_watch(struct ward_shape *s, const char *name);

/* Renames the fields of a record in place: Windows records lose their wrapping (Event.System.X and
 * Event.EventData.X become X, and so do what Winlogbeat and Wazuh make of them; of two that would
 * be one the later keeps its long name), and no outsider's field stays under "ward." (it gets
 * "foreign." before it). Values that are read here are no longer RAW. order is the reader's
 * (ward_json_reader), always the same one's: what becomes of a list of names is then found out
 * once; 0: each name is looked up. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_shape_lift(
	struct ward_shape *s, uint64_t order, struct ward_event *e);

/* Of the record that was lifted last, for each of n roles: the index + 1 of its field, 0: there is
 * none. */
void ward_shape_where(const struct ward_shape *s, const uint32_t *role, size_t n, uint16_t *ret);

/* Of the same: the class by the fields that are there; source is the file's
 * name. NOMEM when the table of names is full gives the plain class. */
uint32_t ward_shape_class(struct ward_shape *s, const struct ward_event *e, struct ward_str source);

/* Of the same: the time by the first of the known fields that holds one. False: none does. */
bool ward_shape_time(struct ward_shape *s, const struct ward_event *e, ward_ns *ret);

/* A time as text or number in any of the known formats. */
bool ward_shape_time_value(const struct ward_value *v, ward_ns *ret);

#endif
