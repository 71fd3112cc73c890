#include "enrich/priv.h"

#include "model/origin.h"

struct side {
	uint32_t ip_field, mac_field;
	struct ward_str ip, mac;
	uint32_t asset; /* of the addresses, or WARD_NONE */
	bool stated;    /* known says something */
	bool known;
};

struct run {
	struct ward_enrich *en;
	const struct ward_model *m;
	struct ward_event *e;
	struct ward_str class;
	struct side src, dst;
	uint32_t iface_network;
	uint32_t asset, peer, door, room;
	bool placed; /* the room is that of its point */
	enum ward_err err;
};

struct ward_str ward_enrich_actor_as_is(
	void *ctx, struct ward_arena *a, uint32_t field, struct ward_str who)
{
	(void)ctx;
	(void)a;
	(void)field;
	return who;
}

static void set(struct run *r, uint32_t field, struct ward_value v)
{
	if (!r->err)
		r->err = ward_event_set(r->e, field, v);
}

static void set_node(struct run *r, uint32_t field, uint32_t node)
{
	if (node != WARD_NONE)
		set(r, field, ward_value_str(ward_model_node(r->m, node)->id));
}

static void set_class(struct run *r, uint32_t field, uint32_t node)
{
	if (node != WARD_NONE)
		set(r, field,
			ward_value_str(ward_ontology_class(
				ward_model_ontology(r->m), ward_model_node(r->m, node)->class)
					       ->id));
}

static void remove_placed(struct run *r)
{
	struct ward_event *e = r->e;
	size_t n = 0;

	for (size_t i = 0; i < e->n_field; i++) {
		uint32_t name = e->field[i].name;
		bool placed =
			name != WARD_FIELD_WARD_OVERFLOW &&
			ward_str_starts(ward_name_text(r->en->names, name), WARD_STR("ward."));

		if (placed)
			r->en->count.n_removed++;
		else
			e->field[n++] = e->field[i];
	}
	e->n_field = n;
}

/* Numbers name things too: `"door": 12`. */
static struct ward_str key_text(const struct ward_event *e, uint32_t field, char buf[24])
{
	const struct ward_value *v = ward_event_get(e, field);

	if (!v || v->kind != WARD_VALUE_INT)
		return ward_event_str(e, field);
	struct ward_wr w = ward_wr_fixed(buf, 24);

	ward_wr_i64(&w, v->i);
	return ward_wr_text(&w);
}

static uint32_t by_key(const struct run *r, uint32_t field, enum ward_key_kind kind)
{
	char buf[24];
	struct ward_str key = key_text(r->e, field, buf);

	return key.len ? ward_model_by_key(r->m, kind, key) : WARD_NONE;
}

static bool on(const struct ward_model *m, uint32_t asset, uint32_t network)
{
	size_t n;
	const struct ward_rel *rel = ward_model_in(m, asset, &n);

	for (size_t i = 0; i < n; i++)
		if (rel[i].type == WARD_REL_CONNECTS && rel[i].node == network)
			return true;
	return false;
}

/* RFC 1918: never from the internet. */
static bool is_private(struct ward_str ip)
{
	if (ward_str_starts(ip, WARD_STR("10.")) || ward_str_starts(ip, WARD_STR("192.168.")))
		return true;
	if (!ward_str_starts(ip, WARD_STR("172.")))
		return false;
	struct ward_str rest = ward_str_sub(ip, 4, ip.len);
	uint64_t second;

	return ward_str_u64(ward_str_cut(&rest, '.'), &second) && second >= 16 && second <= 31;
}

/* IEEE 802 8.2: the lowest bit of the first octet marks a group. */
static bool is_group_mac(struct ward_str mac)
{
	return mac.len >= 2 && strchr("13579bdfBDF", mac.p[1]) != NULL;
}

