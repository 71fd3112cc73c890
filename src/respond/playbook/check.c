#include "respond/playbook/check.h"

#include <stdio.h>

void ward_playbook_check_at(struct ward_playbook_check *c, const struct ward_playbook_step *s)
{
	c->at.pointer[0] = 0;
	if (s)
		(void)snprintf(c->at.pointer, sizeof(c->at.pointer), "/workflow/%.*s",
			WARD_STR_ARG(s->id));
}

void ward_playbook_check_bad(struct ward_playbook_check *c, const struct ward_conf *at,
	const char *key, const char *what, struct ward_str quoted, const char *mend)
{
	ward_playbook_say(&c->at, WARD_DIAG_ERROR, at, key, what, quoted, mend);
	c->bad = true;
}

void ward_playbook_check_warn(struct ward_playbook_check *c, const struct ward_conf *at,
	const char *key, const char *what, struct ward_str quoted, const char *mend)
{
	ward_playbook_say(&c->at, WARD_DIAG_WARNING, at, key, what, quoted, mend);
}

bool ward_playbook_way(
	const struct ward_playbook_step *s, size_t i, uint32_t *ret_step, bool *ret_inner)
{
	const uint32_t own[] = {s->completion, s->success, s->failure, s->on_true, s->on_false};

	*ret_inner = i > 2;
	if (i < WARD_ARRAY_LEN(own)) {
		*ret_step = own[i];
		return true;
	}
	i -= WARD_ARRAY_LEN(own);
	if (i < s->n_branch)
		*ret_step = s->branch[i];
	else if (i - s->n_branch < s->n_case)
		*ret_step = s->kase[i - s->n_branch].step;
	else
		return false;
	return true;
}

void ward_playbook_texts(
	const struct ward_conf *c, void (*each)(void *ctx, const struct ward_conf *text), void *ctx)
{
	const struct ward_conf *in[65], *at = c ? c->child : NULL;
	size_t depth = c ? 1 : 0;

	in[0] = c;
	while (depth) {
		if (!at) {
			at = in[--depth]->next;
			continue;
		}
		if (at->child) {
			WARD_ASSERT(depth < WARD_ARRAY_LEN(in));
			in[depth++] = at;
			at = at->child;
			continue;
		}
		if (at->kind == WARD_CONF_SCALAR && at->quoted)
			each(ctx, at);
		at = at->next;
	}
}

static const char *const no_step = WARD_TEXT("write the identifier of a step of this workflow");

static void reference(struct ward_playbook_check *c, const struct ward_conf *of, const char *key,
	uint32_t found, const char *what)
{
	const struct ward_conf *v = ward_conf_get(of, key);

	if (v && found == WARD_NONE)
		ward_playbook_check_bad(c, v, key, what, v->text, no_step);
}

static void list(struct ward_playbook_check *c, const struct ward_playbook_step *s, const char *key,
	const uint32_t *found, const char *what, const char *mend)
{
	const struct ward_conf *l = ward_conf_get(s->at, key);
	size_t i = 0;

	for (const struct ward_conf *x = l ? l->child : NULL; x; x = x->next, i++)
		if (found[i] == WARD_NONE)
			ward_playbook_check_bad(c, x, key, what, x->text, mend);
}

static void references(struct ward_playbook_check *c, const struct ward_playbook_step *s)
{
	const struct ward_conf *agent = ward_conf_get(s->at, "agent");

	reference(c, s->at, "on_completion", s->completion, WARD_TEXT("no step"));
	reference(c, s->at, "on_success", s->success, WARD_TEXT("no step"));
	reference(c, s->at, "on_failure", s->failure, WARD_TEXT("no step"));
	reference(c, s->at, "on_true", s->on_true, WARD_TEXT("no step"));
	reference(c, s->at, "on_false", s->on_false, WARD_TEXT("no step"));
	list(c, s, "next_steps", s->branch, WARD_TEXT("no step"), no_step);
	for (size_t i = 0; i < s->n_case; i++)
		if (s->kase[i].step == WARD_NONE)
			ward_playbook_check_bad(c, s->kase[i].at, "cases", WARD_TEXT("no step"),
				s->kase[i].at->text, no_step);
	if (agent && s->agent == WARD_NONE)
		ward_playbook_check_bad(c, agent, "agent", WARD_TEXT("no agent"), agent->text,
			WARD_TEXT("add it to agent_definitions"));
	list(c, s, "targets", s->target, WARD_TEXT("no target"),
		WARD_TEXT("add it to target_definitions"));
}

