#include "paths/attack_read.h"

#include "model/near.h"

enum { COST_MAX = 10000000 };

void ward_attack_bad(struct ward_attack_reader *l, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend)
{
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, at->file, at->line, WARD_TEXT("%s '%.*s'\n%s"),
		what, WARD_STR_ARG(name), mend);
}

static void unknown(struct ward_attack_reader *l, const struct ward_conf *at, const char *what,
	const struct ward_near *near)
{
	if (near->best.len)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, at->file, at->line,
			WARD_TEXT("no %s '%.*s'\ndid you mean '%.*s'?"), what,
			WARD_STR_ARG(near->want), WARD_STR_ARG(near->best));
	else
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, at->file, at->line,
			WARD_TEXT("no %s '%.*s'\nuse one that the content defines"), what,
			WARD_STR_ARG(near->want));
}

static uint32_t threat(
	struct ward_attack_reader *l, const struct ward_conf *at, struct ward_str code)
{
	const struct ward_threats *t = ward_model_threats(l->m);
	uint32_t i = ward_threats_find(t, code);

	if (i != WARD_NONE)
		return i;
	struct ward_near near = ward_near_start(code, &l->near_budget);

	for (uint32_t k = 0; k < ward_threats_n(t); k++)
		ward_near_offer(&near, ward_threats_at(t, k)->code);
	unknown(l, at, "threat", &near);
	return WARD_NONE;
}

static uint32_t class_of(
	struct ward_attack_reader *l, const struct ward_conf *at, struct ward_str id)
{
	const struct ward_ontology *o = ward_model_ontology(l->m);
	uint32_t i = ward_ontology_find(o, id);

	if (i != WARD_NONE)
		return i;
	struct ward_near near = ward_near_start(id, &l->near_budget);

	for (uint32_t k = 0; k < ward_ontology_n(o); k++)
		ward_near_offer(&near, ward_ontology_class(o, k)->id);
	unknown(l, at, "class", &near);
	return WARD_NONE;
}

static uint32_t state(struct ward_attack_reader *l, const struct ward_conf *at, struct ward_str id)
{
	struct ward_near near = ward_near_start(id, &l->near_budget);

	for (uint32_t i = 0; i < l->a->n_state; i++) {
		if (ward_str_eq(l->a->state[i].id, id))
			return i;
		ward_near_offer(&near, l->a->state[i].id);
	}
	unknown(l, at, "state", &near);
	return WARD_NONE;
}

static uint32_t step(struct ward_attack_reader *l, const struct ward_conf *at, struct ward_str id)
{
	struct ward_near near = ward_near_start(id, &l->near_budget);

	for (uint32_t i = 0; i < l->a->n_step; i++) {
		if (ward_str_eq(l->a->step[i].id, id))
			return i;
		ward_near_offer(&near, l->a->step[i].id);
	}
	unknown(l, at, "step", &near);
	return WARD_NONE;
}

static struct ward_str keep(struct ward_attack_reader *l, struct ward_str s)
{
	struct ward_str k = ward_arena_str(&l->a->arena, s);

	l->nomem = l->nomem || !k.p;
	return k;
}

/* A scalar, or a list of them, of at most WARD_ATTACK_LIST. False (and a finding) otherwise. */
static size_t words(struct ward_attack_reader *l, const struct ward_conf *map, const char *key,
	const struct ward_conf **ret)
{
	const struct ward_conf *c = ward_conf_get(map, key), *one = c;
	size_t n = 0;

	if (!c)
		return 0;
	if (c->kind == WARD_CONF_SEQ)
		one = c->child;
	for (; one; one = c->kind == WARD_CONF_SEQ ? one->next : NULL) {
		if (one->kind != WARD_CONF_SCALAR || n == WARD_ATTACK_LIST) {
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, one->file, one->line,
				WARD_TEXT("'%s' is no list of at most %d words\nwrite %s: [a, b]"),
				key, WARD_ATTACK_LIST, key);
			return 0;
		}
		ret[n++] = one;
	}
	return n;
}

static void read_class(
	struct ward_attack_reader *l, const struct ward_conf *map, struct ward_attack_class *ret)
{
	const struct ward_conf *w[WARD_ATTACK_LIST];
	struct ward_str id;

	ret->class = WARD_NONE;
	if (ward_conf_str(map, "class", false, l->diag, &id))
		ret->class = class_of(l, ward_conf_get(map, "class"), id);
	ret->n_except = words(l, map, "except", w);
	for (size_t i = 0; i < ret->n_except; i++)
		ret->except[i] = class_of(l, w[i], w[i]->text);
	size_t n = words(l, map, "zone", w);

