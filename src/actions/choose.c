#include "actions/find.h"

enum { MILLION = 1000000 };

struct choose {
	struct find *f;
	uint32_t *useful; /* items that help, the best first */
	size_t n;
	uint32_t *set, *best, *base;
	size_t n_best;
	int64_t score; /* of the best: care units lost and cost */
};

static uint64_t cost(const struct find *f, const uint32_t *set, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += f->w->set->action[f->p->item[set[i]].action].cost;
	return sum;
}

/* Enough money and people, and no two actions do the same to one thing. */
static bool possible(const struct find *f, const uint32_t *set, size_t n)
{
	uint32_t people[WARD_TEAMS_MAX] = {0};

	if (cost(f, set, n) > f->ask->budget)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct ward_action *x = &f->w->set->action[f->p->item[set[i]].action];

		people[x->team] += x->people;
		if (people[x->team] > f->teams[x->team])
			return false;
		for (size_t k = 0; k < i; k++)
			if (f->p->item[set[i]].node == f->p->item[set[k]].node && x->repairs &&
				f->w->set->action[f->p->item[set[k]].action].repairs)
				return false;
	}
	return true;
}

/* Evaluates a set; kept if it is better, or as good and smaller. */
static enum ward_err attempt(struct choose *q, size_t n)
{
	struct ward_actions_loss loss;
	enum ward_err err;

	if (!possible(q->f, q->set, n))
		return WARD_OK;
	err = ward_actions_effect(q->f, q->set, n, &loss);
	if (err == WARD_ERR_LIMIT) {
		q->f->p->n_unjudged++;
		q->f->p->exact = false;
		return WARD_OK;
	}
	if (err)
		return err;
	int64_t score = loss.care_micro + (int64_t)cost(q->f, q->set, n) * MILLION;

	if (score + GRAIN > q->score && (n >= q->n_best || score >= q->score + GRAIN))
		return WARD_OK;
	q->score = score;
	q->n_best = n;
	for (size_t i = 0; i < n; i++)
		q->best[i] = q->set[i];
	q->f->p->best = loss;
	return WARD_OK;
}

/* Is there effort for one more? */
static bool go_on(struct find *f)
{
	f->p->spent = f->p->spent || ward_actions_spent(f);
	f->p->exact = f->p->exact && !ward_actions_spent(f);
	return !ward_actions_spent(f);
}

static enum ward_err all_sets(struct choose *q)
{
	enum ward_err err = WARD_OK;

	for (uint32_t bits = 1; bits < 1u << q->n && !err && go_on(q->f); bits++) {
		size_t n = 0;

		for (size_t i = 0; i < q->n; i++)
			if (bits >> i & 1)
				q->set[n++] = q->useful[i];
		err = attempt(q, n);
	}
	return err;
}

/* Adds what helps most, as long as something does; then tries to do without each. */
static enum ward_err greedy(struct choose *q)
{
	enum ward_err err = WARD_OK;
	size_t n = SIZE_MAX;

	while (!err && n != q->n_best) {
		n = q->n_best;
		for (size_t k = 0; k < n; k++)
			q->base[k] = q->best[k];
		for (size_t i = 0; i < q->n && !err && go_on(q->f); i++) {
			bool in = false;

			for (size_t k = 0; k < n; k++) {
				q->set[k] = q->base[k];
				in = in || q->base[k] == q->useful[i];
			}
			q->set[n] = q->useful[i];
			if (!in)
				err = attempt(q, n + 1);
		}
	}
	for (size_t out = 0; out < q->n_best && !err && go_on(q->f); out++) {
		n = 0;
		for (size_t k = 0; k < q->n_best; k++)
			if (k != out)
				q->set[n++] = q->best[k];
		err = attempt(q, n);
	}
	return err;
}

/* Everything at once, without money, people or side effects: what acts less avoids less. */
static enum ward_err find_bound(struct find *f, uint32_t *set)
{
	struct ward_actions_loss all;

	for (uint32_t i = 0; i < f->p->n_item; i++)
		set[i] = i;
	f->sides = false;
	enum ward_err err = ward_actions_effect(f, set, f->p->n_item, &all);

	f->sides = true;
	f->p->bound_micro = err ? 0 : all.care_micro;
	return err == WARD_ERR_LIMIT ? WARD_OK : err; /* nothing less than nothing is lost */
}

/* What keeps `node` going, of what is best for that by itself: fills it up, mends it or does its
 * work; WARD_NONE: nothing does. */
static uint32_t keeps(const struct find *f, uint32_t node)
{
	for (uint32_t i = 0; i < f->p->n_item; i++) {
		const struct ward_action *x = &f->w->set->action[f->p->item[i].action];

		if (f->p->item[i].node == node && !f->p->item[i].beyond &&
			(x->buffer.len || x->repairs))
			return i;
	}
	return WARD_NONE;
}

