#include "actions/find.h"
#include "model/escape.h"
#include "recover/care.h"

#include <stdlib.h>

bool ward_actions_is(const struct ward_model *m, uint32_t node, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, node, c);
}

bool ward_actions_escape(const struct find *f, uint32_t node)
{
	const struct ward_escape e = {f->ask->free, f->ask->n_free, f->ask->knows_ways};

	return ward_escape_door(f->w->m, &e, node);
}

/* Does the incident, seen or expected, burn or smoke? */
static bool burns(const struct find *f)
{
	const struct ward_threats *t = ward_model_threats(f->w->m);

	for (size_t i = 0; i < f->n_base; i++)
		if (ward_str_starts(ward_threats_at(t, f->base[i].threat)->code, WARD_STR("fire.")))
			return true;
	return false;
}

/* Does it burn there, or is it expected to? Nobody is sent into that. */
static bool burns_at(const struct find *f, uint32_t node)
{
	const struct ward_threats *t = ward_model_threats(f->w->m);
	uint32_t room = ward_model_up(f->w->m, node, WARD_NODE_ROOM);

	if (ward_model_node(f->w->m, node)->kind == WARD_NODE_SERVICE)
		return false;
	for (size_t i = 0; i < f->n_base; i++)
		if ((f->base[i].asset == node || f->base[i].asset == room) &&
			ward_str_starts(
				ward_threats_at(t, f->base[i].threat)->code, WARD_STR("fire.")))
			return true;
	return false;
}

static bool against(const struct ward_action *x, uint32_t threat)
{
	for (size_t i = 0; i < x->n_threat; i++)
		if (x->threat[i] == threat)
			return true;
	return false;
}

static bool fits(const struct ward_model *m, const struct ward_action *x, uint32_t node)
{
	if (!ward_model_is(m, node, x->class))
		return false;
	for (size_t i = 0; i < x->n_except; i++)
		if (x->except[i] != WARD_NONE && ward_model_is(m, node, x->except[i]))
			return false;
	return true;
}

/* An action on a thing that may be looked at. */
struct pair {
	uint32_t action, node;
	uint32_t turn; /* the how manieth of that action among those as near to a service */
	bool on_way;   /* the thing is on a best way to a service */
	bool with;     /* what it works by fails too */
	size_t order;  /* in the forecast */
};

/* What is out at least once in so many times that the thing is: no action works by that. */
enum { RELIED = 10 };

/* Does this state take out what the action works by, at least once in RELIED times that the thing
 * is? By the time of its likeliest way: a sooner one is not as likely as that. */
static bool takes_out(const struct find *f, const struct ward_action *x,
	const struct ward_impact *it, int64_t thing_micro)
{
	uint32_t outage = ward_threats_find(ward_model_threats(f->w->m), WARD_STR("outage"));

	return it->threat == outage && it->chain_earliest < f->ask->now + f->ask->horizon &&
	       it->lo_micro > 0 && it->lo_micro * RELIED >= thing_micro &&
	       ward_model_is(f->w->m, it->asset, x->relies_on);
}

/* How likely the thing is out, by the forecast without actions. */
static int64_t thing_out(const struct find *f, const struct ward_action *x, uint32_t node)
{
	for (size_t i = 0; i < f->n_base; i++)
		if (f->base[i].asset == node && against(x, f->base[i].threat))
			return f->base[i].lo_micro;
	return 0;
}

bool ward_actions_relied(const struct find *f, const struct ward_actions_item *it,
	const struct ward_impact *state, size_t n, uint32_t *ret_out)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	int64_t thing = thing_out(f, x, it->node);

	for (size_t i = 0; i < n; i++)
		if (takes_out(f, x, &state[i], thing)) {
			*ret_out = state[i].asset;
			return false;
		}
	return true;
}

/* Is there what the action works by, and does none of it go out with the thing within the horizon?
 */
