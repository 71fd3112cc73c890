#include "range/body.h"
#include "range/rows.h"

#include <stdlib.h>

/* A relation, until all of them are known. */
struct edge {
	uint32_t to, from, by;
	struct ward_str kind; /* suppliers of one kind stand in for each other */
};

struct reading {
	struct ward_range *r;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	enum range_kind kind; /* of the list that is read */
	struct edge *edge;
	size_t n_edge, cap_edge;
	/* groups whose members are not read yet */
	struct pending {
		const struct ward_conf *of;
		uint32_t node;
	} * todo;
	size_t n_todo, cap_todo;
};

static enum ward_err more_nodes(struct reading *l)
{
	struct ward_range *r = l->r;
	enum ward_err err = ward_mem_more(r->mem, &r->node, r->n_node, &r->cap_node,
		sizeof(*r->node), ward_limit(l->lim, WARD_LIMIT_MODEL_NODES));

	if (!err)
		r->node[r->n_node] = (struct range_node){
			.room = WARD_NONE, .gate = WARD_NONE, .class = WARD_STR("")};
	return err;
}

/* The node of an id, new or old: relations may name what stands in a later file. */
static enum ward_err node_of(struct reading *l, struct ward_str id, uint32_t *ret)
{
	struct ward_range *r = l->r;
	enum ward_err err = ward_intern_put(&r->id, id, ret);

	if (err || *ret < r->n_node)
		return err;
	err = more_nodes(l);
	if (!err)
		r->node[r->n_node++].id = ward_intern_at(&r->id, *ret);
	return err;
}

/* A length of time in a cell; none leaves *ret. */
static bool lasts(struct reading *l, const struct range_row *row, const char *key, ward_ns *ret)
{
	struct ward_str text = range_cell(row, key);

	if (!text.len || (ward_duration_parse(text, ret) == WARD_OK && *ret >= 0))
		return true;
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, range_row_file(row), range_row_line(row),
		WARD_TEXT("'%s' has the bad value '%.*s'\nwrite a length of time such as 15min"),
		key, WARD_STR_ARG(text));
	return false;
}

static enum ward_err on_thing(void *ctx, const struct range_row *row)
{
	struct reading *l = ctx;
	struct ward_str id = range_cell(row, "id"), room = range_cell(row, "room");
	struct ward_range *r = l->r;
	uint32_t at, in = WARD_NONE;

	if (!id.len)
		return WARD_OK; /* who checks the hospital says so */
	enum ward_err err = node_of(l, id, &at);

	if (!err && room.len && l->kind == RANGE_ASSET)
		err = node_of(l, room, &in);
	if (err)
		return err;
	r->node[at].kind = l->kind;
	r->node[at].room = in;
	r->node[at].class = ward_arena_str(&r->arena, range_cell(row, "class"));
	return r->node[at].class.p ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err on_buffer(void *ctx, const struct range_row *row)
{
	static const struct {
		const char *kind;
		enum range_store store;
	} stores[] = {{"ups", RANGE_BATTERY}, {"fuel", RANGE_FUEL}, {"tank", RANGE_TANK},
		{"thermal", RANGE_WARMTH}, {"paper", RANGE_PAPER}};
	struct reading *l = ctx;
	size_t i = 0;
	uint32_t at;
	ward_ns time = 0;
	enum ward_err err = node_of(l, range_cell(row, "on"), &at);

	if (err || !lasts(l, row, "lasts", &time))
		return err;
	while (i < WARD_ARRAY_LEN(stores) && !ward_str_eqz(range_cell(row, "kind"), stores[i].kind))
		i++;
	if (i == WARD_ARRAY_LEN(stores) || !time)
		return WARD_OK;
	struct range_node *n = &l->r->node[at];

	if (n->store != RANGE_NONE) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, range_row_file(row), range_row_line(row),
			WARD_TEXT("'%.*s' has another buffer already: the physics of exercises "
				  "reckon one\nmake what lasts otherwise an asset of its own, on "
				  "which this one depends"),
			WARD_STR_ARG(n->id));
		return WARD_OK;
	}
	n->store = stores[i].store;
	n->lasts = time;
	return WARD_OK;
}

