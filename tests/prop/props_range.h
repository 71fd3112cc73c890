/* The properties of the physics; see prop.h. */
#ifndef WARD_TESTS_PROPS_RANGE_H
#define WARD_TESTS_PROPS_RANGE_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_range(size_t *ret_n);

#endif
