/* HL7 version 2 on a TCP stream: MLLP blocks (0x0b … 0x1c 0x0d), messages without them, and which
 * message answers which. */
#include "sense/net/proto/hl7/stream.h"
#include "sense/net/proto/dissectors.h"

enum {
	SOB = 0x0b,
	EOB = 0x1c,
	CR = 0x0d,
	LF = 0x0a,
	ACK = 0x06,
	NAK = 0x15,
	PORT_HL7 = 2575,
	PORT_MIRTH = 6661
};

const char *const ward_hl7_reasons[WARD_HL7_REASON_N] = {
#define X(IDENT, name) name,
	WARD_HL7_REASON_LIST(X)
#undef X
};

static struct ward_hl7_side *side_of(const struct ward_dissect *d)
{
	struct ward_hl7_flow *f = d->flow;

	return &f->side[ward_hl7_side_of(d)];
}

/* A fault after which the stream is still understood. */
static void odd(struct ward_dissect *d, enum ward_hl7_reason reason, size_t off)
{
	for (size_t i = 0; i < d->net->n_module; i++)
		if (ward_dissector_at(i) == d->module)
			d->net->module[i].reason[reason]++;
	ward_malformed_see(d->net, d->packet, d->module->name, ward_hl7_reasons[reason], off);
}

/* Hinted is also whoever happens to call from one of our ports: before the first message only the
 * server's counts. */
static bool believed(const struct ward_dissect *d)
{
	const struct ward_hl7_flow *f = d->flow;
	uint16_t server = d->from_client ? d->packet->dst_port : d->packet->src_port;

	for (size_t i = 0; i < WARD_DISSECT_PORTS && d->module->port[i]; i++)
		if (d->module->port[i] == server)
			return d->trusted;
	return d->trusted && f->seen;
}

static enum ward_verdict fail(struct ward_dissect *d, enum ward_hl7_reason reason, size_t off)
{
	if (!believed(d))
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = off;
	return WARD_VERDICT_MALFORMED;
}

/* The message of `side` has ended. */
static void finish(struct ward_dissect *d, unsigned side, bool cut)
{
	struct ward_hl7_flow *f = d->flow;
	struct ward_hl7_side *s = &f->side[side];
	struct ward_hl7_msh m;

	if (s->state != WARD_HL7_INSIDE)
		return;
	s->state = WARD_HL7_BETWEEN;
	struct ward_hl7_pending *asked = s->has_msa ? ward_hl7_asked(f, !side, s->answers) : NULL;
	bool forgot = s->has_msa && !asked && f->forgotten[!side];

	f->forgotten[!side] -= forgot;
	ward_hl7_tell_message(d, side, asked, forgot, cut);
	if (s->has_msa)
		ward_hl7_settle(f, side, asked);
	else if (ward_hl7_msh((struct ward_str){s->msh, s->n_msh}, &m))
		ward_hl7_await(d, side, &m);
}

static void count_segment(struct ward_hl7_side *s, const char name[3])
{
	size_t at = ward_hl7_segment_at(name);

	s->n_segment++;
	for (size_t i = 0; at != SIZE_MAX && i < s->n_kind; i++)
		if (s->kind[i] == at) {
			s->count[i]++;
			return;
		}
	if (at == SIZE_MAX || s->n_kind == WARD_HL7_SEGMENTS) {
		s->n_other++;
		return;
	}
	s->kind[s->n_kind] = (uint8_t)at;
	s->count[s->n_kind++] = 1;
}

/* A new message begins with this MSH; what the side knew of the one before is told already. */
static void begin(struct ward_dissect *d, struct ward_str line, size_t off)
{
	struct ward_hl7_side *s = side_of(d);
	struct ward_hl7_msh m;

	WARD_ASSERT(line.len <= WARD_HL7_LINE && ward_hl7_msh(line, &m));
	((struct ward_hl7_flow *)d->flow)->seen = true;
	s->state = WARD_HL7_INSIDE;
	s->n_msh = (uint16_t)line.len;
	memcpy(s->msh, line.p, line.len);
	s->separator = m.separator;
	s->component = m.component;
	s->n_line = 0;
	s->line_long = s->has_msa = s->has_visit = false;
	s->point.len = s->prior.len = 0;
	s->n_segment = s->n_other = s->n_err = s->n_device = 0;
	s->n_kind = 0;
	s->bytes = line.len + 1;
	s->ack.len = s->err_code.len = s->severity.len = 0;
	s->ended = true;
	count_segment(s, "MSH");
	if (m.fault != WARD_HL7_REASON_N)
		odd(d, m.fault, off);
}

