/* Playbooks of a folder. Faces files of administrators, or of whoever could change them. */
#ifndef WARD_RESPOND_PLAYBOOK_FOLDER_H
#define WARD_RESPOND_PLAYBOOK_FOLDER_H

#include "respond/playbook/check.h"

enum { WARD_PLAYBOOK_LIST_MAX = 4096 };

struct ward_playbook_list {
	struct ward_playbook **item;
	size_t n, cap;
};

/* Adds those of DIR/SUB, by the names of their files, each content once. One that can't be read is
 * a finding, and is left; a folder that is not there holds none. LIMIT: there are too many; NOMEM.
 * Free with ward_playbook_list_fini in any case. */
WARD_MUST_CHECK enum ward_err ward_playbook_list_add(struct ward_playbook_list *l, const char *dir,
	const char *sub, const struct ward_limits *lim, struct ward_diag *diag);
void ward_playbook_list_fini(struct ward_playbook_list *l);

/* "bms-takeover" of ".../playbooks/bms-takeover.json": what a person calls it by. */
struct ward_str ward_playbook_word(const struct ward_playbook *p);

#endif
