/* Everything that the sensor counts, in one list. Nothing is left out of an event stream without
 * one of these. */
#ifndef WARD_SENSE_NET_COUNTERS_H
#define WARD_SENSE_NET_COUNTERS_H

#include "base/counter.h"

/* What a count means. INFO: traffic. ODD: accepted although wrong. SKIP: understood as far as
 * stated, not looked into. REJECT: malformed, the rest of the packet is not used; gives a
 * net.malformed event. LOSS: something of ours did not fit, or the mirror did not
 * show it. */
enum ward_net_kind { WARD_NET_INFO, WARD_NET_ODD, WARD_NET_SKIP, WARD_NET_REJECT, WARD_NET_LOSS };

/* X(IDENT, "name", KIND) */
#define WARD_NET_COUNTER_LIST(X)                               \
	X(PACKETS, "net.packets", INFO)                        \
	X(BYTES, "net.bytes", INFO)                            \
	X(DECODED, "net.decoded", INFO)                        \
	X(EVENTS, "net.events", INFO)                          \
	X(EVENTS_LOST, "net.loss.event", LOSS)                 \
	X(EVENTS_HELD, "net.skip.events_held", SKIP)           \
	X(TIME_BACK, "net.odd.time_back", ODD)                 \
	X(FRAME_LENGTH, "net.reject.frame.length", REJECT)     \
	X(SNAPPED, "net.skip.snapped", SKIP)                   \
	X(SNAPPED_PAYLOAD, "net.odd.payload_snapped", ODD)     \
	X(LINK_TYPE, "net.skip.link_type", SKIP)               \
	X(ETH_SHORT, "net.reject.eth.short", REJECT)           \
	X(VLAN_SHORT, "net.reject.vlan.short", REJECT)         \
	X(VLAN_DEPTH, "net.reject.vlan.depth", REJECT)         \
	X(SLL_SHORT, "net.reject.sll.short", REJECT)           \
	X(NULL_SHORT, "net.reject.null.short", REJECT)         \
	X(NULL_FAMILY, "net.skip.null.family", SKIP)           \
	X(PPP_SHORT, "net.reject.ppp.short", REJECT)           \
	X(PPP_PROTOCOL, "net.skip.ppp.protocol", SKIP)         \
	X(RADIOTAP, "net.reject.radiotap.length", REJECT)      \
	X(WLAN_SHORT, "net.reject.wlan.short", REJECT)         \
	X(WLAN_KIND, "net.skip.wlan.kind", SKIP)               \
	X(WLAN_ENCRYPTED, "net.skip.wlan.encrypted", SKIP)     \
	X(WLAN_PART, "net.skip.wlan.part", SKIP)               \
	X(WLAN_FCS, "net.skip.wlan.fcs", SKIP)                 \
	X(LLC, "net.skip.eth.llc", SKIP)                       \
	X(ETHERTYPE, "net.skip.eth.type", SKIP)                \
	X(TUNNEL_ERSPAN, "net.tunnel.erspan", INFO)            \
	X(TUNNEL_GRE, "net.tunnel.gre", INFO)                  \
	X(TUNNEL_PPTP, "net.tunnel.pptp", INFO)                \
	X(TUNNEL_VXLAN, "net.tunnel.vxlan", INFO)              \
	X(TUNNEL_GENEVE, "net.tunnel.geneve", INFO)            \
	X(TUNNEL_IPV4, "net.tunnel.ipv4", INFO)                \
	X(TUNNEL_IPV6, "net.tunnel.ipv6", INFO)                \
	X(TUNNEL_PPPOE, "net.tunnel.pppoe", INFO)              \
	X(TUNNEL_MPLS, "net.tunnel.mpls", INFO)                \
	X(TUNNEL_PBB, "net.tunnel.802.1ah", INFO)              \
	X(TUNNEL_DEPTH, "net.reject.tunnel.depth", REJECT)     \
	X(GRE_SHORT, "net.reject.gre.short", REJECT)           \
	X(GRE_CHECKSUM, "net.odd.gre.checksum", ODD)           \
	X(GRE_VERSION, "net.skip.gre.version", SKIP)           \
	X(GRE_ROUTING, "net.skip.gre.routing", SKIP)           \
	X(GRE_PROTOCOL, "net.skip.gre.protocol", SKIP)         \
	X(GRE_EMPTY, "net.skip.gre.empty", SKIP)               \
	X(ERSPAN_SHORT, "net.reject.erspan.short", REJECT)     \
	X(ERSPAN_VERSION, "net.reject.erspan.version", REJECT) \
	X(ERSPAN_KIND, "net.skip.erspan.kind", SKIP)           \
	X(PPPOE_SHORT, "net.reject.pppoe.short", REJECT)       \
	X(PPPOE_LENGTH, "net.reject.pppoe.length", REJECT)     \
	X(PPPOE_CODE, "net.skip.pppoe.code", SKIP)             \
	X(MPLS_SHORT, "net.reject.mpls.short", REJECT)         \
	X(MPLS_DEPTH, "net.reject.mpls.depth", REJECT)         \
	X(MPLS_INSIDE, "net.skip.mpls.inside", SKIP)           \
	X(PBB_SHORT, "net.reject.802.1ah.short", REJECT)       \
	X(ARP_SHORT, "net.reject.arp.short", REJECT)           \
	X(ARP_SIZES, "net.reject.arp.sizes", REJECT)           \
	X(ARP_KIND, "net.skip.arp.kind", SKIP)                 \
	X(ARP_OP, "net.skip.arp.op", SKIP)                     \
	X(IP_SHORT, "net.reject.ip.short", REJECT)             \
	X(IP_VERSION, "net.reject.ip.version", REJECT)         \
	X(IP4_HEADER, "net.reject.ip4.header", REJECT)         \
	X(IP4_LENGTH, "net.reject.ip4.length", REJECT)         \
	X(IP4_CHECKSUM, "net.odd.ip4.checksum", ODD)           \
	X(IP6_LENGTH, "net.reject.ip6.length", REJECT)         \
	X(IP6_EXTENSION, "net.reject.ip6.extension", REJECT)   \
	X(IP6_DEPTH, "net.reject.ip6.depth", REJECT)           \
	X(IP6_JUMBO, "net.skip.ip6.jumbo", SKIP)               \
	X(FRAGMENT_FIRST, "net.odd.ip.fragment_first", ODD)    \
	X(FRAGMENT_LATER, "net.skip.ip.fragment", SKIP)        \
	X(FRAGMENT_WHOLE, "net.fragment.whole", INFO)          \
	X(FRAGMENT_TIMEOUT, "net.skip.fragment.timeout", SKIP) \
	X(FRAGMENT_OVERLAP, "net.odd.ip.overlap", ODD)         \
	X(FRAGMENT_TINY, "net.odd.ip.fragment_tiny", ODD)      \
	X(FRAGMENT_LENGTH, "net.odd.ip.fragment_length", ODD)  \
	X(FRAGMENT_BAD, "net.odd.ip.fragment_bad", ODD)        \
	X(FRAGMENT_EVICTED, "net.loss.fragment_evicted", LOSS) \
	X(UDP_SHORT, "net.reject.udp.short", REJECT)           \
	X(UDP_LENGTH, "net.reject.udp.length", REJECT)         \
	X(UDP_CHECKSUM, "net.odd.udp.checksum", ODD)           \
	X(TCP_SHORT, "net.reject.tcp.short", REJECT)           \
	X(TCP_HEADER, "net.reject.tcp.header", REJECT)         \
	X(TCP_CHECKSUM, "net.odd.tcp.checksum", ODD)           \
	X(ICMP_SHORT, "net.reject.icmp.short", REJECT)         \
	X(ICMP_CHECKSUM, "net.odd.icmp.checksum", ODD)         \
	X(TRANSPORT, "net.skip.ip.protocol", SKIP)             \
	X(TCP_BYTES, "net.tcp.bytes", INFO)                    \
	X(CAPTURE_DROPPED, "net.loss.capture_dropped", LOSS)   \
	X(ACKED_UNSEEN, "net.loss.acked_unseen_bytes", LOSS)   \
	X(SENT_PACKETS, "net.sent.packets", ODD)               \
	X(SENT_BYTES, "net.sent.bytes", ODD)                   \
	X(FLOWS, "net.flows", INFO)                            \
	X(FLOW_TIMEOUT, "net.flow.timeout", INFO)              \
	X(FLOW_REUSED, "net.flow.reused", INFO)                \
	X(FLOW_EVICTED, "net.loss.flow_evicted", LOSS)         \
	X(HOSTS, "net.hosts", INFO)                            \
	X(HOST_MOVED, "net.host.moved", INFO)                  \
	X(HOST_HELD, "net.host.moved_held", SKIP)              \
	X(HOST_EVICTED, "net.loss.host_evicted", LOSS)         \
	X(ARP, "net.arp", INFO)                                \
	X(ARP_REPEAT, "net.skip.arp.repeat", SKIP)             \
	X(ARP_EVICTED, "net.loss.arp_evicted", LOSS)           \
	X(NEIGHBORS, "net.neighbors", INFO)                    \
	X(NEIGHBOR_REPEAT, "net.skip.neighbor.repeat", SKIP)   \
	X(NEIGHBOR_EVICTED, "net.loss.neighbor_evicted", LOSS) \
	X(LLDP_TLV, "net.lldp.reject.tlv", REJECT)             \
	X(LLDP_MANDATORY, "net.lldp.reject.mandatory", REJECT) \
	X(LLDP_VALUE, "net.lldp.reject.value", REJECT)         \
	X(CDP_HEADER, "net.cdp.reject.header", REJECT)         \
	X(CDP_CHECKSUM, "net.odd.cdp.checksum", ODD)           \
	X(CDP_TLV, "net.cdp.reject.tlv", REJECT)               \
	X(CDP_MANDATORY, "net.cdp.reject.mandatory", REJECT)   \
	X(CDP_VALUE, "net.cdp.reject.value", REJECT)           \
	X(MALFORMED, "net.malformed", INFO)                    \
	X(MALFORMED_HELD, "net.malformed_held", SKIP)          \
	X(PDU, "net.dissect.pdu", INFO)                        \
	X(UNPARSED, "net.skip.dissect.bytes", SKIP)            \
	X(DISSECT_FOREIGN, "net.skip.dissect.foreign", SKIP)   \
	X(DISSECT_MORE, "net.skip.dissect.incomplete", SKIP)   \
	X(DISSECT_GIVEN_UP, "net.skip.dissect.given_up", SKIP) \
	X(DISSECT_TOO_LONG, "net.skip.dissect.too_long", SKIP) \
	X(STREAM_BYTES, "net.stream.bytes", INFO)              \
	X(STREAM_REPEAT, "net.stream.repeated", INFO)          \
	X(STREAM_GAPS, "net.stream.gaps", INFO)                \
	X(STREAM_LOST, "net.skip.stream.lost", SKIP)           \
	X(STREAM_UNREAD, "net.skip.stream.unread", SKIP)       \
	X(STREAM_WINDOW, "net.odd.tcp.window", ODD)            \
	X(STREAM_OVERLAP, "net.odd.tcp.overlap", ODD)          \
	X(STREAM_FULL, "net.loss.stream_full", LOSS)           \
	X(STREAM_SHED, "net.loss.stream_shed", LOSS)           \
	X(STREAM_EVICTED, "net.loss.stream_evicted", LOSS)     \
	X(STATE_EVICTED, "net.loss.state_evicted", LOSS)       \
	X(FILES, "net.files", INFO)                            \
	X(FILE_BYTES, "net.file.bytes", INFO)                  \
	X(FILE_REPEAT, "net.file.repeated", INFO)              \
	X(FILE_FULL, "net.loss.file_full", LOSS)               \
	X(FILE_CODED, "net.loss.file_coded", LOSS)             \
	X(FILE_PARTS, "net.skip.file_parts", SKIP)             \
	X(FILE_EVICTED, "net.loss.file_evicted", LOSS)         \
	X(EXPECT_EVICTED, "net.loss.expect_evicted", LOSS)

enum ward_net_counter {
#define X(IDENT, name, KIND) WARD_NET_##IDENT,
	WARD_NET_COUNTER_LIST(X)
#undef X
		WARD_NET_COUNTER_N,
};

struct ward_net_counter_info {
	const char *name;
	enum ward_net_kind kind;
};

/* Lives forever. */
const struct ward_net_counter_info *ward_net_counter_info(enum ward_net_counter c);

#endif
