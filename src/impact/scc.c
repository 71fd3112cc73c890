#include "impact/scc.h"

void ward_scc_place(struct ward_scc *s, uint32_t *mem)
{
	uint32_t **array[] = {&s->comp, &s->list, &s->low, &s->index, &s->stack, &s->call, &s->at};

	for (size_t i = 0; i < WARD_ARRAY_LEN(array); i++)
		*array[i] = mem + i * s->n;
}

static void close_component(struct ward_scc *s, uint32_t v, uint32_t *n_stack, uint32_t number)
{
	uint32_t w;

	do {
		w = s->stack[--*n_stack];
		s->comp[w] = number;
		s->list[s->n_list++] = w;
	} while (w != v);
}

static void visit(struct ward_scc *s, uint32_t root, uint32_t *n_index, uint32_t *n_comp)
{
	uint32_t depth = 0, n_stack = 0;

	s->call[depth++] = root;
	while (depth) {
		uint32_t v = s->call[depth - 1], w;

		if (!s->index[v]) {
			s->index[v] = s->low[v] = ++*n_index;
			s->stack[n_stack++] = v;
		}
		w = s->next(s->ctx, v, s->at[v]);
		if (w != WARD_NONE && !s->index[w]) {
			s->call[depth++] = w;
			continue; /* v looks at w again when w is done */
		}
		if (w != WARD_NONE) {
			if (!s->comp[w] && s->low[w] < s->low[v])
				s->low[v] = s->low[w];
			s->at[v]++;
			continue;
		}
		if (s->low[v] == s->index[v])
			close_component(s, v, &n_stack, ++*n_comp);
		depth--;
	}
}

void ward_scc_run(struct ward_scc *s)
{
	uint32_t n_index = 0, n_comp = 0;

	for (uint32_t root = 0; root < s->n; root++)
		if (!s->index[root])
			visit(s, root, &n_index, &n_comp);
}
