/* The record layer (RFC 8446 5): what is not encrypted is gathered into handshake messages; what is
 * encrypted is skipped by its length, unseen.
 *
 * A record whose last message goes on in one that has not come yet is read again from its begin
 * when it has. So whatever a message does must be harmless when done twice. */
#include "sense/net/digest.h"
#include "sense/net/proto/tls/flow.h"
#include "sense/net/proto/dissectors.h"

enum {
	HEAD = 5,
	MESSAGE_HEAD = 4,
	RECORD_MAX = 16384 + 2048,
	MESSAGE_MAX = 1 << 18, /* a chain of certificates is far shorter */
	GATHER = WARD_NET_SCRATCH,
	SSL2_MIN = 2 + 9 + 3 + 16, /* lengths, one cipher, a challenge */
	SSL2_FRONT = 5,
};

enum content { CHANGE_CIPHER = 20, ALERT, HANDSHAKE, APPLICATION, HEARTBEAT };

enum message {
	HELLO_REQUEST = 0,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	CERTIFICATE = 11,
	CLIENT_KEY_EXCHANGE = 16,
	KEY_UPDATE = 24,
	NEXT_PROTOCOL = 67,
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_TLS_REASON_LIST(X)
#undef X
};

/* One call of parse. */
struct run {
	struct ward_dissect *d;
	struct ward_tls_flow *f;
	struct ward_tls_side *side;
	struct ward_slice payload;
	size_t off; /* of the record being read */
};

struct record {
	uint8_t type;
	size_t len;
	struct ward_slice body;
};

static enum ward_verdict fail(struct run *r, enum ward_tls_reason reason)
{
	r->d->reason = reason;
	r->d->off = r->off < r->payload.len ? r->off : r->payload.len;
	return r->side->seen || r->d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

static enum ward_verdict more(struct run *r, size_t need)
{
	r->d->need = need;
	return WARD_VERDICT_MORE;
}

/* The record at off. A header that makes no sense at the begin of a stream is something else. */
static enum ward_verdict read_head(struct run *r, size_t off, struct record *ret)
{
	struct ward_rd rd = ward_rd_from(r->payload.p + off, r->payload.len - off);
	uint16_t version;

	ret->type = ward_rd_u8(&rd);
	version = ward_rd_be16(&rd);
	ret->len = ward_rd_be16(&rd);
	if (ward_rd_bad(&rd))
		return more(r, off + HEAD);
	if (ret->type < CHANGE_CIPHER || ret->type > HEARTBEAT)
		return r->side->seen ? fail(r, WARD_TLS_BAD_RECORD_TYPE) : WARD_VERDICT_FOREIGN;
	if (version >> 8 != 3 || (version & 0xff) > 4)
		return r->side->seen ? fail(r, WARD_TLS_BAD_RECORD_VERSION) : WARD_VERDICT_FOREIGN;
	if (ret->len > RECORD_MAX || (ret->len == 0 && ret->type != APPLICATION))
		return fail(r, WARD_TLS_BAD_RECORD_LENGTH);
	return WARD_VERDICT_OK;
}

static enum ward_verdict read_record(struct run *r, size_t off, struct record *ret)
{
	enum ward_verdict v = read_head(r, off, ret);

	if (v != WARD_VERDICT_OK)
		return v;
	if (r->payload.len - off - HEAD < ret->len)
		return more(r, off + HEAD + ret->len);
	ret->body = ward_slice_of(r->payload.p + off + HEAD, ret->len);
	return WARD_VERDICT_OK;
}

static bool client_speaks(const struct run *r)
{
	return !r->d->from_client == r->f->client_side;
}

static void tell(struct run *r, const char *outcome, struct ward_slice chain)
{
	const struct ward_tls_end end = {.outcome = outcome, .chain = chain};

	if (r->f->client.is || r->f->server.is)
		ward_tls_tell(r->d, r->f, &end);
}

static void tell_answered(struct run *r)
{
	if (r->f->server.is)
		tell(r, "answered", (struct ward_slice){NULL, 0});
}

static enum ward_verdict client_hello(struct run *r, struct ward_slice body)
{
	struct ward_tls_hello h;

