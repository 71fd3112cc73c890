#include "sense/net/proto/enip/enip.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

enum {
	PORT = 44818,
	PENDING = 8,
	TEXT = 64,
	PATH_TEXT = 96,
	MULTIPLE = 0x0a,
	GET_ALL = 0x01,
};

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                                     \
	X(COMMAND, "enip.command")                       \
	X(SESSION, "enip.session")                       \
	X(STATUS, "enip.status")                         \
	X(CONNECTION, "enip.connection_id")              \
	X(SEQUENCE, "enip.sequence")                     \
	X(VENDOR, "enip.vendor_id")                      \
	X(DEVICE_TYPE, "enip.device_type")               \
	X(PRODUCT_CODE, "enip.product_code")             \
	X(REVISION, "enip.revision")                     \
	X(DEVICE_STATUS, "enip.device_status")           \
	X(SERIAL, "enip.serial")                         \
	X(PRODUCT, "enip.product_name")                  \
	X(STATE, "enip.state")                           \
	X(DEVICE_IP, "enip.device_ip")                   \
	X(SERVICE, "cip.service")                        \
	X(SERVICE_CODE, "cip.service_code")              \
	X(CLASS, "cip.class")                            \
	X(INSTANCE, "cip.instance")                      \
	X(ATTRIBUTE, "cip.attribute")                    \
	X(POINT, "cip.connection_point")                 \
	X(SYMBOL, "cip.symbol")                          \
	X(CIP_STATUS, "cip.status")                      \
	X(EXTENDED, "cip.extended_status")               \
	X(ROUTED, "cip.routed")                          \
	X(EMBEDDED, "cip.embedded")                      \
	X(EMBEDDED_PATH, "cip.embedded_path")            \
	X(EMBEDDED_STATUS, "cip.embedded_status")        \
	X(EMBEDDED_SEEN, "cip.embedded_services")        \
	X(RESET_TYPE, "cip.reset_type")                  \
	X(ORIGINATOR_VENDOR, "cip.originator_vendor_id") \
	X(ORIGINATOR_SERIAL, "cip.originator_serial")    \
	X(DATA_BYTES, "cip.data_bytes")                  \
	X(OUTCOME, "enip.outcome")                       \
	X(LATENCY, "enip.latency_ns")                    \
	X(MALFORMED, "enip.malformed")                   \
	X(CLASS_IDENTITY, "net.enip.identity")           \
	X(CLASS_ACK, "net.enip.ack")                     \
	X(CLASS_UNANSWERED, "net.enip.unanswered")       \
	X(CLASS_CIP_ACK, "net.cip.ack")                  \
	X(CLASS_CIP_OTHER, "net.cip.other")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		CLASS_COMMAND, /* then classes by command and by service */
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, code, name) "net.enip." name,
		WARD_ENIP_COMMAND_LIST(X)
#undef X
#define X(class, code, name) "net.cip." name,
			WARD_CIP_SERVICE_LIST(X)
#undef X
};

static const uint16_t command_code[] = {
#define X(IDENT, code, name) code,
	WARD_ENIP_COMMAND_LIST(X)
#undef X
};

enum { CLASS_SERVICE = (int)CLASS_COMMAND + (int)WARD_ARRAY_LEN(command_code) };

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_ENIP_REASON_LIST(X)
#undef X
};

/* A request without its answer yet. */
struct pending {
	bool open, routed;
	uint16_t command;
	uint8_t context[8];
	struct ward_enip_optional sequence;
	bool has_cip;
	uint8_t service;
	struct ward_enip_optional class, instance, attribute;
	ward_ns time;
};

