#include "sense/bacnet/bacnet.h"

#include "sense/net/proto/bacnet/events.h"
#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/sensor.h"

enum { PORT = 0xbac0 };

static unsigned side_of(const struct ward_dissect *d)
{
	return !d->from_client;
}

/* 16.1, 16.4: the password goes as it is. */
static void login(const struct ward_dissect *d, const struct ward_bacnet_pending *p,
	const struct ward_bacnet *answer)
{
	enum { PASSWORD_FAILURE = 26 };
	struct ward_login l = {
		.method = "password", .outcome = WARD_LOGIN_UNKNOWN, .cleartext = true};

	if (!p->has_password)
		return;
	if (answer && answer->pdu == WARD_BACNET_PDU_SIMPLE_ACK)
		l.outcome = WARD_LOGIN_OK;
	else if (answer && answer->error_code.is && answer->error_code.v == PASSWORD_FAILURE)
		l.outcome = WARD_LOGIN_FAILED;
	ward_emit_login(d, &l, p->side != side_of(d));
}

/* A message whose rest never came, or is too long to be put together. */
static void emit_part(const struct ward_dissect *d, unsigned side, const char *anomaly)
{
	const struct ward_bacnet_flow *f = d->flow;
	const struct ward_bacnet_segments *s = &f->segments[side];
	struct ward_bacnet m = {.has_apdu = true,
		.function = WARD_BACNET_FN_UNICAST,
		.pdu = s->pdu,
		.has_service = true,
		.service = s->service,
		.has_invoke = true,
		.invoke_id = s->invoke_id,
		.segmented = true,
		.segment = (uint8_t)(s->next - 1),
		.n_unparsed = s->len,
		.reason = WARD_BACNET_REASON_N};

	ward_bacnet_emit(d, &m,
		&(struct ward_bacnet_join){
			.anomaly = anomaly, .n_segment = s->n, .turned = side != side_of(d)});
	d->net->count[WARD_NET_UNPARSED] += s->len;
}

static void emit_unanswered(const struct ward_dissect *d, struct ward_bacnet_pending *p)
{
	if (!p->open)
		return;
	p->open = false;
	ward_bacnet_emit_unanswered(d, p, p->side != side_of(d));
	login(d, p, NULL);
}

static void ask(const struct ward_dissect *d, const struct ward_bacnet *m, unsigned n_segment)
{
	struct ward_bacnet_flow *f = d->flow;
	struct ward_bacnet_join j = {.n_segment = n_segment};
	struct ward_bacnet_pending *p = f ? ward_bacnet_request_of(f, side_of(d), m) : NULL;

	if (p && ward_bacnet_repeats(p, m))
		j.anomaly = "repeated";
	else if (p)
		emit_unanswered(d, p);
	ward_bacnet_emit(d, m, &j);
	if (!f || j.anomaly)
		return;
	emit_unanswered(d, ward_bacnet_place(f));
	ward_bacnet_remember(f, side_of(d), m, d->net->frame->time);
}

static void emit_joined(
	const struct ward_dissect *d, const struct ward_bacnet *m, unsigned n_segment)
{
	struct ward_bacnet_join j = {.n_segment = n_segment};
	struct ward_bacnet_pending *p = NULL;

	if (m->has_apdu && m->pdu == WARD_BACNET_PDU_CONFIRMED) {
		ask(d, m, n_segment);
		return;
	}
	if (d->flow && m->has_apdu && m->pdu != WARD_BACNET_PDU_SEGMENT_ACK)
		p = ward_bacnet_request_of(d->flow, side_of(d), m);
	j.request = p;
	ward_bacnet_emit(d, m, &j);
	if (!p)
		return;
	p->open = false;
	login(d, p, m);
}

