#include "paths/ground.h"

/* What the marking works on. */
struct marks {
	uint8_t *on;      /* [n_fact + 1] */
	uint8_t *stopped; /* [n_step + 1]: measures that are taken leave no chance to it */
	uint8_t *live;    /* the same size */
	uint32_t *queue;  /* [n_fact + 1] */
};

/* Marks the steps whose needs are all in on[], and that lead to a goal. */
static void mark_live(
	const struct ward_aog *g, const uint32_t *goal, size_t n_goal, const struct marks *m)
{
	uint8_t *on = m->on;
	uint32_t *queue = m->queue;
	size_t n = 0;

	for (size_t i = 0; i < n_goal; i++)
		if (on[goal[i]] == 1) {
			on[goal[i]] = 2;
			queue[n++] = goal[i];
		}
	while (n) {
		uint32_t fact = queue[--n];

		for (uint32_t i = g->by_head_at[fact]; i < g->by_head_at[fact + 1]; i++) {
			const struct ward_aog_step *s = &g->step[g->by_head[i]];
			const uint32_t *tail = g->tail + s->first;
			bool all = !m->stopped[g->by_head[i]];

			for (uint32_t t = 0; t < s->n_tail; t++)
				all = all && on[tail[t]];
			m->live[g->by_head[i]] = all;
			for (uint32_t t = 0; all && t < s->n_tail; t++)
				if (on[tail[t]] == 1) {
					on[tail[t]] = 2;
					queue[n++] = tail[t];
				}
		}
	}
}

static enum ward_err keep(
	struct ward_ground *g, const uint8_t *live, uint32_t *goal, size_t n_goal, uint32_t *number)
{
	uint32_t n_fact = g->g.n_fact;
	size_t n_step = g->g.n_step, n = 0;
	enum ward_err err = ward_aog_prune(&g->g, live, goal, n_goal, number);

	if (err)
		return err;
	for (uint32_t f = 0; f < n_fact; f++)
		if (number[f] != WARD_NONE)
			g->fact[number[f]] = g->fact[f];
	for (size_t i = 0; i < n_step; i++)
		if (live[i])
			g->step[n++] = g->step[i];
	for (size_t i = 0; i < n_goal; i++)
		goal[i] = number[goal[i]];
	return WARD_OK;
}

enum ward_err ward_ground_prune(struct ward_ground *g, uint32_t *goal, size_t n_goal)
{
	const struct ward_mem *mem = g->g.mem;
	size_t facts = (size_t)g->g.n_fact + 1, steps = g->g.n_step + 1;
	struct marks m = {ward_mem_alloc(mem, facts), ward_mem_alloc(mem, steps),
		ward_mem_alloc(mem, steps), ward_mem_alloc(mem, facts * sizeof(*m.queue))};
	enum ward_err err = m.on && m.stopped && m.live && m.queue ? WARD_OK : WARD_ERR_NOMEM;
	bool reached;

	for (size_t i = 0; !err && i < g->g.n_step; i++)
		m.stopped[i] = g->step[i].kind == WARD_GROUND_ATTACK && !g->step[i].hi_micro;
	if (!err)
		err = ward_aog_reach(&g->g, m.stopped, goal[0], m.on, &reached);
	if (!err) {
		mark_live(&g->g, goal, n_goal, &m);
		err = keep(g, m.live, goal, n_goal, m.queue);
	}
	ward_mem_free(mem, m.on, facts);
	ward_mem_free(mem, m.stopped, steps);
	ward_mem_free(mem, m.live, steps);
	ward_mem_free(mem, m.queue, facts * sizeof(*m.queue));
	return err;
}
