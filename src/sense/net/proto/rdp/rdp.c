/* RDP up to where TLS, or its own encryption, begins. */
#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/rdp/rdp.h"
#include "sense/net/text.h"

enum { PORT = 3389, HEAD = 6, USER_MAX = 64, TEXT = 128, PROTOCOLS = 5 };

#define NAME_LIST(X)                              \
	X(REQUESTED, "rdp.requested_protocols")   \
	X(SELECTED, "rdp.selected_protocol")      \
	X(FAILURE, "rdp.failure")                 \
	X(RESTRICTED, "rdp.restricted_admin")     \
	X(TOKEN, "rdp.routing_token")             \
	X(OUTCOME, "rdp.outcome")                 \
	X(LATENCY, "rdp.latency_ns")              \
	X(CLIENT_NAME, "rdp.client_name")         \
	X(CLIENT_BUILD, "rdp.client_build")       \
	X(CLIENT_VERSION, "rdp.client_version")   \
	X(PRODUCT, "rdp.client_product_id")       \
	X(KEYBOARD, "rdp.keyboard_layout")        \
	X(WIDTH, "rdp.desktop_width")             \
	X(HEIGHT, "rdp.desktop_height")           \
	X(CHANNELS, "rdp.channels")               \
	X(METHODS, "rdp.encryption_methods")      \
	X(SERVER_VERSION, "rdp.server_version")   \
	X(METHOD, "rdp.encryption_method")        \
	X(LEVEL, "rdp.encryption_level")          \
	X(CLASS_CONNECTION, "net.rdp.connection") \
	X(CLASS_CLIENT, "net.rdp.client")         \
	X(CLASS_SERVER, "net.rdp.server")

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

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_RDP_REASON_LIST(X)
#undef X
};

struct flow {
	bool seen;
	bool asked, settled; /* the request, its confirmation */
	bool client_is_0;    /* side 0 asked */
	bool opaque;         /* encrypted, or its place was lost */
	bool restricted;
	bool negotiates;
	uint32_t requested;
	bool timed; /* the request's time is known */
	ward_ns time;
	uint8_t n_user, n_token;
	char user[USER_MAX], token[USER_MAX];
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static bool is_client(const struct ward_dissect *d)
{
	const struct flow *f = d->flow;

	return f->asked ? d->from_client == f->client_is_0 : d->from_client;
}

static enum ward_verdict fail(struct ward_dissect *d, enum ward_rdp_reason reason, size_t used)
{
	const struct flow *f = d->flow;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = 0;
	d->used = used;
	return WARD_VERDICT_MALFORMED;
}

static bool begin(const struct ward_dissect *d, enum name class)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (is_client(d))
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	return true;
}

