/* The inventory: what there is, where it stands, what hangs on it; and search over all of it. */
#include "api/priv.h"

#include <arpa/inet.h>

enum { FOUND_MAX = 50, INCIDENTS_MAX = 20, IP_BYTES = 16, IP4_OFFSET = 12, TEXT_BYTES = 1024 };

static bool is_thing(const struct ward_node *n)
{
	return n->kind == WARD_NODE_ASSET || n->kind == WARD_NODE_DOOR;
}

static uint32_t up(const struct ward_model *m, uint32_t node, enum ward_node_kind kind)
{
	uint32_t place = api_place(m, node);

	return place == WARD_NONE ? WARD_NONE : ward_model_up(m, place, kind);
}

static void put_up(struct api_request *r, const char *key, uint32_t node)
{
	if (node == WARD_NONE)
		ward_json_put_null(&r->j, key);
	else
		ward_json_put_str(&r->j, key, ward_model_node(r->a->o.model, node)->id);
}

/* ---- addresses ---- */

static void put_ip(struct ward_json *j, struct ward_str key)
{
	static const uint8_t mapped[IP4_OFFSET] = {[10] = 0xff, [11] = 0xff};
	const uint8_t *b = (const uint8_t *)key.p;
	char text[INET6_ADDRSTRLEN];
	bool v4 = key.len == IP_BYTES && memcmp(b, mapped, sizeof(mapped)) == 0;

	if (key.len == IP_BYTES &&
		inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? b + IP4_OFFSET : b, text, sizeof(text)))
		ward_json_z(j, text);
}

