/* Inside the room: all rules compiled into one plan.
 *
 * A *group* is what is asked of an event together: the root asks which routes take it, each route
 * has a group of its rules. A group has a *unit* per field, with everything that its members look
 * for in that field: one pass over a value finds the *atoms* that are true of it. An atom is one
 * value of a rule, or a list of values joined by OR, for all members that have the same. Members
 * are tried only when an atom is true of which they need at least one; then their selections are
 * looked up among the atoms. What no text alone decides (null, exists), and what is dear to find
 * (expressions, networks) where a member needs something else, too, is evaluated as match.c
 * does, when a condition asks for it. Read-only once made; reference.c is the definition that it
 * must agree with. */
#ifndef WARD_DETECT_PLAN_H
#define WARD_DETECT_PLAN_H

#include "detect/literals.h"
#include "detect/rule.h"

/* A value that must be evaluated itself when its literal is there, or on any text. */
struct ward_check {
	const struct ward_test *test;
	uint32_t first, n; /* its atoms in use[] */
};

#define WARD_USE_CHECK ((uint32_t)1 << 31)

struct ward_unit {
	uint32_t id;
	uint32_t *slot; /* the first that the event has is looked at; none: every field is */
	size_t n_slot;
	const struct ward_literals *set;
	/* Of keywords: what stands in the JSON of an event, as it is written, if one of them stands
	 * in a text of it that JSON has no other way to write. NULL: can't be said. */
	const struct ward_literals *json;
	uint32_t *first;            /* of a literal in use[]; n_literal + 1 */
	size_t n_literal, shortest; /* bytes of the shortest literal; 0 when other things are looked
					at, too */
	uint32_t *use;              /* atoms, or checks with WARD_USE_CHECK */
	struct ward_check *check;
	uint32_t *always; /* checks without a literal */
	uint32_t *any;    /* atoms that are true of every text */
	size_t n_check, n_always, n_any;
	bool whole;       /* nothing but whole values: as cheap as remembering them */
	uint64_t lengths; /* of these: a bit for each length modulo 64; all when others count, too
			   */
	bool text_only;   /* nothing that a number or a boolean could hold */
};

/* A rule in a route, or a route in the root. */
struct ward_plan_member {
	uint32_t rule, map;  /* or the route */
	uint32_t *selection; /* offsets in code */
};

struct ward_plan_group {
	struct ward_unit *unit;
	size_t n_unit;
	uint32_t *always; /* members that need no atom */
	size_t n_always;
};

enum ward_code_kind { WARD_CODE_ATOM, WARD_CODE_ALL, WARD_CODE_OTHER };
enum { WARD_CODE_KIND_SHIFT = 30, WARD_CODE_INDEX = (1 << 30) - 1 };

struct ward_plan {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_plan_group root;
	bool routes_by_atoms; /* which routes take an event: its class and the root's atoms say */
	struct ward_plan_group *group;   /* by route */
	struct ward_plan_member *member; /* in the order in which they are tried */
	size_t n_member;
	uint32_t n_atom, n_unit;
	uint32_t *first, *need; /* by atom: the members that need it or another; n_atom + 1 */
	/* A selection: how many maps; of each, how many items; each item: its kind and an atom, an
	 * offset in code (how many atoms, the atoms, all of them), or an index in other. */
	uint32_t *code;
	const struct ward_item **other;
	size_t literal_max, check_max; /* the most in one unit */
};

/* Everything is loaded and bound. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_plan_new(
	const struct ward_ruleset *rs, const struct ward_mem *mem, struct ward_plan **ret);
void ward_plan_free(struct ward_plan *p);

#endif
