#include "sense/log/evtx.h"

#include "base/rd.h"

#include <zlib.h>

enum {
	CHUNK_HEADER = 512,
	RECORD_HEADER = 24,
	RECORD_MIN = RECORD_HEADER + 4,
	RECORD_MAGIC = 0x00002a2a, /* "**", 0, 0 */
	RECORD_ALIGN = 8,
	AT_HEADER_BLOCK = 40,
	AT_FREE = 48,
	AT_RECORDS_SUM = 52,
	AT_HEADER_SUM = 124,
	SUMMED_FROM = 128, /* the sum is over the bytes before 120 and from here to the records */
	SUMMED_TO = 120,
};

/* Between 1601 and 1970, in FILETIME's unit of 100 ns. */
#define FILETIME_EPOCH 116444736000000000ull

static uint32_t le32_at(struct ward_slice s, size_t off)
{
	struct ward_rd r = ward_rd_slice(s);

	ward_rd_skip(&r, off);
	return ward_rd_le32(&r);
}

bool ward_evtx_header(struct ward_slice head, size_t *ret_skip)
{
	struct ward_rd r = ward_rd_slice(head);
	struct ward_slice magic = ward_rd_bytes(&r, 8);
	uint16_t block;

	ward_rd_skip(&r, AT_HEADER_BLOCK - 8);
	block = ward_rd_le16(&r);
	if (ward_rd_bad(&r) || !ward_str_eq(ward_slice_text(magic), WARD_STR("ElfFile\0")) ||
		block < WARD_EVTX_HEADER)
		return false;
	*ret_skip = block - WARD_EVTX_HEADER;
	return true;
}

static uint32_t sum(uint32_t seed, struct ward_slice s, size_t from, size_t to)
{
	return (uint32_t)crc32(seed, s.p + from, (uInt)(to - from));
}

/* bytes are a whole chunk, end <= its length. */
static bool sums_fit(struct ward_slice s, size_t end)
{
	uint32_t header = sum(sum(0, s, 0, SUMMED_TO), s, SUMMED_FROM, CHUNK_HEADER);

	return header == le32_at(s, AT_HEADER_SUM) &&
	       sum(0, s, CHUNK_HEADER, end) == le32_at(s, AT_RECORDS_SUM);
}

static bool all_zero(struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i])
			return false;
	return true;
}

enum ward_err ward_evtx_chunk_on(
	struct ward_slice bytes, struct ward_evtx_chunk *ret, bool *ret_sums)
{
	uint32_t end;

	*ret_sums = true;
	if (bytes.len <= CHUNK_HEADER ||
		!ward_str_starts(ward_slice_text(bytes), WARD_STR("ElfChnk\0")))
		return all_zero(bytes) ? WARD_ERR_CLOSED : WARD_ERR_MALFORMED;
	end = le32_at(bytes, AT_FREE);
	bool plausible = end >= CHUNK_HEADER && end <= bytes.len;

	*ret = (struct ward_evtx_chunk){
		.bytes = bytes, .at = CHUNK_HEADER, .end = plausible ? end : bytes.len};
	*ret_sums = plausible && sums_fit(bytes, end);
	return WARD_OK;
}

bool ward_evtx_next(struct ward_evtx_chunk *c, struct ward_evtx_record *ret)
{
	/* Each turn goes on by RECORD_ALIGN at least; a record that is none is searched through. */
	for (; c->end - c->at >= RECORD_MIN; c->at += RECORD_ALIGN) {
		struct ward_rd r = ward_rd_from(c->bytes.p, c->end);

		ward_rd_skip(&r, c->at);
		uint32_t magic = ward_rd_le32(&r), size = ward_rd_le32(&r);
		uint64_t id = ward_rd_le64(&r), filetime = ward_rd_le64(&r);

		/* its size stands once more at its end */
		if (magic != RECORD_MAGIC || size < RECORD_MIN || size > c->end - c->at ||
			le32_at(c->bytes, c->at + size - 4) != size) {
			c->lost = c->lost ||
				  !all_zero(ward_slice_of(c->bytes.p + c->at, RECORD_ALIGN));
			continue;
		}
		bool timed =
			filetime >= FILETIME_EPOCH && filetime - FILETIME_EPOCH <= INT64_MAX / 100;

		*ret = (struct ward_evtx_record){.id = id,
			.has_time = timed,
			.time = timed ? (ward_ns)((filetime - FILETIME_EPOCH) * 100) : 0,
			.off = c->at,
			.xml = c->at + RECORD_HEADER,
			.len = size - RECORD_MIN};
		c->at += size;
		return true;
	}
	return false;
}
