/* The properties of base; see prop.h. */
#ifndef WARD_TESTS_PROPS_BASE_H
#define WARD_TESTS_PROPS_BASE_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_base(size_t *ret_n);

#endif
