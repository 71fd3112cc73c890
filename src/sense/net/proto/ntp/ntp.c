/* NTP: what a client asked and what it was told, and how far a peer's clock is from ours. */
#include "sense/net/proto/ntp/ntp.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                                 \
	X(CLASS, "net.ntp")                          \
	X(CLASS_CONTROL, "net.ntp.control")          \
	X(CLASS_PRIVATE, "net.ntp.private")          \
	X(VERSION, "ntp.version")                    \
	X(MODE, "ntp.mode")                          \
	X(LEAP, "ntp.leap")                          \
	X(STRATUM, "ntp.stratum")                    \
	X(POLL, "ntp.poll")                          \
	X(PRECISION, "ntp.precision")                \
	X(ROOT_DELAY, "ntp.root_delay_ns")           \
	X(ROOT_DISPERSION, "ntp.root_dispersion_ns") \
	X(REFERENCE, "ntp.reference_id")             \
	X(REFERENCE_AGE, "ntp.reference_age_ns")     \
	X(OFFSET, "ntp.offset_ns")                   \
	X(CLIENT_OFFSET, "ntp.client_offset_ns")     \
	X(KEY, "ntp.key_id")                         \
	X(EXTENSIONS, "ntp.extensions")              \
	X(OUTCOME, "ntp.outcome")                    \
	X(LATENCY, "ntp.latency_ns")                 \
	X(RESPONSE, "ntp.response")                  \
	X(OPERATION, "ntp.operation")                \
	X(CODE, "ntp.operation_code")                \
	X(ERROR, "ntp.error")                        \
	X(ASSOCIATION, "ntp.association")            \
	X(IMPLEMENTATION, "ntp.implementation")      \
	X(ITEMS, "ntp.items")                        \
	X(ITEM_BYTES, "ntp.item_bytes")              \
	X(DATA_BYTES, "ntp.data_bytes")              \
	X(MORE, "ntp.more_follows")                  \
	X(DAEMON, "ntp.daemon")                      \
	X(SYSTEM, "ntp.system")                      \
	X(PROCESSOR, "ntp.processor")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

enum { PORT = 123, TEXT = 255 };

/* A client's own time is told when it is not a random number (RFC 9109 makes it one). */
static const int64_t client_offset_max = 24 * 3600 * WARD_NS_PER_S;

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_NTP_REASON_LIST(X)
#undef X
};

static const char *const modes[] = {"reserved", "symmetric-active", "symmetric-passive", "client",
	"server", "broadcast", "control", "private"};

/* A client's request without its answer. */
struct flow {
	bool open, has_offset;
	uint8_t side, version;
	uint64_t transmit;
	int64_t client_offset;
	ward_ns time;
};

static bool name_at(size_t i, struct ward_wr *w)
{
	static const char *const name[] = {
#define X(IDENT, name) name,
		NAME_LIST(X)
#undef X
	};

	if (i >= NAME_N)
		return false;
	ward_wr_z(w, name[i]);
	return true;
}

static void put_int(const struct ward_dissect *d, enum name field, int64_t v)
{
	ward_emit_int(d->net, d->name[field], v);
}

