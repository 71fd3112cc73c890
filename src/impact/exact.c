#include "impact/exact.h"

#include "impact/engine.h"
#include "logic/dd.h"

#include <math.h>

/* Beyond that it is not going to fit, and takes long to say so. */
#define STEPS_PER_NODE ((uint64_t)8)

/* A Boolean function of the events: a diagram's node, or one bit for each of 64 worlds. The
 * fixpoints below are the same for both. */
typedef uint64_t value;

struct algebra {
	const struct exact_cone *c;
	struct ward_dd *dd; /* NULL: worlds */
	bool upper;         /* worlds: by the upper chances */
	uint64_t seed, world;
	value never, always;
	enum ward_err err;          /* the first; then nothing is done any more */
	value *open, *seen, *event; /* [n_state], [n_state], [n_way]: the events */
	value *now;                 /* [n_state] what has fallen */
	value *touched, *held;      /* [n_state] of supply loops: see settle */
	value *row;                 /* [most slots + 2] scratch */
};

void exact_cone_fini(struct exact_cone *c)
{
	ward_mem_free(c->mem, c->state, c->cap_state * sizeof(*c->state));
	ward_mem_free(c->mem, c->way, c->cap_way * sizeof(*c->way));
	ward_mem_free(c->mem, c->slot, c->cap_slot * sizeof(*c->slot));
	ward_mem_free(c->mem, c->source, c->cap_source * sizeof(*c->source));
	*c = (struct exact_cone){.mem = c->mem};
}

static value apply(struct algebra *a, enum ward_dd_op op, value x, value y)
{
	uint32_t r = 0;

	if (!a->dd)
		return op == WARD_DD_AND ? (x & y) : (x | y);
	if (!a->err)
		a->err = ward_dd_apply(a->dd, op, (uint32_t)x, (uint32_t)y, &r);
	return a->err ? a->never : r;
}

static value both(struct algebra *a, value x, value y)
{
	return apply(a, WARD_DD_AND, x, y);
}

static value either(struct algebra *a, value x, value y)
{
	return apply(a, WARD_DD_OR, x, y);
}

static value slot_fallen(struct algebra *a, const struct exact_slot *s, const value *v)
{
	value any = a->never;

	for (uint32_t i = s->source; i < s->source + s->n_source; i++)
		any = either(a, any, v[a->c->source[i]]);
	return any;
}

/* At least r slots have fallen: row[j] says j of those seen so far. */
static value enough(struct algebra *a, const struct exact_way *w, const value *v)
{
	a->row[0] = a->always;
	for (uint32_t j = 1; j <= w->r; j++)
		a->row[j] = a->never;
	for (uint32_t i = 0; i < w->n_slot; i++) {
		value fallen = slot_fallen(a, &a->c->slot[w->slot + i], v);

		for (uint32_t j = w->r < i + 1 ? w->r : i + 1; j > 0; j--)
			a->row[j] = either(a, a->row[j], both(a, fallen, a->row[j - 1]));
	}
	return a->row[w->r];
}

static bool on_itself(const struct exact_cone *c, uint32_t s, const struct exact_way *w)
{
	return c->state[c->source[c->slot[w->slot].source]].asset == c->state[s].asset;
}

enum ways { WAYS_ALL, WAYS_SUPPLY, WAYS_SELF };

/* What state s gets by those ways when v has fallen. */
static value reached(struct algebra *a, uint32_t s, enum ways which, const value *v)
{
	const struct exact_state *st = &a->c->state[s];
	value any = a->never;

	for (uint32_t i = st->way; i < st->way + st->n_way; i++) {
		const struct exact_way *w = &a->c->way[i];

		if ((which == WAYS_SUPPLY && !w->supply) ||
			(which == WAYS_SELF && (w->supply || !on_itself(a->c, s, w))))
			continue;
		any = either(a, any, both(a, a->event[i], enough(a, w, v)));
	}
	return both(a, a->open[s], any);
}

static bool grow(struct algebra *a, value *v, uint32_t s, value by)
{
	value with = either(a, v[s], by), was = v[s];

	v[s] = with;
	return with != was;
}

/* The least fixpoint above `now`: sources mostly have higher numbers. */
static void spread(struct algebra *a)
{
	bool changed = true;

	while (changed && !a->err) {
		changed = false;
		for (uint32_t s = (uint32_t)a->c->n_state; s-- > 0;)
			changed |= grow(a, a->now, s,
				either(a, a->seen[s], reached(a, s, WAYS_ALL, a->now)));
	}
}

