/* Whether a run's command may be done: it is looked at again with the values that there are. */
#include "respond/playbook/state.h"

enum { FILLED_MAX = 16 << 20 };

struct judging {
	const struct ward_run *r;
	const struct ward_run_thread *t;
	struct ward_wr w;
	enum ward_err err;
	uint32_t never; /* the first thing that no playbook acts on */
};

static bool value_of(void *ctx, struct ward_str name, struct ward_str *ret)
{
	const struct judging *j = ctx;

	return ward_run_get(j->r, j->t, name, ret);
}

static void judge(struct judging *j, struct ward_str text)
{
	if (j->err || j->never != WARD_NONE)
		return;
	ward_wr_reset(&j->w);
	ward_playbook_fill(&j->w, NULL, text, value_of, j);
	j->err = ward_wr_bad(&j->w)
			 ? WARD_ERR_NOMEM
			 : ward_playbook_never_in(j->r->all->never, ward_wr_text(&j->w), &j->never);
}

static void judge_text(void *ctx, const struct ward_conf *text)
{
	judge(ctx, text->text);
}

static void judge_target(struct judging *j, const struct ward_playbook_party *x)
{
	struct ward_str thing;

	ward_playbook_texts(x->at, judge_text, j);
	if (value_of(j, x->thing, &thing)) /* it names a variable */
		judge(j, thing);
}

static const char *because(const struct judging *j)
{
	if (j->never == WARD_NONE)
		return NULL;
	return ward_playbook_never_is_door(j->r->all->never, j->never)
		       ? "with these values it would act on a door by which people escape"
		       : "with these values it would act on a medical device";
}

enum ward_err ward_run_may_act(const struct ward_run *r, const struct ward_run_thread *t,
	uint32_t command, const char **ret_why)
{
	const struct ward_playbook *p = r->book[t->book];
	const struct ward_playbook_step *s = ward_run_step_of(r, t);
	const struct ward_playbook_command *x = &s->command[command];
	struct judging j = {r, t, ward_wr_grow(r->mem, FILLED_MAX), WARD_OK, WARD_NONE};

	*ret_why = x->act == WARD_PLAYBOOK_OTHER ? "a command that Ward never executes"
		   : x->act != WARD_PLAYBOOK_MANUAL && !p->sound
			   ? "the playbook has errors in the hospital as it is: it only asks people"
			   : NULL;
	if (*ret_why || x->act == WARD_PLAYBOOK_MANUAL || !r->all->never)
		return WARD_OK;
	ward_playbook_texts(x->at, judge_text, &j);
	judge(&j, x->text);
	judge(&j, x->content);
	if (s->agent != WARD_NONE)
		judge_target(&j, &p->party[s->agent]); /* it may name the thing as well */
	for (size_t i = 0; i < s->n_target; i++)
		if (s->target[i] != WARD_NONE)
			judge_target(&j, &p->party[s->target[i]]);
	ward_wr_fini(&j.w);
	*ret_why = because(&j);
	return j.err;
}

enum ward_err ward_run_command(
	const struct ward_run *r, struct ward_run_thread *t, uint32_t command, const char **ret_why)
{
	const char *why;
	enum ward_err err = ward_run_may_act(r, t, command, &why);
	const struct ward_playbook_step *s = ward_run_step_of(r, t);
	/* what is proposed is approved by who may, and not here */
	bool asked =
		s->command[command].act == WARD_PLAYBOOK_MANUAL || s->does.len || !s->confirm.len;

	if (err)
		return err;
	t->phase = why ? WARD_RUN_LEFT_BADLY : asked ? WARD_RUN_ASKED : WARD_RUN_CONFIRM;
	t->command = why ? t->command : command;
	if (why)
		*ret_why = why;
	return WARD_OK;
}
