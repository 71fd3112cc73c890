/* What a machine that stands by hears on its connection, in any bytes: whatever is a frame is one
 * of ours, is no longer than it says, and written again is the same bytes. */
#include "fuzz.h"

#include "standby/frame.h"

static uint8_t again[WARD_STANDBY_FRAME_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *p = fuzz_copy(data, len);
	size_t off = 0, used = 0;
	struct ward_standby_frame f;

	while (ward_standby_get(ward_slice_of(p + off, len - off), &used, &f) == WARD_OK) {
		struct ward_wr w = ward_wr_fixed(again, sizeof(again));

		WARD_ASSERT(used && used <= len - off && f.type < WARD_STANDBY_TYPES);
		WARD_ASSERT(!f.node.len || ward_standby_name_ok(f.node));
		ward_standby_put(&w, &f);
		/* a length of a name may be written longer than it need be */
		WARD_ASSERT(!ward_wr_bad(&w) && w.len <= used);
		WARD_ASSERT(w.len != used || memcmp(again, p + off, used) == 0);
		off += used;
	}
	free(p);
	return 0;
}
