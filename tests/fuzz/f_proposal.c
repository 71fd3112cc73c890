#include "fuzz.h"

#include "run/configure.h"
#include "run/proc/api_proposal.h"

/* What is taken of a body is a question that `config` reads whole, or is refused with a reason; any
 * bytes are a question, or none. */
static void question(struct ward_slice s, bool of_ours)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_configure_ask a;
	struct ward_configure_file f;
	uint32_t n = 0;
	enum ward_err err = ward_configure_get(&r, &a);

	/* a reason or a path with a line end in it is refused there */
	WARD_ASSERT(!err || err == WARD_ERR_MALFORMED);
	if (err)
		return;
	struct ward_rd files = ward_rd_slice(a.files);

	while (ward_configure_next(&files, &f))
		n++;
	WARD_ASSERT(n == a.n && n <= WARD_CONFIGURE_FILES);
	if (of_ours) {
		WARD_ASSERT(a.what == WARD_CONFIGURE_PROPOSE && a.why.len);
		WARD_ASSERT(a.how != WARD_CONFIGURE_IMPORT || a.n >= 2);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ASK);

	question(ward_slice_of(copy, len), false);
	if (!serve_proposal(ward_slice_of(copy, len), WARD_STR("it"), &w) && !ward_wr_bad(&w))
		question(ward_wr_slice(&w), true);
	ward_wr_fini(&w);
	free(copy);
	return 0;
}
