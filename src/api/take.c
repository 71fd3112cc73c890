/* Records of the brain to the picture: incidents, their signs and forecasts. */
#include "api/take.h"

#include "proof/proof.h"

enum { LOOSE_MAX = 1 << 17 };

/* ---- detections ---- */

/* Its number among the texts by which signs are found; without room for it, it is found by others.
 */
static uint32_t text_of(struct ward_api *a, struct ward_str s)
{
	uint32_t id = WARD_NONE;

	if (s.len && ward_intern_put(&a->texts, s, &id) != WARD_OK)
		take_count(a, "api.texts_cut");
	return id;
}

static void describe(struct ward_api *a, const struct ward_record *r, struct api_kept *k)
{
	k->node = ward_model_find(a->o.model, r->asset);
	if (k->node == WARD_NONE)
		k->node = ward_model_find(a->o.model, r->subject);
	k->s = (struct api_sign){.first_row = k->s.first_row ? k->s.first_row : k->row,
		.last = r->last,
		.rule = text_of(a, r->rule),
		.title = text_of(a, r->title),
		.on = text_of(a, r->on),
		.level = r->level};
}

static enum ward_err take_sign(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_record *r)
{
	struct api_kept *k = take_find(&a->signs, r->id);
	enum ward_err err = WARD_OK;
	struct take_group g = {.n = 0};
	char id[WARD_ID_TEXT];

	if (k && row->revision < k->revision)
		return WARD_OK;
	if (k) {
		err = api_keep_again(a, k, row);
	} else {
		if (a->loose.n == LOOSE_MAX)
			api_forget_loose(a);
		k = api_keep(a, row);
		if (!k)
			return WARD_ERR_NOMEM;
		err = take_point(&a->signs, r->id, k);
		if (err) {
			api_drop(a, k);
			take_count(a, "api.signs_forgotten");
			return err == WARD_ERR_LIMIT ? WARD_OK : err;
		}
		err = api_hold(a, &a->loose, k);
		k->rule = api_rule_key(r->rule);
		if (!err)
			err = api_hit(a, k->rule, row->time);
	}
	if (err) {
		api_drop(a, k->held ? NULL : k);
		return err;
	}
	err = take_watch_sign(a, r);
	describe(a, r, k);
	ward_id_text(r->id, id);
	take_about(a, &g, ward_str_z(id));
	take_tell(a, row, g.id, g.n);
	return err;
}

/* ---- incidents ---- */

static enum ward_err add_turn(struct ward_api *a, struct api_incident *in,
	const struct ward_store_row *row, const struct ward_record *r)
{
	struct api_turn *t = in->n_turn ? &in->turn[in->n_turn - 1] : NULL;
	char state[API_STATE];

	take_name(state, sizeof(state), r->state);
	if (t && t->level == r->level && strcmp(t->state, state) == 0)
		return WARD_OK;
	enum ward_err err = ward_mem_more(
		a->o.mem, &in->turn, in->n_turn, &in->cap_turn, sizeof(*in->turn), API_PARTS);

	if (err)
		return err == WARD_ERR_LIMIT ? WARD_OK : err;
	t = &in->turn[in->n_turn++];
	*t = (struct api_turn){.row = row->row,
		.time = row->time,
		.last = r->last,
		.revision = r->revision,
		.level = r->level};
	memcpy(t->state, state, sizeof(state));
	return WARD_OK;
}

static void add_node(struct ward_api *a, struct api_incident *in, uint32_t node)
{
	uint32_t place = api_place(a->o.model, node), floor;
	size_t i = 0;

	if (node == WARD_NONE)
		return;
	while (i < in->n_node && in->node[i] != node)
		i++;
	if (i < in->n_node)
		return;
	in->placed = in->placed || place != WARD_NONE;
	if (i == API_NODES) {
		take_count(a, "api.nodes_cut");
		return;
	}
	in->node[in->n_node++] = node;
	floor = place == WARD_NONE ? WARD_NONE : ward_model_up(a->o.model, place, WARD_NODE_FLOOR);
	for (i = 0; i < in->n_floor && in->floor[i] != floor; i++)
		;
	if (floor != WARD_NONE && i == in->n_floor && i < API_FLOORS)
		in->floor[in->n_floor++] = floor;
}

/* Its signs: where they are, and their detections become its own. */
static enum ward_err take_members(
	struct ward_api *a, struct api_incident *in, const struct ward_record *r)
{
	enum ward_err err = WARD_OK;

