/* RFB (VNC) up to its ServerInit: versions, security types, the outcome, the desktop. */
#include "sense/net/proto/rfb/rfb.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/sensor.h"

enum { PORT = 5900, CHALLENGE = 16, ARD_HEAD = 4, ARD_CREDENTIALS = 128, TEXT_MAX = 65536 };

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_RFB_REASON_LIST(X)
#undef X
};

static enum ward_verdict fail(struct ward_dissect *d, enum ward_rfb_reason reason)
{
	const struct ward_rfb_flow *f = d->flow;

	d->reason = reason;
	d->off = 0;
	return f->seen[0] || f->seen[1] ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* 7.1.1: RFB ddd.ddd and a newline. */
static bool is_version(struct ward_slice s)
{
	static const char like[] = "RFB 000.000\n";

	for (size_t i = 0; i < s.len && i < WARD_RFB_VERSION; i++)
		if (like[i] == '0' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != (uint8_t)like[i])
			return false;
	return true;
}

static enum ward_probe probe(struct ward_slice payload)
{
	if (!is_version(payload))
		return WARD_PROBE_NO;
	return payload.len < WARD_RFB_VERSION ? WARD_PROBE_MORE : WARD_PROBE_YES;
}

static enum ward_verdict want(struct ward_dissect *d, size_t n)
{
	d->need = n;
	return WARD_VERDICT_MORE;
}

static void go(const struct ward_dissect *d, enum ward_rfb_state state)
{
	((struct ward_rfb_flow *)d->flow)->state[ward_rfb_is_server(d)] = (uint8_t)state;
}

/* Both sides: nothing more is read. */
static enum ward_verdict close_up(struct ward_dissect *d, const char *outcome)
{
	struct ward_rfb_flow *f = d->flow;

	if (!f->told)
		ward_rfb_tell(d, outcome);
	f->state[0] = f->state[1] = WARD_RFB_OPAQUE;
	return WARD_VERDICT_OK;
}

/* The client's version is spoken; 7.1.1: what is not known is 3.3, newer ones are like 3.8. */
static uint8_t minor_of(const char version[WARD_RFB_VERSION - 1])
{
	uint64_t major = 0, minor = 0;

	if (!ward_str_u64((struct ward_str){version + 4, 3}, &major) ||
		!ward_str_u64((struct ward_str){version + 8, 3}, &minor))
		return 3;
	if (major > 3 || minor >= 8)
		return 8;
	return minor == 7 ? 7 : 3;
}

static enum ward_verdict at_version(struct ward_dissect *d, struct ward_slice s)
{
	struct ward_rfb_flow *f = d->flow;

	if (!is_version(s))
		return fail(d, WARD_RFB_BAD_VERSION);
	if (s.len < WARD_RFB_VERSION)
		return want(d, WARD_RFB_VERSION);
	bool server = ward_rfb_is_server(d);

	memcpy(f->version[server], s.p, sizeof(f->version[server]));
	f->seen[server] = true;
	if (!server)
		f->minor = minor_of(f->version[0]);
	go(d, WARD_RFB_AT_SECURITY);
	d->used = WARD_RFB_VERSION;
	return WARD_VERDICT_OK;
}

/* A type is chosen, by the client or in 3.3 by the server: what follows it? */
static void choose(const struct ward_dissect *d, uint8_t type)
{
	struct ward_rfb_flow *f = d->flow;
	enum ward_rfb_state next = WARD_RFB_OPAQUE;

	f->chosen = type;
	if (type == WARD_RFB_NONE)
		next = f->minor == 8 ? WARD_RFB_AT_RESULT : WARD_RFB_AT_INIT;
	else if (type == WARD_RFB_VNC || type == WARD_RFB_ARD)
		next = WARD_RFB_AT_AUTH;
	f->state[0] = f->state[1] = (uint8_t)next;
	if (next == WARD_RFB_AT_RESULT) /* the server's */
		f->state[0] = WARD_RFB_AT_INIT;
	if (next == WARD_RFB_AT_INIT)
		ward_rfb_tell_login(d, WARD_LOGIN_OK);
	if (next != WARD_RFB_OPAQUE)
		return;
	/* Types whose messages are not read, many of them TLS. */
	ward_rfb_tell_login(d, WARD_LOGIN_UNKNOWN);
	ward_rfb_tell(d, "other-security");
}

/* 7.1.2 */
static enum ward_verdict server_security(struct ward_dissect *d, struct ward_slice s)
{
	struct ward_rfb_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(s);

