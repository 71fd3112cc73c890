#include "sense/field/mqtt_packet.h"

static const struct ward_mqtt_reject_info reject_info[WARD_MQTT_REJECT_N] = {
#define X(NAME, counter, v3, v5, what) {counter, what, v3, v5},
	WARD_MQTT_REJECT_LIST(X)
#undef X
};

const struct ward_mqtt_reject_info *ward_mqtt_reject_info(enum ward_mqtt_reject r)
{
	WARD_ASSERT(r < WARD_MQTT_REJECT_N);
	return &reject_info[r];
}

/* One packet being read; the first thing that is wrong is kept. */
struct in {
	struct ward_rd r;
	enum ward_mqtt_reject why;
};

static void bad(struct in *in, enum ward_mqtt_reject why)
{
	if (!in->why)
		in->why = why;
}

/* What the packet is worth once all of it was read: nothing may be left. */
static enum ward_mqtt_reject verdict(const struct in *in)
{
	if (ward_rd_bad(&in->r))
		return WARD_MQTT_REJECT_MALFORMED;
	if (in->why)
		return in->why;
	return ward_rd_left(&in->r) ? WARD_MQTT_REJECT_MALFORMED : WARD_MQTT_REJECT_NONE;
}

/* 1.5.5: at most four bytes, and no more of them than needed. */
static uint32_t varint(struct ward_rd *r)
{
	uint32_t v = 0;

	for (unsigned shift = 0; shift < 28; shift += 7) {
		uint8_t b = ward_rd_u8(r);

		v |= (uint32_t)(b & 0x7f) << shift;
		if (!(b & 0x80)) {
			if (shift && !b)
				r->bad = true;
			return v;
		}
	}
	r->bad = true;
	return 0;
}

/* 1.5.6 */
static struct ward_slice binary(struct in *in)
{
	return ward_rd_bytes(&in->r, ward_rd_be16(&in->r));
}

/* 1.5.4: UTF-8 without U+0000 */
static struct ward_str text(struct in *in)
{
	struct ward_slice s = binary(in);

	if (!ward_utf8_valid(s, NULL) || (s.len && memchr(s.p, 0, s.len)))
		bad(in, WARD_MQTT_REJECT_UTF8);
	return ward_slice_text(s);
}

enum ward_err ward_mqtt_frame_read(struct ward_slice bytes, size_t max, struct ward_mqtt_frame *ret,
	enum ward_mqtt_reject *ret_why)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t first = ward_rd_u8(&r), b = 0x80;
	size_t len = 0;

	/* 2.1.4; an overlong form is not forbidden here by 3.1.1 */
	for (unsigned shift = 0; b & 0x80; shift += 7) {
		if (shift == 28) {
			*ret_why = WARD_MQTT_REJECT_LENGTH;
			return WARD_ERR_MALFORMED;
		}
		b = ward_rd_u8(&r);
		if (ward_rd_bad(&r))
			return WARD_ERR_MORE;
		len |= (size_t)(b & 0x7f) << shift;
	}
	if (r.off + len > max) { /* at most 5 + 2^28 */
		*ret_why = WARD_MQTT_REJECT_PACKET;
		return WARD_ERR_MALFORMED;
	}
	struct ward_slice body = ward_rd_bytes(&r, len);

	if (ward_rd_bad(&r))
		return WARD_ERR_MORE;
	*ret = (struct ward_mqtt_frame){.type = first >> 4 ? first >> 4 : WARD_MQTT_CONNACK,
		.flags = first & 0x0f,
		.body = body,
		.len = r.off};
	return WARD_OK;
}

/* 2.2.2.2: what a client may send. */
enum { IN_CONNECT = 1, IN_WILL = 2, IN_PUBLISH = 4, IN_SUBSCRIBE = 8, IN_DISCONNECT = 16 };
enum { IN_ALL = 31 | 32 /* UNSUBSCRIBE */, IN_UNSUBSCRIBE = 32, PROPERTY_MAX = 0x28 };

enum shape { U8, U16, U32, VARINT, TEXT, BINARY, PAIR };

