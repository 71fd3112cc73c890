/* One entry of a system's `can`. */
#include "model/keys.h"
#include "recover/care.h"
#include "respond/act/call.h"
#include "respond/act/command.h"
#include "respond/act/radius.h"
#include "respond/act/reader.h"

/* The node that a word names; WARD_NONE: none, which is told. */
static uint32_t node_of(struct reader *r, const struct ward_conf *word)
{
	uint32_t node =
		word->kind == WARD_CONF_SCALAR ? ward_model_find(r->in->m, word->text) : WARD_NONE;

	if (node == WARD_NONE)
		reader_say(r, word,
			WARD_TEXT(
				"'%.*s' is nothing of the hospital\nwrite an id of its directory"),
			WARD_STR_ARG(word->text));
	return node;
}

/* One word, or a list of them. */
static uint32_t *nodes(struct reader *r, const char *key, size_t max, size_t *ret_n)
{
	const struct ward_conf *v = ward_conf_get(r->c, key);
	const struct ward_conf *word = v && v->kind == WARD_CONF_SEQ ? v->child : v;
	uint32_t *to = ward_arena_array(&r->to->arena, max, sizeof(*to));

	*ret_n = 0;
	if (!to)
		r->err = WARD_ERR_NOMEM;
	for (; word && to; word = v->kind == WARD_CONF_SEQ ? word->next : NULL) {
		uint32_t node = node_of(r, word);

		if (node == WARD_NONE)
			continue;
		if (*ret_n == max) {
			reader_say(r, word,
				WARD_TEXT("more than %zu in '%s'\ntwo entries can share them"), max,
				key);
			return to;
		}
		to[(*ret_n)++] = node;
	}
	return to;
}

/* The same whoever proposes or approves: so it is refused before anybody can. */
static void check_thing(struct reader *r, const struct ward_ability *a, uint32_t node)
{
	const struct ward_model *m = r->in->m;
	const struct ward_node *n = ward_model_node(m, node);
	bool door = n->kind == WARD_NODE_DOOR,
	     release = a->does == WARD_DOES_RELEASE; /* taken back by locking */

	if (a->does != WARD_DOES_TELL && ward_care_medical(m, node))
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' is a medical device, which is never acted on\ntake it "
				  "out of `on`; "
				  "propose a measure on what leads to it"),
			WARD_STR_ARG(n->id));
	if ((a->does == WARD_DOES_LOCK || a->does == WARD_DOES_RELEASE) && !door)
		reader_say(r, r->c, WARD_TEXT("'%.*s' is no door\nname doors of the hospital"),
			WARD_STR_ARG(n->id));
	if (a->does == WARD_DOES_ISOLATE && n->kind != WARD_NODE_ASSET &&
		n->kind != WARD_NODE_NETWORK)
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' is on no network\nname an asset that is, or a network of "
				  "the "
				  "hospital"),
			WARD_STR_ARG(n->id));
	if (!door || !(a->does == WARD_DOES_LOCK || (release && a->undo)))
		return;
	if (!r->in->escape || !r->in->escape->known)
		reader_say(r, r->c,
			WARD_TEXT(
				"no door may be locked where no plan says which are ways of escape "
				"('%.*s')\nwrite evacuation.yml (docs/evacuation.md), or %s"),
			WARD_STR_ARG(n->id),
			release ? WARD_TEXT("`undo: false`") : WARD_TEXT("leave the door out"));
	else if (ward_escape_door(m, r->in->escape, node))
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' is on a way of escape or of the fire brigade, and is "
				  "never locked"
				  "\n%s"),
			WARD_STR_ARG(n->id),
			release ? WARD_TEXT("write `undo: false`: nothing locks it again")
				: WARD_TEXT("take it out of `on`"));
}

/* By their addresses, of networks alone; and only to take them off. */
static void read_hosts(struct reader *r, struct ward_ability *a)
{
	const struct ward_conf *v = ward_conf_get(r->c, "hosts");

	(void)ward_conf_bool(r->c, "hosts", false, r->in->diag, &a->hosts);
	if (!a->hosts)
		return;
	if (a->does != WARD_DOES_ISOLATE)
		reader_say(r, v,
			WARD_TEXT("hosts that nobody knows are isolated, and nothing else\nwrite "
				  "`does: isolate`, or take `hosts` away"));
	if (a->n_cuts)
		reader_say(
			r, v, WARD_TEXT("a host is cut off alone\ntake `cuts` away, or `hosts`"));
	for (size_t i = 0; i < a->n_on; i++)
		if (ward_model_node(r->in->m, a->on[i])->kind != WARD_NODE_NETWORK)
			reader_say(r, v,
				WARD_TEXT(
					"'%.*s' is no network\nname in `on` the networks on which "
					"hosts that nobody knows may be cut off"),
				WARD_STR_ARG(ward_model_node(r->in->m, a->on[i])->id));
}

