/* Profiles of what to learn, as people write them: taken or refused with a finding. */
#include "fuzz.h"

#include "detect/baseline/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag diag;
	struct ward_bl_profiles *ps = NULL;
	struct ward_baseline *b = NULL;
	struct ward_bl_config c = {.mode = WARD_BL_LIVE};

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	uint8_t *copy = fuzz_copy(data, len);
	enum ward_err err = ward_bl_profiles_parse(
		WARD_STR("f.yml"), ward_slice_of(copy, len), NULL, &names, &lim, &diag, &ps);

	free(copy);
	WARD_ASSERT((err == WARD_ERR_CONFIG) == (diag.n_error > 0));
	if (!err) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		WARD_ASSERT(ward_baseline_new(ps, &c, ward_mem_heap(), &b) == WARD_OK);
		ward_baseline_save(b, &w);
		WARD_ASSERT(!ward_wr_bad(&w));
		ward_baseline_free(b);
		ward_wr_fini(&w);
	}
	ward_bl_profiles_free(ps);
	ward_names_fini(&names);
	ward_diag_fini(&diag);
	return 0;
}