	if (!ward_tls_client_hello(body, &h))
		return fail(r, WARD_TLS_BAD_CLIENT_HELLO);
	/* The second one, after a HelloRetryRequest, changes little. */
	if (!r->f->client.is)
		ward_tls_keep_client(r->f, &h, !r->d->from_client);
	return WARD_VERDICT_OK;
}

static enum ward_verdict server_hello(struct run *r, struct ward_slice body)
{
	struct ward_tls_hello h;

	if (!ward_tls_server_hello(body, &h))
		return fail(r, WARD_TLS_BAD_SERVER_HELLO);
	if (!r->f->client.is)
		r->f->client_side = r->d->from_client;
	if (h.retry) {
		r->f->retry = true;
		return WARD_VERDICT_OK;
	}
	ward_tls_keep_server(r->f, &h);
	if (r->f->server.highest >= WARD_TLS_1_3)
		tell_answered(r);
	return WARD_VERDICT_OK;
}

/* RFC 5246 7.4.2. A message longer than what is gathered still holds the first certificates. */
static enum ward_verdict certificate(struct run *r, struct ward_slice body, bool cut)
{
	struct ward_rd rd = ward_rd_slice(body);
	size_t len = ward_rd_be24(&rd);
	struct ward_slice chain = ward_rd_rest(&rd);

	if (ward_rd_bad(&rd) || (cut ? len < chain.len : len != chain.len))
		return fail(r, WARD_TLS_BAD_CERTIFICATE);
	if (!client_speaks(r)) {
		tell(r, "answered", chain);
	} else if (chain.len && !r->side->certificate) {
		r->side->certificate = true;
		ward_tls_tell_certificate(r->d, r->f, chain);
	}
	return WARD_VERDICT_OK;
}

static enum ward_verdict message(struct run *r, uint8_t type, struct ward_slice body, bool cut)
{
	switch (type) {
	case CLIENT_HELLO:
		return client_hello(r, body);
	case SERVER_HELLO:
		return server_hello(r, body);
	case CERTIFICATE:
		return certificate(r, body, cut);
	default:
		if (type > KEY_UPDATE && type != NEXT_PROTOCOL && type != 254)
			return fail(r, WARD_TLS_BAD_HANDSHAKE);
		/* The server's other messages come after its certificate, or it has none. */
		if (type != HELLO_REQUEST && type < CLIENT_KEY_EXCHANGE && !client_speaks(r))
			tell_answered(r);
		return WARD_VERDICT_OK;
	}
}

/* Bytes of handshake messages, across records. */
struct gathered {
	struct ward_slice bytes; /* together; in the payload, or copied to the scratch */
	struct ward_slice rest;  /* of the last record, not copied */
	size_t next;             /* where the following record begins */
};

/* What is missing of a message takes a record's head more at least: so a message in records of a
 * byte each is not gathered anew with each of them. */
static enum ward_verdict more_of(struct run *r, size_t next, size_t missing)
{
	size_t least = next + HEAD + missing;

	return more(r, r->d->need > least ? r->d->need : least);
}

/* Until `want` bytes are together. They are copied only if they lie in more than one record. */
static enum ward_verdict gather(struct run *r, struct gathered *g, size_t want)
{
	uint8_t *room = r->d->net->scratch;