/* Every step but the last has a next one, and something to decide by. */
static void sense(struct ward_playbook_check *c, const struct ward_playbook_step *s)
{
	const struct ward_str none = WARD_STR("");
	bool works = s->kind == WARD_PLAYBOOK_ACTION || s->kind == WARD_PLAYBOOK_NESTED;
	bool to = ward_conf_get(s->at, "on_completion") || ward_conf_get(s->at, "on_success");

	if (s->kind == WARD_PLAYBOOK_END && (to || ward_conf_get(s->at, "on_failure")))
		ward_playbook_check_bad(c, s->at, NULL, WARD_TEXT("something follows an end step"),
			none, WARD_TEXT("remove it, or make it a step of another type"));
	if (s->kind != WARD_PLAYBOOK_END && !to)
		ward_playbook_check_bad(c, s->at, NULL,
			WARD_TEXT("nothing follows: the branch has no end"), none,
			WARD_TEXT("add on_completion, or on_success and on_failure; the last is an "
				  "end step"));
	if (s->kind == WARD_PLAYBOOK_START && !ward_conf_get(s->at, "on_completion"))
		ward_playbook_check_bad(c, s->at, NULL, WARD_TEXT("a start step can't fail"), none,
			WARD_TEXT("use on_completion"));
	if (works && !s->timeout_ms)
		ward_playbook_check_warn(c, s->at, NULL, WARD_TEXT("no timeout"), none,
			WARD_TEXT("add timeout (milliseconds), after which the step has failed; "
				  "without one it is 24 hours"));
	if (works && s->failure == WARD_NONE && c->p->exception == WARD_NONE)
		ward_playbook_check_warn(c, s->at, NULL,
			WARD_TEXT("when it fails, the playbook ends there"), none,
			WARD_TEXT("add on_failure, or workflow_exception to the playbook"));
	if ((s->kind == WARD_PLAYBOOK_IF || s->kind == WARD_PLAYBOOK_WHILE) && !s->cond)
		ward_playbook_check_bad(c, ward_conf_get(s->at, "condition"), "condition",
			s->refused ? s->refused : WARD_TEXT("no condition"), s->condition,
			WARD_TEXT("write comparisons of variables: docs/playbooks.md"));
	if (s->kind == WARD_PLAYBOOK_SWITCH && !s->over.len)
		ward_playbook_check_bad(c, ward_conf_get(s->at, "switch"), "switch",
			WARD_TEXT("no variable"), none, WARD_TEXT("write one: __name__:value"));
	if (s->kind == WARD_PLAYBOOK_SWITCH) {
		bool otherwise = false;

		for (size_t i = 0; i < s->n_case; i++)
			otherwise = otherwise || ward_str_eqz(s->kase[i].key, "default");
		if (!otherwise)
			ward_playbook_check_warn(c, s->at, "cases",
				WARD_TEXT("no case default: the step fails on any other value"),
				none, WARD_TEXT("add a case default"));
	}
	if (s->kind == WARD_PLAYBOOK_PARALLEL && s->n_branch < 2)
		ward_playbook_check_bad(c, s->at, "next_steps", WARD_TEXT("less than two branches"),
			none, WARD_TEXT("add one, or let one step follow the other"));
}

static void starts(struct ward_playbook_check *c)
{
	struct ward_playbook *p = c->p;

	reference(c, p->tree, "workflow_start", p->start, WARD_TEXT("no step"));
	reference(c, p->tree, "workflow_exception", p->exception, WARD_TEXT("no step"));
	if (p->start != WARD_NONE && p->step[p->start].kind != WARD_PLAYBOOK_START)
		ward_playbook_check_bad(c, ward_conf_get(p->tree, "workflow_start"),
			"workflow_start", WARD_TEXT("no start step:"), p->step[p->start].id,
			WARD_TEXT("name the step of type start"));
	if (p->exception != WARD_NONE && p->step[p->exception].kind == WARD_PLAYBOOK_START)
		ward_playbook_check_bad(c, ward_conf_get(p->tree, "workflow_exception"),
			"workflow_exception", WARD_TEXT("the start step"), WARD_STR(""),
			WARD_TEXT("name what is to be done when a step fails"));
}

