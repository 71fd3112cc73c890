#include "fuzz.h"

#include "respond/act/radius.h"

/* Any text as what is set, and any bytes as the answer to it, and as what `act` hands over. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct ward_str secret = WARD_STR("a-shared-secret-of-both");
	uint8_t packet[WARD_RADIUS_MAX];
	struct ward_wr w = ward_wr_fixed(packet, sizeof(packet));
	struct ward_radius_ask a = {.id = len > 1 ? data[1] : 0, .nas = WARD_STR("sw-a0")};
	struct ward_radius_said said = {.cause = 0};
	struct ward_limits lim;
	struct ward_arena arena;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_slice s = {copy, len};

	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	if (!ward_radius_what(ward_slice_text(s), &a.set, &a.value))
		a.value = WARD_STR("999");
	WARD_ASSERT(a.value.len && a.value.len <= WARD_RADIUS_VALUE);
	WARD_ASSERT(ward_radius_write(&w, &a, secret) == WARD_OK);
	if (ward_radius_read(s, ward_wr_slice(&w), secret, &said) == WARD_OK)
		WARD_ASSERT(ward_radius_cause(said.cause) != NULL);
	if (ward_radius_asked(&arena, &lim, ward_slice_text(s), &a) == WARD_OK)
		WARD_ASSERT(a.value.len && a.value.len <= WARD_RADIUS_VALUE);
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
