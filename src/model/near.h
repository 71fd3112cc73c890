/* The nearest spelling: what a person most likely meant by a word that is not there.
 *
 * For rooms that read what people write. Work is bounded by a budget that the caller keeps over one
 * load. */
#ifndef WARD_MODEL_NEAR_H
#define WARD_MODEL_NEAR_H

#include "conf/conf.h"

struct ward_near {
	struct ward_str want;
	struct ward_str best; /* empty: nothing near enough */
	size_t best_cost;
	size_t *budget; /* comparisons left; shared by all searches of one load */
};

/* Borrows both. */
struct ward_near ward_near_start(struct ward_str want, size_t *budget);
/* Offers one candidate; the first of equally near ones wins. O(len²), len <= 64. */
void ward_near_offer(struct ward_near *n, struct ward_str candidate);
/* An error where `at` stands: the content has no such `what` ("threat"); with the best, if any. */
void ward_near_unknown(const struct ward_near *n, const struct ward_conf *at, const char *what,
	struct ward_diag *diag);
/* Edits (insert, delete, replace, swap of neighbours) from a to b, or SIZE_MAX when one of them is
 * longer than 64 bytes. Letter case does not count. */
size_t ward_near_distance(struct ward_str a, struct ward_str b);

#endif
