/* Shortest ways by Dijkstra (1959) with a binary heap. */
#include "model/walk.h"

enum {
	MS_PER_M = 250, /* 4 m/s */
	ROOM_M = 4,
	CORRIDOR_M = 12,
	OUTSIDE_M = 30,
	DOOR_MS = 500,
	STAIRS_MS = 3000, /* a floor */
	LIFT_MS = 5000,
	LIFT_FLOOR_MS = 1500,
	CACHE = 4096, /* ways that were asked for; people go the same ones */
};

struct reached {
	int64_t ms;
	uint32_t round; /* of the search that it belongs to */
	uint32_t rooms;
	bool settled;
};

struct waiting {
	int64_t ms;
	uint32_t node;
};

struct answer {
	uint32_t from, to;
	int64_t ms;
	uint32_t rooms;
	bool known, found;
};

struct ward_walk {
	const struct ward_model *m;
	const struct ward_mem *mem;
	struct reached *at; /* by node */
	struct waiting *heap;
	size_t n_heap, cap_heap;
	uint32_t *lobby; /* rooms that lifts stop at */
	size_t n_lobby;
	uint32_t corridor, outside, lift_lobby; /* classes, or WARD_NONE */
	uint32_t round;
	uint32_t tried, tried_metres; /* a room as if it were so long; WARD_NONE */
	struct answer answer[CACHE];
};

static uint32_t class_of(const struct ward_model *m, const char *id)
{
	return ward_ontology_find(ward_model_ontology(m), ward_str_z(id));
}

static bool is(const struct ward_walk *w, uint32_t node, uint32_t class)
{
	return class != WARD_NONE && ward_model_is(w->m, node, class);
}

/* Each relation is offered once, each lobby once from each other. */
static size_t offers_max(const struct ward_walk *w)
{
	size_t n = 1 + w->n_lobby * w->n_lobby;

	for (uint32_t i = 0; i < ward_model_n(w->m); i++) {
		size_t n_out;

		(void)ward_model_out(w->m, i, &n_out);
		n += n_out;
	}
	return n;
}

enum ward_err ward_walk_new(
	const struct ward_model *m, const struct ward_mem *mem, struct ward_walk **ret)
{
	struct ward_walk *w = ward_mem_alloc(mem, sizeof(*w));
	size_t n = ward_model_n(m);

	if (!w)
		return WARD_ERR_NOMEM;
	w->m = m;
	w->mem = mem;
	w->tried = WARD_NONE;
	w->corridor = class_of(m, "room.corridor");
	w->outside = class_of(m, "room.outside");
	w->lift_lobby = class_of(m, "room.lift-lobby");
	w->at = ward_mem_alloc(mem, (n + 1) * sizeof(*w->at));
	w->lobby = ward_mem_alloc(mem, (n + 1) * sizeof(*w->lobby));
	if (!w->at || !w->lobby) {
		ward_walk_free(w);
		return WARD_ERR_NOMEM;
	}
	for (uint32_t i = 0; i < n; i++)
		if (is(w, i, w->lift_lobby))
			w->lobby[w->n_lobby++] = i;
	w->cap_heap = offers_max(w);
	w->heap = ward_mem_alloc(mem, w->cap_heap * sizeof(*w->heap));
	if (!w->heap) {
		ward_walk_free(w);
		return WARD_ERR_NOMEM;
	}
	*ret = w;
	return WARD_OK;
}

void ward_walk_free(struct ward_walk *w)
{
	if (!w)
		return;
	size_t n = ward_model_n(w->m);

	ward_mem_free(w->mem, w->at, (n + 1) * sizeof(*w->at));
	ward_mem_free(w->mem, w->lobby, (n + 1) * sizeof(*w->lobby));
	ward_mem_free(w->mem, w->heap, w->cap_heap * sizeof(*w->heap));
	ward_mem_free(w->mem, w, sizeof(*w));
}

static bool before(struct waiting a, struct waiting b)
{
	return a.ms != b.ms ? a.ms < b.ms : a.node < b.node;
}

