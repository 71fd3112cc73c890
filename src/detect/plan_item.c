/* Items become atoms: those that several rules have are one. */
#include "detect/plan_build.h"

#include <stdlib.h>

enum { KEY_MAX = 1 << 20 };

/* Only a map that has names for the slot makes a difference. */
static uint32_t map_for(const struct ward_ruleset *rs, uint32_t slot, uint32_t map)
{
	if (!map || slot == WARD_NONE)
		return 0;
	for (size_t i = 0; i < rs->map[map - 1].n; i++)
		if (rs->map[map - 1].from[i] == slot)
			return map;
	return 0;
}

static enum ward_err unit_of(struct ward_plan_build *b, uint32_t field, uint32_t map, uint32_t *ret)
{
	struct ward_plan_unit *u = b->unit.item;
	size_t i = 0;

	map = map_for(b->rs, field, map);
	while (i < b->unit.n && (u[i].field != field || u[i].map != map))
		i++;
	*ret = (uint32_t)i;
	if (i < b->unit.n)
		return WARD_OK;
	u = ward_plan_add(b, &b->unit);
	if (!u)
		return WARD_ERR_NOMEM;
	*u = (struct ward_plan_unit){field, map};
	return WARD_OK;
}

/* Does a text alone decide? */
static bool textual(const struct ward_test *t)
{
	return t->kind == WARD_TEST_PATTERN || t->kind == WARD_TEST_REGEX ||
	       t->kind == WARD_TEST_CIDR || t->kind == WARD_TEST_COMPARE;
}

bool ward_plan_dear(const struct ward_item *item)
{
	for (size_t i = 0; i < item->n_test; i++)
		if (item->test[i].kind != WARD_TEST_PATTERN)
			return true;
	return item->n_test == 0;
}

static void key_u32(struct ward_wr *w, uint32_t v)
{
	ward_wr_be32(w, v);
}

/* Equal values have equal keys. Patterns are compared by what they say, others by what they are. */
static void value_key(struct ward_wr *w, uint32_t unit, const struct ward_test *t)
{
	const struct ward_pattern *p = &t->pattern;

	key_u32(w, unit);
	key_u32(w, t->kind);
	if (t->kind != WARD_TEST_PATTERN) {
		ward_wr_be64(w, (uint64_t)(uintptr_t)t);
		return;
	}
	key_u32(w, (uint32_t)p->open_start << 2 | (uint32_t)p->open_end << 1 | p->folded);
	for (uint32_t i = 0; i < p->n_seg; i++) {
		key_u32(w, (uint32_t)p->seg[i].text.len);
		ward_wr_str(w, p->seg[i].text);
		key_u32(w, p->seg[i].n_one);
		for (uint32_t k = 0; k < p->seg[i].n_one; k++)
			key_u32(w, p->seg[i].one[k]);
	}
}

/* A keyword stands anywhere in a value. */
static const struct ward_test *as_looked_for(
	struct ward_plan_build *b, const struct ward_test *t, uint32_t field)
{
	if (field != WARD_NONE || t->kind != WARD_TEST_PATTERN)
		return t;
	struct ward_test *open = ward_arena_alloc(&b->p->arena, sizeof(*open));

	if (!open)
		return NULL;
	*open = *t;
	open->pattern.open_start = open->pattern.open_end = true;
	return open;
}

static enum ward_err value_of(
	struct ward_plan_build *b, uint32_t unit, const struct ward_test *t, uint32_t *ret)
{
	struct ward_plan_unit *u = b->unit.item;
	struct ward_wr w = ward_wr_grow(b->p->mem, KEY_MAX);
	enum ward_err err = WARD_OK;

