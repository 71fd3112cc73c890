#include "fuse/priv.h"

#include <stdlib.h>

/* Incidents that nobody ended; beyond it the one that ended first is given up. */
enum { ASLEEP_MAX = 4096 };

static const ward_ns minute = 60 * WARD_NS_PER_S;

/* The longest that a repeat, or what was withheld, waits to be told. */
#define SETTLE_MAX (15 * minute)

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
	ward_tab_init(&f->past, mem, sizeof(struct ward_id), sizeof(struct past), f->max_kept);
	ward_tab_init(&f->asleep, mem, sizeof(struct ward_id), sizeof(struct asleep), ASLEEP_MAX);
	f->next_due = WARD_NS_NEVER;
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

void ward_fuse_forget(struct ward_fuser *f, struct kept *k)
{
	for (size_t i = 0; i < k->n_part; i++)
		(void)ward_tab_del(&f->by_id, &k->part[i].id);
	ward_fuse_drop(f, k);
}

static void drop_group(struct ward_fuser *f, struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		ward_fuse_forget(f, g->member[i]);
	g->n = 0;
	ward_fuse_group_free(f, g);
}

void ward_fuse_clear(struct ward_fuser *f)
{
	while (f->n_group)
		drop_group(f, f->group[f->n_group - 1]);
	ward_tab_fini(&f->past);
	ward_tab_fini(&f->asleep);
	f->n_gone = 0;
	f->sided = false;
	f->told = NULL;
	f->next_due = WARD_NS_NEVER;
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

bool ward_fuse_better(const struct best *a, const struct best *b)
{
	if (b->by == WARD_JOIN_FIRST)
		return true;
	if (a->by != b->by)
		return a->by < b->by;
	if (a->hops != b->hops)
		return a->hops < b->hops;
	if (a->other->d.first != b->other->d.first)
		return a->other->d.first < b->other->d.first;
	return ward_id_cmp(a->other->d.id, b->other->d.id) < 0;
}

static enum ward_err reserve(
	struct ward_fuser *f, void *items, size_t *cap, size_t size, size_t want)
{
	enum ward_err err = WARD_OK;

	while (!err && *cap < want)
		err = ward_mem_more(f->mem, items, *cap, cap, size, SIZE_MAX / 64);
	return err;
}

/* `to` has room for the former names of `from`, and one more. */
static enum ward_err reserve_names(struct ward_fuser *f, struct group *to, const struct group *from)
{
	return reserve(f, &to->superseded, &to->cap_superseded, sizeof(*to->superseded),
		to->n_superseded + from->n_superseded + 1);
}

/* `to` goes on as the incident that `from` was, too. If both had a name one is superseded; which,
 * the id decides when it is told. There must be room. */
static enum ward_err hand_over(struct ward_fuser *f, struct group *from, struct group *to)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < from->n_superseded; i++)
		to->superseded[to->n_superseded++] = from->superseded[i];
	if (from->revision && to->revision) {
		err = ward_fuse_retire(f, from, from->revision);
		to->superseded[to->n_superseded++] = from->id;
	} else if (from->revision) {
		to->id = from->id;
		to->gist = from->gist;
	}
	if (from->revision > to->revision)
		to->revision = from->revision;
	if (from->told_at > to->told_at)
		to->told_at = from->told_at;
	to->withheld |= from->withheld;
	ward_fuse_decided_join(&to->decided, &from->decided);
	ward_fuse_follow(to, from->follows, from->follows_last);
	if (f->told == from)
		f->told = to;
	return err;
}

/* One group of two: the smaller is moved into the larger, *a is the one that is left. On NOMEM
 * both are as they were. */
static enum ward_err merge(struct ward_fuser *f, struct group **a, struct group *b)
{
	struct group *into = (*a)->n >= b->n ? *a : b, *from = into == b ? *a : b;
	enum ward_err err;

	err = reserve(f, &into->member, &into->cap, sizeof(struct kept *), into->n + from->n);
	if (!err)
		err = reserve_names(f, into, from);
	if (!err)
		err = hand_over(f, from, into);
	if (err)
		return err;
	for (size_t i = 0; i < from->n; i++) {
		err = ward_fuse_group_add(f, into, from->member[i]);
		WARD_ASSERT(err == WARD_OK); /* room was made above */
	}
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

		if (other == k || !ward_fuse_link(f, k, other, &mine, &theirs))
			continue;
		linked = true;
		if (ward_fuse_better(&mine, &k->best))
			k->best = mine;
		if (ward_fuse_better(&theirs, &other->best))
			other->best = theirs;
	}
	return linked;
}

