/* Components of the link graph, and what is told of one. */
#include "fuse/priv.h"

#include <stdlib.h>

enum { KEPT_BYTES_MAX = 4 << 20 };

void ward_fuse_count(struct ward_fuser *f, const char *name)
{
	if (f->counters)
		ward_count_name(f->counters, name, 1);
}

enum ward_err ward_fuse_keep(
	struct ward_fuser *f, const struct ward_detection *d, struct kept **ret)
{
	struct kept *k = ward_mem_alloc(f->mem, sizeof(*k));

	if (!k)
		return WARD_ERR_NOMEM;
	ward_arena_init(&k->arena, f->mem, KEPT_BYTES_MAX);
	k->d = *d;
	k->d.rule = ward_arena_str(&k->arena, d->rule);
	k->d.title = ward_arena_str(&k->arena, d->title);
	k->d.author = ward_arena_str(&k->arena, d->author);
	k->d.evidence = NULL;
	k->d.match = NULL;
	k->d.reason = NULL;
	k->d.n_evidence = k->d.n_match = 0;
	k->d.subject = ward_arena_str(&k->arena, d->subject);
	k->d.actor = ward_arena_str(&k->arena, d->actor);
	k->d.threat_code = ward_arena_str(&k->arena, d->threat_code);
	k->d.permit.id = ward_arena_str(&k->arena, d->permit.id);
	k->d.permit.who = ward_arena_str(&k->arena, d->permit.who);
	k->d.permit.why = ward_arena_str(&k->arena, d->permit.why);
	k->d.permit.because = ward_arena_str(&k->arena, d->permit.because);
	if (!k->d.rule.p || !k->d.title.p || !k->d.author.p || !k->d.subject.p || !k->d.actor.p ||
		!k->d.threat_code.p || !k->d.permit.id.p || !k->d.permit.who.p ||
		!k->d.permit.why.p || !k->d.permit.because.p) {
		ward_fuse_drop(f, k);
		return WARD_ERR_NOMEM;
	}
	k->key = ward_fuse_key(d);
	*ret = k;
	return WARD_OK;
}

void ward_fuse_drop(struct ward_fuser *f, struct kept *k)
{
	ward_arena_fini(&k->arena);
	ward_mem_free(f->mem, k->part, k->cap_part * sizeof(*k->part));
	ward_mem_free(f->mem, k->mark, k->cap_mark * sizeof(*k->mark));
	ward_mem_free(f->mem, k, sizeof(*k));
}

enum ward_err ward_fuse_group_new(struct ward_fuser *f, struct group **ret)
{
	enum ward_err err = ward_mem_more(f->mem, &f->group, f->n_group, &f->cap_group,
		sizeof(struct group *), f->max_groups);
	struct group *g;

	if (err)
		return err;
	g = ward_mem_alloc(f->mem, sizeof(*g));
	if (!g)
		return WARD_ERR_NOMEM;
	g->told_at = INT64_MIN;
	f->group[f->n_group++] = g;
	*ret = g;
	return WARD_OK;
}

/* The group's members must have been freed or moved before. */
void ward_fuse_group_free(struct ward_fuser *f, struct group *g)
{
	size_t i = 0;

	while (f->group[i] != g)
		i++;
	if (f->told == g)
		f->told = NULL;
	f->group[i] = f->group[--f->n_group];
	ward_mem_free(f->mem, g->member, g->cap * sizeof(struct kept *));
	ward_mem_free(f->mem, g->superseded, g->cap_superseded * sizeof(*g->superseded));
	ward_mem_free(f->mem, g, sizeof(*g));
}

static int kept_cmp(const struct kept *a, const struct kept *b)
{
	if (a->d.first != b->d.first)
		return a->d.first < b->d.first ? -1 : 1;
	return ward_id_cmp(a->d.id, b->d.id);
}

enum ward_err ward_fuse_group_add(struct ward_fuser *f, struct group *g, struct kept *k)
{
	enum ward_err err = ward_mem_more(
		f->mem, &g->member, g->n, &g->cap, sizeof(struct kept *), f->max_kept);
	size_t at = g->n;

	if (err)
		return err;
	for (; at > 0 && kept_cmp(g->member[at - 1], k) > 0; at--)
		g->member[at] = g->member[at - 1];
	g->member[at] = k;
	g->n++;
	k->group = g;
	if (k->d.level > g->level && !k->d.permit.expected)
		g->level = k->d.level;
	if (g->n == 1 || k->d.last > g->last)
		g->last = k->d.last;
	g->changed = true;
	return WARD_OK;
}

void ward_fuse_group_take(struct group *g, const struct kept *k)
{
	size_t at = 0;

	while (g->member[at] != k)
		at++;
	memmove(&g->member[at], &g->member[at + 1], (g->n - at - 1) * sizeof(struct kept *));
	g->n--;
	g->changed = true;
}

/* How sure a rule of this level makes us that the threat is on the asset: an interval, stated in
 * README.md, until rules are calibrated. */
