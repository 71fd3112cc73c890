/* What `desk` and a decoder tell each other of stills, and the text that a still becomes. What is
 * read is written again, and must be the same. The first byte says which. */
#include "fuzz.h"

#include "run/still.h"

static uint8_t out[WARD_MSG_BODY_MAX], jpeg[WARD_STILL_JPEG];

static void text(struct ward_str s)
{
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_still_is is = {.id = {.b = {0}}};
	size_t n = 0, id = strlen("{\"decision\":\"");

	if (!ward_still_said(s, jpeg, sizeof(jpeg), &n))
		return;
	is.jpeg = ward_slice_of(jpeg, n);
	WARD_ASSERT(n > 3 && n <= sizeof(jpeg));
	(void)ward_id_parse(ward_str_sub(s, id, WARD_ID_TEXT - 1), &is.id);
	ward_still_say(&w, &is);
	/* bits that no byte has may be set, and an id be none */
	WARD_ASSERT(w.len == s.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_still_is is, again;
	struct ward_id id;

	if (!len || len > WARD_MSG_BODY_MAX)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	struct ward_rd r = ward_rd_from(copy, len - 1);

	if (data[0] == '{') {
		text(ward_slice_text(ward_slice_of(copy, len - 1)));
	} else if (data[0] & 1) {
		if (ward_still_ask_get(&r, &id) == WARD_OK)
			WARD_ASSERT(len - 1 == sizeof(id.b) && memcmp(id.b, copy, len - 1) == 0);
	} else if (ward_still_is_get(&r, &is) == WARD_OK) {
		ward_still_is_put(&w, &is);
		struct ward_rd back = ward_rd_from(out, w.len);

		WARD_ASSERT(ward_still_is_get(&back, &again) == WARD_OK &&
			    ward_str_eq(is.why, again.why) && is.jpeg.len == again.jpeg.len &&
			    ward_id_eq(is.id, again.id));
	}
	free(copy);
	return 0;
}
