/* HTTP/2 on a TCP stream (RFC 9113): frames, and which of them make a request and its answer. */
#include "sense/net/proto/http2/http2.h"

#include "sense/net/carve/magic.h"
#include "sense/net/proto/dissectors.h"

enum {
	END_STREAM = 1,
	END_HEADERS = 4,
	PADDED = 8,
	PRIORITY = 0x20,
	ACK = 1,
	TEXTS = 8192,
	LINES = 12288,
	PROBE_SETTINGS =
		16, /* a server's first frame has at most so many, known by their numbers */
};

static const struct ward_str preface = {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_HTTP2_REASON_LIST(X)
#undef X
};

static struct ward_http2_side *side_of(const struct ward_dissect *d)
{
	struct ward_http2_flow *f = d->flow;

	return &f->side[ward_http_side_of(d)];
}

static bool by_client(const struct ward_dissect *d)
{
	const struct ward_http2_flow *f = d->flow;

	return ward_http_side_of(d) == f->talk.client;
}

static enum ward_verdict fail(struct ward_dissect *d, enum ward_http2_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* Streams that are open, in the order of their texts in room. */

static size_t stream_bytes(const struct ward_http2_stream *s)
{
	return (size_t)s->request.kept.size + (s->answered ? s->answer.kept.size : 0);
}

static size_t room_at(const struct ward_http2_flow *f, size_t i)
{
	size_t at = 0;

	for (size_t k = 0; k < i; k++)
		at += stream_bytes(&f->stream[k]);
	WARD_ASSERT(at <= WARD_HTTP2_ROOM);
	return at;
}

static size_t find(const struct ward_http2_flow *f, uint32_t id)
{
	size_t i = 0;

	while (i < f->n_stream && f->stream[i].id != id)
		i++;
	return i;
}

static void drop(struct ward_http2_flow *f, size_t i)
{
	size_t at = room_at(f, i), size = stream_bytes(&f->stream[i]);

	memmove(f->room + at, f->room + at + size, WARD_HTTP2_ROOM - at - size);
	f->n_stream--;
	memmove(&f->stream[i], &f->stream[i + 1], (f->n_stream - i) * sizeof(f->stream[0]));
}

static void tell(struct ward_dissect *d, size_t i)
{
	struct ward_http2_flow *f = d->flow;
	struct ward_http2_stream *s = &f->stream[i];
	bool unread = f->side[!f->talk.client].broken;
	const uint8_t *room = f->room + room_at(f, i);
	struct ward_http_told told = {.request = &s->request,
		.request_room = room,
		.answer = s->answered ? &s->answer : NULL,
		.answer_room = room + s->request.kept.size,
		.outcome = s->answered ? "answered"
			   : unread    ? "unread"
				       : ward_dissect_silence(d, f->talk.client != 0)};

	s->request.body.cut = s->request.receiving;
	ward_http_tell_login(d, &f->talk, &s->request, room, s->answered ? s->answer.status : 0);
	ward_http_tell(d, &f->talk, &told);
	drop(f, i);
}

static void take_request(struct ward_dissect *d, uint32_t id, const struct ward_http_head *h)
{
	struct ward_http2_flow *f = d->flow;
	struct ward_wr w = ward_wr_fixed(d->net->scratch, WARD_HTTP_ROOM);
	struct ward_http_request r = ward_http_ask(d, h, &w);
	size_t used = room_at(f, f->n_stream);

	r.depth = ++f->n_opened;
	if (f->n_stream == WARD_HTTP2_STREAMS || w.len > WARD_HTTP2_ROOM - used) {
		ward_http_tell_login(d, &f->talk, &r, w.p, 0);
		ward_http_tell(d, &f->talk,
			&(struct ward_http_told){
				.request = &r, .request_room = w.p, .outcome = "unpaired"});
		return;
	}
	memcpy(f->room + used, w.p, w.len);
	f->stream[f->n_stream++] = (struct ward_http2_stream){.id = id, .request = r};
}

static void take_answer(struct ward_dissect *d, uint32_t id, const struct ward_http_head *h)
{
	struct ward_http2_flow *f = d->flow;
	struct ward_http_answer a = {.status = h->status, .time = d->net->frame->time};
	struct ward_wr w = ward_wr_fixed(d->net->scratch, WARD_HTTP_ANSWER);
	size_t i = find(f, id), used = room_at(f, f->n_stream);

	ward_http_keep(h, ward_slice_of(NULL, 0), &w, &a.kept);
	if (i == f->n_stream) {
		ward_http_tell(d, &f->talk,
			&(struct ward_http_told){
				.answer = &a, .answer_room = w.p, .outcome = "unpaired"});
		return;
	}
	if (w.len > WARD_HTTP2_ROOM - used) { /* its texts are left out */
		w.len = 0;
		a.kept = (struct ward_http_kept){
			.major = h->major, .care = a.kept.care, .cut = true};
	}
	struct ward_http2_stream *s = &f->stream[i];
	size_t at = room_at(f, i) + s->request.kept.size;

	memmove(f->room + at + w.len, f->room + at, used - at);
	memcpy(f->room + at, w.p, w.len);
	s->answered = true;
	s->answer = a;
}

/* RFC 9113 8.3: a head, an interim answer, or a trailer. */
static void take_head(struct ward_dissect *d, uint32_t id, const struct ward_http2_pseudo *p,
	struct ward_str lines)
{
	struct ward_http2_flow *f = d->flow;
	struct ward_http_head h = {.major = 2, .fields = lines, .reason = WARD_HTTP_REASON_N};
	size_t i = find(f, id);
	uint64_t status = 0;

	ward_http_fields(&h);
	h.method = p->method;
	h.target = p->path.len ? p->path : p->authority;
	if (p->authority.len)
		h.value[WARD_HTTP_F_HOST] = p->authority;
	if (by_client(d) && h.method.len) {
		if (i == f->n_stream)
			take_request(d, id, &h);
		return;
	}
	h.answer = true;
	if (by_client(d) || !ward_str_u64(p->status, &status) || status < 200 || status > 999 ||
		(i < f->n_stream && f->stream[i].answered))
		return;
	h.status = (uint16_t)status;
	take_answer(d, id, &h);
}

/* The sender's side of a stream has ended. */
static void end_stream(struct ward_dissect *d, uint32_t id)
{
	struct ward_http2_flow *f = d->flow;
	size_t i = find(f, id);

	if (i == f->n_stream)
		return;
	if (by_client(d))
		f->stream[i].request.receiving = false;
	else
		tell(d, i);
}

/* What of a frame's payload is its own, without padding and priority (6.1, 6.2). */
static bool strip(struct ward_dissect *d, const struct ward_http2_frame *f,
	struct ward_slice payload, struct ward_rd *ret)
{
	struct ward_rd r = ward_rd_slice(payload);
	size_t pad = f->flags & PADDED ? ward_rd_u8(&r) : 0;

	if (f->type == WARD_HTTP2_HEADERS && f->flags & PRIORITY)
		ward_rd_skip(&r, 5);
	if (f->type == WARD_HTTP2_PUSH_PROMISE)
		ward_rd_skip(&r, 4);
	*ret = ward_rd_sub(&r, ward_rd_left(&r) >= pad ? ward_rd_left(&r) - pad : SIZE_MAX);
	if (!ward_rd_bad(ret))
		return true;
	(void)fail(d, WARD_HTTP2_PADDING, WARD_HTTP2_HEAD);
	return false;
}

/* Frame heads inside of a block that is continued are left out. Gives the length in the stream, 0
 * when there is more to come (d->need), SIZE_MAX when it is malformed. */
static size_t join(struct ward_dissect *d, struct ward_slice payload,
	const struct ward_http2_frame *first, struct ward_wr *block)
{
	struct ward_http2_frame f = *first;
	size_t at = WARD_HTTP2_HEAD + f.len;

	while (!(f.flags & END_HEADERS)) {
		struct ward_slice rest = ward_slice_of(payload.p + at, payload.len - at);

		d->need = at + WARD_HTTP2_HEAD;
		if (!ward_http2_frame(rest, &f))
			return 0;
		if (f.type != WARD_HTTP2_CONT || f.stream != first->stream) {
			(void)fail(d, WARD_HTTP2_CONTINUATION, at);
			return SIZE_MAX;
		}
		d->need += f.len;
		if (d->need > WARD_HTTP2_BLOCK) {
			(void)fail(d, WARD_HTTP2_HEAD_LONG, at);
			return SIZE_MAX;
		}
		if (d->need > payload.len)
			return 0;
		ward_wr_bytes(block, rest.p + WARD_HTTP2_HEAD, f.len);
		at = d->need;
	}
	return at;
}

static enum ward_verdict read_headers(
	struct ward_dissect *d, struct ward_slice payload, const struct ward_http2_frame *f)
{
	struct ward_http2_side *side = side_of(d);
	struct ward_slice own = ward_slice_of(payload.p + WARD_HTTP2_HEAD, f->len);
	struct ward_wr block = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);
	uint8_t text[TEXTS], line[LINES];
	struct ward_http2_pseudo p = {.text = ward_wr_fixed(text, sizeof(text))};
	struct ward_wr lines = ward_wr_fixed(line, sizeof(line));
	struct ward_rd r;
	size_t size;

	if (!strip(d, f, own, &r))
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	own = ward_rd_rest(&r);
	ward_wr_bytes(&block, own.p, own.len);
	size = join(d, payload, f, &block);
	if (size == SIZE_MAX)
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	if (!size)
		return WARD_VERDICT_MORE;
	d->used = size;
	if (side->broken)
		return WARD_VERDICT_OK;
	if (ward_wr_bad(&block) ||
		!ward_http2_block(&side->hpack, ward_wr_slice(&block), &lines, &p)) {
		side->broken = true;
		if (side->hpack.large)
			return WARD_VERDICT_OK;
		return fail(d, WARD_HTTP2_HPACK, WARD_HTTP2_HEAD);
	}
	if (f->type == WARD_HTTP2_HEADERS)
		take_head(d, f->stream, &p, ward_wr_text(&lines));
	if (f->type == WARD_HTTP2_HEADERS && f->flags & END_STREAM)
		end_stream(d, f->stream);
	return WARD_VERDICT_OK;
}

