/* Which classes of events rules look at, so that the past is read only where there are such. */
#ifndef WARD_CLI_HUNT_CLASS_H
#define WARD_CLI_HUNT_CLASS_H

#include "detect/detect.h"
#include "search/index.h"

enum { WARD_HUNT_CLASSES_MAX = 256 };

struct ward_hunt_classes {
	/* how a class begins; exact: all of it. Borrowed from the ruleset */
	struct {
		struct ward_str text;
		bool exact;
		uint64_t hash; /* the index's term that an event of it has */
	} at[WARD_HUNT_CLASSES_MAX];
	size_t n;
	bool all; /* some rule takes events of whatever class, or there are too many */
};

/* Of all rules that were not refused. Borrows rs. */
void ward_hunt_classes_of(struct ward_hunt_classes *k, const struct ward_ruleset *rs);
/* Could an event of a segment, or of a class, be for one of the rules? */
bool ward_hunt_classes_may(const struct ward_hunt_classes *k, const struct ward_index *ix);
bool ward_hunt_classes_take(const struct ward_hunt_classes *k, struct ward_str class);

#endif
