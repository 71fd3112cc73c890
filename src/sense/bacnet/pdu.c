/* The layers of one BACnet/IP datagram: BVLC (Annex J.2), NPDU (clause 6.2), APDU (clause 20.1). */
#include "sense/bacnet/tag.h"

enum {
	BVLC_IP = 0x81, /* J.2: BACnet/IP over IPv4; 0x82 is Annex U */
	BVLC_HEADER = 4,
	FN_RESULT = 0,
	FN_FORWARDED = 4,
	FN_REGISTER = 5,
	FN_DELETE_FDT = 8,
	FN_DISTRIBUTE = 9,
	FN_BROADCAST = 11,
	FN_MAX = 12,
	NET_BROADCAST = 0xffff,
};

static bool read_npdu(struct ward_bacnet_rd *b);

/* Address and port, then what the table adds. */
static void read_row(struct ward_bacnet_rd *b, struct ward_bacnet_row *row, bool has_rest)
{
	const uint8_t *ip = ward_rd_take(&b->r, 4);

	if (ip)
		memcpy(row->ip, ip, 4);
	row->port = ward_rd_be16(&b->r);
	if (has_rest)
		row->rest = ward_rd_be32(&b->r);
}

static void read_table(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;
	size_t left = ward_rd_left(&b->r) / 10;

	m->table_entries = (uint32_t)left;
	for (; left && m->n_row < WARD_BACNET_TABLE; left--)
		read_row(b, &m->row[m->n_row++], true);
	ward_rd_skip(&b->r, left * 10);
}

/* What the functions without an NPDU carry; the size is exact (J.2.1 to J.2.10). */
static bool read_bvlc_body(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;

	switch (m->function) {
	case FN_RESULT:
		m->result = (struct ward_bacnet_optional){true, ward_rd_be16(&b->r)};
		break;
	case FN_REGISTER:
		m->ttl = (struct ward_bacnet_optional){true, ward_rd_be16(&b->r)};
		break;
	case WARD_BACNET_FN_WRITE_BDT:
	case WARD_BACNET_FN_READ_BDT_ACK:
	case WARD_BACNET_FN_READ_FDT_ACK:
		read_table(b);
		break;
	case FN_DELETE_FDT:
		read_row(b, &m->row[0], false);
		m->n_row = m->table_entries = !ward_rd_bad(&b->r);
		break;
	default: /* read requests carry nothing; secured messages (clause 24) are not opened */
		if (m->function == FN_MAX)
			return true;
		break;
	}
	if (ward_rd_bad(&b->r) || ward_rd_left(&b->r))
		return ward_bacnet_fail(b, WARD_BACNET_BVLC_BODY);
	return true;
}

static bool read_bvlc(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;
	size_t payload = ward_rd_left(&b->r);
	uint8_t type = ward_rd_u8(&b->r);

	m->function = ward_rd_u8(&b->r);
	uint16_t len = ward_rd_be16(&b->r);

	if (ward_rd_bad(&b->r) || type != BVLC_IP)
		return ward_bacnet_fail(b, WARD_BACNET_BVLC_SHORT);
	if (m->function > FN_MAX)
		return ward_bacnet_fail(b, WARD_BACNET_BVLC_FUNCTION);
	if (len < BVLC_HEADER || len > payload)
		return ward_bacnet_fail(b, WARD_BACNET_BVLC_LENGTH);
	m->padding = payload - len;
	b->r.len = len;
	switch (m->function) {
	case FN_FORWARDED: {
		const uint8_t *from = ward_rd_take(&b->r, 4);

		m->forwarded_port = ward_rd_be16(&b->r);
		if (ward_rd_bad(&b->r))
			return ward_bacnet_fail(b, WARD_BACNET_BVLC_BODY);
		memcpy(m->forwarded_ip, from, 4);
		return read_npdu(b);
	}
	case FN_DISTRIBUTE:
	case WARD_BACNET_FN_UNICAST:
	case FN_BROADCAST:
		return read_npdu(b);
	default:
		return read_bvlc_body(b);
	}
}

