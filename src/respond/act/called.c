#include "respond/act/called.h"

#include "respond/act/call.h"
#include "respond/act/command.h"

enum { PAIRS_MAX = WARD_COMMAND_MAX, ARENA_BYTES = 4 << 20 };

/* What CACAO calls a command to a system that is asked so; NULL: there is none. */
static const char *const command_of[WARD_ACT_WAY_N] = {
	[WARD_ACT_WAY_SSH] = "bash",
	[WARD_ACT_WAY_HTTP] = "http-api",
	[WARD_ACT_WAY_OPENC2] = "openc2-http",
};

/* Is it what is asked for, where that leaves parts open? */
static bool fits(struct ward_str is, struct ward_str asked)
{
	const struct ward_str any = WARD_STR(WARD_CALLED_ANY);
	size_t i = 0, k = 0, end = 0, behind = SIZE_MAX; /* of the last open part */

	while (i < is.len) {
		if (ward_str_starts(ward_str_sub(asked, k, SIZE_MAX), any) &&
			ward_command_is_plain(ward_str_sub(is, i, 1))) {
			behind = k += any.len;
			end = ++i;
		} else if (k < asked.len && asked.p[k] == is.p[i]) {
			i++;
			k++;
		} else if (behind != SIZE_MAX && ward_command_is_plain(ward_str_sub(is, end, 1))) {
			k = behind;
			i = ++end;
		} else {
			return false;
		}
	}
	return k == asked.len;
}

/* Two values of JSON; the first is an ability's, and short. */
static bool same(const struct ward_conf *is, const struct ward_conf *asked)
{
	struct {
		const struct ward_conf *is, *asked;
	} todo[PAIRS_MAX];
	size_t n = 1;

	todo[0].is = is;
	todo[0].asked = asked;
	while (n) {
		const struct ward_conf *a = todo[--n].is, *b = todo[n].asked, *k;

		if (!b || a->kind != b->kind || a->quoted != b->quoted ||
			a->n_child != b->n_child || n + a->n_child > PAIRS_MAX ||
			(a->kind == WARD_CONF_SCALAR && !fits(a->text, b->text)))
			return false;
		k = b->child;
		for (const struct ward_conf *c = a->child; c; c = c->next) {
			todo[n].is = c;
			todo[n++].asked = a->kind == WARD_CONF_MAP ? ward_conf_get(b, c->key.p) : k;
			k = k ? k->next : NULL;
		}
	}
	return true;
}

static const struct ward_conf *parse(
	struct ward_arena *arena, const struct ward_limits *lim, struct ward_str text)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(arena, lim, WARD_STR("content"), 1, ward_str_bytes(text), &diag, &c);

	ward_diag_fini(&diag);
	return err ? NULL : c;
}

static bool same_content(const struct ward_limits *lim, struct ward_str is, struct ward_str asked)
{
	struct ward_arena arena;

	if (!is.len || !asked.len)
		return is.len == asked.len;
	ward_arena_init(&arena, ward_mem_heap(), ARENA_BYTES);
	const struct ward_conf *a = parse(&arena, lim, is), *b = parse(&arena, lim, asked);
	bool ok = a && b && same(a, b);

	ward_arena_fini(&arena);
	return ok;
}

/* "application/json; charset=…" is not the same; blanks and letter case are. */
static bool same_type(struct ward_str is, struct ward_str asked)
{
	size_t k = 0;

	for (size_t i = 0; i < asked.len; i++) {
		if (asked.p[i] == ' ')
			continue;
		if (k == is.len || !ward_str_ieq(ward_str_sub(asked, i, 1), ward_str_sub(is, k, 1)))
			return false;
		k++;
	}
	return k == is.len;
}

static bool is_host(const struct ward_actuator *a, struct ward_str host)
{
	struct ward_weburl url;
	const char *why;
	size_t end = a->where.len;

	if (a->way != WARD_ACT_WAY_SSH)
		return ward_weburl_read(a->where, &url, &why) == WARD_OK &&
		       ward_str_ieq(ward_str_z(url.host), host);
	while (end && a->where.p[end - 1] != ':') /* HOST:PORT */
		end--;
	return end && ward_str_ieq(ward_str_sub(a->where, 0, end - 1), host);
}

