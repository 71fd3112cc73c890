#include "evacuate/say.h"

static void ms(struct ward_json *j, const char *key, int64_t v)
{
	ward_json_key(j, key);
	if (v == WARD_EVAC_NEVER)
		ward_json_null(j);
	else
		ward_json_i64(j, v);
}

static struct ward_json begin(const struct ward_evac_say *o, const char *kind)
{
	struct ward_json j = ward_json_on(o->to);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, kind);
	return j;
}

static void end(const struct ward_evac_say *o, struct ward_json *j)
{
	ward_json_obj_end(j);
	ward_wr_ch(o->to, '\n');
}

static void who(const struct ward_evac_say *o, struct ward_json *j, const struct ward_evac_move *m)
{
	const struct ward_evac_ward *k = &o->e->ward[m->ward];

	ward_json_put_str(j, "service", ward_model_node(o->e->m, k->service)->id);
	ward_json_put_str(j, "from", o->e->compartment[k->at].id);
	ward_json_put_str(j, "patients", ward_str_z(ward_evac_class_name(m->class)));
	ward_json_put_i64(j, "n", m->n);
}

static void put_route(
	const struct ward_evac_say *o, struct ward_json *j, const struct ward_evac_route *r)
{
	ward_json_key(j, "by");
	ward_json_arr(j);
	for (size_t i = 0; i < r->n; i++)
		ward_json_str(j, o->e->way[r->leg[i].way].id);
	ward_json_arr_end(j);
}

/* Whom the plan does not bring away come first. */
static void moves(const struct ward_evac_say *o, bool lost)
{
	static const char *const fate[] = {"", "shelter", "no_way", "no_room", "no_staff"};

	for (size_t i = 0; i < o->plan->n_move; i++) {
		const struct ward_evac_move *m = &o->plan->move[i];
		bool moves = m->fate == WARD_EVAC_MOVES;

		if ((m->fate >= WARD_EVAC_NO_WAY) != lost)
			continue;
		struct ward_json j = begin(o, moves ? "move" : lost ? "unreached" : "stay");

		who(o, &j, m);
		if (moves) {
			ward_json_put_str(
				&j, "to", o->e->compartment[m->route.leg[m->route.n - 1].to].id);
			put_route(o, &j, &m->route);
			ward_json_put_i64(&j, "staff_per_trip", m->team);
			ward_json_put_i64(&j, "trips", m->trips);
			ms(&j, "start_ms", m->start);
			ms(&j, "out_ms", m->out);
			ms(&j, "safe_ms", m->safe);
			ward_json_put_i64(&j, "late", m->late);
			ward_json_key(&j, "bottles");
			ward_json_bool(&j, m->bottles);
		} else {
			ward_json_key(&j, "why");
			ward_json_z(&j, fate[m->fate]);
			if (!lost)
				ms(&j, "until_ms", m->until);
		}
		end(o, &j);
	}
}

static void stays(const struct ward_evac_say *o)
{
	for (size_t i = 0; i < o->e->n_ward; i++) {
		const struct ward_evac_ward *k = &o->e->ward[i];
		const struct ward_evac_compartment *c = &o->e->compartment[k->at];

		if (o->plan->phase[k->at] != WARD_EVAC_STAY || !ward_evac_patients(k))
			continue;
		struct ward_json j = begin(o, "stay");

		ward_json_put_str(&j, "service", ward_model_node(o->e->m, k->service)->id);
		ward_json_put_str(&j, "from", c->id);
		ward_json_put_i64(&j, "n", ward_evac_patients(k));
		ward_json_key(&j, "why");
		ward_json_z(&j, "compartment");
		ms(&j, "until_ms", c->holds ? c->holds : o->e->travel.holds);
		end(o, &j);
	}
}

