/* How well the watch saw a scenario: what it told, judged by the truth that the scenario says
 * (exercise/truth.h).
 *
 * Takes what sensors said and what was told of it, in the order of a run, with when; gives the
 * score. It knows the rows alone, and is linked with nothing that makes them: brain, detection,
 * fusion, impact. Pure, single-threaded, no clock; rows are not trusted. */
#ifndef WARD_DEBRIEF_DEBRIEF_H
#define WARD_DEBRIEF_DEBRIEF_H

#include "base/id.h"
#include "debrief/lost.h"
#include "exercise/worth.h"

enum ward_debrief_seen {
	WARD_DEBRIEF_SEEN,
	WARD_DEBRIEF_LATE,      /* told, and later than the truth asks */
	WARD_DEBRIEF_MISSED,    /* a sensor could notice it, and nothing was told */
	WARD_DEBRIEF_INVISIBLE, /* no sensor of the hospital could notice it */
	WARD_DEBRIEF_QUIET,     /* the truth asks for no sign of it */
	WARD_DEBRIEF_SEEN_N,
};
/* "seen", "late", … Lives forever. */
const char *ward_debrief_seen_name(enum ward_debrief_seen s);

/* A sign that must come of a step, and the first that told it. Texts live as long as the debrief.
 */
struct ward_debrief_sign {
	const struct ward_truth *truth;
	enum ward_debrief_seen seen;
	ward_ns after;               /* the step; 0 of what is not told */
	struct ward_str rule, title; /* of the detection */
	struct ward_str sensors;     /* "doors.syslog bms.pcap"; empty: Ward infers it */
	bool linked;                 /* it is part of the story's incident */
};
struct ward_debrief_step {
	const struct ward_step *step; /* one with a truth */
	enum ward_debrief_seen seen;  /* the best of its signs */
	ward_ns after;                /* to the first of them */
	struct ward_debrief_sign *sign;
	size_t n_sign;
};

struct ward_debrief_role {
	const struct ward_truth_told *truth;
	struct ward_str recipient; /* the first that has the role and was told; empty: nobody */
	ward_ns after;             /* the first step that a sensor could notice */
	bool held;
	bool open; /* it was over before they had to be told, and they were not: not judged */
};

/* What is in the story's incident and not of the story, or an incident that is of no story. */
struct ward_debrief_stranger {
	bool incident;
	struct ward_str title, on;
};

/* A rule, or a threat on a thing, that the scenario names and that did not come out. */
struct ward_debrief_unnamed {
	struct ward_str rule; /* its id; empty: the other */
	const struct ward_truth *truth;
};

/* What is held against a threshold. X(IDENT, "name", at least (else at most), threshold, unit):
 * millionths, nanoseconds ('t') or a count ('n'). Those that were published for the field are in
 * docs/scoring.md. */
#define WARD_DEBRIEF_MARKS(X)                                                           \
	X(INCIDENTS, "incidents", true, 950000, '%')  /* of the truth's, found */       \
	X(KIND, "kind", true, 1000000, '%')           /* cyber, physical, hybrid */     \
	X(NAMED, "named", true, 1000000, '%')         /* of rules, threats, impacts */  \
	X(SIGNS, "signs", true, 950000, '%')          /* in time, of the visible */     \
	X(LINKED, "linked", true, 950000, '%')        /* of them, in the incident */    \
	X(PURE, "pure", true, 950000, '%')            /* of the incident, its own */    \
	X(ROLES, "roles", true, 1000000, '%')         /* told in time */                \
	X(PLAYBOOKS, "playbooks", true, 1000000, '%') /* named */                       \
	X(CARE, "care", true, 900000, '%')            /* F-score of forecasts */        \
	X(SPARED, "spared", true, 1000000, '%')       /* not said to be hit */          \
	X(TO_INCIDENT, "to_incident", false, 10000000000, 't')                          \
	X(FORECAST, "forecast_error", false, 200000, '%') /* median, of time to loss */ \
	X(FALSE_ALARMS, "false_alarms", false, 0, 'n')

