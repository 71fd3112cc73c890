#include "plan/graph_layers.h"

#include <stdlib.h>

enum {
	MARGIN = 24,
	GAP_X = 96,
	GAP_Y = 18,
	JOINT = 10,         /* height of an edge that crosses a layer */
	JOINTS_MAX = 16384, /* beyond, edges go straight across */
	SWEEPS = 8,
	PLACINGS = 6,
};

/* A node, or a joint of an edge. */
struct vertex {
	uint32_t layer;
	uint32_t rank; /* its place in its layer */
	int64_t y;     /* its middle */
	int64_t want;  /* where its neighbours would have it; then, while sorting, its key */
};

/* Lists of neighbours, one after the other. */
struct lists {
	uint32_t *at; /* [n + 1] */
	uint32_t *item;
};

struct layers {
	struct ward_graph *g;
	struct ward_arena *a;
	struct vertex *v;
	uint32_t n, n_layer;
	uint32_t *first;       /* [n_edge + 1]: the joints of an edge */
	bool *back;            /* [n_edge]: closes a circle */
	struct lists in, out;  /* of vertices, of the layer before and after */
	uint32_t *row;         /* all vertices by layer, in their order */
	uint32_t *row_at;      /* [n_layer + 1] */
	uint32_t *scratch;     /* [n + 1] */
	int64_t *sum, *weight; /* [n]: pools */
};

static bool start_lists(struct layers *l, struct lists *s, size_t n, size_t n_item)
{
	s->at = ward_arena_array(l->a, n + 1, sizeof(*s->at));
	s->item = ward_arena_array(l->a, n_item, sizeof(*s->item));
	return s->at && s->item;
}

/* Of edges out of nodes: item is the edge. */
static void edges_out(const struct ward_graph *g, struct lists *s)
{
	for (size_t i = 0; i < g->n_edge; i++)
		s->at[g->edge[i].from + 1]++;
	for (size_t i = 0; i < g->n_node; i++)
		s->at[i + 1] += s->at[i];
	for (size_t i = g->n_edge; i-- > 0;)
		s->item[--s->at[g->edge[i].from + 1]] = (uint32_t)i;
	/* each at[k + 1] moved down to where k begins */
	for (size_t i = 0; i < g->n_node; i++)
		s->at[i] = s->at[i + 1];
	s->at[g->n_node] = (uint32_t)g->n_edge;
}

/* Depth first, without recursion: *order gets the nodes, last finished last; `rank` of each is when
 * it was first met. Edges to what is not finished close a circle. */
static bool walk(struct layers *l, const struct lists *out, uint32_t *order)
{
	struct ward_graph *g = l->g;
	uint32_t *next = ward_arena_array(l->a, g->n_node, sizeof(*next));
	uint32_t *stack = ward_arena_array(l->a, g->n_node, sizeof(*stack));
	uint8_t *state = ward_arena_array(l->a, g->n_node, 1);
	uint32_t n = 0, met = 0;

	if (!next || !stack || !state)
		return false;
	for (unsigned seeds = 1; seeds < 3; seeds++)
		for (uint32_t root = 0; root < g->n_node; root++) {
			size_t depth = 0;

			if (state[root] || (seeds == 1 && !g->node[root].seed))
				continue;
			state[root] = 1;
			l->v[root].rank = met++;
			stack[depth++] = root;
			while (depth) {
				uint32_t at = stack[depth - 1];

				if (out->at[at] + next[at] == out->at[at + 1]) {
					state[at] = 2;
					order[n++] = at;
					depth--;
					continue;
				}
				uint32_t e = out->item[out->at[at] + next[at]++];
				uint32_t to = g->edge[e].to;

				l->back[e] = state[to] == 1;
				if (state[to])
					continue;
				state[to] = 1;
				l->v[to].rank = met++;
				stack[depth++] = to;
			}
		}
	return true;
}

/* Layers by the longest way, in the order in which no edge goes back. */
static bool find_layers(struct layers *l)
{
	struct ward_graph *g = l->g;
	struct lists out;
	uint32_t *order = ward_arena_array(l->a, g->n_node, sizeof(*order));

	l->back = ward_arena_array(l->a, g->n_edge, sizeof(*l->back));
	if (!order || !l->back || !start_lists(l, &out, g->n_node, g->n_edge))
		return false;
	edges_out(g, &out);
	if (!walk(l, &out, order))
		return false;
	for (size_t i = g->n_node; i-- > 0;)
		for (uint32_t k = out.at[order[i]]; k < out.at[order[i] + 1]; k++) {
			const struct ward_graph_edge *e = &g->edge[out.item[k]];
			uint32_t layer = l->v[e->from].layer + 1;

			if (!l->back[out.item[k]] && l->v[e->to].layer < layer)
				l->v[e->to].layer = layer;
		}
	for (size_t i = 0; i < g->n_node; i++) {
		g->node[i].layer = l->v[i].layer;
		if (l->v[i].layer >= l->n_layer)
			l->n_layer = l->v[i].layer + 1;
	}
	return true;
}