	if (!f->seen[0]) /* it decides the form */
		return WARD_VERDICT_MORE;
	if (f->minor == 3) {
		uint32_t type = ward_rd_be32(&r);

		if (ward_rd_bad(&r))
			return want(d, 4);
		d->used = 4;
		f->n_type = 1;
		f->type[0] = (uint8_t)(type < UINT8_MAX ? type : UINT8_MAX);
		if (type == WARD_RFB_INVALID)
			go(d, WARD_RFB_AT_REASON);
		else
			choose(d, f->type[0]);
		return WARD_VERDICT_OK;
	}
	uint8_t n = ward_rd_u8(&r);
	struct ward_slice types = ward_rd_bytes(&r, n);

	if (ward_rd_bad(&r))
		return want(d, 1 + (size_t)n);
	d->used = 1 + (size_t)n;
	f->n_type = n < WARD_RFB_TYPES ? n : WARD_RFB_TYPES;
	memcpy(f->type, types.p ? types.p : f->type, f->n_type);
	go(d, n ? WARD_RFB_AT_AUTH : WARD_RFB_AT_REASON);
	return WARD_VERDICT_OK;
}

static enum ward_verdict client_security(struct ward_dissect *d, struct ward_slice s)
{
	const struct ward_rfb_flow *f = d->flow;

	/* In 3.3 the client has nothing to say here: the server's choice moves it on. */
	if (f->minor == 3)
		return WARD_VERDICT_MORE;
	d->used = 1;
	if (!s.p[0])
		return fail(d, WARD_RFB_CHOICE);
	choose(d, s.p[0]);
	return WARD_VERDICT_OK;
}

/* 7.2.2; Apple's: a group, a public key, then encrypted credentials and the client's key. */
static enum ward_verdict at_auth(struct ward_dissect *d, struct ward_slice s)
{
	struct ward_rfb_flow *f = d->flow;
	bool server = ward_rfb_is_server(d);
	struct ward_rd r = ward_rd_slice(s);

	if (!f->chosen)
		return WARD_VERDICT_MORE;
	size_t size = CHALLENGE;

	if (f->chosen == WARD_RFB_ARD && server) {
		ward_rd_skip(&r, 2);
		size = ARD_HEAD + 2 * (size_t)ward_rd_be16(&r);
		if (ward_rd_bad(&r))
			return want(d, ARD_HEAD);
		f->n_key = (uint16_t)((size - ARD_HEAD) / 2);
	} else if (f->chosen == WARD_RFB_ARD) {
		size = ARD_CREDENTIALS + f->n_key;
	}
	if (s.len < size)
		return want(d, size);
	d->used = size;
	go(d, server ? WARD_RFB_AT_RESULT : WARD_RFB_AT_INIT);
	return WARD_VERDICT_OK;
}

/* 7.1.3 */
static enum ward_verdict at_result(struct ward_dissect *d, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	uint32_t result = ward_rd_be32(&r);

	if (ward_rd_bad(&r))
		return want(d, 4);
	d->used = 4;
	if (result > 2) /* 2: too many attempts, as some servers say */
		return fail(d, WARD_RFB_RESULT);
	ward_rfb_tell_login(d, result ? WARD_LOGIN_FAILED : WARD_LOGIN_OK);
	if (result)
		return close_up(d, "failed");
	go(d, WARD_RFB_AT_INIT);
	return WARD_VERDICT_OK;
}

/* Why there is no security type: words of the server's, not told. */
static enum ward_verdict at_reason(struct ward_dissect *d, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	uint32_t len = ward_rd_be32(&r);

	if (ward_rd_bad(&r))
		return want(d, 4);
	if (len > TEXT_MAX)
		return fail(d, WARD_RFB_LENGTH);
	d->used = 4 + (size_t)len;
	return close_up(d, "refused");
}

/* Apple's begins with something binary. Of "anna's X desktop (host:1)" the person is left out. */
static void keep_name(struct ward_rfb_flow *f, struct ward_slice name)
{
	struct ward_str s = ward_slice_text(name);

	for (size_t i = s.len; i > 0; i--)
		if (!s.p[i - 1]) {
			s = ward_str_sub(s, i, s.len);
			break;
		}
	size_t whose = ward_str_find(s, WARD_STR("'s "));

	if (whose != SIZE_MAX)
		s = ward_str_sub(s, whose + 3, s.len);
	f->n_name = (uint8_t)(s.len < WARD_RFB_NAME ? s.len : WARD_RFB_NAME);
	if (f->n_name)
		memcpy(f->name, s.p, f->n_name);
}

/* 7.3.2 */
static enum ward_verdict server_init(struct ward_dissect *d, struct ward_slice s)
{
	struct ward_rfb_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(s);
	uint16_t width = ward_rd_be16(&r), height = ward_rd_be16(&r);

