/* Attack steps and propagation rules, laid over one hospital: an AND/OR graph whose goal is the
 * loss of a care service.
 *
 * Built backwards from the goals, so that only what can matter to them is in it: what gives the
 * goal, what gives that, down to what an attacker can always do. Facts are (state, thing) or
 * (threat, thing); a redundant supply or requirement group is an r-of-n fact. Supply here is a
 * least fixpoint: a plan that works only because a loop of supplies holds itself up is not found
 * (impact/README.md). Pure, single-threaded. */
#ifndef WARD_PATHS_GROUND_H
#define WARD_PATHS_GROUND_H

#include "impact/impact.h"
#include "model/escape.h"
#include "paths/aog.h"
#include "paths/attack.h"
#include "paths/facts.h"
#include "paths/seen.h"

enum { WARD_GROUND_MAX = 8 << 20 }; /* facts, and steps */

/* What is known to begin with; all borrowed. */
struct ward_paths_world {
	const struct ward_model *m;
	const struct ward_rules *rules;
	const struct ward_attack *attack;
	const struct ward_facts *facts;
	const struct ward_seen *seen; /* sealed, or NULL: nobody has looked */
	/* What is never locked; NULL, or not known: no lock is proposed at all. */
	const struct ward_escape *escape;
	ward_ns at; /* when it is done: doors and entrances by their hours; 0: when it suits */
};

struct ward_ground_fact {
	uint32_t state; /* attack state; n_state + t: threat t; WARD_NONE: an r-of-n or either-or */
	uint32_t node;  /* n nodes: the attacker */
};

enum ward_ground_kind {
	WARD_GROUND_LINK,   /* part of an r-of-n fact: nothing happens */
	WARD_GROUND_ATTACK, /* index: in ward_attack.step */
	WARD_GROUND_RULE,   /* index: propagation rule */
	WARD_GROUND_GROUP,  /* index: requirement group */
};

struct ward_ground_step {
	enum ward_ground_kind kind;
	uint32_t index, from, to; /* from, to: nodes; the number of nodes: the attacker */
	uint32_t vuln;            /* in ward_facts, or WARD_NONE */
	int64_t lo_micro, hi_micro;
	ward_ns time;
};

struct ward_ground {
	struct ward_aog g; /* sealed */
	struct ward_ground_fact *fact;
	struct ward_ground_step *step;
	size_t cap_fact, cap_step;
	uint32_t *rank; /* [n_rank]: of each node among all, by id: what orders equals */
	size_t n_rank;
	size_t n_stopped;      /* attack steps that full protection makes impossible */
	size_t n_fact, n_step; /* as it was built, dead steps too */
};

enum ward_paths_by { WARD_BY_LIKELIHOOD, WARD_BY_COST, WARD_BY_TIME };

/* ret_goal[i]: the fact "threat on service[i]". LIMIT, NOMEM; end it in any case. */
WARD_MUST_CHECK enum ward_err ward_ground_build(const struct ward_paths_world *w,
	const uint32_t *service, size_t n_service, uint32_t threat, const struct ward_mem *mem,
	struct ward_ground *ret, uint32_t *ret_goal);
/* Leaves only what some plan can use: steps whose needs can all be had, and that lead to a goal.
 * Goals, always kept, are numbered anew. NOMEM. O(needs). */
WARD_MUST_CHECK enum ward_err ward_ground_prune(
	struct ward_ground *g, uint32_t *goal, size_t n_goal);
void ward_ground_fini(struct ward_ground *g);

/* A cost for each step, into ret[n_step]: 1/4096 bits of -log2 of the middle likelihood (and one
 * more each, so that of equals the shorter plan wins); hundreds of euros; seconds. */
void ward_ground_costs(const struct ward_ground *g, const struct ward_attack *a,
	enum ward_paths_by by, uint64_t *ret);
/* -log2(micro / 10^6) in 1/4096 bits, rounded down; WARD_AOG_NEVER for 0. */
uint64_t ward_ground_bits(int64_t micro);
/* 1 - the product over scopes of 1 - the strongest degree, in millionths: as `impact` does. */
int64_t ward_ground_gamma(const struct ward_model *m, uint32_t node, uint32_t threat);

#endif
