/* Correlations: entries join groups, their windows are looked at, and closed. */
#include "detect/corr.h"
#include "detect/tail.h"

static enum ward_err shown_for(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_entry *first, struct ward_shown **ret)
{
	for (size_t i = 0; i < g->n_shown; i++) {
		if (!ward_id_eq(g->shown[i].first, first->id))
			continue;
		*ret = &g->shown[i];
		return WARD_OK;
	}
	enum ward_err err = ward_mem_more(det->mem, &g->shown, g->n_shown, &g->cap_shown,
		sizeof(*g->shown), ward_limit(det->lim, WARD_LIMIT_DETECT_WINDOW) * 2);

	if (err)
		return err;
	*ret = &g->shown[g->n_shown++];
	**ret = (struct ward_shown){.first = first->id, .start = first->time};
	return WARD_OK;
}

/* A window that stands. */
static enum ward_err stands(struct ward_detector *det, struct ward_group_state *g,
	struct ward_window w, struct ward_shown *s, bool say, bool cut,
	const struct ward_outlet *out)
{
	enum ward_err err = say ? ward_corr_say(det, g, w, s, cut, out) : WARD_OK;

	return err ? err : ward_chain_tell(det, g, w, s);
}

static enum ward_err fall(struct ward_detector *det, struct ward_group_state *g,
	struct ward_shown *s, const struct ward_outlet *out)
{
	ward_corr_withdraw(det, g, s, out);
	return ward_chain_untell(det, g, s);
}

/* ---- what stands ---- */

static ward_ns end_of(const struct ward_corr *c, ward_ns start)
{
	ward_ns end;

	return ward_add(start, c->timespan, &end) ? end : WARD_NS_NEVER;
}

/* What an entry at `time` may have changed: windows that begin at `from` or later, and at `to` or
 * earlier, the first of them looked for from entry `at` on. */
struct reach {
	ward_ns from, to;
	size_t at;
};

/* Windows that stand carry the reach on: behind one that goes there may be others. */
static ward_ns carried_on(const struct ward_corr *c, const struct ward_group_state *g, ward_ns to)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < g->n_shown; i++) {
			const struct ward_shown *s = &g->shown[i];

			if (s->withdrawn || s->start > to || end_of(c, s->start) <= to)
				continue;
			to = end_of(c, s->start);
			more = true;
		}
	}
	return to;
}

static struct reach reach_of(
	const struct ward_corr *c, const struct ward_group_state *g, ward_ns time)
{
	struct reach r = {INT64_MIN, WARD_NS_NEVER, 0};

	/* Where a bundle begins a window, that reaches farther. */
	if (g->bundled || !ward_sub(time, c->timespan, &r.from))
		return (struct reach){INT64_MIN, WARD_NS_NEVER, 0};
	/* One of `not_after` changes what begins within its time. */
	if (!ward_add(time, c->within, &r.to))
		r.to = WARD_NS_NEVER;
	r.to = carried_on(c, g, r.to);
	r.at = ward_corr_first_from(g, r.from);
	for (size_t i = 0; i < g->n_shown; i++) {
		const struct ward_shown *s = &g->shown[i];
		ward_ns end = end_of(c, s->start);

		if (s->withdrawn || s->start >= r.from || end < r.from)
			continue;
		size_t behind = end == WARD_NS_NEVER ? g->n : ward_corr_first_from(g, end + 1);

		r.at = behind > r.at ? behind : r.at;
	}
	return r;
}

/* Gives what is new: a window that was not there, one whose evidence doubled (all of it at the
 * latest when the window closes: a flood costs its logarithm in revisions), and takes back those
 * that are no more. Looks only at windows that an entry at `time` may have changed. */
static enum ward_err review(struct ward_detector *det, struct ward_group_state *g, ward_ns time,
	const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct reach r = reach_of(c, g, time);
	struct ward_window w = {0, 0};
	size_t n_old = g->n_shown, kept = 0;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n_old; i++) {
		kept += !g->shown[i].withdrawn;
		g->shown[i].here = false;
	}
	for (size_t pass = 0; pass < 2 && !err; pass++) {
		for (size_t from = r.at; !err && ward_window_next(c, g, from, r.to, &w);
			from = w.to) {
			struct ward_shown *s = NULL;

			err = shown_for(det, g, &g->entry[w.from], &s);
			if (err)
				break;
			if (pass == 0) {
				s->here = true;
				r.to = carried_on(c, g,
					r.to > end_of(c, g->entry[w.from].time)
						? r.to
						: end_of(c, g->entry[w.from].time));
				continue;
			}
			s->start = g->entry[w.from].time;
			s->here = false;
			size_t now = ward_window_weight(g, w);

			/* One of `not_after` ended it. */
			s->stale |= now < s->now;
			s->now = now;
			err = stands(det, g, w, s, s->n == 0 || s->withdrawn || s->now >= 2 * s->n,
				false, out);
		}
		for (size_t i = 0; pass == 0 && i < n_old && kept && !err; i++)
			if (!g->shown[i].here && !g->shown[i].withdrawn &&
				g->shown[i].start >= r.from && g->shown[i].start <= r.to &&
				g->shown[i].start > g->closed_until)
				err = fall(det, g, &g->shown[i], out);
	}
	return err;
}