	if (g->bytes.len < want && g->bytes.p != room) {
		memcpy(room, g->bytes.p, g->bytes.len);
		g->bytes.p = room;
	}
	while (g->bytes.len < want) {
		struct record rec = {.body = g->rest, .type = HANDSHAKE};
		enum ward_verdict v = WARD_VERDICT_OK;

		if (!rec.body.len) {
			v = read_record(r, g->next, &rec);
			if (v == WARD_VERDICT_MORE)
				return more_of(r, g->next, want - g->bytes.len);
			g->next += HEAD + rec.len;
		}
		if (v != WARD_VERDICT_OK)
			return v;
		if (rec.type != HANDSHAKE)
			return fail(r, WARD_TLS_BAD_INTERLEAVED);
		size_t n = want - g->bytes.len < rec.body.len ? want - g->bytes.len : rec.body.len;

		memcpy(room + g->bytes.len, rec.body.p, n);
		g->bytes.len += n;
		g->rest = ward_slice_of(rec.body.p + n, rec.body.len - n);
	}
	return WARD_VERDICT_OK;
}

/* One message off g. Of a very long one the begin is read; *ret_skip is what is left of it. */
static enum ward_verdict one_message(struct run *r, struct gathered *g, uint32_t *ret_skip)
{
	enum ward_verdict v = gather(r, g, MESSAGE_HEAD);

	if (v != WARD_VERDICT_OK)
		return v;
	struct ward_rd rd = ward_rd_slice(g->bytes);
	uint8_t type = ward_rd_u8(&rd);
	size_t total = MESSAGE_HEAD + (size_t)ward_rd_be24(&rd);

	if (total > MESSAGE_MAX)
		return fail(r, WARD_TLS_BAD_HANDSHAKE);
	size_t want = total < GATHER ? total : GATHER;

	v = gather(r, g, want);
	if (v != WARD_VERDICT_OK)
		return v;
	v = message(r, type, ward_slice_of(g->bytes.p + MESSAGE_HEAD, want - MESSAGE_HEAD),
		want < total);
	*ret_skip = (uint32_t)(total - want);
	if (g->bytes.len > want) /* all of it lies in one record */
		g->rest = ward_slice_of(g->bytes.p + want, g->bytes.len - want);
	g->bytes = g->rest;
	g->rest.len = 0;
	return v;
}

static enum ward_verdict handshake(struct run *r, const struct record *rec)
{
	struct gathered g = {.bytes = rec->body, .next = r->off + HEAD + rec->len};
	enum ward_verdict v = WARD_VERDICT_OK;
	uint32_t skip = r->side->skip;

	while (g.bytes.len) {
		size_t n = skip < g.bytes.len ? skip : g.bytes.len;

		g.bytes = ward_slice_of(g.bytes.p + n, g.bytes.len - n);
		skip -= (uint32_t)n;
		if (!g.bytes.len)
			break;
		v = one_message(r, &g, &skip); /* takes four bytes at least */
		if (v != WARD_VERDICT_OK)
			break;
	}
	if (v == WARD_VERDICT_OK || v == WARD_VERDICT_MALFORMED)
		r->off = g.next;
	if (v == WARD_VERDICT_OK)
		r->side->skip = skip;
	return v;
}

/* With TLS 1.3 it means nothing (RFC 8446 D.4), before it the side's keys are in use. */
static enum ward_verdict change_cipher(struct run *r, const struct record *rec)
{
	const struct ward_tls_flow *f = r->f;
	bool may_be_1_3 = f->server.is ? f->server.highest >= WARD_TLS_1_3
				       : f->retry || f->client.highest >= WARD_TLS_1_3;

	if (rec->len != 1)
		return fail(r, WARD_TLS_BAD_CHANGE_CIPHER);
	if (!may_be_1_3)
		r->side->encrypted = true;
	tell_answered(r);
	return WARD_VERDICT_OK;
}

/* RFC 8446 6. An alert of another length after the hellos is an encrypted one. */
static enum ward_verdict alert(struct run *r, const struct record *rec)
{
	if (rec->len != 2)
		return r->f->told ? WARD_VERDICT_OK : fail(r, WARD_TLS_BAD_ALERT);
	if (r->f->told || !r->f->client.is) {
		if (rec->body.p[1] != 0)
			ward_tls_tell_alert(r->d, r->f, rec->body.p);
		return WARD_VERDICT_OK;
	}
	/* A warning, such as unrecognized-name, does not end the handshake. */
	if (rec->body.p[0] != 2 && rec->body.p[1] != 0)
		return WARD_VERDICT_OK;
	const struct ward_tls_end end = {
		.outcome = r->f->server.is ? "answered" : "refused", .alert = rec->body.p};

