/* What differs by the formats (base/formats.h): a segment's version, and the head of a record. */
#include "journal/format.h"

uint16_t ward_seg_version(uint32_t formats)
{
	(void)formats;
	return 1;
}

size_t ward_record_head(uint16_t version)
{
	(void)version;
	return WARD_RECORD_HEAD;
}

void ward_block_record_write(
	struct ward_wr *w, const struct ward_record *r, uint32_t delta, uint16_t version)
{
	(void)version;
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
	uint32_t delta = ward_rd_le32(r);
	uint32_t source = ward_rd_le32(r);
	uint16_t type = ward_rd_le16(r);

	ward_rd_skip(r, 2);
	uint32_t len = ward_rd_le32(r);
	struct ward_slice data = ward_rd_bytes(r, len);

	if (delta >= h->n_commit)
		r->bad = true;
	*ret = (struct ward_record){
		h->first_seq + delta, h->time, (enum ward_lane)h->lane, type, source, data};
}
