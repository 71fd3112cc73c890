/* Where a caller is, as a PIDF-LO document says it (RFC 4119, RFC 5139, RFC 5491): a place on
 * earth, an address in a building, or both.
 *
 * Pure. All of it are outside bytes. What is taken is the first `location-info`; shapes of an area
 * without a centre are passed over. */
#ifndef WARD_SENSE_SIP_POSITION_H
#define WARD_SENSE_SIP_POSITION_H

#include "base/mem.h"

enum { WARD_SIP_CIVIC = 64 }; /* bytes of one part of an address; a longer one is left out */

struct ward_sip_position {
	bool geo;
	int64_t lat, lon;                            /* millionths of a degree, WGS 84 */
	uint32_t metres;                             /* how far off it may be; 0: it does not say */
	struct ward_str building, floor, room, spot; /* RFC 5139 3: BLD, FLR, ROOM, LOC; or empty */
};

/* Texts live in the arena. MALFORMED: no such document, *ret_why says why; NOMEM. A document
 * without a place gives an empty position. */
WARD_MUST_CHECK enum ward_err ward_sip_position_read(struct ward_slice xml,
	const struct ward_mem *mem, struct ward_arena *arena, struct ward_sip_position *ret,
	const char **ret_why);

#endif
