/* Rules and correlations as YAML; after a NUL byte, events as JSON lines. What loads is matched
 * against those events and some of our own, alone and in windows. */
#include "fuzz_detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *nul = len ? memchr(data, 0, len) : NULL;
	size_t n = nul ? (size_t)(nul - data) : len;
	uint8_t *copy = fuzz_copy(data, n);
	uint8_t *events = fuzz_copy(data + n, len - n);
	struct fuzz_detect f;

	fuzz_detect_open(&f);
	enum ward_err err = fuzz_detect_load(&f, ward_slice_of(copy, n), fuzz_text(fuzz_pipeline));

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT);
	free(copy);
	if (!err) {
		fuzz_detect_counts(&f);
		fuzz_detect_compare(&f);
		if (nul)
			fuzz_detect_events(
				&f, ward_slice_text(ward_slice_of(events + 1, len - n - 1)));
		fuzz_detect_events(&f, ward_str_z(fuzz_events));
		WARD_ASSERT(
			ward_detector_tick(f.det, WARD_NS_NEVER, fuzz_detect_sink, &f) == WARD_OK);
	}
	free(events);
	fuzz_detect_close(&f);
	return 0;
}
