#include "evacuate/say.h"

enum { MS_PER_MIN = 60000, FURTHER = 3 };

const char *ward_evac_say_threat(enum ward_evac_threat t)
{
	static const char *const text[] = {
		WARD_TEXT("Fire"), WARD_TEXT("Smoke"), WARD_TEXT("Dangerous gas")};

	return text[t];
}

void ward_evac_say_count(
	struct ward_wr *w, struct ward_lang *lang, enum ward_evac_class c, int64_t n)
{
	static const char *const one[] = {WARD_TEXT_ONE("{n} on foot"),
		WARD_TEXT_ONE("{n} in a wheelchair"), WARD_TEXT_ONE("{n} in bed"),
		WARD_TEXT_ONE("{n} ventilated")};
	static const char *const others[] = {WARD_TEXT("{n} on foot"),
		WARD_TEXT("{n} in wheelchairs"), WARD_TEXT("{n} in bed"),
		WARD_TEXT("{n} ventilated")};

	ward_say_n(w, lang, (uint64_t)n, one[c], others[c]);
}

static struct ward_str number(char text[24], int64_t n)
{
	struct ward_wr w = ward_wr_fixed(text, 24);

	ward_wr_i64(&w, n);
	return ward_wr_text(&w);
}

static int64_t minutes(int64_t ms)
{
	return (ms + MS_PER_MIN - 1) / MS_PER_MIN;
}

/* What nothing beats is rounded down, all else up. */
static int64_t whole_minutes(int64_t ms)
{
	return ms - ms % MS_PER_MIN;
}

void ward_evac_say_minutes(struct ward_wr *w, struct ward_lang *lang, int64_t ms)
{
	char text[24];

	WARD_SAY(w, lang, WARD_TEXT("{n} min"), {"n", number(text, minutes(ms))});
}

const char *ward_evac_say_lift(const struct ward_evac_say *o, const struct ward_evac_way *w)
{
	static const char *const kind[] = {WARD_TEXT("ordinary lift: not in a fire"),
		WARD_TEXT("fire-fighting lift: for the fire brigade, patients only with its word"),
		WARD_TEXT("evacuation lift: may carry patients")};

	if (!o->ask)
		return kind[w->lift];
	if (!ward_evac_lift_usable(o->e, w, o->ask))
		return w->lift == WARD_EVAC_LIFT_ORDINARY
			       ? WARD_TEXT("ordinary lift: not to be used")
			       : WARD_TEXT("opens where it burns: not to be used");
	return o->e->travel.threat[o->ask->threat].lifts ? WARD_TEXT("may be used") : kind[w->lift];
}

const char *ward_evac_say_fate(enum ward_evac_fate f)
{
	static const char *const text[] = {WARD_TEXT("brought away"),
		WARD_TEXT("sheltering in their rooms"),
		WARD_TEXT("no way out that they fit through"),
		WARD_TEXT("no room in any compartment that they can reach"),
		WARD_TEXT("fewer staff than one of them needs")};

	return text[f];
}

int64_t ward_evac_patients(const struct ward_evac_ward *k)
{
	int64_t n = 0;

	for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++)
		n += k->count[c];
	return n;
}

const struct ward_evac_oxygen *ward_evac_shut_off(
	const struct ward_evac *e, uint32_t compartment, size_t i)
{
	for (size_t size = 1; size <= e->n_compartment; size++)
		for (int within = 0; within < 2; within++)
			for (size_t k = 0; k < e->n_oxygen; k++) {
				const struct ward_evac_oxygen *x = &e->oxygen[k];
				bool serves = false, in = e->of[x->place] == compartment;

				for (size_t s = 0; s < x->n_serves; s++)
					serves = serves || x->serves[s] == compartment;
				if (serves && x->n_serves == size && in == (within == 1) && !i--)
					return x;
			}
	return NULL;
}

struct ward_str ward_evac_say_ward(const struct ward_evac_say *o, uint32_t ward, char text[256])
{
	const struct ward_evac_ward *k = &o->e->ward[ward];
	struct ward_str name = ward_model_node(o->e->m, k->service)->name;
	struct ward_wr w = ward_wr_fixed(text, 256);
	size_t n = 0;

	for (size_t i = 0; i < o->e->n_ward; i++)
		n += o->e->ward[i].service == k->service;
	ward_wr_str(&w, name);
	ward_wr_z(&w, " (");
	ward_wr_str(&w, o->e->compartment[k->at].name);
	ward_wr_ch(&w, ')');
	return n > 1 && !ward_wr_bad(&w) ? ward_wr_text(&w) : name;
}

