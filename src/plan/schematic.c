/* A floor without a drawing. Rooms that hang together become a tree under each of some roots; each
 * tree is composed (compose.c), and the one kept whose page is compact and whose doors lie on
 * shared walls. What does not hang together stands side by side. */
#include "plan/schematic.h"

#include <stdlib.h>

enum {
	ROOTS_MAX = 6,
	SPINE_DOORS = 3,
	GAP = 300,  /* cm, between what does not hang together */
	LAND = 16,  /* a page 1.6 times as wide as high suits a screen */
	APART = 25, /* hundredths by which a door that is on no shared wall costs more */
	APART_MAX = 40,
	SHAPE_MAX = 10000,
	ROOMS_MAX = 65536, /* of a floor; in a larger one ways are not looked at, so that its page
			      stays within what a coordinate holds */
};

static const int64_t GROUND_MAX = 100000000000; /* so that the product fits */

/* Rooms that hang together. */
struct cluster {
	uint32_t *spot;
	uint32_t n;
	struct ward_plan_rect at; /* once it is laid out */
	uint32_t i;
};

struct job {
	struct ward_plans *p;
	struct ward_plan *f;
	size_t floor;
	struct ward_arena a;
	struct plan_floor g;
	uint32_t *cluster_spot;
	struct cluster *cluster;
	size_t n_cluster;
};

static const struct plan_way *ways(const struct job *j, size_t *ret_n)
{
	*ret_n = j->f->n_room > ROOMS_MAX ? 0 : j->p->way_at[j->floor + 1] - j->p->way_at[j->floor];
	return j->p->way + j->p->way_at[j->floor];
}

static enum ward_err start(struct job *j)
{
	struct plan_floor *g = &j->g;
	uint32_t n = (uint32_t)j->f->n_room;
	uint32_t *things;
	size_t n_way;

	(void)ways(j, &n_way);
	g->n = n;
	g->spot = ward_arena_array(&j->a, n, sizeof(*g->spot));
	g->near = ward_arena_array(&j->a, 2 * n_way, sizeof(*g->near));
	g->near_at = ward_arena_array(&j->a, (size_t)n + 1, sizeof(*g->near_at));
	g->order = ward_arena_array(&j->a, n, sizeof(*g->order));
	g->child = ward_arena_array(&j->a, n, sizeof(*g->child));
	g->list = ward_arena_array(&j->a, 4 * (size_t)n, sizeof(*g->list));
	g->axes = ward_arena_array(&j->a, n, sizeof(*g->axes));
	j->cluster = ward_arena_array(&j->a, n, sizeof(*j->cluster));
	j->cluster_spot = ward_arena_array(&j->a, n, sizeof(*j->cluster_spot));
	things = ward_arena_array(&j->a, n, sizeof(*things));
	if (!g->spot || !g->near || !g->near_at || !g->order || !g->child || !g->list || !g->axes ||
		!j->cluster || !j->cluster_spot || !things)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < j->f->n_thing; i++)
		things[j->p->at[j->f->thing[i].room]]++;
	for (uint32_t i = 0; i < n; i++)
		plan_size(j->p->m, j->f->room[i].node, things[i], &g->spot[i]);
	return WARD_OK;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Neighbours of each room, in order, each once. */
static void find_near(struct job *j)
{
	struct plan_floor *g = &j->g;
	size_t n_way;
	const struct plan_way *way = ways(j, &n_way);
	uint32_t kept = 0;

	for (size_t i = 0; i < n_way; i++) {
		g->near_at[j->p->at[way[i].from] + 1]++;
		g->near_at[j->p->at[way[i].to] + 1]++;
	}
	for (uint32_t i = 0; i < g->n; i++)
		g->near_at[i + 1] += g->near_at[i];
	for (size_t i = 0; i < n_way; i++) {
		uint32_t a = j->p->at[way[i].from], b = j->p->at[way[i].to];

		g->near[g->near_at[a] + g->spot[a].n_child++] = b;
		g->near[g->near_at[b] + g->spot[b].n_child++] = a;
	}
	for (uint32_t i = 0; i < g->n; i++) {
		uint32_t from = g->near_at[i], n = g->spot[i].n_child;

		if (n)
			qsort(g->near + from, n, sizeof(*g->near), by_number);
		g->near_at[i] = kept;
		for (uint32_t k = 0; k < n; k++)
			if (g->near[from + k] != i &&
				(!k || g->near[from + k] != g->near[from + k - 1]))
				g->near[kept++] = g->near[from + k];
		g->spot[i].n_child = 0;
	}
	g->near_at[g->n] = kept;
}

