/* The values of a group, by the field that they are looked for in. */
#include "detect/plan_build.h"

#include "detect/fold.h"

enum { NEED_MAX = 64 };

/* What the units of a group are made of; by unit. */
struct parts {
	struct ward_plan_build *b;
	struct ward_plan_group *g;
	uint32_t *use_first;           /* by value, into use; n_value + 1 */
	uint32_t *use;                 /* atoms */
	struct ward_plan_list literal; /* struct ward_literal of the unit */
	struct ward_plan_list pair;    /* literal, use */
	struct ward_plan_list check;   /* struct ward_check */
	struct ward_plan_list uses;    /* of the checks; and then of the literals */
	struct ward_plan_list always, any;
	struct ward_intern keys;
};

static enum ward_err add_literal(
	struct parts *x, struct ward_str text, enum ward_literal_place place, uint32_t use)
{
	struct ward_wr w = ward_wr_grow(x->b->p->mem, text.len + 1);
	uint32_t id = 0;

	ward_wr_ch(&w, (char)place);
	ward_wr_str(&w, text);
	enum ward_err err =
		ward_wr_bad(&w) ? WARD_ERR_NOMEM : ward_intern_put(&x->keys, ward_wr_text(&w), &id);

	ward_wr_fini(&w);
	if (!err && id == x->literal.n) {
		struct ward_literal *l = ward_plan_add(x->b, &x->literal);

		if (!l)
			return WARD_ERR_NOMEM;
		*l = (struct ward_literal){text, place};
	}
	struct ward_plan_pair *p = err ? NULL : ward_plan_add(x->b, &x->pair);

	if (!err && !p)
		err = WARD_ERR_NOMEM;
	if (p)
		*p = (struct ward_plan_pair){id, use};
	return err;
}

/* The longest run of a pattern that holds no wildcard. */
static struct ward_str longest(const struct ward_pattern *p)
{
	struct ward_str best = {"", 0};

	for (uint32_t i = 0; i < p->n_seg; i++) {
		const struct ward_segment *g = &p->seg[i];
		size_t from = 0;

		for (uint32_t k = 0; k <= g->n_one; k++) {
			size_t to = k < g->n_one ? g->one[k] : g->text.len;

			if (to - from > best.len)
				best = ward_str_sub(g->text, from, to - from);
			from = to;
		}
	}
	return best;
}

static bool simple(const struct ward_pattern *p)
{
	return p->folded && p->n_seg == 1 && p->seg[0].n_one == 0;
}

static bool anything(const struct ward_pattern *p)
{
	return p->n_seg == 0 && (p->open_start || p->open_end);
}

static enum ward_literal_place place_of(const struct ward_pattern *p)
{
	return p->open_start ? p->open_end ? WARD_LITERAL_ANYWHERE : WARD_LITERAL_END
	       : p->open_end ? WARD_LITERAL_START
			     : WARD_LITERAL_WHOLE;
}

/* What must stand in the text for a test that is no plain literal. */
static enum ward_err needed(
	struct parts *x, const struct ward_test *t, struct ward_str *ret, size_t *ret_n)
{
	struct ward_arena *a = &x->b->p->arena;

	*ret_n = 0;
	if (t->kind == WARD_TEST_REGEX)
		return ward_regex_need(t->regex, a, ret, NEED_MAX, ret_n);
	if (t->kind != WARD_TEST_PATTERN)
		return WARD_OK;
	struct ward_str s = longest(&t->pattern);

	if (!s.len)
		return WARD_OK;
	*ret_n = 1;
	ret[0] = s;
	if (t->pattern.folded)
		return WARD_OK;
	char *p = ward_arena_alloc(a, s.len);

	if (!p)
		return WARD_ERR_NOMEM;
	ret[0] = (struct ward_str){p, ward_fold(s, p)};
	return WARD_OK;
}

static enum ward_err add_check(struct parts *x, const struct ward_test *t, size_t value)
{
	struct ward_str need[NEED_MAX];
	size_t n = 0;
	uint32_t at = (uint32_t)x->check.n;
	enum ward_err err = needed(x, t, need, &n);
	struct ward_check *c = err ? NULL : ward_plan_add(x->b, &x->check);

