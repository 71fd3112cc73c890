#include "sense/net/proto/snmp/event.h"
#include "sense/net/proto/dissectors.h"

#include "base/hash.h"
#include "sense/net/login.h"

enum { PORT_AGENT = 161, PORT_TRAP = 162, AUTHORIZATION_ERROR = 16 };

/* Whoever uses the community or the user; never 0. */
static uint64_t who(const struct ward_snmp *m)
{
	static const struct ward_seed seed = {0x776172642e736e6d, 0x70};
	struct ward_slice s = m->version == WARD_SNMP_V3 ? m->user : m->community;

	return ward_siphash(seed, s.p, s.len) ^ m->version ^ 1ull << 63;
}

static bool same(const struct ward_snmp_pending *p, const struct ward_snmp *m, bool from_client)
{
	return p->open && p->id == m->id && p->from_client == from_client &&
	       (p->version == WARD_SNMP_V3) == (m->version == WARD_SNMP_V3);
}

static struct ward_snmp_pending *find(
	struct ward_snmp_flow *f, const struct ward_snmp *m, bool from_client)
{
	for (size_t i = 0; f && i < WARD_SNMP_PENDING; i++)
		if (same(&f->pending[i], m, from_client))
			return &f->pending[i];
	return NULL;
}

/* Does it answer? What is encrypted does when it fits a request of the other side, or comes from
 * the agents' port. */
static bool answers(const struct ward_dissect *d, const struct ward_snmp *m)
{
	if (m->pdu != WARD_SNMP_PDU_ENCRYPTED)
		return m->pdu == WARD_SNMP_PDU_RESPONSE || m->pdu == WARD_SNMP_PDU_REPORT;
	return find(d->flow, m, !d->from_client) || d->packet->src_port == PORT_AGENT;
}

static bool is_trap(const struct ward_snmp *m)
{
	return m->pdu == WARD_SNMP_PDU_TRAP || m->pdu == WARD_SNMP_PDU_TRAP_V1;
}

static void tell_login(const struct ward_dissect *d, const struct ward_snmp_pending *p,
	enum ward_login_outcome outcome)
{
	struct ward_login login = {.user = ward_slice_of(p->user, p->n_user), .outcome = outcome};

	if (p->version != WARD_SNMP_V3) {
		login.method = "community";
		login.cleartext = true;
	} else {
		login.method = p->flags & WARD_SNMP_FLAG_AUTH ? "usm" : "usm_no_auth";
	}
	ward_emit_login(d, &login, p->from_client != d->from_client);
}

/* RFC 3414 2.4, 4: an empty user asks for the engine's name only. */
static bool shows_who(const struct ward_snmp_pending *p)
{
	return p->version != WARD_SNMP_V3 || p->n_user;
}

/* What an answer says of who asked; the same one is told once in a row. */
static void settle(
	const struct ward_dissect *d, const struct ward_snmp *m, const struct ward_snmp_pending *p)
{
	static const bool refused[WARD_SNMP_USM_STATS] = {
		[WARD_SNMP_UNSUPPORTED_LEVEL] = true,
		[WARD_SNMP_UNKNOWN_USER] = true,
		[WARD_SNMP_WRONG_DIGEST] = true,
		[WARD_SNMP_DECRYPTION] = true,
	};
	struct ward_snmp_flow *f = d->flow;

	if (!shows_who(p))
		return;
	if (m->pdu == WARD_SNMP_PDU_REPORT ? refused[ward_snmp_report(m)]
					   : m->error_status == AUTHORIZATION_ERROR) {
		f->who = 0;
		tell_login(d, p, WARD_LOGIN_FAILED);
	} else if (m->pdu != WARD_SNMP_PDU_REPORT && f->who != p->who) {
		f->who = p->who;
		tell_login(d, p, WARD_LOGIN_OK);
	}
}

static uint8_t keep(uint8_t to[WARD_SNMP_KEPT], struct ward_slice s)
{
	if (!s.len || s.len > WARD_SNMP_KEPT)
		return 0;
	memcpy(to, s.p, s.len);
	return (uint8_t)s.len;
}

/* An agent is silent about a wrong community (RFC 1157 4.1). */
static void unanswered(const struct ward_dissect *d, struct ward_snmp_pending *p)
{
	if (!p->open)
		return;
	p->open = false;
	ward_snmp_emit_unanswered(d, p);
	if (shows_who(p))
		tell_login(d, p, WARD_LOGIN_UNKNOWN);
}

/* Takes the place of the oldest request. */
static void remember(const struct ward_dissect *d, const struct ward_snmp *m)
{
	struct ward_snmp_flow *f = d->flow;
	struct ward_snmp_pending *p = &f->pending[f->next];

	unanswered(d, p);
	*p = (struct ward_snmp_pending){.open = true,
		.from_client = d->from_client,
		.version = m->version,
		.flags = m->flags,
		.community_default = ward_snmp_community_default(m->community),
		.pdu = m->pdu,
		.id = m->id,
		.who = who(m),
		.time = d->net->frame->time};
	p->n_user = keep(p->user, m->user);
	if (m->n_var)
		p->n_oid = keep(p->oid, m->var[0].oid);
	f->next = (f->next + 1) % WARD_SNMP_PENDING;
}

/* Oldest first. */
static void over(struct ward_dissect *d)
{
	struct ward_snmp_flow *f = d->flow;

	for (size_t i = 0; i < WARD_SNMP_PENDING; i++)
		unanswered(d, &f->pending[(f->next + i) % WARD_SNMP_PENDING]);
}

static void message(const struct ward_dissect *d, const struct ward_snmp *m)
{
	struct ward_snmp_join join = {.answer = answers(d, m)};
	struct ward_snmp_pending *p;

	if (!d->flow || is_trap(m)) {
		ward_snmp_emit(d, m, &join);
		return;
	}
	p = find(d->flow, m, d->from_client != join.answer);
	join.request = join.answer ? p : NULL;
	join.repeated = !join.answer && p;
	ward_snmp_emit(d, m, &join);
	if (join.request) {
		settle(d, m, p);
		p->open = false;
	} else if (!join.answer && !p) {
		remember(d, m);
	}
}

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_SNMP_REASON_LIST(X)
#undef X
};

const char *ward_snmp_reason_name(enum ward_snmp_reason reason)
{
	return reasons[reason];
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_snmp m;
	bool good = ward_snmp_parse(payload, &m);

	if (!good && !d->trusted)
		return WARD_VERDICT_FOREIGN;
	if (m.pdu != WARD_SNMP_PDU_N && !d->partial)
		message(d, &m);
	if (good)
		return WARD_VERDICT_OK;
	if (d->partial)
		return WARD_VERDICT_MORE;
	d->reason = m.reason;
	d->off = m.off;
	return WARD_VERDICT_MALFORMED;
}

const struct ward_dissector ward_dissect_snmp = {
	.name = "snmp",
	.kind = WARD_DISSECT_IT,
	.title = "SNMP v1, v2c, v3",
	.standard = "RFC 1157 clause 4.1, RFC 3416 clauses 3 and 4, RFC 3412 clause 6, RFC 3414 "
		    "clause 2.4",
	.reads = "requests, answers and traps with their objects, users and engines, whether a "
		 "community is a default, the devices' identity, bridges' and LLDP's tables",
	.proto = WARD_PROTO_UDP,
	.port = {PORT_AGENT, PORT_TRAP},
	.probe = ward_snmp_probe,
	.parse = parse,
	.over = over,
	.flow_bytes = sizeof(struct ward_snmp_flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_snmp_name_at,
};
