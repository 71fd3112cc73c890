/* A file of kept scores. What can't be read has its line and mend; what is read is compared and
 * told without trouble, and a kept value is none that a mark could not have. */
#include "fuzz.h"

#include "debrief/past.h"
#include "debrief/write.h"

static void told(const struct ward_debrief_past *p)
{
	const struct ward_debrief_track *t;
	size_t n = ward_debrief_past_tracks(p, &t);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct ward_doc doc;

	for (size_t i = 0; i < n; i++) {
		WARD_ASSERT(t[i].n_run && t[i].hospital.len && t[i].scenario.len);
		for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++)
			WARD_ASSERT(t[i].run[0].mark[m].value >= 0);
		ward_debrief_past_json(&t[i], &w);
	}
	ward_doc_init(&doc, WARD_STR("en"));
	ward_debrief_past_tell(p, NULL, NULL, &doc);
	ward_debrief_past_tell(p, "plant", NULL, &doc);
	WARD_ASSERT(!doc.err);
	ward_doc_markdown(&doc, &w);
	ward_doc_fini(&doc);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_debrief_past *p;
	struct ward_limits lim;
	struct ward_diag d;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	WARD_ASSERT(ward_debrief_past_new(ward_mem_heap(), &lim, &p) == WARD_OK);
	enum ward_err err =
		ward_debrief_past_read(p, WARD_STR("scores.jsonl"), ward_slice_of(copy, len), &d);

	WARD_ASSERT((err == WARD_OK) == (d.n_error == 0));
	for (size_t i = 0; i < d.n; i++)
		WARD_ASSERT(d.item[i].line && d.item[i].mend.len);
	told(p);
	ward_debrief_past_free(p);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
