#include "model/load.h"

/* What a service requires: groups of members, some of which are groups themselves. Read level by
 * level from a queue, so that nothing recurses on input. */

#define KIND(k) (1u << WARD_NODE_##k)
enum { NEED_MAX = 1000000, MEMBERS_MAX = 1024, DEPTH_MAX = 8 };
/* What a service can need. */
static const uint32_t needed_kinds =
	KIND(ASSET) | KIND(SERVICE) | KIND(NETWORK) | KIND(ROOM) | KIND(ZONE) | KIND(ROLE);

/* A group that is still to be read. */
struct todo {
	const struct ward_conf *c;
	uint32_t owner;       /* the service, or the part that stands for it */
	struct ward_str name; /* of the group that it is in, for one that has none */
	unsigned depth;
	struct todo *next;
};

struct tree {
	struct ward_load *l;
	uint32_t service, n_part;
	struct todo *first, **end;
};

static bool out_of_memory(struct ward_load *l)
{
	(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
	return false;
}

static bool later(struct tree *t, const struct ward_conf *c, uint32_t owner, const struct todo *in)
{
	struct todo *at = ward_arena_alloc(&t->l->arena, sizeof(*at));

	if (!at)
		return out_of_memory(t->l);
	*at = (struct todo){.c = c,
		.owner = owner,
		.name = in ? in->name : WARD_STR(""),
		.depth = in ? in->depth + 1 : 0};
	*t->end = at;
	t->end = &at->next;
	return true;
}

/* The key that holds the members: `of` with `need`, or `all`, or `any`. NULL with a finding. */
static const char *members_key(struct ward_load *l, const struct ward_conf *c)
{
	static const char *const key[] = {"of", "all", "any"};
	const char *found = NULL;

	for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++) {
		if (!ward_conf_get(c, key[i]))
			continue;
		if (found) {
			ward_load_error(l, c,
				WARD_TEXT("a group has both `%s` and `%s`\nkeep one; a group may "
					  "hold "
					  "another: `of: [a, {any: [b, c]}]`"),
				found, key[i]);
			return NULL;
		}
		found = key[i];
	}
	return found ? found : key[0];
}

/* The node that stands for an inner group, and the group itself for later. WARD_NONE: a finding. */
static uint32_t part_of(struct tree *t, const struct todo *at, const struct ward_conf *c)
{
	struct ward_load *l = t->l;
	struct ward_model *m = l->m;
	uint32_t i = (uint32_t)(m->n + m->n_part);
	char id[WARD_WORD_ID_MAX + 16];
	struct ward_wr w = ward_wr_fixed(id, sizeof(id));

	if (at->depth + 1 == DEPTH_MAX) {
		ward_load_error(l, c,
			WARD_TEXT("groups in groups more than %d deep\nmake a service of the inner "
				  "ones"),
			DEPTH_MAX);
		return WARD_NONE;
	}
	if (!ward_load_ok(l,
		    ward_mem_more(l->mem, &m->node, i, &m->cap, sizeof(*m->node),
			    ward_limit(l->lim, WARD_LIMIT_MODEL_NODES)),
		    "model.nodes"))
		return WARD_NONE;
	const struct ward_node *service = &m->node[t->service];

	/* No id that people write has a '/'. */
	ward_wr_printf(&w, "%.*s/%u", WARD_STR_ARG(service->id), ++t->n_part);
	m->node[i] = (struct ward_node){.kind = WARD_NODE_SERVICE,
		.id = ward_load_keep(l, ward_wr_text(&w)),
		.name = service->name,
		.class = m->root[WARD_ROOT_SERVICE],
		.parent = at->owner,
		.zone = WARD_NONE,
		.network = WARD_NONE,
		.role = WARD_NONE,
		.file = service->file,
		.line = c->line};
	m->n_part++;
	return l->err || !later(t, c, i, at) ? WARD_NONE : i;
}

static uint32_t leaf(struct tree *t, const struct ward_conf *c, const char *key, struct ward_word w,
	const struct ward_group *g)
{
	struct ward_load *l = t->l;
	uint32_t node = ward_load_node_of(l, c, key, w, needed_kinds);

	if (node == t->service) {
		ward_load_error(l, c, WARD_TEXT("'%.*s' requires itself\nremove it from the group"),
			WARD_STR_ARG(w.s));
		return WARD_NONE;
	}
	for (uint32_t k = 0; node != WARD_NONE && k < g->n_member; k++) {
		if (g->member[k] != node)
			continue;
		ward_load_error(l, c,
			WARD_TEXT("the group names '%.*s' twice\nremove one; name spare units each "
				  "by its "
				  "own id"),
			WARD_STR_ARG(w.s));
		return WARD_NONE;
	}
	return node;
}

static void too_many(struct ward_load *l, const struct ward_conf *c)
{
	ward_load_error(l, c,
		WARD_TEXT("a group of more than %d members\nmake a service of some of them"),
		MEMBERS_MAX);
}

static void put(struct ward_group *g, uint32_t node)
{
	if (node != WARD_NONE)
		g->member[g->n_member++] = node;
}