/* ---- closing ---- */

/* cut: the window is not over, and more could come. */
static enum ward_err last_word(struct ward_detector *det, struct ward_group_state *g,
	struct ward_window w, bool cut, bool *ret_holds, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct ward_shown *s = NULL;
	struct ward_verdict v = {false, false};
	enum ward_err err = ward_metric_holds(det->mem, c, g->entry, w, NULL, &v);

	*ret_holds = v.holds;
	if (err || !v.holds)
		return err;
	err = shown_for(det, g, &g->entry[w.from], &s);
	if (err)
		return err;
	/* What had a lower bound to reach has reached it, whatever comes. */
	cut = cut && ward_corr_late(c);
	return stands(det, g, w, s,
		s->n != ward_window_weight(g, w) || s->withdrawn || s->stale ||
			s->partial != (cut || v.partial),
		cut, out);
}

bool ward_corr_over(const struct ward_corr *c, ward_ns start, ward_ns horizon)
{
	ward_ns end;

	return horizon == WARD_NS_NEVER ||
	       (ward_add(start, ward_corr_keeps(c), &end) && end < horizon);
}

/* How many of the first n entries, none of which begins a window, can go at once, so that the group
 * is not looked through for each: those that are over; where room is made, a sixty-fourth. */
static size_t n_idle(const struct ward_group_state *g, const struct ward_corr *c, ward_ns horizon,
	bool force, size_t n)
{
	size_t k = 1;

	while (k < n && (force ? k < g->n / 64
			       : ward_corr_over(c, ward_entry_until(&g->entry[k]), horizon)))
		k++;
	return k;
}

bool ward_corr_close_one(struct ward_detector *det, struct ward_group_state *g, ward_ns horizon,
	bool force, const struct ward_outlet *out, enum ward_err *err)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct ward_window w = {0, 0};
	bool window, holds = true;
	ward_ns end;

	if (g->n == 0 || (!force && !ward_corr_over(c, ward_entry_until(&g->entry[0]), horizon)))
		return false;
	if (ward_corr_tumbles(c)) {
		w = ward_window_at(c, g->entry, g->n, 0);
		window = ward_window_begins(c, &g->entry[0]);
	} else {
		window = ward_window_next(c, g, 0, WARD_NS_NEVER, &w);
		if (!window)
			w.from = g->n;
		window &= w.from == 0;
	}
	if (!window) {
		size_t n = n_idle(g, c, horizon, force, w.from);

		ward_window_settle(c, g, n);
		ward_corr_drop(det, g, n);
		return true;
	}
	/* What is cut short is judged by what is known: or a flood would silence it. */
	*err = last_word(
		det, g, w, force && !ward_corr_over(c, g->entry[0].time, horizon), &holds, out);
	if (force && ward_add(g->entry[0].time, c->timespan, &end))
		g->closed_until = end;
	/* Something came that must not: the next entry may begin a window without it. */
	ward_corr_drop(det, g, c->n_without && !c->within && !holds && !force ? 1 : w.to);
	return !*err;
}

static void forget_shown(struct ward_group_state *g, const struct ward_corr *c, ward_ns horizon)
{
	size_t k = 0;

	for (size_t i = 0; i < g->n_shown; i++)
		if (!ward_corr_over(c, g->shown[i].start, horizon))
			g->shown[k++] = g->shown[i];
	g->n_shown = k;
}

ward_ns ward_corr_horizon(const struct ward_detector *det, const struct ward_corr *c)
{
	ward_ns h;

	if (det->watermark == WARD_NS_NEVER)
		return WARD_NS_NEVER;
	if (!ward_sub(det->watermark, det->cfg.lateness, &h) || !ward_sub(h, c->delay, &h))
		return INT64_MIN;
	return h;
}

/* All that is over in one group; it goes if nothing is left of it. */
static enum ward_err close_group(
	struct ward_detector *det, struct ward_group_state *g, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	ward_ns horizon = ward_corr_horizon(det, c);
	enum ward_err err = WARD_OK;

	while (!err && ward_corr_close_one(det, g, horizon, false, out, &err))
		;
	if (err)
		return err;
	forget_shown(g, c, horizon);
	if (g->n == 0 && (horizon == WARD_NS_NEVER || g->closed_until < horizon))
		ward_group_remove(det, g);
	else
		ward_due_set(det, g, ward_due_time(c, g));
	return WARD_OK;
}

