#include "sense/net/proto/kerberos/event.h"
#include "sense/net/proto/dissectors.h"

enum {
	PORT_KDC = 88,
	PORT_KPASSWD = 464,
	LENGTH = 4, /* RFC 4120 7.2.2: before each message of a stream */
	MESSAGE_MAX = 1 << 20,
	FRONT = 48, /* bytes that are enough for the probe */
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_KERBEROS_REASON_LIST(X)
#undef X
};

/* A reply says of which kind its request was; an error answers the oldest. */
static bool fits(uint8_t answer, uint8_t request)
{
	return answer == WARD_KERBEROS_ERROR || answer == request + 1;
}

static struct ward_kerberos_pending *request_of(
	struct ward_kerberos_flow *f, const struct ward_kerberos *m, bool from_client)
{
	for (size_t i = 0; f && i < WARD_KERBEROS_PENDING; i++) {
		struct ward_kerberos_pending *p =
			&f->pending[(f->next + i) % WARD_KERBEROS_PENDING];

		if (p->open && p->from_client != from_client && fits(m->type, p->kept.type))
			return p;
	}
	return NULL;
}

/* Over UDP the same request is sent again. An AP-REQ has no nonce. */
static bool repeats(
	const struct ward_kerberos_flow *f, const struct ward_kerberos *m, bool from_client)
{
	for (size_t i = 0; f && i < WARD_KERBEROS_PENDING; i++) {
		const struct ward_kerberos_pending *p = &f->pending[i];

		if (p->open && p->from_client == from_client && p->kept.type == m->type &&
			p->nonce == m->nonce && m->type != WARD_KERBEROS_AP_REQ)
			return true;
	}
	return false;
}

static void remember(const struct ward_dissect *d, const struct ward_kerberos *m)
{
	struct ward_kerberos_flow *f = d->flow;
	struct ward_kerberos_pending *p = &f->pending[f->next];

	if (p->open)
		ward_kerberos_emit_unanswered(d, p);
	*p = (struct ward_kerberos_pending){.open = true,
		.from_client = d->from_client,
		.nonce = m->nonce,
		.time = d->net->frame->time};
	ward_kerberos_keep(&p->kept, m);
	f->next = (f->next + 1) % WARD_KERBEROS_PENDING;
}

static void tell(const struct ward_dissect *d, const struct ward_kerberos *m, bool kpasswd)
{
	struct ward_kerberos_flow *f = d->flow;
	struct ward_kerberos_pending *p;

	if (f)
		f->seen = true;
	if (!ward_kerberos_is_request(m->type)) {
		p = request_of(f, m, d->from_client);
		ward_kerberos_emit_answer(d, m, kpasswd, p);
		if (p)
			p->open = false;
		return;
	}
	bool repeated = repeats(f, m, d->from_client);

	ward_kerberos_emit_request(d, m, kpasswd, repeated);
	if (f && !repeated)
		remember(d, m);
}

static enum ward_verdict refuse(
	struct ward_dissect *d, enum ward_kerberos_reason reason, size_t off)
{
	if (!d->trusted)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = off;
	return WARD_VERDICT_MALFORMED;
}

static enum ward_verdict message(struct ward_dissect *d, struct ward_slice bytes)
{
	bool kpasswd = ward_kerberos_kpasswd_probe(bytes, bytes.len);
	struct ward_kerberos m;

	if (kpasswd ? !ward_kerberos_kpasswd(bytes, &m) : !ward_kerberos_parse(bytes, &m))
		return refuse(d, m.reason, m.off);
	tell(d, &m, kpasswd);
	return WARD_VERDICT_OK;
}

static bool probe_datagram(struct ward_slice payload)
{
	return ward_kerberos_probe(payload, payload.len) ||
	       ward_kerberos_kpasswd_probe(payload, payload.len);
}

static enum ward_verdict parse_datagram(struct ward_dissect *d, struct ward_slice payload)
{
	return d->partial ? WARD_VERDICT_MORE : message(d, payload);
}

