#include "actions/find.h"

#include <stdlib.h>

bool ward_actions_is(const struct ward_model *m, uint32_t node, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, node, c);
}

/* Is the node, or what contains it, one that the hospital keeps free? */
static bool kept_free(const struct find *f, uint32_t node)
{
	for (; node != WARD_NONE; node = ward_model_node(f->w->m, node)->parent)
		for (size_t i = 0; i < f->ask->n_free; i++)
			if (f->ask->free[i] == node)
				return true;
	return false;
}

static bool is_any(const struct ward_model *m, uint32_t node, const char *const *class, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (ward_actions_is(m, node, class[k]))
			return true;
	return false;
}

/* Classes alone don't tell every way of escape: a door in a corridor is one too, and so is one that
 * the hospital's own plan of evacuation names, or that leads to where the brigade goes. */
bool ward_actions_escape(const struct find *f, uint32_t node)
{
	static const char *const ways[] = {
		"room.stairs", "room.entrance", "room.lift-lobby", "room.outside", "room.helipad"};
	const struct ward_model *m = f->w->m;
	uint32_t corridor = WARD_NONE;

	if (ward_actions_is(m, node, "door.fire") || ward_actions_is(m, node, "door.exit"))
		return true;
	for (size_t i = 0; i < f->ask->n_free; i++)
		if (f->ask->free[i] == node)
			return true;
	for (unsigned way = 0; way < 2; way++) {
		size_t n;
		const struct ward_rel *rel =
			way ? ward_model_in(m, node, &n) : ward_model_out(m, node, &n);

		for (size_t i = 0; i < n; i++) {
			uint32_t room = rel[i].node;

			if (rel[i].type != WARD_REL_LEADS_TO)
				continue;
			if (is_any(m, room, ways, WARD_ARRAY_LEN(ways)) || kept_free(f, room))
				return true;
			if (!ward_actions_is(m, room, "room.corridor"))
				continue;
			if (corridor != WARD_NONE && corridor != room)
				return true;
			corridor = room;
		}
	}
	return false;
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

/* A pair stands for itself, or for what it must not do. */
static enum ward_err offer(struct find *f, uint32_t action, uint32_t node, bool fire)
{
	const struct ward_action *x = &f->w->set->action[action];
	struct ward_actions *p = f->p;
	size_t n_buffer;

	(void)ward_model_buffers(f->w->m, node, &n_buffer);
	if (x->buffer.len && !n_buffer) /* it knows no way to go on for a while */
		return WARD_OK;
	for (size_t i = 0; i < p->n_item; i++)
		if (p->item[i].action == action && p->item[i].node == node)
			return WARD_OK;
	if (ward_actions_is(f->w->m, node, "device.medical")) {
		p->n_medical++;
	} else if (x->locks && ward_actions_escape(f, node)) {
		p->n_escape++;
	} else if (x->locks && fire) {
		p->n_fire++;
	} else if (fire && burns_at(f, node)) {
		p->n_burning++;
	} else if (p->n_item == WARD_ACTIONS_PAIRS) {
		p->n_more++;
	} else {
		p->item[p->n_item++] = (struct ward_actions_item){
			.action = action,
			.node = node,
			.approve = ward_model_find(f->w->m, x->role),
			.word = WARD_NONE,
		};
	}
	return WARD_OK;
}

/* The role of a service that is touched if it is a clinical one, else the first that there is. */
static uint32_t clinical_role(const struct find *f, uint32_t service)
{
	const struct ward_model *m = f->w->m;
	uint32_t own = service == WARD_NONE ? WARD_NONE : ward_model_node(m, service)->role;

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < f->w->set->n_clinical; i++) {
			uint32_t role = ward_model_find(m, f->w->set->clinical[i]);

			if (role != WARD_NONE && ward_model_node(m, role)->kind == WARD_NODE_ROLE &&
				(pass || role == own))
				return role;
		}
	return WARD_NONE;
}

static bool counts_as_clinical(const struct find *f, uint32_t role)
{
	for (size_t i = 0; role != WARD_NONE && i < f->w->set->n_clinical; i++)
		if (ward_str_eq(f->w->set->clinical[i], ward_model_node(f->w->m, role)->id))
			return true;
	return false;
}

