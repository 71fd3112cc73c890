#include "cli/scored_policy.h"

#include "cli/scored_played.h"
#include "respond/playbook/folder.h"

enum ward_err ward_cli_scored_decided(struct ward_cli_scored *x, enum ward_lead_decided what,
	struct ward_str of, struct ward_str by, ward_ns at)
{
	if (!x->story->lead.n_branch) /* nobody asks */
		return WARD_OK;
	return ward_resolves_add(&x->decided, &(const struct ward_resolved){what, of, by, at, 0});
}

int ward_cli_scored_failed(const struct ward_cli_scored *x)
{
	if (x->err == WARD_ERR_LIMIT && x->decided.n == WARD_RESOLVED_MAX)
		return ward_cli_fail(x->cmd,
			"'%s': the policy's roles decide more than %d times: leave roles out of "
			"the policy, or score a shorter story",
			x->scenario, WARD_RESOLVED_MAX);
	if (x->err == WARD_ERR_LIMIT && ward_cli_approved_n(x->approved) == WARD_CLI_PROPOSALS)
		return ward_cli_fail(x->cmd,
			"'%s': more than %d actions are proposed to the policy's roles: let none "
			"of them approve or refuse, or score a shorter story",
			x->scenario, WARD_CLI_PROPOSALS);
	return ward_cli_fail(x->cmd, "'%s': %s", x->scenario, ward_err_text(x->err));
}

enum ward_err ward_cli_scored_approve(struct ward_cli_scored *x)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < ward_cli_approved_n(x->approved) && !err; i++) {
		const struct ward_cli_approval a = ward_cli_approved_at(x->approved, i);
		const struct ward_policy_verdict *v = &a.verdict;

		for (size_t k = 0; k < v->n && !err; k++)
			err = ward_debrief_decide_on(x->debrief,
				&(struct ward_debrief_decision){
					.what = v->refused ? WARD_DEBRIEF_REFUSED
							   : WARD_DEBRIEF_APPROVED,
					.action = {a.node, a.lock},
					.who = ward_cli_approved_by(x->approved, v->by[k])},
				v->when[k]);
		if (!err && v->at != WARD_NS_NEVER && !v->refused)
			err = ward_cli_scored_decided(x, WARD_LEAD_CONTAINED,
				ward_model_node(x->rerun.model, a.node)->id,
				ward_cli_approved_by(x->approved, v->by[v->n - 1]), v->at);
	}
	return err;
}

enum ward_err ward_cli_scored_begin(struct ward_cli_scored *x, ward_ns now)
{
	struct ward_cli_began is;
	enum ward_err err = WARD_OK;

	while (!err && ward_cli_begun_next(x->begun, now, &is)) {
		struct ward_str who = is.by->name.len ? is.by->name : is.by->id;
		struct ward_str word = ward_playbook_word(is.playbook);

		err = ward_debrief_decide_on(x->debrief,
			&(struct ward_debrief_decision){.what = WARD_DEBRIEF_BEGAN,
				.action = {.on = WARD_NONE},
				.who = who,
				.of = word,
				.playbook_name = is.playbook->name},
			is.at);
		if (!err)
			err = ward_cli_scored_decided(x, WARD_LEAD_PLAYBOOK, word, who, is.at);
	}
	return err;
}

enum ward_err ward_cli_scored_act(struct ward_cli_scored *x, const struct ward_policy_role *role,
	struct ward_str who, ward_ns told)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < role->n_does && !err; i++) {
		struct ward_str word = ward_str_z(role->does[i].word);
		ward_ns at;

		/* beyond the end of time is never */
		if (role->does[i].after == WARD_NS_NEVER ||
			!ward_add(told, role->does[i].after, &at))
			continue;
		err = ward_debrief_decide_on(x->debrief,
			&(struct ward_debrief_decision){.what = WARD_DEBRIEF_DID,
				.action = {.on = WARD_NONE},
				.who = who,
				.of = word},
			at);
		if (!err)
			err = ward_cli_scored_decided(x, WARD_LEAD_DECIDED, word, who, at);
	}
	return err;
}

/* The story by the time that it says of itself, since a recording is of that. */
static enum ward_err as_told(struct ward_cli_scored *x, struct ward_scenario **ret)
{
	struct ward_scenario *s = ward_arena_alloc(&x->story->arena, sizeof(*s));
	struct ward_step *step =
		ward_arena_array(&x->story->arena, x->story->lead.n_step, sizeof(*step));

	if (!s || !step)
		return WARD_ERR_NOMEM;
	*s = *x->story;
	s->step = step;
	for (size_t i = 0; i < s->lead.n_step; i++) {
		step[i] = x->story->step[i];
		if (i < s->n_step)
			step[i].at = step[i].real;
	}
	*ret = s;
	return WARD_OK;
}

/* What was decided before that. What no branch asks for, or somebody did before, changes nothing.
 */
static enum ward_err take_decided(struct ward_cli_scored *x, ward_ns before, size_t *at)
{
	for (; *at < x->decided.n && x->decided.item[*at].at - x->story->start < before; (*at)++) {
		const struct ward_resolved *d = &x->decided.item[*at];
		struct ward_course_entry e = {.what = WARD_COURSE_DECIDE,
			.played = d->at - x->story->start,
			.decided = d->what,
			.of = d->of,
			.text = WARD_STR("policy"),
			.by = d->by};
		const char *why;
		enum ward_err err = ward_course_take(x->course, &e, &why);

		if (err && err != WARD_ERR_STATE && err != WARD_ERR_NOT_FOUND)
			return err;
	}
	return WARD_OK;
}

/* The whole story, with each decision before what comes after it. */
static enum ward_err run(struct ward_cli_scored *x)
{
	struct ward_course_entry e;
	enum ward_err err = WARD_OK;
	size_t at = 0;
	const char *why;

	ward_resolves_order(&x->decided);
	while (!err && ward_course_next(x->course, &e)) {
		err = take_decided(x, e.what == WARD_COURSE_END ? WARD_NS_NEVER : e.played, &at);
		if (!err && ward_course_next(x->course, &e)) /* a branch may be taken by now */
			err = ward_course_take(x->course, &e, &why);
	}
	return err;
}

int ward_cli_scored_policy_worth(struct ward_cli_scored *x)
{
	struct ward_scenario *s = NULL;

	if (!x->policy || !x->story->lead.n_branch)
		return WARD_EXIT_DONE;
	enum ward_err err = as_told(x, &s);

	if (!err)
		err = ward_course_new(ward_mem_heap(), s, &x->course);
	if (!err)
		err = run(x);
	if (!err)
		err = ward_worth_find(x->course, &x->story->arena, &x->worth);
	return err ? ward_cli_fail(x->cmd, "'%s': %s", x->scenario, ward_err_text(err))
		   : ward_cli_scored_played_worth(x);
}