/* Clause 6.4: router messages; networks are kept up to a limit. */
static bool read_network(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;

	m->network_message = ward_rd_u8(&b->r);
	if (m->network_message >= 0x80)
		m->network_vendor = ward_rd_be16(&b->r);
	if (ward_rd_bad(&b->r))
		return ward_bacnet_fail(b, WARD_BACNET_NETWORK_SHORT);
	m->is_network = true;
	switch (m->network_message) {
	case 0x00: /* who-is-router: one network or none */
	case 0x01: /* i-am-router, router-busy, router-available: a list */
	case 0x04:
	case 0x05:
		while (ward_rd_left(&b->r) >= 2 && m->n_net < WARD_BACNET_NETS)
			m->net[m->n_net++] = ward_rd_be16(&b->r);
		break;
	case 0x03: /* reject-message: reason, network */
		m->network_reason = ward_rd_u8(&b->r);
		WARD_FALLTHROUGH;
	case 0x02: /* i-could-be-router, (dis)connect, network-number-is begin with a network */
	case 0x08:
	case 0x09:
	case 0x13:
		m->net[m->n_net++] = ward_rd_be16(&b->r);
		if (ward_rd_bad(&b->r)) {
			m->n_net = 0;
			return ward_bacnet_fail(b, WARD_BACNET_NETWORK_SHORT);
		}
		break;
	default:
		break;
	}
	m->n_unparsed += ward_rd_left(&b->r);
	return true;
}

/* A network number and a station address (clause 6.2.2.1). */
static bool read_address(
	struct ward_bacnet_rd *b, bool source, uint16_t *ret_net, struct ward_slice *ret)
{
	struct ward_rd at = b->r;
	uint16_t net = ward_rd_be16(&at);
	uint8_t len = ward_rd_u8(&at);

	if (!ward_rd_bad(&at) && (net == 0 || len > WARD_BACNET_ADDRESS ||
					 (source && (net == NET_BROADCAST || len == 0))))
		return ward_bacnet_fail(b, WARD_BACNET_NPDU_ADDRESS);
	*ret = ward_rd_bytes(&at, len);
	if (ward_rd_bad(&at))
		return ward_bacnet_fail(b, WARD_BACNET_NPDU_SHORT);
	*ret_net = net;
	b->r = at;
	return true;
}

static bool read_apdu(struct ward_bacnet_rd *b);

static bool read_npdu(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;
	struct ward_rd at = b->r;
	uint8_t version = ward_rd_u8(&at), control = ward_rd_u8(&at);

	m->has_npdu = true;
	if (ward_rd_bad(&at))
		return ward_bacnet_fail(b, WARD_BACNET_NPDU_SHORT);
	if (version != 1)
		return ward_bacnet_fail(b, WARD_BACNET_NPDU_VERSION);
	b->r = at;
	m->has_dst = control & 0x20;
	m->has_src = control & 0x08;
	m->expects_reply = control & 0x04;
	m->network_priority = control & 3;
	if (m->has_dst && !read_address(b, false, &m->dst_net, &m->dst_address))
		return false;
	if (m->has_src && !read_address(b, true, &m->src_net, &m->src_address))
		return false;
	if (m->has_dst) {
		m->hop_count = ward_rd_u8(&b->r);
		if (ward_rd_bad(&b->r))
			return ward_bacnet_fail(b, WARD_BACNET_NPDU_SHORT);
	}
	return control & 0x80 ? read_network(b) : read_apdu(b);
}