static void see_ack(struct ward_dissect *d, struct ward_str line, size_t off)
{
	struct ward_hl7_side *s = side_of(d);
	struct ward_hl7_msa a;

	ward_hl7_msa(line, s->separator, &a);
	s->has_msa = true;
	s->answers = ward_hl7_hash(a.control);
	ward_hl7_keep(&s->ack, a.code);
	if (!a.code.len)
		odd(d, WARD_HL7_ACK_CODE, off);
}

static void see_error(struct ward_hl7_side *s, struct ward_str line)
{
	struct ward_hl7_err e;

	ward_hl7_err(line, s->separator, s->component, &e);
	if (s->n_err++)
		return;
	ward_hl7_keep(&s->err_code, e.code);
	ward_hl7_keep(&s->severity, e.severity);
}

static void keep_text(struct ward_hl7_text *ret, struct ward_str s)
{
	ret->len = (uint8_t)(s.len < sizeof(ret->p) ? s.len : sizeof(ret->p));
	if (ret->len)
		memcpy(ret->p, s.p, ret->len);
}

static void see_device(struct ward_hl7_side *s, struct ward_str line)
{
	struct ward_hl7_device v;

	if (!ward_hl7_device(line, s->separator, s->component, &v) || s->n_device++)
		return;
	keep_text(&s->device, v.entity);
	keep_text(&s->device_universal, v.universal);
	keep_text(&s->device_udi, v.udi);
}

/* Only where patients are moved: a result or an order tells of a place, too. */
static void see_visit(struct ward_hl7_side *s, struct ward_str line)
{
	struct ward_hl7_msh m;
	struct ward_hl7_visit v;

	if (s->has_visit || s->line_long ||
		!ward_hl7_msh((struct ward_str){s->msh, s->n_msh}, &m) ||
		!ward_str_eqz(m.type, "ADT"))
		return;
	s->has_visit = true;
	ward_hl7_visit(line, s->separator, s->component, &v);
	keep_text(&s->point, v.point);
	keep_text(&s->prior, v.prior);
}

/* One whole segment; what is longer than the buffer is known by its front only. */
static void see_line(struct ward_dissect *d, size_t off)
{
	struct ward_hl7_side *s = side_of(d);
	struct ward_str line = {s->line, s->n_line};
	unsigned me = ward_hl7_side_of(d);

	s->n_line = 0;
	if (!line.len)
		return;
	if (ward_hl7_is_msh(line) && !s->line_long) {
		finish(d, me, false);
		begin(d, line, off);
		return;
	}
	if (ward_hl7_is_batch(line.p, line.len)) {
		finish(d, me, false);
		ward_hl7_batch(d->flow, me, line);
		return;
	}
	if (!ward_hl7_is_segment(line, s->separator)) {
		s->n_other++;
		odd(d, WARD_HL7_SEGMENT, off);
	} else {
		count_segment(s, line.p);
		if (memcmp(line.p, "MSA", 3) == 0)
			see_ack(d, line, off);
		else if (memcmp(line.p, "ERR", 3) == 0)
			see_error(s, line);
		else if (memcmp(line.p, "OBX", 3) == 0 || memcmp(line.p, "PRT", 3) == 0)
			see_device(s, line);
		else if (memcmp(line.p, "PV1", 3) == 0)
			see_visit(s, line);
	}
	s->line_long = false;
}

/* A CR follows. A batch is in one block. */
static void end_block(struct ward_hl7_side *s)
{
	s->after_fs = true;
	s->batch = 0;
}

/* The rest of a message, as far as it is there. Gives how much was used. */
static size_t read_inside(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_hl7_side *s = side_of(d);
	unsigned me = ward_hl7_side_of(d);

	for (size_t i = 0; i < payload.len; i++) {
		uint8_t c = payload.p[i];

		if (c == SOB) { /* the one before has no end */
			see_line(d, i);
			odd(d, WARD_HL7_FRAME_RESTART, i);
			finish(d, me, true);
			return i; /* i > 0: a message begins before it, or 0 */
		}
		s->bytes++;
		s->ended = c == CR || c == LF;
		if (c == EOB && s->framed) {
			see_line(d, i);
			finish(d, me, false);
			end_block(s);
			return i + 1;
		}
		if (s->ended)
			see_line(d, i);
		if (s->state != WARD_HL7_INSIDE) /* a batch goes on, or ends */
			return i + 1;
		if (s->ended)
			continue;
		if (s->n_line < WARD_HL7_LINE)
			s->line[s->n_line++] = (char)c;
		else
			s->line_long = true;
	}
	return payload.len;
}

