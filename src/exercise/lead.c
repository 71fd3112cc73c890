/* Injects and branches, checked. */
#include "exercise/load.h"

enum { ID_MAX = 64 };

static const char *const decided_names[WARD_LEAD_N] = {
#define X(NAME, name) name,
	WARD_LEAD_DECIDED_LIST(X)
#undef X
};

const char *ward_lead_decided_name(enum ward_lead_decided d)
{
	return (unsigned)d < WARD_LEAD_N ? decided_names[d] : "none";
}

enum ward_lead_decided ward_lead_decided_parse(struct ward_str s)
{
	unsigned d = 0;

	while (d < WARD_LEAD_N && !ward_str_eqz(s, decided_names[d]))
		d++;
	return (enum ward_lead_decided)d;
}

/* The id of the item; a finding when one before it has the same. */
static bool read_id(struct ward_scenario_load *l, const struct ward_conf *c,
	const struct ward_conf *list, struct ward_str *ret)
{
	if (!ward_scenario_word(l, c, "id", ID_MAX, "", ret))
		return false;
	for (const struct ward_conf *o = list->child; o != c; o = o->next)
		if (ward_str_eq(ward_conf_word(o, "id"), *ret)) {
			WARD_SCENARIO_BAD(l, ward_conf_get(c, "id"),
				WARD_TEXT("'%.*s' is there twice\ngive each an id of its own"),
				WARD_STR_ARG(*ret));
			return false;
		}
	return true;
}

/* A list of at most max maps. */
static const struct ward_conf *maps(struct ward_scenario_load *l, const struct ward_conf *doc,
	const char *key, size_t max, const char *like)
{
	const struct ward_conf *list = ward_scenario_list(l, doc, key);

	if (list && list->n_child > max) {
		WARD_SCENARIO_BAD(l, list,
			WARD_TEXT("'%s' has more than %zu items\nleave some out"), key, max);
		return NULL;
	}
	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next)
		if (c->kind != WARD_CONF_MAP) {
			WARD_SCENARIO_BAD(
				l, c, WARD_TEXT("'%s' holds maps\nwrite `%s`"), key, like);
			return NULL;
		}
	return list;
}

size_t ward_scenario_lead_steps(const struct ward_conf *doc)
{
	static const char *const key[] = {"injects", "branches"};
	size_t n = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++) {
		const struct ward_conf *list = ward_conf_get(doc, key[i]);

		for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next) {
			const struct ward_conf *steps = ward_conf_get(c, "steps");

			n += steps ? steps->n_child : 0;
		}
	}
	return n;
}

static struct ward_lead_steps read_steps(struct ward_scenario_load *l, const struct ward_conf *c)
{
	const struct ward_conf *list = ward_scenario_list(l, c, "steps");
	struct ward_lead *lead = &l->s->lead;
	struct ward_lead_steps is = {.first = lead->n_step};

	for (const struct ward_conf *k = list ? list->child : NULL; k && !l->err; k = k->next) {
		struct ward_step *step = &l->s->step[lead->n_step++];

		ward_scenario_brought(l, k, is.n++ ? step - 1 : NULL, step);
		if (step->act == WARD_ACT_ESPA)
			WARD_SCENARIO_BAD(l, k,
				WARD_TEXT("a call to pagers can't be brought in, since its line is "
					  "played by itself\nput it among the story's steps"));
	}
	return is;
}

/* text: {role: what is told} */
static void read_texts(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_inject *inject)
{
	const struct ward_conf *map = ward_conf_get(c, "text");

	if (!map)
		return;
	if (map->kind != WARD_CONF_MAP || map->n_child > WARD_LEAD_TEXTS) {
		WARD_SCENARIO_BAD(l, map,
			WARD_TEXT("'text' is no map of at most %d roles\nwrite `text: "
				  "{security-guard: …}`"),
			WARD_LEAD_TEXTS);
		return;
	}
	inject->text = ward_scenario_array(l, map->n_child, sizeof(*inject->text));
	for (const struct ward_conf *v = map->child; v && inject->text; v = v->next) {
		uint32_t node = ward_model_find(l->s->model, v->key);

		if (node == WARD_NONE || ward_model_node(l->s->model, node)->kind != WARD_NODE_ROLE)
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("'%.*s' is no role\nname one of the hospital's `roles`"),
				WARD_STR_ARG(v->key));
		else if (v->kind != WARD_CONF_SCALAR || !v->text.len)
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("what '%.*s' is told is no text\nwrite what they hear, "
					  "see or are handed"),
				WARD_STR_ARG(v->key));
		else
			inject->text[inject->n_text++] = (struct ward_lead_text){node, v->text};
	}
}

/* What comes of it needs something to come of. */
static void read_inject_expect(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_inject *x)
{
	const struct ward_conf *expect = ward_conf_get(c, "expect");
	bool sign = false;

	if (!expect)
		return;
	for (size_t i = 0; i < x->steps.n && !l->err; i++) {
		const struct ward_step_truth *t = l->s->step[x->steps.first + i].truth;

		sign |= t && t->n_sign;
	}
	if (sign)
		ward_scenario_expect_brought(l, expect, &x->expect);
	else
		WARD_SCENARIO_BAD(l, expect,
			WARD_TEXT("no step of the inject has a sign of which an incident could "
				  "come\ngive one a `truth` with `signs`, or leave `expect` out"));
}

