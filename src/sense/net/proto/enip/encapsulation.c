/* The encapsulation header, and the items of its data (Volume 2, 2-3 to 2-6). */
#include "sense/net/proto/enip/enip.h"

enum {
	ITEM_IDENTITY = 0x000c,
	ITEM_CONNECTED_ADDRESS = 0x00a1,
	ITEM_CONNECTED = 0x00b1,
	ITEM_UNCONNECTED = 0x00b2,
	ITEMS_MAX = 64,
};

static bool whole(struct ward_rd *r, struct ward_enip *m)
{
	return ward_rd_bad(r) ? ward_enip_fail(m, WARD_ENIP_BODY_SHORT, r->off) : true;
}

bool ward_cip_identity(struct ward_rd *r, struct ward_enip_identity *ret)
{
	ret->vendor = ward_rd_le16(r);
	ret->type = ward_rd_le16(r);
	ret->product = ward_rd_le16(r);
	ret->major = ward_rd_u8(r);
	ret->minor = ward_rd_u8(r);
	ret->status = ward_rd_le16(r);
	ret->serial = ward_rd_le32(r);
	ret->name = ward_rd_bytes(r, ward_rd_u8(r));
	ret->is = !ward_rd_bad(r);
	return ret->is;
}

/* 2-4.2.2: version, socket address in network order, the object's attributes, state */
static bool identity_item(struct ward_rd *r, struct ward_enip *m)
{
	struct ward_slice address;

	ward_rd_skip(r, 2 + 4);
	address = ward_rd_bytes(r, 4);
	ward_rd_skip(r, 8);
	if (!ward_cip_identity(r, &m->identity))
		return false;
	memcpy(m->identity.address, address.p, 4);
	m->identity.has_address = true;
	if (ward_rd_left(r))
		m->identity.state = (struct ward_enip_optional){true, ward_rd_u8(r)};
	return true;
}

/* base: where the item's data begins in the message */
static bool one_item(uint16_t type, struct ward_rd *r, size_t base, struct ward_enip *m)
{
	bool good = true;

	switch (type) {
	case ITEM_IDENTITY:
		good = identity_item(r, m);
		break;
	case ITEM_CONNECTED_ADDRESS:
		m->connection = (struct ward_enip_optional){true, ward_rd_le32(r)};
		break;
	case ITEM_CONNECTED:
		m->sequence = (struct ward_enip_optional){true, ward_rd_le16(r)};
		if (!ward_rd_bad(r) && ward_rd_left(r))
			return ward_cip_parse(r, m);
		break;
	case ITEM_UNCONNECTED:
		if (ward_rd_left(r))
			return ward_cip_parse(r, m);
		break;
	default:
		break;
	}
	return good && !ward_rd_bad(r) ? true : ward_enip_fail(m, WARD_ENIP_ITEM, base);
}

/* 2-6: each takes four bytes at least */
static bool items(struct ward_rd *r, struct ward_enip *m)
{
	size_t off = r->off;
	uint16_t n = ward_rd_le16(r);

	if (!whole(r, m))
		return false;
	if (n > ITEMS_MAX)
		return ward_enip_fail(m, WARD_ENIP_ITEM, off);
	for (unsigned i = 0; i < n; i++) {
		off = r->off;
		uint16_t type = ward_rd_le16(r), len = ward_rd_le16(r);
		size_t base = r->off;
		struct ward_rd item = ward_rd_sub(r, len);

		if (ward_rd_bad(r))
			return ward_enip_fail(m, WARD_ENIP_ITEM, off);
		if (!one_item(type, &item, base, m))
			return false;
	}
	return true;
}

static bool body(struct ward_rd *r, struct ward_enip *m)
{
	switch (m->command) {
	case WARD_ENIP_C_REGISTER:
		if (m->status == 0 || ward_rd_left(r))
			ward_rd_skip(r, 4); /* version, options */
		return whole(r, m);
	case WARD_ENIP_C_LIST_SERVICES:
	case WARD_ENIP_C_LIST_IDENTITY:
	case WARD_ENIP_C_LIST_INTERFACES:
		/* nothing in a request */
		return ward_rd_left(r) ? items(r, m) : true;
	case WARD_ENIP_C_SEND_RR:
	case WARD_ENIP_C_SEND_UNIT:
		/* an error has no data */
		if (m->status && !ward_rd_left(r))
			return true;
		ward_rd_skip(r, 6); /* interface, time-out */
		return whole(r, m) && items(r, m);
	default:
		return true;
	}
}

enum ward_enip_framing ward_enip_frame(struct ward_slice bytes, struct ward_enip *m)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint32_t options;
	uint16_t len;

	memset(m, 0, sizeof(*m));
	m->begin = bytes.p;
	m->reason = WARD_ENIP_REASON_N;
	m->command = ward_rd_le16(&r);
	if (bytes.len >= 2 && !ward_enip_command_name(m->command)) {
		(void)ward_enip_fail(m, WARD_ENIP_COMMAND, 0);
		return WARD_ENIP_NOT;
	}
	len = ward_rd_le16(&r);
	m->session = ward_rd_le32(&r);
	m->status = ward_rd_le32(&r);
	m->context = ward_rd_bytes(&r, 8);
	options = ward_rd_le32(&r);
	if (ward_rd_bad(&r))
		return WARD_ENIP_MORE;
	/* 2-3.6: anything else is to be thrown away */
	if (options) {
		(void)ward_enip_fail(m, WARD_ENIP_OPTIONS, 20);
		return WARD_ENIP_NOT;
	}
	m->size = (size_t)WARD_ENIP_HEAD + len;
	return m->size <= bytes.len ? WARD_ENIP_WHOLE : WARD_ENIP_MORE;
}

bool ward_enip_parse(struct ward_slice bytes, struct ward_enip *m)
{
	struct ward_rd r;

	switch (ward_enip_frame(bytes, m)) {
	case WARD_ENIP_NOT:
		return false;
	case WARD_ENIP_MORE:
		return ward_enip_fail(m, WARD_ENIP_HEADER_SHORT, bytes.len);
	case WARD_ENIP_WHOLE:
	default:
		break;
	}
	r = ward_rd_from(bytes.p, m->size);
	ward_rd_skip(&r, WARD_ENIP_HEAD);
	return body(&r, m);
}
