/* Answers of NetBox's REST API (3.x and 4.x), one endpoint's page or several in one object by the
 * endpoint's name: sites, locations, devices, interfaces, ip-addresses, vlans, prefixes, cables.
 * A site is a site, its locations are building, floor and room by how deep they are nested. */
#include "model/import/words.h"

enum { REF_BYTES = 64, DEPTH = 3 };

struct netbox {
	const struct ward_import_in *in;
	struct ward_candidates *c;
	struct ward_str file;
	const struct ward_conf *words;
	struct ward_arena arena;
	struct ward_intern parents, devices, vlans; /* "location/5", "interface/7" … */
	struct ward_str *parent_of, *device_of, *vlan_of;
	size_t cap_parent, cap_device, cap_vlan;
	enum ward_err err;
};

static struct ward_str ref_of(const char *type, struct ward_str id, char buf[REF_BYTES])
{
	struct ward_wr w = ward_wr_fixed(buf, REF_BYTES);

	if (!id.len)
		return (struct ward_str){"", 0};
	ward_wr_z(&w, type);
	ward_wr_ch(&w, '/');
	ward_wr_str(&w, id);
	return ward_wr_bad(&w) ? (struct ward_str){"", 0} : ward_wr_text(&w);
}

/* "site": {"id": 3, …} or "site": 3 */
static struct ward_str id_in(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_MAP ? ward_import_text(v, "id") : ward_import_text(c, key);
}

static void remember(struct netbox *n, struct ward_intern *t, struct ward_str **of, size_t *cap,
	struct ward_str key, struct ward_str value)
{
	size_t before = t->n;
	uint32_t i = 0;

	if (n->err || !key.len || !value.len)
		return;
	n->err = ward_mem_more(n->in->mem, of, before, cap, sizeof(**of), WARD_CANDIDATES_MAX);
	if (!n->err)
		n->err = ward_intern_put(t, key, &i);
	if (n->err || i < before)
		return;
	(*of)[i] = ward_arena_str(&n->arena, value);
	if (!(*of)[i].p)
		n->err = WARD_ERR_NOMEM;
}

static struct ward_str recall(
	const struct ward_intern *t, const struct ward_str *of, struct ward_str key)
{
	uint32_t i = ward_intern_find(t, key);

	return i == WARD_NONE ? (struct ward_str){"", 0} : of[i];
}

static void read_site(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	uint32_t i = ward_candidate_add(n->c, WARD_NODE_SITE, ref, n->file, o->line);

	ward_candidate_id(n->c, i, ward_import_text(o, "slug"));
	ward_candidate_set(n->c, i, WARD_CELL_NAME, ward_import_text(o, "name"));
}

/* First pass: who is in whom. */
static void read_parent(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	char buf[REF_BYTES];

	remember(n, &n->parents, &n->parent_of, &n->cap_parent, ref,
		ref_of("location", id_in(o, "parent"), buf));
}

static unsigned depth_of(const struct netbox *n, struct ward_str ref)
{
	unsigned d = 0;

	for (; d <= DEPTH; d++) {
		ref = recall(&n->parents, n->parent_of, ref);
		if (!ref.len)
			break;
	}
	return d;
}

static void read_location(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	static const enum ward_node_kind kind[DEPTH] = {
		WARD_NODE_BUILDING, WARD_NODE_FLOOR, WARD_NODE_ROOM};
	static const enum ward_cell up[DEPTH] = {
		WARD_CELL_SITE, WARD_CELL_BUILDING, WARD_CELL_FLOOR};
	struct ward_str name = ward_import_text(o, "name"), class;
	unsigned depth = depth_of(n, ref);
	char buf[REF_BYTES];

	if (depth >= DEPTH) {
		ward_candidate_pass(n->c, WARD_STR("location within a room"));
		return;
	}
	uint32_t i = ward_candidate_add(n->c, kind[depth], ref, n->file, o->line);

	ward_candidate_id(n->c, i, ward_import_text(o, "slug"));
	ward_candidate_set(n->c, i, WARD_CELL_NAME, name);
	ward_candidate_set(n->c, i, up[depth],
		depth ? recall(&n->parents, n->parent_of, ref)
		      : ref_of("site", id_in(o, "site"), buf));
	class = ward_import_word_class(n->words, name, "room");
	if (kind[depth] != WARD_NODE_ROOM)
		return;
	ward_candidate_set(n->c, i, WARD_CELL_CLASS, class);
	ward_candidate_assume(n->c, i, WARD_CELL_CLASS, "room.technical");
}

