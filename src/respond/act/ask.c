/* What a system is asked for: the request, and its hash. */
#include "model/keys.h"
#include "respond/act/command.h"
#include "respond/act/port.h"
#include "respond/act/priv.h"

/* A command of the ability, filled in; none: nothing. That it can be was seen for each of its
 * things when the table was read; of others nothing is asked. */
static void fill(const struct ward_act *a, struct ward_str template, struct ward_act_thing on,
	struct ward_wr *to)
{
	struct ward_command_why why;

	if (template.len)
		WARD_ASSERT(ward_command_fill(template, a->o.m, on, to, &why) == WARD_OK);
}

static void put_command(struct ward_act *a, struct ward_json *j, const char *key,
	struct ward_str template, struct ward_act_thing on)
{
	char buf[WARD_COMMAND_MAX + 1];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	if (!template.len)
		return;
	fill(a, template, on, &w);
	ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&w));
}

static void put_mac(struct ward_json *j, struct ward_str mac)
{
	char text[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (mac.len == 6)
		ward_port_mac(&w, ward_str_bytes(mac).p);
	ward_json_str(j, ward_wr_text(&w));
}

/* "00:1b:21:0a:0b:0c", by which a switch knows its session. */
static void put_session(struct ward_act *a, struct ward_json *j, struct ward_act_thing on)
{
	ward_json_key(j, "mac");
	if (on.host.len)
		ward_json_str(j, on.host);
	else
		put_mac(j, ward_model_key(a->o.m, on.node, WARD_KEY_MAC));
}

/* By which the hand knows whether it is this thing that hangs there. */
void act_macs(struct ward_act *a, struct ward_json *j, struct ward_act_thing on)
{
	struct ward_str key;
	uint32_t of;
	size_t n = 0;

	ward_json_key(j, "macs");
	ward_json_arr(j);
	if (on.host.len)
		ward_json_str(j, on.host);
	for (uint32_t k = 0; !on.host.len && n < WARD_PORT_MACS &&
			     (key = ward_model_key_at(a->o.m, WARD_KEY_MAC, k, &of)).len;
		k++)
		if (of == on.node) {
			put_mac(j, key);
			n++;
		}
	ward_json_arr_end(j);
}

/* On which the thing hangs; empty: it is not asked for by a port. */
struct ward_str act_port(const struct ward_ability *y, struct ward_act_thing on)
{
	for (size_t i = 0; y->port && i < y->n_on; i++)
		if (y->on[i] == on.node)
			return y->port[i];
	return on.port;
}

/* The port, and what it is set to until then: the hand sets nothing of one that somebody else has
 * set. */
static void put_port(
	struct ward_json *j, const struct ward_ability *y, struct ward_act_thing on, bool undo)
{
	ward_json_key(j, "port");
	ward_json_str(j, act_port(y, on));
	ward_json_key(j, "from");
	ward_json_str(j, undo ? y->run : y->back);
}

/* What goes with a call; the secret is put into its field by who has it. */
static void put_call(struct ward_act *a, struct ward_json *j, const struct ward_ability *y,
	struct ward_act_thing on, bool undo)
{
	const struct ward_actuator *system = &a->o.table->a[y->actuator];

	put_command(a, j, "content", undo ? y->back_content : y->content, on);
	if (!undo)
		put_command(a, j, "back_content", y->back_content, on);
	ward_json_key(j, "type");
	ward_json_z(j, ward_actuator_type(system->way));
	ward_json_key(j, "header");
	ward_json_str(j, system->header);
}

/* For people. Of a host that nobody knows where it is, since it has no name. */
static void put_name(struct ward_json *j, const struct ward_node *n, struct ward_str host)
{
	char text[256];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (host.len)
		ward_wr_printf(&w, "%.*s, ", WARD_STR_ARG(host));
	ward_wr_str(&w, n->name.len < 200 ? n->name : ward_str_sub(n->name, 0, 200));
	ward_json_str_cut(j, ward_wr_text(&w), 220);
}

void act_body(struct ward_act *a, const struct ward_ability *y, struct ward_act_thing on,
	struct ward_id id, bool undo)
{
	struct ward_json j = ward_json_on(&a->body);
	const struct ward_node *n = ward_model_node(a->o.m, on.node);
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_wr_reset(&a->body);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "action");
	ward_json_key(&j, "action");
	ward_json_z(&j, text);
	ward_json_key(&j, "ability");
	ward_json_str(&j, y->id);
	ward_json_key(&j, "does");
	ward_json_z(&j, ward_does_name(y->does));
	ward_json_key(&j, "undo");
	ward_json_bool(&j, undo);
	ward_json_key(&j, "thing");
	ward_json_str(&j, n->id);
	if (on.host.len) {
		ward_json_key(&j, "host");
		ward_json_str(&j, on.host);
	}
	ward_json_key(&j, "name");
	put_name(&j, n, on.host);
	ward_json_key(&j, "exercise");
	ward_json_bool(&j, a->o.exercise);
	put_command(a, &j, "run", undo ? y->back : y->run, on);
	if (!undo) /* for whoever approves it: what will take it back */
		put_command(a, &j, "back", y->back, on);
	put_command(a, &j, "look", y->look, on);
	if (a->o.table->a[y->actuator].way == WARD_ACT_WAY_RADIUS)
		put_session(a, &j, on);
	if (a->o.table->a[y->actuator].way == WARD_ACT_WAY_SNMP)
		put_port(&j, y, on, undo);
	if (a->o.table->a[y->actuator].way == WARD_ACT_WAY_SNMP && !undo)
		act_macs(a, &j, on);
	if (on.behind.len && !undo) { /* nothing is set of the port when others are at it */
		ward_json_key(&j, "behind");
		ward_json_str(&j, on.behind);
	}
	if (ward_actuator_type(a->o.table->a[y->actuator].way))
		put_call(a, &j, y, on, undo);
	ward_json_obj_end(&j);
}