	ward_rd_skip(&r, 16);
	uint32_t len = ward_rd_be32(&r);

	if (ward_rd_bad(&r))
		return want(d, 24);
	if (len > TEXT_MAX)
		return fail(d, WARD_RFB_LENGTH);
	struct ward_slice name = ward_rd_bytes(&r, len);

	if (ward_rd_bad(&r))
		return want(d, 24 + (size_t)len);
	d->used = 24 + (size_t)len;
	f->width = width;
	f->height = height;
	keep_name(f, name);
	return close_up(d, "open");
}

static enum ward_verdict client_init(struct ward_dissect *d, struct ward_slice s)
{
	((struct ward_rfb_flow *)d->flow)->shared = s.p[0] != 0;
	d->used = 1;
	go(d, WARD_RFB_OPAQUE);
	return WARD_VERDICT_OK;
}

static enum ward_verdict skip(struct ward_dissect *d, struct ward_slice s)
{
	d->used = s.len;
	return WARD_VERDICT_OK;
}

typedef enum ward_verdict read_fn(struct ward_dissect *d, struct ward_slice s);

/* By state, the client's first. */
static read_fn *const read_at[WARD_RFB_STATE_N][2] = {
	[WARD_RFB_AT_VERSION] = {at_version, at_version},
	[WARD_RFB_AT_SECURITY] = {client_security, server_security},
	[WARD_RFB_AT_AUTH] = {at_auth, at_auth},
	[WARD_RFB_AT_RESULT] = {skip, at_result},
	[WARD_RFB_AT_REASON] = {skip, at_reason},
	[WARD_RFB_AT_INIT] = {client_init, server_init},
	[WARD_RFB_OPAQUE] = {skip, skip},
};

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_rfb_flow *f = d->flow;

	/* 7.1.1: the server speaks first; of a viewer that listens it is the one who calls. */
	if (payload.len && !f->seen[0] && !f->seen[1])
		f->server_is_0 = d->from_client;
	bool server = ward_rfb_is_server(d);
	enum ward_verdict v =
		payload.len ? read_at[f->state[server]][server](d, payload) : WARD_VERDICT_MORE;
	bool all = v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len);

	f->ended[server] |= d->end && all;
	if (!f->ended[0] || !f->ended[1] || f->told || (!f->seen[0] && !f->seen[1]))
		return v;
	if (f->chosen && !f->logged_in)
		ward_rfb_tell_login(d, WARD_LOGIN_UNKNOWN);
	ward_rfb_tell(d, "incomplete");
	return v;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_rfb_flow *f = d->flow;

	(void)lost;
	f->state[0] = f->state[1] = WARD_RFB_OPAQUE;
	return f->seen[0] || f->seen[1];
}

const struct ward_dissector ward_dissect_rfb = {
	.name = "rfb",
	.kind = WARD_DISSECT_IT,
	.title = "RFB (VNC)",
	.standard = "RFC 6143 clauses 7.1 to 7.3",
	.reads = "versions, security types, outcomes of logins, size and name of the desktop",
	.proto = WARD_PROTO_TCP,
	.port = {PORT, 5901, 5500},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct ward_rfb_flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_rfb_name_at,
};
