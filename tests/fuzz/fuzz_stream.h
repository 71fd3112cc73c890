/* A connection out of fuzz bytes: records of a head and as many bytes as it says. The head's bit 0
 * is the side, bit 1 the side's end, bit 2 a gap of that length; then a 16-bit length. */
#ifndef WARD_TESTS_FUZZ_STREAM_H
#define WARD_TESTS_FUZZ_STREAM_H

#include "fuzz.h"

#include "base/rd.h"
#include "stream_lab.h"

static inline int fuzz_stream(
	const struct ward_dissector *module, bool trusted, const uint8_t *data, size_t len)
{
	static struct stream_lab lab;
	struct ward_rd r = ward_rd_from(data, len);

	if (!lab.net)
		stream_lab_open(&lab, module);
	stream_lab_again(&lab, module);
	stream_lab_forget(&lab);
	lab.trusted = trusted;
	while (ward_rd_left(&r) > 3) {
		uint8_t head = ward_rd_u8(&r);
		size_t n = ward_rd_be16(&r);

		if (head & 4) {
			(void)stream_lab_gap(&lab, head & 1, n);
			continue;
		}
		n = n < ward_rd_left(&r) ? n : ward_rd_left(&r);
		(void)stream_lab_feed(&lab, head & 1, ward_rd_bytes(&r, n), head & 2);
	}
	for (unsigned side = 0; side < 2; side++)
		(void)stream_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
	return 0;
}

#endif