enum ward_debrief_mark_id {
#define X(IDENT, name, least, threshold, unit) WARD_DEBRIEF_##IDENT,
	WARD_DEBRIEF_MARKS(X)
#undef X
		WARD_DEBRIEF_MARK_N,
};
struct ward_debrief_mark {
	bool known; /* the truth says enough for it */
	bool held;
	int64_t value, threshold;
};
/* "incidents" … Lives forever. */
const char *ward_debrief_mark_name(enum ward_debrief_mark_id m);
bool ward_debrief_mark_at_least(enum ward_debrief_mark_id m);
char ward_debrief_mark_unit(enum ward_debrief_mark_id m);

/* What it saves to be told, and to bring things back in the planned order; by the forecast of who
 * is judged, which the debrief only hands on. Times after the first visible step. */
struct ward_debrief_saved {
	bool known;
	ward_ns told, unaided; /* works can begin: somebody was told; a service is gone, unasked */
	ward_ns lost;          /* services' time down in the plan that begins when told */
	ward_ns alert, order;  /* more if it began unaided; if first failed were first repaired */
	int64_t alert_micro, order_micro; /* the same in care units */
	/* By the physics of the hospital (src/range), within a day: services' time away … */
	bool reckoned;
	ward_ns nobody, plan; /* … if nobody acts, if works follow the plan from when told, … */
	ward_ns late, first;  /* … unaided, and if what failed first is repaired first */
	/* Somebody decided to contain it so long after the first step: the same two if works begin
	 * then. */
	bool decided;
	ward_ns contained, contained_lost, contained_away;
};

/* How long one whole forecast of the story's incident took on the machine that judges, the middle
 * of so many; by a clock, so it differs from run to run. */
struct ward_debrief_timed {
	ward_ns took;
	size_t runs; /* 0: it was not measured */
	size_t assets;
};

/* How often somebody was interrupted, of the recipient that got any. */
struct ward_debrief_got {
	struct ward_str recipient;
	size_t n, most; /* in all; within any 12 hours, a shift */
};

/* One of these messages. */
struct ward_debrief_message {
	struct ward_str recipient;
	ward_ns after; /* the recording's beginning */
};

/* What somebody did, a person or a policy; after the first step that a sensor could notice. */
enum ward_debrief_decided {
	WARD_DEBRIEF_ACKNOWLEDGED,
	WARD_DEBRIEF_CONTAINED,
	WARD_DEBRIEF_APPROVED, /* an action */
	WARD_DEBRIEF_REFUSED,
	WARD_DEBRIEF_BEGAN, /* a playbook */
	WARD_DEBRIEF_DID,   /* in the room */
};
struct ward_debrief_action {
	uint32_t on; /* node; WARD_NONE: it was of none */
	bool lock;   /* else it is taken off its networks */
};
struct ward_debrief_decision {
	enum ward_debrief_decided what;
	struct ward_debrief_action action;
	struct ward_str who;
	/* of BEGAN: as one asks for the playbook, and in English; of DID: a word of the story */
	struct ward_str of, playbook_name;
	bool policy; /* of a play: it was no person */
	ward_ns after;
};

