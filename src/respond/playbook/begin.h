/* Roles that a policy plays in an exercise begin playbooks: so long after a message that names some
 * to their recipient, the first that it names, for the incident of which it tells, unless somebody
 * began it before, or the incident is over.
 *
 * Never in a hospital that is real, as in policy.h. It begins as a person of that role could, whose
 * right to it was looked at before (cli/policy_file.h), through the same door (ward_drive_decide),
 * by the name of WARD_DECISION_POLICY. What it knows it has from rows, which are checked. Caller's
 * storage, single-threaded. */
#ifndef WARD_RESPOND_PLAYBOOK_BEGIN_H
#define WARD_RESPOND_PLAYBOOK_BEGIN_H

#include "respond/playbook/drive.h"

enum {
	WARD_PLAYBOOK_BEGIN_WHO = 64,
	WARD_PLAYBOOK_BEGIN_WAITS = 256,
	WARD_PLAYBOOK_BEGIN_PARTS = 1024,
	WARD_PLAYBOOK_BEGIN_WORD = 128,
	WARD_PLAYBOOK_BEGIN_ARGS = 128,
};

struct ward_playbook_begin {
	struct {
		struct ward_str recipient, role; /* borrowed */
		ward_ns after;                   /* the message */
	} who[WARD_PLAYBOOK_BEGIN_WHO];
	size_t n_who, last;
	struct {
		struct ward_id incident;
		size_t who;
		ward_ns due;
		char word[WARD_PLAYBOOK_BEGIN_WORD]; /* "bms-takeover" */
	} waits[WARD_PLAYBOOK_BEGIN_WAITS];
	size_t n_waits;
	struct {
		struct ward_id part, of;
	} part[WARD_PLAYBOOK_BEGIN_PARTS]; /* incidents that became a part of another: a ring */
	size_t n_part;
	char subject[WARD_DECISION_SUBJECT + 1], args[WARD_PLAYBOOK_BEGIN_ARGS];
};

/* "RECIPIENT:ROLE:NANOSECONDS", as a process is told. MALFORMED; LIMIT: too many. */
WARD_MUST_CHECK enum ward_err ward_playbook_begin_add(
	struct ward_playbook_begin *b, struct ward_str text);
/* The row that queues a message, when the play had gone so long. Beyond so many that wait the
 * newest do not: LIMIT. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_playbook_begin_told(struct ward_playbook_begin *b,
	const struct ward_limits *lim, struct ward_str json, ward_ns gone);
/* A row of an incident: of one that is over nothing is begun, and what waits for one that became a
 * part of it is for it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_playbook_begin_incident(struct ward_playbook_begin *b,
	const struct ward_limits *lim, struct ward_id id, struct ward_str json);
/* What is begun by now, once, the first that was due first; `at` is when that was, as gone time.
 * `last` says by whom. here: those that there are; gone: time
 * that stands still while the play does. False: nothing is due. */
bool ward_playbook_begin_next(struct ward_playbook_begin *b, const struct ward_playbooks *here,
	const struct ward_drive *d, ward_ns gone, struct ward_decision *ret);

#endif