/* How many joints an edge has. */
static uint32_t joints(const struct layers *l, size_t e)
{
	uint32_t from = l->v[l->g->edge[e].from].layer, to = l->v[l->g->edge[e].to].layer;

	return l->back[e] || to <= from ? 0 : to - from - 1;
}

/* Joints, and neighbours layer by layer. An edge without room for its joints has none, and no part
 * in the order. */
static bool add_joints(struct layers *l)
{
	struct ward_graph *g = l->g;
	size_t n_link = 0;
	uint32_t n = (uint32_t)g->n_node;

	l->first = ward_arena_array(l->a, g->n_edge + 1, sizeof(*l->first));
	if (!l->first)
		return false;
	for (size_t e = 0; e < g->n_edge; e++) {
		uint32_t k = joints(l, e);

		l->first[e] = n;
		if (k > JOINTS_MAX - (n - (uint32_t)g->n_node))
			continue;
		for (uint32_t i = 0; i < k; i++)
			l->v[n++] = (struct vertex){.layer = l->v[g->edge[e].from].layer + 1 + i,
				.rank = l->v[g->edge[e].to].rank};
		n_link += k + 1;
	}
	l->first[g->n_edge] = n;
	l->n = n;
	return start_lists(l, &l->in, n, n_link) && start_lists(l, &l->out, n, n_link);
}

/* The vertices that an edge passes: fn for each step. */
static void steps(struct layers *l, size_t e, void (*fn)(struct layers *, uint32_t, uint32_t))
{
	uint32_t n = l->first[e + 1] - l->first[e], at = l->g->edge[e].from;

	if (l->back[e] || n != joints(l, e))
		return;
	for (uint32_t i = 0; i < n; i++) {
		fn(l, at, l->first[e] + i);
		at = l->first[e] + i;
	}
	fn(l, at, l->g->edge[e].to);
}

static void count_step(struct layers *l, uint32_t from, uint32_t to)
{
	l->out.at[from + 1]++;
	l->in.at[to + 1]++;
}

static void put_step(struct layers *l, uint32_t from, uint32_t to)
{
	l->out.item[l->out.at[from]++] = to;
	l->in.item[l->in.at[to]++] = from;
}

static void fill_lists(struct layers *l)
{
	for (size_t e = 0; e < l->g->n_edge; e++)
		steps(l, e, count_step);
	for (uint32_t i = 0; i < l->n; i++) {
		l->out.at[i + 1] += l->out.at[i];
		l->in.at[i + 1] += l->in.at[i];
	}
	for (size_t e = 0; e < l->g->n_edge; e++)
		steps(l, e, put_step);
	for (uint32_t i = l->n; i-- > 0;) {
		l->out.at[i + 1] = l->out.at[i];
		l->in.at[i + 1] = l->in.at[i];
	}
	l->out.at[0] = l->in.at[0] = 0;
}

struct key {
	int64_t want;
	uint32_t rank, v;
};

static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->want != y->want)
		return x->want < y->want ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->v < y->v ? -1 : x->v > y->v;
}

/* Sorts one layer by what its vertices want, then by their rank so far. */
static void sort_row(struct layers *l, uint32_t layer, struct key *key)
{
	uint32_t from = l->row_at[layer], n = l->row_at[layer + 1] - from;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t v = l->row[from + i];

		key[i] = (struct key){l->v[v].want, l->v[v].rank, v};
	}
	if (n)
		qsort(key, n, sizeof(*key), by_key);
	for (uint32_t i = 0; i < n; i++) {
		l->row[from + i] = key[i].v;
		l->v[key[i].v].rank = i;
	}
}

/* Mean rank of the neighbours, in thousandths; without any, its own. */
static void want_ranks(struct layers *l, uint32_t layer, const struct lists *by)
{
	for (uint32_t i = l->row_at[layer]; i < l->row_at[layer + 1]; i++) {
		struct vertex *v = &l->v[l->row[i]];
		uint32_t from = by->at[l->row[i]], n = by->at[l->row[i] + 1] - from;
		int64_t sum = 0;

		for (uint32_t k = 0; k < n; k++)
			sum += l->v[by->item[from + k]].rank;
		v->want = n ? sum * 1000 / n : (int64_t)v->rank * 1000;
	}
}

/* Crossings between a layer and the one after it: pairs of edges out of order, counted by a binary
 * indexed tree over the ranks of the next layer. */
