#include "sense/net/proto/sip/sip.h"

#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/text.h"

enum { PORT = 5060, AGENT = 128, ID_TEXT = 20, LINE = 2048 };

/* Fields and classes beyond the catalogue: X(IDENT, "name") */
#define NAME_LIST(X)                        \
	X(CLASS_INVITE, "net.sip.invite")   \
	X(CLASS_CALL, "net.sip.call")       \
	X(CLASS_REQUEST, "net.sip.request") \
	X(CLASS_REFUSED, "net.sip.refused") \
	X(CALL, "sip.call")                 \
	X(METHOD, "sip.method")             \
	X(STATUS, "sip.status")             \
	X(RANG, "sip.rang_ns")              \
	X(ENDED_BY, "sip.ended_by")         \
	X(AGENT, "sip.user_agent")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

/* Reasons why a message is malformed: X(IDENT, "name") */
#define REASON_LIST(X)                        \
	X(START, "net.sip.reject.start_line") \
	X(LENGTH, "net.sip.reject.length")    \
	X(FIELDS, "net.sip.reject.fields")    \
	X(LIMIT, "net.sip.reject.limit")

enum reason {
#define X(IDENT, name) REASON_##IDENT,
	REASON_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	REASON_LIST(X)
#undef X
};

/* Over TCP: of a side, from the client or not, the next begin is to be found, which is where a line
 * begins. */
enum lost { LOST_NOTHING, LOST_AT_LINE, LOST_IN_LINE };

struct flow {
	enum lost lost[2];
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

/* ---- events ---- */

static void put_text(const struct ward_dissect *d, uint32_t field, struct ward_slice s)
{
	char text[AGENT * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	s.len = s.len < AGENT ? s.len : AGENT;
	ward_net_text(&w, s, "");
	if (s.len)
		ward_emit_str(d->net, field, ward_wr_text(&w));
}

static void put_name(const struct ward_dissect *d, uint32_t field, struct ward_sip_name name)
{
	put_text(d, field, ward_slice_of(name.text, name.n));
}

static void put_id(const struct ward_dissect *d, uint64_t id)
{
	char text[ID_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_printf(&w, "%016llx", (unsigned long long)id);
	ward_emit_str(d->net, d->name[NAME_CALL], ward_wr_text(&w));
}

/* A request outside of a call, or its refusal: told from who asks. */
static void put_message(const struct ward_dissect *d, const struct ward_sip_message *m,
	enum name class, struct ward_str method)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return;
	if (m->status)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_text(d, d->name[NAME_METHOD], ward_str_bytes(method));
	if (m->status)
		ward_emit_int(d->net, d->name[NAME_STATUS], m->status);
	put_name(d, WARD_FIELD_USER, ward_sip_caller(m));
	put_name(d, WARD_FIELD_WHOM, ward_sip_called(m));
	put_id(d, ward_sip_call_id(m->call_id));
	if (!m->status)
		put_text(d, d->name[NAME_AGENT], ward_str_bytes(m->user_agent));
	ward_emit_end(d->net);
}

static void put_ends(const struct ward_dissect *d, const struct ward_sip_call *call)
{
	ward_emit_place(d->net, call->vlan);
	ward_emit_ip(d->net, WARD_FIELD_SRC_IP, call->from.ip, call->ip_version);
	ward_emit_ip(d->net, WARD_FIELD_DST_IP, call->to.ip, call->ip_version);
	ward_emit_int(d->net, WARD_FIELD_SRC_PORT, call->from.port);
	ward_emit_int(d->net, WARD_FIELD_DST_PORT, call->to.port);
	ward_emit_proto(d->net, call->proto);
}

/* How a call ended. */
struct end {
	const char *outcome, *by; /* by: caller, called or NULL; both live forever */
	unsigned status;          /* 0: none */
	bool seen;                /* the end itself was */
};

static void tell_call(
	const struct ward_dissect *d, const struct ward_sip_call *call, struct end end)
{
	ward_ns now = d->net->frame->time;

	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_CALL]))
		return;
	put_ends(d, call);
	put_name(d, WARD_FIELD_USER, call->user);
	put_name(d, WARD_FIELD_WHOM, call->called);
	put_id(d, call->id);
	ward_emit_z(d->net, WARD_FIELD_OUTCOME, end.outcome);
	if (end.status)
		ward_emit_int(d->net, d->name[NAME_STATUS], end.status);
	if (call->answered)
		ward_emit_int(d->net, d->name[NAME_RANG], call->answered - call->asked);
	else if (end.seen)
		ward_emit_int(d->net, d->name[NAME_RANG], now - call->asked);
	if (call->answered && end.seen)
		ward_emit_int(d->net, WARD_FIELD_DURATION_NS, now - call->answered);
	if (end.by)
		ward_emit_z(d->net, d->name[NAME_ENDED_BY], end.by);
	ward_emit_end(d->net);
}

