/* Which answer about people and their ways matters most: how many staff are with which patients in
 * a shift, how far it is to where these are led, and how long corridors are. Both ends are put to a
 * fire in the compartment concerned, and to the shortest walks between doors with readers. */
#include "evacuate/plan.h"
#include "model/walk.h"
#include "score/trial.h"

#include <stdlib.h>

enum {
	NEAR_M = 5,
	FAR_M = 60,
	FEW = 8, /* a ward of which nobody says anything: one of staff for so many patients */
	MANY = 2,
	FIRES = 3,       /* compartments that one way is tried for */
	FLOOR_DOORS = 8, /* doors with readers on a corridor's floor */
	MM = 1000,
	LOOKS = 1, /* of one trial: the plan by all ways, and none with some left out */
};

struct people {
	const struct ward_score_world *w;
	struct ward_score *s;
	size_t n_kind[WARD_SCORE_PEOPLE_N];
};

const char *ward_score_people_name(enum ward_score_people p)
{
	static const char *const name[] = {
#define X(NAME, name) name,
		WARD_SCORE_PEOPLES(X)
#undef X
	};

	WARD_ASSERT((unsigned)p < WARD_SCORE_PEOPLE_N);
	return name[p];
}

static int64_t apart(const int64_t v[2])
{
	return v[0] > v[1] ? v[0] - v[1] : v[1] - v[0];
}

/* May one more of its kind be measured? */
static bool room(struct people *p, enum ward_score_people ask)
{
	p->s->n_could++;
	if (p->n_kind[ask]++ >= WARD_SCORE_PERSONS)
		return false;
	p->s->n_asked++;
	return true;
}

/* Kept if the two ends differ. */
static void keep(struct people *p, const struct ward_score_person *a)
{
	if (apart(a->late) || apart(a->ms))
		p->s->person[p->s->n_person++] = *a;
}

/* One end: it burns in that compartment in that shift. LIMIT: too much to be planned. */
static enum ward_err fire(
	struct people *p, uint32_t at, size_t shift, int64_t *ret_late, int64_t *ret_ms)
{
	const struct ward_evac_ask ask = {
		.room = WARD_NONE, .at = at, .threat = WARD_EVAC_FIRE, .shift = shift, .staff = -1};
	struct ward_evac_plan plan;
	enum ward_err err = ward_evac_make(p->w->evac, &ask, p->w->mem, &plan);

	p->s->n_run++;
	*ret_late = *ret_ms = 0;
	if (!err) {
		*ret_late = plan.late + plan.lost;
		for (size_t i = 0; i < plan.n_move; i++)
			if (plan.move[i].fate == WARD_EVAC_MOVES && plan.move[i].out > *ret_ms)
				*ret_ms = plan.move[i].out;
	}
	ward_evac_plan_fini(&plan);
	return err;
}

static int64_t patients(const struct ward_evac_ward *w)
{
	int64_t n = 0;

	for (unsigned k = 0; k < WARD_EVAC_CLASS_N; k++)
		n += w->count[k];
	return n;
}

/* By the fewest and the most staff for a patient that others state for that shift. */
static void usual_staff(
	const struct ward_evac *e, size_t ward, size_t shift, int64_t *ret_low, int64_t *ret_high)
{
	int64_t n = patients(&e->ward[ward]);
	bool any = false;

	*ret_low = (n + FEW - 1) / FEW;
	*ret_high = (n + MANY - 1) / MANY;
	for (size_t i = 0; i < e->n_ward; i++) {
		int64_t of = patients(&e->ward[i]), staff = e->ward[i].staff[shift];

		if (i == ward || !e->ward[i].stated[shift] || !of || !staff)
			continue;
		int64_t here = (n * staff + of - 1) / of;

		*ret_low = any && *ret_low < here ? *ret_low : here;
		*ret_high = any && *ret_high > here ? *ret_high : here;
		any = true;
	}
}

static enum ward_err staff(struct people *p, size_t ward, size_t shift)
{
	struct ward_evac_ward *w = &p->w->evac->ward[ward];
	const int64_t was = w->staff[shift];
	struct ward_score_person a = {.ask = WARD_SCORE_PEOPLE_STAFF,
		.node = w->service,
		.name = ward_model_node(p->w->m, w->service)->name,
		.shift = p->w->evac->shift[shift].name,
		.place = p->w->evac->compartment[w->at].name,
		.line = w->line,
		.known = w->stated[shift]};
	enum ward_err err = WARD_OK;