static const struct property {
	uint8_t id, in;
	enum shape shape;
	uint32_t least, most; /* of a number */
} properties[] = {
	{0x01, IN_PUBLISH | IN_WILL, U8, 0, 1},                 /* Payload Format Indicator */
	{0x02, IN_PUBLISH | IN_WILL, U32, 0, UINT32_MAX},       /* Message Expiry Interval */
	{0x03, IN_PUBLISH | IN_WILL, TEXT, 0, 0},               /* Content Type */
	{0x08, IN_PUBLISH | IN_WILL, TEXT, 0, 0},               /* Response Topic */
	{0x09, IN_PUBLISH | IN_WILL, BINARY, 0, 0},             /* Correlation Data */
	{0x0B, IN_SUBSCRIBE, VARINT, 1, UINT32_MAX},            /* Subscription Identifier */
	{0x11, IN_CONNECT | IN_DISCONNECT, U32, 0, UINT32_MAX}, /* Session Expiry Interval */
	{0x15, IN_CONNECT, TEXT, 0, 0},                         /* Authentication Method */
	{0x16, IN_CONNECT, BINARY, 0, 0},                       /* Authentication Data */
	{0x17, IN_CONNECT, U8, 0, 1},                           /* Request Problem Information */
	{0x18, IN_WILL, U32, 0, UINT32_MAX},                    /* Will Delay Interval */
	{0x19, IN_CONNECT, U8, 0, 1},                           /* Request Response Information */
	{0x1F, IN_DISCONNECT, TEXT, 0, 0},                      /* Reason String */
	{0x21, IN_CONNECT, U16, 1, UINT16_MAX},                 /* Receive Maximum */
	{0x22, IN_CONNECT, U16, 0, UINT16_MAX},                 /* Topic Alias Maximum */
	{0x23, IN_PUBLISH, U16, 0, UINT16_MAX},                 /* Topic Alias */
	{0x26, IN_ALL, PAIR, 0, 0},             /* User Property: as often as wanted */
	{0x27, IN_CONNECT, U32, 1, UINT32_MAX}, /* Maximum Packet Size */
};

struct props {
	uint64_t seen; /* bit id */
	uint32_t number[PROPERTY_MAX];
};

static bool has(const struct props *p, uint8_t id)
{
	return p->seen >> id & 1;
}

static const struct property *find_property(uint32_t id)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(properties); i++)
		if (properties[i].id == id)
			return &properties[i];
	return NULL;
}

static uint32_t property_value(struct in *in, enum shape shape)
{
	switch (shape) {
	case U8:
		return ward_rd_u8(&in->r);
	case U16:
		return ward_rd_be16(&in->r);
	case U32:
		return ward_rd_be32(&in->r);
	case VARINT:
		return varint(&in->r);
	case BINARY:
		(void)binary(in);
		return 0;
	case PAIR:
		(void)text(in);
		(void)text(in);
		return 0;
	case TEXT:
	default:
		(void)text(in);
		return 0;
	}
}

/* 2.2.2: all properties of a packet. Each turn takes two bytes at least. */
static void read_properties(struct in *in, unsigned where, struct props *ret)
{
	struct in p = {.r = ward_rd_sub(&in->r, varint(&in->r))};

	*ret = (struct props){.seen = 0};
	while (ward_rd_left(&p.r) && !p.why) {
		const struct property *of = find_property(varint(&p.r));

		if (!of || !(of->in & where)) {
			bad(&p, WARD_MQTT_REJECT_PROPERTY);
			break;
		}
		uint32_t v = property_value(&p, of->shape);

		if (of->shape != PAIR && has(ret, of->id))
			bad(&p, WARD_MQTT_REJECT_VALUE);
		if (of->shape <= VARINT && (v < of->least || v > of->most) && !ward_rd_bad(&p.r))
			bad(&p, WARD_MQTT_REJECT_VALUE);
		ret->seen |= (uint64_t)1 << of->id;
		ret->number[of->id] = v;
	}
	if (ward_rd_bad(&p.r))
		bad(in, WARD_MQTT_REJECT_MALFORMED);
	bad(in, p.why);
}

/* 3.1.2.3 */
enum { FLAG_RESERVED = 1, FLAG_CLEAN = 2, FLAG_WILL = 4, FLAG_WILL_RETAIN = 32 };
enum { FLAG_PASSWORD = 64, FLAG_USER = 128, WILL_QOS_SHIFT = 3 };

static enum ward_mqtt_reject read_version(struct in *in, struct ward_mqtt_connect *m)
{
	struct ward_str name = ward_slice_text(binary(in));
	uint8_t level = ward_rd_u8(&in->r);

