#include "paths/paths.h"

enum { MILLION = 1000000 };

struct out {
	const struct ward_paths *p;
	const struct ward_paths_world *w;
	const struct ward_paths_ask *ask;
	struct ward_wr *to;
};

static struct ward_str name_of(const struct out *o, uint32_t node)
{
	return node < ward_model_n(o->w->m) ? ward_model_node(o->w->m, node)->name
					    : WARD_STR("the attacker");
}

static struct ward_str threat_name(const struct out *o, uint32_t threat)
{
	return ward_threats_at(ward_model_threats(o->w->m), threat)->name;
}

/* Per cent with one place below 10 and "under 0.1" below that. */
static void percent(struct ward_wr *w, int64_t micro)
{
	if (micro >= 100000)
		ward_wr_printf(w, "%lld", (long long)((micro + 5000) / 10000));
	else if (micro >= 1000)
		ward_wr_printf(
			w, "%lld.%lld", (long long)(micro / 10000), (long long)(micro / 1000 % 10));
	else
		ward_wr_z(w, micro ? "under 0.1" : "0");
}

static void chance(struct ward_wr *w, int64_t lo, int64_t hi)
{
	if (lo == hi && lo == MILLION) {
		ward_wr_z(w, "sure");
		return;
	}
	percent(w, lo);
	if (lo != hi) {
		ward_wr_z(w, " to ");
		percent(w, hi);
	}
	ward_wr_z(w, " %");
}

static void money(struct ward_wr *w, uint64_t hundreds)
{
	if (hundreds)
		ward_wr_printf(w, "%llu00 EUR", (unsigned long long)hundreds);
	else
		ward_wr_z(w, "0 EUR");
}

/* 2^-(bits / 4096) in millionths: halvings, then the fraction by square roots of a half. */
static int64_t likelihood(uint64_t bits)
{
	static const int64_t root[] = {707107, 840896, 917004, 957603, 978572, 989228, 994599,
		997296, 998647, 999323, 999662, 999831};
	int64_t v = MILLION;

	if (bits / 4096 > 30)
		return 0;
	for (unsigned i = 0; i < WARD_ARRAY_LEN(root); i++)
		if (bits >> (11 - i) & 1)
			v = v * root[i] / MILLION;
	return v >> (bits / 4096);
}

/* {from}, {to}, {cve} and {} in a text of the content. */
static void fill(
	const struct out *o, struct ward_str text, uint32_t from, uint32_t to, uint32_t vuln)
{
	while (text.len) {
		size_t at = ward_str_find(text, WARD_STR("{"));
		struct ward_str rest = ward_str_sub(text, at == SIZE_MAX ? text.len : at, text.len);

		ward_wr_str(o->to, ward_str_sub(text, 0, text.len - rest.len));
		if (!rest.len)
			return;
		size_t end = ward_str_find(rest, WARD_STR("}"));
		struct ward_str word = ward_str_sub(rest, 1, end == SIZE_MAX ? 0 : end - 1);

		if (end == SIZE_MAX) {
			ward_wr_str(o->to, rest);
			return;
		}
		if (ward_str_eqz(word, "from"))
			ward_wr_str(o->to, name_of(o, from));
		else if (ward_str_eqz(word, "to") || !word.len)
			ward_wr_str(o->to, name_of(o, to));
		else if (ward_str_eqz(word, "cve") && vuln != WARD_NONE)
			ward_wr_str(o->to, o->w->facts->vuln[vuln].cve);
		text = ward_str_sub(rest, end + 1, rest.len);
	}
}

static const struct ward_attack_step *attack_of(const struct out *o, uint32_t step)
{
	const struct ward_ground_step *s = &o->p->ground.step[step];

	return s->kind == WARD_GROUND_ATTACK ? &o->w->attack->step[s->index] : NULL;
}