	for (size_t i = 0; i < n; i++) {
		unsigned k = 0;

		while (k < WARD_ZONE_N &&
			!ward_str_eqz(w[i]->text, ward_zone_kind_name((enum ward_zone_kind)k)))
			k++;
		if (k == WARD_ZONE_N)
			ward_attack_bad(l, w[i], WARD_TEXT("no kind of zone"), w[i]->text,
				WARD_TEXT("use public, clinical, staff, restricted or technical"));
		else
			ret->zones |= 1u << k;
	}
}

/* {has: STATE, class: …} or, for to:, {class: …}. */
static void read_end(struct ward_attack_reader *l, const struct ward_conf *c, const char *key,
	uint32_t *ret_has, struct ward_attack_class *ret)
{
	static const char *const known_from[] = {"has", "class", "except", "zone", NULL};
	static const char *const known_to[] = {"class", "except", "zone", NULL};
	const struct ward_conf *map = ward_conf_get(c, key);
	struct ward_str id;

	ret->class = WARD_NONE;
	if (!map)
		return;
	if (map->kind != WARD_CONF_MAP) {
		ward_attack_bad(l, map, WARD_TEXT("not a map:"), ward_str_z(key),
			WARD_TEXT("write {class: CLASS}"));
		return;
	}
	ward_conf_only(map, ret_has ? known_from : known_to, l->diag);
	read_class(l, map, ret);
	if (ret_has && ward_conf_str(map, "has", true, l->diag, &id))
		*ret_has = state(l, ward_conf_get(map, "has"), id);
}

static bool word_in(struct ward_attack_reader *l, const struct ward_conf *c, const char *key,
	const char *const *word, unsigned n, unsigned *ret)
{
	struct ward_str s;

	if (!ward_conf_str(c, key, false, l->diag, &s))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (ward_str_eqz(s, word[i])) {
			*ret = i;
			return true;
		}
	struct ward_near near = ward_near_start(s, &l->near_budget);

	for (unsigned i = 0; i < n; i++)
		ward_near_offer(&near, ward_str_z(word[i]));
	unknown(l, ward_conf_get(c, key), key, &near);
	return false;
}

static void read_relation(
	struct ward_attack_reader *l, const struct ward_conf *c, struct ward_attack_step *s)
{
	static const char *const ways[] = {"out", "in"};
	const char *word[WARD_ATTACK_REL_NONE];
	unsigned way = 0;

	for (unsigned i = 0; i < WARD_REL_N; i++)
		word[i] = ward_rel_name((enum ward_rel_type)i);
	word[WARD_ATTACK_REL_SELF] = "self";
	word[WARD_ATTACK_REL_REACHES] = "reaches";
	s->rel = WARD_ATTACK_REL_NONE;
	(void)word_in(l, c, "relation", word, WARD_ATTACK_REL_NONE, &s->rel);
	(void)word_in(l, c, "direction", ways, 2, &way);
	s->in = way == 1;
	if (ward_conf_get(c, "from") && s->rel == WARD_ATTACK_REL_NONE)
		ward_attack_bad(l, c, WARD_TEXT("no relation from one thing to the other in step"),
			s->id, WARD_TEXT("add relation: (self for the same thing)"));
	if (!ward_conf_get(c, "from") && ward_conf_get(c, "relation"))
		ward_attack_bad(l, c, WARD_TEXT("a relation without from: in step"), s->id,
			WARD_TEXT("add from: {has: STATE}"));
}

static void read_needs(
	struct ward_attack_reader *l, const struct ward_conf *c, struct ward_attack_step *s)
{
	static const char *const known[] = {"has", "of", NULL};
	static const char *const ends[] = {"from", "to", "attacker"};
	const struct ward_conf *list = ward_conf_get(c, "also");

	for (const struct ward_conf *n = list ? list->child : NULL; n; n = n->next) {
		unsigned of = WARD_ATTACK_SELF;
		struct ward_str id;

		if (list->kind != WARD_CONF_SEQ || n->kind != WARD_CONF_MAP ||
			s->n_need == WARD_ATTACK_LIST) {
			ward_attack_bad(l, n, WARD_TEXT("no list of needs in step"), s->id,
				WARD_TEXT("write also: [{has: STATE, of: attacker}]"));
			return;
		}
		ward_conf_only(n, known, l->diag);
		(void)word_in(l, n, "of", ends, 3, &of);
		if (!ward_conf_str(n, "has", true, l->diag, &id))
			continue;
		uint32_t i = state(l, ward_conf_get(n, "has"), id);

		if (i != WARD_NONE && l->a->state[i].of_attacker != (of == WARD_ATTACK_SELF))
			ward_attack_bad(l, n, WARD_TEXT("of: is not what it is for the state"), id,
				WARD_TEXT("a state `of: attacker` is the attacker's, any other a "
					  "thing's"));
		s->need[s->n_need++] = (struct ward_attack_need){i, (enum ward_attack_end)of};
	}
}

