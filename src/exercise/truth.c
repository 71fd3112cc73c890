/* The truth: of each step, and of what must come out. */
#include "exercise/load.h"

#include "base/id.h"

static const char *const ebios_names[WARD_EBIOS_N] = {"none", "know", "get-in", "find", "control"};

const char *ward_ebios_name(enum ward_ebios e)
{
	WARD_ASSERT((unsigned)e < WARD_EBIOS_N);
	return ebios_names[e];
}

static bool threat_of(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_truth *ret)
{
	struct ward_str code;

	if (!ward_conf_str(c, "threat", true, l->in->diag, &code))
		return false;
	ret->threat = ward_threats_find(ward_model_threats(l->s->model), code);
	if (ret->threat == WARD_NONE)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "threat"),
			WARD_TEXT(
				"there is no threat '%.*s'\nname one of the content's threats.yml"),
			WARD_STR_ARG(code));
	return ret->threat != WARD_NONE;
}

static bool node_of(struct ward_scenario_load *l, const struct ward_conf *place, struct ward_str id,
	uint32_t *ret)
{
	*ret = ward_model_find(l->s->model, id);
	if (*ret == WARD_NONE)
		WARD_SCENARIO_BAD(l, place,
			WARD_TEXT("the hospital has no '%.*s'\nname an asset, place, network or "
				  "service of it"),
			WARD_STR_ARG(id));
	return *ret != WARD_NONE;
}

/* A map of a list; a finding when it is none. */
static bool is_map(
	struct ward_scenario_load *l, const struct ward_conf *c, const char *key, const char *like)
{
	if (c->kind == WARD_CONF_MAP)
		return true;
	WARD_SCENARIO_BAD(l, c, WARD_TEXT("'%s' holds maps\nwrite `%s`"), key, like);
	return false;
}

/* {threat: …, on: …}, both at once, so that all that is wrong is said. */
static bool threat_on(struct ward_scenario_load *l, const struct ward_conf *c, uint32_t *ret_threat,
	uint32_t *ret_node)
{
	struct ward_truth t = {.threat = WARD_NONE, .node = WARD_NONE};
	struct ward_str on;
	bool good = threat_of(l, c, &t);

	good &= ward_conf_str(c, "on", true, l->in->diag, &on) &&
		node_of(l, ward_conf_get(c, "on"), on, &t.node);
	*ret_threat = t.threat;
	*ret_node = t.node;
	return good;
}

/* The entries of `threats`, `impacts` or `signs`. */
static struct ward_truth *read_truths(struct ward_scenario_load *l, const struct ward_conf *of,
	const char *key, bool within, size_t *ret_n)
{
	const char *known[] = {"threat", "on", within ? "within" : NULL, NULL};
	const struct ward_conf *list = ward_scenario_list(l, of, key);
	struct ward_truth *t = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*t));

	for (const struct ward_conf *c = list ? list->child : NULL; c && t; c = c->next) {
		struct ward_truth one = {.within = 0};

		if (!is_map(l, c, key, "{threat: …, on: …}"))
			continue;
		ward_conf_only(c, known, l->in->diag);
		bool good = threat_on(l, c, &one.threat, &one.node);

		if (within)
			(void)ward_conf_duration(c, "within", false, l->in->diag, &one.within);
		if (good)
			t[(*ret_n)++] = one;
	}
	return t;
}

static void read_rules(
	struct ward_scenario_load *l, const struct ward_conf *expect, struct ward_expect *e)
{
	const struct ward_conf *list = ward_scenario_list(l, expect, "rules");
	struct ward_id id; /* whether there is such a rule is for those to say who load rules */

	e->rule = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*e->rule));
	for (const struct ward_conf *c = list ? list->child : NULL; c && e->rule; c = c->next) {
		if (c->kind == WARD_CONF_SCALAR && ward_id_parse(c->text, &id))
			e->rule[e->n_rule++] = c->text;
		else
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("a rule is named by its id\nwrite the `id` of a "
					  "detection rule, a UUID"));
	}
}

static void read_untouched(
	struct ward_scenario_load *l, const struct ward_conf *expect, struct ward_expect *e)
{
	const struct ward_conf *list = ward_scenario_list(l, expect, "untouched");
	uint32_t node;

	e->untouched = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*e->untouched));
	for (const struct ward_conf *c = list ? list->child : NULL; c && e->untouched;
		c = c->next) {
		if (!node_of(l, c, c->text, &node))
			continue;
		if (ward_model_node(l->s->model, node)->kind == WARD_NODE_SERVICE)
			e->untouched[e->n_untouched++] = node;
		else
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("'%.*s' is no service\nname services only"),
				WARD_STR_ARG(c->text));
	}
}

