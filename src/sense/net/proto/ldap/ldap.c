#include "sense/net/proto/ldap/event.h"
#include "sense/net/proto/dissectors.h"

enum {
	PORT = 389,
	PORT_GLOBAL_CATALOG = 3268,
	LAYER_HEAD = 4, /* RFC 4422 3.7: length of a wrapped buffer */
	LAYER_MAX = 0xffffff,
	WHOLE_MAX = 256 * 1024, /* longer messages are known by their operation only */
	HEAD = 32,              /* bytes in which the operation of a long one is found */
	PROBE_MESSAGES = 8,
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_LDAP_REASON_LIST(X)
#undef X
};

static struct ward_ldap_pending *find(struct ward_ldap_flow *f, int32_t id, bool from_client)
{
	for (size_t i = 0; f && i < WARD_LDAP_PENDING; i++)
		if (f->pending[i].open && f->pending[i].id == id &&
			f->pending[i].from_client == from_client)
			return &f->pending[i];
	return NULL;
}

static void give_up(const struct ward_dissect *d, struct ward_ldap_pending *p, const char *outcome)
{
	ward_ldap_emit(d, p, NULL, outcome);
	p->open = false;
}

static void request(const struct ward_dissect *d, const struct ward_ldap *m)
{
	struct ward_ldap_flow *f = d->flow;
	struct ward_ldap_pending *p;

	if (m->op == WARD_LDAP_UNBIND) {
		ward_ldap_emit_unbind(d, m);
		return;
	}
	if (m->op == WARD_LDAP_ABANDON) {
		p = find(f, m->abandoned, d->from_client);
		if (p)
			give_up(d, p, "abandoned");
		return;
	}
	if (!f)
		return;
	f->layer |= m->op == WARD_LDAP_BIND && m->auth != WARD_LDAP_SIMPLE;
	p = &f->pending[f->next];
	if (p->open)
		give_up(d, p, ward_dissect_silence(d, !p->from_client));
	ward_ldap_remember(p, m, d);
	f->next = (f->next + 1) % WARD_LDAP_PENDING;
}

static void response(struct ward_dissect *d, const struct ward_ldap *m)
{
	struct ward_ldap_flow *f = d->flow;
	struct ward_ldap_pending *p = find(f, m->id, !d->from_client);

	if (m->op == WARD_LDAP_ENTRY)
		ward_ldap_emit_server(d, m);
	if (p && m->op == WARD_LDAP_ENTRY)
		p->entries++;
	if (p && m->op == WARD_LDAP_REFERENCE)
		p->references++;
	if (!m->has_result)
		return;
	if (f)
		f->layer |= m->op == WARD_LDAP_BIND_RESPONSE && m->credentials.len;
	if (!p) {
		ward_ldap_emit_unrequested(d, m);
		return;
	}
	ward_ldap_emit(d, p, m, NULL);
	p->open = false;
	d->handover = p->start_tls && m->result == WARD_LDAP_SUCCESS; /* 4.14.2 */
}

static enum ward_verdict refuse(struct ward_dissect *d, enum ward_ldap_reason reason, size_t off)
{
	if (!d->trusted)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = off;
	return WARD_VERDICT_MALFORMED;
}

static enum ward_verdict message(struct ward_dissect *d, struct ward_slice bytes)
{
	struct ward_ldap_flow *f = d->flow;
	struct ward_ldap m;

	d->used = bytes.len;
	if (!ward_ldap_parse(bytes, &m))
		return refuse(d, m.reason, m.off);
	if (f)
		f->heard[!d->from_client] = true;
	if (ward_ldap_answers(m.op))
		response(d, &m);
	else
		request(d, &m);
	return WARD_VERDICT_OK;
}

/* Only what stands in front is there: an entry is counted, the rest passed over. */
static enum ward_verdict long_message(
	struct ward_dissect *d, const struct ward_ldap *m, size_t size)
{
	struct ward_ldap head = {.id = m->id, .op = m->op, .dn = {(const uint8_t *)"", 1}};

