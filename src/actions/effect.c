/* What is lost when some actions are begun now: a course in stages (recover/stage.h), one for each
 * moment at which something takes effect or is over. Care lost until the next is by the forecast of
 * each. */
#include "actions/find.h"
#include "impact/plan.h"
#include "model/hours.h"

#include <stdlib.h>

enum { MILLION = 1000000, NODES_QUICK = 16 };

/* What a thing has of that buffer: as the question says, or the model. */
static ward_ns has_itself(const struct find *f, uint32_t node, struct ward_str kind)
{
	size_t n;
	const struct ward_buffer *own = ward_model_buffers(f->w->m, node, &n);

	for (size_t i = f->ask->n_change; i-- > 0;) {
		const struct ward_change *c = &f->ask->change[i];

		if (c->kind == WARD_CHANGE_BUFFER && c->asset == node &&
			ward_str_eq(c->buffer, kind))
			return c->at > 0 ? c->at : 0;
	}
	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(own[i].kind, kind))
			return own[i].lasts;
	return 0;
}

/* How long it goes on by the action's buffer. */
static ward_ns goes_on(const struct find *f, const struct ward_action *x, uint32_t node)
{
	ward_ns t;

	if (!x->on_top)
		return x->lasts;
	return ward_add(has_itself(f, node, x->buffer), x->lasts, &t) ? t : WARD_NS_NEVER;
}

/* The last of these that says how it is protected, or NULL. */
static const struct ward_change *said_of(
	const struct ward_change *c, size_t n, uint32_t node, uint32_t threat)
{
	while (n-- > 0)
		if (c[n].kind == WARD_CHANGE_PROTECTED && c[n].asset == node &&
			c[n].threat == threat)
			return &c[n];
	return NULL;
}

/* How strongly it is protected: as this course has put, else as the question says, else the model.
 */
static int64_t protects_itself(const struct find *f, uint32_t node, uint32_t threat, bool course)
{
	const struct ward_change *c =
		course ? said_of(f->stage.change, f->stage.n_change, node, threat) : NULL;
	size_t n;

	if (!c)
		c = said_of(f->ask->change, f->ask->n_change, node, threat);
	if (c && !c->undo)
		return c->lo_micro;
	const struct ward_protection *own = ward_model_protections(f->w->m, node, &n);

	return MILLION - (int64_t)(ward_impact_plan_guard(own, n, threat).lo / (PICO / MICRO));
}

bool ward_actions_protection(const struct find *f, const struct ward_action *x, uint32_t node,
	size_t i, bool course, struct ward_change *ret)
{
	*ret = (struct ward_change){.kind = WARD_CHANGE_PROTECTED,
		.asset = node,
		.threat = x->protects[i],
		.lo_micro = x->degree_micro};
	return x->degree_micro > protects_itself(f, node, x->protects[i], course);
}

struct ward_change ward_actions_buffer(
	const struct find *f, const struct ward_action *x, uint32_t node)
{
	return (struct ward_change){.kind = WARD_CHANGE_BUFFER,
		.asset = node,
		.threat = WARD_NONE,
		.buffer = x->buffer,
		.at = goes_on(f, x, node)};
}

