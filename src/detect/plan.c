#include "detect/plan_build.h"

#include <stdlib.h>

enum { BYTES_MAX = 1 << 29 };

void *ward_plan_add(struct ward_plan_build *b, struct ward_plan_list *l)
{
	if (ward_mem_more(b->p->mem, &l->item, l->n, &l->cap, l->size, WARD_CODE_INDEX) != WARD_OK)
		return NULL;
	void *p = (uint8_t *)l->item + l->n++ * l->size;

	memset(p, 0, l->size);
	return p;
}

enum ward_err ward_plan_add_u32(struct ward_plan_build *b, struct ward_plan_list *l, uint32_t v)
{
	uint32_t *p = ward_plan_add(b, l);

	if (!p)
		return WARD_ERR_NOMEM;
	*p = v;
	return WARD_OK;
}

static void list_fini(struct ward_plan_build *b, struct ward_plan_list *l)
{
	ward_mem_free(b->p->mem, l->item, l->cap * l->size);
	*l = (struct ward_plan_list){.size = l->size};
}

static void *keep(struct ward_plan_build *b, const struct ward_plan_list *l)
{
	void *p = ward_arena_array(&b->p->arena, l->n, l->size);

	if (p && l->n)
		memcpy(p, l->item, l->n * l->size);
	return p;
}

/* The code of one selection; its items go to seq. Items put code of their own before it. */
static enum ward_err selection(
	struct ward_plan_build *b, const struct ward_selection *s, uint32_t map, uint32_t *ret)
{
	size_t n = 1;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < s->n_map; i++)
		n += 1 + s->map[i].n_item;
	uint32_t *code = ward_arena_array(&b->tmp, n, sizeof(*code));

	if (!code)
		return WARD_ERR_NOMEM;
	n = 0;
	code[n++] = (uint32_t)s->n_map;
	for (size_t i = 0; i < s->n_map && !err; i++) {
		code[n++] = (uint32_t)s->map[i].n_item;
		for (size_t k = 0; k < s->map[i].n_item && !err; k++)
			err = ward_plan_item(b, &s->map[i].item[k], map, &code[n++]);
	}
	*ret = (uint32_t)b->code.n;
	for (size_t i = 0; i < n && !err; i++)
		err = ward_plan_add_u32(b, &b->code, code[i]);
	return err;
}

/* Does every map of a selection have an item that is cheap to find? */
static bool cheap(const struct ward_selection *s)
{
	for (size_t i = 0; i < s->n_map; i++) {
		size_t k = 0;

		while (k < s->map[i].n_item && ward_plan_dear(&s->map[i].item[k]))
			k++;
		if (k == s->map[i].n_item)
			return false;
	}
	return true;
}

/* Does the condition need something that is cheap to find? */
static enum ward_err find_lazy(struct ward_plan_build *b, const struct ward_selection *s, size_t n,
	const struct ward_cond *cond)
{
	uint32_t *cost = ward_arena_array(&b->tmp, n, sizeof(*cost));
	bool *need = ward_arena_array(&b->tmp, n, sizeof(*need));

	if (!cost || !need)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		cost[i] = cheap(&s[i]) ? 1 : WARD_COND_NEVER;
	return ward_cond_need(&b->tmp, cond, cost, n, need, &b->lazy);
}

static enum ward_err add_member(struct ward_plan_build *b, uint32_t rule, uint32_t map,
	const struct ward_selection *s, size_t n, const struct ward_cond *cond)
{
	struct ward_plan_member *m = ward_plan_add(b, &b->member);
	uint32_t *sel = ward_arena_array(&b->p->arena, n, sizeof(*sel));
	enum ward_err err = WARD_OK;

	if (!m || !sel)
		return WARD_ERR_NOMEM;
	*m = (struct ward_plan_member){rule, map, sel};
	ward_arena_reset(&b->tmp);
	err = find_lazy(b, s, n, cond);
	for (size_t i = 0; i < n && !err; i++)
		err = selection(b, &s[i], map, &sel[i]);
	return err;
}

