/* What packets are wrapped in: tunnels, mirror encapsulations, labels. */
#include "sense/net/decode.h"

enum {
	GRE_CHECKSUM = 0x8000, /* RFC 2784 2.1, RFC 2890 2 */
	GRE_ROUTING = 0x4000,  /* RFC 1701 */
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080, /* RFC 2637 4.1 */
	GRE_VERSION = 7,
	GRE_ERSPAN_2 = 0x88be, /* types I and II */
	GRE_ERSPAN_3 = 0x22eb,
	GRE_PPP = 0x880b,
	LABELS_MAX = 16,
	LABEL_ALERT = 13, /* RFC 5586 4 */
	CONTROL_AND_ETHERNET = 4 + 14,
	VXLAN_PORT = 4789,
	VXLAN_PORT_BEFORE = 8472, /* Linux's own, from before there was a number */
	VXLAN_GPE_PORT = 4790,
	GENEVE_PORT = 6081,
};

/* What was cut off by the mirror is as if by the snap length: an IP packet's length says how much.
 */
static void cut_by_mirror(struct ward_decoder *d)
{
	d->end = d->r.len + UINT16_MAX + 1;
}

/* draft-foschiano-erspan-03 4: type I has no header of its own, and GRE then no sequence number. */
static void decode_erspan(struct ward_decoder *d, uint16_t protocol, bool has_header)
{
	bool third = protocol == GRE_ERSPAN_3;
	uint16_t vlan = 0, session = 0, kind = 0;

	if (has_header || third) {
		struct ward_rd at = d->r;

		vlan = ward_rd_be16(&at);
		session = ward_rd_be16(&at);
		ward_rd_skip(&at, third ? 6 : 4); /* time and group, or index */
		kind = third ? ward_rd_be16(&at) : 0;
		ward_rd_skip(&at, kind & 1 ? 8 : 0); /* platform */
		if (ward_rd_bad(&at)) {
			d->r.bad = true;
			ward_decode_stop(d, WARD_NET_ERSPAN_SHORT);
			return;
		}
		if (vlan >> 12 != (third ? 2 : 1)) {
			ward_decode_stop(d, WARD_NET_ERSPAN_VERSION);
			return;
		}
		d->r = at;
	}
	if (!ward_decode_enter(d, WARD_TUNNEL_ERSPAN, session & 0x3ff, session & 0x3ff))
		return;
	d->p->vlan = vlan & 0x0fff;
	if (session & 0x0400)
		cut_by_mirror(d);
	if ((kind >> 10 & 31) == 2) /* frame type */
		d->next = WARD_LAYER_IP;
	else if (kind >> 10 & 31)
		ward_decode_stop(d, WARD_NET_ERSPAN_KIND);
	else
		d->next = WARD_LAYER_ETHERNET;
}

/* RFC 2637 4.1: the key is a length and the call. */
static void decode_pptp(struct ward_decoder *d, uint16_t flags, uint32_t key)
{
	if (!ward_decode_enter(d, WARD_TUNNEL_PPTP, true, key & 0xffff))
		return;
	if (!(flags & GRE_SEQUENCE) || key >> 16 == 0) {
		ward_decode_stop(d, WARD_NET_GRE_EMPTY);
		return;
	}
	if (key >> 16 <= ward_decode_left(d))
		ward_decode_narrow(d, key >> 16);
	d->next = WARD_LAYER_PPP;
}

static void decode_gre_inside(
	struct ward_decoder *d, uint16_t protocol, uint16_t flags, uint32_t key)
{
	bool has_key = flags & GRE_KEY;

	if (protocol == GRE_ERSPAN_2 || protocol == GRE_ERSPAN_3) {
		decode_erspan(d, protocol, flags & GRE_SEQUENCE);
	} else if (protocol == WARD_ETHERTYPE_ETHERNET) {
		if (ward_decode_enter(d, WARD_TUNNEL_GRE_ETHERNET, has_key, key))
			d->next = WARD_LAYER_ETHERNET;
	} else if (protocol < WARD_ETHERTYPE_MIN) {
		ward_decode_stop(d, WARD_NET_GRE_PROTOCOL);
	} else if (ward_decode_enter(d, WARD_TUNNEL_GRE, has_key, key)) {
		d->type = protocol;
		d->next = WARD_LAYER_TYPE;
	}
}