struct flow {
	struct pending pending[PENDING];
	size_t next;  /* place of the next request: the oldest one's */
	bool seen;    /* a valid message was there */
	bool lost[2]; /* stream, by side, server second: a begin must be found again */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

/* A port says who serves better than who was heard first: answers to a broadcast come alone. */
static bool is_response(const struct ward_dissect *d)
{
	if ((d->packet->src_port == PORT) != (d->packet->dst_port == PORT))
		return d->packet->src_port == PORT;
	return !d->from_client;
}

static uint32_t pick_class(const struct ward_dissect *d, const struct ward_enip *m, bool response)
{
	unsigned at = ward_cip_service_at(m->cip.class.v, m->cip.service);

	if (m->identity.is)
		return d->name[NAME_CLASS_IDENTITY];
	if (m->has_cip && m->cip.response)
		return d->name[NAME_CLASS_CIP_ACK];
	if (m->has_cip)
		return d->name[CLASS_SERVICE + at < WARD_ARRAY_LEN(names) ? CLASS_SERVICE + at
									  : NAME_CLASS_CIP_OTHER];
	for (size_t i = 0; !response && i < WARD_ARRAY_LEN(command_code); i++)
		if (command_code[i] == m->command)
			return d->name[CLASS_COMMAND + i];
	return d->name[NAME_CLASS_ACK];
}

static void put_named(const struct ward_dissect *d, enum name field, const char *name, uint32_t v)
{
	if (name)
		ward_emit_z(d->net, d->name[field], name);
	else
		ward_emit_int(d->net, d->name[field], v);
}

static void put_optional(
	const struct ward_dissect *d, enum name field, const struct ward_enip_optional *o)
{
	if (o->is)
		ward_emit_int(d->net, d->name[field], o->v);
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[4 * TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!s.len)
		return;
	s.len = s.len < TEXT ? s.len : TEXT;
	ward_net_text(&w, s, "");
	ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_identity(const struct ward_dissect *d, const struct ward_enip_identity *i)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	uint8_t ip[16] = {0};

	if (!i->is)
		return;
	ward_emit_int(d->net, d->name[NAME_VENDOR], i->vendor);
	ward_emit_int(d->net, d->name[NAME_DEVICE_TYPE], i->type);
	ward_emit_int(d->net, d->name[NAME_PRODUCT_CODE], i->product);
	ward_wr_printf(&w, "%u.%u", i->major, i->minor);
	ward_emit_str(d->net, d->name[NAME_REVISION], ward_wr_text(&w));
	ward_emit_int(d->net, d->name[NAME_DEVICE_STATUS], i->status);
	ward_wr_reset(&w);
	ward_wr_printf(&w, "%08x", i->serial);
	ward_emit_str(d->net, d->name[NAME_SERIAL], ward_wr_text(&w));
	put_text(d, NAME_PRODUCT, i->name);
	if (i->state.is)
		put_named(d, NAME_STATE, ward_enip_state_name(i->state.v), i->state.v);
	if (i->has_address) {
		memcpy(ip, i->address, sizeof(i->address));
		ward_emit_ip(d->net, d->name[NAME_DEVICE_IP], ip, 4);
	}
}

/* Class, instance and attribute, or the symbol. */
static void write_path(struct ward_wr *w, const struct ward_cip *c)
{
	const struct ward_enip_optional *part[] = {&c->class, &c->instance, &c->attribute};

	if (c->symbol.len) {
		ward_text_ascii(w, c->symbol, WARD_CIP_SYMBOL);
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(part) && part[i]->is; i++) {
		if (i)
			ward_wr_ch(w, '/');
		ward_wr_u64(w, part[i]->v);
	}
}

static struct ward_value service_of(const struct ward_dissect *d, const struct ward_cip *c)
{
	const char *name = ward_cip_service_name(c->class.v, c->service);

	(void)d;
	return name ? ward_value_str(ward_str_z(name)) : ward_value_int(c->service);
}

static struct ward_value path_of(const struct ward_dissect *d, const struct ward_cip *c)
{
	char text[PATH_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	write_path(&w, c);
	struct ward_str copy = ward_arena_str(&d->net->arena, ward_wr_text(&w));

	return ward_value_str(copy.p ? copy : WARD_STR(""));
}

static struct ward_value status_of(const struct ward_dissect *d, const struct ward_cip *c)
{
	const char *name = ward_cip_status_name(c->status);

	(void)d;
	return name ? ward_value_str(ward_str_z(name)) : ward_value_int(c->status);
}

static void put_column(const struct ward_dissect *d, const struct ward_enip *m, enum name field,
	struct ward_value (*of)(const struct ward_dissect *d, const struct ward_cip *c))
{
	struct ward_value *item = ward_emit_items(d->net, m->n_embedded);

