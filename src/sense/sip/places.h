/* Which room a caller is in: what the hospital wrote under `map` of the source, as a table.
 *
 * A text has one place a line, KEY, a tab, and the id of a room or thing; keys are compared without
 * the case of ASCII letters. A key "geo:LATITUDE,LONGITUDE;u=METRES" is a circle on earth. */
#ifndef WARD_SENSE_SIP_PLACES_H
#define WARD_SENSE_SIP_PLACES_H

#include "base/hash.h"
#include "base/wr.h"

struct ward_sip_places;

/* Copies text. MALFORMED: a line that is no place; LIMIT: more than 4096; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_sip_places_new(
	const struct ward_mem *mem, struct ward_slice text, struct ward_sip_places **ret);
void ward_sip_places_free(struct ward_sip_places *p);
/* The id of the place by that name; empty: there is none. Lives as long as the table. */
struct ward_str ward_sip_places_named(const struct ward_sip_places *p, struct ward_str key);
/* Of the circle whose centre is nearest, among those that hold the point (millionths of a degree);
 * empty: none does. O(circles). */
struct ward_str ward_sip_places_at(const struct ward_sip_places *p, int64_t lat, int64_t lon);
/* Writes one line. */
void ward_sip_places_write(struct ward_wr *w, struct ward_str key, struct ward_str id);

#endif
