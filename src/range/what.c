#include "range/range.h"

static const char *const whats[WARD_RANGE_WHAT_N] = {"stops", "starts", "burns", "floods", "holds"};

const char *ward_range_what_name(enum ward_range_what w)
{
	WARD_ASSERT((unsigned)w < WARD_RANGE_WHAT_N);
	return whats[w];
}

enum ward_range_what ward_range_what_find(struct ward_str s)
{
	unsigned w = 0;

	while (w < WARD_RANGE_WHAT_N && !ward_str_eqz(s, whats[w]))
		w++;
	return (enum ward_range_what)w;
}