/* May something of it be over by now? */
static bool is_due(const struct ward_detector *det, const struct ward_group_state *g)
{
	ward_ns until;

	if (det->watermark == WARD_NS_NEVER)
		return true;
	return ward_corr_horizon(det, det->rs->rule[g->rule]->corr) != INT64_MIN &&
	       ward_sub(det->watermark, det->cfg.lateness, &until) && g->due < until;
}

/* The groups of one rank. */
static enum ward_err close_rank(
	struct ward_detector *det, unsigned rank, const struct ward_outlet *out)
{
	enum ward_err err = WARD_OK;

	for (struct ward_group_state *g = ward_due_first(det, rank); !err && g && is_due(det, g);
		g = ward_due_first(det, rank))
		err = close_group(det, g, out);
	return err;
}

/* Those below first: what they tell those above is part of their last word. */
enum ward_err ward_corr_close(struct ward_detector *det, const struct ward_outlet *out)
{
	enum ward_err err = WARD_OK;

	for (unsigned rank = 0; rank <= det->rs->rank_max && !err; rank++) {
		err = close_rank(det, rank, out);
		if (!err)
			err = ward_chain_drain(det, out);
	}
	return err;
}

/* ---- joining ---- */

static uint64_t weight(const struct ward_group_state *g)
{
	return ward_window_weight(g, (struct ward_window){0, g->n});
}

/* Room for one more in a full group: by bundles, else by closing what begins first. */
static enum ward_err make_room(
	struct ward_detector *det, struct ward_group_state *g, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	size_t room = ward_corr_room(det, c);
	enum ward_err err = ward_corr_bundle(det, g);
	uint64_t before = weight(g);

	if (g->n <= room - room / 64 - 1)
		return err;
	while (!err && g->n >= room)
		if (!ward_corr_close_one(det, g, ward_corr_horizon(det, c), true, out, &err))
			break;
	det->stats.n_evicted_event += before - weight(g);
	return err;
}

static enum ward_err join(struct ward_detector *det, uint32_t rule, const struct ward_str *value,
	const struct ward_entry *e, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[rule]->corr;
	struct ward_group_state *g = NULL;
	enum ward_err err = ward_group_for(det, rule, value, ward_corr_n_value(c), out, &g);
	bool put = false;

	if (!err && g->n >= ward_corr_room(det, c) && e->time > g->closed_until)
		err = make_room(det, g, out);
	if (!err && e->time <= g->closed_until) {
		det->stats.n_evicted_event++;
		return WARD_OK;
	}
	if (!err)
		err = ward_corr_put(det, g, e, &put);
	if (!err && put && !ward_corr_late(c) && !ward_corr_is_said(c, g, e))
		err = review(det, g, e->time, out);
	return err;
}

enum ward_err ward_corr_remove(struct ward_detector *det, uint32_t rule, struct ward_id id,
	ward_ns time, const struct ward_outlet *out)
{
	struct ward_origin *o = ward_origin_take(det, rule, id), *next;
	enum ward_err err = WARD_OK;

	for (; o; o = next) {
		struct ward_group_state *g = o->group;

		next = o->next;
		ward_origin_free(det, o);
		if (!err && ward_corr_take(det, g, id, time) &&
			!ward_corr_late(det->rs->rule[rule]->corr))
			err = review(det, g, time, out);
	}
	return err;
}

/* A value by its hash, without case: the same in every run, since it is saved. */
static uint64_t value_of(const struct ward_str *value, size_t n)
{
	static const uint8_t key[16] = "detection.value";
	struct ward_id part[WARD_AXES] = {0};
	uint64_t ret;

	for (size_t i = 0; i < n; i++)
		part[i] = ward_group_folded(key, value[i]);
	if (n > 1)
		part[0] = ward_id_keyed(key, ward_slice_of(part, n * sizeof(part[0])));
	memcpy(&ret, part[0].b + sizeof(part[0].b) - sizeof(ret),
		sizeof(ret)); /* behind version and variant */
	return ret;
}

/* Counts up like an odometer; false after the last combination. */
static bool next_combination(const struct ward_axis *axis, size_t *at, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		if (++at[i] < axis[i].n)
			return true;
		at[i] = 0;
	}
	return false;
}

/* Into the group, or with `near` into that of every place around: windows begin only with what is
 * at the centre. */
