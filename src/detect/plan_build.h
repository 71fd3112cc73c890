/* Private to plan*.c: what making a plan needs and throws away. */
#ifndef WARD_DETECT_PLAN_BUILD_H
#define WARD_DETECT_PLAN_BUILD_H

#include "detect/plan.h"

/* A growing array. */
struct ward_plan_list {
	void *item;
	size_t n, cap, size;
};

/* One value of a rule, as it is looked for in one unit. */
struct ward_plan_value {
	uint32_t unit; /* index in the group */
	uint32_t atom; /* of this value alone, or WARD_NONE */
	const struct ward_test *test;
	uint32_t n_item; /* that have it */
};

/* One item: its values are ids[first] to ids[first + n - 1]. */
struct ward_plan_item {
	uint32_t word; /* of the code */
	uint32_t first, n;
	bool all;
};

struct ward_plan_pair {
	uint32_t a, b;
};

struct ward_plan_unit {
	uint32_t field, map; /* slot, or WARD_NONE; map: index + 1 of those that name the slot */
};

struct ward_plan_build {
	struct ward_plan *p;
	const struct ward_ruleset *rs;
	struct ward_arena tmp; /* reset for each member */
	struct ward_plan_list member, code, other;
	struct ward_plan_list need; /* pairs: atom, member */
	bool *routing;              /* by slot: routes are told apart by it */
	bool root;                  /* routes are being read, not rules */
	/* of one group */
	struct ward_intern value_keys, item_keys;
	struct ward_plan_list unit, value, item, ids;
	struct ward_plan_list use; /* pairs: value, atom */
	struct ward_plan_list seq; /* ids of the items of all members in order; WARD_NONE: other */
	struct ward_plan_list always; /* members */
	bool lazy;                    /* the member at hand needs something that is cheap to find */
};

/* One more item, zeroed; NULL: no memory. */
void *ward_plan_add(struct ward_plan_build *b, struct ward_plan_list *l);
WARD_MUST_CHECK enum ward_err ward_plan_add_u32(
	struct ward_plan_build *b, struct ward_plan_list *l, uint32_t v);

/* plan_item.c: the code word of an item under a field map; its id goes to seq. */
WARD_MUST_CHECK enum ward_err ward_plan_item(
	struct ward_plan_build *b, const struct ward_item *item, uint32_t map, uint32_t *ret);
/* Is it more than a search for literals? Then it may be left until a condition asks for it. */
bool ward_plan_dear(const struct ward_item *item);
/* What it costs to rely on an item, and the atom to rely on; WARD_COND_NEVER: it can't be. */
uint32_t ward_plan_item_cost(const struct ward_plan_build *b, uint32_t item, uint32_t *ret_atom);

/* plan_unit.c: the units of the finished group. */
WARD_MUST_CHECK enum ward_err ward_plan_units(struct ward_plan_build *b, struct ward_plan_group *g);

#endif
