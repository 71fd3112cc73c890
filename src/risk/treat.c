/* What would lower a device's risk, and to what. */
#include "risk/assess.h"

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

/* Is the remedy of the i-th the same step as that of x? */
static bool same_step(const struct assess *a, size_t i, const struct ward_advice *x)
{
	const struct ward_advice *y = advice_of(a, i);

	return y->remedy == x->remedy && ward_str_eq(y->fix, x->fix) &&
	       ward_str_eq(y->url, x->url) && ward_str_eq(y->source, x->source);
}

static bool open(const struct assess *a, size_t i)
{
	return a->found[i].status < WARD_ADVICE_FIXED;
}

/* What is left when that step ends, or at best quarters, what it is said to help against. */
static struct ward_interval left(const struct assess *a, const struct ward_advice *x, size_t *ret_n)
{
	struct ward_interval v = {0, 0};

	*ret_n = 0;
	for (size_t i = 0; i < a->n_found; i++) {
		struct ward_interval f = a->found[i].v;

		if (!open(a, i))
			continue;
		if (same_step(a, i, x)) {
			++*ret_n;
			if (x->remedy == WARD_REMEDY_FIX)
				continue;
			f.lo /= 4;
		}
		v.lo = f.lo > v.lo ? f.lo : v.lo;
		v.hi = ward_either(v.hi, f.hi);
	}
	v.hi = v.hi > RISK_UNTOLD ? v.hi : RISK_UNTOLD;
	return v;
}

static void remedies(struct assess *a)
{
	for (size_t i = 0; i < a->n_found; i++) {
		const struct ward_advice *x = advice_of(a, i);
		bool told = false;

		for (size_t k = 0; k < i; k++)
			told = told || (open(a, k) && same_step(a, k, x));
		if (told || !open(a, i) || x->remedy < WARD_REMEDY_WORKAROUND)
			continue;
		struct ward_treatment t = {.kind = x->remedy == WARD_REMEDY_FIX
							   ? WARD_TREAT_PATCH
							   : WARD_TREAT_WORKAROUND,
			.text = x->fix,
			.url = x->url,
			.source = x->source};

		t.after = ward_assess_with(a, WARD_FACTOR_VULNERABILITY, left(a, x, &t.n_cve));
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
