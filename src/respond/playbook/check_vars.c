/* Whether each variable that a step uses is there for it. */
#include "respond/playbook/check.h"

/* A step's variables are also those of the steps whose branches it is in (section 10.18.1). */
const struct ward_playbook_var *ward_playbook_seen(
	const struct ward_playbook_check *c, uint32_t at, struct ward_str name)
{
	struct ward_playbook *p = c->p;
	struct ward_playbook_var *v =
		ward_playbook_find_var(p->step[at].var, p->step[at].n_var, name);
	uint32_t to;
	bool inner;

	for (uint32_t i = 0; i < p->n_step && !v; i++) {
		struct ward_playbook_step *s = &p->step[i];
		struct ward_playbook_var *own = ward_playbook_find_var(s->var, s->n_var, name);

		for (size_t k = 0; own && !v && ward_playbook_way(s, k, &to, &inner); k++)
			if (inner && to != WARD_NONE && ward_playbook_has(&c->reach[to], at))
				v = own;
	}
	return v ? v : ward_playbook_find_var(p->var, p->n_var, name);
}

struct use {
	struct ward_playbook_check *c;
	uint32_t step;
	const char *key;
};

static const struct ward_playbook_var *use(
	struct use *u, const struct ward_conf *at, struct ward_str name)
{
	struct ward_playbook_check *c = u->c;
	const struct ward_playbook_var *v = ward_playbook_seen(c, u->step, name);

	if (v)
		return v;
	for (size_t i = 0; i < c->p->n_step; i++)
		if (ward_playbook_find_var(c->p->step[i].var, c->p->step[i].n_var, name)) {
			ward_playbook_check_bad(c, at, u->key,
				WARD_TEXT("a variable of another step only:"), name,
				WARD_TEXT("move it to playbook_variables"));
			return NULL;
		}
	ward_playbook_check_bad(c, at, u->key, WARD_TEXT("no variable"), name,
		WARD_TEXT("add it to playbook_variables"));
	return NULL;
}

static void use_text(void *ctx, const struct ward_conf *at)
{
	struct ward_str rest = at->text, before, name;

	while (ward_playbook_next(&rest, &before, &name))
		if (name.len)
			(void)use(ctx, at, name);
}

static void use_args(struct use *u, const char *key, bool written)
{
	const struct ward_conf *l = ward_conf_get(u->c->p->step[u->step].at, key);

	u->key = key;
	for (const struct ward_conf *x = l ? l->child : NULL; x; x = x->next) {
		const struct ward_playbook_var *v = use(u, x, x->text);

		if (v && v->constant && written)
			ward_playbook_check_bad(u->c, x, key,
				WARD_TEXT("a constant would be written:"), x->text,
				WARD_TEXT("remove \"constant\", or take another variable"));
	}
}

/* What is handed to a nested playbook, and back. */
void ward_playbook_check_pass(struct ward_playbook_check *c, const struct ward_playbook_step *s)
{
	const struct ward_conf *version = ward_conf_get(s->at, "playbook_version");
	struct ward_playbook *p = !c->world->others
					  ? NULL
					  : ward_playbooks_find(c->world->others, s->playbook,
						    version ? version->text : WARD_STR(""));

	for (size_t i = 0; p && i < s->n_in; i++) {
		struct ward_playbook_var *v = ward_playbook_find_var(p->var, p->n_var, s->in[i]);

		if (!v || !v->external)
			ward_playbook_check_bad(c, ward_conf_get(s->at, "in_args"), "in_args",
				WARD_TEXT("the other playbook has no external variable"), s->in[i],
				WARD_TEXT("add it there with \"external\": true"));
	}
	for (size_t i = 0; p && i < s->n_out; i++)
		if (!ward_playbook_find_var(p->var, p->n_var, s->out[i]))
			ward_playbook_check_bad(c, ward_conf_get(s->at, "out_args"), "out_args",
				WARD_TEXT("the other playbook has no variable"), s->out[i],
				WARD_TEXT("add it there"));
}

static void use_party(struct use *u, uint32_t party)
{
	if (party != WARD_NONE)
		ward_playbook_texts(u->c->p->party[party].at, use_text, u);
}

void ward_playbook_check_vars(struct ward_playbook_check *c)
{
	struct ward_playbook *p = c->p;
	struct ward_str name;

	for (uint32_t i = 0; i < p->n_step; i++) {
		struct ward_playbook_step *s = &p->step[i];
		struct use u = {c, i, "commands"};

		ward_playbook_check_at(c, s);
		ward_playbook_texts(ward_conf_get(s->at, "commands"), use_text, &u);
		u.key = "agent";
		use_party(&u, s->agent);
		u.key = "targets";
		for (size_t k = 0; k < s->n_target; k++)
			use_party(&u, s->target[k]);
		u.key = "condition";
		for (size_t k = 0; s->cond && ward_playbook_cond_var(s->cond, k, &name); k++)
			(void)use(&u, ward_conf_get(s->at, "condition"), name);
		u.key = "switch";
		if (s->over.len)
			(void)use(&u, ward_conf_get(s->at, "switch"), s->over);
		use_args(&u, "in_args", false);
		use_args(&u, "out_args", true);
	}
}
