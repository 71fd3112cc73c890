#include "paths/say.h"
#include "impact/write.h"

enum { MILLION = 1000000 };

static struct ward_str id_of(const struct ward_say *o, uint32_t node)
{
	return node < ward_model_n(o->w->m) ? ward_model_node(o->w->m, node)->id
					    : WARD_STR("attacker");
}

static void json_step(const struct ward_say *o, struct ward_json *j, uint32_t step)
{
	static const char *const kind[] = {"link", "attack", "rule", "group"};
	const struct ward_ground_step *s = &o->p->ground.step[step];
	const struct ward_attack_step *a = ward_say_attack(o, step);
	struct ward_wr text = ward_wr_grow(o->to->mem, 1 << 16);
	struct ward_say sub = {o->p, o->w, o->ask, &text};

	ward_say_step(&sub, step);
	ward_json_obj(j);
	ward_json_put_str(j, "kind", ward_str_z(kind[s->kind]));
	ward_json_put_str(j, "id",
		a                              ? a->id
		: s->kind == WARD_GROUND_GROUP ? WARD_STR("requires")
					       : ward_rules_id(o->w->rules, s->index));
	ward_json_put_str(j, "from", id_of(o, s->from));
	ward_json_put_str(j, "to", id_of(o, s->to));
	ward_json_put_str(j, "text", ward_wr_text(&text));
	ward_json_put_micro(j, "lo", s->lo_micro);
	ward_json_put_micro(j, "hi", s->hi_micro);
	ward_json_put_u64(j, "seconds", (uint64_t)(s->time / WARD_NS_PER_S));
	if (a) {
		ward_json_put_str(j, "technique", a->technique);
		ward_json_put_str(j, "skill", ward_str_z(ward_attack_skill_name(a->skill)));
		ward_json_put_str(j, "seen", ward_paths_seen(o->w->m, a, s->from, s->to));
	}
	if (s->vuln != WARD_NONE)
		ward_json_put_str(j, "cve", o->w->facts->vuln[s->vuln].cve);
	ward_json_obj_end(j);
	ward_wr_fini(&text);
}

static void json_plan(const struct ward_say *o, const struct ward_paths_plan *p)
{
	struct ward_json on = ward_json_on(o->to), *j = &on;

	ward_json_obj(j);
	ward_json_put_str(j, "kind", WARD_STR("plan"));
	ward_json_put_str(j, "service", id_of(o, p->service));
	ward_json_put_micro(j, "lo", p->lo_micro);
	ward_json_put_micro(j, "hi", p->hi_micro);
	ward_json_put_u64(j, "seconds", (uint64_t)(p->time / WARD_NS_PER_S));
	ward_json_put_u64(j, "cost", p->cost);
	ward_json_put_micro(j, "noticed", p->noticed_micro);
	ward_json_put_u64(j, "alike", p->plan.alike);
	ward_json_key(j, "confirmed");
	ward_json_bool(j, p->forecast);
	ward_json_key(j, "steps");
	ward_json_arr(j);
	for (size_t i = 0; i < p->plan.n; i++)
		json_step(o, j, p->plan.step[i]);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
	ward_wr_ch(o->to, '\n');
}

static void json_measure(const struct ward_say *o, const struct ward_paths_measure *x)
{
	struct ward_json on = ward_json_on(o->to), *j = &on;

	ward_json_obj(j);
	ward_json_put_str(j, "kind", WARD_STR("measure"));
	ward_json_put_str(j, "id", o->w->attack->measure[x->measure].id);
	ward_json_put_str(j, "on", id_of(o, x->node));
	ward_json_put_u64(j, "cost", o->w->attack->measure[x->measure].cost);
	ward_json_put_micro(j, "degree", o->w->attack->measure[x->measure].degree_micro);
	ward_json_put_micro(j, "side_loss_per_min", x->side_micro);
	ward_json_key(j, "clinical");
	ward_json_bool(j, x->clinical);
	ward_json_obj_end(j);
	ward_wr_ch(o->to, '\n');
}