static void find_clusters(struct job *j)
{
	struct plan_floor *g = &j->g;
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->n; i++)
		g->spot[i].parent = WARD_NONE;
	for (uint32_t i = 0; i < g->n; i++) {
		if (g->spot[i].parent != WARD_NONE)
			continue;
		struct cluster *c = &j->cluster[j->n_cluster];

		*c = (struct cluster){.spot = j->cluster_spot + n, .i = (uint32_t)j->n_cluster++};
		g->spot[i].parent = i;
		c->spot[c->n++] = i;
		for (uint32_t k = 0; k < c->n; k++)
			for (uint32_t e = g->near_at[c->spot[k]]; e < g->near_at[c->spot[k] + 1];
				e++) {
				uint32_t to = g->near[e];

				if (g->spot[to].parent != WARD_NONE)
					continue;
				g->spot[to].parent = i;
				c->spot[c->n++] = to;
			}
		n += c->n;
	}
}

static uint32_t degree(const struct plan_floor *g, uint32_t i)
{
	return g->near_at[i + 1] - g->near_at[i];
}

/* Corridors with the most doors first, then other rooms. */
static bool better_root(const struct plan_floor *g, uint32_t a, uint32_t b)
{
	bool x = g->spot[a].role == PLAN_CORRIDOR, y = g->spot[b].role == PLAN_CORRIDOR;

	if (x != y)
		return x;
	return degree(g, a) != degree(g, b) ? degree(g, a) > degree(g, b) : a < b;
}

static size_t find_roots(
	const struct plan_floor *g, const struct cluster *c, uint32_t root[ROOTS_MAX])
{
	size_t n = 0;

	for (uint32_t i = 0; i < c->n; i++) {
		size_t k = n < ROOTS_MAX ? n++ : ROOTS_MAX - 1;

		if (i >= ROOTS_MAX && !better_root(g, c->spot[i], root[k]))
			continue;
		for (; k > 0 && better_root(g, c->spot[i], root[k - 1]); k--)
			root[k] = root[k - 1];
		root[k] = c->spot[i];
	}
	/* what has rooms along it is a root, else none is better than the first */
	while (n > 1 && g->spot[root[n - 1]].role != PLAN_CORRIDOR &&
		degree(g, root[n - 1]) < SPINE_DOORS)
		n--;
	return n;
}

void plan_tree(struct plan_floor *f, uint32_t root, uint32_t n)
{
	/* corridors wait from the front of the list on, other rooms behind them */
	uint32_t *wait[2] = {f->list, f->list + f->n}, first[2] = {0, 0}, last[2] = {0, 0}, at = 0;
	unsigned q = f->spot[root].role != PLAN_CORRIDOR;

	f->n_order = 0;
	f->spot[root].parent = WARD_NONE;
	wait[q][last[q]++] = root;
	while (f->n_order < n) {
		q = first[0] == last[0];
		uint32_t s = wait[q][first[q]++];

		f->order[f->n_order++] = s;
		f->spot[s].child = at;
		f->spot[s].n_child = 0;
		for (uint32_t e = f->near_at[s]; e < f->near_at[s + 1]; e++) {
			uint32_t to = f->near[e];
			unsigned k = f->spot[to].role != PLAN_CORRIDOR;

			if (to == root || f->spot[to].parent != PLAN_FRESH)
				continue;
			f->spot[to].parent = s;
			f->child[at++] = to;
			f->spot[s].n_child++;
			wait[k][last[k]++] = to;
		}
	}
}

static bool touch(const struct ward_plan_rect *a, const struct ward_plan_rect *b)
{
	int32_t x = plan_min(plan_right(a), plan_right(b)) - plan_max(a->x, b->x);
	int32_t y = plan_min(plan_bottom(a), plan_bottom(b)) - plan_max(a->y, b->y);

	return (x == 0 && y > 0) || (y == 0 && x > 0);
}

static struct ward_plan_rect around(const struct job *j, const struct cluster *c)
{
	struct ward_plan_rect r = j->g.spot[c->spot[0]].at;

	for (uint32_t i = 1; i < c->n; i++) {
		const struct ward_plan_rect *at = &j->g.spot[c->spot[i]].at;
		int32_t right = plan_max(plan_right(&r), plan_right(at));
		int32_t bottom = plan_max(plan_bottom(&r), plan_bottom(at));

		r.x = plan_min(r.x, at->x);
		r.y = plan_min(r.y, at->y);
		r.w = right - r.x;
		r.h = bottom - r.y;
	}
	return r;
}

/* How little one would like the page: square metres, times by how much its shape is off (in
 * hundredths), times doors that are on no shared wall. Whole numbers, so that every machine chooses
 * the same. */
