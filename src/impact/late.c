/* States that only somebody's sight begins: nothing leads to them and no gate looks at them. Most
 * threats on most things are such, so they have no row until one is seen; then it is for good. What
 * leads on from them is found as when compiling; the states there know these ways by a map. */
#include "impact/rows.h"

enum { CAP_LEAST = 64 };

static size_t place(const struct plan_map *m, uint64_t key)
{
	uint64_t z = key * 0x9e3779b97f4a7c15u;
	size_t i = (size_t)(z ^ z >> 32) & (m->cap - 1);

	while (m->entry[i].used && m->entry[i].key != key)
		i = (i + 1) & (m->cap - 1);
	return i;
}

static uint32_t map_get(const struct plan_map *m, uint64_t key)
{
	if (!m->n)
		return WARD_NONE;
	const struct plan_map_entry *at = &m->entry[place(m, key)];

	return at->used ? at->value : WARD_NONE;
}

/* Room for n more. */
static enum ward_err map_room(struct plan_map *m, const struct ward_mem *mem, size_t n)
{
	struct plan_map grown = {.n = m->n, .cap = m->cap ? m->cap : CAP_LEAST};

	while (grown.cap < 2 * (m->n + n))
		grown.cap *= 2;
	if (grown.cap == m->cap)
		return WARD_OK;
	grown.entry = ward_mem_alloc(mem, grown.cap * sizeof(*grown.entry));
	if (!grown.entry)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < m->cap; i++)
		if (m->entry[i].used)
			grown.entry[place(&grown, m->entry[i].key)] = m->entry[i];
	ward_mem_free(mem, m->entry, m->cap * sizeof(*m->entry));
	*m = grown;
	return WARD_OK;
}

static void map_put(struct plan_map *m, uint64_t key, uint32_t value)
{
	struct plan_map_entry *at = &m->entry[place(m, key)];

	m->n += !at->used;
	*at = (struct plan_map_entry){key, value, 1};
}

static uint64_t key_of(uint32_t asset, uint32_t threat)
{
	return (uint64_t)asset << 32 | threat;
}

uint32_t ward_impact_plan_late_find(
	const struct ward_impact_plan *p, uint32_t asset, uint32_t threat)
{
	return map_get(&p->late, key_of(asset, threat));
}

uint32_t ward_impact_plan_late_in(const struct ward_impact_plan *p, uint32_t s)
{
	return map_get(&p->late_in, s);
}

bool ward_impact_plan_before(const struct ward_impact_plan *p, uint32_t a, uint32_t b)
{
	const struct plan_state *x = &p->state[a], *y = &p->state[b];

	if (x->asset != y->asset)
		return p->rank[x->asset] < p->rank[y->asset];
	return p->threat_rank[x->threat] < p->threat_rank[y->threat];
}

/* Room for n items in *items of *cap. What was compiled is large and of its size: beyond `compiled`
 * items it grows twofold. */
static enum ward_err grow(const struct ward_mem *mem, void *items, size_t n, size_t compiled,
	size_t *cap, size_t size)
{
	size_t want = compiled + 2 * (n - compiled) + CAP_LEAST;
	void *old, *grown;

	if (n <= *cap)
		return WARD_OK;
	if (want >= PLAN_SLOTS)
		return WARD_ERR_LIMIT;
	/* items is the address of a pointer of any object type; all have one representation. */
	memcpy(&old, items, sizeof(old));
	grown = ward_mem_resize(mem, old, *cap * size, want * size);
	if (!grown)
		return WARD_ERR_NOMEM;
	memcpy(items, &grown, sizeof(grown));
	*cap = want;
	return WARD_OK;
}

/* Room for one more state and n more edges. */
static enum ward_err room(struct ward_impact_plan *p, size_t n)
{
	const struct ward_mem *mem = p->mem;
	size_t state = p->n_state + 1, edge = p->n_edge + n;
	enum ward_err err =
		grow(mem, &p->state, state + 1, p->n_row, &p->cap_state, sizeof(*p->state));

	if (!err)
		err = grow(mem, &p->guard, state, p->n_row, &p->cap_guard, sizeof(*p->guard));
	if (!err)
		err = grow(mem, &p->edge, edge, p->n_edge_row, &p->cap_edge, sizeof(*p->edge));
	if (!err)
		err = grow(mem, &p->late_next, edge - p->n_edge_row, 0, &p->cap_late_next,
			sizeof(*p->late_next));
	if (!err)
		err = map_room(&p->late, mem, 1);
	return err ? err : map_room(&p->late_in, mem, n);
}

enum ward_err ward_impact_plan_late(
	struct ward_impact_plan *p, uint32_t asset, uint32_t threat, uint32_t *ret)
{
	size_t n = ward_impact_plan_leads(p, asset, threat, NULL);
	uint32_t s = (uint32_t)p->n_state;
	enum ward_err err = WARD_OK;

	*ret = WARD_NONE;
	if (!n)
		return WARD_OK;
	err = room(p, n);
	if (err)
		return err;
	(void)ward_impact_plan_leads(p, asset, threat, p->edge + p->n_edge);
	p->guard[s] =
		0; /* what is seen is not undone by protection, and it can come no other way */
	p->state[s].asset = asset;
	p->state[s].threat = threat;
	p->state[s + 1] = p->state[s]; /* where its edges end: the ways in are none */
	p->n_state++;
	for (size_t i = p->n_edge; i < p->n_edge + n; i++) {
		uint32_t dst = p->edge[i].dst;

		p->late_next[i - p->n_edge_row] = map_get(&p->late_in, dst);
		map_put(&p->late_in, dst, (uint32_t)i);
	}
	p->n_edge += n;
	p->state[s + 1].edge = (uint32_t)p->n_edge;
	p->fan_max += n;
	map_put(&p->late, key_of(asset, threat), s);
	*ret = s;
	return WARD_OK;
}

void ward_impact_plan_late_free(struct ward_impact_plan *p)
{
	ward_mem_free(p->mem, p->late.entry, p->late.cap * sizeof(*p->late.entry));
	ward_mem_free(p->mem, p->late_in.entry, p->late_in.cap * sizeof(*p->late_in.entry));
	ward_mem_free(p->mem, p->late_next, p->cap_late_next * sizeof(*p->late_next));
}
