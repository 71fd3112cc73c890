/* How care fares by an incident, and whom one more threat makes worse off. */
#include "impact/engine.h"
#include "recover/care.h"

struct pair { /* something of care, and a threat by which it does not work */
	uint32_t asset;
	uint32_t state; /* of the engine's plan */
	bool was;       /* by the incident alone, then: */
	int64_t lo;     /* as the engine keeps it: the less, the likelier */
	ward_ns expected;
};

struct ward_care_seen {
	struct ward_engine *e;
	const struct ward_model *m;
	const struct ward_seed_threat *seed;
	const struct ward_change *change;
	size_t n_seed, n_change, n_pair;
	struct pair *pair;
};

/* How it is in the engine now; what a look-up by asset and threat would take too long for. */
static bool now_is(const struct ward_engine *e, uint32_t state, int64_t *ret_lo, ward_ns *ret_at)
{
	if (!e->whole || !ward_cell_is(e, state, STATE_REACHED) ||
		ward_key(e, METRIC_EXPECTED, state) == KEY_WORST)
		return false;
	*ret_lo = ward_key(e, METRIC_LO, state) / (int64_t)(PICO / MICRO);
	*ret_at = ward_key(e, METRIC_EXPECTED, state);
	return true;
}

/* Those of one thing, put at pair[n_pair] once there is room. */
static enum ward_err pairs_of(struct ward_care_seen *s, uint32_t asset)
{
	const struct ward_impact_plan *p = s->e->p;
	enum ward_err err = WARD_OK;
	uint32_t n_threat = (uint32_t)ward_threats_n(ward_model_threats(s->m));

	for (uint32_t t = 0; !err && t < n_threat; t++) {
		uint32_t state = WARD_NONE;

		if (p->need[t] == WARD_NEED_AVAILABILITY)
			err = ward_engine_state(s->e, asset, t, &state);
		if (state == WARD_NONE)
			continue;
		if (s->pair) {
			struct pair *to = &s->pair[s->n_pair];

			*to = (struct pair){.asset = asset, .state = state};
			to->was = now_is(s->e, state, &to->lo, &to->expected);
		}
		s->n_pair++;
	}
	return err;
}

enum ward_err ward_care_look(struct ward_engine *e, const struct ward_model *m,
	const struct ward_seed_threat *seed, size_t n_seed, const struct ward_change *change,
	size_t n_change, struct ward_arena *a, struct ward_care_seen **ret)
{
	struct ward_care_seen *s = ward_arena_array(a, 1, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	*s = (struct ward_care_seen){e, m, seed, change, n_seed, n_change, 0, NULL};
	for (unsigned pass = 0; pass < 2; pass++) { /* how many, then which */
		s->n_pair = 0;
		enum ward_err err = WARD_OK;

		for (uint32_t i = 0; !err && i < ward_model_n(m); i++)
			if (ward_care_is(m, i))
				err = pairs_of(s, i);
		if (err)
			return err;
		if (!pass)
			s->pair = ward_arena_array(a, s->n_pair + 1, sizeof(*s->pair));
		if (!s->pair)
			return WARD_ERR_NOMEM;
	}
	*ret = s;
	return WARD_OK;
}

/* Is it there already, by what was asked? Then nothing more comes of it. */
static bool is_there(const struct ward_care_seen *s, const struct ward_seed_threat *by)
{
	for (size_t i = 0; i < s->n_seed; i++)
		if (s->seed[i].asset == by->asset && s->seed[i].threat == by->threat)
			return true;
	for (size_t i = 0; i < s->n_change; i++)
		if (s->change[i].kind == WARD_CHANGE_THREAT && s->change[i].asset == by->asset &&
			s->change[i].threat == by->threat)
			return true;
	return false;
}

/* Does a come before b: services before all else, then the soonest, then by id? */
static bool sooner(const struct ward_model *m, uint32_t a, ward_ns t_a, uint32_t b, ward_ns t_b)
{
	const struct ward_node *x = ward_model_node(m, a), *y = ward_model_node(m, b);
	bool x_is = x->kind == WARD_NODE_SERVICE, y_is = y->kind == WARD_NODE_SERVICE;

	if (x_is != y_is)
		return x_is;
	return t_a != t_b ? t_a < t_b : ward_str_cmp(x->id, y->id) < 0;
}

/* Of those that are worse off now than by the incident the one that comes first. */
static uint32_t worse(const struct ward_care_seen *s)
{
	uint32_t ret = WARD_NONE;
	ward_ns at = 0;

	for (size_t i = 0; i < s->n_pair; i++) {
		const struct pair *p = &s->pair[i];
		int64_t lo;
		ward_ns expected;

		if (!now_is(s->e, p->state, &lo, &expected) ||
			(p->was && lo >= p->lo && expected >= p->expected) ||
			(ret != WARD_NONE && !sooner(s->m, p->asset, expected, ret, at)))
			continue;
		ret = p->asset;
		at = expected;
	}
	return ret;
}

enum ward_err ward_care_touched(
	struct ward_care_seen *s, const struct ward_seed_threat *by, bool keep, uint32_t *ret)
{
	struct ward_change c = {.kind = WARD_CHANGE_THREAT,
		.asset = by->asset,
		.threat = by->threat,
		.at = by->since,
		.lo_micro = by->lo_micro,
		.hi_micro = by->hi_micro};
	struct ward_impacts all;

	*ret = WARD_NONE;
	if (is_there(s, by))
		return WARD_OK;
	enum ward_err err = ward_engine_update(s->e, &c, 1);

	if (!err)
		*ret = worse(s);
	c.undo = true;
	if (!err && (!keep || *ret != WARD_NONE))
		err = ward_engine_update(s->e, &c, 1);
	if (err != WARD_ERR_LIMIT)
		return err;
	err = ward_engine_what_if(s->e, s->seed, s->n_seed, s->change, s->n_change, &all);
	return err ? err : WARD_ERR_LIMIT;
}

enum ward_err ward_care_alone(struct ward_engine *e, const struct ward_model *m,
	const struct ward_seed_threat *by, uint32_t *ret)
{
	struct ward_impacts all = {0};
	enum ward_err err = ward_engine_run(e, WARD_IMPACT_FULL, by, 1, &all);
	ward_ns at = 0;

	*ret = WARD_NONE;
	for (size_t i = 0; i < all.n && !err; i++) {
		const struct ward_impact *it = &all.item[i];

		if (!ward_care_is(m, it->asset) ||
			(*ret != WARD_NONE && !sooner(m, it->asset, it->expected, *ret, at)))
			continue;
		*ret = it->asset;
		at = it->expected;
	}
	return err;
}
