#include "paths/aog.h"

#include "paths/heap.h"

void ward_aog_init(struct ward_aog *g, const struct ward_mem *mem, size_t max)
{
	*g = (struct ward_aog){.mem = mem, .max = max < UINT32_MAX / 8 ? max : UINT32_MAX / 8};
}

static void unseal(struct ward_aog *g)
{
	size_t facts = ((size_t)g->n_fact + 1) * sizeof(uint32_t);

	ward_mem_free(g->mem, g->by_head, g->n_step * sizeof(uint32_t));
	ward_mem_free(g->mem, g->by_tail, g->n_tail * sizeof(uint32_t));
	ward_mem_free(g->mem, g->by_head_at, facts);
	ward_mem_free(g->mem, g->by_tail_at, facts);
	g->by_head = g->by_tail = g->by_head_at = g->by_tail_at = NULL;
}

void ward_aog_fini(struct ward_aog *g)
{
	unseal(g);
	ward_mem_free(g->mem, g->step, g->cap_step * sizeof(*g->step));
	ward_mem_free(g->mem, g->tail, g->cap_tail * sizeof(*g->tail));
	*g = (struct ward_aog){.mem = g->mem, .max = g->max};
}

enum ward_err ward_aog_fact(struct ward_aog *g, uint32_t *ret)
{
	if (g->n_fact >= g->max)
		return WARD_ERR_LIMIT;
	*ret = g->n_fact++;
	return WARD_OK;
}

enum ward_err ward_aog_step(struct ward_aog *g, uint32_t head, const uint32_t *tail, uint32_t n,
	uint32_t kind, uint32_t *ret)
{
	enum ward_err err =
		ward_mem_more(g->mem, &g->step, g->n_step, &g->cap_step, sizeof(*g->step), g->max);
	size_t first = g->n_tail;

	for (uint32_t i = 0; i < n && !err; i++) {
		err = ward_mem_more(
			g->mem, &g->tail, g->n_tail, &g->cap_tail, sizeof(*g->tail), 4 * g->max);
		if (!err)
			g->tail[g->n_tail++] = tail[i];
	}
	if (err) {
		g->n_tail = first;
		return err;
	}
	*ret = (uint32_t)g->n_step;
	g->step[g->n_step++] = (struct ward_aog_step){head, (uint32_t)first, n, kind};
	return WARD_OK;
}

/* One cell "j of the first i": without member i, or with it and one less. */
static enum ward_err threshold_cell(struct ward_aog *g, uint32_t without, uint32_t less, bool first,
	uint32_t member, uint32_t *ret)
{
	uint32_t step, both[2] = {member, less};
	enum ward_err err = ward_aog_fact(g, ret);

	if (!err && without != WARD_NONE)
		err = ward_aog_step(g, *ret, &without, 1, WARD_NONE, &step);
	if (!err && (first || less != WARD_NONE))
		err = ward_aog_step(g, *ret, both, first ? 1 : 2, WARD_NONE, &step);
	return err;
}

enum ward_err ward_aog_threshold(
	struct ward_aog *g, const uint32_t *member, uint32_t n, uint32_t r, uint32_t *ret)
{
	WARD_ASSERT(r >= 1 && r <= n);
	if (n == 1) {
		*ret = member[0];
		return WARD_OK;
	}
	/* row[j]: the fact "j + 1 of the members so far", filled from high to low. */
	uint32_t *row = ward_mem_alloc(g->mem, r * sizeof(*row));
	enum ward_err err = row ? WARD_OK : WARD_ERR_NOMEM;

	for (uint32_t j = 0; j < r && !err; j++)
		row[j] = WARD_NONE;
	for (uint32_t i = 0; i < n && !err; i++) {
		/* "j of the first i" matters only if the rest can still make it r. */
		uint32_t least = r > n - i - 1 ? r - (n - i - 1) : 1;

		for (uint32_t j = i + 1 < r ? i + 1 : r; j >= least && !err; j--) {
			uint32_t less = j > 1 ? row[j - 2] : WARD_NONE;

			err = threshold_cell(g, row[j - 1], less, j == 1, member[i], &row[j - 1]);
		}
	}
	if (!err)
		*ret = row[r - 1];
	ward_mem_free(g->mem, row, r * sizeof(*row));
	return err;
}

