/* The properties of enrich; see prop.h. */
#ifndef WARD_TESTS_PROPS_ENRICH_H
#define WARD_TESTS_PROPS_ENRICH_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_enrich(size_t *ret_n);

#endif
