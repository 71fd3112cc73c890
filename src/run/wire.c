#include "run/wire.h"

enum { COUNT_ROOM = 2 }; /* the batch's count: a two-byte varint, always */

_Static_assert(WARD_WIRE_BATCH_MAX < 1 << 14, "the count must fit two varint bytes");

void ward_batch_begin(struct ward_batch *b)
{
	b->w = ward_wr_fixed(b->buf, sizeof(b->buf));
	b->n = b->n_evidence = 0;
	ward_wr_be16(&b->w, 0);
}

bool ward_batch_add(struct ward_batch *b, enum ward_lane lane, enum ward_record_type type,
	struct ward_slice data)
{
	size_t before = b->w.len;

	if (b->n == WARD_WIRE_BATCH_MAX || data.len > WARD_WIRE_RECORD_MAX)
		return false;
	ward_wr_u8(&b->w, (uint8_t)lane);
	ward_wr_be16(&b->w, (uint16_t)type);
	ward_wr_lv(&b->w, data);
	if (ward_wr_bad(&b->w)) {
		b->w.len = before;
		b->w.bad = false;
		return false;
	}
	b->n++;
	b->n_evidence += lane == WARD_LANE_EVIDENCE;
	return true;
}

struct ward_slice ward_batch_body(struct ward_batch *b)
{
	b->buf[0] = (uint8_t)((b->n & 0x7f) | 0x80);
	b->buf[1] = (uint8_t)(b->n >> 7);
	return (struct ward_slice){b->buf, b->w.len};
}

_Static_assert(COUNT_ROOM == 2, "ward_batch_begin leaves a be16 of room");

enum ward_err ward_wire_append(struct ward_rd *body, unsigned lanes, uint32_t source,
	struct ward_record *rec, size_t *ret_n)
{
	uint64_t n = ward_rd_varint(body);

	if (ward_rd_bad(body) || n == 0 || n > WARD_WIRE_BATCH_MAX)
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n; i++) {
		uint8_t lane = ward_rd_u8(body);
		uint16_t type = ward_rd_be16(body);

		rec[i] = (struct ward_record){.type = type, .source = source};
		rec[i].data = ward_rd_lv(body, WARD_WIRE_RECORD_MAX);
		if (ward_rd_bad(body) || lane >= WARD_LANE_N)
			return WARD_ERR_MALFORMED;
		if (!(lanes >> lane & 1))
			return WARD_ERR_DENIED;
		rec[i].lane = (enum ward_lane)lane;
	}
	if (ward_rd_left(body))
		return WARD_ERR_MALFORMED;
	*ret_n = (size_t)n;
	return WARD_OK;
}

void ward_wire_put_record(struct ward_wr *w, const struct ward_record *rec)
{
	ward_wr_be64(w, rec->seq);
	ward_wr_be64(w, (uint64_t)rec->time);
	ward_wr_u8(w, (uint8_t)rec->lane);
	ward_wr_be16(w, rec->type);
	ward_wr_be32(w, rec->source);
	ward_wr_lv(w, rec->data);
}

enum ward_err ward_wire_get_record(struct ward_rd *body, struct ward_record *ret)
{
	struct ward_record r = {.seq = ward_rd_be64(body)};
	uint8_t lane;

	r.time = (ward_ns)ward_rd_be64(body);
	lane = ward_rd_u8(body);
	r.type = ward_rd_be16(body);
	r.source = ward_rd_be32(body);
	r.data = ward_rd_lv(body, WARD_WIRE_RECORD_MAX);
	if (ward_rd_bad(body) || lane >= WARD_LANE_N)
		return WARD_ERR_MALFORMED;
	r.lane = (enum ward_lane)lane;
	*ret = r;
	return WARD_OK;
}
