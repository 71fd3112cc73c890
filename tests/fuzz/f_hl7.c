/* An HL7 connection, on its port and on another. */
#include "fuzz_stream.h"
#include "sense/net/proto/dissectors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	(void)fuzz_stream(&ward_dissect_hl7, true, data, len);
	return fuzz_stream(&ward_dissect_hl7, false, data, len);
}
