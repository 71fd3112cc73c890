/* Fields and forms out of files: docs/law.md. */
#include "law/priv.h"

static const char *const tell_name[] = {
#define X(NAME, name) name,
	WARD_LAW_TELL_LIST(X)
#undef X
};
static const char *const source_name[] = {
#define X(NAME, name) name,
	WARD_LAW_SOURCE_LIST(X)
#undef X
};

const char *ward_law_source_name(enum ward_law_source s)
{
	return (unsigned)s < WARD_LAW_SOURCE_N ? source_name[s] : "?";
}

size_t ward_law_field_of(const struct ward_law *l, struct ward_str id)
{
	for (size_t i = 0; i < l->n_field; i++)
		if (ward_str_eq(l->field[i].id, id))
			return i;
	return SIZE_MAX;
}

size_t ward_law_form_of(const struct ward_law *l, struct ward_str id)
{
	for (size_t i = 0; i < l->n_form; i++)
		if (ward_str_eq(l->form[i].id, id))
			return i;
	return SIZE_MAX;
}

bool ward_law_form_is_for(const struct ward_law_form *f, size_t rule)
{
	for (size_t i = 0; i < f->n_rule; i++)
		if (f->rule[i] == rule)
			return true;
	return false;
}

struct ward_str ward_law_own(const struct ward_law *l, struct ward_str key)
{
	for (size_t i = 0; i < l->n_own; i++)
		if (ward_str_eq(l->own[i].key, key))
			return l->own[i].text;
	return WARD_STR("");
}

static size_t name_at(const char *const *name, size_t n, struct ward_str s)
{
	size_t i = 0;

	while (i < n && !ward_str_eqz(s, name[i]))
		i++;
	return i;
}

/* Rules that are not for this hospital are left out: it is no mistake to name them. */
static size_t rules_of(const struct law_reader *x, struct ward_str list, uint8_t *ret)
{
	size_t n = 0, of;

	while (list.len && n < WARD_LAW_FORM_RULES) {
		of = ward_law_rule_of(x->law, ward_str_cut(&list, ' '));
		if (of != SIZE_MAX)
			ret[n++] = (uint8_t)of;
	}
	return n;
}

/* "person", "fact FACT", "record WHAT", "hospital KEY", "aware", "sent RULE RULE" */
static bool read_source(
	const struct law_reader *x, const struct ward_conf *c, struct ward_law_field *f)
{
	struct ward_str of = ward_conf_word(c, "from"), word = ward_str_cut(&of, ' ');
	bool good = !of.len;
	size_t at;

	f->source = (enum ward_law_source)(
		word.len ? name_at(source_name, WARD_LAW_SOURCE_N, word) : WARD_LAW_SOURCE_PERSON);
	if (f->source == WARD_LAW_SOURCE_FACT) {
		at = ward_law_fact_of(x->law, of);
		f->of[f->n_of++] = (uint8_t)at;
		good = at != SIZE_MAX;
	} else if (f->source == WARD_LAW_SOURCE_RECORD) {
		f->tell = (enum ward_law_tell)name_at(tell_name, WARD_LAW_TELL_N, of);
		good = f->tell < WARD_LAW_TELL_N;
	} else if (f->source == WARD_LAW_SOURCE_HOSPITAL) {
		f->key = of;
		good = of.len > 0;
	} else if (f->source == WARD_LAW_SOURCE_SENT) {
		good = of.len > 0;
		f->n_of = rules_of(x, of, f->of);
	}
	good &= f->source < WARD_LAW_SOURCE_N;
	if (!good)
		law_bad(x, c, WARD_TEXT("nothing that a field comes from: '{name}'"),
			ward_conf_word(c, "from"),
			WARD_TEXT("write person, `fact FACT`, `record WHAT`, `hospital KEY`, aware "
				  "or `sent "
				  "RULE`"));
	return good;
}

void law_read_field(const struct law_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "ask", "from", "term", "letter", NULL};
	struct ward_law *l = x->law;
	struct ward_law_field f = {
		.term = ward_conf_word(c, "term"), .letter = ward_conf_word(c, "letter")};

	ward_conf_only(c, known, x->diag);
	if (!law_id(x, c, &f.id) || !ward_conf_str(c, "ask", true, x->diag, &f.ask) ||
		!read_source(x, c, &f))
		return;
	if (ward_law_field_of(l, f.id) != SIZE_MAX)
		law_bad(x, c, WARD_TEXT("a second field '{name}'"), f.id,
			WARD_TEXT("give it another id"));
	else if (l->n_field == WARD_LAW_FIELDS)
		law_bad(x, c, WARD_TEXT("no room for the field '{name}'"), f.id,
			WARD_TEXT("there may be 96 of them"));
	else
		l->field[l->n_field++] = f;
}