/* An application's tag, or the length again and a version below 256 or of RFC 3244. */
static bool may_begin(struct ward_slice rest, uint32_t len)
{
	struct ward_rd r = ward_rd_slice(rest);
	uint8_t tag = ward_rd_peek(&r);

	if (!rest.len || ((tag & 0xe0) == 0x60 && ward_kerberos_type_name(tag & 0x1f)))
		return true;
	return rest.len == 1 ? tag == len >> 8 : ward_rd_be16(&r) == len;
}

static enum ward_probe probe_stream(struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint32_t len = ward_rd_be32(&r);
	struct ward_slice rest;

	if (payload.p[0] || (!ward_rd_bad(&r) && (!len || len > MESSAGE_MAX)))
		return WARD_PROBE_NO;
	if (ward_rd_left(&r) > len)
		r.len = r.off + len;
	rest = ward_rd_rest(&r);
	if (!ward_rd_bad(&r) &&
		(ward_kerberos_probe(rest, len) || ward_kerberos_kpasswd_probe(rest, len)))
		return WARD_PROBE_YES;
	return rest.len < len && payload.len < FRONT && may_begin(rest, len) ? WARD_PROBE_MORE
									     : WARD_PROBE_NO;
}

/* After a gap: only a payload that begins with a message is a begin. */
static bool found_again(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_kerberos_flow *f = d->flow;

	if (!f || !f->lost[!d->from_client])
		return true;
	f->lost[!d->from_client] = probe_stream(payload) != WARD_PROBE_YES;
	return !f->lost[!d->from_client];
}

static enum ward_verdict next_message(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint32_t len = ward_rd_be32(&r);
	enum ward_verdict verdict;

	if (payload.len && !found_again(d, payload)) {
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
	d->need = LENGTH;
	if (ward_rd_bad(&r))
		return WARD_VERDICT_MORE;
	if (len == 0 || len > MESSAGE_MAX)
		return refuse(d, WARD_KERBEROS_BAD_LENGTH, 0);
	d->need = LENGTH + (size_t)len;
	if (ward_rd_left(&r) < len)
		return WARD_VERDICT_MORE;
	verdict = message(d, ward_rd_bytes(&r, len));
	d->used = LENGTH + (size_t)len;
	if (verdict == WARD_VERDICT_MALFORMED)
		d->off += LENGTH;
	return verdict;
}

/* No answer can come from a side that has ended. */
static enum ward_verdict parse_stream(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict verdict = next_message(d, payload);
	struct ward_kerberos_flow *f = d->flow;
	bool over = d->end && (verdict == WARD_VERDICT_MORE ||
				      (verdict == WARD_VERDICT_OK && d->used >= payload.len));

	for (size_t i = 0; f && over && i < WARD_KERBEROS_PENDING; i++) {
		struct ward_kerberos_pending *p =
			&f->pending[(f->next + i) % WARD_KERBEROS_PENDING];

		if (!p->open || p->from_client == d->from_client)
			continue;
		ward_kerberos_emit_unanswered(d, p);
		p->open = false;
	}
	return verdict;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_kerberos_flow *f = d->flow;

	(void)lost;
	if (!f || !f->seen)
		return false;
	f->lost[!d->from_client] = true;
	return true;
}

#define COMMON                                                              \
	.kind = WARD_DISSECT_IT, .port = {PORT_KDC, PORT_KPASSWD},          \
	.flow_bytes = sizeof(struct ward_kerberos_flow), .reason = reasons, \
	.n_reason = WARD_ARRAY_LEN(reasons), .name_at = ward_kerberos_name_at

const struct ward_dissector ward_dissect_kerberos = {
	.name = "kerberos",
	.title = "Kerberos 5",
	.standard = "RFC 4120 clause 5, RFC 3244 clause 2, MS-KILE 2.2",
	.reads = "AS, TGS and AP exchanges: names, options, encryption types, pre-authentication, "
		 "delegation, errors",
	.proto = WARD_PROTO_UDP,
	.probe = probe_datagram,
	.parse = parse_datagram,
	COMMON,
};

const struct ward_dissector ward_dissect_kerberos_stream = {
	.name = "kerberos",
	.title = "Kerberos 5 over TCP",
	.standard = "RFC 4120 clauses 5, 7.2.2",
	.reads = "as Kerberos 5",
	.proto = WARD_PROTO_TCP,
	.probe_stream = probe_stream,
	.parse = parse_stream,
	.gap = gap,
	COMMON,
};