static void json_rest(const struct ward_say *o)
{
	for (size_t i = 0; o->p->rest && i < o->ask->n_service; i++) {
		struct ward_json on = ward_json_on(o->to), *j = &on;

		ward_json_obj(j);
		ward_json_put_str(j, "kind", WARD_STR("residual"));
		ward_json_put_str(j, "service", id_of(o, o->p->rest[i].service));
		ward_json_put_micro(j, "before", ward_say_likelihood(o->p->rest[i].before));
		ward_json_put_micro(j, "after", ward_say_likelihood(o->p->rest[i].after));
		ward_json_obj_end(j);
		ward_wr_ch(o->to, '\n');
	}
}

static void json_times(struct ward_json *j, const char *key, const uint64_t *ms)
{
	static const char *const name[WARD_SAMPLE_QUANTILES] = {"p10", "p50", "p90"};

	ward_json_key(j, key);
	ward_json_obj(j);
	for (size_t q = 0; q < WARD_SAMPLE_QUANTILES; q++) {
		ward_json_key(j, name[q]);
		if (ms[q] == WARD_AOG_NEVER)
			ward_json_null(j);
		else
			ward_json_u64(j, ms[q] / 1000);
	}
	ward_json_obj_end(j);
}

static void json_time(const struct ward_say *o, size_t i)
{
	const struct ward_sample_time *t = &o->p->time[i];
	struct ward_json on = ward_json_on(o->to), *j = &on;

	ward_json_obj(j);
	ward_json_put_str(j, "kind", WARD_STR("time"));
	ward_json_put_str(j, "service", id_of(o, o->ask->service[i]));
	ward_json_put_u64(j, "draws", o->p->n_sample);
	ward_json_put_u64(j, "seed", o->ask->seed);
	ward_json_put_micro(j, "reached", (int64_t)t->n_reached * MILLION / o->p->n_sample);
	json_times(j, "work_seconds", t->work_ms);
	json_times(j, "seconds", t->all_ms);
	ward_json_obj_end(j);
	ward_wr_ch(o->to, '\n');
}

