/* The properties of event; see prop.h. */
#ifndef WARD_TESTS_PROPS_EVENT_H
#define WARD_TESTS_PROPS_EVENT_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_event(size_t *ret_n);

#endif
