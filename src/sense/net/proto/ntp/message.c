#include "sense/net/proto/ntp/ntp.h"

enum {
	HEADER = 48,
	VERSION_MAX = 4,
	CONTROL_HEADER = 12,
	PRIVATE_HEADER = 8,
	EXTENSION_LEAST = 16, /* RFC 7822 3 */
	EXTENSION_LAST = 28,
	CRYPTO_NAK = 4,
};

static const uint32_t unix_1900 = 2208988800; /* seconds from 1900 to 1970 */

static bool refuse(struct ward_ntp *m, enum ward_ntp_reason why, size_t off)
{
	m->reason = why;
	m->off = off;
	return false;
}

/* What is left is a key id alone or with a digest: of DES, MD5, SHA-1 or a SHA-2 (RFC 5905 7.3,
 * 8573). From 28 bytes on it may as well be the last extension field (RFC 7822 3), whose type is
 * not 0 as is the upper half of a key id in use. */
static bool is_mac(struct ward_rd rest)
{
	static const uint8_t size[] = {CRYPTO_NAK, 12, 20, 24, 32, 36, 52, 68};
	size_t len = ward_rd_left(&rest);

	for (size_t i = 0; i < WARD_ARRAY_LEN(size); i++)
		if (size[i] == len)
			return len < EXTENSION_LAST || ward_rd_be16(&rest) == 0;
	return false;
}

/* RFC 7822 3.1: extension fields, then a MAC or nothing. */
static bool trailer(struct ward_rd *r, struct ward_ntp *m)
{
	while (ward_rd_left(r) && !is_mac(*r)) {
		size_t from = r->off;

		(void)ward_rd_be16(r); /* its type */
		uint16_t len = ward_rd_be16(r);

		if (ward_rd_bad(r) || len < EXTENSION_LEAST || len % 4 ||
			len - 4u > ward_rd_left(r))
			return refuse(m, WARD_NTP_BAD_TRAILER, from);
		ward_rd_skip(r, len - 4u);
		m->n_extension++;
	}
	m->has_mac = ward_rd_left(r);
	if (m->has_mac)
		m->key_id = ward_rd_be32(r);
	return true;
}

/* RFC 5905 7.3 */
static bool time_message(struct ward_rd *r, struct ward_ntp *m)
{
	m->stratum = ward_rd_u8(r);
	m->poll = (int8_t)ward_rd_u8(r);
	m->precision = (int8_t)ward_rd_u8(r);
	m->root_delay = ward_rd_be32(r);
	m->root_dispersion = ward_rd_be32(r);
	m->reference_id = ward_rd_be32(r);
	m->reference = ward_rd_be64(r);
	m->origin = ward_rd_be64(r);
	m->receive = ward_rd_be64(r);
	m->transmit = ward_rd_be64(r);
	if (ward_rd_bad(r))
		return refuse(m, WARD_NTP_BAD_SHORT, r->len);
	return trailer(r, m);
}

/* RFC 9327 2 */
static bool control(struct ward_rd *r, struct ward_ntp *m)
{
	uint8_t bits = ward_rd_u8(r);

	m->response = bits & 0x80;
	m->error = bits & 0x40;
	m->more = bits & 0x20;
	m->opcode = bits & 0x1f;
	m->sequence = ward_rd_be16(r);
	(void)ward_rd_be16(r); /* status */
	m->association = ward_rd_be16(r);
	m->offset = ward_rd_be16(r);
	m->data = ward_rd_bytes(r, ward_rd_be16(r));
	if (ward_rd_bad(r))
		return refuse(m,
			r->len < CONTROL_HEADER ? WARD_NTP_BAD_SHORT : WARD_NTP_BAD_CONTROL,
			r->len < CONTROL_HEADER ? r->len : 10);
	return true;
}

/* ntpd's ntp_request.h: bits in the first two bytes, then code, error and size of the items. */
static bool private_message(struct ward_rd *r, uint8_t first, struct ward_ntp *m)
{
	m->response = first & 0x80;
	m->more = first & 0x40;
	m->leap = 0;
	m->sequence = ward_rd_u8(r) & 0x7f;
	m->implementation = ward_rd_u8(r);
	m->opcode = ward_rd_u8(r);
	uint16_t items = ward_rd_be16(r), size = ward_rd_be16(r);

	if (ward_rd_bad(r))
		return refuse(m, WARD_NTP_BAD_SHORT, r->len);
	m->status = (uint8_t)(items >> 12);
	m->n_item = items & 0xfff;
	m->item_bytes = size & 0xfff;
	if (m->response && (size_t)m->n_item * m->item_bytes > ward_rd_left(r))
		return refuse(m, WARD_NTP_BAD_PRIVATE, 4);
	m->data = ward_rd_rest(r);
	return true;
}

bool ward_ntp_parse(struct ward_slice datagram, struct ward_ntp *m)
{
	struct ward_rd r = ward_rd_slice(datagram);
	uint8_t first = ward_rd_u8(&r);

	memset(m, 0, sizeof(*m));
	m->reason = WARD_NTP_REASON_N;
	if (ward_rd_bad(&r))
		return refuse(m, WARD_NTP_BAD_SHORT, 0);
	m->leap = first >> 6;
	m->version = first >> 3 & 7;
	m->mode = first & 7;
	if (m->version == 0 || m->version > VERSION_MAX)
		return refuse(m, WARD_NTP_BAD_VERSION, 0);
	if (m->mode == WARD_NTP_CONTROL)
		return control(&r, m);
	if (m->mode == WARD_NTP_PRIVATE)
		return private_message(&r, first, m);
	return time_message(&r, m);
}

int64_t ward_ntp_offset(uint64_t ntp, ward_ns unix_time)
{
	int64_t seconds = unix_time / WARD_NS_PER_S, rest = unix_time % WARD_NS_PER_S;
	uint32_t now = (uint32_t)((uint64_t)seconds + unix_1900);
	int32_t apart = (int32_t)((uint32_t)(ntp >> 32) - now); /* within 68 years */
	int64_t fraction = (int64_t)((ntp & UINT32_MAX) * (uint64_t)WARD_NS_PER_S >> 32);

	return apart * WARD_NS_PER_S + fraction - rest;
}

struct ward_str ward_ntp_variable(struct ward_slice data, const char *name)
{
	struct ward_str rest = ward_slice_text(data);

	while (rest.p && rest.len) {
		struct ward_str item = ward_str_trim(rest), key;

		if (!item.len)
			break;
		key = ward_str_cut(&item, '=');
		bool mine = ward_str_eqz(ward_str_trim(key), name);

		if (!item.p)
			break;
		/* a comma inside of quotes does not end it */
		bool quoted = item.len && item.p[0] == '"';
		struct ward_str value;

		if (quoted)
			item = ward_str_sub(item, 1, item.len);
		value = ward_str_cut(&item, quoted ? '"' : ',');
		if (mine)
			return ward_str_trim(value);
		if (quoted && item.p)
			(void)ward_str_cut(&item, ',');
		rest = item;
	}
	return (struct ward_str){NULL, 0};
}
