/* Photos that anybody may hand in: a file of JPEG, PNG or anything, as a piece on its way and as a
 * picture. What comes out is a JPEG without a word of what went in, or nothing. */
#include "fuzz.h"

#include "sense/video/photo.h"
#include "sense/video/veil.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);
	struct ward_wr coded = ward_wr_grow(ward_mem_heap(), 1 << 22);
	const struct ward_photo_box box = {0.25F, 0.25F, 0.5F, 0.5F};
	char why[WARD_PHOTO_WHY] = "";
	struct ward_photo_coded c;
	struct ward_limits lim;
	struct ward_veil veil;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_PHOTO_PIXELS] = 76800; /* more takes longer, and shows no more */
	WARD_ASSERT(ward_photo_veil(&box, 1, &veil) == WARD_OK);
	enum ward_err strip = ward_photo_strip(ward_slice_of(copy, len), &lim, &coded, &c, why);

	WARD_ASSERT(strip ? why[0] != 0 : coded.len <= len + 2);
	WARD_ASSERT(strip || ((uint64_t)c.w * c.h <= 76800 && c.turned >= 1 && c.turned <= 8));
	enum ward_err err = ward_photo_make(ward_slice_of(copy, len), &veil, &lim, &w, why);

	WARD_ASSERT(strip ? err == strip : true);
	WARD_ASSERT(err ? why[0] != 0 : w.len > 4 && w.p[0] == 0xFF && w.p[1] == 0xD8);
	ward_wr_fini(&coded);
	ward_wr_fini(&w);
	free(copy);
	return 0;
}
