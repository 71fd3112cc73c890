/* Places on the earth, as people write them. */
#ifndef WARD_BASE_DEGREES_H
#define WARD_BASE_DEGREES_H

#include "base/slice.h"

/* "-45.0703": decimal degrees to six places, in millionths; at most most either way. False: no such
 * text. */
bool ward_degrees_parse(struct ward_str s, int64_t most, int64_t *ret);

#endif
