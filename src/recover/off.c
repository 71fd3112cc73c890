/* Taking a struck thing off its networks is for others as if it did not work. Where that alone
 * takes care or a medical device down, or sooner, or likelier than the incident does, it is not for
 * a plan to say: a clinical role has to agree. Asks the engine, after the plan is made of it. */
#include "recover/care.h"
#include "recover/world.h"

enum {
	EFFORT = 1 << 23
}; /* edges that the engine looks at: some 0.7 s; what is beyond counts as if
    * it touched care */

struct pair { /* a care service or a medical device, and a threat by which it does not work */
	uint32_t asset, threat;
	bool was;
	struct ward_brief brief; /* without anything taken off */
};

struct look {
	const struct ward_recover_world *w;
	const struct ward_recover_ask *ask;
	struct pair *pair;
	size_t n_pair;
	uint32_t outage;
	bool ended;    /* the engine is of no use any more, or was asked enough */
	size_t effort; /* of it so far */
};

/* Those of one thing, put at pair[*n] once there is room. */
static void pairs_of(struct look *l, uint32_t asset, size_t *n)
{
	const struct ward_impact_plan *p = l->w->e->p;
	uint32_t n_threat = (uint32_t)ward_threats_n(ward_model_threats(l->w->m));

	for (uint32_t t = 0; t < n_threat; t++) {
		if (p->need[t] != WARD_NEED_AVAILABILITY ||
			ward_impact_plan_find(p, asset, t) == WARD_NONE)
			continue;
		if (l->pair) {
			struct pair *to = &l->pair[*n];

			*to = (struct pair){.asset = asset, .threat = t};
			to->was = ward_engine_brief(l->w->e, asset, t, &to->brief);
		}
		++*n;
	}
}

static enum ward_err pairs(struct look *l, struct ward_arena *a)
{
	for (unsigned pass = 0; pass < 2; pass++) { /* how many, then which */
		l->n_pair = 0;
		for (uint32_t i = 0; i < ward_model_n(l->w->m); i++)
			if (ward_care_is(l->w->m, i))
				pairs_of(l, i, &l->n_pair);
		if (!pass)
			l->pair = ward_arena_array(a, l->n_pair + 1, sizeof(*l->pair));
		if (!l->pair)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

/* Does it not work already, by what was asked? Then nothing more comes of taking it off. */
static bool is_out(const struct look *l, uint32_t node)
{
	const struct ward_recover_ask *ask = l->ask;

	for (size_t i = 0; i < ask->n_seed; i++)
		if (ask->seed[i].asset == node && ask->seed[i].threat == l->outage)
			return true;
	for (size_t i = 0; i < ask->n_change; i++)
		if (ask->change[i].kind == WARD_CHANGE_THREAT && ask->change[i].asset == node &&
			ask->change[i].threat == l->outage)
			return true;
	return false;
}

/* Does a come before b: services before devices, then the soonest, then by id? */
static bool sooner(const struct ward_model *m, uint32_t a, ward_ns t_a, uint32_t b, ward_ns t_b)
{
	const struct ward_node *x = ward_model_node(m, a), *y = ward_model_node(m, b);
	bool x_is = x->kind == WARD_NODE_SERVICE, y_is = y->kind == WARD_NODE_SERVICE;

	if (x_is != y_is)
		return x_is;
	return t_a != t_b ? t_a < t_b : ward_str_cmp(x->id, y->id) < 0;
}

/* The care service, else the medical device, that is worse off now, and soonest; or WARD_NONE. */
static uint32_t worse(const struct look *l)
{
	uint32_t ret = WARD_NONE;
	ward_ns at = 0;

	for (size_t i = 0; i < l->n_pair; i++) {
		const struct pair *p = &l->pair[i];
		struct ward_brief now;

		if (!ward_engine_brief(l->w->e, p->asset, p->threat, &now) ||
			(p->was && now.lo_micro <= p->brief.lo_micro &&
				now.expected >= p->brief.expected) ||
			(ret != WARD_NONE && !sooner(l->w->m, p->asset, now.expected, ret, at)))
			continue;
		ret = p->asset;
		at = now.expected;
	}
	return ret;
}

/* What may be taken off stays off for those after it: of two that stand in for one another the
 * second is what care cannot spare. */
static enum ward_err judge(struct look *l, struct ward_recover_job *j)
{
	ward_ns at = j->struck > l->ask->now ? j->struck : l->ask->now;
	struct ward_change c = {.kind = WARD_CHANGE_THREAT,
		.asset = j->node,
		.threat = l->outage,
		.at = at,
		.lo_micro = 1000000,
		.hi_micro = 1000000};
	uint32_t touched = WARD_NONE;
	enum ward_err err = WARD_OK;

	j->clinical = l->ended || ward_care_hangs_on(l->w->m, j->node);
	if (!l->ended && l->outage != WARD_NONE && !is_out(l, j->node)) {
		err = ward_engine_update(l->w->e, &c, 1);
		if (!err)
			touched = worse(l);
		j->clinical = j->clinical || err || touched != WARD_NONE;
		c.undo = true;
		if (!err && j->clinical)
			err = ward_engine_update(l->w->e, &c, 1);
		l->effort += l->w->e->effort;
		l->ended = err != WARD_OK || l->effort > EFFORT;
	}
	if (j->clinical)
		j->word = ward_care_role(l->w->works, touched);
	return err == WARD_ERR_LIMIT ? WARD_OK : err; /* so much comes of it: care is in it */
}

enum ward_err ward_recover_off(const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, struct ward_arena *a, struct ward_recover *p)
{
	struct look l = {.w = w,
		.ask = ask,
		.outage = ward_threats_find(ward_model_threats(w->m), WARD_STR("outage"))};
	enum ward_err err = WARD_OK;
	size_t n = 0;

	for (size_t i = 0; i < p->n_job && !err; i++) {
		struct ward_recover_job *j = &p->job[i];

		j->word = WARD_NONE;
		j->isolate = j->end > j->worked && !j->medical;
		if (!j->isolate)
			continue;
		if (!n++)
			err = pairs(&l, a);
		if (!err)
			err = judge(&l, j);
	}
	return err;
}
