/* One model file in the Open-PSA format; of what loads each top is analysed within few nodes. */
#include "fuzz.h"

#include "logic/analyse.h"
#include "logic/mef/mef.h"

enum { NODES = 1 << 10, ORDER = 3, GATES = 8 };

static enum ward_err count(void *ctx, const uint32_t *event, size_t n)
{
	size_t *left = ctx;

	for (size_t i = 1; i < n; i++)
		WARD_ASSERT(event[i - 1] < event[i]);
	return --*left ? WARD_OK : WARD_ERR_LIMIT;
}

static void check(struct ward_mef *m, uint32_t top)
{
	struct ward_analysis *a = NULL;
	struct ward_importance *v = calloc(m->tree.n_event + 1, sizeof(*v));
	struct ward_cuts c;
	double p;
	size_t left = 1000;
	enum ward_err err = ward_analysis_new(&m->tree, top, NODES, &a);

	WARD_ASSERT(v && (!err || err == WARD_ERR_LIMIT));
	if (!err) {
		WARD_ASSERT(ward_analysis_probability(a, NULL, &p) == WARD_OK);
		WARD_ASSERT(p >= 0 && p <= 1 + 1e-12);
		err = ward_analysis_cuts(a, &c);
		WARD_ASSERT(!err || err == WARD_ERR_LIMIT);
		if (!err) {
			WARD_ASSERT(p <= c.bound + 1e-9);
			err = ward_analysis_each_cut(a, ORDER, count, &left);
		}
		WARD_ASSERT(!err || err == WARD_ERR_LIMIT);
		WARD_ASSERT(ward_analysis_importance(a, false, v) == WARD_OK);
	}
	ward_analysis_free(a);
	free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_mef *m = NULL;
	struct ward_diag d;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_mef_text text = {WARD_STR("f.xml"), ward_slice_of(copy, len)};

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_mef_read(&text, 1, 8760, ward_mem_heap(), &d, &m);

	free(copy);
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (d.n_error == 0));
	for (size_t i = 0, n = 0; m && i < m->n_gate && n < GATES; i++)
		if (!m->gate[i].used) {
			check(m, m->gate[i].gate);
			n++;
		}
	ward_mef_free(m);
	ward_diag_fini(&d);
	return 0;
}
