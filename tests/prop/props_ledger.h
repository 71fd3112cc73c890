/* The properties of the ledger; see prop.h. */
#ifndef WARD_TESTS_PROPS_LEDGER_H
#define WARD_TESTS_PROPS_LEDGER_H

#include "prop.h"

/* Lives forever. */
const struct prop *props_ledger(size_t *ret_n);

#endif
