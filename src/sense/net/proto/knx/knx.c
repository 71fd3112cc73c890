#include "sense/net/proto/knx/knx.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/text.h"

enum {
	PORT = 3671,
	PENDING = 8,
	TEXT = 64,
};

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                              \
	X(SERVICE, "knx.service")                 \
	X(CONTROL_IP, "knx.control_ip")           \
	X(CONTROL_PORT, "knx.control_port")       \
	X(DATA_IP, "knx.data_ip")                 \
	X(DATA_PORT, "knx.data_port")             \
	X(SERIAL, "knx.serial")                   \
	X(MAC, "knx.mac")                         \
	X(MULTICAST, "knx.multicast")             \
	X(DEVICE_NAME, "knx.device_name")         \
	X(FAMILIES, "knx.families")               \
	X(DATA, "knx.data")                       \
	X(SECURE, "knx.secure")                   \
	X(OUTCOME, "knx.outcome")                 \
	X(LATENCY, "knx.latency_ns")              \
	X(ANOMALY, "knx.anomaly")                 \
	X(MALFORMED, "knx.malformed")             \
	X(CLASS_UNANSWERED, "net.knx.unanswered") \
	X(CLASS_OTHER, "net.knx.other")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_NUMBER, /* then the numbers of knx.h, the classes by service, APCI and message
			      */
};

static const char *const fixed_names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, name, format) name,
		WARD_KNX_NUMBER_LIST(X)
#undef X
#define X(IDENT, code, name, body) "net.knx." name,
			WARD_KNX_SERVICE_LIST(X)
#undef X
#define X(IDENT, code, mask, name, body) "net.knx." name,
				WARD_KNX_APCI_LIST(X)
#undef X
#define X(IDENT, code, name, class) "net.knx." class,
					WARD_KNX_MESSAGE_LIST(X)
#undef X
};

static const uint16_t service_code[] = {
#define X(IDENT, code, name, body) code,
	WARD_KNX_SERVICE_LIST(X)
#undef X
};

static const uint16_t apci_code[] = {
#define X(IDENT, code, mask, name, body) code,
	WARD_KNX_APCI_LIST(X)
#undef X
};

static const uint16_t message_code[] = {
#define X(IDENT, code, name, class) code,
	WARD_KNX_MESSAGE_LIST(X)
#undef X
};

enum {
	CLASS_SERVICE = (int)NAME_NUMBER + (int)WARD_KNX_NUMBERS,
	CLASS_APCI = CLASS_SERVICE + (int)WARD_ARRAY_LEN(service_code),
	CLASS_MESSAGE = CLASS_APCI + (int)WARD_ARRAY_LEN(apci_code),
};

static const uint8_t number_format[] = {
#define X(IDENT, name, format) WARD_KNX_AS_##format,
	WARD_KNX_NUMBER_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_KNX_REASON_LIST(X)
#undef X
};

/* A request without its answer yet. */
struct pending {
	uint16_t service; /* 0: free */
	uint8_t channel, sequence;
	bool from_client;
	const char *name;
	ward_ns time;
};

struct flow {
	struct pending pending[PENDING];
	size_t next;  /* place of the next request: the oldest one's */
	bool lost[2]; /* stream, by side: a begin must be found again */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(fixed_names))
		return false;
	ward_wr_z(w, fixed_names[i]);
	return true;
}

static size_t find(const uint16_t *code, size_t n, uint32_t v)
{
	size_t i = 0;

	while (i < n && code[i] != v)
		i++;
	return i;
}

static bool carries_frame(const struct ward_knx *m)
{
	return m->n[WARD_KNX_N_MESSAGE].is;
}

/* What goes over the bus by what it does there; an interface's repetition of what it was told to
 * send is a confirmation; all else by the service. */
static uint32_t pick_class(const struct ward_dissect *d, const struct ward_knx *m)
{
	uint32_t message = m->n[WARD_KNX_N_MESSAGE].v;
	size_t i;

	if (!carries_frame(m)) {
		i = find(service_code, WARD_ARRAY_LEN(service_code), m->service);
		return d->name[i < WARD_ARRAY_LEN(service_code) ? CLASS_SERVICE + i
								: NAME_CLASS_OTHER];
	}
	if (m->n[WARD_KNX_N_APCI].is && message != WARD_KNX_M_DATA_CON) {
		i = find(apci_code, WARD_ARRAY_LEN(apci_code), m->n[WARD_KNX_N_APCI].v);
		return d->name[CLASS_APCI + i];
	}
	i = find(message_code, WARD_ARRAY_LEN(message_code), message);
	return d->name[i < WARD_ARRAY_LEN(message_code) ? CLASS_MESSAGE + i : NAME_CLASS_OTHER];
}

