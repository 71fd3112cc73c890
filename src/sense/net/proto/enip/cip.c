/* CIP: requests with their path, responses with their status (Volume 1, 2-4, appendices A, B, C).
 */
#include "sense/net/proto/enip/enip.h"

enum {
	RESPONSE = 0x80,
	/* path segments, C-1.4 */
	SEGMENT_TYPE = 0xe0,
	PORT = 0x00,
	LOGICAL = 0x20,
	NETWORK = 0x40,
	SYMBOLIC = 0x60,
	DATA = 0x80,
	PORT_EXTENDED = 0x10,
	PORT_NUMBER = 0x0f,
	SYMBOL = 0x91, /* ANSI extended */
	KEY = 0x34,
	KEY_BYTES = 9, /* format, vendor, type, product, revision */
	NETWORK_DATA = 0x10,
	/* logical types, C-1.4.2 */
	CLASS = 0,
	INSTANCE = 1,
	POINT = 3,
	ATTRIBUTE = 4,
	SPECIAL = 5,
	/* services that carry others */
	UNCONNECTED_SEND = 0x52,
	MULTIPLE = 0x0a,
	FORWARD_OPEN = 0x54,
	LARGE_FORWARD_OPEN = 0x5b,
	RESET = 0x05,
	MANAGER = 0x06, /* class: connection manager */
	WRAPPED_MAX = 2,
};

static void set(struct ward_enip_optional *o, uint32_t v)
{
	*o = (struct ward_enip_optional){true, v};
}

/* C-1.4.2: the value's size stands in the two lowest bits; over 8 bits a byte fills up. */
static bool logical(struct ward_rd *r, uint8_t segment, struct ward_cip *c)
{
	unsigned type = segment >> 2 & 7, format = segment & 3;
	uint32_t v;

	if (segment == KEY) {
		ward_rd_skip(r, KEY_BYTES);
		return !ward_rd_bad(r);
	}
	if (format == 3 || type == SPECIAL)
		return false;
	ward_rd_skip(r, format ? 1 : 0);
	v = format == 0 ? ward_rd_u8(r) : format == 1 ? ward_rd_le16(r) : ward_rd_le32(r);
	if (type == CLASS)
		set(&c->class, v);
	else if (type == INSTANCE)
		set(&c->instance, v);
	else if (type == ATTRIBUTE)
		set(&c->attribute, v);
	else if (type == POINT)
		set(&c->point, v);
	return !ward_rd_bad(r);
}

/* Port, and the address behind it; an extended one is filled up to words. */
static bool port(struct ward_rd *r, uint8_t segment)
{
	size_t len = segment & PORT_EXTENDED ? ward_rd_u8(r) : 1;

	if ((segment & PORT_NUMBER) == PORT_NUMBER)
		ward_rd_skip(r, 2);
	ward_rd_skip(r, segment & PORT_EXTENDED ? len + len % 2 : len);
	return !ward_rd_bad(r);
}

static bool data_segment(struct ward_rd *r, uint8_t segment, struct ward_cip *c)
{
	size_t len = ward_rd_u8(r);

	if (segment != SYMBOL) {
		ward_rd_skip(r, len * 2);
		return segment == DATA && !ward_rd_bad(r);
	}
	struct ward_slice symbol = ward_rd_bytes(r, len);

	ward_rd_skip(r, len % 2);
	if (!c->symbol.len)
		c->symbol = symbol;
	return !ward_rd_bad(r);
}

/* Each segment takes one byte at least. */
static bool path(struct ward_rd *r, struct ward_cip *c)
{
	while (ward_rd_left(r)) {
		uint8_t segment = ward_rd_u8(r);
		bool good;

		switch (segment & SEGMENT_TYPE) {
		case PORT:
			good = port(r, segment);
			break;
		case LOGICAL:
			good = logical(r, segment, c);
			break;
		case NETWORK:
			ward_rd_skip(r, segment & NETWORK_DATA ? (size_t)ward_rd_u8(r) * 2 : 1);
			good = !ward_rd_bad(r);
			break;
		case SYMBOLIC:
			ward_rd_skip(r, segment & 0x1f);
			good = !ward_rd_bad(r);
			break;
		case DATA:
			good = data_segment(r, segment, c);
			break;
		default:
			good = false;
		}
		if (!good)
			return false;
	}
	return true;
}

