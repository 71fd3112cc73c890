#include "fuse/priv.h"

#include <stdlib.h>

static const ward_ns minute = 60 * WARD_NS_PER_S;

void ward_fuse_options_default(struct ward_fuse_options *o)
{
	*o = (struct ward_fuse_options){
		.asset = 24 * 60 * minute,
		.actor = 2 * 60 * minute,
		.place = 30 * minute,
		.cause = 4 * 60 * minute,
		.place_hops = 4,
		.opens = WARD_LEVEL_MEDIUM,
		.joins = WARD_LEVEL_LOW,
	};
}

enum ward_err ward_fuser_new(const struct ward_model *m, const struct ward_fuse_options *o,
	ward_fuse_cause_fn cause, void *cause_ctx, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_counters *counters, struct ward_fuser **ret)
{
	struct ward_fuser *f = ward_mem_alloc(mem, sizeof(*f));
	size_t n = ward_model_n(m);

	if (!f)
		return WARD_ERR_NOMEM;
	WARD_ASSERT(o->place_hops < 255);
	f->mem = mem;
	f->m = m;
	f->o = *o;
	f->cause = cause;
	f->cause_ctx = cause_ctx;
	f->counters = counters;
	f->max_kept = ward_limit(lim, WARD_LIMIT_FUSE_DETECTIONS);
	/* a group that was never given out holds at least one detection */
	f->max_groups = f->max_kept;
	ward_tab_init(&f->by_id, mem, sizeof(struct ward_id), sizeof(struct kept *), f->max_kept);
	ward_arena_init(&f->out, mem, (size_t)1 << 30);
	f->stamp = ward_mem_alloc(mem, n * sizeof(*f->stamp));
	f->queue = ward_mem_alloc(mem, n * sizeof(*f->queue));
	f->dist = ward_mem_alloc(mem, n);
	if (n && (!f->stamp || !f->queue || !f->dist)) {
		ward_fuser_free(f);
		return WARD_ERR_NOMEM;
	}
	*ret = f;
	return WARD_OK;
}

static void drop_group(struct ward_fuser *f, struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		(void)ward_tab_del(&f->by_id, &g->member[i]->d.id);
		ward_fuse_drop(f, g->member[i]);
		f->n_kept--;
	}
	g->n = 0;
	ward_fuse_group_free(f, g);
}

void ward_fuse_clear(struct ward_fuser *f)
{
	while (f->n_group)
		drop_group(f, f->group[f->n_group - 1]);
	f->n_gone = 0;
}

void ward_fuser_free(struct ward_fuser *f)
{
	size_t n;

	if (!f)
		return;
	n = ward_model_n(f->m);
	ward_fuse_clear(f);
	ward_mem_free(f->mem, f->group, f->cap_group * sizeof(struct group *));
	ward_tab_fini(&f->by_id);
	ward_arena_fini(&f->out);
	ward_mem_free(f->mem, f->stamp, n * sizeof(*f->stamp));
	ward_mem_free(f->mem, f->queue, n * sizeof(*f->queue));
	ward_mem_free(f->mem, f->dist, n);
	ward_mem_free(f->mem, f->gone, f->cap_gone * sizeof(*f->gone));
	ward_mem_free(f->mem, f, sizeof(*f));
}

static bool better(const struct best *a, const struct best *b)
{
	if (b->by == WARD_JOIN_FIRST)
		return true;
	if (a->by != b->by)
		return a->by < b->by;
	if (a->hops != b->hops)
		return a->hops < b->hops;
	if (a->first != b->first)
		return a->first < b->first;
	return ward_id_cmp(a->id, b->id) < 0;
}

static enum ward_err reserve(
	struct ward_fuser *f, void *items, size_t *cap, size_t size, size_t want)
{
	enum ward_err err = WARD_OK;

	while (!err && *cap < want)
		err = ward_mem_more(f->mem, items, *cap, cap, size, SIZE_MAX / 64);
	return err;
}

/* One group of two: the smaller is moved into the larger, *a is the one that is left. On NOMEM
 * both are as they were. */
static enum ward_err merge(struct ward_fuser *f, struct group **a, struct group *b)
{
	struct group *into = (*a)->n >= b->n ? *a : b, *from = into == b ? *a : b;
	size_t n_old = into->n_superseded + from->n_superseded + 1;
	enum ward_err err;

	err = reserve(f, &into->member, &into->cap, sizeof(struct kept *), into->n + from->n);
	if (!err)
		err = reserve(f, &into->superseded, &into->cap_superseded,
			sizeof(*into->superseded), n_old);
	if (err)
		return err;
	for (size_t i = 0; i < from->n; i++) {
		err = ward_fuse_group_add(f, into, from->member[i]);
		WARD_ASSERT(err == WARD_OK); /* room was made above */
	}
	for (size_t i = 0; i < from->n_superseded; i++)
		into->superseded[into->n_superseded++] = from->superseded[i];
	/* Both had a name: the one that is not kept is superseded; which, the id decides later. */
	if (from->revision && into->revision)
		into->superseded[into->n_superseded++] = from->id;
	else if (from->revision)
		into->id = from->id;
	if (from->revision > into->revision)
		into->revision = from->revision;
	from->n = 0;
	ward_fuse_group_free(f, from);
	*a = into;
	return WARD_OK;
}

