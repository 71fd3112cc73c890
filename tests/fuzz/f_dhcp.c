/* One DHCP message. What is said about it must be inside of it, or of the store. */
#include "fuzz.h"

#include "sense/net/proto/dhcp/dhcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const size_t room[] = {16384, 24};
	static struct ward_dhcp m;

	for (size_t i = 0; i < WARD_ARRAY_LEN(room); i++) {
		uint8_t *exact = fuzz_copy(data, len), *buf = malloc(room[i]);
		struct ward_wr store = ward_wr_fixed(buf, room[i]);
		unsigned sum = 0;

		WARD_ASSERT(buf);
		bool ok = ward_dhcp_parse(ward_slice_of(exact, len), &store, &m);

		WARD_ASSERT(ok == (m.reason == WARD_DHCP_REASON_N));
		WARD_ASSERT(m.off <= len && m.n_seen <= WARD_DHCP_SEEN);
		WARD_ASSERT(m.has_header || !ok);
		/* Every byte of every option can be read. */
		for (size_t code = 0; code < WARD_DHCP_CODES; code++)
			for (size_t k = 0; k < m.option[code].len; k++)
				sum += m.option[code].p[k];
		WARD_ASSERT(sum < UINT32_MAX);
		free(exact);
		free(buf);
	}
	return 0;
}
