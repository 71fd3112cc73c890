#include "fuzz.h"

#include "sense/onvif/onvif.h"

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	for (size_t i = 0; i < e->n_field; i++)
		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(e->field[i].v.s), NULL));
	return WARD_OK;
}

static void stream(void *ctx, const struct ward_onvif_stream *s)
{
	(void)ctx;
	WARD_ASSERT(s->profile.len && s->uri.len && s->width < 10000 && s->height < 10000);
	WARD_ASSERT(s->millifps <= 241000);
}

static void recording(void *ctx, const struct ward_onvif_recording *r)
{
	(void)ctx;
	WARD_ASSERT(r->token.len && r->from <= r->to);
}

static void door(void *ctx, const struct ward_onvif_door *d)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 16 << 20);

	(void)ctx;
	WARD_ASSERT(d->token.len && (d->reader || !d->door.len));
	ward_onvif_door_json(d, WARD_STR("s"), &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_wr_fini(&w);
}

/* The input is what a device answers, request after request, parted by 0xff; the first byte: what
 * is asked for, and how the answers are cut. Whatever it says, requests stay requests: with one
 * line, and to where they should be. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const enum ward_onvif_what what[4] = {
		WARD_ONVIF_EVENTS, WARD_ONVIF_STREAMS, WARD_ONVIF_DOORS, WARD_ONVIF_RECORDINGS};
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_onvif *o;
	struct ward_onvif_url url = {
		.host = "192.0.2.1", .port = 80, .path = "/onvif/device_service"};
	struct ward_onvif_opts opts = {.mem = ward_mem_heap(),
		.names = &names,
		.counters = &counters,
		.url = &url,
		.user = len && data[0] & 4 ? "ward" : NULL,
		.password = "pw",
		.source = WARD_STR("s"),
		.sink = {put, stream, recording, door, NULL},
		.what = len ? what[data[0] & 3] : WARD_ONVIF_EVENTS,
		.need = {640, 5}};
	size_t piece = len ? (size_t)(data[0] >> 3) * 2 + 1 : 1;
	ward_ns now = 0;

	ward_limits_default(&lim);
	ward_counters_init(&counters);
	WARD_ASSERT(ward_names_init(&names, opts.mem, &lim) == WARD_OK);
	WARD_ASSERT(ward_onvif_new(&opts, &o) == WARD_OK);
	for (size_t at = len ? 1 : 0; at < len && !ward_onvif_done(o);) {
		const uint8_t *stop = memchr(data + at, 0xff, len - at);
		size_t end = stop ? (size_t)(stop - data) : len;
		struct ward_slice due;
		enum ward_err err = WARD_OK;

		now = ward_onvif_next(o) > now ? ward_onvif_next(o) : now + WARD_NS_PER_S;
		WARD_ASSERT(ward_onvif_due(o, now, now, &due) == WARD_OK);
		WARD_ASSERT(due.len > 5 && memcmp(due.p, "POST /", 6) == 0);
		ward_onvif_sent(o, due.len);
		while (at < end && !err && ward_onvif_busy(o)) {
			size_t n = end - at < piece ? end - at : piece;
			uint8_t *copy = fuzz_copy(data + at, n);

			err = ward_onvif_bytes(o, ward_slice_of(copy, n), now, now);
			WARD_ASSERT(err != WARD_ERR_NOMEM);
			free(copy);
			at += n;
		}
		WARD_ASSERT(ward_onvif_ended(o, now, now) != WARD_ERR_NOMEM);
		at = end + 1;
	}
	ward_onvif_free(o);
	ward_names_fini(&names);
	return 0;
}
