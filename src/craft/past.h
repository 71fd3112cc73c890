/* What rules would have raised over a past: alarms by rule and by the role that they call.
 *
 * Fed with detections and incidents as the brain gives them, revisions in order; asked at the end.
 * An alarm is a detection by its last revision: one that was withdrawn is none. Single-threaded, no
 * clock: days and nights are those of the zone in use (story/zone.h). */
#ifndef WARD_CRAFT_PAST_H
#define WARD_CRAFT_PAST_H

#include "detect/detect.h"
#include "model/model.h"

struct ward_past;

enum { WARD_PAST_ROLES = 32 }; /* different roles that are told apart */

/* Of one rule. */
struct ward_past_rule {
	struct ward_str id, title;
	enum ward_level level;
	enum ward_stage stage; /* as it is written */
	uint64_t n_alarm;      /* expected ones included */
	uint64_t n_expected;   /* by works permits */
	uint64_t n_incident;   /* that stand in the end and have such an alarm */
	ward_ns first, last;   /* begin of the first, end of the last; without alarms both 0 */
	uint32_t roles;        /* bit per role: who is called first */
};

/* Of one role: only what would have been told and calls for somebody: of live rules, of medium or
 * higher level, not expected. */
struct ward_past_role {
	struct ward_str code, name, reach;     /* of the directory, where it has the role */
	uint64_t n_alarm, n_incident, n_night; /* night: 22 to 6 o'clock */
	uint64_t n_busiest;                    /* on the day with most */
	int64_t busiest;                       /* that day, counted from 1970-01-01 by local time */
};

/* Borrows m, rs and mem. Alarms whose evidence ends before `since` are not counted. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_past_new(const struct ward_model *m,
	const struct ward_ruleset *rs, ward_ns since, const struct ward_mem *mem,
	struct ward_past **ret);
void ward_past_free(struct ward_past *p);

/* Takes in a revision of a detection. LIMIT: there are more than it counts. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_past_detection(
	struct ward_past *p, const struct ward_detection *d);

/* An incident as it is now. */
struct ward_past_incident {
	struct ward_id id;
	bool stands;                      /* it is not dismissed */
	const struct ward_id *superseded; /* became part of it */
	size_t n_superseded;
};
/* A new revision; its members follow by ward_past_member. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_past_incident(
	struct ward_past *p, const struct ward_past_incident *in);
/* A member of the incident given last; expected ones need not be given. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_past_member(struct ward_past *p, const struct ward_detection *d);

/* The result; feed nothing after it. Rules with alarms, the busiest first, then those of another
 * stage than live without any, in order of id. Roles: the busiest first, then by code. All live as
 * long as p. NOMEM. */
struct ward_past_result {
	const struct ward_past_rule *rule;
	size_t n_rule;
	const struct ward_past_role *role; /* order of rows; bits of `roles` are in code[] */
	size_t n_role;
	const struct ward_str *name; /* by bit: for people */
	size_t n_name;
	uint64_t n_alarm, n_incident;
};
WARD_MUST_CHECK enum ward_err ward_past_end(struct ward_past *p, struct ward_past_result *ret);

#endif
