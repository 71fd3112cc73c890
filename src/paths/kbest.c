#include "paths/aog.h"

#include "paths/heap.h"

#include <stdlib.h>

enum {
	DERIVATIONS_MAX = 4 << 20,
	CANDIDATES_MAX = 32 << 20,
	SET_MAX = 4096,           /* kinds, or facts, of one derivation */
	SETS_BYTES_MAX = 1 << 30, /* of all derivations */
};

/* A way to have a fact that came out; kinds and facts are sorted and hold those of its parts. */
struct derivation {
	uint32_t step;
	uint32_t sub; /* sub[sub ...]: a derivation for each need */
	uint32_t *kind, *fact;
	uint32_t n_kind, n_fact;
	uint32_t alike;
	uint64_t cost;
};

/* A step with a rank for each need, waiting in the heap or for a need's next derivation. */
struct candidate {
	uint32_t step, rank; /* rank[rank ...] */
	uint32_t last;       /* needs before this one stay at their rank: each vector comes once */
	uint32_t next;       /* in a need's waiting list */
};

struct kbest {
	const struct ward_aog *g;
	const uint64_t *cost;
	bool longest, full;
	size_t k;
	uint64_t effort, looks;
	struct ward_arena sets;
	struct derivation *der;
	struct candidate *cand;
	uint32_t *sub, *rank;
	size_t n_der, cap_der, n_cand, cap_cand, n_sub, cap_sub, n_rank, cap_rank;
	uint32_t *of;    /* of[fact * k + rank]: derivation */
	uint32_t *count; /* derivations of a fact */
	uint32_t *wait;  /* first candidate that waits for one more; WARD_NONE */
	uint32_t *left;
	struct ward_heap heap;
	uint32_t kind[SET_MAX], fact[SET_MAX], both[2 * SET_MAX]; /* of the candidate at hand */
};

static uint32_t tail_of(const struct kbest *b, uint32_t step, uint32_t t)
{
	return b->g->tail[b->g->step[step].first + t];
}

static uint64_t candidate_cost(const struct kbest *b, const struct candidate *c)
{
	uint64_t sum = 0, own = b->cost[c->step];

	for (uint32_t t = 0; t < b->g->step[c->step].n_tail; t++) {
		size_t at = tail_of(b, c->step, t) * b->k + b->rank[c->rank + t];
		uint64_t sub = b->der[b->of[at]].cost;

		if (b->longest)
			sum = sub > sum ? sub : sum;
		else
			sum = sum > WARD_AOG_NEVER - sub ? WARD_AOG_NEVER : sum + sub;
	}
	return sum > WARD_AOG_NEVER - own ? WARD_AOG_NEVER : sum + own;
}

static enum ward_err make_candidate(struct kbest *b, uint32_t step, uint32_t from, uint32_t bump)
{
	uint32_t n = b->g->step[step].n_tail, i;
	enum ward_err err = ward_mem_more(
		b->g->mem, &b->cand, b->n_cand, &b->cap_cand, sizeof(*b->cand), CANDIDATES_MAX);

	for (uint32_t t = 0; t < n && !err; t++) {
		err = ward_mem_more(b->g->mem, &b->rank, b->n_rank, &b->cap_rank, sizeof(*b->rank),
			4u * CANDIDATES_MAX);
		if (!err)
			b->rank[b->n_rank++] =
				from == WARD_NONE ? 0 : b->rank[from + t] + (t == bump);
	}
	if (err)
		return err;
	i = (uint32_t)b->n_cand++;
	b->looks += 1 + n;
	b->cand[i] = (struct candidate){
		step, (uint32_t)b->n_rank - n, bump == WARD_NONE ? 0 : bump, WARD_NONE};
	if (from != WARD_NONE) {
		uint32_t fact = tail_of(b, step, bump), rank = b->rank[b->cand[i].rank + bump];

		if (rank >= b->k)
			return WARD_OK;
		if (rank >= b->count[fact]) {
			b->cand[i].next = b->wait[fact];
			b->wait[fact] = i;
			return WARD_OK;
		}
	}
	uint64_t cost = candidate_cost(b, &b->cand[i]);

