/* The DICOM upper layer on a TCP stream, PS3.8 chapter 9: PDUs and the life of an association. */
#include "sense/net/proto/dicom/stream.h"

#include "sense/net/proto/dicom/names.h"
#include "sense/net/proto/dissectors.h"

enum {
	PDV_HEADER = 6,
	BEGIN_DATA = 12,   /* a PDU's and a PDV's header */
	BEGIN_END = 10,    /* a whole release */
	GROUP_LENGTH = 12, /* a command set's first element */
	FIXED_BODY = 4,
	PORT_DICOM = 104,
	PORT_DICOM_ALT = 11112,
	PORT_ORTHANC = 4242,
};

const char *const ward_dicom_reasons[WARD_DICOM_REASON_N] = {
#define X(IDENT, name) name,
	WARD_DICOM_REASON_LIST(X)
#undef X
};

/* Hinted is also whoever happens to call from one of our ports: before the first message only the
 * server's counts. */
static bool believed(const struct ward_dissect *d)
{
	const struct ward_dicom_flow *f = d->flow;
	uint16_t server = d->from_client ? d->packet->dst_port : d->packet->src_port;

	for (size_t i = 0; i < WARD_DISSECT_PORTS && d->module->port[i]; i++)
		if (d->module->port[i] == server)
			return d->trusted;
	return d->trusted && f->seen;
}

/* The stream is no longer understood. */
static enum ward_verdict fail(struct ward_dissect *d, enum ward_dicom_reason reason, size_t off)
{
	struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_side *s = &f->side[ward_dicom_side_of(d)];

	if (!believed(d))
		return WARD_VERDICT_FOREIGN;
	s->pdu_left = 0;
	ward_dicom_end_file(d, ward_dicom_side_of(d));
	ward_dicom_drop(s);
	d->reason = reason;
	d->off = off;
	return WARD_VERDICT_MALFORMED;
}

void ward_dicom_odd(struct ward_dissect *d, enum ward_dicom_reason reason, size_t off)
{
	for (size_t i = 0; i < d->net->n_module; i++)
		if (ward_dissector_at(i) == d->module)
			d->net->module[i].reason[reason]++;
	ward_malformed_see(d->net, d->packet, d->module->name, ward_dicom_reasons[reason], off);
}

static enum ward_verdict want(struct ward_dissect *d, size_t need)
{
	d->need = need;
	return WARD_VERDICT_MORE;
}

static enum ward_verdict done(struct ward_dissect *d, size_t used)
{
	((struct ward_dicom_flow *)d->flow)->seen = true;
	d->used = used;
	return WARD_VERDICT_OK;
}

static void keep_title(struct ward_dicom_title *t, struct ward_slice s)
{
	t->len = (uint8_t)s.len; /* at most WARD_DICOM_AE */
	if (s.len)
		memcpy(t->p, s.p, s.len);
}

/* A new association on the connection, or its end. */
static void reset(struct ward_dissect *d)
{
	struct ward_dicom_flow *f = d->flow;

	ward_dicom_flush(d);
	for (unsigned i = 0; i < 2; i++) {
		f->side[i].max_length = 0;
		ward_dicom_end_file(d, i);
		ward_dicom_drop(&f->side[i]);
	}
	f->state = WARD_DICOM_IDLE;
	f->n_request = f->n_failed = f->n_unanswered = 0;
	memset(f->bytes, 0, sizeof(f->bytes));
	memset(f->context, 0, sizeof(f->context));
	f->called.len = f->calling.len = 0;
}

static void see_request(struct ward_dissect *d, const struct ward_dicom_associate *a)
{
	struct ward_dicom_flow *f = d->flow;
	unsigned me = ward_dicom_side_of(d);

	if (f->state != WARD_DICOM_IDLE)
		ward_dicom_odd(d, WARD_DICOM_PDU_STATE, 0);
	reset(d);
	f->state = WARD_DICOM_ASKED;
	f->requestor = (uint8_t)me;
	f->begin = d->net->frame->time;
	f->side[me].max_length = a->max_length;
	keep_title(&f->called, a->called);
	keep_title(&f->calling, a->calling);
	for (size_t i = 0; i < a->n_context; i++)
		f->context[a->context[i].id / 2].abstract =
			ward_dicom_uid_at(a->context[i].abstract);
	ward_dicom_tell_associate(d, a);
}

