/* Correlations: groups, their windows, and what is said about them. */
#include "detect/window.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { COMBINATIONS_MAX = 16, AXES_MAX = 16 };

static void group_free(struct ward_detector *det, struct ward_group_state *g)
{
	ward_corr_drop(det, g, g->n);
	ward_mem_free(det->mem, g->entry, g->cap * sizeof(*g->entry));
	ward_mem_free(det->mem, g->shown, g->cap_shown * sizeof(*g->shown));
	ward_mem_free(det->mem, g->value, g->value_bytes);
	ward_mem_free(det->mem, g, sizeof(*g));
}

void ward_corr_fini(struct ward_detector *det)
{
	for (size_t i = 0; i < det->n_group; i++)
		group_free(det, det->group[i]);
	ward_mem_free(det->mem, det->group, det->cap_group * sizeof(*det->group));
	ward_tab_fini(&det->groups);
	det->group = NULL;
	det->n_group = det->cap_group = 0;
}

struct ward_id ward_corr_key(const struct ward_rule *r, const struct ward_str *value, size_t n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "detection.group");
	ward_idgen_str(&g, r->key);
	for (size_t i = 0; i < n; i++)
		ward_idgen_str(&g, value[i]);
	return ward_idgen_final(&g);
}

static struct ward_id window_id(const struct ward_group_state *g, struct ward_id first)
{
	struct ward_idgen gen;

	ward_idgen_init(&gen, "detection.correlation");
	ward_idgen_id(&gen, g->key);
	ward_idgen_id(&gen, first);
	return ward_idgen_final(&gen);
}

/* ---- what is said ---- */

