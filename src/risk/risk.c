#include "risk/risk.h"

#include "impact/plan.h"
#include "risk/assess.h"

#include <stdlib.h>

#define MILLION ((int64_t)1000000)

const char *ward_factor_name(enum ward_factor f)
{
	static const char *const name[WARD_FACTOR_N] = {
		"criticality", "exposure", "vulnerability", "unprotected"};

	return f < WARD_FACTOR_N ? name[f] : "";
}

const char *ward_treatment_name(enum ward_treatment_kind k)
{
	static const char *const name[WARD_TREAT_N] = {
		"patch", "workaround", "segment", "protect", "facts"};

	return k < WARD_TREAT_N ? name[k] : "";
}

void ward_assess_reason(struct assess *a, const struct ward_reason *x)
{
	struct ward_risks *r = a->r;

	if (a->err)
		return;
	a->err = ward_mem_more(r->mem, &r->reason, r->n_reason, &r->cap_reason, sizeof(*r->reason),
		WARD_RISK_ITEMS);
	if (!a->err)
		r->reason[r->n_reason++] = *x;
}

struct ward_interval ward_interval_times(struct ward_interval a, struct ward_interval b)
{
	return (struct ward_interval){a.lo * b.lo / MILLION, (a.hi * b.hi + MILLION - 1) / MILLION};
}

/* Either of two independent ways. */
int64_t ward_either(int64_t a, int64_t b)
{
	return MILLION - (MILLION - a) * (MILLION - b) / MILLION;
}

/* ---- Criticality ---- */

struct care {
	int64_t lo, hi; /* millionths of a service's care of 4 hours */
	uint32_t threat;
	bool falls; /* it does, even if nothing is lost within these */
	bool weightless;
	ward_ns at; /* if it falls: when at the soonest of the expected times */
};

static int64_t lost(const struct ward_impact *it, int64_t likelihood)
{
	const int64_t minute = (int64_t)60 * WARD_NS_PER_S, window = 240;
	int64_t at = it->expected / minute;

	return at >= window || at < 0 ? 0 : likelihood * (window - at) / window;
}

/* The worst that each service takes from any of the threats, as share of 4 hours. */
static void hit(struct assess *a, const struct ward_impacts *all, uint32_t threat)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];
		struct care *c = &a->care[it->asset];
		int64_t lo = lost(it, it->lo_micro), hi = lost(it, it->hi_micro);

		if (it->need == WARD_NEED_AVAILABILITY && (!c->falls || it->expected < c->at)) {
			c->falls = true;
			c->at = it->expected;
			c->weightless = it->loss_micro <= 0;
		}
		if (it->loss_micro <= 0)
			continue;
		c->lo = lo > c->lo ? lo : c->lo;
		if (hi > c->hi) {
			c->hi = hi;
			c->threat = threat;
		}
	}
}

static void strike(struct assess *a, uint32_t device)
{
	for (size_t i = 0; i < a->n_threat && !a->err; i++) {
		struct ward_seed_threat seed = {device, a->threat[i], 0, MILLION, MILLION};
		struct ward_impacts all;

		a->err = ward_engine_run(a->w->e, WARD_IMPACT_FULL, &seed, 1, &all);
		if (!a->err)
			hit(a, &all, a->threat[i]);
	}
}

/* Care lost in 4 hours, in shares of what the weightiest service gives; at most all of it. */
static struct ward_interval dependence(struct assess *a)
{
	struct ward_interval d = {0, 0};

	for (size_t i = 0; i < a->n_service; i++) {
		const struct ward_node *n = ward_model_node(a->w->m, a->service[i]);
		struct care *c = &a->care[a->service[i]];
		struct ward_interval v = {c->lo * (n->weight_micro / 1000) / a->weight_max,
			c->hi * (n->weight_micro / 1000) / a->weight_max};

		if (c->hi)
			ward_assess_reason(a,
				&(struct ward_reason){.kind = WARD_REASON_HANGS,
					.a = n->name,
					.b = ward_threats_at(ward_model_threats(a->w->m), c->threat)
						     ->name,
					.v = v});
		else if (c->falls)
			ward_assess_reason(a,
				&(struct ward_reason){.kind = c->weightless ? WARD_REASON_WEIGHTLESS
									    : WARD_REASON_LATER,
					.a = n->name,
					.after = c->at});
		if (c->falls || c->hi) {
			a->told[a->service[i]] = a->device + 1;
			a->n_hang++;
		}
		d.lo += v.lo;
		d.hi += v.hi;
		*c = (struct care){0};
	}
	d.lo = d.lo < MILLION ? d.lo : MILLION;
	d.hi = d.hi < MILLION ? d.hi : MILLION;
	return d;
}

