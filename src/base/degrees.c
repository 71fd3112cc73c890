#include "base/degrees.h"

bool ward_degrees_parse(struct ward_str s, int64_t most, int64_t *ret)
{
	bool neg = ward_str_starts(s, WARD_STR("-"));
	struct ward_str rest = neg ? ward_str_sub(s, 1, s.len) : s,
			whole = ward_str_cut(&rest, '.');
	uint64_t units, micro = 0, scale = 100000;

	if (!ward_str_u64(whole, &units) || units > 180 || (rest.p && (!rest.len || rest.len > 6)))
		return false;
	for (size_t i = 0; i < rest.len; i++, scale /= 10) {
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return false;
		micro += scale * (uint64_t)(rest.p[i] - '0');
	}
	int64_t v = (int64_t)(units * 1000000 + micro);

	*ret = neg ? -v : v;
	return v <= most;
}