/* True when an event is to be put: *ret_n segments are put together in m. */
static bool join_segments(const struct ward_dissect *d, struct ward_slice payload,
	struct ward_bacnet *m, struct ward_wr *text, unsigned *ret_n)
{
	struct ward_bacnet_flow *f = d->flow;
	struct ward_bacnet_segments *s = &f->segments[side_of(d)];

	if (ward_bacnet_displaces(s, m))
		emit_part(d, side_of(d), "segment-missing");
	switch (ward_bacnet_add_segment(s, m)) {
	case WARD_BACNET_JOINED:
		*ret_n = s->n;
		if (!ward_bacnet_whole(ward_slice_of(s->bytes, s->len), text, m))
			m->off = (size_t)(m->body.p - payload.p); /* where it ends */
		return true;
	case WARD_BACNET_MISSING:
		emit_part(d, side_of(d), "segment-missing");
		return false;
	case WARD_BACNET_TOO_LONG:
		emit_part(d, side_of(d), "segments-too-long");
		return false;
	case WARD_BACNET_HELD:
	default:
		return false;
	}
}

/* An abort ends what its transaction has begun. */
static void drop_aborted(struct ward_bacnet_flow *f, const struct ward_bacnet *m)
{
	for (unsigned side = 0; m->has_apdu && m->pdu == WARD_BACNET_PDU_ABORT && side < 2; side++)
		if (f->segments[side].invoke_id == m->invoke_id)
			f->segments[side].open = false;
}

static bool probe(struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint8_t type = ward_rd_u8(&r), function = ward_rd_u8(&r);
	uint16_t len = ward_rd_be16(&r);

	return !ward_rd_bad(&r) && type == 0x81 && function <= 12 && len >= 4 && len <= payload.len;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_bacnet m;
	struct ward_wr text = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);
	bool good, tell;
	unsigned n_segment = 0;

	if (!payload.len || payload.p[0] != 0x81)
		return WARD_VERDICT_FOREIGN;
	good = ward_bacnet_parse(payload, &text, &m);
	/* On a port of something else only a message that is right to the last byte counts. */
	if (!d->trusted && (!good || m.padding))
		return WARD_VERDICT_FOREIGN;
	tell = ward_bacnet_told(&m);
	if (d->flow && good && m.segmented)
		tell = join_segments(d, payload, &m, &text, &n_segment);
	else if (m.segmented)
		m.n_unparsed = m.body.len;
	if (tell)
		emit_joined(d, &m, n_segment);
	if (d->flow)
		drop_aborted(d->flow, &m);
	d->net->count[WARD_NET_UNPARSED] += m.n_unparsed;
	if (m.reason == WARD_BACNET_REASON_N)
		return WARD_VERDICT_OK;
	if (d->partial)
		return WARD_VERDICT_MORE;
	d->reason = m.reason;
	d->off = m.off;
	return WARD_VERDICT_MALFORMED;
}

/* Oldest first. */
static void over(struct ward_dissect *d)
{
	struct ward_bacnet_flow *f = d->flow;

	for (unsigned side = 0; side < 2; side++) {
		if (f->segments[side].open)
			emit_part(d, side, "segment-missing");
		f->segments[side].open = false;
	}
	for (size_t i = 0; i < WARD_BACNET_PENDING; i++)
		emit_unanswered(d, &f->pending[(f->next + i) % WARD_BACNET_PENDING]);
}

const struct ward_dissector ward_dissect_bacnet = {
	.name = "bacnet",
	.kind = WARD_DISSECT_BUILDING,
	.title = "BACnet/IP",
	.standard = "ASHRAE 135 Annex J, clauses 6, 20, 21",
	.reads = "BVLC, network messages, every service of confirmed and unconfirmed requests, "
		 "answers and errors with objects, properties and values",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse,
	.over = over,
	.flow_bytes = sizeof(struct ward_bacnet_flow),
	.reason = ward_bacnet_reasons,
	.n_reason = WARD_BACNET_REASON_N,
	.name_at = ward_bacnet_name_at,
};
