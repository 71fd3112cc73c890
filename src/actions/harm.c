/* What actions do to care by themselves, and who has to agree to that. */
#include "actions/find.h"

/* Above it, something is likelier than not. */
enum { HALF = 500000 };

/* Care units a minute that the service loses by it more than it had lost by then anyway, by the
 * middle of likelihoods. */
static int64_t loses(const struct find *f, const struct ward_impact *it, bool *ret_down)
{
	int64_t most = 0, p = (it->lo_micro + it->hi_micro) / 2;

	for (uint32_t i = f->first[it->asset]; i; i = f->more[i - 1]) {
		const struct ward_impact *had = &f->had[i - 1];
		int64_t q = (had->lo_micro + had->hi_micro) / 2;

		if (had->need == it->need && had->expected <= it->expected && q > most)
			most = q;
	}
	*ret_down = p > HALF && most <= HALF;
	return p > most ? (int64_t)((double)ward_model_node(f->w->m, it->asset)->weight_micro *
				    (double)(p - most) / 1000000)
			: 0;
}

/* Services that the forecast of a side effect comes to, each once, those that it takes down first.
 */
static enum ward_err keep_side(
	struct find *f, struct ward_actions_item *it, const struct ward_impacts *all)
{
	struct ward_impact *side = ward_arena_array(&f->p->arena, all->n + 1, sizeof(*side));

	if (!side)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *x = &all->item[i];
		bool down, told = x->need != WARD_NEED_AVAILABILITY ||
				  ward_model_node(f->w->m, x->asset)->kind != WARD_NODE_SERVICE;

		for (size_t k = 0; k < it->n_side; k++)
			told = told || side[k].asset == x->asset;
		if (told)
			continue;
		int64_t units = loses(f, x, &down);

		it->harm_micro += units;
		side[it->n_side] = down ? side[it->n_down] : *x;
		it->n_side++;
		if (!down)
			continue;
		side[it->n_down++] = *x;
		it->down_micro += units;
	}
	it->side = side;
	return WARD_OK;
}

static bool touches(const struct find *f, const struct ward_impacts *all)
{
	const struct ward_model *m = f->w->m;

	for (size_t i = 0; i < all->n; i++)
		if (ward_care_is(m, all->item[i].asset))
			return true;
	return false;
}

/* Had it come to that without the action's own harm, as soon and as likely? */
static bool known(const struct find *f, const struct ward_impact *it)
{
	for (uint32_t i = f->first[it->asset]; i; i = f->more[i - 1]) {
		const struct ward_impact *had = &f->had[i - 1];

		if (had->threat == it->threat && had->need == it->need)
			return had->lo_micro >= it->lo_micro && had->hi_micro >= it->hi_micro &&
			       had->expected <= it->expected;
	}
	return false;
}

/* Room for so many in each of the arrays below. */
static enum ward_err room_for(struct find *f, size_t n)
{
	if (n <= f->cap_side)
		return WARD_OK;
	f->cap_side = n + n / 2;
	f->had = ward_arena_array(f->work, f->cap_side, sizeof(*f->had));
	f->more = ward_arena_array(f->work, f->cap_side, sizeof(*f->more));
	f->seed = ward_arena_array(f->work, f->cap_side + f->ask->n_seed, sizeof(*f->seed));
	if (f->had && f->more && f->seed)
		return WARD_OK;
	f->cap_side = 0;
	return WARD_ERR_NOMEM;
}

static struct ward_seed_threat seed_of(const struct ward_impact *it)
{
	return (struct ward_seed_threat){
		it->asset, it->threat, it->expected, it->lo_micro, it->hi_micro};
}

/* What is to be expected when the action has its effect, its own harm aside: an isolation keeps off
 * what has not gone on by then. */
static enum ward_err then(
	struct find *f, const struct ward_actions_item *it, struct ward_impacts *ret)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	size_t n = f->ask->n_seed;
	ward_ns at;

	*ret = (struct ward_impacts){.item = f->base, .n = f->n_base};
	if (!x->isolates)
		return WARD_OK;
	if (!ward_add(f->ask->now, x->takes, &at))
		at = WARD_NS_NEVER;
	for (size_t i = 0; i < n; i++)
		f->seed[i] = f->ask->seed[i];
	for (size_t i = 0; i < f->n_base; i++)
		if (f->base[i].expected < at && f->base[i].rule != WARD_IMPACT_SEED)
			f->seed[n++] = seed_of(&f->base[i]);
	for (size_t i = 0; i < f->ask->n_change; i++)
		f->otherwise[i] = f->ask->change[i];
	f->otherwise[f->ask->n_change] = (struct ward_change){.kind = WARD_CHANGE_ISOLATED,
		.asset = it->node,
		.threat = WARD_NONE,
		.at = f->ask->now};
	return ward_engine_what_if(f->w->e, f->seed, n, f->otherwise, f->ask->n_change + 1, ret);
}

/* Leaves in f->seed what does not work then and is not so because something else does not. The
 * thing itself is left out: its port is shut, whatever is on it. */
static size_t roots(struct find *f, uint32_t node, const struct ward_impacts *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];
		const struct ward_impact *by = it->parent < i ? &all->item[it->parent] : NULL;

		if (it->need == WARD_NEED_AVAILABILITY && it->asset != node &&
			(!by || by->need != WARD_NEED_AVAILABILITY || by->asset == node))
			f->seed[n++] = seed_of(it);
	}
	return n;
}

/* Keeps a forecast to be looked up by asset. */
static enum ward_err keep_had(struct find *f, const struct ward_impacts *all)
{
	enum ward_err err = room_for(f, all->n + 1);

