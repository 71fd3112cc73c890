/* What the command that lays out a house said: one JSON text comes of it, whatever it is. */
#include "fuzz.h"

#include "run/laid.h"

enum { OUT_BYTES = 4 << 20, ARENA = 16 << 20 };

static bool has(void *ctx, struct ward_str path)
{
	(void)ctx;
	return ward_str_eqz(path, "rooms.csv");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	struct ward_json j = ward_json_on(&w);
	struct ward_arena arena, again;
	struct ward_limits lim;
	struct ward_diag d;
	const struct ward_conf *c;

	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), ARENA);
	ward_arena_init(&again, ward_mem_heap(), ARENA);
	ward_diag_init(&d, ward_mem_heap());
	struct ward_laid l = {.arena = &arena, .lim = &lim, .has = has};

	ward_json_arr(&j);
	enum ward_err err = ward_laid_read(&l, ward_slice_text(ward_slice_of(copy, len)), &j);
	ward_json_arr_end(&j);
	WARD_ASSERT(l.n_why <= sizeof(l.why));
	if (!err && !ward_wr_bad(&w)) {
		err = ward_conf_json(&again, &lim, WARD_STR("out"), 1, ward_wr_slice(&w), &d, &c);
		WARD_ASSERT(err == WARD_OK || err == WARD_ERR_NOMEM || err == WARD_ERR_LIMIT ||
			    err == WARD_ERR_DUPLICATE || err == WARD_ERR_CONFIG);
	}
	ward_diag_fini(&d);
	ward_arena_fini(&again);
	ward_arena_fini(&arena);
	ward_wr_fini(&w);
	free(copy);
	return 0;
}
