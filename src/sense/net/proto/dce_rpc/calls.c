/* Which answer belongs to which call, and which context to which interface. */
#include "sense/net/proto/dce_rpc/rpc.h"

enum {
	AUTH_SPNEGO = 9,
	AUTH_NTLM = 10,
	AUTH_KERBEROS = 16,
	LEVEL_PRIVACY = 6,
	ACCESS_DENIED = 5,
};

static uint8_t side_of(const struct ward_rpc_at *at)
{
	return at->d->from_client ? 0 : 1;
}

/* What the server did next says whether it believed who logged in. */
static void settle_login(const struct ward_rpc_at *at, enum ward_login_outcome outcome)
{
	if (!at->rpc->asked)
		return;
	at->rpc->asked = false;
	ward_ntlm_tell(at->d, at->name + WARD_RPC_NAME_N, at->ntlm, outcome,
		side_of(at) != at->rpc->login_side);
}

static void see_token(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	if (!m->token.len || (m->auth_type != AUTH_SPNEGO && m->auth_type != AUTH_NTLM))
		return;
	bool before = at->ntlm->authenticated;

	(void)ward_ntlm_see(at->ntlm, m->token);
	if (at->ntlm->authenticated && !before) {
		at->rpc->asked = true;
		at->rpc->login_side = side_of(at);
	}
}

static void keep_context(struct ward_rpc *rpc, const struct ward_rpc_context *c)
{
	struct ward_rpc_context *to = NULL;

	for (size_t i = 0; i < WARD_RPC_CONTEXTS; i++)
		if (rpc->context[i].used && rpc->context[i].id == c->id)
			to = &rpc->context[i];
	if (!to) {
		to = &rpc->context[rpc->next];
		rpc->next = (uint8_t)((rpc->next + 1) % WARD_RPC_CONTEXTS);
	}
	*to = *c;
}

static void see_bind(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	struct ward_rpc_bind *b = &at->rpc->bind;

	if (b->used)
		ward_rpc_tell_bind(at, NULL);
	*b = (struct ward_rpc_bind){.used = true,
		.side = side_of(at),
		.n = (uint8_t)m->n_offer,
		.auth_type = m->auth_type,
		.auth_level = m->auth_level,
		.kerberos = m->auth_type == AUTH_KERBEROS || ward_ntlm_is_kerberos(m->token),
		.call = m->call,
		.time = at->d->net->frame->time};
	for (size_t i = 0; i < m->n_offer; i++) {
		b->offer[i] = (struct ward_rpc_context){.used = true, .id = m->offer[i].context};
		memcpy(b->offer[i].uuid, m->offer[i].uuid, sizeof(b->offer[i].uuid));
	}
}

static void see_bind_answer(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	struct ward_rpc_bind *b = &at->rpc->bind;
	bool nak = m->type == WARD_RPC_BIND_NAK;

	if (!b->used || b->side == side_of(at))
		return;
	for (size_t i = 0; i < b->n && !nak; i++)
		if (i >= m->n_offer || !m->result[i])
			keep_context(at->rpc, &b->offer[i]);
	ward_rpc_tell_bind(at, m);
	b->used = false;
	if (b->kerberos)
		ward_emit_login(at->d,
			&(struct ward_login){.method = "kerberos",
				.outcome = nak ? WARD_LOGIN_FAILED : WARD_LOGIN_OK},
			true);
	if (nak)
		settle_login(at, WARD_LOGIN_FAILED);
}

static const struct ward_rpc_context *context_of(const struct ward_rpc *rpc, uint16_t id)
{
	for (size_t i = 0; i < WARD_RPC_CONTEXTS; i++)
		if (rpc->context[i].used && rpc->context[i].id == id)
			return &rpc->context[i];
	return NULL;
}

static bool is_netlogon(const struct ward_rpc *rpc, uint16_t context)
{
	const struct ward_rpc_context *c = context_of(rpc, context);
	char uuid[WARD_RPC_UUID_TEXT];

	if (!c)
		return false;
	ward_rpc_uuid_text(c->uuid, uuid);
	return strcmp(uuid, "12345678-1234-abcd-ef00-01234567cffb") == 0;
}

