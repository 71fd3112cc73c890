/* The database that has the journal besides this machine (quorum/state.h), where there is one: what
 * the process `quorum` says of itself on its board, and what is new of that appended to the
 * journal's control lane as `ward.quorum`, where rules make alarms of it. Never blocks.
 * Single-threaded, of the supervisor; the board is outside bytes. */
#ifndef WARD_RUN_ELSEWHERE_H
#define WARD_RUN_ELSEWHERE_H

#include "quorum/state.h"
#include "run/written.h"

struct ward_elsewhere {
	int board; /* -1: there is no such database */
	struct ward_id last;
	struct ward_wr text;
	struct ward_written out;
	struct ward_quorum_watch told;
	struct ward_quorum_state is; /* as it was said last */
	ward_ns read;                /* wall clock: when it was said; 0: never */
};

/* Borrows all; board -1: nothing is ever told. */
void ward_elsewhere_init(struct ward_elsewhere *p, int board, struct ward_reporter *reporter);
void ward_elsewhere_fini(struct ward_elsewhere *p);
/* Reads it anew, and tells what is new. What the journal does not take now is told with the next
 * look. */
void ward_elsewhere_look(struct ward_elsewhere *p);
/* A member "quorum" of the supervisor's board; nothing where there is no such database. "known" 0:
 * nothing was said lately. */
void ward_elsewhere_show(const struct ward_elsewhere *p, struct ward_json *j);

#endif
