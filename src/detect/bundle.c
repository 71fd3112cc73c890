/* Correlations: a full group keeps counting. What no verdict needs apart becomes one entry, a
 * bundle: events of one window (or of one slice of time) as their number, their sum and their last
 * time; of equal values or members those that stand between two others within the timespan.
 *
 * The first entry of a window is never part of a bundle, nor what a lower correlation may take
 * back. So windows keep their names, and what they count stays exact but for what comes late. */
#include "detect/corr.h"
#include "detect/tail.h"

enum {
	IN = 1,    /* in a window */
	FIRST = 2, /* begins one */
	GONE = 4,  /* has gone into another */
	SLICES = 1024,
	CLASSES = 4,
};

struct job {
	struct ward_detector *det;
	struct ward_group_state *g;
	const struct ward_corr *c;
	uint8_t *mark;  /* by entry */
	uint32_t *part; /* by entry: how many windows begin up to it */
	uint32_t *slot; /* by key: index + 1 of an entry, or 0 */
	size_t n_slot;  /* a power of two */
	size_t n_gone;
};

/* ---- the windows as they are now ---- */

static bool next_window(const struct job *j, size_t from, struct ward_window *ret)
{
	if (!ward_corr_tumbles(j->c))
		return ward_window_next(j->c, j->g, from, WARD_NS_NEVER, ret);
	while (from < j->g->n && !ward_window_begins(j->c, &j->g->entry[from]))
		from++;
	if (from < j->g->n)
		*ret = ward_window_at(j->c, j->g->entry, j->g->n, from);
	return from < j->g->n;
}

static void mark_windows(struct job *j)
{
	struct ward_window w = {0, 0};

	for (size_t from = 0; next_window(j, from, &w); from = w.to) {
		j->mark[w.from] = FIRST;
		for (size_t i = w.from; i < w.to; i++)
			j->mark[i] |= IN;
	}
}

/* ---- one entry into another ---- */

static struct ward_str carried(const struct ward_entry *e)
{
	return (struct ward_str){
		e->text ? e->text + e->subject_len + e->actor_len : "", e->carry_len};
}

/* Can b go into a? */
static bool is_alike(const struct job *j, const struct ward_entry *a, const struct ward_entry *b)
{
	size_t wanted = ward_corr_n_wanted(j->c);

	return !a->n_id && !b->n_id && a->guest == b->guest &&
	       (a->rule < wanted) == (b->rule < wanted) && ward_str_eq(carried(a), carried(b));
}

static int64_t top_of(const struct ward_entry *e)
{
	return e->bundle ? e->bundle->top : (int64_t)e->value;
}

static long double sum_of(const struct ward_entry *e)
{
	return e->bundle ? e->bundle->sum : (long double)(int64_t)e->value;
}

/* b is not before a. What it knows of the world is newer. */
static void learn(struct ward_entry *a, struct ward_entry *b)
{
	struct ward_entry was = *a;

	a->asset = b->asset != WARD_NONE ? b->asset : a->asset;
	a->place = b->place != WARD_NONE ? b->place : a->place;
	if (b->subject_len < 1 || (a->actor_len && !b->actor_len))
		return;
	a->text = b->text;
	a->subject_len = b->subject_len;
	a->actor_len = b->actor_len;
	a->carry_len = b->carry_len;
	b->text = was.text;
	b->subject_len = was.subject_len;
	b->actor_len = was.actor_len;
	b->carry_len = was.carry_len;
}

/* span: b's time is a's now, too. */
static enum ward_err take_in(struct job *j, size_t at, size_t other, bool span)
{
	struct ward_entry *a = &j->g->entry[at], *b = &j->g->entry[other];

	if (!a->bundle) {
		struct ward_bundle one = {1, a->time, sum_of(a), top_of(a)};

		a->bundle = ward_mem_alloc(j->det->mem, sizeof(*a->bundle));
		if (!a->bundle)
			return WARD_ERR_NOMEM;
		*a->bundle = one;
	}
	struct ward_bundle *x = a->bundle;

	x->n += ward_entry_n(b);
	x->sum += sum_of(b);
	x->top = top_of(b) > x->top ? top_of(b) : x->top;
	if (span && ward_entry_until(b) > x->until)
		x->until = ward_entry_until(b);
	a->first = b->first < a->first ? b->first : a->first;
	if (j->c->type == WARD_CORR_PERCENTILE && (int64_t)b->value < (int64_t)a->value)
		a->value = b->value; /* only with numbers do values differ */
	learn(a, b);
	j->mark[other] |= GONE;
	j->n_gone++;
	return WARD_OK;
}

