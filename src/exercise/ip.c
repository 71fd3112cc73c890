#include "exercise/ip.h"

enum { IPV4_HEADER = 20, TTL = 64 };

void ward_frame_ethernet(
	struct ward_wr *w, const uint8_t to[6], const uint8_t from[6], uint16_t type)
{
	ward_wr_bytes(w, to, 6);
	ward_wr_bytes(w, from, 6);
	ward_wr_be16(w, type);
}

/* Ones' complement sum (RFC 1071) that goes on from `sum`; only the last part may be odd. */
static uint32_t sum_up(uint32_t sum, struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		sum += i % 2 ? s.p[i] : (uint32_t)s.p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

void ward_frame_ipv4(struct ward_wr *w, const uint8_t from[4], const uint8_t to[4], uint16_t id,
	uint8_t protocol, size_t len)
{
	uint8_t head[IPV4_HEADER];
	struct ward_wr h = ward_wr_fixed(head, sizeof(head));

	ward_wr_u8(&h, 0x45);
	ward_wr_u8(&h, 0);
	ward_wr_be16(&h, (uint16_t)(IPV4_HEADER + len));
	ward_wr_be16(&h, id);
	ward_wr_be16(&h, 0);
	ward_wr_u8(&h, TTL);
	ward_wr_u8(&h, protocol);
	ward_wr_be16(&h, 0);
	ward_wr_bytes(&h, from, 4);
	ward_wr_bytes(&h, to, 4);
	uint32_t sum = ~sum_up(0, ward_wr_slice(&h));

	ward_wr_bytes(w, head, 10);
	ward_wr_be16(w, (uint16_t)sum);
	ward_wr_bytes(w, head + 12, 8);
}

uint16_t ward_frame_checksum(const uint8_t from[4], const uint8_t to[4], uint8_t protocol,
	struct ward_slice head, struct ward_slice body)
{
	uint8_t pseudo[12];
	struct ward_wr p = ward_wr_fixed(pseudo, sizeof(pseudo));

	ward_wr_bytes(&p, from, 4);
	ward_wr_bytes(&p, to, 4);
	ward_wr_be16(&p, protocol);
	ward_wr_be16(&p, (uint16_t)(head.len + body.len));
	return (uint16_t)~sum_up(sum_up(sum_up(0, ward_wr_slice(&p)), head), body);
}

void ward_frame_udp(struct ward_wr *w, const uint8_t from[4], const uint8_t to[4],
	uint16_t from_port, uint16_t to_port, struct ward_slice body)
{
	uint8_t head[WARD_UDP_HEADER];
	struct ward_wr h = ward_wr_fixed(head, sizeof(head));

	ward_wr_be16(&h, from_port);
	ward_wr_be16(&h, to_port);
	ward_wr_be16(&h, (uint16_t)(WARD_UDP_HEADER + body.len));
	ward_wr_be16(&h, 0);
	uint16_t sum = ward_frame_checksum(from, to, WARD_IPV4_UDP, ward_wr_slice(&h), body);

	ward_wr_bytes(w, head, 6);
	ward_wr_be16(w, sum ? sum : 0xffff); /* 0 stands for none: its twin */
	ward_wr_bytes(w, body.p, body.len);
}
