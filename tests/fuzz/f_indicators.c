/* A MISP event or a STIX bundle of strangers: what comes out is a list that the search reads, a
 * line for each, and nothing of a document can make a line of its own. */
#include "fuzz.h"

#include "indicator/indicator.h"
#include "search/indicator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_indicators *in = NULL;
	struct ward_limits lim;
	struct ward_diag d;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	if (ward_indicator_is_document(ward_slice_of(copy, len)) &&
		ward_indicator_lines(WARD_STR("f"), ward_slice_of(copy, len), &lim, ward_mem_heap(),
			&d, &w) == WARD_OK) {
		size_t n = 0;

		WARD_ASSERT(!d.n_error);
		for (size_t i = 0; i < w.len; i++) {
			WARD_ASSERT(w.p[i] >= ' ' || w.p[i] == '\t' || w.p[i] == '\n');
			n += w.p[i] == '\n';
		}
		WARD_ASSERT(ward_indicators_read(WARD_STR("f"), ward_wr_slice(&w), ward_mem_heap(),
				    &d, &in) == WARD_OK);
		WARD_ASSERT(ward_indicators_n(in) <= n);
		ward_indicators_free(in);
	}
	ward_diag_fini(&d);
	ward_wr_fini(&w);
	free(copy);
	return 0;
}