static void see_transfer(struct ward_dicom_flow *f, uint8_t id, struct ward_slice transfer)
{
	f->context[id / 2].encoding = (uint8_t)ward_dicom_encoding(transfer);
	f->context[id / 2].transfer = ward_dicom_uid_at(transfer);
}

static void see_accept(struct ward_dissect *d, const struct ward_dicom_associate *a)
{
	struct ward_dicom_flow *f = d->flow;
	unsigned me = ward_dicom_side_of(d);

	if (f->state != WARD_DICOM_ASKED) {
		/* The request was not seen: what the answer says is all that is known. */
		if (f->state == WARD_DICOM_OPEN)
			ward_dicom_odd(d, WARD_DICOM_PDU_STATE, 0);
		reset(d);
		f->requestor = (uint8_t)!me;
		f->begin = d->net->frame->time;
		keep_title(&f->called, a->called);
		keep_title(&f->calling, a->calling);
	}
	f->state = WARD_DICOM_OPEN;
	f->side[me].max_length = a->max_length;
	for (size_t i = 0; i < a->n_context; i++) {
		struct ward_slice items = a->context[i].transfer, transfer;

		if (a->context[i].result != 0)
			continue;
		f->context[a->context[i].id / 2].accepted = true;
		if (ward_dicom_transfer_next(&items, &transfer))
			see_transfer(f, a->context[i].id, transfer);
	}
	ward_dicom_tell_accepted(d, a);
}

static enum ward_verdict read_associate(struct ward_dissect *d, struct ward_slice pdu)
{
	struct ward_dicom_associate a;
	bool whole = ward_dicom_associate(pdu, &a);

	if (!d->trusted && a.fault.reason != WARD_DICOM_REASON_N)
		return WARD_VERDICT_FOREIGN;
	if (!whole && a.fault.off < WARD_DICOM_PDU_HEADER + 68)
		return fail(d, a.fault.reason, a.fault.off);
	if (a.accept)
		see_accept(d, &a);
	else
		see_request(d, &a);
	/* Lengths of items are inside of the PDU's: what follows it is still understood. */
	if (a.fault.reason != WARD_DICOM_REASON_N)
		ward_dicom_odd(d, a.fault.reason, a.fault.off);
	return done(d, pdu.len);
}

static void see_end(struct ward_dissect *d, enum ward_dicom_name class, const uint8_t why[2])
{
	struct ward_dicom_flow *f = d->flow;
	unsigned from =
		class == WARD_DICOM_NAME_CLASS_ABORTED ? ward_dicom_side_of(d) : f->requestor;

	ward_dicom_flush(d);
	ward_dicom_tell_end(d, class, from, why);
	reset(d);
}

/* A PDU that does not fit to what was before, if all of that was captured. */
static void see_state(struct ward_dissect *d)
{
	if (ward_dissect_hears(d, !d->from_client))
		ward_dicom_odd(d, WARD_DICOM_PDU_STATE, 0);
}

/* The PDUs of ten bytes: 9.3.4, 9.3.6 to 9.3.8. */
static enum ward_verdict read_fixed(struct ward_dissect *d, uint8_t type, struct ward_slice pdu)
{
	struct ward_dicom_flow *f = d->flow;
	const uint8_t *body = pdu.p + WARD_DICOM_PDU_HEADER;

