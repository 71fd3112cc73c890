/* The client of a device's metadata stream (ONVIF Streaming 5.1.2; tt:MetadataStream), behind the
 * same functions as the client of its pull point. */
#include "sense/onvif/priv.h"

#include "sense/onvif/object.h"
#include "sense/onvif/rtpdoc.h"
#include "sense/video/rtsp.h"

#include <stdio.h>
#include <string.h>

enum { MALFORMED_MAX = 10 };

/* What answers nothing for longer than it is asked for, or at the beginning. */
static const ward_ns silent_max = 10 * WARD_NS_PER_S;

struct onvif_stream {
	struct ward_onvif *o; /* whose it is */
	struct ward_rtsp *rtsp;
	struct ward_rtpdoc doc;
	struct ward_onvif_objects objects;
	ward_ns heard, alive; /* monotonic: the last bytes, our last sign of life */
	ward_ns mono, wall;   /* of the bytes in hand */
	uint64_t n_connection;
	unsigned n_malformed; /* documents in a row */
};

enum ward_err onvif_stream_new(struct ward_onvif *o)
{
	struct onvif_stream *s = ward_mem_alloc(o->opts.mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	s->o = o;
	ward_rtpdoc_init(&s->doc, o->opts.mem, o->opts.counters);
	s->objects = (struct ward_onvif_objects){.place = &o->place,
		.arena = &o->event_arena,
		.put = o->opts.sink.event,
		.ctx = o->opts.sink.ctx};
	o->stream = s;
	return WARD_OK;
}

void onvif_stream_free(struct ward_onvif *o)
{
	struct onvif_stream *s = o->stream;

	if (!s)
		return;
	ward_rtsp_free(s->rtsp);
	ward_rtpdoc_fini(&s->doc);
	ward_mem_free(o->opts.mem, s, sizeof(*s));
}

static enum ward_err malformed(struct onvif_stream *s)
{
	ward_count_name(s->o->opts.counters, "onvif.metadata_malformed", 1);
	if (++s->n_malformed < MALFORMED_MAX)
		return WARD_OK;
	(void)snprintf(s->o->why, sizeof(s->o->why), "its metadata can't be read: %s",
		s->o->xml.why ? s->o->xml.why : "they are no tt:MetadataStream");
	return WARD_ERR_FOREIGN;
}

static enum ward_err take_events(struct onvif_stream *s, uint32_t event)
{
	const struct ward_xmldoc *x = &s->o->xml;
	enum ward_err err = WARD_OK;

	for (uint32_t m = ward_xmldoc_child(x, event, "NotificationMessage");
		m != WARD_NONE && !err; m = ward_xmldoc_next(x, m, "NotificationMessage"))
		err = onvif_take_message(s->o, m, s->wall);
	return err;
}

static enum ward_err take_document(struct onvif_stream *s, struct ward_slice doc)
{
	struct ward_xmldoc *x = &s->o->xml;
	enum ward_err err;

	ward_arena_reset(&s->o->arena);
	err = ward_xmldoc_read(x, doc);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err || !ward_str_eqz(x->elem[0].name, "MetadataStream"))
		return malformed(s);
	s->n_malformed = 0;
	ward_count_name(s->o->opts.counters, "onvif.documents", 1);
	for (uint32_t e = x->elem[0].child; e != WARD_NONE && !err; e = x->elem[e].next) {
		if (ward_str_eqz(x->elem[e].name, "Event"))
			err = take_events(s, e);
		else if (ward_str_eqz(x->elem[e].name, "VideoAnalytics"))
			for (uint32_t f = ward_xmldoc_child(x, e, "Frame"); f != WARD_NONE && !err;
				f = ward_xmldoc_next(x, f, "Frame"))
				err = ward_onvif_frame(&s->objects, x, f, s->mono, s->wall);
	}
	return err;
}

static enum ward_err on_stream(void *ctx, struct ward_slice sdp)
{
	struct onvif_stream *s = ctx;

	(void)sdp;
	ward_rtpdoc_begin(&s->doc);
	return WARD_OK;
}

static enum ward_err on_packet(void *ctx, struct ward_slice rtp)
{
	struct onvif_stream *s = ctx;
	struct ward_slice doc;
	enum ward_err err = ward_rtpdoc_take(&s->doc, rtp, &doc);

	if (err)
		return err == WARD_ERR_MORE ? WARD_OK : err;
	return take_document(s, doc);
}

