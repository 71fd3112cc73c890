/* KNXnet/IP: the header and the bodies of the services (3.8.2 clause 7), one reader each. */
#include "sense/net/proto/knx/knx.h"

enum {
	VERSION = 0x10,
	HPAI = 8,
	UDP = 1,
	TCP = 2,
	DIB_DEVICE = 0x01,
	DIB_FAMILIES = 0x02,
	DIB_EXTENDED = 0x08,
	DIB_MANUFACTURER = 0xfe,
	NAME = 30,
	SERIAL = 6,
	TUNNEL = 4, /* connection type */
	PUBLIC_KEY = 32,
	MAC_BYTES = 16,
	PROGRAMMING = 1,
};

static bool fail(struct ward_knx *m, enum ward_knx_reason reason, const struct ward_rd *r)
{
	return ward_knx_fail(m, reason, r->off);
}

static bool whole(struct ward_rd *r, struct ward_knx *m)
{
	return ward_rd_bad(r) ? fail(m, WARD_KNX_BODY_SHORT, r) : true;
}

/* 8.6.2: where answers go. */
static bool hpai(struct ward_rd *r, struct ward_knx *m, struct ward_knx_endpoint *ret)
{
	size_t off = r->off;
	uint8_t len = ward_rd_u8(r), protocol = ward_rd_u8(r);
	struct ward_slice ip = ward_rd_bytes(r, 4);
	uint16_t port = ward_rd_be16(r);

	if (!whole(r, m))
		return false;
	if (len != HPAI || protocol < UDP || protocol > TCP)
		return ward_knx_fail(m, WARD_KNX_HPAI, off);
	*ret = (struct ward_knx_endpoint){.is = true, .tcp = protocol == TCP, .port = port};
	memcpy(ret->ip, ip.p, sizeof(ret->ip));
	return true;
}

static bool device_dib(struct ward_rd *r, struct ward_knx *m)
{
	ward_knx_set(m, WARD_KNX_N_MEDIUM, ward_rd_u8(r));
	ward_knx_set(m, WARD_KNX_N_PROGRAMMING, ward_rd_u8(r) & PROGRAMMING);
	ward_knx_set(m, WARD_KNX_N_ADDRESS, ward_rd_be16(r));
	ward_knx_set(m, WARD_KNX_N_PROJECT, ward_rd_be16(r));
	m->serial = ward_rd_bytes(r, SERIAL);
	m->multicast = ward_rd_bytes(r, 4);
	m->mac = ward_rd_bytes(r, 6);
	m->name = ward_rd_bytes(r, NAME);
	for (size_t i = 0; i < m->name.len; i++)
		if (m->name.p[i] == 0)
			m->name.len = i;
	return ward_rd_left(r) == 0;
}

static bool families_dib(struct ward_rd *r, struct ward_knx *m)
{
	if (ward_rd_left(r) % 2)
		return false;
	while (ward_rd_left(r)) {
		uint8_t family = ward_rd_u8(r), version = ward_rd_u8(r);

		if (m->n_family == WARD_KNX_FAMILIES)
			continue;
		m->family[m->n_family] = family;
		m->family_version[m->n_family++] = version;
	}
	return true;
}

static bool extended_dib(struct ward_rd *r, struct ward_knx *m)
{
	ward_rd_skip(r, 2); /* medium status, reserved */
	ward_knx_set(m, WARD_KNX_N_APDU_MAX, ward_rd_be16(r));
	ward_knx_set(m, WARD_KNX_N_MASK_VERSION, ward_rd_be16(r));
	return true;
}

static bool one_dib(uint8_t type, struct ward_rd *r, struct ward_knx *m)
{
	bool good = true;

	if (type == DIB_DEVICE)
		good = device_dib(r, m);
	else if (type == DIB_FAMILIES)
		good = families_dib(r, m);
	else if (type == DIB_EXTENDED)
		good = extended_dib(r, m);
	else if (type == DIB_MANUFACTURER)
		ward_knx_set(m, WARD_KNX_N_MANUFACTURER_ID, ward_rd_be16(r));
	return good && !ward_rd_bad(r);
}

