#include "cli/known.h"

#include "model/near.h"

enum { LIST_BYTES = 4096, ALIKE_MAX = 5 };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Does that text have this one in it, whatever the case of ASCII letters? */
static bool has(struct ward_str text, struct ward_str part)
{
	for (size_t i = 0; part.len && i + part.len <= text.len; i++) {
		size_t k = 0;

		while (k < part.len && lower(text.p[i + k]) == lower(part.p[k]))
			k++;
		if (k == part.len)
			return true;
	}
	return false;
}

/* What people may have meant, by id and name: as a list, and how many more. */
struct alike {
	struct ward_str want;
	struct ward_wr w;
	size_t n;
};

static void offer(struct alike *a, struct ward_str id, struct ward_str name)
{
	if (!has(id, a->want) && !has(name, a->want))
		return;
	if (a->n++ < ALIKE_MAX)
		ward_wr_printf(&a->w, "%s%.*s (%.*s)", a->n > 1 ? ", " : "", WARD_STR_ARG(id),
			WARD_STR_ARG(name));
}

/* "there is no asset 'x'" and what was meant: what has it in its id or name, else the nearest id.
 */
static int unknown(const struct ward_cmd *cmd, const char *what, const struct alike *a,
	const struct ward_near *near)
{
	struct ward_str list = ward_wr_text(&a->w);

	if (!a->n || ward_wr_bad(&a->w))
		return ward_cli_usage(cmd, "there is no %s '%.*s'%s%.*s%s", what,
			WARD_STR_ARG(near->want), near->best.len ? "; did you mean '" : "",
			WARD_STR_ARG(near->best), near->best.len ? "'?" : "");
	if (a->n > ALIKE_MAX)
		return ward_cli_usage(cmd,
			"there is no %s '%.*s'; did you mean %.*s or one of %zu "
			"more with it in id or name?",
			what, WARD_STR_ARG(near->want), WARD_STR_ARG(list), a->n - ALIKE_MAX);
	return ward_cli_usage(cmd, "there is no %s '%.*s'; did you mean %.*s?", what,
		WARD_STR_ARG(near->want), WARD_STR_ARG(list));
}

int ward_cli_asset(
	const struct ward_cmd *cmd, const struct ward_model *m, struct ward_str id, uint32_t *ret)
{
	char text[LIST_BYTES];
	struct alike a = {.want = id, .w = ward_wr_fixed(text, sizeof(text))};
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(id, &budget);

	*ret = ward_model_find(m, id);
	if (*ret != WARD_NONE)
		return WARD_EXIT_DONE;
	for (uint32_t k = 0; k < ward_model_n(m); k++) {
		offer(&a, ward_model_node(m, k)->id, ward_model_node(m, k)->name);
		ward_near_offer(&near, ward_model_node(m, k)->id);
	}
	return unknown(cmd, "asset", &a, &near);
}

int ward_cli_threat(
	const struct ward_cmd *cmd, const struct ward_model *m, struct ward_str code, uint32_t *ret)
{
	const struct ward_threats *t = ward_model_threats(m);
	char text[LIST_BYTES];
	struct alike a = {.want = code, .w = ward_wr_fixed(text, sizeof(text))};
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(code, &budget);

	*ret = ward_threats_find(t, code);
	if (*ret != WARD_NONE)
		return WARD_EXIT_DONE;
	for (uint32_t k = 0; k < ward_threats_n(t); k++) {
		offer(&a, ward_threats_at(t, k)->code, ward_threats_at(t, k)->name);
		ward_near_offer(&near, ward_threats_at(t, k)->code);
	}
	return unknown(cmd, "threat", &a, &near);
}

