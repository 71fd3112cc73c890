#include "sense/net/packet.h"

enum {
	ETHERTYPE_IP4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IP6 = 0x86dd,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_QINQ_OLD = 0x9100,
	ETHERTYPE_MIN = 0x0600, /* below: a length, IEEE 802.3 3.2.6 */
	VLAN_TAGS_MAX = 4,
	IP6_EXTENSIONS_MAX = 8,
};

struct decoder {
	const struct ward_frame *f;
	struct ward_packet *p;
	uint64_t *count;
	struct ward_rd r; /* over the captured bytes; r.off is the offset in the frame */
	size_t ip_left;   /* IP payload as the header says, from r.off on */
	uint64_t pseudo;  /* sum of the pseudo header's addresses and protocol */
};

/* A header that runs over the end of a frame that was cut by the snap length is no fault. */
static void stop(struct decoder *d, enum ward_net_counter why)
{
	bool cut = ward_rd_bad(&d->r) && d->f->bytes.len < d->f->len;

	d->p->reason = cut ? WARD_NET_SNAPPED : why;
	d->p->reason_off = d->r.off;
	d->count[d->p->reason]++;
}

static void odd(struct decoder *d, enum ward_net_counter what)
{
	d->count[what]++;
}

/* RFC 1071. Adds big-endian 16-bit words; an odd last byte is padded with zero. */
static uint64_t sum16(const uint8_t *b, size_t len, uint64_t sum)
{
	size_t i = 0;

	for (; i + 4 <= len; i += 4)
		sum += (uint32_t)b[i] << 24 | (uint32_t)b[i + 1] << 16 | (uint32_t)b[i + 2] << 8 |
		       b[i + 3];
	for (; i + 2 <= len; i += 2)
		sum += (uint32_t)b[i] << 8 | b[i + 1];
	if (i < len)
		sum += (uint32_t)b[i] << 8;
	return sum;
}

static bool sum_good(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	return sum == 0xffff;
}

/* Verifies when all of the segment was captured and is here. */
static bool transport_sum_bad(const struct decoder *d, size_t len)
{
	size_t left = ward_rd_left(&d->r);

	if (d->p->fragment || len > left)
		return false;
	return !sum_good(sum16(d->r.p + d->r.off, len, d->pseudo + len));
}

static void take_payload(struct decoder *d, size_t len)
{
	size_t left = ward_rd_left(&d->r);

	d->p->payload_len = len;
	if (len > left) {
		d->p->payload_snapped = true;
		odd(d, WARD_NET_SNAPPED_PAYLOAD);
		len = left;
	}
	d->p->payload = ward_rd_bytes(&d->r, len);
	d->p->has_transport = true;
}

/* RFC 768 */
static void decode_udp(struct decoder *d)
{
	struct ward_rd at = d->r;
	size_t header = d->ip_left < 8 ? 0 : 8;
	uint16_t src = ward_rd_be16(&at), dst = ward_rd_be16(&at), len = ward_rd_be16(&at),
		 sum = ward_rd_be16(&at);

	if (!header || ward_rd_bad(&at)) {
		d->r.bad = ward_rd_bad(&at);
		stop(d, WARD_NET_UDP_SHORT);
		return;
	}
	if (len < 8 || (len > d->ip_left && !d->p->fragment)) {
		stop(d, WARD_NET_UDP_LENGTH);
		return;
	}
	/* Sum 0: the sender gave none. */
	if (sum && transport_sum_bad(d, len))
		odd(d, WARD_NET_UDP_CHECKSUM);
	d->r = at;
	d->p->src_port = src;
	d->p->dst_port = dst;
	take_payload(d, (len < d->ip_left ? len : d->ip_left) - 8);
}

/* RFC 9293 3.1 */
static void decode_tcp(struct decoder *d)
{
	struct ward_rd at = d->r;
	uint16_t src = ward_rd_be16(&at), dst = ward_rd_be16(&at);
	uint32_t seq = ward_rd_be32(&at), ack = ward_rd_be32(&at);
	uint8_t words = ward_rd_u8(&at) >> 4, flags = ward_rd_u8(&at);

	ward_rd_skip(&at, 6); /* window, checksum, urgent pointer */
	if (d->ip_left < 20 || ward_rd_bad(&at)) {
		d->r.bad = ward_rd_bad(&at);
		stop(d, WARD_NET_TCP_SHORT);
		return;
	}
	size_t header = (size_t)words * 4;

	if (header < 20 || header > d->ip_left) {
		stop(d, WARD_NET_TCP_HEADER);
		return;
	}
	if (transport_sum_bad(d, d->ip_left))
		odd(d, WARD_NET_TCP_CHECKSUM);
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
		d->p->payload_len = d->ip_left - header;
		odd(d, WARD_NET_SNAPPED_PAYLOAD);
		return;
	}
	take_payload(d, d->ip_left - header);
}

