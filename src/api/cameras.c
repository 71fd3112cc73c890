/* Cameras that a source reads: how they are, what is watched in their picture as the running system
 * has it, and what was found of it in a day. */
#include "api/priv.h"

enum { FOUND_MAX = 32 };

static const ward_ns day = 86400 * WARD_NS_PER_S;

/* The camera of that id, that who asks may see; NULL: there is none. */
static const struct ward_api_camera *find(const struct ward_api *a, const struct api_scope *scope,
	struct ward_str id, uint32_t *ret_node)
{
	uint32_t node = ward_model_find(a->o.model, id);

	if (node == WARD_NONE || !api_scope_has(scope, node))
		return NULL;
	for (size_t i = 0; i < a->o.n_camera; i++)
		for (size_t k = 0; k < a->o.camera[i].source->n_watches; k++)
			if (a->o.camera[i].source->watches[k] == node) {
				*ret_node = node;
				return &a->o.camera[i];
			}
	return NULL;
}

bool ward_api_camera(
	const struct ward_api *a, const struct ward_api_who *who, struct ward_str camera)
{
	struct api_scope scope;
	uint32_t node;

	api_scope_of(a->o.model, who, &scope);
	return find(a, &scope, camera, &node) != NULL;
}

static void put_up(struct api_request *r, const char *key, uint32_t node, enum ward_node_kind kind)
{
	uint32_t up = ward_model_up(r->a->o.model, node, kind);

	if (up == WARD_NONE)
		ward_json_put_null(&r->j, key);
	else
		ward_json_put_str(&r->j, key, ward_model_node(r->a->o.model, up)->id);
}

static void put_camera(struct api_request *r, const struct ward_api_camera *c, uint32_t node)
{
	const struct ward_model *m = r->a->o.model;
	char text[1024];
	struct ward_wr where = ward_wr_fixed(text, sizeof(text));

	api_put_where(&where, m, node);
	ward_json_put_str(&r->j, "asset", ward_model_node(m, node)->id);
	ward_json_put_str(&r->j, "name", ward_model_node(m, node)->name);
	ward_json_put_str(
		&r->j, "where", ward_wr_bad(&where) ? WARD_STR("") : ward_wr_text(&where));
	put_up(r, "room", node, WARD_NODE_ROOM);
	put_up(r, "floor", node, WARD_NODE_FLOOR);
	ward_json_put_str(&r->j, "file", c->source->zones);
	ward_json_put_u64(&r->j, "fps", c->source->fps);
	ward_json_put_str(&r->j, "wrong", c->wrong);
	ward_json_key(&r->j, "source");
	api_put_source(r, c->source);
}

void api_cameras(struct api_request *r)
{
	const struct ward_api *a = r->a;

	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < a->o.n_camera; i++)
		for (size_t k = 0; k < a->o.camera[i].source->n_watches; k++) {
			uint32_t node = a->o.camera[i].source->watches[k];

			if (!api_scope_has(&r->scope, node))
				continue;
			ward_json_obj(&r->j);
			put_camera(r, &a->o.camera[i], node);
			ward_json_obj_end(&r->j);
		}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

/* ---- one ---- */

struct found {
	uint32_t rule, title;
	ward_ns last;
	uint64_t n;
};

/* Signs of this camera of the last 24 hours, by rule; the latest first. */
static void put_found(struct api_request *r, uint32_t node)
{
	const struct ward_api *a = r->a;
	struct found all[FOUND_MAX];
	size_t n = 0;
	uint64_t more = 0;

	for (size_t i = a->loose.n; i-- > 0;) {
		const struct api_kept *k = a->loose.at[i];
		size_t at = 0;

		if (k->node != node || k->s.last < r->ask->now - day || k->s.title == WARD_NONE)
			continue;
		while (at < n && (all[at].rule != k->s.rule || all[at].title != k->s.title))
			at++;
		if (at == FOUND_MAX) {
			more++;
			continue;
		}
		if (at == n)
			all[n++] = (struct found){k->s.rule, k->s.title, k->s.last, 0};
		all[at].n++;
	}
	ward_json_key(&r->j, "found");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "title",
			ward_lang_text(r->lang, ward_intern_at(&a->texts, all[i].title)));
		ward_json_put_str(&r->j, "rule",
			all[i].rule == WARD_NONE ? WARD_STR("")
						 : ward_intern_at(&a->texts, all[i].rule));
		ward_json_put_u64(&r->j, "n", all[i].n);
		ward_json_put_time_or_null(&r->j, "last", all[i].last);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "found_more", more);
}

/* Through which one leaves its room. */
static void put_doors(struct api_request *r, uint32_t node)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t room = ward_model_up(m, node, WARD_NODE_ROOM);
	size_t n = 0;
	const struct ward_rel *out = room == WARD_NONE ? NULL : ward_model_out(m, room, &n);

	ward_json_key(&r->j, "doors");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++) {
		const struct ward_node *door = ward_model_node(m, out[i].node);

		if (out[i].type != WARD_REL_LEADS_TO || door->kind != WARD_NODE_DOOR)
			continue;
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", door->id);
		ward_json_put_str(&r->j, "name", door->name);
		ward_json_put_str(&r->j, "key", ward_model_key(m, out[i].node, WARD_KEY_DOOR));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static const struct ward_api_camera *asked(struct api_request *r, uint32_t *ret_node)
{
	const struct ward_api_camera *c = find(r->a, &r->scope, r->arg, ret_node);

	if (!c)
		api_refuse(
			r, 404, WARD_TEXT("there is no camera of that id, or you may not see it"));
	return c;
}

const struct ward_source *api_camera_source(struct api_request *r)
{
	uint32_t node;
	const struct ward_api_camera *c = asked(r, &node);

	return c ? c->source : NULL;
}

void api_camera(struct api_request *r)
{
	uint32_t node = WARD_NONE;
	const struct ward_api_camera *c = asked(r, &node);

	if (!c)
		return;
	ward_json_obj(&r->j);
	put_camera(r, c, node);
	ward_json_key(&r->j, "plan");
	ward_json_raw(&r->j, c->plan);
	put_found(r, node);
	put_doors(r, node);
	ward_json_obj_end(&r->j);
}
