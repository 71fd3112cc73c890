/* Inside the room: texts of events read as addresses and as numbers. Pure; texts are untrusted. */
#ifndef WARD_DETECT_READING_H
#define WARD_DETECT_READING_H

#include "base/slice.h"

enum ward_reading { WARD_READING_UNKNOWN, WARD_READING_IS, WARD_READING_IS_NOT };

/* Text of a field of the current event, made when first asked for. */
struct ward_field_text {
	uint64_t event_no; /* whose; another's: nothing below is known */
	struct ward_str plain, folded;
	struct ward_field_text *item; /* of a list: its members' */
	bool have_plain, have_folded;
	enum ward_reading is_addr, is_number;
	uint8_t addr[16];
	long double number;
};

/* An address in the forms of inet_pton(3); IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2). false: none.
 */
bool ward_read_addr(struct ward_str s, uint8_t ret[16]);
/* A decimal number, with an exponent or without, as near as a long double comes to it; at most 63
 * bytes. false: none. */
bool ward_read_number(struct ward_str s, long double *ret);

#endif
