/* Files of clips that anybody may have made: what they say of themselves, and opening them with a
 * key of which the fuzzer knows nothing. */
#include "fuzz.h"

#include "comply/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t secret[WARD_EVIDENCE_SECRET] = {1}, sealed[WARD_EVIDENCE_SEALED] = {2};
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_evidence e;
	enum ward_err read = ward_evidence_read(ward_slice_of(copy, len), &e);
	enum ward_err open = ward_evidence_open(ward_slice_of(copy, len), sealed, secret, &w);

	WARD_ASSERT(read ? open == read : open == WARD_ERR_DENIED);
	WARD_ASSERT(read || e.camera.len <= WARD_EVIDENCE_CAMERA_MAX);
	WARD_ASSERT(w.len == 0);
	ward_wr_fini(&w);
	free(copy);
	return 0;
}