static int64_t cost(const struct job *j, const struct cluster *c)
{
	struct ward_plan_rect r = around(j, c);
	int64_t wide = plan_max(r.w, r.h), high = plan_min(r.w, r.h);
	int64_t shape = wide * 1000 / (high * LAND), ground = wide * high / 10000 + 1;
	int32_t apart = 0;

	if (shape < 100)
		shape = high * LAND * 10 / wide;
	for (uint32_t i = 0; i < c->n && apart < APART_MAX; i++)
		for (uint32_t e = j->g.near_at[c->spot[i]]; e < j->g.near_at[c->spot[i] + 1]; e++)
			apart += j->g.near[e] > c->spot[i] &&
				 !touch(&j->g.spot[c->spot[i]].at, &j->g.spot[j->g.near[e]].at);
	if (shape > SHAPE_MAX)
		shape = SHAPE_MAX;
	if (ground > GROUND_MAX)
		ground = GROUND_MAX;
	return ground * shape * (100 + APART * plan_min(apart, APART_MAX));
}

static void lay(struct job *j, const struct cluster *c, uint32_t root, bool straight)
{
	struct plan_floor *g = &j->g;

	g->straight = straight;
	for (uint32_t i = 0; i < c->n; i++)
		g->spot[c->spot[i]].parent = PLAN_FRESH;
	plan_tree(g, root, c->n);
	plan_compose(g);
	plan_place(g);
}

/* The side where one comes in belongs to the lower edge of the page; a page is wider than high. */
static void face(struct job *j, const struct cluster *c)
{
	struct ward_plan_rect r = around(j, c);
	int64_t below = 0;

	for (uint32_t i = 0; i < c->n && r.h > r.w; i++) {
		struct ward_plan_rect *at = &j->g.spot[c->spot[i]].at;

		*at = (struct ward_plan_rect){at->y, at->x, at->h, at->w};
	}
	r = around(j, c);
	for (uint32_t i = 0; i < c->n; i++)
		if (j->g.spot[c->spot[i]].role == PLAN_FRONT) {
			const struct ward_plan_rect *at = &j->g.spot[c->spot[i]].at;

			below += 2 * (at->y - r.y) + at->h - r.h;
		}
	for (uint32_t i = 0; i < c->n && below < 0; i++) {
		struct ward_plan_rect *at = &j->g.spot[c->spot[i]].at;

		at->y = 2 * r.y + r.h - plan_bottom(at);
	}
}

static void lay_out(struct job *j, struct cluster *c)
{
	uint32_t root[ROOTS_MAX];
	size_t n = find_roots(&j->g, c, root), best = 0;
	int64_t least = 0;

	for (size_t i = 0; i < 2 * n; i++) {
		lay(j, c, root[i / 2], i % 2 == 0);
		int64_t now = cost(j, c);

		if (!i || now < least) {
			least = now;
			best = i;
		}
		if (c->n == 1)
			break;
	}
	lay(j, c, root[best / 2], best % 2 == 0);
	face(j, c);
	c->at = around(j, c);
}

static int by_size(const void *a, const void *b)
{
	const struct cluster *x = a, *y = b;

	if (x->at.h != y->at.h)
		return x->at.h > y->at.h ? -1 : 1;
	if (x->at.w != y->at.w)
		return x->at.w > y->at.w ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

/* On shelves, the highest first. */
static void pack(struct job *j)
{
	int32_t x = 0, y = 0, shelf = 0, wide = 0;
	int64_t ground = 0;

	for (size_t i = 0; i < j->n_cluster; i++) {
		const struct ward_plan_rect *at = &j->cluster[i].at;

		ground += ((int64_t)at->w + GAP) * ((int64_t)at->h + GAP);
		wide = plan_max(wide, at->w);
	}
	while ((int64_t)wide * wide * 10 < ground * LAND)
		wide += plan_max(100, wide / 64);
	qsort(j->cluster, j->n_cluster, sizeof(*j->cluster), by_size);
	for (size_t i = 0; i < j->n_cluster; i++) {
		struct cluster *c = &j->cluster[i];

		if (x && x + c->at.w > wide) {
			x = 0;
			y += shelf + GAP;
			shelf = 0;
		}
		for (uint32_t k = 0; k < c->n; k++) {
			j->g.spot[c->spot[k]].at.x += x - c->at.x;
			j->g.spot[c->spot[k]].at.y += y - c->at.y;
		}
		x += c->at.w + GAP;
		shelf = plan_max(shelf, c->at.h);
	}
}

static enum ward_err schematic(struct job *j)
{
	enum ward_err err = start(j);

	if (err)
		return err;
	find_near(j);
	find_clusters(j);
	for (size_t i = 0; i < j->n_cluster; i++)
		lay_out(j, &j->cluster[i]);
	pack(j);
	for (uint32_t i = 0; i < j->g.n && !err; i++)
		err = plan_rect(j->p, &j->f->room[i], j->g.spot[i].at);
	return err;
}

enum ward_err plan_schematic(struct ward_plans *p, struct ward_plan *f)
{
	struct job j = {.p = p, .f = f, .floor = (size_t)(f - p->floor)};

	ward_arena_init(&j.a, p->mem, p->arena.max_bytes);
	enum ward_err err = f->n_room ? schematic(&j) : WARD_OK;

	ward_arena_fini(&j.a);
	return err;
}