static void put_mac(struct ward_json *j, struct ward_str key)
{
	char text[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (key.len != 6)
		return;
	for (size_t i = 0; i < key.len; i++) {
		ward_wr_z(&w, i ? ":" : "");
		ward_wr_hex(&w, ward_slice_of(key.p + i, 1));
	}
	ward_json_str(j, ward_wr_text(&w));
}

static void put_addresses(struct api_request *r, uint32_t node)
{
	const struct ward_model *m = r->a->o.model;
	struct ward_str host = ward_model_key(m, node, WARD_KEY_HOST);

	ward_json_key(&r->j, "addresses");
	ward_json_arr(&r->j);
	put_ip(&r->j, ward_model_key(m, node, WARD_KEY_IP));
	put_mac(&r->j, ward_model_key(m, node, WARD_KEY_MAC));
	if (host.len)
		ward_json_str(&r->j, host);
	ward_json_arr_end(&r->j);
}

/* ---- things ---- */

static void put_where(struct api_request *r, uint32_t node)
{
	char text[TEXT_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	api_put_where(&w, r->a->o.model, node);
	ward_json_put_str(&r->j, "where", ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
}

/* What it is and where; the object stays open. */
static void begin_thing(struct api_request *r, uint32_t node)
{
	const struct ward_model *m = r->a->o.model;
	const struct ward_node *n = ward_model_node(m, node);

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", n->id);
	ward_json_put_str(&r->j, "name", n->name);
	ward_json_put_str(&r->j, "kind", ward_str_z(ward_node_kind_name(n->kind)));
	ward_json_put_str(
		&r->j, "class", ward_ontology_class(ward_model_ontology(m), n->class)->id);
	put_up(r, "room", up(m, node, WARD_NODE_ROOM));
	put_up(r, "floor", up(m, node, WARD_NODE_FLOOR));
	put_where(r, node);
	put_addresses(r, node);
}

/* Things without a known place are shown to everybody: nobody answers for where they are. */
static bool sees(const struct api_request *r, uint32_t node)
{
	return api_place(r->a->o.model, node) == WARD_NONE || api_scope_has(&r->scope, node);
}

static bool is_in(const struct api_request *r, enum api_param p, uint32_t node)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t is = up(m, node, p == API_ROOM ? WARD_NODE_ROOM : WARD_NODE_FLOOR);

	return !r->param[p].p ||
	       (is != WARD_NONE && ward_str_eq(ward_model_node(m, is)->id, r->param[p]));
}

static bool named(const struct ward_node *n, struct ward_str q)
{
	return !q.p || api_has(n->id, q) || api_has(n->name, q) || api_has(n->vendor, q) ||
	       api_has(n->product, q);
}

static bool wanted(const struct api_request *r, uint32_t node, uint32_t class)
{
	const struct ward_node *n = ward_model_node(r->a->o.model, node);

	return is_thing(n) && (class == WARD_NONE || ward_model_is(r->a->o.model, node, class)) &&
	       named(n, r->param[API_Q]) && is_in(r, API_ROOM, node) && is_in(r, API_FLOOR, node) &&
	       sees(r, node);
}

/* Does a parameter name what is not there? */
static bool refused(struct api_request *r, uint32_t *ret_class, uint32_t *ret_after)
{
	const struct ward_model *m = r->a->o.model;

	*ret_class = *ret_after = WARD_NONE;
	if (r->param[API_CLASS].p) {
		*ret_class = ward_ontology_find(ward_model_ontology(m), r->param[API_CLASS]);
		if (*ret_class == WARD_NONE)
			API_REFUSE(r, 400,
				WARD_TEXT("there is no class '{id}': see content/ontology.yml"),
				{"id", r->param[API_CLASS]});
	}
	if (r->param[API_AFTER].p) {
		*ret_after = ward_model_find(m, r->param[API_AFTER]);
		if (*ret_after == WARD_NONE)
			api_refuse(r, 400,
				WARD_TEXT("'after' is none that was given here: begin without it"));
	}
	for (enum api_param p = API_ROOM; p <= API_FLOOR; p++)
		if (r->param[p].p && ward_model_find(m, r->param[p]) == WARD_NONE)
			API_REFUSE(r, 400, WARD_TEXT("the hospital has no '{id}'"),
				{"id", r->param[p]});
	return r->ret->status != 200;
}

/* ---- by risk ---- */

static void put_risk(struct api_request *r, const struct ward_conf *risk)
{
	ward_json_key(&r->j, "risk");
	ward_json_arr(&r->j);
	for (const struct ward_conf *v = risk ? risk->child : NULL; v; v = v->next)
		ward_json_raw(&r->j, v->text);
	ward_json_arr_end(&r->j);
}

/* What `reckon` found, with what else is known of each; `skip` were given before. */
static void put_by_risk(struct api_request *r, const struct ward_conf *found, uint64_t skip)
{
	const struct ward_conf *items = api_board_list(found, "items");
	uint64_t total = 0;
	char next[24];
	struct ward_wr w = ward_wr_fixed(next, sizeof(next));

	(void)ward_str_u64(api_word(found, "total"), &total);
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (const struct ward_conf *v = items; v; v = v->next, skip++) {
		uint32_t node = ward_model_find(r->a->o.model, api_word(v, "id"));

		if (node == WARD_NONE)
			continue;
		begin_thing(r, node);
		put_risk(r, ward_conf_get(v, "risk"));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_wr_u64(&w, skip);
	if (items && skip < total)
		ward_json_put_str(&r->j, "next", ward_wr_text(&w));
	else
		ward_json_put_null(&r->j, "next");
	ward_json_put_u64(&r->j, "total", total);
	ward_json_obj_end(&r->j);
}

static struct ward_str given(const struct api_request *r, enum api_param p)
{
	return r->param[p].p ? r->param[p] : WARD_STR("");
}

/* False: a parameter was refused. */
static bool risks_asked(struct api_request *r, struct ward_reckon_ask *ret)
{
	struct ward_str after = r->param[API_AFTER], least = r->param[API_LEAST];

	*ret = (struct ward_reckon_ask){.what = WARD_RECKON_RISKS,
		.limit = r->limit,
		.search = given(r, API_Q),
		.class = given(r, API_CLASS),
		.place = given(r, r->param[API_ROOM].p ? API_ROOM : API_FLOOR)};
	if (!r->scope.everywhere)
		api_refuse(r, 403,
			WARD_TEXT("this goes through the whole hospital, and your account sees "
				  "some places "
				  "of it"));
	else if (least.p && (!ward_str_u64(least, &ret->least) || ret->least > 100))
		API_REFUSE(r, 400, WARD_TEXT("'{name}' is a number from {from} to {to}"),
			{"name", WARD_STR("least")}, {"from", WARD_STR("0")},
			{"to", WARD_STR("100")});
	else if (after.p && (!ward_str_u64(after, &ret->skip) || ret->skip > UINT32_MAX))
		api_refuse(
			r, 400, WARD_TEXT("'after' is none that was given here: begin without it"));
	else if (r->param[API_ROOM].p && r->param[API_FLOOR].p)
		api_refuse(r, 400, WARD_TEXT("give a room or a floor, not both"));
	else
		return true;
	return false;
}

/* The highest first; `after` is how many were given. */
static void by_risk(struct api_request *r)
{
	struct ward_reckon_ask ask;
	const struct ward_conf *c = NULL;
	struct ward_diag diag;
	struct ward_str text;

	if (!risks_asked(r, &ask))
		return;
	enum ward_err err = api_reckon_ask(r, &ask, &text);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err) {
		api_reckon_refuse(r, err, text);
		return;
	}
	ward_diag_init(&diag, r->a->o.mem);
	err = ward_conf_json(
		&r->a->scratch, r->a->o.lim, WARD_STR("risks"), 1, ward_str_bytes(text), &diag, &c);
	ward_diag_fini(&diag);
	if (err || c->kind != WARD_CONF_MAP)
		api_refuse(r, 503, WARD_TEXT("there is not enough memory: try again"));
	else
		put_by_risk(r, c, ask.skip);
}

/* In the order of the hospital's files; `after` is the id of the last one that was given. */
void api_assets(struct api_request *r)
{
	const struct ward_model *m = r->a->o.model;
	uint64_t given = 0, total = 0;
	uint32_t class, after, last = WARD_NONE;
	bool more = false;

	if (r->param[API_SORT].p) {
		by_risk(r);
		return;
	}
	if (r->param[API_LEAST].p)
		api_refuse(r, 400, WARD_TEXT("'least' is of lists by risk: add sort=risk"));
	if (refused(r, &class, &after))
		return;
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		if (!wanted(r, i, class))
			continue;
		total++;
		if (after != WARD_NONE && i <= after)
			continue;
		if (given == r->limit) {
			more = true;
			continue;
		}
		begin_thing(r, i);
		ward_json_obj_end(&r->j);
		given++;
		last = i;
	}
	ward_json_arr_end(&r->j);
	put_up(r, "next", more ? last : WARD_NONE);
	ward_json_put_u64(&r->j, "total", total);
	ward_json_obj_end(&r->j);
}

/* ---- one thing ---- */

static void put_relation(struct api_request *r, uint32_t node, const char *relation)
{
	const struct ward_node *n = ward_model_node(r->a->o.model, node);

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", n->id);
	ward_json_put_str(&r->j, "name", n->name);
	ward_json_put_str(&r->j, "relation", ward_str_z(relation));
	ward_json_obj_end(&r->j);
}

static bool carries(enum ward_rel_type t)
{
	return t == WARD_REL_HOSTS || t == WARD_REL_CONTROLS || t == WARD_REL_POWERS ||
	       t == WARD_REL_COOLS || t == WARD_REL_SUPPLIES || t == WARD_REL_CONNECTS;
}

/* What it needs, or what needs it. */
static void put_relations(
	struct api_request *r, const char *key, const struct ward_rel *rel, size_t n)
{
	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		if (carries(rel[i].type) && rel[i].node < ward_model_n(r->a->o.model) &&
			sees(r, rel[i].node))
			put_relation(r, rel[i].node, ward_rel_name(rel[i].type));
	ward_json_arr_end(&r->j);
}

static void put_services(struct api_request *r, const struct ward_rel *in, size_t n)
{
	uint32_t last = WARD_NONE;

	ward_json_key(&r->j, "services");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++) {
		uint32_t whole = in[i].type == WARD_REL_REQUIRES
					 ? ward_model_whole(r->a->o.model, in[i].node)
					 : WARD_NONE;

		if (whole == WARD_NONE || whole == last || !sees(r, whole))
			continue;
		api_node(&r->j, r->a->o.model, whole);
		last = whole;
	}
	ward_json_arr_end(&r->j);
}

