/* Any bytes as nested elements, opened by an own stack: each stays inside of its container, each
 * step takes bytes, and a failure points into the input. */
#include "fuzz.h"

#include "sense/net/ber.h"

enum { DEPTH = 16 };

static void leaf(struct ward_slice body)
{
	struct ward_ber_oid oid;
	char text[WARD_BER_OID_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	int64_t v;
	uint64_t u;

	if (ward_ber_oid_of(body, &oid)) {
		WARD_ASSERT(oid.n >= 2 && oid.n <= WARD_BER_ARCS);
		ward_ber_oid_text(&w, &oid);
		WARD_ASSERT(!ward_wr_bad(&w));
	}
	WARD_ASSERT(!ward_ber_int_of(body, &v) || ward_ber_uint_of(body, &u));
}

static void walk(struct ward_slice all)
{
	struct ward_rd level[DEPTH];
	size_t depth = 0;

	level[0] = ward_rd_slice(all);
	for (;;) {
		struct ward_rd *r = &level[depth];
		size_t begin = r->off;
		uint8_t tag = ward_rd_peek(r);

		if (!ward_rd_left(r)) {
			if (depth-- == 0)
				return;
			ward_ber_close(&level[depth], r);
			continue;
		}
		if (tag & WARD_BER_CONSTRUCTED && depth + 1 < DEPTH) {
			level[depth + 1] = ward_ber_open(r, tag);
			WARD_ASSERT(level[depth + 1].len <= r->len);
			depth++;
		} else {
			leaf(ward_ber_next(r).body);
		}
		WARD_ASSERT(ward_rd_bad(r) ? r->off == begin : r->off > begin && r->off <= all.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *exact = fuzz_copy(data, len);
	size_t size;

	walk(ward_slice_of(exact, len));
	switch (ward_ber_frame(ward_slice_of(exact, len), WARD_BER_SEQUENCE, &size)) {
	case WARD_BER_WHOLE:
		WARD_ASSERT(size >= 2 && size <= len);
		break;
	case WARD_BER_MORE:
		WARD_ASSERT(size == 0 || size > len);
		break;
	case WARD_BER_NOT:
	default:
		WARD_ASSERT(len > 0);
	}
	free(exact);
	return 0;
}
