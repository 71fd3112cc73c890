/* What a step does when it begins, and again when its branches are done. */
#include "respond/playbook/state.h"

enum ward_err ward_run_room(struct ward_run *r, size_t n)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++)
		err = ward_mem_more(r->mem, &r->thread, r->n_thread + i, &r->cap_thread,
			sizeof(*r->thread), WARD_RUN_THREADS_MAX);
	return err;
}

struct ward_run_thread *ward_run_spawn(struct ward_run *r, struct ward_run_thread t)
{
	WARD_ASSERT(r->n_thread < r->cap_thread);
	t.id = r->next_thread++;
	t.failed = WARD_NONE;
	r->thread[r->n_thread] = t;
	return &r->thread[r->n_thread++];
}

void ward_run_remove(struct ward_run *r, uint32_t id)
{
	size_t n = 0;

	ward_run_forget(r, id, true);
	for (size_t i = 0; i < r->n_thread; i++)
		if (r->thread[i].id != id)
			r->thread[n++] = r->thread[i];
	r->n_thread = n;
}

static const char too_many[] = "too many branches are being done at once";

static enum ward_err fail(
	struct ward_run *r, uint32_t thread, const char *why, const char **ret_why)
{
	ward_run_thread_of(r, thread)->phase = WARD_RUN_LEFT_BADLY;
	*ret_why = why;
	return WARD_OK;
}

static enum ward_err branch(
	struct ward_run *r, uint32_t thread, const uint32_t *step, size_t n, const char **ret_why)
{
	enum ward_err err = ward_run_room(r, n);

	if (err == WARD_ERR_LIMIT)
		return fail(r, thread, too_many, ret_why);
	if (err)
		return err;
	struct ward_run_thread *t = ward_run_thread_of(r, thread);

	t->phase = n ? WARD_RUN_INSIDE : WARD_RUN_LEFT_WELL;
	for (size_t i = 0; i < n; i++)
		(void)ward_run_spawn(
			r, (struct ward_run_thread){
				   .parent = thread, .book = t->book, .step = step[i]});
	return WARD_OK;
}

struct seen {
	const struct ward_run *r;
	const struct ward_run_thread *t;
};

static bool value_of(void *ctx, struct ward_str name, struct ward_str *ret)
{
	const struct seen *s = ctx;

	return ward_run_get(s->r, s->t, name, ret);
}

static enum ward_err decide(struct ward_run *r, uint32_t thread, const char **ret_why)
{
	struct ward_run_thread *t = ward_run_thread_of(r, thread);
	const struct ward_playbook_step *s = ward_run_step_of(r, t);
	struct seen seen = {r, t};
	enum ward_playbook_truth is = ward_playbook_cond_holds(s->cond, value_of, &seen);
	uint32_t to = is == WARD_PLAYBOOK_TRUTH_YES ? s->on_true : s->on_false;

	if (is == WARD_PLAYBOOK_TRUTH_UNKNOWN)
		return fail(r, thread, "a variable of the condition has no value", ret_why);
	return branch(r, thread, &to, to != WARD_NONE, ret_why);
}

static enum ward_err choose(struct ward_run *r, uint32_t thread, const char **ret_why)
{
	struct ward_run_thread *t = ward_run_thread_of(r, thread);
	const struct ward_playbook_step *s = ward_run_step_of(r, t);
	const struct ward_playbook_case *other = NULL;
	struct ward_str is;

	if (!ward_run_get(r, t, s->over, &is))
		return fail(r, thread, "the variable of the switch has no value", ret_why);
	for (size_t i = 0; i < s->n_case; i++) {
		if (ward_str_eq(s->kase[i].key, is))
			return branch(r, thread, &s->kase[i].step, 1, ret_why);
		if (ward_str_eqz(s->kase[i].key, "default"))
			other = &s->kase[i];
	}
	if (!other)
		return fail(r, thread, "no case fits the variable's value", ret_why);
	return branch(r, thread, &other->step, 1, ret_why);
}