static int id_order(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

/* Sorted and without repeats: one event may match several members. */
static size_t evidence_of(
	const struct ward_group_state *g, struct ward_window w, struct ward_id *out)
{
	size_t n = 0;

	for (size_t i = w.from; i < w.to; i++)
		out[n++] = g->entry[i].id;
	qsort(out, n, sizeof(*out), id_order);
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (k == 0 || !ward_id_eq(out[k - 1], out[i]))
			out[k++] = out[i];
	return k;
}

/* What the newest entry knows; what it does not, an older one may. */
static void about(const struct ward_group_state *g, struct ward_window w, struct ward_detection *d)
{
	d->asset = d->place = WARD_NONE;
	d->subject = d->actor = (struct ward_str){"", 0};
	for (size_t i = w.to; i-- > w.from;) {
		const struct ward_entry *e = &g->entry[i];

		if (d->asset == WARD_NONE)
			d->asset = e->asset;
		if (d->place == WARD_NONE)
			d->place = e->place;
		if (!d->subject.len)
			d->subject = (struct ward_str){e->text ? e->text : "", e->subject_len};
		if (!d->actor.len && e->actor_len)
			d->actor = (struct ward_str){e->text + e->subject_len, e->actor_len};
	}
}

/* Threat and level: the correlation's own, else those of its members. */
static void rule_of(const struct ward_detector *det, const struct ward_rule *r,
	const struct ward_entry *last, struct ward_detection *d)
{
	const struct ward_rule *m = det->rs->rule[r->corr->member[last->rule]];

	d->rule = r->key;
	d->title = r->title;
	d->author = r->author;
	d->level = r->level;
	d->threat = r->meaning.threat;
	d->threat_code = r->threat_code;
	if (d->threat == WARD_NONE) {
		d->threat = m->meaning.threat;
		d->threat_code = m->threat_code;
	}
	for (size_t i = 0; i < r->corr->n_member && !r->level_given; i++) {
		const struct ward_rule *k = det->rs->rule[r->corr->member[i]];

		if (i == 0 || k->level > d->level)
			d->level = k->level;
	}
}

static enum ward_err say(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_window w, struct ward_shown *s, const struct ward_outlet *out)
{
	const struct ward_rule *r = det->rs->rule[g->rule];
	size_t n = w.to - w.from, n_group = r->corr->group.n;
	struct ward_id *evidence = ward_mem_alloc(det->mem, n * sizeof(*evidence));
	struct ward_match match[AXES_MAX + 2];
	char interval[24], jitter[24];
	ward_ns mean;
	uint64_t uneven;
	struct ward_detection d = {.id = window_id(g, g->entry[w.from].id)};

	if (!evidence)
		return WARD_ERR_NOMEM;
	rule_of(det, r, &g->entry[w.to - 1], &d);
	about(g, w, &d);
	for (size_t i = 0; i < n_group; i++)
		match[i] = (struct ward_match){r->corr->group.name[i], g->value[i]};
	d.revision = ++s->revision;
	d.first = g->entry[w.from].time;
	d.last = g->entry[w.to - 1].time;
	d.evidence = evidence;
	d.n_evidence = evidence_of(g, w, evidence);
	d.match = match;
	d.n_match = n_group;
	if (r->corr->jitter && ward_window_beat(r->corr, &g->entry[w.from], &mean, &uneven)) {
		(void)snprintf(interval, sizeof(interval), "%" PRId64, mean / WARD_NS_PER_MS);
		(void)snprintf(jitter, sizeof(jitter), "%" PRIu64, uneven);
		match[d.n_match++] =
			(struct ward_match){WARD_STR("ward.interval_ms"), ward_str_z(interval)};
		match[d.n_match++] =
			(struct ward_match){WARD_STR("ward.jitter_permille"), ward_str_z(jitter)};
	}
	s->n = n;
	s->withdrawn = s->stale = false;
	det->stats.n_detection++;
	out->sink(out->ctx, &d);
	ward_mem_free(det->mem, evidence, n * sizeof(*evidence));
	return WARD_OK;
}

static void withdraw(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_shown *s, const struct ward_outlet *out)
{
	const struct ward_rule *r = det->rs->rule[g->rule];
	struct ward_match match[16];
	struct ward_entry none = {.rule = 0};
	struct ward_detection d = {.id = window_id(g, s->first), .withdrawn = true};

	rule_of(det, r, &none, &d);
	for (size_t i = 0; i < r->corr->group.n; i++)
		match[i] = (struct ward_match){r->corr->group.name[i], g->value[i]};
	d.revision = ++s->revision;
	d.asset = d.place = WARD_NONE;
	d.subject = d.actor = (struct ward_str){"", 0};
	d.first = d.last = s->start;
	d.match = match;
	d.n_match = r->corr->group.n;
	s->withdrawn = true;
	det->stats.n_detection++;
	out->sink(out->ctx, &d);
}

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

static bool open_ended(const struct ward_corr *c)
{
	return c->max == UINT64_MAX;
}

/* Gives what is new: a window that was not there, one whose evidence doubled (all of it at the
 * latest when the window closes: a flood costs its logarithm in revisions), and takes back those
 * that are no more. */
static enum ward_err review(
	struct ward_detector *det, struct ward_group_state *g, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct ward_window w = {0, 0};
	size_t from = 0, n_old = g->n_shown, kept = 0;
	enum ward_err err = WARD_OK;

	/* Windows are in order of time, and so are those shown, but for the withdrawn. */
	for (size_t i = 0; i < n_old; i++)
		kept += !g->shown[i].withdrawn;
	for (size_t pass = 0; pass < 2 && !err; pass++) {
		for (from = 0; !err && ward_window_next(c, g->entry, g->n, from, &w); from = w.to) {
			struct ward_shown *s = NULL;

			err = shown_for(det, g, &g->entry[w.from], &s);
			if (err)
				break;
			if (pass == 0) {
				s->start = INT64_MIN; /* marks it as still there */
				continue;
			}
			s->start = g->entry[w.from].time;
			if (s->n == 0 || s->withdrawn || w.to - w.from >= 2 * s->n)
				err = say(det, g, w, s, out);
		}
		for (size_t i = 0; pass == 0 && i < n_old && kept && !err; i++)
			if (g->shown[i].start != INT64_MIN && !g->shown[i].withdrawn)
				withdraw(det, g, &g->shown[i], out);
	}
	return err;
}

/* ---- closing ---- */

static enum ward_err last_word(struct ward_detector *det, struct ward_group_state *g,
	struct ward_window w, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct ward_shown *s = NULL;
	size_t n = w.to - w.from, size = ward_window_size(c, g->entry, w);

	if (size < c->min || size > c->max)
		return WARD_OK;
	enum ward_err err = shown_for(det, g, &g->entry[w.from], &s);

	if (!err && (s->n != n || s->withdrawn || s->stale))
		err = say(det, g, w, s, out);
	return err;
}

/* Is the window that begins at this entry beyond change? */
static bool over(const struct ward_corr *c, ward_ns start, ward_ns horizon)
{
	ward_ns end;

	return horizon == WARD_NS_NEVER || (ward_add(start, c->timespan, &end) && end < horizon);
}

/* Closes what begins first: a window, or entries that will never be in one. force: even if it could
 * still change. True while there is more. */
static bool close_one(struct ward_detector *det, struct ward_group_state *g, ward_ns horizon,
	bool force, const struct ward_outlet *out, enum ward_err *err)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct ward_window w = {0, 0};
	bool window = true;
	ward_ns end;

	if (g->n == 0 || (!force && !over(c, g->entry[0].time, horizon)))
		return false;
	if (open_ended(c))
		window = ward_window_next(c, g->entry, g->n, 0, &w);
	else
		w = ward_window_at(c, g->entry, g->n, 0);
	if (!window || w.from > 0) {
		ward_corr_drop(det, g, 1);
		return true;
	}
	/* A count with an upper bound says nothing of a window that was cut short. */
	if (!force || open_ended(c))
		*err = last_word(det, g, w, out);
	if (force && ward_add(g->entry[0].time, c->timespan, &end))
		g->closed_until = end;
	ward_corr_drop(det, g, w.to);
	return !*err;
}