static void json_seen(const struct ward_say *o, const struct ward_seen_way *way)
{
	struct ward_json j = ward_json_on(o->to);

	ward_json_obj(&j);
	ward_json_put_str(&j, "kind", WARD_STR("seen"));
	ward_json_put_str(&j, "from", id_of(o, way->from));
	ward_json_put_str(&j, "to", id_of(o, way->to));
	ward_json_put_str(&j, "service", way->service);
	ward_json_put_u64(&j, "conversations", way->times);
	if (o->w->facts->policy) {
		ward_json_key(&j, "allowed");
		ward_json_bool(&j, way->allowed);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(o->to, '\n');
}

/* {"kind":"without_harm",…}: the choice without what costs care itself, where that was chosen. */
static void json_gentle(const struct ward_say *o)
{
	const struct ward_paths *p = o->p;
	struct ward_json j = ward_json_on(o->to);

	if (!p->gentle)
		return;
	ward_json_obj(&j);
	ward_json_put_str(&j, "kind", WARD_STR("without_harm"));
	ward_json_put_u64(&j, "price", p->without_harm.price);
	ward_json_put_micro(&j, "after", ward_say_likelihood(p->without_harm.after));
	ward_json_key(&j, "measures");
	ward_json_arr(&j);
	for (size_t i = 0; i < p->n_measure; i++) {
		const struct ward_paths_measure *x = &p->measure[i];

		if (!p->gentle[i])
			continue;
		ward_json_obj(&j);
		ward_json_put_str(&j, "id", o->w->attack->measure[x->measure].id);
		ward_json_put_str(&j, "on", id_of(o, x->node));
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(o->to, '\n');
}

void ward_paths_write_json(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to)
{
	struct ward_say o = {p, w, ask, to};

	for (size_t i = 0; i < p->n_plan; i++)
		json_plan(&o, &p->plan[i]);
	for (size_t i = 0; p->time && i < ask->n_service; i++)
		json_time(&o, i);
	for (size_t i = 0; i < p->n_choke; i++) {
		if (p->ground.step[p->choke[i]].kind == WARD_GROUND_LINK)
			continue;
		struct ward_json j = ward_json_on(to);

		ward_json_obj(&j);
		ward_json_put_str(&j, "kind", WARD_STR("choke"));
		ward_json_key(&j, "step");
		json_step(&o, &j, p->choke[i]);
		ward_json_obj_end(&j);
		ward_wr_ch(to, '\n');
	}
	for (size_t i = 0; i < p->n_measure; i++)
		if (p->measure[i].chosen)
			json_measure(&o, &p->measure[i]);
	json_rest(&o);
	for (size_t i = 0; w->seen && i < w->seen->n; i++)
		json_seen(&o, &w->seen->way[i]);
	for (size_t i = 0; i < p->n_rung; i++) {
		struct ward_json j = ward_json_on(to);

		ward_json_obj(&j);
		ward_json_put_str(&j, "kind", WARD_STR("budget"));
		ward_json_put_u64(&j, "budget", p->rung[i].budget);
		ward_json_put_u64(&j, "price", p->rung[i].price);
		ward_json_put_u64(&j, "measures", p->rung[i].n_measure);
		ward_json_put_micro(&j, "after", ward_say_likelihood(p->rung[i].after));
		ward_json_obj_end(&j);
		ward_wr_ch(to, '\n');
	}
	json_gentle(&o);
	struct ward_json j = ward_json_on(to);

	ward_json_obj(&j);
	ward_json_put_str(&j, "kind", WARD_STR("summary"));
	ward_json_put_u64(&j, "plans", p->n_plan);
	ward_json_put_u64(&j, "facts", p->ground.n_fact);
	ward_json_put_u64(&j, "steps", p->ground.n_step);
	ward_json_put_u64(&j, "live_steps", p->ground.g.n_step);
	ward_json_put_u64(&j, "stopped", p->ground.n_stopped);
	ward_json_put_u64(&j, "measures", p->n_measure);
	ward_json_put_u64(&j, "locks_on_escape", p->n_refused);
	ward_json_put_u64(&j, "locks_without_plan", p->n_planless);
	ward_json_put_u64(&j, "price", p->cut.price);
	ward_json_put_u64(&j, "price_at_least", p->cut.bound);
	ward_json_key(&j, "all_cut");
	ward_json_bool(&j, p->all);
	ward_json_key(&j, "limit");
	ward_json_bool(&j, p->more);
	ward_json_key(&j, "effort_spent");
	ward_json_bool(&j, p->spent);
	ward_json_obj_end(&j);
	ward_wr_ch(to, '\n');
}

/* Likelihood V1 to V4 of EBIOS RM by the middle: below 1 %, 5 %, 25 %, and from there. */
static unsigned ebios_v(const struct ward_paths_plan *p)
{
	int64_t mid = (p->lo_micro + p->hi_micro) / 2;

	return mid < 10000 ? 1 : mid < 50000 ? 2 : mid < 250000 ? 3 : 4;
}

/* Gravity G1 to G4 by the service's criticality; without one, G3 for care and G2 for the rest. */
static unsigned ebios_g(const struct ward_say *o, uint32_t service)
{
	const struct ward_node *n = ward_model_node(o->w->m, service);
	uint32_t care = ward_ontology_find(ward_model_ontology(o->w->m), WARD_STR("service.care"));

	if (n->criticality)
		return n->criticality > 1 ? n->criticality - 1 : 1;
	return care != WARD_NONE && ward_model_is(o->w->m, service, care) ? 3 : 2;
}

/* A paragraph of Markdown. */
static void put_line(const struct ward_say *o, const char *before, const char *english)
{
	ward_wr_z(o->to, before);
	ward_say(o->to, o->ask->lang, english);
	ward_wr_ch(o->to, '\n');
}

static void ebios_head(const struct ward_say *o, size_t i)
{
	const struct ward_paths_plan *p = &o->p->plan[i];
	char text[4][64];
	struct ward_wr n = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr v = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr likelihood = ward_wr_fixed(text[2], sizeof(text[2]));
	struct ward_wr span = ward_wr_fixed(text[3], sizeof(text[3]));

	ward_wr_u64(&n, i + 1);
	ward_wr_u64(&v, ebios_v(p));
	ward_say_chance(&likelihood, o->ask->lang, p->lo_micro, p->hi_micro);
	ward_impact_write_span(&span, p->time, o->ask->lang);
	ward_wr_z(o->to, "\n### ");
	WARD_SAY(o->to, o->ask->lang, WARD_TEXT("Operational scenario {n}: V{v}"),
		{"n", ward_wr_text(&n)}, {"v", ward_wr_text(&v)});
	ward_wr_z(o->to, "\n\n");
	WARD_SAY(o->to, o->ask->lang, WARD_TEXT("Likelihood {likelihood}, time {span}."),
		{"likelihood", ward_wr_text(&likelihood)}, {"span", ward_wr_text(&span)});
	ward_wr_z(o->to, "\n\n");
	put_line(o, "", WARD_TEXT("| step | action | likelihood | technique |"));
	ward_wr_z(o->to, "|---|---|---|---|\n");
}

static void ebios_plan(const struct ward_say *o, size_t i)
{
	const struct ward_paths_plan *p = &o->p->plan[i];
	unsigned number = 0;

	ebios_head(o, i);
	for (size_t k = 0; k < p->plan.n; k++) {
		const struct ward_attack_step *a = ward_say_attack(o, p->plan.step[k]);
		const struct ward_ground_step *s = &o->p->ground.step[p->plan.step[k]];

		if (ward_say_walks_on(o, p, k))
			continue;
		ward_wr_printf(o->to, "| %u | ", ++number);
		ward_say_done(o, p->plan.step[k]);
		ward_wr_z(o->to, " | ");
		ward_say_chance(o->to, o->ask->lang, s->lo_micro, s->hi_micro);
		ward_wr_z(o->to, " | ");
		ward_wr_str(o->to,
			a ? a->technique
			  : ward_lang_text(o->ask->lang, ward_str_z(WARD_TEXT("consequence"))));
		ward_wr_z(o->to, " |\n");
	}
}

static void ebios_service(const struct ward_say *o, uint32_t service)
{
	const struct ward_paths *p = o->p;
	char text[2][24];
	struct ward_wr gravity = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr likelihood = ward_wr_fixed(text[1], sizeof(text[1]));
	unsigned v = 0;

	for (size_t i = 0; i < p->n_plan; i++)
		if (p->plan[i].service == service && ebios_v(&p->plan[i]) > v)
			v = ebios_v(&p->plan[i]);
	ward_wr_u64(&gravity, ebios_g(o, service));
	ward_wr_u64(&likelihood, v);
	ward_wr_z(o->to, "\n## ");
	WARD_SAY(o->to, o->ask->lang,
		WARD_TEXT("Strategic scenario: {threat} on {name} (G{g}, V{v})"),
		{"threat", ward_say_threat(o, o->ask->threat)}, {"name", ward_say_name(o, service)},
		{"g", ward_wr_text(&gravity)}, {"v", ward_wr_text(&likelihood)});
	ward_wr_ch(o->to, '\n');
	for (size_t i = 0; i < p->n_plan; i++)
		if (p->plan[i].service == service)
			ebios_plan(o, i);
}

void ward_paths_write_ebios(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to)
{
	struct ward_say o = {p, w, ask, to};

	ward_wr_z(to, "# ");
	WARD_SAY(to, ask->lang, WARD_TEXT("Risk scenarios of {name} (EBIOS Risk Manager)"),
		{"name", ward_model_hospital(w->m)->name});
	ward_wr_ch(to, '\n');
	put_line(&o, "\n",
		WARD_TEXT("Likelihood of one attempt: V1 below 1 %, V2 below 5 %, V3 below 25 %, "
			  "V4 from there. Gravity G1 to G4 by the service's criticality."));
	for (size_t s = 0; s < ask->n_service; s++)
		ebios_service(&o, ask->service[s]);
	put_line(&o, "\n## ", WARD_TEXT("Security measures and residual risk"));
	ward_wr_ch(to, '\n');
	for (size_t i = 0; i < p->n_measure; i++)
		if (p->measure[i].chosen)
			ward_say_item(&o, &p->measure[i]);
	if (p->rest) {
		ward_wr_ch(to, '\n');
		ward_say_rest(&o);
	}
}