static void forget(const struct ward_dissect *d, struct ward_sip_call *call)
{
	ward_lru_del(&((struct ward_sip_calls *)d->shared)->table, call);
}

static bool is_told(const struct ward_sip_call *call)
{
	return call->state == WARD_SIP_OVER || call->state == WARD_SIP_ACKED;
}

/* Nothing more is waited for: of what was not told yet the end was not seen. aged: it had the time
 * to end; else what became of it nobody knows. */
static void give_up(const struct ward_dissect *d, struct ward_sip_call *call, bool aged)
{
	bool nobody = aged && !call->answered;

	if (!call->registers && !is_told(call))
		tell_call(d, call,
			(struct end){.outcome = call->cancelled && !call->answered ? "cancelled"
						: nobody                           ? "unanswered"
										   : "unseen"});
	forget(d, call);
}

/* ---- requests ---- */

static bool is_caller(const struct ward_sip_call *call, const struct ward_packet *p)
{
	return memcmp(call->from.ip, p->src_ip, sizeof(call->from.ip)) == 0;
}

static struct ward_sip_call *begin(struct ward_dissect *d, const struct ward_sip_message *m)
{
	struct ward_sip_call *old = ward_sip_call_oldest(d->shared);

	if (old)
		give_up(d, old, false);
	return ward_sip_call_begin(d->shared, d->packet, m, d->net->frame->time);
}

/* Is the INVITE that call's: the same once more, or after a password was asked for? Any other
 * begins a call of its own, whatever of its Call-ID and tag is the same (8.1.3.5, 12.2.2): a
 * password that nobody asked for since the last request is anybody's to write. */
static bool is_same(const struct ward_dissect *d, const struct ward_sip_call *call,
	const struct ward_sip_message *m)
{
	return ward_sip_call_repeats(d->shared, call, m) ||
	       (call->state == WARD_SIP_RINGS && call->challenged && ward_sip_call_is_to(call, m));
}

/* Another one has its Call-ID and tag: both go on. */
static void set_aside(
	const struct ward_dissect *d, const struct ward_sip_message *m, struct ward_sip_call *call)
{
	for (struct ward_sip_call *there;
		(there = ward_sip_call_aside(d->shared, call, d->packet, m));)
		give_up(d, there, false);
}

static void take_invite(
	struct ward_dissect *d, const struct ward_sip_message *m, struct ward_sip_call *call)
{
	if (call && call->aside && !is_same(d, call, m)) {
		give_up(d, call, false);
		call = ward_sip_call_find(d->shared, d->packet, m);
	}
	if (call && is_same(d, call, m)) {
		call->challenged = call->challenged && ward_sip_call_repeats(d->shared, call, m);
		ward_sip_call_goes_on(d->shared, call, m);
		return;
	}
	if (call)
		set_aside(d, m, call);
	(void)begin(d, m);
	put_message(d, m, NAME_CLASS_INVITE, m->method);
}

/* Only who shows a password waits for an answer that says something of it. */
static void take_register(
	struct ward_dissect *d, const struct ward_sip_message *m, const struct ward_sip_call *call)
{
	if (call)
		return; /* sent again */
	if (m->authorization.len || m->proxy_authorization.len)
		(void)begin(d, m);
	put_message(d, m, NAME_CLASS_REQUEST, m->method);
}

/* 15.1: BYE ends the call whose tags it has. To one that nobody answered yet it is as CANCEL: the
 * answer to the INVITE says what becomes of it. */
static void take_bye(
	struct ward_dissect *d, const struct ward_sip_message *m, struct ward_sip_call *call)
{
	bool caller = is_caller(call, d->packet);
	struct ward_str tag = ward_sip_parameter(caller ? m->to : m->from, "tag");

	if (ward_sip_call_within(d->shared, call, tag)) {
		tell_call(d, call, (struct end){"answered", caller ? "caller" : "called", 0, true});
		forget(d, call);
	} else if (call->state == WARD_SIP_RINGS) {
		call->cancelled = true;
	}
}

/* Does it change a call that lasts (14.1)? Whichever side asks, one of the tags is of who answered.
 */
static bool is_within(const struct ward_dissect *d, const struct ward_sip_message *m,
	const struct ward_sip_call *call)
{
	return call &&
	       (ward_sip_call_within(d->shared, call, ward_sip_parameter(m->to, "tag")) ||
		       ward_sip_call_within(d->shared, call, ward_sip_parameter(m->from, "tag")));
}

