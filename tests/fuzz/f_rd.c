#include "fuzz.h"

#include "base/rd.h"

/* Drives a cursor by the input itself: whatever is asked, it never leaves its buffer and its
 * offset never passes its length. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	uint64_t sink = 0;

	while (ward_rd_left(&r)) {
		size_t before = r.off;
		uint8_t op = ward_rd_u8(&r);
		struct ward_rd sub;
		struct ward_slice s;

		switch (op % 8) {
		case 0:
			sink += ward_rd_be16(&r);
			break;
		case 1:
			sink += ward_rd_be32(&r);
			break;
		case 2:
			sink += ward_rd_le64(&r);
			break;
		case 3:
			sink += ward_rd_varint(&r);
			break;
		case 4:
			s = ward_rd_lv(&r, op);
			for (size_t i = 0; i < s.len; i++)
				sink += s.p[i];
			break;
		case 5:
			sub = ward_rd_sub(&r, op);
			while (ward_rd_left(&sub))
				sink += ward_rd_u8(&sub);
			break;
		case 6:
			sink += ward_rd_be24(&r);
			break;
		default:
			ward_rd_skip(&r, op / 8u);
			break;
		}
		WARD_ASSERT(r.off > before || r.bad);
		WARD_ASSERT(r.off <= r.len);
	}
	__asm__ volatile("" : : "r"(sink)); /* the reads must happen */
	free(copy);
	return 0;
}
