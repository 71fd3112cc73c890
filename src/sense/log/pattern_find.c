/* Which shape a line is held against: a tree of the programs' names, then one of the lines'
 * beginnings, the longest first. */
#include "sense/log/pattern_part.h"

static enum ward_err new_node(struct ward_log_patterns *p, char c, uint32_t *ret)
{
	enum ward_err err = ward_mem_more(
		p->mem, &p->node, p->n_node, &p->cap_node, sizeof(*p->node), (size_t)1 << 24);

	if (err)
		return err;
	*ret = (uint32_t)p->n_node;
	p->node[p->n_node++] = (struct ward_log_node){.child = WARD_NONE,
		.next = WARD_NONE,
		.shape = WARD_NONE,
		.group = WARD_NONE,
		.wild = WARD_NONE,
		.c = c};
	return WARD_OK;
}

static enum ward_err new_group(struct ward_log_patterns *p, uint32_t *ret)
{
	uint32_t root;
	enum ward_err err = new_node(p, 0, &root);

	if (!err)
		err = ward_mem_more(p->mem, &p->group, p->n_group, &p->cap_group, sizeof(*p->group),
			(size_t)1 << 20);
	if (err)
		return err;
	*ret = (uint32_t)p->n_group;
	struct ward_log_group *g = &p->group[p->n_group++];

	*g = (struct ward_log_group){.root = root};
	for (size_t i = 0; i < WARD_ARRAY_LEN(g->first); i++)
		g->first[i] = WARD_NONE;
	return WARD_OK;
}

static uint32_t child(const struct ward_log_patterns *p, uint32_t at, char c)
{
	uint32_t n = p->node[at].child;

	while (n != WARD_NONE && p->node[n].c != c)
		n = p->node[n].next;
	return n;
}

/* The node of a text below root, made where it is missing. */
static enum ward_err reach(
	struct ward_log_patterns *p, uint32_t root, struct ward_str s, uint32_t *ret)
{
	uint32_t at = root;

	for (size_t i = 0; i < s.len; i++) {
		uint32_t n = child(p, at, s.p[i]);

		if (n == WARD_NONE) {
			enum ward_err err = new_node(p, s.p[i], &n);

			if (err)
				return err;
			p->node[n].next = p->node[at].child;
			p->node[at].child = n;
		}
		at = n;
	}
	*ret = at;
	return WARD_OK;
}

enum ward_err ward_log_dispatch_init(struct ward_log_patterns *p)
{
	uint32_t any;
	enum ward_err err = new_node(p, 0, &p->apps);

	return err ? err : new_group(p, &any);
}

/* The group of one program's name; "postfix*" is that of all that begin so. */
static enum ward_err group_of(struct ward_log_patterns *p, struct ward_str app, uint32_t *ret)
{
	bool wild = app.len && app.p[app.len - 1] == '*';
	uint32_t at;

	if (ward_str_eqz(app, "*")) {
		*ret = 0;
		return WARD_OK;
	}
	enum ward_err err = reach(p, p->apps, ward_str_sub(app, 0, app.len - wild), &at);

	if (err)
		return err;
	*ret = wild ? p->node[at].wild : p->node[at].group;
	if (*ret != WARD_NONE)
		return WARD_OK;
	err = new_group(p, ret);
	if (!err && wild)
		p->node[at].wild = *ret;
	else if (!err)
		p->node[at].group = *ret;
	return err;
}

/* Behind those of the same load, before those of an earlier one. */
static void chain(struct ward_log_patterns *p, uint32_t node, uint32_t i)
{
	uint32_t *at = &p->node[node].shape;

	while (*at != WARD_NONE && p->shape[*at].layer == p->shape[i].layer)
		at = &p->shape[*at].next;
	p->shape[i].next = *at;
	*at = i;
}

static enum ward_err loosen(struct ward_log_patterns *p, struct ward_log_group *g, uint32_t i)
{
	size_t at = 0;

	if (g->n_loose == WARD_LOG_LOOSE)
		return WARD_ERR_FULL;
	while (at < g->n_loose && p->shape[g->loose[at]].layer == p->shape[i].layer)
		at++;
	memmove(g->loose + at + 1, g->loose + at, (g->n_loose - at) * sizeof(*g->loose));
	g->loose[at] = i;
	g->n_loose++;
	return WARD_OK;
}

static enum ward_err add_to(
	struct ward_log_patterns *p, const struct ward_log_shape *s, uint32_t group)
{
	struct ward_str prefix = s->pattern->starts.len ? s->pattern->starts
				 : s->n_piece           ? s->piece[0].before
							: s->tail;
	enum ward_err err = ward_mem_more(p->mem, &p->shape, p->n_shape, &p->cap_shape,
		sizeof(*p->shape), ward_limit(p->lim, WARD_LIMIT_LOG_PATTERNS));
	uint32_t i = (uint32_t)p->n_shape, at;

