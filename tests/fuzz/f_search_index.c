#include "fuzz.h"

#include "journal/crc32c.h"
#include "search/index.h"

/* An index file of anybody, taken for one of segment 0 with a checksum that holds: asking it stays
 * inside its bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_look_seg seg = {.lane = WARD_LANE_EVIDENCE, .sealed = true};
	struct ward_index ix;
	uint8_t *p = fuzz_copy(data, len);

	if (len >= 4) {
		struct ward_wr w = ward_wr_fixed(p + len - 4, 4);

		ward_wr_le32(&w, ward_crc32c(0, p, len - 4));
	}
	if (ward_index_read(ward_slice_of(p, len), &seg, &ix) == WARD_OK)
		for (uint64_t i = 0; i < 64; i++)
			(void)ward_index_may_hold(&ix, ~UINT64_C(0) / (i + 1));
	free(p);
	return 0;
}
