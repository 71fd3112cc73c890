/* What two that carry a state say to each other, and lists of what a state has, in any bytes. */
#include "fuzz.h"

#include "backup/mirror.h"
#include "run/carry.h"

static uint8_t again[WARD_CARRY_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *p = fuzz_copy(data, len);
	struct ward_carry c;
	struct ward_mirror m;

	if (ward_carry_read(ward_slice_of(p, len), &c) == WARD_OK) {
		struct ward_wr w = ward_wr_fixed(again, sizeof(again));

		ward_carry_write(&w, &c);
		WARD_ASSERT(!ward_wr_bad(&w) && w.len == len && memcmp(again, p, len) == 0);
	}
	ward_mirror_init(&m, ward_mem_heap());
	if (ward_mirror_read((struct ward_str){(const char *)p, len}, &m) == WARD_OK)
		for (size_t i = 0; i < m.n; i++) {
			WARD_ASSERT(ward_tar_path_ok(ward_str_z(m.item[i].path)));
			WARD_ASSERT(ward_mirror_find(&m, m.item[i].path) == &m.item[i]);
		}
	ward_mirror_fini(&m);
	free(p);
	return 0;
}