static void push(struct ward_walk *w, struct waiting x)
{
	size_t i = w->n_heap++;

	WARD_ASSERT(w->n_heap <= w->cap_heap);
	for (; i && before(x, w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = x;
}

static struct waiting pop(struct ward_walk *w)
{
	struct waiting first = w->heap[0], last = w->heap[--w->n_heap];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < w->n_heap; i = child) {
		if (child + 1 < w->n_heap && before(w->heap[child + 1], w->heap[child]))
			child++;
		if (!before(w->heap[child], last))
			break;
		w->heap[i] = w->heap[child];
	}
	w->heap[i] = last;
	return first;
}

/* What going through it takes. */
static int64_t through(const struct ward_walk *w, uint32_t node)
{
	const struct ward_node *n = ward_model_node(w->m, node);

	if (n->kind == WARD_NODE_DOOR)
		return DOOR_MS;
	if (n->kind != WARD_NODE_ROOM)
		return LIFT_MS;
	uint32_t metres = node == w->tried ? w->tried_metres : n->metres;

	if (metres)
		return (int64_t)metres * MS_PER_M;
	return MS_PER_M * (is(w, node, w->corridor)         ? CORRIDOR_M
				  : is(w, node, w->outside) ? OUTSIDE_M
							    : ROOM_M);
}

/* Floors between two places; 0 where one has none. */
static int64_t floors(const struct ward_walk *w, uint32_t a, uint32_t b)
{
	uint32_t fa = ward_model_up(w->m, a, WARD_NODE_FLOOR);
	uint32_t fb = ward_model_up(w->m, b, WARD_NODE_FLOOR);

	if (fa == WARD_NONE || fb == WARD_NONE)
		return 0;
	int64_t d = (int64_t)ward_model_node(w->m, fa)->level - ward_model_node(w->m, fb)->level;

	return d < 0 ? -d : d;
}

static void offer(struct ward_walk *w, uint32_t node, int64_t ms, uint32_t rooms)
{
	struct reached *to = &w->at[node];

	if (to->round == w->round && (to->settled || to->ms <= ms))
		return;
	*to = (struct reached){.ms = ms, .round = w->round, .rooms = rooms};
	push(w, (struct waiting){ms, node});
}

static bool is_lift(const struct ward_walk *w, uint32_t node)
{
	return ward_model_node(w->m, node)->kind == WARD_NODE_ASSET;
}

static void leave(struct ward_walk *w, uint32_t node, bool first)
{
	const struct ward_node *n = ward_model_node(w->m, node);
	uint32_t rooms = w->at[node].rooms + (!first && n->kind == WARD_NODE_ROOM);
	int64_t ms = w->at[node].ms + (first ? 0 : through(w, node));
	size_t n_rel;
	const struct ward_rel *rel = ward_model_out(w->m, node, &n_rel);

	for (size_t i = 0; i < n_rel; i++) {
		uint32_t to = rel[i].node;
		bool lift = is_lift(w, node) || is_lift(w, to);

		if (rel[i].type == WARD_REL_LEADS_TO)
			offer(w, to, ms + floors(w, node, to) * (lift ? LIFT_FLOOR_MS : STAIRS_MS),
				rooms);
	}
	if (!is(w, node, w->lift_lobby))
		return;
	uint32_t building = ward_model_up(w->m, node, WARD_NODE_BUILDING);

	for (size_t i = 0; i < w->n_lobby; i++)
		if (w->lobby[i] != node && building != WARD_NONE &&
			ward_model_up(w->m, w->lobby[i], WARD_NODE_BUILDING) == building)
			offer(w, w->lobby[i],
				ms + LIFT_MS + floors(w, node, w->lobby[i]) * LIFT_FLOOR_MS, rooms);
}

static bool search(
	struct ward_walk *w, uint32_t from, uint32_t to, int64_t *ret, uint32_t *ret_rooms)
{
	if (++w->round == 0) {
		memset(w->at, 0, ward_model_n(w->m) * sizeof(*w->at));
		w->round = 1;
	}
	w->n_heap = 0;
	offer(w, from, 0, 0);
	while (w->n_heap) {
		uint32_t node = pop(w).node;

		if (w->at[node].settled)
			continue;
		w->at[node].settled = true;
		if (node == to) {
			*ret = w->at[node].ms;
			*ret_rooms = w->at[node].rooms;
			return true;
		}
		leave(w, node, node == from);
	}
	return false;
}

void ward_walk_try(struct ward_walk *w, uint32_t room, uint32_t metres)
{
	w->tried = metres ? room : WARD_NONE;
	w->tried_metres = metres;
	memset(w->answer, 0, sizeof(w->answer));
}

bool ward_walk_ms(
	struct ward_walk *w, uint32_t from, uint32_t to, int64_t *ret, uint32_t *ret_rooms)
{
	struct answer *a = &w->answer[(from * 2654435761u ^ to * 40503u) % CACHE];

	if (!a->known || a->from != from || a->to != to) {
		*a = (struct answer){.from = from, .to = to, .known = true};
		a->found = search(w, from, to, &a->ms, &a->rooms);
	}
	if (!a->found)
		return false;
	*ret = a->ms;
	if (ret_rooms)
		*ret_rooms = a->rooms;
	return true;
}
