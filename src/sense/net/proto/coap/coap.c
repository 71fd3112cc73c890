/* CoAP over UDP: which response is whose, and what is told of both. */
#include "sense/net/proto/coap/coap.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/sensor.h"
#include "sense/net/text.h"

enum { PORT = 5683, PENDING = 8, URI = 256 };

#define NAME_LIST(X)                                   \
	X(CLASS_REQUEST, "net.coap.request")           \
	X(CLASS_RESPONSE, "net.coap.response")         \
	X(CLASS_NOTIFICATION, "net.coap.notification") \
	X(CLASS_UNANSWERED, "net.coap.unanswered")     \
	X(METHOD, "coap.method")                       \
	X(CONFIRMABLE, "coap.confirmable")             \
	X(HOST, "coap.host")                           \
	X(CODE, "coap.code")                           \
	X(CODE_NAME, "coap.code_name")                 \
	X(OBSERVE, "coap.observe")                     \
	X(OSCORE, "coap.oscore")                       \
	X(REQUEST_FORMAT, "coap.request_format")       \
	X(RESPONSE_FORMAT, "coap.response_format")     \
	X(REQUEST_BYTES, "coap.request_bytes")         \
	X(RESPONSE_BYTES, "coap.response_bytes")       \
	X(BLOCK1, "coap.block1")                       \
	X(BLOCK2, "coap.block2")                       \
	X(RETRANSMITS, "coap.retransmits")             \
	X(OUTCOME, "coap.outcome")                     \
	X(LATENCY, "coap.latency_ns")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_COAP_REASON_LIST(X)
#undef X
};

/* A request, until its answer comes; of an observation as long as it goes on. */
struct pending {
	bool open, answered;
	bool confirmable, oscore;
	uint8_t side, code, n_token, n_host;
	uint16_t id, n_uri;
	uint8_t token[WARD_COAP_TOKEN_MAX];
	struct ward_coap_number observe, format, block1, block2;
	size_t payload;
	uint32_t retransmits;
	ward_ns time;
	uint8_t uri[URI], host[64];
};

