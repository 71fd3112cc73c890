/* What the processes `playbook` and `api` know of the hospital, read before its cage: the playbooks
 * that there are, checked, and copies of those that runs began with. */
#ifndef WARD_RUN_PROC_PLAYBOOK_KNOW_H
#define WARD_RUN_PROC_PLAYBOOK_KNOW_H

#include "respond/playbook/folder.h"
#include "run/process.h"

struct playbook_known {
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_playbook_never *never;
	struct ward_playbook_list list;
	size_t n_now; /* the first n_now of them are not copies */
	struct ward_playbooks all;
};

/* dir: the process's folder, where a copy of each playbook that there is stays under its SHA-256,
 * since a run goes on with the playbook that it began with; NULL: no copies. Ends the process when
 * memory is short or the hospital can't be read; a playbook that can't be read is logged and left.
 */
void playbook_know(struct ward_process *p, const char *dir, struct playbook_known *k);
void playbook_forget(struct playbook_known *k);

#endif