	ward_tls_tell(r->d, r->f, &end);
	return WARD_VERDICT_OK;
}

/* RFC 6520 4: type, length of the payload, payload, padding of 16 bytes at least. A request that
 * claims more than it brings asks for the memory of the peer (CVE-2014-0160). */
static enum ward_verdict heartbeat(struct run *r, const struct record *rec)
{
	struct ward_rd rd = ward_rd_slice(rec->body);
	uint8_t type = ward_rd_u8(&rd);
	size_t claimed = ward_rd_be16(&rd);

	if (!ward_rd_bad(&rd) && (type != 1 || claimed + 16 <= ward_rd_left(&rd)))
		return WARD_VERDICT_OK;
	ward_tls_tell_heartbeat(r->d, claimed, ward_rd_left(&rd));
	return fail(r, WARD_TLS_BAD_HEARTBEAT);
}

static enum ward_verdict plain(struct run *r, const struct record *rec)
{
	size_t next = r->off + HEAD + rec->len;
	enum ward_verdict v;

	switch (rec->type) {
	case CHANGE_CIPHER:
		v = change_cipher(r, rec);
		break;
	case ALERT:
		v = alert(r, rec);
		break;
	case HEARTBEAT:
		v = heartbeat(r, rec);
		break;
	case HANDSHAKE:
	default:
		return handshake(r, rec);
	}
	r->off = next;
	return v;
}

static enum ward_verdict one_record(struct run *r)
{
	struct record rec;
	enum ward_verdict v = read_head(r, r->off, &rec);

	if (v != WARD_VERDICT_OK)
		return v;
	if (r->side->encrypted || rec.type == APPLICATION) {
		tell_answered(r);
		r->side->seen = true;
		r->off += HEAD + rec.len; /* perhaps beyond the payload: it is not looked at */
		return WARD_VERDICT_OK;
	}
	v = read_record(r, r->off, &rec);
	if (v == WARD_VERDICT_OK)
		v = plain(r, &rec);
	r->side->seen |= v == WARD_VERDICT_OK;
	return v;
}

static bool ssl2_like(struct ward_slice s)
{
	struct ward_rd rd = ward_rd_slice(s);
	uint16_t len = ward_rd_be16(&rd);
	uint8_t type = ward_rd_u8(&rd), major = ward_rd_u8(&rd), minor = ward_rd_u8(&rd);

	return !ward_rd_bad(&rd) && len >= (0x8000 | (SSL2_MIN - 2)) && len < 0xa000 && type == 1 &&
	       ((major == 0 && minor == 2) || (major == 3 && minor <= 3));
}

/* The hello of SSL 2 (draft-hickman-netscape-ssl-00), also of those who speak newer versions (RFC
 * 5246 E.2). */
static enum ward_verdict ssl2(struct run *r)
{
	size_t len = (size_t)(r->payload.p[0] & 0x7f) << 8 | r->payload.p[1];
	struct ward_tls_hello h;

	if (r->payload.len < len + 2)
		return more(r, len + 2);
	r->off = len + 2;
	if (!ward_tls_ssl2_hello(ward_slice_of(r->payload.p + 2, len), &h))
		return fail(r, WARD_TLS_BAD_SSL2);
	ward_tls_keep_client(r->f, &h, !r->d->from_client);
	r->side->seen = true;
	if (h.version == WARD_TLS_SSL2)
		r->f->side[0].ssl2 = r->f->side[1].ssl2 = true;
	return WARD_VERDICT_OK;
}

/* In SSL 2 nothing follows that is looked at; the first answer tells the handshake. */
static enum ward_verdict after_ssl2(struct run *r)
{
	if (!client_speaks(r))
		tell(r, "answered", (struct ward_slice){NULL, 0});
	r->off = r->payload.len;
	return r->off ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
}

static enum ward_verdict records(struct run *r)
{
	enum ward_verdict v = WARD_VERDICT_MORE;

