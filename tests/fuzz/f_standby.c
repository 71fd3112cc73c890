/* What a machine that stands by hears on its connection, in any bytes: whatever is a frame is one
 * of ours, is no longer than it says, and written again is the same bytes. And what is said of the
 * pair, in any text: what was taken is said and taken again. */
#include "fuzz.h"

#include "standby/frame.h"
#include "standby/state.h"

static uint8_t again[WARD_STANDBY_FRAME_MAX];

static void take_state(const uint8_t *p, size_t len)
{
	struct ward_standby_state s, t;
	char text[WARD_STANDBY_STATE_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_json j = ward_json_on(&w);

	if (ward_standby_state_read((struct ward_str){(const char *)p, len}, ward_mem_heap(), &s) !=
		WARD_OK)
		return;
	ward_standby_state_write(&s, &j);
	WARD_ASSERT(!ward_wr_bad(&w));
	WARD_ASSERT(ward_standby_state_read(ward_wr_text(&w), ward_mem_heap(), &t) == WARD_OK);
}

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
	take_state(p, len);
	free(p);
	return 0;
}
