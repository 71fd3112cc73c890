/* The answer as one object for a page: what the console draws. */
#include "paths/say.h"

enum { MILLION = 1000000, HUNDRED = 100, TEXT_MAX = 1 << 16 };

/* -log2 of a likelihood; null: there is no way. */
static void put_bits(struct ward_json *j, const char *key, uint64_t bits)
{
	ward_json_key(j, key);
	if (bits == WARD_AOG_NEVER)
		ward_json_null(j);
	else
		ward_json_micro(j, ward_say_likelihood(bits));
}

/* Euros; null: no money does it. */
static void put_money(struct ward_json *j, const char *key, uint64_t hundreds)
{
	ward_json_key(j, key);
	if (hundreds >= WARD_AOG_NEVER / 2)
		ward_json_null(j);
	else
		ward_json_u64(j, hundreds * HUNDRED);
}

static void put_node(const struct ward_say *o, struct ward_json *j, const char *key, uint32_t node)
{
	const struct ward_node *n =
		node < ward_model_n(o->w->m) ? ward_model_node(o->w->m, node) : NULL;

	ward_json_key(j, key);
	ward_json_obj(j);
	ward_json_put_str(j, "id", n ? n->id : WARD_STR("attacker"));
	ward_json_put_str(j, "name", ward_say_name(o, node));
	ward_json_put_z(j, "kind", n ? ward_node_kind_name(n->kind) : "attacker");
	ward_json_obj_end(j);
}

/* A text that is made by what says it; `to` of o is where it comes first. */
struct made {
	struct ward_wr text;
	struct ward_say o;
};

static void begin(struct made *m, const struct ward_say *o)
{
	m->text = ward_wr_grow(o->to->mem, TEXT_MAX);
	m->o = (struct ward_say){o->p, o->w, o->ask, &m->text};
}

static void put_made(struct ward_json *j, const char *key, struct made *m)
{
	if (key)
		ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&m->text));
	ward_wr_fini(&m->text);
}

/* What is done, or what follows; and how likely, how long, who may see it. */
static void put_step_texts(const struct ward_say *o, struct ward_json *j, uint32_t step)
{
	struct made m;

	begin(&m, o);
	ward_say_done(&m.o, step);
	put_made(j, "text", &m);
	begin(&m, o);
	if (ward_say_attack(o, step) && !ward_say_plain(o, step))
		ward_say_details(&m.o, step);
	put_made(j, "details", &m);
}

static void put_step(const struct ward_say *o, struct ward_json *j, uint32_t step)
{
	static const char *const kind[] = {"link", "attack", "rule", "group"};
	const struct ward_ground_step *s = &o->p->ground.step[step];
	const struct ward_attack_step *a = ward_say_attack(o, step);

	ward_json_obj(j);
	ward_json_put_str(j, "kind", ward_str_z(kind[s->kind]));
	put_node(o, j, "from", s->from);
	put_node(o, j, "to", s->to);
	put_step_texts(o, j, step);
	ward_json_put_micro(j, "lo", s->lo_micro);
	ward_json_put_micro(j, "hi", s->hi_micro);
	ward_json_put_u64(j, "seconds", (uint64_t)(s->time / WARD_NS_PER_S));
	ward_json_put_str(j, "technique", a ? a->technique : WARD_STR(""));
	ward_json_put_str(
		j, "seen", a ? ward_paths_seen(o->w->m, a, s->from, s->to) : WARD_STR(""));
	ward_json_obj_end(j);
}

/* Of a walk only where it ends. */
static void put_plan(const struct ward_say *o, struct ward_json *j, const struct ward_paths_plan *p)
{
	struct made m;

	ward_json_obj(j);
	ward_json_put_micro(j, "lo", p->lo_micro);
	ward_json_put_micro(j, "hi", p->hi_micro);
	ward_json_put_u64(j, "seconds", (uint64_t)(p->time / WARD_NS_PER_S));
	ward_json_put_u64(j, "cost", p->cost * HUNDRED);
	ward_json_put_micro(j, "noticed", p->noticed_micro);
	ward_json_put_u64(j, "alike", p->plan.alike);
	ward_json_put_bool(j, "confirmed", p->forecast);
	ward_json_put_u64(j, "care_seconds", (uint64_t)(p->care_time / WARD_NS_PER_S));
	ward_json_put_micro(j, "loss_per_min", p->loss_micro);
	begin(&m, o);
	ward_say_head(&m.o, p);
	put_made(j, "text", &m);
	ward_json_key(j, "steps");
	ward_json_arr(j);
	for (size_t i = 0; i < p->plan.n; i++)
		if (!ward_say_attack(o, p->plan.step[i]) || !ward_say_walks_on(o, p, i))
			put_step(o, j, p->plan.step[i]);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static void put_measure(
	const struct ward_say *o, struct ward_json *j, const struct ward_paths_measure *x)
{
	const struct ward_attack_measure *what = &o->w->attack->measure[x->measure];
	struct made m;

	ward_json_obj(j);
	ward_json_put_str(j, "id", what->id);
	put_node(o, j, "on", x->node);
	begin(&m, o);
	ward_say_measure(&m.o, x, "; ");
	put_made(j, "text", &m);
	ward_json_put_u64(j, "cost", what->cost * HUNDRED);
	ward_json_put_micro(j, "degree", what->degree_micro);
	ward_json_put_micro(j, "side_loss_per_min", x->side_micro);
	ward_json_put_bool(j, "clinical", x->clinical);
	ward_json_put_str(
		j, "role", what->role == WARD_NONE ? WARD_STR("") : ward_say_name(o, what->role));
	ward_json_obj_end(j);
}

static void put_chokes(const struct ward_say *o, struct ward_json *j)
{
	const struct ward_paths *p = o->p;

	ward_json_key(j, "chokes");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_choke; i++)
		if (p->ground.step[p->choke[i]].kind != WARD_GROUND_LINK &&
			!ward_say_plain(o, p->choke[i]))
			put_step(o, j, p->choke[i]);
	ward_json_arr_end(j);
}