static void forget_shown(struct ward_group_state *g, const struct ward_corr *c, ward_ns horizon)
{
	size_t k = 0;

	for (size_t i = 0; i < g->n_shown; i++)
		if (!over(c, g->shown[i].start, horizon))
			g->shown[k++] = g->shown[i];
	g->n_shown = k;
}

static void remove_group(struct ward_detector *det, size_t i)
{
	struct ward_group_state *g = det->group[i];

	(void)ward_tab_del(&det->groups, &g->key);
	group_free(det, g);
	det->group[i] = det->group[--det->n_group];
	if (i < det->n_group) {
		uint32_t *at = ward_tab_find(&det->groups, &det->group[i]->key);

		WARD_ASSERT(at);
		*at = (uint32_t)i;
	}
}

static ward_ns horizon_of(const struct ward_detector *det)
{
	ward_ns h;

	if (det->watermark == WARD_NS_NEVER)
		return WARD_NS_NEVER;
	return ward_sub(det->watermark, det->cfg.lateness, &h) ? h : INT64_MIN;
}

enum ward_err ward_corr_close(struct ward_detector *det, const struct ward_outlet *out)
{
	ward_ns horizon = horizon_of(det);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < det->n_group && !err;) {
		struct ward_group_state *g = det->group[i];
		const struct ward_corr *c = det->rs->rule[g->rule]->corr;

		while (!err && close_one(det, g, horizon, false, out, &err))
			;
		if (!err)
			forget_shown(g, c, horizon);
		if (!err && g->n == 0 && g->closed_until < horizon)
			remove_group(det, i);
		else
			i++;
	}
	return err;
}

/* ---- joining ---- */

/* The table is full: the oldest sixty-fourth goes, so that a flood of new groups costs one look at
 * the table in many. Each says its last word. */
static enum ward_err evict_groups(struct ward_detector *det, const struct ward_outlet *out)
{
	uint64_t oldest = UINT64_MAX, limit;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < det->n_group; i++)
		oldest = det->group[i]->order < oldest ? det->group[i]->order : oldest;
	limit = oldest + (det->group_order - oldest) / 64;
	for (size_t i = 0; i < det->n_group && !err;) {
		struct ward_group_state *g = det->group[i];

		if (g->order > limit) {
			i++;
			continue;
		}
		det->stats.n_evicted_event += g->n;
		while (close_one(det, g, INT64_MIN, true, out, &err))
			;
		if (!err) {
			remove_group(det, i);
			det->stats.n_evicted_group++;
		}
	}
	return err;
}