/* 7.5.4: blocks up to the end, each of two bytes at least. */
static bool dibs(struct ward_rd *r, struct ward_knx *m)
{
	while (ward_rd_left(r)) {
		size_t off = r->off;
		uint8_t len = ward_rd_u8(r), type = ward_rd_u8(r);
		struct ward_rd block = ward_rd_sub(r, len >= 2 ? len - 2U : 0);

		if (len < 2 || ward_rd_bad(r) || !one_dib(type, &block, m))
			return ward_knx_fail(m, WARD_KNX_DIB, off);
	}
	return true;
}

/* Structures of which only the length counts. */
static bool structures(struct ward_rd *r, struct ward_knx *m)
{
	while (ward_rd_left(r)) {
		size_t off = r->off;
		uint8_t len = ward_rd_u8(r);

		ward_rd_skip(r, len ? len - 1U : 0);
		if (len < 2 || ward_rd_bad(r))
			return ward_knx_fail(m, WARD_KNX_STRUCTURE, off);
	}
	return true;
}

static bool discovery(struct ward_rd *r, struct ward_knx *m)
{
	return hpai(r, m, &m->control);
}

static bool search_extended(struct ward_rd *r, struct ward_knx *m)
{
	return hpai(r, m, &m->control) && structures(r, m);
}

static bool endpoint_and_dibs(struct ward_rd *r, struct ward_knx *m)
{
	return hpai(r, m, &m->control) && dibs(r, m);
}

/* 7.5.1: type of connection, then what belongs to the type. */
static bool connect_request(struct ward_rd *r, struct ward_knx *m)
{
	if (!hpai(r, m, &m->control) || !hpai(r, m, &m->data_endpoint))
		return false;
	size_t off = r->off;
	uint8_t len = ward_rd_u8(r), type = ward_rd_u8(r);
	struct ward_rd info = ward_rd_sub(r, len >= 2 ? len - 2U : 0);

	if (len < 2 || ward_rd_bad(r))
		return ward_knx_fail(m, WARD_KNX_CRI, off);
	ward_knx_set(m, WARD_KNX_N_CONNECTION, type);
	if (type != TUNNEL)
		return true;
	ward_knx_set(m, WARD_KNX_N_LAYER, ward_rd_u8(&info));
	ward_rd_skip(&info, 1);
	if (ward_rd_left(&info))
		ward_knx_set(m, WARD_KNX_N_TUNNEL_ADDRESS, ward_rd_be16(&info));
	return ward_rd_bad(&info) ? ward_knx_fail(m, WARD_KNX_CRI, off) : true;
}

static bool connect_response(struct ward_rd *r, struct ward_knx *m)
{
	ward_knx_set(m, WARD_KNX_N_CHANNEL, ward_rd_u8(r));
	ward_knx_set(m, WARD_KNX_N_STATUS, ward_rd_u8(r));
	if (!whole(r, m))
		return false;
	/* 7.8.2: a refusal may end here. */
	if (!ward_rd_left(r))
		return true;
	if (!hpai(r, m, &m->data_endpoint))
		return false;
	size_t off = r->off;
	uint8_t len = ward_rd_u8(r), type = ward_rd_u8(r);
	struct ward_rd info = ward_rd_sub(r, len >= 2 ? len - 2U : 0);

	if (len < 2 || ward_rd_bad(r))
		return ward_knx_fail(m, WARD_KNX_CRI, off);
	ward_knx_set(m, WARD_KNX_N_CONNECTION, type);
	if (type == TUNNEL)
		ward_knx_set(m, WARD_KNX_N_TUNNEL_ADDRESS, ward_rd_be16(&info));
	return ward_rd_bad(&info) ? ward_knx_fail(m, WARD_KNX_CRI, off) : true;
}

static bool channel_request(struct ward_rd *r, struct ward_knx *m)
{
	ward_knx_set(m, WARD_KNX_N_CHANNEL, ward_rd_u8(r));
	ward_rd_skip(r, 1);
	return whole(r, m) && hpai(r, m, &m->control);
}

static bool channel_response(struct ward_rd *r, struct ward_knx *m)
{
	ward_knx_set(m, WARD_KNX_N_CHANNEL, ward_rd_u8(r));
	ward_knx_set(m, WARD_KNX_N_STATUS, ward_rd_u8(r));
	return whole(r, m);
}

