/* Which programs may ask: none has a right that is for people, and each its own certificate. */
#include "fuzz.h"

#include "run/machines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_machines x;
	struct ward_limits lim;
	struct ward_diag d;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_machines_in in = {NULL, &lim, ward_mem_heap(), &d};
	enum ward_err err =
		ward_machines_read(&in, WARD_STR("machines.yml"), ward_slice_of(copy, len), &x);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	for (size_t i = 0; !err && i < x.n; i++) {
		WARD_ASSERT(x.m[i].id.len && x.m[i].name.len);
		WARD_ASSERT(!(x.m[i].rights & ~ward_machine_rights()));
		WARD_ASSERT(ward_machine_of(&x, x.m[i].print) == &x.m[i]);
	}
	ward_machines_free(&x);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
