/* rights.yml, whatever is written there: profiles and rights, or findings. */
#include "fuzz.h"

#include "desk/profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_limits lim;
	struct ward_profiles p;
	struct ward_diag diag;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_profiles_read(
		WARD_STR("rights.yml"), ward_slice_of(copy, len), &lim, ward_mem_heap(), &diag, &p);

	WARD_ASSERT(!err || diag.n);
	for (size_t k = 0; k < WARD_PROFILE_N; k++)
		WARD_ASSERT(!(p.right[k] & ~WARD_RIGHTS_ALL));
	WARD_ASSERT(p.n_role <= WARD_PROFILE_ROLES);
	ward_profiles_free(&p);
	ward_diag_fini(&diag);
	free(copy);
	return 0;
}
