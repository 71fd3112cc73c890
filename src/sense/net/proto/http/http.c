/* HTTP/1 on a TCP stream: which bytes are heads and which bodies, and which answer is whose. */
#include "sense/net/proto/http/stream.h"

#include "sense/net/carve/magic.h"
#include "sense/net/proto/dissectors.h"

#include "base/hash.h"

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_HTTP_REASON_LIST(X)
#undef X
};

static struct ward_http_side *side_of(const struct ward_dissect *d)
{
	struct ward_http_flow *f = d->flow;

	return &f->side[ward_http_side_of(d)];
}

static enum ward_verdict fail(struct ward_dissect *d, enum ward_http_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

static void begin_body(struct ward_http_side *s, enum ward_http_state state, uint64_t left)
{
	s->state = state;
	s->left = left;
}

/* What was seen of the body of this side. */
static struct ward_http_body body_of(const struct ward_http_side *s, bool cut)
{
	struct ward_slice first = ward_slice_of(s->first, s->n_first);

	return (struct ward_http_body){.bytes = s->bytes,
		.mime = ward_file_mime(first),
		.bundle = ward_http_care_bundle(first),
		.cut = cut};
}

/* Where the texts of the i-th request begin. */
static uint8_t *room_of(struct ward_http_flow *f, size_t i)
{
	size_t at = 0;

	for (size_t k = 0; k < i; k++)
		at += f->request[k].kept.size;
	WARD_ASSERT(at <= WARD_HTTP_ROOM);
	return f->room + at;
}

static void pop_request(struct ward_http_flow *f)
{
	size_t size = f->request[0].kept.size;

	memmove(f->room, f->room + size, WARD_HTTP_ROOM - size);
	f->n_request--;
	memmove(f->request, f->request + 1, f->n_request * sizeof(f->request[0]));
}

/* The client's body has ended, or will not. */
static void finish_request(struct ward_http_flow *f, bool cut)
{
	struct ward_http_request *r = f->n_request ? &f->request[f->n_request - 1] : NULL;

	if (r && r->receiving) {
		r->receiving = false;
		r->body = body_of(&f->side[f->talk.client], cut);
	}
}

/* The oldest request and what answers it (NULL: nothing) are told. */
static void tell_oldest(struct ward_dissect *d, struct ward_http_answer *a, const char *outcome)
{
	struct ward_http_flow *f = d->flow;
	struct ward_http_request *r = f->n_request ? &f->request[0] : NULL;
	struct ward_http_told told = {.request = r,
		.request_room = f->room,
		.answer = a,
		.answer_room = f->answer_room,
		.outcome = outcome};

	if (r && r->receiving) {
		r->receiving = false;
		r->body = body_of(&f->side[f->talk.client], true);
	}
	if (r && !a)
		ward_http_tell_login(d, &f->talk, r, f->room, 0);
	ward_http_tell(d, &f->talk, &told);
	if (r)
		pop_request(f);
	else if (f->n_unpaired)
		f->n_unpaired--;
}

static void finish_answer(struct ward_dissect *d, bool cut)
{
	struct ward_http_flow *f = d->flow;
	const char *outcome = f->n_request    ? "answered"
			      : f->n_unpaired ? "unpaired"
					      : "unrequested";

	if (!f->answering)
		return;
	f->answering = false;
	f->answer.body = body_of(&f->side[!f->talk.client], cut);
	tell_oldest(d, &f->answer, outcome);
}

/* The body, or the message without one, has ended. */
static void finish(struct ward_dissect *d)
{
	struct ward_http_flow *f = d->flow;

	ward_carve_end(d->net, &side_of(d)->file, WARD_FILE_WHOLE);
	begin_body(side_of(d), WARD_HTTP_BETWEEN, 0);
	if (ward_http_side_of(d) == f->talk.client)
		finish_request(f, false);
	else
		finish_answer(d, false);
}

/* What is kept of the client's head, or, when there is no room behind requests that wait, all that
 * will be told of it. */
static void take_request(struct ward_dissect *d, const struct ward_http_head *h)
{
	struct ward_http_flow *f = d->flow;
	struct ward_wr w = ward_wr_fixed(d->net->scratch, WARD_HTTP_ROOM);
	struct ward_http_request r = ward_http_ask(d, h, &w);
	size_t used = (size_t)(room_of(f, f->n_request) - f->room);

	r.depth = ++f->depth;
	if (f->n_unpaired || f->n_request == WARD_HTTP_REQUESTS || used + w.len > WARD_HTTP_ROOM) {
		ward_http_tell_login(d, &f->talk, &r, w.p, 0);
		ward_http_tell(d, &f->talk,
			&(struct ward_http_told){
				.request = &r, .request_room = w.p, .outcome = "unpaired"});
		f->n_unpaired += f->n_unpaired < UINT32_MAX;
		return;
	}
	memcpy(f->room + used, w.p, w.len);
	f->request[f->n_request++] = r;
}

/* RFC 9112 6.3 */
static void frame_request(struct ward_dissect *d, const struct ward_http_head *h)
{
	struct ward_http_side *s = side_of(d);

	if (h->chunked)
		begin_body(s, WARD_HTTP_SIZE, 0);
	else if (!h->encoded && h->length)
		begin_body(s, WARD_HTTP_LENGTH, h->length);
	else
		finish(d);
}

static bool has_body(const struct ward_http_head *h, const struct ward_http_request *r)
{
	return h->status >= 200 && h->status != 204 && h->status != 304 && !(r && r->head);
}

static void frame_answer(
	struct ward_dissect *d, const struct ward_http_head *h, const struct ward_http_request *r)
{
	struct ward_http_side *s = side_of(d);

	if (!has_body(h, r))
		finish(d);
	else if (h->chunked)
		begin_body(s, WARD_HTTP_SIZE, 0);
	else if (h->encoded || !h->length_given)
		begin_body(s, WARD_HTTP_CLOSE, 0);
	else if (h->length)
		begin_body(s, WARD_HTTP_LENGTH, h->length);
	else
		finish(d);
}

/* 9110 7.8 and 9.3.6: the connection is another protocol's from here on. WebSocket's frames are no
 * begin that a probe could know: they are passed over. */
static void see_switch(
	struct ward_dissect *d, const struct ward_http_head *h, const struct ward_http_request *r)
{
	struct ward_http_flow *f = d->flow;

	f->tunnel = h->status == 101 || (r && r->connect && h->status / 100 == 2);
	d->handover =
		f->tunnel && !ward_str_ieq(h->value[WARD_HTTP_F_UPGRADE], WARD_STR("websocket"));
}

static void take_answer(struct ward_dissect *d, const struct ward_http_head *h)
{
	struct ward_http_flow *f = d->flow;
	struct ward_http_request *r = f->n_request ? &f->request[0] : NULL;
	struct ward_wr w = ward_wr_fixed(f->answer_room, sizeof(f->answer_room));

	/* 9110 15.2: the answer proper follows. */
	if (h->status < 200 && h->status != 101)
		return;
	f->answering = true;
	f->answer = (struct ward_http_answer){.status = h->status, .time = d->net->frame->time};
	ward_http_keep(h, ward_slice_of(NULL, 0), &w, &f->answer.kept);
	if (r)
		ward_http_tell_login(d, &f->talk, r, f->room, h->status);
	see_switch(d, h, r);
	if (f->tunnel)
		finish_answer(d, false);
	else
		frame_answer(d, h, r);
}

static enum ward_verdict take_head(struct ward_dissect *d, const struct ward_http_head *h)
{
	struct ward_http_flow *f = d->flow;
	struct ward_http_side *s = side_of(d);
	uint8_t me = (uint8_t)ward_http_side_of(d), client = h->answer ? !me : me;

	if (f->seen && f->talk.client != client)
		return fail(d, WARD_HTTP_SIDE, 0);
	f->seen = true;
	f->talk.client = client;
	s->bytes = 0;
	s->n_first = 0;
	s->torn = false;
	if (h->answer) {
		take_answer(d, h);
	} else {
		take_request(d, h);
		frame_request(d, h);
	}
	if (s->state != WARD_HTTP_BETWEEN)
		s->file = ward_http_begin_file(
			d, h, h->answer && f->n_request ? &f->request[0] : NULL, f->room);
	return WARD_VERDICT_OK;
}

static enum ward_verdict read_head(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_http_flow *f = d->flow;
	struct ward_http_side *s = side_of(d);
	struct ward_http_head h;
	size_t size;

	/* 9112 2.2: old clients send a line end behind a body. */
	while (f->seen && d->used < payload.len &&
		(payload.p[d->used] == '\r' || payload.p[d->used] == '\n'))
		d->used++;
	if (d->used)
		return WARD_VERDICT_OK;
	if (!ward_http_goes_on(payload))
		return fail(d, WARD_HTTP_START, 0);
	size = ward_http_head_size(payload, s->scanned);
	s->scanned = 0;
	if (size > WARD_HTTP_HEAD || (!size && payload.len > WARD_HTTP_HEAD))
		return fail(d, WARD_HTTP_HEAD_LONG, 0);
	if (!size) {
		s->scanned = (uint32_t)payload.len;
		return WARD_VERDICT_MORE;
	}
	if (!ward_http_head(ward_slice_of(payload.p, size), &h))
		return fail(d, h.reason, 0);
	d->used = size;
	return take_head(d, &h);
}

static void see_body(struct ward_dissect *d, const uint8_t *p, size_t len)
{
	struct ward_http_side *s = side_of(d);
	size_t room = s->torn ? 0 : (size_t)WARD_HTTP_FIRST - s->n_first,
	       n = len < room ? len : room;

	if (n)
		memcpy(s->first + s->n_first, p, n);
	s->n_first = (uint16_t)(s->n_first + n);
	ward_carve_bytes(d->net, s->file, s->bytes, ward_slice_of(p, len));
	s->bytes += len;
}

/* `left` bytes less of a body or chunk are to come. */
static void advance(struct ward_dissect *d, uint64_t n)
{
	struct ward_http_side *s = side_of(d);

	if (s->state == WARD_HTTP_CLOSE)
		return;
	s->left -= n;
	if (s->left)
		return;
	if (s->state == WARD_HTTP_CHUNK)
		begin_body(s, WARD_HTTP_AFTER, 0);
	else
		finish(d);
}

static enum ward_verdict read_body(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_http_side *s = side_of(d);
	size_t n = payload.len;

	if (!n)
		return WARD_VERDICT_MORE;
	if (s->state != WARD_HTTP_CLOSE && s->left < n)
		n = (size_t)s->left;
	see_body(d, payload.p, n);
	d->used = n;
	advance(d, n);
	return WARD_VERDICT_OK;
}

/* One line of a chunked body; ret is without its end. */
static enum ward_verdict read_line(struct ward_dissect *d, struct ward_slice payload,
	enum ward_http_reason too_long, struct ward_str *ret)
{
	const uint8_t *lf = payload.len ? memchr(payload.p, '\n', payload.len) : NULL;
	size_t n = lf ? (size_t)(lf - payload.p) : payload.len;

	if (n > WARD_HTTP_LINE)
		return fail(d, too_long, 0);
	if (!lf)
		return WARD_VERDICT_MORE;
	*ret = ward_str_trim((struct ward_str){(const char *)payload.p, n});
	d->used = n + 1;
	return WARD_VERDICT_OK;
}

static enum ward_verdict read_size(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_http_side *s = side_of(d);
	struct ward_str line;
	enum ward_verdict v = read_line(d, payload, WARD_HTTP_CHUNK_SIZE, &line);
	uint64_t size;

	if (v != WARD_VERDICT_OK)
		return v;
	if (!ward_http_chunk_size(line, &size))
		return fail(d, WARD_HTTP_CHUNK_SIZE, 0);
	begin_body(s, size ? WARD_HTTP_CHUNK : WARD_HTTP_TRAILER, size);
	return v;
}

static enum ward_verdict read_after(struct ward_dissect *d, struct ward_slice payload)
{
	if (payload.len && payload.p[0] == '\n') {
		d->used = 1;
	} else {
		if (payload.len && payload.p[0] != '\r')
			return fail(d, WARD_HTTP_CHUNK_END, 0);
		if (payload.len < 2)
			return WARD_VERDICT_MORE;
		if (payload.p[1] != '\n')
			return fail(d, WARD_HTTP_CHUNK_END, 1);
		d->used = 2;
	}
	begin_body(side_of(d), WARD_HTTP_SIZE, 0);
	return WARD_VERDICT_OK;
}

static enum ward_verdict read_trailer(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_str line;
	enum ward_verdict v = read_line(d, payload, WARD_HTTP_TRAILER_LONG, &line);

	if (v == WARD_VERDICT_OK && !line.len)
		finish(d);
	return v;
}

/* After a gap: to the next payload that begins as a head. */
static enum ward_verdict read_lost(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_http_flow *f = d->flow;
	bool server = ward_http_side_of(d) != f->talk.client;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	if (!ward_http_starts(payload) || ward_http_starts_answer(payload) != server) {
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
	/* How many answers are lost is not known: the newest request is likely the one. */
	while (server && f->n_request > 1)
		tell_oldest(d, NULL, "unpaired");
	begin_body(side_of(d), WARD_HTTP_BETWEEN, 0);
	return read_head(d, payload);
}

/* A side has closed: what it was in has ended. Who answers answers nothing any more. */
static void close_side(struct ward_dissect *d)
{
	struct ward_http_flow *f = d->flow;
	struct ward_http_side *s = side_of(d);
	bool cut = s->state != WARD_HTTP_CLOSE;

	if (s->closed || !f->seen)
		return;
	s->closed = true;
	ward_carve_end(d->net, &s->file, cut ? WARD_FILE_CLOSED : WARD_FILE_WHOLE);
	if (ward_http_side_of(d) == f->talk.client) {
		finish_request(f, true);
		return;
	}
	finish_answer(d, cut);
	while (f->n_request)
		tell_oldest(d, NULL, ward_dissect_silence(d, f->talk.client != 0));
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	static enum ward_verdict (*const read[])(struct ward_dissect *, struct ward_slice) = {
		[WARD_HTTP_BETWEEN] = read_head,
		[WARD_HTTP_LENGTH] = read_body,
		[WARD_HTTP_SIZE] = read_size,
		[WARD_HTTP_CHUNK] = read_body,
		[WARD_HTTP_AFTER] = read_after,
		[WARD_HTTP_TRAILER] = read_trailer,
		[WARD_HTTP_CLOSE] = read_body,
		[WARD_HTTP_LOST] = read_lost,
	};
	struct ward_http_flow *f = d->flow;
	enum ward_verdict v;

	if (f->tunnel) {
		d->used = payload.len;
		return payload.len ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
	}
	v = read[side_of(d)->state](d, payload);
	if (d->end && (v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len)))
		close_side(d);
	return v;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_http_flow *f = d->flow;
	struct ward_http_side *s = side_of(d);
	bool in_body = s->state == WARD_HTTP_LENGTH || s->state == WARD_HTTP_CHUNK;

	if (!f->seen || f->tunnel)
		return f->tunnel;
	if (s->state == WARD_HTTP_CLOSE || (in_body && lost <= s->left)) {
		ward_carve_gap(d->net, s->file, s->bytes, lost);
		s->bytes += lost;
		s->torn = true;
		advance(d, lost);
		return true;
	}
	ward_carve_end(d->net, &s->file, WARD_FILE_CLOSED);
	if (ward_http_side_of(d) == f->talk.client)
		finish_request(f, true);
	else
		finish_answer(d, true);
	s->scanned = 0;
	begin_body(s, WARD_HTTP_LOST, 0);
	return true;
}

static enum ward_probe probe(struct ward_slice payload)
{
	if (ward_http_starts(payload))
		return WARD_PROBE_YES;
	return ward_http_may_start(payload) ? WARD_PROBE_MORE : WARD_PROBE_NO;
}

const struct ward_dissector ward_dissect_http = {
	.name = "http",
	.kind = WARD_DISSECT_IT,
	.title = "HTTP/1.0 and 1.1, FHIR and DICOMweb over it",
	.standard = "RFC 9110, RFC 9112; HL7 FHIR R4 and R5 RESTful API; DICOM PS3.18",
	.reads = "each request with its answer: target, client, server, types and sizes of bodies, "
		 "who logs in; of FHIR and DICOMweb what is done, no ids and no values",
	.proto = WARD_PROTO_TCP,
	.port = {80, 8080, 8000, 8008, 3128, 5985, 631, 8042},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.files = true,
	.flow_bytes = sizeof(struct ward_http_flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_http_name_at,
};
