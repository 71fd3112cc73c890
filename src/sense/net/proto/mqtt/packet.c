#include "sense/net/proto/mqtt/mqtt.h"

enum {
	LEVEL_BRIDGE = 0x80,
	VERSION_3_1 = 3,
	VERSION_3_1_1 = 4,
	VERSION_5 = 5,
	LENGTH_BYTES = 4, /* 1.5.5 */
	QOS_MAX = 2,
};

/* One packet being read; what is wrong first is kept. */
struct in {
	struct ward_rd r;
	enum ward_netmqtt_reason why;
	size_t at;
};

static void bad(struct in *in, enum ward_netmqtt_reason why)
{
	if (in->why != WARD_NETMQTT_REASON_N || ward_rd_bad(&in->r))
		return;
	in->why = why;
	in->at = in->r.off;
}

static uint32_t varint(struct ward_rd *r)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < LENGTH_BYTES; i++) {
		uint8_t b = ward_rd_u8(r);

		v |= (uint32_t)(b & 0x7f) << (7 * i);
		if (!(b & 0x80))
			return v;
	}
	r->bad = true;
	return 0;
}

static struct ward_slice binary(struct in *in)
{
	return ward_rd_bytes(&in->r, ward_rd_be16(&in->r));
}

/* 1.5.4 */
static struct ward_slice text(struct in *in)
{
	struct ward_slice s = binary(in);

	if (!ward_utf8_valid(s, NULL) || (s.len && memchr(s.p, 0, s.len)))
		bad(in, WARD_NETMQTT_BAD_TEXT);
	return s;
}

static enum ward_netmqtt_framing refuse(
	struct ward_netmqtt *m, enum ward_netmqtt_reason why, size_t off)
{
	m->reason = why;
	m->off = off;
	return WARD_NETMQTT_NOT;
}

/* 2.1.3; MQTT 3.1 also had DUP in what asks for an answer. */
static bool flags_right(uint8_t type, uint8_t flags)
{
	switch (type) {
	case WARD_NETMQTT_PUBLISH:
		return true;
	case WARD_NETMQTT_PUBREL:
	case WARD_NETMQTT_SUBSCRIBE:
	case WARD_NETMQTT_UNSUBSCRIBE:
		return (flags & 7) == 2;
	default:
		return flags == 0;
	}
}

/* Bytes of the body: at least, and at most when it is fixed. */
static const struct {
	uint8_t least, most; /* 0: any */
} body_bytes[] = {
	[WARD_NETMQTT_CONNECT] = {12, 0},
	[WARD_NETMQTT_CONNACK] = {2, 0},
	[WARD_NETMQTT_PUBLISH] = {2, 0},
	[WARD_NETMQTT_PUBACK] = {2, 0},
	[WARD_NETMQTT_PUBREC] = {2, 0},
	[WARD_NETMQTT_PUBREL] = {2, 0},
	[WARD_NETMQTT_PUBCOMP] = {2, 0},
	[WARD_NETMQTT_SUBSCRIBE] = {5, 0},
	[WARD_NETMQTT_SUBACK] = {2, 0},
	[WARD_NETMQTT_UNSUBSCRIBE] = {4, 0},
	[WARD_NETMQTT_UNSUBACK] = {2, 0},
	[WARD_NETMQTT_PINGREQ] = {0, 1},
	[WARD_NETMQTT_PINGRESP] = {0, 1},
	[WARD_NETMQTT_DISCONNECT] = {0, 0},
	[WARD_NETMQTT_AUTH] = {0, 0},
};

enum ward_netmqtt_framing ward_netmqtt_frame(struct ward_slice bytes, struct ward_netmqtt *m)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t first = ward_rd_u8(&r);

	memset(m, 0, sizeof(*m));
	m->reason = WARD_NETMQTT_REASON_N;
	if (ward_rd_bad(&r))
		return WARD_NETMQTT_MORE;
	m->type = first >> 4;
	m->flags = first & 0x0f;
	if (m->type == 0)
		return refuse(m, WARD_NETMQTT_BAD_TYPE, 0);
	if (!flags_right(m->type, m->flags))
		return refuse(m, WARD_NETMQTT_BAD_FLAGS, 0);
	size_t left = ward_rd_left(&r);
	uint32_t len = varint(&r);

	if (ward_rd_bad(&r))
		return left < LENGTH_BYTES ? WARD_NETMQTT_MORE
					   : refuse(m, WARD_NETMQTT_BAD_LENGTH, 1);
	if (len < body_bytes[m->type].least || (body_bytes[m->type].most && len))
		return refuse(m, WARD_NETMQTT_BAD_LENGTH, 1);
	m->head = r.off;
	m->size = r.off + len; /* below 2^28 + 5 */
	if (m->type == WARD_NETMQTT_PUBLISH)
		return WARD_NETMQTT_WHOLE;
	return bytes.len < m->size ? WARD_NETMQTT_MORE : WARD_NETMQTT_WHOLE;
}

