#include "recover/stage.h"

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

enum ward_err ward_stage_begin(struct ward_stage *s)
{
	for (size_t i = 0; i < s->n_change; i++)
		s->change[i].undo = true;
	enum ward_err err =
		s->n_change ? ward_engine_update(s->e, s->change, s->n_change) : WARD_OK;

	/* What was otherwise from the beginning may have been undone with these. */
	if (!err && s->n_change && s->n_first)
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
	for (size_t i = 0; i < s->n_seed; i++)
		if (s->seed[i].asset == it->asset && s->seed[i].threat == it->threat)
			return true;
	return it->rule == WARD_IMPACT_SEED;
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

/* What has come about by `at` and stays. */
static enum ward_err freeze(struct ward_stage *s, ward_ns at)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < s->n_old && !err; i++) {
		const struct ward_impact *it = &s->old[i];

		if (comes(s, it) >= at || is_seed(s, it) || s->mark[it->asset] == s->stamp ||
			ward_works_find(s->works, it->asset, it->threat, false)->heals)
			continue;
		err = ward_stage_put(s, threat_of(s, it));
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

static bool released(const struct ward_stage *s, const struct ward_impact *it, ward_ns at)
{
	for (size_t i = 0; i < s->n_hold; i++)
		if (s->hold[i].asset == it->asset && s->hold[i].threat == it->threat &&
			s->hold[i].until <= at)
			return true;
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
		if (!s->old || !s->gone)
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
	return err ? err : release(s, at);
}

static enum ward_err update(struct ward_stage *s)
{
	size_t from = s->had;

	s->had = s->n_change;
	return s->n_change > from ? ward_engine_update(s->e, s->change + from, s->n_change - from)
				  : WARD_OK;
}

enum ward_err ward_stage_go(struct ward_stage *s, ward_ns at)
{
	enum ward_err err = freeze(s, at);

	if (!err)
		err = update(s);
	if (!err)
		err = linger(s, at);
	return err ? err : update(s);
}
