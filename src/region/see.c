/* What the words of several hospitals show together. */
#include "region/region.h"

#include "story/record.h"

#include <stdlib.h>

enum { LEVEL_MEDIUM = 2 };

/* One sign of one hospital. */
struct seen {
	enum ward_region_kind kind;
	bool exercise;
	struct ward_str key, threat;
	unsigned level;
	size_t site;
	ward_ns last;
	struct ward_id incident;
};

/* Of which attack, and then by time. */
static int by_attack(const void *va, const void *vb)
{
	const struct seen *x = va, *y = vb;
	int order = ward_str_cmp(x->key, y->key);

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->exercise != y->exercise)
		return x->exercise ? 1 : -1;
	if (order)
		return order;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return x->site < y->site ? -1 : x->site > y->site;
}

static bool is_same_attack(const struct seen *x, const struct seen *y)
{
	return x->kind == y->kind && x->exercise == y->exercise && ward_str_eq(x->key, y->key);
}

static size_t gather(const struct ward_site *s, size_t site, struct seen *to)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_incident; i++)
		for (size_t k = 0; k < s->incident[i].n_sign; k++) {
			const struct ward_site_sign *x = &s->incident[i].sign[k];
			struct seen one = {.exercise = s->exercise,
				.key = x->rule,
				.threat = x->threat,
				.level = x->level,
				.site = site,
				.last = x->last,
				.incident = s->incident[i].id};

			if (ward_str_eqz(x->rule, WARD_REGION_NOTICE_RULE))
				continue;
			if (x->level >= LEVEL_MEDIUM) {
				if (to)
					to[n] = one;
				n++;
			}
			one.kind = WARD_REGION_ADDRESS;
			for (size_t f = 0; f < x->n_from; f++, n++) {
				one.key = x->from[f];
				if (to)
					to[n] = one;
			}
		}
	return n;
}

static void add(struct ward_region_same *s, const struct seen *x)
{
	size_t i = 0;

	while (i < s->n && s->at[i].site != x->site)
		i++;
	if (i == s->n)
		s->at[s->n++] = (struct ward_region_at){.site = x->site, .last = INT64_MIN};
	if (x->last > s->at[i].last) {
		s->at[i].last = x->last;
		s->at[i].incident = x->incident;
	}
	s->at[i].level = x->level > s->at[i].level ? x->level : s->at[i].level;
	s->at[i].threat = s->at[i].threat.len ? s->at[i].threat : x->threat;
	s->threat = s->threat.len ? s->threat : x->threat;
}

static bool is_near(const struct seen *x, const struct seen *y)
{
	ward_ns apart;

	return x->site != y->site && ward_sub(y->last, x->last, &apart) &&
	       apart <= WARD_REGION_APART;
}

/* The second highest of the hospitals' levels. */
static unsigned said_by_two(const struct ward_region_same *s)
{
	unsigned first = 0, second = 0;

	for (size_t i = 0; i < s->n; i++) {
		unsigned level = s->at[i].level;

		if (level >= first) {
			second = i ? first : 0;
			first = level;
		} else if (level > second) {
			second = level;
		}
	}
	return second;
}

/* Signs of one attack in the order of time: where two that follow each other are of two hospitals
 * and near, both are of it. Among any two of two hospitals within an hour such a pair stands. */
static void judge(const struct seen *x, size_t n, struct ward_region_same *ret)
{
	*ret = (struct ward_region_same){.kind = x->kind, .key = x->key, .exercise = x->exercise};
	for (size_t i = 1; i < n; i++)
		if (is_near(&x[i - 1], &x[i])) {
			add(ret, &x[i - 1]);
			add(ret, &x[i]);
		}
	ret->level = said_by_two(ret);
}

static ward_ns latest(const struct ward_region_same *s)
{
	ward_ns t = INT64_MIN;

	for (size_t i = 0; i < s->n; i++)
		t = s->at[i].last > t ? s->at[i].last : t;
	return t;
}

static int by_time(const void *va, const void *vb)
{
	const struct ward_region_same *x = va, *y = vb;
	ward_ns tx = latest(x), ty = latest(y);
	int order = ward_str_cmp(x->key, y->key);

	if (tx != ty)
		return tx > ty ? -1 : 1;
	return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : order;
}

static int by_site(const void *va, const void *vb)
{
	const struct ward_region_at *x = va, *y = vb;

	return x->site < y->site ? -1 : x->site > y->site;
}

static enum ward_err compare(struct ward_region_view *v, struct ward_arena *a)
{
	size_t n = 0, k = 0;

	for (size_t i = 0; i < v->region->n_site; i++)
		n += v->word[i].site ? gather(v->word[i].site, i, NULL) : 0;
	struct seen *x = ward_arena_array(a, n, sizeof(*x));

	v->same = ward_arena_array(a, WARD_REGION_SAME, sizeof(*v->same));
	if (!x || !v->same)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < v->region->n_site; i++)
		k += v->word[i].site ? gather(v->word[i].site, i, x + k) : 0;
	if (n)
		qsort(x, n, sizeof(*x), by_attack);
	for (size_t from = 0, to; from < n; from = to) {
		struct ward_region_same one;

		for (to = from + 1; to < n && is_same_attack(&x[from], &x[to]);)
			to++;
		judge(x + from, to - from, &one);
		if (!one.n)
			continue;
		qsort(one.at, one.n, sizeof(*one.at), by_site);
		if (v->n_same < WARD_REGION_SAME)
			v->same[v->n_same++] = one;
		else
			v->n_same_more++;
	}
	if (v->n_same)
		qsort(v->same, v->n_same, sizeof(*v->same), by_time);
	return WARD_OK;
}

enum ward_err ward_region_see(const struct ward_region *r, const struct ward_site *const *site,
	const ward_ns *heard, ward_ns now, struct ward_arena *arena, struct ward_region_view *ret)
{
	*ret = (struct ward_region_view){.region = r, .now = now};
	for (size_t i = 0; i < r->n_site; i++) {
		struct ward_region_word *w = &ret->word[i];

		*w = (struct ward_region_word){
			.of = &r->site[i], .site = site[i], .age = WARD_NS_NEVER};
		if (site[i]) {
			ward_ns at = site[i]->at < heard[i] ? site[i]->at : heard[i];

			if (!ward_sub(now, at, &w->age))
				w->age = WARD_NS_NEVER;
			else if (w->age < 0)
				w->age = 0;
		}
		w->stale = w->age > r->stale;
	}
	return compare(ret, arena);
}

struct ward_id ward_region_same_id(const struct ward_region *r, const struct ward_region_same *s)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "region.same");
	ward_idgen_u64(&g, s->kind);
	ward_idgen_str(&g, s->key);
	/* by no word that one hospital could say anew each minute */
	ward_idgen_u64(&g, (uint64_t)(latest(s) / (24 * 3600 * WARD_NS_PER_S)));
	for (size_t i = 0; i < s->n; i++)
		ward_idgen_str(&g, r->site[s->at[i].site].id);
	return ward_idgen_final(&g);
}
