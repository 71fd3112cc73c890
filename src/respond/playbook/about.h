/* What a playbook is to be about: an incident, read out of its row of the store.
 *
 * The row is not trusted: what can't be read of it is left out. Texts live in the arena. */
#ifndef WARD_RESPOND_PLAYBOOK_ABOUT_H
#define WARD_RESPOND_PLAYBOOK_ABOUT_H

#include "respond/playbook/run.h"

enum {
	WARD_ABOUT_THREATS = 256, /* of one incident; the rest is not looked at */
	WARD_ABOUT_VALUES = 2,
};

struct ward_about_threat {
	struct ward_str asset, threat; /* id of the hospital's; code of content/threats.yml */
	int64_t hi_micro;              /* how likely, at most */
};

struct ward_about {
	struct ward_str state; /* "suspected", "closed" … */
	struct ward_about_threat *threat;
	size_t n_threat;
};

/* MALFORMED: it is no incident. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_about_read(struct ward_arena *arena,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_str json,
	struct ward_about *ret);

/* It was recovered, closed or dismissed. */
bool ward_about_is_over(const struct ward_about *a);

/* How well a playbook of these threats answers this; 0: it answers none. A rank, to be compared
 * with others' alone: first the likelihood of the surest threat that it answers; of equals the one
 * that answers more threats as sure as that, then the one that names such a threat earlier, as what
 * it is for. "a+b" is answered where the incident has both, is as sure as the less sure one, and
 * counts as two. O(threats of both). */
int64_t ward_about_answered(
	const struct ward_about *a, const struct ward_str *threat, size_t n_threat);

/* What `__place__` and `__asset__` are: the names of where the surest threat is that the playbook
 * answers and that is at a place, or on an asset; else of any threat. Only what the playbook
 * declares as external, and what is known. Gives how many. */
size_t ward_about_values(const struct ward_about *a, const struct ward_playbook *p,
	const struct ward_model *m, struct ward_run_value ret[WARD_ABOUT_VALUES]);

#endif