/* 5.0, 2.2.2.2 */
enum shape { NONE, U8, U16, U32, VARINT, TEXT, BINARY, PAIR };

static const uint8_t shape_of[] = {
	[0x01] = U8,     /* Payload Format Indicator */
	[0x02] = U32,    /* Message Expiry Interval */
	[0x03] = TEXT,   /* Content Type */
	[0x08] = TEXT,   /* Response Topic */
	[0x09] = BINARY, /* Correlation Data */
	[0x0b] = VARINT, /* Subscription Identifier */
	[0x11] = U32,    /* Session Expiry Interval */
	[0x12] = TEXT,   /* Assigned Client Identifier */
	[0x13] = U16,    /* Server Keep Alive */
	[0x15] = TEXT,   /* Authentication Method */
	[0x16] = BINARY, /* Authentication Data */
	[0x17] = U8,     /* Request Problem Information */
	[0x18] = U32,    /* Will Delay Interval */
	[0x19] = U8,     /* Request Response Information */
	[0x1a] = TEXT,   /* Response Information */
	[0x1c] = TEXT,   /* Server Reference */
	[0x1f] = TEXT,   /* Reason String */
	[0x21] = U16,    /* Receive Maximum */
	[0x22] = U16,    /* Topic Alias Maximum */
	[0x23] = U16,    /* Topic Alias */
	[0x24] = U8,     /* Maximum QoS */
	[0x25] = U8,     /* Retain Available */
	[0x26] = PAIR,   /* User Property */
	[0x27] = U32,    /* Maximum Packet Size */
	[0x28] = U8,     /* Wildcard Subscription Available */
	[0x29] = U8,     /* Subscription Identifier Available */
	[0x2a] = U8,     /* Shared Subscription Available */
};

static void keep_number(struct ward_netmqtt_properties *p, uint32_t id, uint32_t v)
{
	if (id == 0x11)
		p->session_expiry = v;
	else if (id == 0x13)
		p->server_keep_alive = (uint16_t)v;
	else if (id == 0x23)
		p->topic_alias = (uint16_t)v;
}

static void keep_text(struct ward_netmqtt_properties *p, uint32_t id, struct ward_slice s)
{
	if (id == 0x03)
		p->content_type = s;
	else if (id == 0x12)
		p->assigned_id = s;
	else if (id == 0x15)
		p->auth_method = s;
	else if (id == 0x1c)
		p->server_reference = s;
	else if (id == 0x1f)
		p->reason_string = s;
}

static void property(struct in *in, uint32_t id, struct ward_netmqtt_properties *p)
{
	switch ((enum shape)shape_of[id]) {
	case U8:
		(void)ward_rd_u8(&in->r);
		break;
	case U16:
		keep_number(p, id, ward_rd_be16(&in->r));
		break;
	case U32:
		keep_number(p, id, ward_rd_be32(&in->r));
		break;
	case VARINT:
		(void)varint(&in->r);
		break;
	case TEXT:
		keep_text(p, id, text(in));
		break;
	case PAIR:
		(void)text(in);
		(void)text(in);
		break;
	case BINARY:
		(void)binary(in);
		break;
	case NONE:
	default:
		bad(in, WARD_NETMQTT_BAD_PROPERTY);
	}
}

/* A length, then properties: each takes two bytes at least. */
static void properties(struct in *in, struct ward_netmqtt_properties *ret)
{
	uint32_t len = varint(&in->r);
	size_t base = in->r.off;
	struct in p = {.r = ward_rd_sub(&in->r, len), .why = in->why, .at = in->at};

	while (ward_rd_left(&p.r) && p.why == WARD_NETMQTT_REASON_N) {
		uint32_t id = varint(&p.r);

		if (id >= WARD_ARRAY_LEN(shape_of) || shape_of[id] == NONE) {
			bad(&p, WARD_NETMQTT_BAD_PROPERTY);
			break;
		}
		property(&p, id, ret);
		ret->has |= UINT64_C(1) << id;
	}
	if (ward_rd_bad(&in->r) || in->why != WARD_NETMQTT_REASON_N)
		return;
	if (ward_rd_bad(&p.r) && p.why == WARD_NETMQTT_REASON_N) {
		in->why = WARD_NETMQTT_BAD_PROPERTY;
		in->at = base;
	} else if (p.why != WARD_NETMQTT_REASON_N) {
		in->why = p.why;
		in->at = base + p.at;
	}
}

