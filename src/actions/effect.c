/* Actions take time, and what has come about by then stays, or goes away in its own time: an
 * evaluation goes in stages, one for each moment at which something takes effect or is over. At a
 * stage the engine is brought to the changes of all actions so far, to the threats that the
 * forecast before has put on things by then and that do not go away by themselves, and to those
 * whose cause is gone but that take their time (both: ward_works_find). Care lost until the next
 * stage is by that forecast. */
#include "actions/find.h"
#include "model/hours.h"

enum { MILLION = 1000000 };

static enum ward_err put(struct find *f, struct ward_change c)
{
	if (f->n_change == WARD_CHANGES_MAX)
		return WARD_ERR_LIMIT;
	f->change[f->n_change++] = c;
	return WARD_OK;
}

static enum ward_err changes(struct find *f, const struct ward_actions_item *it, ward_ns at)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	enum ward_err err = WARD_OK;
	struct ward_change c = {.asset = it->node, .threat = WARD_NONE, .at = at};

	if (x->isolates) {
		c.kind = WARD_CHANGE_ISOLATED;
		err = put(f, c);
	}
	if (!err && x->repairs) {
		f->mark[it->node] = f->stamp;
		c.kind = WARD_CHANGE_REPAIRED;
		err = put(f, c);
	}
	if (!err && x->fails_over) {
		c.kind = WARD_CHANGE_FAILED_OVER;
		err = put(f, c);
	}
	for (size_t i = 0; i < x->n_protects && !err; i++)
		err = put(f, (struct ward_change){.kind = WARD_CHANGE_PROTECTED,
				     .asset = it->node,
				     .threat = x->protects[i],
				     .lo_micro = x->degree_micro});
	if (!err && x->buffer.len)
		err = put(f, (struct ward_change){.kind = WARD_CHANGE_BUFFER,
				     .asset = it->node,
				     .threat = WARD_NONE,
				     .buffer = x->buffer,
				     .at = x->lasts});
	if (!err && f->sides && x->side != WARD_NONE)
		err = put(f, (struct ward_change){.kind = WARD_CHANGE_THREAT,
				     .asset = it->node,
				     .threat = x->side,
				     .at = at,
				     .lo_micro = MILLION,
				     .hi_micro = MILLION});
	/* Whom it takes down is not left to the engine alone: an isolation cuts the ways by which
	 * its own harm would go on. */
	for (size_t i = 0; i < it->n_side && f->sides && !err; i++) {
		const struct ward_impact *s = &it->side[i];

		err = put(f, (struct ward_change){.kind = WARD_CHANGE_THREAT,
				     .asset = s->asset,
				     .threat = s->threat,
				     .at = at + (s->expected - f->ask->now),
				     .lo_micro = s->lo_micro,
				     .hi_micro = s->hi_micro});
	}
	f->relief[it->node] -= f->relief[it->node] * x->relieves_micro / MILLION;
	return err;
}

/* When that is counted on. */
static ward_ns comes(const struct find *f, const struct ward_impact *it)
{
	return f->worst ? it->earliest : it->expected;
}

static bool is_seed(const struct find *f, const struct ward_impact *it)
{
	for (size_t i = 0; i < f->ask->n_seed; i++)
		if (f->ask->seed[i].asset == it->asset && f->ask->seed[i].threat == it->threat)
			return true;
	return it->rule == WARD_IMPACT_SEED;
}

static struct ward_change threat_of(const struct find *f, const struct ward_impact *it)
{
	return (struct ward_change){.kind = WARD_CHANGE_THREAT,
		.asset = it->asset,
		.threat = it->threat,
		.at = comes(f, it),
		.lo_micro = it->lo_micro,
		.hi_micro = it->hi_micro};
}

/* What has come about by `at` and stays. */
static enum ward_err freeze(struct find *f, ward_ns at)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < f->n_old && !err; i++) {
		const struct ward_impact *it = &f->old[i];

		if (comes(f, it) >= at || is_seed(f, it) || f->mark[it->asset] == f->stamp ||
			ward_works_find(f->w->works, it->asset, it->threat, false)->heals)
			continue;
		err = put(f, threat_of(f, it));
	}
	return err;
}

static ward_ns lag_of(const struct find *f, const struct ward_impact *it)
{
	const struct ward_node *n = ward_model_node(f->w->m, it->asset);

	if (n->kind == WARD_NODE_SERVICE && n->recovery)
		return n->recovery;
	return ward_works_find(f->w->works, it->asset, it->threat, false)->lasts;
}

