#include "sense/net/proto/dce_rpc/pdu.h"

#include "base/wr.h"

enum { FIRST = 0x1, LAST = 0x2, OBJECT = 0x80, AUTH_HEAD = 8, TRANSFER = 20 };

static uint16_t u16(const struct ward_rpc_pdu *m, struct ward_rd *r)
{
	return m->big_endian ? ward_rd_be16(r) : ward_rd_le16(r);
}

static uint32_t u32(const struct ward_rpc_pdu *m, struct ward_rd *r)
{
	return m->big_endian ? ward_rd_be32(r) : ward_rd_le32(r);
}

static void uuid(const struct ward_rpc_pdu *m, struct ward_rd *r, uint8_t ret[16])
{
	uint32_t a = u32(m, r);
	uint16_t b = u16(m, r), c = u16(m, r);
	struct ward_wr w = ward_wr_fixed(ret, 16);
	struct ward_slice rest = ward_rd_bytes(r, 8);

	ward_wr_le32(&w, a);
	ward_wr_le16(&w, b);
	ward_wr_le16(&w, c);
	if (rest.p)
		ward_wr_bytes(&w, rest.p, rest.len);
}

void ward_rpc_uuid_text(const uint8_t uuid[16], char ret[WARD_RPC_UUID_TEXT])
{
	struct ward_rd r = ward_rd_from(uuid, 16);
	struct ward_wr w = ward_wr_fixed(ret, WARD_RPC_UUID_TEXT);
	uint32_t a = ward_rd_le32(&r);
	uint16_t b = ward_rd_le16(&r), c = ward_rd_le16(&r);

	ward_wr_printf(&w, "%08x-%04x-%04x-", a, b, c);
	ward_wr_hex(&w, ward_rd_bytes(&r, 2));
	ward_wr_ch(&w, '-');
	ward_wr_hex(&w, ward_rd_bytes(&r, 6));
	ward_wr_ch(&w, 0);
}

static bool fail(struct ward_rpc_pdu *m, enum ward_rpc_reason reason, size_t off)
{
	m->reason = reason;
	m->off = off;
	return false;
}

/* Bytes of header and fixed part; 0: not a type of this protocol. */
static size_t least(unsigned type)
{
	static const uint8_t bytes[] = {[WARD_RPC_REQUEST] = 24,
		[WARD_RPC_RESPONSE] = 24,
		[WARD_RPC_FAULT] = 28,
		[WARD_RPC_BIND] = 28,
		[WARD_RPC_BIND_ACK] = 28,
		[WARD_RPC_BIND_NAK] = 18,
		[WARD_RPC_ALTER] = 28,
		[WARD_RPC_ALTER_ACK] = 28,
		[WARD_RPC_AUTH3] = 16,
		[WARD_RPC_SHUTDOWN] = 16,
		[WARD_RPC_CANCEL] = 16,
		[WARD_RPC_ORPHANED] = 16};

	return type < WARD_ARRAY_LEN(bytes) ? bytes[type] : 0;
}

bool ward_rpc_head(struct ward_slice bytes, struct ward_rpc_pdu *ret)
{
	/* What there is must fit already: an end that is missing counts as right. */
	static const uint8_t padding[WARD_RPC_HEAD] = {5};
	uint8_t head[WARD_RPC_HEAD];
	size_t n = bytes.len < sizeof(head) ? bytes.len : sizeof(head);

	*ret = (struct ward_rpc_pdu){.reason = WARD_RPC_REASON_N};
	memcpy(head, padding, sizeof(head));
	if (n)
		memcpy(head, bytes.p, n);
	if (head[0] != 5 || head[1] > 1)
		return fail(ret, WARD_RPC_VERSION, n < 2 ? 0 : 1);
	if (!least(head[2]))
		return fail(ret, WARD_RPC_TYPE, 2);
	/* Integers big or little, characters in ASCII, floats in one of four ways, 14.1. */
	if (head[4] & 0xef || head[5] > 3 || head[6] || head[7])
		return fail(ret, WARD_RPC_DREP, 4);
	if (bytes.len < sizeof(head))
		return false;
	struct ward_rd r = ward_rd_from(head, sizeof(head));

	ret->type = (enum ward_rpc_type)head[2];
	ret->first = head[3] & FIRST;
	ret->last = head[3] & LAST;
	ret->big_endian = !(head[4] & 0x10);
	ward_rd_skip(&r, 8);
	ret->size = u16(ret, &r);
	size_t auth = u16(ret, &r);

	ret->call = u32(ret, &r);
	if (ret->size < least(head[2]))
		return fail(ret, WARD_RPC_LENGTH, 8);
	if (auth && auth + AUTH_HEAD > ret->size - WARD_RPC_HEAD)
		return fail(ret, WARD_RPC_AUTH, 10);
	return true;
}