static void add_fields(const struct law_reader *x, const struct ward_conf *c, const char *key,
	struct ward_law_form *f)
{
	const struct ward_conf *list[WARD_LAW_FORM_FIELDS];
	size_t n = law_list(x, c, key, WARD_ARRAY_LEN(list), list), of;

	for (size_t i = 0; i < n; i++) {
		of = ward_law_field_of(x->law, list[i]->text);
		if (of == SIZE_MAX)
			law_bad(x, list[i], WARD_TEXT("no field '{name}'"), list[i]->text,
				WARD_TEXT("write the id of one that stands before it, or add it to "
					  "fields"));
		else if (f->n == WARD_LAW_FORM_FIELDS)
			law_bad(x, list[i], WARD_TEXT("no room for the field '{name}'"),
				list[i]->text, WARD_TEXT("a form has at most 32"));
		else
			f->field[f->n++] = (uint8_t)of;
	}
}

void law_read_form(const struct law_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {
		"id", "name", "type", "rules", "before", "letter", "inside", "must", "may", NULL};
	const struct ward_conf *rule[WARD_LAW_FORM_RULES];
	struct ward_law *l = x->law;
	struct ward_law_form f = {.type = ward_conf_word(c, "type"),
		.before = ward_conf_word(c, "before"),
		.jurisdiction = x->jurisdiction};
	size_t n, of;

	ward_conf_only(c, known, x->diag);
	if (!law_id(x, c, &f.id) || !ward_conf_str(c, "name", true, x->diag, &f.name))
		return;
	f.letter = ward_conf_word(c, "letter");
	if (ward_str_eqz(f.letter, "true")) /* it has no title of its own */
		f.letter = f.name;
	else if (ward_str_eqz(f.letter, "false"))
		f.letter = WARD_STR("");
	(void)ward_conf_bool(c, "inside", false, x->diag, &f.inside);
	n = law_list(x, c, "rules", WARD_ARRAY_LEN(rule), rule);
	if (!n)
		law_bad(x, c, WARD_TEXT("no rule that is served by '{name}'"), f.id,
			WARD_TEXT("add `rules:` with their ids"));
	for (size_t i = 0; i < n; i++) {
		of = ward_law_rule_of(l, rule[i]->text);
		if (of != SIZE_MAX) /* else it is not for this hospital */
			f.rule[f.n_rule++] = (uint8_t)of;
	}
	add_fields(x, c, "must", &f);
	f.n_must = f.n;
	add_fields(x, c, "may", &f);
	if (!f.n_rule)
		return;
	if (ward_law_form_of(l, f.id) != SIZE_MAX)
		law_bad(x, c, WARD_TEXT("a second form '{name}'"), f.id,
			WARD_TEXT("give it another id"));
	else if (l->n_form == WARD_LAW_FORMS)
		law_bad(x, c, WARD_TEXT("no room for the form '{name}'"), f.id,
			WARD_TEXT("there may be 40 of them"));
	else
		l->form[l->n_form++] = f;
}

void law_read_own(const struct law_reader *x)
{
	const struct ward_conf *map = ward_conf_get(x->file, "hospital");

	if (map && map->kind != WARD_CONF_MAP) {
		law_bad(x, map, WARD_TEXT("no map: '{name}'"), WARD_STR("hospital"),
			WARD_TEXT("write `officer: TEXT` below it"));
		return;
	}
	for (const struct ward_conf *c = map ? map->child : NULL; c; c = c->next)
		if (c->kind != WARD_CONF_SCALAR || !c->text.len)
			law_bad(x, c, WARD_TEXT("no text in '{name}'"), c->key,
				WARD_TEXT("write what it is, in a line"));
		else if (x->law->n_own == WARD_LAW_OWN)
			law_bad(x, c, WARD_TEXT("no room for '{name}'"), c->key,
				WARD_TEXT("there may be 24 of them"));
		else
			x->law->own[x->law->n_own++] = (struct ward_law_own){c->key, c->text};
}
