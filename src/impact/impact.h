/* From threats on assets to consequences for care: typed propagation over the hospital graph.
 *
 * State space: (asset, threat). Content gives typed rules (docs/content.md); the engine computes
 * the least fixpoint for what spreads and the greatest fixpoint of failure for what is supplied
 * (power, gas, cold, data: whatever no live source supports is down). Likelihood, time and loss
 * are kept apart. All arithmetic is on integers, so that order and threads change no bit. Pure:
 * (model, rules, seeds) → result; faces no outside bytes. Single-threaded. */
#ifndef WARD_IMPACT_IMPACT_H
#define WARD_IMPACT_IMPACT_H

#include "base/json.h"
#include "model/model.h"

struct ward_lang;
struct ward_rules; /* compiled propagation rules */

/* Loads every *.yml of the directory and resolves it against the model's ontology and threats.
 * CONFIG when there were error-level findings. */
WARD_MUST_CHECK enum ward_err ward_rules_load(const char *dir, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_rules **ret);
/* A file in memory; its name stands in findings. */
struct ward_propagation_text {
	struct ward_str file;
	struct ward_slice bytes;
};
/* The same from one file in memory, of which nothing is borrowed. */
WARD_MUST_CHECK enum ward_err ward_rules_parse(const struct ward_propagation_text *text,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_rules **ret);
void ward_rules_free(struct ward_rules *r);
void ward_rules_hash(const struct ward_rules *r, uint8_t ret[32]);

struct ward_seed_threat {
	uint32_t asset, threat;
	ward_ns since;
	int64_t lo_micro, hi_micro; /* 0..1000000 */
};

#define WARD_IMPACT_SEED UINT32_MAX

/* What is known of a likelihood [lo, hi]: */
enum ward_likelihood_by {
	WARD_LIKELIHOOD_BOUND, /* bounds; the truth of the model lies between them */
	WARD_LIKELIHOOD_EXACT, /* it is that: lo of the rules' lower likelihoods, hi of the upper */
	WARD_LIKELIHOOD_SAMPLED, /* estimated from sampled worlds; it lies in it with 95 % */
};
/* "bound", "exact", "sampled". Lives forever. */
const char *ward_likelihood_by_name(enum ward_likelihood_by by);

/* One state that the incident reaches, a seed included. */
struct ward_impact {
	uint32_t asset, threat;
	uint32_t rule;   /* index for ward_rules_why, or WARD_IMPACT_SEED */
	uint32_t parent; /* index in the result of the state that gives the best proof; itself for a
			    seed; of a k-of-n loss, the member whose fall was decisive */
	uint32_t group;  /* the requirement group that fell, or WARD_NONE */
	uint32_t hops;
	int32_t lo_micro, hi_micro; /* true likelihood lies in [lo, hi]: lo is the best proof */
	ward_ns earliest, expected; /* absolute; the buffers that postponed are in it */
	ward_ns buffered;           /* of which buffers gave this much */
	/* The same two times by the way that parents tell, the likeliest: never before those above,
	 * nor before its parent's by that way. */
	ward_ns chain_earliest, chain_expected;
	int64_t loss_micro;  /* services: care units per minute once it is down; else 0 */
	int32_t score_micro; /* reference mode: the published score; else for ordering only */
	uint8_t need;        /* enum ward_need */
	uint8_t by;          /* enum ward_likelihood_by, as ward_engine_narrow left it */
	bool loop; /* it fell because only a loop of supplies without a live source still held it */
	bool further; /* only if somebody does something further; said by who ran both modes */
};

/* A (asset, threat) that full protection stopped. */
struct ward_barrier {
	uint32_t asset, threat;
	uint32_t rule, parent; /* what would have come, and from where */
	uint32_t protection;   /* index in ward_model_protections(asset) of the strongest */
};

struct ward_impacts {
	struct ward_impact *item; /* by (expected, asset, threat) */
	size_t n;
	struct ward_barrier *barrier; /* by (asset, threat) */
	size_t n_barrier;
};

