/* What a step acts on: nothing that no playbook acts on, and a host that is known beforehand. */
#include "respond/playbook/check.h"
#include "respond/playbook/sheet.h"

#include "base/wr.h"

enum { FILLED_MAX = 16 << 20 };

struct acting {
	struct ward_playbook_check *c;
	uint32_t step;
	const char *key;
	const struct ward_conf *at;
};

static bool value_of(void *ctx, struct ward_str name, struct ward_str *ret)
{
	const struct acting *a = ctx;
	const struct ward_playbook_var *v = ward_playbook_seen(a->c, a->step, name);

	if (v && v->known)
		*ret = v->value;
	return v && v->known;
}

/* With the values that are declared; a run looks again, at those that it has. */
static void never(struct acting *a, struct ward_str text)
{
	const struct ward_playbook_never *x = a->c->world->never;
	struct ward_wr w = ward_wr_grow(a->c->p->mem, FILLED_MAX);
	uint32_t node = WARD_NONE;

	if (!x || a->c->nomem)
		return;
	ward_playbook_fill(&w, NULL, text, value_of, a);
	a->c->nomem = ward_wr_bad(&w) || ward_playbook_never_in(x, ward_wr_text(&w), &node);
	ward_wr_fini(&w);
	if (node == WARD_NONE)
		return;
	if (ward_playbook_never_is_door(x, node))
		ward_playbook_check_bad(a->c, a->at, a->key,
			WARD_TEXT("a door by which people escape, or may escape, what commands one "
				  "or its network:"),
			ward_model_node(a->c->world->m, node)->id,
			WARD_TEXT(
				"take it out: no playbook acts on such a door; a hospital whose "
				"evacuation.yml has no ways has none that is known not to be one"));
	else
		ward_playbook_check_bad(a->c, a->at, a->key,
			WARD_TEXT("a medical device, what commands one or its network:"),
			ward_model_node(a->c->world->m, node)->id,
			WARD_TEXT("make the step manual: nothing acts on a medical device"));
}

static void never_text(void *ctx, const struct ward_conf *text)
{
	never(ctx, text->text);
}

static void host_is_known(struct acting *a, struct ward_str host)
{
	struct ward_str rest = host, before, name = {"", 0};

	while (!name.len && ward_playbook_next(&rest, &before, &name))
		;
	for (size_t i = 0; i < host.len && !name.len; i++)
		if (host.p[i] <= ' ' || host.p[i] == 0x7f || strchr("%\\", host.p[i]))
			name = host;
	if (name.len)
		ward_playbook_check_bad(a->c, a->at, a->key,
			WARD_TEXT("a host that is not known beforehand:"), name,
			WARD_TEXT("write scheme, host and port as they are, in ASCII, without "
				  "variables and escapes"));
}

/* "https://host:1/path", "//host/path", "host/path": what stands before the path. */
static void url(struct acting *a, struct ward_str s)
{
	size_t i = ward_str_find(s, WARD_STR("/")), colon = ward_str_find(s, WARD_STR(":"));

	if (s.len && s.p[0] == '/' && (s.len == 1 || !strchr("/\\", s.p[1])))
		return; /* a path of the agent's host */
	if (colon < i && colon + 1 < s.len && strchr("/\\", s.p[colon + 1]))
		i = colon + 1;
	if (i == colon + 1 || i == 0)
		while (i < s.len && s.p[i] == '/')
			i++;
	else
		i = 0;
	while (i < s.len && !strchr("/?#", s.p[i]))
		i++;
	host_is_known(a, ward_str_sub(s, 0, i));
}

static void host_text(void *ctx, const struct ward_conf *text)
{
	host_is_known(ctx, text->text);
}

static void url_text(void *ctx, const struct ward_conf *text)
{
	url(ctx, text->text);
}

static void each_of(
	const struct ward_conf *c, void (*each)(void *, const struct ward_conf *), struct acting *a)
{
	if (c && c->kind == WARD_CONF_SCALAR)
		each(a, c);
	else
		ward_playbook_texts(c, each, a);
}

static void party(struct acting *a, uint32_t i)
{
	const struct ward_playbook_party *x = i == WARD_NONE ? NULL : &a->c->p->party[i];
	const struct ward_conf *address = x ? ward_conf_get(x->at, "address") : NULL;

	if (!x)
		return;
	a->at = x->at;
	each_of(ward_conf_get(x->at, "port"), host_text, a);
	for (const struct ward_conf *k = address ? address->child : NULL; k; k = k->next)
		each_of(k, ward_str_eqz(k->key, "url") ? url_text : host_text, a);
	ward_playbook_texts(x->at, never_text, a);
}

/* "POST https://host/path HTTP/1.1". */
static void call(struct acting *a, const struct ward_playbook_command *x)
{
	const struct ward_conf *headers = ward_conf_get(x->at, "headers");
	struct ward_str rest = ward_str_trim(x->text), method = ward_str_cut(&rest, ' ');

	host_is_known(a, method);
	if (rest.p) {
		rest = ward_str_trim(rest);
		url(a, ward_str_cut(&rest, ' '));
	}
	for (const struct ward_conf *k = headers ? headers->child : NULL; k; k = k->next)
		if (ward_str_ieq(k->key, WARD_STR("host")))
			each_of(k, host_text, a);
}

void ward_playbook_check_acts(struct ward_playbook_check *c, const struct ward_playbook_step *s,
	const struct ward_playbook_command *x)
{
	struct acting a = {c, (uint32_t)(s - c->p->step), "agent", s->at};

	party(&a, s->agent);
	a.key = "targets";
	for (size_t i = 0; i < s->n_target; i++)
		party(&a, s->target[i]);
	a.key = "commands";
	a.at = x->at;
	if (x->act == WARD_PLAYBOOK_HTTP || x->act == WARD_PLAYBOOK_OPENC2)
		call(&a, x);
	ward_playbook_texts(x->at, never_text, &a);
	never(&a, x->content);
	if (!ward_conf_get(x->at, "command"))
		never(&a, x->text); /* it was in base64 */
}
