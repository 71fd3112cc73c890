/* The numbers of a pilot, each with how sure one can be of it. Pure; no clock. */
#ifndef WARD_PILOT_RECKON_H
#define WARD_PILOT_RECKON_H

#include "pilot/pilot.h"
#include "pilot/stats.h"

/* Does a number meet its aim? OPEN: its interval holds both what meets it and what does not. Of
 * care and complaints there is no interval: the number itself; OPEN: one is not answered, and none
 * late. */
enum ward_pilot_held { WARD_PILOT_UNKNOWN, WARD_PILOT_HELD, WARD_PILOT_MISSED, WARD_PILOT_OPEN };

/* Seconds from the first act; INFINITY: never. Differences are with Ward less today's. */
struct ward_pilot_times {
	struct ward_stats_median with[WARD_PILOT_WITHS];
	double *value[WARD_PILOT_WITHS]; /* sorted */
	struct ward_stats_pairs pairs;
	double *diff;
	size_t n_never; /* pairs in which neither came: their difference is 0 */
	enum ward_pilot_held held;
};
struct ward_pilot_care {
	uint64_t n_hit, n_said, n_both;
	struct ward_stats_share recall, precision; /* n == 0: not known */
	double f;                                  /* harmonic mean; < 0: not known */
	enum ward_pilot_held held;
};
struct ward_pilot_interrupted {
	const struct ward_pilot_role *role;
	enum ward_pilot_with with;
	struct ward_stats_rate rate; /* in the role's `hours` */
	uint64_t shifts, over; /* of them with more than their share of the limit, rounded up */
	uint64_t worst;        /* messages in a shift */
	uint64_t runs;         /* times that three days in a row had more than twice the limit */
	int64_t run_from;      /* the first of them, its first day */
	enum ward_pilot_held held;
};
struct ward_pilot_graded {
	uint64_t n, n_open; /* graded; of no third grade where two differ */
	struct ward_stats_share worth[WARD_PILOT_WITHS];
	uint64_t missed[WARD_PILOT_WITHS];       /* real, told by the other alone */
	uint64_t quiet, quiet_real, quiet_worth; /* quiet hours, and what nobody told in them */
	bool knows_kappa;
	double kappa;
	enum ward_pilot_held held;
};
struct ward_pilot_upkeep {
	struct ward_stats_median week; /* hours */
	double all, on[4];             /* by WARD_UPKEEP_ON */
	enum ward_pilot_held held;
};
/* A form's score: of each person the median of its forms, so that nobody counts twice. */
struct ward_pilot_form {
	size_t n_form[WARD_PILOT_WITHS];
	struct ward_stats_median with[WARD_PILOT_WITHS]; /* over persons */
	struct ward_stats_pairs pairs;                   /* persons that filled both in */
	enum ward_pilot_held held;
};
struct ward_pilot_complaints {
	uint64_t n, answered, in_time, outcome[4];
	enum ward_pilot_held held;
};

struct ward_pilot_report {
	const struct ward_pilot *p;
	size_t n_pair, ward_first; /* pairs; of these on an earlier day with Ward */
	struct ward_pilot_times understood, acted;
	struct ward_pilot_care care[WARD_PILOT_WITHS];
	struct ward_pilot_interrupted *interrupted;
	size_t n_interrupted;
	struct ward_pilot_graded graded;
	struct ward_pilot_upkeep upkeep;
	struct ward_pilot_form sus, tlx, weighted;
	double tlx_scale[WARD_PILOT_WITHS][WARD_TLX_SCALES]; /* medians over persons */
	struct ward_pilot_complaints complaints;
	bool stop_before; /* the criteria were written before the first phase began */
	int64_t stopped;  /* the first day on which it was stopped; INT64_MAX: not */
};
/* What it makes is in p's arena, and borrows p. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_pilot_reckon(
	struct ward_pilot *p, const struct ward_mem *mem, struct ward_pilot_report *ret);

/* The score of one row of sus.csv, 0 to 100 (Brooke 1996): odd items less 1, even ones 5 less the
 * answer, times 2.5. */
double ward_pilot_sus(const struct ward_pilot_row *row);
/* Of one of tlx.csv, 0 to 100 (Hart and Staveland 1988): the mean of the six scales; weighted: by
 * how often each was picked of 15. False: it has no weights. */
double ward_pilot_tlx(const struct ward_pilot_row *row);
bool ward_pilot_tlx_weighted(const struct ward_pilot_row *row, double *ret);
/* Scores of a table of forms by person and with what: the same as in the report. */
enum ward_pilot_score {
	WARD_SCORE_SUS,
	WARD_SCORE_TLX,
	WARD_SCORE_WEIGHTED,
	WARD_SCORE_SCALES, /* and on: one of WARD_TLX_SCALES */
};
WARD_MUST_CHECK enum ward_err ward_pilot_form(const struct ward_pilot_table *t,
	enum ward_pilot_score score, struct ward_arena *a, const struct ward_mem *mem,
	struct ward_pilot_form *ret);

#endif
