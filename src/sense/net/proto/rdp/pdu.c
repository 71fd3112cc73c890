#include "sense/net/proto/rdp/rdp.h"

enum {
	NEG_REQUEST = 1,
	NEG_RESPONSE = 2,
	NEG_FAILURE = 3,
	NEG_CORRELATION = 6,
	NEG_BYTES = 8,
	CORRELATION_BYTES = 36,
	CONNECT_HEAD = 7, /* length indicator, code, two references, class */
	CONNECT_INITIAL = 101,
	CONNECT_RESPONSE = 102,
	CS_CORE = 0xc001,
	CS_SECURITY = 0xc002,
	CS_NET = 0xc003,
	SC_CORE = 0x0c01,
	SC_SECURITY = 0x0c02,
	CHANNEL_NAME = 8,
	CHANNEL_BYTES = 12,
};

bool ward_rdp_head(struct ward_slice s, size_t *ret_size, enum ward_rdp_code *ret)
{
	struct ward_rd r = ward_rd_slice(s);
	uint8_t version = ward_rd_u8(&r), reserved = ward_rd_u8(&r);
	size_t size = ward_rd_be16(&r);
	uint8_t li = ward_rd_u8(&r), code = ward_rd_u8(&r);

	if (ward_rd_bad(&r) || version != 3 || reserved != 0)
		return false;
	/* Requests and confirmations are all head; data has three bytes of it. */
	bool data = code == WARD_RDP_DATA && li == 2 && size >= WARD_RDP_TPKT_HEAD + 3;
	bool connect = (code == WARD_RDP_REQUEST || code == WARD_RDP_CONFIRM) &&
		       li >= CONNECT_HEAD - 1 && size == WARD_RDP_TPKT_HEAD + 1 + (size_t)li;

	*ret_size = size;
	*ret = (enum ward_rdp_code)code;
	return data || connect;
}