/* A list, of ids and groups. */
static void from_list(struct tree *t, const struct todo *at, const struct ward_conf *v,
	const char *key, struct ward_group *g)
{
	uint32_t place = 0;

	for (const struct ward_conf *c = v->child; c && !t->l->err; c = c->next, place++) {
		if (place == MEMBERS_MAX) {
			too_many(t->l, at->c);
			return;
		}
		if (c->kind == WARD_CONF_MAP)
			put(g, part_of(t, at, c));
		else if (c->kind == WARD_CONF_SCALAR)
			put(g, leaf(t, at->c, key, (struct ward_word){c->text, c->line}, g));
		else
			ward_load_error(t->l, c,
				WARD_TEXT("a member of '%s' is neither an id nor a group\nwrite "
					  "`%s: [a, "
					  "{any: "
					  "[b, c]}]`"),
				key, key);
	}
}

/* Words in one text, as a cell of a table would hold them. */
static void from_words(struct tree *t, const struct todo *at, const char *key, struct ward_group *g)
{
	struct ward_words w = ward_load_words(t->l, at->c, key);

	if (w.n > MEMBERS_MAX) {
		too_many(t->l, at->c);
		w.n = MEMBERS_MAX;
	}
	for (size_t i = 0; i < w.n; i++)
		put(g, leaf(t, at->c, key, w.at[i], g));
}

static bool members(struct tree *t, const struct todo *at, const char *key, struct ward_group *g)
{
	struct ward_load *l = t->l;
	const struct ward_conf *v = ward_conf_get(at->c, key);
	size_t n = v && v->kind == WARD_CONF_SEQ      ? v->n_child
		   : v && v->kind == WARD_CONF_SCALAR ? v->text.len / 2 + 1
						      : 0;
	size_t n_error = l->diag->n_error;

	g->member = ward_arena_array(
		&l->m->arena, n < MEMBERS_MAX ? n : MEMBERS_MAX, sizeof(*g->member));
	if (!g->member)
		return out_of_memory(l);
	if (v && v->kind == WARD_CONF_SEQ)
		from_list(t, at, v, key, g);
	else
		from_words(t, at, key, g);
	if (!g->n_member && !l->err && l->diag->n_error == n_error)
		ward_load_error(l, at->c,
			WARD_TEXT("a group requires nothing\nadd `of: [ids]` with what is needed"));
	return g->n_member && !l->err;
}

static int64_t need_of(struct ward_load *l, const struct ward_conf *c, const char *key, uint32_t n)
{
	size_t n_error = l->diag->n_error;
	int64_t need = strcmp(key, "any") == 0 ? 1 : n;

	if (strcmp(key, "of") != 0) {
		if (ward_conf_get(c, "need"))
			ward_load_error(l, c,
				WARD_TEXT("'need' does not go with '%s'\nwrite `need: N, of: […]`, "
					  "or leave "
					  "it out"),
				key);
		return need;
	}
	(void)ward_conf_i64(c, "need", false, l->diag, 1, NEED_MAX, &need);
	if (need > n) {
		if (l->diag->n_error == n_error)
			ward_load_error(l, c,
				WARD_TEXT("a group needs %lld of %u members\nlower `need` or name "
					  "more "
					  "members"),
				(long long)need, n);
		need = n;
	}
	return need;
}

static void group(struct tree *t, struct todo *at)
{
	static const char *const known[] = {"name", "need", "of", "all", "any", "buffer", NULL};
	struct ward_load *l = t->l;
	struct ward_group g = {.owner = at->owner};
	size_t n_error = l->diag->n_error;

	if (!ward_word_keys(at->c, known, l->diag))
		return;
	const char *key = members_key(l, at->c);

	g.name = ward_load_name(l, at->c, false);
	if (g.name.len)
		at->name = g.name;
	g.name = at->name;
	if (!key || !members(t, at, key, &g))
		return;
	/* A member that is wrong was told; that too few are left then is not. */
	if (l->diag->n_error == n_error || strcmp(key, "of") != 0)
		g.need = (uint32_t)need_of(l, at->c, key, g.n_member);
	else
		g.need = g.n_member;
	(void)ward_conf_duration(at->c, "buffer", false, l->diag, &g.buffer);
	ward_load_group(l, at->c, g);
}

void ward_load_requires(struct ward_load *l, const struct ward_conf *c, uint32_t owner)
{
	const struct ward_conf *v = ward_conf_get(c, "requires");
	struct tree t = {.l = l, .service = owner};

	t.end = &t.first;
	if (!v || v->kind == WARD_CONF_NULL)
		return;
	if (v->kind != WARD_CONF_SEQ) {
		ward_load_error(l, v,
			WARD_TEXT("'requires' must be a list of groups\nwrite `- {name: cooling, "
				  "need: 1, "
				  "of: [ahu-2, ahu-3]}` under it; a table can't hold it"));
		return;
	}
	for (const struct ward_conf *g = v->child; g && !l->err; g = g->next)
		(void)later(&t, g, owner, NULL);
	for (struct todo *at = t.first; at && !l->err; at = at->next)
		group(&t, at);
}