struct ward_debrief_score {
	const struct ward_scenario *scenario;
	struct ward_debrief_mark mark[WARD_DEBRIEF_MARK_N];
	bool held; /* all that is known */
	struct ward_debrief_step *step;
	size_t n_step;
	struct ward_debrief_care *care; /* those hit first, by node */
	size_t n_care, n_right, n_invented, n_overlooked;
	int64_t precision_micro, recall_micro; /* of care; where CARE is known */
	size_t n_timed;                        /* of care; where FORECAST is known, over them … */
	ward_ns off;                           /* … how far times are off, the median */
	int64_t off_bare_micro; /* … and its share of the time to the loss, however short that is */
	struct ward_debrief_role *role;
	size_t n_role;
	struct ward_debrief_unnamed *unnamed;
	size_t n_unnamed;
	struct ward_debrief_stranger *stranger;
	size_t n_stranger;
	struct ward_id incident;     /* the story's; zeros: there is none */
	struct ward_str headline;    /* what its record calls the gravest sign; may be empty */
	size_t n_incident, n_member; /* at the end; members of the story's */
	size_t n_event, n_message;   /* that sensors gave; that recipients were told */
	struct ward_debrief_message *message; /* n_message, in their order */
	struct ward_debrief_got *got;
	size_t n_got;
	ward_ns first_told; /* anybody, after the first step that a sensor could notice; NEVER */
	struct ward_debrief_timed timed;
	struct ward_debrief_saved saved;
	struct ward_debrief_decision *decision; /* in their order */
	size_t n_decision;
	const struct ward_worth *worth; /* of a play: what decisions were worth; NULL: of none */
	ward_ns first, last;            /* of the events, after the recording's beginning */
};

struct ward_debrief;

struct ward_debrief_in {
	const struct ward_scenario *scenario; /* borrowed */
	const struct ward_limits *lim;        /* copied */
	const struct ward_mem *mem;
};
/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_debrief_new(
	const struct ward_debrief_in *in, struct ward_debrief **ret);
void ward_debrief_free(struct ward_debrief *d);

/* What a sensor said. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_debrief_event(
	struct ward_debrief *d, struct ward_id id, struct ward_str source, ward_ns time);
/* A detection, incident or impact, as it was told at `told`; other rows are left. MALFORMED: it
 * can't be read. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_debrief_row(
	struct ward_debrief *d, struct ward_str json, ward_ns told);
/* Who has this role was told of an incident; of which, and by which playbooks it may be answered,
 * is not looked at. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_debrief_alert(
	struct ward_debrief *d, struct ward_str recipient, uint32_t role, ward_ns told);
/* A playbook that people were told of. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_debrief_playbook(struct ward_debrief *d, struct ward_str id);
/* A message went to a recipient: somebody was interrupted. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_debrief_message(
	struct ward_debrief *d, struct ward_str recipient, ward_ns told);
/* Somebody decided. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_debrief_decide(
	struct ward_debrief *d, enum ward_debrief_decided what, struct ward_str who, ward_ns at);
/* The same of an action that was proposed, or by a policy; `after` is found by `at`. */
WARD_MUST_CHECK enum ward_err ward_debrief_decide_on(
	struct ward_debrief *d, const struct ward_debrief_decision *k, ward_ns at);
/* Does the story name that playbook as one that answers it? *ret_said: it names any. */
bool ward_debrief_names(
	const struct ward_debrief_score *s, struct ward_str playbook, bool *ret_said);
/* It was a play, over at `until`: who had to be told later, and was not, is not judged. shorter:
 * its steps followed each other sooner than those of the story, while what they do to care takes
 * its own time: how far times of forecasts are off is not judged. */
void ward_debrief_play(struct ward_debrief *d, ward_ns until, bool shorter);
/* When anybody was told first; NEVER: nobody was. */
ward_ns ward_debrief_first_told(const struct ward_debrief *d);
/* What it saves, once the score is known: into it. */
void ward_debrief_save(struct ward_debrief *d, const struct ward_debrief_saved *saved);
/* How long a forecast took: into it, too. */
void ward_debrief_time(struct ward_debrief *d, const struct ward_debrief_timed *timed);
/* What decisions were worth in it, borrowed as long as d. */
void ward_debrief_worth(struct ward_debrief *d, const struct ward_worth *worth);
/* When the first step was that a sensor could notice, and when care is first hit in truth; NEVER.
 */
ward_ns ward_debrief_first_act(const struct ward_debrief *d);
ward_ns ward_debrief_first_hit(const struct ward_debrief *d);
/* Of all that. *ret lives as long as d, which takes nothing more. NOMEM. O(signs * rows). */
WARD_MUST_CHECK enum ward_err ward_debrief_end(
	struct ward_debrief *d, const struct ward_debrief_score **ret);

#endif
