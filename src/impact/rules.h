/* The compiled propagation rules, as the engine sees them. Internal to this room.
 *
 * Rules are sorted by id, so that their index is the same whatever the order of files; the
 * built-in rule for `requires` comes last. */
#ifndef WARD_IMPACT_RULES_H
#define WARD_IMPACT_RULES_H

#include "impact/impact.h"

struct ward_rule {
	struct ward_str id, why, file;
	uint32_t line;
	uint32_t *when; /* threats */
	size_t n_when;
	const bool *from;       /* classes of the source, by index; NULL: any */
	enum ward_rel_type rel; /* WARD_REL_N: self */
	bool in;                /* against the relation's direction */
	bool supply;
	uint32_t keep;  /* supply: how many live suppliers the target needs */
	const bool *to; /* classes of the target, by index; NULL: any */
	uint32_t gives; /* threat */
	int64_t lo, hi; /* millionths */
	ward_ns earliest, expected;
	struct ward_str buffer; /* kind on the target that postpones; empty: none */
	bool only_buffered;     /* not where the target has none: nobody said how long it lasts */
	bool buffer_instead;    /* where the target has one, that says the delay */
	bool act;               /* somebody must do it: it does not come by itself */
	bool unless_required;   /* not where the target requires the source: how many, it says */
	bool common;            /* from one source it comes to all or to none */
	bool destroys;          /* what it comes to is not back with its cause: it is repaired */
};

/* Threats that lead nowhere from things of these classes, and why. */
struct ward_rule_end {
	uint32_t *threat;
	size_t n_threat;
	const bool *of; /* classes, by index; NULL: any */
	struct ward_str why;
};

struct ward_rules {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_rule *rule; /* n, the built-in one at n - 1 */
	size_t n, cap;
	struct ward_rule_end *end;
	size_t n_end, cap_end;
	uint32_t outage; /* threat "outage", or WARD_NONE */
	size_t n_class;
	uint32_t *cell; /* [threat * n_class + class]: start in cell_rule; one more at the end */
	uint32_t *cell_rule;
	uint8_t hash[32];
};

/* The index of the built-in rule. */
static inline uint32_t ward_rules_builtin(const struct ward_rules *r)
{
	return (uint32_t)r->n - 1;
}

/* Fills cell and cell_rule by counting; inheritance is resolved here, once. The built-in rule is
 * not in them. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_rules_index(
	struct ward_rules *r, const struct ward_ontology *o, uint32_t n_threat);

/* Rules that apply to a threat on a thing of that class. O(1). */
static inline const uint32_t *ward_rules_of(
	const struct ward_rules *r, uint32_t threat, uint32_t class, size_t *ret_n)
{
	size_t at = (size_t)threat * r->n_class + class;

	*ret_n = r->cell[at + 1] - r->cell[at];
	return r->cell_rule + r->cell[at];
}

/* The relations of one type among those that are sorted by (type, node). O(log n). */
struct ward_rel_span {
	const struct ward_rel *rel;
	size_t n;
};
struct ward_rel_span ward_rules_span(const struct ward_rel *rel, size_t n, enum ward_rel_type type);

#endif