static bool is_in(const uint32_t *set, size_t n, uint32_t i)
{
	for (size_t k = 0; k < n; k++)
		if (set[k] == i)
			return true;
	return false;
}

/* Adds to the set what keeps all that the item works by going, until the forecast with these has
 * none of it out; false: nothing does. */
static enum ward_err support(struct find *f, uint32_t with, uint32_t *set, size_t *n, bool *ret)
{
	struct ward_actions_loss loss;
	struct ward_impacts all;
	enum ward_err err = WARD_OK;
	uint32_t out = WARD_NONE;

	*ret = false;
	while (!err && *n <= f->p->n_item && !ward_actions_spent(f)) {
		err = ward_actions_effect(f, set, *n, &loss);
		if (!err)
			err = ward_engine_result(f->w->e, &all);
		if (err)
			break;
		if (ward_actions_relied(f, &f->p->item[with], all.item, all.n, &out)) {
			*ret = true;
			break;
		}
		uint32_t more = keeps(f, out);

		if (more == WARD_NONE || is_in(set, *n, more))
			break;
		set[(*n)++] = more;
	}
	return err;
}

/* Tries the item with what it needs, alone or beside the best so far. */
static enum ward_err join(struct find *f, uint32_t with, bool among_best, struct choose *q)
{
	struct ward_actions *p = f->p;
	size_t n = 0;
	bool works = false;

	for (uint32_t i = 0; among_best && i < p->n_item; i++)
		if (p->item[i].chosen)
			q->set[n++] = i;
	enum ward_err err = support(f, with, q->set, &n, &works);

	if (err || !works)
		return err == WARD_ERR_LIMIT ? WARD_OK : err;
	q->set[n++] = with;
	int64_t before = q->score;

	if (!among_best && !possible(f, q->set, n)) {
		p->item[with].beyond = true;
		return WARD_OK;
	}
	err = attempt(q, n);
	if (!err && q->score < before)
		p->item[with].after = p->best;
	return err;
}

/* The item becomes one of those that are told, the last. */
static void take_in(struct ward_actions *p, uint32_t with)
{
	struct ward_actions_item it = p->item[with];

	p->item[with] = p->item[p->n_item];
	p->item[p->n_item++] = it;
	p->n_with--;
}

enum ward_err ward_actions_join(struct find *f)
{
	struct ward_actions *p = f->p;
	struct choose q = {.f = f, .score = p->best.care_micro + (int64_t)p->best_cost * MILLION};
	enum ward_err err = WARD_OK;
	bool joined = false;

	q.set = ward_arena_array(f->work, p->n_item + p->n_with + 1, sizeof(*q.set));
	q.best = ward_arena_array(f->work, p->n_item + p->n_with + 1, sizeof(*q.best));
	if (!q.set || !q.best)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < p->n_item; i++)
		q.n_best += p->item[i].chosen;
	for (size_t k = 0; k < p->n_with && !err; k++) {
		uint32_t with = (uint32_t)(p->n_item + k);
		int64_t before = q.score;

		for (unsigned among = 0; among < 2 && !err; among++)
			err = join(f, with, among == 1, &q);
		if (err || q.score == before)
			continue;
		for (size_t i = 0; i < p->n_item; i++)
			p->item[i].chosen = is_in(q.best, q.n_best, (uint32_t)i);
		p->item[with].chosen = true;
		p->item[with].gain_micro = p->nothing.care_micro - p->best.care_micro;
		p->best_cost = cost(f, q.best, q.n_best);
		take_in(p, with);
		joined = true;
		k--;
	}
	for (size_t k = 0; k < p->n_with; k++)
		if (p->item[p->n_item + k].beyond)
			p->n_short++;
		else
			p->n_unreliable++;
	if (!err && joined)
		err = find_bound(f, q.set);
	if (err || !joined)
		return err;
	q.n_best = 0;
	for (uint32_t i = 0; i < p->n_item; i++)
		if (p->item[i].chosen)
			q.set[q.n_best++] = i;
	return ward_actions_worst(f, q.set, q.n_best, &p->best);
}

/* With item i more: possible at no cost, no likelier to lose care, and less is lost at the worst?
 */
static enum ward_err try_worst(struct find *f, uint32_t *set, size_t n, uint32_t i,
	struct ward_actions_loss *loss, bool *ret)
{
	enum ward_err err = WARD_OK;
	struct ward_actions_loss likely = {0};

