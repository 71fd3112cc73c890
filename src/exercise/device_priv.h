/* Private to a played controller: its points as its three protocols see them. */
#ifndef WARD_EXERCISE_DEVICE_PRIV_H
#define WARD_EXERCISE_DEVICE_PRIV_H

#include "exercise/device.h"
#include "sense/building/bacnet_ask.h"
#include "sense/building/modbus_ref.h"
#include "sense/building/snmp_client.h"

struct ward_device_value {
	union {
		struct ward_bacnet_ref object;
		struct ward_modbus_ref registers;
		struct ward_snmp_oid oid;
	} at;
	double scale, offset;
	struct ward_moves moves;
};

struct ward_device {
	const struct ward_mem *mem;
	struct ward_arena arena; /* of the moves */
	enum ward_device_speech speech;
	struct ward_device_value *value;
	size_t n, cap;
};

/* What the controller gives, so long after the beginning. */
double ward_device_gives(const struct ward_device_value *v, ward_ns time);
/* The registers of a number, of its type and order: the reverse of ward_modbus_value. What the
 * type can't hold becomes the nearest that it can. */
void ward_device_registers(const struct ward_modbus_ref *r, double number, uint16_t ret[2]);

#endif
