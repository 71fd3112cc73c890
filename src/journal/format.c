#include "journal/format.h"

#include "base/formats.h"
#include "journal/crc32c.h"

#define SEG_MAGIC "WARDJSEG"

uint32_t ward_seg_sources_add(struct ward_seg_sources *t, uint32_t source, uint64_t bytes)
{
	size_t i = t->hit;

	if (i >= t->n || t->source[i] != source)
		for (i = 0; i < t->n && t->source[i] != source; i++)
			;
	if (i == t->n && t->n >= WARD_SEG_SOURCES && source != WARD_SOURCE_OTHERS)
		return ward_seg_sources_add(t, WARD_SOURCE_OTHERS, bytes);
	if (i == t->n)
		t->source[t->n++] = source;
	t->bytes[i] += bytes;
	t->hit = i;
	return source;
}

void ward_seg_head_write(const struct ward_seg_head *h, const struct ward_seg_sources *prev,
	uint8_t ret[WARD_SEG_HEAD])
{
	struct ward_wr w = ward_wr_fixed(ret, WARD_SEG_HEAD);
	size_t n = prev ? prev->n : 0;

	memset(ret, 0, WARD_SEG_HEAD);
	ward_wr_z(&w, SEG_MAGIC);
	ward_wr_le16(&w, h->version);
	ward_wr_u8(&w, (uint8_t)h->lane);
	ward_wr_u8(&w, 0);
	ward_wr_le32(&w, WARD_SEG_HEAD);
	ward_wr_le64(&w, h->index);
	ward_wr_le64(&w, h->base_seq);
	ward_wr_le64(&w, h->base_commit);
	ward_wr_le64(&w, (uint64_t)h->created);
	ward_wr_le64(&w, h->len);
	ward_wr_le64(&w, h->tag);
	ward_wr_le32(&w, (uint32_t)n);
	ward_wr_le32(&w, 0);
	for (size_t i = 0; i < n; i++) {
		ward_wr_le32(&w, prev->source[i]);
		ward_wr_le64(&w, prev->bytes[i]);
	}
	WARD_ASSERT(!ward_wr_bad(&w) && w.len <= WARD_SEG_HEAD - 4);
	w.len = WARD_SEG_HEAD - 4;
	ward_wr_le32(&w, ward_crc32c(0, ret, WARD_SEG_HEAD - 4));
}

enum ward_err ward_seg_head_read(
	struct ward_slice s, struct ward_seg_head *ret, struct ward_seg_sources *ret_prev)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_slice magic = ward_rd_bytes(&r, 8);

	if (ward_rd_bad(&r) || memcmp(magic.p, SEG_MAGIC, 8) != 0)
		return WARD_ERR_FOREIGN;
	if (s.len < WARD_SEG_HEAD)
		return WARD_ERR_MORE;
	struct ward_rd tail = ward_rd_from(s.p + WARD_SEG_HEAD - 4, 4);

	if (ward_rd_le32(&tail) != ward_crc32c(0, s.p, WARD_SEG_HEAD - 4))
		return WARD_ERR_CORRUPT;
	uint16_t version = ward_rd_le16(&r);

	if (version < ward_seg_version(WARD_FORMATS_LEAST) ||
		version > ward_seg_version(ward_formats_most()))
		return WARD_ERR_VERSION;
	uint8_t lane = ward_rd_u8(&r);

	ward_rd_skip(&r, 1);
	uint32_t head = ward_rd_le32(&r);
	struct ward_seg_head h = {.version = version, .lane = (enum ward_lane)lane};

	h.index = ward_rd_le64(&r);
	h.base_seq = ward_rd_le64(&r);
	h.base_commit = ward_rd_le64(&r);
	h.created = (ward_ns)ward_rd_le64(&r);
	h.len = ward_rd_le64(&r);
	h.tag = ward_rd_le64(&r);
	uint32_t n = ward_rd_le32(&r);

	ward_rd_skip(&r, 4);
	if (lane >= WARD_LANE_N || head != WARD_SEG_HEAD || h.index > UINT32_MAX || h.tag == 0 ||
		h.len <= WARD_SEG_HEAD || h.len > UINT32_MAX || n > WARD_SEG_SOURCES + 1)
		return WARD_ERR_MALFORMED;
	if (ret_prev)
		*ret_prev = (struct ward_seg_sources){0};
	for (uint32_t i = 0; ret_prev && i < n; i++) {
		ret_prev->source[i] = ward_rd_le32(&r);
		ret_prev->bytes[i] = ward_rd_le64(&r);
		ret_prev->n++;
	}
	*ret = h;
	return WARD_OK;
}

