/* What is set of the port of a switch that a thing hangs on. The model does not know ports: the
 * hospital says in `ports` which is whose, or the switches are asked (seek.c), and in `uplinks`
 * which carry others. */
#include "model/keys.h"
#include "respond/act/port.h"
#include "respond/act/reader.h"

/* What it carries goes with it, and who reads the file can't know that from its id. */
static bool passes_on(const struct ward_model *m, uint32_t node)
{
	static const char *const class[] = {"device.computer.switch", "device.computer.router",
		"device.computer.firewall", "device.computer.access-point"};
	const struct ward_ontology *o = ward_model_ontology(m);

	for (size_t i = 0; i < WARD_ARRAY_LEN(class); i++) {
		uint32_t c = ward_ontology_find(o, ward_str_z(class[i]));

		if (c != WARD_NONE && ward_model_is(m, node, c))
			return true;
	}
	return false;
}

static void read_one(struct reader *r, const struct ward_conf *p, struct ward_ability *a)
{
	uint32_t node = ward_model_find(r->in->m, p->key);

	if (node == WARD_NONE) {
		reader_say(r, p,
			WARD_TEXT(
				"'%.*s' is nothing of the hospital\nwrite an id of its directory"),
			WARD_STR_ARG(p->key));
		return;
	}
	if (a->n_on == WARD_ABILITY_THINGS) {
		reader_say(r, p, WARD_TEXT("more than %d in 'ports'\ntwo entries can share them"),
			WARD_ABILITY_THINGS);
		return;
	}
	reader_port(r, p, &a->port[a->n_on]);
	a->on[a->n_on++] = node;
}

void reader_ports(struct reader *r, struct ward_ability *a)
{
	const struct ward_conf *v = ward_conf_get(r->c, "ports");

	a->on = ward_arena_array(&r->to->arena, WARD_ABILITY_THINGS, sizeof(*a->on));
	a->port = ward_arena_array(&r->to->arena, WARD_ABILITY_THINGS, sizeof(*a->port));
	if (!a->on || !a->port) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	if (!v || v->kind != WARD_CONF_MAP)
		reader_say(r, v ? v : r->c,
			WARD_TEXT("which thing hangs on which port is not said\nadd `ports:` with "
				  "THING: "
				  "PORT "
				  "for each"));
	for (const struct ward_conf *p = v && v->kind == WARD_CONF_MAP ? v->child : NULL; p;
		p = p->next)
		read_one(r, p, a);
}

static bool is_cut(const struct ward_ability *a, uint32_t node)
{
	for (size_t i = 0; i < a->n_cuts; i++)
		if (a->cuts[i] == node)
			return true;
	return false;
}

/* What shuts one cuts the others: so the forecast has to be of them all. */
static void check_shared(
	struct reader *r, const struct ward_ability *a, const struct ward_ability *other, size_t i)
{
	const struct ward_model *m = r->in->m;

	for (size_t k = 0; k < other->n_on; k++) {
		if (other->on[k] == a->on[i] || !ward_str_eq(other->port[k], a->port[i]))
			continue;
		if (is_cut(a, other->on[k]) && is_cut(other, a->on[i]))
			continue;
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' and '%.*s' hang on one port, and go down together\nname "
				  "both in "
				  "`cuts` of each entry that has one of them"),
			WARD_STR_ARG(ward_model_node(m, a->on[i])->id),
			WARD_STR_ARG(ward_model_node(m, other->on[k])->id));
		return;
	}
}

static void check_alone(struct reader *r, const struct ward_node *n, uint32_t node)
{
	if (n->kind != WARD_NODE_ASSET || passes_on(r->in->m, node))
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' is no device that hangs on a port alone\nname what hangs "
				  "on it; "
				  "ports to switches, routers, firewalls and access points are "
				  "`uplinks`"),
			WARD_STR_ARG(n->id));
}

