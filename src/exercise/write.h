/* What steps write to played controllers: a WriteProperty (ASHRAE 135, also one that was heard of a
 * tool) or the Modbus functions 5, 6 and 16 to a host for which a controller stands; and what
 * happens to the controller itself.
 *
 * One code for the live play, which sends the request to where the controller stands, for the
 * recording, which hands it to the same device without a socket, and for the check beforehand.
 * Pure: a step gives the same requests each time; said twice they change nothing more. */
#ifndef WARD_EXERCISE_WRITE_H
#define WARD_EXERCISE_WRITE_H

#include "exercise/device.h"

enum {
	WARD_WRITE_MAX = 1500, /* bytes of the longest request */
	WARD_WRITE_PORT = 502, /* where a step speaks Modbus/TCP */
};

/* The controller to which the step writes, of a tool's the first; NULL: none that the scenario
 * plays. Whether a conversation by Modbus writes anything ward_write_next says. */
const struct ward_controller *ward_write_to(
	const struct ward_scenario *c, const struct ward_step *s);
/* The step's next request, into w, which is empty and has room for WARD_WRITE_MAX, and to whom it
 * goes; *at is where to go on, 0 at first. NULL: there is no more. */
const struct ward_controller *ward_write_next(
	const struct ward_scenario *c, const struct ward_step *s, size_t *at, struct ward_wr *w);

enum ward_write_end {
	WARD_WRITE_DONE,
	WARD_WRITE_REFUSED,
	WARD_WRITE_FOREIGN, /* that is no answer to this request */
	WARD_WRITE_MORE,    /* Modbus: it is not whole */
};
/* What an answer says of a request. *ret_why, of REFUSED: what the controller says, and the mend as
 * of a finding; lives forever. */
enum ward_write_end ward_write_ended(const struct ward_controller *k, struct ward_slice request,
	struct ward_slice answer, const char **ret_why);
/* The same to a device without a socket: at that time of the play. */
enum ward_write_end ward_write_device(struct ward_device *d, const struct ward_controller *k,
	ward_ns time, struct ward_slice request, const char **ret_why);
/* All that a step does to a controller, at that time; what it refuses its scenario's check has
 * said. */
void ward_write_apply(const struct ward_scenario *c, const struct ward_step *s, ward_ns time,
	const struct ward_controller *k, struct ward_device *d);

#endif
