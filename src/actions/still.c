/* Which actions no forecast need be made for: they only take something away, and what is lost does
 * not hang on the thing that they act on; or the same is done to another that is like it. */
#include "actions/find.h"

bool ward_actions_goal(const struct ward_model *m, uint32_t asset, uint32_t threat)
{
	return asset < ward_model_n(m) && ward_model_node(m, asset)->kind == WARD_NODE_SERVICE &&
	       ward_threats_at(ward_model_threats(m), threat)->need == WARD_NEED_AVAILABILITY;
}

static bool of_care(const struct ward_model *m, uint32_t asset, uint32_t threat)
{
	return ward_actions_goal(m, asset, threat) ||
	       (asset < ward_model_n(m) && ward_care_is(m, asset));
}

enum ward_err ward_actions_touch(struct find *f)
{
	enum ward_err err = ward_touch_find(f->w->e, ward_actions_goal, f->work, &f->service);

	return err ? err : ward_touch_find(f->w->e, of_care, f->work, &f->cared);
}

enum ward_err ward_actions_takes(struct find *f, const struct ward_actions_item *it, bool *ret)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	struct ward_change c;
	bool harms = false;

	*ret = true;
	for (size_t i = 0; i < f->ask->n_later; i++)
		*ret = *ret && f->ask->later[i].change.asset != it->node;
	for (size_t i = 0; i < x->n_protects; i++) {
		if (ward_actions_protection(f, x, it->node, i, false, &c))
			*ret = *ret && ward_engine_only_takes(f->w->e, &c);
	}
	c = ward_actions_buffer(f, x, it->node);
	*ret = *ret && (!x->buffer.len || ward_engine_only_takes(f->w->e, &c));
	enum ward_err err = x->side == WARD_NONE
				    ? WARD_OK
				    : ward_touch_is(&f->service, it->node, x->side, &harms);

	*ret = *ret && !harms;
	return err;
}

enum ward_err ward_actions_care(struct find *f, uint32_t node, uint32_t threat, bool *ret)
{
	enum ward_err err = ward_touch_is(&f->cared, node, threat, ret);

	*ret = *ret || f->ask->each;
	return err;
}

enum ward_err ward_actions_cares(struct find *f, const struct ward_actions_item *it, bool *ret)
{
	const struct ward_action *x = &f->w->set->action[it->action];
	uint32_t outage = ward_threats_find(ward_model_threats(f->w->m), WARD_STR("outage"));
	uint32_t threat[] = {x->side, x->isolates ? outage : WARD_NONE};
	enum ward_err err = WARD_OK;

	*ret = false;
	for (unsigned i = 0; i < WARD_ARRAY_LEN(threat) && !err && !*ret; i++)
		if (threat[i] != WARD_NONE)
			err = ward_actions_care(f, it->node, threat[i], ret);
	return err;
}

/* Services are like no other: each has its weight. */
static bool comparable(const struct find *f, const struct ward_actions_item *it)
{
	return it->takes && !f->ask->each &&
	       ward_model_node(f->w->m, it->node)->kind != WARD_NODE_SERVICE;
}

struct done {
	uint64_t action, like;
};

void ward_actions_alike_init(const struct find *f, struct alike *a)
{
	ward_tab_init(&a->tab, f->mem, sizeof(struct done), sizeof(uint32_t), SIZE_MAX / 64);
}

void ward_actions_alike_fini(struct alike *a)
{
	ward_tab_fini(&a->tab);
}

uint32_t ward_actions_alike_find(
	const struct find *f, const struct alike *a, const struct ward_actions_item *it)
{
	struct done key = {it->action, f->hung.like[it->node]};
	const uint32_t *had = comparable(f, it) ? ward_tab_find(&a->tab, &key) : NULL;

	return had ? *had : WARD_NONE;
}

enum ward_err ward_actions_alike_put(
	const struct find *f, struct alike *a, const struct ward_actions_item *it, uint32_t as)
{
	struct done key = {it->action, f->hung.like[it->node]};
	void *at;
	enum ward_err err = comparable(f, it) ? ward_tab_put(&a->tab, &key, &at, NULL) : WARD_OK;

	if (!err && comparable(f, it))
		memcpy(at, &as, sizeof(as));
	return err;
}
