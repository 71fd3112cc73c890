#include "paths/cut.h"

/* The network: vertex 0 is the source, fact f is 1 + f; a step is an arc from its need (or the
 * source) to its head, so that vertices are facts only. Arc i ^ 1 is the reverse of arc i. */
struct flow {
	const struct ward_aog *g;
	uint32_t n, sink;
	uint32_t *at, *arc; /* arcs by vertex */
	uint32_t *to;
	uint64_t *room;
	uint32_t *level, *next, *stack;
};

static uint32_t tail_vertex(const struct ward_aog *g, size_t step)
{
	const struct ward_aog_step *s = &g->step[step];

	return s->n_tail ? 1 + g->tail[s->first] : 0;
}

static void fill(struct flow *f, const uint64_t *price)
{
	for (size_t i = 0; i < f->g->n_step; i++) {
		f->to[2 * i] = 1 + f->g->step[i].head;
		f->to[2 * i + 1] = tail_vertex(f->g, i);
		f->room[2 * i] = price[i];
		f->at[f->to[2 * i] + 1]++;
		f->at[f->to[2 * i + 1] + 1]++;
	}
	for (uint32_t v = 0; v < f->n; v++)
		f->at[v + 1] += f->at[v];
	memcpy(f->next, f->at, f->n * sizeof(*f->next));
	for (uint32_t i = 0; i < 2 * f->g->n_step; i++)
		f->arc[f->next[f->to[i ^ 1]]++] = i;
}

static bool levels(struct flow *f)
{
	size_t n = 0, done = 0;

	memset(f->level, 0xff, f->n * sizeof(*f->level));
	f->level[0] = 0;
	f->stack[n++] = 0;
	while (done < n) {
		uint32_t v = f->stack[done++];

		for (uint32_t k = f->at[v]; k < f->at[v + 1]; k++) {
			uint32_t i = f->arc[k];

			if (!f->room[i] || f->level[f->to[i]] != WARD_NONE)
				continue;
			f->level[f->to[i]] = f->level[v] + 1;
			f->stack[n++] = f->to[i];
		}
	}
	return f->level[f->sink] != WARD_NONE;
}

/* One augmenting path by the levels; stack[] holds its arcs. 0 when there is none left. */
static uint64_t augment(struct flow *f)
{
	size_t depth = 0;
	uint32_t v = 0;

	while (v != f->sink) {
		uint32_t k = f->next[v];

		while (k < f->at[v + 1] &&
			(!f->room[f->arc[k]] || f->level[f->to[f->arc[k]]] != f->level[v] + 1))
			k++;
		f->next[v] = k;
		if (k < f->at[v + 1]) {
			f->stack[depth++] = f->arc[k];
			v = f->to[f->arc[k]];
		} else if (!depth) {
			return 0;
		} else { /* a dead end: go back and try the next arc there */
			v = f->to[f->stack[--depth] ^ 1];
			f->next[v]++;
		}
	}
	uint64_t least = WARD_AOG_NEVER;

	for (size_t i = 0; i < depth; i++)
		least = f->room[f->stack[i]] < least ? f->room[f->stack[i]] : least;
	for (size_t i = 0; i < depth && least != WARD_AOG_NEVER; i++) {
		uint32_t arc = f->stack[i];

		if (f->room[arc] != WARD_AOG_NEVER)
			f->room[arc] -= least;
		if (f->room[arc ^ 1] != WARD_AOG_NEVER)
			f->room[arc ^ 1] += least;
	}
	return least;
}

static uint64_t run(struct flow *f)
{
	uint64_t sum = 0, got;

	while (levels(f)) {
		memcpy(f->next, f->at, f->n * sizeof(*f->next));
		while ((got = augment(f)) != 0) {
			if (got == WARD_AOG_NEVER || sum > WARD_AOG_NEVER - got)
				return WARD_AOG_NEVER;
			sum += got;
		}
	}
	return sum;
}

static void sides(const struct flow *f, uint8_t *ret_cut)
{
	for (size_t i = 0; i < f->g->n_step; i++)
		ret_cut[i] = f->level[f->to[2 * i + 1]] != WARD_NONE &&
			     f->level[f->to[2 * i]] == WARD_NONE;
}

enum ward_err ward_cut_flow(const struct ward_aog *g, const uint64_t *price, uint32_t goal,
	uint8_t *ret_cut, uint64_t *ret_price)
{
	struct flow f = {.g = g, .n = g->n_fact + 1, .sink = goal + 1};
	size_t m = 2 * g->n_step + 1, n = (size_t)f.n + 1;

	for (size_t i = 0; i < g->n_step; i++)
		if (g->step[i].n_tail > 1)
			return WARD_ERR_UNSUPPORTED;
	f.at = ward_mem_alloc(g->mem, n * sizeof(*f.at));
	f.next = ward_mem_alloc(g->mem, n * sizeof(*f.next));
	f.level = ward_mem_alloc(g->mem, n * sizeof(*f.level));
	f.stack = ward_mem_alloc(g->mem, n * sizeof(*f.stack));
	f.arc = ward_mem_alloc(g->mem, m * sizeof(*f.arc));
	f.to = ward_mem_alloc(g->mem, m * sizeof(*f.to));
	f.room = ward_mem_alloc(g->mem, m * sizeof(*f.room));
	bool ok = f.at && f.next && f.level && f.stack && f.arc && f.to && f.room;

	if (ok) {
		fill(&f, price);
		*ret_price = run(&f);
		memset(ret_cut, 0, g->n_step);
		if (*ret_price != WARD_AOG_NEVER)
			sides(&f, ret_cut);
	}
	ward_mem_free(g->mem, f.at, n * sizeof(*f.at));
	ward_mem_free(g->mem, f.next, n * sizeof(*f.next));
	ward_mem_free(g->mem, f.level, n * sizeof(*f.level));
	ward_mem_free(g->mem, f.stack, n * sizeof(*f.stack));
	ward_mem_free(g->mem, f.arc, m * sizeof(*f.arc));
	ward_mem_free(g->mem, f.to, m * sizeof(*f.to));
	ward_mem_free(g->mem, f.room, m * sizeof(*f.room));
	return ok ? WARD_OK : WARD_ERR_NOMEM;
}