void ward_block_seal(struct ward_block_head *h, uint8_t *b, size_t len)
{
	struct ward_wr w = ward_wr_fixed(b, WARD_BLOCK_HEAD);

	WARD_ASSERT(len >= WARD_BLOCK_HEAD && len <= UINT32_MAX && len % WARD_BLOCK_ALIGN == 0);
	h->len = (uint32_t)len;
	ward_wr_le64(&w, h->tag);
	ward_wr_le32(&w, 0);
	ward_wr_le32(&w, h->len);
	ward_wr_u8(&w, h->lane);
	ward_wr_u8(&w, h->mask);
	ward_wr_le16(&w, (uint16_t)(h->version - ward_seg_version(WARD_FORMATS_LEAST)));
	ward_wr_le32(&w, h->n);
	ward_wr_le64(&w, h->commit);
	ward_wr_le64(&w, h->first_seq);
	ward_wr_le32(&w, h->n_commit);
	ward_wr_le32(&w, 0);
	ward_wr_le64(&w, (uint64_t)h->time);
	for (size_t i = 0; i < WARD_LANE_N; i++)
		ward_wr_le64(&w, h->end[i]);
	WARD_ASSERT(!ward_wr_bad(&w) && w.len == WARD_BLOCK_HEAD);
	h->crc = ward_crc32c(0, b + 12, len - 12);
	w.len = 8;
	ward_wr_le32(&w, h->crc);
}

enum ward_err ward_block_head_read(
	struct ward_slice s, uint64_t tag, uint64_t max, struct ward_block_head *ret)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_block_head h = {.tag = ward_rd_le64(&r)};

	h.crc = ward_rd_le32(&r);
	h.len = ward_rd_le32(&r);
	h.lane = ward_rd_u8(&r);
	h.mask = ward_rd_u8(&r);
	h.version = (uint16_t)(ward_rd_le16(&r) + ward_seg_version(WARD_FORMATS_LEAST));
	h.n = ward_rd_le32(&r);
	h.commit = ward_rd_le64(&r);
	h.first_seq = ward_rd_le64(&r);
	h.n_commit = ward_rd_le32(&r);
	ward_rd_skip(&r, 4);
	h.time = (ward_ns)ward_rd_le64(&r);
	for (size_t i = 0; i < WARD_LANE_N; i++)
		h.end[i] = ward_rd_le64(&r);
	if (ward_rd_bad(&r))
		return WARD_ERR_MORE;
	if (h.tag != tag)
		return WARD_ERR_FOREIGN;
	if (h.version < ward_seg_version(WARD_FORMATS_LEAST) ||
		h.version > ward_seg_version(ward_formats_most()) || h.len < WARD_BLOCK_HEAD ||
		h.len > max || h.len % WARD_BLOCK_ALIGN || h.lane >= WARD_LANE_N ||
		!(h.mask >> h.lane & 1) || h.mask >> WARD_LANE_N || h.n == 0 || h.n > h.n_commit ||
		h.commit == 0 || h.first_seq > UINT64_MAX - h.n_commit)
		return WARD_ERR_MALFORMED;
	*ret = h;
	return WARD_OK;
}

void ward_block_record_erase(uint8_t *b, size_t end, size_t len)
{
	struct ward_wr w = ward_wr_fixed(b + end - len - 8, 2); /* of the head: type, 2, length */

	ward_wr_le16(&w, WARD_RECORD_ERASED);
	memset(b + end - len, 0, len);
}

enum ward_err ward_block_check(struct ward_slice s, const struct ward_block_head *h)
{
	if (s.len != h->len)
		return WARD_ERR_MORE;
	if (ward_crc32c(0, s.p + 12, s.len - 12) != h->crc)
		return WARD_ERR_CORRUPT;
	struct ward_rd r = ward_rd_slice(s);
	uint64_t before = 0;

	ward_rd_skip(&r, WARD_BLOCK_HEAD);
	for (uint32_t i = 0; i < h->n; i++) {
		struct ward_record rec;

		ward_block_record_read(&r, h, &rec);
		if (ward_rd_bad(&r) || (i && rec.seq <= before))
			return WARD_ERR_MALFORMED;
		before = rec.seq;
	}
	return ward_rd_left(&r) < WARD_BLOCK_ALIGN ? WARD_OK : WARD_ERR_MALFORMED;
}
