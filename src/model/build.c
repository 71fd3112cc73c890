#include "model/load.h"

#include <stdlib.h>

/* Marks each chain of parents once; a chain that comes back to itself is cut where it was closed.
 */
void ward_load_parents(struct ward_load *l)
{
	struct ward_model *m = l->m;
	uint32_t *seen = ward_arena_array(&l->arena, m->n, sizeof(*seen));

	if (!seen) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return;
	}
	for (uint32_t i = 0; i < m->n; i++) {
		uint32_t mark = i + 1;

		for (uint32_t at = i; at != WARD_NONE && !seen[at]; at = m->node[at].parent) {
			uint32_t parent = m->node[at].parent;

			seen[at] = mark;
			if (parent == WARD_NONE || seen[parent] != mark)
				continue;
			ward_load_error(l, &m->node[at],
				WARD_TEXT("'%.*s' is in itself by way of '%.*s'\nremove one of the "
					  "`contains` that close the circle"),
				WARD_STR_ARG(m->node[parent].id), WARD_STR_ARG(m->node[at].id));
			m->node[at].parent = WARD_NONE;
		}
	}
	for (uint32_t i = 0; i < m->n; i++) {
		uint32_t room = ward_model_up(m, i, WARD_NODE_ROOM);

		if (room != WARD_NONE)
			m->node[i].zone = m->node[room].zone;
	}
}

static int by_from(const void *va, const void *vb)
{
	const struct ward_edge *a = va, *b = vb;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static int by_to(const void *va, const void *vb)
{
	const struct ward_edge *a = va, *b = vb;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* Sorted edges: the later of two that say the same goes. */
static void drop_repeats(struct ward_load *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_edge; i++) {
		const struct ward_edge *e = &l->edge[i], *last = n ? &l->edge[n - 1] : NULL;

		if (!last || last->from != e->from || last->type != e->type || last->to != e->to ||
			last->group != e->group) {
			l->edge[n++] = *e;
			continue;
		}
		const struct ward_edge *told = e->written ? e : last;

		if (told->written)
			ward_load_say(l, WARD_DIAG_WARNING, told,
				WARD_TEXT("'{from}' {relation} '{to}' is said twice"),
				WARD_TEXT("remove this line"), {"from", l->m->node[e->from].id},
				{"relation", ward_str_z(ward_rel_name(e->type))},
				{"to", l->m->node[e->to].id});
	}
	l->n_edge = n;
}

static void rows(struct ward_load *l, struct ward_rels *r, bool out)
{
	size_t n = l->m->n;

	r->off = ward_arena_array(&l->m->arena, n + 1, sizeof(*r->off));
	r->at = ward_arena_array(&l->m->arena, l->n_edge, sizeof(*r->at));
	if (!r->off || !r->at) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return;
	}
	for (size_t i = 0; i < l->n_edge; i++) {
		const struct ward_edge *e = &l->edge[i];

		r->off[(out ? e->from : e->to) + 1]++;
		r->at[i] = (struct ward_rel){e->type, out ? e->to : e->from, e->group};
	}
	for (size_t i = 0; i < n; i++)
		r->off[i + 1] += r->off[i];
}

/* Puts items of one array behind each other by node, in the order they were written. */
static void *by_node(struct ward_load *l, const void *item, size_t n, size_t size,
	uint32_t (*node_of)(const void *item), uint32_t **ret_off, uint32_t *ret_place)
{
	size_t n_node = l->m->n + l->m->n_part;
	uint32_t *off = ward_arena_array(&l->m->arena, n_node + 1, sizeof(*off));
	uint32_t *next = ward_arena_array(&l->arena, n_node + 1, sizeof(*next));
	uint8_t *sorted = ward_arena_array(&l->m->arena, n, size);

	if (!off || !next || !sorted) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		off[node_of((const uint8_t *)item + i * size) + 1]++;
	for (size_t i = 0; i < n_node; i++)
		off[i + 1] += off[i];
	memcpy(next, off, (n_node + 1) * sizeof(*next));
	for (size_t i = 0; i < n; i++) {
		const uint8_t *from = (const uint8_t *)item + i * size;
		uint32_t place = next[node_of(from)]++;

		memcpy(sorted + place * size, from, size);
		if (ret_place)
			ret_place[i] = place;
	}
	*ret_off = off;
	return sorted;
}

static uint32_t group_node(const void *item)
{
	return ((const struct ward_group *)item)->owner;
}

static uint32_t protection_node(const void *item)
{
	return ((const struct ward_protection *)item)->node;
}

static uint32_t buffer_node(const void *item)
{
	return ((const struct ward_buffer *)item)->node;
}

static uint32_t basis_node(const void *item)
{
	return ((const struct ward_basis *)item)->node;
}

static void groups(struct ward_load *l)
{
	uint32_t *place = ward_arena_array(&l->arena, l->n_group, sizeof(*place));

	if (!place) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return;
	}
	l->m->group = by_node(
		l, l->group, l->n_group, sizeof(*l->group), group_node, &l->m->group_off, place);
	l->m->n_group = (uint32_t)l->n_group;
	if (l->err)
		return;
	for (size_t i = 0; i < l->n_edge; i++)
		if (l->edge[i].group != WARD_NONE)
			l->edge[i].group = place[l->edge[i].group];
}

void ward_load_build(struct ward_load *l)
{
	struct ward_model *m = l->m;

	groups(l);
	if (l->err)
		return;
	m->protection = by_node(l, l->protection, l->n_protection, sizeof(*l->protection),
		protection_node, &m->protection_off, NULL);
	m->buffer = by_node(
		l, l->buffer, l->n_buffer, sizeof(*l->buffer), buffer_node, &m->buffer_off, NULL);
	m->basis = by_node(
		l, l->basis, l->n_basis, sizeof(*l->basis), basis_node, &m->basis_off, NULL);
	if (l->n_edge)
		qsort(l->edge, l->n_edge, sizeof(*l->edge), by_from);
	drop_repeats(l);
	rows(l, &m->out, true);
	if (l->n_edge)
		qsort(l->edge, l->n_edge, sizeof(*l->edge), by_to);
	rows(l, &m->in, false);
	m->n_rel = l->n_edge;
}
