/* Roles that nobody plays in an exercise approve and refuse what is proposed, as its policy says.
 */
#include "respond/act/priv.h"

_Static_assert(WARD_ACT_POLICY_ROLES <= 64, "a bit for each");

/* When that role says something of it, as gone time. */
static ward_ns due(const struct ward_act_policy_role *r, const struct action *x)
{
	ward_ns at;

	return ward_add(x->seen, r->refuses < r->approves ? r->refuses : r->approves, &at)
		       ? at
		       : WARD_NS_NEVER;
}

/* The first of those that are left who has something to say by now; of two at once the one who
 * refuses. n_policy: nobody. */
static size_t first(const struct ward_act *a, const struct action *x, uint64_t said, ward_ns gone)
{
	size_t best = a->o.n_policy;

	for (size_t i = 0; i < a->o.n_policy; i++) {
		const struct ward_act_policy_role *r = &a->o.policy[i],
						  *b = best < a->o.n_policy ? &a->o.policy[best]
									    : NULL;
		ward_ns at = due(r, x);

		if ((said >> i & 1) || at == WARD_NS_NEVER || at > gone)
			continue;
		if (!b || at < due(b, x) ||
			(at == due(b, x) && r->refuses < r->approves && b->approves < b->refuses))
			best = i;
	}
	return best;
}

/* What that role may not, or not now, is left: others may, or it may later. */
static bool says(
	struct ward_act *a, const struct action *x, size_t i, ward_ns now, struct ward_act_row *ret)
{
	const struct ward_act_policy_role *r = &a->o.policy[i];
	struct ward_decision d = {.kind = WARD_DECISION_APPROVE,
		.at = now,
		.person = WARD_STR(WARD_DECISION_POLICY),
		.role = ward_model_node(a->o.m, r->role)->id,
		.text = ward_str_z(WARD_TEXT("by policy"))};
	struct ward_decided said;
	struct ward_idgen g;

	if (r->refuses < r->approves)
		d.kind = WARD_DECISION_REFUSE;
	else if (x->state == WARD_ACT_ASKED)
		d.kind = WARD_DECISION_NO_PATIENT;
	ward_idgen_init(&g, "ward act policy");
	ward_idgen_id(&g, x->id);
	ward_idgen_u64(&g, x->revision);
	ward_idgen_str(&g, d.role);
	d.id = ward_idgen_final(&g);
	return act_decide_as(a, x, &d, a->o.n_person + i, ret, &said);
}

bool ward_act_policy(struct ward_act *a, ward_ns gone, ward_ns now, struct ward_act_row *ret)
{
	for (size_t k = 0; a->o.n_policy && k < a->n; k++) {
		struct action *x = &a->action[k];
		uint64_t said = 0;
		size_t i;

		if (x->state >= WARD_ACT_READY)
			continue;
		if (x->seen == WARD_NS_NEVER)
			x->seen = gone;
		while ((i = first(a, x, said, gone)) < a->o.n_policy) {
			said |= (uint64_t)1 << i;
			if (says(a, x, i, now, ret))
				return true;
		}
	}
	return false;
}