static void sureness(enum ward_level level, int64_t *ret_lo, int64_t *ret_hi)
{
	static const int64_t lo[] = {0, 100000, 300000, 600000, 900000};
	static const int64_t hi[] = {200000, 400000, 700000, 950000, 1000000};

	_Static_assert(WARD_ARRAY_LEN(lo) == WARD_LEVEL_N, "one row per level");
	*ret_lo = lo[level];
	*ret_hi = hi[level];
}

static int threat_cmp(const void *va, const void *vb)
{
	const struct ward_threat_on *a = va, *b = vb;

	if (a->asset != b->asset)
		return a->asset < b->asset ? -1 : 1;
	if (a->threat != b->threat)
		return a->threat < b->threat ? -1 : 1;
	return a->member < b->member ? -1 : a->member > b->member;
}

/* One row per (asset, threat): the earliest since, the surest likelihood. */
static size_t merge_threats(struct ward_threat_on *t, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(t, n, sizeof(*t), threat_cmp);
	for (size_t i = 0; i < n; i++) {
		struct ward_threat_on *last = kept ? &t[kept - 1] : NULL;

		if (!last || last->asset != t[i].asset || last->threat != t[i].threat) {
			t[kept++] = t[i];
			continue;
		}
		if (t[i].since < last->since)
			last->since = t[i].since;
		if (t[i].lo_micro > last->lo_micro)
			last->lo_micro = t[i].lo_micro;
		if (t[i].hi_micro > last->hi_micro)
			last->hi_micro = t[i].hi_micro;
	}
	return kept;
}

static uint32_t index_of(const struct group *g, const struct kept *k)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->member[i] == k)
			return (uint32_t)i;
	return WARD_NONE;
}

/* Is it something that one can touch: a place, a supply, plant of the building? What fails there
 * fails by itself or by somebody's hand, unless another sign says otherwise. */
static bool is_plant(const struct ward_fuser *f, uint32_t asset)
{
	const struct ward_ontology *o = ward_model_ontology(f->m);
	static const char *const plant[] = {"device.building", "supply"};

	if (asset == WARD_NONE)
		return false;
	const struct ward_node *n = ward_model_node(f->m, asset);

	if (n->kind != WARD_NODE_ASSET)
		return n->kind <= WARD_NODE_DOOR;
	for (size_t i = 0; i < WARD_ARRAY_LEN(plant); i++) {
		uint32_t class = ward_ontology_find(o, ward_str_z(plant[i]));

		if (class != WARD_NONE && ward_ontology_is(o, n->class, class))
			return true;
	}
	return false;
}

/* It was seen on a network: whoever did it need not be there. */
static bool is_network(const struct ward_fuser *f, uint32_t place)
{
	return place != WARD_NONE && ward_model_node(f->m, place)->kind == WARD_NODE_NETWORK;
}

static enum ward_incident_kind kind_of(const struct ward_fuser *f, const struct group *g)
{
	bool cyber = false, physical = false, plant = false;

	for (size_t i = 0; i < g->n; i++) {
		if (g->member[i]->d.permit.expected)
			continue;
		uint32_t t = g->member[i]->d.threat;
		enum ward_domain d = t == WARD_NONE
					     ? WARD_DOMAIN_CYBER
					     : ward_threats_at(ward_model_threats(f->m), t)->domain;

		cyber |= d == WARD_DOMAIN_CYBER;
		physical |= d == WARD_DOMAIN_PHYSICAL;
		plant |= d == WARD_DOMAIN_BOTH && !is_network(f, g->member[i]->d.place) &&
			 is_plant(f, g->member[i]->d.asset);
	}
	if (cyber && physical)
		return WARD_INCIDENT_HYBRID;
	return physical || (plant && !cyber) ? WARD_INCIDENT_PHYSICAL : WARD_INCIDENT_CYBER;
}

const struct kept *ward_fuse_lead(const struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (!g->member[i]->d.permit.expected)
			return g->member[i];
	return g->member[0];
}

/* What is expected gives no name: works that go on are no part of what an incident is. */
static struct ward_id incident_id(const struct group *g)
{
	struct ward_idgen gen;

	ward_idgen_init(&gen, "ward.incident.1");
	ward_idgen_id(&gen, ward_fuse_lead(g)->d.id);
	return ward_idgen_final(&gen);
}

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

/* Sorted, each once. */
static void tidy_superseded(struct group *g)
{
	size_t n = 0;

	if (g->n_superseded)
		qsort(g->superseded, g->n_superseded, sizeof(*g->superseded), id_cmp);
	for (size_t i = 0; i < g->n_superseded; i++)
		if (!n || !ward_id_eq(g->superseded[i], g->superseded[n - 1]))
			g->superseded[n++] = g->superseded[i];
	g->n_superseded = n;
}

static void forget_superseded(struct group *g, struct ward_id id)
{
	struct ward_id *at =
		g->n_superseded ? bsearch(&id, g->superseded, g->n_superseded, sizeof(id), id_cmp)
				: NULL;

	if (!at)
		return;
	g->n_superseded--;
	memmove(at, at + 1, (size_t)(g->superseded + g->n_superseded - at) * sizeof(*at));
}

