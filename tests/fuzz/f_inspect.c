#include "fuzz.h"

#include "sense/file/inspector.h"

struct heard {
	struct ward_limits lim;
	struct ward_inspect_report r;
	struct ward_wr held;
};

static bool put(void *ctx, struct ward_slice records)
{
	struct heard *h = ctx;
	size_t used;

	ward_wr_bytes(&h->held, records.p, records.len);
	WARD_ASSERT(ward_report_read(&h->r, &h->lim, ward_wr_slice(&h->held), &used) == WARD_OK);
	WARD_ASSERT(used == h->held.len); /* records are handed over whole */
	ward_wr_reset(&h->held);
	return true;
}

static struct ward_inspector *without_rules(const struct ward_limits *lim)
{
	static struct ward_inspector *i;
	struct ward_diag diag;

	if (i)
		return i;
	i = ward_inspector_new();
	WARD_ASSERT(i);
	ward_diag_init(&diag, ward_mem_heap());
	WARD_ASSERT(ward_file_rules_load(NULL, 0, lim, &diag, &i->rules) == WARD_OK);
	WARD_ASSERT(ward_inspector_ready(i, lim) == WARD_OK);
	ward_diag_fini(&diag);
	return i;
}

/* Any bytes, named by their first 16, the first of which may say how they are coded, through all of
 * it: it comes to its end, and what it says a keeper takes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct heard h;
	struct ward_arena arena;
	static const char *const coding[] = {"", "br", "zstd", "gzip, br", "gzip, deflate"};
	size_t name = len < 16 ? 0 : 16, k = len && data[0] < WARD_ARRAY_LEN(coding) ? data[0] : 0;
	uint8_t *copy = fuzz_copy(data, len);

	ward_limits_default(&h.lim);
	h.lim.v[WARD_LIMIT_FILE_UNPACKED] = 4 << 20;
	ward_arena_init(&arena, ward_mem_heap(), 64 << 20);
	ward_report_init(&h.r, &arena);
	h.held = ward_wr_grow(ward_mem_heap(), 4 << 20);
	const struct ward_inspect_job job = {.with = without_rules(&h.lim),
		.lim = &h.lim,
		.said = {.name = {(const char *)copy, name},
			.type = {(const char *)copy, name},
			.encoding = ward_str_z(coding[k])},
		.bytes = ward_slice_of(copy + name, len - name),
		.clam = -1,
		.put = put,
		.ctx = &h};

	WARD_ASSERT(ward_inspect_bytes(&job) == WARD_OK);
	WARD_ASSERT(h.r.whole && h.r.n_part >= 1);
	ward_report_fini(&h.r);
	ward_wr_fini(&h.held);
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
