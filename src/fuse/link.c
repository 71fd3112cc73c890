/* The link between two detections: symmetric, and blind to the order in which they came. */
#include "fuse/priv.h"

uint32_t ward_fuse_node(const struct ward_detection *d)
{
	return d->asset != WARD_NONE ? d->asset : d->place;
}

/* Where one stands when one stands at the detection. */
static uint32_t walk_from(const struct ward_fuser *f, const struct ward_detection *d)
{
	uint32_t at = d->place != WARD_NONE ? d->place : d->asset;

	if (at == WARD_NONE)
		return WARD_NONE;
	const struct ward_node *n = ward_model_node(f->m, at);

	if (n->kind == WARD_NODE_ASSET)
		at = ward_model_up(f->m, at, WARD_NODE_ROOM);
	return at;
}

static void visit(struct ward_fuser *f, uint32_t node, uint32_t dist, size_t *n)
{
	if (f->stamp[node] == f->round)
		return;
	f->stamp[node] = f->round;
	f->dist[node] = (uint8_t)dist;
	f->queue[(*n)++] = node;
}

void ward_fuse_walk(struct ward_fuser *f, const struct ward_detection *d)
{
	uint32_t from = walk_from(f, d);
	size_t n = 0;

	f->round++;
	if (f->round == 0) { /* wrapped: old stamps would lie */
		memset(f->stamp, 0, ward_model_n(f->m) * sizeof(*f->stamp));
		f->round = 1;
	}
	if (from == WARD_NONE)
		return;
	visit(f, from, 0, &n);
	for (size_t i = 0; i < n; i++) {
		uint32_t node = f->queue[i], dist = f->dist[node];
		size_t n_rel;

		if (dist == f->o.place_hops)
			continue;
		const struct ward_rel *rel = ward_model_out(f->m, node, &n_rel);

		for (size_t k = 0; k < n_rel; k++)
			if (rel[k].type == WARD_REL_LEADS_TO)
				visit(f, rel[k].node, dist + 1, &n);
		rel = ward_model_in(f->m, node, &n_rel);
		for (size_t k = 0; k < n_rel; k++)
			if (rel[k].type == WARD_REL_LEADS_TO)
				visit(f, rel[k].node, dist + 1, &n);
	}
}

ward_ns ward_fuse_gap(const struct ward_detection *a, const struct ward_detection *b)
{
	ward_ns apart = 0;

	if (a->first > b->last)
		return ward_sub(a->first, b->last, &apart) ? apart : WARD_NS_NEVER;
	if (b->first > a->last)
		return ward_sub(b->first, a->last, &apart) ? apart : WARD_NS_NEVER;
	return 0;
}

/* On the same thing: the same node; where neither knows one, what the source calls it; where it has
 * no name either, the same rule must say so. */
static bool same_thing(const struct ward_detection *a, const struct ward_detection *b)
{
	uint32_t na = ward_fuse_node(a), nb = ward_fuse_node(b);

	if (na != WARD_NONE || nb != WARD_NONE)
		return na == nb;
	if (a->subject.len || b->subject.len)
		return ward_str_eq(a->subject, b->subject);
	return !a->actor.len && !b->actor.len && ward_str_eq(a->rule, b->rule);
}

/* Steps from the earlier threat to the later one; with times that touch, in either direction. */
static uint32_t cause_steps(
	struct ward_fuser *f, const struct ward_detection *a, const struct ward_detection *b)
{
	uint32_t na = ward_fuse_node(a), nb = ward_fuse_node(b), there = 0, back = 0;

	if (!f->cause || na == WARD_NONE || nb == WARD_NONE || a->threat == WARD_NONE ||
		b->threat == WARD_NONE)
		return 0;
	if (a->first <= b->last)
		there = f->cause(f->cause_ctx, na, a->threat, nb, b->threat);
	if (b->first <= a->last)
		back = f->cause(f->cause_ctx, nb, b->threat, na, a->threat);
	if (!there || (back && back < there))
		return back;
	return there;
}

bool ward_fuse_link(struct ward_fuser *f, const struct kept *ka, const struct kept *kb,
	struct best *ret_a, struct best *ret_b)
{
	const struct ward_detection *a = &ka->d, *b = &kb->d;
	ward_ns apart = ward_fuse_gap(a, b);
	enum ward_join by = WARD_JOIN_FIRST;
	uint32_t hops = 0, at;

	if (!ward_fuse_beside(ka, kb))
		return false;
	if (apart <= f->o.asset && same_thing(a, b)) {
		by = WARD_JOIN_ASSET;
	} else if (apart <= f->o.actor && a->actor.len && ward_str_eq(a->actor, b->actor)) {
		by = WARD_JOIN_ACTOR;
	} else if (apart <= f->o.place && (at = walk_from(f, b)) != WARD_NONE &&
		   f->stamp[at] == f->round) {
		by = WARD_JOIN_PLACE;
		hops = f->dist[at];
	} else if (apart <= f->o.cause && (hops = cause_steps(f, a, b)) != 0) {
		by = WARD_JOIN_CAUSE;
	} else if (ward_fuse_shares(ka, kb)) {
		by = WARD_JOIN_EVENT;
	} else if (ward_fuse_tied(ka, kb)) {
		by = WARD_JOIN_PEOPLE;
	}
	if (by == WARD_JOIN_FIRST)
		return false;
	*ret_a = (struct best){by, hops, kb};
	*ret_b = (struct best){by, hops, ka};
	return true;
}
