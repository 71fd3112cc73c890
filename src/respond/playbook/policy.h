/* Roles that a policy plays in an exercise: what a playbook asks of them is answered after a time,
 * well or not by a chance, so that a run goes on though few people are there.
 *
 * Never in a hospital that is real: who is handed no policy has none, and the supervisor hands one
 * only with a played scenario. It answers for a role what a person of that role could, through the
 * same door (ward_drive_decide), by the name of WARD_DECISION_POLICY; it ends no run, and
 * approves no action, which asks a person's own code. What it begins is begin.h's. Caller's
 * storage, single-threaded. */
#ifndef WARD_RESPOND_PLAYBOOK_POLICY_H
#define WARD_RESPOND_PLAYBOOK_POLICY_H

#include "respond/playbook/drive.h"

enum {
	WARD_PLAYBOOK_POLICY_ROLES = 64,
	WARD_PLAYBOOK_POLICY_OPEN = 256,
	WARD_PLAYBOOK_POLICY_ARGS = 2048
};

struct ward_playbook_policy {
	struct {
		struct ward_str id;
		ward_ns answers; /* after it was asked */
		unsigned agrees; /* percent of what it is asked; the rest it can't do, or does not
				    agree to */
	} role[WARD_PLAYBOOK_POLICY_ROLES]; /* ids are borrowed */
	size_t n_role;
	struct {
		struct ward_id request;
		ward_ns due;
		bool said, open;
	} asked[WARD_PLAYBOOK_POLICY_OPEN];
	size_t n_asked;
	char subject[WARD_ID_TEXT], args[WARD_PLAYBOOK_POLICY_ARGS];
};

/* "ROLE:NANOSECONDS:PERCENT", as a process is told. MALFORMED; LIMIT: too many. */
WARD_MUST_CHECK enum ward_err ward_playbook_policy_add(
	struct ward_playbook_policy *p, struct ward_str text);
/* What it answers by now, once; `at` is the caller's to set. now: time that stands still while the
 * play does. A step that asks questions of yes or no is done, and each is yes by the same chance;
 * one that asks for any other value stays with people. Beyond so many open requests the newest
 * wait. False: nothing is due. */
bool ward_playbook_policy_next(struct ward_playbook_policy *p, const struct ward_drive *d,
	ward_ns now, struct ward_decision *ret);

#endif
