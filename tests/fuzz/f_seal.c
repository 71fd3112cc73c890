/* Sealed files that anybody may have made, opened with a key of which the fuzzer knows nothing; and
 * pieces changed behind the right key. */
#include "fuzz.h"

#include "sense/net/carve/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t secret[WARD_SEAL_KEY] = {1}, sealed[WARD_SEAL_SEALED] = {2};
	static uint8_t out[WARD_SEAL_PIECE];
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_seal s = {.ended = false};
	enum ward_err err = ward_unseal_begin(&s, ward_slice_of(copy, len), sealed, secret);
	size_t n = 0;

	WARD_ASSERT(err == WARD_ERR_FOREIGN || err == WARD_ERR_VERSION || err == WARD_ERR_DENIED);
	WARD_ASSERT(len < 4 || ward_unseal_size(copy) <= WARD_SEAL_PIECE + WARD_SEAL_MORE);
	if (len <= WARD_SEAL_PIECE + WARD_SEAL_MORE - 4)
		WARD_ASSERT(ward_unseal_piece(&s, ward_slice_of(copy, len), out, &n) ==
			    WARD_ERR_CORRUPT);
	free(copy);
	return 0;
}
