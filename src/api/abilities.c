/* What this hospital's other systems can be asked to do about an incident: of all abilities those
 * whose thing has a sign of it, or hangs together with one that has. What it would cost care, `act`
 * shows when it is proposed. */
#include "api/priv.h"

enum { OFFERS_MAX = 64 };

static bool has_sign(const struct api_incident *in, uint32_t node)
{
	for (size_t i = 0; i < in->n_node; i++)
		if (in->node[i] == node)
			return true;
	return false;
}

static bool any_has_sign(const struct api_incident *in, const struct ward_rel *rel, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has_sign(in, rel[i].node))
			return true;
	return false;
}

/* One relation away from a sign: on its network, in its room, what it supplies or is supplied by.
 */
static bool is_near(const struct api_request *r, const struct api_incident *in, uint32_t thing)
{
	size_t n_out, n_in;
	const struct ward_rel *out = ward_model_out(r->a->o.model, thing, &n_out),
			      *back = ward_model_in(r->a->o.model, thing, &n_in);

	return any_has_sign(in, out, n_out) || any_has_sign(in, back, n_in);
}

static void put_offer(
	struct api_request *r, const struct ward_api_ability *y, uint32_t thing, bool signs)
{
	ward_json_obj(&r->j);
	api_str(&r->j, "ability", y->id);
	api_str(&r->j, "does", y->does);
	api_str(&r->j, "system", y->system);
	ward_json_key(&r->j, "on");
	api_node(&r->j, r->a->o.model, thing);
	api_bool(&r->j, "has_signs", signs);
	api_u64(&r->j, "persons", y->persons);
	ward_json_key(&r->j, "roles");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < y->n_role; i++)
		api_node(&r->j, r->a->o.model, y->role[i]);
	ward_json_arr_end(&r->j);
	api_u64(&r->j, "lasts_seconds", y->lasts_seconds);
	ward_json_obj_end(&r->j);
}

/* First those whose thing has signs. */
static void put_round(struct api_request *r, const struct api_incident *in, bool signs, size_t *n)
{
	for (size_t i = 0; i < r->a->o.n_ability; i++) {
		const struct ward_api_ability *y = &r->a->o.ability[i];

		for (size_t k = 0; k < y->n_on && *n < OFFERS_MAX; k++) {
			if (has_sign(in, y->on[k]) != signs ||
				(!signs && !is_near(r, in, y->on[k])))
				continue;
			put_offer(r, y, y->on[k], signs);
			++*n;
		}
	}
}

void api_abilities(struct api_request *r)
{
	struct api_incident *in = api_asked(r);
	size_t n = 0;

	if (!in)
		return;
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	put_round(r, in, true, &n);
	put_round(r, in, false, &n);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}