	if (!r->n_member)
		return WARD_OK;
	in->n_node = in->n_floor = 0;
	in->placed = false;
	for (size_t i = 0; i < r->n_member && !err; i++) {
		const struct ward_record_member *m = &r->member[i];
		struct api_kept *k = take_find(&a->signs, m->detection);
		struct take_group g = {.n = 1, .id = {in->id}};
		char id[WARD_ID_TEXT];

		if (k)
			add_node(a, in, k->node);
		add_node(a, in, ward_model_find(a->o.model, m->subject));
		if (!k || ward_id_eq(k->of, in->id))
			continue;
		k->of = in->id;
		err = api_hold(a, &in->part, k);
		ward_id_text(m->detection, id);
		if (!err)
			err = take_lead(a, ward_str_z(id), &g);
	}
	return err;
}

/* What is of those that it took up is of this one, too. */
static enum ward_err take_up(
	struct ward_api *a, struct api_incident *in, const struct ward_record *r)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < r->n_superseded && !err; i++) {
		struct api_incident *part = api_incident(a, r->superseded[i]);

		if (!part || part == in || ward_id_eq(part->into, in->id))
			continue;
		part->into = in->id;
		part->phase = WARD_PHASE_OVER;
		api_touch(a, part, part->row);
		for (size_t k = 0; k < part->part.n && !err; k++)
			if (part->part.at[k]->kind > WARD_ROW_IMPACT)
				err = api_hold(a, &in->part, part->part.at[k]);
		if (part->taken != WARD_NS_NEVER && part->taken_level >= in->taken_level) {
			in->taken = part->taken;
			in->taken_level = part->taken_level;
			memcpy(in->taken_by, part->taken_by, sizeof(in->taken_by));
		}
	}
	return err;
}

/* The place of what it is on, as its signs say it. */
static struct ward_str where(const struct ward_record *r)
{
	for (size_t i = 0; i < r->n_member; i++)
		if (ward_str_eq(r->member[i].thing, r->name.on) && r->member[i].where.len)
			return r->member[i].where;
	return WARD_STR("");
}

/* Of what is on nothing of the hospital no threat is known: then it is called as its first sign. */
static struct ward_str name_of(const struct ward_record *r)
{
	return r->name.what.len || !r->n_member ? r->name.what : r->member[0].title;
}

/* What it is called, by the last revision that says it. */
static enum ward_err take_name_of(
	struct ward_api *a, struct api_incident *in, const struct ward_record *r)
{
	const struct ward_str part[] = {
		name_of(r), r->name.on, r->name.effect, r->name.effect_on, where(r)};
	struct ward_str *const to[] = {
		&in->name.what, &in->name.on, &in->name.effect, &in->name.effect_on, &in->where};
	size_t len = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++)
		len += part[i].len;
	char *p = ward_mem_alloc(a->o.mem, len + 1);

	if (!p)
		return WARD_ERR_NOMEM;
	ward_mem_free(a->o.mem, (char *)(uintptr_t)in->called.p, in->called.len);
	in->called = (struct ward_str){p, len + 1};
	in->name.effect_more = r->name.effect_more;
	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		if (part[i].len)
			memcpy(p, part[i].p, part[i].len);
		*to[i] = (struct ward_str){p, part[i].len};
		p += part[i].len;
	}
	return WARD_OK;
}

static enum ward_err new_incident(
	struct ward_api *a, const struct ward_store_row *row, struct api_incident **ret)
{
	enum ward_err err = ward_mem_more(a->o.mem, &a->incident, a->n_incident, &a->cap_incident,
		sizeof(struct api_incident *), WARD_API_INCIDENTS + 1);
	struct api_incident *in = err ? NULL : ward_mem_alloc(a->o.mem, sizeof(*in));

	if (!in)
		return WARD_ERR_NOMEM;
	*in = (struct api_incident){.id = row->id,
		.first_row = row->row,
		.taken = WARD_NS_NEVER,
		.asked = WARD_NS_NEVER};
	err = take_point(&a->by_id, in->id, in);
	if (err) {
		ward_mem_free(a->o.mem, in, sizeof(*in));
		return WARD_ERR_NOMEM;
	}
	a->bytes += sizeof(*in);
	a->incident[a->n_incident++] = in;
	*ret = in;
	return WARD_OK;
}

/* "follows" is in no record that is read, since only a picture asks for it. */
static struct ward_id follows(struct ward_str json)
{
	struct ward_str key = WARD_STR("\"follows\":\"");
	size_t at = ward_str_find(json, key);
	struct ward_id id = {{0}};

	if (at != SIZE_MAX)
		(void)ward_id_parse(ward_str_sub(json, at + key.len, WARD_ID_TEXT - 1), &id);
	return id;
}

static enum ward_err take_incident(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_record *r)
{
	struct api_incident *in = api_incident(a, r->id);
	struct api_kept *k;

	if (in && row->revision < in->last->revision)
		return WARD_OK;
	k = api_keep(a, row);
	if (!k)
		return WARD_ERR_NOMEM;
	enum ward_err err = in ? WARD_OK : new_incident(a, row, &in);