static bool is_open(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	for (size_t i = 0; i < WARD_RPC_CALLS; i++) {
		const struct ward_rpc_call *c = &at->rpc->call[i];

		if (c->used && c->call == m->call && c->side == side_of(at))
			return true;
	}
	return false;
}

static void see_request(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	struct ward_rpc *rpc = at->rpc;
	struct ward_rpc_call *c = &rpc->call[0];

	/* C706 12.6.3.1: of a call in fragments the first one has what counts; some set no bit. A
	 * last one without any before is a call of which no more was seen. */
	if (!m->first && m->last && is_open(at, m))
		return;
	for (size_t i = 0; i < WARD_RPC_CALLS && c->used; i++)
		if (!rpc->call[i].used || rpc->call[i].order < c->order)
			c = &rpc->call[i];
	if (c->used)
		ward_rpc_tell_call(at, c, NULL);
	*c = (struct ward_rpc_call){.used = true,
		.side = side_of(at),
		.context = m->context,
		.opnum = m->opnum,
		.call = m->call,
		.time = at->d->net->frame->time,
		.order = rpc->order++};
	if (m->auth_level < LEVEL_PRIVACY && !m->big_endian && is_netlogon(rpc, m->context))
		ward_rpc_netlogon(m, c);
}

static void see_answer(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	bool fault = m->type == WARD_RPC_FAULT;

	if (fault && m->status == ACCESS_DENIED)
		settle_login(at, WARD_LOGIN_FAILED);
	else
		settle_login(at, WARD_LOGIN_OK);
	for (size_t i = 0; i < WARD_RPC_CALLS; i++) {
		struct ward_rpc_call *c = &at->rpc->call[i];

		if (!c->used || c->call != m->call || c->side == side_of(at))
			continue;
		ward_rpc_tell_call(at, c, m);
		c->used = false;
		return;
	}
}

void ward_rpc_see(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	at->rpc->seen = true;
	see_token(at, m);
	switch (m->type) {
	case WARD_RPC_BIND:
	case WARD_RPC_ALTER:
		see_bind(at, m);
		break;
	case WARD_RPC_BIND_ACK:
	case WARD_RPC_BIND_NAK:
	case WARD_RPC_ALTER_ACK:
		see_bind_answer(at, m);
		break;
	case WARD_RPC_REQUEST:
		see_request(at, m);
		break;
	case WARD_RPC_RESPONSE:
	case WARD_RPC_FAULT:
		see_answer(at, m);
		break;
	case WARD_RPC_AUTH3:
	case WARD_RPC_SHUTDOWN:
	case WARD_RPC_CANCEL:
	case WARD_RPC_ORPHANED:
	default:
		break;
	}
}

void ward_rpc_see_pipe(const struct ward_rpc_at *at, struct ward_slice front, size_t total)
{
	size_t *skip = &at->rpc->skip[side_of(at)];
	size_t off = *skip < total ? *skip : total;

	*skip -= off;
	while (off + WARD_RPC_HEAD <= front.len) {
		struct ward_slice rest = ward_slice_of(front.p + off, front.len - off);
		struct ward_rpc_pdu m;

		if (!ward_rpc_parse(rest, &m))
			return;
		ward_rpc_see(at, &m);
		if (m.size > total - off) {
			*skip = m.size - (total - off);
			return;
		}
		off += m.size;
	}
}

void ward_rpc_finish(const struct ward_rpc_at *at)
{
	struct ward_rpc *rpc = at->rpc;

	if (rpc->bind.used)
		ward_rpc_tell_bind(at, NULL);
	rpc->bind.used = false;
	settle_login(at, WARD_LOGIN_UNKNOWN);
	for (size_t n = 0; n < WARD_RPC_CALLS; n++) {
		struct ward_rpc_call *c = NULL;

		for (size_t i = 0; i < WARD_RPC_CALLS; i++)
			if (rpc->call[i].used && (!c || rpc->call[i].order < c->order))
				c = &rpc->call[i];
		if (!c)
			return;
		ward_rpc_tell_call(at, c, NULL);
		c->used = false;
	}
}