static bool printable(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

/* A line before the negotiation (2.2.1.1): the cookie, a token, or anything. */
static bool cookie(struct ward_rd *r, struct ward_rdp_connect *c)
{
	static const char user[] = "Cookie: mstshash=", token[] = "Cookie: msts=";
	struct ward_rd rest = *r;
	struct ward_str text = ward_slice_text(ward_rd_rest(&rest));
	size_t end = ward_str_find(text, WARD_STR("\r\n"));
	struct ward_str line = ward_str_sub(text, 0, end == SIZE_MAX ? 0 : end);

	if (end == SIZE_MAX || !printable(line))
		return !ward_str_starts(text, WARD_STR("Cookie:"));
	ward_rd_skip(r, end + 2);
	if (ward_str_starts(line, ward_str_z(user)))
		c->user = ward_str_bytes(ward_str_sub(line, sizeof(user) - 1, line.len));
	else if (ward_str_starts(line, ward_str_z(token)))
		c->token = ward_str_bytes(ward_str_sub(line, sizeof(token) - 1, line.len));
	return true;
}

bool ward_rdp_connect(
	struct ward_slice s, struct ward_rdp_connect *c, enum ward_rdp_reason *ret_reason)
{
	struct ward_rd r = ward_rd_slice(s);

	*c = (struct ward_rdp_connect){.negotiates = false};
	*ret_reason = WARD_RDP_X224;
	ward_rd_skip(&r, WARD_RDP_TPKT_HEAD + 1);
	bool request = ward_rd_u8(&r) == WARD_RDP_REQUEST;

	ward_rd_skip(&r, CONNECT_HEAD - 2);
	if (ward_rd_bad(&r) || (request && !cookie(&r, c)))
		return false;
	*ret_reason = WARD_RDP_NEGOTIATION;
	if (!ward_rd_left(&r))
		return true;
	uint8_t type = ward_rd_u8(&r);

	c->flags = ward_rd_u8(&r);
	uint16_t len = ward_rd_le16(&r);

	c->value = ward_rd_le32(&r);
	c->negotiates = true;
	c->refused = type == NEG_FAILURE;
	if (ward_rd_bad(&r) || len != NEG_BYTES ||
		(request ? type != NEG_REQUEST : type != NEG_RESPONSE && type != NEG_FAILURE))
		return false;
	/* 2.2.1.1.2 */
	size_t left = ward_rd_left(&r);

	return !left || (request && left == CORRELATION_BYTES && ward_rd_u8(&r) == NEG_CORRELATION);
}

/* X.690 8.1.3, definite form. */
static size_t ber_length(struct ward_rd *r)
{
	uint8_t first = ward_rd_u8(r);

	if (first < 0x80)
		return first;
	if (first == 0x81)
		return ward_rd_u8(r);
	if (first == 0x82)
		return ward_rd_be16(r);
	r->bad = true;
	return 0;
}

static struct ward_rd ber_element(struct ward_rd *r, uint8_t tag)
{
	if (ward_rd_u8(r) != tag)
		r->bad = true;
	return ward_rd_sub(r, ber_length(r));
}

/* X.691 10.9: lengths of less than 16,384. */
static size_t per_length(struct ward_rd *r)
{
	uint8_t first = ward_rd_u8(r);

	return first & 0x80 ? (size_t)(first & 0x7f) << 8 | ward_rd_u8(r) : first;
}

/* The body of APPLICATION tag [number] behind X.224's head. */
static bool mcs(struct ward_slice s, uint8_t number, struct ward_rd *ret)
{
	struct ward_rd r = ward_rd_slice(s);

	ward_rd_skip(&r, WARD_RDP_TPKT_HEAD + 3);
	if (ward_rd_u8(&r) != 0x7f || ward_rd_u8(&r) != number)
		return false;
	*ret = ward_rd_sub(&r, ber_length(&r));
	return true;
}

/* T.124 8.7: what follows the key of who made the blocks. */
static struct ward_rd gcc(struct ward_rd *user_data, const char *key)
{
	struct ward_rd r = *user_data;
	struct ward_str all = ward_slice_text(ward_rd_rest(&r));
	size_t at = ward_str_find(all, ward_str_z(key));

	r = *user_data;
	ward_rd_skip(&r, at == SIZE_MAX ? all.len + 1 : at + strlen(key));
	return ward_rd_sub(&r, per_length(&r));
}

static struct ward_slice until_nul(struct ward_slice s, size_t unit)
{
	for (size_t i = 0; i + unit <= s.len; i += unit)
		if (!s.p[i] && (unit == 1 || !s.p[i + 1]))
			return ward_slice_of(s.p, i);
	return s;
}

/* 2.2.1.3.2 */
static void client_core(struct ward_rd *b, struct ward_rdp_client *c)
{
	c->has_core = true;
	c->version = ward_rd_le32(b);
	c->width = ward_rd_le16(b);
	c->height = ward_rd_le16(b);
	ward_rd_skip(b, 2 + 2);
	c->keyboard = ward_rd_le32(b);
	c->build = ward_rd_le32(b);
	c->name = until_nul(ward_rd_bytes(b, WARD_RDP_NAME * 2), 2);
	ward_rd_skip(b, 4 + 4 + 4 + 64);
	/* Up to here it is required. */
	struct ward_rd more = *b;

	ward_rd_skip(&more, 2 + 2 + 4 + 2 + 2 + 2);
	c->product = until_nul(ward_rd_bytes(&more, WARD_RDP_PRODUCT * 2), 2);
	if (ward_rd_bad(&more))
		c->product.len = 0;
}

/* 2.2.1.3.4 */
static void client_channels(struct ward_rd *b, struct ward_rdp_client *c)
{
	uint32_t n = ward_rd_le32(b);

	for (uint32_t i = 0; i < n && i < WARD_RDP_CHANNELS && ward_rd_left(b) >= CHANNEL_BYTES;
		i++) {
		c->channel[i] = until_nul(ward_rd_bytes(b, CHANNEL_NAME), 1);
		ward_rd_skip(b, CHANNEL_BYTES - CHANNEL_NAME);
		c->n_channel = i + 1;
	}
}

/* The next block: each takes four bytes at least. */
static struct ward_rd next_block(struct ward_rd *r, uint16_t *ret_type)
{
	*ret_type = ward_rd_le16(r);
	size_t len = ward_rd_le16(r);

	if (len < 4)
		r->bad = true;
	return ward_rd_sub(r, len < 4 ? 0 : len - 4);
}

bool ward_rdp_client(struct ward_slice s, struct ward_rdp_client *c, bool *ret_is,
	enum ward_rdp_reason *ret_reason)
{
	struct ward_rd r;

	*c = (struct ward_rdp_client){.has_core = false};
	*ret_is = mcs(s, CONNECT_INITIAL, &r);
	*ret_reason = WARD_RDP_MCS;
	if (!*ret_is)
		return true;
	(void)ber_element(&r, 0x04);
	(void)ber_element(&r, 0x04);
	(void)ber_element(&r, 0x01);
	for (size_t i = 0; i < 3; i++)
		(void)ber_element(&r, 0x30);
	struct ward_rd data = ber_element(&r, 0x04);

	if (ward_rd_bad(&r) || ward_rd_bad(&data))
		return false;
	struct ward_rd blocks = gcc(&data, "Duca");

	*ret_reason = WARD_RDP_GCC;
	if (ward_rd_bad(&blocks))
		return false;
	*ret_reason = WARD_RDP_BLOCK;
	while (ward_rd_left(&blocks)) {
		uint16_t type;
		struct ward_rd b = next_block(&blocks, &type);

		if (type == CS_CORE)
			client_core(&b, c);
		else if (type == CS_SECURITY)
			c->encryption = ward_rd_le32(&b);
		else if (type == CS_NET)
			client_channels(&b, c);
		if (ward_rd_bad(&b) || ward_rd_bad(&blocks))
			return false;
	}
	return true;
}

bool ward_rdp_server(struct ward_slice s, struct ward_rdp_server *v, bool *ret_is,
	enum ward_rdp_reason *ret_reason)
{
	struct ward_rd r;

	*v = (struct ward_rdp_server){.has_core = false};
	*ret_is = mcs(s, CONNECT_RESPONSE, &r);
	*ret_reason = WARD_RDP_MCS;
	if (!*ret_is)
		return true;
	(void)ber_element(&r, 0x0a);
	(void)ber_element(&r, 0x02);
	(void)ber_element(&r, 0x30);
	struct ward_rd data = ber_element(&r, 0x04);

	if (ward_rd_bad(&r) || ward_rd_bad(&data))
		return false;
	struct ward_rd blocks = gcc(&data, "McDn");

	*ret_reason = WARD_RDP_GCC;
	if (ward_rd_bad(&blocks))
		return false;
	*ret_reason = WARD_RDP_BLOCK;
	while (ward_rd_left(&blocks)) {
		uint16_t type;
		struct ward_rd b = next_block(&blocks, &type);

		if (type == SC_CORE) {
			v->has_core = true;
			v->version = ward_rd_le32(&b);
		} else if (type == SC_SECURITY) {
			v->has_security = true;
			v->method = ward_rd_le32(&b);
			v->level = ward_rd_le32(&b);
		}
		if (ward_rd_bad(&b) || ward_rd_bad(&blocks))
			return false;
	}
	return true;
}

const char *ward_rdp_protocol_name(uint32_t protocol)
{
	switch (protocol) {
	case WARD_RDP_STANDARD:
		return "rdp";
	case WARD_RDP_TLS:
		return "tls";
	case WARD_RDP_CREDSSP:
		return "credssp";
	case WARD_RDP_RDSTLS:
		return "rdstls";
	case WARD_RDP_CREDSSP_EX:
		return "credssp-ex";
	case WARD_RDP_AAD:
		return "rdsaad";
	default:
		return NULL;
	}
}

const char *ward_rdp_failure_name(uint32_t code)
{
	static const char *const name[] = {NULL, "ssl-required-by-server",
		"ssl-not-allowed-by-server", "ssl-cert-not-on-server", "inconsistent-flags",
		"hybrid-required-by-server", "ssl-with-user-auth-required-by-server"};

	return code < WARD_ARRAY_LEN(name) ? name[code] : NULL;
}
