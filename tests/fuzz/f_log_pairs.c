/* Lists of pairs: the first byte is the kind, the second CSV's separator. Every step takes
 * something, keys and values lie in the text, and what has no escape comes back as it is. */
#include "fuzz.h"

#include "sense/log/pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2 || len > 65536)
		return 0;
	uint8_t *copy = fuzz_copy(data + 2, len - 2);
	struct ward_str text = ward_slice_text(ward_slice_of(copy, len - 2));
	struct ward_pairs it =
		ward_pairs_on((enum ward_pair_kind)(data[0] % 4), (char)data[1], text);
	struct ward_arena arena;
	struct ward_pair p;
	size_t steps = 0, left = text.len;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	while (ward_pairs_next(&it, &p)) {
		struct ward_str v = ward_pair_text(&p, &arena);

		WARD_ASSERT(it.rest.len <= left && ++steps <= text.len + 16);
		left = it.rest.len;
		WARD_ASSERT(!p.value.len ||
			    (p.value.p >= text.p && p.value.p + p.value.len <= text.p + text.len));
		WARD_ASSERT(!v.p || v.len <= p.value.len);
		WARD_ASSERT(p.escape || ward_str_eq(v, p.value));
	}
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