static bool released(const struct find *f, const struct ward_impact *it, ward_ns at)
{
	for (size_t i = 0; i < f->n_hold; i++)
		if (f->hold[i].asset == it->asset && f->hold[i].threat == it->threat &&
			f->hold[i].until <= at)
			return true;
	return false;
}

/* What is gone now that its cause is, but takes its time: it is held until then, counted from when
 * that which caused it is gone. */
static enum ward_err linger(struct find *f, ward_ns at)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < f->n_old && !err; i++) {
		const struct ward_impact *it = &f->old[i];
		struct ward_brief now;
		ward_ns from = at;

		f->gone[i] = at;
		if (comes(f, it) >= at || f->mark[it->asset] == f->stamp || is_seed(f, it) ||
			released(f, it, at) ||
			(ward_engine_brief(f->w->e, it->asset, it->threat, &now) &&
				(f->worst ? now.earliest : now.expected) <= at))
			continue;
		if (it->parent < i && f->gone[it->parent] > from)
			from = f->gone[it->parent];
		if (!ward_add(from, lag_of(f, it), &f->gone[i]) || f->gone[i] <= at)
			continue;
		if (f->n_hold == WARD_CHANGES_MAX)
			return WARD_ERR_LIMIT;
		f->hold[f->n_hold++] = (struct hold){it->asset, it->threat, f->gone[i]};
		err = put(f, threat_of(f, it));
	}
	return err;
}

/* Takes back what was held until now. */
static enum ward_err release(struct find *f, ward_ns at)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < f->n_hold && !err; i++)
		if (f->hold[i].until == at)
			err = put(f, (struct ward_change){.kind = WARD_CHANGE_THREAT,
					     .undo = true,
					     .asset = f->hold[i].asset,
					     .threat = f->hold[i].threat});
	return err;
}

/* What a service loses from `begin` to `end` with that likelihood. */
static int64_t care(const struct find *f, uint32_t service, int64_t p, ward_ns begin, ward_ns end)
{
	ward_ns counted = ward_model_busy(f->w->m, service, begin, end);
	int64_t worth = p * (counted / WARD_NS_PER_S) / 60; /* minutes of full worth */
	double weight = (double)ward_model_node(f->w->m, service)->weight_micro / MILLION *
			(double)f->relief[service] / MILLION;

	return (int64_t)((double)worth * weight);
}

/* Care lost between two moments by a forecast; services are told once each, by what takes them down
 * first. */
static void lose(struct find *f, const struct ward_impacts *all, ward_ns from, ward_ns to,
	struct ward_actions_loss *loss)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];
		int64_t p = f->worst ? it->hi_micro : (it->lo_micro + it->hi_micro) / 2;
		ward_ns begin = comes(f, it) > from ? comes(f, it) : from;

		if (ward_model_node(f->w->m, it->asset)->kind != WARD_NODE_SERVICE ||
			it->need != WARD_NEED_AVAILABILITY || begin >= to || f->chance[it->asset])
			continue;
		f->chance[it->asset] = p > 0 ? p : 1;
		loss->minutes_micro += p * ((to - begin) / WARD_NS_PER_S) / 60;
		loss->care_micro += care(f, it->asset, p, begin, to);
		loss->least_micro += care(f, it->asset, it->lo_micro, begin, to);
	}
}

/* The soonest effect after `at` of those that are begun, or never. */
static ward_ns next_effect(
	const struct find *f, const uint32_t *item, size_t n, bool first, ward_ns at)
{
	ward_ns next = WARD_NS_NEVER;

	for (size_t i = 0; i < n; i++) {
		ward_ns t;
		const struct ward_action *x = &f->w->set->action[f->p->item[item[i]].action];

		if (!ward_add(f->ask->now, x->takes, &t))
			t = WARD_NS_NEVER;
		if ((first ? t >= at : t > at) && t < next)
			next = t;
	}
	for (size_t i = 0; i < f->n_hold; i++)
		if (f->hold[i].until > at && f->hold[i].until < next)
			next = f->hold[i].until;
	return next;
}

/* Back to the forecast without actions. */
static enum ward_err reset(struct find *f)
{
	for (size_t i = 0; i < f->n_change; i++)
		f->change[i].undo = true;
	enum ward_err err =
		f->n_change ? ward_engine_update(f->w->e, f->change, f->n_change) : WARD_OK;