static enum ward_err changes(struct find *f, const struct ward_actions_item *it, ward_ns at)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	enum ward_err err = WARD_OK;
	struct ward_change c = {.asset = it->node, .threat = WARD_NONE, .at = at};

	if (x->isolates) {
		c.kind = WARD_CHANGE_ISOLATED;
		err = ward_stage_put(&f->stage, c);
	}
	if (!err && x->repairs) {
		c.kind = WARD_CHANGE_REPAIRED;
		err = ward_stage_put(&f->stage, c);
	}
	if (!err && x->fails_over) {
		c.kind = WARD_CHANGE_FAILED_OVER;
		err = ward_stage_put(&f->stage, c);
	}
	for (size_t i = 0; i < x->n_protects && !err; i++) {
		struct ward_change more;

		if (ward_actions_protection(f, x, it->node, i, true, &more))
			err = ward_stage_put(&f->stage, more);
	}
	if (!err && x->buffer.len)
		err = ward_stage_put(&f->stage, ward_actions_buffer(f, x, it->node));
	if (!err && f->sides && x->side != WARD_NONE)
		err = ward_stage_put(&f->stage, (struct ward_change){.kind = WARD_CHANGE_THREAT,
							.asset = it->node,
							.threat = x->side,
							.at = at,
							.lo_micro = MILLION,
							.hi_micro = MILLION});
	/* Whom it takes down is not left to the engine alone: an isolation cuts the ways by which
	 * its own harm would go on. */
	for (size_t i = 0; i < it->n_side && f->sides && !err; i++) {
		const struct ward_impact *s = &it->side[i];

		err = ward_stage_put(&f->stage, (struct ward_change){.kind = WARD_CHANGE_THREAT,
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
	return f->stage.worst ? it->earliest : it->expected;
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

/* Goes on with the service's last spell where it is the same. */
static enum ward_err keep_spell(
	struct find *f, const struct ward_impact *it, ward_ns from, ward_ns to)
{
	struct ward_actions_spells *x = f->spells;
	struct ward_actions_spell *more;

	for (size_t i = x->n; i-- > 0;) {
		if (x->at[i].service != it->asset)
			continue;
		if (x->at[i].to != from || x->at[i].lo_micro != it->lo_micro ||
			x->at[i].hi_micro != it->hi_micro)
			break;
		x->at[i].to = to;
		return WARD_OK;
	}
	if (x->n == f->cap_spell) {
		f->cap_spell = f->cap_spell ? 2 * f->cap_spell : 64;
		more = ward_arena_array(&f->p->arena, f->cap_spell, sizeof(*more));
		if (!more)
			return WARD_ERR_NOMEM;
		for (size_t i = 0; i < x->n; i++)
			more[i] = x->at[i];
		x->at = more;
	}
	x->at[x->n++] =
		(struct ward_actions_spell){it->asset, from, to, it->lo_micro, it->hi_micro};
	return WARD_OK;
}

/* Care lost between two moments by a forecast; services are told once each, by what takes them down
 * first. */
static enum ward_err lose(struct find *f, const struct ward_impacts *all, ward_ns from, ward_ns to,
	struct ward_actions_loss *loss)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < all->n && !err; i++) {
		const struct ward_impact *it = &all->item[i];
		int64_t p = (it->lo_micro + it->hi_micro) / 2;
		ward_ns begin = it->expected > from ? it->expected : from;

		if (ward_model_node(f->w->m, it->asset)->kind != WARD_NODE_SERVICE ||
			it->need != WARD_NEED_AVAILABILITY || begin >= to || f->chance[it->asset])
			continue;
		if (f->downs && !f->downs[it->asset]) {
			f->downs[it->asset] = true;
			f->p->down[f->p->n_down++] = *it;
		}
		f->chance[it->asset] = p > 0 ? p : 1;
		loss->minutes_micro += p * ((to - begin) / WARD_NS_PER_S) / 60;
		loss->care_micro += care(f, it->asset, p, begin, to);
		loss->least_micro += care(f, it->asset, it->lo_micro, begin, to);
		if (f->spells)
			err = keep_spell(f, it, begin, to);
	}
	return err;
}

/* One that takes a service down, by when at the soonest. */
struct soon {
	ward_ns begin;
	uint32_t service;
	int64_t hi_micro;
};

static int by_begin(const void *va, const void *vb)
{
	const struct soon *a = va, *b = vb;

	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	return (a->hi_micro > b->hi_micro) - (a->hi_micro < b->hi_micro);
}

/* The same at the worst: at each moment a service is down by any of what may have come to it by
 * then. States are positively associated, so that is no likelier than if they were independent. */
static enum ward_err lose_most(struct find *f, const struct ward_impacts *all, ward_ns from,
	ward_ns to, struct ward_actions_loss *loss)
{
	size_t n = 0;

	if (all->n > f->cap_soon) {
		f->cap_soon = all->n + all->n / 2;
		f->soon = ward_arena_array(f->work, f->cap_soon, sizeof(*f->soon));
		if (!f->soon)
			return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];

		if (ward_model_node(f->w->m, it->asset)->kind == WARD_NODE_SERVICE &&
			it->need == WARD_NEED_AVAILABILITY && comes(f, it) < to)
			f->soon[n++] = (struct soon){
				comes(f, it) > from ? comes(f, it) : from, it->asset, it->hi_micro};
	}
	if (n)
		qsort(f->soon, n, sizeof(*f->soon), by_begin);
	for (size_t i = 0; i < n; i++) {
		const struct soon *x = &f->soon[i];
		int64_t none = MILLION - f->chance[x->service];
		int64_t more = (none * x->hi_micro + MILLION - 1) / MILLION;

		f->chance[x->service] += more;
		loss->care_micro += care(f, x->service, more, x->begin, to);
	}
	return WARD_OK;
}

