#include "paths/say.h"
#include "impact/write.h"

enum { MILLION = 1000000, SEEN_SHOWN = 20 };

void ward_say_details(const struct ward_say *o, uint32_t step)
{
	const struct ward_ground_step *s = &o->p->ground.step[step];
	const struct ward_attack_step *a = ward_say_attack(o, step);
	struct ward_str by = ward_paths_seen(o->w->m, a, s->from, s->to);

	ward_say_chance(o->to, o->ask->lang, s->lo_micro, s->hi_micro);
	if (s->time) {
		ward_wr_z(o->to, ", ");
		ward_impact_write_span(o->to, s->time, o->ask->lang);
	}
	if (by.len || a->noise_micro)
		ward_wr_z(o->to, ", ");
	if (by.len)
		WARD_SAY(o->to, o->ask->lang, WARD_TEXT("may be seen by {name}"), {"name", by});
	else if (a->noise_micro)
		ward_say(o->to, o->ask->lang,
			a->n_seen ? WARD_TEXT("nothing that Ward reads sees it")
				  : WARD_TEXT("people may notice"));
	if (a->rel == WARD_ATTACK_REL_REACHES && o->w->seen &&
		ward_seen_between(o->w->seen, s->from, s->to)) {
		ward_wr_z(o->to, ", ");
		ward_say(o->to, o->ask->lang, WARD_TEXT("such traffic was seen"));
	}
}

static void write_step(const struct ward_say *o, uint32_t step, unsigned number)
{
	ward_wr_printf(o->to, "  %2u. ", number);
	ward_say_done(o, step);
	ward_wr_z(o->to, "\n");
	if (ward_say_plain(o, step))
		return;
	ward_wr_z(o->to, "        ");
	ward_say_details(o, step);
	ward_wr_printf(o->to, " [%.*s]\n", WARD_STR_ARG(ward_say_attack(o, step)->technique));
}

/* A line without slots. */
static void put_line(const struct ward_say *o, const char *before, const char *english)
{
	ward_wr_z(o->to, before);
	ward_say(o->to, o->ask->lang, english);
	ward_wr_ch(o->to, '\n');
}

static void write_care(const struct ward_say *o, const struct ward_paths_plan *plan)
{
	char text[3][64];
	struct ward_wr span = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr likelihood = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr number = ward_wr_fixed(text[2], sizeof(text[2]));
	bool first = true;

	ward_wr_z(o->to, "      ");
	ward_say(o->to, o->ask->lang, WARD_TEXT("So:"));
	ward_wr_ch(o->to, ' ');
	for (size_t i = 0; i < plan->plan.n; i++) {
		if (ward_say_attack(o, plan->plan.step[i]))
			continue;
		ward_wr_z(o->to, first ? "" : ";\n          ");
		ward_say_step(o, plan->plan.step[i]);
		first = false;
	}
	ward_wr_ch(o->to, '\n');
	if (!plan->forecast) {
		put_line(o, "          ",
			WARD_TEXT("(the propagation engine does not confirm this end)"));
		return;
	}
	ward_impact_write_span(&span, plan->care_time, o->ask->lang);
	ward_say_chance(&likelihood, o->ask->lang, plan->care_lo, plan->care_hi);
	ward_say_units(&number, o->ask->lang, plan->loss_micro);
	ward_wr_z(o->to, "          ");
	WARD_SAY(o->to, o->ask->lang,
		WARD_TEXT("in {span}, likelihood {likelihood} once that is done; {number} care "
			  "units a minute"),
		{"span", ward_wr_text(&span)}, {"likelihood", ward_wr_text(&likelihood)},
		{"number", ward_wr_text(&number)});
	ward_wr_ch(o->to, '\n');
}

void ward_say_head(const struct ward_say *o, const struct ward_paths_plan *plan)
{
	char text[4][64];
	struct ward_wr likelihood = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr span = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr money = ward_wr_fixed(text[2], sizeof(text[2]));
	struct ward_wr noticed = ward_wr_fixed(text[3], sizeof(text[3]));

	ward_say_chance(&likelihood, o->ask->lang, plan->lo_micro, plan->hi_micro);
	ward_impact_write_span(&span, plan->time, o->ask->lang);
	ward_say_money(&money, o->ask->lang, plan->cost);
	ward_say_percent(&noticed, o->ask->lang, plan->noticed_micro);
	WARD_SAY(o->to, o->ask->lang,
		WARD_TEXT("{likelihood} likely, {span} of work, {money}, noticed on the way "
			  "{noticed}"),
		{"likelihood", ward_wr_text(&likelihood)}, {"span", ward_wr_text(&span)},
		{"money", ward_wr_text(&money)}, {"noticed", ward_wr_text(&noticed)});
	if (plan->plan.alike)
		ward_say_n(o->to, o->ask->lang, plan->plan.alike,
			WARD_TEXT_ONE("; the same in {n} other form"),
			WARD_TEXT("; the same in {n} other forms"));
}

