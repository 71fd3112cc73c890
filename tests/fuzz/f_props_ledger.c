#include "fuzz.h"

#include "../prop/props_ledger.h"

/* The first byte picks the property, the rest is its choices. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n;
	const struct prop *p = props_ledger(&n);

	if (len)
		WARD_ASSERT(prop_holds_on(&p[data[0] % n], data + 1, len - 1));
	return 0;
}
