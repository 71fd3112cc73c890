/* The properties of logic; see prop.h. */
#ifndef WARD_TESTS_PROPS_LOGIC_H
#define WARD_TESTS_PROPS_LOGIC_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_logic(size_t *ret_n);

#endif