/* RFC 792, RFC 4443: type and code only. */
static void decode_icmp(struct decoder *d)
{
	struct ward_rd at = d->r;
	uint8_t type = ward_rd_u8(&at), code = ward_rd_u8(&at);

	ward_rd_skip(&at, 2);
	if (d->ip_left < 4 || ward_rd_bad(&at)) {
		d->r.bad = ward_rd_bad(&at);
		stop(d, WARD_NET_ICMP_SHORT);
		return;
	}
	if (d->p->proto == WARD_PROTO_ICMP)
		d->pseudo = 0; /* RFC 792: no pseudo header */
	size_t len = d->p->proto == WARD_PROTO_ICMP ? 0 : d->ip_left;

	if (!d->p->fragment && d->ip_left <= ward_rd_left(&d->r) &&
		!sum_good(sum16(d->r.p + d->r.off, d->ip_left, d->pseudo + len)))
		odd(d, WARD_NET_ICMP_CHECKSUM);
	d->p->src_port = (uint16_t)(type << 8 | code);
	d->p->has_transport = true;
}

/* Keeps what frag.c needs. at: the IP payload of a fragment begins at r.off. */
static void take_fragment(struct decoder *d, uint32_t id, uint32_t off, bool more)
{
	size_t left = ward_rd_left(&d->r);
	struct ward_rd at = d->r;

	d->p->frag.is = true;
	d->p->frag.more = more;
	d->p->frag.id = id;
	d->p->frag.off = off;
	d->p->frag.snapped = d->ip_left > left;
	d->p->frag.bytes = ward_rd_bytes(&at, d->ip_left < left ? d->ip_left : left);
	d->p->fragment = off == 0;
}

static void decode_transport(struct decoder *d)
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
	default:
		stop(d, WARD_NET_TRANSPORT);
	}
}

/* RFC 791 3.1 */
static void decode_ip4(struct decoder *d)
{
	struct ward_packet *p = d->p;
	struct ward_rd at = d->r;
	const uint8_t *start = d->r.p ? d->r.p + d->r.off : NULL;
	uint8_t first = ward_rd_u8(&at);

	ward_rd_skip(&at, 1);
	uint16_t total = ward_rd_be16(&at);

	uint16_t id = ward_rd_be16(&at), frag = ward_rd_be16(&at);

	p->ttl = ward_rd_u8(&at);
	p->proto = ward_rd_u8(&at);
	ward_rd_skip(&at, 2);
	const uint8_t *src = ward_rd_take(&at, 4), *dst = ward_rd_take(&at, 4);
	size_t header = (size_t)(first & 15) * 4, wire = d->f->len - d->r.off;

	if (ward_rd_bad(&at) || (first >> 4 == 4 && header >= 20 && header > ward_rd_left(&d->r))) {
		d->r.bad = true;
		stop(d, WARD_NET_IP_SHORT);
		return;
	}
	if (first >> 4 != 4) {
		stop(d, WARD_NET_IP_VERSION);
		return;
	}
	if (header < 20) {
		stop(d, WARD_NET_IP4_HEADER);
		return;
	}
	/* 0 is what a capture before segmentation offload shows: the frame says how long it is. */
	if (total == 0 && wire > header)
		total = wire > UINT16_MAX ? UINT16_MAX : (uint16_t)wire;
	if (total < header || total > wire) {
		stop(d, WARD_NET_IP4_LENGTH);
		return;
	}
	if (!sum_good(sum16(start, header, 0)))
		odd(d, WARD_NET_IP4_CHECKSUM);
	memcpy(p->src_ip, src, 4);
	memcpy(p->dst_ip, dst, 4);
	p->ip_version = 4;
	p->has_ip = true;
	p->ip_bytes = total;
	d->pseudo = sum16(dst, 4, sum16(src, 4, p->proto));
	ward_rd_skip(&d->r, header);
	d->ip_left = total - header;
	if (frag & 0x3fff)
		take_fragment(d, id, (uint32_t)(frag & 0x1fff) * 8, frag & 0x2000);
	if (frag & 0x1fff) {
		stop(d, WARD_NET_FRAGMENT_LATER);
		return;
	}
	if (p->fragment)
		odd(d, WARD_NET_FRAGMENT_FIRST);
	decode_transport(d);
}

enum step { STEP_ON, STEP_DONE, STEP_STOP };

/* One IPv6 extension header (RFC 8200 4); *next says which it is and becomes the one after it. */
static enum step ip6_extension(struct decoder *d, uint8_t *next)
{
	struct ward_rd at = d->r;
	uint8_t type = *next, after = ward_rd_u8(&at), units = ward_rd_u8(&at);
	uint16_t frag = ward_rd_be16(&at);
	uint32_t id = type == 44 ? ward_rd_be32(&at) : 0;
	size_t len = 8;

