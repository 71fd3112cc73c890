#include "respond/act/actuators.h"

#include "model/keys.h"
#include "recover/care.h"
#include "respond/act/call.h"
#include "respond/act/command.h"
#include "respond/act/radius.h"
#include "respond/recipients.h"
#include "respond/webhook.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 4 << 20, PATH_BYTES = 4096, SSH_PORT = 22 };

static const char *const does_name[WARD_DOES_N] = {
#define X(NAME, name, what) name,
	WARD_DOES_LIST(X)
#undef X
};

const char *ward_does_name(enum ward_does d)
{
	WARD_ASSERT((unsigned)d < WARD_DOES_N);
	return does_name[d];
}

static const struct {
	const char *name, *program;
} way_of[WARD_ACT_WAY_N] = {
#define X(NAME, name, program) {name, program},
	WARD_ACT_WAY_LIST(X)
#undef X
};

const char *ward_act_way_program(enum ward_act_way w)
{
	WARD_ASSERT((unsigned)w < WARD_ACT_WAY_N);
	return way_of[w].program;
}

const char *ward_actuator_type(enum ward_act_way w)
{
	return w == WARD_ACT_WAY_OPENC2 ? WARD_CALL_OPENC2
	       : w == WARD_ACT_WAY_HTTP ? WARD_CALL_JSON
					: NULL;
}

