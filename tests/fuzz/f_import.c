#include "fuzz.h"

#include "../unit/model/import/lab.h"

/* One text of one format (-DFORMAT) into a small hospital: candidates that the directory would
 * take, a merge, a plan whose tables can be read, and a hospital that may be refused but not lost.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct import_lab l;
	static struct ward_model *m;
	uint8_t *copy = fuzz_copy(data, len);

	if (!m) {
		import_lab_open(&l, NULL, NULL);
		m = l.m;
	}
	enum ward_err err = import_lab_read(&l, FORMAT, "fuzz", ward_slice_of(copy, len));

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG);
	WARD_ASSERT((err == WARD_OK) == (l.d.n_error == 0));
	if (!err) {
		WARD_ASSERT(import_lab_merge(&l, "fuzz", NULL) == WARD_OK);
		for (size_t i = 0; i < l.n_out; i++) {
			struct ward_arena a;
			struct ward_csv t;

			ward_arena_init(&a, ward_mem_heap(), 64 << 20);
			if (ward_str_ends(l.out[i].name, WARD_STR(".csv")))
				WARD_ASSERT(ward_conf_csv(&a, &l.lim, l.out[i].name, l.out[i].bytes,
						    &l.d, &t) == WARD_OK);
			ward_arena_fini(&a);
		}
		ward_merge_free(l.merge);
		l.merge = NULL;
	}
	ward_candidates_fini(&l.c);
	ward_candidates_init(&l.c, ward_mem_heap(), &l.lim);
	ward_diag_fini(&l.d);
	ward_diag_init(&l.d, ward_mem_heap());
	free(copy);
	return 0;
}
