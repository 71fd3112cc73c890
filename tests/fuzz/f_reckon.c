/* Questions and answers between `api` and `reckon`: what is read is read again from how it is
 * written. The first byte says which it is. */
#include "fuzz.h"

#include "reckon/ask.h"

enum { OUT_BYTES = 1 << 20 };

/* Read, checked and written. */
static enum ward_err turn(bool question, struct ward_slice s, struct ward_wr *to)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_reckon_ask ask;
	struct ward_reckoned said;
	enum ward_err err = question ? ward_reckon_get(&r, &ask) : ward_reckoned_get(&r, &said);

	if (err)
		return err;
	if (question) {
		WARD_ASSERT(
			(unsigned)ask.what < WARD_RECKON_N && ask.subject.len <= WARD_RECKON_ID);
		ward_reckon_put(to, &ask);
	} else {
		WARD_ASSERT((unsigned)said.err < WARD_ERR_N);
		ward_reckoned_put(to, &said);
	}
	WARD_ASSERT(!ward_wr_bad(to) && to->len <= s.len);
	return WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len ? len - 1 : 0;
	bool question = len && data[0] == 'q';
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	struct ward_wr once = ward_wr_grow(ward_mem_heap(), OUT_BYTES),
		       twice = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	enum ward_err err = turn(question, ward_slice_of(copy, n), &once);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_MALFORMED);
	if (!err) {
		WARD_ASSERT(turn(question, ward_wr_slice(&once), &twice) == WARD_OK);
		WARD_ASSERT(once.len == twice.len && memcmp(once.p, twice.p, once.len) == 0);
	}
	ward_wr_fini(&once);
	ward_wr_fini(&twice);
	free(copy);
	return 0;
}