static enum ward_err on_relation(void *ctx, const struct range_row *row)
{
	static const char *const verb[] = {
		[RANGE_POWER] = "powers",
		[RANGE_COLD] = "cools",
		[RANGE_SUPPLY] = "supplies",
		[RANGE_HOST] = "hosts",
		[RANGE_NETWORK] = "connects",
	};
	struct reading *l = ctx;
	struct ward_str is = range_cell(row, "relation");
	struct edge e = {.by = 0};

	while (e.by < WARD_ARRAY_LEN(verb) && !ward_str_eqz(is, verb[e.by]))
		e.by++;
	if (e.by == WARD_ARRAY_LEN(verb))
		return WARD_OK; /* it carries nothing */
	enum ward_err err = node_of(l, range_cell(row, "from"), &e.from);

	if (!err)
		err = node_of(l, range_cell(row, "to"), &e.to);
	if (!err)
		err = ward_mem_more(l->r->mem, &l->edge, l->n_edge, &l->cap_edge, sizeof(e),
			ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS));
	if (!err)
		l->edge[l->n_edge++] = e;
	return err;
}

/* A door, or a way without one. */
static enum ward_err on_way(void *ctx, const struct range_row *row)
{
	struct reading *l = ctx;
	struct ward_range *r = l->r;
	struct ward_str is = range_cell(row, "relation");
	struct range_way w = {.a = ward_intern_find(&r->id, range_cell(row, "from")),
		.b = ward_intern_find(&r->id, range_cell(row, "to"))};

	if ((is.len && !ward_str_eqz(is, "leads_to")) || w.a == WARD_NONE || w.b == WARD_NONE ||
		r->node[w.a].kind != RANGE_ROOM || r->node[w.b].kind != RANGE_ROOM)
		return WARD_OK;
	enum ward_err err = ward_mem_more(r->mem, &r->way, r->n_way, &r->cap_way, sizeof(w),
		ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS));

	if (!err)
		r->way[r->n_way++] = w;
	return err;
}

static enum ward_err new_gate(struct reading *l, uint32_t of, enum range_by by)
{
	struct ward_range *r = l->r;
	enum ward_err err = ward_mem_more(r->mem, &r->gate, r->n_gate, &r->cap_gate,
		sizeof(*r->gate), ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS));

	if (err)
		return err;
	r->gate[r->n_gate] = (struct range_gate){
		.by = by, .need = 1, .first = (uint32_t)r->n_member, .next = r->node[of].gate};
	r->node[of].gate = (uint32_t)r->n_gate++;
	return WARD_OK;
}

/* To the newest gate. */
static enum ward_err new_member(struct reading *l, uint32_t node)
{
	struct ward_range *r = l->r;
	enum ward_err err = ward_mem_more(r->mem, &r->member, r->n_member, &r->cap_member,
		sizeof(*r->member), ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS));

	if (err)
		return err;
	r->member[r->n_member++] = node;
	r->gate[r->n_gate - 1].n++;
	return WARD_OK;
}

/* Electricity, oxygen and air are each needed; two pumps of one stand in for each other. */
static struct ward_str kind_of(const struct ward_range *r, const struct edge *e)
{
	struct ward_str class = r->node[e->from].class;

	return e->by == RANGE_SUPPLY && ward_str_starts(class, WARD_STR("supply.")) ? class
										    : WARD_STR("");
}

static int by_target(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->by != y->by)
		return x->by < y->by ? -1 : 1;
	int c = ward_str_cmp(x->kind, y->kind);

	return c ? c : (x->from > y->from) - (x->from < y->from);
}

static enum ward_err join_edges(struct reading *l)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < l->n_edge; i++)
		l->edge[i].kind = kind_of(l->r, &l->edge[i]);
	if (l->n_edge)
		qsort(l->edge, l->n_edge, sizeof(*l->edge), by_target);
	for (size_t i = 0; i < l->n_edge && !err; i++) {
		const struct edge *e = &l->edge[i], *was = i ? e - 1 : NULL;

		if (!was || was->to != e->to || was->by != e->by ||
			!ward_str_eq(was->kind, e->kind))
			err = new_gate(l, e->to, (enum range_by)e->by);
		if (!err)
			err = new_member(l, e->from);
	}
	return err;
}