	return cost == WARD_AOG_NEVER ? WARD_OK : ward_heap_push(&b->heap, cost, i);
}

static bool has(const uint32_t *set, uint32_t n, uint32_t v)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (set[mid] < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && set[lo] == v;
}

static bool within(const uint32_t *a, uint32_t n, const uint32_t *b, uint32_t m)
{
	uint32_t j = 0;

	for (uint32_t i = 0; i < n; i++, j++) {
		while (j < m && b[j] < a[i])
			j++;
		if (j == m || b[j] != a[i])
			return false;
	}
	return true;
}

/* into[0..n) joined with the sorted add: how many then. */
static uint32_t join(struct kbest *b, uint32_t *into, uint32_t n, const uint32_t *add, uint32_t m)
{
	uint32_t i = 0, j = 0, k = 0;

	while (i < n || j < m) {
		uint32_t v = j == m || (i < n && into[i] <= add[j]) ? into[i] : add[j];

		i += i < n && into[i] == v;
		j += j < m && add[j] == v;
		b->both[k++] = v;
	}
	k = k < SET_MAX ? k : SET_MAX;
	memcpy(into, b->both, k * sizeof(*into));
	return k;
}

/* The sets of a candidate; false when it passes its own fact twice, or is too long. */
static bool gather(struct kbest *b, const struct candidate *c, uint32_t *n_kind, uint32_t *n_fact)
{
	const struct ward_aog_step *s = &b->g->step[c->step];

	*n_kind = *n_fact = 0;
	for (uint32_t t = 0; t < s->n_tail; t++) {
		size_t at = tail_of(b, c->step, t) * b->k + b->rank[c->rank + t];
		const struct derivation *d = &b->der[b->of[at]];

		b->looks += 1 + d->n_kind + d->n_fact;
		*n_kind = join(b, b->kind, *n_kind, d->kind, d->n_kind);
		*n_fact = join(b, b->fact, *n_fact, d->fact, d->n_fact);
	}
	if (has(b->fact, *n_fact, s->head) || *n_fact >= SET_MAX || *n_kind >= SET_MAX)
		return false;
	*n_fact = join(b, b->fact, *n_fact, &s->head, 1);
	if (s->kind != WARD_NONE)
		*n_kind = join(b, b->kind, *n_kind, &s->kind, 1);
	return true;
}

/* One that the fact has already and that uses no other kinds, or NULL. */
static struct derivation *better(
	const struct kbest *b, uint32_t fact, const uint32_t *kind, uint32_t n)
{
	for (uint32_t r = 0; r < b->count[fact]; r++) {
		struct derivation *d = &b->der[b->of[fact * b->k + r]];

		if (within(d->kind, d->n_kind, kind, n))
			return d;
	}
	return NULL;
}

static uint32_t *keep_set(struct kbest *b, const uint32_t *set, uint32_t n)
{
	uint32_t *p = ward_arena_raw(&b->sets, n * sizeof(*p));

	if (p && n)
		memcpy(p, set, n * sizeof(*p));
	return p;
}

static enum ward_err keep(
	struct kbest *b, const struct candidate *c, uint64_t cost, struct derivation d)
{
	const struct ward_aog_step *s = &b->g->step[c->step];
	uint32_t f = s->head, w;
	enum ward_err err = ward_mem_more(
		b->g->mem, &b->der, b->n_der, &b->cap_der, sizeof(*b->der), DERIVATIONS_MAX);

