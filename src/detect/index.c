/* Which routes take an event, without asking each of them. */
#include "detect/engine.h"
#include "detect/fold.h"

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

/* The condition to look routes up by: the first whose values are all without wildcards. */
static const struct ward_when *key_of(const struct ward_route *t)
{
	for (size_t i = 0; i < t->n_when; i++) {
		size_t k = 0;

		while (k < t->when[i].n_pattern && ward_pattern_plain(&t->when[i].pattern[k]))
			k++;
		if (k && k == t->when[i].n_pattern)
			return &t->when[i];
	}
	return NULL;
}

enum { VALUE_MAX = 512 };

/* Slot and folded value as one key; false when the value is too long to be one. */
static bool value_key(uint32_t slot, struct ward_str folded, char *out, struct ward_str *ret)
{
	if (folded.len > VALUE_MAX)
		return false;
	memcpy(out, &slot, sizeof(slot));
	if (folded.len)
		memcpy(out + sizeof(slot), folded.p, folded.len);
	*ret = (struct ward_str){out, sizeof(slot) + folded.len};
	return true;
}

static enum ward_err by_value(struct ward_detector *det, const struct ward_when *w, uint32_t route)
{
	struct ward_route_index *x = &det->index;
	char buf[VALUE_MAX + sizeof(uint32_t)];

	for (size_t i = 0; i < w->n_pattern; i++) {
		const struct ward_pattern *p = &w->pattern[i];
		struct ward_str key, text = p->n_seg ? p->seg[0].text : WARD_STR("");
		uint32_t id;
		size_t cap = x->cap_by_value;

		if (!value_key(w->field, text, buf, &key))
			return WARD_ERR_LIMIT;
		enum ward_err err = ward_intern_put(&x->value, key, &id);

		if (!err && id >= cap)
			err = ward_mem_more(det->mem, &x->by_value, cap, &x->cap_by_value,
				sizeof(*x->by_value), x->value.max);
		if (err)
			return err;
		for (; cap < x->cap_by_value; cap++)
			x->by_value[cap] = (struct ward_route_list){NULL, 0, 0};
		err = list_add(det, &x->by_value[id], route);
		if (err)
			return err;
	}
	for (size_t i = 0; i < x->n_field; i++)
		if (x->field[i] == w->field)
			return WARD_OK;
	x->field[x->n_field++] = w->field;
	return WARD_OK;
}

enum ward_err ward_index_init(struct ward_detector *det)
{
	struct ward_route_index *x = &det->index;
	const struct ward_ruleset *rs = det->rs;
	enum ward_err err = WARD_OK;

	ward_intern_init(&x->value, det->mem, 1 << 20, 1 << 28);
	x->field = ward_mem_alloc(det->mem, (rs->fields.n + 1) * sizeof(*x->field));
	if (!x->field)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < rs->n_route && !err; i++) {
		const struct ward_when *w = key_of(&rs->route[i]);

		if (w)
			err = by_value(det, w, (uint32_t)i);
		else
			err = list_add(
				det, rs->route[i].n_class ? &x->by_class : &x->always, (uint32_t)i);
	}
	return err;
}

void ward_index_fini(struct ward_detector *det)
{
	struct ward_route_index *x = &det->index;

	for (size_t i = 0; i < x->cap_by_value; i++)
		list_fini(det, &x->by_value[i]);
	ward_mem_free(det->mem, x->by_value, x->cap_by_value * sizeof(*x->by_value));
	for (size_t i = 0; i < x->n_class; i++)
		list_fini(det, &x->class[i]);
	ward_mem_free(det->mem, x->class, x->n_class * sizeof(*x->class));
	ward_mem_free(det->mem, x->have_class, x->n_class * sizeof(*x->have_class));
	list_fini(det, &x->by_class);
	list_fini(det, &x->always);
	ward_intern_fini(&x->value);
	ward_mem_free(det->mem, x->field, (det->rs->fields.n + 1) * sizeof(*x->field));
}

static bool class_fits(const struct ward_route *t, struct ward_str class)
{
	for (size_t i = 0; i < t->n_class; i++)
		if (ward_pattern_match(&t->class[i], class))
			return true;
	return t->n_class == 0;
}

/* Makes room for class ids up to id. */
static enum ward_err class_room(struct ward_detector *det, size_t id)
{
	struct ward_route_index *x = &det->index;
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

/* The routes for a class, worked out at its first event. Class names are lower case. */
static enum ward_err of_class(struct ward_detector *det, const struct ward_route_list **ret)
{
	struct ward_route_index *x = &det->index;
	uint32_t id = det->e->class;
	enum ward_err err = class_room(det, id);

	if (err)
		return err;
	for (size_t i = 0; i < x->by_class.n && !x->have_class[id] && !err; i++)
		if (class_fits(
			    &det->rs->route[x->by_class.route[i]], ward_name_text(det->names, id)))
			err = list_add(det, &x->class[id], x -> by_class.route[i]);
	x->have_class[id] |= !err;
	*ret = &x->class[id];
	return err;
}

static bool takes(struct ward_detector *det, uint32_t route)
{
	const struct ward_route *t = &det->rs->route[route];

	if (t->n_class && !class_fits(t, ward_name_text(det->names, det->e->class)))
		return false;
	for (size_t i = 0; i < t->n_when; i++) {
		const struct ward_when *w = &t->when[i];
		size_t k = 0;

		while (k < w->n_pattern && !ward_match_pattern(det, &w->pattern[k], w->field, 0))
			k++;
		if (k == w->n_pattern)
			return false;
	}
	return true;
}

struct taken {
	uint32_t *route;
	size_t n, max;
};

/* Insertion sort: an event is taken by few routes. */
static enum ward_err take(
	struct ward_detector *det, const struct ward_route_list *l, struct taken *out)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t at = out->n;

		while (at > 0 && out->route[at - 1] > l->route[i])
			at--;
		if ((at > 0 && out->route[at - 1] == l->route[i]) || !takes(det, l->route[i]))
			continue;
		if (out->n == out->max)
			return WARD_ERR_LIMIT;
		memmove(&out->route[at + 1], &out->route[at], (out->n - at) * sizeof(*out->route));
		out->route[at] = l->route[i];
		out->n++;
	}
	return WARD_OK;
}

static enum ward_err take_by_value(struct ward_detector *det, uint32_t slot, struct taken *out)
{
	struct ward_str key, s = ward_match_text(det, slot, 0);
	char buf[VALUE_MAX + sizeof(uint32_t)], folded[VALUE_MAX];

	if (det->slot_seen[slot] != det->event_no || s.len > VALUE_MAX)
		return WARD_OK;
	struct ward_str f = {folded, ward_fold(s, folded)};

	if (!value_key(slot, f, buf, &key))
		return WARD_OK;
	uint32_t id = ward_intern_find(&det->index.value, key);

	return id == WARD_NONE ? WARD_OK : take(det, &det->index.by_value[id], out);
}

enum ward_err ward_index_routes(struct ward_detector *det, uint32_t *ret, size_t max, size_t *ret_n)
{
	struct taken out = {ret, 0, max};
	const struct ward_route_list *class = NULL;
	enum ward_err err = of_class(det, &class);

	if (!err)
		err = take(det, class, &out);
	if (!err)
		err = take(det, &det->index.always, &out);
	for (size_t i = 0; i < det->index.n_field && !err; i++)
		err = take_by_value(det, det->index.field[i], &out);
	*ret_n = out.n;
	return err;
}
