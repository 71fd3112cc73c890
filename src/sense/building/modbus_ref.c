#include "sense/building/modbus_ref.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { UNIT_MAX = 247, ADDRESSES = 65536 };

static const struct {
	const char *name;
	unsigned function;
	uint32_t first, first6;
} tables[] = {
#define X(IDENT, name, function, first, first6) {name, function, first, first6},
	WARD_MODBUS_TABLE_LIST(X)
#undef X
};

static const struct {
	const char *name;
	unsigned width;
} types[WARD_MODBUS_TYPE_N] = {[WARD_MODBUS_BIT] = {"bit", 1},
	[WARD_MODBUS_U16] = {"u16", 1},
	[WARD_MODBUS_S16] = {"s16", 1},
	[WARD_MODBUS_U32] = {"u32", 2},
	[WARD_MODBUS_S32] = {"s32", 2},
	[WARD_MODBUS_F32] = {"f32", 2}};

unsigned ward_modbus_function(enum ward_modbus_table t)
{
	WARD_ASSERT(t < WARD_MODBUS_TABLE_N);
	return tables[t].function;
}

unsigned ward_modbus_width(const struct ward_modbus_ref *r)
{
	WARD_ASSERT(r->type < WARD_MODBUS_TYPE_N);
	return types[r->type].width;
}

/* The number of a data sheet, of five or six digits, or the protocol's own after '@'. */
static bool parse_start(struct ward_str s, enum ward_modbus_table t, uint16_t *ret)
{
	enum { FIVE_DIGITS = 9999 };
	bool own = s.len && s.p[0] == '@';
	uint64_t n;

	if (!ward_str_u64(own ? ward_str_sub(s, 1, s.len) : s, &n))
		return false;
	if (!own) {
		uint32_t first = tables[t].first, most = FIVE_DIGITS;

		if (n >= tables[t].first6) {
			first = tables[t].first6;
			most = ADDRESSES;
		}
		if (n < first || n >= first + most)
			return false;
		n -= first;
	}
	*ret = (uint16_t)n;
	return n < ADDRESSES;
}

static bool parse_type(struct ward_str s, struct ward_modbus_ref *r)
{
	for (size_t i = WARD_MODBUS_U16; i < WARD_MODBUS_TYPE_N; i++)
		if (ward_str_eqz(s, types[i].name)) {
			r->type = (enum ward_modbus_type)i;
			return true;
		}
	return false;
}

static bool parse_order(struct ward_str s, struct ward_modbus_ref *r)
{
	static const char *const order[] = {"abcd", "badc", "cdab", "dcba"};

	for (unsigned i = 0; i < WARD_ARRAY_LEN(order); i++)
		if (ward_str_eqz(s, order[i])) {
			r->swap_bytes = i & 1;
			r->swap_words = i & 2;
			return true;
		}
	return false;
}

enum ward_err ward_modbus_ref_parse(
	struct ward_str s, struct ward_modbus_ref *ret, const char **ret_why)
{
	struct ward_modbus_ref r = {.table = WARD_MODBUS_TABLE_N, .type = WARD_MODBUS_U16};
	struct ward_str order = s, unit = ward_str_cut(&order, '/');
	struct ward_str number = ward_str_cut(&order, '/'), table = ward_str_cut(&number, ':');
	struct ward_str type = ward_str_cut(&order, '/');
	uint64_t n;

	*ret_why = NULL;
	for (unsigned i = 0; i < WARD_MODBUS_TABLE_N; i++)
		if (ward_str_eqz(table, tables[i].name))
			r.table = (enum ward_modbus_table)i;
	if (!ward_str_u64(unit, &n) || n > UNIT_MAX)
		*ret_why = "an address begins with the unit, 0 to 247: 1/holding:40001";
	else if (r.table == WARD_MODBUS_TABLE_N)
		*ret_why = "the table is coil, discrete, holding or input: 1/holding:40001";
	else if (!parse_start(number, r.table, &r.start))
		*ret_why = "the number is as in data sheets (coil:1, discrete:10001, "
			   "input:30001, holding:40001) or as on the wire (holding:@0)";
	else if (type.p && (ward_modbus_bits(r.table) || !parse_type(type, &r)))
		*ret_why = "the type of registers is u16, s16, u32, s32 or f32; bits have none";
	else if (order.p && (types[r.type].width != 2 || !parse_order(order, &r)))
		*ret_why = "the order of 32 bits is abcd, cdab, badc or dcba";
	else if (r.start + types[r.type].width > ADDRESSES)
		*ret_why = "the value would reach over the end of the table";
	if (*ret_why)
		return WARD_ERR_MALFORMED;
	r.unit = (uint8_t)n;
	if (ward_modbus_bits(r.table))
		r.type = WARD_MODBUS_BIT;
	*ret = r;
	return WARD_OK;
}

static uint32_t join(const struct ward_modbus_ref *r, const uint16_t *reg)
{
	uint32_t high = reg[r->swap_words ? 1 : 0], low = reg[r->swap_words ? 0 : 1];

	if (r->swap_bytes) {
		high = (high >> 8 | high << 8) & 0xffff;
		low = (low >> 8 | low << 8) & 0xffff;
	}
	return high << 16 | low;
}

/* The shortest decimal that reads back as the same number. */
static struct ward_value from_float(uint32_t bits, char buf[32])
{
	struct ward_value v = {.kind = WARD_VALUE_NULL};
	int64_t whole;
	float f;

	memcpy(&f, &bits, sizeof(f));
	if (!isfinite(f))
		return v;
	for (int digits = 6; digits <= 9; digits++) {
		v.s = (struct ward_str){buf, (size_t)snprintf(buf, 32, "%.*g", digits, (double)f)};
		float again = strtof(buf, NULL);
		uint32_t same;

		memcpy(&same, &again, sizeof(same));
		if (same == bits)
			break;
	}
	v.kind = ward_number_kind(v.s, &whole);
	if (v.kind == WARD_VALUE_INT)
		v.i = whole;
	return v;
}

struct ward_value ward_modbus_value(
	const struct ward_modbus_ref *r, const uint16_t *reg, char buf[32])
{
	switch (r->type) {
	case WARD_MODBUS_BIT:
		return ward_value_int(reg[0] != 0);
	case WARD_MODBUS_U16:
		return ward_value_int(reg[0]);
	case WARD_MODBUS_S16:
		return ward_value_int((int16_t)reg[0]);
	case WARD_MODBUS_U32:
		return ward_value_int((int64_t)join(r, reg));
	case WARD_MODBUS_S32:
		return ward_value_int((int32_t)join(r, reg));
	case WARD_MODBUS_F32:
		return from_float(join(r, reg), buf);
	case WARD_MODBUS_TYPE_N:
		break;
	}
	return (struct ward_value){.kind = WARD_VALUE_NULL};
}