static void read_injects(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"id", "title", "text", "steps", "expect", NULL};
	const struct ward_conf *list =
		maps(l, doc, "injects", WARD_LEAD_INJECTS, "{id: press, title: …, text: {…}}");
	struct ward_lead *lead = &l->s->lead;

	lead->inject = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*lead->inject));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->err; c = c->next) {
		struct ward_inject *x = &lead->inject[lead->n_inject];

		*x = (struct ward_inject){.line = c->line};
		ward_conf_only(c, known, l->in->diag);
		bool good = read_id(l, c, list, &x->id);

		(void)ward_conf_str(c, "title", true, l->in->diag, &x->title);
		read_texts(l, c, x);
		x->steps = read_steps(l, c);
		if (!x->n_text && !x->steps.n)
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("the inject neither tells nor does anything\ngive it "
					  "`text`, `steps` or both"));
		read_inject_expect(l, c, x);
		lead->n_inject += good;
	}
}

/* The first step of the story with that id. */
static bool step_of(struct ward_scenario_load *l, const struct ward_conf *place, struct ward_str id,
	size_t *ret)
{
	for (size_t i = 0; i < l->s->n_step; i++)
		if (id.len && ward_str_eq(l->s->step[i].id, id)) {
			*ret = i;
			return true;
		}
	WARD_SCENARIO_BAD(l, place,
		WARD_TEXT("no step of the story has the id '%.*s'\nwrite `id: …` at the step that "
			  "is meant"),
		WARD_STR_ARG(id));
	return false;
}

/* Is there what the decision is about? Whether there is such a playbook is for those to say who
 * load them. */
static bool is_there(
	struct ward_scenario_load *l, const struct ward_conf *c, const struct ward_branch *b)
{
	uint32_t node = ward_model_find(l->s->model, b->of);
	bool role = node != WARD_NONE && ward_model_node(l->s->model, node)->kind == WARD_NODE_ROLE;

	if (b->decided == WARD_LEAD_CONTAINED && (node == WARD_NONE || role))
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("the hospital has no '%.*s'\nname an asset, place, network or "
				  "service of it"),
			WARD_STR_ARG(b->of));
	else if (b->decided == WARD_LEAD_ACKNOWLEDGED && !role)
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("'%.*s' is no role\nname one of the hospital's `roles`"),
			WARD_STR_ARG(b->of));
	else
		return true;
	return false;
}

/* when: {contained: ahu-05, before: switched-off} */
static bool read_when(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_branch *b)
{
	const struct ward_conf *when = ward_conf_get(c, "when"), *is = NULL;
	size_t n = 0;

	for (unsigned d = 0; when && d < WARD_LEAD_N; d++) {
		const struct ward_conf *v = ward_conf_get(when, decided_names[d]);

		if (!v)
			continue;
		is = v;
		b->decided = (enum ward_lead_decided)d;
		n++;
	}
	if (n != 1 || when->n_child != 2 || is->kind != WARD_CONF_SCALAR || !is->text.len ||
		!ward_conf_word(when, "before").len) {
		WARD_SCENARIO_BAD(l, when ? when : c,
			WARD_TEXT("a branch says what was decided before which step\nwrite `when: "
				  "{contained: ID, before: STEP}`, or one of acknowledged, "
				  "playbook, decided"));
		return false;
	}
	b->of = is->text;
	bool good = is_there(l, is, b);

	return step_of(l, ward_conf_get(when, "before"), ward_conf_word(when, "before"),
		       &b->before) &&
	       good;
}

/* without: [switched-off]; of each id all steps from `before` on. */
static bool read_without(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_branch *b)
{
	const struct ward_conf *list = ward_scenario_list(l, c, "without");
	bool good = true;
	size_t any;

	b->without = ward_scenario_array(l, l->s->n_step, sizeof(*b->without));
	for (const struct ward_conf *k = list ? list->child : NULL; k && b->without; k = k->next) {
		size_t n = b->n_without;

		if (!step_of(l, k, k->text, &any)) {
			good = false;
			continue;
		}
		for (size_t i = b->before; i < l->s->n_step && b->n_without < l->s->n_step; i++)
			if (ward_str_eq(l->s->step[i].id, k->text))
				b->without[b->n_without++] = i;
		if (n != b->n_without)
			continue;
		WARD_SCENARIO_BAD(l, k,
			WARD_TEXT("'%.*s' happens before the branch is taken\nname steps from "
				  "`before` on"),
			WARD_STR_ARG(k->text));
		good = false;
	}
	return good;
}

static void read_branches(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"id", "note", "when", "without", "steps", NULL};
	const struct ward_conf *list = maps(
		l, doc, "branches", WARD_LEAD_BRANCHES, "{id: saved, when: {…}, without: […]}");
	struct ward_lead *lead = &l->s->lead;

	lead->branch = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*lead->branch));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->err; c = c->next) {
		struct ward_branch *b = &lead->branch[lead->n_branch];

		*b = (struct ward_branch){.line = c->line};
		ward_conf_only(c, known, l->in->diag);
		bool good = read_id(l, c, list, &b->id);

		(void)ward_conf_str(c, "note", true, l->in->diag, &b->note);
		good = read_when(l, c, b) && good;
		good = read_without(l, c, b) && good;
		b->steps = read_steps(l, c);
		if (good && !b->n_without && !b->steps.n)
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("nothing is otherwise in this branch\ngive it `without`, "
					  "`steps` or both"));
		lead->n_branch += good;
	}
}

void ward_scenario_read_lead(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	l->s->lead.n_step = l->s->n_step;
	read_injects(l, doc);
	read_branches(l, doc);
}