static void sentence(const struct out *o, uint32_t step)
{
	const struct ward_ground_step *s = &o->p->ground.step[step];
	const struct ward_attack_step *a = attack_of(o, step);

	if (a) {
		fill(o, a->text, s->from, s->to, s->vuln);
		return;
	}
	const struct ward_ground_fact *f = &o->p->ground.fact[o->p->ground.g.step[step].head];

	if (s->kind == WARD_GROUND_GROUP) {
		const struct ward_group *g = ward_model_group(o->w->m, s->index);

		ward_wr_printf(o->to, "%.*s: too few are left of \"%.*s\" (%u of %u needed)",
			WARD_STR_ARG(name_of(o, s->to)), WARD_STR_ARG(g->name), g->need,
			g->n_member);
		return;
	}
	ward_wr_printf(o->to, "%.*s: %.*s", WARD_STR_ARG(name_of(o, s->to)),
		WARD_STR_ARG(threat_name(o, f->state - (uint32_t)o->w->attack->n_state)));
}

/* Moves that are sure and that nothing tries to hinder: told as one walk. */
static bool plain_move(const struct out *o, uint32_t step)
{
	const struct ward_attack_step *a = attack_of(o, step);
	const struct ward_ground_step *s = &o->p->ground.step[step];

	return a && s->lo_micro == MILLION && a->threat == WARD_NONE && !a->cost && !a->n_need &&
	       a->rel == WARD_REL_LEADS_TO;
}

static void write_step(const struct out *o, uint32_t step, unsigned number)
{
	const struct ward_ground_step *s = &o->p->ground.step[step];
	const struct ward_attack_step *a = attack_of(o, step);
	struct ward_str by = ward_paths_seen(o->w->m, a, s->from, s->to);

	ward_wr_printf(o->to, "  %2u. ", number);
	if (plain_move(o, step))
		ward_wr_printf(o->to, "Walks to %.*s", WARD_STR_ARG(name_of(o, s->to)));
	else
		sentence(o, step);
	ward_wr_z(o->to, "\n        ");
	chance(o->to, s->lo_micro, s->hi_micro);
	if (s->time) {
		ward_wr_z(o->to, ", ");
		ward_impact_write_span(o->to, s->time, NULL);
	}
	if (by.len)
		ward_wr_printf(o->to, ", may be seen by %.*s", WARD_STR_ARG(by));
	else if (a->n_seen && a->noise_micro)
		ward_wr_z(o->to, ", nothing that Ward reads sees it");
	else if (a->noise_micro)
		ward_wr_z(o->to, ", people may notice");
	ward_wr_printf(o->to, " [%.*s]\n", WARD_STR_ARG(a->technique));
}

static void write_care(const struct out *o, const struct ward_paths_plan *plan)
{
	bool first = true;

	ward_wr_z(o->to, "      So: ");
	for (size_t i = 0; i < plan->plan.n; i++) {
		if (attack_of(o, plan->plan.step[i]))
			continue;
		ward_wr_z(o->to, first ? "" : ";\n          ");
		sentence(o, plan->plan.step[i]);
		first = false;
	}
	if (!plan->forecast) {
		ward_wr_z(
			o->to, "\n          (the propagation engine does not confirm this end)\n");
		return;
	}
	ward_wr_z(o->to, "\n          in ");
	ward_impact_write_span(o->to, plan->care_time, NULL);
	ward_wr_z(o->to, ", likelihood ");
	chance(o->to, plan->care_lo, plan->care_hi);
	ward_wr_printf(o->to, " once that is done; %.6g care units a minute\n",
		(double)plan->loss_micro / MILLION);
}

/* Likelihood V1 to V4 of EBIOS RM by the middle: below 1 %, 5 %, 25 %, and from there. */
static unsigned ebios_v(const struct ward_paths_plan *p)
{
	int64_t mid = (p->lo_micro + p->hi_micro) / 2;

	return mid < 10000 ? 1 : mid < 50000 ? 2 : mid < 250000 ? 3 : 4;
}