static void read_bind(struct ward_rd *r, struct ward_rpc_pdu *m)
{
	ward_rd_skip(r, 2 + 2 + 4);
	size_t n = ward_rd_u8(r);

	ward_rd_skip(r, 3);
	for (size_t i = 0; i < n && !ward_rd_bad(r); i++) {
		struct ward_rpc_offer o = {.context = u16(m, r)};
		size_t n_transfer = ward_rd_u8(r);

		ward_rd_skip(r, 1);
		uuid(m, r, o.uuid);
		o.major = u16(m, r);
		o.minor = u16(m, r);
		ward_rd_skip(r, n_transfer * TRANSFER);
		if (ward_rd_bad(r))
			return;
		if (m->n_offer < WARD_RPC_OFFERS)
			m->offer[m->n_offer++] = o;
		m->n_offer_seen++;
	}
}

static void read_bind_ack(struct ward_rd *r, struct ward_rpc_pdu *m)
{
	ward_rd_skip(r, 2 + 2 + 4);
	m->address = ward_rd_bytes(r, u16(m, r));
	ward_rd_skip(r, (0 - r->off) & 3);
	size_t n = ward_rd_u8(r);

	ward_rd_skip(r, 3);
	for (size_t i = 0; i < n && !ward_rd_bad(r); i++) {
		uint16_t result = u16(m, r);

		ward_rd_skip(r, 2 + TRANSFER);
		if (ward_rd_bad(r))
			return;
		if (m->n_offer < WARD_RPC_OFFERS)
			m->result[m->n_offer++] = (uint8_t)(result < 255 ? result : 255);
		m->n_offer_seen++;
	}
}

static void read_call(struct ward_rd *r, struct ward_rpc_pdu *m, bool object)
{
	ward_rd_skip(r, 4);
	m->context = u16(m, r);
	if (m->type == WARD_RPC_REQUEST) {
		m->opnum = u16(m, r);
		ward_rd_skip(r, object ? 16 : 0);
	} else {
		ward_rd_skip(r, 2);
	}
	if (m->type == WARD_RPC_FAULT)
		m->status = u32(m, r);
}

static void read_body(struct ward_rd *r, struct ward_rpc_pdu *m, bool object)
{
	switch (m->type) {
	case WARD_RPC_REQUEST:
	case WARD_RPC_RESPONSE:
	case WARD_RPC_FAULT:
		read_call(r, m, object);
		break;
	case WARD_RPC_BIND:
	case WARD_RPC_ALTER:
		read_bind(r, m);
		break;
	case WARD_RPC_BIND_ACK:
	case WARD_RPC_ALTER_ACK:
		read_bind_ack(r, m);
		break;
	case WARD_RPC_BIND_NAK:
		m->reject = u16(m, r);
		break;
	case WARD_RPC_AUTH3:
	case WARD_RPC_SHUTDOWN:
	case WARD_RPC_CANCEL:
	case WARD_RPC_ORPHANED:
	default:
		break;
	}
}

bool ward_rpc_parse(struct ward_slice bytes, struct ward_rpc_pdu *ret)
{
	if (!ward_rpc_head(bytes, ret))
		return ret->reason == WARD_RPC_REASON_N ? fail(ret, WARD_RPC_LENGTH, bytes.len)
							: false;
	size_t there = bytes.len < ret->size ? bytes.len : ret->size;
	struct ward_rd r = ward_rd_from(bytes.p, there);

	ward_rd_skip(&r, 10);
	size_t auth = u16(ret, &r), end = auth ? ret->size - auth - AUTH_HEAD : ret->size;

	ward_rd_skip(&r, 4);
	if (auth && there == ret->size) {
		struct ward_rd a = ward_rd_from(bytes.p + end, there - end);

		ret->auth_type = ward_rd_u8(&a);
		ret->auth_level = ward_rd_u8(&a);
		size_t pad = ward_rd_u8(&a);

		ward_rd_skip(&a, 1 + 4);
		ret->token = ward_rd_rest(&a);
		end -= pad < end - WARD_RPC_HEAD ? pad : 0;
	}
	struct ward_rd body = ward_rd_from(bytes.p, there < end ? there : end);

	ward_rd_skip(&body, WARD_RPC_HEAD);
	read_body(&body, ret, bytes.p[3] & OBJECT);
	/* What was cut off can't be missed. */
	if (ward_rd_bad(&body))
		return there < ret->size || fail(ret, WARD_RPC_BODY, there);
	ret->stub = ward_rd_rest(&body);
	ret->stub_whole = there == ret->size;
	return true;
}
