/* Connections of one dissector, ward_dissect_<DISSECTOR>: on its port, and found by its probe. */
#include "fuzz_proto.h"

#include "sense/net/proto/dissectors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	(void)fuzz_proto(&DISSECTOR, true, data, len);
	return fuzz_proto(&DISSECTOR, false, data, len);
}
