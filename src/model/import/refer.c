/* Whom a text of an import means: a ref of it, an id of the directory, or a name there. */
#include "model/import/merge_int.h"

struct ward_str ward_merge_name_key(
	enum ward_node_kind kind, struct ward_str name, char buf[WARD_MERGE_KEY_BYTES])
{
	struct ward_wr w = ward_wr_fixed(buf, WARD_MERGE_KEY_BYTES);

	ward_wr_u8(&w, (uint8_t)kind);
	for (size_t i = 0; i < name.len; i++)
		ward_wr_ch(&w,
			name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 32) : name.p[i]);
	return ward_wr_text(&w);
}

static bool ok(struct ward_merge *m, enum ward_err err)
{
	if (err && !m->err)
		m->err = err;
	return err == WARD_OK;
}

void ward_merge_index(struct ward_merge *m, uint32_t i)
{
	const struct ward_node *n = ward_model_node(m->in.model, i);
	char buf[WARD_MERGE_KEY_BYTES];
	size_t n_name = m->names.n, n_basis;
	uint32_t id;
	const struct ward_basis *b = ward_model_basis(m->in.model, i, &n_basis);

	m->taken_by[i] = WARD_NONE;
	if (!ok(m, ward_intern_put(&m->names, ward_merge_name_key(n->kind, n->name, buf), &id)))
		return;
	m->next[i] = id < n_name ? m->first[id] : WARD_NONE;
	m->first[id] = i;
	for (size_t k = 0; k < n_basis; k++) {
		size_t n_ref = m->refs.n;

		if (!b[k].ref.len || !ward_str_eq(b[k].by, m->in.source))
			continue;
		if (ok(m, ward_intern_put(&m->refs, b[k].ref, &id)) && id == n_ref)
			m->ref_node[id] = i;
	}
}

uint32_t ward_merge_named(
	const struct ward_merge *m, enum ward_node_kind kind, struct ward_str name)
{
	char buf[WARD_MERGE_KEY_BYTES];
	uint32_t id = ward_intern_find(&m->names, ward_merge_name_key(kind, name, buf));

	return id == WARD_NONE || !name.len ? WARD_NONE : m->first[id];
}

struct ward_str ward_merge_refers(const struct ward_merge *m, struct ward_str ref)
{
	uint32_t i = ward_intern_find(&m->in.c->refs, ref);

	if (i != WARD_NONE)
		return m->id[i];
	i = ward_model_find(m->in.model, ref);
	return i != WARD_NONE ? ward_model_node(m->in.model, i)->id : (struct ward_str){"", 0};
}

/* What a cell refers to; WARD_NODE_N: it is no reference. */
static enum ward_node_kind kind_of(enum ward_cell cell)
{
	static const struct {
		enum ward_cell cell;
		enum ward_node_kind kind;
	} of[] = {{WARD_CELL_SITE, WARD_NODE_SITE}, {WARD_CELL_BUILDING, WARD_NODE_BUILDING},
		{WARD_CELL_FLOOR, WARD_NODE_FLOOR}, {WARD_CELL_ZONE, WARD_NODE_ZONE},
		{WARD_CELL_FROM, WARD_NODE_ROOM}, {WARD_CELL_TO, WARD_NODE_ROOM},
		{WARD_CELL_ROOM, WARD_NODE_ROOM}, {WARD_CELL_NETWORK, WARD_NODE_NETWORK}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		if (of[i].cell == cell)
			return of[i].kind;
	return WARD_NODE_N;
}

/* The only node of that name, by its id; or it is nowhere, which is kept. */
static void resolve(struct ward_merge *m, uint32_t cand, enum ward_cell cell)
{
	struct ward_str *text = &m->in.c->node[cand].cell[cell];
	uint32_t i = ward_merge_named(m, kind_of(cell), *text);

	if (i != WARD_NONE && m->next[i] == WARD_NONE) {
		*text = ward_model_node(m->in.model, i)->id;
		return;
	}
	if (ok(m, ward_mem_more(m->in.mem, &m->nowhere, m->n_nowhere, &m->cap_nowhere,
			  sizeof(*m->nowhere), SIZE_MAX / sizeof(*m->nowhere))))
		m->nowhere[m->n_nowhere++] = (struct ward_merge_cell){cand, cell, i != WARD_NONE};
}

void ward_merge_resolve(struct ward_merge *m)
{
	for (uint32_t i = 0; i < m->in.c->refs.n && !m->err; i++)
		for (unsigned k = 0; k < WARD_CELL_N; k++) {
			struct ward_str text = m->in.c->node[i].cell[k];

			if (text.len && ward_cell_is_ref((enum ward_cell)k) &&
				ward_intern_find(&m->in.c->refs, text) == WARD_NONE &&
				ward_model_find(m->in.model, text) == WARD_NONE)
				resolve(m, i, (enum ward_cell)k);
		}
}
