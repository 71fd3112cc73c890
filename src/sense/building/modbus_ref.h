/* Where a value is in a Modbus unit, and what its registers mean (MODBUS Application
 * Protocol 1.1b3, 4.3 and 4.4). Private to this room. */
#ifndef WARD_SENSE_BUILDING_MODBUS_REF_H
#define WARD_SENSE_BUILDING_MODBUS_REF_H

#include "base/err.h"
#include "base/slice.h"
#include "event/event.h"

/* The four tables; each is read by one function, and no other function is known here:
 * X(IDENT, "name", function code (6.1 to 6.4), first number in data sheets, the same of six digits)
 */
#define WARD_MODBUS_TABLE_LIST(X)                 \
	X(COIL, "coil", 1, 1, 1)                  \
	X(DISCRETE, "discrete", 2, 10001, 100001) \
	X(HOLDING, "holding", 3, 40001, 400001)   \
	X(INPUT, "input", 4, 30001, 300001)

enum ward_modbus_table {
#define X(IDENT, name, function, first, first6) WARD_MODBUS_##IDENT,
	WARD_MODBUS_TABLE_LIST(X)
#undef X
		WARD_MODBUS_TABLE_N,
};
/* 1 to 4. */
unsigned ward_modbus_function(enum ward_modbus_table t);
static inline bool ward_modbus_bits(enum ward_modbus_table t)
{
	return t == WARD_MODBUS_COIL || t == WARD_MODBUS_DISCRETE;
}

enum ward_modbus_type {
	WARD_MODBUS_BIT,
	WARD_MODBUS_U16,
	WARD_MODBUS_S16,
	WARD_MODBUS_U32,
	WARD_MODBUS_S32,
	WARD_MODBUS_F32,
	WARD_MODBUS_TYPE_N,
};

struct ward_modbus_ref {
	uint8_t unit;
	enum ward_modbus_table table;
	uint16_t start; /* as the protocol counts, from 0 */
	enum ward_modbus_type type;
	bool swap_words, swap_bytes; /* of 32 bits: cdab, badc, both dcba */
};

/* "UNIT/TABLE:NUMBER[/TYPE[/ORDER]]": NUMBER as data sheets count (holding:40001), or as the
 * protocol does (holding:@0); TYPE u16, s16, u32, s32 or f32; ORDER abcd, cdab, badc or dcba.
 * MALFORMED; *ret_why says the mend, lives forever. */
WARD_MUST_CHECK enum ward_err ward_modbus_ref_parse(
	struct ward_str s, struct ward_modbus_ref *ret, const char **ret_why);
/* How many bits or registers it takes. */
unsigned ward_modbus_width(const struct ward_modbus_ref *r);
/* The value of registers reg[0 .. width); the text of a number goes into buf. NULL kind: it is none
 * (a float that is not finite). */
struct ward_value ward_modbus_value(
	const struct ward_modbus_ref *r, const uint16_t *reg, char buf[32]);

#endif