static void read_does(struct reader *r, struct ward_ability *a)
{
	struct ward_str s = reader_text(r, "does", true);
	size_t i = 0;

	while (i < WARD_DOES_N && !ward_str_eqz(s, ward_does_name((enum ward_does)i)))
		i++;
	a->does = (enum ward_does)i;
	if (i == WARD_DOES_N && s.len)
		reader_say(r, ward_conf_get(r->c, "does"),
			WARD_TEXT("'%.*s' is nothing that a system does\nwrite isolate, lock, "
				  "release or "
				  "tell"),
			WARD_STR_ARG(s));
}

static void read_repeat(struct reader *r, struct ward_ability *a)
{
	struct ward_str s = reader_text(r, "repeat", true);

	a->repeat = ward_str_eqz(s, "same-key") ? WARD_REPEAT_SAFE
		    : ward_str_eqz(s, "never")  ? WARD_REPEAT_ONCE
						: WARD_REPEAT_N;
	if (a->repeat == WARD_REPEAT_N && s.len)
		reader_say(r, ward_conf_get(r->c, "repeat"),
			WARD_TEXT("'%.*s' is no way to repeat it\nwrite same-key if the system "
				  "does a "
				  "request "
				  "with a known Idempotency-Key once, else never"),
			WARD_STR_ARG(s));
}

/* What it can be taken back by. */
static void read_undo(struct reader *r, struct ward_ability *a)
{
	const struct ward_conf *v = ward_conf_get(r->c, "undo");
	enum ward_act_way way = r->to->a[a->actuator].way;
	bool by_text = way == WARD_ACT_WAY_SSH || ward_actuator_type(way);

	if (by_text) {
		a->back = reader_text(r, "undo", false);
		a->undo = a->back.len;
	} else {
		a->undo = a->does != WARD_DOES_TELL;
		(void)ward_conf_bool(r->c, "undo", false, r->in->diag, &a->undo);
	}
	if (!a->undo && (a->does == WARD_DOES_LOCK || a->does == WARD_DOES_ISOLATE))
		reader_say(r, v ? v : r->c, WARD_TEXT("'%s' has to be undone again\n%s"),
			ward_does_name(a->does),
			by_text ? WARD_TEXT("add `undo:` with the command that takes it back")
				: WARD_TEXT("take `undo: false` away"));
}

/* As it can be asked for: of hosts, any. */
static struct ward_act_thing thing(const struct ward_ability *a, size_t i)
{
	return (struct ward_act_thing){
		.node = a->on[i], .host = a->hosts ? WARD_STR("02:00:00:00:00:01") : WARD_STR("")};
}

static void say_why(
	struct reader *r, const struct ward_conf *at, const struct ward_command_why *why)
{
	ward_diag_say(r->in->diag,
		&(struct ward_diag_item){.level = WARD_DIAG_ERROR,
			.file = at->file,
			.line = at->line,
			.what = ward_str_z(why->what),
			.mend = ward_str_z(why->mend),
			.slot = &(struct ward_diag_slot){"word", {why->of, why->of_len}},
			.n_slot = 1});
}

/* Each for each thing: so it is known before anybody approves what can't be sent. */
static void check_command(
	struct reader *r, const char *key, struct ward_str template, const struct ward_ability *a)
{
	char buf[WARD_COMMAND_MAX + 1];
	struct ward_command_why why;

	for (size_t i = 0; template.len && i < a->n_on; i++) {
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		if (ward_command_fill(template, r->in->m, thing(a, i), &w, &why) == WARD_OK)
			continue;
		say_why(r, ward_conf_get(r->c, key), &why);
		return;
	}
}

static void read_commands(struct reader *r, struct ward_ability *a)
{
	a->run = reader_text(r, "run", true);
	a->look = reader_text(r, "look", false);
	check_command(r, "run", a->run, a);
	check_command(r, "undo", a->back, a);
	check_command(r, "look", a->look, a);
}