static bool would_link(struct ward_fuser *f, const struct kept *k, const struct group *g)
{
	struct best mine, theirs;

	for (size_t i = 0; i < g->n; i++)
		if (ward_fuse_link(f, k, g->member[i], &mine, &theirs))
			return true;
	return false;
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
	if (ward_fuse_sealed(k->group)) {
		(void)link_group(f, k, k->group);
		return WARD_OK;
	}
	for (size_t i = 0; i < f->n_group;) {
		struct group *g = f->group[i], *home = k->group;

		if (ward_fuse_sealed(g)) {
			if (would_link(f, k, g))
				ward_fuse_follow(home, g->id, g->last);
			i++;
			continue;
		}
		if (!link_group(f, k, g) || g == home) {
			i++;
			continue;
		}
		/* The freed group's slot takes the last group, maybe one passed already: from the
		 * start again. Merging is rare, and a second look at a pair changes nothing. */
		err = merge(f, &home, g);
		if (err)
			return err;
		i = 0;
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

static enum ward_err take_new(struct ward_fuser *f, const struct ward_detection *d)
{
	struct kept *k;

	if (f->by_id.n >= f->max_kept && !make_room(f)) {
		ward_fuse_count(f, "fuse.refused");
		return WARD_ERR_LIMIT;
	}
	return ward_fuse_insert(f, d, &k);
}

/* The incident is no more: to be told once. */
static enum ward_err vanish(struct ward_fuser *f, const struct group *g)
{
	enum ward_err err;

	if (!g->revision)
		return WARD_OK;
	err = ward_mem_more(
		f->mem, &f->gone, f->n_gone, &f->cap_gone, sizeof(*f->gone), f->max_groups);
	if (err)
		return err;
	f->gone[f->n_gone++] = (struct gone){
		.id = g->id, .revision = g->revision + 1, .gist = g->gist, .decided = g->decided};
	return ward_fuse_retire(f, g, g->revision + 1);
}

/* What is over stays one, whatever of it was withdrawn. */
static enum ward_err relink(struct ward_fuser *f, struct group *g)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < g->n; i++)
		g->member[i]->best = (struct best){.by = WARD_JOIN_FIRST};
	for (size_t i = 0; !err && i < g->n; i++)
		err = ward_fuse_place(f, g->member[i]);
	return err;
}

enum ward_err ward_fuse_regroup(struct ward_fuser *f, struct group *g)
{
	size_t n = g->n, i = 0;

	if (n && ward_fuse_sealed(g))
		return relink(f, g);
	struct kept *first = n ? g->member[0] : NULL;
	enum ward_err err = n ? WARD_OK : vanish(f, g);

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
		ward_fuse_forget(f, k);
	}
	if (first && !err)
		err = reserve_names(f, first->group, g);
	if (first && !err)
		err = hand_over(f, g, first->group);
	ward_fuse_group_free(f, g);
	return err;
}

/* Its asset, place or actor became another: it is taken in as a new one, then the old one goes. */
static enum ward_err move(struct ward_fuser *f, struct kept *old, const struct ward_detection *d)
{
	struct part *p = ward_fuse_part_find(old, d->id);
	struct kept *k;
	enum ward_err err;

	(void)ward_tab_del(&f->by_id, &d->id);
	err = ward_fuse_insert(f, d, &k);
	/* the list may have been laid anew, but old and its parts are untouched by an insertion
	 * of another key */
	return err ? err : ward_fuse_part_remove(f, old, p, false);
}

enum ward_err ward_fuser_detection(struct ward_fuser *f, const struct ward_detection *d)
{
	struct kept *old = NULL;
	struct part *part = NULL;
	struct ward_id key;
	void *slot;

	if (d->level < f->o.joins || d->stage != WARD_STAGE_LIVE)
		return WARD_OK;
	slot = ward_tab_find(&f->by_id, &d->id);
	if (slot) {
		memcpy(&old, slot, sizeof(old));
		part = ward_fuse_part_find(old, d->id);
		WARD_ASSERT(part);
	}
	if (part ? part->revision >= d->revision : d->withdrawn)
		return WARD_OK;
	if (d->withdrawn)
		return ward_fuse_part_remove(f, old, part, true);
	if (!old)
		return take_new(f, d);
	key = ward_fuse_key(d);
	return ward_id_eq(key, old->key) || ward_id_eq(ward_fuse_crowd_key(d), old->key)
		       ? ward_fuse_revise(f, old, d)
		       : move(f, old, d);
}

/* When a group is to be told again, if nothing but time passes; NEVER: it need not be. */
static ward_ns due_at(const struct group *g)
{
	ward_ns wait = WARD_NS_NEVER, at;

	if (g->withheld)
		wait = SETTLE_MAX;
	if (g->repeated) {
		ward_ns age = 0;

		if (!ward_sub(g->told_at, g->member[0]->d.first, &age) || age > 32 * SETTLE_MAX)
			age = 32 * SETTLE_MAX;
		wait = age / 32 < minute ? minute : age / 32;
	}
	return wait == WARD_NS_NEVER || !ward_add(g->told_at, wait, &at) ? WARD_NS_NEVER : at;
}

