/* A saved table of coverage, the bytes of another process. What is taken in is written in every
 * form, and saved to bytes that load again to the same bytes. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "model/coverage/coverage.h"

static struct ward_coverage *table(
	struct lab *l, const struct ward_limits *lim, struct ward_names *names)
{
	struct ward_coverage *c = NULL;

	WARD_ASSERT(ward_coverage_new(ward_mem_heap(), lim, names, l->m, &c) == WARD_OK);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct lab l;
	static struct ward_names names;
	static struct ward_limits lim;

	if (!l.m) {
		ward_limits_default(&lim);
		lim.v[WARD_LIMIT_COVERAGE_ROWS] = 64;
		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
		WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	}
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_coverage *c = table(&l, &lim, &names), *d;
	enum ward_err err = ward_coverage_load(c, (struct ward_slice){copy, len});
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 24),
		       two = ward_wr_grow(ward_mem_heap(), 1 << 24);

	free(copy);
	WARD_ASSERT(!err || ward_err_class(err) == WARD_ERR_CLASS_INPUT || err == WARD_ERR_LIMIT);
	if (!err) {
		WARD_ASSERT(ward_coverage_write_table(c, true, NULL, &one) == WARD_OK);
		WARD_ASSERT(ward_coverage_write_json(c, &one) == WARD_OK);
		ward_wr_reset(&one);
		ward_coverage_save(c, &one);
		d = table(&l, &lim, &names);
		WARD_ASSERT(ward_coverage_load(d, ward_wr_slice(&one)) == WARD_OK);
		ward_coverage_save(d, &two);
		WARD_ASSERT(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
		ward_coverage_free(d);
	}
	ward_coverage_free(c);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
	return 0;
}
