/* Private to this room: Ethernet II and IPv4 (RFC 791) around what a host sends. */
#ifndef WARD_EXERCISE_IP_H
#define WARD_EXERCISE_IP_H

#include "exercise/scenario.h"

enum { WARD_ETHERNET_IPV4 = 0x0800, WARD_ETHERNET_ARP = 0x0806 };
enum { WARD_IPV4_TCP = 6, WARD_IPV4_UDP = 17, WARD_UDP_HEADER = 8 };

/* Destination, source, type. */
void ward_frame_ethernet(
	struct ward_wr *w, const uint8_t to[6], const uint8_t from[6], uint16_t type);
/* The header of a packet whose content has len bytes. */
void ward_frame_ipv4(struct ward_wr *w, const uint8_t from[4], const uint8_t to[4], uint16_t id,
	uint8_t protocol, size_t len);
/* The ones' complement sum (RFC 1071) over the pseudo header and both parts, complemented; only
 * the last part may have an odd length. */
uint16_t ward_frame_checksum(const uint8_t from[4], const uint8_t to[4], uint8_t protocol,
	struct ward_slice head, struct ward_slice body);
/* A datagram (RFC 768), with its checksum. */
void ward_frame_udp(struct ward_wr *w, const uint8_t from[4], const uint8_t to[4],
	uint16_t from_port, uint16_t to_port, struct ward_slice body);

#endif