/* A body is passed over but for its first bytes. */
static enum ward_verdict read_data(
	struct ward_dissect *d, struct ward_slice payload, const struct ward_http2_frame *f)
{
	struct ward_http2_flow *flow = d->flow;
	size_t i = find(flow, f->stream),
	       most = f->flags & PADDED ? 1 + WARD_HTTP_FIRST : WARD_HTTP_FIRST;
	size_t first = f->len < most ? f->len : most, pad = 0;

	d->need = WARD_HTTP2_HEAD + first;
	if (payload.len < d->need)
		return WARD_VERDICT_MORE;
	struct ward_rd r = ward_rd_from(payload.p + WARD_HTTP2_HEAD, first);

	if (f->flags & PADDED)
		pad = (size_t)ward_rd_u8(&r) + 1;
	if (ward_rd_bad(&r) || pad > f->len)
		return fail(d, WARD_HTTP2_PADDING, WARD_HTTP2_HEAD);
	d->used = WARD_HTTP2_HEAD + f->len;
	if (i == flow->n_stream)
		return WARD_VERDICT_OK;
	struct ward_http2_stream *s = &flow->stream[i];
	struct ward_http_body *body = by_client(d) ? &s->request.body : &s->answer.body;
	struct ward_slice own = ward_rd_rest(&r);