static void write_plan(const struct ward_say *o, size_t i)
{
	const struct ward_paths_plan *plan = &o->p->plan[i];
	unsigned number = 0;

	ward_wr_printf(o->to, "\n%zu. ", i + 1);
	ward_say_head(o, plan);
	ward_wr_ch(o->to, '\n');
	for (size_t k = 0; k < plan->plan.n; k++) {
		uint32_t step = plan->plan.step[k];

		if (!ward_say_attack(o, step))
			continue;
		if (!ward_say_walks_on(o, plan, k))
			write_step(o, step, ++number);
	}
	write_care(o, plan);
}

/* By when a tenth, half, nine tenths of the draws are there: as many of these as ever are. */
static void put_times(const struct ward_say *o, const char *const english[WARD_SAMPLE_QUANTILES],
	const uint64_t *ms)
{
	char text[WARD_SAMPLE_QUANTILES][64];
	struct ward_wr w[WARD_SAMPLE_QUANTILES];
	size_t n = 0;

	for (size_t q = 0; q < WARD_SAMPLE_QUANTILES; q++) {
		w[q] = ward_wr_fixed(text[q], sizeof(text[q]));
		if (ms[q] == WARD_AOG_NEVER)
			continue;
		ward_impact_write_span(&w[q], (ward_ns)ms[q] * WARD_NS_PER_MS, o->ask->lang);
		n = q + 1;
	}
	if (!n)
		return;
	ward_wr_z(o->to, "    ");
	WARD_SAY(o->to, o->ask->lang, english[n - 1], {"early", ward_wr_text(&w[0])},
		{"middle", ward_wr_text(&w[1])}, {"late", ward_wr_text(&w[2])});
	ward_wr_ch(o->to, '\n');
}

static void write_times(const struct ward_say *o)
{
	static const char *const work[] = {
		WARD_TEXT("the attacker's work: a tenth within {early}; fewer than half ever get "
			  "there"),
		WARD_TEXT(
			"the attacker's work: a tenth within {early}, half within {middle}; fewer "
			"than nine tenths ever get there"),
		WARD_TEXT("the attacker's work: a tenth within {early}, half within {middle}, "
			  "nine tenths within {late}"),
	};
	static const char *const care[] = {
		WARD_TEXT("until care is hit: a tenth within {early}"),
		WARD_TEXT("until care is hit: a tenth within {early}, half within {middle}"),
		WARD_TEXT("until care is hit: a tenth within {early}, half within {middle}, nine "
			  "tenths within {late}"),
	};
	const struct ward_paths *p = o->p;

	if (!p->time)
		return;
	ward_wr_ch(o->to, '\n');
	ward_say_n(o->to, o->ask->lang, p->n_sample,
		WARD_TEXT_ONE("How long it takes, by {n} draw of which steps succeed and how long "
			      "each takes:"),
		WARD_TEXT("How long it takes, by {n} draws of which steps succeed and how long "
			  "each takes:"));
	ward_wr_ch(o->to, '\n');
	for (size_t i = 0; i < o->ask->n_service; i++) {
		const struct ward_sample_time *t = &p->time[i];
		char text[64];
		struct ward_wr percent = ward_wr_fixed(text, sizeof(text));

		ward_say_percent(
			&percent, o->ask->lang, (int64_t)t->n_reached * MILLION / p->n_sample);
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->ask->lang, WARD_TEXT("{name}: {percent} of the draws get there"),
			{"name", ward_say_name(o, o->ask->service[i])},
			{"percent", ward_wr_text(&percent)});
		ward_wr_ch(o->to, '\n');
		put_times(o, work, t->work_ms);
		put_times(o, care, t->all_ms);
	}
}

static void write_chokes(const struct ward_say *o)
{
	size_t told = 0;

	for (size_t i = 0; i < o->p->n_choke; i++) {
		uint32_t step = o->p->choke[i];

		if (o->p->ground.step[step].kind == WARD_GROUND_LINK || ward_say_plain(o, step))
			continue;
		if (!told++)
			put_line(o, "\n", WARD_TEXT("Every way passes:"));
		ward_wr_z(o->to, "  - ");
		ward_say_step(o, step);
		ward_wr_ch(o->to, '\n');
	}
	if (!told && o->p->n_plan)
		put_line(o, "\n", WARD_TEXT("No single step is in every way."));
}