/* Section 3.1: what is said of time agrees. */
static void times(struct ward_playbook_check *c)
{
	const struct ward_playbook *p = c->p;
	const struct ward_conf *created = ward_conf_get(p->tree, "created");
	ward_ns from, to;

	if (ward_time_parse(created->text, &from) == WARD_OK &&
		ward_time_parse(p->modified, &to) == WARD_OK && to < from)
		ward_playbook_check_bad(c, ward_conf_get(p->tree, "modified"), "modified",
			WARD_TEXT("before it was created:"), p->modified,
			WARD_TEXT("write when this version was made"));
	if (p->valid_until <= p->valid_from)
		ward_playbook_check_bad(c, ward_conf_get(p->tree, "valid_until"), "valid_until",
			WARD_TEXT("not after valid_from"), WARD_STR(""),
			WARD_TEXT("write a later time"));
}

/* Definitions that are named but not there. */
static void definitions(struct ward_playbook_check *c)
{
	const struct ward_conf *t = c->p->tree;
	const struct ward_conf *marks = ward_conf_get(t, "markings");
	const struct ward_conf *used = ward_conf_get(t, "playbook_extensions");

	for (const struct ward_conf *x = marks ? marks->child : NULL; x; x = x->next)
		if (!ward_conf_get(ward_conf_get(t, "data_marking_definitions"), x->text.p))
			ward_playbook_check_bad(c, x, "markings", WARD_TEXT("no data marking"),
				x->text, WARD_TEXT("add it to data_marking_definitions"));
	for (const struct ward_conf *x = used ? used->child : NULL; x; x = x->next)
		if (!ward_conf_get(ward_conf_get(t, "extension_definitions"), x->key.p))
			ward_playbook_check_bad(c, x, "playbook_extensions",
				WARD_TEXT("no extension"), x->key,
				WARD_TEXT("add it to extension_definitions"));
}

static bool has(const struct ward_playbook *p, enum ward_playbook_kind k)
{
	for (size_t i = 0; i < p->n_step; i++)
		if (p->step[i].kind == k)
			return true;
	return false;
}

/* Section 10.14: what it says of itself is so. */
static void summary(struct ward_playbook_check *c)
{
	static const struct {
		const char *key;
		enum ward_playbook_kind kind;
	} row[] = {{"external_playbooks", WARD_PLAYBOOK_NESTED},
		{"parallel_processing", WARD_PLAYBOOK_PARALLEL}, {"if_logic", WARD_PLAYBOOK_IF},
		{"while_logic", WARD_PLAYBOOK_WHILE}, {"switch_logic", WARD_PLAYBOOK_SWITCH}};
	const struct ward_conf *s = ward_conf_get(c->p->tree, "playbook_processing_summary");

	for (size_t i = 0; s && i < WARD_ARRAY_LEN(row); i++) {
		const struct ward_conf *v = ward_conf_get(s, row[i].key);

		if ((v && ward_str_eqz(v->text, "true")) != has(c->p, row[i].kind))
			ward_playbook_check_warn(c, v ? v : s, "playbook_processing_summary",
				WARD_TEXT("the workflow is otherwise than"), ward_str_z(row[i].key),
				WARD_TEXT("set it to true where such a step is there, else remove "
					  "it"));
	}
}

enum ward_err ward_playbook_check(
	struct ward_playbook *p, const struct ward_playbook_world *world, struct ward_diag *diag)
{
	struct ward_playbook_check c = {
		.p = p, .world = world, .at = {.diag = diag, .file = p->file}};
	size_t size = (p->n_step ? p->n_step : 1) * sizeof(*c.reach);

	p->whole = p->sound = false;
	c.reach = ward_mem_alloc(p->mem, size);
	if (!c.reach)
		return WARD_ERR_NOMEM;
	starts(&c);
	times(&c);
	definitions(&c);
	summary(&c);
	for (size_t i = 0; i < p->n_step; i++) {
		ward_playbook_check_at(&c, &p->step[i]);
		references(&c, &p->step[i]);
		sense(&c, &p->step[i]);
	}
	ward_playbook_check_flow(&c);
	ward_playbook_check_vars(&c);
	bool whole = !c.bad;

	ward_playbook_check_world(&c);
	ward_mem_free(p->mem, c.reach, size);
	if (c.nomem)
		return WARD_ERR_NOMEM;
	p->whole = whole;
	p->sound = !c.bad;
	return c.bad ? WARD_ERR_CONFIG : WARD_OK;
}
