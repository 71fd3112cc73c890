/* The standards in which a recipient can be sent an incident, or what the hospital can do for
 * patients. */
#ifndef WARD_EXCHANGE_STANDARD_H
#define WARD_EXCHANGE_STANDARD_H

#include "base/slice.h"

/* X(NAME, "name", "type of its HTTP body") */
#define WARD_STANDARD_LIST(X)                                \
	X(IDMEF, "idmef", "application/json")                \
	X(CAP, "cap", "application/cap+xml")                 \
	X(DE, "de", "application/xml")                       \
	X(STIX, "stix", "application/stix+json;version=2.1") \
	X(MISP, "misp", "application/json")                  \
	X(OCSF, "ocsf", "application/x-ndjson")              \
	X(HAVE, "have", "application/xml")                   \
	X(SANER, "saner", "application/fhir+json")
enum ward_standard {
	WARD_STANDARD_NONE, /* Ward's own message */
#define X(NAME, name, type) WARD_STANDARD_##NAME,
	WARD_STANDARD_LIST(X)
#undef X
		WARD_STANDARD_N,
};
/* NONE: it is none. */
enum ward_standard ward_standard_parse(struct ward_str s);
/* Both live forever; of NONE: "" and "application/json". */
const char *ward_standard_name(enum ward_standard s);
const char *ward_standard_type(enum ward_standard s);
/* It says how things stand with wards and beds, and tells of no incident. */
static inline bool ward_standard_is_availability(enum ward_standard s)
{
	return s == WARD_STANDARD_HAVE || s == WARD_STANDARD_SANER;
}

#endif