	m->version = WARD_MQTT_311;
	if (ward_rd_bad(&in->r))
		return WARD_MQTT_REJECT_MALFORMED;
	if (ward_str_eqz(name, "MQIsdp")) {
		m->version = WARD_MQTT_31;
		return level == 3 ? WARD_MQTT_REJECT_NONE : WARD_MQTT_REJECT_VERSION;
	}
	if (!ward_str_eqz(name, "MQTT"))
		return WARD_MQTT_REJECT_PROTOCOL;
	/* 3.1.2.2: a later one is told so in the form of 5.0. Bit 7 is a Mosquitto bridge's sign
	 * to its like, which it gives up when told so in the form of 3.1.1. */
	if (level >= 5 && level < 0x80)
		m->version = WARD_MQTT_5;
	return level == 4 || level == 5 ? WARD_MQTT_REJECT_NONE : WARD_MQTT_REJECT_VERSION;
}

static void check_flags(struct in *in, uint8_t flags, enum ward_mqtt_version v)
{
	unsigned qos = flags >> WILL_QOS_SHIFT & 3;

	if (flags & FLAG_RESERVED || qos == 3 ||
		(!(flags & FLAG_WILL) && (qos || flags & FLAG_WILL_RETAIN)) ||
		/* 3.1.1: 3.1.2.9 [MQTT-3.1.2-22] */
		(v != WARD_MQTT_5 && flags & FLAG_PASSWORD && !(flags & FLAG_USER)))
		bad(in, WARD_MQTT_REJECT_CONNECT);
}

static bool topic_name(struct ward_str s)
{
	return s.len && !memchr(s.p, '+', s.len) && !memchr(s.p, '#', s.len);
}

/* 3.1.3.2 to 3.1.3.4 */
static void read_will(struct in *in, uint8_t flags, struct ward_mqtt_connect *m)
{
	struct props p;

	m->will.set = true;
	m->will.retain = flags & FLAG_WILL_RETAIN;
	m->will.qos = flags >> WILL_QOS_SHIFT & 3;
	if (m->version == WARD_MQTT_5) {
		read_properties(in, IN_WILL, &p);
		m->will.delay_s = p.number[0x18];
	}
	m->will.topic = text(in);
	m->will.payload = binary(in);
	if (!ward_rd_bad(&in->r) && !topic_name(m->will.topic))
		bad(in, WARD_MQTT_REJECT_TOPIC);
}

enum ward_mqtt_reject ward_mqtt_connect_read(struct ward_slice body, struct ward_mqtt_connect *ret)
{
	struct in in = {.r = ward_rd_slice(body)};
	struct ward_mqtt_connect m = {.packet_max = UINT32_MAX};
	enum ward_mqtt_reject why = read_version(&in, &m);
	struct props p;

	*ret = m;
	if (why)
		return why;
	uint8_t flags = ward_rd_u8(&in.r);

	m.keep_alive_s = ward_rd_be16(&in.r);
	m.clean = flags & FLAG_CLEAN;
	m.expiry_s = m.clean ? 0 : WARD_MQTT_FOREVER;
	check_flags(&in, flags, m.version);
	if (m.version == WARD_MQTT_5) {
		read_properties(&in, IN_CONNECT, &p);
		m.expiry_s = p.number[0x11]; /* 3.1.2.11.2: 0 when absent */
		m.packet_max = has(&p, 0x27) ? p.number[0x27] : UINT32_MAX;
		m.has_method = has(&p, 0x15);
		if (has(&p, 0x16) && !m.has_method) /* 3.1.2.11.10 */
			bad(&in, WARD_MQTT_REJECT_VALUE);
	}
	m.client = text(&in);
	if (flags & FLAG_WILL)
		read_will(&in, flags, &m);
	m.has_user = flags & FLAG_USER;
	if (m.has_user)
		m.user = text(&in);
	m.has_password = flags & FLAG_PASSWORD;
	if (m.has_password)
		m.password = binary(&in);
	*ret = m;
	return verdict(&in);
}

