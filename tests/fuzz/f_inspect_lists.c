#include "fuzz.h"

#include "sense/file/hashes.h"

/* A list of hashes: each line is taken or refused by name; what was taken is found. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_diag diag;
	struct ward_hashes h;
	uint8_t *copy = fuzz_copy(data, len);

	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 16 << 20);
	ward_diag_init(&diag, ward_mem_heap());
	ward_hashes_init(&h, ward_mem_heap(), &arena);
	enum ward_err err =
		ward_hashes_read(&h, &lim, WARD_STR("x"), ward_slice_of(copy, len), &diag);

	WARD_ASSERT(!err || err == WARD_ERR_NOMEM);
	ward_hashes_ready(&h);
	for (size_t i = 0; i < h.n; i++)
		WARD_ASSERT(ward_hashes_find(&h, (enum ward_hash_of)h.row[i].of, h.row[i].hash));
	ward_hashes_fini(&h);
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
