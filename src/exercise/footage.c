/* What cameras show while a scenario is played. */
#include "exercise/load.h"

const struct ward_footage *ward_scenario_footage(
	const struct ward_scenario *s, const struct ward_source *source)
{
	for (size_t i = 0; i < s->n_footage; i++)
		if (s->footage[i].source == source)
			return &s->footage[i];
	return NULL;
}

static bool inside(struct ward_str path)
{
	struct ward_str rest = path;

	while (rest.len)
		if (ward_str_eqz(ward_str_cut(&rest, '/'), ".."))
			return false;
	return path.len && path.p[0] != '/';
}

static void read_one(struct ward_scenario_load *l, const struct ward_conf *c)
{
	static const char *const known[] = {"source", "clip", "again", NULL};
	struct ward_diag *d = l->in->diag;
	struct ward_footage f = {0};
	struct ward_str id;

	ward_conf_only(c, known, d);
	if (!ward_conf_str(c, "source", true, d, &id) ||
		!ward_conf_str(c, "clip", true, d, &f.clip))
		return;
	(void)ward_conf_duration(c, "again", false, d, &f.again);
	f.source = ward_model_source(l->s->model, id);
	if (!f.source || !ward_str_starts(f.source->where, WARD_STR("rtsp://")))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "source"),
			WARD_TEXT("'%.*s' is no camera that can be played\nname a source of "
				  "sources.yml with `where: rtsp://ADDR:PORT/PATH`"),
			WARD_STR_ARG(id));
	else if (ward_scenario_footage(l->s, f.source))
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("the camera '%.*s' has footage already\nremove one of both"),
			WARD_STR_ARG(id));
	else if (!inside(f.clip))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "clip"),
			WARD_TEXT("the clip lies outside of the scenario: '%.*s'\nwrite its path "
				  "from the scenario's folder on"),
			WARD_STR_ARG(f.clip));
	else
		l->s->footage[l->s->n_footage++] = f;
}

void ward_scenario_read_footage(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	const struct ward_conf *list = ward_scenario_list(l, doc, "footage");
	struct ward_scenario *s = l->s;

	s->footage = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*s->footage));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->err; c = c->next) {
		if (c->kind == WARD_CONF_MAP)
			read_one(l, c);
		else
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("footage is a map\nwrite `{source: …, clip: …, again: "
					  "…}`"));
	}
}
