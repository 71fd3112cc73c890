/* The truth about a scenario: of each step what it is and who could notice it, and what comes of it
 * all for the hospital, when nobody does anything about it (docs/scenarios.md).
 *
 * Written by people who know the story, not what Ward says of it. Lives in the scenario's arena. */
#ifndef WARD_EXERCISE_TRUTH_H
#define WARD_EXERCISE_TRUTH_H

#include "base/clock.h"
#include "base/slice.h"
#include "range/range.h"

/* The phases of an attack: EBIOS Risk Manager (ANSSI, 2018), workshop 4, operational scenarios. */
enum ward_ebios {
	WARD_EBIOS_NONE, /* nobody attacks: something fails */
	WARD_EBIOS_KNOW,
	WARD_EBIOS_GET_IN,
	WARD_EBIOS_FIND,
	WARD_EBIOS_CONTROL,
	WARD_EBIOS_N,
};
/* "know", "get-in", "find", "control"; "none". Lives forever. */
const char *ward_ebios_name(enum ward_ebios e);

/* A threat on a thing that must come out. */
struct ward_truth {
	uint32_t threat, node;
	ward_ns within; /* of a sign: after the step; of an impact: after the incident's begin; 0:
			   not stated */
};

/* Of a step that is part of the story. */
struct ward_step_truth {
	enum ward_ebios phase;
	struct ward_str *by; /* kinds of sources (model/source.h) that could notice it */
	size_t n_by;
	bool visible; /* the hospital has a source of one of them */
	struct ward_truth *sign;
	size_t n_sign;
	struct ward_range_act *does; /* to the hospital; `at` is after the step */
	size_t n_does;
	uint32_t line;
};

/* A role that must be told. */
struct ward_truth_told {
	uint32_t role;  /* node */
	ward_ns within; /* after the first step that a sensor could notice; 0: not stated */
};

/* What is the matter with a thing, for a service that is lost (range/range.h). */
struct ward_truth_cause {
	uint32_t node;
	enum ward_range_why why;
};

/* What care really suffers: a service is without what it needs from `at` on, an offset as `real`
 * of a step is, for `lasts`; 0: not stated. */
struct ward_truth_care {
	uint32_t threat, node;
	ward_ns at, lasts;
	const struct ward_truth_cause *cause; /* reckoned: one way from what was done to it */
	size_t n_cause;
	ward_ns early, late; /* reckoned: `at` in the first and the last of ten runs; else `at` */
};

struct ward_expect {
	uint32_t incidents;
	struct ward_str kind; /* "cyber", "physical", "hybrid"; empty: not stated */
	struct ward_str *rule;
	size_t n_rule;
	struct ward_truth *threat, *impact;
	size_t n_threat, n_impact;
	uint32_t *untouched; /* service nodes */
	size_t n_untouched;
	struct ward_truth_told *told;
	size_t n_told;
	struct ward_str *playbook; /* ids of those that answer it */
	size_t n_playbook;
	struct ward_str response; /* for people: what is right to do */
	struct ward_truth_care *care;
	size_t n_care;
	bool knows_care;    /* `care` was given: what is not in it is not hit */
	bool reckon_care;   /* `care: simulated`: it follows from what the steps do */
	ward_ns care_until; /* then it looks no further, after the beginning; 0: it says all */
};

#endif
