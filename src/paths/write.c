#include "paths/say.h"

enum { MILLION = 1000000 };

/* Moves that are sure and that nothing tries to hinder: told as one walk. */
static bool plain_move(const struct ward_say *o, uint32_t step)
{
	const struct ward_attack_step *a = ward_say_attack(o, step);
	const struct ward_ground_step *s = &o->p->ground.step[step];

	return a && s->lo_micro == MILLION && a->threat == WARD_NONE && !a->cost && !a->n_need &&
	       (a->rel == WARD_REL_LEADS_TO || a->rel == WARD_ATTACK_REL_NONE);
}

static void write_step(const struct ward_say *o, uint32_t step, unsigned number)
{
	const struct ward_ground_step *s = &o->p->ground.step[step];
	const struct ward_attack_step *a = ward_say_attack(o, step);
	struct ward_str by = ward_paths_seen(o->w->m, a, s->from, s->to);

	ward_wr_printf(o->to, "  %2u. ", number);
	if (plain_move(o, step) && a->rel == WARD_REL_LEADS_TO) {
		ward_wr_printf(o->to, "Walks to %.*s\n", WARD_STR_ARG(ward_say_name(o, s->to)));
		return;
	}
	ward_say_step(o, step);
	ward_wr_z(o->to, "\n");
	if (plain_move(o, step))
		return;
	ward_wr_z(o->to, "        ");
	ward_say_chance(o->to, s->lo_micro, s->hi_micro);
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

static void write_care(const struct ward_say *o, const struct ward_paths_plan *plan)
{
	bool first = true;

	ward_wr_z(o->to, "      So: ");
	for (size_t i = 0; i < plan->plan.n; i++) {
		if (ward_say_attack(o, plan->plan.step[i]))
			continue;
		ward_wr_z(o->to, first ? "" : ";\n          ");
		ward_say_step(o, plan->plan.step[i]);
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
	ward_say_chance(o->to, plan->care_lo, plan->care_hi);
	ward_wr_printf(o->to, " once that is done; %.6g care units a minute\n",
		(double)plan->loss_micro / MILLION);
}

static void write_plan(const struct ward_say *o, size_t i)
{
	const struct ward_paths_plan *plan = &o->p->plan[i];
	unsigned number = 0;

	ward_wr_printf(o->to, "\n%zu. ", i + 1);
	ward_say_chance(o->to, plan->lo_micro, plan->hi_micro);
	ward_wr_z(o->to, " likely, ");
	ward_impact_write_span(o->to, plan->time, NULL);
	ward_wr_z(o->to, " of work, ");
	ward_say_money(o->to, plan->cost);
	ward_wr_z(o->to, ", noticed on the way ");
	ward_say_percent(o->to, plan->noticed_micro);
	ward_wr_z(o->to, " %");
	if (plan->plan.alike)
		ward_wr_printf(o->to, "; the same in %u other forms", plan->plan.alike);
	ward_wr_z(o->to, "\n");
	for (size_t k = 0; k < plan->plan.n; k++) {
		uint32_t step = plan->plan.step[k];

		if (!ward_say_attack(o, step))
			continue;
		if (plain_move(o, step) && ward_say_attack(o, step)->rel == WARD_REL_LEADS_TO) {
			/* of a walk, its last place */
			size_t next = k + 1;

			while (next < plan->plan.n && !ward_say_attack(o, plan->plan.step[next]))
				next++;
			if (next < plan->plan.n && plain_move(o, plan->plan.step[next]))
				continue;
		}
		write_step(o, step, ++number);
	}
	write_care(o, plan);
}

static void write_chokes(const struct ward_say *o)
{
	size_t told = 0;

	for (size_t i = 0; i < o->p->n_choke; i++) {
		uint32_t step = o->p->choke[i];

		if (o->p->ground.step[step].kind == WARD_GROUND_LINK || plain_move(o, step))
			continue;
		ward_wr_z(o->to, told++ ? "" : "\nEvery way passes:\n");
		ward_wr_z(o->to, "  - ");
		ward_say_step(o, step);
		ward_wr_ch(o->to, '\n');
	}
	if (!told && o->p->n_plan)
		ward_wr_z(o->to, "\nNo single step is in every way.\n");
}

static void write_measures(const struct ward_say *o)
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
			: o->ask->budget == WARD_AOG_NEVER
				? "the cheapest that does all that can be done"
				: "the most that the budget buys");
		ward_say_money(o->to, cost);
		ward_wr_z(o->to, p->cut.price == p->cut.bound
					 ? ":\n"
					 : " (perhaps not the cheapest: at least ");
		if (p->cut.price != p->cut.bound) {
			ward_say_money(o->to, p->cut.bound);
			ward_wr_z(o->to, "):\n");
		}
		for (size_t i = 0; i < p->n_measure; i++)
			if (p->measure[i].chosen)
				ward_say_measure(o, &p->measure[i]);
	}
	ward_wr_z(o->to, "\nWhat is left:\n");
	ward_say_rest(o);
	for (size_t i = 0; i < p->n_rung; i++) {
		ward_wr_z(o->to, i ? "" : "  With less money (--budget):\n");
		ward_wr_z(o->to, "    ");
		ward_say_money(o->to, p->rung[i].price);
		ward_wr_printf(o->to, ", %zu measure%s: ", p->rung[i].n_measure,
			p->rung[i].n_measure == 1 ? "" : "s");
		ward_say_percent(o->to, ward_say_likelihood(p->rung[i].after));
		ward_wr_z(o->to, " % after\n");
	}
	if (p->all_price == WARD_AOG_NEVER) {
		ward_wr_z(o->to, "  No measure that Ward knows closes every way.\n");
	} else if (!p->all) {
		ward_wr_z(o->to, "  To leave no way costs ");
		ward_say_money(o->to, p->all_price);
		ward_wr_z(o->to, ".\n");
	}
	if (p->n_refused)
		ward_wr_z(o->to, "  Locks on ways of escape were not considered.\n");
}

void ward_paths_write_text(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to)
{
	static const char *const by[] = {"likeliest", "cheapest for the attacker", "quickest"};
	struct ward_say o = {p, w, ask, to};

	for (size_t i = 0; i < ask->n_service; i++)
		ward_wr_printf(to, "%s%.*s", i ? ", " : "",
			WARD_STR_ARG(ward_say_name(&o, ask->service[i])));
	ward_wr_printf(to, ": %.*s\n", WARD_STR_ARG(ward_say_threat(&o, ask->threat)));
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
