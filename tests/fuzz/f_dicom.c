/* A DICOM connection, on its port and on another, and the front of a query in each encoding. */
#include "fuzz_stream.h"

#include "sense/net/proto/dicom/dicom.h"
#include "sense/net/proto/dissectors.h"

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
	(void)fuzz_stream(&ward_dissect_dicom, true, data, len);
	return fuzz_stream(&ward_dissect_dicom, false, data, len);
}
