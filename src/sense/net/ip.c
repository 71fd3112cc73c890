#include "sense/net/decode.h"

enum { IP6_EXTENSIONS_MAX = 8 };

/* Keeps what frag.c needs; the IP payload begins at the place. */
static void take_fragment(struct ward_decoder *d, uint32_t id, uint32_t off, bool more)
{
	size_t left = ward_rd_left(&d->r), wire = ward_decode_left(d);
	struct ward_rd at = d->r;

	d->p->frag.is = true;
	d->p->frag.more = more;
	d->p->frag.id = id;
	d->p->frag.off = off;
	d->p->frag.snapped = wire > left;
	d->p->frag.proto = d->p->proto;
	d->p->frag.bytes = ward_rd_bytes(&at, left);
	d->p->fragment = off == 0;
}

/* RFC 791 3.1 */
void ward_decode_ip4(struct ward_decoder *d)
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
	size_t header = (size_t)(first & 15) * 4, wire = ward_decode_left(d);

	if (ward_rd_bad(&at) || (first >> 4 == 4 && header >= 20 && header > ward_rd_left(&d->r))) {
		d->r.bad = true;
		ward_decode_stop(d, WARD_NET_IP_SHORT);
		return;
	}
	if (first >> 4 != 4) {
		ward_decode_stop(d, WARD_NET_IP_VERSION);
		return;
	}
	if (header < 20) {
		ward_decode_stop(d, WARD_NET_IP4_HEADER);
		return;
	}
	/* 0 is what a capture before segmentation offload shows: the frame says how long it is. */
	if (total == 0 && wire > header)
		total = wire > UINT16_MAX ? UINT16_MAX : (uint16_t)wire;
	if (total < header || total > wire) {
		ward_decode_stop(d, WARD_NET_IP4_LENGTH);
		return;
	}
	if (!ward_decode_sum_good(ward_decode_sum(start, header, 0)))
		ward_decode_odd(d, WARD_NET_IP4_CHECKSUM);
	memcpy(p->src_ip, src, 4);
	memcpy(p->dst_ip, dst, 4);
	p->ip_version = 4;
	p->has_ip = true;
	p->ip_bytes = total;
	d->pseudo = ward_decode_sum(dst, 4, ward_decode_sum(src, 4, p->proto));
	ward_decode_narrow(d, total);
	ward_rd_skip(&d->r, header);
	if (frag & 0x3fff)
		take_fragment(d, id, (uint32_t)(frag & 0x1fff) * 8, frag & 0x2000);
	if (frag & 0x1fff) {
		ward_decode_stop(d, WARD_NET_FRAGMENT_LATER);
		return;
	}
	if (p->fragment)
		ward_decode_odd(d, WARD_NET_FRAGMENT_FIRST);
	d->next = WARD_LAYER_TRANSPORT;
}

enum step { STEP_ON, STEP_DONE, STEP_STOP };

/* One IPv6 extension header (RFC 8200 4) of the packet's protocol, which becomes the one after it.
 */
static enum step ip6_extension(struct ward_decoder *d)
{
	struct ward_packet *p = d->p;
	struct ward_rd at = d->r;
	uint8_t type = p->proto, after = ward_rd_u8(&at), units = ward_rd_u8(&at);
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
	if (ward_rd_bad(&at) || ward_rd_bad(&d->r)) {
		d->r.bad = true;
		ward_decode_stop(d, WARD_NET_IP6_EXTENSION);
		return STEP_STOP;
	}
	p->proto = after;
	if (type != 44)
		return STEP_ON;
	if (frag & 0xfff9)
		take_fragment(d, id, frag & 0xfff8, frag & 1);
	if (frag & 0xfff8) {
		ward_decode_stop(d, WARD_NET_FRAGMENT_LATER);
		return STEP_STOP;
	}
	if (p->fragment)
		ward_decode_odd(d, WARD_NET_FRAGMENT_FIRST);
	return STEP_ON;
}

void ward_decode_ip6_next(struct ward_decoder *d)
{
	struct ward_packet *p = d->p;
	enum step step = STEP_ON;

	for (unsigned i = 0; (step = ip6_extension(d)) == STEP_ON; i++) {
		if (i == IP6_EXTENSIONS_MAX) {
			ward_decode_stop(d, WARD_NET_IP6_DEPTH);
			return;
		}
	}
	if (step == STEP_STOP)
		return;
	d->pseudo = ward_decode_sum(p->dst_ip, 16, ward_decode_sum(p->src_ip, 16, p->proto));
	d->next = WARD_LAYER_TRANSPORT;
}

/* RFC 8200 3 */
void ward_decode_ip6(struct ward_decoder *d)
{
	struct ward_packet *p = d->p;
	uint32_t first = ward_rd_be32(&d->r);
	uint16_t len = ward_rd_be16(&d->r);
	uint8_t next = ward_rd_u8(&d->r);

	p->ttl = ward_rd_u8(&d->r);
	const uint8_t *src = ward_rd_take(&d->r, 16), *dst = ward_rd_take(&d->r, 16);

	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_IP_SHORT);
		return;
	}
	if (first >> 28 != 6) {
		ward_decode_stop(d, WARD_NET_IP_VERSION);
		return;
	}
	memcpy(p->src_ip, src, 16);
	memcpy(p->dst_ip, dst, 16);
	p->ip_version = 6;
	p->has_ip = true;
	p->ip_bytes = 40 + (uint32_t)len;
	p->proto = next;
	if (len == 0 && next == 0) { /* RFC 2675 */
		ward_decode_stop(d, WARD_NET_IP6_JUMBO);
		return;
	}
	if (len > ward_decode_left(d)) {
		ward_decode_stop(d, WARD_NET_IP6_LENGTH);
		return;
	}
	ward_decode_narrow(d, len);
	d->next = WARD_LAYER_IP6_NEXT;
}