static struct ward_str at(const struct ward_evac_say *o, uint32_t compartment)
{
	return o->e->compartment[compartment].name;
}

size_t ward_evac_assumed(const struct ward_evac *e, uint32_t building)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_way; i++) {
		const struct ward_evac_way *w = &e->way[i];
		bool here = false;

		for (size_t s = 0; s < w->n_stop; s++)
			here = here || e->compartment[w->stop[s]].building == building;
		n += here && !w->stated;
	}
	return n;
}

void ward_evac_say_assumed(const struct ward_evac_say *o, struct ward_wr *to, uint32_t building)
{
	char n[24], metres[24];
	size_t ways = ward_evac_assumed(o->e, building);

	if (ways)
		WARD_SAY(to, o->lang,
			WARD_TEXT("ASSUMED: {metres} m for each door, stairs or lift of this "
				  "building whose length nobody has stated: {n} of them. True "
				  "times may be longer."),
			{"metres", number(metres, WARD_EVAC_METRES)},
			{"n", number(n, (int64_t)ways)});
}

static void line(const struct ward_evac_say *o, const char *before, const char *english)
{
	ward_wr_z(o->to, before);
	ward_say(o->to, o->lang, english);
	ward_wr_ch(o->to, '\n');
}

/* "2 in bed" into a buffer of the caller. */
static struct ward_str count(
	const struct ward_evac_say *o, char text[96], enum ward_evac_class c, int64_t n)
{
	struct ward_wr w = ward_wr_fixed(text, 96);

	ward_evac_say_count(&w, o->lang, c, n);
	return ward_wr_text(&w);
}

static struct ward_str span(const struct ward_evac_say *o, char text[48], int64_t ms)
{
	struct ward_wr w = ward_wr_fixed(text, 48);

	ward_evac_say_minutes(&w, o->lang, ms);
	return ward_wr_text(&w);
}

static void head(const struct ward_evac_say *o)
{
	uint32_t building = o->e->compartment[o->ask->at].building;
	struct ward_str place = o->ask->room == WARD_NONE
					? at(o, o->ask->at)
					: ward_model_node(o->e->m, o->ask->room)->name;
	struct ward_str threat =
		ward_lang_text(o->lang, ward_str_z(ward_evac_say_threat(o->ask->threat)));
	char n[24];

	WARD_SAY(o->to, o->lang, WARD_TEXT("{threat}: {place}, in the compartment {name}"),
		{"threat", threat}, {"place", place}, {"name", at(o, o->ask->at)});
	ward_wr_ch(o->to, '\n');
	if (o->ask->staff >= 0)
		WARD_SAY(o->to, o->lang, WARD_TEXT("Counted with {n} staff at hand at once."),
			{"n", number(n, o->plan->staff)});
	else
		WARD_SAY(o->to, o->lang,
			WARD_TEXT("Counted for the shift {name}: {n} staff of these wards, helpers "
				  "included."),
			{"name", o->e->shift[o->ask->shift].name},
			{"n", number(n, o->plan->staff)});
	ward_wr_ch(o->to, '\n');
	WARD_SAY(o->to, o->lang,
		WARD_TEXT("Ward proposes. The fire brigade and the hospital's own plan rule: "
			  "{plan}."),
		{"plan", o->e->plan});
	if (ward_evac_assumed(o->e, building)) {
		ward_wr_ch(o->to, '\n');
		ward_evac_say_assumed(o, o->to, building);
	}
	ward_wr_z(o->to, "\n\n");
}

static void late_lines(const struct ward_evac_say *o)
{
	char n[96], t[48], limit[48], ward[256];

	for (size_t i = 0; i < o->plan->n_move; i++) {
		const struct ward_evac_move *m = &o->plan->move[i];

		if (!m->late)
			continue;
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->lang,
			WARD_TEXT(
				"{name}: {count}, the last out after {span}; nobody can stay after "
				"{limit}"),
			{"name", ward_evac_say_ward(o, m->ward, ward)},
			{"count", count(o, n, m->class, m->late)}, {"span", span(o, t, m->out)},
			{"limit", span(o, limit, m->available)});
		ward_wr_ch(o->to, '\n');
	}
}

