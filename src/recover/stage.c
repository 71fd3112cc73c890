#include "recover/stage.h"
#include "impact/engine.h"
#include "impact/touch.h"

enum { ROUNDS = 4 }; /* in which a chain is put, one after the other; then what is left of it */
enum less { SAME, LESS, NEXT, PUT };

/* A threat that stays on a thing for a while after its cause is gone. */
struct ward_stage_hold {
	uint32_t asset, threat;
	ward_ns until;
};

enum ward_err ward_stage_init(struct ward_stage *s, struct ward_arena *a)
{
	s->a = a;
	s->mark = ward_arena_array(a, ward_model_n(s->m) + 1, sizeof(*s->mark));
	s->change = ward_arena_array(a, WARD_CHANGES_MAX, sizeof(*s->change));
	s->hold = ward_arena_array(a, WARD_CHANGES_MAX, sizeof(*s->hold));
	s->stamp = 1;
	return s->mark && s->change && s->hold ? WARD_OK : WARD_ERR_NOMEM;
}

void ward_stage_forget(struct ward_stage *s)
{
	s->n_change = s->n_hold = 0;
}

static bool asked(const struct ward_stage *s, uint32_t asset, uint32_t threat)
{
	for (size_t i = 0; i < s->n_seed; i++)
		if (s->seed[i].asset == asset && s->seed[i].threat == threat)
			return true;
	return false;
}

enum ward_err ward_stage_begin(struct ward_stage *s)
{
	struct ward_impacts all;
	bool seed = false;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < s->n_change; i++) {
		struct ward_change *c = &s->change[i];

		c->undo = true;
		seed = seed || (c->kind == WARD_CHANGE_THREAT && asked(s, c->asset, c->threat));
	}
	/* A threat took the place of one that was asked: with it that would be gone. */
	if (seed)
		err = ward_engine_what_if(s->e, s->seed, s->n_seed, s->first, s->n_first, &all);
	else if (s->n_change)
		err = ward_engine_update(s->e, s->change, s->n_change);
	/* What was otherwise from the beginning may have been undone with these. */
	if (!err && !seed && s->n_change && s->n_first)
		err = ward_engine_update(s->e, s->first, s->n_first);
	ward_stage_forget(s);
	s->stamp++;
	return err;
}

enum ward_err ward_stage_put(struct ward_stage *s, struct ward_change c)
{
	if (s->n_change == WARD_CHANGES_MAX)
		return WARD_ERR_LIMIT;
	if (c.kind == WARD_CHANGE_REPAIRED && !c.undo)
		s->mark[c.asset] = s->stamp;
	s->adds = s->adds || !ward_engine_only_takes(s->e, &c);
	s->change[s->n_change++] = c;
	return WARD_OK;
}

/* When that is counted on. */
static ward_ns comes(const struct ward_stage *s, const struct ward_impact *it)
{
	return s->worst ? it->earliest : it->expected;
}

static bool is_seed(const struct ward_stage *s, const struct ward_impact *it)
{
	return it->rule == WARD_IMPACT_SEED || asked(s, it->asset, it->threat);
}

static struct ward_change threat_of(const struct ward_stage *s, const struct ward_impact *it)
{
	return (struct ward_change){.kind = WARD_CHANGE_THREAT,
		.asset = it->asset,
		.threat = it->threat,
		.at = comes(s, it),
		.lo_micro = it->lo_micro,
		.hi_micro = it->hi_micro};
}

static enum ward_err update(struct ward_stage *s)
{
	size_t from = s->had;

	s->had = s->n_change;
	return s->n_change > from ? ward_engine_update(s->e, s->change + from, s->n_change - from)
				  : WARD_OK;
}

/* Is it less likely, or later, than it was? */
static bool is_less(const struct ward_stage *s, const struct ward_impact *it)
{
	struct ward_brief now;

	return !ward_engine_brief(s->e, it->asset, it->threat, &now) ||
	       now.lo_micro < it->lo_micro ||
	       (s->worst ? now.earliest : now.expected) > comes(s, it) ||
	       ward_engine_upper(s->e, it->asset, it->threat) < it->hi_micro;
}

/* By what it is counted on to come: a pump that was drowned stands when the water is gone. */
static bool is_destroyed(const struct ward_stage *s, const struct ward_impact *it)
{
	return it->rule != WARD_IMPACT_SEED && s->e->p->rule[it->rule].destroys;
}

static bool stays(const struct ward_stage *s, const struct ward_impact *it, ward_ns at)
{
	return comes(s, it) < at && !is_seed(s, it) && s->mark[it->asset] != s->stamp &&
	       (is_destroyed(s, it) ||
		       !ward_works_find(s->works, it->asset, it->threat, false)->heals);
}

/* What is to be put of what stays: all, or only what is less now; marks it. */
static size_t mark_less(struct ward_stage *s, ward_ns at, bool all)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_old; i++) {
		if (s->less[i] == PUT)
			continue;
		s->less[i] =
			stays(s, &s->old[i], at) && (all || is_less(s, &s->old[i])) ? LESS : SAME;
		n += s->less[i] == LESS;
	}
	return n;
}