static void put_endpoint(const struct ward_dissect *d, enum name ip, enum name port,
	const struct ward_knx_endpoint *e)
{
	uint8_t address[16] = {0};

	if (!e->is)
		return;
	memcpy(address, e->ip, sizeof(e->ip));
	ward_emit_ip(d->net, d->name[ip], address, 4);
	ward_emit_int(d->net, d->name[port], e->port);
}

static void put_hex(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[2 * WARD_KNX_DATA_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!s.len)
		return;
	ward_wr_hex(&w, ward_slice_of(s.p, s.len < WARD_KNX_DATA_MAX ? s.len : WARD_KNX_DATA_MAX));
	ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

/* 3.3.2 1.4: area.line.device; of a group the usual three levels. */
static void put_address(const struct ward_dissect *d, uint32_t name, uint32_t v, bool group)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&w, group ? v >> 11 : v >> 12);
	ward_wr_ch(&w, group ? '/' : '.');
	ward_wr_u64(&w, v >> 8 & (group ? 7U : 15U));
	ward_wr_ch(&w, group ? '/' : '.');
	ward_wr_u64(&w, v & 255);
	ward_emit_str(d->net, name, ward_wr_text(&w));
}

static void put_number(const struct ward_dissect *d, size_t i, uint32_t v)
{
	uint32_t name = d->name[NAME_NUMBER + i];
	const char *text = ward_knx_name(number_format[i], v);

	if (text)
		ward_emit_z(d->net, name, text);
	else if (number_format[i] == WARD_KNX_AS_FLAG)
		ward_emit_bool(d->net, name, v != 0);
	else if (number_format[i] == WARD_KNX_AS_INDIVIDUAL ||
		 number_format[i] == WARD_KNX_AS_GROUP)
		put_address(d, name, v, number_format[i] == WARD_KNX_AS_GROUP);
	else
		ward_emit_int(d->net, name, v);
}

static void put_families(const struct ward_dissect *d, const struct ward_knx *m)
{
	struct ward_value *item = m->n_family ? ward_emit_items(d->net, m->n_family) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < m->n_family; i++) {
		const char *name = ward_knx_name(WARD_KNX_AS_FAMILY, m->family[i]);

		item[i] = name ? ward_value_str(ward_str_z(name)) : ward_value_int(m->family[i]);
	}
	ward_emit_list(d->net, d->name[NAME_FAMILIES], item, (uint32_t)m->n_family);
}

static void put_device(const struct ward_dissect *d, const struct ward_knx *m)
{
	char text[TEXT * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	uint8_t address[16] = {0};

	put_hex(d, NAME_SERIAL, m->serial);
	if (m->mac.len == 6)
		ward_emit_mac(d->net, d->name[NAME_MAC], m->mac.p);
	if (m->multicast.len == 4) {
		memcpy(address, m->multicast.p, 4);
		ward_emit_ip(d->net, d->name[NAME_MULTICAST], address, 4);
	}
	if (m->name.len) {
		ward_net_text(&w, m->name, "");
		ward_emit_str(d->net, d->name[NAME_DEVICE_NAME], ward_wr_text(&w));
	}
	put_families(d, m);
}

/* An answer that is to go elsewhere than where the question came from. All zero means: back. */
static bool answers_elsewhere(const struct ward_dissect *d, const struct ward_knx *m)
{
	static const uint8_t back[4];
	bool asks =
		m->service != WARD_KNX_S_SEARCH_RESPONSE && m->service != WARD_KNX_S_SEARCH_ANSWER;

	return asks && m->control.is && d->packet->ip_version == 4 &&
	       memcmp(m->control.ip, back, sizeof(back)) != 0 &&
	       memcmp(m->control.ip, d->packet->src_ip, sizeof(m->control.ip)) != 0;
}

static bool is_secure(const struct ward_knx *m)
{
	return m->service >> 8 == WARD_KNX_S_SECURE >> 8 ||
	       m->n[WARD_KNX_N_APCI].v == WARD_KNX_A_SECURE_SERVICE;
}

static void put_body(const struct ward_dissect *d, const struct ward_knx *m)
{
	if (m->service_name)
		ward_emit_z(d->net, d->name[NAME_SERVICE], m->service_name);
	else
		ward_emit_int(d->net, d->name[NAME_SERVICE], m->service);
	for (size_t i = 0; i < WARD_KNX_NUMBERS; i++)
		if (m->n[i].is)
			put_number(d, i, m->n[i].v);
	put_endpoint(d, NAME_CONTROL_IP, NAME_CONTROL_PORT, &m->control);
	put_endpoint(d, NAME_DATA_IP, NAME_DATA_PORT, &m->data_endpoint);
	put_device(d, m);
	put_hex(d, NAME_DATA, m->data);
	if (is_secure(m))
		ward_emit_bool(d->net, d->name[NAME_SECURE], true);
}

static bool is_answer(const struct ward_knx *m)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(service_code); i++)
		if (ward_knx_answer(service_code[i]) == m->service)
			return true;
	return false;
}

