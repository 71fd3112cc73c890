/* What people put together and apart by hand.
 *
 * A kept detection has a side: detections of two sides never link. It has a tie: those of one tie,
 * on one side, always do. Both are zeros until a person decides. So a merge gives the members of
 * two incidents one tie, and one side; a split gives some members a side and a tie of their own,
 * and the others a tie, too. What comes later goes to the side of what it links with best. */
#include "fuse/priv.h"

static const struct ward_id none;

static bool is_zero(struct ward_id id)
{
	return ward_id_eq(id, none);
}

static struct ward_id made_of(const char *what, struct ward_id decision)
{
	struct ward_idgen g;

	ward_idgen_init(&g, what);
	ward_idgen_id(&g, decision);
	return ward_idgen_final(&g);
}

bool ward_fuse_tied(const struct kept *a, const struct kept *b)
{
	return !is_zero(a->tie) && ward_id_eq(a->tie, b->tie);
}

bool ward_fuse_beside(const struct kept *a, const struct kept *b)
{
	return ward_id_eq(a->side, b->side);
}

void ward_fuse_choose_side(struct ward_fuser *f, struct kept *k)
{
	struct best best = {.by = WARD_JOIN_FIRST}, mine, theirs;

	if (!f->sided)
		return;
	ward_fuse_walk(f, &k->d);
	for (size_t i = 0; i < f->n_group; i++) {
		const struct group *g = f->group[i];

		if (ward_fuse_sealed(g))
			continue;
		for (size_t m = 0; m < g->n; m++) {
			k->side = g->member[m]->side;
			if (ward_fuse_link(f, k, g->member[m], &mine, &theirs) &&
				ward_fuse_better(&mine, &best))
				best = mine;
		}
	}
	k->side = none;
	if (best.by != WARD_JOIN_FIRST)
		k->side = best.other->side;
}

static void put(struct group *g, struct ward_id side, struct ward_id tie)
{
	for (size_t i = 0; i < g->n; i++) {
		g->member[i]->side = side;
		g->member[i]->tie = tie;
	}
}

/* By its name, or by one of its signs. */
static struct group *meant(struct ward_fuser *f, struct ward_id id)
{
	struct group *g = ward_fuse_find(f, id);
	const void *slot = g ? NULL : ward_tab_find(&f->by_id, &id);
	struct kept *k;

	if (!slot)
		return g;
	memcpy(&k, slot, sizeof(k));
	return k->group && k->group->revision ? k->group : NULL;
}

enum ward_err ward_fuser_merge(struct ward_fuser *f, struct ward_id incident, struct ward_id into,
	const struct ward_verdict *v)
{
	struct group *a = ward_fuse_find(f, incident), *b = meant(f, into);

	if (!a || !b)
		return WARD_ERR_NOT_FOUND;
	if (b->decided.any && ward_id_eq(b->decided.id, v->id))
		return WARD_OK;
	if (a == b || ward_fuse_sealed(a) || ward_fuse_sealed(b))
		return WARD_ERR_STATE;
	/* where one is among all others, both are */
	const struct ward_id side = is_zero(a->member[0]->side) ? a->member[0]->side
								: b->member[0]->side,
			     tie = made_of("ward.fuse.merge", v->id);
	struct kept *lead = a->member[0], **all;
	size_t n = 0;

	ward_arena_reset(&f->out);
	all = ward_arena_array(&f->out, a->n + b->n, sizeof(struct kept *));
	if (!all)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < a->n; i++)
		all[n++] = a->member[i];
	for (size_t i = 0; i < b->n; i++)
		all[n++] = b->member[i];
	put(a, side, tie);
	put(b, side, tie);
	f->sided |= !is_zero(side);
	/* on another side they may link with others, too */
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++)
		err = ward_fuse_place(f, all[i]);
	if (err)
		return err;
	ward_fuse_decided_set(&lead->group->decided, v);
	lead->group->changed = true;
	return WARD_OK;
}

/* Marks the members that stand for one of the signs. NOT_FOUND: one of them is no sign of it. */
static enum ward_err mark(
	struct ward_fuser *f, const struct group *g, const struct ward_id *sign, size_t n, bool *in)
{
	for (size_t i = 0; i < n; i++) {
		const void *slot = ward_tab_find(&f->by_id, &sign[i]);
		struct kept *k;

		if (!slot)
			return WARD_ERR_NOT_FOUND;
		memcpy(&k, slot, sizeof(k));
		if (k->group != g)
			return WARD_ERR_NOT_FOUND;
		for (size_t m = 0; m < g->n; m++)
			in[m] |= g->member[m] == k;
	}
	return WARD_OK;
}

/* Would those that are (not) marked be an incident of their own? */
static bool is_whole(const struct ward_fuser *f, const struct group *g, const bool *in, bool marked)
{
	for (size_t m = 0; m < g->n; m++)
		if (in[m] == marked && g->member[m]->d.level >= f->o.opens &&
			!g->member[m]->d.permit.expected)
			return true;
	return false;
}

enum ward_err ward_fuser_split(struct ward_fuser *f, struct ward_id incident,
	const struct ward_id *sign, size_t n, const struct ward_verdict *v)
{
	struct group *g = ward_fuse_find(f, incident);
	struct kept *part = NULL, *rest = NULL;

	if (!g)
		return WARD_ERR_NOT_FOUND;
	if (g->decided.any && ward_id_eq(g->decided.id, v->id))
		return WARD_OK;
	if (ward_fuse_sealed(g))
		return WARD_ERR_STATE;
	ward_arena_reset(&f->out);
	bool *in = ward_arena_array(&f->out, g->n, sizeof(*in));
	enum ward_err err = in ? mark(f, g, sign, n, in) : WARD_ERR_NOMEM;

	if (!err && (!is_whole(f, g, in, true) || !is_whole(f, g, in, false)))
		err = WARD_ERR_STATE;
	if (err)
		return err;
	for (size_t m = 0; m < g->n; m++) {
		struct kept *k = g->member[m];

		if (in[m])
			k->side = made_of("ward.fuse.side", v->id);
		k->tie = made_of(in[m] ? "ward.fuse.part" : "ward.fuse.rest", v->id);
		part = in[m] ? k : part;
		rest = in[m] ? rest : k;
	}
	f->sided = true;
	struct decided decided = g->decided;

	ward_fuse_decided_set(&decided, v);
	err = ward_fuse_regroup(f, g);
	if (err)
		return err;
	part->group->decided = rest->group->decided = decided;
	part->group->changed = rest->group->changed = true;
	return WARD_OK;
}
