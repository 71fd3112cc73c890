#include "respond/playbook/policy.h"

#include "base/json.h"

enum ward_err ward_playbook_policy_add(struct ward_playbook_policy *p, struct ward_str text)
{
	struct ward_str id = ward_str_cut(&text, ':'), ns = ward_str_cut(&text, ':');
	uint64_t after, percent;

	if (!id.len || !ward_str_u64(ns, &after) || after > INT64_MAX ||
		!ward_str_u64(text, &percent) || percent > 100)
		return WARD_ERR_MALFORMED;
	if (p->n_role == WARD_PLAYBOOK_POLICY_ROLES)
		return WARD_ERR_LIMIT;
	p->role[p->n_role].id = id;
	p->role[p->n_role].answers = (ward_ns)after;
	p->role[p->n_role++].agrees = (unsigned)percent;
	return WARD_OK;
}

/* Index of the role that it plays; SIZE_MAX. */
static size_t role_of(const struct ward_playbook_policy *p, const struct ward_run_request *q)
{
	bool person = q->ask == WARD_RUN_ASK_ROLE || q->ask == WARD_RUN_ASK_CONFIRM;

	for (size_t i = 0; person && i < p->n_role; i++)
		if (ward_str_eq(p->role[i].id, q->role))
			return i;
	return SIZE_MAX;
}

static size_t find(const struct ward_playbook_policy *p, struct ward_id request)
{
	size_t i = 0;

	while (i < p->n_asked && !ward_id_eq(p->asked[i].request, request))
		i++;
	return i;
}

static void note(struct ward_playbook_policy *p, const struct ward_run_request *q, ward_ns now)
{
	size_t role = role_of(p, q), i = find(p, q->id);

	if (role == SIZE_MAX || (i == p->n_asked && i == WARD_PLAYBOOK_POLICY_OPEN))
		return;
	if (i == p->n_asked) {
		p->asked[i].request = q->id;
		p->asked[i].said = false;
		if (!ward_add(now, p->role[role].answers, &p->asked[i].due))
			p->asked[i].due = WARD_NS_NEVER;
		p->n_asked++;
	}
	p->asked[i].open = true;
}

/* The same request is answered the same, whenever it is: an exercise that begins anew asks others.
 */
static bool agrees(struct ward_id request, struct ward_str to, unsigned percent)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward policy agrees");
	ward_idgen_id(&g, request);
	ward_idgen_str(&g, to);
	struct ward_id is = ward_idgen_final(&g);

	return ((unsigned)is.b[0] << 8 | is.b[1]) % 100 < percent;
}

/* {"__leak__": "true"}: each question of the step. False: one is not of yes or no. */
static bool put_values(
	struct ward_playbook_policy *p, const struct ward_run_request *q, unsigned percent)
{
	const struct ward_playbook_step *s = q->step;
	struct ward_wr w = ward_wr_fixed(p->args, sizeof(p->args) - 1);
	struct ward_json j = ward_json_on(&w);

	ward_json_obj(&j);
	for (size_t i = 0; q->ask == WARD_RUN_ASK_ROLE && i < s->n_out; i++) {
		const struct ward_playbook_var *v =
			ward_playbook_find_var(s->var, s->n_var, s->out[i]);

		v = v ? v : ward_playbook_find_var(q->playbook->var, q->playbook->n_var, s->out[i]);
		if (!v || !ward_str_eqz(v->type, "bool"))
			return false;
		ward_json_key_str(&j, s->out[i]);
		ward_json_z(&j, agrees(q->id, s->out[i], percent) ? "true" : "false");
	}
	ward_json_obj_end(&j);
	p->args[w.len] = 0;
	return !ward_wr_bad(&w);
}

static bool answer(struct ward_playbook_policy *p, const struct ward_run_request *q, ward_ns now,
	struct ward_decision *ret)
{
	size_t role = role_of(p, q), i = find(p, q->id);
	struct ward_idgen g;

	if (role == SIZE_MAX || i == p->n_asked || p->asked[i].said || p->asked[i].due > now)
		return false;
	p->asked[i].said = true;
	if (!put_values(p, q, p->role[role].agrees))
		return false;
	bool asks = q->ask == WARD_RUN_ASK_ROLE && q->step->n_out;
	bool well = asks || agrees(q->id, WARD_STR(""), p->role[role].agrees);

	ward_id_text(q->id, p->subject);
	ward_idgen_init(&g, "ward policy");
	ward_idgen_id(&g, q->id);
	*ret = (struct ward_decision){.kind = well ? WARD_DECISION_DONE : WARD_DECISION_FAILED,
		.id = ward_idgen_final(&g),
		.person = WARD_STR(WARD_DECISION_POLICY),
		.role = p->role[role].id,
		.subject = ward_str_z(p->subject),
		.text = WARD_STR(WARD_DECISION_POLICY),
		.args = asks ? ward_str_z(p->args) : WARD_STR("")};
	return true;
}

bool ward_playbook_policy_next(struct ward_playbook_policy *p, const struct ward_drive *d,
	ward_ns now, struct ward_decision *ret)
{
	struct ward_drive_run run;
	struct ward_run_request q;
	bool found = false;

	if (!p->n_role)
		return false;
	for (size_t i = 0; i < p->n_asked; i++)
		p->asked[i].open = false;
	for (size_t i = 0; i < ward_drive_n(d); i++) {
		ward_drive_at(d, i, &run);
		for (size_t k = 0; run.run && ward_run_open(run.run, k, &q); k++) {
			note(p, &q, now);
			found = found || answer(p, &q, now, ret);
		}
	}
	for (size_t i = 0; i < p->n_asked;)
		if (p->asked[i].open)
			i++;
		else
			p->asked[i] = p->asked[--p->n_asked];
	return found;
}