/* g takes the name id: nobody else has it or had it. A detection that was taken back and came again
 * can bring a name back that another incident still has or lists. Gives the highest revision that
 * the name ever told. */
static uint32_t claim(struct ward_fuser *f, struct group *g, struct ward_id id)
{
	const struct past *past = ward_tab_find(&f->past, &id);
	uint32_t revision = past ? past->revision : 0;

	forget_superseded(g, id);
	for (size_t i = 0; i < f->n_group; i++) {
		struct group *o = f->group[i];

		if (o == g || !o->revision)
			continue;
		if (ward_id_eq(o->id, id) && o->revision > revision)
			revision = o->revision;
		tidy_superseded(o);
		forget_superseded(o, id);
		if (!ward_id_eq(o->id, id))
			forget_superseded(g, o->id);
	}
	return revision;
}

enum ward_err ward_fuse_retire(struct ward_fuser *f, const struct group *g, uint32_t revision)
{
	void *val;
	enum ward_err err = ward_tab_put(&f->past, &g->id, &val, NULL);

	if (!err) {
		struct past *past = val;

		past->revision = revision > past->revision ? revision : past->revision;
		past->last = g->last;
	}
	if (err != WARD_ERR_LIMIT)
		return err;
	ward_fuse_count(f, "fuse.past_full"); /* should it come back, it begins anew */
	return WARD_OK;
}

/* A late detection may be the new earliest, and so change the incident's id. */
enum ward_err ward_fuse_rename(struct ward_fuser *f, struct group *g)
{
	struct ward_id id = incident_id(g);
	uint32_t told;
	enum ward_err err;

	if (g->revision && !ward_id_eq(id, g->id)) {
		err = ward_mem_more(f->mem, &g->superseded, g->n_superseded, &g->cap_superseded,
			sizeof(*g->superseded), f->max_groups);
		if (!err)
			err = ward_fuse_retire(f, g, g->revision);
		if (err)
			return err;
		g->superseded[g->n_superseded++] = g->id;
	}
	g->id = id;
	tidy_superseded(g);
	told = claim(f, g, id);
	g->revision = (told > g->revision ? told : g->revision) + 1;
	return WARD_OK;
}

static void fill_members(struct ward_fuser *f, struct group *g, struct ward_member *m,
	struct ward_threat_on *t, size_t *ret_n_threat)
{
	*ret_n_threat = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct kept *k = g->member[i];
		uint32_t node = ward_fuse_node(&k->d);

		m[i] = (struct ward_member){&k->d, k->count, k->best.by, WARD_NONE, k->best.hops};
		if (i == 0)
			m[i].by = WARD_JOIN_FIRST;
		else
			m[i].with = index_of(g, k->best.other);
		if (m[i].by == WARD_JOIN_FIRST)
			m[i].hops = 0;
		if (node == WARD_NONE || k->d.threat == WARD_NONE || k->d.permit.expected)
			continue;
		struct ward_threat_on *on = &t[(*ret_n_threat)++];

		*on = (struct ward_threat_on){node, k->d.threat, k->d.first, 0, 0, (uint32_t)i};
		sureness(k->d.level, &on->lo_micro, &on->hi_micro);
	}
	*ret_n_threat = merge_threats(t, *ret_n_threat);
	(void)f;
}

/* The end of what is not expected. */
static ward_ns last_of(const struct group *g)
{
	const struct kept *lead = ward_fuse_lead(g);
	ward_ns last = lead->d.last;

	for (size_t i = 0; i < g->n; i++)
		if (!g->member[i]->d.permit.expected && g->member[i]->d.last > last)
			last = g->member[i]->d.last;
	return last;
}

static bool has_permits(const struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->member[i]->d.permit.id.len)
			return true;
	return false;
}

struct gist ward_fuse_gist(const struct ward_fuser *f, const struct group *g)
{
	return (struct gist){kind_of(f, g), g->level, ward_fuse_lead(g)->d.first, last_of(g)};
}

enum ward_err ward_fuse_tell(struct ward_fuser *f, struct group *g)
{
	struct ward_member *m;
	struct ward_threat_on *t;

	ward_arena_reset(&f->out);
	m = ward_arena_array(&f->out, g->n, sizeof(*m));
	t = ward_arena_array(&f->out, g->n, sizeof(*t));
	if (!m || !t)
		return WARD_ERR_NOMEM;
	g->gist = ward_fuse_gist(f, g);
	f->incident = (struct ward_incident){.id = g->id,
		.revision = g->revision,
		.state = g->level < f->o.opens ? WARD_INCIDENT_DISMISSED : WARD_INCIDENT_SUSPECTED,
		.kind = g->gist.kind,
		.level = g->gist.level,
		.first = g->gist.first,
		.last = g->gist.last,
		.member = m,
		.n_member = g->n,
		.permits = has_permits(g),
		.threat = t,
		.superseded = g->superseded,
		.n_superseded = g->n_superseded,
		.follows = g->follows};
	ward_fuse_decided_tell(f, &g->decided);
	fill_members(f, g, m, t, &f->incident.n_threat);
	return WARD_OK;
}