static void find_side(struct run *r, struct side *s)
{
	const struct ward_model *m = r->m;

	s->asset = WARD_NONE;
	s->ip = ward_event_str(r->e, s->ip_field);
	s->mac = ward_event_str(r->e, s->mac_field);
	if (s->ip.len && ward_model_is_group_address(m, s->ip))
		s->ip.len = 0; /* 0.0.0.0 while asking for an address, or a broadcast */
	if (s->mac.len && is_group_mac(s->mac))
		s->mac.len = 0;
	/* A group's IP address with a single host's MAC address is still no host. */
	if (!s->ip.len && ward_event_get(r->e, s->ip_field) && s->ip_field == WARD_FIELD_DST_IP)
		return;
	uint32_t network = s->ip.len ? ward_model_network_of(m, s->ip) : WARD_NONE;
	bool link = s->ip.len && ward_model_is_link_local(s->ip);
	uint32_t by_mac = s->mac.len ? ward_model_by_key(m, WARD_KEY_MAC, s->mac) : WARD_NONE;

	if (s->ip.len)
		s->asset = ward_model_by_key(m, WARD_KEY_IP, s->ip);
	if (s->asset == WARD_NONE && by_mac != WARD_NONE &&
		(!s->ip.len || link || (network != WARD_NONE && on(m, by_mac, network))))
		s->asset = by_mac;
	bool here = s->mac.len && r->iface_network != WARD_NONE &&
		    (!s->ip.len || link || (is_private(s->ip) && by_mac == WARD_NONE));

	s->known = s->asset != WARD_NONE;
	s->stated = s->known || network != WARD_NONE || here;
}

static uint32_t first_of(const struct run *r, const uint32_t (*order)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t node = by_key(r, order[i][0], (enum ward_key_kind)order[i][1]);

		if (node != WARD_NONE)
			return node;
	}
	return WARD_NONE;
}

static uint32_t by_host(const struct run *r)
{
	char buf[24];
	struct ward_str name = key_text(r->e, WARD_FIELD_HOST, buf);

	return name.len ? ward_model_by_host(r->m, name) : WARD_NONE;
}

/* A point of points.csv is of a thing, or of a room. */
static void find_point(struct run *r)
{
	struct ward_str id = ward_event_str(r->e, WARD_FIELD_POINT);
	struct ward_str source = ward_name_text(r->en->names, r->e->source);
	uint32_t at =
		r->en->points && id.len ? ward_points_by_id(r->en->points, source, id) : WARD_NONE;
	uint32_t node = at == WARD_NONE ? WARD_NONE : ward_points_at(r->en->points, at)->node;

	if (node == WARD_NONE)
		return;
	if (ward_model_node(r->m, node)->kind == WARD_NODE_ROOM) {
		r->room = node;
		r->placed = true;
	} else {
		r->asset = node;
	}
}

/* What people tell is of the place or thing that they name, a call for help of the place that it
 * comes from. False: the field names none. */
static bool find_named(struct run *r, const char *field)
{
	uint32_t name = ward_intern_find(&r->en->names->t, ward_str_z(field));
	struct ward_str id = name == WARD_NONE ? WARD_STR("") : ward_event_str(r->e, name);
	uint32_t node = id.len ? ward_model_find(r->m, id) : WARD_NONE;

	if (node == WARD_NONE)
		return false;
	if (ward_model_node(r->m, node)->kind == WARD_NODE_ROOM) {
		r->room = node;
		r->placed = true;
		return true;
	}
	if (ward_model_node(r->m, node)->kind < WARD_NODE_DOOR)
		return false;
	r->asset = node;
	return true;
}

/* Of the classes of calls, and of who is silent that might call. */
static bool is_called(const struct run *r)
{
	return ward_str_starts(r->class, WARD_STR("call.")) ||
	       ward_str_eqz(r->class, "field.silent") || ward_str_eqz(r->class, "field.online");
}

static void find_assets(struct run *r)
{
	static const uint32_t at_door[][2] = {{WARD_FIELD_DOOR, WARD_KEY_DOOR},
		{WARD_FIELD_READER, WARD_KEY_READER}, {WARD_FIELD_CAMERA, WARD_KEY_CAMERA},
		{WARD_FIELD_SENSOR, WARD_KEY_SENSOR}};
	static const uint32_t elsewhere[][2] = {{WARD_FIELD_CAMERA, WARD_KEY_CAMERA},
		{WARD_FIELD_SENSOR, WARD_KEY_SENSOR}, {WARD_FIELD_READER, WARD_KEY_READER},
		{WARD_FIELD_DOOR, WARD_KEY_DOOR}};
	bool door = ward_str_starts(r->class, WARD_STR("door."));
	bool net = ward_str_starts(r->class, WARD_STR("net."));

	_Static_assert(sizeof(at_door) == sizeof(elsewhere), "one length for both");
	r->asset = first_of(r, door ? at_door : elsewhere, WARD_ARRAY_LEN(at_door));
	if (r->asset == WARD_NONE)
		find_point(r);
	if (ward_str_starts(r->class, WARD_STR("report.")))
		(void)find_named(r, "decision.subject");
	if (is_called(r) && !find_named(r, "call.place"))
		(void)find_named(r, "call.room");
	if (r->asset == WARD_NONE && net && r->src.stated) {
		r->asset = r->src.asset; /* an unknown sender is nobody else */
	} else if (r->asset == WARD_NONE) {
		uint32_t host = by_host(r);
		uint32_t bacnet = by_key(r, WARD_FIELD_BACNET_DEVICE, WARD_KEY_BACNET);

		r->asset = net ? bacnet : host;
		if (r->asset == WARD_NONE)
			r->asset = net ? host : bacnet;
		if (r->asset == WARD_NONE)
			r->asset = r->src.asset;
	}
	r->peer = r->dst.asset;
	if (r->peer == WARD_NONE && !r->dst.stated && r->src.asset != r->asset)
		r->peer = r->src.asset;
}