	d.step = c->step;
	d.cost = cost;
	d.sub = (uint32_t)b->n_sub;
	d.kind = keep_set(b, d.kind, d.n_kind);
	d.fact = keep_set(b, d.fact, d.n_fact);
	if (!err && (!d.kind || !d.fact))
		err = WARD_ERR_LIMIT;
	for (uint32_t t = 0; t < s->n_tail && !err; t++) {
		err = ward_mem_more(b->g->mem, &b->sub, b->n_sub, &b->cap_sub, sizeof(*b->sub),
			4u * DERIVATIONS_MAX);
		if (!err)
			b->sub[b->n_sub++] =
				b->of[tail_of(b, c->step, t) * b->k + b->rank[c->rank + t]];
	}
	if (err)
		return err;
	b->der[b->n_der] = d;
	b->of[f * b->k + b->count[f]++] = (uint32_t)b->n_der++;
	/* Who waited for it, then who can be tried for the first time. */
	w = b->wait[f];
	b->wait[f] = WARD_NONE;
	for (uint32_t next; w != WARD_NONE && !err; w = next) {
		next = b->cand[w].next;
		uint64_t wait_cost = candidate_cost(b, &b->cand[w]);

		if (wait_cost != WARD_AOG_NEVER)
			err = ward_heap_push(&b->heap, wait_cost, w);
	}
	for (uint32_t i = b->g->by_tail_at[f];
		b->count[f] == 1 && i < b->g->by_tail_at[f + 1] && !err; i++) {
		uint32_t step = b->g->by_tail[i];

		if (--b->left[step] == 0 && b->cost[step] != WARD_AOG_NEVER)
			err = make_candidate(b, step, WARD_NONE, WARD_NONE);
	}
	return err;
}

static enum ward_err pop(struct kbest *b, uint64_t cost, uint32_t i)
{
	struct candidate c = b->cand[i];
	struct derivation d = {.kind = b->kind, .fact = b->fact};
	uint32_t f = b->g->step[c.step].head, n = b->g->step[c.step].n_tail;
	enum ward_err err = WARD_OK;

	for (uint32_t t = c.last; t < n && !err; t++)
		err = make_candidate(b, c.step, c.rank, t);
	if (err || !gather(b, &c, &d.n_kind, &d.n_fact))
		return err;
	struct derivation *same = better(b, f, b->kind, d.n_kind);

	if (same)
		same->alike += same->n_kind == d.n_kind;
	else if (b->count[f] < b->k)
		return keep(b, &c, cost, d);
	return WARD_OK;
}

static enum ward_err search(struct kbest *b, uint32_t goal)
{
	enum ward_err err = WARD_OK;
	uint64_t cost;
	uint32_t i;

	for (uint32_t s = 0; s < b->g->n_step && !err; s++) {
		b->left[s] = b->g->step[s].n_tail;
		if (!b->left[s] && b->cost[s] != WARD_AOG_NEVER)
			err = make_candidate(b, s, WARD_NONE, WARD_NONE);
	}
	while (!err && b->count[goal] < b->k && ward_heap_pop(&b->heap, &cost, &i))
		err = b->effort && b->looks > b->effort ? WARD_ERR_LIMIT : pop(b, cost, i);
	if (err == WARD_ERR_LIMIT) {
		b->full = true;
		err = WARD_OK;
	}
	return err;
}

/* The distinct steps below a derivation, each after its needs. */
static enum ward_err unfold(struct kbest *b, uint32_t root, uint8_t *seen, struct ward_arena *a,
	struct ward_aog_plan *ret)
{
	uint32_t *stack = ward_mem_alloc(b->g->mem, (b->n_der + 1) * sizeof(*stack)), *out = NULL;
	uint8_t *told = ward_mem_alloc(b->g->mem, b->g->n_step + 1);
	size_t depth = 0, n = 0;

