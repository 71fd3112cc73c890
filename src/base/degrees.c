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

bool ward_geo_parse(struct ward_str s, struct ward_geo *ret)
{
	struct ward_geo g = {.metres = 15};
	struct ward_str rest = s, lat;
	uint64_t metres = 15;

	if (!ward_str_starts(s, WARD_STR("geo:")))
		return false;
	rest = ward_str_sub(s, 4, s.len);
	struct ward_str circle = rest, point = ward_str_cut(&circle, ';');

	lat = ward_str_cut(&point, ',');
	if (!point.p || !ward_degrees_parse(lat, 90000000, &g.lat) ||
		!ward_degrees_parse(point, 180000000, &g.lon))
		return false;
	if (circle.p && (!ward_str_starts(circle, WARD_STR("u=")) ||
				!ward_str_u64(ward_str_sub(circle, 2, circle.len), &metres)))
		return false;
	if (!metres || metres > WARD_GEO_METRES)
		return false;
	g.metres = (uint32_t)metres;
	*ret = g;
	return true;
}
