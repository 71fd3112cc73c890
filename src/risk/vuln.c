/* What is known to be weak in a device. A statement counts when it speaks of the device. Of one
 * vulnerability the latest statement that surely speaks of it decides; of equal dates the one that
 * matches it best; of equal matches the one that says worst. A status that clears a device surely
 * speaks of it only if it names it by all its words or by an id: "M8 Pro" does not clear an "M8".
 */
#include "risk/assess.h"

#include <stdlib.h>

#define MILLION ((int64_t)1000000)

/* Within a year, if within a month e: 1 - (1 - e)^12. */
static int64_t year(int64_t month)
{
	int64_t spared = MILLION;

	for (unsigned i = 0; i < 12; i++)
		spared = spared * (MILLION - month) / MILLION;
	return MILLION - spared;
}

/* That someone who comes to the device gets in by it: as paths/facts.h has it; where neither KEV
 * nor EPSS knows it, CVSS says how far up the upper end is. */
static struct ward_interval likely(const struct ward_cve *c, const struct ward_advice *x)
{
	struct ward_interval v = {20000, 300000};

	if (x->cvss_micro >= 0)
		v.hi = 20000 + x->cvss_micro * 28 / 1000;
	if (c->epss_micro >= 0) {
		v.lo = c->epss_micro;
		v.hi = year(c->epss_micro);
	}
	if (c->kev) {
		int64_t least = c->ransom ? 700000 : 600000;

		v.lo = v.lo > least ? v.lo : least;
		v.hi = v.hi > 950000 ? v.hi : 950000;
	}
	/* It asks for a login or for hands on the device. */
	if (x->vector == 'L' || x->vector == 'P') {
		v.lo /= 2;
		v.hi /= 2;
	}
	return v;
}

static void take(struct assess *a, struct found f)
{
	if (a->err)
		return;
	a->err = ward_mem_more(a->r->mem, &a->found, a->n_found, &a->cap_found, sizeof(*a->found),
		WARD_RISK_ITEMS);
	if (!a->err)
		a->found[a->n_found++] = f;
}

/* In an order that no order of files changes. */
static int statement_cmp(const struct ward_advice *a, const struct ward_advice *b)
{
	int c = ward_str_cmp(a->source, b->source);

	if (!c)
		c = ward_str_cmp(a->file, b->file);
	return c ? c : (a->line > b->line) - (a->line < b->line);
}

/* By vulnerability; the one that decides first. */
static int found_cmp(const void *va, const void *vb, void *ctx)
{
	const struct found *a = va, *b = vb;
	const struct ward_advices *all = ctx;

	if (a->cve != b->cve)
		return ward_str_cmp(
			ward_intern_at(&all->cves, a->cve), ward_intern_at(&all->cves, b->cve));
	if ((a->fit == WARD_FIT_YES) != (b->fit == WARD_FIT_YES))
		return a->fit == WARD_FIT_YES ? -1 : 1;
	ward_ns ta = all->advice[a->advice].as_of, tb = all->advice[b->advice].as_of;

	if (ta != tb)
		return ta > tb ? -1 : 1;
	if (a->by != b->by)
		return a->by > b->by ? -1 : 1;
	if (a->status != b->status)
		return a->status < b->status ? -1 : 1;
	if (a->v.hi != b->v.hi)
		return a->v.hi > b->v.hi ? -1 : 1;
	if (a->v.lo != b->v.lo)
		return a->v.lo > b->v.lo ? -1 : 1;
	return statement_cmp(&all->advice[a->advice], &all->advice[b->advice]);
}

/* Would every product fit both alike? */
static bool alike(const struct assess *a, uint32_t x, uint32_t y)
{
	const struct ward_node *m = ward_model_node(a->w->m, x), *n = ward_model_node(a->w->m, y);
	const struct ward_about *p = &a->w->abouts->of[x], *q = &a->w->abouts->of[y];

	return ward_str_eq(m->vendor, n->vendor) && ward_str_eq(m->product, n->product) &&
	       ward_str_eq(p->version, q->version) && ward_str_eq(p->cpe, q->cpe) &&
	       ward_str_eq(p->purl, q->purl);
}

static struct fit fit_of(
	const struct ward_product *p, const struct ward_node *n, const struct ward_about *about)
{
	enum ward_match by;
	enum ward_fit fit = ward_product_fit(p, n, about, &by);

	return (struct fit){(uint8_t)fit, (uint8_t)by};
}

