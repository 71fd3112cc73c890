/* The front of a DICOM query in each encoding. */
#include "fuzz.h"

#include "sense/net/proto/dicom/dicom.h"

static void keys(const uint8_t *data, size_t len)
{
	for (unsigned e = WARD_DICOM_UNKNOWN; e <= WARD_DICOM_EXPLICIT_BE; e++)
		for (unsigned whole = 0; whole < 2; whole++) {
			struct ward_dicom_keys k;

			ward_dicom_keys(
				ward_slice_of(data, len), whole, (enum ward_dicom_encoding)e, &k);
			WARD_ASSERT(k.n <= WARD_DICOM_KEYS && k.n <= k.n_seen && k.n_seen <= len);
			WARD_ASSERT(k.fault.reason == WARD_DICOM_REASON_N || k.fault.off <= len);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *exact = fuzz_copy(data, len);

	keys(exact, len);
	free(exact);
	return 0;
}
