/* Detections that say the same of the same thing: one member, counted.
 *
 * Which detections make one member depends on what they say and on all that are there, never on
 * the order in which they came: a member is a chain of equal detections, none further from the
 * next than its reach, and its span only grows with further ones. */
#include "fuse/priv.h"

#include <stdlib.h>

struct ward_id ward_fuse_key(const struct ward_detection *d)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "fuse.repeat");
	ward_idgen_str(&g, d->rule);
	ward_idgen_u64(&g, d->level);
	ward_idgen_u64(&g, d->threat);
	ward_idgen_u64(&g, d->asset);
	ward_idgen_u64(&g, d->place);
	ward_idgen_str(&g, d->subject);
	ward_idgen_str(&g, d->actor);
	if (d->permit.id.len) {
		ward_idgen_str(&g, d->permit.id);
		ward_idgen_u64(&g, (uint64_t)d->permit.from);
		ward_idgen_u64(&g, (uint64_t)d->permit.until);
		ward_idgen_str(&g, d->permit.because);
	}
	return ward_idgen_final(&g);
}

/* How many members of an incident may differ in their subject only. A forger of addresses makes a
 * new subject with each packet. */
enum { CROWD = 64 };

struct ward_id ward_fuse_crowd_key(const struct ward_detection *d)
{
	struct ward_detection any = *d;

	any.subject = WARD_STR("");
	return ward_fuse_key(&any);
}

static bool differ_in_subject(const struct ward_detection *a, const struct ward_detection *b)
{
	return a->level == b->level && a->threat == b->threat && a->asset == b->asset &&
	       a->place == b->place && a->permit.expected == b->permit.expected &&
	       ward_str_eq(a->permit.id, b->permit.id) && ward_str_eq(a->rule, b->rule) &&
	       ward_str_eq(a->actor, b->actor);
}

/* The subject of one more says nothing that a person would read. */
static bool crowded(const struct ward_fuser *f, const struct ward_detection *d)
{
	size_t n = 0;

	if (!d->subject.len || ward_fuse_node(d) == WARD_NONE)
		return false;
	for (size_t i = 0; i < f->n_group; i++)
		for (size_t m = 0; m < f->group[i]->n && n < CROWD; m++)
			n += differ_in_subject(&f->group[i]->member[m]->d, d);
	return n >= CROWD;
}

ward_ns ward_fuse_reach(const struct ward_fuse_options *o, const struct ward_detection *d)
{
	bool only_actor = ward_fuse_node(d) == WARD_NONE && !d->subject.len && d->actor.len;

	return only_actor ? o->actor : o->asset;
}

static bool earlier(const struct part *a, const struct part *b)
{
	return a->first != b->first ? a->first < b->first : ward_id_cmp(a->id, b->id) < 0;
}

/* Takes b into a: the id of the earlier one, the span of both. */
static void part_join(struct part *a, const struct part *b)
{
	ward_ns last = a->last > b->last ? a->last : b->last;

	if (earlier(b, a))
		*a = *b;
	a->last = last;
}

