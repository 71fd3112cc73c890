/* A device's metadata stream that may be anything, in pieces of any size. The first byte: how it is
 * cut, and whether the device answers well up to the first packet, so that what follows is one. Of
 * what it says only bounded, printable facts are left, and requests stay requests. */
#include "fuzz.h"

#include "sense/onvif/object.h"
#include "sense/onvif/onvif.h"

static const char opening[] =
	"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 66\r\n\r\n"
	"m=application 0 RTP/AVP 98\r\na=rtpmap:98 vnd.onvif.metadata/90000\r\n"
	"RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 1\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n";

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	WARD_ASSERT(e->n_field <= WARD_ONVIF_ITEMS + 4);
	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].v.kind == WARD_VALUE_STR)
			WARD_ASSERT(e->field[i].v.s.len <= WARD_ONVIF_VALUE &&
				    ward_utf8_valid(ward_str_bytes(e->field[i].v.s), NULL));
	return WARD_OK;
}

static void check_due(struct ward_onvif *o, ward_ns now)
{
	struct ward_slice due;

	WARD_ASSERT(ward_onvif_due(o, now, now, &due) == WARD_OK);
	for (size_t i = 0; i < due.len; i++)
		WARD_ASSERT(due.p[i] != '\n' || (i && due.p[i - 1] == '\r'));
	if (due.len)
		ward_onvif_sent(o, due.len);
}

static enum ward_err feed(struct ward_onvif *o, const void *p, size_t n, ward_ns now)
{
	uint8_t *copy = fuzz_copy(p, n);
	enum ward_err err = ward_onvif_bytes(o, ward_slice_of(copy, n), now, now);

	WARD_ASSERT(err != WARD_ERR_NOMEM);
	free(copy);
	check_due(o, now);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_onvif *o;
	struct ward_rtsp_url url;
	const char *why;
	struct ward_onvif_opts opts = {.mem = ward_mem_heap(),
		.names = &names,
		.counters = &counters,
		.source = WARD_STR("s"),
		.sink = {put, NULL, NULL},
		.metadata = &url};
	size_t piece = len ? (size_t)(data[0] >> 1) * 16 + 1 : 1;
	ward_ns now = 0;
	enum ward_err err = WARD_OK;

	ward_limits_default(&lim);
	ward_counters_init(&counters);
	WARD_ASSERT(ward_names_init(&names, opts.mem, &lim) == WARD_OK);
	WARD_ASSERT(ward_rtsp_url_read(WARD_STR("rtsp://u:p@h/x"), &url, &why) == WARD_OK);
	WARD_ASSERT(ward_onvif_new(&opts, &o) == WARD_OK);
	check_due(o, now);
	if (len && data[0] & 1)
		err = feed(o, opening, strlen(opening), now);
	for (size_t at = len ? 1 : 0; at < len && !err; at += piece) {
		now += WARD_NS_PER_S / 4;
		err = feed(o, data + at, len - at < piece ? len - at : piece, now);
	}
	WARD_ASSERT(!err || ward_onvif_why(o)[0]);
	WARD_ASSERT(ward_onvif_ended(o, now, now) != WARD_ERR_NOMEM);
	ward_onvif_free(o);
	ward_names_fini(&names);
	return 0;
}
