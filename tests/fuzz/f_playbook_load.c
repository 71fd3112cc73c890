/* Saved states of runs: what loads is saved as it was, and goes on. The two playbooks are those of
 * the unit tests. */
#include "fuzz.h"

#include "respond/playbook/run.h"

#include <stdio.h>

static struct ward_playbook *item[2];
static const struct ward_playbooks all = {.item = item, .n = 2};

static void once(void)
{
	static const char *const name[] = {"try.json", "nested.json"};
	const struct ward_playbook_world world = {.others = &all};
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_limits lim;
	struct ward_diag d;
	char path[4096];

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/tests/unit/respond/playbook/%s",
			root ? root : ".", name[i]);
		WARD_ASSERT(
			ward_playbook_file(path, &lim, ward_mem_heap(), &d, &item[i]) == WARD_OK);
	}
	for (size_t i = 0; i < 2; i++)
		WARD_ASSERT(ward_playbook_check(item[i], &world, &d) == WARD_OK);
	ward_diag_fini(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_RUN_BYTES_MAX);
	struct ward_wr says = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_run_request q;
	struct ward_run_out out;
	struct ward_run *r = NULL;
	ward_ns now = 0;

	if (!item[0])
		once();
	uint8_t *copy = fuzz_copy(data, len);
	enum ward_err err = ward_run_load(ward_slice_of(copy, len), &all, ward_mem_heap(), &r);

	free(copy);
	WARD_ASSERT((err == WARD_OK) == (r != NULL));
	for (unsigned i = 0; r && i < 200; i++) {
		if (i == 0) {
			struct ward_run *again = NULL;

			ward_run_save(r, &w);
			WARD_ASSERT(ward_run_load(ward_wr_slice(&w), &all, ward_mem_heap(),
					    &again) == WARD_OK);
			ward_run_free(again);
		}
		err = ward_run_next(r, now, &out);
		WARD_ASSERT(err == WARD_OK || err == WARD_ERR_AGAIN);
		if (err && ward_run_open(r, 0, &q)) {
			const struct ward_run_answer a = {.request = q.id, .well = i % 5 != 0};

			ward_run_say(r, &q, NULL, &says);
			err = ward_run_answer(r, &a, now, &out);
			WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG ||
				    err == WARD_ERR_NOT_FOUND);
			err = WARD_ERR_AGAIN;
		}
		if (err && i % 4 == 0 && ward_run_due(r) < WARD_NS_NEVER && ward_run_due(r) > now)
			now = ward_run_due(r);
	}
	ward_run_free(r);
	ward_wr_fini(&w);
	ward_wr_fini(&says);
	return 0;
}