static uint64_t crossings(const struct layers *l, uint32_t layer)
{
	uint32_t *tree = l->scratch, n = l->row_at[layer + 2] - l->row_at[layer + 1];
	uint64_t found = 0, seen = 0;

	memset(tree, 0, ((size_t)n + 1) * sizeof(*tree));
	for (uint32_t i = l->row_at[layer]; i < l->row_at[layer + 1]; i++) {
		uint32_t v = l->row[i];

		/* those of one vertex do not cross each other: first counted, then added */
		for (uint32_t k = l->out.at[v]; k < l->out.at[v + 1]; k++) {
			uint64_t before = 0;

			for (uint32_t r = l->v[l->out.item[k]].rank + 1; r; r &= r - 1)
				before += tree[r];
			found += seen - before;
		}
		for (uint32_t k = l->out.at[v]; k < l->out.at[v + 1]; k++) {
			for (uint32_t r = l->v[l->out.item[k]].rank + 1; r <= n; r += r & -r)
				tree[r]++;
			seen++;
		}
	}
	return found;
}

static uint64_t all_crossings(const struct layers *l)
{
	uint64_t sum = 0;

	for (uint32_t k = 0; k + 1 < l->n_layer; k++)
		sum += crossings(l, k);
	return sum;
}

static bool fill_rows(struct layers *l)
{
	l->row = ward_arena_array(l->a, l->n, sizeof(*l->row));
	l->row_at = ward_arena_array(l->a, (size_t)l->n_layer + 1, sizeof(*l->row_at));
	l->scratch = ward_arena_array(l->a, (size_t)l->n + 1, sizeof(*l->scratch));
	l->sum = ward_arena_array(l->a, l->n, sizeof(*l->sum));
	l->weight = ward_arena_array(l->a, l->n, sizeof(*l->weight));
	if (!l->row || !l->row_at || !l->scratch || !l->sum || !l->weight)
		return false;
	for (uint32_t i = 0; i < l->n; i++)
		l->row_at[l->v[i].layer + 1]++;
	for (uint32_t k = 0; k < l->n_layer; k++)
		l->row_at[k + 1] += l->row_at[k];
	for (uint32_t i = 0; i < l->n; i++)
		l->row[l->row_at[l->v[i].layer]++] = i;
	for (uint32_t k = l->n_layer; k > 0; k--)
		l->row_at[k] = l->row_at[k - 1];
	l->row_at[0] = 0;
	return true;
}

/* Of the walk's order and some sweeps, the one with the fewest crossings. The walk's has none where
 * each node follows from one other. */
static bool order_rows(struct layers *l)
{
	struct key *key = ward_arena_array(l->a, l->n, sizeof(*key));
	uint32_t *best = ward_arena_array(l->a, l->n, sizeof(*best));

	if (!key || !best)
		return false;
	for (uint32_t i = 0; i < l->n; i++)
		l->v[i].want = l->v[i].rank;
	for (uint32_t k = 0; k < l->n_layer; k++)
		sort_row(l, k, key);
	uint64_t least = all_crossings(l);

	memcpy(best, l->row, l->n * sizeof(*best));
	for (unsigned s = 0; s < SWEEPS && least; s++) {
		for (uint32_t k = 0; k < l->n_layer; k++) {
			uint32_t layer = s % 2 ? l->n_layer - 1 - k : k;

			want_ranks(l, layer, s % 2 ? &l->out : &l->in);
			sort_row(l, layer, key);
		}
		uint64_t now = all_crossings(l);

		if (now >= least)
			continue;
		least = now;
		memcpy(best, l->row, l->n * sizeof(*best));
	}
	memcpy(l->row, best, l->n * sizeof(*best));
	for (uint32_t k = 0; k < l->n_layer; k++)
		for (uint32_t i = l->row_at[k]; i < l->row_at[k + 1]; i++)
			l->v[l->row[i]].rank = i - l->row_at[k];
	return true;
}

/* From the middle of one to that of the next below it, at least. */
static int64_t apart(const struct layers *l, uint32_t a, uint32_t b)
{
	uint32_t n = (uint32_t)l->g->n_node;
	int64_t high = (a < n ? WARD_GRAPH_HIGH : JOINT) + (b < n ? WARD_GRAPH_HIGH : JOINT);

	return high / 2 + GAP_Y;
}