/* `told`: roles of the hospital. */
static void read_told(
	struct ward_scenario_load *l, const struct ward_conf *expect, struct ward_expect *e)
{
	static const char *const known[] = {"role", "within", NULL};
	const struct ward_conf *list = ward_scenario_list(l, expect, "told");

	e->told = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*e->told));
	for (const struct ward_conf *c = list ? list->child : NULL; c && e->told; c = c->next) {
		struct ward_truth_told *t = &e->told[e->n_told];
		struct ward_str role;

		if (!is_map(l, c, "told", "{role: …, within: 1min}"))
			continue;
		ward_conf_only(c, known, l->in->diag);
		(void)ward_conf_duration(c, "within", false, l->in->diag, &t->within);
		if (!ward_conf_str(c, "role", true, l->in->diag, &role))
			continue;
		t->role = ward_model_find(l->s->model, role);
		if (t->role == WARD_NONE)
			ward_conf_bad(ward_conf_get(c, "role"),
				WARD_TEXT("the hospital has no role '{name}'"), role,
				WARD_TEXT("name one of the hospital's `roles`"), l->in->diag);
		else if (ward_model_node(l->s->model, t->role)->kind == WARD_NODE_ROLE)
			e->n_told++;
		else
			WARD_SCENARIO_BAD(l, ward_conf_get(c, "role"),
				WARD_TEXT("'%.*s' is no role\nname one of the hospital's `roles`"),
				WARD_STR_ARG(role));
	}
}

/* `care`: services, and from when on for how long. */
static void read_care(
	struct ward_scenario_load *l, const struct ward_conf *expect, struct ward_expect *e)
{
	static const char *const known[] = {"threat", "on", "at", "lasts", NULL};

	e->knows_care = ward_conf_get(expect, "care") != NULL;
	e->reckon_care = ward_str_eqz(ward_conf_word(expect, "care"), "simulated");
	if (e->reckon_care)
		return;
	const struct ward_conf *list = ward_scenario_list(l, expect, "care");

	e->care = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*e->care));
	for (const struct ward_conf *c = list ? list->child : NULL; c && e->care; c = c->next) {
		struct ward_truth_care *t = &e->care[e->n_care];

		if (!is_map(l, c, "care", "{threat: outage, on: …, at: 40min, lasts: 2h}"))
			continue;
		ward_conf_only(c, known, l->in->diag);
		(void)ward_conf_duration(c, "at", true, l->in->diag, &t->at);
		t->early = t->late = t->at;
		(void)ward_conf_duration(c, "lasts", false, l->in->diag, &t->lasts);
		if (!threat_on(l, c, &t->threat, &t->node))
			continue;
		if (ward_model_node(l->s->model, t->node)->kind == WARD_NODE_SERVICE)
			e->n_care++;
		else
			WARD_SCENARIO_BAD(l, ward_conf_get(c, "on"),
				WARD_TEXT("'%.*s' is no service\ncare is given by services: name "
					  "one of the hospital's"),
				WARD_STR_ARG(ward_model_node(l->s->model, t->node)->id));
	}
}

/* Whether there are such playbooks is for those to say who load them. */
static void read_playbooks(
	struct ward_scenario_load *l, const struct ward_conf *expect, struct ward_expect *e)
{
	const struct ward_conf *list = ward_scenario_list(l, expect, "playbooks");

	e->playbook = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*e->playbook));
	for (const struct ward_conf *c = list ? list->child : NULL; c && e->playbook; c = c->next)
		if (c->kind == WARD_CONF_SCALAR && c->text.len)
			e->playbook[e->n_playbook++] = c->text;
		else
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("a playbook is named by its id\nwrite `playbooks: "
					  "[bms-takeover]`"));
}

/* `kind`: cyber, physical or hybrid. */
static void read_kind(
	struct ward_scenario_load *l, const struct ward_conf *expect, struct ward_expect *e)
{
	static const char *const kind[] = {"cyber", "physical", "hybrid"};
	bool good = false;

	if (!ward_conf_str(expect, "kind", false, l->in->diag, &e->kind))
		return;
	for (size_t i = 0; i < WARD_ARRAY_LEN(kind); i++)
		good |= ward_str_eqz(e->kind, kind[i]);
	if (!good)
		WARD_SCENARIO_BAD(l, ward_conf_get(expect, "kind"),
			WARD_TEXT("'kind' has the bad value '%.*s'\nwrite cyber, physical "
				  "or hybrid"),
			WARD_STR_ARG(e->kind));
}

