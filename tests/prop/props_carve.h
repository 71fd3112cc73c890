/* The properties of sense/net/carve; see prop.h. */
#ifndef WARD_TESTS_PROPS_CARVE_H
#define WARD_TESTS_PROPS_CARVE_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_carve(size_t *ret_n);

#endif