static void ways(const struct ward_evac_say *o)
{
	static const char *const kind[] = {"door", "stairs", "lift"};

	for (size_t i = 0; i < o->e->n_way; i++) {
		const struct ward_evac_way *w = &o->e->way[i];
		bool lift =
			w->kind == WARD_EVAC_LIFT && o->e->compartment[w->stop[0]].building ==
							     o->e->compartment[o->ask->at].building;

		if (!o->plan->through[i] && !lift)
			continue;
		struct ward_json j = begin(o, "way");

		ward_json_put_str(&j, "id", w->id);
		ward_json_put_str(&j, "is", ward_str_z(kind[w->kind]));
		ward_json_put_i64(&j, "patients", o->plan->through[i]);
		ward_json_key(&j, "metres_stated");
		ward_json_bool(&j, w->stated);
		if (lift) {
			ward_json_key(&j, "usable");
			ward_json_bool(&j, ward_evac_lift_usable(o->e, w, o->ask));
			ward_json_key(&j, "brigade_only");
			ward_json_bool(&j, w->lift == WARD_EVAC_LIFT_BRIGADE);
		}
		end(o, &j);
	}
}

static void oxygen(const struct ward_evac_say *o)
{
	const struct ward_evac_oxygen *x;

	for (size_t i = 0; (x = ward_evac_shut_off(o->e, o->ask->at, i)); i++) {
		struct ward_json j = begin(o, "oxygen");

		ward_json_put_str(&j, "id", x->id);
		ward_json_put_str(&j, "place", ward_model_node(o->e->m, x->place)->id);
		ward_json_key(&j, "where_it_burns");
		ward_json_bool(&j, o->e->of[x->place] == o->ask->at);
		ward_json_key(&j, "loses");
		ward_json_arr(&j);
		for (size_t k = 0; k < o->e->n_ward; k++) {
			const struct ward_evac_ward *w = &o->e->ward[k];
			uint32_t role = ward_model_node(o->e->m, w->service)->role;
			bool serves = false;

			for (size_t s = 0; s < x->n_serves; s++)
				serves = serves || x->serves[s] == w->at;
			if (!serves)
				continue;
			ward_json_obj(&j);
			ward_json_put_str(&j, "service", ward_model_node(o->e->m, w->service)->id);
			ward_json_put_str(&j, "at", o->e->compartment[w->at].id);
			ward_json_put_i64(&j, "ventilated", w->count[WARD_EVAC_VENTILATED]);
			ward_json_key(&j, "decides");
			if (role == WARD_NONE)
				ward_json_null(&j);
			else
				ward_json_str(&j, ward_model_node(o->e->m, role)->id);
			ward_json_obj_end(&j);
		}
		ward_json_arr_end(&j);
		end(o, &j);
	}
}

void ward_evac_write_json(const struct ward_evac_say *o)
{
	const struct ward_evac_plan *p = o->plan;

	moves(o, true);
	moves(o, false);
	stays(o);
	ways(o);
	oxygen(o);
	struct ward_json j = begin(o, "summary");

	ward_json_put_str(&j, "threat", ward_str_z(ward_evac_threat_name(o->ask->threat)));
	ward_json_put_str(&j, "compartment", o->e->compartment[o->ask->at].id);
	ward_json_key(&j, "shift");
	if (o->ask->staff < 0)
		ward_json_str(&j, o->e->shift[o->ask->shift].id);
	else
		ward_json_null(&j);
	ward_json_put_i64(&j, "staff", p->staff);
	ward_json_put_i64(&j, "unreached", p->lost);
	ward_json_put_i64(&j, "late", p->late);
	ward_json_put_i64(&j, "moved", p->moved);
	ward_json_put_i64(&j, "sheltering", p->sheltering);
	ms(&j, "available_ms", p->available);
	ms(&j, "out_ms", p->out);
	ms(&j, "safe_ms", p->safe);
	ms(&j, "bound_ms", p->bound);
	ward_json_key(&j, "staff_enough");
	if (p->enough == WARD_EVAC_NEVER)
		ward_json_null(&j);
	else
		ward_json_i64(&j, p->enough);
	ward_json_key(&j, "next_staff_first");
	ward_json_bool(&j, p->gather);
	ward_json_key(&j, "whole");
	ward_json_bool(&j, p->whole);
	ward_json_put_u64(&j, "ways_assumed",
		ward_evac_assumed(o->e, o->e->compartment[o->ask->at].building));
	ward_json_put_i64(&j, "assumed_metres", WARD_EVAC_METRES);
	ward_json_put_str(&j, "plan", o->e->plan);
	end(o, &j);
}
