/* The detector's part of a checkpoint. What is taken in is saved as bytes that load again to the
 * same bytes, and the detector goes on working. */
#include "../unit/model/lab.h"
#include "fuzz_detect.h"

static void one_more(void *ctx, struct ward_str rule, enum ward_window_fate fate)
{
	(void)rule;
	(void)fate;
	++*(uint64_t *)ctx;
}

static void again(struct fuzz_detect *f)
{
	struct ward_wr first = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_wr second = ward_wr_grow(ward_mem_heap(), 1 << 24);
	uint64_t dropped = 0;

	ward_detector_save(f->det, &first);
	WARD_ASSERT(!ward_wr_bad(&first));
	ward_detector_free(f->det);
	WARD_ASSERT(ward_detector_new(f->rs, &f->names, f->model, &f->lim, NULL, ward_mem_heap(),
			    &f->det) == WARD_OK);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&first));

	WARD_ASSERT(ward_detector_load(f->det, &r, one_more, &dropped) == WARD_OK && dropped == 0);
	ward_detector_save(f->det, &second);
	WARD_ASSERT(first.len == second.len && memcmp(first.p, second.p, first.len) == 0);
	ward_wr_fini(&first);
	ward_wr_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct lab l;
	struct fuzz_detect f;

	if (!l.m)
		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	fuzz_detect_open(&f);
	f.model = l.m;
	WARD_ASSERT(
		fuzz_detect_load(&f, fuzz_text(fuzz_rules), fuzz_text(fuzz_pipeline)) == WARD_OK);
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	enum ward_err err = ward_detector_load(f.det, &r, NULL, NULL);

	free(copy);
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	if (!err)
		again(&f);
	fuzz_detect_events(&f, ward_str_z(fuzz_events));
	WARD_ASSERT(ward_detector_tick(f.det, WARD_NS_NEVER, fuzz_detect_sink, &f) == WARD_OK);
	fuzz_detect_close(&f);
	return 0;
}