/* A group as a node of its own, whose members are read later. */
static enum ward_err new_group(struct reading *l, const struct ward_conf *of, uint32_t *ret)
{
	struct ward_range *r = l->r;
	enum ward_err err = more_nodes(l);
	ward_ns buffer = 0;

	if (!err)
		err = ward_mem_more(r->mem, &l->todo, l->n_todo, &l->cap_todo, sizeof(*l->todo),
			ward_limit(l->lim, WARD_LIMIT_MODEL_NODES));
	if (err)
		return err;
	(void)ward_conf_duration(of, "buffer", false, l->diag, &buffer);
	*ret = (uint32_t)r->n_node++;
	r->node[*ret].kind = RANGE_GROUP;
	r->node[*ret].store = buffer > 0 ? RANGE_PATIENCE : RANGE_NONE;
	r->node[*ret].lasts = buffer;
	l->todo[l->n_todo++] = (struct pending){of, *ret};
	return WARD_OK;
}

/* `of` with `need`, `all`, or `any`. */
static enum ward_err read_group(struct reading *l, struct pending p)
{
	const struct ward_conf *of = ward_conf_get(p.of, "of"), *any = ward_conf_get(p.of, "any");
	const struct ward_conf *list = of ? of : any ? any : ward_conf_get(p.of, "all");
	struct ward_range *r = l->r;
	int64_t need = list ? (int64_t)list->n_child : 0;
	enum ward_err err = WARD_OK;
	size_t first = l->n_todo;

	if (of)
		(void)ward_conf_i64(p.of, "need", false, l->diag, 0, need, &need);
	if (!list || list->kind != WARD_CONF_SEQ)
		return WARD_OK;
	/* inner groups are nodes before this one's gate is begun, so that members lie together */
	for (const struct ward_conf *c = list->child; c && !err; c = c->next) {
		uint32_t inner;

		if (c->kind == WARD_CONF_MAP)
			err = new_group(l, c, &inner);
	}
	if (!err)
		err = new_gate(l, p.node, RANGE_NEED);
	for (const struct ward_conf *c = list->child; c && !err; c = c->next) {
		uint32_t member;

		if (c->kind == WARD_CONF_MAP)
			member = l->todo[first++].node;
		else
			member = ward_intern_find(&r->id, c->text);
		if (member != WARD_NONE)
			err = new_member(l, member);
	}
	if (!err)
		r->gate[r->n_gate - 1].need = any ? 1 : (uint32_t)need;
	return err;
}

/* Its people must be somewhere; where there are patients, all leave when one of its rooms burns. */
static enum ward_err on_places(struct reading *l, uint32_t service, const struct ward_conf *rooms)
{
	enum ward_err err = WARD_OK;

	if (!rooms || rooms->kind != WARD_CONF_SEQ)
		return WARD_OK;
	err = new_gate(l, service, RANGE_PLACE);
	for (const struct ward_conf *c = rooms->child; c && !err; c = c->next) {
		uint32_t room = ward_intern_find(&l->r->id, c->text);

		if (room != WARD_NONE && l->r->node[room].kind == RANGE_ROOM)
			err = new_member(l, room);
	}
	if (!err && ward_str_starts(l->r->node[service].class, WARD_STR("service.care")))
		l->r->gate[l->r->n_gate - 1].need = l->r->gate[l->r->n_gate - 1].n;
	return err;
}

static enum ward_err on_needs(void *ctx, const struct range_row *row)
{
	struct reading *l = ctx;
	struct ward_range *r = l->r;
	const struct ward_conf *groups = range_tree(row, "requires");
	uint32_t at = ward_intern_find(&r->id, range_cell(row, "id"));
	enum ward_err err = WARD_OK;

