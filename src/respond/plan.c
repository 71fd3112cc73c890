#include "respond/plan.h"

#include "respond/request.h"
#include "respond/playbook/about.h"

/* Of equals those that stand before in the list, as `ward incident show` names them. */
static void rank(struct ward_respond *r, struct incident *in, const struct ward_about *a)
{
	int64_t weight[PLANS_MAX] = {0};

	in->n_plan = 0;
	for (size_t i = 0; i < r->o.n_playbook; i++) {
		const struct ward_respond_playbook *p = &r->o.playbook[i];
		int64_t is = ward_about_answered(a, p->threat, p->n_threat);
		size_t at = in->n_plan;

		if (!is)
			continue;
		for (; at > 0 && weight[at - 1] < is; at--)
			if (at < PLANS_MAX) {
				weight[at] = weight[at - 1];
				in->plan[at] = in->plan[at - 1];
			}
		if (at == PLANS_MAX)
			continue;
		weight[at] = is;
		in->plan[at] = (uint16_t)i;
		in->n_plan += in->n_plan < PLANS_MAX;
	}
}

enum ward_err respond_plan(struct ward_respond *r, struct incident *in, struct ward_str json)
{
	struct ward_about a;
	struct ward_arena arena;

	if (!r->o.n_playbook)
		return WARD_OK;
	ward_arena_init(&arena, r->o.mem, ward_limit(r->o.lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_about_read(&arena, r->o.lim, r->o.mem, json, &a);

	if (!err && a.n_threat) /* what people decided of it says no threats */
		rank(r, in, &a);
	ward_arena_fini(&arena);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

/* Somebody began it for the incident, and it asks for something. */
static bool is_done(const struct ward_respond *r, const struct incident *in,
	const struct ward_respond_playbook *p)
{
	char id[WARD_ID_TEXT];

	ward_id_text(in->id, id);
	for (size_t i = 0; i < r->n_request; i++)
		if (ward_str_eq(r->request[i].playbook, p->name) &&
			ward_str_eqz(r->request[i].incident, id))
			return true;
	return false;
}

/* The i-th that this recipient is to be told of; NULL: none. */
static const struct ward_respond_playbook *plan_of(
	const struct writer *w, const struct item *it, size_t i)
{
	const struct ward_respond_playbook *p = &w->r->o.playbook[it->in->plan[i]];

	if (!w->shown.roles || !it->now.plans || it->in->told[w->listener].plans)
		return NULL;
	return is_done(w->r, it->in, p) ? NULL : p;
}

void respond_put_plans(struct writer *w, const struct item *it, struct ward_wr *to)
{
	for (size_t i = 0; i < it->in->n_plan; i++) {
		const struct ward_respond_playbook *p = plan_of(w, it, i);

		if (!p)
			continue;
		WARD_SAY(to, w->lang, WARD_TEXT("Playbook that answers it: {name}; ask for {id}"),
			{"name", ward_lang_text(w->lang, p->name)}, {"id", p->id});
		ward_wr_ch(to, '\n');
	}
}

void respond_json_plans(struct ward_json *j, const struct writer *w, const struct item *it)
{
	bool any = false;

	for (size_t i = 0; i < it->in->n_plan; i++) {
		const struct ward_respond_playbook *p = plan_of(w, it, i);

		if (!p)
			continue;
		if (!any) {
			ward_json_key(j, "playbooks");
			ward_json_arr(j);
		}
		any = true;
		ward_json_obj(j);
		respond_json_str(j, "id", p->id);
		respond_json_str(j, "name", p->name);
		ward_json_obj_end(j);
	}
	if (any)
		ward_json_arr_end(j);
}