int ward_cli_fits(
	const struct ward_cmd *cmd, const struct ward_model *m, uint32_t asset, uint32_t threat)
{
	const struct ward_node *node = ward_model_node(m, asset);
	const struct ward_threats *t = ward_model_threats(m);
	struct ward_str class = ward_ontology_class(ward_model_ontology(m), node->class)->id;
	struct ward_str code = ward_threats_at(t, threat)->code;
	char text[LIST_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (ward_threat_fits(m, threat, node->class))
		return WARD_EXIT_DONE;
	for (uint32_t k = 0; k < ward_threats_n(t); k++)
		if (ward_threat_fits(m, k, node->class))
			ward_wr_printf(&w, "%s%.*s", w.len ? ", " : "",
				WARD_STR_ARG(ward_threats_at(t, k)->code));
	struct ward_str list = ward_wr_text(&w);

	return ward_cli_usage(cmd,
		"'%.*s' is of class %.*s, which cannot have the threat '%.*s'; it can have: %.*s",
		WARD_STR_ARG(node->id), WARD_STR_ARG(class), WARD_STR_ARG(code),
		WARD_STR_ARG(list));
}

size_t ward_cli_known_n(const struct ward_cli_known *k)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++)
		n += ward_rules_known(k->r, k->m, k->seed[i].asset, k->seed[i].threat).leads ==
		     WARD_LEADS_UNKNOWN;
	return n;
}

/* The room itself, or that in which a thing is; else WARD_NONE. */
static uint32_t room_of(const struct ward_model *m, uint32_t i)
{
	size_t n;
	const struct ward_rel *in = ward_model_in(m, i, &n);

	if (ward_model_node(m, i)->kind == WARD_NODE_ROOM)
		return i;
	for (size_t k = 0; k < n; k++)
		if (in[k].type == WARD_REL_CONTAINS &&
			ward_model_node(m, in[k].node)->kind == WARD_NODE_ROOM)
			return in[k].node;
	return WARD_NONE;
}

static void way_out(const struct ward_cli_known *k, size_t i, struct ward_wr *w)
{
	const struct ward_threat *t = ward_threats_at(ward_model_threats(k->m), k->seed[i].threat);
	uint32_t room = room_of(k->m, k->seed[i].asset);

	if (!ward_str_starts(t->code, WARD_STR("fire.")) || room == WARD_NONE)
		return;
	WARD_SAY(w, k->lang,
		WARD_TEXT("Who gets out, and in how many minutes: ward evacuate {dir} --fire "
			  "{room}"),
		{"dir", ward_str_z(k->dir)}, {"room", ward_model_node(k->m, room)->id});
	ward_wr_ch(w, '\n');
}

void ward_cli_known_text(const struct ward_cli_known *k, struct ward_wr *w)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct ward_seed_threat *s = &k->seed[i];
		struct ward_known known = ward_rules_known(k->r, k->m, s->asset, s->threat);
		const struct ward_threat *t = ward_threats_at(ward_model_threats(k->m), s->threat);

		way_out(k, i, w);
		if (known.leads == WARD_LEADS_ON)
			continue;
		WARD_SAY(w, k->lang,
			known.leads == WARD_LEADS_NOWHERE
				? WARD_TEXT("{name}: {what}. It ends there: {why}.")
			: known.covered
				? WARD_TEXT("{name}: {what}. Nothing is known of what this leads "
					    "to: the directory gives it no relation by which it "
					    "could go on.")
				: WARD_TEXT("{name}: {what}. Nothing is known of what this leads "
					    "to: no rule says it."),
			{"name", ward_model_node(k->m, s->asset)->name},
			{"what", ward_lang_text(k->lang, t->name)},
			{"why", ward_lang_text(k->lang, known.why)});
		ward_wr_ch(w, '\n');
	}
}

void ward_cli_known_json(const struct ward_cli_known *k, struct ward_wr *w)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct ward_seed_threat *s = &k->seed[i];
		struct ward_known known = ward_rules_known(k->r, k->m, s->asset, s->threat);
		struct ward_json j = ward_json_on(w);

		if (known.leads == WARD_LEADS_ON)
			continue;
		ward_json_obj(&j);
		ward_json_key(&j, "kind");
		ward_json_z(&j, "known");
		ward_json_key(&j, "asset");
		ward_json_str(&j, ward_model_node(k->m, s->asset)->id);
		ward_json_key(&j, "threat");
		ward_json_str(&j, ward_threats_at(ward_model_threats(k->m), s->threat)->code);
		ward_known_write(&j, &known, k->lang);
		ward_json_obj_end(&j);
		ward_wr_ch(w, '\n');
	}
}