	if (at == WARD_NONE || !lasts(l, row, "recovery", &r->node[at].recovery))
		return WARD_OK;
	err = ward_mem_more(r->mem, &r->service, r->n_service, &r->cap_service, sizeof(*r->service),
		ward_limit(l->lim, WARD_LIMIT_MODEL_NODES));
	if (!err)
		r->service[r->n_service++] = at;
	if (groups && groups->n_child) /* what only serves it, its staff make up for */
		r->node[at].gate = WARD_NONE;
	if (!err)
		err = on_places(l, at, range_tree(row, "rooms"));
	for (const struct ward_conf *c = groups ? groups->child : NULL; c && !err; c = c->next) {
		uint32_t group;

		if (c->kind != WARD_CONF_MAP)
			continue;
		err = new_group(l, c, &group);
		if (!err)
			err = new_gate(l, at, RANGE_NEED);
		if (!err)
			err = new_member(l, group);
	}
	return err;
}

static enum ward_err read_all(struct reading *l, const struct range_files *f)
{
	static const struct {
		const char *list;
		enum range_kind kind;
	} things[] = {{"rooms", RANGE_ROOM}, {"networks", RANGE_OTHER}, {"assets", RANGE_ASSET},
		{"services", RANGE_SERVICE}};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_ARRAY_LEN(things) && !err; i++) {
		l->kind = things[i].kind;
		err = range_rows(f, things[i].list, on_thing, l);
	}
	if (!err)
		err = range_rows(f, "buffers", on_buffer, l);
	if (!err)
		err = range_rows(f, "relations", on_relation, l);
	if (!err)
		err = join_edges(l);
	if (!err)
		err = range_rows(f, "doors", on_way, l);
	if (!err)
		err = range_rows(f, "relations", on_way, l);
	if (!err) /* from here on all ids are known: groups have none, and come after them */
		err = range_rows(f, "services", on_needs, l);
	for (size_t i = 0; i < l->n_todo && !err; i++)
		err = read_group(l, l->todo[i]);
	return err;
}

enum ward_err range_make(const struct range_files *f, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_range **ret)
{
	struct ward_range *r = ward_mem_alloc(mem, sizeof(*r));
	struct reading l = {.r = r, .lim = lim, .diag = diag};
	size_t max = ward_limit(lim, WARD_LIMIT_MODEL_BYTES), n_error = diag->n_error;

	if (!r)
		return WARD_ERR_NOMEM;
	r->mem = mem;
	ward_arena_init(&r->arena, mem, max);
	ward_intern_init(&r->id, mem, ward_limit(lim, WARD_LIMIT_MODEL_NODES), max);
	enum ward_err err = read_all(&l, f);

	if (!err && diag->n_error > n_error)
		err = WARD_ERR_CONFIG;
	ward_mem_free(mem, l.edge, l.cap_edge * sizeof(*l.edge));
	ward_mem_free(mem, l.todo, l.cap_todo * sizeof(*l.todo));
	if (err)
		ward_range_free(r);
	else
		*ret = r;
	return err;
}

enum ward_err ward_range_load(const char *dir, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_range **ret)
{
	struct range_files f = {.n = 0};
	struct ward_arena a;

	ward_arena_init(&a, mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = range_files_read(&f, dir, &a, lim, diag);

	if (!err)
		err = range_make(&f, lim, mem, diag, ret);
	ward_arena_fini(&a);
	return err;
}

enum ward_err ward_range_parse(struct ward_str name, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_range **ret)
{
	struct range_file file = {.name = name};
	const struct range_files f = {.file = &file, .n = 1};
	struct ward_arena a;

	ward_arena_init(&a, mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_conf_yaml(&a, lim, name, text, diag, &file.docs);

	if (!err)
		err = range_make(&f, lim, mem, diag, ret);
	ward_arena_fini(&a);
	return err;
}

void ward_range_free(struct ward_range *r)
{
	if (!r)
		return;
	const struct ward_mem *mem = r->mem;

	ward_mem_free(mem, r->node, r->cap_node * sizeof(*r->node));
	ward_mem_free(mem, r->gate, r->cap_gate * sizeof(*r->gate));
	ward_mem_free(mem, r->member, r->cap_member * sizeof(*r->member));
	ward_mem_free(mem, r->way, r->cap_way * sizeof(*r->way));
	ward_mem_free(mem, r->service, r->cap_service * sizeof(*r->service));
	ward_intern_fini(&r->id);
	ward_arena_fini(&r->arena);
	ward_mem_free(mem, r, sizeof(*r));
}