	if (!room(p, a.ask))
		return WARD_OK;
	usual_staff(p->w->evac, ward, shift, &a.low, &a.high);
	for (int side = 0; side < 2 && !err; side++) {
		w->staff[shift] = side ? a.high : a.low;
		err = fire(p, w->at, shift, &a.late[side], &a.ms[side]);
	}
	w->staff[shift] = was;
	if (!err)
		keep(p, &a);
	return err == WARD_ERR_LIMIT ? WARD_OK : err; /* such a fire is not planned at all */
}

static enum ward_err ask_staff(struct people *p)
{
	const struct ward_evac *e = p->w->evac;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < e->n_ward && !err; i++) {
		bool old = score_doubtful(p->w->m, p->s->as_of, e->ward[i].service, "staff");

		for (size_t k = 0; k < e->n_shift && !err; k++)
			if (patients(&e->ward[i]) && (!e->ward[i].stated[k] || old))
				err = staff(p, i, k);
	}
	return err;
}

static bool has_patients(const struct ward_evac *e, uint32_t at)
{
	for (size_t i = 0; i < e->n_ward; i++)
		if (e->ward[i].at == at && patients(&e->ward[i]))
			return true;
	return false;
}

/* Tried in the shift of the fewest staff, for the compartment that it matters most for. */
static enum ward_err way(struct people *p, struct ward_evac_way *w)
{
	const struct ward_evac *e = p->w->evac;
	const size_t shift = ward_evac_shift_at(e, SIZE_MAX);
	const int64_t was = w->mm;
	struct ward_score_person a = {.ask = WARD_SCORE_PEOPLE_WAY,
		.node = w->node,
		.name = w->name,
		.line = w->line,
		.low = NEAR_M,
		.high = FAR_M,
		.known = w->stated};
	enum ward_err err = WARD_OK;
	int fires = 0;

	if (!room(p, a.ask))
		return WARD_OK;
	for (size_t i = 0; i < w->n_stop && fires < FIRES && !err; i++) {
		struct ward_score_person b = a;

		if (!has_patients(e, w->stop[i]))
			continue;
		fires++;
		b.place = e->compartment[w->stop[i]].name;
		for (int side = 0; side < 2 && !err; side++) {
			w->mm = (side ? FAR_M : NEAR_M) * MM;
			err = fire(p, w->stop[i], shift, &b.late[side], &b.ms[side]);
		}
		err = err == WARD_ERR_LIMIT ? WARD_OK : err;
		if (apart(b.late) > apart(a.late) ||
			(apart(b.late) == apart(a.late) && apart(b.ms) > apart(a.ms)))
			a = b;
	}
	w->mm = was;
	if (!err)
		keep(p, &a);
	return err;
}

static enum ward_err ask_ways(struct people *p)
{
	const struct ward_evac *e = p->w->evac;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < e->n_way && !err; i++)
		if (!e->way[i].stated ||
			(e->way[i].node != WARD_NONE &&
				score_doubtful(p->w->m, p->s->as_of, e->way[i].node, "metres")))
			err = way(p, &e->way[i]);
	return err;
}

static bool is(const struct ward_model *m, uint32_t i, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, i, c);
}

/* Care services with patients of whom no plan says where they go. */
static void ask_wards(struct people *p)
{
	const struct ward_evac *e = p->w->evac;

	for (uint32_t i = 0; i < ward_model_n(p->w->m); i++) {
		const struct ward_node *n = ward_model_node(p->w->m, i);
		bool planned = false;

		for (size_t k = 0; e && k < e->n_ward; k++)
			planned = planned || e->ward[k].service == i;
		if (is(p->w->m, i, "service.care") && n->patients && !planned &&
			room(p, WARD_SCORE_PEOPLE_WARD))
			keep(p, &(struct ward_score_person){.ask = WARD_SCORE_PEOPLE_WARD,
					.node = i,
					.name = n->name,
					.line = n->line,
					.late = {n->patients, 0}});
	}
}

/* The first doors with readers of the floor. */
static size_t doors_of(const struct ward_model *m, uint32_t floor, uint32_t door[FLOOR_DOORS])
{
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(m) && n < FLOOR_DOORS; i++) {
		size_t n_out;
		const struct ward_rel *r;

		if (ward_model_node(m, i)->kind != WARD_NODE_DOOR || !is(m, i, "door.controlled"))
			continue;
		r = ward_model_out(m, i, &n_out);
		for (size_t k = 0; k < n_out; k++)
			if (r[k].type == WARD_REL_LEADS_TO &&
				ward_model_up(m, r[k].node, WARD_NODE_FLOOR) == floor) {
				door[n++] = i;
				break;
			}
	}
	return n;
}

