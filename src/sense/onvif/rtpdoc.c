#include "sense/onvif/rtpdoc.h"

#include "base/rd.h"

enum { HEAD_LEN = 12, MARKER = 0x80, PADDED = 0x20, EXTENDED = 0x10 };

struct packet {
	bool marker;
	uint16_t seq;
	uint32_t time;
	struct ward_slice payload;
};

void ward_rtpdoc_init(
	struct ward_rtpdoc *d, const struct ward_mem *mem, struct ward_counters *counters)
{
	*d = (struct ward_rtpdoc){
		.counters = counters, .doc = ward_wr_grow(mem, WARD_RTPDOC_BYTES)};
}

void ward_rtpdoc_fini(struct ward_rtpdoc *d)
{
	ward_wr_fini(&d->doc);
}

void ward_rtpdoc_begin(struct ward_rtpdoc *d)
{
	ward_wr_reset(&d->doc);
	d->any = d->skipping = d->whole = false;
}

static bool read_packet(struct ward_slice rtp, struct packet *ret)
{
	struct ward_rd r = ward_rd_slice(rtp);
	uint8_t first = ward_rd_u8(&r), second = ward_rd_u8(&r);

	ret->marker = second & MARKER;
	ret->seq = ward_rd_be16(&r);
	ret->time = ward_rd_be32(&r);
	ward_rd_skip(&r, 4 + (size_t)(first & 0x0f) * 4); /* who sends, and whom it has mixed */
	if (first & EXTENDED) {
		ward_rd_skip(&r, 2);
		ward_rd_skip(&r, (size_t)ward_rd_be16(&r) * 4);
	}
	ret->payload = ward_rd_rest(&r);
	if (ward_rd_bad(&r) || first >> 6 != 2)
		return false;
	if (first & PADDED) {
		size_t pad = ret->payload.len ? ret->payload.p[ret->payload.len - 1] : 0;

		if (!pad || pad > ret->payload.len)
			return false;
		ret->payload.len -= pad;
	}
	return true;
}

/* The document in hand is of no use: what follows of it is passed over. */
static void drop(struct ward_rtpdoc *d, const char *counter)
{
	if (!d->skipping)
		ward_count_name(d->counters, counter, 1);
	ward_wr_reset(&d->doc);
	d->skipping = true;
}

/* Whether a part is missing before this packet, and whether it begins another document. */
static void follow(struct ward_rtpdoc *d, const struct packet *p)
{
	uint16_t gap = (uint16_t)(p->seq - d->seq);

	if (d->whole) {
		ward_wr_reset(&d->doc);
		d->whole = false;
	}
	if (d->any && gap) {
		/* over TCP nothing overtakes: what looks older is a count begun anew */
		ward_count_name(d->counters, "onvif.packets_lost", gap < 0x8000 ? gap : 1);
		drop(d, "onvif.metadata_cut");
	} else if (d->doc.len && p->time != d->time) {
		/* the marker was forgotten */
		drop(d, "onvif.metadata_cut");
		d->skipping = false;
	}
	d->any = true;
	d->seq = (uint16_t)(p->seq + 1);
	d->time = p->time;
}

enum ward_err ward_rtpdoc_take(struct ward_rtpdoc *d, struct ward_slice rtp, struct ward_slice *ret)
{
	struct packet p;

	if (!read_packet(rtp, &p)) {
		ward_count_name(d->counters, "onvif.packets_odd", 1);
		return WARD_ERR_MORE;
	}
	follow(d, &p);
	if (!d->skipping && p.payload.len > WARD_RTPDOC_BYTES - d->doc.len)
		drop(d, "onvif.metadata_long");
	if (!d->skipping)
		ward_wr_bytes(&d->doc, p.payload.p, p.payload.len);
	if (ward_wr_bad(&d->doc))
		return WARD_ERR_NOMEM;
	if (!p.marker)
		return WARD_ERR_MORE;
	if (d->skipping) {
		d->skipping = false;
		return WARD_ERR_MORE;
	}
	*ret = ward_wr_slice(&d->doc);
	d->whole = true;
	return WARD_OK;
}