	if (r->side->ssl2)
		return after_ssl2(r);
	if (!r->side->seen && ssl2_like(r->payload))
		return ssl2(r);
	do {
		size_t was = r->off;

		v = one_record(r);
		if (v == WARD_VERDICT_MORE && was)
			return WARD_VERDICT_OK;
	} while (v == WARD_VERDICT_OK && r->off < r->payload.len);
	return v;
}

static void tell_unanswered(struct run *r)
{
	tell(r, r->f->server.is ? "answered" : "unanswered", (struct ward_slice){NULL, 0});
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_tls_flow *f = d->flow;
	struct run r = {.d = d, .f = f, .side = &f->side[!d->from_client], .payload = payload};
	enum ward_verdict v = records(&r);

	if (v == WARD_VERDICT_OK || v == WARD_VERDICT_MALFORMED)
		d->used = r.off;
	if (d->end)
		tell_unanswered(&r);
	return v;
}

/* What was seen is told; the begin of a record is not found again. */
static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_tls_flow *f = d->flow;
	struct run r = {.d = d, .f = f, .side = &f->side[!d->from_client]};

	(void)lost;
	tell_unanswered(&r);
	return false;
}

/* A hello of either side, or the hello of SSL 2. */
static enum ward_probe probe_ssl2(struct ward_slice payload)
{
	static const uint8_t right[SSL2_FRONT] = {0x80, 0xff, 1, 3, 0};
	uint8_t front[SSL2_FRONT];
	size_t n = payload.len < SSL2_FRONT ? payload.len : SSL2_FRONT;
	struct ward_tls_hello h;

	/* what there is must fit already */
	memcpy(front, right, sizeof(front));
	memcpy(front, payload.p, n);
	if (n == 4 && !front[3])
		front[4] = 2;
	if (!ssl2_like(ward_slice_of(front, sizeof(front))))
		return WARD_PROBE_NO;
	size_t size = (size_t)(front[0] & 0x7f) << 8 | front[1];

	if (n < SSL2_FRONT || payload.len < size + 2)
		return WARD_PROBE_MORE;
	return ward_probe_of(payload.len == size + 2 &&
			     ward_tls_ssl2_hello(ward_slice_of(payload.p + 2, size), &h));
}

static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint8_t type = ward_rd_u8(&r), major = ward_rd_u8(&r), minor = ward_rd_u8(&r);
	uint16_t len = ward_rd_be16(&r);
	uint8_t message_type = ward_rd_u8(&r);

	if (type != HANDSHAKE)
		return probe_ssl2(payload);
	if ((payload.len > 1 && major != 3) || minor > 4)
		return WARD_PROBE_NO;
	if (ward_rd_bad(&r))
		return WARD_PROBE_MORE;
	return ward_probe_of(len >= 4 && len <= RECORD_MAX &&
			     (message_type == CLIENT_HELLO || message_type == SERVER_HELLO));
}

const struct ward_dissector ward_dissect_tls = {
	.name = "tls",
	.kind = WARD_DISSECT_IT,
	.title = "TLS",
	.standard = "RFC 8446 clauses 4 to 6, RFC 5246 clauses 6 and 7, RFC 6066 clause 3",
	.reads = "SNI, ALPN, what it carries (BACnet/SC, DICOM …), versions, ciphers, "
		 "certificates, JA3, JA3S, JA4, alerts, heartbeat",
	.proto = WARD_PROTO_TCP,
	/* https, smtps, ldaps, imaps, pop3s, DICOM (PS3.15 B.1), alternative https, MQTT; on others
	 * the probe finds it */
	.port = {443, 465, 636, 993, 995, 2762, 8443, 8883},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct ward_tls_flow),
	.shared_bytes = sizeof(struct ward_tls_certs),
	.start = ward_digest_start,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_tls_name_at,
};
