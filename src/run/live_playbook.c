/* Runs of playbooks: one process, which is told by `desk` what people decide and keeps what happens
 * in the store. */
#include "run/live_lead.h"

#include "exercise/policy.h"

#include <stdio.h>

/* RECIPIENT:ROLE:NANOSECONDS of each recipient of which a role that a policy plays begins what it
 * is told of: the quickest. */
static enum ward_err set_begins(struct live *l, const struct ward_recipient *r)
{
	const struct ward_policy_role *p = ward_policy_begins(l->o->policy, r->role, r->n_role);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIVE_PATH);

	if (!p)
		return WARD_OK;
	ward_wr_str(&w, r->id);
	ward_wr_ch(&w, ':');
	ward_wr_str(&w, ward_model_node(l->m, p->role)->id);
	ward_wr_printf(&w, ":%lld", (long long)p->begins);
	enum ward_err err = ward_wr_bad(&w)
				    ? live_because(l, WARD_ERR_LIMIT, "a recipient's roles")
				    : live_set_text(l, P_PLAYBOOK, "begins", ward_wr_text(&w));

	ward_wr_fini(&w);
	return err;
}

/* When this Ward began: messages before that are of another play. */
static enum ward_err set_since(struct live *l, size_t number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)ward_clock_now(l->o->clock));
	return ward_supervisor_set(l->s, number, "since", text);
}

/* ROLE:NANOSECONDS:PERCENT of each role that a policy plays; never but in a played scenario. */
static enum ward_err set_policy(struct live *l, size_t number)
{
	const struct ward_policy *p = l->o->scenario ? l->o->policy : NULL;
	enum ward_err err = p ? live_share_time(l, number) : WARD_OK;

	if (!err && p)
		err = set_since(l, number);
	for (size_t k = 0; !err && p && k < l->n_send; k++)
		err = set_begins(l, l->send[k].to);
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