/* Worlds in which something of the loop that s is on lost a support. */
static value comes_near(struct algebra *a, uint32_t s)
{
	const struct exact_cone *c = a->c;
	const struct exact_state *st = &c->state[s];
	value any = a->never;

	for (uint32_t i = st->way; i < st->way + st->n_way; i++) {
		const struct exact_way *w = &c->way[i];

		if (!w->supply && !on_itself(c, s, w))
			continue;
		for (uint32_t k = 0; k < w->n_slot; k++) {
			const struct exact_slot *slot = &c->slot[w->slot + k];

			if (w->supply)
				any = either(a, any, slot_fallen(a, slot, a->now));
			for (uint32_t j = slot->source; j < slot->source + slot->n_source; j++)
				if (c->state[c->source[j]].ring == st->ring)
					any = either(a, any, a->touched[c->source[j]]);
		}
	}
	return any;
}

static void touch(struct algebra *a)
{
	const struct exact_cone *c = a->c;
	bool changed = true;

	for (uint32_t s = 0; s < c->n_state; s++)
		a->touched[s] = a->now[s];
	while (changed && !a->err) {
		changed = false;
		for (uint32_t s = (uint32_t)c->n_state; s-- > 0;)
			if (c->state[s].ring != WARD_NONE)
				changed |= grow(a, a->touched, s, comes_near(a, s));
	}
}

/* What is then without any live source: assume that all that is touched on loops has fallen, keep
 * what follows from that by supply, or on the same asset from what is kept, until nothing changes:
 * the greatest fixpoint. Was anything new? */
static bool settle(struct algebra *a)
{
	const struct exact_cone *c = a->c;
	bool changed = true, again, news = false;

	touch(a);
	while (changed && !a->err) {
		changed = false;
		for (uint32_t s = 0; s < c->n_state; s++)
			a->held[s] = c->state[s].ring == WARD_NONE
					     ? a->now[s]
					     : either(a, a->now[s],
						       reached(a, s, WAYS_SUPPLY, a->touched));
		do {
			again = false;
			for (uint32_t s = (uint32_t)c->n_state; s-- > 0;)
				if (c->state[s].ring != WARD_NONE)
					again |= grow(
						a, a->held, s, reached(a, s, WAYS_SELF, a->held));
		} while (again && !a->err);
		for (uint32_t s = 0; s < c->n_state; s++) {
			value kept = both(a, a->touched[s], a->held[s]);

			changed |= kept != a->touched[s];
			a->touched[s] = kept;
		}
	}
	for (uint32_t s = 0; s < c->n_state; s++)
		news |= grow(a, a->now, s, a->touched[s]);
	return news;
}

static void solve(struct algebra *a)
{
	bool loops = false;

	for (uint32_t s = 0; s < a->c->n_state; s++) {
		a->now[s] = a->never;
		loops |= a->c->state[s].ring != WARD_NONE;
	}
	do
		spread(a);
	while (loops && !a->err && settle(a));
}

/* Calls fn with each event in the order of the cone: a state's own, then those of its ways. */
static void each_event(struct algebra *a,
	value (*fn)(struct algebra *a, const struct exact_chance *p, void *ctx), void *ctx)
{
	const struct exact_cone *c = a->c;

	for (uint32_t s = 0; s < c->n_state; s++) {
		const struct exact_state *st = &c->state[s];

		a->seen[s] = fn(a, &st->seed, ctx);
		a->open[s] = fn(a, &st->open, ctx);
		for (uint32_t i = st->way; i < st->way + st->n_way; i++)
			a->event[i] = fn(a, &c->way[i].chance, ctx);
	}
}

static enum ward_err algebra_init(struct algebra *a, const struct exact_cone *c)
{
	size_t widest = 0, n = c->n_state;

	for (size_t i = 0; i < c->n_way; i++)
		widest = c->way[i].r > widest ? c->way[i].r : widest;
	*a = (struct algebra){.c = c};
	a->open = ward_mem_alloc(c->mem, n * sizeof(value));
	a->seen = ward_mem_alloc(c->mem, n * sizeof(value));
	a->now = ward_mem_alloc(c->mem, n * sizeof(value));
	a->touched = ward_mem_alloc(c->mem, n * sizeof(value));
	a->held = ward_mem_alloc(c->mem, n * sizeof(value));
	a->event = ward_mem_alloc(c->mem, (c->n_way + 1) * sizeof(value));
	a->row = ward_mem_alloc(c->mem, (widest + 2) * sizeof(value));
	return a->open && a->seen && a->now && a->touched && a->held && a->event && a->row
		       ? WARD_OK
		       : WARD_ERR_NOMEM;
}