/* 3.8.4 4.4.1; its last byte is a status only in an acknowledgement. */
static bool connection_header(struct ward_rd *r, struct ward_knx *m, uint8_t *ret_status)
{
	size_t off = r->off;
	uint8_t len = ward_rd_u8(r);

	ward_knx_set(m, WARD_KNX_N_CHANNEL, ward_rd_u8(r));
	ward_knx_set(m, WARD_KNX_N_SEQUENCE, ward_rd_u8(r));
	*ret_status = ward_rd_u8(r);
	if (!whole(r, m))
		return false;
	return len == 4 ? true : ward_knx_fail(m, WARD_KNX_CONNECTION_HEADER, off);
}

static bool frame(struct ward_rd *r, struct ward_knx *m)
{
	return ward_knx_cemi(r, m);
}

static bool tunnelled(struct ward_rd *r, struct ward_knx *m)
{
	uint8_t reserved;

	return connection_header(r, m, &reserved) && frame(r, m);
}

static bool acknowledged(struct ward_rd *r, struct ward_knx *m)
{
	uint8_t status;

	if (!connection_header(r, m, &status))
		return false;
	ward_knx_set(m, WARD_KNX_N_STATUS, status);
	return true;
}

/* 3.8.4 4.4.6: feature, return code, value */
static bool feature(struct ward_rd *r, struct ward_knx *m)
{
	uint8_t reserved, code;

	if (!connection_header(r, m, &reserved))
		return false;
	ward_knx_set(m, WARD_KNX_N_FEATURE, ward_rd_u8(r));
	code = ward_rd_u8(r);
	if (m->service == WARD_KNX_S_FEATURE_RESPONSE)
		ward_knx_set(m, WARD_KNX_N_STATUS, code);
	m->data = ward_rd_rest(r);
	return whole(r, m);
}

/* 3.8.5 5.3.2 */
static bool routing_lost(struct ward_rd *r, struct ward_knx *m)
{
	size_t off = r->off;
	uint8_t len = ward_rd_u8(r);

	ward_rd_skip(r, 1);
	ward_knx_set(m, WARD_KNX_N_LOST, ward_rd_be16(r));
	if (!whole(r, m))
		return false;
	return len == 4 ? true : ward_knx_fail(m, WARD_KNX_STRUCTURE, off);
}

/* 3.8.5 5.4 */
static bool routing_busy(struct ward_rd *r, struct ward_knx *m)
{
	size_t off = r->off;
	uint8_t len = ward_rd_u8(r);

	ward_rd_skip(r, 1);
	ward_knx_set(m, WARD_KNX_N_WAIT_MS, ward_rd_be16(r));
	ward_rd_skip(r, 2);
	if (!whole(r, m))
		return false;
	return len == 6 ? true : ward_knx_fail(m, WARD_KNX_STRUCTURE, off);
}

/* 3.8.7: who is meant, in programming mode or by MAC address. */
static bool selector(struct ward_rd *r, struct ward_knx *m)
{
	size_t off = r->off;
	uint8_t len = ward_rd_u8(r);

	ward_rd_skip(r, 1);
	m->mac = len == 8 ? ward_rd_bytes(r, 6) : (struct ward_slice){NULL, 0};
	if (!whole(r, m))
		return false;
	return len == 2 || len == 8 ? true : ward_knx_fail(m, WARD_KNX_STRUCTURE, off);
}

static bool remote(struct ward_rd *r, struct ward_knx *m)
{
	return hpai(r, m, &m->control) && selector(r, m);
}

static bool remote_dibs(struct ward_rd *r, struct ward_knx *m)
{
	if (m->service == WARD_KNX_S_BASIC_CONFIGURATION && !hpai(r, m, &m->control))
		return false;
	return selector(r, m) && dibs(r, m);
}

static bool remote_reset(struct ward_rd *r, struct ward_knx *m)
{
	if (!selector(r, m))
		return false;
	ward_knx_set(m, WARD_KNX_N_RESET_COMMAND, ward_rd_u8(r));
	ward_rd_skip(r, 1);
	return whole(r, m);
}