/* Gravity G1 to G4 by the service's criticality; without one, G3 for care and G2 for the rest. */
static unsigned ebios_g(const struct out *o, uint32_t service)
{
	const struct ward_node *n = ward_model_node(o->w->m, service);
	uint32_t care = ward_ontology_find(ward_model_ontology(o->w->m), WARD_STR("service.care"));

	if (n->criticality)
		return n->criticality > 1 ? n->criticality - 1 : 1;
	return care != WARD_NONE && ward_model_is(o->w->m, service, care) ? 3 : 2;
}

static void write_plan(const struct out *o, size_t i)
{
	const struct ward_paths_plan *plan = &o->p->plan[i];
	unsigned number = 0;

	ward_wr_printf(o->to, "\n%zu. ", i + 1);
	chance(o->to, plan->lo_micro, plan->hi_micro);
	ward_wr_z(o->to, " likely, ");
	ward_impact_write_span(o->to, plan->time, NULL);
	ward_wr_z(o->to, " of work, ");
	money(o->to, plan->cost);
	ward_wr_z(o->to, ", noticed on the way ");
	percent(o->to, plan->noticed_micro);
	ward_wr_z(o->to, " %");
	if (plan->plan.alike)
		ward_wr_printf(o->to, "; the same in %u other forms", plan->plan.alike);
	ward_wr_z(o->to, "\n");
	for (size_t k = 0; k < plan->plan.n; k++) {
		uint32_t step = plan->plan.step[k];

		if (!attack_of(o, step))
			continue;
		if (plain_move(o, step)) { /* of a walk, its last place */
			size_t next = k + 1;

			while (next < plan->plan.n && !attack_of(o, plan->plan.step[next]))
				next++;
			if (next < plan->plan.n && plain_move(o, plan->plan.step[next]))
				continue;
		}
		write_step(o, step, ++number);
	}
	write_care(o, plan);
}

static void write_chokes(const struct out *o)
{
	size_t told = 0;

	for (size_t i = 0; i < o->p->n_choke; i++) {
		uint32_t step = o->p->choke[i];

		if (o->p->ground.step[step].kind == WARD_GROUND_LINK || plain_move(o, step))
			continue;
		ward_wr_z(o->to, told++ ? "" : "\nEvery way passes:\n");
		ward_wr_z(o->to, "  - ");
		sentence(o, step);
		ward_wr_ch(o->to, '\n');
	}
	if (!told && o->p->n_plan)
		ward_wr_z(o->to, "\nNo single step is in every way.\n");
}

static void write_measure(const struct out *o, const struct ward_paths_measure *x)
{
	const struct ward_attack_measure *what = &o->w->attack->measure[x->measure];

	ward_wr_z(o->to, "  - ");
	fill(o, what->text, x->node, x->node, WARD_NONE);
	ward_wr_z(o->to, ": ");
	money(o->to, what->cost);
	if (what->degree_micro < MILLION) {
		ward_wr_z(o->to, ", stops ");
		percent(o->to, what->degree_micro);
		ward_wr_z(o->to, " %");
	}
	if (what->role != WARD_NONE)
		ward_wr_printf(o->to, ", by %.*s", WARD_STR_ARG(name_of(o, what->role)));
	if (x->side_micro)
		ward_wr_printf(o->to,
			"\n    costs care itself: %.6g care units a minute, most at %.*s",
			(double)x->side_micro / MILLION, WARD_STR_ARG(name_of(o, x->side_service)));
	if (x->clinical) {
		uint32_t role = x->side_service != WARD_NONE
					? ward_model_node(o->w->m, x->side_service)->role
					: WARD_NONE;

		ward_wr_printf(o->to, "\n    only with the word of the clinical side%s%.*s",
			role != WARD_NONE ? ": " : "",
			WARD_STR_ARG(role != WARD_NONE ? name_of(o, role) : WARD_STR("")));
	}
	ward_wr_ch(o->to, '\n');
}