static void read_device(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	const struct ward_conf *type = ward_conf_get(o, "device_type"),
			       *role = ward_conf_get(o, "role");
	struct ward_str name = ward_import_text(o, "name"), location, class;
	char buf[REF_BYTES];

	role = role ? role : ward_conf_get(o, "device_role"); /* before NetBox 3.6 */
	class = ward_import_word_class(n->words, ward_import_text(role, "name"), "device");
	uint32_t i = ward_candidate_add(n->c, WARD_NODE_ASSET, ref, n->file, o->line);

	ward_candidate_id(n->c, i, name.len ? name : ref);
	ward_candidate_set(n->c, i, WARD_CELL_NAME, name.len ? name : ref);
	ward_candidate_set(n->c, i, WARD_CELL_CLASS, class);
	ward_candidate_assume(n->c, i, WARD_CELL_CLASS, "device");
	ward_candidate_set(n->c, i, WARD_CELL_VENDOR,
		ward_import_text(ward_conf_get(type, "manufacturer"), "name"));
	ward_candidate_set(n->c, i, WARD_CELL_MODEL, ward_import_text(type, "model"));
	ward_candidate_key(n->c, i, "serial", ward_import_text(o, "serial"));
	location = ref_of("location", id_in(o, "location"), buf);
	if (location.len && depth_of(n, location) == DEPTH - 1)
		ward_candidate_set(n->c, i, WARD_CELL_ROOM, location);
	else if (location.len)
		ward_candidate_relate(n->c, location, WARD_REL_CONTAINS, ref, n->file, o->line);
}

static void read_vlan(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	struct ward_str name = ward_import_text(o, "name");
	struct ward_str class = ward_import_word_class(n->words, name, "network");
	uint32_t i = ward_candidate_add(n->c, WARD_NODE_NETWORK, ref, n->file, o->line);

	ward_candidate_id(n->c, i, name);
	ward_candidate_set(n->c, i, WARD_CELL_NAME, name);
	ward_candidate_set(n->c, i, WARD_CELL_CLASS, class);
	ward_candidate_assume(n->c, i, WARD_CELL_CLASS, "network.it");
	ward_candidate_set(n->c, i, WARD_CELL_VLAN, ward_import_text(o, "vid"));
}

static uint32_t known(struct netbox *n, struct ward_str ref)
{
	return ward_intern_find(&n->c->refs, ref);
}

static void read_prefix(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	char buf[REF_BYTES];
	uint32_t vlan = known(n, ref_of("vlan", id_in(o, "vlan"), buf));

	(void)ref;
	if (vlan == WARD_NONE)
		ward_candidate_pass(n->c, WARD_STR("prefix without a VLAN"));
	else
		ward_candidate_set(n->c, vlan, WARD_CELL_CIDR, ward_import_text(o, "prefix"));
}

static void read_interface(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	char buf[REF_BYTES], vlan_buf[REF_BYTES];
	struct ward_str device = ref_of("device", id_in(o, "device"), buf);
	struct ward_str vlan = ref_of("vlan", id_in(o, "untagged_vlan"), vlan_buf);
	uint32_t i = known(n, device);

	remember(n, &n->devices, &n->device_of, &n->cap_device, ref, device);
	remember(n, &n->vlans, &n->vlan_of, &n->cap_vlan, ref, vlan);
	ward_candidate_set(n->c, i, WARD_CELL_MAC, ward_import_text(o, "mac_address"));
	if (known(n, vlan) != WARD_NONE)
		ward_candidate_set(n->c, i, WARD_CELL_NETWORK, vlan);
}

/* "10.1.2.3/24" on an interface. */
static void read_address(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	struct ward_str text = ward_import_text(o, "address"), ip = ward_str_cut(&text, '/');
	char buf[REF_BYTES];
	struct ward_str interface =
		ref_of("interface", ward_import_text(o, "assigned_object_id"), buf);
	uint32_t i = known(n, recall(&n->devices, n->device_of, interface));

	(void)ref;
	if (i == WARD_NONE ||
		!ward_str_eqz(ward_import_text(o, "assigned_object_type"), "dcim.interface"))
		ward_candidate_pass(n->c, WARD_STR("address of no device's interface"));
	else
		ward_candidate_set(n->c, i, WARD_CELL_IP, ip);
}

static struct ward_str end_of(const struct ward_conf *o, const char *side, char buf[REF_BYTES])
{
	const struct ward_conf *list = ward_conf_get(o, side), *end = list ? list->child : NULL;

	if (!ward_str_eqz(ward_import_text(end, "object_type"), "dcim.interface"))
		return (struct ward_str){"", 0};
	return ref_of("interface", ward_import_text(end, "object_id"), buf);
}

