/* Questions of `api` to `recall`: what is read is read again from how it is written. */
#include "fuzz.h"

#include "recall/ask.h"

enum { OUT_BYTES = 1 << 16 };

static enum ward_err turn(struct ward_slice s, struct ward_wr *to)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_recall_ask ask;
	enum ward_err err = ward_recall_get(&r, &ask);

	if (err)
		return err;
	WARD_ASSERT((unsigned)ask.what < WARD_RECALL_N && ask.from <= ask.to);
	WARD_ASSERT(ask.ids.len <= WARD_RECALL_IDS * sizeof(struct ward_id) &&
		    ask.who.len <= WARD_RECALL_WHO && ask.source.len <= WARD_RECALL_SOURCE);
	WARD_ASSERT(ward_recall_is(ward_slice_text(s)));
	ward_recall_put(to, &ask);
	WARD_ASSERT(!ward_wr_bad(to) && to->len <= s.len);
	return WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr once = ward_wr_grow(ward_mem_heap(), OUT_BYTES),
		       twice = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	enum ward_err err = turn(ward_slice_of(copy, len), &once);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_MALFORMED);
	if (!err) {
		WARD_ASSERT(turn(ward_wr_slice(&once), &twice) == WARD_OK);
		WARD_ASSERT(once.len == twice.len && memcmp(once.p, twice.p, once.len) == 0);
	}
	ward_wr_fini(&once);
	ward_wr_fini(&twice);
	free(copy);
	return 0;
}