/* Turns counts at [i] into starts; *at[n] is the sum. */
static void sums(uint32_t *at, uint32_t n)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i <= n; i++) {
		uint32_t has = at[i];

		at[i] = sum;
		sum += has;
	}
}

/* Undoes that filling moved each start to the next one's. */
static void shift(uint32_t *at, uint32_t n)
{
	for (uint32_t i = n; i > 0; i--)
		at[i] = at[i - 1];
	at[0] = 0;
}

enum ward_err ward_aog_seal(struct ward_aog *g)
{
	size_t facts = (size_t)g->n_fact + 1;

	g->by_head_at = ward_mem_alloc(g->mem, facts * sizeof(uint32_t));
	g->by_tail_at = ward_mem_alloc(g->mem, facts * sizeof(uint32_t));
	g->by_head = ward_mem_alloc(g->mem, g->n_step * sizeof(uint32_t));
	g->by_tail = ward_mem_alloc(g->mem, g->n_tail * sizeof(uint32_t));
	if (!g->by_head_at || !g->by_tail_at || (g->n_step && !g->by_head) ||
		(g->n_tail && !g->by_tail))
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < g->n_step; i++)
		g->by_head_at[g->step[i].head]++;
	for (size_t i = 0; i < g->n_tail; i++)
		g->by_tail_at[g->tail[i]]++;
	sums(g->by_head_at, g->n_fact);
	sums(g->by_tail_at, g->n_fact);
	for (size_t i = 0; i < g->n_step; i++) {
		const struct ward_aog_step *s = &g->step[i];

		g->by_head[g->by_head_at[s->head]++] = (uint32_t)i;
		for (uint32_t t = 0; t < s->n_tail; t++)
			g->by_tail[g->by_tail_at[g->tail[s->first + t]]++] = (uint32_t)i;
	}
	shift(g->by_head_at, g->n_fact);
	shift(g->by_tail_at, g->n_fact);
	return WARD_OK;
}

enum ward_err ward_aog_prune(struct ward_aog *g, const uint8_t *kept, const uint32_t *also,
	size_t n_also, uint32_t *ret_fact)
{
	uint32_t n_fact = 0;
	size_t n_step = 0, n_tail = 0;

	for (uint32_t f = 0; f < g->n_fact; f++)
		ret_fact[f] = WARD_NONE;
	for (size_t i = 0; i < n_also; i++)
		ret_fact[also[i]] = 0;
	for (size_t i = 0; i < g->n_step; i++) {
		const struct ward_aog_step *s = &g->step[i];

		for (uint32_t t = 0; kept[i] && t < s->n_tail; t++)
			ret_fact[g->tail[s->first + t]] = 0;
		if (kept[i])
			ret_fact[s->head] = 0;
	}
	unseal(g);
	for (uint32_t f = 0; f < g->n_fact; f++)
		if (ret_fact[f] == 0)
			ret_fact[f] = n_fact++;
	for (size_t i = 0; i < g->n_step; i++) {
		struct ward_aog_step s = g->step[i];

		if (!kept[i])
			continue;
		for (uint32_t t = 0; t < s.n_tail; t++)
			g->tail[n_tail + t] = ret_fact[g->tail[s.first + t]];
		s.head = ret_fact[s.head];
		s.first = (uint32_t)n_tail;
		n_tail += s.n_tail;
		g->step[n_step++] = s;
	}
	g->n_fact = n_fact;
	g->n_step = n_step;
	g->n_tail = n_tail;
	return ward_aog_seal(g);
}

/* Working memory of one pass. */
struct pass {
	const struct ward_aog *g;
	const uint64_t *cost;
	bool longest;
	uint64_t *fact_cost;
	uint32_t *fact_step;
	uint32_t *left; /* needs of a step that are not had yet */
	uint32_t *next; /* the best step offered for a fact that is not settled; its cost: fact_cost
			 */
	uint64_t looks;
	struct ward_heap heap;
};

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > WARD_AOG_NEVER - b ? WARD_AOG_NEVER : a + b;
}

static uint64_t step_cost(const struct pass *p, uint32_t i)
{
	const struct ward_aog_step *s = &p->g->step[i];
	uint64_t sum = 0;

	for (uint32_t t = 0; t < s->n_tail; t++) {
		uint64_t c = p->fact_cost[p->g->tail[s->first + t]];

		sum = !p->longest ? plus(sum, c) : c > sum ? c : sum;
	}
	return plus(sum, p->cost[i]);
}