/* RFC 3261 12.2: with a tag in To it belongs to what is under way already. */
static void take_request(struct ward_dissect *d, const struct ward_sip_message *m)
{
	struct ward_sip_call *call = ward_sip_call_find(d->shared, d->packet, m);
	bool within = ward_sip_parameter(m->to, "tag").len != 0;

	if (ward_str_eqz(m->method, "BYE")) {
		if (call)
			take_bye(d, m, call);
	} else if (ward_str_eqz(m->method, "CANCEL")) {
		if (call)
			call->cancelled = true;
	} else if (ward_str_eqz(m->method, "ACK")) {
		if (call && call->state == WARD_SIP_OVER)
			ward_sip_call_turn(d->shared, call, WARD_SIP_ACKED, d->net->frame->time);
	} else if (within && ward_str_eqz(m->method, "INVITE")) {
		if (!is_within(d, m, call)) /* a proxy passes it on all the same */
			put_message(d, m, NAME_CLASS_REQUEST, m->method);
	} else if (within || ward_str_eqz(m->method, "PRACK")) {
		return;
	} else if (ward_str_eqz(m->method, "INVITE")) {
		take_invite(d, m, call);
	} else if (ward_str_eqz(m->method, "REGISTER")) {
		take_register(d, m, call);
	} else {
		put_message(d, m, NAME_CLASS_REQUEST, m->method);
	}
}

/* ---- answers ---- */

static bool is_challenge(const struct ward_sip_message *m)
{
	return m->status == 401 || m->status == 407;
}

static bool is_stale(const struct ward_sip_message *m)
{
	for (size_t i = 0; i < m->n_challenge; i++)
		if (m->challenge[i].stale)
			return true;
	return false;
}

/* RFC 3261 22.1: a challenge that follows a password says that it was wrong, unless it was only
 * computed with a number that is too old, or another one asks: a proxy, or who is behind it. */
static bool is_wrong(const struct ward_sip_call *call, const struct ward_sip_message *m)
{
	return !is_stale(m) &&
	       ((m->status == 401 && call->shown) || (m->status == 407 && call->shown_proxy));
}

static void tell_login(const struct ward_dissect *d, struct ward_sip_call *call, bool good)
{
	ward_emit_login(d,
		&(struct ward_login){.user = ward_slice_of(call->user.text, call->user.n),
			.method = "digest",
			.outcome = good ? WARD_LOGIN_OK : WARD_LOGIN_FAILED},
		true);
	call->shown = call->shown_proxy = false;
}

static void answer_register(
	struct ward_dissect *d, const struct ward_sip_message *m, struct ward_sip_call *call)
{
	if (m->status / 100 == 2)
		tell_login(d, call, true);
	else if (is_wrong(call, m) || m->status == 403)
		tell_login(d, call, false);
	forget(d, call);
}

static void answer_invite(
	struct ward_dissect *d, const struct ward_sip_message *m, struct ward_sip_call *call)
{
	if (is_wrong(call, m))
		tell_login(d, call, false);
	call->challenged = is_challenge(m);
	if (m->status / 100 == 2) {
		ward_sip_call_answer(
			d->shared, call, ward_sip_parameter(m->to, "tag"), d->net->frame->time);
		if (call->aside)
			set_aside(d, m, call);
		return;
	}
	const char *outcome = ward_sip_refusal(m->status);

	if (!outcome)
		return;
	tell_call(d, call, (struct end){outcome, NULL, m->status, true});
	ward_sip_call_turn(d->shared, call, WARD_SIP_OVER, d->net->frame->time);
}

static void take_answer(struct ward_dissect *d, const struct ward_sip_message *m)
{
	struct ward_sip_call *call = ward_sip_call_find(d->shared, d->packet, m);
	bool invite = ward_str_eqz(m->cseq_method, "INVITE");
	bool to_caller = call && !is_caller(call, d->packet);

	if (m->status < 200)
		return;
	if (!invite && m->status >= 300 && !is_challenge(m))
		put_message(d, m, NAME_CLASS_REFUSED, m->cseq_method);
	if (to_caller && call->registers)
		answer_register(d, m, call);
	else if (to_caller && invite && call->state == WARD_SIP_RINGS && call->cseq == m->cseq)
		answer_invite(d, m, call);
}

/* ---- messages ---- */

static enum ward_verdict fail(struct ward_dissect *d, enum reason reason)
{
	d->reason = reason;
	d->off = 0;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

static enum ward_verdict read_message(struct ward_dissect *d, struct ward_slice bytes)
{
	struct ward_sip_message m;
	enum ward_err err = ward_sip_message_hear(bytes, &m);

