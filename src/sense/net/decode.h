/* The decoder's inside, shared by packet.c, link.c, wlan.c, tunnel.c, ip.c and transport.c only.
 *
 * A layer reads its header and says which layer comes next; packet.c goes from one to the other, so
 * that nothing calls itself, however packets are wrapped. */
#ifndef WARD_SENSE_NET_DECODE_H
#define WARD_SENSE_NET_DECODE_H

#include "sense/net/packet.h"

enum ward_layer {
	WARD_LAYER_NONE, /* that was all */
	WARD_LAYER_ETHERNET,
	WARD_LAYER_TYPE, /* what the decoder's type says */
	WARD_LAYER_LLC,
	WARD_LAYER_SLL,
	WARD_LAYER_NULL,
	WARD_LAYER_PPP,
	WARD_LAYER_WLAN,
	WARD_LAYER_RADIOTAP,
	WARD_LAYER_PPPOE,
	WARD_LAYER_MPLS,
	WARD_LAYER_PBB,
	WARD_LAYER_ARP,
	WARD_LAYER_LLDP,
	WARD_LAYER_CDP,
	WARD_LAYER_IP, /* the version nibble says which */
	WARD_LAYER_IP4,
	WARD_LAYER_IP6,
	WARD_LAYER_IP6_NEXT, /* extension headers, from the packet's protocol on */
	WARD_LAYER_TRANSPORT,
	WARD_LAYER_GRE,
	WARD_LAYER_N,
};

enum {
	WARD_ETHERTYPE_MIN = 0x0600, /* below: a length, IEEE 802.3 3.2.6 */
	WARD_ETHERTYPE_IP4 = 0x0800,
	WARD_ETHERTYPE_ARP = 0x0806,
	WARD_ETHERTYPE_ETHERNET = 0x6558, /* transparent Ethernet bridging, in GRE and GENEVE */
	WARD_ETHERTYPE_IP6 = 0x86dd,
};

struct ward_decoder {
	const struct ward_frame *f;
	struct ward_packet *p;
	uint64_t *count;
	struct ward_rd
		r;       /* captured bytes up to the end of the layer; r.off: offset in the frame */
	size_t end;      /* where the layer ends on the wire; >= r.len */
	uint64_t pseudo; /* sum of the pseudo header's addresses and protocol */
	enum ward_layer next;
	uint16_t type; /* Ethertype of WARD_LAYER_TYPE */
	unsigned n_tag;
	bool wlan_pad; /* the 802.11 header is filled up to four bytes */
};

/* On the wire, from the place on. */
static inline size_t ward_decode_left(const struct ward_decoder *d)
{
	return d->end - d->r.off;
}

/* What follows is len bytes on the wire; no more than there are left. */
static inline void ward_decode_narrow(struct ward_decoder *d, size_t len)
{
	d->end = d->r.off + len;
	d->r.len = d->r.len < d->end ? d->r.len : d->end;
}

static inline void ward_decode_odd(struct ward_decoder *d, enum ward_net_counter what)
{
	d->count[what]++;
}

/* Decoding ends here. A header that runs over the end of what was captured is no fault. */
void ward_decode_stop(struct ward_decoder *d, enum ward_net_counter why);
/* From here on it is about what is inside. False, stopped: too many of them. */
bool ward_decode_enter(
	struct ward_decoder *d, enum ward_tunnel_kind kind, bool has_id, uint32_t id);
/* RFC 1071: adds big-endian 16-bit words; an odd last byte is padded with zero. */
uint64_t ward_decode_sum(const uint8_t *b, size_t len, uint64_t sum);
bool ward_decode_sum_good(uint64_t sum);
/* Could an Ethernet frame begin at r's place? Asked where no header says so. */
bool ward_decode_like_ethernet(const struct ward_rd *r);
/* The UDP payload from the place on is a tunnel of this port: it was entered. */
bool ward_decode_udp_tunnel(struct ward_decoder *d, uint16_t port);

/* The layers. */
void ward_decode_ethernet(struct ward_decoder *d);
void ward_decode_type(struct ward_decoder *d);
void ward_decode_llc(struct ward_decoder *d);
void ward_decode_sll(struct ward_decoder *d);
void ward_decode_null(struct ward_decoder *d);
void ward_decode_ppp(struct ward_decoder *d);
void ward_decode_wlan(struct ward_decoder *d);
void ward_decode_radiotap(struct ward_decoder *d);
void ward_decode_pppoe(struct ward_decoder *d);
void ward_decode_mpls(struct ward_decoder *d);
void ward_decode_pbb(struct ward_decoder *d);
void ward_decode_arp(struct ward_decoder *d);
void ward_decode_lldp(struct ward_decoder *d);
void ward_decode_cdp(struct ward_decoder *d);
void ward_decode_ip4(struct ward_decoder *d);
void ward_decode_ip6(struct ward_decoder *d);
void ward_decode_ip6_next(struct ward_decoder *d);
void ward_decode_transport(struct ward_decoder *d);
void ward_decode_gre(struct ward_decoder *d);

#endif
