/* Which classes of events there are, for who writes examples of them. Pure. */
#ifndef WARD_CRAFT_CLASS_H
#define WARD_CRAFT_CLASS_H

#include "detect/detect.h"

/* Do sensors give events of this class, or the patterns of logs (names has those that were read),
 * or does a pipeline name it, or another message of the same protocol of which it is no slip? Else
 * *ret_near is the class that was most likely meant, or empty. */
bool ward_craft_class(const struct ward_ruleset *rs, const struct ward_names *names,
	struct ward_str class, struct ward_str *ret_near);

#endif
