#include "respond/playbook/form.h"

#include "base/hash.h"

enum { DEPTH_MAX = 65, NAME_MAX_BYTES = 204 };

static void open(struct ward_json *j, const struct ward_conf *c)
{
	if (c->kind == WARD_CONF_MAP)
		ward_json_obj(j);
	else
		ward_json_arr(j);
}

static void put(struct ward_json *j, const struct ward_conf *c)
{
	if (c->kind == WARD_CONF_NULL)
		ward_json_null(j);
	else if (c->quoted)
		ward_json_str(j, c->text);
	else
		ward_json_raw(j, c->text);
}

/* The way down is kept: conf bounds how deep a file is nested. */
void ward_playbook_write(const struct ward_playbook *p, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	const struct ward_conf *in[DEPTH_MAX], *at = p->tree->child;
	size_t depth = 1;

	in[0] = p->tree;
	open(&j, p->tree);
	while (depth) {
		const struct ward_conf *top = in[depth - 1];

		if (!at) {
			if (top->kind == WARD_CONF_MAP)
				ward_json_obj_end(&j);
			else
				ward_json_arr_end(&j);
			at = top->next;
			depth--;
			continue;
		}
		if (top->kind == WARD_CONF_MAP)
			ward_json_key_str(&j, at->key);
		if (at->kind == WARD_CONF_MAP || at->kind == WARD_CONF_SEQ) {
			WARD_ASSERT(depth < DEPTH_MAX);
			open(&j, at);
			in[depth++] = at;
			at = at->child;
		} else {
			put(&j, at);
			at = at->next;
		}
	}
	ward_wr_ch(w, '\n');
}

uint32_t ward_playbook_find_step(const struct ward_playbook *p, struct ward_str id)
{
	for (uint32_t i = 0; id.len && i < p->n_step; i++)
		if (ward_str_eq(p->step[i].id, id))
			return i;
	return WARD_NONE;
}

uint32_t ward_playbook_find_party(const struct ward_playbook *p, struct ward_str id)
{
	for (uint32_t i = 0; id.len && i < p->n_party; i++)
		if (ward_str_eq(p->party[i].id, id))
			return i;
	return WARD_NONE;
}

struct ward_playbook_var *ward_playbook_find_var(
	struct ward_playbook_var *var, size_t n, struct ward_str name)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(var[i].name, name))
			return &var[i];
	return NULL;
}

uint32_t ward_playbook_after(const struct ward_playbook_step *s, bool well)
{
	if (!well)
		return s->failure;
	return s->completion != WARD_NONE ? s->completion : s->success;
}

bool ward_playbook_next(struct ward_str *rest, struct ward_str *ret_text, struct ward_str *ret_var)
{
	const struct ward_str end = WARD_STR("__:value");
	struct ward_str all = *rest;

	*ret_var = (struct ward_str){"", 0};
	*ret_text = all;
	if (!all.len)
		return false;
	for (size_t from = 0;;) {
		size_t stop = ward_str_find(ward_str_sub(all, from, SIZE_MAX), end);

		*rest = (struct ward_str){"", 0};
		if (stop == SIZE_MAX)
			return true;
		stop += from;
		/* The longest name that ends here. */
		size_t first = stop + 2 > from + NAME_MAX_BYTES ? stop + 2 - NAME_MAX_BYTES : from;

		for (size_t k = first; k + 2 < stop; k++) {
			struct ward_str name = ward_str_sub(all, k, stop + 2 - k);

			if (!ward_playbook_is_var(name))
				continue;
			*ret_text = ward_str_sub(all, 0, k);
			*ret_var = name;
			*rest = ward_str_sub(all, stop + end.len, SIZE_MAX);
			return true;
		}
		from = stop + end.len;
	}
}

bool ward_playbook_answers(const struct ward_playbook *p, struct ward_str threat)
{
	for (size_t i = 0; i < p->n_threat; i++)
		for (struct ward_str codes = p->threat[i]; codes.len;)
			if (ward_str_eq(ward_str_cut(&codes, WARD_PLAYBOOK_BOTH), threat))
				return true;
	return false;
}

static bool whole(struct ward_str s)
{
	int64_t n;

	return ward_str_i64(s, &n);
}

bool ward_playbook_fits(const struct ward_playbook_var *v, struct ward_str value)
{
	if (value.len > WARD_PLAYBOOK_TEXT_MAX || !ward_utf8_valid(ward_str_bytes(value), NULL))
		return false;
	if (ward_str_eqz(v->type, "bool"))
		return ward_str_eqz(value, "true") || ward_str_eqz(value, "false");
	if (ward_str_eqz(v->type, "integer") || ward_str_eqz(v->type, "long"))
		return whole(value);
	return true;
}

struct ward_playbook *ward_playbooks_find(
	const struct ward_playbooks *b, struct ward_str id, struct ward_str modified)
{
	struct ward_playbook *best = NULL;

	for (size_t i = 0; i < b->n; i++) {
		struct ward_playbook *p = b->item[i];

		if (!ward_str_eq(p->id, id))
			continue;
		if (modified.len ? ward_str_eq(p->modified, modified)
				 : !best || ward_str_cmp(p->modified, best->modified) > 0)
			best = p;
	}
	return best;
}
