/* Link layers: Ethernet and its tags, LLC, PPP, loopback, the "any" device; ARP. */
#include "sense/net/decode.h"

enum { TAGS_MAX = 4 };

/* Ethertypes that are decoded, and those that are only known to be some. */
static const struct {
	uint16_t type;
	bool tag;
	enum ward_layer layer;
} types[] = {
	{WARD_ETHERTYPE_IP4, false, WARD_LAYER_IP4}, {WARD_ETHERTYPE_IP6, false, WARD_LAYER_IP6},
	{WARD_ETHERTYPE_ARP, false, WARD_LAYER_ARP},
	{0x8100, true, WARD_LAYER_NONE},  /* IEEE 802.1Q */
	{0x88a8, true, WARD_LAYER_NONE},  /* IEEE 802.1ad */
	{0x9100, true, WARD_LAYER_NONE},  /* before 802.1ad */
	{0x9200, true, WARD_LAYER_NONE},  /* before 802.1ad */
	{0x8847, false, WARD_LAYER_MPLS}, /* RFC 5332 3 */
	{0x8848, false, WARD_LAYER_MPLS}, {0x8863, false, WARD_LAYER_PPPOE},
	{0x8864, false, WARD_LAYER_PPPOE}, {0x88e7, false, WARD_LAYER_PBB},
	{0x888e, false, WARD_LAYER_NONE}, /* IEEE 802.1X */
	{0x8892, false, WARD_LAYER_NONE}, /* PROFINET */
	{0x88cc, false, WARD_LAYER_LLDP}, /* IEEE 802.1AB 7.5 */
	{0x88f7, false, WARD_LAYER_NONE}, /* PTP */
};

/* RFC 826, for Ethernet and IPv4. */
void ward_decode_arp(struct ward_decoder *d)
{
	struct ward_packet *p = d->p;
	uint16_t hardware = ward_rd_be16(&d->r), protocol = ward_rd_be16(&d->r);
	uint8_t hardware_len = ward_rd_u8(&d->r), protocol_len = ward_rd_u8(&d->r);

	p->arp.op = ward_rd_be16(&d->r);
	if (!ward_rd_bad(&d->r) && (hardware != 1 || protocol != WARD_ETHERTYPE_IP4)) {
		ward_decode_stop(d, WARD_NET_ARP_KIND);
		return;
	}
	if (!ward_rd_bad(&d->r) && (hardware_len != 6 || protocol_len != 4)) {
		ward_decode_stop(d, WARD_NET_ARP_SIZES);
		return;
	}
	const uint8_t *b = ward_rd_take(&d->r, 20);

	if (!b) {
		ward_decode_stop(d, WARD_NET_ARP_SHORT);
		return;
	}
	memcpy(p->arp.sender_mac, b, 6);
	memcpy(p->arp.sender_ip, b + 6, 4);
	memcpy(p->arp.target_mac, b + 10, 6);
	memcpy(p->arp.target_ip, b + 16, 4);
	if (p->arp.op != 1 && p->arp.op != 2) {
		ward_decode_stop(d, WARD_NET_ARP_OP);
		return;
	}
	p->has_arp = true;
}

/* Announcements are read by proto/lldp. */
static void decode_neighbor(struct ward_decoder *d, enum ward_neighbor_kind kind)
{
	d->p->neighbor.kind = kind;
	d->p->neighbor.off = d->r.off;
	d->p->neighbor.bytes = ward_rd_rest(&d->r);
	d->p->neighbor.snapped = d->r.len < d->end;
}

void ward_decode_lldp(struct ward_decoder *d)
{
	decode_neighbor(d, WARD_NEIGHBOR_LLDP);
}

void ward_decode_cdp(struct ward_decoder *d)
{
	decode_neighbor(d, WARD_NEIGHBOR_CDP);
}

/* IEEE 802.1Q 9.6 */
static void decode_tag(struct ward_decoder *d)
{
	uint16_t control = ward_rd_be16(&d->r);

	d->type = ward_rd_be16(&d->r);
	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_VLAN_SHORT);
		return;
	}
	if (d->n_tag++ == TAGS_MAX) {
		ward_decode_stop(d, WARD_NET_VLAN_DEPTH);
		return;
	}
	if (!d->p->vlan)
		d->p->vlan = control & 0x0fff;
	else if (!d->p->inner_vlan && (d->n_tag > 1 || !d->p->n_tunnel))
		d->p->inner_vlan = control & 0x0fff; /* else ERSPAN said the same before */
	d->next = WARD_LAYER_TYPE;
}

void ward_decode_type(struct ward_decoder *d)
{
	if (d->type < WARD_ETHERTYPE_MIN) {
		/* a length; what is behind it is padding */
		if (d->type <= ward_decode_left(d))
			ward_decode_narrow(d, d->type);
		d->next = WARD_LAYER_LLC;
		return;
	}
	d->p->ethertype = d->type;
	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++) {
		if (types[i].type != d->type)
			continue;
		if (types[i].tag)
			decode_tag(d);
		else if (types[i].layer != WARD_LAYER_NONE)
			d->next = types[i].layer;
		else
			break;
		return;
	}
	ward_decode_stop(d, WARD_NET_ETHERTYPE);
}