/* How the products of the advisories fit the device; devices of one kind are asked once. */
static void fits(struct assess *a, const struct ward_node *n, const struct ward_about *about)
{
	const struct ward_advices *all = a->w->advices;

	if (a->like != WARD_NONE && alike(a, a->like, a->device))
		return;
	for (size_t i = 0; i < all->n_product; i++)
		a->fit[i] = fit_of(&all->product[i], n, about);
	a->like = a->device;
}

static void statements(struct assess *a, const struct ward_node *n, const struct ward_about *about)
{
	const struct ward_advices *all = a->w->advices;

	fits(a, n, about);
	for (uint32_t i = 0; i < all->n_advice && !a->err; i++) {
		const struct ward_advice *x = &all->advice[i];
		const struct ward_product *p = &all->product[x->product];
		struct fit f = p->asset.len ? fit_of(p, n, about) : a->fit[x->product];

		if (f.fit == WARD_FIT_YES && x->status >= WARD_ADVICE_FIXED &&
			f.by == WARD_MATCH_WORDS)
			f.fit = WARD_FIT_MAYBE;
		if (f.fit != WARD_FIT_NO)
			take(a, (struct found){x->cve, i, x->status, (enum ward_fit)f.fit,
					(enum ward_match)f.by, likely(&all->cve[x->cve], x)});
	}
	if (!a->err && a->n_found > 1)
		qsort_r(a->found, a->n_found, sizeof(*a->found), found_cmp, (void *)(uintptr_t)all);
}

/* Of each vulnerability the statement that decides; one that only may clear it clears nothing. */
static void decide(struct assess *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_found;) {
		uint32_t cve = a->found[i].cve;
		size_t best = i;

		for (; i < a->n_found && a->found[i].cve == cve; i++) {
			bool clears = a->found[best].status >= WARD_ADVICE_FIXED &&
				      a->found[best].fit == WARD_FIT_MAYBE;

			if (clears && a->found[i].status < WARD_ADVICE_FIXED)
				best = i;
		}
		a->found[n++] = a->found[best];
	}
	a->n_found = n;
}

static enum ward_reason_kind kind_of(const struct found *f)
{
	static const enum ward_reason_kind kind[WARD_ADVICE_N] = {WARD_REASON_HAS,
		WARD_REASON_INVESTIGATED, WARD_REASON_FIXED, WARD_REASON_NOT_AFFECTED};

	if (f->status == WARD_ADVICE_AFFECTED && f->fit == WARD_FIT_MAYBE)
		return WARD_REASON_MAY_HAVE;
	return kind[f->status];
}

static void tell(struct assess *a, const struct found *f)
{
	const struct ward_advices *all = a->w->advices;
	const struct ward_advice *x = &all->advice[f->advice];

	ward_assess_reason(a, &(struct ward_reason){.kind = kind_of(f),
				      .a = ward_intern_at(&all->cves, f->cve),
				      .b = x->source,
				      .v = f->v,
				      .kev = all->cve[f->cve].kev,
				      .epss_micro = all->cve[f->cve].epss_micro,
				      .cvss_micro = x->cvss_micro,
				      .source = x->file,
				      .line = x->line});
}

struct ward_interval ward_assess_vulnerability(
	struct assess *a, const struct ward_node *n, const struct ward_about *about)
{
	struct ward_interval v = {0, 0};
	size_t spoken;

	a->n_found = 0;
	statements(a, n, about);
	decide(a);
	spoken = a->n_found;
	for (size_t i = 0; i < a->n_found; i++) {
		struct found *f = &a->found[i];

		if (f->status >= WARD_ADVICE_FIXED)
			f->v = (struct ward_interval){0, 0};
		else if (f->status == WARD_ADVICE_INVESTIGATED || f->fit == WARD_FIT_MAYBE)
			f->v.lo = 0;
		tell(a, f);
		v.lo = f->v.lo > v.lo ? f->v.lo : v.lo;
		v.hi = ward_either(v.hi, f->v.hi);
	}
	struct ward_interval rest = {0, RISK_UNTOLD};
	enum ward_reason_kind kind = spoken ? WARD_REASON_UNTOLD : WARD_REASON_NO_ADVICE;

	if (!spoken && (!n->vendor.len || !n->product.len)) {
		kind = WARD_REASON_NO_NAME;
		rest.hi = 500000;
	}
	ward_assess_reason(a, &(struct ward_reason){.kind = kind, .v = rest});
	v.hi = v.hi > rest.hi ? v.hi : rest.hi;
	return v;
}
