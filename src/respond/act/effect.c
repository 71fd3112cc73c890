#include "respond/act/effect.h"

enum { MILLION = 1000000 };

static void put_service(
	struct ward_act_forecast *f, struct ward_json *j, const struct ward_impact *it, ward_ns now)
{
	const struct ward_node *n = ward_model_node(f->m, it->asset);

	ward_json_obj(j);
	ward_json_key(j, "service");
	ward_json_str(j, n->id);
	ward_json_key(j, "name");
	ward_json_str_cut(j, n->name, 120);
	ward_json_key(j, "likely_micro");
	ward_json_arr(j);
	ward_json_i64(j, it->lo_micro);
	ward_json_i64(j, it->hi_micro);
	ward_json_arr_end(j);
	ward_json_key(j, "in_seconds");
	ward_json_i64(j, (it->expected - now) / WARD_NS_PER_S);
	ward_json_obj_end(j);
}

static enum ward_err run(struct ward_act_forecast *f, const struct ward_ability *a, uint32_t node,
	ward_ns now, struct ward_impacts *ret)
{
	struct ward_seed_threat seed[WARD_ABILITY_THINGS + 1];
	size_t n = 0;

	seed[n++] = (struct ward_seed_threat){node, f->outage, now, MILLION, MILLION};
	for (size_t i = 0; i < a->n_cuts; i++)
		if (a->cuts[i] != node)
			seed[n++] = (struct ward_seed_threat){
				a->cuts[i], f->outage, now, MILLION, MILLION};
	return ward_engine_run(f->e, WARD_IMPACT_FULL, seed, n, ret);
}

/* It may be a device of care that nobody listed, and a switch cuts it off wherever it hangs: a
 * clinical role agrees, whichever network was named. */
static enum ward_err of_host(struct ward_act_forecast *f, struct ward_act_effect *ret)
{
	ward_wr_reset(&f->to);
	ward_wr_z(&f->to, "{\"services\":[],\"more\":0,\"unknown\":true}");
	*ret = (struct ward_act_effect){true, ward_wr_text(&f->to)};
	return ward_wr_bad(&f->to) ? WARD_ERR_NOMEM : WARD_OK;
}

enum ward_err ward_act_forecast(struct ward_act_forecast *f, const struct ward_ability *a,
	struct ward_act_thing on, ward_ns now, struct ward_act_effect *ret)
{
	struct ward_json j = ward_json_on(&f->to);
	struct ward_impacts all = {.n = 0};
	bool isolates = a->does == WARD_DOES_ISOLATE;
	uint32_t node = on.node;
	uint32_t touched = WARD_NONE;
	size_t named = 0, more = 0;
	enum ward_err err = WARD_OK;

	if (on.host.len)
		return of_host(f, ret);
	if (isolates && f->outage == WARD_NONE)
		return WARD_ERR_NOT_FOUND;
	if (isolates)
		err = run(f, a, node, now, &all);
	if (err)
		return err;
	ret->clinical = a->does != WARD_DOES_TELL && ward_care_asks(&f->care, node, isolates);
	for (size_t i = 0; i < a->n_cuts && isolates; i++)
		ret->clinical = ret->clinical || ward_care_asks(&f->care, a->cuts[i], true);
	ward_wr_reset(&f->to);
	ward_json_obj(&j);
	ward_json_key(&j, "services");
	ward_json_arr(&j);
	for (size_t i = 0; i < all.n; i++) {
		const struct ward_impact *it = &all.item[i];

		if (touched == WARD_NONE && ward_care_is(f->m, it->asset))
			touched = it->asset;
		if (ward_model_node(f->m, it->asset)->kind != WARD_NODE_SERVICE)
			continue;
		if (named == WARD_ACT_SERVICES)
			more++;
		else
			put_service(f, &j, it, now);
		named += named < WARD_ACT_SERVICES;
	}
	ward_json_arr_end(&j);
	ward_json_key(&j, "more");
	ward_json_u64(&j, more);
	if (touched != WARD_NONE) {
		ward_json_key(&j, "touches");
		ward_json_str(&j, ward_model_node(f->m, touched)->id);
		ret->clinical = true;
	}
	ward_json_obj_end(&j);
	ret->json = ward_wr_text(&f->to);
	return ward_wr_bad(&f->to) ? WARD_ERR_NOMEM : WARD_OK;
}