static void write_rest(const struct out *o)
{
	for (size_t i = 0; i < o->ask->n_service; i++) {
		const struct ward_paths_rest *r = &o->p->rest[i];

		ward_wr_printf(
			o->to, "  %.*s: likeliest way ", WARD_STR_ARG(name_of(o, r->service)));
		percent(o->to, likelihood(r->before));
		ward_wr_z(o->to, " % before, ");
		if (r->after == WARD_AOG_NEVER) {
			ward_wr_z(o->to, "no way left after\n");
			continue;
		}
		percent(o->to, likelihood(r->after));
		ward_wr_z(o->to, " % after\n");
	}
}

static void write_measures(const struct out *o)
{
	const struct ward_paths *p = o->p;
	uint64_t cost = 0;
	size_t n = 0;

	for (size_t i = 0; i < p->n_measure; i++) {
		n += p->measure[i].chosen;
		cost += p->measure[i].chosen ? o->w->attack->measure[p->measure[i].measure].cost
					     : 0;
	}
	if (!n) {
		ward_wr_z(o->to, "\nNo measure that Ward knows helps within the budget.\n");
	} else {
		ward_wr_printf(o->to, "\nWhat to do, %s, together ",
			p->all ? "the cheapest that leaves no way"
			       : "the most that the budget buys");
		money(o->to, cost);
		ward_wr_z(o->to, p->cut.price == p->cut.bound
					 ? ":\n"
					 : " (perhaps not the cheapest: at least ");
		if (p->cut.price != p->cut.bound) {
			money(o->to, p->cut.bound);
			ward_wr_z(o->to, "):\n");
		}
		for (size_t i = 0; i < p->n_measure; i++)
			if (p->measure[i].chosen)
				write_measure(o, &p->measure[i]);
	}
	ward_wr_z(o->to, "\nWhat is left:\n");
	write_rest(o);
	if (p->all_price == WARD_AOG_NEVER) {
		ward_wr_z(o->to, "  No measure that Ward knows closes every way.\n");
	} else if (!p->all) {
		ward_wr_z(o->to, "  To leave no way costs ");
		money(o->to, p->all_price);
		ward_wr_z(o->to, ".\n");
	}
	if (p->n_refused)
		ward_wr_z(o->to, "  Locks on ways of escape were not considered.\n");
}

void ward_paths_write_text(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to)
{
	static const char *const by[] = {"likeliest", "cheapest for the attacker", "quickest"};
	struct out o = {p, w, ask, to};

	for (size_t i = 0; i < ask->n_service; i++)
		ward_wr_printf(
			to, "%s%.*s", i ? ", " : "", WARD_STR_ARG(name_of(&o, ask->service[i])));
	ward_wr_printf(to, ": %.*s\n", WARD_STR_ARG(threat_name(&o, ask->threat)));
	if (!p->n_plan) {
		ward_wr_z(to, "No way that Ward knows leads there.\n");
		return;
	}
	ward_wr_printf(to,
		"%zu kinds of attack, the %s first; likelihoods are of one determined "
		"attempt.\n",
		p->n_plan, by[ask->by]);
	if (!w->facts->policy)
		ward_wr_z(to, "No firewall policy is known: every network is taken to reach every "
			      "other.\n");
	if (!w->facts->n_vuln)
		ward_wr_z(to, "No known vulnerabilities are given.\n");
	for (size_t i = 0; i < p->n_plan; i++)
		write_plan(&o, i);
	if (p->more)
		ward_wr_z(to, "\nLIMIT: there may be more ways than could be looked at.\n");
	write_chokes(&o);
	write_measures(&o);
}

static void json_micro(struct ward_json *j, const char *key, int64_t v)
{
	ward_json_key(j, key);
	ward_json_micro(j, v);
}

static void json_str(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str(j, s);
}

static void json_u64(struct ward_json *j, const char *key, uint64_t v)
{
	ward_json_key(j, key);
	ward_json_u64(j, v);
}

static struct ward_str id_of(const struct out *o, uint32_t node)
{
	return node < ward_model_n(o->w->m) ? ward_model_node(o->w->m, node)->id
					    : WARD_STR("attacker");
}