/* Puts one layer as near as can be to where its neighbours would have it. */
static void place_row(struct layers *l, uint32_t layer, const struct lists *by)
{
	uint32_t from = l->row_at[layer], n = l->row_at[layer + 1] - from, pools = 0;
	int64_t off = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t v = l->row[from + i], k = by->at[v], m = by->at[v + 1] - k;
		int64_t sum = 0;

		if (i)
			off += apart(l, l->row[from + i - 1], v);
		for (uint32_t e = 0; e < m; e++)
			sum += l->v[by->item[k + e]].y;
		l->sum[pools] = (m ? sum / m : l->v[v].y) - off;
		l->weight[pools++] = 1;
		while (pools > 1 && l->sum[pools - 2] * l->weight[pools - 1] >
					    l->sum[pools - 1] * l->weight[pools - 2]) {
			pools--;
			l->sum[pools - 1] += l->sum[pools];
			l->weight[pools - 1] += l->weight[pools];
		}
	}
	off = 0;
	for (uint32_t p = 0, i = 0; p < pools; p++)
		for (int64_t w = 0; w < l->weight[p]; w++, i++) {
			if (i)
				off += apart(l, l->row[from + i - 1], l->row[from + i]);
			/* rounded down, so that what is in order stays in order */
			int64_t s = l->sum[p], mean = s / l->weight[p];

			l->v[l->row[from + i]].y = mean - (s % l->weight[p] < 0) + off;
		}
}

static void place(struct layers *l)
{
	for (uint32_t k = 0; k < l->n_layer; k++) {
		int64_t y = 0;

		for (uint32_t i = l->row_at[k]; i < l->row_at[k + 1]; i++) {
			if (i > l->row_at[k])
				y += apart(l, l->row[i - 1], l->row[i]);
			l->v[l->row[i]].y = y;
		}
	}
	for (unsigned s = 0; s < PLACINGS; s++)
		for (uint32_t k = 0; k < l->n_layer; k++) {
			uint32_t layer = s % 2 ? l->n_layer - 1 - k : k;

			place_row(l, layer, s % 2 ? &l->out : &l->in);
		}
}

static int32_t left_of(uint32_t layer)
{
	return MARGIN + (int32_t)layer * (WARD_GRAPH_WIDE + GAP_X);
}

static void settle(struct layers *l)
{
	struct ward_graph *g = l->g;
	int64_t top = INT64_MAX, bottom = 0;

	for (uint32_t i = 0; i < l->n; i++)
		top = l->v[i].y < top ? l->v[i].y : top;
	for (uint32_t i = 0; i < l->n; i++) {
		l->v[i].y += MARGIN + WARD_GRAPH_HIGH / 2 - top;
		bottom = l->v[i].y > bottom ? l->v[i].y : bottom;
	}
	for (size_t i = 0; i < g->n_node; i++) {
		g->node[i].x = left_of(g->node[i].layer);
		g->node[i].y = (int32_t)l->v[i].y - WARD_GRAPH_HIGH / 2;
	}
	g->width = left_of(l->n_layer) - GAP_X + MARGIN;
	g->height = (int32_t)bottom + WARD_GRAPH_HIGH / 2 + MARGIN;
}

/* Straight through its joints. */
static bool draw_edge(struct layers *l, size_t i)
{
	struct ward_graph_edge *e = &l->g->edge[i];
	const struct ward_graph_node *from = &l->g->node[e->from], *to = &l->g->node[e->to];
	uint32_t n = l->first[i + 1] - l->first[i];

	e->point = ward_arena_array(l->a, 2 * (size_t)n + 2, sizeof(*e->point));
	if (!e->point)
		return false;
	e->point[e->n_point++] =
		(struct ward_graph_point){from->x + WARD_GRAPH_WIDE, from->y + WARD_GRAPH_HIGH / 2};
	for (uint32_t k = 0; k < n; k++) {
		const struct vertex *v = &l->v[l->first[i] + k];
		int32_t x = left_of(v->layer), y = (int32_t)v->y;

		e->point[e->n_point++] = (struct ward_graph_point){x, y};
		e->point[e->n_point++] = (struct ward_graph_point){x + WARD_GRAPH_WIDE, y};
	}
	e->point[e->n_point++] = (struct ward_graph_point){to->x, to->y + WARD_GRAPH_HIGH / 2};
	return true;
}

enum ward_err graph_lay(struct ward_graph *g, struct ward_arena *a)
{
	struct layers l = {.g = g, .a = a};
	size_t joints_max = g->n_edge * g->n_node;

	g->width = g->height = 2 * MARGIN;
	if (!g->n_node)
		return WARD_OK;
	if (joints_max > JOINTS_MAX)
		joints_max = JOINTS_MAX;
	l.v = ward_arena_array(a, g->n_node + joints_max, sizeof(*l.v));
	if (!l.v || !find_layers(&l) || !add_joints(&l))
		return WARD_ERR_NOMEM;
	fill_lists(&l);
	if (!fill_rows(&l) || !order_rows(&l))
		return WARD_ERR_NOMEM;
	place(&l);
	settle(&l);
	for (size_t i = 0; i < g->n_edge; i++)
		if (!draw_edge(&l, i))
			return WARD_ERR_NOMEM;
	return WARD_OK;
}
