/* Where somebody may decide: the places of people.yml to which a person is bound, as decisions
 * carry them (desk/decision.h), for whoever acts on a decision and trusts nobody who handed it on.
 */
#ifndef WARD_DESK_BOUND_H
#define WARD_DESK_BOUND_H

#include "desk/people.h"

struct ward_bound {
	const struct ward_model *m;
	bool anywhere; /* bound to no place */
	uint32_t place[WARD_PERSON_PLACES];
	size_t n;
};

/* Ids with blanks between; of none the person is bound to no place. One that the hospital has not
 * any more binds, too. Borrows m. */
void ward_bound_of(const struct ward_model *m, struct ward_str places, struct ward_bound *ret);
/* Is the node at one of the places? */
bool ward_bound_has(const struct ward_bound *b, uint32_t node);
/* … or at no place at all, as a network is: of that everybody may decide who has the right. */
bool ward_bound_may(const struct ward_bound *b, uint32_t node);

#endif
