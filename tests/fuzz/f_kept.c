#include "fuzz.h"

#include "detect/kept.h"

/* What a former life of the brain kept of its rule files comes from memory that others hold:
 * whatever it is, it is refused and nothing is known, or it is written again and read as the same.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_kept *k, *again;
	struct ward_rd r = ward_rd_from(data, len);
	struct ward_wr first = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct ward_wr second = ward_wr_grow(ward_mem_heap(), 64 << 20);

	ward_limits_default(&lim);
	WARD_ASSERT(ward_kept_new(&lim, ward_mem_heap(), &k) == WARD_OK);
	WARD_ASSERT(ward_kept_new(&lim, ward_mem_heap(), &again) == WARD_OK);
	(void)ward_err_name(ward_kept_read(k, &r));
	WARD_ASSERT(ward_kept_n_used(k) == 0);
	ward_kept_write(k, &first);
	WARD_ASSERT(!ward_wr_bad(&first));
	r = ward_rd_slice(ward_wr_slice(&first));
	WARD_ASSERT(ward_kept_read(again, &r) == WARD_OK);
	ward_kept_write(again, &second);
	WARD_ASSERT(first.len == second.len && memcmp(first.p, second.p, first.len) == 0);
	ward_wr_fini(&first);
	ward_wr_fini(&second);
	ward_kept_free(k);
	ward_kept_free(again);
	return 0;
}