static void put_z(const struct ward_dissect *d, enum name field, const char *forever)
{
	ward_emit_z(d->net, d->name[field], forever);
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_str s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_text_ascii(&w, ward_str_bytes(s), sizeof(text));
	if (w.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

/* RFC 5905 6: of 16.16 seconds */
static int64_t short_ns(uint32_t v)
{
	return (int64_t)((uint64_t)v * (uint64_t)WARD_NS_PER_S >> 16);
}

/* RFC 5905 7.3: letters up to stratum 1, above it an IPv4 address or a part of a hash. */
static void put_reference(const struct ward_dissect *d, const struct ward_ntp *m)
{
	const uint8_t id[] = {(uint8_t)(m->reference_id >> 24), (uint8_t)(m->reference_id >> 16),
		(uint8_t)(m->reference_id >> 8), (uint8_t)m->reference_id};
	char text[WARD_IP_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	size_t len = sizeof(id);

	if (!m->reference_id)
		return;
	if (m->stratum > 1) {
		ward_wr_printf(&w, "%u.%u.%u.%u", id[0], id[1], id[2], id[3]);
	} else {
		while (len && (id[len - 1] == 0 || id[len - 1] == ' '))
			len--;
		ward_text_ascii(&w, ward_slice_of(id, len), len);
	}
	put_text(d, NAME_REFERENCE, ward_wr_text(&w));
}

static void put_time(const struct ward_dissect *d, const struct ward_ntp *m)
{
	static const char *const leap[] = {
		"none", "last-minute-61", "last-minute-59", "unsynchronized"};

	put_z(d, NAME_LEAP, leap[m->leap]);
	put_int(d, NAME_STRATUM, m->stratum);
	put_int(d, NAME_POLL, m->poll);
	put_int(d, NAME_PRECISION, m->precision);
	put_int(d, NAME_ROOT_DELAY, short_ns(m->root_delay));
	put_int(d, NAME_ROOT_DISPERSION, short_ns(m->root_dispersion));
	put_reference(d, m);
	if (m->transmit)
		put_int(d, NAME_OFFSET, ward_ntp_offset(m->transmit, d->net->frame->time));
	if (m->reference && m->transmit >= m->reference)
		put_int(d, NAME_REFERENCE_AGE,
			(int64_t)((m->transmit - m->reference) >> 32) * WARD_NS_PER_S);
	if (m->has_mac)
		put_int(d, NAME_KEY, m->key_id);
	if (m->n_extension)
		put_int(d, NAME_EXTENSIONS, (int64_t)m->n_extension);
}

static bool begin(const struct ward_dissect *d, enum name class, bool turned)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (turned)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	return true;
}

static void put_asked(const struct ward_dissect *d, const struct flow *f)
{
	if (f->has_offset)
		put_int(d, NAME_CLIENT_OFFSET, f->client_offset);
}

static void tell_unanswered(const struct ward_dissect *d, const struct flow *f)
{
	if (!begin(d, NAME_CLASS, f->side != !d->from_client))
		return;
	put_int(d, NAME_VERSION, f->version);
	put_z(d, NAME_MODE, modes[WARD_NTP_CLIENT]);
	put_z(d, NAME_OUTCOME, "unanswered");
	put_asked(d, f);
	ward_emit_end(d->net);
}

static void on_request(const struct ward_dissect *d, const struct ward_ntp *m)
{
	struct flow *f = d->flow;
	int64_t offset = ward_ntp_offset(m->transmit, d->net->frame->time);

	if (f->open)
		tell_unanswered(d, f);
	*f = (struct flow){.open = true,
		.side = !d->from_client,
		.version = m->version,
		.transmit = m->transmit,
		.client_offset = offset,
		.has_offset =
			m->transmit && offset < client_offset_max && offset > -client_offset_max,
		.time = d->net->frame->time};
}

/* A server's answer; who asked is the source. RFC 5905 8: the origin is what the client sent. */
static void on_answer(const struct ward_dissect *d, const struct ward_ntp *m)
{
	struct flow *f = d->flow;
	bool asked = f->open && f->side != !d->from_client;
	const char *outcome = "ok";

	if (!asked)
		outcome = "unrequested";
	else if (f->transmit != m->origin)
		outcome = "origin-differs";
	else if (m->stratum == 0)
		outcome = "refused"; /* 7.4: a kiss-o'-death, its code is the reference id */
	if (!begin(d, NAME_CLASS, true))
		return;
	put_int(d, NAME_VERSION, m->version);
	put_z(d, NAME_MODE, modes[WARD_NTP_SERVER]);
	put_z(d, NAME_OUTCOME, outcome);
	put_time(d, m);
	if (asked) {
		put_asked(d, f);
		if (d->net->frame->time >= f->time)
			put_int(d, NAME_LATENCY, d->net->frame->time - f->time);
	}
	ward_emit_end(d->net);
	f->open = f->open && !asked;
}

/* Broadcast and symmetric: each stands for itself. */
static void on_peer(const struct ward_dissect *d, const struct ward_ntp *m)
{
	if (!begin(d, NAME_CLASS, false))
		return;
	put_int(d, NAME_VERSION, m->version);
	put_z(d, NAME_MODE, modes[m->mode]);
	put_time(d, m);
	ward_emit_end(d->net);
}

static void put_operation(const struct ward_dissect *d, const char *name, unsigned code)
{
	if (name)
		put_z(d, NAME_OPERATION, name);
	put_int(d, NAME_CODE, code);
}

static void on_control(const struct ward_dissect *d, const struct ward_ntp *m)
{
	/* RFC 9327 2 */
	static const char *const name[] = {NULL, "read-status", "read-variables", "write-variables",
		"read-clock-variables", "write-clock-variables", "set-trap-address",
		"async-message", "runtime-configuration", "export-configuration", "remote-status",
		"read-mru-list", "read-ordered-list", "request-nonce"};

	if (!begin(d, NAME_CLASS_CONTROL, false))
		return;
	put_int(d, NAME_VERSION, m->version);
	ward_emit_bool(d->net, d->name[NAME_RESPONSE], m->response);
	put_operation(d, m->opcode < WARD_ARRAY_LEN(name) ? name[m->opcode] : NULL, m->opcode);
	if (m->error)
		ward_emit_bool(d->net, d->name[NAME_ERROR], true);
	if (m->more)
		ward_emit_bool(d->net, d->name[NAME_MORE], true);
	put_int(d, NAME_ASSOCIATION, m->association);
	put_int(d, NAME_DATA_BYTES, (int64_t)m->data.len);
	if (m->response) {
		put_text(d, NAME_DAEMON, ward_ntp_variable(m->data, "version"));
		put_text(d, NAME_SYSTEM, ward_ntp_variable(m->data, "system"));
		put_text(d, NAME_PROCESSOR, ward_ntp_variable(m->data, "processor"));
	}
	ward_emit_end(d->net);
}

/* ntpd's ntp_request.h */
static const char *private_name(unsigned code)
{
	static const struct {
		uint8_t code;
		const char *name;
	} request[] = {{0, "peer-list"}, {1, "peer-list-sum"}, {2, "peer-info"}, {3, "peer-stats"},
		{4, "system-info"}, {5, "system-stats"}, {8, "set-system-flag"},
		{11, "unconfigure"}, {16, "restrict-list"}, {20, "monlist"}, {21, "reset-stats"},
		{22, "reset-peer"}, {35, "trap-list"}, {42, "monlist-1"}, {44, "interface-stats"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(request); i++)
		if (request[i].code == code)
			return request[i].name;
	return NULL;
}

static void on_private(const struct ward_dissect *d, const struct ward_ntp *m)
{
	if (!begin(d, NAME_CLASS_PRIVATE, false))
		return;
	put_int(d, NAME_VERSION, m->version);
	ward_emit_bool(d->net, d->name[NAME_RESPONSE], m->response);
	put_operation(d, private_name(m->opcode), m->opcode);
	put_int(d, NAME_IMPLEMENTATION, m->implementation);
	if (m->status)
		put_int(d, NAME_ERROR, m->status);
	if (m->more)
		ward_emit_bool(d->net, d->name[NAME_MORE], true);
	put_int(d, NAME_ITEMS, m->n_item);
	put_int(d, NAME_ITEM_BYTES, m->item_bytes);
	put_int(d, NAME_DATA_BYTES, (int64_t)m->data.len);
	ward_emit_end(d->net);
}

static void (*const on_mode[])(const struct ward_dissect *d, const struct ward_ntp *m) = {
	[WARD_NTP_RESERVED] = on_peer,
	[WARD_NTP_SYMMETRIC_ACTIVE] = on_peer,
	[WARD_NTP_SYMMETRIC_PASSIVE] = on_peer,
	[WARD_NTP_CLIENT] = on_request,
	[WARD_NTP_SERVER] = on_answer,
	[WARD_NTP_BROADCAST] = on_peer,
	[WARD_NTP_CONTROL] = on_control,
	[WARD_NTP_PRIVATE] = on_private,
};

/* On a port of something else: a server that tells about the time it is. */
static bool strong(const struct ward_dissect *d, const struct ward_ntp *m)
{
	int64_t offset = ward_ntp_offset(m->transmit, d->net->frame->time);

	return m->mode == WARD_NTP_SERVER && m->stratum <= 16 && m->transmit && m->receive &&
	       offset < client_offset_max && offset > -client_offset_max;
}

static bool probe(struct ward_slice payload)
{
	struct ward_ntp m;

	return ward_ntp_parse(payload, &m);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_ntp m;

	if (!ward_ntp_parse(payload, &m)) {
		if (d->partial && m.reason != WARD_NTP_BAD_VERSION)
			return WARD_VERDICT_MORE;
		d->reason = m.reason;
		d->off = m.off;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	if (!d->trusted && !strong(d, &m))
		return WARD_VERDICT_FOREIGN;
	on_mode[m.mode](d, &m);
	return WARD_VERDICT_OK;
}

const struct ward_dissector ward_dissect_ntp = {
	.name = "ntp",
	.kind = WARD_DISSECT_IT,
	.title = "NTP and SNTP",
	.standard = "RFC 5905 clause 7, RFC 9327 clause 2",
	.reads = "exchanges with stratum, reference and the clock's offset, control and private "
		 "requests",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
