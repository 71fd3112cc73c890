/* Variables of a run: declared in a step, in the steps around it, in its playbook. */
#include "respond/playbook/state.h"

struct ward_run_thread *ward_run_thread_of(const struct ward_run *r, uint32_t id)
{
	for (size_t i = 0; i < r->n_thread; i++)
		if (r->thread[i].id == id)
			return &r->thread[i];
	return NULL;
}

const struct ward_playbook_step *ward_run_step_of(
	const struct ward_run *r, const struct ward_run_thread *t)
{
	return &r->book[t->book]->step[t->step];
}

const struct ward_playbook_var *ward_run_declared(const struct ward_run *r,
	const struct ward_run_thread *t, struct ward_str name, struct ward_run_var *ret_where)
{
	for (;;) {
		const struct ward_playbook *p = r->book[t->book];
		const struct ward_playbook_step *s = &p->step[t->step];
		struct ward_playbook_var *v = ward_playbook_find_var(s->var, s->n_var, name);

		*ret_where = (struct ward_run_var){.thread = t->id, .of_step = v != NULL};
		if (v)
			ret_where->var = (uint32_t)(v - s->var);
		else if (t->root) {
			v = ward_playbook_find_var(p->var, p->n_var, name);
			ret_where->var = v ? (uint32_t)(v - p->var) : 0;
			return v;
		}
		if (v)
			return v;
		t = ward_run_thread_of(r, t->parent);
	}
}

static struct ward_run_var *stored(const struct ward_run *r, const struct ward_run_var *where)
{
	for (size_t i = 0; i < r->n_var; i++)
		if (r->var[i].thread == where->thread && r->var[i].of_step == where->of_step &&
			r->var[i].var == where->var)
			return &r->var[i];
	return NULL;
}

bool ward_run_get(const struct ward_run *r, const struct ward_run_thread *t, struct ward_str name,
	struct ward_str *ret)
{
	struct ward_run_var where;
	const struct ward_playbook_var *v = ward_run_declared(r, t, name, &where);
	const struct ward_run_var *is = v ? stored(r, &where) : NULL;

	if (is)
		*ret = (struct ward_str){is->text, is->len};
	else if (v && v->known)
		*ret = v->value;
	return is || (v && v->known);
}

enum ward_err ward_run_set(struct ward_run *r, const struct ward_run_thread *t,
	struct ward_str name, struct ward_str value)
{
	struct ward_run_var where;

	if (!ward_run_declared(r, t, name, &where))
		return WARD_ERR_NOT_FOUND;
	WARD_ASSERT(value.len <= WARD_PLAYBOOK_TEXT_MAX);
	struct ward_run_var *is = stored(r, &where);
	enum ward_err err = is ? WARD_OK
			       : ward_mem_more(r->mem, &r->var, r->n_var, &r->cap_var, sizeof(*is),
					 WARD_RUN_VALUES_MAX);
	char *text = err ? NULL : ward_mem_alloc(r->mem, value.len + 1);

	if (err)
		return err;
	if (!text)
		return WARD_ERR_NOMEM;
	if (value.len)
		memcpy(text, value.p, value.len);
	if (is)
		ward_mem_free(r->mem, is->text, is->len + (size_t)1);
	else
		is = &r->var[r->n_var++];
	where.text = text;
	where.len = (uint16_t)value.len;
	*is = where;
	return WARD_OK;
}

void ward_run_forget(struct ward_run *r, uint32_t thread, bool all)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_var; i++) {
		struct ward_run_var *v = &r->var[i];

		if (v->thread == thread && (all || v->of_step))
			ward_mem_free(r->mem, v->text, v->len + (size_t)1);
		else
			r->var[n++] = *v;
	}
	r->n_var = n;
}