static enum ward_err offer(struct pass *p, uint32_t i)
{
	uint64_t c = p->cost[i] == WARD_AOG_NEVER ? WARD_AOG_NEVER : step_cost(p, i);
	uint32_t f = p->g->step[i].head;

	p->looks++;
	if (c == WARD_AOG_NEVER || p->fact_step[f] != WARD_NONE || c > p->fact_cost[f] ||
		(c == p->fact_cost[f] && i > p->next[f]))
		return WARD_OK;
	p->fact_cost[f] = c;
	p->next[f] = i;
	return ward_heap_push(&p->heap, c, i);
}

/* Knuth's generalised Dijkstra: the cheapest step of all whose needs are settled settles its head.
 */
static enum ward_err settle(struct pass *p, uint32_t goal, uint64_t most)
{
	const struct ward_aog *g = p->g;
	enum ward_err err = WARD_OK;
	uint64_t c;
	uint32_t i;

	for (uint32_t s = 0; s < g->n_step && !err; s++) {
		p->left[s] = g->step[s].n_tail;
		if (!p->left[s])
			err = offer(p, s);
	}
	while (!err && ward_heap_pop(&p->heap, &c, &i) && c <= most) {
		uint32_t f = g->step[i].head;

		if (p->fact_step[f] != WARD_NONE)
			continue;
		p->fact_step[f] = i; /* its cost is c, the last that was offered */
		if (f == goal)
			break;
		for (uint32_t k = g->by_tail_at[f]; k < g->by_tail_at[f + 1] && !err; k++)
			if (--p->left[g->by_tail[k]] == 0)
				err = offer(p, g->by_tail[k]);
	}
	return err;
}

static enum ward_err pass(struct pass *p, uint32_t goal, uint64_t most)
{
	const struct ward_aog *g = p->g;
	size_t steps = (g->n_step + 1) * sizeof(*p->left), facts = ((size_t)g->n_fact + 1);

	for (uint32_t f = 0; f < g->n_fact; f++) {
		p->fact_cost[f] = WARD_AOG_NEVER;
		p->fact_step[f] = WARD_NONE;
	}
	p->left = ward_mem_alloc(g->mem, steps);
	p->next = ward_mem_alloc(g->mem, facts * sizeof(*p->next));
	enum ward_err err = p->left && p->next ? settle(p, goal, most) : WARD_ERR_NOMEM;

	ward_mem_free(g->mem, p->left, steps);
	ward_mem_free(g->mem, p->next, facts * sizeof(*p->next));
	ward_heap_fini(&p->heap);
	return err;
}

enum ward_err ward_aog_best(const struct ward_aog *g, const uint64_t *cost, bool longest,
	uint64_t *ret_cost, uint32_t *ret_step)
{
	struct pass p = {.g = g,
		.cost = cost,
		.longest = longest,
		.fact_cost = ret_cost,
		.fact_step = ret_step,
		.heap = ward_heap_on(g->mem)};

	return pass(&p, WARD_NONE, WARD_AOG_NEVER);
}

enum ward_err ward_aog_search(const struct ward_aog *g, const uint64_t *cost,
	struct ward_aog_search *s, uint64_t *ret_cost, uint32_t *ret_step)
{
	struct pass p = {.g = g,
		.cost = cost,
		.fact_cost = ret_cost,
		.fact_step = ret_step,
		.heap = ward_heap_on(g->mem)};
	enum ward_err err = pass(&p, s->goal, s->most);

	for (uint32_t f = 0; f < g->n_fact; f++)
		if (ret_step[f] == WARD_NONE)
			ret_cost[f] = WARD_AOG_NEVER;
	s->looks = p.looks;
	return err;
}

static void spread(const struct ward_aog *g, const uint8_t *banned, uint32_t *left, uint32_t *queue,
	uint8_t *on)
{
	size_t n = 0;

	for (uint32_t s = 0; s < g->n_step; s++) {
		left[s] = g->step[s].n_tail;
		if (!left[s] && !(banned && banned[s]) && !on[g->step[s].head]) {
			on[g->step[s].head] = 1;
			queue[n++] = g->step[s].head;
		}
	}
	while (n) {
		uint32_t f = queue[--n];

		for (uint32_t k = g->by_tail_at[f]; k < g->by_tail_at[f + 1]; k++) {
			uint32_t s = g->by_tail[k], head = g->step[s].head;

			if (--left[s] || (banned && banned[s]) || on[head])
				continue;
			on[head] = 1;
			queue[n++] = head;
		}
	}
}