struct flow {
	struct pending pending[PENDING];
	size_t next; /* place of the next request: the oldest one's */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static void put_number(
	const struct ward_dissect *d, enum name field, const struct ward_coap_number *n)
{
	if (n->is)
		ward_emit_int(d->net, d->name[field], n->v);
}

/* RFC 7959 2.2: number, whether more follow, size, as text such as 3/more/64. */
static void put_block(
	const struct ward_dissect *d, enum name field, const struct ward_coap_number *b)
{
	char text[32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!b->is)
		return;
	ward_wr_u64(&w, b->v >> 4);
	ward_wr_z(&w, b->v & 8 ? "/more/" : "/last/");
	ward_wr_u64(&w, UINT64_C(16) << (b->v & 7));
	ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_request(const struct ward_dissect *d, const struct pending *p)
{
	struct ward_net *n = d->net;
	char text[sizeof(p->host) * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_emit_z(n, d->name[NAME_METHOD], ward_coap_code_name(p->code));
	ward_emit_bool(n, d->name[NAME_CONFIRMABLE], p->confirmable);
	if (p->n_uri)
		ward_emit_str(n, WARD_FIELD_URI, (struct ward_str){(const char *)p->uri, p->n_uri});
	ward_net_text(&w, ward_slice_of(p->host, p->n_host), "");
	if (p->n_host)
		ward_emit_str(n, d->name[NAME_HOST], ward_wr_text(&w));
	put_number(d, NAME_OBSERVE, &p->observe);
	put_number(d, NAME_REQUEST_FORMAT, &p->format);
	ward_emit_int(n, d->name[NAME_REQUEST_BYTES], (int64_t)p->payload);
	put_block(d, NAME_BLOCK1, &p->block1);
	put_block(d, NAME_BLOCK2, &p->block2);
	if (p->oscore)
		ward_emit_bool(n, d->name[NAME_OSCORE], true);
	if (p->retransmits)
		ward_emit_int(n, d->name[NAME_RETRANSMITS], p->retransmits);
}

static void put_response(const struct ward_dissect *d, const struct ward_coap *m)
{
	char text[8];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&w, m->code >> 5);
	ward_wr_ch(&w, '.');
	ward_wr_ch(&w, (char)('0' + (m->code & 31) / 10));
	ward_wr_ch(&w, (char)('0' + (m->code & 31) % 10));
	ward_emit_str(d->net, d->name[NAME_CODE], ward_wr_text(&w));
	ward_emit_z(d->net, d->name[NAME_CODE_NAME], ward_coap_code_name(m->code));
	put_number(d, NAME_RESPONSE_FORMAT, &m->content_format);
	ward_emit_int(d->net, d->name[NAME_RESPONSE_BYTES], (int64_t)m->payload);
	put_block(d, NAME_BLOCK1, &m->block1);
	put_block(d, NAME_BLOCK2, &m->block2);
}

static const char *outcome_of(const struct ward_coap *m)
{
	switch (m->code >> 5) {
	case 2:
		return "ok";
	case 4:
		return "client-error";
	default:
		return "server-error";
	}
}

/* p: the request or NULL; m: what answers it, or NULL; outcome: NULL when that says it. */
static void tell(const struct ward_dissect *d, enum name class, const struct pending *p,
	const struct ward_coap *m, const char *outcome)
{
	struct ward_net *n = d->net;
	unsigned me = d->from_client ? 0 : 1;

	if (!ward_emit_begin(n, d->name[class]))
		return;
	/* The event is the client's. */
	if (p && p->side == me)
		ward_emit_packet(n, d->packet);
	else
		ward_emit_packet_turned(n, d->packet);
	if (p)
		put_request(d, p);
	if (m)
		put_response(d, m);
	if (m && class == NAME_CLASS_NOTIFICATION)
		put_number(d, NAME_OBSERVE, &m->observe);
	if (m && !outcome)
		outcome = outcome_of(m);
	if (outcome)
		ward_emit_z(n, d->name[NAME_OUTCOME], outcome);
	if (p && class == NAME_CLASS_RESPONSE && n->frame->time >= p->time)
		ward_emit_int(n, d->name[NAME_LATENCY], n->frame->time - p->time);
	ward_emit_end(n);
}

/* 6.5: path and query as they stand in an URI. */
static void write_part(struct ward_wr *w, char before, struct ward_slice s)
{
	static const char hex[] = "0123456789ABCDEF";

	if (w->cap - w->len < s.len * 3 + 1)
		return;
	if (before)
		ward_wr_ch(w, before);
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];

		if (c > ' ' && c < 0x7f && c != '%') {
			ward_wr_u8(w, c);
			continue;
		}
		ward_wr_ch(w, '%');
		ward_wr_ch(w, hex[c >> 4]);
		ward_wr_ch(w, hex[c & 15]);
	}
}

static size_t write_uri(const struct ward_coap *m, uint8_t *to, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(to, cap);
	struct ward_rd r = ward_rd_slice(m->options);
	struct ward_slice value;
	unsigned number = 0;
	char sep = '?';

	write_part(&w, 0, m->proxy_uri);
	while (ward_coap_option(&r, &number, &value)) {
		if (number == WARD_COAP_URI_PATH)
			write_part(&w, '/', value);
		if (number == WARD_COAP_URI_QUERY) {
			write_part(&w, sep, value);
			sep = '&';
		}
	}
	return w.len;
}

static struct pending *by_id(struct flow *f, unsigned side, uint16_t id)
{
	for (size_t i = 0; i < PENDING; i++)
		if (f->pending[i].open && f->pending[i].side == side && f->pending[i].id == id)
			return &f->pending[i];
	return NULL;
}

static struct pending *by_token(struct flow *f, unsigned side, struct ward_slice token)
{
	for (size_t i = 0; i < PENDING; i++) {
		struct pending *p = &f->pending[i];

		if (p->open && p->side == side && p->n_token == token.len &&
			(!token.len || memcmp(p->token, token.p, token.len) == 0))
			return p;
	}
	return NULL;
}

