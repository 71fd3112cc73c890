/* One question under way, shared by the files of this room. Internal. */
#ifndef WARD_ACTIONS_FIND_H
#define WARD_ACTIONS_FIND_H

#include "actions/actions.h"
#include "base/hash.h"
#include "impact/touch.h"
#include "recover/care.h"
#include "recover/stage.h"

/* Of care units, millionths: sums that are told apart by less differ by what they round. */
enum { GRAIN = 64 };

struct find {
	const struct ward_actions_world *w;
	const struct ward_actions_ask *ask;
	struct ward_actions *p;
	struct ward_arena *work;
	const struct ward_mem *mem;
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
	struct ward_touch service, cared;   /* what may come to a service; to that or to care */
	struct ward_hung hung;              /* what is lost hangs on these */
	bool mark;                          /* evaluations add to them */
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

/* harm.c: what the item does to care by itself, as things are and will be. */
WARD_MUST_CHECK enum ward_err ward_actions_harm(struct find *f, struct ward_actions_item *it);
/* Whom the items touch, beside the incident and where nothing else is wrong. */
WARD_MUST_CHECK enum ward_err ward_actions_look(struct find *f);
/* Names the clinical role that has to agree, if one has to; false, and counted, when there is none.
 */
bool ward_actions_answer(struct find *f, struct ward_actions_item *it);

/* still.c: f->service, f->cared. The engine is at the forecast without actions. */
WARD_MUST_CHECK enum ward_err ward_actions_touch(struct find *f);
ward_touch_goal ward_actions_goal; /* a service is not available */
/* Does begin it only take ways from the forecast that the engine is at? */
WARD_MUST_CHECK enum ward_err ward_actions_takes(
	struct find *f, const struct ward_actions_item *it, bool *ret);
/* May that threat there touch what belongs to care? */
WARD_MUST_CHECK enum ward_err ward_actions_care(
	struct find *f, uint32_t node, uint32_t threat, bool *ret);
/* May it touch what belongs to care by its own harm, or by its outage where it is isolated? */
WARD_MUST_CHECK enum ward_err ward_actions_cares(
	struct find *f, const struct ward_actions_item *it, bool *ret);
/* Beside what f->hung is of it changes nothing, so no forecast is needed. */
static inline bool ward_actions_still(const struct find *f, const struct ward_actions_item *it)
{
	return it->takes && !f->hung.on[it->node] && !f->ask->each;
}
/* Items by what they do to a thing like which. */
struct alike {
	struct ward_tab tab;
};
void ward_actions_alike_init(const struct find *f, struct alike *a);
void ward_actions_alike_fini(struct alike *a);
/* What was put of an item that does the same to a thing that is like this one, so has the same
 * effect; or WARD_NONE. */
uint32_t ward_actions_alike_find(
	const struct find *f, const struct alike *a, const struct ward_actions_item *it);
WARD_MUST_CHECK enum ward_err ward_actions_alike_put(
	const struct find *f, struct alike *a, const struct ward_actions_item *it, uint32_t as);

/* effect.c: the i-th protection that it gives, and the buffer. False: the thing has one as strong,
 * which stays; `course`: what the evaluation under way has put counts too. */
bool ward_actions_protection(const struct find *f, const struct ward_action *x, uint32_t node,
	size_t i, bool course, struct ward_change *ret);
struct ward_change ward_actions_buffer(
	const struct find *f, const struct ward_action *x, uint32_t node);
/* What is lost when these items are begun now, each with its effect when it has taken its
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
