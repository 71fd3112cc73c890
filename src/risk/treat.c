/* What would lower a device's risk, and to what. */
#include "risk/assess.h"

#include <stdlib.h>

#define MILLION ((int64_t)1000000)

static void put(struct assess *a, const struct ward_treatment *t)
{
	struct ward_risks *r = a->r;

	if (a->err)
		return;
	a->err = ward_mem_more(r->mem, &r->treatment, r->n_treatment, &r->cap_treatment,
		sizeof(*r->treatment), WARD_RISK_ITEMS);
	if (!a->err)
		r->treatment[r->n_treatment++] = *t;
}

static const struct ward_advice *advice_of(const struct assess *a, size_t i)
{
	return &a->w->advices->advice[a->found[i].advice];
}

/* Which the same step helps against stand side by side. */
static int remedy_cmp(const struct ward_advice *x, const struct ward_advice *y)
{
	if (x->remedy != y->remedy)
		return x->remedy < y->remedy ? -1 : 1;
	int c = ward_str_cmp(x->source, y->source);

	if (!c)
		c = ward_str_cmp(x->fix, y->fix);
	return c ? c : ward_str_cmp(x->url, y->url);
}

static int step_cmp(const void *va, const void *vb, void *ctx)
{
	const struct step *a = va, *b = vb;
	int c = remedy_cmp(advice_of(ctx, a->found), advice_of(ctx, b->found));

	return c ? c : (a->found > b->found) - (a->found < b->found);
}

static struct ward_interval both(struct ward_interval a, struct ward_interval b)
{
	return (struct ward_interval){a.lo > b.lo ? a.lo : b.lo, ward_either(a.hi, b.hi)};
}

/* What is still open, by step, with what those before and those from here on make together. */
static size_t order_steps(struct assess *a)
{
	struct ward_interval v = {0, 0};
	size_t n = 0;

	for (size_t i = 0; i < a->n_found && !a->err; i++) {
		if (a->found[i].status >= WARD_ADVICE_FIXED)
			continue;
		a->err = ward_mem_more(
			a->r->mem, &a->step, n, &a->cap_step, sizeof(*a->step), WARD_RISK_ITEMS);
		if (!a->err)
			a->step[n++] = (struct step){.found = (uint32_t)i};
	}
	if (a->err)
		return 0;
	if (n > 1)
		qsort_r(a->step, n, sizeof(*a->step), step_cmp, a);
	for (size_t i = 0; i < n; i++) {
		a->step[i].before = v;
		v = both(v, a->found[a->step[i].found].v);
	}
	v = (struct ward_interval){0, 0};
	for (size_t i = n; i--;) {
		v = both(a->found[a->step[i].found].v, v);
		a->step[i].on = v;
	}
	return n;
}

/* What is left when the step of [from, to) ends, or at best quarters, what it helps against. */
static struct ward_interval left(
	const struct assess *a, size_t from, size_t to, size_t n, bool ends)
{
	struct ward_interval v = a->step[from].before;

	for (size_t i = from; i < to && !ends; i++) {
		struct ward_interval f = a->found[a->step[i].found].v;

		f.lo /= 4;
		v = both(v, f);
	}
	if (to < n)
		v = both(v, a->step[to].on);
	v.hi = v.hi > RISK_UNTOLD ? v.hi : RISK_UNTOLD;
	return v;
}

static void remedies(struct assess *a)
{
	size_t n = order_steps(a);

	for (size_t from = 0, to; from < n; from = to) {
		const struct ward_advice *x = advice_of(a, a->step[from].found);
		bool ends = x->remedy == WARD_REMEDY_FIX;

		for (to = from + 1; to < n; to++)
			if (remedy_cmp(x, advice_of(a, a->step[to].found)))
				break;
		if (x->remedy < WARD_REMEDY_WORKAROUND)
			continue;
		struct ward_treatment t = {.kind = ends ? WARD_TREAT_PATCH : WARD_TREAT_WORKAROUND,
			.text = x->fix,
			.url = x->url,
			.source = x->source,
			.n_cve = to - from};

		t.after =
			ward_assess_with(a, WARD_FACTOR_VULNERABILITY, left(a, from, to, n, ends));
		put(a, &t);
	}
}

void ward_assess_treatments(struct assess *a, struct ward_interval now)
{
	const struct ward_interval *f = a->factor;
	bool unknown = false;

	remedies(a);
	if (a->reached && (a->alone.lo < f[WARD_FACTOR_EXPOSURE].lo ||
				  a->alone.hi < f[WARD_FACTOR_EXPOSURE].hi))
		put(a, &(struct ward_treatment){.kind = WARD_TREAT_SEGMENT,
			       .after = ward_assess_with(a, WARD_FACTOR_EXPOSURE, a->alone)});
	put(a, &(struct ward_treatment){.kind = WARD_TREAT_PROTECT,
		       .after = ward_assess_with(a, WARD_FACTOR_PROTECTION,
			       ward_interval_times(f[WARD_FACTOR_PROTECTION],
				       (struct ward_interval){MILLION / 2, MILLION / 2}))});
	for (unsigned i = 0; i < WARD_FACTOR_N; i++)
		unknown = unknown || f[i].hi - f[i].lo > MILLION / 4;
	if (unknown)
		put(a, &(struct ward_treatment){.kind = WARD_TREAT_FACTS, .after = now});
}