void ward_decode_gre(struct ward_decoder *d)
{
	size_t from = d->r.off, wire = ward_decode_left(d);
	bool whole = wire <= ward_rd_left(&d->r);
	uint16_t flags = ward_rd_be16(&d->r), protocol = ward_rd_be16(&d->r);
	bool pptp = (flags & GRE_VERSION) == 1 && protocol == GRE_PPP && flags & GRE_KEY;
	uint32_t key = 0;

	if (!ward_rd_bad(&d->r) && (flags & GRE_VERSION) != 0 && !pptp) {
		ward_decode_stop(d, WARD_NET_GRE_VERSION);
		return;
	}
	if (!ward_rd_bad(&d->r) && flags & GRE_ROUTING) {
		ward_decode_stop(d, WARD_NET_GRE_ROUTING);
		return;
	}
	if (flags & GRE_CHECKSUM)
		ward_rd_skip(&d->r, 4);
	if (flags & GRE_KEY)
		key = ward_rd_be32(&d->r);
	if (flags & GRE_SEQUENCE)
		ward_rd_skip(&d->r, 4);
	if (pptp && flags & GRE_ACK)
		ward_rd_skip(&d->r, 4);
	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_GRE_SHORT);
		return;
	}
	if (flags & GRE_CHECKSUM && whole &&
		!ward_decode_sum_good(ward_decode_sum(d->r.p + from, wire, 0)))
		ward_decode_odd(d, WARD_NET_GRE_CHECKSUM);
	d->n_tag = 0;
	if (pptp)
		decode_pptp(d, flags, key);
	else
		decode_gre_inside(d, protocol, flags, key);
}

/* RFC 7348 5: a flag says that there is a network identifier; what is reserved is not looked at.
 * The generic extension (draft-ietf-nvo3-vxlan-gpe 3.1) has a flag for a next protocol. */
static bool decode_vxlan(struct ward_decoder *d, bool generic)
{
	static const enum ward_layer next[] = {
		WARD_LAYER_NONE, WARD_LAYER_IP4, WARD_LAYER_IP6, WARD_LAYER_ETHERNET};
	struct ward_rd at = d->r;
	uint8_t flags = ward_rd_u8(&at);

	ward_rd_skip(&at, 2);
	uint8_t protocol = ward_rd_u8(&at);
	uint32_t vni = ward_rd_be24(&at);
	enum ward_layer inside = WARD_LAYER_ETHERNET;

	ward_rd_skip(&at, 1);
	if (generic && flags & 0x04)
		inside = protocol < WARD_ARRAY_LEN(next) ? next[protocol] : WARD_LAYER_NONE;
	if (ward_rd_bad(&at) || !(flags & 0x08) || inside == WARD_LAYER_NONE ||
		(inside == WARD_LAYER_ETHERNET && !ward_decode_like_ethernet(&at)))
		return false;
	d->r = at;
	if (ward_decode_enter(d, WARD_TUNNEL_VXLAN, true, vni))
		d->next = inside;
	return true;
}

/* RFC 8926 3.4 */
static bool decode_geneve(struct ward_decoder *d)
{
	struct ward_rd at = d->r;
	uint8_t first = ward_rd_u8(&at), flags = ward_rd_u8(&at);
	uint16_t type = ward_rd_be16(&at);
	uint32_t vni = ward_rd_be24(&at);
	bool ethernet = type == WARD_ETHERTYPE_ETHERNET;

	ward_rd_skip(&at, 1 + (first & 0x3f) * 4u);
	if (ward_rd_bad(&at) || first >> 6 != 0 || flags & 0x3f ||
		!(ethernet || type == WARD_ETHERTYPE_IP4 || type == WARD_ETHERTYPE_IP6 ||
			type == WARD_ETHERTYPE_ARP))
		return false;
	d->r = at;
	if (!ward_decode_enter(d, WARD_TUNNEL_GENEVE, true, vni))
		return true;
	d->n_tag = 0;
	d->type = type;
	d->next = ethernet ? WARD_LAYER_ETHERNET : WARD_LAYER_TYPE;
	return true;
}

