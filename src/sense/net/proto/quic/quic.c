/* QUIC in the datagrams of a flow: Initial packets are opened until both hellos were told; what
 * follows can't be read. */
#include "sense/net/digest.h"
#include "sense/net/proto/quic/flow.h"
#include "sense/net/proto/dissectors.h"

enum { PORT = 443, PORT_HTTP = 80, PORT_DOQ = 853, PORT_ALT = 8443, PACKETS = 8 };
enum { HANDSHAKE_HEAD = 4, CLIENT_HELLO = 1, SERVER_HELLO = 2 };

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_QUIC_REASON_LIST(X)
#undef X
};

static enum ward_verdict refuse(struct ward_dissect *d, enum ward_quic_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

static void use_keys(struct ward_quic_flow *f, const struct ward_quic_keys keys[2],
	const struct ward_quic_packet *p, struct ward_slice dcid)
{
	f->has_keys = true;
	f->version = p->version;
	memcpy(f->keys, keys, sizeof(f->keys));
	f->n_dcid = (uint8_t)dcid.len;
	memmove(f->dcid, dcid.p, dcid.len); /* it may be the same */
}

/* By the keys that are kept, which stay until the handshake's end. Of another version they are made
 * anew (RFC 9368 2.3: the server may have changed it). */
static bool open_kept(struct ward_quic_flow *f, const struct ward_quic_packet *p, unsigned side,
	struct ward_slice packet, struct ward_wr *plain)
{
	struct ward_slice dcid = ward_slice_of(f->dcid, f->n_dcid);
	struct ward_quic_keys keys[2];

	if (!f->has_keys)
		return false;
	if (f->version == p->version)
		return ward_quic_open(
			&f->keys[side != f->client_side], packet, p->number_at, plain);
	if (!ward_quic_derive(p->version, dcid, keys) ||
		!ward_quic_open(&keys[side != f->client_side], packet, p->number_at, plain))
		return false;
	use_keys(f, keys, p, dcid);
	return true;
}

/* By the packet's own id: the first of a client, its next after a Retry, or that of a new
 * connection on the same ports. */
static bool open_new(struct ward_dissect *d, const struct ward_quic_packet *p,
	struct ward_slice packet, struct ward_wr *plain)
{
	struct ward_quic_flow *f = d->flow;
	struct ward_quic_keys keys[2];
	/* RFC 9000 17.2.5.2: the same hello again, with the server's token */
	bool again = f->retried && f->client_told && p->token.len;
	ward_ns time = again ? f->time : d->net->frame->time;

	if (!ward_quic_derive(p->version, p->dcid, keys) ||
		!ward_quic_open(&keys[0], packet, p->number_at, plain))
		return false;
	memset(f, 0, sizeof(*f));
	f->retried = f->client_told = again;
	f->client_side = !d->from_client;
	f->time = time;
	use_keys(f, keys, p, p->dcid);
	return true;
}

/* The hello, as soon as it is whole. False: it can't be read. */
static bool see_crypto(struct ward_dissect *d, const struct ward_quic_packet *p, bool client)
{
	struct ward_quic_flow *f = d->flow;
	size_t len = ward_quic_crypto_len(&f->crypto);
	struct ward_rd r = ward_rd_from(f->crypto.byte, len);
	uint8_t type = ward_rd_u8(&r);
	uint32_t size = ward_rd_be24(&r);
	struct ward_slice body = ward_rd_bytes(&r, size);
	struct ward_tls_hello h;
	bool *told = client ? &f->client_told : &f->server_told;
	bool whole = !ward_rd_bad(&r), fits = size <= WARD_QUIC_CRYPTO - HANDSHAKE_HEAD;

	if (len < HANDSHAKE_HEAD || (!whole && fits))
		return true;
	bool good = type == (client ? CLIENT_HELLO : SERVER_HELLO);

	if (whole)
		good &= client ? ward_tls_client_hello(body, &h) : ward_tls_server_hello(body, &h);
	/* After a HelloRetryRequest the ServerHello follows (RFC 8446 4.1.4). */
	bool more = !client && whole && good && h.retry;

	*told = !more;
	if (client)
		ward_quic_tell_client(d, p, whole && good ? &h : NULL);
	else if (whole && good)
		ward_quic_tell_server(d, p, &h);
	uint64_t next = f->crypto.from + HANDSHAKE_HEAD + size;

	memset(&f->crypto, 0, sizeof(f->crypto));
	f->crypto.from = more ? next : 0;
	return good;
}

static enum ward_verdict see_plain(
	struct ward_dissect *d, const struct ward_quic_packet *p, struct ward_slice plain)
{
	struct ward_quic_flow *f = d->flow;
	struct ward_quic_close end;
	struct ward_quic_crypto none;
	bool client = !d->from_client == f->client_side;
	/* the server answers a whole hello only: one buffer is enough for both */
	bool wanted = client ? !f->client_told : f->client_told && !f->server_told;

	if (!wanted)
		memset(&none, 0, sizeof(none));
	if (!ward_quic_frames(plain, wanted ? &f->crypto : &none, &end))
		return refuse(d, WARD_QUIC_BAD_FRAME, p->number_at);
	if (end.is && !f->closed) {
		f->closed = true;
		ward_quic_tell_close(d, p, &end);
	}
	if (wanted && !see_crypto(d, p, client))
		return refuse(d, WARD_QUIC_BAD_HELLO, p->number_at);
	return WARD_VERDICT_OK;
}

static enum ward_verdict see_initial(
	struct ward_dissect *d, const struct ward_quic_packet *p, struct ward_slice packet)
{
	uint8_t buf[WARD_QUIC_PLAIN];
	struct ward_wr plain = ward_wr_fixed(buf, sizeof(buf));
	struct ward_quic_flow *f = d->flow;

	if (f->client_told && f->server_told && f->closed)
		return WARD_VERDICT_OK;
	if (!open_kept(f, p, !d->from_client, packet, &plain)) {
		ward_wr_reset(&plain);
		/* Whose key is not known says nothing; on a port of something else it is not QUIC.
		 */
		if (!open_new(d, p, packet, &plain))
			return d->trusted ? WARD_VERDICT_OK : WARD_VERDICT_FOREIGN;
	}
	return see_plain(d, p, ward_wr_slice(&plain));
}

static void see_versions(struct ward_dissect *d, const struct ward_quic_packet *p)
{
	struct ward_quic_flow *f = d->flow;

	if (!f->negotiated)
		ward_quic_tell_versions(d, p);
	f->negotiated = true;
}

static void see_retry(struct ward_dissect *d, const struct ward_quic_packet *p)
{
	struct ward_quic_flow *f = d->flow;

	if (!f->retried)
		ward_quic_tell_retry(d, p);
	f->retried = true;
}

static enum ward_verdict see_packet(
	struct ward_dissect *d, const struct ward_quic_packet *p, struct ward_slice packet)
{
	switch (p->type) {
	case WARD_QUIC_INITIAL:
		return see_initial(d, p, packet);
	case WARD_QUIC_VERSIONS:
		if (!d->trusted)
			return WARD_VERDICT_FOREIGN;
		see_versions(d, p);
		return WARD_VERDICT_OK;
	case WARD_QUIC_RETRY:
		if (!d->trusted)
			return WARD_VERDICT_FOREIGN;
		see_retry(d, p);
		return WARD_VERDICT_OK;
	case WARD_QUIC_ZERO_RTT:
	case WARD_QUIC_HANDSHAKE:
	case WARD_QUIC_OTHER:
	case WARD_QUIC_SHORT:
	default:
		return d->trusted ? WARD_VERDICT_OK : WARD_VERDICT_FOREIGN;
	}
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict verdict = WARD_VERDICT_FOREIGN;
	size_t off = 0;

	/* nothing that was cut can be opened */
	if (d->partial)
		return WARD_VERDICT_MORE;
	for (unsigned i = 0; i < PACKETS && off < payload.len; i++) {
		struct ward_slice rest = ward_slice_of(payload.p + off, payload.len - off);
		struct ward_quic_packet p;
		bool good = ward_quic_packet(rest, &p);

		/* 12.2: what follows the first packet may be padding of whatever kind */
		if (i && (!good || p.type >= WARD_QUIC_VERSIONS))
			break;
		if (!good)
			return refuse(d, p.reason, p.off);
		verdict = see_packet(d, &p, ward_slice_of(rest.p, p.size));
		if (verdict != WARD_VERDICT_OK) {
			d->off += off;
			return verdict;
		}
		d->trusted = true; /* a packet was opened */
		off += p.size;
	}
	return verdict;
}

/* A long header of a known version whose lengths fit, or a list with one. */
static bool probe(struct ward_slice payload)
{
	struct ward_quic_packet p;

	if (payload.len < 21 || !ward_quic_packet(payload, &p))
		return false;
	if (p.type != WARD_QUIC_VERSIONS)
		return p.type <= WARD_QUIC_RETRY && (p.dcid.len || p.scid.len);
	struct ward_rd r = ward_rd_slice(p.versions);

	while (ward_rd_left(&r)) /* whole versions only */
		if (ward_quic_version_name(ward_rd_be32(&r)))
			return true;
	return false;
}

static bool start(void)
{
	return ward_digest_start() && ward_quic_start();
}

const struct ward_dissector ward_dissect_quic = {
	.name = "quic",
	.kind = WARD_DISSECT_IT,
	.title = "QUIC",
	.standard = "RFC 9000 clause 17, RFC 9001 clause 5, RFC 9369 clause 3; drafts 27 to 34",
	.reads = "versions, server name, protocols, fingerprints, chosen cipher, refusals; nothing "
		 "after "
		 "the hellos",
	.proto = WARD_PROTO_UDP,
	.port = {PORT, PORT_HTTP, PORT_DOQ, PORT_ALT},
	.probe = probe,
	.parse = parse,
	.flow_bytes = sizeof(struct ward_quic_flow),
	.start = start,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_quic_name_at,
};
