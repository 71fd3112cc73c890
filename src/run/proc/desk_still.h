/* What `desk` knows of cameras: which process decodes what one shows, and when a still of it was
 * asked for. At most one at a time of each, and none for some seconds after. */
#ifndef WARD_RUN_PROC_DESK_STILL_H
#define WARD_RUN_PROC_DESK_STILL_H

#include "run/process.h"
#include "run/still.h"

#include <poll.h>

struct desk_cameras {
	int link[WARD_CAMERAS_MAX];     /* WARD_FD_NONE: there is none */
	ward_ns free[WARD_CAMERAS_MAX]; /* wall clock: from then on one may be asked for */
	struct ward_str text;           /* lines "K ID": link K is of the camera of that id */
};

/* Before the cage. Ends the process when what the supervisor wrote can't be read. */
void desk_cameras_open(struct desk_cameras *c, struct ward_process *p);
/* Somebody is to look at what the camera of that id shows, who is signed in at the console; else
 * the id is empty. OK: it is link *ret_k. DENIED, NOT_FOUND, AGAIN: why not, a text that lives
 * forever. */
WARD_MUST_CHECK enum ward_err desk_cameras_ask(struct desk_cameras *c, struct ward_str id,
	ward_ns now, size_t *ret_k, const char **ret_why);
/* WARD_CAMERAS_MAX of them. */
void desk_cameras_poll(const struct desk_cameras *c, struct pollfd *p);
/* An answer of that link, in buf; false: there is none. Ends the process when the link is gone. */
bool desk_cameras_hear(struct desk_cameras *c, struct ward_process *p, size_t k, uint8_t *buf,
	struct ward_still_is *ret);

#endif
