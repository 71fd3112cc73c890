/* Analysers and laboratory systems: LIS1-A on a TCP stream, and the messages that it carries. One
 * side sends until its EOT, the other says of each frame whether it came whole. */
#include "sense/net/proto/astm/astm.h"

#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/text.h"

enum {
	LINE = 512, /* of a header or terminator record */
	TEXT = 64,
	PREFIX_MAX = 8, /* controls before the first frame */
	NOBODY = 2,
	FRAMES = 8,
};

#define NAME_LIST(X)                            \
	X(SENDER_NAME, "astm.sender_name")      \
	X(SENDER_DETAIL, "astm.sender_detail")  \
	X(RECEIVER, "astm.receiver_id")         \
	X(PROCESSING, "astm.processing_id")     \
	X(VERSION, "astm.version")              \
	X(DELIMITERS, "astm.delimiters")        \
	X(RECORDS, "astm.records")              \
	X(RECORD, "astm.record")                \
	X(RECORD_COUNT, "astm.record_count")    \
	X(OTHER, "astm.records_other")          \
	X(TERMINATION, "astm.termination_code") \
	X(FRAMES, "astm.frames")                \
	X(BYTES, "astm.bytes")                  \
	X(CHECKSUM, "astm.checksum_errors")     \
	X(NAKS, "astm.naks")                    \
	X(REPEATED, "astm.retransmissions")     \
	X(SKIPPED, "astm.frame_number_errors")  \
	X(OUTCOME, "astm.outcome")              \
	X(CLASS_MESSAGE, "net.astm.message")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_ASTM_REASON_LIST(X)
#undef X
};

/* From an H record to the next one, or to the end of its transmission. */
struct message {
	bool open, ended; /* ended: by an L record */
	char termination;
	uint16_t n_header;
	char header[LINE];
	ward_ns begin;
	uint32_t records, other, kind[WARD_ASTM_KINDS];
	uint32_t frames, checksum, naks, repeated, skipped;
	uint64_t bytes;
	bool answered, refused, interrupted; /* of the last frame; by the receiver's EOT */
};

struct flow {
	bool seen;
	bool lost[2];                  /* by side: a control character is looked for */
	struct ward_astm_scan scan[2]; /* by side: of the frame that is not whole */
	uint8_t sender;                /* side, or NOBODY */
	uint8_t number;                /* of the last frame that came whole */
	uint16_t n_line;               /* of the record that the frames are in */
	char line[LINE];
	struct message message;
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static uint8_t side_of(const struct ward_dissect *d)
{
	return d->from_client ? 0 : 1;
}

static enum ward_verdict fail(
	struct ward_dissect *d, enum ward_astm_reason reason, size_t off, size_t used)
{
	const struct flow *f = d->flow;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = off;
	d->used = used;
	return WARD_VERDICT_MALFORMED;
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_str s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_text_ascii(&w, ward_str_bytes(s), TEXT);
	if (w.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_count(const struct ward_dissect *d, enum name field, uint64_t n)
{
	if (n)
		ward_emit_int(d->net, d->name[field], (int64_t)n);
}

static void put_header(const struct ward_dissect *d, const struct ward_astm_header *h)
{
	put_text(d, NAME_SENDER_NAME, h->sender_name);
	put_text(d, NAME_SENDER_DETAIL, h->sender_detail);
	put_text(d, NAME_RECEIVER, h->receiver);
	put_text(d, NAME_PROCESSING, h->processing);
	put_text(d, NAME_VERSION, h->version);
	put_text(d, NAME_DELIMITERS, h->delimiters);
}

static void put_records(const struct ward_dissect *d, const struct message *m)
{
	struct ward_net *n = d->net;
	struct ward_value *name = ward_emit_items(n, WARD_ASTM_KINDS),
			  *count = ward_emit_items(n, WARD_ASTM_KINDS);
	uint32_t n_kind = 0;

	ward_emit_int(n, d->name[NAME_RECORDS], m->records);
	if (!name || !count)
		return;
	for (size_t i = 0; i < WARD_ASTM_KINDS; i++) {
		if (!m->kind[i])
			continue;
		name[n_kind] = ward_value_str(ward_str_z(ward_astm_kind_name(i)));
		count[n_kind++] = ward_value_int(m->kind[i]);
	}
	ward_emit_list(n, d->name[NAME_RECORD], name, n_kind);
	ward_emit_list(n, d->name[NAME_RECORD_COUNT], count, n_kind);
	put_count(d, NAME_OTHER, m->other);
}

static const char *outcome_of(const struct message *m)
{
	return m->interrupted ? "interrupted"
	       : m->refused   ? "refused"
	       : !m->ended    ? "cut"
	       : !m->answered ? "unanswered"
			      : "complete";
}

static void put_message(const struct ward_dissect *d, const struct message *m)
{
	ward_ns now = d->net->frame->time;

	put_records(d, m);
	if (m->termination)
		put_text(d, NAME_TERMINATION, (struct ward_str){&m->termination, 1});
	put_count(d, NAME_FRAMES, m->frames);
	put_count(d, NAME_BYTES, m->bytes);
	put_count(d, NAME_CHECKSUM, m->checksum);
	put_count(d, NAME_NAKS, m->naks);
	put_count(d, NAME_REPEATED, m->repeated);
	put_count(d, NAME_SKIPPED, m->skipped);
	ward_emit_z(d->net, d->name[NAME_OUTCOME], outcome_of(m));
	if (now > m->begin)
		ward_emit_int(d->net, WARD_FIELD_DURATION_NS, now - m->begin);
}

static void tell(const struct ward_dissect *d)
{
	const struct flow *f = d->flow;
	const struct message *m = &f->message;
	struct ward_astm_header h;
	bool turned = f->sender != side_of(d);

	if (!ward_astm_header((struct ward_str){m->header, m->n_header}, &h))
		return;
	if (h.has_password) {
		const struct ward_login login = {
			.method = "password", .outcome = WARD_LOGIN_UNKNOWN, .cleartext = true};

		ward_emit_login(d, &login, turned);
	}
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_MESSAGE]))
		return;
	if (turned)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_header(d, &h);
	put_message(d, m);
	ward_emit_end(d->net);
}