/* A cable puts both its devices on the VLAN that one of its ends has. */
static void read_cable(struct netbox *n, const struct ward_conf *o, struct ward_str ref)
{
	char buf[2][REF_BYTES];
	struct ward_str end[2] = {
		end_of(o, "a_terminations", buf[0]), end_of(o, "b_terminations", buf[1])};
	struct ward_str vlan = recall(&n->vlans, n->vlan_of, end[0]);

	(void)ref;
	if (!vlan.len)
		vlan = recall(&n->vlans, n->vlan_of, end[1]);
	if (known(n, vlan) == WARD_NONE) {
		ward_candidate_pass(n->c, WARD_STR("cable without a VLAN"));
		return;
	}
	for (size_t k = 0; k < 2; k++) {
		struct ward_str device = recall(&n->devices, n->device_of, end[k]);
		uint32_t i = known(n, device);

		if (i == WARD_NONE || ward_str_eq(n->c->node[i].cell[WARD_CELL_NETWORK], vlan))
			continue;
		if (!n->c->node[i].cell[WARD_CELL_NETWORK].len)
			ward_candidate_set(n->c, i, WARD_CELL_NETWORK, vlan);
		else
			ward_candidate_relate(
				n->c, vlan, WARD_REL_CONNECTS, device, n->file, o->line);
	}
}

/* In an order in which all that is spoken of is known. */
static const struct {
	const char *endpoint, *type;
	void (*read)(struct netbox *n, const struct ward_conf *o, struct ward_str ref);
} endpoints[] = {
	{"sites", "site", read_site},
	{"locations", "location", read_parent},
	{"locations", "location", read_location},
	{"vlans", "vlan", read_vlan},
	{"prefixes", "prefix", read_prefix},
	{"devices", "device", read_device},
	{"interfaces", "interface", read_interface},
	{"ip-addresses", "address", read_address},
	{"cables", "cable", read_cable},
};

/* "/api/dcim/devices/1/" names its endpoint. */
static bool is_of(const struct ward_conf *o, const char *endpoint)
{
	struct ward_str url = ward_import_text(o, "url");
	char path[40];
	struct ward_wr w = ward_wr_fixed(path, sizeof(path));

	ward_wr_printf(&w, "/%s/", endpoint);
	return ward_str_find(url, ward_wr_text(&w)) != SIZE_MAX;
}

static const struct ward_conf *items(const struct ward_conf *v)
{
	const struct ward_conf *results = ward_conf_get(v, "results");

	v = results ? results : v;
	return v && v->kind == WARD_CONF_SEQ ? v->child : NULL;
}

static void pass(struct netbox *n, const struct ward_conf *doc, size_t k)
{
	bool whole = ward_conf_get(doc, "results") || doc->kind == WARD_CONF_SEQ;
	const struct ward_conf *o = items(whole ? doc : ward_conf_get(doc, endpoints[k].endpoint));
	char buf[REF_BYTES];

	for (; o && !n->err && !n->c->err; o = o->next) {
		struct ward_str ref = ref_of(endpoints[k].type, ward_import_text(o, "id"), buf);

		if (whole && !is_of(o, endpoints[k].endpoint))
			continue;
		if (ref.len)
			endpoints[k].read(n, o, ref);
		else
			ward_candidate_pass(n->c, WARD_STR("object without id"));
	}
}

enum ward_err ward_import_netbox(const struct ward_import_in *in, struct ward_str file,
	struct ward_slice text, struct ward_candidates *c)
{
	struct netbox n = {.in = in, .c = c, .file = file};
	size_t max = ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES);
	const struct ward_conf *doc;

	ward_arena_init(&n.arena, in->mem, max);
	ward_intern_init(&n.parents, in->mem, WARD_CANDIDATES_MAX, max);
	ward_intern_init(&n.devices, in->mem, WARD_CANDIDATES_MAX, max);
	ward_intern_init(&n.vlans, in->mem, WARD_CANDIDATES_MAX, max);
	enum ward_err err = ward_import_words(in, &n.arena, &n.words);

	if (!err)
		err = ward_conf_json(&n.arena, in->lim, file, 1, text, in->diag, &doc);
	for (size_t k = 0; !err && k < WARD_ARRAY_LEN(endpoints); k++)
		pass(&n, doc, k);
	err = err ? err : n.err;
	ward_mem_free(in->mem, n.parent_of, n.cap_parent * sizeof(*n.parent_of));
	ward_mem_free(in->mem, n.device_of, n.cap_device * sizeof(*n.device_of));
	ward_mem_free(in->mem, n.vlan_of, n.cap_vlan * sizeof(*n.vlan_of));
	ward_intern_fini(&n.parents);
	ward_intern_fini(&n.devices);
	ward_intern_fini(&n.vlans);
	ward_arena_fini(&n.arena);
	if (err == WARD_ERR_LIMIT)
		c->err = c->err ? c->err : WARD_ERR_LIMIT;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}