/* What each PDU type has after its first byte, in this order (clause 20.1.2 to 20.1.9). */
enum { HAS_MAX = 1, HAS_INVOKE = 2, HAS_SEGMENT = 4, HAS_SERVICE = 8, HAS_REASON = 16 };
static const uint8_t pdu_parts[WARD_BACNET_PDU_N] = {
	[WARD_BACNET_PDU_CONFIRMED] = HAS_MAX | HAS_INVOKE | HAS_SERVICE,
	[WARD_BACNET_PDU_UNCONFIRMED] = HAS_SERVICE,
	[WARD_BACNET_PDU_SIMPLE_ACK] = HAS_INVOKE | HAS_SERVICE,
	[WARD_BACNET_PDU_COMPLEX_ACK] = HAS_INVOKE | HAS_SERVICE,
	[WARD_BACNET_PDU_SEGMENT_ACK] = HAS_INVOKE | HAS_SEGMENT,
	[WARD_BACNET_PDU_ERROR] = HAS_INVOKE | HAS_SERVICE,
	[WARD_BACNET_PDU_REJECT] = HAS_INVOKE | HAS_REASON,
	[WARD_BACNET_PDU_ABORT] = HAS_INVOKE | HAS_REASON,
};

static bool read_apdu(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;
	struct ward_rd *r = &b->r;
	uint8_t first = ward_rd_u8(r);

	if (ward_rd_bad(r))
		return ward_bacnet_fail(b, WARD_BACNET_APDU_SHORT);
	if (first >> 4 >= WARD_BACNET_PDU_N) {
		r->off--;
		return ward_bacnet_fail(b, WARD_BACNET_APDU_TYPE);
	}
	m->pdu = (enum ward_bacnet_pdu)(first >> 4);
	uint8_t parts = pdu_parts[m->pdu];
	bool may_segment =
		m->pdu == WARD_BACNET_PDU_CONFIRMED || m->pdu == WARD_BACNET_PDU_COMPLEX_ACK;

	m->segmented = may_segment && first & 8;
	m->more_follows = may_segment && first & 4;
	m->negative = m->pdu == WARD_BACNET_PDU_SEGMENT_ACK && first & 2;
	m->from_server =
		(m->pdu == WARD_BACNET_PDU_SEGMENT_ACK || m->pdu == WARD_BACNET_PDU_ABORT) &&
		first & 1;
	if (parts & HAS_MAX)
		ward_rd_skip(r, 1); /* max segments and max APDU accepted */
	m->has_invoke = parts & HAS_INVOKE;
	m->has_service = parts & HAS_SERVICE;
	if (m->has_invoke)
		m->invoke_id = ward_rd_u8(r);
	if (m->segmented || parts & HAS_SEGMENT) {
		m->segment = ward_rd_u8(r);
		m->window = ward_rd_u8(r);
	}
	if (m->has_service)
		m->service = ward_rd_u8(r);
	if (parts & HAS_REASON)
		m->reason_code = ward_rd_u8(r);
	if (ward_rd_bad(r))
		return ward_bacnet_fail(b, WARD_BACNET_APDU_SHORT);
	m->has_apdu = true;
	if (m->segmented) {
		m->body = ward_rd_rest(r);
		return true;
	}
	return ward_bacnet_service(b);
}

static struct ward_bacnet_rd begin(
	struct ward_slice bytes, struct ward_wr *text, struct ward_bacnet *m)
{
	memset(m, 0, sizeof(*m));
	m->reason = WARD_BACNET_REASON_N;
	ward_wr_reset(text);
	return (struct ward_bacnet_rd){ward_rd_slice(bytes), m, text};
}

bool ward_bacnet_parse(struct ward_slice payload, struct ward_wr *text, struct ward_bacnet *m)
{
	struct ward_bacnet_rd b = begin(payload, text, m);

	return read_bvlc(&b);
}

bool ward_bacnet_whole(struct ward_slice body, struct ward_wr *text, struct ward_bacnet *m)
{
	struct ward_bacnet_rd b = {ward_rd_slice(body), m, text};

	return ward_bacnet_service(&b);
}

bool ward_bacnet_apdu(struct ward_slice apdu, struct ward_wr *text, struct ward_bacnet *m)
{
	struct ward_bacnet_rd b = begin(apdu, text, m);

	return read_apdu(&b);
}