static enum ward_err copy_values(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_str *value, size_t n)
{
	size_t bytes = n * sizeof(*value), used = bytes;

	for (size_t i = 0; i < n; i++)
		if (!ward_add(bytes, value[i].len, &bytes))
			return WARD_ERR_LIMIT;
	g->value_bytes = bytes;
	if (n == 0)
		return WARD_OK;
	g->value = ward_mem_alloc(det->mem, bytes);
	if (!g->value)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		char *to = (char *)g->value + used;

		if (value[i].len)
			memcpy(to, value[i].p, value[i].len);
		g->value[i] = (struct ward_str){to, value[i].len};
		used += value[i].len;
	}
	return WARD_OK;
}

enum ward_err ward_corr_group_new(struct ward_detector *det, struct ward_id key, uint32_t rule,
	const struct ward_str *value, size_t n, struct ward_group_state **ret)
{
	struct ward_group_state *g = ward_mem_alloc(det->mem, sizeof(*g));
	void *at = NULL;
	enum ward_err err = WARD_ERR_NOMEM;

	if (!g)
		return err;
	g->key = key;
	g->rule = rule;
	g->closed_until = INT64_MIN;
	g->order = ++det->group_order;
	err = copy_values(det, g, value, n);
	if (!err)
		err = ward_mem_more(det->mem, &det->group, det->n_group, &det->cap_group, sizeof(g),
			ward_limit(det->lim, WARD_LIMIT_DETECT_GROUPS));
	if (!err)
		err = ward_tab_put(&det->groups, &key, &at, NULL);
	if (err) {
		group_free(det, g);
		return err;
	}
	uint32_t index = (uint32_t)det->n_group;

	memcpy(at, &index, sizeof(index));
	det->group[det->n_group++] = g;
	*ret = g;
	return WARD_OK;
}

static enum ward_err group_for(struct ward_detector *det, uint32_t rule,
	const struct ward_str *value, size_t n, const struct ward_outlet *out,
	struct ward_group_state **ret)
{
	struct ward_id key = ward_corr_key(det->rs->rule[rule], value, n);
	const uint32_t *at = ward_tab_find(&det->groups, &key);
	enum ward_err err = WARD_OK;

	if (at) {
		*ret = det->group[*at];
		return WARD_OK;
	}
	if (det->n_group >= ward_limit(det->lim, WARD_LIMIT_DETECT_GROUPS))
		err = evict_groups(det, out);
	return err ? err : ward_corr_group_new(det, key, rule, value, n, ret);
}

/* Does the newest entry only add to the newest window, by less than what makes a revision? No
 * window before it can have become another by that. */
static bool is_said(
	const struct ward_corr *c, const struct ward_group_state *g, const struct ward_entry *e)
{
	const struct ward_shown *s = NULL;
	size_t lo = 0, hi = g->n;
	int64_t d;

	for (size_t i = 0; i < g->n_shown; i++)
		if (!g->shown[i].withdrawn && (!s || g->shown[i].start > s->start))
			s = &g->shown[i];
	if (!s || !ward_id_eq(g->entry[g->n - 1].id, e->id) || s->start > e->time ||
		!ward_sub(e->time, s->start, &d) || d > c->timespan)
		return false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->entry[mid].time < s->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo < g->n && !ward_id_eq(g->entry[lo].id, s->first))
		lo++;
	return lo < g->n && g->n - lo < 2 * s->n;
}

static enum ward_err join(struct ward_detector *det, uint32_t rule, const struct ward_str *value,
	const struct ward_entry *e, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[rule]->corr;
	struct ward_group_state *g = NULL;
	enum ward_err err = group_for(det, rule, value, c->group.n, out, &g);
	bool is_new = false;

	if (!err && e->time <= g->closed_until) {
		det->stats.n_evicted_event++;
		return WARD_OK;
	}
	while (!err && g->n >= ward_limit(det->lim, WARD_LIMIT_DETECT_WINDOW)) {
		size_t before = g->n;

		(void)close_one(det, g, INT64_MIN, true, out, &err);
		det->stats.n_evicted_event += before - g->n;
	}
	if (!err && e->time <= g->closed_until) {
		det->stats.n_evicted_event++;
		return WARD_OK;
	}
	if (!err)
		err = ward_corr_put(det, g, e, &is_new);
	if (!err && is_new && open_ended(c) && !is_said(c, g, e))
		err = review(det, g, out);
	return err;
}