static void sweep(struct job *j)
{
	struct ward_group_state *g = j->g;
	size_t k = 0;

	for (size_t i = 0; i < g->n; i++) {
		if (j->mark[i] & GONE) {
			ward_entry_leave(j->det, g, &g->entry[i]);
			continue;
		}
		j->mark[k] = j->mark[i];
		g->entry[k++] = g->entry[i];
	}
	g->n = k;
}

/* ---- by time ---- */

/* Entries of one slice of time; free: also of those that are in no window. */
static enum ward_err by_time(struct job *j, ward_ns width, bool free)
{
	struct ward_group_state *g = j->g;
	size_t open[CLASSES];
	enum ward_err err = WARD_OK;

	memset(open, 0xff, sizeof(open));
	for (size_t i = 0; i < g->n && !err; i++) {
		struct ward_entry *e = &g->entry[i];
		bool in = j->mark[i] & IN;
		size_t *o = &open[(e->rule >= ward_corr_n_wanted(j->c)) + 2 * e->guest];

		if ((j->mark[i] & FIRST) || (i > 0 && in != (bool)(j->mark[i - 1] & IN)))
			memset(open, 0xff, sizeof(open));
		if ((j->mark[i] & FIRST) || (!in && !free))
			continue;
		if (*o != SIZE_MAX && g->entry[*o].time / width == e->time / width &&
			is_alike(j, &g->entry[*o], e))
			err = take_in(j, *o, i, true);
		else
			*o = i;
	}
	sweep(j);
	return err;
}

/* ---- by what they have in common ---- */

static size_t find(const struct job *j, uint64_t key, uint64_t with)
{
	uint64_t h = (key ^ j->det->scan.memo.seed) * 0x9e3779b97f4a7c15u;

	h = (h ^ h >> 29 ^ with) * 0xbf58476d1ce4e5b9u;
	return (size_t)(h ^ h >> 32) & (j->n_slot - 1);
}

static bool is_same(const struct job *j, const struct ward_entry *a, const struct ward_entry *b)
{
	return j->c->type == WARD_CORR_VALUE ? a->value == b->value
					     : a->rule == b->rule && a->guest == b->guest;
}

/* A new pass. rows: a part is also what is of one value or member in a row. */
static void begin(struct job *j, bool rows)
{
	const struct ward_entry *e = j->g->entry;
	uint32_t part = 0;

	memset(j->slot, 0, j->n_slot * sizeof(*j->slot));
	for (size_t i = 0; i < j->g->n; i++) {
		part += (j->mark[i] & FIRST) || (rows && i > 0 && !is_same(j, &e[i - 1], &e[i]));
		j->part[i] = part;
	}
}

/* The numbers of a window that are alike in all but their last `shift` bits; of values equal ones.
 */
static enum ward_err by_number(struct job *j, unsigned shift)
{
	struct ward_group_state *g = j->g;
	enum ward_err err = WARD_OK;

	begin(j, false);
	for (size_t i = 0; i < g->n && !err; i++) {
		struct ward_entry *e = &g->entry[i];
		size_t at = find(j, e->value >> shift, j->part[i]), o = SIZE_MAX;

		if ((j->mark[i] & FIRST) || !(j->mark[i] & IN))
			continue;
		for (; j->slot[at] && o == SIZE_MAX; at = (at + 1) & (j->n_slot - 1)) {
			size_t k = j->slot[at] - 1;

			if (g->entry[k].value >> shift == e->value >> shift &&
				j->part[k] == j->part[i] && is_alike(j, &g->entry[k], e))
				o = k;
		}
		if (o != SIZE_MAX)
			err = take_in(j, o, i, true);
		else
			j->slot[at] = (uint32_t)i + 1;
	}
	sweep(j);
	return err;
}

/* The last entry before i with the same value or member, which gives way to i in the table.
 * SIZE_MAX: none. */
static size_t before(struct job *j, size_t i)
{
	const struct ward_entry *e = &j->g->entry[i];
	size_t at = find(j, j->c->type == WARD_CORR_VALUE ? e->value : e->rule, 0), found;

	while (j->slot[at] && !is_same(j, &j->g->entry[j->slot[at] - 1], e))
		at = (at + 1) & (j->n_slot - 1);
	found = j->slot[at] ? j->slot[at] - 1 : SIZE_MAX;
	j->slot[at] = (uint32_t)i + 1;
	return found;
}