static enum relied {
	RELIED_YES,
	RELIED_FAILS,
	RELIED_NONE
} relied_on(const struct find *f, const struct ward_action *x, const struct ward_impact *thing)
{
	if (x->relies_on == WARD_NONE)
		return RELIED_YES;
	for (size_t i = 0; i < f->n_base; i++)
		if (takes_out(f, x, &f->base[i], thing->lo_micro))
			return RELIED_FAILS;
	for (uint32_t i = 0; i < ward_model_n(f->w->m); i++)
		if (ward_model_is(f->w->m, i, x->relies_on))
			return RELIED_YES;
	return RELIED_NONE;
}

/* A pair stands for itself, or for what it must not do; each is met once. */
static bool offer(struct find *f, uint32_t action, const struct ward_impact *thing, bool fire,
	enum relied *ret)
{
	uint32_t node = thing->asset;
	const struct ward_action *x = &f->w->set->action[action];
	struct ward_actions *p = f->p;
	size_t n_buffer;

	(void)ward_model_buffers(f->w->m, node, &n_buffer);
	if (x->buffer.len && !n_buffer) /* it knows no way to go on for a while */
		return false;
	if (ward_care_medical(f->w->m, node))
		p->n_medical++;
	else if (x->locks && !f->ask->knows_ways)
		p->n_planless++;
	else if (x->locks && ward_actions_escape(f, node))
		p->n_escape++;
	else if (x->locks && fire)
		p->n_fire++;
	else if (fire && burns_at(f, node))
		p->n_burning++;
	else if ((*ret = relied_on(f, x, thing)) == RELIED_NONE)
		p->n_unreliable++;
	else
		return true;
	return false;
}

/* Things on a best way to a service first, and of these each action in turn: what is beyond the
 * limit is then what may be done without most easily. */
static int by_use(const void *va, const void *vb)
{
	const struct pair *a = va, *b = vb;

	if (a->on_way != b->on_way)
		return a->on_way ? -1 : 1;
	if (a->turn != b->turn)
		return a->turn < b->turn ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Marks things on a best way to a service. */
static enum ward_err mark_ways(struct find *f, bool **ret)
{
	bool *item = ward_arena_array(f->work, f->n_base + 1, sizeof(*item));
	bool *node = ward_arena_array(f->work, ward_model_n(f->w->m) + 1, sizeof(*node));

	if (!item || !node)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < f->n_base; i++) {
		if (!ward_actions_goal(f->w->m, f->base[i].asset, f->base[i].threat))
			continue;
		/* To its seed, which is its own cause. */
		for (size_t k = i; !item[k]; k = f->base[k].parent) {
			item[k] = true;
			node[f->base[k].asset] = true;
		}
	}
	*ret = node;
	return WARD_OK;
}

static bool takes_on(const struct find *f, uint32_t action, const struct ward_impact *it)
{
	return against(&f->w->set->action[action], it->threat) &&
	       fits(f->w->m, &f->w->set->action[action], it->asset);
}

/* All pairs that may be proposed, in the order of the forecast, each once. */
static enum ward_err pairs(struct find *f, struct pair **ret, size_t *ret_n)
{
	const struct ward_action_set *set = f->w->set;
	size_t n = 0, most = 0, nodes = ward_model_n(f->w->m);
	uint8_t *seen = ward_arena_array(f->work, set->n * nodes / 8 + 1, 1);
	uint32_t *turn = ward_arena_array(f->work, 2 * set->n + 1, sizeof(*turn));
	bool fire = burns(f), *on_way = NULL;
	enum ward_err err = mark_ways(f, &on_way);

	for (size_t i = 0; i < f->n_base; i++)
		for (uint32_t k = 0; k < set->n; k++)
			most += takes_on(f, k, &f->base[i]);
	*ret = ward_arena_array(f->work, most + 1, sizeof(**ret));
	if (err || !on_way || !seen || !turn || !*ret)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < f->n_base; i++)
		for (uint32_t k = 0; k < set->n; k++) {
			uint32_t node = f->base[i].asset;
			size_t bit = k * nodes + node;

			if (!takes_on(f, k, &f->base[i]) || seen[bit / 8] >> bit % 8 & 1)
				continue;
			seen[bit / 8] |= (uint8_t)(1u << bit % 8);
			enum relied relied = RELIED_YES;

			if (offer(f, k, &f->base[i], fire, &relied)) {
				(*ret)[n] = (struct pair){k, node, turn[2 * k + on_way[node]]++,
					on_way[node], relied == RELIED_FAILS, n};
				n++;
			}
		}
	*ret_n = n;
	return WARD_OK;
}