bool ward_decode_udp_tunnel(struct ward_decoder *d, uint16_t port)
{
	if (d->p->fragment)
		return false;
	if (port == VXLAN_PORT || port == VXLAN_PORT_BEFORE || port == VXLAN_GPE_PORT)
		return decode_vxlan(d, port == VXLAN_GPE_PORT);
	return port == GENEVE_PORT && decode_geneve(d);
}

/* RFC 2516 4: the session's packets; its negotiation is only counted. */
void ward_decode_pppoe(struct ward_decoder *d)
{
	uint8_t version = ward_rd_u8(&d->r), code = ward_rd_u8(&d->r);
	uint16_t session = ward_rd_be16(&d->r), len = ward_rd_be16(&d->r);

	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_PPPOE_SHORT);
		return;
	}
	if (version != 0x11 || code != 0) {
		ward_decode_stop(d, WARD_NET_PPPOE_CODE);
		return;
	}
	if (len > ward_decode_left(d)) {
		ward_decode_stop(d, WARD_NET_PPPOE_LENGTH);
		return;
	}
	ward_decode_narrow(d, len);
	if (ward_decode_enter(d, WARD_TUNNEL_PPPOE, true, session))
		d->next = WARD_LAYER_PPP;
}

/* No header says what is under the labels (RFC 4928 2): IP by its version, or a pseudowire's
 * Ethernet with a control word (RFC 4385 3, zero bits first) or without. */
static enum ward_layer under_labels(struct ward_decoder *d)
{
	uint8_t nibble = ward_rd_peek(&d->r) >> 4;
	struct ward_rd at = d->r;

	if (nibble == 4 && (ward_rd_peek(&d->r) & 15) >= 5)
		return WARD_LAYER_IP4;
	if (nibble == 6 && !ward_decode_like_ethernet(&d->r))
		return WARD_LAYER_IP6;
	ward_rd_skip(&at, 4);
	if (nibble == 0 && ward_decode_like_ethernet(&at)) {
		d->r = at;
		return WARD_LAYER_ETHERNET;
	}
	return ward_decode_like_ethernet(&d->r) ? WARD_LAYER_ETHERNET : WARD_LAYER_NONE;
}

/* RFC 3032 2.1 */
void ward_decode_mpls(struct ward_decoder *d)
{
	uint32_t entry = 0;

	for (unsigned i = 0; !(entry & 0x100); i++) {
		entry = ward_rd_be32(&d->r);
		if (ward_rd_bad(&d->r)) {
			ward_decode_stop(d, WARD_NET_MPLS_SHORT);
			return;
		}
		if (i == LABELS_MAX) {
			ward_decode_stop(d, WARD_NET_MPLS_DEPTH);
			return;
		}
	}
	if (!ward_decode_enter(d, WARD_TUNNEL_MPLS, true, entry >> 12))
		return;
	enum ward_layer inside = entry >> 12 == LABEL_ALERT ? WARD_LAYER_NONE : under_labels(d);

	if (inside == WARD_LAYER_NONE) {
		d->r.bad = ward_rd_left(&d->r) < CONTROL_AND_ETHERNET;
		ward_decode_stop(d, WARD_NET_MPLS_INSIDE);
		return;
	}
	if (inside == WARD_LAYER_ETHERNET)
		d->p->vlan = d->p->inner_vlan = 0;
	d->next = inside;
}

/* IEEE 802.1Q 9.7: the I-TAG, then the customer's frame. */
void ward_decode_pbb(struct ward_decoder *d)
{
	uint32_t tag = ward_rd_be32(&d->r);

	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_PBB_SHORT);
		return;
	}
	if (!ward_decode_enter(d, WARD_TUNNEL_PBB, true, tag & 0xffffff))
		return;
	d->p->vlan = d->p->inner_vlan = 0;
	d->next = WARD_LAYER_ETHERNET;
}