static struct ward_interval criticality(struct assess *a, const struct ward_node *n)
{
	static const struct ward_str digit[] = {
		{"0", 1}, {"1", 1}, {"2", 1}, {"3", 1}, {"4", 1}, {"5", 1}};
	struct ward_interval own = {MILLION / 5, MILLION};

	if (n->criticality >= 1 && n->criticality <= 5) {
		own.lo = own.hi = (int64_t)n->criticality * MILLION / 5;
		ward_assess_reason(a,
			&(struct ward_reason){
				.kind = WARD_REASON_STATED, .a = digit[n->criticality], .v = own});
	} else {
		ward_assess_reason(
			a, &(struct ward_reason){.kind = WARD_REASON_UNSTATED, .v = own});
	}
	strike(a, a->device);
	struct ward_interval care = dependence(a);

	ward_assess_hanging(a);
	return (struct ward_interval){(own.lo + care.lo) / 2, (own.hi + care.hi + 1) / 2};
}

/* ---- What protection leaves ---- */

/* Degree of protection by an affirmed answer, from 0 where nobody answered. */
static const int64_t degree_of[WARD_ANSWER_N] = {[WARD_ANSWER_MLDP] = 300000,
	[WARD_ANSWER_SAHD] = 200000,
	[WARD_ANSWER_NAUT] = 200000,
	[WARD_ANSWER_PAUT] = 150000,
	[WARD_ANSWER_CSUP] = 100000,
	[WARD_ANSWER_ALOF] = 50000,
	[WARD_ANSWER_TXCF] = 100000,
	[WARD_ANSWER_PLOK] = 50000};

static void answers(struct assess *a, const struct ward_about *about, struct ward_interval *left)
{
	bool missing = false;

	for (unsigned q = 0; q < WARD_ANSWER_N; q++) {
		int64_t keep = MILLION - degree_of[q];
		enum ward_said said = about->answer[q];

		if (!degree_of[q])
			continue;
		missing = missing || said == WARD_SAID_NOTHING;
		if (said != WARD_SAID_NO)
			left->lo = left->lo * keep / MILLION;
		if (said == WARD_SAID_YES)
			left->hi = (left->hi * keep + MILLION - 1) / MILLION;
		if (said != WARD_SAID_NOTHING)
			ward_assess_reason(
				a, &(struct ward_reason){.kind = said == WARD_SAID_YES
									 ? WARD_REASON_ANSWERED_YES
									 : WARD_REASON_ANSWERED_NO,
					   .answer = (enum ward_answer)q,
					   .v = {said == WARD_SAID_YES ? degree_of[q] : 0,
						   said == WARD_SAID_YES ? degree_of[q] : 0},
					   .source = about->answered_in});
	}
	if (missing)
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_NOT_ANSWERED});
}

/* Between what is best and what is least protected against: which an attacker takes isn't known. */
static struct ward_interval unprotected(struct assess *a, const struct ward_about *about)
{
	struct ward_interval left = {MILLION, 0};
	size_t n, told = 0;
	const struct ward_protection *p = ward_model_protections(a->w->m, a->device, &n);

	for (size_t i = 0; i < a->n_threat; i++) {
		struct plan_guard g = ward_impact_plan_guard(p, n, a->threat[i]);
		int64_t lo = (int64_t)(g.lo / (PICO / MICRO));
		int64_t hi = (int64_t)((g.hi + PICO / MICRO - 1) / (PICO / MICRO));

		left.lo = lo < left.lo ? lo : left.lo;
		left.hi = hi > left.hi ? hi : left.hi;
	}
	if (!a->n_threat)
		left.hi = MILLION;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < a->n_threat; k++) {
			bool again = i && ward_str_eq(p[i].id, p[i - 1].id);

			if (p[i].threat != a->threat[k] || again)
				continue;
			ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_PROTECTED,
						      .a = p[i].name.len ? p[i].name : p[i].id,
						      .b = p[i].scope,
						      .v = {p[i].degree_micro, p[i].degree_micro}});
			told++;
			break;
		}
	if (!told)
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_UNPROTECTED});
	answers(a, about, &left);
	return left;
}

