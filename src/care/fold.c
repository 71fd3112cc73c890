#include "care/counted.h"
#include "care/entered.h"
#include "care/fold.h"

#include <stdlib.h>

static bool is_class(const struct ward_model *m, uint32_t node, uint32_t class)
{
	return class != WARD_NONE && ward_model_is(m, node, class);
}

/* Newer, or made at once and larger in what it says: no order of lines decides. */
static bool newer(const struct ward_care_entry *a, const struct ward_care_entry *b)
{
	if (!b || a->made != b->made)
		return !b || a->made > b->made;
	for (unsigned f = 0; f < WARD_CARE_FIELD_N; f++)
		if (a->value[f] != b->value[f])
			return a->value[f] > b->value[f];
	if (a->until != b->until)
		return a->until > b->until;
	int c = ward_str_cmp(a->by, b->by);

	return c ? c > 0 : ward_str_cmp(a->why, b->why) > 0;
}

static int where_cmp(const void *va, const void *vb)
{
	const struct ward_care_entry *a = *(const struct ward_care_entry *const *)va,
				     *b = *(const struct ward_care_entry *const *)vb;

	return a->where < b->where ? -1 : a->where > b->where;
}

static enum ward_err sort_entries(struct fold *f)
{
	enum ward_err err = ward_care_entered_all(f->ask, f->a, &f->entry, &f->n_entry);

	if (!err && f->n_entry)
		qsort(f->entry, f->n_entry, sizeof(const struct ward_care_entry *), where_cmp);
	return err;
}

const struct ward_care_entry *const *ward_care_entries_of(
	const struct fold *f, uint32_t where, size_t *ret_n)
{
	size_t lo = 0, hi = f->n_entry;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->entry[mid]->where < where)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*ret_n = 0; lo + *ret_n < f->n_entry && f->entry[lo + *ret_n]->where == where;)
		++*ret_n;
	return f->entry + lo;
}

static bool good(const struct ward_care_entry *e, enum ward_care_field field, ward_ns t)
{
	return e->value[field] != WARD_CARE_NONE && e->made <= t && e->until >= t;
}

const struct ward_care_entry *ward_care_entered_beds(const struct fold *f, uint32_t where,
	enum ward_bed_type type, enum ward_care_field field, ward_ns t)
{
	const struct ward_care_entry *best = NULL;
	size_t n;
	const struct ward_care_entry *const *e = ward_care_entries_of(f, where, &n);

	for (size_t i = 0; i < n; i++)
		if (good(e[i], field, t) && e[i]->bed == type && newer(e[i], best))
			best = e[i];
	return best;
}

const struct ward_care_entry *ward_care_entered(
	const struct fold *f, uint32_t where, enum ward_care_field field, ward_ns t)
{
	const struct ward_care_entry *best = NULL;
	size_t n;
	const struct ward_care_entry *const *e = ward_care_entries_of(f, where, &n);

	for (size_t i = 0; i < n; i++)
		if (good(e[i], field, t) && newer(e[i], best))
			best = e[i];
	return best;
}

struct ward_care_value ward_care_reconcile(
	int64_t computed, const struct ward_care_entry *e, enum ward_care_field field, ward_ns news)
{
	struct ward_care_value v = {.is = computed,
		.computed = computed,
		.entered = e ? e->value[field] : WARD_CARE_NONE,
		.entry = e};

	if (!e) {
		v.why = computed == WARD_CARE_NONE ? WARD_CARE_WHY_NEITHER : WARD_CARE_WHY_COMPUTED;
		return v;
	}
	if (computed == v.entered) {
		v.why = WARD_CARE_WHY_SAME;
		return v;
	}
	if (computed > v.entered && news > e->made) {
		v.why = WARD_CARE_WHY_COMPUTED_LATER;
		return v;
	}
	v.is = v.entered;
	v.why = computed == WARD_CARE_NONE ? WARD_CARE_WHY_ENTERED
		: computed < v.entered     ? WARD_CARE_WHY_ENTERED_WORSE
					   : WARD_CARE_WHY_ENTERED_LATER;
	return v;
}

static int64_t computed_at(const struct fold *f, uint32_t node, ward_ns t)
{
	int64_t worst = WARD_CARE_STATE_OPEN;
	size_t n;
	const struct thing *x = ward_care_on(&f->seen, node, &n);

	for (size_t i = 0; i < n; i++) {
		struct ward_care_loss l;

		if (ward_care_loss_at(&f->seen, &x[i], t, &l) && (int64_t)l.state > worst)
			worst = l.state;
	}
	return worst;
}