/* The values of one group-by field: the members of a list each make a group of their own. */
struct axis {
	struct ward_str value[COMBINATIONS_MAX];
	size_t n;
};

static void axis_of(struct ward_detector *det, const struct ward_value *v, struct axis *ret)
{
	size_t n = v && v->kind == WARD_VALUE_LIST ? v->n : v ? 1 : 0;
	const struct ward_value *item = v && v->kind == WARD_VALUE_LIST ? v->item : v;

	ret->n = 0;
	for (size_t i = 0; i < n && ret->n < COMBINATIONS_MAX; i++) {
		struct ward_str s = ward_match_scalar(det, &item[i]);

		if (s.p)
			ret->value[ret->n++] = s;
	}
}

static uint32_t group_field(const struct ward_corr *c, size_t group, uint32_t member)
{
	for (size_t i = 0; i < c->n_alias; i++)
		if (c->alias[i].group == group && c->alias[i].rule == member)
			return c->alias[i].field;
	return group < c->group.n ? c->group.slot[group] : c->counted.slot[group - c->group.n];
}

/* A value by its hash: the same in every run, since it is saved. */
static uint64_t value_of(const struct ward_str *value, size_t n)
{
	struct ward_idgen gen;
	uint64_t ret;

	ward_idgen_init(&gen, "detection.value");
	for (size_t i = 0; i < n; i++)
		ward_idgen_str(&gen, value[i]);
	struct ward_id id = ward_idgen_final(&gen);

	memcpy(&ret, id.b + sizeof(id.b) - sizeof(ret),
		sizeof(ret)); /* behind version and variant */
	return ret;
}

/* Counts up like an odometer; false after the last combination. */
static bool next_combination(const struct axis *axis, size_t *at, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		if (++at[i] < axis[i].n)
			return true;
		at[i] = 0;
	}
	return false;
}

enum ward_err ward_corr_add(struct ward_detector *det, uint32_t corr_rule, uint32_t member,
	const struct ward_rule *from, uint32_t map, const struct ward_outlet *out)
{
	const struct ward_rule *r = det->rs->rule[corr_rule];
	const struct ward_corr *c = r->corr;
	struct axis axis[AXES_MAX]; /* of the groups, then of the values that are counted */
	struct ward_str value[AXES_MAX];
	size_t at[AXES_MAX] = {0}, n_axis = c->group.n + c->counted.n;
	struct ward_about a = ward_engine_about(det, r, from, map);
	struct ward_entry e = {.time = det->time,
		.id = det->e->id,
		.rule = member,
		.asset = a.asset,
		.place = a.place,
		.subject_len = (uint16_t)a.subject.len,
		.actor_len = (uint16_t)a.actor.len};
	enum ward_err err = WARD_OK;

	if (det->time < horizon_of(det)) {
		det->stats.n_late++;
		return WARD_OK;
	}
	e.text = ward_arena_alloc(&det->arena, a.subject.len + a.actor.len);
	if (!e.text)
		return WARD_ERR_NOMEM;
	memcpy(e.text, a.subject.p, a.subject.len);
	memcpy(e.text + a.subject.len, a.actor.p, a.actor.len);
	for (size_t i = 0; i < n_axis; i++) {
		uint32_t field = 0;

		axis_of(det, ward_match_value(det, group_field(c, i, member), map, &field),
			&axis[i]);
		if (axis[i].n == 0) {
			det->stats.n_ungrouped++;
			return det->err;
		}
	}
	size_t n = 0;

	do {
		if (n++ == COMBINATIONS_MAX)
			break;
		for (size_t i = 0; i < n_axis; i++)
			value[i] = axis[i].value[at[i]];
		e.value = c->counted.n ? value_of(&value[c->group.n], c->counted.n) : 0;
		err = join(det, corr_rule, value, &e, out);
	} while (!err && next_combination(axis, at, n_axis));
	return err;
}
