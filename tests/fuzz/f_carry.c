/* What two that carry a state say to each other, sealed and not, and lists of what a state has, in
 * any bytes. */
#include "fuzz.h"

#include "backup/mirror.h"
#include "run/carry_seal.h"

static uint8_t again[WARD_CARRY_MAX];

/* Nobody who has not the secret is taken for who has. */
static void open_any(struct ward_slice s, bool gives)
{
	static const uint8_t secret[WARD_CARRY_KEY] = {7};
	static uint8_t room[WARD_CARRY_MAX];
	uint8_t answer[128];
	struct ward_wr w = ward_wr_fixed(answer, sizeof(answer));
	struct ward_carry_seal seal;
	struct ward_slice t;

	ward_carry_seal_init(&seal, secret, gives);
	WARD_ASSERT(ward_carry_seal_get(&seal, s, room, &w, &t) != WARD_OK);
	WARD_ASSERT(!ward_wr_bad(&w) && !seal.ready);
}

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
	open_any(ward_slice_of(p, len), true);
	open_any(ward_slice_of(p, len), false);
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