static size_t depth_of(const struct ward_run *r, const struct ward_run_thread *t)
{
	size_t n = 0;

	for (; t; t = ward_run_thread_of(r, t->parent))
		n += t->root;
	return n;
}

static enum ward_err book_of(struct ward_run *r, const struct ward_playbook *p, uint32_t *ret)
{
	for (*ret = 0; *ret < r->n_book; (*ret)++)
		if (r->book[*ret] == p)
			return WARD_OK;
	if (r->n_book == WARD_RUN_BOOKS_MAX)
		return WARD_ERR_LIMIT;
	r->book[r->n_book++] = p;
	return WARD_OK;
}

/* What the step hands over, under the same names. */
static enum ward_err hand_over(struct ward_run *r, const struct ward_playbook_step *s,
	const struct ward_run_thread *from, const struct ward_run_thread *to)
{
	struct ward_run_var where;
	struct ward_str is;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < s->n_in && !err; i++) {
		const struct ward_playbook_var *v = ward_run_declared(r, to, s->in[i], &where);

		if (v && v->external && ward_run_get(r, from, s->in[i], &is) &&
			ward_playbook_fits(v, is))
			err = ward_run_set(r, to, s->in[i], is);
	}
	return err;
}

static enum ward_err nest(struct ward_run *r, uint32_t thread, ward_ns now, const char **ret_why)
{
	const struct ward_playbook_step *s = ward_run_step_of(r, ward_run_thread_of(r, thread));
	const struct ward_conf *version = ward_conf_get(s->at, "playbook_version");
	struct ward_playbook *p =
		ward_playbooks_find(r->all, s->playbook, version ? version->text : WARD_STR(""));
	uint32_t book;

	if (!p || ward_run_may_begin(p, now))
		return fail(r, thread,
			"the other playbook is not there, has errors, is revoked or not valid "
			"today",
			ret_why);
	if (depth_of(r, ward_run_thread_of(r, thread)) >= WARD_RUN_DEPTH_MAX)
		return fail(r, thread, "playbooks are nested too deep", ret_why);
	enum ward_err err = ward_run_room(r, 1);

	if (!err)
		err = book_of(r, p, &book);
	if (err == WARD_ERR_LIMIT)
		return fail(r, thread, too_many, ret_why);
	if (err)
		return err;
	struct ward_run_thread *t = ward_run_thread_of(r, thread);

	t->phase = WARD_RUN_INSIDE;
	err = hand_over(r, s, t,
		ward_run_spawn(r,
			(struct ward_run_thread){
				.parent = thread, .book = book, .step = p->start, .root = true}));
	if (err != WARD_ERR_LIMIT)
		return err;
	ward_run_remove(r, r->next_thread - 1);
	return fail(r, thread, "too many variables have values", ret_why);
}

enum ward_err ward_run_work(struct ward_run *r, uint32_t thread, ward_ns now, const char **ret_why)
{
	struct ward_run_thread *t = ward_run_thread_of(r, thread);
	const struct ward_playbook_step *s = ward_run_step_of(r, t);

	if (t->phase != WARD_RUN_INSIDE) /* a while step's next round has the time that is left */
		t->due = ward_run_later(
			now, s->timeout_ms ? s->timeout_ms * WARD_NS_PER_MS : WARD_RUN_TIMEOUT);
	switch (s->kind) {
	case WARD_PLAYBOOK_ACTION:
		return ward_run_command(r, t, 0, ret_why);
	case WARD_PLAYBOOK_NESTED:
		return nest(r, thread, now, ret_why);
	case WARD_PLAYBOOK_PARALLEL:
		return branch(r, thread, s->branch, s->n_branch, ret_why);
	case WARD_PLAYBOOK_IF:
	case WARD_PLAYBOOK_WHILE:
		return decide(r, thread, ret_why);
	case WARD_PLAYBOOK_SWITCH:
		return choose(r, thread, ret_why);
	case WARD_PLAYBOOK_START:
	case WARD_PLAYBOOK_END:
	case WARD_PLAYBOOK_KIND_N:
		break;
	}
	t->phase = WARD_RUN_LEFT_WELL;
	return WARD_OK;
}
