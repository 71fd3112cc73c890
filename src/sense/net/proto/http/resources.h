/* Names of FHIR's resource types. */
#ifndef WARD_SENSE_NET_HTTP_RESOURCES_H
#define WARD_SENSE_NET_HTTP_RESOURCES_H

#include "base/slice.h"

struct ward_fhir_resource {
	const char *name;
	bool common; /* an ordinary word: alone it does not say that a path is FHIR's */
};

/* NULL: it is none. Lives forever. O(log n). */
const struct ward_fhir_resource *ward_fhir_resource(struct ward_str name);

#endif
