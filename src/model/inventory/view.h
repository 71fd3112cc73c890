/* Private to this room: the steps of ward_inventory_view. */
#ifndef WARD_MODEL_INVENTORY_VIEW_H
#define WARD_MODEL_INVENTORY_VIEW_H

#include "model/inventory/priv.h"

/* Whose claims make a candidate's facts. */
struct ward_facts_of {
	const struct ward_inv_rules *rules;
	const struct ward_oui *oui; /* or NULL */
	const struct ward_endpoint **member;
	size_t n;
};

/* Fills c->fact. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_inv_facts(
	const struct ward_facts_of *of, struct ward_arena *a, struct ward_candidate *c);
/* Fills status, odd and node of all. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_inv_match(const struct ward_inv_rules *rules,
	const struct ward_model *m, struct ward_arena *a, struct ward_candidate *c, size_t n);

/* Is the surest class, of a device, neither the stated one nor above or below it? */
bool ward_inv_class_differs(const struct ward_inv_rules *r, const struct ward_model *m,
	const struct ward_candidate *c, uint32_t node);

/* Is the surest value another than the stated one, and sure enough to say so? */
bool ward_inv_value_differs(
	const struct ward_candidate *c, enum ward_attr attr, struct ward_str stated);

#endif
