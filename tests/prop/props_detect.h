/* The properties of detect; see prop.h. */
#ifndef WARD_TESTS_PROPS_DETECT_H
#define WARD_TESTS_PROPS_DETECT_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_detect(size_t *ret_n);

#endif
