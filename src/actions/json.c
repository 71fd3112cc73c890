/* Actions for programs: doing nothing first, one object per line. */
#include "actions/actions.h"
#include "words/words.h"

struct out {
	const struct ward_actions *p;
	const struct ward_actions_world *w;
	struct ward_lang *lang;
	struct ward_json j;
};

static void begin(struct out *o, struct ward_wr *w, const char *kind)
{
	o->j = ward_json_on(w);
	ward_json_obj(&o->j);
	ward_json_key(&o->j, "kind");
	ward_json_z(&o->j, kind);
}

static void end(struct out *o, struct ward_wr *w)
{
	ward_json_obj_end(&o->j);
	ward_wr_ch(w, '\n');
}

static void id(struct out *o, const char *key, uint32_t node)
{
	ward_json_key(&o->j, key);
	if (node == WARD_NONE)
		ward_json_null(&o->j);
	else
		ward_json_str(&o->j, ward_model_node(o->w->m, node)->id);
}

static void ids(struct out *o, const char *key, const uint32_t *node, size_t n)
{
	ward_json_key(&o->j, key);
	ward_json_arr(&o->j);
	for (size_t i = 0; i < n; i++)
		ward_json_str(&o->j, ward_model_node(o->w->m, node[i])->id);
	ward_json_arr_end(&o->j);
}

static void number(struct out *o, const char *key, uint64_t v)
{
	ward_json_key(&o->j, key);
	ward_json_u64(&o->j, v);
}

static void micro(struct out *o, const char *key, int64_t v)
{
	ward_json_key(&o->j, key);
	ward_json_micro(&o->j, v);
}

static void flag(struct out *o, const char *key, bool v)
{
	ward_json_key(&o->j, key);
	ward_json_bool(&o->j, v);
}

static void loss(struct out *o, const struct ward_actions_loss *l)
{
	micro(o, "care_units", l->care_micro);
	ward_json_key(&o->j, "care_units_range");
	ward_json_arr(&o->j);
	ward_json_micro(&o->j, l->least_micro);
	if (l->worst_micro == WARD_ACTIONS_UNKNOWN)
		ward_json_null(&o->j);
	else
		ward_json_micro(&o->j, l->worst_micro);
	ward_json_arr_end(&o->j);
	micro(o, "service_min", l->minutes_micro);
	number(o, "services_down", l->services);
}

/* Where it was asked. */
static void timeline(
	struct out *o, const struct ward_actions_spells *s, const struct ward_actions_ask *ask)
{
	if (!ask->timeline)
		return;
	ward_json_key(&o->j, "timeline");
	if (s->beyond) {
		ward_json_null(&o->j);
		return;
	}
	ward_json_arr(&o->j);
	for (size_t i = 0; i < s->n; i++) {
		ward_json_obj(&o->j);
		id(o, "asset", s->at[i].service);
		ward_json_key(&o->j, "from");
		ward_json_time(&o->j, s->at[i].from);
		ward_json_key(&o->j, "to");
		ward_json_time(&o->j, s->at[i].to);
		ward_json_key(&o->j, "likelihood");
		ward_json_arr(&o->j);
		ward_json_micro(&o->j, s->at[i].lo_micro);
		ward_json_micro(&o->j, s->at[i].hi_micro);
		ward_json_arr_end(&o->j);
		ward_json_obj_end(&o->j);
	}
	ward_json_arr_end(&o->j);
}

static void write_nothing(struct out *o, const struct ward_actions_ask *ask, struct ward_wr *w)
{
	begin(o, w, "nothing");
	loss(o, &o->p->nothing);
	ward_endless_write(&o->j, &o->p->endless, o->w->m);
	ward_json_key(&o->j, "down");
	ward_json_arr(&o->j);
	for (size_t i = 0; i < o->p->n_down; i++) {
		const struct ward_impact *it = &o->p->down[i];

		ward_json_obj(&o->j);
		id(o, "asset", it->asset);
		ward_json_key(&o->j, "expected");
		ward_json_time(&o->j, it->expected);
		ward_json_key(&o->j, "likelihood");
		ward_json_arr(&o->j);
		ward_json_micro(&o->j, it->lo_micro);
		ward_json_micro(&o->j, it->hi_micro);
		ward_json_arr_end(&o->j);
		ward_json_obj_end(&o->j);
	}
	ward_json_arr_end(&o->j);
	timeline(o, &o->p->nothing_spells, ask);
	end(o, w);
}