static enum ward_err on_clock(void *ctx, ward_ns says)
{
	struct onvif_stream *s = ctx;

	s->o->clock_known = ward_sub(says, s->wall, &s->o->ahead);
	s->o->place.ahead = s->o->clock_known ? s->o->ahead : 0;
	return WARD_OK;
}

static enum ward_err connect_anew(struct onvif_stream *s, ward_ns mono)
{
	uint64_t key = s->n_connection++;
	struct ward_rtsp_opts o = {.mem = s->o->opts.mem,
		.counters = s->o->opts.counters,
		.url = s->o->opts.metadata,
		.track = WARD_SDP_METADATA,
		.sink = {on_stream, on_packet, on_clock, s},
		.random = ward_siphash(s->o->opts.random, &key, sizeof(key))};

	s->heard = s->alive = mono;
	s->n_malformed = 0;
	ward_count_name(s->o->opts.counters, "onvif.requests", 1);
	return ward_rtsp_new(&o, &s->rtsp);
}

enum ward_err onvif_stream_due(
	struct ward_onvif *o, ward_ns mono, ward_ns wall, struct ward_slice *ret)
{
	struct onvif_stream *s = o->stream;
	enum ward_err err = ward_onvif_objects_tick(&s->objects, mono, wall, false);

	*ret = (struct ward_slice){NULL, 0};
	if (!err && !s->rtsp && !o->leaving)
		err = connect_anew(s, mono);
	if (err)
		return err;
	ward_ns every = s->rtsp ? ward_rtsp_alive_every(s->rtsp) : 0;

	if (every && !o->leaving && mono - s->alive >= every) {
		s->alive = mono;
		ward_rtsp_alive(s->rtsp);
	}
	if (s->rtsp && (every || !o->leaving))
		*ret = ward_rtsp_due(s->rtsp);
	o->serves = every != 0;
	o->done = o->leaving && !ret->len;
	return WARD_OK;
}

void onvif_stream_sent(struct ward_onvif *o, size_t n)
{
	ward_rtsp_sent(o->stream->rtsp, n);
}

/* Nobody looks on any more: what was there counts as gone. */
static enum ward_err hang_up(struct onvif_stream *s, ward_ns mono, ward_ns wall)
{
	ward_rtsp_free(s->rtsp);
	s->rtsp = NULL;
	s->o->serves = false;
	return ward_onvif_objects_tick(&s->objects, mono, wall, true);
}

enum ward_err onvif_stream_bytes(
	struct ward_onvif *o, struct ward_slice bytes, ward_ns mono, ward_ns wall)
{
	struct onvif_stream *s = o->stream;
	enum ward_err err = WARD_OK;

	s->mono = mono;
	s->wall = wall;
	s->heard = mono;
	while (!err && s->rtsp && bytes.len) {
		size_t cap;
		uint8_t *to = ward_rtsp_room(s->rtsp, &cap);
		size_t n = bytes.len < cap ? bytes.len : cap;

		memcpy(to, bytes.p, n);
		bytes = ward_slice_of(bytes.p + n, bytes.len - n);
		err = ward_rtsp_go(s->rtsp, n);
	}
	if (!err || err == WARD_ERR_NOMEM)
		return err;
	if (ward_rtsp_why(s->rtsp)[0])
		(void)snprintf(o->why, sizeof(o->why), "%s", ward_rtsp_why(s->rtsp));
	enum ward_err end = hang_up(s, mono, wall);

	return end ? end : err == WARD_ERR_DENIED ? err : WARD_ERR_FOREIGN;
}

bool onvif_stream_overdue(const struct ward_onvif *o, ward_ns mono)
{
	const struct onvif_stream *s = o->stream;

	return s->rtsp && mono - s->heard > ward_rtsp_alive_every(s->rtsp) + silent_max;
}

enum ward_err onvif_stream_ended(struct ward_onvif *o, ward_ns mono, ward_ns wall)
{
	struct onvif_stream *s = o->stream;

	if (!s->rtsp)
		return WARD_OK;
	(void)snprintf(o->why, sizeof(o->why), "%s",
		onvif_stream_overdue(o, mono) ? "nothing comes of it" : "it ended the stream");
	enum ward_err err = hang_up(s, mono, wall);

	return err ? err : WARD_ERR_FOREIGN;
}

void onvif_stream_leave(struct ward_onvif *o)
{
	o->leaving = true;
	if (o->stream->rtsp)
		ward_rtsp_bye(o->stream->rtsp);
}