/* Doors of its room; cameras that look at it, or there. */
static void put_around(struct api_request *r, const char *key, uint32_t node, bool doors)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t room = up(m, node, WARD_NODE_ROOM),
		 camera = ward_ontology_find(
			 ward_model_ontology(m), WARD_STR("device.building.camera"));
	const uint32_t of[] = {room, node == room ? WARD_NONE : node};

	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (size_t k = 0; k < WARD_ARRAY_LEN(of); k++) {
		size_t n_in = 0, n_out = 0;
		const struct ward_rel *in =
			of[k] == WARD_NONE ? NULL : ward_model_in(m, of[k], &n_in);
		const struct ward_rel *out =
			of[k] == WARD_NONE ? NULL : ward_model_out(m, of[k], &n_out);

		for (size_t i = 0; i < n_in + (doors ? n_out : 0); i++) {
			const struct ward_rel *rel = i < n_in ? &in[i] : &out[i - n_in];

			if (!sees(r, rel->node))
				continue;
			if (doors ? rel->type == WARD_REL_LEADS_TO &&
						ward_model_node(m, rel->node)->kind ==
							WARD_NODE_DOOR &&
						i >= n_in
				  : rel->type == WARD_REL_MONITORS && camera != WARD_NONE &&
						ward_model_is(m, rel->node, camera))
				api_node(&r->j, m, rel->node);
		}
	}
	ward_json_arr_end(&r->j);
}

