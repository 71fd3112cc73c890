/* Value lists: what the placeholders of `expand` stand for at this site. */
#include "detect/load.h"

const struct ward_value_list *ward_lists_find(const struct ward_ruleset *rs, struct ward_str name)
{
	for (size_t i = 0; i < rs->n_list; i++)
		if (ward_str_eq(rs->list[i].name, name))
			return &rs->list[i];
	return NULL;
}

static enum ward_err add(struct ward_ruleset *rs, const struct ward_conf *c, struct ward_diag *d)
{
	struct ward_value_list l = {.name = ward_arena_str(&rs->arena, c->key)};
	const struct ward_value_list *old = ward_lists_find(rs, c->key);

	if (c->kind != WARD_CONF_SEQ || !c->child || old) {
		ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
			old ? WARD_TEXT("the list '%.*s' is there already\nput all its values into "
					"one")
			    : WARD_TEXT("the list '%.*s' has no values\nwrite [value, value]"),
			WARD_STR_ARG(c->key));
		return WARD_OK;
	}
	l.value = ward_arena_array(&rs->arena, c->n_child, sizeof(*l.value));
	if (!l.name.p || !l.value)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = c->child; v; v = v->next) {
		if (v->kind != WARD_CONF_SCALAR) {
			ward_diag_addf(d, WARD_DIAG_ERROR, v->file, v->line,
				WARD_TEXT("a value of the list '%.*s' is no text\nwrite text or a "
					  "number"),
				WARD_STR_ARG(c->key));
			return WARD_OK;
		}
		l.value[l.n] = ward_arena_str(&rs->arena, v->text);
		if (!l.value[l.n++].p)
			return WARD_ERR_NOMEM;
	}
	enum ward_err err = ward_mem_more(rs->mem, &rs->list, rs->n_list, &rs->cap_list, sizeof(l),
		ward_limit(rs->lim, WARD_LIMIT_CONF_NODES));

	if (!err)
		rs->list[rs->n_list++] = l;
	return err;
}

enum ward_err ward_lists_load(struct ward_ruleset *rs, const char *path,
	const struct ward_slice *bytes, struct ward_diag *d)
{
	static const char *const known[] = {"lists", "note", NULL};
	const struct ward_conf *docs = NULL;
	struct ward_slice text = bytes ? *bytes : (struct ward_slice){NULL, 0};
	struct ward_arena tmp;
	enum ward_err err = WARD_OK;

	ward_arena_init(&tmp, rs->mem, ward_limit(rs->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	if (!bytes)
		err = ward_ruleset_read(rs, &tmp, path, d, &text);
	if (!err) {
		ward_ruleset_mix(rs, text);
		err = ward_conf_yaml(&tmp, rs->lim, ward_str_z(path), text, d, &docs);
	}
	for (const struct ward_conf *doc = err ? NULL : docs->child; doc && !err; doc = doc->next) {
		const struct ward_conf *lists = ward_conf_get(doc, "lists");

		ward_conf_only(doc, known, d);
		if (!lists || lists->kind != WARD_CONF_MAP) {
			ward_diag_addf(d, WARD_DIAG_ERROR, doc->file, doc->line,
				WARD_TEXT("this document has no value lists\nwrite 'lists: {NAME: "
					  "[value]}'"));
			continue;
		}
		for (const struct ward_conf *c = lists->child; c && !err; c = c->next)
			err = add(rs, c, d);
	}
	ward_arena_fini(&tmp);
	return err == WARD_ERR_NOMEM || err == WARD_ERR_LIMIT ? err : WARD_OK;
}