	own.len = own.len < f->len - pad ? own.len : f->len - pad;
	if (!s->has_body[by_client(d)] && f->len > pad) {
		s->has_body[by_client(d)] = true;
		body->mime = ward_file_mime(own);
		body->bundle = ward_http_care_bundle(own);
	}
	body->bytes += f->len - pad;
	if (f->flags & END_STREAM)
		end_stream(d, f->stream);
	return WARD_VERDICT_OK;
}

static void see_settings(
	struct ward_dissect *d, const struct ward_http2_frame *f, struct ward_slice bytes)
{
	struct ward_http2_side *s = side_of(d);
	struct ward_rd r = ward_rd_slice(bytes);

	while (!(f->flags & ACK) && ward_rd_left(&r) && s->n_setting < WARD_HTTP2_SETTINGS_N) {
		s->setting[s->n_setting] = ward_rd_be16(&r);
		s->value[s->n_setting++] = ward_rd_be32(&r);
	}
}

static void see_reset(
	struct ward_dissect *d, const struct ward_http2_frame *f, struct ward_slice bytes)
{
	struct ward_http2_flow *flow = d->flow;
	struct ward_rd r = ward_rd_slice(bytes);
	uint32_t code = ward_rd_be32(&r);
	size_t i = find(flow, f->stream);