/* Links k with every member of g; true when there was a link. Members keep the best link that
 * they have seen, which makes the explanation the same for any order. */
static bool link_group(struct ward_fuser *f, struct kept *k, const struct group *g)
{
	bool linked = false;

	for (size_t i = 0; i < g->n; i++) {
		struct kept *other = g->member[i];
		struct best mine, theirs;

		if (other == k || !ward_fuse_link(f, &k->d, &other->d, &mine, &theirs))
			continue;
		linked = true;
		if (better(&mine, &k->best))
			k->best = mine;
		if (better(&theirs, &other->best))
			other->best = theirs;
	}
	return linked;
}

enum ward_err ward_fuse_place(struct ward_fuser *f, struct kept *k)
{
	enum ward_err err;

	if (!k->group) {
		struct group *own;

		err = ward_fuse_group_new(f, &own);
		if (err)
			return err;
		err = ward_fuse_group_add(f, own, k);
		if (err) {
			ward_fuse_group_free(f, own);
			return err;
		}
	}
	ward_fuse_walk(f, &k->d);
	for (size_t i = 0; i < f->n_group;) {
		struct group *g = f->group[i], *home = k->group;

		if (!link_group(f, k, g) || g == home) {
			i++;
			continue;
		}
		/* The freed group's slot takes the last group: slot i is looked at again, and a
		 * second look at the same pair changes nothing. */
		err = merge(f, &home, g);
		if (err)
			return err;
		if (home == g)
			i++;
	}
	return WARD_OK;
}

/* Gives up the group that has been quiet longest and was never an incident. */
static bool make_room(struct ward_fuser *f)
{
	struct group *oldest = NULL;

	for (size_t i = 0; i < f->n_group; i++) {
		struct group *g = f->group[i];

		if (!g->revision && (!oldest || g->last < oldest->last))
			oldest = g;
	}
	if (!oldest)
		return false;
	drop_group(f, oldest);
	ward_fuse_count(f, "fuse.given_up");
	return true;
}

static size_t position(const struct group *g, const struct kept *k)
{
	size_t at = 0;

	while (g->member[at] != k)
		at++;
	return at;
}

static void take_out(struct group *g, size_t at)
{
	memmove(&g->member[at], &g->member[at + 1], (g->n - at - 1) * sizeof(struct kept *));
	g->n--;
	g->changed = true;
}

/* Takes over a later revision: the evidence grew, so links can only be added. */
static enum ward_err revise(struct ward_fuser *f, struct kept *old, struct kept *k)
{
	struct group *g = old->group;
	struct ward_arena arena = old->arena;

	take_out(g, position(g, old)); /* and in again: its first time may have changed */
	old->arena = k->arena;
	old->d = k->d;
	k->arena = arena;
	ward_fuse_drop(f, k);
	enum ward_err err = ward_fuse_group_add(f, g, old); /* has room: one was taken out */

	WARD_ASSERT(err == WARD_OK);
	return ward_fuse_place(f, old);
}

static enum ward_err take_new(struct ward_fuser *f, struct kept *k)
{
	void *slot;
	enum ward_err err;

	if (f->n_kept >= f->max_kept && !make_room(f)) {
		ward_fuse_count(f, "fuse.refused");
		return WARD_ERR_LIMIT;
	}
	err = ward_tab_put(&f->by_id, &k->d.id, &slot, NULL);
	if (err)
		return err;
	memcpy(slot, &k, sizeof(k));
	err = ward_fuse_place(f, k);
	if (k->group)
		f->n_kept++;
	else
		(void)ward_tab_del(&f->by_id, &k->d.id);
	return err;
}

/* The incident is no more: to be told once. */
static enum ward_err vanish(struct ward_fuser *f, const struct group *g)
{
	enum ward_err err;

	if (!g->revision)
		return WARD_OK;
	err = ward_mem_more(
		f->mem, &f->gone, f->n_gone, &f->cap_gone, sizeof(*f->gone), f->max_groups);
	if (!err)
		f->gone[f->n_gone++] = (struct gone){g->id, g->revision + 1};
	return err;
}

/* Places again all that is left of a group; it may fall apart. The part with the earliest
 * detection goes on as the incident that it was. */
static enum ward_err regroup(struct ward_fuser *f, struct group *g)
{
	size_t n = g->n, i = 0;
	struct kept *first = g->member[0];
	enum ward_err err = WARD_OK;