struct ward_engine;

/* Reusable working memory for one model and rule set; borrows both. */
WARD_MUST_CHECK enum ward_err ward_engine_new(const struct ward_model *m,
	const struct ward_rules *r, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_engine **ret);
void ward_engine_free(struct ward_engine *e);

enum ward_impact_mode {
	WARD_IMPACT_FULL,
	WARD_IMPACT_REFERENCE, /* the published SAFECARE score: 1 - gamma, zero at a barrier */
	WARD_IMPACT_STANDS, /* what follows if nobody does anything further: without rules that are
			    an act; else as FULL, narrowing and updates too */
};

/* What the seeds lead to. *ret lives until the next call or free. LIMIT when more than
 * IMPACT_STATES are reached (nothing is then given), NOMEM. O(states · log states). */
WARD_MUST_CHECK enum ward_err ward_engine_run(struct ward_engine *e, enum ward_impact_mode mode,
	const struct ward_seed_threat *seed, size_t n_seed, struct ward_impacts *ret);

/* The present state of things, where it is otherwise than the model says or than seen before. */
enum ward_change_kind {
	WARD_CHANGE_THREAT,   /* threat on asset since `at`, [lo, hi]; takes the place of what was
				 said of it */
	WARD_CHANGE_REPAIRED, /* nothing is on it, comes to it or from it */
	WARD_CHANGE_ISOLATED, /* off its networks: nothing by `connects` or `controls` to or from it
			       */
	WARD_CHANGE_FAILED_OVER, /* another does its work: who needs it doesn't miss it */
	WARD_CHANGE_PROTECTED, /* against threat to the degree `lo`, in place of all that the model
				  says; 0: not at all */
	WARD_CHANGE_CUT,       /* asset `rel` other: that relation is no more */
	WARD_CHANGE_BUFFER,    /* of the kind `buffer` the asset has `at` left */
	WARD_CHANGE_N,
};
struct ward_change {
	enum ward_change_kind kind;
	bool undo; /* it is as the model says again; a threat: it is gone */
	uint32_t asset, threat, other;
	enum ward_rel_type rel;
	struct ward_str buffer; /* "ups", "fuel", "tank", "thermal" or "paper" */
	ward_ns at;
	int64_t lo_micro, hi_micro;
};
enum { WARD_CHANGES_MAX = 4096 };

/* As ward_engine_run in full mode, with things as the changes say. NOT_FOUND when a change names
 * what the model has not, LIMIT beyond WARD_CHANGES_MAX. */
WARD_MUST_CHECK enum ward_err ward_engine_what_if(struct ward_engine *e,
	const struct ward_seed_threat *seed, size_t n_seed, const struct ward_change *change,
	size_t n_change, struct ward_impacts *ret);
/* Changes what the last full run or what-if was asked: likelihoods from below and times are then
 * those of a what-if with all changes, bit for bit. Costs what depends on the changes, or a run
 * from the beginning where that is more or a supply loop is touched. After an error: run anew. */
WARD_MUST_CHECK enum ward_err ward_engine_update(
	struct ward_engine *e, const struct ward_change *change, size_t n);
/* All that is known now, upper bounds included; lives as long as what a run gives.
 * O(states + edges reached). */
WARD_MUST_CHECK enum ward_err ward_engine_result(struct ward_engine *e, struct ward_impacts *ret);
/* One (asset, threat) now, without the upper bound. False when it is not reached. O(log). */
struct ward_brief {
	int64_t lo_micro;
	ward_ns earliest, expected;
};
bool ward_engine_brief(
	const struct ward_engine *e, uint32_t asset, uint32_t threat, struct ward_brief *ret);

/* Its upper bound in millionths, rounded up, as the last ward_engine_result made it; 0 when it is
 * not reached. O(log). */
int64_t ward_engine_upper(const struct ward_engine *e, uint32_t asset, uint32_t threat);

