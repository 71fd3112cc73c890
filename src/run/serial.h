/* Serial devices, opened to be listened to, or to be spoken on. */
#ifndef WARD_RUN_SERIAL_H
#define WARD_RUN_SERIAL_H

#include "base/err.h"
#include "base/slice.h"

/* Bits, parity and stop bits, as "8n1"; and bauds from 1200 to 230400: are they known? */
bool ward_serial_frame_known(struct ward_str frame);
bool ward_serial_baud_known(uint64_t baud);
/* Opens path for reading; a terminal is set to baud and frame, both known, and gives characters as
 * they come, without parity. Never a controlling terminal. IO: errno. */
WARD_MUST_CHECK enum ward_err ward_serial_open(
	const char *path, uint64_t baud, struct ward_str frame, int *ret_fd);
/* The same for reading and writing. */
WARD_MUST_CHECK enum ward_err ward_serial_open_both(
	const char *path, uint64_t baud, struct ward_str frame, int *ret_fd);

#endif