/* Each as it will be sent. */
static void check_call(struct reader *r, const struct ward_ability *a, const char *key,
	struct ward_str line, struct ward_str content)
{
	bool openc2 = r->to->a[a->actuator].way == WARD_ACT_WAY_OPENC2;
	char run[WARD_COMMAND_MAX + 1], with[WARD_COMMAND_MAX + 1];
	struct ward_command_why unsent;
	const struct ward_conf *at = ward_conf_get(r->c, key);

	for (size_t i = 0; at && i < a->n_on; i++) {
		struct ward_wr x = ward_wr_fixed(run, sizeof(run)),
			       y = ward_wr_fixed(with, sizeof(with));

		if (ward_command_fill(line, r->in->m, thing(a, i), &x, &unsent) != WARD_OK ||
			ward_command_fill(content, r->in->m, thing(a, i), &y, &unsent) != WARD_OK) {
			say_why(r, at, &unsent);
			return;
		}
		const char *wrong = ward_call_wrong(
			ward_wr_text(&x), ward_wr_text(&y), openc2, r->in->lim, r->in->mem);

		if (!wrong)
			continue;
		reader_say(r, at, "%s", wrong);
		return;
	}
}

static void read_calls(struct reader *r, struct ward_ability *a)
{
	a->run = reader_text(r, "run", true);
	a->content = reader_text(r, "content", false);
	a->back_content = reader_text(r, "undo_content", false);
	if (a->back_content.len && !a->undo)
		reader_say(r, ward_conf_get(r->c, "undo_content"),
			WARD_TEXT("nothing sends it\nadd `undo:`, METHOD /PATH, or take it away"));
	check_call(r, a, "run", a->run, a->content);
	check_call(r, a, "undo", a->back, a->back_content);
}

/* A switch knows a session by the one address that the device has. */
static void check_session(struct reader *r, uint32_t node)
{
	struct ward_str key;
	uint32_t of;
	size_t n = 0;

	for (uint32_t k = 0; (key = ward_model_key_at(r->in->m, WARD_KEY_MAC, k, &of)).len; k++)
		n += of == node;
	struct ward_str id = ward_model_node(r->in->m, node)->id;

	if (!n)
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' has no MAC address, and its session is found by it\nadd "
				  "its `mac` to the hospital's directory"),
			WARD_STR_ARG(id));
	if (n > 1)
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' has more than one MAC address, and its session is found "
				  "by one\ntake it out of `on`"),
			WARD_STR_ARG(id));
}

/* What is set of a session, and what is set when it is taken back. */
static void read_session(struct reader *r, struct ward_ability *a)
{
	static const char *const key[] = {"set", "set_back"};
	struct ward_str *const to[] = {&a->run, &a->back};
	enum ward_radius_set set;
	struct ward_str value;

	for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++) {
		*to[i] = reader_text(r, key[i], true);
		if (to[i]->len && !ward_radius_what(*to[i], &set, &value))
			reader_say(r, ward_conf_get(r->c, key[i]),
				WARD_TEXT("'%.*s' is nothing to set of a session\nwrite `vlan "
					  "NAME` or "
					  "`filter "
					  "NAME`, of at most %d letters, digits and ._:/-"),
				WARD_STR_ARG(*to[i]), WARD_RADIUS_VALUE);
	}
	if (a->does != WARD_DOES_ISOLATE)
		reader_say(r, r->c,
			WARD_TEXT("by RADIUS a device is isolated, and nothing else\nwrite `does: "
				  "isolate`"));
	for (size_t i = 0; i < a->n_on && !a->hosts; i++)
		check_session(r, a->on[i]);
}

/* What stands for ever because nobody thought of it is worse than what ends too early. */
static void read_lasts(struct reader *r, struct ward_ability *a)
{
	read_undo(r, a);
	(void)ward_conf_duration(r->c, "lasts", a->undo, r->in->diag, &a->lasts);
	if (a->undo && !a->lasts && ward_conf_get(r->c, "lasts"))
		reader_say(r, ward_conf_get(r->c, "lasts"),
			WARD_TEXT("it would stand for good\nwrite how long, at most 24h; it can be "
				  "renewed"));
	if (a->lasts < 0 || a->lasts > WARD_ACT_LASTS_MAX)
		reader_say(r, ward_conf_get(r->c, "lasts"),
			WARD_TEXT("it would stand for longer than a day\nwrite at most 24h; it can "
				  "be "
				  "renewed"));
	if (!a->undo && a->lasts)
		reader_say(r, ward_conf_get(r->c, "lasts"),
			WARD_TEXT("what can't be undone has no end\nwrite `undo: true`, or leave "
				  "it out"));
}