void ward_scenario_expect(struct ward_scenario_load *l, const struct ward_conf *c)
{
	enum { INCIDENTS_MAX = 1000 };
	static const char *const known[] = {"incidents", "kind", "rules", "threats", "impacts",
		"untouched", "told", "playbooks", "response", "care", NULL};
	struct ward_expect *e = &l->s->expect;
	int64_t n = 0;

	if (c->kind != WARD_CONF_MAP) {
		WARD_SCENARIO_BAD(
			l, c, WARD_TEXT("'expect' is no map\nwrite `incidents: N` under it"));
		return;
	}
	ward_conf_only(c, known, l->in->diag);
	(void)ward_conf_i64(c, "incidents", true, l->in->diag, 0, INCIDENTS_MAX, &n);
	e->incidents = (uint32_t)n;
	read_kind(l, c, e);
	read_rules(l, c, e);
	e->threat = read_truths(l, c, "threats", false, &e->n_threat);
	e->impact = read_truths(l, c, "impacts", true, &e->n_impact);
	read_untouched(l, c, e);
	read_told(l, c, e);
	read_playbooks(l, c, e);
	(void)ward_conf_str(c, "response", false, l->in->diag, &e->response);
	read_care(l, c, e);
}

void ward_scenario_expect_brought(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_expect **ret)
{
	static const char *const known[] = {"kind", "rules", "told", "playbooks", "response", NULL};
	struct ward_expect *e;

	if (c->kind != WARD_CONF_MAP || l->s->expect.incidents) {
		WARD_SCENARIO_BAD(l, c,
			c->kind != WARD_CONF_MAP
				? WARD_TEXT("'expect' is no map\nwrite `told: […]` "
					    "under it")
				: WARD_TEXT("the story is an incident already, and what is "
					    "expected of it stands there\nleave `expect` of the "
					    "inject out"));
		return;
	}
	e = ward_scenario_array(l, 1, sizeof(*e));
	if (!e)
		return;
	ward_conf_only(c, known, l->in->diag);
	e->incidents = 1;
	read_kind(l, c, e);
	read_rules(l, c, e);
	read_told(l, c, e);
	read_playbooks(l, c, e);
	(void)ward_conf_str(c, "response", false, l->in->diag, &e->response);
	*ret = e;
}

/* Not a source of the hospital's: what Ward puts on record of itself. */
static bool is_own(struct ward_str kind)
{
	return ward_str_eqz(kind, "ward");
}

/* Has the hospital a source of this kind? */
static bool has_kind(const struct ward_model *m, struct ward_str kind)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(m, &n);

	if (is_own(kind))
		return true;

	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(s[i].kind, kind))
			return true;
	return false;
}

/* `by`: kinds of sources. */
static void read_by(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step_truth *t)
{
	const struct ward_conf *list = ward_scenario_list(l, c, "by");

	t->by = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*t->by));
	for (const struct ward_conf *k = list ? list->child : NULL; k && t->by; k = k->next) {
		if (!is_own(k->text) && !ward_source_is_kind(k->text)) {
			WARD_SCENARIO_BAD(l, k,
				WARD_TEXT("'%.*s' is no kind of source\nwrite one that "
					  "docs/hospital-directory.md lists for sources, as syslog "
					  "or net"),
				WARD_STR_ARG(k->text));
			continue;
		}
		t->by[t->n_by++] = k->text;
		t->visible |= has_kind(l->s->model, k->text);
	}
}

/* Whoever writes it is told what the score can't hold against anybody. */
static void say_invisible(
	struct ward_scenario_load *l, const struct ward_conf *c, const struct ward_step_truth *t)
{
	if (!t->visible)
		ward_diag_addf(l->in->diag, t->n_by ? WARD_DIAG_WARNING : WARD_DIAG_NOTE, c->file,
			c->line, WARD_TEXT("no sensor of the hospital could notice this step\n%s"),
			t->n_by ? "add a source of one of these kinds to sources.yml, or accept "
				  "that the score calls it invisible"
				: "what could notice it is named by `by`; without, the score calls "
				  "it invisible");
}

/* Only what the physics know can be done, and to what it can be done. */
static bool can_be_done(struct ward_scenario_load *l, const struct ward_conf *c, uint32_t node,
	enum ward_range_what what)
{
	const struct ward_model *m = l->s->model;
	enum ward_node_kind kind = ward_model_node(m, node)->kind;
	bool fire = what == WARD_RANGE_BURNS || what == WARD_RANGE_FLOODS;
	size_t n, n_store = 0;
	const struct ward_buffer *b = ward_model_buffers(m, node, &n);

