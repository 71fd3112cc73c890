/* What a door is in, and what each thing that is heard of it makes of that: one table.
 *
 * Pure: no time, no memory. Times, windows and what is said are doors.c's, which carries out the
 * action of each step. Every state has a row for every input. */
#ifndef WARD_MODEL_DOOR_FSM_H
#define WARD_MODEL_DOOR_FSM_H

#include "base/slice.h"

/* X(IDENT, "name", "meaning") */
#define WARD_DOOR_STATE_LIST(X)                                    \
	X(UNKNOWN, "unknown", "nothing is known of it")            \
	X(CLOSED, "closed", "closed, and nobody may open it")      \
	X(GRANTED, "granted", "closed, and somebody may open it")  \
	X(OPEN, "open", "open, and somebody might open it")        \
	X(FORCED, "forced", "opened, and nobody might")            \
	X(HELD, "held", "open for longer than allowed")            \
	X(TAMPER, "tamper", "its equipment lies: interfered with") \
	X(FAULT, "fault", "its lock has a fault: what it tells is in doubt")

enum ward_door_state {
#define X(IDENT, name, what) WARD_DOOR_##IDENT,
	WARD_DOOR_STATE_LIST(X)
#undef X
		WARD_DOOR_STATE_N,
};

/* X(IDENT, "name", "meaning") */
#define WARD_DOOR_INPUT_LIST(X)                                                       \
	X(GRANT, "grant", "a credential was accepted on the way in")                  \
	X(EXIT, "exit", "a request to exit, or a credential on the way out")          \
	X(OPENED, "opened", "the contact opened")                                     \
	X(BREACH, "breach", "the contact opened, of a door that tells each exit")     \
	X(SHUT, "shut", "the contact closed")                                         \
	X(TOLD_FORCED, "told_forced", "its controller says that it was forced")       \
	X(TOLD_HELD, "told_held", "its controller says that it is open for too long") \
	X(TAMPERED, "tampered", "reader, lock or controller was interfered with")     \
	X(FAILED, "failed", "the lock has a fault")                                   \
	X(RESTORED, "restored", "interference or fault is over")                      \
	X(LOST, "lost", "its sensor is not heard any more")                           \
	X(PASSED, "passed", "people were counted on the way in")                      \
	X(TIME, "time", "the time of its state is over")                              \
	X(SHUT_NEXT, "shut_next", "the contact closed, and one more may open it")

enum ward_door_input {
#define X(IDENT, name, what) WARD_DOOR_IN_##IDENT,
	WARD_DOOR_INPUT_LIST(X)
#undef X
		WARD_DOOR_IN_N,
};

enum ward_door_act {
	WARD_DOOR_DO_NOTHING,
	WARD_DOOR_DO_ALLOW,  /* a passage may begin: count anew, and wait for the opening */
	WARD_DOOR_DO_COUNT,  /* one more may pass */
	WARD_DOOR_DO_ENTER,  /* it begins: wait for the closing */
	WARD_DOOR_DO_AGAIN,  /* it opened, and was open: a closing was missed, if more may pass */
	WARD_DOOR_DO_END,    /* it ends */
	WARD_DOOR_DO_NEXT,   /* it ends, and the next one begins: wait for the opening */
	WARD_DOOR_DO_PASS,   /* people passed */
	WARD_DOOR_DO_LAST,   /* people passed who may belong to what ended just before */
	WARD_DOOR_DO_WATCH,  /* wait for the time after which interference or fault is over */
	WARD_DOOR_DO_FORGET, /* what was known is not known any more */
	WARD_DOOR_DO_FORCED, /* say so, or wait for its controller to say it */
	WARD_DOOR_DO_TOLD,   /* it did */
	WARD_DOOR_DO_UNTOLD, /* it did not: say so */
	WARD_DOOR_DO_HELD,
	WARD_DOOR_DO_NOT_TAKEN,
	WARD_DOOR_DO_N,
};

struct ward_door_row {
	enum ward_door_state next;
	enum ward_door_act act;
};

/* "closed" …, "grant" … Live forever. */
const char *ward_door_state_name(enum ward_door_state s);
const char *ward_door_input_name(enum ward_door_input in);
/* Both must be below their N. */
struct ward_door_row ward_door_step(enum ward_door_state s, enum ward_door_input in);

#endif
