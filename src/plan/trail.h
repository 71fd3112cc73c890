/* The way that an incident took, in the order of time: through rooms and doors, and through which
 * networks, one lane each; the same numbers as on the floor's plan.
 *
 * A step is what has a sign first; later signs on it make it graver, not another step. A host that
 * the model does not know is a step of its network. Pure: the same signs give the same trail.
 * Lengths are pixels of a screen. */
#ifndef WARD_PLAN_TRAIL_H
#define WARD_PLAN_TRAIL_H

#include "base/limit.h"
#include "model/model.h"

enum {
	WARD_TRAIL_STEPS = 32, /* further ones are counted and left out */
	WARD_TRAIL_WIDE = 168, /* of a step */
	WARD_TRAIL_HIGH = 58,
};

struct ward_lang;

struct ward_trail_sign {
	uint32_t node;                  /* of the model, or WARD_NONE */
	struct ward_str address, title; /* address: of the host that it tells of; or empty */
	unsigned level;
	ward_ns at;
	bool joins; /* made of other signs: of the same time, these come first */
};
struct ward_trail_step {
	uint32_t node;           /* WARD_NONE: known by its address alone */
	struct ward_str address; /* of a host that the model does not know; else empty */
	struct ward_str title;   /* of its first sign, in English */
	uint32_t network;        /* WARD_NONE: it lies among rooms and doors */
	unsigned level;
	ward_ns at;
	bool joins;     /* that first sign is made of others */
	uint32_t *also; /* further nodes with the same sign next: "and 3 more" */
	size_t n_also;
	uint32_t lane;
	int32_t x, y;
};
struct ward_trail_lane {
	uint32_t network; /* WARD_NONE: rooms and doors */
	size_t n_other;   /* things on the network of which the trail tells nothing */
	int32_t y, high;
};
struct ward_trail {
	int32_t width, height;
	struct ward_trail_lane *lane; /* rooms and doors first, then networks as the way went */
	size_t n_lane;
	struct ward_trail_step *step; /* the earliest first */
	size_t n_step;
	size_t n_left; /* nodes for which there was no room */
};

/* All that it makes is in the arena; borrows texts and model. Signs that name nothing give nothing.
 * NOMEM. O(n log n + n · steps). */
WARD_MUST_CHECK enum ward_err ward_trail_make(const struct ward_trail_sign *sign, size_t n,
	const struct ward_model *m, struct ward_arena *a, struct ward_trail *ret);
/* One object (docs/plans.md), titles in that language (NULL: English). */
void ward_trail_write_json(const struct ward_trail *t, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w);

#endif
