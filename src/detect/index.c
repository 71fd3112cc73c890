/* Which routes take an event. */
#include "detect/engine.h"

static enum ward_err list_add(struct ward_detector *det, struct ward_route_list *l, uint32_t route)
{
	enum ward_err err = ward_mem_more(
		det->mem, &l->route, l->n, &l->cap, sizeof(*l->route), det->rs->n_route);

	if (!err)
		l->route[l->n++] = route;
	return err;
}

static void list_fini(struct ward_detector *det, struct ward_route_list *l)
{
	ward_mem_free(det->mem, l->route, l->cap * sizeof(*l->route));
}

void ward_index_fini(struct ward_detector *det)
{
	struct ward_class_routes *x = &det->index;

	for (size_t i = 0; i < x->n_class; i++)
		list_fini(det, &x->class[i]);
	ward_mem_free(det->mem, x->class, x->n_class * sizeof(*x->class));
	ward_mem_free(det->mem, x->have_class, x->n_class * sizeof(*x->have_class));
}

bool ward_index_class_fits(const struct ward_route *t, struct ward_str class)
{
	for (size_t i = 0; i < t->n_class; i++)
		if (ward_pattern_match(&t->class[i], class))
			return true;
	return t->n_class == 0;
}

/* Makes room for class ids up to id. */
static enum ward_err class_room(struct ward_detector *det, size_t id)
{
	struct ward_class_routes *x = &det->index;
	size_t n = x->n_class ? x->n_class : 64;

	if (id < x->n_class)
		return WARD_OK;
	while (n <= id)
		n *= 2;
	struct ward_route_list *c = ward_mem_alloc(det->mem, n * sizeof(*c));
	bool *have = ward_mem_alloc(det->mem, n * sizeof(*have));

	if (!c || !have) {
		ward_mem_free(det->mem, c, n * sizeof(*c));
		ward_mem_free(det->mem, have, n * sizeof(*have));
		return WARD_ERR_NOMEM;
	}
	if (x->n_class) {
		memcpy(c, x->class, x->n_class * sizeof(*c));
		memcpy(have, x->have_class, x->n_class * sizeof(*have));
	}
	ward_mem_free(det->mem, x->class, x->n_class * sizeof(*c));
	ward_mem_free(det->mem, x->have_class, x->n_class * sizeof(*have));
	x->class = c;
	x->have_class = have;
	x->n_class = n;
	return WARD_OK;
}

/* The routes that ask for a class only, worked out at its first event. Class names are lower case.
 */
static enum ward_err of_class(struct ward_detector *det, const struct ward_route_list **ret)
{
	struct ward_class_routes *x = &det->index;
	uint32_t id = det->e->class;
	enum ward_err err = class_room(det, id);

	if (err)
		return err;
	for (size_t i = 0; i < det->rs->n_route && !x->have_class[id] && !err; i++) {
		const struct ward_route *t = &det->rs->route[i];

		if (!t->n_when && ward_index_class_fits(t, ward_name_text(det->names, id)))
			err = list_add(det, &x->class[id], (uint32_t)i);
	}
	x->have_class[id] |= !err;
	*ret = &x->class[id];
	return err;
}

/* Insertion sort: an event is taken by few routes. */
static enum ward_err take(uint32_t route, uint32_t *out, size_t max, size_t *n)
{
	size_t at = *n;

	if (*n == max)
		return WARD_ERR_LIMIT;
	for (; at > 0 && out[at - 1] > route; at--)
		out[at] = out[at - 1];
	out[at] = route;
	++*n;
	return WARD_OK;
}

/* The routes that ask for fields, one after the other. */
static enum ward_err by_fields(struct ward_detector *det, uint32_t *ret, size_t max, size_t *ret_n)
{
	static struct ward_cond_inst test = {WARD_COND_TEST, 0};
	const struct ward_cond all = {&test, 1};
	const struct ward_scan *s = &det->scan;
	enum ward_err err = WARD_OK;

	ward_scan_root_up(det);
	for (size_t i = 0; i < s->n_up && !err; i++) {
		const struct ward_plan_member *m = &s->plan->member[s->up[i]];
		const struct ward_route *t = &det->rs->route[m->rule];

		if (ward_index_class_fits(t, ward_name_text(det->names, det->e->class)) &&
			ward_scan_member(det, m, &all))
			err = take(m->rule, ret, max, ret_n);
	}
	return err;
}

/* What takes an event of one class about which the same is true, is the same. */
enum ward_err ward_index_routes(struct ward_detector *det, uint32_t *ret, size_t max, size_t *ret_n)
{
	struct ward_scan *s = &det->scan;
	const struct ward_route_list *class = NULL;
	const uint32_t as = s->plan->n_unit * WARD_SCAN_KINDS, *known; /* no unit's */
	enum ward_err err = of_class(det, &class);

	*ret_n = 0;
	if (err)
		return err;
	ward_scan_root(det);
	s->truth[0] = det->e->class;
	struct ward_str key = {(const char *)s->truth, s->n_truth * sizeof(*s->truth)};
	bool keep = s->plan->routes_by_atoms && key.len <= WARD_MEMO_TEXT_MAX && !det->err;
	uint64_t h = keep ? ward_memo_hash(&s->memo, as, key) : 0;

	if (keep && ward_memo_get(&s->memo, h, as, key, &known, ret_n)) {
		memcpy(ret, known, *ret_n * sizeof(*ret));
		return WARD_OK;
	}
	*ret_n = 0;
	for (size_t i = 0; !err && i < class->n; i++)
		err = take(class->route[i], ret, max, ret_n);
	if (!err)
		err = by_fields(det, ret, max, ret_n);
	if (keep && !err && !det->err)
		ward_memo_put(&s->memo, h, as, key, ret, *ret_n);
	return err;
}
