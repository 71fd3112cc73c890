/* Attack plans to care services, what they all pass, and the cheapest measures against them.
 *
 * (world, services) → result, pure but for the propagation engine that it is handed, which says
 * what the end of a plan, or a measure's side effect, costs in care. Single-threaded. */
#ifndef WARD_PATHS_PATHS_H
#define WARD_PATHS_PATHS_H

#include "paths/cut.h"
#include "paths/ground.h"
#include "paths/sample.h"

enum {
	WARD_PATHS_SERVICES = 16,
	WARD_PATHS_PLANS = 100,
	WARD_PATHS_MEASURES = 65536,  /* (measure, thing) pairs */
	WARD_PATHS_SIDES = 256,       /* of these, whose side effects are forecast … */
	WARD_PATHS_TOUCHED = 1 << 20, /* … which together touch so much */
	/* Effort of one question, counted in looks (cut.h) and in kinds and facts of derivations,
	 * never by a clock: the same answer on every machine. */
	WARD_PATHS_EFFORT_PLANS = 1 << 26,
	WARD_PATHS_EFFORT_CHOICE = 1 << 26,
	WARD_PATHS_RUNGS = 5,
	WARD_PATHS_USUAL = WARD_SAMPLE_MOST + 1, /* `samples`: what the size of the graph allows */
};

struct ward_lang;

/* A measure on a thing; the number of nodes: on the attacker, or everywhere. */
struct ward_paths_given {
	uint32_t measure, node;
};

struct ward_paths_ask {
	uint32_t service[WARD_PATHS_SERVICES];
	size_t n_service;
	uint32_t threat; /* on them; usually outage */
	enum ward_paths_by by;
	size_t k;         /* plans for each service */
	uint64_t budget;  /* hundreds of euros; WARD_AOG_NEVER: whatever it takes */
	uint32_t samples; /* draws for how long it takes; 0: not asked */
	uint64_t seed;    /* of these */
	const struct ward_paths_given *given; /* measures that are taken already; n_given */
	size_t n_given;
	struct ward_lang *lang; /* that the answer is written in; NULL: English */
};

struct ward_paths_plan {
	uint32_t service;
	struct ward_aog_plan plan;  /* without steps that nothing happens in */
	int64_t lo_micro, hi_micro; /* product over its steps, each once */
	int64_t noticed_micro;      /* that somebody notices one of its attack steps */
	uint64_t cost;
	ward_ns time, care_time; /* to the loss; from the last attack step to it, by the engine */
	int64_t care_lo, care_hi, loss_micro; /* by the engine, given the ends; loss per minute */
	bool forecast;                        /* the engine agrees that the ends cost the service */
};

/* A measure on one thing. */
struct ward_paths_measure {
	uint32_t measure, node; /* the number of nodes: the attacker, or everywhere */
	uint32_t rank;          /* of the node, by id */
	uint64_t price;         /* cost and side effect together: what is minimised */
	int64_t side_micro;     /* care units a minute that it costs by itself */
	uint32_t side_service;  /* the service that loses most, or WARD_NONE */
	bool clinical;          /* its forecast touches a medical device or a service */
	bool chosen;
};

struct ward_paths_rest {
	uint32_t service;
	uint64_t before, after; /* -log2 of the likeliest plan's middle; WARD_AOG_NEVER: none */
};

/* What some budget buys. */
struct ward_paths_rung {
	uint64_t budget, price;
	size_t n_measure;
	uint64_t after; /* as ward_paths_rest.after, of the first service */
};

struct ward_paths {
	struct ward_arena arena; /* all below */
	struct ward_ground ground;
	struct ward_paths_plan *plan;
	size_t n_plan;
	uint32_t *choke; /* steps of the ground that every plan of the first service has */
	size_t n_choke;
	struct ward_paths_measure *measure; /* by (measure, id) */
	size_t n_measure;
	/* Locks that were left out: of ways of escape; where no plan of evacuation tells these. */
	size_t n_refused, n_planless;
	struct ward_cut cut; /* chosen ones; price by ward_paths_measure.price */
	bool all;            /* they cut every plan; else all but those unlikelier than `bar` */
	uint64_t bar;
	uint64_t all_price; /* what it takes to cut every plan; WARD_AOG_NEVER: impossible */
	struct ward_paths_rung rung[WARD_PATHS_RUNGS]; /* where no budget is given */
	size_t n_rung;
	/* Where a chosen measure costs care itself: what those do that cost none, for the same
	 * budget. gentle[n_measure]: which; NULL: none that was chosen does. */
	struct ward_paths_rung without_harm;
	uint8_t *gentle;
	struct ward_paths_rest *rest;  /* n_service of the question */
	struct ward_sample_time *time; /* n_service, from n_sample draws; NULL: not asked */
	uint32_t n_sample;
	bool more;  /* a limit was met while looking for plans */
	bool spent; /* the effort for the choice of measures was used up */
};

/* LIMIT when the hospital is too large for WARD_GROUND_MAX, NOMEM. End it in any case with
 * ward_paths_fini. */
WARD_MUST_CHECK enum ward_err ward_paths_find(const struct ward_paths_world *w,
	struct ward_engine *e, const struct ward_paths_ask *ask, const struct ward_mem *mem,
	struct ward_paths *ret);
void ward_paths_fini(struct ward_paths *p);

/* Who or what notices an attack step: a monitor or source that looks there. Empty: nobody but
 * people who happen to be near (`noise` then counts only if the step names no sensor). */
struct ward_str ward_paths_seen(
	const struct ward_model *m, const struct ward_attack_step *s, uint32_t from, uint32_t to);

/* For people: ranked plans, what all pass, measures, what is left. */
void ward_paths_write_text(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to);
/* One object per line: plan, choke, measure, residual, and a summary last. */
void ward_paths_write_json(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to);
/* One object for a page that draws it, with names beside ids, and measures in words: those that
 * were chosen, with all members (content/openapi.json: Paths). */
void ward_paths_write_page(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_json *j);
/* Markdown by EBIOS Risk Manager (ANSSI 2018, workshops 3 to 5): strategic scenarios (one per
 * service), operational scenarios (the plans) with likelihood V1 to V4 and gravity G1 to G4. */
void ward_paths_write_ebios(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to);

#endif