/* The message is over, whichever side's bytes say so. */
static void finish(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	if (f->message.open)
		tell(d);
	f->message = (struct message){0};
}

/* The record is whole. False: a header that is none. */
static bool see_record(const struct ward_dissect *d)
{
	struct flow *f = d->flow;
	struct message *m = &f->message;
	struct ward_str line = {f->line, f->n_line};
	struct ward_astm_header h;

	f->n_line = 0;
	if (!line.len)
		return true;
	if (line.p[0] == 'H') {
		if (m->open)
			finish(d);
		if (!ward_astm_header(line, &h))
			return false;
		m->open = true;
		m->begin = d->net->frame->time;
		m->n_header = (uint16_t)line.len;
		memcpy(m->header, line.p, line.len);
	}
	if (!m->open)
		return true;
	size_t kind = ward_astm_kind(line.p[0]);

	m->records++;
	if (kind == SIZE_MAX || (line.len > 1 && line.p[1] != m->header[1]))
		m->other++;
	else
		m->kind[kind]++;
	if (line.p[0] != 'L')
		return true;
	m->ended = true;
	/* L|1|N: one letter and no more (LIS2-A2 13.1.3) */
	if (line.len >= 5 && line.p[4] >= 'A' && line.p[4] <= 'Z' &&
		(line.len == 5 || line.p[5] == line.p[1]))
		m->termination = line.p[4];
	return true;
}

static bool see_text(const struct ward_dissect *d, const struct ward_astm_frame *frame)
{
	struct flow *f = d->flow;
	bool good = true;

	for (size_t i = 0; i < frame->text.len; i++) {
		char c = (char)frame->text.p[i];

		if (c == '\r')
			good = see_record(d) && good;
		else if (f->n_line < LINE)
			f->line[f->n_line++] = c;
	}
	/* Some senders leave the last CR out. */
	return (!frame->last || see_record(d)) && good;
}

static enum ward_verdict see_frame(struct ward_dissect *d, const struct ward_astm_frame *frame)
{
	struct flow *f = d->flow;
	struct message *m = &f->message;
	uint8_t side = side_of(d);

	if (f->sender != side) { /* its ENQ was not seen */
		finish(d);
		f->sender = side;
		f->number = (uint8_t)((frame->number + FRAMES - 1) % FRAMES);
	}
	d->used = frame->size;
	m->answered = m->refused = m->interrupted = false;
	if (!frame->sum_good) {
		m->checksum++;
		return fail(d, WARD_ASTM_FRAME_CHECKSUM, frame->size - 4, frame->size);
	}
	if (m->open && frame->number == f->number) {
		m->repeated++;
		return WARD_VERDICT_OK;
	}
	m->skipped += frame->number != (f->number + 1) % FRAMES;
	f->number = frame->number;
	if (!see_text(d, frame))
		return fail(d, WARD_ASTM_HEADER_DELIMITERS, 2, frame->size);
	m->frames++;
	m->bytes += frame->text.len;
	return WARD_VERDICT_OK;
}

/* LIS1-A 8.2 to 8.4 */
static void see_control(struct ward_dissect *d, uint8_t control)
{
	struct flow *f = d->flow;
	struct message *m = &f->message;
	bool own = f->sender == side_of(d);

	d->used = 1;
	switch (control) {
	case WARD_ASTM_ENQ:
		finish(d);
		f->sender = side_of(d);
		f->number = 0;
		f->n_line = 0;
		return;
	case WARD_ASTM_EOT:
		if (own) {
			finish(d);
			f->sender = NOBODY;
		} else {
			m->interrupted = true;
		}
		return;
	default:
		if (own)
			return;
		m->answered = control == WARD_ASTM_ACK;
		m->refused = control == WARD_ASTM_NAK;
		m->naks += m->refused;
	}
}