/* One selection to rely on: of each of its maps the item that is rarest. */
struct reliance {
	uint32_t cost;
	uint32_t *atom; /* one per map */
	size_t n;
};

static enum ward_err rely(
	struct ward_plan_build *b, const struct ward_selection *s, size_t *at, struct reliance *ret)
{
	const uint32_t *seq = b->seq.item;

	*ret = (struct reliance){0, ward_arena_array(&b->tmp, s->n_map, sizeof(*ret->atom)), 0};
	if (!ret->atom)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < s->n_map; i++) {
		uint32_t best = WARD_COND_NEVER;

		for (size_t k = 0; k < s->map[i].n_item; k++) {
			uint32_t atom = 0, cost = ward_plan_item_cost(b, seq[(*at)++], &atom);

			if (cost >= best)
				continue;
			best = cost;
			ret->atom[ret->n] = atom;
		}
		ret->n++;
		if (best == WARD_COND_NEVER || ret->cost >= WARD_COND_NEVER - 1 - best)
			ret->cost = WARD_COND_NEVER;
		else
			ret->cost += best;
	}
	return WARD_OK;
}

static enum ward_err add_needs(struct ward_plan_build *b, const struct reliance *r, uint32_t member)
{
	for (size_t i = 0; i < r->n; i++) {
		struct ward_plan_pair *p = ward_plan_add(b, &b->need);

		if (!p)
			return WARD_ERR_NOMEM;
		*p = (struct ward_plan_pair){r->atom[i], member};
	}
	return WARD_OK;
}

/* Which atoms bring a member up; all items of the group are known. */
static enum ward_err bring_up(struct ward_plan_build *b, uint32_t member,
	const struct ward_selection *s, size_t n, const struct ward_cond *cond, size_t *at)
{
	ward_arena_reset(&b->tmp);
	struct reliance *r = ward_arena_array(&b->tmp, n, sizeof(*r));
	uint32_t *cost = ward_arena_array(&b->tmp, n, sizeof(*cost));
	bool *need = ward_arena_array(&b->tmp, n, sizeof(*need)), has = false;
	enum ward_err err = r && cost && need ? WARD_OK : WARD_ERR_NOMEM;

	for (size_t i = 0; i < n && !err; i++) {
		err = rely(b, &s[i], at, &r[i]);
		cost[i] = r[i].cost;
	}
	if (!err)
		err = ward_cond_need(&b->tmp, cond, cost, n, need, &has);
	for (size_t i = 0; i < n && !err; i++)
		if (need[i])
			err = add_needs(b, &r[i], member);
	if (!err && !has)
		err = ward_plan_add_u32(b, &b->always, member);
	return err;
}

static void begin_group(struct ward_plan_build *b)
{
	ward_intern_init(&b->value_keys, b->p->mem, WARD_CODE_INDEX, BYTES_MAX);
	ward_intern_init(&b->item_keys, b->p->mem, WARD_CODE_INDEX, BYTES_MAX);
	b->unit.n = b->value.n = b->item.n = b->ids.n = b->use.n = b->seq.n = b->always.n = 0;
}

static enum ward_err end_group(
	struct ward_plan_build *b, struct ward_plan_group *g, enum ward_err err)
{
	ward_intern_fini(&b->value_keys);
	ward_intern_fini(&b->item_keys);
	if (err)
		return err;
	g->n_always = b->always.n;
	g->always = keep(b, &b->always);
	return g->always ? ward_plan_units(b, g) : WARD_ERR_NOMEM;
}

static enum ward_err rules_of(
	struct ward_plan_build *b, const struct ward_route *t, struct ward_plan_group *g)
{
	uint32_t first = (uint32_t)b->member.n;
	size_t at = 0;
	enum ward_err err = WARD_OK;

