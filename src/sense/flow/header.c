/* The first bytes of a packet as a switch sampled them: addresses, ports and flags, no more. A
 * header that is cut off is normal; what it does not reach is left out. */
#include "sense/flow/priv.h"

/* sFlow 5, header_protocol */
enum { LINK_ETHERNET = 1, LINK_IP4 = 11, LINK_IP6 = 12 };
enum { TYPE_IP4 = 0x0800, TYPE_IP6 = 0x86dd, TYPE_VLAN = 0x8100, TYPE_QINQ = 0x88a8 };
enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58, SCTP = 132 };
enum { TAGS_MAX = 2, EXTENSIONS_MAX = 8 };

static void read_transport(struct ward_rd *r, uint8_t proto, struct ward_export_record *rec)
{
	struct ward_rd flags = *r;

	ward_record_set(rec, WARD_SLOT_PROTO, proto);
	if (proto == ICMP || proto == ICMP6) {
		uint8_t type = ward_rd_u8(r), code = ward_rd_u8(r);

		if (!ward_rd_bad(r))
			ward_record_set(rec, WARD_SLOT_ICMP, (uint64_t)type << 8 | code);
		return;
	}
	if (proto != TCP && proto != UDP && proto != SCTP)
		return;
	uint16_t src = ward_rd_be16(r), dst = ward_rd_be16(r);

	if (ward_rd_bad(r))
		return;
	ward_record_set(rec, WARD_SLOT_SRC_PORT, src);
	ward_record_set(rec, WARD_SLOT_DST_PORT, dst);
	ward_rd_skip(&flags, 13);
	uint8_t bits = ward_rd_u8(&flags);

	if (proto == TCP && !ward_rd_bad(&flags))
		ward_record_set(rec, WARD_SLOT_TCP_FLAGS, bits);
}

static void take_ips(
	struct ward_export_record *rec, uint8_t version, const uint8_t *src, const uint8_t *dst)
{
	size_t len = version == 4 ? 4 : 16;

	rec->ip_version = version;
	memcpy(rec->ip[0], src, len);
	memcpy(rec->ip[1], dst, len);
}

static void read_ip4(struct ward_rd *r, struct ward_export_record *rec)
{
	uint8_t first = ward_rd_u8(r);

	ward_rd_skip(r, 1);
	uint16_t total = ward_rd_be16(r);

	ward_rd_skip(r, 2);
	uint16_t fragment = ward_rd_be16(r);

	ward_rd_skip(r, 1);
	uint8_t proto = ward_rd_u8(r);

	ward_rd_skip(r, 2);
	const uint8_t *src = ward_rd_take(r, 4), *dst = ward_rd_take(r, 4);
	size_t options = (first & 15u) * 4u;

	if (ward_rd_bad(r) || first >> 4 != 4 || options < 20)
		return;
	take_ips(rec, 4, src, dst);
	ward_record_set(rec, WARD_SLOT_BYTES, total);
	ward_rd_skip(r, options - 20);
	if (fragment & 0x1fff)
		ward_record_set(rec, WARD_SLOT_PROTO, proto);
	else
		read_transport(r, proto, rec);
}

/* Extension headers that tell their length alike: hop-by-hop, routing, destination options. */
static bool is_extension(uint8_t next)
{
	return next == 0 || next == 43 || next == 60;
}

static void read_ip6(struct ward_rd *r, struct ward_export_record *rec)
{
	uint8_t first = ward_rd_u8(r);

	ward_rd_skip(r, 3);
	uint16_t len = ward_rd_be16(r);
	uint8_t next = ward_rd_u8(r);

	ward_rd_skip(r, 1);
	const uint8_t *src = ward_rd_take(r, 16), *dst = ward_rd_take(r, 16);

	if (ward_rd_bad(r) || first >> 4 != 6)
		return;
	take_ips(rec, 6, src, dst);
	ward_record_set(rec, WARD_SLOT_BYTES, 40u + len);
	for (unsigned i = 0; i < EXTENSIONS_MAX && is_extension(next); i++) {
		next = ward_rd_u8(r);
		ward_rd_skip(r, ward_rd_u8(r) * 8u + 6);
	}
	if (ward_rd_bad(r))
		return;
	if (next == 44) /* a fragment: of later ones the ports are elsewhere */
		ward_record_set(rec, WARD_SLOT_PROTO, ward_rd_u8(r));
	else
		read_transport(r, next, rec);
}

static bool read_ethernet(struct ward_rd *r, struct ward_export_record *rec)
{
	const uint8_t *dst = ward_rd_take(r, 6), *src = ward_rd_take(r, 6);
	uint16_t type = ward_rd_be16(r);

	for (unsigned i = 0; i < TAGS_MAX && (type == TYPE_VLAN || type == TYPE_QINQ); i++) {
		uint16_t vlan = ward_rd_be16(r) & 0xfff;

		type = ward_rd_be16(r);
		if (vlan && !ward_record_has(rec, WARD_SLOT_VLAN))
			ward_record_set(rec, WARD_SLOT_VLAN, vlan);
	}
	if (ward_rd_bad(r))
		return false;
	memcpy(rec->mac[0], src, 6);
	memcpy(rec->mac[1], dst, 6);
	rec->has_mac[0] = rec->has_mac[1] = true;
	if (type == TYPE_IP4)
		read_ip4(r, rec);
	else if (type == TYPE_IP6)
		read_ip6(r, rec);
	return true;
}

bool ward_header_read(uint32_t protocol, struct ward_slice bytes, struct ward_export_record *rec)
{
	struct ward_rd r = ward_rd_slice(bytes);

	switch (protocol) {
	case LINK_ETHERNET:
		return read_ethernet(&r, rec);
	case LINK_IP4:
		read_ip4(&r, rec);
		return true;
	case LINK_IP6:
		read_ip6(&r, rec);
		return true;
	default:
		return false;
	}
}