static void put_text(const struct ward_dissect *d, uint32_t name, struct ward_slice s)
{
	char text[TEXT * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	s.len = s.len < TEXT ? s.len : TEXT;
	ward_net_text(&w, s, "");
	if (w.len)
		ward_emit_str(d->net, name, ward_wr_text(&w));
}

/* ASCII as it is, each other character as '?'. */
static void put_utf16(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_rd r = ward_rd_slice(s);

	while (ward_rd_left(&r) >= 2) {
		uint16_t c = ward_rd_le16(&r);

		ward_wr_ch(&w, c >= 0x20 && c < 0x7f ? (char)c : '?');
	}
	if (w.len && !ward_wr_bad(&w))
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_requested(const struct ward_dissect *d, uint32_t requested)
{
	struct ward_value *item = ward_emit_items(d->net, PROTOCOLS);
	uint32_t n = 0;

	if (!item)
		return;
	for (uint32_t bit = 1; bit <= WARD_RDP_AAD; bit <<= 1)
		if (requested & bit)
			item[n++] = ward_value_str(ward_str_z(ward_rdp_protocol_name(bit)));
	if (!n)
		item[n++] = ward_value_str(WARD_STR("rdp"));
	ward_emit_list(d->net, d->name[NAME_REQUESTED], item, n);
}

/* A name, or the number. */
static void put_named(const struct ward_dissect *d, enum name field, const char *name, uint32_t v)
{
	if (name)
		ward_emit_z(d->net, d->name[field], name);
	else
		ward_emit_int(d->net, d->name[field], v);
}

/* c: NULL: no answer came. */
static void tell_connection(const struct ward_dissect *d, const struct ward_rdp_connect *c)
{
	const struct flow *f = d->flow;
	ward_ns now = d->net->frame->time;

	if (!begin(d, NAME_CLASS_CONNECTION))
		return;
	put_text(d, WARD_FIELD_USER, ward_slice_of(f->user, f->n_user));
	put_text(d, d->name[NAME_TOKEN], ward_slice_of(f->token, f->n_token));
	if (f->negotiates)
		put_requested(d, f->requested);
	if (f->restricted)
		ward_emit_bool(d->net, d->name[NAME_RESTRICTED], true);
	if (c && c->refused)
		put_named(d, NAME_FAILURE, ward_rdp_failure_name(c->value), c->value);
	else if (c)
		put_named(d, NAME_SELECTED, ward_rdp_protocol_name(c->value), c->value);
	if (c && f->timed && now >= f->time)
		ward_emit_int(d->net, d->name[NAME_LATENCY], now - f->time);
	ward_emit_z(d->net, d->name[NAME_OUTCOME],
		!c           ? ward_dissect_silence(d, !f->client_is_0)
		: c->refused ? "refused"
			     : "accepted");
	ward_emit_end(d->net);
}

/* Who wants in shows by the cookie; whether they get in is encrypted. */
static void tell_login(const struct ward_dissect *d, const struct ward_rdp_connect *c)
{
	const struct flow *f = d->flow;
	const struct ward_login login = {.user = ward_slice_of(f->user, f->n_user),
		.method = ward_rdp_protocol_name(c->value),
		.outcome = WARD_LOGIN_UNKNOWN};

	if (!c->refused)
		ward_emit_login(d, &login, !is_client(d));
}

static void put_channels(const struct ward_dissect *d, const struct ward_rdp_client *c)
{
	struct ward_value *item = c->n_channel ? ward_emit_items(d->net, c->n_channel) : NULL;
	struct ward_wr w = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);

	if (!item)
		return;
	for (size_t i = 0; i < c->n_channel; i++) {
		size_t at = w.len;

		ward_text_ascii(&w, c->channel[i], c->channel[i].len);
		item[i] = ward_value_str(ward_str_sub(ward_wr_text(&w), at, w.len - at));
	}
	ward_emit_list(d->net, d->name[NAME_CHANNELS], item, (uint32_t)c->n_channel);
}

static void tell_client(const struct ward_dissect *d, const struct ward_rdp_client *c)
{
	if (!begin(d, NAME_CLASS_CLIENT))
		return;
	if (c->has_core) {
		put_utf16(d, NAME_CLIENT_NAME, c->name);
		ward_emit_int(d->net, d->name[NAME_CLIENT_BUILD], c->build);
		ward_emit_int(d->net, d->name[NAME_CLIENT_VERSION], c->version);
		put_utf16(d, NAME_PRODUCT, c->product);
		ward_emit_int(d->net, d->name[NAME_KEYBOARD], c->keyboard);
		ward_emit_int(d->net, d->name[NAME_WIDTH], c->width);
		ward_emit_int(d->net, d->name[NAME_HEIGHT], c->height);
	}
	put_channels(d, c);
	ward_emit_int(d->net, d->name[NAME_METHODS], c->encryption);
	ward_emit_end(d->net);
}

static void tell_server(const struct ward_dissect *d, const struct ward_rdp_server *v)
{
	if (!begin(d, NAME_CLASS_SERVER))
		return;
	if (v->has_core)
		ward_emit_int(d->net, d->name[NAME_SERVER_VERSION], v->version);
	if (v->has_security) {
		ward_emit_int(d->net, d->name[NAME_METHOD], v->method);
		ward_emit_int(d->net, d->name[NAME_LEVEL], v->level);
	}
	ward_emit_end(d->net);
}

static uint8_t keep(char to[USER_MAX], struct ward_slice s)
{
	size_t n = s.len < USER_MAX ? s.len : USER_MAX;

	if (n)
		memcpy(to, s.p, n);
	return (uint8_t)n;
}

static enum ward_verdict connect(
	struct ward_dissect *d, struct ward_slice message, enum ward_rdp_code code)
{
	struct flow *f = d->flow;
	struct ward_rdp_connect c;
	enum ward_rdp_reason reason;
	bool good = ward_rdp_connect(message, &c, &reason);

	/* Others use TPKT and X.224 too: elsewhere than on its port it must say that it is RDP. */
	if (!good || (!d->trusted && !c.negotiates && !c.user.len && !c.token.len))
		return fail(d, reason, message.len);
	d->used = message.len;
	f->seen = true;
	if (code == WARD_RDP_REQUEST) {
		f->asked = true;
		f->client_is_0 = d->from_client;
		f->settled = false;
		f->time = d->net->frame->time;
		f->timed = true;
		f->negotiates = c.negotiates;
		f->requested = c.value;
		f->restricted = c.flags & WARD_RDP_RESTRICTED_ADMIN;
		f->n_user = keep(f->user, c.user);
		f->n_token = keep(f->token, c.token);
		return WARD_VERDICT_OK;
	}
	if (!f->asked) { /* begun in the middle: whoever confirms serves */
		f->asked = true;
		f->client_is_0 = !d->from_client;
	}
	f->settled = true;
	tell_connection(d, &c);
	tell_login(d, &c);
	d->handover = c.negotiates && !c.refused && c.value != WARD_RDP_STANDARD;
	return WARD_VERDICT_OK;
}

static enum ward_verdict data(struct ward_dissect *d, struct ward_slice message)
{
	struct flow *f = d->flow;
	enum ward_rdp_reason reason;
	bool is, good;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	d->used = message.len;
	if (is_client(d)) {
		struct ward_rdp_client c;

		good = ward_rdp_client(message, &c, &is, &reason);
		if (good && is)
			tell_client(d, &c);
	} else {
		struct ward_rdp_server v;

		good = ward_rdp_server(message, &v, &is, &reason);
		if (good && is)
			tell_server(d, &v);
		f->opaque |= is; /* 1.3.1.1: no more that is worth reading */
	}
	return good ? WARD_VERDICT_OK : fail(d, reason, message.len);
}

static enum ward_verdict see(struct ward_dissect *d, struct ward_slice payload)
{
	const struct flow *f = d->flow;
	enum ward_rdp_code code;
	size_t size;

	if (!payload.len || (f->asked && !f->settled && is_client(d)))
		return WARD_VERDICT_MORE;
	if (f->opaque) {
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
	if (payload.p[0] != 3)
		return fail(d, WARD_RDP_TPKT, 0);
	d->need = HEAD;
	if (payload.len < HEAD)
		return WARD_VERDICT_MORE;
	if (!ward_rdp_head(payload, &size, &code))
		return fail(d, WARD_RDP_X224, 0);
	d->need = size;
	if (payload.len < size)
		return WARD_VERDICT_MORE;
	struct ward_slice message = ward_slice_of(payload.p, size);

	return code == WARD_RDP_DATA ? data(d, message) : connect(d, message, code);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	enum ward_verdict v = see(d, payload);
	bool all = v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len);

	if (d->end && all && f->asked && !f->settled && !is_client(d)) {
		f->settled = true;
		tell_connection(d, NULL);
	}
	return v;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->opaque = true;
	f->settled = true;
	return f->seen;
}

static enum ward_probe probe(struct ward_slice payload)
{
	static const uint8_t tpkt[] = {3, 0};
	struct ward_rdp_connect c;
	enum ward_rdp_code code;
	enum ward_rdp_reason reason;
	size_t size;

	if (memcmp(payload.p, tpkt, payload.len < 2 ? payload.len : 2) != 0)
		return WARD_PROBE_NO;
	if (payload.len < HEAD)
		return WARD_PROBE_MORE;
	if (!ward_rdp_head(payload, &size, &code) || code == WARD_RDP_DATA)
		return WARD_PROBE_NO;
	if (payload.len < size)
		return WARD_PROBE_MORE;
	return ward_probe_of(size == payload.len && ward_rdp_connect(payload, &c, &reason));
}

const struct ward_dissector ward_dissect_rdp = {
	.name = "rdp",
	.kind = WARD_DISSECT_IT,
	.title = "RDP",
	.standard = "[MS-RDPBCGR] 2.2.1",
	.reads = "who asks for a desktop, security protocols, clients' names, builds and channels",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