struct reader {
	const struct ward_actuators_in *in;
	struct ward_actuators *to;
	const struct ward_conf *c; /* the entry in hand */
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str text(struct reader *r, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err = ward_conf_line(
		r->c, key, required, WARD_ACTUATOR_TEXT, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

static struct ward_str read_id(struct reader *r)
{
	struct ward_str s = text(r, "id", true);
	bool good = s.len && s.len <= WARD_ACTUATOR_ID;

	for (size_t i = 0; i < s.len && good; i++)
		good = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		       (i && s.p[i] == '-');
	if (s.len && !good)
		say(r, r->c,
			"'%.*s' is no id\nwrite lower-case letters, digits and '-', at most %d",
			WARD_STR_ARG(s), WARD_ACTUATOR_ID);
	return s;
}

/* ---- what it acts on ---- */

/* The node that a word names; WARD_NONE: none, which is told. */
static uint32_t node_of(struct reader *r, const struct ward_conf *word)
{
	uint32_t node =
		word->kind == WARD_CONF_SCALAR ? ward_model_find(r->in->m, word->text) : WARD_NONE;

	if (node == WARD_NONE)
		say(r, word, "'%.*s' is nothing of the hospital\nwrite an id of its directory",
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
			say(r, word, "more than %zu in '%s'\ntwo entries can share them", max, key);
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
	bool door = n->kind == WARD_NODE_DOOR;

	if (a->does != WARD_DOES_TELL && ward_care_medical(m, node))
		say(r, r->c,
			"'%.*s' is a medical device, which is never acted on\ntake it out of `on`; "
			"propose a measure on what leads to it",
			WARD_STR_ARG(n->id));
	if ((a->does == WARD_DOES_LOCK || a->does == WARD_DOES_RELEASE) && !door)
		say(r, r->c, "'%.*s' is no door\nname doors of the hospital", WARD_STR_ARG(n->id));
	if (a->does == WARD_DOES_ISOLATE && n->kind != WARD_NODE_ASSET &&
		n->kind != WARD_NODE_NETWORK)
		say(r, r->c,
			"'%.*s' is on no network\nname an asset that is, or a network of the "
			"hospital",
			WARD_STR_ARG(n->id));
	if (a->does != WARD_DOES_LOCK || !door)
		return;
	if (!r->in->escape || !r->in->escape->known)
		say(r, r->c,
			"no door may be locked where no plan says which are ways of escape "
			"('%.*s')\nwrite evacuation.yml (docs/evacuation.md), or leave the door "
			"out",
			WARD_STR_ARG(n->id));
	else if (ward_escape_door(m, r->in->escape, node))
		say(r, r->c,
			"'%.*s' is on a way of escape or of the fire brigade, and is never locked"
			"\ntake it out of `on`",
			WARD_STR_ARG(n->id));
}

static void read_does(struct reader *r, struct ward_ability *a)
{
	struct ward_str s = text(r, "does", true);
	size_t i = 0;

	while (i < WARD_DOES_N && !ward_str_eqz(s, does_name[i]))
		i++;
	a->does = (enum ward_does)i;
	if (i == WARD_DOES_N && s.len)
		say(r, ward_conf_get(r->c, "does"),
			"'%.*s' is nothing that a system does\nwrite isolate, lock, release or "
			"tell",
			WARD_STR_ARG(s));
}

static void read_repeat(struct reader *r, struct ward_ability *a)
{
	struct ward_str s = text(r, "repeat", true);

	a->repeat = ward_str_eqz(s, "same-key") ? WARD_REPEAT_SAFE
		    : ward_str_eqz(s, "never")  ? WARD_REPEAT_ONCE
						: WARD_REPEAT_N;
	if (a->repeat == WARD_REPEAT_N && s.len)
		say(r, ward_conf_get(r->c, "repeat"),
			"'%.*s' is no way to repeat it\nwrite same-key if the system does a "
			"request "
			"with a known Idempotency-Key once, else never",
			WARD_STR_ARG(s));
}

/* What it can be taken back by. */
static void read_undo(struct reader *r, struct ward_ability *a)
{
	const struct ward_conf *v = ward_conf_get(r->c, "undo");
	enum ward_act_way way = r->to->a[a->actuator].way;
	bool by_text = way == WARD_ACT_WAY_SSH || ward_actuator_type(way);

	if (by_text) {
		a->back = text(r, "undo", false);
		a->undo = a->back.len;
	} else {
		a->undo = a->does != WARD_DOES_TELL;
		(void)ward_conf_bool(r->c, "undo", false, r->in->diag, &a->undo);
	}
	if (!a->undo && (a->does == WARD_DOES_LOCK || a->does == WARD_DOES_ISOLATE))
		say(r, v ? v : r->c, "'%s' has to be undone again\n%s", does_name[a->does],
			by_text ? "add `undo:` with the command that takes it back"
				: "take `undo: false` away");
}

/* Each for each thing: so it is known before anybody approves what can't be sent. */
static void check_command(
	struct reader *r, const char *key, struct ward_str template, const struct ward_ability *a)
{
	char buf[WARD_COMMAND_MAX + 1], why[WARD_COMMAND_WHY];

	for (size_t i = 0; template.len && i < a->n_on; i++) {
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		if (ward_command_fill(template, r->in->m, a->on[i], &w, why) == WARD_OK)
			continue;
		say(r, ward_conf_get(r->c, key), "%s", why);
		return;
	}
}

static void read_commands(struct reader *r, struct ward_ability *a)
{
	a->run = text(r, "run", true);
	a->look = text(r, "look", false);
	check_command(r, "run", a->run, a);
	check_command(r, "undo", a->back, a);
	check_command(r, "look", a->look, a);
}

/* Each as it will be sent. */
static void check_call(struct reader *r, const struct ward_ability *a, const char *key,
	struct ward_str line, struct ward_str content)
{
	bool openc2 = r->to->a[a->actuator].way == WARD_ACT_WAY_OPENC2;
	char run[WARD_COMMAND_MAX + 1], with[WARD_COMMAND_MAX + 1], said[WARD_COMMAND_WHY];
	const struct ward_conf *at = ward_conf_get(r->c, key);

	for (size_t i = 0; at && i < a->n_on; i++) {
		struct ward_wr x = ward_wr_fixed(run, sizeof(run)),
			       y = ward_wr_fixed(with, sizeof(with));
		const char *why = said;

		if (ward_command_fill(line, r->in->m, a->on[i], &x, said) == WARD_OK &&
			ward_command_fill(content, r->in->m, a->on[i], &y, said) == WARD_OK)
			why = ward_call_wrong(
				ward_wr_text(&x), ward_wr_text(&y), openc2, r->in->lim, r->in->mem);
		if (!why)
			continue;
		say(r, at, "%s", why);
		return;
	}
}

static void read_calls(struct reader *r, struct ward_ability *a)
{
	a->run = text(r, "run", true);
	a->content = text(r, "content", false);
	a->back_content = text(r, "undo_content", false);
	if (a->back_content.len && !a->undo)
		say(r, ward_conf_get(r->c, "undo_content"),
			"nothing sends it\nadd `undo:`, METHOD /PATH, or take it away");
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
	if (n != 1)
		say(r, r->c, "'%.*s' has %s MAC address, and its session is found by one\n%s",
			WARD_STR_ARG(ward_model_node(r->in->m, node)->id),
			n ? "more than one" : "no",
			n ? "take it out of `on`" : "add its `mac` to the hospital's directory");
}

/* What is set of a session, and what is set when it is taken back. */
static void read_session(struct reader *r, struct ward_ability *a)
{
	static const char *const key[] = {"set", "set_back"};
	struct ward_str *const to[] = {&a->run, &a->back};
	enum ward_radius_set set;
	struct ward_str value;

	for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++) {
		*to[i] = text(r, key[i], true);
		if (to[i]->len && !ward_radius_what(*to[i], &set, &value))
			say(r, ward_conf_get(r->c, key[i]),
				"'%.*s' is nothing to set of a session\nwrite `vlan NAME` or "
				"`filter "
				"NAME`, of at most %d letters, digits and ._:/-",
				WARD_STR_ARG(*to[i]), WARD_RADIUS_VALUE);
	}
	if (a->does != WARD_DOES_ISOLATE)
		say(r, r->c,
			"by RADIUS a device is isolated, and nothing else\nwrite `does: isolate`");
	for (size_t i = 0; i < a->n_on; i++)
		check_session(r, a->on[i]);
}

/* What stands for ever because nobody thought of it is worse than what ends too early. */
static void read_lasts(struct reader *r, struct ward_ability *a)
{
	read_undo(r, a);
	(void)ward_conf_duration(r->c, "lasts", a->undo, r->in->diag, &a->lasts);
	if (a->undo && !a->lasts && ward_conf_get(r->c, "lasts"))
		say(r, ward_conf_get(r->c, "lasts"),
			"it would stand for good\nwrite how long, at most 24h; it can be renewed");
	if (a->lasts < 0 || a->lasts > WARD_ACT_LASTS_MAX)
		say(r, ward_conf_get(r->c, "lasts"),
			"it would stand for longer than a day\nwrite at most 24h; it can be "
			"renewed");
	if (!a->undo && a->lasts)
		say(r, ward_conf_get(r->c, "lasts"),
			"what can't be undone has no end\nwrite `undo: true`, or leave it out");
}

static void read_roles(struct reader *r, struct ward_ability *a)
{
	a->role = nodes(r, "roles", WARD_ABILITY_ROLES, &a->n_role);
	for (size_t i = 0; i < a->n_role; i++) {
		const struct ward_node *n = ward_model_node(r->in->m, a->role[i]);

		if (n->kind != WARD_NODE_ROLE)
			say(r, r->c, "'%.*s' is no role\nname roles of the hospital",
				WARD_STR_ARG(n->id));
	}
	if (!a->n_role)
		say(r, r->c, "nobody may approve it\nadd `roles:` with roles of the hospital");
}

static void read_ability(struct reader *r, size_t actuator)
{
#define OF_ALL "id", "does", "on", "cuts", "roles", "persons", "repeat", "undo", "lasts"
	static const char *const keys[WARD_ACT_WAY_N][13] = {
		[WARD_ACT_WAY_WEBHOOK] = {OF_ALL, NULL},
		[WARD_ACT_WAY_SSH] = {OF_ALL, "run", "look", NULL},
		[WARD_ACT_WAY_RADIUS] = {OF_ALL, "set", "set_back", NULL},
		[WARD_ACT_WAY_HTTP] = {OF_ALL, "run", "content", "undo_content", NULL},
		[WARD_ACT_WAY_OPENC2] = {OF_ALL, "run", "content", "undo_content", NULL},
	};
#undef OF_ALL
	enum ward_act_way way = r->to->a[actuator].way;
	struct ward_ability a = {.actuator = actuator, .line = r->c->line};
	size_t before = r->in->diag->n_error;
	int64_t persons = 1;

	ward_conf_only(r->c, keys[way], r->in->diag);
	a.id = read_id(r);
	read_does(r, &a);
	a.on = nodes(r, "on", WARD_ABILITY_THINGS, &a.n_on);
	a.cuts = nodes(r, "cuts", WARD_ABILITY_THINGS, &a.n_cuts);
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
	else if (ward_actuator_type(way))
		read_calls(r, &a);
	if (!a.n_on)
		say(r, r->c, "it acts on nothing\nadd `on:` with ids of the hospital");
	for (size_t i = 0; i < a.n_on; i++)
		check_thing(r, &a, a.on[i]);
	for (size_t i = 0; i < r->to->n_ability; i++)
		if (r->to->ability[i].actuator == actuator &&
			ward_str_eq(r->to->ability[i].id, a.id))
			say(r, r->c, "'%.*s' is there already, in line %u\ngive it another id",
				WARD_STR_ARG(a.id), r->to->ability[i].line);
	if (r->to->n_ability == WARD_ABILITIES_MAX)
		say(r, r->c, "more than %d things can be done\none entry can name many in `on`",
			WARD_ABILITIES_MAX);
	else
		r->to->ability[r->to->n_ability++] = a;
}

/* ---- the systems ---- */

static void read_webhook(struct reader *r, struct ward_actuator *a)
{
	struct ward_weburl url;
	const char *why;

	if (a->where.len && ward_weburl_read(a->where, &url, &why) != WARD_OK)
		say(r, ward_conf_get(r->c, "webhook"),
			"this is no address of a system: %s\nwrite https://HOST[:PORT]/PATH", why);
	a->certificate = text(r, "certificate", false);
}

/* HOST[:PORT] becomes HOST:PORT. */
static void read_host(struct reader *r, struct ward_actuator *a, const char *key, unsigned port)
{
	char whole[WARD_ACTUATOR_TEXT + 16];
	struct ward_weburl url;
	const char *why;
	int n = snprintf(whole, sizeof(whole), "https://%.*s", WARD_STR_ARG(a->where));

	if (!a->where.len)
		return;
	if (n < 0 || (size_t)n >= sizeof(whole) || memchr(a->where.p, '/', a->where.len) ||
		ward_weburl_read(ward_str_z(whole), &url, &why) != WARD_OK) {
		say(r, ward_conf_get(r->c, key),
			"'%.*s' is no host\nwrite HOST or HOST:PORT, an IPv6 address in brackets",
			WARD_STR_ARG(a->where));
		return;
	}
	bool v6 = strchr(url.host, ':') != NULL,
	     given = a->where.p[a->where.len - 1] != ']' && memchr(a->where.p, ':', a->where.len);

	n = snprintf(whole, sizeof(whole), "%s%s%s:%u", v6 ? "[" : "", url.host, v6 ? "]" : "",
		given ? url.port : port);
	a->where = ward_arena_str(&r->to->arena, ward_str_z(whole));
	if (!a->where.p)
		r->err = WARD_ERR_NOMEM;
}

static void read_ssh(struct reader *r, struct ward_actuator *a)
{
	read_host(r, a, "ssh", SSH_PORT);
	a->user = text(r, "user", true);
	a->host_key = text(r, "host_key", true);
}

static void read_radius(struct reader *r, struct ward_actuator *a)
{
	read_host(r, a, "radius", WARD_RADIUS_PORT);
	a->nas = text(r, "nas", false);
	if (a->nas.len > WARD_RADIUS_NAS)
		say(r, ward_conf_get(r->c, "nas"), "'nas' is too long\nwrite at most %d bytes",
			WARD_RADIUS_NAS);
}

static void read_called(struct reader *r, struct ward_actuator *a)
{
	struct ward_weburl url;
	const char *why;
	enum ward_err err = ward_weburl_read(a->where, &url, &why);

	if (a->where.len && (err || !ward_str_eqz(ward_str_z(url.path), "/")))
		say(r, ward_conf_get(r->c, way_of[a->way].name),
			"this is no address of a system: %s\nwrite https://HOST[:PORT]; paths "
			"stand "
			"in `run`",
			err ? why : "it has a path");
	a->certificate = text(r, "certificate", false);
	a->header = text(r, "header", false);
	why = a->header.len ? ward_call_header_wrong(a->header) : NULL;
	if (why)
		say(r, ward_conf_get(r->c, "header"), "%s", why);
	else if (!a->header.len)
		a->header = WARD_STR(WARD_CALL_HEADER);
}

/* Which of the keys that say where it is; the first when there is none. */
static enum ward_act_way way_in(struct reader *r)
{
	enum ward_act_way way = WARD_ACT_WAY_N;

	for (unsigned i = 0; i < WARD_ACT_WAY_N; i++) {
		const struct ward_conf *v = ward_conf_get(r->c, way_of[i].name);

		if (v && way != WARD_ACT_WAY_N)
			say(r, v, "'%s' and '%s' at once\nmake them two systems", way_of[way].name,
				way_of[i].name);
		else if (v)
			way = (enum ward_act_way)i;
	}
	return way == WARD_ACT_WAY_N ? WARD_ACT_WAY_WEBHOOK : way;
}

static void read_way(struct reader *r, struct ward_actuator *a)
{
	static const char *const keys[WARD_ACT_WAY_N][10] = {
		[WARD_ACT_WAY_WEBHOOK] = {"id", "name", "webhook", "secret_file", "certificate",
			"exercise", "can", NULL},
		[WARD_ACT_WAY_SSH] = {"id", "name", "ssh", "user", "host_key", "secret_file",
			"exercise", "can", NULL},
		[WARD_ACT_WAY_RADIUS] = {"id", "name", "radius", "nas", "secret_file", "exercise",
			"can", NULL},
		[WARD_ACT_WAY_HTTP] = {"id", "name", "http-api", "header", "secret_file",
			"certificate", "exercise", "can", NULL},
		[WARD_ACT_WAY_OPENC2] = {"id", "name", "openc2-http", "header", "secret_file",
			"certificate", "exercise", "can", NULL},
	};

	a->way = way_in(r);
	ward_conf_only(r->c, keys[a->way], r->in->diag);
	a->where = text(r, way_of[a->way].name, true);
	a->secret_file = text(r, "secret_file", true);
	if (a->way == WARD_ACT_WAY_WEBHOOK)
		read_webhook(r, a);
	else if (a->way == WARD_ACT_WAY_SSH)
		read_ssh(r, a);
	else if (a->way == WARD_ACT_WAY_RADIUS)
		read_radius(r, a);
	else
		read_called(r, a);
}

static void read_can(struct reader *r, size_t actuator)
{
	const struct ward_conf *whole = r->c, *can = ward_conf_get(whole, "can");

	if (!can || can->kind != WARD_CONF_SEQ || !can->child)
		say(r, whole, "the system can do nothing\nadd `can:` with a list of what it does");
	for (const struct ward_conf *c = can && can->kind == WARD_CONF_SEQ ? can->child : NULL;
		c && !r->err; c = c->next) {
		r->c = c;
		if (c->kind == WARD_CONF_MAP)
			read_ability(r, actuator);
		else
			say(r, c, "this is nothing that is done\nwrite `- id: …` with its keys");
	}
	r->c = whole;
}

static void read_one(struct reader *r, const struct ward_conf *c)
{
	struct ward_actuator a = {.line = c->line};

	r->c = c;
	if (c->kind != WARD_CONF_MAP) {
		say(r, c, "this is no system\nwrite `- id: …` with its keys below");
		return;
	}
	if (r->to->n == WARD_ACTUATORS_MAX) {
		say(r, c, "more than %d systems\nlet one of them hand on what it is asked",
			WARD_ACTUATORS_MAX);
		return;
	}
	a.id = read_id(r);
	for (size_t i = 0; i < r->to->n; i++)
		if (ward_str_eq(r->to->a[i].id, a.id))
			say(r, c, "'%.*s' is there already, in line %u\ngive it another id",
				WARD_STR_ARG(a.id), r->to->a[i].line);
	a.name = text(r, "name", false);
	a.name = a.name.len ? a.name : a.id;
	read_way(r, &a);
	(void)ward_conf_bool(c, "exercise", false, r->in->diag, &a.exercise);
	r->to->a[r->to->n] = a;
	read_can(r, r->to->n++);
}

static void read_all(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"actuators", NULL};

	for (const struct ward_conf *d = docs->child; d; d = d->next) {
		const struct ward_conf *list = ward_conf_get(d, "actuators");

		if (!list || list->kind != WARD_CONF_SEQ) {
			say(r, d, "the file holds no list of systems\nbegin with `actuators:`");
			continue;
		}
		ward_conf_only(d, keys, r->in->diag);
		for (const struct ward_conf *c = list->child; c && !r->err; c = c->next)
			read_one(r, c);
	}
}

enum ward_err ward_actuators_read(const struct ward_actuators_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_actuators *ret)
{
	struct reader r = {.in = in, .to = ret};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena tree;

	*ret = (struct ward_actuators){.n = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ret->ability = ward_arena_array(&ret->arena, WARD_ABILITIES_MAX, sizeof(*ret->ability));
	if (!ret->ability)
		return WARD_ERR_NOMEM;
	ward_arena_init(&tree, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_conf_yaml(&tree, in->lim, file, bytes, in->diag, &docs);

	if (!err)
		read_all(&r, docs);
	ward_arena_fini(&tree);
	if (err || r.err)
		return err ? err : r.err;
	return in->diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

/* By its whole path, or in the directory. False: it has no room. */
static bool path_of(const char *dir, struct ward_str name, char path[PATH_BYTES])
{
	bool whole = name.len && name.p[0] == '/';
	int n = snprintf(path, PATH_BYTES, "%s%s%.*s", whole ? "" : dir, whole ? "" : "/",
		WARD_STR_ARG(name));

	return n > 0 && n < PATH_BYTES;
}

/* Without the server's own key anybody on the way could answer in its place. */
static void check_host_key(const struct ward_actuators_in *in, const char *dir,
	struct ward_str file, const struct ward_actuator *a)
{
	char path[PATH_BYTES];

	if (a->host_key.len && (!path_of(dir, a->host_key, path) || access(path, R_OK) != 0))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, a->line,
			"system '%.*s': the file of `host_key` can't be read\nmake it from the "
			"server's /etc/ssh/ssh_host_ed25519_key.pub",
			WARD_STR_ARG(a->id));
}

/* Whoever reads the secret can act in Ward's name. */
static void check_files(const struct ward_actuators_in *in, const char *dir, struct ward_str file,
	const struct ward_actuator *a)
{
	char path[PATH_BYTES];
	struct stat st;
	const char *what = NULL;

	if (!path_of(dir, a->secret_file, path) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		what = "the secret's file can't be read\nmake it: (umask 077; openssl rand -hex 32 "
		       ">FILE)";
	else if (st.st_size < WARD_SECRET_MIN)
		what = "the secret is shorter than 16 characters\nmake it: (umask 077; openssl "
		       "rand "
		       "-hex 32 >FILE)";
	else if (st.st_mode & (S_IRWXG | S_IRWXO))
		what = "others may read the secret: they could act in Ward's name\nchmod 600 the "
		       "file, and replace the secret if others are on the machine";
	if (what)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, a->line, "system '%.*s': %s",
			WARD_STR_ARG(a->id), what);
	if (a->certificate.len && (!path_of(dir, a->certificate, path) || access(path, R_OK) != 0))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, a->line,
			"system '%.*s': the certificate's file can't be read\nname a PEM file of "
			"the directory",
			WARD_STR_ARG(a->id));
}

enum ward_err ward_actuators_load(
	const struct ward_actuators_in *in, const char *dir, struct ward_actuators *ret)
{
	char path[PATH_BYTES];
	struct ward_arena bytes;
	struct ward_slice text;
	size_t before = in->diag->n_error;
	int n = snprintf(path, sizeof(path), "%s/" WARD_ACTUATORS_FILE, dir);

	*ret = (struct ward_actuators){.n = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	if (n < 0 || n >= PATH_BYTES)
		return WARD_ERR_LIMIT;
	if (access(path, F_OK) != 0)
		return WARD_OK;
	ward_arena_init(&bytes, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) + 4096);
	enum ward_err err = ward_conf_read(&bytes, in->lim, path, in->diag, &text);

	if (!err) {
		ward_actuators_free(ret);
		err = ward_actuators_read(in, ward_str_z(path), text, ret);
	}
	for (size_t i = 0; !err && i < ret->n; i++) {
		check_files(in, dir, ward_str_z(path), &ret->a[i]);
		check_host_key(in, dir, ward_str_z(path), &ret->a[i]);
	}
	ward_arena_fini(&bytes);
	return err ? err : in->diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

void ward_actuators_free(struct ward_actuators *t)
{
	ward_arena_fini(&t->arena);
	t->n = t->n_ability = 0;
}

/* ---- looking up ---- */

size_t ward_ability_find(const struct ward_actuators *t, struct ward_str name)
{
	struct ward_str id = name, actuator = ward_str_cut(&id, '/');

	for (size_t i = 0; i < t->n_ability; i++)
		if (ward_str_eq(t->ability[i].id, id) &&
			ward_str_eq(t->a[t->ability[i].actuator].id, actuator))
			return i;
	return SIZE_MAX;
}

bool ward_ability_acts_on(const struct ward_ability *a, uint32_t node)
{
	for (size_t i = 0; i < a->n_on; i++)
		if (a->on[i] == node)
			return true;
	return false;
}

size_t ward_ability_narrowest(const struct ward_actuators *t, enum ward_does does, uint32_t node)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < t->n_ability; i++)
		if (t->ability[i].does == does && ward_ability_acts_on(&t->ability[i], node) &&
			(best == SIZE_MAX || t->ability[i].n_cuts < t->ability[best].n_cuts))
			best = i;
	return best;
}