/* From the MSH at `at` on: all of its segment, or more is wanted. */
static enum ward_verdict read_msh(struct ward_dissect *d, struct ward_slice payload, size_t at)
{
	size_t left = payload.len - at, len = 0;

	while (len < left && payload.p[at + len] != CR && payload.p[at + len] != LF &&
		payload.p[at + len] != EOB)
		len++;
	struct ward_str line = ward_slice_text(ward_slice_of(payload.p + at, len));

	if (len > WARD_HL7_LINE)
		return fail(d, WARD_HL7_MSH_LENGTH, at);
	/* What there is must fit already: no waiting for the end of something else. */
	if (len >= 3 && memcmp(line.p, "MSH", 3) != 0)
		return fail(d, WARD_HL7_START, at);
	if (len == left && !d->end)
		return WARD_VERDICT_MORE;
	if (!ward_hl7_is_msh(line))
		return fail(d, len < 3 ? WARD_HL7_START : WARD_HL7_MSH_SEPARATOR, at);
	begin(d, line, at);
	/* An end of block is left to read_inside, a CR is not. */
	d->used = at + len + (len < left && payload.p[at + len] != EOB);
	return WARD_VERDICT_OK;
}

/* Batch headers and trailers around messages. */
static enum ward_verdict read_batch(struct ward_dissect *d, struct ward_slice payload, size_t at)
{
	size_t i = at;

	while (i < payload.len && payload.p[i] != CR && payload.p[i] != LF && payload.p[i] != EOB)
		i++;
	if (i - at > WARD_HL7_LINE)
		return fail(d, WARD_HL7_MSH_LENGTH, at);
	if (i == payload.len && !d->end)
		return WARD_VERDICT_MORE;
	ward_hl7_batch(d->flow, ward_hl7_side_of(d),
		ward_slice_text(ward_slice_of(payload.p + at, i - at)));
	d->used = i;
	return WARD_VERDICT_OK;
}

/* MLLP release 2: an acknowledgement of the transport, of one byte in a block; some send it bare. A
 * block without anything says nothing. */
static bool read_commit(struct ward_dissect *d, struct ward_slice payload, enum ward_verdict *ret)
{
	struct ward_hl7_side *s = side_of(d);
	bool framed = payload.p[0] == SOB;
	uint8_t c = payload.len > framed ? payload.p[framed] : 0;

	if (framed && c == EOB) {
		d->used = 2;
		s->framed = true;
		end_block(s);
		*ret = WARD_VERDICT_OK;
		return true;
	}
	if ((c != ACK && c != NAK) || !d->trusted)
		return false;
	*ret = framed && payload.len < 3 ? WARD_VERDICT_MORE : WARD_VERDICT_OK;
	if (*ret == WARD_VERDICT_MORE)
		return true;
	if (framed && payload.p[2] != EOB)
		return false;
	ward_hl7_commit(d, ward_hl7_side_of(d), c == ACK);
	d->used = framed ? 3 : 1;
	if (framed)
		end_block(s);
	return true;
}

static enum ward_verdict read_between(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_hl7_side *s = side_of(d);
	size_t at = 0;

	if (s->after_fs && payload.len) {
		if (payload.p[0] != CR)
			odd(d, WARD_HL7_FRAME_END, 0);
		s->after_fs = false;
		s->framed = false;
	}
	/* Blank lines and a lonely end of a batch's block. */
	while (at < payload.len &&
		(payload.p[at] == CR || payload.p[at] == LF || payload.p[at] == EOB))
		at++;
	if (at) {
		d->used = at;
		return d->trusted ? WARD_VERDICT_OK : WARD_VERDICT_FOREIGN;
	}
	if (!payload.len)
		return WARD_VERDICT_MORE;
	bool framed = payload.p[0] == SOB;
	enum ward_verdict v;

	at = framed;
	if (payload.len == at)
		return WARD_VERDICT_MORE;
	if (read_commit(d, payload, &v))
		return v;
	struct ward_str rest = ward_slice_text(ward_slice_of(payload.p + at, payload.len - at));

	if (ward_hl7_is_batch(rest.p, rest.len)) {
		v = d->trusted || ward_hl7_is_head(rest) ? read_batch(d, payload, at)
							 : WARD_VERDICT_FOREIGN;
		s->framed |= framed && v == WARD_VERDICT_OK;
		return v;
	}
	v = read_msh(d, payload, at);

	if (v == WARD_VERDICT_OK)
		s->framed |= framed;
	return v;
}

