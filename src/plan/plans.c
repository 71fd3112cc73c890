#include "plan/priv.h"

#include "conf/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 64 << 20 };

static const struct {
	const char *name, *class;
} kinds[WARD_PLAN_KIND_N] = {
#define X(IDENT, name, class) {name, class},
	WARD_PLAN_KIND_LIST(X)
#undef X
};

const char *ward_plan_kind_name(enum ward_plan_kind k)
{
	WARD_ASSERT((unsigned)k < WARD_PLAN_KIND_N);
	return kinds[k].name;
}

static enum ward_plan_kind kind_of(const struct ward_model *m, uint32_t node)
{
	const struct ward_ontology *o = ward_model_ontology(m);
	unsigned k = 0;

	for (; k < WARD_PLAN_OTHER; k++) {
		uint32_t class = ward_ontology_find(o, ward_str_z(kinds[k].class));

		if (class != WARD_NONE && ward_model_is(m, node, class))
			break;
	}
	return (enum ward_plan_kind)k;
}

static size_t count(const struct ward_model *m, enum ward_node_kind kind)
{
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(m); i++)
		n += ward_model_node(m, i)->kind == kind;
	return n;
}

struct rank {
	uint32_t building;
	int32_t level;
	size_t i;
};

static int by_height(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->building != y->building)
		return x->building < y->building ? -1 : 1;
	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

static enum ward_err find_floors(struct ward_plans *p)
{
	uint32_t nodes = ward_model_n(p->m);
	size_t n = count(p->m, WARD_NODE_FLOOR);
	struct rank *rank = ward_arena_array(&p->arena, n, sizeof(*rank));

	p->floor = ward_arena_array(&p->arena, n, sizeof(*p->floor));
	p->down = ward_arena_array(&p->arena, n, sizeof(*p->down));
	p->at = ward_arena_array(&p->arena, nodes, sizeof(*p->at));
	p->home = ward_arena_array(&p->arena, nodes, sizeof(*p->home));
	if (!rank || !p->floor || !p->down || !p->at || !p->home)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < nodes; i++) {
		const struct ward_node *node = ward_model_node(p->m, i);

		p->at[i] = p->home[i] = WARD_NONE;
		if (node->kind != WARD_NODE_FLOOR)
			continue;
		rank[p->n] = (struct rank){node->parent, node->level, p->n};
		p->at[i] = (uint32_t)p->n;
		p->floor[p->n++].floor = i;
	}
	if (n)
		qsort(rank, n, sizeof(*rank), by_height);
	for (size_t i = 0; i < n; i++)
		p->down[i] = rank[i].i;
	return WARD_OK;
}

/* Rooms by their floors, then things by that of their room. */
static enum ward_err find_rooms(struct ward_plans *p)
{
	uint32_t nodes = ward_model_n(p->m);

	for (unsigned fill = 0; fill < 2; fill++) {
		for (uint32_t i = 0; i < nodes; i++) {
			const struct ward_node *node = ward_model_node(p->m, i);

			if (node->kind != WARD_NODE_ROOM || node->parent == WARD_NONE ||
				ward_model_node(p->m, node->parent)->kind != WARD_NODE_FLOOR)
				continue;
			struct ward_plan *f = &p->floor[p->at[node->parent]];

			if (fill) {
				p->home[i] = p->at[node->parent];
				p->at[i] = (uint32_t)f->n_room;
				f->room[f->n_room].node = i;
			}
			f->n_room++;
		}
		for (size_t i = 0; i < p->n && !fill; i++) {
			struct ward_plan *f = &p->floor[i];

			f->room = ward_arena_array(&p->arena, f->n_room, sizeof(*f->room));
			if (!f->room)
				return WARD_ERR_NOMEM;
			f->n_room = 0;
		}
	}
	return WARD_OK;
}

static enum ward_err find_things(struct ward_plans *p)
{
	for (unsigned fill = 0; fill < 2; fill++) {
		for (uint32_t i = 0; i < ward_model_n(p->m); i++) {
			const struct ward_node *node = ward_model_node(p->m, i);

			if (node->kind != WARD_NODE_ASSET || !plan_is_room(p, node->parent))
				continue;
			struct ward_plan *f = &p->floor[p->home[node->parent]];

			if (fill)
				f->thing[f->n_thing] = (struct ward_plan_thing){
					i, node->parent, kind_of(p->m, i), {0, 0}};
			f->n_thing++;
		}
		for (size_t i = 0; i < p->n && !fill; i++) {
			struct ward_plan *f = &p->floor[i];

			f->thing = ward_arena_array(&p->arena, f->n_thing, sizeof(*f->thing));
			if (!f->thing)
				return WARD_ERR_NOMEM;
			f->n_thing = 0;
		}
	}
	return WARD_OK;
}

/* Of a door: the room that it leads from. */
static uint32_t door_from(const struct ward_model *m, uint32_t door)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(m, door, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].type == WARD_REL_LEADS_TO &&
			r[i].node != ward_model_node(m, door)->parent &&
			ward_model_node(m, r[i].node)->kind == WARD_NODE_ROOM)
			return r[i].node;
	return WARD_NONE;
}

