/* Any text: what is found lies within it, in order, and none is empty; the same bytes twice find
 * the same. */
#include "fuzz.h"

#include "comply/identifiers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_identifiers set = {.n = 0};
	struct ward_identifier_walk w;
	struct ward_identifier_span s;
	struct ward_str bad;
	size_t end = 0;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str text = ward_slice_text(ward_slice_of(copy, len)), name = text;

	WARD_ASSERT(ward_identifiers_read(&set, WARD_STR("patient=T########,badge=B@@####"), &bad));
	ward_identifier_walk_init(&w, &set, text);
	if (len && copy[0] == ':')
		ward_identifier_walk_named(&w, ward_str_cut(&name, '\n'));
	while (ward_identifier_next(&w, &s)) {
		WARD_ASSERT(s.len > 0 && s.off >= end && s.off + s.len <= len);
		WARD_ASSERT(s.kind < WARD_IDENTIFIER_N);
		end = s.off + s.len;
	}
	set.n = 0;
	(void)ward_identifiers_read(&set, text, &bad);
	WARD_ASSERT(set.n <= WARD_IDENTIFIER_PATTERNS);
	free(copy);
	return 0;
}