	d->used = size;
	if (ward_ldap_answers(m->op))
		response(d, &head);
	else
		request(d, &head);
	return WARD_VERDICT_OK;
}

/* Whole messages, or the begin of one whose operation is known. */
static bool messages(struct ward_slice payload)
{
	struct ward_ldap m;
	size_t off = 0, size;

	for (unsigned i = 0; i < PROBE_MESSAGES && off < payload.len; i++) {
		struct ward_slice rest = ward_slice_of(payload.p + off, payload.len - off);
		enum ward_ber_framing framing = ward_ldap_frame(rest, &m, &size);

		if (framing == WARD_BER_MORE)
			return i > 0 || (m.op && size <= LAYER_MAX);
		if (framing == WARD_BER_NOT || !ward_ldap_parse(ward_slice_of(rest.p, size), &m))
			return false;
		off += size;
	}
	return off > 0;
}

static enum ward_probe probe_stream(struct ward_slice payload)
{
	struct ward_ldap m;
	size_t size;

	if (messages(payload))
		return WARD_PROBE_YES;
	return payload.len < HEAD && ward_ldap_frame(payload, &m, &size) == WARD_BER_MORE &&
			       size <= LAYER_MAX
		       ? WARD_PROBE_MORE
		       : WARD_PROBE_NO;
}

/* Every message in a buffer that is whole messages. */
static enum ward_verdict unwrapped(struct ward_dissect *d, struct ward_slice inner)
{
	enum ward_verdict verdict = WARD_VERDICT_OK;
	struct ward_ldap m;
	size_t off = 0, size;

	while (off < inner.len && verdict == WARD_VERDICT_OK) {
		struct ward_slice rest = ward_slice_of(inner.p + off, inner.len - off);

		if (ward_ldap_frame(rest, &m, &size) != WARD_BER_WHOLE)
			return WARD_VERDICT_OK;
		verdict = message(d, ward_slice_of(rest.p, size));
		off += size;
	}
	return verdict;
}

/* RFC 4422 3.7: of what is sealed only the length is known. */
static enum ward_verdict wrapped(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_ldap_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(payload);
	uint32_t len = ward_rd_be32(&r);
	struct ward_slice inner = {0};

	if (ward_rd_bad(&r)) {
		d->need = LAYER_HEAD;
		return WARD_VERDICT_MORE;
	}
	if (len == 0 || len > LAYER_MAX)
		return refuse(d, WARD_LDAP_BAD_SECURITY_LAYER, 0);
	if (!f->layer_told)
		ward_ldap_emit_layer(d);
	f->layer_told = true;
	d->used = LAYER_HEAD + (size_t)len;
	if (len < WARD_LDAP_LAYER_HEAD || len > WHOLE_MAX)
		return WARD_VERDICT_OK;
	d->need = LAYER_HEAD + WARD_LDAP_LAYER_HEAD;
	if (payload.len < d->need)
		return WARD_VERDICT_MORE;
	if (!ward_ldap_maybe_signed(ward_slice_of(payload.p + LAYER_HEAD, WARD_LDAP_LAYER_HEAD)))
		return WARD_VERDICT_OK;
	d->need = LAYER_HEAD + (size_t)len;
	if (payload.len < d->need)
		return WARD_VERDICT_MORE;
	if (ward_ldap_signed(ward_rd_bytes(&r, len), &inner) && messages(inner) &&
		unwrapped(d, inner) == WARD_VERDICT_MALFORMED)
		d->off += (size_t)(inner.p - payload.p);
	d->used = LAYER_HEAD + (size_t)len;
	return WARD_VERDICT_OK;
}

/* No answer can come from a side that has ended, or that was never heard. */
static void at_end(const struct ward_dissect *d)
{
	struct ward_ldap_flow *f = d->flow;

	for (size_t i = 0; f && i < WARD_LDAP_PENDING; i++) {
		struct ward_ldap_pending *p = &f->pending[(f->next + i) % WARD_LDAP_PENDING];

		if (p->open && (p->from_client != d->from_client || !f->heard[d->from_client]))
			give_up(d, p, ward_dissect_silence(d, !p->from_client));
	}
}