static void read_roles(struct reader *r, struct ward_ability *a)
{
	a->role = nodes(r, "roles", WARD_ABILITY_ROLES, &a->n_role);
	for (size_t i = 0; i < a->n_role; i++) {
		const struct ward_node *n = ward_model_node(r->in->m, a->role[i]);

		if (n->kind != WARD_NODE_ROLE)
			reader_say(r, r->c,
				WARD_TEXT("'%.*s' is no role\nname roles of the hospital"),
				WARD_STR_ARG(n->id));
	}
	if (!a->n_role)
		reader_say(r, r->c,
			WARD_TEXT(
				"nobody may approve it\nadd `roles:` with roles of the hospital"));
}

void reader_ability(struct reader *r, size_t actuator)
{
#define OF_ALL "id", "does", "cuts", "roles", "persons", "repeat", "undo", "lasts"
	static const char *const keys[WARD_ACT_WAY_N][14] = {
		[WARD_ACT_WAY_WEBHOOK] = {OF_ALL, "on", "hosts", NULL},
		[WARD_ACT_WAY_SSH] = {OF_ALL, "on", "hosts", "run", "look", NULL},
		[WARD_ACT_WAY_RADIUS] = {OF_ALL, "on", "hosts", "set", "set_back", NULL},
		[WARD_ACT_WAY_SNMP] = {OF_ALL, "ports", "on", "hosts", "set", "set_back", NULL},
		[WARD_ACT_WAY_HTTP] = {OF_ALL, "on", "hosts", "run", "content", "undo_content",
			NULL},
		[WARD_ACT_WAY_OPENC2] = {OF_ALL, "on", "hosts", "run", "content", "undo_content",
			NULL},
		[WARD_ACT_WAY_PLAYED] = {OF_ALL, "on", "hosts", NULL},
	};
#undef OF_ALL
	enum ward_act_way way = r->to->a[actuator].way;
	struct ward_ability a = {.actuator = actuator, .line = r->c->line};
	size_t before = r->in->diag->n_error;
	int64_t persons = 1;

	ward_conf_only(r->c, keys[way], r->in->diag);
	a.id = reader_id(r);
	read_does(r, &a);
	a.seeks = way == WARD_ACT_WAY_SNMP && ward_conf_get(r->c, "on");
	if (way == WARD_ACT_WAY_SNMP && !a.seeks)
		reader_ports(r, &a);
	else
		a.on = nodes(r, "on", WARD_ABILITY_THINGS, &a.n_on);
	a.cuts = nodes(r, "cuts", WARD_ABILITY_THINGS, &a.n_cuts);
	read_hosts(r, &a);
	read_roles(r, &a);
	read_repeat(r, &a);
	(void)ward_conf_i64(r->c, "persons", false, r->in->diag, 1, 2, &persons);
	a.two = persons == 2;
	if (r->in->diag->n_error != before || r->err)
		return;
	read_lasts(r, &a);
	if (way == WARD_ACT_WAY_SSH)
		read_commands(r, &a);
	else if (way == WARD_ACT_WAY_RADIUS)
		read_session(r, &a);
	else if (way == WARD_ACT_WAY_SNMP)
		reader_port_states(r, &a);
	else if (ward_actuator_type(way))
		read_calls(r, &a);
	if (!a.n_on)
		reader_say(r, r->c,
			WARD_TEXT("it acts on nothing\nadd `%s:` with ids of the hospital"),
			way == WARD_ACT_WAY_SNMP ? "ports" : "on");
	for (size_t i = 0; i < a.n_on; i++)
		check_thing(r, &a, a.on[i]);
	for (size_t i = 0; i < r->to->n_ability; i++)
		if (r->to->ability[i].actuator == actuator &&
			ward_str_eq(r->to->ability[i].id, a.id))
			reader_say(r, r->c,
				WARD_TEXT(
					"'%.*s' is there already, in line %u\ngive it another id"),
				WARD_STR_ARG(a.id), r->to->ability[i].line);
	if (r->to->n_ability == WARD_ABILITIES_MAX)
		reader_say(r, r->c,
			WARD_TEXT(
				"more than %d things can be done\none entry can name many in `on`"),
			WARD_ABILITIES_MAX);
	else
		r->to->ability[r->to->n_ability++] = a;
}
