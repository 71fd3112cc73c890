#include "sense/net/digest.h"
#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/opcua/events.h"
#include "sense/net/proto/tls/tls.h"

enum { PORT = 4840, PENDING = 16, USER_MAX = 128 };

static const char *const names[] = {
#define X(IDENT, name) name,
	WARD_OPCUA_NAME_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_OPCUA_REASON_LIST(X)
#undef X
};

/* A request without its response yet. */
struct pending {
	bool open;
	uint8_t side, service;
	uint32_t id, type_id;
	ward_ns time;
};

/* Somebody who logs in: the last ActivateSession. */
struct logging {
	bool open, secret;
	uint8_t side, user_len;
	uint32_t id, identity;
	uint8_t user[USER_MAX];
};

struct flow {
	struct pending pending[PENDING];
	size_t next; /* place of the next: the oldest one's */
	struct logging login;
	char policy[WARD_OPCUA_POLICY_TEXT]; /* of the channel */
	uint8_t policy_len;
	uint8_t mode;      /* asked for; 0: not known */
	bool secured;      /* by a policy other than None */
	bool has_identity; /* a session was activated */
	uint32_t identity;
	bool seen;    /* a chunk was there */
	bool lost[2]; /* by side: a begin must be found again */
	struct {
		bool is;
		uint32_t request;
	} more[2]; /* by side: chunks of this message follow */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static unsigned side_of(const struct ward_dissect *d)
{
	return !d->from_client;
}

/* What the channel and the session are, in each event of a service. */
static void put_channel(const struct ward_dissect *d)
{
	const struct flow *f = d->flow;

	if (!f)
		return;
	if (f->policy_len)
		ward_emit_str(d->net, d->name[WARD_OPCUA_NAME_POLICY],
			(struct ward_str){f->policy, f->policy_len});
	if (f->mode)
		ward_opcua_put_z(d, WARD_OPCUA_NAME_MODE, ward_opcua_mode_name(f->mode));
}

static void put_identity(const struct ward_dissect *d, uint32_t identity)
{
	const char *name = ward_opcua_identity_name(identity);

	ward_opcua_put_z(d, WARD_OPCUA_NAME_IDENTITY, name ? name : "other");
}

static void emit_connect(const struct ward_dissect *d, const struct ward_opcua *m)
{
	static const enum ward_opcua_name class[] = {
		[WARD_OPCUA_KIND_HELLO] = WARD_OPCUA_NAME_CLASS_HELLO,
		[WARD_OPCUA_KIND_ACKNOWLEDGE] = WARD_OPCUA_NAME_CLASS_ACKNOWLEDGE,
		[WARD_OPCUA_KIND_ERROR] = WARD_OPCUA_NAME_CLASS_ERROR,
		[WARD_OPCUA_KIND_REVERSE_HELLO] = WARD_OPCUA_NAME_CLASS_REVERSE_HELLO,
	};

	if (!ward_emit_begin(d->net,
		    d->name[m->chunk == 'A' ? WARD_OPCUA_NAME_CLASS_ABORT : class[m->kind]]))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_opcua_put_connect(d, m);
	ward_emit_end(d->net);
}

/* The request that this answers, or NULL. */
static struct pending *request_of(const struct ward_dissect *d, const struct ward_opcua *m)
{
	struct flow *f = d->flow;

	for (size_t i = 0; f && m->request.is && i < PENDING; i++) {
		struct pending *p = &f->pending[i];

		if (p->open && p->side != side_of(d) && p->id == m->request.v &&
			(p->service == m->body.service || m->body.fault))
			return p;
	}
	return NULL;
}

static const char *outcome_of(const struct ward_opcua_body *b)
{
	if (b->status >= WARD_OPCUA_BAD || b->fault)
		return "error";
	if (!b->n_bad)
		return "ok";
	return (int64_t)b->n_bad == b->n_result.v ? "refused" : "partly";
}

static void put_answer(
	const struct ward_dissect *d, const struct ward_opcua *m, const struct pending *p)
{
	ward_opcua_put_status(d, WARD_OPCUA_NAME_STATUS, m->body.status);
	ward_opcua_put_z(d, WARD_OPCUA_NAME_OUTCOME, p ? outcome_of(&m->body) : "unrequested");
	if (p && d->net->frame->time >= p->time)
		ward_opcua_put_int(d, WARD_OPCUA_NAME_LATENCY, d->net->frame->time - p->time);
}

static enum ward_opcua_name class_of(const struct ward_dissect *d, const struct ward_opcua *m)
{
	bool response = m->readable ? m->body.response : !d->from_client;

