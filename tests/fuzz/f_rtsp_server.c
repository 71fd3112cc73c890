/* Whatever connects to a played camera, in pieces of any size: answers are whole lines with the
 * number of a request, and other pieces give the same answers. */
#include "fuzz.h"

#include "base/rd.h"
#include "exercise/rtsp_server.h"

static size_t talk(struct ward_slice in, size_t piece, uint8_t *buf, size_t cap)
{
	struct ward_rtsp_server s;
	struct ward_wr out = ward_wr_fixed(buf, cap);
	bool goes_on = true;

	ward_rtsp_server_init(&s, WARD_STR("v=0\r\n"));
	while (goes_on && in.len) {
		size_t n = in.len < piece ? in.len : piece;

		goes_on = ward_rtsp_server_take(&s, ward_slice_of(in.p, n), &out);
		in = ward_slice_of(in.p + n, in.len - n);
	}
	WARD_ASSERT(!s.playing || s.set_up);
	return ward_wr_bad(&out) ? SIZE_MAX : out.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t a[1 << 20], b[1 << 20];
	uint8_t *copy = fuzz_copy(data, len);
	size_t piece = len ? (size_t)copy[0] + 1 : 1;
	struct ward_slice in = ward_slice_of(copy, len);
	size_t n = talk(in, piece, a, sizeof(a)), m = talk(in, 1, b, sizeof(b));

	WARD_ASSERT(n == m && (n == SIZE_MAX || memcmp(a, b, n) == 0));
	WARD_ASSERT(!n || n == SIZE_MAX || memcmp(a, "RTSP/1.0 ", 9) == 0);
	free(copy);
	return 0;
}
