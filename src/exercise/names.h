/* Private to this room: names that others give, and the numbers of ASHRAE 135 clause 21 for them.
 */
#ifndef WARD_EXERCISE_NAMES_H
#define WARD_EXERCISE_NAMES_H

#include "base/slice.h"

struct ward_bacnet_word {
	const char *name;
	uint32_t number;
};

enum { WARD_BACNET_PRIORITY_ARRAY = 87 };

/* Both tables live forever. */
const struct ward_bacnet_word *ward_bacnet_object_words(size_t *ret_n);
const struct ward_bacnet_word *ward_bacnet_property_words(size_t *ret_n);
/* False when there is no such name. */
bool ward_bacnet_object_number(struct ward_str name, uint32_t *ret);
bool ward_bacnet_property_number(struct ward_str name, uint32_t *ret);

/* May a device in the field give events of this class itself (event/classes.h)? */
bool ward_exercise_device_class(struct ward_str name);

#endif