	if (err)
		return err;
	prefix = ward_str_sub(prefix, 0, WARD_LOG_PREFIX);
	p->shape[i] = *s;
	p->shape[i].layer = p->layer;
	if (prefix.len)
		err = reach(p, p->group[group].root, prefix, &at);
	if (err)
		return err;
	p->n_shape++;
	if (prefix.len) {
		struct ward_log_group *g = &p->group[group];

		g->first[(uint8_t)prefix.p[0]] = child(p, g->root, prefix.p[0]);
		chain(p, at, i);
		return WARD_OK;
	}
	return loosen(p, &p->group[group], i);
}

enum ward_err ward_log_dispatch_add(struct ward_log_patterns *p, const struct ward_log_shape *s)
{
	const struct ward_log_source *src = s->pattern->source;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < src->n_app && !err; i++) {
		uint32_t group;

		err = group_of(p, src->app[i], &group);
		if (!err)
			err = add_to(p, s, group);
	}
	return src->n_app ? err : add_to(p, s, 0);
}

static bool try_shape(const struct ward_log_shape *s, struct ward_str text,
	struct ward_log_first *first, struct ward_arena *arena, struct ward_log_found *ret)
{
	return ward_str_starts(text, s->pattern->starts) &&
	       ward_log_shape_match(s, text, first, arena, ret);
}

/* Those that begin with a value, each with a first look at what the line begins with. */
static const struct ward_log_shape *among_loose(const struct ward_log_patterns *p,
	const struct ward_log_group *g, struct ward_str text, struct ward_arena *arena,
	struct ward_log_found *ret)
{
	struct ward_log_first first;

	for (size_t i = 0; i < WARD_LOG_TYPE_N; i++)
		first.type[i].known = false;
	for (size_t i = 0; i < g->n_loose; i++) {
		const struct ward_log_shape *s = &p->shape[g->loose[i]];

		if (text.len && s->n_piece &&
			ward_log_type_begins(s->piece[0].to.type, text.p[0]) &&
			try_shape(s, text, &first, arena, ret))
			return s;
	}
	return NULL;
}

static const struct ward_log_shape *in_group(const struct ward_log_patterns *p, uint32_t group,
	struct ward_str text, struct ward_arena *arena, struct ward_log_found *ret)
{
	const struct ward_log_group *g = &p->group[group];
	uint32_t path[WARD_LOG_PREFIX];
	uint32_t at = text.len ? g->first[(uint8_t)text.p[0]] : WARD_NONE;
	size_t n = 0;

	for (size_t i = 1; at != WARD_NONE;
		at = i < text.len ? child(p, at, text.p[i++]) : WARD_NONE)
		if (p->node[at].shape != WARD_NONE)
			path[n++] = p->node[at].shape; /* prefixes have WARD_LOG_PREFIX at most */
	while (n > 0)
		for (uint32_t i = path[--n]; i != WARD_NONE; i = p->shape[i].next)
			if (try_shape(&p->shape[i], text, NULL, arena, ret))
				return &p->shape[i];
	return g->n_loose ? among_loose(p, g, text, arena, ret) : NULL;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const struct ward_log_shape *ward_log_dispatch_find(const struct ward_log_patterns *p,
	struct ward_str app, struct ward_str text, struct ward_arena *arena,
	struct ward_log_found *ret)
{
	enum { WILDS = 8 };
	uint32_t group[WILDS + 2], at = p->apps;
	size_t n = 0, i;

	group[n++] = 0;
	for (i = 0; i < app.len && (at = child(p, at, lower(app.p[i]))) != WARD_NONE; i++)
		if (p->node[at].wild != WARD_NONE && n <= WILDS)
			group[n++] = p->node[at].wild;
	if (app.len && at != WARD_NONE && p->node[at].group != WARD_NONE)
		group[n++] = p->node[at].group;
	while (n > 0) {
		const struct ward_log_shape *s = in_group(p, group[--n], text, arena, ret);

		if (s)
			return s;
	}
	return NULL;
}

enum ward_err ward_log_json_add(struct ward_log_patterns *p, struct ward_log_pattern *pat)
{
	uint32_t id = pat->member[0];

	if (id >= p->n_json) {
		size_t n = (size_t)id + 64;
		struct ward_log_pattern **json = ward_mem_resize(p->mem, p->json,
			p->n_json * sizeof(struct ward_log_pattern *),
			n * sizeof(struct ward_log_pattern *));

		if (!json)
			return WARD_ERR_NOMEM;
		memset(json + p->n_json, 0, (n - p->n_json) * sizeof(struct ward_log_pattern *));
		p->json = json;
		p->n_json = n;
	}
	pat->next = p->json[id];
	p->json[id] = pat;
	return WARD_OK;
}

static bool has_all(const struct ward_log_pattern *pat, const struct ward_event *e)
{
	for (size_t i = 0; i < pat->n_member; i++)
		if (!ward_event_get(e, pat->member[i]))
			return false;
	return true;
}

const struct ward_log_pattern *ward_log_json_find(
	const struct ward_log_patterns *p, const struct ward_event *e)
{
	for (size_t i = 0; i < e->n_field; i++) {
		uint32_t id = e->field[i].name;
		const struct ward_log_pattern *pat = id < p->n_json ? p->json[id] : NULL;

		for (; pat; pat = pat->next)
			if (has_all(pat, e))
				return pat;
	}
	return NULL;
}
