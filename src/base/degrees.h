/* Places on the earth, as people write them. */
#ifndef WARD_BASE_DEGREES_H
#define WARD_BASE_DEGREES_H

#include "base/slice.h"

/* "-45.0703": decimal degrees to six places, in millionths; at most most either way. False: no such
 * text. */
bool ward_degrees_parse(struct ward_str s, int64_t most, int64_t *ret);

enum { WARD_GEO_METRES = 100000 };

struct ward_geo {
	int64_t lat, lon; /* millionths of a degree */
	uint32_t metres;  /* the circle around it; at most WARD_GEO_METRES */
};
/* "geo:45.0703,7.6869;u=15" (RFC 5870), without an altitude; 15 m where no u stands. */
bool ward_geo_parse(struct ward_str s, struct ward_geo *ret);

#endif