/* 3.3 */
enum ward_mqtt_reject ward_mqtt_publish_read(
	const struct ward_mqtt_frame *f, enum ward_mqtt_version v, struct ward_mqtt_publish *ret)
{
	struct in in = {.r = ward_rd_slice(f->body)};
	struct ward_mqtt_publish m = {
		.dup = f->flags & 8, .qos = f->flags >> 1 & 3, .retain = f->flags & 1};
	struct props p = {.seen = 0};

	if (m.qos == 3 || (m.dup && !m.qos)) /* 3.3.1.1, 3.3.1.2 */
		bad(&in, WARD_MQTT_REJECT_QOS);
	m.topic = text(&in);
	if (m.qos) {
		m.id = ward_rd_be16(&in.r);
		if (!m.id && !ward_rd_bad(&in.r))
			bad(&in, WARD_MQTT_REJECT_ID);
	}
	if (v == WARD_MQTT_5)
		read_properties(&in, IN_PUBLISH, &p);
	if (has(&p, 0x23)) /* 3.3.2.3.4 */
		bad(&in, WARD_MQTT_REJECT_ALIAS);
	else if (!ward_rd_bad(&in.r) && !topic_name(m.topic)) /* 3.3.2.1 */
		bad(&in, WARD_MQTT_REJECT_TOPIC);
	m.payload = ward_rd_rest(&in.r);
	*ret = m;
	return verdict(&in);
}

/* 3.8, 3.10. A filter takes two bytes at least. */
enum ward_mqtt_reject ward_mqtt_subscribe_read(
	const struct ward_mqtt_frame *f, enum ward_mqtt_version v, uint16_t *ret_id, size_t *ret_n)
{
	struct in in = {.r = ward_rd_slice(f->body)};
	bool un = f->type == WARD_MQTT_UNSUBSCRIBE;
	uint16_t id = ward_rd_be16(&in.r);
	/* 3.8.3.1: QoS 3, Retain Handling 3 and the reserved bits are errors; 3.1.1: QoS only */
	uint8_t forbidden = v == WARD_MQTT_5 ? 0xC0 : 0xFC;
	struct props p;
	size_t n = 0;

	if (!id && !ward_rd_bad(&in.r))
		bad(&in, WARD_MQTT_REJECT_ID);
	if (v == WARD_MQTT_5)
		read_properties(&in, un ? IN_UNSUBSCRIBE : IN_SUBSCRIBE, &p);
	for (; ward_rd_left(&in.r); n++) {
		(void)text(&in);
		uint8_t options = un ? 0 : ward_rd_u8(&in.r);

		if (options & forbidden || (options & 3) == 3 || (options & 0x30) == 0x30)
			bad(&in, WARD_MQTT_REJECT_FILTERS);
	}
	if (!n || n > WARD_MQTT_FILTERS_MAX)
		bad(&in, WARD_MQTT_REJECT_FILTERS);
	*ret_id = id;
	*ret_n = n;
	return verdict(&in);
}

enum ward_mqtt_reject ward_mqtt_pubrel_read(const struct ward_mqtt_frame *f, uint16_t *ret_id)
{
	struct in in = {.r = ward_rd_slice(f->body)};

	*ret_id = ward_rd_be16(&in.r);
	if (!*ret_id && !ward_rd_bad(&in.r))
		bad(&in, WARD_MQTT_REJECT_ID);
	return verdict(&in);
}

/* 3.14; reason and properties may both be left out. */
enum ward_mqtt_reject ward_mqtt_disconnect_read(
	const struct ward_mqtt_frame *f, enum ward_mqtt_version v, struct ward_mqtt_disconnect *ret)
{
	struct in in = {.r = ward_rd_slice(f->body)};
	struct ward_mqtt_disconnect m = {.reason = 0};
	struct props p;

	if (v == WARD_MQTT_5 && ward_rd_left(&in.r)) {
		m.reason = ward_rd_u8(&in.r);
		if (ward_rd_left(&in.r)) {
			read_properties(&in, IN_DISCONNECT, &p);
			m.has_expiry = has(&p, 0x11);
			m.expiry_s = p.number[0x11];
		}
	}
	*ret = m;
	return verdict(&in);
}

/* All our packets are shorter than 128 bytes: one byte of remaining length. */
static void begin(struct ward_wr *w, enum ward_mqtt_type type, size_t len)
{
	WARD_ASSERT(len + 2 <= WARD_MQTT_ANSWER_MAX);
	ward_wr_u8(w, (uint8_t)(type << 4));
	ward_wr_u8(w, (uint8_t)len);
}