bool ward_decode_like_ethernet(const struct ward_rd *r)
{
	struct ward_rd at = *r;

	ward_rd_skip(&at, 12);
	uint16_t type = ward_rd_be16(&at);

	if (ward_rd_bad(&at))
		return false;
	if (type < WARD_ETHERTYPE_MIN)
		return type >= 3 && type <= ward_rd_left(&at);
	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++)
		if (types[i].type == type)
			return true;
	return false;
}

void ward_decode_ethernet(struct ward_decoder *d)
{
	const uint8_t *mac = ward_rd_take(&d->r, 12);

	d->type = ward_rd_be16(&d->r);
	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_ETH_SHORT);
		return;
	}
	memcpy(d->p->dst_mac, mac, 6);
	memcpy(d->p->src_mac, mac + 6, 6);
	d->p->has_mac = true;
	d->n_tag = 0;
	d->next = WARD_LAYER_TYPE;
}

/* IEEE 802.2 with SNAP (IEEE 802 10.3, RFC 1042), Cisco's organisation for CDP; all else of LLC is
 * not looked into. */
void ward_decode_llc(struct ward_decoder *d)
{
	struct ward_rd at = d->r;
	uint32_t sap = ward_rd_be24(&at), organisation = ward_rd_be24(&at);

	d->type = ward_rd_be16(&at);
	/* 00-00-f8: of bridges, RFC 1042's successor for types that are lengths elsewhere */
	bool snap = sap == 0xaaaa03 && (organisation == 0 || organisation == 0xf8);
	bool cdp = sap == 0xaaaa03 && organisation == 0x0c && d->type == 0x2000;

	if (ward_rd_bad(&at) || !(snap || cdp) || d->type < WARD_ETHERTYPE_MIN) {
		d->r.bad = ward_rd_bad(&at);
		ward_decode_stop(d, WARD_NET_LLC);
		return;
	}
	d->r = at;
	d->next = cdp ? WARD_LAYER_CDP : WARD_LAYER_TYPE;
}

/* RFC 1661 2, RFC 1662 3.1: address and control, and the protocol's first byte, may be left out. */
void ward_decode_ppp(struct ward_decoder *d)
{
	static const struct {
		uint16_t protocol;
		enum ward_layer layer;
	} inside[] = {
		{0x0021, WARD_LAYER_IP4},
		{0x0057, WARD_LAYER_IP6},
		{0x0281, WARD_LAYER_MPLS},
	};

	if (ward_rd_peek(&d->r) == 0xff)
		ward_rd_skip(&d->r, 2);
	uint16_t protocol = ward_rd_peek(&d->r) & 1 ? ward_rd_u8(&d->r) : ward_rd_be16(&d->r);

	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_PPP_SHORT);
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(inside) && d->next == WARD_LAYER_NONE; i++)
		if (inside[i].protocol == protocol)
			d->next = inside[i].layer;
	if (d->next == WARD_LAYER_NONE)
		ward_decode_stop(d, WARD_NET_PPP_PROTOCOL);
}

/* LINKTYPE_LINUX_SLL and _SLL2 (tcpdump.org/linktypes): a sender address, no destination. */
void ward_decode_sll(struct ward_decoder *d)
{
	bool v2 = d->f->link == WARD_LINK_SLL2;
	uint16_t type = 0, hardware, addr_len;

	if (v2) {
		type = ward_rd_be16(&d->r);
		ward_rd_skip(&d->r, 6); /* reserved, interface index */
		hardware = ward_rd_be16(&d->r);
		ward_rd_skip(&d->r, 1); /* packet type */
		addr_len = ward_rd_u8(&d->r);
	} else {
		ward_rd_skip(&d->r, 2);
		hardware = ward_rd_be16(&d->r);
		addr_len = ward_rd_be16(&d->r);
	}
	const uint8_t *addr = ward_rd_take(&d->r, 8);

	if (!v2)
		type = ward_rd_be16(&d->r);
	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_SLL_SHORT);
		return;
	}
	if (hardware == 1 && addr_len == 6) {
		memcpy(d->p->src_mac, addr, 6);
		d->p->has_mac = true;
	}
	d->type = type;
	d->next = WARD_LAYER_TYPE;
}

/* The family is AF_INET or AF_INET6 of the system that wrote the file: BSDs differ for the latter.
 */
void ward_decode_null(struct ward_decoder *d)
{
	uint32_t family = ward_rd_be32(&d->r);

	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_NULL_SHORT);
		return;
	}
	if (d->f->link == WARD_LINK_NULL && family > 0xffff)
		family = __builtin_bswap32(family);
	if (family == 2)
		d->next = WARD_LAYER_IP4;
	else if (family == 10 || family == 24 || family == 28 || family == 30)
		d->next = WARD_LAYER_IP6;
	else
		ward_decode_stop(d, WARD_NET_NULL_FAMILY);
}
