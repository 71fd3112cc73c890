/* All runs of playbooks, as a function of the store's rows.
 *
 * Each row has what made a run go one transition on (its beginning, the clock, an answer, its end),
 * what that transition was, and, as long as the run is open, the whole of it: the last row of a run
 * is enough, whatever became of the hospital or of rows before it. A transition is made here first,
 * and is a row to be kept: only when it came back may what it asks for go out. Single-threaded; no
 * clock, socket or file. Rows and decisions are checked.
 */
#ifndef WARD_RESPOND_PLAYBOOK_DRIVE_H
#define WARD_RESPOND_PLAYBOOK_DRIVE_H

#include "base/counter.h"
#include "desk/decision.h"
#include "respond/playbook/run.h"

enum {
	WARD_DRIVE_RUNS_MAX = 4096, /* that are open at once */
	WARD_DRIVE_INCIDENTS = 1024,
};

struct ward_drive;

struct ward_drive_row {
	struct ward_id id; /* of the run */
	uint32_t revision; /* of its rows: 1, 2, … */
	ward_ns time;
	struct ward_str json; /* lives until the next call */
};

struct ward_drive_opts {
	/* the first n_now are those that there are now, the others copies of former versions that
	 * open runs go on with */
	const struct ward_playbooks *all;
	size_t n_now;
	const struct ward_model *m; /* for what a run is about; NULL: it is what people give */
	const struct ward_limits *lim;
	struct ward_counters *counters; /* or NULL */
	const struct ward_mem *mem;
	bool acts; /* there is somebody to propose actions to; else steps that act fail */
};

/* Copies o, borrows what it points to. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_drive_new(
	const struct ward_drive_opts *o, struct ward_drive **ret);
void ward_drive_free(struct ward_drive *d);

/* A row of the store. One that can't be read is counted (playbook.unreadable) and left; a run whose
 * playbook of that hash is not among all, or has errors by itself, is lost: it goes on no more
 * until another life has the playbook. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_drive_take(
	struct ward_drive *d, const struct ward_drive_row *row);
/* A row of an incident: a run that is begun for it is about what it says. Of the last
 * WARD_DRIVE_INCIDENTS that came the text is kept, of others that they are there. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_drive_incident(
	struct ward_drive *d, const struct ward_drive_row *row);
/* A row of an action, by which a step that proposed it is done, or has failed. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_drive_action(
	struct ward_drive *d, const struct ward_drive_row *row);
/* An action that an open run wants done and that neither rows nor ward_drive_proposed spoke of: the
 * PROPOSE to be handed to who acts, the same whenever it is asked for. Texts live until the next
 * call. False: there is none. O(runs). */
bool ward_drive_wish(struct ward_drive *d, struct ward_decision *ret);
/* What it said to the proposal of that id. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_drive_proposed(
	struct ward_drive *d, struct ward_id wish, const struct ward_decided *said);
/* Once all rows are in: the next transition that needs nobody, as the row to be kept. False: none
 * is due. A step that acts and can't be proposed is answered as failed. */
bool ward_drive_next(struct ward_drive *d, ward_ns now, struct ward_drive_row *ret);
/* START (subject: the playbook's id; args: {"incident": ID, "__variable__": "value"}; `__place__`
 * and `__asset__` that are not given are the incident's), CANCEL (the
 * run), DONE and FAILED (the request; args: values). True: a row is to be kept, then *said is so;
 * false: nothing is to be kept, *said is the refusal, or OK for a START that was said before. Texts
 * of *said live until the next call. */
bool ward_drive_decide(struct ward_drive *d, const struct ward_decision *of, ward_ns now,
	struct ward_drive_row *ret, struct ward_decided *said);
/* When ward_drive_next has something to do; WARD_NS_NEVER. O(runs). */
ward_ns ward_drive_due(const struct ward_drive *d);

/* A run, for people; by the order in which they began. */
struct ward_drive_run {
	struct ward_id id;
	const struct ward_playbook *playbook; /* NULL: it is another now, or gone */
	struct ward_str incident;             /* as it was given; may be empty */
	struct ward_str role;                 /* who began it */
	ward_ns begun, last;
	enum ward_run_outcome outcome;
	bool lost;
	const struct ward_run *run; /* NULL: it is over or lost */
};
size_t ward_drive_n(const struct ward_drive *d);
void ward_drive_at(const struct ward_drive *d, size_t i, struct ward_drive_run *ret);

#endif
