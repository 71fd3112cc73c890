/* One scenario's recording through the whole brain, and its score: for `ward exercise score`. */
#ifndef WARD_CLI_SCORED_H
#define WARD_CLI_SCORED_H

#include "cli/alerted.h"
#include "cli/approved.h"
#include "cli/begun.h"
#include "cli/life.h"
#include "cli/rerun.h"
#include "cli/simulated.h"
#include "debrief/debrief.h"
#include "exercise/course.h"
#include "exercise/policy.h"
#include "exercise/resolved.h"
#include "exercise/worth.h"

/* A part of Ward that has no say, so that one sees what it is worth. */
enum ward_cli_without {
	WARD_WITHOUT_NOTHING,
	WARD_WITHOUT_CYBER,    /* what networks, hosts and programs say */
	WARD_WITHOUT_PHYSICAL, /* what doors, cameras, sensors and plant say */
	WARD_WITHOUT_PLACE,    /* linking by neighbourhood */
	WARD_WITHOUT_IMPACT,   /* forecasts, and linking by cause */
	WARD_WITHOUT_N,
};

struct ward_cli_scored {
	/* as asked for */
	const struct ward_cmd *cmd;
	const char *hospital, *scenario; /* directories; hospital: absolute */
	const char *content_option;
	const struct ward_playbooks *playbooks;
	enum ward_cli_without without;
	ward_ns answered;   /* as of struct ward_cli_alerted */
	const char *policy; /* a file of what roles do, instead of that; or NULL */
	const char *life;   /* seed of the ordinary life beside the recording; or NULL */
	const char *played; /* the state folder of a play, in the place of the recording; or NULL */
	bool timed;         /* how long a forecast takes here is measured, too */
	bool unsaved;       /* what it saves to be told is not reckoned */
	bool alone;         /* the policy is for this scenario and no other */
	/* made */
	struct ward_cli_rerun rerun;
	struct ward_cli_alerted alerted;
	struct ward_scenario *story; /* of a play: what was played of it */
	struct ward_course *course;  /* of a play: as its log says; of a policy: as it decides */
	const struct ward_step *written; /* … and all steps, as they are written */
	struct ward_worth worth;         /* … and what decisions were worth */
	struct ward_cli_physics physics; /* what its care really loses */
	struct ward_debrief *debrief;
	struct ward_intern incident; /* ids of incidents, and … */
	struct ward_wr *row;         /* … of each its last row */
	size_t cap_row;
	const struct ward_debrief_score *score;
	char path[WARD_CLI_RERUN_FILES][4096];
	struct ward_cli_life beside; /* with life: its files */
	struct ward_policy roles;
	struct ward_cli_approved *approved; /* NULL: the policy approves nothing */
	struct ward_cli_begun *begun;       /* NULL: it begins no playbook */
	bool acts[WARD_POLICY_ROLES];       /* what each does in the room is decided */
	struct ward_resolves decided;       /* by the policy's roles (cli/scored_policy.h) */
	ward_ns contained;                  /* by the first role that does; NEVER */
	struct ward_str contained_by;
	bool contained_played; /* in a play, by the policy */
	ward_ns now;
	enum ward_err err;
};

/* Loads, plays and judges. WARD_EXIT_USAGE: hospital or scenario has problems; another exit code;
 * it was said. Free with _fini either way; the score lives until then. */
int ward_cli_scored_run(struct ward_cli_scored *x);
void ward_cli_scored_fini(struct ward_cli_scored *x);

/* For cli/scored_played.c. The last row of an incident is this one; somebody was told. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_scored_keep(
	struct ward_cli_scored *x, struct ward_id incident, struct ward_str json);
WARD_MUST_CHECK enum ward_err ward_cli_scored_told(
	void *ctx, const struct ward_recipient *r, struct ward_str body, ward_ns now);

#endif
