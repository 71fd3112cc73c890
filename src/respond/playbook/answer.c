/* Answers to requests, and what requests say. */
#include "respond/playbook/call.h"
#include "respond/playbook/state.h"

enum { SAID_MAX = 1 << 20 };

static struct ward_run_thread *asked(struct ward_run *r, struct ward_id id, ward_ns now)
{
	struct ward_run_request q;

	for (size_t i = 0; ward_run_open(r, i, &q); i++)
		if (ward_id_eq(q.id, id) && q.due > now)
			return ward_run_thread_of(r, q.thread);
	return NULL;
}

static bool listed(const struct ward_str *name, size_t n, struct ward_str want)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(name[i], want))
			return true;
	return false;
}

/* Each is asked for and fits; none that a person is asked for is missing. */
static bool values_fit(
	const struct ward_run *r, const struct ward_run_thread *t, const struct ward_run_answer *a)
{
	const struct ward_playbook_step *s = ward_run_step_of(r, t);
	bool person =
		s->command[t->command].act == WARD_PLAYBOOK_MANUAL || t->phase == WARD_RUN_BY_HAND;
	bool all = person && t->command + 1 == s->n_command;
	struct ward_run_var where;

	for (size_t i = 0; i < a->n_value; i++) {
		const struct ward_playbook_var *v =
			ward_run_declared(r, t, a->value[i].name, &where);

		if (!v || v->constant || !listed(s->out, s->n_out, v->name) ||
			!ward_playbook_fits(v, a->value[i].value))
			return false;
	}
	for (size_t i = 0; all && i < s->n_out; i++) {
		size_t k = 0;

		while (k < a->n_value && !ward_str_eq(a->value[k].name, s->out[i]))
			k++;
		if (k == a->n_value)
			return false;
	}
	return true;
}

/* Confirmed: it is done, if it still may be. Done: the step's next command, or the step is. */
static enum ward_err advance(
	const struct ward_run *r, struct ward_run_thread *t, const char **ret_why)
{
	const char *why = NULL;

	if (t->phase == WARD_RUN_CONFIRM) {
		enum ward_err err = ward_run_may_act(r, t, t->command, &why);

		if (err)
			return err;
		t->phase = why ? WARD_RUN_LEFT_BADLY : WARD_RUN_ASKED;
		*ret_why = why;
		return WARD_OK;
	}
	*ret_why = NULL;
	if (t->command + 1 < ward_run_step_of(r, t)->n_command)
		return ward_run_command(r, t, t->command + 1, ret_why);
	t->phase = WARD_RUN_LEFT_WELL;
	return WARD_OK;
}

enum ward_err ward_run_answer(struct ward_run *r, const struct ward_run_answer *answer, ward_ns now,
	struct ward_run_out *ret)
{
	struct ward_run_thread *t = asked(r, answer->request, now);
	bool confirm = t && t->phase == WARD_RUN_CONFIRM, well = answer->well;
	const char *why = answer->why;

	if (!t)
		return WARD_ERR_NOT_FOUND;
	if (confirm ? answer->n_value > 0 : well && !values_fit(r, t, answer))
		return WARD_ERR_CONFIG;
	for (size_t i = 0; i < answer->n_value && well; i++) {
		enum ward_err err =
			ward_run_set(r, t, answer->value[i].name, answer->value[i].value);

		if (err == WARD_ERR_NOMEM)
			return err; /* what was set is set again by the next try */
		if (err) {
			well = false;
			why = "too many variables have values";
		}
	}
	enum ward_err err = well ? advance(r, t, &why) : WARD_OK;

	if (err)
		return err;
	if (!well)
		t->phase = WARD_RUN_LEFT_BADLY;
	ward_run_told(r, t,
		confirm && well && !why ? WARD_RUN_CONFIRMED
		: confirm && !well      ? WARD_RUN_REFUSED
		: well && !confirm      ? WARD_RUN_DONE
					: WARD_RUN_FAILED,
		why, now, ret);
	return WARD_OK;
}

enum ward_err ward_run_by_hand(struct ward_run *r, struct ward_id request, const char *why,
	ward_ns now, struct ward_run_out *ret)
{
	struct ward_run_thread *t = asked(r, request, now);

	if (!t || t->phase != WARD_RUN_ASKED ||
		ward_run_step_of(r, t)->command[t->command].act == WARD_PLAYBOOK_MANUAL)
		return WARD_ERR_NOT_FOUND;
	t->phase = WARD_RUN_BY_HAND;
	ward_run_told(r, t, WARD_RUN_HANDED, why, now, ret);
	return WARD_OK;
}

struct seen {
	const struct ward_run *r;
	const struct ward_run_thread *t;
};

