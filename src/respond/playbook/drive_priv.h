/* Inside drive: its runs, what makes one go on, and rows of both. */
#ifndef WARD_RESPOND_PLAYBOOK_DRIVE_PRIV_H
#define WARD_RESPOND_PLAYBOOK_DRIVE_PRIV_H

#include "conf/conf.h"
#include "respond/playbook/about.h"
#include "respond/playbook/drive.h"

enum { DRIVE_VALUES_MAX = 64, DRIVE_JSON_BYTES = 160000, DRIVE_STATE_BYTES = 60000 };

enum drive_cause { DRIVE_BEGIN, DRIVE_NEXT, DRIVE_ANSWER, DRIVE_CANCEL, DRIVE_N };

struct drive_entry {
	struct ward_drive_run is;
	struct ward_run *run;
	uint32_t revision; /* of the last row that is known */
};

/* What was proposed for a request, by the action's id. */
struct drive_action {
	struct ward_id id;
	bool known;      /* rows, or whoever acts, said something of it … */
	bool over, well; /* … and what became of it; why: if not well, lives forever */
	bool by_hand;    /* it was not taken, since no system may do it */
	const char *why;
	struct ward_str said; /* why it was not taken; or empty */
};

/* The last revision of an incident; its text is on the heap, or NULL. */
struct drive_incident {
	struct ward_id id;
	uint32_t revision;
	char *text;
	size_t len;
};

struct ward_drive {
	struct ward_drive_opts o;
	struct drive_action *action;
	size_t n_action, cap_action;
	char reason[WARD_DECISION_TEXT + 1]; /* of the last wish */
	struct drive_incident *incident;
	size_t n_incident, cap_incident;
	struct ward_tab incident_by_id;
	uint32_t recent[WARD_DRIVE_INCIDENTS]; /* whose texts are kept, in a ring */
	uint64_t n_recent;
	struct drive_entry *entry;
	size_t n, cap;
	struct ward_tab by_id; /* run → index */
	struct ward_arena texts, scratch, about;
	size_t turn; /* the run that is looked at first */
	struct ward_wr json, state;
	char why[256];
};

/* What makes a run go on. */
struct drive_step {
	enum drive_cause cause;
	ward_ns at;
	struct ward_str role, person, text;
	struct ward_str incident; /* BEGIN */
	uint8_t hash[32];
	struct ward_id request; /* ANSWER */
	bool well;
	bool by_hand;    /* not well, and a person is asked to do it */
	const char *why; /* if not; lives forever, or NULL */
	struct ward_run_value value[DRIVE_VALUES_MAX];
	size_t n_value;
};

/* drive_about.c. Adds to s what the run is about where nobody gave it, in the arena `about`.
 * NOT_FOUND: there is no such incident. NOMEM. */
WARD_MUST_CHECK enum ward_err drive_about(
	struct ward_drive *d, const struct ward_playbook *p, struct drive_step *s);
void drive_forget_incidents(struct ward_drive *d);
/* Is the incident (may be empty: it is about none) at a place of who decides, or at none that is
 * known? False also where its text is not known any more: whoever is bound to no place decides. */
bool drive_is_at(struct ward_drive *d, struct ward_str incident, struct ward_str places);

/* drive_act.c. Is a request of the run, which people can't answer, answered by what became of it?
 * Then s says how. */
bool drive_acted(
	struct ward_drive *d, const struct drive_entry *e, ward_ns now, struct drive_step *s);

/* drive_row.c. The next row of the run, which has gone on by s, with what that gave (NULL: it
 * began). False: it is too long. */
bool drive_write_row(struct ward_drive *d, struct drive_entry *e, const struct drive_step *s,
	const struct ward_run_out *out, struct ward_drive_row *ret);
/* In the scratch arena, which it resets; NULL: it is no JSON object. */
const struct ward_conf *drive_parse(struct ward_drive *d, struct ward_str json);
/* {"__name__": "value"}; what is no such name is passed over. False: there are too many. */
bool drive_read_values(struct drive_step *s, const struct ward_conf *map);
/* Of every row: how the run is after it. False: it is none. */
bool drive_read_row(
	const struct ward_conf *c, struct drive_step *s, enum ward_run_outcome *outcome);
/* NULL with OK: no such run can go on with these playbooks. NOMEM. */
WARD_MUST_CHECK enum ward_err drive_read_state(
	struct ward_drive *d, const struct ward_conf *c, struct ward_id id, struct ward_run **ret);

#endif
