/* Runs of playbooks: one process, which is told by `desk` what people decide and keeps what happens
 * in the store. */
#include "run/live_priv.h"

enum ward_err live_set_playbook(struct live *l)
{
	size_t number = l->number[P_PLAYBOOK];
	enum ward_err err = ward_supervisor_link(l->s, number, l->number[P_STORE]);

	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_DESK]);
	if (!err && l->used[P_ACT])
		err = ward_supervisor_link(l->s, number, l->number[P_ACT]);
	if (!err)
		err = ward_supervisor_set(l->s, number, "hospital", l->o->dir);
	return err ? err : ward_supervisor_set(l->s, number, "content", l->o->content);
}