/* A flow of datagrams has no end to wait for: each request is told at once. It takes the place of
 * the oldest; if that one was never answered, says so. */
static void take_request(const struct ward_dissect *d, const struct ward_coap *m)
{
	struct flow *f = d->flow;
	unsigned me = d->from_client ? 0 : 1;
	struct pending *p = by_id(f, me, m->id);

	if (p && p->code == m->code) { /* 4.2: sent again */
		p->retransmits++;
		return;
	}
	/* A token that is used anew ends what it was used for. */
	p = by_token(f, me, m->token);
	if (!p) {
		p = &f->pending[f->next];
		f->next = (f->next + 1) % PENDING;
	}
	if (p->open && !p->answered)
		tell(d, NAME_CLASS_UNANSWERED, p, NULL, NULL);
	*p = (struct pending){.open = true,
		.confirmable = m->type == WARD_COAP_CON,
		.oscore = m->oscore,
		.side = (uint8_t)me,
		.code = m->code,
		.n_token = (uint8_t)m->token.len,
		.id = m->id,
		.observe = m->observe,
		.format = m->content_format,
		.block1 = m->block1,
		.block2 = m->block2,
		.payload = m->payload,
		.time = d->net->frame->time};
	if (m->token.len)
		memcpy(p->token, m->token.p, m->token.len);
	p->n_uri = (uint16_t)write_uri(m, p->uri, sizeof(p->uri));
	p->n_host = (uint8_t)(m->host.len < sizeof(p->host) ? m->host.len : sizeof(p->host));
	if (p->n_host)
		memcpy(p->host, m->host.p, p->n_host);
	tell(d, NAME_CLASS_REQUEST, p, NULL, NULL);
}

static void take_response(const struct ward_dissect *d, const struct ward_coap *m)
{
	struct flow *f = d->flow;
	struct pending *p = by_token(f, d->from_client ? 1 : 0, m->token);

	tell(d, p && p->answered ? NAME_CLASS_NOTIFICATION : NAME_CLASS_RESPONSE, p, m,
		p ? NULL : "unrequested");
	if (!p)
		return;
	/* RFC 7641 3.2: notifications go on with the request's token. */
	p->answered = true;
	p->open = p->observe.is && p->observe.v == 0 && m->observe.is;
}

static void take_empty(const struct ward_dissect *d, const struct ward_coap *m)
{
	struct pending *p = by_id(d->flow, d->from_client ? 1 : 0, m->id);

	if (m->type != WARD_COAP_RST || !p)
		return;
	if (!p->answered)
		tell(d, NAME_CLASS_RESPONSE, p, NULL, "reset");
	p->open = false;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_coap m;

	if (!ward_coap_parse(payload, &m)) {
		if (d->partial)
			return WARD_VERDICT_MORE;
		d->reason = m.reason;
		d->off = m.off;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	if (!m.code)
		take_empty(d, &m);
	else if (ward_coap_is_request(m.code))
		take_request(d, &m);
	else
		take_response(d, &m);
	return WARD_VERDICT_OK;
}

/* QUIC's packets have the same first bits, others any: only what could hardly be by chance. */
static bool probe(struct ward_slice payload)
{
	struct ward_coap m;

	if (!ward_coap_parse(payload, &m) || m.unknown || !m.code)
		return false;
	if (ward_coap_is_request(m.code))
		return m.type <= WARD_COAP_NON && (m.has_path || m.host.len || m.proxy_uri.len);
	return m.content_format.is && m.payload;
}

const struct ward_dissector ward_dissect_coap = {
	.name = "coap",
	.kind = WARD_DISSECT_IT,
	.title = "CoAP",
	.standard = "RFC 7252 clauses 3, 5.10, 12.1, RFC 7641 clauses 2 and 3, RFC 7959 clause 2",
	.reads = "each request with its response: method, path, code, sizes; observations, blocks",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