struct ward_narrow {
	size_t nodes;    /* of one decision diagram, 36 bytes each at most; 0: sample at once */
	uint32_t worlds; /* that are sampled where it does not fit; 0: the bounds stay */
	uint64_t seed;   /* of these worlds: the same, the same worlds */
};
/* Likelihoods of some items of the last result, exactly in the model of chance that the README of
 * this room states, or from sampled worlds; into the items themselves (lo, hi, by), the score
 * stays. It is of things as they are now, what-ifs and updates included. STATE in reference mode,
 * after an error, and between ward_engine_update and ward_engine_result; NOMEM: then some are
 * narrowed and all are right. The cost of one is that of its diagram, which may be exponential in
 * its causes up to the limit of nodes, or worlds / 64 times the edges that lead to it. */
WARD_MUST_CHECK enum ward_err ward_engine_narrow(
	struct ward_engine *e, const struct ward_narrow *how, const uint32_t *item, size_t n);

/* Those of the last result, `all`, that are on services: few, and what people decide by. */
WARD_MUST_CHECK enum ward_err ward_engine_narrow_services(
	struct ward_engine *e, const struct ward_narrow *how, const struct ward_impacts *all);

/* Can threat `a` on asset `x` cause threat `b` on asset `y` by one rule over one relation (or on
 * the same asset)? For fusing: a cheap test, no propagation. */
bool ward_rules_cause(const struct ward_rules *r, const struct ward_model *m, uint32_t x,
	uint32_t a, uint32_t y, uint32_t b);

/* How many rules the files gave; the built-in one for `requires` is not counted. */
size_t ward_rules_n(const struct ward_rules *r);
/* The rule's id and its reason for people. Lives as long as r. */
struct ward_str ward_rules_id(const struct ward_rules *r, uint32_t rule);
struct ward_str ward_rules_why(const struct ward_rules *r, uint32_t rule);

/* What a rule says, for those that read the rules backwards (attack paths). The rules of the files
 * are 0 .. ward_rules_n; the built-in one is not among them: it is "outage on too many members of
 * a `requires` group gives outage". Lives as long as r. */
struct ward_rule_view {
	const uint32_t *when; /* threats, any of them */
	size_t n_when;
	const bool *from, *to;  /* classes of the source and of the target: see ward_rule_fits */
	enum ward_rel_type rel; /* WARD_REL_N: the same asset */
	bool in;                /* against the relation: the source is its `to` */
	bool supply;
	uint32_t keep;  /* supply: how many live suppliers the target needs */
	uint32_t gives; /* threat */
	int64_t lo_micro, hi_micro;
	ward_ns earliest, expected; /* the delay */
	struct ward_str buffer;     /* kind on the target that postpones; empty: none */
	bool only_buffered;         /* not where the target has none of that kind */
	bool unless_required;       /* not where the target requires the source */
	bool buffer_instead;        /* where the target has one, that says the delay */
};
/* Is a class among those of one end of a rule? They are by index of the ontology; NULL: any. */
static inline bool ward_rule_fits(const bool *of, uint32_t class)
{
	return !of || of[class];
}
struct ward_rule_view ward_rules_view(const struct ward_rules *r, uint32_t rule);
/* Does a rule of thumb give way there, as the target itself says in `requires` how many of such as
 * the source it needs? */
bool ward_rule_yields(bool unless_required, const struct ward_model *m, uint32_t src, uint32_t dst);
/* Does the rule's delay count on that target? Not where a buffer of it takes its place. */
bool ward_rule_delays(const struct ward_rule_view *v, const struct ward_model *m, uint32_t node);

/* In which order people look at the impacts of one incident, in millionths; the higher is the
 * first, equals by expected time, then asset and threat. Services come first, by the care that is
 * expected to be lost in the 4 hours after the cause began: 1 + loss per minute · middle of the
 * likelihood · minutes of these that are left at the expected time. All else is below 1: the score.
 */
int64_t ward_impact_priority(const struct ward_impacts *all, size_t i, const struct ward_model *m);

#endif
