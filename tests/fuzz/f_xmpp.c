#include "fuzz.h"

#include "respond/xmpp.h"

/* What a server sends, cut where the first byte says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t sent[16 << 10];
	size_t n = len ? len - 1 : 0;
	uint8_t how = len ? data[0] : 0, *copy = fuzz_copy(data + (len ? 1 : 0), n);
	static const uint8_t nonce[WARD_SCRAM_NONCE];
	const struct ward_xmpp_opts o = {.user = WARD_STR("ward@hospital.example"),
		.password = WARD_STR("secret"),
		.to = WARD_STR("soc@csirt.example"),
		.text = WARD_STR("a <&>"),
		.message = {{1}},
		.nonce = nonce,
		.tls = (how & 1) != 0,
		.plain = (how & 2) != 0};
	struct ward_wr w = ward_wr_fixed(sent, sizeof(sent));
	size_t step = how >> 2 ? how >> 2 : n + 1;
	struct ward_xmpp x;

	ward_xmpp_init(&x, ward_mem_heap());
	ward_xmpp_begin(&x, &o, &w);
	for (size_t at = 0; at < n && x.state != WARD_XMPP_OVER; at += step) {
		ward_wr_reset(&w);
		ward_xmpp_take(&x, ward_slice_of(copy + at, n - at < step ? n - at : step), &w);
		WARD_ASSERT(x.secure || o.plain || x.state < WARD_XMPP_LOGIN ||
			    x.state == WARD_XMPP_OVER);
		if (x.state == WARD_XMPP_HANDSHAKE)
			ward_xmpp_secured(&x, &w);
	}
	ward_xmpp_take(&x, ward_slice_of(copy, 0), &w);
	WARD_ASSERT(x.state == WARD_XMPP_OVER && x.outcome.what >= WARD_SENT_DELIVERED &&
		    x.outcome.what <= WARD_SENT_FAILED);
	WARD_ASSERT(x.outcome.what != WARD_SENT_DELIVERED || (x.known && (x.secure || o.plain)));
	ward_xmpp_fini(&x);
	free(copy);
	return 0;
}