static bool is_ack(const struct ward_knx *m)
{
	return m->service == WARD_KNX_S_TUNNELLING_ACK ||
	       m->service == WARD_KNX_S_CONFIGURATION_ACK;
}

/* The request that the other side sent and this answers, or NULL. */
static struct pending *request_of(const struct ward_dissect *d, const struct ward_knx *m)
{
	struct flow *f = d->flow;

	for (size_t back = 1; f && back <= PENDING; back++) {
		struct pending *p = &f->pending[(f->next + PENDING - back) % PENDING];

		if (p->service && p->from_client != d->from_client &&
			ward_knx_answer(p->service) == m->service &&
			(!is_ack(m) || (p->channel == m->n[WARD_KNX_N_CHANNEL].v &&
					       p->sequence == m->n[WARD_KNX_N_SEQUENCE].v)))
			return p;
	}
	return NULL;
}

static void put_join(
	const struct ward_dissect *d, const struct ward_knx *m, const struct pending *p)
{
	const struct ward_knx_optional *status = &m->n[WARD_KNX_N_STATUS];

	ward_emit_z(d->net, d->name[NAME_OUTCOME],
		!p                             ? "unrequested"
		: status->is && status->v != 0 ? "error"
					       : "ok");
	if (p && d->net->frame->time >= p->time)
		ward_emit_int(d->net, d->name[NAME_LATENCY], d->net->frame->time - p->time);
}

static void emit(const struct ward_dissect *d, const struct ward_knx *m, const struct pending *p)
{
	if (!ward_emit_begin(d->net, pick_class(d, m)))
		return;
	ward_emit_packet(d->net, d->packet);
	put_body(d, m);
	if (is_answer(m))
		put_join(d, m, p);
	if (m->failed.is)
		ward_emit_z(d->net, d->name[NAME_OUTCOME], m->failed.v ? "error" : "ok");
	if (answers_elsewhere(d, m))
		ward_emit_z(d->net, d->name[NAME_ANOMALY], "answer_elsewhere");
	if (m->reason != WARD_KNX_REASON_N)
		ward_emit_z(d->net, d->name[NAME_MALFORMED], reasons[m->reason]);
	ward_emit_end(d->net);
}

/* 3.5.2 3.5.2: an access key goes over the bus in the clear. */
static void emit_key(const struct ward_dissect *d, const struct ward_knx *m)
{
	static const struct ward_login login = {
		.method = "access_key", .outcome = WARD_LOGIN_UNKNOWN, .cleartext = true};

	if (m->n[WARD_KNX_N_APCI].v == WARD_KNX_A_AUTHORIZE &&
		m->n[WARD_KNX_N_MESSAGE].v != WARD_KNX_M_DATA_CON)
		ward_emit_login(d, &login, false);
}