/* Between two doors, whichever way round takes less: a way may go one way only. */
static bool shorter(struct ward_walk *walk, uint32_t a, uint32_t b, int64_t *ret)
{
	int64_t there = INT64_MAX, back = INT64_MAX;
	bool any = ward_walk_ms(walk, a, b, &there, NULL);

	any = ward_walk_ms(walk, b, a, &back, NULL) || any;
	if (any)
		*ret = there < back ? there : back;
	return any;
}

static void corridor(struct people *p, struct ward_walk *walk, uint32_t at)
{
	const struct ward_model *m = p->w->m;
	const struct ward_node *n = ward_model_node(m, at);
	struct ward_score_person a = {.ask = WARD_SCORE_PEOPLE_WALK,
		.node = at,
		.name = n->name,
		.line = n->line,
		.low = NEAR_M,
		.high = FAR_M,
		.known = n->metres > 0};
	int64_t ms[FLOOR_DOORS][FLOOR_DOORS] = {{0}};
	uint32_t door[FLOOR_DOORS];
	size_t n_door = doors_of(m, ward_model_up(m, at, WARD_NODE_FLOOR), door);

	for (int side = 0; side < 2; side++) {
		ward_walk_try(walk, at, side ? FAR_M : NEAR_M);
		for (size_t i = 0; i < n_door; i++)
			for (size_t k = i + 1; k < n_door; k++) {
				int64_t one = 0;

				if (!shorter(walk, door[i], door[k], &one))
					continue;
				a.ms[side] += one;
				a.n_walk += side && one != ms[i][k];
				ms[i][k] = one;
			}
	}
	ward_walk_try(walk, at, 0);
	keep(p, &a);
}

static enum ward_err ask_walks(struct people *p)
{
	static const char *const class[] = {"room.corridor", "room.stairs", "room.outside"};
	const struct ward_model *m = p->w->m;
	struct ward_walk *walk;
	enum ward_err err = ward_walk_new(m, p->w->mem, &walk);

	if (err)
		return err;
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		bool asked = false;

		for (size_t k = 0; k < WARD_ARRAY_LEN(class); k++)
			asked = asked || is(m, i, class[k]);
		if (asked && ward_model_up(m, i, WARD_NODE_FLOOR) != WARD_NONE &&
			(!ward_model_node(m, i)->metres ||
				score_doubtful(m, p->s->as_of, i, "metres")) &&
			room(p, WARD_SCORE_PEOPLE_WALK))
			corridor(p, walk, i);
	}
	ward_walk_free(walk);
	return WARD_OK;
}

/* Patients before minutes; of ways to safety before walks of every day. */
static int person_cmp(const void *va, const void *vb)
{
	const struct ward_score_person *a = va, *b = vb;
	bool wa = a->ask == WARD_SCORE_PEOPLE_WALK, wb = b->ask == WARD_SCORE_PEOPLE_WALK;
	int64_t la = apart(a->late), lb = apart(b->late), ma = apart(a->ms), mb = apart(b->ms);

	if (la != lb)
		return la > lb ? -1 : 1;
	if (wa != wb)
		return wa ? 1 : -1;
	if (ma != mb)
		return ma > mb ? -1 : 1;
	if (a->ask != b->ask)
		return (int)a->ask - (int)b->ask;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	int names = ward_str_cmp(a->name, b->name);

	return names ? names : ward_str_cmp(a->shift, b->shift);
}

enum ward_err score_people(const struct ward_score_world *world, struct ward_score *s)
{
	struct people p = {.w = world, .s = s};
	enum ward_err err = WARD_OK;

	if (world->evac) {
		size_t looks = world->evac->looks_max;

		world->evac->looks_max = LOOKS;
		err = ask_staff(&p);
		if (!err)
			err = ask_ways(&p);
		world->evac->looks_max = looks;
	}
	if (!err)
		ask_wards(&p);
	if (!err)
		err = ask_walks(&p);
	if (!err && s->n_person > 1)
		qsort(s->person, s->n_person, sizeof(*s->person), person_cmp);
	return err;
}
