/* A command's side of the desk: one decision said, and what became of it.
 *
 * Who decides is known by the kernel, not by what the command says. A message each way (run/ipc.h):
 * DECIDE with a decision (desk/decision.h), DECIDED with what became of it, by the same id. */
#ifndef WARD_RUN_DESK_CLIENT_H
#define WARD_RUN_DESK_CLIENT_H

#include "run/photo.h"

/* The socket's name in the state folder. */
#define WARD_DESK_SOCKET "desk"
/* What a command writes for the person: desk puts in who is there. For the role: the person's
 * first, when none was named. */
#define WARD_DESK_WHOEVER "?"

struct ward_desk_client; /* holds the answer's bytes, and the connection */

/* A photo that goes with a report, and what became of it. */
struct ward_desk_photo {
	struct ward_slice file;
	size_t n_show;
	struct ward_photo_box show[WARD_PHOTO_SHOWN];
	bool kept;
	struct ward_id id;        /* then: under which it is kept */
	char why[WARD_PHOTO_WHY]; /* else: why not */
};

/* Says d at the desk of that state folder and waits for the answer, at most half a minute. d's id
 * and time are set when its id is all zero; said again with the same id, it is the same decision.
 * *ret borrows *ret_c, which is to be freed; its err is what the desk, or who acts, says, DENIED
 * also of a user that it lets nobody in for (its why says the mend). NOT_FOUND: nothing runs there;
 * DENIED: the socket is not for this user; AGAIN: no answer came; LIMIT, CLOSED, MALFORMED, NOMEM,
 * IO. */
WARD_MUST_CHECK enum ward_err ward_desk_say(const char *state, struct ward_decision *d,
	struct ward_desk_client **ret_c, struct ward_decided *ret);
/* Hands in the photo of a report that is on record by ward_desk_say, in 20 s at most: an alarm
 * waits for no photo. What was answered before is gone. */
void ward_desk_hand_in(
	struct ward_desk_client *c, const struct ward_decision *d, struct ward_desk_photo *photo);
void ward_desk_client_free(struct ward_desk_client *c);

#endif
