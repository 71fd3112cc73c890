#include "fuzz.h"

#include "base/wr.h"
#include "sense/log/binxml.h"
#include "sense/log/evtx.h"

static void within_utf8(const struct ward_value *v)
{
	if (v->kind == WARD_VALUE_STR)
		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(v->s), NULL));
	for (uint32_t i = 0; v->kind == WARD_VALUE_LIST && i < v->n; i++)
		WARD_ASSERT(v->item[i].kind != WARD_VALUE_LIST);
}

/* The input is what stands behind the header of a chunk. All text is valid, and no record unfolds
 * to more than a small arena holds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	enum { HEADER = 512, FREE_AT = 48 };
	uint8_t *chunk = calloc(1, WARD_EVTX_CHUNK);
	struct ward_wr free_at = ward_wr_fixed(chunk + FREE_AT, 4);
	struct ward_evtx_chunk c;
	struct ward_evtx_record rec;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	bool sums;

	len = len < WARD_EVTX_CHUNK - HEADER ? len : WARD_EVTX_CHUNK - HEADER;
	memcpy(chunk, "ElfChnk", 8);
	ward_wr_le32(&free_at, (uint32_t)(HEADER + len));
	memcpy(chunk + HEADER, data, len);
	ward_limits_default(&lim);
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 24);
	WARD_ASSERT(
		ward_evtx_chunk_on(ward_slice_of(chunk, WARD_EVTX_CHUNK), &c, &sums) == WARD_OK);
	while (ward_evtx_next(&c, &rec)) {
		enum ward_binxml_fault fault;
		struct ward_event e;
		size_t at;

		ward_arena_reset(&arena);
		ward_event_init(&e, &arena);
		enum ward_err err =
			ward_binxml_fields(c.bytes, rec.xml, rec.len, &names, &e, &fault, &at);

		WARD_ASSERT(err == WARD_OK || err == WARD_ERR_MALFORMED);
		WARD_ASSERT((err == WARD_OK) == (fault == WARD_BINXML_GOOD));
		for (size_t i = 0; i < e.n_field; i++)
			within_utf8(&e.field[i].v);
	}
	ward_arena_fini(&arena);
	ward_names_fini(&names);
	free(chunk);
	return 0;
}