/* ---- All of one device ---- */

static struct ward_interval product(const struct ward_interval f[WARD_FACTOR_N])
{
	struct ward_interval v = {MILLION, MILLION};

	for (unsigned i = 0; i < WARD_FACTOR_N; i++)
		v = ward_interval_times(v, f[i]);
	return v;
}

struct ward_interval ward_assess_with(
	const struct assess *a, enum ward_factor f, struct ward_interval v)
{
	struct ward_interval all[WARD_FACTOR_N];

	memcpy(all, a->factor, sizeof(all));
	all[f] = v;
	return product(all);
}

static int64_t middle(struct ward_interval v)
{
	return v.lo + v.hi;
}

/* The weightiest of a factor first; then as texts are ordered. */
static int reason_cmp(const void *va, const void *vb)
{
	const struct ward_reason *a = va, *b = vb;

	if (a->factor != b->factor)
		return a->factor < b->factor ? -1 : 1;
	if (middle(a->v) != middle(b->v))
		return middle(a->v) > middle(b->v) ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int c = ward_str_cmp(a->a, b->a);

	if (!c)
		c = ward_str_cmp(a->b, b->b);
	return c ? c : (a->answer > b->answer) - (a->answer < b->answer);
}

static int treatment_cmp(const void *va, const void *vb)
{
	const struct ward_treatment *a = va, *b = vb;

	if (middle(a->after) != middle(b->after))
		return middle(a->after) < middle(b->after) ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int c = ward_str_cmp(a->source, b->source);

	if (!c)
		c = ward_str_cmp(a->text, b->text);
	return c ? c : ward_str_cmp(a->url, b->url);
}

/* Reasons that were given since `from` are of that factor. */
static void of_factor(struct assess *a, size_t from, enum ward_factor f)
{
	for (size_t i = from; i < a->r->n_reason; i++)
		a->r->reason[i].factor = f;
}

static void factors(struct assess *a, const struct ward_node *n, const struct ward_about *about)
{
	size_t from = a->r->n_reason;

	a->factor[WARD_FACTOR_CRITICALITY] = criticality(a, n);
	of_factor(a, from, WARD_FACTOR_CRITICALITY);
	from = a->r->n_reason;
	a->factor[WARD_FACTOR_EXPOSURE] = ward_assess_exposure(a, about);
	of_factor(a, from, WARD_FACTOR_EXPOSURE);
	from = a->r->n_reason;
	a->factor[WARD_FACTOR_VULNERABILITY] = ward_assess_vulnerability(a, n, about);
	of_factor(a, from, WARD_FACTOR_VULNERABILITY);
	from = a->r->n_reason;
	a->factor[WARD_FACTOR_PROTECTION] = unprotected(a, about);
	of_factor(a, from, WARD_FACTOR_PROTECTION);
}

static void device(struct assess *a, uint32_t i)
{
	struct ward_risks *r = a->r;
	struct ward_device_risk d = {
		.asset = i, .reason = (uint32_t)r->n_reason, .treatment = (uint32_t)r->n_treatment};

	a->device = i;
	a->n_hang = 0;
	factors(a, ward_model_node(a->w->m, i), &a->w->abouts->of[i]);
	memcpy(d.factor, a->factor, sizeof(d.factor));
	d.risk = product(a->factor);
	ward_assess_treatments(a, d.risk);
	d.n_reason = (uint32_t)r->n_reason - d.reason;
	d.n_treatment = (uint32_t)r->n_treatment - d.treatment;
	if (a->err)
		return;
	if (d.n_reason > 1)
		qsort(r->reason + d.reason, d.n_reason, sizeof(*r->reason), reason_cmp);
	if (d.n_treatment > 1)
		qsort(r->treatment + d.treatment, d.n_treatment, sizeof(*r->treatment),
			treatment_cmp);
	a->err = ward_mem_more(r->mem, &r->device, r->n_device, &r->cap_device, sizeof(*r->device),
		WARD_RISK_ITEMS);
	if (!a->err)
		r->device[r->n_device++] = d;
}

static int device_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_device_risk *a = va, *b = vb;
	const struct ward_model *m = ctx;

	if (middle(a->risk) != middle(b->risk))
		return middle(a->risk) > middle(b->risk) ? -1 : 1;
	if (a->risk.hi != b->risk.hi)
		return a->risk.hi > b->risk.hi ? -1 : 1;
	return ward_str_cmp(ward_model_node(m, a->asset)->id, ward_model_node(m, b->asset)->id);
}

