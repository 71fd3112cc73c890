/* A Modbus/TCP server (MODBUS Messaging on TCP/IP 1.0b, Application Protocol 1.1b3): functions 1 to
 * 4 of what the controller has, 5, 6 and 16 of what other points follow; anything else is an
 * exception. */
#include "exercise/device_priv.h"

#include "base/rd.h"

#include <math.h>
#include <stdlib.h>

enum {
	LENGTH_AT = 6,  /* bytes before what the length counts (guide, 3.1.3) */
	BODY_LEAST = 2, /* unit and function */
	FUNCTION_LAST = 4,
	WRITE_COIL = 5,
	WRITE_REGISTER = 6,
	WRITE_MANY = 16,
	BITS_LAST = 2, /* functions 1 and 2 read bits */
	BITS_MAX = 2000,
	REGISTERS_MAX = 125,
	EXCEPTION = 0x80, /* 7 */
	ILLEGAL_FUNCTION = 1,
	ILLEGAL_ADDRESS = 2,
	ILLEGAL_VALUE = 3,
};

static double clamp(double v, double low, double high)
{
	return fmin(fmax(round(v), low), high);
}

void ward_device_registers(const struct ward_modbus_ref *r, double number, uint16_t ret[2])
{
	float real = ward_device_real(number);
	uint32_t bits = 0;

	switch (r->type) {
	case WARD_MODBUS_BIT:
		bits = number >= 0.5;
		break;
	case WARD_MODBUS_U16:
		bits = (uint32_t)clamp(number, 0, UINT16_MAX);
		break;
	case WARD_MODBUS_S16:
		bits = (uint16_t)(int16_t)clamp(number, INT16_MIN, INT16_MAX);
		break;
	case WARD_MODBUS_U32:
		bits = (uint32_t)clamp(number, 0, UINT32_MAX);
		break;
	case WARD_MODBUS_S32:
		bits = (uint32_t)(int32_t)clamp(number, INT32_MIN, INT32_MAX);
		break;
	case WARD_MODBUS_F32:
		memcpy(&bits, &real, sizeof(bits));
		break;
	case WARD_MODBUS_TYPE_N:
		break;
	}
	uint16_t high = (uint16_t)(bits >> 16), low = (uint16_t)bits;

	if (ward_modbus_width(r) == 1) {
		ret[0] = low;
		return;
	}
	if (r->swap_bytes) {
		high = (uint16_t)(high >> 8 | high << 8);
		low = (uint16_t)(low >> 8 | low << 8);
	}
	ret[r->swap_words ? 1 : 0] = high;
	ret[r->swap_words ? 0 : 1] = low;
}

/* One bit or register; false when the controller has none there. */
static bool cell(const struct ward_device *d, ward_ns time, const uint8_t unit_and_function[2],
	uint32_t at, uint16_t *ret)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct ward_modbus_ref *r = &d->value[i].at.registers;
		uint16_t reg[2];

		if (r->unit != unit_and_function[0] ||
			ward_modbus_function(r->table) != unit_and_function[1] || at < r->start ||
			at >= r->start + ward_modbus_width(r))
			continue;
		ward_device_registers(r, ward_device_gives(&d->value[i], time), reg);
		*ret = reg[at - r->start];
		return true;
	}
	return false;
}

/* The values; 0, or the code of the exception. */
static uint8_t read_cells(const struct ward_device *d, ward_ns time, const uint8_t asked[2],
	struct ward_rd *body, struct ward_wr *w)
{
	bool bits = asked[1] <= BITS_LAST;
	uint32_t start = ward_rd_be16(body), n = ward_rd_be16(body);
	uint8_t byte = 0;

	if (ward_rd_bad(body) || ward_rd_left(body) || !n || n > (bits ? BITS_MAX : REGISTERS_MAX))
		return ILLEGAL_VALUE;
	ward_wr_u8(w, (uint8_t)(bits ? (n + 7) / 8 : 2 * n));
	for (uint32_t i = 0; i < n; i++) {
		uint16_t v;

		if (!cell(d, time, asked, start + i, &v))
			return ILLEGAL_ADDRESS;
		if (!bits) {
			ward_wr_be16(w, v);
			continue;
		}
		byte = (uint8_t)(byte | (v & 1) << i % 8);
		if (i % 8 == 7 || i + 1 == n) {
			ward_wr_u8(w, byte);
			byte = 0;
		}
	}
	return 0;
}

