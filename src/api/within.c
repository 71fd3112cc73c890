/* Whether what somebody decides about is theirs by place. */
#include "api/take.h"
#include "desk/args.h"

enum { HIGH = 3 }; /* of api_level_name */

static bool within(struct ward_api *a, const struct api_scope *s, struct ward_str subject)
{
	struct take_group g = {.n = 0};
	const struct api_action *action = NULL;
	struct ward_id id;

	if (!ward_id_parse(subject, &id))
		return true;
	take_about(a, &g, subject);
	for (size_t i = 0; i < g.n; i++) {
		const struct api_incident *in = api_incident(a, g.id[i]);

		if (in && api_scope_sees(s, in))
			return true;
	}
	if (!g.n)
		action = take_find(&a->by_action, id);
	return !g.n && (!action || action->thing == WARD_NONE || api_scope_has(s, action->thing));
}

bool ward_api_within(
	struct ward_api *a, const struct ward_api_who *who, const struct ward_decision *d)
{
	struct api_scope scope;

	api_scope_of(a->o.model, who, &scope);
	if (scope.everywhere)
		return true;
	ward_arena_reset(&a->scratch);
	if (!within(a, &scope, d->subject))
		return false;
	return !d->args.len ||
	       (within(a, &scope, ward_args_text(d->args, "into", a->o.lim, &a->scratch)) &&
		       within(a, &scope,
			       ward_args_text(d->args, "incident", a->o.lim, &a->scratch)));
}

enum ward_err ward_api_reveal_check(
	struct ward_api *a, const struct ward_decision *d, struct ward_wr *ret_why)
{
	const struct api_incident *in;
	struct ward_id id;

	ward_arena_reset(&a->scratch);
	if (!ward_str_eqz(ward_args_text(d->args, "emergency", a->o.lim, &a->scratch), "yes"))
		return WARD_OK;
	in = ward_id_parse(d->subject, &id) ? api_incident(a, id) : NULL;
	if (in && in->phase == WARD_PHASE_OPEN && in->level >= HIGH)
		return WARD_OK;
	ward_wr_z(ret_why,
		WARD_TEXT("an emergency is of an open incident that is high or critical; of this "
			  "one somebody else has to ask for the same name, too"));
	return WARD_ERR_STATE;
}