	if (!item)
		return;
	for (size_t i = 0; i < m->n_embedded; i++)
		item[i] = of(d, &m->embedded[i]);
	ward_emit_list(d->net, d->name[field], item, (uint32_t)m->n_embedded);
}

/* Lists of equal length. */
static void put_embedded(const struct ward_dissect *d, const struct ward_enip *m)
{
	if (!m->n_embedded)
		return;
	put_column(d, m, NAME_EMBEDDED, service_of);
	if (m->cip.response)
		put_column(d, m, NAME_EMBEDDED_STATUS, status_of);
	else
		put_column(d, m, NAME_EMBEDDED_PATH, path_of);
	ward_emit_int(d->net, d->name[NAME_EMBEDDED_SEEN], (int64_t)m->n_embedded_seen);
}

/* A response is about what its request was about. */
static void put_cip(
	const struct ward_dissect *d, const struct ward_enip *m, const struct pending *p)
{
	const struct ward_cip *c = &m->cip;
	const struct ward_enip_optional *class = p ? &p->class : &c->class;

	put_named(d, NAME_SERVICE, ward_cip_service_name(class->v, c->service), c->service);
	ward_emit_int(d->net, d->name[NAME_SERVICE_CODE], c->service);
	put_optional(d, NAME_CLASS, class);
	put_optional(d, NAME_INSTANCE, p ? &p->instance : &c->instance);
	put_optional(d, NAME_ATTRIBUTE, p ? &p->attribute : &c->attribute);
	put_optional(d, NAME_POINT, &c->point);
	put_text(d, NAME_SYMBOL, c->symbol);
	if (c->response)
		put_named(d, NAME_CIP_STATUS, ward_cip_status_name(c->status), c->status);
	put_optional(d, NAME_EXTENDED, &c->extended);
	if (m->routed)
		ward_emit_bool(d->net, d->name[NAME_ROUTED], true);
	put_embedded(d, m);
	put_optional(d, NAME_RESET_TYPE, &m->reset_type);
	put_optional(d, NAME_ORIGINATOR_VENDOR, &m->originator_vendor);
	put_optional(d, NAME_ORIGINATOR_SERIAL, &m->originator_serial);
	ward_emit_int(d->net, d->name[NAME_DATA_BYTES], (int64_t)c->data.len);
}

/* The request of this response, or NULL. */
static struct pending *request_of(const struct ward_dissect *d, const struct ward_enip *m)
{
	struct flow *f = d->flow;

