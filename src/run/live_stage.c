/* What stands in the networks of a played scenario: servers and tools of others. */
#include "run/live_lead.h"

#include <stdio.h>

bool live_has_stage(const struct live *l)
{
	const struct ward_scenario *c = l->o->played;
	bool tools = false;

	for (size_t i = 0; c && i < c->lead.n_step; i++)
		tools |= c->step[i].act == WARD_ACT_TOOL;
	return tools || (c && c->n_stand);
}

enum ward_err live_set_stage(struct live *l)
{
	size_t number = l->number[P_STAGE];
	enum ward_err err = ward_supervisor_link(l->s, l->number[P_PLAY], number);

	if (!err)
		err = ward_supervisor_set(l->s, number, "hospital", l->o->dir);
	if (!err)
		err = ward_supervisor_set(l->s, number, "content", l->o->content);
	if (!err)
		err = ward_supervisor_set(l->s, number, "scenario", l->o->scenario);
	if (!err)
		err = live_hand_memory(l, number, "kept", 0);
	if (!err)
		err = live_share_gone(l, number);
	if (!err)
		err = live_share_gone(l, l->number[P_PLAY]);
	if (!err)
		err = live_set_wires(l, number);
	if (!err && l->n_uid > LIVE_UID_TOOLS) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%u", (unsigned)LIVE_UID_TOOLS);
		err = ward_supervisor_set(l->s, number, "tools", text);
	}
	return err || !l->o->captures
		       ? err
		       : ward_supervisor_set(l->s, number, "captures", l->o->captures);
}
