/* Conditions of CACAO: the comparisons of STIX 2.1 patterns over a playbook's variables.
 *
 * `__state__:value = 'open' AND NOT __count__:value > 3`. Comparisons: = == != <> < <= > >= IN
 * LIKE, each also behind NOT; joined by AND, OR, NOT and parentheses, with one pair of brackets
 * around all if wanted. MATCHES, ISSUBSET, ISSUPERSET, EXISTS, FOLLOWEDBY and qualifiers are
 * refused. Pure. */
#ifndef WARD_RESPOND_PLAYBOOK_COND_H
#define WARD_RESPOND_PLAYBOOK_COND_H

#include "base/mem.h"

enum { WARD_PLAYBOOK_COND_MAX = 128 }; /* comparisons, values and operators of one condition */

struct ward_playbook_cond;

enum ward_playbook_truth {
	WARD_PLAYBOOK_TRUTH_NO,
	WARD_PLAYBOOK_TRUTH_YES,
	WARD_PLAYBOOK_TRUTH_UNKNOWN
};

/* In the arena, borrowing text. UNSUPPORTED or MALFORMED with *ret_why (lives forever) and the byte
 * *ret_off; LIMIT likewise; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_playbook_cond_read(struct ward_arena *a, struct ward_str text,
	const char **ret_why, size_t *ret_off, struct ward_playbook_cond **ret);
/* Variable i that it asks for, some more than once; false behind the last. */
bool ward_playbook_cond_var(
	const struct ward_playbook_cond *c, size_t i, struct ward_str *ret_name);
/* False when the variable has no value. */
typedef bool (*ward_playbook_value_fn)(void *ctx, struct ward_str name, struct ward_str *ret);
/* Numbers are compared as numbers where both sides are decimal numbers, else as text by bytes. What
 * depends on a variable without a value is UNKNOWN. */
enum ward_playbook_truth ward_playbook_cond_holds(
	const struct ward_playbook_cond *c, ward_playbook_value_fn value, void *ctx);

#endif
