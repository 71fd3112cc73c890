/* One question under way, shared by the files of this room. Internal. */
#ifndef WARD_ACTIONS_FIND_H
#define WARD_ACTIONS_FIND_H

#include "actions/actions.h"
#include "recover/care.h"
#include "recover/stage.h"

struct find {
	const struct ward_actions_world *w;
	const struct ward_actions_ask *ask;
	struct ward_actions *p;
	struct ward_arena *work;
	struct ward_care care;    /* once pairs are looked at */
	struct ward_impact *base; /* the forecast without actions */
	size_t n_base;
	/* What the action's own harm is beside (rules.c): the forecast without it, and of one
	 * asset, numbers from 1; 0: none. */
	struct ward_impact *had;
	uint32_t *first, *more;        /* [nodes], [cap_side] */
	struct ward_seed_threat *seed; /* [cap_side and those of the question] */
	struct ward_change *otherwise; /* those of the question and one more */
	struct ward_impact *fresh;     /* what it brings */
	size_t cap_side, cap_fresh;
	struct ward_stage stage;            /* of the evaluation under way */
	bool sides;                         /* what actions cost care themselves counts */
	struct ward_actions_spells *spells; /* are kept of this evaluation, or NULL */
	size_t cap_spell;
	struct soon *soon; /* scratch of the worst case, cap_soon (effect.c) */
	size_t cap_soon;
	bool *downs;     /* [nodes]: is told to be down; NULL: the evaluation does not tell it */
	int64_t *relief; /* [nodes]: part of the loss that is left, millionths */
	int64_t *chance; /* [nodes]: of services, by the last evaluation: the middle at its end */
	bool worst;      /* an evaluation goes by earliest times and upper ends */
	uint32_t teams[WARD_TEAMS_MAX];
	uint64_t looks, most; /* effort taken, and that may be taken until now */
};

/* find.c: the engine is at the forecast without actions again, whatever came before. */
WARD_MUST_CHECK enum ward_err ward_actions_anew(struct find *f);

/* rules.c: what may be proposed at all. */
bool ward_actions_is(const struct ward_model *m, uint32_t node, const char *class);
/* A door by which people escape, or the fire brigade comes. */
bool ward_actions_escape(const struct find *f, uint32_t node);
/* The (action, thing) pairs that the content and these rules allow, with what they cost care
 * themselves and who has to agree. */
WARD_MUST_CHECK enum ward_err ward_actions_candidates(struct find *f);

/* Is nothing that the item works by out in these states within the horizon? *ret_out: what is. */
bool ward_actions_relied(const struct find *f, const struct ward_actions_item *it,
	const struct ward_impact *state, size_t n, uint32_t *ret_out);

/* Names the clinical role that has to agree, if one has to; false, and counted, when there is none.
 */
bool ward_actions_answer(struct find *f, struct ward_actions_item *it);

/* effect.c: what is lost when these items are begun now, each with its effect when it has taken its
 * time. Leaves in f->chance how likely each service is down at the end. LIMIT, and the next can be
 * asked, when that takes more than WARD_CHANGES_MAX changes. */
WARD_MUST_CHECK enum ward_err ward_actions_effect(
	struct find *f, const uint32_t *item, size_t n, struct ward_actions_loss *ret);

/* If it comes to the worst, as soon and as likely as it may: into ret->worst_micro, UNKNOWN where
 * that takes too many changes. Leaves f->chance of no use. */
WARD_MUST_CHECK enum ward_err ward_actions_worst(
	struct find *f, const uint32_t *item, size_t n, struct ward_actions_loss *ret);

/* How services fare with these, where that is asked. As ward_actions_worst. */
WARD_MUST_CHECK enum ward_err ward_actions_spells(
	struct find *f, const uint32_t *item, size_t n, struct ward_actions_spells *ret);

/* Is the effort of this part spent? */
static inline bool ward_actions_spent(const struct find *f)
{
	return f->looks >= f->most;
}

/* choose.c: marks the best that can be done together. */
WARD_MUST_CHECK enum ward_err ward_actions_choose(struct find *f);
/* And with these, or in their place, what works only with others; what is left of such counts as
 * not by what fails too. */
WARD_MUST_CHECK enum ward_err ward_actions_join(struct find *f);
/* And what, at no cost and without more care lost, lowers what those lose at the worst. */
WARD_MUST_CHECK enum ward_err ward_actions_prepare(struct find *f);

#endif