/* Is a medical device on that network, or on one line with that thing? */
static bool connects_medical(const struct ward_model *m, uint32_t node)
{
	for (unsigned way = 0; way < 2; way++) {
		size_t n;
		const struct ward_rel *rel =
			way ? ward_model_in(m, node, &n) : ward_model_out(m, node, &n);

		for (size_t i = 0; i < n; i++)
			if ((rel[i].type == WARD_REL_CONNECTS || rel[i].type == WARD_REL_CONTROLS ||
				    rel[i].type == WARD_REL_SUPPLIES) &&
				ward_actions_is(m, rel[i].node, "device.medical"))
				return true;
	}
	return false;
}

/* Services that the forecast of a side effect takes down, each once. */
static enum ward_err keep_side(
	struct find *f, struct ward_actions_item *it, const struct ward_impacts *all)
{
	struct ward_impact *side = ward_arena_array(&f->p->arena, all->n + 1, sizeof(*side));

	if (!side)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *x = &all->item[i];
		bool told = x->need != WARD_NEED_AVAILABILITY ||
			    ward_model_node(f->w->m, x->asset)->kind != WARD_NODE_SERVICE;

		for (size_t k = 0; k < it->n_side; k++)
			told = told || side[k].asset == x->asset;
		if (told)
			continue;
		side[it->n_side++] = *x;
		it->harm_micro += x->loss_micro;
	}
	it->side = side;
	return WARD_OK;
}

static bool touches(const struct find *f, const struct ward_impacts *all)
{
	const struct ward_model *m = f->w->m;

	for (size_t i = 0; i < all->n; i++)
		if (ward_actions_is(m, all->item[i].asset, "device.medical") ||
			ward_actions_is(m, all->item[i].asset, "service.care"))
			return true;
	return false;
}

/* What the action does to care by itself, where nothing else is wrong; and what an isolation may
 * touch, whatever the content says: off its networks a thing is for others as if it did not work,
 * so the port of whatever serves a medical device is seen to touch it. */
static enum ward_err harm(struct find *f, struct ward_actions_item *it)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	uint32_t outage = ward_threats_find(ward_model_threats(f->w->m), WARD_STR("outage"));
	struct ward_seed_threat seed = {it->node, x->side, f->ask->now, 1000000, 1000000};
	struct ward_impacts all;
	enum ward_err err = WARD_OK;

	it->clinical = x->isolates && connects_medical(f->w->m, it->node);
	if (x->side != WARD_NONE) {
		err = ward_engine_run(f->w->e, WARD_IMPACT_FULL, &seed, 1, &all);
		if (!err)
			err = keep_side(f, it, &all);
		it->clinical = it->clinical || (!err && touches(f, &all));
	}
	if (!err && x->isolates && x->side != outage && outage != WARD_NONE) {
		seed.threat = outage;
		err = ward_engine_run(f->w->e, WARD_IMPACT_FULL, &seed, 1, &all);
		it->clinical = it->clinical || (!err && touches(f, &all));
	}
	if (it->clinical && !counts_as_clinical(f, it->approve))
		it->word = clinical_role(f, it->n_side ? it->side[0].asset : WARD_NONE);
	return err;
}

enum ward_err ward_actions_candidates(struct find *f)
{
	const struct ward_action_set *set = f->w->set;
	struct ward_actions *p = f->p;
	enum ward_err err = WARD_OK;
	bool fire = burns(f);
	size_t n = 0;

	p->item = ward_arena_array(&p->arena, WARD_ACTIONS_PAIRS, sizeof(*p->item));
	if (!p->item)
		return WARD_ERR_NOMEM;
	/* The forecast is in the order of its times: what is struck first is looked at first. */
	for (size_t i = 0; i < f->n_base && !err; i++)
		for (uint32_t k = 0; k < set->n && !err; k++)
			if (against(&set->action[k], f->base[i].threat) &&
				fits(f->w->m, &set->action[k], f->base[i].asset))
				err = offer(f, k, f->base[i].asset, fire);
	for (size_t i = 0; i < p->n_item && !err; i++)
		err = harm(f, &p->item[i]);
	for (size_t i = 0; i < p->n_item && !err; i++) {
		const struct ward_actions_item *it = &p->item[i];

		if (it->clinical && it->word == WARD_NONE && !counts_as_clinical(f, it->approve))
			p->n_unanswered++;
		else
			p->item[n++] = *it;
	}
	p->n_item = n;
	return err;
}