	switch (type) {
	case 0:   /* hop by hop */
	case 43:  /* routing */
	case 60:  /* destination */
	case 135: /* mobility, RFC 6275 */
		len = ((size_t)units + 1) * 8;
		break;
	case 51: /* authentication: in 4-byte units, less two, RFC 4302 2.2 */
		len = ((size_t)units + 2) * 4;
		break;
	case 44: /* fragment */
		break;
	default:
		return STEP_DONE;
	}
	ward_rd_skip(&d->r, len);
	if (ward_rd_bad(&at) || ward_rd_bad(&d->r) || len > d->ip_left) {
		stop(d, WARD_NET_IP6_EXTENSION);
		return STEP_STOP;
	}
	d->ip_left -= len;
	*next = after;
	if (type != 44)
		return STEP_ON;
	if (frag & 0xfff9)
		take_fragment(d, id, frag & 0xfff8, frag & 1);
	if (frag & 0xfff8) {
		stop(d, WARD_NET_FRAGMENT_LATER);
		return STEP_STOP;
	}
	if (d->p->fragment)
		odd(d, WARD_NET_FRAGMENT_FIRST);
	return STEP_ON;
}

/* RFC 8200 3 */
static void decode_ip6(struct decoder *d)
{
	struct ward_packet *p = d->p;
	size_t from = d->r.off;
	uint32_t first = ward_rd_be32(&d->r);
	uint16_t len = ward_rd_be16(&d->r);
	uint8_t next = ward_rd_u8(&d->r);

	p->ttl = ward_rd_u8(&d->r);
	const uint8_t *src = ward_rd_take(&d->r, 16), *dst = ward_rd_take(&d->r, 16);

	if (ward_rd_bad(&d->r)) {
		stop(d, WARD_NET_IP_SHORT);
		return;
	}
	if (first >> 28 != 6) {
		stop(d, WARD_NET_IP_VERSION);
		return;
	}
	memcpy(p->src_ip, src, 16);
	memcpy(p->dst_ip, dst, 16);
	p->ip_version = 6;
	p->has_ip = true;
	p->ip_bytes = 40 + (uint32_t)len;
	p->proto = next;
	if (len == 0 && next == 0) { /* RFC 2675 */
		stop(d, WARD_NET_IP6_JUMBO);
		return;
	}
	if (len > d->f->len - from - 40) {
		stop(d, WARD_NET_IP6_LENGTH);
		return;
	}
	d->ip_left = len;
	for (unsigned i = 0;; i++) {
		enum step step = ip6_extension(d, &next);

		p->proto = next;
		if (step == STEP_STOP)
			return;
		if (step == STEP_DONE)
			break;
		if (i == IP6_EXTENSIONS_MAX) {
			stop(d, WARD_NET_IP6_DEPTH);
			return;
		}
	}
	d->pseudo = sum16(p->dst_ip, 16, sum16(p->src_ip, 16, p->proto));
	decode_transport(d);
}

/* RFC 826, for Ethernet and IPv4. */
static void decode_arp(struct decoder *d)
{
	struct ward_packet *p = d->p;
	uint16_t hardware = ward_rd_be16(&d->r), protocol = ward_rd_be16(&d->r);
	uint8_t hardware_len = ward_rd_u8(&d->r), protocol_len = ward_rd_u8(&d->r);

	p->arp.op = ward_rd_be16(&d->r);
	if (!ward_rd_bad(&d->r) && (hardware != 1 || protocol != ETHERTYPE_IP4)) {
		stop(d, WARD_NET_ARP_KIND);
		return;
	}
	if (!ward_rd_bad(&d->r) && (hardware_len != 6 || protocol_len != 4)) {
		stop(d, WARD_NET_ARP_SIZES);
		return;
	}
	const uint8_t *b = ward_rd_take(&d->r, 20);

	if (!b) {
		stop(d, WARD_NET_ARP_SHORT);
		return;
	}
	memcpy(p->arp.sender_mac, b, 6);
	memcpy(p->arp.sender_ip, b + 6, 4);
	memcpy(p->arp.target_mac, b + 10, 6);
	memcpy(p->arp.target_ip, b + 16, 4);
	if (p->arp.op != 1 && p->arp.op != 2) {
		stop(d, WARD_NET_ARP_OP);
		return;
	}
	p->has_arp = true;
}

static void decode_raw(struct decoder *d)
{
	if (ward_rd_peek(&d->r) >> 4 == 6)
		decode_ip6(d);
	else
		decode_ip4(d);
}

static bool is_vlan(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_OLD;
}

