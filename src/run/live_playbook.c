/* Runs of playbooks: one process, which is told by `desk` what people decide and keeps what happens
 * in the store. */
#include "run/live_lead.h"

#include "exercise/policy.h"

/* ROLE:NANOSECONDS:PERCENT of each role that a policy plays; never but in a played scenario. */
static enum ward_err set_policy(struct live *l, size_t number)
{
	const struct ward_policy *p = l->o->scenario ? l->o->policy : NULL;
	enum ward_err err = p ? live_share_time(l, number) : WARD_OK;

	for (size_t i = 0; !err && p && i < p->n; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIVE_PATH);

		if (p->role[i].answers == WARD_NS_NEVER)
			continue;
		ward_wr_str(&w, ward_model_node(l->m, p->role[i].role)->id);
		ward_wr_printf(&w, ":%lld:%u", (long long)p->role[i].answers, p->role[i].agrees);
		err = ward_wr_bad(&w) ? live_because(l, WARD_ERR_LIMIT, "a role's policy")
				      : live_set_text(l, P_PLAYBOOK, "policy", ward_wr_text(&w));
		ward_wr_fini(&w);
	}
	return err;
}

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
	if (!err)
		err = set_policy(l, number);
	return err ? err : ward_supervisor_set(l->s, number, "content", l->o->content);
}