ward_ns ward_care_news(const struct fold *f, uint32_t node, int64_t than, ward_ns t)
{
	ward_ns news = INT64_MIN;
	size_t n;
	const struct thing *x = ward_care_on(&f->seen, node, &n);

	for (size_t i = 0; i < n; i++) {
		struct ward_care_loss l;

		if (ward_care_loss_at(&f->seen, &x[i], t, &l) && (int64_t)l.state > than &&
			l.known > news)
			news = l.known;
	}
	return news;
}

struct ward_care_value ward_care_state_at(const struct fold *f, uint32_t node, ward_ns t)
{
	const struct ward_care_entry *e = ward_care_entered(f, node, WARD_CARE_STATE, t);

	return ward_care_reconcile(computed_at(f, node, t), e, WARD_CARE_STATE,
		e ? ward_care_news(f, node, e->value[WARD_CARE_STATE], t) : INT64_MIN);
}

static int loss_cmp(const void *va, const void *vb)
{
	const struct ward_care_loss *a = va, *b = vb;

	if (a->state != b->state)
		return a->state > b->state ? -1 : 1;
	if (a->sure != b->sure)
		return a->sure > b->sure ? -1 : 1;
	if (a->impact->expected != b->impact->expected)
		return a->impact->expected < b->impact->expected ? -1 : 1;
	int c = ward_str_cmp(a->impact->threat, b->impact->threat);

	return c ? c : ward_id_cmp(a->impact->id, b->impact->id);
}

static enum ward_err losses(const struct fold *f, struct ward_care_ward *w)
{
	size_t n;
	const struct thing *x = ward_care_on(&f->seen, w->node, &n);

	w->next = w->heard = WARD_NS_NEVER;
	w->loss = ward_arena_array(f->a, n, sizeof(*w->loss));
	if (!w->loss)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct ward_care_loss l;

		if (!ward_care_loss_at(&f->seen, &x[i], f->ask->at, &l))
			continue;
		if (l.sure < WARD_LIKELY_POSSIBLE) {
			w->n_unsure += l.sure == WARD_LIKELY_OPEN;
			continue;
		}
		if (l.impact->expected > f->ask->at && l.impact->expected < w->next)
			w->next = l.impact->expected;
		if (l.heard != WARD_NS_NEVER && (w->heard == WARD_NS_NEVER || l.heard > w->heard))
			w->heard = l.heard;
		w->loss[w->n_loss++] = l;
	}
	if (w->n_loss)
		qsort(w->loss, w->n_loss, sizeof(*w->loss), loss_cmp);
	if (w->n_loss > WARD_CARE_LOSSES) {
		w->n_loss_more = w->n_loss - WARD_CARE_LOSSES;
		w->n_loss = WARD_CARE_LOSSES;
	}
	return WARD_OK;
}

/* When it could be open again at the soonest, by the last loss that has begun and the time that it
 * takes to open. While signs come nobody waits for that, and an entry that counts knows better. */
static ward_ns overdue(const struct fold *f, const struct ward_care_ward *w)
{
	ward_ns recovery = ward_model_node(f->ask->m, w->node)->recovery, back = INT64_MIN;

	if (!recovery || w->state.is != w->state.computed ||
		!ward_care_is_old(w->heard, f->ask->at))
		return WARD_NS_NEVER;
	for (size_t i = 0; i < w->n_loss; i++) {
		const struct ward_care_loss *l = &w->loss[i];
		ward_ns open;

		if (l->state != WARD_CARE_STATE_LIMITED && l->state != WARD_CARE_STATE_CLOSED)
			continue;
		if (ward_add(l->impact->expected, recovery, &open) && open > back)
			back = open;
	}
	return back != INT64_MIN && back <= f->ask->at ? back : WARD_NS_NEVER;
}

/* The medical devices that it requires, each once, and what becomes of them. */
static void devices(const struct fold *f, struct ward_care_ward *w)
{
	size_t n;
	const struct ward_rel *out = ward_model_out(f->ask->m, w->node, &n);
	uint32_t last = WARD_NONE;

	for (size_t i = 0; i < n; i++) {
		if (out[i].type != WARD_REL_REQUIRES || out[i].node == last ||
			!is_class(f->ask->m, out[i].node, f->medical))
			continue;
		last = out[i].node;
		int64_t s = computed_at(f, last, f->ask->at);

		w->n_device++;
		w->n_device_lost += s == WARD_CARE_STATE_CLOSED;
		w->n_device_threatened += s != WARD_CARE_STATE_CLOSED && s > WARD_CARE_STATE_SURGE;
	}
}

