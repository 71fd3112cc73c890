/* A server that may be anything, in pieces of any size: whatever it says, the client answers with
 * whole lines, hands on only what has the form of RTP, and writes a description of known lines. */
#include "fuzz.h"

#include "base/rd.h"
#include "sense/video/rtsp.h"

struct lab {
	struct ward_counters counters;
	unsigned n;
};

static enum ward_err on_stream(void *ctx, struct ward_slice sdp)
{
	(void)ctx;
	WARD_ASSERT(sdp.len > 10 && memcmp(sdp.p, "s=camera\r\n", 10) == 0);
	for (size_t i = 0; i < sdp.len; i++)
		WARD_ASSERT(sdp.p[i] == '\r' || sdp.p[i] == '\n' ||
			    (sdp.p[i] >= ' ' && sdp.p[i] <= '~'));
	return WARD_OK;
}

static enum ward_err on_packet(void *ctx, struct ward_slice rtp)
{
	WARD_ASSERT(rtp.len >= 12 && rtp.p[0] >> 6 == 2);
	return ++((struct lab *)ctx)->n % 3 ? WARD_OK : WARD_ERR_AGAIN;
}

static enum ward_err on_clock(void *ctx, ward_ns says)
{
	(void)ctx;
	WARD_ASSERT(says >= 0);
	return WARD_OK;
}

/* No line of what it asks has been made by the server. */
static void check_due(struct ward_rtsp *r)
{
	struct ward_slice due = ward_rtsp_due(r);

	for (size_t i = 0; i < due.len; i++)
		WARD_ASSERT(due.p[i] != '\n' || (i && due.p[i - 1] == '\r'));
	ward_rtsp_sent(r, due.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd in = ward_rd_from(copy, len);
	struct ward_rtsp_url url;
	const char *why;
	struct lab l = {.n = 0};
	struct ward_rtsp_opts o = {.mem = ward_mem_heap(),
		.counters = &l.counters,
		.url = &url,
		.sink = {on_stream, on_packet, on_clock, &l}};
	struct ward_rtsp *r;
	enum ward_err err = WARD_OK;
	size_t piece = (size_t)ward_rd_u8(&in) * 8 + 1;

	ward_counters_init(&l.counters);
	if (ward_rtsp_url_read(ward_slice_text(ward_slice_of(copy, len)), &url, &why) == WARD_OK)
		WARD_ASSERT(url.host[0] && url.port && !strpbrk(url.request, "\r\n \""));
	WARD_ASSERT(ward_rtsp_url_read(WARD_STR("rtsp://u:p@h/x"), &url, &why) == WARD_OK);
	WARD_ASSERT(ward_rtsp_new(&o, &r) == WARD_OK);
	check_due(r);
	while ((!err || err == WARD_ERR_AGAIN) && (ward_rd_left(&in) || err)) {
		size_t cap, n = ward_rd_left(&in) < piece ? ward_rd_left(&in) : piece;
		uint8_t *to = ward_rtsp_room(r, &cap);

		n = n < cap ? n : cap;
		memcpy(to, ward_rd_bytes(&in, n).p, n);
		err = ward_rtsp_go(r, n);
		check_due(r);
		if (ward_rtsp_alive_every(r))
			ward_rtsp_alive(r);
		check_due(r);
	}
	ward_rtsp_free(r);
	free(copy);
	return 0;
}
