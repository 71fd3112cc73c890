/* What proves the ledger, as anybody may have made it: bundles, heads, codes, files of witnesses,
 * what the notary saved. */
#include "fuzz.h"

#include "audit/bundle.h"
#include "audit/found.h"
#include "comply/notary.h"

static void on_fault(void *ctx, const char *what, uint64_t row)
{
	(void)row;
	WARD_ASSERT(what);
	(*(uint64_t *)ctx)++;
}

static enum ward_err on_head(void *ctx, const struct ward_head *h)
{
	(*(uint64_t *)ctx)++;
	return h->what == WARD_HEAD_TREE ? WARD_OK : WARD_ERR_STATE;
}

static enum ward_err on_code(void *ctx, const struct ward_code *c)
{
	char text[WARD_CODE_TEXT];

	ward_code_text(c, text);
	(*(uint64_t *)ctx)++;
	return WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_slice s = ward_slice_of(copy, len);
	struct ward_bundle_seen seen;
	struct ward_notary n;
	struct ward_head h;
	struct ward_code c;
	uint64_t n_fault = 0;
	enum ward_err err = ward_bundle_check(s, NULL, ward_mem_heap(), on_fault, &n_fault, &seen);

	WARD_ASSERT(err || n_fault == 0);
	WARD_ASSERT(err != WARD_ERR_CORRUPT || (n_fault > 0 && n_fault == seen.n_fault));
	if (ward_head_read(ward_slice_text(s), &h) == WARD_OK)
		(void)ward_head_verify(&h);
	if (ward_code_read(ward_slice_text(s), &c) == WARD_OK) {
		char text[WARD_CODE_TEXT];
		struct ward_code again;

		ward_code_text(&c, text);
		WARD_ASSERT(ward_code_read(ward_str_z(text), &again) == WARD_OK && again.n == c.n);
	}
	if (ward_notary_load(s, &n) == WARD_OK)
		WARD_ASSERT(!n.has_last || ward_head_verify(&n.last));
	uint64_t n_found = 0;
	struct ward_found f = {.head = on_head, .code = on_code, .ctx = &n_found};

	WARD_ASSERT(ward_found_in(&f, ward_mem_heap(), s) == WARD_OK);
	WARD_ASSERT(n_found == f.n_head + f.n_code);
	free(copy);
	return 0;
}
