/* Origins: which networks outside the house are at which place on earth. A list of the hospital
 * directory; Ward brings none. */
#ifndef WARD_MODEL_ORIGIN_H
#define WARD_MODEL_ORIGIN_H

#include "model/model.h"

/* Where addresses outside the house are: a place that somebody logs in from. */
struct ward_origin {
	struct ward_str id, name, country; /* country may be empty */
	bool placed;                       /* latitude and longitude are stated */
	int64_t lat_micro, lon_micro;      /* millionths of a degree */
};

/* The origin whose CIDR contains an address in text form (longest prefix), or NULL; the one of that
 * id, or NULL. */
const struct ward_origin *ward_model_origin_of(const struct ward_model *m, struct ward_str ip);
const struct ward_origin *ward_model_origin(const struct ward_model *m, struct ward_str id);
/* The i-th, or NULL behind the last. */
const struct ward_origin *ward_model_origin_at(const struct ward_model *m, size_t i);
/* How far two placed origins are apart, through the earth: never more than over it. */
int64_t ward_origin_km(const struct ward_origin *a, const struct ward_origin *b);

#endif