/* When the course begins: what acted before `now` has its part. */
static ward_ns beginning(const struct find *f)
{
	ward_ns at = f->ask->now;

	for (size_t i = 0; i < f->ask->n_later; i++)
		at = f->ask->later[i].from < at ? f->ask->later[i].from : at;
	return at;
}

/* The soonest effect after `at` of those that are begun, or of what acts later; or never. */
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
	for (size_t i = 0; i < f->ask->n_later; i++) {
		ward_ns t = f->ask->later[i].from;

		if ((first ? t >= at : t > at) && t < next)
			next = t;
	}
	ward_ns held = ward_stage_next(&f->stage, at);

	return held < next ? held : next;
}

/* Back to the forecast without actions. */
static enum ward_err reset(struct find *f)
{
	enum ward_err err = ward_stage_begin(&f->stage);

	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++)
		f->relief[i] = MILLION;
	return err;
}

static void forget(struct find *f)
{
	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++)
		f->chance[i] = 0;
}

/* What happens at `at`: actions have their effect, what was held is let go. */
static enum ward_err stage(
	struct find *f, const struct ward_impacts *all, const uint32_t *item, size_t n, ward_ns at)
{
	enum ward_err err = ward_stage_keep(&f->stage, all, at);

	for (size_t i = 0; i < f->ask->n_later && !err; i++)
		if (f->ask->later[i].from == at)
			err = ward_stage_put(&f->stage, f->ask->later[i].change);
	for (size_t i = 0; i < n && !err; i++) {
		const struct ward_actions_item *it = &f->p->item[item[i]];

		if (f->ask->now + f->w->set->action[it->action].takes == at)
			err = changes(f, it, at);
	}
	return err ? err : ward_stage_go(&f->stage, at);
}

/* The forecast as it is now. */
static enum ward_err see(struct find *f, struct ward_impacts *ret)
{
	enum ward_err err = ward_engine_result(f->w->e, ret);

	if (!err)
		f->looks += ret->n + ward_model_n(f->w->m) / NODES_QUICK;
	return err || !f->mark ? err
			       : ward_engine_hangs(f->w->e, ward_actions_goal, f->work, &f->hung);
}

static enum ward_err evaluate(
	struct find *f, const uint32_t *item, size_t n, struct ward_actions_loss *ret)
{
	ward_ns now = f->ask->now, end = now + f->ask->horizon, at = beginning(f);
	struct ward_actions_loss loss = {0};
	struct ward_impacts all = {.item = f->base, .n = f->n_base}; /* that is known */
	enum ward_err err = reset(f);
	bool first = true;

	while (!err && at < end) {
		ward_ns next = next_effect(f, item, n, first, at);
		ward_ns until = next < end ? next : end;

		err = first && !f->mark ? WARD_OK : see(f, &all);
		if (err)
			break;
		forget(f);
		if (until > now)
			err = (f->stage.worst ? lose_most : lose)(
				f, &all, at > now ? at : now, until, &loss);
		first = false;
		at = until;
		if (err || at >= end)
			break;
		err = stage(f, &all, item, n, at);
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
	f->stage.worst = true;
	enum ward_err err = evaluate(f, item, n, &worst);

	f->stage.worst = false;
	ret->worst_micro = err ? WARD_ACTIONS_UNKNOWN : worst.care_micro;
	if (!err && worst.care_micro < ret->care_micro)
		ret->worst_micro = ret->care_micro;
	/* Of what is less by an action and stays, the upper end counts beside what is left of its
	 * causes: what does no harm leaves no more than doing nothing. */
	if (!err && n && !harms && ret->worst_micro > f->p->nothing.worst_micro)
		ret->worst_micro = f->p->nothing.worst_micro;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

enum ward_err ward_actions_spells(
	struct find *f, const uint32_t *item, size_t n, struct ward_actions_spells *ret)
{
	struct ward_actions_loss loss;

	*ret = (struct ward_actions_spells){NULL, 0, false};
	if (!f->ask->timeline)
		return WARD_OK;
	f->spells = ret;
	f->cap_spell = 0;
	enum ward_err err = evaluate(f, item, n, &loss);

	f->spells = NULL;
	if (err == WARD_ERR_LIMIT)
		*ret = (struct ward_actions_spells){NULL, 0, true};
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}