static void lost_lines(const struct ward_evac_say *o)
{
	char n[96], ward[256];

	for (size_t i = 0; i < o->plan->n_move; i++) {
		const struct ward_evac_move *m = &o->plan->move[i];

		if (m->fate < WARD_EVAC_NO_WAY)
			continue;
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->lang, WARD_TEXT("{name}: {count}: {why}"),
			{"name", ward_evac_say_ward(o, m->ward, ward)},
			{"count", count(o, n, m->class, m->n)},
			{"why", ward_lang_text(o->lang, ward_str_z(ward_evac_say_fate(m->fate)))});
		ward_wr_ch(o->to, '\n');
	}
}

/* What can't be done, and what would help. */
static void not_done(const struct ward_evac_say *o)
{
	const struct ward_evac_plan *p = o->plan;
	char n[24], all[24], t[48];

	if (p->lost) {
		WARD_SAY(o->to, o->lang,
			WARD_TEXT(
				"NOT REACHED: {n} of {all} patients. Tell the fire brigade first."),
			{"n", number(n, p->lost)}, {"all", number(all, p->lost + p->moved)});
		ward_wr_ch(o->to, '\n');
		lost_lines(o);
	}
	if (p->late) {
		WARD_SAY(o->to, o->lang,
			WARD_TEXT(
				"NOT IN TIME: {n} of {all} patients. Tell the fire brigade first."),
			{"n", number(n, p->late)}, {"all", number(all, p->lost + p->moved)});
		ward_wr_ch(o->to, '\n');
		late_lines(o);
	}
	if (!p->lost && !p->late)
		return;
	if (p->bound > p->available) {
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->lang,
			WARD_TEXT(
				"No order and no route with these staff has the last out of {name} "
				"before {span}."),
			{"name", at(o, o->ask->at)}, {"span", span(o, t, whole_minutes(p->bound))});
		ward_wr_ch(o->to, '\n');
	}
	ward_wr_z(o->to, "  ");
	if (p->enough == WARD_EVAC_NEVER)
		ward_say(o->to, o->lang,
			WARD_TEXT("In no plan that was looked at do more staff alone have all out "
				  "in time: "
				  "doors, room or the time to prepare are the limit."));
	else
		WARD_SAY(o->to, o->lang,
			WARD_TEXT("With {n} staff at hand at once all would be out in time."),
			{"n", number(n, p->enough)});
	ward_wr_z(o->to, "\n\n");
}

static void sure(const struct ward_evac_say *o)
{
	char a[48], b[48], c[48];

	if (o->plan->lost || o->plan->late)
		return;
	if (!o->plan->moved) {
		line(o, "", WARD_TEXT("No patient has to be moved."));
		ward_wr_ch(o->to, '\n');
		return;
	}
	WARD_SAY(o->to, o->lang,
		WARD_TEXT("All can be out of {name} in {out} ({available} are there); no plan does "
			  "it before {bound}."),
		{"name", at(o, o->ask->at)}, {"out", span(o, a, o->plan->out)},
		{"available", span(o, b, o->plan->available)},
		{"bound", span(o, c, whole_minutes(o->plan->bound))});
	ward_wr_z(o->to, "\n\n");
}

static bool vertical(const struct ward_evac *e, const struct ward_evac_route *r)
{
	return r->n && ward_evac_floors(e, r->leg[0].from, r->leg[r->n - 1].to) != 0;
}

static void put_move(const struct ward_evac_say *o, const struct ward_evac_move *m, size_t number_)
{
	char n[96], team[24], from[24], to[24], ward[256];

	ward_wr_printf(o->to, "%3zu. ", number_);
	WARD_SAY(o->to, o->lang,
		vertical(o->e, &m->route)
			? WARD_TEXT(
				  "{name}: {count} to {place}, ON ANOTHER FLOOR; {team} staff for "
				  "each trip; minute {from} to {to}")
			: WARD_TEXT(
				  "{name}: {count} to {place}; {team} staff for each trip; minute "
				  "{from} to {to}"),
		{"name", ward_evac_say_ward(o, m->ward, ward)},
		{"count", count(o, n, m->class, m->n)},
		{"place", at(o, m->route.leg[m->route.n - 1].to)}, {"team", number(team, m->team)},
		{"from", number(from, m->start / MS_PER_MIN)},
		{"to", number(to, minutes(m->safe))});
	if (m->late) {
		ward_wr_z(o->to, " ");
		WARD_SAY(
			o->to, o->lang, WARD_TEXT("(TOO LATE: {n})"), {"n", number(team, m->late)});
	}
	ward_wr_z(o->to, "\n     ");
	ward_say(o->to, o->lang, WARD_TEXT("by"));
	for (size_t i = 0; i < m->route.n; i++) {
		ward_wr_z(o->to, i ? ", " : " ");
		ward_wr_str(o->to, o->e->way[m->route.leg[i].way].name);
	}
	if (m->bottles) {
		ward_wr_z(o->to, "; ");
		WARD_SAY(o->to, o->lang,
			o->e->n_oxygen
				? WARD_TEXT("no oxygen from the wall there: a bottle lasts {span}")
				: WARD_TEXT(
					  "no oxygen from the wall is known there: a bottle lasts "
					  "{span}"),
			{"span", span(o, n, o->e->travel.bottle)});
	}
	ward_wr_ch(o->to, '\n');
}

