/* An incident in one line: what a queue of them shows, in each language made once for each of its
 * revisions. */
#include "api/priv.h"

#include "story/likely.h"
#include "story/zone.h"

#include <stdlib.h>

enum { LINE_BYTES = 64 << 10, CARE_MAX = 5, SENTENCE_BYTES = 4096, HOURS_NEAR = 20, STEPS_MAX = 8 };

/* The worst that is expected of each service, soonest certain harm first. */
static int by_harm(const void *va, const void *vb)
{
	const struct api_forecast *const *x = va, *const *y = vb;
	bool sure_x = ward_likely((*x)->lo, (*x)->hi) >= WARD_LIKELY_LIKELY,
	     sure_y = ward_likely((*y)->lo, (*y)->hi) >= WARD_LIKELY_LIKELY;

	if (sure_x != sure_y)
		return sure_x ? -1 : 1;
	if ((*x)->expected != (*y)->expected)
		return (*x)->expected < (*y)->expected ? -1 : 1;
	return (*x)->node < (*y)->node ? -1 : (*x)->node > (*y)->node;
}

size_t api_line_care(struct ward_api *a, struct api_incident *in, const struct api_forecast ***ret)
{
	const struct api_forecast **f =
		ward_arena_array(&a->of_line, in->part.n, sizeof(const struct api_forecast *));
	size_t n = 0, kept = 0;

	in->harm = 0;
	for (size_t i = 0; f && i < in->part.n; i++) {
		const struct api_kept *k = in->part.at[i];

		if (k->kind != WARD_ROW_IMPACT || !k->f.service || k->f.withdrawn ||
			k->f.node == WARD_NONE || k->f.lo < API_POSSIBLE)
			continue;
		f[n++] = &k->f;
		if (!ward_add(in->harm, k->f.priority, &in->harm))
			in->harm = INT64_MAX;
	}
	if (n)
		qsort(f, n, sizeof(const struct api_forecast *), by_harm);
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < kept && f[k]->node != f[i]->node)
			k++;
		if (k == kept)
			f[kept++] = f[i];
	}
	*ret = f;
	return kept;
}

void api_put_care(struct ward_api *a, struct ward_json *j, const struct api_forecast *f)
{
	const struct ward_node *n = ward_model_node(a->o.model, f->node);

	ward_json_obj(j);
	ward_json_put_str(j, "service", n->id);
	ward_json_put_str(j, "name", n->name);
	ward_json_put_time_or_null(j, "expected", f->expected);
	ward_json_put_str(j, "likely", ward_str_z(ward_likely_name(ward_likely(f->lo, f->hi))));
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, f->lo);
	ward_json_micro(j, f->hi);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

/* "03:41", local, where that is near what was seen last; else with its date. */
static void put_local(struct ward_wr *w, ward_ns t, ward_ns seen)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	if ((t < seen ? seen - t : t - seen) / WARD_NS_PER_S > HOURS_NEAR * 3600)
		ward_wr_printf(w, "%04d-%02d-%02d ", l.year, l.month, l.day);
	ward_wr_printf(w, "%02d:%02d", l.hour, l.minute);
}

static void put_care_sentence(struct ward_api *a, struct ward_lang *lang,
	const struct api_incident *in, const struct api_forecast *worst, struct ward_wr *w)
{
	char text[64];
	struct ward_wr time = ward_wr_fixed(text, sizeof(text));

	if (in->phase != WARD_PHASE_OPEN) {
		ward_say(w, lang,
			in->phase == WARD_PHASE_DISMISSED
				? WARD_TEXT("Dismissed: there is no incident")
				: WARD_TEXT("This incident is over."));
		return;
	}
	if (!worst) {
		ward_say(w, lang, WARD_TEXT("No care at risk so far."));
		return;
	}
	put_local(&time, worst->expected, in->seen);
	WARD_SAY(w, lang, WARD_TEXT("Care at risk: {service}, about\u00a0{time}, {word}."),
		{"service", ward_model_node(a->o.model, worst->node)->name},
		{"time", ward_wr_text(&time)},
		{"word", ward_lang_text(lang,
				 ward_str_z(ward_likely_word(ward_likely(worst->lo, worst->hi))))});
}

/* "Unknown device, then it commands the plant: Air-handling unit 05 (Plant room A). Too warm:
 * Theatre 3. Care at risk: Theatres, about 03:41, likely." */
