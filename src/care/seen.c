#include "care/seen.h"

#include <stdlib.h>

static const ward_ns quarter_hour = 900 * WARD_NS_PER_S;

static int rev_cmp(const void *va, const void *vb)
{
	const struct rev *a = va, *b = vb;
	int c = memcmp(&a->r->id, &b->r->id, sizeof(a->r->id));

	return c ? c : a->order < b->order ? -1 : a->order > b->order;
}

/* The revisions of one kind, each thing's together, in the order of coming. Of a thing that comes
 * again in an older revision, or twice in one, the first counts. */
static enum ward_err gather(const struct ward_care_ask *ask, enum ward_record_kind kind,
	struct ward_arena *a, struct rev **ret, size_t *ret_n)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < ask->n_record; i++)
		n += ask->record[i]->kind == kind;
	struct rev *rev = ward_arena_array(a, n, sizeof(*rev));

	if (!rev)
		return WARD_ERR_NOMEM;
	n = 0;
	for (size_t i = 0; i < ask->n_record; i++)
		if (ask->record[i]->kind == kind)
			rev[n++] = (struct rev){ask->record[i], i,
				ask->known ? ask->known[i] : ask->record[i]->last};
	if (n)
		qsort(rev, n, sizeof(*rev), rev_cmp);
	for (size_t i = 0; i < n; i++) {
		bool again = kept &&
			     memcmp(&rev[kept - 1].r->id, &rev[i].r->id, sizeof(rev[i].r->id)) == 0;

		if (again && rev[i].r->revision <= rev[kept - 1].r->revision)
			continue;
		if (again && rev[i].known < rev[kept - 1].known)
			rev[i].known = rev[kept - 1].known;
		rev[kept++] = rev[i];
	}
	*ret = rev;
	*ret_n = kept;
	return WARD_OK;
}

static enum ward_err things(
	const struct rev *rev, size_t n, struct ward_arena *a, struct thing **ret, size_t *ret_n)
{
	struct thing *x = ward_arena_array(a, n, sizeof(*x));
	size_t k = 0;

	if (!x)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (i && memcmp(&rev[i].r->id, &rev[i - 1].r->id, sizeof(rev[i].r->id)) == 0) {
			x[k - 1].n++;
			continue;
		}
		x[k++] = (struct thing){.rev = &rev[i],
			.n = 1,
			.node = WARD_NONE,
			.incident = WARD_NONE,
			.over = WARD_NS_NEVER};
	}
	*ret = x;
	*ret_n = k;
	return WARD_OK;
}

/* Index of the incident of that id, or WARD_NONE. */
static uint32_t incident_of(const struct seen *s, struct ward_id id)
{
	size_t lo = 0, hi = s->n_incident;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = memcmp(&s->incident[mid].rev->r->id, &id, sizeof(id));

		if (c == 0)
			return (uint32_t)mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return WARD_NONE;
}

static int first_cmp(const void *va, const void *vb)
{
	const struct thing *a = *(struct thing *const *)va, *b = *(struct thing *const *)vb;

	return a->rev->order < b->rev->order ? -1 : a->rev->order > b->rev->order;
}

static enum ward_err number(struct seen *s, struct ward_arena *a)
{
	struct thing **by = ward_arena_array(a, s->n_incident, sizeof(struct thing *));

	if (!by)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < s->n_incident; i++)
		by[i] = &s->incident[i];
	if (s->n_incident)
		qsort(by, s->n_incident, sizeof(struct thing *), first_cmp);
	for (size_t i = 0; i < s->n_incident; i++)
		by[i]->number = (uint32_t)i + 1;
	return WARD_OK;
}

/* An incident that took in others ends them. */
static void supersede(struct seen *s)
{
	for (size_t i = 0; i < s->n_incident; i++)
		for (size_t k = 0; k < s->incident[i].n; k++) {
			const struct rev *rev = &s->incident[i].rev[k];

			for (size_t j = 0; j < rev->r->n_superseded; j++) {
				uint32_t other = incident_of(s, rev->r->superseded[j]);

				if (other != WARD_NONE && rev->known < s->incident[other].over)
					s->incident[other].over = rev->known;
			}
		}
}

/* An impact is known when its incident's revision before it is. */
static void date(struct seen *s, struct rev *rev, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t at = incident_of(s, rev[i].r->incident);
		size_t lo = 0, hi = at == WARD_NONE ? 0 : s->incident[at].n;

		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (s->incident[at].rev[mid].order < rev[i].order)
				lo = mid + 1;
			else
				hi = mid;
		}
		rev[i].known = lo                ? s->incident[at].rev[lo - 1].known
			       : at != WARD_NONE ? s->incident[at].rev->known
						 : INT64_MIN;
	}
}