/* Open ones with a sign there. */
static void put_incidents(struct api_request *r, uint32_t node)
{
	size_t n = 0;

	ward_json_key(&r->j, "incidents");
	ward_json_arr(&r->j);
	for (size_t i = r->a->n_incident;
		api_may(r, WARD_RIGHT_SEE_INCIDENTS) && n < INCIDENTS_MAX && i-- > 0;) {
		struct api_incident *in = r->a->incident[i];
		size_t k = 0;

		while (k < in->n_node && in->node[k] != node)
			k++;
		if (k == in->n_node || in->phase != WARD_PHASE_OPEN ||
			!api_scope_sees(&r->scope, in))
			continue;
		n++;
		if (api_line(r->a, in, r->at) == WARD_OK)
			ward_json_raw(&r->j, in->line[r->at]);
		else
			r->w->bad = true;
	}
	ward_json_arr_end(&r->j);
}

void api_asset(struct api_request *r)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t node = ward_model_find(m, r->arg);
	size_t n_in, n_out;

	if (node == WARD_NONE || !is_thing(ward_model_node(m, node)) || !sees(r, node)) {
		api_refuse(r, 404, WARD_TEXT("the hospital's directory has no such thing"));
		return;
	}
	const struct ward_rel *in = ward_model_in(m, node, &n_in),
			      *out = ward_model_out(m, node, &n_out);
	const struct ward_node *n = ward_model_node(m, node);

	begin_thing(r, node);
	ward_json_put_str(&r->j, "class_name",
		ward_lang_text(
			r->lang, ward_ontology_class(ward_model_ontology(m), n->class)->name));
	ward_json_put_str(&r->j, "vendor", n->vendor);
	ward_json_put_str(&r->j, "product", n->product);
	ward_json_put_u64(&r->j, "criticality", n->criticality);
	put_up(r, "network", n->network);
	put_relations(r, "depends_on", in, n_in);
	put_relations(r, "supports", out, n_out);
	put_services(r, in, n_in);
	put_around(r, "doors", node, true);
	put_around(r, "cameras", node, false);
	put_incidents(r, node);
	ward_json_obj_end(&r->j);
}

uint32_t api_thing(struct api_request *r)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t node = ward_model_find(m, r->arg);

	if (node != WARD_NONE && is_thing(ward_model_node(m, node)) && sees(r, node))
		return node;
	api_refuse(r, 404, WARD_TEXT("the hospital's directory has no such thing"));
	return WARD_NONE;
}