	if (err)
		return err;
	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++)
		f->first[i] = 0;
	for (size_t i = all->n; i-- > 0;) {
		f->had[i] = all->item[i];
		f->more[i] = f->first[all->item[i].asset];
		f->first[all->item[i].asset] = (uint32_t)i + 1;
	}
	return WARD_OK;
}

/* The forecast with that threat on the thing beside all that does not work then; of it, what is
 * new, likelier or sooner by it. */
static enum ward_err beside(struct find *f, const struct ward_actions_item *item, uint32_t threat,
	struct ward_impacts *ret)
{
	const struct ward_actions_ask *q = f->ask;
	struct ward_impacts all = {0};
	enum ward_err err = room_for(f, f->n_base + 1);
	size_t n = 0, fresh = 0;

	if (!err)
		err = then(f, item, &all);
	if (!err)
		err = room_for(f, all.n + 1);
	if (err)
		return err;
	n = roots(f, item->node, &all);
	err = ward_engine_what_if(f->w->e, f->seed, n, q->change, q->n_change, &all);
	if (!err && all.n + 1 > f->cap_side) {
		struct ward_seed_threat *seed = f->seed;

		err = room_for(f, all.n + 1);
		for (size_t i = 0; i < n && !err; i++)
			f->seed[i] = seed[i];
	}
	if (!err)
		err = keep_had(f, &all);
	if (err)
		return err;
	f->seed[n++] = (struct ward_seed_threat){item->node, threat, q->now, 1000000, 1000000};
	err = ward_engine_what_if(f->w->e, f->seed, n, q->change, q->n_change, &all);
	if (err)
		return err;
	if (all.n > f->cap_fresh) {
		f->cap_fresh = all.n + all.n / 2;
		f->fresh = ward_arena_array(f->work, f->cap_fresh, sizeof(*f->fresh));
		if (!f->fresh)
			return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < all.n; i++)
		if (!known(f, &all.item[i]))
			f->fresh[fresh++] = all.item[i];
	*ret = (struct ward_impacts){.item = f->fresh, .n = fresh};
	return WARD_OK;
}

/* What the action does to care by itself, as things are and will be: what is the second of two
 * today is the only one when the first is down. And what an isolation may touch, whatever the
 * content says: off its networks a thing is for others as if it did not work, so the port of
 * whatever serves a medical device is seen to touch it, as is any work on a network that one hangs
 * on. */
enum ward_err ward_actions_harm(struct find *f, struct ward_actions_item *it)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	uint32_t outage = ward_threats_find(ward_model_threats(f->w->m), WARD_STR("outage"));
	uint32_t threat[] = {x->side, x->isolates && x->side != outage ? outage : WARD_NONE};
	struct ward_impacts all;
	enum ward_err err = WARD_OK;

	it->clinical = ward_care_asks(&f->care, it->node, x->isolates);
	for (unsigned i = 0; i < WARD_ARRAY_LEN(threat) && !err; i++) {
		bool any = false;

		if (threat[i] != WARD_NONE)
			err = ward_actions_care(f, it->node, threat[i], &any);
		if (err || !any)
			continue;
		f->looks += f->n_base;
		err = beside(f, it, threat[i], &all);
		if (!err && i == 0)
			err = keep_side(f, it, &all);
		it->clinical = it->clinical || (!err && touches(f, &all));
	}
	return err;
}

bool ward_actions_answer(struct find *f, struct ward_actions_item *it)
{
	if (!it->clinical || ward_care_answers(f->w->works, it->approve))
		return true;
	it->word = ward_care_role(f->w->works, it->touched);
	if (it->word != WARD_NONE)
		return true;
	f->p->n_unanswered++;
	return false;
}

/* As plans of recovery see it, too: of an isolation, and of what says nothing of its own harm, as
 * if the thing did not work. What can't be seen touches care. */
static enum ward_err look_at(
	struct find *f, struct ward_actions_item *it, uint32_t threat, struct ward_care_seen *seen)
{
	struct ward_seed_threat by = {it->node, threat, f->ask->now, 1000000, 1000000};
	bool any;
	enum ward_err err = ward_actions_care(f, it->node, threat, &any);

	if (err || !any)
		return err;
	err = seen ? ward_care_touched(seen, &by, false, &it->touched)
		   : ward_care_alone(f->w->e, f->w->m, &by, &it->touched);

	it->clinical = it->clinical || it->touched != WARD_NONE || err == WARD_ERR_LIMIT;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

/* Whom actions touch: beside what does not work by the incident, then where nothing else is wrong.
 */
enum ward_err ward_actions_look(struct find *f)
{
	uint32_t outage = ward_threats_find(ward_model_threats(f->w->m), WARD_STR("outage"));
	struct ward_care_seen *seen = NULL;
	enum ward_err err = ward_actions_anew(f);

	if (!err)
		err = ward_care_look(f->w->e, f->w->m, f->ask->seed, f->ask->n_seed, f->ask->change,
			f->ask->n_change, f->work, &seen);
	for (unsigned pass = 0; pass < 2; pass++, seen = NULL)
		for (size_t i = 0; i < f->p->n_item && !err; i++) {
			struct ward_actions_item *it = &f->p->item[i];
			const struct ward_action *x = &f->w->set->action[it->action];
			bool as_outage = x->isolates || (it->clinical && x->side == WARD_NONE);
			uint32_t threat[] = {as_outage ? outage : WARD_NONE, x->side};

			for (unsigned k = 0; k < 2 && !err; k++)
				if (threat[k] != WARD_NONE && it->touched == WARD_NONE)
					err = look_at(f, it, threat[k], seen);
		}
	return err;
}
