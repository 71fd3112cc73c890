/* Another hospital's EDXL-HAVE. What is taken in is written again as a document that is taken in,
 * and says the same. */
#include "fuzz.h"

#include "care/have.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_arena a;
	struct ward_diag d;
	struct ward_have h, again;

	ward_arena_init(&a, ward_mem_heap(), 1 << 26);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_have_read(ward_slice_of(copy, len), WARD_STR("f"), &a, &d, &h);

	WARD_ASSERT((err == WARD_OK) == !d.n_error || err == WARD_ERR_NOMEM);
	if (!err) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 23);

		ward_xmldoc_write(&h.doc, &w);
		WARD_ASSERT(!ward_wr_bad(&w));
		if (w.len <= WARD_XMLDOC_BYTES) { /* blanks and references make it longer */
			WARD_ASSERT(ward_have_read(ward_wr_slice(&w), WARD_STR("f"), &a, &d,
					    &again) == WARD_OK);
			WARD_ASSERT(again.doc.n == h.doc.n && again.n == h.n);
			for (size_t i = 0; i < h.n; i++)
				WARD_ASSERT(
					ward_str_eq(h.hospital[i].name, again.hospital[i].name) &&
					h.hospital[i].updated == again.hospital[i].updated);
			ward_have_fini(&again);
		}
		ward_wr_fini(&w);
	}
	if (err != WARD_ERR_NOMEM)
		ward_have_fini(&h);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