static enum ward_err join_near(struct ward_detector *det, uint32_t rule, struct ward_str *value,
	struct ward_entry *e, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[rule]->corr;
	uint32_t centre[WARD_NEAR_MAX];
	enum ward_err err = WARD_OK;

	if (!c->near_hops)
		return join(det, rule, value, e, out);
	size_t n = ward_corr_near(det, c, e, centre);

	det->stats.n_ungrouped += n == 0;
	for (size_t i = 0; i < n && !err; i++) {
		e->guest = i > 0;
		value[c->group.n] = ward_model_node(det->model, centre[i])->id;
		err = join(det, rule, value, e, out);
	}
	return err;
}

enum ward_err ward_corr_spread(struct ward_detector *det, uint32_t rule,
	const struct ward_axis *axis, struct ward_entry *e, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[rule]->corr;
	bool wanted = e->rule < ward_corr_n_wanted(c);
	size_t n_axis = c->group.n + (wanted ? c->counted.n : 0), n = 0, at[WARD_AXES] = {0};
	struct ward_str value[WARD_AXES + 1];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n_axis; i++) {
		if (axis[i].n > 0)
			continue;
		det->stats.n_ungrouped++;
		return WARD_OK;
	}
	do {
		int64_t milli = 0;

		for (size_t i = 0; i < n_axis; i++)
			value[i] = axis[i].value[at[i]];
		if (wanted && ward_corr_numeric(c)) {
			/* Of a list the first number. */
			if (at[c->group.n] > 0)
				continue;
			if (!ward_milli(value[c->group.n], &milli, NULL)) {
				det->stats.n_ungrouped++;
				continue;
			}
			e->value = (uint64_t)milli;
		} else {
			e->value = wanted && c->counted.n
					   ? value_of(&value[c->group.n], c->counted.n)
					   : 0;
		}
		err = join_near(det, rule, value, e, out);
	} while (!err && ++n < WARD_AXIS_VALUES && next_combination(axis, at, n_axis));
	return err;
}

enum { WHY_MAX = 240 };

/* Where each of several rules must come, an entry keeps why its event matched: of those that say
 * nothing themselves nobody else would know. Where only their number counts, the rule says enough.
 */
static enum ward_err keep_why(struct ward_detector *det, const struct ward_corr *c,
	const struct ward_rule *from, uint32_t map, struct ward_wr *w)
{
	struct ward_detection d = {.n_match = 0};

	if (c->type != WARD_CORR_TEMPORAL && c->type != WARD_CORR_ORDERED)
		return WARD_OK;
	enum ward_err err = ward_match_explain(det, from, map, &d);

	if (!err)
		(void)ward_detection_because(&d, WHY_MAX, w);
	return err;
}

enum ward_err ward_corr_add(struct ward_detector *det, uint32_t corr_rule, uint32_t member,
	const struct ward_rule *from, uint32_t map, const struct ward_outlet *out)
{
	const struct ward_rule *r = det->rs->rule[corr_rule];
	const struct ward_corr *c = r->corr;
	struct ward_axis axis[WARD_AXES]; /* of the groups, then of the values that are counted */
	struct ward_about a = ward_engine_about(det, r, from, map);
	char about[512]; /* subject and actor are at most 256 each */
	char why[WHY_MAX];
	struct ward_wr because = ward_wr_fixed(why, sizeof(why));
	struct ward_wr text =
		c->n_carry ? ward_wr_grow(det->mem, 1 << 20) : ward_wr_fixed(about, sizeof(about));
	struct ward_entry e = {.time = det->time,
		.first = det->time,
		.id = det->e->id,
		.rule = member,
		.asset = a.asset,
		.place = a.place,
		.subject_len = (uint16_t)a.subject.len,
		.actor_len = (uint16_t)a.actor.len};

	if (det->time < ward_corr_horizon(det, c)) {
		det->stats.n_late++;
		return WARD_OK;
	}
	ward_wr_str(&text, a.subject);
	ward_wr_str(&text, a.actor);
	enum ward_err err = ward_chain_keep(det, c, map, &text);

	if (!err)
		err = keep_why(det, c, from, map, &because);
	e.why = why;
	e.why_len = (uint16_t)because.len;
	if (!err && ward_wr_bad(&text))
		err = WARD_ERR_NOMEM;
	e.text = (char *)text.p;
	e.carry_len = (uint32_t)(text.len - a.subject.len - a.actor.len);
	for (size_t i = 0; i < c->group.n + c->counted.n && !err; i++) {
		uint32_t field = 0;

		ward_axis_of(det, ward_match_value(det, ward_corr_field(c, i, member), map, &field),
			&axis[i]);
		err = det->err;
	}
	if (!err)
		err = ward_corr_spread(det, corr_rule, axis, &e, out);
	if (!err)
		err = ward_chain_drain(det, out);
	ward_wr_fini(&text);
	return err;
}
