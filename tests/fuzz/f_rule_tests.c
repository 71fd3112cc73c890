/* A file of rule tests as YAML, over the rules of fuzz_detect.h: what runs is judged the same by
 * its count and by each rule alone. */
#include "fuzz_detect.h"

#include "craft/craft.h"

static void judge(void *ctx, const struct ward_craft_test *t)
{
	struct fuzz_detect *f = ctx;
	uint32_t leaf[8], near = 0;
	size_t n = 0, n_match = 0;

	WARD_ASSERT(t->passed == (t->want == SIZE_MAX ? t->got > 0 : t->got == t->want));
	WARD_ASSERT(t->name.len > 0 && t->n_event > 0);
	ward_craft_leaves(f->rs, t->rule, leaf, WARD_ARRAY_LEN(leaf), &n);
	WARD_ASSERT(n > 0);
	for (size_t i = 0; i < t->n_event && i < 64; i++)
		for (size_t k = 0; k < n; k++) {
			WARD_ASSERT(
				ward_craft_near(f->det, &t->event[i], leaf[k], &near) == WARD_OK);
			n_match += near == UINT32_MAX;
		}
	/* Without a match of what it is made of, nothing is detected. */
	WARD_ASSERT(n_match || !t->got || t->n_event > 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rule_text text = {"rules.test.yml", ward_slice_of(copy, len)};
	struct fuzz_detect f;

	fuzz_detect_open(&f);
	WARD_ASSERT(
		fuzz_detect_load(&f, fuzz_text(fuzz_rules), fuzz_text(fuzz_pipeline)) == WARD_OK);
	const struct ward_craft c = {.rs = f.rs, .lim = &f.lim, .names = &f.names, .diag = &f.diag};
	enum ward_err err = ward_craft_tests_text(&c, &text, judge, &f);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	free(copy);
	fuzz_detect_close(&f);
	return 0;
}