static void write_item(struct out *o, const struct ward_actions_item *it, size_t rank,
	const struct ward_actions_ask *ask, struct ward_wr *w)
{
	const struct ward_action *x = &o->w->set->action[it->action];
	char text[512];
	struct ward_wr said = ward_wr_fixed(text, sizeof(text));

	WARD_SAY(&said, o->lang, x->text.p, {"name", ward_model_node(o->w->m, it->node)->name});
	begin(o, w, "action");
	number(o, "rank", rank);
	ward_json_key(&o->j, "action");
	ward_json_str(&o->j, x->id);
	id(o, "asset", it->node);
	ward_json_key(&o->j, "text");
	ward_json_str(&o->j, ward_wr_bad(&said) ? x->text : ward_wr_text(&said));
	ward_json_key(&o->j, "effect_at");
	ward_json_time(&o->j, ask->now + x->takes);
	number(o, "cost_eur", x->cost * 100);
	ward_json_key(&o->j, "team");
	ward_json_str(&o->j, o->w->works->team[x->team].id);
	number(o, "people", x->people);
	ward_json_key(&o->j, "role");
	ward_json_str(&o->j, x->role);
	id(o, "approved_by", it->approve);
	flag(o, "clinical", it->clinical);
	id(o, "clinical_role", it->word);
	loss(o, &it->after);
	micro(o, "avoids_care_units", o->p->nothing.care_micro - it->after.care_micro);
	micro(o, "avoids_service_min", o->p->nothing.minutes_micro - it->after.minutes_micro);
	micro(o, "net", it->gain_micro);
	ids(o, "saves", it->saved, it->n_saved);
	micro(o, "harm_per_min", it->harm_micro);
	ward_json_key(&o->j, "takes_down");
	ward_json_arr(&o->j);
	for (size_t i = 0; i < it->n_down; i++)
		ward_json_str(&o->j, ward_model_node(o->w->m, it->side[i].asset)->id);
	ward_json_arr_end(&o->j);
	ward_json_key(&o->j, "makes_likelier");
	ward_json_arr(&o->j);
	for (size_t i = it->n_down; i < it->n_side; i++)
		ward_json_str(&o->j, ward_model_node(o->w->m, it->side[i].asset)->id);
	ward_json_arr_end(&o->j);
	timeline(o, &it->spells, ask);
	flag(o, "only_with_others", it->with);
	flag(o, "beyond_means", it->beyond);
	flag(o, "chosen", it->chosen);
	end(o, w);
}

void ward_actions_write_nothing_json(const struct ward_actions *p,
	const struct ward_actions_world *w, const struct ward_actions_ask *ask,
	struct ward_lang *lang, struct ward_wr *to)
{
	struct out o = {.p = p, .w = w, .lang = lang};

	write_nothing(&o, ask, to);
}

void ward_actions_write_json(const struct ward_actions *p, const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, struct ward_lang *lang, struct ward_wr *to)
{
	struct out o = {.p = p, .w = w, .lang = lang};

	if (!p->told)
		write_nothing(&o, ask, to);
	for (size_t i = 0; i < p->n_item; i++)
		write_item(&o, &p->item[i], i + 1, ask, to);
	begin(&o, to, "summary");
	number(&o, "actions", p->n_item);
	number(&o, "useful", p->n_useful);
	ward_json_key(&o.j, "best");
	ward_json_obj(&o.j);
	loss(&o, &p->best);
	number(&o, "cost_eur", p->best_cost * 100);
	timeline(&o, &p->best_spells, ask);
	ward_json_obj_end(&o.j);
	flag(&o, "exact", p->exact);
	flag(&o, "effort_spent", p->spent);
	micro(&o, "bound", p->bound_micro);
	number(&o, "not_on_medical", p->n_medical);
	number(&o, "no_evacuation_plan", p->n_planless);
	number(&o, "not_on_escape", p->n_escape);
	number(&o, "not_in_fire", p->n_fire);
	number(&o, "not_where_it_burns", p->n_burning);
	number(&o, "not_by_what_fails_too", p->n_unreliable);
	number(&o, "not_with_what_keeps_it", p->n_short);
	number(&o, "no_clinical_role", p->n_unanswered);
	number(&o, "not_judged", p->n_unjudged);
	number(&o, "more", p->n_more);
	end(&o, to);
}