static void write_sum(const struct ward_say *o, uint64_t cost)
{
	const struct ward_paths *p = o->p;
	const char *which = p->all ? WARD_TEXT("the cheapest that leaves no way")
			    : o->ask->budget == WARD_AOG_NEVER
				    ? WARD_TEXT("the cheapest that does all that can be done")
				    : WARD_TEXT("the most that the budget buys");
	char text[2][48];
	struct ward_wr money = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr bound = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_say_money(&money, o->ask->lang, cost);
	ward_say_money(&bound, o->ask->lang, p->cut.bound);
	ward_wr_ch(o->to, '\n');
	WARD_SAY(o->to, o->ask->lang,
		p->cut.price == p->cut.bound
			? WARD_TEXT("What to do, {which}, together {money}:")
			: WARD_TEXT("What to do, {which}, together {money} (perhaps not the "
				    "cheapest: at least {bound}):"),
		{"which", ward_lang_text(o->ask->lang, ward_str_z(which))},
		{"money", ward_wr_text(&money)}, {"bound", ward_wr_text(&bound)});
	ward_wr_ch(o->to, '\n');
}

void ward_say_item(const struct ward_say *o, const struct ward_paths_measure *x)
{
	ward_wr_z(o->to, "  - ");
	ward_say_measure(o, x, "\n    ");
	ward_wr_ch(o->to, '\n');
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
		put_line(o, "\n", WARD_TEXT("No measure that Ward knows helps within the budget."));
		return;
	}
	write_sum(o, cost);
	for (size_t i = 0; i < p->n_measure; i++)
		if (p->measure[i].chosen)
			ward_say_item(o, &p->measure[i]);
}

static void write_rung(const struct ward_say *o, const struct ward_paths_rung *r)
{
	char text[3][64];
	struct ward_wr money = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr n = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr after = ward_wr_fixed(text[2], sizeof(text[2]));

	ward_say_money(&money, o->ask->lang, r->price);
	ward_wr_u64(&n, r->n_measure);
	ward_say_percent(&after, o->ask->lang, ward_say_likelihood(r->after));
	const struct ward_word_slot slot[] = {{"money", ward_wr_text(&money)},
		{"n", ward_wr_text(&n)}, {"after", ward_wr_text(&after)}};

	ward_wr_z(o->to, "    ");
	ward_say_text(o->to,
		ward_lang_text_n(o->ask->lang, r->n_measure,
			WARD_TEXT_ONE("{money}, {n} measure: {after} after"),
			WARD_TEXT("{money}, {n} measures: {after} after")),
		slot, WARD_ARRAY_LEN(slot));
	ward_wr_ch(o->to, '\n');
}

/* The measures that cost no care themselves, where others were chosen. */
static void write_gentle(const struct ward_say *o)
{
	const struct ward_paths *p = o->p;
	const struct ward_paths_rung *r = &p->without_harm;
	char text[2][64];
	struct ward_wr money = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr after = ward_wr_fixed(text[1], sizeof(text[1]));

	if (!p->gentle)
		return;
	ward_say_money(&money, o->ask->lang, r->price);
	ward_say_percent(&after, o->ask->lang, ward_say_likelihood(r->after));
	ward_wr_ch(o->to, '\n');
	WARD_SAY(o->to, o->ask->lang,
		!r->n_measure ? WARD_TEXT("Without what costs care itself nothing helps.")
		: r->after == WARD_AOG_NEVER
			? WARD_TEXT("Without what costs care itself, together {money}, no way left "
				    "after:")
			: WARD_TEXT("Without what costs care itself, together {money}, likeliest "
				    "way {after} after:"),
		{"money", ward_wr_text(&money)}, {"after", ward_wr_text(&after)});
	ward_wr_ch(o->to, '\n');
	for (size_t i = 0; i < p->n_measure; i++)
		if (p->gentle[i])
			ward_say_item(o, &p->measure[i]);
}

static void write_left(const struct ward_say *o)
{
	const struct ward_paths *p = o->p;
	char text[48];
	struct ward_wr money = ward_wr_fixed(text, sizeof(text));

	if (p->spent)
		put_line(o, "\n",
			WARD_TEXT("LIMIT: the search for measures came to its limit of effort; "
				  "there may be better choices."));
	put_line(o, "\n", WARD_TEXT("What is left:"));
	ward_say_rest(o);
	for (size_t i = 0; i < p->n_rung; i++) {
		if (!i)
			put_line(o, "  ", WARD_TEXT("With less money (--budget):"));
		write_rung(o, &p->rung[i]);
	}
	if (p->all_price == WARD_AOG_NEVER) {
		put_line(o, "  ", WARD_TEXT("No measure that Ward knows closes every way."));
	} else if (!p->all) {
		ward_say_money(&money, o->ask->lang, p->all_price);
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->ask->lang, WARD_TEXT("To leave no way costs {money}."),
			{"money", ward_wr_text(&money)});
		ward_wr_ch(o->to, '\n');
	}
	if (p->n_refused)
		put_line(o, "  ", WARD_TEXT("Locks on ways of escape were not considered."));
	if (p->n_planless)
		put_line(o, "  ",
			WARD_TEXT("No lock was considered: the hospital gives no plan of "
				  "evacuation (evacuation.yml), so no door is known not to be a "
				  "way of escape."));
}