static void reckon_thing(struct api_request *r, struct ward_reckon_ask *ask)
{
	ask->subject = r->arg;
	if (api_thing(r) != WARD_NONE)
		api_reckon(r, ask);
}

void api_risk(struct api_request *r)
{
	reckon_thing(r, &(struct ward_reckon_ask){.what = WARD_RECKON_RISK});
}

void api_normal(struct api_request *r)
{
	reckon_thing(
		r, &(struct ward_reckon_ask){.what = WARD_RECKON_NORMAL, .minute = api_minute(r)});
}

void api_seen(struct api_request *r)
{
	reckon_thing(
		r, &(struct ward_reckon_ask){.what = WARD_RECKON_HOST, .minute = api_minute(r)});
}

/* ---- search ---- */

/* The right that lets see what a node is; N: nobody looks for it. */
static enum ward_right right_of(enum ward_node_kind k)
{
	switch (k) {
	case WARD_NODE_ASSET:
	case WARD_NODE_DOOR:
	case WARD_NODE_NETWORK:
		return WARD_RIGHT_SEE_ASSETS;
	case WARD_NODE_SERVICE:
		return WARD_RIGHT_SEE_CARE;
	case WARD_NODE_SITE:
	case WARD_NODE_BUILDING:
	case WARD_NODE_FLOOR:
	case WARD_NODE_ZONE:
	case WARD_NODE_ROOM:
	case WARD_NODE_ROLE:
		return WARD_RIGHT_SEE_PLANS;
	case WARD_NODE_N:
		break;
	}
	return WARD_RIGHT_N;
}

static void put_found(struct api_request *r, struct ward_str kind, struct ward_str id,
	struct ward_str name, struct ward_str where)
{
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "kind", kind);
	ward_json_put_str(&r->j, "id", id);
	ward_json_put_str(&r->j, "name", name);
	ward_json_put_str(&r->j, "where", where);
	ward_json_obj_end(&r->j);
}

static size_t find_incidents(struct api_request *r, struct ward_str q)
{
	size_t n = 0;

	for (size_t i = r->a->n_incident;
		api_may(r, WARD_RIGHT_SEE_INCIDENTS) && n < FOUND_MAX / 2 && i-- > 0;) {
		struct api_incident *in = r->a->incident[i];
		char id[WARD_ID_TEXT];

		if (!api_scope_sees(&r->scope, in) || !api_line_has(r->a, in, r->at, q))
			continue;
		ward_id_text(in->id, id);
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "kind", WARD_STR("incident"));
		ward_json_put_str(&r->j, "id", ward_str_z(id));
		api_line_name(r->a, in, r->at, &r->j);
		ward_json_obj_end(&r->j);
		n++;
	}
	return n;
}

/* Those that are called so come before those that have it in their name. */
static size_t find_nodes(struct api_request *r, struct ward_str q, bool exact, size_t n)
{
	const struct ward_model *m = r->a->o.model;

	for (uint32_t i = 0; i < ward_model_n(m) && n < FOUND_MAX; i++) {
		const struct ward_node *is = ward_model_node(m, i);
		bool called = ward_str_ieq(is->id, q) || ward_str_ieq(is->name, q);
		enum ward_right right = right_of(is->kind);
		char text[TEXT_BYTES];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		if (called != exact || (!called && !named(is, q)) || right == WARD_RIGHT_N ||
			!api_may(r, right) || !sees(r, i))
			continue;
		api_put_where(&w, m, i);
		put_found(r, ward_str_z(ward_node_kind_name(is->kind)), is->id, is->name,
			ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
		n++;
	}
	return n;
}

void api_search(struct api_request *r)
{
	struct ward_str q = r->param[API_Q].p ? ward_str_trim(r->param[API_Q]) : WARD_STR("");
	size_t n;

	if (!q.len) {
		api_refuse(r, 400, WARD_TEXT("what is looked for? Give q"));
		return;
	}
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	n = find_incidents(r, q);
	n = find_nodes(r, q, true, n);
	(void)find_nodes(r, q, false, n);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}