/* The only door at the other end of `type`, or WARD_NONE. */
static uint32_t only_door(const struct ward_model *m, uint32_t asset, enum ward_rel_type type)
{
	uint32_t door = WARD_NONE;
	size_t n;
	const struct ward_rel *rel = ward_model_out(m, asset, &n);

	for (size_t i = 0; i < n; i++) {
		if (rel[i].type != type || ward_model_node(m, rel[i].node)->kind != WARD_NODE_DOOR)
			continue;
		if (door != WARD_NONE)
			return WARD_NONE;
		door = rel[i].node;
	}
	return door;
}

static uint32_t door_of(const struct ward_model *m, uint32_t node)
{
	if (node == WARD_NONE || ward_model_node(m, node)->kind == WARD_NODE_DOOR)
		return node;
	uint32_t door = only_door(m, node, WARD_REL_MONITORS);

	return door != WARD_NONE ? door : only_door(m, node, WARD_REL_CONTROLS);
}

static void find_door(struct run *r)
{
	r->door = door_of(r->m, by_key(r, WARD_FIELD_DOOR, WARD_KEY_DOOR));
	if (r->door == WARD_NONE)
		r->door = door_of(r->m, by_key(r, WARD_FIELD_READER, WARD_KEY_READER));
	if (r->door == WARD_NONE)
		r->door = door_of(r->m, r->asset);
}

static void find_room(struct run *r)
{
	const struct ward_model *m = r->m;
	const struct ward_rel *rel;
	size_t n = 0;

	/* Where the controller stands says nothing of the room that it measures. */
	if (r->asset != WARD_NONE && !r->placed)
		r->room = ward_model_up(m, r->asset, WARD_NODE_ROOM);
	if (r->asset != WARD_NONE && r->room == WARD_NONE) {
		rel = ward_model_out(m, r->asset, &n);
		for (size_t i = 0; i < n && r->room == WARD_NONE; i++)
			if (rel[i].type == WARD_REL_MONITORS)
				r->room = ward_model_up(m, rel[i].node, WARD_NODE_ROOM);
	}
	if (r->room == WARD_NONE && r->door != WARD_NONE)
		r->room = ward_model_up(m, r->door, WARD_NODE_ROOM);
	if (r->room == WARD_NONE)
		return;
	set_node(r, WARD_FIELD_WARD_ROOM, r->room);
	set_node(r, WARD_FIELD_WARD_ZONE, ward_model_node(m, r->room)->zone);
	set_node(r, WARD_FIELD_WARD_FLOOR, ward_model_up(m, r->room, WARD_NODE_FLOOR));
	set_node(r, WARD_FIELD_WARD_BUILDING, ward_model_up(m, r->room, WARD_NODE_BUILDING));
}

struct services {
	struct ward_str id[WARD_ENRICH_SERVICES_MAX];
	uint32_t n;
	bool cut;
};

/* Sorted, each once; the first by id stay when there is no room. */
static void service_add(struct services *s, struct ward_str id)
{
	uint32_t i = s->n;

	while (i > 0 && ward_str_cmp(s->id[i - 1], id) > 0)
		i--;
	if (i > 0 && ward_str_eq(s->id[i - 1], id))
		return;
	s->cut |= s->n == WARD_ENRICH_SERVICES_MAX;
	if (i == WARD_ENRICH_SERVICES_MAX)
		return;
	if (s->n == WARD_ENRICH_SERVICES_MAX)
		s->n--;
	memmove(&s->id[i + 1], &s->id[i], (s->n - i) * sizeof(s->id[0]));
	s->id[i] = id;
	s->n++;
}

static void services_of(const struct ward_model *m, uint32_t node, struct services *s)
{
	size_t n;
	const struct ward_rel *rel;

	if (node == WARD_NONE)
		return;
	rel = ward_model_in(m, node, &n);
	for (size_t i = 0; i < n; i++)
		if (rel[i].type == WARD_REL_REQUIRES)
			service_add(s, ward_model_node(m, rel[i].node)->id);
	rel = ward_model_out(m, node, &n);
	for (size_t i = 0; i < n; i++)
		if (rel[i].type == WARD_REL_HOSTS &&
			ward_model_node(m, rel[i].node)->kind == WARD_NODE_SERVICE)
			service_add(s, ward_model_node(m, rel[i].node)->id);
}