static void write_count(const struct ward_say *o)
{
	static const char *const one[] = {
		WARD_TEXT_ONE("{n} kind of attack, the likeliest first; likelihoods are of one "
			      "determined attempt."),
		WARD_TEXT_ONE("{n} kind of attack, the cheapest for the attacker first; "
			      "likelihoods are of one determined attempt."),
		WARD_TEXT_ONE("{n} kind of attack, the quickest first; likelihoods are of one "
			      "determined attempt.")};
	static const char *const others[] = {
		WARD_TEXT("{n} kinds of attack, the likeliest first; likelihoods are of one "
			  "determined attempt."),
		WARD_TEXT("{n} kinds of attack, the cheapest for the attacker first; likelihoods "
			  "are of one determined attempt."),
		WARD_TEXT("{n} kinds of attack, the quickest first; likelihoods are of one "
			  "determined attempt.")};

	ward_say_n(o->to, o->ask->lang, o->p->n_plan, one[o->ask->by], others[o->ask->by]);
	ward_wr_ch(o->to, '\n');
}

/* What was seen from network to network: with a policy, what it lacks. */
static void write_seen(const struct ward_say *o)
{
	const struct ward_seen *s = o->w->seen;
	size_t told = 0, more = 0;

	for (size_t i = 0; s && i < s->n; i++) {
		const struct ward_seen_way *way = &s->way[i];

		if (o->w->facts->policy && way->allowed)
			continue;
		if (told == SEEN_SHOWN) {
			more++;
			continue;
		}
		if (!told++)
			put_line(o, "\n",
				o->w->facts->policy
					? WARD_TEXT("Seen between networks though the policy does "
						    "not let it through:")
					: WARD_TEXT("Seen between networks:"));
		ward_wr_printf(o->to, "  %.*s → %.*s: %.*s, ",
			WARD_STR_ARG(ward_say_name(o, way->from)),
			WARD_STR_ARG(ward_say_name(o, way->to)), WARD_STR_ARG(way->service));
		ward_say_n(o->to, o->ask->lang, way->times, WARD_TEXT_ONE("{n} conversation"),
			WARD_TEXT("{n} conversations"));
		ward_wr_ch(o->to, '\n');
	}
	if (more) {
		ward_wr_z(o->to, "  ");
		ward_say_n(o->to, o->ask->lang, more, WARD_TEXT_ONE("and {n} more (--json)"),
			WARD_TEXT("and {n} more (--json)"));
		ward_wr_ch(o->to, '\n');
	}
	if (s && !told)
		put_line(o, "\n",
			o->w->facts->policy && s->n
				? WARD_TEXT("All that was seen between networks is in the policy.")
				: WARD_TEXT("No conversation between networks was seen."));
}

void ward_paths_write_text(const struct ward_paths *p, const struct ward_paths_world *w,
	const struct ward_paths_ask *ask, struct ward_wr *to)
{
	struct ward_say o = {p, w, ask, to};

	for (size_t i = 0; i + 1 < ask->n_service; i++) {
		ward_wr_str(to, ward_say_name(&o, ask->service[i]));
		ward_wr_z(to, ", ");
	}
	WARD_SAY(to, ask->lang, WARD_TEXT("{name}: {what}"),
		{"name", ward_say_name(&o, ask->service[ask->n_service - 1])},
		{"what", ward_say_threat(&o, ask->threat)});
	ward_wr_ch(to, '\n');
	if (!p->n_plan) {
		put_line(&o, "", WARD_TEXT("No way that Ward knows leads there."));
		return;
	}
	write_count(&o);
	if (w->at)
		put_line(&o, "",
			WARD_TEXT("Doors and entrances are taken to be open or shut as at the hour "
				  "asked for."));
	if (!w->facts->policy)
		put_line(&o, "",
			WARD_TEXT("No firewall policy is known: every network is taken to reach "
				  "every other."));
	if (!w->facts->n_vuln)
		put_line(&o, "", WARD_TEXT("No known vulnerabilities are given."));
	write_seen(&o);
	for (size_t i = 0; i < p->n_plan; i++)
		write_plan(&o, i);
	if (p->more)
		put_line(&o, "\n",
			WARD_TEXT("LIMIT: there may be more ways than could be looked at."));
	write_times(&o);
	write_chokes(&o);
	write_measures(&o);
	write_gentle(&o);
	write_left(&o);
}