	t = as_looked_for(b, t, u[unit].field);
	if (!t)
		return WARD_ERR_NOMEM;
	value_key(&w, unit, t);
	if (ward_wr_bad(&w))
		err = WARD_ERR_LIMIT;
	if (!err)
		err = ward_intern_put(&b->value_keys, ward_wr_text(&w), ret);
	ward_wr_fini(&w);
	if (!err && *ret == b->value.n) {
		struct ward_plan_value *v = ward_plan_add(b, &b->value);

		if (!v)
			return WARD_ERR_NOMEM;
		*v = (struct ward_plan_value){unit, WARD_NONE, t, 0};
	}
	return err;
}

static enum ward_err add_use(struct ward_plan_build *b, uint32_t value, uint32_t atom)
{
	struct ward_plan_pair *u = ward_plan_add(b, &b->use);

	if (!u)
		return WARD_ERR_NOMEM;
	*u = (struct ward_plan_pair){value, atom};
	return WARD_OK;
}

/* The atom of one value alone. */
static enum ward_err value_atom(struct ward_plan_build *b, uint32_t value, uint32_t *ret)
{
	struct ward_plan_value *v = (struct ward_plan_value *)b->value.item + value;

	if (v->atom == WARD_NONE) {
		v->atom = b->p->n_atom++;
		*ret = v->atom;
		return add_use(b, value, v->atom);
	}
	*ret = v->atom;
	return WARD_OK;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The code of a new item whose values are ids[first ...]. */
static enum ward_err encode(struct ward_plan_build *b, struct ward_plan_item *it)
{
	const uint32_t *id = (const uint32_t *)b->ids.item + it->first;
	enum ward_err err = WARD_OK;
	uint32_t atom = b->p->n_atom;

	if (it->n == 1) {
		err = value_atom(b, id[0], &atom);
	} else if (!it->all) {
		b->p->n_atom++;
		for (uint32_t i = 0; i < it->n && !err; i++)
			err = add_use(b, id[i], atom);
	}
	it->word = (uint32_t)WARD_CODE_ATOM << WARD_CODE_KIND_SHIFT | atom;
	if (it->n == 1 || !it->all || err)
		return err;
	it->word = (uint32_t)WARD_CODE_ALL << WARD_CODE_KIND_SHIFT | (uint32_t)b->code.n;
	err = ward_plan_add_u32(b, &b->code, it->n);
	for (uint32_t i = 0; i < it->n && !err; i++) {
		err = value_atom(b, id[i], &atom);
		if (!err)
			err = ward_plan_add_u32(b, &b->code, atom);
	}
	return err;
}

/* The item with these values (sorted, each once), new or old. */
static enum ward_err known_item(struct ward_plan_build *b, uint32_t first, bool all, uint32_t *ret)
{
	uint32_t *id = (uint32_t *)b->ids.item + first;
	size_t n = b->ids.n - first, k = 0;

	qsort(id, n, sizeof(*id), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || id[i] != id[i - 1])
			id[k++] = id[i];
	b->ids.n = first + k;
	struct ward_plan_item it = {0, first, (uint32_t)k, all && k > 1};
	struct ward_wr w = ward_wr_grow(b->p->mem, KEY_MAX);

	key_u32(&w, it.all);
	ward_wr_bytes(&w, (const uint8_t *)id, k * sizeof(*id));
	enum ward_err err = ward_wr_bad(&w) ? WARD_ERR_LIMIT
					    : ward_intern_put(&b->item_keys, ward_wr_text(&w), ret);

	ward_wr_fini(&w);
	if (err)
		return err;
	if (*ret < b->item.n) {
		b->ids.n = first;
		return WARD_OK;
	}
	err = encode(b, &it);
	struct ward_plan_item *add = err ? NULL : ward_plan_add(b, &b->item);

	if (!err && !add)
		err = WARD_ERR_NOMEM;
	for (size_t i = 0; i < k && !err; i++)
		((struct ward_plan_value *)b->value.item)[id[i]].n_item++;
	if (add)
		*add = it;
	return err;
}

static enum ward_err other(struct ward_plan_build *b, const struct ward_item *item, uint32_t *word)
{
	const struct ward_item **o = ward_plan_add(b, &b->other);

