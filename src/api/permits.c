/* Works permits, as the brain goes by them: now, to come, and over in the last day. */
#include "api/held.h"
#include "api/priv.h"
#include "api/take.h"

#include "model/permit/file.h"

static const ward_ns over_for = 86400 * WARD_NS_PER_S, soon = 12 * 3600 * WARD_NS_PER_S;

/* ---- rows ---- */

enum ward_err take_permit(struct ward_api *a, const struct ward_conf *row)
{
	struct ward_permit p;

	if (ward_permit_is_reset_row(row)) {
		ward_permits_clear(a->permits);
		return WARD_OK;
	}
	enum ward_err err = ward_permit_of_row(row, a->o.model, &a->scratch, &p);

	ward_permits_expire(a->permits, a->time);
	if (!err)
		err = ward_permits_put(a->permits, &p, NULL);
	if (err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT) {
		take_count(a, err == WARD_ERR_LIMIT ? "api.permits_cut" : "api.unreadable");
		err = WARD_OK;
	}
	return err;
}

/* ---- which, and when ---- */

static ward_ns end_of(const struct ward_permit *p)
{
	return p->ended < p->until ? p->ended : p->until;
}

/* It is there, or what it is for has one of the places in it. */
static bool touches(const struct api_scope *s, uint32_t node)
{
	if (api_scope_has(s, node))
		return true;
	for (size_t i = 0; i < s->n; i++)
		for (uint32_t up = s->place[i]; up != WARD_NONE;
			up = ward_model_node(s->m, up)->parent)
			if (up == node)
				return true;
	return false;
}

static bool sees(const struct api_scope *s, const struct ward_permit *p)
{
	for (size_t i = 0; i < p->n_place; i++)
		if (touches(s, p->place[i]))
			return true;
	for (size_t i = 0; i < p->n_asset; i++)
		if (touches(s, p->asset[i]))
			return true;
	return false;
}

const struct ward_permit *api_works(
	const struct ward_api *a, const struct api_scope *s, ward_ns now, size_t *at)
{
	while (*at < ward_permits_n(a->permits)) {
		const struct ward_permit *p = ward_permits_at(a->permits, (*at)++);
		ward_ns wait;

		if (end_of(p) > now && (!ward_sub(p->from, now, &wait) || wait <= soon) &&
			sees(s, p))
			return p;
	}
	return NULL;
}

/* ---- said ---- */

static void put_nodes(struct api_request *r, const uint32_t *node, size_t n)
{
	for (size_t i = 0; i < n; i++)
		api_node(&r->j, r->a->o.model, node[i]);
}

static bool on_floor(const struct ward_model *m, uint32_t node, uint32_t floor)
{
	const struct ward_node *n = ward_model_node(m, node);

	if (n->kind == WARD_NODE_BUILDING)
		return ward_model_up(m, floor, WARD_NODE_BUILDING) == node;
	return ward_model_up(m, node, WARD_NODE_FLOOR) == floor;
}

/* On which plans it is to be seen; a zone's or network's is on none. */
static void put_floors(struct api_request *r, const struct ward_permit *p)
{
	const struct ward_model *m = r->a->o.model;

	ward_json_key(&r->j, "floors");
	ward_json_arr(&r->j);
	for (size_t f = 0; f < r->a->n_floor; f++) {
		bool is = false;

		for (size_t i = 0; i < p->n_place; i++)
			is |= on_floor(m, p->place[i], r->a->floor[f]);
		for (size_t i = 0; i < p->n_asset; i++)
			is |= on_floor(m, p->asset[i], r->a->floor[f]);
		if (is)
			ward_json_str(&r->j, ward_model_node(m, r->a->floor[f])->id);
	}
	ward_json_arr_end(&r->j);
}

