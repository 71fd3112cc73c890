/* IEEE 802.11 as a monitoring receiver hears it: data frames in clear, down to LLC. */
#include "sense/net/decode.h"

enum {
	FRAME_DATA = 2, /* IEEE 802.11-2020 9.2.4.1.3 */
	SUBTYPE_NO_DATA = 4,
	SUBTYPE_QOS = 8,
	TO_DS = 0x01,
	FROM_DS = 0x02,
	MORE_FRAGMENTS = 0x04,
	PROTECTED = 0x40,
	ORDER = 0x80,
	QOS_AMSDU = 0x80,
	RADIOTAP_FCS = 0x10, /* radiotap.org, "Flags" */
	RADIOTAP_PAD = 0x20,
	RADIOTAP_BAD_FCS = 0x40,
};

/* The flags, which come second (radiotap.org, "Radiotap"): 0 when there are none. */
static uint8_t radiotap_flags(struct ward_rd r)
{
	uint32_t present = ward_rd_le32(&r), more = present;

	while (more & 1U << 31 && !ward_rd_bad(&r))
		more = ward_rd_le32(&r);
	if (present & 1) { /* a time of 8 bytes, aligned to its size from the header's begin */
		ward_rd_skip(&r, (8 - (r.off + 4) % 8) % 8);
		ward_rd_skip(&r, 8);
	}
	return present & 2 ? ward_rd_u8(&r) : 0;
}

void ward_decode_radiotap(struct ward_decoder *d)
{
	struct ward_rd at = d->r;
	uint8_t version = ward_rd_u8(&at), flags;

	ward_rd_skip(&at, 1);
	uint16_t len = ward_rd_le16(&at);

	if (ward_rd_bad(&at) || version != 0 || len < 8 || len > ward_rd_left(&d->r)) {
		d->r.bad = ward_rd_bad(&at) || len > ward_rd_left(&d->r);
		ward_decode_stop(d, WARD_NET_RADIOTAP);
		return;
	}
	flags = radiotap_flags(ward_rd_from(at.p + at.off, len - 4u));
	ward_rd_skip(&d->r, len);
	if (flags & RADIOTAP_BAD_FCS) {
		ward_decode_stop(d, WARD_NET_WLAN_FCS);
		return;
	}
	if (flags & RADIOTAP_FCS && ward_decode_left(d) >= 4)
		ward_decode_narrow(d, ward_decode_left(d) - 4);
	d->wlan_pad = flags & RADIOTAP_PAD;
	d->next = WARD_LAYER_WLAN;
}

struct header {
	uint8_t type, subtype, flags;
	const uint8_t *address[4];
	uint8_t fragment;
	uint8_t qos;
};

/* IEEE 802.11-2020 9.2.3, 9.3.2.1: what a data frame has. Leaves d behind it. */
static struct header read_header(struct ward_decoder *d)
{
	struct header h = {0};
	size_t from = d->r.off;
	uint8_t control = ward_rd_u8(&d->r);

	h.type = control >> 2 & 3;
	h.subtype = control >> 4;
	h.flags = ward_rd_u8(&d->r);
	if (h.type != FRAME_DATA)
		return h;
	ward_rd_skip(&d->r, 2); /* duration */
	for (size_t i = 0; i < 3; i++)
		h.address[i] = ward_rd_take(&d->r, 6);
	h.fragment = ward_rd_le16(&d->r) & 15;
	if ((h.flags & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS))
		h.address[3] = ward_rd_take(&d->r, 6);
	if (h.subtype & SUBTYPE_QOS) {
		h.qos = ward_rd_u8(&d->r);
		ward_rd_skip(&d->r, 1);
		if (h.flags & ORDER)
			ward_rd_skip(&d->r, 4); /* HT control */
	}
	if (d->wlan_pad)
		ward_rd_skip(&d->r, (4 - (d->r.off - from) % 4) % 4);
	return h;
}

/* IEEE 802.11-2020 table 9-30 */
static void take_addresses(struct ward_packet *p, const struct header *h)
{
	static const uint8_t receiver[4] = {0, 2, 0, 2}, sender[4] = {1, 1, 2, 3};
	unsigned way = h->flags & (TO_DS | FROM_DS);

	memcpy(p->dst_mac, h->address[receiver[way]], 6);
	memcpy(p->src_mac, h->address[sender[way]], 6);
	p->has_mac = true;
}

void ward_decode_wlan(struct ward_decoder *d)
{
	struct header h = read_header(d);

	if (ward_rd_bad(&d->r)) {
		ward_decode_stop(d, WARD_NET_WLAN_SHORT);
		return;
	}
	if (h.type != FRAME_DATA || h.subtype & SUBTYPE_NO_DATA) {
		ward_decode_stop(d, WARD_NET_WLAN_KIND);
		return;
	}
	take_addresses(d->p, &h);
	if (h.flags & PROTECTED)
		ward_decode_stop(d, WARD_NET_WLAN_ENCRYPTED);
	else if (h.fragment || h.flags & MORE_FRAGMENTS || h.qos & QOS_AMSDU)
		ward_decode_stop(d, WARD_NET_WLAN_PART);
	else
		d->next = WARD_LAYER_LLC;
}
