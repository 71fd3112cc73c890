/* One service in a score: what it lost in truth, what was forecast of it, and why. */
#ifndef WARD_DEBRIEF_LOST_H
#define WARD_DEBRIEF_LOST_H

#include "exercise/truth.h"

/* What a forecast follows from, and to: a thing, and what is the matter with it. */
struct ward_debrief_link {
	struct ward_str name, threat; /* threat: English, a text of the languages */
};

/* A service that is hit, or that was said to be. Times are after the recording's beginning. */
struct ward_debrief_care {
	uint32_t node;
	bool hit;                   /* in truth */
	bool forecast;              /* said to be at least possible */
	int64_t lo_micro, hi_micro; /* the likeliest that was said; 0 where nothing was */
	ward_ns at, lasts;          /* in truth */
	ward_ns early, late;        /* `at` in the first and last of ten runs of a reckoned truth */
	ward_ns expected, earliest; /* by the forecast as it was last; NEVER: none */
	ward_ns said_first, said_last; /* between which `expected` was while it was told */
	ward_ns told;                  /* when it was first said to be possible; NEVER: not */
	bool timed; /* hit and forecast, and not before a sensor could notice anything: then
		       `expected` is held against `at`, as a share of the time from the first
		       visible step */
	int64_t off_micro, off_bare_micro;    /* of one minute at least; without that */
	const struct ward_debrief_link *link; /* of the forecast: what was observed first */
	size_t n_link;
	ward_ns by_link; /* when by that chain: after `expected` where a less likely way is sooner
			  */
	const struct ward_truth_cause *cause; /* of a reckoned truth: what was done to it first */
	size_t n_cause;
};

#endif
