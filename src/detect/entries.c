/* Correlations: the entries of a group. */
#include "detect/tail.h"

enum { SLICES = 16 };

static void entry_fini(struct ward_detector *det, struct ward_entry *e)
{
	ward_mem_free(det->mem, e->text, (size_t)e->subject_len + e->actor_len + e->carry_len);
	ward_mem_free(det->mem, e->ids, e->n_id * sizeof(*e->ids));
}

void ward_corr_drop(struct ward_detector *det, struct ward_group_state *g, size_t n)
{
	ward_tail_drop(det, g, n);
	for (size_t i = 0; i < n; i++)
		entry_fini(det, &g->entry[i]);
	if (g->n > n)
		memmove(g->entry, g->entry + n, (g->n - n) * sizeof(*g->entry));
	g->n -= n;
}

static bool counts_events(const struct ward_corr *c)
{
	return c->type == WARD_CORR_COUNT || c->type >= WARD_CORR_SUM;
}

/* The same event again: delivered twice, or by another member where only events count. */
static bool is_known(
	const struct ward_corr *c, const struct ward_group_state *g, const struct ward_entry *e)
{
	for (size_t i = g->n; i-- > 0 && g->entry[i].time >= e->time;)
		if (ward_id_eq(g->entry[i].id, e->id) && g->entry[i].value == e->value &&
			(counts_events(c) || g->entry[i].rule == e->rule))
			return true;
	return false;
}

/* The entry has another's place: windows with it say so in the end. */
static void outdate(struct ward_group_state *g, const struct ward_corr *c, ward_ns time)
{
	int64_t d;

	for (size_t i = 0; i < g->n_shown; i++) {
		struct ward_shown *s = &g->shown[i];

		if (s->start <= time && ward_sub(time, s->start, &d) && d <= c->timespan)
			s->stale = true;
	}
}

/* Of a value the first entry of each sixteenth of the timespan is kept, whatever the order in which
 * they come, so that what is said again and again takes no room. Is it e that goes, or another? */
static bool is_repeat(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_corr *c, const struct ward_entry *e, bool *ret_instead)
{
	ward_ns width = c->timespan / SLICES, slice = e->time / width;
	const struct ward_value_last *last =
		g->values.n_slot ? ward_values_find(&g->values, e->value) : NULL;

	if (g->values.n_slot && (!last || last->time / width < slice))
		return false;
	for (size_t i = g->n; i-- > 0 && g->entry[i].time / width >= slice;) {
		struct ward_entry *k = &g->entry[i];

		if (k->value != e->value || k->time / width != slice || k->n_id)
			continue;
		if (ward_entry_cmp(k, e) <= 0)
			return true;
		outdate(g, c, k->time);
		ward_tail_forget(det, g);
		entry_fini(det, k);
		memmove(k, k + 1, (g->n - i - 1) * sizeof(*k));
		g->n--;
		*ret_instead = true;
		return false;
	}
	return false;
}

/* Behind the last entry before `at` that has the value; 0: none has it. */
static size_t behind_value(const struct ward_group_state *g, size_t at, uint64_t value)
{
	size_t i = at;

	if (g->values.n_slot && at == g->n - 1) {
		const struct ward_value_last *v = ward_values_find(&g->values, value);

		return v ? ward_tail_find(g, v) + 1 : 0;
	}
	while (i > 0 && g->entry[i - 1].value != value)
		i--;
	return i;
}

/* Ties the entry to those of the same value on both sides. */
static void tie(struct ward_group_state *g, size_t at)
{
	struct ward_entry *e = &g->entry[at];
	size_t i = behind_value(g, at, e->value), k = at + 1;

	while (k < g->n && g->entry[k].value != e->value)
		k++;
	e->before = i > 0 ? g->entry[i - 1].time : INT64_MIN;
	e->after = k < g->n ? g->entry[k].time : WARD_NS_NEVER;
	if (i > 0)
		g->entry[i - 1].after = e->time;
	if (k < g->n)
		g->entry[k].before = e->time;
}

/* Text and ids of its own: the caller's are in memory that goes. */
static enum ward_err copy_out(struct ward_detector *det, struct ward_entry *e)
{
	size_t len = (size_t)e->subject_len + e->actor_len + e->carry_len;
	char *text = len ? ward_mem_alloc(det->mem, len) : NULL;
	struct ward_id *ids = e->n_id ? ward_mem_alloc(det->mem, e->n_id * sizeof(*ids)) : NULL;

	if ((len && !text) || (e->n_id && !ids)) {
		ward_mem_free(det->mem, text, len);
		ward_mem_free(det->mem, ids, e->n_id * sizeof(*ids));
		return WARD_ERR_NOMEM;
	}
	if (len)
		memcpy(text, e->text, len);
	if (ids)
		memcpy(ids, e->ids, e->n_id * sizeof(*ids));
	e->text = text;
	e->ids = ids;
	return WARD_OK;
}

enum ward_err ward_corr_put(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_entry *e, enum ward_put *ret)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	size_t at;
	struct ward_entry copy = *e;
	bool instead = false;

	*ret = WARD_PUT_NOT;
	if (c->type == WARD_CORR_VALUE && !e->n_id ? is_repeat(det, g, c, e, &instead)
						   : is_known(c, g, e))
		return WARD_OK;
	enum ward_err err = ward_mem_more(det->mem, &g->entry, g->n, &g->cap, sizeof(copy),
		ward_limit(det->lim, WARD_LIMIT_DETECT_WINDOW));

	if (!err)
		err = ward_tail_room(det, g);
	if (!err)
		err = copy_out(det, &copy);
	if (err)
		return err;
	at = g->n;
	while (at > 0 && ward_entry_cmp(&copy, &g->entry[at - 1]) < 0)
		at--;
	memmove(&g->entry[at + 1], &g->entry[at], (g->n - at) * sizeof(copy));
	g->entry[at] = copy;
	g->n++;
	g->negative |= c->type == WARD_CORR_SUM && (int64_t)copy.value < 0;
	if (c->type == WARD_CORR_VALUE)
		tie(g, at);
	ward_tail_add(det, g, at);
	*ret = instead ? WARD_PUT_INSTEAD : WARD_PUT_MORE;
	return WARD_OK;
}

/* Ties the two neighbours of the same value to each other. */
static void untie(struct ward_group_state *g, size_t at)
{
	const struct ward_entry *e = &g->entry[at];

	for (size_t i = at; i-- > 0;)
		if (g->entry[i].value == e->value) {
			g->entry[i].after = e->after;
			break;
		}
	for (size_t i = at + 1; i < g->n; i++)
		if (g->entry[i].value == e->value) {
			g->entry[i].before = e->before;
			break;
		}
}

bool ward_corr_take(
	struct ward_detector *det, struct ward_group_state *g, struct ward_id id, ward_ns time)
{
	size_t lo = 0, hi = g->n;
	bool found = false;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->entry[mid].time < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* With several values it is there several times. */
	while (lo < g->n && g->entry[lo].time == time) {
		if (!ward_id_eq(g->entry[lo].id, id)) {
			lo++;
			continue;
		}
		untie(g, lo);
		outdate(g, det->rs->rule[g->rule]->corr, time);
		entry_fini(det, &g->entry[lo]);
		memmove(&g->entry[lo], &g->entry[lo + 1], (g->n - lo - 1) * sizeof(*g->entry));
		g->n--;
		found = true;
	}
	if (found)
		ward_tail_forget(det, g);
	return found;
}
