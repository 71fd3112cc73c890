/* One frame: the first byte picks the link type, the second how many bytes the snap length cut off.
 * Seeds as of f_net hold several frames; here each is the rest of the input, without the sensor, so
 * that decoding is tried a thousand times as often. */
#include "fuzz.h"

#include "sense/net/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint64_t count[WARD_NET_COUNTER_N];
	struct ward_packet p, outer;

	if (len < 2)
		return 0;
	uint8_t *exact = fuzz_copy(data + 2, len - 2);
	struct ward_frame f = {.link = (enum ward_link)(data[0] % WARD_LINK_N),
		.bytes = {exact, len - 2},
		.len = len - 2 + data[1]};

	ward_packet_decode(&f, &p, count);
	WARD_ASSERT(p.n_tunnel <= WARD_TUNNELS_MAX && p.payload.len <= p.payload_len);
	WARD_ASSERT(
		p.reason != WARD_NET_COUNTER_N || p.has_transport || p.has_arp || p.neighbor.kind);
	for (size_t i = 0; i < p.n_tunnel; i++)
		(void)ward_packet_outer(&p, i, &outer);
	free(exact);
	return 0;
}