enum ward_err ward_aog_reach(
	const struct ward_aog *g, const uint8_t *banned, uint32_t goal, uint8_t *ret_on, bool *ret)
{
	uint32_t *left = ward_mem_alloc(g->mem, (g->n_step + 1) * sizeof(*left));
	uint32_t *queue = ward_mem_alloc(g->mem, ((size_t)g->n_fact + 1) * sizeof(*queue));
	uint8_t *own = ret_on ? NULL : ward_mem_alloc(g->mem, g->n_fact),
		*on = ret_on ? ret_on : own;
	bool ok = left && queue && on;

	if (ok) {
		memset(on, 0, g->n_fact);
		spread(g, banned, left, queue, on);
		*ret = on[goal];
	}
	ward_mem_free(g->mem, left, (g->n_step + 1) * sizeof(*left));
	ward_mem_free(g->mem, queue, ((size_t)g->n_fact + 1) * sizeof(*queue));
	ward_mem_free(g->mem, own, g->n_fact);
	return ok ? WARD_OK : WARD_ERR_NOMEM;
}

/* Depth first without recursion: at[] holds facts, with a mark once their needs were pushed. */
static size_t collect(const struct ward_aog *g, const uint32_t *best, uint32_t goal, uint8_t *seen,
	uint32_t *stack, uint32_t *out)
{
	size_t n = 0, depth = 0;

	stack[depth++] = goal;
	while (depth) {
		uint32_t f = stack[depth - 1];
		const struct ward_aog_step *s = &g->step[best[f]];
		uint32_t t = 0;

		while (t < s->n_tail && seen[g->tail[s->first + t]])
			t++;
		if (t < s->n_tail) { /* a best derivation has no circle: it is not on the stack */
			stack[depth++] = g->tail[s->first + t];
			continue;
		}
		depth--;
		if (!seen[f]) {
			seen[f] = 1;
			out[n++] = best[f];
		}
	}
	return n;
}

enum ward_err ward_aog_extract(const struct ward_aog *g, const uint32_t *best_step, uint32_t goal,
	struct ward_arena *a, struct ward_aog_plan *ret)
{
	size_t room = ((size_t)g->n_fact + 1) * sizeof(uint32_t);
	uint8_t *seen = ward_mem_alloc(g->mem, (size_t)g->n_fact + 1);
	uint32_t *stack = ward_mem_alloc(g->mem, room), *out = ward_mem_alloc(g->mem, room);
	enum ward_err err = seen && stack && out ? WARD_OK : WARD_ERR_NOMEM;

	if (!err) {
		size_t n = collect(g, best_step, goal, seen, stack, out);
		uint32_t *keep = ward_arena_array(a, n, sizeof(*keep));

		err = keep ? WARD_OK : WARD_ERR_NOMEM;
		if (keep) {
			memcpy(keep, out, n * sizeof(*keep));
			*ret = (struct ward_aog_plan){.step = keep, .n = n};
		}
	}
	ward_mem_free(g->mem, seen, (size_t)g->n_fact + 1);
	ward_mem_free(g->mem, stack, room);
	ward_mem_free(g->mem, out, room);
	return err;
}

enum ward_err ward_aog_chokes(const struct ward_aog *g, const struct ward_aog_plan *plan,
	uint32_t goal, uint32_t *ret, size_t *ret_n)
{
	uint8_t *banned = ward_mem_alloc(g->mem, g->n_step + 1);
	enum ward_err err = banned ? WARD_OK : WARD_ERR_NOMEM;
	size_t n = 0;

	for (size_t i = 0; i < plan->n && !err; i++) {
		bool reached = true;

		banned[plan->step[i]] = 1;
		err = ward_aog_reach(g, banned, goal, NULL, &reached);
		banned[plan->step[i]] = 0;
		if (!err && !reached)
			ret[n++] = plan->step[i];
	}
	ward_mem_free(g->mem, banned, g->n_step + 1);
	*ret_n = n;
	return err;
}