	if (!err && !c)
		err = WARD_ERR_NOMEM;
	if (err)
		return err;
	*c = (struct ward_check){
		t, (uint32_t)x->uses.n, x->use_first[value + 1] - x->use_first[value]};
	for (uint32_t i = x->use_first[value]; i < x->use_first[value + 1] && !err; i++)
		err = ward_plan_add_u32(x->b, &x->uses, x->use[i]);
	for (size_t i = 0; i < n && !err; i++)
		err = add_literal(x, need[i], WARD_LITERAL_ANYWHERE, at | WARD_USE_CHECK);
	if (!err && !n)
		err = ward_plan_add_u32(x->b, &x->always, at);
	return err;
}

static enum ward_err add_value(struct parts *x, size_t value)
{
	const struct ward_plan_value *v = (struct ward_plan_value *)x->b->value.item + value;
	const struct ward_pattern *p = &v->test->pattern;
	enum ward_err err = WARD_OK;

	for (uint32_t i = x->use_first[value]; i < x->use_first[value + 1] && !err &&
					       v->test->kind == WARD_TEST_PATTERN && anything(p);
		i++)
		err = ward_plan_add_u32(x->b, &x->any, x->use[i]);
	if (v->test->kind == WARD_TEST_PATTERN && anything(p))
		return err;
	if (v->test->kind != WARD_TEST_PATTERN || !simple(p))
		return add_check(x, v->test, value);
	for (uint32_t i = x->use_first[value]; i < x->use_first[value + 1] && !err; i++)
		err = add_literal(x, p->seg[0].text, place_of(p), x->use[i]);
	return err;
}

static void *keep(struct parts *x, const struct ward_plan_list *l)
{
	void *p = ward_arena_array(&x->b->p->arena, l->n, l->size);

	if (p && l->n)
		memcpy(p, l->item, l->n * l->size);
	return p;
}

/* The slots where the unit's value may stand, in order. */
static enum ward_err slots(
	struct ward_plan_build *b, const struct ward_plan_unit *from, struct ward_unit *u)
{
	const struct ward_fieldmap *m = from->map ? &b->rs->map[from->map - 1] : NULL;

	if (from->field == WARD_NONE)
		return WARD_OK;
	u->slot = ward_arena_array(&b->p->arena, 1 + (m ? m->n : 0), sizeof(*u->slot));
	if (!u->slot)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; m && i < m->n; i++)
		if (m->from[i] == from->field)
			u->slot[u->n_slot++] = m->to[i];
	u->slot[u->n_slot++] = from->field;
	return WARD_OK;
}

/* Groups the pairs by their first number: *ret_first[a] to [a + 1] are the seconds. `at` is where
 * they begin. */
static enum ward_err deal(struct ward_arena *a, const struct ward_plan_list *pairs, size_t n,
	uint32_t at, uint32_t **ret_first, uint32_t *out)
{
	const struct ward_plan_pair *p = pairs->item;
	uint32_t *first = ward_arena_array(a, n + 2, sizeof(*first));

	if (!first)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < pairs->n; i++)
		first[p[i].a + 2]++;
	for (size_t i = 2; i < n + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < pairs->n; i++)
		out[first[p[i].a + 1]++] = p[i].b;
	for (size_t i = 0; i < n + 2; i++)
		first[i] += at;
	*ret_first = first;
	return WARD_OK;
}

/* Has it a byte that is in no number and in no boolean? */
static bool beyond_numbers(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.p[i] || !strchr("0123456789+-.eEtrufals", s.p[i]))
			return true;
	return false;
}

/* The longest run of characters that JSON has no escape of two characters for. */
static struct ward_str unescaped(struct ward_str s)
{
	struct ward_str best = {"", 0};
	size_t from = 0;

	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && (uint8_t)s.p[i] >= 0x20 && !strchr("\"\\/", s.p[i]))
			continue;
		if (i - from > best.len)
			best = ward_str_sub(s, from, i - from);
		from = i + 1;
	}
	return best;
}

enum { JSON_MIN = 4 }; /* shorter ones stand in most events */

static enum ward_err make_json(
	struct ward_arena *a, struct ward_unit *u, const struct ward_literal *l)
{
	struct ward_literal *part = ward_arena_array(a, u->n_literal, sizeof(*part));

	if (!part)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < u->n_literal; i++) {
		part[i] = (struct ward_literal){unescaped(l[i].text), WARD_LITERAL_ANYWHERE};
		if (part[i].text.len < JSON_MIN)
			return WARD_OK;
	}
	return ward_literals_new(a, part, u->n_literal, true, &u->json);
}

static enum ward_err make_unit(
	struct parts *x, const struct ward_plan_unit *from, struct ward_unit *u)
{
	struct ward_arena *a = &x->b->p->arena;
	uint32_t at = (uint32_t)x->uses.n;
	enum ward_err err = slots(x->b, from, u);
	struct ward_literal *l = keep(x, &x->literal);