	if (!o)
		return WARD_ERR_NOMEM;
	*o = item;
	*word = (uint32_t)WARD_CODE_OTHER << WARD_CODE_KIND_SHIFT | (uint32_t)(b->other.n - 1);
	return WARD_OK;
}

enum ward_err ward_plan_item(
	struct ward_plan_build *b, const struct ward_item *item, uint32_t map, uint32_t *ret)
{
	uint32_t unit = 0, first = (uint32_t)b->ids.n, id = WARD_NONE;
	bool text = item->n_test > 0 && !item->negated && !(b->lazy && ward_plan_dear(item));
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < item->n_test; i++)
		text &= textual(&item->test[i]);
	if (!text) {
		err = other(b, item, ret);
		return err ? err : ward_plan_add_u32(b, &b->seq, WARD_NONE);
	}
	err = unit_of(b, item->field, map, &unit);
	for (size_t i = 0; i < item->n_test && !err; i++) {
		err = value_of(b, unit, &item->test[i], &id);
		if (!err)
			err = ward_plan_add_u32(b, &b->ids, id);
	}
	if (!err)
		err = known_item(b, first, item->all, &id);
	if (err)
		return err;
	*ret = ((struct ward_plan_item *)b->item.item)[id].word;
	return ward_plan_add_u32(b, &b->seq, id);
}

/* A whole number of n digits, one of its kind: a port, a code. 0: it is none. */
static size_t n_digit(const struct ward_test *t)
{
	const struct ward_pattern *p = &t->pattern;

	if (t->kind != WARD_TEST_PATTERN || !ward_pattern_plain(p) || p->n_seg == 0)
		return 0;
	const struct ward_str s = p->seg[0].text;

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
	return s.len;
}

/* How much text of an event there is that a value may be found in; a guess by its length and by how
 * many rules look for it. */
static uint32_t value_cost(const struct ward_plan_build *b, const struct ward_plan_value *v)
{
	const struct ward_plan_unit *u = (const struct ward_plan_unit *)b->unit.item + v->unit;
	const struct ward_pattern *p = &v->test->pattern;
	size_t len = 0;
	uint32_t cost;

	if (v->test->kind == WARD_TEST_PATTERN)
		for (uint32_t i = 0; i < p->n_seg; i++)
			len = p->seg[i].text.len > len ? p->seg[i].text.len : len;
	/* Of what tells routes apart the shortest is often the rarest: an EventID. */
	if (b->root && v->test->kind == WARD_TEST_PATTERN && ward_pattern_plain(p))
		len = 10;
	cost = len >= 16 ? 2 : len >= 10 ? 4 : len >= 6 ? 10 : len >= 3 ? 60 : 300;
	if (n_digit(v->test) > 1)
		cost = len == 2 ? 30 : len == 3 ? 3 : 1;
	cost += cost * v->n_item / 2;
	if (u->field != WARD_NONE && b->routing[u->field])
		cost *= 200;
	return cost < 1000000 ? cost : 1000000;
}

uint32_t ward_plan_item_cost(const struct ward_plan_build *b, uint32_t item, uint32_t *ret_atom)
{
	if (item == WARD_NONE)
		return WARD_COND_NEVER;
	const struct ward_plan_item *it = (const struct ward_plan_item *)b->item.item + item;
	const struct ward_plan_value *value = b->value.item;
	uint32_t cost = it->all ? WARD_COND_NEVER : 0;

	*ret_atom = it->word & WARD_CODE_INDEX;
	for (uint32_t i = 0; i < it->n; i++) {
		const struct ward_plan_value *v =
			&value[((const uint32_t *)b->ids.item)[it->first + i]];
		uint32_t c = value_cost(b, v);

		if (!it->all && cost < WARD_COND_NEVER / 2)
			cost += c;
		if (it->all && c < cost) {
			cost = c;
			*ret_atom = v->atom;
		}
	}
	return cost;
}