static void read_gives(
	struct ward_attack_reader *l, const struct ward_conf *c, struct ward_attack_step *s)
{
	const struct ward_conf *g = ward_conf_get(c, "gives"), *t = ward_conf_get(c, "threat");
	struct ward_str id;

	s->gives = s->threat = WARD_NONE;
	if (!g == !t) {
		ward_attack_bad(l, c, WARD_TEXT("neither or both of gives and threat in step"),
			s->id,
			WARD_TEXT("gives: a state, or threat: a threat that is then on the thing"));
		return;
	}
	if (ward_conf_str(c, "gives", false, l->diag, &id))
		s->gives = state(l, g, id);
	if (ward_conf_str(c, "threat", false, l->diag, &id))
		s->threat = threat(l, t, id);
}

static void read_chance(
	struct ward_attack_reader *l, const struct ward_conf *c, struct ward_attack_step *s)
{
	const struct ward_conf *w[WARD_ATTACK_LIST];
	size_t n = words(l, c, "likelihood", w);

	if (n != 1 && n != 2) {
		ward_attack_bad(l, c, WARD_TEXT("no likelihood in step"), s->id,
			WARD_TEXT("add likelihood: [lowest, highest]"));
		return;
	}
	if (!ward_degree_parse(w[0]->text, &s->lo_micro) ||
		!ward_degree_parse(w[n - 1]->text, &s->hi_micro) || s->lo_micro > s->hi_micro)
		ward_attack_bad(l, w[0], WARD_TEXT("not a likelihood from low to high:"),
			w[0]->text, WARD_TEXT("write two decimals from 0 to 1, the lower first"));
}

static void read_rest(
	struct ward_attack_reader *l, const struct ward_conf *c, struct ward_attack_step *s)
{
	static const char *const skills[] = {"low", "medium", "high"};
	static const char *const hours[] = {"any", "not-shut", "open", "shut"};
	const struct ward_conf *w[WARD_ATTACK_LIST];
	unsigned skill = 0, hour = 0;
	int64_t cost = 0;

	(void)word_in(l, c, "while", hours, WARD_HOUR_N, &hour);
	s->hour = (enum ward_attack_hour)hour;
	(void)word_in(l, c, "skill", skills, WARD_SKILL_N, &skill);
	s->skill = (enum ward_attack_skill)skill;
	(void)ward_conf_duration(c, "time", true, l->diag, &s->time);
	(void)ward_conf_i64(c, "cost", false, l->diag, 0, COST_MAX, &cost);
	s->cost = (uint64_t)cost;
	(void)ward_conf_degree(c, "noise", false, l->diag, &s->noise_micro);
	(void)ward_conf_bool(c, "vulnerability", false, l->diag, &s->vulnerability);
	if (ward_conf_str(c, "technique", true, l->diag, &s->technique))
		s->technique = keep(l, s->technique);
	s->n_seen = words(l, c, "seen", w);
	for (size_t i = 0; i < s->n_seen; i++)
		s->seen[i] = keep(l, w[i]->text);
	s->n_service = words(l, c, "service", w);
	for (size_t i = 0; i < s->n_service; i++)
		s->service[i] = keep(l, w[i]->text);
	s->n_hindered = words(l, c, "hindered", w);
	for (size_t i = 0; i < s->n_hindered; i++)
		s->hindered[i] = threat(l, w[i], w[i]->text);
}