	u->id = x->b->p->n_unit++;
	u->n_literal = x->literal.n;
	u->n_check = x->check.n;
	u->n_always = x->always.n;
	u->check = keep(x, &x->check);
	u->always = keep(x, &x->always);
	u->n_any = x->any.n;
	u->any = keep(x, &x->any);
	u->whole = !u->n_check;
	u->text_only = !u->n_always && !u->n_any;
	u->shortest = u->text_only && u->n_literal ? SIZE_MAX : 0;
	for (size_t i = 0; i < u->n_literal && l; i++)
		if (l[i].text.len < u->shortest)
			u->shortest = l[i].text.len;
	for (size_t i = 0; i < u->n_literal && l; i++)
		u->text_only &= beyond_numbers(l[i].text);
	for (size_t i = 0; i < u->n_literal && l; i++)
		u->whole &= l[i].place == WARD_LITERAL_WHOLE;
	u->lengths = u->whole && !u->n_any ? 0 : UINT64_MAX;
	for (size_t i = 0; i < u->n_literal && l; i++)
		u->lengths |= (uint64_t)1 << l[i].text.len % 64;
	u->use = ward_arena_array(a, at + x->pair.n, sizeof(*u->use));
	if (err || !l || !u->check || !u->always || !u->any || !u->use)
		return WARD_ERR_NOMEM;
	if (at)
		memcpy(u->use, x->uses.item, at * sizeof(*u->use));
	err = deal(a, &x->pair, u->n_literal, at, &u->first, u->use + at);
	if (!err && u->n_literal)
		err = ward_literals_new(a, l, u->n_literal, false, &u->set);
	if (!err && !u->n_slot && u->text_only && u->n_literal)
		err = make_json(a, u, l);
	if (u->n_literal > x->b->p->literal_max)
		x->b->p->literal_max = u->n_literal;
	if (u->n_check > x->b->p->check_max)
		x->b->p->check_max = u->n_check;
	return err;
}

static void list_fini(struct ward_plan_build *b, struct ward_plan_list *l)
{
	ward_mem_free(b->p->mem, l->item, l->cap * l->size);
	*l = (struct ward_plan_list){.size = l->size};
}

static enum ward_err unit(struct parts *x, size_t i)
{
	const struct ward_plan_value *v = x->b->value.item;
	enum ward_err err = WARD_OK;

	x->literal.n = x->pair.n = x->check.n = x->uses.n = x->always.n = x->any.n = 0;
	ward_intern_init(&x->keys, x->b->p->mem, UINT32_MAX - 1, SIZE_MAX / 2);
	for (size_t k = 0; k < x->b->value.n && !err; k++)
		if (v[k].unit == i)
			err = add_value(x, k);
	if (!err)
		err = make_unit(x, (struct ward_plan_unit *)x->b->unit.item + i, &x->g->unit[i]);
	ward_intern_fini(&x->keys);
	return err;
}

enum ward_err ward_plan_units(struct ward_plan_build *b, struct ward_plan_group *g)
{
	struct parts x = {.b = b,
		.g = g,
		.literal = {.size = sizeof(struct ward_literal)},
		.pair = {.size = sizeof(struct ward_plan_pair)},
		.check = {.size = sizeof(struct ward_check)},
		.uses = {.size = sizeof(uint32_t)},
		.always = {.size = sizeof(uint32_t)},
		.any = {.size = sizeof(uint32_t)}};
	struct ward_arena tmp;
	enum ward_err err;

	ward_arena_init(&tmp, b->p->mem, SIZE_MAX / 2);
	x.use = ward_arena_array(&tmp, b->use.n, sizeof(*x.use));
	g->n_unit = b->unit.n;
	g->unit = ward_arena_array(&b->p->arena, g->n_unit, sizeof(*g->unit));
	err = x.use && g->unit ? deal(&tmp, &b->use, b->value.n, 0, &x.use_first, x.use)
			       : WARD_ERR_NOMEM;
	for (size_t i = 0; i < g->n_unit && !err; i++)
		err = unit(&x, i);
	list_fini(b, &x.literal);
	list_fini(b, &x.pair);
	list_fini(b, &x.check);
	list_fini(b, &x.uses);
	list_fini(b, &x.always);
	list_fini(b, &x.any);
	ward_arena_fini(&tmp);
	return err;
}
