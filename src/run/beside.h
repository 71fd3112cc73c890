/* What the machine beside this one and their witness do (standby/watch.h), where `ward standby run`
 * started us: looked up in STATE/standby/state.json, and what is new appended to the journal's
 * control lane as `ward.standby`, where rules make alarms of it. Never blocks. Single-threaded, of
 * the supervisor; the file is outside bytes. */
#ifndef WARD_RUN_BESIDE_H
#define WARD_RUN_BESIDE_H

#include "run/written.h"
#include "standby/watch.h"

struct ward_beside {
	const char *state; /* folder; NULL: this machine stands alone by its set-up */
	struct ward_written out;
	struct ward_standby_watch told;
	struct ward_standby_state is; /* as it was said last; epoch 0: nothing is known */
	bool known;                   /* `is` is of now */
};

/* state: NULL where no other machine is. Borrows all. */
void ward_beside_init(struct ward_beside *p, const char *state, struct ward_reporter *reporter);
/* Reads it anew, and tells what is new. What the journal does not take now is told with the next
 * look. */
void ward_beside_look(struct ward_beside *p);
/* A member "standby" of the supervisor's board; nothing where no other machine is. Times as of a
 * board; "known" 0: nothing was said lately. */
void ward_beside_show(const struct ward_beside *p, struct ward_json *j);

#endif
