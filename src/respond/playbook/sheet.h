/* A playbook as a sheet for people: who does what, in which order, with branches and time limits.
 *
 * In a language, its own texts too where that language has them; numbers of steps are the same in
 * all. Pure. */
#ifndef WARD_RESPOND_PLAYBOOK_SHEET_H
#define WARD_RESPOND_PLAYBOOK_SHEET_H

#include "respond/playbook/playbook.h"
#include "words/words.h"

struct ward_playbook_line {
	unsigned depth;  /* of branches: 0 is outside of all */
	uint32_t number; /* of the step that begins here; 0: the line goes on, or heads a branch */
	struct ward_str text; /* dies with the call */
};
struct ward_playbook_sheet {
	struct ward_lang *lang;     /* NULL: English */
	const struct ward_model *m; /* gives roles their names; NULL: as the playbook calls them */
	const struct ward_playbooks *others; /* gives nested playbooks their names; or NULL */
	void (*line)(void *ctx, const struct ward_playbook_line *line);
	void *ctx;
};

/* The playbook must be sound. NOMEM. O(steps²). */
WARD_MUST_CHECK enum ward_err ward_playbook_tell(
	const struct ward_playbook *p, const struct ward_playbook_sheet *sheet);
/* Every text of a playbook that people are shown, and which a language should have: its name and
 * description, names of roles and steps, manual commands, what is asked. */
void ward_playbook_words(
	const struct ward_playbook *p, void (*each)(void *ctx, struct ward_str english), void *ctx);
/* A text of the playbook with its variables filled in. value gives false where there is none. */
void ward_playbook_fill(struct ward_wr *w, struct ward_lang *l, struct ward_str english,
	ward_playbook_value_fn value, void *ctx);

#endif
