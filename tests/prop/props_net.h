/* The properties of sense/net; see prop.h. */
#ifndef WARD_TESTS_PROPS_NET_H
#define WARD_TESTS_PROPS_NET_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_net(size_t *ret_n);

#endif