	for (size_t back = 1; m->context.len && back <= PENDING; back++) {
		struct pending *p = &f->pending[(f->next + PENDING - back) % PENDING];

		if (!p->open || p->command != m->command)
			continue;
		/* 2-4.7: connected data has a sequence, and its context says nothing. */
		if (p->sequence.is ? m->sequence.is && p->sequence.v == m->sequence.v
				   : memcmp(p->context, m->context.p, sizeof(p->context)) == 0)
			return p;
	}
	return NULL;
}

static void put_join(
	const struct ward_dissect *d, const struct ward_enip *m, const struct pending *p)
{
	bool good = m->status == 0 && m->cip.status == 0;

	ward_emit_z(d->net, d->name[NAME_OUTCOME], !p ? "unrequested" : good ? "ok" : "error");
	if (p && d->net->frame->time >= p->time)
		ward_emit_int(d->net, d->name[NAME_LATENCY], d->net->frame->time - p->time);
}

static void emit(const struct ward_dissect *d, const struct ward_enip *m, const struct pending *p)
{
	bool response = m->has_cip ? m->cip.response : is_response(d);

	if (!ward_emit_begin(d->net, pick_class(d, m, response)))
		return;
	ward_emit_packet(d->net, d->packet);
	put_named(d, NAME_COMMAND, ward_enip_command_name(m->command), m->command);
	if (m->session)
		ward_emit_int(d->net, d->name[NAME_SESSION], m->session);
	if (response)
		put_named(d, NAME_STATUS, ward_enip_status_name(m->status), m->status);
	put_optional(d, NAME_CONNECTION, &m->connection);
	put_optional(d, NAME_SEQUENCE, &m->sequence);
	put_identity(d, &m->identity);
	if (m->has_cip)
		put_cip(d, m, p);
	if (response)
		put_join(d, m, p);
	if (m->reason != WARD_ENIP_REASON_N)
		ward_emit_z(d->net, d->name[NAME_MALFORMED], reasons[m->reason]);
	ward_emit_end(d->net);
}

static void emit_unanswered(const struct ward_dissect *d, const struct pending *p)
{
	if (!ward_dissect_hears(d, d->from_client == is_response(d)) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (is_response(d))
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_named(d, NAME_COMMAND, ward_enip_command_name(p->command), p->command);
	if (p->has_cip) {
		put_named(
			d, NAME_SERVICE, ward_cip_service_name(p->class.v, p->service), p->service);
		put_optional(d, NAME_CLASS, &p->class);
		put_optional(d, NAME_INSTANCE, &p->instance);
	}
	ward_emit_end(d->net);
}

static bool expects_answer(const struct ward_enip *m)
{
	return m->command != WARD_ENIP_C_NOP && m->command != WARD_ENIP_C_UNREGISTER &&
	       m->command != WARD_ENIP_C_CANCEL;
}

/* Takes the place of the oldest request; if that one was never answered, says so. */
static void remember(const struct ward_dissect *d, const struct ward_enip *m)
{
	struct flow *f = d->flow;
	struct pending *p = &f->pending[f->next];

	if (is_response(d) || !expects_answer(m))
		return;
	if (p->open)
		emit_unanswered(d, p);
	*p = (struct pending){.open = true,
		.command = m->command,
		.sequence = m->sequence,
		.has_cip = m->has_cip,
		.service = m->cip.service,
		.class = m->cip.class,
		.instance = m->cip.instance,
		.attribute = m->cip.attribute,
		.time = d->net->frame->time};
	memcpy(p->context, m->context.p, sizeof(p->context));
	f->next = (f->next + 1) % PENDING;
}

static void end_of_side(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (size_t i = 0; is_response(d) && i < PENDING; i++) {
		struct pending *p = &f->pending[(f->next + i) % PENDING];

		if (p->open)
			emit_unanswered(d, p);
		p->open = false;
	}
}

static enum ward_verdict refuse(struct ward_dissect *d, enum ward_enip_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* One whole message of m->size bytes. */
static enum ward_verdict message(
	struct ward_dissect *d, struct ward_slice payload, struct ward_enip *m)
{
	struct flow *f = d->flow;
	bool good = ward_enip_parse(payload, m);

	if (!d->trusted && !good)
		return WARD_VERDICT_FOREIGN;
	struct pending *p = is_response(d) ? request_of(d, m) : NULL;

	/* All of the identity object is asked for in CIP too. */
	if (p && m->has_cip && m->cip.response && m->cip.service == GET_ALL && !m->cip.status &&
		p->class.v == WARD_CIP_CLASS_IDENTITY) {
		struct ward_rd r = ward_rd_slice(m->cip.data);

		(void)ward_cip_identity(&r, &m->identity);
	}
	emit(d, m, p);
	if (p)
		p->open = false;
	if (good)
		remember(d, m);
	f->seen |= good;
	d->used = m->size;
	return good ? WARD_VERDICT_OK : refuse(d, m->reason, m->off);
}

static enum ward_verdict parse_datagram(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_enip m;

	switch (ward_enip_frame(payload, &m)) {
	case WARD_ENIP_NOT:
		return refuse(d, m.reason, m.off);
	case WARD_ENIP_MORE:
		return d->partial ? WARD_VERDICT_MORE
				  : refuse(d, WARD_ENIP_HEADER_SHORT, payload.len);
	case WARD_ENIP_WHOLE:
	default:
		break;
	}
	if (m.size != payload.len)
		return refuse(d, WARD_ENIP_LENGTH, m.size);
	return message(d, payload, &m);
}

/* Whole and right, and not only zeros, which a NOP may be. */
static bool begins(struct ward_slice payload)
{
	struct ward_enip m;

	return ward_enip_parse(payload, &m) && m.command != WARD_ENIP_C_NOP &&
	       ward_enip_status_name(m.status);
}

static enum ward_probe probe_stream(struct ward_slice payload)
{
	struct ward_enip m;

	switch (ward_enip_frame(payload, &m)) {
	case WARD_ENIP_NOT:
		return WARD_PROBE_NO;
	case WARD_ENIP_MORE:
		return payload.len < 2 || m.command != WARD_ENIP_C_NOP ? WARD_PROBE_MORE
								       : WARD_PROBE_NO;
	case WARD_ENIP_WHOLE:
	default:
		return ward_probe_of(begins(payload));
	}
}

static bool probe_datagram(struct ward_slice payload)
{
	struct ward_enip m;

	return begins(payload) && ward_enip_parse(payload, &m) && m.size == payload.len;
}

static enum ward_verdict one_of_stream(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	bool *lost = &f->lost[is_response(d)];
	struct ward_enip m;

	if (*lost && payload.len && !begins(payload)) {
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
	*lost = false;
	switch (ward_enip_frame(payload, &m)) {
	case WARD_ENIP_NOT:
		return refuse(d, m.reason, m.off);
	case WARD_ENIP_MORE:
		d->need = m.size;
		return WARD_VERDICT_MORE;
	case WARD_ENIP_WHOLE:
	default:
		return message(d, payload, &m);
	}
}

static enum ward_verdict parse_stream(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict v = one_of_stream(d, payload);

	if (d->end && (v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len)))
		end_of_side(d);
	return v;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->lost[is_response(d)] = true;
	return f->seen;
}

const struct ward_dissector ward_dissect_enip = {
	.name = "enip",
	.kind = WARD_DISSECT_BUILDING,
	.title = "EtherNet/IP with CIP",
	.standard = "CIP Volume 2 chapter 2, Volume 1 chapters 2 and 3",
	.reads = "sessions, identity, CIP services with class, instance and attribute or symbol, "
		 "routed and multiple ones, status",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe_stream,
	.parse = parse_stream,
	.gap = gap,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};

const struct ward_dissector ward_dissect_enip_udp = {
	.name = "enip",
	.kind = WARD_DISSECT_BUILDING,
	.title = "EtherNet/IP over UDP",
	.standard = "CIP Volume 2 chapter 2",
	.reads = "as EtherNet/IP; it is how devices are found",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe_datagram,
	.parse = parse_datagram,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