static bool is_origin(const struct ward_actuator *a, struct ward_str text)
{
	struct ward_weburl is, asked;
	const char *why;

	return ward_weburl_read(a->where, &is, &why) == WARD_OK &&
	       ward_weburl_read(text, &asked, &why) == WARD_OK && is.tls == asked.tls &&
	       is.port == asked.port && ward_str_ieq(ward_str_z(is.host), ward_str_z(asked.host));
}

/* Fields that ask for anything else than what is sent anyway. */
static bool headers_fit(const struct ward_actuator *a, const struct ward_conf *command)
{
	const struct ward_conf *list = ward_conf_get(command, "headers");

	for (const struct ward_conf *h = list ? list->child : NULL; h; h = h->next) {
		struct ward_str value = h->text, name = ward_str_cut(&value, ':');

		value = ward_str_trim(value);
		if (ward_str_ieq(name, WARD_STR("content-type")) ||
			ward_str_ieq(name, WARD_STR("accept"))) {
			if (!same_type(ward_str_z(ward_actuator_type(a->way)), value))
				return false;
		} else if (!ward_str_ieq(name, WARD_STR("host")) || !is_host(a, value)) {
			return false;
		}
	}
	return true;
}

/* Is it one of those that the command names? */
static bool is_named(const struct ward_actuator *a, const struct ward_conf *command)
{
	const struct ward_conf *list = ward_conf_get(command, "systems");

	for (const struct ward_conf *s = list ? list->child : NULL; s; s = s->next)
		if (ward_str_eq(s->text, a->id) || ward_str_eq(s->text, a->name) ||
			is_host(a, s->text) ||
			(a->way != WARD_ACT_WAY_SSH && is_origin(a, s->text)))
			return true;
	return false;
}

static bool same_line(const struct ward_actuator *a, struct ward_str is, struct ward_str asked)
{
	struct ward_call_line x, y;

	return ward_call_line(is, &x) && ward_call_line(asked, &y) &&
	       ward_str_eq(x.method, y.method) && fits(x.path, y.path) &&
	       (!y.origin.len || is_origin(a, y.origin));
}

static bool is_for(const struct ward_actuator *a, const struct ward_ability *y,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_conf *command,
	uint32_t node)
{
	char run[WARD_COMMAND_MAX + 1], content[WARD_COMMAND_MAX + 1];
	struct ward_command_why why;
	struct ward_wr r = ward_wr_fixed(run, sizeof(run)),
		       c = ward_wr_fixed(content, sizeof(content));
	struct ward_str call = ward_str_trim(ward_conf_word(command, "call"));
	const struct ward_act_thing on = {.node = node};

	if (y->hosts || ward_command_fill(y->run, m, on, &r, &why) != WARD_OK ||
		ward_command_fill(y->content, m, on, &c, &why) != WARD_OK)
		return false;
	return (a->way == WARD_ACT_WAY_SSH ? fits(ward_str_trim(ward_wr_text(&r)), call)
					   : same_line(a, ward_wr_text(&r), call)) &&
	       same_content(lim, ward_wr_text(&c), ward_conf_word(command, "content"));
}

static bool is_for_any(const struct ward_actuators *t, const struct ward_ability *y,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_conf *command,
	uint32_t node)
{
	for (size_t k = 0; k < y->n_on; k++)
		if ((node == WARD_NONE || node == y->on[k]) &&
			is_for(&t->a[y->actuator], y, m, lim, command, y->on[k]))
			return true;
	return false;
}

size_t ward_ability_called(const struct ward_actuators *t, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_conf *command, uint32_t node,
	bool exercise)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < t->n_ability; i++) {
		const struct ward_ability *y = &t->ability[i];
		const struct ward_actuator *a = &t->a[y->actuator];

		if (!command_of[a->way] || a->exercise != exercise ||
			!ward_str_eqz(ward_conf_word(command, "command"), command_of[a->way]) ||
			!is_named(a, command) || !headers_fit(a, command) ||
			(best != SIZE_MAX && y->n_cuts >= t->ability[best].n_cuts))
			continue;
		if (is_for_any(t, y, m, lim, command, node))
			best = i;
	}
	return best;
}
