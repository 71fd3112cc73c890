/* A played controller of building or utilities: its points with what their values do over time,
 * and its side of BACnet/IP (ASHRAE 135), Modbus/TCP and SNMP. Bytes of a client in, answers out;
 * no socket, no clock. It answers readings. What other points follow (struct ward_follow), and what
 * is a setting, can be written, by BACnet and Modbus, and then they react; whoever wants to write
 * anything else is told no.
 *
 * What it is told to play is a text, a line a point, which whoever knows scenario and hospital
 * writes and the process that plays reads. Single-threaded. Faces whatever connects to it. */
#ifndef WARD_EXERCISE_DEVICE_H
#define WARD_EXERCISE_DEVICE_H

#include "base/mem.h"
#include "base/wr.h"
#include "exercise/scenario.h"

enum {
	WARD_DEVICE_POINTS = 1024,
	WARD_DEVICE_WHY = 160,
	WARD_DEVICE_ANSWER = 1482, /* bytes of a BACnet answer: BVLC, NPDU and the longest APDU */
	WARD_DEVICE_REQUEST = 260, /* of a Modbus request: ADU of the guide, 4.1 */
	WARD_DEVICE_MORE = -1,     /* of Modbus: the request is not whole */
	WARD_DEVICE_FOREIGN = -2,  /* it is no Modbus: close the connection */
};

/* Of version 2c, in a play's own network; it is no secret. */
#define WARD_DEVICE_COMMUNITY "exercise"

enum ward_device_speech { WARD_DEVICE_BACNET, WARD_DEVICE_MODBUS, WARD_DEVICE_SNMP };
/* By the kind of a source: "bacnet", "modbus", "snmp". */
enum ward_device_speech ward_device_speaks(struct ward_str kind);

/* How the value of a point is asked for. */
struct ward_device_point {
	struct ward_str address; /* as points.csv has it */
	double scale, offset;    /* value = what the controller gives * scale + offset */
};

struct ward_device;
struct ward_points;
struct ward_snmp_oid;

/* Can a controller of the scenario be this point? On false *ret_why says the mend, lives forever.
 * *ret_device is the device of a BACnet address. */
bool ward_device_can(enum ward_device_speech speech, struct ward_str address, uint32_t *ret_device,
	const char **ret_why);
/* One line of the text. law: `of` are addresses; NULL: it follows nothing; without any: it is a
 * setting. */
void ward_device_write(const struct ward_device_point *point, const struct ward_moves *moves,
	const struct ward_follow *law, struct ward_wr *w);
/* All lines of a controller, by what points.csv says of its points. */
void ward_device_write_all(
	const struct ward_controller *k, const struct ward_points *points, struct ward_wr *w);
/* From the text, which is borrowed for the call. MALFORMED, LIMIT, NOMEM. Free with
 * ward_device_free. */
WARD_MUST_CHECK enum ward_err ward_device_new(const struct ward_mem *mem,
	enum ward_device_speech speech, struct ward_str text, struct ward_device **ret);
void ward_device_free(struct ward_device *d);
size_t ward_device_points(const struct ward_device *d);
/* From now on that value of its, in the order of the text, is so: by a hand or of itself, whatever
 * protocols allow. False: it has none such. */
bool ward_device_put(struct ward_device *d, ward_ns time, size_t value, double is);
/* How often something was written, or given back. */
uint64_t ward_device_written(const struct ward_device *d);

/* Time never goes back from one call to the next. What was written is forgotten with the device.
 *
 * BACnet: one datagram, so long after the play's beginning; true when out, which is empty and has
 * room for WARD_DEVICE_ANSWER, holds what goes back to where it came from. */
bool ward_device_hear(
	struct ward_device *d, ward_ns time, struct ward_slice datagram, struct ward_wr *out);
/* Modbus: what came on a connection. How many bytes were one request, whose answer was added to
 * out; or MORE, or FOREIGN. */
int ward_device_take(
	struct ward_device *d, ward_ns time, struct ward_slice bytes, struct ward_wr *out);
/* SNMP: as ward_device_hear. */
bool ward_device_agent(
	struct ward_device *d, ward_ns time, struct ward_slice datagram, struct ward_wr *out);
/* What the agent has of that name. False: nothing. */
bool ward_device_object(
	struct ward_device *d, ward_ns time, const struct ward_snmp_oid *oid, int64_t *ret);

#endif
