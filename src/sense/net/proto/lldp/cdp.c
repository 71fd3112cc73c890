/* CDP has no public standard; numbers are those that Cisco's manuals and tcpdump name. */
#include "sense/net/proto/lldp/lldp.h"

enum tlv {
	DEVICE = 0x0001,
	ADDRESSES = 0x0002,
	PORT = 0x0003,
	CAPABILITIES = 0x0004,
	SOFTWARE = 0x0005,
	PLATFORM = 0x0006,
	VTP_DOMAIN = 0x0009,
	NATIVE_VLAN = 0x000a,
	DUPLEX = 0x000b,
	VOICE_VLAN = 0x000e,
	POWER = 0x0010,
	SYSTEM_NAME = 0x0014,
	MANAGEMENT = 0x0016,
	LOCATION = 0x0017,
};
enum { HEADER = 4, NLPID_IP4 = 0xcc };

static struct ward_lldp_optional some(int64_t v)
{
	return (struct ward_lldp_optional){true, v};
}

/* RFC 1071; a last odd byte counts as the lower one, and as signed in what Cisco ships. */
static bool checksum_good(struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	uint32_t sum = 0, other;

	while (ward_rd_left(&r) > 1)
		sum += ward_rd_be16(&r);
	other = sum;
	if (ward_rd_left(&r)) {
		uint8_t last = ward_rd_u8(&r);

		sum += last;
		other += last & 0x80 ? 0xff00U + last - 1 : last;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	while (other >> 16)
		other = (other & 0xffff) + (other >> 16);
	return sum == 0xffff || other == 0xffff;
}

/* Each: kind and length of the protocol's name, the name, length and address. IPv4 is a NLPID, IPv6
 * a SNAP header that ends in its Ethertype. */
static bool read_addresses(struct ward_rd *r, struct ward_cdp *c)
{
	uint32_t n = ward_rd_be32(r);

	for (uint32_t i = 0; i < n && !ward_rd_bad(r); i++) {
		ward_rd_skip(r, 1);
		struct ward_slice protocol = ward_rd_bytes(r, ward_rd_u8(r)),
				  address = ward_rd_bytes(r, ward_rd_be16(r));
		bool ip4 = protocol.len == 1 && protocol.p[0] == NLPID_IP4 && address.len == 4;
		bool ip6 = protocol.len == 8 && protocol.p[6] == 0x86 && protocol.p[7] == 0xdd &&
			   address.len == 16;

		if ((ip4 || ip6) && c->n_address < WARD_LLDP_ADDRESSES)
			c->address[c->n_address++] =
				(struct ward_lldp_address){ip4 ? 4 : 6, address};
	}
	return !ward_rd_bad(r);
}

static bool read_value(unsigned type, struct ward_rd *r, struct ward_cdp *c)
{
	switch (type) {
	case CAPABILITIES:
		c->capabilities = some(ward_rd_be32(r));
		break;
	case NATIVE_VLAN:
		c->native_vlan = some(ward_rd_be16(r));
		break;
	case DUPLEX:
		c->full_duplex = some(ward_rd_u8(r) != 0);
		break;
	case VOICE_VLAN:
		ward_rd_skip(r, 1);
		/* some send nothing but the first byte */
		if (ward_rd_left(r))
			c->voice_vlan = some(ward_rd_be16(r));
		break;
	case POWER:
		c->power_mw = some(ward_rd_be16(r));
		break;
	case ADDRESSES:
	case MANAGEMENT:
		return read_addresses(r, c);
	case LOCATION:
		ward_rd_skip(r, 1);
		c->location = ward_rd_rest(r);
		break;
	default:
		c->n_unread++;
		break;
	}
	return !ward_rd_bad(r);
}

static struct ward_slice *text_of(unsigned type, struct ward_cdp *c)
{
	switch (type) {
	case DEVICE:
		return &c->device;
	case PORT:
		return &c->port;
	case SOFTWARE:
		return &c->software;
	case PLATFORM:
		return &c->platform;
	case VTP_DOMAIN:
		return &c->vtp_domain;
	case SYSTEM_NAME:
		return &c->sys_name;
	default:
		return NULL;
	}
}

enum ward_lldp_outcome ward_cdp_parse(struct ward_slice payload, struct ward_cdp *ret)
{
	struct ward_rd r = ward_rd_slice(payload);

	memset(ret, 0, sizeof(*ret));
	ret->version = ward_rd_u8(&r);
	ret->ttl = ward_rd_u8(&r);
	ward_rd_skip(&r, 2);
	if (ward_rd_bad(&r) || ret->version < 1 || ret->version > 2)
		return WARD_LLDP_HEADER;
	ret->checksum_good = checksum_good(payload);
	while (ward_rd_left(&r)) {
		ret->off = r.off;
		unsigned type = ward_rd_be16(&r);
		size_t len = ward_rd_be16(&r);
		struct ward_rd body = ward_rd_sub(&r, len < HEADER ? SIZE_MAX : len - HEADER);
		struct ward_slice *text = text_of(type, ret);

		if (ward_rd_bad(&r))
			return WARD_LLDP_TLV;
		if (text)
			*text = ward_rd_rest(&body);
		else if (!read_value(type, &body, ret))
			return WARD_LLDP_VALUE;
	}
	ret->off = r.off;
	/* who says not who it is says nothing */
	return ret->device.len ? WARD_LLDP_OK : WARD_LLDP_MANDATORY;
}
