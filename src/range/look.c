#include "range/look.h"

#include "range/body.h"

#include <math.h>
#include <stdlib.h>

struct range_look {
	ward_ns at;
	bool taken;
	struct range_state *then; /* at that time */
	double *full;             /* what each store had at the beginning */
	bool *alone;              /* it works by its store */
	ward_ns *ends, *falls, *back;
};

const char *ward_range_is_name(enum ward_range_is s)
{
	static const char *const name[] = {
#define X(NAME, name) name,
		WARD_RANGE_IS_LIST(X)
#undef X
	};

	WARD_ASSERT((unsigned)s < WARD_RANGE_IS_N);
	return name[s];
}

static const char *store_name(enum range_store s)
{
	static const char *const name[] = {[RANGE_BATTERY] = "battery",
		[RANGE_FUEL] = "fuel",
		[RANGE_TANK] = "tank",
		[RANGE_WARMTH] = "warmth",
		[RANGE_PAPER] = "paper"};

	return s < WARD_ARRAY_LEN(name) ? name[s] : NULL;
}

static bool is_over(const struct range_node *n, const struct range_state *s)
{
	return n->store == RANGE_WARMTH ? s->left >= 1 : s->left <= 0;
}

/* A room or water is on its own when it would be too warm in the end. */
static bool is_alone(struct range_time *t, uint32_t i)
{
	enum range_store store = t->r->node[i].store;

	if (store == RANGE_WARMTH)
		return t->s[i].free * (1 - range_cold(t, i)) >= 1;
	return store != RANGE_NONE && range_drains(t, i);
}

static void take(struct range_time *t, struct range_look *l)
{
	memcpy(l->then, t->s, t->r->n_node * sizeof(*l->then));
	for (uint32_t i = 0; i < t->r->n_node; i++)
		l->alone[i] = is_alone(t, i);
	l->taken = true;
}

void range_watch(struct range_time *t)
{
	struct range_look *l = t->look;

	if (!l->taken) {
		if (t->now >= l->at)
			take(t, l);
		return;
	}
	for (size_t k = 0; k < t->n_flow; k++) {
		uint32_t i = t->flow[k].node;

		if (l->ends[i] == WARD_NS_NEVER && is_over(&t->r->node[i], &t->s[i]) &&
			!is_over(&t->r->node[i], &l->then[i]))
			l->ends[i] = t->now;
	}
	for (size_t k = 0; k < t->r->n_service; k++) {
		uint32_t i = t->r->service[k];
		ward_ns *when = l->then[i].works ? l->falls : l->back;

		if (when[i] == WARD_NS_NEVER && t->s[i].works != l->then[i].works)
			when[i] = t->now;
	}
}

static enum ward_range_is is_now(const struct range_look *l, uint32_t i)
{
	const struct range_state *s = &l->then[i];

	return s->burnt      ? WARD_RANGE_IS_BURNT
	       : s->stopped  ? WARD_RANGE_IS_STOPPED
	       : s->cut_off  ? WARD_RANGE_IS_CUT_OFF
	       : s->tripped  ? WARD_RANGE_IS_OFF
	       : !s->works   ? WARD_RANGE_IS_WITHOUT
	       : l->alone[i] ? WARD_RANGE_IS_STORE
			     : WARD_RANGE_IS_WELL;
}

static int by_harm(const void *x, const void *y)
{
	const struct ward_range_thing *a = x, *b = y;
	int by_end = (a->ends > b->ends) - (a->ends < b->ends);

	if (a->is != b->is)
		return a->is > b->is ? -1 : 1;
	return by_end ? by_end : ward_str_cmp(a->id, b->id);
}

/* Is there anything to say of it? Rooms are a little warmer and cooler all the time. */
static bool is_told(const struct range_node *n, const struct ward_range_thing *t, double full)
{
	long changed = lround(full * 100) - t->percent;

	/* what a directory with errors names by nothing can't be told of */
	if (!n->id.len || n->kind == RANGE_GROUP || n->kind == RANGE_SERVICE)
		return false;
	if (t->is != WARD_RANGE_IS_WELL || t->ends != WARD_NS_NEVER)
		return true;
	return n->store == RANGE_WARMTH ? changed <= -10 : t->store && changed >= 2;
}

static void list_things(
	const struct ward_range *r, const struct range_look *l, struct ward_range_view *ret)
{
	for (uint32_t i = 0; i < r->n_node; i++) {
		const struct range_node *n = &r->node[i];
		struct ward_range_thing t = {.id = n->id,
			.is = is_now(l, i),
			.store = store_name(n->store),
			.ends = l->ends[i]};

		t.percent = t.store ? (int)lround(l->then[i].left * 100) : 0;
		if (is_told(n, &t, l->full[i]))
			ret->thing[ret->n_thing++] = t;
	}
	if (ret->n_thing)
		qsort(ret->thing, ret->n_thing, sizeof(*ret->thing), by_harm);
}

static void list_services(
	const struct ward_range *r, const struct range_look *l, struct ward_range_view *ret)
{
	for (size_t k = 0; k < r->n_service; k++) {
		uint32_t i = r->service[k];

		if (l->then[i].works && l->falls[i] == WARD_NS_NEVER)
			continue;
		ret->service[ret->n_service++] = (struct ward_range_service){.id = r->node[i].id,
			.since = l->then[i].works ? WARD_NS_NEVER : l->then[i].down,
			.falls = l->falls[i],
			.back = l->back[i]};
	}
}

static bool make_room(const struct ward_range *r, struct ward_arena *a, struct range_look *l,
	struct ward_range_view *v)
{
	l->then = ward_arena_array(a, r->n_node, sizeof(*l->then));
	l->full = ward_arena_array(a, r->n_node, sizeof(*l->full));
	l->alone = ward_arena_array(a, r->n_node, sizeof(*l->alone));
	l->ends = ward_arena_array(a, r->n_node, sizeof(*l->ends));
	l->falls = ward_arena_array(a, r->n_node, sizeof(*l->falls));
	l->back = ward_arena_array(a, r->n_node, sizeof(*l->back));
	v->thing = ward_arena_array(a, r->n_node, sizeof(*v->thing));
	v->service = ward_arena_array(a, r->n_service, sizeof(*v->service));
	return l->then && l->full && l->alone && l->ends && l->falls && l->back && v->thing &&
	       v->service;
}

enum ward_err ward_range_look(const struct ward_range *r, const struct ward_range_in *in,
	ward_ns at, struct ward_arena *a, struct ward_range_view *ret, struct ward_str *ret_bad)
{
	struct range_look l = {.at = at};
	struct ward_range_view v = {.n_thing = 0};
	struct range_time t;
	enum ward_err err = range_begin(&t, r, in, a, ret_bad);

	WARD_ASSERT(at >= 0 && at < in->until);
	if (err)
		return err;
	if (!make_room(r, a, &l, &v))
		return WARD_ERR_NOMEM;
	t.look = &l;
	range_draw(&t, 0);
	for (uint32_t i = 0; i < r->n_node; i++) {
		l.full[i] = t.s[i].left;
		l.ends[i] = l.falls[i] = l.back[i] = WARD_NS_NEVER;
	}
	range_pass(&t);
	if (!l.taken) /* the last step is behind it */
		take(&t, &l);
	list_things(r, &l, &v);
	list_services(r, &l, &v);
	*ret = v;
	return WARD_OK;
}