/* Leaves out what a clinical role has to agree to and none can. */
static void keep_answered(struct find *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->p->n_item; i++)
		if (ward_actions_answer(f, &f->p->item[i]))
			f->p->item[n++] = f->p->item[i];
	f->p->n_item = n;
}

/* What the pairs of one question that became items have of forecasts. */
struct proposals {
	size_t needing; /* so many need one of their own */
	struct alike alike;
};

/* Makes an item of the pair, unless it is one more than there are forecasts for. The engine is at
 * the forecast without actions. */
static enum ward_err propose(struct find *f, const struct pair *pair, struct proposals *x)
{
	struct ward_actions *p = f->p;
	struct ward_actions_item it = {.action = pair->action,
		.node = pair->node,
		.with = pair->with,
		.approve = ward_model_find(f->w->m, f->w->set->action[pair->action].role),
		.touched = WARD_NONE,
		.word = WARD_NONE};
	bool needs = false;
	enum ward_err err = ward_actions_takes(f, &it, &it.takes);

	if (!err)
		err = ward_actions_cares(f, &it, &needs);
	needs = needs || (!ward_actions_still(f, &it) &&
				 ward_actions_alike_find(f, &x->alike, &it) == WARD_NONE);
	if (!err && needs && x->needing == WARD_ACTIONS_PAIRS && !f->ask->each) {
		p->n_more++;
		return WARD_OK;
	}
	x->needing += needs;
	p->item[p->n_item++] = it;
	return err ? err : ward_actions_alike_put(f, &x->alike, &it, 0);
}

static enum ward_err propose_all(struct find *f, const struct pair *pair, size_t n)
{
	struct proposals x = {.needing = 0};
	enum ward_err err = WARD_OK;

	ward_actions_alike_init(f, &x.alike);
	for (size_t i = 0; i < n && !err; i++)
		err = propose(f, &pair[i], &x);
	ward_actions_alike_fini(&x.alike);
	return err;
}

/* What those that are proposed do to care themselves. */
static enum ward_err harms(struct find *f)
{
	struct ward_actions *p = f->p;
	size_t n = 0;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < p->n_item && !err; i++) {
		if (ward_actions_spent(f)) {
			p->n_more += p->n_item - i;
			p->spent = true;
			break;
		}
		err = ward_actions_harm(f, &p->item[i]);
		if (err == WARD_ERR_LIMIT) {
			p->n_unjudged++;
			err = WARD_OK;
		} else if (!err) {
			p->item[n++] = p->item[i];
		}
	}
	p->n_item = n;
	return err;
}

enum ward_err ward_actions_candidates(struct find *f)
{
	struct ward_actions *p = f->p;
	struct pair *pair;
	size_t n = 0;
	enum ward_err err = pairs(f, &pair, &n);

	p->item = ward_arena_array(&p->arena, n + 1, sizeof(*p->item));
	f->first = ward_arena_array(f->work, ward_model_n(f->w->m) + 1, sizeof(*f->first));
	f->otherwise = ward_arena_array(f->work, f->ask->n_change + 1, sizeof(*f->otherwise));
	if (err || !p->item || !f->first || !f->otherwise ||
		ward_care_find(f->w->m, f->work, &f->care) != WARD_OK)
		return WARD_ERR_NOMEM;
	if (n)
		qsort(pair, n, sizeof(*pair), by_use);
	err = ward_actions_anew(f);
	if (!err)
		err = ward_actions_touch(f);
	if (!err)
		err = propose_all(f, pair, n);
	if (!err)
		err = harms(f);
	if (!err)
		err = ward_actions_look(f);
	if (!err)
		keep_answered(f);
	return err;
}