static void soon_due(struct ward_fuser *f, const struct group *g)
{
	ward_ns at = g->revision ? due_at(g) : WARD_NS_NEVER;

	if (at < f->next_due)
		f->next_due = at;
}

void ward_fuse_repeated(struct ward_fuser *f, struct group *g)
{
	g->repeated = true;
	soon_due(f, g);
}

void ward_fuser_withhold(struct ward_fuser *f)
{
	if (!f->told)
		return;
	f->told->withheld = true;
	soon_due(f, f->told);
}

void ward_fuser_due(struct ward_fuser *f, ward_ns now)
{
	if (now < f->next_due)
		return;
	f->next_due = WARD_NS_NEVER;
	for (size_t i = 0; i < f->n_group; i++) {
		struct group *g = f->group[i];

		if (!g->revision || (!g->repeated && !g->withheld))
			continue;
		if (now == WARD_NS_NEVER || due_at(g) <= now)
			g->due = true;
		else
			soon_due(f, g);
	}
}

/* Of those to be told the one that is least by its first detection's id. */
static struct group *next_to_tell(struct ward_fuser *f)
{
	struct group *next = NULL;

	for (size_t i = 0; i < f->n_group; i++) {
		struct group *g = f->group[i];

		if (!g->revision && g->level < f->o.opens)
			g->changed = g->repeated = false; /* no incident, and never was one */
		if ((g->changed || g->due) &&
			(!next || ward_id_cmp(g->member[0]->d.id, next->member[0]->d.id) < 0))
			next = g;
	}
	return next;
}

enum ward_err ward_fuser_told(struct ward_fuser *f, ward_ns now, const struct ward_incident **ret)
{
	struct group *g;
	bool raised;
	enum ward_err err = WARD_OK;

	*ret = NULL;
	f->told = NULL;
	if (f->n_gone) {
		struct gone gone = f->gone[--f->n_gone];

		f->incident = (struct ward_incident){.id = gone.id,
			.revision = gone.revision,
			.raised = true,
			.state = gone.woken ? gone.decided.state : WARD_INCIDENT_DISMISSED,
			.kind = gone.gist.kind,
			.level = gone.gist.level,
			.first = gone.gist.first,
			.last = gone.gist.last};
		f->decided = gone.decided;
		ward_fuse_decided_tell(f, &f->decided);
		*ret = &f->incident;
		return WARD_OK;
	}
	g = next_to_tell(f);
	if (!g)
		return WARD_OK;
	raised = g->changed || g->repeated;
	if (raised)
		err = ward_fuse_rename(f, g);
	if (!err)
		err = ward_fuse_tell(f, g);
	if (err)
		return err;
	f->incident.raised = raised;
	f->incident.settle = g->due;
	g->changed = g->repeated = g->due = g->withheld = false;
	if (now != WARD_NS_NEVER)
		g->told_at = now;
	f->told = g;
	*ret = &f->incident;
	return WARD_OK;
}

static ward_ns longest(const struct ward_fuse_options *o)
{
	ward_ns t = o->asset;

	t = o->actor > t ? o->actor : t;
	t = o->place > t ? o->place : t;
	return o->cause > t ? o->cause : t;
}

static void say_gone(const struct group *g, ward_fuse_gone_fn fn, void *ctx)
{
	if (!fn || !g->revision)
		return;
	fn(ctx, g->id);
	for (size_t i = 0; i < g->n_superseded; i++)
		fn(ctx, g->superseded[i]);
}

/* True when there may be more. */
static bool expire_past(struct ward_fuser *f, ward_ns before, ward_fuse_gone_fn fn, void *ctx)
{
	size_t at = 0;
	const void *key;
	void *val;

	while (ward_tab_next(&f->past, &at, &key, &val)) {
		struct ward_id id;

		if (((struct past *)val)->last >= before)
			continue;
		memcpy(&id, key, sizeof(id));
		if (fn)
			fn(ctx, id);
		return ward_tab_del(&f->past, &id);
	}
	return false;
}

void ward_fuser_expire(struct ward_fuser *f, ward_ns now, ward_fuse_gone_fn fn, void *ctx)
{
	ward_ns keep = longest(&f->o), before;

	if (!ward_sub(now, keep, &before))
		return;
	for (size_t i = 0; i < f->n_group;) {
		if (f->group[i]->last < before) {
			say_gone(f->group[i], fn, ctx);
			ward_fuse_sleep(f, f->group[i]);
			drop_group(f, f->group[i]); /* the last one takes its place */
		} else {
			i++;
		}
	}
	while (expire_past(f, before, fn, ctx))
		;
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