/* 3.8.9 2.2.2: what is inside is encrypted. */
static bool secure_wrapper(struct ward_rd *r, struct ward_knx *m)
{
	ward_knx_set(m, WARD_KNX_N_SESSION, ward_rd_be16(r));
	ward_rd_skip(r, 6); /* sequence */
	m->serial = ward_rd_bytes(r, SERIAL);
	ward_rd_skip(r, 2);
	ward_rd_skip(r, ward_rd_left(r) > MAC_BYTES ? ward_rd_left(r) : MAC_BYTES);
	return whole(r, m);
}

static bool session_request(struct ward_rd *r, struct ward_knx *m)
{
	if (!hpai(r, m, &m->control))
		return false;
	ward_rd_skip(r, PUBLIC_KEY);
	return whole(r, m);
}

static bool session_response(struct ward_rd *r, struct ward_knx *m)
{
	ward_knx_set(m, WARD_KNX_N_SESSION, ward_rd_be16(r));
	if (ward_rd_left(r))
		ward_rd_skip(r, PUBLIC_KEY + MAC_BYTES);
	return whole(r, m);
}

static bool session_authenticate(struct ward_rd *r, struct ward_knx *m)
{
	ward_rd_skip(r, 1);
	ward_knx_set(m, WARD_KNX_N_SESSION_USER, ward_rd_u8(r));
	ward_rd_skip(r, MAC_BYTES);
	return whole(r, m);
}

static bool session_status(struct ward_rd *r, struct ward_knx *m)
{
	ward_knx_set(m, WARD_KNX_N_SESSION_STATE, ward_rd_u8(r));
	ward_rd_skip(r, 1);
	return whole(r, m);
}

static bool timer_notify(struct ward_rd *r, struct ward_knx *m)
{
	ward_rd_skip(r, 6);
	m->serial = ward_rd_bytes(r, SERIAL);
	ward_rd_skip(r, 2 + MAC_BYTES);
	return whole(r, m);
}

static const struct {
	uint16_t code;
	const char *name;
	bool (*body)(struct ward_rd *r, struct ward_knx *m);
} services[] = {
#define X(IDENT, code, name, body) {code, name, body},
	WARD_KNX_SERVICE_LIST(X)
#undef X
};

enum ward_knx_framing ward_knx_frame(struct ward_slice bytes, struct ward_knx *m)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t head = ward_rd_u8(&r), version = ward_rd_u8(&r);
	uint16_t len;

	memset(m, 0, sizeof(*m));
	m->reason = WARD_KNX_REASON_N;
	if ((bytes.len > 0 && head != WARD_KNX_HEAD) || (bytes.len > 1 && version != VERSION)) {
		(void)ward_knx_fail(m, WARD_KNX_HEADER, 0);
		return WARD_KNX_NOT;
	}
	m->service = ward_rd_be16(&r);
	len = ward_rd_be16(&r);
	if (ward_rd_bad(&r))
		return WARD_KNX_MORE;
	if (len < WARD_KNX_HEAD || len > WARD_KNX_MESSAGE_MAX) {
		(void)ward_knx_fail(m, WARD_KNX_TOTAL_LENGTH, 4);
		return WARD_KNX_NOT;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(services); i++)
		if (services[i].code == m->service)
			m->service_name = services[i].name;
	m->size = len;
	return m->size <= bytes.len ? WARD_KNX_WHOLE : WARD_KNX_MORE;
}

bool ward_knx_parse(struct ward_slice bytes, struct ward_knx *m)
{
	struct ward_rd r;

	switch (ward_knx_frame(bytes, m)) {
	case WARD_KNX_NOT:
		return false;
	case WARD_KNX_MORE:
		return ward_knx_fail(m, WARD_KNX_HEADER_SHORT, bytes.len);
	case WARD_KNX_WHOLE:
	default:
		break;
	}
	r = ward_rd_from(bytes.p, m->size);
	ward_rd_skip(&r, WARD_KNX_HEAD);
	for (size_t i = 0; i < WARD_ARRAY_LEN(services); i++) {
		if (services[i].code != m->service)
			continue;
		if (!services[i].body(&r, m))
			return false;
		return ward_rd_left(&r) ? fail(m, WARD_KNX_BODY_LONG, &r) : true;
	}
	return true;
}