static void put_ids(const struct ward_act *a, struct ward_wr *to, const uint32_t *node, size_t n)
{
	ward_wr_be32(to, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		ward_wr_lv(to, ward_str_bytes(ward_model_node(a->o.m, node[i])->id));
}

/* The name of a thing is for people: it may be another one. */
void act_asks(const struct ward_act *a, const struct ward_ability *y, struct ward_act_thing on,
	uint8_t ret[32])
{
	const struct ward_actuator *system = &a->o.table->a[y->actuator];
	const struct ward_str mac = ward_model_key(a->o.m, on.node, WARD_KEY_MAC);
	const struct ward_str part[] = {system->id, ward_str_z(ward_act_way_program(system->way)),
		system->where, system->user, system->nas, system->certificate, system->host_key,
		system->security, system->uplinks, act_port(y, on), y->id,
		ward_str_z(ward_does_name(y->does)), ward_model_node(a->o.m, on.node)->id,
		system->way == WARD_ACT_WAY_RADIUS ? mac : WARD_STR("")};
	const struct ward_str command[] = {y->run, y->back, y->look, y->content, y->back_content};
	const char *type = ward_actuator_type(system->way);
	size_t n_command = type ? 5 : 3; /* the last two are those of calls */
	struct ward_wr all = ward_wr_grow(a->o.mem, 1 << 20);

	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
		ward_wr_lv(&all, ward_str_bytes(part[i]));
	if (type) {
		ward_wr_lv(&all, ward_str_bytes(ward_str_z(type)));
		ward_wr_lv(&all, ward_str_bytes(system->header));
	}
	for (size_t i = 0; i < n_command; i++) {
		char buf[WARD_COMMAND_MAX + 1];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		fill(a, command[i], on, &w);
		ward_wr_lv(&all, ward_wr_slice(&w));
	}
	if (on.host.len)
		ward_wr_lv(&all, ward_str_bytes(on.host));
	if (on.behind.len) {
		ward_wr_lv(&all, ward_str_bytes(WARD_STR("behind")));
		ward_wr_lv(&all, ward_str_bytes(on.behind));
	}
	/* how it stands, and who decides of it */
	ward_wr_u8(&all, y->undo);
	ward_wr_u8(&all, y->two);
	ward_wr_u8(&all, (uint8_t)y->repeat);
	ward_wr_be64(&all, (uint64_t)y->lasts);
	put_ids(a, &all, y->cuts, y->n_cuts);
	put_ids(a, &all, y->role, y->n_role);
	WARD_ASSERT(!ward_wr_bad(&all));
	ward_sha256(ward_wr_slice(&all), ret);
	ward_wr_fini(&all);
}
