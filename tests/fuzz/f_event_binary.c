#include "fuzz.h"

#include "../prop/props_event.h"

/* The property about any binary record, on the whole input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	size_t n;
	const struct prop *p = props_event(&n);

	WARD_ASSERT(prop_holds_on(&p[2], copy, len));
	free(copy);
	return 0;
}