	flow->n_reset++;
	flow->reset = code < UINT32_MAX ? code + 1 : code;
	if (i == flow->n_stream)
		return;
	flow->stream[i].answer.body.cut = true;
	tell(d, i);
}

static void see_goaway(struct ward_dissect *d, struct ward_slice bytes)
{
	struct ward_http2_flow *flow = d->flow;
	struct ward_rd r = ward_rd_slice(bytes);

	ward_rd_skip(&r, 4);
	uint32_t code = ward_rd_be32(&r);

	flow->goaway = code < UINT32_MAX ? code + 1 : code;
	flow->goaway_by_client = by_client(d);
}

/* A frame that is small enough to wait for, or that nothing of is wanted. */
static enum ward_verdict read_other(
	struct ward_dissect *d, struct ward_slice payload, const struct ward_http2_frame *f)
{
	bool whole = f->type == WARD_HTTP2_SETTINGS || f->type == WARD_HTTP2_RST_STREAM;
	size_t wanted = whole ? f->len : f->type == WARD_HTTP2_GOAWAY ? 8 : 0;
	struct ward_slice bytes = ward_slice_of(payload.p + WARD_HTTP2_HEAD, wanted);

	d->need = WARD_HTTP2_HEAD + wanted;
	if (payload.len < d->need)
		return WARD_VERDICT_MORE;
	d->used = WARD_HTTP2_HEAD + f->len;
	if (f->type == WARD_HTTP2_SETTINGS)
		see_settings(d, f, bytes);
	else if (f->type == WARD_HTTP2_RST_STREAM)
		see_reset(d, f, bytes);
	else if (f->type == WARD_HTTP2_GOAWAY)
		see_goaway(d, bytes);
	return WARD_VERDICT_OK;
}

static enum ward_verdict read_frame(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_http2_frame f;
	enum ward_http2_reason fault;

	d->need = WARD_HTTP2_HEAD;
	if (!ward_http2_frame(payload, &f))
		return WARD_VERDICT_MORE;
	fault = ward_http2_fault(&f);
	if (fault != WARD_HTTP2_REASON_N)
		return fail(d, fault, 0);
	if (f.type == WARD_HTTP2_DATA)
		return read_data(d, payload, &f);
	if (f.type != WARD_HTTP2_HEADERS && f.type != WARD_HTTP2_PUSH_PROMISE)
		return read_other(d, payload, &f);
	d->need += f.len;
	if (d->need > WARD_HTTP2_BLOCK)
		return fail(d, WARD_HTTP2_HEAD_LONG, 0);
	return payload.len < d->need ? WARD_VERDICT_MORE : read_headers(d, payload, &f);
}