static void put_sentence(struct ward_api *a, struct ward_lang *lang, const struct api_incident *in,
	const struct api_forecast *worst, struct ward_json *j)
{
	struct ward_wr w = ward_wr_grow(a->o.mem, SENTENCE_BYTES);
	struct ward_str what = ward_lang_text(lang, in->name.what);

	if (in->name.on.len && in->where.len)
		WARD_SAY(&w, lang, WARD_TEXT("{what}: {on} ({where})."), {"what", what},
			{"on", in->name.on}, {"where", in->where});
	else if (in->name.on.len)
		WARD_SAY(&w, lang, WARD_TEXT("{what}: {on}."), {"what", what}, {"on", in->name.on});
	else
		WARD_SAY(&w, lang, WARD_TEXT("{title}."), {"title", what});
	ward_wr_ch(&w, ' ');
	if (in->name.effect.len) {
		ward_headline_effect(&in->name, lang, &w);
		ward_wr_z(&w, ". ");
	}
	put_care_sentence(a, lang, in, worst, &w);
	ward_json_put_str(j, "sentence", ward_wr_text(&w));
	ward_wr_fini(&w);
}

static uint32_t role_named(const struct ward_api *a, struct ward_str name)
{
	for (size_t i = 0; name.len && i < a->n_role; i++)
		if (ward_str_eq(ward_model_node(a->o.model, a->role[i])->name, name))
			return a->role[i];
	return WARD_NONE;
}

static void put_step(struct ward_api *a, struct ward_lang *lang, const struct ward_record *r,
	struct ward_json *j)
{
	uint32_t role = role_named(a, r->step_role);

	ward_json_key(j, "first_step");
	if (!r->step_text.len) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	ward_json_put_str(j, "role",
		role == WARD_NONE ? WARD_STR("") : ward_model_node(a->o.model, role)->id);
	ward_json_put_str(j, "role_name", r->step_role);
	ward_json_put_str(j, "reach", r->step_reach);
	ward_json_put_str(j, "text", ward_lang_text(lang, r->step_text));
	ward_json_obj_end(j);
}

/* The first steps of other roles: of each, what its latest threat wants. */
static void put_steps(struct ward_api *a, struct ward_lang *lang, const struct ward_record *r,
	struct ward_json *j)
{
	const struct ward_threats *all = ward_model_threats(a->o.model);
	struct ward_str role[STEPS_MAX];
	size_t n = 0;

	ward_json_key(j, "steps");
	ward_json_arr(j);
	for (size_t i = r->n_on_asset; i-- > 0 && n < STEPS_MAX;) {
		uint32_t t = ward_threats_find(all, r->on_threat[i]);
		const struct ward_threat *threat = t == WARD_NONE ? NULL : ward_threats_at(all, t);
		size_t k = 0;

		while (threat && k < n && !ward_str_eq(role[k], threat->step_role))
			k++;
		if (!threat || k < n)
			continue;
		role[n++] = threat->step_role;
		ward_json_obj(j);
		ward_json_put_str(j, "role", threat->step_role);
		ward_json_put_str(j, "text", ward_lang_text(lang, threat->step_text));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* Of a role that the hospital has, its name; else who it was. */
static struct ward_str name_of_role(const struct ward_api *a, const char *id)
{
	uint32_t role = ward_model_find(a->o.model, ward_str_z(id));

	return role == WARD_NONE ? ward_str_z(id) : ward_model_node(a->o.model, role)->name;
}

static void put_taken(const struct ward_api *a, const struct api_incident *in, struct ward_json *j)
{
	ward_json_key(j, "taken");
	if (in->taken == WARD_NS_NEVER || in->level > in->taken_level) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	ward_json_put_str(j, "role", name_of_role(a, in->taken_by));
	ward_json_put_time_or_null(j, "at", in->taken);
	ward_json_put_bool(
		j, "present", !in->left && !ward_shift_absent(a->watch, ward_str_z(in->taken_by)));
	ward_json_obj_end(j);
}

/* Who was asked to see to it, and has not answered. */
static void put_asked(const struct ward_api *a, const struct api_incident *in, struct ward_json *j)
{
	ward_json_key(j, "asked");
	if (in->asked == WARD_NS_NEVER) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	ward_json_put_str(j, "role", ward_str_z(in->asked_for));
	ward_json_put_str(j, "role_name", name_of_role(a, in->asked_for));
	ward_json_put_time_or_null(j, "at", in->asked);
	ward_json_obj_end(j);
}

static void put_nodes(
	struct ward_api *a, struct ward_json *j, const char *key, const uint32_t *node, size_t n)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t i = 0; i < n; i++)
		ward_json_str(j, ward_model_node(a->o.model, node[i])->id);
	ward_json_arr_end(j);
}

static void put_id_or_null(struct ward_json *j, const char *key, struct ward_id id)
{
	if (api_is_zero(id))
		ward_json_put_null(j, key);
	else
		ward_json_put_id(j, key, id);
}

