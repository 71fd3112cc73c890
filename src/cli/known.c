#include "cli/known.h"

#include "model/near.h"

enum { LIST_BYTES = 4096 };

int ward_cli_threat(
	const struct ward_cmd *cmd, const struct ward_model *m, struct ward_str code, uint32_t *ret)
{
	const struct ward_threats *t = ward_model_threats(m);
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(code, &budget);

	*ret = ward_threats_find(t, code);
	if (*ret != WARD_NONE)
		return WARD_EXIT_DONE;
	for (uint32_t k = 0; k < ward_threats_n(t); k++)
		ward_near_offer(&near, ward_threats_at(t, k)->code);
	return ward_cli_usage(cmd, "there is no threat '%.*s'%s%.*s%s", WARD_STR_ARG(code),
		near.best.len ? "; did you mean '" : "", WARD_STR_ARG(near.best),
		near.best.len ? "'?" : "");
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
