#include "respond/playbook/call.h"

#include "respond/playbook/check.h"
#include "respond/playbook/sheet.h"

enum { CALL_MAX = 8 << 10 }; /* bytes of one text, filled in: more is sent of none */

bool ward_playbook_is_person(const struct ward_playbook_party *x)
{
	static const char *const people[] = {
		"group", "individual", "location", "organization", "sector"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(people); i++)
		if (ward_str_eqz(x->type, people[i]))
			return true;
	return false;
}

/* Targets, then the agent; NULL behind the last. */
static const struct ward_playbook_party *party_at(
	const struct ward_playbook *p, const struct ward_playbook_step *s, size_t *i)
{
	while (*i <= s->n_target) {
		uint32_t at = *i < s->n_target ? s->target[*i] : s->agent;

		(*i)++;
		if (at != WARD_NONE)
			return &p->party[at];
	}
	return NULL;
}

const struct ward_playbook_party *ward_playbook_thing(
	const struct ward_playbook *p, const struct ward_playbook_step *s)
{
	const struct ward_playbook_party *x, *found = NULL;

	for (size_t i = 0; (x = party_at(p, s, &i));) {
		if (!x->thing.len || (found && ward_str_eq(found->thing, x->thing)))
			continue;
		if (found)
			return NULL;
		found = x;
	}
	return found;
}

struct ward_str ward_playbook_system(
	const struct ward_playbook *p, const struct ward_playbook_step *s)
{
	const struct ward_playbook_party *x;

	for (size_t i = 0; (x = party_at(p, s, &i));)
		if (!ward_playbook_is_person(x))
			return x->name;
	return WARD_STR("");
}

/* A value that ends no word, path or quotes. */
static bool is_plain(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			(!c || !strchr("._:/-", c)))
			return false;
	}
	return s.len > 0;
}

static bool value_of(void *ctx, struct ward_str name, struct ward_str *ret)
{
	struct ward_playbook_call *c = ctx;
	const struct ward_playbook_party *thing = ward_playbook_thing(c->p, c->s);

	if (c->thing.len && thing && ward_str_eq(thing->thing, name)) {
		*ret = c->thing;
		return true;
	}
	if (!c->value(c->ctx, name, ret)) {
		*ret = WARD_STR(WARD_PLAYBOOK_ANY);
		c->bad = c->bad || !c->open;
		return true;
	}
	c->bad = c->bad || !is_plain(*ret);
	return true;
}

/* Before it, of a field, "NAME: ". */
static void put(struct ward_playbook_call *c, struct ward_json *j, struct ward_str name,
	struct ward_str text)
{
	struct ward_wr w = ward_wr_grow(c->p->mem, CALL_MAX);

	if (c->bad)
		return;
	if (name.len) {
		ward_wr_str(&w, name);
		ward_wr_z(&w, ": ");
	}
	ward_playbook_fill(&w, NULL, text, value_of, c);
	c->bad = c->bad || ward_wr_bad(&w) || !ward_utf8_valid(ward_wr_slice(&w), NULL);
	if (!c->bad)
		ward_json_str(j, ward_wr_text(&w));
	ward_wr_fini(&w);
}

struct listing {
	struct ward_playbook_call *c;
	struct ward_json *j;
	struct ward_str name;
};

static void put_text(void *ctx, const struct ward_conf *text)
{
	struct listing *l = ctx;

	put(l->c, l->j, l->name, text->text);
}

/* One text, or all in it. */
static void put_each(struct listing *l, const struct ward_conf *c)
{
	if (c->kind == WARD_CONF_SCALAR)
		put_text(l, c);
	else
		ward_playbook_texts(c, put_text, l);
}

static void put_headers(struct ward_playbook_call *c, struct ward_json *j)
{
	const struct ward_conf *headers = ward_conf_get(c->x->at, "headers");

	ward_json_key(j, "headers");
	ward_json_arr(j);
	for (const struct ward_conf *k = headers ? headers->child : NULL; k; k = k->next)
		put_each(&(struct listing){c, j, k->key}, k);
	ward_json_arr_end(j);
}

/* Names and addresses: of a host and an URL nothing is filled in. */
static void put_systems(struct ward_playbook_call *c, struct ward_json *j)
{
	const struct ward_playbook_party *x;
	struct listing l = {c, j, WARD_STR("")};

	ward_json_key(j, "systems");
	ward_json_arr(j);
	for (size_t i = 0; (x = party_at(c->p, c->s, &i));) {
		const struct ward_conf *address = ward_conf_get(x->at, "address");

		if (ward_playbook_is_person(x))
			continue;
		ward_json_str(j, x->name);
		for (const struct ward_conf *k = address ? address->child : NULL; k; k = k->next)
			put_each(&l, k);
	}
	ward_json_arr_end(j);
}

bool ward_playbook_call_put(struct ward_playbook_call *c, struct ward_json *j)
{
	c->bad = false;
	ward_json_key(j, "command");
	ward_json_str(j, c->x->type);
	ward_json_key(j, "call");
	put(c, j, WARD_STR(""), c->x->text);
	if (c->bad)
		return false;
	ward_json_key(j, "content");
	put(c, j, WARD_STR(""), c->x->content);
	if (c->bad)
		return false;
	put_headers(c, j);
	put_systems(c, j);
	return !c->bad;
}
