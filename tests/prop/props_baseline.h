/* The properties of the learned normal; see prop.h. */
#ifndef WARD_TESTS_PROPS_BASELINE_H
#define WARD_TESTS_PROPS_BASELINE_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_baseline(size_t *ret_n);

#endif
