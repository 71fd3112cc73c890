/* A rule's document as one line of YAML, with one change. */
#include "craft/craft.h"

#include "event/event.h"

enum { DEPTH = 60 };

static void scalar(struct ward_json *j, const struct ward_conf *c)
{
	int64_t n = 0;
	bool plain = !c->quoted &&
		     (ward_number_kind(c->text, &n) != WARD_VALUE_NULL ||
			     ward_str_eqz(c->text, "true") || ward_str_eqz(c->text, "false"));

	if (plain)
		ward_json_raw(j, c->text);
	else
		ward_json_str(j, c->text);
}

/* Begins c; true when it has an inside that is still to be written. */
static bool begin(struct ward_json *j, const struct ward_conf *c, const struct ward_craft_change *x)
{
	struct ward_conf other = *c;

	if (x && x->at == c && x->how == WARD_CRAFT_TEXT)
		other.text = x->with;
	switch (c->kind) {
	case WARD_CONF_NULL:
		ward_json_null(j);
		return false;
	case WARD_CONF_SCALAR:
		scalar(j, &other);
		return false;
	case WARD_CONF_SEQ:
		ward_json_arr(j);
		return true;
	case WARD_CONF_MAP:
		ward_json_obj(j);
		return true;
	}
	return false;
}

static void end(struct ward_json *j, const struct ward_conf *c)
{
	if (c->kind == WARD_CONF_MAP)
		ward_json_obj_end(j);
	else
		ward_json_arr_end(j);
}

void ward_craft_write(
	struct ward_wr *w, const struct ward_conf *doc, const struct ward_craft_change *change)
{
	const struct ward_conf *in[DEPTH], *next[DEPTH];
	struct ward_json j = ward_json_on(w);
	size_t depth = 0;

	if (!begin(&j, doc, change))
		return;
	in[0] = doc;
	next[0] = doc->child;
	while (true) {
		const struct ward_conf *c = next[depth];

		if (!c) {
			end(&j, in[depth]);
			if (!depth--)
				break;
			continue;
		}
		next[depth] = c->next;
		if (change && change->at == c && change->how == WARD_CRAFT_DROP)
			continue;
		if (in[depth]->kind == WARD_CONF_MAP)
			ward_json_key_str(
				&j, change && change->at == c && change->how == WARD_CRAFT_KEY
					    ? change->with
					    : c->key);
		if (!begin(&j, c, change))
			continue;
		if (++depth == DEPTH) {
			w->bad = true;
			return;
		}
		in[depth] = c;
		next[depth] = c->child;
	}
	ward_wr_ch(w, '\n');
}
