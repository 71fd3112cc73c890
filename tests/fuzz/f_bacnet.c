/* One BACnet/IP datagram. What is said about it must be inside of it. */
#include "fuzz.h"

#include "sense/bacnet/bacnet.h"

static void check(const struct ward_bacnet *m, bool ok, size_t len)
{
	WARD_ASSERT(ok == (m->reason == WARD_BACNET_REASON_N));
	WARD_ASSERT(m->off <= len && m->n_unparsed <= len);
	WARD_ASSERT(m->n_item <= WARD_BACNET_ITEMS && m->n_item <= m->n_item_seen);
	WARD_ASSERT(m->n_item_seen <= len + 1 && m->n_net <= WARD_BACNET_NETS);
	for (size_t i = 0; i < m->n_item; i++)
		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->item[i].value.s), NULL));
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->name), NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	/* Text of two sizes: room for all, and room for little. */
	static const size_t room[] = {16384, 24};

	for (size_t i = 0; i < WARD_ARRAY_LEN(room); i++) {
		uint8_t *exact = fuzz_copy(data, len), *buf = malloc(room[i]);
		static struct ward_bacnet m;

		WARD_ASSERT(buf);
		struct ward_wr text = ward_wr_fixed(buf, room[i]);

		check(&m, ward_bacnet_parse(ward_slice_of(exact, len), &text, &m), len);
		check(&m, ward_bacnet_apdu(ward_slice_of(exact, len), &text, &m), len);
		free(exact);
		free(buf);
	}
	return 0;
}