	switch (type) {
	case WARD_DICOM_ASSOCIATE_RJ:
		if (f->state != WARD_DICOM_ASKED) {
			see_state(d);
			f->requestor = (uint8_t)!ward_dicom_side_of(d);
		}
		ward_dicom_tell_rejected(d, body + 1);
		reset(d);
		break;
	case WARD_DICOM_RELEASE_RP:
		see_end(d, WARD_DICOM_NAME_CLASS_RELEASED, NULL);
		break;
	case WARD_DICOM_ABORT:
		see_end(d, WARD_DICOM_NAME_CLASS_ABORTED, body + 2);
		break;
	default: /* A-RELEASE-RQ: the answer ends it */
		if (f->state == WARD_DICOM_IDLE || f->state == WARD_DICOM_ASKED)
			see_state(d);
		break;
	}
	return done(d, pdu.len);
}

/* 9.3.5: the header and the first PDV's, so that both are checked before anything is believed. */
static enum ward_verdict read_data(struct ward_dissect *d, struct ward_slice payload, uint32_t len)
{
	struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_side *s = &f->side[ward_dicom_side_of(d)];
	uint32_t max = f->side[!ward_dicom_side_of(d)].max_length;

	if (len < PDV_HEADER)
		return fail(d, WARD_DICOM_PDV_OVERRUN, 2);
	bool strict = !d->trusted && f->state == WARD_DICOM_IDLE;
	size_t front = WARD_DICOM_PDU_HEADER + PDV_HEADER + (strict ? GROUP_LENGTH : 0);

	if (payload.len < front)
		return want(d, front);
	if (strict && ward_dicom_probe(payload) != WARD_PROBE_YES)
		return WARD_VERDICT_FOREIGN;
	s->pdu_left = len;
	enum ward_verdict v = ward_dicom_pdv(d, payload, WARD_DICOM_PDU_HEADER);

	if (v != WARD_VERDICT_OK) {
		s->pdu_left = 0; /* read again, or given up */
		if (v == WARD_VERDICT_MALFORMED)
			return fail(d, (enum ward_dicom_reason)d->reason, d->off);
		return v;
	}
	f->seen = true;
	if (f->state == WARD_DICOM_ASKED)
		see_state(d);
	if (max && len > max)
		ward_dicom_odd(d, WARD_DICOM_PDU_BEYOND_MAXIMUM, 2);
	return v;
}

static enum ward_verdict read_pdu(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint8_t type = ward_rd_u8(&r);

	if (!ward_rd_bad(&r) && (type < WARD_DICOM_ASSOCIATE_RQ || type > WARD_DICOM_ABORT))
		return fail(d, WARD_DICOM_PDU_TYPE, 0);
	ward_rd_skip(&r, 1);
	uint32_t len = ward_rd_be32(&r);

	if (ward_rd_bad(&r))
		return want(d, WARD_DICOM_PDU_HEADER);
	if (type == WARD_DICOM_DATA)
		return read_data(d, payload, len);
	bool associate = type <= WARD_DICOM_ASSOCIATE_AC;

	if (associate ? len > WARD_DICOM_ASSOCIATE_MAX : len != FIXED_BODY)
		return fail(d, WARD_DICOM_PDU_LENGTH, 2);
	size_t whole = WARD_DICOM_PDU_HEADER + (size_t)len;

	if (payload.len < whole)
		return want(d, whole);
	payload.len = whole;
	if (associate)
		return read_associate(d, payload);
	/* Ten bytes are no proof by themselves. */
	if (!d->trusted && ((struct ward_dicom_flow *)d->flow)->state == WARD_DICOM_IDLE)
		return WARD_VERDICT_FOREIGN;
	return read_fixed(d, type, payload);
}

/* The connection's side has closed and nothing is left: an association that was not released. */
static void see_close(struct ward_dissect *d)
{
	struct ward_dicom_flow *f = d->flow;

	if (f->state != WARD_DICOM_IDLE)
		see_end(d, WARD_DICOM_NAME_CLASS_CLOSED, NULL);
}

/* A P-DATA-TF of one PDV, as nearly all are, in a context that was agreed on; or the begin of the
 * association's end. PS3.8 has no mark, but no other bytes are likely to be these. */