/* 3.1.2.1, 3.1.2.2 */
static void protocol(struct in *in, struct ward_netmqtt *m)
{
	struct ward_str name = ward_slice_text(binary(in));
	uint8_t level = ward_rd_u8(&in->r);

	m->bridge = level & LEVEL_BRIDGE;
	m->version = level & ~LEVEL_BRIDGE & 0xff;
	if (!(ward_str_eqz(name, "MQTT") &&
		    (m->version == VERSION_3_1_1 || m->version == VERSION_5)) &&
		!(ward_str_eqz(name, "MQIsdp") && m->version == VERSION_3_1))
		bad(in, WARD_NETMQTT_BAD_PROTOCOL);
}

static void connect(struct in *in, struct ward_netmqtt *m)
{
	struct ward_netmqtt_properties will = {.has = 0};

	protocol(in, m);
	m->connect_flags = ward_rd_u8(&in->r);
	uint8_t f = m->connect_flags, will_qos = f >> 3 & 3;

	/* 3.1.2.3 to 3.1.2.6; 3.1.1 forbids a password without a user, 5.0 allows it */
	if (f & 1 || will_qos > QOS_MAX || (!(f & WARD_NETMQTT_WILL) && f & 0x38))
		bad(in, WARD_NETMQTT_BAD_CONNECT_FLAGS);
	m->keep_alive = ward_rd_be16(&in->r);
	if (m->version == VERSION_5)
		properties(in, &m->properties);
	m->client_id = text(in);
	if (f & WARD_NETMQTT_WILL) {
		if (m->version == VERSION_5)
			properties(in, &will);
		m->will_topic = text(in);
		m->will_bytes = binary(in).len;
	}
	if (f & WARD_NETMQTT_USER)
		m->user = text(in);
	if (f & WARD_NETMQTT_PASSWORD)
		(void)binary(in);
}

static void code(struct in *in, struct ward_netmqtt *m)
{
	m->code = ward_rd_u8(&in->r);
	m->has_code = true;
}

static void connack(struct in *in, unsigned version, struct ward_netmqtt *m)
{
	m->session_present = ward_rd_u8(&in->r) & 1;
	code(in, m);
	if (version == VERSION_5 || (version == 0 && ward_rd_left(&in->r))) {
		m->version = VERSION_5;
		properties(in, &m->properties);
	}
}

/* PUBACK and its like, DISCONNECT, AUTH: code and properties may be left out from the end. */
static void answer(struct in *in, struct ward_netmqtt *m)
{
	if (m->type != WARD_NETMQTT_DISCONNECT && m->type != WARD_NETMQTT_AUTH)
		m->id = ward_rd_be16(&in->r);
	if (ward_rd_left(&in->r))
		code(in, m);
	if (ward_rd_left(&in->r))
		properties(in, &m->properties);
}

/* 4.7.1: wildcards have no place in a topic's name. */
static bool is_name(struct ward_slice s)
{
	return !s.len || (!memchr(s.p, '#', s.len) && !memchr(s.p, '+', s.len));
}

static void publish(struct in *in, unsigned version, struct ward_netmqtt *m)
{
	uint8_t qos = m->flags >> 1 & 3;

	if (qos > QOS_MAX)
		bad(in, WARD_NETMQTT_BAD_QOS);
	m->topic = text(in);
	if (!is_name(m->topic))
		bad(in, WARD_NETMQTT_BAD_TOPIC);
	if (qos)
		m->id = ward_rd_be16(&in->r);
	if (version == VERSION_5)
		properties(in, &m->properties);
	/* 5.0, 3.3.2.3.4: an alias may stand for it */
	if (!m->topic.len && version && !m->properties.topic_alias)
		bad(in, WARD_NETMQTT_BAD_TOPIC);
}