/* "Too warm: Theatre 3"; empty where none is seen. */
static void put_effect(struct ward_api *a, struct ward_lang *lang, const struct api_incident *in,
	struct ward_json *j)
{
	struct ward_wr w = ward_wr_grow(a->o.mem, SENTENCE_BYTES);

	ward_headline_effect(&in->name, lang, &w);
	ward_json_put_str(j, "effect", ward_wr_text(&w));
	ward_wr_fini(&w);
}

static void put_what(struct ward_api *a, struct ward_lang *lang, const struct api_incident *in,
	struct ward_json *j)
{
	ward_json_put_id(j, "id", in->id);
	ward_json_put_u64(j, "row", in->row);
	ward_json_put_u64(j, "revision", in->last->revision);
	ward_json_put_str(j, "level", ward_str_z(api_level_name[in->level]));
	ward_json_put_str(j, "state", ward_str_z(in->state));
	ward_json_put_bool(j, "open", in->phase == WARD_PHASE_OPEN);
	ward_json_put_str(j, "domain", ward_str_z(in->domain));
	ward_json_put_time_or_null(j, "first", in->first);
	ward_json_put_time_or_null(j, "last", in->seen);
	ward_json_put_str(j, "title", ward_lang_text(lang, in->name.what));
	ward_json_put_str(j, "on", in->name.on);
	ward_json_put_str(j, "where", in->where);
	put_effect(a, lang, in, j);
}

static void write(struct ward_api *a, struct api_incident *in, struct ward_lang *lang,
	const struct ward_record *r, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	const struct api_forecast **care;
	size_t n = api_line_care(a, in, &care);

	ward_json_obj(&j);
	put_what(a, lang, in, &j);
	put_sentence(a, lang, in, n ? care[0] : NULL, &j);
	put_nodes(a, &j, "nodes", in->node, in->n_node);
	put_nodes(a, &j, "floors", in->floor, in->n_floor);
	ward_json_put_u64(&j, "signs", in->n_sign);
	ward_json_key(&j, "care");
	ward_json_arr(&j);
	for (size_t i = 0; i < n && i < CARE_MAX; i++)
		api_put_care(a, &j, care[i]);
	ward_json_arr_end(&j);
	ward_json_put_u64(&j, "care_total", n);
	ward_json_key(&j, "harm");
	ward_json_micro(&j, in->harm);
	put_step(a, lang, r, &j);
	put_steps(a, lang, r, &j);
	put_taken(a, in, &j);
	put_asked(a, in, &j);
	put_id_or_null(&j, "follows", in->follows);
	put_id_or_null(&j, "joined", in->into);
	ward_json_put_bool(&j, "exercise", ward_model_exercise(a->o.model, a->o.exercise));
	ward_json_obj_end(&j);
}

enum ward_err api_line(struct ward_api *a, struct api_incident *in, size_t lang)
{
	struct ward_str *line = &in->line[lang];
	struct ward_record r;

	if (line->p)
		return WARD_OK;
	ward_arena_reset(&a->of_line);
	enum ward_err err = ward_record_read(a->reader, in->named->json, &a->of_line, &r);

	if (err)
		return WARD_ERR_NOMEM; /* it was read before */
	struct ward_wr w = ward_wr_grow(a->o.mem, LINE_BYTES);

	write(a, in, a->lang[lang], &r, &w);
	char *own = ward_wr_bad(&w) ? NULL : ward_mem_alloc(a->o.mem, w.len);

	if (own) {
		memcpy(own, w.p, w.len);
		*line = (struct ward_str){own, w.len};
		a->bytes += w.len;
	}
	ward_wr_fini(&w);
	return own ? WARD_OK : WARD_ERR_NOMEM;
}

bool api_line_has(struct ward_api *a, struct api_incident *in, size_t lang, struct ward_str part)
{
	char id[WARD_ID_TEXT];

	ward_id_text(in->id, id);
	return ward_str_starts(ward_str_z(id), part) || api_has(in->name.on, part) ||
	       api_has(ward_lang_text(a->lang[lang], in->name.what), part) ||
	       api_has(ward_lang_text(a->lang[lang], in->name.effect), part) ||
	       api_has(in->name.effect_on, part) || api_has(in->where, part);
}

void api_line_name(struct ward_api *a, struct api_incident *in, size_t lang, struct ward_json *j)
{
	struct ward_wr w = ward_wr_grow(a->o.mem, SENTENCE_BYTES);

	ward_headline_say(&in->name, a->lang[lang], &w);
	ward_json_put_str(j, "name", ward_wr_text(&w));
	ward_json_put_str(j, "where", in->where);
	ward_wr_fini(&w);
}