static void algebra_fini(struct algebra *a)
{
	const struct exact_cone *c = a->c;
	size_t widest = 0, n = c->n_state;

	for (size_t i = 0; i < c->n_way; i++)
		widest = c->way[i].r > widest ? c->way[i].r : widest;
	ward_mem_free(c->mem, a->open, n * sizeof(value));
	ward_mem_free(c->mem, a->seen, n * sizeof(value));
	ward_mem_free(c->mem, a->now, n * sizeof(value));
	ward_mem_free(c->mem, a->touched, n * sizeof(value));
	ward_mem_free(c->mem, a->held, n * sizeof(value));
	ward_mem_free(c->mem, a->event, (c->n_way + 1) * sizeof(value));
	ward_mem_free(c->mem, a->row, (widest + 2) * sizeof(value));
	ward_dd_free(a->dd);
}

/* Chances of the variables, by level; levels of events that are common, by their keys. */
struct levels {
	double *lo, *hi;
	uint32_t n;
	struct common {
		uint64_t key;
		uint32_t level1; /* 0: free */
	} * common;
	size_t cap; /* a power of two, or 0; more than there are */
};

static enum ward_err levels_init(struct levels *l, const struct exact_cone *c)
{
	size_t n = 2 * c->n_state + c->n_way + 1, n_common = 0;

	for (size_t i = 0; i < c->n_way; i++)
		n_common += c->way[i].chance.common;
	*l = (struct levels){.cap = n_common ? 1 : 0};
	while (l->cap && l->cap <= 2 * n_common)
		l->cap *= 2;
	l->lo = ward_mem_alloc(c->mem, n * sizeof(*l->lo));
	l->hi = ward_mem_alloc(c->mem, n * sizeof(*l->hi));
	l->common = ward_mem_alloc(c->mem, l->cap * sizeof(*l->common));
	if (!l->lo || !l->hi || (l->cap && !l->common))
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < l->cap; i++)
		l->common[i].level1 = 0;
	return WARD_OK;
}

static void levels_fini(struct levels *l, const struct exact_cone *c)
{
	size_t n = 2 * c->n_state + c->n_way + 1;

	ward_mem_free(c->mem, l->lo, n * sizeof(*l->lo));
	ward_mem_free(c->mem, l->hi, n * sizeof(*l->hi));
	ward_mem_free(c->mem, l->common, l->cap * sizeof(*l->common));
}

/* The level of that event: a new one, but where it is common and has one. */
static uint32_t level_of(struct levels *l, const struct exact_chance *p)
{
	struct common *at = NULL;

	if (p->common) {
		size_t i = p->key & (l->cap - 1);

		while (l->common[i].level1 && l->common[i].key != p->key)
			i = (i + 1) & (l->cap - 1);
		at = &l->common[i];
		if (at->level1)
			return at->level1 - 1;
		*at = (struct common){p->key, l->n + 1};
	}
	l->lo[l->n] = (double)p->lo / (double)PICO;
	l->hi[l->n] = (double)p->hi / (double)PICO;
	return l->n++;
}

static value variable(struct algebra *a, const struct exact_chance *p, void *ctx)
{
	struct levels *l = ctx;
	uint32_t f = WARD_DD_FALSE;

	if (p->lo == PICO || p->hi == 0)
		return p->hi ? a->always : a->never;
	uint32_t level = level_of(l, p);

	if (!a->err)
		a->err = ward_dd_var(a->dd, level, &f);
	return f;
}

/* Beyond what doubles are good for, a whole millionth is meant. */
#define SLACK 1e-5

static int64_t down(double p)
{
	double micro = p * 1e6, whole = nearbyint(micro);

	return (int64_t)(fabs(micro - whole) < SLACK ? whole : floor(micro));
}

static int64_t up(double p)
{
	double micro = p * 1e6, whole = nearbyint(micro);

	return (int64_t)(fabs(micro - whole) < SLACK ? whole : ceil(micro));
}

static enum ward_err evaluate(
	struct algebra *a, const struct levels *l, int64_t *lo_micro, int64_t *hi_micro)
{
	size_t n = ward_dd_n(a->dd);
	double *scratch = ward_mem_alloc(a->c->mem, n * sizeof(*scratch)), lo, hi;
	enum ward_err err = scratch ? WARD_OK : WARD_ERR_NOMEM;

