/* identifiers.yml: what is taken comes whole to another process, its own text finds nothing beyond
 * its end, and a finding has its mend. */
#include "fuzz.h"

#include "base/diag.h"
#include "base/wr.h"
#include "comply/identifier_own.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str text = ward_slice_text(ward_slice_of(copy, len)), bad;
	struct ward_identifiers s, back = {.n = 0};
	enum ward_identifier kind;
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_arena a;
	char form[2048];
	struct ward_wr w = ward_wr_fixed(form, sizeof(form));

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	const struct ward_identifiers_in in = {&lim, &a, &d};
	enum ward_err err = ward_identifiers_file(
		&in, WARD_STR("identifiers.yml"), ward_slice_of(copy, len), &s);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT(s.n <= WARD_IDENTIFIER_PATTERNS);
	ward_identifiers_write(&s, &w);
	WARD_ASSERT(!ward_wr_bad(&w) && ward_identifiers_read(&back, ward_wr_text(&w), &bad));
	WARD_ASSERT(back.n == s.n);
	for (size_t i = 0; i < len && i < 512; i++)
		WARD_ASSERT(ward_identifier_own(&s, ward_str_sub(text, i, len), &kind) <= len - i);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