	for (size_t i = 0; i < n; i++)
		n_store += kind != WARD_NODE_ROOM || !ward_str_eqz(b[i].kind, "thermal");
	if (fire ? kind != WARD_NODE_ROOM
		 : kind != WARD_NODE_ROOM && kind != WARD_NODE_NETWORK &&
				kind != WARD_NODE_SERVICE && kind != WARD_NODE_ASSET)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "on"),
			fire ? WARD_TEXT("'%.*s' is no room: it neither burns nor is it flooded\n"
					 "name the rooms, each for itself")
			     : WARD_TEXT("'%.*s' is nothing that stops or starts\nname a room, "
					 "network, asset or service"),
			WARD_STR_ARG(ward_model_node(m, node)->id));
	else if (what == WARD_RANGE_HOLDS && !n_store)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "on"),
			WARD_TEXT("'%.*s' has no battery, fuel, tank or paper that could hold\n"
				  "name what has such a buffer (thermal is none), or write stops"),
			WARD_STR_ARG(ward_model_node(m, node)->id));
	else
		return true;
	return false;
}

static bool read_one_does(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_range_act *ret)
{
	static const char *const known[] = {"on", "what", "after", "lasts", NULL};
	struct ward_str what = WARD_STR("");
	uint32_t node;
	bool good;

	ward_conf_only(c, known, l->in->diag);
	(void)ward_conf_duration(c, "after", false, l->in->diag, &ret->at);
	good = ward_conf_str(c, "on", true, l->in->diag, &ret->on) &&
	       node_of(l, ward_conf_get(c, "on"), ret->on, &node);
	if (!ward_conf_str(c, "what", true, l->in->diag, &what))
		return false;
	ret->what = ward_range_what_find(what);
	if (ret->what == WARD_RANGE_WHAT_N)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "what"),
			WARD_TEXT("'what' has the bad value '%.*s'\nwrite stops, starts, burns, "
				  "floods or holds"),
			WARD_STR_ARG(what));
	(void)ward_conf_duration(
		c, "lasts", ret->what == WARD_RANGE_HOLDS, l->in->diag, &ret->lasts);
	return good && ret->what != WARD_RANGE_WHAT_N && can_be_done(l, c, node, ret->what);
}

/* `does`: what the step does to things of the hospital. */
static void read_does(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step_truth *t)
{
	const struct ward_conf *list = ward_scenario_list(l, c, "does");

	t->does = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*t->does));
	for (const struct ward_conf *k = list ? list->child : NULL; k && t->does; k = k->next) {
		if (is_map(l, k, "does", "{on: ahu-05, what: stops}") &&
			read_one_does(l, k, &t->does[t->n_does]))
			t->n_does++;
	}
}

void ward_scenario_truth(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"phase", "by", "signs", "does", NULL};
	const struct ward_conf *of = ward_conf_get(c, "truth");
	struct ward_step_truth *t;
	struct ward_str phase;

	if (!of)
		return;
	if (of->kind != WARD_CONF_MAP) {
		WARD_SCENARIO_BAD(l, of,
			WARD_TEXT("'truth' is no map\nwrite `truth: {phase: get-in, by: [syslog], "
				  "signs: […]}`"));
		return;
	}
	size_t n_error = l->in->diag->n_error;

	t = ward_scenario_array(l, 1, sizeof(*t));
	if (!t)
		return;
	t->line = of->line;
	ward_conf_only(of, known, l->in->diag);
	if (ward_conf_str(of, "phase", false, l->in->diag, &phase)) {
		unsigned e = WARD_EBIOS_NONE;

		while (e < WARD_EBIOS_N && !ward_str_eqz(phase, ebios_names[e]))
			e++;
		t->phase = e < WARD_EBIOS_N ? (enum ward_ebios)e : WARD_EBIOS_NONE;
		if (e == WARD_EBIOS_N)
			WARD_SCENARIO_BAD(l, ward_conf_get(of, "phase"),
				WARD_TEXT("'phase' has the bad value '%.*s'\nwrite know, get-in, "
					  "find or control, or leave it out where nobody attacks"),
				WARD_STR_ARG(phase));
	}
	read_by(l, of, t);
	t->sign = read_truths(l, of, "signs", true, &t->n_sign);
	read_does(l, of, t);
	if (l->in->diag->n_error == n_error)
		say_invisible(l, of, t);
	step->truth = t;
}
