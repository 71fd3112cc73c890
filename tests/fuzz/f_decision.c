/* Decisions and answers between processes: what is read is read again from how it is written. The
 * first byte says which it is. */
#include "fuzz.h"

#include "desk/decision.h"

enum { OUT_BYTES = 1 << 20 };

/* Read, checked and written. */
static enum ward_err turn(bool decision, struct ward_slice s, struct ward_wr *to)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_decision d;
	struct ward_decided said;
	enum ward_err err = decision ? ward_decision_get(&r, &d) : ward_decided_get(&r, &said);

	if (err)
		return err;
	if (decision) {
		WARD_ASSERT((unsigned)d.kind < WARD_DECISION_N && d.person.len && d.role.len &&
			    d.at >= 0);
		WARD_ASSERT(ward_decision_parse(ward_str_z(ward_decision_name(d.kind))) == d.kind);
		ward_decision_put(to, &d);
	} else {
		WARD_ASSERT((unsigned)said.err < WARD_ERR_N);
		ward_decided_put(to, &said);
	}
	WARD_ASSERT(!ward_wr_bad(to) && to->len <= s.len);
	return WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len ? len - 1 : 0;
	bool decision = len && data[0] == 'd';
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	struct ward_wr once = ward_wr_grow(ward_mem_heap(), OUT_BYTES),
		       twice = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	enum ward_err err = turn(decision, ward_slice_of(copy, n), &once);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_MALFORMED);
	if (!err) {
		WARD_ASSERT(turn(decision, ward_wr_slice(&once), &twice) == WARD_OK);
		WARD_ASSERT(once.len == twice.len && memcmp(once.p, twice.p, once.len) == 0);
	}
	ward_wr_fini(&once);
	ward_wr_fini(&twice);
	free(copy);
	return 0;
}
