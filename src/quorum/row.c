#include "quorum/row.h"

static uint64_t number(struct ward_quorum_cell c)
{
	uint64_t v = 0;

	for (size_t i = 0; i < c.len; i++)
		v = v << 8 | c.p[i];
	return v;
}

const char *ward_quorum_row(
	const struct ward_quorum_cell cell[WARD_QUORUM_CELLS], struct ward_record *ret)
{
	enum { SEQ, LANE, DAY, TIME, TYPE, SOURCE, DATA };
	static const size_t len[DATA] = {8, 2, 4, 8, 4, 8};

	*ret = (struct ward_record){.seq = 0};
	for (size_t i = 0; i <= DATA; i++)
		if (!cell[i].p || (i < DATA && cell[i].len != len[i]))
			return "its columns are not those that Ward makes";
	ret->seq = number(cell[SEQ]);
	uint64_t lane = number(cell[LANE]), type = number(cell[TYPE]),
		 source = number(cell[SOURCE]);

	if (ret->seq == 0 || ret->seq > INT64_MAX)
		return "its number is none";
	if (lane >= WARD_LANE_N)
		return "it is of no lane";
	if (type > UINT16_MAX || source > UINT32_MAX)
		return "its type or its source is none";
	ret->time = (ward_ns)number(cell[TIME]);
	if (ret->time < 0)
		return "its time is before 1970";
	if ((uint32_t)number(cell[DAY]) != ward_quorum_day(ret->time) - WARD_QUORUM_2000)
		return "its day is not that of its time";
	if (type == WARD_RECORD_ERASED && cell[DATA].len)
		return "it is erased, and has data";
	ret->lane = (enum ward_lane)lane;
	ret->type = (uint16_t)type;
	ret->source = (uint32_t)source;
	ret->data = ward_slice_of(cell[DATA].p, cell[DATA].len);
	return NULL;
}