static bool value_of(void *ctx, struct ward_str name, struct ward_str *ret)
{
	const struct seen *s = ctx;

	return s->t && ward_run_get(s->r, s->t, name, ret);
}

/* ---- what it says ---- */

/* What the last command of a step wants to know. */
static void ask_for(const struct ward_run_request *q, struct ward_run_phrase *ret)
{
	const struct ward_playbook_step *s = q->step;

	for (size_t i = 0; i < s->n_out && ret->n_question < WARD_RUN_QUESTIONS; i++) {
		const struct ward_playbook_var *v =
			ward_playbook_find_var(s->var, s->n_var, s->out[i]);

		if (!v)
			v = ward_playbook_find_var(q->playbook->var, q->playbook->n_var, s->out[i]);
		ret->question[ret->n_question].name = s->out[i];
		ret->question[ret->n_question++].text =
			v && v->description.len ? v->description : s->out[i];
	}
}

void ward_run_phrase(const struct ward_run_request *q, struct ward_run_phrase *ret)
{
	const struct ward_playbook_step *s = q->failed;
	const struct ward_playbook_party *a =
		!s || s->agent == WARD_NONE ? NULL : &q->playbook->party[s->agent];

	*ret = (struct ward_run_phrase){.text = q->command->text, .type = WARD_STR("")};
	if (q->ask == WARD_RUN_ASK_CONFIRM || q->by_hand)
		ret->type = q->command->type;
	if (q->by_hand) {
		struct ward_str system = ward_playbook_system(q->playbook, q->step);

		ret->by_hand = system.len ? system : q->command->type;
		if (ward_utf8_valid(ward_str_bytes(q->command->content), NULL))
			ret->content = q->command->content;
	}
	if (a)
		ret->late_name = a->name;
	for (size_t i = 0; a && i < s->n_command && ret->n_late < WARD_RUN_LATE; i++)
		if (s->command[i].act == WARD_PLAYBOOK_MANUAL)
			ret->late[ret->n_late++] = s->command[i].text;
	if (q->ask == WARD_RUN_ASK_ROLE && q->command + 1 == q->step->command + q->step->n_command)
		ask_for(q, ret);
}

void ward_run_phrase_say(const struct ward_run_phrase *p, struct ward_lang *l,
	ward_playbook_value_fn value, void *ctx, struct ward_wr *w)
{
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), SAID_MAX);

	for (size_t i = 0; i < p->n_late; i++) {
		ward_wr_reset(&text);
		ward_playbook_fill(&text, l, p->late[i], value, ctx);
		w->bad = w->bad || ward_wr_bad(&text);
		WARD_SAY(w, l, WARD_TEXT("{role} has not done this: {text}"),
			{"role", ward_lang_text(l, p->late_name)}, {"text", ward_wr_text(&text)});
		ward_wr_ch(w, '\n');
	}
	ward_wr_reset(&text);
	if (p->by_hand.len) {
		ward_playbook_fill(&text, NULL, p->text, value, ctx);
		if (p->content.len)
			ward_wr_ch(&text, '\n');
		ward_playbook_fill(&text, NULL, p->content, value, ctx);
		w->bad = w->bad || ward_wr_bad(&text);
		WARD_SAY(w, l,
			WARD_TEXT("No system of actuators.yml may do this: do it by hand ({type}, "
				  "{system}): {command}"),
			{"type", p->type}, {"system", p->by_hand},
			{"command", ward_wr_text(&text)});
	} else if (p->type.len) {
		ward_playbook_fill(&text, NULL, p->text, value, ctx);
		w->bad = w->bad || ward_wr_bad(&text);
		WARD_SAY(w, l, WARD_TEXT("May Ward do this ({type})? {command}"), {"type", p->type},
			{"command", ward_wr_text(&text)});
	} else {
		ward_playbook_fill(w, l, p->text, value, ctx);
	}
	for (size_t i = 0; i < p->n_question; i++) {
		ward_wr_ch(w, '\n');
		WARD_SAY(w, l, WARD_TEXT("To be answered ({name}): {question}"),
			{"name", p->question[i].name},
			{"question", ward_lang_text(l, p->question[i].text)});
	}
	ward_wr_fini(&text);
}

bool ward_run_value(const struct ward_run *r, const struct ward_run_request *q,
	struct ward_str name, struct ward_str *ret)
{
	struct seen seen = {r, ward_run_thread_of(r, q->thread)};

	return value_of(&seen, name, ret);
}

void ward_run_say(const struct ward_run *r, const struct ward_run_request *q, struct ward_lang *l,
	struct ward_wr *w)
{
	struct seen seen = {r, ward_run_thread_of(r, q->thread)};
	struct ward_run_phrase p;

	ward_run_phrase(q, &p);
	ward_run_phrase_say(&p, l, value_of, &seen, w);
}
