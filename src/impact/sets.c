#include "impact/sets.h"

#include "model/near.h"

void ward_sets_threat_unknown(
	const struct ward_sets *s, const struct ward_conf *at, struct ward_str code)
{
	struct ward_near near = ward_near_start(code, s->near_budget);

	for (uint32_t i = 0; i < ward_threats_n(s->t); i++)
		ward_near_offer(&near, ward_threats_at(s->t, i)->code);
	ward_near_unknown(&near, at, "threat", s->diag);
}

/* The entries of a list, or the one text; anything else is told. */
static const struct ward_conf *entries(
	const struct ward_sets *s, const struct ward_conf *v, const char *what, bool *ret_list)
{
	*ret_list = v->kind == WARD_CONF_SEQ;
	if (*ret_list && v->child)
		return v->child;
	if (v->kind == WARD_CONF_SCALAR && v->text.len)
		return v;
	ward_diag_addf(s->diag, WARD_DIAG_ERROR, v->file, v->line,
		WARD_TEXT("'%s' names nothing\nwrite one, or a list of them"), what);
	return NULL;
}

static bool is_text(const struct ward_sets *s, const struct ward_conf *v, const char *what)
{
	if (v->kind == WARD_CONF_SCALAR)
		return true;
	ward_diag_addf(s->diag, WARD_DIAG_ERROR, v->file, v->line,
		WARD_TEXT("an entry of '%s' is no text\nwrite one id for each entry"), what);
	return false;
}

/* One class and all below it are in the set, or no longer. */
static bool class_set(const struct ward_sets *s, const struct ward_conf *v, bool *of, bool in)
{
	uint32_t n = ward_ontology_n(s->o), class;

	if (!is_text(s, v, in ? "class" : "except"))
		return false;
	class = ward_ontology_find(s->o, v->text);
	if (class == WARD_NONE) {
		struct ward_near near = ward_near_start(v->text, s->near_budget);

		for (uint32_t i = 0; i < n; i++)
			ward_near_offer(&near, ward_ontology_class(s->o, i)->id);
		ward_near_unknown(&near, v, "class", s->diag);
		return false;
	}
	for (uint32_t i = 0; i < n; i++)
		if (ward_ontology_is(s->o, i, class))
			of[i] = in;
	return true;
}

bool ward_sets_classes(const struct ward_sets *s, const struct ward_conf *map, const bool **ret_of)
{
	static const char *const key[] = {"class", "except"};
	uint32_t n = ward_ontology_n(s->o);
	bool ok = true, *of, list;

	*ret_of = NULL;
	if (!ward_conf_get(map, key[0]) && !ward_conf_get(map, key[1]))
		return true;
	of = ward_arena_array(s->arena, n, sizeof(*of));
	if (!of) {
		*s->nomem = true;
		return false;
	}
	for (uint32_t i = 0; i < n; i++)
		of[i] = !ward_conf_get(map, key[0]);
	for (unsigned k = 0; k < WARD_ARRAY_LEN(key); k++) {
		const struct ward_conf *v = ward_conf_get(map, key[k]);
		const struct ward_conf *c = v ? entries(s, v, key[k], &list) : NULL;

		ok = ok && (c || !v);
		for (; c; c = list ? c->next : NULL)
			ok = class_set(s, c, of, k == 0) && ok;
	}
	*ret_of = of;
	return ok;
}

static struct ward_str family_of(struct ward_str code)
{
	return ward_str_cut(&code, '.');
}

/* One code, or all codes of "family.*". */
static bool threat_set(const struct ward_sets *s, const struct ward_conf *v, bool *in)
{
	bool found = false;

	if (!is_text(s, v, "threat"))
		return false;
	bool all = ward_str_ends(v->text, WARD_STR(".*"));
	struct ward_str want = all ? ward_str_sub(v->text, 0, v->text.len - 2) : v->text;

	for (uint32_t i = 0; i < ward_threats_n(s->t); i++) {
		struct ward_str has = ward_threats_at(s->t, i)->code;

		if (!ward_str_eq(all ? family_of(has) : has, want))
			continue;
		in[i] = found = true;
	}
	if (!found)
		ward_sets_threat_unknown(s, v, v->text);
	return found;
}

bool ward_sets_threats(
	const struct ward_sets *s, const struct ward_conf *map, uint32_t **ret, size_t *ret_n)
{
	const struct ward_conf *v = ward_conf_get(map, "threat"), *c;
	uint32_t n = ward_threats_n(s->t);
	bool ok, list, *in = ward_arena_array(s->arena, n, sizeof(*in));

	*ret = ward_arena_array(s->arena, n, sizeof(**ret));
	*ret_n = 0;
	if (!in || !*ret) {
		*s->nomem = true;
		return false;
	}
	if (!v) {
		ward_diag_addf(s->diag, WARD_DIAG_ERROR, map->file, map->line,
			WARD_TEXT("'threat' is missing\nwrite a code of the dictionary, or "
				  "FAMILY.*"));
		return false;
	}
	c = entries(s, v, "threat", &list);
	for (ok = c != NULL; c; c = list ? c->next : NULL)
		ok = threat_set(s, c, in) && ok;
	for (uint32_t i = 0; i < n; i++)
		if (in[i])
			(*ret)[(*ret_n)++] = i;
	return ok;
}
