#include "fuzz.h"

#include "http/message.h"

/* The same messages come of bytes however they are cut; the first byte: requests or responses, and
 * the pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_httpmsg_opts o = {
		.mem = ward_mem_heap(), .request = len && data[0] & 1, .body_max = 4096};
	size_t piece = len ? (size_t)(data[0] >> 1) + 1 : 1;
	uint64_t sum[2] = {0, 0};

	for (unsigned cut = 0; cut < 2; cut++) {
		struct ward_httpmsg *h;
		struct ward_httpmsg_whole m;
		enum ward_err err = WARD_ERR_MORE;

		WARD_ASSERT(ward_httpmsg_new(&o, &h) == WARD_OK);
		for (size_t at = len ? 1 : 0; at < len && (!err || err == WARD_ERR_MORE);) {
			size_t n = cut && len - at > piece ? piece : len - at, used;
			uint8_t *copy = fuzz_copy(data + at, n);

			err = ward_httpmsg_take(h, ward_slice_of(copy, n), &used, &m);
			WARD_ASSERT(used <= n && (used || err));
			free(copy);
			at += used;
			if (err)
				continue;
			WARD_ASSERT(m.body.len <= o.body_max);
			sum[cut] = sum[cut] * 31 + m.body.len + 7 * m.status + m.keep;
			ward_httpmsg_begin(h);
		}
		if (err == WARD_ERR_MORE && ward_httpmsg_end(h, &m) == WARD_OK)
			sum[cut] = sum[cut] * 31 + m.body.len + 3;
		sum[cut] = sum[cut] * 31 + (err != WARD_OK && err != WARD_ERR_MORE);
		ward_httpmsg_free(h);
	}
	WARD_ASSERT(sum[0] == sum[1]);
	return 0;
}
