/* Inside the room: which values a group of value_count holds, and the last entry of each. One table
 * per group, made when the group has grown; the values are hashes of untrusted texts, and are
 * hashed again under the detector's own seed. */
#ifndef WARD_DETECT_VALUES_H
#define WARD_DETECT_VALUES_H

#include "base/clock.h"
#include "base/mem.h"

struct ward_entry;

struct ward_value_last {
	uint64_t value;
	ward_ns time; /* of the last one */
	uint32_t n;   /* entries that have it; 0: the place is free */
};

struct ward_values {
	struct ward_value_last *slot;
	size_t n, n_slot; /* values; places, a power of two, 0: there is no table */
	uint64_t seed;
};

/* What tells cheaply that an entry at the end of its group makes no window: tail.h. */
struct ward_tail {
	ward_ns *mark; /* by member: its last entry; or when what ends with it began, at the latest
			*/
	bool rough;    /* in order: mark may be too late, never too early */
	size_t from;   /* entries from here on are within the timespan of the last one */
	/* of these: value_sum: their numbers; value_count: the different values; event_count: the
	 * events, where entries are bundles */
	long double sum;
};

enum { WARD_VALUES_FROM = 32 }; /* entries: fewer are looked through */

/* Makes the table of a group's entries. NOMEM leaves none. */
WARD_MUST_CHECK enum ward_err ward_values_init(struct ward_values *t, const struct ward_mem *mem,
	uint64_t seed, const struct ward_entry *entry, size_t n);
void ward_values_fini(struct ward_values *t, const struct ward_mem *mem);
/* The last entry of the value, or NULL: none has it. */
const struct ward_value_last *ward_values_find(const struct ward_values *t, uint64_t value);
/* Room for one more; before an entry comes, so that its coming can't fail. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_values_room(struct ward_values *t, const struct ward_mem *mem);
/* An entry came: its value's last one, if it is later than that. */
void ward_values_add(struct ward_values *t, const struct ward_entry *e);
/* One of the value's entries goes: the first of the group. */
void ward_values_drop(struct ward_values *t, const struct ward_entry *e);

#endif