	if (stack && told)
		out = ward_arena_array(a, b->der[root].n_fact + 1, sizeof(*out));
	*ret = (struct ward_aog_plan){.step = out, .cost = b->der[root].cost};
	if (out)
		stack[depth++] = root;
	while (depth) {
		const struct derivation *d = &b->der[stack[depth - 1]];
		uint32_t t = 0, n_tail = b->g->step[d->step].n_tail;

		while (t < n_tail && seen[b->sub[d->sub + t]])
			t++;
		if (t < n_tail) {
			stack[depth++] = b->sub[d->sub + t];
			continue;
		}
		depth--;
		seen[d - b->der] = 1;
		ret->alike += d->alike;
		if (!told[d->step] && n <= b->der[root].n_fact) {
			told[d->step] = 1;
			out[n++] = d->step;
		}
	}
	ret->n = n;
	ward_mem_free(b->g->mem, stack, (b->n_der + 1) * sizeof(*stack));
	ward_mem_free(b->g->mem, told, b->g->n_step + 1);
	return out ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err give(
	struct kbest *b, uint32_t goal, struct ward_arena *a, struct ward_aog_plans *ret)
{
	uint8_t *seen = ward_mem_alloc(b->g->mem, b->n_der + 1);
	struct ward_aog_plan *plan = ward_arena_array(a, b->count[goal], sizeof(*plan));
	enum ward_err err = seen && plan ? WARD_OK : WARD_ERR_NOMEM;

	for (uint32_t r = 0; r < b->count[goal] && !err; r++) {
		memset(seen, 0, b->n_der + 1);
		err = unfold(b, b->of[goal * b->k + r], seen, a, &plan[r]);
	}
	*ret = (struct ward_aog_plans){plan, err ? 0 : b->count[goal], b->full};
	ward_mem_free(b->g->mem, seen, b->n_der + 1);
	return err;
}

static void fini(struct kbest *b)
{
	const struct ward_mem *mem = b->g->mem;
	size_t n = b->g->n_fact;

	ward_mem_free(mem, b->der, b->cap_der * sizeof(*b->der));
	ward_mem_free(mem, b->cand, b->cap_cand * sizeof(*b->cand));
	ward_mem_free(mem, b->sub, b->cap_sub * sizeof(*b->sub));
	ward_mem_free(mem, b->rank, b->cap_rank * sizeof(*b->rank));
	ward_mem_free(mem, b->of, n * b->k * sizeof(*b->of));
	ward_mem_free(mem, b->count, n * sizeof(*b->count));
	ward_mem_free(mem, b->wait, n * sizeof(*b->wait));
	ward_mem_free(mem, b->left, (b->g->n_step + 1) * sizeof(*b->left));
	ward_heap_fini(&b->heap);
	ward_arena_fini(&b->sets);
}

static enum ward_err init(struct kbest *b)
{
	const struct ward_mem *mem = b->g->mem;
	size_t n = b->g->n_fact;

	ward_arena_init(&b->sets, mem, SETS_BYTES_MAX);
	b->of = ward_mem_alloc(mem, n * b->k * sizeof(*b->of));
	b->count = ward_mem_alloc(mem, n * sizeof(*b->count));
	b->wait = ward_mem_alloc(mem, n * sizeof(*b->wait));
	b->left = ward_mem_alloc(mem, (b->g->n_step + 1) * sizeof(*b->left));
	if (!b->of || !b->count || !b->wait || !b->left)
		return WARD_ERR_NOMEM;
	memset(b->wait, 0xff, n * sizeof(*b->wait));
	return WARD_OK;
}

enum ward_err ward_aog_kbest(const struct ward_aog *g, const struct ward_aog_ask *ask,
	struct ward_arena *a, struct ward_aog_plans *ret)
{
	struct kbest b = {.g = g,
		.cost = ask->cost,
		.longest = ask->longest,
		.k = ask->k,
		.effort = ask->effort,
		.heap = ward_heap_on(g->mem)};
	enum ward_err err = init(&b);

	if (!err)
		err = search(&b, ask->goal);
	if (!err)
		err = give(&b, ask->goal, a, ret);
	fini(&b);
	return err;
}
