#include "sense/net/decode.h"

uint64_t ward_decode_sum(const uint8_t *b, size_t len, uint64_t sum)
{
	uint64_t words = 0, v = 0;
	size_t i = 0;

	/* The sum does not mind the order of the bytes (RFC 1071 2): the machine's own, and turned
	 * at the end. */
	for (; len - i >= sizeof(v); i += sizeof(v)) {
		memcpy(&v, b + i, sizeof(v));
		words += (v & UINT32_MAX) + (v >> 32);
	}
	v = 0;
	memcpy(&v, b + i, len - i);
	words += (v & UINT32_MAX) + (v >> 32);
	while (words >> 16)
		words = (words >> 16) + (words & 0xffff);
	uint16_t folded = (uint16_t)words;
	uint8_t byte[sizeof(folded)];

	memcpy(byte, &folded, sizeof(byte));
	return sum + ((uint32_t)byte[0] << 8 | byte[1]);
}

bool ward_decode_sum_good(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	return sum == 0xffff;
}

/* Verifies when all of the segment was captured and is here. */
static bool transport_sum_bad(const struct ward_decoder *d, size_t len)
{
	size_t left = ward_rd_left(&d->r);

	if (d->p->fragment || len > left)
		return false;
	return !ward_decode_sum_good(ward_decode_sum(d->r.p + d->r.off, len, d->pseudo + len));
}

static void take_payload(struct ward_decoder *d)
{
	size_t len = ward_decode_left(d), left = ward_rd_left(&d->r);

	d->p->payload_len = len;
	if (len > left) {
		d->p->payload_snapped = true;
		ward_decode_odd(d, WARD_NET_SNAPPED_PAYLOAD);
		len = left;
	}
	d->p->payload = ward_rd_bytes(&d->r, len);
	d->p->has_transport = true;
}

/* RFC 768 */
static void decode_udp(struct ward_decoder *d)
{
	size_t left = ward_decode_left(d);
	struct ward_rd at = d->r;
	uint16_t src = ward_rd_be16(&at), dst = ward_rd_be16(&at), len = ward_rd_be16(&at),
		 sum = ward_rd_be16(&at);

	if (ward_rd_bad(&at)) {
		d->r.bad = true;
		ward_decode_stop(d, WARD_NET_UDP_SHORT);
		return;
	}
	if (len < 8 || (len > left && !d->p->fragment)) {
		ward_decode_stop(d, WARD_NET_UDP_LENGTH);
		return;
	}
	/* Sum 0: the sender gave none. */
	if (sum && transport_sum_bad(d, len))
		ward_decode_odd(d, WARD_NET_UDP_CHECKSUM);
	d->r = at;
	d->p->src_port = src;
	d->p->dst_port = dst;
	len = (uint16_t)(len < left ? len : left);
	ward_decode_narrow(d, len - 8u);
	if (!ward_decode_udp_tunnel(d, dst))
		take_payload(d);
}

/* RFC 9293 3.1 */
static void decode_tcp(struct ward_decoder *d)
{
	size_t left = ward_decode_left(d);
	struct ward_rd at = d->r;
	uint16_t src = ward_rd_be16(&at), dst = ward_rd_be16(&at);
	uint32_t seq = ward_rd_be32(&at), ack = ward_rd_be32(&at);
	uint8_t words = ward_rd_u8(&at) >> 4, flags = ward_rd_u8(&at);

	ward_rd_skip(&at, 6); /* window, checksum, urgent pointer */
	if (ward_rd_bad(&at)) {
		d->r.bad = true;
		ward_decode_stop(d, WARD_NET_TCP_SHORT);
		return;
	}
	size_t header = (size_t)words * 4;

	if (header < 20 || header > left) {
		ward_decode_stop(d, WARD_NET_TCP_HEADER);
		return;
	}
	if (transport_sum_bad(d, left))
		ward_decode_odd(d, WARD_NET_TCP_CHECKSUM);
	d->p->src_port = src;
	d->p->dst_port = dst;
	d->p->tcp_flags = flags;
	d->p->tcp_seq = seq;
	d->p->tcp_ack = ack;
	ward_rd_skip(&at, header - 20);
	d->r = at;
	if (ward_rd_bad(&at)) { /* options cut off: ports and flags still hold */
		d->p->has_transport = true;
		d->p->payload_snapped = true;
		d->p->payload_len = left - header;
		ward_decode_odd(d, WARD_NET_SNAPPED_PAYLOAD);
		return;
	}
	take_payload(d);
}

/* RFC 792, RFC 4443: type and code stand in the place of ports, and in the payload. */
static void decode_icmp(struct ward_decoder *d)
{
	size_t left = ward_decode_left(d);
	bool v4 = d->p->proto == WARD_PROTO_ICMP;
	uint64_t pseudo = v4 ? 0 : d->pseudo + left; /* RFC 792: no pseudo header */
	struct ward_rd at = d->r;
	uint8_t type = ward_rd_u8(&at), code = ward_rd_u8(&at);

	ward_rd_skip(&at, 2);
	if (ward_rd_bad(&at)) {
		d->r.bad = true;
		ward_decode_stop(d, WARD_NET_ICMP_SHORT);
		return;
	}
	if (!d->p->fragment && left <= ward_rd_left(&d->r) &&
		!ward_decode_sum_good(ward_decode_sum(d->r.p + d->r.off, left, pseudo)))
		ward_decode_odd(d, WARD_NET_ICMP_CHECKSUM);
	d->p->src_port = (uint16_t)(type << 8 | code);
	take_payload(d);
}

/* A tunnel straight over IP. The first fragment of it counts for its flow; the whole is entered. */
static void decode_tunnel(struct ward_decoder *d)
{
	if (d->p->fragment)
		d->p->has_transport = true;
	else if (d->p->proto == WARD_PROTO_GRE)
		d->next = WARD_LAYER_GRE;
	else if (d->p->proto == WARD_PROTO_IPV4 && ward_decode_enter(d, WARD_TUNNEL_IPV4, false, 0))
		d->next = WARD_LAYER_IP4;
	else if (d->p->proto == WARD_PROTO_IPV6 && ward_decode_enter(d, WARD_TUNNEL_IPV6, false, 0))
		d->next = WARD_LAYER_IP6;
}

void ward_decode_transport(struct ward_decoder *d)
{
	switch (d->p->proto) {
	case WARD_PROTO_UDP:
		decode_udp(d);
		return;
	case WARD_PROTO_TCP:
		decode_tcp(d);
		return;
	case WARD_PROTO_ICMP:
	case WARD_PROTO_ICMP6:
		decode_icmp(d);
		return;
	case WARD_PROTO_GRE:
	case WARD_PROTO_IPV4: /* RFC 2003 */
	case WARD_PROTO_IPV6: /* RFC 4213 3, RFC 2473 */
		decode_tunnel(d);
		return;
	default:
		ward_decode_stop(d, WARD_NET_TRANSPORT);
	}
}
