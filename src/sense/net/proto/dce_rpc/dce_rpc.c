/* DCE/RPC on a TCP connection: fragments one after another (C706 12.6). */
#include "sense/net/proto/dce_rpc/rpc.h"
#include "sense/net/proto/dissectors.h"

enum {
	PORT_EPMAPPER = 135,
	FRONT_CALL = 4096,  /* bytes of a call's fragment that are read */
	FRONT_BIND = 65535, /* of others all: the token stands at the end */
};

struct flow {
	struct ward_rpc rpc;
	struct ward_ntlm_session ntlm;
	bool lost[2];
	uint8_t closed; /* sides, as bits */
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_RPC_REASON_LIST(X)
#undef X
};

static bool name_at(size_t i, struct ward_wr *w)
{
	return i < WARD_RPC_NAME_N ? ward_rpc_name_at(i, w)
				   : ward_ntlm_name_at(i - WARD_RPC_NAME_N, w);
}

static struct ward_rpc_at here(struct ward_dissect *d)
{
	struct flow *f = d->flow;

	return (struct ward_rpc_at){.d = d, .name = d->name, .rpc = &f->rpc, .ntlm = &f->ntlm};
}

static enum ward_verdict fail(struct ward_dissect *d, const struct ward_rpc_pdu *m)
{
	d->reason = m->reason;
	d->off = m->off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

static size_t front_of(const struct ward_rpc_pdu *m)
{
	bool call = m->type == WARD_RPC_REQUEST || m->type == WARD_RPC_RESPONSE;
	size_t most = call ? FRONT_CALL : FRONT_BIND;

	return m->size < most ? m->size : most;
}

/* After a gap: up to what looks like a header. */
static bool find_begin(struct ward_dissect *d, struct ward_slice payload, enum ward_verdict *ret)
{
	struct flow *f = d->flow;
	bool *lost = &f->lost[d->from_client ? 0 : 1];
	struct ward_rpc_pdu m;
	size_t at = 0;

	if (!*lost)
		return true;
	while (at + WARD_RPC_HEAD <= payload.len &&
		!ward_rpc_head(ward_slice_of(payload.p + at, payload.len - at), &m))
		at++;
	*lost = at + WARD_RPC_HEAD > payload.len;
	if (!at && !*lost)
		return true;
	d->used = at;
	*ret = at ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
	return false;
}

static enum ward_verdict parse_one(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_rpc_at at = here(d);
	struct ward_rpc_pdu m;
	enum ward_verdict v;

	if (!find_begin(d, payload, &v))
		return v;
	if (!ward_rpc_head(payload, &m))
		return m.reason == WARD_RPC_REASON_N ? WARD_VERDICT_MORE : fail(d, &m);
	if (payload.len < front_of(&m)) {
		d->need = front_of(&m);
		return WARD_VERDICT_MORE;
	}
	payload.len = front_of(&m);
	d->used = m.size;
	if (!ward_rpc_parse(payload, &m))
		return fail(d, &m);
	ward_rpc_see(&at, &m);
	return WARD_VERDICT_OK;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	enum ward_verdict v = parse_one(d, payload);

	if (d->end &&
		(v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len))) {
		struct ward_rpc_at at = here(d);

		f->closed |= d->from_client ? 1 : 2;
		if (f->closed == 3)
			ward_rpc_finish(&at);
	}
	return v;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->lost[d->from_client ? 0 : 1] = f->rpc.seen;
	return f->rpc.seen;
}

/* Of a bind and its answer there must be a context, of all the fragment bits must be usual ones. */
static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_rpc_pdu m;

	if (!ward_rpc_head(payload, &m))
		return m.reason == WARD_RPC_REASON_N ? WARD_PROBE_MORE : WARD_PROBE_NO;
	if (payload.p[3] & 0x60 || payload.p[5])
		return WARD_PROBE_NO;
	size_t front = front_of(&m);

	if (!ward_rpc_parse(payload, &m))
		return payload.len < front ? WARD_PROBE_MORE : WARD_PROBE_NO;
	if (m.type == WARD_RPC_BIND || m.type == WARD_RPC_BIND_ACK)
		return ward_probe_of(m.n_offer || payload.len < m.size);
	return WARD_PROBE_YES;
}

const struct ward_dissector ward_dissect_dce_rpc = {
	.name = "dce_rpc",
	.kind = WARD_DISSECT_IT,
	.title = "DCE/RPC, connection-oriented",
	.standard = "C706 chapter 12, MS-RPCE 2.2.2",
	.reads = "interfaces bound, operations called, faults, who logs in, ports of the endpoint "
		 "mapper, Netlogon credentials of zeros; also inside of SMB's named pipes",
	.proto = WARD_PROTO_TCP,
	.port = {PORT_EPMAPPER},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
