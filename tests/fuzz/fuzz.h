/* What every fuzz target shares: the entry point's type, and exact-size copies. */
#ifndef WARD_TESTS_FUZZ_H
#define WARD_TESTS_FUZZ_H

#include "base/attr.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A heap block of exactly len bytes, so that a read one past the end is caught. Free it. */
static inline uint8_t *fuzz_copy(const uint8_t *data, size_t len)
{
	uint8_t *p = malloc(len ? len : 1);

	if (!p)
		abort();
	if (len)
		memcpy(p, data, len);
	return p;
}

#endif