static enum ward_err prepare(struct assess *a)
{
	static const char *const threat[RISK_THREATS] = {"outage", "malware.ransomware",
		"malware.virus", "medical.command", "bms.command", "data.manipulation"};
	static const char *const class[RISK_CLASSES] = {"device.medical",
		"device.building.controller", "device.building.supervisor",
		"device.building.door-controller"};
	const struct ward_model *m = a->w->m;
	uint32_t n = ward_model_n(m);

	for (size_t i = 0; i < RISK_THREATS; i++) {
		uint32_t t = ward_threats_find(ward_model_threats(m), ward_str_z(threat[i]));

		if (t != WARD_NONE)
			a->threat[a->n_threat++] = t;
	}
	for (size_t i = 0; i < RISK_CLASSES; i++)
		a->class[i] = ward_ontology_find(ward_model_ontology(m), ward_str_z(class[i]));
	a->care_class = ward_ontology_find(ward_model_ontology(m), WARD_STR("service.care"));
	a->told = ward_mem_alloc(a->r->mem, n * sizeof(*a->told));
	a->seen = ward_mem_alloc(a->r->mem, n * sizeof(*a->seen));
	a->look = ward_mem_alloc(a->r->mem, n * sizeof(*a->look));
	a->care = ward_mem_alloc(a->r->mem, n * sizeof(*a->care));
	a->service = ward_mem_alloc(a->r->mem, n * sizeof(*a->service));
	a->fit = ward_mem_alloc(a->r->mem, a->w->advices->n_product * sizeof(*a->fit));
	a->like = WARD_NONE;
	a->weight_max = 1;
	if ((n && (!a->care || !a->service || !a->told || !a->seen || !a->look)) ||
		(a->w->advices->n_product && !a->fit))
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		if (ward_model_node(m, i)->kind == WARD_NODE_SERVICE) {
			int64_t w = ward_model_node(m, i)->weight_micro / 1000;

			a->service[a->n_service++] = i;
			a->weight_max = w > a->weight_max ? w : a->weight_max;
		}
	return WARD_OK;
}

static bool asked(const struct assess *a, uint32_t i)
{
	bool yes = false;

	if (ward_model_node(a->w->m, i)->kind != WARD_NODE_ASSET)
		return false;
	for (size_t k = 0; k < RISK_CLASSES; k++)
		yes = yes || (a->class[k] != WARD_NONE && ward_model_is(a->w->m, i, a->class[k]));
	return yes;
}

enum ward_err ward_risks_find(
	const struct ward_risk_world *w, const struct ward_mem *mem, struct ward_risks *ret)
{
	struct assess a = {.w = w, .r = ret};
	uint32_t n = ward_model_n(w->m);

	*ret = (struct ward_risks){.mem = mem};
	ward_arena_init(&ret->arena, mem, 1 << 28);
	a.err = prepare(&a);
	for (uint32_t i = 0; i < n && !a.err; i++)
		if ((!w->only || *w->only == i) && asked(&a, i))
			device(&a, i);
	if (!a.err && ret->n_device > 1)
		qsort_r(ret->device, ret->n_device, sizeof(*ret->device), device_cmp,
			(void *)(uintptr_t)w->m);
	ward_mem_free(mem, a.care, n * sizeof(*a.care));
	ward_mem_free(mem, a.service, n * sizeof(*a.service));
	ward_mem_free(mem, a.told, n * sizeof(*a.told));
	ward_mem_free(mem, a.seen, n * sizeof(*a.seen));
	ward_mem_free(mem, a.look, n * sizeof(*a.look));
	ward_mem_free(mem, a.fit, w->advices->n_product * sizeof(*a.fit));
	ward_mem_free(mem, a.found, a.cap_found * sizeof(*a.found));
	ward_mem_free(mem, a.step, a.cap_step * sizeof(*a.step));
	return a.err;
}

void ward_risks_fini(struct ward_risks *r)
{
	if (!r->mem)
		return;
	ward_mem_free(r->mem, r->device, r->cap_device * sizeof(*r->device));
	ward_mem_free(r->mem, r->reason, r->cap_reason * sizeof(*r->reason));
	ward_mem_free(r->mem, r->treatment, r->cap_treatment * sizeof(*r->treatment));
	ward_arena_fini(&r->arena);
	*r = (struct ward_risks){0};
}