static size_t ways_of(struct ward_plans *p, uint32_t node, struct plan_way *into)
{
	const struct ward_node *v = ward_model_node(p->m, node);
	size_t n, count = 0;
	const struct ward_rel *r = ward_model_out(p->m, node, &n);

	if (v->kind == WARD_NODE_DOOR) {
		struct plan_way w = {node, door_from(p->m, node), v->parent, 0};

		if (!plan_is_room(p, w.from) || !plan_is_room(p, w.to))
			return 0;
		w.floor = p->home[w.from] == p->home[w.to] ? p->home[w.from] : SIZE_MAX;
		if (into)
			*into = w;
		return 1;
	}
	for (size_t i = 0; i < n && plan_is_room(p, node); i++) {
		if (r[i].type != WARD_REL_LEADS_TO || !plan_is_room(p, r[i].node))
			continue;
		if (p->home[node] != p->home[r[i].node])
			continue;
		if (into)
			into[count] = (struct plan_way){WARD_NONE, node, r[i].node, p->home[node]};
		count++;
	}
	return count;
}

static int by_floor(const void *a, const void *b)
{
	const struct plan_way *x = a, *y = b;

	if (x->floor != y->floor)
		return x->floor < y->floor ? -1 : 1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* Doors, each once, and where rooms of a floor lead into each other without one. */
static enum ward_err find_ways(struct ward_plans *p)
{
	for (unsigned fill = 0; fill < 2; fill++) {
		p->n_way = 0;
		for (unsigned rooms = 0; rooms < 2; rooms++)
			for (uint32_t i = 0; i < ward_model_n(p->m); i++)
				if (ward_model_node(p->m, i)->kind ==
					(rooms ? WARD_NODE_ROOM : WARD_NODE_DOOR))
					p->n_way += ways_of(p, i, fill ? &p->way[p->n_way] : NULL);
		if (fill)
			break;
		p->way = ward_arena_array(&p->arena, p->n_way, sizeof(*p->way));
		if (!p->way)
			return WARD_ERR_NOMEM;
	}
	p->way_at = ward_arena_array(&p->arena, p->n + 1, sizeof(*p->way_at));
	if (!p->way_at)
		return WARD_ERR_NOMEM;
	if (p->n_way)
		qsort(p->way, p->n_way, sizeof(*p->way), by_floor);
	for (size_t i = 0, k = 0; i <= p->n; i++) {
		while (k < p->n_way && p->way[k].floor < i)
			k++;
		p->way_at[i] = k;
	}
	return WARD_OK;
}

static int by_door(const void *a, const void *b)
{
	uint32_t x = ((const struct ward_plan_door *)a)->node;
	uint32_t y = ((const struct ward_plan_door *)b)->node;

	return x < y ? -1 : x > y;
}

static enum ward_err find_doors(struct ward_plans *p)
{
	for (unsigned fill = 0; fill < 2; fill++) {
		for (size_t i = 0; i < p->n_way; i++) {
			const struct plan_way *w = &p->way[i];

			if (w->node == WARD_NONE)
				continue;
			uint32_t at[2] = {p->home[w->from], p->home[w->to]};

			for (unsigned k = 0; k < (at[0] == at[1] ? 1 : 2); k++) {
				struct ward_plan *f = &p->floor[at[k]];

				if (fill)
					f->door[f->n_door] = (struct ward_plan_door){
						.node = w->node, .from = w->from, .to = w->to};
				f->n_door++;
			}
		}
		for (size_t i = 0; i < p->n && fill; i++)
			if (p->floor[i].n_door)
				qsort(p->floor[i].door, p->floor[i].n_door,
					sizeof(*p->floor[i].door), by_door);
		for (size_t i = 0; i < p->n && !fill; i++) {
			struct ward_plan *f = &p->floor[i];

			f->door = ward_arena_array(&p->arena, f->n_door, sizeof(*f->door));
			if (!f->door)
				return WARD_ERR_NOMEM;
			f->n_door = 0;
		}
	}
	return WARD_OK;
}

enum ward_err plan_rect(struct ward_plans *p, struct ward_plan_room *r, struct ward_plan_rect at)
{
	struct ward_plan_rect *part = ward_arena_array(&p->arena, 1, sizeof(*part));

	if (!part)
		return WARD_ERR_NOMEM;
	*part = at;
	*r = (struct ward_plan_room){.node = r->node, .at = at, .part = part, .n_part = 1};
	return WARD_OK;
}

static void move(struct ward_plan_room *r, int32_t dx, int32_t dy)
{
	struct ward_plan_rect *part = (struct ward_plan_rect *)r->part;
	struct ward_plan_point *corner = (struct ward_plan_point *)r->corner;

	r->at.x += dx;
	r->at.y += dy;
	for (size_t i = 0; i < r->n_part; i++) {
		part[i].x += dx;
		part[i].y += dy;
	}
	for (size_t i = 0; i < r->n_corner; i++) {
		corner[i].x += dx;
		corner[i].y += dy;
	}
}

/* To the page's corner; the page is as large as what is drawn, with a margin. */
static void page(struct ward_plan *f)
{
	int32_t x0 = INT32_MAX, y0 = INT32_MAX;

	f->width = f->height = 2 * PLAN_MARGIN;
	for (size_t i = 0; i < f->n_room; i++) {
		x0 = plan_min(x0, f->room[i].at.x);
		y0 = plan_min(y0, f->room[i].at.y);
	}
	for (size_t i = 0; i < f->n_room; i++) {
		move(&f->room[i], PLAN_MARGIN - x0, PLAN_MARGIN - y0);
		f->width = plan_max(f->width, plan_right(&f->room[i].at) + PLAN_MARGIN);
		f->height = plan_max(f->height, plan_bottom(&f->room[i].at) + PLAN_MARGIN);
	}
}

static size_t drawn(const struct ward_plan *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_room; i++)
		n += f->room[i].n_part > 0;
	return n;
}

