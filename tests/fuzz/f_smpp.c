#include "fuzz.h"

#include "respond/smpp.h"

/* What a centre sends, cut where the first byte says; and any text as short messages. */
static void session(struct ward_slice s, size_t step)
{
	static uint8_t sent[64 << 10];
	struct ward_smpp_parts parts;
	struct ward_smpp x;
	struct ward_wr w = ward_wr_fixed(sent, sizeof(sent));

	ward_smpp_parts_make(ward_slice_text(s), 1, &parts);
	const struct ward_smpp_opts o = {.user = WARD_STR("ward"),
		.password = WARD_STR("secret08"),
		.from = WARD_STR("Ward"),
		.to = WARD_STR("+391234567"),
		.parts = &parts};

	ward_smpp_begin(&x, &o, &w);
	for (size_t at = 0; at < s.len && x.state != WARD_SMPP_OVER; at += step) {
		ward_smpp_take(
			&x, ward_slice_of(s.p + at, s.len - at < step ? s.len - at : step), &w);
		ward_wr_reset(&w);
	}
	ward_smpp_take(&x, ward_slice_of(s.p, 0), &w);
	WARD_ASSERT(x.state == WARD_SMPP_OVER && x.outcome.what >= WARD_SENT_DELIVERED &&
		    x.outcome.what <= WARD_SENT_FAILED);
	WARD_ASSERT(x.outcome.what != WARD_SENT_DELIVERED || x.n_taken == parts.n);
}

static void parts(struct ward_slice s)
{
	struct ward_smpp_parts p;

	ward_smpp_parts_make(ward_slice_text(s), 1, &p);
	WARD_ASSERT(p.n >= 1 && p.n <= WARD_SMPP_PARTS);
	for (size_t i = 0; i < p.n; i++) {
		size_t head = p.n > 1 ? 6 : 0, most = p.coding ? 140 : 160 - (p.n > 1);

		WARD_ASSERT(p.part[i].len <= most && p.part[i].len >= head);
		WARD_ASSERT(p.n == 1 || p.part[i].octet[4] == p.n);
		WARD_ASSERT(p.coding == WARD_SMPP_GSM || p.part[i].len % 2 == 0);
		for (size_t k = head; p.coding == WARD_SMPP_GSM && k < p.part[i].len; k++)
			WARD_ASSERT(p.part[i].octet[k] < 0x80);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len ? len - 1 : 0;
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	size_t step = len && data[0] ? data[0] : 1 << 20;

	if (n < 32 << 10)
		session(ward_slice_of(copy, n), step);
	parts(ward_slice_of(copy, n));
	free(copy);
	return 0;
}