bool ward_netmqtt_next(struct ward_rd *list, bool subscribe, struct ward_netmqtt_filter *ret)
{
	if (!ward_rd_left(list))
		return false;
	ret->topic = ward_rd_bytes(list, ward_rd_be16(list));
	ret->options = subscribe ? ward_rd_u8(list) : 0;
	return !ward_rd_bad(list);
}

static void filters(struct in *in, unsigned version, struct ward_netmqtt *m)
{
	bool subscribe = m->type == WARD_NETMQTT_SUBSCRIBE;

	m->id = ward_rd_be16(&in->r);
	if (version == VERSION_5)
		properties(in, &m->properties);
	size_t from = in->r.off;

	while (ward_rd_left(&in->r)) { /* each takes two bytes at least */
		struct ward_slice topic = text(in);
		uint8_t options = subscribe ? ward_rd_u8(&in->r) : 0;

		if (!topic.len)
			bad(in, WARD_NETMQTT_BAD_TOPIC);
		if ((options & 3) > QOS_MAX)
			bad(in, WARD_NETMQTT_BAD_QOS);
		m->n_list++;
	}
	if (ward_rd_bad(&in->r))
		return;
	m->list = ward_slice_of(in->r.p + from, in->r.off - from);
	if (!m->n_list)
		bad(in, WARD_NETMQTT_BAD_EMPTY);
}

static void codes(struct in *in, unsigned version, struct ward_netmqtt *m)
{
	m->id = ward_rd_be16(&in->r);
	if (version == VERSION_5)
		properties(in, &m->properties);
	m->list = ward_rd_rest(&in->r);
	m->n_list = m->list.len;
}

static void body(struct in *in, unsigned version, struct ward_netmqtt *m)
{
	switch ((enum ward_netmqtt_type)m->type) {
	case WARD_NETMQTT_CONNECT:
		connect(in, m);
		break;
	case WARD_NETMQTT_CONNACK:
		connack(in, version, m);
		break;
	case WARD_NETMQTT_PUBLISH:
		publish(in, version, m);
		break;
	case WARD_NETMQTT_SUBSCRIBE:
	case WARD_NETMQTT_UNSUBSCRIBE:
		filters(in, version, m);
		break;
	case WARD_NETMQTT_SUBACK:
	case WARD_NETMQTT_UNSUBACK:
		codes(in, version, m);
		break;
	case WARD_NETMQTT_PINGREQ:
	case WARD_NETMQTT_PINGRESP:
		break;
	case WARD_NETMQTT_PUBACK:
	case WARD_NETMQTT_PUBREC:
	case WARD_NETMQTT_PUBREL:
	case WARD_NETMQTT_PUBCOMP:
	case WARD_NETMQTT_DISCONNECT:
	case WARD_NETMQTT_AUTH:
	default:
		answer(in, m);
	}
}

/* The bytes of the packet that are there, its header already read. */
static enum ward_netmqtt_framing read_as(
	struct ward_slice bytes, unsigned version, struct ward_netmqtt *m)
{
	struct in in = {.r = ward_rd_slice(bytes), .why = WARD_NETMQTT_REASON_N};
	bool whole = bytes.len == m->size;

	ward_rd_skip(&in.r, m->head);
	body(&in, version, m);
	if (in.why != WARD_NETMQTT_REASON_N)
		return refuse(m, in.why, in.at);
	if (ward_rd_bad(&in.r))
		return whole ? refuse(m, WARD_NETMQTT_BAD_SHORT, bytes.len) : WARD_NETMQTT_MORE;
	if (m->type == WARD_NETMQTT_PUBLISH)
		m->payload_bytes = m->size - in.r.off;
	else if (ward_rd_left(&in.r))
		return refuse(m, WARD_NETMQTT_BAD_LONG, in.r.off);
	return WARD_NETMQTT_WHOLE;
}

enum ward_netmqtt_framing ward_netmqtt_parse(
	struct ward_slice bytes, unsigned version, struct ward_netmqtt *m)
{
	const struct ward_netmqtt head = *m;
	enum ward_netmqtt_framing got;

	if (bytes.len > m->size)
		bytes.len = m->size;
	got = read_as(bytes, version, m);
	if (version || got != WARD_NETMQTT_NOT)
		return got;
	struct ward_netmqtt five = head;

	if (read_as(bytes, VERSION_5, &five) == WARD_NETMQTT_WHOLE) {
		*m = five;
		m->version = VERSION_5;
		return WARD_NETMQTT_WHOLE;
	}
	return got;
}