static void json_step(const struct out *o, struct ward_json *j, uint32_t step)
{
	static const char *const kind[] = {"link", "attack", "rule", "group"};
	const struct ward_ground_step *s = &o->p->ground.step[step];
	const struct ward_attack_step *a = attack_of(o, step);
	struct ward_wr text = ward_wr_grow(o->to->mem, 1 << 16);
	struct out sub = {o->p, o->w, o->ask, &text};

	sentence(&sub, step);
	ward_json_obj(j);
	json_str(j, "kind", ward_str_z(kind[s->kind]));
	json_str(j, "id",
		a                              ? a->id
		: s->kind == WARD_GROUND_GROUP ? WARD_STR("requires")
					       : ward_rules_id(o->w->rules, s->index));
	json_str(j, "from", id_of(o, s->from));
	json_str(j, "to", id_of(o, s->to));
	json_str(j, "text", ward_wr_text(&text));
	json_micro(j, "lo", s->lo_micro);
	json_micro(j, "hi", s->hi_micro);
	json_u64(j, "seconds", (uint64_t)(s->time / WARD_NS_PER_S));
	if (a) {
		json_str(j, "technique", a->technique);
		json_str(j, "skill", ward_str_z(ward_attack_skill_name(a->skill)));
		json_str(j, "seen", ward_paths_seen(o->w->m, a, s->from, s->to));
	}
	if (s->vuln != WARD_NONE)
		json_str(j, "cve", o->w->facts->vuln[s->vuln].cve);
	ward_json_obj_end(j);
	ward_wr_fini(&text);
}