/* A switch knows it by its addresses. */
static void check_sought(struct reader *r, uint32_t node)
{
	const struct ward_node *n = ward_model_node(r->in->m, node);
	struct ward_str key;
	uint32_t of;
	size_t has = 0;

	check_alone(r, n, node);
	for (uint32_t k = 0; (key = ward_model_key_at(r->in->m, WARD_KEY_MAC, k, &of)).len; k++)
		has += of == node;
	if (!has)
		reader_say(r, r->c,
			WARD_TEXT(
				"'%.*s' has no MAC address, and its port is looked for by it\nadd "
				"its `mac` to the hospital's directory, or name its port in "
				"`ports`"),
			WARD_STR_ARG(n->id));
	if (has > WARD_PORT_MACS)
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' has too many MAC addresses to look for\nname its port in "
				  "`ports`"),
			WARD_STR_ARG(n->id));
}

static void check_port(struct reader *r, const struct ward_ability *a, size_t i)
{
	const struct ward_node *n = ward_model_node(r->in->m, a->on[i]);

	check_alone(r, n, a->on[i]);
	if (ward_port_uplink(r->to->a[a->actuator].uplinks, a->port[i]))
		reader_say(r, r->c,
			WARD_TEXT(
				"'%.*s' is an uplink, and carries more than '%.*s'\ntake it out of "
				"`ports`, or out of `uplinks` if nothing else hangs on it"),
			WARD_STR_ARG(a->port[i]), WARD_STR_ARG(n->id));
	check_shared(r, a, a, i);
	for (size_t k = 0; k < r->to->n_ability; k++)
		if (r->to->ability[k].actuator == a->actuator)
			check_shared(r, a, &r->to->ability[k], i);
}

/* "vlan 20", and another one than is set. */
static void check_back(struct reader *r, const struct ward_ability *a)
{
	struct ward_port_state to, back;

	if (!ward_port_state(a->run, &to) || !a->back.len)
		return;
	if (!ward_port_state(a->back, &back) || back.what != WARD_PORT_PVID ||
		back.value == to.value)
		reader_say(r, ward_conf_get(r->c, "set_back"),
			WARD_TEXT("'%.*s' is no other VLAN\nwrite `vlan N`, the one that the port "
				  "is in"),
			WARD_STR_ARG(a->back));
}

void reader_port_states(struct reader *r, struct ward_ability *a)
{
	const struct ward_conf *back = ward_conf_get(r->c, "set_back");
	struct ward_port_state to = {.what = WARD_PORT_STATUS, .value = WARD_PORT_DOWN};

	a->run = reader_text(r, "set", true);
	if (a->run.len && (!ward_port_state(a->run, &to) ||
				  (to.what == WARD_PORT_STATUS && to.value != WARD_PORT_DOWN)))
		reader_say(r, ward_conf_get(r->c, "set"),
			WARD_TEXT("'%.*s' is nothing to set of a port\nwrite shutdown, or `vlan N` "
				  "with N "
				  "from 1 to %d"),
			WARD_STR_ARG(a->run), WARD_PORT_VLAN_MAX);
	if (to.what == WARD_PORT_PVID) {
		a->back = reader_text(r, "set_back", true);
		check_back(r, a);
	} else {
		a->back = WARD_STR("up");
		if (back)
			reader_say(r, back,
				WARD_TEXT("a port that was shut is opened again, and nothing "
					  "else\ntake "
					  "`set_back` away"));
	}
	if (a->does != WARD_DOES_ISOLATE)
		reader_say(r, r->c,
			WARD_TEXT("by SNMP a device is isolated, and nothing else\nwrite `does: "
				  "isolate`"));
	for (size_t i = 0; i < a->n_on && !a->hosts; i++)
		if (a->seeks)
			check_sought(r, a->on[i]);
		else
			check_port(r, a, i);
	if (a->seeks && ward_conf_get(r->c, "ports"))
		reader_say(r, ward_conf_get(r->c, "ports"),
			WARD_TEXT("'ports' beside 'on'\nwrite `ports` where it is known on which "
				  "each thing "
				  "hangs, else `on`, in an entry of their own"));
}
