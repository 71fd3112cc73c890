/* Segments of version 2: le32 before each record's head, the bytes of head and payload. */
#include "journal/format.h"

enum { AHEAD = 4, LATER = 2 };

uint16_t ward_seg_version(uint32_t formats)
{
	return formats < LATER ? 1 : LATER;
}

size_t ward_record_head(uint16_t version)
{
	return version < LATER ? WARD_RECORD_HEAD : WARD_RECORD_HEAD + AHEAD;
}

void ward_block_record_write(
	struct ward_wr *w, const struct ward_record *r, uint32_t delta, uint16_t version)
{
	if (version >= LATER)
		ward_wr_le32(w, (uint32_t)(WARD_RECORD_HEAD + r->data.len));
	ward_wr_le32(w, delta);
	ward_wr_le32(w, r->source);
	ward_wr_le16(w, r->type);
	ward_wr_le16(w, 0);
	ward_wr_le32(w, (uint32_t)r->data.len);
	ward_wr_bytes(w, r->data.p, r->data.len);
}

void ward_block_record_read(
	struct ward_rd *r, const struct ward_block_head *h, struct ward_record *ret)
{
	uint32_t ahead = h->version >= LATER ? ward_rd_le32(r) : 0;
	uint32_t delta = ward_rd_le32(r);
	uint32_t source = ward_rd_le32(r);
	uint16_t type = ward_rd_le16(r);

	ward_rd_skip(r, 2);
	uint32_t len = ward_rd_le32(r);
	struct ward_slice data = ward_rd_bytes(r, len);

	if (delta >= h->n_commit ||
		(h->version >= LATER && ahead != (uint64_t)WARD_RECORD_HEAD + len))
		r->bad = true;
	*ret = (struct ward_record){
		h->first_seq + delta, h->time, (enum ward_lane)h->lane, type, source, data};
}