static void json_plan(const struct out *o, const struct ward_paths_plan *p)
{
	struct ward_json on = ward_json_on(o->to), *j = &on;

	ward_json_obj(j);
	json_str(j, "kind", WARD_STR("plan"));
	json_str(j, "service", id_of(o, p->service));
	json_micro(j, "lo", p->lo_micro);
	json_micro(j, "hi", p->hi_micro);
	json_u64(j, "seconds", (uint64_t)(p->time / WARD_NS_PER_S));
	json_u64(j, "cost", p->cost);
	json_micro(j, "noticed", p->noticed_micro);
	json_u64(j, "alike", p->plan.alike);
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

static void json_measure(const struct out *o, const struct ward_paths_measure *x)
{
	struct ward_json on = ward_json_on(o->to), *j = &on;

	ward_json_obj(j);
	json_str(j, "kind", WARD_STR("measure"));
	json_str(j, "id", o->w->attack->measure[x->measure].id);
	json_str(j, "on", id_of(o, x->node));
	json_u64(j, "cost", o->w->attack->measure[x->measure].cost);
	json_micro(j, "degree", o->w->attack->measure[x->measure].degree_micro);
	json_micro(j, "side_loss_per_min", x->side_micro);
	ward_json_key(j, "clinical");
	ward_json_bool(j, x->clinical);
	ward_json_obj_end(j);
	ward_wr_ch(o->to, '\n');
}

static void json_rest(const struct out *o)
{
	for (size_t i = 0; o->p->rest && i < o->ask->n_service; i++) {
		struct ward_json on = ward_json_on(o->to), *j = &on;

		ward_json_obj(j);
		json_str(j, "kind", WARD_STR("residual"));
		json_str(j, "service", id_of(o, o->p->rest[i].service));
		json_micro(j, "before", likelihood(o->p->rest[i].before));
		json_micro(j, "after", likelihood(o->p->rest[i].after));
		ward_json_obj_end(j);
		ward_wr_ch(o->to, '\n');
	}
}

void ward_paths_write_json(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to)
{
	struct out o = {p, w, ask, to};

	for (size_t i = 0; i < p->n_plan; i++)
		json_plan(&o, &p->plan[i]);
	for (size_t i = 0; i < p->n_choke; i++) {
		if (p->ground.step[p->choke[i]].kind == WARD_GROUND_LINK)
			continue;
		struct ward_json j = ward_json_on(to);

		ward_json_obj(&j);
		json_str(&j, "kind", WARD_STR("choke"));
		ward_json_key(&j, "step");
		json_step(&o, &j, p->choke[i]);
		ward_json_obj_end(&j);
		ward_wr_ch(to, '\n');
	}
	for (size_t i = 0; i < p->n_measure; i++)
		if (p->measure[i].chosen)
			json_measure(&o, &p->measure[i]);
	json_rest(&o);
	struct ward_json j = ward_json_on(to);

	ward_json_obj(&j);
	json_str(&j, "kind", WARD_STR("summary"));
	json_u64(&j, "plans", p->n_plan);
	json_u64(&j, "facts", p->ground.g.n_fact);
	json_u64(&j, "steps", p->ground.g.n_step);
	json_u64(&j, "live_steps", p->n_live);
	json_u64(&j, "stopped", p->ground.n_stopped);
	json_u64(&j, "measures", p->n_measure);
	json_u64(&j, "price", p->cut.price);
	json_u64(&j, "price_at_least", p->cut.bound);
	ward_json_key(&j, "all_cut");
	ward_json_bool(&j, p->all);
	ward_json_key(&j, "limit");
	ward_json_bool(&j, p->more);
	ward_json_obj_end(&j);
	ward_wr_ch(to, '\n');
}

static void ebios_plan(const struct out *o, size_t i)
{
	const struct ward_paths_plan *p = &o->p->plan[i];
	unsigned number = 0;

	ward_wr_printf(
		o->to, "\n### Operational scenario %zu: V%u\n\nLikelihood ", i + 1, ebios_v(p));
	chance(o->to, p->lo_micro, p->hi_micro);
	ward_wr_z(o->to, ", time ");
	ward_impact_write_span(o->to, p->time, NULL);
	ward_wr_z(o->to, ".\n\n| step | action | likelihood | technique |\n|---|---|---|---|\n");
	for (size_t k = 0; k < p->plan.n; k++) {
		const struct ward_attack_step *a = attack_of(o, p->plan.step[k]);
		const struct ward_ground_step *s = &o->p->ground.step[p->plan.step[k]];

		ward_wr_printf(o->to, "| %u | ", ++number);
		sentence(o, p->plan.step[k]);
		ward_wr_z(o->to, " | ");
		chance(o->to, s->lo_micro, s->hi_micro);
		ward_wr_printf(o->to, " | %.*s |\n",
			WARD_STR_ARG(a ? a->technique : WARD_STR("consequence")));
	}
}

void ward_paths_write_ebios(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to)
{
	struct out o = {p, w, ask, to};

	ward_wr_printf(to, "# Risk scenarios of %.*s (EBIOS Risk Manager)\n",
		WARD_STR_ARG(ward_model_hospital(w->m)->name));
	ward_wr_z(to, "\nLikelihood of one attempt: V1 below 1 %, V2 below 5 %, V3 below 25 %, V4 "
		      "from there. Gravity G1 to G4 by the service's criticality.\n");
	for (size_t s = 0; s < ask->n_service; s++) {
		unsigned v = 0;

		for (size_t i = 0; i < p->n_plan; i++)
			if (p->plan[i].service == ask->service[s] && ebios_v(&p->plan[i]) > v)
				v = ebios_v(&p->plan[i]);
		ward_wr_printf(to, "\n## Strategic scenario: %.*s on %.*s (G%u, V%u)\n",
			WARD_STR_ARG(threat_name(&o, ask->threat)),
			WARD_STR_ARG(name_of(&o, ask->service[s])), ebios_g(&o, ask->service[s]),
			v);
		for (size_t i = 0; i < p->n_plan; i++)
			if (p->plan[i].service == ask->service[s])
				ebios_plan(&o, i);
	}
	ward_wr_z(to, "\n## Security measures and residual risk\n\n");
	for (size_t i = 0; i < p->n_measure; i++)
		if (p->measure[i].chosen)
			write_measure(&o, &p->measure[i]);
	if (p->rest) {
		ward_wr_ch(to, '\n');
		write_rest(&o);
	}
}