/* The site of the first room that hosts it. */
static uint32_t site_of(const struct ward_model *m, uint32_t node)
{
	size_t n;
	const struct ward_rel *in = ward_model_in(m, node, &n);

	for (size_t i = 0; i < n; i++)
		if (in[i].type == WARD_REL_HOSTS) {
			uint32_t site = ward_model_up(m, in[i].node, WARD_NODE_SITE);

			if (site != WARD_NONE)
				return site;
		}
	return WARD_NONE;
}

static enum ward_err ward_of(const struct fold *f, uint32_t node, struct ward_care_ward *w)
{
	const struct ward_model *m = f->ask->m;
	ward_ns t = f->ask->at;
	const struct ward_node *s = ward_model_node(m, node);

	*w = (struct ward_care_ward){
		.node = node, .site = site_of(m, node), .care = is_class(m, node, f->care)};
	w->state = ward_care_state_at(f, node, t);
	w->staffing = ward_care_reconcile(WARD_CARE_NONE,
		ward_care_entered(f, node, WARD_CARE_STAFFING, t), WARD_CARE_STAFFING, INT64_MIN);
	w->staff = ward_care_reconcile(s->staff ? (int64_t)s->staff : WARD_CARE_NONE,
		ward_care_entered(f, node, WARD_CARE_STAFF, t), WARD_CARE_STAFF, INT64_MIN);
	enum ward_err err = losses(f, w);

	if (err)
		return err;
	w->overdue = overdue(f, w);
	devices(f, w);
	ward_care_beds(f, w);
	return ward_care_history(f, w);
}

static int ward_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_care_ward *a = va, *b = vb;
	const struct ward_node *na = ward_model_node(ctx, a->node),
			       *nb = ward_model_node(ctx, b->node);

	if (a->care != b->care)
		return a->care ? -1 : 1;
	if (a->state.is != b->state.is)
		return a->state.is > b->state.is ? -1 : 1;
	if (na->weight_micro != nb->weight_micro)
		return na->weight_micro > nb->weight_micro ? -1 : 1;
	return ward_str_cmp(na->id, nb->id);
}

static void count(const struct fold *f, struct ward_availability *c)
{
	for (size_t i = 0; i < f->seen.n_incident; i++)
		c->n_incident += ward_care_goes_on(&f->seen.incident[i], f->ask->at);
	for (size_t i = 0; i < f->seen.n_impact; i++) {
		c->n_orphan += f->seen.impact[i].incident == WARD_NONE;
		c->n_foreign += f->seen.impact[i].node == WARD_NONE;
	}
}

enum ward_err ward_availability_find(
	const struct ward_care_ask *ask, struct ward_arena *a, struct ward_availability *ret)
{
	const struct ward_ontology *o = ward_model_ontology(ask->m);
	struct fold f = {.ask = ask,
		.a = a,
		.medical = ward_ontology_find(o, WARD_STR("device.medical")),
		.care = ward_ontology_find(o, WARD_STR("service.care")),
		.emergency = ward_ontology_find(o, WARD_STR("service.care.emergency"))};
	enum ward_err err = ward_care_gather(ask, a, &f.seen);
	struct ward_availability c = {.at = ask->at, .n_unknown = ask->n_unknown};

	if (!err)
		err = sort_entries(&f);
	if (!err)
		err = ward_care_moves_find(ask, a, &f.move, &f.n_move);

	for (uint32_t i = 0; i < ward_model_n(ask->m); i++)
		c.n_ward += ward_model_node(ask->m, i)->kind == WARD_NODE_SERVICE;
	c.ward = ward_arena_array(a, c.n_ward, sizeof(*c.ward));
	if (!err && !c.ward)
		err = WARD_ERR_NOMEM;
	c.n_ward = 0;
	for (uint32_t i = 0; !err && i < ward_model_n(ask->m); i++)
		if (ward_model_node(ask->m, i)->kind == WARD_NODE_SERVICE)
			err = ward_of(&f, i, &c.ward[c.n_ward++]);
	if (err)
		return err;
	if (c.n_ward)
		qsort_r(c.ward, c.n_ward, sizeof(*c.ward), ward_cmp, (void *)(uintptr_t)ask->m);
	count(&f, &c);
	err = ward_care_sites(&f, &c);
	if (!err)
		*ret = c;
	return err;
}