/* After a gap: to the next start of block. */
static enum ward_verdict read_lost(struct ward_dissect *d, struct ward_slice payload)
{
	const uint8_t *sob = payload.len ? memchr(payload.p, SOB, payload.len) : NULL;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	if (sob) {
		*side_of(d) = (struct ward_hl7_side){.state = WARD_HL7_BETWEEN};
		if (sob == payload.p)
			return read_between(d, payload);
	}
	d->used = sob ? (size_t)(sob - payload.p) : payload.len;
	return WARD_VERDICT_OK;
}

/* Whoever has closed answers nothing any more; what it asked itself may still be answered. */
static void close_side(struct ward_dissect *d)
{
	struct ward_hl7_flow *f = d->flow;
	unsigned me = ward_hl7_side_of(d);
	struct ward_hl7_side *s = &f->side[me];

	if (s->state == WARD_HL7_INSIDE) {
		see_line(d, 0);
		finish(d, me, s->framed);
	}
	s->closed = true;
	for (size_t n = 0; n < WARD_HL7_PENDING; n++) {
		struct ward_hl7_pending *p =
			ward_hl7_oldest(f, f->side[0].closed, f->side[1].closed);

		if (!p)
			return;
		ward_hl7_give_up(d, p);
	}
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_hl7_flow *f = d->flow;
	struct ward_hl7_side *s = side_of(d), *other = &f->side[!ward_hl7_side_of(d)];
	enum ward_verdict v;

	/* Without blocks a message ends when its receiver speaks. */
	if (payload.len && other->state == WARD_HL7_INSIDE && !other->framed && other->ended)
		finish(d, !ward_hl7_side_of(d), false);
	switch (s->state) {
	case WARD_HL7_INSIDE:
		d->used = read_inside(d, payload);
		if (d->used == 0 && payload.len) /* at a start of block */
			v = read_between(d, payload);
		else
			v = payload.len ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
		break;
	case WARD_HL7_LOST:
		v = read_lost(d, payload);
		break;
	case WARD_HL7_BETWEEN:
	default:
		v = read_between(d, payload);
	}
	if (d->end && (v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len)))
		close_side(d);
	return v;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	(void)lost;
	finish(d, ward_hl7_side_of(d), true);
	*side_of(d) = (struct ward_hl7_side){.state = WARD_HL7_LOST};
	return true;
}

/* Too little to be sure of it: an empty block, an acknowledgement in one or without. */
static bool is_commit(struct ward_slice s)
{
	bool framed = s.p[0] == SOB;
	uint8_t c = s.len > framed ? s.p[framed] : 0;

	if (framed && c == EOB)
		return true;
	return (c == ACK || c == NAK) && (!framed || (s.len > 2 && s.p[2] == EOB));
}

static bool is_commit_front(struct ward_slice s)
{
	return s.len == 2 && s.p[0] == SOB && (s.p[1] == ACK || s.p[1] == NAK);
}

static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_str s =
		ward_str_sub(ward_slice_text(payload), payload.p[0] == SOB, payload.len);

	if (ward_hl7_is_head(s))
		return WARD_PROBE_YES;
	if (is_commit(payload))
		return WARD_PROBE_ON_PORT;
	return ward_hl7_may_be_head(s) || is_commit_front(payload) ? WARD_PROBE_MORE
								   : WARD_PROBE_NO;
}

const struct ward_dissector ward_dissect_hl7 = {
	.name = "hl7",
	.kind = WARD_DISSECT_MEDICAL,
	.title = "HL7 v2 over MLLP",
	.standard = "HL7 v2.9 chapter 2, MLLP R1",
	.reads = "message type, trigger, applications, acknowledgement codes; no patient segments",
	.proto = WARD_PROTO_TCP,
	.port = {PORT_HL7, PORT_MIRTH},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct ward_hl7_flow),
	.reason = ward_hl7_reasons,
	.n_reason = WARD_ARRAY_LEN(ward_hl7_reasons),
	.name_at = ward_hl7_name_at,
};