	begin_group(b);
	for (size_t i = 0; i < t->n_rule && !err; i++) {
		const struct ward_rule *r = b->rs->rule[t->rule[i]];

		err = add_member(b, t->rule[i], t->map[i], r->selection, r->n_selection, &r->cond);
	}
	for (size_t i = 0; i < t->n_rule && !err; i++) {
		const struct ward_rule *r = b->rs->rule[t->rule[i]];

		err = bring_up(b, first + (uint32_t)i, r->selection, r->n_selection, &r->cond, &at);
	}
	return end_group(b, g, err);
}

/* What a route asks of fields, as one selection. */
static enum ward_err route_selection(
	struct ward_plan_build *b, const struct ward_route *t, struct ward_selection *ret)
{
	struct ward_arena *a = &b->p->arena;
	struct ward_item_map *m = ward_arena_alloc(a, sizeof(*m));
	struct ward_item *item = ward_arena_array(a, t->n_when, sizeof(*item));

	if (!m || !item)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < t->n_when; i++) {
		const struct ward_when *w = &t->when[i];
		struct ward_test *test = ward_arena_array(a, w->n_pattern, sizeof(*test));

		if (!test)
			return WARD_ERR_NOMEM;
		for (size_t k = 0; k < w->n_pattern; k++)
			test[k] = (struct ward_test){
				.kind = WARD_TEST_PATTERN, .pattern = w->pattern[k]};
		item[i] =
			(struct ward_item){.field = w->field, .test = test, .n_test = w->n_pattern};
	}
	*m = (struct ward_item_map){item, t->n_when};
	*ret = (struct ward_selection){.name = WARD_STR(""), .map = m, .n_map = 1};
	return WARD_OK;
}

/* Routes that ask for a class only are found by it: index.c. */
static enum ward_err routes(struct ward_plan_build *b)
{
	static struct ward_cond_inst test = {WARD_COND_TEST, 0};
	const struct ward_cond cond = {&test, 1};
	struct ward_selection *s = ward_arena_array(&b->p->arena, b->rs->n_route, sizeof(*s));
	size_t at = 0;
	uint32_t member = 0;
	enum ward_err err = s ? WARD_OK : WARD_ERR_NOMEM;

	begin_group(b);
	b->root = true;
	for (size_t i = 0; i < b->rs->n_route && !err; i++) {
		if (!b->rs->route[i].n_when)
			continue;
		err = route_selection(b, &b->rs->route[i], &s[i]);
		if (!err)
			err = add_member(b, (uint32_t)i, 0, &s[i], 1, &cond);
	}
	for (size_t i = 0; i < b->rs->n_route && !err; i++)
		if (b->rs->route[i].n_when)
			err = bring_up(b, member++, &s[i], 1, &cond, &at);
	err = end_group(b, &b->p->root, err);
	b->p->routes_by_atoms = b->other.n == 0;
	b->root = false;
	for (size_t i = 0; i < b->rs->n_route && !err; i++)
		for (size_t k = 0; k < b->rs->route[i].n_when; k++)
			b->routing[b->rs->route[i].when[k].field] = true;
	return err;
}

/* What sorts members: a rule, then the route that it was found in. */
struct rank {
	uint32_t rule, member;
};

static int by_rank(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->member < y->member ? -1 : x->member > y->member;
}

static void renumber(struct ward_plan_group *g, const uint32_t *number)
{
	for (size_t i = 0; i < g->n_always; i++)
		g->always[i] = number[g->always[i]];
}

/* Numbers members anew, in the order in which they are tried. */
static enum ward_err sort_members(struct ward_plan_build *b)
{
	struct ward_plan_member *m = b->member.item;
	struct ward_plan_pair *need = b->need.item;
	size_t n = b->member.n;

	ward_arena_reset(&b->tmp);
	struct rank *rank = ward_arena_array(&b->tmp, n, sizeof(*rank));
	uint32_t *number = ward_arena_array(&b->tmp, n, sizeof(*number));

