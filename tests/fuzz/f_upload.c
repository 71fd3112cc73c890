#include "fuzz.h"

#include "run/upload.h"

/* Whatever is said to be a piece of a file: it is refused, or within its bounds, and what is put
 * again is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	struct ward_upload_piece p, again;

	if (ward_upload_get(&r, &p) == WARD_OK) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		WARD_ASSERT(p.size && p.size <= WARD_UPLOAD_MAX && p.bytes.len <= p.size - p.off);
		ward_upload_put(&w, &p);
		struct ward_rd back = ward_rd_slice(ward_wr_slice(&w));

		WARD_ASSERT(ward_upload_get(&back, &again) == WARD_OK && again.off == p.off &&
			    ward_str_eq(again.name, p.name) && again.bytes.len == p.bytes.len);
		ward_wr_fini(&w);
	}
	free(copy);
	return 0;
}
