/* Ids that people give in a file. */
#ifndef WARD_CONF_ID_H
#define WARD_CONF_ID_H

#include "base/slice.h"

#include <stdbool.h>

/* Lower-case letters, digits and '-', which is not its first; of 1 to `max` bytes. So it is good as
 * a file's name, too. */
bool ward_conf_is_id(struct ward_str s, size_t max);

#endif