/* 3.2 */
void ward_mqtt_write_connack(
	struct ward_wr *w, enum ward_mqtt_version v, const struct ward_mqtt_connack *a)
{
	bool five = v == WARD_MQTT_5, good = five && a->code == 0;
	size_t props = good ? 2 + 3 + 5 + (a->assigned.len ? 3 + a->assigned.len : 0) : 0;

	WARD_ASSERT(a->assigned.len <= WARD_MQTT_ASSIGNED_MAX);
	begin(w, WARD_MQTT_CONNACK, 2 + (five ? 1 + props : 0));
	ward_wr_u8(w, a->present);
	ward_wr_u8(w, a->code);
	if (five)
		ward_wr_u8(w, (uint8_t)props);
	if (!good)
		return;
	ward_wr_u8(w, 0x24); /* Maximum QoS */
	ward_wr_u8(w, 1);
	ward_wr_u8(w, 0x21); /* Receive Maximum */
	ward_wr_be16(w, a->receive_max);
	ward_wr_u8(w, 0x27); /* Maximum Packet Size */
	ward_wr_be32(w, a->packet_max);
	if (a->assigned.len) {
		ward_wr_u8(w, 0x12); /* Assigned Client Identifier */
		ward_wr_be16(w, (uint16_t)a->assigned.len);
		ward_wr_str(w, a->assigned);
	}
}

void ward_mqtt_write_ack(struct ward_wr *w, enum ward_mqtt_version v, enum ward_mqtt_type type,
	uint16_t id, uint8_t reason)
{
	bool said = v == WARD_MQTT_5 && reason;

	begin(w, type, said ? 3 : 2);
	ward_wr_be16(w, id);
	if (said)
		ward_wr_u8(w, reason);
}

void ward_mqtt_write_suback(struct ward_wr *w, enum ward_mqtt_version v, enum ward_mqtt_type type,
	uint16_t id, size_t n)
{
	const struct ward_mqtt_reject_info *no = ward_mqtt_reject_info(WARD_MQTT_REJECT_SUBSCRIBE);
	bool five = v == WARD_MQTT_5, un = type == WARD_MQTT_UNSUBACK;
	/* 3.11.3: 0x11 is "no subscription existed"; 3.1.1 3.11: nothing is said */
	uint8_t code = un ? 0x11 : five ? no->v5 : no->v3;

	if (un && !five)
		n = 0;
	WARD_ASSERT(n <= WARD_MQTT_FILTERS_MAX);
	begin(w, type, 2 + five + n);
	ward_wr_be16(w, id);
	if (five)
		ward_wr_u8(w, 0);
	for (size_t i = 0; i < n; i++)
		ward_wr_u8(w, code);
}

void ward_mqtt_write_pingresp(struct ward_wr *w)
{
	begin(w, WARD_MQTT_PINGRESP, 0);
}

void ward_mqtt_write_disconnect(struct ward_wr *w, uint8_t reason)
{
	begin(w, WARD_MQTT_DISCONNECT, 1);
	ward_wr_u8(w, reason);
}

bool ward_mqtt_filter_valid(struct ward_str filter)
{
	if (!filter.len || memchr(filter.p, 0, filter.len) ||
		!ward_utf8_valid(ward_str_bytes(filter), NULL))
		return false;
	for (struct ward_str rest = filter; rest.p;) {
		struct ward_str level = ward_str_cut(&rest, '/');

		if (ward_str_find(level, WARD_STR("#")) != SIZE_MAX && (level.len > 1 || rest.p))
			return false;
		if (ward_str_find(level, WARD_STR("+")) != SIZE_MAX && level.len > 1)
			return false;
	}
	return true;
}

bool ward_mqtt_filter_matches(struct ward_str filter, struct ward_str topic)
{
	struct ward_str f = filter, t = topic;

	if (topic.len && topic.p[0] == '$' && filter.len &&
		(filter.p[0] == '+' || filter.p[0] == '#'))
		return false;
	while (f.p) {
		struct ward_str level = ward_str_cut(&f, '/');

		if (ward_str_eqz(level, "#")) /* 4.7.1.2: also the level above it */
			return true;
		if (!t.p)
			return false;
		struct ward_str name = ward_str_cut(&t, '/');

		if (!ward_str_eqz(level, "+") && !ward_str_eq(level, name))
			return false;
	}
	return !t.p;
}
