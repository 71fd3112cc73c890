/* One captured frame, and what its headers say.
 *
 * ward_packet_decode is a pure function over outside bytes: link layer, VLAN tags, tunnels and the
 * encapsulations of mirrors, ARP, IPv4/IPv6, UDP, TCP, ICMP. What is innermost is the packet.
 * Slices in a packet borrow the frame and die with it. */
#ifndef WARD_SENSE_NET_PACKET_H
#define WARD_SENSE_NET_PACKET_H

#include "base/clock.h"
#include "base/rd.h"
#include "sense/net/counters.h"

enum ward_link {
	WARD_LINK_UNKNOWN,
	WARD_LINK_ETHERNET,
	WARD_LINK_RAW,  /* starts with an IP header; the version nibble says which */
	WARD_LINK_SLL,  /* Linux "any" device, LINKTYPE_LINUX_SLL */
	WARD_LINK_SLL2, /* LINKTYPE_LINUX_SLL2 */
	WARD_LINK_NULL, /* BSD loopback, family in the byte order of the writer */
	WARD_LINK_LOOP, /* OpenBSD loopback, family in network order */
	WARD_LINK_PPP,
	WARD_LINK_WLAN,     /* IEEE 802.11 */
	WARD_LINK_RADIOTAP, /* IEEE 802.11 behind a radiotap header */
	WARD_LINK_N,
};

struct ward_frame {
	ward_ns time;
	ward_ns seen;
	uint64_t seq; /* number of the packet at its source, from 0 */
	enum ward_link link;
	uint16_t link_type;      /* the file's number of it, to say which it was */
	struct ward_slice bytes; /* what was captured */
	size_t len;              /* what was on the wire; >= bytes.len */
	bool outgoing;           /* this machine sent it */
	uint16_t vlan;           /* taken off by the capturing kernel; 0: none */
};

enum {
	WARD_PROTO_ICMP = 1,
	WARD_PROTO_IPV4 = 4,
	WARD_PROTO_TCP = 6,
	WARD_PROTO_UDP = 17,
	WARD_PROTO_IPV6 = 41,
	WARD_PROTO_GRE = 47,
	WARD_PROTO_ICMP6 = 58,
};
enum { WARD_TCP_FIN = 1, WARD_TCP_SYN = 2, WARD_TCP_RST = 4, WARD_TCP_ACK = 16 };

/* What packets travel in. X(IDENT, "name", COUNTER, over_ip, flow)
 * over_ip: it has addresses of its own, and what is inside has nothing to do with the link outside.
 * flow: who carries it is a flow too; else only when nothing was understood of what is inside.
 * Their numbers keep nothing apart: labels, calls, and even the network identifiers of overlays may
 * differ from one direction of a conversation to the other. */
#define WARD_TUNNEL_LIST(X)                                     \
	X(ERSPAN, "erspan", TUNNEL_ERSPAN, true, false)         \
	X(GRE, "gre", TUNNEL_GRE, true, true)                   \
	X(GRE_ETHERNET, "gre_ethernet", TUNNEL_GRE, true, true) \
	X(PPTP, "pptp", TUNNEL_PPTP, true, true)                \
	X(VXLAN, "vxlan", TUNNEL_VXLAN, true, false)            \
	X(GENEVE, "geneve", TUNNEL_GENEVE, true, false)         \
	X(IPV4, "ipv4", TUNNEL_IPV4, true, true)                \
	X(IPV6, "ipv6", TUNNEL_IPV6, true, true)                \
	X(PPPOE, "pppoe", TUNNEL_PPPOE, false, false)           \
	X(MPLS, "mpls", TUNNEL_MPLS, false, false)              \
	X(PBB, "802.1ah", TUNNEL_PBB, false, false)

enum ward_tunnel_kind {
	WARD_TUNNEL_NONE,
#define X(IDENT, name, COUNTER, over_ip, flow) WARD_TUNNEL_##IDENT,
	WARD_TUNNEL_LIST(X)
#undef X
		WARD_TUNNEL_N,
};

struct ward_tunnel_info {
	const char *name;
	enum ward_net_counter counter;
	bool over_ip, flow;
};