static bool is_begin(const struct ward_dicom_flow *f, struct ward_rd r)
{
	uint8_t type = ward_rd_u8(&r), reserved = ward_rd_u8(&r);
	uint32_t len = ward_rd_be32(&r), pdv = ward_rd_be32(&r);
	uint8_t context = ward_rd_u8(&r), control = ward_rd_u8(&r);

	if (reserved)
		return false;
	/* a release has no context: r may be bad by now */
	if (type == WARD_DICOM_RELEASE_RQ || type == WARD_DICOM_RELEASE_RP)
		return len == FIXED_BODY && pdv == 0;
	return !ward_rd_bad(&r) && type == WARD_DICOM_DATA && len >= PDV_HEADER && pdv == len - 4 &&
	       context % 2 && control <= 3 &&
	       (f->state == WARD_DICOM_LATE || f->context[context / 2].accepted);
}

/* After a gap: up to a PDU's begin, or to all but the last bytes, which may be the front of one. */
static enum ward_verdict read_lost(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_side *s = &f->side[ward_dicom_side_of(d)];
	size_t at = 0;

	for (; at + BEGIN_END <= payload.len && s->lost; at += s->lost) {
		if (payload.len - at < BEGIN_DATA && payload.p[at] == WARD_DICOM_DATA)
			break;
		s->lost = !is_begin(f, ward_rd_from(payload.p + at, payload.len - at));
	}
	if (s->lost && d->end)
		at = payload.len; /* nothing follows that it could be the front of */
	if (!at && s->lost)
		return want(d, payload.len < BEGIN_END ? BEGIN_END : BEGIN_DATA);
	if (!at)
		return read_pdu(d, payload);
	d->used = at;
	return WARD_VERDICT_OK;
}

static enum ward_verdict read_next(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_side *s = &f->side[ward_dicom_side_of(d)];
	enum ward_verdict v;

	if (s->lost)
		return read_lost(d, payload);
	if (s->frag_left)
		return ward_dicom_fragment(d, payload);
	if (!s->pdu_left)
		return read_pdu(d, payload);
	v = payload.len < PDV_HEADER && s->pdu_left >= PDV_HEADER ? want(d, PDV_HEADER)
								  : ward_dicom_pdv(d, payload, 0);
	return v == WARD_VERDICT_MALFORMED ? fail(d, (enum ward_dicom_reason)d->reason, d->off) : v;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict v = read_next(d, payload);

	if (d->end && (v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len)))
		see_close(d);
	return v;
}

/* A fragment's end is known. Else what the side was in the middle of is nobody's; its data may go
 * on. */
static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_side *s = &f->side[ward_dicom_side_of(d)];

	if (!s->lost && lost <= s->frag_left) {
		ward_dicom_fragment_gap(d, lost);
		return true;
	}
	ward_dicom_end_file(d, ward_dicom_side_of(d));
	ward_dicom_drop(s);
	s->pdu_left = s->frag_left = 0;
	s->in_dataset = s->lost = f->state == WARD_DICOM_OPEN || f->state == WARD_DICOM_LATE;
	return s->lost;
}

const struct ward_dissector ward_dissect_dicom = {
	.name = "dicom",
	.kind = WARD_DISSECT_MEDICAL,
	.title = "DICOM upper layer and DIMSE",
	.standard = "DICOM PS3.7 clauses 6.3, 9, 10, annexes C, D.3.3, E, PS3.8 clause 9",
	.reads = "associations with AE titles and implementations, every C- and N- request with "
		 "outcome; no data sets",
	.proto = WARD_PROTO_TCP,
	.port = {PORT_DICOM, PORT_DICOM_ALT, PORT_ORTHANC},
	.probe_stream = ward_dicom_probe,
	.parse = parse,
	.gap = gap,
	.files = true,
	.flow_bytes = sizeof(struct ward_dicom_flow),
	.reason = ward_dicom_reasons,
	.n_reason = WARD_ARRAY_LEN(ward_dicom_reasons),
	.name_at = ward_dicom_name_at,
};
