/* Inside the room: rules by id and by name, while they are loaded and after. */
#ifndef WARD_DETECT_REFS_H
#define WARD_DETECT_REFS_H

#include "base/hash.h"

struct ward_rule;
struct ward_ruleset;

/* An id (case of ASCII letters does not count) or a name that some rule has. */
struct ward_ref {
	struct ward_str text;
	bool is_id;
	uint64_t hash;
	uint32_t first, rule; /* the first with it; the first that is no filter, or WARD_NONE */
};

struct ward_refs {
	struct ward_seed seed;
	struct ward_ref *ref;
	size_t n, cap;
	uint32_t *slot; /* n_slot, power of two; place in ref + 1, 0 is empty */
	size_t n_slot;
};

/* The rule that was just loaded as the at-th. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_refs_add(
	struct ward_ruleset *rs, const struct ward_rule *r, uint32_t at);
/* NULL when no rule has it. O(length). */
const struct ward_ref *ward_refs_find(
	const struct ward_ruleset *rs, struct ward_str text, bool is_id);
void ward_refs_fini(struct ward_ruleset *rs);

#endif