static bool is_control(uint8_t c)
{
	return c == WARD_ASTM_EOT || c == WARD_ASTM_ENQ || c == WARD_ASTM_ACK || c == WARD_ASTM_NAK;
}

static bool is_begin(uint8_t c)
{
	return is_control(c) || c == WARD_ASTM_STX;
}

/* The scan of one frame ends with it, or with what is none. */
static enum ward_astm_framing read_frame(
	struct ward_dissect *d, struct ward_slice s, struct ward_astm_frame *frame)
{
	struct ward_astm_scan *scan = &((struct flow *)d->flow)->scan[side_of(d)];
	enum ward_astm_framing got = ward_astm_frame(s, scan, frame);

	if (got != WARD_ASTM_MORE)
		*scan = (struct ward_astm_scan){0};
	return got;
}

/* How many controls stand in front, at most PREFIX_MAX. */
static size_t prefix(struct ward_slice s)
{
	size_t n = 0;

	while (n < s.len && n < PREFIX_MAX && is_control(s.p[n]))
		n++;
	return n;
}

/* Its first frame begins a message: nothing else makes it this protocol. */
static enum ward_verdict see_first(struct ward_dissect *d, struct ward_slice payload)
{
	size_t n = prefix(payload);
	struct ward_slice rest = ward_slice_of(payload.p + n, payload.len - n);
	struct ward_astm_header h;
	struct ward_astm_frame frame;
	struct flow *f = d->flow;

	if (!rest.len)
		return n < PREFIX_MAX ? WARD_VERDICT_MORE : WARD_VERDICT_FOREIGN;
	if (rest.p[0] != WARD_ASTM_STX)
		return WARD_VERDICT_FOREIGN;
	switch (read_frame(d, rest, &frame)) {
	case WARD_ASTM_MORE:
		return WARD_VERDICT_MORE;
	case WARD_ASTM_NOT:
		return WARD_VERDICT_FOREIGN;
	case WARD_ASTM_WHOLE:
	default:
		break;
	}
	struct ward_str text = ward_slice_text(frame.text);

	if (!frame.sum_good || !ward_astm_header(ward_str_cut(&text, '\r'), &h))
		return WARD_VERDICT_FOREIGN;
	f->seen = true;
	f->sender = NOBODY;
	enum ward_verdict v = see_frame(d, &frame);

	d->used = n + frame.size;
	return v;
}

static enum ward_verdict see(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_astm_frame frame;
	uint8_t c = payload.p[0];

	if (is_begin(c)) {
		f->lost[side_of(d)] = false;
	} else if (f->lost[side_of(d)]) {
		while (d->used < payload.len && !is_begin(payload.p[d->used]))
			d->used++;
		return WARD_VERDICT_OK;
	} else {
		return fail(d, WARD_ASTM_START, 0, 0);
	}
	if (c != WARD_ASTM_STX) {
		see_control(d, c);
		return WARD_VERDICT_OK;
	}
	switch (read_frame(d, payload, &frame)) {
	case WARD_ASTM_MORE:
		return WARD_VERDICT_MORE;
	case WARD_ASTM_NOT:
		return fail(d, frame.reason, frame.off, 0);
	case WARD_ASTM_WHOLE:
	default:
		return see_frame(d, &frame);
	}
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	return f->seen ? see(d, payload) : see_first(d, payload);
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->scan[side_of(d)] = (struct ward_astm_scan){0};
	f->lost[side_of(d)] = true;
	return f->seen;
}

static void over(struct ward_dissect *d)
{
	finish(d);
}

/* A frame with a header's begin, perhaps behind controls. */
static enum ward_probe probe(struct ward_slice payload)
{
	size_t n = prefix(payload);
	struct ward_rd r = ward_rd_from(payload.p + n, payload.len - n);

	if (payload.len == n)
		return n < PREFIX_MAX ? WARD_PROBE_MORE : WARD_PROBE_NO;
	if (ward_rd_u8(&r) != WARD_ASTM_STX)
		return WARD_PROBE_NO;
	if (!ward_rd_left(&r))
		return WARD_PROBE_MORE;
	uint8_t number = ward_rd_u8(&r), type = ward_rd_u8(&r);

	if (number < '0' || number > '7')
		return WARD_PROBE_NO;
	return ward_rd_bad(&r) ? WARD_PROBE_MORE : ward_probe_of(type == 'H');
}

const struct ward_dissector ward_dissect_astm = {
	.name = "astm",
	.kind = WARD_DISSECT_MEDICAL,
	.title = "ASTM E1394 over E1381 (laboratory analysers)",
	.standard = "CLSI LIS1-A 8, LIS2-A2 5 and 6",
	.reads = "who sends, versions, records by kind, frames that were wrong or sent again; no "
		 "patient, order or result",
	.proto = WARD_PROTO_TCP,
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.over = over,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