	if (!err)
		err = ward_dd_probability(a->dd, (uint32_t)a->now[0], l->lo, scratch, &lo);
	if (!err)
		err = ward_dd_probability(a->dd, (uint32_t)a->now[0], l->hi, scratch, &hi);
	if (!err) {
		*lo_micro = down(lo);
		*hi_micro = up(hi);
	}
	ward_mem_free(a->c->mem, scratch, n * sizeof(*scratch));
	return err;
}

enum ward_err exact_solve(
	const struct exact_cone *c, size_t node_max, int64_t *lo_micro, int64_t *hi_micro)
{
	struct algebra a;
	struct levels l;
	enum ward_err err = algebra_init(&a, c), laid = levels_init(&l, c);

	if (!err)
		err = laid ? laid : ward_dd_new(c->mem, node_max, &a.dd);
	if (!err) {
		ward_dd_budget(a.dd, STEPS_PER_NODE * node_max);
		a.never = WARD_DD_FALSE;
		a.always = WARD_DD_TRUE;
		each_event(&a, variable, &l);
		solve(&a);
		err = a.err;
	}
	if (!err)
		err = evaluate(&a, &l, lo_micro, hi_micro);
	algebra_fini(&a);
	levels_fini(&l, c);
	return err;
}

/* splitmix64's finish (Steele, Lea, Flood 2014), as a function of counters: no state. */
static uint64_t draw(uint64_t seed, uint64_t key, uint64_t world)
{
	uint64_t z = seed ^ key * 0x9e3779b97f4a7c15u ^ (world + 1) * 0xd1342543de82ef95u;

	for (int turn = 0; turn < 2; turn++) {
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		z ^= z >> 31;
	}
	return z;
}

/* In which of 64 worlds a number from 0 to 1, drawn for each, is below the chance: all are drawn
 * bit by bit, the highest first, until each is seen to be below or above; some eight words on
 * average. */
static value in_worlds(struct algebra *a, const struct exact_chance *p, void *ctx)
{
	uint64_t chance = a->upper ? p->hi : p->lo;
	value open = UINT64_MAX, v = 0;

	(void)ctx;
	if (chance == 0 || chance >= PICO)
		return chance ? a->always : a->never;
	uint64_t below = (uint64_t)(((ward_u128)chance << 64) / PICO);

	for (unsigned i = 0; i < 64 && open && below << i; i++) {
		uint64_t bits = draw(a->seed, p->key, a->world + i);

		if (below << i >> 63) {
			v |= open & ~bits;
			open &= bits;
		} else {
			open &= ~bits;
		}
	}
	return v;
}

/* n_hit[n] += worlds in which each of the first n states fell. */
static void count_hits(struct algebra *a, uint32_t worlds, bool upper, size_t n, uint64_t *n_hit)
{
	a->upper = upper;
	for (a->world = 0; a->world < worlds; a->world += 64) {
		each_event(a, in_worlds, NULL);
		solve(a);
		for (size_t i = 0; i < n; i++)
			n_hit[i] += (uint64_t)__builtin_popcountll(a->now[i]);
	}
}

/* The end of Wilson's interval; side -1 or 1. */
static double wilson(double hit, double n, double side)
{
	const double z = 1.96;
	double p = hit / n, mid = p + z * z / (2 * n);
	double off = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));

	return fmin(1, fmax(0, (mid + side * off) / (1 + z * z / n)));
}

enum ward_err exact_sample(const struct exact_cone *c, uint32_t worlds, uint64_t seed, size_t n,
	int64_t *lo_micro, int64_t *hi_micro)
{
	struct algebra a;
	uint64_t *hit = ward_mem_alloc(c->mem, 2 * n * sizeof(*hit));
	enum ward_err err = algebra_init(&a, c);
	double all = (double)(((uint64_t)worlds + 63) & ~(uint64_t)63);

	WARD_ASSERT(n > 0 && n <= c->n_state && worlds > 0);
	if (!err && !hit)
		err = WARD_ERR_NOMEM;
	if (!err) {
		a.always = UINT64_MAX;
		a.seed = seed;
		count_hits(&a, worlds, false, n, hit);
		count_hits(&a, worlds, true, n, hit + n);
	}
	for (size_t i = 0; !err && i < n; i++) {
		lo_micro[i] = down(wilson((double)hit[i], all, -1));
		hi_micro[i] = up(wilson((double)hit[n + i], all, 1));
	}
	algebra_fini(&a);
	ward_mem_free(c->mem, hit, 2 * n * sizeof(*hit));
	return err;
}