static void put_quantiles(struct ward_json *j, const char *key, const uint64_t *ms)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t q = 0; q < WARD_SAMPLE_QUANTILES; q++)
		if (ms[q] == WARD_AOG_NEVER)
			ward_json_null(j);
		else
			ward_json_u64(j, ms[q] / 1000);
	ward_json_arr_end(j);
}

/* By when a tenth, half and nine tenths of the draws are there. */
static void put_times(const struct ward_say *o, struct ward_json *j)
{
	const struct ward_sample_time *t = o->p->time;

	ward_json_key(j, "draws");
	if (!t) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	ward_json_put_u64(j, "n", o->p->n_sample);
	ward_json_put_micro(j, "reached", (int64_t)t->n_reached * MILLION / o->p->n_sample);
	put_quantiles(j, "work_seconds", t->work_ms);
	put_quantiles(j, "seconds", t->all_ms);
	ward_json_obj_end(j);
}

static void put_choice(const struct ward_say *o, struct ward_json *j)
{
	const struct ward_paths *p = o->p;
	uint64_t cost = 0;

	ward_json_key(j, "measures");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_measure; i++)
		if (p->measure[i].chosen) {
			cost += o->w->attack->measure[p->measure[i].measure].cost;
			put_measure(o, j, &p->measure[i]);
		}
	ward_json_arr_end(j);
	ward_json_put_u64(j, "cost", cost * HUNDRED);
	/* by how much a cheaper choice may be cheaper at most; 0: it is exact */
	ward_json_put_u64(j, "gap", (p->cut.price - p->cut.bound) * HUNDRED);
	put_money(j, "all_cost", p->n_plan ? p->all_price : 0);
	put_bits(j, "before", p->rest[0].before);
	put_bits(j, "after", p->rest[0].after);
	ward_json_key(j, "ladder");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_rung; i++) {
		ward_json_obj(j);
		ward_json_put_u64(j, "budget", p->rung[i].budget * HUNDRED);
		ward_json_put_u64(j, "measures", p->rung[i].n_measure);
		put_bits(j, "after", p->rung[i].after);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_note(const struct ward_say *o, struct ward_json *j, bool is, const char *english)
{
	struct made m;

	if (!is)
		return;
	begin(&m, o);
	ward_say(m.o.to, o->ask->lang, english);
	put_made(j, NULL, &m);
}

/* What the reader has to know of the answer, in words. */
static void put_notes(const struct ward_say *o, struct ward_json *j)
{
	const struct ward_paths *p = o->p;
	bool any = p->n_plan > 0, never = any && p->all_price == WARD_AOG_NEVER, chosen = false;
	char text[48];
	struct ward_wr money = ward_wr_fixed(text, sizeof(text));
	struct made m;

	for (size_t i = 0; i < p->n_measure; i++)
		chosen = chosen || p->measure[i].chosen;
	ward_json_key(j, "notes");
	ward_json_arr(j);
	put_note(o, j, !any, WARD_TEXT("No way that Ward knows leads there."));
	put_note(o, j, any && !o->w->facts->policy,
		WARD_TEXT("No firewall policy is known: every network is taken to reach every "
			  "other."));
	put_note(o, j, any && !o->w->facts->n_vuln,
		WARD_TEXT("No known vulnerabilities are given."));
	put_note(
		o, j, p->more, WARD_TEXT("LIMIT: there may be more ways than could be looked at."));
	put_note(o, j, p->spent,
		WARD_TEXT("LIMIT: the search for measures came to its limit of effort; there may "
			  "be better choices."));
	put_note(o, j, any && !chosen,
		WARD_TEXT("No measure that Ward knows helps within the budget."));
	put_note(o, j, never, WARD_TEXT("No measure that Ward knows closes every way."));
	if (any && !never && !p->all) {
		ward_say_money(&money, o->ask->lang, p->all_price);
		begin(&m, o);
		WARD_SAY(m.o.to, o->ask->lang, WARD_TEXT("To leave no way costs {money}."),
			{"money", ward_wr_text(&money)});
		put_made(j, NULL, &m);
	}
	put_note(o, j, p->n_refused > 0, WARD_TEXT("Locks on ways of escape were not considered."));
	put_note(o, j, p->n_planless > 0,
		WARD_TEXT("No lock was considered: the hospital gives no plan of evacuation "
			  "(evacuation.yml), so no door is known not to be a way of escape."));
	ward_json_arr_end(j);
}

void ward_paths_write_page(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_json *j)
{
	const struct ward_say o = {p, w, ask, j->w};

	ward_json_obj(j);
	put_node(&o, j, "service", ask->service[0]);
	ward_json_put_str(j, "threat", ward_say_threat(&o, ask->threat));
	ward_json_key(j, "plans");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_plan; i++)
		put_plan(&o, j, &p->plan[i]);
	ward_json_arr_end(j);
	put_chokes(&o, j);
	put_times(&o, j);
	put_choice(&o, j);
	put_notes(&o, j);
	ward_json_put_bool(j, "more", p->more);
	ward_json_put_bool(j, "effort_spent", p->spent);
	ward_json_put_bool(j, "policy", w->facts->policy);
	ward_json_put_u64(j, "vulnerabilities", w->facts->n_vuln);
	ward_json_put_u64(j, "locks_on_escape", p->n_refused);
	ward_json_put_u64(j, "locks_without_plan", p->n_planless);
	ward_json_obj_end(j);
}