	b->p->member = ward_arena_array(&b->p->arena, n, sizeof(*m));
	if (!rank || !number || !b->p->member)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		rank[i] = (struct rank){m[i].rule, (uint32_t)i};
	qsort(rank, n, sizeof(*rank), by_rank);
	for (size_t i = 0; i < n; i++) {
		b->p->member[i] = m[rank[i].member];
		number[rank[i].member] = (uint32_t)i;
	}
	for (size_t i = 0; i < b->need.n; i++)
		need[i].b = number[need[i].b];
	renumber(&b->p->root, number);
	for (size_t i = 0; i < b->rs->n_route; i++)
		renumber(&b->p->group[i], number);
	return WARD_OK;
}

static enum ward_err finish(struct ward_plan_build *b)
{
	struct ward_plan *p = b->p;
	enum ward_err err = sort_members(b);
	const struct ward_plan_pair *need = b->need.item;

	p->n_member = b->member.n;
	p->code = keep(b, &b->code);
	p->other = keep(b, &b->other);
	p->first = ward_arena_array(&p->arena, (size_t)p->n_atom + 2, sizeof(*p->first));
	p->need = ward_arena_array(&p->arena, b->need.n, sizeof(*p->need));
	if (err || !p->code || !p->other || !p->first || !p->need)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < b->need.n; i++)
		p->first[need[i].a + 2]++;
	for (size_t i = 2; i < (size_t)p->n_atom + 2; i++)
		p->first[i] += p->first[i - 1];
	for (size_t i = 0; i < b->need.n; i++)
		p->need[p->first[need[i].a + 1]++] = need[i].b;
	return WARD_OK;
}

static void build_fini(struct ward_plan_build *b)
{
	struct ward_plan_list *all[] = {&b->member, &b->code, &b->other, &b->need, &b->unit,
		&b->value, &b->item, &b->ids, &b->use, &b->seq, &b->always};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		list_fini(b, all[i]);
	ward_arena_fini(&b->tmp);
	ward_mem_free(b->p->mem, b->routing, (b->rs->fields.n + 1) * sizeof(*b->routing));
}

enum ward_err ward_plan_new(
	const struct ward_ruleset *rs, const struct ward_mem *mem, struct ward_plan **ret)
{
	struct ward_plan *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	p->mem = mem;
	ward_arena_init(&p->arena, mem, BYTES_MAX);
	struct ward_plan_build b = {.p = p,
		.rs = rs,
		.member = {.size = sizeof(struct ward_plan_member)},
		.code = {.size = sizeof(uint32_t)},
		.other = {.size = sizeof(const struct ward_item *)},
		.need = {.size = sizeof(struct ward_plan_pair)},
		.unit = {.size = sizeof(struct ward_plan_unit)},
		.value = {.size = sizeof(struct ward_plan_value)},
		.item = {.size = sizeof(struct ward_plan_item)},
		.ids = {.size = sizeof(uint32_t)},
		.use = {.size = sizeof(struct ward_plan_pair)},
		.seq = {.size = sizeof(uint32_t)},
		.always = {.size = sizeof(uint32_t)}};

	ward_arena_init(&b.tmp, mem, BYTES_MAX);
	b.routing = ward_mem_alloc(mem, (rs->fields.n + 1) * sizeof(*b.routing));
	p->group = ward_arena_array(&p->arena, rs->n_route, sizeof(*p->group));
	enum ward_err err = b.routing && p->group ? routes(&b) : WARD_ERR_NOMEM;

	for (size_t i = 0; i < rs->n_route && !err; i++)
		err = rules_of(&b, &rs->route[i], &p->group[i]);
	if (!err)
		err = finish(&b);
	build_fini(&b);
	if (err)
		ward_plan_free(p);
	else
		*ret = p;
	return err;
}

void ward_plan_free(struct ward_plan *p)
{
	if (!p)
		return;
	ward_arena_fini(&p->arena);
	ward_mem_free(p->mem, p, sizeof(*p));
}
