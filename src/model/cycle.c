#include "model/load.h"

/* Circles of relations: strongly connected components by Tarjan's algorithm (SIAM J. Comput. 1(2),
 * 1972), with its own stack instead of recursion. O(nodes + relations). */
struct walk {
	struct ward_load *l;
	uint32_t *order, *low;  /* of each node; order 0: not seen */
	uint32_t *at;           /* next relation of each node */
	uint32_t *path, n_path; /* nodes being walked */
	uint32_t *open, n_open; /* nodes of components not yet closed */
	bool *is_open;
	uint32_t clock;
	const bool *whole; /* [parts]: its service falls with it */
	bool (*counts)(const struct walk *w, const struct ward_rel *r);
	void (*found)(struct ward_load *l, const uint32_t *node, uint32_t n);
};

static bool walk_init(struct walk *w)
{
	size_t n = w->l->m->n;
	struct ward_arena *a = &w->l->arena;

	w->order = ward_arena_array(a, n, sizeof(*w->order));
	w->low = ward_arena_array(a, n, sizeof(*w->low));
	w->at = ward_arena_array(a, n, sizeof(*w->at));
	w->path = ward_arena_array(a, n, sizeof(*w->path));
	w->open = ward_arena_array(a, n, sizeof(*w->open));
	w->is_open = ward_arena_array(a, n, sizeof(*w->is_open));
	return w->order && w->low && w->at && w->path && w->open && w->is_open;
}

static void enter(struct walk *w, uint32_t node)
{
	w->order[node] = w->low[node] = ++w->clock;
	w->path[w->n_path++] = node;
	w->open[w->n_open++] = node;
	w->is_open[node] = true;
}

static void leave(struct walk *w, uint32_t node)
{
	w->n_path--;
	if (w->n_path && w->low[w->path[w->n_path - 1]] > w->low[node])
		w->low[w->path[w->n_path - 1]] = w->low[node];
	if (w->low[node] != w->order[node])
		return;
	uint32_t first = w->n_open;

	do
		w->is_open[w->open[--first]] = false;
	while (w->open[first] != node);
	if (w->n_open - first > 1)
		w->found(w->l, w->open + first, w->n_open - first);
	w->n_open = first;
}

static void step(struct walk *w)
{
	uint32_t node = w->path[w->n_path - 1];
	size_t n;
	const struct ward_rel *rel = ward_model_out(w->l->m, node, &n);

	if (w->at[node] == n) {
		leave(w, node);
		return;
	}
	const struct ward_rel *r = &rel[w->at[node]++];

	if (!w->counts(w, r))
		return;
	if (!w->order[r->node])
		enter(w, r->node);
	else if (w->is_open[r->node] && w->order[r->node] < w->low[node])
		w->low[node] = w->order[r->node];
}

static void walk_all(struct walk *w)
{
	if (!walk_init(w)) {
		(void)ward_load_ok(w->l, WARD_ERR_NOMEM, NULL);
		return;
	}
	for (uint32_t i = 0; i < w->l->m->n; i++) {
		if (w->order[i])
			continue;
		enter(w, i);
		while (w->n_path)
			step(w);
	}
}

/* "a, b, c and 2 more", in the order of the files. */
static struct ward_str members(struct ward_load *l, const uint32_t *node, uint32_t n, char *buf,
	size_t cap, uint32_t *ret_first)
{
	enum { SHOWN = 5 };
	struct ward_wr w = ward_wr_fixed(buf, cap);
	uint32_t last = 0;

	for (uint32_t shown = 0; shown < n && shown < SHOWN; shown++) {
		uint32_t least = WARD_NONE;

		for (uint32_t i = 0; i < n; i++)
			if ((!shown || node[i] > last) && node[i] < least)
				least = node[i];
		if (!shown)
			*ret_first = least;
		last = least;
		ward_wr_printf(
			&w, "%s'%.*s'", shown ? ", " : "", WARD_STR_ARG(l->m->node[least].id));
	}
	if (n > SHOWN)
		ward_wr_printf(&w, " and %u more", n - SHOWN);
	return ward_wr_text(&w);
}

static bool needs(const struct walk *w, const struct ward_rel *r)
{
	return r->type == WARD_REL_REQUIRES && w->l->m->node[r->node].kind == WARD_NODE_SERVICE;
}

/* The owner of the group falls with any of its members, and the service with the owner. */
static bool whole(const struct ward_model *m, const bool *part, const struct ward_group *g)
{
	return g->need == g->n_member && (g->owner < m->n || part[g->owner - m->n]);
}

/* No member of the group can be missed. */
static bool needs_wholly(const struct walk *w, const struct ward_rel *r)
{
	return needs(w, r) && whole(w->l->m, w->whole, &w->l->m->group[r->group]);
}

/* Groups are in the order of their owners, and an inner part comes after what it is in. */
static const bool *whole_parts(struct ward_load *l)
{
	const struct ward_model *m = l->m;
	bool *part = ward_arena_array(&l->arena, m->n_part, sizeof(*part));

	if (!part) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return NULL;
	}
	for (uint32_t i = 0; i < m->n_group; i++)
		for (uint32_t k = 0; k < m->group[i].n_member; k++)
			if (m->group[i].member[k] >= m->n)
				part[m->group[i].member[k] - m->n] = whole(m, part, &m->group[i]);
	return part;
}

static bool feeds(const struct walk *w, const struct ward_rel *r)
{
	(void)w;
	return r->type == WARD_REL_POWERS || r->type == WARD_REL_COOLS ||
	       r->type == WARD_REL_SUPPLIES;
}

static void wholly_found(struct ward_load *l, const uint32_t *node, uint32_t n)
{
	char buf[800];
	uint32_t first = 0;
	struct ward_str list = members(l, node, n, buf, sizeof(buf), &first);

	ward_load_say(l, WARD_DIAG_ERROR, &l->m->node[first],
		WARD_TEXT("services that each need all of the next, in a circle: {list}"),
		WARD_TEXT("name what they both need instead, or another way to do without"),
		{"list", list});
}

static void needs_found(struct ward_load *l, const uint32_t *node, uint32_t n)
{
	char buf[800];
	uint32_t first = 0;
	struct ward_str list = members(l, node, n, buf, sizeof(buf), &first);

	ward_load_say(l, WARD_DIAG_NOTE, &l->m->node[first],
		WARD_TEXT("services that stand in for each other: {list}"),
		WARD_TEXT("nothing to do if that is meant"), {"list", list});
}

static void feeds_found(struct ward_load *l, const uint32_t *node, uint32_t n)
{
	char buf[800];
	uint32_t first = 0;
	struct ward_str list = members(l, node, n, buf, sizeof(buf), &first);

	ward_load_say(l, WARD_DIAG_NOTE, &l->m->node[first],
		WARD_TEXT("supplies in a circle: {list}"),
		WARD_TEXT("without a live source from outside they count as fallen"),
		{"list", list});
}

void ward_load_check_cycles(struct ward_load *l)
{
	struct walk wholly = {
		.l = l, .whole = whole_parts(l), .counts = needs_wholly, .found = wholly_found};
	struct walk partly = {.l = l, .counts = needs, .found = needs_found};
	struct walk supply = {.l = l, .counts = feeds, .found = feeds_found};
	size_t n_error = l->diag->n_error;

	if (!l->err)
		walk_all(&wholly);
	/* A circle reported as an error is not noted again. */
	if (l->diag->n_error == n_error && !l->err)
		walk_all(&partly);
	if (!l->err)
		walk_all(&supply);
}