static int node_cmp(const void *va, const void *vb)
{
	const struct thing *a = va, *b = vb;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return memcmp(&a->rev->r->id, &b->rev->r->id, sizeof(a->rev->r->id));
}

/* Which asset each impact is on: its first revision that says so. */
static void place(struct seen *s, const struct ward_model *m)
{
	for (size_t i = 0; i < s->n_impact; i++) {
		struct thing *x = &s->impact[i];
		size_t k = 0;

		while (k + 1 < x->n && x->rev[k].r->withdrawn)
			k++;
		x->node =
			x->rev[k].r->withdrawn ? WARD_NONE : ward_model_find(m, x->rev[k].r->asset);
		x->incident = incident_of(s, x->rev[k].r->incident);
	}
	if (s->n_impact)
		qsort(s->impact, s->n_impact, sizeof(*s->impact), node_cmp);
}

enum ward_err ward_care_gather(
	const struct ward_care_ask *ask, struct ward_arena *a, struct seen *ret)
{
	struct rev *rev;
	size_t n;
	enum ward_err err = gather(ask, WARD_RECORD_INCIDENT, a, &rev, &n);

	*ret = (struct seen){NULL, 0, NULL, 0};
	if (!err)
		err = things(rev, n, a, &ret->incident, &ret->n_incident);
	if (!err)
		err = number(ret, a);
	if (err)
		return err;
	supersede(ret);
	err = gather(ask, WARD_RECORD_IMPACT, a, &rev, &n);
	if (err)
		return err;
	if (!ask->known)
		date(ret, rev, n);
	err = things(rev, n, a, &ret->impact, &ret->n_impact);
	if (!err)
		place(ret, ask->m);
	return err;
}

const struct rev *ward_care_known(const struct thing *x, ward_ns t)
{
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (x->rev[mid].known <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &x->rev[lo - 1] : NULL;
}

bool ward_care_goes_on(const struct thing *incident, ward_ns t)
{
	const struct rev *rev = ward_care_known(incident, t);

	return rev && t < incident->over && ward_record_phase(rev->r->state) == WARD_PHASE_OPEN;
}

const struct thing *ward_care_on(const struct seen *s, uint32_t node, size_t *ret_n)
{
	size_t lo = 0, hi = s->n_impact;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->impact[mid].node < node)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*ret_n = 0; lo + *ret_n < s->n_impact && s->impact[lo + *ret_n].node == node;)
		++*ret_n;
	return s->impact + lo;
}

static enum ward_likely sure_of(const struct ward_record *r)
{
	return ward_likely(r->lo_micro, r->hi_micro);
}

/* Availability that is likely gone closes a ward; what is less sure, or takes only the safety or
 * integrity of care, limits it; what is to come threatens it. Secrets take no bed. */
static enum ward_care_state state_of(const struct ward_record *r, enum ward_likely sure, ward_ns t)
{
	if (sure < WARD_LIKELY_POSSIBLE || ward_str_eqz(r->need, "confidentiality"))
		return WARD_CARE_STATE_OPEN;
	if (r->expected > t)
		return WARD_CARE_STATE_THREATENED;
	return sure >= WARD_LIKELY_LIKELY && ward_str_eqz(r->need, "availability")
		       ? WARD_CARE_STATE_CLOSED
		       : WARD_CARE_STATE_LIMITED;
}

/* Did the revision foretell as much as this one, about as soon? Sooner by a quarter of an hour, and
 * by a quarter of the time that was left, is news. */
static bool foretold(const struct rev *was, const struct rev *is)
{
	ward_ns left = was->r->expected - was->known, sooner = was->r->expected - is->r->expected;

	if (was->r->withdrawn || sure_of(was->r) < sure_of(is->r))
		return false;
	return left <= 0 || sooner < quarter_hour || sooner < left / 4;
}

bool ward_care_loss_at(
	const struct seen *s, const struct thing *impact, ward_ns t, struct ward_care_loss *ret)
{
	const struct rev *rev = ward_care_known(impact, t);
	const struct thing *inc =
		impact->incident == WARD_NONE ? NULL : &s->incident[impact->incident];

	if (!rev || rev->r->withdrawn || (inc && !ward_care_goes_on(inc, t)))
		return false;
	const struct rev *of = inc ? ward_care_known(inc, t) : NULL;

	*ret = (struct ward_care_loss){.incident = of ? of->r : NULL,
		.impact = rev->r,
		.number = inc ? inc->number : 0,
		.sure = sure_of(rev->r),
		.known = rev->known,
		.heard = of ? of->known : WARD_NS_NEVER};
	ret->state = state_of(rev->r, ret->sure, t);
	for (const struct rev *r = rev; r > impact->rev && foretold(&r[-1], rev);)
		ret->known = (--r)->known;
	return true;
}