/* 3.4: the client's preface; a server begins with SETTINGS. */
static enum ward_verdict read_begin(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_http2_flow *f = d->flow;
	struct ward_http2_side *side = side_of(d);
	struct ward_str s = ward_slice_text(payload);
	uint8_t me = (uint8_t)ward_http_side_of(d);
	struct ward_http2_frame frame;

	if (s.len < preface.len && ward_str_starts(preface, s)) {
		d->need = preface.len;
		return WARD_VERDICT_MORE;
	}
	bool client = ward_str_starts(s, preface);

	d->need = WARD_HTTP2_HEAD;
	if (!client && !ward_http2_frame(payload, &frame))
		return WARD_VERDICT_MORE;
	if (!client && (frame.type != WARD_HTTP2_SETTINGS ||
			       ward_http2_fault(&frame) != WARD_HTTP2_REASON_N))
		return fail(d, WARD_HTTP2_PREFACE, 0);
	side->begun = true;
	side->hpack.max = WARD_HPACK_TABLE;
	f->talk.client = client ? me : !me;
	if (!client)
		return read_frame(d, payload);
	d->used = preface.len;
	return WARD_VERDICT_OK;
}

static void close_all(struct ward_dissect *d)
{
	struct ward_http2_flow *f = d->flow;

	while (f->n_stream) {
		f->stream[0].answer.body.cut = true;
		tell(d, 0);
	}
	ward_http2_tell(d);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_http2_side *s = side_of(d);
	enum ward_verdict v = WARD_VERDICT_MORE;

	if (payload.len)
		v = s->begun ? read_frame(d, payload) : read_begin(d, payload);
	if (d->end && s->begun && !s->closed &&
		(v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len))) {
		s->closed = true;
		if (!by_client(d))
			close_all(d);
	}
	return v;
}

/* Frames and the table of fields are lost together: nothing can be found again. */
static bool gap(struct ward_dissect *d, uint64_t lost)
{
	(void)lost;
	close_all(d);
	return false;
}

/* A server's first frame: a handful of settings with their numbers (6.5.2, RFC 8441, RFC 9218). */
static bool is_settings(struct ward_slice payload)
{
	struct ward_http2_frame f;
	struct ward_rd r = ward_rd_slice(payload);

	if (!ward_http2_frame(payload, &f) || f.type != WARD_HTTP2_SETTINGS || f.flags ||
		f.stream || !f.len || f.len > (size_t)PROBE_SETTINGS * 6 || f.len % 6)
		return false;
	ward_rd_skip(&r, WARD_HTTP2_HEAD);
	for (size_t i = 0; i < f.len / 6 && ward_rd_left(&r) >= 6; i++) {
		unsigned id = ward_rd_be16(&r);

		if (!id || id > 9 || id == 7)
			return false;
		ward_rd_skip(&r, 4);
	}
	return payload.len >= WARD_HTTP2_HEAD + 6;
}

static bool may_be_settings(struct ward_slice payload)
{
	static const uint8_t head[] = {0, 0, 0, WARD_HTTP2_SETTINGS, 0, 0, 0, 0, 0};

	for (size_t i = 0; i < payload.len && i < sizeof(head); i++)
		if (i == 2 ? !payload.p[i] || payload.p[i] % 6 : payload.p[i] != head[i])
			return false;
	return payload.len < WARD_HTTP2_HEAD + 6;
}

static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_str s = ward_slice_text(payload);

	if (ward_str_starts(s, preface) || is_settings(payload))
		return WARD_PROBE_YES;
	return ward_str_starts(preface, s) || may_be_settings(payload) ? WARD_PROBE_MORE
								       : WARD_PROBE_NO;
}

const struct ward_dissector ward_dissect_http2 = {
	.name = "http2",
	.kind = WARD_DISSECT_IT,
	.title = "HTTP/2 without TLS",
	.standard = "RFC 9113 clauses 4, 6 to 8, RFC 7541 clauses 4 to 6, appendices A and B",
	.reads = "each request with its answer as of HTTP/1, settings, errors, streams that were "
		 "reset",
	.proto = WARD_PROTO_TCP,
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct ward_http2_flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_http2_name_at,
};