	if (m->kind == WARD_OPCUA_KIND_OPEN)
		return response ? WARD_OPCUA_NAME_CLASS_OPENED : WARD_OPCUA_NAME_CLASS_OPEN;
	return response ? WARD_OPCUA_NAME_CLASS_RESPONSE : WARD_OPCUA_NAME_CLASS_REQUEST;
}

static void put_service(
	const struct ward_dissect *d, const struct ward_opcua *m, const struct pending *p)
{
	const struct ward_opcua_body *b = &m->body;
	const struct flow *f = d->flow;

	if (b->fault && p)
		ward_opcua_put_service(d, (enum ward_opcua_service)p->service, p->type_id);
	else if (m->kind != WARD_OPCUA_KIND_OPEN)
		ward_opcua_put_service(d, b->service, b->type_id);
	ward_opcua_put_int(d, WARD_OPCUA_NAME_REQUEST_ID, m->request.v);
	if (b->service == WARD_OPCUA_ACTIVATE_SESSION && !b->response)
		put_identity(d, b->identity);
	else if (f && f->login.open && f->login.id == m->request.v)
		put_identity(d, f->login.identity);
	else if (f && f->has_identity)
		put_identity(d, f->identity);
	if (b->response)
		put_answer(d, m, p);
	ward_opcua_put_body(d, b);
}

static void emit(const struct ward_dissect *d, const struct ward_opcua *m, const struct pending *p)
{
	if (m->kind <= WARD_OPCUA_KIND_REVERSE_HELLO) {
		emit_connect(d, m);
		return;
	}
	if ((!m->readable && m->kind != WARD_OPCUA_KIND_OPEN) ||
		!ward_emit_begin(d->net, d->name[class_of(d, m)]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_channel(d);
	if (m->kind == WARD_OPCUA_KIND_OPEN)
		ward_opcua_put_security(d, m);
	if (m->readable)
		put_service(d, m, p);
	ward_emit_end(d->net);
}

static bool begin_of_side(const struct ward_dissect *d, enum ward_opcua_name class, unsigned side)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (side != side_of(d))
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	return true;
}

static void emit_unanswered(const struct ward_dissect *d, struct pending *p)
{
	/* A server holds Publish until there is news; nobody answers to the end of a channel. */
	bool quiet = p->service == WARD_OPCUA_PUBLISH || p->service == WARD_OPCUA_CLOSE;

	if (!p->open)
		return;
	p->open = false;
	if (quiet || !ward_dissect_hears(d, p->side != 0) ||
		!begin_of_side(d, WARD_OPCUA_NAME_CLASS_UNANSWERED, p->side))
		return;
	put_channel(d);
	ward_opcua_put_service(d, (enum ward_opcua_service)p->service, p->type_id);
	ward_opcua_put_int(d, WARD_OPCUA_NAME_REQUEST_ID, p->id);
	ward_emit_end(d->net);
}

static void remember(const struct ward_dissect *d, const struct ward_opcua *m)
{
	struct flow *f = d->flow;

	if (!m->readable || m->body.response || m->body.service == WARD_OPCUA_CLOSE)
		return;
	emit_unanswered(d, &f->pending[f->next]);
	f->pending[f->next] = (struct pending){.open = true,
		.side = (uint8_t)side_of(d),
		.service = (uint8_t)m->body.service,
		.id = (uint32_t)m->request.v,
		.type_id = m->body.type_id,
		.time = d->net->frame->time};
	f->next = (f->next + 1) % PENDING;
}

/* The login is over. */
static void end_login(const struct ward_dissect *d, enum ward_login_outcome outcome)
{
	struct flow *f = d->flow;
	struct logging *l = &f->login;

	if (!l->open)
		return;
	l->open = false;
	if (outcome == WARD_LOGIN_OK) {
		f->has_identity = true;
		f->identity = l->identity;
	}
	ward_emit_login(d,
		&(struct ward_login){.user = ward_slice_of(l->user, l->user_len),
			.method = l->identity == WARD_OPCUA_USER_NAME
					  ? "password"
					  : ward_opcua_identity_name(l->identity),
			.outcome = outcome,
			.cleartext = l->secret},
		l->side != side_of(d));
}

static void see_login(const struct ward_dissect *d, const struct ward_opcua *m)
{
	struct flow *f = d->flow;
	const struct ward_opcua_body *b = &m->body;
	struct logging *l = &f->login;

	if (l->open && b->response && l->side != side_of(d) && l->id == m->request.v &&
		(b->service == WARD_OPCUA_ACTIVATE_SESSION || b->fault))
		end_login(d, b->status >= WARD_OPCUA_BAD ? WARD_LOGIN_FAILED : WARD_LOGIN_OK);
	if (b->service != WARD_OPCUA_ACTIVATE_SESSION || b->response)
		return;
	end_login(d, WARD_LOGIN_UNKNOWN);
	size_t len = b->user.len < USER_MAX ? b->user.len : (size_t)USER_MAX;

	*l = (struct logging){.open = true,
		.secret = b->secret && !f->secured,
		.side = (uint8_t)side_of(d),
		.user_len = (uint8_t)len,
		.id = (uint32_t)m->request.v,
		.identity = b->identity};
	if (len)
		memcpy(l->user, b->user.p, len);
}

/* The channel's security, before the event of its opening. */
static void see_open(const struct ward_dissect *d, const struct ward_opcua *m)
{
	struct flow *f = d->flow;

	if (m->kind == WARD_OPCUA_KIND_OPEN) {
		struct ward_wr w = ward_wr_fixed(f->policy, sizeof(f->policy));

		ward_opcua_policy_text(&w, m->policy);
		f->policy_len = (uint8_t)w.len;
		f->secured = !ward_opcua_policy_is_none(m->policy);
		if (f->secured && !m->body.mode.is && f->mode == 1)
			f->mode = 0;
	}
	if (m->readable && m->body.mode.is && m->body.mode.v > 0 && m->body.mode.v <= 3)
		f->mode = (uint8_t)m->body.mode.v;
	if (m->kind == WARD_OPCUA_KIND_MESSAGE && m->readable && f->secured)
		f->mode = 2; /* it could be read */
}

static void see(struct ward_dissect *d, const struct ward_opcua *m)
{
	struct flow *f = d->flow;
	struct pending *p = request_of(d, m);

	if (f)
		see_open(d, m);
	emit(d, m, p);
	if (p)
		p->open = false;
	if (!f)
		return;
	f->seen = true;
	f->more[side_of(d)].is = m->chunk == 'C' && m->request.is;
	f->more[side_of(d)].request = (uint32_t)m->request.v;
	if (m->readable) {
		remember(d, m);
		see_login(d, m);
	}
}

/* Bytes are missing or make no sense: look for the next begin, if this ever was OPC UA. */
static bool lose(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	if (!f || !f->seen)
		return false;
	f->lost[side_of(d)] = true;
	f->more[side_of(d)].is = false;
	return true;
}

/* After a gap only a payload that begins with a header is a begin. */
static bool found_again(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;

	if (!f || !f->lost[side_of(d)])
		return true;
	if (ward_opcua_probe(payload) != WARD_PROBE_YES) {
		d->used = payload.len;
		return false;
	}
	f->lost[side_of(d)] = false;
	return true;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	const struct flow *f = d->flow;
	struct ward_opcua_context c = {.unknown = !f || !f->policy_len};
	struct ward_opcua m;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	if (!found_again(d, payload))
		return WARD_VERDICT_OK;
	if (f) {
		c.secured = f->secured;
		c.continued = f->more[side_of(d)].is;
		c.request = f->more[side_of(d)].request;
	}
	switch (ward_opcua_parse(payload, &c, &m)) {
	case WARD_OPCUA_MORE:
		d->need = m.need;
		return WARD_VERDICT_MORE;
	case WARD_OPCUA_NOT:
		d->used = m.size;
		d->reason = m.reason;
		d->off = m.off;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	case WARD_OPCUA_WHOLE:
	default:
		break;
	}
	see(d, &m);
	if (!m.readable && m.kind > WARD_OPCUA_KIND_REVERSE_HELLO)
		d->net->count[WARD_NET_UNPARSED] += m.size;
	d->used = m.size;
	return WARD_VERDICT_OK;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	(void)lost;
	return lose(d);
}

/* Oldest first. */
static void over(struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (size_t i = 0; i < PENDING; i++)
		emit_unanswered(d, &f->pending[(f->next + i) % PENDING]);
	end_login(d, WARD_LOGIN_UNKNOWN);
}

const struct ward_dissector ward_dissect_opcua = {
	.name = "opcua",
	.kind = WARD_DISSECT_BUILDING,
	.title = "OPC UA",
	.standard = "OPC 10000-6 clauses 5.2, 6.7, 7.1, OPC 10000-4 clause 5",
	.reads = "hello, errors, secure channels with policy and certificate; of channels without "
		 "encryption every service with applications, who logs in, nodes, methods, written "
		 "numbers and results",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = ward_opcua_probe,
	.parse = parse,
	.gap = gap,
	.over = over,
	.shared_bytes = sizeof(struct ward_tls_certs),
	.start = ward_digest_start,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
