/* A Content-Range field from anywhere: what is taken makes sense. */
#include "fuzz.h"

#include "sense/net/carve/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_file_range r = {.resource = 1, .from = 7, .total = 9};
	uint8_t *copy = fuzz_copy(data, len);

	if (ward_range_read((struct ward_str){(const char *)copy, len}, &r))
		WARD_ASSERT(r.piece && (!r.total || r.from < r.total));
	else
		WARD_ASSERT(!r.piece && r.from == 7 && r.total == 9);
	WARD_ASSERT(r.resource == 1);
	free(copy);
	return 0;
}