/* r looks into the message. */
static bool fail(struct ward_enip *m, enum ward_enip_reason reason, const struct ward_rd *r)
{
	return ward_enip_fail(m, reason, (size_t)(r->p - m->begin) + r->off);
}

/* One message, what it carries is left in c->data. */
static bool one(struct ward_rd *r, struct ward_enip *m, struct ward_cip *c)
{
	uint8_t service = ward_rd_u8(r);

	*c = (struct ward_cip){.service = service & (RESPONSE - 1), .response = service & RESPONSE};
	if (c->response) {
		ward_rd_skip(r, 1);
		c->status = ward_rd_u8(r);
		size_t words = ward_rd_u8(r);

		if (words)
			set(&c->extended, ward_rd_le16(r));
		ward_rd_skip(r, words ? (words - 1) * 2 : 0);
	} else {
		struct ward_rd way = ward_rd_sub(r, (size_t)ward_rd_u8(r) * 2);

		if (!ward_rd_bad(r) && !path(&way, c))
			return fail(m, WARD_ENIP_CIP_PATH, &way);
	}
	if (ward_rd_bad(r))
		return fail(m, WARD_ENIP_CIP_SHORT, r);
	if (c->symbol.len && !c->class.is)
		set(&c->class, WARD_CIP_CLASS_SYMBOL);
	c->data = ward_rd_rest(r);
	return true;
}

/* 3-5.5.4: priority and time-out, size, the message, the route to it */
static bool unwrap(struct ward_enip *m)
{
	struct ward_rd r = ward_rd_slice(m->cip.data);

	ward_rd_skip(&r, 2);
	struct ward_rd inner = ward_rd_sub(&r, ward_rd_le16(&r));

	if (ward_rd_bad(&r))
		return fail(m, WARD_ENIP_CIP_SHORT, &r);
	m->routed = true;
	return one(&inner, m, &m->cip);
}

/* how many, where each begins, counted from the number on. They stand in order. */
static bool multiple(struct ward_enip *m)
{
	struct ward_slice all = m->cip.data;
	struct ward_rd r = ward_rd_slice(all);
	uint16_t n = ward_rd_le16(&r);
	uint16_t at = ward_rd_le16(&r);

	for (unsigned i = 0; i < n; i++) {
		uint16_t next = i + 1U < n ? ward_rd_le16(&r) : (uint16_t)all.len;
		struct ward_cip c;

		if (ward_rd_bad(&r) || at > next || next > all.len)
			return fail(m, WARD_ENIP_CIP_MULTIPLE, &r);
		struct ward_rd part = ward_rd_from(all.p + at, (size_t)next - at);

		if (!one(&part, m, &c))
			return false;
		m->n_embedded_seen++;
		if (m->n_embedded < WARD_CIP_EMBEDDED)
			m->embedded[m->n_embedded++] = c;
		at = next;
	}
	return true;
}

/* 3-5.5.2: who opens, after time-outs, connection ids and a serial number */
static void forward_open(struct ward_enip *m)
{
	struct ward_rd r = ward_rd_slice(m->cip.data);

	ward_rd_skip(&r, 2 + 4 + 4 + 2);
	uint16_t vendor = ward_rd_le16(&r);
	uint32_t serial = ward_rd_le32(&r);

	if (ward_rd_bad(&r))
		return;
	set(&m->originator_vendor, vendor);
	set(&m->originator_serial, serial);
}

static bool wraps(const struct ward_cip *c)
{
	return !c->response && c->service == UNCONNECTED_SEND && c->class.v == MANAGER;
}

bool ward_cip_parse(struct ward_rd *r, struct ward_enip *m)
{
	struct ward_cip *c = &m->cip;

	if (!one(r, m, c))
		return false;
	m->has_cip = true;
	for (unsigned i = 0; i < WRAPPED_MAX && wraps(c); i++)
		if (!unwrap(m))
			return false;
	/* A refusal carries nothing. */
	if (c->service == MULTIPLE && (!c->response || c->data.len))
		return multiple(m);
	if (c->response)
		return true;
	if (c->service == RESET && c->data.len)
		set(&m->reset_type, c->data.p[0]);
	if (c->class.v == MANAGER &&
		(c->service == FORWARD_OPEN || c->service == LARGE_FORWARD_OPEN))
		forward_open(m);
	return true;
}