static double number_of(const struct ward_value *v)
{
	char text[40];

	if (v->kind == WARD_VALUE_INT)
		return (double)v->i;
	if (v->kind != WARD_VALUE_NUM || v->s.len >= sizeof(text))
		return NAN;
	memcpy(text, v->s.p, v->s.len);
	text[v->s.len] = 0;
	return strtod(text, NULL);
}

/* Can anything here be written? */
static bool has_leader(const struct ward_device *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->value[i].leads)
			return true;
	return false;
}

/* Functions 5, 6 and 16 (6.5, 6.6, 6.12) on the whole of a value that others follow; the answer
 * says what was written. 0, or the code of the exception. */
static uint8_t write_cells(
	struct ward_device *d, const uint8_t asked[2], struct ward_rd *body, struct ward_wr *w)
{
	enum { ON = 0xff00 };
	uint16_t start = ward_rd_be16(body), second = ward_rd_be16(body), reg[2] = {second, 0};
	uint16_t n = asked[1] == WRITE_MANY ? second : 1;
	enum ward_modbus_table table =
		asked[1] == WRITE_COIL ? WARD_MODBUS_COIL : WARD_MODBUS_HOLDING;
	char buf[32];

	if (asked[1] == WRITE_MANY) {
		if (n < 1 || n > 2 || ward_rd_u8(body) != 2 * n)
			return ILLEGAL_VALUE;
		for (size_t i = 0; i < n; i++)
			reg[i] = ward_rd_be16(body);
	} else if (asked[1] == WRITE_COIL) {
		if (second && second != ON)
			return ILLEGAL_VALUE;
		reg[0] = second == ON;
	}
	if (ward_rd_bad(body) || ward_rd_left(body))
		return ILLEGAL_VALUE;
	for (size_t i = 0; i < d->n; i++) {
		const struct ward_modbus_ref *r = &d->value[i].at.registers;

		if (r->unit != asked[0] || r->table != table || r->start != start ||
			ward_modbus_width(r) != n)
			continue;
		struct ward_value v = ward_modbus_value(r, reg, buf);

		if (!ward_device_set(d, &d->value[i], number_of(&v)))
			return ILLEGAL_VALUE;
		ward_wr_be16(w, start);
		ward_wr_be16(w, second);
		return 0;
	}
	return ILLEGAL_ADDRESS;
}

int ward_device_take(
	struct ward_device *d, ward_ns time, struct ward_slice bytes, struct ward_wr *out)
{
	uint8_t buf[WARD_DEVICE_REQUEST];
	struct ward_wr answer = ward_wr_fixed(buf, sizeof(buf));
	struct ward_rd r = ward_rd_from(bytes.p, bytes.len);
	uint16_t transaction = ward_rd_be16(&r), protocol = ward_rd_be16(&r);
	size_t len = ward_rd_be16(&r);

	if (ward_rd_bad(&r))
		return WARD_DEVICE_MORE;
	if (protocol || len < BODY_LEAST || len > WARD_DEVICE_REQUEST - LENGTH_AT)
		return WARD_DEVICE_FOREIGN;
	if (ward_rd_left(&r) < len)
		return WARD_DEVICE_MORE;
	struct ward_rd body = ward_rd_sub(&r, len);
	uint8_t asked[2], code = ILLEGAL_FUNCTION;

	asked[0] = ward_rd_u8(&body);
	asked[1] = ward_rd_u8(&body);
	ward_device_live(d, time);
	if (asked[1] >= 1 && asked[1] <= FUNCTION_LAST)
		code = read_cells(d, time, asked, &body, &answer);
	else if ((asked[1] == WRITE_COIL || asked[1] == WRITE_REGISTER || asked[1] == WRITE_MANY) &&
		 has_leader(d))
		code = write_cells(d, asked, &body, &answer);
	if (code) {
		answer.len = 0;
		ward_wr_u8(&answer, code);
	}
	ward_wr_be16(out, transaction);
	ward_wr_be16(out, 0);
	ward_wr_be16(out, (uint16_t)(answer.len + BODY_LEAST));
	ward_wr_u8(out, asked[0]);
	ward_wr_u8(out, (uint8_t)(asked[1] | (code ? EXCEPTION : 0)));
	ward_wr_bytes(out, answer.p, answer.len);
	return (int)(LENGTH_AT + len);
}