/* IEEE 802.1Q 9.6: tags, then what they carry. */
static void decode_ethertype(struct decoder *d, uint16_t type)
{
	for (unsigned i = 0; is_vlan(type); i++) {
		uint16_t control = ward_rd_be16(&d->r);

		type = ward_rd_be16(&d->r);
		if (ward_rd_bad(&d->r)) {
			stop(d, WARD_NET_VLAN_SHORT);
			return;
		}
		if (i == VLAN_TAGS_MAX) {
			stop(d, WARD_NET_VLAN_DEPTH);
			return;
		}
		if (!d->p->vlan)
			d->p->vlan = control & 0x0fff;
	}
	d->p->ethertype = type;
	if (type == ETHERTYPE_IP4)
		decode_ip4(d);
	else if (type == ETHERTYPE_IP6)
		decode_ip6(d);
	else if (type == ETHERTYPE_ARP)
		decode_arp(d);
	else
		stop(d, type < ETHERTYPE_MIN ? WARD_NET_LLC : WARD_NET_ETHERTYPE);
}

static void decode_ethernet(struct decoder *d)
{
	const uint8_t *mac = ward_rd_take(&d->r, 12);
	uint16_t type = ward_rd_be16(&d->r);

	if (ward_rd_bad(&d->r)) {
		stop(d, WARD_NET_ETH_SHORT);
		return;
	}
	memcpy(d->p->dst_mac, mac, 6);
	memcpy(d->p->src_mac, mac + 6, 6);
	d->p->has_mac = true;
	decode_ethertype(d, type);
}

/* LINKTYPE_LINUX_SLL and _SLL2 (tcpdump.org/linktypes): a sender address, no destination. */
static void decode_sll(struct decoder *d)
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
		stop(d, WARD_NET_SLL_SHORT);
		return;
	}
	if (hardware == 1 && addr_len == 6) {
		memcpy(d->p->src_mac, addr, 6);
		d->p->has_mac = true;
	}
	decode_ethertype(d, type);
}

/* The family is AF_INET or AF_INET6 of the system that wrote the file: BSDs differ for the latter.
 */
static void decode_null(struct decoder *d)
{
	uint32_t family = ward_rd_be32(&d->r);

	if (ward_rd_bad(&d->r)) {
		stop(d, WARD_NET_NULL_SHORT);
		return;
	}
	if (d->f->link == WARD_LINK_NULL && family > 0xffff)
		family = __builtin_bswap32(family);
	if (family == 2)
		decode_ip4(d);
	else if (family == 10 || family == 24 || family == 28 || family == 30)
		decode_ip6(d);
	else
		stop(d, WARD_NET_NULL_FAMILY);
}

static void unknown(struct decoder *d)
{
	stop(d, WARD_NET_LINK_TYPE);
}

static void (*const decode_link[])(struct decoder *d) = {
	[WARD_LINK_UNKNOWN] = unknown,
	[WARD_LINK_ETHERNET] = decode_ethernet,
	[WARD_LINK_RAW] = decode_raw,
	[WARD_LINK_SLL] = decode_sll,
	[WARD_LINK_SLL2] = decode_sll,
	[WARD_LINK_NULL] = decode_null,
	[WARD_LINK_LOOP] = decode_null,
};

void ward_packet_decode(const struct ward_frame *f, struct ward_packet *p, uint64_t *count)
{
	struct decoder d = {.f = f, .p = p, .count = count, .r = ward_rd_slice(f->bytes)};

	*p = (struct ward_packet){
		.reason = WARD_NET_COUNTER_N, .vlan = f->vlan & 0x0fff, .n_packet = 1};
	count[WARD_NET_PACKETS]++;
	count[WARD_NET_BYTES] += f->len;
	if (f->bytes.len > f->len) {
		stop(&d, WARD_NET_FRAME_LENGTH);
		return;
	}
	decode_link[(unsigned)f->link < WARD_LINK_N ? f->link : WARD_LINK_UNKNOWN](&d);
	if (p->reason == WARD_NET_COUNTER_N)
		count[WARD_NET_DECODED]++;
}

void ward_packet_decode_whole(
	const struct ward_frame *f, struct ward_slice whole, struct ward_packet *p, uint64_t *count)
{
	struct ward_frame made = *f;
	struct decoder d = {.f = &made, .p = p, .count = count, .r = ward_rd_slice(whole)};
	size_t ip = p->ip_version == 4 ? 4 : 16;

	made.bytes = whole;
	made.len = whole.len;
	p->fragment = p->has_transport = p->payload_snapped = false;
	p->reason = WARD_NET_COUNTER_N;
	d.ip_left = whole.len;
	d.pseudo = sum16(p->dst_ip, ip, sum16(p->src_ip, ip, p->proto));
	decode_transport(&d);
	if (p->reason == WARD_NET_COUNTER_N)
		return;
	count[p->reason]--;
	count[WARD_NET_FRAGMENT_BAD] += ward_net_counter_info(p->reason)->kind == WARD_NET_REJECT;
}