static void emit_unanswered(const struct ward_dissect *d, const struct pending *p)
{
	if (!ward_dissect_hears(d, !p->from_client) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (p->from_client == d->from_client)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	ward_emit_z(d->net, d->name[NAME_SERVICE], p->name);
	ward_emit_end(d->net);
}

/* Takes the place of the oldest request; if that one was never answered, says so. */
static void remember(const struct ward_dissect *d, const struct ward_knx *m)
{
	struct flow *f = d->flow;
	bool acked = m->service == WARD_KNX_S_TUNNELLING || m->service == WARD_KNX_S_CONFIGURATION;

	/* 3.8.2 5.2: over TCP nothing is acknowledged. */
	if (!f || !ward_knx_answer(m->service) || (acked && d->packet->proto == WARD_PROTO_TCP))
		return;
	struct pending *p = &f->pending[f->next];

	if (p->service)
		emit_unanswered(d, p);
	*p = (struct pending){.service = m->service,
		.channel = (uint8_t)m->n[WARD_KNX_N_CHANNEL].v,
		.sequence = (uint8_t)m->n[WARD_KNX_N_SEQUENCE].v,
		.from_client = d->from_client,
		.name = m->service_name,
		.time = d->net->frame->time};
	f->next = (f->next + 1) % PENDING;
}

static void end_of_side(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (size_t i = 0; f && i < PENDING; i++) {
		struct pending *p = &f->pending[(f->next + i) % PENDING];

		if (!p->service || p->from_client == d->from_client)
			continue;
		emit_unanswered(d, p);
		p->service = 0;
	}
}

/* What is told only when something is wrong: acknowledgements, of interfaces and of devices. */
static bool is_routine(const struct ward_knx *m, const struct pending *p)
{
	if (m->reason != WARD_KNX_REASON_N)
		return false;
	if (is_ack(m))
		return p && m->n[WARD_KNX_N_STATUS].v == 0;
	return m->n[WARD_KNX_N_TRANSPORT].v == WARD_KNX_T_ACK;
}

static enum ward_verdict refuse(struct ward_dissect *d, enum ward_knx_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* One whole message of m->size bytes. */
static enum ward_verdict message(
	struct ward_dissect *d, struct ward_slice payload, struct ward_knx *m)
{
	bool good = ward_knx_parse(payload, m);

	/* On a port of something else only what is known and right counts. */
	if (!d->trusted && (!good || !m->service_name))
		return WARD_VERDICT_FOREIGN;
	struct pending *p = request_of(d, m);

	if (!is_routine(m, p))
		emit(d, m, p);
	if (p)
		p->service = 0;
	if (good) {
		emit_key(d, m);
		remember(d, m);
	}
	d->used = m->size;
	return good ? WARD_VERDICT_OK : refuse(d, m->reason, m->off);
}

static enum ward_verdict parse_datagram(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_knx m;

	switch (ward_knx_frame(payload, &m)) {
	case WARD_KNX_NOT:
		return refuse(d, m.reason, m.off);
	case WARD_KNX_MORE:
		return d->partial ? WARD_VERDICT_MORE
				  : refuse(d, WARD_KNX_HEADER_SHORT, payload.len);
	case WARD_KNX_WHOLE:
	default:
		break;
	}
	if (m.size != payload.len)
		return refuse(d, WARD_KNX_TOTAL_LENGTH, m.size);
	return message(d, payload, &m);
}

/* Right so far, and a service that the standard knows. */
static bool begins(struct ward_slice payload)
{
	struct ward_knx m;

	switch (ward_knx_frame(payload, &m)) {
	case WARD_KNX_WHOLE:
		return ward_knx_parse(payload, &m) && m.service_name;
	case WARD_KNX_MORE:
		return m.service_name != NULL;
	case WARD_KNX_NOT:
	default:
		return false;
	}
}

static enum ward_probe probe_stream(struct ward_slice payload)
{
	struct ward_knx m;

	if (ward_knx_frame(payload, &m) == WARD_KNX_NOT)
		return WARD_PROBE_NO;
	return payload.len < WARD_KNX_HEAD ? WARD_PROBE_MORE : ward_probe_of(begins(payload));
}

static bool probe_datagram(struct ward_slice payload)
{
	struct ward_knx m;

	return begins(payload) && ward_knx_parse(payload, &m) && m.size == payload.len;
}

static enum ward_verdict one_of_stream(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_knx m;

	if (f && payload.len && f->lost[d->from_client] && !begins(payload)) {
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
	if (f)
		f->lost[d->from_client] = false;
	switch (ward_knx_frame(payload, &m)) {
	case WARD_KNX_NOT:
		return refuse(d, m.reason, m.off);
	case WARD_KNX_MORE:
		d->need = m.size;
		return WARD_VERDICT_MORE;
	case WARD_KNX_WHOLE:
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
	if (f)
		f->lost[d->from_client] = true;
	return f != NULL;
}

const struct ward_dissector ward_dissect_knx = {
	.name = "knx",
	.kind = WARD_DISSECT_BUILDING,
	.title = "KNXnet/IP over UDP",
	.standard = "ISO 22510 (KNX 3.8.1 to 3.8.9), KNX 3.6.3 (cEMI)",
	.reads =
		"search and description (who the device is), connections, telegrams with addresses "
		"and values, device management, restart; KNX IP Secure by its headers",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe_datagram,
	.parse = parse_datagram,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};

const struct ward_dissector ward_dissect_knx_stream = {
	.name = "knx",
	.kind = WARD_DISSECT_BUILDING,
	.title = "KNXnet/IP over TCP",
	.standard = "ISO 22510 (KNX 3.8.2 version 2)",
	.reads = "as KNXnet/IP over UDP",
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