/* After a gap: only a payload that is messages is a begin. */
static bool found_again(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_ldap_flow *f = d->flow;

	if (!f || !f->lost[!d->from_client])
		return true;
	f->lost[!d->from_client] = !messages(payload);
	return !f->lost[!d->from_client];
}

static enum ward_verdict next_message(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_ldap_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(payload);
	struct ward_ldap m;
	size_t size;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	if (!found_again(d, payload)) {
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
	if (f && f->layer && ward_rd_peek(&r) != WARD_BER_SEQUENCE)
		return wrapped(d, payload);
	switch (ward_ldap_frame(payload, &m, &size)) {
	case WARD_BER_NOT:
		return refuse(d, m.reason, m.off);
	case WARD_BER_MORE:
		if (size > WHOLE_MAX && m.op)
			return long_message(d, &m, size);
		d->need = size > WHOLE_MAX ? 0 : size;
		return WARD_VERDICT_MORE;
	case WARD_BER_WHOLE:
	default:
		return size > WHOLE_MAX ? long_message(d, &m, size)
					: message(d, ward_slice_of(payload.p, size));
	}
}

static enum ward_verdict parse_stream(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict verdict = next_message(d, payload);

	if (d->end && (verdict == WARD_VERDICT_MORE ||
			      (verdict == WARD_VERDICT_OK && d->used >= payload.len)))
		at_end(d);
	return verdict;
}

/* Of a ping the entry and its end may share a datagram. */
static enum ward_verdict parse_datagram(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict verdict = WARD_VERDICT_OK;
	size_t off = 0, size;

	while (off < payload.len && verdict == WARD_VERDICT_OK) {
		struct ward_slice rest = ward_slice_of(payload.p + off, payload.len - off);
		struct ward_ldap m;

		switch (ward_ldap_frame(rest, &m, &size)) {
		case WARD_BER_NOT:
			verdict = refuse(d, m.reason, m.off);
			break;
		case WARD_BER_MORE:
			verdict = d->partial ? WARD_VERDICT_MORE
					     : refuse(d, WARD_LDAP_BAD_MESSAGE, rest.len);
			break;
		case WARD_BER_WHOLE:
		default:
			verdict = message(d, ward_slice_of(rest.p, size));
		}
		if (verdict == WARD_VERDICT_MALFORMED)
			d->off += off;
		off += size;
	}
	return verdict;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_ldap_flow *f = d->flow;

	(void)lost;
	if (!f || !(f->heard[0] || f->heard[1]))
		return false;
	f->lost[!d->from_client] = true;
	return true;
}

#define COMMON                                                          \
	.kind = WARD_DISSECT_IT, .port = {PORT, PORT_GLOBAL_CATALOG},   \
	.flow_bytes = sizeof(struct ward_ldap_flow), .reason = reasons, \
	.n_reason = WARD_ARRAY_LEN(reasons), .name_at = ward_ldap_name_at

const struct ward_dissector ward_dissect_ldap = {
	.name = "ldap",
	.title = "LDAP",
	.standard = "RFC 4511 clauses 4 and 5.1",
	.reads = "operations with results: binds, searches with filter and attributes, changes by "
		 "attribute, StartTLS; what servers say of themselves",
	.proto = WARD_PROTO_TCP,
	.probe_stream = probe_stream,
	.parse = parse_stream,
	.gap = gap,
	COMMON,
};

const struct ward_dissector ward_dissect_cldap = {
	.name = "ldap",
	.title = "LDAP over UDP",
	.standard = "MS-ADTS 3.1.1.3.1.10, 6.3.3",
	.reads = "as LDAP: domain controllers with domain, forest, host and site",
	.proto = WARD_PROTO_UDP,
	.probe = messages,
	.parse = parse_datagram,
	COMMON,
};