	*ret = false;
	set[n] = i;
	if (f->w->set->action[f->p->item[i].action].cost || !possible(f, set, n + 1))
		return WARD_OK;
	err = ward_actions_effect(f, set, n + 1, &likely);
	if (!err && likely.care_micro <= f->p->best.care_micro)
		err = ward_actions_worst(f, set, n + 1, &likely);
	*ret = !err && likely.worst_micro != WARD_ACTIONS_UNKNOWN &&
	       likely.worst_micro + MILLION / 2 <= loss->worst_micro;
	if (*ret)
		*loss = likely;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

/* What those lose at the worst, and likely, hangs on: into f->hung. */
static enum ward_err hang_on(struct find *f, const uint32_t *set, size_t n)
{
	struct ward_actions_loss loss;

	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++) {
		f->hung.on[i] = false;
		f->hung.like[i] = 0;
	}
	f->mark = true;
	enum ward_err err = ward_actions_effect(f, set, n, &loss);

	if (!err)
		err = ward_actions_worst(f, set, n, &loss);
	f->mark = false;
	return err;
}

/* One more to the set, the best for the worst case; *ret: it, or WARD_NONE. */
static enum ward_err find_worst(struct find *f, uint32_t *set, size_t n, struct alike *tried,
	struct ward_actions_loss *loss, uint32_t *ret)
{
	struct ward_actions *p = f->p;
	enum ward_err err = hang_on(f, set, n);

	*ret = WARD_NONE;
	for (uint32_t i = 0; i < p->n_item && !err; i++) {
		bool better = false;

		if (p->item[i].chosen || p->item[i].beyond || ward_actions_still(f, &p->item[i]) ||
			ward_actions_alike_find(f, tried, &p->item[i]) != WARD_NONE)
			continue;
		if (ward_actions_spent(f))
			break;
		err = try_worst(f, set, n, i, loss, &better);
		*ret = better ? i : *ret;
		if (!err)
			err = ward_actions_alike_put(f, tried, &p->item[i], i);
	}
	return err;
}

enum ward_err ward_actions_prepare(struct find *f)
{
	struct ward_actions *p = f->p;
	uint32_t *set = ward_arena_array(f->work, p->n_item + 1, sizeof(*set));
	size_t n = 0, had = SIZE_MAX;
	enum ward_err err = set ? WARD_OK : WARD_ERR_NOMEM;

	for (uint32_t i = 0; i < p->n_item && !err; i++)
		if (p->item[i].chosen)
			set[n++] = i;
	while (!err && n && n != had && p->best.worst_micro != WARD_ACTIONS_UNKNOWN) {
		struct ward_actions_loss loss = p->best;
		struct alike tried;
		uint32_t add;

		had = n;
		ward_actions_alike_init(f, &tried);
		err = find_worst(f, set, n, &tried, &loss, &add);
		ward_actions_alike_fini(&tried);
		if (err || add == WARD_NONE)
			break;
		p->item[add].chosen = true;
		p->best = loss;
		set[n++] = add;
	}
	if (!err && n)
		err = ward_actions_spells(f, set, n, &p->best_spells);
	return err;
}

enum ward_err ward_actions_choose(struct find *f)
{
	struct ward_actions *p = f->p;
	struct choose q = {.f = f, .score = p->nothing.care_micro};
	enum ward_err err;

	q.useful = ward_arena_array(f->work, p->n_item + 1, sizeof(*q.useful));
	q.set = ward_arena_array(f->work, p->n_item + 1, sizeof(*q.set));
	q.best = ward_arena_array(f->work, p->n_item + 1, sizeof(*q.best));
	q.base = ward_arena_array(f->work, p->n_item + 1, sizeof(*q.base));
	if (!q.useful || !q.set || !q.best || !q.base)
		return WARD_ERR_NOMEM;
	uint64_t each = f->looks;

	err = find_bound(f, q.set);
	each = f->looks - each;
	for (uint32_t i = 0; i < p->n_item; i++) /* items are sorted by gain */
		if (p->item[i].after.care_micro + GRAIN <= p->nothing.care_micro &&
			!p->item[i].beyond)
			q.useful[q.n++] = i;
	p->n_useful = q.n;
	p->best = p->nothing;
	/* All combinations, if there is effort for them. */
	p->exact = q.n <= WARD_ACTIONS_EXACT && each << q.n <= f->most - f->looks;
	p->one_by_one = !p->exact;
	if (!err)
		err = p->exact ? all_sets(&q) : greedy(&q);
	p->best_cost = cost(f, q.best, q.n_best);
	if (!err && q.n_best)
		err = ward_actions_worst(f, q.best, q.n_best, &p->best);
	for (size_t i = 0; i < q.n_best; i++)
		p->item[q.best[i]].chosen = true;
	return err;
}
