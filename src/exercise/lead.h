/* What a trainer brings into a play, and how decisions bend the story (docs/scenarios.md): injects,
 * which are prepared and happen when somebody says so, and branches, which the story takes when
 * something was decided in time.
 *
 * The story itself, as it is recorded and scored, is what happens when nobody decides anything and
 * nothing is brought in. Lives in the scenario's arena. */
#ifndef WARD_EXERCISE_LEAD_H
#define WARD_EXERCISE_LEAD_H

#include "base/slice.h"

/* X(NAME, "name"): what a decision was, by the key under which a branch asks for it */
#define WARD_LEAD_DECIDED_LIST(X)                                                              \
	X(CONTAINED, "contained")       /* on an asset, door or network: it spreads no more */ \
	X(ACKNOWLEDGED, "acknowledged") /* by a role: it has a message */                      \
	X(PLAYBOOK, "playbook")         /* of that id: a run of it was begun */                \
	X(DECIDED, "decided")           /* a word of the scenario: people did so in the room */

enum ward_lead_decided {
#define X(NAME, name) WARD_LEAD_##NAME,
	WARD_LEAD_DECIDED_LIST(X)
#undef X
		WARD_LEAD_N,
};
/* "contained". Lives forever. */
const char *ward_lead_decided_name(enum ward_lead_decided d);
/* WARD_LEAD_N: there is none of this name. */
enum ward_lead_decided ward_lead_decided_parse(struct ward_str s);

struct ward_expect;

enum { WARD_LEAD_INJECTS = 64, WARD_LEAD_BRANCHES = 32, WARD_LEAD_TEXTS = 16 };

/* Steps of an inject or branch: they lie behind those of the story in the scenario's `step`; their
 * `at` is after the inject or branch. */
struct ward_lead_steps {
	size_t first, n;
};

/* What somebody in that role hears, sees or is handed: on their screens, or by the trainer's mouth.
 */
struct ward_lead_text {
	uint32_t role; /* node */
	struct ward_str text;
};
struct ward_inject {
	struct ward_str id, title;
	struct ward_lead_text *text;
	size_t n_text;
	struct ward_lead_steps steps;
	struct ward_expect
		*expect; /* what then must come of a story without an incident; or NULL */
	uint32_t line;
};

/* If that was decided before the step `before` of the story, which no other branch left out, it
 * goes on otherwise: without some of its steps, and with steps of its own from then on. */
struct ward_branch {
	struct ward_str id, note;
	enum ward_lead_decided decided;
	struct ward_str of; /* id of an asset, role, playbook; a word */
	size_t before;      /* index of a step of the story */
	size_t *without;    /* the same */
	size_t n_without;
	struct ward_lead_steps steps;
	uint32_t line;
};

struct ward_lead {
	struct ward_inject *inject;
	size_t n_inject;
	struct ward_branch *branch;
	size_t n_branch;
	size_t n_step; /* of the story and of all of these */
};

#endif