static void moves(const struct ward_evac_say *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->plan->n_move; i++) {
		if (o->plan->move[i].fate != WARD_EVAC_MOVES)
			continue;
		if (!n)
			line(o, "",
				WARD_TEXT(
					"Who goes where, in this order (minutes from the alarm):"));
		if (!n && o->plan->gather) {
			ward_wr_z(o->to, "  ");
			WARD_SAY(o->to, o->lang,
				WARD_TEXT("Staff of the compartments that are left next go to "
					  "{name} first."),
				{"name", at(o, o->ask->at)});
			ward_wr_ch(o->to, '\n');
		}
		put_move(o, &o->plan->move[i], ++n);
	}
	if (n)
		ward_wr_ch(o->to, '\n');
}

/* Wards that stay behind closed doors: their own rooms, or the next fire compartments. */
static void stays(const struct ward_evac_say *o)
{
	char n[96], t[48], ward[256];
	size_t told = 0;

	for (size_t i = 0; i < o->plan->n_move; i++) {
		const struct ward_evac_move *m = &o->plan->move[i];

		if (m->fate != WARD_EVAC_SHELTERS)
			continue;
		if (!told++)
			line(o, "", WARD_TEXT("Who stays, with doors shut, ready to leave:"));
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->lang,
			WARD_TEXT("{name}: {count}, their own rooms protect them for {span}"),
			{"name", ward_evac_say_ward(o, m->ward, ward)},
			{"count", count(o, n, m->class, m->n)}, {"span", span(o, t, m->until)});
		ward_wr_ch(o->to, '\n');
	}
	for (uint32_t i = 0; i < o->e->n_ward; i++) {
		const struct ward_evac_ward *k = &o->e->ward[i];
		const struct ward_evac_compartment *c = &o->e->compartment[k->at];

		if (o->plan->phase[k->at] != WARD_EVAC_STAY || !ward_evac_patients(k))
			continue;
		if (!told++)
			line(o, "", WARD_TEXT("Who stays, with doors shut, ready to leave:"));
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->lang,
			WARD_TEXT("{name} ({place}): {n} patients, walls hold {span}"),
			{"name", ward_model_node(o->e->m, o->e->ward[i].service)->name},
			{"place", c->name}, {"n", number(n, ward_evac_patients(k))},
			{"span", span(o, t, c->holds ? c->holds : o->e->travel.holds)});
		ward_wr_ch(o->to, '\n');
	}
	if (told)
		ward_wr_ch(o->to, '\n');
}

static void lifts(const struct ward_evac_say *o)
{
	size_t told = 0;

	for (size_t i = 0; i < o->e->n_way; i++) {
		const struct ward_evac_way *w = &o->e->way[i];
		uint32_t building = o->e->compartment[w->stop[0]].building;

		if (w->kind != WARD_EVAC_LIFT || building != o->e->compartment[o->ask->at].building)
			continue;
		if (!told++)
			line(o, "", WARD_TEXT("Lifts:"));
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->lang, WARD_TEXT("{name}: {what}"), {"name", w->name},
			{"what", ward_lang_text(o->lang, ward_str_z(ward_evac_say_lift(o, w)))});
		ward_wr_ch(o->to, '\n');
	}
	if (told)
		ward_wr_ch(o->to, '\n');
}