static int mark_cmp(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

/* There is room for all (ward_fuse_part_add). */
static void gather_marks(struct kept *k)
{
	k->n_mark = 0;
	for (size_t i = 0; i < k->n_part; i++)
		for (size_t m = 0; m < k->part[i].n_mark; m++)
			k->mark[k->n_mark++] = k->part[i].mark[m];
	if (k->n_mark)
		qsort(k->mark, k->n_mark, sizeof(*k->mark), mark_cmp);
}

bool ward_fuse_shares(const struct kept *a, const struct kept *b)
{
	for (size_t i = 0, m = 0; i < a->n_mark && m < b->n_mark;) {
		if (a->mark[i] == b->mark[m])
			return true;
		if (a->mark[i] < b->mark[m])
			i++;
		else
			m++;
	}
	return false;
}

void ward_fuse_span(struct kept *k)
{
	struct part all = k->count > k->n_part ? k->old : k->part[0];

	for (size_t i = 0; i < k->n_part; i++)
		part_join(&all, &k->part[i]);
	k->d.id = all.id;
	k->d.revision = all.revision;
	k->d.first = all.first;
	k->d.last = all.last;
	gather_marks(k);
}

struct part *ward_fuse_part_find(const struct kept *k, struct ward_id id)
{
	for (size_t i = 0; i < k->n_part; i++)
		if (ward_id_eq(k->part[i].id, id))
			return &k->part[i];
	return NULL;
}

/* The oldest is known no more one by one. */
static void fold(struct ward_fuser *f, struct kept *k)
{
	if (k->count > k->n_part)
		part_join(&k->old, &k->part[0]);
	else
		k->old = k->part[0];
	(void)ward_tab_del(&f->by_id, &k->part[0].id);
	memmove(&k->part[0], &k->part[1], (k->n_part - 1) * sizeof(k->part[0]));
	k->n_part--;
}

static void part_cut(struct kept *k, const struct part *p)
{
	size_t at = (size_t)(p - k->part);

	memmove(&k->part[at], &k->part[at + 1], (k->n_part - at - 1) * sizeof(*p));
	k->n_part--;
	k->count--;
}

static enum ward_err marks_room(struct ward_fuser *f, struct kept *k, size_t want)
{
	enum ward_err err = WARD_OK;

	while (!err && k->cap_mark < want)
		err = ward_mem_more(f->mem, &k->mark, k->cap_mark, &k->cap_mark, sizeof(*k->mark),
			(WARD_FUSE_PARTS_MAX + 1) * WARD_FUSE_MARKS_MAX);
	return err;
}

enum ward_err ward_fuse_part_add(struct ward_fuser *f, struct kept *k, const struct part *p)
{
	struct part *known = ward_fuse_part_find(k, p->id), add = *p;
	void *slot;
	enum ward_err err = ward_tab_put(&f->by_id, &add.id, &slot, NULL);

	if (err)
		return err;
	err = ward_mem_more(
		f->mem, &k->part, k->n_part, &k->cap_part, sizeof(add), WARD_FUSE_PARTS_MAX + 1);
	if (!err)
		err = marks_room(f, k, (k->n_part + 1) * WARD_FUSE_MARKS_MAX);
	if (err) {
		if (!known)
			(void)ward_tab_del(&f->by_id, &add.id);
		return err;
	}
	memcpy(slot, &k, sizeof(k));
	if (known)
		part_cut(k, ward_fuse_part_find(k, add.id)); /* it may have moved */
	size_t at = k->n_part;

	for (; at > 0; at--) {
		const struct part *o = &k->part[at - 1];

		if (o->last < add.last || (o->last == add.last && ward_id_cmp(o->id, add.id) < 0))
			break;
		k->part[at] = *o;
	}
	k->part[at] = add;
	k->n_part++;
	k->count++;
	if (k->n_part > WARD_FUSE_PARTS_MAX)
		fold(f, k);
	ward_fuse_span(k);
	return WARD_OK;
}

/* A member that says the same and is near enough to be one with k. */
static struct kept *same_as(struct ward_fuser *f, const struct kept *k)
{
	ward_ns reach = ward_fuse_reach(&f->o, &k->d);

	for (size_t i = 0; i < f->n_group; i++) {
		const struct group *g = f->group[i];

		/* what is over takes nothing in */
		if (g != k->group &&
			(ward_fuse_sealed(g) || (k->group && ward_fuse_sealed(k->group))))
			continue;
		for (size_t m = 0; m < g->n; m++) {
			struct kept *o = g->member[m];

			if (o != k && ward_id_eq(o->key, k->key) &&
				(!k->group || ward_fuse_beside(o, k)) &&
				ward_fuse_gap(&o->d, &k->d) <= reach)
				return o;
		}
	}
	return NULL;
}

/* Puts k where its first time and id belong, which may be another place than before. */
static void reposition(struct ward_fuser *f, struct kept *k)
{
	struct group *g = k->group;
	enum ward_err err;

	ward_fuse_group_take(g, k);
	err = ward_fuse_group_add(f, g, k); /* has room: one was taken out */
	WARD_ASSERT(err == WARD_OK);
}

static enum ward_err absorb(struct ward_fuser *f, struct kept *k, struct kept *other)
{
	struct group *g = k->group;
	enum ward_err err = WARD_OK;

	WARD_ASSERT(other->group == g); /* equal and near: linked */
	if (other->count > other->n_part) {
		if (k->count > k->n_part)
			part_join(&k->old, &other->old);
		else
			k->old = other->old;
		k->count += other->count - other->n_part;
		other->count = other->n_part;
	}
	while (!err && other->n_part) {
		struct part p = other->part[other->n_part - 1];

		err = ward_fuse_part_add(f, k, &p);
		if (!err)
			part_cut(other, &other->part[other->n_part - 1]);
	}
	if (err)
		return err;
	ward_fuse_group_take(g, other);
	ward_fuse_drop(f, other);
	reposition(f, k);
	return ward_fuse_regroup(f, g); /* links may lead to what is no more */
}

/* Marks the parts that are one with the earliest; false when these are all. */
static bool first_chain(const struct kept *k, ward_ns reach, bool *in)
{
	ward_ns end = k->d.first;
	size_t n = 0, before;

	if (k->count > k->n_part && k->old.last > end)
		end = k->old.last;
	memset(in, 0, WARD_FUSE_PARTS_MAX * sizeof(*in));
	do {
		before = n;
		for (size_t i = 0; i < k->n_part; i++) {
			ward_ns from;

			if (in[i] || (ward_sub(k->part[i].first, reach, &from) && from > end))
				continue;
			in[i] = true;
			n++;
			end = k->part[i].last > end ? k->part[i].last : end;
		}
	} while (n > before);
	return n < k->n_part;
}

/* What was one member by a detection that is gone becomes several. */
static enum ward_err split(struct ward_fuser *f, struct kept *k)
{
	ward_ns reach = ward_fuse_reach(&f->o, &k->d);
	struct group *g = k->group;
	bool in[WARD_FUSE_PARTS_MAX];
	enum ward_err err = WARD_OK;

	while (!err && first_chain(k, reach, in)) {
		struct kept *rest = NULL;

		err = ward_fuse_keep(f, &k->d, &rest);
		if (!err) {
			rest->side = k->side;
			rest->tie = k->tie;
		}
		for (size_t i = k->n_part; !err && i-- > 0;) {
			struct part p = k->part[i];

			if (in[i])
				continue;
			err = ward_fuse_part_add(f, rest, &p);
			if (!err)
				part_cut(k, &k->part[i]);
		}
		if (!err)
			err = ward_fuse_group_add(f, g, rest);
		if (err && rest)
			ward_fuse_forget(f, rest);
		ward_fuse_span(k);
		reposition(f, k);
		k = rest;
	}
	return err;
}

/* What k rests on: the same events as before, more, or others. */
enum rests { ON_SAME, ON_MORE, ON_OTHERS };

/* After k's span, revision or events changed from what `was` says. */
static enum ward_err changed(
	struct ward_fuser *f, struct kept *k, const struct ward_detection *was, enum rests rests)
{
	enum ward_err err = WARD_OK;
	struct kept *other;

	if (k->d.first != was->first || !ward_id_eq(k->d.id, was->id))
		reposition(f, k);
	else
		ward_fuse_repeated(f, k->group);
	if (k->d.last > k->group->last)
		k->group->last = k->d.last;
	if (rests == ON_OTHERS || k->d.first > was->first || k->d.last < was->last)
		err = ward_fuse_regroup(f, k->group); /* what linked it may be gone */
	else if (rests == ON_MORE || k->d.first < was->first || k->d.last > was->last)
		err = ward_fuse_place(f, k);
	while (!err && (other = same_as(f, k)) != NULL)
		err = absorb(f, k, other);
	return err;
}

bool ward_fuser_knows(const struct ward_fuser *f, struct ward_id detection)
{
	return ward_tab_find(&f->by_id, &detection) != NULL;
}

static void put_mark(struct part *p, const struct ward_id *event, size_t n)
{
	if (n && p->n_mark < WARD_FUSE_MARKS_MAX)
		memcpy(&p->mark[p->n_mark++], event->b, sizeof(p->mark[0]));
}

static struct part part_of(const struct ward_detection *d)
{
	struct part p = {.id = d->id, .revision = d->revision, .first = d->first, .last = d->last};

	for (size_t i = 0; i < d->n_part; i++)
		put_mark(&p, d->part[i].event, d->part[i].n_event);
	if (!d->n_part)
		put_mark(&p, d->evidence, d->n_evidence);
	return p;
}

static bool same_marks(const struct part *a, const struct part *b)
{
	return a->n_mark == b->n_mark &&
	       memcmp(a->mark, b->mark, a->n_mark * sizeof(a->mark[0])) == 0;
}

enum ward_err ward_fuse_insert(
	struct ward_fuser *f, const struct ward_detection *d, struct kept **ret)
{
	struct part p = part_of(d);
	struct kept *k, *same;
	enum ward_err err = ward_fuse_keep(f, d, &k);

	if (err)
		return err;
	same = same_as(f, k);
	if (!same && crowded(f, d)) {
		struct ward_detection any = *d;

		ward_fuse_drop(f, k);
		any.subject = WARD_STR("");
		err = ward_fuse_keep(f, &any, &k);
		if (err)
			return err;
		same = same_as(f, k);
		ward_fuse_count(f, "fuse.crowded");
	}
	if (same) {
		struct ward_detection was = same->d;

		ward_fuse_drop(f, k);
		err = ward_fuse_part_add(f, same, &p);
		*ret = same;
		return err ? err : changed(f, same, &was, ON_MORE);
	}
	err = ward_fuse_part_add(f, k, &p);
	ward_fuse_choose_side(f, k);
	if (!err)
		err = ward_fuse_place(f, k);
	if (err && !k->group)
		ward_fuse_forget(f, k);
	else
		*ret = k;
	return err;
}

enum ward_err ward_fuse_part_remove(
	struct ward_fuser *f, struct kept *k, struct part *p, bool forget)
{
	struct group *g = k->group;
	enum ward_err err = WARD_OK;

	if (forget)
		(void)ward_tab_del(&f->by_id, &p->id);
	part_cut(k, p);
	if (k->count) {
		ward_fuse_span(k);
		reposition(f, k);
		err = split(f, k);
	} else {
		ward_fuse_group_take(g, k);
		ward_fuse_drop(f, k);
	}
	return err ? err : ward_fuse_regroup(f, g);
}

enum ward_err ward_fuse_revise(struct ward_fuser *f, struct kept *k, const struct ward_detection *d)
{
	struct ward_detection was = k->d;
	struct part p = part_of(d), *old = ward_fuse_part_find(k, d->id);
	bool grew = d->first <= old->first && d->last >= old->last;
	enum rests rests = same_marks(&p, old) ? ON_SAME : ON_OTHERS;
	enum ward_err err;

	if (grew || k->count == 1) {
		err = ward_fuse_part_add(f, k, &p);
		return err ? err : changed(f, k, &was, rests);
	}
	/* it may have held together what is near no more */
	err = ward_fuse_part_remove(f, k, old, true);
	return err ? err : ward_fuse_insert(f, d, &k);
}
