/* Inside respond: why somebody is told of an incident. A message's id is made of the number, so
 * that new ones stand at the end. */
#ifndef WARD_RESPOND_CHANGE_H
#define WARD_RESPOND_CHANGE_H

#define CHANGES(X)                 \
	X(NONE, "none")            \
	X(OPENED, "opened")        \
	X(RAISED, "raised")        \
	X(GROWN, "grown")          \
	X(SPREAD, "spread")        \
	X(CONFIRMED, "confirmed")  \
	X(LOWERED, "lowered")      \
	X(OVER, "over")            \
	X(DISMISSED, "dismissed")  \
	X(MERGED, "merged")        \
	X(CAMERAS, "cameras")      \
	X(NEAR, "recording_near")  \
	X(LOST, "recording_lost")  \
	X(ESCALATED, "escalated")  \
	X(AGAIN, "again")          \
	X(TAKEN, "taken")          \
	X(WITHDRAWN, "withdrawn")  \
	X(TICKET, "ticket_closed") \
	X(LEFT, "left")            \
	X(MORE, "more")
enum change {
#define X(NAME, name) CHANGE_##NAME,
	CHANGES(X)
#undef X
		CHANGE_N,
};
extern const char *const respond_change_name[CHANGE_N];

#endif
