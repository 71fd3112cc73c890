/* Private to this room: fields whose names may come more than once in a record. */
#ifndef WARD_SENSE_LOG_FIELD_H
#define WARD_SENSE_LOG_FIELD_H

#include "event/event.h"

enum { WARD_LOG_ITEMS = 1024 };

/* Room for n items that ward_log_add may add to; NULL when there is none. n <= WARD_LOG_ITEMS. */
struct ward_value *ward_log_list(struct ward_arena *arena, size_t n);
/* Sets the field, or makes it a list with v (a scalar or a list) at its end; a list that is there
 * has to come from here or from ward_log_list. LIMIT beyond WARD_LOG_ITEMS values or an event's
 * fields; NOMEM. Cost per item: O(fields), and O(1) of the list. */
WARD_MUST_CHECK enum ward_err ward_log_add(
	struct ward_event *e, uint32_t name, struct ward_value v);

#endif