	/* What the question says is otherwise may have been undone with an action's. */
	if (!err && f->n_change && f->ask->n_change)
		err = ward_engine_update(f->w->e, f->ask->change, f->ask->n_change);
	f->n_change = f->n_hold = 0;
	f->stamp++;
	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++)
		f->relief[i] = MILLION;
	return err;
}

static void forget(struct find *f)
{
	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++)
		f->chance[i] = 0;
}

/* A copy of the forecast, which the next change takes away. */
static enum ward_err keep(struct find *f, const struct ward_impacts *all)
{
	if (all->n > f->cap_old) {
		f->cap_old = all->n + all->n / 2;
		f->old = ward_arena_array(f->work, f->cap_old, sizeof(*f->old));
		f->gone = ward_arena_array(f->work, f->cap_old, sizeof(*f->gone));
		if (!f->old || !f->gone)
			return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < all->n; i++)
		f->old[i] = all->item[i];
	f->n_old = all->n;
	return WARD_OK;
}

static enum ward_err update(struct find *f, size_t *had)
{
	size_t from = *had;

	*had = f->n_change;
	return f->n_change > from
		       ? ward_engine_update(f->w->e, f->change + from, f->n_change - from)
		       : WARD_OK;
}

/* What happens at `at`: actions have their effect, what was held is let go. */
static enum ward_err stage(struct find *f, const uint32_t *item, size_t n, ward_ns at)
{
	size_t had = f->n_change;
	enum ward_err err = release(f, at);

	for (size_t i = 0; i < n && !err; i++) {
		const struct ward_actions_item *it = &f->p->item[item[i]];

		if (f->ask->now + f->w->set->action[it->action].takes == at)
			err = changes(f, it, at);
	}
	if (!err)
		err = freeze(f, at);
	if (!err)
		err = update(f, &had);
	if (!err)
		err = linger(f, at);
	return err ? err : update(f, &had);
}

static enum ward_err evaluate(
	struct find *f, const uint32_t *item, size_t n, struct ward_actions_loss *ret)
{
	ward_ns end = f->ask->now + f->ask->horizon, at = f->ask->now;
	struct ward_actions_loss loss = {0};
	struct ward_impacts all;
	enum ward_err err = reset(f);
	bool first = true;

	while (!err && at < end) {
		ward_ns next = next_effect(f, item, n, first, at);
		ward_ns until = next < end ? next : end;

		err = ward_engine_result(f->w->e, &all);
		if (err)
			break;
		forget(f);
		lose(f, &all, at, until, &loss);
		first = false;
		at = until;
		if (at >= end)
			break;
		err = keep(f, &all);
		if (!err)
			err = stage(f, item, n, at);
	}
	for (uint32_t i = 0; i < ward_model_n(f->w->m) && !err; i++)
		loss.services += f->chance[i] * 2 > MILLION;
	if (!err)
		*ret = loss;
	if (err == WARD_ERR_LIMIT) {
		enum ward_err anew = ward_actions_anew(f);

		err = anew ? anew : err;
	}
	return err;
}

enum ward_err ward_actions_effect(
	struct find *f, const uint32_t *item, size_t n, struct ward_actions_loss *ret)
{
	enum ward_err err = evaluate(f, item, n, ret);

	ret->worst_micro = WARD_ACTIONS_UNKNOWN;
	return err;
}

enum ward_err ward_actions_worst(
	struct find *f, const uint32_t *item, size_t n, struct ward_actions_loss *ret)
{
	struct ward_actions_loss worst;
	bool harms = false;

	for (size_t i = 0; i < n; i++)
		harms = harms || f->p->item[item[i]].n_side;
	f->worst = true;
	enum ward_err err = evaluate(f, item, n, &worst);

	f->worst = false;
	ret->worst_micro = err ? WARD_ACTIONS_UNKNOWN : worst.care_micro;
	if (!err && worst.care_micro < ret->care_micro)
		ret->worst_micro = ret->care_micro;
	/* Upper ends that are frozen count as causes of their own, and so count twice: what does no
	 * harm leaves no more than doing nothing. */
	if (!err && n && !harms && ret->worst_micro > f->p->nothing.worst_micro)
		ret->worst_micro = f->p->nothing.worst_micro;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}