/* Whom it leaves without oxygen, and whose word is needed. */
static void shut_off(const struct ward_evac_say *o, const struct ward_evac_oxygen *x)
{
	char n[24];

	ward_wr_z(o->to, "  ");
	WARD_SAY(o->to, o->lang,
		o->e->of[x->place] == o->ask->at
			? WARD_TEXT("{name}: {place}, WHERE IT BURNS. Closed, it takes the oxygen "
				    "from:")
			: WARD_TEXT("{name}: {place}. Closed, it takes the oxygen from:"),
		{"name", x->name}, {"place", ward_model_node(o->e->m, x->place)->name});
	ward_wr_ch(o->to, '\n');
	for (uint32_t i = 0; i < o->e->n_ward; i++) {
		const struct ward_evac_ward *k = &o->e->ward[i];
		uint32_t role = ward_model_node(o->e->m, k->service)->role;
		bool serves = false;

		for (size_t s = 0; s < x->n_serves; s++)
			serves = serves || x->serves[s] == k->at;
		if (!serves)
			continue;
		ward_wr_z(o->to, "    ");
		WARD_SAY(o->to, o->lang,
			WARD_TEXT("{name} ({place}): {n} ventilated; decides: {role}"),
			{"name", ward_model_node(o->e->m, o->e->ward[i].service)->name},
			{"place", at(o, k->at)}, {"n", number(n, k->count[WARD_EVAC_VENTILATED])},
			{"role", role == WARD_NONE ? WARD_STR("?")
						   : ward_model_node(o->e->m, role)->name});
		ward_wr_ch(o->to, '\n');
	}
}

static void oxygen(const struct ward_evac_say *o)
{
	const struct ward_evac_oxygen *x = ward_evac_shut_off(o->e, o->ask->at, 0);

	if (!x) {
		line(o, "", WARD_TEXT("No shut-off of oxygen is known for this compartment."));
		ward_wr_ch(o->to, '\n');
		return;
	}
	line(o, "",
		WARD_TEXT("Oxygen: the shut-off that takes it from the fewest compartments. To "
			  "close it "
			  "is for a clinical role to decide, when its patients are away or on "
			  "bottles:"));
	shut_off(o, x);
	size_t first = x->n_serves;

	for (size_t i = 1; i <= FURTHER && (x = ward_evac_shut_off(o->e, o->ask->at, i)); i++) {
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->lang,
			x->n_serves > first
				? WARD_TEXT(
					  "If it cannot be reached: {name}, {place} (takes it from "
					  "more compartments)")
				: WARD_TEXT("If it cannot be reached: {name}, {place} (takes it "
					    "from as "
					    "many compartments)"),
			{"name", x->name}, {"place", ward_model_node(o->e->m, x->place)->name});
		ward_wr_ch(o->to, '\n');
	}
	ward_wr_ch(o->to, '\n');
}

static void brigade(const struct ward_evac_say *o)
{
	uint32_t building = o->e->compartment[o->ask->at].building;
	char t[48];

	WARD_SAY(o->to, o->lang, WARD_TEXT("Fire brigade, expected after {span}:"),
		{"span", span(o, t, o->e->brigade)});
	ward_wr_ch(o->to, '\n');
	for (size_t i = 0; i < o->e->n_access; i++) {
		if (o->e->access[i].building != building)
			continue;
		ward_wr_z(o->to, "  ");
		ward_wr_str(o->to, o->e->access[i].text);
		ward_wr_ch(o->to, '\n');
	}
	for (size_t i = 0; i < o->e->n_hazard; i++) {
		const struct ward_evac_hazard *h = &o->e->hazard[i];

		if (o->e->of[h->place] != o->ask->at)
			continue;
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->lang, WARD_TEXT("Danger there: {name}: {what}"),
			{"name", ward_model_node(o->e->m, h->place)->name}, {"what", h->text});
		ward_wr_ch(o->to, '\n');
	}
}

/* Services with beds that the facts leave out: nobody planned for them. */
static void unplanned(const struct ward_evac_say *o)
{
	for (uint32_t i = 0; i < ward_model_n(o->e->m); i++) {
		const struct ward_node *s = ward_model_node(o->e->m, i);
		bool there = false;

		if (s->kind != WARD_NODE_SERVICE || !s->beds)
			continue;
		for (size_t k = 0; k < o->e->n_ward; k++)
			there = there || o->e->ward[k].service == i;
		if (there)
			continue;
		WARD_SAY(o->to, o->lang,
			WARD_TEXT("NOT PLANNED: {name}; evacuation.yml does not say where its "
				  "patients are."),
			{"name", s->name});
		ward_wr_ch(o->to, '\n');
	}
}

void ward_evac_write_text(const struct ward_evac_say *o)
{
	head(o);
	not_done(o);
	unplanned(o);
	sure(o);
	moves(o);
	stays(o);
	lifts(o);
	oxygen(o);
	brigade(o);
	if (!o->plan->whole)
		line(o, "\n",
			WARD_TEXT(
				"LIMIT: not every combination of ways was looked at; there may be "
				"a better plan."));
}