	for (; i < n; i++) {
		g->member[i]->group = NULL;
		g->member[i]->best = (struct best){.by = WARD_JOIN_FIRST};
	}
	g->n = 0;
	for (i = 0; !err && i < n; i++)
		err = ward_fuse_place(f, g->member[i]);
	for (i = 0; i < n; i++) { /* out of memory: what could not be placed is gone */
		struct kept *k = g->member[i];

		if (k->group)
			continue;
		if (k == first)
			first = NULL;
		(void)ward_tab_del(&f->by_id, &k->d.id);
		ward_fuse_drop(f, k);
		f->n_kept--;
	}
	if (first) {
		struct ward_id *superseded = first->group->superseded;
		size_t cap = first->group->cap_superseded;

		first->group->revision = g->revision;
		first->group->id = g->id;
		first->group->superseded = g->superseded;
		first->group->n_superseded = g->n_superseded;
		first->group->cap_superseded = g->cap_superseded;
		g->superseded = superseded;
		g->cap_superseded = cap;
	}
	ward_fuse_group_free(f, g);
	return err;
}

static enum ward_err withdraw(struct ward_fuser *f, struct kept *k)
{
	struct group *g = k->group;
	enum ward_err err;

	take_out(g, position(g, k));
	(void)ward_tab_del(&f->by_id, &k->d.id);
	ward_fuse_drop(f, k);
	f->n_kept--;
	if (g->n)
		return regroup(f, g);
	err = vanish(f, g);
	ward_fuse_group_free(f, g);
	return err;
}

enum ward_err ward_fuser_detection(struct ward_fuser *f, const struct ward_detection *d)
{
	struct kept *k, *old = NULL;
	enum ward_err err;
	void *slot;

	if (d->level < f->o.joins)
		return WARD_OK;
	slot = ward_tab_find(&f->by_id, &d->id);
	if (slot)
		memcpy(&old, slot, sizeof(old));
	if (old ? old->d.revision >= d->revision : d->withdrawn)
		return WARD_OK;
	if (d->withdrawn)
		return withdraw(f, old);
	err = ward_fuse_keep(f, d, &k);
	if (err)
		return err;
	if (old)
		return revise(f, old, k);
	err = take_new(f, k);
	if (err && !k->group)
		ward_fuse_drop(f, k);
	return err;
}

enum ward_err ward_fuser_told(struct ward_fuser *f, const struct ward_incident **ret)
{
	enum ward_err err;

	*ret = NULL;
	if (f->n_gone) {
		struct gone g = f->gone[--f->n_gone];

		f->incident = (struct ward_incident){
			.id = g.id, .revision = g.revision, .state = WARD_INCIDENT_DISMISSED};
		*ret = &f->incident;
		return WARD_OK;
	}
	for (size_t i = 0; i < f->n_group; i++) {
		struct group *g = f->group[i];

		if (!g->changed)
			continue;
		if (!g->revision && g->level < f->o.opens) {
			g->changed = false; /* no incident, and never was one */
			continue;
		}
		g->revision++;
		err = ward_fuse_tell(f, g);
		if (err)
			return err;
		g->changed = false;
		*ret = &f->incident;
		return WARD_OK;
	}
	return WARD_OK;
}

static ward_ns longest(const struct ward_fuse_options *o)
{
	ward_ns t = o->asset;

	t = o->actor > t ? o->actor : t;
	t = o->place > t ? o->place : t;
	return o->cause > t ? o->cause : t;
}

void ward_fuser_expire(struct ward_fuser *f, ward_ns now)
{
	ward_ns keep = longest(&f->o), before;

	if (!ward_sub(now, keep, &before))
		return;
	for (size_t i = 0; i < f->n_group;) {
		if (f->group[i]->last < before)
			drop_group(f, f->group[i]); /* the last one takes its place */
		else
			i++;
	}
}

static int group_cmp(const void *va, const void *vb)
{
	const struct group *a = *(struct group *const *)va, *b = *(struct group *const *)vb;

	/* those that are no incident go last */
	if (!a->revision != !b->revision)
		return a->revision ? -1 : 1;
	return a->revision ? ward_id_cmp(a->id, b->id)
			   : ward_id_cmp(a->member[0]->d.id, b->member[0]->d.id);
}

size_t ward_fuser_n(const struct ward_fuser *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_group; i++)
		n += f->group[i]->revision != 0;
	return n;
}

enum ward_err ward_fuser_at(struct ward_fuser *f, size_t i, const struct ward_incident **ret)
{
	enum ward_err err;

	WARD_ASSERT(i < ward_fuser_n(f));
	qsort(f->group, f->n_group, sizeof(struct group *), group_cmp);
	err = ward_fuse_tell(f, f->group[i]);
	if (!err)
		*ret = &f->incident;
	return err;
}