/* What has come about by `at` and stays, although what acts takes its causes away. What is as
 * likely as before without that is left to its causes: put beside them it would be counted twice
 * from above. (Where ways are only taken away nothing is likelier than it was, so the bound that it
 * has holds.) So what is first of a chain is put first; what follows is then often there again. */
static enum ward_err freeze(struct ward_stage *s, ward_ns at)
{
	bool all = s->adds;
	struct ward_impacts now;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < s->n_old; i++)
		s->less[i] = SAME;
	for (unsigned round = 1; !err; round++) {
		if (!all)
			err = ward_engine_result(s->e, &now);
		if (err || !mark_less(s, at, all))
			break;
		for (size_t i = 0; i < s->n_old && !err; i++) {
			const struct ward_impact *it = &s->old[i];

			if (s->less[i] != LESS ||
				(!all && round < ROUNDS && it->parent < i &&
					s->less[it->parent] != SAME && s->less[it->parent] != PUT))
				continue;
			err = ward_stage_put(s, threat_of(s, it));
			s->less[i] = NEXT;
		}
		for (size_t i = 0; i < s->n_old; i++)
			if (s->less[i] == NEXT)
				s->less[i] = PUT;
		if (!err)
			err = update(s);
	}
	return err;
}

static ward_ns lag_of(const struct ward_stage *s, const struct ward_impact *it)
{
	const struct ward_node *n = ward_model_node(s->m, it->asset);

	if (n->kind == WARD_NODE_SERVICE && n->recovery)
		return n->recovery;
	return ward_works_find(s->works, it->asset, it->threat, false)->lasts;
}

/* Has it had its time since it came about? What falls again later takes its time again. */
static bool released(const struct ward_stage *s, const struct ward_impact *it, ward_ns at)
{
	for (size_t i = 0; i < s->n_hold; i++) {
		ward_ns until = s->hold[i].until;

		if (s->hold[i].asset == it->asset && s->hold[i].threat == it->threat &&
			until <= at && comes(s, it) < until)
			return true;
	}
	return false;
}

/* What is gone now that its cause is, but takes its time: it is held until then, counted from when
 * that which caused it is gone. */
static enum ward_err linger(struct ward_stage *s, ward_ns at)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < s->n_old && !err; i++) {
		const struct ward_impact *it = &s->old[i];
		struct ward_brief now;
		ward_ns from = at;

		s->gone[i] = at;
		if (comes(s, it) >= at || s->mark[it->asset] == s->stamp || is_seed(s, it) ||
			released(s, it, at) ||
			(ward_engine_brief(s->e, it->asset, it->threat, &now) &&
				(s->worst ? now.earliest : now.expected) <= at))
			continue;
		if (it->parent < i && s->gone[it->parent] > from)
			from = s->gone[it->parent];
		if (!ward_add(from, lag_of(s, it), &s->gone[i]) || s->gone[i] <= at)
			continue;
		if (s->n_hold == WARD_CHANGES_MAX)
			return WARD_ERR_LIMIT;
		s->hold[s->n_hold++] = (struct ward_stage_hold){it->asset, it->threat, s->gone[i]};
		err = ward_stage_put(s, threat_of(s, it));
	}
	return err;
}

/* Takes back what was held until now. */
static enum ward_err release(struct ward_stage *s, ward_ns at)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < s->n_hold && !err; i++)
		if (s->hold[i].until == at)
			err = ward_stage_put(s, (struct ward_change){.kind = WARD_CHANGE_THREAT,
							.undo = true,
							.asset = s->hold[i].asset,
							.threat = s->hold[i].threat});
	return err;
}

/* A copy of the forecast, which the next change takes away. */
static enum ward_err copy(struct ward_stage *s, const struct ward_impacts *all)
{
	if (all->n > s->cap_old) {
		s->cap_old = all->n + all->n / 2;
		s->old = ward_arena_array(s->a, s->cap_old, sizeof(*s->old));
		s->gone = ward_arena_array(s->a, s->cap_old, sizeof(*s->gone));
		s->less = ward_arena_array(s->a, s->cap_old, sizeof(*s->less));
		if (!s->old || !s->gone || !s->less)
			return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < all->n; i++)
		s->old[i] = all->item[i];
	s->n_old = all->n;
	return WARD_OK;
}

ward_ns ward_stage_next(const struct ward_stage *s, ward_ns at)
{
	ward_ns next = WARD_NS_NEVER;

	for (size_t i = 0; i < s->n_hold; i++)
		if (s->hold[i].until > at && s->hold[i].until < next)
			next = s->hold[i].until;
	return next;
}

enum ward_err ward_stage_keep(struct ward_stage *s, const struct ward_impacts *all, ward_ns at)
{
	enum ward_err err = copy(s, all);

	s->had = s->n_change;
	s->adds = false;
	return err ? err : release(s, at);
}

enum ward_err ward_stage_go(struct ward_stage *s, ward_ns at)
{
	enum ward_err err = update(s);

	if (!err)
		err = freeze(s, at);
	if (!err)
		err = linger(s, at);
	return err ? err : update(s);
}