static void put_effects(struct api_request *r, const struct ward_permit *p)
{
	ward_json_key(&r->j, "effects");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < p->n_threat; i++) {
		const struct ward_threat *t =
			ward_threats_at(ward_model_threats(r->a->o.model), p->threat[i]);

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", t->code);
		ward_json_put_str(&r->j, "name", ward_lang_text(r->lang, t->name));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* Who made or ended it: a role, where it was at the desk, else an account, which is nobody's. */
static void put_by(struct api_request *r, const char *key, struct ward_str by)
{
	uint32_t role = ward_model_find(r->a->o.model, by);

	ward_json_put_str(
		&r->j, key, role == WARD_NONE ? by : ward_model_node(r->a->o.model, role)->name);
}

static void put_permit(struct api_request *r, const struct ward_permit *p)
{
	ward_ns now = r->ask->now;

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", p->id);
	ward_json_put_str(&r->j, "state",
		end_of(p) <= now ? WARD_STR("over")
		: p->from > now  ? WARD_STR("to_come")
				 : WARD_STR("now"));
	ward_json_put_str(&r->j, "who", p->who);
	ward_json_put_str(&r->j, "why", p->why);
	ward_json_put_time_or_null(&r->j, "from", p->from);
	ward_json_put_time_or_null(&r->j, "until", p->until);
	ward_json_put_time_or_null(&r->j, "ended", p->ended);
	put_by(r, "by", p->by);
	put_by(r, "ended_by", p->ended_by);
	ward_json_put_bool(&r->j, "badge", p->badge.len != 0);
	ward_json_key(&r->j, "on");
	ward_json_arr(&r->j);
	put_nodes(r, p->place, p->n_place);
	put_nodes(r, p->asset, p->n_asset);
	ward_json_arr_end(&r->j);
	put_floors(r, p);
	put_effects(r, p);
	ward_json_obj_end(&r->j);
}

static unsigned rank(const struct ward_permit *p, ward_ns now)
{
	return end_of(p) <= now ? 2 : p->from > now;
}

/* Those in force first, then those to come, then those that are over. */
void api_permits(struct api_request *r)
{
	ward_ns now = r->ask->now, since;

	if (!ward_sub(now, over_for, &since))
		since = INT64_MIN;
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(&r->j, "at", now);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (unsigned k = 0; k < 3; k++)
		for (size_t i = 0; i < ward_permits_n(r->a->permits); i++) {
			const struct ward_permit *p = ward_permits_at(r->a->permits, i);

			if (rank(p, now) == k && end_of(p) > since && sees(&r->scope, p))
				put_permit(r, p);
		}
	ward_json_arr_end(&r->j);
	/* what can be expected of works; people choose */
	ward_json_key(&r->j, "threats");
	ward_json_arr(&r->j);
	const struct ward_threats *all = ward_model_threats(r->a->o.model);

	for (uint32_t i = 0; i < ward_threats_n(all); i++) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", ward_threats_at(all, i)->code);
		ward_json_put_str(
			&r->j, "name", ward_lang_text(r->lang, ward_threats_at(all, i)->name));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

/* ---- what somebody decides ---- */

static enum ward_err check_end(struct ward_api *a, const struct api_scope *s,
	const struct ward_decision *d, struct ward_wr *ret_why)
{
	const struct ward_permit *p = ward_permits_find(a->permits, d->subject);

	if (p && sees(s, p) && end_of(p) > d->at)
		return WARD_OK;
	ward_wr_z(ret_why, p && sees(s, p) ? "the permit is over already"
					   : "there is no such permit any more");
	return WARD_ERR_STATE;
}

enum ward_err ward_api_permit_check(struct ward_api *a, const struct ward_api_who *who,
	const struct ward_decision *d, struct ward_wr *ret_why)
{
	const struct ward_permit_in in = {a->o.model, a->o.lim, a->o.mem, NULL};
	WARD_AUTO(ward_permits_freep) struct ward_permits *own = NULL;
	const char *why = NULL;
	struct api_scope s;

	ward_arena_reset(&a->scratch);
	api_scope_of(a->o.model, who, &s);
	if (d->kind == WARD_DECISION_PERMIT_END)
		return check_end(a, &s, d, ret_why);
	uint32_t node = ward_model_find(a->o.model, d->subject);

	if (node != WARD_NONE && !api_scope_has(&s, node)) {
		ward_wr_z(ret_why, "you have places, and this is in none of them");
		return WARD_ERR_DENIED;
	}
	const struct ward_permit_wish wish = {
		WARD_STR("new"), d->subject, d->role, d->text, d->args, d->at};
	enum ward_err err = ward_permits_new(a->o.model, a->o.lim, a->o.mem, &own);

	if (!err)
		err = ward_permit_wish_take(&in, &wish, &a->scratch, own, &why);
	if (why)
		ward_wr_z(ret_why, why);
	return err;
}