static void set_services(struct run *r)
{
	struct services s = {.n = 0};

	services_of(r->m, r->asset, &s);
	services_of(r->m, r->room, &s);
	r->en->count.n_cut += s.cut;
	if (!s.n || r->err)
		return;
	struct ward_value *item = ward_arena_array(r->e->arena, s.n, sizeof(*item));

	if (!item) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	for (uint32_t i = 0; i < s.n; i++)
		item[i] = ward_value_str(s.id[i]);
	set(r, WARD_FIELD_WARD_SERVICE,
		(struct ward_value){.kind = WARD_VALUE_LIST, .n = s.n, .item = item});
}

static void set_network(struct run *r)
{
	uint32_t network = r->iface_network;

	if (network == WARD_NONE && r->src.ip.len)
		network = ward_model_network_of(r->m, r->src.ip);
	if (network == WARD_NONE && r->dst.ip.len)
		network = ward_model_network_of(r->m, r->dst.ip);
	if (network == WARD_NONE && r->asset != WARD_NONE)
		network = ward_model_node(r->m, r->asset)->network;
	set_node(r, WARD_FIELD_WARD_NETWORK, network);
}

static void set_origin(struct run *r)
{
	struct ward_str ip = ward_event_str(r->e, WARD_FIELD_SRC_IP);
	const struct ward_origin *o = ip.len ? ward_model_origin_of(r->m, ip) : NULL;

	if (o)
		set(r, WARD_FIELD_WARD_ORIGIN, ward_value_str(o->id));
}

static void set_actor(struct run *r)
{
	static const uint32_t field[] = {WARD_FIELD_BADGE, WARD_FIELD_USER, WARD_FIELD_USER_NAME,
		WARD_FIELD_TARGET_USER_NAME, WARD_FIELD_SUBJECT_USER_NAME};

	for (size_t i = 0; r->en->actor && !r->err && i < WARD_ARRAY_LEN(field); i++) {
		char buf[24];
		struct ward_str who = key_text(r->e, field[i], buf);

		if (!who.len)
			continue;
		if (who.p == buf)
			who = ward_arena_str(r->e->arena, who);
		if (who.p)
			who = r->en->actor(r->en->actor_ctx, r->e->arena, field[i], who);
		if (!who.p)
			r->err = WARD_ERR_NOMEM;
		else if (who.len)
			set(r, WARD_FIELD_WARD_ACTOR, ward_value_str(who));
		return;
	}
}

enum ward_err ward_enrich_event(struct ward_enrich *en, struct ward_event *e)
{
	struct run r = {.en = en,
		.m = en->model,
		.e = e,
		.class = ward_name_text(en->names, e->class),
		.src = {.ip_field = WARD_FIELD_SRC_IP, .mac_field = WARD_FIELD_SRC_MAC},
		.dst = {.ip_field = WARD_FIELD_DST_IP, .mac_field = WARD_FIELD_DST_MAC},
		.room = WARD_NONE};

	en->count.n_event++;
	if (!en->ours)
		remove_placed(&r);
	r.iface_network = by_key(&r, WARD_FIELD_IFACE, WARD_KEY_IFACE);
	find_side(&r, &r.src);
	find_side(&r, &r.dst);
	find_assets(&r);
	find_door(&r);
	set_node(&r, WARD_FIELD_WARD_ASSET, r.asset);
	set_class(&r, WARD_FIELD_WARD_CLASS, r.asset);
	set_node(&r, WARD_FIELD_WARD_PEER_ASSET, r.peer);
	set_class(&r, WARD_FIELD_WARD_PEER_CLASS, r.peer);
	if (r.src.stated)
		set(&r, WARD_FIELD_WARD_KNOWN, ward_value_bool(r.src.known));
	if (r.dst.stated)
		set(&r, WARD_FIELD_WARD_PEER_KNOWN, ward_value_bool(r.dst.known));
	en->count.n_unknown += (r.src.stated && !r.src.known) || (r.dst.stated && !r.dst.known);
	set_network(&r);
	set_origin(&r);
	set_node(&r, WARD_FIELD_WARD_DOOR, r.door);
	find_room(&r);
	set_services(&r);
	set_actor(&r);
	return r.err ? r.err : ward_enrich_judge_time(en, e);
}