	if (err)
		return fail(d, err == WARD_ERR_LIMIT ? REASON_LIMIT : REASON_FIELDS);
	for (struct ward_sip_call *old; (old = ward_sip_call_aged(d->shared, d->net->frame->time));)
		give_up(d, old, true);
	if (m.status)
		take_answer(d, &m);
	else
		take_request(d, &m);
	return WARD_VERDICT_OK;
}

/* RFC 3261 7.5, RFC 5626 4.4.1: line ends before a message, or alone to keep a way open. */
static size_t count_blank(struct ward_slice s)
{
	size_t n = 0;

	while (n < s.len && (s.p[n] == '\r' || s.p[n] == '\n'))
		n++;
	return n;
}

static enum ward_verdict parse_datagram(struct ward_dissect *d, struct ward_slice payload)
{
	size_t blank = count_blank(payload);
	bool whole;

	if (blank == payload.len)
		return d->trusted ? WARD_VERDICT_OK : WARD_VERDICT_FOREIGN;
	if (!ward_sip_message_begins(ward_slice_of(payload.p + blank, payload.len - blank), &whole))
		return fail(d, REASON_START);
	if (d->partial)
		return WARD_VERDICT_MORE;
	return read_message(d, payload);
}

/* A message behind `blank` line ends. */
static enum ward_verdict read_stream(
	struct ward_dissect *d, struct ward_slice payload, size_t blank)
{
	size_t size = 0;
	bool whole;

	if (!ward_sip_message_begins(ward_slice_of(payload.p + blank, payload.len - blank), &whole))
		return fail(d, REASON_START);
	enum ward_err err = ward_sip_message_size(payload, &size);

	if (err == WARD_ERR_MORE)
		return WARD_VERDICT_MORE;
	if (err)
		return fail(d, err == WARD_ERR_LIMIT ? REASON_LIMIT : REASON_LENGTH);
	if (payload.len < size) {
		d->need = size;
		return WARD_VERDICT_MORE;
	}
	d->used = size;
	return read_message(d, ward_slice_of(payload.p, size));
}

/* Uses up what is no begin, line by line, so that it does not hang on where segments are cut. */
static enum ward_verdict find_begin(
	struct ward_dissect *d, struct ward_slice payload, enum lost *lost)
{
	size_t end = ward_str_find(ward_slice_text(payload), WARD_STR("\n"));
	bool whole;

	if (*lost == LOST_AT_LINE && ward_sip_message_begins(payload, &whole)) {
		if (!whole && payload.len < LINE)
			return WARD_VERDICT_MORE;
		if (whole) {
			*lost = LOST_NOTHING;
			return read_stream(d, payload, 0);
		}
	}
	*lost = end < payload.len ? LOST_AT_LINE : LOST_IN_LINE;
	d->used = end < payload.len ? end + 1 : payload.len;
	return WARD_VERDICT_OK;
}

static enum ward_verdict parse_stream(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	enum lost *lost = &f->lost[d->from_client];
	size_t blank = *lost ? 0 : count_blank(payload);

	if (blank == payload.len) {
		d->used = blank;
		return blank ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
	}
	return *lost ? find_begin(d, payload, lost) : read_stream(d, payload, blank);
}

/* After bytes that were not seen, or a message that could not be read. */
static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->lost[d->from_client] = LOST_AT_LINE;
	return true;
}

static bool probe(struct ward_slice payload)
{
	bool whole;

	return ward_sip_message_begins(payload, &whole) && whole;
}

static enum ward_probe probe_stream(struct ward_slice payload)
{
	bool whole;

	if (!ward_sip_message_begins(payload, &whole))
		return WARD_PROBE_NO;
	return whole ? WARD_PROBE_YES : WARD_PROBE_MORE;
}

#define COMMON                                                                      \
	.name = "sip", .kind = WARD_DISSECT_IT, .port = {PORT}, .reason = reasons,  \
	.n_reason = WARD_ARRAY_LEN(reasons), .name_at = name_at,                    \
	.shared_bytes = sizeof(struct ward_sip_calls), .open = ward_sip_calls_open, \
	.close = ward_sip_calls_close

const struct ward_dissector ward_dissect_sip = {
	.title = "SIP",
	.standard = "RFC 3261 clauses 7, 9, 12, 13, 15, 21 and 22",
	.reads = "calls: who calls whom, what became of it, how long it rang and lasted; "
		 "registrations and their passwords' failures; messages",
	.proto = WARD_PROTO_UDP,
	.probe = probe,
	.parse = parse_datagram,
	COMMON,
};

const struct ward_dissector ward_dissect_sip_stream = {
	.title = "SIP over TCP",
	.standard = "RFC 3261 clauses 7 and 18.3",
	.reads = "as SIP",
	.shares = &ward_dissect_sip,
	.proto = WARD_PROTO_TCP,
	.probe_stream = probe_stream,
	.parse = parse_stream,
	.gap = gap,
	.flow_bytes = sizeof(struct flow),
	COMMON,
};
