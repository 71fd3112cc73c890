/* What the parts of the check share. Inside this room. */
#ifndef WARD_RESPOND_PLAYBOOK_CHECK_H
#define WARD_RESPOND_PLAYBOOK_CHECK_H

#include "respond/playbook/form.h"

enum { WARD_PLAYBOOK_WORDS = WARD_PLAYBOOK_STEPS_MAX / 64, WARD_PLAYBOOK_DEPTH_MAX = 4 };

/* A set of steps. */
struct ward_playbook_set {
	uint64_t w[WARD_PLAYBOOK_WORDS];
};
static inline bool ward_playbook_has(const struct ward_playbook_set *s, uint32_t i)
{
	return s->w[i / 64] >> (i % 64) & 1;
}

struct ward_playbook_check {
	struct ward_playbook *p;
	const struct ward_playbook_world *world;
	struct ward_playbook_at at;
	struct ward_playbook_set *reach; /* [n_step]: each step with all that can follow it */
	bool bad, nomem;
};

/* Sets where findings are: at this step. */
void ward_playbook_check_at(struct ward_playbook_check *c, const struct ward_playbook_step *s);
void ward_playbook_check_bad(struct ward_playbook_check *c, const struct ward_conf *at,
	const char *key, const char *what, struct ward_str quoted, const char *mend);
void ward_playbook_check_warn(struct ward_playbook_check *c, const struct ward_conf *at,
	const char *key, const char *what, struct ward_str quoted, const char *mend);

/* The i-th way out of a step: what follows it first, then its branches; false behind the last.
 * *ret_inner: it is a branch, after which the step goes on. */
bool ward_playbook_way(
	const struct ward_playbook_step *s, size_t i, uint32_t *ret_step, bool *ret_inner);
/* Every text in a value, keys left out. */
void ward_playbook_texts(const struct ward_conf *c,
	void (*each)(void *ctx, const struct ward_conf *text), void *ctx);

/* The variable of that name as step `at` sees it; NULL. */
const struct ward_playbook_var *ward_playbook_seen(
	const struct ward_playbook_check *c, uint32_t at, struct ward_str name);

void ward_playbook_check_flow(struct ward_playbook_check *c);
void ward_playbook_check_vars(struct ward_playbook_check *c);
/* What a step hands to the playbook that it does. */
void ward_playbook_check_pass(struct ward_playbook_check *c, const struct ward_playbook_step *s);
void ward_playbook_check_world(struct ward_playbook_check *c);
/* What a step that acts would act on. */
void ward_playbook_check_acts(struct ward_playbook_check *c, const struct ward_playbook_step *s,
	const struct ward_playbook_command *x);

#endif