enum { WARD_TUNNELS_MAX = 4 };

/* What a device says of itself to the one at the other end of the cable. */
enum ward_neighbor_kind { WARD_NEIGHBOR_NONE, WARD_NEIGHBOR_LLDP, WARD_NEIGHBOR_CDP };

/* One of them, and the packet around it, as far as its headers said. */
struct ward_tunnel {
	enum ward_tunnel_kind kind;
	bool has_id;
	uint32_t id; /* GRE key, VNI, session, label, I-SID */
	bool has_mac;
	uint8_t ip_version; /* 0: not over IP */
	uint8_t proto;
	uint8_t src_mac[6], dst_mac[6];
	uint16_t vlan;
	uint16_t src_port, dst_port;
	uint8_t src_ip[16], dst_ip[16];
	uint32_t n_packet, ip_bytes;
};

/* Addresses are 16 bytes; IPv4 sits in the first four, the rest is zero. */
struct ward_packet {
	bool has_mac, has_arp, has_ip, has_transport;
	uint8_t src_mac[6], dst_mac[6];
	uint16_t vlan;       /* outermost VLAN id; 0: none (id 0 is only a priority tag) */
	uint16_t inner_vlan; /* of the tag behind that; 0: none */
	uint16_t ethertype;
	struct {
		uint16_t op; /* RFC 826: 1 request, 2 reply */
		uint8_t sender_mac[6], target_mac[6];
		uint8_t sender_ip[16], target_ip[16]; /* as below */
	} arp;
	struct {
		enum ward_neighbor_kind kind;
		bool snapped;            /* more of it was on the wire than was captured */
		struct ward_slice bytes; /* the whole announcement, perhaps with padding */
		size_t off;              /* in the frame */
	} neighbor;
	uint8_t ip_version; /* 4 or 6 */
	uint8_t src_ip[16], dst_ip[16];
	uint8_t proto;
	uint8_t ttl;
	bool fragment; /* first fragment: the payload is not the whole message */
	struct {
		bool is, more, snapped;
		uint8_t proto;           /* of the IP payload */
		uint32_t id, off;        /* bytes */
		struct ward_slice bytes; /* of IP payload */
	} frag;                          /* first or later */
	uint32_t n_packet;               /* 1, or fragments that are told of with this one */
	uint32_t ip_bytes;           /* header and payload as the header says, of all of those */
	uint16_t src_port, dst_port; /* ICMP: type and code in src_port, 0 in dst_port */
	uint8_t tcp_flags;
	uint32_t tcp_seq, tcp_ack;
	struct ward_slice payload; /* of UDP or TCP, or ICMP's whole message; as captured */
	size_t payload_len;        /* on the wire */
	bool payload_snapped;      /* more of it was on the wire than was captured */
	/* What it travelled in, outermost first; all above is of what is inside. */
	uint8_t n_tunnel;
	struct ward_tunnel tunnel[WARD_TUNNELS_MAX];
	/* Why decoding ended early and where; reason is WARD_NET_COUNTER_N when it did not. */
	enum ward_net_counter reason;
	size_t reason_off; /* offset in the frame */
};

/* Fills all of p. Adds anomalies to count (WARD_NET_COUNTER_N entries) and the reason, if any, too.
 * O(bytes) because checksums are verified; everything else is O(headers). */
void ward_packet_decode(const struct ward_frame *f, struct ward_packet *p, uint64_t *count);
/* p is the fragment that made its datagram whole: takes ports and payload from the IP payload,
 * which is of protocol proto and which p borrows. It may be a tunnel with a fragment inside. What
 * is wrong with it sets reason and is counted as net.odd.ip.fragment_bad, because the fragment's
 * own packet was counted. */
void ward_packet_decode_whole(const struct ward_frame *f, struct ward_slice whole, uint8_t proto,
	struct ward_packet *p, uint64_t *count);
/* The packet around p->tunnel[i], without payload. False when it has no addresses. */
bool ward_packet_outer(const struct ward_packet *p, size_t i, struct ward_packet *ret);
/* Lives forever. */
const struct ward_tunnel_info *ward_tunnel_info(enum ward_tunnel_kind kind);

#endif