	if (err) {
		api_drop(a, k);
		return err;
	}
	if (in->last && row->revision > in->last->revision)
		in->into = (struct ward_id){{0}}; /* people took it apart again */
	k->held = 1;
	api_drop(a, in->last);
	in->last = k;
	if (r->n_member || !in->named) {
		k->held++;
		api_drop(a, in->named);
		in->named = k;
		err = take_name_of(a, in, r);
	}
	in->level = r->level;
	in->phase = api_is_zero(in->into) ? ward_record_phase(r->state) : WARD_PHASE_OVER;
	take_name(in->state, sizeof(in->state), r->state);
	take_name(in->domain, sizeof(in->domain), r->domain);
	in->first = r->first;
	in->seen = r->last;
	in->n_sign = r->n_member ? r->n_member : in->n_sign;
	in->follows = follows(row->json);
	if (!err)
		err = add_turn(a, in, row, r);
	if (!err)
		err = take_members(a, in, r);
	if (!err)
		err = take_up(a, in, r);
	if (!err)
		err = take_watch_incident(a, r);
	api_touch(a, in, row->row);
	take_tell(a, row, &in->id, 1);
	return err;
}

/* ---- forecasts ---- */

static enum ward_err take_impact(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_record *r)
{
	struct api_incident *in = api_incident(a, r->incident);
	struct api_kept *k = take_find(&a->impacts, r->id);
	enum ward_err err = WARD_OK;

	if (!in) {
		take_count(a, "api.impacts_orphaned");
		return WARD_OK;
	}
	if (k && row->revision < k->revision)
		return WARD_OK;
	if (k) {
		err = api_keep_again(a, k, row);
	} else {
		k = api_keep(a, row);
		if (!k)
			return WARD_ERR_NOMEM;
		err = take_point(&a->impacts, r->id, k);
		if (err) {
			api_drop(a, k);
			take_count(a, "api.impacts_forgotten");
			return err == WARD_ERR_LIMIT ? WARD_OK : err;
		}
		err = api_hold(a, &in->part, k);
	}
	if (err) {
		api_drop(a, k->held ? NULL : k);
		return err;
	}
	k->f = (struct api_forecast){.node = ward_model_find(a->o.model, r->asset),
		.service = r->service,
		.withdrawn = r->withdrawn,
		.lo = r->lo_micro,
		.hi = r->hi_micro,
		.confidential = ward_str_find(r->need, WARD_STR("confidentiality")) != SIZE_MAX,
		.priority = r->priority_micro,
		.earliest = r->earliest,
		.expected = r->expected};
	api_touch(a, in, row->row);
	if (r->service || r->withdrawn)
		take_tell(a, row, &in->id, 1);
	return err;
}

/* ---- a row ---- */

static enum ward_err take_record(struct ward_api *a, const struct ward_store_row *row)
{
	struct ward_record r;
	enum ward_err err = ward_record_read(a->reader, row->json, &a->scratch, &r);

	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		take_count(a, "api.unreadable");
		return WARD_OK;
	}
	struct ward_store_row of = *row;

	of.id = r.id;
	err = ward_care_past_take(a->past, &r);
	if (!err && row->kind != WARD_ROW_DECISION)
		err = ward_proof_record(a->proof, &r, row->time);
	if (err)
		return err;
	return r.kind == WARD_RECORD_DETECTION  ? take_sign(a, &of, &r)
	       : r.kind == WARD_RECORD_INCIDENT ? take_incident(a, &of, &r)
	       : r.kind == WARD_RECORD_IMPACT   ? take_impact(a, &of, &r)
						: WARD_OK; /* a rule on trial: told to nobody */
}

enum ward_err ward_api_take(struct ward_api *a, const struct ward_store_row *row)
{
	if (row->row && row->row <= a->row)
		return WARD_OK;
	a->row = row->row ? row->row : a->row + 1;
	a->time = row->time;
	a->oldest = row->time < a->oldest ? row->time : a->oldest;
	a->version++;
	ward_arena_reset(&a->scratch);
	enum ward_err err = row->kind <= WARD_ROW_IMPACT ? take_record(a, row) : take_other(a, row);

	if (!err && (row->kind == WARD_ROW_DECISION || row->kind == WARD_ROW_CENSUS))
		err = take_record(
			a, row); /* what somebody entered of a ward, and who came and went */

	api_forget(a);
	if (err != WARD_ERR_LIMIT)
		return err;
	take_count(a, "api.parts_cut"); /* of one incident there are too many */
	return WARD_OK;
}

uint64_t ward_api_row(const struct ward_api *a, ward_ns *ret_time)
{
	*ret_time = a->time;
	return a->row;
}
