/* Of a camera that is given by its ONVIF address: which stream to take, asked before the cage,
 * since only then it is known where to connect. The device is asked, and what it says read, by the
 * program `onvif`, in a cage of its own; here nothing of it is read but one body of CHOICE. */
#ifndef WARD_RUN_PROC_CAMERA_CHOOSE_H
#define WARD_RUN_PROC_CAMERA_CHOOSE_H

#include "run/choice.h"
#include "run/process.h"
#include "sense/video/rtsp_url.h"

#include <sys/types.h>

struct camera_choose {
	const char *device; /* "onvif://HOST[:PORT][/PATH]", "onvifs://…" */
	pid_t pid;          /* who asks; 0: nobody */
	ward_ns until;      /* monotonic; so long that is waited for */
};

/* Begins to ask. *ret_link is readable once there is an answer, or who asks has ended. Ends the
 * process when there is none to have. */
void camera_choose_begin(struct ward_process *p, struct camera_choose *c, int *ret_link);
/* AGAIN: nothing yet. OK: the answer. FOREIGN: there will be none. But for AGAIN the link is
 * closed, and who asked is gone. */
WARD_MUST_CHECK enum ward_err camera_choose_take(
	struct ward_process *p, struct camera_choose *c, int link, struct ward_choice *ret);
/* Where the stream is: the device's own host, with scheme, port and path of the choice. MALFORMED:
 * *ret_why. */
WARD_MUST_CHECK enum ward_err camera_choose_url(const struct camera_choose *c,
	const struct ward_choice *of, struct ward_rtsp_url *ret, const char **ret_why);

#endif
