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
	struct ward_follow law;     /* its `of` are addresses */
	size_t of[WARD_FOLLOW_MAX]; /* which values those are */
	bool leads;   /* it can be written: another one follows it, or it is a setting */
	bool written; /* by whoever came: */
	double is;    /* that is what it is worth; or of a law, what it has come to */
};

struct ward_device {
	const struct ward_mem *mem;
	struct ward_arena arena; /* of the moves */
	enum ward_device_speech speech;
	struct ward_device_value *value;
	size_t n, cap;
	ward_ns lived; /* laws are as they are then */
	uint64_t written;
};

/* Finds whom each follows, and how it begins; MALFORMED: nobody is there. */
WARD_MUST_CHECK enum ward_err ward_device_bind(struct ward_device *d);
/* Lets time go by for what follows. */
void ward_device_live(struct ward_device *d, ward_ns time);
/* Somebody writes what the controller gives from now on; false: it may not, or no point has such a
 * value (WARD_POINT_VALUE_MAX). */
bool ward_device_set(struct ward_device *d, struct ward_device_value *v, double gives);
/* … and takes it back: it is as the play has it. */
bool ward_device_release(struct ward_device *d, struct ward_device_value *v);

/* In the point's unit. */
double ward_device_worth(const struct ward_device_value *v, ward_ns time);
/* What the controller gives, so long after the beginning. */
double ward_device_gives(const struct ward_device_value *v, ward_ns time);
/* … as a real of four bytes: the nearest there is. */
float ward_device_real(double gives);
/* The registers of a number, of its type and order: the reverse of ward_modbus_value. What the
 * type can't hold becomes the nearest that it can. */
void ward_device_registers(const struct ward_modbus_ref *r, double number, uint16_t ret[2]);

#endif