/* A floor that the file draws in part only. */
static void tell_missing(const struct ward_plans *p, const struct ward_plan *f, size_t n,
	struct ward_str file, struct ward_diag *diag)
{
	size_t i = 0;

	while (f->room[i].n_part)
		i++;
	const struct ward_node *room = ward_model_node(p->m, f->room[i].node);
	const struct ward_node *floor = ward_model_node(p->m, f->floor);

	ward_diag_addf(diag, WARD_DIAG_WARNING, file, 0,
		WARD_TEXT("%zu of the %zu rooms of floor '%.*s' are not drawn, '%.*s' first: the "
			  "floor is "
			  "shown as a schematic\nadd a line for each of its rooms, or remove the "
			  "floor's "
			  "lines"),
		f->n_room - n, f->n_room, WARD_STR_ARG(floor->id), WARD_STR_ARG(room->id));
}

static enum ward_err draw(
	struct ward_plans *p, struct ward_str file, struct ward_diag *diag, bool tell)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < p->n && !err; i++) {
		struct ward_plan *f = &p->floor[i];
		size_t n = drawn(f);

		if (tell && n && n < f->n_room)
			tell_missing(p, f, n, file, diag);
		f->schematic = n < f->n_room;
		if (f->schematic)
			err = plan_schematic(p, f);
		if (err)
			break;
		page(f);
		err = plan_doors(p, f);
		if (!err)
			err = plan_things(p, f);
	}
	return err;
}

static enum ward_err find(struct ward_plans *p)
{
	enum ward_err err = find_floors(p);

	if (!err)
		err = find_rooms(p);
	if (!err)
		err = find_things(p);
	if (!err)
		err = find_ways(p);
	return err ? err : find_doors(p);
}

enum ward_err ward_plans_parse(const struct ward_plan_in *in, struct ward_str file,
	struct ward_slice text, struct ward_plans **ret)
{
	struct ward_plans *p = ward_mem_alloc(in->mem, sizeof(*p));
	size_t errors = in->diag->n_error;

	if (!p)
		return WARD_ERR_NOMEM;
	p->m = in->m;
	p->mem = in->mem;
	ward_arena_init(&p->arena, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = find(p);

	if (!err)
		err = plan_read(p, in, file, text);
	if (!err || err == WARD_ERR_CONFIG)
		err = draw(p, file, in->diag, in->diag->n_error == errors);
	if (err) {
		ward_plans_free(p);
		return err;
	}
	*ret = p;
	return in->diag->n_error > errors ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_plans_load(
	const struct ward_plan_in *in, const char *dir, struct ward_plans **ret)
{
	struct ward_slice text = {NULL, 0};
	struct ward_arena a;
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, WARD_PLAN_FILE);
	enum ward_err err = WARD_OK;

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_IO;
	ward_arena_init(&a, in->mem, FILE_BYTES_MAX);
	if (access(path, F_OK) == 0)
		err = ward_conf_read(&a, in->lim, path, in->diag, &text);
	if (!err)
		err = ward_plans_parse(in, ward_str_z(path), text, ret);
	ward_arena_fini(&a);
	return err;
}

void ward_plans_free(struct ward_plans *p)
{
	if (!p)
		return;
	ward_arena_fini(&p->arena);
	ward_mem_free(p->mem, p, sizeof(*p));
}

size_t ward_plans_n(const struct ward_plans *p)
{
	return p->n;
}

const struct ward_plan *ward_plans_at(const struct ward_plans *p, size_t i)
{
	return &p->floor[i];
}

const struct ward_plan *ward_plans_of(const struct ward_plans *p, uint32_t floor)
{
	if (floor >= ward_model_n(p->m) || ward_model_node(p->m, floor)->kind != WARD_NODE_FLOOR)
		return NULL;
	return &p->floor[p->at[floor]];
}
