/* Rows of decisions from outside, a line each: whatever they say, the register holds together. */
#include "fuzz.h"

#include "subject/subject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ward_subject_book b;
	struct ward_str rest = {(const char *)data, size};
	struct ward_limits lim;

	ward_limits_default(&lim);
	ward_subject_init(&b, &lim);
	while (rest.len)
		if (ward_subject_take_json(&b, ward_str_cut(&rest, '\n')) != WARD_OK)
			break;
	for (size_t i = 0; i < b.n; i++) {
		const struct ward_subject_request *r = &b.r[i];

		WARD_ASSERT(r->state < WARD_SUBJECT_STATE_N && r->right < WARD_SUBJECT_RIGHT_N);
		WARD_ASSERT(r->state < WARD_SUBJECT_AGREED || r->state == WARD_SUBJECT_REFUSED ||
			    (r->second.len && !ward_str_eq(r->first, r->second)));
		WARD_ASSERT(r->due > r->received);
	}
	ward_subject_fini(&b);
	return 0;
}