void ward_attack_read_step(struct ward_attack_reader *l, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "text", "from", "relation", "direction", "to",
		"also", "gives", "threat", "likelihood", "skill", "time", "cost", "noise", "seen",
		"service", "hindered", "technique", "vulnerability", "while", "why", NULL};
	struct ward_attack_step s = {.file = c->file, .line = c->line, .state = WARD_NONE};
	enum ward_err err = ward_mem_more(l->a->mem, &l->a->step, l->a->n_step, &l->a->cap_step,
		sizeof(s), WARD_ATTACK_STEPS);

	ward_conf_only(c, known, l->diag);
	if (ward_conf_str(c, "id", true, l->diag, &s.id))
		s.id = keep(l, s.id);
	if (ward_conf_str(c, "text", true, l->diag, &s.text))
		s.text = keep(l, s.text);
	s.file = keep(l, c->file);
	read_end(l, c, "from", &s.state, &s.from);
	read_end(l, c, "to", NULL, &s.to);
	read_relation(l, c, &s);
	read_needs(l, c, &s);
	read_gives(l, c, &s);
	read_chance(l, c, &s);
	read_rest(l, c, &s);
	if (s.state != WARD_NONE && l->a->state[s.state].of_attacker)
		ward_attack_bad(l, c,
			WARD_TEXT("from: names what the attacker has as such in step"), s.id,
			WARD_TEXT("say it under also: [{has: STATE, of: attacker}]"));
	if (err == WARD_ERR_LIMIT)
		ward_attack_bad(l, c, WARD_TEXT("too many steps at"), s.id,
			WARD_TEXT("keep to the most that there may be"));
	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	if (!err)
		l->a->step[l->a->n_step++] = s;
}

void ward_attack_read_state(struct ward_attack_reader *l, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "text", "of", NULL};
	static const char *const whose[] = {"thing", "attacker"};
	struct ward_attack_state s = {.line = c->line};
	unsigned of = 0;
	enum ward_err err = ward_mem_more(l->a->mem, &l->a->state, l->a->n_state, &l->a->cap_state,
		sizeof(s), WARD_ATTACK_STATES);

	ward_conf_only(c, known, l->diag);
	if (ward_conf_str(c, "id", true, l->diag, &s.id))
		s.id = keep(l, s.id);
	if (ward_conf_str(c, "text", true, l->diag, &s.text))
		s.text = keep(l, s.text);
	(void)word_in(l, c, "of", whose, 2, &of);
	s.of_attacker = of == 1;
	s.file = keep(l, c->file);
	if (err == WARD_ERR_LIMIT)
		ward_attack_bad(l, c, WARD_TEXT("too many states at"), s.id,
			WARD_TEXT("keep to the most that there may be"));
	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	if (!err)
		l->a->state[l->a->n_state++] = s;
}

void ward_attack_read_measure(struct ward_attack_reader *l, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "text", "steps", "on", "class", "except", "zone",
		"degree", "cost", "side", "locks", "role", "why", NULL};
	static const char *const ends[] = {"from", "to", "attacker"};
	const struct ward_conf *w[WARD_ATTACK_LIST];
	struct ward_attack_measure s = {.line = c->line, .side = WARD_NONE, .role = WARD_NONE};
	enum ward_err err = ward_mem_more(l->a->mem, &l->a->measure, l->a->n_measure,
		&l->a->cap_measure, sizeof(s), WARD_ATTACK_MEASURES);
	unsigned on = WARD_ATTACK_TO;
	struct ward_str word;
	int64_t cost = 0;

	ward_conf_only(c, known, l->diag);
	if (ward_conf_str(c, "id", true, l->diag, &s.id))
		s.id = keep(l, s.id);
	if (ward_conf_str(c, "text", true, l->diag, &s.text))
		s.text = keep(l, s.text);
	s.file = keep(l, c->file);
	read_class(l, c, &s.of);
	(void)word_in(l, c, "on", ends, 3, &on);
	s.on = (enum ward_attack_end)on;
	(void)ward_conf_degree(c, "degree", true, l->diag, &s.degree_micro);
	if (ward_conf_i64(c, "cost", true, l->diag, 1, COST_MAX, &cost))
		s.cost = (uint64_t)cost;
	(void)ward_conf_bool(c, "locks", false, l->diag, &s.locks);
	if (ward_conf_str(c, "side", false, l->diag, &word))
		s.side = threat(l, ward_conf_get(c, "side"), word);
	if (ward_conf_str(c, "role", false, l->diag, &word))
		s.role = ward_model_find(l->m, word); /* a house without that role has others */
	s.n_step = words(l, c, "steps", w);
	if (!s.n_step)
		ward_attack_bad(l, c, WARD_TEXT("no steps in measure"), s.id,
			WARD_TEXT("add steps: [STEP], what it hinders"));
	for (size_t i = 0; i < s.n_step; i++)
		s.step[i] = step(l, w[i], w[i]->text);
	if (err == WARD_ERR_LIMIT)
		ward_attack_bad(l, c, WARD_TEXT("too many measures at"), s.id,
			WARD_TEXT("keep to the most that there may be"));
	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	if (!err)
		l->a->measure[l->a->n_measure++] = s;
}