/* Of three with one value or member, of which the outer two are within `span`, the middle one goes:
 * wherever a window begins, one of them is in it. rows: only where nothing else is between them, so
 * that no order is lost. */
static enum ward_err middles(struct job *j, ward_ns span, bool rows)
{
	struct ward_group_state *g = j->g;
	size_t n = g->n;
	size_t *last = ward_mem_alloc(j->det->mem, n * sizeof(*last)); /* the one before */
	enum ward_err err = last ? WARD_OK : WARD_ERR_NOMEM;

	begin(j, rows);
	for (size_t i = 0; i < n && !err; i++) {
		size_t b = before(j, i), a = b == SIZE_MAX ? SIZE_MAX : last[b];
		ward_ns far;

		last[i] = b;
		/* The first two are of one window, or of none with none between them. */
		if (a == SIZE_MAX || (j->mark[b] & FIRST) || j->part[a] != j->part[b] ||
			(j->mark[a] & IN) != (j->mark[b] & IN) ||
			(rows && j->part[i] != j->part[b]) ||
			!is_alike(j, &g->entry[a], &g->entry[b]) ||
			!ward_sub(g->entry[i].time, g->entry[a].time, &far) || far > span)
			continue;
		err = take_in(j, a, b, false);
		last[i] = a;
	}
	ward_mem_free(j->det->mem, last, n * sizeof(*last));
	sweep(j);
	return err;
}

/* Which entries have one value, anew. */
static void tie(struct job *j)
{
	struct ward_entry *e = j->g->entry;

	memset(j->slot, 0, j->n_slot * sizeof(*j->slot));
	for (size_t i = 0; i < j->g->n; i++) {
		size_t b = before(j, i);

		e[i].before = b == SIZE_MAX ? INT64_MIN : e[b].time;
		e[i].after = WARD_NS_NEVER;
		if (b != SIZE_MAX)
			e[b].after = e[i].time;
	}
}

/* ---- all ---- */

static bool is_roomy(const struct job *j)
{
	size_t room = ward_corr_room(j->det, j->c);

	return j->g->n <= room - room / 4;
}

static enum ward_err bundle(struct job *j)
{
	const struct ward_corr *c = j->c;
	enum ward_err err = WARD_OK;

	switch (c->type) {
	case WARD_CORR_COUNT:
	case WARD_CORR_SUM:
	case WARD_CORR_AVG:
		for (unsigned free = 0; free < 2; free++)
			for (ward_ns n = SLICES; n > 0 && !err && !is_roomy(j) && !c->jitter;
				n /= 2)
				err = by_time(j, c->timespan / n, free);
		break;
	case WARD_CORR_PERCENTILE:
		err = by_number(j, 0);
		for (unsigned s = 4; s < 64 && c->percentile && !err && !is_roomy(j); s += 4)
			err = by_number(j, s);
		break;
	case WARD_CORR_VALUE:
		err = middles(j, c->timespan, false);
		tie(j);
		break;
	case WARD_CORR_TEMPORAL:
		err = middles(j, c->timespan, false);
		break;
	case WARD_CORR_ORDERED:
		err = middles(j, c->timespan, true);
		if (!err && !is_roomy(j)) /* now by a sixty-fourth of the timespan wrong at most */
			err = middles(j, c->timespan / 64, false);
		break;
	}
	return err;
}

enum ward_err ward_corr_bundle(struct ward_detector *det, struct ward_group_state *g)
{
	struct job j = {.det = det, .g = g, .c = det->rs->rule[g->rule]->corr, .n_slot = 64};
	size_t n = g->n;
	enum ward_err err = WARD_ERR_NOMEM;

	while (j.n_slot < 2 * n)
		j.n_slot *= 2;
	j.mark = ward_mem_alloc(det->mem, n);
	j.part = ward_mem_alloc(det->mem, n * sizeof(*j.part));
	j.slot = ward_mem_alloc(det->mem, j.n_slot * sizeof(*j.slot));
	if (j.mark && j.part && j.slot) {
		mark_windows(&j);
		err = bundle(&j);
	}
	ward_mem_free(det->mem, j.mark, n);
	ward_mem_free(det->mem, j.part, n * sizeof(*j.part));
	ward_mem_free(det->mem, j.slot, j.n_slot * sizeof(*j.slot));
	if (j.n_gone) {
		g->bundled = true;
		ward_tail_forget(det, g);
	}
	return err;
}
